"""A family of invented markets that grows in nodes, traders and months, for benchmarks. One seed, one market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from linepack.scenario.scenario import Scenario
from linepack.system.calendar import month_range
from linepack.system.gassystem import GasSystem
from tests.builders import FIRST_MONTH, delivery, gas_system, merged, supply

REACH = 0.5
"""Share of the markets that a trader has a pipe to."""

SEASON = np.array([1.5, 1.4, 1.2, 0.9, 0.7, 0.6, 0.6, 0.6, 0.7, 0.9, 1.2, 1.5])


def synthetic_scenario(months: int) -> Scenario:
    """Return the scenario of a synthetic market: nothing is changed."""
    return Scenario(name="synthetic", title="Synthetic", why="", dataset="test", first_month=FIRST_MONTH, months=months,
                    closing="values")  # fmt: skip


def synthetic_system(nodes: int, traders: int, months: int, *, seed: int = 1) -> GasSystem:
    """Return a ring of markets with chords, a store at every third, and traders with a contract each.

    Every trader has a basin and pipes to half of the markets; every second one has market power.
    """
    r = np.random.default_rng(seed)
    names = [f"M{k:03d}" for k in range(nodes)]
    return gas_system(merged(
        {"nodes": [{"node": name, "area": name} for name in names]},
        {"demand": [row for name in names for row in _demand(name, months, r)]},
        {"arcs": _ring(names, r)},
        {"storages": [_store(name) for name in names[::3]],
         "storage_levels": [{"node": name, "date": f"{FIRST_MONTH}-01", "level_gwh": 3000} for name in names[::3]]},
        *(_trader(k, names, months, r) for k in range(traders)),
    ), months)  # fmt: skip


def _demand(node: str, months: int, r: np.random.Generator) -> list[dict[str, Any]]:
    size = float(r.uniform(100, 600))
    same = {"node": node, "segment": "all", "reference_price_eur_mwh": 30, "elasticity": 0.2}
    return [{**same, "month": month, "quantity_gwh_d": size * SEASON[int(month[5:]) - 1]}
            for month in month_range(FIRST_MONTH, months)]  # fmt: skip


def _ring(names: Sequence[str], r: np.random.Generator) -> list[dict[str, Any]]:
    """Return pool arcs both ways between neighbours, and a chord from every fourth market."""
    links = [(k, (k + 1) % len(names)) for k in range(len(names))]
    links += [(k, int(r.integers(len(names)))) for k in range(0, len(names), 4)]
    pairs = dict.fromkeys(pair for a, b in links if a != b for pair in ((a, b), (b, a)))
    return [{"arc": f"{names[a]}-{names[b]}", "origin": names[a], "destination": names[b], "has_pool_access": True,
             "capacity_gwh_d": float(r.uniform(50, 200)), "tariff_eur_mwh": float(r.uniform(0.3, 1.5))}
            for a, b in pairs]  # fmt: skip


def _store(node: str) -> dict[str, Any]:
    return {"node": node, "working_gas_gwh": 10000, "injection_capacity_gwh_d": 80, "withdrawal_capacity_gwh_d": 120,
            "injection_share_when_full": 0.6, "withdrawal_share_when_empty": 0.4}  # fmt: skip


def _trader(
    k: int, names: Sequence[str], months: int, r: np.random.Generator
) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    trader, reach = f"T{k:02d}", max(1, round(REACH * len(names)))
    chosen = [names[m] for m in sorted(r.choice(len(names), reach, replace=False).tolist())]
    capacity = 450.0 * len(names) / 6
    own = supply(trader, cost=float(r.uniform(8, 20)), capacity=capacity, months=months,
                 conduct=0.5 * (k % 2), slope=0.01)  # fmt: skip
    pipes = [delivery(trader, node, capacity_gwh_d=float(r.uniform(50, 300)), tariff_eur_mwh=float(r.uniform(1, 6)))
             for node in chosen]  # fmt: skip
    contract = {"contract": f"{trader}-C", "seller": trader, "buyer": chosen[0], "annual_quantity_gwh": 8000,
                "take_or_pay_share": 0.7}  # fmt: skip
    return merged(own, *pipes, {"contracts": [contract],
                                "contract_points": [{"contract": f"{trader}-C", "node": chosen[0]}]})  # fmt: skip
