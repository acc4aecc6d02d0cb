"""Runs of a workspace by digest, and what the page and the brief of a case are made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linepack.api.market import solve_settings
from linepack.errors import InputError
from linepack.report.brief import Brief, make_brief
from linepack.report.kept import kept_files as kept_files
from linepack.report.kept import read_bands, read_kept
from linepack.runs.identity import run_identity
from linepack.runs.runner import under_name
from linepack.runs.store import Run as Run
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder
from linepack.runs.store import write_text as write_text
from linepack.scenario.scenario import Case, Scenario
from linepack.system.gassystem import GasSystem

NOT_SOLVED = "not-solved"


def folder_of(workspace: str | Path | None) -> Path:
    """Return the folder of a workspace, that of ``LINEPACK_WORKSPACE`` or ``linepack-results`` by default."""
    return workspace_folder(workspace)


def run_digest(system: GasSystem, scenario: Scenario, solver: str = "auto") -> str:
    """Return the digest of a scenario's run, solved or not."""
    return run_identity(system, scenario, solve_settings(solver)).digest


def stored_run(workspace: Path, digest: str) -> Run | None:
    """Return the run of that digest, None if it is not solved."""
    return RunStore(workspace).find(digest)


def stored_brief(
    case: Case, digests: Sequence[str], system: GasSystem, workspace: Path, ledger: Path | None = None
) -> Brief:
    """Return the brief of a case from the runs of these digests, one per scenario, and what is kept beside them.

    Errors: ``InputError`` with the scenarios that are not solved.
    """
    found = [stored_run(workspace, digest) for digest in digests]
    missing = [s.name for s, run in zip(case.scenarios, found, strict=True) if run is None]
    if missing:
        raise InputError(NOT_SOLVED, f"{len(missing)} scenarios are not solved yet", keys=missing,
                         hint=f"POST /api/cases/{case.name}/runs solves them")  # fmt: skip
    bands, monthly = read_bands(workspace, case.name, digests)
    runs = [under_name(run, s) for s, run in zip(case.scenarios, found, strict=True) if run]
    return make_brief(case, runs, system, bands, read_kept(workspace, case.name, ledger), monthly)
