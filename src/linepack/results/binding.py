"""Which limits bind, for how long and at what price: one row per limit that bound, for runs of an ensemble."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from linepack.market.sets import DAYS_PER_UNIT
from linepack.results.solution import Solution
from linepack.results.tables import arc_flows_and_rents

BINDING_COLUMNS = ["limit", "what", "bound_fraction", "shadow_price", "unit"]
OTHER_UNITS = {"fleet_days": "1000 EUR/d a ship"}
PRICE_FLOOR = 0.01
"""A smaller shadow price is not worth a row."""


def binding(solution: Solution) -> pd.DataFrame:
    """Return the limits that bind. Columns: limit, what, bound_fraction, shadow_price, unit.

    ``limit`` is the name of the equation, ``what`` its entity; ``bound_fraction`` the share of days on which it binds;
    the price is the mean over those days, positive when scarce; a limit over a year binds on all of its days or on
    none. The capacity of an arc may be a row or the limit of a column.
    """
    problem, dual = solution.problem, solution.certified.row_dual
    arcs = problem.sets.arcs["arc"].tolist()
    lines = _lines("arc_capacity", lambda k: str(arcs[k]), arc_flows_and_rents(solution)[1], solution.days)
    for name, equation in problem.equations.items():
        rows = equation.rows
        is_limit = problem.row_lower[rows] != problem.row_upper[rows]
        if name == "arc_capacity" or not rows.size or not is_limit.any():
            continue
        of_periods = rows.shape[0] == len(solution.days) and name != "closing_value"
        weight = problem.sets.weight[:, None] if of_periods else np.full((rows.shape[0], 1), 1.0)
        price = np.where(is_limit, np.abs(dual[rows]) / weight, 0.0)
        days = solution.days if of_periods else np.full(rows.shape[0], DAYS_PER_UNIT)
        labels = [equation.labels[column].tolist() for column in equation.labels]
        lines += _lines(name, partial(_entity, labels), price, days)
    return pd.DataFrame(lines, columns=BINDING_COLUMNS)


def _entity(labels: list[list[object]], k: int) -> str:
    return " ".join(str(column[k]) for column in labels)


def _lines(
    name: str, what: Callable[[int], str], price: np.ndarray, days: np.ndarray
) -> list[tuple[str, str, float, float, str]]:  # fmt: skip
    """Return a line for each entity with a price; ``price`` has shape (periods, entities)."""
    bound = price > PRICE_FLOOR
    bound_days, paid = days @ bound, days @ np.where(bound, price, 0.0)
    unit = OTHER_UNITS.get(name, "EUR/MWh")
    return [(name, what(int(k)), float(bound_days[k] / days.sum()), float(paid[k] / bound_days[k]), unit)
            for k in np.flatnonzero(bound_days > 0)]  # fmt: skip
