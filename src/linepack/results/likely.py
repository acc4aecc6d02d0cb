"""What a solve begins with: what binds and flows in similar scenarios. It makes a solve quicker, not different."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from linepack.market.problem import Equation, Problem, Variable
from linepack.solve import Beginning

LONG_LIMITS = ("contract_take", "contract_delivery")
"""Equations with many rows over many periods, few of which bind: they make up most of the work of a solve."""

IDLE_EUR_MWH = 0.5
"""A column at its lower limit, and this far from paying, is not likely to be used in a similar scenario."""

NIL = 1e-5
"""A quantity below this is nil."""

USED_COLUMNS = ["variable", "labels", "used"]


@dataclass(frozen=True)
class Likely:
    """What is expected of a scenario.

    ``limits`` that bind, as name of the equation and ``entities`` of it; ``used`` columns by variable and digest of its
    labels, one bit a column: a variable that is not in there is begun with whole.
    """

    limits: frozenset[tuple[str, str]]
    used: Mapping[tuple[str, str], np.ndarray] = field(default_factory=dict)


@cache
def shipped_limits(dataset: str) -> Likely | None:
    """Return the limits that bound in the cases that come with a dataset; None for a dataset of one's own.

    ``tools/likely.py`` writes them. An old list costs time and changes no answer: what it lacks is added when broken.
    """
    file = resources.files("linepack") / "datasets" / "likely" / f"{dataset.partition('@')[0]}.csv"
    if not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    return Likely(frozenset((row["limit"], row["what"]) for row in csv.DictReader(lines)))


def likely_of(limits: Iterable[pd.DataFrame], columns: Iterable[pd.DataFrame]) -> Likely:
    """Return what bound or was used in any of several runs: their tables ``binding`` and ``used_columns``."""
    bound = frozenset(pair for table in limits for pair in zip(table["limit"], table["what"], strict=True))
    used: dict[tuple[str, str], np.ndarray] = {}
    for table in columns:
        for variable, labels, bits in zip(*(table[name] for name in USED_COLUMNS), strict=True):
            found = np.unpackbits(np.frombuffer(bytes.fromhex(bits), dtype=np.uint8)).astype(bool)
            used[variable, labels] = used.get((variable, labels), np.zeros(len(found), dtype=bool)) | found
    return Likely(bound, used)


def used_columns(problem: Problem, x: np.ndarray, reduced_cost: np.ndarray) -> pd.DataFrame:
    """Return which columns are used, or nearly pay. Columns: variable, labels (digest), used (bits in hexadecimal).

    Where nothing flows in a balance all its columns count as used: without them its price could be anything.
    """
    above = x - problem.column_lower
    moved = abs(problem.matrix) @ np.where(above < NIL, 0.0, np.abs(x))
    is_still = (moved == 0) & (problem.row_lower == problem.row_upper)
    at_still = abs(problem.matrix).T @ is_still > 0
    is_idle = (above < NIL) & (reduced_cost > IDLE_EUR_MWH) & ~at_still
    return pd.DataFrame(
        [(name, _digest(variable), np.packbits(~is_idle[variable.columns.ravel()]).tobytes().hex())
         for name, variable in problem.variables.items() if variable.columns.size],
        columns=USED_COLUMNS,
    )  # fmt: skip


def beginning(problem: Problem, likely: Likely) -> Beginning:
    """Return the rows and columns to begin with: all, but of ``LONG_LIMITS`` and of idle columns."""
    rows = np.ones(problem.matrix.shape[0], dtype=bool)
    for name in LONG_LIMITS:
        equation = problem.equations[name]
        expected = {what for limit, what in likely.limits if limit == name}
        rows[equation.rows] = np.array([what in expected for what in entities(equation)], dtype=bool)
    columns = np.ones(problem.matrix.shape[1], dtype=bool)
    for name, variable in problem.variables.items():
        if variable.columns.size and (bits := likely.used.get((name, _digest(variable)))) is not None:
            columns[variable.columns.ravel()] = bits[: variable.columns.size]
    return Beginning(rows, columns)


def entities(equation: Equation) -> np.ndarray:
    """Return the name of each entity of an equation: its labels, with spaces between."""
    return np.array([" ".join(map(str, row)) for row in equation.labels.itertuples(index=False)], dtype=object)


def _digest(variable: Variable) -> str:
    lines = [str(variable.columns.shape), *(" ".join(map(str, row)) for row in variable.labels.itertuples(index=False))]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
