"""How many examples a property test draws: the same on every machine, and many more in the long run."""

from __future__ import annotations

from hypothesis import settings

USUAL, LONG = "usual", "long"
TIMES = 10
"""The long run, ``--hypothesis-profile=long``, draws so many times as many."""


def register() -> None:
    """Register both profiles and take the usual one: examples do not depend on time, and no example is timed."""
    for name, times in ((USUAL, 1), (LONG, TIMES)):
        settings.register_profile(name, deadline=None, derandomize=True, max_examples=100 * times)
    settings.load_profile(USUAL)


def samples(usual: int) -> settings:
    """Return settings for a test that usually draws ``usual`` examples."""
    is_long = settings.get_current_profile_name() == LONG
    return settings(max_examples=usual * TIMES if is_long else usual)
