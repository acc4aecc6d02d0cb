"""Equations, their page, their row labels and their tests stay in step."""

from __future__ import annotations

import re
from pathlib import Path

from linepack.market.equations import EQUATIONS
from tests.builders import solved
from tests.market.test_equations import two_nodes

ROOT = Path(__file__).parents[2]


def sections() -> dict[str, str]:
    """Return the sections of the page by heading."""
    parts = re.split(r"^## (\w+)$", (ROOT / "docs/model/equations.md").read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_equation_has_a_section_and_no_section_is_left_over() -> None:
    """The page is read beside the code, so it has exactly the equations of the code."""
    assert set(sections()) == set(EQUATIONS)


def test_every_section_names_its_rows_its_unit_and_its_shadow_price() -> None:
    """Row labels are what results show, so the page must name them as the code does."""
    for name, page in EQUATIONS.items():
        body = sections()[name]
        assert re.search(r"Rows:\s+" + r",\s+".join(f"`{label}`" for label in page.rows), body), name
        assert page.unit in body, name
        assert "Shadow" in body, name


def test_row_labels_are_those_of_a_compiled_problem() -> None:
    """A compiled problem has the blocks that the equations announce, no more and no fewer."""
    announced = [label for page in EQUATIONS.values() for label in page.rows]
    assert list(solved(two_nodes()).problem.equations) == announced


def test_every_equation_has_a_test() -> None:
    """An equation without a hand-made answer is not done."""
    pages = sorted((ROOT / "tests/market").glob("test_*.py"))
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert {name for name in EQUATIONS if not re.search(rf"^def test_{name}\w*\(", text, re.M)} == set()


def test_every_equation_says_what_it_states() -> None:
    """The docstring is the sentence of the page."""
    assert all(page.write.__doc__ for page in EQUATIONS.values())
