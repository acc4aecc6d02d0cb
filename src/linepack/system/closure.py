"""The supply-demand closure: what is available against what is consumed at the reference price.

One per cent of world LNG moves prices by about 1.1 EUR/MWh, so an error of balance shows here before it shows there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from linepack.system.calendar import Period, days_in_month, month_grid, month_of, monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs, capacity_by_period
from linepack.units import twh_from_gwh
from linepack.vocabulary import ArcKind

REGIONS = {"EU27": "Europe", "Europe non-EU": "Europe", "Asia": "Asia-Pacific", "Oceania": "Asia-Pacific"}
REST = "rest"
WORLD = "world"
WIDEST_GAP_SHARE = 0.04
"""Share of world LNG by which a balance may be open before it is reported."""


class Span(StrEnum):
    """Over what a balance is drawn up."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, period: Period) -> str:
        """Return the span that a period starts in."""
        month, year = month_of(period.start), str(period.start.year)
        quarter = f"{year}-Q{(period.start.month - 1) // 3 + 1}"
        return {Span.MONTH: month, Span.QUARTER: quarter, Span.YEAR: year}[self]


def closure(system: GasSystem, periods: Sequence[Period], span: Span = Span.QUARTER) -> pd.DataFrame:
    """Return the balance by calendar month, quarter or year and region (Europe, Asia-Pacific, rest, world).

    Columns: span, region, consumption_twh (at reference prices), indigenous_production_twh,
    pipeline_availability_twh (what pipes can bring to consumers, within yearly windows and joint limits),
    storage_withdrawal_twh (negative: injection; stores whose stock is not given at both ends are left out; NaN, counted
    as nil, where none is), lng_need_twh (consumption less the three), and, for the world only, lng_availability_twh and
    gap_twh (need less availability; positive: short at that price).
    """
    months = month_grid(periods).months
    periods = monthly_periods(months[0], len(months))
    spans = [span.of(period) for period in periods]
    nodes = system.table("nodes")
    place = {node: REGIONS.get(region, REST) for node, region in zip(nodes["node"], nodes["region"], strict=True)}
    pipeline, lng = _availability(system, periods, place)
    parts = {
        "consumption_twh": _by_region(system, "demand", periods, place),
        "indigenous_production_twh": _by_region(system, "indigenous_production", periods, place),
        "pipeline_availability_twh": pipeline,
        "storage_withdrawal_twh": _withdrawal(system, periods, spans, place),
    }
    rows = []
    regions = ["Europe", "Asia-Pacific", REST]
    for label in dict.fromkeys(spans):
        inside = [k for k, name in enumerate(spans) if name == label]
        sums = {name: {r: _total([values.get(r, {}).get(k, 0.0) for k in inside]) for r in regions}
                for name, values in parts.items()}  # fmt: skip
        available = sum(lng[k] for k in inside)
        for region in [*regions, WORLD]:
            row = {name: _total(list(by.values())) if region == WORLD else by[region] for name, by in sums.items()}
            supply = sum(value for name, value in row.items() if name != "consumption_twh" and not np.isnan(value))
            need = row["consumption_twh"] - supply
            is_world = region == WORLD
            rows.append({"span": label, "region": region, **row, "lng_need_twh": need,
                         "lng_availability_twh": available if is_world else np.nan,
                         "gap_twh": need - available if is_world else np.nan})  # fmt: skip
    return pd.DataFrame(rows)


def unbalanced_years(system: GasSystem, months: Sequence[str]) -> list[str]:
    """Return the whole years among ``months`` with known stocks at both ends whose balance is open, and by how much."""
    stocks, wrong = set(system.table("storage_levels")["date"]), []
    for year in dict.fromkeys(month[:4] for month in months):
        ends = {f"{year}-01-01", f"{int(year) + 1}-01-01"}
        if not ends <= stocks or not {f"{year}-01", f"{year}-12"} <= set(months):
            continue
        frame = closure(system, monthly_periods(f"{year}-01", 12), Span.YEAR)
        world = frame[frame["region"] == WORLD].iloc[0]
        if abs(world["gap_twh"]) > WIDEST_GAP_SHARE * world["lng_availability_twh"]:
            wrong.append(f"{year}: short by {world['gap_twh']:.0f} TWh")
    return wrong


def _total(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(sum(known)) if known else np.nan


ByRegion = dict[str, dict[int, float]]


def _by_region(system: GasSystem, table: str, periods: Sequence[Period], place: dict[str, str]) -> ByRegion:
    frame = system.table(table)
    sums = frame["quantity_gwh_d"].groupby([frame["node"].map(place), frame["month"]]).sum().to_dict()
    regions = {region for region, _ in sums}
    days = {month_of(period.start): period.days for period in periods}
    return {
        region: {k: float(twh_from_gwh(sums.get((region, m), 0.0) * n)) for k, (m, n) in enumerate(days.items())}
        for region in regions
    }


def _withdrawal(system: GasSystem, periods: Sequence[Period], spans: list[str], place: dict[str, str]) -> ByRegion:
    """Return the fall of the stocks known at both ends of a span, booked on its first period; NaN if none is."""
    levels = system.table("storage_levels")
    stock = {(n, d): x for n, d, x in zip(levels["node"], levels["date"], levels["level_gwh"], strict=True)}
    found: ByRegion = {}
    for label in dict.fromkeys(spans):
        inside = [k for k, name in enumerate(spans) if name == label]
        start, end = periods[inside[0]].start.isoformat(), periods[inside[-1]].end.isoformat()
        for region in set(place.values()):
            nodes = [node for node in system.table("storages")["node"] if place[node] == region]
            both = [node for node in nodes if (node, start) in stock and (node, end) in stock]
            fall = sum(stock[node, start] - stock[node, end] for node in both)
            is_known = bool(both) or not nodes
            found.setdefault(region, {}).update(dict.fromkeys(inside, 0.0 if is_known else np.nan))
            if is_known:
                found[region][inside[0]] = float(twh_from_gwh(fall))
    return found


def _availability(system: GasSystem, periods: Sequence[Period], place: dict[str, str]) -> tuple[ByRegion, list[float]]:
    """Return usable pipeline gas by region, and LNG availability of the world, in TWh by period."""
    arcs = all_arcs(system)
    capacity = _within_joint_limits(system, capacity_by_period(system, periods, arcs).to_numpy(dtype=float), arcs)
    is_plant = (arcs["kind"] == ArcKind.LIQUEFACTION).to_numpy()
    days = np.array([period.days for period in periods])
    lng = np.zeros(len(periods))
    piped: dict[str, np.ndarray] = {}
    for resource, node in system.table("resources")[["resource", "node"]].itertuples(index=False, name=None):
        amount = _of_resource(system, resource, periods)
        leaving = (arcs["origin"] == node).to_numpy()
        if (leaving & is_plant).any():
            lng += np.minimum(amount, capacity[leaving & is_plant].sum(axis=0)) * days
        else:
            piped[node] = piped.get(node, 0.0) + amount
    is_pipe = (arcs["kind"] == ArcKind.PIPELINE).to_numpy()
    wanted = _monthly(system, "demand", periods) - _monthly(system, "indigenous_production", periods).reindex(
        _monthly(system, "demand", periods).index, fill_value=0.0)  # fmt: skip
    pipeline: ByRegion = {}
    for k in range(len(periods)):
        supply = {node: float(amount[k]) for node, amount in piped.items()}
        demand = wanted.iloc[:, k].clip(lower=0.0).to_dict()
        used = _greatest_flow(supply, arcs[is_pipe], capacity[is_pipe, k], demand)
        for node, gwh_d in used.items():
            entry = pipeline.setdefault(place[node], dict.fromkeys(range(len(periods)), 0.0))
            entry[k] += float(twh_from_gwh(gwh_d * days[k]))
    return pipeline, [float(twh_from_gwh(gwh)) for gwh in lng]


def _monthly(system: GasSystem, table: str, periods: Sequence[Period]) -> pd.DataFrame:
    """Return GWh/d, nodes by periods."""
    frame = system.table(table).pivot_table(index="node", columns="month", values="quantity_gwh_d", aggfunc="sum")
    return frame.reindex(columns=[month_of(period.start) for period in periods]).fillna(0.0)


def _greatest_flow(
    supply: dict[str, float], arcs: pd.DataFrame, capacity: np.ndarray, demand: dict[str, float]
) -> dict[str, float]:
    """Return what pipelines can bring to each market's demand, in GWh/d, whoever owns the gas (a maximum flow)."""
    names = list(dict.fromkeys([*supply, *arcs["origin"], *arcs["destination"], *demand]))
    at = {name: k + 2 for k, name in enumerate(names)}  # 0 is the source of all gas, 1 the sink
    unit = 100  # whole numbers of 0.01 GWh/d
    links = [(0, at[node], value) for node, value in supply.items()] + [(at[n], 1, v) for n, v in demand.items()]
    links += [(at[o], at[d], c) for o, d, c in zip(arcs["origin"], arcs["destination"], capacity, strict=True)]
    row, column, value = (np.array(part) for part in zip(*links, strict=True))
    whole = np.minimum(np.round(value.astype(float) * unit), 2**28).astype(np.int32)
    graph = sp.csr_array((whole, (row, column)), shape=(len(names) + 2, len(names) + 2))
    flow = maximum_flow(graph, 0, 1).flow.tocsc()[:, 1].toarray().ravel()
    return {node: float(flow[at[node]]) / unit for node in demand}


def _of_resource(system: GasSystem, resource: str, periods: Sequence[Period]) -> np.ndarray:
    """Return mean availability in GWh/d by period; where a yearly window is tighter, every month falls alike."""
    table, windows = system.table("availability"), system.table("resource_windows")
    own = table[table["resource"] == resource].set_index("month")["capacity_gwh_d"].to_dict()
    amount = np.array([own.get(month_of(period.start), 0.0) for period in periods])
    for row in windows[windows["resource"] == resource].itertuples():
        whole = sum(value * days_in_month(month) for month, value in own.items()
                    if row.first_month <= month <= row.last_month)  # fmt: skip
        if whole > row.maximum_gwh:
            inside = np.array([row.first_month <= month_of(period.start) <= row.last_month for period in periods])
            amount = np.where(inside, amount * row.maximum_gwh / whole, amount)
    return amount


def _within_joint_limits(system: GasSystem, capacity: np.ndarray, arcs: pd.DataFrame) -> np.ndarray:
    """Return capacity with the arcs of each joint limit scaled so that together they keep to it."""
    capacity = capacity.copy()
    members = system.table("joint_limit_members").groupby("joint_limit")["arc"].agg(set).to_dict()
    for row in system.table("joint_limits").itertuples():
        inside = arcs["arc"].isin(members.get(row.joint_limit, set())).to_numpy()
        total = capacity[inside].sum(axis=0)
        if inside.any() and np.isfinite(total).all():
            capacity[inside] *= np.minimum(1.0, row.limit_gwh_d / np.maximum(total, 1e-9))
    return capacity
