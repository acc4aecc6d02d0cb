"""All outcomes a deal can reach: every combination of decisions, its effect, and what each player gets.

Market runs are needed by effect, not by decision: combinations with the same effect share one evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from linepack.deals.conditions import BoolArray, Condition
from linepack.deals.deal import Accounts, Deal, EffectKey, payoff_eur_bn
from linepack.deals.game import FloatArray, IntArray
from linepack.errors import InputError

MAXIMUM_PROFILES = 1 << 20


class AccountsByEffect:
    """Accounts of outcomes, computed when first asked for and kept by effect key.

    ``known`` may be any mapping, also one that writes to disk, so that interrupted work resumes.
    """

    def __init__(self, compute: Callable[[EffectKey], Accounts],
                 known: MutableMapping[EffectKey, Accounts] | None = None) -> None:  # fmt: skip
        self._compute = compute
        self._known: MutableMapping[EffectKey, Accounts] = {} if known is None else known
        self.computed = 0

    def __call__(self, key: EffectKey) -> Accounts:
        """Return the accounts of an effect key; a key seen before is not computed again."""
        if key not in self._known:
            self._known[key] = self._compute(key)
            self.computed += 1
        return self._known[key]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Every combination of decisions of a deal, with payoffs.

    ``profiles[p, d]`` is the number of the option that decision ``d`` takes in combination ``p``; ``effect_of[p]`` the
    position of its effect in ``effects``; ``payoffs_eur_bn[p, i]`` what player ``i`` gets; ``departing[p]`` the bit
    mask of the players with a decision other than its default.
    """

    deal: Deal
    profiles: IntArray
    effects: tuple[EffectKey, ...]
    effect_of: IntArray
    payoffs_eur_bn: FloatArray
    departing: IntArray

    @property
    def default(self) -> int:
        """Position of the combination in which every decision keeps its default."""
        return int(profile_number(self.deal, {d.name: d.default for d in self.deal.decisions}))

    @property
    def gains_eur_bn(self) -> FloatArray:
        """Payoffs less those of the default outcome, same shape."""
        return self.payoffs_eur_bn - self.payoffs_eur_bn[self.default]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of options of each decision; payoffs reshape to it."""
        return tuple(len(decision.options) for decision in self.deal.decisions)

    def choices(self, profile: int) -> dict[str, str]:
        """Return decision by decision what a combination chooses."""
        return {d.name: d.options[k] for d, k in zip(self.deal.decisions, self.profiles[profile], strict=True)}

    def changes(self, profile: int) -> dict[str, str]:
        """Return the decisions of a combination that are not at their default."""
        defaults = {d.name: d.default for d in self.deal.decisions}
        return {name: option for name, option in self.choices(profile).items() if defaults[name] != option}

    def axes_of(self, player: str) -> tuple[int, ...]:
        """Return the positions of a player's decisions."""
        return tuple(k for k, decision in enumerate(self.deal.decisions) if decision.holder == player)


def profile_number(deal: Deal, choices: dict[str, str]) -> int:
    """Return the position of a combination of decisions. Errors: ``InputError`` for an unknown option."""
    number = 0
    for decision in deal.decisions:
        option = choices.get(decision.name, decision.default)
        if option not in decision.options:
            raise InputError("unknown-option", f"'{option}' is no option of '{decision.name}'", keys=[decision.name],
                             hint=f"one of {', '.join(decision.options)}")  # fmt: skip
        number = number * len(decision.options) + decision.options.index(option)
    return number


def find_outcomes(
    deal: Deal, accounts: Callable[[EffectKey], Accounts], on_progress: Callable[[int, int], None] | None = None
) -> Outcomes:
    """Return every outcome of a deal. ``accounts`` is called once per distinct effect, reachable ones only.

    ``on_progress`` is told how many effects are done, of how many.
    """
    shape = tuple(len(decision.options) for decision in deal.decisions)
    if prod(shape) > MAXIMUM_PROFILES:
        raise InputError("too-many-decisions", f"{prod(shape)} combinations of decisions; at most {MAXIMUM_PROFILES}",
                         hint="join decisions that only matter together")  # fmt: skip
    profiles = np.stack(np.unravel_index(np.arange(prod(shape)), shape), axis=1).astype(np.int64)
    chosen = chosen_options(deal, profiles)
    codes = np.zeros(len(profiles), dtype=np.int64)
    for bit, effect in enumerate(deal.effects):
        codes |= effect.when.holds(chosen).astype(np.int64) << bit
    distinct, effect_of = np.unique(codes, return_inverse=True)
    effects = tuple(_key(deal, int(code)) for code in distinct)
    by_effect = np.empty((len(effects), len(deal.players)))
    for row, key in enumerate(effects):
        money = accounts(key)
        by_effect[row] = [payoff_eur_bn(player, money) for player in deal.players]
        if on_progress is not None:
            on_progress(row + 1, len(effects))
    payoffs = by_effect[effect_of] + term_values_eur_bn(deal, chosen, len(profiles))
    return Outcomes(deal, profiles, effects, effect_of, payoffs, _departing(deal, profiles))


def reachable_effects(deal: Deal) -> tuple[EffectKey, ...]:
    """Return the distinct effects of a deal: the market runs it needs."""

    class _Nothing:
        def amount_eur_bn(self, account: str, holder: str) -> float:
            return 0.0

    return find_outcomes(deal, lambda key: _Nothing()).effects


def _key(deal: Deal, code: int) -> EffectKey:
    return frozenset(effect.name for bit, effect in enumerate(deal.effects) if code >> bit & 1)


def chosen_options(deal: Deal, profiles: IntArray) -> dict[str, dict[str, BoolArray]]:
    """Return decision by decision and option by option in which combinations it is taken."""
    return {
        decision.name: {option: profiles[:, d] == k for k, option in enumerate(decision.options)}
        for d, decision in enumerate(deal.decisions)
    }


def term_values_eur_bn(deal: Deal, chosen: dict[str, dict[str, BoolArray]], count: int) -> FloatArray:
    """Return the declared terms of each player in each combination, in billion EUR, shape ``(count, n)``."""
    values = np.zeros((count, len(deal.players)))
    for term in deal.terms:
        values[:, deal.names.index(term.player)] += term.eur_bn * _where(term.when, chosen, count)
    return values


def _where(condition: Condition | None, chosen: dict[str, dict[str, BoolArray]], count: int) -> BoolArray:
    return np.ones(count, dtype=bool) if condition is None else condition.holds(chosen)


def _departing(deal: Deal, profiles: IntArray) -> IntArray:
    masks = np.zeros(len(profiles), dtype=np.int64)
    for d, decision in enumerate(deal.decisions):
        departs = profiles[:, d] != decision.options.index(decision.default)
        masks |= departs.astype(np.int64) << deal.names.index(decision.holder)
    return masks


def pareto_set(outcomes: Outcomes, tolerance: float = 1e-9) -> tuple[int, ...]:
    """Return one combination per payoff vector that no other improves on for all, the fewest changes first."""
    rounded = np.round(outcomes.payoffs_eur_bn / tolerance) * tolerance
    _, first = np.unique(rounded, axis=0, return_index=True)
    payoffs = outcomes.payoffs_eur_bn
    kept = []
    for p in first:
        better = (payoffs[first] >= payoffs[p] - tolerance).all(axis=1) & (payoffs[first] > payoffs[p] + tolerance).any(
            axis=1
        )
        if not better.any():
            kept.append(_fewest_changes(outcomes, np.flatnonzero((rounded == rounded[p]).all(axis=1))))
    return tuple(sorted(kept, key=lambda p: (len(outcomes.changes(p)), p)))


def _fewest_changes(outcomes: Outcomes, candidates: IntArray) -> int:
    return int(min(candidates, key=lambda p: (len(outcomes.changes(int(p))), int(p))))


def one_per_outcome(outcomes: Outcomes, profiles: Sequence[int]) -> tuple[int, ...]:
    """Return, of combinations with the same payoffs, the one with the fewest changed decisions."""
    best: dict[tuple[float, ...], int] = {}
    for p in sorted(profiles, key=lambda p: (len(outcomes.changes(p)), p)):
        best.setdefault(tuple(np.round(outcomes.payoffs_eur_bn[p], 9).tolist()), p)
    return tuple(best.values())


def least_decisions(outcomes: Outcomes, is_reached: BoolArray) -> tuple[int, ...]:
    """Return the combinations that reach a target with a least set of changed decisions.

    ``is_reached`` says so per effect (position in ``outcomes.effects``) or per combination. A set of changes is least
    if no part of it reaches the target. None: the target is out of reach, since every combination was looked at.
    """
    hit = is_reached[outcomes.effect_of] if len(is_reached) == len(outcomes.effects) else is_reached
    found: list[tuple[frozenset[tuple[str, str]], int]] = []
    for p in sorted(np.flatnonzero(hit), key=lambda p: (len(outcomes.changes(int(p))), int(p))):
        changes = frozenset(outcomes.changes(int(p)).items())
        if not any(smaller <= changes for smaller, _ in found):
            found.append((changes, int(p)))
    return tuple(p for _, p in found)


def consent_sets(outcomes: Outcomes, profile: int) -> Iterator[frozenset[str]]:
    """Yield the least sets of players whose changed decisions bring about the effect of a combination."""
    same = outcomes.effect_of == outcomes.effect_of[profile]
    masks = sorted({int(mask) for mask in outcomes.departing[same]}, key=lambda m: (m.bit_count(), m))
    kept: list[int] = []
    for mask in masks:
        if not any(smaller & mask == smaller for smaller in kept):
            kept.append(mask)
            yield frozenset(name for k, name in enumerate(outcomes.deal.names) if mask >> k & 1)
