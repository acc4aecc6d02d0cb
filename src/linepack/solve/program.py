"""A convex quadratic program with a diagonal Hessian, and what a solver returns for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import scipy.sparse as sp


@dataclass(frozen=True)
class QuadraticProgram:
    """Minimise x'diag(h)x/2 + c'x, rows A x and columns x between limits (infinite where there is none).

    ``row_stage`` numbers the stages (periods) that rows belong to, -1 for a row over several: a hint for the order in
    which equations are eliminated, without effect on the answer.
    """

    hessian_diagonal: np.ndarray
    cost: np.ndarray
    matrix: sp.csc_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray
    column_lower: np.ndarray
    column_upper: np.ndarray
    row_stage: np.ndarray | None = None

    def __post_init__(self) -> None:
        rows, columns = self.matrix.shape
        for name, length in (("hessian_diagonal", columns), ("cost", columns), ("row_lower", rows),
                             ("row_upper", rows), ("column_lower", columns), ("column_upper", columns)):  # fmt: skip
            array = getattr(self, name)
            if array.shape != (length,) or np.isnan(array).any():
                raise ValueError(f"{name} must have {length} entries and no NaN")
        if self.row_stage is not None and self.row_stage.shape != (rows,):
            raise ValueError(f"row_stage must have {rows} entries")
        if np.isnan(self.matrix.data).any() or (self.hessian_diagonal < 0).any():
            raise ValueError("the matrix holds NaN, or the Hessian is not convex")

    def objective(self, x: np.ndarray) -> float:
        """Return the objective at ``x``."""
        return float(0.5 * x @ (self.hessian_diagonal * x) + self.cost @ x)


class SolverStatus(StrEnum):
    """What a solver says of its own answer; never enough by itself."""

    OPTIMAL = "optimal"
    LIMIT = "limit"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    ERROR = "error"


@dataclass(frozen=True)
class RawSolution:
    """A solver's answer.

    ``row_dual`` y follows one convention: h x + c - A'y = z, with y >= 0 where a row rests on its lower side and
    y <= 0 on its upper side; z likewise for columns.
    """

    status: SolverStatus
    x: np.ndarray
    row_dual: np.ndarray
    iterations: int
    seconds: float
    message: str = ""


class Solver(Protocol):
    """What every solver file offers."""

    @property
    def name(self) -> str:
        """Return what ``solver=`` accepts."""
        ...

    def version(self) -> str:
        """Return the version of the library."""
        ...

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        """Return the answer; raise SolverUnavailable if the library or a feature it needs is missing."""
        ...
