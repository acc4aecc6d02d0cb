"""A small chart of prices of several runs, for a notebook or a file."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack.errors import InputError
from linepack.runs.display import line_chart
from linepack.runs.store import Run, write_text


@dataclass(frozen=True)
class Chart:
    """A chart as SVG; a notebook shows it, ``save`` writes it."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write the chart to an SVG file and return its path.

        Errors: ``InputError`` if it cannot be written, or for a name that does not end in .svg.
        """
        if Path(path).suffix.lower() != ".svg":
            raise InputError("not-svg", f"{path}: a chart is written as SVG", keys=[str(path)],
                             hint=f"give {Path(path).with_suffix('.svg').name}")  # fmt: skip
        write_text(Path(path), self.svg + "\n")
        return Path(path)


def chart(*runs: Run, marker: str = "TTF") -> Chart:
    """Return a chart of a price marker (TTF, JKM, NBP, ...) over time in EUR/MWh, a line per run.

    Runs of one name, of other facts for example, are numbered. Errors: ``InputError`` without
    runs, and with the nearest name for a marker that a run does not have.

    >>> import linepack
    >>> base = linepack.solve("us-gazprom-2025/status-quo")
    >>> other = linepack.solve("us-gazprom-2025/ns2-b-open")
    >>> linepack.chart(base, other).svg.count("<polyline")
    2
    """
    if not runs:
        raise InputError("no-runs", "a chart needs a run", hint="linepack.chart(linepack.solve(SCENARIO))")
    parts: list[pd.DataFrame] = []
    seen: Counter[str] = Counter()
    for run in runs:
        prices = run.tables["price_markers"]
        if marker not in set(prices["marker"]):
            known = list(dict.fromkeys(prices["marker"]))
            near = difflib.get_close_matches(marker, known, 1, 0.4)
            raise InputError("unknown-marker", f"there is no price marker '{marker}'", keys=[marker],
                             hint=f"did you mean '{near[0]}'?" if near else f"one of {', '.join(known)}")  # fmt: skip
        seen[run.name] += 1
        name = run.name if seen[run.name] == 1 else f"{run.name} ({seen[run.name]})"
        parts.append(prices[prices["marker"] == marker].assign(marker=name))
    return Chart(line_chart(pd.concat(parts, ignore_index=True), marker))
