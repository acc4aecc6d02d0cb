"""Solve many scenarios: in this process or in spawned workers, with progress, kept as they finish.

A worker solves, writes its run to the store and returns the digest, so that nothing is lost when work is stopped:
the next call finds what is done. One or two workers give the same tables.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Protocol

import pandas as pd

from linepack.errors import LinepackError
from linepack.market.tangent import worst_demand_gap
from linepack.results.breakdown import price_breakdown
from linepack.results.figures import figure_table
from linepack.results.likely import Likely
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
    """Where the work stands: scenario just done, how many are done of how many, seconds so far, was it stored.

    ``kept`` of those that are done were stored before; ``error`` and ``message`` tell of a failure.
    """

    scenario: str
    done: int
    total: int
    seconds: float
    is_cached: bool
    error: str = ""
    message: str = ""
    kept: int = 0

    @property
    def seconds_left(self) -> float:
        """Estimate from the mean of what was solved so far."""
        return self.seconds / max(self.done - self.kept, 1) * (self.total - self.done)


@dataclass(frozen=True)
class Outcome:
    """A run, or why there is none."""

    scenario: Scenario
    run: Run | None
    error: LinepackError | None = None


Keep = Callable[[Solution], Mapping[str, pd.DataFrame]]
"""Which tables of a solution a run keeps; a function of a module, so that workers can be given it."""

Done = Callable[[int, LinepackError | None], None]
"""Called with the position of a scenario when its run is stored, or with why there is none."""


class Spread(Protocol):
    """Solves scenarios somewhere else than here: in workers of this machine, or of a cluster."""

    def __call__(self, worker: Worker, scenarios: Mapping[int, Scenario], done: Done) -> None:
        """Solve and store every scenario, and call ``done`` once for each."""
        ...


def every_table(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return all result tables and the price breakdown; of a path with rolling expectations also what was expected."""
    seen = {} if solution.rolling is None else {"expectations": solution.rolling.expected}
    return {**result_tables(solution), "price_breakdown": price_breakdown(solution), **seen}


def headline_only(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return the headline figures alone, for runs of an ensemble. Columns: figure, value."""
    return {"headline": figure_table(solution)}


def solve_and_store(
    system: GasSystem, scenario: Scenario, settings: SolveSettings, store: RunStore, keep: Keep = every_table,
    likely: Likely | None = None,
) -> Run:  # fmt: skip
    """Return the stored run of a scenario; solve and certify it first if it is not there.

    Errors: ``InputError`` for bad facts or patches or a store that cannot be written, ``NotCertified``: nothing is
    stored then.
    """
    identity = run_identity(system, scenario, settings)
    found = find_run(system, scenario, settings, store)
    if found is not None:
        return found
    store.check_writable()  # before a solve whose answer could not be kept
    start = time.perf_counter()
    solution = solve_system(system, scenario, settings, likely=likely)
    return store.save(run_record(identity, scenario, solution, time.perf_counter() - start), keep(solution))


def find_run(system: GasSystem, scenario: Scenario, settings: SolveSettings, store: RunStore) -> Run | None:
    """Return the stored run of a scenario, or None; it bears this scenario's name, whoever solved it first."""
    identity = run_identity(system, scenario, settings)
    found = store.find(identity.digest)
    if found is None:
        return None
    return under_name(replace(found, record={**found.record, "identity": identity.as_dict()}), scenario)


def under_name(run: Run, scenario: Scenario) -> Run:
    """Return a run with name, title, reasons and patches of this scenario, whoever solved the same program first."""
    return replace(run, record={**run.record, "scenario": _scenario_record(scenario)})


def run_scenarios(
    system: GasSystem,
    scenarios: Sequence[Scenario],
    store: RunStore,
    *,
    settings: SolveSettings | None = None,
    workers: int = 2,
    keep: Keep = every_table,
    likely: Likely | None = None,
    spread: Spread | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> list[Outcome]:
    """Return one outcome per scenario, in the order given; a failure is an outcome too.

    ``spread`` says where to solve, instead of in ``workers`` processes of this machine. ``likely`` limits, those that
    bind in similar scenarios, make a solve quicker.
    ``KeyboardInterrupt`` stops the workers and is passed on; what was finished is kept.
    """
    worker = Worker(system, settings or SolveSettings(), store, keep, likely)
    start = time.perf_counter()
    outcomes: dict[int, Outcome] = {}
    kept = 0

    def note(k: int, outcome: Outcome, *, is_cached: bool) -> None:
        outcomes[k] = outcome
        if on_progress is not None:
            code, message = (outcome.error.issue.code, outcome.error.issue.message) if outcome.error else ("", "")
            on_progress(Progress(outcome.scenario.name, len(outcomes), len(scenarios), time.perf_counter() - start,
                                 is_cached, code, message, kept))  # fmt: skip

    def done(k: int, error: LinepackError | None) -> None:
        found = find_run(system, scenarios[k], worker.settings, store) if error is None else None
        note(k, Outcome(scenarios[k], found, error), is_cached=False)

    waiting = {}
    for k, scenario in enumerate(scenarios):
        found = find_run(system, scenario, worker.settings, store)
        if found is None:
            waiting[k] = scenario
        else:
            kept += 1
            note(k, Outcome(scenario, found), is_cached=True)
    if spread is not None and waiting:
        spread(worker, waiting, done)
    elif workers <= 1 or len(waiting) < POOL_FROM:
        for k in waiting:
            done(k, work(worker, scenarios[k]))
    else:
        _in_workers(worker, waiting, done, workers)
    return [outcomes[k] for k in range(len(scenarios))]


@dataclass(frozen=True)
class Worker:
    """What a worker process is given once."""

    system: GasSystem
    settings: SolveSettings
    store: RunStore
    keep: Keep
    likely: Likely | None = None


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Set for workers, unless set already: several processes with several threads each get in each other's way."""


@contextmanager
def _one_thread_each() -> Iterator[None]:
    added = [name for name in ONE_THREAD if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


@contextmanager
def _without_script() -> Iterator[None]:
    """Keep new processes from running the user's script again: they need nothing of it, and it may have no guard."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _in_workers(worker: Worker, scenarios: Mapping[int, Scenario], done: Done, workers: int) -> None:
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(scenarios))
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(worker,))
    try:
        with _one_thread_each(), _without_script():  # jobs that are submitted start the workers
            jobs: dict[Future[LinepackError | None], int] = {pool.submit(_work, scenarios[k]): k for k in scenarios}
        for job in as_completed(jobs):
            done(jobs[job], _result(job))
    except BaseException:
        processes = list((pool._processes or {}).values())  # there is no public way to stop running workers
        for process in processes:
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.join()
        worker.store.discard_unfinished([process.pid for process in processes if process.pid is not None])
        raise
    pool.shutdown()


def _result(job: Future[LinepackError | None]) -> LinepackError | None:
    try:
        return job.result()
    except BrokenProcessPool:
        return worker_died()


def worker_died() -> LinepackError:
    """Return why a scenario has no run although its solver said nothing."""
    return LinepackError("worker-died", "the process that solved this ended without an answer",
                         hint="is there enough memory? try --workers 1")  # fmt: skip


_STARTED: list[Worker] = []


def _start(worker: Worker) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    _STARTED.append(worker)


def _work(scenario: Scenario) -> LinepackError | None:
    return work(_STARTED[-1], scenario)


def work(worker: Worker, scenario: Scenario) -> LinepackError | None:
    """Solve and store one scenario; return why that failed, or None."""
    try:
        solve_and_store(worker.system, scenario, worker.settings, worker.store, worker.keep, worker.likely)
    except LinepackError as error:
        return error
    except Exception as error:
        if os.environ.get("LINEPACK_DEBUG"):
            raise
        return LinepackError("internal", f"{type(error).__name__}: {error}",
                             hint="set LINEPACK_DEBUG=1 and report what it shows")  # fmt: skip
    return None


def _scenario_record(scenario: Scenario) -> dict[str, object]:
    return {"name": scenario.name, "title": scenario.title, "why": scenario.why, **scenario.content(),
            "patches": [patch_content(patch) for patch in scenario.patches]}  # fmt: skip


def run_record(identity: RunIdentity, scenario: Scenario, solution: Solution, seconds: float) -> dict[str, object]:
    """Return the record of a run: identity, scenario, certificate, solver, sizes, seconds."""
    certified, problem = solution.certified, solution.problem
    rows, columns = problem.matrix.shape
    return {
        "result_schema": RESULT_SCHEMA,
        "identity": identity.as_dict(),
        "scenario": _scenario_record(scenario),
        "certificate": certified.certificate.as_dict(),
        "solver": {"name": certified.solver, "version": certified.solver_version, "seconds": certified.seconds,
                   "attempts": len(certified.attempts)},
        **({} if solution.rolling is None else {"windows": solution.rolling.windows}),
        **({} if solution.slopes is None else {"slopes": {
            "passes": solution.slopes.passes, "is_settled": solution.slopes.is_settled,
            "sellers": solution.slopes.last.to_dict("records")}}),
        **({} if problem.curves.is_affine else {"curves": {
            "games": certified.programs, "demand_gap": worst_demand_gap(problem, certified.x, certified.row_dual)}}),
        "size": {"rows": rows, "columns": columns, "nonzeros": int(problem.matrix.nnz)},
        "seconds": seconds,
    }  # fmt: skip
