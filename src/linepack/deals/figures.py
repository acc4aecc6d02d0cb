"""One printable figure per question of a deal, its band and its assumptions beside it, as plain JSON types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from linepack.deals.analysis import NASH, NUCLEOLUS, SHAPLEY, DealAnalysis
from linepack.deals.bands import DealBands
from linepack.deals.content import by_player
from linepack.deals.deal import EffectKey, effect_text
from linepack.deals.game import FloatArray
from linepack.deals.worlds import ACCESS, Spread, WorldRow

CONCEPTS = f"band over {SHAPLEY}, {NUCLEOLUS} and {NASH} and over what outsiders do"
DRAWN = "{count} draws: {meaning}"
NO_DRAWS = "no band over conduct and elasticities: --draws N gives one"
LEAST = "least payments: to each blocker the larger of its loss and of what it gains by refusing"
KEYS = {SHAPLEY: "shapley", NUCLEOLUS: "nucleolus", NASH: "nash"}


def pair(ends: FloatArray) -> list[float | None]:
    """Return the two ends of a band, rounded to 1e-9, never minus zero; None where a figure does not exist."""
    return [None if np.isnan(end) else round(float(end), 9) + 0.0 for end in ends]


def headline_figures(
    analysis: DealAnalysis, bands: DealBands | None, *, meaning: str, unit: str,
    ttf_eur_mwh: Mapping[EffectKey, float] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return question, figure, unit, band, band_over_draws and assumptions; ``meaning`` says what was drawn.

    Questions: what there is to share, what each player gets if all agree, and for each outcome what each player gains,
    what it takes to have it agreed, and by how much TTF moves (``ttf_eur_mwh`` by effect; NaN where there is no TTF).
    """
    rule = next(iter(analysis.games))
    game = analysis.games[rule][1]
    drawn = DRAWN.format(count=bands.draws, meaning=meaning) if bands else NO_DRAWS
    terms = _terms(analysis)
    found = [
        _figure("What is there to share if all agree?", game.game.total, unit,
                [other.game.total for _, other in analysis.games.values()],
                None if bands is None else bands.totals[rule], drawn, [f"outsiders: {rule}", *terms])
    ]  # fmt: skip
    for k, name in enumerate(game.game.players):
        concepts = [float(payoffs[k]) for _, other in analysis.games.values() for payoffs in other.payoffs.values()]
        ends = None if bands is None else bands.games[rule][SHAPLEY][:, k]
        found.append(_figure(f"What does {name} get if all agree?", float(game.shapley[k]), unit, concepts, ends, drawn,
                             [f"{SHAPLEY}; {CONCEPTS}", f"outsiders: {rule}, {ACCESS[rule]}", *terms]))  # fmt: skip
    for k, review in enumerate(analysis.reviews):
        effect = effect_text(analysis.outcomes.effects[analysis.outcomes.effect_of[review.profile]])
        if not analysis.outcomes.changes(review.profile):
            continue
        for i, name in enumerate(analysis.outcomes.deal.names):
            ends = None if bands is None else bands.gains_eur_bn[k][:, i]
            found.append(_figure(f"What does {name} gain by {effect}, without payments?",
                                 float(review.gains_eur_bn[i]), unit, [], ends, drawn, ["against the default", *terms]))
        ends = None if bands is None else bands.payments_eur_bn[:, k]
        found.append(_figure(f"What must be paid so that nobody needed blocks {effect}?",
                             review.unblocking.payments_eur_bn, unit, [], ends, drawn, [LEAST, *terms]))  # fmt: skip
        key = analysis.outcomes.effects[analysis.outcomes.effect_of[review.profile]]
        if ttf_eur_mwh is not None and not np.isnan(ttf_eur_mwh[key]):
            start = analysis.outcomes.effects[analysis.outcomes.effect_of[analysis.outcomes.default]]
            ends = None if bands is None else bands.ttf_change_eur_mwh[:, k]
            moved = ttf_eur_mwh[key] - ttf_eur_mwh[start]
            found.append(_figure(f"By how much does TTF move with {effect}?", moved, "EUR/MWh, mean over the horizon",
                                 [], ends, drawn, ["against the default"]))  # fmt: skip
    return found


def _terms(analysis: DealAnalysis) -> list[str]:
    terms = analysis.outcomes.deal.terms
    if not any(term.eur_bn for term in terms):
        return ["gas accounts only: no value outside gas is set"]
    return [f"{term.name}: {term.eur_bn:g} for {term.player}, set by the user" for term in terms if term.eur_bn]


def _figure(
    question: str, figure: float, unit: str, others: Sequence[float], ends: FloatArray | None, drawn: str,
    assumptions: list[str],
) -> dict[str, Any]:  # fmt: skip
    """``band`` spans everything that is known: other concepts and rules, and the draws."""
    known = [figure, *others, *([] if ends is None else ends.tolist())]
    has_band = len(known) > 1
    return {
        "question": question, "figure": round(figure, 9) + 0.0, "unit": unit,
        "band": pair(np.array([min(known), max(known)])) if has_band else None,
        "band_over_draws": None if ends is None else pair(ends),
        "has_one_sign": min(known) >= -1e-9 or max(known) <= 1e-9,
        "assumptions": [*assumptions, drawn],
    }  # fmt: skip


def bands_content(analysis: DealAnalysis, bands: DealBands, meaning: str) -> dict[str, Any]:
    """Return the bands as plain JSON: by outcome, and by outsider rule and concept."""
    names = analysis.outcomes.deal.names
    outcomes = []
    for k, review in enumerate(analysis.reviews):
        effect = effect_text(analysis.outcomes.effects[analysis.outcomes.effect_of[review.profile]])
        gains, share = bands.gains_eur_bn[k], bands.gaining[k]
        outcomes.append({
            "effect": effect,
            "gains_eur_bn": {name: pair(gains[:, i]) for i, name in enumerate(names)},
            "share_of_draws_with_gain": {name: round(float(share[i]), 9) for i, name in enumerate(names)},
            "payments_eur_bn": pair(bands.payments_eur_bn[:, k]),
            "ttf_change_eur_mwh": pair(bands.ttf_change_eur_mwh[:, k]),
        })  # fmt: skip
    games = {}
    for rule, by_concept in bands.games.items():
        players = analysis.games[rule][1].game.players
        games[str(rule)] = {
            "total": pair(bands.totals[rule]),
            **{KEYS[concept]: {name: pair(ends[:, i]) for i, name in enumerate(players)}
               for concept, ends in by_concept.items()},
        }  # fmt: skip
    return {"meaning": DRAWN.format(count=bands.draws, meaning=meaning), "draws": bands.draws,
            "draws_asked": bands.asked, "outcomes": outcomes, "games": games}  # fmt: skip


def with_draw_bands(content: dict[str, Any], bands: dict[str, Any]) -> dict[str, Any]:
    """Return a deal's content with the band over draws beside each figure of its games and each gain."""
    outcomes = [{**old, "gains_band_eur_bn": new["gains_eur_bn"], "payments_band_eur_bn": new["payments_eur_bn"]}
                for old, new in zip(content["outcomes"], bands["outcomes"], strict=True)]  # fmt: skip
    games = {}
    for rule, game in content["games"].items():
        ends = bands["games"][rule]["shapley"]
        games[rule] = {**game, "figures": [
            {**figure, "band_over_draws": ends[name], "assumptions": f"{figure['assumptions']}; {bands['meaning']}"}
            for figure, name in zip(game["figures"], game["players"], strict=True)
        ]}  # fmt: skip
    return {**content, "outcomes": outcomes, "games": games, "bands": bands}


def worlds_content(rows: Sequence[WorldRow], found: Sequence[Spread], why: dict[str, str]) -> dict[str, Any]:
    """Return the table across worlds as plain JSON, and what each player has at least and at most."""
    return {
        "worlds": why,
        "access": {str(rule): ACCESS[rule] for rule in dict.fromkeys(row.outsiders for row in rows)},
        "rows": [{"world": row.world, "outsiders": str(row.outsiders), "concept": row.concept,
                  "payoffs_eur_bn": by_player(tuple(row.payoffs_eur_bn), np.array(list(row.payoffs_eur_bn.values()))),
                  "total_eur_bn": round(row.total_eur_bn, 9) + 0.0} for row in rows],
        "spread": {s.player: {"least_eur_bn": round(s.least_eur_bn, 9) + 0.0,
                              "most_eur_bn": round(s.most_eur_bn, 9) + 0.0, "has_one_sign": s.has_one_sign}
                   for s in found},
    }  # fmt: skip

