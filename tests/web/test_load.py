"""Many clients, a long queue and a kill in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from linepack.runs.store import RunStore
from tests.web.test_server import CASE, Server

CLIENTS, RUNS, WORKERS = 50, 200, 2
BEFORE_THE_KILL = 10
MOST_S = 1500


def draft(k: int) -> dict[str, Any]:
    """Two hundred scenarios that differ in a number: Qatar's LNG between 90 and 100 per cent."""
    return {"draft": {"scenario": f"run-{k}", "patches": [
        {"name": "less", "do": "supply", "why": "w", "resources": "QA_LNG", "factor": 1 - k / 2000}]}}  # fmt: skip


def submit(server: Server, k: int) -> str:
    status, content = server.ask("POST", f"/api/cases/{CASE}/solve", draft(k))
    assert status == 200
    return str(json.loads(content)["job"])


def states(server: Server) -> Counter[str]:
    return Counter(json.loads(server.ask("GET", "/api/health")[1])["jobs"])


def wait_for(server: Server, done: int) -> None:
    end = time.monotonic() + MOST_S
    while states(server)["done"] < done:
        assert time.monotonic() < end, f"after {MOST_S} s: {states(server)}"
        time.sleep(0.5)


@pytest.mark.full
def test_two_hundred_runs_of_fifty_clients_survive_a_kill(tmp_path: Path) -> None:
    """Every client hands in four runs, and every run is handed in twice; the server dies while it solves.

    After the restart each of the two hundred runs is stored once; only what ran at the kill was started again.
    """
    first = Server(tmp_path, "--workers", str(WORKERS))
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            names = list(pool.map(lambda k: submit(first, k % RUNS), range(2 * RUNS)))
        assert names[:RUNS] == names[RUNS:]
        assert len(set(names)) == RUNS
        wait_for(first, BEFORE_THE_KILL)
    finally:
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    second = Server(tmp_path, "--workers", str(WORKERS))
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:  # clients come back and ask again
            assert list(pool.map(lambda k: submit(second, k), range(RUNS))) == names[:RUNS]
        wait_for(second, RUNS)
        assert states(second) == Counter({"done": RUNS, "queued": 0, "running": 0, "failed": 0, "cancelled": 0})
        store = RunStore(tmp_path)
        assert all(store.find(name) for name in names)
        assert len(list((tmp_path / "runs").glob("[!.]*"))) == RUNS
        with closing(sqlite3.connect(tmp_path / "jobs.sqlite3")) as db:
            attempts = [row[0] for row in db.execute("SELECT attempts FROM jobs")]
        assert len(attempts) == RUNS
        assert sum(attempts) <= RUNS + WORKERS
        assert max(attempts) <= 2
    finally:
        second.stop()
