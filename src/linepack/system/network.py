"""The network as the market sees it: every arc, its capacity by period, the cost of shipping."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linepack import units
from linepack.errors import InputError
from linepack.system.calendar import DayGrid, Period, day_grid, month_grid, parse_month
from linepack.system.gassystem import GasSystem
from linepack.system.reuse import follows_from
from linepack.vocabulary import ArcKind, AssetState

SUMMER_ROUTE_MONTHS = (7, 8, 9, 10, 11)
ICE_MONTHS = (12, 1, 2, 3, 4, 5, 6)
ARC_COLUMNS = (
    "arc", "name", "kind", "origin", "destination", "capacity_gwh_d", "tariff_eur_mwh", "loss_fraction", "state",
    "has_pool_access",
)  # fmt: skip


def shipping_arc(origin: str, destination: str) -> str:
    """Return the identifier of the shipping arc between two ports."""
    return f"ship:{origin}>{destination}"


def all_arcs(system: GasSystem) -> pd.DataFrame:
    """Return pipelines, liquefaction and regasification plus one shipping arc per sea route.

    Columns: those of ``arcs``, and country and region of both ends. Shipping arcs have infinite capacity and
    no tariff here; ``shipping_cost_eur_mwh`` gives their cost.
    """
    pipes, routes = system.table("arcs"), system.table("sea_routes")
    origins, destinations = routes["origin"].tolist(), routes["destination"].tolist()
    ships: dict[str, list[object]] = {
        "arc": [shipping_arc(o, d) for o, d in zip(origins, destinations, strict=True)],
        "name": [f"Shipping, {o} to {d}" for o, d in zip(origins, destinations, strict=True)],
        "origin": origins, "destination": destinations,
    }  # fmt: skip
    same = {"kind": ArcKind.SHIPPING.value, "capacity_gwh_d": np.inf, "tariff_eur_mwh": np.nan, "loss_fraction": 0.0,
            "state": AssetState.OPEN.value, "has_pool_access": False}  # fmt: skip
    count = len(origins)
    columns = {name: pipes[name].tolist() + ships.get(name, [same.get(name)] * count) for name in ARC_COLUMNS}
    nodes = system.table("nodes")
    for column in ("country", "region"):
        of_node = dict(zip(nodes["node"].tolist(), nodes[column].tolist(), strict=True))
        for end in ("origin", "destination"):
            columns[f"{end}_{column}"] = [of_node.get(node) for node in columns[end]]
    return pd.DataFrame(columns)


def capacity_by_period(
    system: GasSystem, periods: Sequence[Period], arcs: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return capacity in GWh/d, arcs by periods (columns are period labels).

    The base is the technical capacity of open arcs and zero of others; rows of ``arc_schedule`` replace it day
    by day, later rows over earlier ones; rows of ``flow_rules`` for every user take their share of it; a period
    counts the mean of its days. Shipping is not limited, unless it is dated or ruled: then its base is what the
    two ports can pass. ``arcs`` spares making ``all_arcs`` again.
    """
    arcs = all_arcs(system) if arcs is None else arcs
    grid = day_grid(periods)
    base = np.where(arcs["state"] == AssetState.OPEN, arcs["capacity_gwh_d"], 0.0)
    capacity = np.tile(base[:, None], (1, len(periods)))
    rules = system.table("flow_rules")
    everybody = rules[rules["trader"] == ""]
    dated = dict.fromkeys([*system.table("arc_schedule")["arc"], *everybody["arc"]])
    position = {arc: k for k, arc in enumerate(arcs["arc"].tolist())}
    shares = daily_shares(everybody, grid)
    for arc, daily in daily_capacity(system, list(dated), grid, arcs).items():
        capacity[position[arc]] = grid.mean(daily * shares.get(("", arc), 1.0))
    return pd.DataFrame(capacity, index=arcs["arc"], columns=[period.label for period in periods])


def daily_capacity(
    system: GasSystem, chosen: Sequence[str], grid: DayGrid, arcs: pd.DataFrame
) -> dict[str, np.ndarray]:
    """Return capacity in GWh/d by gas day for some arcs, ``arc_schedule`` included. Errors: unknown arcs."""
    schedule = system.table("arc_schedule")
    position = {arc: k for k, arc in enumerate(arcs["arc"].tolist())}
    unknown = [arc for arc in chosen if arc not in position]
    if unknown:
        raise InputError("unknown-arc", "dated rows name an arc that does not exist", table="arc_schedule",
                         keys=unknown, hint="linepack data show arcs")  # fmt: skip
    state, technical = arcs["state"].tolist(), arcs["capacity_gwh_d"].to_numpy(dtype=float)
    ends = {end: arcs[end].tolist() for end in ("origin", "destination")} if len(chosen) else {}
    ports = _port_capacity(system) if len(chosen) else {}
    daily = {}
    for arc in chosen:
        k = position[arc]
        base = technical[k] if state[k] == AssetState.OPEN else 0.0
        if np.isinf(base):
            base = min(ports.get((end, nodes[k]), np.inf) for end, nodes in ends.items())
        daily[arc] = np.full(len(grid.ordinal), base)
    columns = (schedule[name].tolist() for name in ("arc", "first_day", "last_day", "capacity_gwh_d"))
    for arc, first_day, last_day, capacity in zip(*columns, strict=True):
        if arc in daily:
            daily[arc][grid.covers(first_day, last_day)] = capacity
    return daily


def daily_shares(rules: pd.DataFrame, grid: DayGrid) -> dict[tuple[str, str], np.ndarray]:
    """Return the share of an arc's capacity by gas day and (trader, arc); the strictest rule of a day counts."""
    shares: dict[tuple[str, str], np.ndarray] = {}
    columns = (rules[name].tolist() for name in ("trader", "arc", "first_day", "last_day", "capacity_share"))
    for trader, arc, first_day, last_day, share in zip(*columns, strict=True):
        daily = shares.setdefault((trader, arc), np.ones(len(grid.ordinal)))
        inside = grid.covers(first_day, last_day)
        daily[inside] = np.minimum(daily[inside], share)
    return shares


def _port_capacity(system: GasSystem) -> dict[tuple[str, str], float]:
    """Return what the plants of a port can pass in GWh/d: liquefaction by origin, regasification by destination."""
    arcs = system.table("arcs")
    found: dict[tuple[str, str], float] = {}
    for kind, end, port in ((ArcKind.LIQUEFACTION, "origin", "destination"),
                            (ArcKind.REGASIFICATION, "destination", "origin")):  # fmt: skip
        own = arcs[arcs["kind"] == kind]
        found |= {(end, str(node)): float(total) for node, total in own.groupby(port)["capacity_gwh_d"].sum().items()}
    return found


@follows_from("sea_routes", "ship_classes")
def round_trip_days(system: GasSystem, months: tuple[str, ...]) -> pd.DataFrame:
    """Return the days that a ship needs to go, come back and load and discharge, shipping arcs by months.

    Twice the distance at the class's speed, days in port, and from December to June the days that ice costs.
    """
    routes = _routes(system)
    of_month = np.array([parse_month(month)[1] for month in months])
    is_summer = np.isin(of_month, SUMMER_ROUTE_MONTHS)
    winter = routes["distance_nm"].to_numpy(dtype=float)
    summer = routes["summer_distance_nm"].to_numpy(dtype=float)
    distance = np.where(is_summer, np.where(np.isnan(summer), winter, summer)[:, None], winter[:, None])
    at_sea = 2 * distance / (24 * routes["speed_kn"].to_numpy(dtype=float)[:, None])
    ice = routes["ice_days"].to_numpy(dtype=float)[:, None] * np.isin(of_month, ICE_MONTHS)
    days = at_sea + routes["port_days"].to_numpy(dtype=float)[:, None] + ice
    return pd.DataFrame(days, index=_route_arcs(routes), columns=list(months))


@follows_from("sea_routes", "ship_classes", "market_prices")
def shipping_cost_eur_mwh(system: GasSystem, periods: tuple[Period, ...]) -> pd.DataFrame:
    """Return the cost of shipping in EUR/MWh delivered, shipping arcs by periods.

    Round trip of the ship class: charter, port and canal cost; boil-off of both legs valued at the month's TTF.
    Source of the rule: the usual voyage calculation of LNG freight assessments.
    """
    routes = _routes(system)
    prices = system.table("market_prices").set_index("month")
    months = month_grid(periods)
    missing = [month for month in months.months if month not in prices.index]
    if missing:
        raise InputError("missing-month", "market_prices has no row for these months", table="market_prices",
                         keys=missing, hint="shorten the horizon or add the months")  # fmt: skip
    at = prices.loc[list(months.months)]
    column = {name: routes[name].to_numpy(dtype=float)[:, None] for name in (
        "charter_usd_d", "port_cost_usd", "cargo_mmbtu", "boil_off_share_per_day", "transfer_eur_mwh")}  # fmt: skip
    days = round_trip_days(system, months.months).to_numpy()
    cargo_mwh = units.mwh_from_mmbtu(column["cargo_mmbtu"])
    freight = (days * column["charter_usd_d"] + column["port_cost_usd"]) / at["usd_per_eur"].to_numpy() / cargo_mwh
    boil_off = column["boil_off_share_per_day"] * days * at["ttf_eur_mwh"].to_numpy()
    cost = months.mean((freight + boil_off).T).T + column["transfer_eur_mwh"]
    return pd.DataFrame(cost, index=_route_arcs(routes), columns=[period.label for period in periods])


def _routes(system: GasSystem) -> pd.DataFrame:
    """Return sea routes, in their order, with the figures of their ship class."""
    classes = system.table("ship_classes").set_index("ship_class")
    routes = system.table("sea_routes")
    names = [c for c in classes.columns if c not in routes.columns]
    return pd.concat([routes.reset_index(drop=True),
                      classes.loc[routes["ship_class"], names].reset_index(drop=True)], axis=1)  # fmt: skip


def _route_arcs(routes: pd.DataFrame) -> pd.Index:
    return pd.Index(map(shipping_arc, routes["origin"], routes["destination"]), name="arc")
