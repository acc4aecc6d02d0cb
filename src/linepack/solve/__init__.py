"""Solve and certify. Knows arrays, no gas word: one file per solver, one small interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from linepack.errors import InputError, NotCertified, SolverUnavailable
from linepack.solve.certificate import LIMIT, Certificate, certify, reduced_cost
from linepack.solve.certified import Attempt, Beginning, CertifiedSolution
from linepack.solve.clarabel import Clarabel
from linepack.solve.highs import Hipo
from linepack.solve.lazy import solve_lazily
from linepack.solve.native import Native
from linepack.solve.piqp import Piqp
from linepack.solve.presolve import reduce
from linepack.solve.program import QuadraticProgram, RawSolution, Solver, SolverStatus

SOLVERS: dict[str, Solver] = {"piqp": Piqp(), "native": Native(), "hipo": Hipo(), "clarabel": Clarabel()}
SHORT: dict[str, Solver] = {
    "piqp": Piqp(most_iterations=60, least_damping=1e-9), "native": Native(most_iterations=60),
}  # fmt: skip
"""With something left out a program may have no answer: then these give up soon, and no other solver is tried."""

AUTO = "auto"
SMALL_PROGRAM_COLUMNS = 20_000
"""Up to this size PIQP is as fast as the own interior point, above it is slower (docs/benchmarks.md)."""


def solver_names() -> tuple[str, ...]:
    """Return what ``solver=`` accepts."""
    return (AUTO, *SOLVERS)


def solve(
    program: QuadraticProgram,
    *,
    solver: str = AUTO,
    tolerance: float = 1e-9,
    limit: float = LIMIT,
    time_limit_s: float = 300.0,
    begin: Beginning | None = None,
) -> CertifiedSolution:
    """Return the certified solution of a program.

    ``auto`` tries the solvers in turn until one answer passes; a named solver is used alone. ``begin`` marks the rows
    and columns to begin with; it changes how long a solve takes and not what is certified.
    Errors: ``NotCertified`` with every attempt's status and residuals; ``SolverUnavailable`` if a named solver is
    missing; ``InputError`` for an unknown name.
    """
    names = _order(program, solver)
    if begin is not None:
        return solve_lazily(
            program, begin, limit=limit,
            solve_part=lambda part: _solve(part, names[:1] if names[0] in SHORT else names, {**SOLVERS, **SHORT},
                                           tolerance, limit, time_limit_s),
            solve_whole=lambda whole: _solve(whole, names, SOLVERS, tolerance, limit, time_limit_s),
        )  # fmt: skip
    return _solve(program, names, SOLVERS, tolerance, limit, time_limit_s)


def _solve(
    program: QuadraticProgram, names: Sequence[str], solvers: Mapping[str, Solver], tolerance: float, limit: float,
    time_limit_s: float,
) -> CertifiedSolution:  # fmt: skip
    """Return the first answer that passes, of several solvers in turn."""
    attempts: list[Attempt] = []
    reduced = reduce(program)
    for name in names:
        try:
            raw = solvers[name].solve(reduced.program, tolerance=tolerance, time_limit_s=time_limit_s)
        except SolverUnavailable as error:
            if len(names) == 1:
                raise
            attempts.append(Attempt(name, "unavailable", error.issue.message, 0.0, 0, None))
            continue
        if (*raw.row_dual.shape, *raw.x.shape) != reduced.program.matrix.shape:
            wrong = "the answer has the wrong size"
            attempts.append(Attempt(name, raw.status, wrong, raw.seconds, raw.iterations, None))
            continue
        raw = reduced.restore(raw)
        x = np.clip(raw.x, program.column_lower, program.column_upper)
        certificate = certify(program, x, raw.row_dual, limit=limit)
        attempts.append(Attempt(name, raw.status, raw.message, raw.seconds, raw.iterations, certificate))
        if certificate.is_certified and raw.seconds <= time_limit_s:
            z = reduced_cost(program, x, raw.row_dual)
            version = solvers[name].version()
            return CertifiedSolution(x, raw.row_dual, z, certificate, name, version, raw.seconds, tuple(attempts))
    tried = "; ".join(f"{a.solver}: {a.status} in {a.seconds:.1f} s, {a.certificate or a.message}" for a in attempts)
    raise NotCertified("not-certified", f"no answer passed the certificate ({tried})",
                       hint="check the data for a market that cannot be supplied, or try another solver")  # fmt: skip


def first_choice(program: QuadraticProgram) -> str:
    """Return the solver that ``auto`` asks first."""
    return _order(program, AUTO)[0]


def _order(program: QuadraticProgram, solver: str) -> list[str]:
    if solver == AUTO:
        is_small = program.matrix.shape[1] <= SMALL_PROGRAM_COLUMNS
        return ["piqp", "native", "hipo", "clarabel"] if is_small else ["native", "hipo", "piqp", "clarabel"]
    if solver not in SOLVERS:
        raise InputError("unknown-solver", f"there is no solver '{solver}'", keys=[solver],
                         hint=f"one of {', '.join(solver_names())}")  # fmt: skip
    return [solver]


__all__ = [
    "AUTO", "Attempt", "Beginning", "Certificate", "CertifiedSolution", "QuadraticProgram", "RawSolution",
    "SolverStatus", "certify", "first_choice", "reduced_cost", "solve", "solver_names",
]  # fmt: skip
