"""Patches: what a scenario changes, one class per kind. ``apply`` returns a new system and never edits one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd

from linepack.errors import InputError, Issue
from linepack.scenario.select import match_arcs, match_names, match_nodes
from linepack.system.calendar import Period, days_in_month, monthly_periods, share_of_days
from linepack.system.dataset import as_cells, parse_cells
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES_BY_NAME
from linepack.vocabulary import AssetState, ConductPreset, DemandShape, Grade

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date.max.isoformat()
PIECE = "/"
"""Stands between the name of a contract and the first day of a piece that a dated patch has cut from it."""


class Patch(Protocol):
    """A named change with its reason."""

    @property
    def name(self) -> str:
        """What the patch is called."""
        ...

    @property
    def why(self) -> str:
        """The reason for the change."""
        ...

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the changed system. Errors: ``InputError`` if the patch names something that does not exist."""
        ...


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both included; None means without limit."""

    first: date | None = None
    last: date | None = None

    def share(self, period: Period) -> float:
        """Return the share of a period's days inside the span."""
        after = self.last + timedelta(days=1) if self.last else date.max
        return share_of_days(period, self.first or FIRST_DAY, after)

    def shares(self, months: pd.Series) -> np.ndarray:
        """Return the share inside the span for each month of a column."""
        row, known = pd.factorize(months)
        return np.array([self.share(monthly_periods(month, 1)[0]) for month in known], dtype=float)[row]


@dataclass(frozen=True)
class AssetPatch:
    """Opens, closes or limits arcs between two dates: the physical or commercial state of an asset."""

    name: str
    why: str
    arcs: tuple[str, ...]
    filters: Mapping[str, tuple[str, ...]]
    span: Span
    state: AssetState | None = None
    capacity_gwh_d: float | None = None
    capacity_share: float | None = None
    is_repaired: bool = False

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with rows added to ``arc_schedule``; later rows win."""
        chosen = match_arcs(system, self.arcs, dict(self.filters))
        broken = chosen.loc[chosen["state"] == AssetState.DESTROYED, "arc"]
        if len(broken) and self.state is not AssetState.CLOSED and not self.is_repaired:
            raise InputError("asset-destroyed", f"patch '{self.name}' opens assets that are destroyed", table="arcs",
                             keys=list(broken), hint="add 'repaired: true' if the question assumes a repair")
        technical = chosen["capacity_gwh_d"].to_numpy(dtype=float)
        if self.state is AssetState.CLOSED:
            capacity = np.zeros(len(chosen))
        elif self.capacity_gwh_d is not None:
            capacity = np.full(len(chosen), self.capacity_gwh_d)
        else:
            capacity = technical * (1.0 if self.capacity_share is None else self.capacity_share)
            if np.isinf(capacity).any():
                raise InputError("no-capacity", f"patch '{self.name}': shipping has no technical capacity",
                                 table="arcs", keys=list(chosen["arc"][np.isinf(capacity)]),
                                 hint="give 'state: closed' or a capacity")  # fmt: skip
        rows = pd.DataFrame({
            "arc": chosen["arc"].to_numpy(), "first_day": (self.span.first or FIRST_DAY).isoformat(),
            "last_day": self.span.last.isoformat() if self.span.last else "", "capacity_gwh_d": capacity,
            **_provenance(self.name, self.why),
        })  # fmt: skip
        return _append(system, "arc_schedule", rows)


@dataclass(frozen=True)
class SupplyPatch:
    """Scales what resources can deliver between two dates, or adds to it."""

    name: str
    why: str
    resources: tuple[str, ...]
    span: Span
    factor: float = 1.0
    add_gwh_d: float = 0.0

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with new availability, prorated by days; yearly limits move in proportion."""
        chosen = match_names(self.resources, system.table("resources")["resource"], "resource")
        before = system.table("availability")
        mask = before["resource"].isin(chosen).to_numpy()
        share = np.where(mask, self.span.shares(before["month"]), 0.0)
        old = before["capacity_gwh_d"].to_numpy(dtype=float)
        new = old * (1 + (self.factor - 1) * share) + self.add_gwh_d * share
        after = before.assign(capacity_gwh_d=np.where(mask, new, old))
        windows = system.table("resource_windows").copy()
        is_chosen = windows["resource"].isin(chosen).to_numpy()
        scale = np.ones(len(windows))
        row, months = pd.factorize(before["month"])
        days = np.array([days_in_month(month) for month in months], dtype=float)[row]
        gwh = before.assign(before=old * days, after=after["capacity_gwh_d"] * days)
        scale[is_chosen] = [_window_ratio(gwh, row) for row in windows[is_chosen].itertuples()]
        for column in ("maximum_gwh", "minimum_gwh"):
            windows[column] = windows[column] * scale
        return system.with_tables(availability=after, resource_windows=windows)


def _window_ratio(gwh: pd.DataFrame, row: Any) -> float:
    inside = (gwh["resource"] == row.resource) & gwh["month"].between(row.first_month, row.last_month)
    old = gwh.loc[inside, "before"].sum()
    return float(gwh.loc[inside, "after"].sum() / old) if old > 0 else 1.0


@dataclass(frozen=True)
class QuantityPatch:
    """Scales consumption (``demand``) or home production (``indigenous_production``) of markets between two dates."""

    name: str
    why: str
    table: str
    nodes: tuple[str, ...]
    regions: tuple[str, ...]
    areas: tuple[str, ...]
    span: Span
    factor: float = 1.0
    elasticity_factor: float = 1.0
    segments: tuple[str, ...] = ()

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with scaled quantities at the same reference price."""
        frame = system.table(self.table)
        chosen = set(match_nodes(system, self.nodes, self.regions, self.areas))
        mask = frame["node"].isin(chosen).to_numpy()
        if self.segments:
            named = match_names(self.segments, dict.fromkeys(frame["segment"]), "segment")
            mask = mask & frame["segment"].isin(named).to_numpy()
        if not mask.any():
            raise InputError("no-match", f"patch '{self.name}' matches no row of {self.table}", table=self.table,
                             keys=self.nodes or self.regions or self.areas)  # fmt: skip
        share = np.where(mask, self.span.shares(frame["month"]), 0.0)
        changed = frame.assign(quantity_gwh_d=frame["quantity_gwh_d"] * (1 + (self.factor - 1) * share))
        if self.elasticity_factor != 1.0:
            changed["elasticity"] = changed["elasticity"] * (1 + (self.elasticity_factor - 1) * share)
        return system.with_tables(**{self.table: changed})


@dataclass(frozen=True)
class SpellPatch:
    """Scales consumption of markets on the days between two dates, whatever the step: a cold spell."""

    name: str
    why: str
    nodes: tuple[str, ...]
    regions: tuple[str, ...]
    areas: tuple[str, ...]
    segments: tuple[str, ...]
    first: date
    last: date
    factor: float

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with rows added to ``demand_days``; periods count the days that lie in them."""
        frame = system.table("demand")
        consumers = frame[["node", "segment"]].drop_duplicates()
        mask = consumers["node"].isin(match_nodes(system, self.nodes, self.regions, self.areas))
        if self.segments:
            mask &= consumers["segment"].isin(match_names(self.segments, dict.fromkeys(frame["segment"]), "segment"))
        if not mask.any():
            raise InputError("no-match", f"patch '{self.name}' matches no row of demand", table="demand",
                             keys=self.nodes or self.regions or self.areas)  # fmt: skip
        rows = consumers[mask].assign(first_day=self.first.isoformat(), last_day=self.last.isoformat(),
                                      factor=self.factor, **_provenance(self.name, self.why))  # fmt: skip
        return _append(system, "demand_days", rows)


@dataclass(frozen=True)
class CostPatch:
    """Adds to the tariff of arcs or to the cash cost of resources."""

    name: str
    why: str
    arcs: tuple[str, ...]
    resources: tuple[str, ...]
    add_eur_mwh: float

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the cost added; a cost below zero is an error."""
        table, key, column = (("arcs", "arc", "tariff_eur_mwh") if self.arcs else
                              ("supply_steps", "resource", "cost_eur_mwh"))  # fmt: skip
        frame = system.table(table)
        chosen = match_names(self.arcs or self.resources, dict.fromkeys(frame[key]), key)
        cost = frame[column] + np.where(frame[key].isin(chosen), self.add_eur_mwh, 0.0)
        if (cost < 0).any():
            raise InputError("below-minimum", f"patch '{self.name}' makes a cost negative", table=table,
                             keys=list(frame.loc[cost < 0, key]))  # fmt: skip
        return system.with_tables(**{table: frame.assign(**{column: cost})})


@dataclass(frozen=True)
class ContractPatch:
    """Suspends contracts between two dates (force majeure, ban), or scales their quantity.

    A patch that names a contract means every piece that earlier patches have left of it.
    """

    name: str
    why: str
    contracts: tuple[str, ...]
    span: Span
    is_suspended: bool = False
    quantity_factor: float = 1.0

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the contracts that are in force between the dates cut there, and dropped or scaled."""
        table, points = system.table("contracts"), system.table("contract_points")
        base = table["contract"].str.split(PIECE).str[0]
        first = (self.span.first or FIRST_DAY).isoformat()
        last = self.span.last.isoformat() if self.span.last else LAST_DAY
        is_named = base.isin(match_names(self.contracts, dict.fromkeys(base), "contract"))
        chosen = is_named & (table["start"] <= last) & (table["end"] >= first)
        own = table[chosen]
        inside = own.assign(start=own["start"].where(own["start"] > first, first),
                            end=own["end"].where(own["end"] < last, last),
                            annual_quantity_gwh=own["annual_quantity_gwh"] * self.quantity_factor)  # fmt: skip
        pieces = [
            table[~chosen],
            own[own["start"] < first].assign(end=_next_day(first, -1)),
            inside.iloc[:0] if self.is_suspended else inside,
            own[own["end"] > last].assign(start=_next_day(last, 1) if self.span.last else last),
        ]
        whole = pd.concat(pieces, ignore_index=True).assign(origin=lambda f: f["contract"])
        is_later = whole.duplicated("contract")
        whole.loc[is_later, "contract"] = (
            whole["contract"].str.split(PIECE).str[0] + PIECE + whole["start"]
        )[is_later]
        spread = points.rename(columns={"contract": "origin"}).merge(whole[["origin", "contract"]], on="origin")
        rights = system.table("contract_makeup")
        return system.with_tables(
            contracts=whole.drop(columns="origin"), contract_points=spread[points.columns],
            contract_makeup=rights[rights["contract"].isin(whole["contract"])],
        )  # fmt: skip


def _next_day(day: str, step: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=step)).isoformat()


@dataclass(frozen=True)
class ConductPatch:
    """Sets how far sellers use their market power: 0 price taker, 1 monopolist of its residual demand."""

    name: str
    why: str
    traders: tuple[str, ...]
    conduct: float

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with new conduct.

        Errors: ``InputError`` where sellers of one owner are named in part and the others keep a larger conduct: an
        owner group maximises as one, with the largest conduct of its members.
        """
        table = system.table("traders")
        chosen = table["trader"].isin(match_names(self.traders, table["trader"], "trader"))
        owners = table.loc[chosen, "owner_group"]
        left = table[~chosen & table["owner_group"].isin(owners) & (table["conduct"] > self.conduct)]
        if len(left):
            raise InputError("part-of-an-owner", f"patch {self.name!r} would change nothing: sellers of one owner "
                             "decide together, with the largest conduct among them", table="traders",
                             keys=[f"{row.trader} ({row.owner_group})" for row in left.itertuples()],
                             hint="name these sellers in the patch too")  # fmt: skip
        return system.with_tables(traders=table.assign(conduct=np.where(chosen, self.conduct, table["conduct"])))


@dataclass(frozen=True)
class ConductPresetPatch:
    """Sets the conduct of every seller that the dataset gives market power; sellers that take prices stay so."""

    name: str
    why: str
    preset: ConductPreset

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the conduct of the preset, also where an area has a conduct of its own."""
        if self.preset is ConductPreset.CALIBRATED:
            return system
        value = 1.0 if self.preset is ConductPreset.COURNOT else 0.0
        changed = {}
        for name in ("traders", "area_conduct"):
            table = system.table(name)
            if len(table):
                changed[name] = table.assign(conduct=table["conduct"].where(table["conduct"] == 0, value))
        return system.with_tables(**changed)


@dataclass(frozen=True)
class TablePatch:
    """Sets or scales one column of the rows of any table that match a filter; or removes those rows."""

    name: str
    why: str
    table: str
    where: Mapping[str, tuple[str, ...]]
    column: str = ""
    value: str | float | None = None
    factor: float | None = None

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the column changed, or without the rows if no column is named."""
        schema = TABLES_BY_NAME[self.table]
        frame = system.table(self.table)
        mask = pd.Series(True, index=frame.index)
        for column, values in self.where.items():
            cells = frame[column].astype(str)
            mask &= cells.isin(match_names(values, dict.fromkeys(cells), column))
        if not mask.any():
            raise InputError("no-match", f"patch '{self.name}' matches no row of {self.table}", table=self.table,
                             keys=[f"{c}={','.join(v)}" for c, v in self.where.items()])  # fmt: skip
        if not self.column:
            return system.with_tables(**{self.table: frame[~mask].reset_index(drop=True)})
        if self.factor is not None:
            new = frame[self.column] * np.where(mask, self.factor, 1.0)
        else:
            new = frame[self.column].where(~mask, self.value)
        cells = frame.assign(**{self.column: new})
        issues: list[Issue] = []
        parsed = parse_cells(as_cells(cells), schema, issues)
        if issues:
            raise InputError("bad-patch", f"patch '{self.name}' gives {self.table} a value it cannot have",
                             issues=issues)  # fmt: skip
        return system.with_tables(**{self.table: parsed})


@dataclass(frozen=True)
class OptionPatch:
    """Sets a number of the model itself: how strong wedges are, whether closed plants come back, what is remembered."""

    name: str
    why: str
    parameter: str
    value: float

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the parameter set; it is added where a dataset does not have it."""
        table = system.table("parameters")
        is_own = table["parameter"] == self.parameter
        if is_own.any():
            return system.with_tables(parameters=table.assign(value=table["value"].where(~is_own, self.value)))
        row = pd.DataFrame([{"parameter": self.parameter, "value": self.value, "unit": "1",
                             "description": "option of a scenario", **_provenance(self.name, self.why)}])  # fmt: skip
        return _append(system, "parameters", row)


@dataclass(frozen=True)
class DemandShapePatch:
    """Gives every consumer whose demand is a straight line another shape, through the same point of each month."""

    name: str
    why: str
    shape: DemandShape

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the shape; demand of other shapes stays what it is."""
        table = system.table("demand")
        is_line = table["shape"] == DemandShape.AFFINE.value
        return system.with_tables(demand=table.assign(shape=table["shape"].where(~is_line, self.shape.value)))


@dataclass(frozen=True)
class AddRowsPatch:
    """Adds rows to any table; provenance is that of the scenario unless given."""

    name: str
    why: str
    table: str
    rows: tuple[Mapping[str, Any], ...]

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with the rows added, checked by the schema."""
        schema = TABLES_BY_NAME[self.table]
        new = pd.DataFrame([{**_provenance(self.name, self.why), **row} for row in self.rows])
        issues: list[Issue] = []
        for column in schema.columns:
            if column.name not in new and not column.required:
                new[column.name] = ""
        parsed = parse_cells(as_cells(new), schema, issues)
        keys = list(schema.key)
        taken = parsed.merge(system.table(self.table)[keys], on=keys) if not issues else parsed.iloc[:0]
        if len(taken):
            issues.append(Issue("duplicate-key", "these rows exist already", self.table,
                                tuple(taken[keys].astype(str).agg(" ".join, axis=1)), "use 'set' to change a row"))
        if issues:
            raise InputError("bad-patch", f"patch '{self.name}' adds rows to {self.table} that it cannot hold",
                             issues=issues)  # fmt: skip
        return _append(system, self.table, parsed)


def patch_content(patch: Patch) -> dict[str, Any]:
    """Return a patch as plain JSON types: its kind and every field."""
    return {"kind": type(patch).__name__, **_plain(asdict(patch))}  # type: ignore[call-overload]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def _provenance(name: str, why: str) -> dict[str, str]:
    return {"source": f"scenario patch '{name}'", "grade": Grade.JUDGEMENT.value, "known_from": FIRST_DAY.isoformat(),
            "note": why}  # fmt: skip


def _append(system: GasSystem, table: str, rows: pd.DataFrame) -> GasSystem:
    frame = system.table(table)
    rows = rows.reindex(columns=frame.columns).astype(frame.dtypes.to_dict()) if len(frame) else rows
    return system.with_tables(**{table: pd.concat([frame, rows], ignore_index=True)})


