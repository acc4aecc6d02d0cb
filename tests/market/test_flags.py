"""Flagged pool gas against answers worked out by hand. All prices are p = 50 - 0.5 q."""

from __future__ import annotations

from typing import Any

import pytest

from linepack.results.accounts import accounts, welfare_eur_bn
from linepack.results.solution import Solution
from linepack.results.tables import result_tables
from linepack.system.gassystem import GasSystem
from tests.builders import Row, delivery, demand, gas_system, market, merged, price, solved, supply

TIGHT = 1e-5


def two(*sellers: dict[str, Any], months: int = 1, rows: Any = None, flagged: bool = True, **bar: Any) -> GasSystem:
    """Return RS, where A (barred) sells, and EU beyond it, where B sells 30 GWh/d at 20; RS-EU is barred to A's gas."""
    parts = [merged(supply(months=months, **x), delivery(x["name"], "RS")) for x in sellers]
    tables: dict[str, list[Row]] = {
        "arcs": [{"arc": "RS-EU", "origin": "RS", "destination": "EU", "has_pool_access": True}],
        "demand": [*demand("RS", intercept=50, slope=0.5, months=months),
                   *demand("EU", intercept=50, slope=0.5, months=months)],
    }  # fmt: skip
    if flagged:
        tables["pool_flags"] = [{"flag": "X", "trader": "A", "node": "RS"}]
        tables["pool_flag_bars"] = [{"flag": "X", "arc": "RS-EU", "first_day": "2025-01-01", **bar}]
    parts.append(merged(supply("B", cost=20, capacity=30, months=months), delivery("B", "EU")))
    return gas_system(merged(market("RS", "EU"), tables, *parts, rows or {}), months)


A: dict[str, Any] = {"name": "A", "cost": 5, "capacity": 100}


def flow(solution: Solution) -> float:
    """Return the flow from RS to EU in the first period."""
    labels = solution.labels("pool_flow")["arc"].tolist()
    return float(solution.values("pool_flow")[0, labels.index("RS-EU")])


def discount(solution: Solution, period: int = 0) -> float:
    """Return by how much flagged gas at RS is worth less than other gas there."""
    return float(-solution.shadow_prices("flagged_balance")[period, 0])


def test_flagged_balance_keeps_barred_gas_where_it_is_sold() -> None:
    """RS takes 90 of A's gas, at its cost of 5; EU has B's 30 alone: 50 - 0.5 x 30 = 35. Nothing crosses.

    Gas that may cross would be worth 35 at RS: flagged gas is worth 30 less.
    """
    solution = solved(two(A))
    assert flow(solution) == pytest.approx(0, abs=TIGHT)
    assert price(solution, "EU") == pytest.approx(35, abs=TIGHT)
    assert solution.values("flagged_consumption").sum() == pytest.approx(90, abs=1e-4)
    assert price(solution, "RS") - discount(solution) == pytest.approx(5, abs=TIGHT)


def test_without_a_flag_the_same_gas_goes_on() -> None:
    """Untracked, RS and EU are one market at B's cost of 20: both use 60, A gives 100 and B 20."""
    solution = solved(two(A, flagged=False))
    assert price(solution, "EU") == pytest.approx(20, abs=TIGHT)
    assert flow(solution) == pytest.approx(40, abs=1e-3)


def test_flagged_part_lets_other_gas_cross_and_barred_gas_take_its_place() -> None:
    """C brings 30 of other gas to RS. All of it crosses, because A's gas can take its place at home, and no more.

    EU: 60, price 20; RS: 90 of A's gas at 5. This is displacement behind the border, and the law allows it.
    """
    solution = solved(two(A, {"name": "C", "cost": 10, "capacity": 30}))
    assert flow(solution) == pytest.approx(30, abs=1e-3)
    assert price(solution, "EU") == pytest.approx(20, abs=TIGHT)
    assert solution.values("flagged_consumption").sum() == pytest.approx(90, abs=1e-3)
    assert discount(solution) == pytest.approx(15, abs=TIGHT)


def test_no_discount_where_buyers_mix() -> None:
    """A sells only 20, so RS also uses other gas: both are worth the same there."""
    solution = solved(two({**A, "capacity": 20}, {"name": "C", "cost": 10, "capacity": 60}))
    assert discount(solution) == pytest.approx(0, abs=TIGHT)


def test_flagged_gas_moves_on_where_it_may() -> None:
    """From RS flagged gas may go to BA, which uses it too, and not to EU: 90 in each at A's cost of 5."""
    rows = {"nodes": [{"node": "BA", "kind": "market"}],
            "arcs": [{"arc": "RS-BA", "origin": "RS", "destination": "BA", "has_pool_access": True}],
            "demand": demand("BA", intercept=50, slope=0.5)}  # fmt: skip
    solution = solved(two({**A, "capacity": 300}, rows=rows))
    assert solution.values("flagged_consumption").sum() == pytest.approx(180, abs=1e-3)
    assert price(solution, "EU") == pytest.approx(35, abs=TIGHT)


def test_a_bar_counts_by_its_dates() -> None:
    """April is free and 40 cross; from May the arc is barred to A's gas and nothing crosses."""
    solution = solved(two(A, months=2, first_day="2025-05-01"), 2)
    labels = solution.labels("pool_flow")["arc"].tolist()
    crossed = solution.values("pool_flow")[:, labels.index("RS-EU")]
    assert crossed == pytest.approx([40, 0], abs=1e-3)


def test_gas_that_crossed_on_free_days_has_lost_its_flag() -> None:
    """Barred from 16 April: half of the month is free, so of April's 1,000 GWh/d half may cross: 40 do, by the mean."""
    solution = solved(two(A, first_day="2025-04-16"))
    assert flow(solution) == pytest.approx(40, abs=1e-3)
    assert solution.labels("flagged_consumption")["node"].tolist() == ["RS"]


def test_flagged_storage_does_not_wash_gas() -> None:
    """A sells 120 in April alone; a store at RS carries it to May, and it is still A's gas: EU keeps its 35.

    RS uses the same in both months, 120 x 30 / 61 = 59 GWh/d at 20.5. Without a flag a part of it would cross.
    """
    store = {"storages": [{"node": "RS", "working_gas_gwh": 100000}],
             "storage_levels": [{"node": "RS", "date": "2025-04-01", "level_gwh": 0}]}  # fmt: skip
    solution = solved(two({**A, "capacity": [120, 0]}, months=2, rows=store), 2)
    assert [price(solution, "EU", t) for t in (0, 1)] == pytest.approx([35, 35], abs=1e-4)
    assert solution.values("flagged_consumption")[:, 0] == pytest.approx([120 * 30 / 61] * 2, abs=1e-3)
    untracked = solved(two({**A, "capacity": [120, 0]}, months=2, rows=store, flagged=False), 2)
    assert price(untracked, "EU") < 30


def test_accounts_pay_flagged_gas_what_it_is_worth() -> None:
    """A earns 5 on 90 GWh/d for 30 days, what RS pays; C earns 20. All accounts add up to welfare."""
    solution = solved(two(A, {"name": "C", "cost": 10, "capacity": 30}))
    own = accounts(solution)
    revenue = own[own["account"] == "sales_revenue"].groupby("holder")["amount_eur_bn"].sum() * 1e6 / 30
    assert revenue["A"] == pytest.approx(5 * 90, abs=0.01)
    assert revenue["C"] == pytest.approx(20 * 30, abs=0.01)
    assert own.loc[own["counts"], "amount_eur_bn"].sum() == pytest.approx(welfare_eur_bn(solution), abs=1e-12)
    assert result_tables(solution, ["flagged"])["flagged"]["consumption_gwh_d"].sum() == pytest.approx(90, abs=1e-3)
    surplus = own[(own["account"] == "consumer_surplus") & (own["asset"] == "all")]["amount_eur_bn"].sum() * 1e6 / 30
    assert surplus == pytest.approx(0.5 * 45 * 90 + 0.5 * 30 * 60, abs=0.01)
