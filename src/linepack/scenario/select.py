"""Which rows a patch means: identifiers, patterns with ``*``, or a filter on columns. No match is an error."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable, Sequence

import pandas as pd

from linepack.errors import InputError
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs

ARC_FILTERS = (
    "kind", "origin", "destination", "origin_country", "destination_country", "origin_region", "destination_region",
)  # fmt: skip


def match_names(patterns: Sequence[str], known: Iterable[str], what: str) -> tuple[str, ...]:
    """Return the known names that the patterns mean, in the order known. Errors: a pattern without a match."""
    names = list(known)
    chosen: set[str] = set()
    for pattern in patterns:
        found = {name for name in names if name == pattern} or {n for n in names if fnmatch.fnmatchcase(n, pattern)}
        if not found:
            near = difflib.get_close_matches(pattern, names, 1, 0.5)
            raise InputError(f"unknown-{what}", f"no {what} is called '{pattern}'", keys=[pattern],
                             hint=f"did you mean '{near[0]}'?" if near else f"linepack data show {what}s lists them")
        chosen |= found
    return tuple(name for name in names if name in chosen)


def match_arcs(system: GasSystem, names: Sequence[str], filters: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return the arcs with these names, or those that pass every filter (column in values)."""
    arcs = all_arcs(system)
    if names:
        return arcs[arcs["arc"].isin(match_names(names, arcs["arc"], "arc"))]
    mask = pd.Series(True, index=arcs.index)
    for column, values in filters.items():
        known = set(arcs[column].dropna())
        for value in values:
            if value not in known:
                near = difflib.get_close_matches(value, sorted(known), 1, 0.5)
                raise InputError(f"unknown-{column}", f"no arc has {column} '{value}'", table="arcs", keys=[value],
                                 hint=f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(sorted(known))}")
        mask &= arcs[column].isin(values)
    if not mask.any():
        raise InputError("no-match", "no arc passes the filter", table="arcs",
                         keys=[f"{column}={','.join(values)}" for column, values in filters.items()])  # fmt: skip
    return arcs[mask]


def match_nodes(
    system: GasSystem, names: Sequence[str], regions: Sequence[str], areas: Sequence[str]
) -> tuple[str, ...]:
    """Return nodes by name, region or area."""
    nodes = system.table("nodes")
    if names:
        return match_names(names, nodes["node"], "node")
    mask = pd.Series(True, index=nodes.index)
    for column, values in (("region", regions), ("area", areas)):
        if values:
            mask &= nodes[column].isin(match_names(values, dict.fromkeys(nodes[column]), column))
    return tuple(nodes.loc[mask, "node"])
