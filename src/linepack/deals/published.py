"""Published findings on Eurasian routes held against a deal ``routes``: signs and rankings, of today or about 2009.

The studies have other years, networks and payoffs (2009 to 2022; profits or cost savings), so that only signs and
rankings are compared, and a finding that does not hold here is shown as such with the numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linepack.deals.blocking import equilibria
from linepack.deals.coalitions import coalition_values
from linepack.deals.core import nucleolus
from linepack.deals.deal import EffectKey, Outsiders, effect_text
from linepack.deals.game import FloatArray, Game
from linepack.deals.market import MarketRuns
from linepack.deals.outcomes import Outcomes
from linepack.deals.shapley import shapley
from linepack.errors import InputError
from linepack.results.headline import DAYS_PER_YEAR, country_prices, horizon_days
from linepack.scenario.patches import AssetPatch

UKRAINE, YAMAL, SEA, SOUTH_STREAM = "ukraine", "yamal", "nord-stream", "south-stream"
NS2_B, TRANSIT, STRING_2 = "ns2-b", "ukraine-15", "string-2-closed"
SOUTH_EAST = ("BG", "RO", "GR", "RS", "HU", "HR", "MD")
WEST, EAST, SOUTH = ("DE", "FR", "NL", "BE", "AT"), ("PL", "CZ", "SK", "HU"), ("IT", "ES", "PT", "GR")
SHIP_OR_PAY_USD_BN_Y = 0.75
"""Half of what Nord Stream 1's shipper paid a year for 55 bcm (accounts of 2012), for one string of 27.5 bcm."""
ONE_BUYER = (
    "all EU buyers are one player here and needed with Russia for every route, so a line that spares a transit state "
    "moves what that state can hold up, and with it the nucleolus"
)


@dataclass(frozen=True)
class Finding:
    """A published finding: study, claim, whether it holds here (None: not testable), and numbers or the reason."""

    study: str
    claim: str
    holds: bool | None
    numbers: str


def published_findings(outcomes: Outcomes, routes: MarketRuns, stress: MarketRuns) -> tuple[Finding, ...]:
    """Return the findings. ``stress`` are runs with a closed second string of TurkStream.

    Errors: ``InputError`` if the deals do not have the effects that the findings are about.
    """
    for runs, needed in ((routes, (UKRAINE, YAMAL, SEA)), (stress, (NS2_B, TRANSIT, STRING_2))):
        lacking = [name for name in needed if name not in {effect.name for effect in runs.deal.effects}]
        if lacking:
            raise InputError("unknown-effect", f"deal '{runs.deal.name}' lacks effects", keys=lacking,
                             hint="us-gazprom-2025/routes and us-gazprom-2025/south-east have them")  # fmt: skip
    years = horizon_days(next(iter(routes.runs.values())).tables) / DAYS_PER_YEAR
    land, ukraine, with_sea = ((_game(outcomes, keys), keys) for keys in (
        (UKRAINE, YAMAL), (UKRAINE,), (UKRAINE, YAMAL, SEA)))  # fmt: skip
    sea_only = _game(outcomes, (UKRAINE, SEA))
    has_south = SOUTH_STREAM in {effect.name for effect in routes.deal.effects}
    south = (_game(outcomes, (UKRAINE, YAMAL, SOUTH_STREAM)), _game(outcomes, (UKRAINE, YAMAL, SEA, SOUTH_STREAM)))
    return (
        *_transit(land[0], ukraine[0], sea_only, with_sea[0]),
        *_sea_line(land[0], with_sea[0], years, _strings(routes)),
        *_south(land[0], with_sea[0], south if has_south else None, years),
        *_winners(routes, years),
        *_baltic(outcomes, land[0], with_sea[0], years),
        _south_east(stress),
    )


def _game(outcomes: Outcomes, effects: tuple[str, ...]) -> Game:
    """Return the game in which only these effects can come about: what a coalition can reach with these routes."""
    allowed = [k for k, key in enumerate(outcomes.effects) if key <= frozenset(effects)]
    gains = outcomes.gains_eur_bn
    values = coalition_values(outcomes, Outsiders.KEEP_DEFAULTS).game
    names = values.players
    table = np.zeros(1 << len(names))
    inside = np.isin(outcomes.effect_of, allowed)
    for mask in range(1, len(table)):
        members = [outcomes.deal.names.index(names[k]) for k in range(len(names)) if mask >> k & 1]
        bits = sum(1 << m for m in members)
        open_to = inside & ((outcomes.departing & ~bits) == 0)
        table[mask] = float(gains[open_to][:, members].sum(axis=1).max())
    return Game(names, table)


def _shares(payoffs: FloatArray) -> FloatArray:
    return 100 * payoffs / payoffs.sum()


def _transit(land: Game, ukraine: Game, sea: Game, everything: Game) -> tuple[Finding, ...]:
    study = "Hubert and Ikonnikova 2011"
    ru, ua, by = (land.players.index(name) for name in ("RU", "UA", "BY"))
    before, after = _shares(shapley(land)), _shares(shapley(everything))
    start, bypass, direct = (_shares(shapley(game))[ru] for game in (ukraine, land, sea))
    return (
        Finding(study, "old lines only: Ukraine and Belarus are strong; a sea route weakens both",
                bool(after[ua] < before[ua] and after[by] < before[by]),
                f"Shapley share of Ukraine {before[ua]:.1f} to {after[ua]:.1f} %, of Belarus {before[by]:.1f} to "
                f"{after[by]:.1f} %"),
        Finding(study, "with investment options Russia dominates the transit states",
                bool(after[ru] > after[ua] + after[by] and after[ru] > before[ru]),
                f"Russia {before[ru]:.1f} to {after[ru]:.1f} %; the EU, one buyer here, has the same by construction"),
        Finding(study, "a way around one transit state matters less than the sea route",
                bool(bypass - start < direct - start),
                f"Russia with Ukraine alone {start:.1f} %, with Belarus too {bypass:.1f} %, with the sea "
                f"{direct:.1f} %"),
        Finding(study, "the Shapley value fits observed terms better than core or nucleolus", None,
                "no observed shares are in the data"),
    )  # fmt: skip


def _strings(routes: MarketRuns) -> int:
    """Return how many strings of 27.5 bcm the sea route has."""
    sea = next(effect for effect in routes.deal.effects if effect.name == SEA)
    return sum(len(patch.arcs) for patch in sea.patches if isinstance(patch, AssetPatch))


def _sea_line(land: Game, everything: Game, years: float, strings: int) -> tuple[Finding, ...]:
    study = "Hubert and Cobanli 2014"
    names = land.players
    value = (shapley(everything) - shapley(land)) / years
    level = (nucleolus(everything).payoffs - nucleolus(land).payoffs) / years
    ru, eu = names.index("RU"), names.index("EU")
    return (
        Finding(study, "the sea route gains Russia and its buyers far more than it costs",
                bool(min(value[ru], value[eu]) > strings * SHIP_OR_PAY_USD_BN_Y),
                f"Shapley gain EUR {value[ru]:.1f} bn a year each for Russia and the EU, against a charge of about USD "
                f"{strings * SHIP_OR_PAY_USD_BN_Y} bn a year"),
        Finding(study, "under the nucleolus the line hardly matters", bool(abs(level[ru]) < 0.5 * abs(value[ru])),
                f"nucleolus gain EUR {level[ru]:.1f} bn a year for Russia, Shapley gain {value[ru]:.1f}; {ONE_BUYER}"),
    )  # fmt: skip


def _south(land: Game, sea: Game, south: tuple[Game, Game] | None, years: float) -> tuple[Finding, ...]:
    study, claim = "Hubert and Cobanli 2014", "South Stream matters much less than Nord Stream"
    nabucco = Finding(study, "Nabucco is not viable", None, "the line and gas for it are not in the network")
    if south is None:
        return (Finding(study, claim, None, "not in this deal; TurkStream flows in every run"), nabucco)
    ru, ua, by = (land.players.index(name) for name in ("RU", "UA", "BY"))
    start = shapley(land)
    north_gain, south_gain = (float(shapley(game)[ru] - start[ru]) / years for game in (sea, south[0]))
    regimes = {"old lines": land, "with Nord Stream": sea, "with South Stream": south[0], "with both": south[1]}
    shares = "; ".join(
        f"{name}: Russia {_shares(shapley(game))[ru]:.1f}, Ukraine {_shares(shapley(game))[ua]:.1f}, Belarus "
        f"{_shares(shapley(game))[by]:.1f} %" for name, game in regimes.items()
    )
    gains = f"Shapley gain of Russia EUR {south_gain:.1f} bn a year, {north_gain:.1f} from Nord Stream"
    return Finding(study, claim, south_gain < 0.5 * north_gain, f"{gains}; {shares}"), nabucco


def _winners(routes: MarketRuns, years: float) -> tuple[Finding, ...]:
    study = "Sziklai, Koczy and Csercsik 2020"
    closed = {name: _change(routes, frozenset({SEA}), frozenset(), countries) / years
              for name, countries in _REGIONS.items()}  # fmt: skip
    open_ = {name: _change(routes, frozenset({SEA, UKRAINE}), frozenset({UKRAINE}), countries) / years
             for name, countries in _REGIONS.items()}  # fmt: skip
    shown = ", ".join(f"{name} {closed[name]:+.1f} ({open_[name]:+.1f} with Ukraine open)" for name in _REGIONS)
    return (
        Finding(study, "Nord Stream 2 helps Russia and Western Europe",
                closed["Russia"] > 0 and closed["West"] > 0, f"EUR bn a year: {shown}"),
        Finding(study, "Norway loses", closed["Norway"] < 0 and open_["Norway"] < 0, "see above"),
        Finding(study, "Central, Eastern and Southern Europe lose",
                closed["East"] < 0 and closed["South"] < 0,
                "they gain here: all EU hubs trade as one market, and consumers count; the study has a game of cost "
                "savings among buyers"),
        Finding(study, "the losses are larger if Ukraine's route is shut", closed["Norway"] < open_["Norway"],
                "Norway, see above"),
    )  # fmt: skip


_REGIONS = {"Russia": ("RU",), "West": WEST, "East": EAST, "South": SOUTH, "Norway": ("NO",)}


def _change(runs: MarketRuns, after: EffectKey, before: EffectKey, countries: tuple[str, ...]) -> float:
    def amount(key: EffectKey) -> float:
        if key not in runs.accounts:
            raise InputError("missing-outcome", f"no run of '{effect_text(key)}'", keys=[effect_text(key)])
        rows = runs.accounts[key].rows
        return float(rows.loc[rows["country"].isin(countries), "amount_eur_bn"].sum())

    return amount(after) - amount(before)


def _baltic(outcomes: Outcomes, land: Game, everything: Game, years: float) -> tuple[Finding, ...]:
    study = "Zweifel, Krey and Schirillo"
    change = dict(zip(land.players, ((shapley(everything) - shapley(land)) / years).tolist(), strict=True))
    both = frozenset({UKRAINE, YAMAL})
    holds = equilibria(outcomes)
    stable = any(both <= outcomes.effects[outcomes.effect_of[p]] for p in holds.with_payments)
    return (
        Finding(study, "all of Russia, Belarus and Ukraine taking part is an equilibrium", stable,
                "outcomes with both land routes hold with payments" if stable else "no such outcome holds"),
        Finding(study, "a Baltic pipe helps Russia and hurts Ukraine most",
                bool(change["RU"] > 0 and change["UA"] == min(change.values()) and change["UA"] < 0),
                ", ".join(f"{name} {amount:+.1f}" for name, amount in change.items()) + " EUR bn a year (Shapley)"),
    )  # fmt: skip


def _south_east(stress: MarketRuns) -> Finding:
    """What the south-east pays when TurkStream's second string stops, with the same gas by sea or through Ukraine.

    Risk is what is paid when the route fails, and how far that is above Germany, whose supply does not depend on it;
    the rise from calm times is shown too: it is smaller by sea because the south-east pays more by sea in calm times.
    """

    def prices(*effects: str) -> tuple[float, float]:
        found = country_prices(stress.runs[frozenset(effects)].tables)
        return float(found[list(SOUTH_EAST)].mean()), float(found[list(SOUTH_EAST)].mean() - found["DE"])

    (sea, sea_gap), (land, land_gap) = prices(NS2_B, STRING_2), prices(TRANSIT, STRING_2)
    rises = [level - prices(world)[0] for level, world in ((sea, NS2_B), (land, TRANSIT))]
    claim = "flow moved from Ukraine to Nord Stream 2 raises supply risk in the south-east"
    return Finding("Koczy and others 2022", claim, sea > land and sea_gap > land_gap,
                   f"TurkStream's second string stops: the south-east pays {sea:.2f} EUR/MWh with 15 bcm a year "
                   f"through Nord Stream 2, {land:.2f} with 15 bcm through Ukraine; {sea_gap:.2f} and {land_gap:.2f} "
                   f"above Germany; up by {rises[0]:.2f} and {rises[1]:.2f} from calm times")  # fmt: skip
