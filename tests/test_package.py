"""The package as a whole."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import linepack

ROOT = Path(__file__).parent.parent


def test_one_version() -> None:
    """The installed package and the code carry the same version, because one is read from the other."""
    assert metadata.version("linepack") == linepack.__version__


def test_citation_has_the_version() -> None:
    """Whoever cites the package names the version they have."""
    citation = (Path(__file__).parent.parent / "CITATION.cff").read_text()
    assert f"\nversion: {linepack.__version__}\n" in citation


def test_source_package_carries_the_project() -> None:
    """Whoever unpacks it can build, test and read: all that lies at the top is in it, but for what is made here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = {name.strip("/") for name in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]}
    always = {"pyproject.toml", "README.md", "LICENSE", ".gitignore"}  # hatch adds them
    made = {line.strip("/\n") for line in (ROOT / ".gitignore").read_text().splitlines()}
    top = {path.name for path in ROOT.iterdir()} - made - {".git"}
    lacking = {name for name in top - always if not any(Path(name).match(pattern) for pattern in carried)}
    assert {name for name in lacking if not name.endswith(".egg-info")} == set()


def test_changes_name_the_version() -> None:
    """A release dates its heading; until then the version stands beside 'Unreleased', with something under it."""
    text = (ROOT / "CHANGELOG.md").read_text()
    first = re.search(r"^## (.*)$", text, re.MULTILINE)
    assert first is not None
    assert linepack.__version__ in first[1]
    assert re.search(r"^- ", text[first.end():], re.MULTILINE)


def test_licences_travel_with_the_package() -> None:
    """Of the code and of the data; the page adds those of its own packages when it is built."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "MIT"
    assert set(project["license-files"]) == {"LICENSE", "DATA_LICENSE.md"}
    assert all((ROOT / name).is_file() for name in project["license-files"])
