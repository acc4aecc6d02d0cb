"""Tidy tables of a solution. Every quantity column ends in its unit; ``RESULT_SCHEMA`` rises when a column changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.results.accounts import accounts
from linepack.results.flagged import flagged_rows
from linepack.results.idle import idle_rows
from linepack.results.security import security
from linepack.results.solution import Solution
from linepack.vocabulary import ArcKind

RESULT_SCHEMA = 3


def result_tables(solution: Solution, names: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """Return the named tables of ``TABLES``, by name; all of them if none is named."""
    return {name: TABLES[name](solution) for name in (TABLES if names is None else names)}


def hub_prices(s: Solution) -> pd.DataFrame:
    """Columns: node, country, region, period, days, hub_price_eur_mwh, has_gas.

    Where a market has no gas, its price is what the first consumer there would pay (``results.idle``).
    """
    prices = s.hub_prices()
    frame = _long(s, pd.DataFrame({"node": prices.columns}), {"hub_price_eur_mwh": prices.to_numpy()})
    idle = idle_rows(s.problem, s.certified.x)
    return _with_place(s, frame.assign(has_gas=~idle.T.ravel()))


def flows(s: Solution) -> pd.DataFrame:
    """Columns: carrier (trader, or 'pool'), arc, kind, origin, destination, period, days, flow_gwh_d."""
    kinds = s.problem.sets.arcs.set_index("arc")["kind"]
    trader = s.labels("trader_flow")[["trader", "arc", "origin", "destination"]].rename(columns={"trader": "carrier"})
    pool = s.labels("pool_flow")[["arc", "origin", "destination"]].assign(carrier="pool")
    frame = pd.concat(
        [
            _long(s, trader, {"flow_gwh_d": s.values("trader_flow")}),
            _long(s, pool, {"flow_gwh_d": s.values("pool_flow")}),
        ],
        ignore_index=True,
    )
    frame["kind"] = frame["arc"].map(kinds)
    return frame[["carrier", "arc", "kind", "origin", "destination", "period", "days", "flow_gwh_d"]]


def arcs(s: Solution) -> pd.DataFrame:
    """Columns: arc, origin, destination, period, days, flow_gwh_d, capacity_gwh_d, congestion_rent_eur_mwh.

    The rent is the shadow price of ``arc_capacity``, or of the limit on the one variable that uses the arc.
    """
    sets = s.problem.sets
    flow, rent = arc_flows_and_rents(s)
    values = {"flow_gwh_d": flow, "capacity_gwh_d": sets.capacity_gwh_d, "congestion_rent_eur_mwh": rent}
    return _long(s, sets.arcs[["arc", "kind", "origin", "destination"]], values)


def arc_flows_and_rents(s: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Return flows in GWh/d and congestion rents in EUR/MWh, (periods, arcs), as in the table ``arcs``."""
    sets = s.problem.sets
    names = sets.arcs["arc"].tolist()
    flow = np.zeros_like(sets.capacity_gwh_d)
    rent = np.zeros_like(flow)
    for name in ("trader_flow", "pool_flow"):
        columns = s.problem.variables[name].columns
        where = positions(s.labels(name)["arc"].tolist(), names)
        np.add.at(flow.T, where, s.values(name).T)
        own = np.isfinite(s.problem.column_upper[columns]).all(axis=0)
        price = np.maximum(-s.certified.reduced_cost[columns] / sets.weight[:, None], 0.0)
        rent[:, where[own]] = price[:, own]
    shared = positions(s.problem.equations["arc_capacity"].labels["arc"].tolist(), names)
    rent[:, shared] = np.maximum(-s.shadow_prices("arc_capacity"), 0.0)
    return flow, rent


def sales(s: Solution) -> pd.DataFrame:
    """Gas entering the pool by first sale.

    Columns: trader, origin (country that produced it), source (export port, or the trader for pipeline gas), mode
    (lng or pipeline), node, country, region, period, days, sales_gwh_d, hub_price_eur_mwh.
    """
    arc_table = s.problem.sets.arcs.set_index("arc")
    country = s.system.table("nodes").set_index("node")["country"]
    seat = s.system.table("traders").set_index("trader")["country"]
    flow = s.labels("trader_flow")
    sold = flow["is_sale"].to_numpy()
    arrive = flow[sold].reset_index(drop=True)
    kind = arrive["arc"].map(arc_table["kind"])
    is_lng = (kind == ArcKind.SHIPPING).to_numpy()
    loss = arrive["arc"].map(arc_table["loss_fraction"]).to_numpy(dtype=float)
    shipped = pd.DataFrame({
        "trader": arrive["trader"], "node": arrive["destination"], "mode": np.where(is_lng, "lng", "pipeline"),
        "source": np.where(is_lng, arrive["origin"], arrive["trader"]),
        "origin": np.where(is_lng, arrive["origin"].map(country), arrive["trader"].map(seat)),
    })  # fmt: skip
    passing = s.labels("sales")
    piped = pd.DataFrame({
        "trader": passing["trader"], "node": passing["node"], "mode": "pipeline", "source": passing["trader"],
        "origin": passing["trader"].map(seat),
    })  # fmt: skip
    values = np.hstack([s.values("trader_flow")[:, sold] * (1 - loss), s.values("sales")])
    labels = pd.concat([shipped, piped], ignore_index=True)
    prices = s.hub_prices()[list(labels["node"])].to_numpy()
    frame = _long(s, labels, {"sales_gwh_d": values, "hub_price_eur_mwh": prices})
    keys = ["trader", "origin", "source", "mode", "node", "period", "days"]
    grouped = frame.groupby(keys, sort=False, as_index=False).agg(
        sales_gwh_d=("sales_gwh_d", "sum"), hub_price_eur_mwh=("hub_price_eur_mwh", "first")
    )
    return _with_place(s, grouped)


def production(s: Solution) -> pd.DataFrame:
    """Columns: resource, trader, node, origin, period, days, production_gwh_d, capacity_gwh_d, netback_eur_mwh.

    The netback is what the seller's gas is worth where it is produced: the shadow price of ``trader_balance``.
    """
    labels = s.labels("production")
    columns = s.problem.variables["production"].columns
    frame = _long(s, labels[["resource", "trader", "node"]], {
        "production_gwh_d": s.values("production"), "capacity_gwh_d": s.problem.column_upper[columns],
    })  # fmt: skip
    keys = ["resource", "trader", "node", "period", "days"]
    frame = frame.groupby(keys, sort=False, as_index=False).sum()
    pairs = s.problem.equations["trader_balance"].labels[["trader", "node"]]
    netback = _long(s, pairs, {"netback_eur_mwh": s.shadow_prices("trader_balance")}).drop(columns="days")
    frame = frame.merge(netback, on=["trader", "node", "period"], validate="many_to_one")
    frame["origin"] = frame["node"].map(s.system.table("nodes").set_index("node")["country"])
    return frame


def transport_costs(s: Solution) -> pd.DataFrame:
    """Columns: trader, arc, destination, period, days, cost_eur_mwh, flow_gwh_d: resource cost of carriage only."""
    labels = s.labels("trader_flow")[["trader", "arc", "destination"]]
    columns = s.problem.variables["trader_flow"].columns
    return _long(s, labels, {
        "cost_eur_mwh": s.problem.resource_cost_eur_mwh[columns], "flow_gwh_d": s.values("trader_flow"),
    })  # fmt: skip


def markups(s: Solution) -> pd.DataFrame:
    """Columns: owner_group, year, exposed_sales_gwh_d, markup_eur_mwh = conduct x slope x exposed sales."""
    labels = s.labels("exposure")
    columns = s.problem.variables["exposure"].columns
    weight = np.array([[window.days / DAYS_PER_UNIT] for window in s.problem.sets.windows])
    markup = s.problem.hessian_diagonal[columns] * s.values("exposure") / weight
    years = [window.label for window in s.problem.sets.windows]
    return pd.concat(
        [
            labels.assign(year=year, exposed_sales_gwh_d=s.values("exposure")[k], markup_eur_mwh=markup[k])
            for k, year in enumerate(years)
        ],
        ignore_index=True,
    )


def consumption(s: Solution) -> pd.DataFrame:
    """Columns: node, country, region, segment, period, days, consumption_gwh_d, unserved_gwh_d.

    Unserved is demand worth more than the shedding price that is not met.
    """
    labels = s.labels("consumption")
    total = s.values("consumption").copy()
    unserved = np.zeros_like(total)
    firm_columns = s.problem.variables["firm_consumption"].columns
    keys = labels[["node", "segment"]].agg(" ".join, axis=1)
    at = pd.Index(keys).get_indexer(pd.Index(s.labels("firm_consumption")[["node", "segment"]].agg(" ".join, axis=1)))
    firm = s.values("firm_consumption")
    total[:, at] += firm
    unserved[:, at] = np.maximum(s.problem.column_upper[firm_columns] - firm, 0.0)
    return _with_place(s, _long(s, labels, {"consumption_gwh_d": total, "unserved_gwh_d": unserved}))


def storage(s: Solution) -> pd.DataFrame:
    """Columns: node, country, region, period, days, level_gwh (end of period), fill_fraction, injection_gwh_d, ..."""
    volume = s.problem.sets.storages["working_gas_gwh"].to_numpy()
    level = s.values("level") * DAYS_PER_UNIT
    frame = _long(s, s.labels("level"), {
        "level_gwh": level, "fill_fraction": level / volume, "injection_gwh_d": s.values("injection"),
        "withdrawal_gwh_d": s.values("withdrawal"),
        "storage_value_eur_mwh": s.certified.row_dual[s.problem.equations["storage_dynamics"].rows],
    })  # fmt: skip
    return _with_place(s, frame)


def flagged(s: Solution) -> pd.DataFrame:
    """Flagged pool gas, on days on which its flag is looked at.

    Columns: flag, node, period, days, sold_gwh_d (first sales there), consumption_gwh_d, discount_eur_mwh (below the
    hub price, which is that of gas that may go anywhere), country, region.
    """
    return _with_place(s, _long(s, *flagged_rows(s)))


def contracts(s: Solution) -> pd.DataFrame:
    """Columns: contract, year, untaken_gwh, undelivered_gwh, made_up_gwh.

    What a buyer left, what a seller held back (a breach), and what the buyer took of gas paid for in earlier years.
    """
    untaken = s.labels("contract_untaken").assign(untaken_gwh=s.values("contract_untaken")[0] * DAYS_PER_UNIT)
    held = s.labels("contract_undelivered").assign(undelivered_gwh=s.values("contract_undelivered")[0] * DAYS_PER_UNIT)
    late = s.labels("contract_made_up").assign(made_up_gwh=s.values("contract_made_up")[0] * DAYS_PER_UNIT)
    late = late.groupby(["contract", "taken"], as_index=False)["made_up_gwh"].sum().rename(columns={"taken": "window"})
    keys = ["contract", "window"]
    frame = untaken.merge(held, on=keys, how="outer").merge(late, on=keys, how="left")
    frame = frame.rename(columns={"window": "year"})
    filled = frame.fillna({"untaken_gwh": 0.0, "undelivered_gwh": 0.0, "made_up_gwh": 0.0})
    return filled.sort_values(["contract", "year"], ignore_index=True)


def price_markers(s: Solution) -> pd.DataFrame:
    """Columns: marker, period, days, price_eur_mwh: TTF, JKM and others as weighted means of hub prices."""
    prices = s.hub_prices()
    table = s.system.table("price_markers")
    rows = []
    for marker, part in table.groupby("marker", sort=False):
        weight = part["weight"].to_numpy() / part["weight"].sum()
        rows.append(_long(s, pd.DataFrame({"marker": [marker]}),
                          {"price_eur_mwh": prices[list(part["node"])].to_numpy() @ weight[:, None]}))  # fmt: skip
    empty = pd.DataFrame({"marker": [], "period": [], "days": [], "price_eur_mwh": []})
    return pd.concat(rows, ignore_index=True) if rows else empty


def _long(s: Solution, labels: pd.DataFrame, values: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return labels x periods, one row each, period running fastest."""
    periods, count = len(s.days), len(labels)
    repeated = labels.reset_index(drop=True).loc[np.repeat(np.arange(count), periods)].reset_index(drop=True)
    repeated["period"] = np.tile(s.labels_of_periods, count) if count else pd.Series(dtype=object)
    repeated["days"] = np.tile(s.days, count) if count else pd.Series(dtype=float)
    for name, array in values.items():
        repeated[name] = np.asarray(array, dtype=float).T.ravel()
    return repeated


def _with_place(s: Solution, frame: pd.DataFrame) -> pd.DataFrame:
    nodes = s.system.table("nodes").set_index("node")
    place = {"country": frame["node"].map(nodes["country"]), "region": frame["node"].map(nodes["region"])}
    return frame.assign(**place)


TABLES: dict[str, Callable[[Solution], pd.DataFrame]] = {
    "price_markers": price_markers, "hub_prices": hub_prices, "flows": flows, "arcs": arcs, "sales": sales,
    "production": production, "transport_costs": transport_costs, "markups": markups, "consumption": consumption,
    "storage": storage, "contracts": contracts, "flagged": flagged, "accounts": accounts, "security": security,
}  # fmt: skip
