"""Where every number of a dataset comes from, the least certain first, as Markdown."""

from __future__ import annotations

import pandas as pd

from linepack.report.text import markdown_table, number
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES, Table
from linepack.vocabulary import Grade

FIRST = (Grade.JUDGEMENT, Grade.ESTIMATED, Grade.CALIBRATED, Grade.CONVERTED, Grade.PUBLISHED)
MEANING = {
    Grade.JUDGEMENT: "set by the authors; no source gives the number",
    Grade.ESTIMATED: "derived from sources with assumptions of the authors",
    Grade.CALIBRATED: "chosen so that the model meets an observation",
    Grade.CONVERTED: "a published number in other units, summed or averaged",
    Grade.PUBLISHED: "the number of the source",
}
SHOWN_KEYS = 3


def sources_text(system: GasSystem) -> str:
    """Return the page: rows by table and grade, then every source by grade with its tables, rows and examples."""
    every = {t.name: pd.concat([system.table(t.name), system.earlier.get(t.name)]) for t in TABLES}
    frames = {name: frame for name, frame in every.items() if len(frame)}
    parts = [
        f"# Sources of dataset {system.dataset}",
        "Made by `linepack data report`; do not edit. Every row of every table carries its source, its grade, the "
        "first day on which somebody could have known it, and a note. The least certain come first. Earlier vintages "
        "of rows are counted too.",
        markdown_table(("table", *FIRST), [_counts(name, frame) for name, frame in frames.items()]),
    ]
    for grade in FIRST:
        rows = [row for table in TABLES if table.name in frames for row in _sources(table, frames[table.name], grade)]
        if rows:
            parts += [f"## {grade.value.capitalize()}: {MEANING[grade]}",
                      markdown_table(("source", "table", "rows", "known from", "for example"), rows)]  # fmt: skip
    return "\n\n".join(parts)


def _counts(name: str, frame: pd.DataFrame) -> tuple[str, ...]:
    counts = frame["grade"].value_counts()
    return (name, *(number(counts.get(grade.value, 0), 0) for grade in FIRST))


def _sources(table: Table, frame: pd.DataFrame, grade: Grade) -> list[tuple[str, ...]]:
    """Return one row per source of a grade, the most frequent first."""
    own = frame[frame["grade"] == grade.value]
    rows: list[tuple[str, ...]] = []
    for source, group in sorted(own.groupby("source"), key=lambda item: (-len(item[1]), str(item[0]))):
        keys = group[list(table.key)].map(_cell).agg(" ".join, axis=1).drop_duplicates().head(SHOWN_KEYS)
        rows.append((str(source), table.name, number(len(group), 0), str(group["known_from"].min()), "; ".join(keys)))
    return rows


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
