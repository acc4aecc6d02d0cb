"""What was observed from 2014 to 2025, as single figures with their source; and the network of those years.

Ships with the package: nothing else is needed to run a back-test. Figures are yearly sums or means unless the
period says a quarter, a month or a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from linepack.errors import InputError
from linepack.system.schema import Table, day, number, text
from linepack.system.tables import packaged_table

FOLDER = "history"
SERIES = (
    "consumption", "production", "lng_import", "lng_export", "eu_import", "russian_route", "price", "forward",
    "exchange", "freight", "storage_fill", "import_demand", "capability", "contract", "end_user_cost", "degree_days",
    "fuel",
)  # fmt: skip

HISTORY = Table("history", "What was observed: one figure per series, place and period.",
                ("series", "place", "period"), (
    text("series", "What was observed.", choices=SERIES),
    text("place", "Market, group of markets or resources (';' between them), route, supplier, contract, marker."),
    text("period", "YYYY, YYYY-Qn, YYYY-MM, the day of a stock at 06:00, or 'usual YYYY', a mean of years to YYYY."),
    number("value", "see unit", "The figure."),
    text("unit", "Unit.", choices=("TWh", "EUR/MWh", "EUR/t", "USD/EUR", "USD/d", "1")),
))  # fmt: skip

OPENINGS = Table("openings", "Capacity of arcs before they were as the dataset of 2025 has them.",
                 ("arc", "first_day"), (
    text("arc", "Arc."),
    day("first_day", "First day."),
    day("last_day", "Last day."),
    number("capacity_gwh_d", "GWh/d", "Capacity between those days."),
))  # fmt: skip


@dataclass(frozen=True)
class History:
    """The observed figures, looked up by series, place and period."""

    figures: pd.DataFrame
    openings: pd.DataFrame

    def value(self, series: str, place: str, period: str | int) -> float:
        """Return one figure in its own unit. Errors: ``InputError`` if it was not observed."""
        found = self.by_place(series, period)
        if place not in found:
            raise InputError("not-observed", f"no {series} of '{place}' in {period}", table="history",
                             keys=[series, place, str(period)], hint="see the table history")  # fmt: skip
        return found[place]

    def by_place(self, series: str, period: str | int) -> dict[str, float]:
        """Return the figures of a series and period by place; empty if there are none."""
        rows = self.figures[(self.figures["series"] == series) & (self.figures["period"] == str(period))]
        return dict(zip(rows["place"], rows["value"].astype(float), strict=True))


@lru_cache
def load_history() -> History:
    """Return the tables ``history`` and ``openings``, checked by their schema."""
    frames = {}
    for table in (HISTORY, OPENINGS):
        frame = pd.DataFrame([dict(row) for row in packaged_table(FOLDER, table)])
        for column in frame.columns:
            if column.endswith("_day") or column == "known_from":
                frame[column] = frame[column].map(lambda value: value.isoformat() if value else "")
        frames[table.name] = frame
    return History(frames["history"], frames["openings"])
