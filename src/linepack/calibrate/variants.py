"""Variants of a prediction, shown beside it: what a missed bar lacks, and how large that is.

None is a part of the prediction: each imposes something that could not be known in the base year, or takes another of
several readings. A variant is a set of systems by year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from linepack import units
from linepack.market.memory import carried_on, memory_rows, with_memory
from linepack.results.headline import EU
from linepack.scenario.patches import OptionPatch, Patch, QuantityPatch, Span
from linepack.system.calendar import days_in_month, monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.history import load_history
from linepack.system.years import EUROPE, YearOf, demand_growth_twh, year_system

EARLIEST_PRICE = 2019
WITHOUT_MEMORY = "without memory of prices"
WITH_EARLIER = "with the prices before the base year remembered too"
FLAT_CHINA = "with no growth in China"
POWER_GAP = "with the power that was missing in 2022"
STIFF = "with half the elasticities"

FORGETFUL = OptionPatch("no memory", "shown beside", "memory_multiplier", 0.0)
GAP_YEAR, GAP_TWH = 2022, 113.0
GAP_SOURCE = (
    "Ember, European Electricity Review 2023: nuclear and hydro gave 185 TWh less power than in 2021, sun and wind 39 "
    "and 33 TWh more; half of the rest from gas at 50 % (linepack)"
)
HALF = 0.5


def varied_systems(
    facts: GasSystem, base: int, systems: Mapping[int, GasSystem]
) -> dict[str, Mapping[int, GasSystem]]:  # fmt: skip
    """Return the systems of the test years by variant. ``systems`` are those of the prediction."""
    stiff = halved(facts)
    found: dict[str, Mapping[int, GasSystem]] = {
        WITHOUT_MEMORY: {year: FORGETFUL.apply(own) for year, own in systems.items()},
        FLAT_CHINA: {year: flat_china(own, YearOf(year, base)).apply(own) for year, own in systems.items()},
        POWER_GAP: {year: power_gap(own).apply(own) if year == GAP_YEAR else own for year, own in systems.items()},
        STIFF: {year: year_system(stiff, YearOf(year, base)) for year in systems},
    }  # fmt: skip
    if base > EARLIEST_PRICE:
        found[WITH_EARLIER] = {year: remembering_earlier(own, base) for year, own in systems.items()}
    return found


def halved(facts: GasSystem) -> GasSystem:
    """Return the facts with half the elasticities of demand, everywhere."""
    demand = facts.table("demand")
    return facts.with_tables(demand=demand.assign(elasticity=HALF * demand["elasticity"]))


def flat_china(system: GasSystem, which: YearOf) -> Patch:
    """Return the patch by which China needs what it needed in the base year: in 2022 it was locked down."""
    needed = _wanted_twh(system, system.table("demand")["node"].isin(["CN"]))
    grown = demand_growth_twh(which, load_history())["CN"]
    return QuantityPatch("China as before", "lockdowns of 2022 were not foreseen", "demand", ("CN",), (), (),
                         Span(None, None), 1 - grown / needed)  # fmt: skip


def power_gap(system: GasSystem) -> Patch:
    """Return the patch by which European plants burn ``GAP_TWH`` more gas at unchanged prices."""
    table = system.table("demand")
    is_eu = table["node"].map(system.table("nodes").set_index("node")["region"]) == EU
    burnt = _wanted_twh(system, is_eu & table["segment"].str.startswith("power"))
    return QuantityPatch("missing power", GAP_SOURCE, "demand", (), (EU,), (), Span(date(GAP_YEAR, 1, 1)),
                         1 + GAP_TWH / burnt, segments=("power*",))  # fmt: skip


def _wanted_twh(system: GasSystem, rows: pd.Series) -> float:
    """Return what some rows of demand want in the year at their reference prices, in TWh."""
    own = system.table("demand")[rows]
    return float(units.twh_from_gwh(own["quantity_gwh_d"] * own["month"].map(days_in_month)).sum())


def remembering_earlier(system: GasSystem, base: int) -> GasSystem:
    """Return a test year's system whose consumers also remember the prices before the base year.

    Demand of the base year, as observed, was that of users who remembered ``m``: without it they would have used
    ``exp(lasting_elasticity m)`` as much. Prices of 2019 stand for those before.
    """
    rows, periods = memory_rows(system), monthly_periods(f"{system.table('demand')['month'].min()}", 12)
    region = rows["node"].map(system.table("nodes").set_index("node")["region"])
    cost, kept = rows["end_user_cost_eur_mwh"].to_numpy(dtype=float), rows["retention_fraction"].to_numpy(dtype=float)

    def paid(year: int) -> np.ndarray:
        price = load_history().by_place("price", year)
        return np.where(region.isin(EUROPE), price["TTF"], price["JKM"]) + cost

    state = np.log(paid(EARLIEST_PRICE) / paid(base))
    for year in range(EARLIEST_PRICE + 1, base):
        state = kept * state + (1 - kept) * np.log(paid(year) / paid(base))
    moved = with_memory(system, rows, periods, -np.vstack([state, state]))
    return moved.with_tables(demand_memory=carried_on(system, rows, (kept * state)[None, :]))
