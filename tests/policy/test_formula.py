"""Formulas over acts: reading, writing, and exact minimal sets."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.errors import InputError
from linepack.policy.formula import Deed, Formula, all_of, any_of, deeds, holds, minimal_sets, parse_formula
from linepack.policy.words import Act, Voting
from tests.samples import samples

BODIES = ["A", "B", "C", "D", "E"]
LEAVES = st.sampled_from([Deed(Act.ADOPT, body) for body in BODIES])


def _thresholds(parts: st.SearchStrategy[Formula | Deed]) -> st.SearchStrategy[Formula]:
    lists = st.lists(parts, min_size=1, max_size=4)
    return lists.flatmap(lambda p: st.integers(1, len(p)).map(lambda k: Formula(k, tuple(p))))


FORMULAS = st.recursive(LEAVES, _thresholds, max_leaves=8)


@samples(100)
@given(FORMULAS)
def test_minimal_sets_are_those_found_by_trying_all_sets(formula: Formula | Deed) -> None:
    """With five bodies all 32 sets can be tried: the minimal ones are those that hold while no smaller part does."""
    all_sets = [frozenset(c) for n in range(len(BODIES) + 1) for c in combinations(BODIES, n)]
    holding = [s for s in all_sets if holds(formula, s)]
    brute = {s for s in holding if not any(t < s for t in holding)}
    assert set(minimal_sets(formula)) == brute


@samples(100)
@given(FORMULAS)
def test_a_formula_survives_writing_and_reading(formula: Formula | Deed) -> None:
    """What is shown to the user can be typed into a table: both ask for the same."""
    whole = all_of([formula]) if isinstance(formula, Deed) else formula
    assert minimal_sets(parse_formula(str(whole))) == minimal_sets(whole)


def test_and_binds_closer_than_or() -> None:
    """'a or b and c' is met by a alone, or by b with c."""
    formula = parse_formula("adopt:A or adopt:B and sign:C")
    assert minimal_sets(formula) == (frozenset("A"), frozenset("BC"))


def test_four_of_five_creditors() -> None:
    """A threshold of four of five has five minimal sets of four."""
    formula = parse_formula("4 of (sign:A, sign:B, sign:C, sign:D, sign:E)")
    assert [len(s) for s in minimal_sets(formula)] == [4] * 5


def test_one_body_with_two_acts_counts_once() -> None:
    """The Council repeals a sanction by unanimity and amends a law by majority: still one body in the set."""
    formula = parse_formula("adopt:C/unanimity and adopt:C/qualified_majority")
    assert minimal_sets(formula) == (frozenset("C"),)
    assert [deed.voting for deed in deeds(formula)] == [Voting.UNANIMITY, Voting.QUALIFIED_MAJORITY]


def test_asking_for_nothing_is_met_by_nobody() -> None:
    """An open gate needs no act: the empty set is the only minimal set."""
    assert minimal_sets(all_of([])) == (frozenset(),)
    assert minimal_sets(any_of([])) == ()


@pytest.mark.parametrize(
    "text", ["adopt", "adopt:A and", "3 of (sign:A, sign:B)", "vote:A", "adopt:A )", "(adopt:A", "A"]
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """The error shows the formula and the words it may use."""
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert text in caught.value.issue.message


def test_a_sum_inside_a_single_part_keeps_its_brackets() -> None:
    """'(A or B) and C' wrapped once more must not print as 'A or B and C', which A alone would meet."""
    a, b, c = (Deed(Act.ADOPT, name) for name in "ABC")
    wrapped = Formula(2, (Formula(1, (Formula(1, (a, b)),)), c))
    assert str(wrapped) == "(adopt:A or adopt:B) and adopt:C"
    assert minimal_sets(parse_formula(str(wrapped))) == minimal_sets(wrapped)
