"""Curves that are not straight lines: demand in price, and marginal costs that rise with a flow.

Each curve gives its value, its slope and the change of its slope at a point, and its integral; the market is
solved as a series of games with the tangents of these curves (``linepack.results.equilibrium``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import MarketSets, pairs, positions
from linepack.system.calendar import share_of_days
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import CurveShape, DemandShape

LEAST_QUANTITY_GWH_D = 1e-3
"""Demand is anchored at no less than this, so that its slope is finite."""

MOST_SHARE = 10.0
HALVINGS = 36
"""Where a curve meets a line is looked for up to so many times the reference quantity, to 1e-10 of it."""

NEAR_LIMIT = 1e-9
"""A logarithmic or reciprocal cost is never evaluated nearer than this share to its limit."""


@dataclass(frozen=True)
class DemandCurves:
    """Inverse demand; arrays of shape (periods, consumers), one shape per consumer.

    ``points``: for a tabulated consumer, shares of the month's quantity (rising) and prices (falling).
    """

    shapes: tuple[DemandShape, ...]
    quantity_gwh_d: np.ndarray
    price_eur_mwh: np.ndarray
    elasticity: np.ndarray
    points: Mapping[int, tuple[np.ndarray, np.ndarray]]

    @property
    def is_affine(self) -> bool:
        """True if every consumer's demand is its own tangent, or fixed."""
        return all(shape in (DemandShape.AFFINE, DemandShape.FIXED) for shape in self.shapes)

    def mask(self, *shapes: DemandShape) -> np.ndarray:
        """Return which consumers have one of the shapes."""
        return np.array([shape in shapes for shape in self.shapes], dtype=bool)

    def at(self, quantity_gwh_d: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return price, slope (positive: price falls by it per GWh/d) and the change of slope per GWh/d.

        The price of a fixed demand is its reference price and its slope infinite.
        """
        q0, p0, e = self.quantity_gwh_d, self.price_eur_mwh, self.elasticity
        q = np.maximum(quantity_gwh_d, LEAST_QUANTITY_GWH_D * q0)
        slope = p0 / (e * q0)
        price = p0 + slope * (q0 - quantity_gwh_d)
        bend = np.zeros_like(price)
        with np.errstate(over="ignore"):
            iso = self.mask(DemandShape.ISOELASTIC)
            p = (p0 * (q / q0) ** (-1 / e))[:, iso]
            price[:, iso], slope[:, iso] = p, p / (e * q)[:, iso]
            bend[:, iso] = -(1 + 1 / e[:, iso]) * p / (e * q**2)[:, iso]
            exp = self.mask(DemandShape.EXPONENTIAL)
            price[:, exp] = (p0 - p0 / e * np.log(q / q0))[:, exp]
            slope[:, exp], bend[:, exp] = (p0 / (e * q))[:, exp], (-p0 / (e * q**2))[:, exp]
        for k, (shares, prices) in self.points.items():
            piece = np.clip(np.searchsorted(shares, q[:, k] / q0[:, k], side="right") - 1, 0, len(shares) - 2)
            fall = (prices[piece] - prices[piece + 1]) / ((shares[piece + 1] - shares[piece]) * q0[:, k])
            slope[:, k], price[:, k] = fall, prices[piece] - fall * (quantity_gwh_d[:, k] - shares[piece] * q0[:, k])
        fixed = self.mask(DemandShape.FIXED)
        slope[:, fixed], price[:, fixed] = np.inf, p0[:, fixed]
        return price, slope, bend

    def meets(self, quantity_gwh_d: np.ndarray, price_eur_mwh: np.ndarray, rise: np.ndarray, cap_eur_mwh: float
              ) -> np.ndarray:  # fmt: skip
        """Return the consumption at which each curve, nowhere above the cap, meets a rising line.

        The line goes through a point and rises by ``rise`` per GWh/d. Found by halving between 0.001 and 10 times the
        reference quantity; a curve that is above (below) the line all the way gives the upper (lower) end.
        """
        low, high = np.log(LEAST_QUANTITY_GWH_D), np.log(MOST_SHARE)
        low, high = np.full(quantity_gwh_d.shape, low), np.full(quantity_gwh_d.shape, high)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            quantity = np.exp(middle) * self.quantity_gwh_d
            line = price_eur_mwh + rise * (quantity - quantity_gwh_d)
            is_above = np.minimum(self.at(quantity)[0], cap_eur_mwh) > line
            low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
        return np.asarray(np.exp((low + high) / 2) * self.quantity_gwh_d)

    def value_eur_thousand_d(self, quantity_gwh_d: np.ndarray, cap_eur_mwh: float) -> np.ndarray:
        """Return what consumption is worth: the integral of price, nowhere above ``cap_eur_mwh``, in 1,000 EUR a day.

        For consumers with a curve; zero for affine and fixed ones, whose tangent says it all.
        """
        value, q0, p0, e = np.zeros_like(quantity_gwh_d), self.quantity_gwh_d, self.price_eur_mwh, self.elasticity
        iso, exp = self.mask(DemandShape.ISOELASTIC), self.mask(DemandShape.EXPONENTIAL)
        with np.errstate(over="ignore"):
            first = np.where(iso, (cap_eur_mwh / p0) ** -e, np.exp(e * (1 - cap_eur_mwh / p0)))
        u = np.maximum(quantity_gwh_d / q0, LEAST_QUANTITY_GWH_D)
        start = np.minimum(first, u)
        power = np.where(np.abs(1 - 1 / e) < 1e-9, 1e-9, 1 - 1 / e)
        curve = np.where(iso, (u**power - start**power) / power,
                         u - start - (u * np.log(u) - u - start * np.log(start) + start) / e)  # fmt: skip
        bent = iso | exp
        value[:, bent] = (q0 * (cap_eur_mwh * start + p0 * curve))[:, bent]
        for k, (shares, prices) in self.points.items():
            for t in range(len(value)):
                value[t, k] = q0[t, k] * _area_below(shares, prices, quantity_gwh_d[t, k] / q0[t, k], cap_eur_mwh)
        return value


def _area_below(shares: np.ndarray, prices: np.ndarray, end: float, cap: float) -> float:
    """Return the area below straight lines between points and beyond them, and below the cap, from 0 to ``end``."""
    fall = -np.diff(prices) / np.diff(shares)

    def price(u: np.ndarray) -> np.ndarray:
        piece = np.clip(np.searchsorted(shares, u, side="right") - 1, 0, len(shares) - 2)
        return np.asarray(prices[piece] - fall[piece] * (u - shares[piece]))

    crossings = shares[:-1] + (prices[:-1] - cap) / fall
    knots = np.concatenate([[0.0, end], *(part[(part > 0) & (part < end)] for part in (shares, crossings))])
    knots = np.unique(knots)
    return float(np.trapezoid(np.minimum(price(knots), cap), knots))


def demand_curves(system: GasSystem, s: MarketSets) -> DemandCurves:
    """Return the demand of the market's consumers.

    Errors: ``InputError`` for missing months, demand without slope, mixed shapes, or points out of order.
    """
    frame = system.table("demand")
    months = list(s.months.months)
    labels = pairs(s.demand, "node", "segment")
    row, at = _positions(frame["month"], months), _consumer_of(frame, labels)
    inside = row >= 0
    wide = np.full((3, len(months), len(labels)), np.nan)
    for k, name in enumerate(("quantity_gwh_d", "reference_price_eur_mwh", "elasticity")):
        wide[k, row[inside], at[inside]] = frame[name].to_numpy(dtype=float)[inside]
    quantity, price, elasticity = wide
    shapes = _shapes(labels, at, frame["shape"])
    is_fixed = np.array([shape is DemandShape.FIXED for shape in shapes], dtype=bool)
    _refuse(s, labels, np.isnan(quantity), "month-without-demand", "these markets lack months of demand",
            "add the months or shorten the horizon")  # fmt: skip
    _refuse(s, labels, ((elasticity <= 0) | (price <= 0)) & ~is_fixed, "demand-without-slope",
            "elasticity and reference price must be above zero", "0.01 is nearly inelastic")  # fmt: skip
    quantity = np.maximum(quantity, LEAST_QUANTITY_GWH_D)
    price, elasticity = np.where(is_fixed, 1.0, price), np.where(is_fixed, 1.0, elasticity)
    mean, mean_price, mean_elasticity = _by_period(s, quantity, price, elasticity)
    mean = np.maximum(mean * _factor_of_days(system, s, labels), LEAST_QUANTITY_GWH_D)
    return DemandCurves(shapes, mean, mean_price, mean_elasticity, _points(system, labels, shapes))


def _factor_of_days(system: GasSystem, s: MarketSets, labels: list[tuple[str, str]]) -> np.ndarray:
    """Return what dated changes make of the demand of each period, shape (periods, consumers): means over its days."""
    table = system.table("demand_days")
    factor = np.ones((len(s.periods), len(labels)))
    at = positions(pairs(table, "node", "segment"), labels)
    columns = (table[name].tolist() for name in ("first_day", "last_day", "factor"))
    share: dict[tuple[str, str], np.ndarray] = {}
    for k, first, last, by in zip(at.tolist(), *columns, strict=True):
        if k >= 0:
            if (first, last) not in share:
                start, end = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
                share[first, last] = np.array([share_of_days(period, start, end) for period in s.periods])
            factor[:, k] *= 1 + (by - 1) * share[first, last]
    return factor


def _positions(of: pd.Series, within: list[str]) -> np.ndarray:
    """Return where each label of a column stands in ``within``; -1 where it does not. For long columns."""
    code, known = pd.factorize(of)
    return positions(known.tolist(), within)[code]


def _consumer_of(frame: pd.DataFrame, labels: list[tuple[str, str]]) -> np.ndarray:
    """Return which of ``labels`` (node, segment) each row is of."""
    node_of, nodes = pd.factorize(frame["node"])
    segment_of, segments = pd.factorize(frame["segment"])
    place = np.full((len(nodes), len(segments)), -1)
    rows = positions([node for node, _ in labels], nodes.tolist())
    columns = positions([segment for _, segment in labels], segments.tolist())
    place[rows, columns] = np.arange(len(labels))
    return place[node_of, segment_of]


def _by_period(
    s: MarketSets, quantity: np.ndarray, price: np.ndarray, elasticity: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the point and elasticity of each period from those of its months.

    At one price the quantities of the months add up, so that affine demand stays affine: exact. Of curves it is the
    tangent at the reference point.
    """
    per_price = s.months.mean(elasticity * quantity / price)
    satiation = s.months.mean(quantity * (1 + elasticity))
    mean = s.months.mean(quantity)
    mean_price = (satiation - mean) / per_price
    return mean, mean_price, per_price * mean_price / mean


def _shapes(labels: list[tuple[str, str]], at: np.ndarray, shapes: pd.Series) -> tuple[DemandShape, ...]:
    code, names = pd.factorize(shapes)
    found: dict[int, set[str]] = {}
    for k, shape in np.unique(np.column_stack([at, code]), axis=0).tolist():
        found.setdefault(k, set()).add(names[shape])
    mixed = [f"{labels[k][0]} {labels[k][1]}" for k in found if len(found[k]) > 1]
    if mixed:
        raise InputError("mixed-shapes", "the months of a consumer have different shapes of demand", table="demand",
                         keys=mixed, hint="give one shape to all its months")  # fmt: skip
    return tuple(DemandShape(next(iter(found[k]))) for k in range(len(labels)))


def _points(
    system: GasSystem, labels: list[tuple[str, str]], shapes: tuple[DemandShape, ...]
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    table = system.table("demand_points").sort_values("point")
    at = positions(pairs(table, "node", "segment"), labels)
    points, wrong = {}, []
    for k, shape in enumerate(shapes):
        if shape is DemandShape.TABULATED:
            own = table[at == k]
            shares, prices = own["quantity_share"].to_numpy(dtype=float), own["price_eur_mwh"].to_numpy(dtype=float)
            if len(own) < 2 or (np.diff(shares) <= 0).any() or (np.diff(prices) >= 0).any():
                wrong.append(" ".join(labels[k]))
            points[k] = (shares, prices)
    if wrong:
        raise InputError("bad-demand-points", "a tabulated demand needs two or more points of rising quantity and "
                         "falling price", table="demand_points", keys=wrong, hint="sort the points")  # fmt: skip
    return points


def _refuse(
    s: MarketSets, labels: list[tuple[str, str]], bad: np.ndarray, code: str, message: str, hint: str
) -> None:
    if bad.any():
        keys = [f"{labels[c][0]} {s.months.months[r]}" for r, c in zip(*np.nonzero(bad), strict=True)]
        raise InputError(code, message, table="demand", keys=keys, hint=hint)


@dataclass(frozen=True)
class CostCurves:
    """Terms of rising marginal cost; term k belongs to entity ``entity[k]`` of a variable with ``count`` entities."""

    count: int
    entity: np.ndarray
    shape: tuple[CurveShape, ...]
    coefficient_eur_mwh: np.ndarray
    scale_gwh_d: np.ndarray
    exponent: np.ndarray

    @property
    def has_terms(self) -> bool:
        """True if there is any."""
        return len(self.entity) > 0

    @property
    def is_curved(self) -> np.ndarray:
        """Which entities have a term."""
        curved = np.zeros(self.count, dtype=bool)
        curved[self.entity] = True
        return curved

    @property
    def is_affine(self) -> bool:
        """True if every term is a straight line."""
        return all(shape is CurveShape.POWER and n == 1 for shape, n in zip(self.shape, self.exponent, strict=True))

    def limit_gwh_d(self) -> np.ndarray:
        """Return the flow that the terms allow, by entity; infinite without a logarithmic or reciprocal term."""
        limit = np.full(self.count, np.inf)
        for k, entity in enumerate(self.entity):
            if self.shape[k] is not CurveShape.POWER:
                limit[entity] = min(limit[entity], self.scale_gwh_d[k] * (1 - NEAR_LIMIT))
        return limit

    def at(self, flow: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return marginal cost, its slope, and cost in thousand EUR per day, all of shape (periods, entities)."""
        marginal, slope, total = (np.zeros_like(flow) for _ in range(3))
        for k, entity in enumerate(self.entity):
            c, scale, n = self.coefficient_eur_mwh[k], self.scale_gwh_d[k], self.exponent[k]
            u = np.maximum(flow[:, entity], 0.0) / scale
            if self.shape[k] is CurveShape.POWER:
                v = np.maximum(u, 1e-9) if n < 1 else u
                parts = c * u**n, c * n * v ** (n - 1) / scale, c * scale * u ** (n + 1) / (n + 1)
            else:
                left = np.maximum(1 - u, NEAR_LIMIT)
                if self.shape[k] is CurveShape.LOGARITHMIC:
                    parts = -c * np.log(left), c / (scale * left), c * scale * (left * np.log(left) + 1 - left)
                else:
                    parts = c / left, c / (scale * left**2), -c * scale * np.log(left)
            for array, part in zip((marginal, slope, total), parts, strict=True):
                array[:, entity] += part
        return marginal, slope, total


def cost_curves(table: pd.DataFrame, entity: np.ndarray, count: int) -> CostCurves:
    """Return the terms of a table of curves whose rows belong to entities (-1: to none of the market)."""
    kept = entity >= 0
    own = table[kept]
    if (own["scale_gwh_d"] <= 0).any():
        raise InputError("no-scale", "scale_gwh_d must be above zero", keys=own.iloc[:, 0].tolist(),
                         hint="1 where the coefficient is per GWh/d")  # fmt: skip
    return CostCurves(
        count, entity[kept], tuple(CurveShape(shape) for shape in own["shape"]),
        own["coefficient_eur_mwh"].to_numpy(dtype=float), own["scale_gwh_d"].to_numpy(dtype=float),
        own["exponent"].to_numpy(dtype=float),
    )  # fmt: skip
