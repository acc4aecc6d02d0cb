"""Numbers of the market, aligned with its index sets; joined by label, a missing label is an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.agreements import ContractWindow, ResourceWindow, contract_windows, resource_windows
from linepack.market.conduct import AreaConduct, area_conduct, residual_conduct
from linepack.market.flags import FlaggedGas, flagged_gas
from linepack.market.fleets import Fleet, fleets
from linepack.market.hysteresis import most_consumption_gwh_d
from linepack.market.makeup import MakeUp, make_up
from linepack.market.rules import FlowRules, PolicyLimit, flow_rules, policy_limits
from linepack.market.sets import MarketSets, pairs, positions
from linepack.market.shapes import CostCurves, DemandCurves, cost_curves, demand_curves
from linepack.market.shares import ShareLimit, share_limits
from linepack.market.trimming import trim
from linepack.system.gassystem import GasSystem
from linepack.system.network import shipping_cost_eur_mwh
from linepack.vocabulary import ArcKind, DemandShape


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
    sales_limit_gwh_d: np.ndarray
    trader_loss_fraction: np.ndarray
    wedge_constant_eur_mwh: np.ndarray
    wedge_slope: np.ndarray
    pool_tariff_eur_mwh: np.ndarray
    pool_flow_limit_gwh_d: np.ndarray
    pool_loss_fraction: np.ndarray
    pool_flow_slope: np.ndarray
    flow_rules: FlowRules
    flagged: FlaggedGas
    policy_limits: tuple[PolicyLimit, ...]
    indigenous_gwh_d: np.ndarray
    demand: DemandCurves
    demand_intercept_eur_mwh: np.ndarray
    demand_slope: np.ndarray
    consumption_limit_gwh_d: np.ndarray
    has_firm_block: np.ndarray
    firm_quantity_gwh_d: np.ndarray
    shedding_price_eur_mwh: float
    supply_curves: CostCurves
    arc_curves: CostCurves  # entities: curved_arcs
    curved_arcs: list[str]
    is_shared_arc: np.ndarray
    expansions: pd.DataFrame  # arc, row (of the arcs), maximum_gwh_d, cost_eur_mwh
    joint_limits: pd.DataFrame
    joint_members: dict[str, set[str]]
    fleets: tuple[Fleet, ...]
    windows: tuple[ResourceWindow, ...]
    opening_level_gwh: np.ndarray
    closing_level_gwh: np.ndarray
    has_closing_values: bool
    closing_steps: pd.DataFrame
    takes: tuple[ContractWindow, ...]
    ceilings: tuple[ContractWindow, ...]
    duties: tuple[ContractWindow, ...]
    make_up: MakeUp
    strategic: pd.DataFrame
    conduct_slope: np.ndarray
    unexposed_gwh_d: np.ndarray
    area_conduct: AreaConduct
    share_limits: tuple[ShareLimit, ...]


def market_parameters(system: GasSystem, s: MarketSets, closing: Closing) -> MarketParameters:
    """Return the numbers for the sets ``s``.

    Errors: ``InputError`` naming table and labels where a month, a node or a price is missing.
    """
    single = dict(zip(system.table("parameters")["parameter"], system.table("parameters")["value"], strict=True))
    tariff = _arc_cost(s, shipping_cost_eur_mwh(system, s.periods))
    users = np.bincount(np.concatenate([s.trader_arc_at, s.pool_arc_at]), minlength=len(s.arcs))
    is_expandable = positions(s.arcs["arc"].tolist(), system.table("arc_expansions")["arc"].tolist()) >= 0
    is_shared = ((users > 1) | is_expandable) & np.isfinite(s.capacity_gwh_d).any(axis=0)
    limit = np.where(is_shared & ((s.capacity_gwh_d > 0) | is_expandable), np.inf, s.capacity_gwh_d)
    constant, slope = _wedges(system, s, tariff[:, s.trader_arc_at], single)
    rules = flow_rules(system, s)
    shedding = float(single["shedding_price_eur_mwh"])
    demand = demand_curves(system, s)
    has_firm, firm = _firm_blocks(demand, shedding)
    strategic, conduct = residual_conduct(system)
    supply, carriage = _supply_curves(system, s), _arc_curves(system, s)
    contracts = contract_windows(system, s, strategic["traders"].tolist())
    joint, members = _joint_limits(system, s)
    loss = s.arcs["loss_fraction"].to_numpy(dtype=float)
    production_capacity, production_cost = _production(system, s)
    opening = _level(system, s, s.periods[0].start)
    capacity = s.capacity_gwh_d[:, s.pool_arc_at].max(axis=0)
    production_capacity = np.minimum(production_capacity, supply.limit_gwh_d())
    limits = trim(s, production_capacity, np.minimum(limit[:, s.trader_arc_at], rules.trader_limit_gwh_d),
                  np.minimum(limit[:, s.pool_arc_at], rules.pool_limit_gwh_d))  # fmt: skip
    return MarketParameters(
        production_capacity_gwh_d=limits.production,
        production_cost_eur_mwh=production_cost,
        trader_transport_eur_mwh=tariff[:, s.trader_arc_at],
        trader_flow_limit_gwh_d=limits.trader_flow,
        sales_limit_gwh_d=limits.sales,
        trader_loss_fraction=loss[s.trader_arc_at],
        wedge_constant_eur_mwh=constant,
        wedge_slope=slope,
        pool_tariff_eur_mwh=tariff[:, s.pool_arc_at],
        pool_flow_limit_gwh_d=limits.pool_flow,
        pool_loss_fraction=loss[s.pool_arc_at],
        pool_flow_slope=float(single["pool_flow_slope_eur_mwh"]) / np.maximum(capacity, 1.0),
        flow_rules=rules,
        flagged=flagged_gas(system, s),
        policy_limits=policy_limits(system, s, opening),
        indigenous_gwh_d=_indigenous(system, s),
        demand=demand,
        demand_intercept_eur_mwh=np.minimum(demand.price_eur_mwh * (1 + 1 / demand.elasticity), shedding),
        demand_slope=_reference_slope(demand),
        consumption_limit_gwh_d=_most_consumption(system, s, demand, has_firm, firm),
        has_firm_block=has_firm,
        firm_quantity_gwh_d=firm,
        shedding_price_eur_mwh=shedding,
        supply_curves=supply,
        arc_curves=carriage,
        curved_arcs=_curved_arcs(system, s),
        is_shared_arc=is_shared,
        expansions=_expansions(system, s),
        joint_limits=joint,
        joint_members=members,
        fleets=fleets(system, s),
        windows=resource_windows(system, s),
        opening_level_gwh=opening,
        closing_level_gwh=_level(system, s, s.periods[-1].end)
        if closing is Closing.LEVELS
        else np.zeros(len(s.storages)),
        has_closing_values=closing is Closing.VALUES,
        closing_steps=_closing_steps(system),
        takes=contracts.takes,
        ceilings=contracts.ceilings,
        duties=contracts.duties,
        make_up=make_up(system, contracts.takes),
        strategic=strategic,
        conduct_slope=conduct,
        unexposed_gwh_d=contracts.unexposed_gwh_d,
        area_conduct=area_conduct(system, s),
        share_limits=share_limits(system, s),
    )


def _arc_cost(s: MarketSets, ship: pd.DataFrame) -> np.ndarray:
    cost = np.tile(s.arcs["tariff_eur_mwh"].to_numpy(dtype=float), (len(s.periods), 1))
    is_ship = np.array([kind == ArcKind.SHIPPING for kind in s.arcs["kind"].tolist()], dtype=bool)
    names = np.array(s.arcs["arc"].tolist(), dtype=object)
    cost[:, is_ship] = ship.to_numpy(dtype=float)[positions(names[is_ship], ship.index.tolist())].T
    if np.isnan(cost).any():
        missing = names[np.isnan(cost).any(axis=0)]
        raise InputError("missing-tariff", "these arcs have no transport cost", table="arcs", keys=list(missing),
                         hint="give tariff_eur_mwh; a missing tariff is not free transport")  # fmt: skip
    return cost


def _by_month(system: GasSystem, s: MarketSets, table: str, keys: list[str], *, key: str, column: str) -> np.ndarray:
    """Return a column as (periods, keys). Errors: ``InputError`` naming rows that the horizon needs and lacks."""
    frame = system.table(table)
    months = list(s.months.months)
    row = positions(frame["month"].tolist(), months)
    at = positions(frame[key].tolist(), keys)
    inside = (row >= 0) & (at >= 0)
    wide = np.full((len(months), len(keys)), np.nan)
    wide[row[inside], at[inside]] = frame[column].to_numpy(dtype=float)[inside]
    _require_complete(wide, table, months, keys)
    return s.months.mean(wide)


def _require_complete(wide: np.ndarray, table: str, months: list[str], keys: list[str]) -> None:
    if np.isnan(wide).any():
        lacking = [f"{keys[c]} {months[r]}" for r, c in zip(*np.nonzero(np.isnan(wide)), strict=True)]
        raise InputError("missing-month", f"{table} has no value for these rows within the horizon", table=table,
                         keys=lacking, hint="add the months or shorten the horizon")  # fmt: skip


def _indigenous(system: GasSystem, s: MarketSets) -> np.ndarray:
    """Return home production by pool node; a node without any row has none, a node with rows needs every month."""
    known = dict.fromkeys(system.table("indigenous_production")["node"].tolist())
    nodes = [node for node in known if node in s.pool_nodes]
    produced = np.zeros((len(s.periods), len(s.pool_nodes)))
    produced[:, positions(nodes, s.pool_nodes)] = _by_month(
        system, s, "indigenous_production", nodes, key="node", column="quantity_gwh_d"
    )
    return produced


def _production(system: GasSystem, s: MarketSets) -> tuple[np.ndarray, np.ndarray]:
    steps = s.production["resource"].tolist()
    resources = list(dict.fromkeys(steps))
    available = _by_month(system, s, "availability", resources, key="resource", column="capacity_gwh_d")
    prices = system.table("market_prices")
    at = positions(s.months.months, prices["month"].tolist())
    hub = s.months.mean(prices["henry_hub_eur_mwh"].to_numpy(dtype=float)[at])
    cost = s.production["cost_eur_mwh"].to_numpy()[None, :] + np.outer(hub, s.production["henry_hub_multiple"])
    return available[:, positions(steps, resources)] * s.production["capacity_share"].to_numpy(), cost


def _supply_curves(system: GasSystem, s: MarketSets) -> CostCurves:
    table = system.table("supply_curves")
    at = positions(pairs(table, "resource", "step"), pairs(s.production, "resource", "step"))
    return cost_curves(table, at, len(s.production))


def _curved_arcs(system: GasSystem, s: MarketSets) -> list[str]:
    """Return the arcs of the market whose charge rises with their flow."""
    used = {*s.trader_flow["arc"].tolist(), *s.pool_flow["arc"].tolist()}
    return [arc for arc in dict.fromkeys(system.table("arc_curves")["arc"].tolist()) if arc in used]


def _arc_curves(system: GasSystem, s: MarketSets) -> CostCurves:
    arcs, table = _curved_arcs(system, s), system.table("arc_curves")
    return cost_curves(table, positions(table["arc"].tolist(), arcs), len(arcs))


def _expansions(system: GasSystem, s: MarketSets) -> pd.DataFrame:
    table = system.table("arc_expansions")
    row = positions(table["arc"].tolist(), s.arcs["arc"].tolist())
    table = table.assign(row=row, maximum_gwh_d=table["maximum_gwh_d"].fillna(np.inf))
    return table.loc[row >= 0, ["arc", "row", "maximum_gwh_d", "cost_eur_mwh"]].reset_index(drop=True)


def _wedges(
    system: GasSystem, s: MarketSets, cost: np.ndarray, single: dict[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return constant (EUR/MWh) and slope (EUR/MWh per GWh/d), shape (periods, flows).

    An observed route's wedge is nil at its reference flow; it is weakened where marginal cost at no flow would be
    below zero, and counts a reference below that of new routes as such a one, so that no slope is extreme.
    """
    table = system.table("route_wedges")
    at = positions(pairs(s.trader_flow, "trader", "arc"), pairs(table, "trader", "arc"))
    is_observed = at >= 0
    if not len(table):
        reference = strength = np.zeros(len(at))
    else:
        reference = np.where(is_observed, table["reference_flow_gwh_d"].to_numpy(dtype=float)[at], 0.0)
        strength = np.where(is_observed, table["slope_eur_mwh"].to_numpy(dtype=float)[at], 0.0)
    is_ship = np.array([kind == ArcKind.SHIPPING for kind in s.trader_flow["kind"].tolist()], dtype=bool)
    is_new, factor = ~is_observed & is_ship, single.get("wedge_multiplier", 1.0)
    new_reference = float(single["new_route_reference_flow_gwh_d"])
    strength = np.where(is_new, float(single["new_route_wedge_eur_mwh"]), strength) * factor
    slope = np.minimum(strength, np.where(is_observed, cost, np.inf)) / np.maximum(reference, new_reference)
    return np.where(is_observed, -slope * reference, 0.0), slope


def _firm_blocks(curves: DemandCurves, shedding: float) -> tuple[np.ndarray, np.ndarray]:
    """Return which demands have a firm block, worth exactly the shedding price, and its size in GWh/d.

    Where the intercept of demand is above the shedding price, the first block of consumption is worth exactly that
    price, and what it lacks is unserved. A fixed demand is all firm. For curves this is the block of the tangent at
    the reference quantity, and stands for that of any other.
    """
    alpha, beta = curves.price_eur_mwh * (1 + 1 / curves.elasticity), _reference_slope(curves)
    is_fixed, is_affine = curves.mask(DemandShape.FIXED), curves.mask(DemandShape.AFFINE)
    firm = np.where(is_fixed, curves.quantity_gwh_d, np.maximum(0.0, (alpha - shedding) / beta))
    has_firm = (firm.max(axis=0) > 0) | ~is_affine
    return has_firm, firm[:, has_firm]


def _most_consumption(
    system: GasSystem, s: MarketSets, demand: DemandCurves, has_firm: np.ndarray, firm: np.ndarray
) -> np.ndarray:
    """Return the limit on the elastic part of consumption: nil for fixed demand, and what hysteresis says."""
    block = np.zeros(demand.quantity_gwh_d.shape)
    block[:, has_firm] = firm
    limit = most_consumption_gwh_d(system, s, demand.quantity_gwh_d, block)
    return np.where(demand.mask(DemandShape.FIXED), 0.0, limit)


def _reference_slope(curves: DemandCurves) -> np.ndarray:
    return np.asarray(curves.price_eur_mwh / (curves.elasticity * curves.quantity_gwh_d))


def _joint_limits(system: GasSystem, s: MarketSets) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Return the joint limits that bind some flow of the market, and their arcs."""
    flowing = {*s.trader_flow["arc"].tolist(), *s.pool_flow["arc"].tolist()}
    members: dict[str, set[str]] = {}
    for name, arc in pairs(system.table("joint_limit_members"), "joint_limit", "arc"):
        if arc in flowing:
            members.setdefault(name, set()).add(arc)
    limits = system.table("joint_limits")
    has_members = np.array([name in members for name in limits["joint_limit"].tolist()], dtype=bool)
    return limits[has_members].reset_index(drop=True), members


def _level(system: GasSystem, s: MarketSets, on: date) -> np.ndarray:
    levels = system.table("storage_levels")
    levels = levels[levels["date"] == on.isoformat()]
    stores = s.storages["node"].tolist()
    at = positions(stores, levels["node"].tolist())
    if (at < 0).any():
        raise InputError("no-storage-level", f"no stock is known on {on.isoformat()}", table="storage_levels",
                         keys=[node for node, k in zip(stores, at, strict=True) if k < 0],
                         hint="start or end the horizon on a date with levels")  # fmt: skip
    volume = s.storages["working_gas_gwh"].to_numpy(dtype=float)
    return np.minimum(levels["level_gwh"].to_numpy(dtype=float)[at], volume)


def _closing_steps(system: GasSystem) -> pd.DataFrame:
    steps = system.table("storage_values").sort_values("step").reset_index(drop=True)
    return steps.assign(width=np.diff(steps["fill_to_fraction"], prepend=0.0))
