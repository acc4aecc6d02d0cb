"""Forward curves and conditional prices that the user gives as CSV, and the move over an event window.

Contracts are told apart by their delivery months, never by 'front month': a generic front-month series jumps when it
rolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from linepack.errors import InputError, Issue
from linepack.odds.tables import Gap, Interval, Move, delivery_months, of
from linepack.system.schema import Column, Kind, Table, month, number, text
from linepack.system.tables import Row, check_header, parse_row

LATER_DAYS = (1, 5, 20)  # trading days after the event at which a move is looked at again

CURVES = Table(
    "curve",
    "Forward prices by time and delivery.",
    ("quoted_at", "delivery_first_month", "delivery_last_month"),
    (
        text("quoted_at", "Day, or time with zone: 2025-03-13 (settlement) or 2025-03-13T10:03Z."),
        month("delivery_first_month", "First delivery month."),
        month("delivery_last_month", "Last delivery month."),
        number("price_eur_mwh", "EUR/MWh", "Price."),
    ),
)

CONDITIONAL = Table(
    "conditional",
    "Prices by delivery month and regime.",
    ("month", "regime"),
    (
        month("month", "Delivery month."),
        text("regime", "Regime; the first one in the file is the one without change."),
        number("price_eur_mwh", "EUR/MWh", "Price under the regime."),
        number("low_eur_mwh", "EUR/MWh", "Lower end of its band.", required=False),
        number("high_eur_mwh", "EUR/MWh", "Upper end of its band.", required=False),
        Column(
            "is_announced_on_event",
            Kind.BOOLEAN,
            "Is the regime known from the day of the event on (stores move before gas arrives)?",
            required=False,
            default=False,
        ),
    ),
)


@dataclass(frozen=True)
class CurvePoint:
    """One forward price: when it was quoted (UTC; a day means 17:30 of it), delivery months, EUR/MWh."""

    at: datetime
    months: tuple[str, ...]
    price_eur_mwh: float
    is_settlement: bool


@dataclass(frozen=True)
class Reversal:
    """What was left of a move after some trading days, as a share of it; 1 means all, negative means reversed."""

    trading_days: int
    share_left: float


def read_curve(path: Path) -> tuple[CurvePoint, ...]:
    """Return the forward prices of a CSV file in order of time.

    Errors: ``InputError`` with every problem: unknown columns, bad times, generic contract labels such as 'M+1'.
    """
    rows = _rows(path, CURVES)
    issues: list[Issue] = []
    points = []
    for line, row in enumerate(rows, start=2):
        at = _time(str(row["quoted_at"]))
        if at is None:
            issues.append(
                Issue(
                    "bad-time",
                    f"'{row['quoted_at']}' is neither a day nor a time with a zone",
                    "curve",
                    (f"line {line}",),
                    "write 2025-03-13 or 2025-03-13T10:03Z",
                )
            )
            continue
        months = delivery_months(str(row["delivery_first_month"]), str(row["delivery_last_month"]))
        points.append(CurvePoint(at, months, _price(row), len(str(row["quoted_at"])) == 10))
    if issues:
        raise InputError("bad-curve", f"{len(issues)} problem(s) in {path.name}", table="curve", issues=issues)
    return tuple(sorted(points, key=lambda point: (point.at, point.months)))


def read_conditional(path: Path) -> tuple[Gap, ...]:
    """Return the gaps of every regime to the first one of a CSV file of conditional prices, one gap per month.

    Where a band is given the gap is an interval; without one it is a point. Errors: ``InputError`` for a month that a
    regime lacks, or fewer than two regimes.
    """
    rows = _rows(path, CONDITIONAL)
    names = list(dict.fromkeys(str(row["regime"]) for row in rows))
    if len(names) < 2:
        raise InputError(
            "one-regime",
            f"{path.name} has {len(names)} regime(s); a gap needs two",
            table="conditional",
            hint="one row per month and regime; the first regime is the one without change",
        )
    bands = {(str(row["month"]), str(row["regime"])): _band(row) for row in rows}
    months = sorted({key[0] for key in bands})
    lacking = [f"{name} {label}" for name in names for label in months if (label, name) not in bands]
    if lacking:
        raise InputError(
            "missing-price", "these regimes lack months that others have", table="conditional", keys=lacking
        )
    announced = {str(row["regime"]): bool(row["is_announced_on_event"]) for row in rows}
    found = []
    for name in names[1:]:
        for label in months:
            mine, base = bands[label, name], bands[label, names[0]]
            gap = (
                of(mine.low - base.high, mine.high - base.low)
                if not (mine.is_point and base.is_point)
                else of(mine.low - base.low)
            )
            found.append(
                Gap(
                    f"{path.stem}:{name}:{label}",
                    name,
                    (label,),
                    gap,
                    None,
                    f"{name} against {names[0]}",
                    announced[name],
                    path.name,
                )
            )
    return tuple(found)


def event_moves(
    event: str,
    event_day: date,
    curve: Sequence[CurvePoint],
    *,
    event_time: datetime | None = None,
    window_hours: float = 0.0,
) -> tuple[Move, ...]:
    """Return the move of every contract over the event's window.

    With a time and a window: from the last quote before the time to the last one inside the window. Without: from the
    last settlement before the day to the settlement of the day. A contract that lacks an end has no move.
    Errors: ``InputError`` if no contract has both ends.
    """
    moves = []
    for months in sorted({point.months for point in curve}):
        series = [point for point in curve if point.months == months]
        if event_time is not None and window_hours > 0:
            before = [p for p in series if p.at <= event_time]
            inside = [p for p in series if event_time < p.at <= event_time + timedelta(hours=window_hours)]
            observed = f"{window_hours:g} h from {event_time.isoformat()}"
        else:
            before = [p for p in series if p.at.date() < event_day and p.is_settlement]
            inside = [p for p in series if p.at.date() == event_day and p.is_settlement]
            observed = "settlement to settlement"
        if before and inside:
            change = inside[-1].price_eur_mwh - before[-1].price_eur_mwh
            moves.append(
                Move(
                    f"{event}:{months[0]}",
                    event,
                    "curve given",
                    observed,
                    months,
                    Interval(change, change),
                    False,
                    False,
                    (),
                    "curve given",
                )
            )
    if not moves:
        raise InputError(
            "no-window",
            f"the curve has no contract quoted both before and on {event_day}",
            table="curve",
            hint="settlements of the day and of the day before, or quotes around the time",
        )
    return tuple(moves)


def reversals(move: Move, event_day: date, curve: Sequence[CurvePoint]) -> tuple[Reversal, ...]:
    """Return how much of a move was left after 1, 5 and 20 trading days, for the days the curve has."""
    series = [p for p in curve if p.months == move.months and p.is_settlement]
    days = sorted({p.at.date() for p in series})
    before = [day for day in days if day < event_day]
    after = [day for day in days if day >= event_day]
    if not before or not after or move.change_eur_mwh.low == 0:
        return ()
    price = {p.at.date(): p.price_eur_mwh for p in series}
    base, found = price[before[-1]], []
    for later in LATER_DAYS:
        if later < len(after):
            found.append(Reversal(later, (price[after[later]] - base) / move.change_eur_mwh.low))
    return tuple(found)


def _rows(path: Path, table: Table) -> list[Row]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            raw, header = list(reader), list(reader.fieldnames or [])
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("unreadable", f"{path}: {error}", table=table.name, hint="a CSV file in UTF-8") from error
    own = Table(table.name, table.description, table.key, table.own_columns)
    needed = {"source", "grade", "known_from", "note"}
    issues = [issue for issue in check_header(header, own) if not needed & set(issue.keys)]
    generic = [name for name in header if name.lower() in ("contract", "front_month", "m+1")]
    if generic:
        issues.append(
            Issue(
                "generic-contract",
                "a front-month series jumps when it rolls",
                table.name,
                tuple(generic),
                "give delivery_first_month and delivery_last_month",
            )
        )
    if issues:
        raise InputError("bad-table", f"{path.name} does not fit its format", table=table.name, issues=issues)
    rows = []
    for line, cells in enumerate(raw, start=2):
        found: list[Issue] = []
        row = parse_row(cells, own, line, found)
        issues += [issue for issue in found if not issue.message.startswith(tuple(needed))]
        rows.append(row)
    if issues:
        raise InputError("bad-table", f"{len(issues)} problem(s) in {path.name}", table=table.name, issues=issues)
    return list(rows)


def _band(row: Row) -> Interval:
    price = _price(row)
    low, high = row["low_eur_mwh"], row["high_eur_mwh"]
    return of(*(float(value) for value in (low, price, high) if isinstance(value, float)))


def _price(row: Row) -> float:
    value = row["price_eur_mwh"]
    assert isinstance(value, float)
    return value


def _time(text_: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text_)
    except ValueError:
        return None
    if len(text_) == 10:
        return at.replace(hour=17, minute=30, tzinfo=UTC)
    return at.astimezone(UTC) if at.tzinfo is not None else None
