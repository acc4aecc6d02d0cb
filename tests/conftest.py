"""Runs that many tests share, solved once; and how many tests were left out."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.runs.runner import every_table, find_run, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.scenario import load_case, load_scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests import samples

samples.register()

CASES = ("us-gazprom-2025", "reference-2025")
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
def solved(facts: GasSystem, tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """The store with all runs of ``CASES``, for reading; one test process solves them, the others wait for it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    store = RunStore(shared / "solved")
    with (shared / "solved.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcomes = run_scenarios(facts, [s for case in CASES for s in load_case(case).scenarios], store, workers=2)
    assert [o.error for o in outcomes] == [None] * len(outcomes)
    return store


def runs_of(case: str, facts: GasSystem, store: RunStore) -> dict[str, Run]:
    """Return the runs of a case by scenario, from a store that has them."""
    found = {scenario.name: find_run(facts, scenario, SolveSettings(), store) for scenario in load_case(case).scenarios}
    return {name: run for name, run in found.items() if run is not None}


@pytest.fixture(scope="session")
def regimes(facts: GasSystem, solved: RunStore) -> dict[str, Run]:
    """The runs of the case us-gazprom-2025, by scenario."""
    return runs_of("us-gazprom-2025", facts, solved)


@pytest.fixture(scope="session")
def regimes_store(solved: RunStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with those runs, in which the tests of one process may work."""
    root = tmp_path_factory.mktemp("regimes")
    shutil.copytree(solved.root, root, dirs_exist_ok=True)
    return root
