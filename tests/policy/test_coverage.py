"""The generated pages are up to date, and every row of the story has a test or a reason."""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from linepack.policy.consents import consents, yes_needed
from linepack.policy.law import Law, law_on, load_law
from linepack.policy.words import Expression, InstrumentKind, Stage
from tests.policy.conftest import LAW_FOLDER

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("law_docs", ROOT / "tools" / "law_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_up_to_date(docs: ModuleType) -> None:
    """Run ``python tools/law_docs.py`` after a change of the law."""
    for name, text in docs.pages().items():
        assert (ROOT / "docs" / "law" / name).read_text(encoding="utf-8") == text, name


def test_every_row_of_the_story_has_a_test_or_a_reason(docs: ModuleType) -> None:
    """Rows 1 to 91 and 133 to 146, each once; a named test exists."""
    rows = docs.coverage_rows()
    assert [int(row["row"]) for row in rows] == [*range(1, 92), *range(133, 147)]
    for row in rows:
        assert bool(row["test"]) != bool(row["reason"]), row
        if row["test"]:
            path, name = row["test"].split("::")
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), row["test"]


def _named(docs: ModuleType, what: str) -> list[str]:
    cells = [row["where"] for row in docs.coverage_rows() if row["where"].startswith(what)]
    return [name for cell in cells for name in re.split(r"[,;:]\s*", cell.removeprefix(what).strip(" :")) if name]


def test_bodies_of_the_story_are_there(docs: ModuleType, law: Law) -> None:
    """Every body that the coverage names is a row with a role; unnamed groups stay unnamed."""
    known = {row.body: row for row in law.bodies}
    named = _named(docs, "bodies:")
    assert len(named) > 20
    assert [name for name in named if name not in known] == []
    assert "unnamed" in known["EU_STATES"].name
    routes = {"PL", "LT", "LV", "EE", "DK", "SE", "FI"}
    assert routes <= set(law.shares("EU_COUNCIL", date(2025, 3, 13)))
    assert law.asset("POS2").activities


def test_events_of_the_story_are_there(docs: ModuleType, law: Law) -> None:
    """Every event that the coverage names is in the timeline; the cause of the sabotage is contested."""
    known = {row.event for row in law.events}
    named = _named(docs, "events:")
    assert len(named) > 10
    assert [name for name in named if name not in known] == []
    assert "contested" in next(r.reason for r in law.gate_states if r.gate == "NS1:physical" and r.state == "closed")


def test_threat_and_position(law: Law) -> None:
    """A threat has an issuer, a trigger and an end, and no effect on the market; a position likewise."""
    day = date(2025, 3, 13)
    threat = law_on(law, day, day).of("US-THREAT")
    assert threat.instrument.kind is InstrumentKind.THREAT
    assert threat.instrument.issuer == ("TRUMP",)
    assert "no ceasefire" in threat.scopes[0].note
    assert threat.scopes[0].expression is Expression.NONE
    assert law.instrument("US-STAY").kind is InstrumentKind.POSITION
    (truce,) = law_on(law, day).of("PEACE-30D").scopes
    assert (truce.value, truce.unit) == (30, "days")
    stages = [row.stage for row in law.stages if row.instrument == "TRADE-USEU"]
    assert stages == [Stage.AGREED, Stage.ADOPTED]


def test_the_ten_lines_of_the_guide_work(tmp_path: Path) -> None:
    """The guide's rows, appended to the tables as they stand, load and bind: a gate, a date, a body."""
    text = (ROOT / "docs" / "law" / "add-an-instrument.md").read_text(encoding="utf-8")
    block = text.split("```")[1].strip().splitlines()
    assert len(block) == 10
    folder = tmp_path / "law"
    shutil.copytree(LAW_FOLDER, folder)
    for head, line in zip(block[::2], block[1::2], strict=True):
        table, _, names = head.partition(": ")
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            columns = next(csv.reader(handle))
        (cells,) = csv.reader([line])
        with path.open("a", encoding="utf-8", newline="") as handle:
            csv.DictWriter(handle, columns, lineterminator="\n").writerow(
                dict(zip(names.split(","), cells, strict=True))
            )
    law = load_law(folder)
    asset = replace(law.asset("YAMAL-EU"), asset="YAMAL-NO", destinations=("NO",), aliases=())
    law = replace(law, assets=(*law.assets, asset))
    before, after = (consents(law, "YAMAL-NO", date(2026, 12, 31)), consents(law, "YAMAL-NO", date(2027, 1, 1)))
    assert "NO-LNG" not in {gate.gate for gate in before.gates}
    assert "NO_GOV" in yes_needed(after)
