"""A tiny system with one of each thing that a patch can change."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, gas_system, merged, supply

MONTHS = 2
HEAD = """\
schema: 1
scenario: mine
title: Mine
dataset: test
horizon: {first_month: 2025-04, months: 2}
closing: values
patches:
"""


@cache
def two_markets() -> GasSystem:
    """Return markets AA (EU27) and BB, a trader SELLER with pipes to both, one of them destroyed, and a contract."""
    return gas_system(
        merged(
            {"nodes": [{"node": "AA", "country": "AA", "region": "EU27", "area": "WEST"},
                       {"node": "BB", "country": "BB", "area": "EAST"}]},
            supply("SELLER", cost=10, capacity=100, months=MONTHS),
            delivery("SELLER", "AA", capacity_gwh_d=40, tariff_eur_mwh=1),
            delivery("SELLER", "BB", capacity_gwh_d=60, state="destroyed"),
            {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "capacity_gwh_d": 30,
                       "has_pool_access": True}]},
            {"demand": demand("AA", intercept=50, slope=0.5, months=MONTHS)},
            {"demand": demand("BB", intercept=50, slope=0.5, months=MONTHS)},
            {"indigenous_production": [{"node": "BB", "month": m, "quantity_gwh_d": 5} for m in ("2025-04", "2025-05")],
             "resource_windows": [{"resource": "SELLER_GAS", "first_month": "2025-04", "last_month": "2025-05",
                                   "maximum_gwh": 5000, "minimum_gwh": 1000}],
             "contracts": [{"contract": "SELL-AA", "seller": "SELLER", "annual_quantity_gwh": 3650,
                            "take_or_pay_share": 0.8}],
             "contract_points": [{"contract": "SELL-AA", "node": "AA"}]},
        ),
        MONTHS,
    )  # fmt: skip


def scenario_of(folder: Path, patches: str) -> Scenario:
    """Return the scenario with these patches, written as in a file."""
    path = folder / "mine.yaml"
    path.write_text(HEAD + patches, encoding="utf-8")
    return load_scenario(path)
