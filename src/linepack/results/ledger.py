"""Accounts and purses by name, and a book that collects amounts by calendar year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack import units
from linepack.results.solution import Solution

COLUMNS = ("account", "purse", "holder", "country", "region", "asset", "year", "counts", "amount_eur_bn")
LABELS = ("holder", "country", "asset")
Labels = Mapping[str, np.ndarray]
"""Holder, country and asset of entities, by ``LABELS``."""
LEAST_EUR_BN = 1e-15


class Purse(StrEnum):
    """Whose money it is."""

    CONSUMERS = "consumers"
    HOME_PRODUCERS = "home_producers"
    COMPANY = "company"
    BUDGET = "budget"
    NETWORK = "network"
    STORAGE = "storage"
    SHIPPING = "shipping"
    REGASIFICATION = "regasification"
    IMPORTERS = "importers"


class Account(StrEnum):
    """What it is for. The last three are parts of other accounts and are left out of every sum."""

    CONSUMER_SURPLUS = "consumer_surplus"
    HOME_PRODUCTION = "home_production"
    SALES_REVENUE = "sales_revenue"
    PRODUCTION_COST = "production_cost"
    CARRIAGE = "carriage"
    CHARGE = "charge"
    LEVY = "levy"
    CONTRACT_TRANSFER = "contract_transfer"
    CONTRACT_PENALTY = "contract_penalty"
    TOLLING_MARGIN = "tolling_margin"
    EQUITY = "equity"
    TARIFF = "tariff"
    TRANSPORT_COST = "transport_cost"
    CONGESTION_RENT = "congestion_rent"
    STORAGE_TRADE = "storage_trade"
    STORAGE_COST = "storage_cost"
    CLOSING_STOCK = "closing_stock"
    OWN_CONGESTION_RENT = "own_congestion_rent"
    WEDGE_RENT = "wedge_rent"
    MARKUP = "markup"


PARTS = (Account.OWN_CONGESTION_RENT, Account.WEDGE_RENT, Account.MARKUP)


@dataclass
class Book:
    """Amounts of one solution, booked by account, purse, holder, country, asset and calendar year."""

    solution: Solution
    _entries: list[tuple[str, str, Labels, np.ndarray]] = field(default_factory=list)

    @property
    def years(self) -> list[str]:
        """Calendar years of the horizon."""
        return [window.label for window in self.solution.problem.sets.windows]

    def yearly(self, eur_thousand_d: np.ndarray) -> np.ndarray:
        """Return EUR bn by calendar year, shape (years, entities), of amounts in 1,000 EUR a day by period."""
        windows, days = self.solution.problem.sets.windows, self.solution.days
        sums = [days[w.periods] @ eur_thousand_d[w.periods] for w in windows]
        return np.asarray(units.eur_bn_from_gwh_eur_mwh(np.array(sums).reshape(len(windows), -1)))

    def add(self, account: Account, purse: Purse, labels: Labels, eur_bn: np.ndarray) -> None:
        """Book EUR bn by year, shape (years, entities); ``labels`` has holder, country and asset of each entity."""
        amounts = np.asarray(eur_bn, dtype=np.float64).reshape(len(self.years), len(labels["asset"]))
        self._entries.append((str(account), str(purse), labels, amounts))

    def frame(self) -> pd.DataFrame:
        """Return everything that was booked, equal labels added up. Columns: ``COLUMNS``."""
        years = np.array(self.years, dtype=object)
        amounts = np.concatenate([amount.T.ravel() for *_, amount in self._entries])  # entity by entity, year by year
        sizes = [amount.size for *_, amount in self._entries]
        parts: dict[str, np.ndarray] = {
            "account": np.repeat([account for account, *_ in self._entries], sizes),
            "purse": np.repeat([purse for _, purse, *_ in self._entries], sizes),
            **{name: np.concatenate([np.repeat(labels[name], len(years)) for *_, labels, _ in self._entries])
               for name in LABELS},
            "year": np.tile(years, len(amounts) // len(years)),
        }  # fmt: skip
        kept = np.abs(amounts) > LEAST_EUR_BN
        rows = pd.DataFrame({**parts, "amount_eur_bn": amounts})[kept]
        found = rows.groupby(list(parts), sort=False, as_index=False)["amount_eur_bn"].sum()
        nodes = self.solution.system.table("nodes").drop_duplicates("country").set_index("country")
        region = found["country"].map(nodes["region"]).fillna("")
        inside = {str(account) for account in PARTS}
        return found.assign(region=region, counts=~found["account"].isin(inside))[list(COLUMNS)]


def labelled(holder: object, country: object, asset: object, count: int) -> Labels:
    """Return labels of ``count`` entities; a single value stands for all of them."""
    return {name: np.broadcast_to(np.asarray(value, dtype=object), count)
            for name, value in zip(LABELS, (holder, country, asset), strict=True)}  # fmt: skip
