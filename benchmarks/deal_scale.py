"""What a deal of twelve players costs beyond its market runs: all combinations, coalitions, concepts and reviews.

    python benchmarks/deal_scale.py [--players 12] [--lines 8] [--gates 4] [--seed 2025]

Twelve players hold a decision each; eight lines need four of them each, drawn at random. Accounts are made up at once,
so that what is measured is the deal alone. Prints JSON: combinations, effects (each would be one market run),
coalitions, and seconds on the clock by outsider rule and for the whole analysis.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

from linepack.deals.analysis import analyse_deal, analyse_game
from linepack.deals.coalitions import coalition_values
from linepack.deals.conditions import Chosen, all_of
from linepack.deals.deal import Deal, DealPlayer, Decision, Effect, EffectKey, Outsiders, Share, TabledAccounts
from linepack.deals.outcomes import AccountsByEffect, find_outcomes


def many_gates(players: int, lines: int, gates: int, seed: int) -> tuple[Deal, AccountsByEffect]:
    """Return a deal of ``lines`` lines that need ``gates`` of the players each, with made-up money by effect.

    A line is worth less the more lines there are, its holders gain unequally, and one of them may lose.
    """
    draw = np.random.default_rng(seed)
    names = tuple(f"P{k + 1:02d}" for k in range(players))
    holders = [tuple(draw.choice(names, gates, replace=False)) for _ in range(lines)]
    worth = draw.uniform(1.0, 10.0, lines)
    parts = [dict(zip(own, draw.dirichlet(np.ones(gates)) * 1.6 - 0.15, strict=True)) for own in holders]

    def accounts(key: EffectKey) -> TabledAccounts:
        money = dict.fromkeys((("profit", name) for name in names), 0.0)
        built = [k for k in range(lines) if f"line {k + 1}" in key]
        for k in built:
            for name, part in parts[k].items():
                money["profit", name] += worth[k] * part / (1 + 0.1 * (len(built) - 1))
        return TabledAccounts(money, "+".join(sorted(key)))

    deal = Deal(
        "many gates", "Many gates", "", tuple(DealPlayer(n, n, (Share("profit", n, 1.0),)) for n in names),
        tuple(Decision(f"by {n}", n, ("no", "yes"), "no", "no") for n in names),
        tuple(Effect(f"line {k + 1}", all_of(*(Chosen(f"by {n}", ("yes",)) for n in own)))
              for k, own in enumerate(holders)),
    )  # fmt: skip
    return deal, AccountsByEffect(accounts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    for name, value in (("players", 12), ("lines", 8), ("gates", 4), ("seed", 2025)):
        parser.add_argument(f"--{name}", type=int, default=value)
    chosen = parser.parse_args()
    deal, accounts = many_gates(chosen.players, chosen.lines, chosen.gates, chosen.seed)
    start = time.perf_counter()
    outcomes = find_outcomes(deal, accounts)
    seconds = {"outcomes": time.perf_counter() - start}
    for rule in Outsiders:
        start = time.perf_counter()
        analyse_game(coalition_values(outcomes, rule).game)
        seconds[f"game, {rule}"] = time.perf_counter() - start
    start = time.perf_counter()
    found = analyse_deal(outcomes)
    seconds["whole analysis"] = time.perf_counter() - start
    content = {
        "players": chosen.players, "combinations": len(outcomes.profiles), "effects": accounts.computed,
        "coalitions": len(found.games[Outsiders.KEEP_DEFAULTS][1].game.values), "seconds": seconds,
    }  # fmt: skip
    sys.stdout.write(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
