"""What the market costs as it grows: build, update, solve, certificate, read-back and memory, beside other tools.

    python benchmarks/solve_scale.py [--cases 12:month 24:month 12:week 20x5x12] [--solvers native piqp hipo]
                                     [--repeats 3] [--linopy 12:month]

Prints JSON. A case is MONTHS:STEP of the scenario ``us-gazprom-2025/status-quo``, or NODESxTRADERSxMONTHS of a
synthetic family (``benchmarks/synthetic.py``). Everything is measured in turns in one process, solvers and the build
by linopy among it, and every figure is a median of processor seconds: on a machine that others use too, seconds on
the clock say little. Each case runs in a process of its own, for its peak memory.

``cold_build_s`` reads the dataset and builds the first market; ``update_s`` builds a changed scenario (a colder
winter) in the same process. ``linopy_s`` is linopy's time for model and matrices of the same market by months, from
arcs, capacities and costs that are already joined; ``arrays_s`` is ours. ``factor_nonzeros`` and
``factor_mega_flops`` are those of the normal equations under a minimum-degree ordering, ``native_`` those of the own
interior point: they have no noise. ``growth`` has the powers with which figures grow in periods, nodes and traders,
fitted over the cases that differ in that alone.
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
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.linalg import splu

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.synthetic import synthetic_scenario, synthetic_system
from linepack.ensemble.run import draw_tables
from linepack.market.compile import write_problem
from linepack.market.parameters import Closing, market_parameters
from linepack.market.sets import market_sets
from linepack.results.solution import Solution, program_of
from linepack.scenario.patches import QuantityPatch, Span
from linepack.scenario.scenario import Scenario, apply_scenario, load_scenario
from linepack.solve import SOLVERS, certify, first_choice, reduced_cost
from linepack.solve.certified import CertifiedSolution
from linepack.solve.dissection import StepEquations
from linepack.solve.presolve import reduce
from linepack.solve.program import QuadraticProgram
from linepack.system.calendar import Step, month_of
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem

SCENARIO = "us-gazprom-2025/status-quo"
LAST_YEAR = 2030
REPEATED = {"availability": ("month",), "demand": ("month",), "indigenous_production": ("month",),
            "market_prices": ("month",), "resource_windows": ("first_month", "last_month")}  # fmt: skip
"""The data end with 2030: of a longer horizon each further year is the last one again."""

CASES = ["12:month", "24:month", "36:month", "12:week", "24:week", "10x6x12", "20x6x12", "40x6x12", "20x12x12",
         "20x24x12"]  # fmt: skip
"""Days are asked for by hand (``--cases 12:day --solvers hipo``): a year takes minutes."""


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


@dataclass(frozen=True)
class Size:
    """What is measured: a horizon of the real model, or a size of the synthetic family."""

    months: int
    step: str = "month"
    nodes: int = 0
    traders: int = 0

    @classmethod
    def read(cls, text: str) -> Size:
        """Return the size that MONTHS:STEP or NODESxTRADERSxMONTHS means."""
        if ":" in text:
            length, step = text.split(":")
            return cls(int(length), step)
        nodes, traders, months = map(int, text.split("x"))
        return cls(months, "month", nodes, traders)

    def load(self) -> tuple[GasSystem, Scenario]:
        """Return facts and scenario."""
        if self.nodes:
            return synthetic_system(self.nodes, self.traders, self.months), synthetic_scenario(self.months)
        scenario = replace(load_scenario(SCENARIO), months=self.months, step=Step(self.step))
        return longer(load_dataset("2025"), month_of(scenario.periods[-1].start)), scenario

    @cached_property
    def is_by_months(self) -> bool:
        """True if linopy's model of the market, whose periods are months, can stand beside."""
        return self.step == Step.MONTH and not self.nodes


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


def colder(scenario: Scenario) -> Scenario:
    """Return a scenario with a colder winter."""
    patch = QuantityPatch("cold", "benchmark", "demand", ("*",), (), (), Span(), 1.01)
    return replace(scenario, patches=(*scenario.patches, patch))


def native_cost(program: QuadraticProgram) -> dict[str, float]:
    """Return non-zeros and mega flops of the factor of the own interior point."""
    small = reduce(program).program
    rows, columns = small.matrix.shape
    equations = StepEquations(small.matrix, small.row_stage, np.zeros(columns, dtype=bool))
    equations.factor(np.ones(columns), np.ones(rows))
    entries, products = equations.fill()
    return {"native_nonzeros": entries, "native_mega_flops": round(products / 1e6, 1)}


def measure(size: Size, solvers: Sequence[str], repeats: int, limit_s: float, *, has_linopy: bool) -> dict[str, Any]:
    """Return sizes, median processor seconds and peak memory of one case."""
    seconds: dict[str, list[float]] = {}
    found: dict[str, dict[str, Any]] = {}

    def note(name: str, spent: float) -> None:
        seconds.setdefault(name, []).append(spent)

    loaded_s, (system, scenario) = timed(size.load)
    periods, closing = scenario.periods, Closing(scenario.closing)

    def built(own: Scenario) -> Any:
        patched = apply_scenario(system, own)
        return write_problem(sets := market_sets(patched, periods), market_parameters(patched, sets, closing))

    first_s, _ = timed(built, scenario)
    linopy = _linopy(system, periods) if has_linopy and size.is_by_months else None
    for _ in range(repeats):
        note("update_s", timed(built, colder(scenario))[0])
        spent, patched = timed(apply_scenario, system, scenario)
        note("apply_s", spent)
        spent, sets = timed(market_sets, patched, periods)
        joined_s, parameters = timed(market_parameters, patched, sets, closing)
        note("sets_and_parameters_s", spent + joined_s)
        spent, problem = timed(write_problem, sets, parameters)
        note("arrays_s", spent)
        if linopy is not None:
            note("linopy_s", timed(linopy)[0])
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
    rows, columns = program.matrix.shape
    medians = {name: round(statistics.median(values), 4) for name, values in seconds.items()}
    ratio = {"linopy_over_arrays": round(medians["linopy_s"] / medians["arrays_s"], 1)} if linopy is not None else {}
    return {
        "months": size.months, "step": size.step, "nodes": size.nodes, "traders": size.traders,
        "periods": len(periods), "rows": rows, "columns": columns, "nonzeros": int(program.matrix.nnz),
        **(factor_cost(program) | native_cost(program) if rows <= 60_000 else {}), "repeats": repeats,
        "auto": first_choice(program),
        "cold_build_s": round(loaded_s + first_s, 4), **medians, **ratio,
        "update_over_cold": round(medians["update_s"] / (loaded_s + first_s), 3), "solvers": found,
        "peak_memory_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }  # fmt: skip


def _linopy(system: GasSystem, periods: Any) -> Callable[[], Any]:
    """Return linopy's build of the same market: its model and the matrices a solver takes."""
    from tests.market import linopy_oracle

    warnings.simplefilter("ignore")
    facts = linopy_oracle.Facts(system, periods, closes_on_values=True)
    joined = linopy_oracle.arcs_of(facts)

    def build() -> Any:
        model = linopy_oracle.model_of(facts, *joined)
        return model.matrices.A, model.matrices.Q, model.matrices.b

    return build


def _solve(program: QuadraticProgram, name: str, limit_s: float) -> Any:
    reduced = reduce(program)
    raw = reduced.restore(SOLVERS[name].solve(reduced.program, tolerance=1e-9, time_limit_s=limit_s))
    return type(raw)(raw.status, np.clip(raw.x, program.column_lower, program.column_upper), raw.row_dual,
                     raw.iterations, raw.seconds, raw.message)  # fmt: skip


GROWING = ("arrays_s", "factor_nonzeros", "factor_mega_flops", "native_nonzeros", "native_mega_flops", "native_s",
           "piqp_s", "hipo_s", "clarabel_s", "certificate_s", "read_back_s")  # fmt: skip


def growth(cases: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the powers with which figures grow in one of periods, nodes and traders, all else being the same."""
    found = []
    for what in ("periods", "nodes", "traders"):
        same = [key for key in ("nodes", "traders", "months", "step") if key != what]
        if what == "periods":
            same.remove("months")
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for case in cases:
            groups.setdefault(tuple(case[key] for key in same), []).append(case)
        for group, own in groups.items():
            if len({case[what] for case in own}) < 2:
                continue
            powers = {}
            for name in GROWING:
                points = [(math.log(c[what]), math.log(c[name])) for c in own if c.get(name)]
                if len({x for x, _ in points}) > 1:
                    slope = np.polyfit([x for x, _ in points], [y for _, y in points], 1)[0]
                    powers[name.removesuffix("_s")] = round(float(slope), 2)
            found.append({"in": what, **dict(zip(same, group, strict=True)), "powers": powers})
    return found


def main() -> None:
    """Measure every case in a process of its own and print all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="+", default=CASES)
    parser.add_argument("--solvers", nargs="+", default=["native", "piqp", "hipo", "clarabel"])
    parser.add_argument("--linopy", nargs="*", default=["12:month", "24:month"], help="cases that linopy builds too")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds on the clock after which a solver is cut")
    parser.add_argument("--one", action="store_true", help="measure a single case here")
    arguments = parser.parse_args()
    if arguments.one:
        case = arguments.cases[0]
        print(json.dumps(measure(Size.read(case), arguments.solvers, arguments.repeats, arguments.limit,  # noqa: T201
                                 has_linopy=case in arguments.linopy)))  # fmt: skip
        return
    cases = []
    for case in arguments.cases:
        command = [sys.executable, __file__, "--one", "--cases", case, "--repeats", str(arguments.repeats),
                   "--limit", str(arguments.limit), "--solvers", *arguments.solvers,
                   "--linopy", *arguments.linopy]  # fmt: skip
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            cases.append({"case": case, "failed": done.returncode})
        else:
            cases.append({"case": case, **json.loads(done.stdout)})
        print(f"{case} done", file=sys.stderr, flush=True)  # noqa: T201
    measured = [case for case in cases if "failed" not in case]
    print(json.dumps({"scenario": SCENARIO, "cases": cases, "growth": growth(measured)}, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
