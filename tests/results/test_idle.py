"""A market that no gas reaches: the lowest price that is an equilibrium, and a flag."""

from __future__ import annotations

import pytest

from linepack.results.tables import hub_prices
from tests.builders import delivery, demand, gas_system, market, merged, price, solved, supply


@pytest.mark.parametrize("solver", ["auto", "clarabel"])
def test_a_market_without_a_pipe_has_its_choke_price(solver: str) -> None:
    """Demand there is p = 50 - 0.1 q; with no gas the first consumer would pay 50. Without care a solver says 255."""
    rows = merged(market("M", "N"), supply("S", cost=10), delivery("S", "M"),
                  {"demand": demand("M", intercept=40, slope=0.1) + demand("N", intercept=50, slope=0.1)})  # fmt: skip
    solution = solved(gas_system(rows), solver=solver)
    assert price(solution, "N") == pytest.approx(50, abs=1e-6)
    assert price(solution, "M") == pytest.approx(10, abs=1e-6)
    assert hub_prices(solution).set_index("node")["has_gas"].to_dict() == {"M": True, "N": False}


def test_gas_that_costs_more_than_it_is_worth_does_not_set_the_price() -> None:
    """The only seller asks 60, nobody pays above 40: the price is 40, not something between."""
    rows = merged(market("M"), supply("S", cost=60), delivery("S", "M"),
                  {"demand": demand("M", intercept=40, slope=0.1)})  # fmt: skip
    assert price(solved(gas_system(rows)), "M") == pytest.approx(40, abs=1e-6)


def test_demand_worth_more_than_cutting_it_off_has_the_shedding_price() -> None:
    """The intercept is 3,000, consumers are cut off at 1,000: that is the price of a market without gas."""
    rows = merged(market("M", "N"), supply("S", cost=10), delivery("S", "M"),
                  {"demand": demand("M", intercept=40, slope=0.1) + demand("N", intercept=3000, slope=1)})  # fmt: skip
    assert price(solved(gas_system(rows)), "N") == pytest.approx(1000, abs=1e-5)


def test_the_next_market_holds_a_price_up() -> None:
    """Gas in N could go on to P, whose first consumer pays 80, at a charge of 5: N is at 75, though its own pay 50."""
    arc = {"arc": "N-P", "origin": "N", "destination": "P", "tariff_eur_mwh": 5, "has_pool_access": True}
    needs = [*demand("M", intercept=40, slope=0.1), *demand("N", intercept=50, slope=0.1),
             *demand("P", intercept=80, slope=0.1)]  # fmt: skip
    rows = merged(market("M", "N", "P"), supply("S", cost=10), delivery("S", "M"), {"demand": needs, "arcs": [arc]})
    solution = solved(gas_system(rows))
    assert price(solution, "P") == pytest.approx(80, abs=1e-6)
    assert price(solution, "N") == pytest.approx(75, abs=1e-6)
