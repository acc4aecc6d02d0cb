"""A deal: decisions by named holders, what they bring about, and what each player takes from it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from linepack.deals.conditions import Condition
from linepack.deals.game import JOIN, check_players
from linepack.deals.voting import Union
from linepack.errors import InputError, Issue
from linepack.scenario.patches import Patch
from linepack.scenario.scenario import Scenario

NO_EFFECT = "none"
EffectKey = frozenset[str]


class Accounts(Protocol):
    """Money of one solved outcome."""

    def amount_eur_bn(self, account: str, holder: str) -> float:
        """Return an amount, in billion EUR over the horizon."""


class Outsiders(StrEnum):
    """What those outside a coalition do."""

    KEEP_DEFAULTS = "keep-defaults"
    BEST_RESPONSE = "best-response"
    INACTIVE = "inactive"


@dataclass(frozen=True)
class Share:
    """A stated share of one account of one holder."""

    account: str
    holder: str
    share: float


@dataclass(frozen=True)
class DealPlayer:
    """Who decides or is paid. A player that does not sell its veto takes and gives no payment.

    In a deal on market runs it may take what the table ``payoff_shares`` gives to an ``actor``, ``without`` the parts
    of others; ``bodies`` are the bodies of the law that it stands for.
    """

    name: str
    title: str
    takes: tuple[Share, ...]
    sells_veto: bool = True
    union: Union | None = None
    actor: str = ""
    without: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What one player decides. ``inactive`` is the option taken where the player is taken out of the game."""

    name: str
    holder: str
    options: tuple[str, ...]
    default: str
    inactive: str
    why: str = ""


@dataclass(frozen=True)
class Effect:
    """What changes for the gas market where a condition holds; the patches say how. ``title`` is what readers see."""

    name: str
    when: Condition
    patches: tuple[Patch, ...] = ()
    why: str = ""
    title: str = ""


@dataclass(frozen=True)
class Term:
    """A declared value outside the gas accounts, set by the user, where a condition holds (None: always)."""

    name: str
    player: str
    eur_bn: float
    when: Condition | None
    why: str


@dataclass(frozen=True)
class Deal:
    """Players, their decisions, the effects of decisions on the market, and terms outside it."""

    name: str
    title: str
    question: str
    players: tuple[DealPlayer, ...]
    decisions: tuple[Decision, ...]
    effects: tuple[Effect, ...]
    terms: tuple[Term, ...] = ()

    def __post_init__(self) -> None:
        check_players([player.name for player in self.players])
        issues = list(_duplicates("decision", [decision.name for decision in self.decisions]))
        issues += _duplicates("effect", [effect.name for effect in self.effects])
        issues += _duplicates("term", [term.name for term in self.terms])
        holders = {decision.holder for decision in self.decisions} | {term.player for term in self.terms}
        strangers = sorted(holders - {player.name for player in self.players})
        if strangers:
            issues.append(
                Issue("unknown-player", "these hold a decision or a term but are no players", keys=tuple(strangers))
            )
        for effect in self.effects:
            if JOIN in effect.name or effect.name == NO_EFFECT:
                issues.append(Issue("bad-effect", f"'{effect.name}' cannot name an effect", keys=(effect.name,),
                                    hint=f"no '{JOIN}' in it; '{NO_EFFECT}' means that nothing changes"))  # fmt: skip
        if not self.decisions:
            issues.append(Issue("no-decisions", "a deal needs at least one decision"))
        if issues:
            raise InputError("bad-deal", f"{len(issues)} problem(s) in deal '{self.name}'", issues=issues)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the players."""
        return tuple(player.name for player in self.players)

    def scenario(self, base: Scenario, key: EffectKey) -> Scenario:
        """Return the scenario of an outcome: the base with the patches of its effects, in the order of the deal."""
        patches = [patch for effect in self.effects if effect.name in key for patch in effect.patches]
        return base.with_patches(f"{base.name}, {effect_text(key)}", *patches)


def effect_text(key: EffectKey) -> str:
    """Return an effect key as text: names in order, joined by ``+``."""
    return JOIN.join(sorted(key)) or NO_EFFECT


@dataclass(frozen=True)
class TabledAccounts:
    """Accounts given as a table: amounts in billion EUR by account and holder; what is not there is an error."""

    amounts_eur_bn: Mapping[tuple[str, str], float]
    outcome: str

    def amount_eur_bn(self, account: str, holder: str) -> float:
        """Return an amount. Errors: ``InputError`` if the table has no such row."""
        if (account, holder) not in self.amounts_eur_bn:
            raise InputError("missing-account", f"outcome '{self.outcome}' has no account '{account}' of '{holder}'",
                             table="accounts", keys=[self.outcome, account, holder],
                             hint="add the row, with 0 if it is nil")  # fmt: skip
        return self.amounts_eur_bn[account, holder]


def payoff_eur_bn(player: DealPlayer, accounts: Accounts) -> float:
    """Return what a player takes from the accounts of an outcome, in billion EUR, without declared terms."""
    return sum(share.share * accounts.amount_eur_bn(share.account, share.holder) for share in player.takes)


def _duplicates(what: str, names: Sequence[str]) -> list[Issue]:
    twice = sorted({name for name in names if list(names).count(name) > 1})
    return [
        Issue("duplicate-name", f"a {what} is named twice", keys=(name,), hint="keep one of the two") for name in twice
    ]


def outsiders_named(name: str) -> Outsiders:
    """Return an outsider rule by name. Errors: ``InputError`` with the nearest known rule."""
    if name not in tuple(Outsiders):
        near = difflib.get_close_matches(name, tuple(Outsiders), 1, 0.4)
        raise InputError("unknown-rule", f"there is no outsider rule '{name}'", keys=[name],
                         hint=f"did you mean '{near[0]}'?" if near else f"one of {', '.join(Outsiders)}")  # fmt: skip
    return Outsiders(name)
