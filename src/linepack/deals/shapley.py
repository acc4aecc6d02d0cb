"""The Shapley value: each player's mean contribution over all orders in which a coalition can form (Shapley 1953)."""

from __future__ import annotations

import math
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass

import numpy as np

from linepack.deals.game import FloatArray, Game, check_players, coalition_sizes
from linepack.errors import InputError


@dataclass(frozen=True, eq=False)
class SampledShapley:
    """Estimates with standard errors, both by player, and how many coalitions were valued."""

    players: tuple[str, ...]
    payoffs: FloatArray
    standard_errors: FloatArray
    orders: int
    valued: int


def shapley(game: Game) -> FloatArray:
    """Return the exact Shapley value, one number per player; the sum is the value of the grand coalition."""
    size = game.size
    weights = np.array([1 / (size * math.comb(size - 1, k)) for k in range(size)])[coalition_sizes(size - 1)]
    payoffs = np.empty(size)
    for k in range(size):
        pairs = game.values.reshape(-1, 2, 1 << k)
        payoffs[k] = weights @ (pairs[:, 1, :] - pairs[:, 0, :]).ravel()
    return payoffs


def banzhaf(game: Game) -> FloatArray:
    """Return each player's mean contribution over all coalitions of the others; the sum is in general not the total."""
    pairs = (game.values.reshape(-1, 2, 1 << k) for k in range(game.size))
    return np.array([(pair[:, 1, :] - pair[:, 0, :]).mean() for pair in pairs])


def sampled_shapley(
    players: Sequence[str],
    value: Callable[[frozenset[str]], float],
    *,
    orders: int,
    seed: int,
    known: MutableMapping[frozenset[str], float] | None = None,
) -> SampledShapley:
    """Return the Shapley value estimated from random orders, each taken forwards and backwards.

    The standard error is that of the mean over the pairs of orders. ``value`` is called once per coalition met;
    ``known`` keeps what was called, and a mapping kept from before is used. The estimates add up to the value of the
    grand coalition. Method: Castro, Gomez and Tejada (2009), with antithetic orders.
    """
    check_players(players)
    if orders < 4 or orders % 2:
        raise InputError("bad-orders", f"{orders} orders", hint="an even number, at least 4: orders come in pairs")
    names = tuple(players)
    cache: MutableMapping[frozenset[str], float] = {} if known is None else known
    generator = np.random.default_rng(seed)
    before = len(cache)
    means = np.empty((orders // 2, len(names)))
    for row in range(orders // 2):
        order = generator.permutation(len(names))
        means[row] = (_contributions(names, order, value, cache) + _contributions(names, order[::-1], value, cache)) / 2
    errors = means.std(axis=0, ddof=1) / math.sqrt(len(means))
    return SampledShapley(names, means.mean(axis=0), errors, orders, len(cache) - before)


def _contributions(
    names: tuple[str, ...], order: Sequence[int] | np.ndarray, value: Callable[[frozenset[str]], float],
    cache: MutableMapping[frozenset[str], float],
) -> FloatArray:  # fmt: skip
    added = np.empty(len(names))
    coalition: frozenset[str] = frozenset()
    last = 0.0
    for k in order:
        coalition = coalition | {names[k]}
        if coalition not in cache:
            cache[coalition] = float(value(coalition))
        added[k] = cache[coalition] - last
        last = cache[coalition]
    return added
