"""A folder of rows is a dataset: a pipeline, a terminal and a country are added without any code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from linepack.cli import linepack
from linepack.report.sources import sources_text
from linepack.results.solution import solve_system
from linepack.runs.runner import every_table
from linepack.scenario.scenario import load_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.checks import check_system
from linepack.system.dataset import dataset_folder, load_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.network import capacity_by_period

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
SOURCES = DOCS / "data" / "sources.md"
TAIL = "own study,judgement,2025-01-01,"


def own_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    shutil.copytree(dataset_folder("2025"), folder)
    return folder


def append(folder: Path, table: str, *rows: str) -> None:
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def follow(page: str, folder: Path) -> None:
    """Do what a page shows, in a copy that lies in ``mine``: add the rows of its blocks, run its Python."""
    for language, block in FENCE.findall((DOCS / page).read_text(encoding="utf-8")):
        if language == "python":
            exec(compile(block, page, "exec"), {})  # our own pages
            continue
        name = ""
        for line in block.splitlines():
            if line.endswith(".csv"):
                name = line.removesuffix(".csv")
            elif name:
                append(folder, name, line)


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> GasSystem:
    """The dataset after a reader has done all that the pages on a dataset and on an actor show."""
    folder = own_folder(tmp_path_factory.mktemp("followed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        follow("data/own-dataset.md", folder)
        follow("how-to/actor.md", folder)
    return load_dataset(folder)


def test_the_rows_of_the_pages_are_right(followed: GasSystem) -> None:
    """The pipeline, the country, its terminal and the exporter load, and the check has nothing to say."""
    assert [str(issue) for issue in check_system(followed)] == []
    assert {"GR-AL", "regas:AL", "EASTMED"} <= set(followed.table("arcs")["arc"])


def test_what_the_pages_add_takes_part_in_the_market(followed: GasSystem) -> None:
    """Albania uses 20 GWh/d at 35 EUR/MWh by the line, and from 2026 by its terminal too; Cyprus sells from 2027.

    Its gas costs 8 to 12 EUR/MWh and 2 to carry, far less than Greeks pay: all of it flows.
    """
    tables = every_table(solve_system(followed, load_scenario("us-gazprom-2025/status-quo")))
    flow = tables["arcs"].pivot_table(index="period", columns="arc", values="flow_gwh_d")
    used = tables["consumption"].query("node == 'AL'").set_index("period")["consumption_gwh_d"]
    assert (used > 15).all()
    assert (flow["GR-AL"] + flow["regas:AL"]).to_numpy() == pytest.approx(used.to_numpy(), abs=1e-3)
    assert flow.loc[:"2025-12", "regas:AL"].max() < 1e-3
    assert flow.loc[:"2026-12", "EASTMED"].max() < 1e-3
    assert flow.loc["2027-01":, "EASTMED"].to_numpy() == pytest.approx([250] * 3, abs=1e-3)


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
