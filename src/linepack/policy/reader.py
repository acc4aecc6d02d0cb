"""Read the tables of the law with the standard library only; every finding is collected with its row and line."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from linepack.errors import Issue
from linepack.policy.rows import Provenance
from linepack.policy.schema import LISTS, ROWS, enum_of
from linepack.system.schema import Column, Kind, Table

Report = Callable[[str, str, str], None]  # code, message, hint


def read_rows(path: Path, table: Table, issues: list[Issue]) -> tuple[Provenance, ...]:
    """Return the typed rows of one CSV file in the order of the file; findings are added to ``issues``."""
    if not path.is_file():
        issues.append(Issue("missing-table", f"{path.name} is missing", table.name, hint="see docs/law/tables.md"))
        return ()
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle, restkey="", strict=True)
        header = list(reader.fieldnames or [])
        cells = list(reader)
    if not _check_header(header, table, issues):
        return ()
    rows: list[Provenance] = []
    seen: set[tuple[str, ...]] = set()
    for line, raw in enumerate(cells, start=2):
        key = tuple((raw.get(name) or "").strip() for name in table.key)
        where = f"{' '.join(key)} (line {line})"
        if key in seen:
            issues.append(
                Issue(
                    "duplicate-key",
                    "this row occurs more than once",
                    table.name,
                    (where,),
                    f"the key is {', '.join(table.key)}",
                )
            )
        seen.add(key)
        row = _parse_row(raw, table, where, issues)
        if row is not None:
            rows.append(row)
    return tuple(rows)


def _check_header(header: list[str], table: Table, issues: list[Issue]) -> bool:
    known = [column.name for column in table.columns]
    for name in header:
        if name not in known:
            issues.append(
                Issue(
                    "unknown-column", f"column '{name}' is not in the schema", table.name, (name,), nearest(name, known)
                )
            )
    lacking = tuple(name for name in known if name not in header)
    if lacking:
        issues.append(Issue("missing-column", "columns are missing", table.name, lacking, "see docs/law/tables.md"))
    return not lacking


def _parse_row(raw: dict[str, Any], table: Table, where: str, issues: list[Issue]) -> Provenance | None:
    values: dict[str, Any] = {}
    found = len(issues)

    def report(code: str, message: str, hint: str) -> None:
        issues.append(Issue(code, message, table.name, (where,), hint))

    if raw.get(""):
        report("too-many-cells", "the row has more cells than the header", "put text with a comma in quotes")
    for column in table.columns:
        cell = (raw.get(column.name) or "").strip()
        values[column.name] = _parse_cell(cell, column, table.name, report)
    return ROWS[table.name](**values) if len(issues) == found else None


def _parse_cell(cell: str, column: Column, table: str, report: Report) -> Any:
    name = column.name
    if not cell:
        if column.required:
            report("empty-cell", f"{name} must be filled", column.description)
            return None
        return () if name in LISTS else _empty_value(column, table)
    if column.kind is Kind.DATE:
        try:
            return date.fromisoformat(cell)
        except ValueError:
            report("bad-date", f"{name} is '{cell}'", "write a day that exists as YYYY-MM-DD")
            return None
    if column.kind is Kind.NUMBER:
        return _parse_number(cell, column, report)
    if column.kind is Kind.BOOLEAN:
        if cell.lower() not in ("true", "false"):
            report("not-a-boolean", f"{name} is '{cell}'", "write true or false")
        return cell.lower() == "true"
    words = enum_of(table, name)
    parts = tuple(part.strip() for part in cell.split(";") if part.strip()) if name in LISTS else (cell,)
    allowed = [str(word) for word in words] if words else [str(choice) for choice in column.choices]
    for part in parts:
        if allowed and part not in allowed:
            report("not-a-choice", f"{name} is '{part}'", nearest(part, allowed))
            return None
    converted = tuple(words(part) for part in parts) if words else parts
    return converted if name in LISTS else converted[0]


def _empty_value(column: Column, table: str) -> Any:
    if column.kind in (Kind.DATE, Kind.NUMBER) or enum_of(table, column.name) is not None:
        return column.default if column.kind is Kind.NUMBER else None
    return column.default if column.default is not None else ""


def _parse_number(cell: str, column: Column, report: Report) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        report("not-a-number", f"{column.name} is '{cell}'", column.number_hint)
        return None
    if column.minimum is not None and value < column.minimum:
        report("below-minimum", f"{column.name} is {value:g}, below {column.minimum:g}", column.description)
    if column.maximum is not None and value > column.maximum:
        report("above-maximum", f"{column.name} is {value:g}, above {column.maximum:g}", column.description)
    return value


def nearest(name: str, known: list[str]) -> str:
    """Return a hint with the nearest known name."""
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(known[:40])}"
