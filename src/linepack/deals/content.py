"""Analyses of games, deals and voting bodies as plain JSON types."""

from __future__ import annotations

from typing import Any

import numpy as np

from linepack.deals.analysis import NASH, NUCLEOLUS, SHAPLEY, DealAnalysis, GameAnalysis, OutcomeReview, Review
from linepack.deals.coalitions import CoalitionValues
from linepack.deals.deal import effect_text
from linepack.deals.game import FloatArray
from linepack.deals.outcomes import Outcomes, one_per_outcome
from linepack.deals.voting import Union, cheapest_majority, voting_power

CONTENT_SCHEMA = 1


def by_player(players: tuple[str, ...], amounts: FloatArray) -> dict[str, float]:
    """Return amounts by player, rounded to 1e-9, never minus zero."""
    return {name: round(float(amount), 9) + 0.0 for name, amount in zip(players, amounts, strict=True)}


def game_content(analysis: GameAnalysis) -> dict[str, Any]:
    """Return a game's analysis: values, payoffs by concept, stability, objections and payments."""
    game = analysis.game
    least, most = analysis.band
    return {
        "players": list(game.players),
        "total": game.total,
        "values": {game.name_of(mask): float(game.values[mask]) for mask in range(1, game.everyone + 1)},
        "alone": by_player(game.players, game.alone),
        "contribution": by_player(game.players, analysis.contributions),
        "shapley": by_player(game.players, analysis.shapley),
        "nucleolus": by_player(game.players, analysis.nucleolus.payoffs),
        "nucleolus_is_individually_rational": analysis.nucleolus.is_individually_rational,
        "nash": by_player(game.players, analysis.nash.payoffs),
        "nash_is_agreement": analysis.nash.is_agreement,
        "core": None if analysis.core is None else {
            name: [round(float(low), 9) + 0.0, round(float(high), 9) + 0.0]
            for name, low, high in zip(game.players, *analysis.core, strict=True)
        },
        "least_core_excess": analysis.least_core.excess,
        "veto_players": list(analysis.vetoes),
        "dummy_players": list(analysis.dummies),
        "superadditivity_failures": [{"first": f.first, "second": f.second, "loss": f.loss} for f in analysis.failures],
        "reviews": [_review_content(analysis, review) for review in analysis.reviews],
        "figures": [
            {"question": f"What does {name} get?", "figure": round(float(analysis.shapley[k]), 9) + 0.0,
             "band": [round(float(least[k]), 9) + 0.0, round(float(most[k]), 9) + 0.0],
             "assumptions": f"{SHAPLEY}; band over {SHAPLEY}, {NUCLEOLUS} and {NASH}"}
            for k, name in enumerate(game.players)
        ],
    }  # fmt: skip


def deal_content(analysis: DealAnalysis) -> dict[str, Any]:
    """Return a deal's analysis: outcomes, consents, blockers, equilibria and the game under each outsider rule."""
    outcomes = analysis.outcomes
    best = analysis.best_without_payments
    with_payments = one_per_outcome(outcomes, analysis.equilibria.with_payments)
    return {
        "players": list(outcomes.deal.names),
        "player_titles": {player.name: player.title for player in outcomes.deal.players},
        "effect_titles": {effect.name: effect.title or effect.name for effect in outcomes.deal.effects},
        "decision_holders": {decision.name: decision.holder for decision in outcomes.deal.decisions},
        "combinations": len(outcomes.profiles),
        "distinct_effects": len(outcomes.effects),
        "terms_set_by_user": [
            {"name": term.name, "player": term.player, "eur_bn": term.eur_bn, "why": term.why}
            for term in outcomes.deal.terms
        ],
        "outcomes": [_outcome_content(outcomes, review) for review in analysis.reviews],
        "pareto": [_choice(outcomes, p) for p in analysis.pareto],
        "equilibria": [_choice(outcomes, p) for p in one_per_outcome(outcomes, analysis.equilibria.without_payments)],
        "equilibria_with_payments": [_choice(outcomes, p) for p in with_payments],
        "best_without_payments": None if best is None else _choice(outcomes, best),
        "games": {rule: {**_values_content(outcomes, values), **game_content(game)}
                  for rule, (values, game) in analysis.games.items()},
    }  # fmt: skip


def union_content(union: Union) -> dict[str, Any]:
    """Return a union: rule, power of each member, and the cheapest majority if losses are stated."""
    body = union.body
    power = voting_power(body)
    content: dict[str, Any] = {
        "name": body.name,
        "quota": body.quota,
        "minimum_members": body.minimum_members,
        "blocking_members": body.blocking_members,
        "passing_coalitions": power.passing_coalitions,
        "can_block_alone": [name for name in body.members if body.blocks((name,))],
        "members": {
            name: {"weight": weight, "shapley_shubik": float(power.shapley_shubik[name]),
                   "banzhaf": float(power.banzhaf[name]), "banzhaf_normalised": float(power.banzhaf_normalised[name])}
            for name, weight in zip(body.members, body.weights, strict=True)
        },
    }  # fmt: skip
    if union.losses:
        majority = cheapest_majority(body, union.losses)
        content["cheapest_majority"] = {"members": list(majority.members), "payments": dict(majority.payments),
                                        "total": majority.total}  # fmt: skip
    return content


def _review_content(analysis: GameAnalysis, review: Review) -> dict[str, Any]:
    players, payments = analysis.game.players, review.payments
    return {
        "split": review.name,
        "payoffs": by_player(players, review.payoffs),
        "is_in_core": not review.objections,
        "objections": [{"coalition": o.coalition, "lack": o.lack} for o in review.objections],
        "least_payments": by_player(players, payments.transfers),
        "money_moved": payments.moved,
        "money_from_outside": payments.outside,
    }


def _choice(outcomes: Outcomes, profile: int) -> dict[str, Any]:
    return {
        "effect": effect_text(outcomes.effects[outcomes.effect_of[profile]]),
        "changed_decisions": outcomes.changes(profile),
        "gains_eur_bn": by_player(outcomes.deal.names, outcomes.gains_eur_bn[profile]),
    }


def _outcome_content(outcomes: Outcomes, review: OutcomeReview) -> dict[str, Any]:
    way = review.unblocking
    return {
        **_choice(outcomes, review.profile),
        "total_gain_eur_bn": round(float(review.gains_eur_bn.sum()), 9) + 0.0,
        "must_agree": [sorted(players) for players in review.consents],
        "blockers": [
            {"player": b.player, "loss_eur_bn": b.loss_eur_bn, "refusal_gain_eur_bn": b.refusal_gain_eur_bn,
             "least_payment_eur_bn": b.payment_eur_bn, "is_for_sale": b.is_for_sale}
            for b in way.blockers
        ],
        "payments_eur_bn": way.payments_eur_bn,
        "available_eur_bn": way.available_eur_bn,
        "contributions_eur_bn": dict(way.contributions_eur_bn),
        "can_be_unblocked": way.is_possible,
    }  # fmt: skip


def _values_content(outcomes: Outcomes, values: CoalitionValues) -> dict[str, Any]:
    game = values.game
    losing = np.flatnonzero(values.others_gain_eur_bn < -1e-9 * game.scale)
    return {
        "others_loss_eur_bn": {game.name_of(int(m)): -float(values.others_gain_eur_bn[m]) for m in losing},
        "without_equilibrium": list(values.without_equilibrium),
        "grand_coalition": _choice(outcomes, int(values.profile_of[-1])),
    }
