"""The account of a ban, on three markets where every molecule can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.policy.leakage import leakage
from linepack.system.gassystem import GasSystem


def sales(**gwh: float) -> pd.DataFrame:
    rows = [(*name.split("__"), value) for name, value in gwh.items()]
    return pd.DataFrame(rows, columns=["trader", "node", "gwh"])


def pool(**gwh: float) -> pd.DataFrame:
    return pd.DataFrame(list(gwh.items()), columns=["arc", "gwh"])


def test_a_hundred_barred_molecules(system: GasSystem) -> None:
    """100 GWh barred in Hungary.

    70 are sold to Türkiye instead, 30 stay in the ground. 20 more come over Strandzha as Turkish pool gas
    (relabelling: Gazprom sells more than that in Türkiye), 50 more from Norway (displacement), 30 are missing.
    """
    result = leakage(
        system,
        ["RU"],
        ["EU27"],
        sales_before=sales(GAZPROM__HU=100, GAZPROM__TR=200, NORWAY__DE=300),
        sales_after=sales(GAZPROM__TR=270, NORWAY__DE=350),
        pool_before=pool(STRANDZHA1=10),
        pool_after=pool(STRANDZHA1=30),
    )
    assert result.barred_gwh == pytest.approx(100)
    ((market, redirected),) = result.redirected_gwh
    assert market == "TR"
    assert redirected == pytest.approx(70)
    assert result.shut_in_gwh == pytest.approx(30)
    assert result.relabelling_gwh == pytest.approx(20)
    assert result.displacement_gwh == pytest.approx(50)
    assert result.lost_gwh == pytest.approx(30)


def test_no_more_is_relabelled_than_is_sold_upstream(system: GasSystem) -> None:
    """If Gazprom sells 5 GWh in Türkiye, at most 5 of the 20 that come over Strandzha can be its gas."""
    result = leakage(
        system,
        ["RU"],
        ["EU27"],
        sales_before=sales(GAZPROM__HU=100, GAZPROM__TR=5),
        sales_after=sales(GAZPROM__TR=5),
        pool_before=pool(STRANDZHA1=0),
        pool_after=pool(STRANDZHA1=20),
    )
    assert result.relabelling_gwh == pytest.approx(5)
    assert result.displacement_gwh == pytest.approx(15)


def test_the_two_sides_add_up(system: GasSystem) -> None:
    """Barred = redirected + shut in = relabelling + displacement + lost."""
    r = leakage(
        system,
        ["RU"],
        ["EU27"],
        sales_before=sales(GAZPROM__HU=80, GAZPROM__CN=10, NOVATEK__FR=40, QATARENERGY__IT=20),
        sales_after=sales(GAZPROM__HU=10, GAZPROM__CN=30, NOVATEK__CN=15, QATARENERGY__IT=55),
        pool_before=pool(KIPI=4),
        pool_after=pool(KIPI=1),
    )
    assert r.barred_gwh == pytest.approx(sum(g for _, g in r.redirected_gwh) + r.shut_in_gwh)
    assert r.barred_gwh == pytest.approx(r.relabelling_gwh + r.displacement_gwh + r.lost_gwh)
    assert r.relabelling_gwh == 0


def test_an_unknown_trader_is_refused(system: GasSystem) -> None:
    """A name that the system does not have cannot be sorted into barred or not."""
    frame = sales(GASPROM__HU=1)
    with pytest.raises(InputError, match="GASPROM"):
        leakage(system, ["RU"], ["EU27"], sales_before=frame, sales_after=frame, pool_before=pool(), pool_after=pool())
