"""The own interior point: answers of other solvers, where they can be asked, and a factor that stays thin."""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from linepack.errors import NotCertified
from linepack.market.compile import compile_problem
from linepack.results.equilibrium import program_of
from linepack.solve import (
    SMALL_PROGRAM_COLUMNS,
    SOLVERS,
    Beginning,
    QuadraticProgram,
    SolverStatus,
    certify,
    first_choice,
    native,
    solve,
)
from linepack.solve.dissection import StepEquations, dissect
from linepack.solve.presolve import reduce
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import load_dataset

solving = importlib.import_module("linepack.solve")
INFINITY = np.inf
STORES = 5


def seasons(stages: int, *, seed: int = 0, has_year: bool = True) -> QuadraticProgram:
    """Return stores between supply and demand that changes from stage to stage, and one limit on all that is supplied.

    Columns of a stage and store: supplied, used, level. Rows: level before + supplied - used = level; the last row is
    the sum of all supply. Demand is a falling value of use.
    """
    draw = np.random.default_rng(seed)
    value = 20 + 10 * np.sin(np.arange(stages) * np.pi / 6)[:, None] + draw.uniform(0, 3, (stages, STORES))
    column = np.arange(3 * stages * STORES).reshape(3, stages, STORES)
    row = np.arange(stages * STORES).reshape(stages, STORES)
    entries = [(row, column[0], 1.0), (row, column[1], -1.0), (row, column[2], -1.0), (row[1:], column[2, :-1], 1.0)]
    size = row.size + 1
    if has_year:
        entries.append((np.full(row.size, size - 1), column[0], 1.0))
    at_row, at_column = (np.concatenate([np.ravel(entry[k]) for entry in entries]) for k in (0, 1))
    number = np.concatenate([np.full(np.size(entry[0]), entry[2]) for entry in entries])
    lower, upper = np.zeros(size), np.zeros(size)
    lower[-1], upper[-1] = -INFINITY, 3.0 * row.size
    ones = np.ones((stages, STORES))
    return QuadraticProgram(
        np.concatenate([np.ravel(0.5 * ones), np.ravel(2 * ones), np.ravel(0 * ones)]),
        np.concatenate([np.ravel(10 * ones), -np.ravel(value), np.ravel(0.01 * ones)]),
        sp.csc_matrix((number, (at_row, at_column)), shape=(size, column.size)), lower, upper,
        np.zeros(column.size), np.concatenate([np.ravel(6 * ones), np.ravel(INFINITY * ones), np.ravel(8 * ones)]),
        np.append(np.repeat(np.arange(stages), STORES), -1),
    )  # fmt: skip


@pytest.mark.parametrize("has_stages", [True, False])
def test_it_agrees_with_another_solver(has_stages: bool) -> None:
    """Use and its price are unique, as its value falls; the hint of stages changes the order and not the answer."""
    program = seasons(30)
    program = program if has_stages else replace(program, row_stage=None)
    answer, other = (solve(program, solver=name, tolerance=1e-14) for name in ("native", "piqp"))
    used = slice(30 * STORES, 60 * STORES)
    np.testing.assert_allclose(answer.x[used], other.x[used], atol=1e-5)
    np.testing.assert_allclose(answer.row_dual[:-1], other.row_dual[:-1], atol=1e-4)


def test_free_columns_and_upper_limits() -> None:
    """Least of (x1 - 3)^2/2 - x2 + x3, x1 + x2 + x3 = 1 free, x2 at most 2, x3 free: the price of the row is 1 by x3.

    Then x2 gains 1 + 1 a unit and rests at 2, x1 = 3 + 1 and x3 takes up the rest, 1 - 4 - 2.
    """
    program = QuadraticProgram(
        np.array([1.0, 0, 0]), np.array([-3.0, -1, 1]), sp.csc_matrix(np.ones((1, 3))), np.ones(1), np.ones(1),
        np.full(3, -INFINITY), np.array([INFINITY, 2.0, INFINITY]),
    )  # fmt: skip
    answer = solve(program, solver="native", tolerance=1e-10)
    assert answer.x == pytest.approx([4, 2, -5], abs=1e-6)
    assert answer.row_dual == pytest.approx([1], abs=1e-6)


def test_no_rows_and_no_limits() -> None:
    """Without rows each column is on its own: (x - 2)^2/2 is least at 2, and at 1 where x may be at most 1."""
    program = QuadraticProgram(np.ones(2), np.full(2, -2.0), sp.csc_matrix((0, 2)), np.zeros(0), np.zeros(0),
                               np.full(2, -INFINITY), np.array([INFINITY, 1.0]))  # fmt: skip
    assert solve(program, solver="native", tolerance=1e-10).x == pytest.approx([2, 1], abs=1e-6)


@pytest.mark.parametrize("kind", ["plain", "degenerate", "scaled"])
def test_answers_known_by_construction(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The objective is that of the point the program was built around, which is optimal: its cost makes its duals fit.

    Then the squared distance of curved columns from that point, times half their curvature, is at most the error of the
    objective. Degenerate: rows twice, and limits that bind with a dual of nil; of these one in twelve may be left to
    the next solver. Scaled: rows times a thousand and down to a thousandth.
    """
    monkeypatch.setattr(solving, "SMALL_PROGRAM_COLUMNS", 0)
    by = []
    for seed in range(12):
        program, point = built_around_a_point(seed, kind)
        answer = solve(program, tolerance=1e-10)
        value = program.objective(point)
        assert abs(program.objective(answer.x) - value) < 1e-7 * (1 + abs(value))
        assert 0.5 * program.hessian_diagonal @ (answer.x - point) ** 2 < 1e-7 * (1 + abs(value))
        by.append(answer.solver)
    assert by.count("native") >= (11 if kind == "degenerate" else 12)


def built_around_a_point(seed: int, kind: str) -> tuple[QuadraticProgram, np.ndarray]:
    """Return a program of rows of all kinds and columns with and without limits, and an optimum of it."""
    draw = np.random.default_rng(seed)
    rows, columns = int(draw.integers(5, 60)), int(draw.integers(80, 200))
    matrix = sp.random(rows, columns, 3 / rows + 0.02, random_state=seed,
                       data_rvs=lambda size: draw.choice([-1.0, 1.0, 0.95, -2.0], size)).tocsr()  # fmt: skip
    is_low, is_high, is_free = draw.random(columns) < 0.4, draw.random(columns) < 0.2, draw.random(columns) < 0.05
    point = np.where(is_low, 0.0, draw.uniform(0, 50, columns))
    upper = np.where(is_high, point, point + np.where(draw.random(columns) < 0.5, INFINITY, 50.0))
    hessian = np.where(draw.random(columns) < 0.3, draw.uniform(0.2, 2, columns), 0.0)
    side, price = draw.integers(0, 4, rows), np.abs(draw.normal(0, 20, rows))
    dual = np.choose(side, [price * draw.choice([-1, 1], rows), price, -price, 0 * price])
    limits = draw.uniform(0, 30, columns) * (is_low & ~is_free) - draw.uniform(0, 30, columns) * (is_high & ~is_low)
    if kind == "degenerate":
        limits, dual = limits * (draw.random(columns) < 0.3), np.where(side == 0, np.round(dual, -1), dual)
        matrix, side = sp.vstack([matrix, matrix[:3]]).tocsr(), np.append(side, side[:3])
        dual = np.append(dual, np.zeros(3))
    if kind == "scaled":
        scale = 10 ** draw.uniform(-3, 3, rows)
        matrix, dual = (sp.diags(scale) @ matrix).tocsr(), dual / scale
    value = matrix @ point
    cost = matrix.T @ dual + limits - hessian * point
    lower_row, upper_row = np.choose(side, [value, value, value * 0 - INFINITY, value - 1]), np.choose(
        side, [value, value * 0 + INFINITY, value, value + 1])  # fmt: skip
    made = QuadraticProgram(hessian, cost, sp.csc_matrix(matrix), lower_row, upper_row,
                            np.where(is_free, -INFINITY, 0.0), upper)  # fmt: skip
    return made, point


def test_programs_without_an_answer_are_given_up() -> None:
    """Three columns of at least nil do not add up to -1; and one that gains without limit has no best value."""
    ones, none = np.ones((1, 3)), np.full(3, INFINITY)
    empty = QuadraticProgram(np.zeros(3), np.ones(3), sp.csc_matrix(ones), -np.ones(1), -np.ones(1), np.zeros(3), none)
    endless = replace(empty, cost=-np.ones(3), row_lower=np.ones(1), row_upper=np.full(1, INFINITY))
    for program in (empty, endless):
        raw = SOLVERS["native"].solve(program, tolerance=1e-9, time_limit_s=60)
        assert raw.status is SolverStatus.LIMIT
        assert raw.iterations < 200
        with pytest.raises(NotCertified):
            solve(program, solver="native")


def test_a_wrong_beginning_changes_no_answer() -> None:
    """Begun without its yearly row and a third of its supply, the program is certified as a whole, with one answer."""
    program = seasons(24)
    rows, columns = np.ones(program.matrix.shape[0], dtype=bool), np.arange(program.matrix.shape[1]) % 3 > 0
    rows[-1] = False
    answer = solve(program, solver="native", begin=Beginning(rows, columns))
    used = slice(24 * STORES, 48 * STORES)
    np.testing.assert_allclose(answer.x[used], solve(program, solver="piqp", tolerance=1e-12).x[used], atol=1e-4)


def test_it_is_asked_first_where_it_is_quicker() -> None:
    """Small programs go to PIQP, larger ones to the own interior point; where that fails the next is asked."""
    assert first_choice(seasons(10)) == "piqp"
    assert first_choice(seasons(1 + SMALL_PROGRAM_COLUMNS // (3 * STORES))) == "native"


def test_failing_it_another_solver_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """An own interior point that gives up at once is one attempt; the answer of the next one is certified."""
    monkeypatch.setattr(solving, "SMALL_PROGRAM_COLUMNS", 0)
    monkeypatch.setitem(SOLVERS, "native", native.Native(most_iterations=0))
    answer = solve(seasons(6))
    assert [attempt.solver for attempt in answer.attempts] == ["native", "hipo"]
    assert answer.solver == "hipo"


def test_blas_uses_one_thread_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that wait for each other take twice the processor time on blocks as small as these."""
    limits: list[object] = []

    class Controller:
        def limit(self, **asked: object) -> AbstractContextManager[None]:
            limits.append(asked)
            return nullcontext()

    monkeypatch.setattr(native, "_controller", Controller)
    assert solve(seasons(6), solver="native").certificate.is_certified
    assert limits == [{"limits": 1, "user_api": "blas"}]


def test_the_factor_grows_no_faster_than_the_horizon() -> None:
    """A cut in time shares only levels and the yearly row with the other side; least degree alone does worse."""
    sizes = {stages: _factor(seasons(stages)) for stages in (48, 96, 192)}
    assert sizes[96] < 2.2 * sizes[48]
    assert sizes[192] < 2.2 * sizes[96]


def test_the_order_is_one() -> None:
    """Every row and kept column once, whatever the spans, also those that no stage bounds."""
    part = np.random.default_rng(1).random((300, 300)) < 0.02
    pattern = sp.csc_matrix((part | part.T | np.eye(300, dtype=bool)).astype(float))
    first = np.random.default_rng(0).integers(0, 40, 300)
    last = np.minimum(39, first + np.random.default_rng(1).integers(0, 9, 300))
    assert sorted(dissect(pattern, first, last, 40)) == list(range(300))
    assert sorted(dissect(pattern, np.zeros(300, dtype=int), np.full(300, -1), 0)) == list(range(300))


def test_prices_of_the_market() -> None:
    """On the market of a year, hub prices where gas is used differ from those of a finer answer by less than 1e-4."""
    problem = compile_problem(load_dataset("2025"), monthly_periods("2025-04", 12))
    program = program_of(problem)
    assert program.row_stage is not None
    assert set(program.row_stage) == {-1, *range(12)}
    reduced = reduce(program)
    found = {}
    for name, tolerance in (("native", 1e-9), ("piqp", 1e-11)):
        raw = reduced.restore(SOLVERS[name].solve(reduced.program, tolerance=tolerance, time_limit_s=60))
        assert certify(program, np.clip(raw.x, program.column_lower, program.column_upper), raw.row_dual).is_certified
        balance = problem.equations["pool_balance"]
        is_used = np.isin(balance.labels["node"], problem.variables["consumption"].labels["node"])
        found[name] = (raw.row_dual[balance.rows] / problem.sets.weight[:, None])[:, is_used]
    assert np.abs(found["native"] - found["piqp"]).max() < 1e-4


def _factor(program: QuadraticProgram) -> int:
    reduced = reduce(program).program
    equations = StepEquations(reduced.matrix, reduced.row_stage, np.zeros(reduced.matrix.shape[1], dtype=bool))
    equations.factor(np.ones(reduced.matrix.shape[1]), np.ones(reduced.matrix.shape[0]))
    return equations.fill()[0]
