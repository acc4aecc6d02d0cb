"""The commands ``law`` and ``consents``."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from linepack.cli.law import consents, law
from linepack.errors import InputError


def run(command: click.Command, *arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False, standalone_mode=False)
    return result.output


def test_consents_show_gates_formula_sets_votes_and_renewal() -> None:
    """What a reader needs to see for string B in November 2026."""
    text = run(consents, "NS2_B", "--on", "2026-11-22")
    for part in (
        "EU-PKG-18",
        "opens by adopt:EU_COUNCIL/unanimity",
        "Smallest sets of bodies that must say yes (4)",
        "4 members are the fewest that block",
        "within the rounding of the shares",
        "2027-07-31 [T]",
        "stays closed",
        "at most 28 days",
        "unclear",
    ):
        assert part in text


def test_json_has_the_same_answer() -> None:
    """The four lists of string B, from the command line."""
    answer = json.loads(run(consents, "NS2_B", "--on", "2025-08-01", "--json"))
    closed = {gate["gate"] for gate in answer["gates"] if gate["state"] != "open"}
    assert "EU-PKG-18" in closed
    assert "EU-REPOWER" not in closed
    assert answer["formula_tree"]["of"] == len(answer["formula_tree"]["parts"])


def test_contract_reading_bar_and_day_of_knowledge() -> None:
    """Each option changes the answer."""
    assert ": open" in run(consents, "YAMAL-EU", "--on", "2026-05-01")
    assert ": closed" in run(consents, "YAMAL-EU", "--on", "2026-05-01", "--contract", "short_term")
    assert ": open" in run(
        consents, "YAMAL-EU", "--on", "2026-05-01", "--contract", "short_term", "--as-of", "2025-03-13"
    )
    free = run(
        consents,
        "TS_2-HU",
        "--on",
        "2026-12-01",
        "--bar",
        "sanctions_risk",
        "--reading",
        "hungary-exemption:indefinite",
    )
    assert ": open" in free
    assert ": closed" in run(consents, "TS_2-HU", "--on", "2026-12-01", "--bar", "sanctions_risk")


def test_law_marks_what_must_be_checked() -> None:
    """Rows graded T or B are marked wherever they are shown."""
    text = run(law, "--on", "2026-11-22")
    assert "EU-PKG-21 [T]" in text
    assert "EU-PKG-10 [B]" in text
    assert "Rows marked [T]" in text
    assert "2027-09-30" in text
    assert "EU-PKG-18 [" not in text


def test_law_of_an_asset_and_all_instruments() -> None:
    """One asset shows fewer, --all shows those not in force."""
    asset = json.loads(run(law, "NS2_B", "--on", "2025-03-13", "--json"))
    whole = json.loads(run(law, "--on", "2025-03-13", "--json", "--all"))
    assert 0 < len(asset["instruments"]) < len(whole["instruments"])
    status = {row["instrument"]: row["status"] for row in whole["instruments"]}
    assert status["EU-REPOWER"] == "not known yet"
    assert status["US-GL8"] == "ended"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["NS2_B", "--on", "2025-13-01"], "bad-date"),
        (["NS5", "--on", "2025-03-13"], "unknown-asset"),
        (["NS2_B", "--on", "2025-03-13", "--reading", "hungary"], "bad-reading"),
        (["NS2_B", "--on", "2025-03-13", "--reading", "hungary:one"], "unknown-reading"),
    ],
)
def test_a_wrong_call_is_answered_with_a_code(arguments: list[str], code: str) -> None:
    """The error envelope of the product."""
    with pytest.raises(InputError) as caught:
        run(consents, *arguments)
    assert caught.value.issue.code == code


def test_the_path_needs_neither_pandas_nor_numpy() -> None:
    """Both commands answer from the standard library, so that they start fast."""
    code = (
        "import sys\nfrom linepack.cli.law import consents, law\n"
        "consents(['NS2_B', '--on', '2026-11-22'], standalone_mode=False)\n"
        "law(['--on', '2026-11-22', '--json'], standalone_mode=False)\n"
        "bad = {'pandas', 'numpy', 'scipy'} & set(sys.modules)\nsys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_the_examples_of_the_guide_run() -> None:
    """Every command line of docs/law/README.md gives an answer."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "law" / "README.md").read_text(encoding="utf-8")
    lines = [shlex.split(line, comments=True) for line in text.split("```")[1].strip().splitlines()]
    assert len(lines) == 5
    for program, command, *arguments in lines:
        assert program == "linepack"
        assert run({"law": law, "consents": consents}[command], *arguments)


def test_as_of_is_another_name_of_known_on() -> None:
    """What was known on a day is asked for by the same word as in ``brief``; the answer is the same to the byte."""
    answers = [run(law, "NS2_B", "--on", "2025-08-01", name, "2025-03-13", "--json")
               for name in ("--as-of", "--known-on")]  # fmt: skip
    assert answers[0] == answers[1]
    assert "EU-PKG-18" not in answers[0]
    assert "EU-PKG-18" in run(law, "NS2_B", "--on", "2025-08-01", "--json")
