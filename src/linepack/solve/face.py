"""The set of all optimal points of a program, and how far a sum of columns can move on it.

A point stays optimal if columns with a reduced cost stay where they are, rows with a dual stay at their limit, and
columns with curvature keep their value; all others may move within their limits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from linepack.errors import NotCertified
from linepack.solve.program import QuadraticProgram

SLACK = 1e-6
"""Rows and limits may be missed by this, relative to 1 + their size, since a point is exact only to rounding."""


@dataclass(frozen=True)
class OptimalFace:
    """Columns that may move, the rows between them and the limits that are left."""

    x: np.ndarray
    is_free: np.ndarray
    matrix: sp.csr_matrix
    lower: np.ndarray
    upper: np.ndarray
    bounds: np.ndarray

    def extent(self, weight: np.ndarray) -> tuple[float, float]:
        """Return the least and largest value of ``weight`` x over the optimal points. Errors: ``NotCertified``."""
        fixed = float(weight[~self.is_free] @ self.x[~self.is_free])
        own = weight[self.is_free]
        if not own.any():
            return fixed, fixed
        return fixed + self._best(own), fixed - self._best(-own)

    def _best(self, cost: np.ndarray) -> float:
        is_low, is_high = np.isfinite(self.lower), np.isfinite(self.upper)
        matrix = sp.vstack([-self.matrix[is_low], self.matrix[is_high]], format="csr")
        limit = np.concatenate([-self.lower[is_low], self.upper[is_high]])
        found = linprog(cost, A_ub=matrix, b_ub=limit, bounds=self.bounds, method="highs")  # type: ignore[call-overload] # takes sparse
        if found.status != 0:
            raise NotCertified("no-face", f"the optimal points cannot be searched: {found.message}",
                               hint="the answer may be too coarse; try a finer tolerance")  # fmt: skip
        return float(found.fun)


def optimal_face(
    program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray, reduced_cost: np.ndarray, *, tie: np.ndarray | float
) -> OptimalFace:
    """Return the optimal points around ``x``; a reduced cost or dual up to ``tie`` counts as nil."""
    is_free = (np.abs(reduced_cost) <= tie) & (program.hessian_diagonal == 0)
    is_free &= program.column_lower < program.column_upper
    value = program.matrix @ x
    matrix = program.matrix.tocsc()[:, is_free].tocsr()
    rest = value - matrix @ x[is_free]
    is_tight = np.abs(row_dual) > np.max(tie)
    room = SLACK * (1 + np.abs(value))
    lower = np.where(is_tight, value, np.minimum(program.row_lower, value)) - room - rest
    upper = np.where(is_tight, value, np.maximum(program.row_upper, value)) + room - rest
    touched = np.diff(matrix.indptr) > 0
    low = np.minimum(program.column_lower, x)[is_free]
    high = np.maximum(program.column_upper, x)[is_free]
    return OptimalFace(x, is_free, matrix[touched], lower[touched], upper[touched], np.column_stack([low, high]))
