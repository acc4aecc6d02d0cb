"""Rolling expectations against windows worked out by hand. April has 30 days, May 31 and June 30."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linepack.errors import InputError
from linepack.exchange.folder import FileKind, export_run, read_run
from linepack.report.run_report import run_text
from linepack.results.accounts import accounts, welfare_eur_bn
from linepack.results.conduct import certificate_b
from linepack.results.observed import expectation_errors, quarterly_prices
from linepack.results.rolling import ROWS_BY_PERIOD
from linepack.results.solution import Solution, solve_system
from linepack.runs.runner import every_table, run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.expectations import Rolling, parse_expectations
from linepack.scenario.patches import Span, SupplyPatch, TablePatch
from linepack.scenario.reader import parse_yaml
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.gassystem import GasSystem
from tests.builders import Rows, delivery, demand, frame, gas_system, market, merged, price, supply, total

TIGHT = 1e-6
MONTHS = 3
CURVE = [
    {"marker": "HUB", "curve_date": seen, "first_month": first, "last_month": "2025-12", "price_eur_mwh": price_eur_mwh}
    for seen, first, price_eur_mwh in (("2025-03-31", "2025-05", 30), ("2025-04-30", "2025-06", 25))
]
ROLLING = Scenario("path", "Path", "", "test", "2025-04", 2, "values", rolling=Rolling(1, 2, "HUB"))
MORE = SupplyPatch("more", "test", ("A_GAS",), Span(), add_gwh_d=10.0)


def hub(*, curve: Rows = (), rows: dict[str, Rows] | None = None, **seller: Any) -> GasSystem:
    """Return HUB with p = 50 - 0.5 q, a seller of 60 GWh/d at 10 EUR/MWh, and a large empty store without costs."""
    store = {
        "storages": [{"node": "HUB", "working_gas_gwh": 100000}],
        "storage_levels": [{"node": "HUB", "date": "2025-04-01", "level_gwh": 0}],
        "price_markers": [{"marker": "HUB", "node": "HUB", "weight": 1}],
        "forward_curves": curve or CURVE,
    }
    own = {"name": "A", "cost": 10, "capacity": 60, "months": MONTHS, **seller}
    parts = (supply(**own), delivery("A", "HUB"), store, {"demand": demand("HUB", intercept=50, slope=0.5, months=3)})
    return gas_system(merged(market("HUB"), *parts, rows or {}), MONTHS)


def path(system: GasSystem, *patches: Any) -> Solution:
    """Return the path over April and May."""
    return solve_system(system, ROLLING.with_patches("path", *patches))


def test_stores_bring_the_price_to_that_of_the_curve() -> None:
    """Seen on 1 April May is worth 30, so stores buy until April is: 40 are used and 20 of 60 stored, 600 GWh.

    On 1 May June is worth 25 and stores sell until May is: 50 are used. With foresight all months would be at 20.
    """
    solution = path(hub())
    assert [price(solution, "HUB", t) for t in (0, 1)] == pytest.approx([30, 25], abs=TIGHT)
    assert total(solution, "injection") - total(solution, "withdrawal") == pytest.approx(20, abs=1e-5)
    assert solution.values("level")[:, 0] * 30 == pytest.approx([600, 600 + 31 * 10], abs=1e-3)


def test_what_was_expected_is_kept_beside_what_came() -> None:
    """On 1 April 30 was expected for May, and it came to 25: an error of 5 one month ahead."""
    solution = path(hub())
    assert solution.rolling is not None
    seen = solution.rolling.expected
    assert seen["expected_eur_mwh"].tolist() == pytest.approx([30, 25], abs=TIGHT)
    assert seen["realised_eur_mwh"].tolist() == pytest.approx([25, np.nan], abs=TIGHT, nan_ok=True)
    errors = expectation_errors(every_table(solution))
    assert errors["months_ahead"].tolist() == [1]
    assert errors["mean_error_eur_mwh"].tolist() == pytest.approx([5], abs=TIGHT)


def test_a_scenario_moves_the_curve_by_the_change_of_the_model() -> None:
    """The balance expected for May makes 30 true: 40 used = 60 made + 600/31 from store + balance, so -39.35.

    It is held. With 10 GWh/d more both months cost the same, p, and use q: 61 q = 70 x 61 - 39.35 x 31, so q = 50 and
    p = 25: the curve of 30 less the model's own change, 10 x 0.5.
    """
    solution = path(hub(), MORE)
    assert solution.rolling is not None
    first = solution.rolling.expected.iloc[0]
    assert first["outlook_balance_gwh_d"] == pytest.approx(40 - 60 - 600 / 31, abs=1e-5)
    assert first["expected_eur_mwh"] == pytest.approx(25, abs=TIGHT)
    assert price(solution, "HUB", 0) == pytest.approx(25, abs=TIGHT)


def test_two_months_at_a_time() -> None:
    """April and May are decided together, seen on 1 April with June at 30: both cost 30 and store 20 a day.

    The next step, June and July, holds what was decided. Its curve, seen on 1 June, has 25 for August.
    """
    rolling = replace(ROLLING, months=4, rolling=Rolling(2, 3, "HUB"))
    system = hub(months=5)
    wide = system.with_tables(
        demand=frame("demand", demand("HUB", intercept=50, slope=0.5, months=5)),
        market_prices=frame("market_prices", [{"month": f"2025-0{k}"} for k in range(4, 9)]),
    )
    solution = solve_system(wide, rolling)
    assert [price(solution, "HUB", t) for t in range(4)] == pytest.approx([30, 30, 25, 25], abs=TIGHT)
    assert solution.values("level")[:, 0] * 30 == pytest.approx([600, 1220, 1520, 1830], abs=0.01)


def test_a_yearly_limit_keeps_what_is_left() -> None:
    """April and May may give 1,300 GWh together. April, worth 30, takes 60 x 30 cut to 1,300; nothing is left for May.

    A window that forgot would give May its share again.
    """
    window = {"resource": "A_GAS", "first_month": "2025-04", "last_month": "2025-05", "maximum_gwh": 1300}
    curve = [{**CURVE[0], "price_eur_mwh": 5}, {**CURVE[1], "price_eur_mwh": 45}]
    solution = path(hub(curve=curve, rows={"resource_windows": [window]}))
    made = solution.values("production").sum(axis=1) * [30, 31]
    assert made.sum() == pytest.approx(1300, abs=1e-3)
    assert made[0] == pytest.approx(1300, abs=1e-3)


def test_a_contract_year_keeps_what_is_left() -> None:
    """Gas at 60 is bought only under a contract of 30 GWh/d in April and May, 1,830 GWh in all.

    Seen on 1 April May is worth 5, so April takes what it can, 60 x 30 = 1,800; 30 are left for May, where a window
    that forgot would ask for 930.
    """
    rows: dict[str, Rows] = {
        "contracts": [{"contract": "C", "seller": "A", "annual_quantity_gwh": 30 * 365, "take_or_pay_share": 1,
                       "take_penalty_eur_mwh": 100, "start": "2025-04-01", "end": "2025-05-31"}],
        "contract_points": [{"contract": "C", "node": "HUB"}],
    }  # fmt: skip
    curve = [{**CURVE[0], "price_eur_mwh": 5}, CURVE[1]]
    solution = path(hub(cost=60, rows=rows, curve=curve))
    made = solution.values("production").sum(axis=1) * [30, 31]
    assert made == pytest.approx([1800, 30], abs=0.5)
    assert total(solution, "contract_untaken") == pytest.approx(0, abs=1e-4)


def test_the_path_keeps_every_balance_of_the_horizon() -> None:
    """Windows are joined without a seam: what each period's rows ask for holds in the problem of the whole horizon."""
    solution = path(hub(), MORE)
    problem = solution.problem
    value = problem.matrix @ solution.certified.x
    for name in ROWS_BY_PERIOD:
        rows = problem.equations[name].rows.ravel()
        assert (value[rows] >= problem.row_lower[rows] - 1e-6).all()
        assert (value[rows] <= problem.row_upper[rows] + 1e-6).all()


def test_accounts_and_price_parts_add_up() -> None:
    """Accounts at the path's prices add up to welfare, and parts of prices to prices, as for an equilibrium."""
    solution = path(hub())
    tables = every_table(solution)
    own = tables["accounts"]
    assert own.loc[own["counts"], "amount_eur_bn"].sum() == pytest.approx(welfare_eur_bn(solution), abs=1e-9)
    assert accounts(solution).equals(own)
    parts = tables["price_breakdown"].groupby("period")["eur_mwh"].sum()
    assert parts.tolist() == pytest.approx([30, 25], abs=TIGHT)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"forward_curves": []}, "no-curve"),
        ({"arc_expansions": [{"arc": "A-HUB", "cost_eur_mwh": 1}]}, "rolling-expansions"),
    ],
)
def test_what_a_rolling_path_cannot_hold_is_refused(change: dict[str, Rows], code: str) -> None:
    """Without a curve there is nothing to expect; what is built for a horizon cannot be decided month by month."""
    base = hub()
    made = hub(rows={name: rows for name, rows in change.items() if rows})
    system = base.with_tables(**{name: made.table(name) if rows else base.table(name).iloc[:0]
                                 for name, rows in change.items()})  # fmt: skip
    with pytest.raises(InputError) as error:
        path(system)
    assert error.value.issue.code == code


def test_curved_demand_is_refused() -> None:
    """A series of tangents moves the block of demand that is held; it is refused rather than answered wrongly."""
    with pytest.raises(InputError) as error:
        path(hub(), TablePatch("bend", "test", "demand", {"node": ("HUB",)}, "shape", value="isoelastic"))
    assert error.value.issue.code == "rolling-curves"


def test_certificate_b_is_refused() -> None:
    """A path of windows is no equilibrium whose sellers could deviate over the horizon."""
    with pytest.raises(InputError, match="no equilibrium"):
        certificate_b(path(hub()))


def test_the_file_says_which_expectations() -> None:
    """The short word gives the default; the long form its numbers; a window must reach beyond its step."""
    assert parse_expectations(parse_yaml("expectations: rolling", "f")) == Rolling()
    assert parse_expectations(parse_yaml("expectations: foresight", "f")) is None
    long = parse_yaml("expectations: {mode: rolling, step: 3, window: 9, marker: THE}", "f")
    assert parse_expectations(long) == Rolling(3, 9, "THE")
    for text, code in (("expectations: rollin", "not-a-choice"),
                       ("expectations: {mode: rolling, stp: 3}", "unknown-key"),
                       ("expectations: {mode: rolling, step: 6, window: 6}", "short-window"),
                       ("expectations: {mode: foresight, step: 1}", "unknown-key")):  # fmt: skip
        with pytest.raises(InputError) as error:
            parse_expectations(parse_yaml(text, "f"))
        assert error.value.issue.code == code


def test_a_horizon_that_does_not_fit_is_refused(tmp_path: Any) -> None:
    """Quarters after months are no steps of a month; 7 months are no steps of 3."""
    text = 'schema: 1\nscenario: x\ntitle: x\ndataset: "2025"\nclosing: values\n'
    file = tmp_path / "x.yaml"
    for horizon, mode, code in (
        ("{first_month: 2025-04, months: 9, quarters: 2}", "rolling", "rolling-by-month"),
        ("{first_month: 2025-04, months: 7}", "{mode: rolling, step: 3}", "rolling-steps"),
    ):
        file.write_text(f"{text}horizon: {horizon}\nexpectations: {mode}\n", encoding="utf-8")
        with pytest.raises(InputError) as error:
            load_scenario(file)
        assert error.value.issue.code == code


def test_rolling_is_part_of_the_digest() -> None:
    """Two scenarios that differ in what the market expects are different runs; foresight keeps the digest it had."""
    plain = replace(ROLLING, rolling=None)
    assert "rolling" not in plain.content()
    assert plain.digest != ROLLING.digest


def test_quarters_of_2025_are_within_fifteen_per_cent() -> None:
    """The bar of the rolling mode: TTF and JKM of each quarter of 2025 within 15 % of what was observed."""
    from linepack.system.dataset import load_dataset

    system = load_dataset("2025")
    solution = solve_system(system, load_scenario("reference-2025/rolling"))
    quarters = quarterly_prices(every_table(solution), system)
    assert len(quarters) == 8
    assert quarters["is_within"].all(), quarters


def test_a_rolling_run_is_exported_and_comes_back(tmp_path: Any) -> None:
    """What was expected is a table like others; a price that never came is an empty cell, not an error."""
    system = hub()
    system = system.with_tables(traders=system.table("traders").assign(country="YY"))
    run = run_scenarios(system, [ROLLING], RunStore(tmp_path / "store"), workers=1)[0].run
    assert run is not None
    assert "rolling expectations, 2 windows" in run_text(run)
    export_run(run, tmp_path / "out", FileKind.CSV)
    back = read_run(tmp_path / "out").tables["expectations"]
    assert back["realised_eur_mwh"].tolist() == pytest.approx([25, np.nan], abs=TIGHT, nan_ok=True)
