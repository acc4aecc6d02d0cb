"""The site: its menu has every page, a warning stops it, and it works from disk."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML

import linepack
from tools import site
from tools.notebooks import notebooks

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = YAML(typ="safe").load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


def entries(menu: list[Any]) -> list[str]:
    """Return the pages of a menu, those of its sub-menus too."""
    found: list[str] = []
    for entry in menu:
        [place] = entry.values()
        found += entries(place) if isinstance(place, list) else [place]
    return found


def test_the_menu_has_every_page_once() -> None:
    """Written, generated and notebook pages; without a menu they stand in a row by the names of their files."""
    written = [str(path.relative_to(ROOT / "docs")) for path in ROOT.glob("docs/**/*.md")]
    made = [*site.reference_pages(), *(f"notebooks/{book.stem}.md" for book in notebooks())]
    assert sorted(entries(SETTINGS["nav"])) == sorted([*written, *made])


def test_the_menu_stays_on_one_line() -> None:
    """Few words on top: more than that wrap, and the bar hides what is read."""
    heads = [head for entry in SETTINGS["nav"] for head in entry]
    assert len(" ".join(heads)) < 60


def test_no_heading_begins_with_a_digit() -> None:
    """Its anchor would: the script of the theme cannot select it, and the list of headings stops following the page."""
    bad = [f"{path.name}: {line}" for path in ROOT.glob("docs/**/*.md")
           for line in re.findall(r"^#+ \d.*$", path.read_text(encoding="utf-8"), re.MULTILINE)]  # fmt: skip
    assert bad == []


def test_calls_are_shown_as_one_would_write_them() -> None:
    """Types without quotes; on one line if it is short, else a parameter a line, brackets whole."""
    shown = site.signature("compare", linepack.compare)
    assert shown.splitlines()[:4] == ["linepack.compare(", "    base: Asking | Run,", "    other: Asking | Run,",
                                      "    table: str | None = None,"]  # fmt: skip
    assert shown.splitlines()[-1] == ") -> pd.DataFrame"
    assert site.signature("cases", linepack.cases) == "linepack.cases() -> pd.DataFrame"
    assert "    on_step: Callable[[str], None] | None = None,\n" in site.signature("backtest", linepack.backtest)


def test_licences_are_on_the_site() -> None:
    """Those of the data and of the code, and where the sources are."""
    page = site.licences_page()
    assert "CC-BY-4.0" in page
    assert "Permission is hereby granted" in page
    assert "(../data/sources.md)" in page


def test_a_warning_stops_the_site(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Muted warnings do not count (mkdocs does not see them with ``--quiet``); they are printed, the rest is not."""
    started: list[str] = []

    def start(command: list[str], **how: object) -> SimpleNamespace:
        started.extend(command)
        return SimpleNamespace(returncode=1, stderr="INFO    -  Building\nWARNING -  a link leads nowhere\n")

    monkeypatch.setattr(subprocess, "run", start)
    assert site.strictly(Path("mkdocs.yml")) == 1
    assert "--strict" in started
    assert "--quiet" not in started
    assert capsys.readouterr().out == "WARNING -  a link leads nowhere\n"


def test_the_index_of_the_search_is_a_script_too(tmp_path: Path) -> None:
    """A page from disk may load scripts, and no JSON."""
    (tmp_path / "search_index.json").write_text('{"docs":[]}', encoding="utf-8")
    site.write_search_script(tmp_path)
    assert (tmp_path / "search_index.js").read_text(encoding="utf-8") == 'const SEARCH_INDEX = {"docs":[]};\n'
