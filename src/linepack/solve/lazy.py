"""Rows that are unlikely to bind are left out at first, and added where the answer breaks them.

A few rows over many periods can cost more than all others together, because they tie the periods to each other in the
factor. The answer is one of the whole program: it is certified there, with a dual of zero for what was left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from linepack.solve.certificate import certify, reduced_cost
from linepack.solve.certified import Attempt, CertifiedSolution
from linepack.solve.program import QuadraticProgram

MOST_PASSES = 3
"""After so many programs with rows left out, the whole one is solved."""

SLACK = 1e-9
"""A row is broken beyond this, relative to 1 + its limit."""


def solve_lazily(
    program: QuadraticProgram, is_likely: np.ndarray, solve_one: Callable[[QuadraticProgram], CertifiedSolution],
    limit: float,
) -> CertifiedSolution:  # fmt: skip
    """Return the certified solution of a program by solving it without the rows that are not likely.

    Errors: those of ``solve_one``.
    """
    is_kept = is_likely | (program.row_lower == program.row_upper)
    rows = program.matrix.tocsr()
    seconds = 0.0
    attempts: tuple[Attempt, ...] = ()
    for _ in range(MOST_PASSES):
        if is_kept.all():
            break
        part = replace(program, matrix=rows[is_kept].tocsc(), row_lower=program.row_lower[is_kept],
                       row_upper=program.row_upper[is_kept])  # fmt: skip
        answer = solve_one(part)
        seconds, attempts = seconds + answer.seconds, (*attempts, *answer.attempts)
        value = rows @ answer.x
        is_broken = ~is_kept & ((value < program.row_lower - SLACK * (1 + np.abs(program.row_lower)))
                                | (value > program.row_upper + SLACK * (1 + np.abs(program.row_upper))))  # fmt: skip
        if not is_broken.any():
            dual = np.zeros(len(is_kept))
            dual[is_kept] = answer.row_dual
            certificate = certify(program, answer.x, dual, limit=limit)
            if certificate.is_certified:
                return replace(answer, row_dual=dual, reduced_cost=reduced_cost(program, answer.x, dual),
                               certificate=certificate, seconds=seconds, attempts=attempts)  # fmt: skip
            break
        is_kept = is_kept | is_broken
    answer = solve_one(program)
    return replace(answer, seconds=seconds + answer.seconds, attempts=(*attempts, *answer.attempts))
