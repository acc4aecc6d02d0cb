"""Runs that many tests share, solved once; and how many tests were left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linepack.results.solution import Solution, solve_system
from linepack.runs.runner import every_table, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.scenario import load_case, load_scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests import samples

samples.register()

LEFT_OUT = pytest.StashKey[int]()


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the tests that were chosen away, so that a worker process can tell how many."""
    if items:
        config = items[0].config
        config.stash[LEFT_OUT] = config.stash.get(LEFT_OUT, 0) + len(items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the count from a worker process to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what a worker process counted; each of them collects, and so leaves out, the same tests."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say how many tests were left out, where worker processes keep pytest from saying it."""
    if config.getoption("numprocesses", None) and config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"{config.stash[LEFT_OUT]} deselected: long tests are run by ./run test --full")


@pytest.fixture(scope="session")
def facts() -> GasSystem:
    """The dataset 2025."""
    return load_dataset("2025")


@pytest.fixture(scope="session")
def reference(facts: GasSystem) -> Solution:
    """The solution of calendar 2025."""
    return solve_system(facts, load_scenario("reference-2025/reference"))


@pytest.fixture(scope="session")
def reference_tables(reference: Solution) -> Mapping[str, pd.DataFrame]:
    """All tables of calendar 2025."""
    return every_table(reference)


@pytest.fixture(scope="session")
def regimes(facts: GasSystem, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The runs of the case us-gazprom-2025, by scenario."""
    store = RunStore(tmp_path_factory.mktemp("regimes"))
    outcomes = run_scenarios(facts, load_case("us-gazprom-2025").scenarios, store, workers=2)
    assert [o.error for o in outcomes] == [None] * len(outcomes)
    return {o.scenario.name: o.run for o in outcomes if o.run is not None}


@pytest.fixture(scope="session")
def regimes_store(regimes: dict[str, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where those runs are kept."""
    folder = next(path for path in tmp_path_factory.getbasetemp().iterdir() if path.name.startswith("regimes"))
    assert (folder / "runs").is_dir()
    return folder
