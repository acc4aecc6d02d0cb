"""The queue of jobs: nothing lost, nothing twice, clear states."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linepack.errors import InputError
from linepack.web import jobs
from linepack.web.drafts import Work
from linepack.web.jobs import JobQueue, JobState


def work(k: int) -> Work:
    return Work("reference-2025", f"run-{k}", {"scenario": f"run-{k}", "patches": []})


def queue_of(tmp_path: Path, count: int) -> JobQueue:
    queue = JobQueue(tmp_path / "jobs.sqlite3")
    for k in range(count):
        queue.add(f"{k:064x}", work(k), f"Run {k}", is_stored=False)
    return queue


def test_each_job_is_taken_once_by_many_threads(tmp_path: Path) -> None:
    """Two hundred jobs, eight takers: every job is handed out exactly once, in order of arrival per taker."""
    queue = queue_of(tmp_path, 200)

    def take_all(_: int) -> list[str]:
        found = []
        while (taken := queue.take()) is not None:
            found.append(taken[0])
        return found

    with ThreadPoolExecutor(8) as pool:
        hands = list(pool.map(take_all, range(8)))
    assert sorted(d for hand in hands for d in hand) == [f"{k:064x}" for k in range(200)]
    assert all(hand == sorted(hand) for hand in hands)


def test_the_same_run_is_one_job(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, 1)
    again = queue.add(f"{0:064x}", work(0), "Run 0", is_stored=False)
    assert again.state is JobState.QUEUED
    assert queue.counts()["queued"] == 1
    queue.take()
    assert queue.add(f"{0:064x}", work(0), "Run 0", is_stored=False).state is JobState.RUNNING
    assert queue.counts() == {"queued": 0, "running": 1, "done": 0, "failed": 0, "cancelled": 0}


def test_what_ran_when_the_server_died_runs_again_but_not_for_ever(tmp_path: Path) -> None:
    """A new queue on the same file is a restarted server; the third death of the same job is its failure."""
    queue_of(tmp_path, 1)
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        queue = JobQueue(tmp_path / "jobs.sqlite3")
        queue.recover()
        taken = queue.take()
        assert taken is not None
        assert taken == (f"{0:064x}", work(0))
        found = queue.find(taken[0])
        assert found is not None
        assert found.attempts == attempt
    queue.recover()
    failed = queue.find(f"{0:064x}")
    assert failed is not None
    assert failed.state is JobState.FAILED
    assert failed.error is not None
    assert failed.error["error"]["code"] == "run-stopped"


def test_cancelled_stays_cancelled(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, 2)
    taken = queue.take()
    assert taken is not None
    queue.cancel(taken[0])
    queue.finish(taken[0], None)  # its worker was a moment too late
    job = queue.find(taken[0])
    assert job is not None
    assert job.state is JobState.CANCELLED
    queue.cancel(f"{1:064x}")
    assert queue.take() is None


def test_a_full_queue_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 3)
    queue = queue_of(tmp_path, 3)
    with pytest.raises(InputError, match="wait already"):
        queue.add(f"{9:064x}", work(9), "One more", is_stored=False)


def test_order_and_place_are_told(tmp_path: Path) -> None:
    queue = queue_of(tmp_path, 3)
    job = queue.find(f"{2:064x}")
    assert job is not None
    assert job.ahead == 2
