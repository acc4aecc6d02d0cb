"""Build the documentation site into the folder ``site``: ``./run docs``.

The pages of ``docs/`` are taken as they stand. The reference is made from schemas, docstrings and commands, so that it
cannot differ from them. No page asks another server for anything.
"""

from __future__ import annotations

import inspect
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

import linepack
from linepack.cli import linepack as command_line
from linepack.exchange.iamc import IAMC, VARIABLES
from linepack.exchange.results import RESULT_TABLES
from linepack.system.schema import PROVENANCE, TABLES, Column, Table
from tools.notebooks import notebooks, page

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = re.compile(r"""(?:<(?:script|img|iframe|link|source)\b[^>]*?(?:src|href)\s*=\s*|url\(|@import\s+)["']?"""
                     r"""(?:https?:)?//[^"'\s>)]+""", re.IGNORECASE)  # fmt: skip

WIDTH = 100
"""Characters of code that fit into a page of the site."""

UPWARD = re.compile(
    r"\[([^\]]+)\]\((?:\.\./)+(?:README|CHANGELOG|CITATION|LICENSE|DATA_LICENSE|CONTRIBUTING|src|tests)[^)]*\)"
)


def reference_pages() -> dict[str, str]:
    """Return the pages of the reference by their path under ``docs/``."""
    return {
        "reference/python.md": python_page(),
        "reference/commands.md": commands_page(),
        "reference/data.md": tables_page(
            "Tables of a dataset", TABLES,
            "One CSV file per table. Every table also has the columns of provenance, at the end of this page.",
            [("Provenance", PROVENANCE)],
        ),
        "reference/results.md": tables_page(
            "Tables of a run", RESULT_TABLES, "What `linepack export --format csv` and `parquet` write.", []
        ),
        "reference/iamc.md": iamc_page(),
        "reference/licences.md": licences_page(),
    }  # fmt: skip


def python_page() -> str:
    """Return the page of the Python interface: signature and docstring of each stable name."""
    lead = (
        "`import linepack` gives these functions. Tables are pandas tables; the ending of a column is its unit. "
        "`Asking` is a scenario: `CASE/NAME`, a YAML file, or what `load_scenario` returns. `Facts` are a dataset: its "
        "name, a folder or workbook, or what `load_system` returns. The examples below run as tests."
    )
    parts = ["# Python", lead]
    for name in linepack.__all__:
        function = getattr(linepack, name)
        parts += [f"## {name}", f"```python\n{signature(name, function)}\n```",
                  docstring(inspect.getdoc(function) or "")]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def signature(name: str, function: Callable[..., object]) -> str:
    """Return a call with its parameters, one a line where they do not fit into the page."""
    told = str(inspect.signature(function))
    told = re.sub(r"(: |-> )'([^']*)'", r"\1\2", told)  # types are kept as text
    call = f"linepack.{name}{told}"
    if len(call) <= WIDTH:
        return call
    inner, _, returned = told[1:].rpartition(")")
    parts = re.split(r", (?![^\[(]*[\])])", inner)  # not inside brackets
    return f"linepack.{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){returned}"


def docstring(text: str) -> str:
    """Return a docstring as Markdown: double backticks become single, examples become code."""
    lines, code = [], False
    for line in text.replace("``", "`").splitlines():
        starts = line.startswith(">>>")
        if starts and not code:
            lines.append("```python")
            code = True
        elif code and not line:
            lines.append("```")
            code = False
        lines.append(line)
    return "\n".join([*lines, *(["```"] if code else [])])


def commands_page() -> str:
    """Return the page of the command line: the help of every command."""
    parts = ["# Commands", "`linepack COMMAND`, or `./run COMMAND` in a copy of the project."]
    parts += list(_helps(command_line, "linepack"))
    return "\n\n".join(parts) + "\n"


def _helps(command: click.Command, name: str, parent: click.Context | None = None) -> Iterable[str]:
    context = click.Context(command, info_name=name, parent=parent, max_content_width=110)
    context.terminal_width = 110
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from _helps(found, child, context)


def tables_page(title: str, tables: Sequence[Table], lead: str, more: Sequence[tuple[str, Sequence[Column]]]) -> str:
    """Return a page with a section per table of a schema."""
    parts = [f"# {title}", lead]
    for table in tables:
        key = ", ".join(f"`{name}`" for name in table.key)
        parts += [f"## {table.name}", f"{table.description} Key: {key}.", columns_table(table.own_columns)]
    for name, columns in more:
        parts += [f"## {name}", columns_table(columns)]
    return "\n\n".join(parts) + "\n"


def columns_table(columns: Sequence[Column]) -> str:
    """Return a Markdown table of columns: name, type, unit, must it be filled, meaning and choices."""
    rows = ["| column | type | unit | must be filled | meaning |", "|---|---|---|---|---|"]
    for c in columns:
        choices = f" One of: {', '.join(map(str, c.choices))}." if c.choices else ""
        rows.append(f"| `{c.name}` | {c.kind} | {c.unit} | {'yes' if c.required else 'no'} | "
                    f"{_cell(c.description + choices)} |")  # fmt: skip
    return "\n".join(rows)


def iamc_page() -> str:
    """Return the page of the codelist for IAMC tables."""
    rows = ["| variable | unit | meaning |", "|---|---|---|"]
    rows += [f"| `{_cell(v.name)}` | {v.unit} | {_cell(v.description)} |" for v in VARIABLES]
    return "\n\n".join(["# IAMC codelist", "What `linepack export --format iamc` writes and `linepack.read_export` "
                        "reads: rates are means of the period that begins on `time`.",
                        columns_table(IAMC.columns), "\n".join(rows)]) + "\n"  # fmt: skip


def licences_page() -> str:
    """Return the page of licences: that of the data, then that of the code."""
    code = (ROOT / "LICENSE").read_text(encoding="utf-8").strip()
    data = (ROOT / "DATA_LICENSE.md").read_text(encoding="utf-8").strip()
    return f"{data}\n\n[All sources](../data/sources.md), by grade.\n\n## Licence of the code\n\n```text\n{code}\n```\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def outside_requests(folder: Path) -> list[str]:
    """Return what the built pages would ask other servers for: scripts, styles, images, frames."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".css"):
            hits = OUTSIDE.findall(path.read_text(encoding="utf-8"))
            found += [f"{path.relative_to(folder)}: {hit}" for hit in hits]
    return found


def source_folder(folder: Path) -> None:
    """Fill a folder with all pages: those of ``docs/`` and the reference."""
    shutil.copytree(ROOT / "docs", folder)
    for place, text in reference_pages().items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for book in notebooks():
        (folder / "notebooks" / f"{book.stem}.md").write_text(page(book), encoding="utf-8")
    for path in folder.rglob("*.md"):  # what lies outside docs/ is not on the site: its name stands without a link
        text = path.read_text(encoding="utf-8")
        path.write_text(UPWARD.sub(r"\1", text), encoding="utf-8")


def write_search_script(folder: Path) -> None:
    """Write the search's index as a script too: a page that is opened from disk may load nothing else."""
    index = (folder / "search_index.json").read_text(encoding="utf-8")
    (folder / "search_index.js").write_text(f"const SEARCH_INDEX = {index};\n", encoding="utf-8")


def strictly(settings: Path) -> int:
    """Build with mkdocs, print what it warns of, and return its exit code: 1 after a warning."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(settings)]  # --quiet would mute --strict
    done = subprocess.run(command, capture_output=True, text=True)
    for line in done.stderr.splitlines():
        if not line.startswith("INFO"):
            print(line)
    return done.returncode


def build(site: Path) -> int:
    """Build the site and return the exit code: 1 if a link is broken or a page would ask another server."""
    with tempfile.TemporaryDirectory(prefix="linepack-docs-") as place:
        source = Path(place, "docs")
        source_folder(source)
        settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        for key, folder in (("docs", source), ("site", site)):
            settings = settings.replace(f"{key}_dir: {key}", f"{key}_dir: {folder}")
        Path(place, "mkdocs.yml").write_text(settings, encoding="utf-8")
        code = strictly(Path(place, "mkdocs.yml"))
    if code == 0:
        write_search_script(site / "search")
    outside = outside_requests(site) if code == 0 else []
    for line in outside:
        print(f"asks another server: {line}")
    if code == 0 and not outside:
        print(f"wrote {site / 'index.html'}")
    return 1 if code or outside else 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "site").resolve()))
