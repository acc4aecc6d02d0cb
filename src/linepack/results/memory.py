"""Equilibria in which consumers remember the prices of earlier years (``linepack.market.memory``).

A year's demand hangs on the prices before it, and those, by storage and contracts, on what comes after: the market is
solved again with the memory of its own prices until that changes no more. Each solve is an equilibrium of its own
demand; the last is certified, and its memory is that of its own prices. Where stores tie many years together, memory
for memory would swing for ever; so the next try is the mix of the last few that would have moved least (Anderson, J.
ACM 12, 1965).
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

KEPT = 6
"""Tries that are mixed."""

STEP = 0.5
"""How far a try goes along its own change. Alone, it would settle a market whose years answer up to threefold."""


def solve_remembering(
    system: GasSystem, periods: tuple[Period, ...], solve: Callable[[GasSystem], Solution]
) -> Solution:  # fmt: skip
    """Return the equilibrium whose memory is that of its own prices; ``solve`` gives that of a system.

    Errors: ``LinepackError`` if the memory does not settle.
    """
    rows = memory_rows(system)
    state = without_news(rows, periods)
    tries: list[np.ndarray] = []
    changes: list[np.ndarray] = []
    for _ in range(MOST_SOLVES):
        solution = solve(with_memory(system, rows, periods, state))
        change = remembered(system, rows, periods, solution.hub_prices()) - state
        moved = float(np.abs(change[:-1]).max())
        if moved <= SETTLED:
            return solution
        tries, changes = [*tries, state.ravel()][-KEPT:], [*changes, change.ravel()][-KEPT:]
        state = _mixed(tries, changes).reshape(state.shape)
    raise LinepackError("memory-not-settled", f"remembered prices still move by {moved:.1e} after {MOST_SOLVES} solves",
                        table="demand_memory", hint="a smaller memory_multiplier, or a shorter horizon")  # fmt: skip


def _mixed(tries: list[np.ndarray], changes: list[np.ndarray]) -> np.ndarray:
    """Return the next try from the last ones and how far each was from its own memory."""
    if len(tries) == 1:
        return tries[0] + STEP * changes[0]
    between, apart = (np.diff(np.array(values), axis=0).T for values in (tries, changes))
    share = np.linalg.lstsq(apart, changes[-1], rcond=1e-8)[0]
    return np.asarray(tries[-1] + STEP * changes[-1] - (between + STEP * apart) @ share)


def memory_after(system: GasSystem, solution: Solution) -> pd.DataFrame:
    """Return ``demand_memory`` as it stands after a solution, for a later horizon to begin with.

    ``system`` is the patched system that was solved, before its demand was moved.
    """
    rows, periods = memory_rows(system), solution.problem.sets.periods
    return carried_on(system, rows, remembered(system, rows, periods, solution.hub_prices()))
