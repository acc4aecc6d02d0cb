"""Read small tables of facts by their schema, with the standard library only.

For tables of names, cues and events that are looked up rather than computed with; datasets with thousands of
rows are read by :mod:`linepack.system.dataset`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path

from linepack.errors import InputError, Issue
from linepack.system.schema import Column, Kind, Table

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
Cell = str | float | bool | date | None
Row = Mapping[str, Cell]


def packaged_table(folder: str, table: Table) -> tuple[Row, ...]:
    """Return the rows of a table that ships in ``datasets/folder``. Errors: ``InputError`` as ``read_table``."""
    return read_table(Path(str(resources.files("linepack") / "datasets" / folder / f"{table.name}.csv")), table)


def read_table(path: Path, table: Table) -> tuple[Row, ...]:
    """Return the rows of a CSV file, each cell parsed by the schema; an empty optional number or date is None.

    Errors: one ``InputError`` with every problem: unknown or missing column, empty, malformed or repeated cell.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            raw, header = list(reader), list(reader.fieldnames or [])
    except OSError as error:
        raise InputError("unreadable", f"{path}: {error.strerror}", table=table.name) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("unreadable", f"{path.name} is not a CSV file in UTF-8: {error}", table=table.name) from error
    issues = check_header(header, table)
    if issues:
        raise InputError("bad-table", f"{path.name} does not fit its schema", table=table.name, issues=issues)
    rows = [parse_row(cells, table, line, issues) for line, cells in enumerate(raw, start=2)]
    issues += _repeated(rows, table)
    if issues:
        raise InputError("bad-table", f"{len(issues)} problem(s) in {path.name}", table=table.name, issues=issues)
    return tuple(rows)


def check_header(header: Sequence[str], table: Table) -> list[Issue]:
    """Return an issue per unknown column (with the nearest known one) and per missing required column."""
    known = [column.name for column in table.columns]
    issues = []
    for name in header:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.5)
            hint = f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(known)}"
            issues.append(Issue("unknown-column", f"column '{name}' is not in the schema", table.name, (name,), hint))
    lacking = tuple(c.name for c in table.columns if c.required and c.name not in header)
    if lacking:
        issues.append(Issue("missing-column", "columns are missing", table.name, lacking, "add them to the first line"))
    return issues


def parse_row(cells: Mapping[str, str | None], table: Table, line: int, issues: list[Issue]) -> dict[str, Cell]:
    """Return one row with parsed cells; problems are appended to ``issues`` with their line."""
    return {column.name: _parse(cells.get(column.name), column, table, line, issues) for column in table.columns}


def _parse(cell: str | None, column: Column, table: Table, line: int, issues: list[Issue]) -> Cell:
    text = (cell or "").strip()

    def report(code: str, message: str, hint: str) -> None:
        issues.append(Issue(code, f"{column.name}: {message}", table.name, (f"line {line}",), hint))

    if not text:
        if column.required and column.default is None:
            report("empty-cell", "must be filled", column.description)
        return column.default if column.default is not None or column.kind is not Kind.TEXT else ""
    if column.kind is Kind.NUMBER:
        return _number(text, column, report)
    if column.kind is Kind.BOOLEAN:
        if text.lower() not in ("true", "false"):
            report("not-a-boolean", f"'{text}' is neither true nor false", "write true or false")
        return text.lower() == "true"
    if column.kind is Kind.DATE:
        try:
            return date.fromisoformat(text)
        except ValueError:
            report("bad-date", f"'{text}' is not a date", "write YYYY-MM-DD")
            return None
    if column.kind is Kind.MONTH and not _MONTH.match(text):
        report("bad-month", f"'{text}' is not a month", "write YYYY-MM")
    if column.choices and text not in column.choices:
        near = difflib.get_close_matches(text, [str(c) for c in column.choices], 1, 0.5)
        report(
            "not-a-choice",
            f"'{text}' is not one of the choices",
            f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(map(str, column.choices))}",
        )
    return text


def _number(text: str, column: Column, report: Callable[[str, str, str], None]) -> float | None:
    try:
        value = float(text)
    except ValueError:
        report("not-a-number", f"'{text}' is not a number", column.number_hint)
        return None
    if not abs(value) < float("inf"):
        report("not-a-number", f"'{text}' is not finite", column.number_hint)
        return None
    if column.minimum is not None and value < column.minimum:
        report("below-minimum", f"{text} is below {column.minimum:g}", column.description)
    if column.maximum is not None and value > column.maximum:
        report("above-maximum", f"{text} is above {column.maximum:g}", column.description)
    return value


def _repeated(rows: Sequence[Row], table: Table) -> list[Issue]:
    seen: set[tuple[Cell, ...]] = set()
    twice: list[str] = []
    for row in rows:
        key = tuple(row[name] for name in table.key)
        if key in seen:
            twice.append(" ".join(str(part) for part in key))
        seen.add(key)
    if not twice:
        return []
    return [
        Issue(
            "duplicate-key",
            "these rows occur more than once",
            table.name,
            tuple(twice),
            f"the key is {', '.join(table.key)}",
        )
    ]
