"""The same market, built a second time from the tables with linopy: an oracle that shares no code with linepack.market.

Periods are months. Nothing is trimmed: every trader may use every arc it has, every sale is a variable. Only prices
are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import linopy
import numpy as np
import pandas as pd
import xarray as xr

from linepack.system.calendar import Period, month_of
from linepack.system.gassystem import GasSystem

MWH_PER_MMBTU = 0.29307107
PORT_KINDS = ("market", "lng_import")
SUMMER = ("07", "08", "09", "10", "11")
ICE = ("12", "01", "02", "03", "04", "05", "06")


@dataclass(frozen=True)
class Facts:
    """The tables joined for a horizon, before any modelling language."""

    system: GasSystem
    periods: tuple[Period, ...]
    closes_on_values: bool

    @property
    def t(self) -> pd.Index:
        return pd.Index([period.label for period in self.periods], name="t")

    @property
    def w(self) -> xr.DataArray:
        return xr.DataArray([period.days / 30 for period in self.periods], coords={"t": self.t})

    def parameter(self, name: str) -> float:
        table = self.system.table("parameters").set_index("parameter")["value"]
        return float(table.get(name, 1.0) if name == "wedge_multiplier" else table[name])

    def prices(self) -> pd.DataFrame:
        return self.system.table("market_prices").set_index("month").loc[[month_of(p.start) for p in self.periods]]


def _days_between(period: Period, first: str, last: str) -> int:
    """Return how many days of a period lie from ``first`` to ``last``, both included."""
    start = max(period.start, date.fromisoformat(first))
    end = min(period.end, date.fromisoformat(last) + timedelta(days=1))
    return max(0, (end - start).days)


def arcs_of(facts: Facts) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return arcs with ships, capacity and cost (arcs by periods)."""
    system = facts.system
    columns = ["kind", "origin", "destination", "capacity_gwh_d", "tariff_eur_mwh", "loss_fraction", "state"]
    arcs = system.table("arcs").set_index("arc")[[*columns, "has_pool_access"]]
    routes = system.table("sea_routes")
    ships = pd.DataFrame({
        "kind": "shipping", "origin": routes["origin"], "destination": routes["destination"], "capacity_gwh_d": np.inf,
        "tariff_eur_mwh": 0.0, "loss_fraction": 0.0, "state": "open", "has_pool_access": False,
    }).set_index(pd.Index(("ship:" + routes["origin"] + ">" + routes["destination"]).tolist(), name="arc"))  # fmt: skip
    every = pd.concat([arcs, ships]) if len(ships) else arcs
    base = every["capacity_gwh_d"].where(every["state"] == "open", 0.0)
    capacity = pd.DataFrame(dict.fromkeys(facts.t, base), index=every.index)
    for arc, rows in system.table("arc_schedule").groupby("arc"):
        for period in facts.periods:
            daily = []
            for day in (period.start + timedelta(days=k) for k in range(period.days)):
                value = base[arc]
                for row in rows.itertuples():
                    if row.first_day <= day.isoformat() and (not row.last_day or day.isoformat() <= row.last_day):
                        value = row.capacity_gwh_d
                daily.append(value)
            capacity.loc[arc, period.label] = sum(daily) / len(daily)
    cost = pd.DataFrame(dict.fromkeys(facts.t, every["tariff_eur_mwh"]), index=every.index)
    ship, prices = system.table("ship_classes").set_index("ship_class").loc[routes["ship_class"]], facts.prices()
    ship.index = routes.index
    for period in facts.periods:
        month, miles = prices.loc[month_of(period.start)], routes["distance_nm"]
        if month_of(period.start)[5:] in SUMMER:
            miles = routes["summer_distance_nm"].fillna(miles)
        days = 2 * miles / 24 / ship["speed_kn"] + ship["port_days"]
        if month_of(period.start)[5:] in ICE:
            days = days + routes["ice_days"]
        usd = days * ship["charter_usd_d"] + ship["port_cost_usd"]
        freight = usd / month["usd_per_eur"] / (ship["cargo_mmbtu"] * MWH_PER_MMBTU)
        burnt = ship["boil_off_share_per_day"] * days * month["ttf_eur_mwh"]
        total = freight + burnt + routes["transfer_eur_mwh"]
        cost.loc[ships.index, period.label] = total.to_numpy()
    return every, capacity, cost


def _da(frame: pd.DataFrame, dim: str) -> xr.DataArray:
    values = frame.copy()
    values.index = pd.Index(list(values.index), name=dim)
    values.columns = pd.Index(list(values.columns), name="t")
    return xr.DataArray(values)


def _grouped(expression: Any, labels: Sequence[str], dim: str, onto: pd.Index) -> Any:
    """Return the sum of an expression over ``dim`` by label, on the index ``onto``."""
    by = pd.Series(list(labels), index=expression.indexes[dim], name=onto.name)
    inside = by.isin(onto)
    kept = expression.sel({dim: by.index[inside]})
    return kept.groupby(by[inside]).sum().reindex({onto.name: onto}).fillna(0)


def build(system: GasSystem, periods: Sequence[Period], *, closes_on_values: bool = True) -> linopy.Model:
    """Return the linopy model; the dual of ``pool_balance`` over the weight of the period is the hub price."""
    facts = Facts(system, tuple(periods), closes_on_values)
    return model_of(facts, *arcs_of(facts))


def model_of(facts: Facts, arcs: pd.DataFrame, capacity: pd.DataFrame, cost: pd.DataFrame) -> linopy.Model:
    """Return the model of joined facts: the part that a modelling language does."""
    system, periods = facts.system, facts.periods
    m = linopy.Model()
    t, w = facts.t, facts.w
    objective, terms = _carriage(m, facts, arcs, capacity, cost)
    pools = pd.Index(system.table("nodes").query("kind in @PORT_KINDS")["node"].tolist(), name="n")
    balance = terms["into_pool"]
    pool_arcs = arcs[arcs["has_pool_access"] & arcs["origin"].isin(pools) & arcs["destination"].isin(pools)]
    if len(pool_arcs):
        names = pd.Index(pool_arcs.index.tolist(), name="a")
        pool = m.add_variables(0, _da(capacity.loc[names], "a"), [names, t], name="pool")
        keep = xr.DataArray(1 - pool_arcs["loss_fraction"].to_numpy(), coords={"a": names})
        balance += _grouped(pool * keep, pool_arcs["destination"], "a", pools)
        balance -= _grouped(1 * pool, pool_arcs["origin"], "a", pools)
        steep = facts.parameter("pool_flow_slope_eur_mwh") / np.maximum(capacity.loc[names].max(axis=1), 1.0)
        slope = xr.DataArray(steep.to_numpy(), coords={"a": names})
        objective += (pool * (_da(cost.loc[names], "a") * w)).sum() + (0.5 * slope * w * pool * pool).sum()
        terms["pool"] = pool
    _arc_limits(m, facts, arcs, capacity, terms)
    used, value = _consumption(m, facts, pools)
    objective += value
    balance -= used
    if len(system.table("storages")):
        net, value = _stores(m, facts, pools)
        objective += value
        balance += net
    home = system.table("indigenous_production").pivot_table(index="node", columns="month", values="quantity_gwh_d")
    home = home.reindex(index=pools, columns=[month_of(p.start) for p in periods]).fillna(0.0)
    home.columns = t
    m.add_constraints(balance == -_da(home, "n"), name="pool_balance")
    m.add_objective(objective)
    return m


def _carriage(
    m: linopy.Model, facts: Facts, arcs: pd.DataFrame, capacity: pd.DataFrame, cost: pd.DataFrame
) -> tuple[Any, dict[str, Any]]:
    """Add production, trader flows, sales, windows, contracts and conduct; return their cost and what enters pools."""
    system, t, w = facts.system, facts.t, facts.w
    nodes = system.table("nodes")
    pools = pd.Index(nodes.query("kind in @PORT_KINDS")["node"].tolist(), name="n")
    resources = system.table("resources").set_index("resource")
    steps = system.table("supply_steps").set_index("resource", drop=False)
    available = system.table("availability").pivot_table(index="resource", columns="month", values="capacity_gwh_d")
    months = [month_of(period.start) for period in facts.periods]
    names = pd.Index([f"{r.resource}#{r.step:g}" for r in steps.itertuples()], name="k")
    top = available.loc[steps.index, months].to_numpy() * steps["capacity_share"].to_numpy()[:, None]
    made = m.add_variables(0, xr.DataArray(top, coords={"k": names, "t": t}), [names, t], name="production")
    henry = facts.prices()["henry_hub_eur_mwh"].to_numpy()
    unit = steps["cost_eur_mwh"].to_numpy()[:, None] + np.outer(steps["henry_hub_multiple"], henry)
    objective = (made * (xr.DataArray(unit, coords={"k": names, "t": t}) * w)).sum()
    trader = resources.loc[steps.index, "trader"].tolist()
    basin = resources.loc[steps.index, "node"].tolist()

    pairs = [tuple(x) for x in system.table("carriage")[["trader", "arc"]].itertuples(index=False)]
    at = {(r.trader, r.node) for r in resources.itertuples()}
    for kind in ("liquefaction", "shipping"):
        for arc, row in arcs[arcs["kind"] == kind].iterrows():
            for who in sorted({i for i, n in at if n == row["origin"]}):
                pairs.append((who, arc))
                at.add((who, row["destination"]))
    pairs = [pair for pair in dict.fromkeys(pairs) if capacity.loc[pair[1]].max() > 0]
    flows = pd.Index([f"{i}|{a}" for i, a in pairs], name="f")
    ends = arcs.loc[[a for _, a in pairs]]
    keep = xr.DataArray(1 - ends["loss_fraction"].to_numpy(), coords={"f": flows})
    own = capacity.loc[[a for _, a in pairs]].set_axis(flows)
    flow = m.add_variables(0, _da(own, "f"), [flows, t], name="flow")
    carriage = cost.loc[[a for _, a in pairs]].to_numpy(dtype=float)
    constant, slope = _wedges(facts, pairs, ends, carriage)
    money = xr.DataArray(carriage + constant, coords={"f": flows, "t": t})
    bend = xr.DataArray(slope, coords={"f": flows, "t": t})
    objective += (flow * (money * w)).sum() + (0.5 * bend * w * flow * flow).sum()

    points = {tuple(x) for x in system.table("sales_points")[["trader", "node"]].itertuples(index=False)}
    points |= {(i, d) for (i, _), d, k in zip(pairs, ends["destination"], ends["kind"], strict=True) if k == "shipping"}
    sold_at = sorted(x for x in points if x[1] in pools)
    sale_names = pd.Index([f"{i}|{n}" for i, n in sold_at], name="s")
    sales = m.add_variables(0, coords=[sale_names, t], name="sales")

    places = [f"{i}|{n}" for i, n in zip(trader, basin, strict=True)]
    leaving = [f"{i}|{n}" for (i, _), n in zip(pairs, ends["origin"], strict=True)]
    arriving = [f"{i}|{n}" for (i, _), n in zip(pairs, ends["destination"], strict=True)]
    every = pd.Index(sorted({*places, *leaving, *arriving, *sale_names}), name="x")
    balance = (
        _grouped(1 * made, places, "k", every) + _grouped(flow * keep, arriving, "f", every)
        - _grouped(1 * flow, leaving, "f", every) - _grouped(1 * sales, list(sale_names), "s", every)
    )  # fmt: skip
    m.add_constraints(balance == 0, name="trader_balance")
    objective += _contracts(m, facts, sales, sold_at)
    _ships(m, facts, flow, [a for _, a in pairs])
    objective += _conduct(m, facts, made, trader)
    _windows(m, facts, made, steps.index.tolist(), available)
    into_pool = _grouped(1 * sales, [n for _, n in sold_at], "s", pools)
    return objective, {"into_pool": into_pool, "flow": flow, "flow_arcs": [a for _, a in pairs]}


def _wedges(
    facts: Facts, pairs: list[tuple[str, str]], ends: pd.DataFrame, cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    table = facts.system.table("route_wedges").set_index(["trader", "arc"])
    new_flow, new_slope = facts.parameter("new_route_reference_flow_gwh_d"), facts.parameter("new_route_wedge_eur_mwh")
    factor = facts.parameter("wedge_multiplier")
    constant, slope = np.zeros_like(cost), np.zeros_like(cost)
    for k, pair in enumerate(pairs):
        if pair in table.index:
            reference = table.loc[pair, "reference_flow_gwh_d"]
            for j in range(cost.shape[1]):
                strength = min(table.loc[pair, "slope_eur_mwh"] * factor, cost[k, j])
                slope[k, j] = strength / max(reference, new_flow)
                constant[k, j] = -slope[k, j] * reference
        elif ends["kind"].iloc[k] == "shipping":
            slope[k] = new_slope * factor / new_flow
    return constant, slope


def _years(facts: Facts) -> dict[str, list[int]]:
    years: dict[str, list[int]] = {}
    for k, period in enumerate(facts.periods):
        years.setdefault(str(period.start.year), []).append(k)
    return years


MONTH_LENGTHS = [31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def _part_of_year(facts: Facts, nodes: set[str]) -> list[float]:
    """Return the part of a year's contract that falls into each period: the season of consumption at its points.

    Months without consumption on record leave a market without season; points without any count by days.
    """
    demand = facts.system.table("demand").query("node in @nodes")
    totals = demand.groupby(["node", "month"])["quantity_gwh_d"].sum().reset_index()
    totals["calendar"] = totals["month"].str[5:].astype(int)
    season = totals.pivot_table(index="node", columns="calendar", values="quantity_gwh_d", aggfunc="mean")
    season = season.reindex(columns=range(1, 13)).dropna().sum()
    if not season.sum():
        season = pd.Series(1.0, index=range(1, 13))
    year = sum(season[k] * days for k, days in enumerate(MONTH_LENGTHS, 1)) * 365 / 365.25
    return [float(season[period.start.month] * period.days / year) for period in facts.periods]


def _ships(m: linopy.Model, facts: Facts, flow: linopy.Variable, arcs: list[str]) -> None:
    """Keep the ships of each class with a fleet to those that can sail (months only)."""
    routes = facts.system.table("sea_routes").copy()
    routes.index = pd.Index("ship:" + routes["origin"] + ">" + routes["destination"])
    classes = facts.system.table("ship_classes").set_index("ship_class")
    fleet = facts.system.table("fleets")
    for name in fleet["ship_class"].unique():
        spec = classes.loc[name]
        own = [k for k, arc in enumerate(arcs) if arc in routes.index and routes.loc[arc, "ship_class"] == name]
        if not own:
            continue
        busy, able = [], []
        for period in facts.periods:
            month = period.start.month
            legs = routes.loc[[arcs[k] for k in own]]
            far = legs["distance_nm"].where(~legs["summer_distance_nm"].notna() | (month not in range(7, 12)),
                                            legs["summer_distance_nm"])  # fmt: skip
            ice = legs["ice_days"] * (month == 12 or month <= 6)
            trip = 2 * far / 24 / spec["speed_kn"] + spec["port_days"] + ice
            busy.append((trip / (spec["cargo_mmbtu"] * 0.29307107 / 1000)).to_numpy())
            rows = fleet[fleet["ship_class"] == name]
            days = np.array([_days_between(period, r.first_day, r.last_day or "9999-01-01") for r in rows.itertuples()])
            able.append(float((days * rows["ships"] * rows["available_share"]).sum() / period.days))
        names = flow.indexes["f"][own]
        need = xr.DataArray(np.array(busy).T, coords={"f": names, "t": facts.t})
        m.add_constraints((flow.sel(f=names) * need).sum("f") <= xr.DataArray(able, coords={"t": facts.t}),
                          name=f"fleet_{name}")  # fmt: skip


def _contracts(m: linopy.Model, facts: Facts, sales: linopy.Variable, sold_at: list[tuple[str, str]]) -> Any:
    """Add floors with slack and ceilings, all contracts and years at once: rows of (contract and year, sale)."""
    points = facts.system.table("contract_points").groupby("contract")["node"].agg(set).to_dict()
    rows, weights, deals = [], [], {}
    for c in facts.system.table("contracts").itertuples():
        mine = [f"{i}|{n}" for i, n in sold_at if i == c.seller and n in points[c.contract]]
        days = np.array([_days_between(period, c.start, c.end) for period in facts.periods])
        for year, inside in _years(facts).items():
            if days[inside].sum() and mine:
                name = f"{c.contract} {year}"
                part = _part_of_year(facts, points[c.contract])
                in_force = [part[k] * days[k] / facts.periods[k].days for k in inside]
                days_of_year = sum(facts.periods[k].days for k in inside) / 365
                due = min(1.0, days_of_year / sum(part[k] for k in inside))
                deals[name] = (c, c.annual_quantity_gwh * sum(in_force) / 30, due)
                share = np.isin(np.arange(len(days)), inside) * days / 30
                rows += [(name, sale) for sale in mine]
                weights += [share] * len(mine)
    if not rows:
        return 0
    index = pd.RangeIndex(len(rows), name="r")
    chosen = (1 * sales.sel(s=xr.DataArray([sale for _, sale in rows], coords={"r": index}))).drop_vars("s")
    weight = xr.DataArray(np.array(weights), coords={"r": index, "t": facts.t})
    moved = (chosen * weight).sum("t")
    objective: Any = 0
    for what, share_of, penalty in (("take", "take_or_pay_share", "take_penalty_eur_mwh"),
                                    ("deliver", "delivery_share", "delivery_penalty_eur_mwh")):  # fmt: skip
        names = pd.Index([name for name, (c, _, _) in deals.items() if getattr(c, share_of) > 0], name="y")
        if len(names):
            asked = [getattr(deals[n][0], share_of) * deals[n][1] * deals[n][2] for n in names]
            floor = xr.DataArray(asked, coords={"y": names})
            worth = xr.DataArray([getattr(deals[n][0], penalty) for n in names], coords={"y": names})
            slack = m.add_variables(0, coords=[names], name=what)
            m.add_constraints(_grouped(moved, [n for n, _ in rows], "r", names) + slack >= floor, name=what)
            objective = objective + (slack * worth).sum()
    names = pd.Index([name for name, (c, _, _) in deals.items() if not np.isnan(c.maximum_share)], name="y")
    if len(names):
        most = xr.DataArray([deals[n][0].maximum_share * deals[n][1] for n in names], coords={"y": names})
        m.add_constraints(_grouped(moved, [n for n, _ in rows], "r", names) <= most, name="most")
    return objective


def _conduct(m: linopy.Model, facts: Facts, made: linopy.Variable, trader: list[str]) -> Any:
    objective: Any = 0
    contracts = facts.system.table("contracts")
    points = facts.system.table("contract_points").groupby("contract")["node"].agg(set).to_dict()
    for group, rows in facts.system.table("traders").groupby("owner_group"):
        slope = rows["conduct"].max() * rows["residual_slope_eur_mwh_per_gwh_d"].max()
        if slope <= 0:
            continue
        own = [i in set(rows["trader"]) for i in trader]
        for year, inside in _years(facts).items():
            length = sum(facts.periods[k].days for k in inside)
            share = xr.DataArray([facts.periods[k].days / length for k in inside], coords={"t": facts.t[inside]})
            free = 0.0
            apart = contracts["seller"].isin(rows["trader"]) & (contracts["price_index"] != "hub")
            for c in contracts[apart].itertuples():
                part = _part_of_year(facts, points[c.contract])
                year_share = sum(part[k] * _days_between(facts.periods[k], c.start, c.end) / facts.periods[k].days
                                 for k in inside)  # fmt: skip
                due = min(1.0, length / 365 / sum(part[k] for k in inside))
                free += c.annual_quantity_gwh * year_share * due * max(c.take_or_pay_share, c.delivery_share) / length
            exposure = m.add_variables(0, name=f"exposure {group} {year}")
            mean = (made.isel(k=np.flatnonzero(own)).sel(t=facts.t[inside]) * share).sum()
            m.add_constraints(mean - exposure <= free, name=f"exposure {group} {year}")
            objective = objective + 0.5 * slope * length / 30 * exposure * exposure
    return objective


def _windows(
    m: linopy.Model, facts: Facts, made: linopy.Variable, of_step: list[str], available: pd.DataFrame
) -> None:
    """Add all windows at once: rows of (window, step)."""
    rows, weights, limits = [], [], {}
    w = np.array([period.days / 30 for period in facts.periods])
    for row in facts.system.table("resource_windows").itertuples():
        inside = np.array([row.first_month <= month_of(p.start) <= row.last_month for p in facts.periods])
        own = [k for k, name in enumerate(of_step) if name == row.resource]
        if not inside.any() or not own:
            continue
        known = available.loc[row.resource].dropna()
        mean = known.groupby(known.index.str[5:]).mean()
        months = pd.period_range(row.first_month, row.last_month, freq="M")
        whole = sum(month.days_in_month * mean[f"{month.month:02d}"] for month in months)
        within = [p for p, is_in in zip(facts.periods, inside, strict=True) if is_in]
        covered = sum(p.days * mean[month_of(p.start)[5:]] for p in within)
        share = min(1.0, covered / whole) if whole > 0 else 1.0
        label = f"{row.resource} {row.first_month}"
        limits[label] = (row.minimum_gwh * share / 30, row.maximum_gwh * share / 30)
        rows += [(label, k) for k in own]
        weights += [w * inside] * len(own)
    if not rows:
        return
    index, names = pd.RangeIndex(len(rows), name="r"), pd.Index(list(limits), name="y")
    chosen = (1 * made.isel(k=xr.DataArray([k for _, k in rows], coords={"r": index}))).drop_vars("k")
    total = (chosen * xr.DataArray(np.array(weights), coords={"r": index, "t": facts.t})).sum("t")
    summed = _grouped(total, [label for label, _ in rows], "r", names)
    least, most = (xr.DataArray([limits[n][side] for n in names], coords={"y": names}) for side in (0, 1))
    m.add_constraints(summed <= most, name="window maximum")
    m.add_constraints(summed >= least, name="window minimum")


def _arc_limits(
    m: linopy.Model, facts: Facts, arcs: pd.DataFrame, capacity: pd.DataFrame, terms: dict[str, Any]
) -> None:
    names = pd.Index(arcs.index[np.isfinite(capacity).all(axis=1) & (capacity.max(axis=1) > 0)].tolist(), name="c")
    flow, on = terms["flow"], terms["flow_arcs"]
    pool: Any = terms.get("pool")
    total = _grouped(1 * flow, on, "f", names)
    if pool is not None:
        total += _grouped(1 * pool, list(pool.indexes["a"]), "a", names)
    m.add_constraints(total <= _da(capacity.loc[names], "c"), name="arc_capacity")
    members = facts.system.table("joint_limit_members")
    for row in facts.system.table("joint_limits").itertuples():
        inside = set(members.loc[members["joint_limit"] == row.joint_limit, "arc"])
        parts = [flow.isel(f=[k for k, a in enumerate(on) if a in inside])] if inside & set(on) else []
        mine = [a for a in inside if pool is not None and a in pool.indexes["a"]]
        sums = [part.sum("f") for part in parts] + ([pool.sel(a=mine).sum("a")] if mine else [])
        if not sums:
            continue
        used = sum(sums[1:], sums[0])
        if row.window == "period":
            m.add_constraints(used <= row.limit_gwh_d, name=f"joint {row.joint_limit}")
            continue
        for year, k in _years(facts).items():
            days = sum(facts.periods[j].days for j in k)
            total_year = (used * facts.w).sel(t=facts.t[k]).sum()
            m.add_constraints(total_year <= row.limit_gwh_d * days / 30, name=f"joint {row.joint_limit} {year}")


def _consumption(m: linopy.Model, facts: Facts, pools: pd.Index) -> tuple[Any, Any]:
    table = facts.system.table("demand")
    months = [month_of(p.start) for p in facts.periods]
    wide = {c: table.pivot_table(index=["node", "segment"], columns="month", values=c)[months]
            for c in ("quantity_gwh_d", "reference_price_eur_mwh", "elasticity")}  # fmt: skip
    nodes = [node for node, _ in wide["elasticity"].index]
    names = pd.Index([f"{n}|{k}" for n, k in wide["elasticity"].index], name="d")
    cap = facts.parameter("shedding_price_eur_mwh")
    q, p, e = (np.asarray(frame, dtype=float) for frame in wide.values())
    alpha, beta = p + p / e, p / e / np.maximum(q, 1e-3)
    coords = {"d": names, "t": facts.t}
    elastic = m.add_variables(0, coords=[names, facts.t], name="elastic")
    firm = m.add_variables(0, xr.DataArray(np.maximum(0, (alpha - cap) / beta), coords), [names, facts.t], name="firm")
    height, bend = xr.DataArray(np.minimum(alpha, cap), coords), xr.DataArray(beta, coords)
    cost = (elastic * (-1 * height * facts.w)).sum() + (0.5 * bend * facts.w * elastic * elastic).sum()
    return _grouped(elastic + firm, nodes, "d", pools), cost + (firm * (-cap * facts.w)).sum()


def _stores(m: linopy.Model, facts: Facts, pools: pd.Index) -> tuple[Any, Any]:
    table = facts.system.table("storages").set_index("node")
    names, t, w = pd.Index(table.index.tolist(), name="g"), facts.t, facts.w
    col = {c: xr.DataArray(table[c].to_numpy(dtype=float), coords={"g": names}) for c in table.columns[:8]}
    levels = facts.system.table("storage_levels")
    stock = levels[levels["date"] == facts.periods[0].start.isoformat()].set_index("node")["level_gwh"].loc[names]
    first = xr.DataArray(np.minimum(stock.to_numpy(), table["working_gas_gwh"].to_numpy()) / 30, coords={"g": names})
    volume = col["working_gas_gwh"] / 30
    level = m.add_variables(0, volume.expand_dims(t=t).transpose("g", "t"), [names, t], name="level")
    put = m.add_variables(0, coords=[names, t], name="injection")
    take = m.add_variables(0, coords=[names, t], name="withdrawal")
    before = (1 * level).shift(t=1).fillna(0)
    is_first = xr.DataArray([1.0] + [0.0] * (len(t) - 1), coords={"t": t})
    opening = first * is_first
    change = level - before - put * (col["cycle_efficiency_fraction"] * w) + take * w
    m.add_constraints(change == opening, name="storage")
    mean = 0.5 * (level + before)
    fast, left = col["withdrawal_capacity_gwh_d"], col["withdrawal_share_when_empty"]
    slow = take - (fast * (1 - left) / volume) * mean
    m.add_constraints(slow <= fast * left + fast * (1 - left) / volume * 0.5 * opening, name="withdrawal")
    fast, left = col["injection_capacity_gwh_d"], col["injection_share_when_full"]
    slow = put + (fast * (1 - left) / volume) * mean
    m.add_constraints(slow <= fast - fast * (1 - left) / volume * 0.5 * opening, name="injection")
    objective = (put * (col["injection_cost_eur_mwh"] * w)).sum() + (take * (col["withdrawal_cost_eur_mwh"] * w)).sum()
    last = level.isel(t=-1)
    if facts.closes_on_values:
        steps = facts.system.table("storage_values").sort_values("step")
        width = xr.DataArray(np.diff(steps["fill_to_fraction"], prepend=0.0), coords={"v": steps["step"].tolist()})
        worth = xr.DataArray(steps["value_eur_mwh"].to_numpy(), coords={"v": steps["step"].tolist()})
        coords = [names, pd.Index(steps["step"].tolist(), name="v")]
        part = m.add_variables(0, volume * width, coords, name="closing")
        m.add_constraints(last - part.sum("v") == 0, name="closing")
        objective -= (part * worth).sum()
    else:
        end = levels[levels["date"] == facts.periods[-1].end.isoformat()].set_index("node")["level_gwh"].loc[names]
        wanted = np.minimum(end.to_numpy(), table["working_gas_gwh"].to_numpy()) / 30
        m.add_constraints(last >= xr.DataArray(wanted, coords={"g": names}), name="closing")
    return _grouped(take - put, list(names), "g", pools), objective


def hub_prices(system: GasSystem, periods: Sequence[Period], *, closes_on_values: bool = True) -> pd.DataFrame:
    """Return hub prices in EUR/MWh, periods by nodes, from linopy and HiGHS; fails unless HiGHS says optimal."""
    m = build(system, periods, closes_on_values=closes_on_values)
    status, condition = m.solve("highs", solver="hipo", run_crossover="off", ipm_optimality_tolerance=1e-12,
                                primal_feasibility_tolerance=1e-10, dual_feasibility_tolerance=1e-10,
                                output_flag=False, threads=1, progress=False)  # fmt: skip
    assert (status, condition) == ("ok", "optimal"), (status, condition)
    dual = m.constraints["pool_balance"].dual.transpose("t", "n").to_pandas()
    return dual.div([period.days / 30 for period in periods], axis=0)
