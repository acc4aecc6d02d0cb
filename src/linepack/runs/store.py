"""Where runs are kept: one folder per digest, written under a temporary name and renamed when complete."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.errors import InputError

WORKSPACE_VARIABLE = "LINEPACK_WORKSPACE"
DEFAULT_WORKSPACE = "linepack-results"


class StoredTables(Mapping[str, pd.DataFrame]):
    """The tables of a stored run, read when asked for; an edit of one changes the reader's copy only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._read:
            import pyarrow.parquet as pq

            path = self._folder / f"{name}.parquet"
            if not path.is_file():
                raise KeyError(f"the run has no table '{name}'; it has {', '.join(self)}")
            with pq.ParquetFile(path) as file:  # a table is small: threads and the machinery of datasets cost more
                self._read[name] = file.read(use_threads=False).to_pandas(use_threads=False)
        return self._read[name].copy(deep=False)

    def __repr__(self) -> str:
        """Return the names of the tables."""
        return f"<Tables {', '.join(self)}>"

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(path.stem for path in self._folder.glob("*.parquet")))

    def __len__(self) -> int:
        return sum(1 for _ in iter(self))


@dataclass(frozen=True)
class Run:
    """A certified, stored run: its record (identity, certificate, solver, sizes, seconds) and its tables."""

    record: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """Return one line: the scenario, the dataset, the first digits of the digest."""
        return f"<Run of '{self.name}' on dataset '{self.record['identity']['dataset']}', {self.digest[:12]}>"

    @property
    def digest(self) -> str:
        """The run's digest."""
        return str(self.record["identity"]["digest"])

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.record["scenario"]["name"])

    @property
    def headline(self) -> pd.DataFrame:
        """The headline figures. Columns: figure, label, value, unit (shares as fractions)."""
        from linepack.results.headline import headline_frame

        return headline_frame(self.tables)

    def _repr_html_(self) -> str:
        """Return headline figures and a chart of prices, for a notebook."""
        from linepack.runs.display import run_html

        return run_html(self.record, self.tables)


@dataclass(frozen=True)
class RunStore:
    """Runs under ``root/runs``."""

    root: Path

    def folder(self, digest: str) -> Path:
        """Return where a run is, or would be."""
        return self.root / "runs" / digest[:32]

    def find(self, digest: str) -> Run | None:
        """Return a stored run, or None."""
        record = self.folder(digest) / "run.json"
        if not record.is_file():
            return None
        return Run(json.loads(record.read_text(encoding="utf-8")), StoredTables(self.folder(digest) / "tables"))

    def check_writable(self) -> None:
        """Make the folder of the workspace if it is not there. Errors: ``InputError`` if runs cannot be kept in it."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._cannot_write(error) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise self._cannot_write(PermissionError(errno.EACCES, os.strerror(errno.EACCES)))

    def _cannot_write(self, error: OSError) -> InputError:
        return InputError("cannot-write", f"runs cannot be kept in {self.root}: {error.strerror or error}",
                          hint=f"give another workspace (--workspace), or set {WORKSPACE_VARIABLE}")  # fmt: skip

    def save(self, record: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Run:
        """Write a run whole or not at all. Errors: ``InputError`` if the folder cannot be written."""
        final = self.folder(str(record["identity"]["digest"]))
        try:
            temporary = final.parent / f".{final.name}.{os.getpid()}"
            shutil.rmtree(temporary, ignore_errors=True)
            (temporary / "tables").mkdir(parents=True)
        except OSError as error:
            raise self._cannot_write(error) from error
        try:
            for name, table in tables.items():
                table.to_parquet(temporary / "tables" / f"{name}.parquet", index=False)
            (temporary / "run.json").write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            self._publish(temporary, final)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        found = self.find(str(record["identity"]["digest"]))
        assert found is not None
        return found

    def _publish(self, temporary: Path, final: Path) -> None:
        """Give a complete folder its name; if another process was first, its run is the same one."""
        try:
            temporary.rename(final)
        except OSError:
            if not (final / "run.json").is_file():
                raise
            shutil.rmtree(temporary)

    def discard_unfinished(self, processes: Iterable[int]) -> None:
        """Remove what stopped processes were writing."""
        for process in processes:
            for folder in (self.root / "runs").glob(f".*.{process}"):
                shutil.rmtree(folder, ignore_errors=True)


def workspace(given: str | Path | None = None) -> Path:
    """Return the workspace folder: the argument, else the environment variable, else ``linepack-results`` here."""
    return Path(given or os.environ.get(WORKSPACE_VARIABLE) or DEFAULT_WORKSPACE)


def write_text(path: Path, text: str) -> None:
    """Write a file under a temporary name and rename it, so that it is never seen half written.

    Errors: ``InputError`` if the folder cannot be written.
    """
    temporary = path.parent / f".{path.name}.{os.getpid()}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    except OSError as error:
        raise InputError("cannot-write", f"{path} cannot be written: {error}",
                         hint="give another place (--out)") from error  # fmt: skip
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
