"""The arithmetic: what a move of prices says about probabilities, as bands.

Prices are means over regimes, ``F_m = sum_r pi_r F_rm``. If conditional prices stay, a news event moves them by
``dF_m = sum_r dpi_r (F_rm - F_0m) + confounders``. With one regime ``dpi = dF / gap``. The level of ``pi`` is not
identified, only its change, so base rates are swept over everything that is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog, lsq_linear

from linepack.errors import InputError
from linepack.odds.tables import Interval, of

NO_OTHER_CAUSE = Interval(0.0, 0.0)
IMPLAUSIBLE_CHANGE = 0.5  # one day's news that moves a probability by more is called implausible
SMALL = 1e-9


@dataclass(frozen=True)
class SingleBand:
    """One move read against one gap.

    ``change`` is the implied change of probability over the whole of both intervals. ``base_rates`` are the
    probabilities before the event that leave one after it between 0 and 1, for the smallest implied change; None if
    there
    are none, and then the reading is refuted. ``feasible`` is the part of ``change`` within -1 and 1.
    """

    change: Interval
    feasible: Interval | None
    base_rates: Interval | None
    is_refuted: bool
    is_implausible: bool


@dataclass(frozen=True)
class JointBands:
    """Several contracts read against several regimes.

    ``bands`` holds for each regime the least and largest change of probability that fit every contract within its
    interval
    at some base rates; ``fit`` the bounded least-squares point (a point inside a band, not an answer); ``rank`` how
    many
    combinations the contracts identify; ``is_refuted`` is True if nothing fits.
    """

    regimes: tuple[str, ...]
    bands: tuple[Interval | None, ...]
    fit: tuple[float, ...]
    residual_eur_mwh: float
    rank: int
    is_refuted: bool


def single_band(
    change_eur_mwh: Interval, gap_eur_mwh: Interval, *, confounder_share: Interval = NO_OTHER_CAUSE
) -> SingleBand:  # frozen
    """Return the implied change of probability of one move and one gap.

    ``confounder_share`` is the share of the move that other causes may explain, 0 to 1. Errors: ``InputError`` if the
    gap's interval holds zero: a regime that may not move this contract identifies nothing.
    """
    if gap_eur_mwh.low <= 0 <= gap_eur_mwh.high:
        raise InputError(
            "gap-holds-zero",
            f"the gap {gap_eur_mwh.low:g} to {gap_eur_mwh.high:g} EUR/MWh does not exceed its own band",
            hint="use a delivery month in which the regime moves the price",
        )
    shares = (1 - confounder_share.low, 1 - confounder_share.high)
    change = of(
        *(
            move * share / gap
            for move in (change_eur_mwh.low, change_eur_mwh.high)
            for share in shares
            for gap in (gap_eur_mwh.low, gap_eur_mwh.high)
        )
    )
    least = min(abs(change.low), abs(change.high)) if change.low * change.high > 0 else 0.0
    sign = 1.0 if change.high > 0 else -1.0
    if least > 1 + SMALL:
        return SingleBand(change, None, None, True, True)
    feasible = Interval(max(change.low, -1.0), min(change.high, 1.0))
    rates = Interval(0.0, 1 - least) if sign > 0 else Interval(least, 1.0)
    return SingleBand(change, feasible, rates, False, max(abs(change.low), abs(change.high)) > IMPLAUSIBLE_CHANGE)


def joint_bands(
    changes: Sequence[Interval],
    gaps: np.ndarray,
    names: Sequence[str],
    *,
    base_rates: Sequence[float] | None = None,
    confounder_eur_mwh: Interval = NO_OTHER_CAUSE,
) -> JointBands:  # frozen
    """Return what several contracts say about several regimes.

    ``gaps`` has a row per contract and a column per regime, EUR/MWh. ``base_rates`` fixes the probabilities before the
    event; without it they are free. ``confounder_eur_mwh`` is a common move of all contracts that other causes may
    explain.
    Probabilities before and after are at least 0 and sum to at most 1 (the rest is the regime without change).
    """
    gaps = np.asarray(gaps, dtype=float)
    contracts, count = gaps.shape
    if contracts != len(changes) or count != len(names):
        raise InputError(
            "shape", f"{len(changes)} contracts and {len(names)} regimes do not fit a {contracts} x {count} table"
        )
    bands = [_ends(r, changes, gaps, base_rates, confounder_eur_mwh) for r in range(count)]
    middle = np.array([(interval.low + interval.high) / 2 for interval in changes])
    low, high = (
        (np.full(count, -1.0), np.full(count, 1.0))
        if base_rates is None
        else (-np.array(base_rates), 1 - np.array(base_rates))
    )
    fit = lsq_linear(gaps, middle, bounds=(low, high))
    residual = float(np.sqrt(np.mean((gaps @ fit.x - middle) ** 2)))
    is_refuted = any(band is None for band in bands)
    return JointBands(
        tuple(names),
        tuple(bands),
        tuple(float(x) for x in fit.x),
        residual,
        int(np.linalg.matrix_rank(gaps)),
        is_refuted,
    )


def _ends(
    regime: int, changes: Sequence[Interval], gaps: np.ndarray, base_rates: Sequence[float] | None, confounder: Interval
) -> Interval | None:
    """Least and largest change of one regime's probability, by two linear programs over (pi, dpi, confounder)."""
    contracts, count = gaps.shape
    width = 2 * count + 1
    rows, limits = [], []
    for k in range(contracts):  # low <= gaps dpi + confounder <= high
        row = np.zeros(width)
        row[count : 2 * count], row[-1] = gaps[k], 1.0
        rows += [row, -row]
        limits += [changes[k].high + SMALL, -changes[k].low + SMALL]
    for r in range(count):  # pi + dpi >= 0
        row = np.zeros(width)
        row[r] = row[count + r] = -1.0
        rows.append(row)
        limits.append(0.0)
    total = np.zeros(width)
    total[: 2 * count] = 1.0  # sum pi + sum dpi <= 1
    before = np.zeros(width)
    before[:count] = 1.0  # sum pi <= 1
    rows += [total, before]
    limits += [1.0, 1.0]
    rates = [(0.0, 1.0)] * count if base_rates is None else [(rate, rate) for rate in base_rates]
    bounds = [*rates, *([(-1.0, 1.0)] * count), (confounder.low, confounder.high)]
    ends = []
    for sign in (1.0, -1.0):
        objective = np.zeros(width)
        objective[count + regime] = sign
        answer = linprog(objective, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds, method="highs")
        if answer.status != 0:
            return None
        ends.append(sign * float(answer.x @ objective))
    return of(*ends)
