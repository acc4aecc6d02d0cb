"""The worked game of Russian gas to Europe, to its printed digits, with and without veto players.

Residual demand p = 360 - 1.5 q (EUR per 1000 m3, q in bcm a year); routes by unit cost and capacity; a coalition with
Russia and the European buyers is worth gross value less cost over the routes it may use, in million EUR a year.
"""

from __future__ import annotations

import numpy as np
import pytest

from linepack.deals.analysis import analyse_game, compare_games
from linepack.deals.core import is_in_core, nucleolus
from linepack.deals.game import Consent, Game, game_from_function, without_sale
from linepack.deals.read import GameFile, load_case_file
from linepack.deals.shapley import shapley

UKRAINE, BELARUS = (75.0, 110.0), (70.0, 33.0)
NORD_STREAM, STRING_B, TURKSTREAM = (65.0, 55.0), (65.0, 27.5), (80.0, 15.75)
FIXED = {"none": [], "nord-stream": [NORD_STREAM], "nord-stream-2": [NORD_STREAM, STRING_B]}


def chain_value(routes: list[tuple[float, float]]) -> tuple[float, float]:
    """Value and quantity: routes in order of cost, each up to its capacity or to where price meets its cost."""
    quantity = cost = 0.0
    for unit_cost, capacity in sorted(routes):
        used = max(0.0, min(capacity, (360 - unit_cost) / 1.5 - quantity))
        quantity, cost = quantity + used, cost + unit_cost * used
    return 360 * quantity - 0.75 * quantity**2 - cost, quantity


def baltic(name: str) -> Game:
    """Russia, buyers, Ukraine and Belarus; the offshore strings belong to Russia and the buyers."""

    def value(s: frozenset[str]) -> float:
        transit = [route for state, route in (("UA", UKRAINE), ("BY", BELARUS)) if state in s]
        return chain_value(FIXED[name] + transit)[0] if {"RU", "EU"} <= s else 0.0

    return game_from_function(("RU", "EU", "UA", "BY"), value)


def vetoes(count: int) -> Game:
    """Russia, buyers and Turkey with TurkStream; string B needs all of ``count`` veto players."""
    gates = tuple(f"veto {k}" for k in range(count))

    def value(s: frozenset[str]) -> float:
        routes = [TURKSTREAM] * ("TR" in s) + [STRING_B] * (set(gates) <= s)
        return chain_value(routes)[0] if {"RU", "EU"} <= s else 0.0

    return game_from_function(("RU", "EU", "TR", *gates), value)


@pytest.mark.parametrize(
    ("name", "values", "quantity", "by_shapley", "by_nucleolus"),
    [
        ("none", (0, 22275.0, 8753.3, 25583.3), 143.0, (35.1, 35.1, 23.7, 6.1), (31.2, 31.2, 31.2, 6.5)),
        ("nord-stream", (13956.3, 27156.3, 19987.0, 27790.0), 190.0, (43.3, 43.3, 11.0, 2.4), (42.4, 42.4, 14.0, 1.1)),
        ("nord-stream-2", (19232.8, 27900.0, 23902.3, 28065.0), 190.0, (46.1, 46.1, 6.3, 1.5), (46.1, 46.1, 7.4, 0.3)),
    ],
)
def test_three_regimes(
    name: str, values: tuple[float, ...], quantity: float, by_shapley: tuple[float, ...],
    by_nucleolus: tuple[float, ...],
) -> None:  # fmt: skip
    """Values, quantity and shares as printed: values to 0.1 (halves up), shares to 0.1 %."""
    game = baltic(name)
    found = [game.value("RU", "EU", *others) for others in ((), ("UA",), ("BY",), ("UA", "BY"))]
    assert np.floor(np.array(found) * 10 + 0.5) / 10 == pytest.approx(values, abs=1e-9)
    assert chain_value([*FIXED[name], UKRAINE, BELARUS])[1] == quantity
    assert (100 * shapley(game) / game.total).round(1) == pytest.approx(by_shapley, abs=1e-9)
    assert (100 * nucleolus(game).payoffs / game.total).round(1) == pytest.approx(by_nucleolus, abs=1e-9)


def test_a_second_string_moves_money_more_than_it_makes() -> None:
    """Total value rises by 275 (1 %), Ukraine's Shapley payoff falls from 3,051 to 1,763."""
    before, after = baltic("nord-stream"), baltic("nord-stream-2")
    assert after.total - before.total == pytest.approx(275, abs=1e-9)
    assert [round(float(shapley(game)[2])) for game in (before, after)] == [3051, 1763]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, (44.6, 44.6, 10.7)),
        (1, (33.8, 33.8, 11.2, 21.2)),
        (2, (28.5, 28.5, 11.5, 15.8, 15.8)),
        (3, (25.3, 25.3, 11.7, 12.6, 12.6, 12.6)),
        (4, (23.1, 23.1, 11.8, 10.5, 10.5, 10.5, 10.5)),
    ],
)
def test_pure_vetoes(count: int, expected: tuple[float, ...]) -> None:
    """The more gates, the more of the value they take together: Shapley shares to 0.1 % as printed."""
    game = vetoes(count)
    assert (100 * shapley(game) / game.total).round(1) == pytest.approx(expected, abs=1e-9)


def test_values_of_the_veto_variant() -> None:
    """TurkStream alone 4,224.0, string B alone 7,545.3, both 11,119.6."""
    game = vetoes(1)
    found = [game.value("RU", "EU", "TR"), game.value("RU", "EU", "veto 0"), game.total]
    assert np.round(found, 1) == pytest.approx([4224.0, 7545.3, 11119.6], abs=1e-9)


def test_a_veto_that_agrees_unpaid_takes_nothing() -> None:
    """With all four agreeing for nothing, the game is the one without vetoes."""
    game = without_sale(vetoes(4), {f"veto {k}": Consent.AGREES for k in range(4)})
    assert game.players == ("RU", "EU", "TR")
    assert (100 * shapley(game) / game.total).round(1) == pytest.approx([44.6, 44.6, 10.7], abs=1e-9)


def test_a_veto_that_refuses_whatever_it_is_offered_leaves_turkstream() -> None:
    """One refusal takes string B away from all: what is left is TurkStream, shared equally by its three."""
    game = without_sale(vetoes(2), {"veto 0": Consent.REFUSES})
    assert game.total == pytest.approx(4223.953125)
    assert shapley(game) == pytest.approx([game.total / 3] * 3 + [0.0])


def test_what_an_agreeing_veto_is_worth_alone_is_not_shared() -> None:
    """A veto worth 3 alone that agrees unpaid keeps its 3: the other gets what it adds, 10 - 3, not 10."""
    game = Game(("a", "veto"), np.array([0.0, 1.0, 3.0, 10.0]))
    assert without_sale(game, {"veto": Consent.AGREES}).values.tolist() == [0, 7]
    assert without_sale(game, {"veto": Consent.REFUSES}).values.tolist() == [0, 1]


def test_signs_of_a_direct_sea_route() -> None:
    """Published findings in kind, on this worked game: the direct route weakens both transit states.

    Belarus's land bypass of Ukraine (33 bcm) moves Russia's share by less than the direct route (55 bcm) does.
    """
    changes = compare_games(analyse_game(baltic("none")), analyse_game(baltic("nord-stream")))
    by_player = {change.player: change for change in changes}
    for state in ("UA", "BY"):
        assert by_player[state].changes["Shapley value"] < 0
        assert by_player[state].changes["nucleolus"] < 0
    assert by_player["RU"].changes["Shapley value"] > 0

    def share_of_russia(values: dict[frozenset[str], float]) -> float:
        game = game_from_function(
            ("RU", "EU", "UA", "BY"), lambda s: values.get(s & {"UA", "BY"}, 0.0) * ({"RU", "EU"} <= s)
        )
        return float(shapley(game)[0] / game.total)

    land = {frozenset(s): chain_value(r)[0] for s, r in (
        ((), []), (("UA",), [UKRAINE]), (("BY",), []), (("UA", "BY"), [UKRAINE]))}  # fmt: skip
    bypass = land | {
        frozenset({"BY"}): chain_value([BELARUS])[0],
        frozenset({"UA", "BY"}): chain_value([UKRAINE, BELARUS])[0],
    }
    direct = {key: chain_value([NORD_STREAM, *([UKRAINE] if "UA" in key else [])])[0] for key in land}
    assert share_of_russia(bypass) - share_of_russia(land) < share_of_russia(direct) - share_of_russia(land)


@pytest.mark.parametrize("name", ["none", "nord-stream", "nord-stream-2"])
def test_the_shipped_games_are_the_worked_ones(name: str) -> None:
    """The files that come with linepack hold the values of this module, and their nucleolus is in the core."""
    loaded = load_case_file(f"baltic-{name}")
    assert isinstance(loaded, GameFile)
    assert loaded.game.values == pytest.approx(baltic(name).values, abs=1e-6)
    assert is_in_core(loaded.game, nucleolus(loaded.game).payoffs, 1e-7)


def test_the_shipped_veto_game_is_the_worked_one() -> None:
    """With Germany and the United States as its two vetoes."""
    loaded = load_case_file("ns2-b-vetoes")
    assert isinstance(loaded, GameFile)
    assert loaded.game.values == pytest.approx(vetoes(2).values, abs=1e-6)
