"""Worker processes that solve the jobs of a queue; a cancelled job's process is ended, the next job gets a new one."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from linepack.errors import LinepackError
from linepack.web.drafts import Work
from linepack.web.jobs import JobQueue, JobState

LOOK_EVERY_S = 0.2


@dataclass
class Workers:
    """As many threads as workers; each feeds a process of its own from the queue.

    The first process can be made ready before there is work, so that a reader's first run does not wait for it.
    """

    queue: JobQueue
    workspace: Path
    solver: str
    count: int
    _stop: threading.Event = field(default_factory=threading.Event)
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _threads: list[threading.Thread] = field(default_factory=list)
    _ready: list[_Process] = field(default_factory=list)
    _first: threading.Lock = field(default_factory=threading.Lock)
    _is_first_made: bool = False

    def start(self) -> None:
        """Queue again what a dead server left running, and start to work."""
        self.queue.recover()
        for k in range(self.count):
            thread = threading.Thread(target=self._work, name=f"solve-{k + 1}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Say that there is something to do."""
        with self._wake:
            self._wake.notify_all()

    def prepare(self, dataset: str) -> None:
        """Start a process that reads a dataset and waits for work, unless one was started before."""
        with self._first:
            if self._is_first_made or self._stop.is_set():
                return
            self._is_first_made = True
            process = _Process(self.workspace, self.solver)
            process.prepare(dataset)
            self._ready.append(process)

    def stop(self) -> None:
        """End the processes; what they had not finished is queued again at the next start."""
        self._stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=10)
        with self._first:
            while self._ready:
                self._ready.pop().end()

    def _process(self) -> _Process:
        with self._first:
            self._is_first_made = True
            ready = self._ready.pop() if self._ready else None
            return ready if ready is not None and ready.is_alive else _Process(self.workspace, self.solver)

    def _work(self) -> None:
        process: _Process | None = None
        try:
            while not self._stop.is_set():
                taken = self.queue.take()
                if taken is None:
                    with self._wake:
                        self._wake.wait(timeout=2.0)
                    continue
                if process is None or not process.is_alive:
                    process = self._process()
                process = self._run(process, *taken)
        finally:
            if process is not None:
                process.end()

    def _run(self, process: _Process, digest: str, work: Work) -> _Process | None:
        """Solve one job; return the process if it can take the next."""
        process.send(digest, work)
        while not process.has_answer(LOOK_EVERY_S):
            job = self.queue.find(digest)
            if self._stop.is_set() or (job is not None and job.state is JobState.CANCELLED):
                process.end()
                return None
            if not process.is_alive and not process.has_answer(0):
                self.queue.finish(digest, _died().as_dict())
                return None
        try:
            answer = process.answer()
        except EOFError:
            answer = _died().as_dict()
        self.queue.finish(digest, answer)
        return process


def _died() -> LinepackError:
    return LinepackError("worker-died", "the process that solved this run ended without an answer",
                         hint="try again; if it happens twice, the machine may be short of memory")  # fmt: skip


def _other_version() -> LinepackError:
    return LinepackError("other-version", "facts, model or solver changed since this run was asked for",
                         hint="hand the scenario in again")  # fmt: skip


class _Process:
    """One worker process and the pipe to it."""

    def __init__(self, workspace: Path, solver: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=_solve_all, args=(theirs, workspace, solver), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def send(self, digest: str, work: Work) -> None:
        self._pipe.send((digest, work))

    def prepare(self, dataset: str) -> None:
        self._pipe.send((dataset, None))

    def has_answer(self, within_s: float) -> bool:
        return self._pipe.poll(within_s)

    def answer(self) -> dict[str, Any] | None:
        return self._pipe.recv()

    def end(self) -> None:
        self._process.terminate()
        self._process.join(timeout=5)
        self._pipe.close()


def _solve_all(pipe: Connection, workspace: Path, solver: str) -> None:
    """Solve what comes through the pipe; answer None, or the error envelope. A dataset without work is only read."""
    from linepack.api.market import load_system, solve

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers
    systems: dict[str, Any] = {}
    while True:
        try:
            digest, work = pipe.recv()
        except EOFError:  # the server is gone
            return
        if work is None:
            with contextlib.suppress(LinepackError):  # who asks for it with work hears why
                systems.setdefault(digest, load_system(digest))
            continue
        try:
            scenario = work.scenario()
            if scenario.dataset not in systems:
                systems[scenario.dataset] = load_system(scenario.dataset)
            run = solve(scenario, system=systems[scenario.dataset], solver=solver, workspace=workspace)
            pipe.send(None if run.digest == digest else _other_version().as_dict())
        except LinepackError as error:
            pipe.send(error.as_dict())
        except Exception as error:
            shown = LinepackError("internal", f"{type(error).__name__}: {error}", hint="report what this shows")
            pipe.send(shown.as_dict())
