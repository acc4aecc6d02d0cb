"""Hold-up in a deal: what each player gets if the bargain comes before a cost is sunk, and if it comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linepack.deals.bargaining import HoldUp
from linepack.deals.coalitions import coalition_values
from linepack.deals.core import nucleolus
from linepack.deals.deal import Outsiders
from linepack.deals.game import FloatArray, Game
from linepack.deals.outcomes import Outcomes
from linepack.deals.shapley import shapley


@dataclass(frozen=True)
class SunkCost:
    """What a player must spend before an effect can come about, in EUR bn."""

    effect: str
    player: str
    eur_bn: float
    why: str


@dataclass(frozen=True, eq=False)
class Sinking:
    """Payoffs before and after the costs are sunk, by solution concept; players of the money game in order."""

    players: tuple[str, ...]
    costs: tuple[SunkCost, ...]
    by_concept: dict[str, HoldUp]


def sinking(outcomes: Outcomes, costs: Sequence[SunkCost]) -> Sinking:
    """Return hold-up under the Shapley value and the nucleolus, outsiders keeping their defaults.

    Before: a coalition pays the costs only if it brings the effects about. After: they are paid, no longer count in the
    bargain, and who paid them bears them.
    """
    spent = np.zeros_like(outcomes.payoffs_eur_bn)
    borne = np.zeros(len(outcomes.deal.players))
    for cost in costs:
        has_effect = np.array([cost.effect in key for key in outcomes.effects])[outcomes.effect_of]
        k = outcomes.deal.names.index(cost.player)
        spent[has_effect, k] += cost.eur_bn
        borne[k] += cost.eur_bn
    before = coalition_values(replace(outcomes, payoffs_eur_bn=outcomes.payoffs_eur_bn - spent), RULE).game
    after = coalition_values(outcomes, RULE).game
    own = np.array([borne[outcomes.deal.names.index(name)] for name in after.players])
    found = {name: HoldUp(rule(before), rule(after) - own)
             for name, rule in (("Shapley value", shapley), ("nucleolus", _nucleolus))}  # fmt: skip
    return Sinking(after.players, tuple(costs), found)


RULE = Outsiders.KEEP_DEFAULTS


def _nucleolus(game: Game) -> FloatArray:
    return nucleolus(game).payoffs
