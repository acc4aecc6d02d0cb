"""The engine's equilibrium against the same program in linopy with another method, and against best responses."""

from __future__ import annotations

import pytest

from linepack.system.calendar import monthly_periods
from tests.builders import FIRST_MONTH, solved
from tests.oracles import best_response
from tests.oracles.instances import MONTHS, random_system
from tests.oracles.one_program import prices_from_linopy
from tests.oracles.plain import plain

FEW, MANY = range(3), range(3, 20)
SEEDS = [*FEW, *(pytest.param(k, marks=pytest.mark.full) for k in MANY)]


@pytest.mark.parametrize("seed", SEEDS)
def test_linopy_with_highs(seed: int) -> None:
    """The program is convex and prices of consumed gas are unique: a second writing and an active-set method agree."""
    system = random_system(100 + seed)
    theirs = prices_from_linopy(plain(system, monthly_periods(FIRST_MONTH, MONTHS)))
    ours = solved(system, MONTHS).hub_prices()
    for t in range(MONTHS):
        for node in ("A", "B", "C"):
            assert ours[node].iloc[t] == pytest.approx(theirs[node, t], abs=1e-4), (node, t)


@pytest.mark.parametrize("seed", SEEDS)
def test_best_responses(seed: int) -> None:
    """No seller gains by other sales once best responses have come to rest; that point is the engine's equilibrium."""
    system = random_system(200 + seed, sellers_share_limits=False)
    theirs = best_response.equilibrium_prices(plain(system, monthly_periods(FIRST_MONTH, MONTHS)))
    ours = solved(system, MONTHS).hub_prices()
    for t in range(MONTHS):
        for node in ("A", "B", "C"):
            assert ours[node].iloc[t] == pytest.approx(theirs[node, t], abs=1e-4), (node, t)
