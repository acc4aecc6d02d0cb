"""Nash bargaining with and without payments, the payments that end objections, and hold-up after sunk cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import clarabel
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix

from linepack.deals.excess import stabilising_program
from linepack.deals.game import FloatArray, Game
from linepack.errors import InputError, NotCertified

GAP_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class NashSplit:
    """Nash's solution where money can be paid: payoffs, and the surplus over the threat points that was shared."""

    payoffs: FloatArray
    surplus: float

    @property
    def is_agreement(self) -> bool:
        """False where the total is below the threat points: all keep their threat points."""
        return self.surplus >= 0


@dataclass(frozen=True, eq=False)
class NashLottery:
    """Nash's solution without payments: the chance of each outcome, payoffs, and how far from optimal (share)."""

    chances: FloatArray
    payoffs: FloatArray
    gap: float


@dataclass(frozen=True, eq=False)
class StabilisingPayments:
    """Least payments after which no coalition gains by leaving.

    ``transfers`` per player (received is positive), ``outside`` the money that must come from outside the players
    (above 0 only if the core is empty), ``moved`` the sum of what is received and paid.
    """

    transfers: FloatArray
    outside: float
    moved: float


@dataclass(frozen=True, eq=False)
class HoldUp:
    """What a split gives before a cost is sunk and after, per player; the difference is what hold-up takes."""

    before: FloatArray
    after: FloatArray

    @property
    def change(self) -> FloatArray:
        """Payoff when bargaining comes after the cost is sunk, less payoff when it comes before."""
        return self.after - self.before


def nash_split(total: float, threats: FloatArray, weights: FloatArray | None = None) -> NashSplit:
    """Return ``d_i + w_i (S - sum d)``: each keeps its threat point and gets its weight of the surplus (Nash 1950).

    ``weights`` are scaled to sum to 1; by default all are equal.
    """
    power = np.ones(len(threats)) if weights is None else np.asarray(weights, dtype=np.float64)
    if power.shape != threats.shape or (power < 0).any() or power.sum() <= 0:
        raise InputError("bad-weights", "bargaining weights: one per player, none below 0, not all 0")
    surplus = total - float(threats.sum())
    return NashSplit(threats + power / power.sum() * max(surplus, 0.0), surplus)


def rubinstein_shares(first_discount: float, second_discount: float) -> tuple[float, float]:
    """Return the shares of the first and the second mover in alternating offers (Rubinstein 1982).

    With one common discount factor ``x`` per round the first mover gets ``1 / (1 + x)``.
    """
    if not (0 <= first_discount <= 1 and 0 <= second_discount <= 1) or first_discount * second_discount == 1:
        raise InputError("bad-discount", "discount factors lie between 0 and 1, and not both are 1")
    first = (1 - second_discount) / (1 - first_discount * second_discount)
    return first, 1 - first


def nash_lottery(outcomes: FloatArray, threats: FloatArray, weights: FloatArray | None = None) -> NashLottery | None:
    """Return Nash's solution where nothing can be paid: the lottery over outcomes with the largest Nash product.

    ``outcomes`` holds payoffs, a row per outcome and a column per player. None: no lottery makes every player better
    off than its threat point. The answer carries its own certificate: ``gap`` bounds how much the weighted mean of log
    gains could still rise; above 1e-8 ``NotCertified`` is raised.
    """
    gains = np.asarray(outcomes, dtype=np.float64) - threats
    power = np.ones(gains.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    power = power / power.sum()
    scale = np.abs(gains).max(axis=0)
    if (scale == 0).any():
        return None
    gains = gains / scale
    if _fairest_gain(gains) <= 1e-9:
        return None
    chances = _polished(gains, power, _best_lottery(gains, power))
    reached = chances @ gains
    gap = float((gains @ (power / reached)).max() - 1)
    if not gap <= GAP_TOLERANCE:
        raise NotCertified("no-optimum", f"the mean log gain could still rise by {gap:.1e}",
                           hint="are the payoffs of the outcomes of like size?")  # fmt: skip
    return NashLottery(chances, threats + reached * scale, max(gap, 0.0))


def nash_outcome(outcomes: FloatArray, threats: FloatArray) -> int | None:
    """Return the single outcome with the largest Nash product among those nobody loses by; None if nobody gains."""
    gains = np.asarray(outcomes, dtype=np.float64) - threats
    allowed = (gains >= 0).all(axis=1) & (gains > 0).any(axis=1)
    if not allowed.any():
        return None
    able = gains[allowed].max(axis=0) > 0  # a player who gains nowhere cannot decide between the outcomes
    with np.errstate(divide="ignore"):
        logs = np.where(allowed, np.log(np.maximum(gains[:, able], 0.0)).sum(axis=1), -np.inf)
    ties = np.flatnonzero(logs == logs.max()) if np.isfinite(logs.max()) else np.flatnonzero(allowed)
    return int(ties[gains[ties].sum(axis=1).argmax()])


def stabilising_payments(game: Game, payoffs: FloatArray) -> StabilisingPayments:
    """Return the least payments after which no coalition lacks anything.

    First the money from outside is made least (0 if the core exists; else the cost of stability, Bachrach and others
    2009), then the money moved between the players.
    """
    if len(payoffs) != game.size:
        raise InputError("missing-player", f"{len(payoffs)} payoffs for {game.size} players")
    if payoffs.sum() > game.total + 1e-9 * game.scale:
        raise InputError(
            "too-much", f"the payoffs share out {payoffs.sum():g}, but all together are worth {game.total:g}"
        )
    left = game.total - float(payoffs.sum())
    outside = float(stabilising_program(game, payoffs, added=None).sum()) - left
    if outside <= 1e-8 * game.scale:
        outside = 0.0
    transfers = stabilising_program(game, payoffs, added=left + outside)
    return StabilisingPayments(transfers, outside, float(np.abs(transfers).sum()))


def hold_up(game: Game, sunk_costs: FloatArray, needs: int, rule: Callable[[Game], FloatArray]) -> HoldUp:
    """Return the split of ``rule`` when bargaining comes before a cost is sunk, and when it comes after.

    ``game`` holds the values with the cost still to be paid by coalitions that hold all players of the mask ``needs``.
    Once it is sunk, those coalitions no longer count it, and each player bears its ``sunk_costs`` whatever is agreed.
    """
    masks = np.arange(game.everyone + 1)
    after = Game(game.players, game.values + np.where((masks & needs) == needs, float(sunk_costs.sum()), 0.0))
    return HoldUp(rule(game), rule(after) - sunk_costs)


def _best_lottery(gains: FloatArray, power: FloatArray) -> FloatArray:
    """Chances ``p`` that maximise ``power @ log(p @ gains)``, as a cone program over ``p`` and the logs ``t``."""
    count, players = gains.shape
    rows, right = [np.append(np.ones(count), np.zeros(players))[None, :]], [np.ones(1)]
    rows.append(np.hstack([-np.eye(count), np.zeros((count, players))]))
    right.append(np.zeros(count))
    for k in range(players):  # exp(t) <= gain
        cone = np.zeros((3, count + players))
        cone[0, count + k], cone[2, :count] = -1.0, -gains[:, k]
        rows.append(cone)
        right.append(np.array([0.0, 1.0, 0.0]))
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    cones = [clarabel.ZeroConeT(1), clarabel.NonnegativeConeT(count), *[clarabel.ExponentialConeT()] * players]
    width = count + players
    solver = clarabel.DefaultSolver(csc_matrix((width, width)), np.append(np.zeros(count), -power),
                                    csc_matrix(np.vstack(rows)), np.concatenate(right), cones, settings)  # fmt: skip
    chances = np.clip(np.array(solver.solve().x)[:count], 0.0, None)
    return np.asarray(chances / chances.sum(), dtype=np.float64)


def _polished(gains: FloatArray, power: FloatArray, chances: FloatArray) -> FloatArray:
    """Newton steps on the outcomes in use, kept while they bring the certificate's gap down."""

    def gap(p: FloatArray) -> float:
        return float((gains @ (power / (p @ gains))).max())

    for _ in range(8):
        used = np.flatnonzero(chances > 1e-7)
        inner, reached = gains[used], chances @ gains
        slope = inner @ (power / reached)
        curvature = (inner * (power / reached**2)) @ inner.T
        border = np.block([[curvature, np.ones((len(used), 1))], [np.ones((1, len(used))), np.zeros((1, 1))]])
        step = np.linalg.lstsq(border, np.append(slope, 1 - chances[used].sum()), rcond=1e-13)[0][:-1]
        moved = np.zeros(len(chances))
        moved[used] = np.clip(chances[used] + step, 0.0, None)
        moved /= moved.sum()
        if (moved @ gains).min() <= 0 or not gap(moved) < gap(chances):
            break
        chances = moved
    return chances


def _fairest_gain(gains: FloatArray) -> float:
    """The largest smallest gain that some lottery gives."""
    count, players = gains.shape
    cost = np.append(np.zeros(count), -1.0)
    rows = np.column_stack([-gains.T, np.ones(players)])
    equal = np.append(np.ones(count), 0.0)[None, :]
    answer = linprog(cost, A_ub=rows, b_ub=np.zeros(players), A_eq=equal, b_eq=[1.0],
                     bounds=[(0, None)] * count + [(None, None)], method="highs-ds")  # fmt: skip
    if answer.status != 0 or answer.fun is None:
        raise NotCertified("no-optimum", f"the linear program over outcomes ended with: {answer.message}")
    return -float(answer.fun)
