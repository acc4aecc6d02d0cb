"""Derivatives of prices against central differences of solved equilibria, and against answers by hand."""

from __future__ import annotations

import numpy as np
import pytest

from linepack.errors import InputError
from linepack.results.sensitivity import Cell, price_sensitivity
from linepack.results.solution import Solution
from tests.builders import delivery, demand, gas_system, market, merged, solved, supply
from tests.known_answers.cases import FOLDER, solved_case
from tests.oracles.instances import MONTHS, random_system

CELLS = [
    Cell("demand", {"node": "A", "month": "2025-04"}, "quantity_gwh_d"),
    Cell("demand", {"node": "B"}, "elasticity"),
    Cell("availability", {"resource": "X_GAS"}, "capacity_gwh_d"),
    Cell("supply_steps", {"resource": "V_GAS"}, "cost_eur_mwh"),
    Cell("arcs", {"arc": "X-A"}, "capacity_gwh_d"),
    Cell("arcs", {"arc": "X-A"}, "loss_fraction"),
    Cell("traders", {"trader": "Z"}, "conduct"),
    Cell("contracts", {"contract": "TAKE"}, "annual_quantity_gwh"),
    Cell("storages", {"node": "A"}, "cycle_efficiency_fraction"),
    Cell("policy_limits", {"policy_limit": "QUOTA"}, "maximum_gwh"),
]


def central(solution: Solution, cell: Cell, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Return central differences of hub prices by re-solving, and whether the two sides agree."""
    table = solution.system.table(cell.table)
    rows = np.logical_and.reduce([(table[name] == value).to_numpy() for name, value in cell.where.items()])
    step = 1e-4 * max(1.0, float(np.abs(table.loc[rows, cell.column]).max()))

    def at(move: float) -> np.ndarray:
        moved = table.assign(**{cell.column: table[cell.column] + np.where(rows, move, 0.0)})
        return solved(solution.system.with_tables(**{cell.table: moved}), months).hub_prices().to_numpy()

    low, here, high = at(-step), solution.hub_prices().to_numpy(), at(step)
    return (high - low) / (2 * step), np.abs((high - here) - (here - low)) / step < 1e-3 * (
        1 + np.abs(high - low) / step
    )


@pytest.mark.parametrize("seed", [0, *(pytest.param(k, marks=pytest.mark.full) for k in range(1, 12))])
@pytest.mark.parametrize("cell", CELLS, ids=lambda c: f"{c.table}.{c.column}")
def test_derivatives_of_prices(seed: int, cell: Cell) -> None:
    """Away from a kink, the implicit derivative is the central difference, to 1e-4 of it (at least of 1)."""
    solution = solved(random_system(seed), MONTHS)
    wanted, is_smooth = central(solution, cell, MONTHS)
    found = price_sensitivity(solution, cell)
    ours = found["derivative"].to_numpy().reshape(wanted.shape)
    fine = ~found["is_degenerate"].to_numpy().reshape(wanted.shape) & is_smooth
    assert fine.any()
    assert ours[fine] == pytest.approx(wanted[fine], rel=1e-4, abs=1e-4)


def test_derivative_by_hand() -> None:
    """Two Cournot sellers, p = (50 + 10 + c) / 3: dp/dc = 1/3."""
    sellers = [merged(supply(n, cost=c, conduct=1, slope=0.5), delivery(n, "HUB")) for n, c in (("A", 10), ("B", 14))]
    solution = solved(gas_system(merged(market("HUB"), {"demand": demand("HUB", intercept=50, slope=0.5)}, *sellers)))
    found = price_sensitivity(solution, Cell("supply_steps", {"resource": "B_GAS"}, "cost_eur_mwh"))
    assert found["derivative"].item() == pytest.approx(1 / 3, abs=1e-9)
    assert not found["is_degenerate"].item()


def test_derivative_on_curves() -> None:
    """The five-firm market, curves and all: d price / d cost of the first firm against a central difference."""
    base = solved_case(FOLDER / "a03_five_firms", "cournot")
    cell = Cell("supply_steps", {"resource": "F1"}, "cost_eur_mwh")
    wanted, _ = central(base, cell, 1)
    assert price_sensitivity(base, cell)["derivative"].item() == pytest.approx(wanted.item(), rel=1e-6)


def test_a_kink_is_flagged() -> None:
    """Supply is exactly what demand takes at its cost: more capacity changes nothing, less raises the price."""
    rows = merged(
        market("HUB"),
        supply("A", cost=10, capacity=80),
        delivery("A", "HUB"),
        {"demand": demand("HUB", intercept=50, slope=0.5)},
    )
    found = price_sensitivity(solved(gas_system(rows)), Cell("availability", {"resource": "A_GAS"}, "capacity_gwh_d"))
    assert found["is_degenerate"].item()


def test_a_cell_must_exist() -> None:
    """A number that is not there is an input error that names it."""
    solution = solved(random_system(0), MONTHS)
    for cell in (
        Cell("arcs", {"arc": "X-A"}, "name"),
        Cell("arcs", {"arc": "nowhere"}, "capacity_gwh_d"),
        Cell("arcs", {"what": "X-A"}, "capacity_gwh_d"),
    ):
        with pytest.raises(InputError):
            price_sensitivity(solution, cell)
