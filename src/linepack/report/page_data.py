"""What the page shows, as one JSON document: the content of brief.json, series by scenario, names, units, sources.

Series run over the periods of the document. Rounding: flows and stocks to 0.01, prices to 0.0001 EUR/MWh; a series
that rounds to nothing is left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from linepack import __version__, units
from linepack.ensemble.bands import BAND_MEANING
from linepack.report.answer import answer_sentences
from linepack.report.brief import HOW_GAINS_COUNT, HOW_TO_READ, Brief, brief_content, observed_summary
from linepack.report.law_content import law_content
from linepack.report.run_report import certificate_line
from linepack.results.headline import FIGURES, Summary
from linepack.runs.store import Run
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs

PAGE_SCHEMA = 1
FLOW_DECIMALS, PRICE_DECIMALS, BAND_DECIMALS = 2, 4, 2


def page_data(brief: Brief) -> dict[str, Any]:
    """Return everything the page needs to show a brief; plain JSON types, no NaN."""
    content = brief_content(brief)
    data = {
        "schema": PAGE_SCHEMA,
        "version": __version__,
        "brief": content,
        "answer": answer_sentences(brief),
        "how_to_read": HOW_TO_READ.replace("\n", " "),
        "band_meaning": BAND_MEANING if brief.bands is not None else None,
        "observed_summary": observed_summary(brief.observations) if brief.observations is not None else None,
        "figures": [
            {"name": f.name, "label": f.label.strip(), "unit": f.unit, "decimals": f.decimals, "is_share": f.is_share,
             "is_part": f.label.startswith(" ")} for f in FIGURES
        ],
        "units": unit_factors(brief.system),
        "length": brief.case.scenarios[0].length,
        "how_gains_count": HOW_GAINS_COUNT.replace("\n", " "),
        "deals": brief.kept.deals,
        "evidence": brief.kept.evidence,
        "backtests": brief.kept.backtests,
        "unreadable": brief.kept.unreadable,
        **system_content(brief.system),
    }  # fmt: skip
    runs = {run.name: {**run_series(run, brief.sums[run.name]), "bands": price_band_series(brief, run)}
            for run in brief.runs}  # fmt: skip
    return {**plain(data), "law": law_content(brief.case.scenarios[0]), "runs": runs}


def page_json(data: Mapping[str, Any]) -> str:
    """Return the document as compact JSON text. Errors: ``ValueError`` for a number that is not finite."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def unit_factors(system: GasSystem) -> dict[str, Any]:
    """Return what a value in the internal unit is multiplied with, by kind of quantity and unit system.

    Kinds: rate (from GWh/d), stock (from GWh), year (from TWh/y) and price (from EUR/MWh).
    """
    gwh_d_to_twh_y = units.DAYS_PER_YEAR / 1e3
    bcm = units.bcm_ei_from_twh(1.0)
    usd_per_eur = float(system.table("market_prices")["usd_per_eur"].mean())
    return {
        "quantity": {
            "GWh/d": {"rate": ["GWh/d", 1.0], "stock": ["GWh", 1.0], "year": ["GWh/d", 1 / gwh_d_to_twh_y]},
            "TWh": {"rate": ["TWh/y", gwh_d_to_twh_y], "stock": ["TWh", 1e-3], "year": ["TWh/y", 1.0]},
            "bcm": {"rate": ["bcm/y", gwh_d_to_twh_y * bcm], "stock": ["bcm", 1e-3 * bcm], "year": ["bcm/y", bcm]},
        },
        "price": {
            "EUR/MWh": ["EUR/MWh", 1.0],
            "USD/MMBtu": ["USD/MMBtu", units.usd_mmbtu_from_eur_mwh(1.0, usd_per_eur=usd_per_eur)],
        },
        "note": "Energy is gross calorific value. bcm: statistical, 40 MJ per cubic metre. "
                f"USD/MMBtu at {usd_per_eur:.3f} USD/EUR, the mean of the dataset's months.",
    }  # fmt: skip


def system_content(system: GasSystem) -> dict[str, Any]:
    """Return nodes, arcs, traders and storages by name, and the sources of every table."""
    nodes, arcs, traders = system.table("nodes"), all_arcs(system), system.table("traders")
    named = system.table("arcs").set_index("arc")["name"].to_dict()
    sources = []
    for name, table in system.tables.items():
        if len(table):
            by = table.groupby(["source", "grade"], sort=False).size()
            sources += [{"table": name, "source": s, "grade": g, "rows": int(n)} for (s, g), n in by.items()]
    return {
        "nodes": {
            r["node"]: {k: r[k] for k in ("name", "kind", "country", "region", "hub", "lon", "lat")}
            for r in nodes.to_dict("records")
        },
        "arcs": {
            r["arc"]: {"name": named.get(r["arc"], ""), "kind": r["kind"], "from": r["origin"], "to": r["destination"],
                       "state": r["state"]}
            for r in arcs.to_dict("records")
        },
        "traders": {r["trader"]: {"name": r["name"], "country": r["country"]} for r in traders.to_dict("records")},
        "parts": _column_by(system, "arc_parts", "part"),
        "security_notes": _column_by(system, "security_notes", "remark"),
        "storages": system.table("storages").set_index("node")["working_gas_gwh"].to_dict(),
        "sources": sources,
    }  # fmt: skip


def _column_by(system: GasSystem, table: str, column: str) -> dict[str, str]:
    """Return a column of a table by the table's first column."""
    frame = system.table(table)
    return dict(zip(frame[frame.columns[0]], frame[column], strict=True))


def run_series(run: Run, known: Summary | None = None) -> dict[str, Any]:
    """Return the series of one run, each over its periods; ``known`` is what its tables add up to, if at hand."""
    tables, sums = run.tables, known or Summary(run.tables)
    periods = tables["hub_prices"].drop_duplicates("period")
    order = list(periods["period"])
    series = _Series(order)
    stock = tables["storage"]
    short = tables["consumption"]
    return {
        "digest": run.digest,
        "certified": certificate_line(run),
        "periods": order,
        "days": [float(d) for d in periods["days"]],
        "markers": series.by(tables["price_markers"], ["marker"], "price_eur_mwh", PRICE_DECIMALS),
        "prices": series.by(tables["hub_prices"], ["node"], "hub_price_eur_mwh", PRICE_DECIMALS),
        "flows": series.rows(tables["flows"], ["carrier", "arc"], "flow_gwh_d"),
        "limits": series.rows(_finite(tables["arcs"], "capacity_gwh_d"), ["arc"], "capacity_gwh_d"),
        "rents": series.rows(tables["arcs"], ["arc"], "congestion_rent_eur_mwh", PRICE_DECIMALS),
        "sales": series.rows(
            tables["sales"], ["trader", "origin", "source", "mode", "node"], "sales_gwh_d"
        ),
        "consumption": series.rows(short, ["node"], "consumption_gwh_d"),
        "unserved": series.rows(short, ["node"], "unserved_gwh_d"),
        "production": series.rows(tables["production"], ["node", "trader"], "production_gwh_d"),
        "levels": series.by(stock, ["node"], "level_gwh"),
        "injection": series.by(stock, ["node"], "injection_gwh_d"),
        "withdrawal": series.by(stock, ["node"], "withdrawal_gwh_d"),
        "storage_value": series.by(stock, ["node"], "storage_value_eur_mwh", PRICE_DECIMALS),
        "breakdown": series.rows(
            tables["price_breakdown"], ["node", "cause", "detail"], "eur_mwh", PRICE_DECIMALS
        ),
        "revenues": {str(k): float(v) for k, v in sums.revenues["revenue_eur_bn_y"].items()},
        "bills": {str(k): float(v) for k, v in sums.bills.items()},
        "markups": plain(tables["markups"].to_dict("records")),
    }  # fmt: skip


def price_band_series(brief: Brief, run: Run) -> dict[str, Any]:
    """Return low and high price by marker or hub, each over the periods of the run; nothing without bands."""
    if brief.price_bands is None:
        return {}
    series = _Series(list(run.tables["hub_prices"].drop_duplicates("period")["period"]))
    own = brief.price_bands[brief.price_bands["scenario"] == run.name]
    low, high = (series.by(own, ["series"], column, BAND_DECIMALS) for column in ("low_eur_mwh", "high_eur_mwh"))
    return {name: [low[name], high[name]] for name in low}


def _finite(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame[np.isfinite(frame[column])]


class _Series:
    """Turns tidy tables into series over the periods."""

    def __init__(self, periods: list[str]) -> None:
        self._periods = pd.Index(periods)

    def wide(
        self, frame: pd.DataFrame, keys: list[str], column: str, decimals: int
    ) -> tuple[list[tuple[str, ...]], np.ndarray]:
        """Return the keys as they come and, for each, the sums of a column by period, rounded and never minus zero."""
        group = np.zeros(len(frame), dtype=np.int64)
        for key in keys:
            codes, names = pd.factorize(frame[key])
            group = group * len(names) + codes
        _, first, group = np.unique(group, return_index=True, return_inverse=True)
        at = group * len(self._periods) + self._periods.get_indexer(frame["period"])
        sums = np.bincount(at, frame[column], minlength=len(first) * len(self._periods))
        values = sums.reshape(len(first), len(self._periods)).round(decimals) + 0.0
        order = np.argsort(first)
        return list(zip(*(frame[key].iloc[first[order]] for key in keys), strict=True)), values[order]

    def by(self, frame: pd.DataFrame, keys: list[str], column: str, decimals: int = FLOW_DECIMALS) -> dict[str, Any]:
        names, values = self.wide(frame, keys, column, decimals)
        return {", ".join(name): _short(row) for name, row in zip(names, values, strict=True)}

    def rows(self, frame: pd.DataFrame, keys: list[str], column: str, decimals: int = FLOW_DECIMALS) -> list[Any]:
        names, values = self.wide(frame[frame[column] != 0], keys, column, decimals)
        return [[*name, _short(row)] for name, row in zip(names, values, strict=True) if row.any()]


def _short(values: np.ndarray) -> list[float | int]:
    """Return the numbers of a series; whole ones without a fraction, which keeps the text short."""
    return [int(v) if v.is_integer() else v for v in values.tolist()]


def plain(value: Any) -> Any:
    """Return plain JSON types: numpy numbers as Python's, what is not finite as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
