"""Runs of a design: rows, failures, resume, workers, and a cluster that loses a worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from linepack.ensemble.design import Design
from linepack.ensemble.read import load_design
from linepack.ensemble.run import CERTIFIED, FAILURES, WAITING, collect, pilot_draws, read_rows, run_ensemble
from linepack.errors import InputError
from linepack.report.text import csv_text
from linepack.results.likely import Likely, likely_of
from linepack.results.solution import SolveSettings, solve_system
from linepack.runs.runner import Progress
from linepack.system.dataset import load_dataset
from tests.ensemble.small_design import write_design
from tests.runs.small import small_system

running = import_module("linepack.ensemble.run")

FACTORS = """\
  - name: supply
    uniform: {low: 0.5, high: 1.1}
    patches:
      - {name: gas, do: supply, resources: SELLER_GAS, factor: draw, why: unknown}
  - name: stop
    chance: 0.25
    patches:
      - {name: stop, do: supply, resources: SELLER_GAS, factor: 0.5, why: a decision}
"""
IMPOSSIBLE = """\
  - name: cost
    levels: [0.0, -1000.0]
    patches:
      - {name: cost, do: cost, resources: SELLER_GAS, add_eur_mwh: draw, why: a cost below zero is an error}
"""


def small_design(folder: Path, draws: int = 8, scenarios: str = "base.yaml") -> Design:
    """Return a small Monte Carlo design."""
    return load_design(write_design(folder, FACTORS, draws=draws, scenarios=scenarios))


def test_every_draw_is_a_row_and_one_or_two_workers_give_the_same(tmp_path: Path) -> None:
    """Rows of two scenarios by eight draws, the same CSV whoever solved them; the Parquet holds what is returned."""
    design, system = small_design(tmp_path, scenarios="base.yaml, more.yaml"), small_system()
    one = run_ensemble(system, design, tmp_path / "one", workers=1)
    two = run_ensemble(system, design, tmp_path / "two", workers=2)
    assert len(one.rows) == 16
    assert set(one.rows["status"]) == {CERTIFIED}
    figures = one.rows.drop(columns="seconds")
    assert csv_text(figures) == csv_text(two.rows.drop(columns="seconds"))
    assert csv_text(one.limits) == csv_text(two.limits)
    stored = read_rows(one.folder).astype({"scenario": object})
    assert_frame_equal(stored[one.rows.columns], one.rows, check_dtype=False)
    assert {path.name for path in (one.folder / "rows").iterdir()} == {"scenario=base", "scenario=more"}


def test_pilot_draws_change_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What binds or flows in no pilot is added where the answer breaks it or would pay: figures agree to 1e-5.

    Here nothing is expected at all: no limit of a resource or a store, no production, no flow.
    """

    def nothing(tables: Iterable[pd.DataFrame]) -> Likely | None:
        return likely_of(table.assign(used=[bits.replace("1", "0") for bits in table["used"]]) for table in tables)

    monkeypatch.setattr(running, "likely_of", nothing)
    design, system = small_design(tmp_path), small_system()
    plain = run_ensemble(system, design, tmp_path / "plain", workers=1).rows
    monkeypatch.setattr(running, "FEWEST_FOR_PILOTS", 4)
    monkeypatch.setattr(running, "PILOTS", (2, 3))
    piloted = run_ensemble(system, design, tmp_path / "piloted", workers=1).rows
    numbers = [name for name in plain if name.endswith(("_mwh", "_twh", "_fraction"))]
    assert_frame_equal(piloted[numbers], plain[numbers], atol=1e-5, rtol=0)


def test_pilots_have_every_outcome_of_a_decision(tmp_path: Path) -> None:
    """The first draws, and the first others until each outcome is there twice; a number has no outcomes."""
    design = small_design(tmp_path, draws=40)
    table = design.table()
    stops = [k for k, value in enumerate(table["stop"]) if value == "yes"]
    goes_on = [k for k, value in enumerate(table["stop"]) if value == "no"]
    assert sorted(pilot_draws(design, table, 0)) == sorted([*stops[:2], *goes_on[:2]])
    assert pilot_draws(design, table, 40) == list(range(40))
    assert len(stops) > 2


def test_a_failure_is_a_row_and_is_tried_again(tmp_path: Path) -> None:
    """Half of the draws make a cost negative: those rows bear the error, the others their figures."""
    design = load_design(write_design(tmp_path, IMPOSSIBLE, sampling="full"))
    found = run_ensemble(small_system(), design, tmp_path / "runs", workers=1)
    assert list(found.rows["status"]) == [CERTIFIED, "below-minimum"]
    assert found.failed["message"].item() != ""
    assert list(collect(small_system(), design, tmp_path / "runs").rows["status"]) == [CERTIFIED, "below-minimum"]
    with (found.folder / FAILURES).open("a", encoding="utf-8") as file:
        file.write('{"scenario": "base, dr')  # the process was killed while it wrote this
    assert list(collect(small_system(), design, tmp_path / "runs").rows["status"]) == [CERTIFIED, "below-minimum"]
    none = run_ensemble(small_system(), design, tmp_path / "none", workers=1,
                        settings=SolveSettings(certificate_limit=0.0))  # fmt: skip
    assert none.certified.empty


def test_a_name_that_does_not_exist_is_told_before_anything_is_solved(tmp_path: Path) -> None:
    """The error names the factor; no row was begun."""
    design = load_design(write_design(tmp_path, FACTORS.replace("SELLER_GAS, factor: 0.5", "SELER_GAS, factor: 0.5"),
                                      draws=4))  # fmt: skip
    with pytest.raises(InputError, match="factor 'stop': no resource is called 'SELER_GAS'"):
        run_ensemble(small_system(), design, tmp_path / "runs", workers=1)
    assert not (tmp_path / "runs").exists()


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """A longer Monte Carlo design finds the draws of the shorter; a design that was never run cannot be reported."""
    design, system = small_design(tmp_path, draws=4), small_system()
    with pytest.raises(InputError, match="was not run"):
        collect(system, design, tmp_path / "runs")
    run_ensemble(system, design, tmp_path / "runs", workers=1)
    seen: list[Progress] = []
    run_ensemble(system, design.with_draws(6), tmp_path / "runs", workers=1, on_progress=seen.append)
    assert [p.is_cached for p in sorted(seen, key=lambda p: p.scenario)] == [True] * 4 + [False] * 2
    assert seen[-1].kept == 4
    assert seen[-1].seconds_left == 0


KILLED = """\
import sys
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from linepack.ensemble.read import load_design
from linepack.ensemble.run import run_ensemble
from tests.runs.small import small_system
if __name__ == "__main__":
    design = load_design(Path(sys.argv[1]))
    run_ensemble(small_system(), design, Path(sys.argv[2]), workers=2,
                 on_progress=lambda p: print(p.done, flush=True))
"""


def test_kill_9_loses_at_most_the_runs_in_flight(tmp_path: Path) -> None:
    """Killed after six of forty draws: what was told as done is found again, the rest is waiting, resume ends it."""
    file = write_design(tmp_path, FACTORS, draws=40)
    script = tmp_path / "script.py"
    script.write_text(KILLED, encoding="utf-8")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), str(root / "src")])}
    with subprocess.Popen([sys.executable, str(script), str(file), str(tmp_path / "runs")], stdout=subprocess.PIPE,
                          text=True, env=environment, start_new_session=True) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 6:
                break
        os.killpg(process.pid, signal.SIGKILL)
    design = load_design(file)
    before = collect(small_system(), design, tmp_path / "runs")
    assert len(before.certified) >= 6
    seen: list[Progress] = []
    after = run_ensemble(small_system(), design, tmp_path / "runs", workers=1, on_progress=seen.append)
    assert sum(p.is_cached for p in seen) == len(before.certified)
    assert set(after.rows["status"]) == {CERTIFIED}
    assert before.waiting + len(before.certified) == 40
    assert set(before.rows["status"]) <= {CERTIFIED, WAITING}


@pytest.mark.full
def test_a_cluster_gives_the_same_rows_though_a_worker_is_killed(tmp_path: Path) -> None:
    """Three worker processes of a Dask cluster, of which two are killed: no row is lost, all are the same.

    One dies while the pilots that are stored are told, just before facts are handed out; another amid the draws.
    """
    from distributed import LocalCluster

    from linepack.runs.cluster import cluster

    design, system = small_design(tmp_path, draws=60), small_system()
    here = run_ensemble(system, design, tmp_path / "here", workers=1)
    killed: list[int] = []
    with LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None) as local:  # type: ignore[no-untyped-call]  # distributed is untyped
        victims = list(local.workers.values())[:2]

        def note(progress: Progress) -> None:
            if progress.done == 20 or (not progress.is_cached and len(killed) == 1):
                victim = victims[len(killed)]
                killed.append(victim.pid)
                os.kill(victim.pid, signal.SIGKILL)

        with cluster(local.scheduler_address) as spread:
            there = run_ensemble(system, design, tmp_path / "there", spread=spread, on_progress=note)
        assert len(killed) == 2
        assert victims[0].pid != killed[0]
    assert csv_text(there.rows.drop(columns="seconds")) == csv_text(here.rows.drop(columns="seconds"))


def test_a_cluster_that_does_not_answer_is_told() -> None:
    """No scheduler listens on a port that was just freed."""
    import socket

    from linepack.runs.cluster import cluster

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError, match="no scheduler answers"), cluster(address, wait="1s"):
        pass


@pytest.mark.full
def test_a_draw_of_the_real_model_has_the_prices_of_a_finer_solve_of_the_whole() -> None:
    """Begun with what three other draws used, prices are within 1e-4 EUR/MWh of the whole program at 1e-10.

    At every place and month where gas is consumed, in twelve months of the design that comes along.
    """
    system, design = load_dataset("2025"), load_design("winters").with_draws(8)
    scenarios = [replace(scenario, months=12) for scenario in design.scenarios_of(design.table())[:4]]
    pilots = [solve_system(system, scenario) for scenario in scenarios[:3]]
    likely = likely_of(running.pilot_tables(pilot)["used"] for pilot in pilots)
    draw = solve_system(system, scenarios[3], likely=likely)
    whole = solve_system(system, scenarios[3], SolveSettings(tolerance=1e-10), likely=Likely())
    consuming = sorted(set(draw.labels("consumption")["node"]))
    difference = (draw.hub_prices()[consuming] - whole.hub_prices()[consuming]).abs().to_numpy()
    assert difference.max() <= 1e-4
    assert difference.shape == (12, len(consuming))
    assert len(consuming) > 60
