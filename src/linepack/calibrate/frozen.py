"""A fit that is frozen: its values under a key of everything that decided them, kept so that it is made once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from linepack.calibrate.declare import Calibration
from linepack.calibrate.fit import FitProgress, fit
from linepack.results.solution import SolveSettings
from linepack.runs.identity import model_version
from linepack.runs.store import write_text
from linepack.scenario.patches import Patch
from linepack.system.gassystem import GasSystem

DIGITS = 6
"""Significant digits of a frozen value: what a test year is solved with."""


@dataclass(frozen=True)
class Frozen:
    """Fitted values of a calibration, rounded, with the tables of the fit and the digest of all that decided them."""

    calibration: Calibration
    values: np.ndarray
    parameters: pd.DataFrame
    residuals: pd.DataFrame
    starts: pd.DataFrame
    is_settled: bool
    digest: str

    @property
    def patches(self) -> tuple[Patch, ...]:
        """The patches at the frozen values."""
        return self.calibration.patches(self.values)


def freeze(
    system: GasSystem, calibration: Calibration, folder: Path, *, settings: SolveSettings | None = None,
    starts: int = 1, on_progress: Callable[[FitProgress], None] | None = None,
) -> Frozen:  # fmt: skip
    """Return the frozen fit; it is read from ``folder`` if facts, calibration, model and settings are the same.

    The digest is over dataset, calibration and values: it can be written down before anything is predicted.
    """
    chosen = settings or SolveSettings()
    key = _digest([system.digest, calibration.digest, model_version(), asdict(chosen), starts])
    path = folder / f"{calibration.name}-{key[:16]}.json"
    if not path.is_file():
        found = fit(system, calibration, settings=chosen, starts=starts, on_progress=on_progress)
        point = np.asarray(found.values)
        content = {
            "key": key, "values": [float(f"{value:.{DIGITS}g}") for value in point],
            "is_settled": found.is_settled, "parameters": found.parameters.to_dict("records"),
            "residuals": found.residuals.to_dict("records"), "starts": found.starts.to_dict("records"),
        }  # fmt: skip
        write_text(path, json.dumps(content, indent=1) + "\n")
    content = json.loads(path.read_text(encoding="utf-8"))
    values = np.array(content["values"], dtype=float)
    digest = _digest([system.digest, calibration.digest, values.tolist()])
    return Frozen(calibration, values, pd.DataFrame(content["parameters"]), pd.DataFrame(content["residuals"]),
                  pd.DataFrame(content["starts"]), bool(content["is_settled"]), digest)  # fmt: skip


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
