"""A dataset as an Excel workbook: the same facts, the same checks, the same words for what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from linepack.errors import InputError
from linepack.system.dataset import load_dataset, write_workbook
from linepack.system.workbook import read_sheets, text_of, write_sheets
from tests.runs.small import small_system


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook of a tiny system."""
    path = tmp_path / "mine.xlsx"
    write_workbook(small_system(), path)
    return path


def edit(path: Path, sheet: str, change: Callable[[Any], None]) -> None:
    """Change a sheet as a spreadsheet program would."""
    whole = load_workbook(path)
    change(whole[sheet])
    whole.save(path)


def column_of(sheet: Any, name: str) -> int:
    """Return the number of a column by its header."""
    return 1 + [cell.value for cell in sheet[1]].index(name)


def test_a_workbook_comes_back_as_the_dataset(book: Path) -> None:
    """Digest and all cells agree: nothing is lost in a spreadsheet."""
    assert load_dataset(book).digest == small_system().digest


@pytest.mark.full
def test_the_whole_dataset_comes_back(tmp_path: Path) -> None:
    """The shipped dataset, its earlier rows included, has the same digest from a workbook."""
    whole = load_dataset("2025")
    write_workbook(whole, tmp_path / "2025.xlsx")
    assert load_dataset(tmp_path / "2025.xlsx").digest == whole.digest


def test_dates_that_a_spreadsheet_made_of_months_are_months(book: Path) -> None:
    """A month that was typed as a date keeps its meaning; the digest does not change."""

    def retype(sheet: Any) -> None:
        column = column_of(sheet, "month")
        for row in range(2, sheet.max_row + 1):
            text = sheet.cell(row, column).value
            sheet.cell(row, column).value = datetime(int(text[:4]), int(text[5:]), 1)

    edit(book, "demand", retype)
    assert load_dataset(book).digest == small_system().digest


def test_what_is_wrong_is_told_as_for_csv(book: Path) -> None:
    """Sheet, row and remedy are named: a negative capacity, a column in another unit, a sheet that is no table."""

    def spoil(sheet: Any) -> None:
        sheet.cell(2, column_of(sheet, "capacity_gwh_d")).value = -5
        sheet.cell(1, sheet.max_column + 1).value = "tariff_usd_mmbtu"

    edit(book, "arcs", spoil)
    whole = load_workbook(book)
    whole.create_sheet("arcz")
    whole.save(book)
    with pytest.raises(InputError) as caught:
        load_dataset(book)
    told = "\n".join(str(issue) for issue in caught.value.issues)
    assert "below-minimum" in told
    assert "(line 2)" in told
    assert "tariff_eur_mwh" in told
    assert "sheet 'arcz' is no table of the schema" in told


def test_files_that_are_no_datasets_are_told(tmp_path: Path) -> None:
    """A missing file, a file that is no workbook, a workbook without the sheet that names the dataset."""
    with pytest.raises(InputError, match="there is no file"):
        load_dataset(tmp_path / "none.xlsx")
    (tmp_path / "text.xlsx").write_text("node,name\n")
    with pytest.raises(InputError, match=r"text\.xlsx is no Excel workbook"):
        load_dataset(tmp_path / "text.xlsx")
    Workbook().save(tmp_path / "bare.xlsx")
    with pytest.raises(InputError, match="has no sheet 'dataset'"):
        load_dataset(tmp_path / "bare.xlsx")


def test_cells_keep_their_digits_and_are_no_formulas(tmp_path: Path) -> None:
    """All digits of a number come back, texts stay what they are, also NO and =1+1; no file is replaced."""
    texts = ["NO", "=1+1", "007", "TRUE", "1899-12-31", "Öre 東京", "a\nb", "x" * 32_767]
    values = [0.1 + 0.2, float("inf"), 5e-324, 1 / 3, -1.7976931348623157e308, 1e22, 7.0, 2.0**53]
    frame = pd.DataFrame({"node": texts, "value": values, "is_open": [True, False] * 4})
    write_sheets(tmp_path / "a.xlsx", {"first": frame})
    back = read_sheets(tmp_path / "a.xlsx")["first"]
    assert back["node"].tolist() == texts
    assert [float(cell) if cell else float("inf") for cell in back["value"]] == values
    assert back["is_open"].tolist()[:2] == ["true", "false"]
    assert all(isinstance(row[1], (float, int, type(None))) for row in
               load_workbook(tmp_path / "a.xlsx")["first"].iter_rows(min_row=2, values_only=True))  # fmt: skip
    with pytest.raises(InputError, match="exists already"):
        write_sheets(tmp_path / "a.xlsx", {"first": frame})
    assert text_of(3.0) == "3"
    assert text_of(datetime(2025, 4, 1)) == "2025-04-01"


def test_what_a_workbook_cannot_hold_is_refused(tmp_path: Path) -> None:
    """Excel cuts long texts and rows beyond its last one: that is told with the row, and nothing is written."""
    frame = pd.DataFrame({"note": ["short", "x" * 32_768, "bell\a"]})
    long = pd.DataFrame({"value": [0.0] * 1_048_576})
    with pytest.raises(InputError) as caught:
        write_sheets(tmp_path / "a.xlsx", {"first": frame, "second": long})
    assert [(issue.code, issue.table, issue.keys) for issue in caught.value.issues] == [
        ("long-text", "first", ("note (line 3)",)), ("control-character", "first", ("note (line 4)",)),
        ("too-many-rows", "second", ()),
    ]  # fmt: skip
    assert not list(tmp_path.iterdir())


def test_a_damaged_workbook_is_no_workbook(book: Path, tmp_path: Path) -> None:
    """A sheet that ends in the middle, and bytes that no longer unpack: an error that names the file."""
    with ZipFile(book) as whole, ZipFile(tmp_path / "cut.xlsx", "w") as cut:
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    flipped = bytearray(book.read_bytes())
    flipped[60:3000:37] = b"\x55" * len(flipped[60:3000:37])
    (tmp_path / "flipped.xlsx").write_bytes(flipped)
    for name in ("cut.xlsx", "flipped.xlsx"):
        with pytest.raises(InputError, match=f"{name} is no Excel workbook"):
            load_dataset(tmp_path / name)
