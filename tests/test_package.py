"""The package as a whole."""

from importlib import metadata
from pathlib import Path

import linepack


def test_one_version() -> None:
    """The installed package and the code carry the same version, because one is read from the other."""
    assert metadata.version("linepack") == linepack.__version__


def test_citation_has_the_version() -> None:
    """Whoever cites the package names the version they have."""
    citation = (Path(__file__).parent.parent / "CITATION.cff").read_text()
    assert f"\nversion: {linepack.__version__}\n" in citation
