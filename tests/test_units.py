"""Units: published digits, and what is refused."""

from __future__ import annotations

import pytest

from linepack import units
from linepack.errors import InputError
from linepack.units import parse_quantity


def test_norway_2023() -> None:
    """Gassco 2023: 109.1 bcm are 1,207 TWh."""
    assert parse_quantity("109.1 bcm_15C_NO").to("GWh") / 1e3 == pytest.approx(1207, rel=5e-4)


def test_nord_stream_2021() -> None:
    """NEL and OPAL 2021: 621 TWh were 60.3 bcm; Gazprom's cubic metre at 20 C is 10.3 to 10.5 kWh."""
    assert units.gcv_kwh_per_m3("RU", 20) == pytest.approx(10.4, abs=0.1)
    assert parse_quantity("60.3 bcm_20C_RU").to("GWh") / 1e3 == pytest.approx(621, rel=0.015)


def test_statistical_cubic_metre() -> None:
    """The Energy Institute's cubic metre is 40 MJ: the EU's 316.9 bcm of 2023 are 3,521 TWh, one bcm 11.11."""
    assert units.twh_from_bcm_ei(316.9) == pytest.approx(3521, abs=0.5)
    assert parse_quantity("1 bcm_EI").to("GWh") == pytest.approx(11_111, abs=1)
    assert units.bcm_ei_from_twh(units.twh_from_bcm_ei(42.6)) == pytest.approx(42.6)


def test_default_cubic_metre() -> None:
    """Eurostat 2023: 335 bcm at 10.55 are 3,535 TWh; Nord Stream 2's string of 27.5 bcm/y is 794.9 GWh/d."""
    assert units.twh_from_bcm(335.0, kwh_per_m3=10.55) == pytest.approx(3535, abs=1)
    assert parse_quantity("27.5 bcm_15C/y").to("GWh/d") == pytest.approx(794.9, abs=0.05)


def test_lng() -> None:
    """Infrastructure tables: 1 Mtpa is 1.36 bcm and 15.1 TWh a year; Yamal's 17.4 Mtpa are 263 TWh."""
    assert parse_quantity("17.4 Mt LNG/y").to("TWh/y") == pytest.approx(262.7, abs=0.05)
    twh_per_bcm = units.GWH_PER_MT_LNG / units.BCM_GAS_PER_MT_LNG / 1e3
    assert twh_per_bcm == pytest.approx(11.1, abs=0.01)


def test_cubic_metres_of_liquid() -> None:
    """A ship of 174,000 m3 carries about 1.19 TWh, 4.07 million MMBtu."""
    assert units.gwh_from_m3_lng(174_000.0) == pytest.approx(1192, abs=1)
    assert units.gwh_from_m3_lng(174_000.0) * 1e3 / units.mwh_from_mmbtu(1.0) == pytest.approx(4.07e6, rel=1e-3)


def test_us_exports_by_two_units() -> None:
    """EIA: 15.4 Bcf/d are 117 Mtpa; a standard cubic foot is about 1,037 Btu, so 1 Bcf/d is 1.037 TBtu/d."""
    assert parse_quantity("15.97 TBtu/d").to("TWh/y") == pytest.approx(117 * 15.1, rel=0.04)


def test_prices() -> None:
    """1 MMBtu is 1.05505585 GJ, so 10 USD/MMBtu at par are 34.12 EUR/MWh; there and back is the same price."""
    assert units.eur_mwh_from_usd_mmbtu(10.0, usd_per_eur=1.0) == pytest.approx(10 / (1.05505585 / 3.6), rel=1e-7)
    there = units.usd_mmbtu_from_eur_mwh(30.0, usd_per_eur=1.1)
    assert units.eur_mwh_from_usd_mmbtu(there, usd_per_eur=1.1) == pytest.approx(30, rel=1e-12)
    assert there < 10  # a dollar buys less than a euro, an MMBtu is less than a third of a MWh


def test_price_per_thousand_cubic_metres() -> None:
    """Russian gas to China 2025 at 248.7 USD per 1,000 m3 and 10.42 kWh: 22 EUR/MWh at 1.085."""
    assert units.eur_mwh_from_usd_kcm(248.7, usd_per_eur=1.085, kwh_per_m3=10.42) == pytest.approx(22.0, abs=0.05)


def test_pence_per_therm() -> None:
    """A therm is 29.307 kWh, so 100 pence per therm at 0.85 GBP/EUR are 40.1 EUR/MWh."""
    assert units.eur_mwh_from_pence_therm(100.0, gbp_per_eur=0.85) == pytest.approx(40.14, abs=0.01)


def test_net_and_gross() -> None:
    """Net energy is 90.2 per cent of gross: 3.6 PJ net are 1.108 TWh gross."""
    assert units.gcv_from_ncv(parse_quantity("3.6 PJ").to("GWh")) == pytest.approx(1108, abs=0.5)
    assert units.ncv_from_gcv(units.gcv_from_ncv(7.0)) == pytest.approx(7.0)


def test_temperature_of_reference() -> None:
    """The ideal gas law: a cubic metre at 0 C is 293.15 / 273.15 at 20 C, 7.3 per cent more."""
    assert units.volume_ratio(0, 20) == pytest.approx(1.0732, abs=1e-4)
    assert parse_quantity("1 bcm_0C").value / parse_quantity("1 bcm_20C").value == pytest.approx(293.15 / 273.15)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("27.5 bcm/y", "ambiguous-volume", "reference temperature"),
        ("110 mcm/d", "ambiguous-volume", "bcm_20C"),
        ("5 kcm", "ambiguous-volume", "reference temperature"),
        ("17 Mt/y", "unknown-unit", "tonne of what"),
        ("10 GWhs", "unknown-unit", "did you mean GWh"),
        ("10 bcm_15C_XX", "unknown-origin", "no heating value"),
        ("10 GWh/fortnight", "unknown-unit", "/d, /month or /y"),
        ("-3 GWh/d", "bad-quantity", "negative"),
        ("ten GWh", "bad-quantity", "number with a unit"),
        ("nan GWh", "bad-quantity", "number with a unit"),
        ("", "bad-quantity", "number with a unit"),
    ],
)
def test_refusals_say_why(text: str, code: str, says: str) -> None:
    """Plain bcm and mcm differ by up to 7 per cent between sources, so they are refused with a reason."""
    with pytest.raises(InputError) as caught:
        parse_quantity(text)
    assert caught.value.issue.code == code
    assert says in str(caught.value)


def test_origin_may_be_given_apart() -> None:
    """'110 mcm_20C_RU/d' and '110 mcm_20C/d' of origin RU are one number: 1,146 GWh/d."""
    named, apart = parse_quantity("110 mcm_20C_RU/d"), parse_quantity("110 mcm_20C/d", origin="RU")
    assert named.value == apart.value == pytest.approx(1146, abs=0.5)


def test_a_rate_is_not_an_amount() -> None:
    """20 TWh is no GWh/d, and the error names the remedy."""
    with pytest.raises(InputError, match="a rate needs /d"):
        parse_quantity("20 TWh").to("GWh/d")
    with pytest.raises(InputError, match="one of GWh"):
        parse_quantity("20 TWh").to("bcm")


@pytest.mark.parametrize("text", ["1,200 GWh/d", "1 200 GWh/d", "1.2e3 GWh / d", "1.2 TWh/d", "4320 GJ/d"])
def test_ways_of_writing(text: str) -> None:
    """All are 1,200 GWh a day, but the last, which is 1,200 MWh."""
    expected = 1.2 if "GJ" in text else 1200.0
    assert parse_quantity(text).to("GWh/d") == pytest.approx(expected)


def test_constants_live_in_one_place() -> None:
    """No other module states an energy or volume conversion."""
    from pathlib import Path

    root = Path(units.__file__).parent
    telling = ("0.293", "3.412", "11.11", "10.55", "15100", "15_100", "29.307", "0.9024")
    found = [
        (path.name, number)
        for path in root.rglob("*.py") if path.name != "units.py"
        for number in telling if number in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert found == []
