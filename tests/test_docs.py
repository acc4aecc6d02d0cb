"""The documents say what the program does: examples run, columns exist, printed output is today's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from linepack.report.brief import brief_text, make_brief
from linepack.results.breakdown import Cause
from linepack.results.tables import TABLES
from linepack.runs.store import RunStore
from linepack.scenario.parse import KINDS
from linepack.scenario.scenario import apply_scenario, load_case, load_scenario
from linepack.system.gassystem import GasSystem
from tests.conftest import CASES, runs_of
from tools.docs import PLACES, parts

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = (ROOT / "docs" / "scenarios.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", SCENARIOS, re.DOTALL)
HEAD, EXAMPLES = BLOCKS[0], [block for block in BLOCKS if block.startswith("- ")]
LAWS = [block for block in BLOCKS if block.startswith("law:")]
NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
RULE = re.compile(r"-{2,}")


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[1].strip() for example in EXAMPLES])
def test_examples_of_scenarios_change_the_dataset(tmp_path: Path, facts: GasSystem, example: str) -> None:
    """Each example, read as a file, applies to the packaged dataset and changes it."""
    path = tmp_path / "example.yaml"
    path.write_text(HEAD.replace("patches: []", "patches:") + example, encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.patches
    for patch in scenario.patches:
        assert patch.apply(facts).digest != facts.digest, patch.name
    assert apply_scenario(facts, scenario).digest != facts.digest


@pytest.mark.parametrize("example", LAWS, ids=["readings", "decisions"])
def test_examples_of_law_change_the_market(tmp_path: Path, facts: GasSystem, example: str) -> None:
    """Each is read, its bodies may decide what it says, and the system is another with it."""
    path = tmp_path / "example.yaml"
    path.write_text(HEAD + example, encoding="utf-8")
    assert apply_scenario(facts, load_scenario(path)).digest != facts.digest


def test_the_case_of_the_page_is_read(tmp_path: Path) -> None:
    """Its file stands beside three scenarios."""
    [block] = [block for block in BLOCKS if "\ncase:" in block]
    (tmp_path / "case.yaml").write_text(block, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    for name in ("base", "this", "that"):
        text = HEAD.replace("my-question", name)
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(text, encoding="utf-8")
    assert [s.name for s in load_case(tmp_path).scenarios] == ["base", "this", "that"]


def test_every_kind_of_patch_has_an_example() -> None:
    """What is not shown is not found."""
    assert set(re.findall(r"^  do: (\w+)$", "\n".join(EXAMPLES), re.MULTILINE)) == set(KINDS)


def test_columns_of_results_are_those_of_the_tables(reference_tables: Mapping[str, pd.DataFrame]) -> None:
    """Every table and every column, in their order; ``expectations`` is a table of rolling runs alone."""
    text = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.MULTILINE)
    told = {table: re.findall(r"`(\w+)`", columns) for table, columns in rows}
    seen = ["seen_on", "marker", "period", "expected_eur_mwh", "outlook_balance_gwh_d", "realised_eur_mwh"]
    assert told.pop("expectations") == seen
    assert set(told) == {*TABLES, "price_breakdown"}
    assert told == {name: list(table.columns) for name, table in reference_tables.items()}


def test_every_cause_of_a_price_is_explained() -> None:
    """The page lists the parts by the names that the tables use."""
    text = (ROOT / "docs" / "model" / "price_breakdown.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]*) \|", text.split("## Parts")[1], re.MULTILINE)
    assert {name.strip() for row in rows[1:] for name in row.split(",")} == {cause.value for cause in Cause}


def same(told: str, printed: str) -> list[str]:
    """Return lines that differ: words must be equal, numbers within two units of their last digit.

    Digests, versions and sizes of the certificate's lines are left out.
    """
    left, right = ([line for line in RULE.sub("-", text).splitlines()
                    if line.strip() and "largest residual" not in line] for text in (told, printed))  # fmt: skip
    if len(left) != len(right):
        return [f"{len(left)} lines, not {len(right)}"]
    return [b for a, b in zip(left, right, strict=True) if not _same_line(a, b)]


def _same_line(a: str, b: str) -> bool:
    words = [re.sub(r"\s+", " ", NUMBER.sub("#", line)) for line in (a, b)]
    if words[0] != words[1]:
        return False
    for x, y in zip(NUMBER.findall(a), NUMBER.findall(b), strict=True):
        digit = 10.0 ** -len(y.partition(".")[2])
        if abs(float(x.replace(",", "")) - float(y.replace(",", ""))) > 2.001 * digit:
            return False
    return True


def test_the_comparison_of_output_finds_what_differs() -> None:
    """A rounding apart is the same; a digit more, or another word, is not."""
    assert same("TTF  31.5 (-4.6)\n---", "TTF 31.6 (-4.5)\n-----") == []
    assert same("TTF  31.5", "TTF 31.9") == ["TTF 31.9"]
    assert same("worst  MT", "worst  ES") == ["worst  ES"]


@pytest.fixture(scope="module")
def printed(facts: GasSystem, solved: RunStore) -> dict[str, str]:
    """What the commands print today."""
    found = {}
    for command, name in (("linepack brief", CASES[0]), ("linepack brief reference-2025", CASES[1])):
        case, runs = load_case(name), runs_of(name, facts, solved)
        found[command] = brief_text(make_brief(case, [runs[s.name] for s in case.scenarios], facts))
    return found


@pytest.mark.parametrize("place", PLACES)
def test_printed_output_is_that_of_today(printed: dict[str, str], place: str) -> None:
    """If this fails, the answers have moved: look at what moved, then run ``python tools/docs.py``."""
    found = parts((ROOT / place).read_text(encoding="utf-8"))
    assert found
    for command, text in found.items():
        assert same(text, printed[command]) == []
