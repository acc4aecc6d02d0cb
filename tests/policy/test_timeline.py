"""The law over 2014 to 2027 as data for a chart."""

from __future__ import annotations

import json
from datetime import date

from linepack.odds.assess import neighbours
from linepack.policy.law import Law
from linepack.policy.plain import plain_timeline
from linepack.policy.timeline import events, timeline

SCHEDULED = {"2026-12-18", "2026-12-31", "2027-01-01", "2027-07-31", "2027-09-30", "2027-11-01"}


def test_scheduled_days_are_upcoming(law: Law) -> None:
    """Seen from 22 November 2026: licences, Botas, LNG, renewal, pipeline gas and its latest day."""
    marks = timeline(law).upcoming(date(2026, 11, 22))
    assert {mark.day.isoformat() for mark in marks} == SCHEDULED


def test_nothing_is_upcoming_that_was_not_set(law: Law) -> None:
    """On 13 March 2025 none of these days was set."""
    assert timeline(law.known_by(date(2025, 3, 13))).upcoming(date(2025, 3, 13)) == ()
    early = timeline(law.known_by(date(2025, 11, 1))).upcoming(date(2025, 11, 1))
    assert [mark.event for mark in early] == ["FX-LNG"]


def test_bars_and_marks_are_in_order_and_plain(law: Law) -> None:
    """Sorted by day, and JSON can hold it."""
    chart = timeline(law)
    assert [b.first_day for b in chart.bars] == sorted(b.first_day for b in chart.bars)
    assert [m.day for m in chart.marks] == sorted(m.day for m in chart.marks)
    assert all(mark.day >= date(2014, 1, 1) for mark in chart.marks)
    assert len(json.loads(json.dumps(plain_timeline(chart)))["bars"]) == len(chart.bars) > 100


def test_a_window_cuts_the_chart(law: Law) -> None:
    """Only what touches the days asked for."""
    chart = timeline(law, date(2025, 3, 1), date(2025, 3, 31))
    assert {m.event for m in chart.marks} >= {"EV-PUTIN-0313", "EV-GL8L", "EV-TRANSSHIP"}
    assert all(
        b.first_day <= chart.last_day and (b.last_day is None or b.last_day >= chart.first_day) for b in chart.bars
    )


def test_contacts_have_no_day() -> None:
    """Talks that nobody dated lie between two days; they are no neighbour of an event on one, and follow none."""
    known = {event.event: event for event in events()}
    for name in ("EV-CONTACTS", "EV-LNG-TALKS"):
        assert known[name].not_before == date(2025, 1, 20)
        assert known[name].date == date(2025, 3, 13)
        assert name not in {event.event for event in neighbours(known["EV-PUTIN-0313"])}
    assert "not known" in known["EV-CONTACTS"].what
    assert [row.event for row in events() if row.not_before and row.not_before >= row.date] == []


def test_the_first_term_is_a_position_of_its_own() -> None:
    """In 2018 he called Germany captive to Russian gas and had the EU want US LNG: the talks of 2025 reverse that."""
    known = {event.event: event for event in events()}
    assert known["EV-NATO-2018"].date == date(2018, 7, 11)
    assert "NS2_A" in known["EV-NATO-2018"].assets
    assert known["EV-JUNCKER-2018"].date < known["EV-CONTACTS"].date


def test_the_register_is_the_law_s(law: Law) -> None:
    """Events are read without the rest of the law, and are the same."""
    assert set(events()) == set(law.events)


def test_events_of_the_story_are_there(law: Law) -> None:
    """From the certification of 2021 to the signing of the US act of 2026."""
    events = {row.event: row.date for row in law.events}
    assert events["EV-SABOTAGE"] == date(2022, 9, 26)
    assert events["EV-PUTIN-0313"] == date(2025, 3, 13)
    assert events["EV-JEDDAH"] == date(2025, 3, 11)
    assert events["EV-TRUMP-THREAT"] == date(2025, 3, 7)
    assert events["EV-CALL"] == date(2025, 2, 12)
    assert events["EV-SRA"] == date(2026, 9, 18)
