"""What a published table reports, taken from a solution. Money is in thousand EUR per day, weights left out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linepack.results.solution import Solution
from linepack.results.tables import arcs

Measure = Callable[[Solution, str, str], float]


def _periods(s: Solution, period: str) -> np.ndarray:
    return np.arange(len(s.days)) if period == "all" else np.array([int(period or 1) - 1])


def _signed(of: str) -> list[tuple[str, float]]:
    """Return names separated by ';' with their sign: '-' before a name takes it off."""
    return [(name.strip().lstrip("-"), -1.0 if name.strip().startswith("-") else 1.0) for name in of.split(";")]


def _sum(s: Solution, variable: str, column: str, of: str, period: str) -> float:
    values, labels = s.values(variable)[_periods(s, period)], s.labels(variable)[column].to_numpy()
    return float(sum(sign * values[:, labels == name].sum() for name, sign in _signed(of)))


def price(s: Solution, of: str, period: str) -> float:
    """Hub price of a node."""
    return float(s.hub_prices()[of].iloc[_periods(s, period)].item())


def mean_price(s: Solution, of: str, period: str) -> float:
    """Mean hub price over periods of equal weight."""
    return float(s.hub_prices()[of].iloc[_periods(s, period)].mean())


def trader_price(s: Solution, of: str, period: str) -> float:
    """Value of a trader's gas at a node, 'TRADER NODE'."""
    labels = s.problem.equations["trader_balance"].labels
    at = [f"{t} {n}" for t, n in zip(labels["trader"], labels["node"], strict=True)].index(of)
    return float(s.shadow_prices("trader_balance")[_periods(s, period), at].item())


def production(s: Solution, of: str, period: str) -> float:
    """Production of resources."""
    return _sum(s, "production", "resource", of, period)


def consumption(s: Solution, of: str, period: str) -> float:
    """Consumption of nodes."""
    return _sum(s, "consumption", "node", of, period) + _sum(s, "firm_consumption", "node", of, period)


def flow(s: Solution, of: str, period: str) -> float:
    """All flow on arcs."""
    return _sum(s, "trader_flow", "arc", of, period) + _sum(s, "pool_flow", "arc", of, period)


def scarcity(s: Solution, of: str, period: str) -> float:
    """Rent of a resource at its availability."""
    at = s.labels("production")["resource"].tolist().index(of)
    column = s.problem.variables["production"].columns[_periods(s, period), at]
    return float(-s.certified.reduced_cost[column].item() / s.problem.sets.weight[0])


def rent(s: Solution, of: str, period: str) -> float:
    """Congestion rent of an arc."""
    frame = arcs(s)
    labels = np.array(s.labels_of_periods)[_periods(s, period)]
    return float(frame[(frame["arc"] == of) & frame["period"].isin(labels)]["congestion_rent_eur_mwh"].item())


def joint_rent(s: Solution, of: str, period: str) -> float:
    """Rent of a joint limit."""
    equation = s.problem.equations["joint_limit"]
    at = equation.labels["joint_limit"].tolist().index(of)
    return float(-s.shadow_prices("joint_limit")[_periods(s, period), at].item())


def cost(s: Solution, of: str, period: str) -> float:
    """Resource cost of everything that moves."""
    return sum(
        float((s.certified.x[columns] * s.problem.resource_cost_eur_mwh[columns]).sum())
        for v in s.problem.variables.values() if len(v.columns) == len(s.days)
        for columns in [v.columns[_periods(s, period)]]
    )  # fmt: skip


def benefit_less_cost(s: Solution, of: str, period: str) -> float:
    """Value of isoelastic demand, fixed demand too, by the antiderivative nil at infinite quantity, less cost."""
    table = s.system.table("demand")
    used = [consumption(s, node, period) for node in table["node"]]
    power = 1 - 1 / table["elasticity"].to_numpy()
    at = table["reference_price_eur_mwh"] * table["quantity_gwh_d"]
    return float((at * (np.array(used) / table["quantity_gwh_d"]) ** power / power).sum() - cost(s, "", period))


def _sales(s: Solution) -> list[tuple[str, str, np.ndarray]]:
    """Return trader, node and amount by period of every first sale."""
    labels, sets = s.labels("trader_flow"), s.problem.sets
    kept = 1 - sets.arcs["loss_fraction"].to_numpy()[sets.trader_arc_at]
    amounts = s.values("trader_flow").T * kept[:, None]
    rows = zip(labels["trader"], labels["destination"], labels["is_sale"], amounts, strict=True)
    sold = [(trader, node, amount) for trader, node, is_sale, amount in rows if is_sale]
    own = s.labels("sales")
    return sold + list(zip(own["trader"], own["node"], s.values("sales").T, strict=True))


def sales(s: Solution, of: str, period: str) -> float:
    """First sales, 'TRADER NODE'."""
    return float(sum(v[_periods(s, period)].sum() for t, n, v in _sales(s) if f"{t} {n}" == of))


def sales_in_area(s: Solution, of: str, period: str) -> float:
    """First sales, 'TRADER AREA'."""
    area = dict(zip(*s.system.table("nodes")[["node", "area"]].to_numpy().T, strict=True))
    return float(sum(v[_periods(s, period)].sum() for t, n, v in _sales(s) if f"{t} {area[n]}" == of))


def profit(s: Solution, of: str, period: str) -> float:
    """Revenue less resource cost of production and carriage of traders."""
    traders, at, prices = of.split(";"), _periods(s, period), s.hub_prices()
    revenue = sum(float((v * prices[n].to_numpy())[at].sum()) for t, n, v in _sales(s) if t in traders)
    spent = 0.0
    for name in ("production", "trader_flow"):
        own = s.labels(name)["trader"].isin(traders).to_numpy()
        columns = s.problem.variables[name].columns[at][:, own]
        spent += float((s.certified.x[columns] * s.problem.resource_cost_eur_mwh[columns]).sum())
    return revenue - spent


def expenditure(s: Solution, of: str, period: str) -> float:
    """What consumers of a node pay."""
    used = s.values("consumption")[:, (s.labels("consumption")["node"] == of).to_numpy()].sum(axis=1)
    return float((used * s.hub_prices()[of].to_numpy())[_periods(s, period)].sum())


def mean_cost(s: Solution, of: str, period: str) -> float:
    """Mean delivered cost of what an area buys: production and carriage over arcs that end there."""
    nodes = s.system.table("nodes")
    inside = set(nodes.loc[nodes["area"] == of, "node"])
    made = s.labels("production")
    columns = s.problem.variables["production"].columns[0]
    source = dict(zip(made["trader"], s.problem.resource_cost_eur_mwh[columns], strict=True))
    labels, amount = s.labels("trader_flow"), s.values("trader_flow")[0]
    carried = s.problem.resource_cost_eur_mwh[s.problem.variables["trader_flow"].columns[0]]
    own = [k for k, node in enumerate(labels["destination"]) if node in inside]
    paid = sum(amount[k] * (carried[k] + source[labels["trader"].iloc[k]]) for k in own)
    return float(paid / amount[own].sum())


MEASURES: dict[str, Measure] = {
    m.__name__: m for m in (price, mean_price, trader_price, production, consumption, flow, scarcity, rent, joint_rent,
                            cost, benefit_less_cost, sales, sales_in_area, profit, expenditure, mean_cost)
}  # fmt: skip
