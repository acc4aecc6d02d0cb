"""Nash bargaining with and without payments, payments that end objections, and hold-up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult, linprog

from linepack.deals.bargaining import (
    hold_up,
    nash_lottery,
    nash_outcome,
    nash_split,
    rubinstein_shares,
    stabilising_payments,
)
from linepack.deals.core import least_core, objections
from linepack.deals.game import Game, game_from_function, membership
from linepack.deals.shapley import shapley
from linepack.errors import InputError
from tests.samples import samples


def optimum(answer: OptimizeResult) -> float:
    assert answer.status == 0
    return float(answer.fun)


def test_nash_split_shares_the_surplus_over_threats_equally() -> None:
    """D + (S - sum d) / n with S = 10 and d = 1, 2, 3: each gets its threat and 4/3."""
    assert nash_split(10.0, np.array([1.0, 2.0, 3.0])).payoffs == pytest.approx([7 / 3, 10 / 3, 13 / 3])


def test_nash_split_with_weights() -> None:
    """Bargaining weights 3 and 1 share a surplus of 8 as 6 and 2."""
    assert nash_split(10.0, np.array([1.0, 1.0]), np.array([3.0, 1.0])).payoffs == pytest.approx([7, 3])


def test_no_agreement_below_the_threats() -> None:
    """Threats of 4 and 8 exceed 10, so both keep them."""
    found = nash_split(10.0, np.array([4.0, 8.0]))
    assert not found.is_agreement
    assert found.payoffs == pytest.approx([4, 8])


@pytest.mark.parametrize("discount", [0.0, 0.5, 0.9, 0.99])
def test_rubinstein_first_mover(discount: float) -> None:
    """With a common discount factor x the first mover gets 1 / (1 + x)."""
    assert rubinstein_shares(discount, discount) == pytest.approx((1 / (1 + discount), discount / (1 + discount)))


def test_rubinstein_tends_to_the_equal_split_of_nash() -> None:
    """As rounds get short the first mover's advantage goes, and the patient side gets more."""
    assert rubinstein_shares(0.999999, 0.999999)[0] == pytest.approx(0.5, abs=1e-6)
    assert rubinstein_shares(0.9, 0.8)[0] > rubinstein_shares(0.8, 0.8)[0]


def test_nash_lottery_on_a_line_is_the_midpoint() -> None:
    """Outcomes (3, 0) and (0, 1): gains p * 3 and 1 - p; the product is largest at p = 1/2."""
    found = nash_lottery(np.array([[3.0, 0.0], [0.0, 1.0]]), np.zeros(2))
    assert found is not None
    assert found.chances == pytest.approx([0.5, 0.5], abs=1e-9)
    assert found.payoffs == pytest.approx([1.5, 0.5], abs=1e-9)


def test_nash_lottery_takes_a_fair_outcome_over_a_lottery() -> None:
    """(2, 2) beats every mix with (3, 0) and (0, 3), whose products are at most 2.25 on their own line."""
    outcomes = np.array([[3.0, 0.0], [2.0, 2.0], [0.0, 3.0]])
    found = nash_lottery(outcomes, np.zeros(2))
    assert found is not None
    assert found.payoffs == pytest.approx([2, 2], abs=1e-8)
    assert nash_outcome(outcomes, np.zeros(2)) == 1


def test_nash_lottery_with_weights() -> None:
    """On the line from (1, 0) to (0, 1) the chances are the bargaining weights."""
    found = nash_lottery(np.eye(3), np.zeros(3), np.array([0.5, 0.3, 0.2]))
    assert found is not None
    assert found.chances == pytest.approx([0.5, 0.3, 0.2], abs=1e-8)


def test_nothing_makes_all_better_off() -> None:
    """Whatever one gains the other loses, so there is no agreement without payments."""
    assert nash_lottery(np.array([[1.0, -1.0], [-2.0, 2.0]]), np.zeros(2)) is None
    assert nash_outcome(np.array([[1.0, -1.0], [0.0, 0.0]]), np.zeros(2)) is None


@samples(40)
@given(st.integers(2, 5), st.integers(2, 12), st.integers(0, 10_000))
def test_nash_lottery_cannot_be_improved(players: int, count: int, seed: int) -> None:
    """The log of the product is concave: no outcome mixed in a little may raise it, nor a random lottery beat it."""
    generator = np.random.default_rng(seed)
    outcomes = generator.normal(0.3, 1.0, (count, players)).round(2)
    found = nash_lottery(outcomes, np.zeros(players))
    best_smallest = linprog(
        [0.0] * count + [-1.0], A_ub=np.column_stack([-outcomes.T, np.ones(players)]), b_ub=np.zeros(players),
        A_eq=[[1.0] * count + [0.0]], b_eq=[1.0], bounds=[(0, None)] * count + [(None, None)],
    )  # fmt: skip
    if found is None:
        assert -optimum(best_smallest) < 1e-6
        return
    assert ((outcomes / found.payoffs).mean(axis=1) <= 1 + 1e-7).all()
    for chances in generator.dirichlet(np.ones(count), 50):
        if (chances @ outcomes > 0).all():
            assert np.log(chances @ outcomes).sum() <= np.log(found.payoffs).sum() + 1e-7


def test_payments_that_move_the_glove_game_into_its_core() -> None:
    """The core is (1, 0, 0): each right glove gives up its Shapley payoff of 1/6, nothing comes from outside."""
    game = game_from_function(["left", "right 1", "right 2"], lambda s: float("left" in s and len(s) > 1))
    found = stabilising_payments(game, shapley(game))
    assert found.transfers == pytest.approx([1 / 3, -1 / 6, -1 / 6], abs=1e-6)
    assert found.outside == 0
    assert found.moved == pytest.approx(2 / 3, abs=1e-6)


def test_an_empty_core_needs_money_from_outside() -> None:
    """Any two of three are worth 1: pairs sum to 3, so all three need 3/2, half of which is not there."""
    game = game_from_function("abc", lambda s: float(len(s) > 1))
    found = stabilising_payments(game, shapley(game))
    assert found.outside == pytest.approx(0.5, abs=1e-6)


@samples(40)
@given(st.integers(2, 4), st.lists(st.integers(0, 20), min_size=15, max_size=15))
def test_payments_end_every_objection_at_the_least_cost(size: int, numbers: list[int]) -> None:
    """Against the full program with every coalition in it; nothing is paid where nobody objects."""
    game = Game(tuple("abcd"[:size]), np.array([0, *numbers[: (1 << size) - 1]], dtype=float))
    payoffs = shapley(game)
    found = stabilising_payments(game, payoffs)
    assert not objections(game, payoffs + found.transfers, tolerance=1e-7)
    assert (found.outside > 1e-6) == (not least_core(game).core_exists(game))
    if not objections(game, payoffs):
        assert found.moved == pytest.approx(0, abs=1e-6)
    inside = membership(np.arange(1, game.everyone + 1), size)
    rows = -np.hstack([inside, -inside])
    right = inside @ payoffs - game.values[1:]
    whole = [[1.0] * size + [-1.0] * size]
    least = linprog([1.0] * size + [-1.0] * size, A_ub=[*rows, *(-np.array(whole))], b_ub=[*right, 0.0])
    moved = linprog([1.0] * (2 * size), A_ub=[*rows, *np.array(whole)], b_ub=[*right, optimum(least) + 1e-9])
    assert found.outside == pytest.approx(max(optimum(least), 0.0), abs=1e-6)
    assert found.moved == pytest.approx(optimum(moved), abs=1e-6)


def test_payoffs_above_the_total_are_refused() -> None:
    """There is nothing to stabilise if more is given out than there is."""
    with pytest.raises(InputError, match="too-much"):
        stabilising_payments(Game(("a", "b"), np.array([0.0, 0.0, 0.0, 1.0])), np.array([1.0, 1.0]))


def test_hold_up_takes_half_of_a_sunk_cost() -> None:
    """Two players, a line worth 10 that costs the first 4. Before: 6 is shared as 3 and 3.

    After the cost is sunk they share 10 as 5 and 5, and the first alone bears 4: it is left with 1 and loses 2.
    """
    game = Game(("investor", "other"), np.array([0.0, 0.0, 0.0, 6.0]))
    found = hold_up(game, np.array([4.0, 0.0]), game.everyone, shapley)
    assert found.before == pytest.approx([3, 3])
    assert found.after == pytest.approx([1, 5])
    assert found.change == pytest.approx([-2, 2])


def test_hold_up_can_stop_an_investment_that_pays() -> None:
    """Value 10, cost 6: together they gain 4, but after sinking it the investor gets 5 - 6 < 0 and does not build."""
    game = Game(("investor", "other"), np.array([0.0, 0.0, 0.0, 4.0]))
    found = hold_up(game, np.array([6.0, 0.0]), game.everyone, shapley)
    assert found.before[0] > 0 > found.after[0]
