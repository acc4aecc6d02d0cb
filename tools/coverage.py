"""Write ``docs/coverage.md`` and ``docs/story.txt``: each row of the story, the command that shows it, and its test.

    python tools/coverage.py

The rows are in ``docs/coverage.csv``. The article is the worked exercise that the reader of articles is tuned on.
"""

from __future__ import annotations

import csv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXERCISE = ROOT / "tests" / "gold" / "tuning" / "t01-gazprom-talks.gold"
PARTS = (("Systems and assets", range(1, 15)), ("Actors", range(15, 38)), ("Instruments", range(38, 53)),
         ("Events", range(53, 69)), ("Relations and deals", range(69, 84)), ("Figures", range(84, 92)),
         ("Needed by the story, not named in it", range(133, 147)))  # fmt: skip
LAST_PARTS = (("Regimes", "R"), ("Conflicts that stay visible", "J"))


def coverage_rows() -> list[dict[str, str]]:
    """Return the rows of ``coverage.csv``: row, item, command, shows (texts of its output, ';' between them), test."""
    with (DOCS / "coverage.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def coverage_page() -> str:
    """Return the page, a table for each part of the story."""
    rows = coverage_rows()
    lines = [
        "# Coverage of the story",
        "",
        "Written by `python tools/coverage.py` from `docs/coverage.csv`; change that, not this page.",
        "",
        "Every system, actor, instrument, event, relation and figure of the news of March 2025, what it needs without "
        f"naming it, the regimes that it implies, and the conflicts in it: {len(rows)} rows. The command shows it; "
        "among what it prints are the words beside it. The test says why it is right. A test runs every command and "
        "looks for the words. [The article](story.txt) is an exercise in our own words with every claim of the story.",
    ]
    for title, numbers in PARTS:
        lines += ["", *_table(title, [row for row in rows if row["row"].isdecimal() and int(row["row"]) in numbers])]
    for title, letter in LAST_PARTS:
        lines += ["", *_table(title, [row for row in rows if row["row"].startswith(letter)])]
    return "\n".join(lines) + "\n"


def _table(title: str, rows: list[dict[str, str]]) -> list[str]:
    head = [f"## {title}", "", "| row | item | command | shows | test |", "| --- | --- | --- | --- | --- |"]
    return head + [
        f"| {r['row']} | {r['item']} | `linepack {r['command']}` | {r['shows']} | `{r['test'].split('::')[1]}` |"
        for r in rows
    ]


def story() -> str:
    """Return the text of the exercise, without its labels."""
    from linepack.evidence.gold import load_gold

    return load_gold(EXERCISE).raw.decode("utf-8").strip() + "\n"


def pages() -> dict[str, str]:
    """Return name and text of what this writes."""
    return {"coverage.md": coverage_page(), "story.txt": story()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
