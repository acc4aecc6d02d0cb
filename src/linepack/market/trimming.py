"""Where nothing can flow in a period, limits are set to zero, so that a solver never sees the way.

A plant that has not started, or a port that is shut, would otherwise leave balances whose shadow price is arbitrary.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linepack.market.sets import MarketSets, pairs, positions


@dataclass(frozen=True)
class Limits:
    """Upper limits in GWh/d, shape (periods, entities)."""

    production: np.ndarray
    trader_flow: np.ndarray
    sales: np.ndarray
    pool_flow: np.ndarray


def trim(s: MarketSets, production: np.ndarray, trader_flow: np.ndarray, pool_flow: np.ndarray) -> Limits:
    """Return the limits with zeros where no gas can come from, or where it can go nowhere. Exact."""
    nodes, pools = pairs(s.trader_nodes, "trader", "node"), list(s.pool_nodes)
    made = positions(pairs(s.production, "trader", "node"), nodes)
    leaves = positions(pairs(s.trader_flow, "trader", "origin"), nodes)
    arrives = positions(pairs(s.trader_flow, "trader", "destination"), nodes)
    pool = positions(s.trader_flow["destination"].tolist(), pools)
    is_sale = s.trader_flow["is_sale"].to_numpy(dtype=bool)
    sold = positions(pairs(s.sales, "trader", "node"), nodes)
    sold_pool = positions(s.sales["node"].tolist(), pools)
    enters, exits = (positions(s.pool_flow[end].tolist(), pools) for end in ("destination", "origin"))
    stores_and_consumers = positions([*s.demand["node"].tolist(), *s.storages["node"].tolist()], pools)

    passing, is_open, periods = ~is_sale & (arrives >= 0), trader_flow.T > 0, len(s.periods)
    is_fed = np.zeros((len(nodes), periods), dtype=bool)
    np.logical_or.at(is_fed, made, production.T > 0)
    is_fed = _spread(is_fed, leaves[passing], arrives[passing], is_open[passing])
    has_use = np.zeros((len(pools), periods), dtype=bool)
    has_use[stores_and_consumers] = True
    has_use = _spread(has_use, enters, exits, pool_flow.T > 0)
    leads_on = np.zeros((len(nodes), periods), dtype=bool)
    np.logical_or.at(leads_on, sold, has_use[sold_pool])
    np.logical_or.at(leads_on, leaves[is_sale], has_use[pool[is_sale]] & is_open[is_sale])
    leads_on = _spread(leads_on, arrives[passing], leaves[passing], is_open[passing])
    onward = np.where(is_sale[:, None], has_use[pool], leads_on[arrives])
    return Limits(
        production=np.where(leads_on[made].T, production, 0.0),
        trader_flow=np.where((is_fed[leaves] & onward).T, trader_flow, 0.0),
        sales=np.where((is_fed[sold] & has_use[sold_pool]).T, np.inf, 0.0),
        pool_flow=np.where(has_use[enters].T, pool_flow, 0.0),
    )


def _spread(marked: np.ndarray, start: np.ndarray, end: np.ndarray, is_open: np.ndarray) -> np.ndarray:
    """Return ``marked`` (nodes, periods) extended along the open links from start to end."""
    while True:
        further = marked.copy()
        np.logical_or.at(further, end, marked[start] & is_open)
        if (further == marked).all():
            return marked
        marked = further
