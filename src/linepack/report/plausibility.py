"""The plausibility set as text and JSON content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from linepack.plausibility.run import Verdict
from linepack.report.text import csv_text, number, plain_table
from linepack.runs.store import write_text

HOW_TO_READ = (
    "Calendar 2025, stocks at both ends of the year as observed; each row changes one thing. Most bands come from a\n"
    "smaller market on the same year, built apart from this one and older than it: its figure, with the range that\n"
    "it gave for Asian elasticities halved and doubled. The others are published studies or arithmetic. A figure\n"
    "without a band is shown because another row needs it. An area loses or gains 5 bcm a year, or a quarter of what\n"
    "it burns if that is less (Baltics and Finland: 1.0). A bcm is 40 MJ per cubic metre;\n"
    "for string B it has the heating value that units give by default."
)


def plausibility_text(frame: pd.DataFrame) -> str:
    """Return the set for a terminal: one table, notes, counts."""
    notes: list[str] = []
    rows = []
    for group, part in frame.groupby("group", sort=False):
        rows.append((str(group).upper(), "", "", "", ""))
        for row in part.itertuples():
            mark = ""
            if row.note and (row.verdict != Verdict.SHOWN):
                notes += [row.note] if row.note not in notes else []
                mark = f" [{notes.index(row.note) + 1}]"
            rows.append((f"  {row.label}", row.unit, number(row.value, int(row.decimals)), _band(row),
                         f"{_word(row.verdict)}{mark}"))  # fmt: skip
    counts = frame["verdict"].value_counts()
    held = len(frame) - int(counts.get(Verdict.SHOWN.value, 0))
    within = int(counts.get(Verdict.WITHIN.value, 0))
    known = int(counts.get(Verdict.EXPLAINED.value, 0))
    summary = f"{within} of {held} within their bands, {known} outside for a reason given below"
    open_ones = held - within - known
    if open_ones:
        summary += f", {open_ones} OUTSIDE"
    table = plain_table(("question", "unit", "model", "expected", "verdict"), rows)
    text = "\n".join(f"[{k + 1}] {note[0].upper()}{note[1:]}." for k, note in enumerate(notes))
    sources = "Sources of the bands: linepack plausibility --json"
    return "\n\n".join(("Plausibility of the market of 2025", HOW_TO_READ, table, f"{summary}.", text, sources))


def _word(verdict: str) -> str:
    return {Verdict.EXPLAINED.value: "outside", Verdict.SHOWN.value: ""}.get(verdict, verdict)


def _band(row: Any) -> str:
    ends = [number(end, int(row.decimals)) for end in (row.low, row.high)]
    return "" if not (np.isfinite(row.low) and np.isfinite(row.high)) else f"{ends[0]} to {ends[1]}"


def plausibility_content(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the set as JSON content."""
    rows = frame.astype(object).where(frame.notna(), None)
    counts = {verdict.value: int((frame["verdict"] == verdict.value).sum()) for verdict in Verdict}
    return {"counts": counts, "checks": rows.to_dict("records")}


def write_plausibility(frame: pd.DataFrame, out: Path) -> Path:
    """Write the table as plausibility.csv into ``out``; return the path."""
    write_text(out / "plausibility.csv", csv_text(frame))
    return out / "plausibility.csv"
