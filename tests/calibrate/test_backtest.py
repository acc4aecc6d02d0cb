"""The back-test as printed, and the parts that are quick; the whole is a long test."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import linepack
from linepack.calibrate.backtest import Backtest
from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, Verdict
from linepack.calibrate.declare import load_calibration
from linepack.calibrate.exante import DAY, ex_ante_checks, scenario_of_the_day
from linepack.calibrate.fit import FitProgress
from linepack.calibrate.frozen import Frozen, freeze
from linepack.calibrate.predict import (
    TESTS,
    Prediction,
    _Years,
    beside_lines,
    observed_figures,
    prediction_checks,
)
from linepack.errors import InputError
from linepack.report.backtest_text import backtest_markdown, backtest_text, kept_content, write_backtest
from linepack.results.solution import SolveSettings
from linepack.system.dataset import load_dataset
from linepack.system.history import load_history
from linepack.system.years import YearOf, year_system
from tests.calibrate.small import COSTS, small_system, write_calibration


def perfect(base: int, *, wrong: float = 1.0) -> Prediction:
    """Return a prediction that is what happened, times ``wrong`` in the test years."""
    years = {year: {name: wrong * value for name, value in observed_figures(year).items()} for year in TESTS}
    return Prediction(base, "0" * 64, observed_figures(base), years, {}, {})


def barred(checks: list[Check]) -> list[Check]:
    """Return the lines that have a bar."""
    return [check for check in checks if check.verdict is not Verdict.SHOWN]


def test_history_itself_meets_every_bar() -> None:
    """Who predicts what happened is right in level, sign and change; the naive forecast of the change is not nil."""
    checks = barred(prediction_checks(perfect(2021)))
    assert {check.verdict for check in checks} == {Verdict.PASSED}
    errors = [check for check in checks if check.label.startswith("flows, root mean square")]
    assert errors[0].model == pytest.approx(0.0)
    assert errors[0].naive[PERSISTENCE] > 0


def test_persistence_misses_its_own_bar() -> None:
    """The base year again: LNG and signs are missed, and the error of changes is that of persistence itself."""
    still = observed_figures(2021)
    prediction = Prediction(2021, "", still, dict.fromkeys(TESTS, still), {}, {})
    checks = {(c.part, c.label): c for c in prediction_checks(prediction)}
    assert checks["2022 from 2021", "LNG to EU"].verdict is Verdict.MISSED
    signs = next(c for c in checks.values() if c.label.startswith("signs"))
    assert (signs.model, signs.verdict) == (0, Verdict.MISSED)
    change = checks["changes from 2021", "flows, root mean square error of change"]
    assert change.model == pytest.approx(change.naive[PERSISTENCE])


def test_price_bar_is_a_factor() -> None:
    """A price 1.5 times too high passes the bar of 1.6 for 2022; 1.7 times does not; 2023 has no such bar."""
    for wrong, verdict in ((1.5, Verdict.PASSED), (1 / 1.5, Verdict.PASSED), (1.7, Verdict.MISSED)):
        checks = {(c.part, c.label): c for c in prediction_checks(perfect(2021, wrong=wrong))}
        assert checks["2022 from 2021", "TTF, mean"].verdict is verdict
        assert checks["2023 from 2021", "TTF, mean"].verdict is Verdict.SHOWN


def test_variants_are_counted_apart() -> None:
    """A variant that is what happened would meet all eleven bars; it changes neither lines with a bar nor the count."""
    prediction = perfect(2021, wrong=1.3)
    with_it = replace(prediction, beside={"told": perfect(2021).predicted})
    assert beside_lines(with_it) == ["from 2021, told: 11 of 11 bars"]
    plain, told = (barred(prediction_checks(p)) for p in (prediction, with_it))
    assert [(c.label, c.model, c.verdict) for c in told] == [(c.label, c.model, c.verdict) for c in plain]
    price = next(c for c in told if c.label == "TTF, mean")
    assert price.mechanism.endswith("Size, EUR/MWh: told -39.9")  # 133.1 instead of 173.0


@pytest.mark.full
def test_the_saving_rule_is_met() -> None:
    """From August the EU uses 85 per cent of its reference demand, what prices do counted; without the rule more."""
    facts, base = load_dataset(), 2019
    years = _Years(facts, base, (), SolveSettings())
    system = year_system(facts, YearOf(2023, base))
    free, saved = (years.run({2023: system}, is_saving=is_on)[2023] for is_on in (False, True))
    demand, region = system.table("demand"), system.table("nodes").set_index("node")["region"]
    own = demand[demand["node"].map(region) == "EU27"]
    most = 0.85 * (own["quantity_gwh_d"] * pd.to_datetime(own["month"]).dt.days_in_month).sum() / 1e3
    assert free["CONSUMPTION"] > 1.03 * most
    assert saved["CONSUMPTION"] == pytest.approx(most, rel=5e-3)


def test_a_frozen_fit_is_made_once(tmp_path: Path) -> None:
    """The second call reads values and digest; with another table of facts it is another fit."""
    path = write_calibration(tmp_path, {"cost of A": COSTS["cost of A"]})
    calibration, steps = load_calibration(path), []

    def count(progress: FitProgress) -> None:
        steps.append(progress)

    first = freeze(small_system(), calibration, tmp_path / "fits", on_progress=count)
    made = len(steps)
    again = freeze(small_system(), calibration, tmp_path / "fits", on_progress=count)
    assert (made > 0, len(steps)) == (True, made)
    assert again.digest == first.digest
    assert np.array_equal(again.values, first.values)
    other = freeze(small_system(has_sales=False), calibration, tmp_path / "fits", on_progress=count)
    assert other.digest != first.digest
    assert len(steps) > made


def made_up() -> Backtest:
    """Return a back-test of one base year with a missed and a passed line."""
    calibration = load_calibration("base-2021")
    table = pd.DataFrame([{"parameter": p.name, "prior": p.prior, "value": p.prior, "posterior_spread": p.spread,
                           "learned_fraction": 0.5, "at_bound": ""} for p in calibration.parameters])  # fmt: skip
    starts = pd.DataFrame({"cost": [5.0, 4.21], **{p.name: [p.low, p.high] for p in calibration.parameters}})
    frozen = Frozen(calibration, calibration.prior, table, pd.DataFrame(), starts, is_settled=True, digest="abc" * 10)
    checks = (
        Check("2022 from 2021", "LNG to EU", "TWh", 1500.0, 1450.0, 1305.0, 1595.0, "within 10 %",
              {PERSISTENCE: 871.0}),
        Check("2022 from 2021", "TTF, mean", "EUR/MWh", 40.0, 133.0, 83.0, 213.0, "within x1.6",
              {PERSISTENCE: 47.6, FORWARD: 78.4}, "panic buying"),
    )  # fmt: skip
    return Backtest({2021: frozen}, {}, checks)


def test_report_says_what_is_missed_and_why(tmp_path: Path) -> None:
    """Both forms name the missed bar, its mechanism, the naive forecasts, and the digest that was frozen."""
    result = made_up()
    for text in (backtest_text(result), backtest_markdown(result)):
        assert "1 of 2 bars are met. Missed: 2022 from 2021: TTF, mean." in text
        assert "- TTF, mean: panic buying" in text
        assert "78.4" in text
        assert "digest abcabcabcabcabca" in text
        assert "Sum of squares from 2 starts: 5.00, 4.21; the lowest is frozen." in text
        assert "0.95 to 1.05" in text  # European demand, where the two searches ended
        assert "not carried over, because it is imposed: conduct of Gazprom" in text
    paths = write_backtest(result, tmp_path / "out")
    assert [path.name for path in paths] == ["backtest.md", "backtest.json", "checks.csv"]
    assert json.loads(paths[1].read_text())["missed"] == 1
    rows = kept_content(result)["checks"]
    assert [row["is_within"] for row in rows] == [True, False]


def test_unknown_part_is_refused() -> None:
    """The parts are named."""
    with pytest.raises(InputError, match="no part 'histry'"):
        linepack.backtest(["histry"])


def test_ex_ante_knows_nothing_later() -> None:
    """Every row of its facts was known on the day, the law is that of the day, and no stock is imposed."""
    scenario = scenario_of_the_day()
    system = load_dataset(scenario.dataset)
    for name, table in system.tables.items():
        if len(table):
            assert table["known_from"].max() <= DAY.isoformat(), name
    assert scenario.closing == "values"
    assert scenario.patches == ()
    assert scenario.law is None
    assert len(system.table("policy_limits")) == 0
    assert load_history().value("price", "TTF front month", DAY.isoformat()) == pytest.approx(40.62)


@pytest.mark.full
def test_ex_ante_bars() -> None:
    """April to December 2025, seen on 13 March: TTF within 15 per cent in both modes, stocks with the day's curve."""
    checks = ex_ante_checks()
    missed = [(c.part, c.label) for c in checks if c.verdict is Verdict.MISSED]
    assert missed == [("ex ante, 13 March 2025, with foresight", "EU stock at the end of October 2025")]
    rolling = checks[0]
    best_naive = min(abs(value - rolling.observed) for value in rolling.naive.values())
    assert abs(rolling.model - rolling.observed) < best_naive


@pytest.mark.full
def test_whole_backtest(tmp_path: Path) -> None:
    """From 2021, what is bought and carried in 2022 is predicted within the bars; a second run gives the same."""
    result = linepack.backtest(["history"], workspace=tmp_path)
    found = {(c.part, c.label): c for c in result.checks}
    for label in ("LNG to EU", "Norway pipe to EU", "EU imports, total", "TTF, mean"):
        assert found["2022 from 2021", label].verdict is Verdict.PASSED, label
    again = linepack.backtest(["history"], workspace=tmp_path)
    assert [c.model for c in again.checks] == pytest.approx([c.model for c in result.checks])
    assert np.isfinite([c.model for c in result.checks]).all()
