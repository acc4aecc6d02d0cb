"""Everything that is reported about a game or a deal, under every solution concept and outsider rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linepack.deals.bargaining import NashSplit, StabilisingPayments, nash_outcome, nash_split, stabilising_payments
from linepack.deals.blocking import Equilibria, Unblocking, equilibria, unblocking
from linepack.deals.coalitions import CoalitionValues, coalition_values
from linepack.deals.core import (
    LeastCore,
    Nucleolus,
    Objection,
    core_ranges,
    least_core,
    nucleolus,
    objections,
    unbalanced_levels,
)
from linepack.deals.deal import Outsiders
from linepack.deals.game import (
    FloatArray,
    Game,
    SuperadditivityFailure,
    dummy_players,
    superadditivity_failures,
    veto_players,
)
from linepack.deals.outcomes import Outcomes, consent_sets, pareto_set
from linepack.deals.shapley import shapley
from linepack.errors import InputError, NotCertified

SHAPLEY, NUCLEOLUS, NASH = "Shapley value", "nucleolus", "Nash split"


@dataclass(frozen=True, eq=False)
class Review:
    """A way to share out the total: who objects, and the least payments that end the objections."""

    name: str
    payoffs: FloatArray
    objections: tuple[Objection, ...]
    payments: StabilisingPayments


@dataclass(frozen=True, eq=False)
class GameAnalysis:
    """A game under every solution concept. ``core`` holds the least and most of each player; None: it is empty."""

    game: Game
    shapley: FloatArray
    nucleolus: Nucleolus
    nash: NashSplit
    least_core: LeastCore
    core: tuple[FloatArray, FloatArray] | None
    vetoes: tuple[str, ...]
    dummies: tuple[str, ...]
    failures: tuple[SuperadditivityFailure, ...]
    reviews: tuple[Review, ...]

    @property
    def payoffs(self) -> dict[str, FloatArray]:
        """Payoffs by solution concept."""
        return {SHAPLEY: self.shapley, NUCLEOLUS: self.nucleolus.payoffs, NASH: self.nash.payoffs}

    @property
    def contributions(self) -> FloatArray:
        """What the grand coalition would lose without each player: ``v(N) - v(N without i)``."""
        return self.game.total - self.game.values[self.game.everyone ^ (1 << np.arange(self.game.size))]

    @property
    def band(self) -> tuple[FloatArray, FloatArray]:
        """Least and most of each player over the solution concepts."""
        stacked = np.stack(list(self.payoffs.values()))
        return stacked.min(axis=0), stacked.max(axis=0)


@dataclass(frozen=True, eq=False)
class OutcomeReview:
    """One effect of a deal, reached with the fewest changed decisions: gains, consent and what unblocks it."""

    profile: int
    gains_eur_bn: FloatArray
    consents: tuple[frozenset[str], ...]
    unblocking: Unblocking


@dataclass(frozen=True, eq=False)
class DealAnalysis:
    """A deal: its outcomes, the game under each outsider rule, and what holds without an agreement.

    ``best_without_payments`` is the outcome with the largest Nash product among those nobody loses by, if there is one.
    """

    outcomes: Outcomes
    reviews: tuple[OutcomeReview, ...]
    games: Mapping[Outsiders, tuple[CoalitionValues, GameAnalysis]]
    pareto: tuple[int, ...]
    equilibria: Equilibria
    best_without_payments: int | None


@dataclass(frozen=True, eq=False)
class Change:
    """What one player gains from one game to another, by solution concept, and whether all agree on the sign."""

    player: str
    changes: Mapping[str, float]
    has_one_sign: bool


def analyse_game(game: Game, proposals: Mapping[str, FloatArray] | None = None) -> GameAnalysis:
    """Return a game under every solution concept.

    Nash's threat points are what players are worth alone; its surplus goes to those who add to some coalition.

    ``proposals`` are further ways to share out the total that are held against the coalitions. Errors:
    ``NotCertified`` if the nucleolus fails Kohlberg's criterion.
    """
    found = nucleolus(game)
    failed = unbalanced_levels(game, found.payoffs)
    if failed:
        raise NotCertified("nucleolus-not-certified", f"Kohlberg's criterion fails at {len(failed)} level(s) of excess",
                           hint="do values of very different size stand side by side?")  # fmt: skip
    dummies = dummy_players(game)
    value = shapley(game)
    nash = nash_split(game.total, game.alone, needs_of(game))
    reviews = [_review(game, name, payoffs) for name, payoffs in {**(proposals or {}), SHAPLEY: value}.items()]
    return GameAnalysis(game, value, found, nash, least_core(game), core_ranges(game), veto_players(game),
                        dummies, superadditivity_failures(game), tuple(reviews))  # fmt: skip


def needs_of(game: Game) -> FloatArray | None:
    """Return who shares in Nash's surplus: 1 for those who add to some coalition; None if nobody does, so all share."""
    dummies = dummy_players(game)
    needed = np.array([float(name not in dummies) for name in game.players])
    return needed if needed.any() else None


def analyse_deal(outcomes: Outcomes, rules: Sequence[Outsiders] = tuple(Outsiders)) -> DealAnalysis:
    """Return a deal under the outsider rules asked for."""
    games = {}
    for rule in rules:
        values = coalition_values(outcomes, rule)
        games[rule] = (values, analyse_game(values.game, _without_payments(outcomes, values)))
    reviews = tuple(_outcome_review(outcomes, effect) for effect in range(len(outcomes.effects)))
    threats = np.zeros(len(outcomes.deal.players))
    return DealAnalysis(outcomes, reviews, games, pareto_set(outcomes), equilibria(outcomes),
                        nash_outcome(outcomes.gains_eur_bn, threats))  # fmt: skip


def compare_games(before: GameAnalysis, after: GameAnalysis) -> tuple[Change, ...]:
    """Return what each player of both games gains from the first to the second, by solution concept."""
    shared = [name for name in before.game.players if name in after.game.players]
    if not shared:
        raise InputError("no-shared-player", "the two games have no player in common", keys=after.game.players)
    found = []
    for name in shared:
        first, second = before.game.players.index(name), after.game.players.index(name)
        changes = {key: float(after.payoffs[key][second] - before.payoffs[key][first]) for key in before.payoffs}
        near = 1e-9 * max(before.game.scale, after.game.scale)
        signs = {0 if abs(change) <= near else 1 if change > 0 else -1 for change in changes.values()}
        found.append(Change(name, changes, len(signs) == 1))
    return tuple(found)


def _without_payments(outcomes: Outcomes, values: CoalitionValues) -> dict[str, FloatArray]:
    gains = outcomes.gains_eur_bn[values.profile_of[-1]]
    if values.rule is Outsiders.INACTIVE:
        gains = gains - outcomes.gains_eur_bn[values.profile_of[0]]
    return {"no payments": np.array([gains[outcomes.deal.names.index(name)] for name in values.game.players])}


def _review(game: Game, name: str, payoffs: FloatArray) -> Review:
    return Review(name, payoffs, objections(game, payoffs), stabilising_payments(game, payoffs))


def _outcome_review(outcomes: Outcomes, effect: int) -> OutcomeReview:
    """Of the combinations with an effect, the one with the fewest changes; of these, the cheapest to unblock."""
    same = np.flatnonzero(outcomes.effect_of == effect)
    counts = [len(outcomes.changes(int(p))) for p in same]
    fewest = [int(p) for p, count in zip(same, counts, strict=True) if count == min(counts)]
    ways = [unblocking(outcomes, p) for p in fewest]
    way = min(ways, key=lambda w: (not w.is_possible, w.payments_eur_bn, w.profile))
    return OutcomeReview(
        way.profile, outcomes.gains_eur_bn[way.profile], tuple(consent_sets(outcomes, way.profile)), way
    )
