"""Headline figures, comparison and observation, on cases small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.results.compare import compare_headlines, compare_table, mean_changes, worst_country
from linepack.results.figures import headline_figures
from linepack.results.headline import (
    FIGURES,
    country_prices,
    eu_imports,
    export_revenues,
    headline,
    import_bills,
    unserved,
)
from linepack.results.observed import MEASURES, check_observations
from linepack.results.solution import Solution
from linepack.results.tables import TABLES, result_tables
from linepack.runs.store import Run
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Basis
from tests.builders import delivery, demand, frame, gas_system, merged, solved, supply

TIGHT = 1e-6
YEAR = 365 / 1000
"""TWh a year of 1 GWh/d."""


def two_countries() -> GasSystem:
    """Return AA in the EU, supplied by Russia at 10 plus a tariff of 2, and BB outside, supplied through AA for 3.

    Both have p = 50 - 0.5 q. AA pays 12 and takes 76; BB pays 15 and takes 70. So Russia sells 146 at AA.
    """
    rows = merged(
        {"nodes": [{"node": "AA", "country": "AA", "region": "EU27"}, {"node": "BB", "country": "BB"}]},
        {"demand": demand("AA", intercept=50, slope=0.5)}, {"demand": demand("BB", intercept=50, slope=0.5)},
        supply("S", cost=10), delivery("S", "AA", tariff_eur_mwh=2),
        {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "tariff_eur_mwh": 3, "has_pool_access": True}],
         "price_markers": [{"marker": "TTF", "node": "AA", "weight": 1}]},
    )  # fmt: skip
    system = gas_system(rows)
    nodes, traders = system.table("nodes"), system.table("traders")
    return system.with_tables(
        nodes=nodes.assign(country=nodes["country"].where(nodes["node"] != "S-BASIN", "RU")),
        traders=traders.assign(country="RU"),
    )


@pytest.fixture(scope="module")
def small() -> Solution:
    """The solution of the two countries in April 2025."""
    return solved(two_countries())


@pytest.fixture(scope="module")
def small_tables(small: Solution) -> dict[str, pd.DataFrame]:
    """Its tables."""
    return result_tables(small)


def test_prices_and_imports(small_tables: dict[str, pd.DataFrame]) -> None:
    """The EU imports 146 and passes 70 on: 76 GWh/d net, 27.74 TWh a year; the missing JKM is no number."""
    values = headline(small_tables)
    assert values["ttf_eur_mwh"] == pytest.approx(12, abs=TIGHT)
    assert values["ttf_peak_eur_mwh"] == pytest.approx(12, abs=TIGHT)
    assert np.isnan(values["jkm_eur_mwh"])
    assert values["eu_import_twh_y"] == pytest.approx(76 * YEAR, abs=TIGHT)
    assert country_prices(small_tables).to_dict() == pytest.approx({"AA": 12, "BB": 15}, abs=TIGHT)


def test_figures_from_arrays_are_those_from_tables(small: Solution, small_tables: dict[str, pd.DataFrame]) -> None:
    """Net imports, shares, revenue and bill of two countries with a border between them; there is no JKM."""
    found = headline_figures(small)
    assert list(found) == [figure.name for figure in FIGURES]
    assert found == pytest.approx(headline(small_tables), rel=1e-12, nan_ok=True)


def test_shares_sum_to_one(small_tables: dict[str, pd.DataFrame], regimes: dict[str, Run]) -> None:
    """146 / 76 of net imports come from Russia, -70 / 76 go to the neighbour; on the real case they sum to one too."""
    values = headline(small_tables)
    assert values["eu_share_russia_pipe_fraction"] == pytest.approx(146 / 76, abs=TIGHT)
    assert values["eu_share_other_fraction"] == pytest.approx(-70 / 76, abs=TIGHT)
    for tables in (small_tables, *(run.tables for run in regimes.values())):
        assert eu_imports(tables)["share_fraction"].sum() == pytest.approx(1, abs=1e-9)
        shares = [value for name, value in headline(tables).items() if name.startswith("eu_share_")]
        assert sum(shares) == pytest.approx(1, abs=1e-9)


def test_bills_net_to_zero_between_countries(small_tables: dict[str, pd.DataFrame]) -> None:
    """AA buys 146 at 12 and resells 70 at its own price of 12, which is what BB pays: in all, what Russia is paid."""
    bills = import_bills(small_tables)
    million_y = 365 / 1e6
    assert bills["AA"] == pytest.approx((146 - 70) * 12 * million_y, abs=TIGHT)
    assert bills["BB"] == pytest.approx(70 * 12 * million_y, abs=TIGHT)
    assert headline(small_tables)["eu_import_bill_eur_bn_y"] == pytest.approx(bills["AA"], abs=TIGHT)


def test_bills_of_the_real_case_sum_to_what_foreign_sellers_are_paid(regimes: dict[str, Run]) -> None:
    """Between countries bills cancel, so that their sum is the value of gas bought from foreign sellers."""
    tables = regimes["status-quo"].tables
    sold = tables["sales"]
    foreign = sold[sold["origin"] != sold["country"]]
    paid = (foreign["sales_gwh_d"] * foreign["days"] * foreign["hub_price_eur_mwh"]).sum() / 1e6
    years = tables["hub_prices"].drop_duplicates("period")["days"].sum() / 365
    assert import_bills(tables).sum() == pytest.approx(paid / years, rel=1e-9)


def test_revenue_is_sales_less_carriage(small_tables: dict[str, pd.DataFrame]) -> None:
    """Russia sells 146 at 12 and pays 2 for the way; the 3 from AA to BB is the shipper's."""
    revenue = export_revenues(small_tables)
    assert revenue.loc["RU", "revenue_eur_bn_y"] == pytest.approx(146 * (12 - 2) * 365 / 1e6, abs=TIGHT)
    assert revenue.loc["RU", "sales_twh_y"] == pytest.approx(146 * YEAR, abs=TIGHT)


def test_revenue_is_booked_where_the_gas_is_from(regimes: dict[str, Run]) -> None:
    """Sales are booked by origin and carriage by the trader's country: both must be the same for every trader."""
    tables = regimes["status-quo"].tables
    home = tables["production"].groupby("trader")["origin"].agg(set)
    booked = tables["sales"].groupby("trader")["origin"].agg(set)
    assert home[booked.index].to_dict() == booked.to_dict()
    assert (home.map(len) == 1).all()


def test_unserved_gas_is_told_by_country() -> None:
    """BB's consumers want 90 at the shedding price of 5 and get 40: 50 GWh/d, 1.5 TWh in April, are unserved.

    The first unit above 90 is worth the shedding price too, which an interior point tells apart only to 1e-3 GWh/d.
    """
    rows = merged(
        {"nodes": [{"node": "BB", "country": "BB", "region": "EU27"}]},
        {"demand": demand("BB", intercept=50, slope=0.5)}, supply("S", cost=1), delivery("S", "BB", capacity_gwh_d=40),
        {"price_markers": [{"marker": "TTF", "node": "BB", "weight": 1}]},
    )  # fmt: skip
    tables = result_tables(solved(gas_system(rows, parameters={"shedding_price_eur_mwh": 5.0})))
    found = unserved(tables).set_index("country").loc["BB"]
    assert found["unserved_twh"] == pytest.approx(1.5, abs=3e-5)
    assert found["unserved_fraction"] == pytest.approx(50 / 90, abs=3e-5)
    assert headline(tables)["eu_unserved_twh"] == pytest.approx(1.5, abs=3e-5)
    assert worst_country(tables, tables) == ("BB", "1.5 TWh unserved")


def test_every_figure_has_a_label_and_a_value(small_tables: dict[str, pd.DataFrame]) -> None:
    """``FIGURES`` names exactly what ``headline`` returns, in one order, and units end the names."""
    assert [figure.name for figure in FIGURES] == list(headline(small_tables))
    for figure in FIGURES:
        ending = {"EUR/MWh": "_eur_mwh", "TWh/y": "_twh_y", "%": "_fraction", "EUR bn/y": "_eur_bn_y", "TWh": "_twh"}
        assert figure.name.endswith(ending[figure.unit])


def test_comparison_with_itself_is_nil(small_tables: dict[str, pd.DataFrame]) -> None:
    """Every change is zero, and a figure that is nil has no percentage."""
    same = compare_headlines(small_tables, small_tables).set_index("figure")
    assert (same["change"].fillna(0) == 0).all()
    assert np.isnan(same.loc["eu_unserved_twh", "change_fraction"])
    for table in ("hub_prices", "flows", "sales", "storage", "consumption", "price_markers"):
        assert (compare_table(small_tables, small_tables, table)["change"] == 0).all()


def test_comparison_of_a_regime(small_tables: dict[str, pd.DataFrame]) -> None:
    """Russian gas is 4 dearer, the way to BB shut, BB produces 10: AA rises from 12 to 16, BB from 15 to 45."""
    system = two_countries()
    arcs, steps = system.table("arcs"), system.table("supply_steps")
    home = [{"node": "BB", "month": "2025-04", "quantity_gwh_d": 10}]
    closed = system.with_tables(
        arcs=arcs.assign(state=arcs["state"].where(arcs["arc"] != "AA-BB", "closed")),
        supply_steps=steps.assign(cost_eur_mwh=14.0),
        indigenous_production=frame("indigenous_production", home),
    )
    other = result_tables(solved(closed))
    prices = mean_changes(small_tables, other, "hub_prices").set_index("node")
    assert prices.loc["BB", "change"] == pytest.approx(30, abs=TIGHT)
    assert prices.loc["AA", "change"] == pytest.approx(4, abs=TIGHT)
    assert list(prices.index) == ["BB", "AA"]
    flow = compare_table(small_tables, other, "flows").set_index("arc").loc["AA-BB"]
    assert (flow["base"], flow["other"]) == pytest.approx((70, 0), abs=TIGHT)
    assert worst_country(small_tables, other) == ("AA", "+4.0 EUR/MWh")
    figures = compare_headlines(small_tables, other).set_index("figure")
    assert figures.loc["ttf_eur_mwh", "change_fraction"] == pytest.approx(4 / 12, abs=TIGHT)


def test_comparison_refuses_other_tables_and_horizons(small_tables: dict[str, pd.DataFrame]) -> None:
    """May cannot be set beside April."""
    later = {name: table.assign(period="2025-05") for name, table in small_tables.items() if "period" in table}
    with pytest.raises(InputError, match="same periods"):
        compare_table(small_tables, later, "flows")
    with pytest.raises(InputError, match="one of price_markers"):
        compare_table(small_tables, small_tables, "colours")


def test_worst_country_without_the_eu(small_tables: dict[str, pd.DataFrame]) -> None:
    """A dataset without an EU country has none that is worst off."""
    tables = {**small_tables, "hub_prices": small_tables["hub_prices"].assign(region="Asia")}
    assert worst_country(tables, tables) == ("", "")


def test_dataset_without_markers_stores_and_contracts_has_all_tables() -> None:
    """Every table exists, empty if there is nothing to tell; headline figures do not need a marker."""
    system = two_countries()
    tables = result_tables(solved(system.with_tables(price_markers=system.table("price_markers").iloc[:0])))
    assert list(tables) == list(TABLES)
    empty = {"price_markers", "storage", "contracts", "flagged", "markups"}
    assert {name for name, table in tables.items() if table.empty} == empty
    assert np.isnan(headline(tables)["ttf_eur_mwh"])


@pytest.fixture(scope="module")
def observed(reference_tables: Mapping[str, pd.DataFrame], facts: GasSystem) -> pd.DataFrame:
    """Model against observation in calendar 2025."""
    return check_observations(reference_tables, facts).set_index("label")


def labels(basis: Basis) -> list[str]:
    """Return the labels of the packaged observations of one basis."""
    from linepack.system.dataset import load_dataset

    table = load_dataset("2025").table("observations")
    return [str(label) for label in table.loc[table["basis"] == basis, "label"]]


@pytest.mark.parametrize("label", [*labels(Basis.FREE), *labels(Basis.FITTED), *labels(Basis.IMPOSED)])
def test_reference_agrees_with_observation(observed: pd.DataFrame, label: str) -> None:
    """Each row keeps to the tolerance that the dataset publishes beside it."""
    row = observed.loc[label]
    assert abs(row["deviation"]) <= row["tolerance"] + 1e-9, row.to_dict()
    assert row["is_within"]


def test_tolerances_are_no_wider_than_asked() -> None:
    """15 per cent for quantities and prices, 10 points of fill for stocks, nothing for directions and unserved gas."""
    from linepack.system.dataset import load_dataset

    table = load_dataset("2025").table("observations")
    most = table["unit"].map({"EUR/MWh": 0.15, "TWh": 0.15, "percent of working gas": 10.0, "direction": 0.0})
    assert (table["tolerance"] <= most).all()
    assert (table.loc[table["quantity"] == "unserved", "tolerance"] == 0).all()


def test_largest_border_flows_run_as_observed(
    reference_tables: Mapping[str, pd.DataFrame], observed: pd.DataFrame, facts: GasSystem
) -> None:
    """Of the ten largest net flows between European markets that could run either way, each that is observed agrees.

    At least nine of the ten are observed. Germany to Poland was eastward in 2025 as well, but its row is missing.
    """
    arcs, country = facts.table("arcs"), facts.table("nodes").set_index("node")["country"]
    pairs = set(zip(arcs["origin"].map(country), arcs["destination"].map(country), strict=True))
    flow = reference_tables["flows"]
    flow = flow.assign(a=flow["origin"].map(country), b=flow["destination"].map(country),
                       twh=flow["flow_gwh_d"] * flow["days"] / 1000)  # fmt: skip
    gross = flow[flow["a"] != flow["b"]].groupby(["a", "b"])["twh"].sum()
    both = {(a, b): gross[a, b] - gross.get((b, a), 0.0) for a, b in gross.index if (b, a) in pairs}
    largest = sorted(both, key=lambda pair: -both[pair])[:10]
    seen = [f"{a} to {b}" for a, b in largest if f"{a} to {b}" in observed.index]
    turned = [f"{b} to {a}" for a, b in largest if f"{b} to {a}" in observed.index]
    assert turned == []
    assert len(seen) >= 9 - (("BG", "RS") not in largest) - (("DK", "PL") not in largest), largest
    assert observed.loc[seen, "is_within"].all()


def test_a_reversed_or_dry_border_is_told(small: Solution, small_tables: dict[str, pd.DataFrame]) -> None:
    """Gas flows from AA to BB: +1 as observed, -1 if BB to AA was seen; where nothing flows the direction is 0."""
    rows = [{"observation": name, "label": name, "quantity": "border_flow", "origin": o, "destination": d,
             "unit": "direction", "tolerance": 0} for name, o, d in (("right", "AA", "BB"), ("wrong", "BB", "AA"))]
    found = check_observations(small_tables, small.system.with_tables(observations=frame("observations", rows)))
    assert list(found["model"]) == [1, -1]
    assert list(found["is_within"]) == [True, False]


def test_observation_outside_the_horizon_is_refused(small: Solution, small_tables: dict[str, pd.DataFrame]) -> None:
    """A run of April says nothing about May."""
    rows = [{"observation": "O", "label": "O", "destination": "TTF", "first_day": "2025-05-01",
             "last_day": "2025-05-31"}]  # fmt: skip
    with pytest.raises(InputError) as caught:
        check_observations(small_tables, small.system.with_tables(observations=frame("observations", rows)))
    assert caught.value.issue.code == "other-horizon"


def test_every_kind_of_observation_is_measured(facts: GasSystem) -> None:
    """The schema's choices and the measures have the same names."""
    from linepack.system.schema import TABLES_BY_NAME

    assert set(TABLES_BY_NAME["observations"].column("quantity").choices) == set(MEASURES)


def test_shadow_price_of_a_hub_is_what_one_more_unit_costs(small: Solution) -> None:
    """Hub prices are in EUR/MWh whatever the length of the month: the same case in May gives the same price."""
    assert small.hub_prices()["AA"].item() == pytest.approx(12, abs=TIGHT)
    assert replace(small).hub_prices().equals(small.hub_prices())
