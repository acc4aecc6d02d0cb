"""How answers show themselves, as HTML without script in a notebook and as one line in a terminal.

A run shows headline figures and a small chart of prices, other answers their main tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd

from linepack.results.headline import FIGURES, Tables, headline

COLOURS = ("#0b6e99", "#c1502e", "#5b7f2b", "#7a4fa3", "#8a6d1d", "#4d4d4d")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 2", "12 3")  # lines differ without colour too
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 560, 210, 46, 24, 26, 66
MOST_ROWS = 40
CHARACTER = 6  # width of a letter, on average


class Shown:
    """An answer of several tables: one line of text names it, a notebook shows its main tables."""

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        """Return what it is in a few words, and the tables to show, by name."""
        raise NotImplementedError

    def __repr__(self) -> str:
        title, tables = self._shown()
        return f"<{type(self).__name__}: {title}; {', '.join(f'{name} ({len(t)})' for name, t in tables.items())}>"

    def _repr_html_(self) -> str:
        title, tables = self._shown()
        parts = [f"<p><strong>{escape(title)}</strong></p>"]
        for name, table in tables.items():
            if len(table):
                more = f", {MOST_ROWS} of {len(table)} rows" if len(table) > MOST_ROWS else ""
                parts.append(f"<p>{escape(name)}{more}</p>" + table.head(MOST_ROWS).to_html(
                    index=False, border=0, na_rep="-", float_format="{:,.3f}".format))  # fmt: skip
        return "\n".join(parts)


def run_html(record: Mapping[str, Any], tables: Tables) -> str:
    """Return title, headline figures with their units, and prices over time; a run that keeps no prices has a title."""
    scenario = record["scenario"]
    title = escape(f"{scenario['title']} ({scenario['first_month']}, {scenario['months']} months)")
    parts = [f"<p><strong>{title}</strong></p>"]
    if "hub_prices" in tables:
        values = headline(tables)
        rows = "".join(
            f"<tr><td style='text-align:left'>{escape(f.label.strip())}</td><td>{_shown(values[f.name], f)}</td>"
            f"<td style='text-align:left'>{escape(f.unit)}</td></tr>"
            for f in FIGURES
        )
        parts += [line_chart(tables["price_markers"]), f"<table>{rows}</table>"]
    parts.append(f"<p>run {escape(str(record['identity']['digest'])[:12])}, certified</p>")
    return "\n".join(parts)


def line_chart(prices: pd.DataFrame, of: str = "") -> str:
    """Return an SVG of price by period, a line per marker, in EUR/MWh; nothing without prices.

    ``prices`` has the columns marker, period, price_eur_mwh; periods stand in the order of the table. ``of`` says what
    all lines are, where they are scenarios and not markers.
    """
    if prices.empty:
        return ""
    periods = list(dict.fromkeys(prices["period"]))
    lines = [(str(marker), dict(zip(part["period"], part["price_eur_mwh"], strict=True)))
             for marker, part in prices.groupby("marker", sort=False)]  # fmt: skip
    ticks = _ticks(float(prices["price_eur_mwh"].min()), float(prices["price_eur_mwh"].max()))
    low, high = ticks[0], ticks[-1]
    right = max(RIGHT, 14 + CHARACTER * max(len(name) for name, _ in lines))

    def x(k: int) -> float:
        return LEFT + (WIDTH - LEFT - right) * k / max(len(periods) - 1, 1)

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low))

    marks = [f"<text x='{LEFT - 40}' y='14'>{escape(f'{of}, EUR/MWh' if of else 'EUR/MWh')}</text>"]
    for tick in ticks:
        marks.append(f"<line x1='{LEFT}' x2='{WIDTH - right}' y1='{y(tick):.1f}' y2='{y(tick):.1f}' stroke='#ccc'/>")
        marks.append(f"<text x='{LEFT - 6}' y='{y(tick) + 4:.1f}' text-anchor='end'>{tick:g}</text>")
    for k in sorted({0, len(periods) // 2, len(periods) - 1}):
        marks.append(f"<text x='{x(k):.1f}' y='{HEIGHT - 6}' text-anchor='middle'>{escape(str(periods[k]))}</text>")
    at = _apart([y(line[periods[-1]]) for _, line in lines], HEIGHT - BOTTOM)
    for n, (name, line) in enumerate(lines):
        colour, dash = COLOURS[n % len(COLOURS)], DASHES[n % len(DASHES)]
        points = " ".join(f"{x(k):.1f},{y(line[period]):.1f}" for k, period in enumerate(periods) if period in line)
        marks.append(f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='2' "
                     f"stroke-dasharray='{dash}'/>")  # fmt: skip
        marks.append(f"<text x='{WIDTH - right + 6}' y='{at[n] + 4:.1f}' fill='{colour}'>{escape(name)}</text>")
    names = ", ".join(name for name, _ in lines)
    title = escape(f"{of} by month in EUR/MWh: {names}" if of else f"Prices of {names} in EUR/MWh")
    return (f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img' "
            f"style='background:#fff;font:11px sans-serif'><title>{title}</title>"
            f"{''.join(marks)}</svg>")  # fmt: skip


def _shown(value: float, figure: Any) -> str:
    if not math.isfinite(value):
        return "-"
    return f"{100 * value if figure.is_share else value:,.{figure.decimals}f}"


def _ticks(low: float, high: float) -> list[float]:
    """Return three to six round numbers that hold both ends."""
    span = max(high - low, 1e-6)
    power = 10.0 ** math.floor(math.log10(span))
    step = next(s * power for s in (0.2, 0.5, 1.0, 2.0) if span / (s * power) <= 4)
    first = math.floor(low / step)
    return [k * step for k in range(first, max(math.ceil(high / step), first + 1) + 1)]


def _apart(places: Sequence[float], lowest: float, least: float = 12.0) -> list[float]:
    """Return places of labels, moved so that none lies on another nor below ``lowest``."""
    moved = list(places)
    order = sorted(range(len(moved)), key=moved.__getitem__)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + least)
    for k, n in enumerate(reversed(order)):
        moved[n] = min(moved[n], lowest - k * least)
    return moved
