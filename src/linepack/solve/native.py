"""linepack's own interior point, for programs over many periods: its steps cost little more for each further period.

A primal-dual method with predictor, corrector and a centrality corrector (Mehrotra, 1992; Gondzio, 1996), regularised
in both spaces by proximal terms (Friedlander and Orban, 2012). Rows with a range get a slack; the distance of a column
to its limit is a variable of its own, so that the start need not be inside. What is its own is the order in which the
equations of a step are eliminated (``linepack.solve.dissection``).
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from typing import Any

import numpy as np
import scipy.sparse as sp

from linepack.solve.dissection import StepEquations
from linepack.solve.program import QuadraticProgram, RawSolution, SolverStatus

SCALINGS = 4
COST = 100.0
"""The largest cost after scaling."""

STEP = 0.99
START_WEIGHT = 0.01
"""Curvature that every column gets at the least-squares start."""

REGULARISATION = (1e-8, 1e-10)
"""The proximal terms at first, and at least."""
GAP = 0.01
"""The gap must be smaller than the other residuals by this: quantities and prices are off by about its square root."""

AIM = 0.1
"""The search goes on to this part of the tolerance if it can: that is one iteration more."""

NO_STEP = 1e-12
STALLED = 8
"""The search ends after so many iterations without a better point."""


@dataclass(frozen=True)
class Native:
    """The own interior point behind the common interface. It needs about 30 iterations for a market of months."""

    most_iterations: int = 200
    name: str = "native"

    def version(self) -> str:
        """Return the version of linepack."""
        return metadata.version("linepack")

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        """Return the best point found; its status is optimal if its residuals are at most ``tolerance``."""
        with _one_thread(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return _solve(program, tolerance, time_limit_s, self.most_iterations)


def _solve(program: QuadraticProgram, tolerance: float, time_limit_s: float, most_iterations: int) -> RawSolution:
    start = time.perf_counter()
    form = _standard(program)
    search = _Search(form)
    best, fewest, least_mean, since = search.point, np.inf, np.inf, 0
    iterations = 0
    while True:
        worst = search.worst()
        since = 0 if worst < 0.9 * fewest or search.mean < 0.9 * least_mean else since + 1
        least_mean = min(least_mean, search.mean)
        if worst < fewest:
            best, fewest = search.point, worst
        if worst <= AIM * tolerance:
            break
        is_late = time.perf_counter() - start > time_limit_s
        if since >= STALLED or is_late or not np.isfinite(worst) or iterations >= most_iterations:
            break
        if not search.advance():
            break
        iterations += 1
    x, dual = form.restore(best.v, best.y)
    status = SolverStatus.OPTIMAL if fewest <= tolerance else SolverStatus.LIMIT
    return RawSolution(status, x, dual, iterations, time.perf_counter() - start, f"residual {fewest:.1e}")


def _one_thread() -> AbstractContextManager[Any]:
    """Return a context in which BLAS uses one thread: blocks are small, and several threads only wait for each other.

    Without threadpoolctl, which linepack installs, several are used: the answer is the same and takes longer.
    """
    controller = _controller()
    return nullcontext() if controller is None else controller.limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    try:
        return import_module("threadpoolctl").ThreadpoolController()
    except ImportError:
        return None


@dataclass(frozen=True)
class _Form:
    """Minimise v'diag(h)v/2 + c'v, A v - s = b, v within limits, equilibrated; v holds the columns, then the slacks."""

    equations: StepEquations
    hessian: np.ndarray
    cost: np.ndarray
    right: np.ndarray
    ranged: np.ndarray  # rows with a slack
    has_lower: np.ndarray  # positions
    has_upper: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    column_scale: np.ndarray
    row_scale: np.ndarray
    cost_scale: float
    unit: np.ndarray  # what one unit of an entry of v is in the program
    primal_size: float
    columns: int

    def times(self, v: np.ndarray) -> np.ndarray:
        result = self.equations.times(v[: self.columns])
        result[self.ranged] -= v[self.columns :]
        return result

    def transposed(self, y: np.ndarray) -> np.ndarray:
        return np.concatenate([self.equations.transposed(y), -y[self.ranged]])

    def restore(self, v: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return v[: self.columns] * self.column_scale, y * self.row_scale / self.cost_scale


@dataclass(frozen=True)
class _Point:
    """Columns and slacks, row duals, distances to lower and upper limits and their duals."""

    v: np.ndarray
    y: np.ndarray
    to_lower: np.ndarray
    to_upper: np.ndarray
    z_lower: np.ndarray
    z_upper: np.ndarray

    def moved(self, step: _Point, primal: float, dual: float) -> _Point:
        return _Point(
            self.v + primal * step.v, self.y + dual * step.y, self.to_lower + primal * step.to_lower,
            self.to_upper + primal * step.to_upper, self.z_lower + dual * step.z_lower,
            self.z_upper + dual * step.z_upper,
        )  # fmt: skip

    def plus(self, other: _Point) -> _Point:
        return self.moved(other, 1.0, 1.0)

    def furthest(self, step: _Point) -> tuple[float, float]:
        """Return how far primal and dual can go, at most 1, until a distance or its dual is nil."""
        primal = max(_steepest(self.to_lower, step.to_lower), _steepest(self.to_upper, step.to_upper))
        dual = max(_steepest(self.z_lower, step.z_lower), _steepest(self.z_upper, step.z_upper))
        return 1.0 / max(1.0, primal), 1.0 / max(1.0, dual)

    def products(self) -> tuple[np.ndarray, np.ndarray]:
        return self.to_lower * self.z_lower, self.to_upper * self.z_upper


def _steepest(value: np.ndarray, step: np.ndarray) -> float:
    return float((-step / value).max(initial=0.0))


def _standard(program: QuadraticProgram) -> _Form:
    columns = program.matrix.shape[1]
    row_scale, column_scale = _equilibrated(program)
    matrix = (sp.diags(row_scale) @ program.matrix @ sp.diags(column_scale)).tocsc()
    is_equal = program.row_lower == program.row_upper
    ranged = np.flatnonzero(~is_equal)
    cost = program.cost * column_scale
    cost_scale = COST / max(1e-8, float(np.abs(cost).max(initial=0.0)))
    slack = np.zeros(len(ranged))
    lower = np.concatenate([program.column_lower / column_scale, (program.row_lower * row_scale)[ranged]])
    upper = np.concatenate([program.column_upper / column_scale, (program.row_upper * row_scale)[ranged]])
    has_lower, has_upper = np.flatnonzero(np.isfinite(lower)), np.flatnonzero(np.isfinite(upper))
    is_free = ~(np.isfinite(program.column_lower) | np.isfinite(program.column_upper))
    limits = np.concatenate([program.row_lower, program.row_upper])
    return _Form(
        StepEquations(matrix, program.row_stage, is_free),
        np.concatenate([program.hessian_diagonal * column_scale**2 * cost_scale, slack]),
        np.concatenate([cost * cost_scale, slack]), np.where(is_equal, program.row_lower, 0.0) * row_scale, ranged,
        has_lower, has_upper, lower[has_lower], upper[has_upper], column_scale, row_scale, cost_scale,
        np.concatenate([column_scale, 1.0 / row_scale[ranged]]),
        1.0 + float(np.abs(limits[np.isfinite(limits)]).max(initial=0.0)), columns,
    )  # fmt: skip


def _equilibrated(program: QuadraticProgram) -> tuple[np.ndarray, np.ndarray]:
    """Return scales of rows and columns that bring the largest entry of each near 1 (Ruiz, 2001)."""
    matrix = abs(program.matrix).tocsc()
    at_row, at_column = matrix.indices, np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    row_scale, column_scale = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    for _ in range(SCALINGS):
        value = matrix.data * row_scale[at_row] * column_scale[at_column]
        of_row, of_column = np.zeros(len(row_scale)), program.hessian_diagonal * column_scale**2
        np.maximum.at(of_row, at_row, value)
        np.maximum.at(of_column, at_column, value)
        row_scale = row_scale / np.sqrt(np.where(of_row > 0, of_row, 1.0))
        column_scale = column_scale / np.sqrt(np.where(of_column > 0, of_column, 1.0))
    return row_scale, column_scale


class _Search:
    """The point and what is left of the optimality conditions there."""

    def __init__(self, form: _Form) -> None:
        self._form = form
        self.point = self._start()
        self.mean = np.inf

    def worst(self) -> float:
        """Return the largest relative residual, as the certificate counts them; the gap counts for more."""
        f, p = self._form, self.point
        self._gradient = f.hessian * p.v + f.cost - f.transposed(p.y)
        self._row_left = f.right - f.times(p.v)
        self._lower_left = p.v[f.has_lower] - f.lower - p.to_lower
        self._upper_left = f.upper - p.v[f.has_upper] - p.to_upper
        at_lower, at_upper = p.products()
        self.mean = float(at_lower.sum() + at_upper.sum()) / max(1, len(at_lower) + len(at_upper))
        up, down = np.maximum(self._gradient, 0.0), np.maximum(-self._gradient, 0.0)
        value = f.right @ p.y + up[f.has_lower] @ f.lower - down[f.has_upper] @ f.upper
        up[f.has_lower], down[f.has_upper] = 0.0, 0.0
        square = float(p.v @ (f.hessian * p.v))
        objective = 0.5 * square + float(f.cost @ p.v)
        wrong = float((np.maximum(up, down) / f.unit).max(initial=0.0)) / f.cost_scale
        price = 1.0 + float(np.abs(p.y * f.row_scale).max(initial=0.0)) / f.cost_scale
        beyond = max(float(np.abs(self._row_left / f.row_scale).max(initial=0.0)),
                     float(np.abs(self._lower_left * f.unit[f.has_lower]).max(initial=0.0)),
                     float(np.abs(self._upper_left * f.unit[f.has_upper]).max(initial=0.0)))  # fmt: skip
        gap = abs(objective + 0.5 * square - value) / (f.cost_scale + abs(objective))
        return max(beyond / f.primal_size, wrong / price, gap / GAP)

    def advance(self) -> bool:
        """Move one iteration on; False if the equations cannot be solved."""
        p = self.point
        if not self._factor():
            return False
        lower, upper = p.products()
        predicted = self._step(-lower, -upper, refinements=0)
        primal, dual = p.furthest(predicted)
        ahead = p.moved(predicted, primal, dual).products()
        mean = float(ahead[0].sum() + ahead[1].sum()) / max(1, len(lower) + len(upper))
        aim = min(1.0, (mean / self.mean) ** 3) * self.mean if self.mean > 0 else 0.0
        step = self._step(aim - lower - predicted.to_lower * predicted.z_lower,
                          aim - upper - predicted.to_upper * predicted.z_upper)  # fmt: skip
        primal, dual = p.furthest(step)
        if min(primal, dual) < 0.95:
            ahead = p.moved(step, min(1.0, primal + 0.1), min(1.0, dual + 0.1)).products()
            outside = [np.maximum(np.clip(a, 0.1 * aim, 10 * aim) - a, -10 * aim) for a in ahead]
            further = step.plus(self._step(*outside, residuals=0.0, refinements=0))
            reach = p.furthest(further)
            if sum(reach) > primal + dual + 0.02:
                step, (primal, dual) = further, reach
        self.point = p.moved(step, primal if primal == 1 else STEP * primal, dual if dual == 1 else STEP * dual)
        return max(primal, dual) > NO_STEP and bool(np.isfinite(self.point.v).all())

    def _factor(self) -> bool:
        f, p = self._form, self.point
        self._barrier = np.zeros(len(p.v))
        self._barrier[f.has_lower] += p.z_lower / p.to_lower
        self._barrier[f.has_upper] += p.z_upper / p.to_upper
        most, least = REGULARISATION
        added = max(least, most * min(1.0, self.mean))
        for _ in range(4):
            try:
                self._put(f.hessian + self._barrier, added)
            except RuntimeError:
                added *= 100.0
            else:
                return True
        return False

    def _put(self, diagonal: np.ndarray, added: float) -> None:
        f = self._form
        self._diagonal = diagonal
        self._weight = diagonal + added
        corner = np.full(len(f.right), added)
        corner[f.ranged] += 1.0 / self._weight[f.columns :]
        f.equations.factor(self._weight[: f.columns], corner)

    def _step(
        self, lower: np.ndarray, upper: np.ndarray, *, residuals: float = 1.0, refinements: int = 3
    ) -> _Point:
        """Return the Newton step towards products that change by ``lower`` and ``upper``."""
        f, p = self._form, self.point
        low, high = lower / p.to_lower, upper / p.to_upper
        g = np.zeros(len(p.v))
        if residuals:
            g -= self._gradient
            g[f.has_lower] += p.z_lower * (1 - self._lower_left / p.to_lower)
            g[f.has_upper] -= p.z_upper * (1 - self._upper_left / p.to_upper)
        g[f.has_lower] += low
        g[f.has_upper] -= high
        dv, dy = self._solve(g, residuals * self._row_left, refinements)
        to_lower = dv[f.has_lower] + residuals * self._lower_left
        to_upper = residuals * self._upper_left - dv[f.has_upper]
        return _Point(dv, dy, to_lower, to_upper, low - p.z_lower / p.to_lower * to_lower,
                      high - p.z_upper / p.to_upper * to_upper)  # fmt: skip

    def _solve(self, g: np.ndarray, r: np.ndarray, refinements: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the step without the proximal terms, refined as long as that gains."""
        f = self._form
        dv, dy = self._once(g, r)
        size, last = max(float(np.abs(g).max()), float(np.abs(r).max(initial=0.0))), np.inf
        for _ in range(refinements):
            g_left, r_left = g - self._diagonal * dv + f.transposed(dy), r - f.times(dv)
            left = max(float(np.abs(g_left).max()), float(np.abs(r_left).max(initial=0.0)))
            if left <= 1e-10 * size or left > 0.5 * last:
                break
            last = left
            more_v, more_y = self._once(g_left, r_left)
            dv, dy = dv + more_v, dy + more_y
        return dv, dy

    def _once(self, g: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        f = self._form
        columns, weight = f.columns, self._weight[f.columns :]
        right = r.copy()
        right[f.ranged] += g[columns:] / weight
        dx, dy = f.equations.solve(g[:columns], right)
        return np.concatenate([dx, (g[columns:] - dy[f.ranged]) / weight]), dy

    def _start(self) -> _Point:
        """Return Mehrotra's first point: the least squares one, moved until distances and duals are positive."""
        f = self._form
        self._put(f.hessian + START_WEIGHT, 1e-6)
        v, y = self._once(-f.cost, f.right)
        gradient = f.hessian * v + f.cost - f.transposed(y)
        has_both = np.zeros(len(v), dtype=int)
        has_both[f.has_lower] += 1
        has_both[f.has_upper] += 1
        share = gradient / np.maximum(has_both, 1)
        distances = v[f.has_lower] - f.lower, f.upper - v[f.has_upper]
        duals = share[f.has_lower], -share[f.has_upper]
        distances, duals = _positive(distances), _positive(duals)
        product = sum(float(a @ b) for a, b in zip(distances, duals, strict=True))
        more_distance = 0.5 * product / max(1e-300, sum(float(a.sum()) for a in duals))
        more_dual = 0.5 * product / max(1e-300, sum(float(a.sum()) for a in distances))
        return _Point(v, y, *(a + more_distance for a in distances), *(a + more_dual for a in duals))


def _positive(parts: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return both parts, moved by the same amount so that none is below nil."""
    least = min(float(a.min(initial=np.inf)) for a in parts)
    shift = max(-1.5 * least, 0.0) if np.isfinite(least) else 0.0
    first, second = (np.maximum(a + shift, 1e-8) for a in parts)
    return first, second
