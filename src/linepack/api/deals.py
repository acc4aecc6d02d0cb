"""Deals and games of coalition values: who gains, who must agree, who blocks and what unblocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack.api.market import Facts, given_facts, solve_settings
from linepack.deals.read import GameFile, load_case_file
from linepack.deals.study import DealStudy, GameStudy, Solving, study_deal, study_game
from linepack.report.deal_report import study_content
from linepack.report.kept import keep_deal
from linepack.runs.display import Shown
from linepack.runs.runner import Progress
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder

UNIT = "EUR bn"


@dataclass(frozen=True, eq=False, repr=False)
class DealTables(Shown):
    """Who gains from a deal or a game, and who has a veto.

    ``payoffs``: outsiders, player, concept, payoff in ``unit``; the rows of one rule and one concept add up to the
    total. ``vetoes``: outsiders, player: without whom no coalition is worth anything. ``bands``: outsiders, player,
    concept, low, high: 10 and 90 per cent over the draws asked for. ``changes``: player, concept, change from the game
    ``against``. ``least_decisions``: what, way, decision, choice: a way to bring an effect or a target about.
    ``worlds``: world, outsiders, concept, player, payoff. ``findings``: study, claim, holds, numbers. Tables that were
    not asked for have no rows.
    """

    title: str
    unit: str
    payoffs: pd.DataFrame
    vetoes: pd.DataFrame
    bands: pd.DataFrame
    changes: pd.DataFrame
    least_decisions: pd.DataFrame
    worlds: pd.DataFrame
    findings: pd.DataFrame

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        wide = self.payoffs.pivot_table(index=["outsiders", "player"], columns="concept", values="payoff", sort=False)
        return f"{self.title}, {self.unit}", {
            "payoffs": wide.rename_axis(columns=None).reset_index(), "vetoes": self.vetoes, "bands": self.bands,
            "changes": self.changes, "least_decisions": self.least_decisions, "worlds": self.worlds,
            "findings": self.findings,
        }  # fmt: skip


def deal(
    case: str | Path, *, outsiders: Sequence[str] = (), against: str | None = None, reach: str | None = None,
    target: str | None = None, is_published: bool = False, variant: str | None = None, is_across: bool = False,
    draws: int = 0, system: Facts | None = None, solver: str = "auto", workspace: str | Path | None = None,
    workers: int = 2,
) -> DealTables:  # fmt: skip
    """Return who gains from a deal or a game of coalition values, under each solution concept.

    ``case`` is a YAML file, a name that comes with linepack, or CASE/DEAL. ``outsiders`` are rules (keep-defaults,
    best-response, inactive; default: all) for a deal; a game has one set of rows, named 'game'. A deal on market runs
    solves one scenario per effect, in the world ``variant`` if it names one; what was solved is kept in the workspace.
    ``draws`` joint draws of conduct, elasticities, LNG supply and wedges give bands, for as many runs more per effect.
    ``against`` is another game; ``reach`` an effect and ``target`` a figure ('ttf_eur_mwh<25') whose least decisions
    are sought; ``is_across`` asks for all worlds, ``is_published`` for published findings. Errors: ``InputError``;
    ``NotCertified`` if a run has no certified answer.

    >>> import linepack
    >>> tables = linepack.deal("baltic-nord-stream")
    >>> tables.payoffs.columns.tolist(), tables.unit
    (['outsiders', 'player', 'concept', 'payoff'], 'EUR m a year')
    """
    return deal_tables(study(
        case, outsiders=outsiders, against=against, reach=reach, target=target, is_published=is_published,
        variant=variant, is_across=is_across, draws=draws, system=system, solver=solver, workspace=workspace,
        workers=workers,
    ))  # fmt: skip


def study(
    case: str | Path, *, outsiders: Sequence[str] = (), against: str | None = None, reach: str | None = None,
    target: str | None = None, is_published: bool = False, variant: str | None = None, is_across: bool = False,
    draws: int = 0, system: Facts | None = None, solver: str = "auto", workspace: str | Path | None = None,
    workers: int = 2, on_progress: Callable[[Progress], None] | None = None,
) -> DealStudy | GameStudy:  # fmt: skip
    """Return what ``deal`` puts in tables."""
    loaded = load_case_file(case)
    if isinstance(loaded, GameFile):
        return study_game(loaded, against)
    facts = None if system is None else given_facts(system)
    solving = Solving(RunStore(workspace_folder(workspace)), solve_settings(solver), workers, facts, on_progress)
    return study_deal(loaded, solving, rules=outsiders, variant=variant, draws=draws, reach=reach, target=target,
                      is_across=is_across, is_published=is_published)  # fmt: skip


def keep_for_page(
    found: DealStudy | GameStudy, case: str, variant: str | None = None, workspace: str | Path | None = None
) -> Path | None:
    """Keep a deal on market runs beside the runs, where page and brief find it; return the path, None for others."""
    if isinstance(found, GameStudy) or found.runs is None:
        return None
    content = {key: value for key, value in study_content(found).items() if key != "published"}
    return keep_deal(workspace_folder(workspace), case, content, variant)


def deal_tables(found: DealStudy | GameStudy) -> DealTables:
    """Return a study as tables."""
    games = {"game": found.analysis} if isinstance(found, GameStudy) else {
        str(rule): game for rule, (_, game) in found.analysis.games.items()}  # fmt: skip
    payoffs = [(rule, player, concept, float(amount))
               for rule, game in games.items() for concept, amounts in game.payoffs.items()
               for player, amount in zip(game.game.players, amounts, strict=True)]  # fmt: skip
    vetoes = [(rule, player) for rule, game in games.items() for player in game.vetoes]
    of_deal = None if isinstance(found, GameStudy) else found
    by_concept = ["outsiders", "player", "concept"]
    return DealTables(
        found.file.title if isinstance(found, GameStudy) else found.file.deal.title,
        found.file.unit if isinstance(found, GameStudy) else UNIT,
        pd.DataFrame(payoffs, columns=[*by_concept, "payoff"]),
        pd.DataFrame(vetoes, columns=["outsiders", "player"]),
        pd.DataFrame(_bands(of_deal), columns=[*by_concept, "low", "high"]),
        pd.DataFrame(_changes(found), columns=["player", "concept", "change"]),
        pd.DataFrame(_least(of_deal), columns=["what", "way", "decision", "choice"]),
        pd.DataFrame(_worlds(of_deal), columns=["world", "outsiders", "concept", "player", "payoff"]),
        pd.DataFrame(_findings(of_deal), columns=["study", "claim", "holds", "numbers"]),
    )


def _bands(found: DealStudy | None) -> list[tuple[str, str, str, float, float]]:
    if found is None or found.bands is None:
        return []
    return [(str(rule), player, concept, float(ends[0, k]), float(ends[1, k]))
            for rule, by_concept in found.bands.games.items() for concept, ends in by_concept.items()
            for k, player in enumerate(found.analysis.games[rule][1].game.players)]  # fmt: skip


def _changes(found: DealStudy | GameStudy) -> list[tuple[str, str, float]]:
    changes = found.changes if isinstance(found, GameStudy) else ()
    return [(c.player, concept, float(change)) for c in changes for concept, change in c.changes.items()]


def _least(found: DealStudy | None) -> list[tuple[str, int, str, str]]:
    if found is None:
        return []
    return [(ways.what, number, decision, choice) for ways in (found.reach, found.target) if ways is not None
            for number, way in enumerate(ways.ways, start=1) for decision, choice in way.items()]  # fmt: skip


def _worlds(found: DealStudy | None) -> list[tuple[str, str, str, str, float]]:
    if found is None or found.worlds is None:
        return []
    return [(row.world, str(row.outsiders), row.concept, player, payoff)
            for row in found.worlds.rows for player, payoff in row.payoffs_eur_bn.items()]  # fmt: skip


def _findings(found: DealStudy | None) -> list[tuple[str, str, bool | None, str]]:
    return [] if found is None else [(f.study, f.claim, f.holds, f.numbers) for f in found.findings or ()]
