"""Equilibria in which consumers remember the prices of earlier years (``linepack.market.memory``).

A year's demand hangs on the prices before it, and those, by storage and contracts, on what comes after: the market is
solved again with the memory of its own prices until that changes no more. Each solve is an equilibrium of its own
demand; the last is certified, and its memory is that of its own prices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from linepack.errors import LinepackError
from linepack.market.memory import carried_on, memory_rows, remembered, with_memory, without_news
from linepack.results.solution import Solution
from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem

MOST_SOLVES = 30
SETTLED = 1e-5
"""Largest change of a remembered price, as a logarithm, at which a market with memory has settled."""


def solve_remembering(
    system: GasSystem, periods: tuple[Period, ...], solve: Callable[[GasSystem], Solution]
) -> Solution:  # fmt: skip
    """Return the equilibrium whose memory is that of its own prices; ``solve`` gives that of a system.

    Errors: ``LinepackError`` if the memory does not settle.
    """
    rows = memory_rows(system)
    state = without_news(rows, periods)
    for _ in range(MOST_SOLVES):
        solution = solve(with_memory(system, rows, periods, state))
        after = remembered(system, rows, periods, solution.hub_prices())
        moved = float(np.abs(after[:-1] - state[:-1]).max())
        if moved <= SETTLED:
            return solution
        state = after
    raise LinepackError("memory-not-settled", f"remembered prices still move by {moved:.1e} after {MOST_SOLVES} solves",
                        table="demand_memory", hint="a smaller memory_multiplier, or a shorter horizon")  # fmt: skip


def memory_after(system: GasSystem, solution: Solution) -> pd.DataFrame:
    """Return ``demand_memory`` as it stands after a solution, for a later horizon to begin with.

    ``system`` is the patched system that was solved, before its demand was moved.
    """
    rows, periods = memory_rows(system), solution.problem.sets.periods
    return carried_on(system, rows, remembered(system, rows, periods, solution.hub_prices()))
