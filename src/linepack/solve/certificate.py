"""Certificate A: is this point optimal? Recomputed in float64 from the arrays, whatever the solver said.

With z = h x + c - A'y, a point is optimal if and only if rows and columns are within their limits, y and z have
the sign of the side they rest on, and the duality gap is nil. See docs/model/certificate.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from linepack.solve.program import QuadraticProgram

LIMIT = 1e-6


@dataclass(frozen=True)
class Certificate:
    """Relative residuals.

    primal: max row violation / (1 + max |row limit|); bounds: max column violation / (1 + max |x|);
    stationarity: max dual of a side that does not exist / (1 + price), where price is the smaller of max |y| and
    max |c|, so that one stray dual cannot hide an error; gap: |primal - dual objective| / (1 + |primal objective|);
    limit: what each must be below.
    """

    primal: float
    bounds: float
    stationarity: float
    gap: float
    limit: float = LIMIT

    @property
    def is_certified(self) -> bool:
        """True if all four residuals are finite and at most the limit."""
        return bool(all(value <= self.limit for value in (self.primal, self.bounds, self.stationarity, self.gap)))

    def as_dict(self) -> dict[str, float | bool]:
        """Return the residuals, the limit and the verdict."""
        return {**asdict(self), "is_certified": self.is_certified}

    def __str__(self) -> str:
        return (f"primal {self.primal:.1e}, bounds {self.bounds:.1e}, stationarity {self.stationarity:.1e}, "
                f"gap {self.gap:.1e}, limit {self.limit:.0e}")  # fmt: skip


def reduced_cost(program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray) -> np.ndarray:
    """Return z = h x + c - A'y, one entry per column."""
    return np.asarray(program.hessian_diagonal * x + program.cost - program.matrix.T @ row_dual)


def certify(program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray, *, limit: float = LIMIT) -> Certificate:
    """Return the certificate of a point and its row duals."""
    if not (np.isfinite(x).all() and np.isfinite(row_dual).all()):
        return Certificate(np.inf, np.inf, np.inf, np.inf, limit)
    rows = program.matrix @ x
    row_gap = np.maximum(program.row_lower - rows, rows - program.row_upper)
    column_gap = np.maximum(program.column_lower - x, x - program.column_upper)
    z = reduced_cost(program, x, row_dual)
    row_wrong, row_value = _one_side(row_dual, program.row_lower, program.row_upper)
    column_wrong, column_value = _one_side(z, program.column_lower, program.column_upper)
    objective = program.objective(x)
    dual_objective = -0.5 * float(x @ (program.hessian_diagonal * x)) + row_value + column_value
    price = 1 + min(_largest(row_dual), _largest(program.cost))
    finite = [a[np.isfinite(a)] for a in (program.row_lower, program.row_upper)]
    return Certificate(
        primal=max(0.0, _largest(row_gap, signed=True)) / (1 + max(_largest(a) for a in finite)),
        bounds=max(0.0, _largest(column_gap, signed=True)) / (1 + _largest(x)),
        stationarity=max(row_wrong, column_wrong) / price,
        gap=abs(objective - dual_objective) / (1 + abs(objective)),
        limit=limit,
    )


def _largest(values: np.ndarray, *, signed: bool = False) -> float:
    return float((values if signed else np.abs(values)).max()) if len(values) else 0.0


def _one_side(dual: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> tuple[float, float]:
    """Return the largest dual on a side without a limit, and the dual value of the sides that have one."""
    up, down = np.maximum(dual, 0.0), np.maximum(-dual, 0.0)
    has_lower, has_upper = np.isfinite(lower), np.isfinite(upper)
    wrong = max(_largest(up[~has_lower]), _largest(down[~has_upper]))
    return wrong, float(up[has_lower] @ lower[has_lower] - down[has_upper] @ upper[has_upper])
