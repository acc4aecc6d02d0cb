"""The market as one quadratic program, written again from the plain tables and handed to linopy or to Clarabel."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import clarabel
import linopy
import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from tests.oracles.plain import Plain

Name = tuple[object, ...]
INFINITY = float("inf")


@dataclass
class Program:
    """Minimise cost x + bend x^2 / 2 over x >= 0 with rows between two limits."""

    index: dict[Name, int] = field(default_factory=dict)
    cost: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    bend: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    top: dict[int, float] = field(default_factory=dict)
    rows: dict[Name, tuple[dict[int, float], float, float]] = field(default_factory=dict)

    def at(self, *name: object) -> int:
        return self.index.setdefault(name, len(self.index))

    def price(self, name: Name, cost: float, bend: float = 0.0, top: float = INFINITY) -> None:
        k = self.at(*name)
        self.cost[k] += cost
        self.bend[k] += bend
        self.top[k] = min(top, self.top.get(k, INFINITY))

    def row(self, name: Name, terms: list[tuple[Name, float]], low: float, high: float) -> None:
        found: dict[int, float] = defaultdict(float)
        for term, a in terms:
            found[self.at(*term)] += a
        self.rows[name] = (found, low, high)


def write(p: Plain) -> Program:
    """Return the program; rows ('price', node, t) are the balances of pools."""
    m = Program()
    balance: dict[Name, list[tuple[Name, float]]] = defaultdict(list)
    _supply(p, m, balance)
    sold = _carriage(p, m, balance)
    _use(p, m, balance)
    _stores(p, m, balance)
    home = {(row.node, row.month): row.quantity_gwh_d for row in p.rows("indigenous_production")}
    for name, terms in balance.items():
        if name[0] == "price":
            right = -home.get((name[1], p.month(int(str(name[2])))), 0.0)
            m.row(name, terms, right, right)
        else:
            m.row(name, terms, 0.0, 0.0)
    _promises(p, m, sold)
    _power(p, m, sold)
    return m


def _supply(p: Plain, m: Program, balance: dict[Name, list[tuple[Name, float]]]) -> None:
    owner = {row.resource: (row.trader, row.node) for row in p.rows("resources")}
    for row in p.rows("supply_steps"):
        for t in p.times:
            name = ("make", row.resource, row.step, t)
            top = row.capacity_share * p.month_value("availability", t, "capacity_gwh_d", resource=row.resource)
            unit = row.cost_eur_mwh + row.henry_hub_multiple * p.month_value("market_prices", t, "henry_hub_eur_mwh")
            m.price(name, p.w(t) * unit, p.w(t) * p.rising("supply_curves", resource=row.resource, step=row.step), top)
            balance["own", *owner[row.resource], t].append((name, 1.0))
    for row in p.rows("resource_windows"):
        terms: list[tuple[Name, float]] = [
            (("make", row.resource, s.step, t), p.w(t))
            for s in p.rows("supply_steps")
            if s.resource == row.resource
            for t in p.times
            if row.first_month <= p.month(t) <= row.last_month
        ]
        m.row(("window", row.resource), terms, row.minimum_gwh / 30, row.maximum_gwh / 30)


def _carriage(p: Plain, m: Program, balance: dict[Name, list[tuple[Name, float]]]) -> list[tuple[str, str]]:
    build = {row.arc: row for row in p.rows("arc_expansions")}
    for row in build.values():
        m.price(("build", row.arc), row.cost_eur_mwh * p.horizon_days / 30, top=row.maximum_gwh_d)
    users: dict[tuple[str, int], list[Name]] = defaultdict(list)
    for trader, arc in p.carriers():
        for t in p.times:
            name: Name = ("carry", trader, arc.name, t)
            constant, slope = p.wedge(trader, arc, t)
            unit = arc.cost[t] + constant + p.charge(trader, arc.name, t)
            m.price(name, p.w(t) * unit, p.w(t) * slope, p.own_limit(trader, arc, t))
            balance["own", trader, arc.origin, t].append((name, -1.0))
            balance["own", trader, arc.destination, t].append((name, arc.kept))
            users[arc.name, t].append(name)
    for arc in p.arcs():
        for t in p.times:
            if arc.is_pool and arc.origin in p.pools and arc.destination in p.pools:
                name = ("ship", arc.name, t)
                m.price(name, p.w(t) * (arc.cost[t] + p.charge("pool", arc.name, t)), p.w(t) * p.pool_slope(arc))
                balance["price", arc.origin, t].append((name, -1.0))
                balance["price", arc.destination, t].append((name, arc.kept))
                users[arc.name, t].append(name)
            if p.rising("arc_curves", arc=arc.name):
                all_use: Name = ("all use", arc.name, t)
                m.price(all_use, 0.0, p.w(t) * p.rising("arc_curves", arc=arc.name))
                m.row(all_use, [*((n, 1.0) for n in users[arc.name, t]), (all_use, -1.0)], 0.0, 0.0)
            if np.isfinite(arc.capacity(t)):
                more: list[tuple[Name, float]] = [(("build", arc.name), -1.0)] if arc.name in build else []
                m.row(("arc", arc.name, t), [(n, 1.0) for n in users[arc.name, t]] + more, -INFINITY, arc.capacity(t))
    for row in p.rows("joint_limits"):
        inside = {x.arc for x in p.rows("joint_limit_members") if x.joint_limit == row.joint_limit}
        parts = {t: [n for arc in sorted(inside) for n in users[arc, t]] for t in p.times}
        if row.window == "period":
            for t in p.times:
                m.row(("joint", row.joint_limit, t), [(n, 1.0) for n in parts[t]], -INFINITY, row.limit_gwh_d)
        else:
            year = [(n, p.w(t)) for t in p.times for n in parts[t]]
            m.row(("joint", row.joint_limit), year, -INFINITY, row.limit_gwh_d * p.horizon_days / 30)
    for fleet, busy, ships in p.fleets():
        for t in p.times:
            sailing = [(n, x) for route, x in busy for n in users[route, t]]
            m.row(("ships", fleet, t), sailing, -INFINITY, ships[t])
    for trader, node in p.places_of_sale():
        for t in p.times:
            balance["own", trader, node, t].append((("sell", trader, node, t), -1.0))
            balance["price", node, t].append((("sell", trader, node, t), 1.0))
    return p.places_of_sale()


def _use(p: Plain, m: Program, balance: dict[Name, list[tuple[Name, float]]]) -> None:
    for node, segment in p.consumers():
        for t in p.times:
            top, slope, firm = p.demand(node, segment, t)
            m.price(("use", node, segment, t), -p.w(t) * top, p.w(t) * slope)
            m.price(("firm", node, segment, t), -p.w(t) * p.parameter("shedding_price_eur_mwh"), top=firm)
            balance["price", node, t] += [(("use", node, segment, t), -1.0), (("firm", node, segment, t), -1.0)]


def _stores(p: Plain, m: Program, balance: dict[Name, list[tuple[Name, float]]]) -> None:
    for row in p.rows("storages"):
        n, volume = row.node, row.working_gas_gwh / 30
        first = (
            next(
                x.level_gwh
                for x in p.rows("storage_levels")
                if x.node == n and x.date == p.periods[0].start.isoformat()
            )
            / 30
        )
        for t in p.times:
            put, take, level = ("in", n, t), ("out", n, t), ("level", n, t)
            m.price(put, p.w(t) * row.injection_cost_eur_mwh)
            m.price(take, p.w(t) * row.withdrawal_cost_eur_mwh)
            m.price(level, 0.0, top=volume)
            balance["price", n, t] += [(put, -1.0), (take, 1.0)]
            before: list[tuple[Name, float]] = [(("level", n, t - 1), 1.0)] if t else []
            known = 0.0 if t else first
            flow: list[tuple[Name, float]] = [
                (put, p.w(t) * row.cycle_efficiency_fraction),
                (take, -p.w(t)),
                (level, -1.0),
            ]
            m.row(("store", n, t), before + flow, -known, -known)
            out, empty = row.withdrawal_capacity_gwh_d, row.withdrawal_share_when_empty
            half = [(name, 0.5 / volume) for name, _ in [*before, (level, 1.0)]]
            m.row(
                ("fast out", n, t),
                [(take, 1.0)] + [(x, -out * (1 - empty) * a) for x, a in half],
                -INFINITY,
                out * (empty + (1 - empty) * known / 2 / volume),
            )
            into, full = row.injection_capacity_gwh_d, row.injection_share_when_full
            m.row(
                ("fast in", n, t),
                [(put, 1.0)] + [(x, into * (1 - full) * a) for x, a in half],
                -INFINITY,
                into * (1 - (1 - full) * known / 2 / volume),
            )
        done, parts = 0.0, []
        for step in sorted(p.rows("storage_values"), key=lambda s: s.step):
            parts.append((("left", n, step.step), -1.0))
            m.price(("left", n, step.step), -step.value_eur_mwh, top=(step.fill_to_fraction - done) * volume)
            done = step.fill_to_fraction
        m.row(("left", n), [(("level", n, p.times[-1]), 1.0), *parts], 0.0, 0.0)


def _promises(p: Plain, m: Program, sold: list[tuple[str, str]]) -> None:
    for row in p.rows("contracts"):
        nodes = {x.node for x in p.rows("contract_points") if x.contract == row.contract}
        moved: list[tuple[Name, float]] = [
            (("sell", i, n, t), p.days_in(t, row.start, row.end) / 30)
            for i, n in sold
            for t in p.times
            if i == row.seller and n in nodes
        ]
        whole = p.contract_gwh(row) / 30
        for share, penalty, what in (
            (row.take_or_pay_share, row.take_penalty_eur_mwh, "untaken"),
            (row.delivery_share, row.delivery_penalty_eur_mwh, "undelivered"),
        ):
            if share > 0:
                m.price((what, row.contract), penalty)
                m.row((what, row.contract), [*moved, ((what, row.contract), 1.0)], share * whole, INFINITY)
        if np.isfinite(row.maximum_share):
            m.row(("called", row.contract), moved, -INFINITY, row.maximum_share * whole)
    for row in p.rows("policy_limits"):
        terms, share = _members(p, row)
        low = -INFINITY if np.isnan(row.minimum_gwh) else row.minimum_gwh * share / 30
        high = INFINITY if np.isnan(row.maximum_gwh) else row.maximum_gwh * share / 30
        if np.isfinite(row.penalty_eur_mwh):
            for what, sign in (("short", 1.0), ("over", -1.0)):
                m.price((what, row.policy_limit), row.penalty_eur_mwh)
                terms.append(((what, row.policy_limit), sign))
        m.row(("policy", row.policy_limit), terms, low, high)
    for name, share, own, of_sales, of_nodes in p.share_limits():
        for t in p.times:
            used: list[tuple[Name, float]] = [
                ((kind, n, k, t), -share) for n, k in p.consumers() if n in of_nodes for kind in ("use", "firm")
            ]
            used += [(("sell", i, n, t), -share) for i, n in sorted(of_sales)]
            m.row(("share", name, t), [*((("sell", i, n, t), 1.0) for i, n in sorted(own)), *used], -INFINITY, 0.0)


def _members(p: Plain, row: Any) -> tuple[list[tuple[Name, float]], float]:
    terms: list[tuple[Name, float]] = []
    days = [p.days_in(t, row.first_day, row.last_day) for t in p.times]
    for x in p.rows("policy_limit_members"):
        if x.policy_limit == row.policy_limit and row.kind == "stock":
            terms += [(("level", x.node, t), a) for t, a in p.stock_weights(row.first_day)]
        elif x.policy_limit == row.policy_limit:
            action = ("carry", x.trader, x.arc) if x.arc else ("sell", x.trader, x.node)
            terms += [((*action, t), days[t] / 30) for t in p.times]
    whole = (pd.Timestamp(row.last_day) - pd.Timestamp(row.first_day)).days + 1
    return terms, 1.0 if row.kind == "stock" else sum(days) / whole


def _power(p: Plain, m: Program, sold: list[tuple[str, str]]) -> None:
    """Add what each seller with power counts: its sales (yearly mean, or by area and period), at conduct x slope."""
    owner = {row.resource: row.trader for row in p.rows("resources")}
    for trader, area, conduct, slope in p.market_power():
        if not area:
            assert slope is not None
            made: list[tuple[Name, float]] = [
                (("make", s.resource, s.step, t), p.periods[t].days / p.horizon_days)
                for s in p.rows("supply_steps")
                if p.owner(owner[s.resource]) == trader
                for t in p.times
            ]
            m.price(("power", trader, ""), 0.0, conduct * slope * p.horizon_days / 30)
            m.row(("power", trader, ""), [*made, (("power", trader, ""), -1.0)], -INFINITY, p.unexposed(trader))
            continue
        for t in p.times:
            believed = p.area_slope(area, t) if slope is None else slope
            own: list[tuple[Name, float]] = [
                (("sell", i, n, t), 1.0) for i, n in sold if p.owner(i) == trader and p.area(n) == area
            ]
            m.price(("power", trader, area, t), 0.0, p.w(t) * conduct * believed)
            m.row(("power", trader, area, t), [*own, (("power", trader, area, t), -1.0)], -INFINITY, 0.0)


def arrays(m: Program) -> tuple[np.ndarray, np.ndarray, np.ndarray, sp.csc_matrix, np.ndarray, np.ndarray]:
    """Return cost, bend, upper limits, matrix, and limits of rows."""
    n = len(m.index)
    cost, bend = (np.array([values.get(k, 0.0) for k in range(n)]) for values in (m.cost, m.bend))
    top = np.array([m.top.get(k, INFINITY) for k in range(n)])
    entries = [(r, k, a) for r, (terms, _, _) in enumerate(m.rows.values()) for k, a in terms.items()]
    r, k, a = zip(*entries, strict=True)
    low, high = (np.array([row[side] for row in m.rows.values()]) for side in (1, 2))
    return cost, bend, top, sp.csc_matrix((a, (r, k)), shape=(len(m.rows), n)), low, high


def prices_from_linopy(p: Plain) -> dict[tuple[str, int], float]:
    """Return hub prices by node and period, from linopy and the active-set method of HiGHS."""
    m = write(p)
    cost, bend, top, matrix, low, high = arrays(m)
    by_row = matrix.tocsr()
    width = int(np.diff(by_row.indptr).max())
    columns, values = np.zeros((matrix.shape[0], width), dtype=int), np.zeros((matrix.shape[0], width))
    for r in range(matrix.shape[0]):
        span = slice(by_row.indptr[r], by_row.indptr[r + 1])
        columns[r, : span.stop - span.start], values[r, : span.stop - span.start] = (
            by_row.indices[span],
            by_row.data[span],
        )
    model = linopy.Model()
    i = pd.RangeIndex(len(cost), name="i")
    x = model.add_variables(0, xr.DataArray(top, coords={"i": i}), coords=[i], name="x")
    rows, names = pd.RangeIndex(matrix.shape[0], name="r"), list(m.rows)
    left = (
        x.isel(i=xr.DataArray(columns, coords={"r": rows}, dims=("r", "k"))) * xr.DataArray(values, dims=("r", "k"))
    ).sum("k")
    is_equal = low == high
    for kind, mask, side in (
        ("=", is_equal, low),
        ("<=", ~is_equal & np.isfinite(high), high),
        (">=", ~is_equal & np.isfinite(low), low),
    ):
        at = np.flatnonzero(mask)
        right = xr.DataArray(side[at], coords={"r": rows[at]}, dims="r")
        model.add_constraints(left.isel(r=at), kind, right, name=f"rows {kind}")
    model.add_objective(
        (x * xr.DataArray(cost, coords={"i": i})).sum() + (0.5 * xr.DataArray(bend, coords={"i": i}) * x * x).sum()
    )
    status, condition = model.solve("highs", output_flag=False, progress=False)
    assert (status, condition) == ("ok", "optimal"), (status, condition)
    dual = model.constraints["rows ="].dual
    return {
        (str(name[1]), int(str(name[2]))): float(dual.sel(r=r)) / p.w(int(str(name[2])))
        for r, name in enumerate(names)
        if name[0] == "price"
    }


def solve_with_clarabel(m: Program) -> tuple[dict[Name, float], dict[Name, float]]:
    """Return values by name and row duals by name (dual of 'minimise cost')."""
    cost, bend, top, matrix, low, high = arrays(m)
    n = len(cost)
    is_equal = low == high
    bounded = np.flatnonzero(np.isfinite(top))
    upper, lower = np.flatnonzero(~is_equal & np.isfinite(high)), np.flatnonzero(~is_equal & np.isfinite(low))
    eye = sp.identity(n, format="csr")
    by_row = matrix.tocsr()
    stacked = sp.vstack([by_row[is_equal], by_row[upper], -by_row[lower], eye[bounded], -eye]).tocsc()
    right = np.concatenate([low[is_equal], high[upper], -low[lower], top[bounded], np.zeros(n)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    cones = [clarabel.ZeroConeT(int(is_equal.sum())), clarabel.NonnegativeConeT(len(right) - int(is_equal.sum()))]
    answer = clarabel.DefaultSolver(sp.diags(bend).tocsc(), cost, stacked, right, cones, settings).solve()
    x, z = np.array(answer.x), np.array(answer.z)
    dual = np.zeros(len(low))
    dual[is_equal] = -z[: is_equal.sum()]
    names = list(m.rows)
    return {name: float(x[k]) for name, k in m.index.items()}, {
        names[r]: float(dual[r]) for r in np.flatnonzero(is_equal)
    }
