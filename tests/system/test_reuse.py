"""What is kept for tables that stay the same objects, and nothing else."""

from __future__ import annotations

import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.market.sets import market_sets
from linepack.scenario.patches import QuantityPatch, Span
from linepack.system.calendar import monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.reuse import MOST_KEPT, follows_from
from tests.runs.small import small_system


def frame(*nodes: str) -> pd.DataFrame:
    """Return a table with a column of nodes."""
    return pd.DataFrame({"node": nodes})


def test_a_result_is_kept_for_the_same_frames_and_arguments_only() -> None:
    """The function runs once for a frame and an argument; another table does not count; the oldest is forgotten."""
    calls = []

    @follows_from("nodes")
    def count(system: GasSystem, factor: int) -> int:
        calls.append(factor)
        return factor * len(system.table("nodes"))

    system = GasSystem("", "", {"nodes": frame("a", "b"), "demand": frame("a")})
    assert [count(system, 2), count(system, 2), count(system.with_tables(demand=frame("b")), 2)] == [4, 4, 4]
    assert calls == [2]
    assert count(system.with_tables(nodes=frame("a", "b", "c")), 2) == 6  # an equal name is not the same frame
    assert count(system, 3) == 6
    assert calls == [2, 2, 3]
    assert [count(system, factor) for factor in range(10, 10 + MOST_KEPT)] == [20, 22, 24, 26]
    assert count(system, 2) == 4
    assert calls.count(2) == 3


def test_a_table_that_was_not_named_cannot_be_read() -> None:
    """A forgotten dependence is an error at the first call, not an old answer later."""

    @follows_from("nodes")
    def wrong(system: GasSystem) -> int:
        return len(system.table("demand"))

    with pytest.raises(InputError, match="no table 'demand'"):
        wrong(GasSystem("", "", {"nodes": frame("a"), "demand": frame("a")}))


def test_sets_are_kept_while_quantities_change_and_found_anew_when_a_consumer_goes() -> None:
    """A colder winter has the sets of the usual one; without one of its consumers the sets lack it."""
    system, periods = small_system(), monthly_periods("2025-04", 2)
    before = market_sets(system, periods)
    node = str(system.table("demand")["node"].iloc[0])
    colder = QuantityPatch("cold", "test", "demand", (node,), (), (), Span(), 1.1).apply(system)
    assert market_sets(colder, periods) is before
    demand = system.table("demand")
    less = market_sets(system.with_tables(demand=demand[demand["node"] != node]), periods)
    assert node in set(before.demand["node"])
    assert node not in set(less.demand["node"])
