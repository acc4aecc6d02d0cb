"""Consumers remember: what a dear year took from demand does not come back at once, nor does it all go in that year.

Partial adjustment (Koyck, 1954; Nerlove, 1958): the logarithm of demand is

    ln q = ln q0 - short ln(p / p0) - (long - short) m

where m is what is remembered: the mean of ln(p / p0) over the years before, each weighing the share ``retention`` of
the one after. So m moves by (1 - retention) of the way to a year's price. At a lasting price m comes to be ln(p / p0),
and the elasticity the long-run one. Within a year the memory is fixed: the market of the year is the same program, with
its demand to the left or right.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import Window, pairs, windows_of
from linepack.system.calendar import MonthGrid, Period, month_grid
from linepack.system.gassystem import GasSystem
from linepack.units import DAYS_PER_YEAR

MULTIPLIER = "memory_multiplier"
LEAST_PRICE_SHARE = 0.05
"""A price below this share of the reference is remembered as this share: logarithms need a price above nil."""


def memory_rows(system: GasSystem) -> pd.DataFrame:
    """Return the rows of ``demand_memory`` with ``lasting_elasticity`` times the parameter ``memory_multiplier``.

    Empty where the parameter is nil or missing. Errors: ``InputError`` for a consumer that does not exist.
    """
    single = dict(pairs(system.table("parameters"), "parameter", "value"))
    factor, table = float(single.get(MULTIPLIER, 0.0)), system.table("demand_memory")
    if factor == 0 or table.empty:
        return table.iloc[:0]
    known = set(pairs(system.table("demand"), "node", "segment"))
    missing = [" ".join(key) for key in pairs(table, "node", "segment") if key not in known]
    if missing:
        raise InputError("unknown-consumer", "these consumers have no demand", table="demand_memory", keys=missing,
                         hint="node and segment as in the table demand")  # fmt: skip
    return table.assign(lasting_elasticity=table["lasting_elasticity"] * factor).reset_index(drop=True)


def without_news(rows: pd.DataFrame, periods: tuple[Period, ...]) -> np.ndarray:
    """Return what is remembered at the start of each year and after the last if every price were the reference.

    Shape (years + 1, rows). The opening state fades.
    """
    return _carried(rows, windows_of(periods), np.zeros((len(windows_of(periods)), len(rows))))


def remembered(
    system: GasSystem, rows: pd.DataFrame, periods: tuple[Period, ...], hub_prices: pd.DataFrame
) -> np.ndarray:
    """Return what is remembered at the start of each calendar year and after the last, shape (years + 1, rows).

    ``system`` has the demand of the tables, ``hub_prices`` (periods by nodes, EUR/MWh) are what came out. A year counts
    by its mean price, weighted with reference demand, end-user costs included; part of a year by its share of days.
    """
    grid, windows = month_grid(periods), windows_of(periods)
    quantity, reference = (_by_period(system, rows, grid, column)
                           for column in ("quantity_gwh_d", "reference_price_eur_mwh"))  # fmt: skip
    nodes = rows["node"].tolist()
    price = hub_prices.reindex(columns=nodes).to_numpy(dtype=float)
    price = np.where(np.isfinite(price), price, reference)
    cost = rows["end_user_cost_eur_mwh"].to_numpy(dtype=float)
    weight = quantity * np.array([period.days for period in periods])[:, None]
    news = np.zeros((len(windows), len(rows)))
    for k, window in enumerate(windows):
        own = window.periods
        paid, usual = ((weight[own] * (values[own] + cost)).sum(axis=0) for values in (price, reference))
        ratio = np.divide(paid, usual, out=np.ones_like(paid), where=usual > 0)
        news[k] = np.log(np.maximum(ratio, LEAST_PRICE_SHARE))
    return _carried(rows, windows, news)


def with_memory(system: GasSystem, rows: pd.DataFrame, periods: tuple[Period, ...], state: np.ndarray) -> GasSystem:
    """Return the system with the demand of each year where memory has moved it; the reference price stays."""
    years = {window.label: k for k, window in enumerate(windows_of(periods))}
    factor = np.exp(-rows["lasting_elasticity"].to_numpy(dtype=float) * state)
    demand = system.table("demand")
    at = {key: k for k, key in enumerate(pairs(rows, "node", "segment"))}
    year_at = demand["month"].str[:4].map(years)
    scale = np.ones(len(demand))
    for j, (key, year) in enumerate(zip(pairs(demand, "node", "segment"), year_at.tolist(), strict=True)):
        if key in at and year == year:
            scale[j] = factor[int(year), at[key]]
    return system.with_tables(demand=demand.assign(quantity_gwh_d=demand["quantity_gwh_d"] * scale))


def carried_on(system: GasSystem, rows: pd.DataFrame, state: np.ndarray) -> pd.DataFrame:
    """Return the table ``demand_memory`` as it stands at the end of a horizon, to begin the next one with."""
    closing = dict(zip(pairs(rows, "node", "segment"), state[-1].tolist(), strict=True))
    table = system.table("demand_memory")
    keys = pairs(table, "node", "segment")
    return table.assign(opening_log_price=[closing.get(key, 0.0) for key in keys])


def _carried(rows: pd.DataFrame, windows: tuple[Window, ...], news: np.ndarray) -> np.ndarray:
    states = [rows["opening_log_price"].to_numpy(dtype=float)]
    retention = rows["retention_fraction"].to_numpy(dtype=float)
    for k, window in enumerate(windows):
        kept = retention ** min(1.0, window.days / DAYS_PER_YEAR)
        states.append(kept * states[-1] + (1 - kept) * news[k])
    return np.array(states)


def _by_period(system: GasSystem, rows: pd.DataFrame, grid: MonthGrid, column: str) -> np.ndarray:
    """Return a column of demand for each row of the memory, mean of each period, shape (periods, rows)."""
    wide = system.table("demand").set_index(["node", "segment", "month"])[column].unstack("month")  # noqa: PD010
    wide = wide.reindex(index=pd.MultiIndex.from_frame(rows[["node", "segment"]]), columns=list(grid.months))
    return grid.mean(wide.to_numpy(dtype=float).T)
