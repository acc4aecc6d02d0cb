"""Quantities with the units of the gas trade; each expected label is what a reader of the sentence would write down."""

import pytest

from linepack import units
from linepack.evidence.quantities import find_quantities

CASES = [
    ("takes roughly 7.5 billion cubic metres a year", ["7.5 bcm/y"]),
    ("up 1.8% at 36.20 euros per megawatt hour", ["1.8 %", "36.2 EUR/MWh"]),
    ("fell by €7.98 to €48.47 per megawatt hour (MWh)", ["-7.98 EUR", "48.47 EUR/MWh"]),
    ("was down 19.90p at 123.63p per therm", ["-19.9 GBp", "123.63 GBp/therm"]),
    ("15 to 20 bcm a year at most", ["15..20 bcm/y"]),
    ("36% to 56% below the base case of 50 EUR/MWh", ["36..56 %", "50 EUR/MWh"]),
    ("were 82% full, 13 percentage points below", ["82 %", "13 pp"]),
    ("48 million cubic metres per day", ["48 mcm/d"]),
    ("1.2 million tonnes of LNG", ["1.2 Mt"]),
    ("a plant of 16.5 mtpa", ["16.5 Mt/y"]),
    ("priced at about 285 dollars per thousand cubic metres", ["285 USD/kcm"]),
    ("fell to 10.8 $/MMBtu", ["10.8 USD/MMBtu"]),
    ("worth $750bn", ["750000000000 USD"]),
    ("three of the four strings of the pipeline", ["3/4"]),
    ("one of the Nord Stream 2 lines", ["1/?"]),
    ("a 30-day truce", ["30 day"]),
    ("a two-year high", []),
    ("Nord Stream 2 and Regulation 2024/1745", []),
    ("people familiar with 2 or 3 matters", []),
]


@pytest.mark.parametrize(("sentence", "labels"), CASES)
def test_labels(sentence: str, labels: list[str]) -> None:
    """Value, unit, sign of a move; names and legal numbers are no quantities."""
    assert [q.label for q in find_quantities(sentence)] == labels


def test_cubic_metres_become_a_band() -> None:
    """27.5 bcm without reference conditions lies between the poorest (Russian, 20 C) and the richest (Norwegian.

    0 C) reading.
    """
    (quantity,) = find_quantities("27.5 bcm a year")
    assert quantity.normal_unit == "GWh/d"
    assert quantity.normal_low == pytest.approx(units.parse_quantity("27.5 bcm_20C_RU/y").value)
    assert quantity.normal_high == pytest.approx(units.parse_quantity("27.5 bcm_0C_NO/y").value)
    assert quantity.normal_low is not None
    assert quantity.normal_high is not None
    assert quantity.normal_low < quantity.normal_high


def test_dollar_price_needs_a_rate() -> None:
    """10 USD/MMBtu at 1.08 USD/EUR is 10 / 0.29307107 / 1.08 = 31.59 EUR/MWh; without a rate nothing is converted."""
    (without,) = find_quantities("10 dollars per MMBtu")
    (with_rate,) = find_quantities("10 dollars per MMBtu", usd_per_eur=1.08)
    assert without.normal_low is None
    assert with_rate.normal_low == pytest.approx(10 / 0.29307107 / 1.08)


def test_places_are_exact() -> None:
    """The place is that of the words in the text, shifted by the offset."""
    (quantity,) = find_quantities("It was 27.5 bcm.", offset=100)
    assert (quantity.start, quantity.end) == (107, 115)
