"""What a function of the Python interface is called with, held against its annotations before anything is done."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from linepack.errors import InputError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

Day = date | str
"""A day: a date, a time (pandas' too), or YYYY-MM-DD."""

KINDS: Mapping[Any, tuple[type, ...]] = {int: (Integral,), float: (Real,), Path: (os.PathLike,)}
WORDS: Mapping[Any, str] = {
    str: "text", Path: "a path", bytes: "bytes", bool: "True or False", int: "a whole number", float: "a number",
    date: "a day (datetime.date)", NoneType: "None", tuple: "a pair",
}  # fmt: skip
MADE_BY = {"GasSystem": "facts (linepack.load_system)", "Scenario": "a scenario (linepack.load_scenario)",
           "Run": "a run (linepack.solve)"}  # fmt: skip


def checked(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Return a function of ``linepack.__all__`` that refuses an argument of a wrong kind, and names it.

    It bears the name ``linepack.NAME``, by which other processes find it.
    """
    signature, hints = inspect.signature(function), get_type_hints(function)
    kept = {name for name, of in signature.parameters.items() if of.kind is of.VAR_POSITIONAL}

    @wraps(function)
    def call(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            return function(*args, **kwargs)  # too many, too few or unknown: Python says so
        for name, value in bound.arguments.items():
            for each in value if name in kept else (value,):
                if not _fits(each, hints[name]):
                    raise InputError("wrong-kind", f"{name} of linepack.{function.__name__} is {_shown(each)}",
                                     keys=[name], hint=f"give {_words(hints[name])}")  # fmt: skip
        return function(*args, **kwargs)

    call.__module__ = "linepack"
    return call


def as_day(day: Day) -> date:
    """Return a day: a date, the day of a time (pandas' too), or YYYY-MM-DD. Errors: ``InputError``."""
    try:
        if isinstance(day, datetime):
            return date.fromisoformat(f"{day:%Y-%m-%d}")  # pandas' time that is not there has no day either
        return day if isinstance(day, date) else date.fromisoformat(day)
    except (TypeError, ValueError):
        raise InputError("bad-date", f"'{day}' is no day", hint="write YYYY-MM-DD, for example 2025-03-13") from None


def _fits(value: object, hint: Any) -> bool:
    """Return whether a value is of the annotated kind, its elements too."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in (Any, object):
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in inner)
    if origin is tuple:
        return isinstance(value, tuple) and len(value) == len(inner)
    if origin in (Sequence, Iterable):
        is_many = isinstance(value, origin) and not isinstance(value, (str, bytes, Mapping))
        return is_many and (not isinstance(value, Collection) or all(_fits(each, inner[0]) for each in value))
    if isinstance(value, bool) and hint in (int, float):
        return False
    return isinstance(value, KINDS.get(hint, origin or hint))


def _words(hint: Any) -> str:
    """Return what an annotation takes, in words."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        words = list(dict.fromkeys(_words(part) for part in inner))
        return " or ".join([", ".join(words[:-1]), words[-1]])
    if origin in (Sequence, Iterable):
        return f"a list, of {_words(inner[0])} each"
    if origin is Mapping:
        return "a dict"
    if origin is Callable:
        return "a function"
    return WORDS.get(origin or hint) or MADE_BY.get(hint.__name__, hint.__name__)


def _shown(value: object) -> str:
    """Return a value as an error shows it: short ones as they are written, others by their type."""
    if value is None or isinstance(value, (str, bytes, bool, Real, date)):
        return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:57]}..."
    return f"of type {type(value).__name__}"
