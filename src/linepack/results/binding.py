"""Which limits bind, for how long and at what price: one row per limit that bound, for runs of an ensemble."""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack.market.sets import DAYS_PER_UNIT
from linepack.results.likely import entities
from linepack.results.solution import Solution

BINDING_COLUMNS = ["limit", "what", "bound_fraction", "shadow_price", "unit"]
OTHER_UNITS = {"fleet_days": "1000 EUR/d a ship"}
PRICE_FLOOR = 0.01
"""A smaller shadow price is not worth a row."""


def binding(solution: Solution, arcs: pd.DataFrame) -> pd.DataFrame:
    """Return the limits that bind. Columns: limit, what, bound_fraction, shadow_price, unit.

    ``limit`` is the name of the equation, ``what`` its entity; ``bound_fraction`` the share of days on which it binds;
    the price is the mean over those days, positive when scarce; a limit over a year binds on all of its days or on
    none. ``arcs`` is the table of that name: the capacity of an arc may be a row or the limit of a column.
    """
    parts = [_of_arcs(arcs)]
    problem, dual = solution.problem, solution.certified.row_dual
    for name, equation in problem.equations.items():
        rows = equation.rows
        is_limit = problem.row_lower[rows] != problem.row_upper[rows]
        if name == "arc_capacity" or not rows.size or not is_limit.any():
            continue
        of_periods = rows.shape[0] == len(solution.days) and name != "closing_value"
        weight = problem.sets.weight[:, None] if of_periods else np.full((rows.shape[0], 1), 1.0)
        price = np.where(is_limit, np.abs(dual[rows]) / weight, 0.0)
        days = solution.days if of_periods else np.full(rows.shape[0], DAYS_PER_UNIT)
        parts.append(_rows(name, np.array(entities(equation), dtype=object), price, days))
    return pd.concat(parts, ignore_index=True)


def _of_arcs(arcs: pd.DataFrame) -> pd.DataFrame:
    days = arcs.drop_duplicates("period")["days"].to_numpy(dtype=float)
    names = arcs["arc"].to_numpy()[:: len(days)] if len(days) else np.array([])
    price = arcs["congestion_rent_eur_mwh"].to_numpy(dtype=float).reshape(len(names), len(days)).T
    return _rows("arc_capacity", names, price, days)


def _rows(name: str, what: np.ndarray, price: np.ndarray, days: np.ndarray) -> pd.DataFrame:
    """Return rows for entities with a price; ``price`` has shape (periods, entities)."""
    bound = price > PRICE_FLOOR
    bound_days = days @ bound
    chosen = bound_days > 0
    paid = days @ np.where(bound, price, 0.0)
    return pd.DataFrame({
        "limit": name, "what": what[chosen], "bound_fraction": bound_days[chosen] / days.sum(),
        "shadow_price": paid[chosen] / bound_days[chosen], "unit": OTHER_UNITS.get(name, "EUR/MWh"),
    }, columns=BINDING_COLUMNS)  # fmt: skip
