"""Jobs: scenarios waiting to be solved, in a SQLite file, so that none is lost or done twice when the server stops.

A job is named by the digest of its run. Handing the same scenario in twice gives the same job. What was running when a
server died is queued again; after ``MOST_ATTEMPTS`` it counts as failed.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from linepack.errors import InputError
from linepack.web.drafts import Work

MOST_ATTEMPTS = 3
MOST_WAITING = 500
JOBS_SCHEMA = 1


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """True when nothing more will happen."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class Job:
    """A scenario to solve: its run's digest, where it stands, why it failed, how many are before it."""

    digest: str
    name: str
    title: str
    state: JobState
    error: dict[str, Any] | None
    attempts: int
    seconds: float
    ahead: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the job as plain JSON types; ``job`` is its name in addresses."""
        return {"job": self.digest, "run": self.digest, "name": self.name, "title": self.title,
                "state": self.state.value, "error": self.error, "attempts": self.attempts,
                "seconds": round(self.seconds, 1), "ahead": self.ahead}  # fmt: skip


class JobQueue:
    """The jobs of a workspace. Safe to use from many threads: every call opens its own connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(
                "CREATE TABLE IF NOT EXISTS jobs (digest TEXT PRIMARY KEY, name TEXT NOT NULL, title TEXT NOT NULL,"
                " work TEXT NOT NULL, state TEXT NOT NULL, error TEXT, attempts INTEGER NOT NULL DEFAULT 0,"
                " place INTEGER NOT NULL, started REAL, finished REAL)"
            )
            db.execute("CREATE INDEX IF NOT EXISTS by_state ON jobs (state, place)")
            db.execute(f"PRAGMA user_version={JOBS_SCHEMA}")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection inside one write transaction."""
        with closing(sqlite3.connect(self._path, timeout=30, isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def recover(self) -> int:
        """Queue again what was running when the last server stopped; return how many."""
        with self._open() as db:
            db.execute(
                "UPDATE jobs SET state=?, error=?, finished=? WHERE state=? AND attempts>=?",
                (JobState.FAILED, json.dumps(_stopped()), time.time(), JobState.RUNNING, MOST_ATTEMPTS),
            )
            return db.execute(
                "UPDATE jobs SET state=?, started=NULL WHERE state=?", (JobState.QUEUED, JobState.RUNNING)
            ).rowcount

    def add(self, digest: str, work: Work, title: str, *, is_stored: bool) -> Job:
        """Return the job of a run; queue it unless it waits, runs or is stored already.

        Errors: ``InputError`` if too many wait.
        """
        with self._open() as db:
            row = db.execute("SELECT state FROM jobs WHERE digest=?", (digest,)).fetchone()
            waits = row is not None and row[0] in (JobState.QUEUED, JobState.RUNNING)
            if not waits:
                waiting = db.execute("SELECT count(*) FROM jobs WHERE state=?", (JobState.QUEUED,)).fetchone()[0]
                if waiting >= MOST_WAITING and not is_stored:
                    raise InputError("queue-full", f"{waiting} runs wait already", hint="try again when some are done")
                state = JobState.DONE if is_stored else JobState.QUEUED
                place = db.execute("SELECT coalesce(max(place), 0) + 1 FROM jobs").fetchone()[0]
                now = time.time()
                db.execute(
                    "INSERT INTO jobs (digest, name, title, work, state, place, started, finished)"
                    " VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (digest) DO UPDATE SET name=excluded.name,"
                    " title=excluded.title, work=excluded.work, state=excluded.state, place=excluded.place,"
                    " started=excluded.started, finished=excluded.finished, error=NULL, attempts=0",
                    (digest, work.name, title, work.as_json(), state, place,
                     now if is_stored else None, now if is_stored else None),
                )  # fmt: skip
        found = self.find(digest)
        assert found is not None
        return found

    def take(self) -> tuple[str, Work] | None:
        """Return the next job and mark it as running, or None."""
        with self._open() as db:
            row = db.execute(
                "SELECT digest, work FROM jobs WHERE state=? ORDER BY place LIMIT 1", (JobState.QUEUED,)
            ).fetchone()
            if row is None:
                return None
            db.execute("UPDATE jobs SET state=?, started=?, attempts=attempts+1 WHERE digest=?",
                       (JobState.RUNNING, time.time(), row[0]))  # fmt: skip
            return str(row[0]), Work.from_json(row[1])

    def finish(self, digest: str, error: dict[str, Any] | None) -> None:
        """Mark a running job as done or failed; one that was cancelled stays so."""
        state = JobState.DONE if error is None else JobState.FAILED
        with self._open() as db:
            db.execute(
                "UPDATE jobs SET state=?, error=?, finished=? WHERE digest=? AND state=?",
                (state, json.dumps(error) if error else None, time.time(), digest, JobState.RUNNING),
            )

    def cancel(self, digest: str) -> Job | None:
        """Cancel a job that waits or runs; return it as it stands then, or None if there is none."""
        with self._open() as db:
            db.execute("UPDATE jobs SET state=?, finished=? WHERE digest=? AND state IN (?,?)",
                       (JobState.CANCELLED, time.time(), digest, JobState.QUEUED, JobState.RUNNING))  # fmt: skip
        return self.find(digest)

    def find(self, digest: str) -> Job | None:
        """Return a job, or None."""
        with closing(sqlite3.connect(self._path, timeout=30)) as db:
            row = db.execute(
                "SELECT digest, name, title, state, error, attempts, started, finished, place FROM jobs"
                " WHERE digest=?",
                (digest,),
            ).fetchone()
            if row is None:
                return None
            ahead = db.execute(
                "SELECT count(*) FROM jobs WHERE state=? AND place<?", (JobState.QUEUED, row[8])
            ).fetchone()[0]
        seconds = (row[7] or time.time()) - row[6] if row[6] else 0.0
        state = JobState(row[3])
        return Job(row[0], row[1], row[2], state, json.loads(row[4]) if row[4] else None, row[5], seconds,
                   ahead if state is JobState.QUEUED else 0)  # fmt: skip

    def counts(self) -> dict[str, int]:
        """Return how many jobs there are by state."""
        with closing(sqlite3.connect(self._path, timeout=30)) as db:
            found = dict(db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())
        return {state.value: int(found.get(state.value, 0)) for state in JobState}


def _stopped() -> dict[str, Any]:
    return InputError("run-stopped", f"the server stopped {MOST_ATTEMPTS} times while this was solved",
                      hint="hand the scenario in again").as_dict()  # fmt: skip
