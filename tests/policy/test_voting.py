"""Votes in the Council, with the population shares of 2025."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from linepack.policy.law import Law
from linepack.policy.voting import blocking_coalitions, can_block, smallest_block, vote
from linepack.policy.words import Voting

UNANIMITY, MAJORITY = Voting.UNANIMITY, Voting.QUALIFIED_MAJORITY


@pytest.fixture
def shares(law: Law) -> dict[str, float]:
    return law.shares("EU_COUNCIL", date(2026, 1, 26))


def test_there_are_27_members_and_all_of_the_population(shares: dict[str, float]) -> None:
    """27 published shares, each rounded to 0.01, add up to 100 within 27 x 0.005."""
    assert len(shares) == 27
    assert sum(shares.values()) == pytest.approx(100, abs=27 * 0.005)


def test_the_vote_on_the_phase_out(shares: dict[str, float]) -> None:
    """26 January 2026.

    24 for, Hungary and Slovakia against, Bulgaria abstained. Passed: 24 of 15 needed, and 100 - 2.13 - 1.21 -
    1.43 = 95.2 % of the population; by unanimity it would have failed.
    """
    ayes = [m for m in shares if m not in ("HU", "SK", "BG")]
    tally = vote(MAJORITY, shares, ayes, ["BG"])
    assert (tally.is_passed, tally.ayes, tally.needed) == (True, 24, 15)
    assert tally.population_percent == pytest.approx(95.23, abs=0.02)
    assert not vote(UNANIMITY, shares, ayes, ["BG"]).is_passed


def test_abstention(shares: dict[str, float]) -> None:
    """Article 238(4): abstaining does not stop unanimity; in a qualified majority it counts as not in favour."""
    rest = [m for m in shares if m != "HU"]
    assert vote(UNANIMITY, shares, rest, ["HU"]).is_passed
    assert not vote(UNANIMITY, shares, rest).is_passed
    block = ["DE", "FR", "IT", "ES"]
    ayes = [m for m in shares if m not in block]
    assert not vote(MAJORITY, shares, ayes, block).is_passed


def test_three_large_states_do_not_block(shares: dict[str, float]) -> None:
    """Germany, France and Italy hold 46.9 % of the population, above 35 %, but a block needs four members."""
    assert sum(shares[m] for m in ("DE", "FR", "IT")) > 35
    assert not can_block(MAJORITY, shares, ["DE", "FR", "IT"])
    assert can_block(MAJORITY, shares, ["DE", "FR", "IT", "MT"])


def test_thirteen_small_states_block(shares: dict[str, float]) -> None:
    """13 of 27 leave 14 in favour, one short of 55 % of the members, whatever their population."""
    small = sorted(shares, key=lambda m: shares[m])
    assert can_block(MAJORITY, shares, small[:13])
    assert not can_block(MAJORITY, shares, small[:12])
    assert vote(MAJORITY, shares, [m for m in shares if m not in small[:12]]).ayes == 15


def test_blocking_coalitions_are_those_found_by_voting(shares: dict[str, float]) -> None:
    """Each coalition of four is put to a vote; those that stop it are the smallest blocks, and all are minimal."""
    found = set(smallest_block(MAJORITY, shares))
    total = sum(shares.values())
    tried = {
        c
        for c in combinations(sorted(shares, key=lambda m: (-shares[m], m)), 4)
        if sum(shares[m] for m in c) / total > 0.35
    }
    assert found == tried
    assert all(not can_block(MAJORITY, shares, set(c) - {m}) for c in list(found)[:50] for m in c)
    assert blocking_coalitions(MAJORITY, shares, 3) == ()


def test_one_refusal_blocks_unanimity(shares: dict[str, float]) -> None:
    """Twenty-seven blocks of one."""
    assert sorted(smallest_block(UNANIMITY, shares)) == sorted((m,) for m in shares)


def test_the_group_of_seven_decides_by_consensus(law: Law) -> None:
    """In March 2025 one refusal, that of the United States, ended the proposal of a task force."""
    seven = law.shares("G7", date(2025, 3, 8))
    assert len(seven) == 7
    assert can_block(UNANIMITY, seven, ["US"])


def test_a_margin_below_the_rounding_is_said() -> None:
    """Shares to two decimals cannot settle a margin of 0.01 points among 27 members."""
    members = {f"M{k}": 1.0 for k in range(20)} | {"A": 35.01, "B": 22.49, "C": 22.5}
    tally = vote(MAJORITY, members, [m for m in members if m not in ("A", "M0", "M1", "M2")])
    assert not tally.is_passed
    assert not tally.is_within_rounding
    even = {f"M{k}": 5.0 for k in range(20)}
    assert vote(MAJORITY, even, list(even)[:13]).is_within_rounding
