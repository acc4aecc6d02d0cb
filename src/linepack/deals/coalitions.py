"""From the outcomes of a deal to a game in coalition form, under three rules for those outside a coalition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from linepack.deals.conditions import BoolArray
from linepack.deals.deal import Accounts, Deal, EffectKey, Outsiders, payoff_eur_bn
from linepack.deals.game import FloatArray, Game, IntArray, membership
from linepack.deals.outcomes import Outcomes, chosen_options, term_values_eur_bn
from linepack.errors import InputError

TIE = 1e-9
CHUNK = 256


@dataclass(frozen=True, eq=False)
class CoalitionValues:
    """The game between players who take payments, and what each coalition does.

    ``profile_of[S]`` is the combination of decisions that follows if ``S`` forms; ``others_gain_eur_bn[S]`` the summed
    gain of all players outside it, negative for a loss; ``without_equilibrium`` the coalitions whose outsiders have no
    pure equilibrium for some choice, valued there at the outsiders' worst reply.
    """

    rule: Outsiders
    game: Game
    profile_of: IntArray
    others_gain_eur_bn: FloatArray
    without_equilibrium: tuple[str, ...]


def coalition_values(outcomes: Outcomes, rule: Outsiders = Outsiders.KEEP_DEFAULTS) -> CoalitionValues:
    """Return the value of every coalition, in billion EUR.

    - keep-defaults: outsiders keep their default decisions; values are gains over the default outcome.
    - best-response: the coalition moves first, and each outsider by itself replies best, in a pure equilibrium of the
      outsiders; of several, one with their largest joint payoff, and of these the worst for the coalition. Values are
      gains over the default outcome.
    - inactive: outsiders take the option that stands for their absence; values are payoffs over the outcome in which
      all are absent. For replicating studies that value a coalition by what it controls alone.

    A player who does not sell its veto is no player of this game. Under the first and last rule its changed decisions
    are open to a coalition where it does not lose by the outcome; under best-response it replies as an outsider.
    """
    sellers = tuple(k for k, player in enumerate(outcomes.deal.players) if player.sells_veto)
    if not sellers:
        raise InputError("no-sellers", "no player takes payments", keys=outcomes.deal.names,
                         hint="remove 'sells_veto: false' from one")  # fmt: skip
    base = _inactive_profile(outcomes) if rule is Outsiders.INACTIVE else outcomes.default
    gains = outcomes.payoffs_eur_bn - outcomes.payoffs_eur_bn[base]
    members = membership(np.arange(1 << len(sellers)), len(sellers))
    inside = np.zeros((len(members), len(outcomes.deal.players)))
    inside[:, list(sellers)] = members
    missing: IntArray = np.zeros(0, dtype=np.int64)
    if rule is Outsiders.BEST_RESPONSE:
        chosen, missing = _best_response(outcomes, gains, inside)
    else:
        chosen = _restricted(outcomes, gains, inside, base)
    at = gains[chosen]
    values = (at * inside).sum(axis=1)
    values[0] = 0.0
    names = tuple(outcomes.deal.names[k] for k in sellers)
    game = Game(names, values)
    others = (at * (1 - inside)).sum(axis=1)
    others[0] = 0.0
    return CoalitionValues(rule, game, chosen, others, tuple(game.name_of(int(mask)) for mask in missing))


class AgreedValue:
    """Value of a coalition whose members carry out what was agreed, or leave it; the others keep their defaults.

    For deals with too many players to enumerate: called with a coalition, it works out the effect and takes the
    accounts by effect, so that coalitions with the same effect share one market run. Values are gains over the
    default outcome, in billion EUR.
    """

    def __init__(self, deal: Deal, agreed: Mapping[str, str], accounts: Callable[[EffectKey], Accounts]) -> None:
        self._deal, self._accounts = deal, accounts
        defaults = {decision.name: decision.default for decision in deal.decisions}
        unknown = [name for name in agreed if name not in defaults]
        if unknown:
            raise InputError("unknown-decision", "the deal has no such decisions", keys=unknown,
                             hint=f"decisions: {', '.join(defaults)}")  # fmt: skip
        self._agreed = {**defaults, **agreed}
        self._default = self._payoffs(frozenset())

    def __call__(self, coalition: frozenset[str]) -> float:
        """Return what the members gain together over the default outcome; never below 0."""
        inside = [name in coalition for name in self._deal.names]
        return max(float((self._payoffs(coalition) - self._default)[inside].sum()), 0.0)

    def _payoffs(self, coalition: frozenset[str]) -> FloatArray:
        deal = self._deal
        taken = [self._agreed[d.name] if d.holder in coalition else d.default for d in deal.decisions]
        row = np.array([[d.options.index(option) for d, option in zip(deal.decisions, taken, strict=True)]])
        chosen = chosen_options(deal, row)
        key = frozenset(effect.name for effect in deal.effects if effect.when.holds(chosen)[0])
        money = self._accounts(key)
        own = np.array([payoff_eur_bn(player, money) for player in deal.players])
        return own + term_values_eur_bn(deal, chosen, 1)[0]


def best_replies(outcomes: Outcomes) -> BoolArray:
    """Return per combination and player whether the player could not do better by its own decisions alone."""
    payoffs = outcomes.payoffs_eur_bn.reshape(*outcomes.shape, -1)
    scale = float(np.abs(outcomes.payoffs_eur_bn).max(initial=0.0)) or 1.0
    found = np.ones_like(payoffs, dtype=bool)
    for k, name in enumerate(outcomes.deal.names):
        axes = outcomes.axes_of(name)
        if axes:
            found[..., k] = payoffs[..., k] >= payoffs[..., k].max(axis=axes, keepdims=True) - TIE * scale
    return found.reshape(-1, len(outcomes.deal.names))


def _inactive_profile(outcomes: Outcomes) -> int:
    shape, decisions = outcomes.shape, outcomes.deal.decisions
    return int(np.ravel_multi_index([d.options.index(d.inactive) for d in decisions], shape))


def _restricted(outcomes: Outcomes, gains: FloatArray, inside: FloatArray, base: int) -> IntArray:
    """The best combination for each coalition in which only its members, and consenting non-sellers, depart."""
    players = outcomes.deal.players
    departs = np.zeros((len(gains), len(players)), dtype=bool)
    for d, decision in enumerate(outcomes.deal.decisions):
        moved = outcomes.profiles[:, d] != outcomes.profiles[base, d]
        departs[:, outcomes.deal.names.index(decision.holder)] |= moved
    fixed = [k for k, player in enumerate(players) if not player.sells_veto]
    scale = float(np.abs(gains).max(initial=0.0)) or 1.0
    consents = ~(departs[:, fixed] & (gains[:, fixed] < -TIE * scale)).any(axis=1)
    rows = np.flatnonzero(consents)
    changes = (outcomes.profiles != outcomes.profiles[base]).sum(axis=1)[rows]
    rows = rows[np.argsort(changes, kind="stable")]  # of equals, the first has the fewest changes
    departs[:, fixed] = False
    chosen = np.empty(len(inside), dtype=np.int64)
    for start in range(0, len(inside), CHUNK):
        block = inside[start : start + CHUNK]
        worth = gains[rows] @ block.T
        worth[departs[rows].astype(np.float64) @ (1 - block).T > 0] = -np.inf
        near = worth >= worth.max(axis=0) - TIE * scale
        chosen[start : start + CHUNK] = rows[near.argmax(axis=0)]
    return chosen


def _best_response(outcomes: Outcomes, gains: FloatArray, inside: FloatArray) -> tuple[IntArray, IntArray]:
    """The coalition's best choice if the others reply in an equilibrium, and coalitions that met a lack of one."""
    replies = best_replies(outcomes)
    shape = outcomes.shape
    scale = float(np.abs(gains).max(initial=0.0)) or 1.0
    numbers = np.arange(len(gains)).reshape(shape)
    holders = [outcomes.deal.names.index(decision.holder) for decision in outcomes.deal.decisions]
    chosen, missing = np.empty(len(inside), dtype=np.int64), []
    for mask, row in enumerate(inside):
        own = tuple(d for d in range(len(shape)) if row[holders[d]])
        theirs = tuple(d for d in range(len(shape)) if d not in own)
        stable = np.asarray(replies[:, row == 0].all(axis=1)).reshape(shape)
        worth = (gains @ row).reshape(shape)
        order = (*own, *theirs)
        count = int(np.prod([shape[d] for d in own], dtype=np.int64))
        worth, number = worth.transpose(order).reshape(count, -1), numbers.transpose(order).reshape(count, -1)
        stable = stable.transpose(order).reshape(count, -1)
        has = np.asarray(stable.any(axis=1))
        joint = np.where(stable, (gains @ (row == 0)).reshape(shape).transpose(order).reshape(count, -1), -np.inf)
        stable &= joint >= joint.max(axis=1, keepdims=True) - TIE * scale
        if not has.all():
            missing.append(mask)
        feared = np.where(stable | ~has[:, None], worth, np.inf)
        replied = feared.argmin(axis=1)
        best = int(feared.min(axis=1).argmax())
        chosen[mask] = number[best, replied[best]]
    return chosen, np.array(missing, dtype=np.int64)
