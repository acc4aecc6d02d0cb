"""Excel workbooks as tables of text cells: the schema parses them as it parses CSV files.

A cell is read as what it holds and not as it is shown: a date becomes YYYY-MM-DD, a number has up to 16 digits.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linepack.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

SUFFIX = ".xlsx"


def is_workbook(path: str | Path) -> bool:
    """Return True if the name is that of a workbook."""
    return Path(path).suffix.lower() == SUFFIX


def read_sheets(path: Path) -> dict[str, pd.DataFrame]:
    """Return every sheet by name as a frame of text; its first row is the header, empty rows are left out.

    Errors: ``InputError`` if the file is missing or is no workbook.
    """
    import pandas as pd
    from openpyxl import load_workbook

    if not path.is_file():
        raise InputError("no-file", f"there is no file {path}", hint="give an Excel workbook (.xlsx)")
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError("unreadable", f"{path.name} is no Excel workbook: {error}", table=path.name,
                         hint="save it as .xlsx") from error  # fmt: skip
    sheets = {}
    try:
        for sheet in book.worksheets:
            rows = [[text_of(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            header = [name.strip() for name in rows[0]] if rows else []
            while header and not header[-1]:
                header.pop()
            kept = [(row + [""] * len(header))[: len(header)] for row in rows[1:] if any(row)]
            sheets[sheet.title] = pd.DataFrame(kept, columns=header, dtype=str)
    finally:
        book.close()
    return sheets


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

    Errors: ``InputError`` if it exists (nothing is overwritten) or cannot be written.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    if path.exists():
        raise InputError("exists", f"{path} exists already", hint="give a new file; nothing is overwritten")
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
                sheet.append([_text(WriteOnlyCell(sheet, cell)) if _is_formula(cell) else cell for cell in row])
        book.save(temporary)
        Path(temporary).chmod(0o644)
        Path(temporary).rename(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _cells(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    """Yield rows of plain values; what is not a finite number is empty."""
    import pandas as pd

    columns = []
    for name in frame.columns:
        values = frame[name].tolist()
        is_number = pd.api.types.is_float_dtype(frame[name])
        columns.append([value if abs(value) < float("inf") else None for value in values] if is_number else values)
    return zip(*columns, strict=True)


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _text(cell: Any) -> Any:
    """Return a cell that a spreadsheet shows as it is written, and does not work out."""
    cell.data_type = "s"
    return cell
