"""The supply-demand closure, shown before a solve: one per cent of world LNG moves prices by more than 1 EUR/MWh."""

from __future__ import annotations

from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem


def print_closure(system: GasSystem, scenario: Scenario) -> None:
    """Write the closure of a scenario to stderr."""
