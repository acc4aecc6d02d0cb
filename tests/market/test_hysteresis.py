"""Demand that does not come back one for one, against the kinked line worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from linepack.errors import InputError
from linepack.results.accounts import accounts, welfare_eur_bn
from linepack.results.solution import Solution
from linepack.scenario.patches import OptionPatch
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, market, merged, price, solved, supply

TIGHT = 1e-6


def hub(capacity: float, *, lost: float = 0.5, on: float = 1.0, **row: Any) -> GasSystem:
    """Return HUB with p = 50 - 0.5 q through q = 50, p = 25, and a seller of ``capacity`` at no cost."""
    rows = {"demand": demand("HUB", intercept=50, slope=0.5, at_gwh_d=50),
            "demand_hysteresis": [{"node": "HUB", "segment": "all", "lasting_share": lost, **row}]}  # fmt: skip
    parts = (market("HUB"), supply("A", cost=0, capacity=capacity), delivery("A", "HUB"), rows)
    return gas_system(merged(*parts), parameters={"hysteresis_multiplier": on})


def used(solution: Solution) -> dict[str, float]:
    """Return consumption by segment."""
    return dict(zip(solution.labels("consumption")["segment"], solution.values("consumption")[0], strict=True))


@pytest.mark.parametrize(
    ("capacity", "lost", "expected"),
    [
        (40, 0.5, 30),  # above the reference price nothing changes: 50 - 0.5 x 40
        (50, 0.5, 25),  # the kink
        (60, 0.5, 15),  # below it half the response is lost, so the line is twice as steep: 25 - 1.0 x 10
        (60, 0.0, 20),  # no share lost: the line of the table
        (60, 0.8, 0),  # five times as steep: 25 - 2.5 x 10
    ],
)
def test_the_line_is_steeper_below_the_reference_price(capacity: float, lost: float, expected: float) -> None:
    """The line is p = 25 - 0.5 / (1 - lost) (q - 50) below the reference price, p = 50 - 0.5 q above it."""
    assert price(solved(hub(capacity, lost=lost)), "HUB") == pytest.approx(expected, abs=1e-5)


def test_who_returns_is_a_segment_of_its_own() -> None:
    """Of 60 GWh/d the 50 of the reference go to those who stayed and 10 to those who return."""
    assert used(solved(hub(60))) == pytest.approx({"all": 50, "all returning": 10}, abs=1e-4)


def test_nothing_returns_where_all_is_lost() -> None:
    """With the whole response lost, no price brings more than 50: the seller keeps what is too much at its cost."""
    solution = solved(hub(60, lost=1.0))
    assert used(solution) == pytest.approx({"all": 50}, abs=1e-4)
    assert price(solution, "HUB") == pytest.approx(0, abs=1e-4)


def test_returns_have_a_limit() -> None:
    """No more than a tenth of 50 can return: 55 are used and 5 of 60 are not worth their way."""
    solution = solved(hub(60, return_limit_share=0.1))
    assert used(solution) == pytest.approx({"all": 50, "all returning": 5}, abs=1e-4)


def test_it_is_off_unless_asked_for() -> None:
    """At multiplier 0 the table changes nothing, as in published models."""
    assert price(solved(hub(60, on=0.0)), "HUB") == pytest.approx(20, abs=TIGHT)


def test_accounts_add_up_with_returning_demand() -> None:
    """Those who return have a surplus: the triangle between their line and the price; accounts sum to welfare."""
    solution = solved(hub(60))
    own = accounts(solution)
    assert own.loc[own["counts"], "amount_eur_bn"].sum() == pytest.approx(welfare_eur_bn(solution), abs=1e-12)
    surplus = own[(own["account"] == "consumer_surplus") & (own["asset"] == "all returning")]["amount_eur_bn"]
    assert surplus.sum() == pytest.approx(0.5 * 10 * 10 * 30 / 1e6, rel=1e-4)  # EUR bn: GWh/d x EUR/MWh x days / 1e6


@pytest.mark.parametrize(("row", "code"), [({"segment": "industri"}, "unknown-consumer")])
def test_a_consumer_that_does_not_exist_is_refused(row: dict[str, Any], code: str) -> None:
    """A misspelt segment would otherwise be demand without hysteresis."""
    with pytest.raises(InputError) as error:
        solved(hub(60, **row))
    assert error.value.issue.code == code


def test_curved_demand_is_refused() -> None:
    """The kink is that of straight lines."""
    system = hub(60)
    bent = system.with_tables(demand=system.table("demand").assign(shape="isoelastic"))
    with pytest.raises(InputError) as error:
        solved(bent)
    assert error.value.issue.code == "hysteresis-shape"


def test_options_of_a_scenario_file(tmp_path: Any) -> None:
    """``options`` sets the two numbers of the model; a misspelt one is refused with the nearest."""
    text = 'schema: 1\nscenario: x\ntitle: x\ndataset: "2025"\nclosing: values\n'
    text += "horizon: {first_month: 2025-04, months: 1}\n"
    file = tmp_path / "x.yaml"
    file.write_text(f"{text}options: {{wedges: 2, hysteresis: 1}}\n", encoding="utf-8")
    scenario = load_scenario(file)
    single = apply_scenario(load_dataset("2025"), scenario).table("parameters").set_index("parameter")["value"]
    assert (single["wedge_multiplier"], single["hysteresis_multiplier"]) == (2, 1)
    file.write_text(f"{text}options: {{wedge: 2}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="wedges"):
        load_scenario(file)


def test_an_option_is_added_to_a_dataset_that_does_not_have_it() -> None:
    """A dataset of one's own need not name the parameter."""
    system = gas_system(merged(market("HUB"), supply("A", cost=0), delivery("A", "HUB"),
                               {"demand": demand("HUB", intercept=50, slope=0.5)}))  # fmt: skip
    after = OptionPatch("option hysteresis", "test", "hysteresis_multiplier", 1.0).apply(system).table("parameters")
    assert after.set_index("parameter")["value"]["hysteresis_multiplier"] == 1
