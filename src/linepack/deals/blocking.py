"""Who must agree to an outcome, who blocks it, what unblocks it, and which outcomes hold without an agreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linepack.deals.coalitions import best_replies
from linepack.deals.game import FloatArray, IntArray
from linepack.deals.outcomes import Outcomes


@dataclass(frozen=True)
class Blocker:
    """A player whose consent is needed and who loses by giving it.

    ``loss_eur_bn`` is against the default outcome; ``refusal_gain_eur_bn`` what it gains by refusing while the others
    go ahead. ``payment_eur_bn`` is the larger of the two: the least for which it agrees. ``is_for_sale`` is false for
    a player who does not sell its veto: no payment unblocks.
    """

    player: str
    loss_eur_bn: float
    refusal_gain_eur_bn: float
    payment_eur_bn: float
    is_for_sale: bool


@dataclass(frozen=True)
class Unblocking:
    """Who must agree to an outcome, who blocks, the least payments in all, and what the gainers could pay.

    ``contributions_eur_bn`` is one way to pay: each gainer in proportion to its gain.
    """

    profile: int
    needed: tuple[str, ...]
    blockers: tuple[Blocker, ...]
    payments_eur_bn: float
    available_eur_bn: float
    contributions_eur_bn: Mapping[str, float]

    @property
    def is_possible(self) -> bool:
        """Can the gainers pay what the blockers need, and is every veto in the way for sale?"""
        scale = max(abs(self.available_eur_bn), abs(self.payments_eur_bn), 1e-12)
        return (all(blocker.is_for_sale for blocker in self.blockers)
                and self.payments_eur_bn <= self.available_eur_bn + 1e-9 * scale)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Equilibria:
    """Combinations of decisions that hold by themselves, and those that hold with payments."""

    without_payments: tuple[int, ...]
    with_payments: tuple[int, ...]


def unblocking(outcomes: Outcomes, profile: int) -> Unblocking:
    """Return who must agree to a combination of decisions, who blocks it and the least payments that unblock it.

    Needed is every player with a changed decision. Each needs at least its payoff in the default outcome, and at least
    what it would get by its own best decision while the others go ahead.
    """
    deal, gains = outcomes.deal, outcomes.gains_eur_bn
    refusals = refusal_gains(outcomes)[profile]
    scale = float(np.abs(gains).max(initial=0.0)) or 1.0
    mask = int(outcomes.departing[profile])
    needed = tuple(name for k, name in enumerate(deal.names) if mask >> k & 1)
    blockers, spare = [], {}
    for k, player in enumerate(deal.players):
        gain = float(gains[profile, k])
        want = max(-gain, float(refusals[k])) if player.name in needed else 0.0
        if want > 1e-9 * scale:
            blockers.append(Blocker(player.name, max(-gain, 0.0), float(refusals[k]), want, player.sells_veto))
        elif player.sells_veto and gain > 1e-9 * scale:
            spare[player.name] = gain - (float(refusals[k]) if player.name in needed else 0.0)
    payments, available = sum(blocker.payment_eur_bn for blocker in blockers), sum(spare.values())
    share = min(payments / available, 1.0) if available > 0 else 0.0
    return Unblocking(profile, needed, tuple(blockers), payments, available,
                      {name: amount * share for name, amount in spare.items() if share > 0})  # fmt: skip


def refusal_gains(outcomes: Outcomes) -> FloatArray:
    """Return what each player gains in each combination by its own best decision instead; never below 0."""
    payoffs = outcomes.payoffs_eur_bn.reshape(*outcomes.shape, -1)
    found = np.zeros_like(payoffs)
    for k, name in enumerate(outcomes.deal.names):
        axes = outcomes.axes_of(name)
        if axes:
            found[..., k] = payoffs[..., k].max(axis=axes, keepdims=True) - payoffs[..., k]
    return found.reshape(outcomes.payoffs_eur_bn.shape)


def equilibria(outcomes: Outcomes) -> Equilibria:
    """Return the pure Nash equilibria of the decision game, without and with payments.

    With payments a combination holds if those who gain by it over the default can pay every other what it would gain
    by deviating alone; who does not sell its veto must be content unpaid.
    """
    replies = best_replies(outcomes)
    refusals, gains = refusal_gains(outcomes), outcomes.gains_eur_bn
    scale = float(np.abs(gains).max(initial=0.0)) or 1.0
    sells = np.array([player.sells_veto for player in outcomes.deal.players])
    wants = np.where(refusals > 1e-9 * scale, refusals, 0.0)
    spare = np.where(sells & (wants == 0), np.maximum(gains, 0.0), 0.0)
    is_content = replies | sells
    holds = is_content.all(axis=1) & (wants.sum(axis=1) <= spare.sum(axis=1) + 1e-9 * scale)
    return Equilibria(_positions(replies.all(axis=1)), _positions(holds))


def _positions(mask: npt.ArrayLike) -> tuple[int, ...]:
    found: IntArray = np.flatnonzero(np.asarray(mask))
    return tuple(int(p) for p in found)
