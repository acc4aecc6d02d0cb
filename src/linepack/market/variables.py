"""The decisions: one block of columns each, with limits, cost and curvature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.parameters import MarketParameters
from linepack.market.problem import Assembler
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
    closing_step: np.ndarray
    contract_untaken: np.ndarray
    contract_undelivered: np.ndarray
    exposure: np.ndarray


def market_variables(s: MarketSets, p: MarketParameters, a: Assembler) -> MarketVariables:
    """Add every decision of the market and return the indices of its columns."""
    w = s.weight[:, None]
    store, steps = s.storages, p.closing_steps
    volume = store["working_gas_gwh"].to_numpy() / DAYS_PER_UNIT
    step_labels = pd.DataFrame({"node": store["node"]})
    return MarketVariables(
        production=a.variable(
            "production", "GWh/d", s.production, upper=p.production_capacity_gwh_d, cost=w * p.production_cost_eur_mwh,
            resource_cost=p.production_cost_eur_mwh,
        ),
        trader_flow=a.variable(
            "trader_flow", "GWh/d", s.trader_flow, upper=p.trader_flow_limit_gwh_d,
            cost=w * (p.trader_transport_eur_mwh + p.wedge_constant_eur_mwh), curvature=w * p.wedge_slope,
            resource_cost=p.trader_transport_eur_mwh,
        ),
        sales=a.variable("sales", "GWh/d", s.sales),
        pool_flow=a.variable(
            "pool_flow", "GWh/d", s.pool_flow, upper=p.pool_flow_limit_gwh_d, cost=w * p.pool_tariff_eur_mwh,
            curvature=w * p.pool_flow_slope, resource_cost=p.pool_tariff_eur_mwh,
        ),
        consumption=a.variable(
            "consumption", "GWh/d", s.demand, cost=-w * p.demand_intercept_eur_mwh, curvature=w * p.demand_slope,
        ),
        firm_consumption=a.variable(
            "firm_consumption", "GWh/d", s.demand[p.has_firm_block], upper=p.firm_quantity_gwh_d,
            cost=-w * p.shedding_price_eur_mwh,
        ),
        injection=a.variable(
            "injection", "GWh/d", store[["node"]], cost=w * store["injection_cost_eur_mwh"].to_numpy(),
            resource_cost=store["injection_cost_eur_mwh"].to_numpy(),
        ),
        withdrawal=a.variable(
            "withdrawal", "GWh/d", store[["node"]], cost=w * store["withdrawal_cost_eur_mwh"].to_numpy(),
            resource_cost=store["withdrawal_cost_eur_mwh"].to_numpy(),
        ),
        level=a.variable("level", "30 GWh", store[["node"]], upper=volume),
        closing_step=a.variable(
            "closing_step", "30 GWh", step_labels if p.has_closing_values else step_labels.iloc[:0],
            length=len(steps), upper=steps["width"].to_numpy()[:, None] * volume
            if p.has_closing_values else 0.0,
            cost=-steps["value_eur_mwh"].to_numpy()[:, None],
        ),
        contract_untaken=a.variable(
            "contract_untaken", "30 GWh", p.takes[["contract", "window"]], length=1,
            cost=p.takes["take_penalty_eur_mwh"].to_numpy(),
        ),
        contract_undelivered=a.variable(
            "contract_undelivered", "30 GWh", p.duties[["contract", "window"]], length=1,
            cost=p.duties["delivery_penalty_eur_mwh"].to_numpy(),
        ),
        exposure=a.variable(
            "exposure", "GWh/d", p.strategic[["owner_group"]], length=len(s.windows),
            curvature=p.conduct_slope[None, :] * np.array([[w_.days / DAYS_PER_UNIT] for w_ in s.windows]),
        ),
    )  # fmt: skip
