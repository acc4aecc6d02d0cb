"""That the drawn systems have every feature, and that each decides a price in some of them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from linepack.system.gassystem import GasSystem
from tests.builders import solved
from tests.oracles.instances import MONTHS, random_system

DRAWN = 12
TABLES = ("supply_curves", "arc_curves", "arc_expansions", "arc_schedule", "fleets", "area_conduct",
          "indigenous_production", "route_wedges", "resource_windows")  # fmt: skip
ROWS = {
    "flow_rules": ("LEVY", "CUT", "TOLL", "WORKS"), "policy_limits": ("QUOTA", "PLEDGE", "FILL"),
    "share_limits": ("HALF", "THIRD"), "joint_limits": ("FLEET", "LINE"), "contracts": ("TAKE", "OIL"),
}  # fmt: skip
CELLS = {
    ("contracts", "end"): "2030-12-31", ("sea_routes", "ice_days"): 0.0, ("supply_steps", "henry_hub_multiple"): 0.0,
    ("arcs", "loss_fraction"): 0.0, ("storages", "injection_share_when_full"): 1.0, ("traders", "conduct"): 0.0,
    ("storages", "cycle_efficiency_fraction"): 1.0,
}  # fmt: skip
FEATURES = [*((table, "") for table in TABLES), *((t, row) for t, rows in ROWS.items() for row in rows), *CELLS,
            ("traders", "owner_group"), ("demand", "power"), ("demand", "firm"), ("storages", "")]  # fmt: skip


def without(system: GasSystem, table: str, what: str) -> GasSystem:
    """Return the system without one feature."""
    rows = system.table(table)
    if (table, what) in CELLS:
        return system.with_tables(**{table: rows.assign(**{what: CELLS[table, what]})})
    if what == "owner_group":
        return system.with_tables(traders=rows.assign(owner_group=rows["trader"]))
    if table == "demand":
        return system.with_tables(demand=rows[rows["segment"] != what])
    key = rows.columns[0]
    gone = rows[key] == what if what else rows[key] == rows[key]
    members = {"contracts": "contract_points", "policy_limits": "policy_limit_members",
               "joint_limits": "joint_limit_members"}.get(table)  # fmt: skip
    changed = {table: rows[~gone]}
    if members is not None:
        own = system.table(members)
        changed[members] = own[own[key] != what]
    if table == "storages":
        changed |= {"storage_levels": system.table("storage_levels").iloc[:0]}
        limits = system.table("policy_limits")
        changed |= {"policy_limits": limits[limits["kind"] != "stock"]}
    return system.with_tables(**changed)


def prices(system: GasSystem) -> np.ndarray:
    return solved(system, MONTHS).hub_prices()[["A", "B", "C"]].to_numpy()


@cache
def drawn(seed: int) -> tuple[GasSystem, np.ndarray]:
    system = random_system(seed)
    return system, prices(system)


@pytest.mark.parametrize(("table", "what"), FEATURES)
def test_every_feature_decides_a_price(table: str, what: str) -> None:
    """A feature that never bites would prove nothing when two writings agree: taken out, a price moves somewhere."""
    for seed in range(DRAWN):
        system, before = drawn(seed)
        if np.abs(prices(without(system, table, what)) - before).max() > 1e-3:
            return
    raise AssertionError(f"{table} {what} decides nothing in {DRAWN} systems")
