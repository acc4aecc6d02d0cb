"""The package as a whole."""

from importlib import metadata

import linepack


def test_one_version() -> None:
    """The installed package and the code carry the same version, because one is read from the other."""
    assert metadata.version("linepack") == linepack.__version__
