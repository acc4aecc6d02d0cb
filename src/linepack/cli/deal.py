"""``deal``: who gains, who must agree, who blocks, and what unblocks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from linepack.cli.options import output_options, print_json

if TYPE_CHECKING:
    from linepack.deals.outcomes import Outcomes
    from linepack.deals.read import DealFile, GameFile


@click.command()
@click.argument("case")
@click.option("--outsiders", "rules", multiple=True, metavar="RULE",
              help="keep-defaults, best-response or inactive; may be repeated [default: all three].")  # fmt: skip
@click.option("--against", default=None, help="Also show the change from this game: a YAML file or a name.")
@click.option("--reach", default=None, metavar="EFFECT", help="Show the least decisions that bring about an effect.")
@output_options
def deal(
    case: str, rules: tuple[str, ...], against: str | None, reach: str | None, as_json: bool, out: str | None
) -> None:
    """Show who gains from CASE, who must agree, who blocks and what unblocks.

    CASE is a YAML file, or a name of a game or deal that comes with linepack.
    """
    from linepack.deals.read import GameFile, load_case_file

    loaded = load_case_file(case)
    if isinstance(loaded, GameFile):
        content, text = _game(loaded, against)
    else:
        content, text = _deal(loaded, rules, reach)
    if out is not None:
        _write(Path(out), content, text)
    if as_json:
        print_json(content)
    else:
        click.echo(text)


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


def _deal(loaded: DealFile, rules: tuple[str, ...], reach: str | None) -> tuple[dict[str, Any], str]:
    from linepack.deals.analysis import analyse_deal
    from linepack.deals.content import CONTENT_SCHEMA, deal_content, union_content
    from linepack.deals.deal import Outsiders, outsiders_named
    from linepack.deals.outcomes import find_outcomes
    from linepack.errors import InputError
    from linepack.report.deal_text import deal_text, union_text

    if loaded.accounts is None:
        raise InputError("no-accounts", f"deal '{loaded.deal.name}' gives no accounts",
                         hint="'accounts: FILE.csv', with columns outcome, account, holder, amount_eur_bn")  # fmt: skip
    outcomes = find_outcomes(loaded.deal, loaded.accounts)
    analysis = analyse_deal(outcomes, tuple(outsiders_named(rule) for rule in rules) or tuple(Outsiders))
    unions = {player.name: player.union for player in loaded.deal.players if player.union is not None}
    content: dict[str, Any] = {
        "schema": CONTENT_SCHEMA, "kind": "deal", "name": loaded.deal.name, "title": loaded.deal.title,
        "question": loaded.deal.question, "unit": "EUR bn", **deal_content(analysis),
        "unions": {name: union_content(union) for name, union in unions.items()},
    }  # fmt: skip
    parts = [loaded.deal.title, loaded.deal.question, "", deal_text(analysis)]
    for name, union in unions.items():
        parts += ["", f"Inside {name}:", union_text(union)]
    if reach is not None:
        content["reach"], text = _reach(outcomes, reach)
        parts += ["", text]
    return content, "\n".join(parts)


def _reach(outcomes: Outcomes, effect: str) -> tuple[dict[str, Any], str]:
    import difflib

    import numpy as np

    from linepack.deals.outcomes import least_decisions
    from linepack.errors import InputError

    known = [item.name for item in outcomes.deal.effects]
    if effect not in known:
        near = difflib.get_close_matches(effect, known, 1, 0.4)
        raise InputError("unknown-effect", f"the deal has no effect '{effect}'", keys=[effect],
                         hint=f"did you mean '{near[0]}'?" if near else f"effects: {', '.join(known)}")  # fmt: skip
    ways = least_decisions(outcomes, np.array([effect in key for key in outcomes.effects]))
    changes = [outcomes.changes(p) for p in ways]
    text = "\n".join("  " + (", ".join(f"{k} = {v}" for k, v in way.items()) or "no change") for way in changes)
    none = f"  none of {len(outcomes.profiles)} combinations of decisions does"
    return {"effect": effect, "least_decisions": changes}, f"Least decisions that bring about {effect}:\n{text or none}"


def _write(folder: Path, content: dict[str, Any], text: str) -> None:
    import json

    folder.mkdir(parents=True, exist_ok=True)
    for path, data in (
        (folder / "deal.json", json.dumps(content, indent=1, ensure_ascii=False)),
        (folder / "deal.txt", text),
    ):
        path.write_text(data + "\n", encoding="utf-8")
        click.echo(f"wrote {path}", err=True)
