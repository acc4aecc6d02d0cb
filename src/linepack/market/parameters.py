"""Numbers of the market, aligned with its index sets; joined by label, a missing label is an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.sets import DAYS_PER_UNIT, MarketSets
from linepack.system.calendar import overlap_days
from linepack.system.gassystem import GasSystem
from linepack.system.network import shipping_cost_eur_mwh
from linepack.vocabulary import ArcKind


class Closing(StrEnum):
    """How gas in store at the end of the horizon counts."""

    VALUES = "values"  # worth the falling steps of storage_values
    LEVELS = "levels"  # must reach the observed level of that date


@dataclass(frozen=True)
class MarketParameters:
    """Arrays of shape (periods, entities) unless the name of a window says otherwise; prices in EUR/MWh."""

    production_capacity_gwh_d: np.ndarray
    production_cost_eur_mwh: np.ndarray
    trader_transport_eur_mwh: np.ndarray
    trader_flow_limit_gwh_d: np.ndarray
    trader_loss_fraction: np.ndarray
    wedge_constant_eur_mwh: np.ndarray
    wedge_slope: np.ndarray
    pool_tariff_eur_mwh: np.ndarray
    pool_flow_limit_gwh_d: np.ndarray
    pool_loss_fraction: np.ndarray
    pool_flow_slope: np.ndarray
    indigenous_gwh_d: np.ndarray
    demand_intercept_eur_mwh: np.ndarray
    demand_slope: np.ndarray
    has_firm_block: np.ndarray
    firm_quantity_gwh_d: np.ndarray
    shedding_price_eur_mwh: float
    is_shared_arc: np.ndarray
    joint_limits: pd.DataFrame
    joint_members: dict[str, list[str]]
    windows: pd.DataFrame
    opening_level_gwh: np.ndarray
    closing_level_gwh: np.ndarray
    has_closing_values: bool
    closing_steps: pd.DataFrame
    takes: pd.DataFrame
    ceilings: pd.DataFrame
    duties: pd.DataFrame
    strategic: pd.DataFrame
    conduct_slope: np.ndarray
    unexposed_gwh_d: np.ndarray


def market_parameters(system: GasSystem, s: MarketSets, closing: Closing) -> MarketParameters:
    """Return the numbers for the sets ``s``.

    Errors: ``InputError`` naming table and labels where a month, a node or a price is missing.
    """
    single = system.table("parameters").set_index("parameter")["value"]
    ship = shipping_cost_eur_mwh(system, s.periods)
    arcs = s.arcs.set_index("arc")
    tariff = _arc_cost(s, arcs, ship)
    arc_at = {arc: k for k, arc in enumerate(s.arcs["arc"])}
    trader_arc = s.trader_flow["arc"].map(arc_at).to_numpy()
    pool_arc = s.pool_flow["arc"].map(arc_at).to_numpy()
    users = np.bincount(np.concatenate([trader_arc, pool_arc]), minlength=len(s.arcs))
    is_shared = (users > 1) & np.isfinite(s.capacity_gwh_d).all(axis=0)
    limit = np.where(is_shared, np.inf, s.capacity_gwh_d)
    constant, slope = _wedges(system, s, tariff[:, trader_arc], single)
    capacity = s.capacity_gwh_d[:, pool_arc].max(axis=0)
    demand = _demand(system, s, float(single["shedding_price_eur_mwh"]))
    strategic, conduct = _strategic(system)
    takes, ceilings, duties, unexposed = _contracts(system, s, strategic)
    joint = system.table("joint_limits")
    members = system.table("joint_limit_members").groupby("joint_limit")["arc"].agg(list).to_dict()
    loss = arcs["loss_fraction"].to_numpy(dtype=float)
    production_capacity, production_cost = _production(system, s)
    return MarketParameters(
        production_capacity_gwh_d=production_capacity,
        production_cost_eur_mwh=production_cost,
        trader_transport_eur_mwh=tariff[:, trader_arc],
        trader_flow_limit_gwh_d=limit[:, trader_arc],
        trader_loss_fraction=loss[trader_arc],
        wedge_constant_eur_mwh=constant,
        wedge_slope=slope,
        pool_tariff_eur_mwh=tariff[:, pool_arc],
        pool_flow_limit_gwh_d=limit[:, pool_arc],
        pool_loss_fraction=loss[pool_arc],
        pool_flow_slope=float(single["pool_flow_slope_eur_mwh"]) / np.maximum(capacity, 1.0),
        indigenous_gwh_d=_by_month(system, s, "indigenous_production", list(s.pool_nodes), missing=0.0),
        demand_intercept_eur_mwh=demand[0],
        demand_slope=demand[1],
        has_firm_block=demand[2],
        firm_quantity_gwh_d=demand[3],
        shedding_price_eur_mwh=float(single["shedding_price_eur_mwh"]),
        is_shared_arc=is_shared,
        joint_limits=joint.reset_index(drop=True),
        joint_members=members,
        windows=_resource_windows(system, s),
        opening_level_gwh=_level(system, s, s.periods[0].start),
        closing_level_gwh=_level(system, s, s.periods[-1].end)
        if closing is Closing.LEVELS
        else np.zeros(len(s.storages)),
        has_closing_values=closing is Closing.VALUES,
        closing_steps=_closing_steps(system),
        takes=takes,
        ceilings=ceilings,
        duties=duties,
        strategic=strategic,
        conduct_slope=conduct,
        unexposed_gwh_d=unexposed,
    )


def _arc_cost(s: MarketSets, arcs: pd.DataFrame, ship: pd.DataFrame) -> np.ndarray:
    cost = np.tile(arcs["tariff_eur_mwh"].to_numpy(dtype=float), (len(s.periods), 1))
    is_ship = (arcs["kind"] == ArcKind.SHIPPING).to_numpy()
    cost[:, is_ship] = ship.loc[arcs.index[is_ship]].to_numpy(dtype=float).T
    if np.isnan(cost).any():
        missing = arcs.index[np.isnan(cost).any(axis=0)]
        raise InputError("missing-tariff", "these arcs have no transport cost", table="arcs", keys=list(missing),
                         hint="give tariff_eur_mwh; a missing tariff is not free transport")  # fmt: skip
    return cost


def _by_month(system: GasSystem, s: MarketSets, table: str, keys: list[str], *, missing: float | None = None,
              key: str = "node", column: str = "quantity_gwh_d") -> np.ndarray:  # fmt: skip
    wide = system.table(table).pivot(index="month", columns=key, values=column)  # noqa: PD010
    wide = wide.reindex(index=list(s.month_keys), columns=keys)
    if missing is not None:
        wide = wide.fillna(missing)
    _require_complete(wide, table)
    return wide.to_numpy(dtype=float)


def _require_complete(wide: pd.DataFrame, table: str) -> None:
    holes = wide.isna().to_numpy()
    if holes.any():
        rows, columns = np.nonzero(holes)
        keys = [f"{wide.columns[c]} {wide.index[r]}" for r, c in zip(rows, columns, strict=True)]
        raise InputError("missing-month", f"{table} has no value for these rows within the horizon", table=table,
                         keys=keys, hint="add the months or shorten the horizon")  # fmt: skip


def _production(system: GasSystem, s: MarketSets) -> tuple[np.ndarray, np.ndarray]:
    steps = s.production
    available = _by_month(system, s, "availability", list(dict.fromkeys(steps["resource"])), key="resource",
                          column="capacity_gwh_d")  # fmt: skip
    at = pd.Index(list(dict.fromkeys(steps["resource"]))).get_indexer(pd.Index(steps["resource"]))
    hub = system.table("market_prices").set_index("month")["henry_hub_eur_mwh"].reindex(list(s.month_keys))
    _require_complete(hub.to_frame(), "market_prices")
    cost = steps["cost_eur_mwh"].to_numpy()[None, :] + np.outer(hub, steps["henry_hub_multiple"])
    return available[:, at] * steps["capacity_share"].to_numpy(), cost


def _wedges(system: GasSystem, s: MarketSets, cost: np.ndarray, single: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return constant (EUR/MWh) and slope (EUR/MWh per GWh/d); marginal cost with wedge never below zero."""
    table = system.table("route_wedges").set_index(["trader", "arc"])
    table = table[~table.index.duplicated()]
    pairs = pd.MultiIndex.from_frame(s.trader_flow[["trader", "arc"]])
    reference = table["reference_flow_gwh_d"].reindex(pairs).to_numpy(dtype=float)
    strength = table["slope_eur_mwh"].reindex(pairs).to_numpy(dtype=float)
    kind = s.trader_flow["arc"].map(s.arcs.set_index("arc")["kind"])
    is_new = np.isnan(reference) & (kind == ArcKind.SHIPPING).to_numpy()
    factor = float(single.get("wedge_multiplier", 1.0))
    new_reference = float(single["new_route_reference_flow_gwh_d"])
    base = np.maximum(np.where(np.isnan(reference), new_reference, reference), new_reference)
    strength = np.where(is_new, float(single["new_route_wedge_eur_mwh"]), np.nan_to_num(strength)) * factor
    constant = np.where(np.isnan(reference) | is_new, 0.0, -strength)[None, :]
    return np.maximum(constant, -cost), np.tile(strength / base, (len(s.periods), 1))


def _demand(system: GasSystem, s: MarketSets, shedding: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return intercept and slope of the elastic block, which demands have a firm block, and its size.

    Affine demand p = alpha - beta q; where alpha is above the shedding price, the first block of consumption
    is worth exactly the shedding price, and what it lacks is unserved.
    """
    frame = system.table("demand").set_index(["month", "node", "segment"])
    labels = list(s.demand[["node", "segment"]].itertuples(index=False, name=None))
    index = pd.MultiIndex.from_tuples([(m, n, k) for m in s.month_keys for n, k in labels])
    frame = frame.reindex(index)
    shape = (len(s.periods), len(labels))
    if frame["quantity_gwh_d"].isna().any():
        keys = [f"{n} {m}" for m, n, _ in frame.index[frame["quantity_gwh_d"].isna()]]
        raise InputError("month-without-demand", "these markets have no demand row in a month of the horizon",
                         table="demand", keys=keys, hint="add the months or shorten the horizon")  # fmt: skip
    quantity = np.maximum(frame["quantity_gwh_d"].to_numpy(dtype=float).reshape(shape), 1e-3)
    price = frame["reference_price_eur_mwh"].to_numpy(dtype=float).reshape(shape)
    elasticity = frame["elasticity"].to_numpy(dtype=float).reshape(shape)
    if (elasticity <= 0).any() or (price <= 0).any():
        rows, columns = np.nonzero((elasticity <= 0) | (price <= 0))
        keys = [f"{labels[c][0]} {s.month_keys[r]}" for r, c in zip(rows, columns, strict=True)]
        raise InputError("demand-without-slope", "elasticity and reference price must be above zero", table="demand",
                         keys=keys, hint="0.01 is nearly inelastic")  # fmt: skip
    alpha, beta = price * (1 + 1 / elasticity), price / (elasticity * quantity)
    firm = np.maximum(0.0, (alpha - shedding) / beta)
    has_firm = firm.max(axis=0) > 0
    return np.minimum(alpha, shedding), beta, has_firm, firm[:, has_firm]


def _resource_windows(system: GasSystem, s: MarketSets) -> pd.DataFrame:
    table = system.table("resource_windows")
    used = set(s.production["resource"])
    rows = []
    by_resource = system.table("availability").set_index(["resource", "month"])["capacity_gwh_d"]
    for row in table[table["resource"].isin(used)].itertuples():
        inside = np.array([row.first_month <= month <= row.last_month for month in s.month_keys])
        if not inside.any():
            continue
        months = pd.period_range(row.first_month, row.last_month, freq="M")
        profile = by_resource.loc[row.resource]
        mean = {m: g.mean() for m, g in profile.groupby(profile.index.str[5:])}
        whole = sum(m.days_in_month * mean[f"{m.month:02d}"] for m in months)
        covered = sum(s.days[t] * mean[s.month_keys[t][5:]] for t in np.flatnonzero(inside))
        share = min(1.0, covered / whole) if whole > 0 else 1.0
        rows.append({
            "resource": row.resource, "first_month": row.first_month, "periods": np.flatnonzero(inside),
            "minimum": row.minimum_gwh * share / DAYS_PER_UNIT, "maximum": row.maximum_gwh * share / DAYS_PER_UNIT,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["resource", "first_month", "periods", "minimum", "maximum"])


def _level(system: GasSystem, s: MarketSets, on: date) -> np.ndarray:
    levels = system.table("storage_levels")
    levels = levels[levels["date"] == on.isoformat()].set_index("node")["level_gwh"]
    found = levels.reindex(s.storages["node"])
    if found.isna().any():
        raise InputError("no-storage-level", f"no stock is known on {on.isoformat()}", table="storage_levels",
                         keys=list(found.index[found.isna()]), hint="start or end the horizon on a date with levels")
    return np.minimum(found.to_numpy(dtype=float), s.storages["working_gas_gwh"].to_numpy())


def _closing_steps(system: GasSystem) -> pd.DataFrame:
    steps = system.table("storage_values").sort_values("step").reset_index(drop=True)
    return steps.assign(width=np.diff(steps["fill_to_fraction"], prepend=0.0))


def _strategic(system: GasSystem) -> tuple[pd.DataFrame, np.ndarray]:
    traders = system.table("traders")
    groups = traders.groupby("owner_group").agg(
        traders=("trader", list), conduct=("conduct", "max"), slope=("residual_slope_eur_mwh_per_gwh_d", "max")
    )
    groups = groups[groups["conduct"] * groups["slope"] > 0].reset_index()
    return groups, (groups["conduct"] * groups["slope"]).to_numpy(dtype=float)


def _contracts(
    system: GasSystem, s: MarketSets, strategic: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return take floors, ceilings and delivery floors per contract year, and sales not exposed to hub prices."""
    points = system.table("contract_points").groupby("contract")["node"].agg(list).to_dict()
    takes, ceilings, duties = [], [], []
    unexposed = np.zeros((len(s.windows), len(strategic)))
    group_of = {trader: k for k, traders in enumerate(strategic["traders"]) for trader in traders}
    for row in system.table("contracts").itertuples():
        first, after = date.fromisoformat(row.start), date.fromisoformat(row.end) + timedelta(days=1)
        for w, window in enumerate(s.windows):
            days = np.array([float(overlap_days(s.periods[t], first, after)) for t in window.periods])
            if not days.sum():
                continue
            amount = row.annual_quantity_gwh * days.sum() / 365.0 / DAYS_PER_UNIT
            entry = {
                "contract": row.contract, "window": window.label, "seller": row.seller, "nodes": points[row.contract],
                "periods": window.periods[days > 0], "weights": days[days > 0] / DAYS_PER_UNIT,
            }  # fmt: skip
            if row.take_or_pay_share > 0:
                takes.append({**entry, "floor": amount * row.take_or_pay_share,
                              "take_penalty_eur_mwh": row.take_penalty_eur_mwh})  # fmt: skip
            if row.delivery_share > 0:
                duties.append({**entry, "floor": amount * row.delivery_share,
                               "delivery_penalty_eur_mwh": row.delivery_penalty_eur_mwh})  # fmt: skip
            if np.isfinite(row.maximum_share):
                ceilings.append({**entry, "ceiling": amount * row.maximum_share})
            if row.price_index != "hub" and row.seller in group_of:
                firm = max(row.take_or_pay_share, row.delivery_share)
                unexposed[w, group_of[row.seller]] += amount * firm * DAYS_PER_UNIT / window.days
    base = ["contract", "window", "seller", "nodes", "periods", "weights"]
    return (
        pd.DataFrame(takes, columns=[*base, "floor", "take_penalty_eur_mwh"]),
        pd.DataFrame(ceilings, columns=[*base, "ceiling"]),
        pd.DataFrame(duties, columns=[*base, "floor", "delivery_penalty_eur_mwh"]),
        unexposed,
    )
