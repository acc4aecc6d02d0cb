"""Every published figure of every case, inside its tolerance; a folder with an expected.csv is a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.known_answers.cases import case_folders, expected_values, measured, scenarios_of, solved_case

CASES = [(folder, scenario) for folder in case_folders() for scenario in scenarios_of(folder)]


def name(value: object) -> str:
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("folder", "scenario"), CASES, ids=name)
def test_published_figures(folder: Path, scenario: str) -> None:
    """The figures are those of the source that the case's README names."""
    figures = [figure for figure in expected_values(folder) if figure.scenario == scenario]
    assert figures, "a scenario without a published figure proves nothing"
    assert solved_case(folder, scenario).certified.certificate.is_certified
    wrong = [
        f"{f.what} {f.of}: {ours:.7g}, published {f.value:.7g}, tolerance {f.tolerance:g}"
        for f in figures if not abs((ours := measured(folder, f)) - f.value) <= f.tolerance
    ]  # fmt: skip
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("folder", case_folders(), ids=name)
def test_case_is_documented(folder: Path) -> None:
    """A case names its source and says what of its solution is unique; no expected figure belongs to no scenario."""
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "Source:" in text
    assert "nique:" in text
    assert {figure.scenario for figure in expected_values(folder)} == set(scenarios_of(folder))
