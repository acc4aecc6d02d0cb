"""What is fitted: parameters with prior and bounds, each moved by a patch; read from a YAML file, strictly.

``docs/how-to/calibrate.md`` lists every key. A patch is written as in a scenario; the word ``fitted`` stands in it for
the number.
"""

from __future__ import annotations

import copy
import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from linepack.errors import InputError
from linepack.scenario.parse import parse_patch
from linepack.scenario.patches import Patch, patch_content
from linepack.scenario.reader import Fields, read_yaml
from linepack.scenario.scenario import Scenario, load_scenario

CALIBRATION_SCHEMA = 1
FITTED = "fitted"
"""Stands in a patch for the number that is fitted."""

DIGITS = 9
"""Significant digits of a fitted number in a patch, so that the same fit gives the same digests everywhere."""


@dataclass(frozen=True)
class Parameter:
    """One number that is fitted: prior, its spread (one standard deviation), bounds, and the patch that moves it."""

    name: str
    why: str
    prior: float
    spread: float
    low: float
    high: float
    template: Fields

    def patch(self, value: float) -> Patch:
        """Return the patch at a value. Errors: ``InputError`` with file and line."""
        filled: Any = copy.copy(self.template.values)  # which keeps the lines of the keys
        for key in list(filled):
            if filled[key] == FITTED:
                filled[key] = float(f"{value:.{DIGITS}g}")
        filled["name"], filled["why"] = self.name, self.why
        return parse_patch(Fields(filled, self.template.where, self.template.line))


@dataclass(frozen=True)
class Target:
    """How much the observations of one quantity count; 1 is a deviation of the observation's own tolerance."""

    quantity: str
    weight: float


@dataclass(frozen=True)
class Calibration:
    """Parameters fitted to the observations of a scenario's dataset.

    ``targets`` names quantities of the observations with their weights; without it every one that is not imposed
    counts once. ``dataset_name`` is the name of the dataset that a fit makes.
    """

    name: str
    title: str
    dataset_name: str
    scenario: Scenario
    parameters: tuple[Parameter, ...]
    targets: tuple[Target, ...] = ()

    @property
    def prior(self) -> np.ndarray:
        """Prior values in the order of the parameters."""
        return np.array([p.prior for p in self.parameters])

    @property
    def spread(self) -> np.ndarray:
        """Prior standard deviations in the order of the parameters."""
        return np.array([p.spread for p in self.parameters])

    def patches(self, values: np.ndarray) -> tuple[Patch, ...]:
        """Return the patches of a point."""
        return tuple(p.patch(float(v)) for p, v in zip(self.parameters, values, strict=True))

    def at(self, values: np.ndarray) -> Scenario:
        """Return the scenario at a point."""
        return self.scenario.with_patches(self.scenario.name, *self.patches(values))

    @property
    def digest(self) -> str:
        """SHA-256 over scenario, parameters with priors and bounds, and targets."""
        content = [
            self.scenario.content(),
            [[t.quantity, t.weight] for t in self.targets],
            [[p.prior, p.spread, p.low, p.high, patch_content(p.patch(p.prior))] for p in self.parameters],
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def load_calibration(name_or_path: str | Path) -> Calibration:
    """Return a calibration from a YAML file, or by a name that comes with linepack.

    Errors: ``InputError`` with file, line and remedy.
    """
    file = calibration_file(name_or_path)
    fields = read_yaml(file)
    fields.allow("schema", "calibration", "title", "dataset_name", "scenario", "targets", "parameters")
    if fields.require("schema", f"add 'schema: {CALIBRATION_SCHEMA}'") != CALIBRATION_SCHEMA:
        raise fields.error("schema-version", f"this release reads schema {CALIBRATION_SCHEMA} only", key="schema")
    parameters = tuple(_parameter(item) for item in fields.items("parameters"))
    if not parameters:
        raise fields.error("missing-key", "there are no parameters", hint="docs/how-to/calibrate.md shows how")
    names = [parameter.name for parameter in parameters]
    if len(set(names)) != len(names):
        raise fields.error("duplicate-name", "two parameters have the same name", key="parameters")
    name = fields.text("calibration")
    calibration = Calibration(name, fields.text("title"), fields.text("dataset_name", name),
                              _scenario(fields, file), parameters,
                              tuple(_target(item) for item in fields.items("targets")))  # fmt: skip
    calibration.patches(calibration.prior)  # every patch is read once, before anything is solved
    return calibration


def available_calibrations() -> list[str]:
    """Return the names of the calibrations that come with linepack."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def calibration_file(name_or_path: str | Path) -> Path:
    """Return the file of a calibration. Errors: ``InputError`` for a name that does not exist."""
    file, known = Path(name_or_path), available_calibrations()
    if file.suffix in (".yaml", ".yml"):
        return file
    if str(name_or_path) in known:
        return _folder() / f"{name_or_path}.yaml"
    near = difflib.get_close_matches(str(name_or_path), known, 1, 0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"calibrations here: {', '.join(known)}"
    raise InputError("unknown-calibration", f"'{name_or_path}' is neither a YAML file nor a calibration",
                     keys=[str(name_or_path)], hint=hint)  # fmt: skip


def _folder() -> Path:
    return Path(__file__).parents[1] / "cases" / "calibrations"


def _scenario(fields: Fields, file: Path) -> Scenario:
    name = fields.text("scenario")
    beside = file.parent / name
    try:
        return load_scenario(beside if beside.is_file() else name)
    except InputError as error:
        raise fields.error(error.issue.code, error.issue.message, key="scenario", hint=error.issue.hint) from error


def _target(fields: Fields) -> Target:
    fields.allow("quantity", "weight")
    return Target(fields.text("quantity"), fields.number("weight", default=1.0))


def _parameter(fields: Fields) -> Parameter:
    fields.allow("name", "why", "prior", "spread", "low", "high", "patch")
    prior, spread = fields.number("prior", minimum=None), fields.number("spread")
    low, high = fields.number("low", minimum=None), fields.number("high", minimum=None)
    if spread <= 0:
        raise fields.error("below-minimum", "'spread' must be above zero", key="spread",
                           hint="one standard deviation of what you believe")  # fmt: skip
    if not low < prior < high:
        raise fields.error("out-of-bounds", f"the prior {prior:g} is not between {low:g} and {high:g}", key="prior")
    template = fields.fields("patch")
    filled = _positions_of_number(template)
    if filled != 1:
        raise template.error("missing-key", f"'{FITTED}' stands {filled} times in the patch, not once",
                             hint=f"write 'factor: {FITTED}'")  # fmt: skip
    return Parameter(fields.text("name"), fields.text("why"), prior, spread, low, high, template)


def _positions_of_number(template: Fields) -> int:
    return sum(1 for value in template.values.values() if value == FITTED)


def names_of(parameters: Sequence[Parameter]) -> list[str]:
    """Return the names of parameters in order."""
    return [parameter.name for parameter in parameters]
