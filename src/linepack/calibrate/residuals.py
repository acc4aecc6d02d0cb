"""How far a run is from what was observed, and the exact derivative of that distance with every parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from linepack.calibrate.declare import Calibration, Parameter, Target
from linepack.errors import InputError
from linepack.results.observed import MEASURES
from linepack.results.sensitivity import Conditions, touching
from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.scenario import apply_scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Basis

MEASURED_TABLES = ("price_markers", "sales", "consumption", "storage", "flows")
UNFIT = ("border_flow", "unserved")
"""Observations that have no derivative: a sign, and what is nearly always nil."""

IN_POINTS = ("storage_fill",)
STEP_OF_SPREAD = 1e-4
"""Step by which arrays are differenced, as a share of a parameter's spread."""

DIFFERENCE_OF_SPREAD = 0.05
"""Step of a finite difference of solved equilibria, as a share of a parameter's spread."""


@dataclass(frozen=True)
class Observed:
    """The observations that a fit is held against: rows of ``observations`` and the scale of each residual.

    A residual is (model - observed) / scale: 1 is a deviation of the observation's own tolerance, times its weight.
    """

    rows: pd.DataFrame
    scale: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Observed values."""
        return self.rows["value"].to_numpy(dtype=float)


def observed(system: GasSystem, targets: Sequence[Target] = ()) -> Observed:
    """Return what a fit is held against. Errors: ``InputError`` if there is nothing."""
    table = system.table("observations")
    is_fit = ~table["quantity"].isin(UNFIT) & (table["basis"] != Basis.IMPOSED) & (table["tolerance"] > 0)
    weight = np.ones(len(table))
    if targets:
        known = list(dict.fromkeys(table["quantity"]))
        for target in targets:
            if target.quantity not in known or target.quantity in UNFIT:
                raise InputError("unknown-quantity", f"no observation of '{target.quantity}' can be fitted",
                                 table="observations", keys=[target.quantity],
                                 hint=f"one of: {', '.join(q for q in known if q not in UNFIT)}")  # fmt: skip
        chosen = {target.quantity: target.weight for target in targets}
        weight = table["quantity"].map(chosen).fillna(0.0).to_numpy(dtype=float)
    rows = table[is_fit & (weight > 0)].reset_index(drop=True)
    if rows.empty:
        raise InputError("nothing-observed", "the dataset has no observation to fit to", table="observations",
                         hint="add rows whose basis is not 'imposed'")  # fmt: skip
    in_points = rows["quantity"].isin(IN_POINTS)
    tolerance = rows["tolerance"].to_numpy(dtype=float)
    scale = np.where(in_points, tolerance, tolerance * rows["value"].abs())
    return Observed(rows, scale / weight[(is_fit & (weight > 0)).to_numpy()])


def measured(solution: Solution, observations: Observed) -> np.ndarray:
    """Return what the model gives for each observation, in the unit of the observation."""
    tables = result_tables(solution, MEASURED_TABLES)
    return np.array([MEASURES[row.quantity](tables, solution.system, row) for row in observations.rows.itertuples()])


def solve_at(system: GasSystem, calibration: Calibration, values: np.ndarray, settings: SolveSettings) -> Solution:
    """Return the equilibrium at a point of the parameters."""
    return solve_system(system, calibration.at(values), settings)


def derivatives(
    system: GasSystem, calibration: Calibration, values: np.ndarray, solution: Solution, observations: Observed
) -> np.ndarray:  # fmt: skip
    """Return d model / d parameter, shape (observations, parameters), NaN in a column that opens or closes a way.

    The arrays, straight in every number or nearly so, are differenced, the equilibrium is not: one linear system at its
    active set gives every quantity and
    price (``linepack.results.sensitivity``); what is measured is linear in those.
    """
    here, conditions = measured(solution, observations), Conditions(solution)
    columns = []
    for k, parameter in enumerate(calibration.parameters):
        step = STEP_OF_SPREAD * parameter.spread
        step = -step if values[k] + step > parameter.high else step
        moved = values.copy()
        moved[k] += step
        ahead_of = touching(solution, apply_scenario(system, calibration.at(moved)))
        if ahead_of is None:
            columns.append(np.full(len(here), np.nan))
            continue
        direction = conditions.direction(solution.problem, ahead_of, step)
        x, dual = solution.certified.x + direction.x, solution.certified.row_dual + direction.row_dual
        ahead = replace(solution, certified=replace(solution.certified, x=x, row_dual=dual))
        columns.append(measured(ahead, observations) - here)
    return np.column_stack(columns)


def differences(
    system: GasSystem, calibration: Calibration, values: np.ndarray, observations: Observed, settings: SolveSettings,
    columns: Sequence[int] | None = None, step_of_spread: float = DIFFERENCE_OF_SPREAD,
) -> np.ndarray:  # fmt: skip
    """Return the derivatives of some columns as differences of solved equilibria, central within the bounds."""
    found = []
    for k in range(len(values)) if columns is None else columns:
        parameter = calibration.parameters[k]
        ends = _ends(parameter, values[k], step_of_spread * parameter.spread)
        sides = []
        for end in ends:
            moved = values.copy()
            moved[k] = end
            sides.append(measured(solve_at(system, calibration, moved, settings), observations))
        found.append((sides[1] - sides[0]) / (ends[1] - ends[0]))
    return np.column_stack(found)


def _ends(parameter: Parameter, value: float, step: float) -> np.ndarray:
    """Return the ends of a step around a value, within the parameter's bounds."""
    return np.clip([value - step, value + step], parameter.low, parameter.high)
