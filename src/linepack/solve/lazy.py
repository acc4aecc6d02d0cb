"""Begin with part of a program: without rows that are unlikely to bind and columns that are likely to rest at nil.

A few rows over many periods can cost more than all others together, because they tie the periods to each other in the
factor; half of all columns rest at nil in every answer. What is left out is added where the answer breaks it, or would
pay for it. The answer is one of the whole program: it is certified there, with a dual of zero for a row left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from linepack.errors import NotCertified, SolverUnavailable
from linepack.solve.certificate import certify, reduced_cost
from linepack.solve.certified import Attempt, Beginning, CertifiedSolution
from linepack.solve.program import QuadraticProgram

MOST_PASSES = 3
"""After so many programs with something left out, the whole one is solved."""

SLACK = 1e-9
"""A row is broken beyond this times 1 + its limit; a column pays beyond this times 1 + the largest cost."""

NEAR = 2e-3
"""With what is broken or pays comes what nearly does, by the same measure, so that a third pass is seldom needed."""


def solve_lazily(
    program: QuadraticProgram,
    begin: Beginning,
    *,
    solve_part: Callable[[QuadraticProgram], CertifiedSolution],
    solve_whole: Callable[[QuadraticProgram], CertifiedSolution],
    limit: float,
) -> CertifiedSolution:
    """Return the certified solution of a program by solving it without what is not in ``begin``.

    If ``solve_part`` gives up, the whole program is solved. Errors: those of ``solve_whole``.
    """
    has_row = begin.rows | (program.row_lower == program.row_upper)
    has_column = begin.columns | ~np.isfinite(program.column_lower)
    rows = program.matrix.tocsr()
    cost_scale = 1 + float(np.abs(program.cost).max(initial=0.0))
    low_scale, high_scale = 1 + np.abs(program.row_lower), 1 + np.abs(program.row_upper)
    can_move = program.column_upper > program.column_lower
    seconds = 0.0
    attempts: tuple[Attempt, ...] = ()
    for _ in range(MOST_PASSES):
        if has_row.all() and has_column.all():
            break
        part = replace(program, matrix=rows[has_row].tocsc(), row_lower=program.row_lower[has_row],
                       row_upper=program.row_upper[has_row],
                       row_stage=None if program.row_stage is None else program.row_stage[has_row],
                       column_upper=np.where(has_column, program.column_upper, program.column_lower))  # fmt: skip
        try:
            answer = solve_part(part)
        except (NotCertified, SolverUnavailable):  # without what was left out there may be no answer
            break
        seconds, attempts = seconds + answer.seconds, (*attempts, *answer.attempts)
        value = rows @ answer.x
        with np.errstate(invalid="ignore"):  # where there is no limit nothing is broken
            over = np.fmax((program.row_lower - value) / low_scale, (value - program.row_upper) / high_scale)
        dual = np.zeros(len(has_row))
        dual[has_row] = answer.row_dual
        cost = reduced_cost(program, answer.x, dual)
        is_broken = ~has_row & (over > SLACK)
        is_wanted = ~has_column & (cost < -SLACK * cost_scale) & can_move
        if not (is_broken.any() or is_wanted.any()):
            certificate = certify(program, answer.x, dual, limit=limit)
            if certificate.is_certified:
                return replace(answer, row_dual=dual, reduced_cost=cost, certificate=certificate, seconds=seconds,
                               attempts=attempts, needed=Beginning(has_row, has_column))  # fmt: skip
            break
        has_row, has_column = has_row | (over > -NEAR), has_column | (cost < NEAR * cost_scale)
    answer = solve_whole(program)
    return replace(answer, seconds=seconds + answer.seconds, attempts=(*attempts, *answer.attempts))
