"""Load, solve and compare: facts and scenarios in, certified runs and tables out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from linepack.errors import InputError
from linepack.results.compare import compare_headlines, mean_changes, require_same_periods
from linepack.results.solution import SolveSettings as SolveSettings
from linepack.runs.runner import Progress as Progress
from linepack.runs.runner import run_scenarios
from linepack.runs.store import Run as Run
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder
from linepack.scenario.parse import SHAPES, SLOPES, shape_option, slopes_option
from linepack.scenario.patches import ConductPresetPatch
from linepack.scenario.scenario import Scenario as Scenario
from linepack.scenario.scenario import load_scenario as load_scenario
from linepack.solve import solver_names
from linepack.system.dataset import check_tables, load_dataset
from linepack.system.gassystem import GasSystem as GasSystem
from linepack.vocabulary import ConductPreset, DemandShape

Asking = str | Path | Scenario
"""A scenario: CASE/NAME, the path of a YAML file, or one that was loaded."""

Facts = GasSystem | str | Path
"""Facts: those that were loaded, or the name or folder of a dataset."""

Started = Callable[[GasSystem, Scenario], None]
"""Called with facts and scenario before they are solved."""


def load_system(name_or_path: str | Path = "2025") -> GasSystem:
    """Return the facts: a dataset that comes with linepack, a folder with ``datapackage.json``, or an Excel workbook.

    ``data_copy`` makes the last two. ``system.table(NAME)`` is a pandas table; the ending of a column is its unit. Edit
    it and give it back: ``system.with_tables(arcs=arcs)`` is another system, for ``solve(SCENARIO, system=...)``.
    Errors: one ``InputError`` that lists every problem with its table, rows and remedy.

    >>> import linepack
    >>> arcs = linepack.load_system("2025").table("arcs").set_index("arc")
    >>> arcs.loc["NS2_B", ["origin", "destination", "state"]].tolist()
    ['RU-WEST', 'DE', 'closed']
    """
    return load_dataset(name_or_path)


def solve_settings(solver: str = "auto") -> SolveSettings:
    """Return solve settings. Errors: ``InputError`` for a solver that does not exist."""
    if solver not in solver_names():
        raise InputError("unknown-solver", f"there is no solver '{solver}'", keys=[solver],
                         hint=f"one of {', '.join(solver_names())}")  # fmt: skip
    return SolveSettings(solver=solver)


def scenario_of(
    asked: Asking, conduct: str | None = None, demand: str | None = None, slopes: str | None = None
) -> Scenario:
    """Return a scenario as it is, or load it; with a preset of conduct, a shape of demand, and slopes (see below)."""
    loaded = asked if isinstance(asked, Scenario) else load_scenario(asked)
    return with_slopes(with_demand(with_conduct(loaded, conduct), demand), slopes)


def facts_of(system: Facts | None, scenario: Scenario) -> GasSystem:
    """Return the facts given, loaded if they are a name or a folder; else those of the scenario's dataset."""
    return given_facts(scenario.dataset if system is None else system)


def given_facts(system: Facts) -> GasSystem:
    """Return facts, loaded if they are a name or a folder.

    Errors: one ``InputError`` that lists every problem, also of tables that were edited.
    """
    if not isinstance(system, GasSystem):
        return load_dataset(system)
    issues = check_tables(system)
    if issues:
        raise InputError("bad-dataset", f"{len(issues)} problem(s) in the facts given", issues=issues)
    return system


def with_conduct(scenario: Scenario, conduct: str | None) -> Scenario:
    """Return a scenario with a preset of conduct (competitive, calibrated, cournot), added after its own patches.

    Errors: ``InputError`` for another word.
    """
    if conduct is None or conduct == ConductPreset.CALIBRATED:
        return scenario
    if conduct not in tuple(ConductPreset):
        raise InputError("unknown-conduct", f"there is no conduct '{conduct}'", keys=[conduct],
                         hint=f"one of {', '.join(ConductPreset)}")  # fmt: skip
    patch = ConductPresetPatch("conduct", f"--conduct {conduct}", ConductPreset(conduct))
    return scenario.with_patches(f"{scenario.name}, {conduct}", patch, title=f"{scenario.title}, {conduct}")


def with_demand(scenario: Scenario, shape: str | None) -> Scenario:
    """Return a scenario in which demand that is a straight line has a shape: isoelastic or exponential.

    Errors: ``InputError`` for another word.
    """
    if shape is None:
        return scenario
    if shape not in SHAPES:
        raise InputError("unknown-shape", f"there is no shape of demand '{shape}'", keys=[shape],
                         hint=f"one of {', '.join(SHAPES)}")  # fmt: skip
    return scenario.with_patches(f"{scenario.name}, {shape} demand", shape_option(DemandShape(shape)),
                                 title=f"{scenario.title}, {shape} demand")  # fmt: skip


def with_slopes(scenario: Scenario, slopes: str | None) -> Scenario:
    """Return a scenario whose sellers' slopes are ``given`` in the table of traders, or ``measured`` in the regime.

    Errors: ``InputError`` for another word.
    """
    if slopes is None:
        return scenario
    if slopes not in SLOPES:
        raise InputError("unknown-slopes", f"slopes are not '{slopes}'", keys=[slopes],
                         hint=f"one of {', '.join(SLOPES)}")  # fmt: skip
    return scenario.with_patches(f"{scenario.name}, {slopes} slopes", slopes_option(slopes),
                                 title=f"{scenario.title}, {slopes} slopes")  # fmt: skip


def solve(
    scenario: Asking,
    *,
    conduct: str | None = None,
    demand: str | None = None,
    slopes: str | None = None,
    system: Facts | None = None,
    solver: str = "auto",
    workspace: str | Path | None = None,
    on_start: Started | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Return the certified run of a scenario; what was solved before is read from the workspace.

    ``system`` is the scenario's dataset unless given: facts, a name or a folder. ``conduct`` makes all sellers with
    market power competitive or cournot, ``demand`` isoelastic or exponential what is a straight line; the ``slopes``
    that sellers believe in are given, or measured in the regime. ``workspace`` is a folder; without it that of the
    environment variable ``LINEPACK_WORKSPACE``, else ``linepack-results`` here. ``run.headline`` (figure, label, value,
    unit) and ``run.tables[NAME]`` are pandas tables; ``run`` shows its headline figures and prices in a notebook.
    Errors: ``InputError`` for facts or a scenario that do not fit, ``NotCertified`` if no answer passes.

    >>> import linepack
    >>> run = linepack.solve("us-gazprom-2025/status-quo")
    >>> run.tables["price_markers"].columns.tolist()
    ['marker', 'period', 'days', 'price_eur_mwh']
    """
    loaded = scenario_of(scenario, conduct, demand, slopes)
    facts = facts_of(system, loaded)
    if on_start is not None:
        on_start(facts, loaded)
    outcome = run_scenarios(facts, [loaded], RunStore(workspace_folder(workspace)), settings=solve_settings(solver),
                            workers=1, on_progress=on_progress)[0]  # fmt: skip
    if outcome.error is not None:
        raise outcome.error
    assert outcome.run is not None
    return outcome.run


def compare(
    base: Asking | Run, other: Asking | Run, table: str | None = None, *, conduct: str | None = None,
    demand: str | None = None, slopes: str | None = None, system: Facts | None = None,
    workspace: str | Path | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return what differs between two scenarios or runs; scenarios are solved first.

    Without ``table``: the headline figures, indexed by figure, whose name ends in its unit; columns base, other,
    change, change_fraction. With a table's name (hub_prices, flows, sales, storage, consumption, price_markers): means
    over the horizon by the keys of that table; columns base, other, change in ``unit``, the largest change first.
    Errors: those of ``solve``, and ``InputError`` for a table that cannot be compared or for other horizons.

    >>> import linepack
    >>> change = linepack.compare("us-gazprom-2025/status-quo", "us-gazprom-2025/ns2-b-open")
    >>> bool(change.loc["ttf_eur_mwh", "change"] < 0)
    True
    """
    runs = [a if isinstance(a, Run) else solve(scenario_of(a, conduct, demand, slopes), system=system,
                                               workspace=workspace) for a in (base, other)]  # fmt: skip
    if table is None:
        require_same_periods(runs[0].tables, runs[1].tables)
        return compare_headlines(runs[0].tables, runs[1].tables).set_index("figure")
    return mean_changes(runs[0].tables, runs[1].tables, table)
