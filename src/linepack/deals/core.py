"""Stability: the core, the least core and the nucleolus.

Core (Gillies 1959): payoffs that no coalition can improve on. Least core (Maschler, Peleg and Shapley 1979): the
largest lack of a coalition made as small as it can be. Nucleolus (Schmeidler 1969): the largest lack, then the second
largest, and so on, made least; always one point, and in the core if there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from linepack.deals.excess import (
    TOLERANCE,
    efficient,
    extreme_core_payoff,
    least_excess,
    starting_rows,
)
from linepack.deals.game import FloatArray, Game, IntArray, membership
from linepack.errors import NotCertified


@dataclass(frozen=True)
class Objection:
    """A coalition that could have ``lack`` more by itself than under the payoffs."""

    coalition: str
    lack: float


@dataclass(frozen=True, eq=False)
class LeastCore:
    """The smallest largest lack of a coalition (``excess``: at most 0 if the core exists) and payoffs that reach it."""

    excess: float
    payoffs: FloatArray

    def core_exists(self, game: Game) -> bool:
        """Return whether some payoffs leave no coalition lacking."""
        return self.excess <= 1e-8 * game.scale


@dataclass(frozen=True, eq=False)
class Nucleolus:
    """Payoffs; the levels of excess at which coalitions were settled; whether nobody gets less than alone."""

    payoffs: FloatArray
    levels: tuple[float, ...]
    is_individually_rational: bool


def objections(game: Game, payoffs: FloatArray, limit: int = 20, tolerance: float = 1e-9) -> tuple[Objection, ...]:
    """Return the coalitions that lack something under the payoffs, the largest lack first; none: in the core."""
    excess = game.excesses(payoffs)
    worst = np.argsort(-excess, kind="stable")
    worst = worst[excess[worst] > tolerance * game.scale][:limit]
    return tuple(Objection(game.name_of(int(mask)), float(excess[mask])) for mask in worst)


def is_in_core(game: Game, payoffs: FloatArray, tolerance: float = 1e-9) -> bool:
    """Return whether the payoffs share out the total and no coalition lacks anything."""
    return bool(abs(payoffs.sum() - game.total) <= tolerance * game.scale * game.size
                and not objections(game, payoffs, 1, tolerance))  # fmt: skip


def least_core(game: Game) -> LeastCore:
    """Return the least core's excess and one point of it."""
    if game.size == 1:
        return LeastCore(0.0, np.array([game.total]))
    optimum = least_excess(game, efficient(game), _proper(game), None)
    return LeastCore(optimum.objective, optimum.payoffs)


def core_ranges(game: Game) -> tuple[FloatArray, FloatArray] | None:
    """Return the least and the most each player gets in the core, or None if the core is empty."""
    if not least_core(game).core_exists(game):
        return None
    rows: IntArray = starting_rows(game) if game.size > 1 else np.array([1], dtype=np.int64)
    ends: list[list[float]] = [[], []]
    for end, sign in zip(ends, (-1.0, 1.0), strict=True):
        for k in range(game.size):
            direction = np.zeros(game.size)
            direction[k] = sign
            payoffs, rows = extreme_core_payoff(game, direction, rows)
            end.append(float(payoffs[k]))
    return np.array(ends[0]), np.array(ends[1])


def nucleolus(game: Game) -> Nucleolus:
    """Return the nucleolus: of the payoffs that give nobody less than alone, the one with the least lacks.

    If the players are worth more alone than together, no such payoffs exist; the prenucleolus is returned, which
    drops that condition, and ``is_individually_rational`` is false.

    One linear program per level of excess (Kopelowitz 1967). A coalition with a positive dual has the same excess in
    every optimum, so it is settled there; coalitions that the settled ones determine are dropped, so each level raises
    the rank and ties need no guess. The settled equations are solved once more in the end, to full precision.
    """
    if game.size == 1:
        return Nucleolus(np.array([game.total]), (), True)
    is_rational = bool(game.alone.sum() <= game.total + TOLERANCE * game.scale)
    floors = _floors(game) if is_rational else None
    equations, members = efficient(game), membership(np.arange(game.everyone + 1), game.size)
    settled: list[tuple[IntArray, IntArray]] = []
    levels: list[float] = []
    is_free = _proper(game)
    rank = equations.rank
    while rank < game.size:
        optimum = least_excess(game, equations, is_free, floors)
        settled.append((optimum.tight, optimum.at_floor))
        levels.append(optimum.objective)
        equations = equations.and_also(members[optimum.tight], game.values[optimum.tight] - optimum.objective)
        if floors is not None:
            equations = equations.and_also(np.eye(game.size)[optimum.at_floor], floors[optimum.at_floor])
        is_free &= ~equations.spans(members)
        if equations.rank <= rank:
            raise NotCertified("no-optimum", f"a level of excess settled nothing new at rank {rank} of {game.size}",
                               hint="do values of very different size stand side by side?")  # fmt: skip
        rank = equations.rank
    return Nucleolus(_solve_exactly(game, settled, floors), tuple(levels), is_rational)


def unbalanced_levels(game: Game, payoffs: FloatArray, tolerance: float = 1e-7) -> tuple[float, ...]:
    """Return the levels of excess at which Kohlberg's criterion fails; none: the payoffs are the nucleolus.

    Kohlberg (1971): for each level, the coalitions with at least that excess, together with the players held at their
    floor, must be balanced. Levels that add no new direction are balanced if the last was, so at most ``n`` are tried.
    This shares no step with :func:`nucleolus` and certifies its answer.
    """
    is_rational = game.alone.sum() <= game.total + TOLERANCE * game.scale
    at_floor = np.abs(payoffs - game.alone) <= tolerance * game.scale
    floors = np.flatnonzero(at_floor) if is_rational else np.zeros(0, dtype=np.int64)
    masks = np.flatnonzero(_proper(game))
    excess = game.excesses(payoffs)[masks]
    order = np.argsort(-excess, kind="stable")
    masks, excess = masks[order], excess[order]
    ends = np.append(np.flatnonzero(-np.diff(excess) > tolerance * game.scale) + 1, len(masks))
    failed, rank = [], 0
    for end in ends:
        rows = membership(masks[:end], game.size)
        new_rank = int(np.linalg.matrix_rank(rows))
        if new_rank > rank and not _is_balanced(rows, np.eye(game.size)[floors]):
            failed.append(float(excess[end - 1]))
        rank = new_rank
        if rank == game.size:
            break
    return tuple(failed)


def _is_balanced(rows: FloatArray, floor_rows: FloatArray) -> bool:
    """Can every row get a positive weight, and every floor row one that is not negative, to sum to all ones?"""
    count = len(rows)
    cost = np.append(np.zeros(count + len(floor_rows)), -1.0)
    equal = np.column_stack([np.vstack([rows, floor_rows]).T, np.zeros(rows.shape[1])])
    above = np.column_stack([-np.eye(count), np.zeros((count, len(floor_rows))), np.ones(count)])
    answer = linprog(cost, A_ub=above, b_ub=np.zeros(count), A_eq=equal, b_eq=np.ones(rows.shape[1]), method="highs")
    return bool(answer.status == 0 and answer.fun is not None and -answer.fun > TOLERANCE)


def _solve_exactly(game: Game, settled: list[tuple[IntArray, IntArray]], floors: FloatArray | None) -> FloatArray:
    """Solve the settled equations with payoffs and levels unknown."""
    size, count = game.size, len(settled)
    rows, right = [np.append(np.ones(size), np.zeros(count))], [game.total]
    for level, (tight, at_floor) in enumerate(settled):
        mark = np.zeros(count)
        mark[level] = 1.0
        for mask in tight:
            rows.append(np.append(membership([mask], size)[0], mark))
            right.append(float(game.values[mask]))
        for k in at_floor if floors is not None else ():
            rows.append(np.append(np.eye(size)[k], np.zeros(count)))
            right.append(float(floors[k]))  # type: ignore[index]  # floors are there if a floor binds
    answer = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    return np.asarray(answer[:size], dtype=np.float64)


def _floors(game: Game) -> FloatArray:
    """What each is worth alone; lowered by rounding error where the players alone are worth all there is."""
    return game.alone - max(float(game.alone.sum()) - game.total, 0.0) / game.size


def _proper(game: Game) -> np.ndarray:
    is_free = np.ones(game.everyone + 1, dtype=bool)
    is_free[[0, -1]] = False
    return is_free
