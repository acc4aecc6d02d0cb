"""Loading and writing datasets: everything that can be wrong is found, named and explained, all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pandas as pd
import pytest

from linepack.errors import InputError, Issue
from linepack.system.dataset import available_datasets, describe_package, load_dataset, write_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.schema import PROVENANCE, TABLES, TABLES_BY_NAME
from tests.builders import delivery, demand, gas_system, market, merged, supply


def small() -> GasSystem:
    """Return Norway's shelf, a pipeline and a market, with the country code that spreadsheets take for false."""
    eaten = [*demand("NO", intercept=50, slope=0.5), *demand("GB", intercept=50, slope=0.5)]
    ways = merged(delivery("SHELF", "NO"), delivery("SHELF", "GB"))
    return gas_system(merged(market("NO", "GB"), supply("SHELF", cost=10), ways, {"demand": eaten}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a dataset on disk that loads."""
    write_dataset(small(), tmp_path / "data")
    return tmp_path / "data"


def edit(path: Path, change: Callable[[str], str]) -> None:
    """Rewrite a text file."""
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the edit changed nothing"
    path.write_text(after, encoding="utf-8")


def issues(folder: Path) -> tuple[Issue, ...]:
    """Return what loading reports."""
    with pytest.raises(InputError) as caught:
        load_dataset(folder)
    return caught.value.issues


def only(folder: Path) -> Issue:
    """Return the one thing that loading reports."""
    found = issues(folder)
    assert len(found) == 1, found
    return found[0]


def test_shipped_datasets_load() -> None:
    """What comes with the package passes its own checks, and every row has its provenance."""
    assert "2025" in available_datasets()
    system = load_dataset("2025")
    for name, frame in system.tables.items():
        assert not frame["source"].eq("").any(), name
        assert not frame["known_from"].eq("").any(), name


def test_round_trip_keeps_the_digest(tmp_path: Path) -> None:
    """Load, write, load: the same facts, the same digest."""
    system = load_dataset("2025")
    write_dataset(system, tmp_path / "copy")
    again = load_dataset(tmp_path / "copy")
    assert again.digest == system.digest
    for table in TABLES:
        pd.testing.assert_frame_equal(again.table(table.name), system.table(table.name), check_dtype=False)


def test_digest_does_not_depend_on_the_order_of_rows() -> None:
    """Rows are sorted by their key before the digest, except where the later of two rows counts."""
    system = load_dataset("2025")
    turned = {table.name: system.table(table.name).iloc[::-1].reset_index(drop=True)
              for table in TABLES if not table.is_ordered}  # fmt: skip
    assert system.with_tables(**turned).digest == system.digest


def test_digest_sees_every_cell() -> None:
    """One number, one word, the version: each is another digest."""
    system = small()
    arcs = system.table("arcs")
    dearer = system.with_tables(arcs=arcs.assign(tariff_eur_mwh=arcs["tariff_eur_mwh"] + 1e-9))
    noted = system.with_tables(arcs=arcs.assign(note="x"))
    later = GasSystem(system.dataset, "2", system.tables)
    assert len({system.digest, dearer.digest, noted.digest, later.digest}) == 4


def test_unknown_column(folder: Path) -> None:
    """A column the schema does not know is named, with the nearest one that it knows."""
    edit(folder / "arcs.csv", lambda text: text.replace("tariff_eur_mwh", "tarif_eur_mwh", 1))
    found = {issue.code: issue for issue in issues(folder)}
    assert found["unknown-column"].keys == ("tarif_eur_mwh",)
    assert found["unknown-column"].hint == "did you mean 'tariff_eur_mwh'?"
    assert found["missing-column"].keys == ("tariff_eur_mwh",)


def test_wrong_unit_in_a_column_name(folder: Path) -> None:
    """A capacity in bcm a year is told from an unknown column, and the remedy is a conversion."""
    edit(folder / "arcs.csv", lambda text: text.replace("capacity_gwh_d", "capacity_bcm_y", 1))
    found = {issue.code: issue for issue in issues(folder)}
    assert found["wrong-unit"].table == "arcs"
    assert "convert to GWh/d" in str(found["wrong-unit"].hint)


def test_wrong_unit_in_the_package_description(folder: Path) -> None:
    """The description declares units; one that differs from the schema's is refused, not converted."""
    edit(folder / "datapackage.json", lambda text: text.replace('"unit": "GWh/d"', '"unit": "mcm/d"', 1))
    issue = only(folder)
    assert issue.code == "wrong-unit"
    assert "mcm/d" in issue.message


@pytest.mark.parametrize(
    ("file", "before", "after", "code"),
    [
        ("arcs.csv", ",1000.0,", ",-1000,", "below-minimum"),
        ("arcs.csv", ",1000.0,", ",a lot,", "not-a-number"),
        ("arcs.csv", ",1000.0,", ",inf,", "not-a-number"),
        ("arcs.csv", ",1000.0,", ",,", "empty-cell"),
        ("arcs.csv", ",open,", ",opne,", "not-a-choice"),
        ("arcs.csv", ",False,", ",perhaps,", "not-a-boolean"),
        ("demand.csv", "2025-04", "2025-4", "bad-month"),
        ("demand.csv", "2025-01-01", "01.01.2025", "bad-date"),
        ("arcs.csv", ",0.0,0.0,open", ",0.0,0.9,open", "above-maximum"),
        ("arcs.csv", "SHELF-BASIN,GB", "SHELF-BASIN,XX", "unknown-node"),
        ("carriage.csv", "SHELF-GB", "SHELF-DE", "unknown-arc"),
        ("arcs.csv", "SHELF-BASIN,NO", "SHELF-BASIN,false", "unknown-node"),
        ("demand.csv", "GB,", "NO,", "duplicate-key"),
    ],
)
def test_bad_cells(folder: Path, file: str, before: str, after: str, code: str) -> None:
    """Each is one finding with table, row and remedy; nothing is guessed."""
    edit(folder / file, lambda text: text.replace(before, after, 1))
    issue = only(folder)
    assert issue.code == code
    assert issue.table == file.removesuffix(".csv")
    assert issue.keys
    assert issue.hint


def test_norway_stays_norway(folder: Path) -> None:
    """NO is read as text everywhere."""
    system = load_dataset(folder)
    assert system.table("nodes")["node"].tolist().count("NO") == 1
    assert system.table("arcs").set_index("arc").loc["SHELF-NO", "destination"] == "NO"


def test_norway_read_as_false_is_explained(folder: Path) -> None:
    """A spreadsheet has saved NO as FALSE: the error says how that came about."""
    edit(folder / "arcs.csv", lambda text: text.replace("SHELF-BASIN,NO", "SHELF-BASIN,FALSE"))
    assert "reads the country code NO as false" in str(only(folder).hint)


def test_line_numbers(folder: Path) -> None:
    """The second data row of a file is line 3, as an editor counts."""
    edit(folder / "arcs.csv", lambda text: ",-5,".join(text.rsplit(",1000.0,", 1)))
    assert only(folder).keys == ("SHELF-GB (line 3)",)


def test_all_findings_at_once(folder: Path) -> None:
    """Three mistakes in three tables are three findings, not three attempts."""
    edit(folder / "arcs.csv", lambda text: text.replace(",1000.0,", ",-1,", 1))
    edit(folder / "demand.csv", lambda text: text.replace("2025-04", "April", 1))
    (folder / "storages.csv").unlink()
    assert {(issue.code, issue.table) for issue in issues(folder)} == {
        ("below-minimum", "arcs"), ("bad-month", "demand"), ("missing-table", "storages"),
    }  # fmt: skip


def test_unreadable_tables(folder: Path) -> None:
    """Bytes that are no UTF-8, a ragged CSV and an empty file are findings, not tracebacks."""
    (folder / "arcs.csv").write_bytes(b"\xff\xfe\x00arc")
    edit(folder / "nodes.csv", lambda text: text + "a," * 40 + "\n")
    (folder / "demand.csv").write_text("", encoding="utf-8")
    assert {(issue.code, issue.table) for issue in issues(folder)} == {
        ("unreadable", "arcs"), ("unreadable", "nodes"), ("unreadable", "demand"),
    }  # fmt: skip


def test_unreadable_package_description(folder: Path) -> None:
    """A truncated description stops the loading at once."""
    edit(folder / "datapackage.json", lambda text: text[: len(text) // 2])
    assert only(folder).code == "unreadable"


def test_other_schema_version(folder: Path) -> None:
    """A dataset of another schema version is refused, with the remedy."""
    edit(folder / "datapackage.json", lambda text: re.sub(r'"schema_version": \d+', '"schema_version": 99', text))
    assert only(folder).code == "schema-version"


def test_stray_table(folder: Path) -> None:
    """A misspelt file is not ignored."""
    (folder / "storage.csv").write_text("node\nGB\n", encoding="utf-8")
    issue = only(folder)
    assert (issue.code, issue.hint) == ("unknown-table", "did you mean 'storages'?")


def test_unknown_dataset() -> None:
    """The error lists the datasets there are."""
    with pytest.raises(InputError, match="2025"):
        load_dataset("2035")


def test_optional_tables_may_be_absent(folder: Path) -> None:
    """Rules, policy limits, observations and claims are optional: without them the tables are there, and empty."""
    for table in TABLES:
        if table.is_optional:
            (folder / f"{table.name}.csv").unlink()
    system = load_dataset(folder)
    assert all(len(system.table(table.name)) == 0 for table in TABLES if table.is_optional)
    assert list(system.table("flow_rules").columns) == [column.name for column in TABLES_BY_NAME["flow_rules"].columns]


def test_nothing_is_overwritten(folder: Path) -> None:
    """A folder that exists is refused and left alone."""
    before = (folder / "arcs.csv").read_bytes()
    with pytest.raises(InputError, match="exists already"):
        write_dataset(small(), folder)
    assert (folder / "arcs.csv").read_bytes() == before


def test_interrupted_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped half way through the tables: no folder of that name, and no temporary one either."""
    written: list[str] = []
    real = pd.DataFrame.to_csv

    def stopped(frame: pd.DataFrame, path: Path, **options: object) -> None:
        written.append(str(path))
        if len(written) > 5:
            raise KeyboardInterrupt
        real(frame, path, **options)

    monkeypatch.setattr(pd.DataFrame, "to_csv", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_dataset(small(), tmp_path / "data")
    assert len(written) == 6
    assert list(tmp_path.iterdir()) == []


def test_description_is_the_schema(folder: Path) -> None:
    """The package description carries type and unit of every column, so that others can read the dataset."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = {r["name"]: [(f["name"], f["unit"]) for f in r["schema"]["fields"]] for r in package["resources"]}
    assert described == {table.name: [(c.name, c.unit) for c in table.columns] for table in TABLES}


def test_the_shipped_description_is_that_of_the_schema() -> None:
    """Who reads the package without linepack sees every table and column; ``write_dataset`` writes the description."""
    package = resources.files("linepack") / "datasets" / "2025" / "datapackage.json"
    shipped = json.loads(package.read_text(encoding="utf-8"))
    assert shipped == describe_package(shipped["name"], shipped["version"])


def test_schema_says_what_it_means() -> None:
    """Every number has a unit and its ending, every column a description, every table its provenance."""
    for table in TABLES:
        assert table.description.endswith("."), table.name
        assert table.columns[-len(PROVENANCE) :] == PROVENANCE
        for column in table.columns:
            assert column.description, (table.name, column.name)
            assert column.unit or column.kind != "number", (table.name, column.name)
            if column.unit in ("GWh/d", "GWh", "EUR/MWh"):
                ending = {"GWh/d": "_gwh_d", "GWh": "_gwh", "EUR/MWh": "_eur_mwh"}[column.unit]
                assert column.name.endswith(ending), (table.name, column.name)
