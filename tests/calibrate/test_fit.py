"""Fits of a market that can be solved by hand: what is recovered, what is at a bound, what cannot be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import linepack
from linepack.calibrate.declare import available_calibrations, load_calibration
from linepack.calibrate.fit import Derivatives, Fit, FitProgress, fit
from linepack.calibrate.residuals import derivatives, differences, observed, solve_at
from linepack.errors import InputError
from linepack.report import calibration_text
from linepack.results.solution import SolveSettings
from linepack.system.dataset import load_dataset
from tests.calibrate.small import COSTS, PRICE, small_system, write_calibration


def fitted(folder: Path, names: list[str], *, has_sales: bool = True, **changed: float) -> Fit:
    """Return the fit of some of the parameters."""
    path = write_calibration(folder, {name: COSTS[name] for name in names}, **changed)
    return fit(small_system(has_sales=has_sales), load_calibration(path))


def test_known_parameters_are_recovered(tmp_path: Path) -> None:
    """Price 28 and sales of 36 mean costs of 10 and 14: 2 and 6 above the tables. The prior is weak."""
    found = fitted(tmp_path, ["cost of A", "cost of B"])
    assert found.is_settled
    assert found.values == pytest.approx([2.0, 6.0], abs=0.01)
    assert found.model[0] == pytest.approx(PRICE, rel=1e-4)
    assert found.directions["is_identified"].all()
    assert (found.parameters["learned_fraction"] > 0.99).all()


def test_the_lowest_of_several_searches_counts(tmp_path: Path) -> None:
    """One lowest point here, so every search ends in it; starts are the prior and draws that are the same each time."""
    path = write_calibration(tmp_path, {name: COSTS[name] for name in ("cost of A", "cost of B")})
    first, again = (fit(small_system(), load_calibration(path), starts=2) for _ in range(2))
    table = first.starts
    assert table["start"].tolist() == [0, 1]
    assert table["cost_at_start"].nunique() == 2
    assert table.loc[table["is_chosen"], "cost"].item() == table["cost"].min()
    assert table[["cost of A", "cost of B"]].to_numpy() == pytest.approx(np.array([[2.0, 6.0]] * 2), abs=0.01)
    assert first.values == pytest.approx([2.0, 6.0], abs=0.01)
    assert table.equals(again.starts)


def test_differences_find_the_same(tmp_path: Path) -> None:
    """Solving again on both sides gives the derivatives that the conditions give, and so the same fit."""
    path = write_calibration(tmp_path, {name: COSTS[name] for name in ("cost of A", "cost of B")})
    found = fit(small_system(), load_calibration(path), how=Derivatives.DIFFERENCES)
    assert found.values == pytest.approx([2.0, 6.0], abs=0.01)


def test_derivatives_by_hand(tmp_path: Path) -> None:
    """dp/dc = 1/3 for either cost; A sells 2 (p - c_A) over 30 days: -0.04 TWh for its own cost, 0.02 for B's."""
    path = write_calibration(tmp_path, {name: COSTS[name] for name in ("cost of A", "cost of B")})
    system, calibration = small_system(), load_calibration(path)
    seen = observed(system)
    point = np.array([1.0, 1.0])
    exact = derivatives(system, calibration, point, solve_at(system, calibration, point, SolveSettings()), seen)
    assert exact == pytest.approx(np.array([[1 / 3, 1 / 3], [-0.04, 0.02]]), abs=1e-6)
    assert differences(system, calibration, point, seen, SolveSettings()) == pytest.approx(exact, abs=1e-4)


def test_a_parameter_at_its_bound_is_named(tmp_path: Path) -> None:
    """The cost of B would have to be 6 higher; with 4 as the highest it stays there, and the report says so."""
    found = fitted(tmp_path, ["cost of A", "cost of B"], high=4.0)
    table = found.parameters.set_index("parameter")
    assert table.loc["cost of B", "value"] == pytest.approx(4.0)
    assert table.loc["cost of B", "at_bound"] == "high"
    assert table.loc["cost of A", "at_bound"] == ""
    assert "At a bound: cost of B (high)" in calibration_text.fit_text(found)


def test_what_the_data_cannot_tell_stays_at_its_prior(tmp_path: Path) -> None:
    """A seller with room to spare sells as much with more room: nothing observed depends on it."""
    found = fitted(tmp_path, ["cost of A", "cost of B", "room of A"], low=0.5, spread=0.3)
    table = found.parameters.set_index("parameter")
    assert table.loc["room of A", "value"] == 1.0
    assert table.loc["room of A", "learned_fraction"] == pytest.approx(0.0, abs=1e-9)
    lost = found.directions[~found.directions["is_identified"]]
    assert lost["parameters"].tolist() == ["+ room of A"]


def test_unidentified_mix_is_named(tmp_path: Path) -> None:
    """A price alone tells the sum of two costs and nothing of their difference."""
    found = fitted(tmp_path, ["cost of A", "cost of B"], has_sales=False)
    assert found.directions["is_identified"].tolist() == [True, False]
    assert found.values.sum() == pytest.approx(8.0, abs=0.01)
    assert found.values[0] == pytest.approx(found.values[1])
    known, lost = found.directions["parameters"]
    assert known.count("+") == 2
    assert (lost.count("+"), lost.count("-")) == (1, 1)
    assert found.correlations["correlation"].iloc[0] == pytest.approx(-1.0, abs=1e-4)


def test_a_strong_prior_holds(tmp_path: Path) -> None:
    """With a spread of a millionth of the distance the values stay, whatever was observed."""
    found = fitted(tmp_path, ["cost of A", "cost of B"], spread=1e-6)
    assert found.values == pytest.approx([1.0, 1.0], abs=1e-4)


def test_dataset_of_a_fit(tmp_path: Path) -> None:
    """Its changed rows are graded calibrated and name parameter and old source; others stay; it loads again."""
    path = write_calibration(tmp_path, {name: COSTS[name] for name in ("cost of A", "cost of B")})
    system = small_system()
    linepack.calibrate(path, system=system, out=tmp_path / "fit")
    loaded = load_dataset(tmp_path / "fit" / "dataset")
    assert loaded.dataset == "small-fit"
    steps = loaded.table("supply_steps").set_index("resource")
    assert steps["cost_eur_mwh"].to_dict() == pytest.approx({"A_GAS": 10.0, "B_GAS": 14.0}, abs=0.01)
    assert (steps["grade"] == "calibrated").all()
    assert steps.loc["A_GAS", "source"].startswith("linepack calibrate small-fit: cost of A")
    assert steps.loc["A_GAS", "source"].endswith("before: test")
    assert (loaded.table("demand")["grade"] == "judgement").all()
    assert (tmp_path / "fit" / "changed_rows.csv").read_text() == "table,rows\nsupply_steps,2\n"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that exists is refused before anything is solved."""
    path = write_calibration(tmp_path, {"cost of A": COSTS["cost of A"]})
    with pytest.raises(InputError, match="exists already"):
        linepack.calibrate(path, system=small_system(), out=tmp_path)


def test_an_interrupted_fit_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped while it searches or while it writes, no folder is there, whole or in part."""
    path = write_calibration(tmp_path, {"cost of A": COSTS["cost of A"]})
    before = sorted(tmp_path.iterdir())

    def stop(progress: FitProgress) -> None:
        if progress.evaluations > 1:
            raise KeyboardInterrupt

    def stopped(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        linepack.calibrate(path, system=small_system(), out=tmp_path / "fit", on_progress=stop)
    monkeypatch.setattr(calibration_text, "csv_text", stopped)
    with pytest.raises(KeyboardInterrupt):
        linepack.calibrate(path, system=small_system(), out=tmp_path / "fit")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("change", "code"),
    [({"prior": 99.0}, "out-of-bounds"), ({"spread": 0.0}, "below-minimum")],
)
def test_bad_numbers_are_refused(tmp_path: Path, change: dict[str, float], code: str) -> None:
    """A prior outside its bounds, or known for certain, is no prior."""
    path = write_calibration(tmp_path, {"cost of A": COSTS["cost of A"]}, **change)
    with pytest.raises(InputError) as caught:
        load_calibration(path)
    assert caught.value.issue.code == code
    assert "calibration.yaml, line" in str(caught.value)


def test_the_number_stands_once(tmp_path: Path) -> None:
    """A patch without the word, or with a mistake, is refused when it is read."""
    path = write_calibration(tmp_path, {"cost of A": "{do: cost, resources: [A_GAS], add_eur_mwh: 1}"})
    with pytest.raises(InputError, match="'fitted' stands 0 times"):
        load_calibration(path)
    path = write_calibration(tmp_path, {"cost of A": "{do: cost, resource: [A_GAS], add_eur_mwh: fitted}"})
    with pytest.raises(InputError, match="unknown key 'resource'"):
        load_calibration(path)


def test_shipped_calibrations_are_read() -> None:
    """Every one that comes along fits the scenario format, with priors inside their bounds."""
    names = available_calibrations()
    assert "reference-2025" in names
    assert all(load_calibration(name).parameters for name in names)


@pytest.mark.full
def test_reference_2025_is_fitted() -> None:
    """The fit to 2025 is no worse than its prior, and 2025 says next to nothing on conduct: exporters are at capacity.

    Norway holds a little back in four months, and so 2025 tells of it a fortieth of what is believed beforehand.
    """
    found = linepack.calibrate("reference-2025")
    after, before = (found.residuals[name] ** 2 for name in ("residual", "residual_at_prior"))
    assert after.sum() < before.sum()
    table = found.parameters.set_index("parameter")
    assert table.loc["conduct of Gazprom", "learned_fraction"] < 0.01
    assert table.loc["conduct of Norway", "learned_fraction"] < 0.05
    conduct = table.loc[["conduct of Norway", "conduct of Gazprom"]]
    assert conduct["value"].to_numpy() == pytest.approx(conduct["prior"], abs=0.001)
