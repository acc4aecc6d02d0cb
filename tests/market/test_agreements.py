"""What a contract asks for in years that the horizon cuts."""

from __future__ import annotations

import pytest

from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.results.solution import solve_system
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.gassystem import GasSystem


def test_a_cut_year_asks_no_more_than_season_or_days(facts: GasSystem) -> None:
    """April 2025 to March 2027 of Gazprom's contract with Hungary, 62,216 GWh a year, all of it to be taken.

    2026 is whole: 62,216 (less a quarter of a 29 February). April to December has 275 days but less than 275/365 of
    Hungary's consumption; January to March has more than 90/365 of it, and the pipe, full all year, cannot carry that:
    62,216 x 90 / 365 = 15,341 are asked.
    """
    scenario = load_scenario("us-gazprom-2025/status-quo")
    problem = compile_problem(apply_scenario(facts, scenario), scenario.periods, closing=Closing(scenario.closing))
    rows = problem.equations["contract_take"]
    asked = dict(zip(rows.labels.itertuples(index=False, name=None), problem.row_lower[rows.rows[0]] * 30, strict=True))
    assert asked["GAZ-HU", "2026"] == pytest.approx(62216, rel=1e-3)
    assert asked["GAZ-HU", "2027"] == pytest.approx(62216 * 90 / 365, rel=1e-12)
    assert asked["GAZ-HU", "2025"] < 62216 * 275 / 365 * 0.95


def test_no_contract_is_left_in_the_status_quo(facts: GasSystem) -> None:
    """Every pipe of today's contracts can carry them: nobody pays for gas that it does not take (100 GWh at most)."""
    solution = solve_system(facts, load_scenario("us-gazprom-2025/status-quo"))
    assert solution.values("contract_untaken").sum() * 30 < 100
