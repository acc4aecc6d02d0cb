"""Textbook equilibria in closed form, over random numbers: one hub, demand p = a - b Q."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from linepack.results.solution import Solution
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, frame, gas_system, market, merged, price, solved, supply
from tests.samples import samples

many = samples(25)
intercepts, slopes, costs, conducts = st.floats(40, 120), st.floats(0.05, 3), st.floats(1, 30), st.floats(0, 1)
MOST = 6
NEAR = 1e-6


@cache
def hub() -> GasSystem:
    """Return a hub with six sellers; tests change the numbers."""
    parts = []
    for k in range(MOST):
        rows = supply(f"F{k}", cost=10, conduct=1, node="HUB")
        rows["sales_points"] = [{"trader": f"F{k}", "node": "HUB"}]
        rows["supply_curves"] = [
            {"resource": f"F{k}_GAS", "shape": "power", "coefficient_eur_mwh": 0, "scale_gwh_d": 1}
        ]
        parts.append(rows)
    return gas_system(merged(market("HUB"), {"demand": demand("HUB", intercept=50, slope=0.5)}, *parts))


def sellers(
    n: int, a: float, b: float, c: float, conduct: float = 1.0, conjecture: str = "own_market", **traders: Any
) -> GasSystem:
    """Return the hub with n sellers of cost c; further keywords set columns of traders."""
    system = hub()
    on = np.arange(MOST) < n
    table = system.table("traders").assign(conduct=conduct, conjecture=conjecture, **traders)
    return system.with_tables(
        traders=table,
        supply_steps=system.table("supply_steps").assign(cost_eur_mwh=c),
        availability=system.table("availability").assign(capacity_gwh_d=np.where(on, 1e4, 0.0)),
        demand=system.table("demand").assign(quantity_gwh_d=a / b / 2, reference_price_eur_mwh=a / 2, elasticity=1.0),
    )


def sold(solution: Solution) -> np.ndarray:
    return solution.values("production")[0]


@many
@given(st.integers(1, MOST), intercepts, slopes, costs, conducts)
def test_symmetric_conduct(n: int, a: float, b: float, c: float, w: float) -> None:
    """Each of n sellers puts p - c = w b q: total n (a - c) / (b (n + w)); w = 1 is Cournot, w = 0 competition."""
    solution = solved(sellers(n, a, b, c, w))
    assert sold(solution).sum() == pytest.approx(n * (a - c) / (b * (n + w)), rel=1e-6)
    assert price(solution, "HUB") == pytest.approx(a - n * (a - c) / (n + w), abs=NEAR)


@many
@given(st.integers(1, MOST), intercepts, slopes, costs)
def test_cournot_price(n: int, a: float, b: float, c: float) -> None:
    """N symmetric Cournot firms: p = (a + n c) / (n + 1)."""
    assert price(solved(sellers(n, a, b, c)), "HUB") == pytest.approx((a + n * c) / (n + 1), abs=NEAR)


@many
@given(st.integers(2, MOST), intercepts, slopes, costs)
def test_cartel_is_a_monopolist(n: int, a: float, b: float, c: float) -> None:
    """N firms of one owner sell what one monopolist would: p = (a + c) / 2."""
    assert price(solved(sellers(n, a, b, c, owner_group="CARTEL")), "HUB") == pytest.approx((a + c) / 2, abs=NEAR)


@many
@given(st.integers(1, MOST), intercepts, slopes, costs, st.floats(0.01, 4))
def test_given_conjecture(n: int, a: float, b: float, c: float, s: float) -> None:
    """Sellers who believe that a unit costs them s of price: p - c = s q, so total is n (a - c) / (s + n b)."""
    solution = solved(sellers(n, a, b, c, conjecture="given", conjectured_slope_eur_mwh_per_gwh_d=s))
    assert sold(solution).sum() == pytest.approx(n * (a - c) / (s + n * b), rel=1e-6)


@many
@given(intercepts, slopes, costs)
def test_stackelberg(a: float, b: float, c: float) -> None:
    """The follower gives way by half, so the leader meets slope b / 2: it sells (a - c) / 2b, the follower half."""
    leads = ["given"] + ["own_market"] * (MOST - 1)
    system = sellers(2, a, b, c)
    traders = system.table("traders").assign(conjecture=leads, conjectured_slope_eur_mwh_per_gwh_d=b / 2)
    solution = solved(system.with_tables(traders=traders))
    assert sold(solution)[:2] == pytest.approx([(a - c) / (2 * b), (a - c) / (4 * b)], rel=1e-6)


@cache
def double_hub() -> GasSystem:
    """Return three producers at W and an arc to HUB whose charge rises with its flow: the traders' mark-up."""
    parts = []
    for k in range(3):
        rows = supply(f"F{k}", cost=10, conduct=1, node="W")
        rows["sales_points"] = [{"trader": f"F{k}", "node": "W"}]
        parts.append(rows)
    arc = {
        "arcs": [{"arc": "W-HUB", "origin": "W", "destination": "HUB", "capacity_gwh_d": 1e5, "has_pool_access": True}],
        "arc_curves": [{"arc": "W-HUB", "shape": "power", "coefficient_eur_mwh": 1, "scale_gwh_d": 1}],
    }
    return gas_system(merged(market("HUB", "W"), {"demand": demand("HUB", intercept=50, slope=0.5)}, arc, *parts))


@many
@given(st.integers(1, MOST), intercepts, slopes, costs)
def test_double_mark_up(n: int, a: float, b: float, c: float) -> None:
    """M = 3 Cournot producers sell to n Cournot traders, who add b Q / n; producers meet the slope b (n + 1) / n.

    Total M/(M+1) n/(n+1) (a - c) / b: less, and dearer, than with either mark-up alone.
    """
    base, m = double_hub(), 3

    def total(mark_up: float, slope: float) -> Solution:
        return solved(
            base.with_tables(
                traders=base.table("traders").assign(conjecture="given", conjectured_slope_eur_mwh_per_gwh_d=slope),
                supply_steps=base.table("supply_steps").assign(cost_eur_mwh=c),
                availability=base.table("availability").assign(capacity_gwh_d=1e5),
                arc_curves=base.table("arc_curves").assign(coefficient_eur_mwh=mark_up),
                demand=base.table("demand").assign(
                    quantity_gwh_d=a / b / 2, reference_price_eur_mwh=a / 2, elasticity=1.0
                ),
            )
        )

    both = total(b / n, b * (n + 1) / n)
    assert sold(both).sum() == pytest.approx(m / (m + 1) * n / (n + 1) * (a - c) / b, rel=1e-6)
    alone = [total(0.0, b), total(b / n, 0.0)]
    assert price(both, "HUB") > max(price(one, "HUB") for one in alone)


@many
@given(st.integers(1, MOST), intercepts, slopes, costs, st.lists(conducts, min_size=2, max_size=2))
def test_price_rises_with_conduct(n: int, a: float, b: float, c: float, two: list[float]) -> None:
    """On one hub, more market power is never a lower price."""
    low, high = (price(solved(sellers(n, a, b, c, w)), "HUB") for w in sorted(two))
    assert high >= low - NEAR


@many
@given(st.floats(0.3, 3), st.floats(10, 60), costs, st.floats(0.1, 5), st.floats(0.5, 2.5))
def test_price_takers_on_curves(e: float, p0: float, c: float, k: float, n: float) -> None:
    """Demand 100 (p/p0)^-e meets marginal cost c + k (q/20)^n of one price taker: one equation, by bisection."""
    system = sellers(1, 50, 0.5, c, conduct=0.0)
    curves = system.table("supply_curves").assign(coefficient_eur_mwh=k, scale_gwh_d=20.0, exponent=n)
    bent = system.table("demand").assign(
        shape="isoelastic", quantity_gwh_d=100.0, reference_price_eur_mwh=p0, elasticity=e
    )
    solution = solved(system.with_tables(supply_curves=curves, demand=bent))
    wanted = brentq(lambda p: 100 * (p / p0) ** -e - 20 * ((p - c) / k) ** (1 / n), c + 1e-12, 999)
    assert price(solution, "HUB") == pytest.approx(wanted, rel=1e-7)


@many
@given(st.floats(1.1, 4), costs, st.integers(1, MOST))
def test_isoelastic_cournot(e: float, c: float, n: int) -> None:
    """With elasticity e and n equal sellers the price is c / (1 - 1 / (n e)); a monopolist's is c / (1 - 1/e)."""
    system = sellers(n, 50, 0.5, c)
    bent = system.table("demand").assign(
        shape="isoelastic", quantity_gwh_d=100.0, reference_price_eur_mwh=2 * c, elasticity=e
    )
    solution = solved(system.with_tables(demand=bent))
    assert price(solution, "HUB") == pytest.approx(c / (1 - 1 / (n * e)), rel=1e-7)


@many
@given(st.floats(0.2, 3), st.floats(5, 40), st.floats(20, 200))
def test_golombek_cost(a: float, k: float, capacity: float) -> None:
    """Marginal cost 2 + a q - k ln(1 - q / capacity) against p = 90 - q / 2: one equation, by bisection."""
    system = sellers(1, 90, 0.5, 2.0, conduct=0.0)
    rows = system.table("supply_curves").iloc[[0]]
    log = rows.assign(term=2.0, shape="logarithmic", coefficient_eur_mwh=k, scale_gwh_d=capacity)
    line = rows.assign(coefficient_eur_mwh=a)
    solution = solved(system.with_tables(supply_curves=pd.concat([line, log], ignore_index=True)))
    wanted = brentq(lambda q: 90 - q / 2 - 2 - a * q + k * np.log(1 - q / capacity), 0, capacity * (1 - 1e-15))
    assert sold(solution).sum() == pytest.approx(wanted, rel=1e-7)


@many
@given(st.floats(0.2, 2), costs)
def test_exponential_monopoly(e: float, c: float) -> None:
    """Demand q0 exp(-e (p / p0 - 1)): price less slope x sales is p - p0 / e, so a monopolist asks c + p0 / e."""
    system = sellers(1, 50, 0.5, c)
    bent = system.table("demand").assign(
        shape="exponential", quantity_gwh_d=100.0, reference_price_eur_mwh=30.0, elasticity=e
    )
    assert price(solved(system.with_tables(demand=bent)), "HUB") == pytest.approx(c + 30 / e, rel=1e-7)


@many
@given(st.floats(1, 79))
def test_tabulated_demand(c: float) -> None:
    """Points (0, 80), (40, 50), (60, 20), (100, 0), lines between: a price taker at cost c sells what they say at c."""
    system = sellers(1, 50, 0.5, c, conduct=0.0)
    points = frame(
        "demand_points",
        [
            {"node": "HUB", "segment": "all", "point": k, "quantity_share": q, "price_eur_mwh": p}
            for k, (q, p) in enumerate(((0, 80), (0.4, 50), (0.6, 20), (1, 0)))
        ],
    )
    table = system.table("demand").assign(shape="tabulated", quantity_gwh_d=100.0)
    solution = solved(system.with_tables(demand=table, demand_points=points))
    assert price(solution, "HUB") == pytest.approx(c, abs=1e-7)
    assert sold(solution).sum() == pytest.approx(np.interp(-c, [-80, -50, -20, 0], [0, 40, 60, 100]), abs=1e-5)


@many
@given(st.floats(5, 30), st.floats(1, 10), st.floats(0.1, 3))
def test_expansion_pays_for_itself(capacity: float, cost: float, b: float) -> None:
    """Gas at 10 over a pipe that may grow at ``cost`` per unit: it grows until the rent of a unit is its cost."""
    rows = merged(
        market("HUB"),
        supply("F", cost=10),
        {
            "arcs": [{"arc": "F-HUB", "origin": "F-BASIN", "destination": "HUB", "capacity_gwh_d": capacity}],
            "carriage": [{"trader": "F", "arc": "F-HUB"}],
            "sales_points": [{"trader": "F", "node": "HUB"}],
            "arc_expansions": [{"arc": "F-HUB", "cost_eur_mwh": cost}],
            "demand": demand("HUB", intercept=100, slope=b),
        },
    )
    solution = solved(gas_system(rows))
    wanted = max(capacity, (100 - 10 - cost) / b)
    assert sold(solution).sum() == pytest.approx(wanted, rel=1e-6)
    assert price(solution, "HUB") == pytest.approx(100 - b * wanted, abs=1e-5)


@cache
def builders(n: int) -> GasSystem:
    """Return n sellers with no way to a hub but what they build; tests change the numbers."""
    parts = [
        merged(
            supply(f"F{k}", cost=10, capacity=1e4, conduct=1),
            delivery(f"F{k}", "HUB", capacity_gwh_d=0),
            {"arc_expansions": [{"arc": f"F{k}-HUB", "cost_eur_mwh": 1}]},
        )
        for k in range(n)
    ]
    system = gas_system(merged(market("HUB"), {"demand": demand("HUB", intercept=50, slope=0.5)}, *parts))
    return system.with_tables(traders=system.table("traders").assign(conjecture="own_market"))


@many
@given(st.integers(1, 4), intercepts, slopes, costs, st.floats(0.5, 8), conducts)
def test_capacity_game(n: int, a: float, b: float, c: float, unit: float, w: float) -> None:
    """N firms build a way to market for ``unit`` a unit and foresee conduct w: they act as if gas cost c + unit.

    The open-loop capacity game of Murphy and Smeers (Operations Research 53, 2005) with one technology: each builds
    and sells (a - c - unit) / (b (n + w)), nothing where gas is worth less than it costs.
    """
    system = builders(n)
    solution = solved(
        system.with_tables(
            traders=system.table("traders").assign(conduct=w),
            supply_steps=system.table("supply_steps").assign(cost_eur_mwh=c),
            arc_expansions=system.table("arc_expansions").assign(cost_eur_mwh=unit),
            demand=system.table("demand").assign(quantity_gwh_d=a / b / 2, reference_price_eur_mwh=a / 2),
        )
    )
    each = max(0.0, (a - c - unit) / (b * (n + w)))
    assert sold(solution) == pytest.approx(np.full(n, each), rel=1e-6, abs=1e-6)
    assert solution.values("arc_expansion").ravel() == pytest.approx(np.full(n, each), rel=1e-6, abs=1e-6)
