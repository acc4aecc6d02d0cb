"""The stress of gas days: what its scenarios lose and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linepack.market.sets import market_sets
from linepack.market.shapes import demand_curves
from linepack.results.security import security
from linepack.results.solution import solve_system
from linepack.scenario.scenario import Scenario, apply_scenario, load_scenario
from linepack.system.calendar import Step
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs, capacity_by_period

LOST = "EMDEN_DE"
LOST_DAYS = slice(1, 31)
"""2 to 31 January."""


def january(name: str) -> Scenario:
    """Return a scenario of the case, cut to the days of January."""
    return replace(load_scenario(f"stress-2026/{name}"), first_month="2026-01", months=1)


def test_the_entry_that_is_lost_is_the_largest_that_has_gas_behind_it() -> None:
    """Of all arcs into the EU from a basin outside it, a field to be produced, none has more capacity in January."""
    system = load_dataset("2025")
    arcs, nodes = all_arcs(system), system.table("nodes").set_index("node")
    capacity = capacity_by_period(system, january("days").periods[:1], arcs).to_numpy()[:, 0]
    basins = set(system.table("resources")["node"])
    enters = arcs["origin"].isin(basins) & (arcs["origin"].map(nodes["region"]) != "EU27") & (
        arcs["destination"].map(nodes["region"]) == "EU27") & np.isfinite(capacity)  # fmt: skip
    assert arcs["arc"][np.where(enters, capacity, 0.0).argmax()] == LOST


def test_each_stress_holds_on_its_days() -> None:
    """Emden has nothing from 2 to 31 January, thirty days; households take 1.2 times as much, 1.56 in the frost."""
    assert [load_scenario(f"stress-2026/{n}").step for n in ("days", "both")] == [Step.DAY, Step.DAY]
    assert len(load_scenario("stress-2026/days").periods) == 365
    facts = load_dataset("2025")
    plain, stressed = (apply_scenario(facts, january(name)) for name in ("days", "both"))
    periods = january("days").periods
    open_gwh_d = capacity_by_period(plain, periods).loc[LOST].to_numpy()
    left_gwh_d = capacity_by_period(stressed, periods).loc[LOST].to_numpy()
    assert (left_gwh_d[LOST_DAYS] == 0).all()
    assert len(left_gwh_d[LOST_DAYS]) == 30
    assert left_gwh_d[0] == open_gwh_d[0] > 1000

    def german(system: GasSystem) -> np.ndarray:
        sets = market_sets(system, periods)
        at = list(zip(sets.demand["node"], sets.demand["segment"], strict=True)).index(("DE", "household"))
        return demand_curves(system, sets).quantity_gwh_d[:, at]

    expected = [1.0] + [1.2] * 10 + [1.56] * 7 + [1.2] * 13
    assert german(stressed) / german(plain) == pytest.approx(np.array(expected))


@pytest.mark.full
def test_january_of_gas_days_is_dearer_while_the_entry_is_lost_and_it_is_cold() -> None:
    """Less gas and more demand: German gas costs more on each day of the frost, and Emden carries nothing."""
    facts = load_dataset("2025")
    plain, stressed = (solve_system(facts, january(name)) for name in ("days", "both"))
    frost = slice(11, 18)
    rise = (stressed.hub_prices()["DE"] - plain.hub_prices()["DE"]).to_numpy()
    assert (rise[frost] > 0.5).all()
    used = stressed.labels("trader_flow")["arc"] == LOST
    assert np.abs(stressed.values("trader_flow")[LOST_DAYS][:, used.to_numpy()]).max(initial=0.0) < 1e-6
    assert security(stressed)["unserved_twh"].sum() >= security(plain)["unserved_twh"].sum() - 1e-6
