"""Numbers and tables as a reader sees them."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from linepack.report.text import change, csv_text, json_text, markdown_table, number, plain_table


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234.56, 1, "1,234.6"), (-0.04, 1, "0.0"), (-0.06, 1, "-0.1"), (float("nan"), 1, "-"), (0.5, 0, "0")],
)  # fmt: skip
def test_number(value: float, decimals: int, text: str) -> None:
    """Thousands are set apart, no minus stands before a zero, and what does not exist is a dash."""
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1.26, "+1.3"), (-1.26, "-1.3"), (0.04, ""), (-0.04, ""), (float("nan"), "")]
)  # fmt: skip
def test_change(value: float, text: str) -> None:
    """A change that rounds to zero is not shown."""
    assert change(value) == text


def test_tables() -> None:
    """First column to the left, the others to the right; a bar in a cell does not break a Markdown table."""
    assert plain_table(("a", "bb"), [("xyz", "1")]) == "a    bb\n---  --\nxyz   1"
    assert markdown_table(("a", "b"), [("x|y", "1")]) == "| a | b |\n| --- | ---: |\n| x/y | 1 |"


def test_csv_rounds_and_has_no_minus_zero() -> None:
    """The last bits of a solver do not show."""
    assert csv_text(pd.DataFrame({"a": ["x"], "b": [-1e-9]})) == "a,b\nx,0.0\n"


def test_json_has_no_nan() -> None:
    """A number that does not exist is null, at any depth, and text keeps its letters."""
    text = json_text({"a": [float("nan"), {"b": float("inf")}], "c": "é"})
    assert json.loads(text) == {"a": [None, {"b": None}], "c": "é"}
    assert "NaN" not in text
    assert "é" in text


def test_csv_writes_numbers_as_python_does_and_can_be_read_back() -> None:
    """Six decimals, never minus zero; a number is written as Python writes it, and a text with a comma is quoted."""
    values = [1.0, -0.0, 1e-6, -2.5e-5, 0.1 + 0.2, 1e-4, 123456789.125, 1e10, 1.5e12, float("nan")]
    texts = ["plain", "a,b", 'say "x"', "two\nlines", "", None, "é", "1", "x", "y"]
    frame = pd.DataFrame({"value": values, "text": texts, "whole": range(10), "is_it": [True, False] * 5})
    header, *rows = csv.reader(io.StringIO(csv_text(frame)))
    assert header == ["value", "text", "whole", "is_it"]
    rounded = ["1.0", "0.0", "1e-06", "-2.5e-05", "0.3", "0.0001", "123456789.125", "10000000000.0"]
    assert [row[0] for row in rows] == [*rounded, "1500000000000.0", ""]
    assert [row[1] for row in rows] == [text or "" for text in texts]
    assert [row[2:] for row in rows] == [[str(k), str(k % 2 == 0)] for k in range(10)]
