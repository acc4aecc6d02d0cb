"""How sure a deal's figures are: the same deal under joint draws of what nobody knows, and across worlds and rules.

A draw changes the market for every outcome alike, so a gain is a difference inside one draw and what moves both sides
cancels. Draws are runs of their own, kept by effect; an interrupted call goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.deals.analysis import NASH, NUCLEOLUS, SHAPLEY, DealAnalysis, needs_of
from linepack.deals.bargaining import nash_split
from linepack.deals.blocking import unblocking
from linepack.deals.coalitions import coalition_values
from linepack.deals.core import nucleolus
from linepack.deals.deal import Deal, Outsiders
from linepack.deals.game import FloatArray
from linepack.deals.market import RunAccounts, counted_rows, known_names, with_shares
from linepack.deals.outcomes import Outcomes, find_outcomes, reachable_effects
from linepack.deals.shapley import shapley
from linepack.errors import NotCertified
from linepack.results.figures import figure_table
from linepack.results.solution import Solution, SolveSettings
from linepack.results.tables import result_tables
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.patches import Patch
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, eq=False)
class DealDraws:
    """The outcomes of a deal in every draw that was certified for all effects, and how many were asked for.

    ``ttf_eur_mwh`` has shape (draws, effects), the effects in the order of the outcomes.
    """

    outcomes: tuple[Outcomes, ...]
    ttf_eur_mwh: FloatArray
    asked: int


@dataclass(frozen=True, eq=False)
class DealBands:
    """10 and 90 per cent over draws, each pair with players (or effects) along the last axis of shape (2, n).

    ``gains_eur_bn`` and ``payments_eur_bn`` by position of a review of the analysis; ``gaining`` the share of draws in
    which a player gains there; ``games`` by rule and concept, ``totals`` by rule.
    """

    draws: int
    asked: int
    gains_eur_bn: tuple[FloatArray, ...]
    gaining: tuple[FloatArray, ...]
    payments_eur_bn: FloatArray
    ttf_change_eur_mwh: FloatArray
    games: Mapping[Outsiders, Mapping[str, FloatArray]]
    totals: Mapping[Outsiders, FloatArray]


def accounts_and_headline(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return what a draw of a deal keeps: its accounts and its headline figures."""
    return {**result_tables(solution, ["accounts"]), "headline": figure_table(solution)}


def draw_deal(
    deal: Deal, base: Scenario, system: GasSystem, store: RunStore, worlds: Sequence[Sequence[Patch]], *,
    settings: SolveSettings | None = None, workers: int = 2, on_progress: Callable[[Progress], None] | None = None,
) -> DealDraws:  # fmt: skip
    """Return the deal's outcomes in each world, one tuple of patches per draw.

    ``store`` must hold no other runs than draws of deals: they keep fewer tables. A draw that fails for one effect is
    left out for all. Errors: ``NotCertified`` if fewer than half of the draws are certified.
    """
    filled = with_shares(deal, system)
    keys = reachable_effects(filled)
    jobs = [filled.scenario(base.with_patches(f"{base.name}, draw {k + 1}", *patches), key)
            for k, patches in enumerate(worlds) for key in keys]  # fmt: skip
    found = run_scenarios(system, jobs, store, settings=settings, workers=workers, keep=accounts_and_headline,
                          on_progress=on_progress)  # fmt: skip
    outcomes, prices = [], []
    for k in range(len(worlds)):
        runs = [outcome.run for outcome in found[k * len(keys) : (k + 1) * len(keys)]]
        tables = {key: run.tables for key, run in zip(keys, runs, strict=True) if run is not None}
        if len(tables) < len(keys):
            continue
        frames = {key: counted_rows(table) for key, table in tables.items()}
        known = known_names(system, list(frames.values()))
        outcomes.append(find_outcomes(filled, {key: RunAccounts(f, known) for key, f in frames.items()}.__getitem__))
        prices.append([_ttf(tables[key]) for key in outcomes[-1].effects])
    if len(outcomes) * 2 < len(worlds):
        raise NotCertified("bands-not-certified", f"only {len(outcomes)} of {len(worlds)} draws could be certified",
                           hint="see the failed scenarios above")  # fmt: skip
    return DealDraws(tuple(outcomes), np.array(prices), len(worlds))


def _ttf(tables: Mapping[str, pd.DataFrame]) -> float:
    table = tables["headline"]
    return float(table.loc[table["figure"] == "ttf_eur_mwh", "value"].iloc[0])


def deal_bands(analysis: DealAnalysis, draws: DealDraws) -> DealBands:
    """Return the bands of the figures of an analysis."""
    gains = [np.stack([o.gains_eur_bn[r.profile] for o in draws.outcomes]) for r in analysis.reviews]
    paid = [[unblocking(o, r.profile).payments_eur_bn for o in draws.outcomes] for r in analysis.reviews]
    at = [draws.outcomes[0].effect_of[r.profile] for r in analysis.reviews]
    start = draws.outcomes[0].effect_of[draws.outcomes[0].default]
    ttf = draws.ttf_eur_mwh[:, at] - draws.ttf_eur_mwh[:, [start]]
    games, totals = {}, {}
    for rule in analysis.games:
        each = [concepts(o, rule) for o in draws.outcomes]
        games[rule] = {name: _ends(np.stack([one[name] for one in each])) for name in each[0]}
        totals[rule] = _ends(np.array([one[SHAPLEY].sum() for one in each]))
    return DealBands(
        len(draws.outcomes), draws.asked, tuple(_ends(one) for one in gains),
        tuple((one > 0).mean(axis=0) for one in gains), _ends(np.array(paid).T), _ends(ttf), games, totals,
    )  # fmt: skip


def concepts(outcomes: Outcomes, rule: Outsiders) -> dict[str, FloatArray]:
    """Return the payoffs of the money game under one rule by solution concept, players in the game's order."""
    game = coalition_values(outcomes, rule).game
    return {SHAPLEY: shapley(game), NUCLEOLUS: nucleolus(game).payoffs,
            NASH: nash_split(game.total, game.alone, needs_of(game)).payoffs}  # fmt: skip


def _ends(values: FloatArray) -> FloatArray:
    return np.asarray(np.quantile(values, (LOW, HIGH), axis=0))

