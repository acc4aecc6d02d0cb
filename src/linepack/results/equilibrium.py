"""From a problem to its certified equilibrium, curves included.

Straight lines make one quadratic program. Curves are solved as a series of affine games (Josephy, 1979: Newton's
method for variational inequalities): demand, its slope in conduct, and costs are replaced by their tangents at the
last point; the step is damped. One part of the true conditions is no gradient, the change of the slope that a seller
with own-market conduct meets; a few Newton steps on the true conditions at the active set take it in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linepack.errors import NotCertified
from linepack.market.problem import Problem
from linepack.market.tangent import consumed, cross_terms, furthest_step, start, tangent
from linepack.results.idle import lowest_prices
from linepack.solve import (
    AUTO,
    Beginning,
    Certificate,
    CertifiedSolution,
    QuadraticProgram,
    certify,
    reduced_cost,
    solve,
)
from linepack.solve.active_set import natural_residual, newton_step
from linepack.solve.certificate import LIMIT

MOST_GAMES = 80
NEWTON_STEPS = 8
AIM = 1e-10
"""Natural residual at which the series stops at once; the certificate's own limit is what counts in the end."""

POLISHED_COLUMNS = 5_000
"""Up to this size a point is polished at its active set, so that prices are exact to rounding. Above, an interior
point's own accuracy has to do: factoring the active set takes as long as the solver."""


@dataclass(frozen=True)
class SolveSettings:
    """What besides facts and scenario decides a run: solver, its tolerance, the certificate's limit, a time limit."""

    solver: str = AUTO
    tolerance: float = 1e-9
    certificate_limit: float = LIMIT
    time_limit_s: float = 300.0


@dataclass(frozen=True)
class _Point:
    """A point with the tangent game at it and the certificate on the true conditions."""

    problem: Problem
    x: np.ndarray
    row_dual: np.ndarray
    certificate: Certificate
    worst: float


def program_of(problem: Problem) -> QuadraticProgram:
    """Return the arrays of a problem without their labels."""
    return QuadraticProgram(
        problem.hessian_diagonal, problem.cost, problem.matrix,
        problem.row_lower, problem.row_upper, problem.column_lower, problem.column_upper,
    )  # fmt: skip


def solve_problem(
    problem: Problem, settings: SolveSettings | None = None, *, begin: Beginning | None = None
) -> tuple[Problem, CertifiedSolution]:
    """Return the certified equilibrium, and the problem with the tangents at it.

    ``begin`` marks the rows and columns to begin with (``linepack.solve.lazy``).
    Errors: ``NotCertified`` if no answer passes, or the series of games does not settle.
    """
    chosen = settings or SolveSettings()
    if problem.curves.is_straight:
        answer = _solve(problem, chosen, begin)
        best = _polished(_at(problem, answer.x, answer.row_dual, chosen), chosen)
        return problem, _with(answer, best, chosen)
    point, damping, last_move = start(problem), 1.0, np.inf
    answer = _solve(problem, chosen, begin)
    best = _polished(_at(problem, answer.x, answer.row_dual, chosen), chosen)
    for _ in range(MOST_GAMES):
        if best.worst <= AIM or problem.curves.is_affine:
            break
        move = _distance(problem, point, answer.x)
        if move < 1e-13:
            break
        damping = max(0.05, damping / 2) if move > 0.9 * last_move else min(1.0, damping * 1.3)
        last_move = move
        step = min(damping, furthest_step(problem, point, answer.x))
        point = point + step * (answer.x - point)
        problem, point = tangent(problem, point)
        answer = _solve(problem, chosen, begin)
        found = _polished(_at(problem, answer.x, answer.row_dual, chosen), chosen)
        best = found if found.worst < best.worst else best
    if not best.certificate.is_certified:
        raise NotCertified("not-settled", f"the series of affine games did not settle: {best.certificate}",
                           hint="check demand shapes and cost curves for extreme values")  # fmt: skip
    return best.problem, _with(answer, best, chosen)


def _with(answer: CertifiedSolution, best: _Point, settings: SolveSettings) -> CertifiedSolution:
    dual = lowest_prices(best.problem, program_of(best.problem), best.x, best.row_dual)
    if dual is not best.row_dual:
        priced = _at(best.problem, best.x, dual, settings)
        best = priced if priced.certificate.is_certified else best
    z = reduced_cost(program_of(best.problem), best.x, best.row_dual)
    return replace(answer, x=best.x, row_dual=best.row_dual, reduced_cost=z, certificate=best.certificate)


def _solve(problem: Problem, settings: SolveSettings, begin: Beginning | None) -> CertifiedSolution:
    return solve(program_of(problem), solver=settings.solver, tolerance=settings.tolerance,
                 limit=settings.certificate_limit, time_limit_s=settings.time_limit_s, begin=begin)  # fmt: skip


def _at(problem: Problem, x: np.ndarray, row_dual: np.ndarray, settings: SolveSettings) -> _Point:
    here, x = (problem, x) if problem.curves.is_straight else tangent(problem, x)
    program = program_of(here)
    certificate = certify(program, x, row_dual, limit=settings.certificate_limit)
    return _Point(here, x, row_dual, certificate, natural_residual(program, x, row_dual))


def _polished(point: _Point, settings: SolveSettings) -> _Point:
    """Return the best of a few Newton steps on the true conditions; the point itself if they do not help."""
    best = last = point
    if len(point.x) > POLISHED_COLUMNS or point.worst <= AIM:
        return point
    for _ in range(NEWTON_STEPS):
        x, dual = newton_step(program_of(last.problem), last.x, last.row_dual, cross_terms(last.problem, last.x))
        if not (np.isfinite(x).all() and np.isfinite(dual).all()):
            break
        step = furthest_step(last.problem, last.x, x)
        last = _at(last.problem, last.x + step * (x - last.x), dual, settings)
        if last.worst < best.worst and last.certificate.is_certified:
            best = last
        elif not last.worst <= 1e6 * best.worst:
            break
        if best.worst <= AIM:
            break
    return best


def _distance(problem: Problem, x: np.ndarray, goal: np.ndarray) -> float:
    """Return how far apart two points are in what has curves, relative to their size."""
    c = problem.curves
    parts = [(consumed(c, x), consumed(c, goal)),
             *((x[columns][:, terms.is_curved], goal[columns][:, terms.is_curved])
               for terms, columns in ((c.supply, c.production), (c.carriage, c.arc_use)))]  # fmt: skip
    return max(float(np.abs(b - a).max(initial=0.0) / (1e-9 + np.abs(a).max(initial=0.0))) for a, b in parts)
