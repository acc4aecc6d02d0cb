"""Tables as text: a CSV file and a sheet with the same cells are the same table, and errors name the same line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from linepack.errors import Issue
from linepack.system.cells import cells_of
from linepack.system.dataset import parse_cells
from linepack.system.schema import Table, number, text
from linepack.system.workbook import read_sheets

THINGS = Table("things", "Things.", ("thing",), (
    text("thing", "Name."), number("length_km", "km", "Length."), text("note", "Remark.", required=False, default=""),
), provenance=())  # fmt: skip


def told(text_: str, folder: Path) -> list[str]:
    """Return what is wrong with a table, the same for a CSV file and for a sheet with its cells."""
    (folder / "things.csv").write_text(text_, encoding="utf-8")
    book = Workbook()
    for row in csv.reader(io.StringIO(text_.removeprefix("\ufeff"))):
        book.worksheets[0].append(row)
    book.save(folder / "things.xlsx")
    found = []
    for cells in (cells_of(folder / "things.csv", "things", []), read_sheets(folder / "things.xlsx")["Sheet"]):
        issues: list[Issue] = []
        assert cells is not None
        parse_cells(cells, THINGS, issues)
        found.append([str(issue) for issue in issues])
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("text_", "what"),
    [
        ("thing,length_km\n\na,1\n\nb,x\n", "not-a-number [things]: length_km: is not a finite number (b (line 5))"),
        ("\n\nthing,length_km\na,x\n", "(a (line 4))"),
        ("\ufeffthing,length_km\na,x\n", "(a (line 2))"),
        ('thing,length_km\na,"1,5"\n', "try: a number in km, with a decimal point and no other separator"),
        ("thing,length_km\na,1\nb,2\na,3\n", "these rows occur more than once (a (line 4))"),
        ("thing;length_km\na;1\n", "cells are separated by ';'"),
        ("thing,length_km\na,1\nb,1,5\n", "there are cells in a column without a name (line 3)"),
        (",thing,length_km\n0,a,1\n", "there are cells in a column without a name (line 2)"),
        ("thing,length_km,length_km\na,1,2\n", "columns occur more than once (length_km)"),
        ("thing,note\na,x\n", "try: the columns are thing, length_km, note"),
        ("", "there is no header"),
        ("\n\n", "there is no header"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text_: str, what: str, tmp_path: Path) -> None:
    """One finding, with the line that an editor or a spreadsheet shows, whatever stands above it."""
    found = told(text_, tmp_path)
    assert len(found) == 1
    assert what in found[0]


def test_what_means_the_same_is_the_same(tmp_path: Path) -> None:
    """Empty lines, empty cells at the end of a line, spaces in the header and a byte order mark change nothing."""
    assert told("\ufeff\n thing ,length_km,\n\na,1,,\nb,2\n", tmp_path) == []
    assert told("thing,length_km\n", tmp_path) == []


def test_a_cell_of_two_lines_moves_the_lines_below_it(tmp_path: Path) -> None:
    """Lines are those of the file, not rows of the table."""
    (tmp_path / "things.csv").write_text('thing,length_km\n"a\nb",1\nc,x\n')
    cells = cells_of(tmp_path / "things.csv", "things", [])
    assert cells is not None
    assert cells.index.tolist() == [2, 4]
    assert cells["thing"].tolist() == ["a\nb", "c"]


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """Another encoding, and a quotation mark that is never closed, name the file."""
    for content in (b"thing\n\xd6\n", b'thing\n"a\n', b"\xff\xfet\x00"):
        (tmp_path / "things.csv").write_bytes(content)
        issues: list[Issue] = []
        assert cells_of(tmp_path / "things.csv", "things", issues) is None
        assert [(issue.code, issue.message[:10]) for issue in issues] == [("unreadable", "things.csv")]
