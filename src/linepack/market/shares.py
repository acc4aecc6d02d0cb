"""Limits on the share that a trader may have of a market."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linepack.market.sets import MarketSets, pairs
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ShareBase


@dataclass(frozen=True)
class ShareLimit:
    """One trader in one market; fields are rows of the trader_flow (first sales on arrival), sales and demand sets."""

    share_limit: str
    trader: str
    market: str
    maximum_share: float
    flows: np.ndarray
    sales: np.ndarray
    base_flows: np.ndarray
    base_sales: np.ndarray
    consumers: np.ndarray


def share_limits(system: GasSystem, s: MarketSets) -> tuple[ShareLimit, ...]:
    """Return every limit for every trader and market that it binds; a trader that sells nothing there has none."""
    area_of = dict(pairs(system.table("nodes"), "node", "area"))
    consuming = s.demand["node"].tolist()
    arrives, sells = s.trader_flow["destination"].tolist(), s.trader_flow["is_sale"].tolist()
    found = []
    for row in system.table("share_limits").itertuples():
        if row.node:
            markets = {row.node: {row.node}}
        elif row.area:
            markets = {row.area: {node for node, area in area_of.items() if area == row.area}}
        else:
            markets = {node: {node} for node in dict.fromkeys(consuming)}
        for market, nodes in markets.items():
            sold = np.array([k for k, node in enumerate(arrives) if node in nodes and sells[k]], dtype=int)
            on_the_way = np.array([k for k, node in enumerate(s.sales["node"].tolist()) if node in nodes], dtype=int)
            consumers = np.array([k for k, node in enumerate(consuming) if node in nodes], dtype=int)
            of_flow, of_sale = s.trader_flow["trader"].to_numpy()[sold], s.sales["trader"].to_numpy()[on_the_way]
            none = np.array([], dtype=int)
            is_of_sales = row.base == ShareBase.SALES
            for trader in [row.trader] if row.trader else sorted({*of_flow, *of_sale}):
                own = sold[of_flow == trader], on_the_way[of_sale == trader]
                if len(own[0]) + len(own[1]):
                    found.append(ShareLimit(
                        row.share_limit, trader, market, row.maximum_share, *own, sold if is_of_sales else none,
                        on_the_way if is_of_sales else none, none if is_of_sales else consumers,
                    ))  # fmt: skip
    return tuple(found)
