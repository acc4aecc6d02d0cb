"""Load, solve, compare and explain: facts and scenarios in, certified runs and tables out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from linepack.errors import InputError
from linepack.report.why import Asked, asked_about, flow_reasons, why_price
from linepack.results.compare import compare_headlines, mean_changes
from linepack.results.redirects import supply_changes
from linepack.results.solution import SolveSettings
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.runs.store import workspace as workspace_folder
from linepack.scenario.scenario import Scenario
from linepack.scenario.scenario import load_scenario as load_scenario
from linepack.solve import solver_names
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem

Asking = str | Path | Scenario
"""A scenario: CASE/NAME, the path of a YAML file, or one that was loaded."""


def load_system(name_or_path: str | Path = "2025") -> GasSystem:
    """Return the facts: a dataset that comes with linepack, or a folder with ``datapackage.json``.

    ``system.table(NAME)`` is a pandas table; the ending of a column is its unit. Errors: one ``InputError`` that
    lists every problem with its table, rows and remedy.

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


def scenario_of(asked: Asking) -> Scenario:
    """Return a scenario as it is, or load it."""
    return asked if isinstance(asked, Scenario) else load_scenario(asked)


def solve(
    scenario: Asking,
    *,
    system: GasSystem | None = None,
    solver: str = "auto",
    workspace: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Return the certified run of a scenario; what was solved before is read from the workspace.

    ``system`` is the scenario's dataset unless given. ``workspace`` is a folder; without it that of the environment
    variable ``LINEPACK_WORKSPACE``, else ``linepack-results`` here. ``run.tables[NAME]`` is a pandas table, ``run``
    shows its headline figures and prices in a notebook. Errors: ``InputError`` for facts or a scenario that do not
    fit, ``NotCertified`` if no answer passes the certificate.

    >>> import linepack
    >>> run = linepack.solve("us-gazprom-2025/status-quo")
    >>> run.tables["price_markers"].columns.tolist()
    ['marker', 'period', 'days', 'price_eur_mwh']
    """
    loaded = scenario_of(scenario)
    facts = load_dataset(loaded.dataset) if system is None else system
    outcome = run_scenarios(facts, [loaded], RunStore(workspace_folder(workspace)), settings=solve_settings(solver),
                            workers=1, on_progress=on_progress)[0]  # fmt: skip
    if outcome.error is not None:
        raise outcome.error
    assert outcome.run is not None
    return outcome.run


def compare(
    base: Asking | Run, other: Asking | Run, table: str | None = None, *, system: GasSystem | None = None,
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
    runs = [a if isinstance(a, Run) else solve(a, system=system, workspace=workspace) for a in (base, other)]
    if table is None:
        return compare_headlines(runs[0].tables, runs[1].tables).set_index("figure")
    return mean_changes(runs[0].tables, runs[1].tables, table)


def why(
    what: str, scenario: Asking = "us-gazprom-2025/status-quo", *, period: str | None = None, on: date | None = None,
    system: GasSystem | None = None, workspace: str | Path | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the reasons of a price, of a flow, or of the change that another scenario makes.

    A price (TTF, JKM, a node): columns cause, detail, eur_mwh, which sum to the price of ``period`` (default: the mean
    over the horizon). A flow (an arc) on a day (default: the first): column reason. Another scenario (CASE/NAME or a
    file): columns what, where, change_twh_y against ``scenario``. Errors: those of ``solve``, and ``InputError`` with
    the nearest name.

    >>> import linepack
    >>> parts = linepack.why("TTF", period="2025-12")
    >>> parts.columns.tolist()
    ['cause', 'detail', 'eur_mwh']
    """
    loaded = scenario_of(scenario)
    facts = load_dataset(loaded.dataset) if system is None else system
    run = solve(loaded, system=facts, workspace=workspace)
    kind = asked_about(facts, what)
    if kind is Asked.CHANGE:
        other = solve(what, system=system, workspace=workspace)
        return supply_changes(run.tables, other.tables)
    if kind is Asked.FLOW:
        return pd.DataFrame({"reason": flow_reasons(facts, loaded, run, what, on)})
    return why_price(facts, run, what, period)
