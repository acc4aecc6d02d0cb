"""Each check finds its mistake, names the rows, and finds nothing in sound facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

from linepack.errors import InputError, Issue, Severity
from linepack.market.compile import compile_problem
from linepack.system.calendar import monthly_periods
from linepack.system.checks import check_system
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from tests.builders import delivery, demand, frame, gas_system, market, merged, supply

TODAY = date(2025, 6, 1)
Change = Callable[[GasSystem], GasSystem]


@cache
def sound() -> GasSystem:
    """Return a pipeline seller, an LNG seller, two markets, a store, a contract, limits, an observation, a claim."""
    rows = merged(
        {"nodes": [{"node": "FEED", "kind": "basin"}, {"node": "EXP", "kind": "lng_export"},
                   {"node": "PORT", "kind": "lng_import"}]},
        market("HUB", "FAR"), supply("L", cost=10, node="FEED", months=2), supply("A", cost=12, capacity=100, months=2),
        delivery("A", "HUB", capacity_gwh_d=90),
        {"arcs": [{"arc": "liq", "kind": "liquefaction", "origin": "FEED", "destination": "EXP"},
                  {"arc": "regas", "kind": "regasification", "origin": "PORT", "destination": "HUB",
                   "has_pool_access": True},
                  {"arc": "HUB-FAR", "origin": "HUB", "destination": "FAR", "has_pool_access": True}],
         "sea_routes": [{"origin": "EXP", "destination": "PORT"}],
         "demand": [row for node in ("HUB", "FAR") for row in demand(node, intercept=50, slope=0.5, months=2)],
         "storages": [{"node": "HUB", "working_gas_gwh": 30000}],
         "storage_levels": [{"node": "HUB", "date": "2025-04-01", "level_gwh": 10000}],
         "contracts": [{"contract": "DEAL", "seller": "A", "annual_quantity_gwh": 30 * 61, "delivery_share": 0.9}],
         "contract_points": [{"contract": "DEAL", "node": "HUB"}],
         "resource_windows": [{"resource": "A_GAS", "first_month": "2025-04", "last_month": "2025-05",
                               "maximum_gwh": 6000, "minimum_gwh": 600}],
         "joint_limits": [{"joint_limit": "JOINT", "limit_gwh_d": 100}],
         "joint_limit_members": [{"joint_limit": "JOINT", "arc": "A-HUB"},
                                 {"joint_limit": "JOINT", "arc": "ship:EXP>PORT"}],
         "indigenous_production": [{"node": "HUB", "month": m, "quantity_gwh_d": 5} for m in ("2025-04", "2025-05")],
         "policy_limits": [{"policy_limit": "FILL", "kind": "stock", "first_day": "2025-05-01",
                            "last_day": "2025-05-01", "minimum_gwh": 100}],
         "policy_limit_members": [{"policy_limit": "FILL", "node": "HUB"}],
         "observations": [{"observation": "O1", "label": "x", "origin": "A", "destination": "HUB;Europe non-EU"}],
         "claims": [{"claim": "C1", "table": "arcs", "key": "A-HUB", "column": "capacity_gwh_d", "value": 90,
                     "is_adopted": True},
                    {"claim": "C2", "table": "arcs", "key": "A-HUB", "column": "capacity_gwh_d", "value": 80,
                     "is_adopted": False}]},
    )  # fmt: skip
    return gas_system(rows, 2)


def put(table: str, column: str, value: Any, **where: Any) -> Change:
    """Return a change of one column, on the rows where other columns have these values."""

    def change(system: GasSystem) -> GasSystem:
        rows = system.table(table).copy()
        mask = pd.Series(True, index=rows.index)
        for name, wanted in where.items():
            mask &= rows[name] == wanted
        assert mask.any()
        rows.loc[mask, column] = value
        return system.with_tables(**{table: rows})

    return change


def drop(table: str, **where: Any) -> Change:
    """Return a change that takes rows away."""

    def change(system: GasSystem) -> GasSystem:
        rows = system.table(table)
        mask = pd.Series(True, index=rows.index)
        for name, wanted in where.items():
            mask &= rows[name] == wanted
        assert mask.any()
        return system.with_tables(**{table: rows[~mask].reset_index(drop=True)})

    return change


def add(table: str, **row: Any) -> Change:
    """Return a change that adds a row."""
    return lambda system: system.with_tables(
        **{table: pd.concat([system.table(table), frame(table, [row])], ignore_index=True)}
    )


def found(system: GasSystem, *, months: int = 2) -> tuple[Issue, ...]:
    """Return what the checks find over April and May 2025."""
    return check_system(system, monthly_periods("2025-04", months), today=TODAY)


def test_sound_facts_pass() -> None:
    """Nothing is found, with a horizon and without."""
    assert found(sound()) == ()
    assert check_system(sound(), today=TODAY) == ()


@pytest.mark.parametrize(
    ("change", "code", "table", "keys"),
    [
        (put("arcs", "state", "closed", arc="HUB-FAR"), "disconnected-market", "arcs", ("FAR",)),
        (put("arcs", "capacity_gwh_d", 0.0, arc="HUB-FAR"), "disconnected-market", "arcs", ("FAR",)),
        (drop("demand", node="FAR"), "market-without-demand", "demand", ("FAR",)),
        (drop("demand", node="FAR", month="2025-05"), "month-without-demand", "demand", ("FAR all 2025-05",)),
        (put("demand", "elasticity", 0.0, node="FAR", month="2025-05"), "demand-without-slope", "demand",
         ("FAR 2025-05",)),
        (put("contract_points", "node", "FAR"), "contract-nobody-can-fulfil", "contracts", ("DEAL",)),
        (drop("sales_points", node="HUB"), "contract-nobody-can-fulfil", "contracts", ("DEAL",)),
        (put("contracts", "annual_quantity_gwh", 90 * 365 * 1.2), "contract-nobody-can-fulfil", "contracts", ("DEAL",)),
        (drop("contract_points"), "contract-without-point", "contract_points", ("DEAL",)),
        (put("storages", "withdrawal_capacity_gwh_d", 40000.0), "storage-empties-in-a-day", "storages", ("HUB",)),
        (put("storages", "injection_capacity_gwh_d", 40000.0), "storage-fills-in-a-day", "storages", ("HUB",)),
        (put("storages", "withdrawal_capacity_gwh_d", 70.0), "storage-empties-in-years", "storages", ("HUB",)),
        (put("storage_levels", "level_gwh", 40000.0), "stock-above-volume", "storage_levels", ("HUB 2025-04-01",)),
        (put("storage_values", "fill_to_fraction", 0.9), "bad-closing-values", "storage_values", ("step",)),
        (put("arcs", "destination", "HUB", arc="HUB-FAR"), "arc-to-itself", "arcs", ("HUB-FAR",)),
        (add("sea_routes", origin="PORT", destination="PORT"), "arc-to-itself", "sea_routes", ("PORT",)),
        (add("sea_routes", origin="EXP", destination="PORT"), "duplicate-route", "sea_routes", ("EXP>PORT",)),
        (put("arcs", "kind", "pipeline", arc="regas"), "port-without-plant", "arcs", ("PORT",)),
        (add("joint_limits", joint_limit="EMPTY", limit_gwh_d=1), "limit-without-members", "joint_limit_members",
         ("EMPTY",)),
        (put("joint_limit_members", "arc", "A-HUBB", arc="A-HUB"), "unknown-arc", "joint_limit_members", None),
        (put("supply_steps", "capacity_share", 0.9, resource="A_GAS"), "shares-not-one", "supply_steps", ("A_GAS",)),
        (drop("supply_steps", resource="A_GAS"), "shares-not-one", "supply_steps", ("A_GAS",)),
        (add("traders", trader="IDLE", owner_group="I"), "trader-without-resource", "resources", ("IDLE",)),
        (drop("availability", resource="A_GAS", month="2025-05"), "missing-month", "availability", ("A_GAS 2025-05",)),
        (drop("indigenous_production", month="2025-05"), "missing-month", "indigenous_production", ("HUB 2025-05",)),
        (put("resource_windows", "minimum_gwh", 6100.0), "window-cannot-be-met", "resource_windows",
         ("A_GAS 2025-04",)),
        (put("observations", "destination", "HUB;Europ"), "unknown-name", "observations", ("O1: Europ",)),
        (put("claims", "value", 91.0, claim="C1"), "claim-not-adopted", "claims", ("C1",)),
        (put("claims", "key", "A-HUBB", claim="C2"), "unknown-claim", "claims", ("C2",)),
        (put("claims", "column", "capacity", claim="C2"), "unknown-claim", "claims", ("C2",)),
        (add("supply_curves", resource="A_GAS", step=7, shape="power", coefficient_eur_mwh=1, scale_gwh_d=1),
         "curve-without-step", "supply_curves", ("A_GAS 7",)),
        (put("demand", "shape", "tabulated", node="FAR"), "bad-demand-points", "demand_points", ("FAR all",)),
        (add("share_limits", share_limit="BOTH", node="FAR", area="A", maximum_share=0.5), "two-markets",
         "share_limits", ("BOTH",)),
        (put("nodes", "known_from", "2025-06-02", node="FAR"), "known-in-future", "nodes", ("FAR",)),
        (put("contracts", "end", "2019-12-31"), "dates-reversed", "contracts", ("DEAL",)),
        (put("policy_limits", "maximum_gwh", 50.0), "limits-crossed", "policy_limits", ("FILL",)),
        (put("policy_limit_members", "node", "FAR"), "bad-member", "policy_limit_members", ("FILL",)),
        (drop("policy_limit_members"), "limit-without-members", "policy_limit_members", ("FILL",)),
    ],
)  # fmt: skip
def test_each_mistake_is_found(change: Change, code: str, table: str, keys: tuple[str, ...] | None) -> None:
    """One change, one finding with the table, the rows and a remedy."""
    matching = [issue for issue in found(change(sound())) if (issue.code, issue.table) == (code, table)]
    assert len(matching) == 1, found(change(sound()))
    assert keys is None or matching[0].keys == keys
    assert matching[0].hint


def test_reopened_arc_reconnects() -> None:
    """A market behind a pipeline that opens on 31 May is connected in a horizon that has that day, not before."""
    shut = put("arcs", "state", "closed", arc="HUB-FAR")(sound())
    opened = add("arc_schedule", arc="HUB-FAR", first_day="2025-05-31", capacity_gwh_d=10)(shut)
    assert found(opened) == ()
    assert [issue.code for issue in found(opened, months=1)] == ["disconnected-market"]


def test_home_production_connects() -> None:
    """A market with nothing but its own production is supplied."""
    shut = put("arcs", "state", "closed", arc="HUB-FAR")(sound())
    home = [{"node": "FAR", "month": m, "quantity_gwh_d": 1} for m in ("2025-04", "2025-05")]
    rows = pd.concat([shut.table("indigenous_production"), frame("indigenous_production", home)], ignore_index=True)
    assert found(shut.with_tables(indigenous_production=rows)) == ()


def test_oversold_seller_is_a_warning() -> None:
    """Each contract can be fulfilled, all together cannot: 55,647 of 36,500 GWh a year. This warns, and comes last."""
    system = put("claims", "value", 91.0, claim="C1")(sound())
    for name in ("TWO", "THREE"):
        system = add("contract_points", contract=name, node="HUB")(system)
        system = add("contracts", contract=name, seller="A", annual_quantity_gwh=30000, delivery_share=0.9)(system)
    assert [(issue.code, issue.severity) for issue in found(system)] == [
        ("claim-not-adopted", Severity.ERROR), ("seller-oversold", Severity.WARNING),
    ]  # fmt: skip


def test_shipped_dataset_has_no_errors() -> None:
    """Warnings want a look; errors would make answers wrong."""
    system = load_dataset("2025")
    for first_month, months in (("2025-01", 12), ("2025-04", 24)):
        issues = check_system(system, monthly_periods(first_month, months))
        assert [issue for issue in issues if issue.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (drop("demand", node="FAR", month="2025-05"), "month-without-demand"),
        (put("demand", "elasticity", 0.0, node="FAR", month="2025-05"), "demand-without-slope"),
        (drop("availability", resource="A_GAS", month="2025-05"), "missing-month"),
        (drop("indigenous_production", month="2025-05"), "missing-month"),
        (drop("contract_points"), "no-contract-point"),
        (drop("storage_levels"), "no-storage-level"),
        (put("arcs", "tariff_eur_mwh", float("nan"), arc="HUB-FAR"), "missing-tariff"),
        (drop("market_prices", month="2025-05"), "missing-month"),
        (put("storages", "node", "FEED"), "no-pool"),
        (put("arcs", "state", "closed"), "no-route"),
    ],
)
def test_compiling_refuses_what_it_needs(change: Change, code: str) -> None:
    """Who does not run the checks is told as well: a missing number is an error, never a zero."""
    with pytest.raises(InputError) as caught:
        compile_problem(change(sound()), monthly_periods("2025-04", 2))
    assert caught.value.issue.code == code
