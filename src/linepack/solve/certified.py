"""A point that passed the certificate, and what was tried to find it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linepack.solve.certificate import Certificate


@dataclass(frozen=True)
class Attempt:
    """One solver's try: what it said, how long it took, what our certificate found."""

    solver: str
    status: str
    message: str
    seconds: float
    iterations: int
    certificate: Certificate | None


@dataclass(frozen=True)
class Beginning:
    """Which rows and which columns of a program to begin with."""

    rows: np.ndarray
    columns: np.ndarray


@dataclass(frozen=True)
class CertifiedSolution:
    """A point that passed the certificate; ``reduced_cost`` is the dual of the column limits.

    ``programs`` were solved in turn to reach it, more than one where there are curves. ``needed`` is what the last of
    them was left with, if it was begun with a part.
    """

    x: np.ndarray
    row_dual: np.ndarray
    reduced_cost: np.ndarray
    certificate: Certificate
    solver: str
    solver_version: str
    seconds: float
    attempts: tuple[Attempt, ...]
    programs: int = 1
    needed: Beginning | None = None
