"""Bands over draws, the table across worlds, printable figures, and a deal that is killed and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.deal_scale import many_gates
from linepack.cli import run
from linepack.deals.analysis import analyse_deal
from linepack.deals.bands import DealBands, DealDraws, deal_bands, draw_deal
from linepack.deals.core import unbalanced_levels
from linepack.deals.deal import Outsiders
from linepack.deals.figures import bands_content, headline_figures, with_draw_bands
from linepack.deals.market import run_deal
from linepack.deals.outcomes import Outcomes, find_outcomes
from linepack.deals.shapley import shapley
from linepack.deals.worlds import spreads, world_rows
from linepack.errors import NotCertified
from linepack.runs.runner import Progress
from linepack.runs.store import RunStore
from linepack.scenario.patches import Patch, TablePatch
from tests.deals.test_market import BASE, line_deal, line_system

COSTS = (10.0, 15.0, 20.0, 25.0, 28.0, 12.0)
"""R's cost of gas in each draw: the line is worth 20 GWh/d x (30 - cost) x 30 days."""


def world(cost: float) -> tuple[Patch, ...]:
    return (TablePatch("cost", "test", "supply_steps", {"resource": ("R_GAS",)}, "cost_eur_mwh", value=cost),)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outcomes, DealDraws, DealBands]:
    store, draws_store = (RunStore(tmp_path_factory.mktemp(name)) for name in ("base", "draws"))
    runs = run_deal(line_deal(), BASE, line_system(), store)
    outcomes = find_outcomes(runs.deal, runs.accounts.__getitem__)
    draws = draw_deal(line_deal(), BASE, line_system(), draws_store, [world(cost) for cost in COSTS], workers=1)
    return outcomes, draws, deal_bands(analyse_deal(outcomes), draws)


def test_bands_are_quantiles_over_worlds(drawn: tuple[Outcomes, DealDraws, DealBands]) -> None:
    """The gain by the line in each world is known, so its 10 and 90 per cent are; R and G share it by halves."""
    outcomes, _, bands = drawn
    worth = np.quantile([20 * (30 - cost) * 30 / 1e6 for cost in COSTS], (0.1, 0.9))
    analysis = analyse_deal(outcomes)
    at = next(k for k, review in enumerate(analysis.reviews) if outcomes.changes(review.profile))
    assert bands.gains_eur_bn[at][:, 0] == pytest.approx(worth, abs=1e-7)
    assert bands.gaining[at][0] == 1.0
    assert bands.games[Outsiders.KEEP_DEFAULTS]["Shapley value"][:, :2] == pytest.approx(
        np.stack([worth / 2] * 2, axis=1), abs=1e-7
    )
    assert bands.totals[Outsiders.KEEP_DEFAULTS] == pytest.approx(worth, abs=1e-7)


def test_each_figure_has_its_band_and_assumptions(drawn: tuple[Outcomes, DealDraws, DealBands]) -> None:
    """A figure lies in its band; the band over draws is inside it; without draws the text says how to get one."""
    outcomes, _, bands = drawn
    analysis = analyse_deal(outcomes)
    figures = {f["question"]: f for f in headline_figures(analysis, bands, meaning="costs", unit="EUR bn")}
    share = figures["What does R get if all agree?"]
    assert share["figure"] == pytest.approx(0.006, abs=1e-7)
    assert share["band"][0] <= share["band_over_draws"][0] <= share["band_over_draws"][1] <= share["band"][1]
    assert any("6 draws: costs" in text for text in share["assumptions"])
    assert figures["What must be paid so that nobody needed blocks line?"]["figure"] == pytest.approx(0, abs=1e-9)
    bare = headline_figures(analysis, None, meaning="", unit="EUR bn")
    assert all(any("--draws" in text for text in figure["assumptions"]) for figure in bare)
    assert [figure["question"] for figure in bare] == list(figures)
    moved = headline_figures(analysis, None, meaning="", unit="EUR bn", ttf_eur_mwh=dict(zip(
        outcomes.effects, (30.0 - 2 * len(key) for key in outcomes.effects), strict=True)))  # fmt: skip
    assert moved[-1]["question"] == "By how much does TTF move with line?"
    assert moved[-1]["figure"] == -2.0
    content = bands_content(analysis, bands, "costs")
    assert content["draws"] == len(COSTS)
    assert content["outcomes"][0]["ttf_change_eur_mwh"] == [None, None]  # these markets have no marker
    old = {"outcomes": [{} for _ in analysis.reviews],
           "games": {rule: {"players": list(game.game.players), "figures": [{"assumptions": "x"}] * 3}
                     for rule, (_, game) in analysis.games.items()}}  # fmt: skip
    new = with_draw_bands(old, content)
    assert "costs" in new["games"]["inactive"]["figures"][0]["assumptions"]
    json.dumps(new, allow_nan=False)


def test_draws_are_kept_and_too_few_are_refused(tmp_path: Path) -> None:
    """A second call solves nothing; if most worlds have no answer, there is no band."""
    store, seen = RunStore(tmp_path), list[Progress]()
    worlds = [world(10.0), world(20.0)]
    draw_deal(line_deal(), BASE, line_system(), store, worlds, workers=1)
    draw_deal(line_deal(), BASE, line_system(), store, worlds, workers=1, on_progress=seen.append)
    assert [p.is_cached for p in seen] == [True] * 4
    bad = TablePatch("no such", "test", "supply_steps", {"resource": ("NOBODY",)}, "cost_eur_mwh", value=1.0)
    with pytest.raises(NotCertified, match="only 1 of 3"):
        draw_deal(line_deal(), BASE, line_system(), store, [world(10.0), (bad,), (bad,)], workers=1)


def test_worlds_side_by_side(drawn: tuple[Outcomes, DealDraws, DealBands]) -> None:
    """A row per world, rule and concept; R's least is half of the poorest world's worth, its most half of the best."""
    _, draws, _ = drawn
    rows = world_rows({"cheap": draws.outcomes[0], "dear": draws.outcomes[4]})
    assert len(rows) == 2 * 3 * 3
    found = {spread.player: spread for spread in spreads(rows)}
    assert (found["R"].least_eur_bn, found["R"].most_eur_bn) == pytest.approx((0.0006, 0.006), abs=1e-7)
    assert found["all"].most_eur_bn == pytest.approx(0.012, abs=1e-7)
    assert all(spread.has_one_sign for spread in found.values())


def test_a_table_across_rules_and_a_headline_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    """A deal with tabled accounts has one world; every rule and concept is a row, every question its assumptions."""
    assert run(["deal", "ns2-b-deal", "--variants", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    across = content["across_variants"]
    assert len(across["rows"]) == 9
    assert set(across["access"]) == {"keep-defaults", "best-response", "inactive"}
    assert across["spread"]["all"]["most_eur_bn"] == pytest.approx(max(r["total_eur_bn"] for r in across["rows"]))
    assert all(figure["assumptions"] and "band" in figure for figure in content["headline"])
    assert any("set by the user" in text for text in content["headline"][0]["assumptions"])
    assert run(["deal", "ns2-b-deal", "--draws", "4"]) == 2
    assert "no-runs" in capsys.readouterr().err


def test_twelve_players_exactly() -> None:
    """4,096 combinations and coalitions need no more runs than the 256 sets of eight lines; the nucleolus is certified.

    The Shapley value shares out the total, and by Kohlberg's criterion the nucleolus is the nucleolus.
    """
    deal, accounts = many_gates(12, 8, 4, 2025)
    found = analyse_deal(find_outcomes(deal, accounts), (Outsiders.KEEP_DEFAULTS,))
    game = found.games[Outsiders.KEEP_DEFAULTS][1]
    assert len(game.game.values) == 4096
    assert 50 < accounts.computed <= 256
    assert shapley(game.game).sum() == pytest.approx(game.game.total)
    assert unbalanced_levels(game.game, game.nucleolus.payoffs) == ()


DEAL = """\
schema: 1
deal: four
title: Four lines
base: BASE
players:
  - {name: RU, actor: RU}
  - {name: EU, actor: EU}
decisions:
  - {name: a, holder: RU, options: ["no", "yes"], default: "no"}
  - {name: b, holder: EU, options: ["no", "yes"], default: "no"}
  - {name: c, holder: EU, options: ["no", "yes"], default: "no"}
effects:
"""
SPRING = """\
schema: 1
scenario: spring
title: Two months
dataset: "2025"
horizon: {first_month: 2025-04, months: 2}
closing: levels
"""
PATCH = "  - {name: %s, when: {%s: 'yes'}, patches: [{name: more, do: supply, resources: %s, factor: %s, why: test}]}\n"


@pytest.mark.full
def test_kill_9_in_the_middle_of_a_deal_loses_no_finished_run(tmp_path: Path) -> None:
    """The command is killed once runs are stored; the same command then keeps exactly these and solves the rest."""
    file, workspace = tmp_path / "four.yaml", tmp_path / "workspace"
    lines = (("one", "a", "US_LNG", 0.99), ("two", "b", "QA_LNG", 0.98), ("three", "c", "AU_LNG", 0.97))
    (tmp_path / "spring.yaml").write_text(SPRING, encoding="utf-8")
    text = DEAL.replace("BASE", str(tmp_path / "spring.yaml"))
    file.write_text(text + "".join(PATCH % line for line in lines), encoding="utf-8")
    command = [sys.executable, "-m", "linepack", "deal", str(file), "--json", "--workspace", str(workspace),
               "--outsiders", "keep-defaults", "--workers", "1"]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
                          start_new_session=True) as process:  # fmt: skip
        while len(stored(workspace)) < 2:
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    before = {path: path.read_bytes() for path in stored(workspace)}
    assert 2 <= len(before) < 8
    done = subprocess.run(command, capture_output=True, env=environment, text=True, check=True)
    market = json.loads(done.stdout)["market"]
    assert (market["market_runs"], market["kept_from_before"]) == (8, len(before))
    assert all(path.read_bytes() == content for path, content in before.items())
    assert {path.parent.name for path in stored(workspace)} == {e["run"][:32] for e in market["effects"]}


def stored(workspace: Path) -> list[Path]:
    return sorted(workspace.glob("runs/[!.]*/run.json"))
