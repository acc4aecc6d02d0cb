"""Who runs an arc: how its tariff, its real cost and its congestion rent are shared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.market.sets import positions
from linepack.results.ledger import LABELS, Account, Book, Purse, labelled
from linepack.results.solution import Solution
from linepack.vocabulary import ArcKind, NodeKind


@dataclass(frozen=True)
class Operators:
    """Operators of every arc. Columns of ``table``: at (row of the arcs set), holder, country, asset, share."""

    table: pd.DataFrame
    cost_share: np.ndarray
    rent_share: np.ndarray  # of congestion rents on traders' own gas

    def book(self, book: Book, account: Account, purse: Purse, arc_at: np.ndarray, eur_bn: np.ndarray) -> None:
        """Book amounts of arcs, shape (years, len(arc_at)), with their operators."""
        column = pd.Series(np.arange(len(arc_at)), index=arc_at)
        rows = self.table[self.table["at"].isin(column.index)]
        by_arc = np.zeros((eur_bn.shape[0], len(self.cost_share)))
        np.add.at(by_arc.T, arc_at, eur_bn.T)
        labels = {name: rows[name].to_numpy(dtype=object) for name in LABELS}
        book.add(account, purse, labels, by_arc[:, rows["at"].to_numpy()] * rows["share"].to_numpy()[None, :])

    def book_tariffs(
        self, book: Book, purse: Purse, arc_at: np.ndarray, eur_bn: np.ndarray, rising_eur_bn: np.ndarray
    ) -> None:
        """Book tariffs as revenue, and their real cost; carriage that rises with use is paid at its mean cost."""
        self.book(book, Account.TARIFF, purse, arc_at, eur_bn + rising_eur_bn)
        real = eur_bn * self.cost_share[arc_at][None, :] + rising_eur_bn
        self.book(book, Account.TRANSPORT_COST, purse, arc_at, -real)


def cost_share(s: Solution) -> np.ndarray:
    """Return the share of each arc's tariff that is a real cost, in the order of the arcs set; 1 if nothing is said."""
    return _per_arc(s, "resource_cost_share", 1.0)


def operators(s: Solution) -> Operators:
    """Return the operators of the arcs of a solution.

    Arcs without a row in ``asset_terms``: a ship's is the carrier's, an export line or plant its origin's, a terminal
    its destination's, and a border point is shared by both sides in halves.
    """
    arcs = s.problem.sets.arcs
    nodes = s.system.table("nodes").set_index("node")
    country, kind_of = nodes["country"].to_dict(), nodes["kind"].to_dict()
    terms = {arc: [(row.operator, row.country, arc, row.share) for row in own.itertuples()]
             for arc, own in s.system.table("asset_terms").groupby("arc", sort=False)}  # fmt: skip
    kind, origin, destination = (arcs[name].tolist() for name in ("kind", "origin", "destination"))
    rows = []
    for at, arc in enumerate(arcs["arc"].tolist()):
        if arc in terms:
            rows += [(at, *term) for term in terms[arc]]
        elif kind[at] == ArcKind.SHIPPING:
            rows.append((at, "LNG carriers", "", "shipping", 1.0))
        else:
            ends = [str(country[end]) for end in (origin[at], destination[at])]
            if NodeKind(kind_of[origin[at]]) is NodeKind.BASIN:
                ends = ends[:1]
            elif kind[at] == ArcKind.REGASIFICATION:
                ends = ends[1:]
            rows += [(at, f"operators {end}", end, arc, 1 / len(ends)) for end in ends]
    table = pd.DataFrame(rows, columns=["at", "holder", "country", "asset", "share"])
    return Operators(table, cost_share(s), _per_arc(s, "rent_share", 0.0))


def _per_arc(s: Solution, column: str, default: float) -> np.ndarray:
    terms = s.system.table("asset_terms")
    mean = (terms[column] * terms["share"]).groupby(terms["arc"]).sum() / terms.groupby("arc")["share"].sum()
    return s.problem.sets.arcs["arc"].map(mean).fillna(default).to_numpy(dtype=float)


def rising_cost_eur_mwh(s: Solution) -> np.ndarray:
    """Return the mean cost of carriage that rises with all flow on an arc, shape (periods, arcs); nil elsewhere."""
    use, arcs = s.problem.variables["arc_use"], s.problem.sets.arcs["arc"].tolist()
    rising = np.zeros((len(s.days), len(arcs)))
    rising[:, positions(use.labels["arc"].tolist(), arcs)] = s.problem.resource_cost_eur_mwh[use.columns]
    return rising


def book_expansion(s: Solution, book: Book, run: Operators) -> None:
    """Book the cost of added capacity, used or not, with the operators of the arc."""
    built = s.problem.variables["arc_expansion"]
    if len(built.labels):
        at = positions(built.labels["arc"].tolist(), s.problem.sets.arcs["arc"].tolist())
        a_day = s.problem.resource_cost_eur_mwh[built.columns] * s.values("arc_expansion")
        cost = book.yearly(np.repeat(a_day, len(s.days), axis=0))
        run.book(book, Account.TRANSPORT_COST, Purse.NETWORK, at, -cost)


def charges_eur_mwh(s: Solution) -> np.ndarray:
    """Return the sum of all charges on each column of the problem."""
    charge, table = np.zeros(len(s.problem.cost)), s.problem.charges
    np.add.at(charge, table["column"].to_numpy(dtype=int), table["charge_eur_mwh"].to_numpy(dtype=float))
    return charge


def book_charges(s: Solution, book: Book, columns: np.ndarray, x: np.ndarray) -> None:
    """Book what receivers of charges get from the flows ``x`` in ``columns``."""
    table = s.problem.charges
    place = {int(c): divmod(k, columns.shape[1]) for k, c in enumerate(columns.ravel())}
    for (rule, receiver), part in table.groupby(["rule", "receiver"], sort=False):
        money = np.zeros((len(s.days), 1))
        for column, eur_mwh in zip(part["column"], part["charge_eur_mwh"], strict=True):
            if int(column) in place:
                t, k = place[int(column)]
                money[t, 0] += eur_mwh * x[t, k]
        holder = str(receiver) or str(rule)
        book.add(Account.CHARGE, Purse.BUDGET, labelled(holder, holder if len(holder) == 2 else "", str(rule), 1),
                 book.yearly(money))  # fmt: skip
