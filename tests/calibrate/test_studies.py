"""How the questions of published studies are put to the model: what is counted, and what is changed."""

from __future__ import annotations

import pandas as pd
import pytest

from linepack.calibrate.studies import _mean_price, _pipe_sales, _ukraine
from linepack.system.dataset import load_dataset

PRICES = pd.DataFrame({
    "node": ["DE", "IT", "DE", "IT"], "period": ["2019-01", "2019-01", "2019-02", "2019-02"], "days": [31, 31, 28, 28],
    "hub_price_eur_mwh": [20.0, 22.0, 18.0, 19.0],
})  # fmt: skip


def test_sales_by_pipe_leave_out_ships_and_turkey() -> None:
    """100 GWh/d at 20 for 31 days and at 18 for 28: EUR 112.4 m in 59 days; LNG, Türkiye and Norway do not count."""
    rows = [("GAZPROM", "pipeline", "DE", "EU27", "2019-01", 31, 100.0, 20.0),
            ("GAZPROM", "pipeline", "DE", "EU27", "2019-02", 28, 100.0, 18.0),
            ("GAZPROM", "pipeline", "TR", "Europe non-EU", "2019-01", 31, 100.0, 20.0),
            ("GAZPROM", "lng", "FR", "EU27", "2019-01", 31, 100.0, 20.0),
            ("NORWAY", "pipeline", "DE", "EU27", "2019-01", 31, 100.0, 20.0)]  # fmt: skip
    names = ["trader", "mode", "country", "region", "period", "days", "sales_gwh_d", "hub_price_eur_mwh"]
    tables = {"sales": pd.DataFrame(rows, columns=names), "hub_prices": PRICES}
    assert _pipe_sales(tables) == pytest.approx((100 * 31 * 20 + 100 * 28 * 18) / 1e6 * 365 / 59)


def test_a_price_of_one_month() -> None:
    """The mean of two hubs in January, not of the year."""
    assert _mean_price({"hub_prices": PRICES}, ("DE", "IT"), "2019-01") == pytest.approx(21.0)


def test_ukraine_carries_what_was_booked() -> None:
    """412 TWh a year are 1,128.8 GWh/d through Sudzha; the other entry is shut."""
    system = load_dataset("history-2019")
    for patch in _ukraine(412.0):
        system = patch.apply(system)
    last = system.table("arc_schedule").groupby("arc")["capacity_gwh_d"].last()
    assert last["UA_SUDZHA"] == pytest.approx(412e3 / 365)
    assert last["UA_SOKHR"] == 0
