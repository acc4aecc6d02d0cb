"""Curves of demand by a series of affine games: known answers after large shocks, and a demand gap that is checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from linepack.errors import NotCertified
from linepack.market.tangent import demand_gap
from linepack.report.run_report import certificate_line
from linepack.results import equilibrium
from linepack.results.solution import Solution, solve_system
from linepack.runs.runner import run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.parse import shape_option
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import DemandShape
from tests.builders import FIRST_MONTH, delivery, gas_system, market, merged, price, solved, supply

MONTHS = ("2025-04", "2025-05", "2025-06")


def markets(capacity: float, *, elasticity: float = 0.2, cost: float = 10.0, cap: float = 1000.0) -> GasSystem:
    """Return three markets of 100 GWh/d at 30 EUR/MWh, each with a seller of its own, for three months."""
    rows: dict[str, Any] = {"demand": [
        {"node": node, "segment": "all", "month": month, "quantity_gwh_d": 100, "reference_price_eur_mwh": 30,
         "elasticity": elasticity, "shape": "isoelastic"}
        for node in "ABC" for month in MONTHS
    ]}  # fmt: skip
    sellers = [merged(supply(f"S{n}", cost=cost, capacity=capacity, months=3), delivery(f"S{n}", n)) for n in "ABC"]
    return gas_system(merged(market("A", "B", "C"), rows, *sellers), 3, {"shedding_price_eur_mwh": cap})


@pytest.fixture(params=[5_000, 0], ids=["polished", "as the solver leaves it"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Both ways to end a series: small programs are polished, large ones are not."""
    monkeypatch.setattr(equilibrium, "POLISHED_COLUMNS", request.param)
    return int(request.param)


@pytest.mark.parametrize("share", [0.9, 0.6, 0.4])
def test_a_market_that_loses_supply(size: int, share: float) -> None:
    """What is left is sold: 100 (p / 30)^-0.2 = 100 share, so p = 30 share^-5, 50.8 to 2,930 EUR/MWh, below the cap.

    On its tangent the price would be 45 to 120: the first game is far off, the series is short.
    """
    solution = solved(markets(100 * share, cap=5000.0), 3)
    for node in "ABC":
        assert price(solution, node, 1) == pytest.approx(30 * share**-5, rel=1e-6)
    assert solution.certified.programs <= 8


@pytest.mark.parametrize("cost", [3.0, 30.0, 120.0])
def test_a_market_whose_price_is_its_cost(size: int, cost: float) -> None:
    """Supply without limit at one cost: consumption is 100 (cost / 30)^-0.2.

    To rounding where the answer is polished; else within the demand gap that a series may end with.
    """
    solution = solved(markets(1e4, cost=cost), 3)
    near = 1e-7 if size else equilibrium.DEMAND_GAP
    assert solution.values("production")[1].sum() == pytest.approx(300 * (cost / 30) ** -0.2, rel=near)
    assert solution.certified.programs <= 7


def test_a_market_at_the_cap(size: int) -> None:
    """30 x 0.3^-5 = 12,346 is above the shedding price of 500: that is the price, and what is short is not served."""
    solution = solved(markets(30, cap=500.0), 3)
    assert price(solution, "B", 2) == pytest.approx(500, rel=1e-6)
    assert demand_gap(solution.problem, solution.certified.x, solution.certified.row_dual).max() < 1e-9


def test_the_gap_is_what_consumption_lacks() -> None:
    """Consumption one per cent below what the curve asks for at the price: a gap of one per cent, to first order."""
    solution = solved(markets(1e4), 3)
    x, c = solution.certified.x.copy(), solution.problem.curves
    x[c.consumption[1, 2]] *= 0.99
    gap = demand_gap(solution.problem, x, solution.certified.row_dual)
    assert gap[1, 2] == pytest.approx(0.01, rel=0.05)
    assert np.delete(gap.ravel(), 5).max() < 1e-9


def test_a_curve_meets_a_line() -> None:
    """A level line at 60 meets 100 (p / 30)^-0.2 at 100 / 2^0.2; an upright one where it stands; the cap counts."""
    demand = solved(markets(1e4), 3).problem.curves.demand
    start, ones = demand.quantity_gwh_d * 0.5, np.ones_like(demand.quantity_gwh_d)
    level = demand.meets(start, 60 * ones, 0 * ones, 1000.0)
    assert level == pytest.approx(100 / 2**0.2 * ones, rel=1e-9)
    assert demand.meets(start, 60 * ones, 1e9 * ones, 1000.0) == pytest.approx(start, rel=1e-5)
    assert demand.meets(start, 200 * ones, ones, 200.0) == pytest.approx(start, rel=1e-9)


def test_a_series_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """One game is not enough after a loss of two fifths; the error names who is how far from the curve."""
    monkeypatch.setattr(equilibrium, "MOST_GAMES", 0)
    monkeypatch.setattr(equilibrium, "POLISHED_COLUMNS", 0)
    with pytest.raises(NotCertified, match=r"1 games did not settle: consumption of [ABC] all in 2025-0[456] is") as e:
        solved(markets(60), 3)
    assert e.value.issue.code == "not-settled"


def test_the_option_is_the_shape_of_every_straight_line() -> None:
    """Affine demand bends, other shapes stay, and a run says how many games it took and how near demand is."""
    system = markets(60)
    mixed = system.table("demand").assign(shape=["affine"] * 3 + ["fixed"] * 3 + ["isoelastic"] * 3)
    after = shape_option(DemandShape.ISOELASTIC).apply(system.with_tables(demand=mixed)).table("demand")
    assert after["shape"].tolist() == ["isoelastic"] * 3 + ["fixed"] * 3 + ["isoelastic"] * 3


def test_a_run_says_how_near_demand_is_to_its_curves(tmp_path: Any) -> None:
    """The record has the number of games and the demand gap; a run of straight lines has neither."""
    asked = Scenario("x", "X", "", "test", FIRST_MONTH, 3, "values")
    system = markets(60)
    straight = system.with_tables(demand=system.table("demand").assign(shape="affine"))
    bent, plain = (run_scenarios(s, [asked], RunStore(tmp_path), workers=1)[0].run for s in (system, straight))
    assert bent is not None
    assert plain is not None
    assert bent.record["curves"]["games"] >= 1
    assert bent.record["curves"]["demand_gap"] < 1e-8
    assert "demand within" in certificate_line(bent)
    assert "demand within" not in certificate_line(plain)
    assert "curves" not in plain.record


FULL = (
    *(f"us-gazprom-2025/{name}" for name in ("status-quo", "ns2-b-open", "ukraine-15", "ukraine-40",
                                             "turkstream-stopped", "russian-lng-out", "gulf-lng-lost")),
    "regimes-2030/cold-winter", "regimes-2030/hormuz-12-months",
)  # fmt: skip


@pytest.mark.full
@pytest.mark.parametrize("name", FULL)
def test_the_dataset_settles(facts: GasSystem, name: str) -> None:
    """All demand isoelastic, whole horizons: at most six games, certified on the true conditions, gap below 1e-5.

    Prices are then a fixed point of the curves: with every consumption put on its curve at the price it pays, each pool
    stays balanced to 1e-5 of what it uses.
    """
    asked = load_scenario(name)
    solution = solve_system(facts, asked.with_patches(asked.name, shape_option(DemandShape.ISOELASTIC)))
    assert solution.certified.certificate.is_certified
    assert solution.certified.programs <= 6
    assert _largest_gap(solution) < 1e-5


def _largest_gap(solution: Solution) -> float:
    """Return the largest difference between consumption and q0 (p / p0)^-e at the hub price, as a share of q0."""
    labels, demand = solution.labels("consumption"), solution.problem.curves.demand
    hub = solution.hub_prices()[labels["node"].tolist()].to_numpy()
    cap = solution.problem.curves.shedding_price_eur_mwh
    wanted = demand.quantity_gwh_d * (np.maximum(hub, 1e-3) / demand.price_eur_mwh) ** -demand.elasticity
    found = solution.values("consumption") + np.where(solution.problem.curves.firm >= 0,
                                                      solution.certified.x[solution.problem.curves.firm], 0.0)
    is_open = (hub < cap * (1 - 1e-6)) & (demand.quantity_gwh_d > 0.01) & demand.mask(DemandShape.ISOELASTIC)
    return float(np.where(is_open, np.abs(found / wanted - 1), 0.0).max())
