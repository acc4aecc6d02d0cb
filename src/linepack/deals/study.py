"""Everything that is asked of a game or a deal at once: payoffs, bands, worlds, least decisions, published findings."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linepack.deals.analysis import Change, DealAnalysis, GameAnalysis, analyse_deal, analyse_game, compare_games
from linepack.deals.bands import DealBands, DealDraws, deal_bands, draw_deal
from linepack.deals.conditions import BoolArray
from linepack.deals.deal import Outsiders, outsiders_named
from linepack.deals.game import Game, without_sale
from linepack.deals.market import LawfulConsent, MarketRuns, is_reached, lawful_consents, run_deal
from linepack.deals.outcomes import Outcomes, find_outcomes, least_decisions
from linepack.deals.published import Finding, published_findings
from linepack.deals.read import DealFile, GameFile, load_case_file
from linepack.deals.sinking import Sinking, sinking
from linepack.deals.worlds import BASE, Spread, WorldRow, spreads, world_rows
from linepack.ensemble.bands import draw_patches, latin_hypercube
from linepack.errors import InputError
from linepack.policy.law import load_law
from linepack.results.solution import SolveSettings
from linepack.runs.runner import Progress
from linepack.runs.store import RunStore
from linepack.scenario.scenario import Scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem

STRESS = "us-gazprom-2025/south-east"
"""The deal whose runs have TurkStream's second string closed, and the same gas by sea or through Ukraine."""

DRAWS = "deal-draws"
"""Where draws are kept, beside the runs."""


@dataclass(frozen=True)
class Solving:
    """How and where the runs of a deal are solved; facts are those of its dataset unless given."""

    store: RunStore
    settings: SolveSettings
    workers: int
    system: GasSystem | None = None
    on_progress: Callable[[Progress], None] | None = None

    def _facts(self, base: Scenario) -> GasSystem:
        return load_dataset(base.dataset) if self.system is None else self.system

    def runs(self, loaded: DealFile, variant: str | None) -> MarketRuns:
        """Return the runs of a deal, one per effect; what is in the store is not solved again."""
        assert loaded.market is not None
        base = loaded.market.in_world(variant)
        return run_deal(loaded.deal, base, self._facts(base), self.store, settings=self.settings, workers=self.workers,
                        on_progress=self.on_progress)  # fmt: skip

    def draws(self, loaded: DealFile, count: int, variant: str | None) -> DealDraws:
        """Return a deal's outcomes under joint draws of conduct, elasticities, LNG supply and wedges."""
        assert loaded.market is not None
        base = loaded.market.in_world(variant)
        facts = self._facts(base)
        worlds = [draw_patches(facts, draw) for draw in latin_hypercube(count)]
        return draw_deal(loaded.deal, base, facts, RunStore(self.store.root / DRAWS), worlds, settings=self.settings,
                         workers=self.workers, on_progress=self.on_progress)  # fmt: skip


@dataclass(frozen=True, eq=False)
class GameStudy:
    """A game under every solution concept, and what changes from another game."""

    file: GameFile
    analysis: GameAnalysis
    against: GameFile | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class LeastWays:
    """The least changes of decisions that bring something about, each as decision and choice."""

    what: str
    ways: tuple[Mapping[str, str], ...]
    profiles: int


@dataclass(frozen=True)
class Worlds:
    """One table across the worlds that a deal names, why each is there, and the spread by player."""

    rows: tuple[WorldRow, ...]
    spreads: tuple[Spread, ...]
    why: dict[str, str]


@dataclass(frozen=True, eq=False)
class DealStudy:
    """A deal by outsider rule and concept; runs, bands, hold-up, consents and what else was asked for."""

    file: DealFile
    analysis: DealAnalysis
    outcomes: Outcomes
    runs: MarketRuns | None = None
    bands: DealBands | None = None
    held_up: Sinking | None = None
    lawful: tuple[LawfulConsent, ...] = ()
    reach: LeastWays | None = None
    target: LeastWays | None = None
    worlds: Worlds | None = None
    findings: tuple[Finding, ...] | None = None


def study_game(loaded: GameFile, against: str | None = None) -> GameStudy:
    """Return the study of a game. Errors: ``InputError`` if ``against`` is a deal."""
    game = _game(loaded)
    proposals = {} if loaded.proposal is None else {"proposal": game.payoffs_of(
        {name: amount for name, amount in loaded.proposal.items() if name in game.players})}  # fmt: skip
    analysis = analyse_game(game, proposals)
    if against is None:
        return GameStudy(loaded, analysis)
    other = load_case_file(against)
    if not isinstance(other, GameFile):
        raise InputError("not-a-game", f"'{against}' is a deal, not a game of coalition values", keys=[against],
                         hint="give --against a game")  # fmt: skip
    return GameStudy(loaded, analysis, other, compare_games(analyse_game(_game(other)), analysis))


def study_deal(
    loaded: DealFile, solving: Solving, *, rules: Sequence[str] = (), variant: str | None = None, draws: int = 0,
    reach: str | None = None, target: str | None = None, is_across: bool = False, is_published: bool = False,
) -> DealStudy:  # fmt: skip
    """Return the study of a deal.

    Errors: ``InputError`` for an unknown rule, effect, figure or world, and for what needs market runs; those of a
    solve.
    """
    chosen = tuple(outsiders_named(rule) for rule in rules) or tuple(Outsiders)
    if loaded.market is None:
        _need_runs(loaded, draws, target, is_published=is_published)
    runs = None if loaded.market is None else solving.runs(loaded, variant)
    outcomes = _outcomes(loaded, runs)
    drawn = solving.draws(loaded, draws, variant) if draws else None
    analysis = analyse_deal(outcomes, chosen)
    lawful: tuple[LawfulConsent, ...] = ()
    if runs is not None and loaded.market is not None and loaded.market.queries:
        lawful = lawful_consents(runs.deal, loaded.market.queries, load_law())
    return DealStudy(
        loaded, analysis, outcomes, runs, None if drawn is None else deal_bands(analysis, drawn),
        sinking(outcomes, loaded.sunk_costs) if loaded.sunk_costs else None, lawful,
        None if reach is None else _ways(outcomes, _has_effect(outcomes, reach), reach),
        None if target is None or runs is None else _ways(outcomes, is_reached(runs, outcomes, target), target),
        _across(loaded, chosen, solving) if is_across else None,
        published_findings(outcomes, runs, _stress(solving)) if is_published and runs is not None else None,
    )  # fmt: skip


def _game(loaded: GameFile) -> Game:
    return without_sale(loaded.game, loaded.stances) if loaded.stances else loaded.game


def _need_runs(loaded: DealFile, draws: int, target: str | None, *, is_published: bool) -> None:
    """Refuse what a deal without market runs cannot answer."""
    if draws:
        raise InputError("no-runs", "draws need a deal on market runs", hint="'base: CASE/SCENARIO' in the deal")
    if target is not None:
        raise InputError("no-runs", "a target needs a deal on market runs", hint="'base: CASE/SCENARIO' in the deal")
    if is_published:
        raise InputError("no-runs", "published findings need a deal on market runs", hint="us-gazprom-2025/routes")


def _outcomes(loaded: DealFile, runs: MarketRuns | None) -> Outcomes:
    if runs is not None:
        return find_outcomes(runs.deal, runs.accounts.__getitem__)
    assert loaded.accounts is not None
    return find_outcomes(loaded.deal, loaded.accounts)


def _across(loaded: DealFile, rules: tuple[Outsiders, ...], solving: Solving) -> Worlds:
    """Return the table across worlds: the base, and every variant of the deal."""
    why = {BASE: ""}
    if loaded.market is None:
        worlds = {BASE: _outcomes(loaded, None)}
    else:
        why |= {variant.name: variant.why for variant in loaded.market.variants}
        worlds = {name: _outcomes(loaded, solving.runs(loaded, None if name == BASE else name)) for name in why}
    rows = world_rows(worlds, rules)
    return Worlds(rows, spreads(rows), why)


def _stress(solving: Solving) -> MarketRuns:
    loaded = load_case_file(STRESS)
    assert isinstance(loaded, DealFile)
    return solving.runs(loaded, None)


def _has_effect(outcomes: Outcomes, effect: str) -> BoolArray:
    known = [item.name for item in outcomes.deal.effects]
    if effect not in known:
        near = difflib.get_close_matches(effect, known, 1, 0.4)
        raise InputError("unknown-effect", f"the deal has no effect '{effect}'", keys=[effect],
                         hint=f"did you mean '{near[0]}'?" if near else f"effects: {', '.join(known)}")  # fmt: skip
    return np.array([effect in key for key in outcomes.effects])


def _ways(outcomes: Outcomes, is_hit: BoolArray, what: str) -> LeastWays:
    ways = tuple(outcomes.changes(profile) for profile in least_decisions(outcomes, is_hit))
    return LeastWays(what, ways, len(outcomes.profiles))
