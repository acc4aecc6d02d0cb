"""Summaries of rows whose answers are known beforehand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linepack.ensemble.design import Design
from linepack.ensemble.read import load_design
from linepack.ensemble.run import CERTIFIED, Ensemble
from linepack.ensemble.summaries import (
    CHANGE,
    binding_limits,
    exceedance,
    outcomes,
    quantiles,
    regression,
    tornado,
    weighted_quantile,
)
from linepack.results.headline import FIGURES
from tests.ensemble.small_design import write_design

FACTORS = """\
  - name: supply
    uniform: {low: 0.0, high: 1.0}
    patches:
      - {name: gas, do: supply, resources: SELLER_GAS, factor: draw, why: unknown}
  - name: stop
    chance: 0.5
    patches:
      - {name: stop, do: supply, resources: SELLER_GAS, factor: 0.5, why: a decision}
"""
TTF = "ttf_eur_mwh"


def known(folder: Path, draws: int = 100) -> Ensemble:
    """Return rows with TTF = 10 + 4 supply + 3 if stopped, in the second scenario 2 supply more; one draw failed."""
    file = write_design(folder, FACTORS, sampling="latin_hypercube", draws=draws, scenarios="base.yaml, more.yaml")
    design: Design = load_design(file)
    table = design.table()
    level = 10 + 4 * table["supply"] + 3 * (table["stop"] == "yes")
    parts = []
    for name, price in (("base", level), ("more", level + 2 * table["supply"])):
        empty = {figure.name: np.nan for figure in FIGURES}
        part = table.assign(scenario=name, status=CERTIFIED, message="", **{**empty, TTF: price})
        parts.append(part)
    parts[1].loc[0, ["status", TTF]] = ["not-certified", np.nan]
    rows = pd.concat(parts, ignore_index=True)
    bound = table.loc[table["stop"] == "yes", "draw"]
    limits = pd.DataFrame({"scenario": "base", "draw": bound, "limit": "arc_capacity", "what": "A-B",
                           "bound_fraction": 0.5, "shadow_price": 2.0, "unit": "EUR/MWh"})  # fmt: skip
    return Ensemble(design, folder, rows, limits)


def test_quantile_weighs_draws() -> None:
    """Equal weights: the middle of three is the median; half of the weight on the last draws the median to it."""
    values = np.array([3.0, 1.0, 2.0])
    assert weighted_quantile(values, np.ones(3), 0.5) == 2
    assert weighted_quantile(values, np.array([1e9, 1.0, 1.0]), 0.5) == pytest.approx(3)


def test_change_is_taken_draw_by_draw(tmp_path: Path) -> None:
    """The change is 2 x supply, even from 0 to 2: mean 1, 0.1 and 1.9 at 5 and 95 per cent; the first has none."""
    found = quantiles(known(tmp_path), [TTF]).set_index(["scenario", "of"])
    change = found.loc[("more", CHANGE)]
    assert change["draws"] == 99
    assert change["mean"] == pytest.approx(1, abs=0.03)
    assert (change["p05"], change["p95"]) == pytest.approx((0.1, 1.9), abs=0.05)
    assert ("base", CHANGE) not in found.index
    assert len(outcomes(known(tmp_path), [TTF])) == 199


def test_exceedance_falls_from_one_to_zero(tmp_path: Path) -> None:
    """Above the smallest value lies all but one draw, above the largest nothing."""
    table = exceedance(known(tmp_path), TTF)
    base = table.loc[table["scenario"] == "base", "exceedance_fraction"].to_numpy()
    assert base[0] == pytest.approx(0.99)
    assert base[-1] == 0
    assert (np.diff(base) <= 0).all()


def test_regression_finds_the_coefficients(tmp_path: Path) -> None:
    """The figure is linear: 10, 4 per unit of supply, 3 for the decision, no error, R squared 1."""
    table = regression(known(tmp_path), TTF)
    base = table[table["scenario"] == "base"].set_index("term")
    assert base["coefficient"].to_dict() == pytest.approx({"constant": 10, "supply": 4, "stop: yes": 3})
    assert base["standard_error"].max() == pytest.approx(0, abs=1e-9)
    assert base["r_squared"].iloc[0] == pytest.approx(1)
    assert base.loc["supply", "per_deviation"] == pytest.approx(4 / np.sqrt(12), rel=0.01)
    change = regression(known(tmp_path), TTF, CHANGE).set_index("term")["coefficient"]
    assert change.to_dict() == pytest.approx({"constant": 0, "supply": 2, "stop: yes": 0}, abs=1e-9)


def test_regression_error_is_that_of_least_squares(tmp_path: Path) -> None:
    """Noise of deviation s on n even draws: standard error of the slope about s / sqrt(n / 12)."""
    ensemble = known(tmp_path, 400)
    noise = np.random.default_rng(0).normal(size=len(ensemble.rows))
    ensemble.rows[TTF] += noise
    base = regression(ensemble, TTF).query("scenario == 'base'").set_index("term")
    assert base.loc["supply", "standard_error"] == pytest.approx(1 / np.sqrt(400 / 12), rel=0.1)
    assert abs(base.loc["supply", "coefficient"] - 4) < 4 * base.loc["supply", "standard_error"]


def test_tornado_orders_factors(tmp_path: Path) -> None:
    """Lowest and highest fifth of supply differ by 0.8 x 4 = 3.2; the decision by 3."""
    table = tornado(known(tmp_path, 400), TTF).query("scenario == 'base'").set_index("factor")
    assert table.loc["supply", "swing"] == pytest.approx(3.2, abs=0.6)
    assert table.loc["stop", "swing"] == pytest.approx(3, abs=0.6)
    assert (table.loc["stop", "low"], table.loc["stop", "high"]) == ("no", "yes")
    assert (table["swing"].abs().diff().dropna() <= 0).all()


def test_limits_name_their_draws_and_their_driver(tmp_path: Path) -> None:
    """The limit binds exactly when the decision is taken: that is its driver, two deviations apart."""
    ensemble = known(tmp_path, 400)
    row = binding_limits(ensemble).iloc[0]
    taken = ensemble.rows.query("scenario == 'base' and stop == 'yes'")
    assert row["draws"] == tuple(taken["draw"])
    assert row["likelihood_fraction"] == pytest.approx(len(taken) / 400)
    assert row["driver"] == "stop: yes"
    assert row["driver_shift"] == pytest.approx(2, abs=0.1)
    assert (row["bound_fraction"], row["shadow_price"]) == pytest.approx((0.5, 2.0))
