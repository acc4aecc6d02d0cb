"""A fit as a dataset: the facts with every fitted number in place, each changed row graded ``calibrated``."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from linepack.calibrate.fit import Fit
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES, Kind, Table
from linepack.vocabulary import Grade

PROVENANCE = ("source", "grade", "known_from", "note")


def fitted_dataset(system: GasSystem, fit: Fit) -> GasSystem:
    """Return the dataset that a fit makes, under the calibration's ``dataset_name``.

    A row that a patch changed names the parameter and its value as source before its old one, has grade
    ``calibrated``, and was known from the day of the latest observation that was fitted.
    """
    latest = str(fit.observations.rows["known_from"].max())
    changed = system
    for parameter, value in zip(fit.calibration.parameters, fit.values, strict=True):
        before, changed = changed, parameter.patch(float(value)).apply(changed)
        marked = {
            table.name: _marked(table, before.tables[table.name], changed.tables[table.name],
                                f"linepack calibrate {fit.calibration.name}: {parameter.name} {value:.6g}", latest)
            for table in TABLES
            if table.name in changed.tables and changed.tables[table.name] is not before.tables[table.name]
        }  # fmt: skip
        changed = changed.with_tables(**marked)
    return replace(changed, dataset=fit.calibration.dataset_name)


def changed_rows(before: GasSystem, after: GasSystem) -> pd.DataFrame:
    """Return how many rows of each table differ. Columns: table, rows."""
    rows = []
    for table in TABLES:
        if table.name in after.tables and after.tables[table.name] is not before.tables[table.name]:
            count = int(_differs(table, before.tables[table.name], after.tables[table.name]).sum())
            if count:
                rows.append((table.name, count))
    return pd.DataFrame(rows, columns=["table", "rows"])


def _marked(table: Table, before: pd.DataFrame, after: pd.DataFrame, source: str, known: str) -> pd.DataFrame:
    moved = _differs(table, before, after)
    later = after["known_from"].where(after["known_from"] > known, known)
    return after.assign(
        source=(source + "; before: " + after["source"]).where(moved, after["source"]),
        grade=after["grade"].where(~moved, Grade.CALIBRATED.value),
        known_from=after["known_from"].where(~moved, later),
    )


def _differs(table: Table, before: pd.DataFrame, after: pd.DataFrame) -> pd.Series:
    """Return which rows of ``after`` have another number or text than the row of the same key had, or are new."""
    own = [column for column in table.own_columns if column.name not in table.key]
    keys = list(table.key)
    old = after[keys].merge(before, on=keys, how="left", indicator=True)
    old.index = after.index
    moved = old["_merge"] != "both"
    for column in own:
        one, other = after[column.name], old[column.name]
        same = (one == other) | (one.isna() & other.isna())
        if column.kind is Kind.NUMBER:
            same |= (one - other).abs() <= 1e-12 * (1 + one.abs())
        moved |= ~same
    return moved
