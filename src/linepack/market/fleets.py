"""Ships that limit: how many of a class there are, and how many a flow keeps busy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linepack import units
from linepack.market.sets import MarketSets, positions
from linepack.system.calendar import day_grid
from linepack.system.gassystem import GasSystem
from linepack.system.network import round_trip_days, shipping_arc


@dataclass(frozen=True)
class Fleet:
    """A ship class with a known fleet: ships that can sail, and the flows that need them."""

    ship_class: str
    ships: np.ndarray  # (periods,)
    flows: np.ndarray  # rows of the trader_flow set
    ships_per_gwh_d: np.ndarray  # (periods, flows)


def fleets(system: GasSystem, s: MarketSets) -> tuple[Fleet, ...]:
    """Return the classes that ``fleets`` limits and that some flow of the market uses.

    One GWh a day keeps round-trip days / cargo ships busy. A day without a row of the class has no such ship.
    """
    table, routes = system.table("fleets"), system.table("sea_routes")
    limited = dict.fromkeys(table["ship_class"].tolist())
    if not limited:
        return ()
    arcs = list(map(shipping_arc, routes["origin"], routes["destination"]))
    trips = s.months.mean(round_trip_days(system, s.months.months).to_numpy(dtype=float).T)
    classes = system.table("ship_classes").set_index("ship_class")["cargo_mmbtu"]
    route_of = positions(s.trader_flow["arc"].tolist(), arcs)
    class_of = np.array(routes["ship_class"].tolist(), dtype=object)[route_of]
    found = []
    for name in limited:
        flows = np.flatnonzero((route_of >= 0) & (class_of == name))
        if len(flows):
            cargo_gwh = units.mwh_from_mmbtu(float(classes[name])) / 1e3
            found.append(Fleet(name, _ships(system, s, name), flows, trips[:, route_of[flows]] / cargo_gwh))
    return tuple(found)


def _ships(system: GasSystem, s: MarketSets, ship_class: str) -> np.ndarray:
    """Return the mean number of ships of a class that can sail, by period; fleets of one class add up."""
    grid = day_grid(s.periods)
    daily = np.zeros(len(grid.ordinal))
    table = system.table("fleets")
    for row in table[table["ship_class"] == ship_class].itertuples():
        daily[grid.covers(row.first_day, row.last_day)] += row.ships * row.available_share
    return grid.mean(daily)
