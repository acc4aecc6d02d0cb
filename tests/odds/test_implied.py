"""The arithmetic of implied probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.errors import InputError
from linepack.odds.assess import worked_table
from linepack.odds.implied import joint_bands, single_band
from linepack.odds.tables import Interval, change_of, quoted_moves
from tests.samples import samples

GAPS = (28.0, 18.0, 12.5)
PUBLISHED = {  # quote -> change of price, and points of probability at the three gaps, as worked out with the method
    "2025-03-13-article": ((-2.0, -1.8), ((6.4, 7.1), (10, 11), (14, 16))),
    "2025-02-13-1003": ((-2.85, -2.85), ((10, 10), (16, 16), (23, 23))),
    "2025-02-13-day": ((-4.8, -4.8), ((17, 17), (27, 27), (39, 39))),
    "2025-03-03-open": ((2.95, 2.95), ((-11, -11), (-16, -16), (-24, -24))),
}


def rounded(value: float, like: float) -> float:
    """Round to as many digits as the published number has; halves go away from zero."""
    digits = len(str(like).partition(".")[2]) if like != int(like) else 0
    return float(np.sign(value) * np.floor(abs(value) * 10**digits + 0.5) / 10**digits)


@pytest.mark.parametrize("quote", PUBLISHED)
def test_worked_table_to_its_digits(quote: str) -> None:
    """The change over the gap: -4.5 % of 40 to 44 is -1.8 to -2.0, over 28 that is 6.4 to 7.1 points.

    And so on for each cell.
    """
    ((_, change, bands),) = worked_table([move for move in quoted_moves() if move.quote == quote], GAPS)
    published_change, published_bands = PUBLISHED[quote]
    assert (rounded(change.low, published_change[0]), rounded(change.high, published_change[1])) == published_change
    for band, (low, high) in zip(bands, published_bands, strict=True):
        assert (rounded(100 * band.low, low), rounded(100 * band.high, high)) == (low, high)


def test_change_from_what_a_report_gives() -> None:
    """A level and a base are a difference; a percent and a level give the base: 47 after +6.7 % was 47 / 1.067."""
    assert change_of(percent=None, base=Interval(55.9, 55.9), level=53.05).low == pytest.approx(-2.85)
    assert change_of(percent=Interval(6.7, 6.7), base=None, level=47.0).low == pytest.approx(47 - 47 / 1.067)
    moved = change_of(percent=Interval(-4.5, -4.5), base=Interval(40, 44), level=None)
    assert [moved.low, moved.high] == pytest.approx([-1.98, -1.8])


def test_confounders_widen_towards_zero() -> None:
    """If other causes may explain half of a move, the band runs from half of the change to all of it."""
    band = single_band(Interval(-2, -2), Interval(-10, -10), confounder_share=Interval(0, 0.5))
    assert [band.change.low, band.change.high] == pytest.approx([0.1, 0.2])


def test_more_than_certainty_is_refuted() -> None:
    """A fall of 5 with a gap of 4 needs a change above 1, which no base rate allows."""
    band = single_band(Interval(-5, -5), Interval(-4, -4))
    assert (band.is_refuted, band.base_rates, band.feasible) == (True, None, None)


def test_base_rates_that_stay_possible() -> None:
    """A rise of 0.2 needs a probability of at most 0.8 before; a fall of 0.2 one of at least 0.2."""
    fall, rise = single_band(Interval(2, 2), Interval(-10, -10)), single_band(Interval(-2, -2), Interval(-10, -10))
    assert fall.base_rates is not None
    assert rise.base_rates is not None
    assert [rise.base_rates.low, rise.base_rates.high] == pytest.approx([0, 0.8])
    assert [fall.base_rates.low, fall.base_rates.high] == pytest.approx([0.2, 1])


def test_gap_that_holds_zero_identifies_nothing() -> None:
    """If the regime may leave the price where it is, no move speaks of it."""
    with pytest.raises(InputError, match="gap-holds-zero"):
        single_band(Interval(-2, -2), Interval(-1, 1))


@samples(25)
@given(st.floats(0.05, 0.5), st.floats(0.05, 0.45), st.integers(0, 2**31))
def test_joint_bands_hold_the_truth(first: float, second: float, seed: int) -> None:
    """Prices moved by known changes of two regimes over three contracts.

    Each band holds its known change, and the fit is it.
    """
    gaps = np.random.default_rng(seed).uniform(-20, -2, size=(3, 2))
    truth = np.array([first, second])
    moves = [Interval(float(x), float(x)) for x in gaps @ truth]
    bands = joint_bands(moves, gaps, ("a", "b"))
    assert not bands.is_refuted
    for band, value in zip(bands.bands, truth, strict=True):
        assert band is not None
        assert band.low - 1e-6 <= value <= band.high + 1e-6
    if bands.rank == 2 and np.linalg.cond(gaps) < 100:
        assert bands.fit == pytest.approx(tuple(truth), abs=1e-6)


def test_one_contract_identifies_one_combination() -> None:
    """With one price and two regimes of the same gap either may have moved.

    Each band runs from below zero to above the whole.
    """
    bands = joint_bands([Interval(-2, -2)], np.array([[-10.0, -10.0]]), ("a", "b"))
    assert bands.rank == 1
    for band in bands.bands:
        assert band is not None
        assert band.low < 0.0 < 0.2 < band.high


def test_known_base_rates_bound_the_bands() -> None:
    """If regime b had no probability before, it cannot have lost any, so a gained at most the whole 0.2."""
    bands = joint_bands([Interval(-2, -2)], np.array([[-10.0, -10.0]]), ("a", "b"), base_rates=(0.3, 0.0))
    assert bands.bands[0] is not None
    assert bands.bands[0].high == pytest.approx(0.2, abs=1e-6)


def test_moves_that_no_probability_explains() -> None:
    """A regime that lowers every price cannot explain that one contract rose and one fell."""
    bands = joint_bands([Interval(-2, -2), Interval(2, 2)], np.array([[-10.0], [-10.0]]), ("a",))
    assert (bands.is_refuted, bands.bands) == (True, (None,))
