"""Plain tables and numbers for the terminal and for Markdown."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import pandas as pd


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
    rounded = frame.copy()
    for column in rounded.select_dtypes("float"):
        rounded[column] = rounded[column].round(decimals) + 0.0
    return rounded.to_csv(index=False, lineterminator="\n")


def json_text(content: object) -> str:
    """Return content as JSON; a number that does not exist becomes null, because JSON has no NaN."""
    return json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(content: object) -> object:
    if isinstance(content, Mapping):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
