"""By how much every price changes with one number of the tables, without solving again.

The optimality conditions at the active set are linear equations in small changes; the change of the arrays with the
number is taken from the arrays themselves (they are smooth, mostly straight, in every number), and one linear
system gives the change of every quantity and price (implicit function theorem; Fiacco, 1976). Where a limit is about to
bind or to let go, a price has two derivatives, one to each side: it is flagged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.market.problem import Problem
from linepack.market.tangent import cross_terms, tangent
from linepack.results.equilibrium import program_of
from linepack.results.solution import Solution
from linepack.solve import reduced_cost
from linepack.solve.active_set import ActiveSet, OptimalitySystem, active_set
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES_BY_NAME, Kind

STEP = 1e-4
"""Relative step by which the arrays, not the equilibrium, are differenced."""

UNSOLVED = 1e-6
DISAGREEMENT = 1e-6


@dataclass(frozen=True)
class Cell:
    """One number of the tables: table, values of key columns (all rows that match move together), column."""

    table: str
    where: Mapping[str, str | float]
    column: str


def price_sensitivity(solution: Solution, cell: Cell) -> pd.DataFrame:
    """Return d hub price / d number.

    Columns: node, period, derivative (EUR/MWh per unit of the column), is_degenerate (the two sides differ, or the
    conditions leave the price open). Errors: ``InputError`` for a cell that does not exist or is no number.
    """
    rows = _rows(solution.system, cell)
    value = solution.system.table(cell.table)[cell.column].to_numpy(dtype=float)[rows]
    step = STEP * max(1.0, float(np.abs(value).max()))
    low, high = (_moved(solution, cell, rows, side * step) for side in (-1.0, 1.0))
    directions, is_open = Conditions(solution).directions(low, high, 2 * step)
    balance = solution.problem.equations["pool_balance"]
    weight = solution.problem.sets.weight[:, None]
    sides = [direction.row_dual[balance.rows] / weight for direction in directions]
    spread = np.max(sides, axis=0) - np.min(sides, axis=0)
    is_degenerate = is_open | (spread > DISAGREEMENT * (1 + np.abs(sides[0])))
    nodes = balance.labels["node"].tolist()
    return pd.DataFrame({
        "node": nodes * len(sides[0]), "period": np.repeat(solution.labels_of_periods, len(nodes)),
        "derivative": sides[0].ravel(), "is_degenerate": is_degenerate.ravel(),
    })  # fmt: skip


def _rows(system: GasSystem, cell: Cell) -> np.ndarray:
    schema = TABLES_BY_NAME.get(cell.table)
    if schema is None or cell.column not in {c.name for c in schema.columns if c.kind is Kind.NUMBER}:
        raise InputError("unknown-number", f"{cell.table} has no number '{cell.column}'", table=cell.table,
                         keys=[cell.column], hint="linepack data schema")  # fmt: skip
    frame = system.table(cell.table)
    mask = np.ones(len(frame), dtype=bool)
    for name, value in cell.where.items():
        if name not in frame:
            raise InputError("unknown-column", f"{cell.table} has no column '{name}'", table=cell.table, keys=[name])
        mask &= (frame[name] == value).to_numpy()
    if not mask.any():
        raise InputError("no-match", f"no row of {cell.table} matches", table=cell.table,
                         keys=[f"{k}={v}" for k, v in cell.where.items()])  # fmt: skip
    return np.flatnonzero(mask)


def _moved(solution: Solution, cell: Cell, rows: np.ndarray, step: float) -> Problem:
    """Return the arrays with the number moved, tangents taken at the solution's own point."""
    frame = solution.system.table(cell.table)
    values = frame[cell.column].to_numpy(dtype=float).copy()
    values[rows] += step
    problem = touching(solution, solution.system.with_tables(**{cell.table: frame.assign(**{cell.column: values})}))
    if problem is None:
        raise InputError("structure-changes", "this number opens or closes a way; its derivative says nothing",
                         table=cell.table, keys=[cell.column])  # fmt: skip
    return problem


def touching(solution: Solution, system: GasSystem) -> Problem | None:
    """Return the arrays of a system close to the solution's own, tangents taken at the solution's point.

    None if the system has other ways than the solution's: then there is no derivative towards it.
    """
    closing = Closing.VALUES if solution.problem.equations["closing_value"].rows.size else Closing.LEVELS
    if not len(solution.problem.sets.storages):
        closing = Closing.VALUES
    problem = compile_problem(system, solution.problem.sets.periods, closing=closing)
    if problem.matrix.shape != solution.problem.matrix.shape:
        return None
    return problem if problem.curves.is_straight else tangent(problem, solution.certified.x)[0]


@dataclass(frozen=True)
class Direction:
    """Derivatives of every quantity and every row dual with one number, in the units of the arrays."""

    x: np.ndarray
    row_dual: np.ndarray


class Conditions:
    """The optimality conditions at a solution, factored once for as many directions as are asked for."""

    def __init__(self, solution: Solution) -> None:
        self._x, self._y = solution.certified.x, solution.certified.row_dual
        self._here = program_of(solution.problem)
        self._cross = cross_terms(solution.problem, self._x)
        self._readings = _readings(active_set(self._here, self._x, self._y))
        self._systems: dict[int, OptimalitySystem] = {}

    def directions(self, low: Problem, high: Problem, width: float) -> tuple[list[Direction], bool]:
        """Return how the equilibrium moves from ``low`` to ``high``, per unit of the number that is ``width`` wide.

        The first entry counts what binds by a hair as it is, others as free and as bound; the flag says that the
        conditions leave a direction open.
        """
        found = [self._direction(k, low, high, width) for k in range(len(self._readings))]
        return [direction for direction, _ in found], any(is_open for _, is_open in found)

    def direction(self, low: Problem, high: Problem, width: float) -> Direction:
        """Return the first of ``directions``."""
        return self._direction(0, low, high, width)[0]

    def _direction(self, k: int, low: Problem, high: Problem, width: float) -> tuple[Direction, bool]:
        x, y, here, chosen = self._x, self._y, self._here, self._readings[k]
        bottom, top = program_of(low), program_of(high)

        def change(name: str) -> np.ndarray:
            before, after = getattr(bottom, name), getattr(top, name)
            both = np.isfinite(before) & np.isfinite(after)
            return np.where(both, np.where(both, after, 0.0) - np.where(both, before, 0.0), 0.0) / width

        marginal = (reduced_cost(top, x, y) - reduced_cost(bottom, x, y)) / width
        moved_rows = ((top.matrix - bottom.matrix) @ x) / width
        z = reduced_cost(here, x, y)
        at_lower = np.where(np.abs(z) > 0, z > 0, True)
        bound = np.where(at_lower, change("column_lower"), change("column_upper"))
        at_top = np.isclose(x, here.column_upper) & ~np.isclose(x, here.column_lower)
        bound = np.where(at_top, change("column_upper"), bound)
        bound = np.where(chosen.is_free, 0.0, bound)
        is_low = np.where(here.row_lower == here.row_upper, True, y > 0)
        side = np.where(is_low, change("row_lower"), change("row_upper"))
        stationarity = -marginal - here.hessian_diagonal * bound - self._cross @ bound
        rows = np.where(chosen.is_binding, side - moved_rows - here.matrix @ bound, 0.0)
        if k not in self._systems:
            self._systems[k] = OptimalitySystem(here, chosen, self._cross)
        dx, dy, left = self._systems[k].solve(stationarity, rows)
        return Direction(bound + dx, dy), left > UNSOLVED * (1 + float(np.abs(stationarity).max(initial=0.0)))


def _readings(active: ActiveSet) -> list[ActiveSet]:
    """Return the active set as it is and, if something binds by a hair, with all of that free, and all of it bound."""
    weak_column, weak_row = active.is_weak_column, active.is_weak_row
    if not (weak_column.any() or weak_row.any()):
        return [active]
    return [
        active,
        replace(active, is_free=active.is_free | weak_column, is_binding=active.is_binding & ~weak_row),
        replace(active, is_free=active.is_free & ~weak_column, is_binding=active.is_binding | weak_row),
    ]
