"""Accounts at a glance: by purse and place, by party, and what changes from one run to another."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from linepack.results.headline import DAYS_PER_YEAR, EU, Tables, horizon_days
from linepack.results.ledger import Purse


@dataclass(frozen=True)
class Party:
    """A line of the table 'who gains': a place (country or region; empty: the rest) and purses (none: all)."""

    label: str
    places: tuple[str, ...] = ()
    purses: tuple[Purse, ...] = ()
    is_rest: bool = False


_PIPES = (Purse.HOME_PRODUCERS, Purse.COMPANY, Purse.NETWORK, Purse.STORAGE, Purse.REGASIFICATION, Purse.IMPORTERS,
          Purse.BUDGET, Purse.SHIPPING)  # fmt: skip
PARTIES = (
    Party("EU consumers", (EU,), (Purse.CONSUMERS,)),
    Party("EU companies, networks, stores and budgets", (EU,), _PIPES),
    Party("United Kingdom", ("GB",)),
    Party("Ukraine", ("UA",)),
    Party("Türkiye", ("TR",)),
    Party("Russia, budget", ("RU",), (Purse.BUDGET,)),
    Party("Russia, companies", ("RU",), (Purse.COMPANY,)),
    Party("Norway", ("NO",)),
    Party("Algeria", ("DZ",)),
    Party("Azerbaijan", ("AZ",)),
    Party("United States", ("US",)),
    Party("Qatar", ("QA",)),
    Party("China", ("CN",)),
    Party("Japan, South Korea, Taiwan", ("JP", "KR", "TW")),
    Party("Everybody else", is_rest=True),
)


def yearly_accounts(tables: Tables) -> pd.DataFrame:
    """Return what counts, over the horizon as a yearly rate.

    Columns: account, purse, holder, country, region, asset, amount_eur_bn_y.
    """
    frame = tables["accounts"]
    keys = ["account", "purse", "holder", "country", "region", "asset"]
    found = frame[frame["counts"]].groupby(keys, sort=False, as_index=False)["amount_eur_bn"].sum()
    found["amount_eur_bn_y"] = found.pop("amount_eur_bn") * DAYS_PER_YEAR / horizon_days(tables)
    return found


def compare_accounts(base: Tables, other: Tables) -> pd.DataFrame:
    """Return every account of both runs. Columns: keys of ``yearly_accounts``, base, other, change (EUR bn a year)."""
    return changed_accounts(yearly_accounts(base), yearly_accounts(other))


def changed_accounts(base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return ``compare_accounts`` of two runs from their ``yearly_accounts``."""
    keys = ["account", "purse", "holder", "country", "region", "asset"]
    merged = base.merge(other, on=keys, how="outer", suffixes=("_base", "_other"))
    merged = merged.rename(columns={"amount_eur_bn_y_base": "base", "amount_eur_bn_y_other": "other"})
    merged = merged.fillna({"base": 0.0, "other": 0.0})
    return merged.assign(change=merged["other"] - merged["base"], unit="EUR bn/y")


def who_gains(base: Tables, other: Tables) -> pd.DataFrame:
    """Return the change of each party in EUR bn a year, the last row being welfare.

    Columns: party, change_eur_bn_y. The parties share out all accounts, so that they add up to the change of welfare.
    """
    return gains_of(yearly_accounts(base), yearly_accounts(other))


def gains_of(base: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return ``who_gains`` between two runs from their ``yearly_accounts``."""
    frame = changed_accounts(base, other)
    taken = pd.Series(False, index=frame.index)
    rows = []
    for party in PARTIES:
        if party.is_rest:
            chosen = ~taken
        else:
            chosen = frame["country"].isin(party.places) | frame["region"].isin(party.places)
            if party.purses:
                chosen &= frame["purse"].isin(party.purses)
        taken |= chosen
        rows.append((party.label, float(frame.loc[chosen, "change"].sum())))
    rows.append(("Welfare, all together", float(frame["change"].sum())))
    return pd.DataFrame(rows, columns=["party", "change_eur_bn_y"])


def welfare_eur_bn_y(tables: Tables) -> float:
    """Return the sum of all accounts that count, in EUR bn a year."""
    return float(yearly_accounts(tables)["amount_eur_bn_y"].sum())
