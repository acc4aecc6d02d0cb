"""Run the notebooks of ``docs/notebooks`` in a Jupyter kernel, in place: python tools/notebooks.py.

Needs the documentation tools (``./run docs`` installs them). ``page`` turns a notebook into Markdown for the site.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
STYLE = re.compile(r"<style scoped>.*?</style>\n?", re.DOTALL)
SHOWN = ("text/html", "image/svg+xml", "text/plain")
"""Kinds of output, the richest first."""


def notebooks() -> list[Path]:
    """Return the notebooks of the documentation."""
    return sorted(FOLDER.glob("*.ipynb"))


def execute(path: Path) -> None:
    """Run every cell and write the notebook with its outputs; nothing is written if a cell fails."""
    nbformat, nbclient = import_module("nbformat"), import_module("nbclient")
    book = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(book, timeout=300, kernel_name="python3", resources=resources).execute()
    content = json.loads(nbformat.writes(book))
    content["metadata"] = KERNEL
    for number, cell in enumerate(content["cells"], start=1):
        cell["metadata"], cell["id"] = {}, f"cell-{number}"
        for output in cell.get("outputs", []):
            output.pop("metadata", None)
            if output["output_type"] != "stream":
                output["metadata"] = {}
    temporary = path.with_name(f".{path.name}")
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def page(path: Path) -> str:
    """Return a notebook as Markdown: text, code, and the richest form of each output."""
    content = json.loads(path.read_text(encoding="utf-8"))
    parts = []
    for cell in content["cells"]:
        text = source(cell)
        if cell["cell_type"] == "markdown":
            parts.append(text)
            continue
        parts.append(f"```python\n{text}\n```")
        parts += [_shown(output) for output in cell["outputs"]]
    parts.append(f"[This notebook]({path.name}) as a file.")
    return "\n\n".join(part for part in parts if part) + "\n"


def source(cell: dict[str, Any]) -> str:
    """Return the text of a cell."""
    return "".join(cell["source"]) if isinstance(cell["source"], list) else str(cell["source"])


def text_output(cell: dict[str, Any]) -> str:
    """Return what a cell printed, and the plain form of its result."""
    found = []
    for output in cell.get("outputs", []):
        text = output.get("text", output.get("data", {}).get("text/plain", ""))
        found.append("".join(text))
    return "".join(found)


def _shown(output: dict[str, Any]) -> str:
    if output["output_type"] == "stream":
        return f"```\n{''.join(output['text']).rstrip()}\n```"
    data = output.get("data", {})
    kind = next((kind for kind in SHOWN if kind in data), None)
    if kind is None:
        return ""
    text = STYLE.sub("", "".join(data[kind]))
    return f"```\n{text}\n```" if kind == "text/plain" else f"<div>\n{text.strip()}\n</div>"


if __name__ == "__main__":
    for place in notebooks():
        execute(place)
        print(f"ran {place.name}", file=sys.stderr)
