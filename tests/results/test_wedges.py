"""What wedges charge, and ties, against answers worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linepack.report.wedges import study_wedges, wedges_content, wedges_text
from linepack.results.solution import Solution, solve_system
from linepack.results.wedges import moved_twh_y, ties, wedge_forces, with_wedges, without_tie_break
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from tests.builders import Row, delivery, demand, gas_system, merged, supply

SCENARIO = Scenario("plain", "Plain", "", "test", "2025-04", 1, "values")
YEAR = 365 / 30 * 30 / 1000
"""TWh a year of one GWh/d in April."""


def two_markets(slope: float = 1.0) -> GasSystem:
    """Return A (60 GWh/d at 10) selling in E1 and E2, both EU and joined by a free pipe, each with p = 50 - 0.5 q.

    Seen on A's way to E1 were 20 GWh/d.
    """
    rows: dict[str, list[Row]] = {
        "nodes": [{"node": node, "country": node, "region": "EU27"} for node in ("E1", "E2")],
        "demand": [*demand("E1", intercept=50, slope=0.5), *demand("E2", intercept=50, slope=0.5)],
        "arcs": [{"arc": f"{a}-{b}", "origin": a, "destination": b, "has_pool_access": True}
                 for a, b in (("E1", "E2"), ("E2", "E1"))],
        "route_wedges": [{"trader": "A", "arc": "A-E1", "reference_flow_gwh_d": 20, "slope_eur_mwh": slope}],
        "price_markers": [{"marker": "TTF", "node": "E1", "weight": 1}, {"marker": "JKM", "node": "E2", "weight": 1}],
    }  # fmt: skip
    ways = [delivery("A", node, tariff_eur_mwh=2) for node in ("E1", "E2")]
    return gas_system(merged(rows, supply("A", cost=10, capacity=60), *ways))


def solution_of(scenario: Scenario, **system: Any) -> Solution:
    """Return the solved scenario."""
    return solve_system(two_markets(**system), scenario)


def test_a_wedge_is_nil_at_the_observed_flow() -> None:
    """Prices are equal by the free pipe, so only the wedge decides: A sends the observed 20 to E1, at no charge."""
    forces = wedge_forces(solution_of(SCENARIO)).set_index("arc")
    assert forces.loc["A-E1", "flow_twh_y"] == pytest.approx(20 * YEAR, rel=1e-4)
    assert forces.loc["A-E1", "force_eur_mwh"] == pytest.approx(0, abs=1e-5)


def test_without_wedges_the_split_is_a_tie() -> None:
    """All 60 may go either way, and 0 to 30 or more from one market to the other; sales in the EU are 60."""
    found = ties(solution_of(without_tie_break(SCENARIO))).set_index("what")
    total = found.loc["Others to EU, pipeline"]
    assert total[["least_twh_y", "most_twh_y"]].tolist() == pytest.approx([60 * YEAR] * 2, rel=1e-4)
    border = found.loc["E1 to E2, pool"]
    assert border["least_twh_y"] == pytest.approx(0, abs=1e-3)
    assert border["most_twh_y"] > 30 * YEAR - 1e-3


def test_a_dearer_way_is_no_tie() -> None:
    """If the way to E2 costs 3 more, no gas goes there first: E1 gets all 60 and sends half on."""
    system = two_markets()
    arcs = system.table("arcs")
    dearer = arcs["tariff_eur_mwh"].where(arcs["arc"] != "A-E2", 5.0)
    joined = dearer.where(arcs["arc"] != "E2-E1", 1.0)  # no circle
    changed = system.with_tables(arcs=arcs.assign(tariff_eur_mwh=joined))
    found = ties(solve_system(changed, without_tie_break(SCENARIO))).set_index("what")
    low, high = found.loc["E1 to E2, pool", ["least_twh_y", "most_twh_y"]]
    assert (low, high) == pytest.approx((30 * YEAR, 30 * YEAR), abs=1e-3)


def test_strength_moves_flows_and_says_how_many() -> None:
    """At strength 0 and 1 prices are the same; what moves is half the sum of changes of all first sales."""
    fitted, none = solution_of(with_wedges(SCENARIO, 1)), solution_of(with_wedges(SCENARIO, 0))
    assert np.allclose(fitted.hub_prices(), none.hub_prices(), atol=1e-5)
    first = none.labels("trader_flow")["arc"].tolist().index("A-E1")
    away = abs(float(none.values("trader_flow")[0, first]) - 20)
    assert moved_twh_y(fitted, none)["trader_flow"] == pytest.approx(away * YEAR, abs=1e-3)


def test_the_study_prints_and_is_json() -> None:
    """Three strengths, the change against a scenario at each, forces and ties."""
    study = study_wedges(two_markets(), SCENARIO, against=SCENARIO)
    text = wedges_text(study)
    assert "change at 2" in text
    assert "E1 to E2, pool" in text
    content = wedges_content(study)
    assert [row["strength"] for row in content["strengths"]] == [0, 1, 2]
    assert content["strengths"][1]["headline"]["ttf_eur_mwh"] == pytest.approx(35, abs=1e-4)
