"""The plausibility set: what is asked is what is placed, every figure has a band, and the real table holds."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linepack import units
from linepack.plausibility import checks
from linepack.plausibility.areas import AREAS, consumption_gwh, gas_added, gas_lost, own_market_slope, probe_bcm_y
from linepack.plausibility.checks import bands, best_volume, measure, upper_ends
from linepack.plausibility.probes import scenarios
from linepack.plausibility.run import Verdict, judged, plausibility
from linepack.policy.entry import relabelling_routes
from linepack.report.plausibility import plausibility_content, plausibility_text
from linepack.runs.store import RunStore
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, market, merged, price, solved, supply
from tools.docs import SLOW, parts

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def system() -> GasSystem:
    return load_dataset("2025")


def test_the_slope_of_an_area_without_borders_is_that_of_its_demand() -> None:
    """Demand is p = 40 - 0.1 q, supply 200 GWh/d: each GWh/d more lowers the price by 0.1.

    One bcm (40 MJ) a year is 11,111 GWh a year; April's 30 days are the only ones here, so 370.4 GWh/d and 37.04 EUR.
    """
    rows = merged(market("M"), supply("S", cost=0, capacity=200), delivery("S", "M"),
                  {"demand": demand("M", intercept=40, slope=0.1)})  # fmt: skip
    small = gas_system(rows)
    per_bcm = own_market_slope(small, ("M",), "2025")
    assert per_bcm == pytest.approx(0.1 * float(units.twh_from_bcm_ei(1.0)) * 1e3 / 30)
    placed = probe_bcm_y(small, ("M",), "2025")
    assert placed == pytest.approx(0.25 * 200 * 30 / 1e3 / float(units.twh_from_bcm_ei(1.0)))
    rate = placed * float(units.twh_from_bcm_ei(1.0)) * 1e3 / 365
    before = price(solved(small), "M")
    added = price(solved(gas_added(small, ("M",), "2025").apply(small)), "M")
    lost = price(solved(gas_lost(small, ("M",), "2025").apply(small)), "M")
    assert added - before == pytest.approx(-0.1 * rate, abs=1e-6)
    assert lost - before == pytest.approx(0.1 * rate, abs=1e-6)


def test_an_area_gets_and_loses_what_the_table_says(system: GasSystem) -> None:
    """Spain and Portugal: 5 bcm of 40 MJ, 55,556 GWh a year, shared as they consume; home production stays."""
    nodes = AREAS["iberia"][1]
    lost = gas_lost(system, nodes, "2025").apply(system)
    assert consumption_gwh(lost, nodes, "2025").sum() - consumption_gwh(system, nodes, "2025").sum() == pytest.approx(
        5e3 * 40 / 3.6, rel=1e-6
    )
    before, after = (s.table("indigenous_production").query("month == '2025-03'").set_index("node")["quantity_gwh_d"]
                     for s in (system, gas_added(system, nodes, "2025").apply(system)))  # fmt: skip
    rise = after.sub(before, fill_value=0.0)
    assert rise[rise > 0].index.tolist() == ["ES", "PT"]
    assert rise.sum() == pytest.approx(5e3 * 40 / 3.6 / 365, rel=1e-6)


def test_every_figure_has_a_band_and_every_band_a_figure(system: GasSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that are measured are those of the table, a band has two ends, and every row says where it is from."""
    monkeypatch.setattr(checks, "figures_of", lambda tables: defaultdict(lambda: 1.0))
    base = load_scenario("reference-2025/reference")
    empty = {"sold": pd.DataFrame({"trader": [], "node": [], "gwh": []}), "pool": pd.DataFrame({"arc": [], "gwh": []})}
    values = measure(system, {scenario.name: empty for scenario in scenarios(system, base)}, "2025")
    table = bands()
    assert table["check"].is_unique
    assert set(table["check"]) == set(values)
    assert (table["source"].str.len() > 0).all()
    one_sided = table[table["low"].isna() ^ table["high"].isna()]["check"]
    assert set(one_sided) <= set(upper_ends(system, "2025"))


def test_scenarios_differ_and_fit_the_dataset(system: GasSystem) -> None:
    """No two ask the same question, and each names rows that exist."""
    made = scenarios(system, load_scenario("reference-2025/reference"))
    assert len({scenario.name for scenario in made}) == len(made)
    assert len({scenario.digest for scenario in made}) == len(made)
    for scenario in made:
        apply_scenario(system, scenario)


def test_resale_is_barred_on_every_route(system: GasSystem) -> None:
    """Where Russian gas is sold outside the EU, no pool route into the EU is left but those through Ukraine.

    Nothing is sold in Moldova; any new pipe from Serbia or Turkey must join the list.
    """
    from linepack.plausibility.probes import RESALE_ROUTES

    fed = {route.arc for route in relabelling_routes(system, ("RU",), ("EU27",)) if set(route.fed_by) != {"MD"}}
    assert fed == set(RESALE_ROUTES)
    traced = load_scenario("regimes-2030/russia-out-traced")
    rules = apply_scenario(system, traced).table("flow_rules")
    assert set(rules.loc[rules["trader"] == "pool", "arc"]) == fed


def test_best_volume_is_the_top_of_a_parabola() -> None:
    """Profit 10 v - v^2 / 5 has its top at 25, which no tried volume hits; a rising curve has its end."""
    tried = np.array([0.0, 10.0, 20.0, 27.5, 45.0])
    assert best_volume(tried, 10 * tried - tried**2 / 5) == pytest.approx(25)
    assert best_volume(tried, tried) == 45


def test_verdicts() -> None:
    """Inside, outside with a reason, outside without, no band, and an end that the area's own demand gives."""
    rows = [("a", 1, 2, ""), ("b", 1, 2, "a reason"), ("c", 1, 2, ""), ("d", np.nan, np.nan, ""), ("e", 1, np.nan, "")]
    table = pd.DataFrame(rows, columns=["check", "low", "high", "note"]).assign(
        group="g", label="l", unit="u", decimals=1, source="s", grade="judgement"
    )
    frame = judged(table, {"a": 1.5, "b": 3.0, "c": 3.0, "d": 3.0, "e": 3.0}, {"e": 4.0})
    assert frame["verdict"].tolist() == [
        Verdict.WITHIN, Verdict.EXPLAINED, Verdict.OUTSIDE, Verdict.SHOWN, Verdict.WITHIN,
    ]  # fmt: skip
    text = plausibility_text(frame)
    assert "2 of 4 within their bands, 1 outside for a reason given below, 1 OUTSIDE." in text
    assert "[1] A reason." in text
    assert plausibility_content(frame)["counts"]["OUTSIDE"] == 1


@pytest.mark.full
def test_the_market_of_2025_is_plausible(system: GasSystem, tmp_path: Path) -> None:
    """Every figure is within its band, or outside for the reason in the table; most are within.

    What must hold whatever the bands say: Gazprom wants more through string B than Russia as one seller does, and the
    last volumes are worth less to Russia, because its other gas earns less.
    """
    frame = plausibility(system, load_scenario("reference-2025/reference"), RunStore(tmp_path))
    assert frame.loc[frame["verdict"] == Verdict.OUTSIDE, "check"].tolist() == []
    assert (frame["verdict"] == Verdict.EXPLAINED).sum() <= 3
    value = frame.set_index("check")["value"]
    assert value["optimum-gazprom"] > value["optimum-russia"] + 5
    assert value["last-gazprom"] > value["last-russia"] > 0
    (told,) = (parts((ROOT / place).read_text(encoding="utf-8")) for place in SLOW)
    assert told == {"linepack plausibility": plausibility_text(frame) + "\n"}
    assert value["leak-ban-trusting-relabelled"] > 5 > value["leak-ban-relabelled"]
