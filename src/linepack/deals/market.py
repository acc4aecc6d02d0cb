"""Deals on market runs: accounts of solved scenarios as payoffs, runs shared by effect, and who the law asks."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from linepack.deals.conditions import BoolArray
from linepack.deals.deal import Deal, DealPlayer, EffectKey, Share, effect_text
from linepack.deals.outcomes import Outcomes, reachable_effects
from linepack.errors import InputError
from linepack.policy.consents import consents
from linepack.policy.law import Law
from linepack.policy.words import ContractClass
from linepack.results.headline import DAYS_PER_YEAR, Tables, headline, horizon_days
from linepack.results.ledger import PARTS, Account, Purse
from linepack.results.solution import SolveSettings
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.patches import Patch
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.units import twh_from_gwh

COUNTED = tuple(str(account) for account in Account if account not in PARTS)
TARGET = re.compile(r"^\s*([A-Za-z0-9_:>\-]+?)\s*(<=|>=|<|>)\s*([-+]?\d+(?:\.\d+)?)\s*$")
FLOW_TARGET = "flow_twh_y:"


@dataclass(frozen=True)
class Variant:
    """Another world to hold the deal against: patches on the base, for example an outside option that is open."""

    name: str
    patches: tuple[Patch, ...]
    why: str = ""


@dataclass(frozen=True)
class ConsentQuery:
    """Whose consent the law asks for an effect: the asset, the day, the class of contract."""

    effect: str
    asset: str
    on: date
    contract: ContractClass | None = None


@dataclass(frozen=True)
class MarketBase:
    """What a deal on market runs starts from: a scenario, other worlds, and questions to the law."""

    scenario: Scenario
    variants: tuple[Variant, ...] = ()
    queries: tuple[ConsentQuery, ...] = ()

    def in_world(self, name: str | None) -> Scenario:
        """Return the base scenario, or that of a variant. Errors: ``InputError`` with the nearest known name."""
        if name is None:
            return self.scenario
        found = {variant.name: variant for variant in self.variants}
        if name not in found:
            near = difflib.get_close_matches(name, list(found), 1, 0.4)
            raise InputError("unknown-variant", f"the deal has no variant '{name}'", keys=[name],
                             hint=f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(found)}")
        return self.scenario.with_patches(f"{self.scenario.name}, {name}", *found[name].patches)


@dataclass(frozen=True, eq=False)
class RunAccounts:
    """Accounts of one run, in EUR bn over its horizon."""

    rows: pd.DataFrame
    known: frozenset[str]

    def mask(self, account: str, holder: str) -> np.ndarray:
        """Return which rows a share is of: an account or a whole purse; of a holder, a country or a region.

        Errors: ``InputError`` for a name that stands for nothing in any run of the deal.
        """
        purses = tuple(str(purse) for purse in Purse)
        if account not in (*COUNTED, *purses):
            raise _unknown("account", account, (*purses, *COUNTED))
        if holder not in self.known:
            raise _unknown("holder", holder, sorted(self.known))
        column = "purse" if account in purses else "account"
        place = (self.rows[name] == holder for name in ("holder", "country", "region"))
        return np.asarray((self.rows[column] == account) & np.logical_or.reduce(list(place)))

    def amount_eur_bn(self, account: str, holder: str) -> float:
        """Return an amount; nil if this run has none of it. Errors: as ``mask``."""
        return float(self.rows["amount_eur_bn"].to_numpy()[self.mask(account, holder)].sum())


@dataclass(frozen=True, eq=False)
class MarketRuns:
    """The deal with its shares filled in, one run and its accounts per effect, and how many were kept from before."""

    deal: Deal
    base: Scenario
    runs: Mapping[EffectKey, Run]
    accounts: Mapping[EffectKey, RunAccounts]
    kept: int

    def others_eur_bn(self, key: EffectKey) -> float:
        """Return the change of all accounts that no player takes, against the run without any effect, if it is there.

        Whole shares of whole accounts: what a player takes with weight 0.5 counts half here.
        """
        start = self.accounts.get(frozenset())
        return float("nan") if start is None else self._untaken(key) - self._untaken(frozenset())

    def inside_eur_bn(self, key: EffectKey) -> pd.DataFrame:
        """Return the change of what each player takes, purse by purse, against the run without any effect.

        Columns: player, purse, change_eur_bn. A player that wins as owner and loses as seller shows both. Empty if
        there is no run without effect.
        """
        if frozenset() not in self.accounts:
            return pd.DataFrame({"player": [], "purse": [], "change_eur_bn": []})
        change = self._taken(key).sub(self._taken(frozenset()), fill_value=0.0)
        named = change.rename_axis("player").reset_index()
        return named.melt(id_vars="player", var_name="purse", value_name="change_eur_bn")

    def ttf_eur_mwh(self) -> dict[EffectKey, float]:
        """Return the mean TTF of each run; NaN where the dataset has no such marker."""
        return {key: headline(run.tables)["ttf_eur_mwh"] for key, run in self.runs.items()}

    def _taken(self, key: EffectKey) -> pd.DataFrame:
        """Return what each player takes of each purse, players in rows, purses in columns."""
        found = self.accounts[key]
        amounts = pd.DataFrame(claims(self.deal, found) * found.rows["amount_eur_bn"].to_numpy(), index=self.deal.names)
        return amounts.T.groupby(found.rows["purse"].to_numpy()).sum().T

    def _untaken(self, key: EffectKey) -> float:
        found = self.accounts[key]
        return float(found.rows["amount_eur_bn"] @ (1.0 - claims(self.deal, found).sum(axis=0)))


@dataclass(frozen=True)
class LawfulConsent:
    """Whom the law asks for an effect: least sets of bodies, and of the players who stand for them."""

    query: ConsentQuery
    is_open: bool
    bodies: tuple[tuple[str, ...], ...]
    players: tuple[tuple[str, ...], ...]
    unplayed: tuple[str, ...]  # bodies in every least set for whom no player stands
    closed_gates: tuple[str, ...]


def with_shares(deal: Deal, system: GasSystem) -> Deal:
    """Return the deal in which players that name an actor take what ``payoff_shares`` says, less other actors' parts.

    Errors: ``InputError`` for an actor without rows.
    """
    table = system.table("payoff_shares")
    parts = {str(name): tuple(Share(r.account, r.holder, r.share) for r in rows.itertuples())
             for name, rows in table.groupby("actor", sort=False)}  # fmt: skip
    for player in deal.players:
        for actor in (*((player.actor,) if player.actor else ()), *player.without):
            if actor not in parts:
                raise _unknown("actor", actor, list(parts))
    return replace(deal, players=tuple(_filled(player, parts) for player in deal.players))


def _filled(player: DealPlayer, parts: Mapping[str, tuple[Share, ...]]) -> DealPlayer:
    own = parts.get(player.actor, ())
    purses = {share.account for share in own}
    less = tuple(Share(share.account, share.holder, -share.share) for actor in player.without
                 for share in parts[actor] if share.account in purses)  # fmt: skip
    return replace(player, takes=(*player.takes, *own, *less))


def claims(deal: Deal, accounts: RunAccounts) -> np.ndarray:
    """Return the share that each player takes of each account row, shape (players, rows)."""
    taken = np.zeros((len(deal.players), len(accounts.rows)))
    for k, player in enumerate(deal.players):
        for share in player.takes:
            taken[k] += share.share * accounts.mask(share.account, share.holder)
    return taken


def run_deal(
    deal: Deal, base: Scenario, system: GasSystem, store: RunStore, *, settings: SolveSettings | None = None,
    workers: int = 2, on_progress: Callable[[Progress], None] | None = None,
) -> MarketRuns:  # fmt: skip
    """Return the runs of all reachable effects of a deal; what is in the store is not solved again.

    Effects without patches on the market share a run.

    Errors: the error of the first run that failed; ``InputError`` if two players take the same money.
    """
    filled = with_shares(deal, system)
    keys = reachable_effects(filled)
    digests = {key: filled.scenario(base, key).digest for key in keys}
    scenarios = {digests[key]: filled.scenario(base, key) for key in keys}
    kept: list[bool] = []

    def note(progress: Progress) -> None:
        kept.append(progress.is_cached)
        if on_progress is not None:
            on_progress(progress)

    outcomes = run_scenarios(
        system, list(scenarios.values()), store, settings=settings, workers=workers, on_progress=note
    )
    failed = next((outcome.error for outcome in outcomes if outcome.error is not None), None)
    if failed is not None:
        raise failed
    by_digest = {digest: outcome.run for digest, outcome in zip(scenarios, outcomes, strict=True)}
    runs = {key: run for key in keys if (run := by_digest[digests[key]]) is not None}
    frames = {key: counted_rows(run.tables) for key, run in runs.items()}
    known = known_names(system, list(frames.values()))
    found = {key: RunAccounts(frame, known) for key, frame in frames.items()}
    for accounts in found.values():
        _refuse_double(filled, accounts)
    return MarketRuns(filled, base, runs, found, sum(kept))


def counted_rows(tables: Tables) -> pd.DataFrame:
    """Return what counts of the accounts of a run over its horizon, in EUR bn by account, holder and asset."""
    frame = tables["accounts"]
    keys = ["account", "purse", "holder", "country", "region", "asset"]
    return frame[frame["counts"]].groupby(keys, as_index=False, sort=False)["amount_eur_bn"].sum()


def known_names(system: GasSystem, frames: Sequence[pd.DataFrame]) -> frozenset[str]:
    """Return every holder, country and region that a share may name."""
    nodes, traders = system.table("nodes"), system.table("traders")
    names = {*nodes["country"], *nodes["region"], *traders["trader"]}
    for table, column in (("equity_shares", "owner"), ("offtaker_shares", "offtaker"), ("asset_terms", "operator")):
        names |= set(system.table(table)[column])
    for frame in frames:
        names |= {*frame["holder"], *frame["country"], *frame["region"]}
    return frozenset(str(name) for name in names if name)


def _refuse_double(deal: Deal, accounts: RunAccounts) -> None:
    taken = claims(deal, accounts)
    twice = np.flatnonzero((taken.sum(axis=0) > 1 + 1e-9) | (taken < -1e-9).any(axis=0))
    if len(twice):
        row = accounts.rows.iloc[int(twice[0])]
        names = [player.name for k, player in enumerate(deal.players) if taken[k, twice[0]]]
        raise InputError("claimed-twice", f"players {', '.join(names)} take more than all, or less than nothing, of "
                         f"{row['account']} of {row['holder']}", table="payoff_shares", keys=names,
                         hint="'without: [ACTOR]' takes an actor's part out of another's")  # fmt: skip


def lawful_consents(deal: Deal, queries: Sequence[ConsentQuery], law: Law) -> tuple[LawfulConsent, ...]:
    """Return whom the law asks for each query, in bodies and in players of the deal."""
    stands = {body: player.name for player in deal.players for body in (player.name, *player.bodies)}
    found = []
    for query in queries:
        answer = consents(law, query.asset, query.on, contract=query.contract)
        sets = sorted(answer.minimal_sets, key=lambda bodies: (len(bodies), sorted(bodies)))
        players = sorted({tuple(sorted({stands[b] for b in bodies if b in stands})) for bodies in sets},
                         key=lambda names: (len(names), names))  # fmt: skip
        everywhere = frozenset.intersection(*sets) if sets else frozenset()
        found.append(LawfulConsent(
            query, answer.is_open, tuple(tuple(sorted(bodies)) for bodies in sets), tuple(players),
            tuple(sorted(body for body in everywhere if body not in stands)),
            tuple(gate.name for gate in answer.closed if gate.bar in answer.bars),
        ))  # fmt: skip
    return tuple(found)


def is_reached(runs: MarketRuns, outcomes: Outcomes, target: str) -> BoolArray:
    """Return per effect whether a target holds: ``ttf_eur_mwh<25``, or ``flow_twh_y:NS2_B>=280``.

    Errors: ``InputError`` for a target that cannot be read or a figure that does not exist.
    """
    match = TARGET.match(target)
    if match is None:
        raise InputError("bad-target", f"'{target}' is no target", hint="FIGURE<NUMBER, for example ttf_eur_mwh<25")
    name, sign, limit = match[1], match[2], float(match[3])
    values = np.array([_figure(runs.runs[key].tables, name) for key in outcomes.effects])
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[sign]
    return np.asarray(compare(values, limit), dtype=bool)


def _figure(tables: Tables, name: str) -> float:
    if name.startswith(FLOW_TARGET):
        arc, flows = name.removeprefix(FLOW_TARGET), tables["flows"]
        own = flows[flows["arc"] == arc]
        return twh_from_gwh(float(own["flow_gwh_d"] @ own["days"])) * DAYS_PER_YEAR / horizon_days(tables)
    values = headline(tables)
    if name not in values:
        raise _unknown("figure", name, [*values, f"{FLOW_TARGET}ARC"])
    return values[name]


def _unknown(what: str, name: str, known: Sequence[str]) -> InputError:
    near = difflib.get_close_matches(name, known, 1, 0.4)
    return InputError(f"unknown-{what}", f"there is no {what} '{name}'", keys=[name],
                      hint=f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(known[:20])}")  # fmt: skip


def runs_content(runs: MarketRuns) -> dict[str, object]:
    """Return the runs behind a deal as plain JSON: horizon, digests, figures, and the change for those not there."""
    effects = [
        {"effect": effect_text(key), "run": run.digest, "headline": headline(run.tables),
         "change_of_others_eur_bn": runs.others_eur_bn(key),
         "inside_players_eur_bn": [
             {"player": row.player, "purse": row.purse, "change_eur_bn": round(row.change_eur_bn, 9) + 0.0}
             for row in runs.inside_eur_bn(key).itertuples()
         ]}
        for key, run in runs.runs.items()
    ]  # fmt: skip
    solved = {run.digest for run in runs.runs.values()}
    return {"base": runs.base.name, "first_month": runs.base.first_month, "months": runs.base.months,
            "market_runs": len(solved), "kept_from_before": runs.kept, "effects": effects}  # fmt: skip


def consents_content(found: Sequence[LawfulConsent]) -> list[dict[str, object]]:
    """Return the answers of the law as plain JSON."""
    return [{"effect": c.query.effect, "asset": c.query.asset, "on": c.query.on.isoformat(), "is_open": c.is_open,
             "least_sets_of_bodies": [list(bodies) for bodies in c.bodies],
             "least_sets_of_players": [list(names) for names in c.players],
             "bodies_without_a_player": list(c.unplayed), "closed_gates": list(c.closed_gates)}
            for c in found]  # fmt: skip
