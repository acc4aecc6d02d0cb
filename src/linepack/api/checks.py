"""Checks of the whole: questions whose answers are known in size, and whether this installation can work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from linepack.api.market import Facts, facts_of, load_scenario, solve_settings
from linepack.plausibility.run import Verdict
from linepack.plausibility.run import plausibility as ask
from linepack.report.doctor import Finding, Health, examine
from linepack.runs.runner import Progress
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder

REFERENCE = "reference-2025/reference"


def plausibility(
    *, system: Facts | None = None, solver: str = "auto", workspace: str | Path | None = None, workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the market of 2025 beside what is expected of it, a row per question.

    Columns: check, group, label, unit, decimals, value (the model's), low, high (the band; NaN: none), verdict (within;
    outside, see note; OUTSIDE; shown), source, grade, note. Some sixty solves the first time: minutes. Errors: those of
    ``solve``.

    >>> import linepack
    >>> found = linepack.plausibility()  # doctest: +SKIP
    >>> found.loc[found["verdict"] == "OUTSIDE", ["label", "value", "unit", "low", "high"]]  # doctest: +SKIP
    """
    base = load_scenario(REFERENCE)
    return ask(facts_of(system, base), base, RunStore(workspace_folder(workspace) / "plausibility"),
               settings=solve_settings(solver), workers=workers, on_progress=on_progress)  # fmt: skip


def is_outside(found: pd.DataFrame) -> bool:
    """Return whether a figure of ``plausibility`` is outside its band and no reason is given."""
    return bool((found["verdict"] == Verdict.OUTSIDE).any())


def doctor(workspace: str | Path | None = None) -> pd.DataFrame:
    """Return what was found by trying every part of this installation. Columns: part, health, seen, remedy.

    ``health`` is well, missing (linepack works without it) or broken.

    >>> import linepack
    >>> "solver piqp" in set(linepack.doctor()["part"])
    True
    """
    return pd.DataFrame([asdict(finding) for finding in findings(workspace)]).astype({"health": str})


def findings(workspace: str | Path | None = None) -> tuple[Finding, ...]:
    """Return the findings that ``doctor`` puts in a table."""
    return examine(workspace_folder(workspace))


def is_broken(found: tuple[Finding, ...]) -> bool:
    """Return whether a part is broken."""
    return any(finding.health is Health.BROKEN for finding in found)
