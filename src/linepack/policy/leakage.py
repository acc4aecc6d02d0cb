"""Where barred gas goes: shut in, redirected, and what comes back in its place, relabelled or displaced.

Definitions, all in GWh over the same days, from two solved runs that differ only in the ban:

- *barred*: fall of the barred traders' own sales inside the territory;
- *redirected*: rise of their sales outside, by market; *shut in*: barred less redirected;
- *relabelling*: rise of pool gas entering on routes that barred sales can feed, at most the barred traders' sales at
  the markets that feed them: molecules that may be the same under another name;
- *displacement*: rise of all other gas entering the territory: other sellers' gas, freed elsewhere by redirected gas;
- *lost*: barred gas that nothing replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from linepack.errors import InputError
from linepack.policy.entry import relabelling_routes
from linepack.policy.matching import GROUPS, countries
from linepack.policy.reader import nearest
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True)
class Leakage:
    """The account of a ban in GWh: ``barred = redirected + shut_in = relabelling + displacement + lost``."""

    barred_gwh: float
    redirected_gwh: tuple[tuple[str, float], ...]
    shut_in_gwh: float
    relabelling_gwh: float
    displacement_gwh: float
    lost_gwh: float


def leakage(
    system: GasSystem,
    origins: Iterable[str],
    destinations: Iterable[str],
    *,
    sales_before: pd.DataFrame,
    sales_after: pd.DataFrame,
    pool_before: pd.DataFrame,
    pool_after: pd.DataFrame,
) -> Leakage:
    """Return the account of a ban.

    ``sales_*`` have the columns trader, node, gwh (first sales); ``pool_*`` arc, gwh (pool flows).
    Errors: ``InputError`` for a missing column, an unknown trader or node, an origin that no trader has, or a
    territory without a market.
    """
    origins, destinations = tuple(origins), tuple(destinations)
    nodes = system.table("nodes").set_index("node")["country"]
    traders = system.table("traders").set_index("trader")["country"]
    _check(sales_before, sales_after, pool_before, pool_after)
    _known("origin", origins, sorted(set(traders)), "a country of sellers")
    _known("territory", destinations, sorted({*nodes, *GROUPS}), "a country or group of countries of this dataset")
    change = _difference(sales_before, sales_after, ["trader", "node"])
    unknown = [n for n in change["node"] if n not in nodes.index] + [
        t for t in change["trader"] if t not in traders.index
    ]
    if unknown:
        raise InputError(
            "unknown-name", "sales name traders or nodes that the system does not have", table="sales", keys=unknown
        )
    is_inside = change["node"].map(nodes).isin(countries(destinations))
    is_barred = change["trader"].map(traders).isin(set(origins))
    barred = -float(change.loc[is_inside & is_barred, "gwh"].sum())
    outside = change[~is_inside & is_barred].groupby("node")["gwh"].sum()
    redirected = tuple((str(node), float(gwh)) for node, gwh in outside.items() if abs(gwh) > 0)
    routes = {route.arc: route for route in relabelling_routes(system, origins, destinations)}
    pool = _difference(pool_before, pool_after, ["arc"])
    arcs = system.table("arcs").set_index("arc")
    crossing = [
        arc
        for arc in pool["arc"]
        if arc in arcs.index
        and nodes[arcs.loc[arc, "origin"]] not in countries(destinations)
        and nodes[arcs.loc[arc, "destination"]] in countries(destinations)
    ]
    rises = pool.set_index("arc")["gwh"]
    fed_markets = {node for route in routes.values() for node in route.fed_by}
    available = float(
        sales_after.loc[
            sales_after["trader"].map(traders).isin(set(origins)) & sales_after["node"].isin(fed_markets), "gwh"
        ].sum()
    )
    on_routes = sum(float(rises[arc]) for arc in crossing if arc in routes)
    relabelling = max(0.0, min(on_routes, available))
    others = (
        float(change.loc[is_inside & ~is_barred, "gwh"].sum())
        + sum(float(rises[arc]) for arc in crossing)
        - relabelling
    )
    return Leakage(
        barred,
        redirected,
        barred - sum(gwh for _, gwh in redirected),
        relabelling,
        others,
        barred - relabelling - others,
    )


def _difference(before: pd.DataFrame, after: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    first, second = before.groupby(keys)["gwh"].sum(), after.groupby(keys)["gwh"].sum()
    return second.sub(first, fill_value=0.0).rename("gwh").reset_index()


def _known(what: str, names: tuple[str, ...], known: list[str], kind: str) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(f"unknown-{what}", f"'{unknown[0]}' is not {kind}", keys=unknown,
                         hint=nearest(unknown[0].upper(), known))  # fmt: skip


def _check(*frames: pd.DataFrame) -> None:
    for frame, keys in zip(frames, (("trader", "node"),) * 2 + (("arc",),) * 2, strict=True):
        lacking = [name for name in (*keys, "gwh") if name not in frame]
        if lacking:
            raise InputError(
                "missing-column", "a table of flows lacks columns", keys=lacking, hint="columns: trader, node, gwh"
            )
