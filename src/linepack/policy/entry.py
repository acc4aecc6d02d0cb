"""Arcs by which gas of an origin enters a territory, and the ways it could come back under another name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from linepack.policy.matching import countries
from linepack.policy.words import Medium
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, AssetState, NodeKind


@dataclass(frozen=True)
class Entry:
    """An arc by which a trader brings gas into a territory."""

    trader: str
    arc: str
    origin: str
    destination: str


def entries(
    system: GasSystem, origins: Iterable[str], destinations: Iterable[str], media: Iterable[Medium]
) -> tuple[Entry, ...]:
    """Return the arcs by which traders from ``origins`` bring their own gas into ``destinations``.

    A node in the territory where a trader does not sell, and from which it can carry gas out again, is transit: the
    arc into it is no entry, the arcs from it into the territory are.
    """
    nodes = system.table("nodes").set_index("node")
    inside = {node for node, country in nodes["country"].items() if country in countries(destinations)}
    traders = system.table("traders").set_index("trader")["country"]
    barred = [trader for trader, country in traders.items() if country in set(origins)]
    wanted = set(media) or set(Medium)
    found: list[Entry] = []
    if Medium.PIPELINE in wanted:
        for trader in barred:
            found += _pipe_entries(system, trader, inside)
    if Medium.LNG in wanted:
        found += _ship_entries(system, nodes, set(origins), inside)
    return tuple(found)


def _pipe_entries(system: GasSystem, trader: str, inside: set[str]) -> list[Entry]:
    arcs = system.table("arcs").set_index("arc")
    carriage = system.table("carriage")
    own = [arc for arc in carriage.loc[carriage["trader"] == trader, "arc"] if arc in arcs.index]
    sales = system.table("sales_points")
    sells = set(sales.loc[sales["trader"] == trader, "node"])
    leaves = {arcs.loc[arc, "origin"] for arc in own if arcs.loc[arc, "destination"] not in inside}
    transit = {node for node in inside if node not in sells and node in leaves}
    result = []
    for arc in own:
        start, end = str(arcs.loc[arc, "origin"]), str(arcs.loc[arc, "destination"])
        if end in inside and end not in transit and (start not in inside or start in transit):
            result.append(Entry(trader, arc, start, end))
    return result


def _ship_entries(system: GasSystem, nodes: pd.DataFrame, origins: set[str], inside: set[str]) -> list[Entry]:
    is_export = (nodes["kind"] == NodeKind.LNG_EXPORT) & nodes["country"].isin(origins)
    routes = system.table("sea_routes")
    pairs = list(zip(routes["origin"], routes["destination"], strict=True))
    sellers = _sellers_at_ports(system, pairs)
    return [
        Entry(trader, f"ship:{start}>{end}", start, end)
        for start, end in pairs
        if is_export.get(start, False) and end in inside
        for trader in sorted(sellers.get(start, {""}))
    ]


def _sellers_at_ports(system: GasSystem, pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Return who ships LNG from each export port: the plants' sellers, and those who transfer cargoes there."""
    resources = system.table("resources")
    at_feed = dict(zip(resources["node"], resources["trader"], strict=True))
    plants = system.table("arcs")
    plants = plants[plants["kind"] == ArcKind.LIQUEFACTION]
    sellers: dict[str, set[str]] = {}
    for feed, port in zip(plants["origin"], plants["destination"], strict=True):
        if feed in at_feed:
            sellers.setdefault(port, set()).add(at_feed[feed])
    starts = {start for start, _ in pairs}
    transfers = [(start, end) for start, end in pairs if end in starts]
    for _ in range(len(transfers)):
        for start, end in transfers:
            sellers.setdefault(end, set()).update(sellers.get(start, set()))
    return sellers


@dataclass(frozen=True)
class PoolRoute:
    """An arc by which pool gas enters a territory from outside, and the barred sales that can reach its start."""

    arc: str
    origin: str
    destination: str
    fed_by: tuple[str, ...]


def relabelling_routes(system: GasSystem, origins: Iterable[str], destinations: Iterable[str]) -> tuple[PoolRoute, ...]:
    """Return the open arcs on which gas sold outside a territory by barred traders could enter it as pool gas.

    ``fed_by`` names the markets outside where a barred trader sells and from which pool arcs outside the territory
    lead to the start of the route.
    """
    nodes = system.table("nodes").set_index("node")
    inside = {node for node, country in nodes["country"].items() if country in countries(destinations)}
    traders = system.table("traders").set_index("trader")["country"]
    barred = {trader for trader, country in traders.items() if country in set(origins)}
    points = system.table("sales_points")
    sold = [node for node in points.loc[points["trader"].isin(barred), "node"] if node not in inside]
    arcs = system.table("arcs")
    pools = arcs[arcs["has_pool_access"] & (arcs["state"] == AssetState.OPEN)]
    after: dict[str, list[str]] = {}
    for start, end in zip(pools["origin"], pools["destination"], strict=True):
        after.setdefault(start, []).append(end)
    reach = {node: _reach(node, after, inside) for node in dict.fromkeys(sold)}
    routes = []
    for row in pools.itertuples():
        fed = tuple(node for node, reached in reach.items() if row.origin in reached)
        if row.origin not in inside and row.destination in inside and fed:
            routes.append(PoolRoute(str(row.arc), str(row.origin), str(row.destination), fed))
    return tuple(routes)


def _reach(start: str, after: dict[str, list[str]], inside: set[str]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for node in after.get(todo.pop(), []):
            if node not in seen and node not in inside:
                seen.add(node)
                todo.append(node)
    return seen
