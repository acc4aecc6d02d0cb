"""What a thousand draws cost: a whole ensemble on the clock, or a few draws stage by stage.

    python benchmarks/ensemble.py --draws 1000 [--design winters] [--workers 2]
    python benchmarks/ensemble.py --profile 30

Prints JSON. ``--draws`` runs the command's own path, pilots, store and Parquet included, in a folder that is removed,
and says seconds on the clock, processor seconds of all processes, both for each draw, and how many failed.
``--profile`` solves the pilots, then draws that were no pilots, here, and gives processor seconds of each stage:
median, mean and largest. ``solver_calls`` and ``iterations`` have no noise.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linepack.ensemble.design import Design, Sampling
from linepack.ensemble.read import load_design
from linepack.ensemble.run import draw_tables, run_ensemble, solve_pilots
from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.results.equilibrium import SolveSettings, program_of, solve_problem
from linepack.results.likely import beginning
from linepack.results.solution import Solution
from linepack.runs.identity import run_identity
from linepack.runs.runner import find_run, run_record
from linepack.runs.store import RunStore
from linepack.scenario.scenario import apply_scenario
from linepack.solve import certify
from linepack.system.dataset import load_dataset

AIM_S = 360.0
"""A thousand draws on two quiet cores."""


def processor_seconds() -> float:
    """Return what this process and its finished children have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(own.ru_utime + own.ru_stime for own in used)


def design_of(name: str, draws: int) -> Design:
    """Return a design with at least so many draws; a Sobol sequence has the next power of two."""
    design = load_design(name)
    return design.with_draws(1 << (draws - 1).bit_length() if design.sampling is Sampling.SOBOL else draws)


def whole(name: str, draws: int, workers: int) -> dict[str, Any]:
    """Return what an ensemble of so many draws costs from its first pilot to its tables."""
    design = design_of(name, draws)
    with tempfile.TemporaryDirectory() as folder:
        start, used = time.perf_counter(), processor_seconds()
        found = run_ensemble(load_dataset(design.baseline.dataset), design, Path(folder), workers=workers)
        clock, used = time.perf_counter() - start, processor_seconds() - used
        stored = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    rows = len(found.rows)
    return {
        "design": name, "draws": len(design.table()), "rows": rows, "workers": workers, "failed": len(found.failed),
        "clock_s": round(clock, 1), "processor_s": round(used, 1), "clock_s_per_row": round(clock / rows, 3),
        "processor_s_per_row": round(used / rows, 3), "stored_mib": round(stored / 2**20, 1),
        "clock_s_for_1000": round(1000 * clock / rows, 1), "aim_s": AIM_S,
        "is_met": 1000 * clock / rows <= AIM_S,
        "peak_memory_gib_of_a_worker": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20, 2),
    }  # fmt: skip


def profile(name: str, count: int, draws: int) -> dict[str, Any]:
    """Return processor seconds by stage of ``count`` draws behind the pilots."""
    design = design_of(name, draws)
    system, settings = load_dataset(design.baseline.dataset), SolveSettings()
    scenarios = design.scenarios_of(design.table())
    spent: dict[str, list[float]] = {}
    calls, iterations = [], []

    def timed(stage: str, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        result = call(*arguments, **named)
        spent.setdefault(stage, []).append(time.process_time() - start)
        return result

    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        likely = solve_pilots(system, design, Path(folder), settings=settings, workers=1)
        pilots_s, store = time.process_time() - start, RunStore(Path(folder))
        for scenario in scenarios[len(scenarios) - count :]:
            first = time.process_time()
            identity = timed("identity", run_identity, system, scenario, settings)
            patched = timed("patches", apply_scenario, system, scenario)
            problem = timed("build", compile_problem, patched, scenario.periods, closing=Closing(scenario.closing))
            begin = None if likely is None else timed("beginning", beginning, problem, likely)
            problem, found = timed("solve and certify", solve_problem, problem, settings, begin=begin)
            timed("certificate alone, once more", certify, program_of(problem), found.x, found.row_dual)
            solution = Solution(patched, problem, found)
            tables = timed("read-back", draw_tables, solution)
            timed("store", store.save, run_record(identity, scenario, solution, 0.0), tables)
            timed("found again", find_run, system, scenario, settings, store)
            spent.setdefault("sum", []).append(time.process_time() - first)
            calls.append(len(found.attempts))
            iterations.append(sum(attempt.iterations for attempt in found.attempts))
    return {
        "design": name, "draws": count, "pilots_processor_s": round(pilots_s, 1),
        "stages": {stage: {"median_s": round(statistics.median(values), 4), "mean_s": round(statistics.mean(values), 4),
                           "most_s": round(max(values), 4)} for stage, values in spent.items()},
        "solver_calls": {"mean": round(statistics.mean(calls), 2), "most": max(calls)},
        "iterations_mean": round(statistics.mean(iterations), 1),
    }  # fmt: skip


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--design", default="winters")
    parser.add_argument("--draws", type=int, default=1000, help="at least so many; Sobol: the next power of two")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--profile", type=int, default=0, help="so many draws, stage by stage, and no whole run")
    arguments = parser.parse_args()
    found = (profile(arguments.design, arguments.profile, arguments.draws) if arguments.profile
             else whole(arguments.design, arguments.draws, arguments.workers))  # fmt: skip
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
