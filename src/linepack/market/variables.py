"""The decisions: one block of columns each, with limits, cost and curvature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.agreements import ContractWindow
from linepack.market.parameters import MarketParameters
from linepack.market.problem import Assembler
from linepack.market.rules import PolicyLimit
from linepack.market.sets import DAYS_PER_UNIT, MarketSets


@dataclass(frozen=True)
class MarketVariables:
    """Column indices by decision; axis 0 is the period (or window), axis 1 the entity."""

    production: np.ndarray
    trader_flow: np.ndarray
    sales: np.ndarray
    pool_flow: np.ndarray
    consumption: np.ndarray
    firm_consumption: np.ndarray
    injection: np.ndarray
    withdrawal: np.ndarray
    level: np.ndarray
    flagged_flow: np.ndarray
    flagged_consumption: np.ndarray
    flagged_injection: np.ndarray
    flagged_withdrawal: np.ndarray
    flagged_level: np.ndarray
    closing_step: np.ndarray
    contract_untaken: np.ndarray
    contract_undelivered: np.ndarray
    contract_made_up: np.ndarray
    contract_owed: np.ndarray
    policy_shortfall: np.ndarray
    policy_excess: np.ndarray
    exposure: np.ndarray
    area_exposure: np.ndarray
    arc_use: np.ndarray
    arc_expansion: np.ndarray


def contract_labels(contracts: Sequence[ContractWindow]) -> pd.DataFrame:
    """Return contract and calendar year of each row."""
    return pd.DataFrame([(c.contract, c.window) for c in contracts], columns=["contract", "window"])


def policy_labels(limits: Sequence[PolicyLimit]) -> pd.DataFrame:
    """Return policy limit and the window or date of each row."""
    return pd.DataFrame([(x.policy_limit, x.on) for x in limits], columns=["policy_limit", "on"])


def market_variables(s: MarketSets, p: MarketParameters, a: Assembler) -> MarketVariables:
    """Add every decision of the market and return the indices of its columns."""
    w = s.weight[:, None]
    store, steps = s.storages, p.closing_steps
    volume = store["working_gas_gwh"].to_numpy() / DAYS_PER_UNIT
    nodes = store[["node"]]
    charge = p.flow_rules
    flagged, is_held = p.flagged, np.where(p.flagged.tracked(p.flagged.stores), np.inf, 0.0)
    soft = [limit for limit in p.policy_limits if limit.is_soft]
    short = [limit for limit in soft if np.isfinite(limit.minimum)]
    excess = [limit for limit in soft if np.isfinite(limit.maximum)]
    return MarketVariables(
        production=a.variable(
            "production", "GWh/d", s.production, upper=p.production_capacity_gwh_d, cost=w * p.production_cost_eur_mwh,
            resource_cost=p.production_cost_eur_mwh,
        ),
        trader_flow=a.variable(
            "trader_flow", "GWh/d", s.trader_flow, upper=p.trader_flow_limit_gwh_d,
            cost=w * (p.trader_transport_eur_mwh + p.wedge_constant_eur_mwh
                      + charge.trader_charge_eur_mwh(p.trader_transport_eur_mwh.shape)), curvature=w * p.wedge_slope,
            resource_cost=p.trader_transport_eur_mwh,
        ),
        sales=a.variable("sales", "GWh/d", s.sales, upper=p.sales_limit_gwh_d),
        pool_flow=a.variable(
            "pool_flow", "GWh/d", s.pool_flow, upper=p.pool_flow_limit_gwh_d,
            cost=w * (p.pool_tariff_eur_mwh + charge.pool_charge_eur_mwh(p.pool_tariff_eur_mwh.shape)),
            curvature=w * p.pool_flow_slope, resource_cost=p.pool_tariff_eur_mwh,
        ),
        consumption=a.variable(
            "consumption", "GWh/d", s.demand, upper=p.consumption_limit_gwh_d, cost=-w * p.demand_intercept_eur_mwh,
            curvature=w * p.demand_slope,
        ),
        firm_consumption=a.variable(
            "firm_consumption", "GWh/d", s.demand[p.has_firm_block], upper=p.firm_quantity_gwh_d,
            cost=-w * p.shedding_price_eur_mwh,
        ),
        injection=a.variable(
            "injection", "GWh/d", nodes, cost=w * store["injection_cost_eur_mwh"].to_numpy(),
            resource_cost=store["injection_cost_eur_mwh"].to_numpy(),
        ),
        withdrawal=a.variable(
            "withdrawal", "GWh/d", nodes, cost=w * store["withdrawal_cost_eur_mwh"].to_numpy(),
            resource_cost=store["withdrawal_cost_eur_mwh"].to_numpy(),
        ),
        level=a.variable("level", "30 GWh", nodes, upper=volume),
        flagged_flow=a.variable("flagged_flow", "GWh/d", flagged.flows, upper=flagged.flow_limit_gwh_d),
        flagged_consumption=a.variable(
            "flagged_consumption", "GWh/d", flagged.uses, upper=np.where(flagged.tracked(flagged.uses), np.inf, 0.0),
        ),
        flagged_injection=a.variable("flagged_injection", "GWh/d", flagged.stores, upper=is_held),
        flagged_withdrawal=a.variable("flagged_withdrawal", "GWh/d", flagged.stores, upper=is_held),
        flagged_level=a.variable("flagged_level", "30 GWh", flagged.stores, upper=is_held),
        closing_step=a.variable(
            "closing_step", "30 GWh", nodes if p.has_closing_values else nodes.iloc[:0], length=len(steps),
            upper=steps["width"].to_numpy()[:, None] * volume if p.has_closing_values else 0.0,
            cost=-steps["value_eur_mwh"].to_numpy()[:, None],
        ),
        contract_untaken=a.variable(
            "contract_untaken", "30 GWh", contract_labels(p.takes), length=1,
            cost=[c.penalty_eur_mwh for c in p.takes],
        ),
        contract_undelivered=a.variable(
            "contract_undelivered", "30 GWh", contract_labels(p.duties), length=1,
            cost=[c.penalty_eur_mwh for c in p.duties],
        ),
        contract_made_up=a.variable(
            "contract_made_up", "30 GWh", p.make_up.labels, length=1, cost=-p.make_up.refund_eur_mwh,
        ),
        contract_owed=a.variable(
            "contract_owed", "30 GWh", p.make_up.owed, length=1, cost=-p.make_up.owed_value_eur_mwh,
        ),
        policy_shortfall=a.variable(
            "policy_shortfall", "30 GWh", policy_labels(short), length=1, cost=[x.penalty_eur_mwh for x in short],
        ),
        policy_excess=a.variable(
            "policy_excess", "30 GWh", policy_labels(excess), length=1, cost=[x.penalty_eur_mwh for x in excess],
        ),
        exposure=a.variable(
            "exposure", "GWh/d", p.strategic[["owner_group"]], length=len(s.windows),
            curvature=p.conduct_slope[None, :] * np.array([[w_.days / DAYS_PER_UNIT] for w_ in s.windows]),
        ),
        area_exposure=a.variable("area_exposure", "GWh/d", p.area_conduct.labels),
        arc_use=a.variable(
            "arc_use", "GWh/d", pd.DataFrame({"arc": p.curved_arcs}), upper=p.arc_curves.limit_gwh_d(),
        ),
        arc_expansion=a.variable(
            "arc_expansion", "GWh/d", p.expansions[["arc"]], length=1, upper=p.expansions["maximum_gwh_d"].to_numpy(),
            cost=s.weight.sum() * p.expansions["cost_eur_mwh"].to_numpy(),
            resource_cost=p.expansions["cost_eur_mwh"].to_numpy(),
        ),
    )  # fmt: skip
