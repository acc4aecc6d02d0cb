"""What an event's price moves say about regimes, with every pitfall checked and printed.

Each move is read against each gap. A reading is adopted only if the gap is for the contract's own months, gas or stores
could act in them, the forecast was made before the event and not long before, and the gap exceeds its own band.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

import numpy as np

from linepack.errors import InputError
from linepack.odds.curves import Reversal
from linepack.odds.implied import JointBands, SingleBand, joint_bands, single_band
from linepack.odds.tables import Gap, Interval, Move, of, regimes
from linepack.policy.rows import Event
from linepack.policy.timeline import events

GAP_AGE_DAYS = 120  # a gap is not carried further: the same volume is worth more in a tight market
CONFOUNDER_SHARE = 0.5  # of a move that other causes may explain where some are listed; a judgement, said in the output


class Pitfall(IntEnum):
    """The thirteen ways to read too much into a price move; numbered as in the documentation."""

    SCENARIO_MISMATCH = 1
    MATURITY_MISMATCH = 2
    CONFOUNDERS = 3
    BASE_RATE = 4
    CONDITIONAL_PRICES_MOVE = 5
    RISK_PREMIUM = 6
    PERCENT_WITHOUT_BASE = 7
    REVERSAL = 8
    SELECTION = 9
    BOUNDS = 10
    CONTRACT_ROLL = 11
    NONLINEARITY = 12
    COPIES = 13


@dataclass(frozen=True)
class Warned:
    """A pitfall that applies, and how it applies here; ``is_fatal`` keeps the reading out of what is adopted."""

    pitfall: Pitfall
    message: str
    is_fatal: bool = False


@dataclass(frozen=True)
class Reading:
    """One move against one gap: the band (None where the gap holds zero) and what warns against it."""

    move: Move
    gap: Gap
    band: SingleBand | None
    warned: tuple[Warned, ...]

    @property
    def is_adopted(self) -> bool:
        """True if nothing fatal was found."""
        return self.band is not None and not any(warning.is_fatal for warning in self.warned)


@dataclass(frozen=True)
class Assessment:
    """Everything about one event: readings, the joint bands of several contracts, general warnings, what followed."""

    event: Event
    readings: tuple[Reading, ...]
    joint: JointBands | None
    general: tuple[Warned, ...]
    confounders: tuple[str, ...]
    confounder_share: Interval
    reversals: tuple[Reversal, ...]
    followed: tuple[Event, ...]

    @property
    def adopted_bands(self) -> dict[str, Interval]:
        """For each regime the hull of the adopted readings' feasible changes of probability.

        A regime without one is not in it.
        """
        ends: dict[str, list[float]] = {}
        for reading in self.readings:
            if reading.is_adopted and reading.band is not None and reading.band.feasible is not None:
                ends.setdefault(reading.gap.regime, []).extend((reading.band.feasible.low, reading.band.feasible.high))
        return {regime: of(*values) for regime, values in ends.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return the assessment as plain JSON types; changes are fractions of 1."""
        return {
            "event": {
                "event": self.event.event,
                "date": self.event.date.isoformat(),
                "title": self.event.what,
                "source": self.event.source,
            },
            "adopted_change": {regime: [band.low, band.high] for regime, band in self.adopted_bands.items()},
            "confounder_share": [self.confounder_share.low, self.confounder_share.high],
            "confounders": list(self.confounders),
            "readings": [_reading_dict(reading) for reading in self.readings],
            "joint": None if self.joint is None else _joint_dict(self.joint),
            "warnings": [
                {"pitfall": int(w.pitfall), "name": w.pitfall.name.lower(), "message": w.message} for w in self.general
            ],
            "reversals": [{"trading_days": r.trading_days, "share_left": r.share_left} for r in self.reversals],
            "followed": [{"event": e.event, "date": e.date.isoformat(), "title": e.what} for e in self.followed],
        }


def find_event(name: str) -> Event:
    """Return a registered event by identifier.

    Errors: ``InputError`` with the nearest one: moves are read on registered events only.
    """
    import difflib

    known = {event.event: event for event in events()}
    if name not in known:
        near = difflib.get_close_matches(name.upper(), known, 1, 0.4)
        raise InputError(
            "unknown-event",
            f"'{name}' is not in the register of events",
            table="events",
            keys=[name],
            hint=f"did you mean '{near[0]}'?" if near else "linepack odds --list shows the register",
        )
    return known[name]


def assess(
    event: Event,
    moves: Sequence[Move],
    gaps: Sequence[Gap],
    *,
    regime: str | None = None,
    confounder_share: float | None = None,
    base_rates: Sequence[float] | None = None,
    found_reversals: Sequence[Reversal] = (),
) -> Assessment:
    """Return what the moves on an event say, read against conditional prices.

    ``regime`` is what the question is about; gaps of others are shown and not adopted. ``confounder_share`` is the
    largest
    share of the move that other causes may explain (default: half where some are listed, else none). ``base_rates``
    are the
    probabilities before the event for the joint reading (default: swept). Errors: ``InputError`` without moves or gaps.
    """
    if confounder_share is not None and not 0 <= confounder_share <= 1:
        raise InputError("bad-share", f"a share of other causes is from 0 to 1, not {confounder_share:g}",
                         keys=[f"{confounder_share:g}"], hint="0.5 leaves up to half of the move to them")  # fmt: skip
    if not moves:
        raise InputError(
            "no-quote",
            f"no price move is known for {event.event}",
            keys=[event.event],
            hint="give --curve with forward prices around the day",
        )
    if not gaps:
        raise InputError(
            "no-gap", "no conditional price is given", hint="give --conditional, or leave the published forecasts in"
        )
    moves, copies = _without_copies(moves)
    listed = tuple(
        dict.fromkeys(
            [cause for move in moves for cause in move.confounders]
            + [f"{e.date}: {e.what}" for e in neighbours(event)]
        )
    )
    share = Interval(0.0, (CONFOUNDER_SHARE if listed else 0.0) if confounder_share is None else confounder_share)
    readings = tuple(_read(event, move, gap, regime, share) for move in moves for gap in gaps)
    joint = _joint(moves, gaps, base_rates)
    general = _general(listed, share, copies, found_reversals, joint)
    followed = tuple(
        e for e in _dated() if event.date < e.date <= event.date + timedelta(days=60) and not e.event.startswith("FX-")
    )
    return Assessment(event, readings, joint, general, listed, share, tuple(found_reversals), followed)


def neighbours(event: Event, days: int = 1) -> tuple[Event, ...]:
    """Return the other registered events of the day, the day before and the day after."""
    return tuple(e for e in _dated() if e.event != event.event and abs((e.date - event.date).days) <= days)


def _dated() -> tuple[Event, ...]:
    return tuple(e for e in events() if e.not_before is None)


def _read(event: Event, move: Move, gap: Gap, regime: str | None, share: Interval) -> Reading:
    warned = [*_maturity(event, move, gap), *_age(event, gap)]
    if regime is not None and gap.regime != regime:
        warned.append(
            Warned(
                Pitfall.SCENARIO_MISMATCH,
                f"the forecast is for '{gap.condition}', the question is about {regime}",
                True,
            )
        )
    if move.is_base_assumed:
        warned.append(
            Warned(
                Pitfall.PERCENT_WITHOUT_BASE,
                f"the base of the percentage is assumed: the move is {_text(move.change_eur_mwh)} EUR/MWh, an interval",
            )
        )
    if move.is_delivery_assumed:
        warned.append(
            Warned(Pitfall.CONTRACT_ROLL, f"the contract is not named in the source; {move.months[0]} is assumed")
        )
    try:
        band = single_band(move.change_eur_mwh, gap.gap_eur_mwh, confounder_share=share)
    except InputError as error:
        warned.append(Warned(Pitfall.BOUNDS, str(error.issue.message), True))
        return Reading(move, gap, None, tuple(warned))
    if band.is_refuted:
        warned.append(
            Warned(
                Pitfall.BOUNDS,
                "more than 1: a single regime of this size cannot explain the move; the reading is refuted",
                True,
            )
        )
    elif band.change != band.feasible:
        warned.append(Warned(Pitfall.BOUNDS, "part of the band is beyond 1: the gaps that would need it are refuted"))
    elif band.is_implausible:
        warned.append(
            Warned(Pitfall.BOUNDS, "implausible: one day's news would have to move the probability by more than half")
        )
    return Reading(move, gap, band, tuple(warned))


def _maturity(event: Event, move: Move, gap: Gap) -> list[Warned]:
    found = []
    shared = [month for month in move.months if month in gap.months]
    if not shared:
        found.append(
            Warned(
                Pitfall.MATURITY_MISMATCH,
                f"the contract delivers {_span(move.months)}, the gap is for {_span(gap.months)}",
                True,
            )
        )
    known = regimes().get(gap.regime)
    if known is not None and not gap.is_announced_on_event:
        earliest = event.date + timedelta(days=known.earliest_flow_days)
        if _last_day(move.months[-1]) < earliest:
            found.append(
                Warned(
                    Pitfall.MATURITY_MISMATCH,
                    f"no gas of {known.label} can flow before {earliest} ({known.reason}), the "
                    f"contract ends in {move.months[-1]}",
                    True,
                )
            )
    return found


def _age(event: Event, gap: Gap) -> list[Warned]:
    if gap.made_on is None:
        return []
    age = (event.date - gap.made_on).days
    if age < 0:
        return [
            Warned(Pitfall.NONLINEARITY, f"the forecast is {-age} days younger than the event: hindsight", -age > 30)
        ]
    if age > GAP_AGE_DAYS:
        return [
            Warned(
                Pitfall.NONLINEARITY,
                f"the forecast is {age} days old; a gap is not carried further than {GAP_AGE_DAYS}",
                True,
            )
        ]
    return []


def _general(
    listed: Sequence[str], share: Interval, copies: int, found_reversals: Sequence[Reversal], joint: JointBands | None
) -> tuple[Warned, ...]:
    found = []
    if listed:
        found.append(
            Warned(
                Pitfall.CONFOUNDERS,
                f"other causes near the day: {'; '.join(listed)}; up to {share.high:.0%} of the move is left to them",
            )
        )
    else:
        found.append(
            Warned(Pitfall.CONFOUNDERS, "no other cause is registered; weather and outages are not in the register")
        )
    found += [
        Warned(
            Pitfall.BASE_RATE, "the level of the probability is not identified, only its change; base rates are swept"
        ),
        Warned(Pitfall.CONDITIONAL_PRICES_MOVE, "the conditional prices may themselves have moved on the news"),
        Warned(Pitfall.RISK_PREMIUM, "a futures price holds a risk premium: these are risk-neutral probabilities"),
        Warned(Pitfall.SELECTION, "the event is in the register; headlines found after a move are not read"),
    ]
    if not found_reversals:
        found.append(
            Warned(
                Pitfall.REVERSAL, "what was left of the move after 1, 5 and 20 trading days is not known: give a curve"
            )
        )
    elif any(r.share_left < 0.5 for r in found_reversals):
        left = ", ".join(f"{r.trading_days} d {r.share_left:.0%}" for r in found_reversals)
        found.append(Warned(Pitfall.REVERSAL, f"the move did not last: left after {left}"))
    if copies:
        found.append(
            Warned(Pitfall.COPIES, f"{copies} further quote(s) of the same origin and window were counted once")
        )
    if joint is not None and joint.rank < len(joint.regimes):
        found.append(
            Warned(
                Pitfall.BOUNDS,
                f"the contracts identify {joint.rank} combination(s) of "
                f"{len(joint.regimes)} regimes: bands, not points",
            )
        )
    return tuple(found)


def _joint(moves: Sequence[Move], gaps: Sequence[Gap], base_rates: Sequence[float] | None) -> JointBands | None:
    """Contracts whose months every regime prices, read together.

    None with fewer than two contracts or from forecasts alone.
    """
    priced = [gap for gap in gaps if gap.made_on is None]
    names = tuple(dict.fromkeys(gap.regime for gap in priced))
    by_key = {(gap.regime, gap.months[0]): gap.gap_eur_mwh for gap in priced if len(gap.months) == 1}
    usable = [
        move for move in moves if names and all((name, month) in by_key for name in names for month in move.months)
    ]
    if len(usable) < 2:
        return None
    table = np.array(
        [
            [np.mean([(by_key[name, m].low + by_key[name, m].high) / 2 for m in move.months]) for name in names]
            for move in usable
        ]
    )
    return joint_bands(
        [move.change_eur_mwh for move in usable],
        table,
        names,
        base_rates=base_rates,
        confounder_eur_mwh=of(
            0.0,
            *(
                CONFOUNDER_SHARE * end
                for move in usable
                if move.confounders
                for end in (move.change_eur_mwh.low, move.change_eur_mwh.high)
            ),
        ),
    )


def _without_copies(moves: Sequence[Move]) -> tuple[list[Move], int]:
    kept: dict[tuple[str, ...], Move] = {}
    for move in moves:
        key = (move.event, move.origin, move.observed, *move.months)
        kept.setdefault(key, move)
    return list(kept.values()), len(moves) - len(kept)


def _reading_dict(reading: Reading) -> dict[str, Any]:
    move, gap, band = reading.move, reading.gap, reading.band
    return {
        "quote": move.quote,
        "delivery": [move.months[0], move.months[-1]],
        "observed": move.observed,
        "source": move.source,
        "change_eur_mwh": [move.change_eur_mwh.low, move.change_eur_mwh.high],
        "gap": gap.name,
        "regime": gap.regime,
        "condition": gap.condition,
        "gap_months": [gap.months[0], gap.months[-1]],
        "gap_eur_mwh": [gap.gap_eur_mwh.low, gap.gap_eur_mwh.high],
        "change_of_probability": None if band is None else [band.change.low, band.change.high],
        "possible_base_rates": None
        if band is None or band.base_rates is None
        else [band.base_rates.low, band.base_rates.high],
        "is_refuted": band is not None and band.is_refuted,
        "is_implausible": band is not None and band.is_implausible,
        "is_adopted": reading.is_adopted,
        "warnings": [
            {"pitfall": int(w.pitfall), "name": w.pitfall.name.lower(), "message": w.message, "is_fatal": w.is_fatal}
            for w in reading.warned
        ],
    }


def _joint_dict(joint: JointBands) -> dict[str, Any]:
    return {
        "regimes": list(joint.regimes),
        "rank": joint.rank,
        "is_refuted": joint.is_refuted,
        "residual_eur_mwh": joint.residual_eur_mwh,
        "bands": [None if band is None else [band.low, band.high] for band in joint.bands],
        "least_squares": list(joint.fit),
    }


def worked_table(
    moves: Sequence[Move], gaps_eur_mwh: Sequence[float]
) -> list[tuple[str, Interval, tuple[Interval, ...]]]:
    """Return for each move its change in EUR/MWh and the implied change of probability at each gap, no other causes."""
    rows = []
    for move in moves:
        bands = tuple(single_band(move.change_eur_mwh, Interval(-gap, -gap)).change for gap in gaps_eur_mwh)
        rows.append((move.quote, move.change_eur_mwh, bands))
    return rows


def _last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def _span(months: Sequence[str]) -> str:
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"


def _text(interval: Interval) -> str:
    return f"{interval.low:.2f}" if interval.is_point else f"{interval.low:.2f} to {interval.high:.2f}"
