"""Every published figure of every case, inside its tolerance; a folder with an expected.csv is a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.known_answers.cases import case_folders, expected_values, measured, scenarios_of, solved_case
from tests.known_answers.measures import MEASURES
from tests.known_answers.page import PAGE, page

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


def test_page_lists_every_figure() -> None:
    """The validation page is the one that the command writes, our digits to a tenth of the tolerance."""
    written, anew = PAGE.read_text(encoding="utf-8").splitlines(), page().splitlines()
    assert len(written) == len(anew)
    for old, new in zip(written, anew, strict=True):
        if old != new:
            ours, theirs = ([cell.strip() for cell in line.split("|")] for line in (old, new))
            assert ours[:5] == theirs[:5], "run python -m tests.known_answers"
            if len(ours) > 7:
                assert abs(float(ours[5]) - float(theirs[5])) <= 0.1 * float(theirs[6])


def test_lng_2040_against_a_linear_program() -> None:
    """The least cost of these very tables, from SciPy's linear programming."""
    folder = next(f for f in case_folders() if f.name == "a11_lng_2040")
    for scenario in ("net-zero", "no-africa", "new-momentum"):
        solution = solved_case(folder, scenario)
        table = {name: solution.system.table(name) for name in ("arcs", "demand", "availability", "share_limits")}
        arcs, need = table["arcs"], dict(zip(table["demand"]["node"], table["demand"]["quantity_gwh_d"], strict=True))
        most = dict(zip(table["availability"]["resource"], table["availability"]["capacity_gwh_d"], strict=True))
        share = dict(zip(table["share_limits"]["trader"], table["share_limits"]["maximum_share"], strict=True))
        trader, to = arcs["origin"].str[2:].tolist(), arcs["destination"].tolist()
        cost = arcs["tariff_eur_mwh"] + [14.8 if name == "Capture" else 0.0 for name in trader]
        bounds = [(0, share.get(i, 1.0) * need[n]) for i, n in zip(trader, to, strict=True)]
        supply = np.array([[float(i == name) for i in trader] for name in most])
        demand = np.array([[float(n == name) for n in to] for name in need])
        least = linprog(cost, supply, list(most.values()), demand, list(need.values()), bounds)
        assert MEASURES["cost"](solution, "", "") == pytest.approx(least.fun, rel=1e-6)
