"""Laws that hold whatever the numbers: on systems with every feature, drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.market.compile import compile_problem
from linepack.results.equilibrium import SolveSettings, program_of, solve_problem
from linepack.results.solution import Solution
from linepack.scenario.patches import Span, SupplyPatch, TablePatch
from linepack.system.calendar import Period, monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES
from tests.builders import FIRST_MONTH, frame
from tests.oracles.instances import MONTHS, random_system
from tests.samples import samples

few = samples(20)
seeds = st.integers(0, 200)
PERIODS = monthly_periods(FIRST_MONTH, MONTHS)
CONSUMERS = ["A", "B", "C"]
CLOSE = 1e-6


@cache
def system_of(seed: int) -> GasSystem:
    return random_system(seed)


def solve(system: GasSystem, periods: tuple[Period, ...] = PERIODS) -> Solution:
    problem = compile_problem(system, periods)
    return Solution(system, *solve_problem(problem, SolveSettings(tolerance=1e-12)))


@cache
def base(seed: int) -> Solution:
    return solve(system_of(seed))


def prices(solution: Solution, nodes: list[str] = CONSUMERS) -> np.ndarray:
    return solution.hub_prices()[nodes].to_numpy()


def objective(solution: Solution) -> float:
    return program_of(solution.problem).objective(solution.certified.x)


def mapped(system: GasSystem, change: Callable[[str, pd.DataFrame], pd.DataFrame]) -> GasSystem:
    return system.with_tables(**{name: change(name, table) for name, table in system.tables.items()})


@few
@given(seeds)
def test_names_mean_nothing(seed: int) -> None:
    """A node under another name has the same price."""
    names = {node: f"N{k}" for k, node in enumerate(system_of(seed).table("nodes")["node"])}
    renamed_ships = {f"ship:{o}>{d}": f"ship:{names[o]}>{names[d]}" for o in names for d in names}
    columns = {(t.name, c.name) for t in TABLES for c in t.columns if c.references == "nodes.node"} | {
        ("nodes", "node")
    }
    columns |= {(t.name, "node") for t in TABLES if any(c.references == "storages.node" for c in t.columns)}

    def rename(table: str, rows: pd.DataFrame) -> pd.DataFrame:
        for column in rows.columns:
            if (table, column) in columns:
                rows = rows.assign(**{column: rows[column].map(lambda name: names.get(name, name))})
            if column == "arc":
                rows = rows.assign(arc=rows["arc"].map(lambda name: renamed_ships.get(name, name)))
        return rows

    other = solve(mapped(system_of(seed), rename))
    assert prices(other, [names[n] for n in CONSUMERS]) == pytest.approx(prices(base(seed)), abs=CLOSE)


@few
@given(seeds, st.integers(0, 10**6))
def test_order_of_rows_means_nothing(seed: int, shuffle: int) -> None:
    """The rows of every table in another order are the same facts, but for dated rows, where the later row wins."""

    def mix(table: str, rows: pd.DataFrame) -> pd.DataFrame:
        return rows if table == "arc_schedule" else rows.sample(frac=1, random_state=shuffle).reset_index(drop=True)

    assert prices(solve(mapped(system_of(seed), mix))) == pytest.approx(prices(base(seed)), abs=CLOSE)


def scaled(system: GasSystem, gas: float, money: float) -> GasSystem:
    """Return the system with every quantity of gas times ``gas`` and every amount of money times ``money``."""

    def factor(table: str, unit: str, name: str) -> float:
        if unit == "EUR/MWh per GWh/d":
            return money / gas
        if unit in ("GWh", "GWh/d") or (table, name) == ("fleets", "ships"):
            return gas
        if unit in ("EUR/MWh", "USD", "USD/d") and (table, name) != ("market_prices", "usd_per_eur"):
            return money
        return 1.0

    def scale(table: str, rows: pd.DataFrame) -> pd.DataFrame:
        if table == "parameters":
            by = {
                name: money if name.endswith("_eur_mwh") else gas if name.endswith("_gwh_d") else 1.0
                for name in rows["parameter"]
            }
            return rows.assign(value=rows["value"] * rows["parameter"].map(by))
        schema = next(t for t in TABLES if t.name == table)
        return rows.assign(**{c.name: rows[c.name] * factor(table, c.unit, c.name) for c in schema.columns if c.unit})

    return mapped(system, scale)


@few
@given(seeds, st.sampled_from([2.0, 7.5]), st.sampled_from([0.5, 3.0]))
def test_units_mean_nothing(seed: int, gas: float, money: float) -> None:
    """Gas counted in other units leaves prices alone; money in other units multiplies them."""
    other = solve(scaled(system_of(seed), gas, money))
    assert prices(other) == pytest.approx(money * prices(base(seed)), rel=1e-6)


@few
@given(seeds, st.integers(1, 29))
def test_a_period_in_two_halves(seed: int, day: int) -> None:
    """April in two parts with the same facts each day has one price, the one of April.

    Rules that start inside April, and storage whose rate depends on its level, tell the parts apart: they are off.
    """
    system = system_of(seed)
    storages = system.table("storages").assign(injection_share_when_full=1.0, withdrawal_share_when_empty=1.0)
    rules = system.table("flow_rules")
    whole_month = (rules["capacity_share"] == 1) & (rules["first_day"] < PERIODS[0].start.isoformat())
    same = system.with_tables(storages=storages, flow_rules=rules[whole_month])
    april, may = PERIODS
    cut = april.start + timedelta(days=day)
    halves = (Period("2025-04a", april.start, cut, day), Period("2025-04b", cut, april.end, 30 - day))
    whole, parts = prices(solve(same)), prices(solve(same, (*halves, may)))
    assert parts == pytest.approx(whole[[0, 0, 1]], abs=CLOSE)


@few
@given(seeds, st.integers(0, 10**6), st.floats(0.01, 20))
def test_a_relaxed_limit_never_hurts(seed: int, pick: int, by: float) -> None:
    """With more room, the least cost less value cannot rise."""
    solution = base(seed)
    problem = solution.problem
    limited = np.flatnonzero(np.isfinite(problem.row_upper) & (problem.row_lower < problem.row_upper))
    upper = problem.row_upper.copy()
    upper[limited[pick % len(limited)]] += by
    relaxed, answer = solve_problem(replace(problem, row_upper=upper), SolveSettings(tolerance=1e-12))
    before = objective(solution)
    assert program_of(relaxed).objective(answer.x) <= before + 1e-7 * abs(before)


@few
@given(seeds, st.integers(0, 10**6))
def test_a_shadow_price_is_the_slope_of_the_objective(seed: int, pick: int) -> None:
    """A little more room changes the objective by the dual; where both sides differ, the dual lies between them."""
    solution = base(seed)
    problem = solution.problem
    limited = np.flatnonzero(np.isfinite(problem.row_upper) & (np.abs(solution.certified.row_dual) > 1e-3))
    row, step = limited[pick % len(limited)], 1e-4

    def at(move: float) -> float:
        lower, upper = problem.row_lower.copy(), problem.row_upper.copy()
        upper[row] += move
        lower[row] += move if problem.row_lower[row] == problem.row_upper[row] else 0.0
        changed = replace(problem, row_lower=lower, row_upper=upper)
        moved, answer = solve_problem(changed, SolveSettings(tolerance=1e-12))
        return program_of(moved).objective(answer.x)

    left, here, right = at(-step), objective(solution), at(step)
    sides = sorted([(here - left) / step, (right - here) / step])
    assert sides[0] - 2e-3 <= solution.certified.row_dual[row] <= sides[1] + 2e-3


@few
@given(seeds)
def test_what_has_no_size_changes_nothing(seed: int) -> None:
    """A pipe without capacity, an empty step of supply, a contract over nothing, an expansion of nothing."""
    system = system_of(seed)

    def plus(table: str, row: dict[str, object]) -> pd.DataFrame:
        return pd.concat([system.table(table), frame(table, [row])], ignore_index=True)

    extra = system.with_tables(
        arcs=plus(
            "arcs", {"arc": "NOTHING", "origin": "A", "destination": "C", "capacity_gwh_d": 0, "has_pool_access": True}
        ),
        supply_steps=plus("supply_steps", {"resource": "X_GAS", "step": 9, "capacity_share": 0, "cost_eur_mwh": 0}),
        contracts=plus(
            "contracts",
            {"contract": "NIL", "seller": "V", "annual_quantity_gwh": 0, "take_or_pay_share": 1, "delivery_share": 1},
        ),
        contract_points=plus("contract_points", {"contract": "NIL", "node": "B"}),
        arc_expansions=plus("arc_expansions", {"arc": "A-B", "maximum_gwh_d": 0, "cost_eur_mwh": 0}),
    )
    assert prices(solve(extra)) == pytest.approx(prices(base(seed)), abs=CLOSE)


@few
@given(seeds)
def test_gas_is_neither_made_nor_lost(seed: int) -> None:
    """Production and home production, less losses on every flow and in stores, are consumption and change of stocks."""
    s = base(seed)
    kept = {
        name: 1 - s.problem.sets.arcs["loss_fraction"].to_numpy()[at]
        for name, at in (("trader_flow", s.problem.sets.trader_arc_at), ("pool_flow", s.problem.sets.pool_arc_at))
    }
    lost = sum((s.values(name) * (1 - kept[name])).sum(axis=1) for name in kept)
    used = s.values("consumption").sum(axis=1) + s.values("firm_consumption").sum(axis=1)
    home = system_of(seed).table("indigenous_production").sort_values("month")["quantity_gwh_d"].to_numpy()
    stored = (s.values("injection") - s.values("withdrawal")).sum(axis=1)
    assert s.values("production").sum(axis=1) + home - lost - used - stored == pytest.approx([0, 0], abs=1e-6)


@few
@given(seeds, st.floats(0.5, 0.99))
def test_a_scenario_and_its_inverse(seed: int, factor: float) -> None:
    """Less gas and then as much more, a dearer way and then a cheaper one: the base case."""
    system, whole = system_of(seed), Span()
    for patch in (
        SupplyPatch("less", "test", ("X_GAS",), whole, factor=factor),
        TablePatch("dearer", "test", "arcs", {"arc": ("X-A",)}, "tariff_eur_mwh", factor=1.25),
        TablePatch("cheaper", "test", "arcs", {"arc": ("X-A",)}, "tariff_eur_mwh", factor=0.8),
        SupplyPatch("more", "test", ("X_GAS",), whole, factor=1 / factor),
    ):
        system = patch.apply(system)
    assert prices(solve(system)) == pytest.approx(prices(base(seed)), abs=CLOSE)
