"""Plain tables and numbers for the terminal and for Markdown."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

_PLAIN_FROM, _PLAIN_TO = 1e-4, 1e10


def number(value: float, decimals: int = 1) -> str:
    """Return a number with thousands separators, '-' for one that does not exist, no minus before a zero."""
    if not math.isfinite(value):
        return "-"
    text = f"{value:,.{decimals}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def change(value: float, decimals: int = 1) -> str:
    """Return a signed number; nothing for a change that rounds to zero."""
    text = number(value, decimals)
    if not math.isfinite(value) or float(text.replace(",", "")) == 0:
        return ""
    return text if text.startswith("-") else f"+{text}"


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return an aligned table: first column to the left, the others to the right."""
    table = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[k]) for row in table) for k in range(len(header))]
    lines = []
    for position, row in enumerate(table):
        cells = [row[0].ljust(widths[0]), *(row[k].rjust(widths[k]) for k in range(1, len(row)))]
        lines.append("  ".join(cells).rstrip())
        if position == 0:
            lines.append("  ".join("-" * width for width in widths))
    return "\n".join(lines)


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, numbers to the right."""
    rule = ["---", *("---:" for _ in header[1:])]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in [list(header), rule, *rows]
    )


def csv_text(frame: pd.DataFrame, *, decimals: int = 6) -> str:
    """Return a frame as CSV, rounded so that the last bits of a solver do not show; never minus zero."""
    import pyarrow.compute as pc

    cells = [_cells(frame[column], decimals) for column in frame.columns]
    header = ",".join(_quoted([str(column) for column in frame.columns]))
    rows = pc.binary_join_element_wise(*cells, ",").to_pylist() if cells else []
    return "\n".join([header, *rows, ""])


def _cells(column: pd.Series, decimals: int) -> Any:
    """Return a column as an Arrow array of cells, written as Python writes its values; nothing for a missing one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pd.api.types.is_float_dtype(column):
        texts = column.astype(str)
        codes, values = pd.factorize(texts.where(column.notna(), ""))
        return pa.DictionaryArray.from_arrays(codes, pa.array(_quoted(list(values)), pa.string())).dictionary_decode()
    values = column.round(decimals).to_numpy(float) + 0.0
    size = np.abs(values)
    texts = pc.cast(pa.array(values), pa.string())
    texts = pc.if_else(pa.array(values == np.floor(values)), pc.binary_join_element_wise(texts, ".0", ""), texts)
    texts = pc.if_else(pa.array(np.isnan(values)), "", texts)
    other = ((size < _PLAIN_FROM) & (size > 0)) | (size >= _PLAIN_TO)  # Arrow writes these otherwise than Python
    written = pa.array([repr(value) for value in values[other].tolist()], pa.string())
    return pc.replace_with_mask(texts, pa.array(other), written)


def _quoted(texts: Sequence[str]) -> list[str]:
    return ['"' + t.replace('"', '""') + '"' if any(sign in t for sign in ',"\n\r') else t for t in texts]


def json_text(content: object) -> str:
    """Return content as JSON; a number that does not exist becomes null, because JSON has no NaN."""
    return json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(content: object) -> object:
    if isinstance(content, Mapping):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
