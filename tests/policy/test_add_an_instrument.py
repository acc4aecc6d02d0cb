"""What the page on adding an instrument says of its rows, beyond that they load."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from pathlib import Path

from linepack.policy.consents import consents, yes_needed
from linepack.policy.effects import Horizon, effects
from linepack.policy.law import LAW_FOLDER, Law, law_on, load_law
from linepack.system.gassystem import GasSystem

PAGE = Path(__file__).resolve().parents[2] / "docs" / "law" / "add-an-instrument.md"
EVE, FIRST = date(2026, 12, 31), date(2027, 1, 1)


def with_rows_of_the_page(folder: Path, *, destination: str = "NO") -> Law:
    """Return the law after a reader has added every row that the page shows, a cell for each column."""
    shutil.copytree(LAW_FOLDER, folder)
    lines = [line for block in re.findall(r"^```\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    for head, line in zip(lines[::2], lines[1::2], strict=True):
        table, _, names = head.partition(": ")
        path = folder / f"{table}.csv"
        [cells] = csv.reader([line.replace(",NO,lng,", f",{destination},lng,")])
        row = dict(zip(names.split(","), cells, strict=True))
        with path.open(encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file))
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, columns, lineterminator="\n").writerow(row)
    return load_law(folder)


def test_the_instrument_takes_ten_lines() -> None:
    """As the title says: five tables, a head and a row each."""
    assert len(PAGE.read_text("utf-8").split("```")[1].strip().splitlines()) == 10


def test_the_law_of_the_day_lists_it(tmp_path: Path) -> None:
    """In force from its first day, and not before."""
    law = with_rows_of_the_page(tmp_path / "law")
    assert [law_on(law, day).of("NO-LNG").scopes != () for day in (EVE, FIRST)] == [False, True]


def test_its_gate_and_the_body_that_lifts_it(tmp_path: Path) -> None:
    """The asset of the page has the gate from the first day, and the government is among those who must say yes."""
    law = with_rows_of_the_page(tmp_path / "law")
    before, after = consents(law, "YAMAL-NO", EVE), consents(law, "YAMAL-NO", FIRST)
    assert ["NO-LNG" in {gate.gate for gate in answer.gates} for answer in (before, after)] == [False, True]
    assert "NO_GOV" in yes_needed(after)


def test_in_the_market_it_bars_entries_where_there_are_any(tmp_path: Path, system: GasSystem) -> None:
    """Norway has no terminal in the dataset, Türkiye has: there each Russian route to it carries nothing."""
    horizon = Horizon(date(2026, 10, 1), date(2027, 9, 30))
    barred = {}
    for place in ("NO", "TR"):
        law = with_rows_of_the_page(tmp_path / place, destination=place)
        own = [effect for effect in effects(law, system, horizon) if effect.source_id == "NO-LNG/1"]
        barred[place] = {row["arc"] for effect in own if effect.table == "flow_rules" for row in effect.rows}
    assert not barred["NO"]
    assert any(arc.endswith(">TR-LNG") for arc in barred["TR"])
