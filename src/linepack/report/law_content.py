"""The law as the page shows it: who must agree to each asset on any day, and a timeline.

An answer of the law holds from one day of its rows to the next, so the answer for every day is a short list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from linepack.policy.consents import Consents, consents
from linepack.policy.effects import STOCK_DAYS
from linepack.policy.law import Law, covers, load_law
from linepack.policy.matching import binds, flow_of
from linepack.policy.plain import plain_consents, plain_timeline
from linepack.policy.timeline import timeline
from linepack.policy.words import Expression
from linepack.scenario.scenario import Scenario

SHOWN_FROM = date(2021, 1, 1)
SHOWN_BLOCKS = 1
NOT_SHOWN = ("schema", "on", "known_on", "bars", "formula_tree", "one_refusal_opens_by")


def law_content(scenario: Scenario) -> dict[str, Any]:
    """Return the day to start from, filling rules, consents by asset from each day of change on, names, the timeline.

    The day is the one before the scenario's first. Consents run from ``SHOWN_FROM`` to the timeline's last day.
    """
    day, last = scenario.periods[0].start - timedelta(days=1), scenario.periods[-1].end
    return {"day": day.isoformat(), "filling": filling_days(load_law(), day, last), **_content()}


def filling_days(law: Law, day: date, last: date) -> list[dict[str, Any]]:
    """Return what stores must hold by when, after ``day``: by the law as known on that day, and as it came to be.

    Keys: day, share_fraction, scope, note, is_later_law (true for what the law of ``day`` did not hold yet).
    """
    found: dict[tuple[date, float], dict[str, Any]] = {}
    for is_later, known in ((False, law.known_by(day)), (True, law)):
        for scope in known.live_scopes:
            if scope.expression is not Expression.STOCK or scope.value is None:
                continue
            month, of_month = STOCK_DAYS[scope.effect_note]
            for year in range(day.year, last.year + 1):
                on = date(year, month, of_month)
                if day < on <= last and covers(scope, on):
                    found.setdefault((on, scope.value), {
                        "day": on.isoformat(), "share_fraction": scope.value, "scope": scope.scope, "note": scope.note,
                        "is_later_law": is_later,
                    })  # fmt: skip
    return [found[key] for key in sorted(found)]


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    law = load_law()
    chart = timeline(law, first_day=SHOWN_FROM)
    return {
        "consents": {row.asset: consents_over_time(law, row.asset, chart.first_day, chart.last_day)
                     for row in law.assets},
        "instruments": {row.instrument: row.name for row in law.instruments},
        "bodies": {row.body: row.name for row in law.bodies},
        "sources": {**{row.instrument: row.source for row in law.instruments},
                    **{row.event: row.source for row in law.events}},
        "timeline": plain_timeline(chart),
    }  # fmt: skip


def consents_over_time(law: Law, asset: str, first_day: date, last_day: date) -> list[dict[str, Any]]:
    """Return what the law answers on an asset, in order of days: ``from`` is the first day on which an answer holds."""
    found: list[dict[str, Any]] = []
    before: Consents | None = None
    for day in [first_day, *(d for d in change_days(law, asset) if first_day < d <= last_day)]:
        now = consents(law, asset, day)
        if before is not None and replace(now, on=before.on) == before:
            continue
        before, whole = now, plain_consents(now)
        answer = {key: value for key, value in whole.items() if key not in NOT_SHOWN}
        answer["votes"] = [
            {"deed": vote["deed"], "smallest_block_size": vote["smallest_block_size"],
             "smallest_blocks": vote["smallest_blocks"][:SHOWN_BLOCKS]} for vote in whole["votes"]
        ]  # fmt: skip
        if not found or answer != {k: v for k, v in found[-1].items() if k != "from"}:
            found.append({"from": day.isoformat(), **answer})
    return found


def change_days(law: Law, asset: str) -> list[date]:
    """Return the days on which the answer for an asset may change: those of the rows it rests on, and the next."""
    flow = flow_of(law, asset)
    scopes = [scope for scope in law.live_scopes if binds(scope, flow)]
    names = {scope.instrument for scope in scopes}
    names |= {law.instrument(name).regime for name in names}
    gates = {row.gate for row in law.gates if asset in row.assets}
    rows: list[Any] = [*scopes, *law.members]
    for table in (law.exemptions, law.stages, law.renewals):
        rows += [row for row in table if row.instrument in names]
    rows += [row for row in law.gate_states if row.gate in gates]
    return sorted(_days(rows))


def _days(rows: Iterable[Any]) -> Iterator[date]:
    found = set()
    for row in rows:
        for item in fields(row):
            value = getattr(row, item.name)
            if isinstance(value, date) and item.name != "known_from":
                found |= {value} if item.name == "first_day" else {value, value + timedelta(days=1)}
    yield from found
