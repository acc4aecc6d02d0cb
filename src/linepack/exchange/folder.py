"""A run as a data package: a folder with ``datapackage.json``, ``run.json`` and one CSV or Parquet file per table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from linepack.errors import InputError, Issue
from linepack.exchange.results import NO_LIMIT, RESULTS_BY_NAME
from linepack.results.tables import RESULT_SCHEMA
from linepack.runs.store import Run
from linepack.system.cells import cells_of
from linepack.system.dataset import parse_cells
from linepack.system.folders import write_folder
from linepack.system.schema import Kind, Table
from linepack.system.workbook import is_workbook, write_sheets


class FileKind(StrEnum):
    """How the tables of a folder are written."""

    CSV = "csv"
    PARQUET = "parquet"


def export_workbook(run: Run, target: Path) -> list[Path]:
    """Write a run as an Excel workbook and return its path: what it is, then one sheet per table.

    Errors: ``InputError`` if ``target`` exists or is not named ``.xlsx``.
    """
    if not is_workbook(target):
        raise InputError("not-a-workbook", f"{target} does not end in .xlsx", hint="--out run.xlsx")
    scenario, certificate = run.record["scenario"], run.record["certificate"]
    about = {"scenario": run.name, "title": scenario["title"], "dataset": scenario["dataset"], "run": run.digest,
             "units": "gross calorific value; the unit ends the name of a column",
             **{f"certificate: {key}": value for key, value in certificate.items()}}  # fmt: skip
    sheets = {"about": pd.DataFrame({"key": list(about), "value": [str(value) for value in about.values()]})}
    write_sheets(target, sheets | {name: frame for name, frame in run.tables.items() if name in RESULTS_BY_NAME})
    return [target]


def export_run(run: Run, target: Path, kind: FileKind = FileKind.CSV) -> list[Path]:
    """Write a run as a data package and return the paths; numbers are written in full, so nothing is lost."""
    def write(folder: Path) -> None:
        for name in run.tables:
            frame = run.tables[name]
            if kind is FileKind.PARQUET:
                _typed(frame, name).to_parquet(folder / f"{name}.parquet", index=False)
            else:
                frame.replace(np.inf, np.nan).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        _write_json(folder / "run.json", dict(run.record))
        _write_json(folder / "datapackage.json", describe_run(run, kind))

    return write_folder(target, write)


def _typed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table whose texts are texts even if it has no rows: files of several runs then have the same types."""
    texts = [c.name for c in RESULTS_BY_NAME[name].columns if c.kind is Kind.TEXT] if name in RESULTS_BY_NAME else []
    return frame.astype(dict.fromkeys([column for column in texts if column in frame.columns], "str"))


def describe_run(run: Run, kind: FileKind = FileKind.CSV) -> dict[str, Any]:
    """Return the content of ``datapackage.json``: every table with key, and columns with type, unit and meaning."""
    scenario = run.record["scenario"]
    return {
        "profile": "tabular-data-package" if kind is FileKind.CSV else "data-package",
        "name": f"linepack-run-{run.digest[:12]}",
        "title": scenario["title"],
        "description": f"Certified run of '{run.name}' on dataset {scenario['dataset']}; gross calorific value.",
        "version": str(run.record["result_schema"]),
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0",
                      "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [_resource(run.tables[name], RESULTS_BY_NAME[name], kind) for name in run.tables
                      if name in RESULTS_BY_NAME],
    }  # fmt: skip


def read_run(folder: str | Path) -> Run:
    """Return a run from a folder that ``export_run`` wrote.

    Errors: one ``InputError`` with every problem: a missing file or column, an unknown column, a cell that is no
    number.
    """
    place = Path(folder)
    record = _read_json(place / "run.json")
    if record.get("result_schema") != RESULT_SCHEMA:
        raise InputError("schema-version", f"result schema {record.get('result_schema')} is not {RESULT_SCHEMA}",
                         table="run.json", hint="read it with the release that wrote it, or solve again")  # fmt: skip
    package = _read_json(place / "datapackage.json")
    issues: list[Issue] = []
    tables = {}
    for resource in package.get("resources", []):
        table = RESULTS_BY_NAME.get(str(resource.get("name")))
        path = place / str(resource.get("path"))
        if table is None or path.parent != place:
            issues.append(Issue("unknown-table", f"'{resource.get('name')}' is no result table", "datapackage.json",
                                hint=f"one of: {', '.join(RESULTS_BY_NAME)}"))  # fmt: skip
        elif not path.is_file():
            issues.append(Issue("missing-table", f"{path.name} is missing", table.name, hint="copy the whole folder"))
        else:
            tables[table.name] = _read(path, table, issues)
    if issues:
        raise InputError("bad-export", f"{len(issues)} problem(s) in '{folder}'", issues=issues)
    return Run(record, tables)


def _read(path: Path, table: Table, issues: list[Issue]) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return _read_parquet(path, table, issues)
    cells = cells_of(path, table.name, issues)
    if cells is None:
        return pd.DataFrame()
    count = len(issues)
    frame = parse_cells(cells, table, issues)
    if len(issues) > count:
        return frame
    for column in table.columns:  # the parser of the check rounds the last bit; this one does not
        if column.kind is Kind.NUMBER:
            frame[column.name] = [float(cell) if cell else np.nan for cell in cells[column.name]]
        if column.kind is Kind.TEXT:
            frame[column.name] = frame[column.name].astype("str")
        if column.name in NO_LIMIT:
            frame[column.name] = frame[column.name].fillna(np.inf)
    return frame[list(cells.columns)]


def _read_parquet(path: Path, table: Table, issues: list[Issue]) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        issues.append(Issue("unreadable", f"{path.name}: {error}", table.name, hint="copy the whole folder"))
        return pd.DataFrame()
    known = {column.name for column in table.columns}
    for code, message, names in (
        ("unknown-column", "columns are not in the schema", [name for name in frame.columns if name not in known]),
        ("missing-column", "columns are missing",
         [c.name for c in table.columns if c.required and c.name not in frame.columns]),
    ):  # fmt: skip
        if names:
            hint = f"the columns are {', '.join(column.name for column in table.columns)}"
            issues.append(Issue(code, message, table.name, tuple(names), hint))
    return frame


def _resource(frame: pd.DataFrame, table: Table, kind: FileKind) -> dict[str, Any]:
    types = {Kind.NUMBER: "number", Kind.BOOLEAN: "boolean"}
    known = {column.name: column for column in table.columns}
    csv = {"mediatype": "text/csv", "encoding": "utf-8", "profile": "tabular-data-resource"}
    parquet = {"mediatype": "application/vnd.apache.parquet"}
    return {
        "name": table.name,
        "path": f"{table.name}.{kind.value}",
        "format": kind.value,
        **(csv if kind is FileKind.CSV else parquet),
        "description": table.description,
        "schema": {
            "primaryKey": list(table.key),
            "missingValues": [""],
            "fields": [
                {"name": name, "type": types.get(known[name].kind, "string"), "unit": known[name].unit,
                 "description": known[name].description,
                 **({"trueValues": ["True"], "falseValues": ["False"]} if known[name].kind is Kind.BOOLEAN else {})}
                for name in frame.columns
            ],
        },
    }  # fmt: skip


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError("no-file", f"there is no {path}",
                         hint="give a folder that 'linepack export --format csv' wrote") from None  # fmt: skip
    except (OSError, ValueError) as error:
        raise InputError("unreadable", f"{path} is not JSON: {error}", table=path.name) from error
    if not isinstance(content, dict):
        raise InputError("unreadable", f"{path} holds no object", table=path.name)
    return content

