"""Accounts and purses by name, and a book that collects amounts by calendar year."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack import units
from linepack.results.solution import Solution

COLUMNS = ("account", "purse", "holder", "country", "region", "asset", "year", "counts", "amount_eur_bn")
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
    _rows: list[pd.DataFrame] = field(default_factory=list)

    @property
    def years(self) -> list[str]:
        """Calendar years of the horizon."""
        return [window.label for window in self.solution.problem.sets.windows]

    def yearly(self, eur_thousand_d: np.ndarray) -> np.ndarray:
        """Return EUR bn by calendar year, shape (years, entities), of amounts in 1,000 EUR a day by period."""
        windows, days = self.solution.problem.sets.windows, self.solution.days
        sums = [days[w.periods] @ eur_thousand_d[w.periods] for w in windows]
        return np.asarray(units.eur_bn_from_gwh_eur_mwh(np.array(sums).reshape(len(windows), -1)))

    def add(self, account: Account, purse: Purse, labels: pd.DataFrame, eur_bn: np.ndarray) -> None:
        """Book EUR bn by year, shape (years, entities); ``labels`` has holder, country and asset of each entity."""
        years, count = len(self.years), len(labels)
        frame = labels[["holder", "country", "asset"]].reset_index(drop=True)
        frame = frame.loc[np.repeat(np.arange(count), years)].reset_index(drop=True)
        frame["year"] = np.tile(np.array(self.years, dtype=object), count)
        amounts = np.asarray(eur_bn, dtype=float).reshape(years, count).T.ravel()
        kept = np.abs(amounts) > LEAST_EUR_BN
        self._rows.append(frame.assign(account=str(account), purse=str(purse), amount_eur_bn=amounts)[kept])

    def frame(self) -> pd.DataFrame:
        """Return everything that was booked, equal labels added up. Columns: ``COLUMNS``."""
        keys = ["account", "purse", "holder", "country", "asset", "year"]
        rows = pd.concat(self._rows, ignore_index=True)
        found = rows.groupby(keys, sort=False, as_index=False)["amount_eur_bn"].sum()
        nodes = self.solution.system.table("nodes").drop_duplicates("country").set_index("country")
        region = found["country"].map(nodes["region"]).fillna("")
        parts = {str(account) for account in PARTS}
        return found.assign(region=region, counts=~found["account"].isin(parts))[list(COLUMNS)]


def labelled(holder: object, country: object, asset: object, count: int) -> pd.DataFrame:
    """Return labels of ``count`` entities; a single value stands for all of them."""
    return pd.DataFrame({"holder": holder, "country": country, "asset": asset}, index=np.arange(count))
