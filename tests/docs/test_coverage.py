"""Every row of the story has a command that shows it and a test that holds it; the page is up to date."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from linepack.cli import run
from tools.coverage import coverage_rows, pages

ROOT = Path(__file__).resolve().parents[2]
ROWS = coverage_rows()
RUNS = ("solve", "compare", "why", "deal")  # commands that solve the market


def commands(*, with_runs: bool) -> list[str]:
    """Return each command of the page once: those that solve, or the others."""
    found = dict.fromkeys(row["command"] for row in ROWS)
    return [command for command in found if (command.split()[0] in RUNS) == with_runs]


def shown_by(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command prints, line breaks and indents made one space."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(folder))
    assert run(shlex.split(command)) == 0, capsys.readouterr().err
    return " ".join(capsys.readouterr().out.split())


def check(command: str, printed: str) -> None:
    """Each row of the command finds its words."""
    for row in ROWS:
        if row["command"] == command:
            for words in row["shows"].split(";"):
                assert " ".join(words.split()) in printed, (row["row"], words)


def test_every_row_is_there_once() -> None:
    """Rows 1 to 91 and 133 to 146, the ten regimes, five conflicts."""
    numbers = [*map(str, range(1, 92)), *map(str, range(133, 147))]
    others = [*(f"R{k}" for k in range(10)), *(f"J{k}" for k in range(1, 6))]
    assert [row["row"] for row in ROWS] == [*numbers, *others]
    assert all(all(row.values()) for row in ROWS)


def test_every_named_test_is_there() -> None:
    for row in ROWS:
        path, name = row["test"].split("::")
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), row["test"]


def test_the_page_is_up_to_date() -> None:
    """Run ``python tools/coverage.py`` after a change."""
    for name, text in pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, name


@pytest.mark.parametrize("command", commands(with_runs=False))
def test_the_command_shows_the_row(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check(command, shown_by(command, tmp_path, monkeypatch, capsys))


@pytest.mark.full
@pytest.mark.parametrize("command", commands(with_runs=True))
def test_the_run_shows_the_row(
    command: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One workspace for all: what a row has solved the next one finds."""
    folder = tmp_path_factory.getbasetemp() / "story"
    check(command, shown_by(command, folder, monkeypatch, capsys))
