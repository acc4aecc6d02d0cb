"""From a gas system to arrays."""

from __future__ import annotations

from collections.abc import Sequence

from linepack.market.equations import EQUATIONS
from linepack.market.parameters import Closing, MarketParameters, market_parameters
from linepack.market.problem import Assembler, Problem
from linepack.market.rules import charge_table
from linepack.market.sets import MarketSets, market_sets
from linepack.market.variables import market_variables
from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem


def compile_problem(system: GasSystem, periods: Sequence[Period], *, closing: Closing = Closing.VALUES) -> Problem:
    """Return the market of ``system`` over ``periods`` as a labelled quadratic program.

    Objective in 30,000 EUR: minimise cost less gross consumer value, plus the conduct terms of strategic
    sellers. Errors: ``InputError`` for missing months, tariffs, stocks or routes.
    """
    sets = market_sets(system, periods)
    return write_problem(sets, market_parameters(system, sets, closing))


def write_problem(sets: MarketSets, parameters: MarketParameters) -> Problem:
    """Return the arrays of sets and parameters."""
    assembler = Assembler(len(sets.periods))
    variables = market_variables(sets, parameters, assembler)
    for page in EQUATIONS.values():
        page.write(sets, parameters, variables, assembler)
    single = {"shedding_price_eur_mwh": parameters.shedding_price_eur_mwh}
    charges = charge_table(parameters.flow_rules, variables.trader_flow, variables.pool_flow)
    return assembler.close(sets, single, charges)
