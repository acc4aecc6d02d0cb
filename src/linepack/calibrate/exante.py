"""Ex ante: April to December 2025 from what was known on 13 March 2025.

The scenario is the status quo of the case ``us-gazprom-2025``, with facts and law of the day. Nothing that happened
later enters, no filling target or stock is imposed, and no parameter was chosen by the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd

from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, within
from linepack.results.solution import SolveSettings, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.expectations import Rolling
from linepack.scenario.patches import QuantityPatch, Span
from linepack.scenario.scenario import Scenario, known_on, load_case
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.history import load_history
from linepack.system.years import EUROPE

DAY = date(2025, 3, 13)
CASE = "us-gazprom-2025"
FIRST, LAST = "2025-04", "2025-12"
WINTER = Span(date(2025, 11, 1), date(2026, 3, 31))
ROLLING_PART = "ex ante, 13 March 2025, the future as the forward curve of the day"
FORESIGHT_PART = "ex ante, 13 March 2025, with foresight"
ROLLING_LACKS = "the curve of the day stays the market's belief to the end: news of the summer are not in it"
FORESIGHT_LACKS = (
    "stocks answer to prices of a winter that is known to be a usual one: neither the filling target of the law (90 % "
    "of working gas on 1 November) nor the value of a store in a winter that may be cold is in this run"
)
COLD_FACTOR = 1.08
"""Household demand of a cold winter: the end of the band of headlines; degree-days deviate by 5 % from year to year."""
PRICE_SHARE = 0.15
STOCK_POINTS = 7.0


def scenario_of_the_day() -> Scenario:
    """Return the status quo as it was known on the day."""
    return known_on(load_case(CASE), DAY).scenarios[0]


def ex_ante_checks(settings: SolveSettings | None = None) -> list[Check]:
    """Return TTF, JKM and the autumn stock against what followed, and against naive forecasts of the day.

    Once with rolling expectations, the future being the forward curve of the day, and once with foresight.
    """
    scenario, facts = scenario_of_the_day(), load_dataset()
    modes = ((ROLLING_PART, replace(scenario, rolling=Rolling()), ROLLING_LACKS),
             (FORESIGHT_PART, scenario, FORESIGHT_LACKS))  # fmt: skip
    checks = [check for part, own, lacks in modes for check in _mode_checks(facts, part, own, lacks, settings)]
    winter = QuantityPatch("cold winter", "shown beside", "demand", (), EUROPE, (), WINTER, COLD_FACTOR,
                           segments=("household",))  # fmt: skip
    cold = scenario.with_patches("cold winter", winter)
    stock = _mode_checks(facts, "", cold, "", settings)[-1].model - checks[-1].model
    lacks = f"{FORESIGHT_LACKS}. Size, points: foresight of a winter 8 % colder {stock:+.1f}"
    return [*checks[:-1], replace(checks[-1], mechanism=lacks)]


def _mode_checks(
    facts: GasSystem, part: str, scenario: Scenario, lacks: str, settings: SolveSettings | None
) -> list[Check]:
    system = load_dataset(scenario.dataset)
    tables = result_tables(solve_system(system, scenario, settings), ("price_markers", "storage"))
    seen = facts.table("market_prices")
    seen = seen[seen["month"].between(FIRST, LAST)]
    prices = tables["price_markers"]
    own = prices[prices["period"].between(FIRST, LAST)]
    model = {
        str(marker): float(np.average(rows["price_eur_mwh"], weights=rows["days"]))
        for marker, rows in own.groupby("marker")
    }
    history = load_history()
    forward = history.value("forward", "TTF April to December 2025 on 2025-03-13", "2025")
    naive = {PERSISTENCE: history.value("price", "TTF front month", DAY.isoformat()), FORWARD: forward}
    ttf, jkm = (float(seen[column].mean()) for column in ("ttf_eur_mwh", "jkm_eur_mwh"))
    low, high = within(ttf, PRICE_SHARE)
    stock = autumn_stock(facts)
    return [
        Check(part, "TTF, April to December 2025", "EUR/MWh", model["TTF"], ttf, low, high,
              f"within {100 * PRICE_SHARE:.0f} %", naive, lacks),
        Check(part, "JKM, April to December 2025", "EUR/MWh", model["JKM"], jkm, is_shown_only=True),
        Check(part, "EU stock at the end of October 2025", "% of working gas", _stock(facts, system, tables), stock,
              stock - STOCK_POINTS, stock + STOCK_POINTS, f"within {STOCK_POINTS:g} points",
              {PERSISTENCE: history.value("storage_fill", "EU27", "2024-11-01") * 100}, lacks),
    ]  # fmt: skip


def autumn_stock(facts: GasSystem) -> float:
    """Return the observed fill on 1 November 2025 in per cent."""
    table = facts.table("observations")
    row = table[(table["quantity"] == "storage_fill") & (table["first_day"] == "2025-11-01")]
    return float(row["value"].iloc[0])


def _stock(facts: GasSystem, system: GasSystem, tables: Mapping[str, pd.DataFrame]) -> float:
    """Return the fill at the end of October of the countries that the observation counts, in per cent."""
    seen = facts.table("observations")
    row = seen[(seen["quantity"] == "storage_fill") & (seen["first_day"] == "2025-11-01")].iloc[0]
    names = str(row["destination"]).split(";")
    frame = tables["storage"]
    level = frame.loc[(frame["period"] == "2025-10") & frame["node"].isin(names), "level_gwh"].sum()
    volume = system.table("storages").set_index("node")["working_gas_gwh"][names].sum()
    return float(100 * level / volume)
