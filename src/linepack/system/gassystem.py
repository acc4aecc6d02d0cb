"""The facts as one immutable object."""

from __future__ import annotations

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
    """

    dataset: str
    version: str
    tables: Mapping[str, pd.DataFrame]
    earlier: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Earlier vintages of rows by table: what was known before; see ``vintages.as_of``."""

    def table(self, name: str) -> pd.DataFrame:
        """Return the frame called ``name``. Errors: ``InputError`` for a table that is not in the schema."""
        if name not in self.tables:
            raise InputError("unknown-table", f"there is no table '{name}'", hint="linepack data schema lists them")
        return self.tables[name]

    def with_tables(self, **changed: pd.DataFrame) -> GasSystem:
        """Return a system in which the given tables replace those of the same name."""
        return replace(self, tables={**self.tables, **changed})

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
