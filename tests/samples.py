"""How many examples a property test draws: the same on every machine, and many more in the long run."""

from __future__ import annotations

from hypothesis import settings

USUAL, LONG = "usual", "long"
TIMES = 10
"""The long run, without ``-m "not full"``, draws so many times as many."""


def choose(*, is_long: bool) -> None:
    """Take the profile of this run; examples do not depend on time, and no example is timed."""
    usual = settings.default.max_examples if settings.default is not None else 100
    settings.register_profile(USUAL, deadline=None, derandomize=True, max_examples=usual)
    settings.register_profile(LONG, deadline=None, derandomize=True, max_examples=usual * TIMES)
    settings.load_profile(LONG if is_long else USUAL)


def samples(usual: int) -> settings:
    """Return settings for a test that usually draws ``usual`` examples."""
    is_long = settings.get_current_profile_name() == LONG
    return settings(max_examples=usual * TIMES if is_long else usual)
