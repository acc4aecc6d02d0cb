"""Write the parts of the documents that are output of linepack: ``python tools/docs.py``; a test compares them.

A part stands between the lines ``<!-- OUTPUT of COMMAND -->`` and ``<!-- END OF OUTPUT -->``.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("README.md", "docs/validation/reference-2025.md")
PAGES = ("docs/tutorial/index.md",)
"""Pages with commands of every kind; those of PLACES print whole briefs."""
SLOW = ("docs/validation/plausibility.md",)
"""Pages whose command solves for minutes; only the long tests compare them."""
PART = re.compile(
    r"(<!-- OUTPUT of (?P<command>[^>]*) -->\n```\n)(?P<text>.*?)(```\n<!-- END OF OUTPUT -->)", re.DOTALL
)


def parts(text: str) -> dict[str, str]:
    """Return what stands in a document, by command."""
    return {match["command"]: match["text"] for match in PART.finditer(text)}


def refreshed(text: str) -> str:
    """Return a document with every part written anew."""

    def made(match: re.Match[str]) -> str:
        command = [sys.executable, "-m", *match["command"].split()]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        return f"{match[1]}{done.stdout}{match[4]}"

    return PART.sub(made, text)


def main() -> None:
    """Refresh every document, the page of sources too."""
    report = ["-m", "linepack", "data", "report", "--out", str(ROOT / "docs" / "data" / "sources.md")]
    subprocess.run([sys.executable, *report], cwd=ROOT, check=True)
    for place in (*PLACES, *PAGES, *SLOW):
        path = ROOT / place
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
