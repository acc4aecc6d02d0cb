"""The gas calendar: gas days, months, seasons, gas years, and the periods a model runs over.

A gas day runs from 06:00 local time to 06:00 of the next day, so the two days on which clocks change have 23
and 25 hours. The change falls at 02:00 or 03:00 on a Sunday, before 06:00: the short or long gas day is the
one that starts on the Saturday.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np

from linepack.errors import InputError

GAS_DAY_START = time(6, 0)
EUROPE = "Europe/Berlin"
_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True)
class Period:
    """A stretch of gas days: label, first day, day after the last, number of days."""

    label: str
    start: date
    end: date
    days: int


class Step(StrEnum):
    """How a horizon is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def gas_day_hours(day: date, timezone: str = EUROPE) -> int:
    """Return the hours (23, 24 or 25) of the gas day that starts at 06:00 local time on ``day``."""
    zone = ZoneInfo(timezone)
    start = datetime.combine(day, GAS_DAY_START, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), GAS_DAY_START, zone).astimezone(UTC)
    return round((end - start).total_seconds() / 3600)


def gas_day_of(moment: datetime, timezone: str = EUROPE) -> date:
    """Return the gas day that a moment falls in. Errors: ``InputError`` for a moment without a time zone."""
    if moment.tzinfo is None:
        raise InputError("no-time-zone", f"{moment.isoformat()} has no time zone", hint="give a zone, for example UTC")
    local = moment.astimezone(ZoneInfo(timezone))
    return local.date() if local.time() >= GAS_DAY_START else local.date() - timedelta(days=1)


def parse_month(text: str) -> tuple[int, int]:
    """Return (year, month) of 'YYYY-MM'. Errors: ``InputError`` for anything else."""
    match = _MONTH.match(str(text))
    if match is None:
        raise InputError("bad-month", f"'{text}' is not a month", hint="write YYYY-MM, for example 2025-04")
    return int(match[1]), int(match[2])


def month_of(day: date) -> str:
    """Return the calendar month of a day as 'YYYY-MM'."""
    return f"{day.year:04d}-{day.month:02d}"


def days_in_month(month: str) -> int:
    """Return the number of gas days of a month."""
    return calendar.monthrange(*parse_month(month))[1]


def month_range(first: str, count: int) -> tuple[str, ...]:
    """Return ``count`` consecutive months from ``first``."""
    year, month = parse_month(first)
    numbers = [year * 12 + month - 1 + k for k in range(count)]
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in numbers)


def season(month: str) -> str:
    """Return 'winter' for October to March, 'summer' for April to September."""
    return "summer" if 4 <= parse_month(month)[1] <= 9 else "winter"


def gas_year(day: date) -> str:
    """Return the gas year of a day, October to September, as '2025/26'."""
    first = day.year if day.month >= 10 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"


def monthly_periods(start_month: str, count: int) -> tuple[Period, ...]:
    """Return ``count`` monthly periods from ``start_month``. Errors: ``InputError`` for a count below one."""
    if count < 1:
        raise InputError("empty-horizon", f"a horizon of {count} months has no period", hint="give months: 12 or more")
    periods = []
    for month in month_range(start_month, count):
        first = date(*parse_month(month), 1)
        days = days_in_month(month)
        periods.append(Period(month, first, first + timedelta(days=days), days))
    return tuple(periods)


def horizon_periods(
    first_month: str, months: int, *, step: Step = Step.MONTH, quarters: int = 0
) -> tuple[Period, ...]:
    """Return periods of ``step`` over ``months`` months, then ``quarters`` periods of three months each.

    Weeks run from the first day; the last one is cut short. Errors: ``InputError`` for a horizon without a period,
    or quarters that do not start with a calendar quarter.
    """
    head = monthly_periods(first_month, months)
    if step is not Step.MONTH:
        head = _cut(head[0].start, head[-1].end, 1 if step is Step.DAY else 7)
    if not quarters:
        return head
    first = month_of(head[-1].end)
    if parse_month(first)[1] % 3 != 1:
        raise InputError("bad-horizon", f"quarters cannot start in {first}", keys=[first],
                         hint="choose months so that quarters start in January, April, July or October")  # fmt: skip
    tail = []
    for k in range(quarters):
        three = monthly_periods(month_range(first, 3 * k + 1)[-1], 3)
        start, end = three[0].start, three[-1].end
        tail.append(Period(f"{start.year}-Q{(start.month + 2) // 3}", start, end, (end - start).days))
    return (*head, *tail)


def _cut(start: date, end: date, days: int) -> tuple[Period, ...]:
    periods = []
    while start < end:
        after = min(start + timedelta(days=days), end)
        periods.append(Period(start.isoformat(), start, after, (after - start).days))
        start = after
    return tuple(periods)


def overlap_days(period: Period, start: date, end: date) -> int:
    """Return how many days of ``period`` lie in [start, end): the day ``end`` is not part of it."""
    return max(0, (min(period.end, end) - max(period.start, start)).days)


def share_of_days(period: Period, start: date, end: date) -> float:
    """Return the share (0 to 1) of a period's days that lie in [start, end)."""
    return overlap_days(period, start, end) / period.days


@dataclass(frozen=True)
class MonthGrid:
    """The calendar months of a horizon, and the share of each period's days in each, shape (periods, months)."""

    months: tuple[str, ...]
    share: np.ndarray

    def mean(self, monthly: np.ndarray) -> np.ndarray:
        """Return the mean over the days of each period; the first axis of ``monthly`` runs over months."""
        return np.asarray(np.tensordot(self.share, monthly, axes=1))


def month_grid(periods: Sequence[Period]) -> MonthGrid:
    """Return the months that the periods touch, in order."""
    places: dict[str, int] = {}
    found = []
    for t, period in enumerate(periods):
        start = period.start
        while start < period.end:
            after = min(date(start.year + start.month // 12, start.month % 12 + 1, 1), period.end)
            found.append((t, places.setdefault(month_of(start), len(places)), (after - start).days / period.days))
            start = after
    share = np.zeros((len(periods), len(places)))
    for t, k, part in found:
        share[t, k] += part
    return MonthGrid(tuple(places), share)


@dataclass(frozen=True)
class DayGrid:
    """The gas days of a horizon, so that dated rows can be laid over them and averaged by period."""

    ordinal: np.ndarray  # proleptic day number of each gas day
    first: np.ndarray  # position of the first day of each period
    days: np.ndarray  # days of each period

    def covers(self, first_day: str, last_day: str) -> np.ndarray:
        """Return which days lie from ``first_day`` to ``last_day`` (both included; empty: no end)."""
        inside = self.ordinal >= date.fromisoformat(first_day).toordinal()
        return inside & (self.ordinal <= date.fromisoformat(last_day).toordinal()) if last_day else inside

    def mean(self, daily: np.ndarray) -> np.ndarray:
        """Return the mean over the days of each period; the last axis of ``daily`` runs over days."""
        return np.asarray(np.add.reduceat(daily, self.first, axis=-1) / self.days)


def day_grid(periods: Sequence[Period]) -> DayGrid:
    """Return the days of the periods in order."""
    ordinal = [np.arange(period.start.toordinal(), period.end.toordinal()) for period in periods]
    days = np.array([len(part) for part in ordinal])
    return DayGrid(np.concatenate(ordinal), np.cumsum(days) - days, days)
