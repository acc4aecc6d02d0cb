"""The law that comes with the package, and a way to change one of its files."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from linepack.policy.law import LAW_FOLDER, Law, load_law
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem

Edit = Callable[[str, Callable[[dict[str, str]], bool], dict[str, str]], Path]


@pytest.fixture(scope="session")
def law() -> Law:
    return load_law()


@pytest.fixture(scope="session")
def system() -> GasSystem:
    return load_dataset("2025")


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Copy the law, change cells of the rows that a test picks, and return the folder."""

    def edit(table: str, pick: Callable[[dict[str, str]], bool], cells: dict[str, str]) -> Path:
        folder = tmp_path / "law"
        shutil.copytree(LAW_FOLDER, folder, dirs_exist_ok=True)
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            names, rows = list(reader.fieldnames or []), list(reader)
        chosen = [row for row in rows if pick(row)]
        assert chosen, "the test picks no row"
        for row in chosen:
            row.update(cells)
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return folder

    return edit
