"""Slopes by area against markets whose slopes are known."""

from __future__ import annotations

import pytest

from linepack.results.conduct import area_slopes, area_term
from linepack.results.solution import Solution, solve_system
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, gas_system, merged, solved, supply

SLOPE = 0.1


def walled(pipe: float) -> GasSystem:
    """Return areas N (p = 50 - 0.5 q) and S (p = 50 - 0.1 q), a seller with conduct 1 in each, and a pipe both ways."""
    rows: dict[str, Rows] = {
        "nodes": [{"node": node, "area": node} for node in ("N", "S")],
        "demand": [*demand("N", intercept=50, slope=0.5), *demand("S", intercept=50, slope=0.1)],
        "arcs": [{"arc": f"{a}-{b}", "origin": a, "destination": b, "has_pool_access": True, "capacity_gwh_d": pipe}
                 for a, b in (("N", "S"), ("S", "N"))],
    }  # fmt: skip
    sellers = [merged(supply(name, cost=10, conduct=1, slope=SLOPE), delivery(name, node))
               for name, node in (("A", "N"), ("B", "S"))]  # fmt: skip
    return gas_system(merged(rows, *sellers))


def slopes(solution: Solution) -> dict[str, float]:
    """Return the slope of each area."""
    frame = area_slopes(solution).set_index("area")
    return {area: float(frame.loc[area, "slope_eur_mwh_per_gwh_d"]) for area in ("N", "S")}


def test_a_walled_off_area_has_the_slope_of_its_own_demand() -> None:
    """Without a pipe, and sellers' output held, one more GWh/d lowers the price of N by 0.5 and of S by 0.1."""
    assert slopes(solved(walled(0))) == pytest.approx({"N": 0.5, "S": 0.1}, rel=1e-3)


def test_joined_areas_have_one_slope() -> None:
    """With a wide pipe both have that of their demands together: 1 / (1 / 0.5 + 1 / 0.1) = 1 / 12."""
    solution = solved(walled(1000))
    assert slopes(solution) == pytest.approx({"N": 1 / 12, "S": 1 / 12}, rel=1e-3)
    assert area_term(solution, area_slopes(solution)) is None


def test_the_area_term_makes_a_seller_a_monopolist_of_its_area() -> None:
    """N is walled off: A, which believed in a slope of 0.1, sells so that p - 10 = 0.1 q: q = 40 / 0.6, p = 16.67.

    With the excess of N over the common slope it believes in more and sells less. The excess is that of the table.
    """
    system = walled(0)
    scenario = Scenario("x", "X", "", "test", "2025-04", 1, "values")
    solution = solve_system(system, scenario)
    assert solution.hub_prices()["N"].iloc[0] == pytest.approx(50 - 0.5 * 40 / 0.6, abs=1e-5)
    found = area_slopes(solution).set_index("area")
    excess = float(found.loc["N", "excess_eur_mwh_per_gwh_d"])
    term = area_term(solution, area_slopes(solution))
    assert term is not None
    after = solve_system(system, scenario.with_patches("y", term))
    assert after.hub_prices()["N"].iloc[0] == pytest.approx(50 - 0.5 * 40 / (0.6 + excess), abs=1e-4)
