"""Strict YAML 1.2: unknown, duplicate and missing keys are errors that name file, line and the nearest known key.

Under YAML 1.1 Norway's ``NO`` reads as false; under 1.2 it is text.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from linepack.errors import InputError


@dataclass(frozen=True)
class Fields:
    """A mapping of a YAML file with its place, read key by key; what is not asked for is refused."""

    values: Mapping[str, Any]
    where: str
    line: int

    def error(self, code: str, message: str, *, key: str | None = None, hint: str | None = None) -> InputError:
        """Return an error that names file, line and key."""
        return InputError(code, f"{self.where}, line {self.line_of(key)}: {message}", table=self.where,
                          keys=[key] if key else [], hint=hint)  # fmt: skip

    def line_of(self, key: str | None) -> int:
        """Return the line of a key, counted from 1, or that of the mapping."""
        marks = getattr(self.values, "lc", None)
        if key is not None and marks is not None and key in self.values:
            return int(marks.key(key)[0]) + 1
        return self.line

    def allow(self, *known: str) -> None:
        """Refuse keys that are not known. Errors: ``InputError`` with the nearest known key."""
        for key in self.values:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1, 0.5)
                hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(known)}"
                raise self.error("unknown-key", f"unknown key '{key}'", key=str(key), hint=hint)

    def require(self, key: str, hint: str) -> Any:
        """Return the value of a key that must be there."""
        if self.values.get(key) is None:
            raise self.error("missing-key", f"'{key}' is missing", hint=hint)
        return self.values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """Return text; a missing key gives the default, or an error if there is none."""
        value = self.values.get(key)
        if value is None:
            if default is None:
                raise self.error("missing-key", f"'{key}' is missing", hint=f"add '{key}: ...'")
            return default
        if not isinstance(value, str):
            hint = f'put it in quotes: "{value}"'
            raise self.error("not-text", f"'{key}' is {value!r}, not text", key=key, hint=hint)
        return value

    def number(self, key: str, *, minimum: float | None = 0.0, default: float | None = None) -> float:
        """Return a number not below ``minimum``."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error("not-a-number", f"'{key}' is {value!r}, not a number", key=key)
        if not math.isfinite(value):
            raise self.error("not-a-number", f"'{key}' is {value}, not a finite number", key=key)
        if minimum is not None and value < minimum:
            raise self.error("below-minimum", f"'{key}' is {value:g}, below {minimum:g}", key=key)
        return float(value)

    def integer(self, key: str, *, minimum: int) -> int:
        """Return a whole number not below ``minimum``."""
        value = self.number(key, minimum=minimum)
        if value != int(value):
            raise self.error("not-a-whole-number", f"'{key}' is {value:g}, not a whole number", key=key)
        return int(value)

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error("not-a-boolean", f"'{key}' is {value!r}, neither true nor false", key=key,
                             hint="write true or false")  # fmt: skip
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Return one of the choices."""
        value = self.text(key)
        if value not in choices:
            near = difflib.get_close_matches(value, choices, 1, 0.4)
            hint = f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(choices)}"
            raise self.error("not-a-choice", f"'{key}' is '{value}'", key=key, hint=hint)
        return value

    def day(self, key: str) -> date | None:
        """Return a date, or None if the key is missing."""
        value = self.values.get(key)
        if value is None or (isinstance(value, date) and not hasattr(value, "hour")):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise self.error("bad-date", f"'{key}' is {value!r}, not a date", key=key,
                             hint="write YYYY-MM-DD") from None  # fmt: skip

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a text or a list of texts as a tuple."""
        value = self.values.get(key)
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
            raise self.error("not-text", f"'{key}' must be a name or a list of names, not {value!r}", key=key,
                             hint="write names as text; in quotes if they look like a number or a boolean")  # fmt: skip
        return tuple(str(item) for item in items)

    def items(self, key: str) -> tuple[Fields, ...]:
        """Return a list of mappings; a missing key gives none."""
        value = self.values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error("not-a-list", f"'{key}' must be a list", key=key, hint="start each item with '- '")
        return tuple(self._child(item, key, k) for k, item in enumerate(value))

    def fields(self, key: str) -> Fields:
        """Return a nested mapping."""
        return self._child(self.require(key, f"add '{key}:'"), key, None)

    def _child(self, value: object, key: str, position: int | None) -> Fields:
        if not isinstance(value, Mapping):
            raise self.error("not-a-mapping", f"'{key}' must hold 'key: value' lines, not {value!r}", key=key)
        marks = getattr(value, "lc", None)
        line = self.line_of(key) if marks is None else int(marks.line) + 1
        return Fields(value, self.where, line)


def plain(value: object) -> str | float | bool | None:
    """Return a YAML scalar as a plain Python value, without what the reader knows about its place."""
    if isinstance(value, bool | None):
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else str(value)


def read_yaml(path: Path) -> Fields:
    """Return the mapping at the top of a YAML file. Errors: ``InputError`` naming file, line and problem."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError("no-file", f"there is no file {path}",
                         hint="give a path, or a name from 'linepack cases'") from None  # fmt: skip
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("unreadable", f"{path} cannot be read: {error}", hint="a UTF-8 text file") from error
    return parse_yaml(text, path.name)


def parse_yaml(text: str, where: str) -> Fields:
    """Return the mapping at the top of a YAML text."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    try:
        values = yaml.load(text)
    except DuplicateKeyError as error:
        mark = error.problem_mark
        raise InputError("duplicate-key", f"{where}, line {mark.line + 1}: {str(error.problem).splitlines()[0]}",
                         table=where, hint="keep one of the two") from error  # fmt: skip
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError("unreadable", f"{where}{line}: {error.problem or error.context}", table=where,
                         hint="check indentation, colons and quotes on that line") from error  # fmt: skip
    except (YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that does not exist
        raise InputError("unreadable", f"{where}: {error}", table=where,
                         hint="a YAML 1.2 file; is there a date that does not exist?") from error  # fmt: skip
    if not isinstance(values, Mapping):
        raise InputError("unreadable", f"{where} does not hold 'key: value' lines", table=where)
    return Fields(values, where, 1)
