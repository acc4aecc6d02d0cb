"""A folder of rows is a dataset: a pipeline, a terminal and a country are added without any code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from linepack.cli import linepack
from linepack.errors import Severity
from linepack.report.sources import sources_text
from linepack.system.calendar import monthly_periods
from linepack.system.checks import check_system
from linepack.system.dataset import dataset_folder, load_dataset
from linepack.system.network import capacity_by_period

SOURCES = Path(__file__).resolve().parent.parent.parent / "docs" / "data" / "sources.md"
TAIL = "own study,judgement,2025-01-01,"


def own_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(dataset_folder("2025"), folder)
    return folder


def append(folder: Path, table: str, *rows: str) -> None:
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


def test_a_country_and_its_pipeline_by_rows(tmp_path: Path) -> None:
    """The rows that the page shows, and months of demand: the dataset loads, nothing is wrong, gas can reach it."""
    folder = own_folder(tmp_path)
    months = sorted(set(pd.read_csv(folder / "demand.csv")["month"]))
    append(folder, "nodes", f"AL,Albania,market,AL,Europe non-EU,SEE,,19.8,41.3,{TAIL}")
    append(folder, "arcs", f"GR-AL,Greece to Albania,pipeline,GR,AL,30,1.0,0,open,true,{TAIL}")
    append(folder, "demand", *(f"AL,all,{month},20,35,0.1,,{TAIL}" for month in months))
    system = load_dataset(folder)
    assert [i for i in check_system(system) if i.severity is Severity.ERROR] == []
    assert "AL" in set(system.table("nodes")["node"])


def test_a_country_that_no_gas_can_reach_is_named(tmp_path: Path) -> None:
    """Without its pipeline the market is cut off, and the check says which."""
    folder = own_folder(tmp_path)
    months = sorted(set(pd.read_csv(folder / "demand.csv")["month"]))
    append(folder, "nodes", f"AL,Albania,market,AL,Europe non-EU,SEE,,19.8,41.3,{TAIL}")
    append(folder, "demand", *(f"AL,all,{month},20,35,0.1,,{TAIL}" for month in months))
    found = [i for i in check_system(load_dataset(folder)) if i.code == "disconnected-market"]
    assert [i.keys for i in found] == [("AL",)]


def test_a_terminal_by_a_dated_row(tmp_path: Path) -> None:
    """Malta's terminal (18.9 GWh/d) rises to 40 on 1 February 2025."""
    folder = own_folder(tmp_path)
    append(folder, "arc_schedule", f"regas:MT,2025-02-01,,40,{TAIL}")
    capacity = capacity_by_period(load_dataset(folder), monthly_periods("2025-01", 3)).loc["regas:MT"]
    assert capacity.tolist() == pytest.approx([18.9, 40, 40])


def test_copy_and_report_by_command(tmp_path: Path) -> None:
    """The copy holds the same facts; the page puts judgements before estimates, and those before what is published."""
    run = CliRunner().invoke
    assert run(linepack, ["data", "copy", "2025", str(tmp_path / "mine")]).exit_code == 0
    assert load_dataset(tmp_path / "mine").tables["arcs"].equals(load_dataset("2025").tables["arcs"])
    page = tmp_path / "sources.md"
    assert run(linepack, ["data", "report", "--out", str(page)]).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert 0 < text.index("## Judgement") < text.index("## Estimated") < text.index("## Published")


def test_the_page_of_sources_is_that_of_today_and_leaves_nothing_out() -> None:
    """Every row of every table, earlier vintages too, is counted under its grade, and every source is named.

    If this fails, the facts have moved: ``python tools/docs.py`` writes the page.
    """
    system = load_dataset("2025")
    text = SOURCES.read_text(encoding="utf-8")
    assert text == sources_text(system) + "\n"
    counted = re.findall(r"^\| (\w+) \|((?: [\d,]+ \|){5})$", text, re.MULTILINE)
    told = {name: sum(int(cell.replace(",", "")) for cell in re.findall(r"[\d,]+", cells)) for name, cells in counted}
    assert told == {name: len(frame) + len(system.earlier.get(name, ())) for name, frame in system.tables.items()
                    if len(frame)}  # fmt: skip
    sources = {source for frame in system.tables.values() for source in frame["source"]}
    assert [source for source in sources if source.replace("|", "/") not in text] == []
