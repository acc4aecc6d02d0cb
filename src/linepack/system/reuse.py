"""What follows from a few tables alone is worked out once for them, and kept while other tables change.

Draws of an ensemble change quantities and keep the network: sets, voyages and references need not be found anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from linepack.system.gassystem import GasSystem

P = ParamSpec("P")
R = TypeVar("R")
Derived = Callable[Concatenate[GasSystem, P], R]

MOST_KEPT = 4
"""Results of a function that are kept, the last used ones."""


def follows_from(*tables: str) -> Callable[[Derived[P, R]], Derived[P, R]]:
    """Mark a function of a system that reads these tables and no other; the function sees only them.

    Its last results are kept for the same frames (frames are never edited in place) and equal further arguments, which
    have to be hashable. Whoever calls it must not edit what it returns.
    """

    def mark(function: Derived[P, R]) -> Derived[P, R]:
        kept: tuple[tuple[tuple[Any, ...], Any, R], ...] = ()

        @wraps(function)
        def found(system: GasSystem, *arguments: P.args, **named: P.kwargs) -> R:
            nonlocal kept
            frames = tuple(system.kept(name) for name in tables)
            key = (arguments, tuple(named.items()))
            hash(key)  # arguments that can change are refused
            for entry in kept:
                if all(a is b for a, b in zip(entry[0], frames, strict=True)) and entry[1] == key:
                    break
            else:
                only = replace(system, tables=dict(zip(tables, frames, strict=True)), earlier={})
                entry = (frames, key, function(only, *arguments, **named))
            kept = (entry, *(other for other in kept if other is not entry))[:MOST_KEPT]
            return entry[2]

        return found  # type: ignore[return-value]  # the first argument may be named

    return mark
