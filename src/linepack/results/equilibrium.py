"""From a problem to its certified equilibrium, curves included.

Straight lines make one quadratic program. Curves are solved as a series of affine games (Josephy, 1979: Newton's
method for variational inequalities): demand, its slope in conduct, and costs are replaced by their tangents at a
point; the answer gives the next point (``linepack.market.tangent.goal``); a step that does not help is damped. One
part of the true conditions is no gradient, the change of the slope that a seller with own-market conduct meets; a few
Newton steps on the true conditions at the active set take it in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from linepack.errors import NotCertified
from linepack.market.problem import Problem
from linepack.market.tangent import (
    consumed,
    cross_terms,
    demand_gap,
    furthest_step,
    goal,
    start,
    tangent,
    worst_demand_gap,
)
from linepack.results.idle import lowest_prices
from linepack.results.likely import used_columns
from linepack.solve import (
    AUTO,
    Attempt,
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
MOST_STALLED = 12
"""After so many games without a better point the series ends."""

NO_MOVE = 1e-13
DEMAND_GAP = 1e-5
"""No consumption may be further from its curve at the price it pays, as a share of itself."""

IDLE_EUR_MWH = 1.0
STILL_GWH_D = 1e-3
NIL = 1e-6
"""Games after the first begin without columns that rest this far from paying, but for balances in which nothing moves,
and with the rows that bind, beside those that the first began with."""

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
    demand_gap: float


def program_of(problem: Problem) -> QuadraticProgram:
    """Return the arrays of a problem without their labels."""
    return QuadraticProgram(
        problem.hessian_diagonal, problem.cost, problem.matrix,
        problem.row_lower, problem.row_upper, problem.column_lower, problem.column_upper, problem.row_stage,
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
    games = _Series(problem, chosen, begin)
    while not games.is_over:
        games.go_on()
    best = games.best
    if not best.certificate.is_certified or best.demand_gap > DEMAND_GAP:
        raise NotCertified("not-settled",
                           f"{games.programs} games did not settle: {_worst_gap(best)}; {best.certificate}",
                           hint="check demand shapes and cost curves for extreme values")  # fmt: skip
    answer = replace(games.answer, seconds=games.seconds, attempts=games.attempts, programs=games.programs)
    return best.problem, _with(answer, best, chosen)


class _Series:
    """A series of affine games: the last game and its answer, and the best point so far on the true conditions."""

    best: _Point
    answer: CertifiedSolution

    def __init__(self, problem: Problem, settings: SolveSettings, begin: Beginning | None) -> None:
        self._problem, self._settings, self._begin = problem, settings, begin
        self._point, self._damping, self._is_large = start(problem), 1.0, len(problem.cost) > POLISHED_COLUMNS
        self._last, self._moved, self._stalled = np.inf, np.inf, 0
        self.programs, self.seconds, self.attempts = 0, 0.0, tuple[Attempt, ...]()
        self._play()

    @property
    def is_over(self) -> bool:
        """True if the best point will do, or further games would not make a better one."""
        if self.best.worst <= AIM or self._problem.curves.is_affine or self._moved < NO_MOVE:
            return True
        is_enough = self._is_large and self.best.certificate.is_certified and self.best.demand_gap <= DEMAND_GAP
        return is_enough or self.programs > MOST_GAMES or self._stalled >= MOST_STALLED

    def go_on(self) -> None:
        """Move towards the answer of the last game, and solve the game of the tangents there."""
        answer = self.answer
        towards = goal(self._problem, self._point, answer.x, answer.row_dual)
        step = min(self._damping, furthest_step(self._problem, self._point, towards))
        self._moved = _distance(self._problem, self._point, towards)
        self._problem, self._point = tangent(self._problem, self._point + step * (towards - self._point))
        self._play()

    def _play(self) -> None:
        self.answer = _solve(self._problem, self._settings, self._begin)
        self.programs += 1
        self.seconds, self.attempts = self.seconds + self.answer.seconds, (*self.attempts, *self.answer.attempts)
        raw = _at(self._problem, self.answer.x, self.answer.row_dual, self._settings)
        found = _polished(raw, self._settings)
        error = raw.certificate.stationarity
        self._damping = max(0.05, self._damping / 2) if error > 0.9 * self._last else min(1.0, self._damping * 1.3)
        self._last = error
        is_better = self.programs == 1 or found.worst < self.best.worst
        self._stalled = 0 if self.programs == 1 or found.worst < 0.99 * self.best.worst else self._stalled + 1
        self.best = found if is_better else self.best
        if self._is_large:
            self._begin = self.answer.needed if self.programs > 1 and self.answer.needed else self._used()

    def _used(self) -> Beginning:
        """Return rows and columns that the answer to the whole game needs: prices of the next will not be far off."""
        rows = np.ones(len(self._problem.row_lower), dtype=bool) if self._begin is None else self._begin.rows
        columns = used_columns(self._problem, self.answer.x, self.answer.reduced_cost, idle_eur_mwh=IDLE_EUR_MWH,
                               still_gwh_d=STILL_GWH_D)  # fmt: skip
        return Beginning(rows | (np.abs(self.answer.row_dual) > NIL), columns)


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
    gap = worst_demand_gap(here, x, row_dual)
    return _Point(here, x, row_dual, certificate, natural_residual(program, x, row_dual), gap)


def _worst_gap(point: _Point) -> str:
    """Return the consumer that is furthest from its curve, in words."""
    gap = demand_gap(point.problem, point.x, point.row_dual)
    if not gap.any():
        return "every consumer is on its curve"
    period, k = np.unravel_index(int(gap.argmax()), gap.shape)
    who = point.problem.variables["consumption"].labels.iloc[int(k)]
    return (f"consumption of {who['node']} {who['segment']} in {point.problem.sets.periods[int(period)].label} is "
            f"{gap.max():.1e} of itself from its curve, more than {DEMAND_GAP:.0e}")  # fmt: skip


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
