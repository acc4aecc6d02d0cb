"""Yearly promises: windows of a resource, and what a contract's buyer must take and its seller must deliver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import DAYS_PER_UNIT, MarketSets, pairs
from linepack.system.calendar import days_in_month, month_range, parse_month
from linepack.system.gassystem import GasSystem
from linepack.units import DAYS_PER_YEAR

DAYS_OF_MONTHS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * DAYS_PER_YEAR / 365.25


@dataclass(frozen=True)
class ResourceWindow:
    """Least and largest production of a resource over some periods, in 30 GWh."""

    resource: str
    first_month: str
    periods: np.ndarray
    weights: np.ndarray  # days inside the window / 30
    steps: np.ndarray  # rows of the production set
    minimum: float
    maximum: float


@dataclass(frozen=True)
class ContractWindow:
    """One contract in one calendar year: which sales count, on how many days, how much, at what penalty."""

    contract: str
    window: str
    periods: np.ndarray
    weights: np.ndarray  # days in force / 30
    flows: np.ndarray  # rows of the trader_flow set that are sales under the contract
    sales: np.ndarray  # rows of the sales set
    quantity: float  # 30 GWh
    penalty_eur_mwh: float
    due_share: float = 1.0  # share of the quantity that can be demanded within a year that the horizon cuts


@dataclass(frozen=True)
class Contracts:
    """Floors, ceilings and duties, and the yearly mean of sales that hub prices do not touch, windows x groups."""

    takes: tuple[ContractWindow, ...]
    ceilings: tuple[ContractWindow, ...]
    duties: tuple[ContractWindow, ...]
    unexposed_gwh_d: np.ndarray


def resource_windows(system: GasSystem, s: MarketSets) -> tuple[ResourceWindow, ...]:
    """Return the windows that touch the horizon; one that the horizon cuts is prorated with availability.

    Errors: ``InputError`` if a resource has no availability in a calendar month of its window.
    """
    table, available = system.table("resource_windows"), system.table("availability")
    steps: dict[str, list[int]] = defaultdict(list)
    for k, name in enumerate(s.production["resource"].tolist()):
        steps[name].append(k)
    profile: dict[tuple[str, str], list[float]] = defaultdict(list)
    limited = available[available["resource"].isin(set(table["resource"].tolist()))]
    capacities = limited["capacity_gwh_d"].tolist()
    for (name, month), value in zip(pairs(limited, "resource", "month"), capacities, strict=True):
        profile[name, month[5:]].append(value)
    mean = {key: sum(values) / len(values) for key, values in profile.items()}
    windows = []
    columns = (table[c].tolist() for c in ("resource", "first_month", "last_month", "minimum_gwh", "maximum_gwh"))
    for name, first, last, minimum, maximum in zip(*columns, strict=True):
        is_in = np.array([first <= month <= last for month in s.months.months], dtype=float)
        covered_days = s.days * s.months.mean(is_in)
        inside = np.flatnonzero(covered_days > 0)
        if name not in steps or not len(inside):
            continue
        months = _months(first, last)
        lacking = [month for month in months if (name, month[5:]) not in mean]
        if lacking:
            raise InputError("missing-month", f"availability has no value for {name} within its window",
                             table="availability", keys=[f"{name} {month}" for month in lacking],
                             hint="add the months or shorten the window")  # fmt: skip
        whole = sum(days_in_month(month) * mean[name, month[5:]] for month in months)
        by_month = np.array([mean.get((name, month[5:]), 0.0) for month in s.months.months]) * is_in
        covered = float(s.days @ s.months.mean(by_month))
        share = min(1.0, covered / whole) if whole > 0 else 1.0
        unit = share / DAYS_PER_UNIT
        windows.append(ResourceWindow(name, first, inside, covered_days[inside] / DAYS_PER_UNIT, np.array(steps[name]),
                                      minimum * unit, maximum * unit))  # fmt: skip
    return tuple(windows)


def _months(first: str, last: str) -> tuple[str, ...]:
    (first_year, first_month), (last_year, last_month) = parse_month(first), parse_month(last)
    return month_range(first, max(0, (last_year - first_year) * 12 + last_month - first_month + 1))


def contract_windows(system: GasSystem, s: MarketSets, groups: list[list[str]]) -> Contracts:
    """Return every contract in every calendar year that it touches; ``groups`` are the strategic owner groups.

    A year that contract or horizon cuts counts the part of it in which its markets consume (by days at ports, and
    where consumption is not known for every month). In a year that the horizon cuts no more is due than by days
    either: what a winter quarter lacks can still be taken in the summer behind the horizon, and a pipe that is full all
    year cannot carry a season. Errors: ``InputError`` for a contract without points.
    """
    takes, ceilings, duties = [], [], []
    unexposed = np.zeros((len(s.windows), len(groups)))
    group_of = {trader: k for k, traders in enumerate(groups) for trader in traders}
    for row, w, entry in contracts_in_force(system, s):
        if row.take_or_pay_share > 0:
            takes.append(_window(entry, row.take_or_pay_share * entry.due_share, row.take_penalty_eur_mwh))
        if row.delivery_share > 0:
            duties.append(_window(entry, row.delivery_share * entry.due_share, row.delivery_penalty_eur_mwh))
        if np.isfinite(row.maximum_share) and len(entry.flows) + len(entry.sales):
            ceilings.append(_window(entry, row.maximum_share, 0.0))
        if row.price_index != "hub" and row.seller in group_of:
            firm = max(row.take_or_pay_share, row.delivery_share)
            due = entry.quantity * entry.due_share * firm
            unexposed[w, group_of[row.seller]] += due * DAYS_PER_UNIT / s.windows[w].days
    return Contracts(tuple(takes), tuple(ceilings), tuple(duties), unexposed)


def _window(entry: ContractWindow, share: float, penalty_eur_mwh: float) -> ContractWindow:
    return ContractWindow(entry.contract, entry.window, entry.periods, entry.weights, entry.flows, entry.sales,
                          entry.quantity * share, penalty_eur_mwh)  # fmt: skip


def contracts_in_force(system: GasSystem, s: MarketSets) -> Iterator[tuple[Any, int, ContractWindow]]:
    """Yield every contract in every calendar year that it touches: its row, the year's number, and the whole quantity.

    Errors: ``InputError`` for a contract without points.
    """
    points: dict[str, list[str]] = defaultdict(list)
    for contract, node in pairs(system.table("contract_points"), "contract", "node"):
        points[contract].append(node)
    flows, sales = _sales_at(s)
    table = system.table("contracts")
    lacking = [contract for contract in table["contract"].tolist() if contract not in points]
    if lacking:
        raise InputError("no-contract-point", "these contracts have no delivery point", table="contract_points",
                         keys=lacking, hint="add a row that names the node of delivery")  # fmt: skip
    parts = _parts_of_year(system, s, [points[contract] for contract in table["contract"].tolist()])
    first_day, day_after = (np.array([day.toordinal() for day in days]) for days in
                            ([x.start for x in s.periods], [x.end for x in s.periods]))  # fmt: skip
    for row, part in zip(table.itertuples(), parts, strict=True):
        first, after = date.fromisoformat(row.start).toordinal(), date.fromisoformat(row.end).toordinal() + 1
        at = [(row.seller, node) for node in points[row.contract]]
        own_flows, own_sales = (np.array([k for pair in at for k in of[pair]], dtype=int) for of in (flows, sales))
        days = np.maximum(0.0, np.minimum(day_after, after) - np.maximum(first_day, first))
        for w, window in enumerate(s.windows):
            inside = window.periods[days[window.periods] > 0]
            if len(inside):
                in_force = days[inside] / s.days[inside]
                seasonal, flat = float(part[window.periods].sum()), float(s.days[window.periods].sum() / DAYS_PER_YEAR)
                amount = row.annual_quantity_gwh * float(in_force @ part[inside]) / DAYS_PER_UNIT
                yield row, w, ContractWindow(row.contract, window.label, inside, days[inside] / DAYS_PER_UNIT,
                                             own_flows, own_sales, amount, 0.0, min(1.0, flat / seasonal))  # fmt: skip


def _parts_of_year(system: GasSystem, s: MarketSets, points: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the share of a year's quantity that falls into each period, shape (contracts, periods).

    It follows the season of consumption at the contract's points; where that is not known, days.
    """
    profile = _yearly_profile(system)
    season = np.array([sum((profile[node] for node in own if node in profile), np.zeros(12)) for own in points])
    season = season.reshape(len(points), 12)
    season[~season.any(axis=1)] = 1.0
    rate = season / (season @ DAYS_OF_MONTHS)[:, None]
    month = np.array([int(month[5:]) - 1 for month in s.months.months])
    return np.asarray(s.days * s.months.mean(rate[:, month].T).T)


def _yearly_profile(system: GasSystem) -> dict[str, np.ndarray]:
    """Return consumption by calendar month (12 values, mean over the years of the data) of each market.

    A market of which some month is not known has no season: an unknown month is not one without consumption.
    """
    demand = system.table("demand")
    node, nodes = pd.factorize(demand["node"])
    when, months = pd.factorize(demand["month"])
    calendar = np.array([int(month[5:]) - 1 for month in months], dtype=int)
    is_known = np.zeros((len(nodes), len(months)), dtype=bool)
    is_known[node, when] = True
    years = np.zeros((len(nodes), 12))
    for k, month in enumerate(calendar):
        years[:, month] += is_known[:, k]
    cells = node * 12 + calendar[when]
    total = np.bincount(cells, demand["quantity_gwh_d"].to_numpy(dtype=float), minlength=12 * len(nodes))
    total = total.reshape(len(nodes), 12)
    return {name: total[k] / years[k] for k, name in enumerate(nodes.tolist()) if years[k].all()}


def _sales_at(s: MarketSets) -> tuple[dict[tuple[str, str], list[int]], dict[tuple[str, str], list[int]]]:
    """Return which trader flows are sales, and which sales there are, by trader and node."""
    flows: dict[tuple[str, str], list[int]] = defaultdict(list)
    first_sales = s.trader_flow["is_sale"].tolist()
    for k, pair in enumerate(pairs(s.trader_flow, "trader", "destination")):
        if first_sales[k]:
            flows[pair].append(k)
    sales: dict[tuple[str, str], list[int]] = defaultdict(list)
    for k, pair in enumerate(pairs(s.sales, "trader", "node")):
        sales[pair].append(k)
    return flows, sales
