"""What was known then: an answer as of a day uses no row known later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linepack.policy.consents import consents
from linepack.policy.law import Law, law_on
from linepack.policy.matching import instruments_on
from linepack.policy.plain import plain_consents, plain_law, plain_timeline
from linepack.policy.schema import LAW_TABLES
from linepack.policy.timeline import timeline

DAYS = [date(2022, 3, 1), date(2025, 3, 13), date(2026, 1, 1)]


def everything(law: Law, known_on: date) -> str:
    """Return every answer as of a day: the law, the timeline, and instruments and consents of every asset."""
    known = law.known_by(known_on)
    parts: list[Any] = [plain_timeline(timeline(known))]
    for on in (known_on, date(2027, 12, 1)):
        state = law_on(law, on, known_on)
        parts.append(plain_law(state, state.instruments))
        for asset in known.assets:
            parts.append(plain_consents(consents(law, asset.asset, on, known_on=known_on)))
            parts.append(plain_law(state, instruments_on(law, on, asset=asset.asset, known_on=known_on)))
    return json.dumps(parts, indent=1, ensure_ascii=False)


def perturbed(law: Law, known_on: date) -> tuple[Law, int]:
    """Return the law with a text, a day or a formula changed in every row known later, and how many those are."""
    count = 0
    tables: dict[str, Any] = {}
    for table in LAW_TABLES:
        rows = []
        for row in getattr(law, table.name):
            if row.known_from > known_on:
                count += 1
                changes: dict[str, Any] = {"source": "changed", "note": "changed"}
                for name, value in (
                    ("first_day", date(2020, 1, 1)),
                    ("date", date(2020, 1, 1)),
                    ("opens_by", "adopt:DE"),
                    ("value", 99.0),
                    ("until", date(2020, 1, 1)),
                    ("name", "changed"),
                    ("what", "changed"),
                    ("assets", ()),
                    ("population_percent", 50.0),
                ):
                    if hasattr(row, name):
                        changes[name] = value
                row = replace(row, **changes)
            rows.append(row)
        tables[table.name] = tuple(rows)
    return replace(law, **tables), count


@pytest.mark.parametrize("day", DAYS)
def test_later_rows_change_nothing(law: Law, day: date) -> None:
    """Every row known after the day is changed, in text, day, formula and value: the answer stays byte for byte."""
    changed, count = perturbed(law, day)
    assert count > 50
    assert everything(changed, day) == everything(law, day)


def test_later_rows_can_be_deleted(law: Law) -> None:
    """The same with the later rows gone: nothing of them is looked up."""
    day = date(2025, 3, 13)
    assert everything(law.known_by(day), day) == everything(law, day)


def test_the_perturbation_bites_without_the_filter(law: Law) -> None:
    """A test that cannot fail is none: with hindsight the same change does show."""
    changed, _ = perturbed(law, date(2025, 3, 13))
    today = date(2026, 11, 22)
    assert plain_consents(consents(changed, "NS2_B", today)) != plain_consents(consents(law, "NS2_B", today))


@pytest.mark.parametrize(
    "word", ["2026", "2027", "REPOWER", "PKG-18", "PKG-19", "Merz", "Lukoil", "Hormuz", "28-point"]
)
def test_march_2025_does_not_know_the_future(law: Law, word: str) -> None:
    """No answer as of 13 March 2025 on that day names an act, a person's office or an event of later.

    Days of 2026 and 2027 can appear only where they were already set: the methane rules and the storage rule.
    """
    day = date(2025, 3, 13)
    known = law.known_by(day)
    lines = []
    for asset in known.assets:
        answer = plain_consents(consents(law, asset.asset, day, known_on=day))
        lines += json.dumps(answer, indent=1, ensure_ascii=False).splitlines()
    state = law_on(law, day, day)
    lines += json.dumps(plain_law(state, state.in_force), indent=1, ensure_ascii=False).splitlines()
    found = [line for line in lines if word in line and "http" not in line]
    allowed = {
        "2026": {'"last_day": "2026-12-31",'},
        "2027": {'"first_day": "2027-01-01",'},
    }.get(word, set())
    assert {line.strip() for line in found} <= allowed
