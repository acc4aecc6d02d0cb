"""A certified solution with its labels: values, and shadow prices in EUR/MWh, positive when scarce."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.compile import compile_problem
from linepack.market.memory import memory_rows
from linepack.market.parameters import Closing
from linepack.market.problem import Problem
from linepack.results.equilibrium import SolveSettings, program_of, solve_problem
from linepack.results.likely import Likely, beginning, shipped_limits
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.solve import CertifiedSolution
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True)
class RollingPath:
    """What a path with rolling expectations has besides its point: windows, what each expected, parts of prices.

    ``expected`` has seen_on, marker, period, expected_eur_mwh, outlook_balance_gwh_d, realised_eur_mwh (NaN beyond the
    horizon); ``parts`` is the price breakdown, taken in the window that decided each period.
    """

    windows: int
    expected: pd.DataFrame
    parts: pd.DataFrame


@dataclass(frozen=True)
class MeasuredSlopes:
    """Slopes of residual demand that were measured in the regime: how many passes, and whether they settled.

    ``table`` has pass, owner_group, used_eur_mwh_per_gwh_d (believed in that pass), measured_eur_mwh_per_gwh_d.
    """

    COLUMNS = ("pass", "owner_group", "used_eur_mwh_per_gwh_d", "measured_eur_mwh_per_gwh_d")

    passes: int
    is_settled: bool
    table: pd.DataFrame

    @property
    def last(self) -> pd.DataFrame:
        """The rows of the last pass, without its number."""
        return self.table[self.table["pass"] == self.passes].drop(columns="pass").reset_index(drop=True)


@dataclass(frozen=True)
class Solution:
    """An equilibrium: the patched system, the problem with its labels, and the certified point.

    With rolling expectations it is a path of windows, each an equilibrium of its own: then there is ``rolling``. Where
    sellers' slopes were measured in the regime there is ``slopes``.
    """

    system: GasSystem
    problem: Problem
    certified: CertifiedSolution
    rolling: RollingPath | None = None
    slopes: MeasuredSlopes | None = None

    def values(self, variable: str) -> np.ndarray:
        """Return the values of a variable, shape (periods or windows, entities), in the unit of the variable."""
        return self.certified.x[self.problem.variables[variable].columns]

    def labels(self, variable: str) -> pd.DataFrame:
        """Return the entities of a variable, in the order of its columns."""
        return self.problem.variables[variable].labels

    def shadow_prices(self, equation: str) -> np.ndarray:
        """Return the shadow prices of an equation over periods, shape (periods, entities), in EUR/MWh."""
        rows = self.problem.equations[equation].rows
        return self.certified.row_dual[rows] / self.problem.sets.weight[:, None]

    @property
    def days(self) -> np.ndarray:
        """Days of each period."""
        return self.problem.sets.days

    @property
    def labels_of_periods(self) -> list[str]:
        """Label of each period."""
        return [period.label for period in self.problem.sets.periods]

    def hub_prices(self) -> pd.DataFrame:
        """Return the hub price in EUR/MWh, periods by pool nodes: the shadow price of ``pool_balance``."""
        nodes = self.problem.equations["pool_balance"].labels["node"]
        return pd.DataFrame(self.shadow_prices("pool_balance"), index=self.labels_of_periods, columns=list(nodes))


def solve_system(
    system: GasSystem, scenario: Scenario, settings: SolveSettings | None = None, *, likely: Likely | None = None
) -> Solution:
    """Return the certified equilibrium of a scenario on a dataset.

    With rolling expectations it is the path of windows that are certified one by one. What is ``likely`` to bind and to
    flow, or else what comes with the dataset, makes it quicker, not different. Where consumers remember prices, the
    market is solved until their memory is that of its own prices; where slopes are measured, until sellers believe in
    those of the regime itself.
    Errors: ``InputError`` for facts or patches that do not fit, ``NotCertified`` if no answer passes.
    """
    chosen = settings or SolveSettings()
    if scenario.rolling is not None:
        from linepack.results.rolling import solve_rolling  # it solves windows with what is defined here

        return solve_rolling(system, scenario, chosen)
    patched = apply_scenario(system, scenario)
    expected = shipped_limits(system.dataset) if likely is None else likely

    def once(own: GasSystem) -> Solution:
        problem = compile_problem(own, scenario.periods, closing=Closing(scenario.closing))
        begin = None if expected is None else beginning(problem, expected)
        return Solution(own, *solve_problem(problem, chosen, begin=begin))

    def remembering(own: GasSystem) -> Solution:
        from linepack.results.memory import solve_remembering  # as above

        return once(own) if memory_rows(own).empty else solve_remembering(own, scenario.periods, once)

    from linepack.results.slopes import is_measured, solve_on_measured_slopes  # as above

    return solve_on_measured_slopes(patched, remembering) if is_measured(patched) else remembering(patched)


__all__ = ["Likely", "Solution", "SolveSettings", "program_of", "solve_problem", "solve_system"]
