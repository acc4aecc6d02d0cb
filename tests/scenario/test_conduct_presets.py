"""Conduct of all sellers at once: in a scenario file and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linepack.api.market import with_conduct
from linepack.errors import InputError
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.gassystem import GasSystem
from tests.scenario.two_markets import HEAD

NAMES = ("competitive", "calibrated", "cournot")


def conducts(facts: GasSystem, name: str) -> list[float]:
    """Return the conduct of every trader under a preset."""
    scenario = with_conduct(load_scenario("us-gazprom-2025/status-quo"), name)
    return [float(value) for value in apply_scenario(facts, scenario).table("traders")["conduct"]]


def test_presets_move_those_with_market_power_alone(facts: GasSystem) -> None:
    """0 or 1 where the dataset has more than nothing; price takers stay; 'calibrated' is the dataset itself."""
    own = [float(value) for value in facts.table("traders")["conduct"]]
    assert conducts(facts, "calibrated") == own
    assert conducts(facts, "competitive") == [0.0 for _ in own]
    assert conducts(facts, "cournot") == [1.0 if value > 0 else 0.0 for value in own]


def test_preset_in_a_file(tmp_path: Path) -> None:
    """It is a patch like any other; it does not go with named traders, and a misspelt one is refused."""
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "  - {name: all, do: conduct, preset: cournot, why: test}\n")
    assert json.loads(json.dumps(load_scenario(path).content()))["patches"] == [
        {"kind": "ConductPresetPatch", "preset": "cournot"}
    ]
    path.write_text(HEAD + "  - {name: all, do: conduct, preset: cournot, traders: A, why: test}\n")
    with pytest.raises(InputError, match="a preset is for all sellers"):
        load_scenario(path)
    path.write_text(HEAD + "  - {name: all, do: conduct, preset: cornot, why: test}\n")
    with pytest.raises(InputError, match="did you mean 'cournot'"):
        load_scenario(path)


def test_sellers_of_one_owner_are_named_together(facts: GasSystem, tmp_path: Path) -> None:
    """Gazprom owns Sakhalin Energy's exports and maximises both: taking prices with one of them alone is no change."""
    path, head = tmp_path / "part.yaml", HEAD.replace("dataset: test", 'dataset: "2025"')
    path.write_text(head + "  - {name: takers, do: conduct, traders: GAZPROM, conduct: 0, why: test}\n")
    with pytest.raises(InputError, match="SAKHALIN_ENERGY"):
        apply_scenario(facts, load_scenario(path))
    path.write_text(head + "  - {name: takers, do: conduct, traders: [GAZPROM, SAKHALIN_ENERGY], conduct: 0, why: t}\n")
    changed = apply_scenario(facts, load_scenario(path)).table("traders").set_index("trader")["conduct"]
    assert changed["GAZPROM"] == changed["SAKHALIN_ENERGY"] == 0
    path.write_text(head + "  - {name: more, do: conduct, traders: GAZPROM, conduct: 1, why: test}\n")
    assert apply_scenario(facts, load_scenario(path)).table("traders").set_index("trader")["conduct"]["GAZPROM"] == 1
