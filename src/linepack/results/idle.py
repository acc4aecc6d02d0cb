"""Markets that no gas reaches in a period: which they are, and what their price is.

Where nothing is consumed and nothing passes, any price from what the first consumer would pay up to the cost of
bringing gas is an equilibrium, and a solver returns one of them at random. The lowest is taken: the choke price of
demand, or the shedding price where some demand is worth more, and never less than what the next market would pay.
"""

from __future__ import annotations

import numpy as np

from linepack.market.problem import Problem
from linepack.solve import QuadraticProgram, reduced_cost

NO_GAS_GWH_D = 1e-6
ROUNDS = 20


def idle_rows(problem: Problem, x: np.ndarray) -> np.ndarray:
    """Return which balances of pools no gas enters or leaves, shape (periods, pool nodes)."""
    rows = problem.equations["pool_balance"].rows
    moved = abs(problem.matrix) @ np.abs(x)
    return np.asarray((moved[rows] < NO_GAS_GWH_D) & (np.abs(problem.row_upper[rows]) < NO_GAS_GWH_D))


def lowest_prices(problem: Problem, program: QuadraticProgram, x: np.ndarray, row_dual: np.ndarray) -> np.ndarray:
    """Return the row duals with the price of each market without gas at the lowest that is an equilibrium.

    A price may fall until a consumer would buy, or a flow to elsewhere would pay; neighbours without gas fall together,
    a round for each step between them. A place without consumers keeps its price.
    """
    is_idle = idle_rows(problem, x)
    if not is_idle.any():
        return row_dual
    buyers = np.zeros(len(x), dtype=bool)
    for name in ("consumption", "firm_consumption"):
        buyers[problem.variables[name].columns.ravel()] = True
    takes = (program.matrix[problem.equations["pool_balance"].rows[is_idle]]).tocsr()
    dual, rows = row_dual.copy(), problem.equations["pool_balance"].rows[is_idle]
    can_rise = program.column_upper > program.column_lower
    for _ in range(ROUNDS):
        z = reduced_cost(program, x, dual)
        fell = 0.0
        for k, row in enumerate(rows):
            part = slice(takes.indptr[k], takes.indptr[k + 1])
            columns, entries = takes.indices[part], takes.data[part]
            leaves = (entries < 0) & can_rise[columns]
            if not buyers[columns[leaves]].any():
                continue
            room = max(float((z[columns[leaves]] / -entries[leaves]).min()), 0.0)
            dual[row] -= room
            z[columns] += entries * room
            fell = max(fell, room)
        if fell < 1e-9 * (1 + float(np.abs(dual[rows]).max())):
            break
    return dual
