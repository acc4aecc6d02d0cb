"""The brief: all scenarios of a case beside each other, as text, Markdown, JSON and CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.ensemble.bands import BAND_MEANING
from linepack.report.kept import NOTHING_KEPT, Kept
from linepack.report.run_report import certificate_line, shown
from linepack.report.text import change, csv_text, json_text, markdown_table, number, plain_table
from linepack.results.compare import implied_elasticity, worst_off
from linepack.results.headline import FIGURES, Figure, Summary
from linepack.results.observed import check_observations, quarterly_prices
from linepack.results.purses import gains_of, yearly_accounts
from linepack.runs.store import Run, write_text
from linepack.scenario.scenario import Case
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Basis, Grade

BRIEF_SCHEMA = 1
LEAST_SHOWN = 1e-7
"""Rows of flows, sales and price parts below this are left out of the CSV files; the store keeps them."""
SHOWS_CHANGE = {"ttf_eur_mwh", "jkm_eur_mwh"}
HOW_TO_READ = """\
How to read it. Prices and yearly rates are means over the horizon. The number in brackets is the change from the first
column. Revenue is sales at hub prices less carriage to the place of sale, without gas piped to China, Belarus, Central
Asia, Armenia and the Emirates, whose price is a contract's. The bill is net: gas bought from foreign sellers and
neighbours, less gas sold to neighbours. The net elasticity implied is gas that came although the price fell (or went
although it rose) over EU consumption, against the change of TTF, in logarithms: all that gives way, demand and LNG that
goes elsewhere. A scenario says what is physically and commercially open; it does not say that
anyone has agreed to it."""
IMPLIED = "Net elasticity implied"
HOW_GAINS_COUNT = """\
Who gains: changes of accounts at hub prices, EUR bn a year; they add up to the change of welfare (consumers' value of
gas less resource cost, plus closing stocks). Levies, the margin of tolled LNG and stakes follow the tables
fiscal_terms, offtaker_shares and equity_shares, of which many rows are judgements; contract prices are counted where
known."""


@dataclass(frozen=True)
class Brief:
    """A case with one certified run per scenario, the first being the baseline, and its bands if they were computed."""

    case: Case
    runs: tuple[Run, ...]
    system: GasSystem
    observations: pd.DataFrame | None = None
    quarters: pd.DataFrame | None = None
    bands: pd.DataFrame | None = None
    kept: Kept = NOTHING_KEPT
    price_bands: pd.DataFrame | None = None

    @property
    def base(self) -> Run:
        """The run that the others are compared with."""
        return self.runs[0]

    @cached_property
    def elasticities(self) -> dict[str, float]:
        """The elasticity that each answer implies, by name of scenario; NaN where supply did not change."""
        return {run.name: implied_elasticity(self.base.tables, run.tables) for run in self.runs}

    @cached_property
    def sums(self) -> dict[str, Summary]:
        """What the tables of each run add up to, by name of scenario."""
        return {run.name: Summary(run.tables) for run in self.runs}

    @cached_property
    def accounts(self) -> dict[str, pd.DataFrame]:
        """Yearly accounts by name of scenario."""
        return {run.name: yearly_accounts(run.tables) for run in self.runs}

    @cached_property
    def figures(self) -> dict[str, dict[str, float]]:
        """Headline figures by name of scenario and of figure."""
        return {name: known.headline for name, known in self.sums.items()}

    @cached_property
    def gains(self) -> dict[str, pd.DataFrame]:
        """Who gains against the baseline, by name of scenario."""
        return {name: gains_of(self.accounts[self.base.name], own) for name, own in self.accounts.items()}

    def worst_off(self, name: str) -> tuple[str, str]:
        """Return the EU country that is worst off in a scenario, and how."""
        return worst_off(self.sums[self.base.name], self.sums[name])

    @cached_property
    def content(self) -> dict[str, Any]:
        """What brief.json holds."""
        return _content(self)


def make_brief(
    case: Case, runs: Sequence[Run], system: GasSystem, bands: pd.DataFrame | None = None, kept: Kept = NOTHING_KEPT,
    price_bands: pd.DataFrame | None = None,
) -> Brief:  # fmt: skip
    """Return the brief of a case; observations are checked if the case has them.

    ``bands`` and ``price_bands`` come from ``linepack.ensemble.bands``; ``kept`` is what the workspace holds besides.
    """
    observed = quarters = None
    if case.has_observations:
        observed = check_observations(runs[0].tables, system)
        quarters = _stack({run.name: quarterly_prices(run.tables, system) for run in runs})
    return Brief(case, tuple(runs), system, observed, quarters, bands, kept, price_bands)


def headline_table(brief: Brief) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the one table: figures down, scenarios across."""
    values = [brief.figures[run.name] for run in brief.runs]
    header = ["", "unit", *(run.name for run in brief.runs)]
    rows = []
    for f in FIGURES:
        cells = [_cell(f, v[f.name], values[0][f.name], is_base=k == 0) for k, v in enumerate(values)]
        rows.append([f.label, f.unit, *cells])
        if brief.bands is not None:
            rows.append(["    band", f.unit, *(_band(brief.bands, f, run.name) for run in brief.runs)])
    worst = [brief.worst_off(run.name) for run in brief.runs]
    rows.append(["EU country worst off", "", *("" if k == 0 else country for k, (country, _) in enumerate(worst))])
    rows.append(["  its price, or gas it lacks", "", *("" if k == 0 else how for k, (_, how) in enumerate(worst))])
    if len(brief.runs) > 1:
        rows.append([IMPLIED, "1", "", *(number(brief.elasticities[run.name], 2) for run in brief.runs[1:])])
    return header, rows


def gains_table(brief: Brief) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of who gains: parties down, scenarios but the first across, in EUR bn a year."""
    gains = [brief.gains[run.name] for run in brief.runs[1:]]
    header = ["Who gains, EUR bn/y", *(run.name for run in brief.runs[1:])]
    columns = [frame["change_eur_bn_y"].tolist() for frame in gains]
    labels = gains[0]["party"].tolist() if gains else []
    return header, [[label, *(change(column[k]) or "0" for column in columns)] for k, label in enumerate(labels)]


def _cell(f: Figure, value: float, base: float, *, is_base: bool) -> str:
    text = shown(f, value)
    if is_base or f.name not in SHOWS_CHANGE:
        return text
    moved = change(value - base, f.decimals)
    return f"{text} ({moved})" if moved else text


def _band(bands: pd.DataFrame, f: Figure, scenario: str) -> str:
    row = bands[(bands["scenario"] == scenario) & (bands["figure"] == f.name)]
    if row.empty:
        return "-"
    r = row.iloc[0]
    text = f"{shown(f, r['low'])} to {shown(f, r['high'])}"
    if scenario == str(bands["scenario"].iloc[0]) or f.name not in SHOWS_CHANGE:
        return text
    return f"{text} ({change(r['low_change'], f.decimals) or '0'} to {change(r['high_change'], f.decimals) or '0'})"


def observed_table(frame: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of model against observation."""
    rows = []
    for r in frame.itertuples():
        model, observed, deviation = number(r.model), number(r.observed), change(r.deviation) or "0"
        if r.unit == "direction":
            model, observed, deviation = _direction(r.model, r.observed, r.grade), "", ""
        elif r.unit in ("TWh", "EUR/MWh") and r.observed != 0:
            deviation = f"{change(100 * r.deviation, 0) or '0'} %"
        rows.append([r.label, r.unit, model, observed, deviation, r.basis, "yes" if r.is_within else "NO"])
    return ["observation", "unit", "model", "observed", "deviation", "basis", "within"], rows


def _direction(model: float, observed: float, grade: str) -> str:
    if model == 0:
        return "no flow"
    return ("as judged" if grade == Grade.JUDGEMENT else "as observed") if model == observed else "reversed"


def quarters_table(brief: Brief) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the prices of quarters: observed, then model and deviation of each scenario."""
    assert brief.quarters is not None
    first = brief.quarters[brief.quarters["scenario"] == brief.base.name]
    header = ["quarter", "unit", "observed"]
    rows = [[f"{r.marker} {r.quarter}", "EUR/MWh", number(r.observed_eur_mwh)] for r in first.itertuples()]
    for run in brief.runs:
        header += [run.name, "deviation", "within"]
        own = brief.quarters[brief.quarters["scenario"] == run.name]
        for row, r in zip(rows, own.itertuples(), strict=True):
            row += [number(r.model_eur_mwh), f"{change(100 * r.deviation, 1) or '0'} %", "yes" if r.is_within else "NO"]
    return header, rows


def observed_summary(frame: pd.DataFrame) -> str:
    """Return how many observations are met, by what that is worth."""
    parts = []
    for basis in Basis:
        own = frame[frame["basis"] == basis]
        if len(own):
            parts.append(f"{int(own['is_within'].sum())} of {len(own)} {basis}")
    met = f"{int(frame['is_within'].sum())} of {len(frame)} within tolerance: {', '.join(parts)}."
    judged = int((frame["grade"] == Grade.JUDGEMENT).sum())
    recall = f" {judged} directions 'as judged' rest on no source." if judged else ""
    return f"{met} Imposed: put into the model. Fitted: parameters were chosen for it. Free: neither.{recall}"


def brief_text(brief: Brief) -> str:
    """Return the brief for a terminal."""
    return "\n\n".join(_parts(brief, plain_table))


def brief_markdown(brief: Brief) -> str:
    """Return the brief as Markdown."""
    title, *rest = _parts(brief, markdown_table)
    return "\n\n".join([f"# {title}", *rest]) + "\n"


def _parts(brief: Brief, table: Callable[[Sequence[str], Sequence[Sequence[str]]], str]) -> list[str]:
    record = brief.base.record["scenario"]
    parts = [
        brief.case.title, brief.case.question,
        f"Dataset {record['dataset']}, {brief.case.scenarios[0].length}; prices per MWh gross "
        "calorific value.",
        table(*headline_table(brief)),
    ]  # fmt: skip
    if len(brief.runs) > 1:
        parts += [table(*gains_table(brief)), HOW_GAINS_COUNT]
    if brief.observations is not None:
        parts += [table(*observed_table(brief.observations)), observed_summary(brief.observations)]
        others = [(run.name, check_observations(run.tables, brief.system)) for run in brief.runs[1:]]
        parts += [f"{name}: {observed_summary(frame)}" for name, frame in others]
    if brief.quarters is not None and len(brief.quarters):
        parts.append(table(*quarters_table(brief)))
    if brief.bands is not None:
        parts.append(f"Band: {BAND_MEANING}. In brackets the band of the change, draw by draw.")
    parts.append(HOW_TO_READ)
    titles = [(run, run.record["scenario"]["title"]) for run in brief.runs]
    parts.append("\n".join(f"{run.name}: {title}; {certificate_line(run)}" for run, title in titles))
    return parts


def brief_content(brief: Brief) -> dict[str, Any]:
    """Return the brief as JSON content; ``schema`` rises when a key changes."""
    return brief.content


def _content(brief: Brief) -> dict[str, Any]:
    scenarios = []
    for run in brief.runs:
        content = run_content(run, brief.base, known=brief)
        for row in content["headline"]:
            row.update(_band_content(brief, row["figure"], run.name))
        scenarios.append(content)
    whole: dict[str, Any] = {
        "schema": BRIEF_SCHEMA, "case": brief.case.name, "title": brief.case.title, "question": brief.case.question,
        "scenarios": scenarios,
    }  # fmt: skip
    if brief.observations is not None:
        whole["observations"] = brief.observations.to_dict("records")
    if brief.quarters is not None:
        whole["quarters"] = brief.quarters.to_dict("records")
    return whole


def run_content(run: Run, base: Run, *, known: Brief | None = None) -> dict[str, Any]:
    """Return record, headline figures with their change from ``base``, EU imports and accounts of a run.

    ``known`` is the brief that both runs are of, where there is one: it keeps what was computed.
    """
    own, first = (Summary(r.tables) if known is None else known.sums[r.name] for r in (run, base))
    accounts, before = (yearly_accounts(r.tables) if known is None else known.accounts[r.name] for r in (run, base))
    country, how = worst_off(first, own)
    return {
        "record": dict(run.record),
        "headline": [
            {"figure": f.name, "label": f.label.strip(), "unit": "1" if f.is_share else f.unit,
             "value": own.headline[f.name], "change": own.headline[f.name] - first.headline[f.name]}
            for f in FIGURES
        ],
        "implied_elasticity": implied_elasticity(base.tables, run.tables),
        "worst_country": {"country": country, "how": how},
        "eu_imports": own.imports.to_dict("records"),
        "welfare_eur_bn_y": float(accounts["amount_eur_bn_y"].sum()),
        "who_gains": gains_of(before, accounts).to_dict("records"),
        "accounts": accounts.groupby(["account", "purse", "country", "region"], as_index=False, sort=False)[
            "amount_eur_bn_y"
        ].sum().to_dict("records"),
        "security": run.tables["security"].to_dict("records"),
    }  # fmt: skip


def _band_content(brief: Brief, figure: str, scenario: str) -> dict[str, float]:
    if brief.bands is None:
        return {}
    row = brief.bands[(brief.bands["scenario"] == scenario) & (brief.bands["figure"] == figure)]
    return {str(k): float(v) for k, v in row.iloc[0].items() if k not in ("scenario", "figure")} if len(row) else {}


def write_brief(brief: Brief, out: Path) -> list[Path]:
    """Write brief.html, brief.md, brief.json and one CSV per table into ``out``; return the paths.

    Without the front end in the package there is no brief.html; the caller sees it from the paths.
    """
    from linepack.report.html import brief_html, front_end_is_there

    texts = {"brief.md": brief_markdown(brief), "brief.json": json_text(brief_content(brief))}
    texts.update({f"{name}.csv": csv_text(frame) for name, frame in brief_tables(brief).items()})
    if front_end_is_there():
        texts["brief.html"] = brief_html(brief)
    paths = []
    for name, text in texts.items():
        paths.append(out / name)
        write_text(paths[-1], text)
    return paths


def brief_tables(brief: Brief) -> dict[str, pd.DataFrame]:
    """Return the tables of a brief, every scenario below the other, the scenario in the first column."""
    base = brief.figures[brief.base.name]
    rows = []
    for run in brief.runs:
        values = brief.figures[run.name]
        rows += [(run.name, f.name, f.label.strip(), values[f.name], values[f.name] - base[f.name],
                  "1" if f.is_share else f.unit) for f in FIGURES]  # fmt: skip
    first = pd.DataFrame(rows, columns=["scenario", "figure", "label", "value", "change", "unit"])
    if brief.bands is not None:
        first = first.merge(brief.bands, on=["scenario", "figure"], how="left")
    tables = {"headline": first}
    for name in ("price_markers", "hub_prices", "storage", "contracts", "markups"):
        tables[name] = _stack({run.name: run.tables[name] for run in brief.runs})
    for name, column in (("flows", "flow_gwh_d"), ("sales", "sales_gwh_d"), ("price_breakdown", "eur_mwh")):
        tables[name] = _stack({run.name: _without_zeros(run.tables[name], column) for run in brief.runs})
    for name in ("accounts", "security"):
        tables[name] = _stack({run.name: run.tables[name] for run in brief.runs})
    tables["who_gains"] = _stack(brief.gains)
    tables["eu_imports"] = _stack({name: known.imports for name, known in brief.sums.items()})
    tables["export_revenues"] = _stack({name: _named(k.revenues, "origin") for name, k in brief.sums.items()})
    bills = {name: known.bills.to_frame("import_bill_eur_bn_y") for name, known in brief.sums.items()}
    tables["import_bills"] = _stack({name: _named(frame, "country") for name, frame in bills.items()})
    prices = {name: known.country_prices.to_frame("hub_price_eur_mwh") for name, known in brief.sums.items()}
    tables["country_prices"] = _stack({name: _named(frame, "country") for name, frame in prices.items()})
    if brief.observations is not None:
        tables["observations"] = brief.observations
    if brief.quarters is not None:
        tables["quarters"] = brief.quarters
    if brief.price_bands is not None:
        tables["price_bands"] = brief.price_bands
    return tables


def _named(frame: pd.DataFrame, index: str) -> pd.DataFrame:
    return frame.rename_axis(index).reset_index()


def _without_zeros(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    return frame[frame[column].abs() > LEAST_SHOWN]


def _stack(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([frame.assign(scenario=name) for name, frame in frames.items()], ignore_index=True)[
        ["scenario", *next(iter(frames.values())).columns]
    ]
