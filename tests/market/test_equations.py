"""Each equation of the market against an answer worked out by hand. April has 30 days and May 31."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from linepack.market.parameters import Closing
from linepack.results.solution import Solution
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, gas_system, market, merged, price, solved, supply, total

TIGHT = 1e-6


def shadow(solution: Solution, rows: str) -> float:
    """Return the only shadow price of a block of rows over windows, in EUR/MWh."""
    return float(solution.certified.row_dual[solution.problem.equations[rows].rows].item())


def one_hub(
    *sellers: dict[str, Any], rows: Mapping[str, Rows] | None = None, intercept: float = 50, slope: float = 0.5,
    months: int = 1,
) -> GasSystem:  # fmt: skip
    """Return a market HUB with affine demand and sellers that each have a pipeline to it."""
    parts = [merged(supply(months=months, **seller), delivery(seller["name"], "HUB")) for seller in sellers]
    hub = {**market("HUB"), "demand": demand("HUB", intercept=intercept, slope=slope, months=months)}
    return gas_system(merged(hub, *parts, rows or {}), months)


def rising(april: float, may: float) -> list[dict[str, Any]]:
    """Return demand at HUB with slope 0.5 and these intercepts."""
    return [demand("HUB", intercept=i, slope=0.5, months=2)[k] for k, i in enumerate((april, may))]


def store(**columns: Any) -> dict[str, list[dict[str, Any]]]:
    """Return a store at HUB, empty on 1 April unless said otherwise."""
    level = columns.pop("opening", 0)
    return {
        "storages": [{"node": "HUB", "working_gas_gwh": 100000, **columns}],
        "storage_levels": [{"node": "HUB", "date": "2025-04-01", "level_gwh": level}],
    }


def test_total_sales_duopoly() -> None:
    """Two Cournot sellers, price = 50 - 0.5 * total, costs 10 and 14: price = (50 + 10 + 14) / 3."""
    solution = solved(
        one_hub(
            {"name": "A", "cost": 10, "conduct": 1, "slope": 0.5}, {"name": "B", "cost": 14, "conduct": 1, "slope": 0.5}
        )
    )
    assert price(solution, "HUB") == pytest.approx(74 / 3, abs=TIGHT)


@pytest.mark.parametrize(("conduct", "expected"), [(0.0, 10.0), (0.5, 50 - 0.5 * 40 / 0.75), (1.0, 30.0)])
def test_total_sales_from_price_taker_to_monopolist(conduct: float, expected: float) -> None:
    """With p = 50 - 0.5 q, p - 10 = conduct * 0.5 q: a monopolist sells 40 at 30, a price taker sells at its cost."""
    solution = solved(one_hub({"name": "A", "cost": 10, "conduct": conduct, "slope": 0.5}))
    assert price(solution, "HUB") == pytest.approx(expected, abs=TIGHT)


def test_total_sales_counts_the_yearly_mean() -> None:
    """With equal demand in April and May, the monopolist's mean exposure is its sales of each month: price 30."""
    solution = solved(one_hub({"name": "A", "cost": 10, "conduct": 1, "slope": 0.5}, months=2), 2)
    assert [price(solution, "HUB", t) for t in (0, 1)] == pytest.approx([30, 30], abs=TIGHT)


def test_total_sales_leaves_out_oil_indexed_contracts() -> None:
    """40 GWh/d are sold at an oil index, so exposure is q - 40: 50 - 0.5 q - 10 = 0.5 (q - 40) gives q = 60, p = 20."""
    contract = {"contract": "OIL", "seller": "A", "annual_quantity_gwh": 40 * 365, "take_or_pay_share": 1,
                "price_index": "oil"}  # fmt: skip
    solution = solved(
        one_hub(
            {"name": "A", "cost": 10, "conduct": 1, "slope": 0.5},
            rows={"contracts": [contract], "contract_points": [{"contract": "OIL", "node": "HUB"}]},
        )
    )  # fmt: skip
    assert price(solution, "HUB") == pytest.approx(20, abs=TIGHT)


def test_trader_balance_along_a_way() -> None:
    """Gas at 10 crosses A (charge 2) to B (charge 3); A's trader price is 12, and B, where it is sold, pays 15."""
    rows = merged(
        market("A", "B"),
        supply("S", cost=10),
        {
            "arcs": [
                {"arc": "S-A", "origin": "S-BASIN", "destination": "A", "tariff_eur_mwh": 2},
                {"arc": "A-B", "origin": "A", "destination": "B", "tariff_eur_mwh": 3},
            ],
            "carriage": [{"trader": "S", "arc": "S-A"}, {"trader": "S", "arc": "A-B"}],
            "sales_points": [{"trader": "S", "node": "A"}, {"trader": "S", "node": "B"}],
            "demand": [*demand("A", intercept=50, slope=0.5), *demand("B", intercept=50, slope=0.5)],
        },
    )
    solution = solved(gas_system(rows))
    assert price(solution, "A") == pytest.approx(12, abs=TIGHT)
    assert price(solution, "B") == pytest.approx(15, abs=TIGHT)
    assert total(solution, "production") == pytest.approx(76 + 70, abs=1e-5)
    labels = solution.problem.equations["trader_balance"].labels
    at = list(labels.itertuples(index=False, name=None)).index(("S", "A"))
    assert solution.shadow_prices("trader_balance")[0, at] == pytest.approx(12, abs=TIGHT)


def test_trader_balance_losses() -> None:
    """A tenth is lost on the way: delivered cost 9 / 0.9 = 10, consumption 80, production 80 / 0.9."""
    rows = merged(
        market("HUB"), supply("A", cost=9), delivery("A", "HUB", loss_fraction=0.1),
        {"demand": demand("HUB", intercept=50, slope=0.5)},
    )  # fmt: skip
    solution = solved(gas_system(rows))
    assert price(solution, "HUB") == pytest.approx(10, abs=TIGHT)
    assert total(solution, "production") == pytest.approx(80 / 0.9, abs=1e-5)


@pytest.mark.parametrize("months", [1, 2])
def test_pool_balance_price_is_what_consumers_pay(months: int) -> None:
    """Supply is limited to 40, home production gives 10: price = 50 - 0.5 * 50 = 25 whatever the days of the month."""
    home = [{"node": "HUB", "month": month, "quantity_gwh_d": 10} for month in ("2025-04", "2025-05")[:months]]
    solution = solved(
        one_hub({"name": "A", "cost": 10, "capacity": 40}, months=months, rows={"indigenous_production": home}), months
    )
    assert price(solution, "HUB", months - 1) == pytest.approx(25, abs=TIGHT)


def test_pool_balance_shedding_at_the_cap() -> None:
    """Demand of 100 at 50 with elasticity 0.1 has p = 550 - 5 q; above 100 EUR/MWh (q < 90) gas is worth the cap.

    60 are supplied: the price is the cap and 30 of the firm 90 are unserved.
    """
    rows = merged(
        market("HUB"), supply("A", cost=10, capacity=60), delivery("A", "HUB"),
        {"demand": [{"node": "HUB", "segment": "all", "month": "2025-04", "quantity_gwh_d": 100,
                     "reference_price_eur_mwh": 50, "elasticity": 0.1}]},
    )  # fmt: skip
    solution = solved(gas_system(rows, parameters={"shedding_price_eur_mwh": 100}))
    assert price(solution, "HUB") == pytest.approx(100, abs=TIGHT)
    assert total(solution, "firm_consumption") + total(solution, "consumption") == pytest.approx(60, abs=1e-5)
    firm = solution.problem.column_upper[solution.problem.variables["firm_consumption"].columns]
    assert firm.item() == pytest.approx(90)


def two_nodes(*extra: dict[str, Any]) -> GasSystem:
    """A: gas at 10. B: own gas at 40. A pool pipeline of 30 GWh/d at 1 EUR/MWh leads from A to B."""
    return gas_system(
        merged(
            market("A", "B"), supply("CHEAP", cost=10), delivery("CHEAP", "A"), supply("DEAR", cost=40),
            delivery("DEAR", "B"),
            {"arcs": [{"arc": "A-B", "origin": "A", "destination": "B", "capacity_gwh_d": 30, "tariff_eur_mwh": 1,
                       "has_pool_access": True}],
             "demand": [*demand("A", intercept=50, slope=0.5), *demand("B", intercept=60, slope=0.5)]},
            *extra,
        )
    )  # fmt: skip


def test_arc_capacity_rent_of_a_pipeline_with_one_user() -> None:
    """A pays 10, B pays its own 40; the 30 GWh/d earn 40 - 10 - 1 = 29, the value of the limit on the one flow."""
    solution = solved(two_nodes())
    assert (price(solution, "A"), price(solution, "B")) == pytest.approx((10, 40), abs=TIGHT)
    flow = solution.problem.variables["pool_flow"]
    assert total(solution, "pool_flow") == pytest.approx(30, abs=1e-6)
    assert -solution.certified.reduced_cost[flow.columns].item() == pytest.approx(29, abs=TIGHT)


def test_arc_capacity_rent_of_a_shared_pipeline() -> None:
    """As above, but the seller may also carry its own gas on it: two users share a row, whose shadow price is -29."""
    own = {"carriage": [{"trader": "CHEAP", "arc": "A-B"}], "sales_points": [{"trader": "CHEAP", "node": "B"}]}
    solution = solved(two_nodes(own))
    assert (price(solution, "A"), price(solution, "B")) == pytest.approx((10, 40), abs=TIGHT)
    assert solution.shadow_prices("arc_capacity").item() == pytest.approx(-29, abs=TIGHT)


def test_joint_limit_in_a_period() -> None:
    """Two equal markets share 30 GWh/d: 15 each, price 50 - 7.5 = 42.5, the limit is worth 42.5 - 10."""
    rows = merged(
        market("X", "Y"), supply("A", cost=10), delivery("A", "X"), delivery("A", "Y"),
        {"demand": [*demand("X", intercept=50, slope=0.5), *demand("Y", intercept=50, slope=0.5)],
         "joint_limits": [{"joint_limit": "PLANT", "limit_gwh_d": 30}],
         "joint_limit_members": [{"joint_limit": "PLANT", "arc": "A-X"}, {"joint_limit": "PLANT", "arc": "A-Y"}]},
    )  # fmt: skip
    solution = solved(gas_system(rows))
    assert (price(solution, "X"), price(solution, "Y")) == pytest.approx((42.5, 42.5), abs=TIGHT)
    assert solution.shadow_prices("joint_limit").item() == pytest.approx(-32.5, abs=TIGHT)


def test_joint_limit_over_the_year() -> None:
    """The mean of April and May is at most 30, so both months have one price.

    p = 50 - 0.5 f = 60 - 0.5 g with 30 f + 31 g = 61 * 30: f = 1210 / 61.
    """
    rows = merged(
        market("HUB"), supply("A", cost=10, months=2), delivery("A", "HUB"),
        {"demand": rising(50, 60),
         "joint_limits": [{"joint_limit": "YEAR", "limit_gwh_d": 30, "window": "year"}],
         "joint_limit_members": [{"joint_limit": "YEAR", "arc": "A-HUB"}]},
    )  # fmt: skip
    solution = solved(gas_system(rows, 2), 2)
    expected = 50 - 0.5 * 1210 / 61
    assert [price(solution, "HUB", t) for t in (0, 1)] == pytest.approx([expected, expected], abs=TIGHT)
    assert shadow(solution, "joint_limit_year") == pytest.approx(10 - expected, abs=TIGHT)


@pytest.mark.parametrize("last_month", ["2025-04", "2025-05"])
def test_resource_window_maximum(last_month: str) -> None:
    """20 GWh/d over the window: price 40, a rent of 30; a window that the horizon cuts is prorated: the same."""
    days = {"2025-04": 30, "2025-05": 61}[last_month]
    window = {"resource": "A_GAS", "first_month": "2025-04", "last_month": last_month, "maximum_gwh": 20 * days}
    rows = merged(
        market("HUB"), supply("A", cost=10, months=2), delivery("A", "HUB"),
        {"demand": demand("HUB", intercept=50, slope=0.5), "resource_windows": [window]},
    )  # fmt: skip
    solution = solved(gas_system(rows))
    assert price(solution, "HUB") == pytest.approx(40, abs=TIGHT)
    assert shadow(solution, "resource_window") == pytest.approx(-30, abs=TIGHT)


def test_resource_window_minimum() -> None:
    """A must produce 20 GWh/d at 60, though the hub pays 40: the minimum costs it 20 EUR/MWh."""
    window = {"resource": "A_GAS", "first_month": "2025-04", "last_month": "2025-04", "maximum_gwh": 9000,
              "minimum_gwh": 600}  # fmt: skip
    solution = solved(one_hub({"name": "A", "cost": 60}, rows={"resource_windows": [window]}))
    assert price(solution, "HUB") == pytest.approx(40, abs=TIGHT)
    assert shadow(solution, "resource_window") == pytest.approx(20, abs=TIGHT)


@pytest.mark.parametrize("efficiency", [1.0, 0.9])
def test_storage_dynamics_arbitrage(efficiency: float) -> None:
    """Supply is 40 a day; demand rises from 50 - q/2 to 80 - q/2; gas is stored until prices differ by its loss.

    With x injected: 50 - 0.5 (40 - x/30) = e (80 - 0.5 (40 + e x/31)), so x = (60 e - 30) / (1/60 + e^2/62).
    """
    rows = merged(
        market("HUB"), supply("A", cost=10, capacity=40, months=2), delivery("A", "HUB"),
        {"demand": rising(50, 80)},
        store(cycle_efficiency_fraction=efficiency),
    )  # fmt: skip
    solution = solved(gas_system(rows, 2), 2)
    x = (60 * efficiency - 30) / (1 / 60 + efficiency**2 / 62)
    april, may = price(solution, "HUB", 0), price(solution, "HUB", 1)
    assert april == pytest.approx(30 + x / 60, abs=TIGHT)
    assert april / may == pytest.approx(efficiency, abs=TIGHT)
    stored = solution.certified.row_dual[solution.problem.equations["storage_dynamics"].rows]
    assert stored.ravel() == pytest.approx([may, may], abs=TIGHT)


def test_storage_rate_of_withdrawal() -> None:
    """A full store of 600 gives 20 a day full and 10 empty, at its mean level: w = 10 + 10 (1 - w/40), so w = 16."""
    opened = store(working_gas_gwh=600, opening=600, withdrawal_capacity_gwh_d=20, withdrawal_share_when_empty=0.5)
    solution = solved(one_hub({"name": "A", "cost": 90, "capacity": 1}, intercept=100, slope=1, rows=opened))
    assert total(solution, "withdrawal") == pytest.approx(16, abs=1e-6)
    assert price(solution, "HUB") == pytest.approx(84, abs=TIGHT)
    assert solution.shadow_prices("withdrawal_rate").item() < -50


def test_storage_rate_of_injection() -> None:
    """An empty store of 600 takes 20 a day empty and 10 full: i = 20 (1 - i/80), so i = 16; gas there is worth 200."""
    filled = store(working_gas_gwh=600, injection_capacity_gwh_d=20, injection_share_when_full=0.5)
    values = [{"step": 1, "fill_to_fraction": 1, "value_eur_mwh": 200}]
    solution = solved(one_hub({"name": "A", "cost": 10}, rows={"storage_values": values, **filled}))
    assert total(solution, "injection") == pytest.approx(16, abs=1e-6)
    assert solution.shadow_prices("injection_rate").item() < -100


@pytest.mark.parametrize(("cost", "fill"), [(10.0, 1.0), (20.0, 0.5), (50.0, 0.0)])
def test_closing_stock_values(cost: float, fill: float) -> None:
    """Gas left is worth 40 up to half full and 15 above: gas at 10 fills the store, at 20 half of it, at 50 none."""
    steps = ((1, 0.5, 40), (2, 1, 15))
    values = [{"step": k, "fill_to_fraction": fill_to, "value_eur_mwh": worth} for k, fill_to, worth in steps]
    rows = {"storage_values": values, **store(working_gas_gwh=600)}
    solution = solved(one_hub({"name": "A", "cost": cost}, intercept=80, rows=rows))
    assert solution.values("level").item() * 30 == pytest.approx(600 * fill, abs=1e-4)


def test_closing_stock_levels() -> None:
    """30 GWh/d of supply, 600 GWh to be in store at the end: 20 a day go there, price 50 - 5 = 45 for the other 10."""
    levels = [{"node": "HUB", "date": day, "level_gwh": gwh} for day, gwh in (("2025-04-01", 0), ("2025-05-01", 600))]
    rows = {**store(), "storage_levels": levels}
    solution = solved(one_hub({"name": "A", "cost": 10, "capacity": 30}, rows=rows), closing=Closing.LEVELS)
    assert price(solution, "HUB") == pytest.approx(45, abs=TIGHT)
    assert shadow(solution, "closing_stock") == pytest.approx(45, abs=TIGHT)


def contracted(cost: float, **contract: Any) -> GasSystem:
    """Return a hub with ample gas at 20 and a seller C with a contract of 20 GWh/d."""
    row = {"contract": "DEAL", "seller": "C", "annual_quantity_gwh": 20 * 365, **contract}
    return one_hub({"name": "A", "cost": 20}, {"name": "C", "cost": cost},
                   rows={"contracts": [row], "contract_points": [{"contract": "DEAL", "node": "HUB"}]})  # fmt: skip


@pytest.mark.parametrize(("penalty", "untaken", "worth"), [(20.0, 0.0, 10.0), (5.0, 600.0, 5.0)])
def test_contract_take_is_soft(penalty: float, untaken: float, worth: float) -> None:
    """C's gas costs 10 more than the market's: it is taken if leaving it costs more than that, else left."""
    solution = solved(contracted(30, take_or_pay_share=1, take_penalty_eur_mwh=penalty))
    assert price(solution, "HUB") == pytest.approx(20, abs=TIGHT)
    assert solution.values("contract_untaken").item() * 30 == pytest.approx(untaken, abs=1e-4)
    assert shadow(solution, "contract_take") == pytest.approx(worth, abs=TIGHT)


def test_contract_take_has_a_maximum() -> None:
    """C's gas costs 10 less than the market's, but no more than 20 a day may be called: a rent of 10."""
    solution = solved(contracted(10, maximum_share=1))
    assert price(solution, "HUB") == pytest.approx(20, abs=TIGHT)
    assert shadow(solution, "contract_maximum") == pytest.approx(-10, abs=TIGHT)


@pytest.mark.parametrize(("penalty", "undelivered", "worth"), [(40.0, 0.0, 30.0), (10.0, 600.0, 10.0)])
def test_contract_delivery_binds_the_seller(penalty: float, undelivered: float, worth: float) -> None:
    """C has 25 a day and owes 20 to HUB (price 20), while RICH pays 50: it delivers if a breach costs over 30."""
    deal = {"contract": "DEAL", "seller": "C", "annual_quantity_gwh": 20 * 365, "delivery_share": 1,
            "delivery_penalty_eur_mwh": penalty}  # fmt: skip
    rows = merged(
        market("HUB", "RICH"), supply("A", cost=20), delivery("A", "HUB"), supply("C", cost=5, capacity=25),
        delivery("C", "HUB"), delivery("C", "RICH"), supply("D", cost=50), delivery("D", "RICH"),
        {"demand": [*demand("HUB", intercept=50, slope=0.5), *demand("RICH", intercept=90, slope=0.5)],
         "contracts": [deal], "contract_points": [{"contract": "DEAL", "node": "HUB"}]},
    )  # fmt: skip
    solution = solved(gas_system(rows))
    assert solution.values("contract_undelivered").item() * 30 == pytest.approx(undelivered, abs=1e-4)
    assert shadow(solution, "contract_delivery") == pytest.approx(worth, abs=TIGHT)


def test_contract_take_counts_what_arrives() -> None:
    """A tenth of C's gas is lost on the way; the 20 GWh/d of the contract are delivered, so 20 / 0.9 are produced."""
    deal = {"contract": "DEAL", "seller": "C", "annual_quantity_gwh": 20 * 365, "take_or_pay_share": 1}
    rows = merged(
        market("HUB"), supply("A", cost=20), delivery("A", "HUB"), supply("C", cost=30),
        delivery("C", "HUB", loss_fraction=0.1),
        {"demand": demand("HUB", intercept=50, slope=0.5), "contracts": [deal],
         "contract_points": [{"contract": "DEAL", "node": "HUB"}]},
    )  # fmt: skip
    solution = solved(gas_system(rows))
    made = solution.labels("production")["resource"].tolist().index("C_GAS")
    assert solution.values("production")[0, made] == pytest.approx(20 / 0.9, abs=1e-5)


def pledged(**limit: Any) -> GasSystem:
    """Return a hub with gas at 20, and gas of US at 35 on which there is a limit over April."""
    row = {"policy_limit": "PLEDGE", "first_day": "2025-04-01", "last_day": "2025-04-30", **limit}
    member = {"policy_limit": "PLEDGE", "trader": "US", "arc": "US-HUB"}
    rows: dict[str, Rows] = {"policy_limits": [row], "policy_limit_members": [member]}
    return one_hub({"name": "A", "cost": 20}, {"name": "US", "cost": 35}, rows=rows)


def test_policy_limit_hard_purchase_pledge() -> None:
    """600 GWh of gas that costs 15 more must be bought: the market price stays 20 and the pledge costs 15 EUR/MWh."""
    solution = solved(pledged(minimum_gwh=600))
    assert price(solution, "HUB") == pytest.approx(20, abs=TIGHT)
    assert shadow(solution, "policy_limit") == pytest.approx(15, abs=TIGHT)


@pytest.mark.parametrize(("penalty", "missed"), [(10.0, 600.0), (30.0, 0.0)])
def test_policy_limit_soft_purchase_pledge(penalty: float, missed: float) -> None:
    """At a penalty below 15 EUR/MWh the pledge is broken and the penalty is its price; above, it is kept."""
    solution = solved(pledged(minimum_gwh=600, penalty_eur_mwh=penalty))
    assert solution.values("policy_shortfall").item() * 30 == pytest.approx(missed, abs=1e-4)
    assert shadow(solution, "policy_limit") == pytest.approx(min(penalty, 15), abs=TIGHT)


@pytest.mark.parametrize(("last_day", "gwh"), [("2025-04-30", 600), ("2025-05-30", 1200)])
def test_policy_limit_quota_is_prorated(last_day: str, gwh: float) -> None:
    """At most 20 GWh/d of A's gas at 20: US gas at 35 sets the price, the quota is worth 15; cut by days."""
    row = {"policy_limit": "QUOTA", "first_day": "2025-04-01", "last_day": last_day, "maximum_gwh": gwh}
    members = [{"policy_limit": "QUOTA", "trader": "A", "node": "HUB"}]
    rows: dict[str, Rows] = {"policy_limits": [row], "policy_limit_members": members}
    solution = solved(one_hub({"name": "A", "cost": 20}, {"name": "US", "cost": 35}, rows=rows))
    assert price(solution, "HUB") == pytest.approx(35, abs=TIGHT)
    assert shadow(solution, "policy_limit") == pytest.approx(-15, abs=TIGHT)
    made = solution.labels("production")["resource"].tolist().index("A_GAS")
    assert solution.values("production")[0, made] == pytest.approx(20, abs=1e-5)


def test_policy_limit_of_a_stock_on_a_date() -> None:
    """300 GWh in store on 16 April, half way through, means 600 at the end of the month: 20 a day out of 30."""
    row = {"policy_limit": "FILL", "kind": "stock", "first_day": "2025-04-16", "last_day": "2025-04-16",
           "minimum_gwh": 300}  # fmt: skip
    members = [{"policy_limit": "FILL", "node": "HUB"}]
    rows: dict[str, Rows] = {"policy_limits": [row], "policy_limit_members": members, **store()}
    solution = solved(one_hub({"name": "A", "cost": 10, "capacity": 30}, rows=rows))
    assert solution.values("level").item() * 30 == pytest.approx(600, abs=1e-4)
    assert price(solution, "HUB") == pytest.approx(45, abs=TIGHT)


def test_fleet_days_limit_what_ships_can_carry() -> None:
    """A ship of 1,000 GWh that sails 17 kn needs 10 days for 2 x 2,040 miles and 3 in port: it carries 1,000 / 13
    GWh a day. A price of 50 - 0.5 q less cargo cost 10 is what one more GWh is worth; a ship carries 76.9 of them.
    """
    cargo_mmbtu = 1_000_000 / 0.29307107
    ship = {"ship_class": "ICE", "cargo_mmbtu": cargo_mmbtu, "speed_kn": 17, "port_days": 3, "charter_usd_d": 0,
            "port_cost_usd": 0, "boil_off_share_per_day": 0}  # fmt: skip
    plant = supply("A", cost=10, node="A-FEED")
    rows = {
        "nodes": [{"node": "A-FEED", "kind": "basin"}, {"node": "A-EXP", "kind": "lng_export"},
                  {"node": "HUB-LNG", "kind": "lng_import"}, {"node": "HUB"}],
        "arcs": [{"arc": "liq:A", "kind": "liquefaction", "origin": "A-FEED", "destination": "A-EXP"},
                 {"arc": "regas:HUB", "kind": "regasification", "origin": "HUB-LNG", "destination": "HUB",
                  "has_pool_access": True}],
        "sea_routes": [{"origin": "A-EXP", "destination": "HUB-LNG", "distance_nm": 2040, "ship_class": "ICE"}],
        "ship_classes": [ship],
        "fleets": [{"fleet": "F", "ship_class": "ICE", "first_day": "2025-01-01", "ships": 1, "available_share": 0.5}],
        "demand": demand("HUB", intercept=50, slope=0.5),
    }  # fmt: skip
    solution = solved(gas_system(merged(plant, rows)))
    carried = 0.5 * 1000 / 13
    assert price(solution, "HUB") == pytest.approx(50 - 0.5 * carried, abs=TIGHT)
    worth = -float(solution.shadow_prices("fleet_days").item())
    assert worth == pytest.approx((40 - 0.5 * carried) * 1000 / 13, rel=1e-6)
