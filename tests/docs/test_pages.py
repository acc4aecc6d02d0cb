"""The pages: every command and example in them runs, every link leads somewhere, the reference is complete."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import Any

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
DOCUMENTS = sorted({*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"}
                   - {ROOT / "docs" / "coverage.md"})
"""Pages whose commands are run here; those of the coverage are run by ``test_coverage``."""
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
COMMAND = re.compile(r"^(?:linepack|\./run) (?!test|docs|lock)[a-z][^\n]*", re.MULTILINE)
INLINE = re.compile(r"`(?:linepack|\./run) ([a-z][^`]*)`")
PROGRAM = re.compile(r"(?:^|`)python (?:-m )?((?:benchmarks|tools)/\w+\.py|tests\.\w+)([^`\n]*)", re.MULTILINE)
LONG = ("brief", "plausibility", "ensemble", "calibrate", "backtest")
"""Commands that solve for minutes: the long tests run them, the others see that they are understood."""
ENDLESS = ("serve",)
"""Runs until it is stopped; the tests of the server start it."""
CLUSTER, SHARED = "tcp://HOST:8786", "/shared/results"
FILES = {"mine.yaml": "docs/how-to/calibrate.md", "design.yaml": "docs/ensembles.md"}
"""Files that commands of a page name, and the page that shows what is in them."""
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


def is_long(command: str) -> bool:
    """Return whether only the long tests run a command: it solves for minutes, or writes a million cells of Excel."""
    return command.split()[1] in LONG or "--format excel" in command


RUNNABLE = [c for c in commands_of_blocks() if not is_long(c)]
SOLVING = [c for c in commands_of_blocks() if is_long(c)]


@pytest.fixture(autouse=True)
def kept(regimes_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in the project's folder and find their runs already solved."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(regimes_store))
    monkeypatch.chdir(ROOT)


def test_there_are_commands_to_run() -> None:
    """A pattern that finds nothing would pass every test below."""
    assert len(RUNNABLE) >= LEAST_COMMANDS
    assert {command.split()[1] for command in SOLVING} == {*LONG, "export"}
    assert [c for c in commands_of_blocks() if c.split()[1] not in COMMANDS] == []


@pytest.mark.parametrize("line", RUNNABLE)
def test_commands_of_the_pages_run(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each ends with 0 and prints something; what it would write goes to a folder of the test."""
    words = [str(tmp_path / word) if word.startswith("out/") else word for word in shlex.split(line)[1:]]
    assert run(words) == 0, capsys.readouterr().err
    assert capsys.readouterr().out.strip()


def context_of(line: str) -> click.Context:
    """Return what a command's own parser makes of a line. Errors: ``click.UsageError`` if the line is not complete."""
    words = shlex.split(line)[1:]
    command: click.Command = getattr(import_module(COMMANDS[words[0]][0]), words[0].replace("-", "_"))
    rest = words[1:]
    while isinstance(command, click.Group):
        if not rest or rest[0] not in command.commands:
            raise click.UsageError(f"{line} is a group")
        command = command.commands[rest.pop(0)]
    return command.make_context(command.name, rest)


def spoken_commands() -> list[str]:
    """Return every complete command, without a word in capitals to be replaced, that stands within a sentence."""
    found = []
    for path in DOCUMENTS:
        for match in INLINE.finditer(text_of(path)):
            words = match[1].split()
            if words[0] not in COMMANDS or words[0] in ENDLESS or any(word.isupper() for word in words):
                continue
            try:
                context_of(f"linepack {match[1]}")
            except click.UsageError:  # named in passing, without what it needs
                continue
            found.append(f"linepack {match[1]}")
    return sorted(dict.fromkeys(found))


SPOKEN = spoken_commands()
READING = [line for line in SPOKEN if line.split()[1] in ("data", "cases")]


def write_files(folder: Path) -> Path:
    """Write the files that commands name, as their pages show them, and return the folder."""
    for name, page in FILES.items():
        [shown] = [block for language, block in FENCE.findall(text_of(ROOT / page)) if language == "yaml"
                   and ("calibration:" in block or "ensemble:" in block)]  # fmt: skip
        (folder / name).write_text(shown, encoding="utf-8")
    return folder


@pytest.mark.parametrize("line", SOLVING)
def test_long_commands_of_the_pages_are_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command, arguments and options are parsed as they stand; nothing is solved."""
    monkeypatch.chdir(write_files(tmp_path))
    assert context_of(line).params


def test_commands_in_running_text_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those on facts, in one folder: a copy of a dataset is made before it is checked. Long tests run the others."""
    monkeypatch.chdir(tmp_path)
    assert len(READING) >= 6
    for line in sorted(READING, key=_turn):
        assert run(shlex.split(line)[1:]) == 0, (line, capsys.readouterr().err)
        assert capsys.readouterr().out.strip(), line


def _turn(line: str) -> tuple[bool, ...]:
    """What copies or fits a dataset comes before what uses it; what resumes or reports comes after what runs."""
    return " report " in line, " resume " in line, " copy " not in line, " calibrate" not in line


IN_TURN = sorted([*SOLVING, *SPOKEN], key=_turn)


@pytest.fixture(scope="module")
def long_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all long commands: 'resume' and 'report' find what 'run' has made."""
    return write_files(tmp_path_factory.mktemp("long"))


@pytest.mark.full
@pytest.mark.parametrize("line", list(dict.fromkeys(IN_TURN)))
def test_long_commands_of_the_pages_run(
    line: str, long_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    """As written, except that a page, the shared folder and the cluster are the test's own."""
    monkeypatch.chdir(long_folder)
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(long_folder / "linepack-results"))
    words = [Path(word).name if word.startswith("docs/") else "shared" if word == SHARED else word
             for word in shlex.split(line)[1:]]  # fmt: skip
    if CLUSTER in words:
        distributed = pytest.importorskip("distributed")
        cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
        request.addfinalizer(cluster.close)
        words[words.index(CLUSTER)] = cluster.scheduler_address
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


def test_programs_that_the_pages_name_are_there() -> None:
    """Tools and benchmarks take minutes or change files: here they exist, and know the options that a page gives."""
    found = {match for path in DOCUMENTS for match in PROGRAM.findall(text_of(path))}
    assert len(found) > 8
    for place, arguments in found:
        program = ROOT / place if place.endswith(".py") else ROOT / place.replace(".", "/") / "__main__.py"
        assert program.is_file(), place
        options = [word for word in arguments.split(" # ")[0].split() if word.startswith("--")]
        assert [o for o in options if f'"{o}"' not in text_of(program)] == [], place


@pytest.mark.parametrize("place", PAGES)
def test_printed_output_of_the_tutorial_is_that_of_today(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails, the answers have moved: look at what moved, then run ``python tools/docs.py``."""
    found = parts(text_of(ROOT / place))
    assert len(found) >= 6
    for command, told in found.items():
        assert run(shlex.split(command)[1:]) == 0
        assert same(told, capsys.readouterr().out) == [], command


def test_counts_in_the_text_of_the_tutorial() -> None:
    """The number of its commands, and of the bodies in each smallest set that it prints."""
    text = text_of(ROOT / PAGES[0])
    assert "six commands" in text
    assert len(parts(text)) == 6
    assert "Fourteen bodies must act" in text
    assert set(re.findall(r"^  - (\d+): ", text, re.MULTILINE)) == {"14"}


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
def test_python_of_the_pages_runs(
    page: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a user would paste it, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    exec(compile(block, page, "exec"), {})  # our own pages


def test_a_chart_of_the_ttf_effect_takes_fewer_than_ten_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first block of the page, from import to a chart with both scenarios; it prints a price that falls."""
    first = next(block for page, block in python_blocks() if page == "python.md")
    assert len([line for line in first.splitlines() if line]) < 10
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    exec(compile(first, "python.md", "exec"), known)  # our own page
    assert known["change"].loc["ttf_eur_mwh", "change"] < 0
    assert "ttf_eur_mwh" in capsys.readouterr().out
    chart = (tmp_path / "ttf.svg").read_text()
    assert chart.count("<polyline") == 2
    assert "ns2-b-open" in chart


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


def test_the_glossary_explains_what_is_printed() -> None:
    """In the order of letters, each word once; among them every price marker, hedge, speaker code and grade."""
    from linepack.evidence.vocabulary import CODES, Hedge
    from linepack.system.dataset import load_dataset
    from linepack.vocabulary import Basis, Grade

    text = text_of(ROOT / "docs" / "glossary.md")
    words = [word.lower() for word in re.findall(r"^\| ([^|]+) \|", text, re.MULTILINE)[1:]]
    assert words == sorted(set(words))
    printed = {*load_dataset("2025").table("price_markers")["marker"], *CODES.values(), *Hedge, *Grade, *Basis}
    assert [word for word in printed if not re.search(rf"\b{word}\b", text.replace("H0 to H4", ""))] == []
    needed = {"core", "nucleolus", "shapley value", "nash split", "certificate b", "route wedge", "mark-up"}
    assert needed <= set(words)


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


def test_versions_of_formats_are_those_of_the_code() -> None:
    """Each line of the page; and every version but the first has a line on what to change."""
    from linepack.calibrate.declare import CALIBRATION_SCHEMA
    from linepack.deals.content import CONTENT_SCHEMA
    from linepack.deals.read import SCHEMA as DEAL_SCHEMA
    from linepack.ensemble.read import DESIGN_SCHEMA
    from linepack.evidence.ledger import LEDGER_SCHEMA
    from linepack.policy.plain import SCHEMA as LAW_CONTENT_SCHEMA
    from linepack.policy.schema import LAW_SCHEMA_VERSION
    from linepack.report.brief import BRIEF_SCHEMA
    from linepack.report.page_data import PAGE_SCHEMA
    from linepack.results.tables import RESULT_SCHEMA
    from linepack.scenario.scenario import SCENARIO_SCHEMA
    from linepack.system.schema import SCHEMA_VERSION

    lines = [[cell.strip() for cell in line.strip("|").split("|")]
             for line in text_of(ROOT / "docs/schemas.md").splitlines() if line.startswith("| ")]  # fmt: skip
    told = {cells[0]: cells[2] for cells in lines if len(cells) == 3 and cells[2].isdigit()}
    assert DEAL_SCHEMA == SCENARIO_SCHEMA
    assert told == {name: str(version) for name, version in {
        "scenario, case, deal and game files": SCENARIO_SCHEMA, "dataset": SCHEMA_VERSION, "law": LAW_SCHEMA_VERSION,
        "run and its export": RESULT_SCHEMA, "brief as JSON": BRIEF_SCHEMA, "the page's data": PAGE_SCHEMA,
        "deal as JSON": CONTENT_SCHEMA, "law and consents as JSON": LAW_CONTENT_SCHEMA,
        "design of an ensemble": DESIGN_SCHEMA, "calibration": CALIBRATION_SCHEMA,
        "ledger of claims and its export": LEDGER_SCHEMA,
    }.items()}  # fmt: skip
    steps = [(cells[0], cells[1]) for cells in lines if len(cells) == 4 and cells[0].isdigit()]
    risen = (RESULT_SCHEMA, LAW_SCHEMA_VERSION)
    assert steps == [(str(k), str(k + 1)) for version in risen for k in range(1, version)]
