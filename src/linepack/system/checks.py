"""Does a dataset make sense to a gas person? Checks beyond the schema, one function each; nothing is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from linepack.errors import Issue, Severity
from linepack.system.calendar import Period, days_in_month, month_grid, month_range, parse_month
from linepack.system.closure import unbalanced_years
from linepack.system.dataset import check_references
from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs, capacity_by_period
from linepack.system.reach import reachable
from linepack.system.schema import TABLES_BY_NAME
from linepack.units import DAYS_PER_YEAR
from linepack.vocabulary import ArcKind, AssetState, DemandShape, LimitKind, NodeKind

FASTEST_STORE_DAYS = 1.0
SLOWEST_STORE_DAYS = 400.0
MARKERS = ("TTF", "JKM")
"""Price markers that an observation may name beside nodes and hubs."""


@dataclass(frozen=True)
class Checked:
    """A system with what several checks need: its months and its open arcs."""

    system: GasSystem
    periods: tuple[Period, ...]
    today: date

    def rows(self, table: str) -> pd.DataFrame:
        """Return a table."""
        return self.system.table(table)

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Months of the horizon, or from the first to the last month with demand."""
        if self.periods:
            return month_grid(self.periods).months
        known = self.rows("demand")["month"]
        return _months(known.min(), known.max()) if len(known) else ()

    @cached_property
    def arcs(self) -> pd.DataFrame:
        """Every arc, shipping included, with is_open: it has capacity on some day of the horizon."""
        arcs = all_arcs(self.system)
        if self.periods:
            return arcs.assign(is_open=capacity_by_period(self.system, self.periods, arcs).max(axis=1).to_numpy() > 0)
        opened = self.rows("arc_schedule").query("capacity_gwh_d > 0")["arc"]
        is_open = (arcs["state"] == AssetState.OPEN) & (arcs["capacity_gwh_d"] > 0)
        return arcs.assign(is_open=is_open | arcs["arc"].isin(opened))

    @cached_property
    def firm_gwh_y(self) -> pd.Series:
        """What each contract must move in a year: the larger of take-or-pay and delivery."""
        table = self.rows("contracts")
        share = np.maximum(table["take_or_pay_share"], table["delivery_share"])
        return pd.Series((table["annual_quantity_gwh"] * share).to_numpy(dtype=float), index=table["contract"].tolist())

    @cached_property
    def available_gwh_y(self) -> dict[str, float]:
        """The best calendar year of each trader, all its resources together, cut to yearly windows.

        Where no year is complete, a part counts for the whole by days.
        """
        table = self.rows("availability")
        if not len(table):
            return {}
        days = table["month"].map(days_in_month)
        frame = pd.DataFrame({"resource": table["resource"], "year": table["month"].str[:4], "days": days,
                              "gwh": table["capacity_gwh_d"] * days})  # fmt: skip
        yearly = frame.groupby(["resource", "year"], as_index=False)[["days", "gwh"]].sum()
        is_whole = yearly["days"] >= DAYS_PER_YEAR
        yearly = yearly[is_whole | ~yearly["resource"].isin(yearly.loc[is_whole, "resource"])]
        yearly = yearly.assign(gwh=yearly["gwh"] * np.maximum(1.0, DAYS_PER_YEAR / yearly["days"]))
        for window in self.rows("resource_windows").itertuples():
            if window.first_month[5:] == "01" and window.last_month == f"{window.first_month[:4]}-12":
                inside = (yearly["resource"] == window.resource) & (yearly["year"] == window.first_month[:4])
                yearly.loc[inside, "gwh"] = np.minimum(yearly.loc[inside, "gwh"], window.maximum_gwh)
        yearly["trader"] = yearly["resource"].map(self.rows("resources").set_index("resource")["trader"])
        best = yearly.groupby(["trader", "year"])["gwh"].sum().groupby("trader").max()
        return {str(trader): float(gwh) for trader, gwh in best.items()}


Check = Callable[[Checked], Iterable[Issue]]


def check_system(
    system: GasSystem, periods: Sequence[Period] | None = None, *, today: date | None = None
) -> tuple[Issue, ...]:
    """Return what is wrong with the facts, errors first; with ``periods``, over that horizon.

    ``today`` is the day after which nothing can be known (default: the day of the call).
    """
    broken = check_references(system.tables)
    if broken:
        return tuple(broken)
    checked = Checked(system, tuple(periods or ()), today or date.today())
    issues = [issue for check in CHECKS for issue in check(checked)]
    return tuple(sorted(issues, key=lambda issue: issue.severity is Severity.WARNING))


def _found(code: str, message: str, table: str, keys: Iterable[object], hint: str,
           severity: Severity = Severity.ERROR) -> list[Issue]:  # fmt: skip
    names = tuple(dict.fromkeys(str(key) for key in keys))
    return [Issue(code, message, table, names, hint, severity)] if names else []


def _months(first: str, last: str) -> tuple[str, ...]:
    (a, b), (c, d) = parse_month(first), parse_month(last)
    return month_range(first, max(0, (c - a) * 12 + d - b + 1))


def _absent(frame: pd.DataFrame, columns: list[str], months: Sequence[str]) -> list[str]:
    """Return 'KEY MONTH' for every key of the frame that lacks a month."""
    have = defaultdict(set)
    for *key, month in frame[[*columns, "month"]].itertuples(index=False, name=None):
        have[" ".join(key)].add(month)
    return [f"{key} {month}" for key, known in have.items() for month in months if month not in known]


def disconnected_markets(c: Checked) -> list[Issue]:
    """A market that no gas can reach: no open way from a resource, no home production, no regasification."""
    arcs = c.arcs[c.arcs["is_open"]]
    links = list(zip(arcs["origin"], arcs["destination"], strict=True))
    home = c.rows("indigenous_production").query("quantity_gwh_d > 0")["node"]
    reached = reachable({*c.rows("resources")["node"], *home}, links)
    lost = [node for node in dict.fromkeys(c.rows("demand")["node"]) if node not in reached]
    return _found("disconnected-market", "no gas can reach these markets", "arcs", lost,
                  "open an arc that leads there, or add production or regasification")  # fmt: skip


def markets_without_demand(c: Checked) -> list[Issue]:
    """A market has a demand row in each month."""
    demand, nodes = c.rows("demand"), c.rows("nodes")
    markets = nodes.loc[nodes["kind"] == NodeKind.MARKET, "node"]
    silent = markets[~markets.isin(demand["node"])]
    return _found("market-without-demand", "these markets have no demand", "demand", silent,
                  "add rows, or make the node a transit node") + _found(
        "month-without-demand", "these markets lack months of demand", "demand",
        _absent(demand, ["node", "segment"], c.months), "add the months or shorten the horizon")  # fmt: skip


def demand_without_slope(c: Checked) -> list[Issue]:
    """Demand needs an elasticity and a reference price above zero, unless it is fixed."""
    demand = c.rows("demand")
    demand = demand[demand["shape"] != DemandShape.FIXED]
    flat = demand[(demand["elasticity"] <= 0) | (demand["reference_price_eur_mwh"] <= 0)]
    return _found("demand-without-slope", "elasticity and reference price must be above zero", "demand",
                  flat["node"] + " " + flat["month"], "0.01 is nearly inelastic")  # fmt: skip


def _deliverable(c: Checked) -> dict[str, set[str]]:
    """Return where each trader may sell: sales points and LNG ports that its gas can reach."""
    arcs = c.arcs[c.arcs["is_open"]]
    ends = {arc: (o, d) for arc, o, d in zip(arcs["arc"], arcs["origin"], arcs["destination"], strict=True)}
    lng = [(o, d) for o, d, k in zip(arcs["origin"], arcs["destination"], arcs["kind"], strict=True)
           if k in (ArcKind.LIQUEFACTION, ArcKind.SHIPPING)]  # fmt: skip
    ports = set(arcs.loc[arcs["kind"] == ArcKind.SHIPPING, "destination"])
    points, carriage = c.rows("sales_points"), c.rows("carriage")
    resources = c.rows("resources")
    found = {}
    for trader in c.rows("traders")["trader"]:
        start = set(resources.loc[resources["trader"] == trader, "node"])
        own = [ends[arc] for arc in carriage.loc[carriage["trader"] == trader, "arc"] if arc in ends]
        found[trader] = reachable(start, [*own, *lng]) & ({*points.loc[points["trader"] == trader, "node"]} | ports)
    return found


def undeliverable_contracts(c: Checked) -> list[Issue]:
    """A contract needs a delivery point that its seller can reach and may sell at."""
    table = c.rows("contracts")
    points = c.rows("contract_points").groupby("contract")["node"].agg(set).to_dict()
    sells = _deliverable(c)
    nowhere = [row.contract for row in table.itertuples() if not points.get(row.contract)]
    lost = [row.contract for row in table.itertuples()
            if points.get(row.contract) and not points[row.contract] & sells[row.seller]]  # fmt: skip
    return _found("contract-without-point", "these contracts have no delivery point", "contract_points", nowhere,
                  "add a row that names the node of delivery") + _found(
        "contract-nobody-can-fulfil", "the seller's gas reaches no delivery point of these contracts", "contracts",
        lost, "add a sales point and carriage to it, open the route, or end the contract")  # fmt: skip


def oversold_contracts(c: Checked) -> list[Issue]:
    """What a contract, or all contracts of a seller, must move in a year fits the route and the resources."""
    table = c.rows("contracts")
    points = c.rows("contract_points").groupby("contract")["node"].agg(set).to_dict()
    carriage = c.rows("carriage").groupby("trader")["arc"].agg(set).to_dict()
    pipes = c.arcs[c.arcs["is_open"] & np.isfinite(c.arcs["capacity_gwh_d"])]
    ports = set(c.arcs.loc[c.arcs["kind"] == ArcKind.SHIPPING, "destination"])
    dry, narrow = [], []
    for row in table.itertuples():
        firm, nodes = c.firm_gwh_y[row.contract], points.get(row.contract, set())
        if firm > c.available_gwh_y.get(row.seller, 0.0) * 1.001:
            dry.append(row.contract)
        into = pipes[pipes["arc"].isin(carriage.get(row.seller, set())) & pipes["destination"].isin(nodes)]
        if not nodes & ports and firm > into["capacity_gwh_d"].sum() * DAYS_PER_YEAR * 1.001 > 0:
            narrow.append(row.contract)
    in_force = table[(table["start"] <= _last_day(c)) & (table["end"] >= _first_day(c))]
    promised = c.firm_gwh_y[in_force["contract"]].groupby(in_force["seller"].to_numpy()).sum()
    sellers = [s for s, gwh in promised.items() if gwh > c.available_gwh_y.get(str(s), 0.0) * 1.001]
    code = "contract-nobody-can-fulfil"
    return _found(code, "the firm quantity is above what the seller can produce in its best year", "contracts", dry,
                  "is the annual quantity in GWh?") + _found(
        code, "the firm quantity is above the capacity of the seller's pipelines to the point", "contracts", narrow,
        "is the annual quantity in GWh?") + _found(
        "seller-oversold", "firm quantities of all contracts are above what these sellers can produce", "contracts",
        sellers, "shortfalls will be reported as breaches", Severity.WARNING)  # fmt: skip


def _first_day(c: Checked) -> str:
    return c.periods[0].start.isoformat() if c.periods else (f"{c.months[0]}-01" if c.months else "")


def _last_day(c: Checked) -> str:
    return c.periods[-1].end.isoformat() if c.periods else (f"{c.months[-1]}-31" if c.months else "")


def dates_in_order(c: Checked) -> list[Issue]:
    """The last day or month of a row is not before its first."""
    dated = ("arc_schedule", "flow_rules", "policy_limits", "observations", "fleets", "asset_states")
    ends = (("contracts", "start", "end"), ("resource_windows", "first_month", "last_month"),
            ("projects", "first_month", "full_month"),
            *((table, "first_day", "last_day") for table in dated))  # fmt: skip
    issues = []
    for table, first, last in ends:
        frame = c.rows(table)
        bad = frame[(frame[last] != "") & (frame[last] < frame[first])]
        issues += _found("dates-reversed", f"{last} is before {first}", table, _keys(bad, table), "exchange the dates")
    return issues


def _keys(frame: pd.DataFrame, table: str) -> list[str]:
    keys = frame[list(TABLES_BY_NAME[table].key)].itertuples(index=False, name=None)
    return [" ".join(map(str, key)) for key in keys]


def storage_speed(c: Checked) -> list[Issue]:
    """A store takes between a day and 400 days to empty or fill; anything else is a wrong unit."""
    table = c.rows("storages")
    issues = []
    for column, what in (("withdrawal_capacity_gwh_d", "empties"), ("injection_capacity_gwh_d", "fills")):
        days = table["working_gas_gwh"] / table[column]
        quick, slow = table[days < FASTEST_STORE_DAYS], table[days > SLOWEST_STORE_DAYS]
        issues += _found(f"storage-{what}-in-a-day", f"{column} exceeds working_gas_gwh", "storages", quick["node"],
                         "is the volume in TWh?")  # fmt: skip
        issues += _found(f"storage-{what}-in-years", f"it {what} in more than {SLOWEST_STORE_DAYS:.0f} days",
                         "storages", slow["node"], "is the rate in GWh/h, or the volume in MWh?",
                         Severity.WARNING)  # fmt: skip
    kinds = c.rows("nodes").set_index("node")["kind"]
    lost = [node for node in table["node"] if not NodeKind(kinds[node]).has_pool]
    return issues + _found("no-pool", "these stores are at a node without a pool", "storages", lost,
                           "move them to the market they serve")  # fmt: skip


def storage_stocks(c: Checked) -> list[Issue]:
    """Stocks fit the volume, and the steps of closing value reach a full store with falling value."""
    levels = c.rows("storage_levels")
    volume = levels["node"].map(c.rows("storages").set_index("node")["working_gas_gwh"])
    over = levels[levels["level_gwh"] > 1.05 * volume]
    steps = c.rows("storage_values").sort_values("step")
    top, value = steps["fill_to_fraction"].to_numpy(), steps["value_eur_mwh"].to_numpy()
    bad = [] if len(top) and top[-1] == 1 and (np.diff(top) > 0).all() and (np.diff(value) <= 0).all() else ["step"]
    return _found("stock-above-volume", "the stock is above the working gas volume", "storage_levels",
                  over["node"] + " " + over["date"], "is the stock in MWh?") + _found(
        "bad-closing-values", "steps must rise to 1 and their values must fall", "storage_values", bad,
        "the last step has fill_to_fraction 1")  # fmt: skip


def arcs_that_go_nowhere(c: Checked) -> list[Issue]:
    """An arc leads from one node to another, and two ports have one sea route."""
    arcs, routes = c.rows("arcs"), c.rows("sea_routes")
    looped = arcs.loc[arcs["origin"] == arcs["destination"], "arc"]
    circles = routes.loc[routes["origin"] == routes["destination"], "origin"]
    twice = routes[routes.duplicated(["origin", "destination"])]
    same = "origin and destination are the same"
    return _found("arc-to-itself", same, "arcs", looped, "correct one end") + _found(
        "arc-to-itself", same, "sea_routes", circles, "correct one end") + _found(
        "duplicate-route", "two rows for the same pair of ports", "sea_routes",
        twice["origin"] + ">" + twice["destination"], "keep one row")  # fmt: skip


def lng_ports_without_plant(c: Checked) -> list[Issue]:
    """An import port needs a regasification arc; an export port a liquefaction arc, or ships that transfer there."""
    nodes, arcs = c.rows("nodes"), c.rows("arcs")
    issues = []
    for kind, plant, end in ((NodeKind.LNG_IMPORT, ArcKind.REGASIFICATION, "origin"),
                             (NodeKind.LNG_EXPORT, ArcKind.LIQUEFACTION, "destination")):  # fmt: skip
        served = set(arcs.loc[arcs["kind"] == plant, end])
        if kind is NodeKind.LNG_EXPORT:
            served |= set(c.rows("sea_routes")["destination"])
        lost = [node for node in nodes.loc[nodes["kind"] == kind, "node"] if node not in served]
        issues += _found("port-without-plant", f"no {plant} arc at these ports", "arcs", lost, f"add a {plant} arc")
    return issues


def joint_limit_members(c: Checked) -> list[Issue]:
    """A joint limit has members."""
    limits = c.rows("joint_limits")["joint_limit"]
    empty = limits[~limits.isin(c.rows("joint_limit_members")["joint_limit"])]
    return _found("limit-without-members", "these limits bind nothing", "joint_limit_members", empty, "name the arcs")


def supply_shares(c: Checked) -> list[Issue]:
    """Steps of a resource add up to its availability; a trader has a resource."""
    steps, resources, traders = c.rows("supply_steps"), c.rows("resources"), c.rows("traders")["trader"]
    total = steps.groupby("resource")["capacity_share"].sum()
    wrong = [name for name in resources["resource"] if abs(total.get(name, 0.0) - 1) > 1e-6]
    idle = traders[~traders.isin(resources["trader"])]
    return _found("shares-not-one", "capacity_share of the steps does not add up to 1", "supply_steps", wrong,
                  "correct the shares") + _found(
        "trader-without-resource", "these traders have no gas to sell", "resources", idle,
        "add a resource, or drop them", Severity.WARNING)  # fmt: skip


def availability_months(c: Checked) -> list[Issue]:
    """Every resource has a value in each month, and can meet the minimum of its windows."""
    available, windows = c.rows("availability"), c.rows("resource_windows")
    resources = c.rows("resources")["resource"]
    none = [f"{name} {month}" for name in resources[~resources.isin(available["resource"])] for month in c.months]
    gwh = available["capacity_gwh_d"] * [days_in_month(month) for month in available["month"]]
    tight = []
    for row in windows.itertuples():
        inside = (available["resource"] == row.resource) & available["month"].between(row.first_month, row.last_month)
        is_complete = inside.sum() == len(_months(row.first_month, row.last_month))
        if row.minimum_gwh > row.maximum_gwh or (is_complete and row.minimum_gwh > gwh[inside].sum() * (1 + 1e-9)):
            tight.append(f"{row.resource} {row.first_month}")
    return _found("missing-month", "these resources lack months of availability", "availability",
                  [*none, *_absent(available, ["resource"], c.months)],
                  "add the months or shorten the horizon") + _found(
        "window-cannot-be-met", "minimum_gwh is above the maximum or above availability", "resource_windows", tight,
        "is the minimum in GWh?") + _found(
        "missing-month", "these markets have production in some months and lack others", "indigenous_production",
        _absent(c.rows("indigenous_production"), ["node"], c.months), "write 0 where there is none")  # fmt: skip


def observed_names(c: Checked) -> list[Issue]:
    """An observation names nodes, regions, countries, traders, resources or hubs that exist."""
    nodes = c.rows("nodes")
    known = {"", *MARKERS, *c.rows("traders")["trader"], *c.rows("resources")["resource"]}
    known |= {value for column in ("node", "country", "region", "hub") for value in nodes[column]}
    lost = [f"{row.observation}: {name}" for row in c.rows("observations").itertuples()
            for name in f"{row.origin};{row.destination}".split(";") if name not in known]  # fmt: skip
    return _found("unknown-name", "observations name what the dataset does not have", "observations", lost,
                  "linepack data show nodes")  # fmt: skip


def curves_that_belong_to_nothing(c: Checked) -> list[Issue]:
    """A supply curve names a step, a tabulated demand has points and points a tabulated demand, a share one market."""
    steps = {(row.resource, row.step) for row in c.rows("supply_steps").itertuples()}
    curves = c.rows("supply_curves").itertuples()
    lost = [f"{row.resource} {row.step:g}" for row in curves if (row.resource, row.step) not in steps]
    demand, points = c.rows("demand"), c.rows("demand_points")
    tabulated = demand[demand["shape"] == DemandShape.TABULATED]
    consumers = {f"{row.node} {row.segment}" for row in tabulated.itertuples()}
    known = {f"{row.node} {row.segment}" for row in points.itertuples()}
    both = [row.share_limit for row in c.rows("share_limits").itertuples() if row.node and row.area]
    return _found("curve-without-step", "these curves belong to no supply step", "supply_curves", lost,
                  "give the number of the step") + _found(
        "bad-demand-points", "tabulated demand and demand_points do not name the same consumers", "demand_points",
        sorted(consumers ^ known), "give points, or shape: tabulated") + _found(
        "two-markets", "a share limit names a node and an area", "share_limits", both, "leave one empty")  # fmt: skip


def claimed_values(c: Checked) -> list[Issue]:
    """A claim names a cell that exists, and the adopted value is the one in the table."""
    lost, other = [], []
    for row in c.rows("claims").itertuples():
        schema = TABLES_BY_NAME.get(row.table)
        if schema is None or row.column not in {column.name for column in schema.columns}:
            lost.append(row.claim)
            continue
        frame = c.rows(row.table)
        at = np.flatnonzero([key == row.key for key in _keys(frame, row.table)])
        if len(at) != 1:
            lost.append(row.claim)
        elif row.is_adopted and not np.isclose(float(frame[row.column].iloc[at[0]]), row.value, rtol=1e-9):
            other.append(row.claim)
    return _found("unknown-claim", "claims name a table, row or column that does not exist", "claims", lost,
                  "the key is that of the row, columns with a space between") + _found(
        "claim-not-adopted", "the adopted value is not the one in the table", "claims", other,
        "correct one of them")  # fmt: skip


def known_in_time(c: Checked) -> list[Issue]:
    """Nothing is known from a day that has not come."""
    issues = []
    for table, frame in c.system.tables.items():
        late = frame[frame["known_from"] > c.today.isoformat()]
        issues += _found("known-in-future", f"known_from is after {c.today}", table, _keys(late, table),
                         "the day on which the source appeared")  # fmt: skip
    return issues


def policy_sums(c: Checked) -> list[Issue]:
    """A policy limit has members that fit its kind, and a minimum that is not above its maximum."""
    limits, members = c.rows("policy_limits"), c.rows("policy_limit_members")
    kind = limits.set_index("policy_limit")["kind"]
    empty = limits.loc[~limits["policy_limit"].isin(members["policy_limit"]), "policy_limit"]
    stores = set(c.rows("storages")["node"])
    wrong = [row.policy_limit for row in members.itertuples()
             if (row.arc == "") == (row.node == "")
             or (kind[row.policy_limit] == LimitKind.STOCK and row.node not in stores)]  # fmt: skip
    crossed = limits.loc[limits["minimum_gwh"] > limits["maximum_gwh"], "policy_limit"]
    return _found("limit-without-members", "these limits bind nothing", "policy_limit_members", empty,
                  "name members") + _found(
        "bad-member", "a flow member names an arc or a node of sale, a stock member a node with storage",
        "policy_limit_members", wrong, "fill one of arc and node") + _found(
        "limits-crossed", "the minimum is above the maximum", "policy_limits", crossed, "exchange them")  # fmt: skip


def balances_that_do_not_close(c: Checked) -> list[Issue]:
    """In a year whose stocks are known at both ends, supply meets demand at reference prices within some per cent."""
    return _found("balance-does-not-close", "supply and demand at reference prices are apart", "availability",
                  unbalanced_years(c.system, c.months), "1 % of world LNG is worth about 1 EUR/MWh",
                  Severity.WARNING)  # fmt: skip


def money_shares(c: Checked) -> list[Issue]:
    """Operators of an arc share all of it; offtakers and partners no more than all; a price belongs to a contract."""
    operators = c.rows("asset_terms").groupby("arc")["share"].sum()
    issues = _found("shares-not-one", "shares of the operators do not add up to 1", "asset_terms",
                    [str(arc) for arc, share in operators.items() if abs(share - 1) > 1e-6], "correct the shares")
    for table in ("offtaker_shares", "equity_shares"):
        total = c.rows(table).groupby("resource")["share"].sum()
        issues += _found("shares-above-one", "shares add up to more than 1", table,
                         [str(name) for name, share in total.items() if share > 1 + 1e-6], "correct the shares")
    prices, contracts = c.rows("contract_prices")["contract"], c.rows("contracts")["contract"]
    return issues + _found("unknown-contract", "no contract of that name", "contract_prices",
                           prices[~prices.isin(contracts)], "linepack data show contracts")  # fmt: skip


CHECKS: tuple[Check, ...] = (
    disconnected_markets, markets_without_demand, demand_without_slope, undeliverable_contracts, oversold_contracts,
    dates_in_order, storage_speed, storage_stocks, arcs_that_go_nowhere, lng_ports_without_plant, joint_limit_members,
    supply_shares, availability_months, observed_names, claimed_values, curves_that_belong_to_nothing, known_in_time,
    policy_sums, money_shares, balances_that_do_not_close,
)  # fmt: skip
