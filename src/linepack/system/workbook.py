"""Excel workbooks as tables of text cells: the schema parses them as it parses CSV files.

A cell is read as what it holds and not as it is shown: a date becomes YYYY-MM-DD, a number keeps all its digits.
"""

from __future__ import annotations

import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linepack.errors import InputError, Issue
from linepack.system.cells import text_frame

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIX = ".xlsx"
MOST_ROWS, MOST_LETTERS = 1_048_576, 32_767
"""What a sheet and a cell of Excel hold."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a workbook cannot hold."""


def is_workbook(path: str | Path) -> bool:
    """Return True if the name is that of a workbook."""
    return Path(path).suffix.lower() == SUFFIX


def read_sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Return every sheet by name as a frame of text; its first row is the header, empty rows are left out.

    Errors: ``InputError`` if the file is missing or is no workbook.
    """
    from openpyxl import load_workbook

    if not path.is_file():
        raise InputError("no-file", f"there is no file {path}", hint="give an Excel workbook (.xlsx)")
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            return {sheet.title: text_frame(_lines(sheet)) for sheet in book.worksheets}
        finally:
            book.close()
    except (OSError, EOFError, LookupError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile,
            zlib.error) as error:  # fmt: skip  # what a damaged file makes of the parsers of zip and XML
        raise InputError("unreadable", f"{path.name} is no Excel workbook: {error}", table=path.name,
                         hint="save it as .xlsx") from error  # fmt: skip


def _lines(sheet: Worksheet) -> Iterable[tuple[int, list[str]]]:
    return enumerate(([text_of(cell) for cell in row] for row in sheet.iter_rows(values_only=True)), start=1)


def text_of(cell: object) -> str:
    """Return the text of a cell: '' if empty, true and false, dates and times in ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def write_sheets(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write a workbook with one sheet per frame under a temporary name, then give it its name.

    Errors: ``InputError`` if it exists (nothing is overwritten), cannot be written, or cannot hold the frames.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if path.exists():
        raise InputError("exists", f"{path} exists already", hint="give a new file; nothing is overwritten")
    issues = [issue for name, frame in sheets.items() for issue in _too_much(name, frame)]
    if issues:
        raise InputError("too-much-for-excel", f"{path.name} cannot hold {len(issues)} table(s)", issues=issues)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".workbook-", suffix=SUFFIX, dir=path.parent)
    except OSError as error:
        raise InputError("cannot-write", f"{path} cannot be written: {error.strerror}",
                         hint="give another place") from error  # fmt: skip
    os.close(handle)
    try:
        book = Workbook(write_only=True)
        for name, frame in sheets.items():
            sheet = book.create_sheet(name)
            sheet.freeze_panes = "A2"
            sheet.append(list(frame.columns))
            for row in _cells(frame):
                sheet.append([cell if kind is None else _as(kind, WriteOnlyCell(sheet, cell))
                              for cell, kind in ((cell, _kind(cell)) for cell in row)])  # fmt: skip
        book.save(temporary)
        Path(temporary).chmod(0o644)
        Path(temporary).rename(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _too_much(name: str, frame: pd.DataFrame) -> list[Issue]:
    """Return what a sheet cannot hold of a frame: too many rows, long texts, control characters."""
    issues = []
    if len(frame) >= MOST_ROWS:
        issues.append(Issue("too-many-rows", f"{len(frame):,} rows are more than a sheet holds", name,
                            hint="--format csv or parquet"))  # fmt: skip
    texts = [(f"{column} (line {line})", cell) for column in frame.select_dtypes(["object", "str"])
             for line, cell in enumerate(frame[column], start=2) if isinstance(cell, str)]  # fmt: skip
    for code, message, bad in (
        ("long-text", f"more than {MOST_LETTERS:,} letters", [w for w, text in texts if len(text) > MOST_LETTERS]),
        ("control-character", "a character that Excel cannot hold", [w for w, text in texts if _CONTROL.search(text)]),
    ):
        if bad:
            issues.append(Issue(code, message, name, tuple(bad), "shorten or clean the text, or use a folder of CSV"))
    return issues


def _cells(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    """Yield rows of plain values; what is not a finite number is empty."""
    import pandas as pd

    columns = []
    for name in frame.columns:
        values = frame[name].tolist()
        is_number = pd.api.types.is_float_dtype(frame[name])
        columns.append([value if abs(value) < float("inf") else None for value in values] if is_number else values)
    return zip(*columns, strict=True)


def _kind(cell: object) -> str | None:
    """Return the type that a cell must be told to have: text that looks like a formula, a number of 17 digits."""
    if isinstance(cell, str):
        return "s" if cell.startswith("=") else None
    return "n" if isinstance(cell, float) and float(f"{cell:.16g}") != cell else None


def _as(kind: str, cell: Any) -> Any:
    """Return a cell of that type as a spreadsheet shall hold it: nothing is worked out, no digit is cut."""
    if kind == "n":
        cell.value = repr(cell.value)
    cell.data_type = kind
    return cell
