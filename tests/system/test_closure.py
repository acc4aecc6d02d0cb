"""The supply-demand closure, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from linepack.system.calendar import monthly_periods
from linepack.system.closure import closure
from linepack.system.dataset import load_dataset
from tests.system.test_checks import sound


def test_closure_by_hand() -> None:
    """April and May have 61 days; two markets take 50 GWh/d each, 5 are home production.

    The pipeline brings the 100 available, cut to 6,000 GWh by its window (98.36 a day), to 90 by the pipe; plant and
    LNG availability are 1,000. All nodes are European: LNG need = 100 - 5 - 90 = 5 GWh/d.
    """
    table = closure(sound(), monthly_periods("2025-04", 2)).set_index("region")
    assert set(table["span"]) == {"2025-Q2"}
    europe, world = table.loc["Europe"], table.loc["world"]
    assert europe["consumption_twh"] == pytest.approx(6.1)
    assert europe["indigenous_production_twh"] == pytest.approx(0.305)
    assert europe["pipeline_availability_twh"] == pytest.approx(90 * 61 / 1e3)
    assert np.isnan(europe["storage_withdrawal_twh"])  # no stock on 1 June
    assert europe["lng_need_twh"] == pytest.approx(5 * 61 / 1e3)
    assert world["lng_availability_twh"] == pytest.approx(61)
    assert world["gap_twh"] == pytest.approx(0.305 - 61)


def test_closure_of_calendar_2025() -> None:
    """World LNG of 2025 was 575 to 578.5 bcm of 40 MJ, 6,390 to 6,430 TWh, and prices were those of the reference.

    So the year must close to a few per cent of LNG, each of which is worth 1.1 EUR/MWh; and regions add up.
    """
    table = closure(load_dataset("2025"), monthly_periods("2025-01", 12))
    world = table[table["region"] == "world"]
    assert world["lng_availability_twh"].sum() == pytest.approx(6388, rel=0.01)
    assert abs(world["gap_twh"].sum()) < 0.03 * world["lng_availability_twh"].sum()
    assert len(world) == 4
    for column in ("consumption_twh", "indigenous_production_twh", "pipeline_availability_twh", "lng_need_twh"):
        parts = table[table["region"] != "world"].groupby("span")[column].sum()
        assert parts.to_numpy() == pytest.approx(world.set_index("span")[column].to_numpy())
