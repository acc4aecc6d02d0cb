"""Security accounts beside money: gas not served, loss of the largest entry, days in store, import concentration."""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack import units
from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.results.solution import Solution
from linepack.vocabulary import NodeKind

PEAK_DAY_FACTOR = "peak_day_factor"


def security(s: Solution) -> pd.DataFrame:
    """Return one row per country with consumers.

    Columns: country, region; unserved_twh and unserved_fraction over the horizon; peak_day_gwh_d (mean day of the
    month of largest demand times ``peak_day_factor``); entry_gwh_d, largest_entry, largest_entry_gwh_d (of an arc that
    stands for several plants only the largest one, from ``arc_parts``),
    n_minus_1_fraction (what home production, stores and entries without the largest can bring in that month, over the
    peak day; the formula of Regulation (EU) 2017/1938 without demand-side measures); storage_days_high and
    storage_days_low (fullest and emptiest stock in days of that month's consumption); import_concentration (0 to 1,
    the sum of squared shares of suppliers: the origin of first sales, and the neighbour of pool gas).
    """
    nodes = s.system.table("nodes").set_index("node")
    place = nodes["country"]
    demand = s.labels("consumption")
    served = s.values("consumption").copy()
    unserved = np.zeros_like(served)
    firm = s.problem.variables["firm_consumption"]
    keys = [list(zip(f["node"], f["segment"], strict=True)) for f in (firm.labels, demand)]
    at = positions(keys[0], keys[1])
    served[:, at] += s.values("firm_consumption")
    unserved[:, at] += np.maximum(s.problem.column_upper[firm.columns] - s.values("firm_consumption"), 0.0)
    country = demand["node"].map(place)
    names = list(dict.fromkeys(country))
    wanted, short = (_sum_by(country, names, values) for values in (served + unserved, unserved))
    peak = wanted.argmax(axis=0)
    factor = s.system.table("parameters").set_index("parameter")["value"].get(PEAK_DAY_FACTOR, 1.0)
    suppliers = _suppliers(s)
    stock = _by_country(s, names, s.values("level") * DAYS_PER_UNIT, s.labels("level"))
    home = _home_gwh_d(s, names)
    arcs, capacity = s.problem.sets.arcs["arc"], s.problem.sets.capacity_gwh_d
    of_plant = arcs.map(s.system.table("arc_parts").set_index("arc")["capacity_gwh_d"].to_dict())
    most_of_one = of_plant.astype(float).fillna(np.inf).to_numpy()
    into, entry_at = _entries(s)
    region = nodes.drop_duplicates("country").set_index("country")["region"]
    rows = []
    for k, name in enumerate(names):
        most = float(wanted[peak[k], k])
        mine = entry_at[(into == name) & np.isfinite(capacity[peak[k], entry_at])]
        entries = capacity[peak[k], mine]
        single = np.minimum(entries, most_of_one[mine])
        largest = arcs.iloc[mine[single.argmax()]] if len(mine) else ""
        lost = float(single.max(initial=0.0))
        share = suppliers.get(name, pd.Series(dtype=float))
        days = stock[:, k] / most if most > 0 else np.zeros(1)
        rows.append({
            "country": name, "region": str(region[name]),
            "unserved_twh": units.twh_from_gwh(float(s.days @ short[:, k])),
            "unserved_fraction": float(s.days @ short[:, k]) / max(float(s.days @ wanted[:, k]), 1e-9),
            "peak_day_gwh_d": most * factor, "entry_gwh_d": float(entries.sum()), "largest_entry": str(largest),
            "largest_entry_gwh_d": lost,
            "n_minus_1_fraction": (float(home[peak[k], k]) + float(entries.sum()) - lost) / max(most * factor, 1e-9),
            "storage_days_high": float(days.max()), "storage_days_low": float(days.min()),
            "import_concentration": float(((share / share.sum()) ** 2).sum()) if share.sum() > 0 else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _sum_by(keys: pd.Series, names: list[str], values: np.ndarray) -> np.ndarray:
    total = np.zeros((values.shape[0], len(names)))
    np.add.at(total.T, positions(keys, names), values.T)
    return total


def _by_country(s: Solution, names: list[str], values: np.ndarray, labels: pd.DataFrame) -> np.ndarray:
    country = labels["node"].map(s.system.table("nodes").set_index("node")["country"])
    inside = country.isin(names).to_numpy(dtype=bool)
    return _sum_by(country[inside], names, values[:, inside])


def _entries(s: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Return the arcs that lead gas into a country from outside its markets: the country, and the row of the arc."""
    arcs = s.problem.sets.arcs
    nodes = s.system.table("nodes").set_index("node")
    begins, ends = (nodes.reindex(arcs[end])[["kind", "country"]] for end in ("origin", "destination"))
    is_port = (begins["kind"] == NodeKind.LNG_IMPORT).to_numpy()
    from_abroad = begins["country"].to_numpy() != ends["country"].to_numpy()
    enters = (ends["kind"] == NodeKind.MARKET).to_numpy() & (from_abroad | is_port)
    return ends["country"].to_numpy(dtype=object)[enters], np.flatnonzero(enters)


def _home_gwh_d(s: Solution, names: list[str]) -> np.ndarray:
    """Return home production and what stores can withdraw at the stock of each period's start, (periods, countries)."""
    balance, stores = s.problem.equations["pool_balance"], s.problem.sets.storages
    made = _by_country(s, names, -s.problem.row_lower[balance.rows], balance.labels)
    if stores.empty:
        return made
    level = s.values("level") * DAYS_PER_UNIT
    before = level[np.maximum(np.arange(len(level)) - 1, 0)]
    fill = np.minimum(before / stores["working_gas_gwh"].to_numpy(), 1.0)
    empty = stores["withdrawal_share_when_empty"].to_numpy()
    rate = stores["withdrawal_capacity_gwh_d"].to_numpy() * (empty + (1 - empty) * fill)
    return made + _by_country(s, names, rate, stores)


def _suppliers(s: Solution) -> dict[str, pd.Series]:
    """Return by country what each supplier brought over the horizon, in GWh."""
    nodes = s.system.table("nodes").set_index("node")["country"]
    seat = s.system.table("traders").set_index("trader")["country"]
    flow, sale, pool = (s.labels(name) for name in ("trader_flow", "sales", "pool_flow"))
    sold = flow["is_sale"].to_numpy(dtype=bool)
    gwh = {name: s.days @ s.values(name) for name in ("trader_flow", "sales", "pool_flow")}
    arcs = s.problem.sets.arcs.set_index("arc")["origin"]
    parts = [
        pd.DataFrame({"into": flow["destination"][sold].map(nodes), "by": flow["trader"][sold].map(seat),
                      "gwh": gwh["trader_flow"][sold]}),
        pd.DataFrame({"into": sale["node"].map(nodes), "by": sale["trader"].map(seat), "gwh": gwh["sales"]}),
        pd.DataFrame({"into": pool["destination"].map(nodes), "by": pool["arc"].map(arcs).map(nodes),
                      "gwh": gwh["pool_flow"]}),
    ]  # fmt: skip
    frame = pd.concat(parts)
    frame = frame[(frame["into"] != frame["by"]) & (frame["gwh"] > 1e-6)]
    return {str(into): part.groupby("by")["gwh"].sum() for into, part in frame.groupby("into")}
