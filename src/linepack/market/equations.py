"""The equations of the market, one function each; docs/model/equations.md has a section of the same name for each.

Rows are in GWh/d per period, or in units of 30 GWh where they run over a year or a stock, so that every
shadow price, divided by the weight of its period, is in EUR/MWh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.parameters import MarketParameters
from linepack.market.problem import Assembler
from linepack.market.sets import DAYS_PER_UNIT, MarketSets
from linepack.market.variables import MarketVariables

INFINITY = np.inf


@dataclass(frozen=True)
class EquationPage:
    """What an equation runs over, its unit, and the function that writes its rows."""

    name: str
    over: tuple[str, ...]
    unit: str
    write: Callable[[MarketSets, MarketParameters, MarketVariables, Assembler], None]


EQUATIONS: dict[str, EquationPage] = {}

Writer = Callable[[MarketSets, MarketParameters, MarketVariables, Assembler], None]


def equation(*, over: tuple[str, ...], unit: str) -> Callable[[Writer], Writer]:
    """Register a function as the equation of its own name."""

    def register(write: Writer) -> Writer:
        EQUATIONS[write.__name__] = EquationPage(write.__name__, over, unit, write)
        return write

    return register


def positions(of: pd.Series | pd.Index | list[str], within: pd.Series | list[str]) -> np.ndarray:
    """Return where each label of ``of`` stands in ``within``; -1 where it does not."""
    return pd.Index(list(within)).get_indexer(pd.Index(list(of)))


def _pair(frame: pd.DataFrame, *columns: str) -> pd.Series:
    return frame[list(columns)].agg("\x1f".join, axis=1) if len(frame) else pd.Series([], dtype=object)


@equation(over=("trader", "node", "period"), unit="GWh/d")
def trader_balance(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """What a trader produces at a node and brings there, less losses, equals what it sends on and sells."""
    rows = a.rows("trader_balance", s.trader_nodes, 0.0, 0.0)
    node = _pair(s.trader_nodes, "trader", "node")
    made = positions(_pair(s.production, "trader", "node"), node)
    a.put(rows[:, made], v.production, 1.0)
    left = positions(_pair(s.trader_flow, "trader", "origin"), node)
    a.put(rows[:, left], v.trader_flow, -1.0)
    arrives = positions(_pair(s.trader_flow, "trader", "destination"), node)
    is_passing = (arrives >= 0) & ~s.trader_flow["is_sale"].to_numpy()
    a.put(rows[:, arrives[is_passing]], v.trader_flow[:, is_passing], 1.0 - p.trader_loss_fraction[is_passing])
    if len(s.sales):
        a.put(rows[:, positions(_pair(s.sales, "trader", "node"), node)], v.sales, -1.0)


@equation(over=("node", "period"), unit="GWh/d")
def pool_balance(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Sales, own production, arrivals and withdrawal equal consumption, departures and injection.

    Its shadow price is the hub price.
    """
    node = list(s.pool_nodes)
    rows = a.rows("pool_balance", pd.DataFrame({"node": node}), -p.indigenous_gwh_d, -p.indigenous_gwh_d)
    sold = s.trader_flow["is_sale"].to_numpy()
    at = positions(s.trader_flow["destination"][sold], node)
    a.put(rows[:, at], v.trader_flow[:, sold], 1.0 - p.trader_loss_fraction[sold])
    if len(s.sales):
        a.put(rows[:, positions(s.sales["node"], node)], v.sales, 1.0)
    a.put(rows[:, positions(s.pool_flow["destination"], node)], v.pool_flow, 1.0 - p.pool_loss_fraction)
    a.put(rows[:, positions(s.pool_flow["origin"], node)], v.pool_flow, -1.0)
    used = positions(s.demand["node"], node)
    a.put(rows[:, used], v.consumption, -1.0)
    a.put(rows[:, used[p.has_firm_block]], v.firm_consumption, -1.0)
    store = positions(s.storages["node"], node)
    a.put(rows[:, store], v.injection, -1.0)
    a.put(rows[:, store], v.withdrawal, 1.0)


@equation(over=("arc", "period"), unit="GWh/d")
def arc_capacity(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """All flow on an arc stays within capacity; an arc with one user has the limit on that variable instead."""
    shared = s.arcs["arc"][p.is_shared_arc]
    rows = a.rows("arc_capacity", shared.to_frame(), -INFINITY, s.capacity_gwh_d[:, p.is_shared_arc])
    for frame, columns in ((s.trader_flow, v.trader_flow), (s.pool_flow, v.pool_flow)):
        at = positions(frame["arc"], shared)
        a.put(rows[:, at[at >= 0]], columns[:, at >= 0], 1.0)


@equation(over=("joint_limit", "period"), unit="GWh/d")
def joint_limit(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Arcs that share a plant, a line or a fleet stay within one limit, in each period or in the yearly mean."""
    per_period = p.joint_limits[p.joint_limits["window"] == "period"]
    rows = a.rows("joint_limit", per_period[["joint_limit"]], -INFINITY, per_period["limit_gwh_d"].to_numpy())
    yearly = p.joint_limits[p.joint_limits["window"] == "year"]
    days = np.array([[w.days] for w in s.windows])
    limit = yearly["limit_gwh_d"].to_numpy()[None, :] * days / DAYS_PER_UNIT
    year_rows = a.rows("joint_limit_year", yearly[["joint_limit"]], -INFINITY, limit, length=len(s.windows))
    for frame, columns in ((s.trader_flow, v.trader_flow), (s.pool_flow, v.pool_flow)):
        for k, name in enumerate(per_period["joint_limit"]):
            inside = frame["arc"].isin(p.joint_members[name]).to_numpy()
            a.put(rows[:, [k]], columns[:, inside], 1.0)
        for k, name in enumerate(yearly["joint_limit"]):
            inside = frame["arc"].isin(p.joint_members[name]).to_numpy()
            for w, window in enumerate(s.windows):
                a.put(year_rows[w, k], columns[window.periods][:, inside], s.weight[window.periods, None])


@equation(over=("resource", "window"), unit="30 GWh")
def resource_window(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Production of a resource over a window stays between its limits; a window cut by the horizon is prorated."""
    for_rows = p.windows
    rows = a.rows("resource_window", for_rows[["resource", "first_month"]],
                  for_rows["minimum"].to_numpy(), for_rows["maximum"].to_numpy(), length=1)  # fmt: skip
    for k, window in enumerate(for_rows.itertuples()):
        own = (s.production["resource"] == window.resource).to_numpy()
        a.put(rows[0, k], v.production[window.periods][:, own], s.weight[window.periods, None])


@equation(over=("node", "period"), unit="30 GWh")
def storage_dynamics(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The level at the end of a period is the level before, plus what is kept of injection, less withdrawal."""
    opening = np.zeros((len(s.periods), len(s.storages)))
    opening[0] = p.opening_level_gwh / DAYS_PER_UNIT
    rows = a.rows("storage_dynamics", s.storages[["node"]], opening, opening)
    a.put(rows, v.level, 1.0)
    a.put(rows[1:], v.level[:-1], -1.0)
    a.put(rows, v.injection, -s.weight[:, None] * s.storages["cycle_efficiency_fraction"].to_numpy())
    a.put(rows, v.withdrawal, s.weight[:, None])


@equation(over=("node", "period"), unit="GWh/d")
def storage_rate(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Injection falls as the store fills, withdrawal as it empties; the mean level of the period counts."""
    volume = s.storages["working_gas_gwh"].to_numpy() / DAYS_PER_UNIT
    opening = np.zeros((len(s.periods), len(s.storages)))
    opening[0] = 0.5 * p.opening_level_gwh / DAYS_PER_UNIT / volume
    rate = s.storages["withdrawal_capacity_gwh_d"].to_numpy()
    empty = s.storages["withdrawal_share_when_empty"].to_numpy()
    rows = a.rows("withdrawal_rate", s.storages[["node"]], -INFINITY, rate * (empty + (1 - empty) * opening))
    slope = -rate * (1 - empty) * 0.5 / volume
    a.put(rows, v.withdrawal, 1.0)
    a.put(rows, v.level, slope)
    a.put(rows[1:], v.level[:-1], slope)
    rate = s.storages["injection_capacity_gwh_d"].to_numpy()
    full = s.storages["injection_share_when_full"].to_numpy()
    rows = a.rows("injection_rate", s.storages[["node"]], -INFINITY, rate * (1 - (1 - full) * opening))
    slope = rate * (1 - full) * 0.5 / volume
    a.put(rows, v.injection, 1.0)
    a.put(rows, v.level, slope)
    a.put(rows[1:], v.level[:-1], slope)


@equation(over=("node",), unit="30 GWh")
def closing_stock(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Gas left at the end is worth its steps, or must reach a given level."""
    rows = a.rows("closing_stock", s.storages[["node"]], p.closing_level_gwh / DAYS_PER_UNIT, INFINITY, length=1)
    a.put(rows[0], v.level[-1], 1.0)
    if p.has_closing_values:
        rows = a.rows("closing_value", s.storages[["node"]], 0.0, 0.0, length=1)
        a.put(rows[0], v.level[-1], 1.0)
        a.put(rows, v.closing_step, -1.0)


@equation(over=("contract", "window"), unit="30 GWh")
def contract_take(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The buyer takes its take-or-pay quantity, or pays for what it leaves; it may call no more than its maximum."""
    rows = a.rows("contract_take", p.takes[["contract", "window"]], p.takes["floor"].to_numpy(), INFINITY, length=1)
    a.put(rows, v.contract_untaken, 1.0)
    _deliveries(s, p.takes, rows, v, a)
    rows = a.rows("contract_maximum", p.ceilings[["contract", "window"]], -INFINITY,
                  p.ceilings["ceiling"].to_numpy(), length=1)  # fmt: skip
    _deliveries(s, p.ceilings, rows, v, a)


@equation(over=("contract", "window"), unit="30 GWh")
def contract_delivery(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The seller delivers its firm quantity even where others pay more; what it holds back is a reported breach."""
    rows = a.rows("contract_delivery", p.duties[["contract", "window"]], p.duties["floor"].to_numpy(), INFINITY,
                  length=1)  # fmt: skip
    a.put(rows, v.contract_undelivered, 1.0)
    _deliveries(s, p.duties, rows, v, a)


def _deliveries(s: MarketSets, table: pd.DataFrame, rows: np.ndarray, v: MarketVariables, a: Assembler) -> None:
    sold = s.trader_flow["is_sale"].to_numpy()
    for k, row in enumerate(table.itertuples()):
        weight = row.weights[:, None]
        here = sold & (s.trader_flow["trader"] == row.seller) & s.trader_flow["destination"].isin(row.nodes)
        a.put(rows[0, k], v.trader_flow[row.periods][:, here.to_numpy()], weight)
        passing = ((s.sales["trader"] == row.seller) & s.sales["node"].isin(row.nodes)).to_numpy()
        a.put(rows[0, k], v.sales[row.periods][:, passing], weight)


@equation(over=("owner_group", "window"), unit="GWh/d")
def total_sales(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Exposure of a strategic seller: yearly mean of what it brings to market, less sales not priced by hubs.

    All that is produced is sold, so the sum runs over production: the same number, and a far sparser row.
    """
    rows = a.rows("total_sales", p.strategic[["owner_group"]], -INFINITY, p.unexposed_gwh_d, length=len(s.windows))
    a.put(rows, v.exposure, -1.0)
    for k, group in enumerate(p.strategic.itertuples()):
        own = s.production["trader"].isin(group.traders).to_numpy()
        for w, window in enumerate(s.windows):
            share = (s.days[window.periods] / window.days)[:, None]
            a.put(rows[w, k], v.production[window.periods][:, own], share)
