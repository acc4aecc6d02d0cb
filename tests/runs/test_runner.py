"""The runner: what is done is kept, what fails is told, and the number of workers changes nothing."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from linepack.errors import InputError, Issue, LinepackError, NotCertified, Severity, SolverUnavailable
from linepack.report.brief import brief_tables, make_brief
from linepack.report.text import csv_text
from linepack.results.solution import SolveSettings
from linepack.runs.runner import Progress, headline_only, run_scenarios, solve_and_store
from linepack.runs.store import RunStore
from linepack.scenario.patches import Span, SupplyPatch
from linepack.scenario.scenario import Case
from tests.runs.small import small_case, small_system, write_case


def csv_of(case: Case, store: RunStore, workers: int) -> dict[str, str]:
    """Return every CSV file of a brief."""
    system = small_system()
    outcomes = run_scenarios(system, case.scenarios, store, workers=workers)
    runs = [outcome.run for outcome in outcomes if outcome.run is not None]
    assert len(runs) == len(case.scenarios)
    return {name: csv_text(table) for name, table in brief_tables(make_brief(case, runs, system)).items()}


def test_one_and_two_workers_give_the_same_bytes(tmp_path: Path) -> None:
    """Five scenarios solved here, and the same five solved in two spawned processes."""
    case = small_case(tmp_path, 0.25, 0.5, 1.5, 2)
    alone = csv_of(case, RunStore(tmp_path / "one"), 1)
    together = csv_of(case, RunStore(tmp_path / "two"), 2)
    assert alone == together
    assert len(alone["hub_prices"].splitlines()) == 1 + 5 * 2 * 2


def test_second_call_finds_what_the_first_has_solved(tmp_path: Path) -> None:
    """Progress says what was kept; the order is that of the call; records are the same."""
    case, store, seen = small_case(tmp_path, 0.5, 2), RunStore(tmp_path / "runs"), list[Progress]()
    first = run_scenarios(small_system(), case.scenarios[:2], store, workers=1)
    second = run_scenarios(small_system(), case.scenarios, store, workers=1, on_progress=seen.append)
    assert [(p.scenario, p.is_cached, p.done) for p in seen] == [
        ("base", True, 1), ("supply-0.5", True, 2), ("supply-2", False, 3),
    ]  # fmt: skip
    assert [o.scenario.name for o in second] == ["base", "supply-0.5", "supply-2"]
    assert first[1].run is not None
    assert second[1].run is not None
    assert first[1].run.record == second[1].run.record


def test_found_run_bears_the_name_it_is_asked_for_under(tmp_path: Path) -> None:
    """The same question under another name is not solved again, and is not shown under the old name."""
    scenario, store, system = small_case(tmp_path, 2).scenarios[1], RunStore(tmp_path / "runs"), small_system()
    solve_and_store(system, scenario, SolveSettings(), store)
    renamed = replace(scenario, name="double", title="Twice the gas")
    found = run_scenarios(system, [renamed, scenario], store)
    assert [o.run.name if o.run else None for o in found] == ["double", "supply-2"]
    assert found[0].run is not None
    assert found[0].run.record["scenario"]["title"] == "Twice the gas"
    assert found[0].run.record["identity"]["scenario"] == "double"
    assert len(list((store.root / "runs").iterdir())) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_failing_scenario_is_an_outcome(tmp_path: Path, workers: int) -> None:
    """A patch that names nothing, and a certificate that no answer can meet, are told; the others are solved."""
    case = small_case(tmp_path, 0.5, 2)
    lost = case.scenarios[0].with_patches("lost", SupplyPatch("p", "w", ("NONSENSE",), Span()))
    outcomes = run_scenarios(small_system(), [*case.scenarios, lost], RunStore(tmp_path / "runs"), workers=workers)
    assert [o.run is not None for o in outcomes] == [True, True, True, False]
    assert isinstance(outcomes[3].error, InputError)
    assert outcomes[3].error.issue.code == "unknown-resource"


def test_uncertified_answer_is_not_stored(tmp_path: Path) -> None:
    """With a limit of zero no answer is good enough: exit code 3, and the store stays empty."""
    scenario, store = small_case(tmp_path, 2).scenarios[1], RunStore(tmp_path / "runs")
    outcome = run_scenarios(small_system(), [scenario], store, settings=SolveSettings(certificate_limit=0.0))[0]
    assert isinstance(outcome.error, NotCertified)
    assert outcome.error.exit_code == 3
    assert "primal" in outcome.error.issue.message
    assert not (tmp_path / "runs" / "runs").exists()


def test_worker_that_dies_is_an_outcome(tmp_path: Path) -> None:
    """A process that ends without an answer (memory, a fault of a library) does not take the others' results along."""
    case = small_case(tmp_path, 0.5, 2)
    outcomes = run_scenarios(small_system(), case.scenarios, RunStore(tmp_path / "runs"), workers=2, keep=dies)
    assert {o.error.issue.code if o.error else "" for o in outcomes} == {"worker-died"}


def dies(solution: object) -> dict[str, object]:  # a function of a module, so that workers can be given it
    """End the process at once."""
    import os

    os._exit(9)


SCRIPT = """\
from pathlib import Path
from linepack.runs.runner import run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.scenario import load_case
from linepack.system.dataset import load_dataset
case = load_case("case")
with open("starts.txt", "a") as file:
    file.write("start\\n")
print([o.run.name for o in run_scenarios(load_dataset("dataset"), case.scenarios, RunStore(Path("runs")), workers=2)])
"""


def test_script_without_a_guard_is_run_once(tmp_path: Path) -> None:
    """Workers do not run the script again, so it needs no ``if __name__ == "__main__":``."""
    write_case(tmp_path, 0.5, 2)
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, check=True,
                          timeout=300)  # fmt: skip
    assert done.stdout.strip() == "['base', 'supply-0.5', 'supply-2']"
    assert (tmp_path / "starts.txt").read_text(encoding="utf-8").splitlines() == ["start"]


def test_workspace_that_cannot_be_written_is_told_before_the_solve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file where the folder should be, and a folder without the right to write."""
    def never(*_: object, **__: object) -> None:
        raise AssertionError("solved")

    monkeypatch.setattr("linepack.runs.runner.solve_system", never)
    scenario = small_case(tmp_path, 2).scenarios[1]
    (tmp_path / "file").touch()
    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        error = run_scenarios(small_system(), [scenario], RunStore(root))[0].error
        assert error is not None
        assert error.issue.code == "cannot-write"
    monkeypatch.setattr("os.access", lambda *_: False)
    error = run_scenarios(small_system(), [scenario], RunStore(tmp_path / "shut"))[0].error
    assert error is not None
    assert error.issue.code == "cannot-write"


def test_headline_only_keeps_one_table(tmp_path: Path) -> None:
    """An ensemble keeps figures, not tables."""
    scenario = small_case(tmp_path, 2).scenarios[1]
    run = solve_and_store(small_system(), scenario, SolveSettings(), RunStore(tmp_path / "runs"), headline_only)
    assert list(run.tables) == ["headline"]


@pytest.mark.parametrize("kind", [LinepackError, InputError, NotCertified, SolverUnavailable])
def test_errors_cross_processes_unchanged(kind: type[LinepackError]) -> None:
    """Class, exit code, envelope and collected issues survive pickling."""
    issue = Issue("a", "b", "t", ("k",), "h", Severity.WARNING)
    error = kind("code", "message", table="table", keys=["k1", "k2"], hint="hint", issues=[issue])
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (again.as_dict(), str(again), again.exit_code) == (error.as_dict(), str(error), error.exit_code)
