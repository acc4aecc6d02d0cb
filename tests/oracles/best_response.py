"""Best-response iteration: each seller with power in turn answers the sales of the others, until nobody moves.

A seller's answer is its best sales given its rivals' sales, while consumers, stores, shippers and sellers without power
clear the market. Where a limit binds two strategic sellers together, what one leaves is all that the other may take,
and the iteration can stop at another of many equilibria: so it is used on systems without such limits.
"""

from __future__ import annotations

from copy import deepcopy

from tests.oracles.one_program import Name, Program, solve_with_clarabel, write
from tests.oracles.plain import Plain


def equilibrium_prices(p: Plain, *, rounds: int = 1500, tolerance: float = 1e-6) -> dict[tuple[str, int], float]:
    """Return hub prices by node and period once no seller changes any of its sales by more than ``tolerance``."""
    program = write(p)
    power = [name for name in program.index if name[0] == "power"]
    players = sorted({str(name[1]) for name in power})
    x, dual = solve_with_clarabel(_without_power(program, power))
    sales = {name: _sold(program, name, x) for name in power}
    for _ in range(rounds):
        moved = 0.0
        for player in players:
            x, dual = solve_with_clarabel(_answering(program, player, sales))
            for name in power:
                if name[1] == player:
                    moved = max(moved, abs(_sold(program, name, x) - sales[name]))
                    sales[name] = _sold(program, name, x)
        if moved < tolerance:
            return {
                (str(name[1]), int(str(name[2]))): dual[name] / p.w(int(str(name[2])))
                for name in dual
                if name[0] == "price"
            }
    raise AssertionError(f"still moving by {moved:.1e}")


def _without_power(program: Program, power: list[Name]) -> Program:
    """Return the market in which everybody takes prices: the iteration starts there."""
    m = deepcopy(program)
    for name in power:
        m.bend[m.index[name]] = 1e-6
    return m


def _answering(program: Program, player: str, sales: dict[Name, float]) -> Program:
    """Return the program in which every rival sells what it did, and only ``player`` counts its own effect."""
    m = deepcopy(program)
    for name, value in sales.items():
        if name[1] != player:
            k = m.index[name]
            m.rows[name] = ({c: a for c, a in m.rows[name][0].items() if c != k}, value, value)
            m.bend[k], m.top[k] = 0.0, 0.0
    return m


def _sold(program: Program, name: Name, x: dict[Name, float]) -> float:
    """Return what a seller sells in all (yearly mean) or in one area and period."""
    values = {program.index[other]: value for other, value in x.items()}
    k = program.index[name]
    return sum(a * values[c] for c, a in program.rows[name][0].items() if c != k)
