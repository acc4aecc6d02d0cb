"""Deals on market runs: shares of accounts, runs shared by effect, targets, and whom the law asks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from linepack.cli import run
from linepack.deals.coalitions import coalition_values
from linepack.deals.conditions import Chosen, all_of
from linepack.deals.deal import Deal, DealPlayer, Decision, Effect, Share, TabledAccounts
from linepack.deals.game import dummy_players
from linepack.deals.market import ConsentQuery, MarketRuns, is_reached, lawful_consents, run_deal
from linepack.deals.outcomes import Outcomes, find_outcomes
from linepack.deals.published import published_findings
from linepack.deals.read import DealFile, load_case_file
from linepack.deals.shapley import shapley
from linepack.deals.sinking import SunkCost, sinking
from linepack.errors import InputError
from linepack.policy.law import load_law
from linepack.runs.store import RunStore
from linepack.scenario.patches import AssetPatch, Span
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import AssetState
from tests.builders import Rows, delivery, demand, gas_system, market, merged, supply

NONE: frozenset[str] = frozenset()
LINE = frozenset({"line"})


def line_system(**more: Rows) -> GasSystem:
    """Return AA with p = 50 - 0.5 q, S at 30 without limit, and R at 10 behind a closed line of 20 GWh/d.

    Without the line AA takes 40 at 30; with it R sells 20 of the 40, still at 30, and earns 20 x 20 a day.
    """
    return gas_system(merged(
        market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)}, supply("S", cost=30), delivery("S", "AA"),
        supply("R", cost=10), delivery("R", "AA", capacity_gwh_d=20, state="closed"), more,
    ))  # fmt: skip


BASE = Scenario("base", "Base", "", "test", "2025-04", 1, "values")
OPENS = AssetPatch("line opens", "test", ("R-AA",), {}, Span(), AssetState.OPEN)


def line_deal(*players: DealPlayer) -> Deal:
    """Return a deal on the line: R offers, G permits, H has no say."""
    chosen = players or (DealPlayer("R", "R", (Share("company", "R", 1.0),)), DealPlayer("G", "G", ()),
                         DealPlayer("H", "H", (Share("consumers", "XX", 0.5),)))  # fmt: skip
    return Deal(
        "line", "A line", "", chosen,
        (Decision("offer", "R", ("no", "yes"), "no", "no"), Decision("permit", "G", ("no", "yes"), "no", "no")),
        (Effect("line", all_of(Chosen("offer", ("yes",)), Chosen("permit", ("yes",))), (OPENS,)),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """Where the runs of this module are kept."""
    return RunStore(tmp_path_factory.mktemp("deals"))


@pytest.fixture(scope="module")
def line(store: RunStore) -> tuple[MarketRuns, Outcomes]:
    """The runs of the line and its outcomes."""
    runs = run_deal(line_deal(), BASE, line_system(), store)
    return runs, find_outcomes(runs.deal, runs.accounts.__getitem__)


def test_payoffs_are_accounts_of_runs(line: tuple[MarketRuns, Outcomes]) -> None:
    """R gains 20 x 20,000 EUR on each of 30 days, 0.012 bn, if both say yes; the price stands, so H gains nil."""
    _, outcomes = line
    gains = {tuple(outcomes.choices(p).values()): outcomes.gains_eur_bn[p] for p in range(4)}
    assert gains["yes", "yes"] == pytest.approx([0.012, 0, 0], abs=1e-7)
    assert gains["yes", "no"] == pytest.approx([0, 0, 0])


def test_four_combinations_need_two_runs(line: tuple[MarketRuns, Outcomes], store: RunStore) -> None:
    """Runs are made by effect; a second call finds both in the store."""
    runs, _ = line
    assert set(runs.runs) == {NONE, LINE}
    again = run_deal(line_deal(), BASE, line_system(), store)
    assert again.kept == 2
    assert {key: found.digest for key, found in again.runs.items()} == {k: r.digest for k, r in runs.runs.items()}


def test_two_vetoes_share_equally(line: tuple[MarketRuns, Outcomes]) -> None:
    """R and G are both needed for 0.012: half each by symmetry; H, whose accounts do not move, adds nothing."""
    game = coalition_values(line[1]).game
    assert shapley(game) == pytest.approx([0.006, 0.006, 0], abs=1e-7)
    assert "H" in dummy_players(game, tolerance=1e-5)


def test_hold_up_after_a_cost_is_sunk(line: tuple[MarketRuns, Outcomes]) -> None:
    """R must spend 0.004 on a line worth 0.012. Before: R and G share 0.008. After: they share 0.012, R is out 0.004.

    A cost above the worth is never spent if the bargain comes first, and is lost in part if it comes after.
    """
    found = sinking(line[1], [SunkCost("line", "R", 0.004, "repair")]).by_concept["Shapley value"]
    assert found.before == pytest.approx([0.004, 0.004, 0], abs=1e-7)
    assert found.after == pytest.approx([0.002, 0.006, 0], abs=1e-7)
    dear = sinking(line[1], [SunkCost("line", "R", 0.02, "repair")]).by_concept["nucleolus"]
    assert dear.before == pytest.approx([0, 0, 0], abs=1e-7)
    assert dear.after == pytest.approx([0.006 - 0.02, 0.006, 0], abs=1e-7)


def test_what_is_not_at_the_table(line: tuple[MarketRuns, Outcomes]) -> None:
    """All accounts change by welfare: R's 0.012. R takes all of it, so nobody else's accounts change."""
    assert line[0].others_eur_bn(LINE) == pytest.approx(0, abs=1e-7)
    assert line[0].others_eur_bn(NONE) == 0


def test_targets_read_figures_and_flows(line: tuple[MarketRuns, Outcomes]) -> None:
    """The line carries 20 GWh/d, 7.3 TWh a year, in one outcome only."""
    runs, outcomes = line
    assert is_reached(runs, outcomes, "flow_twh_y:R-AA>=7.29").tolist() == [key == LINE for key in outcomes.effects]
    assert not is_reached(runs, outcomes, "flow_twh_y:R-AA>7.31").any()
    with pytest.raises(InputError, match="no figure"):
        is_reached(runs, outcomes, "ttf_eur<3")
    with pytest.raises(InputError, match="no target"):
        is_reached(runs, outcomes, "cheap gas")


def test_actors_take_what_the_table_says(store: RunStore) -> None:
    """Half of R's profit by the table; 'without' takes another actor's part out again."""
    rows = [{"actor": "STATE", "account": "company", "holder": "R", "share": 0.5},
            {"actor": "FUND", "account": "company", "holder": "R", "share": 0.125}]  # fmt: skip
    players = (DealPlayer("R", "R", (), actor="STATE", without=("FUND",)), DealPlayer("G", "G", ()))
    runs = run_deal(line_deal(*players), BASE, line_system(payoff_shares=rows), store)
    gains = find_outcomes(runs.deal, runs.accounts.__getitem__).gains_eur_bn
    assert gains.max() == pytest.approx(0.375 * 0.012, abs=1e-7)


@pytest.mark.parametrize(
    ("share", "code"),
    [
        (Share("companys", "R", 1.0), "unknown-account"),
        (Share("company", "RR", 1.0), "unknown-holder"),
        (Share("company", "R", 1.5), "claimed-twice"),
        (Share("markup", "R", 1.0), "unknown-account"),
    ],
)
def test_bad_shares_are_refused(store: RunStore, share: Share, code: str) -> None:
    """Unknown names have the nearest known one; nobody takes more than all; a part of an account is not paid again."""
    deal = line_deal(DealPlayer("R", "R", (share,)), DealPlayer("G", "G", ()))
    with pytest.raises(InputError) as caught:
        run_deal(deal, BASE, line_system(), store)
    assert caught.value.issue.code == code


def test_an_unknown_actor_is_refused(store: RunStore) -> None:
    """An actor without rows in payoff_shares is an error, not nil."""
    deal = line_deal(DealPlayer("R", "R", (), actor="RUSSIA"), DealPlayer("G", "G", ()))
    with pytest.raises(InputError, match="no actor"):
        run_deal(deal, BASE, line_system(), store)


def market_deals() -> list[str]:
    """Return the deals on market runs that come with linepack."""
    folder = Path(__file__).parents[2] / "src" / "linepack" / "cases"
    return [f"{path.parent.parent.name}/{path.stem}" for path in sorted(folder.glob("*/deals/*.yaml"))]


@pytest.mark.parametrize("name", market_deals())
def test_shipped_deals_read_and_need_few_runs(name: str, facts: GasSystem) -> None:
    """Each file is a deal on market runs whose actors are known and whose scenarios apply to the dataset."""
    from linepack.deals.market import with_shares
    from linepack.deals.outcomes import reachable_effects
    from linepack.scenario.scenario import apply_scenario

    loaded = load_case_file(name)
    assert isinstance(loaded, DealFile)
    assert loaded.market is not None
    deal = with_shares(loaded.deal, facts)
    keys = reachable_effects(deal)
    assert len(keys) <= 16
    for key in keys:
        apply_scenario(facts, deal.scenario(loaded.market.scenario, key))
    for variant in loaded.market.variants:
        apply_scenario(facts, loaded.market.in_world(variant.name))


def test_the_law_asks_the_players_of_the_deal() -> None:
    """On 14 March 2025 string B needs Germany, the US, the owner's court and creditors, seller and buyer.

    So the players whose decisions the deal makes a condition of the string are those that the law asks.
    """
    loaded = load_case_file("us-gazprom-2025")
    assert isinstance(loaded, DealFile)
    query = ConsentQuery("ns2-b", "NS2_B", date(2025, 3, 14))
    found = lawful_consents(loaded.deal, [query], load_law())[0]
    assert not found.is_open
    assert found.players == (("CREDITORS", "DE", "EU", "RU", "US"),)
    assert found.unplayed == ()
    effect = next(effect for effect in loaded.deal.effects if effect.name == "ns2-b")
    holders = {d.holder for d in loaded.deal.decisions if d.name in effect.when.decisions()}
    assert holders == set(found.players[0])
    fewer = replace(loaded.deal, players=tuple(replace(p, bodies=()) for p in loaded.deal.players))
    assert "US_OFAC" in lawful_consents(fewer, [query], load_law())[0].unplayed


@pytest.mark.full
def test_the_deal_of_march_2025(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """512 combinations need 16 runs; the US loses by the string and blocks it, and the gainers can pay."""
    assert run(["deal", "us-gazprom-2025", "--json", "--workspace", str(tmp_path)]) == 0
    content = json.loads(capsys.readouterr().out)
    assert (content["combinations"], content["distinct_effects"]) == (512, 16)
    outcome = next(item for item in content["outcomes"] if item["effect"] == "ns2-b")
    assert outcome["must_agree"] == [["CREDITORS", "DE", "EU", "RU", "US"]]
    assert [b["player"] for b in outcome["blockers"]] == ["US"]
    assert outcome["can_be_unblocked"]
    assert content["market"]["consents_of_the_law"][0]["least_sets_of_players"] == outcome["must_agree"]
    assert run(["deal", "us-gazprom-2025", "--workspace", str(tmp_path)]) == 0
    assert "16 kept from before" in capsys.readouterr().out


@pytest.mark.full
@pytest.mark.parametrize(("case", "holding"), [("us-gazprom-2025", 10), ("bypass-2009", 11)])
def test_published_findings(facts: GasSystem, store: RunStore, case: str, holding: int) -> None:
    """Signs and rankings of published studies that hold on the network of 2025 and in its state of about 2009.

    Those that do not hold are told apart; South Stream is a route in the second only, so it has one more to hold.
    """
    def runs_of(name: str) -> MarketRuns:
        loaded = load_case_file(name)
        assert isinstance(loaded, DealFile)
        assert loaded.market is not None
        return run_deal(loaded.deal, loaded.market.scenario, facts, store)

    routes = runs_of(f"{case}/routes")
    outcomes = find_outcomes(routes.deal, routes.accounts.__getitem__)
    found = {f.claim: f.holds for f in published_findings(outcomes, routes, runs_of("us-gazprom-2025/south-east"))}
    assert [claim for claim, holds in found.items() if holds is False] == [
        "under the nucleolus the line hardly matters",
        "Central, Eastern and Southern Europe lose",
    ]
    assert sum(bool(holds) for holds in found.values()) == holding
    assert np.isfinite(outcomes.payoffs_eur_bn).all()


def test_effects_without_patches_share_a_run(store: RunStore) -> None:
    """A truce that moves no gas is an outcome of its own and no run of its own."""
    deal = line_deal()
    truce = Effect("truce", Chosen("permit", ("yes",)), ())
    runs = run_deal(replace(deal, effects=(*deal.effects, truce)), BASE, line_system(), store)
    assert set(runs.runs) == {NONE, LINE | {"truce"}, frozenset({"truce"})}
    assert runs.runs[NONE].digest == runs.runs[frozenset({"truce"})].digest
    assert len({run.digest for run in runs.runs.values()}) == 2


def test_what_is_inside_a_player_adds_up(store: RunStore) -> None:
    """R and G share R's 0.012 as companies; G's consumers, whose price stands, gain nil; the parts are the whole."""
    players = (DealPlayer("R", "R", (Share("company", "R", 0.5),)),
               DealPlayer("G", "G", (Share("company", "R", 0.5), Share("consumers", "XX", 1.0))))  # fmt: skip
    runs = run_deal(line_deal(*players), BASE, line_system(), store)
    inside = runs.inside_eur_bn(LINE).set_index(["player", "purse"])["change_eur_bn"]
    assert inside["R", "company"] == pytest.approx(0.006, abs=1e-7)
    assert inside["G", "company"] == pytest.approx(0.006, abs=1e-7)
    assert inside["G", "consumers"] == pytest.approx(0, abs=1e-7)
    outcomes = find_outcomes(runs.deal, runs.accounts.__getitem__)
    position = next(k for k, e in enumerate(outcomes.effect_of) if outcomes.effects[e] == LINE)
    whole = inside.groupby("player").sum()[["R", "G"]].to_numpy()
    assert whole == pytest.approx(outcomes.gains_eur_bn[position], abs=1e-9)


@pytest.mark.full
def test_a_us_owner_of_the_line_is_at_odds_with_us_sellers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The US loses by the string as a seller of LNG; as owner of the line it gains more than that."""
    assert run(["deal", "us-gazprom-2025/ns2-us", "--json", "--workspace", str(tmp_path)]) == 0
    effects = {e["effect"]: e for e in json.loads(capsys.readouterr().out)["market"]["effects"]}
    parts = {p["purse"]: p["change_eur_bn"] for p in effects["ns2-b+us-owner"]["inside_players_eur_bn"]
             if p["player"] == "US"}  # fmt: skip
    assert parts["company"] < 0 < parts["network"]


def test_linking_makes_a_bargain_that_no_part_makes() -> None:
    """Minerals cost Ukraine 2 and bring the United States 3; aid costs it 1 and is worth 4: neither goes alone.

    Linked, both gain 2. Russia's truce, worth nothing to it here, is not bought by either.
    """
    loaded = load_case_file("us-gazprom-2025/truce-minerals")
    assert isinstance(loaded, DealFile)
    worth = {"US share of the minerals": 3, "minerals that Ukraine gives": -2, "cost of aid": -1, "worth of aid": 4}
    terms = tuple(replace(term, eur_bn=worth.get(term.name, 0)) for term in loaded.deal.terms)
    deal = replace(loaded.deal, players=tuple(replace(p, actor="", takes=()) for p in loaded.deal.players), terms=terms)
    outcomes = find_outcomes(deal, lambda _: TabledAccounts({}, "no gas"))
    chosen = {tuple(outcomes.choices(p)[name] for name in ("minerals", "aid")): outcomes.gains_eur_bn[p][:3]
              for p in range(len(outcomes.gains_eur_bn))}  # fmt: skip
    assert chosen["share", "no"] == pytest.approx([3, -2, 0])
    assert chosen["no", "yes"] == pytest.approx([-1, 4, 0])
    assert chosen["share", "yes"] == pytest.approx([2, 2, 0])
    assert shapley(coalition_values(outcomes).game) == pytest.approx([2, 2, 0, 0])
