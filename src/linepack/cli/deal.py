"""``deal``: who gains, who must agree, who blocks, and what unblocks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linepack.cli.options import output_options, print_json, settings_of, show_progress, solve_options

if TYPE_CHECKING:
    from linepack.deals.bands import DealDraws
    from linepack.deals.conditions import BoolArray
    from linepack.deals.market import MarketRuns
    from linepack.deals.outcomes import Outcomes
    from linepack.deals.read import DealFile, GameFile
    from linepack.system.gassystem import GasSystem


STRESS = "us-gazprom-2025/south-east"
"""The deal whose runs have TurkStream's second string closed, and the same gas by sea or through Ukraine."""


@click.command()
@click.argument("case")
@click.option("--outsiders", "rules", multiple=True, metavar="RULE",
              help="keep-defaults, best-response or inactive; may be repeated [default: all three].")  # fmt: skip
@click.option("--against", default=None, help="Also show the change from this game: a YAML file or a name.")
@click.option("--reach", default=None, metavar="EFFECT", help="Show the least decisions that bring about an effect.")
@click.option("--target", default=None, metavar="TARGET",
              help="Show the least decisions that reach a figure, e.g. 'ttf_eur_mwh<25' or 'flow_twh_y:NS2_B>=280'.")
@click.option("--published", "is_published", is_flag=True,
              help="Also hold bypass-2009/routes or us-gazprom-2025/routes against published findings.")
@click.option("--variant", default=None, metavar="NAME", help="Hold the deal against another world that it names.")
@click.option("--variants", "is_across", is_flag=True,
              help="One table across all worlds that it names, outsider rules and solution concepts.")
@click.option("--draws", type=click.IntRange(2, 1000), default=None, metavar="N",
              help="Bands over N joint draws of conduct, elasticities, LNG supply and wedges.")
@solve_options
@output_options
def deal(
    case: str, rules: tuple[str, ...], against: str | None, reach: str | None, target: str | None,
    is_published: bool, variant: str | None, is_across: bool, draws: int | None, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> None:  # fmt: skip
    """Show who gains from CASE, who must agree, who blocks and what unblocks.

    CASE is a YAML file, a name of a game or deal that comes with linepack, or CASE/DEAL. A deal on market runs solves
    one scenario per effect; what was solved before is not solved again.
    """
    from linepack.deals.read import GameFile, load_case_file

    loaded = load_case_file(case)
    if isinstance(loaded, GameFile):
        content, text = _game(loaded, against)
    else:
        solving = _Solving(dataset, solver, workspace, workers)
        runs = None if loaded.market is None else _runs(loaded, variant, solving)
        content, text = _deal(loaded, runs, rules, reach, target, _drawn(loaded, variant, draws, solving))
        if is_across:
            content["across_variants"], found = _across(loaded, rules, solving)
            text = f"{text}\n\n{found}"
        if runs is not None:
            _keep(case, variant, workspace, content)
        if is_published:
            stress = load_case_file(STRESS)
            assert not isinstance(stress, GameFile)
            content["published"], found = _published(runs, _runs(stress, None, solving))
            text = f"{text}\n\n{found}"
    if out is not None:
        _write(Path(out), content, text)
    if as_json:
        print_json(content)
    else:
        click.echo(text)


def _keep(case: str, variant: str | None, workspace: str | None, content: dict[str, Any]) -> None:
    """Keep a deal on market runs beside the runs: the page and the brief of its case show it."""
    from linepack.report.kept import keep_deal
    from linepack.runs.store import workspace as folder_of

    click.echo(f"kept {keep_deal(folder_of(workspace), case, content, variant)}", err=True)


def _game(loaded: GameFile, against: str | None) -> tuple[dict[str, Any], str]:
    from linepack.deals.analysis import analyse_game, compare_games
    from linepack.deals.content import CONTENT_SCHEMA, game_content, union_content
    from linepack.deals.game import without_sale
    from linepack.report.deal_text import comparison_text, game_text, stances_text, union_text

    game = without_sale(loaded.game, loaded.stances) if loaded.stances else loaded.game
    proposals = {} if loaded.proposal is None else {"proposal": game.payoffs_of(
        {name: amount for name, amount in loaded.proposal.items() if name in game.players})}  # fmt: skip
    analysis = analyse_game(game, proposals)
    content: dict[str, Any] = {
        "schema": CONTENT_SCHEMA, "kind": "game", "name": loaded.name, "title": loaded.title,
        "question": loaded.question, "unit": loaded.unit, "does_not_sell": dict(loaded.stances),
        **game_content(analysis), "unions": {name: union_content(union) for name, union in loaded.unions.items()},
    }  # fmt: skip
    parts = [loaded.title, loaded.question, *([stances_text(loaded.stances)] if loaded.stances else []), "",
             game_text(analysis, unit=loaded.unit)]  # fmt: skip
    for name, union in loaded.unions.items():
        parts += ["", f"Inside {name}:", union_text(union)]
    if against is not None:
        other = _other_game(against)
        before = analyse_game(without_sale(other.game, other.stances) if other.stances else other.game)
        changes = compare_games(before, analysis)
        content["against"] = other.name
        content["changes"] = {c.player: {**c.changes, "has_one_sign": c.has_one_sign} for c in changes}
        parts += ["", f"From '{other.title}':", comparison_text(changes, 1 if game.scale >= 100 else 3)]
    return content, "\n".join(parts)


def _other_game(name: str) -> GameFile:
    from linepack.deals.read import GameFile, load_case_file
    from linepack.errors import InputError

    other = load_case_file(name)
    if not isinstance(other, GameFile):
        raise InputError("not-a-game", f"'{name}' is a deal, not a game of coalition values", keys=[name],
                         hint="give --against a game")  # fmt: skip
    return other


@dataclass(frozen=True)
class _Solving:
    """How and where runs are solved."""

    dataset: str | None
    solver: str
    workspace: str | None
    workers: int

    def system(self) -> GasSystem | None:
        from linepack.system.dataset import load_dataset

        return None if self.dataset is None else load_dataset(self.dataset)


def _runs(loaded: DealFile, variant: str | None, how: _Solving) -> MarketRuns:
    from linepack.api.politics import market_runs

    return market_runs(loaded, variant=variant, system=how.system(), workspace=how.workspace,
                       settings=settings_of(how.solver), workers=how.workers, on_progress=show_progress)  # fmt: skip


def _drawn(loaded: DealFile, variant: str | None, draws: int | None, how: _Solving) -> DealDraws | None:
    from linepack.api.politics import market_draws
    from linepack.errors import InputError

    if draws is None:
        return None
    if loaded.market is None:
        raise InputError("no-runs", "draws need a deal on market runs", hint="'base: CASE/SCENARIO' in the deal")
    return market_draws(loaded, draws, variant=variant, system=how.system(), workspace=how.workspace,
                        settings=settings_of(how.solver), workers=how.workers, on_progress=show_progress)  # fmt: skip


def _across(loaded: DealFile, rules: tuple[str, ...], how: _Solving) -> tuple[dict[str, Any], str]:
    """Return the table across worlds: the base, and every variant of the deal."""
    from linepack.deals.deal import Outsiders, outsiders_named
    from linepack.deals.figures import worlds_content
    from linepack.deals.outcomes import find_outcomes
    from linepack.deals.worlds import BASE, spreads, world_rows
    from linepack.report.deal_text import worlds_text

    worlds, why = {}, {BASE: ""}
    if loaded.market is None:
        assert loaded.accounts is not None
        worlds[BASE] = find_outcomes(loaded.deal, loaded.accounts)
    else:
        why |= {variant.name: variant.why for variant in loaded.market.variants}
        for name in why:
            runs = _runs(loaded, None if name == BASE else name, how)
            worlds[name] = find_outcomes(runs.deal, runs.accounts.__getitem__)
    rows = world_rows(worlds, tuple(outsiders_named(rule) for rule in rules) or tuple(Outsiders))
    found = spreads(rows)
    return worlds_content(rows, found, why), worlds_text(rows, found, why)


def _deal(
    loaded: DealFile, runs: MarketRuns | None, rules: tuple[str, ...], reach: str | None, target: str | None,
    draws: DealDraws | None,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    from linepack.deals.analysis import analyse_deal
    from linepack.deals.bands import deal_bands
    from linepack.deals.content import CONTENT_SCHEMA, deal_content, union_content
    from linepack.deals.deal import Outsiders, outsiders_named
    from linepack.deals.figures import bands_content, headline_figures, with_draw_bands
    from linepack.deals.outcomes import find_outcomes
    from linepack.ensemble.bands import BAND_MEANING
    from linepack.report.deal_text import bands_text, deal_text, union_text

    chosen = tuple(outsiders_named(rule) for rule in rules) or tuple(Outsiders)
    if runs is not None:
        outcomes = find_outcomes(runs.deal, runs.accounts.__getitem__)
    else:
        assert loaded.accounts is not None
        outcomes = find_outcomes(loaded.deal, loaded.accounts)
    analysis = analyse_deal(outcomes, chosen)
    unions = {player.name: player.union for player in loaded.deal.players if player.union is not None}
    content: dict[str, Any] = {
        "schema": CONTENT_SCHEMA, "kind": "deal", "name": loaded.deal.name, "title": loaded.deal.title,
        "question": loaded.deal.question, "unit": "EUR bn", **deal_content(analysis),
        "unions": {name: union_content(union) for name, union in unions.items()},
    }  # fmt: skip
    parts = [loaded.deal.title, loaded.deal.question, "", deal_text(analysis)]
    bands = None
    if draws is not None:
        bands = deal_bands(analysis, draws)
        content = with_draw_bands(content, bands_content(analysis, bands, BAND_MEANING))
        parts += ["", bands_text(analysis, bands, BAND_MEANING)]
    over = "" if runs is None else f" over {runs.base.months} months from {runs.base.first_month}"
    content["headline"] = headline_figures(analysis, bands, meaning=BAND_MEANING, unit=f"EUR bn{over}",
                                           ttf_eur_mwh=None if runs is None else runs.ttf_eur_mwh())  # fmt: skip
    for name, union in unions.items():
        parts += ["", f"Inside {name}:", union_text(union)]
    if loaded.sunk_costs:
        content["hold_up"], text = _hold_up(loaded, outcomes)
        parts += ["", text]
    if runs is not None:
        content["market"], text = _market(loaded, runs)
        parts += ["", text]
    if reach is not None:
        content["reach"], text = _reach(outcomes, reach)
        parts += ["", text]
    if target is not None:
        content["target"], text = _target(outcomes, runs, target)
        parts += ["", text]
    return content, "\n".join(parts)


def _hold_up(loaded: DealFile, outcomes: Outcomes) -> tuple[dict[str, Any], str]:
    from linepack.deals.content import by_player
    from linepack.deals.sinking import sinking
    from linepack.report.deal_text import sinking_text

    found = sinking(outcomes, loaded.sunk_costs)
    content = {name: {"before": by_player(found.players, h.before), "after": by_player(found.players, h.after)}
               for name, h in found.by_concept.items()}  # fmt: skip
    costs = [{"effect": c.effect, "player": c.player, "eur_bn": c.eur_bn, "why": c.why} for c in found.costs]
    return {"costs": costs, **content}, sinking_text(found)


def _market(loaded: DealFile, runs: MarketRuns) -> tuple[dict[str, Any], str]:
    from linepack.deals.market import consents_content, lawful_consents, runs_content
    from linepack.policy.law import load_law
    from linepack.report.deal_text import consents_text, runs_text

    assert loaded.market is not None
    lawful = lawful_consents(runs.deal, loaded.market.queries, load_law()) if loaded.market.queries else ()
    content = {**runs_content(runs), "variants": [variant.name for variant in loaded.market.variants],
               "consents_of_the_law": consents_content(lawful)}  # fmt: skip
    return content, "\n".join([runs_text(runs), *([consents_text(lawful)] if lawful else [])])


def _published(runs: MarketRuns | None, stress: MarketRuns) -> tuple[list[dict[str, Any]], str]:
    from dataclasses import asdict

    from linepack.deals.outcomes import find_outcomes
    from linepack.deals.published import published_findings
    from linepack.errors import InputError
    from linepack.report.deal_text import findings_text

    if runs is None:
        raise InputError("no-runs", "published findings need a deal on market runs", hint="us-gazprom-2025/routes")
    outcomes = find_outcomes(runs.deal, runs.accounts.__getitem__)
    findings = published_findings(outcomes, runs, stress)
    return [asdict(finding) for finding in findings], findings_text(findings)


def _target(outcomes: Outcomes, runs: MarketRuns | None, target: str) -> tuple[dict[str, Any], str]:
    from linepack.deals.market import is_reached
    from linepack.errors import InputError

    if runs is None:
        raise InputError("no-runs", "a target needs a deal on market runs", hint="'base: CASE/SCENARIO' in the deal")
    return _least_ways(outcomes, is_reached(runs, outcomes, target), target)


def _reach(outcomes: Outcomes, effect: str) -> tuple[dict[str, Any], str]:
    import difflib

    import numpy as np

    from linepack.errors import InputError

    known = [item.name for item in outcomes.deal.effects]
    if effect not in known:
        near = difflib.get_close_matches(effect, known, 1, 0.4)
        raise InputError("unknown-effect", f"the deal has no effect '{effect}'", keys=[effect],
                         hint=f"did you mean '{near[0]}'?" if near else f"effects: {', '.join(known)}")  # fmt: skip
    content, text = _least_ways(outcomes, np.array([effect in key for key in outcomes.effects]), effect)
    return {"effect": effect, "least_decisions": content["least_decisions"]}, text


def _least_ways(outcomes: Outcomes, is_hit: BoolArray, what: str) -> tuple[dict[str, Any], str]:
    from linepack.deals.outcomes import least_decisions

    changes = [outcomes.changes(p) for p in least_decisions(outcomes, is_hit)]
    text = "\n".join("  " + (", ".join(f"{k} = {v}" for k, v in way.items()) or "no change") for way in changes)
    none = f"  none of {len(outcomes.profiles)} combinations of decisions does"
    return {"target": what, "least_decisions": changes}, f"Least decisions that bring about {what}:\n{text or none}"


def _write(folder: Path, content: dict[str, Any], text: str) -> None:
    import json

    folder.mkdir(parents=True, exist_ok=True)
    for path, data in (
        (folder / "deal.json", json.dumps(content, indent=1, ensure_ascii=False)),
        (folder / "deal.txt", text),
    ):
        path.write_text(data + "\n", encoding="utf-8")
        click.echo(f"wrote {path}", err=True)
