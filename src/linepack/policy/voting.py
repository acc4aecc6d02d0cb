"""How bodies with members decide: unanimity, and qualified majority with its blocking minority.

Qualified majority on a Commission proposal (Article 16(4) of the Treaty on European Union, Article 238(3) of the
Treaty on the Functioning): at least 55 % of the members, with at least 65 % of the population, and a blocking
minority must have at least four members. Abstaining does not block unanimity (Article 238(4)) but counts against a
qualified majority.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import ceil

from linepack.policy.words import Voting

MEMBER_SHARE = 0.55
POPULATION_PERCENT = 65.0
SMALLEST_BLOCK = 4


@dataclass(frozen=True)
class Tally:
    """Outcome of a vote: passed or not, members and population (percent of the total) in favour, and the margin.

    ``margin_percent`` is population in favour minus 65; ``is_within_rounding`` says that the published shares (two
    decimals) cannot settle the population test.
    """

    is_passed: bool
    ayes: int
    needed: int
    population_percent: float
    margin_percent: float
    is_within_rounding: bool


def vote(
    voting: Voting, shares: Mapping[str, float], ayes: Collection[str], abstentions: Collection[str] = ()
) -> Tally:
    """Return the outcome if ``ayes`` vote for, ``abstentions`` abstain and all others vote against.

    ``shares`` maps each member to its population in percent.
    """
    total = sum(shares.values())
    in_favour = 100.0 * sum(shares[m] for m in ayes) / total if total else 0.0
    margin = in_favour - POPULATION_PERCENT
    needed = len(shares)
    if voting is Voting.UNANIMITY:
        against = set(shares) - set(ayes) - set(abstentions)
        return Tally(not against and bool(ayes), len(set(ayes)), needed, in_favour, margin, False)
    needed = ceil(MEMBER_SHARE * len(shares))
    others = len(shares) - len(set(ayes))
    has_population = margin >= 0 or others < SMALLEST_BLOCK
    is_close = others >= SMALLEST_BLOCK and abs(margin) < 0.005 * len(shares)
    return Tally(len(set(ayes)) >= needed and has_population, len(set(ayes)), needed, in_favour, margin, is_close)


def can_block(voting: Voting, shares: Mapping[str, float], coalition: Collection[str]) -> bool:
    """Return whether the coalition stops a decision by voting against it, everybody else voting for."""
    size, percent = len(set(coalition)), 100.0 * sum(shares[m] for m in set(coalition)) / (sum(shares.values()) or 1.0)
    return _blocks(voting, len(shares), size, percent)


def _blocks(voting: Voting, members: int, size: int, percent: float) -> bool:
    if voting is Voting.UNANIMITY:
        return size > 0
    return size > members - ceil(MEMBER_SHARE * members) or (
        size >= SMALLEST_BLOCK and percent > 100.0 - POPULATION_PERCENT
    )


def blocking_coalitions(voting: Voting, shares: Mapping[str, float], size: int) -> tuple[tuple[str, ...], ...]:
    """Return all minimal blocking coalitions of ``size`` members, largest population first.

    Minimal: without any one of its members it no longer blocks.
    """
    members = sorted(shares, key=lambda m: (-shares[m], m))
    scale = 100.0 / (sum(shares.values()) or 1.0)
    percents = [scale * shares[m] for m in members]
    found = []
    for chosen in combinations(range(len(members)), size):
        percent = sum(percents[k] for k in chosen)
        if _blocks(voting, len(members), size, percent) and not any(
            _blocks(voting, len(members), size - 1, percent - percents[k]) for k in chosen
        ):
            found.append((-percent, tuple(members[k] for k in chosen)))
    return tuple(coalition for _, coalition in sorted(found))


def smallest_block(voting: Voting, shares: Mapping[str, float]) -> tuple[tuple[str, ...], ...]:
    """Return the minimal blocking coalitions of the smallest size that exist, largest population first."""
    return _smallest_block(voting, tuple(shares.items()))


@lru_cache(maxsize=64)
def _smallest_block(voting: Voting, members: tuple[tuple[str, float], ...]) -> tuple[tuple[str, ...], ...]:
    shares = dict(members)  # the same body votes on many assets and days
    for size in range(1, len(shares) + 1):
        found = blocking_coalitions(voting, shares, size)
        if found:
            return found
    return ()
