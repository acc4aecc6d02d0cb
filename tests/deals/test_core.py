"""Core, least core and nucleolus against published games, closed forms and Kohlberg's criterion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, linprog

from linepack.deals.core import (
    core_ranges,
    is_in_core,
    least_core,
    nucleolus,
    objections,
    unbalanced_levels,
)
from linepack.deals.game import Game, game_from_function, membership, superadditivity_failures
from tests.samples import samples


def optimum(answer: OptimizeResult) -> float:
    assert answer.status == 0
    return float(answer.fun)


NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def games(draw: st.DrawFn, smallest: int = 2, largest: int = 5, low: int = -20, high: int = 20) -> Game:
    size = draw(st.integers(smallest, largest))
    values = draw(st.lists(st.integers(low, high), min_size=(1 << size) - 1, max_size=(1 << size) - 1))
    return Game(NAMES[:size], np.array([0, *values], dtype=float))


def bankruptcy(estate: float) -> Game:
    claims = {"a": 100.0, "b": 200.0, "c": 300.0}
    return game_from_function("abc", lambda s: max(0.0, estate - sum(c for name, c in claims.items() if name not in s)))


def weighted(weights: dict[str, int], quota: int) -> Game:
    return game_from_function(tuple(weights), lambda s: float(sum(weights[name] for name in s) >= quota))


@pytest.mark.parametrize(("estate", "expected"), [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])])
def test_bankruptcy_game_has_its_published_nucleolus(estate: float, expected: list[float]) -> None:
    """Aumann and Maschler (1985): the nucleolus is the rule of the Talmud."""
    assert nucleolus(bankruptcy(estate)).payoffs == pytest.approx(expected, abs=1e-6)


@samples(40)
@given(st.integers(1, 599))
def test_bankruptcy_nucleolus_is_the_talmud_rule(estate: int) -> None:
    """Up to half of all claims, gains on half-claims are equal; beyond it, losses on half-claims are equal."""
    halves = np.array([50.0, 100.0, 150.0])
    gain = equal_award(halves, min(estate, 600 - estate))
    expected = gain if estate <= 300 else 2 * halves - gain
    assert nucleolus(bankruptcy(estate)).payoffs == pytest.approx(expected, abs=1e-6)


def equal_award(caps: np.ndarray, amount: float) -> np.ndarray:
    """The same for all, up to each one's cap, so that ``amount`` is given out."""
    awards, left = np.zeros(len(caps)), float(amount)
    for k in np.argsort(caps):
        awards[k] = min(caps[k], left / (len(caps) - int((caps < caps[k]).sum())))
        left -= awards[k]
    return awards


def test_glove_game() -> None:
    """Two right gloves for one left: competition leaves the rights nothing; the core is one point."""
    game = game_from_function(["left", "right 1", "right 2"], lambda s: float("left" in s and len(s) > 1))
    assert nucleolus(game).payoffs == pytest.approx([1, 0, 0], abs=1e-9)
    ranges = core_ranges(game)
    assert ranges is not None
    assert np.concatenate(ranges) == pytest.approx([1, 0, 0, 1, 0, 0], abs=1e-9)
    assert is_in_core(game, np.array([1.0, 0.0, 0.0]))
    assert not is_in_core(game, np.array([2 / 3, 1 / 6, 1 / 6]))


def test_airport_game() -> None:
    """Littlechild (1974), costs 1, 2, 3, 4: 1/2, then (2 - 1/2)/2, (3 - 5/4)/2, and the rest; the core is not empty."""
    game = game_from_function("1234", lambda s: -float(max(int(name) for name in s)))
    assert -nucleolus(game).payoffs == pytest.approx([0.5, 0.75, 0.875, 1.875], abs=1e-9)
    assert least_core(game).core_exists(game)


def test_three_player_majority_has_no_core() -> None:
    """Any two share 1: of three equal parts two get 2/3, so each pair lacks 1/3, and no split does better."""
    game = weighted({"a": 1, "b": 1, "c": 1}, 2)
    assert core_ranges(game) is None
    assert least_core(game).excess == pytest.approx(1 / 3, abs=1e-9)
    assert nucleolus(game).payoffs == pytest.approx([1 / 3] * 3, abs=1e-9)


def test_constant_sum_weighted_majority() -> None:
    """Peleg (1968): the nucleolus of a constant-sum homogeneous majority game is its normalised weights."""
    for weights, quota in (({"a": 2, "b": 1, "c": 1, "d": 1}, 3), ({"a": 3, "b": 2, "c": 2, "d": 1, "e": 1}, 5)):
        expected = np.array(list(weights.values())) / sum(weights.values())
        assert nucleolus(weighted(weights, quota)).payoffs == pytest.approx(expected, abs=1e-9)


def test_many_ties_in_a_symmetric_game() -> None:
    """Ten equal players, 1,022 coalitions in nine groups of equal value: symmetry leaves one answer."""
    sizes = membership(np.arange(1 << 10), 10).sum(axis=1)
    game = Game(tuple("abcdefghij"), sizes**2.0)
    found = nucleolus(game)
    assert found.payoffs == pytest.approx(np.full(10, 10.0), abs=1e-9)
    assert unbalanced_levels(game, found.payoffs) == ()


def test_individual_rationality_binds() -> None:
    """A is worth 10 alone and all together 10; b and c would lack most, but a may not fall below 10."""
    game = game_from_function("abc", lambda s: 10.0 if s >= {"a"} else 8.0 if s == {"b", "c"} else 0.0)
    found = nucleolus(game)
    assert found.is_individually_rational
    assert found.payoffs == pytest.approx([10, 0, 0], abs=1e-9)
    assert unbalanced_levels(game, found.payoffs) == ()


def test_players_worth_more_alone_get_the_prenucleolus() -> None:
    """No split gives a and b their 3 each out of 4; the lack of 2 is shared equally."""
    game = Game(("a", "b"), np.array([0.0, 3.0, 3.0, 4.0]))
    found = nucleolus(game)
    assert not found.is_individually_rational
    assert found.payoffs == pytest.approx([2, 2], abs=1e-9)


@samples(60)
@given(games())
def test_kohlbergs_criterion_accepts_the_nucleolus_and_nothing_near_it(game: Game) -> None:
    """Kohlberg (1971) characterises the nucleolus without the programs that found it."""
    found = nucleolus(game)
    assert found.payoffs.sum() == pytest.approx(game.total, abs=1e-6)
    assert unbalanced_levels(game, found.payoffs) == ()
    moved = found.payoffs.copy()
    moved[:2] += [0.01, -0.01]
    assume(not found.is_individually_rational or moved[1] >= game.alone[1])
    assert unbalanced_levels(game, moved) != ()


@samples(60)
@given(games(low=0))
def test_the_nucleolus_is_in_the_core_if_there_is_one(game: Game) -> None:
    """The core is where no excess is above 0, and the nucleolus makes the largest excess least."""
    if least_core(game).core_exists(game):
        assert is_in_core(game, nucleolus(game).payoffs, 1e-7)
    else:
        assert objections(game, nucleolus(game).payoffs)


@samples(60)
@given(games())
def test_the_least_core_is_that_of_the_full_program(game: Game) -> None:
    """Adding rows as needed gives the optimum of the program with every coalition in it."""
    masks = np.arange(1, game.everyone)
    rows = -np.column_stack([membership(masks, game.size), np.ones(len(masks))])
    answer = linprog(
        [0.0] * game.size + [1.0], A_ub=rows, b_ub=-game.values[masks],
        A_eq=[[1.0] * game.size + [0.0]], b_eq=[game.total], bounds=(None, None),
    )  # fmt: skip
    assert least_core(game).excess == pytest.approx(optimum(answer), abs=1e-7)


@samples(60)
@given(games(), st.integers(1, 9), st.lists(st.integers(-30, 30), min_size=5, max_size=5))
def test_the_nucleolus_follows_units_and_endowments(game: Game, factor: int, gifts: list[int]) -> None:
    """Covariance: other units scale payoffs, and what a player brings along it keeps."""
    own = np.array(gifts[: game.size], dtype=float)
    other = Game(game.players, factor * game.values + membership(np.arange(game.everyone + 1), game.size) @ own)
    assert nucleolus(other).payoffs == pytest.approx(factor * nucleolus(game).payoffs + own, abs=1e-6)


@samples(60)
@given(games(low=0))
def test_core_ranges_are_reached_and_not_passed(game: Game) -> None:
    """By hand: the full programs for the least and most of the first player."""
    ranges = core_ranges(game)
    masks = np.arange(1, game.everyone + 1)
    ends = []
    for sign in (1.0, -1.0):
        cost = [sign] + [0.0] * (game.size - 1)
        answer = linprog(cost, A_ub=-membership(masks, game.size), b_ub=-game.values[masks],
                         A_eq=[[1.0] * game.size], b_eq=[game.total], bounds=(None, None))  # fmt: skip
        ends.append(None if answer.status != 0 else sign * optimum(answer))
    if ranges is None:
        assert ends == [None, None]
    else:
        assert [ranges[0][0], ranges[1][0]] == pytest.approx(ends, abs=1e-6)


@given(games(3, 5))
def test_superadditivity_failures_are_all_found(game: Game) -> None:
    """A game fails exactly where some two disjoint coalitions are worth more apart; the largest loss is reported."""
    masks = range(1, game.everyone + 1)
    losses = [game.values[a] + game.values[b] - game.values[a | b] for a in masks for b in masks if a & b == 0]
    found = superadditivity_failures(game)
    assert (max(losses) > 0) == bool(found)
    if found:
        assert found[0].loss == pytest.approx(max(losses))
        union = {*found[0].first.split("+"), *found[0].second.split("+")}
        assert game.value(*union) + found[0].loss == pytest.approx(
            game.value(*found[0].first.split("+")) + game.value(*found[0].second.split("+"))
        )
