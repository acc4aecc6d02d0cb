"""One table of a deal across what turns its answer: solution concept, what outsiders do, and outside options.

What outsiders do stands for the access regime: if they keep their defaults, their lines and markets stay open to the
others on the terms of today (regulated access); if they are inactive, a coalition has only what it controls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linepack.deals.bands import concepts
from linepack.deals.deal import Outsiders
from linepack.deals.outcomes import Outcomes

BASE = "base"
ACCESS = {
    Outsiders.KEEP_DEFAULTS: "outsiders' lines and markets stay open on today's terms",
    Outsiders.BEST_RESPONSE: "outsiders answer as suits them",
    Outsiders.INACTIVE: "a coalition has only what it controls",
}
NEAR_EUR_BN = 1e-6


@dataclass(frozen=True)
class WorldRow:
    """Payoffs of the players in one world, under one rule and one concept, in EUR bn."""

    world: str
    outsiders: Outsiders
    concept: str
    payoffs_eur_bn: Mapping[str, float]

    @property
    def total_eur_bn(self) -> float:
        """What there is to share."""
        return sum(self.payoffs_eur_bn.values())


@dataclass(frozen=True)
class Spread:
    """Least and most of a player over all rows, and whether all have one sign."""

    player: str
    least_eur_bn: float
    most_eur_bn: float

    @property
    def has_one_sign(self) -> bool:
        """True if no two rows disagree on gain or loss; nil agrees with both."""
        return self.least_eur_bn >= -NEAR_EUR_BN or self.most_eur_bn <= NEAR_EUR_BN


def world_rows(worlds: Mapping[str, Outcomes], rules: Sequence[Outsiders] = tuple(Outsiders)) -> tuple[WorldRow, ...]:
    """Return a row per world, rule and concept, in this order."""
    rows = []
    for world, outcomes in worlds.items():
        names = [player.name for player in outcomes.deal.players if player.sells_veto]
        for rule in rules:
            for concept, payoffs in concepts(outcomes, rule).items():
                rows.append(WorldRow(world, rule, concept, dict(zip(names, payoffs.tolist(), strict=True))))
    return tuple(rows)


def spreads(rows: Sequence[WorldRow]) -> tuple[Spread, ...]:
    """Return the spread of each player, and last that of the total, named 'all'."""
    names = list(dict.fromkeys(name for row in rows for name in row.payoffs_eur_bn))
    found = []
    for name in names:
        amounts = np.array([row.payoffs_eur_bn[name] for row in rows])
        found.append(Spread(name, float(amounts.min()), float(amounts.max())))
    totals = np.array([row.total_eur_bn for row in rows])
    return (*found, Spread("all", float(totals.min()), float(totals.max())))
