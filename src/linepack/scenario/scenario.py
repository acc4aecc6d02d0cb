"""A scenario: a dataset, a horizon, and ordered named patches. A case: scenarios that answer one question."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from linepack.errors import InputError
from linepack.scenario.expectations import Rolling, parse_expectations, require_months
from linepack.scenario.lawchoice import LawChoice, parse_law
from linepack.scenario.parse import parse_options, parse_patch
from linepack.scenario.patches import Patch, patch_content
from linepack.scenario.reader import Fields, read_yaml
from linepack.system.calendar import Period, Step, horizon_periods
from linepack.system.dataset import check_references
from linepack.system.gassystem import GasSystem

SCENARIO_SCHEMA = 1
CLOSINGS = ("values", "levels")


@dataclass(frozen=True)
class Scenario:
    """What is assumed: dataset, horizon, how closing stocks count, patches in order.

    The horizon is cut into days, weeks or months over ``months`` months, then into ``quarters`` of three months.
    ``rolling`` is None for perfect foresight.
    """

    name: str
    title: str
    why: str
    dataset: str
    first_month: str
    months: int
    closing: str
    patches: tuple[Patch, ...] = ()
    step: Step = Step.MONTH
    quarters: int = 0
    law: LawChoice | None = None
    rolling: Rolling | None = None

    @property
    def periods(self) -> tuple[Period, ...]:
        """The periods of the horizon."""
        return horizon_periods(self.first_month, self.months, step=self.step, quarters=self.quarters)

    def with_patches(self, name: str, *patches: Patch, title: str | None = None) -> Scenario:
        """Return a scenario with further patches and a new name."""
        return replace(self, name=name, title=title or self.title, patches=(*self.patches, *patches))

    def content(self) -> dict[str, Any]:
        """Return what decides the result, as plain JSON types: not the name, the title or the reasons."""
        patches = []
        for patch in self.patches:
            what = patch_content(patch)
            patches.append({key: value for key, value in what.items() if key not in ("name", "why")})
        return {"schema": SCENARIO_SCHEMA, "dataset": self.dataset, "first_month": self.first_month,
                "months": self.months, "step": str(self.step), "quarters": self.quarters, "closing": self.closing,
                "patches": patches, **({"law": self.law.content()} if self.law else {}),
                **({"rolling": self.rolling.content()} if self.rolling else {})}  # fmt: skip

    @property
    def length(self) -> str:
        """The horizon in words."""
        quarters = f" and {self.quarters} quarters" if self.quarters else ""
        seen = ", rolling expectations" if self.rolling else ""
        return f"{self.months} months{quarters} from {self.first_month}, by {self.step}{seen}"

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(json.dumps(self.content(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Case:
    """A question and the scenarios that answer it; the first is what the others are compared with.

    ``deal`` names the deal that stands for the case, if it has deals.
    """

    name: str
    title: str
    question: str
    scenarios: tuple[Scenario, ...]
    has_observations: bool
    deal: str = ""


def apply_scenario(system: GasSystem, scenario: Scenario) -> GasSystem:
    """Return the system with every patch applied in order, then what the scenario's law does.

    Errors: ``InputError`` if the scenario is for another dataset, or a patch names what does not exist.
    """
    if scenario.dataset != system.dataset:
        raise InputError("other-dataset", f"scenario '{scenario.name}' is for dataset '{scenario.dataset}', "
                         f"not '{system.dataset}'", keys=[scenario.name],
                         hint=f"pass that dataset, or write 'dataset: \"{system.dataset}\"' if the names agree")
    for patch in scenario.patches:
        system = patch.apply(system)
    if scenario.law is not None:
        system = scenario.law.apply(system, scenario.periods)
    issues = check_references(system.tables) if scenario.patches else []
    if issues:
        raise InputError("bad-scenario", f"scenario '{scenario.name}' leaves references that do not exist",
                         issues=issues)  # fmt: skip
    return system


def known_on(case: Case, day: date) -> Case:
    """Return a case whose scenarios use only facts and law known on ``day``.

    A regime's decisions stay what they are, assumptions; the law they change is that of the day the regime names.
    """
    scenarios = []
    for scenario in case.scenarios:
        law = scenario.law
        if law is not None and not law.regime:
            law = replace(law, known_on=min(day, law.known_on or day))
        scenarios.append(replace(scenario, dataset=f"{scenario.dataset}@{day.isoformat()}", law=law))
    return replace(case, scenarios=tuple(scenarios), has_observations=False)


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Return a scenario from a YAML file, or by ``CASE/NAME`` from the cases that come with linepack.

    It is not changed in place: ``dataclasses.replace(scenario, months=12)`` is another one. Errors: ``InputError`` with
    file and line, or with the nearest name.

    >>> import linepack
    >>> scenario = linepack.load_scenario("us-gazprom-2025/ns2-b-open")
    >>> scenario.first_month, scenario.months, [patch.name for patch in scenario.patches]
    ('2025-04', 24, ['string B opens'])
    """
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return _read_scenario(path, ())
    parts = str(name_or_path).split("/")
    if len(parts) == 2 and parts[0] in available_cases():
        case_folder = _cases_folder() / parts[0]
        names = sorted(entry.stem for entry in (case_folder / "scenarios").glob("*.yaml"))
        if parts[1] in names:
            return _read_scenario(case_folder / "scenarios" / f"{parts[1]}.yaml", ())
        raise _unknown("scenario", parts[1], names)
    if parts[0] in available_cases():
        names = [f"{parts[0]}/{scenario.name}" for scenario in load_case(parts[0]).scenarios]
        raise InputError("unknown-scenario", f"'{name_or_path}' is a case, not one of its scenarios",
                         keys=[str(name_or_path)], hint=f"one of {', '.join(names)}")  # fmt: skip
    raise InputError("unknown-scenario", f"'{name_or_path}' is neither a YAML file nor CASE/NAME",
                     hint=f"cases here: {', '.join(available_cases())}")  # fmt: skip


def load_case(name_or_path: str | Path) -> Case:
    """Return a case by name, or from a folder that holds ``case.yaml`` and ``scenarios/``."""
    folder = Path(name_or_path)
    if not (folder / "case.yaml").is_file():
        if str(name_or_path) not in available_cases():
            raise _unknown("case", str(name_or_path), available_cases())
        folder = _cases_folder() / str(name_or_path)
    fields = read_yaml(folder / "case.yaml")
    fields.allow("schema", "case", "title", "question", "scenarios", "observations", "deal")
    _check_schema(fields)
    scenarios = tuple(_read_scenario(folder / "scenarios" / f"{name}.yaml", ()) for name in fields.texts("scenarios"))
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) != len(names):
        raise fields.error("duplicate-name", "two scenarios have the same name", key="scenarios")
    has_observations = fields.boolean("observations", default=False)
    return Case(fields.text("case"), fields.text("title"), fields.text("question"), scenarios, has_observations,
                fields.text("deal", ""))  # fmt: skip


def available_cases() -> list[str]:
    """Return the names of the cases that come with linepack."""
    return sorted(entry.name for entry in _cases_folder().iterdir() if (entry / "case.yaml").is_file())


def _cases_folder() -> Path:
    return Path(str(resources.files("linepack") / "cases"))


def _unknown(what: str, name: str, known: Sequence[str]) -> InputError:
    near = difflib.get_close_matches(name, known, 1, 0.4)
    return InputError(f"unknown-{what}", f"there is no {what} '{name}'", keys=[name],
                      hint=f"did you mean '{near[0]}'?" if near else f"{what}s here: {', '.join(known)}")  # fmt: skip


def _check_schema(fields: Fields) -> None:
    version = fields.require("schema", f"add 'schema: {SCENARIO_SCHEMA}'")
    if version != SCENARIO_SCHEMA:
        raise fields.error("schema-version", f"schema {version!r} is not {SCENARIO_SCHEMA}", key="schema",
                           hint="this release reads schema 1 only")  # fmt: skip


def _read_scenario(path: Path, seen: tuple[Path, ...]) -> Scenario:
    fields = read_yaml(path)
    fields.allow("schema", "scenario", "title", "why", "based_on", "dataset", "horizon", "closing", "patches", "law",
                 "expectations", "options")  # fmt: skip
    _check_schema(fields)
    patches = parse_options(fields) + tuple(parse_patch(item) for item in fields.items("patches"))
    names = [patch.name for patch in patches]
    if len(set(names)) != len(names):
        raise fields.error("duplicate-name", "two patches have the same name", key="patches")
    name, title, why = fields.text("scenario"), fields.text("title"), fields.text("why", "")
    if "based_on" in fields.values:
        for key in ("dataset", "horizon", "closing"):
            if key in fields.values:
                raise fields.error("unknown-key", f"'{key}' comes from the scenario this one is based on", key=key)
        base_path = path.parent / f"{fields.text('based_on')}.yaml"
        if base_path.resolve() in (*seen, path.resolve()):
            raise fields.error("circular", "scenarios are based on each other in a circle", key="based_on")
        if not base_path.is_file():
            near = difflib.get_close_matches(base_path.stem, [p.stem for p in path.parent.glob("*.yaml")], 1, 0.4)
            raise fields.error("no-file", f"there is no scenario '{fields.text('based_on')}' beside this one",
                               key="based_on", hint=f"did you mean '{near[0]}'?" if near else None)  # fmt: skip
        base = _read_scenario(base_path, (*seen, path.resolve()))
        law = parse_law(fields.fields("law")) if "law" in fields.values else base.law
        rolling = parse_expectations(fields) if "expectations" in fields.values else base.rolling
        _check_rolling(fields, rolling, base.months, base.step, base.quarters)
        return replace(base, name=name, title=title, why=why, patches=base.patches + patches, law=law, rolling=rolling)
    horizon = fields.fields("horizon")
    horizon.allow("first_month", "months", "step", "quarters")
    first_month = horizon.text("first_month")
    months = horizon.integer("months", minimum=1)
    closing = fields.choice("closing", CLOSINGS)
    step = Step(horizon.choice("step", tuple(Step))) if "step" in horizon.values else Step.MONTH
    quarters = horizon.integer("quarters", minimum=0) if "quarters" in horizon.values else 0
    try:
        horizon_periods(first_month, months, step=step, quarters=quarters)
    except InputError as error:
        raise horizon.error(error.issue.code, error.issue.message, key="first_month", hint=error.issue.hint) from error
    rolling = parse_expectations(fields) if "expectations" in fields.values else None
    _check_rolling(fields, rolling, months, step, quarters)
    return Scenario(name, title, why, fields.text("dataset"), first_month, months, closing, patches, step, quarters,
                    parse_law(fields.fields("law")) if "law" in fields.values else None, rolling)  # fmt: skip


def _check_rolling(fields: Fields, rolling: Rolling | None, months: int, step: Step, quarters: int) -> None:
    try:
        require_months(rolling, months, str(step), quarters)
    except InputError as error:
        key = "expectations" if "expectations" in fields.values else "based_on"
        raise fields.error(error.issue.code, error.issue.message, key=key, hint=error.issue.hint) from error
