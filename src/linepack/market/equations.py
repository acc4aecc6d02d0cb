"""The equations of the market, one function each; docs/model/equations.md has a section of the same name for each.

Rows are in GWh/d per period, or in units of 30 GWh where they run over a year or a stock, so that every
shadow price, divided by the weight of its period, is in EUR/MWh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.agreements import ContractWindow
from linepack.market.parameters import MarketParameters
from linepack.market.problem import Assembler
from linepack.market.sets import DAYS_PER_UNIT, MarketSets, pairs, positions
from linepack.market.variables import MarketVariables, contract_labels, policy_labels

INFINITY = np.inf


@dataclass(frozen=True)
class EquationPage:
    """What an equation runs over, its unit, the labels of its blocks of rows, and the function that writes them."""

    name: str
    over: tuple[str, ...]
    unit: str
    rows: tuple[str, ...]
    write: Callable[[MarketSets, MarketParameters, MarketVariables, Assembler], None]


EQUATIONS: dict[str, EquationPage] = {}

Writer = Callable[[MarketSets, MarketParameters, MarketVariables, Assembler], None]


def equation(*, over: tuple[str, ...], unit: str, rows: tuple[str, ...] = ()) -> Callable[[Writer], Writer]:
    """Register a function as the equation of its own name; ``rows`` if its blocks of rows have other labels."""

    def register(write: Writer) -> Writer:
        EQUATIONS[write.__name__] = EquationPage(write.__name__, over, unit, rows or (write.__name__,), write)
        return write

    return register


@equation(over=("trader", "node", "period"), unit="GWh/d")
def trader_balance(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """What a trader produces at a node and brings there, less losses, equals what it sends on and sells."""
    rows = a.rows("trader_balance", s.trader_nodes, 0.0, 0.0)
    node = pairs(s.trader_nodes, "trader", "node")
    made = positions(pairs(s.production, "trader", "node"), node)
    a.put(rows[:, made], v.production, 1.0)
    left = positions(pairs(s.trader_flow, "trader", "origin"), node)
    a.put(rows[:, left], v.trader_flow, -1.0)
    arrives = positions(pairs(s.trader_flow, "trader", "destination"), node)
    is_passing = (arrives >= 0) & ~s.trader_flow["is_sale"].to_numpy()
    a.put(rows[:, arrives[is_passing]], v.trader_flow[:, is_passing], 1.0 - p.trader_loss_fraction[is_passing])
    if len(s.sales):
        a.put(rows[:, positions(pairs(s.sales, "trader", "node"), node)], v.sales, -1.0)


@equation(over=("node", "period"), unit="GWh/d")
def pool_balance(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Sales, own production, arrivals and withdrawal equal consumption, departures and injection.

    Its shadow price is the hub price.
    """
    node = list(s.pool_nodes)
    rows = a.rows("pool_balance", pd.DataFrame({"node": node}), -p.indigenous_gwh_d, -p.indigenous_gwh_d)
    sold = s.trader_flow["is_sale"].to_numpy()
    at = positions(s.trader_flow["destination"][sold], node)
    a.put(rows[:, at], v.trader_flow[:, sold], 1.0 - p.trader_loss_fraction[sold])
    if len(s.sales):
        a.put(rows[:, positions(s.sales["node"], node)], v.sales, 1.0)
    a.put(rows[:, positions(s.pool_flow["destination"], node)], v.pool_flow, 1.0 - p.pool_loss_fraction)
    a.put(rows[:, positions(s.pool_flow["origin"], node)], v.pool_flow, -1.0)
    used = positions(s.demand["node"], node)
    a.put(rows[:, used], v.consumption, -1.0)
    a.put(rows[:, used[p.has_firm_block]], v.firm_consumption, -1.0)
    store = positions(s.storages["node"], node)
    a.put(rows[:, store], v.injection, -1.0)
    a.put(rows[:, store], v.withdrawal, 1.0)


@equation(over=("flag", "node", "period"), unit="GWh/d")
def flagged_balance(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Flagged gas sold into a pool, brought there and taken from store is used there, sent on or stored.

    Its shadow price is minus what flagged gas is worth less than other gas.
    """
    flagged = p.flagged
    rows = a.rows("flagged_balance", flagged.uses, 0.0, 0.0)
    tracked, place = flagged.tracked(flagged.uses), pairs(flagged.uses, "flag", "node")
    for k, (flows, sales) in enumerate(zip(flagged.sold_flows, flagged.sold_sales, strict=True)):
        t = tracked[:, k]
        a.put(rows[t][:, [k]], v.trader_flow[t][:, flows], 1.0 - p.trader_loss_fraction[flows])
        a.put(rows[t][:, [k]], v.sales[t][:, sales], 1.0)
    a.put(rows, v.flagged_consumption, -1.0)
    ends = s.pool_flow.iloc[flagged.pool_at]
    flags = flagged.flows["flag"].tolist()
    leaves, arrives = (positions(list(zip(flags, ends[end].tolist(), strict=True)), place)
                       for end in ("origin", "destination"))  # fmt: skip
    a.put(rows[:, leaves], v.flagged_flow, -1.0)
    stays = ~flagged.is_exit
    kept = 1.0 - p.pool_loss_fraction[flagged.pool_at[stays]]
    a.put(rows[:, arrives[stays]], v.flagged_flow[:, stays], kept)
    stored = positions(pairs(flagged.stores, "flag", "node"), place)
    a.put(rows[:, stored], v.flagged_injection, -1.0)
    a.put(rows[:, stored], v.flagged_withdrawal, 1.0)


@equation(over=("flag", "node", "period"), unit="30 GWh")
def flagged_storage(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Flagged gas in store: the level before, plus what is kept of injection, less withdrawal; none at first."""
    flagged, weight = p.flagged, s.weight[:, None]
    rows = a.rows("flagged_storage", flagged.stores, 0.0, 0.0)
    kept = s.storages["cycle_efficiency_fraction"].to_numpy()[flagged.store_at]
    a.put(rows, v.flagged_level, -1.0)
    a.put(rows[1:], v.flagged_level[:-1], 1.0)
    a.put(rows, v.flagged_injection, weight * kept)
    a.put(rows, v.flagged_withdrawal, -weight)


@equation(over=("node or arc", "period"), unit="GWh/d", rows=(
    "flagged_flow_part", "flagged_use_part", "flagged_injection_part", "flagged_level_part", "flagged_withdrawal_part",
))  # fmt: skip
def flagged_part(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Flagged gas of all flags is at most the whole: of a flow, of what a node uses, stores, withdraws and holds."""
    flagged, node_of = p.flagged, p.flagged.uses["node"].tolist()
    arcs = list(dict.fromkeys(flagged.flows["arc"].tolist()))
    rows = a.rows("flagged_flow_part", pd.DataFrame({"arc": arcs}), -INFINITY, 0.0)
    a.put(rows[:, positions(flagged.flows["arc"].tolist(), arcs)], v.flagged_flow, 1.0)
    a.put(rows, v.pool_flow[:, positions(arcs, s.pool_flow["arc"].tolist())], -1.0)
    nodes = list(dict.fromkeys(node_of))
    rows = a.rows("flagged_use_part", pd.DataFrame({"node": nodes}), -INFINITY, 0.0)
    a.put(rows[:, positions(node_of, nodes)], v.flagged_consumption, 1.0)
    at = positions(s.demand["node"].tolist(), nodes)
    a.put(rows[:, at[at >= 0]], v.consumption[:, at >= 0], -1.0)
    firm = at[p.has_firm_block]
    a.put(rows[:, firm[firm >= 0]], v.firm_consumption[:, firm >= 0], -1.0)
    stores = list(dict.fromkeys(flagged.stores["node"].tolist()))
    whole = positions(stores, s.storages["node"].tolist())
    for name, part, total in (("injection", v.flagged_injection, v.injection), ("level", v.flagged_level, v.level),
                              ("withdrawal", v.flagged_withdrawal, v.withdrawal)):  # fmt: skip
        rows = a.rows(f"flagged_{name}_part", pd.DataFrame({"node": stores}), -INFINITY, 0.0)
        a.put(rows[:, positions(flagged.stores["node"].tolist(), stores)], part, 1.0)
        a.put(rows, total[:, whole], -1.0)


@equation(over=("arc", "period"), unit="GWh/d")
def arc_capacity(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """All flow on an arc stays within capacity, what is built included.

    An arc with one user, and which cannot be expanded, has the limit on that variable instead.
    """
    labels = s.arcs.loc[p.is_shared_arc, ["arc"]]
    rows = a.rows("arc_capacity", labels, -INFINITY, s.capacity_gwh_d[:, p.is_shared_arc])
    row_of = np.where(p.is_shared_arc, np.cumsum(p.is_shared_arc) - 1, -1)
    for at, columns in ((row_of[s.trader_arc_at], v.trader_flow), (row_of[s.pool_arc_at], v.pool_flow)):
        a.put(rows[:, at[at >= 0]], columns[:, at >= 0], 1.0)
    a.put(rows[:, row_of[p.expansions["row"].to_numpy(dtype=int)]], v.arc_expansion, -1.0)


@equation(over=("arc", "period"), unit="GWh/d")
def arc_use(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """All flow on an arc whose charge rises with it; its shadow price is what the rise charges every user alike."""
    rows = a.rows("arc_use", pd.DataFrame({"arc": p.curved_arcs}), 0.0, 0.0)
    a.put(rows, v.arc_use, 1.0)
    for frame, columns in ((s.trader_flow, v.trader_flow), (s.pool_flow, v.pool_flow)):
        at = positions(frame["arc"].tolist(), p.curved_arcs)
        a.put(rows[:, at[at >= 0]], columns[:, at >= 0], -1.0)


@equation(over=("joint_limit", "period"), unit="GWh/d", rows=("joint_limit", "joint_limit_year"))
def joint_limit(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Arcs that share a plant, a line or a fleet stay within one limit, in each period or in the yearly mean."""
    per_period = p.joint_limits[p.joint_limits["window"] == "period"]
    rows = a.rows("joint_limit", per_period[["joint_limit"]], -INFINITY, per_period["limit_gwh_d"].to_numpy())
    yearly = p.joint_limits[p.joint_limits["window"] == "year"]
    days = np.array([[w.days] for w in s.windows])
    limit = yearly["limit_gwh_d"].to_numpy()[None, :] * days / DAYS_PER_UNIT
    year_rows = a.rows("joint_limit_year", yearly[["joint_limit"]], -INFINITY, limit, length=len(s.windows))
    for frame, columns in ((s.trader_flow, v.trader_flow), (s.pool_flow, v.pool_flow)):
        arcs = frame["arc"].tolist()
        for k, name in enumerate(per_period["joint_limit"]):
            a.put(rows[:, [k]], columns[:, _inside(arcs, p.joint_members[name])], 1.0)
        for k, name in enumerate(yearly["joint_limit"]):
            inside = _inside(arcs, p.joint_members[name])
            for w, window in enumerate(s.windows):
                a.put(year_rows[w, k], columns[window.periods][:, inside], s.weight[window.periods, None])


@equation(over=("ship_class", "period"), unit="ships")
def fleet_days(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Ships that a class's voyages keep busy, out and back, are no more than can sail.

    Its shadow price, divided by the weight of the period, is 1,000 EUR per ship and day.
    """
    labels = pd.DataFrame({"ship_class": [fleet.ship_class for fleet in p.fleets]})
    most = np.array([fleet.ships for fleet in p.fleets]).reshape(len(p.fleets), len(s.periods)).T
    rows = a.rows("fleet_days", labels, -INFINITY, most)
    for k, fleet in enumerate(p.fleets):
        a.put(rows[:, [k]], v.trader_flow[:, fleet.flows], fleet.ships_per_gwh_d)


def _inside(arcs: list[str], members: set[str]) -> np.ndarray:
    return np.array([arc in members for arc in arcs], dtype=bool)


@equation(over=("resource", "window"), unit="30 GWh")
def resource_window(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Production of a resource over a window stays between its limits; a window cut by the horizon is prorated."""
    labels = pd.DataFrame([(w.resource, w.first_month) for w in p.windows], columns=["resource", "first_month"])
    rows = a.rows("resource_window", labels, [w.minimum for w in p.windows], [w.maximum for w in p.windows], length=1)
    for row, window in zip(rows[0], p.windows, strict=True):
        a.put(row, v.production[window.periods][:, window.steps], window.weights[:, None])


@equation(over=("node", "period"), unit="30 GWh")
def storage_dynamics(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The level before, plus what is kept of injection, less withdrawal, is the level at the end of a period.

    Its shadow price is the value of gas in store.
    """
    opening = np.zeros((len(s.periods), len(s.storages)))
    opening[0] = p.opening_level_gwh / DAYS_PER_UNIT
    rows = a.rows("storage_dynamics", s.storages[["node"]], -opening, -opening)
    a.put(rows, v.level, -1.0)
    a.put(rows[1:], v.level[:-1], 1.0)
    a.put(rows, v.injection, s.weight[:, None] * s.storages["cycle_efficiency_fraction"].to_numpy())
    a.put(rows, v.withdrawal, -s.weight[:, None])


@equation(over=("node", "period"), unit="GWh/d", rows=("withdrawal_rate", "injection_rate"))
def storage_rate(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Injection falls as the store fills, withdrawal as it empties; the mean level of the period counts."""
    volume = s.storages["working_gas_gwh"].to_numpy() / DAYS_PER_UNIT
    opening = np.zeros((len(s.periods), len(s.storages)))
    opening[0] = 0.5 * p.opening_level_gwh / DAYS_PER_UNIT / volume
    rate = s.storages["withdrawal_capacity_gwh_d"].to_numpy()
    empty = s.storages["withdrawal_share_when_empty"].to_numpy()
    rows = a.rows("withdrawal_rate", s.storages[["node"]], -INFINITY, rate * (empty + (1 - empty) * opening))
    slope = -rate * (1 - empty) * 0.5 / volume
    a.put(rows, v.withdrawal, 1.0)
    a.put(rows, v.level, slope)
    a.put(rows[1:], v.level[:-1], slope)
    rate = s.storages["injection_capacity_gwh_d"].to_numpy()
    full = s.storages["injection_share_when_full"].to_numpy()
    rows = a.rows("injection_rate", s.storages[["node"]], -INFINITY, rate * (1 - (1 - full) * opening))
    slope = rate * (1 - full) * 0.5 / volume
    a.put(rows, v.injection, 1.0)
    a.put(rows, v.level, slope)
    a.put(rows[1:], v.level[:-1], slope)


@equation(over=("node",), unit="30 GWh", rows=("closing_stock", "closing_value"))
def closing_stock(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Gas left at the end is worth its steps, or must reach a given level."""
    nodes, none = s.storages[["node"]], s.storages[["node"]].iloc[:0]
    is_level = not p.has_closing_values
    floor = p.closing_level_gwh / DAYS_PER_UNIT if is_level else 0.0
    rows = a.rows("closing_stock", nodes if is_level else none, floor, INFINITY, length=1)
    if is_level:
        a.put(rows[0], v.level[-1], 1.0)
    rows = a.rows("closing_value", none if is_level else nodes, 0.0, 0.0, length=1)
    if p.has_closing_values:
        a.put(rows[0], v.level[-1], 1.0)
        a.put(rows, v.closing_step, -1.0)


@equation(over=("contract", "window"), unit="30 GWh", rows=("contract_take", "contract_maximum"))
def contract_take(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The buyer takes its take-or-pay quantity, or pays for what it leaves; it may call no more than its maximum.

    Gas that is made up comes on top of both. What is paid for with a right to make it up counts into the maximum of its
    own year: nobody may pay for more than it could still take, to buy the right to more gas in a later year.
    """
    rows = a.rows("contract_take", contract_labels(p.takes), [c.quantity for c in p.takes], INFINITY, length=1)
    a.put(rows, v.contract_untaken, 1.0)
    a.put(rows[:, p.make_up.taken], v.contract_made_up, -1.0)
    _deliveries(p, p.takes, rows, v, a)
    most = [c.quantity for c in p.ceilings]
    rows = a.rows("contract_maximum", contract_labels(p.ceilings), -INFINITY, most, length=1)
    ceilings = [(c.contract, c.window) for c in p.ceilings]
    at = positions(pairs(p.make_up.labels, "contract", "taken"), ceilings)
    a.put(rows[:, at[at >= 0]], v.contract_made_up[:, at >= 0], -1.0)
    paid = np.union1d(p.make_up.prepaid, p.make_up.owed_at)
    at = positions([(p.takes[k].contract, p.takes[k].window) for k in paid], ceilings)
    a.put(rows[:, at[at >= 0]], v.contract_untaken[:, paid[at >= 0]], 1.0)
    _deliveries(p, p.ceilings, rows, v, a)


@equation(over=("contract", "window"), unit="30 GWh", rows=("contract_makeup", "contract_makeup_year"))
def contract_makeup(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """What is made up, or owed at the end, was paid for and not taken before; no year makes up more than its part."""
    rights = p.make_up
    used = np.union1d(rights.prepaid, rights.owed_at)
    rows = a.rows("contract_makeup", contract_labels([p.takes[k] for k in used]), -INFINITY, 0.0, length=1)
    a.put(rows, v.contract_untaken[:, used], -1.0)
    a.put(rows[:, np.searchsorted(used, rights.prepaid)], v.contract_made_up, 1.0)
    a.put(rows[:, np.searchsorted(used, rights.owed_at)], v.contract_owed, 1.0)
    rows = a.rows("contract_makeup_year", rights.years, -INFINITY, rights.most, length=1)
    a.put(rows[:, positions(rights.taken.tolist(), rights.years_at.tolist())], v.contract_made_up, 1.0)


@equation(over=("contract", "window"), unit="30 GWh")
def contract_delivery(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """The seller delivers its firm quantity even where others pay more; what it holds back is a reported breach."""
    rows = a.rows("contract_delivery", contract_labels(p.duties), [c.quantity for c in p.duties], INFINITY, length=1)
    a.put(rows, v.contract_undelivered, 1.0)
    _deliveries(p, p.duties, rows, v, a)


def _deliveries(p: MarketParameters, contracts: Sequence[ContractWindow], rows: np.ndarray, v: MarketVariables,
                a: Assembler) -> None:  # fmt: skip
    """Put into each row the sales under a contract: what arrives, after losses, and what is sold on the way."""
    at, columns, weights = [], [], []
    for row, contract in zip(rows[0].tolist(), contracts, strict=True):
        for block, entities in ((v.trader_flow, contract.flows), (v.sales, contract.sales)):
            if len(entities):
                own = block[contract.periods[:, None], entities]
                kept = 1.0 - p.trader_loss_fraction[entities] if block is v.trader_flow else np.ones(len(entities))
                columns.append(own.ravel())
                weights.append(np.outer(contract.weights, kept).ravel())
                at.append(np.full(own.size, row))
    if at:
        a.put(np.concatenate(at), np.concatenate(columns), np.concatenate(weights))


@equation(over=("policy_limit", "window"), unit="30 GWh")
def policy_limit(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """A sum of flows over a window, or of stocks on a date, keeps to its limits, or pays the penalty of a soft one."""
    limits, shortfall, excess = p.policy_limits, [], []
    rows = a.rows("policy_limit", policy_labels(limits), [limit.minimum for limit in limits],
                  [limit.maximum for limit in limits], length=1)  # fmt: skip
    columns = {"trader_flow": v.trader_flow, "sold_on_arrival": v.trader_flow, "pool_flow": v.pool_flow,
               "sales": v.sales, "level": v.level}  # fmt: skip
    for row, limit in zip(rows[0], limits, strict=True):
        for term in limit.terms:
            kept = 1.0 - p.trader_loss_fraction[term.rows] if term.variable == "sold_on_arrival" else 1.0
            inside = term.weights > 0
            a.put(row, columns[term.variable][inside][:, term.rows], term.weights[inside, None] * kept)
        if limit.is_soft and np.isfinite(limit.minimum):
            shortfall.append(row)
        if limit.is_soft and np.isfinite(limit.maximum):
            excess.append(row)
    a.put(np.array(shortfall, dtype=int), v.policy_shortfall[0], 1.0)
    a.put(np.array(excess, dtype=int), v.policy_excess[0], -1.0)


@equation(over=("owner_group", "window"), unit="GWh/d")
def total_sales(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Exposure of a strategic seller: yearly mean of what it brings to market, less sales not priced by hubs.

    All that is produced is sold, so the sum runs over production: the same number, and a far sparser row.
    """
    rows = a.rows("total_sales", p.strategic[["owner_group"]], -INFINITY, p.unexposed_gwh_d, length=len(s.windows))
    a.put(rows, v.exposure, -1.0)
    sellers = s.production["trader"].tolist()
    for k, traders in enumerate(p.strategic["traders"]):
        own = np.array([seller in traders for seller in sellers], dtype=bool)
        for w, window in enumerate(s.windows):
            share = (s.days[window.periods] / window.days)[:, None]
            a.put(rows[w, k], v.production[window.periods][:, own], share)


@equation(over=("owner_group", "area", "period"), unit="GWh/d")
def area_sales(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Sales of a strategic seller in an area, after losses; its shadow price is minus the mark-up there."""
    rows = a.rows("area_sales", p.area_conduct.labels, -INFINITY, 0.0)
    a.put(rows, v.area_exposure, -1.0)
    for k, (flows, sales) in enumerate(zip(p.area_conduct.flows, p.area_conduct.sales, strict=True)):
        a.put(rows[:, [k]], v.trader_flow[:, flows], 1.0 - p.trader_loss_fraction[flows])
        a.put(rows[:, [k]], v.sales[:, sales], 1.0)


@equation(over=("share_limit", "trader", "market", "period"), unit="GWh/d")
def share_limit(s: MarketSets, p: MarketParameters, v: MarketVariables, a: Assembler) -> None:
    """Sales of a trader stay within a share of the consumption, or of all first sales, of a market."""
    labels = pd.DataFrame([(x.share_limit, x.trader, x.market) for x in p.share_limits],
                          columns=["share_limit", "trader", "market"])  # fmt: skip
    rows = a.rows("share_limit", labels, -INFINITY, 0.0)
    kept = 1.0 - p.trader_loss_fraction
    for k, limit in enumerate(p.share_limits):
        a.put(rows[:, [k]], v.trader_flow[:, limit.flows], kept[limit.flows])
        a.put(rows[:, [k]], v.sales[:, limit.sales], 1.0)
        a.put(rows[:, [k]], v.trader_flow[:, limit.base_flows], -limit.maximum_share * kept[limit.base_flows])
        a.put(rows[:, [k]], v.sales[:, limit.base_sales], -limit.maximum_share)
        firm = np.flatnonzero(p.has_firm_block)
        a.put(rows[:, [k]], v.consumption[:, limit.consumers], -limit.maximum_share)
        a.put(rows[:, [k]], v.firm_consumption[:, np.isin(firm, limit.consumers)], -limit.maximum_share)
