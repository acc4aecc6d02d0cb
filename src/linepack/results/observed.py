"""Model against observation: every row of the ``observations`` table beside what a run gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from linepack import units
from linepack.errors import InputError
from linepack.results.headline import Tables
from linepack.system.calendar import month_of
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, Grade, NodeKind


def check_observations(tables: Tables, system: GasSystem) -> pd.DataFrame:
    """Return one row per observation.

    Columns: label, model, observed, unit, deviation (share of the observed value; points of fill for stocks),
    tolerance, is_within, basis (imposed, fitted, free), source, grade. A direction is 1 if the border flows as
    observed.
    Errors: ``InputError`` if the run does not cover the days of an observation.
    """
    rows = []
    for row in system.table("observations").itertuples():
        model = MEASURES[row.quantity](tables, system, row)
        is_points = row.quantity in ("storage_fill", "border_flow", "unserved")
        deviation = model - row.value if is_points else model / row.value - 1
        rows.append((row.label, model, row.value, row.unit, deviation, row.tolerance,
                     bool(abs(deviation) <= row.tolerance + 1e-9), row.basis, row.source, row.grade))  # fmt: skip
    columns = ["label", "model", "observed", "unit", "deviation", "tolerance", "is_within", "basis", "source", "grade"]
    return pd.DataFrame(rows, columns=columns)


QUARTER_TOLERANCE = 0.15
"""Agreement asked for of a quarter's price, as a share of what was observed."""


def quarterly_prices(tables: Tables, system: GasSystem) -> pd.DataFrame:
    """Return the prices of whole quarters, model against observed.

    Columns: marker (TTF, JKM), quarter, model_eur_mwh, observed_eur_mwh, deviation (share), is_within (15 %). Only
    months whose observed price is published count; means are weighted by days.
    """
    observed = system.table("market_prices")
    observed = observed[observed["grade"] == Grade.PUBLISHED].set_index("month")
    prices, rows = tables["price_markers"], []
    for marker, column in (("TTF", "ttf_eur_mwh"), ("JKM", "jkm_eur_mwh")):
        own = prices[(prices["marker"] == marker) & prices["period"].isin(observed.index)]
        quarter = own["period"].str[:4] + "-Q" + ((own["period"].str[5:].astype(int) + 2) // 3).astype(str)
        for name, part in own.groupby(quarter.to_numpy()):
            if len(part) == 3:
                model = float(np.average(part["price_eur_mwh"], weights=part["days"]))
                seen = float(np.average(observed.loc[part["period"], column], weights=part["days"]))
                off = model / seen - 1
                rows.append((marker, name, model, seen, off, abs(off) <= QUARTER_TOLERANCE))
    columns = ["marker", "quarter", "model_eur_mwh", "observed_eur_mwh", "deviation", "is_within"]
    return pd.DataFrame(rows, columns=columns)


def expectation_errors(tables: Tables) -> pd.DataFrame:
    """Return how far expected prices were from what the path then gave, by months ahead; empty with foresight.

    Columns: months_ahead, count, mean_error_eur_mwh (expected less realised), mean_absolute_error_eur_mwh.
    """
    columns = ["months_ahead", "count", "mean_error_eur_mwh", "mean_absolute_error_eur_mwh"]
    if "expectations" not in tables:
        return pd.DataFrame(columns=columns)
    seen = tables["expectations"].dropna(subset=["realised_eur_mwh"])
    year, month = (seen["period"].str[a:b].astype(int) for a, b in ((0, 4), (5, 7)))
    year_on, month_on = (seen["seen_on"].str[a:b].astype(int) for a, b in ((0, 4), (5, 7)))
    ahead = (year - year_on) * 12 + month - month_on
    error = seen["expected_eur_mwh"] - seen["realised_eur_mwh"]
    by = error.groupby(ahead)
    return pd.DataFrame({"months_ahead": by.size().index, "count": by.size().to_numpy(),
                         "mean_error_eur_mwh": by.mean().to_numpy(),
                         "mean_absolute_error_eur_mwh": error.abs().groupby(ahead).mean().to_numpy()})  # fmt: skip


def _between(frame: pd.DataFrame, row: object) -> pd.DataFrame:
    first, last = str(row.first_day)[:7], str(row.last_day)[:7]  # type: ignore[attr-defined]
    months = frame["period"].unique()
    if first not in months or last not in months:
        raise InputError("other-horizon", f"the run does not cover {first} to {last}", table="observations",
                         keys=[str(row.observation)], hint="solve the case reference-2025")  # type: ignore[attr-defined]  # fmt: skip
    return frame[frame["period"].between(first, last)]


def _nodes(system: GasSystem, text: str) -> set[str]:
    """Return market and port nodes of the countries, nodes or regions named, ';' between them."""
    nodes = system.table("nodes")
    names = text.split(";")
    return set(
        nodes.loc[nodes["region"].isin(names) | nodes["country"].isin(names) | nodes["node"].isin(names), "node"]
    )


def _export_ports(system: GasSystem, resources: str) -> set[str]:
    table, arcs = system.table("resources").set_index("resource"), system.table("arcs")
    plants = arcs[arcs["kind"] == ArcKind.LIQUEFACTION].set_index("origin")["destination"]
    ports = {str(plants[table.loc[name, "node"]]) for name in resources.split(";")}
    routes, nodes = system.table("sea_routes"), system.table("nodes").set_index("node")["kind"]
    onward = routes.loc[routes["origin"].isin(ports), "destination"]
    return ports | {str(port) for port in onward if nodes[port] == NodeKind.LNG_EXPORT}


def _twh(frame: pd.DataFrame, column: str) -> float:
    return float(units.twh_from_gwh((frame[column] * frame["days"]).sum()))


def _price_mean(tables: Tables, system: GasSystem, row: object) -> float:
    frame = _between(tables["price_markers"], row)
    frame = frame[frame["marker"] == row.destination]  # type: ignore[attr-defined]
    return float((frame["price_eur_mwh"] * frame["days"]).sum() / frame["days"].sum())


def _sales(mode: str) -> Callable[[Tables, GasSystem, object], float]:
    def measure(tables: Tables, system: GasSystem, row: object) -> float:
        frame = _between(tables["sales"], row)
        origin, destination = str(row.origin), str(row.destination)  # type: ignore[attr-defined]
        mask = frame["mode"] == mode
        if destination:
            mask &= frame["node"].isin(_nodes(system, destination))
        if origin and mode == "lng":
            mask &= frame["source"].isin(_export_ports(system, origin))
        elif origin:
            mask &= frame["trader"].isin(origin.split(";"))
        return _twh(frame[mask], "sales_gwh_d")

    return measure


def _consumption(column: str) -> Callable[[Tables, GasSystem, object], float]:
    def measure(tables: Tables, system: GasSystem, row: object) -> float:
        frame = _between(tables["consumption"], row)
        return _twh(frame[frame["node"].isin(_nodes(system, str(row.destination)))], column)  # type: ignore[attr-defined]

    return measure


def _storage_fill(tables: Tables, system: GasSystem, row: object) -> float:
    frame = tables["storage"]
    before = month_of(date.fromisoformat(str(row.first_day)) - timedelta(days=1))  # type: ignore[attr-defined]
    names = str(row.destination).split(";")  # type: ignore[attr-defined]
    at_end = frame[(frame["period"] == before) & frame["node"].isin(names)]
    if at_end.empty:
        raise InputError("other-horizon", f"the run has no stock at {row.first_day}", table="observations",  # type: ignore[attr-defined]
                         keys=[str(row.observation)], hint="solve the case reference-2025")  # type: ignore[attr-defined]  # fmt: skip
    volume = system.table("storages").set_index("node")["working_gas_gwh"][names].sum()
    return float(100 * at_end["level_gwh"].sum() / volume)


def _border_flow(tables: Tables, system: GasSystem, row: object) -> float:
    frame = _between(tables["flows"], row)
    place = system.table("nodes").set_index("node")["country"]
    ends = (frame["origin"].map(place), frame["destination"].map(place))
    a, b = str(row.origin), str(row.destination)  # type: ignore[attr-defined]
    net = _twh(frame[(ends[0] == a) & (ends[1] == b)], "flow_gwh_d") - _twh(
        frame[(ends[0] == b) & (ends[1] == a)], "flow_gwh_d"
    )
    return float(np.sign(round(net, 3)))


MEASURES: dict[str, Callable[[Tables, GasSystem, object], float]] = {
    "price_mean": _price_mean, "lng_import": _sales("lng"), "lng_export": _sales("lng"),
    "pipeline_import": _sales("pipeline"), "consumption": _consumption("consumption_gwh_d"),
    "unserved": _consumption("unserved_gwh_d"), "storage_fill": _storage_fill, "border_flow": _border_flow,
}  # fmt: skip
