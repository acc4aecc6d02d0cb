"""The facts: datasets, tables, checks, sources and schema as pandas tables, and copies to add rows to."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from linepack.api.market import Facts
from linepack.errors import InputError, Issue, Severity
from linepack.system.checks import check_system
from linepack.system.dataset import available_datasets as available_datasets
from linepack.system.dataset import check_tables, load_dataset, write_dataset, write_workbook
from linepack.system.gassystem import GasSystem
from linepack.system.schema import PROVENANCE as PROVENANCE
from linepack.system.schema import TABLES, TABLES_BY_NAME
from linepack.system.schema import Table as Table
from linepack.system.workbook import is_workbook
from linepack.vocabulary import Grade

GRADES = tuple(str(grade) for grade in Grade)


def data(
    table: str | None = None, *, where: Mapping[str, object] | Sequence[tuple[str, object]] = (),
    system: Facts = "2025",
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of a table with source and grade, or, without ``table``, the tables of a dataset.

    ``where`` keeps rows with these values, by column or as pairs; a list of values keeps rows with any of them. The
    list of tables has columns table, rows, one per grade, and description. Errors: ``InputError`` with the nearest
    table or column.

    >>> import linepack
    >>> linepack.data("arcs", where={"arc": "NS2_B"})["destination"].tolist()
    ['DE']
    >>> int(linepack.data().set_index("table").loc["arcs", "rows"]) > 100
    True
    """
    facts = _facts(system)
    pairs = list(where.items() if isinstance(where, Mapping) else where)
    if table is None:
        if pairs:
            raise InputError("no-table", "rows are kept of a table, and none is given", keys=[str(pairs[0][0])],
                             hint="give the table first, for example data('arcs', where={'arc': 'NS2_B'})")  # fmt: skip
        return _tables(facts)
    frame = facts.table(_schema(table).name)
    for column, value in pairs:
        if column not in frame:
            near = difflib.get_close_matches(str(column), list(frame.columns), 1, 0.4)
            raise InputError("unknown-column", f"'{column}={value}': {table} has no column '{column}'", table=table,
                             hint=f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(frame.columns)}")
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        frame = frame[frame[column].astype(str).isin([str(each) for each in values])]
    return frame


def data_check(system: Facts = "2025") -> pd.DataFrame:
    """Return what is wrong or odd in a dataset: schema, references, balances, and whether it makes sense.

    Columns: severity (warning, error), code, message, table, keys, hint.

    >>> import linepack
    >>> set(linepack.data_check()["severity"]) <= {"warning"}
    True
    """
    rows = [(i.severity.value, i.code, i.message, i.table, "; ".join(map(str, i.keys)), i.hint)
            for i in issues_of(_facts(system))]  # fmt: skip
    return pd.DataFrame(rows, columns=["severity", "code", "message", "table", "keys", "hint"])


def data_sources(table: str, *, system: Facts = "2025") -> pd.DataFrame:
    """Return the sources of a table, the most used first. Columns: source, grade, rows, known_from (the first day).

    >>> import linepack
    >>> linepack.data_sources("arcs").columns.tolist()
    ['source', 'grade', 'rows', 'known_from']
    """
    frame = _facts(system).table(_schema(table).name)
    grouped = frame.groupby(["source", "grade"], as_index=False).agg(
        rows=("source", "size"), known_from=("known_from", "min")
    )
    return grouped.sort_values("rows", ascending=False)


def data_schema(table: str | None = None) -> pd.DataFrame:
    """Return what columns a table has, or every table. Columns: table, column, kind, unit, required, description.

    >>> import linepack
    >>> columns = linepack.data_schema("arcs").set_index("column")
    >>> columns.loc["capacity_gwh_d", "unit"]
    'GWh/d'
    """
    rows = [(t.name, c.name, str(c.kind), c.unit, c.required, c.description)
            for t in schemas(table) for c in t.columns]  # fmt: skip
    return pd.DataFrame(rows, columns=["table", "column", "kind", "unit", "required", "description"])


def schemas(table: str | None = None) -> tuple[Table, ...]:
    """Return the schema of a table, or of all. Errors: ``InputError`` with the nearest table."""
    return tuple(TABLES) if table is None else (_schema(table),)


def issues_of(system: GasSystem) -> tuple[Issue, ...]:
    """Return the issues that ``data_check`` puts in a table."""
    return tuple(check_tables(system) or check_system(system))


def has_errors(issues: tuple[Issue, ...]) -> bool:
    """Return whether one of the issues is an error."""
    return any(issue.severity is Severity.ERROR for issue in issues)


def data_copy(system: Facts, target: str | Path) -> None:
    """Write a dataset to a new folder, or to an Excel workbook (a name that ends in .xlsx), to add rows to.

    ``linepack.load_system(target)`` reads it back, as facts or with every problem. Errors: ``InputError`` if the target
    exists or cannot be written.

    >>> import linepack, tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp(), "mine")
    >>> linepack.data_copy("2025", folder)
    >>> linepack.load_system(folder).digest == linepack.load_system("2025").digest
    True
    """
    write = write_workbook if is_workbook(target) else write_dataset
    write(_facts(system), Path(target))


def _facts(system: Facts) -> GasSystem:
    return system if isinstance(system, GasSystem) else load_dataset(system)


def _tables(system: GasSystem) -> pd.DataFrame:
    rows = []
    for table in TABLES:
        frame = system.table(table.name)
        counts = frame["grade"].value_counts()
        rows.append((table.name, len(frame), *(int(counts.get(grade, 0)) for grade in GRADES), table.description))
    return pd.DataFrame(rows, columns=["table", "rows", *GRADES, "description"])


def _schema(name: str) -> Table:
    if name not in TABLES_BY_NAME:
        near = difflib.get_close_matches(name, TABLES_BY_NAME, 1, 0.4)
        raise InputError("unknown-table", f"there is no table '{name}'", keys=[name],
                         hint=f"did you mean '{near[0]}'?" if near else "linepack data list shows them")  # fmt: skip
    return TABLES_BY_NAME[name]
