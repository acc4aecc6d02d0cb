"""The system at the level of an earlier year, what is imposed in a test year, and what a base year cannot know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, Verdict, checks_table, within
from linepack.calibrate.declare import load_calibration
from linepack.calibrate.predict import carried_patches, observed_figures
from linepack.calibrate.variants import FLAT_CHINA, POWER_GAP, STIFF, remembering_earlier, varied_systems
from linepack.errors import InputError
from linepack.market.memory import memory_rows
from linepack.results.compare import elasticity_of
from linepack.scenario.scenario import load_case
from linepack.system.dataset import check_references, load_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.history import History, load_history
from linepack.system.yeardemand import at_usual_weather, isoelastic_blocks, switching_ends_eur_mwh
from linepack.system.years import YearOf, year_named, year_system
from tests.calibrate.small import small_system


@pytest.fixture(scope="module")
def facts() -> GasSystem:
    """Return the dataset of 2025."""
    return load_dataset()


def twh(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return yearly sums by the first column, in TWh."""
    days = pd.to_datetime(frame["month"]).dt.days_in_month
    return (frame[column] * days / 1e3).groupby(frame.iloc[:, 0]).sum()


def test_figures_are_found_by_name() -> None:
    """A figure that was not observed is an error, not a nil."""
    history = load_history()
    assert history.value("price", "TTF", 2022) == 133.1
    assert history.by_place("price", 1999) == {}
    with pytest.raises(InputError, match="no price of 'TTF' in 1999"):
        history.value("price", "TTF", 1999)


def test_russian_routes_add_up() -> None:
    """Quarters of the four routes and the rest give the year's Russian pipeline gas, within rounding."""
    history = load_history()
    for year in (2019, 2021, 2022, 2023):
        parts = sum(sum(history.by_place("russian_route", f"{year}-Q{q}").values()) for q in (1, 2, 3, 4))
        parts += history.value("russian_route", "BALTIC", year)
        assert parts == pytest.approx(history.value("eu_import", "RUSSIA_PIPE", year), abs=1.0)


def test_nothing_was_known_before_it_happened() -> None:
    """No figure of a year is said to have been known before that year began; what was agreed or built was, by then."""
    figures = load_history().figures
    year = figures["period"].str[:4]
    is_ahead = figures["series"].isin(["forward", "capability", "contract"])
    assert (figures["known_from"].str[:4] >= year)[~is_ahead].all()
    assert (figures["known_from"].str[:4] <= year)[is_ahead].all()
    tests = figures["series"].isin(["capability", "contract"]) & (year >= "2022")
    assert (figures.loc[tests, "known_from"] < "2022-01-01").all()


def test_names_of_years() -> None:
    """A name says which year is imposed and whose demand it has."""
    assert year_named("history-2019") == YearOf(2019, 2019)
    assert year_named("history-2022-from-2021") == YearOf(2022, 2021)
    assert year_named("history-22") is None
    assert YearOf(2022, 2021).name == "history-2022-from-2021"


def test_demand_is_of_the_anchor_and_supply_of_the_year(facts: GasSystem) -> None:
    """Ukrainian consumption is that of 2021 whatever the year; US LNG, Russian routes and Dutch gas are of the year."""
    base, test = year_system(facts, YearOf(2021, 2021)), year_system(facts, YearOf(2022, 2021))
    history = load_history()
    for system in (base, test):
        at_reference = twh(system.table("demand"), "quantity_gwh_d")
        assert at_reference["UA"] == pytest.approx(history.value("consumption", "UA", 2021), rel=1e-3)
    assert twh(base.table("demand"), "quantity_gwh_d")["JP"] == pytest.approx(
        history.value("lng_import", "JP", 2021), rel=1e-3)  # fmt: skip
    for year, system in ((2021, base), (2022, test)):
        supply = twh(system.table("availability"), "capacity_gwh_d")
        assert supply["US_LNG"] == pytest.approx(history.value("lng_export", "US_LNG", year), rel=1e-3)
        made = twh(system.table("indigenous_production"), "quantity_gwh_d")
        assert made["NL"] == pytest.approx(history.value("production", "NL", year), rel=2e-3)
    rows = test.table("arc_schedule")
    summer = rows[(rows["arc"] == "NS1_A") & (rows["first_day"] == "2022-07-01")]
    wanted = history.by_place("russian_route", "2022-Q3")["NORD_STREAM"] * 1e3 / 92 / 2
    assert summer["capacity_gwh_d"].tolist() == pytest.approx([wanted])


def test_a_base_year_depends_on_no_later_figure(facts: GasSystem) -> None:
    """Every figure of 2022 and after doubled leaves the system of 2021, and so its fit and digest, as they were."""
    history = load_history()
    later = history.figures["period"].str[:4] >= "2022"
    is_closing = history.figures["period"] == "2022-01-01"  # the stock at the end of 2021
    is_shape = history.figures["period"].str[:4] == "2025"  # the level that the tables of 2025 are scaled from
    moved = history.figures["value"].where(~later | is_closing | is_shape, 2 * history.figures["value"])
    changed = History(history.figures.assign(value=moved), history.openings)
    assert (moved != history.figures["value"]).sum() > 150
    which = YearOf(2021, 2021)
    assert year_system(facts, which, changed).digest == year_system(facts, which, history).digest
    assert year_system(facts, YearOf(2022, 2021), changed).digest != year_system(facts, YearOf(2022, 2021)).digest


@pytest.mark.parametrize(("year", "place", "change_twh"), [
    (2022, "IN", 21.2),  # from 269.8 TWh in 2016 to 375.9 in 2021: 21.2 a year
    (2023, "IN", 42.4),
    (2022, "JP", -29.2),  # 1,261.6 to 1,115.7: Japan needs less every year
    (2022, "UA", 0.0),  # none in Europe
    (2022, "BR", -65.2),  # 112.5 TWh in the driest year in ninety, 47.3 in the mean of five: no trend in that
    (2023, "BR", -65.2),
    (2022, "TR", -90.6),  # likewise: 636.5 and 545.9
    (2022, "DE", -36.2),  # 2021 had 8.2 % more degree-days than usual; 480 of its 1,019 TWh heat
])  # fmt: skip
def test_demand_outside_europe_goes_on_as_before(facts: GasSystem, year: int, place: str, change_twh: float) -> None:
    """A test year's curve is that of the anchor plus the mean yearly change of the five years before the anchor."""
    before, after = (twh(year_system(facts, YearOf(y, 2021)).table("demand"), "quantity_gwh_d")[place]
                     for y in (2021, year))  # fmt: skip
    assert after - before == pytest.approx(change_twh, abs=0.15)


def test_usual_weather_moves_what_heats() -> None:
    """Of 100 GWh/d in January and 20 in July, 80 heat; a tenth more degree-days than usual were 7.3 of them."""
    rows = pd.DataFrame({"node": ["DE", "DE", "DE", "DE", "UA", "UA"],
                         "segment": ["household", "household", "power", "power", "household", "household"],
                         "month": ["2021-01", "2021-07"] * 3, "quantity_gwh_d": [100.0, 20.0] * 3})  # fmt: skip
    usual = at_usual_weather(rows, {"DE": 1.1})["quantity_gwh_d"].tolist()
    assert usual == pytest.approx([20 + 80 / 1.1, 20, 100, 20, 100, 20])


def test_degree_days_are_of_the_base_years() -> None:
    """2019 was mild and 2021 cold in the middle of Europe: the same countries in both, about a tenth apart."""
    mild, cold = (load_history().by_place("degree_days", year) for year in (2019, 2021))
    assert mild.keys() == cold.keys()
    assert all(0.86 < value < 1.01 for value in mild.values())
    assert all(0.91 < value < 1.11 for value in cold.values())
    assert all(cold[place] > 1.03 > 1 > mild[place] for place in ("DE", "FR", "IT", "NL", "PL", "AT", "BE", "CZ"))


@pytest.mark.parametrize("which", [YearOf(2019, 2019), YearOf(2021, 2021), YearOf(2022, 2019), YearOf(2023, 2021)])
def test_no_row_is_left_without_what_it_belongs_to(facts: GasSystem, which: YearOf) -> None:
    """A year keeps part of the contracts of 2025; rows of those that it drops go with them."""
    assert check_references(year_system(facts, which).tables) == []


def test_china_grows_by_what_it_imports(facts: GasSystem) -> None:
    """Its LNG and pipeline gas of 2016 and 2021, 794.4 and 1,900.4 TWh: a fifth of the change a year."""
    before, after = (twh(year_system(facts, YearOf(y, 2021)).table("demand"), "quantity_gwh_d")["CN"]
                     for y in (2021, 2022))  # fmt: skip
    assert after - before == pytest.approx((1900.4 - 794.4) / 5, rel=1e-3)


def test_algeria_loses_a_line_and_azerbaijan_has_contracts(facts: GasSystem) -> None:
    """From 2022 Algeria can send 21.17 bcm by Transmed and 10 by Medgaz, besides Tunisia; 10 bcm are sold by contract.

    In 2019 there was no line to Italy, so there is no contract; Azerbaijan's own users and Georgia come on top.
    """
    own = {year: year_system(facts, YearOf(year, 2019)) for year in (2019, 2022)}
    most = {year: system.table("resource_windows").set_index("resource")["maximum_gwh"] for year, system in own.items()}
    assert most[2022]["DZ_PIPE_GAS"] / 1e3 == pytest.approx((21.17 + 10) * 10.87 + 44.4, abs=0.2)
    assert most[2019]["DZ_PIPE_GAS"] / 1e3 == pytest.approx(391 + 44.4, abs=0.1)
    assert most[2022]["AZ_PIPE_GAS"] / 1e3 == pytest.approx(257.8 + 136.7 + 22.6, abs=0.1)
    sold = {year: system.table("contracts").set_index("contract")["annual_quantity_gwh"]
            for year, system in own.items()}  # fmt: skip
    assert sold[2022][["AZ-IT", "AZ-GR", "AZ-BG"]].sum() / 1e3 == pytest.approx(10 * 11.11, rel=1e-3)
    assert "AZ-IT" not in sold[2019].index
    assert {"AZ-HOME", "AZ-GE"} <= set(sold[2019].index)


def test_closing_stock_of_a_test_year_is_a_norm(facts: GasSystem) -> None:
    """It is the mean of the January stocks up to the base year, not what was observed afterwards."""
    system = year_system(facts, YearOf(2022, 2021))
    volume = system.table("storages").set_index("node")["working_gas_gwh"]["FR"]
    levels = system.table("storage_levels")
    closing = levels[(levels["node"] == "FR") & (levels["date"] == "2023-01-01")]["level_gwh"].iloc[0]
    norm = np.mean([load_history().value("storage_fill", "EU27", f"{y}-01-01") for y in range(2017, 2022)])
    assert closing / volume == pytest.approx(norm)
    limits = system.table("policy_limits").set_index("policy_limit")
    assert limits.loc["EU_FILL", "first_day"] == "2022-11-01"


def test_blocks_are_isoelastic_at_their_knots() -> None:
    """At the reference price and each multiple up to the shedding price the blocks add up to q (p / p0)^-e."""
    rows = pd.DataFrame({"node": ["A"], "segment": ["all"], "month": ["2022-01"], "quantity_gwh_d": [100.0],
                         "reference_price_eur_mwh": [40.0], "elasticity": [0.2], "shape": ["isoelastic"]})  # fmt: skip
    blocks = isoelastic_blocks(rows, 250.0)

    def wanted(price: float) -> float:
        affine = blocks[blocks["shape"] == "affine"]
        slope = affine["quantity_gwh_d"] * affine["elasticity"] / 40.0
        parts = (affine["quantity_gwh_d"] - slope * (price - 40.0)).clip(lower=0.0)
        return float(parts.sum() + blocks.loc[blocks["shape"] == "fixed", "quantity_gwh_d"].sum())

    for price in (40.0, 56.0, 80.0, 120.0, 200.0, 250.0):
        assert wanted(price) == pytest.approx(100 * (price / 40.0) ** -0.2)
    for price in (47.0, 67.0, 98.0, 160.0):  # straight between the knots: above the curve, by little
        assert 0 <= wanted(price) / (100 * (price / 40.0) ** -0.2) - 1 < 0.01


def test_users_answer_to_what_they_pay() -> None:
    """With 25 EUR/MWh of grid and levies on top, a hub price from 40 to 120 is 65 to 145: 100 (145 / 65)^-0.2."""
    rows = pd.DataFrame({"node": ["A"], "segment": ["all"], "month": ["2022-01"], "quantity_gwh_d": [100.0],
                         "reference_price_eur_mwh": [40.0], "elasticity": [0.2], "shape": ["isoelastic"]})  # fmt: skip
    blocks = isoelastic_blocks(rows, 250.0, 25.0)
    affine = blocks[blocks["shape"] == "affine"]
    slope = affine["quantity_gwh_d"] * affine["elasticity"] / 40.0
    for price in (40.0, 120.0, 200.0):
        parts = (affine["quantity_gwh_d"] - slope * (price - 40.0)).clip(lower=0.0).sum()
        fixed = blocks.loc[blocks["shape"] == "fixed", "quantity_gwh_d"].sum()
        assert parts + fixed == pytest.approx(100 * ((price + 25) / 65) ** -0.2)


def test_plants_run_out_of_coal_to_switch_to(facts: GasSystem) -> None:
    """With coal at 9.2 EUR/MWh and carbon at 25 EUR/t an old coal plant makes power for 52; a new gas plant at 23.6.

    German power of 2019, 2 EUR/MWh on top of 14.6: elastic by 0.33 up to 23.6, then by 0.11 as households. In 2021 gas
    (47.6) was past the end of switching (42.4) already.
    """
    assert switching_ends_eur_mwh(9.2, 25.0) == pytest.approx(23.6, abs=0.05)
    assert switching_ends_eur_mwh(14.51, 54.0) == pytest.approx(42.4, abs=0.05)
    for year, price, end, times in ((2019, 14.6, 23.56, 9), (2021, 47.6, 47.6, 3)):
        demand = year_system(facts, YearOf(year, year)).table("demand")
        demand = demand[(demand["node"] == "DE") & (demand["month"] == f"{year}-01")]
        for segment, first in (("power", 0.33), ("household", 0.11)):
            cost = {"power": 2.0, "household": 25.0}[segment]
            own = demand[demand["segment"].str.startswith(segment + "-")]
            at = {p: (own["quantity_gwh_d"] * (1 - own["elasticity"] * (p - price) / price).clip(lower=0.0)
                      .where(own["shape"] == "affine", 1.0)).sum() for p in (price, times * price)}  # fmt: skip
            last = (end + cost) / (price + cost) if segment == "power" else 1.0
            ratio = last**-first * ((times * price + cost) / (price + cost) / last) ** -0.11
            assert at[times * price] / at[price] == pytest.approx(ratio, rel=1e-3)


def test_every_block_of_a_consumer_remembers_alike(facts: GasSystem) -> None:
    """German industry: the lasting elasticity of the dataset, 6 EUR/MWh on top of the hub; the option is on."""
    system = year_system(facts, YearOf(2022, 2021))
    rows = memory_rows(system)
    own = rows[(rows["node"] == "DE") & rows["segment"].str.startswith("industry-")]
    demand = system.table("demand")
    blocks = set(demand.loc[demand["node"] == "DE", "segment"])
    assert set(own["segment"]) == {name for name in blocks if name.startswith("industry")}
    base = facts.table("demand_memory").set_index(["node", "segment"]).loc[("DE", "industry")]
    assert set(own["lasting_elasticity"]) == {base["lasting_elasticity"]}
    assert set(own["end_user_cost_eur_mwh"]) == {6.0}
    assert (rows["opening_log_price"] == 0).all()


def test_prices_before_the_base_year_can_be_remembered(facts: GasSystem) -> None:
    """Koyck by hand for German power, 2 EUR/MWh on top: of 2021's fivefold price users remembered 2020 and before.

    m of 2021 is r ln(p2019 / p2021) + (1 - r) ln(p2020 / p2021); at it they used what is observed, so the table has
    exp(lasting m) as much; 2022 begins with r m.
    """
    system = year_system(facts, YearOf(2022, 2021))
    moved = remembering_earlier(system, 2021)
    price = {year: load_history().value("price", "TTF", year) + 2 for year in (2019, 2020, 2021)}
    row = memory_rows(system).set_index(["node", "segment"]).loc[("DE", "power-1")]
    r = row["retention_fraction"]
    m = r * np.log(price[2019] / price[2021]) + (1 - r) * np.log(price[2020] / price[2021])
    before, after = (s.table("demand").set_index(["node", "segment", "month"]).loc[("DE", "power-1", "2022-01")]
                     for s in (system, moved))  # fmt: skip
    ratio = after["quantity_gwh_d"] / before["quantity_gwh_d"]
    assert ratio == pytest.approx(np.exp(row["lasting_elasticity"] * m))
    opening = moved.table("demand_memory").set_index(["node", "segment"]).loc[("DE", "power-1"), "opening_log_price"]
    assert opening == pytest.approx(r * m)


def test_variants_have_the_size_that_they_say(facts: GasSystem) -> None:
    """China needs what it needed in 2021; plants of the EU burn 113 TWh more in 2022 and no more in 2023."""
    systems = {year: year_system(facts, YearOf(year, 2021)) for year in (2022, 2023)}
    base = twh(year_system(facts, YearOf(2021, 2021)).table("demand"), "quantity_gwh_d")
    wanted = {name: {year: twh(own.table("demand"), "quantity_gwh_d") for year, own in varied.items()}
              for name, varied in varied_systems(facts, 2021, systems).items()}  # fmt: skip
    own = {year: twh(system.table("demand"), "quantity_gwh_d") for year, system in systems.items()}
    for year in (2022, 2023):
        assert wanted[FLAT_CHINA][year]["CN"] == pytest.approx(base["CN"])
        assert own[year]["CN"] > base["CN"] + 200
    assert wanted[POWER_GAP][2022].sum() - own[2022].sum() == pytest.approx(113.0)
    assert wanted[POWER_GAP][2023].equals(own[2023])
    assert wanted[STIFF][2022].sum() == pytest.approx(own[2022].sum())


def test_what_belongs_to_a_year_is_not_carried_over() -> None:
    """Gazprom's conduct goes, because its flows are imposed; outages go back to the prior; the rest stays."""
    calibration = load_calibration("base-2019")
    values = calibration.prior + 0.5 * calibration.spread

    class Fitted:
        """Stands for a frozen fit."""

    fitted = Fitted()
    fitted.calibration, fitted.values = calibration, values  # type: ignore[attr-defined]
    patches = {patch.name: patch for patch in carried_patches(fitted)}  # type: ignore[arg-type]
    assert "conduct of Gazprom" not in patches
    assert patches["Norwegian supply"].factor == pytest.approx(0.97)  # type: ignore[attr-defined]
    assert patches["European demand"].factor == pytest.approx(1.0075)  # type: ignore[attr-defined]


def test_total_is_the_sum_of_its_parts() -> None:
    """EU imports of 2022: seven parts."""
    seen = observed_figures(2022)
    parts = ("LNG", "NORWAY", "ALGERIA", "AZERBAIJAN", "LIBYA", "GB_NET", "RUSSIA_PIPE")
    assert seen["TOTAL"] == pytest.approx(sum(seen[name] for name in parts))


def test_verdicts() -> None:
    """Inside the bar passed, outside missed, no bar shown; an error is a share of what was observed."""
    low, high = within(200.0, 0.1)
    assert (low, high) == (180.0, 220.0)
    inside, outside = (Check("p", "x", "TWh", m, 200.0, low, high, "within 10 %", {PERSISTENCE: 1.0, FORWARD: 2.0})
                       for m in (190.0, 230.0))  # fmt: skip
    assert (inside.verdict, outside.verdict) == (Verdict.PASSED, Verdict.MISSED)
    assert Check("p", "x", "TWh", 1.0, is_shown_only=True).verdict is Verdict.SHOWN
    table = checks_table([outside])
    assert table.loc[0, "error_fraction"] == pytest.approx(0.15)
    assert table.loc[0, ["persistence", "forward_curve"]].tolist() == [1.0, 2.0]


def test_implied_elasticity() -> None:
    """15 bcm more on 317 bcm with a price a third lower is the published 0.11 to 0.14: ln 1.047 / ln 1.5."""
    assert elasticity_of(0.0473, -1 / 3) == pytest.approx(np.log(1.0473) / np.log(1.5))
    assert np.isnan(elasticity_of(0.05, 0.0))


def test_base_years_are_cases() -> None:
    """Each can be briefed and solved like any case, on a dataset of its own."""
    for year in (2019, 2021):
        case = load_case(f"backtest-{year}")
        assert case.has_observations
        assert case.scenarios[0].dataset == f"history-{year}"
    assert small_system().dataset == "test"
