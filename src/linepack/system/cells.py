"""Tables as text cells, as a CSV file or a sheet holds them; the schema parses them.

The index of such a frame is the line of each row in its file, so that what is wrong can be found there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from linepack.errors import Issue

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LINE = "line"
"""Name of an index that holds lines of a file."""


def cells_of(path: Path, table: str, issues: list[Issue]) -> pd.DataFrame | None:
    """Return a CSV file as text cells, or None and an issue if it is no CSV file in UTF-8."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            lines, last = [], 0
            reader = csv.reader(handle, strict=True)
            for row in reader:
                lines.append((last + 1, row))
                last = reader.line_num
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        issues.append(Issue("unreadable", f"{path.name}: {error}", table, hint="UTF-8 CSV with a header"))
        return None
    return text_frame(lines)


def text_frame(lines: Iterable[tuple[int, Sequence[str]]]) -> pd.DataFrame:
    """Return numbered lines as a frame: the first one with cells is the header; lines without cells are left out.

    A column that holds cells but has no name in the header is called ''.
    """
    import pandas as pd

    filled = [(line, row) for line, row in lines if any(row)]
    header = [name.strip() for name in filled[0][1]] if filled else []
    rows = [row for _, row in filled[1:]]
    width = max((len(row) for row in rows), default=0)
    header += [""] * (width - len(header))
    is_used = [bool(name) or any(row[k] for row in rows if k < len(row)) for k, name in enumerate(header)]
    kept = [[row[k] if k < len(row) else "" for k, used in enumerate(is_used) if used] for row in rows]
    index = pd.Index([line for line, _ in filled[1:]], name=LINE, dtype="int64")
    return pd.DataFrame(kept, index, [name for name, used in zip(header, is_used, strict=True) if used], dtype=str)


def lines_of(cells: pd.DataFrame) -> np.ndarray:
    """Return the line of each row in its file; of a frame that comes from no file, as if it had been written to one."""
    import numpy as np

    return cells.index.to_numpy() if cells.index.name == LINE else np.arange(len(cells)) + 2
