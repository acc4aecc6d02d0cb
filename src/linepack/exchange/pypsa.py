"""A run as a PyPSA network: the CSV folder that ``Network.import_from_csv_folder`` reads. PyPSA is not needed here.

Units are MW and MWh of gross calorific value, EUR/MWh, hours. The network is a cost model of one commodity: demand is
fixed at what the run consumes, and whose gas it is, market power, contracts, fleets, joint limits, limits of resources
over a window and falling storage rates are left out. The run's own flows are feasible in it, so a least-cost solution
costs no more; flows are comparable where the market is competitive. They are written as results, with hub prices as
marginal prices.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from linepack import __version__, units
from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.market.problem import Problem
from linepack.runs.store import Run
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.system.folders import write_folder
from linepack.system.gassystem import GasSystem

CARRIER, STORE = "gas", "gas store"
SLACK = 1e-6
"""By this part limits are wider than the run's own values, which a solver found only so exactly."""
LEFT_OUT = ("whose gas it is", "market power", "contracts", "fleets", "joint limits", "limits over a window",
            "storage rates that fall with level", "response of demand to price")  # fmt: skip


@dataclass(frozen=True)
class Network:
    """A PyPSA network: one static table per component, and time series by (component, attribute).

    Time series have one row per snapshot and one column per component.
    """

    snapshots: pd.DataFrame
    static: Mapping[str, pd.DataFrame]
    series: Mapping[tuple[str, str], pd.DataFrame]


def export_pypsa(system: GasSystem, scenario: Scenario, run: Run, target: Path) -> list[Path]:
    """Write the network of a run as a CSV folder and return the paths. Errors: ``InputError`` if it exists."""
    network = pypsa_network(system, scenario, run)

    def write(folder: Path) -> None:
        about = {"scenario": run.name, "run": run.digest, "linepack": __version__, "left_out": list(LEFT_OUT),
                 "units": "MW and MWh of gross calorific value, EUR/MWh"}  # fmt: skip
        head = pd.DataFrame({"name": [f"linepack {run.name}"], "now": ["now"]})
        _write(head, folder / "network.csv")
        (folder / "meta.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        numbered = network.snapshots.rename_axis("").reset_index()  # PyPSA takes 'snapshot' for dates beside an index
        _write(numbered, folder / "snapshots.csv")
        for component, frame in network.static.items():
            _write(frame, folder / f"{component}.csv")
        for (component, attribute), frame in network.series.items():
            wide = frame.rename_axis("snapshot").reset_index()
            _write(wide, folder / f"{component}-{attribute}.csv")

    return write_folder(target, write)


def pypsa_network(system: GasSystem, scenario: Scenario, run: Run) -> Network:
    """Return the network of a run: buses, links, generators, loads, stores, and the run's flows as results."""
    patched = apply_scenario(system, scenario)
    problem = compile_problem(patched, scenario.periods, closing=Closing(scenario.closing))
    days = np.array([float(period.days) for period in scenario.periods])
    index = pd.Index([period.start.isoformat() for period in scenario.periods])
    hours = days * units.HOURS_PER_DAY
    snapshots = pd.DataFrame({"snapshot": index, "objective": hours, "stores": hours, "generators": hours})
    order = [period.label for period in scenario.periods]
    parts = [_links(problem, run, order, index), _generators(patched, problem, run, order, index),
             _loads(run, order, index), _storage(problem, run, order, index, days)]  # fmt: skip
    static: dict[str, pd.DataFrame] = {
        "carriers": pd.DataFrame({"name": [CARRIER, STORE], "co2_emissions": [0.0, 0.0]}),
        "buses": _buses(patched, problem),
    }
    series: dict[tuple[str, str], list[pd.DataFrame]] = {}
    for tables, values in parts:
        for name, frame in tables.items():
            static[name] = pd.concat([static[name], frame], ignore_index=True) if name in static else frame
        for key, frame in values.items():
            series.setdefault(key, []).append(frame)
    prices = _wide(run.tables["hub_prices"], "node", "hub_price_eur_mwh", order, index)
    series["buses", "marginal_price"] = [prices]
    return Network(snapshots, static, {key: pd.concat(frames, axis=1) for key, frames in series.items()})


Part = tuple[dict[str, pd.DataFrame], dict[tuple[str, str], pd.DataFrame]]


def _buses(system: GasSystem, problem: Problem) -> pd.DataFrame:
    sets = problem.sets
    used = {*sets.arcs["origin"], *sets.arcs["destination"], *sets.pool_nodes, *sets.production["node"]}
    nodes = system.table("nodes")
    nodes = nodes[nodes["node"].isin(used)]
    return pd.DataFrame({"name": nodes["node"], "x": nodes["lon"], "y": nodes["lat"], "carrier": CARRIER,
                         "unit": "MWh_GCV", "country": nodes["country"]})  # fmt: skip


def _links(problem: Problem, run: Run, order: Sequence[str], index: pd.Index) -> Part:
    """One link per arc; its cost is the cheapest user's. An arc without limit gets ten times its largest flow."""
    arcs = problem.sets.arcs
    names = arcs["arc"].tolist()
    cost = np.full(problem.sets.capacity_gwh_d.shape, np.inf)
    for variable, at in (("trader_flow", problem.sets.trader_arc_at), ("pool_flow", problem.sets.pool_arc_at)):
        own = problem.resource_cost_eur_mwh[problem.variables[variable].columns]
        for k, arc in enumerate(at):
            cost[:, arc] = np.minimum(cost[:, arc], own[:, k])
    is_used = np.isfinite(cost).all(axis=0)
    flow = _wide(run.tables["arcs"], "arc", "flow_gwh_d", order, index)[names].to_numpy()
    free = 10 * max(float(flow.max()), 1.0)
    limit = np.maximum(np.where(np.isfinite(problem.sets.capacity_gwh_d), problem.sets.capacity_gwh_d, free), flow)
    top = limit.max(axis=0)
    keep = np.flatnonzero(is_used & (top > 0))
    kept = [names[k] for k in keep]
    static = pd.DataFrame({
        "name": kept, "bus0": arcs["origin"].to_numpy()[keep], "bus1": arcs["destination"].to_numpy()[keep],
        "carrier": CARRIER, "p_nom": units.mw_from_gwh_d(top[keep]) * (1 + SLACK),
        "efficiency": 1.0 - arcs["loss_fraction"].to_numpy(dtype=float)[keep],
        "marginal_cost": cost[:, keep].mean(axis=0), "kind": arcs["kind"].to_numpy()[keep],
    })  # fmt: skip
    values = {
        ("links", "p_max_pu"): _varying(limit[:, keep] / top[keep], kept, index),
        ("links", "marginal_cost"): _varying(cost[:, keep], kept, index),
        ("links", "p0"): pd.DataFrame(units.mw_from_gwh_d(flow[:, keep]), index, kept),
    }
    return {"links": static}, {key: frame for key, frame in values.items() if frame.shape[1]}


def _generators(system: GasSystem, problem: Problem, run: Run, order: Sequence[str], index: pd.Index) -> Part:
    """One generator per step of a resource, and one per market with own production, which runs at its given rate."""
    labels, variable = problem.variables["production"].labels, problem.variables["production"]
    capacity, cost = problem.column_upper[variable.columns], problem.resource_cost_eur_mwh[variable.columns]
    names = [f"{r} step {s:g}" for r, s in zip(labels["resource"], labels["step"], strict=True)]
    made = _by_step(labels, _wide(run.tables["production"], "resource", "production_gwh_d", order, index), capacity)
    top = np.maximum(capacity.max(axis=0), 1e-9)
    static = pd.DataFrame({
        "name": names, "bus": labels["node"].to_numpy(), "carrier": CARRIER,
        "p_nom": units.mw_from_gwh_d(top) * (1 + SLACK), "marginal_cost": cost.mean(axis=0),
        "resource": labels["resource"].to_numpy(), "trader": labels["trader"].to_numpy(),
    })  # fmt: skip
    own = -problem.row_lower[problem.equations["pool_balance"].rows]
    nodes = np.array(problem.sets.pool_nodes)
    has = own.max(axis=0) > 0
    own, nodes = own[:, has], nodes[has]
    native = [f"{node} own production" for node in nodes]
    own_top = own.max(axis=0)
    static = pd.concat([static, pd.DataFrame({
        "name": native, "bus": nodes, "carrier": CARRIER, "p_nom": units.mw_from_gwh_d(own_top), "marginal_cost": 0.0,
        "resource": "", "trader": "",
    })], ignore_index=True)  # fmt: skip
    share = pd.DataFrame(own / own_top, index, native)
    most = pd.DataFrame(capacity / top, index, names)
    return {"generators": static}, {
        ("generators", "p_max_pu"): pd.concat([most, share], axis=1),
        ("generators", "p_min_pu"): share,
        ("generators", "marginal_cost"): _varying(cost, names, index),
        ("generators", "p"): pd.concat([pd.DataFrame(units.mw_from_gwh_d(made), index, names),
                                        pd.DataFrame(units.mw_from_gwh_d(own), index, native)], axis=1),
    }  # fmt: skip


def _by_step(labels: pd.DataFrame, made: pd.DataFrame, capacity: np.ndarray) -> np.ndarray:
    """Return production by step: the run keeps it by resource, and rising costs fill steps in their order."""
    steps = np.zeros_like(capacity)
    left = {name: made[name].to_numpy().copy() for name in made.columns}
    for k in np.argsort(labels["step"].to_numpy(), kind="stable"):
        rest = left[labels["resource"].iloc[k]]
        steps[:, k] = np.minimum(rest, capacity[:, k])
        rest -= steps[:, k]
    return steps


def _loads(run: Run, order: Sequence[str], index: pd.Index) -> Part:
    frame = run.tables["consumption"]
    frame = frame.assign(name=frame["node"] + " " + frame["segment"])
    used = _wide(frame, "name", "consumption_gwh_d", order, index)
    nodes = frame.drop_duplicates("name").set_index("name")["node"]
    static = pd.DataFrame({"name": used.columns, "bus": nodes[used.columns].to_numpy(), "carrier": CARRIER})
    return {"loads": static}, {("loads", "p_set"): units.mw_from_gwh_d(used)}


def _storage(problem: Problem, run: Run, order: Sequence[str], index: pd.Index, days: np.ndarray) -> Part:
    """A store on a bus of its own, with one link in and one out; it must end at least as full as in the run."""
    stores = problem.sets.storages
    nodes = stores["node"].tolist()
    frame = run.tables["storage"]
    level, put, taken = (_wide(frame, "node", c, order, index)[nodes].to_numpy()
                         for c in ("level_gwh", "injection_gwh_d", "withdrawal_gwh_d"))  # fmt: skip
    kept = stores["cycle_efficiency_fraction"].to_numpy(dtype=float)
    opening = level[0] - (put[0] * kept - taken[0]) * days[0]
    volume = stores["working_gas_gwh"].to_numpy(dtype=float)
    place = [f"{node} store" for node in nodes]
    least = np.zeros_like(level)
    least[-1] = np.maximum(level[-1] / volume - SLACK, 0.0)
    ways = [("injection", put, kept, nodes, place), ("withdrawal", taken, np.ones(len(nodes)), place, nodes)]
    links = [pd.DataFrame({
        "name": [f"{node} {word}" for node in nodes], "bus0": start, "bus1": end, "carrier": STORE,
        "p_nom": units.mw_from_gwh_d(np.maximum(stores[f"{word}_capacity_gwh_d"].to_numpy(dtype=float),
                                                rate.max(axis=0))) * (1 + SLACK),
        "efficiency": efficiency, "marginal_cost": stores[f"{word}_cost_eur_mwh"].to_numpy(dtype=float), "kind": word,
    }) for word, rate, efficiency, start, end in ways]  # fmt: skip
    buses = pd.DataFrame({"name": place, "x": 0.0, "y": 0.0, "carrier": STORE, "unit": "MWh_GCV", "country": ""})
    energy = pd.DataFrame({
        "name": place, "bus": place, "carrier": STORE, "e_nom": units.mwh_from_gwh(volume) * (1 + SLACK),
        "e_initial": units.mwh_from_gwh(np.clip(opening, 0.0, volume)),
    })  # fmt: skip
    flows = pd.concat([pd.DataFrame(units.mw_from_gwh_d(rate), index, [f"{node} {word}" for node in nodes])
                       for word, rate, *_ in ways], axis=1)  # fmt: skip
    return {"buses": buses, "links": pd.concat(links, ignore_index=True), "stores": energy}, {
        ("links", "p0"): flows,
        ("stores", "e"): pd.DataFrame(units.mwh_from_gwh(level), index, place),
        ("stores", "e_min_pu"): pd.DataFrame(least, index, place),
    }


def _wide(frame: pd.DataFrame, key: str, value: str, order: Sequence[str], index: pd.Index) -> pd.DataFrame:
    if frame.empty:
        return pd.DataFrame(index=index)
    wide = frame.pivot_table(index="period", columns=key, values=value, aggfunc="sum", sort=False).loc[list(order)]
    return wide.set_axis(index, axis=0).rename_axis(columns=None)


def _varying(values: np.ndarray, names: Sequence[str], index: pd.Index) -> pd.DataFrame:
    """Return the columns that change over time; the others have their value in the static table."""
    moves = np.ptp(values, axis=0) > 0
    return pd.DataFrame(values[:, moves], index, [name for name, own in zip(names, moves, strict=True) if own])


def _write(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n")
