"""The facts as they were known on a day.

A row may have several vintages, told apart by ``known_from``: the latest is in the table, earlier ones are in
``GasSystem.earlier``. On a given day the latest vintage known by then counts; a row that nobody could know is not
there, nor is a row that refers to it.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from linepack.errors import InputError
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES, Table

KNOWN = "known_from"


def as_of(system: GasSystem, day: date) -> GasSystem:
    """Return the system as it was known on ``day``, named 'dataset@day'; it has no earlier vintages of its own.

    Errors: ``InputError`` if nothing was known by then.
    """
    tables = {table.name: _known_by(table, system, day.isoformat()) for table in TABLES if table.name in system.tables}
    if not len(tables["nodes"]):
        raise InputError("nothing-known", f"no node of '{system.dataset}' was known on {day}",
                         hint="linepack data sources nodes shows the first days")  # fmt: skip
    while _without_orphans(tables):
        pass
    return GasSystem(f"{system.dataset}@{day.isoformat()}", system.version, tables)


def _known_by(table: Table, system: GasSystem, day: str) -> pd.DataFrame:
    """Return the latest vintage of each row known by a day, in the order of the table."""
    latest = system.tables[table.name]
    earlier = system.earlier.get(table.name)
    if earlier is None or not len(earlier):
        return latest[latest[KNOWN] <= day].reset_index(drop=True)
    both = pd.concat([latest, earlier], ignore_index=True)
    both = both[both[KNOWN] <= day].sort_values(KNOWN, kind="stable")
    kept = both.drop_duplicates(list(table.key), keep="last")
    place = {key: k for k, key in enumerate(_keys(latest, table))}
    order = [place.get(key, len(place)) for key in _keys(kept, table)]
    return kept.assign(_order=order).sort_values("_order", kind="stable").drop(columns="_order").reset_index(drop=True)


def _keys(frame: pd.DataFrame, table: Table) -> list[tuple[object, ...]]:
    return list(frame[list(table.key)].itertuples(index=False, name=None))


def _without_orphans(tables: dict[str, pd.DataFrame]) -> bool:
    """Drop rows that name a row which is not there; return whether any was dropped."""
    routes = tables["sea_routes"]
    arcs = set(tables["arcs"]["arc"]) | set("ship:" + routes["origin"] + ">" + routes["destination"])
    dropped = False
    for table in TABLES:
        frame = tables.get(table.name)
        if frame is None or not len(frame):
            continue
        keep = pd.Series(True, index=frame.index)
        for column in table.columns:
            if column.references is not None:
                other, name = column.references.split(".")
                known = set(tables[other][name]) | set(column.besides)
            elif column.name == "arc" and table.name != "arcs":
                known = arcs
            else:
                continue
            keep &= frame[column.name].isin(known if column.required else known | {""})
        if not keep.all():
            tables[table.name] = frame[keep].reset_index(drop=True)
            dropped = True
    return dropped
