"""The headline figures from the arrays of a solution: those of ``headline``, to rounding, without its long tables.

A run of an ensemble keeps a few numbers only; tables by entity and period would take as long as a third of the solve.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd

from linepack import units
from linepack.market.sets import pairs, positions
from linepack.results.headline import CONTRACT_PRICED, DAYS_PER_YEAR, EU, NEIGHBOURS, Totals, figures_of, origin_name
from linepack.results.solution import Solution
from linepack.vocabulary import ArcKind

LNG, PIPELINE = "lng", "pipeline"


class _Sales:
    """First sales: origin, mode and node of each; GWh over the horizon, and that times the hub price."""

    def __init__(self, s: Solution, country: dict[str, str], price: np.ndarray) -> None:
        arcs = s.problem.sets.arcs
        flow, passing = s.labels("trader_flow"), s.labels("sales")
        sold = flow["is_sale"].to_numpy(dtype=bool)
        at = s.problem.sets.trader_arc_at[sold]
        seat = dict(pairs(s.system.table("traders"), "trader", "country"))
        is_lng = (arcs["kind"] == ArcKind.SHIPPING).to_numpy()[at].tolist()
        ends = (flow[name][sold].tolist() for name in ("trader", "origin", "destination"))
        self.where = [
            (country[origin], LNG, node) if shipped else (seat[trader], PIPELINE, node)
            for trader, origin, node, shipped in zip(*ends, is_lng, strict=True)
        ] + [(seat[trader], PIPELINE, node) for trader, node in pairs(passing, "trader", "node")]
        loss = arcs["loss_fraction"].to_numpy(dtype=float)[at]
        gwh = np.hstack([s.values("trader_flow")[:, sold] * (1 - loss), s.values("sales")]) * s.days[:, None]
        pool = positions([node for *_, node in self.where], s.problem.sets.pool_nodes)
        self.gwh, self.value = gwh.sum(axis=0), (gwh * price[:, pool]).sum(axis=0)


class _Borders:
    """Flows between pools: both ends; GWh over the horizon, and that times the hub price where it comes from."""

    def __init__(self, s: Solution, price: np.ndarray) -> None:
        self.ends = pairs(s.labels("pool_flow"), "origin", "destination")
        gwh = s.values("pool_flow") * s.days[:, None]
        origin = positions([node for node, _ in self.ends], s.problem.sets.pool_nodes)
        self.gwh, self.value = gwh.sum(axis=0), (gwh * price[:, origin]).sum(axis=0)


def headline_figures(s: Solution) -> dict[str, float]:
    """Return the headline figures by name, as ``headline`` returns them from tables."""
    nodes = s.system.table("nodes")
    country, region = (dict(pairs(nodes, "node", name)) for name in ("country", "region"))
    price = s.shadow_prices("pool_balance")
    sales, borders = _Sales(s, country, price), _Borders(s, price)
    markers = _markers(s, price)
    ttf, jkm = (markers.get(name, np.full(len(s.days), np.nan)) for name in ("TTF", "JKM"))
    per_year = DAYS_PER_YEAR / s.days.sum()
    eu_short, all_short = _unserved_twh(s, region)
    return figures_of(Totals(
        float(ttf @ s.days / s.days.sum()), float(ttf.max()), float(jkm @ s.days / s.days.sum()),
        {key: float(units.twh_from_gwh(gwh)) * per_year for key, gwh in _imports(sales, borders, region).items()},
        {origin: float(units.eur_bn_from_gwh_eur_mwh(value)) * per_year
         for origin, value in _revenues(s, sales, country).items()},
        float(units.eur_bn_from_gwh_eur_mwh(_eu_bill(s, sales, borders, country, region))) * per_year,
        eu_short, all_short,
    ))  # fmt: skip


def figure_table(s: Solution) -> pd.DataFrame:
    """Return the headline figures as a table. Columns: figure, value."""
    figures = headline_figures(s)
    return pd.DataFrame({"figure": list(figures), "value": list(figures.values())})


def _markers(s: Solution, price: np.ndarray) -> dict[str, np.ndarray]:
    """Return the price of each marker by period."""
    found: dict[str, np.ndarray] = {}
    at = {node: k for k, node in enumerate(s.problem.sets.pool_nodes)}
    for marker, part in s.system.table("price_markers").groupby("marker", sort=False):
        weight = part["weight"].to_numpy(dtype=float)
        found[str(marker)] = price[:, [at[node] for node in part["node"]]] @ (weight / weight.sum())
    return found


def _imports(sales: _Sales, borders: _Borders, region: dict[str, str]) -> dict[tuple[str, str], float]:
    """Return GWh of EU imports by origin and mode."""
    total: dict[tuple[str, str], float] = defaultdict(float)
    for (origin, mode, node), gwh in zip(sales.where, sales.gwh, strict=True):
        if region[node] == EU:
            total[origin_name(origin, mode), mode] += gwh
    total[NEIGHBOURS, PIPELINE] = sum(
        gwh * ((region[end] == EU) - (region[start] == EU))
        for (start, end), gwh in zip(borders.ends, borders.gwh, strict=True)
    )
    return dict(total)


def _eu_bill(
    s: Solution, sales: _Sales, borders: _Borders, country: dict[str, str], region: dict[str, str]
) -> float:  # fmt: skip
    """Return what the countries of the EU pay for gas from elsewhere, in 1,000 EUR."""
    of_country: dict[str, str] = {}
    for node in s.problem.sets.pool_nodes:
        of_country.setdefault(country[node], region[node])
    bill = sum(
        value for (origin, _, node), value in zip(sales.where, sales.value, strict=True)
        if origin != country[node] and of_country[country[node]] == EU
    )  # fmt: skip
    for (start, end), value in zip(borders.ends, borders.value, strict=True):
        one, other = country[start], country[end]
        if one != other:
            bill += value * ((of_country[other] == EU) - (of_country[one] == EU))
    return float(bill)


def _revenues(s: Solution, sales: _Sales, country: dict[str, str]) -> dict[str, float]:
    """Return sales at hub prices less carriage by country of origin, in 1,000 EUR; without what contracts price."""
    total: dict[str, float] = defaultdict(float)
    for (origin, mode, node), value in zip(sales.where, sales.value, strict=True):
        if not (mode == PIPELINE and node in CONTRACT_PRICED):
            total[origin] += value
    home: dict[str, str] = {}
    for trader, node in pairs(s.labels("production"), "trader", "node"):
        home.setdefault(trader, country[node])
    columns = s.problem.variables["trader_flow"].columns
    spent = s.days @ (s.values("trader_flow") * s.problem.resource_cost_eur_mwh[columns])
    for (trader, node), cost in zip(pairs(s.labels("trader_flow"), "trader", "destination"), spent, strict=True):
        if node not in CONTRACT_PRICED and trader in home:
            total[home[trader]] -= cost
    return dict(total)


def _unserved_twh(s: Solution, region: dict[str, str]) -> tuple[float, float]:
    """Return unserved gas of the EU, and of the world."""
    columns = s.problem.variables["firm_consumption"].columns
    short = s.days @ np.maximum(s.problem.column_upper[columns] - s.values("firm_consumption"), 0.0)
    is_eu = np.array([region[node] == EU for node in s.labels("firm_consumption")["node"].tolist()], dtype=bool)
    return float(units.twh_from_gwh(short[is_eu].sum())), float(units.twh_from_gwh(short.sum()))
