"""The study of a game or a deal as JSON content, as text for a terminal, and as files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from linepack.deals.content import CONTENT_SCHEMA, by_player, deal_content, game_content, union_content
from linepack.deals.figures import bands_content, headline_figures, with_draw_bands, worlds_content
from linepack.deals.market import consents_content, runs_content
from linepack.deals.study import DealStudy, GameStudy, LeastWays
from linepack.ensemble.bands import BAND_MEANING
from linepack.report.deal_text import (
    bands_text,
    comparison_text,
    consents_text,
    deal_text,
    findings_text,
    game_text,
    runs_text,
    sinking_text,
    stances_text,
    union_text,
    worlds_text,
)
from linepack.report.text import json_text
from linepack.runs.store import write_text

BIG_GAME = 100
"""From this scale on, changes are shown with one decimal."""


def study_content(study: DealStudy | GameStudy) -> dict[str, Any]:
    """Return a study as JSON content."""
    return _game_content(study) if isinstance(study, GameStudy) else _deal_content(study)


def study_text(study: DealStudy | GameStudy) -> str:
    """Return a study as text."""
    return _game_text(study) if isinstance(study, GameStudy) else _deal_text(study)


def write_study(study: DealStudy | GameStudy, out: Path) -> list[Path]:
    """Write deal.json and deal.txt into ``out``; return the paths."""
    write_text(out / "deal.json", json_text(study_content(study)))
    write_text(out / "deal.txt", study_text(study) + "\n")
    return [out / "deal.json", out / "deal.txt"]


def _game_content(study: GameStudy) -> dict[str, Any]:
    loaded = study.file
    content: dict[str, Any] = {
        "schema": CONTENT_SCHEMA, "kind": "game", "name": loaded.name, "title": loaded.title,
        "question": loaded.question, "unit": loaded.unit, "does_not_sell": dict(loaded.stances),
        **game_content(study.analysis), "unions": {name: union_content(u) for name, u in loaded.unions.items()},
    }  # fmt: skip
    if study.against is not None:
        content["against"] = study.against.name
        content["changes"] = {c.player: {**c.changes, "has_one_sign": c.has_one_sign} for c in study.changes}
    return content


def _game_text(study: GameStudy) -> str:
    loaded = study.file
    parts = [loaded.title, loaded.question, *([stances_text(loaded.stances)] if loaded.stances else []), "",
             game_text(study.analysis, unit=loaded.unit)]  # fmt: skip
    for name, union in loaded.unions.items():
        parts += ["", f"Inside {name}:", union_text(union)]
    if study.against is not None:
        decimals = 1 if study.analysis.game.scale >= BIG_GAME else 3
        parts += ["", f"From '{study.against.title}':", comparison_text(study.changes, decimals)]
    return "\n".join(parts)


def _deal_content(study: DealStudy) -> dict[str, Any]:
    deal, runs = study.file.deal, study.runs
    unions = {player.name: player.union for player in deal.players if player.union is not None}
    content: dict[str, Any] = {
        "schema": CONTENT_SCHEMA, "kind": "deal", "name": deal.name, "title": deal.title, "question": deal.question,
        "unit": "EUR bn", **deal_content(study.analysis),
        "unions": {name: union_content(union) for name, union in unions.items()},
    }  # fmt: skip
    if study.bands is not None:
        content = with_draw_bands(content, bands_content(study.analysis, study.bands, BAND_MEANING))
    over = "" if runs is None else f" over {runs.base.months} months from {runs.base.first_month}"
    content["headline"] = headline_figures(study.analysis, study.bands, meaning=BAND_MEANING, unit=f"EUR bn{over}",
                                           ttf_eur_mwh=None if runs is None else runs.ttf_eur_mwh())  # fmt: skip
    if study.held_up is not None:
        found = study.held_up
        costs = [{"effect": c.effect, "player": c.player, "eur_bn": c.eur_bn, "why": c.why} for c in found.costs]
        content["hold_up"] = {"costs": costs, **{
            name: {"before": by_player(found.players, h.before), "after": by_player(found.players, h.after)}
            for name, h in found.by_concept.items()}}  # fmt: skip
    if runs is not None and study.file.market is not None:
        content["market"] = {**runs_content(runs), "variants": [v.name for v in study.file.market.variants],
                             "consents_of_the_law": consents_content(study.lawful)}  # fmt: skip
    if study.reach is not None:
        content["reach"] = {"effect": study.reach.what, "least_decisions": [dict(way) for way in study.reach.ways]}
    if study.target is not None:
        content["target"] = {"target": study.target.what, "least_decisions": [dict(way) for way in study.target.ways]}
    if study.worlds is not None:
        content["across_variants"] = worlds_content(study.worlds.rows, study.worlds.spreads, study.worlds.why)
    if study.findings is not None:
        content["published"] = [asdict(finding) for finding in study.findings]
    return content


def _deal_text(study: DealStudy) -> str:
    deal = study.file.deal
    parts = [deal.title, deal.question, "", deal_text(study.analysis)]
    if study.bands is not None:
        parts += ["", bands_text(study.analysis, study.bands, BAND_MEANING)]
    for player in deal.players:
        if player.union is not None:
            parts += ["", f"Inside {player.name}:", union_text(player.union)]
    if study.held_up is not None:
        parts += ["", sinking_text(study.held_up)]
    if study.runs is not None:
        parts += ["", "\n".join([runs_text(study.runs), *([consents_text(study.lawful)] if study.lawful else [])])]
    parts += [line for found in (study.reach, study.target) if found is not None for line in ("", _ways_text(found))]
    if study.worlds is not None:
        parts += ["", worlds_text(study.worlds.rows, study.worlds.spreads, study.worlds.why)]
    if study.findings is not None:
        parts += ["", findings_text(study.findings)]
    return "\n".join(parts)


def _ways_text(found: LeastWays) -> str:
    text = "\n".join("  " + (", ".join(f"{k} = {v}" for k, v in way.items()) or "no change") for way in found.ways)
    none = f"  none of {found.profiles} combinations of decisions does"
    return f"Least decisions that bring about {found.what}:\n{text or none}"
