"""The law as the page shows it: who must agree to each asset, before the horizon and at its end, and a timeline."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from linepack.policy.consents import consents
from linepack.policy.law import load_law
from linepack.policy.plain import plain_consents, plain_timeline
from linepack.policy.timeline import timeline
from linepack.scenario.scenario import Scenario

SHOWN_FROM = date(2021, 1, 1)


def law_content(scenario: Scenario) -> dict[str, Any]:
    """Return days, consents by day and asset, names of bodies and instruments, and the timeline.

    The days are the one before the scenario's first, and its last, or the last day of the timeline if that is sooner.
    """
    law = load_law()
    chart = timeline(law, first_day=SHOWN_FROM)
    last = scenario.periods[-1].end - timedelta(days=1)
    days = [scenario.periods[0].start - timedelta(days=1), min(last, chart.last_day)]
    return {
        "days": [day.isoformat() for day in days],
        "consents": {
            day.isoformat(): {row.asset: plain_consents(consents(law, row.asset, day)) for row in law.assets}
            for day in days
        },
        "instruments": {row.instrument: row.name for row in law.instruments},
        "bodies": {row.body: row.name for row in law.bodies},
        "timeline": plain_timeline(chart),
    }
