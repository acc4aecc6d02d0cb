"""The arrays against the same market built with linopy and solved with HiGHS."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linepack.market.compile import compile_problem
from linepack.results.solution import Solution, program_of
from linepack.solve import solve
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, gas_system, market, merged, supply
from tests.market import linopy_oracle

PRICE_TOLERANCE_EUR_MWH = 1e-4


def assert_same_prices(system: GasSystem, first_month: str, months: int) -> None:
    """Compare hub prices of both builds where somebody consumes."""
    periods = monthly_periods(first_month, months)
    problem = compile_problem(system, periods)
    ours = Solution(system, problem, solve(program_of(problem), tolerance=1e-10))
    theirs = linopy_oracle.hub_prices(system, periods)
    prices, labels = ours.hub_prices(), ours.labels("consumption")["node"]
    eaten = ours.values("consumption")
    compared = 0
    for k, node in enumerate(labels):
        for t in range(months):
            if eaten[t, k] > 1e-3:
                close = pytest.approx(theirs[node].iloc[t], abs=PRICE_TOLERANCE_EUR_MWH)
                assert prices[node].iloc[t] == close, (node, t)
                compared += 1
    assert compared >= months


def test_three_months_of_the_dataset() -> None:
    """Every equation but policy limits takes part: contracts, windows, stores, joint limits, wedges and conduct."""
    assert_same_prices(load_dataset("2025"), "2025-01", 3)


def random_system(seed: int) -> GasSystem:
    """Return four markets in a ring with losses, three sellers with conduct, a store, a contract and a joint limit."""
    draw = np.random.default_rng(seed)
    months, nodes, sellers = 3, ("P", "Q", "R", "S"), ("X", "Y", "Z")
    parts: list[dict[str, Any]] = [market(*nodes)]
    for name in sellers:
        capacity = draw.uniform(20, 60, months).tolist()
        conduct, slope = float(draw.choice([0.0, 0.5, 1.0])), float(draw.uniform(0.05, 0.3))
        cost = draw.uniform(5, 20)
        parts.append(supply(name, cost=cost, capacity=capacity, conduct=conduct, slope=slope, months=months))
        for node in draw.choice(nodes, 2, replace=False):
            loss = float(draw.choice([0.0, 0.03]))
            parts.append(delivery(name, node, capacity_gwh_d=draw.uniform(15, 40), tariff_eur_mwh=draw.uniform(0, 3),
                                  loss_fraction=loss))  # fmt: skip
    ring: list[dict[str, Any]] = [
        {"arc": f"{a}-{b}", "origin": a, "destination": b, "capacity_gwh_d": draw.uniform(2, 15),
         "tariff_eur_mwh": draw.uniform(0, 2), "loss_fraction": 0.01, "has_pool_access": True}
        for a, b in zip(nodes, nodes[1:] + nodes[:1], strict=True) for a, b in ((a, b), (b, a))
    ]  # fmt: skip
    seller = sellers[0]
    sold_at = [row["node"] for part in parts for row in part.get("sales_points", []) if row["trader"] == seller]
    extra: dict[str, Rows] = {
        "arcs": ring,
        "demand": [
            row for node in nodes
            for row in demand(node, intercept=draw.uniform(50, 120), slope=draw.uniform(0.5, 2), months=months)
        ],
        "storages": [{"node": "P", "working_gas_gwh": 900, "injection_capacity_gwh_d": 12,
                      "withdrawal_capacity_gwh_d": 20, "injection_share_when_full": 0.6,
                      "withdrawal_share_when_empty": 0.25, "injection_cost_eur_mwh": 1,
                      "withdrawal_cost_eur_mwh": 0.2, "cycle_efficiency_fraction": 0.985}],
        "storage_levels": [{"node": "P", "date": "2025-04-01", "level_gwh": 400}],
        "storage_values": [{"step": 1, "fill_to_fraction": 0.5, "value_eur_mwh": 45},
                           {"step": 2, "fill_to_fraction": 1, "value_eur_mwh": 20}],
        "contracts": [{"contract": "C", "seller": seller, "annual_quantity_gwh": 3650, "take_or_pay_share": 0.8,
                       "delivery_share": 0.9, "maximum_share": 1.2, "price_index": "oil", "end": "2025-06-10"}],
        "contract_points": [{"contract": "C", "node": sold_at[0]}],
        "resource_windows": [{"resource": f"{sellers[1]}_GAS", "first_month": "2025-05", "last_month": "2025-06",
                              "maximum_gwh": draw.uniform(800, 2000), "minimum_gwh": 100}],
        "joint_limits": [{"joint_limit": "J", "limit_gwh_d": 12},
                         {"joint_limit": "K", "limit_gwh_d": 6, "window": "year"}],
        "joint_limit_members": [{"joint_limit": "J", "arc": "P-Q"}, {"joint_limit": "J", "arc": "Q-R"},
                                {"joint_limit": "K", "arc": "R-S"}],
        "arc_schedule": [{"arc": "S-P", "first_day": "2025-05-11", "last_day": "2025-06-20", "capacity_gwh_d": 1}],
    }  # fmt: skip
    parameters = {"pool_flow_slope_eur_mwh": 0.1, "shedding_price_eur_mwh": 90.0}
    return gas_system(merged(*parts, extra), months, parameters)


@pytest.mark.parametrize("seed", range(4))
def test_random_small_systems(seed: int) -> None:
    """Losses, dated capacities, contracts that end in mid-month and the shedding step, in random numbers."""
    assert_same_prices(random_system(seed), "2025-04", 3)
