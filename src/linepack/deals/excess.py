"""Linear programs over the excesses of coalitions, solved by adding only the coalitions that matter.

A game of ``n`` players has ``2**n`` rows; an optimum needs at most ``n + 1`` of them. Each program starts with few
rows and takes in those its answer violates, until none is violated: the answer is that of the full program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from linepack.deals.game import FloatArray, Game, IntArray, membership, subset_sums
from linepack.errors import NotCertified

TOLERANCE = 1e-9
ROWS_PER_PASS = 24


@dataclass(frozen=True, eq=False)
class Equations:
    """Equations ``matrix @ x = right`` over the payoffs."""

    matrix: FloatArray
    right: FloatArray

    def and_also(self, matrix: FloatArray, right: FloatArray) -> Equations:
        """Return these equations and further ones."""
        return Equations(np.vstack([self.matrix, matrix]), np.concatenate([self.right, right]))

    @property
    def rank(self) -> int:
        """Number of independent equations."""
        return int(np.linalg.matrix_rank(self.matrix, tol=TOLERANCE))

    def spans(self, rows: FloatArray) -> npt.NDArray[np.bool_]:
        """Return which rows the equations determine."""
        _, singular, axes = np.linalg.svd(self.matrix, full_matrices=False)
        basis = axes[singular > TOLERANCE]
        return np.abs(rows - rows @ basis.T @ basis).max(axis=1) < TOLERANCE


@dataclass(frozen=True, eq=False)
class Optimum:
    """Payoffs and free variables at the optimum, coalitions with a positive dual, and floors with one."""

    payoffs: FloatArray
    objective: float
    tight: IntArray
    at_floor: IntArray


@dataclass(frozen=True, eq=False)
class Answer:
    """Optimum of a linear program: the point, the objective, duals of rows and of lower bounds (none below 0)."""

    point: FloatArray
    objective: float
    row_duals: FloatArray
    floor_duals: FloatArray


def efficient(game: Game) -> Equations:
    """Return the equation that all is shared out: ``x(N) = v(N)``."""
    return Equations(np.ones((1, game.size)), np.array([game.total]))


def starting_rows(game: Game) -> IntArray:
    """Return the coalitions of one and of all but one."""
    bits = 1 << np.arange(game.size, dtype=np.int64)
    return np.unique(np.concatenate([bits, game.everyone ^ bits]))


def least_excess(
    game: Game, equations: Equations, is_free: npt.NDArray[np.bool_], floors: FloatArray | None
) -> Optimum:
    """Return the payoffs with the smallest largest excess over the free coalitions; the objective is that excess."""
    size = game.size
    cost = np.append(np.zeros(size), 1.0)
    equal = np.column_stack([equations.matrix, np.zeros(len(equations.right))])
    bounds = [(None if floors is None else floor, None) for floor in (np.zeros(size) if floors is None else floors)]

    def solve(masks: IntArray) -> Answer:
        rows = -np.column_stack([membership(masks, size), np.ones(len(masks))])
        return _linprog(cost, rows, -game.values[masks], equal, equations.right, [*bounds, (None, None)])

    def violated(answer: Answer) -> FloatArray:
        excess = game.values - subset_sums(answer.point[:-1]) - answer.point[-1]
        return np.where(is_free, excess, -np.inf)

    start = starting_rows(game)
    start = start[is_free[start]]
    masks, answer = _generate(game, start if len(start) else np.flatnonzero(is_free)[:1], solve, violated)
    duals, floor_duals = answer.row_duals, answer.floor_duals[:size]
    at_floor = np.flatnonzero(floor_duals > 1e-6) if floors is not None else np.zeros(0, dtype=np.int64)
    return Optimum(answer.point[:-1], float(answer.objective), masks[duals > 1e-6], at_floor)


def extreme_core_payoff(game: Game, direction: FloatArray, rows: IntArray) -> tuple[FloatArray, IntArray]:
    """Return payoffs in the core that maximise ``direction @ x``, and the rows needed; the core must exist."""
    equal = efficient(game)

    def solve(masks: IntArray) -> Answer:
        return _linprog(-direction, -membership(masks, game.size), -game.values[masks], equal.matrix, equal.right,
                        [(None, None)] * game.size)  # fmt: skip

    masks, answer = _generate(game, rows, solve, lambda found: game.excesses(found.point))
    return answer.point, masks


def stabilising_program(game: Game, payoffs: FloatArray, *, added: float | None) -> FloatArray:
    """Return transfers to each player after which no coalition lacks anything.

    Variables: received ``r >= 0`` and paid ``p >= 0``. Without ``added`` the sum of the transfers, ``sum(r - p)``, is
    made least; with it, the sum is held there and the money moved, ``sum(r + p)``, is made least.
    """
    size = game.size
    net = np.concatenate([np.ones(size), -np.ones(size)])
    cost = net if added is None else np.ones(2 * size)
    equal, equal_right = (np.zeros((0, 2 * size)), np.zeros(0)) if added is None else (net[None, :], np.array([added]))
    slack = 0.0 if added is None else TOLERANCE / 10 * game.scale  # the sum was rounded; all rows may bind at once

    def solve(masks: IntArray) -> Answer:
        inside = membership(masks, size)
        rows, right = -np.hstack([inside, -inside]), inside @ payoffs - game.values[masks] + slack
        return _linprog(cost, rows, right, equal, equal_right, [(0, None)] * (2 * size))

    def violated(answer: Answer) -> FloatArray:
        return game.excesses(payoffs + answer.point[:size] - answer.point[size:])

    _, answer = _generate(game, np.append(starting_rows(game), game.everyone), solve, violated)
    return answer.point[:size] - answer.point[size:]


def _generate(
    game: Game, masks: IntArray, solve: Callable[[IntArray], Answer],
    violated: Callable[[Answer], FloatArray],
) -> tuple[IntArray, Answer]:  # fmt: skip
    while True:
        answer = solve(masks)
        lack = violated(answer)
        lack[masks] = -np.inf
        worst = np.argsort(-lack, kind="stable")[:ROWS_PER_PASS]
        new = worst[lack[worst] > TOLERANCE * game.scale]
        if len(new) == 0:
            return masks, answer
        masks = np.concatenate([masks, new])


def _linprog(
    cost: FloatArray, rows: FloatArray, right: FloatArray, equal: FloatArray, equal_right: FloatArray,
    bounds: list[tuple[float | None, float | None]],
) -> Answer:  # fmt: skip
    scale = max(float(np.abs(right).max(initial=0.0)), float(np.abs(equal_right).max(initial=0.0))) or 1.0
    scaled = [(None if low is None else low / scale, None if high is None else high / scale) for low, high in bounds]
    answer = linprog(cost, A_ub=rows, b_ub=right / scale, A_eq=equal if len(equal) else None,
                     b_eq=equal_right / scale if len(equal) else None, bounds=scaled, method="highs-ds",
                     options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10})  # fmt: skip
    if answer.status != 0 or answer.x is None or answer.fun is None:
        raise NotCertified("no-optimum", f"the linear program over coalitions ended with: {answer.message}",
                           hint="are all values finite and of like size?")  # fmt: skip
    return Answer(answer.x * scale, float(answer.fun) * scale, -answer.ineqlin.marginals, answer.lower.marginals)
