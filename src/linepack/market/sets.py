"""Index sets of the market, trimmed to what gas can reach.

A trader moves its own gas from the basin or the LNG plant to a place of first sale, or sells it where it is
produced. There it enters the pool of the node. Where a trader can only sell what arrives, the arriving flow *is* the
sale, and neither a sales variable nor a trader balance is made (an exact trimming).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.system.calendar import MonthGrid, Period, month_grid
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs, capacity_by_period
from linepack.system.reach import reachable
from linepack.system.reuse import follows_from
from linepack.vocabulary import ArcKind, NodeKind

DAYS_PER_UNIT = 30.0
"""Weight of a period is days / 30, so that a period weighs about one and shadow prices are EUR/MWh."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class Window:
    """A calendar year cut to the horizon: its label, its periods and its days."""

    label: str
    periods: np.ndarray
    days: float


@dataclass(frozen=True)
class MarketSets:
    """What the market's variables and equations run over.

    Frames have one row per entity, in the order of the columns of the variable of the same name. Fields that
    end in ``_at`` say where the entity of one frame stands in another: row numbers, -1 where it does not.
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
    months: MonthGrid
    trader_arc_at: np.ndarray  # arcs row of each trader flow
    pool_arc_at: np.ndarray  # arcs row of each pool flow


def windows_of(periods: Sequence[Period]) -> tuple[Window, ...]:
    """Return the calendar years that the horizon touches, each with the index of its periods."""
    years = np.array([period.start.year for period in periods])
    days = np.array([float(period.days) for period in periods])
    return tuple(
        Window(str(year), np.flatnonzero(years == year), float(days[years == year].sum())) for year in np.unique(years)
    )


def positions(of: Iterable[object], within: Iterable[object]) -> np.ndarray:
    """Return where each label of ``of`` stands in ``within``; -1 where it does not."""
    place = {label: k for k, label in enumerate(within)}
    return np.array([place.get(label, -1) for label in of], dtype=int)


def pairs(frame: pd.DataFrame, first: str, second: str) -> list[Pair]:
    """Return two columns of a frame as a list of pairs."""
    return list(zip(frame[first].tolist(), frame[second].tolist(), strict=True))


def market_sets(system: GasSystem, periods: Sequence[Period]) -> MarketSets:
    """Return the trimmed index sets for a system over ``periods``.

    Errors: ``InputError`` if no trader can reach a market.
    """
    demand, produced = system.table("demand"), system.table("indigenous_production")
    consumers = tuple(dict.fromkeys(pairs(demand, "node", "segment")))
    return _sets(system, tuple(periods), consumers, tuple(produced["node"].unique().tolist()))


@follows_from(
    "nodes", "arcs", "sea_routes", "arc_schedule", "arc_expansions", "flow_rules", "resources", "supply_steps",
    "carriage", "sales_points", "storages",
)  # fmt: skip
def _sets(
    system: GasSystem, periods: tuple[Period, ...], consumers: tuple[Pair, ...], producing: tuple[str, ...]
) -> MarketSets:
    """Return the sets, of consumers (node and segment) with demand and nodes with home production."""
    arcs = all_arcs(system)
    capacity = capacity_by_period(system, periods, arcs).to_numpy(dtype=float)
    expandable = set(system.table("arc_expansions")["arc"].tolist())
    is_active = (capacity.max(axis=1) > 0) | np.array([arc in expandable for arc in arcs["arc"].tolist()], dtype=bool)
    arcs, capacity = arcs[is_active].reset_index(drop=True), capacity[is_active]
    _require_pools(system, consumers, producing)
    pools = _pools(system, arcs, {node for node, _ in consumers})
    resources = pairs(system.table("resources"), "trader", "node")
    trader_flow, sales, trader_nodes = _carriage(system, arcs, resources, set(pools))
    if trader_flow.empty and sales.empty:
        raise InputError("no-route", "no trader can bring gas to a market", table="carriage",
                         hint="check that arcs are open and that carriage and sea_routes name them")  # fmt: skip
    pool_flow = _pool_arcs(arcs, set(pools))
    days = np.array([float(period.days) for period in periods])
    names = arcs["arc"].tolist()
    return MarketSets(
        periods=periods,
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
        production=_production_steps(system, set(pairs(trader_nodes, "trader", "node"))),
        demand=pd.DataFrame(list(consumers), columns=["node", "segment"]),
        storages=system.table("storages").reset_index(drop=True),
        months=month_grid(periods),
        trader_arc_at=positions(trader_flow["arc"].tolist(), names),
        pool_arc_at=positions(pool_flow["arc"].tolist(), names),
    )


def _production_steps(system: GasSystem, can_leave: set[Pair]) -> pd.DataFrame:
    """Return supply steps with trader and node, where the gas can leave its basin."""
    resources, steps = system.table("resources"), system.table("supply_steps")
    trader_at, node_at = (dict(pairs(resources, "resource", column)) for column in ("trader", "node"))
    names = steps["resource"].tolist()
    traders, nodes = [trader_at[name] for name in names], [node_at[name] for name in names]
    keep = np.array([pair in can_leave for pair in zip(traders, nodes, strict=True)], dtype=bool)
    return steps.assign(trader=traders, node=nodes)[keep].reset_index(drop=True)


def _require_pools(system: GasSystem, consumers: Iterable[Pair], producing: Iterable[str]) -> None:
    kinds = dict(pairs(system.table("nodes"), "node", "kind"))
    stores = system.table("storages")["node"].unique().tolist()
    named = {"demand": [node for node, _ in consumers], "storages": stores, "indigenous_production": producing}
    for table, nodes in named.items():
        lost = [node for node in nodes if not NodeKind(kinds[node]).has_pool]
        if lost:
            raise InputError("no-pool", "these nodes have no pool of gas", table=table, keys=lost,
                             hint="use a market or an LNG import port")  # fmt: skip


def _pools(system: GasSystem, arcs: pd.DataFrame, consuming: set[str]) -> tuple[str, ...]:
    """Return nodes with a pool whose gas can reach a consumer or a store; a closed port has none."""
    kinds = pairs(system.table("nodes"), "node", "kind")
    pools = {node for node, kind in kinds if NodeKind(kind).has_pool}
    backward = [(destination, origin) for _, origin, destination in _pool_links(arcs, pools)]
    alive = reachable((consuming | set(system.table("storages")["node"].tolist())) & pools, backward)
    return tuple(node for node, _ in kinds if node in alive)


def _pool_links(arcs: pd.DataFrame, pools: set[str]) -> list[tuple[str, str, str]]:
    columns = (arcs[name].tolist() for name in ("arc", "origin", "destination", "has_pool_access"))
    rows = zip(*columns, strict=True)
    return [(arc, o, d) for arc, o, d, has_access in rows if has_access and o in pools and d in pools]


def _pool_arcs(arcs: pd.DataFrame, pools: set[str]) -> pd.DataFrame:
    return pd.DataFrame(_pool_links(arcs, pools), columns=["arc", "origin", "destination"])


def _carriage(
    system: GasSystem, arcs: pd.DataFrame, resources: list[Pair], pools: set[str]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return trader flows, sales and trader nodes that lie on a way from a resource to a place of sale."""
    columns = [arcs[name].tolist() for name in ("arc", "kind", "origin", "destination")]
    ends = {arc: (kind, o, d) for arc, kind, o, d in zip(*columns, strict=True)}
    carried = {pair for pair in pairs(system.table("carriage"), "trader", "arc") if pair[1] in ends}
    may_sell = {pair for pair in pairs(system.table("sales_points"), "trader", "node") if pair[1] in pools}
    traders_at: dict[str, set[str]] = defaultdict(set)
    for trader, node in resources:
        traders_at[node].add(trader)
    for wanted in (ArcKind.LIQUEFACTION, ArcKind.SHIPPING, ArcKind.SHIPPING):  # own LNG; the second leg is a transfer
        for arc, (kind, origin, destination) in ends.items():
            if kind != wanted:
                continue
            for trader in sorted(traders_at[origin]):
                carried.add((trader, arc))
                if destination in pools:
                    may_sell.add((trader, destination))
                else:
                    traders_at[destination].add(trader)
    flows = _on_a_way([(trader, arc, *ends[arc]) for trader, arc in sorted(carried)], resources, may_sell)
    leaves = {(trader, origin) for trader, _, _, origin, _ in flows} | (set(resources) & may_sell)
    frame = pd.DataFrame(flows, columns=["trader", "arc", "kind", "origin", "destination"])
    frame["is_sale"] = np.array([(t, d) in may_sell and (t, d) not in leaves for t, _, _, _, d in flows], dtype=bool)
    trader_nodes = pd.DataFrame(sorted(leaves), columns=["trader", "node"])
    sales = pd.DataFrame(sorted(leaves & may_sell), columns=["trader", "node"])
    return frame, sales, trader_nodes


def _on_a_way(
    flows: list[tuple[str, str, str, str, str]], resources: list[Pair], may_sell: set[Pair]
) -> list[tuple[str, str, str, str, str]]:
    """Return the flows that start within reach of the trader's resource and lead to a place where it may sell."""
    by_trader: dict[str, list[tuple[str, str, str, str, str]]] = defaultdict(list)
    for flow in flows:
        by_trader[flow[0]].append(flow)
    kept = []
    for trader, own in by_trader.items():
        reached = reachable({node for t, node in resources if t == trader}, [(o, d) for _, _, _, o, d in own])
        useful = reachable({node for t, node in may_sell if t == trader}, [(d, o) for _, _, _, o, d in own])
        kept += [flow for flow in own if flow[3] in reached and flow[4] in useful]
    return kept
