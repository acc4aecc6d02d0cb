"""Time to build the market as arrays against the same market built with linopy, in one process, interleaved.

    python benchmarks/build_vs_linopy.py [--months 24] [--repeats 5]

Prints JSON: medians in seconds, and ratios of linopy's time to ours. ``arrays_s`` writes columns, rows and
coefficients; ``sets_and_parameters_s`` reads the tables and joins them before; ``compile_s`` is both. linopy's time is
that of the model from arcs, capacities and costs that are already joined, and of the matrices a solver takes.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from linepack.market.compile import compile_problem, write_problem
from linepack.market.parameters import Closing, market_parameters
from linepack.market.sets import market_sets
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import load_dataset
from tests.market import linopy_oracle

BAR = 50.0


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of a call and what it returned."""
    gc.collect()
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure(months: int, repeats: int) -> dict[str, Any]:
    """Return sizes, medians in seconds and ratios for a horizon from April 2025."""
    system, periods = load_dataset("2025"), monthly_periods("2025-04", months)
    facts = linopy_oracle.Facts(system, periods, closes_on_values=True)
    joined = linopy_oracle.arcs_of(facts)
    seconds: dict[str, list[float]] = {
        name: [] for name in ("sets_and_parameters_s", "arrays_s", "compile_s", "linopy_model_s", "linopy_matrices_s")
    }
    for _ in range(repeats):
        spent, (sets, parameters) = timed(partial(_prepared, system, periods))
        seconds["sets_and_parameters_s"].append(spent)
        spent, problem = timed(partial(write_problem, sets, parameters))
        seconds["arrays_s"].append(spent)
        seconds["compile_s"].append(timed(partial(compile_problem, system, periods))[0])
        spent, model = timed(partial(linopy_oracle.model_of, facts, *joined))
        seconds["linopy_model_s"].append(spent)
        seconds["linopy_matrices_s"].append(timed(partial(_matrices, model))[0])
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    theirs = medians["linopy_model_s"] + medians["linopy_matrices_s"]
    return {
        "months": months, "repeats": repeats, "size": problem.size,
        "linopy_size": f"{model.nvars:,} columns, {model.ncons:,} rows",
        **{name: round(value, 5) for name, value in medians.items()},
        "linopy_over_arrays": round(theirs / medians["arrays_s"], 1),
        "linopy_over_compile": round(theirs / medians["compile_s"], 1),
        "bar": BAR, "is_met": theirs / medians["arrays_s"] >= BAR,
    }  # fmt: skip


def _matrices(model: Any) -> tuple[Any, ...]:
    return model.matrices.A, model.matrices.Q, model.matrices.b


def _prepared(system: Any, periods: Any) -> tuple[Any, Any]:
    sets = market_sets(system, periods)
    return sets, market_parameters(system, sets, Closing.VALUES)


def main() -> None:
    """Print the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, nargs="+", default=[12, 24])
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print(json.dumps([measure(months, arguments.repeats) for months in arguments.months], indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
