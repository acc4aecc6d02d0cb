"""What makes a run the same run: dataset, scenario, model, solver and settings, as one digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, resources
from typing import Any

from linepack import __version__
from linepack.results.solution import SolveSettings
from linepack.results.tables import RESULT_SCHEMA
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

LAW_FOLDER = "datasets/law"
MODEL_LAYERS = ("", "system", "policy", "scenario", "market", "solve", "results")
SOLVER_LIBRARIES = ("piqp", "highspy", "highspy-extras", "clarabel", "numpy", "scipy")


@dataclass(frozen=True)
class RunIdentity:
    """The content that decides a result; ``digest`` names it everywhere: store, caches, links, ensembles."""

    dataset: str
    dataset_digest: str
    scenario: str
    scenario_digest: str
    model: str
    settings: str

    @property
    def digest(self) -> str:
        """SHA-256 of the content; the scenario's name is not part of it."""
        content = {key: value for key, value in asdict(self).items() if key != "scenario"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Return the content and the digest as plain JSON types."""
        return {**asdict(self), "digest": self.digest}


def run_identity(system: GasSystem, scenario: Scenario, settings: SolveSettings) -> RunIdentity:
    """Return the identity of solving ``scenario`` on ``system``."""
    return RunIdentity(
        system.dataset, system.digest, scenario.name, scenario.digest, model_version(),
        json.dumps({**asdict(settings), "libraries": _library_versions(),
                    **({"law": _law_digest()} if scenario.law else {})}, sort_keys=True),
    )  # fmt: skip


@cache
def model_version() -> str:
    """Return the release, the result schema and a digest of the code that decides results."""
    sha = hashlib.sha256()
    package = resources.files("linepack")
    for layer in MODEL_LAYERS:
        folder = package / layer if layer else package
        files = [entry for entry in folder.iterdir() if entry.name.endswith(".py")] if folder.is_dir() else []
        for entry in sorted(files, key=lambda e: e.name):
            sha.update(f"{layer}/{entry.name}\n".encode())
            sha.update(entry.read_bytes())
    return f"{__version__}+schema{RESULT_SCHEMA}.{sha.hexdigest()[:12]}"


@cache
def _law_digest() -> str:
    """Return a digest of the tables of the law, which decide a run whose scenario has a law."""
    sha = hashlib.sha256()
    folder = resources.files("linepack") / LAW_FOLDER
    for entry in sorted((e for e in folder.iterdir() if e.name.endswith(".csv")), key=lambda e: e.name):
        sha.update(entry.name.encode())
        sha.update(entry.read_bytes())
    return sha.hexdigest()


@cache
def _library_versions() -> dict[str, str]:
    found = {}
    for name in SOLVER_LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "missing"
    return found
