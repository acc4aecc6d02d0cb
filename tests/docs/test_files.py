"""Files that the pages show are read as they stand."""

from __future__ import annotations

import re
from pathlib import Path

from linepack.calibrate.declare import load_calibration
from linepack.deals.read import DealFile, load_case_file
from linepack.ensemble.read import load_design
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.gassystem import GasSystem

DOCS = Path(__file__).resolve().parents[2] / "docs"
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
HERE = {"how-to/stress.md", "ensembles.md", "how-to/calibrate.md", "model/expectations.md", "theory/accounts.md"}
ELSEWHERE = {"scenarios.md": "tests/test_docs.py", "tutorial/index.md": "tests/docs/test_pages.py",
             "theory/deals.md": "tests/deals/test_deal_files.py"}  # fmt: skip
HEAD = """\
schema: 1
scenario: mine
title: Mine
dataset: "2025"
horizon: {first_month: 2025-04, months: 12}
closing: values
"""
DEAL = """\
schema: 1
deal: mine
title: Mine
base: us-gazprom-2025/status-quo
decisions:
  - {name: permit, holder: EU, options: ["no", "yes"], default: "no"}
effects:
  - name: line
    title: the line opens
    when: {permit: "yes"}
    patches:
      - {name: open, do: asset, arcs: NS2_B, state: open, why: test}
"""


def shown(page: str, folder: Path, head: str = "") -> Path:
    """Write the one file of a page, behind what it leaves to the reader, and return its place."""
    [block] = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    path = folder / "shown.yaml"
    path.write_text(head + block, encoding="utf-8")
    return path


def test_every_file_of_the_pages_is_read_by_a_test() -> None:
    """Here, or where it is said."""
    pages = {str(path.relative_to(DOCS)) for path in DOCS.glob("**/*.md") if BLOCK.search(path.read_text("utf-8"))}
    assert pages == HERE | set(ELSEWHERE)


def test_the_cold_fortnight_by_week(facts: GasSystem, tmp_path: Path) -> None:
    """The spell makes demand of days, and both entries at Emden are closed."""
    scenario = load_scenario(shown("how-to/stress.md", tmp_path))
    system = apply_scenario(facts, scenario)
    assert len(scenario.periods) > 50
    assert len(system.table("demand_days")) > len(facts.table("demand_days"))
    assert {"EMDEN_DE", "EMDEN_NL"} <= set(system.table("arc_schedule")["arc"])


def test_the_design_of_an_ensemble(tmp_path: Path) -> None:
    """Three factors, of which two are drawn together, in as many draws as it says."""
    design = load_design(shown("ensembles.md", tmp_path))
    assert [factor.name for factor in design.factors] == ["LNG supply", "cold", "TurkStream stops"]
    assert len(design.table()) == 64


def test_the_calibration(tmp_path: Path) -> None:
    """Two parameters and two targets."""
    calibration = load_calibration(shown("how-to/calibrate.md", tmp_path))
    assert [p.name for p in calibration.parameters] == ["Norwegian supply", "European elasticity"]
    assert len(calibration.targets) == 2


def test_rolling_expectations(tmp_path: Path) -> None:
    """The line belongs into a scenario; the values are the defaults of the table below it."""
    rolling = load_scenario(shown("model/expectations.md", tmp_path, HEAD)).rolling
    assert rolling is not None
    assert (rolling.step_months, rolling.window_months, rolling.marker) == (1, 12, "TTF")
    default = tmp_path / "default.yaml"
    default.write_text(f"{HEAD}expectations: {{mode: rolling}}\n", encoding="utf-8")
    assert load_scenario(default).rolling == rolling


def test_the_players_of_a_deal(tmp_path: Path) -> None:
    """They take what the table of shares says, that less another's, or what is written."""
    deal = load_case_file(shown("theory/accounts.md", tmp_path, DEAL))
    assert isinstance(deal, DealFile)
    assert [player.name for player in deal.deal.players] == ["RU", "EU", "GTSOU"]
    assert [share.share for share in deal.deal.players[2].takes] == [0.5]
