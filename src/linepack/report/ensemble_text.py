"""An ensemble in words and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from linepack.ensemble.run import Ensemble
from linepack.ensemble.summaries import (
    CHANGE,
    LEVEL,
    binding_limits,
    exceedance,
    quantiles,
    regression,
    tornado,
)
from linepack.report.text import csv_text, number, plain_table
from linepack.results.headline import FIGURES
from linepack.runs.store import write_text

LIMITS_SHOWN = 12


def summary_tables(ensemble: Ensemble, figure: str) -> dict[str, pd.DataFrame]:
    """Return every summary by name; tornado, regression and exceedance are of one figure."""
    of = [LEVEL, CHANGE] if len(ensemble.design.scenarios) > 1 else [LEVEL]
    return {
        "quantiles": quantiles(ensemble),
        "exceedance": exceedance(ensemble, figure),
        "tornado": pd.concat([tornado(ensemble, figure, each) for each in of], ignore_index=True),
        "regression": pd.concat([regression(ensemble, figure, each) for each in of], ignore_index=True),
        "limits": binding_limits(ensemble),
    }


def ensemble_content(ensemble: Ensemble, figure: str) -> dict[str, Any]:
    """Return the ensemble as plain JSON types."""
    return {
        "ensemble": ensemble.design.name, "title": ensemble.design.title, "design_digest": ensemble.design.digest,
        "folder": str(ensemble.folder), "rows": len(ensemble.rows), "certified": len(ensemble.certified),
        "waiting": ensemble.waiting, "failed": _records(ensemble.failed[["scenario", "draw", "status", "message"]]),
        "figure": figure, **({} if ensemble.certified.empty else
                             {name: _records(table) for name, table in summary_tables(ensemble, figure).items()}),
    }  # fmt: skip


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def ensemble_text(ensemble: Ensemble, figure: str) -> str:
    """Return what the terminal shows."""
    design = ensemble.design
    lines = [f"{design.title} ({design.name})",
             f"{len(ensemble.rows)} rows: {len(design.scenarios)} scenario(s), {len(design.table())} draws, "
             f"{design.sampling}, seed {design.seed}; {len(ensemble.certified)} certified, "
             f"{len(ensemble.failed)} failed, {ensemble.waiting} waiting"]  # fmt: skip
    for status, part in ensemble.failed.groupby("status"):
        lines.append(f"failed, {status}: {len(part)} rows, the first {part['scenario'].iloc[0]} draw "
                     f"{part['draw'].iloc[0]}: {part['message'].iloc[0]}")  # fmt: skip
    if ensemble.certified.empty:
        return "\n".join(lines)
    tables = summary_tables(ensemble, figure)
    lines += ["", "Headline figures, over draws", _quantile_text(tables["quantiles"])]
    chosen = next(f for f in FIGURES if f.name == figure)
    lines += ["", f"What moves {chosen.label.strip()}, {chosen.unit}", _tornado_text(tables["tornado"]),
              "", "Limits that bind", _limits_text(tables["limits"])]  # fmt: skip
    return "\n".join(lines)


def _quantile_text(table: pd.DataFrame) -> str:
    figures = {figure.name: figure for figure in FIGURES}
    rows = []
    for row in table.to_dict("records"):
        figure = figures[row["figure"]]
        scale = 100.0 if figure.is_share else 1.0
        cells = [number(scale * row[name], figure.decimals) for name in ("mean", "p05", "p10", "p50", "p90", "p95")]
        of = "" if row["of"] == LEVEL else ", change"
        rows.append([f"{figure.label.strip()}, {figure.unit}{of}", row["scenario"], *cells])
    return plain_table(["figure", "scenario", "mean", "5 %", "10 %", "50 %", "90 %", "95 %"], rows)


def _tornado_text(table: pd.DataFrame) -> str:
    rows = [[row["factor"], row["scenario"] + ("" if row["of"] == LEVEL else ", change"), row["low"], row["high"],
             number(row["low_mean"], 2), number(row["high_mean"], 2), number(row["swing"], 2)]
            for row in table.to_dict("records")]  # fmt: skip
    return plain_table(["factor", "scenario", "when", "and when", "mean", "mean", "swing"], rows)


def _limits_text(table: pd.DataFrame) -> str:
    shown = table[table["likelihood_fraction"] < 1.0].groupby("scenario", sort=False).head(LIMITS_SHOWN)
    rows = [[f"{row['limit']} {row['what']}", row["scenario"], number(100 * row["likelihood_fraction"], 0),
             number(100 * row["bound_fraction"], 0), number(row["shadow_price"], 2), row["unit"], row["driver"]]
            for row in shown.to_dict("records")]  # fmt: skip
    always = int((table["likelihood_fraction"] == 1.0).sum())
    return plain_table(["limit", "scenario", "draws, %", "days, %", "price", "unit", "driver"], rows) + (
        f"\n{always} more bind in every draw, {len(table) - always - len(shown)} more in some: --out writes them all")


def write_ensemble(ensemble: Ensemble, figure: str, folder: Path) -> list[Path]:
    """Write every summary and the rows as CSV; return the files."""
    tables = {} if ensemble.certified.empty else summary_tables(ensemble, figure)
    paths = []
    for name, table in {"rows": ensemble.rows, **tables}.items():
        path = folder / f"{name}.csv"
        if "draws" in table and table["draws"].dtype == object:
            table = table.assign(draws=[" ".join(str(draw) for draw in draws) for draws in table["draws"]])
        write_text(path, csv_text(table))
        paths.append(path)
    return paths
