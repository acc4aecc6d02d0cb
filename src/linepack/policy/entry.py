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
    exports = {
        node for node in nodes.index[nodes["kind"] == NodeKind.LNG_EXPORT] if nodes.loc[node, "country"] in origins
    }
    feeds = system.table("arcs")
    feeds = feeds[feeds["kind"] == ArcKind.LIQUEFACTION]
    resources = system.table("resources")
    by_feed = dict(zip(resources["node"], resources["trader"], strict=True))
    seller = {port: by_feed.get(feed, "") for feed, port in zip(feeds["origin"], feeds["destination"], strict=True)}
    routes = system.table("sea_routes")
    return [
        Entry(seller.get(start, ""), f"ship:{start}>{end}", start, end)
        for start, end in zip(routes["origin"], routes["destination"], strict=True)
        if start in exports and end in inside
    ]


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
