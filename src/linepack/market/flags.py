"""Two kinds of pool gas: flagged gas, which may not move on some arcs, and other gas.

The pool of a node is one market with one balance. Beside it runs a balance of its flagged part: what sellers of the
barred origin bring into the pool goes to consumers there, into stores, or on by arcs on which it may move. Every
flagged quantity is a part of the whole one, so other gas is the rest: two commodities, written as the whole and a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.sets import MarketSets, pairs, positions
from linepack.system.calendar import day_grid
from linepack.system.gassystem import GasSystem
from linepack.system.reach import reachable

Pair = tuple[str, str]


@dataclass(frozen=True)
class FlaggedGas:
    """Where flagged gas can be: entities, their place in the sets of the market, and when a flag is looked at.

    ``is_tracked`` (periods, flags): some arc is barred to the flag on some day of the period; before, nobody asks.
    ``flow_limit_gwh_d`` (periods, flows) is the arc's capacity, nil where barred; by days where partly.
    """

    flags: tuple[str, ...]
    is_tracked: np.ndarray
    flows: pd.DataFrame  # flag, arc
    pool_at: np.ndarray  # pool_flow row of each flow
    flow_limit_gwh_d: np.ndarray
    is_exit: np.ndarray  # flows on barred arcs: what crosses on a free day loses its flag there
    uses: pd.DataFrame  # flag, node
    stores: pd.DataFrame  # flag, node
    store_at: np.ndarray  # storages row of each store
    sold_flows: tuple[np.ndarray, ...]  # trader_flow rows that bring flagged gas to each use
    sold_sales: tuple[np.ndarray, ...]  # sales rows, likewise

    def tracked(self, frame: pd.DataFrame) -> np.ndarray:
        """Return whether each entity's flag is looked at, (periods, entities)."""
        return self.is_tracked[:, positions(frame["flag"].tolist(), self.flags)]


def flagged_gas(system: GasSystem, s: MarketSets) -> FlaggedGas:
    """Return where flagged gas can be, from the tables ``pool_flags`` and ``pool_flag_bars``.

    A flag counts from its first barred day in the horizon; stores hold none of it then.
    """
    marked, bars = system.table("pool_flags"), system.table("pool_flag_bars")
    grid = day_grid(s.periods) if len(bars) else None
    flags = tuple(flag for flag in dict.fromkeys(bars["flag"].tolist()) if flag in set(marked["flag"]))
    tracked = np.zeros((len(s.periods), len(flags)), dtype=bool)
    flows: list[tuple[str, str, int, np.ndarray]] = []
    uses: list[Pair] = []
    exits: list[bool] = []
    arcs = s.pool_flow["arc"].tolist()
    capacity = s.capacity_gwh_d[:, s.pool_arc_at]
    for f, flag in enumerate(flags):
        assert grid is not None
        share = np.ones((len(s.periods), len(arcs)))
        days = np.zeros(len(grid.ordinal), dtype=bool)
        place = {arc: k for k, arc in enumerate(arcs)}
        barred: dict[int, np.ndarray] = {}
        for row in bars[bars["flag"] == flag].itertuples():
            covered = grid.covers(row.first_day, row.last_day)
            days |= covered
            if row.arc in place:
                k = place[row.arc]
                barred[k] = barred.get(k, np.zeros(len(grid.ordinal), dtype=bool)) | covered
        for k, covered in barred.items():
            share[:, k] = 1.0 - grid.mean(covered.astype(float))
        tracked[:, f] = grid.mean(days.astype(float)) > 0
        if not tracked[:, f].any():
            continue
        is_open = (share * capacity)[tracked[:, f]].max(axis=0, initial=0.0) > 0
        is_barred = np.isin(np.arange(len(arcs)), list(barred))
        start = {node for node in marked.loc[marked["flag"] == flag, "node"].tolist() if node in s.pool_nodes}
        ends = pairs(s.pool_flow, "origin", "destination")
        links = [link for link, can in zip(ends, is_open & ~is_barred, strict=True) if can]
        reached = reachable(start, links)
        uses += [(flag, node) for node in s.pool_nodes if node in reached]
        for k, (origin, _) in enumerate(ends):
            if is_open[k] and origin in reached:
                exits.append(bool(is_barred[k]))
                flows.append((flag, arcs[k], k, np.where(tracked[:, f], share[:, k] * capacity[:, k], 0.0)))
    nodes = s.storages["node"].tolist()
    stores = [(flag, node) for flag, node in uses if node in nodes]
    sold = {(flag, node): _sellers(marked, flag, node) for flag, node in uses}
    return FlaggedGas(
        flags, tracked, pd.DataFrame([(flag, arc) for flag, arc, _, _ in flows], columns=["flag", "arc"]),
        np.array([k for _, _, k, _ in flows], dtype=int),
        np.array([limit for _, _, _, limit in flows]).reshape(len(flows), len(s.periods)).T,
        np.array(exits, dtype=bool),
        pd.DataFrame(uses, columns=["flag", "node"]), pd.DataFrame(stores, columns=["flag", "node"]),
        positions([node for _, node in stores], nodes),
        tuple(_rows(s.trader_flow, "destination", sold[use], use[1], s.trader_flow["is_sale"]) for use in uses),
        tuple(_rows(s.sales, "node", sold[use], use[1], None) for use in uses),
    )  # fmt: skip


def _sellers(marked: pd.DataFrame, flag: str, node: str) -> set[str]:
    return set(marked.loc[(marked["flag"] == flag) & (marked["node"] == node), "trader"].tolist())


def _rows(frame: pd.DataFrame, place: str, sellers: Iterable[str], node: str, is_sale: pd.Series | None) -> np.ndarray:
    own = frame["trader"].isin(list(sellers)) & (frame[place] == node)
    return np.flatnonzero((own & is_sale if is_sale is not None else own).to_numpy(dtype=bool))
