"""Clarabel: interior point on the homogeneous embedding. The fallback."""

from __future__ import annotations

import time
from importlib import import_module, metadata

import numpy as np
import scipy.sparse as sp

from linepack.errors import SolverUnavailable
from linepack.solve.program import QuadraticProgram, RawSolution, SolverStatus


class Clarabel:
    """Clarabel behind the common interface."""

    name = "clarabel"

    def version(self) -> str:
        """Return the version of the library."""
        return metadata.version("clarabel")

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        """Return Clarabel's answer in the common sign convention."""
        try:
            library = import_module("clarabel")
        except ImportError as error:
            raise SolverUnavailable("no-solver", "Clarabel is not installed", hint="pip install clarabel") from error
        rows, columns = program.matrix.shape
        matrix, identity = program.matrix.tocsr(), sp.identity(columns, format="csr")
        is_equal = program.row_lower == program.row_upper
        has_upper = np.isfinite(program.row_upper) & ~is_equal
        has_lower = np.isfinite(program.row_lower) & ~is_equal
        col_upper, col_lower = np.isfinite(program.column_upper), np.isfinite(program.column_lower)
        stack = sp.vstack([matrix[is_equal], matrix[has_upper], -matrix[has_lower], identity[col_upper],
                           -identity[col_lower]]).tocsc()  # fmt: skip
        right = np.concatenate([
            program.row_lower[is_equal], program.row_upper[has_upper], -program.row_lower[has_lower],
            program.column_upper[col_upper], -program.column_lower[col_lower],
        ])  # fmt: skip
        settings = library.DefaultSettings()
        settings.verbose, settings.max_threads, settings.time_limit = False, 1, float(time_limit_s)
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = tolerance
        cones = [library.ZeroConeT(int(is_equal.sum())), library.NonnegativeConeT(len(right) - int(is_equal.sum()))]
        start = time.perf_counter()
        answer = library.DefaultSolver(
            sp.diags(program.hessian_diagonal).tocsc(), program.cost, stack, right, cones, settings
        ).solve()
        seconds = time.perf_counter() - start
        cone_dual = np.asarray(answer.z)
        counts = np.cumsum([0, is_equal.sum(), has_upper.sum(), has_lower.sum()])
        dual = np.zeros(rows)
        dual[is_equal] = -cone_dual[counts[0] : counts[1]]
        dual[has_upper] -= cone_dual[counts[1] : counts[2]]
        dual[has_lower] += cone_dual[counts[2] : counts[3]]
        said = str(answer.status)
        status = {
            "Solved": SolverStatus.OPTIMAL, "AlmostSolved": SolverStatus.LIMIT, "MaxTime": SolverStatus.LIMIT,
            "MaxIterations": SolverStatus.LIMIT, "PrimalInfeasible": SolverStatus.INFEASIBLE,
            "DualInfeasible": SolverStatus.UNBOUNDED,
        }.get(said, SolverStatus.ERROR)  # fmt: skip
        return RawSolution(status, np.asarray(answer.x), dual, int(answer.iterations), seconds, said)
