"""Tiny gas systems from few rows: what a test does not say has a default, and every frame conforms to the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.results.equilibrium import SolveSettings, solve_problem
from linepack.results.solution import Solution
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import parse_cells
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES, TABLES_BY_NAME

Row = Mapping[str, Any]
Rows = Sequence[Row]

FIRST_MONTH = "2025-04"
"""April has 30 days, so that a period weighs exactly one."""

DEFAULTS: dict[str, Row] = {
    "nodes": {"kind": "market", "country": "XX", "region": "Europe non-EU", "area": "A", "hub": "", "lon": 0, "lat": 0},
    "traders": {"owner_group": "", "country": "XX", "conduct": 0, "residual_slope_eur_mwh_per_gwh_d": 0},
    "supply_steps": {"step": 1, "capacity_share": 1, "cost_eur_mwh": 10},
    "arcs": {
        "kind": "pipeline", "capacity_gwh_d": 1000, "tariff_eur_mwh": 0, "state": "open", "has_pool_access": False,
    },
    "arc_schedule": {"last_day": ""},
    "joint_limits": {"window": "period"},
    "sea_routes": {"distance_nm": 0},
    "storages": {
        "injection_capacity_gwh_d": 1000, "withdrawal_capacity_gwh_d": 1000, "injection_share_when_full": 1,
        "withdrawal_share_when_empty": 1, "injection_cost_eur_mwh": 0, "withdrawal_cost_eur_mwh": 0,
        "cycle_efficiency_fraction": 1,
    },
    "contracts": {
        "take_or_pay_share": 0, "delivery_share": 0, "take_penalty_eur_mwh": 20, "delivery_penalty_eur_mwh": 10,
        "price_index": "hub", "start": "2020-01-01", "end": "2030-12-31",
    },
    "flow_rules": {"first_day": "2020-01-01"},
    "policy_limits": {"kind": "flow"},
    "observations": {
        "quantity": "price_mean", "first_day": "2025-04-01", "last_day": "2025-04-30", "value": 1, "unit": "EUR/MWh",
        "tolerance": 0.1, "basis": "free",
    },
    "market_prices": {"ttf_eur_mwh": 30, "jkm_eur_mwh": 30, "henry_hub_eur_mwh": 12, "usd_per_eur": 1.1},
    "ship_classes": {
        "ship_class": "CONVENTIONAL", "cargo_mmbtu": 3860000, "speed_kn": 17, "port_days": 3,
        "boil_off_share_per_day": 0.00085, "port_cost_usd": 260000, "charter_usd_d": 40000,
    },
    "claims": {"reason": "test"},
}  # fmt: skip
PROVENANCE = {"source": "test", "grade": "judgement", "known_from": "2025-01-01"}
PARAMETERS = {
    "shedding_price_eur_mwh": 1000.0, "new_route_reference_flow_gwh_d": 15.2, "new_route_wedge_eur_mwh": 0.0,
    "pool_flow_slope_eur_mwh": 0.0, "wedge_multiplier": 1.0,
}  # fmt: skip


def text(value: Any) -> str:
    """Return a value as the cell of a CSV file."""
    return "" if value is None or value != value else str(value)


def frame(table: str, rows: Rows) -> pd.DataFrame:
    """Return rows as a typed frame of the schema; what the schema refuses fails the test."""
    schema = TABLES_BY_NAME[table]
    names = [column.name for column in schema.columns]
    given = [{**PROVENANCE, "name": next(iter(row.values()), ""), **DEFAULTS.get(table, {}), **row} for row in rows]
    cells = pd.DataFrame([[text(row.get(name)) for name in names] for row in given], columns=names, dtype=str)
    issues: list[Any] = []
    parsed = parse_cells(cells, schema, issues)
    assert not issues, issues
    return parsed


@cache
def empty_frame(table: str) -> pd.DataFrame:
    """Return a table without rows."""
    return frame(table, [])


def gas_system(
    rows: Mapping[str, Rows], months: int = 1, parameters: Mapping[str, float] | None = None
) -> GasSystem:
    """Return a system of the given rows; prices, parameters and one closing step are filled in."""
    names = [period.label for period in monthly_periods(FIRST_MONTH, months)]
    values = {**PARAMETERS, **(parameters or {})}
    given: dict[str, Rows] = {
        "market_prices": [{"month": month} for month in names],
        "parameters": [{"parameter": k, "value": v, "unit": "1", "description": "test"} for k, v in values.items()],
        "storage_values": [{"step": 1, "fill_to_fraction": 1, "value_eur_mwh": 0}],
        "ship_classes": [{}],
        **rows,
    }
    traders = [{"owner_group": row["trader"], **row} for row in given.get("traders", [])]
    given["traders"] = traders
    return GasSystem("test", "1", {
        table.name: frame(table.name, found) if (found := given.get(table.name)) else empty_frame(table.name)
        for table in TABLES
    })  # fmt: skip


def demand(
    node: str, *, intercept: float, slope: float, months: int = 1, at_gwh_d: float | None = None
) -> list[dict[str, Any]]:
    """Return rows of affine demand p = intercept - slope q, anchored at ``at_gwh_d`` (default: half of satiation)."""
    q = at_gwh_d if at_gwh_d is not None else intercept / slope / 2
    p = intercept - slope * q
    return [
        {"node": node, "segment": "all", "month": period.label, "quantity_gwh_d": q, "reference_price_eur_mwh": p,
         "elasticity": p / (slope * q)}
        for period in monthly_periods(FIRST_MONTH, months)
    ]  # fmt: skip


def supply(
    name: str, *, cost: float, capacity: float | Sequence[float] = 1000.0, conduct: float = 0.0, slope: float = 0.0,
    node: str | None = None, months: int = 1,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Return rows of one trader with one resource at its own basin, to merge with ``merged``."""
    basin = node or f"{name}-BASIN"
    by_month = np.broadcast_to(capacity, months)
    return {
        "nodes": [] if node else [{"node": basin, "kind": "basin"}],
        "traders": [{"trader": name, "conduct": conduct, "residual_slope_eur_mwh_per_gwh_d": slope}],
        "resources": [{"resource": f"{name}_GAS", "trader": name, "node": basin}],
        "supply_steps": [{"resource": f"{name}_GAS", "cost_eur_mwh": cost}],
        "availability": [
            {"resource": f"{name}_GAS", "month": period.label, "capacity_gwh_d": by_month[k]}
            for k, period in enumerate(monthly_periods(FIRST_MONTH, months))
        ],
    }


def delivery(trader: str, node: str, **arc: Any) -> dict[str, list[dict[str, Any]]]:
    """Return the rows by which a trader's own pipeline leads from its basin to a market where it may sell."""
    name = f"{trader}-{node}"
    return {
        "arcs": [{"arc": name, "origin": f"{trader}-BASIN", "destination": node, **arc}],
        "carriage": [{"trader": trader, "arc": name}],
        "sales_points": [{"trader": trader, "node": node}],
    }


def merged(*parts: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return the rows of several parts, table by table."""
    tables: dict[str, list[Row]] = {}
    for part in parts:
        for table, rows in part.items():
            tables.setdefault(table, []).extend(rows)
    return dict(tables)


def market(*nodes: str) -> dict[str, list[dict[str, Any]]]:
    """Return market nodes."""
    return {"nodes": [{"node": node} for node in nodes]}


def solved(system: GasSystem, months: int = 1, *, closing: Closing = Closing.VALUES, solver: str = "auto") -> Solution:
    """Return the certified solution of a system from April 2025."""
    problem = compile_problem(system, monthly_periods(FIRST_MONTH, months), closing=closing)
    return Solution(system, *solve_problem(problem, SolveSettings(solver=solver, tolerance=1e-10)))


def total(solution: Solution, variable: str, period: int = 0) -> float:
    """Return the sum of a variable over its entities in one period."""
    return float(solution.values(variable)[period].sum())


def price(solution: Solution, node: str, period: int = 0) -> float:
    """Return a hub price in EUR/MWh."""
    return float(solution.hub_prices()[node].iloc[period])
