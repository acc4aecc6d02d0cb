"""Designs: strict files, points where they should be, correlation, probabilities, one seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linepack.ensemble.design import Sampling
from linepack.ensemble.factors import Choice, Normal, Triangular, Uniform
from linepack.ensemble.read import available_designs, load_design
from linepack.errors import InputError
from linepack.scenario.patches import QuantityPatch, SupplyPatch
from tests.ensemble.small_design import HEAD, write_design

SUPPLY = """\
  - name: supply
    uniform: {low: 0.9, high: 1.1}
    patches:
      - {name: gas, do: supply, resources: SELLER_GAS, factor: draw, why: unknown}
"""
DEMAND = """\
  - name: cold
    normal: {mean: 1.0, deviation: 0.1, low: 0.8, high: 1.2}
    patches:
      - {name: weather, do: demand, nodes: "*", factor: draw, why: unknown}
"""
LEVELS = """\
  - name: supply
    levels: [0.9, 1.0, 1.1]
    patches:
      - {name: gas, do: supply, resources: SELLER_GAS, factor: draw, why: unknown}
"""
DECISION = """\
  - name: stop
    chance: 0.25
    patches:
      - {name: stop, do: supply, resources: SELLER_GAS, factor: 0.5, why: a decision}
"""


def test_full_design_takes_every_combination_with_its_probability(tmp_path: Path) -> None:
    """Three levels by a decision of one in four: six rows; those with the decision weigh a quarter together."""
    table = load_design(write_design(tmp_path, LEVELS + DECISION, sampling="full")).table()
    assert len(table) == 6
    assert table["weight"].sum() == pytest.approx(1)
    assert table.loc[table["stop"] == "yes", "weight"].sum() == pytest.approx(0.25)
    assert sorted(table["supply"].unique()) == [0.9, 1.0, 1.1]


@pytest.mark.parametrize("sampling", ["latin_hypercube", "sobol"])
def test_space_filling_designs_have_one_point_in_each_slice(tmp_path: Path, sampling: str) -> None:
    """Sixteen points of a Latin hypercube, and of a scrambled Sobol sequence, fall one into each sixteenth."""
    supply = load_design(write_design(tmp_path, SUPPLY + DEMAND, sampling=sampling, draws=16)).table()["supply"]
    assert sorted(int(16 * (value - 0.9) / 0.2) for value in supply) == list(range(16))


def test_longer_sobol_and_monte_carlo_designs_begin_with_the_shorter(tmp_path: Path) -> None:
    """So that more draws cost only what is new."""
    for sampling in ("sobol", "monte_carlo"):
        design = load_design(write_design(tmp_path / sampling, SUPPLY + DEMAND, sampling=sampling, draws=8))
        longer = design.with_draws(32).table()
        assert longer.loc[:7, ["supply", "cold"]].equals(design.table()[["supply", "cold"]])


def test_correlation_is_that_of_the_normal_scores(tmp_path: Path) -> None:
    """Scores with correlation 0.8 give ranks with 6/pi asin(0.8/2) = 0.786 (Pearson, 1907)."""
    pairs = "correlations: [{factors: [supply, cold], correlation: 0.8}]\n"
    for sampling in ("monte_carlo", "sobol"):
        file = write_design(tmp_path / sampling, SUPPLY + DEMAND, sampling=sampling, draws=4096, tail=pairs)
        table = load_design(file).table()
        ranks = table[["supply", "cold"]].rank().corr().iloc[0, 1]
        assert ranks == pytest.approx(6 / np.pi * np.arcsin(0.4), abs=0.02)


def test_one_seed_gives_one_table_and_one_digest(tmp_path: Path) -> None:
    """The same file twice is the same design; another seed or a changed patch is another one."""
    first = load_design(write_design(tmp_path / "a", SUPPLY, draws=4))
    again = load_design(write_design(tmp_path / "b", SUPPLY, draws=4))
    other = load_design(write_design(tmp_path / "c", SUPPLY, draws=4, seed=2))
    changed = load_design(write_design(tmp_path / "d", SUPPLY.replace("low: 0.9", "low: 0.8"), draws=4))
    assert first.table().equals(again.table())
    assert first.digest == again.digest
    assert len({first.digest, other.digest, changed.digest}) == 3


def test_draws_become_patches(tmp_path: Path) -> None:
    """The drawn number stands where the file says 'draw'; a decision that is not taken changes nothing."""
    design = load_design(write_design(tmp_path, SUPPLY + DEMAND + DECISION, draws=4))
    supply, cold = design.patches_of({"supply": 0.95, "cold": 1.07, "stop": "no"})
    assert isinstance(supply, SupplyPatch)
    assert isinstance(cold, QuantityPatch)
    assert (supply.factor, cold.factor, supply.name) == (0.95, 1.07, "supply: gas")
    assert len(design.patches_of({"supply": 1.0, "cold": 1.0, "stop": "yes"})) == 3


def test_distributions_have_their_quantiles() -> None:
    """By hand: sqrt(0.5 x 2) = 1; a triangle 0-1-2 has 1/8 below 0.5; a normal cut evenly keeps its mean."""
    assert Uniform(0.5, 2.0, is_log=True).value(0.5) == 1.0
    assert Triangular(0.0, 1.0, 2.0).value(1 / 8) == 0.5
    assert Triangular(0.0, 1.0, 2.0).value(7 / 8) == 1.5
    assert Normal(1.0, 0.1, 0.9, 1.1).value(0.5) == 1.0
    assert (Normal(1.0, 0.1, 0.9, 1.1).value(0.0), Normal(1.0, 0.1, 0.9, 1.1).value(1.0)) == (0.9, 1.1)
    choice = Choice((("a", 0.2), ("b", 0.8)))
    assert [choice.value(u) for u in (0.0, 0.19, 0.2, 1.0)] == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("factors", "change", "code", "told"),
    [
        (SUPPLY.replace("uniform", "unifrom"), {}, "unknown-key", "did you mean 'uniform'"),
        (SUPPLY.replace("factor: draw", "factor: 1.0"), {}, "no-draw", "in place of a number"),
        (SUPPLY.replace("SELLER_GAS", "1"), {}, "not-text", "in quotes"),
        (SUPPLY.replace("factor: draw", "fator: draw"), {}, "unknown-key", "did you mean 'factor'"),
        (SUPPLY.replace("high: 1.1", "high: 0.8"), {}, "bad-range", "line"),
        (SUPPLY + SUPPLY, {}, "duplicate-name", "name of its own"),
        (SUPPLY, {"sampling": "sobol", "draws": 6}, "not-a-power-of-two", "take 4 or 8"),
        (SUPPLY, {"sampling": "full", "draws": None}, "no-levels", "levels"),
        (SUPPLY, {"sampling": "random"}, "not-a-choice", "one of"),
        (SUPPLY + DEMAND, {"tail": "correlations: [{factors: [supply, cald], correlation: 0.5}]\n"}, "unknown-factor",
         "did you mean 'cold'"),
        (SUPPLY + DEMAND, {"tail": "correlations: [{factors: [supply, cold], correlation: 1.0}]\n"}, "bad-correlation",
         "smaller"),
        (SUPPLY.replace("why: unknown", "why: unknown, why: twice"), {}, "duplicate-key", "keep one"),
        (DECISION.replace("0.25", "1.25"), {}, "above-maximum", "above 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_remedy(
    tmp_path: Path, factors: str, change: dict[str, object], code: str, told: str
) -> None:
    """Every mistake is found before anything is solved."""
    with pytest.raises(InputError) as raised:
        load_design(write_design(tmp_path, factors, **{"draws": 4, **change}))  # type: ignore[arg-type]
    assert raised.value.issue.code == code
    assert told in str(raised.value)


def test_the_designs_that_come_along_can_be_drawn() -> None:
    """Each reads, draws its table, and every draw makes patches."""
    for name in available_designs():
        design = load_design(name)
        if design.sampling is not Sampling.FULL:
            design = design.with_draws(8)
        table = design.table()
        assert len(design.scenarios_of(table)) == len(table) * len(design.scenarios)
        assert table["weight"].sum() == pytest.approx(1)


def test_head_names_every_key_of_a_design() -> None:
    """The file that other tests build upon is the one that the page shows."""
    page = (Path(__file__).parents[2] / "docs" / "ensembles.md").read_text(encoding="utf-8")
    for line in HEAD.splitlines():
        key = line.split(":")[0].strip()
        assert f"`{key}`" in page, key
