"""Solve many scenarios: in this process or in spawned workers, with progress, kept as they finish.

A worker solves, writes its run to the store and returns the digest, so that nothing is lost when work is stopped:
the next call finds what is done. One or two workers give the same tables.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from linepack.errors import LinepackError
from linepack.results.breakdown import price_breakdown
from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.results.tables import RESULT_SCHEMA, result_tables
from linepack.runs.identity import RunIdentity, run_identity
from linepack.runs.store import Run, RunStore
from linepack.scenario.patches import patch_content
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

POOL_FROM = 3
"""Fewer unsolved scenarios than this are solved here: starting workers would take longer."""


@dataclass(frozen=True)
class Progress:
    """Where the work stands: scenario just done, how many are done of how many, seconds so far, was it stored."""

    scenario: str
    done: int
    total: int
    seconds: float
    is_cached: bool
    error: str = ""

    @property
    def seconds_left(self) -> float:
        """Estimate from the mean so far."""
        return self.seconds / max(self.done, 1) * (self.total - self.done)


@dataclass(frozen=True)
class Outcome:
    """A run, or why there is none."""

    scenario: Scenario
    run: Run | None
    error: LinepackError | None = None


def solve_and_store(system: GasSystem, scenario: Scenario, settings: SolveSettings, store: RunStore) -> Run:
    """Return the stored run of a scenario; solve and certify it first if it is not there.

    Errors: ``InputError`` for bad facts or patches, ``NotCertified``: nothing is stored then.
    """
    identity = run_identity(system, scenario, settings)
    found = store.find(identity.digest)
    if found is not None:
        return found
    start = time.perf_counter()
    solution = solve_system(system, scenario, settings)
    tables = {**result_tables(solution), "price_breakdown": price_breakdown(solution)}
    return store.save(_record(identity, scenario, solution, time.perf_counter() - start), tables)


def run_scenarios(
    system: GasSystem,
    scenarios: Sequence[Scenario],
    store: RunStore,
    *,
    settings: SolveSettings | None = None,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[Outcome]:
    """Return one outcome per scenario, in the order given; a failure is an outcome too.

    ``KeyboardInterrupt`` stops the workers and is passed on; what was finished is kept.
    """
    chosen = settings or SolveSettings()
    start = time.perf_counter()
    outcomes: dict[int, Outcome] = {}

    def note(k: int, outcome: Outcome, *, is_cached: bool) -> None:
        outcomes[k] = outcome
        if on_progress is not None:
            on_progress(Progress(outcome.scenario.name, len(outcomes), len(scenarios), time.perf_counter() - start,
                                 is_cached, outcome.error.issue.code if outcome.error else ""))  # fmt: skip

    waiting = []
    for k, scenario in enumerate(scenarios):
        found = store.find(run_identity(system, scenario, chosen).digest)
        if found is None:
            waiting.append(k)
        else:
            note(k, Outcome(scenario, found), is_cached=True)
    if workers <= 1 or len(waiting) < POOL_FROM:
        for k in waiting:
            note(k, _try(system, scenarios[k], chosen, store), is_cached=False)
    else:
        _in_workers(system, scenarios, waiting, chosen, store, workers, note)
    return [outcomes[k] for k in range(len(scenarios))]


def _in_workers(
    system: GasSystem,
    scenarios: Sequence[Scenario],
    waiting: Sequence[int],
    settings: SolveSettings,
    store: RunStore,
    workers: int,
    note: Callable[..., None],
) -> None:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        min(workers, len(waiting)),
        mp_context=context,
        initializer=_start_worker,
        initargs=(system, settings, store.root),
    )
    try:
        jobs: dict[Future[LinepackError | None], int] = {pool.submit(_work, scenarios[k]): k for k in waiting}
        for job in as_completed(jobs):
            k = jobs[job]
            error = job.result()
            run = store.find(run_identity(system, scenarios[k], settings).digest) if error is None else None
            note(k, Outcome(scenarios[k], run, error), is_cached=False)
    except BaseException:
        for process in list((pool._processes or {}).values()):  # there is no public way to stop running workers
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


_WORKER: dict[str, object] = {}


def _start_worker(system: GasSystem, settings: SolveSettings, root: Path) -> None:
    _WORKER.update(system=system, settings=settings, store=RunStore(root))


def _work(scenario: Scenario) -> LinepackError | None:
    return _try(_WORKER["system"], scenario, _WORKER["settings"], _WORKER["store"]).error  # type: ignore[arg-type]


def _try(system: GasSystem, scenario: Scenario, settings: SolveSettings, store: RunStore) -> Outcome:
    try:
        return Outcome(scenario, solve_and_store(system, scenario, settings, store))
    except LinepackError as error:
        return Outcome(scenario, None, error)


def _record(identity: RunIdentity, scenario: Scenario, solution: Solution, seconds: float) -> dict[str, object]:
    certified, problem = solution.certified, solution.problem
    rows, columns = problem.matrix.shape
    return {
        "result_schema": RESULT_SCHEMA,
        "identity": identity.as_dict(),
        "scenario": {
            "name": scenario.name, "title": scenario.title, "why": scenario.why, **scenario.content(),
            "patches": [{"name": patch.name, "why": patch.why, **patch_content(patch)} for patch in scenario.patches],
        },
        "certificate": certified.certificate.as_dict(),
        "solver": {"name": certified.solver, "version": certified.solver_version, "seconds": certified.seconds,
                   "attempts": len(certified.attempts)},
        "size": {"rows": rows, "columns": columns, "nonzeros": int(problem.matrix.nnz)},
        "seconds": seconds,
    }  # fmt: skip
