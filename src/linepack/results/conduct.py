"""What a strategic seller could gain by selling otherwise, and the slope of the demand that it really faces.

Both come from the same re-solve: every strategic seller's yearly production is held at its equilibrium value, one
seller's is moved in all years alike, and all others (fringe, storage, shippers, consumers, and who buys where) adjust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from linepack import units
from linepack.errors import InputError, NotCertified
from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.results.flagged import sold_discounts_eur_mwh
from linepack.results.solution import Solution, program_of
from linepack.scenario.patches import AddRowsPatch
from linepack.solve import CertifiedSolution, QuadraticProgram, solve
from linepack.system.calendar import overlap_days
from linepack.vocabulary import Conjecture

DEVIATIONS = (-0.10, -0.05, -0.02, 0.02, 0.05, 0.10)
PROBE_BCM_Y = 5.0
LEAST_EXCESS = 0.5
"""An area whose slope is this much above the common one, as a share of it, counts as walled off."""
GAIN_LIMIT_FRACTION = 0.005
"""A seller that takes its whole effect on the price into account may gain no more than this by selling otherwise."""


@dataclass(frozen=True)
class _Held:
    """The equilibrium with strategic sellers' yearly production as equations instead of choices."""

    solution: Solution
    program: QuadraticProgram
    rows: np.ndarray  # (years, groups)
    target_gwh_d: np.ndarray  # (years, groups), yearly mean
    most_gwh_d: np.ndarray  # (years, groups), what availability and windows allow

    def solve_at(self, target_gwh_d: np.ndarray) -> CertifiedSolution:
        """Return the market at other yearly production of the sellers. Errors: ``NotCertified``."""
        lower, upper = self.program.row_lower.copy(), self.program.row_upper.copy()
        lower[self.rows] = upper[self.rows] = target_gwh_d
        return solve(replace(self.program, row_lower=lower, row_upper=upper))


def certificate_b(solution: Solution, deviations: Sequence[float] = DEVIATIONS) -> pd.DataFrame:
    """Return what each strategic seller truly gains by moving its yearly sales, rivals' sales held.

    Columns: owner_group, conduct, deviation (share of sales), profit_eur_bn (at equilibrium, over the horizon),
    gain_eur_bn, gain_fraction (NaN where it cannot sell so much), is_within (gain at most 0.5 % of profit; asked for
    at conduct 1, below it the gain is what the seller leaves on the table). Sales that hub prices do not touch keep
    their value. Source: the deviation test of Nash equilibria, on true instead of conjectured prices.
    """
    held = _hold(solution)
    conducts = _strategic(solution)
    rows = []
    for k, (group, conduct) in enumerate(conducts):
        base = _profit(held, solution.certified, k)
        for deviation in deviations:
            gain = _gain(held, k, deviation, base)
            fraction = gain / abs(base) if base else np.nan
            rows.append((group, conduct, deviation, float(units.eur_bn_from_gwh_eur_mwh(base)),
                         float(units.eur_bn_from_gwh_eur_mwh(gain)), fraction,
                         bool(np.isnan(fraction) or fraction <= GAIN_LIMIT_FRACTION)))  # fmt: skip
    columns = ["owner_group", "conduct", "deviation", "profit_eur_bn", "gain_eur_bn", "gain_fraction", "is_within"]
    return pd.DataFrame(rows, columns=columns)


def residual_slopes(solution: Solution, probe_bcm_y: float = PROBE_BCM_Y) -> pd.DataFrame:
    """Return how far the hub prices that a strategic seller is exposed to fall for an extra GWh/d of its sales.

    Columns: owner_group, probe_low_gwh_d, probe_high_gwh_d (0 where it is at capacity, or bound to deliver),
    slope_eur_mwh_per_gwh_d between the two. Rivals' yearly sales are held; fringe and storage are free.
    """
    held = _hold(solution)
    probe = float(units.twh_from_bcm_ei(probe_bcm_y)) * 1e3 / units.DAYS_PER_YEAR
    rows = []
    for k, (group, _) in enumerate(_strategic(solution)):
        less = min(probe, 0.5 * float(held.target_gwh_d[:, k].min()))
        low, high = _price_after(held, k, -less), _price_after(held, k, probe)
        if high is None or low is None:  # at capacity, or bound to a contract: one side only
            here = _price_after(held, k, 0.0)
            low, high, less, probe_up = (low, here, less, 0.0) if high is None else (here, high, 0.0, probe)
        else:
            probe_up = probe
        assert low is not None
        assert high is not None
        rows.append((group, -less, probe_up, (low - high) / (less + probe_up)))
    columns = ["owner_group", "probe_low_gwh_d", "probe_high_gwh_d", "slope_eur_mwh_per_gwh_d"]
    return pd.DataFrame(rows, columns=columns)


def _price_after(held: _Held, k: int, moved_gwh_d: float) -> float | None:
    """Return the mean hub price of a seller's exposed sales after its yearly mean moved; None where it cannot."""
    solution = held.solution
    before = _sales(solution, solution.certified, k)
    exposed = before.quantity_gwh - _covered(solution, before, k)
    point = solution.certified
    if moved_gwh_d:
        target = held.target_gwh_d.copy()
        target[:, k] += moved_gwh_d
        if (target[:, k] > held.most_gwh_d[:, k] * (1 + 1e-9)).any():
            return None
        try:
            point = held.solve_at(target)
        except NotCertified:
            return None
    return float((exposed * _sales(solution, point, k).price_eur_mwh).sum() / max(exposed.sum(), 1e-9))


def area_slopes(solution: Solution, probe_bcm_y: float = PROBE_BCM_Y) -> pd.DataFrame:
    """Return how far the price of an area falls for gas placed there, beside the fall if it were spread over the world.

    The probe is flat over the horizon, at most a fifth of what the area uses; strategic sellers' yearly output is held,
    fringe and storage are free. Prices are means by what nodes use. Columns: area, used_gwh_d, probe_gwh_d,
    slope_eur_mwh_per_gwh_d, common_eur_mwh_per_gwh_d, excess_eur_mwh_per_gwh_d (local less common, not below zero).
    """
    held = _hold(solution)
    balance = solution.problem.equations["pool_balance"]
    nodes = balance.labels["node"].tolist()
    area_of = solution.system.table("nodes").set_index("node")["area"]
    areas = np.array([area_of[node] for node in nodes], dtype=object)
    used = np.zeros(len(nodes))
    eaten = (_consumed_gwh_d(solution) * solution.days[:, None]).sum(axis=0) / solution.days.sum()
    np.add.at(used, [nodes.index(node) for node in solution.labels("consumption")["node"]], eaten)
    probe = float(units.twh_from_bcm_ei(probe_bcm_y)) * 1e3 / units.DAYS_PER_YEAR
    common = _fall(held, used / used.sum() * min(probe, 0.2 * used.sum()), used)
    rows = []
    for area in dict.fromkeys(areas[used > 0]):
        own = np.where(areas == area, used, 0.0)
        placed = own / own.sum() * min(probe, 0.2 * own.sum())
        slope = _fall(held, placed, own)
        rows.append((area, own.sum(), placed.sum(), slope, common, max(slope - common, 0.0)))
    columns = ["area", "used_gwh_d", "probe_gwh_d", "slope_eur_mwh_per_gwh_d", "common_eur_mwh_per_gwh_d",
               "excess_eur_mwh_per_gwh_d"]  # fmt: skip
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("excess_eur_mwh_per_gwh_d", ascending=False, ignore_index=True)


def area_term(solution: Solution, slopes: pd.DataFrame) -> AddRowsPatch | None:
    """Return the rows of ``area_conduct`` that add the local slope of walled-off areas to sellers' residual slope.

    For every strategic trader and every area whose excess is at least half the common slope; None if there is none.
    """
    steep = slopes[slopes["excess_eur_mwh_per_gwh_d"] >= LEAST_EXCESS * slopes["common_eur_mwh_per_gwh_d"]]
    known = set(zip(*(solution.system.table("area_conduct")[c] for c in ("trader", "area")), strict=True))
    rows = [
        {"trader": trader.trader, "area": area, "conduct": trader.conduct, "conjecture": Conjecture.GIVEN.value,
         "conjectured_slope_eur_mwh_per_gwh_d": round(float(excess), 6)}
        for trader in solution.system.table("traders").itertuples() if trader.conduct > 0
        for area, excess in zip(steep["area"], steep["excess_eur_mwh_per_gwh_d"], strict=True)
        if (trader.trader, area) not in known
    ]  # fmt: skip
    if not rows:
        return None
    return AddRowsPatch("area term", "local slope less common, measured in this scenario", "area_conduct", tuple(rows))


def _consumed_gwh_d(solution: Solution) -> np.ndarray:
    used = solution.values("consumption").copy()
    firm, elastic = (list(zip(f["node"], f["segment"], strict=True)) for f in
                     (solution.labels("firm_consumption"), solution.labels("consumption")))  # fmt: skip
    used[:, positions(firm, elastic)] += solution.values("firm_consumption")
    return used


def _fall(held: _Held, placed_gwh_d: np.ndarray, used: np.ndarray) -> float:
    """Return by how much the mean price, weighted by what is used, falls per GWh/d placed."""
    solution, program = held.solution, held.program
    rows = solution.problem.equations["pool_balance"].rows
    lower, upper = program.row_lower.copy(), program.row_upper.copy()
    lower[held.rows] = upper[held.rows] = held.target_gwh_d
    prices = []
    for extra in (np.zeros_like(placed_gwh_d), placed_gwh_d):
        low, high = lower.copy(), upper.copy()
        low[rows] -= extra[None, :]
        high[rows] -= extra[None, :]
        point = solve(replace(program, row_lower=low, row_upper=high))
        price = point.row_dual[rows] / solution.problem.sets.weight[:, None]
        prices.append(float(solution.days @ (price @ used)) / solution.days.sum() / used.sum())
    return (prices[0] - prices[1]) / float(placed_gwh_d.sum())


def _strategic(solution: Solution) -> list[tuple[str, float]]:
    traders = solution.system.table("traders").groupby("owner_group")["conduct"].max()
    return [(group, float(traders[group])) for group in solution.labels("exposure")["owner_group"]]


def _hold(solution: Solution) -> _Held:
    if solution.rolling is not None:
        raise InputError("rolling-path", "a path with rolling expectations is no equilibrium that a seller could leave",
                         hint="ask with 'expectations: foresight'")  # fmt: skip
    problem = solution.problem
    rows = problem.equations["total_sales"].rows
    exposure = problem.variables["exposure"].columns
    program = program_of(problem)
    target = (program.matrix @ solution.certified.x)[rows] + solution.certified.x[exposure]
    upper = program.column_upper.copy()
    upper[exposure] = 0.0
    most = np.full(rows.shape, np.inf)
    production = problem.variables["production"]
    for k, (group, _) in enumerate(_strategic(solution)):
        most[:, k] = _most(solution, group, production.columns)
    return _Held(solution, replace(program, column_upper=upper), rows, target, most)


def _most(solution: Solution, group: str, columns: np.ndarray) -> np.ndarray:
    """Return the largest yearly mean production of a group in GWh/d, one entry per year."""
    problem, sets = solution.problem, solution.problem.sets
    own = _own_production(solution, _traders(solution, group))
    capacity = problem.column_upper[columns] * own
    equation = problem.equations.get("resource_window")
    most = np.array([(capacity[w.periods].sum(axis=1) * sets.days[w.periods]).sum() / w.days for w in sets.windows])
    if equation is None:
        return most
    resources = solution.labels("production")["resource"].to_numpy()
    starts = equation.labels[["resource", "first_month"]].to_numpy()
    for row, (name, first) in zip(equation.rows[0], starts, strict=True):
        inside = own & (resources == name)
        limit = problem.row_upper[row] * DAYS_PER_UNIT
        for y, window in enumerate(sets.windows):
            if inside.any() and first.startswith(window.label):
                could = (capacity[window.periods][:, inside].sum(axis=1) * sets.days[window.periods]).sum()
                most[y] -= max(0.0, could - limit) / window.days
    return most


def _own_production(solution: Solution, traders: set[str]) -> np.ndarray:
    return solution.labels("production")["trader"].isin(traders).to_numpy()


def _gain(held: _Held, k: int, deviation: float, base: float) -> float:
    target = held.target_gwh_d.copy()
    target[:, k] *= 1 + deviation
    if (target[:, k] > held.most_gwh_d[:, k] * (1 + 1e-9)).any():
        return np.nan
    try:
        after = held.solve_at(target)
    except NotCertified:
        return np.nan
    return _profit(held, after, k) - base


@dataclass(frozen=True)
class _Sales:
    """A seller's first sales: GWh by period and place, hub price there, and what its contracts take out of the hub."""

    quantity_gwh: np.ndarray
    price_eur_mwh: np.ndarray
    cost: float  # production and carriage with wedges, 1,000 EUR

    def revenue(self, covered_gwh: np.ndarray, covered_price_eur_mwh: np.ndarray) -> float:
        """Return revenue in 1,000 EUR; the covered quantity earns the price it is given."""
        open_gwh = self.quantity_gwh - covered_gwh
        return float((open_gwh * self.price_eur_mwh).sum() + (covered_gwh * covered_price_eur_mwh).sum())


def _sales(solution: Solution, point: CertifiedSolution, k: int) -> _Sales:
    problem, sets = solution.problem, solution.problem.sets
    traders = _traders(solution, str(solution.labels("exposure")["owner_group"].iloc[k]))
    balance = problem.equations["pool_balance"]
    place = {node: j for j, node in enumerate(balance.labels["node"])}
    days = sets.days[:, None]
    amounts, at = [], []
    flow = solution.labels("trader_flow")
    is_own = flow["trader"].isin(traders).to_numpy()
    sold = is_own & flow["is_sale"].to_numpy()
    loss = sets.arcs["loss_fraction"].to_numpy(dtype=float)[sets.trader_arc_at]
    amounts.append(point.x[problem.variables["trader_flow"].columns[:, sold]] * (1 - loss[sold]) * days)
    at += [place[node] for node in flow["destination"][sold]]
    passing = solution.labels("sales")
    mine = passing["trader"].isin(traders).to_numpy()
    amounts.append(point.x[problem.variables["sales"].columns[:, mine]] * days)
    at += [place[node] for node in passing["node"][mine]]
    less = sold_discounts_eur_mwh(replace(solution, certified=point))
    price = point.row_dual[balance.rows[:, at]] / sets.weight[:, None] - np.hstack([less[0][:, sold], less[1][:, mine]])
    cost = 0.0
    for name, own in (("production", _own_production(solution, traders)), ("trader_flow", is_own)):
        columns = problem.variables[name].columns[:, own]
        x = point.x[columns]
        cost += float((problem.cost[columns] * x + 0.5 * problem.hessian_diagonal[columns] * x * x).sum())
    return _Sales(np.hstack(amounts), price, cost * DAYS_PER_UNIT)


def _covered(solution: Solution, sales: _Sales, k: int) -> np.ndarray:
    """Return the part of a seller's sales, in GWh like ``quantity_gwh``, whose price follows no hub.

    A contract's firm quantity of a year is spread over the seller's sales at its delivery points.
    """
    sets = solution.problem.sets
    traders = _traders(solution, str(solution.labels("exposure")["owner_group"].iloc[k]))
    flow, passing = solution.labels("trader_flow"), solution.labels("sales")
    sold = (flow["trader"].isin(traders) & flow["is_sale"]).to_numpy()
    mine = passing["trader"].isin(traders).to_numpy()
    where = np.array([*zip(flow["trader"][sold], flow["destination"][sold], strict=True),
                      *zip(passing["trader"][mine], passing["node"][mine], strict=True)], dtype=object)  # fmt: skip
    points = solution.system.table("contract_points").groupby("contract")["node"].agg(set)
    covered = np.zeros_like(sales.quantity_gwh)
    table = solution.system.table("contracts")
    for row in table[table["seller"].isin(traders) & (table["price_index"] != "hub")].itertuples():
        inside = np.array([t == row.seller and n in points[row.contract] for t, n in where], dtype=bool)
        first, after = date.fromisoformat(row.start), date.fromisoformat(row.end) + timedelta(days=1)
        share = max(row.take_or_pay_share, row.delivery_share) * row.annual_quantity_gwh / units.DAYS_PER_YEAR
        for window in sets.windows:
            days = sum(overlap_days(sets.periods[t], first, after) for t in window.periods)
            part = sales.quantity_gwh[window.periods][:, inside]
            if part.sum() > 0:
                scaled = covered[window.periods]
                scaled[:, inside] += part * share * days / part.sum()
                covered[window.periods] = scaled
    return np.minimum(covered, sales.quantity_gwh)


def _traders(solution: Solution, group: str) -> set[str]:
    table = solution.system.table("traders")
    return set(table.loc[table["owner_group"] == group, "trader"])


def _profit(held: _Held, point: CertifiedSolution, k: int) -> float:
    """Return a seller's profit over the horizon in 1,000 EUR: sales at hub prices less its own costs.

    It keeps the scarcity rent of the pipes it fills; covered sales are valued at the equilibrium's prices.
    """
    base = _sales(held.solution, held.solution.certified, k)
    now = _sales(held.solution, point, k)
    covered = np.minimum(_covered(held.solution, base, k), now.quantity_gwh)
    return now.revenue(covered, base.price_eur_mwh) - now.cost
