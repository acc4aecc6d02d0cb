"""Index sets of the market, trimmed to what gas can reach.

A trader moves its own gas from the basin or the LNG plant to a place of first sale. There it enters the pool
of the node. Where a trader can only sell what arrives, the arriving flow *is* the sale, and neither a sales
variable nor a trader balance is made (an exact trimming).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs, capacity_by_period
from linepack.vocabulary import ArcKind, NodeKind

DAYS_PER_UNIT = 30.0
"""Weight of a period is days / 30, so that a period weighs about one and shadow prices are EUR/MWh."""


@dataclass(frozen=True)
class Window:
    """A calendar year cut to the horizon: its label, its periods and its days."""

    label: str
    periods: np.ndarray
    days: float


@dataclass(frozen=True)
class MarketSets:
    """What the market's variables and equations run over.

    Frames have one row per entity, in the order of the columns of the variable of the same name.
    """

    periods: tuple[Period, ...]
    days: np.ndarray
    weight: np.ndarray
    windows: tuple[Window, ...]
    pool_nodes: tuple[str, ...]
    arcs: pd.DataFrame
    capacity_gwh_d: np.ndarray  # (T, arcs), inf where not limited
    trader_flow: pd.DataFrame  # trader, arc, origin, destination, is_sale
    sales: pd.DataFrame  # trader, node
    trader_nodes: pd.DataFrame  # trader, node
    pool_flow: pd.DataFrame  # arc, origin, destination
    production: pd.DataFrame  # resource, step, trader, node
    demand: pd.DataFrame  # node, segment
    storages: pd.DataFrame
    month_keys: tuple[str, ...]


def windows_of(periods: Sequence[Period]) -> tuple[Window, ...]:
    """Return the calendar years that the horizon touches, each with the index of its periods."""
    years = np.array([period.start.year for period in periods])
    days = np.array([float(period.days) for period in periods])
    return tuple(
        Window(str(year), np.flatnonzero(years == year), float(days[years == year].sum())) for year in np.unique(years)
    )


def market_sets(system: GasSystem, periods: Sequence[Period]) -> MarketSets:
    """Return the trimmed index sets for a system over ``periods``.

    Errors: ``InputError`` if no trader can reach a market.
    """
    nodes = system.table("nodes").set_index("node")
    arcs = all_arcs(system).reset_index(drop=True)
    capacity = capacity_by_period(system, periods).reindex(arcs["arc"]).to_numpy(dtype=float)
    is_active = capacity.max(axis=1) > 0
    arcs, capacity = arcs[is_active].reset_index(drop=True), capacity[is_active]
    pools = tuple(node for node, kind in nodes["kind"].items() if NodeKind(kind).has_pool)
    resources = system.table("resources")
    trader_flow, sales, trader_nodes = _carriage(system, arcs, resources, set(pools))
    if trader_flow.empty:
        raise InputError("no-route", "no trader can bring gas to a market", table="carriage",
                         hint="check that arcs are open and that carriage and sea_routes name them")  # fmt: skip
    pool_flow = _pool_arcs(arcs, set(pools))
    steps = system.table("supply_steps").merge(resources, on="resource", validate="many_to_one")
    can_leave = set(zip(trader_flow["trader"], trader_flow["origin"], strict=True))
    keep = [pair in can_leave for pair in zip(steps["trader"], steps["node"], strict=True)]
    months = tuple(period.month for period in periods)
    demand = system.table("demand")
    days = np.array([float(period.days) for period in periods])
    return MarketSets(
        periods=tuple(periods),
        days=days,
        weight=days / DAYS_PER_UNIT,
        windows=windows_of(periods),
        pool_nodes=pools,
        arcs=arcs,
        capacity_gwh_d=capacity.T.copy(),
        trader_flow=trader_flow,
        sales=sales,
        trader_nodes=trader_nodes,
        pool_flow=pool_flow,
        production=steps[keep].reset_index(drop=True),
        demand=demand[["node", "segment"]].drop_duplicates().reset_index(drop=True),
        storages=system.table("storages").reset_index(drop=True),
        month_keys=months,
    )


def _pool_arcs(arcs: pd.DataFrame, pools: set[str]) -> pd.DataFrame:
    mask = arcs["has_pool_access"] & arcs["origin"].isin(pools) & arcs["destination"].isin(pools)
    return arcs.loc[mask, ["arc", "origin", "destination"]].reset_index(drop=True)


def _carriage(
    system: GasSystem, arcs: pd.DataFrame, resources: pd.DataFrame, pools: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return trader flows, sales and trader nodes that lie on a way from a resource to a place of sale."""
    pairs = set(system.table("carriage")[["trader", "arc"]].itertuples(index=False, name=None))
    traders_at: dict[str, set[str]] = defaultdict(set)
    for row in resources.itertuples():
        traders_at[row.node].add(row.trader)
    for kind in (ArcKind.LIQUEFACTION, ArcKind.SHIPPING):  # the seller of the feed gas ships its own LNG
        for row in arcs[arcs["kind"] == kind].itertuples():
            for trader in traders_at[row.origin]:
                pairs.add((trader, row.arc))
                if kind == ArcKind.LIQUEFACTION:
                    traders_at[row.destination].add(trader)
    frame = pd.DataFrame(sorted(pairs), columns=["trader", "arc"]).merge(
        arcs[["arc", "kind", "origin", "destination"]], on="arc"
    )
    may_sell = set(system.table("sales_points")[["trader", "node"]].itertuples(index=False, name=None))
    ship = frame[frame["kind"] == ArcKind.SHIPPING]
    may_sell |= set(zip(ship["trader"], ship["destination"], strict=True))
    may_sell = {pair for pair in may_sell if pair[1] in pools}
    frame = frame[_on_a_way(frame, resources, may_sell)].sort_values(["trader", "arc"]).reset_index(drop=True)
    leaves = set(zip(frame["trader"], frame["origin"], strict=True))
    is_sale = [
        (pair in may_sell and pair not in leaves) for pair in zip(frame["trader"], frame["destination"], strict=True)
    ]
    frame["is_sale"] = is_sale
    trader_nodes = pd.DataFrame(sorted(leaves), columns=["trader", "node"])
    sales = trader_nodes[[pair in may_sell for pair in trader_nodes.itertuples(index=False, name=None)]]
    return frame, sales.reset_index(drop=True), trader_nodes


def _on_a_way(frame: pd.DataFrame, resources: pd.DataFrame, may_sell: set[tuple[str, str]]) -> np.ndarray:
    """Return which trader arcs are reachable from the trader's resource and lead to a place it may sell."""
    keep = np.zeros(len(frame), dtype=bool)
    start = resources.groupby("trader")["node"].agg(set).to_dict()
    for trader, rows in frame.groupby("trader"):
        links = list(zip(rows.index, rows["origin"], rows["destination"], strict=True))
        reached = _spread(start.get(trader, set()), [(o, d) for _, o, d in links])
        goals = {node for seller, node in may_sell if seller == trader}
        useful = _spread(goals, [(d, o) for _, o, d in links])
        for index, origin, destination in links:
            keep[index] = origin in reached and destination in useful
    return keep


def _spread(start: set[str], links: list[tuple[str, str]]) -> set[str]:
    reached = set(start)
    growing = True
    while growing:
        new = {d for o, d in links if o in reached} - reached
        reached |= new
        growing = bool(new)
    return reached
