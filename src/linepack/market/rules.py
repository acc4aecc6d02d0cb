"""What rules add to the market: dated limits and charges on flows, and limits on sums of flows or on stocks.

Outside its dates a rule changes nothing; a period that is partly covered counts by days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import DAYS_PER_UNIT, MarketSets, pairs
from linepack.system.calendar import day_grid, overlap_days
from linepack.system.gassystem import GasSystem
from linepack.system.network import daily_capacity, daily_shares
from linepack.vocabulary import POOL, LimitKind


@dataclass(frozen=True)
class FlowCharge:
    """A charge in EUR/MWh by period on rows of the trader_flow or pool_flow set; a transfer to its receiver."""

    rule: str
    receiver: str
    trader_rows: np.ndarray
    pool_rows: np.ndarray
    charge_eur_mwh: np.ndarray


@dataclass(frozen=True)
class FlowRules:
    """Limits (periods, flows), infinite where no rule applies, and charges."""

    trader_limit_gwh_d: np.ndarray
    pool_limit_gwh_d: np.ndarray
    charges: tuple[FlowCharge, ...]

    def trader_charge_eur_mwh(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return the sum of all charges on trader flows."""
        return _sum_of_charges(self.charges, shape, lambda charge: charge.trader_rows)

    def pool_charge_eur_mwh(self, shape: tuple[int, ...]) -> np.ndarray:
        """Return the sum of all charges on pool flows."""
        return _sum_of_charges(self.charges, shape, lambda charge: charge.pool_rows)


@dataclass(frozen=True)
class Term:
    """Part of a sum: a variable, rows of its set, and a weight per period."""

    variable: str
    rows: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class PolicyLimit:
    """A sum of flows over a window or of stocks on a date, in 30 GWh, between two limits, hard or at a penalty."""

    policy_limit: str
    on: str
    terms: tuple[Term, ...]
    minimum: float
    maximum: float
    penalty_eur_mwh: float  # NaN: hard

    @property
    def is_soft(self) -> bool:
        """True if the limit may be broken at a penalty."""
        return bool(np.isfinite(self.penalty_eur_mwh))


def _sum_of_charges(
    charges: tuple[FlowCharge, ...], shape: tuple[int, ...], rows: Callable[[FlowCharge], np.ndarray]
) -> np.ndarray:
    total = np.zeros(shape)
    for charge in charges:
        total[:, rows(charge)] += charge.charge_eur_mwh[:, None]
    return total


def flow_rules(system: GasSystem, s: MarketSets) -> FlowRules:
    """Return limits and charges of the rules that touch a flow of the market.

    Rules for everybody are already part of the arc's capacity (``capacity_by_period``).
    """
    table = system.table("flow_rules")
    trader_limit = np.full((len(s.periods), len(s.trader_flow)), np.inf)
    pool_limit = np.full((len(s.periods), len(s.pool_flow)), np.inf)
    if not len(table):
        return FlowRules(trader_limit, pool_limit, ())
    grid = day_grid(s.periods)
    own = table[table["trader"] != ""]
    shares = daily_shares(own, grid)
    users = _Users(s)
    active = [arc for arc in dict.fromkeys(own["arc"].tolist()) if arc in users.arcs]
    capacity = daily_capacity(system, active, grid, s.arcs)
    for (trader, arc), share in shares.items():
        if arc in capacity and (share < 1).any():
            limit = grid.mean(np.where(share == 0, 0.0, capacity[arc] * np.where(share == 0, 1.0, share)))[:, None]
            own_rows, pool_rows = users.trader_rows(trader, arc), users.pool_rows(trader, arc)
            trader_limit[:, own_rows] = np.minimum(trader_limit[:, own_rows], limit)
            pool_limit[:, pool_rows] = np.minimum(pool_limit[:, pool_rows], limit)
    charges = []
    for row in table[table["charge_eur_mwh"] > 0].itertuples():
        daily = np.where(grid.covers(row.first_day, row.last_day), row.charge_eur_mwh, 0.0)
        trader_rows, pool_rows = users.trader_rows(row.trader, row.arc), users.pool_rows(row.trader, row.arc)
        if daily.any() and len(trader_rows) + len(pool_rows):
            charges.append(FlowCharge(row.rule, row.charge_receiver, trader_rows, pool_rows, grid.mean(daily)))
    return FlowRules(trader_limit, pool_limit, tuple(charges))


def charge_table(rules: FlowRules, trader_flow: np.ndarray, pool_flow: np.ndarray) -> pd.DataFrame:
    """Return every charge. Columns: rule, receiver, column (of the problem), charge_eur_mwh (of its period)."""
    parts = [
        pd.DataFrame({"rule": c.rule, "receiver": c.receiver, "column": columns[:, rows].ravel(),
                      "charge_eur_mwh": np.repeat(c.charge_eur_mwh, len(rows))})
        for c in rules.charges for columns, rows in ((trader_flow, c.trader_rows), (pool_flow, c.pool_rows))
    ]  # fmt: skip
    empty = pd.DataFrame({"rule": [], "receiver": [], "column": np.array([], dtype=int), "charge_eur_mwh": []})
    return pd.concat(parts, ignore_index=True) if parts else empty


class _Users:
    """Which rows of the flow and sales sets a trader ('' everybody, 'pool') has on an arc or at a node."""

    def __init__(self, s: MarketSets) -> None:
        self._flows = _rows_of(pairs(s.trader_flow, "trader", "arc"))
        self._pool = {arc: k for k, arc in enumerate(s.pool_flow["arc"].tolist())}
        self._sales = _rows_of(pairs(s.sales, "trader", "node"))
        first_sales = s.trader_flow["is_sale"].to_numpy(dtype=bool)
        arriving = enumerate(pairs(s.trader_flow, "trader", "destination"))
        self._arrivals = _rows_of([pair if first_sales[k] else ("", "") for k, pair in arriving])
        self.arcs = {*s.trader_flow["arc"].tolist(), *self._pool}

    def trader_rows(self, trader: str, arc: str) -> np.ndarray:
        return np.array(self._flows.get((trader, arc), []), dtype=int)

    def pool_rows(self, trader: str, arc: str) -> np.ndarray:
        return np.array([self._pool[arc]] if trader in ("", POOL) and arc in self._pool else [], dtype=int)

    def sold_on_arrival(self, trader: str, node: str) -> np.ndarray:
        return np.array(self._arrivals.get((trader, node), []), dtype=int)

    def sales_rows(self, trader: str, node: str) -> np.ndarray:
        return np.array(self._sales.get((trader, node), []), dtype=int)


def _rows_of(labels: list[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Return the rows of each (trader, place), and of ('', place) for everybody."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for k, (trader, place) in enumerate(labels):
        if place:
            found[trader, place].append(k)
            found["", place].append(k)
    return found


def policy_limits(system: GasSystem, s: MarketSets, opening_level_gwh: np.ndarray) -> tuple[PolicyLimit, ...]:
    """Return the limits that touch the horizon.

    Errors: ``InputError`` for a hard minimum of which no member can flow.
    """
    table, members = system.table("policy_limits"), system.table("policy_limit_members")
    if not len(table):
        return ()
    users = _Users(s)
    limits: list[PolicyLimit] = []
    for row in table.itertuples():
        own = members[members["policy_limit"] == row.policy_limit]
        is_flow = row.kind == LimitKind.FLOW
        limits += _flow_limit(row, own, s, users) if is_flow else _stock_limits(row, own, s, opening_level_gwh)
    impossible = [x.policy_limit for x in limits if not x.terms and not x.is_soft and x.minimum > 0]
    if impossible:
        raise InputError("empty-policy-limit", "no member of these limits can flow, but a minimum is asked for",
                         table="policy_limits", keys=impossible, hint="open the arcs, or give a penalty")  # fmt: skip
    return tuple(x for x in limits if x.terms or (x.is_soft and x.minimum > 0))


def _flow_limit(row: Any, members: Any, s: MarketSets, users: _Users) -> Iterator[PolicyLimit]:
    first, after = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day) + timedelta(days=1)
    days = np.array([float(overlap_days(period, first, after)) for period in s.periods])
    if not days.sum():
        return
    terms = []
    for member in members.itertuples():
        parts = (("trader_flow", users.trader_rows(member.trader, member.arc)),
                 ("pool_flow", users.pool_rows(member.trader, member.arc)),
                 ("sold_on_arrival", users.sold_on_arrival(member.trader, member.node)),
                 ("sales", users.sales_rows(member.trader, member.node)))  # fmt: skip
        terms += [Term(name, rows, days / DAYS_PER_UNIT) for name, rows in parts if len(rows)]
    share = days.sum() / (after - first).days
    yield _limit(row, f"{row.first_day} to {row.last_day}", terms, share, 0.0)


def _stock_limits(row: Any, members: Any, s: MarketSets, opening_level_gwh: np.ndarray) -> Iterator[PolicyLimit]:
    """Yield one limit per date; between the ends of periods a stock is interpolated in a straight line."""
    wanted = set(members["node"].tolist())
    rows = np.array([k for k, node in enumerate(s.storages["node"].tolist()) if node in wanted], dtype=int)
    first, last = date.fromisoformat(row.first_day), date.fromisoformat(row.last_day)
    ends = [period.end for period in s.periods if first < period.end <= last]
    for on in dict.fromkeys([first, *ends]):
        inside = [k for k, period in enumerate(s.periods) if period.start < on <= period.end]
        if not inside:
            continue
        k = inside[0]
        gone = (on - s.periods[k].start).days / s.periods[k].days
        weights = np.zeros(len(s.periods))
        weights[k] = gone
        if k:
            weights[k - 1] = 1 - gone
        known = (1 - gone) * opening_level_gwh[rows].sum() / DAYS_PER_UNIT if k == 0 else 0.0
        terms = [Term("level", rows, weights)] if len(rows) else []
        yield _limit(row, on.isoformat(), terms, 1.0, known)


def _limit(row: Any, on: str, terms: list[Term], share: float, known: float) -> PolicyLimit:
    low = -np.inf if np.isnan(row.minimum_gwh) else row.minimum_gwh * share / DAYS_PER_UNIT - known
    high = np.inf if np.isnan(row.maximum_gwh) else row.maximum_gwh * share / DAYS_PER_UNIT - known
    return PolicyLimit(row.policy_limit, on, tuple(terms), low, high, row.penalty_eur_mwh)
