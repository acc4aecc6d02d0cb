"""Which long limits a solve begins with: those that bind in similar scenarios. They make it quicker, not different."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np

from linepack.market.problem import Equation, Problem

LONG_LIMITS = ("contract_take", "contract_delivery")
"""Equations with many rows over many periods, few of which bind: they make up most of the work of a solve."""

Likely = frozenset[tuple[str, str]]
"""Limits that are expected to bind, as name of the equation and ``entities`` of it."""


@cache
def shipped_limits(dataset: str) -> Likely | None:
    """Return the limits that bound in the cases that come with a dataset; None for a dataset of one's own.

    ``tools/likely.py`` writes them. An old list costs time and changes no answer: what it lacks is added when broken.
    """
    file = resources.files("linepack") / "datasets" / "likely" / f"{dataset.partition('@')[0]}.csv"
    if not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset((row["limit"], row["what"]) for row in csv.DictReader(lines))


def likely_rows(problem: Problem, likely: Likely) -> np.ndarray:
    """Return which rows to begin with: all, but of the equations in ``LONG_LIMITS`` only those that are likely."""
    rows = np.ones(problem.matrix.shape[0], dtype=bool)
    for name in LONG_LIMITS:
        equation = problem.equations[name]
        expected = {what for limit, what in likely if limit == name}
        rows[equation.rows] = np.array([what in expected for what in entities(equation)], dtype=bool)
    return rows


def entities(equation: Equation) -> np.ndarray:
    """Return the name of each entity of an equation: its labels, with spaces between."""
    return np.array([" ".join(map(str, row)) for row in equation.labels.itertuples(index=False)], dtype=object)
