"""The engine's equilibrium against the players' own conditions, on systems with every feature."""

from __future__ import annotations

import pytest

from linepack.system.calendar import monthly_periods
from tests.builders import FIRST_MONTH, solved
from tests.oracles.instances import MONTHS, random_system
from tests.oracles.plain import plain
from tests.oracles.players import Game

FEW, MANY = range(4), range(4, 40)


@pytest.mark.parametrize("seed", [*FEW, *(pytest.param(k, marks=pytest.mark.full) for k in MANY)])
def test_players_own_conditions(seed: int) -> None:
    """Prices are unique where gas is consumed: both ways of writing the game have the same, to 1e-4 EUR/MWh."""
    system = random_system(seed)
    theirs = Game(plain(system, monthly_periods(FIRST_MONTH, MONTHS))).solve()
    ours = solved(system, MONTHS).hub_prices()
    for t in range(MONTHS):
        for node in ("A", "B", "C"):
            assert theirs["use", node, "all", t] > 1
            assert ours[node].iloc[t] == pytest.approx(theirs["price", node, t], abs=1e-4), (node, t)
