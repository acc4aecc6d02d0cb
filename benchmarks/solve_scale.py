"""What the real model costs as it grows: build, solve, certificate, read-back and memory, by step and length.

    python benchmarks/solve_scale.py [--cases 12:month 24:month 12:week] [--solvers native piqp hipo] [--repeats 3]

Prints JSON. Solvers are interleaved in one process, and every figure is a median of processor seconds: on a machine
that others use too, seconds on the clock say little. ``factor_nonzeros`` and ``factor_mega_flops`` are those of the
normal equations under a minimum-degree ordering, ``native_nonzeros`` and ``native_mega_flops`` those of the own
interior point: they have no noise. ``exponent`` is fitted over the cases of one step: seconds grow as periods to that
power. ``auto_s`` is the solver that ``auto`` asks first. Each case runs in a process of its own, for its peak memory.

The data end with 2030: of a longer horizon each further year is the last one again, and contracts that reach its end
go on.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from linepack.ensemble.run import draw_tables
from linepack.market.compile import write_problem
from linepack.market.parameters import Closing, market_parameters
from linepack.market.sets import market_sets
from linepack.results.solution import Solution, program_of
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.solve import SOLVERS, certify, first_choice, reduced_cost
from linepack.solve.certified import CertifiedSolution
from linepack.solve.dissection import StepEquations
from linepack.solve.presolve import reduce
from linepack.solve.program import QuadraticProgram
from linepack.system.calendar import Step, horizon_periods, month_of
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem

SCENARIO = "us-gazprom-2025/status-quo"
LAST_YEAR = 2030
REPEATED = {"availability": ("month",), "demand": ("month",), "indigenous_production": ("month",),
            "market_prices": ("month",), "resource_windows": ("first_month", "last_month")}  # fmt: skip


def timed(call: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return the processor seconds of a call and what it returned."""
    start = time.process_time()
    result = call(*arguments)
    return time.process_time() - start, result


def factor_cost(program: QuadraticProgram) -> dict[str, float]:
    """Return non-zeros and mega flops of the factor of the normal equations, minimum degree."""
    matrix = reduce(program).program.matrix
    normal = (abs(matrix) @ abs(matrix).T + sp.identity(matrix.shape[0])).tocsc()
    factor = splu(normal, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    counts = np.diff(factor.L.tocsc().indptr).astype(float)
    return {"factor_nonzeros": int(factor.L.nnz), "factor_mega_flops": round(float((counts**2).sum()) / 1e6, 1)}


def native_cost(program: QuadraticProgram) -> dict[str, float]:
    """Return non-zeros and mega flops of the factor of the own interior point."""
    small = reduce(program).program
    rows, columns = small.matrix.shape
    equations = StepEquations(small.matrix, small.row_stage, np.zeros(columns, dtype=bool))
    equations.factor(np.ones(columns), np.ones(rows))
    entries, products = equations.fill()
    return {"native_nonzeros": entries, "native_mega_flops": round(products / 1e6, 1)}


def longer(system: GasSystem, last_month: str) -> GasSystem:
    """Return a system whose tables reach ``last_month``: the last year is repeated, and contracts go on."""
    years = range(1, max(0, int(last_month[:4]) - LAST_YEAR) + 1)
    if not years:
        return system
    changed = {}
    for name, columns in REPEATED.items():
        table = system.table(name)
        last = table[table[columns[-1]].str[:4] == str(LAST_YEAR)]
        more = [last.assign(**{c: [_later(month, k) for month in last[c]] for c in columns}) for k in years]
        changed[name] = pd.concat([table, *more], ignore_index=True)
    contracts = system.table("contracts")
    end = [f"{LAST_YEAR + len(years)}-12-31" if day >= f"{LAST_YEAR}-12" else day for day in contracts["end"]]
    return system.with_tables(**changed, contracts=contracts.assign(end=end))


def _later(month: str, years: int) -> str:
    return f"{int(month[:4]) + years}{month[4:]}"


def measure(months: int, step: str, solvers: Sequence[str], repeats: int, limit_s: float) -> dict[str, Any]:
    """Return sizes, median processor seconds and peak memory of one case."""
    system, scenario = load_dataset("2025"), load_scenario(SCENARIO)
    periods = horizon_periods(scenario.first_month, months, step=Step(step))
    seconds: dict[str, list[float]] = {}
    found: dict[str, dict[str, Any]] = {}

    def note(name: str, spent: float) -> None:
        seconds.setdefault(name, []).append(spent)

    for turn in range(repeats):
        spent, patched = timed(apply_scenario, system, scenario)
        note("apply_s", spent)
        patched = longer(patched, month_of(periods[-1].start))
        spent, sets = timed(market_sets, patched, periods)
        joined_s, parameters = timed(market_parameters, patched, sets, Closing(scenario.closing))
        note("sets_and_parameters_s", spent + joined_s)
        spent, problem = timed(write_problem, sets, parameters)
        note("arrays_s", spent)
        program = program_of(problem)
        for name in solvers:
            if found.get(name, {}).get("is_left_out"):
                continue
            spent, answer = timed(_solve, program, name, limit_s)
            note(f"{name}_s", spent)
            certified_s, certificate = timed(certify, program, answer.x, answer.row_dual)
            found[name] = {"iterations": answer.iterations, "clock_s": round(answer.seconds, 2),
                           "said": answer.message, "is_certified": certificate.is_certified,
                           "worst_residual": max(certificate.primal, certificate.bounds, certificate.stationarity,
                                                 certificate.gap),
                           "is_left_out": answer.seconds > limit_s or not certificate.is_certified}  # fmt: skip
            note("certificate_s", certified_s)
            if certificate.is_certified and name == next(n for n in solvers if found.get(n, {}).get("is_certified")):
                z = reduced_cost(program, answer.x, answer.row_dual)
                whole = CertifiedSolution(answer.x, answer.row_dual, z, certificate, name, "", 0.0, ())
                note("read_back_s", timed(draw_tables, Solution(patched, problem, whole))[0])
        if turn == 0:
            size = factor_cost(program) | native_cost(program) if program.matrix.shape[0] <= 60_000 else {}
    rows, columns = program.matrix.shape
    first = first_choice(program)
    if f"{first}_s" in seconds:
        seconds["auto_s"] = seconds[f"{first}_s"]
    return {
        "months": months, "step": step, "periods": len(periods), "rows": rows, "columns": columns,
        "nonzeros": int(program.matrix.nnz), **size, "auto": first, "repeats": repeats,
        **{name: round(statistics.median(values), 4) for name, values in seconds.items()}, "solvers": found,
        "peak_memory_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }  # fmt: skip


def _solve(program: QuadraticProgram, name: str, limit_s: float) -> Any:
    reduced = reduce(program)
    raw = reduced.restore(SOLVERS[name].solve(reduced.program, tolerance=1e-9, time_limit_s=limit_s))
    return type(raw)(raw.status, np.clip(raw.x, program.column_lower, program.column_upper), raw.row_dual,
                     raw.iterations, raw.seconds, raw.message)  # fmt: skip


def exponents(cases: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return for each step the power of the number of periods with which figures grow."""
    found: dict[str, dict[str, float]] = {}
    for step in dict.fromkeys(case["step"] for case in cases):
        own = [case for case in cases if case["step"] == step]
        if len(own) < 2:
            continue
        for name in ("arrays_s", "factor_nonzeros", "factor_mega_flops", "native_nonzeros", "native_mega_flops",
                     "auto_s", "native_s", "piqp_s", "hipo_s", "clarabel_s", "read_back_s"):  # fmt: skip
            points = [(math.log(c["periods"]), math.log(c[name])) for c in own if c.get(name)]
            if len(points) > 1:
                slope = float(np.polyfit(*np.array(points).T, 1)[0])
                found.setdefault(step, {})[name.removesuffix("_s")] = round(slope, 2)
    return found


def main() -> None:
    """Measure every case in a process of its own and print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", default=["12:month", "24:month", "12:week", "24:week"])
    parser.add_argument("--solvers", nargs="+", default=["native", "piqp", "hipo"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds on the clock after which a solver is cut")
    parser.add_argument("--one", action="store_true", help="measure a single case here")
    arguments = parser.parse_args()
    if arguments.one:
        months, step = arguments.cases[0].split(":")
        print(json.dumps(measure(int(months), step, arguments.solvers, arguments.repeats, arguments.limit)))  # noqa: T201
        return
    cases = []
    for case in arguments.cases:
        command = [sys.executable, __file__, "--one", "--cases", case, "--repeats", str(arguments.repeats),
                   "--limit", str(arguments.limit), "--solvers", *arguments.solvers]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        cases.append(json.loads(done.stdout))
        print(f"{case} done", file=sys.stderr, flush=True)  # noqa: T201
    print(json.dumps({"scenario": SCENARIO, "cases": cases, "exponent": exponents(cases)}, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
