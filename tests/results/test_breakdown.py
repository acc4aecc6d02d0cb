"""The price breakdown: sums that close, and each cause in its place with its sign, against answers by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from linepack.results.breakdown import Cause, price_breakdown
from linepack.results.solution import Solution
from linepack.runs.store import Run
from tests.builders import Rows, delivery, demand, gas_system, market, merged, price, solved, supply

TIGHT = 1e-6


def causes(solution: Solution, node: str, period: str = "2025-04") -> dict[str, float]:
    """Return the parts of a price by cause, without those that are nil."""
    frame = price_breakdown(solution)
    frame = frame[(frame["node"] == node) & (frame["period"] == period)]
    sums = frame.groupby("cause")["eur_mwh"].sum()
    return {str(cause): float(value) for cause, value in sums.items() if abs(value) > 1e-5}


def one_hub(
    *, rows: Mapping[str, Rows] | None = None, months: int = 1, arc: Mapping[str, Any] | None = None, **seller: Any
) -> Solution:
    """Return the solution of a market HUB with demand p = 50 - 0.5 q and one seller A."""
    system = gas_system(merged(
        market("HUB"), {"demand": demand("HUB", intercept=50, slope=0.5, months=months)},
        supply("A", months=months, **seller), delivery("A", "HUB", **(arc or {})), rows or {},
    ), months)  # fmt: skip
    return solved(system, months)


def test_congestion_transport_and_losses() -> None:
    """Gas at 10 is piped to AA for 1 with 5 per cent lost, and on to BB for 2 with 10 per cent lost, 30 at most.

    AA: (10 + 1) / 0.95. BB consumes 27, so its price is 36.5; before the loss that is 32.85, of which the way to AA
    and the tariff explain 13.58: the rest is congestion. Losses are 0.58 on the way to AA and 3.65 after it.
    """
    system = gas_system(merged(
        market("AA", "BB"), {"demand": demand("AA", intercept=50, slope=0.5)},
        {"demand": demand("BB", intercept=50, slope=0.5)}, supply("S", cost=10),
        delivery("S", "AA", tariff_eur_mwh=1, loss_fraction=0.05),
        {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "capacity_gwh_d": 30, "tariff_eur_mwh": 2,
                   "loss_fraction": 0.1, "has_pool_access": True}]},
    ))  # fmt: skip
    solution = solved(system)
    at_aa = 11 / 0.95
    assert price(solution, "AA") == pytest.approx(at_aa, abs=TIGHT)
    assert causes(solution, "AA") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.TRANSPORT: 1, Cause.LOSSES: at_aa - 11}, abs=TIGHT)  # fmt: skip
    assert causes(solution, "BB") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.TRANSPORT: 3, Cause.LOSSES: at_aa - 11 + 3.65,
         Cause.CONGESTION: 36.5 * 0.9 - at_aa - 2}, abs=TIGHT)  # fmt: skip


def test_scarce_supply() -> None:
    """A seller at 10 with 40 GWh/d: the price is 50 - 20 = 30, of which 20 is that there is no more of it."""
    assert causes(one_hub(cost=10, capacity=40), "HUB") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.AVAILABILITY: 20}, abs=TIGHT)  # fmt: skip


def test_full_pipe_is_congestion() -> None:
    """The same price where the pipe, not the well, is full."""
    assert causes(one_hub(cost=10, arc={"capacity_gwh_d": 40}), "HUB") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.CONGESTION: 20}, abs=TIGHT)  # fmt: skip


def test_markup_of_a_monopolist() -> None:
    """With p = 50 - 0.5 q and cost 10 a monopolist sells 40 at 30: the mark-up is 20."""
    assert causes(one_hub(cost=10, conduct=1, slope=0.5), "HUB") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.MARKUP: 20}, abs=TIGHT)  # fmt: skip


def test_contract_that_must_be_taken_lowers_the_price() -> None:
    """Gas costs 40; the buyer must take 40 GWh/d (14,600 GWh/y): the price falls to 30, the contract explains -10."""
    rows: dict[str, Rows] = {
        "contracts": [{"contract": "TOP", "seller": "A", "annual_quantity_gwh": 14600, "take_or_pay_share": 1}],
        "contract_points": [{"contract": "TOP", "node": "HUB"}],
    }
    assert causes(one_hub(cost=40, rows=rows), "HUB") == pytest.approx(
        {Cause.PRODUCTION: 40, Cause.CONTRACT: -10}, abs=TIGHT)  # fmt: skip


def test_price_in_a_month_served_from_store() -> None:
    """Gas bought in April at 10, injected for 1, of which 0.9 is kept, withdrawn for 2 in May when the well has 10.

    In store it is worth 11 / 0.9; the path ends there.
    """
    rows: dict[str, Rows] = {
        "storages": [{"node": "HUB", "working_gas_gwh": 100000, "injection_cost_eur_mwh": 1,
                      "withdrawal_cost_eur_mwh": 2, "cycle_efficiency_fraction": 0.9}],
        "storage_levels": [{"node": "HUB", "date": "2025-04-01", "level_gwh": 0}],
    }  # fmt: skip
    solution = one_hub(cost=10, capacity=(1000, 10), months=2, rows=rows)
    assert causes(solution, "HUB") == pytest.approx({Cause.PRODUCTION: 10}, abs=TIGHT)
    assert causes(solution, "HUB", "2025-05") == pytest.approx(
        {Cause.STORAGE_COST: 2, Cause.STORAGE_VALUE: 11 / 0.9}, abs=TIGHT)  # fmt: skip


def test_withdrawal_at_its_rate() -> None:
    """Only 20 GWh/d can be withdrawn in May, when the well has 10: price 35, of which 20.78 is the rate."""
    rows: dict[str, Rows] = {
        "storages": [{"node": "HUB", "working_gas_gwh": 100000, "injection_cost_eur_mwh": 1,
                      "withdrawal_cost_eur_mwh": 2, "cycle_efficiency_fraction": 0.9,
                      "withdrawal_capacity_gwh_d": 20}],
        "storage_levels": [{"node": "HUB", "date": "2025-04-01", "level_gwh": 0}],
    }  # fmt: skip
    solution = one_hub(cost=10, capacity=(1000, 10), months=2, rows=rows)
    assert causes(solution, "HUB", "2025-05") == pytest.approx(
        {Cause.STORAGE_COST: 2, Cause.STORAGE_VALUE: 11 / 0.9, Cause.STORAGE_RATE: 33 - 11 / 0.9}, abs=TIGHT
    )  # fmt: skip


def test_charges_and_limits_of_rules_are_policy() -> None:
    """A levy of 5 on the way is policy, not a route's habit; so is what a halved pipe costs."""
    levy = {"flow_rules": [{"rule": "LEVY", "trader": "A", "arc": "A-HUB", "charge_eur_mwh": 5}]}
    assert causes(one_hub(cost=10, rows=levy), "HUB") == pytest.approx(
        {Cause.PRODUCTION: 10, Cause.POLICY: 5}, abs=TIGHT)  # fmt: skip
    half = {"flow_rules": [{"rule": "CAP", "trader": "A", "arc": "A-HUB", "capacity_share": 0.5}]}
    solution = one_hub(cost=10, rows=half, arc={"capacity_gwh_d": 60})
    assert price(solution, "HUB") == pytest.approx(35, abs=TIGHT)
    assert causes(solution, "HUB") == pytest.approx({Cause.PRODUCTION: 10, Cause.POLICY: 25}, abs=TIGHT)


def test_wedge_of_an_observed_route() -> None:
    """A wedge of slope 2 around 20 GWh/d costs 2 x (80 / 20 - 1) = 6 at the flow of 80 that a price of 16 takes.

    With tariff 10 and cost 0: price = 10 + 2 (q / 20 - 1) and q = (50 - price) / 0.5, so q = 70, price 15.
    """
    rows = {"route_wedges": [{"trader": "A", "arc": "A-HUB", "reference_flow_gwh_d": 20, "slope_eur_mwh": 2}]}
    solution = one_hub(cost=0, rows=rows, arc={"tariff_eur_mwh": 10})
    assert causes(solution, "HUB") == pytest.approx({Cause.TRANSPORT: 10, Cause.WEDGE: 5}, abs=TIGHT)


def test_market_without_inflow_has_its_consumers_price() -> None:
    """Home production alone: no gas comes from anywhere, and the price is what consumers would pay for more."""
    rows = {"nodes": [{"node": "ISLE"}], "demand": demand("ISLE", intercept=50, slope=0.5),
            "indigenous_production": [{"node": "ISLE", "month": "2025-04", "quantity_gwh_d": 20}]}  # fmt: skip
    assert causes(one_hub(cost=10, rows=rows), "ISLE") == pytest.approx({Cause.CONSUMERS: 40}, abs=TIGHT)


def gap(tables: Mapping[str, pd.DataFrame]) -> float:
    """Return the largest difference between a hub price and the sum of its parts."""
    parts = tables["price_breakdown"].groupby(["node", "period"])["eur_mwh"].sum()
    prices = tables["hub_prices"].set_index(["node", "period"])["hub_price_eur_mwh"]
    assert len(parts) == len(prices) > 500
    return float((parts - prices).abs().max())


def test_breakdown_closes_on_the_real_case(
    reference_tables: Mapping[str, pd.DataFrame], regimes: dict[str, Run]
) -> None:
    """Every hub, every month, every regime: the parts sum to the price to 1e-6 EUR/MWh, without a rest."""
    assert gap(reference_tables) < TIGHT
    for run in regimes.values():
        assert gap(run.tables) < TIGHT


def test_signs_on_the_real_case(reference_tables: Mapping[str, pd.DataFrame]) -> None:
    """Costs and rents are not negative; only contracts, policy and wedges may lower a price."""
    frame = reference_tables["price_breakdown"]
    least = frame.groupby("cause")["eur_mwh"].min()
    may_be_negative = {Cause.CONTRACT, Cause.POLICY, Cause.WEDGE}
    assert (least.drop(list(may_be_negative & set(least.index))) > -1e-6).all()


def test_asian_price_contains_shipping_and_regasification(reference_tables: Mapping[str, pd.DataFrame]) -> None:
    """Japan produces nothing and has no pipeline: its price holds the way from a plant to its terminals."""
    frame = reference_tables["price_breakdown"]
    japan = frame[frame["node"] == "JP"].groupby(["cause", "period"])["eur_mwh"].sum()
    months = len(reference_tables["hub_prices"]["period"].unique())
    for cause in (Cause.SHIPPING, Cause.REGASIFICATION, Cause.PRODUCTION):
        assert (japan[cause.value] > 0).sum() == months
