"""What a market expects beyond what the data say: a balance in each month ahead that makes its price the curve's.

In the months of a window that are still to come, gas can be bought and sold at the forward price of a marker. The
quantity that this takes is what the market must know, or believe, beyond the data: more gas to come, or less use of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import scipy.sparse as sp

from linepack.errors import InputError
from linepack.market.problem import Problem, Variable
from linepack.market.sets import positions
from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem

OUTLOOK = "outlook_balance"


def curve_prices(system: GasSystem, marker: str, on: date, periods: Sequence[Period]) -> np.ndarray:
    """Return the forward price of a marker in EUR/MWh for monthly periods, by the last curve seen by a day.

    A month beyond the last block of the curve has the price of that block, one before the first that of the first.
    Errors: ``InputError`` if the marker has no curve by then.
    """
    table = system.table("forward_curves")
    known = table[(table["marker"] == marker) & (table["curve_date"] <= on.isoformat())]
    if not len(known):
        raise InputError("no-curve", f"no forward curve of {marker} was seen by {on}", table="forward_curves",
                         keys=[marker], hint="add a curve, or write 'expectations: foresight'")  # fmt: skip
    curve = known[known["curve_date"] == known["curve_date"].max()].sort_values("first_month")
    starts, prices = curve["first_month"].tolist(), curve["price_eur_mwh"].to_numpy(dtype=float)
    at = [sum(first <= period.label for first in starts) - 1 for period in periods]
    return np.asarray(prices[np.maximum(at, 0)])


def with_outlook(
    problem: Problem, system: GasSystem, marker: str, first: int, price_eur_mwh: np.ndarray | None = None,
    balance_gwh_d: np.ndarray | None = None,
) -> Problem:  # fmt: skip
    """Return the problem with an outlook balance in each period from ``first``: one column each, in GWh/d.

    With ``price_eur_mwh`` the balance is whatever makes the price of the marker that price; with ``balance_gwh_d`` it
    is given, and the price follows from it. Errors: ``InputError`` for a marker at places without a pool.
    """
    table = system.table("price_markers")
    own = table[table["marker"] == marker]
    pools = problem.equations["pool_balance"]
    at = positions(own["node"].tolist(), pools.labels["node"].tolist())
    if not len(own) or (at < 0).any():
        raise InputError("no-marker", f"no hubs make up the marker {marker}", table="price_markers", keys=[marker],
                         hint="name a marker whose nodes are markets of the scenario")  # fmt: skip
    share = own["weight"].to_numpy(dtype=float) / own["weight"].sum()
    rows = pools.rows[first:][:, at]
    count, size = len(rows), problem.matrix.shape[1]
    columns = np.arange(count)
    block = sp.csc_matrix(
        (np.tile(share, count), (rows.ravel(), np.repeat(columns, len(at)))), shape=(problem.matrix.shape[0], count)
    )
    cost = np.zeros(count) if price_eur_mwh is None else problem.sets.weight[first:] * price_eur_mwh
    low, high = (np.full(count, -np.inf), np.full(count, np.inf)) if balance_gwh_d is None else (balance_gwh_d,) * 2
    labels = pd.DataFrame({"marker": [marker]})
    variable = Variable(OUTLOOK, "GWh/d", labels, size + columns[:, None])
    return replace(
        problem,
        matrix=sp.hstack([problem.matrix, block], format="csc"),
        cost=np.concatenate([problem.cost, cost]),
        hessian_diagonal=np.concatenate([problem.hessian_diagonal, np.zeros(count)]),
        column_lower=np.concatenate([problem.column_lower, low]),
        column_upper=np.concatenate([problem.column_upper, high]),
        resource_cost_eur_mwh=np.concatenate([problem.resource_cost_eur_mwh, np.zeros(count)]),
        variables={**problem.variables, OUTLOOK: variable},
    )
