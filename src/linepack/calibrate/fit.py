"""The fit: least squares of residuals and of distances to the priors, within bounds, and what the data could say.

Minimised is sum ((model - observed) / scale)^2 + sum ((value - prior) / spread)^2: the posterior mode if tolerances
and spreads are standard deviations. Identifiability follows Belsley, Kuh and Welsch (1980): singular values of the
derivatives, each parameter measured in its own spread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import OptimizeResult, least_squares

from linepack.calibrate.declare import Calibration
from linepack.calibrate.residuals import Observed, derivatives, differences, measured, observed, solve_at
from linepack.errors import LinepackError
from linepack.results.solution import Solution, SolveSettings
from linepack.runs.display import Shown
from linepack.system.gassystem import GasSystem

FLAT = 1e-3
"""A parameter whose spread moves no residual by more than this is looked at again from further away before it is said
that nothing can be known of it: a seller at capacity does not answer to a small change of its conduct, but may answer
to a large one."""

WIDE = 1.0
"""How far away, as a share of the spread to each side, by solving again."""

SWEEPS = (0.5, 0.2, 0.05)
"""Steps of the sweeps that precede each search by derivatives, as shares of the spread, coarse to fine."""

MOST_STEPS = 4
"""Steps in one direction within a sweep."""

SETTLED = 1e-3
"""Relative change of the sum of squares, and of the parameters, below which a fit has settled."""

AT_BOUND = 1e-6
"""Nearer to a bound than this share of the range counts as at the bound."""

UNIDENTIFIED = 0.3
"""A direction with a smaller singular value is known from the prior: the data give it less than a tenth."""

SEED, DRAWS_PER_START = 2019, 6
"""Further starts are the best of draws from the priors, so many for each start that is asked for."""

LOADING = 0.35
"""A parameter with at least this share in a direction is named with it."""


class Derivatives(StrEnum):
    """How derivatives are taken: from the conditions of the equilibrium, or by solving again."""

    EXACT = "exact"
    DIFFERENCES = "differences"


@dataclass(frozen=True)
class FitProgress:
    """Where a fit stands: solved equilibria so far, the sum of squares now and at best, seconds."""

    evaluations: int
    cost: float
    best: float
    seconds: float


@dataclass(frozen=True, repr=False)
class Fit(Shown):
    """A fit: values, residuals before and after, and the derivatives at the fit in units of spreads and scales."""

    calibration: Calibration
    observations: Observed
    values: np.ndarray
    model_at_prior: np.ndarray
    model: np.ndarray
    scaled_derivatives: np.ndarray
    evaluations: int
    is_settled: bool
    message: str
    seconds: float
    starts: pd.DataFrame
    """One row per search: start (0 is the prior), cost_at_start, cost, is_settled, is_chosen, and a column of values
    for each parameter. ``cost`` is the sum of squares that is minimised; residuals have kinks, so there are several
    lowest points near each other, and the lowest that was found counts."""

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        state = "settled" if self.is_settled else f"not settled: {self.message}"
        return f"fit, {state}", {"parameters": self.parameters, "residuals": self.residuals}

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """Return one row per parameter.

        Columns: parameter, prior, spread, low, high, value, at_bound ('', low, high), posterior_spread,
        learned_fraction: the share of the prior variance that the data take away; 0: nothing was learned.
        """
        rows = []
        posterior = np.sqrt(np.diag(self.posterior))
        for k, p in enumerate(self.calibration.parameters):
            near = AT_BOUND * (p.high - p.low)
            at = "low" if self.values[k] - p.low <= near else "high" if p.high - self.values[k] <= near else ""
            rows.append((p.name, p.prior, p.spread, p.low, p.high, self.values[k], at,
                         posterior[k] * p.spread, 1 - posterior[k] ** 2))  # fmt: skip
        return pd.DataFrame(rows, columns=["parameter", "prior", "spread", "low", "high", "value", "at_bound",
                                           "posterior_spread", "learned_fraction"])  # fmt: skip

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """Return one row per observation: label, unit, observed, at_prior, model, residual_at_prior, residual.

        A residual of 1 is a deviation of the observation's own tolerance.
        """
        rows, scale = self.observations.rows, self.observations.scale
        value = self.observations.seen
        return pd.DataFrame({
            "label": rows["label"], "unit": rows["unit"], "observed": value, "at_prior": self.model_at_prior,
            "model": self.model, "residual_at_prior": (self.model_at_prior - value) / scale,
            "residual": (self.model - value) / scale,
        })  # fmt: skip

    @cached_property
    def posterior(self) -> np.ndarray:
        """Return the covariance of the parameters in units of their prior spreads."""
        j = self.scaled_derivatives
        return np.asarray(np.linalg.inv(np.eye(j.shape[1]) + j.T @ j))

    @cached_property
    def directions(self) -> pd.DataFrame:
        """Return the directions of the parameters that the data tell apart, the best known first.

        Columns: singular_value (standard deviations of the data per prior spread), data_fraction (what the data
        contribute, s^2 / (1 + s^2)), is_identified, parameters (those with a share in it, with sign).
        """
        _, values, right = np.linalg.svd(self.scaled_derivatives, full_matrices=True)
        values = np.concatenate([values, np.zeros(len(right) - len(values))])
        names = [p.name for p in self.calibration.parameters]
        rows = []
        for s, v in zip(values, right, strict=True):
            v = v * np.sign(v[np.argmax(np.abs(v))])
            named = [f"{'-' if v[k] < 0 else '+'} {names[k]}" for k in np.argsort(-np.abs(v)) if abs(v[k]) >= LOADING]
            rows.append((s, s**2 / (1 + s**2), bool(s >= UNIDENTIFIED), "; ".join(named) or "none stands out"))
        return pd.DataFrame(rows, columns=["singular_value", "data_fraction", "is_identified", "parameters"])

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """Return the correlation of every two parameters after the fit. Columns: one, other, correlation."""
        deviation = np.sqrt(np.diag(self.posterior))
        matrix = self.posterior / np.outer(deviation, deviation)
        names = [p.name for p in self.calibration.parameters]
        rows = [(names[i], names[j], matrix[i, j]) for i in range(len(names)) for j in range(i + 1, len(names))]
        frame = pd.DataFrame(rows, columns=["one", "other", "correlation"])
        return frame.sort_values("correlation", key=lambda c: -c.abs(), ignore_index=True)


def fit(
    system: GasSystem,
    calibration: Calibration,
    *,
    settings: SolveSettings | None = None,
    how: Derivatives = Derivatives.EXACT,
    most_steps: int = 30,
    starts: int = 1,
    on_progress: Callable[[FitProgress], None] | None = None,
) -> Fit:
    """Return the fit of a calibration to the observations of a dataset, the lowest of searches from ``starts`` points.

    Errors: ``InputError`` for parameters that do not fit the facts, ``NotCertified`` if the prior itself cannot be
    solved; a trial point that cannot be solved is counted as bad and left.
    """
    return _Search(system, calibration, settings or SolveSettings(), how, on_progress).run(most_steps, starts)


class _Search:
    """One search: remembers the last solved point, so that its derivatives need no further solve."""

    def __init__(
        self, system: GasSystem, calibration: Calibration, settings: SolveSettings, how: Derivatives,
        on_progress: Callable[[FitProgress], None] | None,
    ) -> None:  # fmt: skip
        self.system, self.calibration, self.settings, self.how = system, calibration, settings, how
        self.on_progress = on_progress
        self.observations = observed(system, calibration.targets)
        self.evaluations, self.best, self.start = 0, np.inf, time.perf_counter()
        self.solved: dict[bytes, tuple[Solution, np.ndarray]] = {}

    def run(self, most_steps: int, starts: int) -> Fit:
        """Search from every start and return the lowest fit."""
        c = self.calibration
        low, high = (np.array([getattr(p, end) for p in c.parameters]) for end in ("low", "high"))
        at_prior = self.model(c.prior)
        begun = self.begins(starts, low, high)
        ends = [self.searched(point, low, high, most_steps) for point in begun]
        costs = [self.cost(np.asarray(end.x)) for end in ends]
        chosen = int(np.argmin(costs))
        values = np.asarray(ends[chosen].x)
        rows = [{"start": k, "cost_at_start": self.cost(point), "cost": costs[k], "is_settled": bool(end.status > 0),
                 "is_chosen": k == chosen,
                 **dict(zip((p.name for p in c.parameters), np.asarray(end.x).tolist(), strict=True))}
                for k, (point, end) in enumerate(zip(begun, ends, strict=True))]  # fmt: skip
        model = self.model(values)
        scaled = self.seen_from_afar(values) * c.spread[None, :] / self.observations.scale[:, None]
        found = ends[chosen]
        return Fit(c, self.observations, values, at_prior, model, scaled, self.evaluations, bool(found.status > 0),
                   str(found.message), time.perf_counter() - self.start, pd.DataFrame(rows))  # fmt: skip

    def begins(self, starts: int, low: np.ndarray, high: np.ndarray) -> list[np.ndarray]:
        """Return where searches begin: at the prior, and at the best of draws from it."""
        c, random = self.calibration, np.random.default_rng(SEED)
        drawn = random.normal(c.prior, c.spread, size=(DRAWS_PER_START * (starts - 1), len(c.prior)))
        points = [np.clip(point, low, high) for point in drawn]
        return [c.prior, *sorted(points, key=self.cost)[: starts - 1]]

    def searched(self, start: np.ndarray, low: np.ndarray, high: np.ndarray, most_steps: int) -> OptimizeResult:
        """Return where sweeps and least squares lead from a start."""
        values = start
        for step in SWEEPS:
            swept = self.swept(values, low, high, step)
            found = least_squares(self.residuals, swept, self.jacobian, bounds=(low, high), method="dogbox",
                                  x_scale=self.calibration.spread, max_nfev=most_steps, ftol=SETTLED, xtol=SETTLED,
                                  gtol=SETTLED)  # fmt: skip
            values = np.asarray(found.x)
        return found

    def cost(self, values: np.ndarray) -> float:
        """Return the sum of squares at a point."""
        return float(np.square(self.residuals(values)).sum())

    def swept(self, values: np.ndarray, low: np.ndarray, high: np.ndarray, step: float) -> np.ndarray:
        """Return the best point found by steps in single parameters, repeated where they help (pattern search).

        Residuals have kinks, where a derivative says nothing of the other side. ``step`` is a share of the spreads.
        """
        best, least = values, self.cost(values)
        for k in range(len(values)):
            for side in (-1.0, 1.0):
                helped = 0
                while helped < MOST_STEPS:
                    trial = best.copy()
                    trial[k] = np.clip(best[k] + side * step * self.calibration.spread[k], low[k], high[k])
                    cost = np.inf if trial[k] == best[k] else self.cost(trial)
                    if cost >= least:
                        break
                    best, least, helped = trial, cost, helped + 1
                if helped:
                    break
        return best

    def model(self, values: np.ndarray) -> np.ndarray:
        """Return what the model gives at a point."""
        key = values.tobytes()
        if key not in self.solved:
            solution = solve_at(self.system, self.calibration, values, self.settings)
            self.evaluations += 1
            self.solved = {key: (solution, measured(solution, self.observations))}
        return self.solved[key][1]

    def residuals(self, values: np.ndarray) -> np.ndarray:
        """Return scaled residuals and distances to the priors; large where no answer can be certified."""
        c = self.calibration
        distance = (values - c.prior) / c.spread
        try:
            parts = (self.model(values) - self.observations.seen) / self.observations.scale
        except LinepackError:
            if np.array_equal(values, c.prior):
                raise
            parts = np.full(len(self.observations.scale), 1e3)
        all_parts = np.concatenate([parts, distance])
        cost = float(all_parts @ all_parts)
        self.best = min(self.best, cost)
        if self.on_progress is not None:
            self.on_progress(FitProgress(self.evaluations, cost, self.best, time.perf_counter() - self.start))
        return all_parts

    def jacobian(self, values: np.ndarray) -> np.ndarray:
        """Return the derivatives of ``residuals``."""
        slopes = self.slopes(values) / self.observations.scale[:, None]
        return np.vstack([slopes, np.diag(1 / self.calibration.spread)])

    def slopes(self, values: np.ndarray) -> np.ndarray:
        """Return d model / d parameter; where the conditions give none, by solving on both sides."""
        self.model(values)
        solution = next(iter(self.solved.values()))[0]
        if self.how is Derivatives.DIFFERENCES:
            return differences(self.system, self.calibration, values, self.observations, self.settings)
        found = derivatives(self.system, self.calibration, values, solution, self.observations)
        lacking = [k for k in range(found.shape[1]) if np.isnan(found[:, k]).any()]
        return self.again(found, values, lacking)

    def seen_from_afar(self, values: np.ndarray) -> np.ndarray:
        """Return d model / d parameter, of parameters that move nothing nearby as a difference over a whole spread."""
        found = self.slopes(values)
        scaled = np.abs(found * self.calibration.spread[None, :] / self.observations.scale[:, None])
        return self.again(found, values, [k for k in range(found.shape[1]) if not scaled[:, k].max() > FLAT])

    def again(self, found: np.ndarray, values: np.ndarray, columns: list[int]) -> np.ndarray:
        """Return the derivatives with some columns taken by solving on both sides."""
        if columns:
            found[:, columns] = differences(self.system, self.calibration, values, self.observations, self.settings,
                                            columns, WIDE)  # fmt: skip
        return found
