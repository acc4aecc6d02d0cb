"""Accounts: worked by hand on small markets, and the identity with welfare on random and real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.market.agreements import contracts_in_force
from linepack.market.parameters import Closing
from linepack.results.accounts import accounts, welfare_eur_bn
from linepack.results.headline import CONTRACT_PRICED, export_revenues
from linepack.results.ledger import COLUMNS, PARTS, Account, Purse
from linepack.results.purses import compare_accounts, welfare_eur_bn_y, who_gains
from linepack.results.solution import Solution
from linepack.results.tables import result_tables
from linepack.runs.store import Run
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, gas_system, market, merged, solved, supply
from tests.samples import samples

MONTH = 30 / 1e6
"""EUR bn of 1,000 EUR a day in April."""
NEAR = 1e-8
IDENTITY = 1e-6


def total(frame: pd.DataFrame, account: Account, holder: str | None = None, purse: Purse | None = None) -> float:
    """Return the sum of an account in EUR bn."""
    chosen = frame["account"] == account
    if holder is not None:
        chosen &= frame["holder"] == holder
    if purse is not None:
        chosen &= frame["purse"] == purse
    return float(frame.loc[chosen, "amount_eur_bn"].sum())


def net(frame: pd.DataFrame, holder: str) -> float:
    """Return what a holder has in all."""
    return float(frame.loc[frame["counts"] & (frame["holder"] == holder), "amount_eur_bn"].sum())


def chain(**more: Rows) -> GasSystem:
    """Return S, cost 10, tariff 2 to AA; AA to BB for 3. Both have p = 50 - 0.5 q: AA takes 76 at 12, BB 70 at 15."""
    return gas_system(merged(
        market("AA", "BB"), {"demand": demand("AA", intercept=50, slope=0.5)},
        {"demand": demand("BB", intercept=50, slope=0.5)},
        supply("S", cost=10), delivery("S", "AA", tariff_eur_mwh=2),
        {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "tariff_eur_mwh": 3, "has_pool_access": True}]},
        more,
    ))  # fmt: skip


def closes(s: Solution) -> pd.DataFrame:
    """Return the accounts after holding their sum against welfare."""
    frame = accounts(s)
    assert list(frame.columns) == list(COLUMNS)
    welfare = welfare_eur_bn(s)
    assert frame.loc[frame["counts"], "amount_eur_bn"].sum() == pytest.approx(welfare, rel=IDENTITY, abs=1e-12)
    return frame


def test_a_chain_by_hand() -> None:
    """Surplus is a triangle of height 50 - p; S earns 146 x 12 less 10 and 2 each; operators only cover their cost."""
    s = solved(chain())
    frame = closes(s)
    assert total(frame, Account.CONSUMER_SURPLUS) == pytest.approx((76 * 38 + 70 * 35) / 2 * MONTH, abs=NEAR)
    assert total(frame, Account.SALES_REVENUE) == pytest.approx(146 * 12 * MONTH, abs=NEAR)
    assert total(frame, Account.PRODUCTION_COST) == pytest.approx(-146 * 10 * MONTH, abs=NEAR)
    assert total(frame, Account.CARRIAGE) == pytest.approx(-146 * 2 * MONTH, abs=NEAR)
    assert net(frame, "S") == pytest.approx(0, abs=NEAR)
    assert total(frame, Account.TARIFF) == pytest.approx((146 * 2 + 70 * 3) * MONTH, abs=NEAR)
    assert total(frame, Account.TRANSPORT_COST) == pytest.approx(-(146 * 2 + 70 * 3) * MONTH, abs=NEAR)
    assert total(frame, Account.CONGESTION_RENT) == pytest.approx(0, abs=NEAR)
    assert welfare_eur_bn(s) == pytest.approx((76 * 38 + 70 * 35) / 2 * MONTH, abs=NEAR)


def test_a_full_border_pays_both_sides() -> None:
    """Only 40 reach BB, whose price is 30: 18 less the tariff of 3 is rent, half for each side of the border."""
    system = chain()
    arcs = system.table("arcs")
    frame = closes(solved(system.with_tables(arcs=arcs.assign(
        capacity_gwh_d=arcs["capacity_gwh_d"].where(arcs["arc"] != "AA-BB", 40.0),
    ))))  # fmt: skip
    assert total(frame, Account.CONGESTION_RENT) == pytest.approx(40 * 15 * MONTH, abs=NEAR)


def test_a_full_export_line_is_its_shipper_s() -> None:
    """S can send 60 only: at the price of 20, 8 a MWh above cost is profit, and a part of it named as rent of the line.

    With ``rent_share`` 1 the operator takes it; with half the tariff as real cost, the other half is the operator's.
    """
    rows = merged(market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)}, supply("S", cost=10),
                  delivery("S", "AA", tariff_eur_mwh=2, capacity_gwh_d=60))  # fmt: skip
    frame = closes(solved(gas_system(rows)))
    assert net(frame, "S") == pytest.approx(60 * 8 * MONTH, abs=NEAR)
    assert total(frame, Account.OWN_CONGESTION_RENT) == pytest.approx(60 * 8 * MONTH, abs=NEAR)
    terms = [{"arc": "S-AA", "operator": "LINE", "country": "YY", "share": 1, "resource_cost_share": 0.5,
              "rent_share": 1}]  # fmt: skip
    other = closes(solved(gas_system({**rows, "asset_terms": terms})))
    assert net(other, "S") == pytest.approx(0, abs=NEAR)
    assert net(other, "LINE") == pytest.approx(60 * (8 + 2 * 0.5) * MONTH, abs=NEAR)
    assert total(other, Account.OWN_CONGESTION_RENT) == pytest.approx(0, abs=NEAR)


def test_levies_are_transfers() -> None:
    """Of S's cost of 10, 4 is a duty and 1 an extraction tax: welfare counts 5. The duty is half of 146 x (12 - 2).

    Revenue 1,752 less carriage 292, cost 730, extraction tax 146 and duty 730 leaves a loss, so there is no profit tax.
    """
    levies = [
        {"term": "duty", "resource": "S_GAS", "receiver": "RU", "base": "border_value", "rate_fraction": 0.5,
         "in_supply_cost_eur_mwh": 4},
        {"term": "tax", "resource": "S_GAS", "receiver": "RU", "base": "production", "rate_eur_mwh": 1,
         "in_supply_cost_eur_mwh": 1},
        {"term": "profit", "resource": "S_GAS", "receiver": "RU", "base": "profit", "rate_fraction": 0.2},
    ]  # fmt: skip
    frame = closes(solved(chain(fiscal_terms=levies)))
    assert total(frame, Account.PRODUCTION_COST) == pytest.approx(-146 * 5 * MONTH, abs=NEAR)
    assert total(frame, Account.LEVY, "RU") == pytest.approx((730 + 146) * MONTH, abs=NEAR)
    assert net(frame, "S") == pytest.approx((1752 - 292 - 730 - 876) * MONTH, abs=NEAR)
    assert total(frame, Account.LEVY) == pytest.approx(0, abs=NEAR)
    lighter = closes(solved(chain(fiscal_terms=levies[1:])))
    assert total(lighter, Account.LEVY, "RU") == pytest.approx((146 + 0.2 * (1752 - 292 - 1460 + 146 - 146)) * MONTH,
                                                               abs=NEAR)  # fmt: skip


def test_a_contract_below_the_hub_moves_money_to_the_buyer() -> None:
    """Sold at 12, 9 under the contract: 3 a MWh change hands, on all 146 GWh a day or on what it covers of them."""

    def moved(annual_quantity_gwh: float) -> float:
        s = solved(chain(
            contracts=[{"contract": "C", "seller": "S", "annual_quantity_gwh": annual_quantity_gwh,
                        "price_index": "oil"}],
            contract_points=[{"contract": "C", "node": "AA"}],
            contract_prices=[{"contract": "C", "constant_eur_mwh": 9}],
        ))  # fmt: skip
        frame, covered = closes(s), next(contracts_in_force(s.system, s.problem.sets))[2].quantity
        assert total(frame, Account.CONTRACT_TRANSFER, purse=Purse.IMPORTERS) == pytest.approx(
            3 * min(146, covered) * MONTH, abs=NEAR)  # fmt: skip
        return total(frame, Account.CONTRACT_TRANSFER, "S")

    assert moved(365000) == pytest.approx(-146 * 3 * MONTH, abs=NEAR)
    assert moved(36500) == pytest.approx(-100 * 3 * MONTH, rel=1e-3)  # 36.5 TWh a year, but for leap days


def test_tolling_and_equity() -> None:
    """Of S's 480 at a full line, who lifts half has 0.5 x (480 - 60 x 3); a partner has a quarter of the rest."""
    frame = closes(solved(gas_system(merged(
        market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)}, supply("S", cost=10),
        delivery("S", "AA", tariff_eur_mwh=2, capacity_gwh_d=60),
        {"offtaker_shares": [{"resource": "S_GAS", "offtaker": "LIFTER", "country": "FR", "share": 0.5,
                              "fee_eur_mwh": 3}],
         "equity_shares": [{"resource": "S_GAS", "owner": "PARTNER", "country": "CN", "share": 0.25}]},
    ))))  # fmt: skip
    assert net(frame, "LIFTER") == pytest.approx(150 * MONTH, abs=NEAR)
    assert net(frame, "PARTNER") == pytest.approx(330 / 4 * MONTH, abs=NEAR)
    assert net(frame, "S") == pytest.approx(330 * 3 / 4 * MONTH, abs=NEAR)


def test_a_charge_goes_to_its_receiver() -> None:
    """A charge of 2 on pool gas from AA to BB raises BB's price to 17: 66 x 2 leaves the border and reaches UA."""
    charge = [{"rule": "levy", "trader": "", "arc": "AA-BB", "charge_eur_mwh": 2, "charge_receiver": "UA"}]
    s = solved(chain(flow_rules=charge))
    frame = closes(s)
    assert total(frame, Account.CHARGE, "UA") == pytest.approx(66 * 2 * MONTH, abs=NEAR)
    assert total(frame, Account.CHARGE) == pytest.approx(0, abs=NEAR)
    assert welfare_eur_bn(s) == pytest.approx(((76 * 38 + 66 * 33) / 2 + 66 * 2) * MONTH, abs=NEAR)


def test_market_power_is_no_cost() -> None:
    """One seller, cost 10, conduct 1, true slope 0.5: it sells 40 at 30 and earns 800; welfare is 800 + 400.

    The mark-up, 0.5 x 40, times what it sells is a part of that profit, and is left out of the sum.
    """
    rows = merged(market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)},
                  supply("S", cost=10, conduct=1, slope=0.5), delivery("S", "AA"))  # fmt: skip
    s = solved(gas_system(rows))
    frame = closes(s)
    assert net(frame, "S") == pytest.approx(800 * MONTH, abs=NEAR)
    assert total(frame, Account.MARKUP) == pytest.approx(800 * MONTH, abs=NEAR)
    assert welfare_eur_bn(s) == pytest.approx(1200 * MONTH, abs=NEAR)
    assert not frame.loc[frame["account"].isin(PARTS), "counts"].any()


def test_unserved_consumers_count_at_the_shedding_price() -> None:
    """Demand at the shedding price of 5 is 90, supply 40: consumers pay 5 for what is worth 5 and have no surplus."""
    rows = merged(market("BB"), {"demand": demand("BB", intercept=50, slope=0.5)}, supply("S", cost=1),
                  delivery("S", "BB", capacity_gwh_d=40))  # fmt: skip
    frame = closes(solved(gas_system(rows, parameters={"shedding_price_eur_mwh": 5.0})))
    assert total(frame, Account.CONSUMER_SURPLUS) == pytest.approx(0, abs=1e-6)
    assert net(frame, "S") == pytest.approx(40 * 4 * MONTH, abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "points", "value"),
    [
        ("isoelastic", [], 1000 * 100 / 50**0.5 + 2000 * (50**0.5 - 1)),
        ("exponential", [], 1000 * 100 * np.exp(-24.5) + 2000 * (3 - np.exp(-24.5) * (1 + 2 - 2 * -24.5))),
        ("tabulated", [(0.5, 60), (1, 20), (1.5, 0)], 50 * (100 + 60) / 2 + 50 * (60 + 20) / 2),
    ],
)
def test_curved_demand_is_worth_its_integral(shape: str, points: list[tuple[float, float]], value: float) -> None:
    """Gas at 20 is taken at its reference of 100; what it is worth is the area below the curve and the cap of 1,000.

    Isoelastic, 0.5: p = 20 (100 / q)^2 meets the cap at 100 / sqrt 50. Exponential: p = 20 - 40 ln(q / 100), capped
    below 100 e^-24.5. Tabulated: lines through (50, 60), (100, 20), which meet the axis at 100.
    """
    anchor = {"node": "AA", "segment": "all", "month": "2025-04", "quantity_gwh_d": 100, "reference_price_eur_mwh": 20,
              "elasticity": 0.5, "shape": shape}  # fmt: skip
    rows = merged(market("AA"), {"demand": [anchor]}, supply("S", cost=20), delivery("S", "AA"), {"demand_points": [
        {"node": "AA", "segment": "all", "point": k + 1, "quantity_share": share, "price_eur_mwh": price}
        for k, (share, price) in enumerate(points)]})  # fmt: skip
    frame = closes(solved(gas_system(rows)))
    assert total(frame, Account.CONSUMER_SURPLUS) == pytest.approx((value - 2000) * MONTH, rel=1e-6)


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ("power", lambda u: u**3 / 3),
        ("logarithmic", lambda u: (1 - u) * np.log(1 - u) + u),
        ("reciprocal", lambda u: -np.log(1 - u)),
    ],
)
def test_supply_on_a_curve_costs_its_integral(shape: str, area: Callable[[float], float]) -> None:
    """What q GWh/d cost is 5 q and the area below the curve, 9 x 80 x A(q / 80); S keeps what the price leaves.

    A is the integral of u^2, -ln(1 - u) and 1 / (1 - u) from 0. The tangent at q would say less or more.
    """
    rows = merged(market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)},
                  supply("S", cost=5), delivery("S", "AA"), {"supply_curves": [
                      {"resource": "S_GAS", "shape": shape, "coefficient_eur_mwh": 9, "scale_gwh_d": 80,
                       "exponent": 2}]})  # fmt: skip
    s = solved(gas_system(rows))
    frame, q = closes(s), float(s.values("production")[0, 0])
    cost = 5 * q + 9 * 80 * area(q / 80)
    assert 20 < q < 79
    assert total(frame, Account.PRODUCTION_COST) == pytest.approx(-cost * MONTH, rel=1e-8)
    assert net(frame, "S") == pytest.approx(((50 - 0.5 * q) * q - cost) * MONTH, rel=1e-6)
    assert welfare_eur_bn(s) == pytest.approx((50 * q - q * q / 4 - cost) * MONTH, rel=1e-8)


def test_carriage_that_rises_is_paid_at_its_mean_cost() -> None:
    """The line's marginal charge is q: 10 + q = 50 - 0.5 q at 26.7. Half of q is its mean cost, the rest S's profit."""
    rows = merged(market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)}, supply("S", cost=10),
                  delivery("S", "AA"), {"arc_curves": [
                      {"arc": "S-AA", "shape": "power", "coefficient_eur_mwh": 1, "scale_gwh_d": 1}]})  # fmt: skip
    s = solved(gas_system(rows))
    frame, q = closes(s), 40 / 1.5
    assert net(frame, "S") == pytest.approx(q * q / 2 * MONTH, rel=1e-6)
    assert total(frame, Account.TRANSPORT_COST) == pytest.approx(-q * q / 2 * MONTH, rel=1e-6)
    assert welfare_eur_bn(s) == pytest.approx((50 * q - q * q / 4 - 10 * q - q * q / 2) * MONTH, rel=1e-6)


def test_added_capacity_costs_used_or_not() -> None:
    """A line of 60 is worth 4 a MWh more: at 14 AA takes 72, so 12 are built for 48 a day."""
    rows = merged(market("AA"), {"demand": demand("AA", intercept=50, slope=0.5)}, supply("S", cost=10),
                  delivery("S", "AA", capacity_gwh_d=60),
                  {"arc_expansions": [{"arc": "S-AA", "maximum_gwh_d": 100, "cost_eur_mwh": 4}]})  # fmt: skip
    frame = closes(solved(gas_system(rows)))
    assert total(frame, Account.TRANSPORT_COST) == pytest.approx(-48 * MONTH, abs=NEAR)
    assert net(frame, "S") == pytest.approx(72 * 4 * MONTH, abs=NEAR)


@pytest.mark.parametrize("closing", list(Closing))
def test_stores_trade_and_leave_a_stock(closing: Closing) -> None:
    """Gas put by in a month of plenty is sold in a month of want; what is left is worth its closing step."""
    levels = [{"node": "AA", "date": day, "level_gwh": 300} for day in ("2025-04-01", "2025-06-01")]
    rows = merged(
        market("AA"), {"demand": demand("AA", intercept=50, slope=0.5, months=2)},
        supply("S", cost=10, capacity=(80, 20), months=2), delivery("S", "AA"),
        {"storages": [{"node": "AA", "working_gas_gwh": 3000, "injection_cost_eur_mwh": 1}], "storage_levels": levels,
         "storage_values": [{"step": 1, "fill_to_fraction": 1, "value_eur_mwh": 20}]},
    )  # fmt: skip
    s = solved(gas_system(rows, months=2), months=2, closing=closing)
    frame = closes(s)
    stock = total(frame, Account.CLOSING_STOCK)
    left = 20 * s.values("level")[-1, 0] * 30 / 1e6 if closing is Closing.VALUES else 0.0
    assert stock == pytest.approx(left, abs=NEAR)
    assert total(frame, Account.STORAGE_COST) == pytest.approx(-(s.days @ s.values("injection")[:, 0]) / 1e6, abs=NEAR)


@samples(25)
@given(data=st.data())
def test_accounts_add_up_to_welfare(data: Any) -> None:
    """Whatever the market, each price is paid by one and received by another, so only real value and cost remain."""
    def draw(low: float, high: float) -> float:
        return round(data.draw(st.floats(low, high)), 3)

    rows = merged(
        market("AA", "BB"),
        {"demand": [*demand("AA", intercept=draw(30, 90), slope=draw(0.1, 1), months=2),
                    *demand("BB", intercept=draw(30, 90), slope=draw(0.1, 1), months=2)]},
        supply("S", cost=draw(1, 20), capacity=(draw(5, 200), draw(5, 200)), conduct=draw(0, 1), slope=draw(0, 0.2),
               months=2),
        supply("T", cost=draw(1, 20), capacity=draw(5, 200), months=2),
        delivery("S", "AA", tariff_eur_mwh=draw(0, 3), capacity_gwh_d=draw(5, 150), loss_fraction=draw(0, 0.1)),
        delivery("T", "BB", tariff_eur_mwh=draw(0, 3)),
        {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "tariff_eur_mwh": draw(0, 3),
                   "capacity_gwh_d": draw(1, 80), "has_pool_access": True, "loss_fraction": draw(0, 0.1)}],
         "route_wedges": [{"trader": "S", "arc": "S-AA", "reference_flow_gwh_d": draw(20, 80),
                           "slope_eur_mwh": draw(0, 2)}],
         "storages": [{"node": "AA", "working_gas_gwh": 900, "cycle_efficiency_fraction": 0.98}],
         "storage_levels": [{"node": "AA", "date": "2025-04-01", "level_gwh": draw(0, 900)}],
         "storage_values": [{"step": 1, "fill_to_fraction": 1, "value_eur_mwh": draw(0, 30)}],
         "contracts": [{"contract": "C", "seller": "S", "annual_quantity_gwh": draw(100, 20000),
                        "take_or_pay_share": draw(0, 1), "price_index": "fixed"}],
         "contract_points": [{"contract": "C", "node": "AA"}],
         "contract_prices": [{"contract": "C", "constant_eur_mwh": draw(0, 40), "hub_multiple": draw(0, 1)}],
         "flow_rules": [{"rule": "levy", "trader": "S", "arc": "S-AA", "charge_eur_mwh": draw(0, 4)}],
         "fiscal_terms": [{"term": "duty", "resource": "S_GAS", "receiver": "RU", "base": "border_value",
                           "rate_fraction": draw(0, 0.5), "in_supply_cost_eur_mwh": draw(0, 1)}],
         "equity_shares": [{"resource": "T_GAS", "owner": "P", "country": "CN", "share": draw(0, 1)}]},
    )  # fmt: skip
    frame = closes(solved(gas_system(rows, months=2, parameters={"pool_flow_slope_eur_mwh": draw(0, 1)}), months=2))
    for account in (Account.LEVY, Account.CHARGE, Account.CONTRACT_TRANSFER, Account.CONTRACT_PENALTY, Account.EQUITY):
        assert total(frame, account) == pytest.approx(0, abs=1e-9)


def test_the_real_case_closes(reference: Solution) -> None:
    """All accounts of calendar 2025 add up to welfare from the arrays, and every transfer nets to zero."""
    frame = closes(reference)
    for account in (Account.LEVY, Account.CHARGE, Account.CONTRACT_TRANSFER, Account.CONTRACT_PENALTY,
                    Account.TOLLING_MARGIN, Account.EQUITY):  # fmt: skip
        assert total(frame, account) == pytest.approx(0, abs=1e-9)
    carried = total(frame, Account.CARRIAGE)
    cost = reference.problem.resource_cost_eur_mwh[reference.problem.variables["pool_flow"].columns]
    pool = float(reference.days @ (cost * reference.values("pool_flow")).sum(axis=1)) / 1e6
    assert total(frame, Account.TARIFF) == pytest.approx(pool - carried, rel=1e-9)


def test_changes_add_up(regimes: dict[str, Run]) -> None:
    """Parties share out all accounts: their changes sum to the change of welfare in every regime."""
    base = regimes["status-quo"].tables
    for run in regimes.values():
        gains = who_gains(base, run.tables).set_index("party")["change_eur_bn_y"]
        change = welfare_eur_bn_y(run.tables) - welfare_eur_bn_y(base)
        assert gains.iloc[-1] == pytest.approx(change, abs=1e-9)
        assert gains.iloc[:-1].sum() == pytest.approx(change, abs=1e-9)
        assert compare_accounts(base, run.tables)["change"].sum() == pytest.approx(change, abs=1e-9)


@pytest.mark.parametrize("rival", ["Norway", "Algeria", "Azerbaijan", "Qatar"])
def test_rivals_lose_by_russian_gas_and_gain_by_its_loss(regimes: dict[str, Run], rival: str) -> None:
    """More gas from Russia takes price and sales from the others; TurkStream's end gives both."""
    base = regimes["status-quo"].tables
    def gain(scenario: str) -> float:
        return float(who_gains(base, regimes[scenario].tables).set_index("party")["change_eur_bn_y"][rival])

    assert max(gain("ns2-b-open"), gain("ukraine-15"), gain("ukraine-40")) < 0
    assert gain("turkstream-stopped") > 0


def test_revenue_is_the_brief_s_revenue(reference: Solution, reference_tables: Mapping[str, pd.DataFrame]) -> None:
    """Sales less carriage is the headline's revenue, but for pipeline gas to markets that contracts price."""
    frame, year = accounts(reference), 365 / reference.days.sum()
    revenue = export_revenues(reference_tables)["revenue_eur_bn_y"]
    sales, carried = reference_tables["sales"], reference_tables["transport_costs"]
    seat = reference.system.table("traders").set_index("trader")["country"]
    apart = sales[(sales["mode"] == "pipeline") & sales["node"].isin(CONTRACT_PRICED)]
    ways = carried[carried["destination"].isin(CONTRACT_PRICED)]
    value = (apart["sales_gwh_d"] * apart["days"] * apart["hub_price_eur_mwh"]).groupby(apart["origin"]).sum()
    cost = (ways["flow_gwh_d"] * ways["days"] * ways["cost_eur_mwh"]).groupby(ways["trader"].map(seat)).sum()
    beside = value.sub(cost, fill_value=0.0) / 1e6
    own = frame[frame["account"].isin((Account.SALES_REVENUE, Account.CARRIAGE))]
    booked = own.groupby("country")["amount_eur_bn"].sum()
    for country in ("US", "NO", "DZ", "QA", "RU"):
        assert (booked[country] - beside.get(country, 0.0)) * year == pytest.approx(revenue[country], rel=1e-9)
    assert beside["RU"] > 1


def test_every_table_has_accounts(reference: Solution) -> None:
    """Accounts and security are result tables, with one row per label."""
    tables = result_tables(reference)
    keys = ["account", "purse", "holder", "country", "asset", "year"]
    assert not tables["accounts"].duplicated(keys).any()
    assert np.isfinite(tables["accounts"]["amount_eur_bn"]).all()
    assert set(tables["accounts"]["account"]) <= {str(account) for account in Account}
    assert len(tables["security"]) == tables["security"]["country"].nunique()
