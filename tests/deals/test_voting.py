"""Voting bodies: published indices, counting by hand, and the Council of 27 with real populations."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.deals.council import council_populations, qualified_majority, unanimity
from linepack.deals.game import Game, game_from_function, merged
from linepack.deals.shapley import banzhaf, shapley
from linepack.deals.voting import (
    VotingBody,
    cheapest_majority,
    passing_counts,
    simple_game,
    split_inside,
    unanimous_body,
    voting_power,
    weighted_body,
)
from linepack.errors import InputError
from tests.samples import samples

EEC_1958 = weighted_body("EEC Council 1958", {"DE": 4, "FR": 4, "IT": 4, "BE": 2, "NL": 2, "LU": 1}, 12)


@st.composite
def bodies(draw: st.DrawFn) -> VotingBody:
    size = draw(st.integers(2, 7))
    weights = draw(st.lists(st.integers(1, 12), min_size=size, max_size=size))
    quota = draw(st.integers(1, sum(weights)))
    blocking = draw(st.integers(0, size))
    minimum = draw(st.integers(0, size))
    return VotingBody("body", tuple("abcdefg"[:size]), tuple(weights), quota, minimum, blocking)


def test_eec_council_of_1958() -> None:
    """Published: 7/30 for the three large, 3/20 for Belgium and the Netherlands, 0 for Luxembourg."""
    power = voting_power(EEC_1958).shapley_shubik
    assert list(power.values()) == [Fraction(7, 30)] * 3 + [Fraction(3, 20)] * 2 + [Fraction(0)]


def test_two_large_states_blocked_in_1958() -> None:
    """Any two of the three large states block; one alone, or one with Luxembourg, does not."""
    for pair in combinations(("DE", "FR", "IT"), 2):
        assert EEC_1958.blocks(pair)
    assert not EEC_1958.blocks(("DE",))
    assert not EEC_1958.blocks(("DE", "LU"))


def test_un_security_council() -> None:
    """A non-permanent member decides only if all five permanent and exactly three others came before it.

    That is C(9,3) sets of 8, each with 8! 6! orders of 15!; the five permanent members share the rest equally.
    """
    weights = {f"permanent {k}": 7 for k in range(5)} | {f"other {k}": 1 for k in range(10)}
    power = voting_power(weighted_body("UN Security Council", weights, 39)).shapley_shubik
    other = Fraction(comb(9, 3) * factorial(8) * factorial(6), factorial(15))
    assert power["other 0"] == other
    assert power["permanent 0"] == (1 - 10 * other) / 5
    assert round(float(power["permanent 0"]), 4) == 0.1963
    assert round(float(power["other 0"]), 5) == 0.00186


@given(bodies())
def test_power_is_that_of_the_body_as_a_game(body: VotingBody) -> None:
    """Counting by halves gives the Shapley value and Banzhaf index of the game of 0 and 1."""
    game, power = simple_game(body), voting_power(body)
    assert [float(p) for p in power.shapley_shubik.values()] == pytest.approx(shapley(game), abs=1e-12)
    assert [float(p) for p in power.banzhaf.values()] == pytest.approx(banzhaf(game), abs=1e-12)
    assert sum(power.shapley_shubik.values()) == sum(power.banzhaf_normalised.values()) == 1
    assert power.passing_coalitions == game.values.sum()


@given(bodies(), st.data())
def test_passing_and_blocking_are_opposites(body: VotingBody, data: st.DataObject) -> None:
    """A set blocks exactly if the others cannot pass a decision without it."""
    inside = data.draw(st.sets(st.sampled_from(body.members)))
    assert body.blocks(inside) == (not body.passes(set(body.members) - inside))


def test_unanimity_gives_all_the_same_power() -> None:
    """Only the whole body passes, so each decides in one order of n; each blocks alone."""
    body = unanimous_body("union", ("a", "b", "c"))
    power = voting_power(body)
    assert set(power.shapley_shubik.values()) == {Fraction(1, 3)}
    assert power.passing_coalitions == 1
    assert all(body.blocks((name,)) for name in body.members)


def test_council_populations_have_a_source_for_each_of_27_states() -> None:
    """Two lists; the printed shares of 2025 add to 100.01 %, the people of 2024 to 449.2 million."""
    frame = council_populations()
    sums = frame.groupby("list")["weight"].sum()
    assert sums["council-2025"] == 10_001
    assert sums["eurostat-2024"] == 449_206_200
    assert (frame["source"] != "").all()
    assert frame.groupby("list").size().to_dict() == {"council-2025": 27, "eurostat-2024": 27}


def test_qualified_majority_needs_states_and_people_or_a_minority_below_four() -> None:
    """55 % of 27 states is 15; 65 % of people; three states cannot block however large, four with 35 % can."""
    body = qualified_majority()
    assert (body.minimum_members, body.quota, body.blocking_members) == (15, 6500, 4)
    assert not body.blocks(("DE", "FR", "IT"))  # 46.89 % of the people, but three states
    assert body.blocks(("DE", "FR", "IT", "MT"))
    assert not body.blocks(("DE", "PL", "HU", "SK"))  # 30.16 %
    smallest = sorted(body.members, key=lambda name: body.weights[body.members.index(name)])
    assert not body.passes(smallest[:15])
    assert body.blocks(smallest[:13])
    assert not body.blocks(smallest[:12])


def test_the_vote_of_january_2026_passed() -> None:
    """The phase-out of Russian gas: 24 for, Hungary and Slovakia against, Bulgaria abstaining, which counts against."""
    body = qualified_majority()
    assert body.passes(set(body.members) - {"HU", "SK", "BG"})
    assert not unanimity().passes(set(body.members) - {"HU"})


def test_council_power_is_counted_over_all_coalitions() -> None:
    """Half of the count by another route: coalitions by size and weight from a generating function."""
    body = qualified_majority()
    table = np.zeros((28, 10_002), dtype=np.int64)
    table[0, 0] = 1
    for weight in body.weights:
        moved = np.zeros_like(table)
        moved[1:, weight:] = table[:-1, : table.shape[1] - weight]
        table = table + moved
    counts, weights = np.arange(28)[:, None], np.arange(10_002)[None, :]
    by_size = np.where(body.pass_mask(counts, weights), table, 0).sum(axis=1)
    assert (passing_counts(body)[1] == by_size).all()
    power = voting_power(body)
    assert power.passing_coalitions == by_size.sum()
    assert sum(power.shapley_shubik.values()) == 1


def test_council_power_follows_population() -> None:
    """The rule has no other difference between states, so power is ordered as population is, in both lists."""
    for name in ("council-2025", "eurostat-2024"):
        body = qualified_majority(name)
        power = voting_power(body)
        order = np.argsort(body.weights, kind="stable")
        for index in (power.shapley_shubik, power.banzhaf_normalised):
            values = [index[body.members[k]] for k in order]
            assert values == sorted(values)


def test_the_two_population_lists_give_nearly_the_same_power() -> None:
    """The Council counts Poland and Italy about 2 % higher than Eurostat's release; no index moves by 0.2 points."""
    one, other = (voting_power(qualified_majority(name)).shapley_shubik for name in ("council-2025", "eurostat-2024"))
    assert max(abs(float(one[name] - other[name])) for name in one) < 0.002


@samples(40)
@given(bodies(), st.lists(st.integers(-3, 9), min_size=7, max_size=7))
def test_the_cheapest_majority_is_the_cheapest_of_all(body: VotingBody, losses: list[int]) -> None:
    """Every passing coalition by hand; a member who gains is not paid."""
    loss = dict(zip(body.members, map(float, losses), strict=False))
    sets = [s for k in range(len(body.members) + 1) for s in combinations(body.members, k) if body.passes(s)]
    least = min(sum(max(loss[name], 0) for name in s) for s in sets)
    found = cheapest_majority(body, loss)
    assert found.total == pytest.approx(least)
    assert body.passes(found.members)
    assert all(loss[name] > 0 for name in found.payments)


def test_a_cheap_majority_in_the_council_leaves_the_dear_states_out() -> None:
    """With 24 states the population no longer counts, so the three dearest are left out."""
    losses = {"HU": 5.0, "SK": 3.0, "DE": 20.0, "FR": 9.0, "IT": 7.0, "ES": 1.0, "PL": 2.0, "AT": 0.5}
    found = cheapest_majority(qualified_majority(), losses)
    assert found.payments == {"ES": 1.0, "PL": 2.0, "HU": 5.0, "AT": 0.5, "SK": 3.0}
    assert found.total == 11.5


def owen(game: Game, unions: tuple[tuple[str, ...], ...]) -> dict[str, float]:
    """The Owen value by its definition: orders in which each union enters in one piece."""
    total: dict[str, float] = dict.fromkeys(game.players, 0.0)
    orders = 0
    for outer in permutations(unions):
        inner_orders: list[tuple[str, ...]] = [()]
        for union in outer:
            inner_orders = [before + order for before in inner_orders for order in permutations(union)]
        for order in inner_orders:
            orders += 1
            for k, name in enumerate(order):
                total[name] += game.value(*order[: k + 1]) - game.value(*order[:k])
    return {name: amount / orders for name, amount in total.items()}


def test_a_union_split_by_its_inner_vote_is_the_owen_value() -> None:
    """A union whose members count only through its vote: quotient Shapley value times inner Shapley-Shubik power."""
    body = weighted_body("union", {"x": 3, "y": 2, "z": 1}, 4)

    def value(s: frozenset[str]) -> float:
        has_union = body.passes(s & set(body.members))
        return 10.0 * (has_union and "RU" in s) + 3.0 * ("UA" in s and "RU" in s) + 1.0 * (has_union and "UA" in s)

    game = game_from_function(("RU", "UA", "x", "y", "z"), value)
    quotient = merged(game, "union", body.members)
    share = dict(zip(quotient.players, shapley(quotient), strict=True))
    expected = owen(game, (("RU",), ("UA",), ("x", "y", "z")))
    found = {"RU": share["RU"], "UA": share["UA"], **split_inside(body, share["union"])}
    assert found == pytest.approx(expected, abs=1e-12)


def test_bodies_that_always_or_never_pass_are_refused() -> None:
    """A quota of 0 lets nobody pass a decision, one above all weights lets nothing pass."""
    for quota in (0, 4):
        with pytest.raises(InputError, match="nobody must fail"):
            weighted_body("body", {"a": 1, "b": 2}, quota)


def test_a_state_that_is_no_member_is_named() -> None:
    """The Council knows Greece as GR, not EL."""
    with pytest.raises(InputError, match="'EL' is no player"):
        qualified_majority().passes(("EL",))
    with pytest.raises(InputError, match="council-2025"):
        qualified_majority("council-2024")
