"""The traders' side: sales, carriage, cost, contracts, levies, tolling and equity, by resource and calendar year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from linepack import units
from linepack.market.agreements import ContractWindow, contracts_in_force
from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.results.chains import Chains, resource_shares
from linepack.results.flagged import sold_discounts_eur_mwh
from linepack.results.ledger import Account, Book, Labels, Purse, labelled
from linepack.results.operators import Operators, book_charges, charges_eur_mwh, rising_cost_eur_mwh
from linepack.results.solution import Solution
from linepack.scenario.patches import PIECE
from linepack.vocabulary import ArcKind, LevyBase


@dataclass(frozen=True)
class _Company:
    """What is needed to book for the resources of all traders; money of resources has shape (years, resources)."""

    s: Solution
    book: Book
    chains: Chains
    run: Operators
    split: np.ndarray  # (years, chains, resources)
    produced_gwh: np.ndarray  # (years, resources)
    profit: np.ndarray  # (years, resources), so far
    border_value: np.ndarray

    @property
    def labels(self) -> Labels:
        """Holder, country and asset of the resources."""
        r = self.chains.resources
        return labelled(r["trader"].to_numpy(), r["country"].to_numpy(), r["resource"].to_numpy(), len(r))

    def booked(self, account: Account, eur_bn: np.ndarray, *, at_border: bool = False) -> _Company:
        """Book an amount of the resources and return what is left."""
        self.book.add(account, Purse.COMPANY, self.labels, eur_bn)
        return replace(self, profit=self.profit + eur_bn,
                       border_value=self.border_value + eur_bn if at_border else self.border_value)  # fmt: skip

    def by_resource(self, eur_bn: np.ndarray, chain_of: np.ndarray) -> np.ndarray:
        """Return amounts of flows or sales, shape (years, entities), by resource."""
        by_chain = np.zeros((eur_bn.shape[0], self.chains.count))
        np.add.at(by_chain.T, chain_of, eur_bn.T)
        return np.asarray(np.einsum("yc,ycr->yr", by_chain, self.split))


def book_companies(s: Solution, book: Book, c: Chains, run: Operators) -> None:
    """Book all accounts of traders, the states that levy on them, their offtakers, partners, carriers and buyers."""
    made = s.values("production")
    steps = positions(s.labels("production")["resource"].tolist(), c.resources["resource"].tolist())
    by_step = book.yearly(made) * 1e6  # yearly() turns GWh into millions of them
    produced = np.zeros((len(book.years), len(c.resources)))
    np.add.at(produced.T, steps, by_step.T)
    nil = np.zeros_like(produced)
    company = _Company(s, book, c, run, resource_shares(s, c, produced), produced, nil, nil)
    company = _book_sales(company)
    company = _book_production(company, steps)
    company = _book_carriage(company)
    company = _book_contracts(company)
    company = _book_tolling(company)
    company = _book_levies(company)
    _book_equity(company)
    _book_markups(company)


def _book_sales(co: _Company) -> _Company:
    s, flow, sale = co.s, co.s.labels("trader_flow"), co.s.labels("sales")
    prices = s.hub_prices()
    sold = flow["is_sale"].to_numpy(dtype=bool)
    kept = 1 - s.problem.sets.arcs["loss_fraction"].to_numpy(dtype=float)[s.problem.sets.trader_arc_at[sold]]
    less, less_on_sales = sold_discounts_eur_mwh(s)
    arriving = s.values("trader_flow")[:, sold] * kept * (
        prices[list(flow["destination"][sold])].to_numpy() - less[:, sold])  # fmt: skip
    passing = s.values("sales") * (prices[list(sale["node"])].to_numpy() - less_on_sales)
    total = co.by_resource(co.book.yearly(arriving), co.chains.of_flow[sold])
    if len(sale):
        total = total + co.by_resource(co.book.yearly(passing), co.chains.of_sale)
    return co.booked(Account.SALES_REVENUE, total, at_border=True)


def _book_production(co: _Company, steps: np.ndarray) -> _Company:
    """Cost of production without what of it is a levy."""
    s = co.s
    cost = s.problem.resource_cost_eur_mwh[s.problem.variables["production"].columns] * s.values("production")
    by_resource = np.zeros_like(co.profit)
    np.add.at(by_resource.T, steps, co.book.yearly(cost).T)
    levy = s.system.table("fiscal_terms").groupby("resource")["in_supply_cost_eur_mwh"].sum()
    included = co.chains.resources["resource"].map(levy).fillna(0.0).to_numpy(dtype=float)
    real = by_resource - np.asarray(units.eur_bn_from_gwh_eur_mwh(co.produced_gwh * included))
    return co.booked(Account.PRODUCTION_COST, -real)


def _book_carriage(co: _Company) -> _Company:
    """Tariffs to operators, charges to their receivers, and the rents on own gas that an operator collects."""
    s, at = co.s, co.s.problem.sets.trader_arc_at
    columns, x = s.problem.variables["trader_flow"].columns, s.values("trader_flow")
    tariff = co.book.yearly(s.problem.resource_cost_eur_mwh[columns] * x)
    rising = co.book.yearly(rising_cost_eur_mwh(s)[:, at] * x)
    kind = s.problem.sets.arcs["kind"].to_numpy()[at]
    is_ship = kind == ArcKind.SHIPPING
    for purse, chosen in ((Purse.SHIPPING, is_ship), (Purse.NETWORK, ~is_ship)):
        co.run.book_tariffs(co.book, purse, at[chosen], tariff[:, chosen], rising[:, chosen])
    co = co.booked(Account.CARRIAGE, -co.by_resource(tariff + rising, co.chains.of_flow), at_border=True)
    charge = charges_eur_mwh(s)
    co = co.booked(Account.CHARGE, -co.by_resource(co.book.yearly(charge[columns] * x), co.chains.of_flow))
    book_charges(s, co.book, columns, x)
    rent = co.book.yearly(_congestion_rent_eur_mwh(s) * x)
    taken = rent * co.run.rent_share[at][None, :]
    co.run.book(co.book, Account.CONGESTION_RENT, Purse.NETWORK, at, taken)
    co = co.booked(Account.CONGESTION_RENT, -co.by_resource(taken, co.chains.of_flow))
    arc = s.problem.sets.arcs["arc"].to_numpy()[at]
    holders = labelled(s.labels("trader_flow")["trader"].to_numpy(), _seat(s), arc, len(arc))
    co.book.add(Account.OWN_CONGESTION_RENT, Purse.COMPANY, holders, rent - taken)
    weight = s.problem.sets.weight[:, None]
    behaviour = (s.problem.cost[columns] + s.problem.hessian_diagonal[columns] * x) / weight
    wedge = behaviour - s.problem.resource_cost_eur_mwh[columns] - charge[columns]
    by_resource = co.by_resource(co.book.yearly(wedge * x), co.chains.of_flow)
    co.book.add(Account.WEDGE_RENT, Purse.COMPANY, co.labels, by_resource)
    return co


def _seat(s: Solution) -> np.ndarray:
    seat = s.system.table("traders").set_index("trader")["country"]
    return s.labels("trader_flow")["trader"].map(seat).to_numpy()


def _congestion_rent_eur_mwh(s: Solution) -> np.ndarray:
    """Return what a trader's flow earns because its arc is full: shadow price of the arc, or of the flow's own limit.

    Shape (periods, trader flows). A limit that a rule puts on the flow below the arc's capacity is not counted.
    """
    sets, columns = s.problem.sets, s.problem.variables["trader_flow"].columns
    at = sets.trader_arc_at
    upper, capacity = s.problem.column_upper[columns], sets.capacity_gwh_d[:, at]
    is_own = np.isfinite(upper) & (upper >= capacity * (1 - 1e-9))
    own = np.where(is_own, np.maximum(-s.certified.reduced_cost[columns], 0.0) / sets.weight[:, None], 0.0)
    equation = s.problem.equations["arc_capacity"]
    shared = np.zeros_like(sets.capacity_gwh_d)
    where = positions(equation.labels["arc"].tolist(), sets.arcs["arc"].tolist())
    shared[:, where] = np.maximum(-s.shadow_prices("arc_capacity"), 0.0)
    return np.asarray(own + shared[:, at])


def _book_contracts(co: _Company) -> _Company:
    """Contract price less hub price on what a contract delivers, and payments for gas not taken or not delivered."""
    s = co.s
    formula = s.system.table("contract_prices").set_index("contract")
    points = s.system.table("contract_points").drop_duplicates("contract").set_index("contract")["node"]
    country = s.system.table("nodes").set_index("node")["country"]
    penalties = {name: _penalties(s, name) for name in ("contract_untaken", "contract_undelivered")}
    refunds = _penalties(s, "contract_made_up", year="taken")
    transfer, penalty = np.zeros_like(co.profit), np.zeros_like(co.profit)
    buyers: list[tuple[Account, str, str, int, float]] = []
    for row, w, entry in contracts_in_force(s.system, s.problem.sets):
        chain = co.chains.at(row.seller, s, entry.flows, entry.sales)
        if chain < 0:
            continue
        share, buyer = co.split[w, chain], str(country[points[row.contract]])
        base = row.contract.split(PIECE)[0]
        if base in formula.index:
            paid = _above_hub_eur_bn(s, entry, formula.loc[base])
            transfer[w] += share * paid
            buyers.append((Account.CONTRACT_TRANSFER, buyer, row.contract, w, -paid))
        owed = penalties["contract_untaken"].get((row.contract, entry.window), 0.0)
        owed -= penalties["contract_undelivered"].get((row.contract, entry.window), 0.0)
        owed += refunds.get((row.contract, entry.window), 0.0)
        penalty[w] += share * owed
        buyers.append((Account.CONTRACT_PENALTY, buyer, row.contract, w, -owed))
    for account, buyer, contract, w, amount in buyers:
        by_year = np.zeros((len(co.book.years), 1))
        by_year[w, 0] = amount
        co.book.add(account, Purse.IMPORTERS, labelled(f"importers {buyer}", buyer, contract, 1), by_year)
    co = co.booked(Account.CONTRACT_TRANSFER, transfer, at_border=True)
    return co.booked(Account.CONTRACT_PENALTY, penalty)


def _penalties(s: Solution, name: str, *, year: str = "window") -> dict[tuple[str, str], float]:
    """Return what is paid by contract and year, in EUR bn; below zero what is credited."""
    columns, labels = s.problem.variables[name].columns, s.labels(name)
    paid = units.eur_bn_from_gwh_eur_mwh(s.problem.cost[columns] * s.values(name) * DAYS_PER_UNIT)
    total: dict[tuple[str, str], float] = {}
    for contract, window, amount in zip(labels["contract"], labels[year], paid[0], strict=True):
        total[str(contract), str(window)] = total.get((str(contract), str(window)), 0.0) + float(amount)
    return total


def _above_hub_eur_bn(s: Solution, entry: ContractWindow, formula: pd.Series) -> float:
    """Return what a buyer pays above (or, negative, below) the hub for the contract's gas in one year.

    More than the annual quantity is sold at the hub price.
    """
    sets, prices = s.problem.sets, s.hub_prices()
    flow, sale = s.labels("trader_flow"), s.labels("sales")
    kept = 1 - sets.arcs["loss_fraction"].to_numpy(dtype=float)[sets.trader_arc_at[entry.flows]]
    parts = ((s.values("trader_flow")[:, entry.flows] * kept, flow["destination"].iloc[entry.flows]),
             (s.values("sales")[:, entry.sales], sale["node"].iloc[entry.sales]))  # fmt: skip
    market = s.system.table("market_prices").set_index("month")["henry_hub_eur_mwh"]
    hub = sets.months.mean(market.reindex(list(sets.months.months)).to_numpy(dtype=float))
    inside, weight = entry.periods, entry.weights[:, None]
    quantity = above = 0.0
    for x, nodes in parts:
        if x.shape[1] == 0:
            continue
        p = prices[list(nodes)].to_numpy()
        price = formula["constant_eur_mwh"] + formula["hub_multiple"] * p + formula["henry_hub_multiple"] * hub[:, None]
        quantity += float((weight * x[inside]).sum())
        above += float((weight * (price - p)[inside] * x[inside]).sum())
    share = min(1.0, entry.quantity / quantity) if quantity > 0 else 0.0
    return float(units.eur_bn_from_gwh_eur_mwh(above * share * DAYS_PER_UNIT))


def _book_tolling(co: _Company) -> _Company:
    """Offtakers lift tolled LNG: theirs is its margin less the plant's fee, for their share of the volume."""
    table = co.s.system.table("offtaker_shares")
    names, given = co.chains.resources["resource"].tolist(), np.zeros_like(co.profit)
    for row in table.itertuples():
        if row.resource not in names:
            continue
        k = names.index(row.resource)
        fee = np.asarray(units.eur_bn_from_gwh_eur_mwh(co.produced_gwh[:, k] * row.fee_eur_mwh))
        amount = row.share * (co.profit[:, k] - fee)
        given[:, k] -= amount
        co.book.add(Account.TOLLING_MARGIN, Purse.COMPANY, labelled(row.offtaker, row.country, row.resource, 1),
                    amount[:, None])  # fmt: skip
    return co.booked(Account.TOLLING_MARGIN, given)


def _book_levies(co: _Company) -> _Company:
    """Levies on production and border value first, then on the profit that is left, if there is one."""
    table = co.s.system.table("fiscal_terms")
    names = co.chains.resources["resource"].tolist()
    for bases in ((LevyBase.PRODUCTION, LevyBase.BORDER_VALUE), (LevyBase.PROFIT,)):
        paid = np.zeros_like(co.profit)
        for row in table[table["base"].isin(bases) & table["resource"].isin(names)].itertuples():
            k = names.index(row.resource)
            value = {LevyBase.BORDER_VALUE: co.border_value[:, k], LevyBase.PROFIT: co.profit[:, k]}.get(row.base)
            amount = np.asarray(units.eur_bn_from_gwh_eur_mwh(co.produced_gwh[:, k] * row.rate_eur_mwh))
            if value is not None:
                amount = amount + row.rate_fraction * np.maximum(value, 0.0)
            paid[:, k] -= amount
            co.book.add(Account.LEVY, Purse.BUDGET, labelled(row.receiver, row.receiver, row.term, 1), amount[:, None])
        co = co.booked(Account.LEVY, paid)
    return co


def _book_equity(co: _Company) -> None:
    """Partners in a resource take their share of what is left after levies, profit or loss."""
    names, given = co.chains.resources["resource"].tolist(), np.zeros_like(co.profit)
    for row in co.s.system.table("equity_shares").itertuples():
        if row.resource in names:
            k = names.index(row.resource)
            amount = row.share * co.profit[:, k]
            given[:, k] -= amount
            co.book.add(Account.EQUITY, Purse.COMPANY, labelled(row.owner, row.country, row.resource, 1),
                        amount[:, None])  # fmt: skip
    co.booked(Account.EQUITY, given)


def _book_markups(co: _Company) -> None:
    """A part of profit: yearly mark-up (conduct x slope x exposed sales) on what the owner group produced."""
    s = co.s
    exposure = s.problem.variables["exposure"]
    if not len(exposure.labels):
        return
    weight = np.array([[window.days / DAYS_PER_UNIT] for window in s.problem.sets.windows])
    markup = s.problem.hessian_diagonal[exposure.columns] * s.values("exposure") / weight
    group = s.system.table("traders").set_index("trader")["owner_group"]
    at = positions(co.chains.resources["trader"].map(group).tolist(), exposure.labels["owner_group"].tolist())
    rate = np.where(at[None, :] >= 0, markup[:, at], 0.0)
    co.book.add(Account.MARKUP, Purse.COMPANY, co.labels,
                np.asarray(units.eur_bn_from_gwh_eur_mwh(rate * co.produced_gwh)))  # fmt: skip
