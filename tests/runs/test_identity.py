"""A run is the digest of dataset, scenario, model, solver and settings: each changes it, and nothing else does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from linepack import __version__
from linepack.results.solution import SolveSettings
from linepack.results.tables import RESULT_SCHEMA
from linepack.runs import identity
from linepack.runs.identity import model_version, run_identity
from tests.runs.small import small_case, small_system

SETTINGS = SolveSettings()


@pytest.mark.parametrize(
    "settings",
    [SolveSettings(solver="clarabel"), SolveSettings(tolerance=1e-8), SolveSettings(certificate_limit=1e-7),
     SolveSettings(time_limit_s=10)],
)  # fmt: skip
def test_every_setting_of_the_solve_changes_it(tmp_path: Path, settings: SolveSettings) -> None:
    """Each can change the last digits, or whether there is an answer at all."""
    system, scenario = small_system(), small_case(tmp_path, 0.5).scenarios[0]
    assert run_identity(system, scenario, settings).digest != run_identity(system, scenario, SETTINGS).digest


def test_dataset_and_scenario_change_it_and_names_do_not(tmp_path: Path) -> None:
    """One cell of one table, or one patch; not what a scenario is called."""
    system, (base, other) = small_system(), small_case(tmp_path, 0.5).scenarios
    digest = run_identity(system, base, SETTINGS).digest
    arcs = system.table("arcs")
    dearer = system.with_tables(arcs=arcs.assign(tariff_eur_mwh=arcs["tariff_eur_mwh"] + 0.01))
    assert run_identity(dearer, base, SETTINGS).digest != digest
    assert run_identity(replace(system, version="2"), base, SETTINGS).digest != digest
    assert run_identity(system, other, SETTINGS).digest != digest
    assert run_identity(system, replace(base, name="x", title="y", why="z"), SETTINGS).digest == digest


def test_provenance_is_part_of_the_dataset(tmp_path: Path) -> None:
    """A corrected source is another dataset, even if no number moves."""
    system, scenario = small_system(), small_case(tmp_path, 0.5).scenarios[0]
    noted = system.with_tables(arcs=system.table("arcs").assign(note="checked"))
    assert run_identity(noted, scenario, SETTINGS).digest != run_identity(system, scenario, SETTINGS).digest


def test_model_and_libraries_are_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's version holds release, result schema and a digest of the code; libraries stand in the settings."""
    assert model_version().startswith(f"{__version__}+schema{RESULT_SCHEMA}.")
    system, scenario = small_system(), small_case(tmp_path, 0.5).scenarios[0]
    before = run_identity(system, scenario, SETTINGS)
    assert '"piqp"' in before.settings
    monkeypatch.setattr(identity, "_library_versions", lambda: {"piqp": "0.0"})
    assert run_identity(system, scenario, SETTINGS).digest != before.digest
