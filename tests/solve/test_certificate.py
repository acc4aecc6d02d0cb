"""The certificate on a program that can be solved by hand, and solvers that lie."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from linepack.errors import InputError, NotCertified, SolverUnavailable
from linepack.solve import Certificate, QuadraticProgram, RawSolution, SolverStatus, certify, solve
from linepack.solve.presolve import reduce

solving = importlib.import_module("linepack.solve")  # linepack.solve itself is the function of that name

X, Y = np.array([0.75, 0.25]), np.array([0.75])


def small() -> QuadraticProgram:
    """Minimise x1^2/2 + 3 x2^2/2 with x1 + x2 = 1, both between 0 and 5: x = (3/4, 1/4), multiplier 3/4."""
    row, one = sp.csc_matrix([[1.0, 1.0]]), np.ones(1)
    return QuadraticProgram(np.array([1.0, 3.0]), np.zeros(2), row, one, one, np.zeros(2), np.full(2, 5.0))


def test_right_point_passes() -> None:
    """The answer worked out by hand has no residual at all."""
    certificate = certify(small(), X, Y)
    assert certificate.is_certified
    residuals = (certificate.primal, certificate.bounds, certificate.stationarity, certificate.gap)
    assert max(residuals) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("x", "y", "which"),
    [
        ([0.8, 0.25], [0.75], "primal"),  # the row is 1.05, not 1
        ([0.5, 0.5], [0.75], "gap"),  # feasible, not optimal: 0.5 is not 0.375
        ([1.2, -0.2], [0.75], "bounds"),  # x2 is below its limit
        ([0.75, 0.25], [0.70], "gap"),  # right point, wrong price
        ([np.nan, 0.25], [0.75], "primal"),
        ([0.75, 0.25], [np.nan], "stationarity"),
        ([np.inf, 0.25], [0.75], "primal"),
    ],
)
def test_wrong_point_fails(x: list[float], y: list[float], which: str) -> None:
    """Each error shows in the residual that measures it; NaN and infinity show in all."""
    certificate = certify(small(), np.array(x), np.array(y))
    assert not certificate.is_certified
    assert getattr(certificate, which) > 1e-3


def test_dual_of_a_side_that_does_not_exist_fails() -> None:
    """Without upper limits the reduced cost of x2 may not be negative; with y = 2 it is 0.75 - 2."""
    free = replace(small(), column_upper=np.full(2, np.inf))
    assert certify(free, X, np.array([2.0])).stationarity == pytest.approx(1.25 / 1.0)


def test_one_stray_dual_cannot_hide_an_error() -> None:
    """Stationarity is relative to prices, and a dual of a billion on an idle row does not make prices a billion."""
    idle = sp.csc_matrix(np.array([[1.0, 1.0], [0.0, 0.0]]))
    program = replace(small(), matrix=idle, row_lower=np.array([1.0, -np.inf]), row_upper=np.array([1.0, np.inf]),
                      column_upper=np.full(2, np.inf))  # fmt: skip
    assert not certify(program, X, np.array([2.0, 1e9])).is_certified


def random_program(seed: int) -> QuadraticProgram:
    """Return a strictly convex program with a feasible point, rows of all kinds and columns with and without limits."""
    draw = np.random.default_rng(seed)
    columns, rows = 30, 12
    matrix = sp.csc_matrix(np.where(draw.random((rows, columns)) < 0.3, draw.standard_normal((rows, columns)), 0.0))
    inside = draw.uniform(1, 2, columns)
    value = matrix @ inside
    lower, upper = value - draw.uniform(0, 1, rows), value + draw.uniform(0, 1, rows)
    lower[:4] = upper[:4] = value[:4]
    lower[4:7], upper[9:] = -np.inf, np.inf
    top = np.where(draw.random(columns) < 0.5, np.inf, 3.0)
    return QuadraticProgram(
        draw.uniform(0.5, 2, columns), draw.standard_normal(columns) * 5, matrix, lower, upper,
        np.zeros(columns), top,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_solvers_agree(seed: int) -> None:
    """A strictly convex program has one answer: points and prices agree to 1e-6 of one plus their largest entry."""
    program = random_program(seed)
    answers = {name: solve(program, solver=name, tolerance=1e-10) for name in solving.SOLVERS}
    first = answers["piqp"]
    for name, answer in answers.items():
        scale = 1 + np.abs(first.x).max()
        np.testing.assert_allclose(answer.x / scale, first.x / scale, atol=1e-6, rtol=0, err_msg=name)
        price = 1 + np.abs(first.row_dual).max()
        np.testing.assert_allclose(answer.row_dual / price, first.row_dual / price, atol=1e-6, rtol=0, err_msg=name)


@pytest.mark.parametrize("name", list(solving.SOLVERS))
def test_solvers_agree_with_the_hand(name: str) -> None:
    """Point and price of the program above, sign included."""
    answer = solve(small(), solver=name, tolerance=1e-10)
    assert answer.x == pytest.approx(X, abs=1e-7)
    assert answer.row_dual == pytest.approx(Y, abs=1e-7)


def test_fixed_columns_and_empty_rows_stay_out() -> None:
    """With x2 fixed at 1/4 one column is left; a row of zeros goes; the way back restores both, and x1 is 3/4."""
    program = replace(small(), column_lower=np.array([0.0, 0.25]), column_upper=np.array([5.0, 0.25]),
                      matrix=sp.csc_matrix(np.array([[1.0, 1.0], [0.0, 2.0]])), row_lower=np.array([1.0, 0.0]),
                      row_upper=np.array([1.0, 9.0]))  # fmt: skip
    assert reduce(program).program.matrix.shape == (1, 1)
    answer = solve(program, tolerance=1e-10)
    assert answer.x == pytest.approx(X, abs=1e-8)
    assert answer.row_dual[1] == 0


@dataclass(frozen=True)
class Fake:
    """A solver that returns what it is told, with status optimal."""

    answer: Callable[[QuadraticProgram], tuple[Any, Any]]
    seconds: float = 0.0
    name: str = "fake"

    def version(self) -> str:
        return "0"

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        x, y = (np.asarray(part, dtype=float) for part in self.answer(program))
        return RawSolution(SolverStatus.OPTIMAL, x, y, 1, self.seconds, "ok")


@pytest.mark.parametrize(
    "answer",
    [([1.0, 1.0], [0.75]), ([0.75, 0.25], [-0.75]), ([np.nan, np.nan], [np.nan]), ([0.75], [0.75]), ([], [])],
)
def test_rubbish_called_optimal_is_refused(monkeypatch: pytest.MonkeyPatch, answer: tuple[Any, Any]) -> None:
    """A status word is never enough: wrong point, wrong price, NaN and wrong sizes are refused with what was tried."""
    monkeypatch.setitem(solving.SOLVERS, "fake", Fake(lambda _: answer))
    with pytest.raises(NotCertified, match="fake: optimal"):
        solve(small(), solver="fake")


def test_right_answer_of_an_unknown_solver_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake is refused for its answers, not for its name."""
    monkeypatch.setitem(solving.SOLVERS, "fake", Fake(lambda _: (X, Y)))
    assert solve(small(), solver="fake").solver == "fake"


def test_time_limit_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right answer after the time limit is no answer."""
    monkeypatch.setitem(solving.SOLVERS, "fake", Fake(lambda _: (X, Y), seconds=10.0))
    with pytest.raises(NotCertified, match=r"10\.0 s"):
        solve(small(), solver="fake", time_limit_s=5.0)


@pytest.mark.parametrize("name", list(solving.SOLVERS))
def test_each_solver_notices_its_time_limit(name: str) -> None:
    """No program is solved in a nanosecond: either no answer is reported, or one that took longer is refused."""
    with pytest.raises(NotCertified):
        solve(random_program(0), solver=name, time_limit_s=1e-9)


def test_auto_goes_on_to_the_next_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the first solver lies the next is asked, and the answer names both attempts."""
    monkeypatch.setitem(solving.SOLVERS, "piqp", Fake(lambda _: ([9.0, 9.0], [0.0]), name="piqp"))
    answer = solve(small())
    assert answer.solver == "native"
    assert [attempt.solver for attempt in answer.attempts] == ["piqp", "native"]


@pytest.mark.parametrize(("name", "module"), [("piqp", "piqp"), ("hipo", "highspy"), ("clarabel", "clarabel")])
def test_missing_solver_is_reported(monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    """Without its library a named solver raises with a remedy; the automatic choice uses another and says so."""
    absent(monkeypatch, module)
    with pytest.raises(SolverUnavailable, match=f"pip install {module}"):
        solve(small(), solver=name)
    answer = solve(small())
    assert answer.solver != name


def absent(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Make a library look as if it were not installed."""
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:
        if name == module:
            raise ImportError(name)
        return real(name, package)

    for file in ("piqp", "highs", "clarabel"):
        monkeypatch.setattr(importlib.import_module(f"linepack.solve.{file}"), "import_module", without)


def test_hipo_without_its_extra_package_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without highspy-extras the option call returns an error status; the active-set method must not run instead."""
    import highspy

    class Plain(highspy.Highs):
        def setOptionValue(self, option: str, value: Any) -> Any:  # noqa: N802
            if (option, value) == ("solver", "hipo"):
                return highspy.HighsStatus.kError
            return super().setOptionValue(option, value)

        def run(self) -> Any:
            raise AssertionError("the active-set method was run")

    monkeypatch.setattr(highspy, "Highs", Plain)
    with pytest.raises(SolverUnavailable, match="pip install highspy-extras"):
        solve(small(), solver="hipo")


def test_hipo_that_makes_no_interior_point_iteration_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If HiGHS takes the option and still runs another method, the status is an error, whatever the point."""
    import highspy

    class Silent(highspy.Highs):
        def setOptionValue(self, option: str, value: Any) -> Any:  # noqa: N802
            done = highspy.HighsStatus.kOk
            return done if option in ("solver", "ipm_optimality_tolerance") else super().setOptionValue(option, value)

    monkeypatch.setattr(highspy, "Highs", Silent)
    raw = solving.SOLVERS["hipo"].solve(small(), tolerance=1e-9, time_limit_s=10)
    assert raw.status is SolverStatus.ERROR
    assert "no interior-point iteration" in raw.message


def test_infeasible_program_is_not_certified() -> None:
    """x1 + x2 = 11 with both at most 5 has no answer, and each attempt is shown."""
    impossible = replace(small(), row_lower=np.full(1, 11.0), row_upper=np.full(1, 11.0))
    with pytest.raises(NotCertified, match=r"piqp.*native.*hipo.*clarabel"):
        solve(impossible)


def test_unknown_solver_is_bad_input() -> None:
    """The error lists what there is."""
    with pytest.raises(InputError, match="piqp"):
        solve(small(), solver="gurobi")


@pytest.mark.parametrize("field", ["hessian_diagonal", "cost", "row_lower", "column_upper"])
def test_nan_never_reaches_a_solver(field: str) -> None:
    """An array with a NaN, or of the wrong length, is no program."""
    array = getattr(small(), field).copy()
    array[0] = np.nan
    for bad in (array, np.zeros(7)):
        changes: dict[str, Any] = {field: bad}
        with pytest.raises(ValueError, match=field):
            replace(small(), **changes)


def test_certificate_reports_its_limit() -> None:
    """The envelope holds the residuals, the limit and the verdict."""
    assert Certificate(0.0, 0.0, 0.0, 2e-6).as_dict() == {
        "primal": 0.0, "bounds": 0.0, "stationarity": 0.0, "gap": 2e-6, "limit": 1e-6, "is_certified": False,
    }  # fmt: skip
