"""Demand that remembers the prices of earlier years, against partial adjustment worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.market.memory import memory_rows, remembered, with_memory
from linepack.results.memory import _mixed, memory_after
from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.scenario.expectations import Rolling
from linepack.scenario.patches import OptionPatch
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.builders import FIRST_MONTH, delivery, demand, gas_system, market, merged, supply

SHORT, LONG = 0.2, 0.6
RETENTION = 1 - SHORT / LONG
PLENTY, SCARCE = 100.0, 80.0
MONTHS = 33
"""April 2025 to December 2027: nine months, and two whole years."""


def hub(*, on: float = 1.0, opening: float = 0.0, cost: float = 0.0, months: int = MONTHS) -> GasSystem:
    """Return HUB with 100 GWh/d at 20 EUR/MWh, elasticity 0.2 there, and a seller who has 80 in 2025, then 100."""
    early = min(months, 9)
    rows = {
        "demand": demand("HUB", intercept=120, slope=1.0, at_gwh_d=100, months=months),
        "demand_memory": [{"node": "HUB", "segment": "all", "lasting_elasticity": LONG - SHORT,
                           "retention_fraction": RETENTION, "end_user_cost_eur_mwh": cost,
                           "opening_log_price": opening}],
    }  # fmt: skip
    capacity = [SCARCE] * early + [PLENTY] * (months - early)
    parts = (market("HUB"), supply("A", cost=0, capacity=capacity, months=months), delivery("A", "HUB"), rows)
    return gas_system(merged(*parts), months=months, parameters={"memory_multiplier": on})


def solve(system: GasSystem, *, months: int = MONTHS, first: str = FIRST_MONTH) -> Solution:
    """Return the market from a month on."""
    return solve_system(system, Scenario("s", "s", "", "test", first, months, "values"), SolveSettings(tolerance=1e-11))


def yearly(solution: Solution) -> dict[str, float]:
    """Return the price of the first month of each year."""
    prices = solution.hub_prices()["HUB"]
    return {year: float(prices[prices.index.str[:4] == year].iloc[0]) for year in sorted(set(prices.index.str[:4]))}


def line(quantity: float, factor: float = 1.0) -> float:
    """Return the price of the line p = 120 - q with its quantities times ``factor``."""
    return 120 - quantity / factor


def test_what_a_dear_year_took_comes_back_year_by_year() -> None:
    """80 cost 40 in 2025, twice the reference. 2026 still misses (1 - 0.2 / 0.6) of the response, and so on.

    By Koyck's formula ln q = ln q0 - short ln p - (long - short) m: nine months of 2025 count 275 / 365 of a year, so
    m = (1 - r^(275/365)) ln 2; in 2027 it is r m + (1 - r) ln(p / 20), p the price of 2026.
    """
    found = yearly(solve(hub()))
    assert found["2025"] == pytest.approx(line(80), abs=1e-6)
    m = (1 - RETENTION ** (275 / 365)) * log(2)
    price = line(100, exp(-(LONG - SHORT) * m))
    assert found["2026"] == pytest.approx(price, abs=1e-4)
    assert price == pytest.approx(12.43, abs=0.005)  # m = 0.1824, so 7 % less is wanted: 120 - 100 / 0.9296
    m = RETENTION * m + (1 - RETENTION) * log(price / 20)
    assert found["2027"] == pytest.approx(line(100, exp(-(LONG - SHORT) * m)), abs=1e-4)


def test_it_is_off_unless_asked_for() -> None:
    """At multiplier 0 a year of plenty costs the reference price, whatever came before; the option sets it."""
    system = hub(on=0.0)
    assert yearly(solve(system)) == pytest.approx({"2025": 40, "2026": 20, "2027": 20}, abs=1e-6)
    on = OptionPatch("option memory", "", "memory_multiplier", 1.0).apply(system)
    assert yearly(solve(on))["2026"] < 13


def test_a_lasting_price_ends_in_the_long_run_elasticity() -> None:
    """At twice the reference price for ever, demand falls by 2^-0.2 at once and by 2^-0.6 in the end."""
    periods, state = monthly_periods("2026-01", 12), 0.0
    labels = [period.label for period in periods]
    dear = pd.DataFrame({"HUB": 40.0}, index=labels)
    system = hub(months=12)
    system = system.with_tables(demand=system.table("demand").assign(month=labels))
    for _ in range(40):
        rows = memory_rows(system).assign(opening_log_price=state)
        state = float(remembered(system, rows, periods, dear)[-1, 0])
    assert state == pytest.approx(log(2), rel=1e-6)
    moved = with_memory(system, rows, periods, np.full((2, 1), state)).table("demand")["quantity_gwh_d"].iloc[0]
    assert moved * 2**-SHORT == pytest.approx(100 * 2**-LONG, rel=1e-6)


def test_two_horizons_are_one() -> None:
    """2025 solved alone, and 2026 begun with what it left, give the prices of both solved together."""
    whole, system = yearly(solve(hub())), hub()
    first = solve(system, months=9)
    left = system.with_tables(demand_memory=memory_after(system, first))
    assert left.table("demand_memory")["opening_log_price"].iloc[0] > 0
    second = yearly(solve(left, months=24, first="2026-01"))
    assert second == pytest.approx({year: whole[year] for year in ("2026", "2027")}, abs=1e-4)


def test_years_that_answer_too_much_settle_all_the_same() -> None:
    """Of 6 - 2 x memory for memory swings ever wider around its rest at 2; ((x + y) / 2, (3 - y) / 2) rests at (1, 1).

    Both are linear, so that a mix of one try more than unknowns is exact.
    """
    for answer, rest in ((lambda x: 6 - 2 * x, [2.0]),
                         (lambda x: np.array([x[0] + x[1], 3 - x[1]]) / 2, [1.0, 1.0])):  # fmt: skip
        tries, changes = [np.zeros(len(rest))], []
        for _ in range(len(rest) + 2):
            changes.append(answer(tries[-1]) - tries[-1])
            tries.append(_mixed(tries, changes))
        assert tries[-1] == pytest.approx(rest, abs=1e-9)


def test_users_remember_what_they_paid() -> None:
    """With 60 EUR/MWh of grid and levies, 40 at the hub is a quarter dearer than 20, not twice: ln (100 / 80)."""
    m = (1 - RETENTION ** (275 / 365)) * log(100 / 80)
    assert yearly(solve(hub(cost=60)))["2026"] == pytest.approx(line(100, exp(-(LONG - SHORT) * m)), abs=1e-4)


def test_the_past_may_be_given() -> None:
    """Who begins remembering a price e times the reference uses exp(-0.4) of the reference quantity at it."""
    assert yearly(solve(hub(opening=1.0, months=9), months=9))["2025"] == pytest.approx(
        max(0.0, line(80, exp(-(LONG - SHORT)))), abs=1e-4)  # fmt: skip


def test_a_consumer_that_does_not_exist_is_named() -> None:
    """The error names the row."""
    system = hub()
    table = system.table("demand_memory").assign(segment="power")
    with pytest.raises(InputError, match="these consumers have no demand") as caught:
        memory_rows(system.with_tables(demand_memory=table))
    assert caught.value.issue.keys == ("HUB power",)


def test_rolling_expectations_refuse_it() -> None:
    """A window sees prices ahead as a curve: which year's memory it has is not defined, so it is said."""
    scenario = replace(load_scenario("us-gazprom-2025/status-quo"), rolling=Rolling())
    on = scenario.with_patches("on", OptionPatch("option memory", "", "memory_multiplier", 1.0))
    with pytest.raises(InputError, match="do not go together"):
        solve_system(load_dataset(), on)


def test_the_dataset_has_published_elasticities() -> None:
    """Every consumer with a hub price remembers: long over short is 0.68 over 0.18, and so is the speed."""
    system = load_dataset()
    table = system.table("demand_memory").set_index(["node", "segment"])
    short = system.table("demand").groupby(["node", "segment"])["elasticity"].first()
    ratio = table["lasting_elasticity"] / short[table.index]
    assert np.allclose(ratio, 0.68 / 0.18 - 1, rtol=2e-3)
    assert np.allclose(table["retention_fraction"], 1 - 0.18 / 0.68, atol=1e-4)
    assert len(table) > 100
    assert memory_rows(system).empty  # off by default
