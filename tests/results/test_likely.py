"""The limits that a solve begins with make it quicker, not different."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.results.figures import headline_figures
from linepack.results.headline import HEADLINE_TABLES, headline
from linepack.results.likely import (
    LONG_LIMITS,
    RATES,
    SEEN_COLUMNS,
    beginning,
    entities,
    likely_of,
    shipped_limits,
    used,
)
from linepack.results.solution import Solution, solve_problem
from linepack.results.tables import result_tables
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.dataset import load_dataset


def test_the_shipped_list_names_contracts_of_the_dataset() -> None:
    """Each entry is an equation of the long limits and a contract of the dataset, or a part of one."""
    limits = shipped_limits("2025")
    assert limits is not None
    contracts = set(load_dataset("2025").table("contracts")["contract"])
    assert {limit for limit, _ in limits.limits} <= set(LONG_LIMITS)
    assert {what.rpartition(" ")[0].partition("/")[0] for _, what in limits.limits} <= contracts
    assert shipped_limits("2025@2025-03-13") == limits
    assert shipped_limits("of my own") is None


def test_what_no_run_has_shown_is_begun_with() -> None:
    """Two runs of two periods: what either used is in; an entity or an equation that neither has, is in too."""
    one = pd.DataFrame([("column", "flow", "a", "10"), ("column", "flow", "b", "00")], columns=SEEN_COLUMNS)
    other = pd.DataFrame([("column", "flow", "b", "01"), ("row", "limit", "c", "00")], columns=SEEN_COLUMNS)
    likely = likely_of([one, other])
    assert likely is not None
    flow = likely.seen["column", "flow"]
    assert {what: flow.used[:, k].tolist() for what, k in flow.position.items()} == {
        "a": [True, False], "b": [False, True]}  # fmt: skip
    assert set(likely.seen) == {("column", "flow"), ("row", "limit")}
    assert likely_of([]) is None


def test_prices_are_those_of_the_whole_program() -> None:
    """Where gas is consumed the price is unique: 24 months of the base case agree to 1e-5 EUR/MWh with all rows in.

    The headline figures of an ensemble, taken from arrays, are those that the tables give.

    The price of a terminal that nothing reaches is not: any price below the cost of delivery will do there.
    """
    scenario = load_scenario("us-gazprom-2025/status-quo")
    system = apply_scenario(load_dataset("2025"), scenario)
    problem = compile_problem(system, scenario.periods, closing=Closing(scenario.closing))
    likely = shipped_limits("2025")
    assert likely is not None
    begin = beginning(problem, likely)
    left_out = sum(len(entities(problem.equations[name])) for name in LONG_LIMITS) - int(
        sum(begin.rows[problem.equations[name].rows].sum() for name in LONG_LIMITS)
    )
    assert left_out > 100
    whole = Solution(system, *solve_problem(problem))
    assert headline_figures(whole) == pytest.approx(headline(result_tables(whole, HEADLINE_TABLES)), rel=1e-12)
    quick = Solution(system, *solve_problem(problem, begin=begin))
    assert len(quick.certified.attempts) == 1
    found = quick.certified
    expected = likely_of([used(problem, found.x, found.row_dual, found.reduced_cost)])
    assert expected is not None
    again = beginning(problem, expected)
    assert 0.3 < again.columns.mean() < 0.9
    assert (~again.rows).sum() > 300
    assert all(again.rows[problem.equations[name].rows].all() for name in RATES)
    quicker = Solution(system, *solve_problem(problem, begin=again))
    assert len(quicker.certified.attempts) <= 2  # where stores may fill a month sooner or later, either may be found
    node = whole.labels("consumption")["node"]
    markets = list(dict.fromkeys(node[whole.values("consumption").sum(axis=0) > 1.0]))
    for other in (quick, quicker):
        difference = (whole.hub_prices() - other.hub_prices())[markets].to_numpy()
        assert np.abs(difference).max() == pytest.approx(0.0, abs=1e-5)
