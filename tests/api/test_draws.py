"""Ensembles from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import linepack
from linepack.errors import InputError
from tests.ensemble.small_design import write_design
from tests.ensemble.test_run import FACTORS, small_design
from tests.runs.small import small_system


def test_rows_and_quantiles_are_those_of_the_design(tmp_path: Path) -> None:
    """Eight draws are eight certified rows; the median lies between the ends; a second call solves nothing."""
    path = write_design(tmp_path / "design", FACTORS, draws=8)
    seen: list[bool] = []
    found = linepack.ensemble(path, system=small_system(), workspace=tmp_path / "store", workers=1)
    again = linepack.ensemble(path, system=small_system(), workspace=tmp_path / "store", workers=1,
                              on_progress=lambda progress: seen.append(progress.is_cached))  # fmt: skip
    assert len(found.rows) == small_design(tmp_path / "other").table().shape[0] == 8
    assert set(found.rows["status"]) == {"certified"}
    assert (found.quantiles["p05"] <= found.quantiles["p50"]).all()
    assert (found.quantiles["p50"] <= found.quantiles["p95"]).all()
    assert seen == [True] * 8
    assert found.folder == again.folder
    assert found.folder.is_dir()


def test_a_design_that_is_not_there_is_told() -> None:
    """With the names that are."""
    with pytest.raises(InputError):
        linepack.ensemble("no-such-design")
