"""Supply and demand of the packaged dataset before any price moves anything."""

from __future__ import annotations

import pytest

from linepack.report.closure import closure_text
from linepack.scenario.scenario import load_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.closure import closure
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, market, merged, supply


@pytest.mark.parametrize(("state", "gwh_d"), [("open", 60.0), ("closed", 20.0)])
def test_a_way_that_ends_before_a_market_does_not_count(state: str, gwh_d: float) -> None:
    """A pipe of 20 to a market of 150, one of 40 to a transit node from which the way on is open or closed."""
    rows = merged(
        market("HUB"), {"demand": demand("HUB", intercept=150, slope=0.5)}, supply("S", cost=10),
        {"nodes": [{"node": "TRANSIT", "kind": "transit"}],
         "arcs": [{"arc": "IN", "origin": "S-BASIN", "destination": "TRANSIT", "capacity_gwh_d": 40},
                  {"arc": "ON", "origin": "TRANSIT", "destination": "HUB", "state": state}],
         "carriage": [{"trader": "S", "arc": "IN"}, {"trader": "S", "arc": "ON"}]},
        delivery("S", "HUB", capacity_gwh_d=20),
    )  # fmt: skip
    world = closure(gas_system(rows), monthly_periods("2025-04", 1)).query("region == 'world'")
    assert world["pipeline_availability_twh"].item() == pytest.approx(gwh_d * 30 / 1000)


def test_closure_is_shown_with_its_sum(facts: GasSystem) -> None:
    """Four quarters and the whole horizon, the gap as a share of LNG."""
    text = closure_text(facts, load_scenario("reference-2025/reference"))
    assert [line.split()[0] for line in text.splitlines()[3:8]] == [
        "2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "whole",
    ]  # fmt: skip
