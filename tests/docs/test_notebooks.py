"""The notebooks: every cell runs, and says today what it shows."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.test_docs import same
from tools.notebooks import notebooks, page, source, text_output


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_cells_show_what_they_give(path: Path, regimes_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in one namespace, the value of each last line is the plain text below it; numbers to their last digit."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(regimes_store))
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert cells
    names: dict[str, Any] = {}
    for cell in cells:
        body = ast.parse(source(cell)).body
        last = body[-1]
        exec(compile(ast.Module(body[:-1] if isinstance(last, ast.Expr) else body, []), path.name, "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), path.name, "eval"), names)
            if not hasattr(shown, "digest"):  # a run shows itself as a chart
                with pd.option_context("display.max_columns", 20, "display.width", 80):  # those of a kernel
                    assert same(repr(shown), text_output(cell)) == []


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_pages_of_notebooks_show_code_and_outputs(path: Path) -> None:
    """Each cell that gives something has an output, no error, and its page holds the code and a table or a chart."""
    content = json.loads(path.read_text(encoding="utf-8"))
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    assert outputs
    assert all(output["output_type"] != "error" for output in outputs)
    text = page(path)
    assert "```python\nimport linepack" in text
    assert "<table" in text or "<svg" in text
    assert "<style" not in text
