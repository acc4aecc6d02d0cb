"""Demand of a year: at the weather of a usual year, and of constant elasticity in straight pieces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.vocabulary import DemandShape

HEATED = ("household", "industry")
"""Segments whose demand above that of their lowest month heats buildings: in Germany 410 TWh of the two, and 420 by its
slope of 0.144 TWh per degree-day."""

WORST_COAL, BEST_GAS = 0.34, 0.54
"""Efficiency of the least efficient plants for hard coal and the most efficient ones for gas, per gross heat of gas."""

COAL_T_MWH, GAS_T_MWH = 0.34, 0.182
"""Carbon dioxide per MWh of hard coal, and per gross MWh of gas (IPCC 2006: 94.6 and 56.1 kg per GJ, net)."""

KNOTS = (1.4, 2.0, 3.0, 5.0, 9.0)
"""Multiples of the reference price at which straight pieces of isoelastic demand meet."""


def at_usual_weather(rows: pd.DataFrame, degree_days: Mapping[str, float]) -> pd.DataFrame:
    """Return rows of demand as they would have been in a usual year.

    ``degree_days``: those of the rows' year over those of a usual one, by market; markets that are not named stay. What
    a segment of ``HEATED`` uses above its lowest month goes with degree-days, the rest does not.
    """
    ratio = rows["node"].map(pd.Series(degree_days, dtype=float)).fillna(1.0)
    ratio = ratio.where(rows["segment"].isin(HEATED), 1.0)
    least = rows.groupby(["node", "segment"])["quantity_gwh_d"].transform("min")
    return rows.assign(quantity_gwh_d=least + (rows["quantity_gwh_d"] - least) / ratio)


def switching_ends_eur_mwh(coal_eur_mwh: float, carbon_eur_t: float) -> float:
    """Return the price of gas above which no power plant is left to switch to coal.

    There the most efficient gas plant costs as much as the least efficient one for hard coal; heat is gross for gas.
    """
    coal = (coal_eur_mwh + COAL_T_MWH * carbon_eur_t) / WORST_COAL
    return BEST_GAS * coal - GAS_T_MWH * carbon_eur_t


@dataclass(frozen=True)
class Turn:
    """Where elasticity changes: from ``price_eur_mwh`` on it is ``elasticity``, one number per row of demand."""

    price_eur_mwh: np.ndarray
    elasticity: np.ndarray


def isoelastic_blocks(
    rows: pd.DataFrame, shedding_eur_mwh: float, end_user_cost_eur_mwh: np.ndarray | float = 0.0,
    turn: Turn | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return rows of demand whose sum is isoelastic demand, straight between multiples of the reference price.

    The elasticity is that to what users pay, the hub price and ``end_user_cost_eur_mwh``, one number or one per row:
    published elasticities are of end-user prices, which move less than the hub's. Each block is affine and ends at one
    of those prices, the last at the shedding price; what is still wanted there is fixed. So demand of constant
    elasticity, or of two, stays a quadratic program. Segments get a number behind their name.
    """
    q, e = rows["quantity_gwh_d"].to_numpy(dtype=float), rows["elasticity"].to_numpy(dtype=float)
    p = rows["reference_price_eur_mwh"].to_numpy(dtype=float)
    ends = [m * p for m in KNOTS]
    prices = np.array([p, *(np.minimum(end, shedding_eur_mwh) for end in ends), np.full_like(p, shedding_eur_mwh)])
    turn = turn or Turn(np.full_like(p, np.inf), e)
    first = np.minimum(prices, np.maximum(turn.price_eur_mwh, p))
    paid, before = prices + end_user_cost_eur_mwh, first + end_user_cost_eur_mwh
    wanted = q * (before / (p + end_user_cost_eur_mwh)) ** -e * (paid / before) ** -turn.elasticity
    gap = np.diff(prices, axis=0)
    slope = np.divide(-np.diff(wanted, axis=0), gap, out=np.zeros_like(gap), where=gap > 1e-9)
    for k in range(len(slope) - 2, -1, -1):  # a knot that fell together with the next one has the slope of that one
        slope[k] = np.where(gap[k] > 1e-9, slope[k], slope[k + 1])
    parts = []
    for k in range(len(slope)):
        own = slope[k] - (slope[k + 1] if k + 1 < len(slope) else 0.0)
        end = prices[k + 1]
        parts.append(rows.assign(segment=rows["segment"] + f"-{k + 1}", quantity_gwh_d=own * (end - p),
                                 elasticity=p / (end - p), shape=DemandShape.AFFINE.value))  # fmt: skip
    parts.append(rows.assign(segment=rows["segment"] + "-firm", quantity_gwh_d=wanted[-1],
                             shape=DemandShape.FIXED.value))  # fmt: skip
    kept = pd.concat(parts, ignore_index=True)
    most = kept.groupby(["node", "segment"])["quantity_gwh_d"].transform("max")
    return kept[most > 0].reset_index(drop=True)
