"""Figures in the pages of theory are those of the dataset and of the runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from linepack.runs.store import Run
from linepack.system.gassystem import GasSystem

CONDUCT = (Path(__file__).resolve().parents[2] / "docs" / "theory" / "conduct.md").read_text(encoding="utf-8")


def told(pattern: str) -> list[float]:
    """Return the figures that the page says in a sentence."""
    [found] = re.findall(pattern, " ".join(CONDUCT.split()))
    return [float(figure) for figure in (found if isinstance(found, tuple) else (found,))]


def test_the_example_of_a_mark_up(facts: GasSystem, regimes: dict[str, Run]) -> None:
    """Conduct and slope of the table, exposure and mark-up of the run, and their product."""
    conduct, slope, exposed, markup = told(r"mark-up is ([\d.]+) x ([\d.]+) x (\d+) = ([\d.]+) EUR/MWh")
    row = facts.table("traders").set_index("trader").loc["GAZPROM"]
    assert (conduct, slope) == (row["conduct"], row["residual_slope_eur_mwh_per_gwh_d"])
    table = regimes["status-quo"].tables["markups"].set_index(["owner_group", "year"]).loc[("Gazprom", "2025")]
    assert exposed == pytest.approx(table["exposed_sales_gwh_d"], abs=0.6)
    assert markup == pytest.approx(table["markup_eur_mwh"], abs=0.06)


def test_the_slope_of_one_country_is_far_steeper(facts: GasSystem) -> None:
    """German consumers of 2025 alone: 1 / sum of 1 / beta, where beta is p0 / (e q0); mean of the months."""
    demand = facts.table("demand")
    german = demand[(demand["node"] == "DE") & demand["month"].str.startswith("2025")]
    answer = german["elasticity"] * german["quantity_gwh_d"] / german["reference_price_eur_mwh"]
    slope = (1 / answer.groupby(german["month"]).sum()).mean()
    own, residual = told(r"German consumers alone is ([\d.]+) .*? really meets ([\d.]+)\.")
    assert own == pytest.approx(slope, abs=0.005)
    assert set(facts.table("traders")["residual_slope_eur_mwh_per_gwh_d"]) == {residual}
