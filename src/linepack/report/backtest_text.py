"""The back-test as text, Markdown page, JSON content and files."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.calibrate.backtest import Backtest
from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, Verdict, checks_table
from linepack.calibrate.predict import beside_lines, carried_patches
from linepack.report.text import change, csv_text, json_text, markdown_table, number, plain_table
from linepack.runs.store import write_text

HEADER = ("", "unit", "model", "observed", "error", PERSISTENCE, FORWARD, "bar", "verdict")
INTRODUCTION = """\
How far to trust the model: years it was not fitted to, months it could not know, and studies by others. A missed bar is
printed as missed, with what the model lacks. Nothing after December 2025 was used, and no number was fitted to a year
that is predicted. Mechanisms were added after earlier editions had missed, each from what was known beforehand and kept
whether it helped or not."""
HISTORY_TEXT = """\
Behaviour (conduct, costs, wedges, demand) is fitted to 2019 alone, and to 2021 alone, and frozen under a digest. Then
the flows of the Russian routes, LNG supply by exporter, home production, the stock of 1 January and the network of
2022 and of 2023 are imposed, with the EU's filling rule. Known beforehand, and dated in the data, are the Maghreb line
that Algeria closed on 1 November 2021 and the contracts of Shah Deniz 2. Everything else is predicted with the demand
curves of the base year at usual weather and rain, which outside Europe go on growing as in the five years before it.
Consumers answer to what they pay, grid and levies included, with constant elasticity; power plants only as long as
coal can take the place of gas, at the base year's prices of coal and carbon (up to 24 EUR/MWh in 2019, 42 in 2021), and
like households beyond. Consumers remember: demand adjusts in part within a year (elasticity 0.18 in the short run, 0.68
in the long run, means of studies), so 2023 begins with the price that was predicted for 2022. The bar for changes: a
root mean square error of at most half that of the best naive forecast.

Shown beside, without bars and without part in any count, so that a miss has a size: no memory; no growth in China,
which nobody expected to be locked down; the power that nuclear and hydro plants did not give in 2022 (185 TWh less, in
part made good by wind and sun, the rest half from gas: 113 TWh of it); elasticities half as large, at the low end of
studies; the saving rule of the EU met (15 % less from August 2022, what prices do counted; it was voluntary, so it is
not imposed); and, from 2021, the prices of 2019 and 2020 remembered too, to which users of 2021 had not fully
adjusted."""
EX_ANTE_TEXT = """\
Facts and law as known on 13 March 2025; nothing later enters, and no stock or filling target is imposed. The rolling
mode sees the future as the forward curve of that day; with foresight the market knows the dataset of that day and no
curve."""
STUDIES_TEXT = """\
The questions of published studies, asked of this model. Theirs are other models of other years: sign, order and band
count, and a band missed may be theirs or ours."""


def backtest_text(result: Backtest) -> str:
    """Return the back-test for a terminal."""
    return _written(result, plain_table, "", INTRODUCTION)


def backtest_markdown(result: Backtest) -> str:
    """Return the back-test as the page ``docs/validation/backtest.md``."""
    head = f"# Back-tests\n\n{INTRODUCTION}\n\n```\nlinepack backtest --page docs/validation/backtest.md\n```"
    return _written(result, markdown_table, "## ", head) + "\n"


Tabulate = Callable[[Sequence[str], Sequence[Sequence[str]]], str]


def _written(result: Backtest, tabulate: Tabulate, mark: str, head: str) -> str:
    """Return the whole, tables drawn by ``tabulate`` and titles marked with ``mark``."""
    blocks = [head, _summary(result)]
    groups: dict[str, list[Check]] = {}
    for check in result.checks:
        groups.setdefault(check.part, []).append(check)
    told: set[str] = set()
    for part, checks in groups.items():
        kind, text = _kind(part)
        if kind not in told:
            told.add(kind)
            blocks += [f"{mark}{kind}", text]
            if kind == "History rerun":
                blocks += _frozen(result, tabulate)
        blocks += [f"**{part}**" if mark else part, tabulate(HEADER, [_row(check) for check in checks])]
        missed = [c for c in checks if c.verdict is not Verdict.PASSED and c.mechanism]
        noted = [c for c in checks if c.verdict is Verdict.PASSED and c.mechanism.startswith("implies")]
        if missed or noted:
            blocks.append("\n".join(f"- {c.label}: {c.mechanism}" for c in (*missed, *noted)))
        if part.startswith("changes from "):
            blocks += _beside(result, int(part.removeprefix("changes from ")))
    return "\n\n".join(blocks)


def _beside(result: Backtest, base: int) -> list[str]:
    """Return how many bars of a base year would be met with each variant that is shown beside."""
    if base not in result.predictions:
        return []
    return ["Bars with a variant in place of the prediction, which has no part in the count above: "
            + "; ".join(beside_lines(result.predictions[base])) + "."]  # fmt: skip


def _kind(part: str) -> tuple[str, str]:
    if part.startswith("ex ante"):
        return "Ex ante", EX_ANTE_TEXT
    if part.startswith("C"):
        return "Published studies", STUDIES_TEXT
    return "History rerun", HISTORY_TEXT


def _summary(result: Backtest) -> str:
    barred = [c for c in result.checks if c.verdict is not Verdict.SHOWN]
    missed = [f"{c.part}: {c.label}" for c in barred if c.verdict is Verdict.MISSED]
    return (f"{len(barred) - len(missed)} of {len(barred)} bars are met. Missed: " + "; ".join(missed) + "."
            if missed else f"All {len(barred)} bars are met.")  # fmt: skip


def _frozen(result: Backtest, tabulate: Tabulate) -> list[str]:
    blocks = []
    for base, fit in result.frozen.items():
        table = fit.parameters
        rows = [(r.parameter, f"{r.prior:.3g}", f"{r.value:.3g}", _range(fit.starts[r.parameter]),
                 f"{r.posterior_spread:.2g}", f"{100 * r.learned_fraction:.0f} %", r.at_bound or "-")
                for r in table.itertuples()]  # fmt: skip
        carried = {patch.name for patch in carried_patches(fit)}
        left = [p.name for p in fit.calibration.parameters if p.name not in carried]
        blocks += [
            f"Fitted to {base}, digest {fit.digest[:16]}"
            + ("" if fit.is_settled else " (the search has not settled)")
            + (f"; not carried over, because it is imposed: {', '.join(left)}" if left else "")
            + f". Sum of squares from {len(fit.starts)} starts: {_costs(fit.starts)}; the lowest is frozen.",
            tabulate(("parameter", "prior", "fitted", "all searches", "spread after", "learned", "at bound"), rows),
        ]
    return blocks


def _range(values: pd.Series) -> str:
    """Return where the searches ended in one parameter, lowest and highest."""
    low, high = f"{values.min():.3g}", f"{values.max():.3g}"
    return low if low == high else f"{low} to {high}"


def _costs(starts: pd.DataFrame) -> str:
    """Return where the searches ended, the prior's first."""
    return ", ".join(f"{cost:.2f}" for cost in starts["cost"])


def _row(c: Check) -> list[str]:
    error = "-" if not math.isfinite(c.error) or not c.observed else f"{change(100 * c.error, 0) or '0'} %"
    if c.unit.startswith("%") and math.isfinite(c.observed):
        error = f"{change(c.model - c.observed) or '0'} pts"
    digits = 2 if c.unit == "1" else 1 if abs(c.model) < 1000 else 0
    if c.label.startswith("signs"):
        digits = 0
    return [c.label, c.unit, number(c.model, digits), number(c.observed, digits) if c.observed else "-", error,
            number(c.naive.get(PERSISTENCE, math.nan), digits), number(c.naive.get(FORWARD, math.nan), digits),
            _bar(c, digits), str(c.verdict)]  # fmt: skip


def _bar(c: Check, digits: int) -> str:
    if c.bar.startswith("half"):
        return f"at most {number(c.high, digits)}"
    return c.bar or "-"


def write_page(result: Backtest, path: Path) -> None:
    """Write the back-test as a Markdown page."""
    write_text(path, backtest_markdown(result))


def backtest_content(result: Backtest) -> dict[str, Any]:
    """Return the back-test as JSON content."""
    return {
        "frozen": {str(base): {"digest": fit.digest, "is_settled": fit.is_settled,
                               "starts": fit.starts.to_dict("records"),
                               "parameters": fit.parameters.to_dict("records")}
                   for base, fit in result.frozen.items()},
        "predictions": {str(base): {"at_base": dict(p.at_base),
                                    "datasets": {str(y): d for y, d in p.run_digests.items()},
                                    **{str(year): dict(values) for year, values in p.predicted.items()}}
                        for base, p in result.predictions.items()},
        "passed": result.count(Verdict.PASSED), "missed": result.count(Verdict.MISSED),
        "checks": checks_table(result.checks).to_dict("records"),
    }  # fmt: skip


def kept_content(result: Backtest) -> dict[str, Any]:
    """Return what the page shows of a back-test: counts, digests, and one flat row per line with a bar or without."""
    rows = []
    for c in result.checks:
        rows.append({"part": c.part, "label": c.label, "unit": c.unit, "model": c.model, "observed": c.observed,
                     "is_within": None if c.verdict is Verdict.SHOWN else c.verdict is Verdict.PASSED, "bar": c.bar,
                     "persistence": c.naive.get(PERSISTENCE, math.nan), "forward_curve": c.naive.get(FORWARD, math.nan),
                     "lacks": c.mechanism if c.verdict is Verdict.MISSED else ""})  # fmt: skip
    return {"name": "backtest", "title": "history, ex ante and published studies",
            "bars_met": result.count(Verdict.PASSED), "bars_missed": result.count(Verdict.MISSED),
            **{f"digest_{base}": fit.digest[:16] for base, fit in result.frozen.items()}, "checks": rows}  # fmt: skip


def write_backtest(result: Backtest, out: Path) -> list[Path]:
    """Write backtest.md, backtest.json and checks.csv into ``out``; return the paths."""
    texts = {"backtest.md": backtest_markdown(result), "backtest.json": json_text(backtest_content(result)),
             "checks.csv": csv_text(checks_table(result.checks))}  # fmt: skip
    for name, text in texts.items():
        write_text(out / name, text)
    return [out / name for name in texts]
