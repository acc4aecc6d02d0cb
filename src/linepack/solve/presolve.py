"""Columns that cannot move and rows without columns never reach a solver: their duals would be arbitrary and large."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linepack.solve.program import QuadraticProgram, RawSolution


@dataclass(frozen=True)
class Reduced:
    """A program without fixed columns and empty rows, and the way back."""

    program: QuadraticProgram
    is_kept_column: np.ndarray
    is_kept_row: np.ndarray
    fixed: np.ndarray

    def restore(self, raw: RawSolution) -> RawSolution:
        """Return the answer for the whole program; a row that was left out has dual zero."""
        x, dual = self.fixed.copy(), np.zeros(len(self.is_kept_row))
        x[self.is_kept_column], dual[self.is_kept_row] = raw.x, raw.row_dual
        return replace(raw, x=x, row_dual=dual)


def reduce(program: QuadraticProgram) -> Reduced:
    """Return the program without columns whose limits are equal, and without the rows that this empties."""
    is_fixed = program.column_lower == program.column_upper
    fixed = np.where(is_fixed, program.column_lower, 0.0)
    matrix = program.matrix.tocsc()[:, ~is_fixed]
    is_kept_row = np.diff(matrix.tocsr().indptr) > 0
    moved = program.matrix @ fixed
    kept = ~is_fixed
    small = QuadraticProgram(
        program.hessian_diagonal[kept], program.cost[kept], matrix.tocsr()[is_kept_row].tocsc(),
        (program.row_lower - moved)[is_kept_row], (program.row_upper - moved)[is_kept_row],
        program.column_lower[kept], program.column_upper[kept],
        None if program.row_stage is None else program.row_stage[is_kept_row],
    )  # fmt: skip
    return Reduced(small, kept, is_kept_row, fixed)
