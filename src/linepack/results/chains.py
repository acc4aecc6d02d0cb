"""Which resource a trader's flows and sales belong to: the separate networks of one trader's own gas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from linepack.market.sets import pairs, positions
from linepack.results.solution import Solution


@dataclass(frozen=True)
class Chains:
    """Chains of trader nodes that own gas connects; each has the resources that feed it.

    ``of_flow``, ``of_sale``, ``of_step`` give the chain of each trader flow, sale and production step;
    ``resources`` has resource, trader, country and chain.
    """

    count: int
    of_flow: np.ndarray
    of_sale: np.ndarray
    of_step: np.ndarray
    resources: pd.DataFrame

    def at(self, trader: str, s: Solution, flows: np.ndarray, sales: np.ndarray) -> int:
        """Return the chain that serves a contract: that of its flows or sales, else the trader's first; -1 if none."""
        for found, of in ((flows, self.of_flow), (sales, self.of_sale)):
            if len(found):
                return int(of[found[0]])
        own = self.resources.loc[self.resources["trader"] == trader, "chain"]
        return int(own.iloc[0]) if len(own) else -1


def chains(s: Solution) -> Chains:
    """Return the chains of a solution; two resources share one if their gas can meet before it is sold."""
    sets = s.problem.sets
    nodes = pairs(sets.trader_nodes, "trader", "node")
    start = positions(pairs(sets.trader_flow, "trader", "origin"), nodes)
    end = positions(pairs(sets.trader_flow, "trader", "destination"), nodes)
    inner = (end >= 0) & ~sets.trader_flow["is_sale"].to_numpy(dtype=bool)
    links = sp.coo_matrix((np.ones(inner.sum()), (start[inner], end[inner])), shape=(len(nodes), len(nodes)))
    count, label = connected_components(links, directed=False)
    made = positions(pairs(sets.production, "trader", "node"), nodes)
    steps = sets.production.assign(chain=label[made])
    table = steps.drop_duplicates("resource")[["resource", "trader", "node", "chain"]].reset_index(drop=True)
    home = s.system.table("nodes").set_index("node")["country"]
    table["country"] = table["node"].map(home)
    sold = positions(pairs(sets.sales, "trader", "node"), nodes)
    return Chains(int(count), label[start], label[sold] if len(sold) else sold, label[made], table)


def resource_shares(s: Solution, c: Chains, produced_gwh: np.ndarray) -> np.ndarray:
    """Return how each chain's money is split, shape (years, chains, resources): by production of the year.

    ``produced_gwh`` has shape (years, resources). A chain without production in a year is split evenly.
    """
    inside = c.resources["chain"].to_numpy()[None, :] == np.arange(c.count)[:, None]
    weight = inside[None] * produced_gwh[:, None, :]
    total = weight.sum(axis=2, keepdims=True)
    even = np.broadcast_to(inside / np.maximum(inside.sum(axis=1, keepdims=True), 1), weight.shape)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), even)
