"""What can be reached along links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def reachable(start: Iterable[str], links: Iterable[tuple[str, str]]) -> set[str]:
    """Return every node that the links (from, to) lead to from ``start``, itself included."""
    onward: dict[str, list[str]] = defaultdict(list)
    for origin, destination in links:
        onward[origin].append(destination)
    reached = set(start)
    frontier = list(reached)
    while frontier:
        for node in onward[frontier.pop()]:
            if node not in reached:
                reached.add(node)
                frontier.append(node)
    return reached
