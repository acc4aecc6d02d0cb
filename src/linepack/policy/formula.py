"""Formulas over acts: who must do what. AND, OR and thresholds; minimal sets are exact.

Written as text in the tables: ``adopt:EU_COUNCIL/unanimity``, ``adopt:DE_BNETZA and consult:EU_COM``,
``4 of (sign:ENGIE, sign:OMV, sign:SHELL, sign:UNIPER, sign:WINTERSHALL)``; ``and`` binds closer than ``or``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from linepack.errors import InputError
from linepack.policy.words import Act, Voting

_TOKEN = re.compile(r"\s*(\(|\)|,|[a-z_]+:[A-Z0-9_]+(?:/[a-z_]+)?|\d+\s+of\b|and\b|or\b)")


@dataclass(frozen=True)
class Deed:
    """An act of a body, and how the body votes on it if it has members."""

    act: Act
    body: str
    voting: Voting | None = None

    def __str__(self) -> str:
        return f"{self.act}:{self.body}" + (f"/{self.voting}" if self.voting else "")


@dataclass(frozen=True)
class Formula:
    """At least ``count`` of the parts must hold; a part is a formula or a deed. ``count`` 0 always holds."""

    count: int
    parts: tuple[Formula | Deed, ...]

    def __str__(self) -> str:
        if not self.parts:
            return "nothing"
        if len(self.parts) == 1:
            return str(self.parts[0])
        parts = [_unwrapped(part) for part in self.parts]
        inner = [f"({part})" if isinstance(part, Formula) and part.parts else str(part) for part in parts]
        if self.count == len(self.parts):
            return " and ".join(inner)
        return " or ".join(inner) if self.count == 1 else f"{self.count} of ({', '.join(inner)})"


NOTHING = Formula(0, ())


def _unwrapped(part: Formula | Deed) -> Formula | Deed:
    """Return what stands inside formulas of one part, so that a sum of several is always put in brackets."""
    while isinstance(part, Formula) and len(part.parts) == 1:
        part = part.parts[0]
    return part


def all_of(parts: Iterable[Formula | Deed]) -> Formula:
    """Return the formula that asks for all parts; parts that ask for nothing, or twice for the same, are left out."""
    kept = tuple(part for part in dict.fromkeys(parts) if not (isinstance(part, Formula) and not part.parts))
    return Formula(len(kept), kept)


def any_of(parts: Iterable[Formula | Deed]) -> Formula:
    """Return the formula that asks for one of the parts."""
    return Formula(1, tuple(parts))


@lru_cache(maxsize=512)
def parse_formula(text: str) -> Formula:
    """Return the formula of a text; empty text asks for nothing. Errors: ``InputError`` that shows the place."""
    if not text.strip():
        return NOTHING
    tokens = _tokens(text)
    formula, rest = _or(tokens, text)
    if rest:
        raise _error(text, f"'{rest[0]}' is not expected")
    return formula if isinstance(formula, Formula) else all_of([formula])


def deeds(formula: Formula | Deed) -> tuple[Deed, ...]:
    """Return every deed of a formula once, in order of appearance."""
    if isinstance(formula, Deed):
        return (formula,)
    return tuple(dict.fromkeys(deed for part in formula.parts for deed in deeds(part)))


def holds(formula: Formula | Deed, done: frozenset[Deed] | frozenset[str]) -> bool:
    """Return whether the deeds done (or the bodies that act) satisfy a formula."""
    if isinstance(formula, Deed):
        return formula in done or formula.body in done
    return sum(holds(part, done) for part in formula.parts) >= formula.count


@lru_cache(maxsize=1024)
def minimal_sets(formula: Formula | Deed) -> tuple[frozenset[str], ...]:
    """Return every minimal set of bodies whose acts satisfy the formula, smallest first, then by name.

    Exact: no set contains another, and dropping any body of a set fails the formula.
    """
    return tuple(sorted(_minimal(_sets(formula)), key=lambda s: (len(s), sorted(s))))


def _sets(formula: Formula | Deed) -> set[frozenset[str]]:
    if isinstance(formula, Deed):
        return {frozenset({formula.body})}
    inner = [_sets(part) for part in formula.parts]
    result: set[frozenset[str]] = set()
    for chosen in combinations(inner, formula.count):
        product: set[frozenset[str]] = {frozenset()}
        for options in chosen:
            product = _minimal({left | right for left in product for right in options})
        result |= product
    return _minimal(result)


def _minimal(sets: set[frozenset[str]]) -> set[frozenset[str]]:
    kept: list[frozenset[str]] = []
    for candidate in sorted(sets, key=len):
        if not any(smaller <= candidate for smaller in kept):
            kept.append(candidate)
    return set(kept)


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _error(text, f"cannot read '{text[at:].strip()[:30]}'")
        tokens.append(match[1])
        at = match.end()
    return tokens


def _or(tokens: list[str], text: str) -> tuple[Formula | Deed, list[str]]:
    part, rest = _and(tokens, text)
    parts = [part]
    while rest and rest[0] == "or":
        part, rest = _and(rest[1:], text)
        parts.append(part)
    return (any_of(parts) if len(parts) > 1 else parts[0]), rest


def _and(tokens: list[str], text: str) -> tuple[Formula | Deed, list[str]]:
    part, rest = _part(tokens, text)
    parts = [part]
    while rest and rest[0] == "and":
        part, rest = _part(rest[1:], text)
        parts.append(part)
    return (all_of(parts) if len(parts) > 1 else parts[0]), rest


def _part(tokens: list[str], text: str) -> tuple[Formula | Deed, list[str]]:
    if not tokens:
        raise _error(text, "it ends too early")
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        formula, rest = _or(rest, text)
        return formula, _expect(")", rest, text)
    if head.endswith("of"):
        return _threshold(int(head.split()[0]), _expect("(", rest, text), text)
    if ":" not in head:
        raise _error(text, f"'{head}' is not expected")
    act, _, body = head.partition(":")
    body, _, voting = body.partition("/")
    if act not in set(Act) or (voting and voting not in set(Voting)):
        raise _error(text, f"unknown act or voting in '{head}'")
    return Deed(Act(act), body, Voting(voting) if voting else None), rest


def _threshold(count: int, tokens: list[str], text: str) -> tuple[Formula, list[str]]:
    part, rest = _or(tokens, text)
    parts = [part]
    while rest and rest[0] == ",":
        part, rest = _or(rest[1:], text)
        parts.append(part)
    if not 1 <= count <= len(parts):
        raise _error(text, f"{count} of {len(parts)} cannot be")
    return Formula(count, tuple(parts)), _expect(")", rest, text)


def _expect(token: str, tokens: list[str], text: str) -> list[str]:
    if not tokens or tokens[0] != token:
        raise _error(text, f"'{token}' is missing")
    return tokens[1:]


def _error(text: str, what: str) -> InputError:
    return InputError(
        "bad-formula",
        f"formula '{text}': {what}",
        hint="acts are " + ", ".join(Act) + "; write act:BODY, and, or, 2 of (a, b, c)",
    )
