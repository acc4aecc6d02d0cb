"""The network as the market sees it: every arc, its capacity by period, the cost of shipping."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from linepack import units
from linepack.errors import InputError
from linepack.system.calendar import Period, overlap_days, parse_month
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, AssetState

SUMMER_ROUTE_MONTHS = (7, 8, 9, 10, 11)
ARC_COLUMNS = (
    "arc", "name", "kind", "origin", "destination", "capacity_gwh_d", "tariff_eur_mwh", "loss_fraction", "state",
    "has_pool_access",
)  # fmt: skip


def shipping_arc(origin: pd.Series | str, destination: pd.Series | str) -> pd.Series | str:
    """Return the identifier of the shipping arc between two ports."""
    return "ship:" + origin + ">" + destination


def all_arcs(system: GasSystem) -> pd.DataFrame:
    """Return pipelines, liquefaction and regasification plus one shipping arc per sea route.

    Columns: those of ``arcs``, and country and region of both ends. Shipping arcs have infinite capacity and
    no tariff here; ``shipping_cost_eur_mwh`` gives their cost.
    """
    routes = system.table("sea_routes")
    ships = pd.DataFrame({
        "arc": shipping_arc(routes["origin"], routes["destination"]),
        "name": "Shipping, " + routes["origin"] + " to " + routes["destination"],
        "kind": ArcKind.SHIPPING.value, "origin": routes["origin"], "destination": routes["destination"],
        "capacity_gwh_d": np.inf, "tariff_eur_mwh": np.nan, "loss_fraction": 0.0, "state": AssetState.OPEN.value,
        "has_pool_access": False,
    })  # fmt: skip
    arcs = pd.concat([system.table("arcs")[list(ARC_COLUMNS)], ships], ignore_index=True)
    nodes = system.table("nodes").set_index("node")
    for end in ("origin", "destination"):
        for column in ("country", "region"):
            arcs[f"{end}_{column}"] = arcs[end].map(nodes[column])
    return arcs


def capacity_by_period(system: GasSystem, periods: Sequence[Period]) -> pd.DataFrame:
    """Return capacity in GWh/d, arcs by periods (columns are period labels).

    The base is the technical capacity of open arcs and zero of others; rows of ``arc_schedule`` replace it day
    by day, later rows over earlier ones, and a period counts the mean of its days.
    """
    arcs = all_arcs(system)
    base = np.where(arcs["state"] == AssetState.OPEN, arcs["capacity_gwh_d"], 0.0)
    capacity = np.tile(base[:, None], (1, len(periods)))
    position = {arc: k for k, arc in enumerate(arcs["arc"])}
    for arc, rows in system.table("arc_schedule").groupby("arc", sort=False):
        if arc not in position:
            raise InputError("unknown-arc", "arc_schedule names an arc that does not exist", table="arc_schedule",
                             keys=[str(arc)], hint="linepack data show arcs")  # fmt: skip
        k = position[arc]
        capacity[k] = [_mean_capacity(base[k], rows, period) for period in periods]
    return pd.DataFrame(capacity, index=arcs["arc"], columns=[period.label for period in periods])


def _mean_capacity(base: float, rows: pd.DataFrame, period: Period) -> float:
    """Return the mean over the period's days; exact for any number of overlapping rows."""
    cuts = {period.start, period.end}
    spans = []
    for row in rows.itertuples():
        first = date.fromisoformat(row.first_day)
        after = date.fromisoformat(row.last_day) + timedelta(days=1) if row.last_day else date.max
        spans.append((first, after, row.capacity_gwh_d))
        cuts |= {day for day in (first, after) if period.start < day < period.end}
    days = sorted(cuts)
    total = 0.0
    for start, end in pairwise(days):
        value = base
        for first, after, capacity in spans:
            if first <= start < after:
                value = capacity
        total += value * overlap_days(period, start, end)
    return total / period.days


def shipping_cost_eur_mwh(system: GasSystem, periods: Sequence[Period]) -> pd.DataFrame:
    """Return the cost of shipping in EUR/MWh delivered, shipping arcs by periods.

    Round trip at the class's speed plus days in port; charter, port and canal cost; boil-off of both legs valued
    at the month's TTF. Source of the rule: the usual voyage calculation of LNG freight assessments.
    """
    routes = system.table("sea_routes")
    ship = system.table("ship_classes").iloc[0]
    prices = system.table("market_prices").set_index("month")
    missing = [period.month for period in periods if period.month not in prices.index]
    if missing:
        raise InputError("missing-month", "market_prices has no row for these months", table="market_prices",
                         keys=missing, hint="shorten the horizon or add the months")  # fmt: skip
    cargo_mwh = units.mwh_from_mmbtu(ship["cargo_mmbtu"])
    columns = {}
    for period in periods:
        price = prices.loc[period.month]
        in_summer = parse_month(period.month)[1] in SUMMER_ROUTE_MONTHS
        distance = routes["distance_nm"].to_numpy(dtype=float)
        if in_summer:
            summer = routes["summer_distance_nm"].to_numpy(dtype=float)
            distance = np.where(np.isnan(summer), distance, summer)
        days = 2 * distance / (24 * ship["speed_kn"]) + ship["port_days"]
        freight = (days * ship["charter_usd_d"] + ship["port_cost_usd"]) / price["usd_per_eur"] / cargo_mwh
        boil_off = ship["boil_off_share_per_day"] * days * price["ttf_eur_mwh"]
        factor = routes["ice_class_factor"].to_numpy(dtype=float)
        columns[period.label] = (freight + boil_off) * factor + routes["transfer_eur_mwh"].to_numpy(dtype=float)
    return pd.DataFrame(columns, index=pd.Index(shipping_arc(routes["origin"], routes["destination"]), name="arc"))
