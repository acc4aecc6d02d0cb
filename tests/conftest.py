"""Runs that many tests share, solved once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

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
