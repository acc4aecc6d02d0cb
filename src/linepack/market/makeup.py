"""Gas that a buyer paid for and did not take, and may take in later contract years: make-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.agreements import ContractWindow
from linepack.scenario.patches import PIECE
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True)
class MakeUp:
    """Who may make up what, by rows of the takes: ``labels`` has contract, window (prepaid in) and taken (made up in).

    ``owed`` labels (contract, window) are prepaid years whose right lasts beyond the horizon.
    """

    labels: pd.DataFrame
    prepaid: np.ndarray  # row of the takes in which the gas was paid for
    taken: np.ndarray  # row of the takes in whose year it is made up
    refund_eur_mwh: np.ndarray
    owed: pd.DataFrame
    owed_at: np.ndarray
    owed_value_eur_mwh: np.ndarray
    years: pd.DataFrame  # contract, window: years in which gas is made up
    years_at: np.ndarray
    most: np.ndarray  # 30 GWh made up in such a year


def make_up(system: GasSystem, takes: tuple[ContractWindow, ...]) -> MakeUp:
    """Return the make-up rights of contracts with take-or-pay, from the table ``contract_makeup``.

    Errors: ``InputError`` for a contract that has no take-or-pay in the whole dataset.
    """
    table = system.table("contract_makeup")
    contracts = system.table("contracts")
    bases = contracts["contract"].str.split(PIECE).str[0]
    owing = set(bases[contracts["take_or_pay_share"] > 0])
    lost = [name for name in table["contract"].tolist() if name in set(bases) and name not in owing]
    if lost:
        raise InputError("no-take-or-pay", "these contracts have make-up but nothing that must be taken",
                         table="contract_makeup", keys=lost, hint="give take_or_pay_share in contracts")  # fmt: skip
    share_of = dict(zip(contracts["contract"], contracts["take_or_pay_share"], strict=True))
    by_base: dict[str, list[int]] = {}
    for k, take in enumerate(takes):
        by_base.setdefault(take.contract.split(PIECE)[0], []).append(k)
    pairs: list[tuple[int, int, float]] = []
    owed: list[tuple[int, float]] = []
    most: dict[int, float] = {}
    for row in table.itertuples():
        own = by_base.get(row.contract, [])
        last = max((int(takes[k].window) for k in own), default=0)
        for k in own:
            year, refund = int(takes[k].window), row.refund_share * takes[k].penalty_eur_mwh
            later = [j for j in own if year < int(takes[j].window) <= year + row.years]
            pairs += [(k, j, refund) for j in later]
            for j in later:
                most[j] = row.annual_share * takes[j].quantity / share_of[takes[j].contract]
            if year + row.years > last and row.closing_share > 0:
                owed.append((k, refund * row.closing_share))
    return MakeUp(
        pd.DataFrame([(takes[k].contract, takes[k].window, takes[j].window) for k, j, _ in pairs],
                     columns=["contract", "window", "taken"]),
        np.array([k for k, _, _ in pairs], dtype=int), np.array([j for _, j, _ in pairs], dtype=int),
        np.array([refund for _, _, refund in pairs], dtype=float), _labels(takes, [k for k, _ in owed]),
        np.array([k for k, _ in owed], dtype=int), np.array([value for _, value in owed], dtype=float),
        _labels(takes, list(most)), np.array(list(most), dtype=int), np.array(list(most.values()), dtype=float),
    )  # fmt: skip


def _labels(takes: tuple[ContractWindow, ...], rows: list[int]) -> pd.DataFrame:
    return pd.DataFrame([(takes[k].contract, takes[k].window) for k in rows], columns=["contract", "window"])
