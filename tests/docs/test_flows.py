"""Commands of the pages on evidence and odds, which build on files of the reader's own: run in their order."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from linepack.cli import run
from linepack.evidence.gold import load_gold

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = ROOT / "tests" / "gold" / "tuning" / "t01-gazprom-talks.gold"
BLOCK = re.compile(r"(?<=\n\n)(?:    .*\n)+")
ASKS_A_MODEL = "--provider"
"""Needs a language model at an address; the tests of the provider start one of their own."""


def lines_of(page: str) -> list[str]:
    """Return the lines of the indented blocks of a page, without what is said beside a command."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [line.split(" # ")[0].strip() for block in BLOCK.findall(text) for line in block.splitlines()]


def commands_of(page: str) -> list[str]:
    """Return the commands of those blocks."""
    return [line for line in lines_of(page) if line.startswith("linepack ")]


def called(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command as written and return what it prints; it must end with 0 and print something."""
    words = [str(name) for word in shlex.split(line)[1:]
             for name in (sorted(Path().glob(word)) if "*" in word else [word])]  # fmt: skip
    assert run(words) == 0, (line, capsys.readouterr().err)
    printed = capsys.readouterr()
    assert (printed.out + printed.err).strip(), line
    return printed.out


def test_from_an_article_to_a_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An article as text and as a page; the claim of the ledger that is reviewed speaks of the intact string."""
    monkeypatch.chdir(tmp_path)
    raw = load_gold(ARTICLE).raw.decode()
    Path("article.txt").write_text(f"outlet: Exercise Wire\ndate: 2025-03-13\n\n{raw}", encoding="utf-8")
    body = "".join(f"<p>{part}</p>" for part in raw.split("\n\n"))
    date = '<meta property="article:published_time" content="2025-03-13">'
    Path("article.html").write_text(f"<html><head>{date}</head><body>{body}</body></html>", encoding="utf-8")
    commands = [line for line in commands_of("evidence.md") if ASKS_A_MODEL not in line]
    assert len(commands) >= 16
    claim = ""
    for line in commands:
        if line == "linepack solve draft.yaml":  # a draft is a scenario like any other; here it need only be one
            assert "NS2_B" in Path("draft.yaml").read_text(encoding="utf-8")
            continue
        if line == "linepack draft ledger.sqlite --out draft.yaml":  # it stops: the route is open
            assert run(line.split()[1:]) == 2
            assert "--choose one of NS2_B" in capsys.readouterr().err
            continue
        if " CLAIM " in line and not claim:
            found = called("linepack ledger claims --lever route_restart --json", capsys)
            [claim] = [row["claim_id"] for row in json.loads(found) if "intact section" in row["text"]]
        called(re.sub(r"\bRUN\b", "abc123", re.sub(r"\bCLAIM\b", claim, line)), capsys)


def files_of_odds(folder: Path) -> None:
    """Write the two files of prices that the page shows."""
    lines = lines_of("odds.md")
    for name, head in (("curve.csv", "quoted_at,"), ("prices.csv", "month,regime,")):
        start = next(at for at, line in enumerate(lines) if line.startswith(head))
        (folder / name).write_text("\n".join(lines[start : start + 3]) + "\n", encoding="utf-8")


@pytest.mark.parametrize("line", [line for line in commands_of("odds.md") if "--case" not in line
                                  and "mine.csv" not in line])  # fmt: skip
def test_odds_of_the_page(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the quotes that come along, and on the reader's files as the page shows them."""
    monkeypatch.chdir(tmp_path)
    files_of_odds(tmp_path)
    called(line, capsys)


def test_a_forecast_is_logged_and_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page logs one; its outcome is filled in by hand before it is scored: 3 % on what did not come."""
    monkeypatch.chdir(tmp_path)
    log, score = (line for line in commands_of("odds.md") if "mine.csv" in line)
    called(log, capsys)
    table = pd.read_csv("mine.csv", dtype=str, keep_default_na=False)
    table.assign(outcome="false").to_csv("mine.csv", index=False)
    assert "Brier 0.001" in called(score, capsys)


@pytest.mark.full
def test_odds_against_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every regime is solved as news of the day."""
    monkeypatch.chdir(tmp_path)
    [line] = [line for line in commands_of("odds.md") if "--case" in line]
    called(line, capsys)
