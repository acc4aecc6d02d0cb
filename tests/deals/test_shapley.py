"""The Shapley value against published games, its axioms and its definition."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.deals.game import Game, dividends, game_from_function, membership, merged
from linepack.deals.shapley import banzhaf, sampled_shapley, shapley
from linepack.errors import InputError
from tests.samples import samples

NAMES = ("a", "b", "c", "d", "e", "f")


@st.composite
def games(draw: st.DrawFn, smallest: int = 1, largest: int = 5) -> Game:
    size = draw(st.integers(smallest, largest))
    numbers = st.integers(-50, 50)
    values = draw(st.lists(numbers, min_size=(1 << size) - 1, max_size=(1 << size) - 1))
    return Game(NAMES[:size], np.array([0, *values], dtype=float))


def bankruptcy(estate: float) -> Game:
    claims = {"a": 100.0, "b": 200.0, "c": 300.0}
    return game_from_function("abc", lambda s: max(0.0, estate - sum(c for name, c in claims.items() if name not in s)))


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, (33.33, 33.33, 33.33)), (200, (33.33, 83.33, 83.33)), (300, (50, 100, 150))],
)
def test_bankruptcy_game_has_its_published_shapley_value(estate: float, expected: tuple[float, ...]) -> None:
    """Aumann and Maschler (1985), claims 100, 200, 300; printed to two decimals."""
    assert shapley(bankruptcy(estate)).round(2) == pytest.approx(expected, abs=1e-9)


def test_glove_game() -> None:
    """One left and two right gloves: the left decides in 4 of 6 orders, each right in one."""
    game = game_from_function(["left", "right 1", "right 2"], lambda s: float("left" in s and len(s) > 1))
    assert shapley(game) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-12)


def test_airport_game() -> None:
    """Costs 1, 2, 3, 4: each step of 1 is shared by those who need it, so 1/4, +1/3, +1/2, +1."""
    game = game_from_function("1234", lambda s: -float(max(int(name) for name in s)))
    expected = np.cumsum([1 / 4, 1 / 3, 1 / 2, 1])
    assert -shapley(game) == pytest.approx(expected, abs=1e-12)
    assert (-shapley(game)).round(4) == pytest.approx([0.25, 0.5833, 1.0833, 2.0833], abs=1e-9)


@given(games(largest=4))
def test_it_is_the_mean_contribution_over_all_orders(game: Game) -> None:
    """The definition itself, order by order."""
    added = np.zeros(game.size)
    orders = list(permutations(range(game.size)))
    for order in orders:
        mask = 0
        for k in order:
            added[k] += game.values[mask | 1 << k] - game.values[mask]
            mask |= 1 << k
    assert shapley(game) == pytest.approx(added / len(orders), abs=1e-9)


@given(games())
def test_it_shares_out_the_total(game: Game) -> None:
    """Efficiency: the sum is the value of the grand coalition."""
    assert shapley(game).sum() == pytest.approx(game.total, abs=1e-9)


@given(games(), games())
def test_it_is_additive(one: Game, other: Game) -> None:
    """Additivity: the value of a sum of games is the sum of their values."""
    size = min(one.size, other.size)
    first, second = (Game(NAMES[:size], g.values[: 1 << size]) for g in (one, other))
    both = Game(NAMES[:size], first.values + second.values)
    assert shapley(both) == pytest.approx(shapley(first) + shapley(second), abs=1e-9)


@given(games(), st.integers(-20, 20))
def test_a_dummy_gets_what_it_is_worth_alone(game: Game, alone: int) -> None:
    """Dummy: a player who adds the same to every coalition gets that, and the others are not affected."""
    wider = Game((*game.players, "dummy"), np.concatenate([game.values, game.values + alone]))
    assert shapley(wider) == pytest.approx([*shapley(game), alone], abs=1e-9)


@given(games(), st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order_of_the_players(game: Game, random: object) -> None:
    """Symmetry: renaming players moves their payoffs with them."""
    order = list(range(game.size))
    random.shuffle(order)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    masks = membership(np.arange(1 << game.size), game.size).astype(int) @ (1 << np.array(order))
    renamed = Game(tuple(game.players[k] for k in order), game.values[masks])
    assert shapley(renamed) == pytest.approx(shapley(game)[order], abs=1e-9)


@given(games())
def test_dividends_are_shared_equally(game: Game) -> None:
    """Harsanyi: each coalition's dividend is split equally among its members, which gives the Shapley value."""
    inside = membership(np.arange(1 << game.size), game.size)
    sizes = np.maximum(inside.sum(axis=1), 1)
    assert shapley(game) == pytest.approx((dividends(game) / sizes) @ inside, abs=1e-9)


def test_banzhaf_of_the_glove_game() -> None:
    """The left glove adds 1 to 3 of 4 coalitions of the others, a right one to 1 of 4."""
    game = game_from_function(["left", "right 1", "right 2"], lambda s: float("left" in s and len(s) > 1))
    assert banzhaf(game) == pytest.approx([3 / 4, 1 / 4, 1 / 4], abs=1e-12)


def test_fourteen_players_are_exact() -> None:
    """A game that sums weights and squares of pairs has payoff w_i + sum over pairs of w_i w_j / 2."""
    weights = np.arange(1.0, 15.0)
    names = tuple(f"p{k}" for k in range(14))
    sums = membership(np.arange(1 << 14), 14) @ weights
    squares = membership(np.arange(1 << 14), 14) @ weights**2
    game = Game(names, sums + (sums**2 - squares) / 2)
    expected = weights + weights * (weights.sum() - weights) / 2
    assert shapley(game) == pytest.approx(expected, rel=1e-12)


def test_sampling_agrees_within_its_standard_errors() -> None:
    """A random game of 8 players: the exact value lies within 4 standard errors of the estimate, which adds up."""
    values = np.random.default_rng(5).random(1 << 8)
    values[0] = 0
    game = Game(tuple("abcdefgh"), values)
    found = sampled_shapley(game.players, lambda s: game.value(*s), orders=2000, seed=1)
    assert (np.abs(found.payoffs - shapley(game)) <= 4 * found.standard_errors).all()
    assert found.payoffs.sum() == pytest.approx(game.total, abs=1e-12)
    assert (found.standard_errors > 0).all()
    assert found.valued <= 255


def test_sampling_is_repeatable_and_values_each_coalition_once() -> None:
    """The seed decides the orders; with what is known from before, nothing is valued again."""
    calls: list[frozenset[str]] = []

    def value(coalition: frozenset[str]) -> float:
        calls.append(coalition)
        return float(len(coalition)) ** 2

    known: dict[frozenset[str], float] = {}
    names = [f"p{k}" for k in range(25)]
    first = sampled_shapley(names, value, orders=20, seed=3, known=known)
    assert len(calls) == len(set(calls)) == first.valued
    second = sampled_shapley(names, value, orders=20, seed=3, known=known)
    assert second.valued == 0
    assert (first.payoffs == second.payoffs).all()
    assert first.payoffs == pytest.approx(np.full(25, 25.0), abs=4 * first.standard_errors.max() + 1e-9)


def test_antithetic_orders_settle_a_quadratic_game() -> None:
    """In a game of squares an order and its reverse average to the value itself, so errors vanish."""
    found = sampled_shapley("abcd", lambda s: float(len(s)) ** 2, orders=4, seed=0)
    assert found.payoffs == pytest.approx(np.full(4, 4.0), abs=1e-12)
    assert found.standard_errors == pytest.approx(np.zeros(4), abs=1e-12)


def test_odd_numbers_of_orders_are_refused() -> None:
    """Orders come in pairs, and an error needs two pairs."""
    for orders in (2, 5):
        with pytest.raises(InputError, match="bad-orders"):
            sampled_shapley("ab", lambda s: 0.0, orders=orders, seed=0)


@samples(30)
@given(games(3, 5))
def test_merging_all_but_one_leaves_two_players(game: Game) -> None:
    """A union of the rest against one player: each gets what it is worth alone and half of what is left."""
    union = merged(game, "rest", game.players[1:])
    alone = np.array([game.value(game.players[0]), game.value(*game.players[1:])])
    assert union.players == (game.players[0], "rest")
    assert shapley(union) == pytest.approx(alone + (game.total - alone.sum()) / 2, abs=1e-9)
