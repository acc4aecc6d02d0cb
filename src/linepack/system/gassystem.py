"""The facts as one immutable object."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from linepack.errors import InputError
from linepack.system.schema import TABLES, TABLES_BY_NAME


@dataclass(frozen=True)
class GasSystem:
    """A dataset: its name, its version and one typed frame per table of the schema.

    Text, month and date cells are strings (ISO, so they compare), numbers are float64, an empty optional
    number is NaN. Frames are never edited in place: ``with_tables`` returns a new system.

    >>> import linepack
    >>> system = linepack.load_system("2025")
    >>> arcs = system.table("arcs")
    >>> arcs.loc[arcs["arc"] == "GB-BE", "capacity_gwh_d"] *= 0.5
    >>> halved = system.with_tables(arcs=arcs)  # linepack.solve(SCENARIO, system=halved)
    >>> halved
    <Facts '2025', 56 tables, 17,537 rows>
    """

    dataset: str
    version: str
    tables: Mapping[str, pd.DataFrame]
    earlier: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Earlier vintages of rows by table: what was known before; see ``vintages.as_of``."""

    def table(self, name: str) -> pd.DataFrame:
        """Return the table called ``name``; an edit of it changes no facts: give it to ``with_tables``.

        Errors: ``InputError`` for a table that is not in the schema.
        """
        return self.kept(name).copy(deep=False)  # values are copied if they are edited, not before

    def kept(self, name: str) -> pd.DataFrame:
        """Return the frame itself, not to be edited: the same facts have the same one."""
        if name not in self.tables:
            near = difflib.get_close_matches(str(name), TABLES_BY_NAME, 1, 0.4)
            hint = f"did you mean '{near[0]}'?" if near else "linepack data schema lists them"
            raise InputError("unknown-table", f"there is no table '{name}'", keys=[str(name)], hint=hint)
        return self.tables[name]

    def with_tables(self, **changed: pd.DataFrame) -> GasSystem:
        """Return a system in which the given tables replace those of the same name.

        Errors: ``InputError`` for a name that is not in the schema, or what is no table.
        """
        for name, frame in changed.items():
            if name not in TABLES_BY_NAME:
                self.kept(name)
            if not isinstance(frame, pd.DataFrame):
                raise InputError("not-a-table", f"'{name}' is of type {type(frame).__name__}", table=name,
                                 hint="give a pandas DataFrame, for example an edited system.table(NAME)")  # fmt: skip
        return replace(self, tables={**self.tables, **changed})

    def __repr__(self) -> str:
        """Return one line: the dataset, how many tables and rows."""
        rows = sum(len(frame) for frame in self.tables.values())
        return f"<Facts '{self.dataset}', {len(self.tables)} tables, {rows:,} rows>"

    @cached_property
    def digest(self) -> str:
        """SHA-256 over name, version and the content of every table; the order of rows only where it has a meaning."""
        sha = hashlib.sha256(f"{self.dataset}\n{self.version}\n".encode())
        for table in TABLES:
            if table.name in self.tables:
                frame = self.tables[table.name]
                frame = frame if table.is_ordered else frame.sort_values(list(table.key), kind="stable")
                sha.update(f"{table.name}\n".encode())
                sha.update(frame.to_csv(index=False, lineterminator="\n", float_format="%.12g").encode())
        for name in sorted(self.earlier):
            frame = self.earlier[name].sort_values([*TABLES_BY_NAME[name].key, "known_from"], kind="stable")
            sha.update(f"earlier {name}\n".encode())
            sha.update(frame.to_csv(index=False, lineterminator="\n", float_format="%.12g").encode())
        return sha.hexdigest()
