"""Bands: joint draws from a stated design, the same for every scenario, and quantiles of what was certified."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from linepack.ensemble.bands import Draw, draw_patches, latin_hypercube, scenario_bands
from linepack.errors import NotCertified
from linepack.results.solution import SolveSettings
from linepack.runs.store import RunStore
from linepack.scenario.patches import SupplyPatch
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, ConductPreset
from tests.runs.small import small_case, small_system


def test_design_has_one_draw_in_each_slice_of_every_range() -> None:
    """Ten draws: each tenth of LNG, winters and (in the logarithm) elasticity holds exactly one."""
    draws = latin_hypercube(10)
    scaled = {
        "lng": [(d.lng_supply_factor - 0.98) / 0.04 for d in draws],
        "winter": [(d.winter_factor - 0.92) / 0.16 for d in draws],
        "europe": [(np.log2(d.europe_elasticity_factor) + 1) / 2 for d in draws],
        "elsewhere": [(np.log2(d.elsewhere_elasticity_factor) + 1) / 2 for d in draws],
    }
    for name, values in scaled.items():
        assert sorted(int(10 * value) for value in values) == list(range(10)), name


def test_presets_and_wedges_are_evenly_drawn() -> None:
    """Thirty draws have each preset ten times, and each of no, observed and double wedges ten times."""
    draws = latin_hypercube(30)
    assert Counter(draw.conduct for draw in draws) == dict.fromkeys(ConductPreset, 10)
    assert Counter(draw.wedge_factor for draw in draws) == dict.fromkeys((0.0, 1.0, 2.0), 10)


def test_design_is_the_same_on_every_call_and_moves_with_the_seed() -> None:
    """One seed, one row each."""
    assert latin_hypercube(5) == latin_hypercube(5)
    assert latin_hypercube(5) != latin_hypercube(5, seed=1)


def test_a_draw_touches_all_lng_and_no_price_taker(facts: GasSystem) -> None:
    """LNG is what leaves through a liquefaction plant; sellers without market power get none by a draw."""
    draw = Draw(ConductPreset.COURNOT, 1.5, 0.7, 0.99, 2.0, 1.05)
    patches = {patch.name: patch for patch in draw_patches(facts, draw)}
    lng = patches["world LNG"]
    assert isinstance(lng, SupplyPatch)
    arcs, resources = facts.table("arcs"), facts.table("resources").set_index("resource")["node"]
    plants = set(arcs.loc[arcs["kind"] == ArcKind.LIQUEFACTION, "origin"])
    assert {resources[name] for name in lng.resources} == plants
    drawn = apply_scenario(facts, load_scenario("us-gazprom-2025/status-quo").with_patches("d", *patches.values()))
    taken = facts.table("traders")["conduct"]
    assert drawn.table("traders")["conduct"].tolist() == [1.0 if value > 0 else 0.0 for value in taken]
    before, after = facts.table("demand"), drawn.table("demand")
    keys = [before[name] for name in ("node", "segment", "month")]
    winter = (after["quantity_gwh_d"] / before["quantity_gwh_d"]).groupby(keys).first()
    assert winter["DE", "household", "2026-01"] == pytest.approx(1.05)
    assert winter["DE", "household", "2026-07"] == winter["DE", "industry", "2026-01"] == 1.0
    ratio = (after["elasticity"] / before["elasticity"]).groupby(before["node"]).mean()
    assert (ratio["DE"], ratio["GB"], ratio["JP"]) == pytest.approx((1.5, 1.5, 0.7))
    wedge = drawn.table("parameters").set_index("parameter")["value"]["wedge_multiplier"]
    assert wedge == 2 * facts.table("parameters").set_index("parameter")["value"]["wedge_multiplier"]


def test_bands_of_changes_are_taken_draw_by_draw(tmp_path: Path) -> None:
    """A scenario set beside itself has a band, but the band of its change is nil; more supply never raises the bill."""
    base, more = small_case(tmp_path, 2).scenarios
    frame = scenario_bands(small_system(), [base, more], RunStore(tmp_path / "runs"), draws=4, workers=1)
    own = frame[frame["scenario"] == "base"]
    assert (own["low_change"].fillna(0) == 0).all()
    assert (own["high_change"].fillna(0) == 0).all()
    finite = frame.dropna()
    assert (finite["low"] <= finite["high"]).all()
    assert set(frame["draws"]) == {4}


def test_too_few_certified_draws_are_no_band(tmp_path: Path) -> None:
    """Fewer than half certified: exit code 3, no figures."""
    base = small_case(tmp_path, 2).scenarios[0]
    with pytest.raises(NotCertified, match="only 0 of 4 draws"):
        scenario_bands(small_system(), [base], RunStore(tmp_path / "runs"), draws=4, workers=1,
                       settings=SolveSettings(certificate_limit=0.0))  # fmt: skip
