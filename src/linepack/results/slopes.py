"""Conduct on slopes that are measured in the regime itself, instead of those in the table of traders.

A seller's slope is what ``linepack.results.conduct.residual_slopes`` measures: by how much the hub prices that its
sales are exposed to fall per GWh/d between 5 bcm a year less and, if it has the gas, 5 bcm more. The market is solved
again with what was measured until sellers believe in what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd

from linepack.market.conduct import SLOPES_PARAMETER
from linepack.results.conduct import residual_slopes
from linepack.results.solution import MeasuredSlopes, Solution
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Conjecture

MOST_PASSES = 6
NEAR_FRACTION = 0.05
"""Slopes have settled where no measured one is further than this from the one that was used."""

LEAST_SLOPE = 1e-6
LEAST_WEIGHT, MOST_WEIGHT = 0.25, 1.5
LATER_WEIGHT = 0.7
"""The second pass moves a slope by between so many times the way to the measured one, those after it by the last."""


def is_measured(system: GasSystem) -> bool:
    """Return whether a system asks for slopes that are measured."""
    table = system.table("parameters")
    return bool((table.loc[table["parameter"] == SLOPES_PARAMETER, "value"] > 0).any())


def met_slopes(solution: Solution) -> dict[str, float]:
    """Return the fall of price in EUR/MWh per GWh/d that each owner group with power over residual demand meets.

    Errors: ``InputError`` for a path with rolling expectations, ``NotCertified``.
    """
    found = residual_slopes(solution)
    values = found["slope_eur_mwh_per_gwh_d"].clip(lower=LEAST_SLOPE)
    return dict(zip(found["owner_group"], values.tolist(), strict=True))


def solve_on_measured_slopes(system: GasSystem, solve_one: Callable[[GasSystem], Solution]) -> Solution:
    """Return the equilibrium in which sellers believe in the slopes that are measured in it.

    ``solve_one`` gives the equilibrium of a system. After ``MOST_PASSES`` what was reached is returned, and
    ``solution.slopes`` says that it has not settled. Errors: those of ``solve_one``.
    """
    used = _given(system)
    before: dict[str, tuple[float, float]] = {}
    frames = []
    for number in range(1, MOST_PASSES + 1):
        solution = solve_one(_with(system, used))
        found = met_slopes(solution)
        frames.append(pd.DataFrame([(number, group, used[group], slope) for group, slope in found.items()],
                                   columns=list(MeasuredSlopes.COLUMNS)))  # fmt: skip
        is_settled = all(abs(slope / used[group] - 1) <= NEAR_FRACTION for group, slope in found.items())
        if is_settled or number == MOST_PASSES:
            return replace(solution, slopes=MeasuredSlopes(number, is_settled, pd.concat(frames, ignore_index=True)))
        if number <= 2:
            further = {group: _next(used[group], slope, before.get(group)) for group, slope in found.items()}
        else:
            further = {group: used[group] + LATER_WEIGHT * (slope - used[group]) for group, slope in found.items()}
        before = {group: (used[group], slope) for group, slope in found.items()}
        used = used | further
    raise AssertionError("the last pass returns")


def _next(used: float, found: float, before: tuple[float, float] | None) -> float:
    """Return the next slope: the measured one, then where the line through the last two passes says both agree."""
    weight = 1.0
    if before is not None and used != before[0]:
        left = 1 - (found - before[1]) / (used - before[0])
        weight = min(max(1 / left, LEAST_WEIGHT), MOST_WEIGHT) if left > 0 else MOST_WEIGHT
    return max(used + weight * (found - used), LEAST_SLOPE)


def _given(system: GasSystem) -> dict[str, float]:
    traders = system.table("traders")
    return traders.groupby("owner_group")["residual_slope_eur_mwh_per_gwh_d"].max().to_dict()


def _with(system: GasSystem, slopes: Mapping[str, float]) -> GasSystem:
    """Return the system with these slopes of owner groups that look at residual demand."""
    table = system.table("traders")
    own = table["residual_slope_eur_mwh_per_gwh_d"]
    is_residual = table["conjecture"] == Conjecture.RESIDUAL.value
    changed = own.where(~is_residual, table["owner_group"].map(slopes))
    return system.with_tables(traders=table.assign(residual_slope_eur_mwh_per_gwh_d=changed))
