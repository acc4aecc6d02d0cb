"""Designs: which scenarios, which factors, how many draws, one seed. ``docs/ensembles.md`` lists every key.

A design gives one table of draws; the same draws are made for each of its scenarios, so that a change from one
scenario to another is taken draw by draw.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm, qmc

from linepack.ensemble.factors import Factor, Value
from linepack.errors import InputError
from linepack.scenario.patches import patch_content
from linepack.scenario.scenario import Scenario


class Sampling(StrEnum):
    """How the draws fill the space of factors."""

    FULL = "full"
    LATIN_HYPERCUBE = "latin_hypercube"
    SOBOL = "sobol"
    MONTE_CARLO = "monte_carlo"


@dataclass(frozen=True)
class Design:
    """Many futures of one question: scenarios, factors, how they are drawn, and which move together."""

    name: str
    title: str
    scenarios: tuple[Scenario, ...]
    sampling: Sampling
    draws: int
    seed: int
    factors: tuple[Factor, ...]
    correlation: tuple[tuple[str, str, float], ...] = ()

    @property
    def baseline(self) -> Scenario:
        """The scenario that others are compared with."""
        return self.scenarios[0]

    def table(self) -> pd.DataFrame:
        """Return the draws. Columns: draw (from 1), weight (they add up to 1), one per factor."""
        if self.sampling is Sampling.FULL:
            return self._full()
        unit = self._unit_points()
        columns = {factor.name: [factor.distribution.value(float(u)) for u in unit[:, k]]
                   for k, factor in enumerate(self.factors)}  # fmt: skip
        return pd.DataFrame({"draw": np.arange(1, self.draws + 1), "weight": 1.0 / self.draws, **columns})

    def _full(self) -> pd.DataFrame:
        rows: list[list[Value]] = []
        for combination in itertools.product(*(factor.distribution.levels() for factor in self.factors)):
            weight = float(np.prod([chance for _, chance in combination]))
            rows.append([len(rows) + 1, weight, *(value for value, _ in combination)])
        return pd.DataFrame(rows, columns=["draw", "weight", *(factor.name for factor in self.factors)])

    def _unit_points(self) -> np.ndarray:
        """Return points between 0 and 1, shape (draws, factors); correlated by a normal copula."""
        count, random = len(self.factors), np.random.default_rng(self.seed)
        if self.sampling is Sampling.SOBOL:
            unit = qmc.Sobol(d=count, scramble=True, rng=random).random(self.draws)
        elif self.sampling is Sampling.LATIN_HYPERCUBE:
            unit = qmc.LatinHypercube(d=count, rng=random).random(self.draws)
        else:
            unit = random.random((self.draws, count))
        if not self.correlation:
            return np.asarray(unit)
        names = [factor.name for factor in self.factors]
        scores = norm.ppf(np.clip(unit, 1e-12, 1 - 1e-12))
        return np.asarray(norm.cdf(scores @ np.linalg.cholesky(correlation_matrix(names, self.correlation)).T))

    def scenarios_of(self, table: pd.DataFrame) -> list[Scenario]:
        """Return one scenario per scenario of the design and draw, scenario by scenario."""
        patches = [self.patches_of(row) for row in table.to_dict("records")]
        return [scenario.with_patches(f"{scenario.name}, draw {draw}", *own)
                for scenario in self.scenarios for draw, own in zip(table["draw"], patches, strict=True)]  # fmt: skip

    def patches_of(self, row: dict[str, Value]) -> tuple[Any, ...]:
        """Return the patches of one draw, in the order of the factors."""
        return tuple(patch for factor in self.factors for patch in factor.patches_of(row[factor.name]))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the scenarios and what every draw does to them: the same for a design written differently."""
        table = self.table()
        drawn = [[patch_content(patch) for patch in self.patches_of(row)] for row in table.to_dict("records")]
        content = [[scenario.content() for scenario in self.scenarios], table.to_dict("records"), drawn]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def with_draws(self, draws: int) -> Design:
        """Return the design with another number of draws. Errors: ``InputError`` if it cannot have that number."""
        if self.sampling is Sampling.FULL:
            raise InputError("not-allowed", "a full design has as many draws as combinations", keys=[self.name])
        if self.sampling is Sampling.SOBOL:
            check_power(draws)
        return replace(self, draws=draws)


def correlation_matrix(names: Sequence[str], pairs: Sequence[tuple[str, str, float]]) -> np.ndarray:
    """Return the matrix of correlations between factors, in their order."""
    matrix = np.eye(len(names))
    for one, other, value in pairs:
        k, m = names.index(one), names.index(other)
        matrix[k, m] = matrix[m, k] = value
    return matrix


def check_power(draws: int) -> None:
    """Refuse a number of Sobol points that is no power of two."""
    lower = 1 << (draws.bit_length() - 1)
    if draws != lower:
        raise InputError("not-a-power-of-two", f"{draws} points of a Sobol sequence are out of balance",
                         hint=f"take {lower} or {2 * lower}")  # fmt: skip
