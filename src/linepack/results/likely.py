"""What a solve begins with: what binds and flows in similar scenarios. It makes a solve quicker, not different."""

from __future__ import annotations

import csv
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

CARRIED = ("injection", "withdrawal", "level", "closing_step", "contract_untaken", "contract_made_up")
"""Columns that carry gas, or a right to it, over time: a solve always begins with them, for each draw uses others."""

RATES = ("injection_rate", "withdrawal_rate")
"""Rows that a solve always begins with: a store that is stopped in one month fills in the next, past a limit there."""

IDLE_EUR_MWH = 0.5
"""A column at its lower limit, and this far from paying, is not likely to be used in a similar scenario."""

NIL = 1e-5
"""A quantity below this is nil."""

NEAR = 0.01
"""A row is near its limit if it could move less than this share of what it sums."""

SEEN_COLUMNS = ["kind", "name", "what", "used"]
ROW, COLUMN = "row", "column"


@dataclass(frozen=True)
class Seen:
    """What of an equation or a variable was used in similar scenarios: position of each entity; (periods, entities)."""

    position: Mapping[str, int]
    used: np.ndarray


@dataclass(frozen=True)
class Likely:
    """What is expected of a scenario.

    ``limits`` of ``LONG_LIMITS`` that bind, as name of the equation and ``entities`` of it. ``seen``: rows and columns
    of other runs, by kind and name. What neither knows a solve begins with.
    """

    limits: frozenset[tuple[str, str]] = frozenset()
    seen: Mapping[tuple[str, str], Seen] = field(default_factory=dict)


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


def likely_of(tables: Iterable[pd.DataFrame]) -> Likely | None:
    """Return what was used in any of several runs: their tables ``used``. None if there is no table."""
    found: dict[tuple[str, str], dict[str, np.ndarray]] = {}
    for table in tables:
        for kind, name, what, bits in zip(*(table[column] for column in SEEN_COLUMNS), strict=True):
            own = found.setdefault((kind, name), {})
            used = np.array([bit == "1" for bit in bits], dtype=bool)
            own[what] = own[what] | used if what in own and len(own[what]) == len(used) else used
    if not found:
        return None
    seen = {}
    for key, own in found.items():
        length = max(len(used) for used in own.values())
        same = {what: used for what, used in own.items() if len(used) == length}
        seen[key] = Seen({what: k for k, what in enumerate(same)}, np.column_stack(list(same.values())))
    return Likely(seen=seen)


def used(problem: Problem, x: np.ndarray, row_dual: np.ndarray, reduced_cost: np.ndarray) -> pd.DataFrame:
    """Return which rows and columns are used, or nearly so. Columns: kind, name, what, used (one digit a period).

    Where nothing flows in a balance all its columns count as used: without them its price could be anything.
    """
    lines = []
    row_is_used, column_is_used = _used_rows(problem, x, row_dual), used_columns(problem, x, reduced_cost)
    for kind, blocks, is_used in ((ROW, problem.equations.values(), row_is_used),
                                  (COLUMN, problem.variables.values(), column_is_used)):  # fmt: skip
        for block in blocks:
            at = _at(block)
            if at.size:
                bits = ["".join("1" if bit else "0" for bit in own) for own in is_used[at].T]
                lines += [(kind, block.name, what, own) for what, own in zip(entities(block), bits, strict=True)]
    return pd.DataFrame(lines, columns=SEEN_COLUMNS)


def _used_rows(problem: Problem, x: np.ndarray, row_dual: np.ndarray) -> np.ndarray:
    value = problem.matrix @ x
    lower, upper = problem.row_lower, problem.row_upper
    size = abs(problem.matrix) @ np.abs(x) + sum(np.where(np.isfinite(a), np.abs(a), 0.0) for a in (lower, upper))
    is_used = np.asarray((lower == upper) | (np.abs(row_dual) > NIL)
                         | (np.minimum(value - lower, upper - value) < NEAR * (1 + size)))  # fmt: skip
    for name in RATES:
        is_used[problem.equations[name].rows] = True
    return is_used


def used_columns(
    problem: Problem, x: np.ndarray, reduced_cost: np.ndarray, *, idle_eur_mwh: float = IDLE_EUR_MWH,
    still_gwh_d: float = 0.0,
) -> np.ndarray:  # fmt: skip
    """Return which columns are used: they flow, or are no further than ``idle_eur_mwh`` from paying.

    In a balance in which no more than ``still_gwh_d`` moves all count as used, and so do rights that are carried on.
    """
    above, size = x - problem.column_lower, abs(problem.matrix)
    moved = size @ np.where(above < NIL, 0.0, np.abs(x))
    is_still = (moved <= still_gwh_d) & (problem.row_lower == problem.row_upper)
    at_still = size.T @ is_still > 0
    is_used = np.asarray((above >= NIL) | (reduced_cost <= idle_eur_mwh) | at_still)
    for name in CARRIED:
        is_used[problem.variables[name].columns] = True
    return is_used


def beginning(problem: Problem, likely: Likely) -> Beginning:
    """Return the rows and columns to begin with: all, but those that are known not to be likely."""
    found = []
    for kind, blocks, size in ((ROW, problem.equations, problem.matrix.shape[0]),
                               (COLUMN, problem.variables, problem.matrix.shape[1])):  # fmt: skip
        has = np.ones(size, dtype=bool)
        for (of, name), seen in likely.seen.items():
            block = blocks.get(name) if of == kind else None
            if block is not None and _at(block).shape[0] == seen.used.shape[0]:
                known = np.array([seen.position.get(what, -1) for what in entities(block)], dtype=int)
                has[_at(block)] = np.where(known >= 0, seen.used[:, known], True)
        found.append(has)
    rows, columns = found
    if likely.limits:
        for name in LONG_LIMITS:
            equation = problem.equations[name]
            rows[equation.rows] = np.array([(name, what) in likely.limits for what in entities(equation)], dtype=bool)
    return Beginning(rows, columns)


def entities(block: Equation | Variable) -> list[str]:
    """Return the name of each entity of an equation or a variable: its labels, with spaces between."""
    labels = (block.labels[name].tolist() for name in block.labels)
    return [" ".join(map(str, row)) for row in zip(*labels, strict=True)]


def _at(block: Equation | Variable) -> np.ndarray:
    return block.rows if isinstance(block, Equation) else block.columns
