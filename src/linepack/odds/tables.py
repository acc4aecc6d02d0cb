"""The tables of the odds layer: quotes of event moves, published conditional forecasts, regimes, scored questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

from linepack.system.calendar import month_range
from linepack.system.schema import Column, Kind, Table, day, month, number, text
from linepack.system.tables import Row, packaged_table

QUOTES = Table(
    "quotes",
    "Moves of forward prices on events, as reported.",
    ("quote",),
    (
        text("quote", "Identifier."),
        text("event", "Event of the register."),
        text("origin", "Who observed it first; copies of one origin count once."),
        text("observed", "Time or window of the observation."),
        month("delivery_first_month", "First delivery month of the contract."),
        month("delivery_last_month", "Last delivery month."),
        Column("is_delivery_assumed", Kind.BOOLEAN, "Is the contract month our assumption?"),
        number("percent_low", "%", "Move, lower end.", required=False, minimum=-100),
        number("percent_high", "%", "Move, upper end.", required=False, minimum=-100),
        number("level_eur_mwh", "EUR/MWh", "Level after the move.", required=False),
        number("base_low_eur_mwh", "EUR/MWh", "Level before, lower end.", required=False),
        number("base_high_eur_mwh", "EUR/MWh", "Level before, upper end.", required=False),
        Column("is_base_assumed", Kind.BOOLEAN, "Is the base our assumption?"),
        text("confounders", "Other causes that the sources name, ';' between them.", required=False, default=""),
    ),
)

FORECASTS = Table(
    "forecasts",
    "Conditional prices published at the time.",
    ("forecast",),
    (
        text("forecast", "Identifier."),
        day("made_on", "Day of publication."),
        text("forecaster", "Who."),
        text("regime", "Regime that the condition describes.", references="regimes.regime"),
        text("condition", "The condition in words."),
        month("delivery_first_month", "First month the price is for."),
        month("delivery_last_month", "Last month."),
        number("base_eur_mwh", "EUR/MWh", "Price without the condition."),
        number("price_low_eur_mwh", "EUR/MWh", "Price with it, lower end."),
        number("price_high_eur_mwh", "EUR/MWh", "Price with it, upper end."),
    ),
)

REGIMES = Table(
    "regimes",
    "Regimes that prices are conditional on.",
    ("regime",),
    (
        text("regime", "Identifier."),
        text("label", "Name to show."),
        text("scenario", "Scenario that prices it, CASE/NAME.", required=False, default=""),
        text("arcs", "Arcs that it changes, ';' between them.", required=False, default=""),
        number("earliest_flow_days", "d", "Days from the news to the first physical change of flow, at least."),
        text("reason", "Why not earlier."),
    ),
)

QUESTIONS = Table(
    "questions",
    "Questions with a stated probability and what happened.",
    ("question", "who"),
    (
        text("question", "Identifier."),
        text("text", "The question."),
        day("asked_on", "Day of the probability."),
        day("resolves_on", "Day by which it is decided."),
        number("probability", "1", "Probability stated.", maximum=1.0),
        text("who", "Who stated it."),
        text("outcome", "What happened; empty: not decided.", required=False, default="", choices=("true", "false")),
    ),
)


@dataclass(frozen=True)
class Interval:
    """A closed interval of numbers; ``low`` is never above ``high``."""

    low: float
    high: float

    @property
    def is_point(self) -> bool:
        """True if both ends are the same."""
        return self.low == self.high

    def scaled(self, factor: float) -> Interval:
        """Return the interval times a number of any sign."""
        return of(self.low * factor, self.high * factor)


def of(*values: float) -> Interval:
    """Return the smallest interval that holds all values."""
    return Interval(min(values), max(values))


@dataclass(frozen=True)
class Move:
    """A move of one contract on an event: EUR/MWh as an interval, with what is assumed about it."""

    quote: str
    event: str
    origin: str
    observed: str
    months: tuple[str, ...]
    change_eur_mwh: Interval
    is_base_assumed: bool
    is_delivery_assumed: bool
    confounders: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Gap:
    """Price under a regime less price without it, EUR/MWh, over delivery months; who says so and when."""

    name: str
    regime: str
    months: tuple[str, ...]
    gap_eur_mwh: Interval
    made_on: date | None
    condition: str
    is_announced_on_event: bool
    source: str


@dataclass(frozen=True)
class Regime:
    """A regime, the scenario that prices it, and how soon gas could flow otherwise."""

    regime: str
    label: str
    scenario: str
    arcs: tuple[str, ...]
    earliest_flow_days: float
    reason: str


@lru_cache(maxsize=1)
def quoted_moves() -> tuple[Move, ...]:
    """Return the event moves that ship with the package."""
    return tuple(_move(row) for row in packaged_table("odds", QUOTES))


@lru_cache(maxsize=1)
def published_gaps() -> tuple[Gap, ...]:
    """Return the gaps of the published conditional forecasts."""
    return tuple(_gap(row) for row in packaged_table("odds", FORECASTS))


@lru_cache(maxsize=1)
def regimes() -> dict[str, Regime]:
    """Return the regimes by identifier."""
    rows = packaged_table("odds", REGIMES)
    return {
        str(r["regime"]): Regime(
            str(r["regime"]),
            str(r["label"]),
            str(r["scenario"]),
            tuple(arc for arc in str(r["arcs"]).split(";") if arc),
            _number(r["earliest_flow_days"]),
            str(r["reason"]),
        )
        for r in rows
    }


def regimes_of(arcs: Iterable[str]) -> tuple[str, ...]:
    """Return the regimes that change any of these arcs, in the order of the table.

    They are what a claim that names the arcs may mean.
    """
    wanted = set(arcs)
    return tuple(regime.regime for regime in regimes().values() if wanted & set(regime.arcs))


def delivery_months(first: str, last: str) -> tuple[str, ...]:
    """Return the months from ``first`` to ``last``, both included."""
    a, b = (int(text[:4]) * 12 + int(text[5:]) for text in (first, last))
    return month_range(first, b - a + 1)


def change_of(*, percent: Interval | None, base: Interval | None, level: float | None) -> Interval:
    """Return the change in EUR/MWh from what a report gives.

    Level and base give a difference; percent and level give the base; percent and base give a product. A percent
    without a base gives nothing: a base interval has to be assumed and said.
    """
    if level is not None and base is not None:
        return of(level - base.low, level - base.high)
    if percent is not None and level is not None:
        changes = [level - level / (1 + share / 100) for share in (percent.low, percent.high)]
        return of(*changes)
    assert percent is not None, "a quote has a level, or a percent and a base"
    assert base is not None, "a quote has a level, or a percent and a base"
    return of(*(share / 100 * value for share in (percent.low, percent.high) for value in (base.low, base.high)))


def _move(row: Row) -> Move:
    percent, base = (
        _interval(row["percent_low"], row["percent_high"]),
        _interval(row["base_low_eur_mwh"], row["base_high_eur_mwh"]),
    )
    level = None if row["level_eur_mwh"] is None else _number(row["level_eur_mwh"])
    return Move(
        str(row["quote"]),
        str(row["event"]),
        str(row["origin"]),
        str(row["observed"]),
        delivery_months(str(row["delivery_first_month"]), str(row["delivery_last_month"])),
        change_of(percent=percent, base=base, level=level),
        bool(row["is_base_assumed"]),
        bool(row["is_delivery_assumed"]),
        tuple(part.strip() for part in str(row["confounders"]).split(";") if part.strip()),
        str(row["source"]),
    )


def _gap(row: Row) -> Gap:
    base = _number(row["base_eur_mwh"])
    gap = of(_number(row["price_low_eur_mwh"]) - base, _number(row["price_high_eur_mwh"]) - base)
    return Gap(
        str(row["forecast"]),
        str(row["regime"]),
        delivery_months(str(row["delivery_first_month"]), str(row["delivery_last_month"])),
        gap,
        cast(date, row["made_on"]),
        str(row["condition"]),
        False,
        str(row["source"]),
    )


def _interval(low: object, high: object) -> Interval | None:
    return None if low is None or high is None else of(_number(low), _number(high))


def _number(cell: object) -> float:
    return float(cast(float, cell))
