"""HiGHS with its interior point HiPO.

HiPO comes in the package highspy-extras. Without it the option call returns an error status and HiGHS would run
its active-set method for minutes; so the return is checked, and so is that interior-point iterations were made.
"""

from __future__ import annotations

import time
from importlib import import_module, metadata

import numpy as np

from linepack.errors import SolverUnavailable
from linepack.solve.program import QuadraticProgram, RawSolution, SolverStatus


class Hipo:
    """HiGHS HiPO behind the common interface."""

    name = "hipo"

    def version(self) -> str:
        """Return the version of the library."""
        return metadata.version("highspy")

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        """Return HiPO's answer in the common sign convention."""
        try:
            highspy = import_module("highspy")
        except ImportError as error:
            raise SolverUnavailable("no-solver", "HiGHS is not installed", hint="pip install highspy") from error
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        if solver.setOptionValue("solver", "hipo") != highspy.HighsStatus.kOk:
            raise SolverUnavailable("no-solver", "HiGHS has no HiPO interior point here",
                                    hint="pip install highspy-extras")  # fmt: skip
        for option, value in (("run_crossover", "off"), ("threads", 1), ("time_limit", float(time_limit_s)),
                              ("ipm_optimality_tolerance", max(tolerance, 1e-10))):  # fmt: skip
            solver.setOptionValue(option, value)
        start = time.perf_counter()
        solver.passModel(_model(highspy, program))
        solver.run()
        seconds = time.perf_counter() - start
        info, solution, status = solver.getInfo(), solver.getSolution(), solver.getModelStatus()
        words = highspy.HighsModelStatus
        meaning = {
            words.kOptimal: SolverStatus.OPTIMAL, words.kInfeasible: SolverStatus.INFEASIBLE,
            words.kUnbounded: SolverStatus.UNBOUNDED, words.kTimeLimit: SolverStatus.LIMIT,
            words.kIterationLimit: SolverStatus.LIMIT,
        }.get(status, SolverStatus.ERROR)  # fmt: skip
        rows, columns = program.matrix.shape
        x, dual = np.array(solution.col_value), np.array(solution.row_dual)
        if len(x) != columns or len(dual) != rows:
            x, dual = np.zeros(columns), np.zeros(rows)
        iterations = int(info.ipm_iteration_count)
        message = solver.modelStatusToString(status)
        if iterations < 1 and columns > 0:
            meaning, message = SolverStatus.ERROR, f"{message}, but no interior-point iteration was made"
        return RawSolution(meaning, x, dual, iterations, seconds, message)


def _model(highspy: object, program: QuadraticProgram) -> object:
    infinity = highspy.kHighsInf  # type: ignore[attr-defined]
    lp = highspy.HighsLp()  # type: ignore[attr-defined]
    matrix = program.matrix.tocsc()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_cost_ = program.cost
    sides = (program.column_lower, program.column_upper, program.row_lower, program.row_upper)
    lp.col_lower_, lp.col_upper_, lp.row_lower_, lp.row_upper_ = (np.clip(a, -infinity, infinity) for a in sides)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise  # type: ignore[attr-defined]
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    hessian = highspy.HighsHessian()  # type: ignore[attr-defined]
    is_curved = program.hessian_diagonal != 0
    hessian.dim_ = len(program.cost)
    hessian.format_ = highspy.HessianFormat.kTriangular  # type: ignore[attr-defined]
    hessian.start_ = np.concatenate([[0], np.cumsum(is_curved)]).astype(np.int32)
    hessian.index_ = np.flatnonzero(is_curved).astype(np.int32)
    hessian.value_ = program.hessian_diagonal[is_curved]
    model = highspy.HighsModel()  # type: ignore[attr-defined]
    model.lp_ = lp
    if is_curved.any():
        model.hessian_ = hessian
    return model
