"""Export a scenario's run to the formats of other tools, and read exports back."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pandas as pd

from linepack.api.market import Asking, Facts, facts_of, scenario_of, solve
from linepack.errors import InputError
from linepack.exchange.folder import FileKind, export_run, export_workbook, read_run
from linepack.exchange.geojson import export_geojson
from linepack.exchange.iamc import export_iamc, read_iamc
from linepack.exchange.pypsa import export_pypsa
from linepack.runs.runner import Progress
from linepack.runs.store import Run
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.system.workbook import is_workbook


class Format(StrEnum):
    """Formats of export."""

    CSV = "csv"
    PARQUET = "parquet"
    IAMC = "iamc"
    PYPSA = "pypsa"
    GEOJSON = "geojson"
    EXCEL = "excel"


def export(
    scenario: Asking, out: str | Path, format: str = "csv", *, system: Facts | None = None,  # noqa: A002  # its name
    workspace: str | Path | None = None,
) -> list[Path]:  # fmt: skip
    """Solve a scenario if it is not solved yet, write its run into the new folder ``out``, and return the paths.

    Formats: ``csv`` and ``parquet``, a data package with every table; ``iamc``, a long table with codelists; ``pypsa``,
    a network for ``Network.import_from_csv_folder``; ``geojson``, points and lines; ``excel``, a workbook ``out`` with
    one sheet per table. Errors: those of ``solve``, and ``InputError`` for an unknown format or an ``out`` that exists:
    nothing is overwritten.

    >>> import linepack, tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp(), "run")
    >>> paths = linepack.export("us-gazprom-2025/status-quo", folder)
    >>> linepack.read_export(folder).name
    'status-quo'
    """
    if format not in tuple(Format):
        raise InputError("unknown-format", f"there is no format '{format}'", keys=[format],
                         hint=f"one of {', '.join(Format)}")  # fmt: skip
    return exported(scenario, Path(out), Format(format), system=system, workspace=workspace)[1]


def exported(
    scenario: Asking, out: Path, kind: Format, *, system: Facts | None = None, solver: str = "auto",
    workspace: str | Path | None = None, on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Run, list[Path]]:  # fmt: skip
    """Return the run that was exported and the paths; otherwise as ``export``."""
    if out.exists():  # before anything is solved
        raise InputError("exists", f"{out} exists already", hint="give a new name; nothing is overwritten")
    loaded = scenario_of(scenario)
    facts = facts_of(system, loaded)
    run = solve(loaded, system=facts, solver=solver, workspace=workspace, on_progress=on_progress)
    return run, export_as(kind, facts, loaded, run, out)


def export_as(kind: Format, system: GasSystem, scenario: Scenario, run: Run, out: Path) -> list[Path]:
    """Write a run in one format and return the paths."""
    if kind is Format.IAMC:
        return export_iamc(system, scenario, run, out)
    if kind is Format.PYPSA:
        return export_pypsa(system, scenario, run, out)
    if kind is Format.EXCEL:
        return export_workbook(run, out)
    if kind is Format.GEOJSON:
        return export_geojson(system, run, out)
    return export_run(run, out, FileKind(kind.value))


def read_export(path: str | Path) -> Run | pd.DataFrame:
    """Return what an export holds: a run from a CSV or Parquet folder, a table from IAMC (folder, CSV or Excel).

    Errors: one ``InputError`` that lists every problem with its table, rows and remedy.

    >>> import linepack, tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp(), "run")
    >>> paths = linepack.export("us-gazprom-2025/status-quo", folder, "iamc")
    >>> linepack.read_export(folder).columns.tolist()
    ['model', 'scenario', 'region', 'variable', 'unit', 'time', 'value']
    """
    place = Path(path)
    is_iamc = place.is_file() or is_workbook(place) or place.suffix == ".csv" or (place / "iamc.csv").is_file()
    return read_iamc(place) if is_iamc else read_run(place)
