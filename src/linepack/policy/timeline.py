"""The law over time, as rows for a chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from linepack.errors import InputError, Issue
from linepack.policy.law import LAW_FOLDER, Law
from linepack.policy.reader import read_rows
from linepack.policy.rows import Event
from linepack.policy.schema import LAW_TABLES
from linepack.policy.words import LawGrade


@dataclass(frozen=True)
class Stretch:
    """A stretch of a chart: which row it belongs to, from when to when (None: open), what it is, and its grade."""

    lane: str
    instrument: str
    label: str
    kind: str
    first_day: date
    last_day: date | None
    grade: LawGrade


@dataclass(frozen=True)
class Mark:
    """A point of a chart: an event, past or scheduled."""

    event: str
    day: date
    not_before: date | None  # the first day it can have been, if its day is not known
    label: str
    is_scheduled: bool
    instruments: tuple[str, ...]
    assets: tuple[str, ...]
    grade: LawGrade


@dataclass(frozen=True)
class Timeline:
    """Bars (phases, exemptions and kept-alive spans) and marks (events) between two days, in order of time."""

    first_day: date
    last_day: date
    bars: tuple[Stretch, ...]
    marks: tuple[Mark, ...]

    def upcoming(self, today: date) -> tuple[Mark, ...]:
        """Return the scheduled events from a day on."""
        return tuple(mark for mark in self.marks if mark.is_scheduled and mark.day >= today)


def timeline(law: Law, first_day: date = date(2014, 1, 1), last_day: date = date(2027, 12, 31)) -> Timeline:
    """Return the law between two days as data for a chart; ``law.known_by`` gives it as known on a day."""
    lanes = {row.instrument: str(row.kind) for row in law.instruments}
    bars = [
        Stretch(
            lanes[s.instrument],
            s.instrument,
            s.note or str(s.measure),
            str(s.measure),
            s.first_day,
            s.last_day,
            s.grade,
        )
        for s in law.live_scopes
    ]
    bars += [
        Stretch("licence", e.series or e.instrument, e.name, str(e.kind), e.first_day, e.last_day, e.grade)
        for e in law.exemptions
        if law.counts(e)
    ]
    bars += [
        Stretch("renewal", r.instrument, f"renewed to {r.until}", "renewal", r.decided, r.until, r.grade)
        for r in law.renewals
    ]
    kept = [b for b in bars if b.first_day <= last_day and (b.last_day is None or b.last_day >= first_day)]
    marks = [
        Mark(e.event, e.date, e.not_before, e.what, e.is_scheduled, e.instruments, e.assets, e.grade)
        for e in law.events
        if first_day <= e.date <= last_day
    ]
    return Timeline(
        first_day,
        last_day,
        tuple(sorted(kept, key=lambda b: (b.first_day, b.instrument, b.label))),
        tuple(sorted(marks, key=lambda m: (m.day, m.event))),
    )


@lru_cache(maxsize=1)
def events() -> tuple[Event, ...]:
    """Return the register of events that comes with the package, in order of date, without reading the rest of the law.

    Events are registered before any price move is read on them. Errors: ``InputError`` with every bad row.
    """
    issues: list[Issue] = []
    (table,) = (table for table in LAW_TABLES if table.name == "events")
    rows = [row for row in read_rows(LAW_FOLDER / "events.csv", table, issues) if isinstance(row, Event)]
    if issues:
        raise InputError("bad-law", f"{len(issues)} problem(s) in the register of events", issues=issues)
    return tuple(sorted(rows, key=lambda row: (row.date, row.event)))
