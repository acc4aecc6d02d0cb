"""Slopes that are measured in the regime: closed forms of residual demand, and what a run says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linepack.api.market import scenario_of
from linepack.errors import InputError
from linepack.report.run_report import certificate_line
from linepack.results import slopes
from linepack.results.slopes import LEAST_SLOPE, met_slopes
from linepack.results.solution import Solution, solve_system
from linepack.runs.runner import run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.expectations import Rolling
from linepack.scenario.parse import slopes_option
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.gassystem import GasSystem
from tests.builders import FIRST_MONTH, delivery, demand, gas_system, market, merged, price, solved, supply
from tests.runs.small import BASE

B, RISE = 0.002, 0.003
"""Slope of demand, and of the fringe's marginal cost, in EUR/MWh per GWh/d."""

RESIDUAL = B * RISE / (B + RISE)
"""A GWh/d more is met by consumers and fringe together: 1 / (1 / 0.002 + 1 / 0.003) = 0.0012."""


def one_market(*, fringe: bool = True, capacity: float = 1e5, conduct: float = 1.0) -> GasSystem:
    """Return demand p = 60 - 0.002 q, a strategic seller at 10 EUR/MWh, and a fringe at 10 + 0.003 q."""
    parts: list[Any] = [market("A"), {"demand": demand("A", intercept=60, slope=B)},
                        supply("BIG", cost=10, capacity=capacity, conduct=conduct, slope=1e-4),
                        delivery("BIG", "A", capacity_gwh_d=1e5)]
    if fringe:
        curve = {"resource": "FRINGE_GAS", "step": 1, "term": 1, "shape": "power", "coefficient_eur_mwh": RISE,
                 "scale_gwh_d": 1, "exponent": 1}  # fmt: skip
        parts += [supply("FRINGE", cost=10, capacity=1e5), delivery("FRINGE", "A", capacity_gwh_d=1e5),
                  {"supply_curves": [curve]}]  # fmt: skip
    return gas_system(merged(*parts))


def asked(*patches: Any) -> Scenario:
    """Return a scenario of one month on it."""
    return Scenario("x", "X", "", "test", FIRST_MONTH, 1, "values").with_patches("x", *patches)


def measured(system: GasSystem) -> Solution:
    """Return the solution with slopes measured in it."""
    return solve_system(system, asked(slopes_option("measured")))


@pytest.mark.parametrize("capacity", [1e5, 5e3])
def test_the_slope_is_that_of_consumers_and_fringe(capacity: float) -> None:
    """0.0012, whether the seller could sell more or not (5 TWh/d is less than it wants, so it sells all of it)."""
    assert met_slopes(solved(one_market(capacity=capacity)))["BIG"] == pytest.approx(RESIDUAL, rel=1e-6)


def test_without_a_fringe_it_is_that_of_demand() -> None:
    """0.002: nobody else answers. So the regime decides the slope."""
    assert met_slopes(solved(one_market(fringe=False)))["BIG"] == pytest.approx(B, rel=1e-6)


@pytest.mark.parametrize(("fringe", "top", "slope"), [(True, 40.0, RESIDUAL), (False, 60.0, B)])
def test_a_seller_that_believes_in_it_is_a_monopolist(fringe: bool, top: float, slope: float) -> None:
    """Its price is half way between where its sales are nil and its cost; the table said 0.0001, far too flat.

    With the fringe p = 40 - 0.0012 q is left to it, as 60 - 0.002 q = 10 + 0.003 q at 40: (40 + 10) / 2 = 25. Without
    the fringe (60 + 10) / 2 = 35.
    """
    solution = measured(one_market(fringe=fringe))
    assert solution.slopes is not None
    assert solution.slopes.is_settled
    assert solution.slopes.passes == 2
    assert solution.slopes.last["used_eur_mwh_per_gwh_d"].tolist() == pytest.approx([slope], rel=1e-6)
    assert price(solution, "A") == pytest.approx((top + 10) / 2, rel=1e-6)
    given = solve_system(one_market(fringe=fringe), asked())
    assert given.slopes is None
    assert price(given, "A") < price(solution, "A") - 2


def test_curves_of_demand_have_slopes_too() -> None:
    """On isoelastic demand the slope is p / (e q): with e = 2 and half of it counted, price is a third above cost."""
    system = one_market(fringe=False, conduct=0.5)
    bent = system.table("demand").assign(shape="isoelastic", elasticity=2.0)
    solution = measured(system.with_tables(demand=bent))
    assert solution.slopes is not None
    assert solution.slopes.is_settled
    found = solution.slopes.last.iloc[0]
    q = float(solution.values("consumption").sum() + solution.values("firm_consumption").sum())
    assert found["measured_eur_mwh_per_gwh_d"] == pytest.approx(price(solution, "A") / (2 * q), rel=1e-5)
    near = found["used_eur_mwh_per_gwh_d"] / found["measured_eur_mwh_per_gwh_d"]
    assert price(solution, "A") == pytest.approx(10 / (1 - 0.5 * near / 2), rel=1e-5)
    assert near == pytest.approx(1, abs=slopes.NEAR_FRACTION)


def test_price_takers_have_none() -> None:
    """Nothing to measure: one pass, settled, the price is the cost."""
    solution = measured(one_market(conduct=0.0))
    assert solution.slopes is not None
    assert solution.slopes.is_settled
    assert len(solution.slopes.last) == 0
    assert price(solution, "A") == pytest.approx(10, rel=1e-6)


def test_steps_follow_the_line_through_two_passes() -> None:
    """From 1 with 3 found, and 3 with 2 found, both meet where 3 - (s - 1) / 2 = s: 7 / 3.

    Where the line rises the step is at most half as long again: other sellers move too. Never below the least slope.
    """
    assert slopes._next(1.0, 3.0, None) == 3.0
    assert slopes._next(3.0, 2.0, (1.0, 3.0)) == pytest.approx(7 / 3)
    assert slopes._next(2.0, 2.5, (1.0, 2.0)) == pytest.approx(2.75)
    assert slopes._next(2.0, 4.0, (1.0, 3.0)) == pytest.approx(5.0)
    assert slopes._next(2.0, 0.5, (1.0, 0.0)) == LEAST_SLOPE


def test_a_run_says_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record and report have the slopes; a run that used up its passes says so; one of given slopes says nothing."""
    store = RunStore(tmp_path / "runs")
    measuring = asked(slopes_option("measured"))
    system = one_market()
    plain, run = (run_scenarios(system, [s], store, workers=1)[0].run for s in (asked(), measuring))
    assert plain is not None
    assert run is not None
    assert "slopes" not in plain.record
    assert run.record["slopes"]["is_settled"] is True
    assert run.record["slopes"]["sellers"][0]["owner_group"] == "BIG"
    assert "measured in the regime settled in 2 passes" in certificate_line(run)
    assert "slopes" not in certificate_line(plain)
    assert plain.digest != run.digest
    monkeypatch.setattr(slopes, "MOST_PASSES", 1)
    cut = run_scenarios(system, [measuring], RunStore(tmp_path / "other"), workers=1)[0].run
    assert cut is not None
    assert cut.record["slopes"]["is_settled"] is False
    assert "DID NOT SETTLE" in certificate_line(cut)


def test_rolling_expectations_are_refused() -> None:
    """A path of windows has no slope of its own."""
    scenario = Scenario("x", "X", "", "test", FIRST_MONTH, 12, "values", rolling=Rolling())
    with pytest.raises(InputError, match="slopes cannot be measured"):
        solve_system(one_market(), scenario.with_patches("x", slopes_option("measured")))


def test_the_option_of_a_file_is_that_of_python(tmp_path: Path) -> None:
    """The same content; 'given' takes it back in a scenario that is based on one with 'measured'."""
    (tmp_path / "a.yaml").write_text(BASE)
    asked_for = scenario_of(tmp_path / "a.yaml", slopes="measured")
    (tmp_path / "b.yaml").write_text(BASE + "options: {slopes: measured}\n")
    assert load_scenario(tmp_path / "b.yaml").content() == asked_for.content()
    back = slopes_option("given").apply(slopes_option("measured").apply(one_market()))
    assert not slopes.is_measured(back)
    with pytest.raises(InputError, match="slopes are not 'guessed'"):
        scenario_of(tmp_path / "a.yaml", slopes="guessed")


@pytest.mark.full
@pytest.mark.parametrize("name", ["status-quo", "ns2-b-open", "gulf-lng-lost"])
def test_the_dataset_settles(facts: GasSystem, name: str) -> None:
    """Sellers believe in the slopes that are measured, within 5 %, and the market is certified on what they believe."""
    solution = solve_system(facts, scenario_of(f"us-gazprom-2025/{name}", slopes="measured"))
    assert solution.slopes is not None
    assert solution.slopes.is_settled
    last = solution.slopes.last
    assert len(last) == 6
    assert (last["measured_eur_mwh_per_gwh_d"] / last["used_eur_mwh_per_gwh_d"]).between(0.95, 1.05).all()
    assert solution.certified.certificate.is_certified
