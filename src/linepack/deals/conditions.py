"""Conditions over decisions: who must have chosen what, joined by all, any and at least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Chosen:
    """A decision has one of these options."""

    decision: str
    options: tuple[str, ...]

    def holds(self, chosen: Mapping[str, Mapping[str, BoolArray]]) -> BoolArray:
        """Return where it holds; ``chosen[decision][option]`` says where that option is taken."""
        return np.logical_or.reduce([chosen[self.decision][option] for option in self.options])

    def decisions(self) -> frozenset[str]:
        """Return the decisions it depends on."""
        return frozenset((self.decision,))


@dataclass(frozen=True)
class AtLeast:
    """At least ``count`` of the parts hold; all of them for an AND, one for an OR."""

    count: int
    parts: tuple[Chosen | AtLeast, ...]

    def holds(self, chosen: Mapping[str, Mapping[str, BoolArray]]) -> BoolArray:
        """Return where enough parts hold."""
        return np.sum([part.holds(chosen) for part in self.parts], axis=0) >= self.count

    def decisions(self) -> frozenset[str]:
        """Return the decisions it depends on."""
        return frozenset().union(*(part.decisions() for part in self.parts))


Condition = Chosen | AtLeast


def all_of(*parts: Condition) -> Condition:
    """Return the condition that every part holds."""
    return AtLeast(len(parts), parts)


def any_of(*parts: Condition) -> Condition:
    """Return the condition that some part holds."""
    return AtLeast(1, parts)
