"""Rows left out at first: the answer is that of the whole program, whichever rows were expected to bind."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse as sp

from linepack.solve import Beginning, QuadraticProgram, solve
from linepack.solve.lazy import MOST_PASSES

INFINITY = np.inf
ALL = np.ones(3, dtype=bool)


def program() -> QuadraticProgram:
    """Minimise half the squared distance to (3, 2, 1); x1 + x2 <= 3, x2 + x3 >= 4, x1 <= 10, x1 + x2 + x3 = 5."""
    matrix = sp.csc_matrix(np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 1, 1]]))
    return QuadraticProgram(
        np.ones(3), -np.array([3.0, 2, 1]), matrix, np.array([-INFINITY, 4.0, -INFINITY, 5.0]),
        np.array([3.0, INFINITY, 10.0, 5.0]), np.full(3, -INFINITY), np.full(3, INFINITY),
    )  # fmt: skip


def test_answer_does_not_depend_on_what_is_expected() -> None:
    """All sixteen guesses give x = (1, 2, 2) and y = (-1, 2, 0, -1).

    By hand: x1 + x2 = 3, x2 + x3 = 4 and x1 + x2 + x3 = 5 give (1, 2, 2); x - target = (-2, 0, 1) = A'y with
    y1 + y4 = -2, y1 + y2 + y4 = 0, y2 + y4 = 1: y2 = 2, y4 = -1, y1 = -1.
    """
    for guess in itertools.product([False, True], repeat=4):
        answer = solve(program(), solver="piqp", begin=Beginning(np.array(guess), ALL))
        assert answer.x == pytest.approx([1, 2, 2], abs=1e-7)
        assert answer.row_dual == pytest.approx([-1, 2, 0, -1], abs=1e-6)
        assert answer.certificate.is_certified
        assert answer.reduced_cost == pytest.approx(np.zeros(3), abs=1e-6)


def test_passes_are_bounded_and_told() -> None:
    """One attempt where the guess is right; never more than the passes and the whole program."""
    right = solve(program(), solver="piqp", begin=Beginning(np.array([True, True, False, True]), ALL))
    assert len(right.attempts) == 1
    wrong = solve(program(), solver="piqp", begin=Beginning(np.zeros(4, dtype=bool), ALL))
    assert 1 < len(wrong.attempts) <= MOST_PASSES + 1
    assert wrong.seconds >= sum(attempt.seconds for attempt in wrong.attempts) - 1e-9


def test_a_column_left_out_is_added_if_it_pays() -> None:
    """Two goods of cost 1 and 3 and a costlier third make 4 units, the first at most 3: x = (3, 1, 0), price 3.

    Whatever is left out at first, the unused third stays out or comes in without an effect.
    """
    matrix = sp.csc_matrix(np.ones((1, 3)))
    made = QuadraticProgram(np.zeros(3), np.array([1.0, 3, 7]), matrix, np.array([4.0]), np.array([INFINITY]),
                            np.zeros(3), np.array([3.0, 9, 9]))  # fmt: skip
    for guess in itertools.product([False, True], repeat=3):
        answer = solve(made, solver="piqp", begin=Beginning(np.ones(1, dtype=bool), np.array(guess)))
        assert answer.x == pytest.approx([3, 1, 0], abs=1e-6)
        assert answer.row_dual == pytest.approx([3], abs=1e-6)
        assert answer.certificate.is_certified
