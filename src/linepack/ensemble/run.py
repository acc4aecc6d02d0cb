"""Run a design: one row per scenario and draw, a failure is a row too; kept as partitioned Parquet.

What is solved is stored run by run, under its digest: a design that is stopped, at any moment and by any means, goes
on where it was, and a Sobol or Monte Carlo design with more draws begins with those of the shorter one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from linepack.ensemble.design import Design
from linepack.errors import InputError
from linepack.results.binding import BINDING_COLUMNS, binding
from linepack.results.figures import figure_table
from linepack.results.headline import FIGURES
from linepack.results.likely import Likely, likely_of, used
from linepack.results.solution import Solution, SolveSettings
from linepack.runs.identity import model_version
from linepack.runs.runner import Progress, Spread, find_run, run_scenarios
from linepack.runs.store import Run, RunStore, write_text
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

ENSEMBLE_SCHEMA = 1
CERTIFIED, WAITING = "certified", "waiting"
BLOCK = 1000
"""Draws in one file of a partition."""

FAILURES = "failures.jsonl"
PILOTS = (8, 32)
"""Draws of each scenario that are solved first, up to so many, and so many: what they show is likely to hold again."""

FEWEST_FOR_PILOTS = 40
"""A smaller ensemble has no pilots."""

PILOTS_OF_AN_OUTCOME = 2
"""Each outcome of a decision is in so many pilots, rare ones too."""


@dataclass(frozen=True)
class Ensemble:
    """The rows of a design.

    ``rows``: scenario, draw, weight, one column per factor, status ('certified', 'waiting' or the code of an error),
    message, digest, seconds, one column per headline figure. ``limits``: scenario, draw, limit, what,
    bound_fraction, shadow_price, unit: one row per limit that bound.
    """

    design: Design
    folder: Path
    rows: pd.DataFrame
    limits: pd.DataFrame

    @property
    def certified(self) -> pd.DataFrame:
        """The rows that have figures."""
        return self.rows[self.rows["status"] == CERTIFIED].reset_index(drop=True)

    @property
    def failed(self) -> pd.DataFrame:
        """The rows that failed."""
        return self.rows[~self.rows["status"].isin([CERTIFIED, WAITING])].reset_index(drop=True)

    @property
    def waiting(self) -> int:
        """How many rows are not solved yet."""
        return int((self.rows["status"] == WAITING).sum())


def draw_tables(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return what a run of an ensemble keeps: headline figures and limits that bind."""
    return {"headline": figure_table(solution), "limits": binding(solution)}


def pilot_tables(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return what a pilot keeps: the tables of a draw, and which rows and columns were used."""
    found = solution.certified
    return {**draw_tables(solution), "used": used(solution.problem, found.x, found.row_dual, found.reduced_cost)}


def ensemble_folder(root: Path, design: Design) -> Path:
    """Return where the rows of a design are kept in a workspace."""
    return root / "ensembles" / f"{design.name}-{design.digest[:12]}"


def run_ensemble(
    system: GasSystem,
    design: Design,
    root: Path,
    *,
    settings: SolveSettings | None = None,
    workers: int = 2,
    spread: Spread | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ensemble:
    """Solve every draw that is not stored yet, and return all rows. Errors: ``InputError`` for a design that is bad."""
    chosen, folder = settings or SolveSettings(), ensemble_folder(root, design)
    check_names(system, design)
    table = design.table()
    scenarios = design.scenarios_of(table)
    write_text(folder / "ensemble.json", json.dumps(_record(system, design, chosen), indent=1, sort_keys=True) + "\n")
    write_text(folder / FAILURES, "")  # what failed is tried again

    def note(progress: Progress) -> None:
        if progress.error:
            line = {"scenario": progress.scenario, "error": progress.error, "message": progress.message}
            with (folder / FAILURES).open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        if on_progress is not None:
            on_progress(progress)

    store = _store(root)
    likely = solve_pilots(system, design, root, settings=chosen, workers=workers, spread=spread)
    run_scenarios(system, scenarios, store, settings=chosen, workers=workers, keep=draw_tables, likely=likely,
                  spread=spread, on_progress=note)  # fmt: skip
    found = collect(system, design, root, settings=chosen)
    _write(found)
    return found


def solve_pilots(
    system: GasSystem,
    design: Design,
    root: Path,
    *,
    settings: SolveSettings | None = None,
    workers: int = 2,
    spread: Spread | None = None,
) -> Likely | None:
    """Solve the pilots that are not stored yet, and return what they show; None for a small ensemble."""
    table, likely = design.table(), None
    scenarios = design.scenarios_of(table)
    for first in PILOTS if len(scenarios) > FEWEST_FOR_PILOTS else ():
        pilots = [scenarios[k * len(table) + m] for k in range(len(design.scenarios))
                  for m in pilot_draws(design, table, first)]  # fmt: skip
        solved = run_scenarios(system, pilots, _store(root), settings=settings, workers=workers, keep=pilot_tables,
                               likely=likely, spread=spread)  # fmt: skip
        tables = [outcome.run.tables for outcome in solved if outcome.run is not None]
        likely = likely_of(own["used"] for own in tables if "used" in own)
    return likely


def pilot_draws(design: Design, table: pd.DataFrame, first: int) -> list[int]:
    """Return the positions of the first draws, and of others so that each outcome of each decision is among them."""
    chosen = list(range(min(first, len(table))))
    for factor in design.factors:
        for value, _ in factor.distribution.levels():
            having = np.flatnonzero((table[factor.name] == value).to_numpy())
            missing = PILOTS_OF_AN_OUTCOME - len(set(having) & set(chosen))
            chosen += [int(k) for k in having if k not in chosen][: max(missing, 0)]
    return chosen


def check_names(system: GasSystem, design: Design) -> None:
    """Refuse a design whose patches name what does not exist, before anything is solved.

    Errors: ``InputError``. A value that cannot be (a cost below zero) is left to be a row.
    """
    for factor in design.factors:
        known = factor.distribution.levels() or ((factor.distribution.value(0.5), 1.0),)
        for value, _ in known:
            for patch in factor.patches_of(value):
                try:
                    patch.apply(system)
                except InputError as error:
                    if error.issue.code.startswith(("unknown-", "no-match")):
                        raise InputError(error.issue.code, f"factor '{factor.name}': {error.issue.message}",
                                         keys=error.issue.keys, hint=error.issue.hint) from error  # fmt: skip


def collect(system: GasSystem, design: Design, root: Path, *, settings: SolveSettings | None = None) -> Ensemble:
    """Return the rows as far as they are solved. Errors: ``InputError`` if the design was never run."""
    chosen, folder, store = settings or SolveSettings(), ensemble_folder(root, design), _store(root)
    if not (folder / "ensemble.json").is_file():
        raise InputError("never-run", f"the design '{design.name}' was not run in {root}", keys=[design.name],
                         hint="linepack ensemble run; a changed design is another one")  # fmt: skip
    failures = {row["scenario"]: row for row in _failures(folder)}
    table = design.table()
    rows, limits = [], []
    scenarios = design.scenarios_of(table)
    drawn = table.to_dict("records") * len(design.scenarios)
    for k, (scenario, draw) in enumerate(zip(scenarios, drawn, strict=True)):
        base = design.scenarios[k // len(table)].name
        run = find_run(system, scenario, chosen, store)
        rows.append({"scenario": base, **draw, **_outcome(scenario, run, failures)})
        if run is not None and len(own := run.tables["limits"]):
            limits.append(own.assign(scenario=base, draw=draw["draw"]))
    columns = ["scenario", "draw", *BINDING_COLUMNS]
    bound = pd.concat(limits, ignore_index=True)[columns] if limits else pd.DataFrame(columns=columns)
    return Ensemble(design, folder, pd.DataFrame(rows), bound)


def _store(root: Path) -> RunStore:
    return RunStore(root / "ensembles")


def read_rows(folder: Path, name: str = "rows") -> pd.DataFrame:
    """Return the partitioned table ``rows`` or ``limits`` of an ensemble's folder."""
    return pd.read_parquet(folder / name)


def _outcome(scenario: Scenario, run: Run | None, failures: dict[str, dict[str, str]]) -> dict[str, Any]:
    figures = dict.fromkeys((figure.name for figure in FIGURES), np.nan)
    if run is None:
        failure = failures.get(scenario.name)
        status, message = (failure["error"], failure["message"]) if failure else (WAITING, "")
        return {"status": status, "message": message, "digest": "", "seconds": np.nan, **figures}
    own = run.tables["headline"]
    figures |= dict(zip(own["figure"], own["value"].astype(float), strict=True))
    return {"status": CERTIFIED, "message": "", "digest": run.digest, "seconds": float(run.record["seconds"]),
            **figures}  # fmt: skip


def _failures(folder: Path) -> list[dict[str, str]]:
    path = folder / FAILURES
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:  # the line that was being written when the process was killed
            continue
    return found


def _record(system: GasSystem, design: Design, settings: SolveSettings) -> dict[str, Any]:
    return {
        "schema": ENSEMBLE_SCHEMA, "ensemble": design.name, "title": design.title, "design_digest": design.digest,
        "scenarios": [scenario.name for scenario in design.scenarios], "sampling": str(design.sampling),
        "draws": len(design.table()), "seed": design.seed, "factors": [factor.name for factor in design.factors],
        "dataset": system.dataset, "dataset_digest": system.digest, "model": model_version(),
        "solver": settings.solver, "tolerance": settings.tolerance,
    }  # fmt: skip


def _write(ensemble: Ensemble) -> None:
    for name, frame in (("rows", ensemble.rows), ("limits", ensemble.limits)):
        for scenario in ensemble.design.scenarios:
            _write_partition(ensemble.folder / name / f"scenario={scenario.name}",
                             frame[frame["scenario"] == scenario.name].drop(columns="scenario"),
                             len(ensemble.design.table()))  # fmt: skip


def _write_partition(folder: Path, frame: pd.DataFrame, draws: int) -> None:
    """Write one file for each thousand draws, under a temporary name first."""
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(1, draws + 1, BLOCK):
        part = frame[frame["draw"].between(first, first + BLOCK - 1)]
        temporary = folder / f".{first:07d}.{os.getpid()}"
        part.to_parquet(temporary, index=False)
        temporary.replace(folder / f"draws-{first:07d}.parquet")


def factor_names(design: Design) -> Sequence[str]:
    """Return the columns of ``rows`` that hold what was drawn."""
    return [factor.name for factor in design.factors]
