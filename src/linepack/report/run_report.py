"""One run, or two runs side by side, as text, JSON content and CSV files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from linepack.report.text import change, csv_text, number, plain_table
from linepack.results.compare import KEYS, compare_headlines, compare_table, mean_changes, worst_country
from linepack.results.headline import FIGURES, Figure, eu_imports, headline
from linepack.results.observed import expectation_errors
from linepack.results.purses import compare_accounts, who_gains
from linepack.runs.store import Run, write_text


def shown(figure: Figure, value: float) -> str:
    """Return a figure's value as shown: shares in per cent."""
    return number(100 * value if figure.is_share else value, figure.decimals)


def run_content(run: Run) -> dict[str, Any]:
    """Return record and headline figures of a run as JSON content."""
    return {"record": dict(run.record), "headline": run.headline.to_dict("records")}


def certificate_line(run: Run) -> str:
    """Return one line on what makes the run an answer."""
    certificate, solver, size = run.record["certificate"], run.record["solver"], run.record["size"]
    worst = max(certificate[name] for name in ("primal", "bounds", "stationarity", "gap"))
    certified = "certified"
    if "windows" in run.record:
        certified = f"rolling expectations, {run.record['windows']} windows certified one by one, no equilibrium"
    if "curves" in run.record:
        curves = run.record["curves"]
        certified += f" after {curves['games']} games, demand within {curves['demand_gap']:.0e} of its curves"
    if "slopes" in run.record:
        slopes = run.record["slopes"]
        how = "settled" if slopes["is_settled"] else "DID NOT SETTLE"
        certified += f", sellers' slopes measured in the regime {how} in {slopes['passes']} passes"
    return (f"{certified}: largest residual {worst:.0e} (limit {certificate['limit']:.0e}), {solver['name']} "
            f"{solver['version']}, {size['columns']:,} columns, {size['rows']:,} rows, run {run.digest[:12]}")


def run_text(run: Run) -> str:
    """Return the headline figures, the EU's imports and the monthly prices of a run."""
    tables = run.tables
    values = headline(tables)
    figures = plain_table(("", "unit", run.name), [(f.label, f.unit, shown(f, values[f.name])) for f in FIGURES])
    imports = eu_imports(tables)
    sources = plain_table(
        ("EU imports by origin", "by", "TWh/y", "%"),
        [(r.origin, r.mode, number(r.import_twh_y, 0), number(100 * r.share_fraction)) for r in imports.itertuples()],
    )
    wide = tables["price_markers"].pivot(index="period", columns="marker", values="price_eur_mwh")  # noqa: PD010
    prices = plain_table(
        ("EUR/MWh", *wide.columns),
        [(str(period), *(number(v) for v in row)) for period, row in zip(wide.index, wide.to_numpy(), strict=True)],
    )
    errors = expectation_errors(tables)
    seen = [plain_table(
        ("months ahead", "prices", "expected less realised, EUR/MWh", "absolute"),
        [(str(int(r.months_ahead)), str(int(r.count_)), change(r.mean_error_eur_mwh, 1) or "0",
          number(r.mean_absolute_error_eur_mwh)) for r in errors.rename(columns={"count": "count_"}).itertuples()],
    )] if len(errors) else []  # fmt: skip
    slopes = [plain_table(
        ("slope, EUR/MWh per GWh/d", "believed", "measured"),
        [(r["owner_group"], f"{r['used_eur_mwh_per_gwh_d']:.5f}", f"{r['measured_eur_mwh_per_gwh_d']:.5f}")
         for r in run.record["slopes"]["sellers"]],
    )] if "slopes" in run.record else []  # fmt: skip
    scenario = run.record["scenario"]
    title = f"{scenario['title']} ({scenario['first_month']}, {scenario['months']} months)"
    return "\n\n".join((title, figures, sources, prices, *seen, *slopes, certificate_line(run)))


def compare_text(base: Run, other: Run, table: str | None, rows: int) -> str:
    """Return what differs: headline figures, the country hit hardest, and the largest changes of a table."""
    frame = compare_headlines(base.tables, other.tables).set_index("figure")
    lines = []
    for f in FIGURES:
        row = frame.loc[f.name]
        scale = 100 if f.is_share else 1
        relative = "" if f.is_share else change(100 * row["change_fraction"], 1)
        lines.append((f.label, f.unit, shown(f, row["base"]), shown(f, row["other"]),
                      change(scale * row["change"], f.decimals), relative and f"{relative} %"))  # fmt: skip
    parts = [plain_table(("", "unit", base.name, other.name, "change", ""), lines)]
    country, how = worst_country(base.tables, other.tables)
    parts.append(f"Worst off in the EU: {country}, {how}.")
    gains = who_gains(base.tables, other.tables)
    parts.append(plain_table(("Who gains", "EUR bn/y"),
                             [(row.party, change(row.change_eur_bn_y, 2) or "0") for row in gains.itertuples()]))
    if table is not None:
        means = mean_changes(base.tables, other.tables, table).head(rows)
        keys = KEYS[table]
        parts.append(plain_table(
            (" ".join(keys), "unit", base.name, other.name, "change"),
            [(" ".join(str(r[k]) for k in keys), r["unit"], number(r["base"]), number(r["other"]), change(r["change"]))
             for _, r in means.iterrows()],
        ))  # fmt: skip
    return "\n\n".join([*parts, certificate_line(base), certificate_line(other)])


def compare_content(base: Run, other: Run, table: str | None) -> dict[str, Any]:
    """Return the comparison as JSON content."""
    frame = compare_headlines(base.tables, other.tables)
    country, how = worst_country(base.tables, other.tables)
    content: dict[str, Any] = {
        "base": dict(base.record), "other": dict(other.record),
        "headline": frame.astype(object).where(frame.notna(), None).to_dict("records"),
        "worst_country": {"country": country, "how": how},
        "who_gains": who_gains(base.tables, other.tables).to_dict("records"),
        "accounts": compare_accounts(base.tables, other.tables).to_dict("records"),
    }  # fmt: skip
    if table is not None:
        content["table"] = {"name": table, "rows": mean_changes(base.tables, other.tables, table).to_dict("records")}
    return content


def write_tables(run: Run, out: str | Path) -> list[Path]:
    """Write every table of a run as CSV into ``out``; return the paths."""
    paths = []
    for name in run.tables:
        paths.append(Path(out) / f"{name}.csv")
        write_text(paths[-1], csv_text(run.tables[name]))
    return paths


def write_comparison(base: Run, other: Run, out: str | Path) -> list[Path]:
    """Write the comparison of headlines and of every comparable table as CSV into ``out``; return the paths."""
    frames: dict[str, pd.DataFrame] = {"headline": compare_headlines(base.tables, other.tables)}
    frames.update({name: compare_table(base.tables, other.tables, name) for name in KEYS})
    frames["accounts"] = compare_accounts(base.tables, other.tables)
    frames["who_gains"] = who_gains(base.tables, other.tables)
    paths = []
    for name, frame in frames.items():
        paths.append(Path(out) / f"{name}.csv")
        write_text(paths[-1], csv_text(frame))
    return paths
