"""The optimality conditions at a point as linear equations: its free columns and its binding rows.

Used to polish a point by Newton's method, and to differentiate it. With z = g(x) - A'y and a Jacobian J of g, small
changes obey J dx - A'dy = r for free columns, and A dx = s for binding rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from linepack.solve.certificate import reduced_cost
from linepack.solve.program import QuadraticProgram

DAMPING = 1e-9
REFINEMENTS = 12


@dataclass(frozen=True)
class ActiveSet:
    """What is free and what binds at a point, and what is so by a hair: its slack and its dual are both tiny."""

    is_free: np.ndarray
    is_binding: np.ndarray
    is_weak_column: np.ndarray
    is_weak_row: np.ndarray


def active_set(program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray, *, hair: float = 1e-5) -> ActiveSet:
    """Return the active set: a limit is active where its dual is larger than what is left to it.

    ``hair`` is relative to 1 + the largest price and quantity of the entry's own kind.
    """
    z = reduced_cost(program, x, row_dual)
    low, high = x - program.column_lower, program.column_upper - x
    rows = program.matrix @ x
    row_low, row_high = rows - program.row_lower, program.row_upper - rows
    scale = 1 + min(float(np.abs(row_dual).max(initial=0.0)), float(np.abs(program.cost).max(initial=0.0)))
    is_fixed = program.column_lower == program.column_upper
    is_free = ~is_fixed & ~((z / scale > low) | (-z / scale > high))
    is_equal = program.row_lower == program.row_upper
    is_binding = is_equal | (row_dual / scale > row_low) | (-row_dual / scale > row_high)
    weak_column = ~is_fixed & (np.minimum(low, high) < hair) & (np.abs(z) / scale < hair)
    weak_row = ~is_equal & (np.minimum(row_low, row_high) < hair) & (np.abs(row_dual) / scale < hair)
    return ActiveSet(is_free, is_binding, weak_column, weak_row)


def natural_residual(program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray) -> float:
    """Return max |v - nearest allowed (v - dual)| over columns and inequality rows, and over equalities max |Ax - b|.

    Nil at an optimum only, and of the size of the error in a quantity or a price: stricter than a duality gap.
    """
    z, rows = reduced_cost(program, x, row_dual), program.matrix @ x
    columns = x - np.clip(x - z, program.column_lower, program.column_upper)
    shifted = np.where(program.row_lower == program.row_upper, rows, rows - row_dual)
    beyond = rows - np.clip(shifted, program.row_lower, program.row_upper)
    return float(max(np.abs(columns).max(initial=0.0), np.abs(beyond).max(initial=0.0)))


class OptimalitySystem:
    """The linear equations at an active set, factored once; ``cross`` is what the Jacobian has beside its diagonal."""

    def __init__(self, program: QuadraticProgram, active: ActiveSet, cross: sp.csc_matrix | None = None) -> None:
        self._free, self._binding = np.flatnonzero(active.is_free), np.flatnonzero(active.is_binding)
        self._shape = program.matrix.shape
        matrix = program.matrix.tocsc()[:, self._free].tocsr()[self._binding].tocsc()
        jacobian = sp.diags(program.hessian_diagonal[self._free]).tocsc()
        if cross is not None and cross.nnz:
            jacobian = jacobian + cross.tocsr()[self._free].tocsc()[:, self._free]
        corner = sp.csc_matrix((matrix.shape[0], matrix.shape[0]))
        upper, lower = sp.hstack([jacobian, -matrix.T]), sp.hstack([matrix, corner])
        self._exact = sp.csc_matrix(sp.vstack([upper, lower]))
        size = self._exact.shape[0]
        self._factor = splu((self._exact + DAMPING * sp.identity(size)).tocsc(), permc_spec="MMD_AT_PLUS_A",
                            diag_pivot_thresh=0.01, options={"SymmetricMode": True}) if size else None  # fmt: skip

    def solve(self, stationarity: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return dx, dy (zero where fixed or slack) and what is left unsolved, for right-hand sides of full length.

        Nothing is left if the equations have a solution; of several, the refined one is returned.
        """
        right = np.concatenate([stationarity[self._free], rows[self._binding]])
        found = np.zeros_like(right)
        left = right
        if self._factor is not None:
            for _ in range(REFINEMENTS):
                found = found + self._factor.solve(left)
                left = right - self._exact @ found
                if np.abs(left).max(initial=0.0) <= 1e-13 * (1 + np.abs(right).max(initial=0.0)):
                    break
        dx, dy = np.zeros(self._shape[1]), np.zeros(self._shape[0])
        dx[self._free], dy[self._binding] = found[: len(self._free)], found[len(self._free) :]
        return dx, dy, float(np.abs(left).max(initial=0.0))


def newton_step(
    program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray, cross: sp.csc_matrix | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the point and row duals that solve the optimality conditions linearised at the active set of ``x``."""
    active = active_set(program, x, row_dual)
    z = reduced_cost(program, x, row_dual)
    at_lower = x - program.column_lower <= program.column_upper - x
    goal = np.where(active.is_free, x, np.where(at_lower, program.column_lower, program.column_upper))
    moved = np.where(active.is_free, 0.0, goal - x)
    rows = program.matrix @ goal
    is_low = np.where(program.row_lower == program.row_upper, True, row_dual > 0)
    side = np.where(is_low, program.row_lower, program.row_upper)
    side = np.where(active.is_binding, side, 0.0)
    shift = np.zeros_like(x) if cross is None else cross @ moved
    dual = np.where(active.is_binding, row_dual, 0.0)
    slack_dual = program.matrix.T @ (row_dual - dual)
    dx, dy, _ = OptimalitySystem(program, active, cross).solve(-(z + slack_dual) - shift, side - rows)
    return np.clip(goal + dx, program.column_lower, program.column_upper), dual + dy
