"""Worker processes: one is ready before there is work, and takes the first run."""

from __future__ import annotations

import multiprocessing
import time
from pathlib import Path

from linepack.results.solution import SolveSettings
from linepack.runs.identity import run_identity
from linepack.runs.store import RunStore
from linepack.scenario.scenario import load_case
from linepack.system.dataset import load_dataset
from linepack.web.drafts import Work
from linepack.web.jobs import JobQueue, JobState
from linepack.web.workers import Workers

CASE = "bypass-2009"


def test_process_is_made_ready_once_and_takes_the_first_run(tmp_path: Path) -> None:
    """However often readers open the editor, one process waits; the first run is solved by it, and stop ends it."""
    before = set(multiprocessing.active_children())
    scenario = load_case(CASE).scenarios[0]
    queue = JobQueue(tmp_path / "jobs.sqlite3")
    workers = Workers(queue, tmp_path, "auto", 1)
    workers.prepare(scenario.dataset)
    workers.prepare(scenario.dataset)
    [ready] = set(multiprocessing.active_children()) - before
    workers.start()
    digest = run_identity(load_dataset(scenario.dataset), scenario, SolveSettings()).digest
    queue.add(digest, Work(CASE, scenario.name), scenario.title, is_stored=False)
    workers.wake()
    while (job := queue.find(digest)) is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
        assert set(multiprocessing.active_children()) - before == {ready}
        time.sleep(0.1)
    assert job is not None
    assert job.state is JobState.DONE
    assert RunStore(tmp_path).find(digest) is not None
    workers.stop()
    assert set(multiprocessing.active_children()) == before


def test_process_that_was_not_needed_is_ended(tmp_path: Path) -> None:
    """A server that stops before any run leaves no process behind, and starts none afterwards."""
    before = set(multiprocessing.active_children())
    workers = Workers(JobQueue(tmp_path / "jobs.sqlite3"), tmp_path, "auto", 1)
    workers.prepare("2025")
    workers.stop()
    workers.prepare("2025")
    assert set(multiprocessing.active_children()) == before
