"""The affine game that touches the true one at a point: demand, its slope in conduct, and costs as their tangents.

At its own point the tangent game has the optimality conditions of the true one, so a certificate taken there, on
``tangent(problem, x)`` at ``x``, is a certificate on the true conditions.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from linepack.market.problem import Curves, Problem
from linepack.market.shapes import LEAST_QUANTITY_GWH_D, CostCurves
from linepack.vocabulary import CurveShape, DemandShape

BENT = (DemandShape.ISOELASTIC, DemandShape.EXPONENTIAL, DemandShape.TABULATED)
START_SHARE = 0.5
"""Flows with a curve start at this share of what limits and curve allow."""


def start(problem: Problem) -> np.ndarray:
    """Return the point at which the first tangents are taken: consumption at its reference, flows half way up."""
    curves = problem.curves
    x = np.zeros(len(problem.cost))
    x[curves.consumption] = curves.demand.quantity_gwh_d
    for terms, columns in ((curves.supply, curves.production), (curves.carriage, curves.arc_use)):
        room = np.minimum(problem.column_upper[columns], terms.limit_gwh_d()) * START_SHARE
        scale = np.full(terms.count, np.inf)
        np.minimum.at(scale, terms.entity, terms.scale_gwh_d)
        begun = np.where(terms.is_curved, np.minimum(room, scale * START_SHARE), 0.0)
        x[columns] = np.where(np.isfinite(begun), begun, 0.0)
    return x


def tangent(problem: Problem, x: np.ndarray) -> tuple[Problem, np.ndarray]:
    """Return the game of the tangents at ``x``, and ``x`` with consumption split anew at the shedding price."""
    curves = problem.curves
    x = x.copy()
    cost, curvature = problem.cost.copy(), problem.hessian_diagonal.copy()
    upper, real = problem.column_upper.copy(), problem.resource_cost_eur_mwh.copy()
    _demand(curves, x, cost, curvature, upper)
    bases = (curves.production_cost_eur_mwh, np.zeros(curves.arc_use.shape))
    for terms, columns, base in zip((curves.supply, curves.carriage), (curves.production, curves.arc_use), bases,
                                    strict=True):  # fmt: skip
        if terms.has_terms:
            _costs(curves, terms, columns, base, x, cost, curvature, real)
    if curves.area_exposure.size:
        slopes = curves.area.slopes(curves.demand.at(consumed(curves, x))[1])
        curvature[curves.area_exposure] = curves.weight[:, None] * curves.area.conduct * slopes
    changed = replace(problem, cost=cost, hessian_diagonal=curvature, column_upper=upper, resource_cost_eur_mwh=real)
    return changed, x


def consumed(curves: Curves, x: np.ndarray) -> np.ndarray:
    """Return consumption in GWh/d, (periods, consumers), firm block and elastic block together."""
    return np.asarray(x[curves.consumption] + np.where(curves.firm >= 0, x[curves.firm], 0.0))


def _demand(curves: Curves, x: np.ndarray, cost: np.ndarray, curvature: np.ndarray, upper: np.ndarray) -> None:
    bent = curves.demand.mask(*BENT)
    if not bent.any():
        return
    quantity, cap = consumed(curves, x), curves.shedding_price_eur_mwh
    price, slope, _ = curves.demand.at(quantity)
    slope = np.where(bent, slope, 1.0)
    height = price + slope * quantity
    firm = np.maximum(0.0, (height - cap) / slope)
    columns, block = curves.consumption[:, bent], curves.firm[:, bent]
    w = curves.weight[:, None]
    cost[columns], curvature[columns] = -w * np.minimum(height, cap)[:, bent], (w * slope)[:, bent]
    upper[block] = firm[:, bent]
    x[block] = np.minimum(quantity, firm)[:, bent]
    x[columns] = (quantity - np.minimum(quantity, firm))[:, bent]


def _costs(
    curves: Curves, terms: CostCurves, columns: np.ndarray, base: np.ndarray, x: np.ndarray, cost: np.ndarray,
    curvature: np.ndarray, real: np.ndarray,
) -> None:  # fmt: skip
    flow, w, curved = x[columns], curves.weight[:, None], terms.is_curved
    marginal, slope, total = terms.at(flow)
    cost[columns[:, curved]] = (w * (base + marginal - slope * flow))[:, curved]
    curvature[columns[:, curved]] = (w * slope)[:, curved]
    mean = np.where(flow > 0, total / np.where(flow > 0, flow, 1.0), marginal)
    real[columns[:, curved]] = (base + mean)[:, curved]


def paid_eur_mwh(problem: Problem, row_dual: np.ndarray) -> np.ndarray:
    """Return what a further unit costs each consumer, (periods, consumers)."""
    columns = problem.curves.consumption
    return np.asarray(-(problem.matrix.T @ row_dual)[columns] / problem.curves.weight[:, None])


def demand_gap(problem: Problem, x: np.ndarray, row_dual: np.ndarray) -> np.ndarray:
    """Return how far consumption is from its curve at the price it pays, as a share of it; (periods, consumers).

    To first order: the distance in price over slope and quantity. Nil where demand is no curve, and where a consumer is
    shed at the cap, or uses nothing at a price above its curve.
    """
    curves = problem.curves
    quantity, paid = consumed(curves, x), paid_eur_mwh(problem, row_dual)
    price, slope, _ = curves.demand.at(quantity)
    apart = np.minimum(price, curves.shedding_price_eur_mwh) - paid
    apart = np.where(quantity <= LEAST_QUANTITY_GWH_D * curves.demand.quantity_gwh_d, np.maximum(apart, 0.0), apart)
    scale = slope * np.maximum(quantity, LEAST_QUANTITY_GWH_D * curves.demand.quantity_gwh_d)
    return np.where(curves.demand.mask(*BENT), np.abs(apart) / scale, 0.0)


def worst_demand_gap(problem: Problem, x: np.ndarray, row_dual: np.ndarray) -> float:
    """Return the largest ``demand_gap``; nil without curves of demand."""
    return 0.0 if problem.curves.demand.is_affine else float(demand_gap(problem, x, row_dual).max(initial=0.0))


def goal(problem: Problem, point: np.ndarray, x: np.ndarray, row_dual: np.ndarray) -> np.ndarray:
    """Return the point at which to take the next tangents, from the answer to those taken at ``point``.

    Flows go to their answer. Consumption goes to where its curve meets a line through the answer that rises as steeply
    as its last tangent fell. Were the price to stay, the best point would be that of the curve at this price; were the
    quantity to stay, that of the curve at this quantity; most markets lie between. Near the equilibrium each of them
    is Newton's method.
    """
    curves = problem.curves
    bent = curves.demand.mask(*BENT)
    if not bent.any():
        return x
    rise = np.where(bent, curves.demand.at(consumed(curves, point))[1], 0.0)
    met = curves.demand.meets(consumed(curves, x), paid_eur_mwh(problem, row_dual), rise, curves.shedding_price_eur_mwh)
    further = x.copy()
    further[curves.consumption[:, bent]], further[curves.firm[:, bent]] = met[:, bent], 0.0
    return further


def cross_terms(problem: Problem, x: np.ndarray) -> sp.csc_matrix:
    """Return how marginal revenue changes with consumption because the slope of demand does, columns by columns.

    This part of the true conditions is no gradient of any objective, so it is not part of the tangent game.
    """
    curves, size = problem.curves, len(problem.cost)
    _, slope, bend = curves.demand.at(consumed(curves, x))
    rows, columns, values = [], [], []
    believed = curves.area.slopes(slope)
    for k in np.flatnonzero(np.isnan(curves.area.slope)):
        own = curves.area.consumers[k]
        sold = x[curves.area_exposure[:, k]]
        change = believed[:, [k]] ** 2 / slope[:, own] ** 2 * bend[:, own]
        rows.append(np.repeat(curves.area_exposure[:, k], len(own)))
        columns.append(curves.consumption[:, own].ravel())
        values.append((curves.weight[:, None] * curves.area.conduct[k] * sold[:, None] * change).ravel())
    if not rows:
        return sp.csc_matrix((size, size))
    parts = [np.concatenate(part) for part in (values, rows, columns)]
    return sp.csc_matrix((parts[0], (parts[1], parts[2])), shape=(size, size))


def furthest_step(problem: Problem, x: np.ndarray, goal: np.ndarray) -> float:
    """Return the largest share of the way from ``x`` to ``goal`` on which every curve stays a curve.

    Consumption keeps a fifth of what it was, and what is left below a logarithmic or reciprocal limit a tenth.
    """
    curves, share = problem.curves, 1.0
    bent = curves.demand.mask(DemandShape.ISOELASTIC, DemandShape.EXPONENTIAL)
    before, after = consumed(curves, x)[:, bent], consumed(curves, goal)[:, bent]
    share = min(share, _keeps(before, after, 0.2))
    for terms, columns in ((curves.supply, curves.production), (curves.carriage, curves.arc_use)):
        room = terms.limit_gwh_d()
        tight = np.isfinite(room)
        share = min(share, _keeps((room - x[columns])[:, tight], (room - goal[columns])[:, tight], 0.1))
        steep = terms.is_curved & ~tight & _starts_steep(terms)
        share = min(share, _keeps(x[columns][:, steep], goal[columns][:, steep], 0.1))
    return share


def _starts_steep(terms: CostCurves) -> np.ndarray:
    """Return which entities have a power term with exponent below one, whose slope is infinite at no flow."""
    steep = np.zeros(terms.count, dtype=bool)
    is_root = [shape is CurveShape.POWER and n < 1 for shape, n in zip(terms.shape, terms.exponent, strict=True)]
    steep[terms.entity[np.array(is_root, dtype=bool)]] = True
    return steep


def _keeps(before: np.ndarray, after: np.ndarray, share: float) -> float:
    """Return the largest step for which what is left is at least ``share`` of what was."""
    falls = (before - after) > (1 - share) * before
    falls &= before > 0
    return float(((1 - share) * before[falls] / (before - after)[falls]).min()) if falls.any() else 1.0
