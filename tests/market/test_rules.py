"""Dated rules on flows, and ways without gas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linepack.errors import InputError
from linepack.market.compile import compile_problem
from linepack.system.calendar import monthly_periods
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, gas_system, market, merged, price, solved, supply


def ruled(*rules: dict[str, Any], months: int = 1) -> GasSystem:
    """Return a hub with gas at 10 through a pipeline of 40, gas at 50 beside it, and rules on that pipeline."""
    return gas_system(
        merged(
            market("HUB"), supply("A", cost=10, months=months), delivery("A", "HUB", capacity_gwh_d=40),
            supply("B", cost=50, months=months), delivery("B", "HUB"),
            {"demand": demand("HUB", intercept=60, slope=0.5, months=months),
             "flow_rules": [{"rule": f"R{k}", "arc": "A-HUB", **rule} for k, rule in enumerate(rules)]},
        ),
        months,
    )  # fmt: skip


@pytest.mark.parametrize("trader", ["A", ""])
def test_share_is_prorated_by_days(trader: str) -> None:
    """Half the capacity for 15 of April's 30 days leaves 30 of 40 GWh/d: p = 60 - 15 = 45, the limit is worth 35."""
    solution = solved(ruled({"trader": trader, "capacity_share": 0.5, "first_day": "2025-04-16"}))
    flow = solution.labels("trader_flow")["trader"].tolist().index("A")
    assert solution.values("trader_flow")[0, flow] == pytest.approx(30, abs=1e-6)
    assert price(solution, "HUB") == pytest.approx(45, abs=1e-6)
    column = solution.problem.variables["trader_flow"].columns[0, flow]
    assert -solution.certified.reduced_cost[column] == pytest.approx(35, abs=1e-6)


def test_strictest_share_of_a_day_counts() -> None:
    """Shares of 0.5 and 0.25 on the same days are 0.25, not their product."""
    solution = solved(ruled({"trader": "A", "capacity_share": 0.5}, {"trader": "A", "capacity_share": 0.25}))
    flow = solution.labels("trader_flow")["trader"].tolist().index("A")
    assert solution.values("trader_flow")[0, flow] == pytest.approx(10, abs=1e-6)


def test_charges_add_up_and_are_transfers() -> None:
    """Charges of 4 for the month and 6 for half of it cost 7 a MWh: gas at 10 arrives at 17 through an ample pipe.

    They are no resource cost, and the table of charges names rule, receiver and amount.
    """
    rules = (
        {"trader": "A", "charge_eur_mwh": 4, "charge_receiver": "state"},
        {"trader": "", "charge_eur_mwh": 6, "charge_receiver": "operator", "last_day": "2025-04-15"},
    )
    table = [{"rule": f"R{k}", "arc": "A-HUB", **rule} for k, rule in enumerate(rules)]
    rows = merged(market("HUB"), supply("A", cost=10), delivery("A", "HUB"),
                  {"demand": demand("HUB", intercept=60, slope=0.5), "flow_rules": table})  # fmt: skip
    solution = solved(gas_system(rows))
    assert price(solution, "HUB") == pytest.approx(17, abs=1e-6)
    charges = solution.problem.charges
    assert charges[["rule", "receiver", "charge_eur_mwh"]].to_numpy().tolist() == [
        ["R0", "state", 4.0], ["R1", "operator", 3.0],
    ]  # fmt: skip
    assert (solution.problem.resource_cost_eur_mwh[charges["column"]] == 0).all()


def test_rule_for_the_pool_leaves_traders_alone() -> None:
    """The rule names the pool; A's own flow keeps its 40 GWh/d."""
    solution = solved(ruled({"trader": "pool", "capacity_share": 0}))
    flow = solution.labels("trader_flow")["trader"].tolist().index("A")
    assert solution.values("trader_flow")[0, flow] == pytest.approx(40, abs=1e-6)


def arrays(system: GasSystem) -> list[np.ndarray]:
    """Return every array of the compiled problem of April."""
    p = compile_problem(system, monthly_periods("2025-04", 1))
    return [p.hessian_diagonal, p.cost, p.matrix.toarray(), p.row_lower, p.row_upper, p.column_lower, p.column_upper]


@pytest.mark.parametrize("rule", [{"capacity_share": 0.0}, {"charge_eur_mwh": 50}])
def test_outside_its_dates_a_rule_changes_nothing(rule: dict[str, Any]) -> None:
    """A rule from May on leaves the arrays of April bit for bit as they are."""
    later = arrays(ruled({"trader": "A", "first_day": "2025-05-01", **rule}))
    for one, other in zip(arrays(ruled()), later, strict=True):
        np.testing.assert_array_equal(one, other)


def lng(**rows: Rows) -> GasSystem:
    """Return a plant of 50 GWh/d, a port of 80, a free voyage between them, and dear gas at home."""
    return gas_system(
        merged(
            {"nodes": [{"node": "FEED", "kind": "basin"}, {"node": "EXP", "kind": "lng_export"},
                       {"node": "PORT", "kind": "lng_import"}]},
            market("HUB"), supply("L", cost=10, node="FEED"), supply("B", cost=45), delivery("B", "HUB"),
            {"arcs": [{"arc": "liq", "kind": "liquefaction", "origin": "FEED", "destination": "EXP",
                       "capacity_gwh_d": 50},
                      {"arc": "regas", "kind": "regasification", "origin": "PORT", "destination": "HUB",
                       "capacity_gwh_d": 80, "has_pool_access": True}],
             "sea_routes": [{"origin": "EXP", "destination": "PORT"}],
             "demand": demand("HUB", intercept=60, slope=0.5)},
            rows,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        {"flow_rules": [{"rule": "BAN", "trader": "L", "arc": "ship:EXP>PORT", "capacity_share": 0,
                         "first_day": "2025-04-16"}]},
        {"arc_schedule": [{"arc": "ship:EXP>PORT", "first_day": "2025-04-16", "capacity_gwh_d": 0}]},
    ],
)  # fmt: skip
def test_voyages_barred_in_mid_month_count_by_days(rows: dict[str, Rows]) -> None:
    """Ships carry at most what plant and port pass, 50 GWh/d; barred for half of April they carry 25."""
    solution = solved(lng(**rows))
    ship = solution.labels("trader_flow")["arc"].tolist().index("ship:EXP>PORT")
    assert solution.values("trader_flow")[0, ship] == pytest.approx(25, abs=1e-6)


def test_shut_port_is_trimmed() -> None:
    """With regasification shut in the whole horizon neither the port nor the voyage is in the problem."""
    shut = [{"arc": "regas", "first_day": "2025-01-01", "capacity_gwh_d": 0}]
    problem = compile_problem(lng(arc_schedule=shut), monthly_periods("2025-04", 1))
    assert "PORT" not in problem.sets.pool_nodes
    assert problem.variables["trader_flow"].labels["arc"].tolist() == ["B-HUB"]


def test_plant_that_has_not_started_is_trimmed_by_period() -> None:
    """Availability is nil in April and 20 in May: April's way is closed, May's is open, and prices are sane."""
    rows = merged(
        market("HUB"), supply("A", cost=10, capacity=(0, 20), months=2), delivery("A", "HUB"),
        supply("B", cost=45, months=2), delivery("B", "HUB"),
        {"demand": demand("HUB", intercept=60, slope=0.5, months=2)},
    )  # fmt: skip
    solution = solved(gas_system(rows, 2), 2)
    flow = solution.problem.variables["trader_flow"]
    upper = solution.problem.column_upper[flow.columns[:, flow.labels["trader"].tolist().index("A")]]
    assert upper.tolist() == [0, 1000]
    assert np.abs(solution.certified.row_dual).max() < 100


def test_hard_pledge_on_a_closed_route_is_refused() -> None:
    """No member can flow, so a hard minimum has no answer; the error names the limit before a solver is called."""
    row = {"policy_limit": "PLEDGE", "first_day": "2025-04-01", "last_day": "2025-04-30", "minimum_gwh": 100}
    member = {"policy_limit": "PLEDGE", "trader": "A", "arc": "regas"}
    with pytest.raises(InputError, match="PLEDGE"):
        solved(lng(policy_limits=[row], policy_limit_members=[member]))


@pytest.mark.parametrize(("flow_cost", "slope", "reference"), [(5.0, 2.0, 30.0), (1.0, 2.0, 30.0), (5.0, 2.0, 4.0)])
def test_route_wedge(flow_cost: float, slope: float, reference: float) -> None:
    """Marginal cost is c at the reference flow, and never below zero at no flow, whatever the strength asked for."""
    wedge = {"trader": "A", "arc": "A-HUB", "reference_flow_gwh_d": reference, "slope_eur_mwh": slope}
    rows = merged(market("HUB"), supply("A", cost=10), delivery("A", "HUB", tariff_eur_mwh=flow_cost),
                  {"demand": demand("HUB", intercept=60, slope=0.5), "route_wedges": [wedge]})  # fmt: skip
    problem = compile_problem(gas_system(rows), monthly_periods("2025-04", 1))
    column = problem.variables["trader_flow"].columns.item()
    at_reference = problem.cost[column] + problem.hessian_diagonal[column] * reference
    assert at_reference == pytest.approx(flow_cost)
    assert problem.cost[column] >= 0
    assert problem.resource_cost_eur_mwh[column] == flow_cost
