"""The compiled market: arrays for a solver, and the labels that give them meaning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from linepack.market.conduct import AreaConduct
from linepack.market.sets import MarketSets
from linepack.market.shapes import CostCurves, DemandCurves


@dataclass(frozen=True)
class Variable:
    """A block of columns: ``columns[t, k]`` is the column of entity ``k`` in period (or window) ``t``."""

    name: str
    unit: str
    labels: pd.DataFrame
    columns: np.ndarray


@dataclass(frozen=True)
class Equation:
    """A block of rows: ``rows[t, k]`` is the row of entity ``k`` in period (or window) ``t``."""

    name: str
    labels: pd.DataFrame
    rows: np.ndarray


@dataclass(frozen=True)
class Curves:
    """What of a problem is a curve or a slope of one, and its columns, of shape (periods, entities).

    ``firm`` is -1 for a consumer without a firm block.
    """

    demand: DemandCurves
    shedding_price_eur_mwh: float
    consumption: np.ndarray
    firm: np.ndarray
    supply: CostCurves
    production: np.ndarray
    production_cost_eur_mwh: np.ndarray
    carriage: CostCurves
    arc_use: np.ndarray
    area: AreaConduct
    area_exposure: np.ndarray
    weight: np.ndarray

    @property
    def is_affine(self) -> bool:
        """True if all curves are straight lines: then one quadratic program is the whole game."""
        return self.demand.is_affine and self.supply.is_affine and self.carriage.is_affine

    @property
    def is_straight(self) -> bool:
        """True if there are no curves, nor slopes of areas: nothing for a tangent to say."""
        return self.demand.is_affine and not (
            self.supply.has_terms or self.carriage.has_terms or self.area_exposure.size
        )


@dataclass(frozen=True)
class Problem:
    """Minimise x'Hx/2 + c'x with rows and columns between limits; H diagonal. Money in 30,000 EUR.

    With curves, cost and H are those of the tangents at one point (``linepack.market.tangent``).
    """

    sets: MarketSets
    hessian_diagonal: np.ndarray
    cost: np.ndarray
    matrix: sp.csc_matrix
    row_lower: np.ndarray
    row_upper: np.ndarray
    column_lower: np.ndarray
    column_upper: np.ndarray
    variables: dict[str, Variable]
    equations: dict[str, Equation]
    resource_cost_eur_mwh: np.ndarray  # per column: real cost per unit, without wedge, penalty or value
    parameters: dict[str, float]
    charges: pd.DataFrame  # rule, receiver, column, charge_eur_mwh: transfers, part of cost but not of resource cost
    curves: Curves
    row_stage: np.ndarray  # number of the period of each row, -1 for a row over several

    @property
    def size(self) -> str:
        """Columns, rows and non-zeros, as text."""
        rows, columns = self.matrix.shape
        return f"{columns:,} columns, {rows:,} rows, {self.matrix.nnz:,} non-zeros"


class Assembler:
    """Collects columns, rows and coefficients, block by block, and closes them into arrays."""

    def __init__(self, periods: int) -> None:
        self.periods = periods
        self.variables: dict[str, Variable] = {}
        self.equations: dict[str, Equation] = {}
        self._columns: list[tuple[np.ndarray, ...]] = []
        self._rows: list[tuple[np.ndarray, np.ndarray]] = []
        self._stages: list[np.ndarray] = []
        self._triplets: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._column_count = 0
        self._row_count = 0

    def variable(
        self,
        name: str,
        unit: str,
        labels: pd.DataFrame,
        *,
        length: int | None = None,
        lower: object = 0.0,
        upper: object = np.inf,
        cost: object = 0.0,
        curvature: object = 0.0,
        resource_cost: object = 0.0,
    ) -> np.ndarray:
        """Add a block of columns of shape (length or periods, entities); return their indices."""
        shape = (self.periods if length is None else length, len(labels))
        size = shape[0] * shape[1]
        index = np.arange(self._column_count, self._column_count + size).reshape(shape)
        self._column_count += size
        block = (lower, upper, cost, curvature, resource_cost)
        self._columns.append(tuple(np.broadcast_to(np.asarray(a, dtype=float), shape).ravel() for a in block))
        self.variables[name] = Variable(name, unit, labels.reset_index(drop=True), index)
        return index

    def rows(self, name: str, labels: pd.DataFrame, lower: object, upper: object, *, length: int | None = None
             ) -> np.ndarray:  # fmt: skip
        """Add a block of rows of shape (length or periods, entities); return their indices."""
        shape = (self.periods if length is None else length, len(labels))
        size = shape[0] * shape[1]
        index = np.arange(self._row_count, self._row_count + size).reshape(shape)
        self._row_count += size
        self._rows.append(tuple(np.broadcast_to(np.asarray(a, dtype=float), shape).ravel() for a in (lower, upper)))  # type: ignore[arg-type]
        stage = np.arange(shape[0]) if length is None else np.full(shape[0], -1)
        self._stages.append(np.repeat(stage, shape[1]))
        self.equations[name] = Equation(name, labels.reset_index(drop=True), index)
        return index

    def put(self, rows: np.ndarray, columns: np.ndarray, coefficient: object) -> None:
        """Add coefficients; the three arguments broadcast against each other."""
        if not (rows.size and columns.size):
            return
        value = np.asarray(coefficient, dtype=float)
        shape = np.broadcast_shapes(rows.shape, columns.shape, value.shape)
        self._triplets.append(
            (np.broadcast_to(rows, shape).ravel(), np.broadcast_to(columns, shape).ravel(),
             np.broadcast_to(value, shape).ravel())
        )  # fmt: skip

    def close(self, sets: MarketSets, parameters: dict[str, float], charges: pd.DataFrame, curves: Curves) -> Problem:
        """Return the finished problem."""
        r, c, a = (np.concatenate(parts) for parts in zip(*self._triplets, strict=True))
        lower, upper, cost, curvature, real = (np.concatenate(parts) for parts in zip(*self._columns, strict=True))
        row_lower, row_upper = (np.concatenate(parts) for parts in zip(*self._rows, strict=True))
        matrix = sp.csc_matrix((a, (r, c)), shape=(self._row_count, self._column_count))
        return Problem(
            sets, curvature, cost, matrix, row_lower, row_upper, lower, upper,
            self.variables, self.equations, real, parameters, charges, curves,
            np.concatenate(self._stages),
        )  # fmt: skip
