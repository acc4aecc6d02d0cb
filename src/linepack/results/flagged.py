"""Flagged pool gas in results: how much of it there is, and how much less it is worth than gas that may go anywhere.

The hub price is that of gas that may go anywhere. Where a node has more flagged gas than it can use beside other gas,
flagged gas is cheaper by a discount, minus the shadow price of ``flagged_balance``, and who uses it there pays less.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack.market.flags import FlaggedGas, flagged_gas
from linepack.market.sets import pairs, positions
from linepack.results.solution import Solution


def has_flags(s: Solution) -> bool:
    """Return whether any flagged gas is looked at."""
    return bool(s.problem.equations["flagged_balance"].rows.size)


def discounts_eur_mwh(s: Solution) -> np.ndarray:
    """Return by how much flagged gas is worth less than other gas, (periods, flags and nodes), never below zero."""
    return np.maximum(-s.shadow_prices("flagged_balance"), 0.0)


def places(s: Solution) -> FlaggedGas:
    """Return where flagged gas can be, as in the problem."""
    return flagged_gas(s.system, s.problem.sets)


def sold_discounts_eur_mwh(s: Solution) -> tuple[np.ndarray, np.ndarray]:
    """Return what a seller gets less than the hub price: (periods, trader flows), per unit that arrives, and sales."""
    on_flows, on_sales = np.zeros(s.values("trader_flow").shape), np.zeros(s.values("sales").shape)
    if has_flags(s):
        less, where = discounts_eur_mwh(s), places(s)
        tracked = where.tracked(where.uses)
        for k, (flows, sales) in enumerate(zip(where.sold_flows, where.sold_sales, strict=True)):
            on_flows[:, flows] += (less * tracked)[:, [k]]
            on_sales[:, sales] += (less * tracked)[:, [k]]
    return on_flows, on_sales


def consumers_discount_eur_thousand_d(s: Solution) -> np.ndarray:
    """Return what consumers pay less than the hub price, in 1,000 EUR a day, (periods, consumers).

    Flagged gas used at a node is shared between its consumers as they use gas.
    """
    labels = s.labels("consumption")
    total = np.zeros((len(s.days), len(labels)))
    if not has_flags(s):
        return total
    saved = discounts_eur_mwh(s) * s.values("flagged_consumption")
    node = s.problem.equations["flagged_balance"].labels["node"].tolist()
    used = used_gwh_d(s)
    for name in dict.fromkeys(node):
        here = (labels["node"] == name).to_numpy()
        whole = np.maximum(used[:, here].sum(axis=1, keepdims=True), 1e-12)
        own = saved[:, [k for k, other in enumerate(node) if other == name]].sum(axis=1, keepdims=True)
        total[:, here] += own * used[:, here] / whole
    return total


def used_gwh_d(s: Solution) -> np.ndarray:
    """Return consumption in GWh/d, (periods, consumers), the firm block included."""
    used = s.values("consumption").copy()
    firm, elastic = (pairs(s.labels(name), "node", "segment") for name in ("firm_consumption", "consumption"))
    at = positions(firm, elastic)
    used[:, at] += s.values("firm_consumption")
    return used


def carried_discount_eur_thousand_d(s: Solution) -> np.ndarray:
    """Return what flagged gas that moves between pools adds to the margin of an arc, (periods, pool flows)."""
    total = np.zeros(s.values("pool_flow").shape)
    labels = s.labels("flagged_flow")
    if not len(labels):
        return total
    where, less = places(s), discounts_eur_mwh(s)
    place = pairs(where.uses, "flag", "node")
    ends = s.labels("pool_flow").iloc[where.pool_at]
    loss = s.problem.sets.arcs["loss_fraction"].to_numpy(dtype=float)[s.problem.sets.pool_arc_at[where.pool_at]]
    flags = labels["flag"].tolist()
    start, end = (positions(list(zip(flags, ends[name].tolist(), strict=True)), place)
                  for name in ("origin", "destination"))  # fmt: skip
    at_end = np.where(where.is_exit, 0.0, less[:, end])
    gain = (less[:, start] - (1 - loss) * at_end) * s.values("flagged_flow")
    np.add.at(total.T, where.pool_at, gain.T)
    return total


def stored_discount_eur_thousand_d(s: Solution) -> np.ndarray:
    """Return what stores pay less for flagged gas than they get less for it, (periods, storages)."""
    total = np.zeros(s.values("level").shape)
    if not len(s.labels("flagged_level")):
        return total
    where = places(s)
    at = positions(pairs(where.stores, "flag", "node"), pairs(where.uses, "flag", "node"))
    gain = discounts_eur_mwh(s)[:, at] * (s.values("flagged_injection") - s.values("flagged_withdrawal"))
    np.add.at(total.T, where.store_at, gain.T)
    return total


def flagged_rows(s: Solution) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return labels (flag, node) and arrays by name: sold_gwh_d, consumption_gwh_d, discount_eur_mwh."""
    labels = s.problem.equations["flagged_balance"].labels
    sold = np.zeros((len(s.days), len(labels)))
    if has_flags(s):
        where = places(s)
        loss = s.problem.sets.arcs["loss_fraction"].to_numpy(dtype=float)[s.problem.sets.trader_arc_at]
        arriving, passing = s.values("trader_flow") * (1 - loss), s.values("sales")
        for k, (flows, sales) in enumerate(zip(where.sold_flows, where.sold_sales, strict=True)):
            sold[:, k] = arriving[:, flows].sum(axis=1) + passing[:, sales].sum(axis=1)
        sold *= where.tracked(where.uses)
    values = {"sold_gwh_d": sold, "consumption_gwh_d": s.values("flagged_consumption"),
              "discount_eur_mwh": discounts_eur_mwh(s)}  # fmt: skip
    return labels, values
