"""The supply-demand closure, shown before a solve: one per cent of world LNG moves prices by more than 1 EUR/MWh."""

from __future__ import annotations

from collections.abc import Sequence

from linepack.errors import Issue, Severity
from linepack.report.text import change, number, plain_table
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.closure import WORLD, Span, closure
from linepack.system.gassystem import GasSystem

PARTS = {
    "consumption_twh": "consumption", "indigenous_production_twh": "home production",
    "pipeline_availability_twh": "by pipe", "storage_withdrawal_twh": "from store", "lng_need_twh": "LNG needed",
    "lng_availability_twh": "LNG available",
}  # fmt: skip


def closure_text(system: GasSystem, scenario: Scenario) -> str:
    """Return the world's closure by quarter at reference prices, before any price moves anything."""
    frame = closure(apply_scenario(system, scenario), scenario.periods)
    world = frame[frame["region"] == WORLD]
    rows = [(str(row["span"]), *(number(row[name], 0) for name in PARTS), change(row["gap_twh"], 0) or "0",
             _share(row["gap_twh"], row["lng_availability_twh"]))
            for _, row in world.iterrows()]  # fmt: skip
    total = world["gap_twh"].sum()
    rows.append(("whole horizon", *(number(world[name].sum(), 0) for name in PARTS), change(total, 0) or "0",
                 _share(total, world["lng_availability_twh"].sum())))  # fmt: skip
    table = plain_table(("TWh", *PARTS.values(), "short", "of LNG"), rows)
    return f"Supply and demand of '{scenario.name}' at reference prices, before the market clears\n{table}\n"


def _share(gap_twh: float, lng_twh: float) -> str:
    """Return the gap in per cent of LNG; a world without LNG has no such share."""
    return f"{change(100 * gap_twh / lng_twh) or '0'} %" if lng_twh > 0 else "-"


def monthly_closure_text(system: GasSystem, year: int) -> str:
    """Return the closure of a calendar year by month: the LNG that each region needs, and what the world has."""
    frame = closure(system, monthly_periods(f"{year}-01", 12), Span.MONTH)
    need = frame.pivot(index="span", columns="region", values="lng_need_twh")
    world = frame[frame["region"] == WORLD].set_index("span")
    regions = [region for region in dict.fromkeys(frame["region"]) if region != WORLD]
    rows = [(month, *(number(need.loc[month, region]) for region in regions), number(need.loc[month, WORLD]),
             number(world.loc[month, "lng_availability_twh"]), change(world.loc[month, "gap_twh"]) or "0")
            for month in world.index]  # fmt: skip
    total = (*need[regions].sum(), need[WORLD].sum(), world["lng_availability_twh"].sum())
    rows.append(("year", *map(number, total), change(world["gap_twh"].sum()) or "0"))
    table = plain_table(("TWh of LNG", *regions, WORLD, "available", "short"), rows)
    return f"LNG that {year} needs at reference prices, by month and region\n{table}\n"


def check_text(system: GasSystem, issues: Sequence[Issue]) -> str:
    """Return the issues of a dataset, one a line, and how many there are."""
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    lines = [f"{'error, ' if issue.severity is Severity.ERROR else ''}{issue}" for issue in issues]
    rows = sum(len(frame) for frame in system.tables.values())
    return "\n".join((*lines, f"{system.dataset}: {len(system.tables)} tables, {rows:,} rows, "
                               f"{errors} error(s), {len(issues) - errors} warning(s)"))  # fmt: skip
