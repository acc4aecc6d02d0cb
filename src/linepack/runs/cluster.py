"""Solve scenarios on a Dask cluster: the same work as in local workers, on as many machines as there are.

Every worker needs linepack and the workspace folder (a shared file system). A worker stores its run and returns
nothing but an error, so that a worker may die at any time: Dask gives what it had in hand to another.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from linepack.errors import InputError, LinepackError
from linepack.runs.runner import Done, Worker, work, worker_died
from linepack.scenario.scenario import Scenario

DATA = "linepack-worker"
TRIES, WAIT_S = 20, 0.5
"""So often, and after so long, the facts are handed out again if a worker died while it was given them."""


@dataclass(frozen=True)
class ClusterSpread:
    """Spreads scenarios over the workers of a ``distributed.Client``."""

    client: Any

    def __call__(self, worker: Worker, scenarios: Mapping[int, Scenario], done: Done) -> None:
        """Solve and store every scenario, and call ``done`` once for each."""
        distributed = library()
        _give_facts(self.client, worker)
        jobs = {self.client.submit(_work, scenario, pure=False): k for k, scenario in scenarios.items()}
        try:
            for job in distributed.as_completed(jobs, loop=self.client.loop):
                done(jobs[job], _result(distributed, job))
        except BaseException:
            self.client.cancel(list(jobs))
            raise


@contextmanager
def cluster(address: str, *, wait: str = "20s") -> Iterator[ClusterSpread]:
    """Connect to a scheduler. Errors: ``InputError`` if Dask is missing or nobody answers."""
    distributed = library()
    try:
        client = distributed.Client(address, timeout=wait, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError("no-cluster", f"no scheduler answers at {address}: {error}",
                         hint="start one with 'dask scheduler' and give its address") from error  # fmt: skip
    try:
        yield ClusterSpread(client)
    finally:
        client.close()


def library() -> Any:
    """Return the module ``distributed``. Errors: ``InputError`` if it is not installed."""
    try:
        return import_module("distributed")
    except ImportError as error:
        raise InputError("no-dask", "Dask is not installed", hint="pip install 'linepack[cluster]'") from error


def _give_facts(client: Any, worker: Worker) -> None:
    """Give the facts to all workers; one that dies meanwhile is left to its successor."""
    for attempt in range(TRIES):
        try:
            client.register_plugin(_plugin(worker))
            return
        except OSError:
            if attempt == TRIES - 1:
                raise
            time.sleep(WAIT_S)


def _plugin(worker: Worker) -> Any:
    """Return a plugin that gives the facts to every worker once, to those that join later too."""
    base = library().WorkerPlugin

    class Facts(base):  # type: ignore[misc, valid-type]  # its base is known at run time only
        name = DATA
        facts: Worker

        def setup(self, worker: Any) -> None:
            worker.linepack_worker = self.facts

    plugin = Facts()
    plugin.facts = worker
    return plugin


def _work(scenario: Scenario) -> LinepackError | None:
    return work(library().get_worker().linepack_worker, scenario)


def _result(distributed: Any, job: Any) -> LinepackError | None:
    try:
        found = job.result()
    except distributed.scheduler.KilledWorker:
        return worker_died()
    assert found is None or isinstance(found, LinepackError)
    return found
