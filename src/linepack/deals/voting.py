"""Voting inside a union body: who passes a decision, who blocks it, and how much each vote weighs.

Shapley-Shubik (1954) counts the orders in which a member turns a losing coalition into a winning one, Banzhaf (1965)
the coalitions in which it does. Both are exact, in whole numbers, for bodies of up to 40 members: the coalitions of
each half are sorted by weight, and those of the other half are looked up in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from linepack.deals.game import Game, IntArray, check_players, coalition_sizes, membership, unknown_player
from linepack.errors import InputError, NotCertified

MAXIMUM_MEMBERS = 40


@dataclass(frozen=True)
class VotingBody:
    """Members with whole-number weights, and the rule.

    A decision passes if at least ``minimum_members`` with a weight of at least ``quota`` are for it, or if fewer than
    ``blocking_members`` are not (0: this second way does not exist).
    """

    name: str
    members: tuple[str, ...]
    weights: tuple[int, ...]
    quota: int
    minimum_members: int = 0
    blocking_members: int = 0

    def __post_init__(self) -> None:
        check_players(self.members)
        if len(self.members) > MAXIMUM_MEMBERS:
            raise InputError("too-many-members", f"{len(self.members)} members; at most {MAXIMUM_MEMBERS}")
        if len(self.weights) != len(self.members) or min(self.weights) < 0:
            raise InputError("bad-body", f"{self.name}: each member needs one weight, not below 0")
        if self.passes(()) or not self.passes(self.members):
            raise InputError("bad-body", f"{self.name}: nobody must fail and everybody must pass",
                             hint=f"quota {self.quota} against a total weight of {sum(self.weights)}")  # fmt: skip

    def passes(self, supporters: Iterable[str]) -> bool:
        """Return whether a decision passes with these for it. Errors: ``InputError`` for a name that is no member."""
        inside = self.known_members(supporters)
        weight = sum(w for name, w in zip(self.members, self.weights, strict=True) if name in inside)
        return bool(self.pass_mask(np.array([len(inside)]), np.array([weight]))[0])

    def blocks(self, opponents: Iterable[str]) -> bool:
        """Return whether these, by not agreeing, stop a decision that all others want."""
        against = self.known_members(opponents)
        return not self.passes(name for name in self.members if name not in against)

    def pass_mask(self, counts: IntArray, weights: IntArray) -> np.ndarray:
        """Return whether coalitions of these sizes and weights pass; the two arrays broadcast."""
        by_weight = (counts >= self.minimum_members) & (weights >= self.quota)
        by_number = (counts > len(self.members) - self.blocking_members) if self.blocking_members else False
        return np.asarray(by_weight | by_number)

    def least_weight(self, count: int) -> int:
        """Return the smallest weight with which ``count`` members pass; more than all there is if none does."""
        if self.blocking_members and count > len(self.members) - self.blocking_members:
            return 0
        return self.quota if count >= self.minimum_members else sum(self.weights) + 1

    def known_members(self, names: Iterable[str]) -> set[str]:
        """Return the names as a set. Errors: ``InputError`` for a name that is no member."""
        found = set(names)
        for name in found:
            if name not in self.members:
                raise unknown_player(name, self.members)
        return found


@dataclass(frozen=True)
class Union:
    """A union that plays as one: its voting body, and what each member loses by agreeing (empty: not stated)."""

    body: VotingBody
    losses: Mapping[str, float]


@dataclass(frozen=True)
class VotingPower:
    """Exact power of each member: Shapley-Shubik, Banzhaf (share of all coalitions), and Banzhaf scaled to sum to 1."""

    shapley_shubik: Mapping[str, Fraction]
    banzhaf: Mapping[str, Fraction]
    banzhaf_normalised: Mapping[str, Fraction]
    passing_coalitions: int


def weighted_body(name: str, weights: Mapping[str, int], quota: int) -> VotingBody:
    """Return a body that decides by weight alone."""
    return VotingBody(name, tuple(weights), tuple(weights.values()), quota)


def unanimous_body(name: str, members: Sequence[str]) -> VotingBody:
    """Return a body in which each member can stop a decision."""
    return VotingBody(name, tuple(members), (1,) * len(members), len(members))


def voting_power(body: VotingBody) -> VotingPower:
    """Return the exact power of each member of a body.

    If ``W(i, s)`` passing coalitions of ``s`` members contain ``i`` and ``W(s)`` pass in all, then ``i`` is decisive in
    ``W(i, s) - (W(s-1) - W(i, s-1))`` of size ``s``, because whoever passes without ``i`` passes with it.
    """
    size = len(body.members)
    containing, passing = passing_counts(body)
    decisive = [
        [int(containing[i][s]) - (int(passing[s - 1]) - int(containing[i][s - 1])) for s in range(1, size + 1)]
        for i in range(size)
    ]
    orders = factorial(size)
    weights = [Fraction(factorial(s) * factorial(size - 1 - s), orders) for s in range(size)]
    swings = [sum(row) for row in decisive]
    shubik = [sum((w * d for w, d in zip(weights, row, strict=True)), Fraction(0)) for row in decisive]
    return VotingPower(
        dict(zip(body.members, shubik, strict=True)),
        {name: Fraction(s, 1 << size - 1) for name, s in zip(body.members, swings, strict=True)},
        {name: Fraction(s, sum(swings)) for name, s in zip(body.members, swings, strict=True)},
        int(passing.sum()),
    )


def passing_counts(body: VotingBody) -> tuple[IntArray, IntArray]:
    """Return numbers of passing coalitions: by member and size, shape ``(n, n + 1)``, and by size, ``(n + 1,)``."""
    size = len(body.members)
    middle = size // 2
    halves = (range(middle), range(middle, size))
    containing = np.zeros((size, size + 1), dtype=np.int64)
    passing = np.zeros(size + 1, dtype=np.int64)
    for own, other in (halves, halves[::-1]):
        own_counts, own_weights = _half(body, own)
        other_counts, other_weights = _half(body, other)
        inside = membership(np.arange(len(own_counts)), len(own)).astype(np.int64)
        for count in range(len(other) + 1):
            sorted_weights = np.sort(other_weights[other_counts == count])
            for own_count in range(len(own) + 1):
                rows = own_counts == own_count
                need = body.least_weight(count + own_count) - own_weights[rows]
                found = len(sorted_weights) - np.searchsorted(sorted_weights, need, side="left")
                containing[list(own), count + own_count] += found @ inside[rows]
                if own is halves[0]:
                    passing[count + own_count] += found.sum()
    return containing, passing


def simple_game(body: VotingBody) -> Game:
    """Return the body as a game: a passing coalition is worth 1, any other 0."""
    counts, weights = _half(body, range(len(body.members)))
    return Game(body.members, body.pass_mask(counts, weights).astype(np.float64))


def split_inside(body: VotingBody, amount: float) -> dict[str, float]:
    """Return a union's payoff split among its members by their Shapley-Shubik power.

    For a union that acts as one player and whose members matter only through its vote, this is the Owen (1977) value.
    """
    return {name: amount * float(power) for name, power in voting_power(body).shapley_shubik.items()}


@dataclass(frozen=True)
class Majority:
    """A passing coalition, what each of its members must be paid, and the sum."""

    members: tuple[str, ...]
    payments: Mapping[str, float]
    total: float


def cheapest_majority(body: VotingBody, losses: Mapping[str, float]) -> Majority:
    """Return the passing coalition that costs least if each member is paid its loss; who gains costs nothing.

    ``losses`` holds each member's loss from the decision (negative: a gain); a member without an entry loses nothing.
    """
    body.known_members(losses)
    costs = np.array([max(losses.get(name, 0.0), 0.0) for name in body.members])
    ways = [np.array([body.minimum_members, body.quota])]
    if body.blocking_members:
        ways.append(np.array([len(body.members) - body.blocking_members + 1, 0]))
    best: np.ndarray | None = None
    rows = np.array([np.ones(len(costs)), body.weights])
    whole = np.ones(len(costs), dtype=np.int64)
    for least in ways:
        answer = milp(costs, constraints=LinearConstraint(rows, least, np.inf), integrality=whole, bounds=Bounds(0, 1))
        if answer.status == 0 and (best is None or costs @ answer.x.round() < costs @ best):
            best = answer.x.round()
    if best is None:
        raise NotCertified("no-majority", f"{body.name}: no passing coalition was found")
    inside = [name for k, name in enumerate(body.members) if best[k] or costs[k] == 0]
    if not body.passes(inside):
        raise NotCertified("no-majority", f"{body.name}: the coalition found does not pass", keys=inside)
    payments = {
        name: float(cost) for name, cost in zip(body.members, costs, strict=True) if name in inside and cost > 0
    }
    return Majority(tuple(inside), payments, sum(payments.values()))


def _half(body: VotingBody, members: range) -> tuple[IntArray, IntArray]:
    weights = np.zeros(1, dtype=np.int64)
    for k in members:
        weights = np.concatenate([weights, weights + body.weights[k]])
    return coalition_sizes(len(members)), weights
