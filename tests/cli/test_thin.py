"""Commands and server compute nothing themselves: they ask the Python interface, and show what it answers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import linepack

PACKAGE = Path(linepack.__file__).parent
ALLOWED = {
    "cli": ("linepack.__version__", "linepack.api", "linepack.cli", "linepack.errors", "linepack.report"),
    "web": ("linepack.__version__", "linepack.api", "linepack.web", "linepack.errors", "linepack.report"),
}
"""What they may import: the interface, each its own, errors, and ``report``, which turns answers into text."""
SERVER = ("linepack.web.guard", "linepack.web.server")
"""The command ``serve`` starts the server."""
LIBRARIES_OF_NUMBERS = {"numpy", "scipy", "pandas", "pyarrow"}


def imports_of(path: Path, *, is_at_run_time: bool = False) -> list[str]:
    """Return the names that a module imports, wherever in it; at run time without those for type checkers only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if is_at_run_time:
        tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in
                                                        ast.unparse(node.test))]
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_only_the_interface_is_asked(layer: str) -> None:
    """No command and no endpoint reaches past it; whoever writes Python can have all that they have."""
    paths = sorted((PACKAGE / layer).glob("*.py"))
    assert len(paths) > 5
    past = []
    for path in paths:
        more = SERVER if path.name == "serve.py" else ()
        past += [f"{path.name}: {name}" for name in imports_of(path) if name.split(".")[0] == "linepack"
                 and not any(name == own or name.startswith(own + ".") for own in (*ALLOWED[layer], *more))]
    assert past == []


@pytest.mark.parametrize("layer", sorted(ALLOWED))
def test_no_library_of_numbers_is_used(layer: str) -> None:
    """Tables are made, joined and summed below."""
    used = [f"{path.name}: {name}" for path in sorted((PACKAGE / layer).glob("*.py"))
            for name in imports_of(path, is_at_run_time=True) if name.split(".")[0] in LIBRARIES_OF_NUMBERS]
    assert used == []


def test_an_import_past_the_interface_is_seen(tmp_path: Path) -> None:
    """In a function too; what is for type checkers does not count at run time."""
    path = tmp_path / "command.py"
    path.write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd\n"
                    "def run():\n    from linepack.market import sets\n")
    assert "linepack.market.sets" in imports_of(path)
    assert "pandas" in imports_of(path)
    assert "pandas" not in imports_of(path, is_at_run_time=True)
