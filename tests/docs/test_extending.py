"""What the pages on adding a solver and an output say is enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from linepack.exchange import results
from linepack.exchange.folder import export_run, read_run
from linepack.results import tables
from linepack.results.solution import Solution
from linepack.runs.runner import run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.solve import SOLVERS, solver_names
from linepack.solve.piqp import Piqp
from linepack.solve.program import QuadraticProgram, RawSolution
from tests.builders import solved
from tests.runs.small import small_case, small_system


@dataclass(frozen=True)
class Mine:
    """A solver with what the page lists and nothing else; the work is PIQP's."""

    name: str = "mine"

    def version(self) -> str:
        return "1"

    def solve(self, program: QuadraticProgram, *, tolerance: float, time_limit_s: float) -> RawSolution:
        return Piqp().solve(program, tolerance=tolerance, time_limit_s=time_limit_s)


def small_run(folder: Path) -> Run:
    """Solve the small case and return its run."""
    [outcome] = run_scenarios(small_system(), small_case(folder).scenarios, RunStore(folder / "store"), workers=1)
    assert outcome.run is not None
    return outcome.run


def test_a_solver_is_a_class_and_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line in ``SOLVERS``: it is accepted by name, and its answer is certified as any other."""
    monkeypatch.setitem(SOLVERS, "mine", Mine())
    assert "mine" in solver_names()
    assert solved(small_system(), solver="mine").certified.solver == "mine"


def test_an_output_is_a_function_and_its_description(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Steps 1 to 3 of the page: the run has the table, and the export writes and reads it, numbers as numbers."""

    def last_prices(solution: Solution) -> pd.DataFrame:
        return tables.hub_prices(solution).groupby("node", as_index=False)[["hub_price_eur_mwh"]].last()

    monkeypatch.setitem(tables.TABLES, "last_prices", last_prices)
    described = results._table("last_prices", "Prices at the end of the horizon.", "node", "hub_price_eur_mwh")
    monkeypatch.setitem(results.RESULTS_BY_NAME, "last_prices", described)
    run = small_run(tmp_path)
    assert list(run.tables["last_prices"].columns) == ["node", "hub_price_eur_mwh"]
    assert not run.tables["last_prices"].empty
    export_run(run, tmp_path / "out")
    pd.testing.assert_frame_equal(read_run(tmp_path / "out").tables["last_prices"], run.tables["last_prices"])
