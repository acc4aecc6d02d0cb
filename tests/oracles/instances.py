"""Small systems with every feature, drawn from a seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, merged, supply

MONTHS = 2


def random_system(seed: int, *, sellers_share_limits: bool = True) -> GasSystem:
    """Return three markets in two areas, two LNG ports, four sellers of different conduct, over April and May.

    On: losses, storage with rates and closing values, home production, contracts (one ends inside the horizon), joint
    limits by period and year, fleets of two classes, ice, dated arcs, flow rules for one and for all, policy limits
    hard and soft and on stocks, share limits of consumption and of sales, route wedges, charges, yearly windows,
    expansion, areas, an owner of two sellers, segments, fixed demand, costs that rise with output or with use of an
    arc, costs that follow Henry Hub. Without ``sellers_share_limits`` no limit binds two strategic sellers together: no
    common line, and no share of a consumption that the other seller also feeds.
    """
    r = np.random.default_rng(seed)
    u = r.uniform
    pipe_x, pipe_y = u(25, 40), u(25, 45)
    parts = [
        {"nodes": [{"node": n, "area": a} for n, a in (("A", "NW"), ("B", "NW"), ("C", "S"))]},
        {
            "nodes": [
                {"node": "P", "kind": "lng_import", "area": "NW"},
                {"node": "R", "kind": "lng_import", "area": "S"},
                {"node": "L", "kind": "lng_export"},
            ]
        },
        {
            "demand": [
                row
                for n, i, s in (
                    ("A", u(70, 90), u(0.5, 0.9)),
                    ("B", u(60, 80), u(0.6, 1.1)),
                    ("C", u(65, 85), u(0.8, 1.4)),
                )
                for row in _seasonal(n, i, s, u(0.75, 1.0))
            ]
            + [{**row, "segment": "power"} for row in _seasonal("B", u(45, 60), u(2, 5), u(0.8, 1.2))]
            + [
                {"node": "C", "segment": "firm", "month": m, "quantity_gwh_d": u(1, 3), "shape": "fixed"}
                | {"reference_price_eur_mwh": 1, "elasticity": 1}
                for m in ("2025-04", "2025-05")
            ]
        },
        _seller("X", u(5, 9), u(45, 70), r),
        _seller("Y", u(6, 10), u(45, 70), r),
        _seller("Z", u(4, 8), u(50, 80), r),
        _owned_by_z(supply("V", cost=u(18, 36), capacity=u(15, 30), months=MONTHS)),
        delivery("X", "A", capacity_gwh_d=pipe_x, tariff_eur_mwh=u(1, 2), loss_fraction=0.02),
        delivery("X", "C", capacity_gwh_d=u(8, 15), tariff_eur_mwh=u(2, 4)),
        delivery("Y", "B", capacity_gwh_d=pipe_y, tariff_eur_mwh=u(1, 2)),
        delivery("Y", "C", capacity_gwh_d=u(10, 20), tariff_eur_mwh=u(2, 4), loss_fraction=0.03),
        delivery("V", "B", tariff_eur_mwh=u(0.5, 1)),
        {
            "arcs": [
                {
                    "arc": "PLANT",
                    "kind": "liquefaction",
                    "origin": "Z-BASIN",
                    "destination": "L",
                    "capacity_gwh_d": u(30, 60),
                    "tariff_eur_mwh": u(1, 3),
                    "loss_fraction": 0.1,
                },
                {
                    "arc": "REGAS-P",
                    "kind": "regasification",
                    "origin": "P",
                    "destination": "A",
                    "capacity_gwh_d": 40,
                    "tariff_eur_mwh": 0.8,
                    "has_pool_access": True,
                },
                {
                    "arc": "REGAS-R",
                    "kind": "regasification",
                    "origin": "R",
                    "destination": "C",
                    "capacity_gwh_d": 25,
                    "tariff_eur_mwh": 0.9,
                    "has_pool_access": True,
                },
                {
                    "arc": "A-B",
                    "origin": "A",
                    "destination": "B",
                    "capacity_gwh_d": u(5, 20),
                    "tariff_eur_mwh": 0.7,
                    "has_pool_access": True,
                    "loss_fraction": 0.01,
                },
                {
                    "arc": "B-A",
                    "origin": "B",
                    "destination": "A",
                    "capacity_gwh_d": u(5, 20),
                    "tariff_eur_mwh": 0.7,
                    "has_pool_access": True,
                },
                {
                    "arc": "B-C",
                    "origin": "B",
                    "destination": "C",
                    "capacity_gwh_d": u(2, 8),
                    "tariff_eur_mwh": 1.1,
                    "has_pool_access": True,
                },
            ],
            "arc_expansions": [{"arc": "B-C", "maximum_gwh_d": u(1, 5), "cost_eur_mwh": u(1, 3)}],
            "arc_schedule": [{"arc": "Y-C", "first_day": "2025-05-11", "last_day": "2025-05-20", "capacity_gwh_d": 4}],
            "sea_routes": [
                {"origin": "L", "destination": "P", "distance_nm": 2000},
                {
                    "origin": "L",
                    "destination": "R",
                    "distance_nm": 2600,
                    "transfer_eur_mwh": 0.4,
                    "ship_class": "ICE",
                    "ice_days": u(1, 4),
                },
            ],
            "ship_classes": [{}, {"ship_class": "ICE", "cargo_mmbtu": 3600000, "charter_usd_d": 90000}],
            "supply_curves": [
                {"resource": "Y_GAS", "step": 1, "shape": "power", "coefficient_eur_mwh": u(1, 3), "scale_gwh_d": 20}
            ],
            "arc_curves": [{"arc": "A-B", "shape": "power", "coefficient_eur_mwh": u(0.5, 2), "scale_gwh_d": 10}],
            "fleets": [
                {
                    "fleet": "OWN",
                    "ship_class": "CONVENTIONAL",
                    "first_day": "2025-01-01",
                    "ships": u(0.2, 0.7),
                    "available_share": 0.95,
                },
                {"fleet": "OLD", "ship_class": "ICE", "first_day": "2025-01-01", "ships": u(0.2, 0.6)}
                | {"available_share": 0.9, "last_day": "2025-05-19"},
                {"fleet": "NEW", "ship_class": "ICE", "first_day": "2025-05-11", "ships": 0.2, "available_share": 1},
            ],
            "storages": [_store("A", 900), _store("C", 400)],
            "storage_levels": [
                {"node": "A", "date": "2025-04-01", "level_gwh": u(100, 500)},
                {"node": "C", "date": "2025-04-01", "level_gwh": u(50, 200)},
            ],
            "storage_values": [
                {"step": 1, "fill_to_fraction": 0.5, "value_eur_mwh": u(34, 48)},
                {"step": 2, "fill_to_fraction": 1, "value_eur_mwh": u(20, 34)},
            ],
            "indigenous_production": [
                {"node": "B", "month": m, "quantity_gwh_d": q} for m, q in (("2025-04", u(2, 6)), ("2025-05", u(2, 6)))
            ],
            "contracts": [
                {
                    "contract": "TAKE",
                    "seller": "V",
                    "annual_quantity_gwh": u(8, 24) * 365,
                    "take_or_pay_share": 0.8,
                    "take_penalty_eur_mwh": u(3, 12),
                    "end": "2025-05-20",
                },
                {
                    "contract": "OIL",
                    "seller": "Y",
                    "annual_quantity_gwh": u(6, 22) * 365,
                    "take_or_pay_share": 0.9,
                    "delivery_share": 0.9,
                    "maximum_share": 1.5,
                    "price_index": "oil",
                },
            ],
            "contract_points": [
                {"contract": "TAKE", "node": "B"},
                {"contract": "OIL", "node": "B"},
                {"contract": "OIL", "node": "C"},
            ],
            "resource_windows": [
                {
                    "resource": "Y_GAS",
                    "first_month": "2025-04",
                    "last_month": "2025-05",
                    "maximum_gwh": u(16, 40) * 61,
                    "minimum_gwh": 300,
                }
            ],
            "route_wedges": [
                {"trader": "X", "arc": "X-A", "reference_flow_gwh_d": pipe_x * 0.7, "slope_eur_mwh": u(0.2, 0.9)}
            ],
            "flow_rules": [
                {"rule": "LEVY", "trader": "X", "arc": "X-C", "charge_eur_mwh": u(0.3, 1)},
                {"rule": "CUT", "trader": "Y", "arc": "Y-C", "first_day": "2025-04-16", "capacity_share": 0.5},
                {"rule": "TOLL", "arc": "B-A", "first_day": "2025-04-21", "charge_eur_mwh": u(0.2, 0.8)},
                {"rule": "WORKS", "arc": "A-B", "last_day": "2025-04-12", "capacity_share": 0.6},
            ],
            "policy_limits": [
                {
                    "policy_limit": "QUOTA",
                    "first_day": "2025-04-01",
                    "last_day": "2025-06-30",
                    "maximum_gwh": u(20, 35) * 91,
                },
                {
                    "policy_limit": "PLEDGE",
                    "first_day": "2025-04-01",
                    "last_day": "2025-05-31",
                    "minimum_gwh": u(600, 1800),
                    "penalty_eur_mwh": u(2, 8),
                },
                {
                    "policy_limit": "FILL",
                    "kind": "stock",
                    "first_day": "2025-05-16",
                    "last_day": "2025-05-16",
                    "minimum_gwh": u(250, 400),
                    "penalty_eur_mwh": u(2, 8),
                },
            ],
            "policy_limit_members": [
                {"policy_limit": "QUOTA", "trader": "X", "arc": "X-A"},
                {"policy_limit": "PLEDGE", "trader": "V", "node": "B"},
                {"policy_limit": "FILL", "node": "A"},
            ],
            "joint_limits": [{"joint_limit": "FLEET", "limit_gwh_d": u(25, 45), "window": "year"}],
            "joint_limit_members": [
                {"joint_limit": "FLEET", "arc": "ship:L>P"},
                {"joint_limit": "FLEET", "arc": "ship:L>R"},
            ],
            "area_conduct": [{"trader": "X", "area": "S", "conduct": u(0, 1), "conjecture": "own_market"}],
        },
    ]
    if sellers_share_limits:
        parts.append(
            {
                "joint_limits": [{"joint_limit": "LINE", "limit_gwh_d": u(35, 60)}],
                "joint_limit_members": [{"joint_limit": "LINE", "arc": "X-A"}, {"joint_limit": "LINE", "arc": "Y-B"}],
                "share_limits": [
                    {"share_limit": "HALF", "trader": "X", "node": "C", "maximum_share": u(0.2, 0.5)},
                    {
                        "share_limit": "THIRD",
                        "trader": "Y",
                        "area": "NW",
                        "maximum_share": u(0.25, 0.5),
                        "base": "sales",
                    },
                ],
                "carriage": [{"trader": "X", "arc": "A-B"}, {"trader": "Y", "arc": "B-A"}],
                "sales_points": [{"trader": "X", "node": "B"}, {"trader": "Y", "node": "A"}],
            }
        )
    parameters = {"shedding_price_eur_mwh": 75.0, "new_route_wedge_eur_mwh": 0.5, "pool_flow_slope_eur_mwh": 0.1}
    return gas_system(merged(*parts), MONTHS, parameters)


def _seasonal(node: str, intercept: float, slope: float, may: float) -> list[dict[str, Any]]:
    april, second = demand(node, intercept=intercept, slope=slope, months=2)
    return [april, {**second, "quantity_gwh_d": second["quantity_gwh_d"] * may}]


def _owned_by_z(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Return a price taker's rows as those of a second seller of the owner of Z, at a cost that follows Henry Hub."""
    rows["traders"] = [{**row, "owner_group": "Z"} for row in rows["traders"]]
    rows["supply_steps"] = [{**row, "henry_hub_multiple": 1.0} for row in rows["supply_steps"]]
    return rows


def _store(node: str, gwh: float) -> dict[str, Any]:
    return {
        "node": node,
        "working_gas_gwh": gwh,
        "injection_capacity_gwh_d": gwh / 90,
        "withdrawal_capacity_gwh_d": gwh / 40,
        "injection_share_when_full": 0.4,
        "withdrawal_share_when_empty": 0.4,
        "injection_cost_eur_mwh": 0.3,
        "withdrawal_cost_eur_mwh": 0.2,
        "cycle_efficiency_fraction": 0.98,
    }


def _seller(name: str, cost: float, capacity: float, r: np.random.Generator) -> dict[str, list[dict[str, Any]]]:
    """Return a seller with two steps of supply and a conduct of a kind drawn at random."""
    rows = supply(name, cost=cost, capacity=capacity, months=MONTHS)
    kind = str(r.choice(["residual", "own_market", "given"]))
    rows["traders"] = [
        {
            "trader": name,
            "conduct": r.uniform(0.3, 1.0),
            "conjecture": kind,
            "residual_slope_eur_mwh_per_gwh_d": r.uniform(0.05, 0.4),
            "conjectured_slope_eur_mwh_per_gwh_d": r.uniform(0.05, 0.4),
        }
    ]
    rows["supply_steps"] = [
        {"resource": f"{name}_GAS", "step": 1, "capacity_share": 0.6, "cost_eur_mwh": cost},
        {"resource": f"{name}_GAS", "step": 2, "capacity_share": 0.4, "cost_eur_mwh": cost + 5},
    ]
    return rows
