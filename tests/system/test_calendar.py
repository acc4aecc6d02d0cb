"""The gas calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from linepack.errors import InputError
from linepack.system import calendar


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2025, 3, 29), 23),  # clocks go forward on Sunday 30 March 2025 at 02:00, inside Saturday's gas day
        (date(2025, 3, 30), 24),
        (date(2025, 10, 25), 25),  # and back on Sunday 26 October 2025 at 03:00
        (date(2025, 10, 26), 24),
        (date(2025, 7, 1), 24),
    ],
)
def test_hours_of_a_gas_day(day: date, hours: int) -> None:
    """The change falls before 06:00 on Sunday, so the short or long gas day starts on Saturday."""
    assert calendar.gas_day_hours(day) == hours


def test_hours_of_a_year() -> None:
    """23 and 25 cancel: 2025 has 365 x 24 hours."""
    assert sum(calendar.gas_day_hours(date.fromordinal(date(2025, 1, 1).toordinal() + k)) for k in range(365)) == 8760


def test_gas_day_of_a_moment() -> None:
    """05:59 in Berlin belongs to the day before, 06:00 to the day; a moment without a zone belongs to none."""
    assert calendar.gas_day_of(datetime(2025, 1, 2, 4, 59, tzinfo=UTC)) == date(2025, 1, 1)
    assert calendar.gas_day_of(datetime(2025, 1, 2, 5, 0, tzinfo=UTC)) == date(2025, 1, 2)
    with pytest.raises(InputError, match="no time zone"):
        calendar.gas_day_of(datetime(2025, 1, 2, 5, 0))


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2025, 9, 30), "2024/25"), (date(2025, 10, 1), "2025/26"), (date(1999, 12, 31), "1999/00")],
)
def test_gas_year(day: date, year: str) -> None:
    """October to September."""
    assert calendar.gas_year(day) == year


def test_season() -> None:
    """Winter is October to March."""
    assert [calendar.season(f"2025-{m:02d}") for m in (3, 4, 9, 10)] == ["winter", "summer", "summer", "winter"]


def test_periods_of_two_years() -> None:
    """24 months from April 2025 end on 1 April 2027 and have 730 days; 2028 has a 29 February."""
    periods = calendar.monthly_periods("2025-04", 24)
    assert (periods[0].label, periods[-1].end, sum(p.days for p in periods)) == ("2025-04", date(2027, 4, 1), 730)
    assert calendar.days_in_month("2028-02") == 29


@pytest.mark.parametrize("bad", ["2025-13", "2025-4", "04-2025", "", "April"])
def test_bad_months(bad: str) -> None:
    """YYYY-MM and nothing else."""
    with pytest.raises(InputError, match="YYYY-MM"):
        calendar.parse_month(bad)


def test_empty_horizon() -> None:
    """A horizon has a period."""
    with pytest.raises(InputError, match="no period"):
        calendar.monthly_periods("2025-04", 0)


def test_days_inside_a_span() -> None:
    """The last day of [start, end) is not part of it: 16 to 30 April is half of April."""
    april = calendar.monthly_periods("2025-04", 1)[0]
    assert calendar.overlap_days(april, date(2025, 4, 16), date(2025, 5, 1)) == 15
    assert calendar.share_of_days(april, date(2025, 4, 16), date(2026, 1, 1)) == 0.5
    assert calendar.overlap_days(april, date(2025, 5, 1), date(2025, 6, 1)) == 0


def test_day_grid() -> None:
    """Both ends of a dated row count: 21 to 30 April are ten of 30 days, no end runs on, means are by period."""
    grid = calendar.day_grid(calendar.monthly_periods("2025-04", 2))
    inside = grid.covers("2025-04-21", "2025-04-30")
    assert inside.sum() == 10
    np.testing.assert_allclose(grid.mean(inside.astype(float)), [1 / 3, 0])
    np.testing.assert_allclose(grid.mean(grid.covers("2025-05-31", "").astype(float)), [0, 1 / 31])
