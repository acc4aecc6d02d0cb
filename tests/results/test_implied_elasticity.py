"""The elasticity that an answer implies, from tables written by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from linepack.results.compare import elasticity_of, implied_elasticity


def tables(price: float, **production: float) -> dict[str, pd.DataFrame]:
    """Return a month with a TTF price, production by resource in GWh/d, and EU consumption of 100 GWh/d."""
    made = pd.DataFrame({"resource": list(production), "production_gwh_d": list(production.values()), "days": 30.0})
    used = pd.DataFrame({"region": ["EU27", "Asia"], "consumption_gwh_d": [100.0, 900.0], "days": 30.0})
    marker = pd.DataFrame({"marker": ["TTF"], "price_eur_mwh": [price], "days": 30.0})
    return {"production": made, "consumption": used, "price_markers": marker}


def test_gas_that_comes_although_the_price_falls_is_the_change() -> None:
    """Ten more from one field on 100, the price a fifth lower; what another holds back answers to the price."""
    before, after = tables(40.0, pipe=50.0, lng=30.0), tables(32.0, pipe=60.0, lng=26.0)
    assert implied_elasticity(before, after) == pytest.approx(np.log(1.1) / -np.log(0.8))


def test_a_loss_with_a_dearer_market() -> None:
    """Ten less, the price a quarter higher."""
    before, after = tables(40.0, pipe=50.0, lng=30.0), tables(50.0, pipe=40.0, lng=33.0)
    assert implied_elasticity(before, after) == pytest.approx(np.log(0.9) / -np.log(1.25))


def test_nothing_is_implied_without_a_change_of_supply_or_of_price() -> None:
    """A demand change moves all production with the price; an equal price tells nothing."""
    before = tables(40.0, pipe=50.0)
    assert np.isnan(implied_elasticity(before, tables(45.0, pipe=55.0)))
    assert np.isnan(implied_elasticity(before, tables(40.0, pipe=60.0)))
    assert np.isnan(elasticity_of(0.1, 0.0))
    assert np.isnan(elasticity_of(0.1, -1.0))
