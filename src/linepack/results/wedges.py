"""Route wedges and ties: what behaviour terms decide, and what no price decides.

A wedge is a charge that rises around a route's observed flow. At strength 0 sellers look at prices alone, and routes
that are equally good to a cent are a tie: any split of gas between them is an answer. Wedges, and a small rise of
charges on pool arcs, choose one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack import units
from linepack.results.headline import EU, ORIGIN_NAMES
from linepack.results.solution import Solution, program_of
from linepack.scenario.patches import OptionPatch
from linepack.scenario.scenario import Scenario
from linepack.solve.face import optimal_face
from linepack.vocabulary import ArcKind

STRENGTHS = (0.0, 1.0, 2.0)
TIE_EUR_MWH = 0.01
LEAST_TWH_Y = 0.05


def with_wedges(scenario: Scenario, strength: float) -> Scenario:
    """Return a scenario whose route wedges have another strength; its name says which."""
    patch = OptionPatch("option wedges", f"wedges at strength {strength:g}", "wedge_multiplier", strength)
    return scenario.with_patches(f"{scenario.name}, wedges {strength:g}", patch)


def without_tie_break(scenario: Scenario) -> Scenario:
    """Return a scenario in which neither wedges nor the rise on pool arcs choose between equally good ways."""
    patch = OptionPatch("no tie-break", "nothing but prices decides", "pool_flow_slope_eur_mwh", 0.0)
    return with_wedges(scenario, 0.0).with_patches(f"{scenario.name}, no tie-break", patch)


def wedge_forces(solution: Solution) -> pd.DataFrame:
    """Return what wedges charge (or, below zero, grant) on each route that gas uses, largest effect first.

    Columns: trader, arc, flow_twh_y, force_eur_mwh (mean over the flow), rent_eur_bn_y (force x flow).
    """
    problem, columns = solution.problem, solution.problem.variables["trader_flow"].columns
    x, weight, days = solution.values("trader_flow"), problem.sets.weight[:, None], solution.days[:, None]
    charge = np.zeros(len(problem.cost))
    table = problem.charges
    np.add.at(charge, table["column"].to_numpy(dtype=int), table["charge_eur_mwh"].to_numpy(dtype=float))
    force = (problem.cost[columns] + problem.hessian_diagonal[columns] * x) / weight
    force = force - problem.resource_cost_eur_mwh[columns] - charge[columns]
    year = units.DAYS_PER_YEAR / solution.days.sum()
    carried = (x * days).sum(axis=0)
    frame = solution.labels("trader_flow")[["trader", "arc"]].assign(
        flow_twh_y=units.twh_from_gwh(carried) * year,
        force_eur_mwh=(force * x * days).sum(axis=0) / np.maximum(carried, 1e-9),
        rent_eur_bn_y=units.eur_bn_from_gwh_eur_mwh((force * x * days).sum(axis=0)) * year,
    )
    frame = frame[frame["flow_twh_y"] > LEAST_TWH_Y]
    order = frame["rent_eur_bn_y"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def moved_twh_y(base: Solution, other: Solution) -> dict[str, float]:
    """Return how much gas goes another way, half the sum of all changes: traders' first sales, and pool flows."""
    found = {}
    for name, keys in (("trader_flow", ["trader", "arc"]), ("pool_flow", ["arc"])):
        sums = [s.labels(name)[keys].assign(gwh=(s.values(name) * s.days[:, None]).sum(axis=0)) for s in (base, other)]
        if name == "trader_flow":
            sums = [f[s.labels(name)["is_sale"].to_numpy(dtype=bool)] for f, s in zip(sums, (base, other), strict=True)]
        before, after = (f.groupby(keys)["gwh"].sum() for f in sums)
        change = after.sub(before, fill_value=0.0).abs().sum() / 2
        found[name] = float(units.twh_from_gwh(change) * units.DAYS_PER_YEAR / base.days.sum())
    return found


def ties(solution: Solution, tie_eur_mwh: float = TIE_EUR_MWH) -> pd.DataFrame:
    """Return how far flows could move at the same prices, in a run without tie-break.

    First sales in the EU by origin and mode, and the ten largest flows between pools. Columns: what, twh_y (here),
    least_twh_y, most_twh_y. Ways whose worth differs by at most ``tie_eur_mwh`` count as equally good.
    """
    problem, point = solution.problem, solution.certified
    tie = np.full(len(problem.cost), tie_eur_mwh)
    for variable in problem.variables.values():
        if len(variable.columns) == len(problem.sets.periods):
            tie[variable.columns] = tie_eur_mwh * problem.sets.weight[:, None]
    face = optimal_face(program_of(problem), point.x, point.row_dual, point.reduced_cost, tie=tie)
    year = units.DAYS_PER_YEAR / solution.days.sum()
    rows = []
    for what, weight in [*_imports(solution), *_borders(solution)]:
        low, high = face.extent(weight)
        values = (float(weight @ point.x), low, high)
        rows.append((what, *(float(units.twh_from_gwh(value) * year) for value in values)))
    return pd.DataFrame(rows, columns=["what", "twh_y", "least_twh_y", "most_twh_y"])


def _imports(solution: Solution) -> list[tuple[str, np.ndarray]]:
    """Return sums of first sales in the EU by origin: what it is, and its weight on every column (days)."""
    problem, sets = solution.problem, solution.problem.sets
    nodes = solution.system.table("nodes").set_index("node")
    seat = solution.system.table("traders").set_index("trader")["country"]
    kept = 1 - sets.arcs["loss_fraction"].to_numpy(dtype=float)[sets.trader_arc_at]
    found: dict[str, np.ndarray] = {}
    for name, place in (("trader_flow", "destination"), ("sales", "node")):
        labels, columns = solution.labels(name), problem.variables[name].columns
        for k, row in enumerate(labels.itertuples()):
            is_sale = name == "sales" or bool(row.is_sale)
            if not is_sale or nodes["region"].get(getattr(row, place)) != EU:
                continue
            is_lng = name == "trader_flow" and row.kind == ArcKind.SHIPPING
            origin = nodes["country"].get(row.origin) if is_lng else seat.get(row.trader)
            what = f"{ORIGIN_NAMES.get(str(origin), 'Others')} to EU, {'LNG' if is_lng else 'pipeline'}"
            weight = found.setdefault(what, np.zeros(len(problem.cost)))
            weight[columns[:, k]] += solution.days * (kept[k] if name == "trader_flow" else 1.0)
    ranked = sorted(found, key=lambda what: -float(found[what] @ solution.certified.x))
    return [(what, found[what]) for what in ranked]


def _borders(solution: Solution, count: int = 10) -> list[tuple[str, np.ndarray]]:
    """Return the largest flows between pools of different countries."""
    problem, labels = solution.problem, solution.labels("pool_flow")
    country = solution.system.table("nodes").set_index("node")["country"]
    columns = problem.variables["pool_flow"].columns
    found: dict[str, np.ndarray] = {}
    for k, row in enumerate(labels.itertuples()):
        ends = country[row.origin], country[row.destination]
        if ends[0] != ends[1]:
            weight = found.setdefault(f"{ends[0]} to {ends[1]}, pool", np.zeros(len(problem.cost)))
            weight[columns[:, k]] += solution.days
    ranked = sorted(found, key=lambda what: -float(found[what] @ solution.certified.x))
    return [(what, found[what]) for what in ranked[:count]]
