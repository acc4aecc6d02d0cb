"""What is drawn: factors with a distribution, each turned into patches of a scenario."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from scipy.stats import norm

from linepack.scenario.parse import parse_patch
from linepack.scenario.patches import Patch
from linepack.scenario.reader import Fields

DRAW = "draw"
"""Stands in a patch for the number that is drawn."""

DIGITS = 9
"""Decimals of a drawn number, so that the same design gives the same digests everywhere."""

Value = float | str


class Distribution(Protocol):
    """From a number between 0 and 1 to a value."""

    def value(self, unit: float) -> Value:
        """Return the value at a cumulative probability."""
        ...

    def levels(self) -> tuple[tuple[Value, float], ...]:
        """Return the values of a full design with their probabilities; empty if there are none."""
        ...


@dataclass(frozen=True)
class Uniform:
    """Even between two ends; in the logarithm if ``is_log``."""

    low: float
    high: float
    is_log: bool = False

    def value(self, unit: float) -> Value:
        """Return the quantile."""
        found = self.low * (self.high / self.low) ** unit if self.is_log else self.low + (self.high - self.low) * unit
        return round(float(found), DIGITS)

    def levels(self) -> tuple[tuple[Value, float], ...]:
        """A range has no levels."""
        return ()


@dataclass(frozen=True)
class Triangular:
    """Rises to a most likely value and falls again."""

    low: float
    mode: float
    high: float

    def value(self, unit: float) -> Value:
        """Return the quantile."""
        width, rise = self.high - self.low, self.mode - self.low
        if unit * width < rise:
            return round(float(self.low + np.sqrt(unit * width * rise)), DIGITS)
        return round(float(self.high - np.sqrt((1 - unit) * width * (self.high - self.mode))), DIGITS)

    def levels(self) -> tuple[tuple[Value, float], ...]:
        """A range has no levels."""
        return ()


@dataclass(frozen=True)
class Normal:
    """The normal distribution, cut off at two ends."""

    mean: float
    deviation: float
    low: float
    high: float

    def value(self, unit: float) -> Value:
        """Return the quantile of what lies between the ends."""
        first, last = (float(norm.cdf((end - self.mean) / self.deviation)) for end in (self.low, self.high))
        found = self.mean + self.deviation * norm.ppf(first + (last - first) * unit)
        return round(float(np.clip(found, self.low, self.high)), DIGITS)

    def levels(self) -> tuple[tuple[Value, float], ...]:
        """A range has no levels."""
        return ()


@dataclass(frozen=True)
class Choice:
    """Named outcomes, or numbers, each with its probability; they add up to 1."""

    outcomes: tuple[tuple[Value, float], ...]

    def value(self, unit: float) -> Value:
        """Return the outcome in whose slice the number lies."""
        ends = np.cumsum([chance for _, chance in self.outcomes])
        return self.outcomes[min(int(np.searchsorted(ends, unit, side="right")), len(self.outcomes) - 1)][0]

    def levels(self) -> tuple[tuple[Value, float], ...]:
        """Return the outcomes that can happen."""
        return tuple(item for item in self.outcomes if item[1] > 0)


@dataclass(frozen=True)
class Factor:
    """One thing that nobody knows: its distribution, and the patches that an outcome makes.

    ``patches`` belong to outcomes by name; those under ``DRAW`` hold the drawn number.
    """

    name: str
    distribution: Distribution
    patches: Mapping[str, tuple[Fields, ...]]

    def patches_of(self, value: Value) -> tuple[Patch, ...]:
        """Return the patches of a drawn value. Errors: ``InputError`` with file and line."""
        lines = self.patches.get(value if isinstance(value, str) else DRAW, ())
        return tuple(parse_patch(_filled(self.name, item, value)) for item in lines)


def _filled(factor: str, fields: Fields, value: Value) -> Fields:
    """Return the lines of a patch with the drawn number in place of the word."""
    filled: Any = copy.copy(fields.values)  # which keeps the lines of the keys
    for key in list(filled):
        if filled[key] == DRAW:
            filled[key] = value
    if isinstance(filled.get("name"), str):
        filled["name"] = f"{factor}: {filled['name']}"
    return Fields(filled, fields.where, fields.line)
