"""Deal and game files: YAML 1.2, with unknown and duplicate keys refused by line and nearest known key."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from pathlib import Path

import numpy as np

from linepack.deals.conditions import AtLeast, Chosen, Condition
from linepack.deals.council import ADOPTED, qualified_majority, unanimity
from linepack.deals.deal import Deal, DealPlayer, Decision, Effect, EffectKey, Share, TabledAccounts, Term, effect_text
from linepack.deals.game import JOIN, MAXIMUM_PLAYERS, Consent, FloatArray, Game, unknown_player
from linepack.deals.market import ConsentQuery, MarketBase, Variant
from linepack.deals.sinking import SunkCost
from linepack.deals.voting import Union, VotingBody, unanimous_body
from linepack.errors import InputError
from linepack.policy.words import ContractClass
from linepack.scenario.parse import parse_patch
from linepack.scenario.reader import Fields, read_yaml
from linepack.scenario.scenario import available_cases, load_case, load_scenario

SCHEMA = 1
FORMULA_KEYS = ("all", "any", "at_least", "of")


class Unlisted(StrEnum):
    """What a coalition without a stated value is worth."""

    REFUSED = "refused"
    ZERO = "zero"
    BEST_PART = "best-part"


@dataclass(frozen=True)
class GameFile:
    """A game with values in a table, and what else its file says."""

    name: str
    title: str
    question: str
    unit: str
    game: Game
    stances: Mapping[str, Consent]
    unions: Mapping[str, Union]
    proposal: Mapping[str, float] | None


@dataclass(frozen=True)
class DealFile:
    """A deal with its accounts: a table beside it, or market runs from a base; one of the two is None."""

    deal: Deal
    accounts: Callable[[EffectKey], TabledAccounts] | None
    market: MarketBase | None = None
    sunk_costs: tuple[SunkCost, ...] = ()


def available_games() -> list[str]:
    """Return the names of the games and deals that come with linepack."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def load_case_file(name_or_path: str | Path) -> GameFile | DealFile:
    """Return a game or a deal from a YAML file, or by name: GAME, CASE/DEAL, or CASE for its main deal."""
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        path = _named(str(name_or_path))
    fields = read_yaml(path)
    if fields.values.get("schema") != SCHEMA:
        raise fields.error("schema-version", f"schema {fields.values.get('schema')!r} is not {SCHEMA}", key="schema",
                           hint=f"add 'schema: {SCHEMA}'")  # fmt: skip
    if ("game" in fields.values) == ("deal" in fields.values):
        raise fields.error("one-of", "give exactly one of game, deal", hint="'game: NAME' for a table of values, "
                           "'deal: NAME' for decisions and payoffs")  # fmt: skip
    return _game(fields, path.parent) if "game" in fields.values else _deal(fields, path.parent)


def _folder() -> Path:
    return Path(str(resources.files("linepack") / "cases" / "games"))


def _named(name: str) -> Path:
    deals = {f"{path.parent.parent.name}/{path.stem}": path for path in sorted(_folder().parent.glob("*/deals/*.yaml"))}
    found = {**{game: _folder() / f"{game}.yaml" for game in available_games()}, **deals}
    main = f"{name}/{load_case(name).deal}" if name in available_cases() else name
    if main in found:
        return found[main]
    near = difflib.get_close_matches(name, list(found), 1, 0.4)
    raise InputError("unknown-case", f"'{name}' is neither a YAML file nor a game or deal", keys=[name],
                     hint=f"did you mean '{near[0]}'?" if near else f"here: {', '.join(found)}")  # fmt: skip


def _game(fields: Fields, folder: Path) -> GameFile:
    fields.allow("schema", "game", "title", "question", "unit", "players", "values", "values_file", "unlisted",
                 "does_not_sell", "unions", "proposal")  # fmt: skip
    players = fields.texts("players")
    if len(players) > MAXIMUM_PLAYERS:
        raise fields.error("too-many-players", f"{len(players)} players; at most {MAXIMUM_PLAYERS}", key="players")
    Game(players, np.zeros(1 << len(players)))  # refuses repeated and ambiguous names
    unlisted = Unlisted(fields.choice("unlisted", tuple(Unlisted))) if "unlisted" in fields.values else Unlisted.REFUSED
    if ("values" in fields.values) == ("values_file" in fields.values):
        raise fields.error("one-of", "give exactly one of values, values_file")
    if "values" in fields.values:
        inner = fields.fields("values")
        listed = [(inner, str(key), inner.number(str(key), minimum=None)) for key in inner.values]
    else:
        listed = [(fields, name, amount) for name, amount in _csv_values(folder / fields.text("values_file"))]
    values = _table(listed, players, unlisted)
    stances = {}
    if "does_not_sell" in fields.values:
        inner = fields.fields("does_not_sell")
        _players_only(inner, players)
        stances = {str(key): Consent(inner.choice(str(key), tuple(Consent))) for key in inner.values}
    unions = {}
    if "unions" in fields.values:
        inner = fields.fields("unions")
        _players_only(inner, players)
        unions = {str(key): read_union(inner.fields(str(key)), str(key)) for key in inner.values}
    proposal = None
    if "proposal" in fields.values:
        inner = fields.fields("proposal")
        _players_only(inner, players)
        proposal = {name: inner.number(name, minimum=None) for name in players}
    return GameFile(fields.text("game"), fields.text("title"), fields.text("question", ""), fields.text("unit", ""),
                    Game(players, values), stances, unions, proposal)  # fmt: skip


def _players_only(fields: Fields, players: Sequence[str]) -> None:
    for key in fields.values:
        if key not in players:
            error = unknown_player(str(key), players)
            raise fields.error("unknown-player", error.issue.message, key=str(key), hint=error.issue.hint)


def _csv_values(path: Path) -> list[tuple[str, float]]:
    rows = _csv_rows(path, ("coalition", "value"))
    return [(row["coalition"], _csv_number(row["value"], path, line)) for line, row in enumerate(rows, 2)]


def _csv_rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            names = tuple(reader.fieldnames or ())
            lacking = [column for column in columns if column not in names]
            if lacking:
                raise InputError("missing-column", f"{path.name} lacks columns", table=path.name, keys=lacking,
                                 hint=f"columns: {', '.join(columns)}")  # fmt: skip
            return [dict(row) for row in reader]
    except FileNotFoundError:
        raise InputError(
            "no-file", f"there is no file {path}", hint="a path from the folder of the YAML file"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("unreadable", f"{path} cannot be read: {error}", hint="a UTF-8 CSV file") from error


def _csv_number(text: str | None, path: Path, line: int) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise InputError("not-a-number", f"{path.name}, line {line}: '{text}' is not a finite number", table=path.name)
    return value


def _table(listed: list[tuple[Fields, str, float]], players: tuple[str, ...], unlisted: Unlisted) -> FloatArray:
    values = np.full(1 << len(players), np.nan)
    values[0] = 0.0
    for fields, name, amount in listed:
        mask = 0
        for member in name.split(JOIN):
            if member.strip() not in players:
                error = unknown_player(member.strip(), players)
                raise fields.error("unknown-player", f"coalition '{name}': {error.issue.message}", key=name,
                                   hint=error.issue.hint)  # fmt: skip
            mask |= 1 << players.index(member.strip())
        if not np.isnan(values[mask]):
            raise fields.error(
                "duplicate-key", f"coalition '{name}' has a value already", key=name, hint="keep one of the two"
            )
        values[mask] = amount
    missing = np.flatnonzero(np.isnan(values))
    if len(missing) and unlisted is Unlisted.REFUSED:
        names = [JOIN.join(name for k, name in enumerate(players) if mask >> k & 1) for mask in missing]
        raise InputError("missing-value", f"{len(missing)} coalition(s) have no value", keys=names,
                         hint="add them, or say 'unlisted: zero' or 'unlisted: best-part'")  # fmt: skip
    if unlisted is Unlisted.ZERO:
        values[missing] = 0.0
    for mask in missing.tolist() if unlisted is Unlisted.BEST_PART else ():
        parts = [values[mask ^ (1 << k)] for k in range(len(players)) if mask >> k & 1]
        values[mask] = max(0.0, *parts)
    return values


def read_union(fields: Fields, name: str) -> Union:
    """Return a union from a YAML mapping: rule qualified-majority, unanimity or weighted, and losses of members."""
    body = _body(fields, name)
    losses = {}
    if "losses" in fields.values:
        inner = fields.fields("losses")
        _players_only(inner, body.members)
        losses = {str(key): inner.number(str(key), minimum=None) for key in inner.values}
    return Union(body, losses)


def _body(fields: Fields, name: str) -> VotingBody:
    rule = fields.choice("rule", ("qualified-majority", "unanimity", "weighted"))
    if rule == "qualified-majority":
        fields.allow("rule", "losses", "populations")
        return qualified_majority(fields.text("populations", ADOPTED))
    if rule == "unanimity":
        fields.allow("rule", "losses", "members")
        return unanimous_body(name, fields.texts("members")) if "members" in fields.values else unanimity()
    fields.allow("rule", "losses", "weights", "quota", "minimum_members", "blocking_members")
    weights = fields.fields("weights")
    members = tuple(str(key) for key in weights.values)
    return VotingBody(
        name, members, tuple(_whole(weights, member) for member in members), _whole(fields, "quota"),
        _whole(fields, "minimum_members", 0), _whole(fields, "blocking_members", 0),
    )  # fmt: skip


def _whole(fields: Fields, key: str, default: int | None = None) -> int:
    value = fields.number(key, default=None if default is None else float(default))
    if value != int(value):
        raise fields.error("not-whole", f"'{key}' is {value:g}, not a whole number", key=key)
    return int(value)


def _deal(fields: Fields, folder: Path) -> DealFile:
    fields.allow("schema", "deal", "title", "question", "players", "decisions", "effects", "terms", "accounts", "base",
                 "variants", "consents", "sunk_costs")  # fmt: skip
    players = tuple(_player(item) for item in fields.items("players"))
    names = tuple(player.name for player in players)
    decisions = tuple(_decision(item, names) for item in fields.items("decisions"))
    effects = tuple(_effect(item, decisions) for item in fields.items("effects"))
    terms = tuple(_term(item, decisions, names) for item in fields.items("terms"))
    deal = Deal(
        fields.text("deal"), fields.text("title"), fields.text("question", ""), players, decisions, effects, terms
    )
    if ("accounts" in fields.values) == ("base" in fields.values):
        raise fields.error("one-of", "give exactly one of accounts, base",
                           hint="'accounts: FILE.csv' for a table, 'base: CASE/SCENARIO' for market runs")  # fmt: skip
    if "accounts" in fields.values:
        return DealFile(deal, _tabled(folder / fields.text("accounts")), None, _sunk_costs(fields, deal))
    return DealFile(deal, None, _market(fields, effects), _sunk_costs(fields, deal))


def _sunk_costs(fields: Fields, deal: Deal) -> tuple[SunkCost, ...]:
    costs = []
    for item in fields.items("sunk_costs"):
        item.allow("effect", "player", "eur_bn", "why")
        effect = item.choice("effect", [effect.name for effect in deal.effects])
        costs.append(SunkCost(effect, item.choice("player", deal.names), item.number("eur_bn"), item.text("why")))
    return tuple(costs)


def _market(fields: Fields, effects: Sequence[Effect]) -> MarketBase:
    variants = []
    for item in fields.items("variants"):
        item.allow("name", "patches", "why")
        patches = tuple(parse_patch(patch) for patch in item.items("patches"))
        variants.append(Variant(item.text("name"), patches, item.text("why", "")))
    queries = []
    for item in fields.items("consents"):
        item.allow("effect", "asset", "on", "contract")
        effect = item.choice("effect", [effect.name for effect in effects])
        contract = ContractClass(item.choice("contract", tuple(ContractClass))) if "contract" in item.values else None
        item.require("on", "a date, YYYY-MM-DD")
        day = item.day("on")
        assert day is not None
        queries.append(ConsentQuery(effect, item.text("asset"), day, contract))
    return MarketBase(load_scenario(fields.text("base")), tuple(variants), tuple(queries))


def _player(fields: Fields) -> DealPlayer:
    fields.allow("name", "title", "takes", "sells_veto", "union", "actor", "without", "bodies")
    takes = []
    for item in fields.items("takes"):
        item.allow("account", "holder", "share")
        takes.append(Share(item.text("account"), item.text("holder"), item.number("share", minimum=None, default=1.0)))
    sells = fields.values.get("sells_veto", True)
    if not isinstance(sells, bool):
        raise fields.error("not-a-boolean", "'sells_veto' must be true or false", key="sells_veto")
    name = fields.text("name")
    union = read_union(fields.fields("union"), name) if "union" in fields.values else None
    without, bodies = (fields.texts(key) if key in fields.values else () for key in ("without", "bodies"))
    return DealPlayer(name, fields.text("title", name), tuple(takes), sells, union, fields.text("actor", ""), without,
                      bodies)  # fmt: skip


def _decision(fields: Fields, players: Sequence[str]) -> Decision:
    fields.allow("name", "holder", "options", "default", "inactive", "why")
    name, options = fields.text("name"), fields.texts("options")
    if name in FORMULA_KEYS:
        raise fields.error(
            "bad-name", f"a decision cannot be called '{name}'", key="name", hint="it is a word of conditions"
        )
    if len(set(options)) != len(options) or len(options) < 2:
        raise fields.error("bad-options", "a decision needs two or more different options", key="options")
    default = fields.choice("default", options)
    inactive = fields.choice("inactive", options) if "inactive" in fields.values else default
    return Decision(name, fields.choice("holder", players), options, default, inactive, fields.text("why", ""))


def _effect(fields: Fields, decisions: Sequence[Decision]) -> Effect:
    fields.allow("name", "title", "when", "patches", "why")
    patches = tuple(parse_patch(item) for item in fields.items("patches"))
    when = read_condition(fields.fields("when"), decisions)
    return Effect(fields.text("name"), when, patches, fields.text("why", ""), fields.text("title", ""))


def _term(fields: Fields, decisions: Sequence[Decision], players: Sequence[str]) -> Term:
    fields.allow("name", "player", "eur_bn", "when", "why")
    when = read_condition(fields.fields("when"), decisions) if "when" in fields.values else None
    return Term(fields.text("name"), fields.choice("player", players), fields.number("eur_bn", minimum=None), when,
                fields.text("why"))  # fmt: skip


def read_condition(fields: Fields, decisions: Sequence[Decision]) -> Condition:
    """Return a condition: ``{decision: option}`` lines that all hold, or all, any, or at_least with of."""
    by_name = {decision.name: decision for decision in decisions}
    if "at_least" in fields.values or "of" in fields.values:
        fields.allow("at_least", "of")
        count, parts = _whole(fields, "at_least"), _parts(fields, "of", decisions)
        if not 1 <= count <= len(parts):
            raise fields.error("bad-count", f"'at_least' is {count}, of {len(parts)} parts", key="at_least")
        return AtLeast(count, parts)
    for word in ("all", "any"):
        if word in fields.values:
            fields.allow(word)
            parts = _parts(fields, word, decisions)
            return AtLeast(len(parts) if word == "all" else 1, parts)
    fields.allow(*by_name)
    parts = tuple(_chosen(fields, str(key), by_name[str(key)]) for key in fields.values)
    if not parts:
        raise fields.error("missing-key", "the condition is empty", hint="'decision: option'")
    return parts[0] if len(parts) == 1 else AtLeast(len(parts), parts)


def _parts(fields: Fields, key: str, decisions: Sequence[Decision]) -> tuple[Condition, ...]:
    parts = tuple(read_condition(item, decisions) for item in fields.items(key))
    if not parts:
        raise fields.error(
            "missing-key", f"'{key}' needs a list of conditions", key=key if key in fields.values else None
        )
    return parts


def _chosen(fields: Fields, key: str, decision: Decision) -> Chosen:
    options = fields.texts(key)
    for option in options:
        if option not in decision.options:
            near = difflib.get_close_matches(option, decision.options, 1, 0.4)
            hint = f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(decision.options)}"
            raise fields.error("unknown-option", f"'{option}' is no option of '{key}'", key=key, hint=hint)
    return Chosen(key, options)


def _tabled(path: Path) -> Callable[[EffectKey], TabledAccounts]:
    amounts: dict[str, dict[tuple[str, str], float]] = {}
    for line, row in enumerate(_csv_rows(path, ("outcome", "account", "holder", "amount_eur_bn")), 2):
        outcome = effect_text(frozenset(part.strip() for part in row["outcome"].split(JOIN)))
        table, key = amounts.setdefault(outcome, {}), (row["account"], row["holder"])
        if key in table:
            raise InputError("duplicate-key", f"{path.name}, line {line}: this row occurs twice", table=path.name,
                             keys=[outcome, *key], hint="keep one of the two")  # fmt: skip
        table[key] = _csv_number(row["amount_eur_bn"], path, line)

    def accounts(key: EffectKey) -> TabledAccounts:
        outcome = effect_text(key)
        if outcome not in amounts:
            raise InputError("missing-outcome", f"{path.name} has no rows for outcome '{outcome}'", table=path.name,
                             keys=[outcome], hint=f"outcomes there: {', '.join(sorted(amounts))}")  # fmt: skip
        return TabledAccounts(amounts[outcome], outcome)

    return accounts
