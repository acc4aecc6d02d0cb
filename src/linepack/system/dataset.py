"""Read and write datasets: a folder with ``datapackage.json`` and one CSV per table, or a workbook with one sheet each.

Cells are read as text and parsed by the schema, so nothing is guessed: ``NO`` stays Norway. All findings are
collected and raised at once.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from linepack.errors import InputError, Issue
from linepack.system.cells import cells_of, lines_of
from linepack.system.folders import write_folder
from linepack.system.gassystem import GasSystem
from linepack.system.reuse import follows_from
from linepack.system.schema import SCHEMA_VERSION, TABLES, TABLES_BY_NAME, Column, Kind, Table
from linepack.system.workbook import is_workbook, read_sheets, write_sheets

EARLIER = "earlier"
"""Folder inside a dataset that holds earlier vintages of rows, one CSV per table."""
PACKAGE_SHEET = "dataset"
"""Sheet of a workbook that says name, version and schema version of a dataset."""
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_NO_TABLE = {"unreadable", "duplicate-column", "missing-column"}
"""Findings on a header after which cells mean nothing."""
_OTHER_SEPARATORS = (";", "\t")
_WITH_COMMA = re.compile(r"[+-]?\d[\d.,]*,[\d.,]*")
_TRUE, _FALSE = {"true", "1"}, {"false", "0"}
_UNIT_ENDINGS = re.compile(
    r"_(bcm|mcm|twh|gwh|mwh|mtpa|usd|eur|mmbtu|kwh|mt|gwh_d|eur_mwh|fraction|share|per|y|d|nm|km)+(_.*)?$"
)


def available_datasets() -> list[str]:
    """Return the names of the gas systems that come with the package (the law is a data package of its own)."""
    root = resources.files("linepack") / "datasets"
    return sorted(entry.name for entry in root.iterdir() if (entry / "nodes.csv").is_file())


def dataset_folder(name_or_path: str | Path) -> Path:
    """Return the folder of a named dataset, or of a path. Errors: ``InputError`` if there is none."""
    named = Path(str(resources.files("linepack") / "datasets" / str(name_or_path)))
    for folder in (Path(name_or_path), named):
        if (folder / "datapackage.json").is_file():
            return folder
    raise InputError("unknown-dataset", f"'{name_or_path}' is neither a dataset nor a folder with datapackage.json",
                     hint=f"datasets here: {', '.join(available_datasets())}")  # fmt: skip


def load_dataset(name_or_path: str | Path = "2025") -> GasSystem:
    """Return a dataset by name, from a folder or an Excel workbook; 'NAME@YYYY-MM-DD' as it was known on that day.

    'history-2021' is the system at the level of that year, 'history-2022-from-2021' with the demand and behaviour
    of the second year and the supply of the first (``linepack.system.years``).

    Errors: one ``InputError`` that lists every problem with its table, rows and remedy.
    """
    named, at, day = str(name_or_path).rpartition("@")
    if at and _is_date(day):
        from linepack.system.vintages import as_of

        return as_of(load_dataset(named), date.fromisoformat(day))
    if str(name_or_path).startswith("history-"):
        from linepack.system.years import year_named, year_system

        years = year_named(str(name_or_path))
        if years is not None:
            return year_system(load_dataset(), years)
    issues: list[Issue] = []
    is_book = is_workbook(name_or_path)
    parts = _workbook(Path(name_or_path)) if is_book else _folder(dataset_folder(name_or_path), issues)
    issues += _check_units(parts.package)
    tables: dict[str, pd.DataFrame] = {}
    for table in TABLES:
        cells = parts.cells.get(table.name)
        if cells is None and not table.is_optional and table.name not in parts.unreadable:
            issues.append(Issue("missing-table", f"{parts.name_of(table.name)} is missing", table.name,
                                hint="linepack data schema"))  # fmt: skip
        tables[table.name] = _empty(table) if cells is None else parse_cells(cells, table, issues)
    earlier = {}
    for name, cells in parts.earlier.items():
        if name in TABLES_BY_NAME:
            table = TABLES_BY_NAME[name]
            earlier[name] = parse_cells(cells, replace(table, key=(*table.key, "known_from")), issues)
    for name in dict.fromkeys((*parts.cells, *parts.earlier, *parts.unreadable)):
        if name not in TABLES_BY_NAME:
            issues.append(Issue("unknown-table", f"{parts.name_of(name)} is no table of the schema", name,
                                hint=_nearest(name, list(TABLES_BY_NAME))))  # fmt: skip
    if not issues:
        issues += check_references(tables)
    if issues:
        raise InputError("bad-dataset", f"{len(issues)} problem(s) in dataset '{name_or_path}'", issues=issues)
    return GasSystem(str(parts.package["name"]), str(parts.package["version"]), tables, earlier)


def write_dataset(system: GasSystem, folder: Path) -> None:
    """Write a dataset, whole or not at all.

    Errors: ``InputError`` if ``folder`` exists or cannot be written.
    """
    def write(place: Path) -> None:
        for table in TABLES:
            if table.name in system.tables:
                system.tables[table.name].to_csv(place / f"{table.name}.csv", index=False, lineterminator="\n")
        for name, frame in system.earlier.items():
            (place / EARLIER).mkdir(exist_ok=True)
            frame.to_csv(place / EARLIER / f"{name}.csv", index=False, lineterminator="\n")
        package = describe_package(system.dataset, system.version)
        (place / "datapackage.json").write_text(json.dumps(package, indent=1) + "\n", encoding="utf-8")

    write_folder(folder, write)


def describe_package(name: str, version: str) -> dict[str, object]:
    """Return the content of ``datapackage.json``: every table with the type and unit of its columns."""
    types = {Kind.NUMBER: "number", Kind.BOOLEAN: "boolean", Kind.DATE: "date", Kind.MONTH: "yearmonth"}
    return {
        "profile": "tabular-data-package",
        "name": name,
        "version": version,
        "schema_version": SCHEMA_VERSION,
        "licenses": [{"name": "CC-BY-4.0", "title": "Compilation; figures carry their source per row"}],
        "resources": [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "description": table.description,
                "schema": {
                    "primaryKey": list(table.key),
                    "fields": [
                        {"name": c.name, "type": types.get(c.kind, "string"), "unit": c.unit,
                         "description": c.description}
                        for c in table.columns
                    ],
                },
            }
            for table in TABLES
        ],
    }  # fmt: skip


@dataclass(frozen=True)
class _Parts:
    """A dataset as text cells, wherever it comes from."""

    package: dict[str, object]
    cells: dict[str, pd.DataFrame]
    earlier: dict[str, pd.DataFrame]
    unreadable: tuple[str, ...]
    ending: str

    def name_of(self, table: str) -> str:
        """Return what the user calls a table."""
        return f"{table}{self.ending}" if self.ending else f"sheet '{table}'"


def _folder(folder: Path, issues: list[Issue]) -> _Parts:
    package = _read_package(folder)
    cells: dict[str, pd.DataFrame] = {}
    earlier: dict[str, pd.DataFrame] = {}
    unreadable: list[str] = []
    for target, files in ((cells, folder.glob("*.csv")), (earlier, (folder / EARLIER).glob("*.csv"))):
        for path in sorted(files):
            found = cells_of(path, path.stem, issues)
            if found is None:
                unreadable.append(path.stem)
            else:
                target[path.stem] = found
    return _Parts(package, cells, earlier, tuple(unreadable), ".csv")


def _workbook(path: Path) -> _Parts:
    """Return the sheets of a workbook; a date typed into a column of months is its month."""
    sheets = read_sheets(path)
    about = sheets.pop(PACKAGE_SHEET, None)
    if about is None or not {"key", "value"} <= set(about.columns):
        raise InputError("missing-table", f"{path.name} has no sheet '{PACKAGE_SHEET}' with the columns key and value",
                         table=path.name, hint="start from 'linepack data copy 2025 mine.xlsx'")  # fmt: skip
    package: dict[str, object] = {**dict(zip(about["key"], about["value"], strict=True)), "resources": []}
    cells: dict[str, pd.DataFrame] = {}
    earlier: dict[str, pd.DataFrame] = {}
    for sheet, frame in sheets.items():
        is_earlier = sheet.startswith(f"{EARLIER} ")
        name = sheet.removeprefix(f"{EARLIER} ")
        table = TABLES_BY_NAME.get(name)
        for column in table.columns if table else ():
            if column.kind is Kind.MONTH and column.name in frame:
                is_date = frame[column.name].map(_is_date)
                frame[column.name] = frame[column.name].where(~is_date, frame[column.name].str[:7])
        (earlier if is_earlier else cells)[name] = frame
    return _Parts(_checked(package, path.name), cells, earlier, (), "")


def write_workbook(system: GasSystem, path: Path) -> None:
    """Write a dataset as an Excel workbook, one sheet per table. Errors: ``InputError`` if ``path`` exists."""
    about = {"name": system.dataset, "version": system.version, "schema_version": str(SCHEMA_VERSION)}
    sheets = {PACKAGE_SHEET: pd.DataFrame({"key": list(about), "value": list(about.values())})}
    sheets |= {table.name: system.tables[table.name] for table in TABLES if table.name in system.tables}
    sheets |= {f"{EARLIER} {name}": frame for name, frame in system.earlier.items()}
    write_sheets(path, sheets)


def _read_package(folder: Path) -> dict[str, object]:
    path = folder / "datapackage.json"
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError("unreadable", f"{path.name} is not JSON: {error}", table="datapackage.json") from error
    return _checked(package, path.name)


def _checked(package: dict[str, object], where: str) -> dict[str, object]:
    for key in ("name", "version", "schema_version", "resources"):
        if key not in package:
            raise InputError("missing-key", f"{where} has no '{key}'", table=where, keys=[key])
    if str(package["schema_version"]) != str(SCHEMA_VERSION):
        raise InputError("schema-version", f"schema version {package['schema_version']} is not {SCHEMA_VERSION}",
                         table=where, hint="use the linepack release that wrote this dataset")  # fmt: skip
    return dict(package)


def _check_units(package: dict[str, object]) -> list[Issue]:
    issues = []
    for resource in package["resources"]:  # type: ignore[attr-defined]
        table = TABLES_BY_NAME.get(resource["name"])
        for field in resource.get("schema", {}).get("fields", []) if table else []:
            known = {column.name: column for column in table.columns}  # type: ignore[union-attr]
            column = known.get(field["name"])
            if column is not None and field.get("unit", column.unit) != column.unit:
                message = f"{column.name} is declared in '{field['unit']}', not '{column.unit}'"
                issues.append(Issue("wrong-unit", message, resource["name"], (column.name,),
                                    f"convert the column to {column.unit} (linepack.units) and declare it so"))
    return issues


def _empty(table: Table) -> pd.DataFrame:
    kinds = {Kind.NUMBER: float, Kind.BOOLEAN: bool}
    return pd.DataFrame({c.name: pd.Series(dtype=kinds.get(c.kind, object)) for c in table.columns})


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(known)}"


def parse_cells(cells: pd.DataFrame, table: Table, issues: list[Issue]) -> pd.DataFrame:
    """Return the typed frame of a table from a frame of text cells; what is wrong is added to ``issues``."""
    lines = lines_of(cells)
    cells = cells.reset_index(drop=True)
    found = _check_header(cells, lines, table)
    issues += found
    if any(issue.code in _NO_TABLE for issue in found):
        return _empty(table)
    none = [""] * len(cells)
    text = {c.name: [cell.strip() for cell in cells[c.name].tolist()] if c.name in cells else none
            for c in table.columns}  # fmt: skip
    keys = [" ".join(key) for key in zip(*(text[name] for name in table.key if name in cells), strict=True)]

    def report(code: str, message: str, bad: np.ndarray, hint: str) -> None:
        if bad.any():
            rows = tuple(f"{keys[row]} (line {lines[row]})" for row in np.flatnonzero(bad))
            issues.append(Issue(code, message, table.name, rows, hint))

    frame = pd.DataFrame({c.name: _parse_column(np.array(text[c.name], dtype=object), c, report)
                          for c in table.columns})  # fmt: skip
    if len(set(keys)) < len(keys):
        report("duplicate-key", "these rows occur more than once", pd.Series(keys).duplicated().to_numpy(),
               f"the key is {', '.join(table.key)}")  # fmt: skip
    return frame


def _check_header(cells: pd.DataFrame, lines: np.ndarray, table: Table) -> list[Issue]:
    names = list(cells.columns)
    mark = next((mark for mark in _OTHER_SEPARATORS if names and mark in names[0]), None)
    if not names or mark:
        what = f"cells are separated by {mark!r}" if mark else "there is no header"
        return [Issue("unreadable", what, table.name,
                      hint="separate cells with commas and write numbers with a decimal point" if mark
                      else f"the columns are {_names(table)}")]  # fmt: skip
    issues = []
    twice = [name for name in dict.fromkeys(names) if name and names.count(name) > 1]
    if twice:
        issues.append(Issue("duplicate-column", "columns occur more than once", table.name, tuple(twice), "keep one"))
    if "" in names:
        has_cells = (cells.loc[:, [not name for name in names]] != "").any(axis=1).to_numpy()
        issues.append(Issue("unreadable", "there are cells in a column without a name", table.name,
                            tuple(f"line {line}" for line in lines[has_cells]),
                            "name the column or empty it; write numbers with a decimal point"))  # fmt: skip
    known = {column.name for column in table.columns}
    issues += [_unknown_column(name, table) for name in dict.fromkeys(names) if name and name not in known]
    lacking = [c.name for c in table.columns if c.name not in names and c.required]
    if lacking:
        hint = f"linepack data schema {table.name}" if table.name in TABLES_BY_NAME else (
            f"the columns are {_names(table)}")  # fmt: skip
        issues.append(Issue("missing-column", "columns are missing", table.name, tuple(lacking), hint))
    return issues


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def as_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame as the text cells that a CSV file would hold."""
    def cell(value: Any) -> str:
        if isinstance(value, float):
            return "" if np.isnan(value) else repr(value)
        return "" if value is None else str(value)

    return frame.map(cell).astype(str)  # a frame without rows has text columns too


def check_tables(system: GasSystem) -> list[Issue]:
    """Return what the schema refuses in edited facts: columns, cells, keys given twice, names of no row."""
    issues = [issue for table in TABLES if table.name in system.tables for issue in _schema_check(table)(system)]
    return issues or check_references(system.tables)


@cache
def _schema_check(table: Table) -> Callable[[GasSystem], tuple[Issue, ...]]:
    """Return the check of one table against its schema; it is made once for the same frame."""
    @follows_from(table.name)
    def check(system: GasSystem) -> tuple[Issue, ...]:
        frame, issues = system.kept(table.name), list[Issue]()
        parse_cells(as_cells(frame), table, issues)
        for column in table.columns:
            is_text = column.kind is Kind.NUMBER and column.name in frame and frame[column.name].dtype.kind not in "fiu"
            if is_text and not issues:
                issues.append(Issue("not-a-number", f"{column.name} holds text or objects, not numbers", table.name,
                                    (column.name,), f"{column.name} = {column.name}.astype(float)"))  # fmt: skip
        return tuple(issues)

    return check


def _unknown_column(name: str, table: Table) -> Issue:
    stem = _UNIT_ENDINGS.sub("", name)
    for column in table.columns:
        if column.unit and stem and _UNIT_ENDINGS.sub("", column.name) == stem:
            return Issue("wrong-unit", f"column '{name}' is in another unit than '{column.name}'", table.name, (name,),
                         f"convert to {column.unit} with linepack.units and name it {column.name}")  # fmt: skip
    return Issue("unknown-column", f"column '{name}' is not in the schema", table.name, (name,),
                 _nearest(name, [column.name for column in table.columns]))  # fmt: skip


def _parse_column(raw: np.ndarray, column: Column, found: Callable[[str, str, np.ndarray, str], None]) -> pd.Series:
    """Return the typed column of stripped text cells. This is most of the work of reading a dataset: plain arrays."""
    def report(code: str, message: str, bad: np.ndarray, hint: str) -> None:
        found(code, f"{column.name}: {message}", bad, hint)

    def holds(test: Callable[[str], object]) -> np.ndarray:
        return np.fromiter((bool(test(cell)) for cell in raw), dtype=bool, count=len(raw))

    is_empty = raw == ""
    if column.required and column.default is None:
        report("empty-cell", "must be filled", is_empty, column.description)
    if column.kind is Kind.NUMBER:
        filled = np.where(is_empty, "nan", raw)
        values = np.asarray(pd.to_numeric(filled, errors="coerce"), dtype=np.float64)
        bad = ~is_empty & ~np.isfinite(values)
        has_comma = any(_WITH_COMMA.fullmatch(cell) for cell in raw[bad])
        report("not-a-number", "is not a finite number", bad,
               column.number_hint + (", with a decimal point and no other separator" if has_comma else ""))
        if column.minimum is not None:
            report("below-minimum", f"is below {column.minimum:g}", values < column.minimum,
                   f"{column.description} Unit: {column.unit}.")  # fmt: skip
        if column.maximum is not None:
            report("above-maximum", f"is above {column.maximum:g}", values > column.maximum,
                   f"{column.description} Unit: {column.unit}.")  # fmt: skip
        return pd.Series(values if column.default is None else np.where(np.isnan(values), column.default, values))
    if column.kind is Kind.BOOLEAN:
        report("not-a-boolean", "is neither true nor false", ~holds(lambda cell: cell.lower() in _TRUE | _FALSE),
               "write true or false")
        return pd.Series(holds(lambda cell: cell.lower() in _TRUE))
    if column.kind is Kind.MONTH:
        report("bad-month", "is not a month", ~is_empty & ~holds(_MONTH.match), "write YYYY-MM")
    if column.kind is Kind.DATE:
        report("bad-date", "is not a date", ~is_empty & ~holds(_is_date), "write YYYY-MM-DD")
    if column.choices:
        bad = ~is_empty & ~holds(frozenset(map(str, column.choices)).__contains__)
        near = _nearest(str(raw[bad][0]), [str(c) for c in column.choices]) if bad.any() else ""
        report("not-a-choice", "is not one of the choices", bad, near)
    if column.default:
        return pd.Series(np.where(is_empty, str(column.default), raw), dtype=str)
    return pd.Series(raw, dtype=object)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def check_references(tables: Mapping[str, pd.DataFrame]) -> list[Issue]:
    """Return one issue per column that names rows of another table which do not exist."""
    system = GasSystem("", "", tables)
    return [issue for table in TABLES if (check := _reference_check(table)) is not None for issue in check(system)]


@cache
def _reference_check(table: Table) -> Callable[[GasSystem], tuple[Issue, ...]] | None:
    """Return the check of one table, which reads it and those that it names; None if it names none."""
    others = {column.name: tuple(column.references.split(".")) for column in table.columns if column.references}
    is_arc = {column.name for column in table.columns if column.name == "arc" and table.name != "arcs"} - set(others)
    read = {table.name, *(other for other, _ in others.values()), *(("arcs", "sea_routes") if is_arc else ())}

    def known_to(system: GasSystem, column: Column) -> set[str]:
        if column.name not in is_arc:
            other, name = others[column.name]
            return set(system.table(other)[name])
        routes = system.table("sea_routes")
        return set(system.table("arcs")["arc"]) | set("ship:" + routes["origin"] + ">" + routes["destination"])

    @follows_from(*sorted(read))
    def check(system: GasSystem) -> tuple[Issue, ...]:
        frame, issues = system.table(table.name), []
        for column in table.columns:
            if column.name in others or column.name in is_arc:
                known = known_to(system, column)
                bad = ~frame[column.name].isin(known | set(column.besides) | (set() if column.required else {""}))
                if bad.any():
                    other = "arcs" if column.name in is_arc else others[column.name][0]
                    keys = frame.loc[bad, list(table.key)].agg(" ".join, axis=1) + ": " + frame.loc[bad, column.name]
                    message = f"{column.name} names rows that {other} does not have"
                    issues.append(Issue(f"unknown-{other.rstrip('s')}", message, table.name, tuple(keys),
                                        _reference_hint(frame.loc[bad, column.name], known)))  # fmt: skip
        return tuple(issues)

    return check if others or is_arc else None


def _reference_hint(values: pd.Series, known: set[str]) -> str:
    if values.str.lower().isin({"false", "true", "nan", "none"}).any():
        return "a spreadsheet or YAML 1.1 reads the country code NO as false; write NO as text"
    near = difflib.get_close_matches(str(values.iloc[0]), sorted(known), 1, 0.5)
    return f"did you mean '{near[0]}'?" if near else "add the row it names, or correct the name"
