"""Scenarios handed in by a reader: as YAML or as JSON, based on a scenario of a case, and checked."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from linepack.errors import InputError
from linepack.scenario.lawchoice import parse_law
from linepack.scenario.parse import parse_patch
from linepack.scenario.reader import Fields, parse_yaml
from linepack.scenario.scenario import SCENARIO_SCHEMA, load_case
from linepack.scenario.scenario import Case as Case
from linepack.scenario.scenario import Scenario as Scenario
from linepack.scenario.scenario import available_cases as available_cases

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
MOST_PATCHES = 60
DRAFT = "scenario"
KEYS = ("schema", "scenario", "title", "why", "based_on", "patches", "law")
MOST_DECISIONS = 60


def draft_from_yaml(text: str) -> dict[str, Any]:
    """Return the content of a scenario text as plain JSON types. Errors: ``InputError`` with line and remedy."""
    refuse_aliases(text)
    return _plain(parse_yaml(text, DRAFT).values)


def draft_to_yaml(draft: Mapping[str, Any]) -> str:
    """Return the draft as a scenario file: YAML 1.2 that ``linepack solve`` reads beside the case's scenarios."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = 110
    out = io.StringIO()
    yaml.dump({key: draft[key] for key in KEYS if key in draft}, out)
    return out.getvalue().replace("%YAML 1.2\n---\n", "")


def scenario_of(case_name: str, draft: Mapping[str, Any], *, text: str | None = None) -> Scenario:
    """Return the scenario that a draft means; with the text it came from, errors name the line.

    Errors: ``InputError`` for what the parser refuses, an unknown base, or too many patches.
    """
    case = packaged_case(case_name)
    fields = Fields(draft, DRAFT, 1) if text is None else parse_yaml(text, DRAFT)
    fields.allow(*KEYS)
    if fields.values.get("schema", SCENARIO_SCHEMA) != SCENARIO_SCHEMA:
        raise fields.error("schema-version", f"schema {fields.values['schema']!r} is not {SCENARIO_SCHEMA}",
                           key="schema")  # fmt: skip
    base = base_of(case, fields.text("based_on", case.scenarios[0].name))
    items = fields.items("patches")
    if len(items) > MOST_PATCHES:
        raise fields.error("too-many-patches", f"{len(items)} patches, more than {MOST_PATCHES}", key="patches")
    patches = tuple(parse_patch(item) for item in items)
    names = [patch.name for patch in (*base.patches, *patches)]
    if len(set(names)) != len(names):
        raise fields.error("duplicate-name", "two patches have the same name", key="patches",
                           hint="the patches of the scenario it is based on count too")  # fmt: skip
    name = checked_name(fields.text("scenario"), "scenario")
    law = parse_law(fields.fields("law")) if "law" in fields.values else base.law
    if law is not None and len(law.decisions) > MOST_DECISIONS:
        raise fields.error("too-many-decisions", f"{len(law.decisions)} decisions, more than {MOST_DECISIONS}",
                           key="law")  # fmt: skip
    return replace(base, name=name, title=fields.text("title", name), why=fields.text("why", ""),
                   patches=base.patches + patches, law=law)  # fmt: skip


@lru_cache(maxsize=32)
def packaged_case(name: str) -> Case:
    """Return a case that comes with linepack; read once. Errors: ``InputError`` for a bad or unknown name."""
    return load_case(checked_name(name, "case"))


def base_of(case: Case, name: str) -> Scenario:
    """Return a scenario of a case. Errors: ``InputError`` with the known names."""
    for scenario in case.scenarios:
        if scenario.name == name:
            return scenario
    raise InputError("unknown-scenario", f"there is no scenario '{name}' in the case '{case.name}'", keys=[name],
                     hint=f"one of: {', '.join(s.name for s in case.scenarios)}")  # fmt: skip


def checked_name(name: str, what: str) -> str:
    """Return the name. Errors: ``InputError`` unless it is short and made of a-z, 0-9 and hyphens."""
    if not NAME.fullmatch(name):
        raise InputError("bad-name", f"'{name[:80]}' cannot name a {what}", keys=[name[:80]],
                         hint="small letters, digits and hyphens, at most 60")  # fmt: skip
    return name


def refuse_aliases(text: str) -> None:
    """Refuse YAML that refers to itself: a few lines of it can unfold without end. Errors: ``InputError``."""
    yaml = YAML(typ="safe", pure=True)
    try:
        if any(isinstance(event, AliasEvent) for event in yaml.parse(io.StringIO(text))):
            raise InputError("yaml-alias", "aliases (*name) are not read here", table=DRAFT, hint="write it out")
    except YAMLError:
        return  # the strict reader says what is wrong, and where


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int | float | str) or value is None:
        return value if not isinstance(value, str) else str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
