"""Gas paid for and made up, against answers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from linepack.errors import InputError
from linepack.results.accounts import accounts, welfare_eur_bn
from linepack.results.solution import Solution
from linepack.results.tables import result_tables
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, market, merged, solved, supply

MONTHS = 10
"""April 2025 to January 2026: 275 days of one contract year and 31 of the next."""


def hub(penalty: float, *, months: int = MONTHS, top: float = 1.0, **right: Any) -> GasSystem:
    """Return HUB, p = 50 - 0.5 q: A's gas at 20 until December 2025, C's at 30, 20 GWh/d of it under contract."""
    deal = {"contract": "DEAL", "seller": "C", "annual_quantity_gwh": 20 * 365, "take_or_pay_share": top,
            "take_penalty_eur_mwh": penalty, "end": "2035-12-31"}  # fmt: skip
    rows = {
        "demand": demand("HUB", intercept=50, slope=0.5, months=months),
        "contracts": [deal], "contract_points": [{"contract": "DEAL", "node": "HUB"}],
        "contract_makeup": [{"contract": "DEAL", "years": 3, "annual_share": 0.5, **right}],
    }  # fmt: skip
    plenty = [1000.0] * 9 + [0.0] * (months - 9)
    parts = (supply("A", cost=20, capacity=plenty, months=months), delivery("A", "HUB"),
             supply("C", cost=30, months=months), delivery("C", "HUB"))  # fmt: skip
    return gas_system(merged(market("HUB"), rows, *parts), months)


def by_year(solution: Solution, column: str) -> list[float]:
    """Return a column of the contract by year."""
    return [float(value) for value in result_tables(solution, ["contracts"])["contracts"][column]]


def test_contract_makeup_takes_later_what_was_paid_for() -> None:
    """2025: the market pays 20, C's gas costs 30, not to take costs 5: all 20 x 275 GWh are left.

    January 2026: C alone, price 30, 40 GWh/d are used, 20 above take-or-pay; half the contract's part of the month, 310
    GWh, may be made up, and is.
    """
    solution = solved(hub(5), MONTHS)
    assert by_year(solution, "untaken_gwh") == pytest.approx([20 * 275, 0], abs=0.01)
    assert by_year(solution, "made_up_gwh") == pytest.approx([0, 310], abs=0.01)


def test_a_right_to_make_up_loosens_take_or_pay() -> None:
    """Not to take costs 15, more than the 10 that C's gas is dearer; but what can be made up is credited 15 later.

    So 310 GWh are left in 2025 and made up in 2026. Without the right all is taken.
    """
    solution = solved(hub(15), MONTHS)
    assert by_year(solution, "untaken_gwh") == pytest.approx([310, 0], abs=0.01)
    assert by_year(solution, "made_up_gwh") == pytest.approx([0, 310], abs=0.01)
    system = hub(15)
    without = solved(system.with_tables(contract_makeup=system.table("contract_makeup").iloc[:0]), MONTHS)
    assert by_year(without, "untaken_gwh") == pytest.approx([0, 0], abs=0.01)


def test_a_right_beyond_the_horizon_is_an_asset() -> None:
    """At 15, half of it kept as a right, not to take costs 7.5, less than 10: the gas is left after all."""
    solution = solved(hub(15, closing_share=0.5), MONTHS)
    assert by_year(solution, "untaken_gwh")[0] == pytest.approx(20 * 275, abs=0.01)


def test_rights_expire() -> None:
    """With one year to make up, gas of 2025 is made up in 2026 and not in 2027."""
    problem = solved(hub(5, months=22, years=1), 22).problem
    found = problem.variables["contract_made_up"].labels.itertuples(index=False, name=None)
    assert list(found) == [("DEAL", "2025", "2026"), ("DEAL", "2026", "2027")]


def test_what_is_made_up_may_exceed_the_maximum() -> None:
    """The buyer may call 20 GWh/d; the 310 GWh made up come on top: 30 GWh/d in January instead of 40."""
    system = hub(5)
    system = system.with_tables(contracts=system.table("contracts").assign(maximum_share=1.0))
    solution = solved(system, MONTHS)
    assert solution.values("consumption")[-1].sum() == pytest.approx(30, abs=1e-4)


def test_no_right_is_bought_for_gas_that_is_taken() -> None:
    """C alone, 20 GWh/d at most: the price is 40, the gas costs 30, and more would be called if it could.

    Paying for gas that was taken anyway gives no right to more in January, though the credit would give it all back.
    """
    system = hub(5, top=0.8)
    rows = system.table("availability")
    only_c = rows.assign(capacity_gwh_d=rows["capacity_gwh_d"].where(rows["resource"] == "C_GAS", 0))
    system = system.with_tables(contracts=system.table("contracts").assign(maximum_share=1.0), availability=only_c)
    solution = solved(system, MONTHS)
    assert by_year(solution, "untaken_gwh") == pytest.approx([0, 0], abs=0.01)
    assert solution.values("consumption")[-1].sum() == pytest.approx(20, abs=1e-4)


def test_accounts_credit_what_is_made_up() -> None:
    """The buyer pays 5 on 5,500 GWh and is credited 5 on 310: EUR 25.95 million to the seller, and all adds up."""
    solution = solved(hub(5), MONTHS)
    own = accounts(solution)
    paid = own[(own["account"] == "contract_penalty") & (own["purse"] == "company")]["amount_eur_bn"].sum() * 1e3
    assert paid == pytest.approx(5 * (5500 - 310) / 1e3, abs=1e-4)
    assert own.loc[own["counts"], "amount_eur_bn"].sum() == pytest.approx(welfare_eur_bn(solution), abs=1e-12)


def test_make_up_without_take_or_pay_is_refused() -> None:
    """Nothing is paid for gas that need not be taken."""
    with pytest.raises(InputError) as error:
        solved(hub(5, top=0.0), MONTHS)
    assert error.value.issue.code == "no-take-or-pay"
