"""An effect of the law on the market, and how effects enter a gas system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from linepack.policy.law import Law
from linepack.policy.rows import Scope
from linepack.policy.words import Bar
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Grade

LEGAL_ONLY = frozenset({Bar.LEGAL})


class EffectStatus(StrEnum):
    """What became of a scope."""

    EMITTED = "emitted"
    NO_ARC = "no arc of the market is concerned"
    NOT_EXPRESSIBLE = "not expressible"
    NOT_BINDING = "not binding under the bars asked for"
    GATE = "acts on a gate"
    IN_DATA = "already in the market data"
    JOINED = "counted with another phase"


@dataclass(frozen=True)
class Effect:
    """One effect: its rows in one table of the system, between two days, from one scope or gate.

    ``table`` is '' where nothing is emitted; then ``reason`` says why. Rows carry provenance.
    """

    source_id: str
    instrument: str
    status: EffectStatus
    table: str
    rows: tuple[Mapping[str, Any], ...]
    first_day: date | None
    last_day: date | None
    reason: str


@dataclass(frozen=True)
class Horizon:
    """First and last day (included) over which effects are wanted."""

    first_day: date
    last_day: date


@dataclass(frozen=True)
class Case:
    """What effects are wanted for: law, system, days, and the bars that bind."""

    law: Law
    system: GasSystem
    horizon: Horizon
    bars: frozenset[Bar]

    @cached_property
    def countries(self) -> dict[str, str]:
        """Country of each node."""
        nodes = self.system.table("nodes")
        return dict(zip(nodes["node"], nodes["country"], strict=True))


def silent(scope: Scope, status: EffectStatus, reason: str, first: date, last: date) -> Effect:
    """Return an effect without rows, with the reason."""
    return Effect(scope.scope, scope.instrument, status, "", (), first, last, reason)


def emit(scope: Scope, table: str, rows: Iterable[Mapping[str, Any]], first: date, last: date, reason: str) -> Effect:
    """Return an effect with rows that carry the provenance of their scope."""
    why = {
        "source": f"law: {scope.scope}",
        "grade": Grade.JUDGEMENT.value,
        "known_from": scope.known_from.isoformat(),
        "note": scope.note,
    }
    return Effect(
        scope.scope,
        scope.instrument,
        EffectStatus.EMITTED,
        table,
        tuple({**row, **why} for row in rows),
        first,
        last,
        reason,
    )


def rule_row(
    scope: Scope,
    trader: str,
    arc: str,
    first: date,
    last: date,
    *,
    share: float = 1.0,
    charge: float = 0.0,
    receiver: str = "",
) -> dict[str, Any]:
    """Return a row of ``flow_rules``: a share of capacity and a charge for a trader ('' any) on an arc."""
    return {
        "rule": f"{scope.scope} {first}",
        "trader": trader,
        "arc": arc,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "capacity_share": share,
        "charge_eur_mwh": charge,
        "charge_receiver": receiver,
    }


def limit_row(
    name: str,
    kind: str,
    first: date,
    last: date,
    *,
    minimum: float = float("nan"),
    maximum: float = float("nan"),
    penalty: float | None = None,
) -> dict[str, Any]:
    """Return a row of ``policy_limits``: GWh over the days of a flow, or GWh in store on a day."""
    return {
        "policy_limit": name,
        "kind": kind,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "minimum_gwh": minimum,
        "maximum_gwh": maximum,
        "penalty_eur_mwh": float("nan") if penalty is None else penalty,
        "penalty_receiver": "",
    }


def member_row(name: str, trader: str, arc: str, node: str = "") -> dict[str, Any]:
    """Return a row of ``policy_limit_members``."""
    return {"policy_limit": name, "trader": trader, "arc": arc, "node": node}


def effect_rows(found: Iterable[Effect]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the rows of all effects by table."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for effect in found:
        if effect.table:
            rows.setdefault(effect.table, []).extend(effect.rows)
    return rows


def apply_effects(system: GasSystem, found: Iterable[Effect]) -> GasSystem:
    """Return the system with all rows added; of ``demand`` the quantity, of ``contracts`` the end is changed instead.

    A table that the system lacks is made from the rows. Later rows of ``arc_schedule`` win over earlier ones, and
    closures come last, so that no opening undoes a ban.
    """
    changed: dict[str, pd.DataFrame] = {}
    for table, rows in effect_rows(found).items():
        new = pd.DataFrame(rows)
        old = system.tables.get(table)
        if table == "demand":
            changed[table] = _with_demand(system.table("demand"), new)
            continue
        if table == "contracts":
            changed[table] = _with_ends(system.table("contracts"), new)
            continue
        if table == "arc_schedule":
            new = new.sort_values("capacity_gwh_d", ascending=False, kind="stable")
        if old is not None:
            new = pd.concat([old, new.reindex(columns=old.columns)], ignore_index=True) if len(old) else new
        changed[table] = new.reset_index(drop=True)
    return system.with_tables(**changed)


def _with_demand(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    keys = ["node", "segment", "month"]
    wanted = new.drop_duplicates(keys, keep="last").set_index(keys)["quantity_gwh_d"]
    index = pd.MultiIndex.from_frame(old[keys])
    quantity = wanted.reindex(index).to_numpy(dtype=float)
    return old.assign(quantity_gwh_d=np.where(np.isnan(quantity), old["quantity_gwh_d"], quantity))


def _with_ends(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    ends = new.groupby("contract")["end"].min()
    wanted = old["contract"].map(ends)
    is_earlier = wanted.notna() & (wanted < old["end"])
    changed = old.assign(end=old["end"].where(~is_earlier, wanted))
    return changed[changed["start"] <= changed["end"]].reset_index(drop=True)


def effects_on(found: Iterable[Effect], name: str, day: date) -> tuple[Effect, ...]:
    """Return the effects that touch an arc or market on a day: the reasons of a zero flow that come from the law."""
    return tuple(
        effect
        for effect in found
        if effect.first_day is not None
        and effect.first_day <= day
        and (effect.last_day is None or day <= effect.last_day)
        and any(name in (row.get("arc"), row.get("node")) for row in effect.rows)
    )
