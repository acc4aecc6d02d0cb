"""The pages: every command and example in them runs, every link leads somewhere, the reference is complete."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest

import linepack
from linepack.cli import COMMANDS, run
from linepack.exchange.results import RESULT_TABLES
from linepack.scenario.scenario import load_scenario
from linepack.system.schema import TABLES
from tests.test_docs import same
from tools.docs import PAGES, PLACES, SLOW, parts
from tools.site import docstring, outside_requests, reference_pages

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:linepack|\./run) (?!test|docs|lock)[a-z][^\n]*", re.MULTILINE)
INLINE = re.compile(r"`(?:linepack|\./run) ([a-z][^`]*)`")
LONG = ("brief", "plausibility", "serve", "ensemble", "calibrate", "backtest", "feeds")  # tested where they live
LEAST_COMMANDS = 20


def text_of(path: Path) -> str:
    """Return a document."""
    return path.read_text(encoding="utf-8")


def commands_of_blocks() -> list[str]:
    """Return every command that stands on a line of its own in a block, once, without what is said beside it."""
    found = [match[0].split("  #")[0].strip() for path in DOCUMENTS for _, block in FENCE.findall(text_of(path))
             for match in COMMAND.finditer(block) if "answers one kind" not in match[0]]  # fmt: skip
    told = [command for place in PAGES for command in parts(text_of(ROOT / place))]
    return sorted(dict.fromkeys([*found, *told]))


RUNNABLE = [c for c in commands_of_blocks() if c.split()[1] not in LONG and c.split()[1] in COMMANDS]


@pytest.fixture(autouse=True)
def kept(regimes_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in the project's folder and find their runs already solved."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(regimes_store))
    monkeypatch.chdir(ROOT)


def test_there_are_commands_to_run() -> None:
    """A pattern that finds nothing would pass every test below."""
    assert len(RUNNABLE) >= LEAST_COMMANDS
    assert [c for c in commands_of_blocks() if c.split()[1] not in COMMANDS] == []


@pytest.mark.parametrize("line", RUNNABLE)
def test_commands_of_the_pages_run(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each ends with 0 and prints something; what it would write goes to a folder of the test."""
    words = [str(tmp_path / word) if word.startswith("out/") else word for word in shlex.split(line)[1:]]
    assert run(words) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.strip()


def test_commands_in_running_text_exist() -> None:
    """Command, sub-command and each option that a sentence names are there."""
    bad = []
    for path in DOCUMENTS:
        for match in INLINE.finditer(text_of(path)):
            words = match[1].replace("...", "").split()
            if words[0] in ("test", "lock", "docs"):
                continue
            if words[0] not in COMMANDS:
                if words[0].islower():
                    bad.append(f"{path.name}: {match[0]}")
                continue
            command: click.Command = getattr(import_module(COMMANDS[words[0]][0]), words[0].replace("-", "_"))
            if isinstance(command, click.Group) and len(words) > 1 and words[1].islower():
                child = command.commands.get(words[1])
                if child is None:
                    bad.append(f"{path.name}: {match[0]}")
                    continue
                command = child
            known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
            bad += [f"{path.name}: {match[0]}" for word in words if word.startswith("--")
                    and word.split("=")[0] not in known | {"--help"}]  # fmt: skip
    assert bad == []


@pytest.mark.parametrize("place", PAGES)
def test_printed_output_of_the_tutorial_is_that_of_today(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, the answers have moved: look at what moved, then run ``python tools/docs.py``."""
    found = parts(text_of(ROOT / place))
    assert len(found) >= 6
    for command, told in found.items():
        assert run(shlex.split(command)[1:]) == 0
        assert same(told, capsys.readouterr().out) == [], command


def test_scenario_in_the_tutorial_is_the_file() -> None:
    """The page shows the file that its command solves."""
    shown = [block for language, block in FENCE.findall(text_of(ROOT / PAGES[0])) if language == "yaml"]
    assert shown == [(ROOT / "docs/tutorial/half-string.yaml").read_text()]
    assert load_scenario(ROOT / "docs/tutorial/half-string.yaml").name == "half-string"


def python_blocks() -> list[tuple[str, str]]:
    """Return every block of Python in the pages, with the name of its page."""
    return [(path.name, block) for path in DOCUMENTS for language, block in FENCE.findall(text_of(path))
            if language == "python" and "import linepack" in block]  # fmt: skip


@pytest.mark.parametrize(("page", "block"), python_blocks())
def test_python_of_the_pages_runs(page: str, block: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As a user would paste it."""
    exec(compile(block, page, "exec"), {})  # our own pages


def test_a_chart_of_the_ttf_effect_takes_fewer_than_ten_lines() -> None:
    """From import to the table of prices, as the page promises."""
    first = python_blocks()[[page for page, _ in python_blocks()].index("python.md")][1]
    assert len([line for line in first.splitlines() if line]) < 10


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", head.lower()).strip()) for head in heads}


def test_every_link_leads_somewhere() -> None:
    """To a file of the project, or to a page of the reference that the site makes; and to a heading of it."""
    made = {(ROOT / "docs" / place).resolve() for place in reference_pages()}
    broken = []
    for path in DOCUMENTS:
        for link in LINK.findall(FENCE.sub("", text_of(path))):
            place, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", place):
                continue
            target = (path.parent / place).resolve() if place else path
            if target in made:
                continue
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_page_can_be_reached_from_the_first() -> None:
    """By links of pages, starting at the index."""
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in LINK.findall(text_of(page))
                    if link.partition("#")[0].endswith(".md") and ":" not in link]  # fmt: skip
    assert sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md") if p not in seen) == []


def test_reference_has_every_table_command_and_name() -> None:
    """It is made from them, so a new one appears by itself."""
    pages = reference_pages()
    assert all(f"## {name}\n" in pages["reference/python.md"] for name in linepack.__all__)
    assert all(f"## linepack {name}\n" in pages["reference/commands.md"] for name in COMMANDS)
    assert all(f"## {table.name}\n" in pages["reference/data.md"] for table in TABLES)
    assert all(f"## {table.name}\n" in pages["reference/results.md"] for table in RESULT_TABLES)
    assert "Trade\\|Gas\\|Flow\\|LNG" in pages["reference/iamc.md"]
    assert docstring("Return ``x``.\n\n>>> 1\n1\n\nMore.") == "Return `x`.\n\n```python\n>>> 1\n1\n```\n\nMore."


def test_requests_to_other_servers_are_found(tmp_path: Path) -> None:
    """A script, styles, a font and a picture from elsewhere; not a link that a reader may follow, nor our own files."""
    page = ('<script src="https://cdn.example/x.js"></script><link href="//fonts.example/a.css" rel="stylesheet">'
            '<img src="http://pictures.example/p.png"><a href="https://example.org">go</a><script src="a.js"></script>')
    (tmp_path / "page.html").write_text(page)
    style = "@import 'https://fonts.example/b.css'; a {b: url(https://c.example/d)} e {f: url(g)}"
    (tmp_path / "style.css").write_text(style)
    assert len(outside_requests(tmp_path)) == 5


def test_outputs_stand_where_they_are_checked() -> None:
    """A page with printed output is on one of the lists, so that none goes stale unseen."""
    told = {str(path.relative_to(ROOT)) for path in DOCUMENTS if parts(text_of(path))}
    assert told == {*PLACES, *PAGES, *SLOW}
