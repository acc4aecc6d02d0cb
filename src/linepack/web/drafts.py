"""What a job is to solve, and the drafts that readers saved by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from linepack.api.drafts import NAME, Scenario, base_of, checked_name, packaged_case, scenario_of
from linepack.api.stored import write_text
from linepack.errors import InputError


@dataclass(frozen=True)
class Work:
    """What a job is to solve: a scenario of a case by name, or a draft."""

    case: str
    name: str
    draft: Mapping[str, Any] | None = None

    def scenario(self) -> Scenario:
        """Return the scenario. Errors: ``InputError`` if it cannot be read any more."""
        if self.draft is None:
            return base_of(packaged_case(self.case), self.name)
        return scenario_of(self.case, self.draft)

    def as_json(self) -> str:
        """Return the work as JSON text."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Work:
        """Return the work that ``as_json`` wrote."""
        return Work(**json.loads(text))


class SavedDrafts:
    """Drafts kept in ``scenarios/`` of the workspace, one YAML file each."""

    def __init__(self, workspace: Path) -> None:
        self._folder = workspace / "scenarios"

    def names(self) -> list[str]:
        """Return the names of what is saved."""
        return sorted(path.stem for path in self._folder.glob("*.yaml") if NAME.fullmatch(path.stem))

    def load(self, name: str) -> str:
        """Return the text of a saved draft. Errors: ``InputError`` if there is none."""
        path = self._folder / f"{checked_name(name, 'scenario')}.yaml"
        if not path.is_file():
            raise InputError("unknown-scenario", f"nothing is saved as '{name}'", keys=[name])
        return path.read_text(encoding="utf-8")

    def save(self, name: str, text: str) -> None:
        """Keep a draft under a name."""
        write_text(self._folder / f"{checked_name(name, 'scenario')}.yaml", text)
