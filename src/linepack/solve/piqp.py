"""PIQP: proximal interior point, sparse LDL'. The default."""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module, metadata

import numpy as np
import scipy.sparse as sp

from linepack.errors import SolverUnavailable
from linepack.solve.program import QuadraticProgram, RawSolution, SolverStatus

HUGE = 1e30
GAP = 10.0
"""The gap may be so many times the tolerance: where nothing flows prices are large, and times rounding make a gap."""


@dataclass(frozen=True)
class Piqp:
    """PIQP behind the common interface. It needs about 30 iterations for a market.

    ``least_damping`` of its steps: with PIQP's own 1e-10 it stalls where columns are left out, in one draw of ten.
    """

    most_iterations: int = 300
    least_damping: float | None = None
    name: str = "piqp"

    def version(self) -> str:
        """Return the version of the library."""
        return metadata.version("piqp")

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        """Return PIQP's answer in the common sign convention.

        PIQP has no clock; iterations are capped instead, and ``time_limit_s`` is checked afterwards.
        """
        try:
            library = import_module("piqp")
        except ImportError as error:
            raise SolverUnavailable("no-solver", "PIQP is not installed", hint="pip install piqp") from error
        solver = library.SparseSolver()
        solver.settings.eps_abs = solver.settings.eps_rel = tolerance
        solver.settings.eps_duality_gap_rel = GAP * tolerance
        solver.settings.max_iter = self.most_iterations
        if self.least_damping is not None:
            solver.settings.reg_lower_limit = self.least_damping
            solver.settings.reg_finetune_lower_limit = self.least_damping / 100
        solver.settings.verbose = False
        is_equal = program.row_lower == program.row_upper
        rows = program.matrix.tocsr()
        start = time.perf_counter()
        solver.setup(
            sp.diags(program.hessian_diagonal).tocsc(), program.cost,
            rows[is_equal].tocsc(), program.row_lower[is_equal],
            rows[~is_equal].tocsc(), _finite(program.row_lower[~is_equal]), _finite(program.row_upper[~is_equal]),
            _finite(program.column_lower), _finite(program.column_upper),
        )  # fmt: skip
        said = str(solver.solve())
        seconds = time.perf_counter() - start
        result = solver.result
        dual = np.zeros(len(is_equal))
        dual[is_equal] = -np.asarray(result.y)
        dual[~is_equal] = np.asarray(result.z_l) - np.asarray(result.z_u)
        status = SolverStatus.ERROR
        for word, meaning in (("SOLVED", SolverStatus.OPTIMAL), ("PRIMAL_INFEASIBLE", SolverStatus.INFEASIBLE),
                              ("DUAL_INFEASIBLE", SolverStatus.UNBOUNDED), ("MAX_ITER", SolverStatus.LIMIT)):
            if word in said:
                status = meaning
        if status is SolverStatus.OPTIMAL and seconds > time_limit_s:
            status = SolverStatus.LIMIT
        return RawSolution(status, np.asarray(result.x), dual, int(result.info.iter), seconds, said)


def _finite(limits: np.ndarray) -> np.ndarray:
    return np.clip(limits, -HUGE, HUGE)
