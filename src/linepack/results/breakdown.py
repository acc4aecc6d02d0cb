"""Why a price is what it is: a sum of named causes that adds up exactly.

Path rule (docs/model/price_breakdown.md): start at the hub's balance, follow its largest inflow upstream, then the
largest inflow there, until a well, a liquefaction plant's feed gas or a store is reached. Each step is one optimality
condition, h x + c - A'y = z, so the parts sum to the price with no residual term: what is paid for carriage, what
each binding limit on that way is worth, what is lost, and what the gas is worth where the way begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack.errors import LinepackError
from linepack.results.solution import Solution
from linepack.vocabulary import ArcKind

LEAST_INFLOW_GWH_D = 0.1
"""Below this a node counts as not supplied, and its price as set by its own consumers."""


class Cause(StrEnum):
    """What a part of a price pays for."""

    PRODUCTION = "production cost"
    AVAILABILITY = "scarce supply"
    MARKUP = "mark-up"
    TRANSPORT = "pipeline transport"
    LIQUEFACTION = "liquefaction"
    SHIPPING = "shipping"
    REGASIFICATION = "regasification"
    LOSSES = "losses"
    CONGESTION = "congestion"
    FLEET = "ships"
    STORAGE_COST = "storage cost"
    STORAGE_VALUE = "gas in store"
    STORAGE_RATE = "storage rate"
    CONTRACT = "contract"
    POLICY = "policy"
    WEDGE = "route wedge"
    CONSUMERS = "consumers' own value"


CARRIAGE = {
    ArcKind.PIPELINE: Cause.TRANSPORT, ArcKind.LIQUEFACTION: Cause.LIQUEFACTION, ArcKind.SHIPPING: Cause.SHIPPING,
    ArcKind.REGASIFICATION: Cause.REGASIFICATION,
}  # fmt: skip
LIMITS = {
    "arc_capacity": Cause.CONGESTION, "joint_limit": Cause.CONGESTION, "joint_limit_year": Cause.CONGESTION,
    "fleet_days": Cause.FLEET, "policy_limit": Cause.POLICY, "contract_take": Cause.CONTRACT,
    "contract_maximum": Cause.CONTRACT, "contract_delivery": Cause.CONTRACT, "contract_makeup": Cause.CONTRACT,
    "resource_window": Cause.AVAILABILITY,
    "total_sales": Cause.MARKUP, "area_sales": Cause.MARKUP, "arc_use": Cause.TRANSPORT, "share_limit": Cause.POLICY,
    "flagged_balance": Cause.POLICY, "flagged_flow_part": Cause.POLICY, "flagged_withdrawal_part": Cause.POLICY,
    "storage_dynamics": Cause.STORAGE_VALUE, "withdrawal_rate": Cause.STORAGE_RATE,
}  # fmt: skip
BALANCES = ("pool_balance", "trader_balance")


@dataclass(frozen=True)
class Part:
    """One part of a price."""

    cause: Cause
    detail: str
    eur_mwh: float


def price_breakdown(solution: Solution, periods: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the parts of every hub price, in some periods or all.

    Columns: node, period, cause, detail, eur_mwh; the parts of a node and period sum to its hub price to 1e-6.
    """
    if solution.rolling is not None:
        found = solution.rolling.parts
        return found if periods is None else found[found["period"].isin(list(periods))].reset_index(drop=True)
    walk = _Walk(solution)
    balance = solution.problem.equations["pool_balance"]
    rows = []
    for k, node in enumerate(balance.labels["node"]):
        for t, period in enumerate(solution.labels_of_periods):
            if periods is not None and period not in periods:
                continue
            rows += [(node, period, p.cause.value, p.detail, p.eur_mwh) for p in walk.parts(int(balance.rows[t, k]), t)]
    frame = pd.DataFrame(rows, columns=["node", "period", "cause", "detail", "eur_mwh"])
    return frame.groupby(["node", "period", "cause", "detail"], sort=False, as_index=False)["eur_mwh"].sum()


class _Walk:
    """Follows largest inflows upstream; what is found for a balance is kept for the next hub that passes there."""

    def __init__(self, solution: Solution) -> None:
        problem, point = solution.problem, solution.certified
        self._matrix = problem.matrix.tocsc()
        self._by_row = problem.matrix.tocsr()
        self._x, self._dual, self._z = point.x, point.row_dual, point.reduced_cost
        self._cost, self._curvature = problem.cost, problem.hessian_diagonal
        self._resource_cost = problem.resource_cost_eur_mwh
        self._weight = problem.sets.weight
        self._kind = problem.sets.arcs.set_index("arc")["kind"].to_dict()
        self._row_equation, self._row_label = _names(problem.equations, "rows", problem.matrix.shape[0])
        self._column_variable, self._column_label = _names(problem.variables, "columns", problem.matrix.shape[1])
        charges = problem.charges
        self._charge = charges.groupby("column")["charge_eur_mwh"].sum().to_dict()
        self._charged_by = charges.groupby("column")["rule"].agg(", ".join).to_dict()
        arc_at = {arc: k for k, arc in enumerate(problem.sets.arcs["arc"])}
        self._capacity = {arc: problem.sets.capacity_gwh_d[:, k] for arc, k in arc_at.items()}
        self._upper = problem.column_upper
        self._known: dict[int, tuple[Part, ...]] = {}
        self._open: set[int] = set()

    def parts(self, row: int, period: int) -> tuple[Part, ...]:
        """Return the parts of the value of gas at a balance, in EUR/MWh."""
        if row not in self._known:
            if row in self._open:
                raise LinepackError("gas-circle", f"gas flows in a circle through {self._row_label[row]}")
            self._open.add(row)
            self._known[row] = self._trace(row, period)
            self._open.remove(row)
        return self._known[row]

    def _trace(self, row: int, period: int) -> tuple[Part, ...]:
        value = self._dual[row] / self._weight[period]
        span = slice(self._by_row.indptr[row], self._by_row.indptr[row + 1])
        columns, coefficients = self._by_row.indices[span], self._by_row.data[span]
        inflow = np.where(coefficients > 0, coefficients * self._x[columns], 0.0)
        best = int(np.argmax(inflow)) if len(inflow) else 0
        if not len(inflow) or inflow[best] < LEAST_INFLOW_GWH_D:
            return (Part(Cause.CONSUMERS, self._row_label[row], value),)
        return self._step(int(columns[best]), row, float(coefficients[best]), period)

    def _step(self, column: int, row: int, kept: float, period: int) -> tuple[Part, ...]:
        """Split the value at ``row`` by the optimality condition of the column that feeds it."""
        weight = self._weight[period]
        parts = self._own_costs(column, period)
        span = slice(self._matrix.indptr[column], self._matrix.indptr[column + 1])
        for other, a in zip(self._matrix.indices[span], self._matrix.data[span], strict=True):
            if other == row:
                continue
            equation = self._row_equation[other]
            if equation in BALANCES:
                if a >= 0:
                    raise LinepackError("no-origin", f"{self._column_label[column]} feeds two balances")
                parts += [Part(p.cause, p.detail, -a * p.eur_mwh) for p in self.parts(int(other), period)]
            elif self._dual[other] != 0:
                parts.append(Part(LIMITS[equation], self._row_label[other], -a * self._dual[other] / weight))
        if kept != 1.0:
            sent = sum(part.eur_mwh for part in parts)
            parts.append(Part(Cause.LOSSES, self._column_label[column], sent * (1 / kept - 1)))
        return tuple(parts)

    def _own_costs(self, column: int, period: int) -> list[Part]:
        weight = self._weight[period]
        variable, label = self._column_variable[column], self._column_label[column]
        real = self._resource_cost[column]
        rest = (self._cost[column] + self._curvature[column] * self._x[column]) / weight - real
        rent = -self._z[column] / weight
        if variable == "production":
            return [Part(Cause.PRODUCTION, label, real + rest), Part(Cause.AVAILABILITY, label, rent)]
        if variable == "withdrawal":
            return [Part(Cause.STORAGE_COST, label, real + rest), Part(Cause.STORAGE_RATE, label, rent)]
        if variable == "sales":
            return [Part(Cause.CONGESTION, label, rent)]
        charge = self._charge.get(column, 0.0)
        is_ruled = self._upper[column] < self._capacity[label][period] * (1 - 1e-9)
        parts = [Part(CARRIAGE[ArcKind(self._kind[label])], label, real), Part(Cause.WEDGE, label, rest - charge),
                 Part(Cause.POLICY if is_ruled else Cause.CONGESTION, label, rent)]  # fmt: skip
        return [*parts, Part(Cause.POLICY, self._charged_by[column], charge)] if charge else parts


def _names(blocks: dict, field: str, size: int) -> tuple[list[str], list[str]]:  # type: ignore[type-arg]
    """Return, for every row or column, the name of its block and the label that matters to a reader."""
    names, labels = [""] * size, [""] * size
    for block in blocks.values():
        shown = _shown(block.labels)
        for line in getattr(block, field):
            for index, label in zip(line, shown, strict=True):
                names[index], labels[index] = block.name, label
    return names, labels


def _shown(labels: pd.DataFrame) -> list[str]:
    for column in ("arc", "ship_class", "joint_limit", "contract", "resource", "policy_limit", "rule",
                   "share_limit", "owner_group"):
        if column in labels:
            return [str(value) for value in labels[column]]
    return [" ".join(map(str, row)) for row in labels.itertuples(index=False)]
