"""A game in coalition form: players, and the value of every coalition in one array.

Coalition ``S`` is a bit mask: bit ``k`` is set if player ``k`` belongs to it. ``values[mask]`` is its value.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from linepack.errors import InputError, Issue

MAXIMUM_PLAYERS = 20
JOIN = "+"

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Game:
    """Players and a value for each of their ``2**n`` coalitions; the empty coalition is worth 0."""

    players: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        check_players(self.players)
        values = np.array(self.values, dtype=np.float64)
        if len(self.players) > MAXIMUM_PLAYERS:
            raise InputError("too-many-players", f"{len(self.players)} players; a full table holds {MAXIMUM_PLAYERS}",
                             hint="sample: linepack.deals.shapley.sampled_shapley")  # fmt: skip
        if values.shape != (1 << len(self.players),):
            raise InputError("bad-game", f"{len(self.players)} players have {1 << len(self.players)} coalitions, "
                             f"not {values.size} values")  # fmt: skip
        if not np.isfinite(values).all():
            bad = [self.name_of(int(mask)) for mask in np.flatnonzero(~np.isfinite(values))]
            raise InputError("bad-game", "these coalitions have no finite value", keys=bad)
        if values[0] != 0:
            raise InputError("bad-game", f"the empty coalition is worth {values[0]:g}, not 0")
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    @property
    def size(self) -> int:
        """Number of players."""
        return len(self.players)

    @property
    def everyone(self) -> int:
        """Bit mask of the grand coalition."""
        return (1 << self.size) - 1

    @property
    def total(self) -> float:
        """Value of the grand coalition."""
        return float(self.values[-1])

    @property
    def alone(self) -> FloatArray:
        """Value of each player alone, in the order of the players."""
        return self.values[1 << np.arange(self.size)]

    @property
    def scale(self) -> float:
        """The largest absolute value of a coalition, or 1 if all are nil; tolerances are shares of it."""
        return float(np.abs(self.values).max(initial=0.0)) or 1.0

    def mask_of(self, names: Iterable[str]) -> int:
        """Return the bit mask of a coalition. Errors: ``InputError`` for a name that is no player."""
        mask = 0
        for name in names:
            if name not in self.players:
                raise unknown_player(name, self.players)
            mask |= 1 << self.players.index(name)
        return mask

    def members_of(self, mask: int) -> tuple[str, ...]:
        """Return the names in a coalition."""
        return tuple(name for k, name in enumerate(self.players) if mask >> k & 1)

    def name_of(self, mask: int) -> str:
        """Return a coalition as text: names joined by ``+``."""
        return JOIN.join(self.members_of(mask)) or "nobody"

    def value(self, *names: str) -> float:
        """Return the value of the coalition of these players."""
        return float(self.values[self.mask_of(names)])

    def excesses(self, payoffs: FloatArray) -> FloatArray:
        """Return ``v(S) - x(S)`` of every coalition: what it lacks under the payoffs ``x``."""
        return self.values - subset_sums(payoffs)

    def payoffs_of(self, payoffs: Mapping[str, float]) -> FloatArray:
        """Return payoffs by name as an array. Errors: ``InputError`` for unknown or missing players."""
        self.mask_of(payoffs)
        missing = [name for name in self.players if name not in payoffs]
        if missing:
            raise InputError("missing-player", "these players have no payoff", keys=missing)
        return np.array([payoffs[name] for name in self.players], dtype=np.float64)


@dataclass(frozen=True)
class SuperadditivityFailure:
    """Two disjoint coalitions that are worth more apart than together, by ``loss``."""

    first: str
    second: str
    loss: float


def check_players(players: Sequence[str]) -> None:
    """Refuse empty, repeated or ambiguous player names. Errors: one ``InputError`` with all of them."""
    issues = []
    if not players:
        issues.append(Issue("bad-player", "there are no players"))
    for name in sorted({name for name in players if list(players).count(name) > 1}):
        issues.append(Issue("duplicate-player", "a player is named twice", keys=(name,), hint="keep one of the two"))
    for name in players:
        if not name.strip() or JOIN in name or name == "nobody":
            issues.append(Issue("bad-player", f"'{name}' cannot name a player", keys=(name,),
                                hint=f"text without '{JOIN}', which joins the names of a coalition"))  # fmt: skip
    if issues:
        raise InputError("bad-players", f"{len(issues)} problem(s) with the players", issues=issues)


def unknown_player(name: str, players: Sequence[str]) -> InputError:
    """Return the error for a name that is no player."""
    near = difflib.get_close_matches(name, players, 1, 0.5)
    return InputError("unknown-player", f"'{name}' is no player", keys=[name],
                      hint=f"did you mean '{near[0]}'?" if near else f"players: {', '.join(players)}")  # fmt: skip


def game_from_function(players: Sequence[str], value: Callable[[frozenset[str]], float]) -> Game:
    """Return the game whose coalition ``S`` is worth ``value(S)``; called once per coalition that is not empty."""
    names = tuple(players)
    masks = range(1, 1 << len(names))
    members = (frozenset(name for k, name in enumerate(names) if mask >> k & 1) for mask in masks)
    return Game(names, np.array([0.0, *(value(coalition) for coalition in members)]))


def subset_sums(amounts: FloatArray) -> FloatArray:
    """Return the sum of ``amounts`` over every coalition, shape ``(2**n,)``."""
    sums = np.zeros(1)
    for amount in np.asarray(amounts, dtype=np.float64):
        sums = np.concatenate([sums, sums + amount])
    return sums


def coalition_sizes(size: int) -> IntArray:
    """Return the number of players in every coalition, shape ``(2**n,)``."""
    return subset_sums(np.ones(size)).astype(np.int64)


def membership(masks: npt.ArrayLike, size: int) -> FloatArray:
    """Return rows of 0 and 1: who belongs to each coalition; shape ``(len(masks), n)``."""
    return (np.asarray(masks, dtype=np.int64)[:, None] >> np.arange(size) & 1).astype(np.float64)


def dividends(game: Game) -> FloatArray:
    """Return Harsanyi's dividend of every coalition: its value beyond the dividends of its parts."""
    found = game.values.copy()
    for k in range(game.size):
        pairs = found.reshape(-1, 2, 1 << k)
        pairs[:, 1, :] -= pairs[:, 0, :]
    return found


def superadditivity_failures(
    game: Game, limit: int = 20, tolerance: float = 1e-9
) -> tuple[SuperadditivityFailure, ...]:
    """Return pairs of disjoint coalitions worth more apart than together, the largest loss first, at most ``limit``.

    For every coalition the worst split in two is found; ``tolerance`` is a share of the game's scale.
    """
    failures = []
    for mask in range(1, game.everyone + 1):
        if mask & (mask - 1) == 0:
            continue
        parts = _submasks(mask)
        losses = game.values[parts] + game.values[mask ^ parts] - game.values[mask]
        worst = int(losses.argmax())
        if losses[worst] > tolerance * game.scale:
            part = int(parts[worst])
            failures.append((float(losses[worst]), mask ^ part, part))
    failures.sort(key=lambda failure: (-failure[0], failure[1], failure[2]))
    return tuple(SuperadditivityFailure(game.name_of(a), game.name_of(b), loss) for loss, a, b in failures[:limit])


def _submasks(mask: int) -> IntArray:
    """Proper parts of a coalition without its first player, so that each split in two is seen once."""
    rest = mask & (mask - 1)
    parts = np.zeros(1, dtype=np.int64)
    while rest:
        bit = rest & -rest
        parts = np.concatenate([parts, parts | bit])
        rest ^= bit
    return parts[1:]


def veto_players(game: Game, tolerance: float = 1e-9) -> tuple[str, ...]:
    """Return the players without whom no coalition is worth anything."""
    bits = membership(np.arange(game.everyone + 1), game.size) == 0
    worth = np.abs(game.values) > tolerance * game.scale
    return tuple(name for k, name in enumerate(game.players) if not (worth & bits[:, k]).any()) if worth.any() else ()


def dummy_players(game: Game, tolerance: float = 1e-9) -> tuple[str, ...]:
    """Return the players who add to every coalition exactly what they are worth alone."""
    found = []
    for k, name in enumerate(game.players):
        pairs = game.values.reshape(-1, 2, 1 << k)
        added = pairs[:, 1, :] - pairs[:, 0, :]
        if np.abs(added - game.values[1 << k]).max() <= tolerance * game.scale:
            found.append(name)
    return tuple(found)


def merged(game: Game, union: str, members: Sequence[str]) -> Game:
    """Return the game in which ``members`` act as one player called ``union``, who stands where the first stood."""
    inside = game.mask_of(members)
    first = min(game.players.index(name) for name in members)
    players = tuple(union if k == first else name for k, name in enumerate(game.players)
                    if k == first or not inside >> k & 1)  # fmt: skip
    parts = np.array([inside if name == union else 1 << game.players.index(name) for name in players])
    masks = membership(np.arange(1 << len(players)), len(players)).astype(np.int64) @ parts
    return Game(players, game.values[masks])


class Consent(StrEnum):
    """What a player who does not sell its veto does, whatever it is offered."""

    AGREES = "agrees"
    REFUSES = "refuses"


def without_sale(game: Game, stances: Mapping[str, Consent]) -> Game:
    """Return the game between the players who do take payments.

    A player who does not sell its veto gets and gives no money. If it agrees, its part is open to every coalition of
    the others; if it refuses, to none.
    """
    game.mask_of(stances)
    sellers = tuple(name for name in game.players if name not in stances)
    if not sellers:
        raise InputError("no-sellers", "no player is left who takes payments", keys=list(stances))
    always = game.mask_of(name for name, stance in stances.items() if stance is Consent.AGREES)
    parts = np.array([1 << game.players.index(name) for name in sellers])
    masks = membership(np.arange(1 << len(sellers)), len(sellers)).astype(np.int64) @ parts | always
    return Game(sellers, game.values[masks] - game.values[always])
