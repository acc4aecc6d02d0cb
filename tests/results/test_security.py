"""Security accounts on markets small enough to work out by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from linepack.results.security import security
from linepack.results.solution import Solution
from tests.builders import delivery, demand, gas_system, merged, solved, supply

NODES = {"nodes": [{"node": "AA", "country": "AA", "region": "EU27"}, {"node": "BB", "country": "BB"}]}


def two_suppliers() -> Solution:
    """Return AA, which takes 80 at 10: 30 by S's line of 30, 50 by T's of 100; BB, supplied through AA, takes 20."""
    return solved(gas_system(merged(
        NODES, {"demand": demand("AA", intercept=50, slope=0.5)}, {"demand": demand("BB", intercept=20, slope=0.5)},
        supply("S", cost=5), delivery("S", "AA", capacity_gwh_d=30),
        supply("T", cost=10), delivery("T", "AA", capacity_gwh_d=100),
        {"arcs": [{"arc": "AA-BB", "origin": "AA", "destination": "BB", "capacity_gwh_d": 40,
                   "has_pool_access": True}],
         "indigenous_production": [{"node": "AA", "month": "2025-04", "quantity_gwh_d": 4}],
         "parameters": [{"parameter": k, "value": v, "unit": "1", "description": "test"} for k, v in (
             ("shedding_price_eur_mwh", 1000), ("new_route_reference_flow_gwh_d", 15), ("new_route_wedge_eur_mwh", 0),
             ("pool_flow_slope_eur_mwh", 0), ("wedge_multiplier", 1), ("peak_day_factor", 1.25))]},
    )))  # fmt: skip


def test_loss_of_the_largest_entry() -> None:
    """AA has entries of 30 and 100 and makes 4; without the 100, 34 meet a peak day of 1.25 x 80. BB is left with 0."""
    found = security(two_suppliers()).set_index("country")
    aa, bb = found.loc["AA"], found.loc["BB"]
    assert aa["peak_day_gwh_d"] == pytest.approx(100, abs=1e-5)
    assert aa["entry_gwh_d"] == pytest.approx(130)
    assert (aa["largest_entry"], aa["largest_entry_gwh_d"]) == ("T-AA", 100)
    assert aa["n_minus_1_fraction"] == pytest.approx(34 / 100, abs=1e-6)
    assert bb["n_minus_1_fraction"] == pytest.approx(0, abs=1e-9)


def test_of_several_plants_only_the_largest_is_lost() -> None:
    """T's entry of 100 stands for plants of which the largest brings 45; S's line of 30 is one: 4 + 130 - 45 = 89."""
    parts = pd.DataFrame([{"arc": "T-AA", "part": "plant", "capacity_gwh_d": 45.0}])
    found = two_suppliers()
    with_parts = replace(found, system=found.system.with_tables(arc_parts=parts))
    aa = security(with_parts).set_index("country").loc["AA"]
    assert (aa["largest_entry"], aa["largest_entry_gwh_d"]) == ("T-AA", 45)
    assert aa["n_minus_1_fraction"] == pytest.approx(89 / 100, abs=1e-6)


def test_concentration_of_suppliers() -> None:
    """BB has one supplier, its neighbour: 1. AA's two sellers sit in one country, XX: 1 as well; none is its own."""
    found = security(two_suppliers()).set_index("country")["import_concentration"]
    assert found["BB"] == pytest.approx(1)
    assert found["AA"] == pytest.approx(1)


def test_days_in_store_and_gas_not_served() -> None:
    """A store of 900 full on 1 April that ends empty holds no day in the end; want of 50 of 90 is 1.5 TWh in April."""
    short = solved(gas_system(merged(
        NODES, {"demand": demand("BB", intercept=50, slope=0.5)}, supply("S", cost=1),
        delivery("S", "BB", capacity_gwh_d=10),
        {"storages": [{"node": "BB", "working_gas_gwh": 900}],
         "storage_levels": [{"node": "BB", "date": "2025-04-01", "level_gwh": 900}]},
    ), parameters={"shedding_price_eur_mwh": 5.0}))  # fmt: skip
    bb = security(short).set_index("country").loc["BB"]
    assert bb["unserved_twh"] == pytest.approx(1.5, abs=3e-5)
    assert bb["unserved_fraction"] == pytest.approx(50 / 90, abs=3e-5)
    assert bb["storage_days_low"] == pytest.approx(0, abs=1e-5)
