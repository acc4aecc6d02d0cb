"""Accounts: who pays and who gains in a solved market, and the welfare that they add up to.

Everything is money at hub prices, booked twice where it is a transfer, so that transfers net to zero and all accounts
that count add up to welfare: gross consumer value less resource cost, plus the value of closing stocks. Wedges, conduct
terms, penalties of rules and duties are no cost (docs/theory/accounts.md).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack import units
from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.market.tangent import BENT, consumed
from linepack.results.chains import chains
from linepack.results.companies import book_companies
from linepack.results.flagged import (
    carried_discount_eur_thousand_d,
    consumers_discount_eur_thousand_d,
    stored_discount_eur_thousand_d,
)
from linepack.results.ledger import Account, Book, Purse, labelled
from linepack.results.operators import (
    Operators,
    book_charges,
    book_expansion,
    charges_eur_mwh,
    cost_share,
    operators,
    rising_cost_eur_mwh,
)
from linepack.results.solution import Solution
from linepack.vocabulary import ArcKind


def accounts(s: Solution) -> pd.DataFrame:
    """Return every account over the horizon, by calendar year.

    Columns: account, purse, holder, country, region, asset, year, counts (False: a part of another account, left out
    of sums), amount_eur_bn (in that year of the horizon). The sum of what counts is ``welfare_eur_bn``.
    """
    book, run = Book(s), operators(s)
    _book_consumers(s, book)
    _book_home_production(s, book)
    _book_pool(s, book, run)
    book_expansion(s, book, run)
    _book_storage(s, book)
    book_companies(s, book, chains(s), run)
    return book.frame()


def welfare_eur_bn(s: Solution) -> float:
    """Return welfare over the horizon, from the arrays of the problem alone: value, resource cost, closing stock."""
    problem, x, days = s.problem, s.certified.x, s.days
    value = units.eur_bn_from_gwh_eur_mwh(float(days @ gross_value_eur_thousand_d(s).sum(axis=1)))
    weight = np.zeros(len(x))
    for variable in problem.variables.values():
        if len(variable.columns) == len(days):
            weight[variable.columns] = days[:, None]
    weight[problem.variables["arc_expansion"].columns] = days.sum()
    cost = units.eur_bn_from_gwh_eur_mwh(float((problem.resource_cost_eur_mwh * weight) @ x))
    closing = problem.variables["closing_step"].columns
    stock = units.eur_bn_from_gwh_eur_mwh(float((-problem.cost[closing] * x[closing]).sum()) * DAYS_PER_UNIT)
    return value - cost + stock + _transfers_in_cost_eur_bn(s)


def _transfers_in_cost_eur_bn(s: Solution) -> float:
    """What the arrays count as resource cost though a state or an operator keeps it."""
    levy = s.system.table("fiscal_terms").groupby("resource")["in_supply_cost_eur_mwh"].sum()
    made = s.labels("production")["resource"].map(levy).fillna(0.0).to_numpy(dtype=float)
    total = float(s.days @ (s.values("production") @ made))
    kept = 1.0 - cost_share(s)
    for name, at in (("trader_flow", s.problem.sets.trader_arc_at), ("pool_flow", s.problem.sets.pool_arc_at)):
        tariff = s.problem.resource_cost_eur_mwh[s.problem.variables[name].columns]
        total += float(s.days @ (tariff * s.values(name) * kept[at]).sum(axis=1))
    return float(units.eur_bn_from_gwh_eur_mwh(total))


def gross_value_eur_thousand_d(s: Solution) -> np.ndarray:
    """Return what consumption is worth to consumers in 1,000 EUR a day, shape (periods, markets and segments)."""
    problem, weight = s.problem, s.problem.sets.weight[:, None]
    columns = problem.variables["consumption"].columns
    q = s.values("consumption")
    value = -problem.cost[columns] / weight * q - problem.hessian_diagonal[columns] / weight * q**2 / 2
    firm = problem.variables["firm_consumption"].columns
    value[:, _firm_at(s)] += -problem.cost[firm] / weight * s.values("firm_consumption")
    curves = problem.curves
    bent = curves.demand.mask(*BENT)
    if bent.any():
        value[:, bent] = curves.demand.value_eur_thousand_d(consumed(curves, s.certified.x),
                                                            curves.shedding_price_eur_mwh)[:, bent]  # fmt: skip
    return np.asarray(value)


def _firm_at(s: Solution) -> np.ndarray:
    """Where each firm block stands among the elastic ones."""
    keys = [list(zip(frame["node"], frame["segment"], strict=True)) for frame in
            (s.labels("firm_consumption"), s.labels("consumption"))]  # fmt: skip
    return positions(keys[0], keys[1])


def _book_consumers(s: Solution, book: Book) -> None:
    labels = s.labels("consumption")
    q = s.values("consumption").copy()
    q[:, _firm_at(s)] += s.values("firm_consumption")
    surplus = gross_value_eur_thousand_d(s) - s.hub_prices()[list(labels["node"])].to_numpy() * q
    surplus = surplus + consumers_discount_eur_thousand_d(s)
    country = _country(s, labels["node"])
    book.add(Account.CONSUMER_SURPLUS, Purse.CONSUMERS, labelled(country, country, labels["segment"], len(labels)),
             book.yearly(surplus))  # fmt: skip


def _book_home_production(s: Solution, book: Book) -> None:
    """Home production has no cost in the model: the account is its revenue."""
    balance = s.problem.equations["pool_balance"]
    made = -s.problem.row_lower[balance.rows]
    nodes = balance.labels["node"]
    country = _country(s, nodes)
    book.add(Account.HOME_PRODUCTION, Purse.HOME_PRODUCERS, labelled(country, country, nodes, len(nodes)),
             book.yearly(made * s.hub_prices().to_numpy()))  # fmt: skip


def _book_pool(s: Solution, book: Book, run: Operators) -> None:
    """Pool gas: what is left between two hub prices after tariff and charges is the operator's congestion rent."""
    problem, flow = s.problem, s.labels("pool_flow")
    columns, x = problem.variables["pool_flow"].columns, s.values("pool_flow")
    prices = s.hub_prices()
    arcs = problem.sets.arcs.loc[problem.sets.pool_arc_at]
    tariff, rising = problem.resource_cost_eur_mwh[columns] * x, rising_cost_eur_mwh(s)[:, problem.sets.pool_arc_at] * x
    kept = (1 - arcs["loss_fraction"].to_numpy(dtype=float)) * prices[list(flow["destination"])].to_numpy()
    margin = (kept - prices[list(flow["origin"])].to_numpy()) * x + carried_discount_eur_thousand_d(s)
    charged = charges_eur_mwh(s)[columns] * x
    is_regas = (arcs["kind"] == ArcKind.REGASIFICATION).to_numpy()
    wedge = problem.hessian_diagonal[columns] * x**2 / problem.sets.weight[:, None]
    for purse, chosen in ((Purse.REGASIFICATION, is_regas), (Purse.NETWORK, ~is_regas)):
        run.book_tariffs(book, purse, problem.sets.pool_arc_at[chosen], book.yearly(tariff[:, chosen]),
                         book.yearly(rising[:, chosen]))  # fmt: skip
        for account, amount in ((Account.CONGESTION_RENT, margin - tariff - rising), (Account.CHARGE, -charged),
                                (Account.WEDGE_RENT, wedge)):  # fmt: skip
            run.book(book, account, purse, problem.sets.pool_arc_at[chosen], book.yearly(amount[:, chosen]))
    book_charges(s, book, columns, x)


def _book_storage(s: Solution, book: Book) -> None:
    problem, nodes = s.problem, s.labels("injection")["node"]
    if not len(nodes):
        return
    country = _country(s, nodes)
    labels = labelled(country, country, nodes, len(nodes))
    taken, given = s.values("injection"), s.values("withdrawal")
    cost = sum(problem.resource_cost_eur_mwh[problem.variables[name].columns] * s.values(name)
               for name in ("injection", "withdrawal"))  # fmt: skip
    book.add(Account.STORAGE_TRADE, Purse.STORAGE, labels,
             book.yearly(s.hub_prices()[list(nodes)].to_numpy() * (given - taken)
                         + stored_discount_eur_thousand_d(s)))  # fmt: skip
    book.add(Account.STORAGE_COST, Purse.STORAGE, labels, -book.yearly(np.asarray(cost)))
    closing = problem.variables["closing_step"].columns
    if closing.size:
        worth = np.zeros((len(book.years), len(nodes)))
        worth[-1] = units.eur_bn_from_gwh_eur_mwh((-problem.cost[closing] * s.certified.x[closing]).sum(axis=0)
                                                  * DAYS_PER_UNIT)  # fmt: skip
        book.add(Account.CLOSING_STOCK, Purse.STORAGE, labels, worth)


def _country(s: Solution, nodes: pd.Series) -> np.ndarray:
    return nodes.map(s.system.table("nodes").set_index("node")["country"]).to_numpy()
