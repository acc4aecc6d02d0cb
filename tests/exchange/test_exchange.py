"""Exports: nothing is lost, what is written obeys its format, and wrong imports are told as wrong datasets are."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.optimize as so

from linepack.api.files import Format, export_as, exported, read_export
from linepack.errors import InputError
from linepack.exchange.folder import FileKind, describe_run, export_run, read_run
from linepack.exchange.geojson import arcs_geojson, nodes_geojson
from linepack.exchange.iamc import CODELIST, iamc_table, read_iamc
from linepack.exchange.pypsa import Network, pypsa_network
from linepack.exchange.results import RESULT_TABLES
from linepack.runs.runner import run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.reader import parse_yaml
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.gassystem import GasSystem
from linepack.system.workbook import read_sheets, write_sheets
from tests.runs.small import small_case, small_system


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[GasSystem, Scenario, Run]:
    """A tiny system, its base scenario and its run."""
    folder = tmp_path_factory.mktemp("small")
    scenario = small_case(folder, 2).scenarios[0]
    run = run_scenarios(small_system(), [scenario], RunStore(folder / "store"), workers=1)[0].run
    assert run is not None
    return small_system(), scenario, run


def test_schema_of_results_is_that_of_the_tables(regimes: dict[str, Run]) -> None:
    """Every table and column of a run is described, with the unit that its name ends in, and keys are unique."""
    tables = regimes["status-quo"].tables
    assert {table.name for table in RESULT_TABLES if not table.is_optional} == set(tables)
    for table in (table for table in RESULT_TABLES if not table.is_optional):
        assert {column.name for column in table.columns} == set(tables[table.name].columns), table.name
        assert not tables[table.name].duplicated(list(table.key)).any(), table.name
        for column in table.columns:
            assert (column.unit != "") == pd.api.types.is_float_dtype(tables[table.name][column.name]), column.name


@pytest.mark.parametrize("kind", list(FileKind))
def test_a_run_comes_back_as_it_was(regimes: dict[str, Run], tmp_path: Path, kind: FileKind) -> None:
    """To the last bit and with the types of its columns, in CSV as in Parquet, with its record."""
    run = regimes["status-quo"]
    export_run(run, tmp_path / "run", kind)
    back = read_run(tmp_path / "run")
    assert back.record == run.record
    assert set(back.tables) == set(run.tables)
    for name in run.tables:
        has_rows = not run.tables[name].empty  # a column without cells is of no type
        pd.testing.assert_frame_equal(run.tables[name], back.tables[name], check_exact=True, check_dtype=has_rows)


def test_data_package_obeys_its_specification(regimes: dict[str, Run], tmp_path: Path) -> None:
    """Names in lower case, paths inside the folder, fields in the order of the file, keys among the fields.

    These are the rules of the data package standard that a generator can break.
    """
    run = regimes["status-quo"]
    export_run(run, tmp_path / "run")
    package = json.loads((tmp_path / "run" / "datapackage.json").read_text())
    assert package == json.loads(json.dumps(describe_run(run)))
    assert set(package["name"]) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._")
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        header = (tmp_path / "run" / resource["path"]).read_text().splitlines()[0].split(",")
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == header
        assert set(resource["schema"]["primaryKey"]) <= set(fields)
        assert {field["type"] for field in resource["schema"]["fields"]} <= {"string", "number", "boolean"}
        assert resource["profile"] == "tabular-data-resource"


def test_wrong_imports_are_told_like_wrong_datasets(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """All problems at once, each with table, rows and what to try."""
    folder = tmp_path / "run"
    export_run(small[2], folder)
    path = folder / "hub_prices.csv"
    text = path.read_text().splitlines()
    path.write_text("\n".join([text[0].replace("region", "regio"), text[1].replace(text[1].split(",")[3], "dear")]))
    (folder / "flows.csv").unlink()
    with pytest.raises(InputError) as caught:
        read_run(folder)
    codes = {(issue.code, issue.table) for issue in caught.value.issues}
    assert {("unknown-column", "hub_prices"), ("not-a-number", "hub_prices"), ("missing-table", "flows")} <= codes
    assert any(issue.hint == "did you mean 'region'?" for issue in caught.value.issues)
    with pytest.raises(InputError, match="there is no"):
        read_run(tmp_path)


@pytest.mark.parametrize("kind", list(Format))
def test_nothing_is_overwritten_nor_left_half_written(
    small: tuple[GasSystem, Scenario, Run], tmp_path: Path, kind: Format
) -> None:
    """A second export into the same place is refused; beside it nothing is left."""
    out = tmp_path / ("out.xlsx" if kind is Format.EXCEL else "out")
    paths = export_as(kind, *small, out)
    assert paths
    assert all(path.is_file() for path in paths)
    with pytest.raises(InputError, match="exists already"):
        export_as(kind, *small, out)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_iamc_table_comes_back_and_adds_up(regimes: dict[str, Run], facts: GasSystem, tmp_path: Path) -> None:
    """Value by value; and first sales by pipe and as LNG are all first sales of the run."""
    scenario = load_scenario("us-gazprom-2025/status-quo")
    run = regimes["status-quo"]
    export_as(Format.IAMC, facts, scenario, run, tmp_path / "iamc")
    back, table = read_export(tmp_path / "iamc"), iamc_table(scenario, run)
    assert isinstance(back, pd.DataFrame)
    assert back.columns.tolist() == ["model", "scenario", "region", "variable", "unit", "time", "value"]
    assert (back["value"].to_numpy() == table["value"].to_numpy()).all()
    assert set(back["variable"]) == set(CODELIST)
    sold = back[back["variable"].str.startswith("Trade|Gas|First Sale|")]["value"].sum()
    assert sold == pytest.approx(run.tables["sales"]["sales_gwh_d"].sum())
    codes = parse_yaml("list:\n" + (tmp_path / "iamc/definitions/variable/variables.yaml").read_text(), "codes")
    assert [next(iter(item.values)) for item in codes.items("list")] == list(CODELIST)


def test_codelist_defines_what_is_exported(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """Every region and both ends of every flow, once, with a description: nomenclature takes 'name' for the code."""
    export_as(Format.IAMC, *small, tmp_path / "iamc")
    used = set(iamc_table(*small[1:])["region"])
    listed = parse_yaml("list:\n" + (tmp_path / "iamc/definitions/region/regions.yaml").read_text(), "codes")
    defined, keys = [], set()
    for group in listed.items("list"):
        for codes in dict(group.values).values():
            defined += [code if isinstance(code, str) else next(iter(code)) for code in codes]
            keys |= {key for code in codes if not isinstance(code, str) for own in code.values() for key in own}
    assert keys == {"description"}
    assert sorted(defined) == sorted({"World"} | used | {end for region in used for end in region.split(">")})
    assert "datetime: true" in (tmp_path / "iamc/nomenclature.yaml").read_text()


def test_a_table_that_pyam_wrote_comes_back(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """Wide, capital names, midnights as columns, as its ``to_csv`` and ``to_excel`` write; errors name lines of it."""
    table = iamc_table(*small[1:])
    keys = ["model", "scenario", "region", "variable", "unit"]
    wide = table.assign(time=table["time"] + " 00:00:00").set_index([*keys, "time"])["value"].unstack()  # noqa: PD010
    wide = wide.reset_index().rename(columns=str.capitalize)
    wide.to_csv(tmp_path / "pyam.csv", index=False)
    write_sheets(tmp_path / "pyam.xlsx", {"data": wide, "meta": pd.DataFrame({"exclude": [False]})})
    ordered = table.sort_values([*keys, "time"], ignore_index=True)
    for name in ("pyam.csv", "pyam.xlsx"):
        back = read_iamc(tmp_path / name).sort_values([*keys, "time"], ignore_index=True)
        pd.testing.assert_frame_equal(back[list(ordered)], ordered, check_dtype=False, check_exact=True)
    line = len(wide) + 1
    last = wide.astype(object)
    last.iloc[-1, -1] = "1,5"
    last.iloc[0, 3] = "Price|Gas|Hubs"
    last.to_csv(tmp_path / "wrong.csv", index=False)
    with pytest.raises(InputError) as caught:
        read_iamc(tmp_path / "wrong.csv")
    found = {issue.code: issue for issue in caught.value.issues}
    assert found["not-a-number"].keys[0].endswith(f"(line {line})")
    assert found["unknown-variable"].keys == ("line 2",)


def test_years_are_no_times_of_a_run(tmp_path: Path) -> None:
    """A table by years says what a time must be; one without values, which column is missing."""
    path = tmp_path / "table.csv"
    for head, row, code, hint in (
        ("model,scenario,region,variable,unit,2025", "m,s,DE,Price|Gas|Hub,EUR/MWh,1", "bad-date", "write YYYY-MM-DD"),
        ("model,scenario,region,variable,unit,year,value", "m,s,DE,Price|Gas|Hub,EUR/MWh,2025,1", "bad-date",
         "write YYYY-MM-DD"),
        ("model,scenario,region,variable,unit,time", "m,s,DE,Price|Gas|Hub,EUR/MWh,2025-04-01", "missing-column",
         "the columns are model, scenario, region, variable, unit, time, value"),
    ):  # fmt: skip
        path.write_text(f"{head}\n{row}\n")
        with pytest.raises(InputError) as caught:
            read_export(path)
        assert [(issue.code, issue.hint) for issue in caught.value.issues] == [(code, hint)]


def test_snapshots_are_dates_for_pypsa(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """PyPSA makes dates of a column 'snapshot' only if it is not the first one, which it takes for an index."""
    export_as(Format.PYPSA, *small, tmp_path / "pypsa")
    snapshots = pd.read_csv(tmp_path / "pypsa/snapshots.csv", index_col=0)
    assert snapshots.columns.tolist() == ["snapshot", "objective", "stores", "generators"]
    assert snapshots["snapshot"].tolist() == [period.start.isoformat() for period in small[1].periods]


def test_a_damaged_parquet_file_is_told(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """A file that is cut, and one without a column, are findings; a table without rows has the types of its columns."""
    export_run(small[2], tmp_path / "run", FileKind.PARQUET)
    assert str(pd.read_parquet(tmp_path / "run/flagged.parquet").dtypes["flag"]) == "str"
    cut = tmp_path / "run/flows.parquet"
    cut.write_bytes(cut.read_bytes()[:100])
    arcs = pd.read_parquet(tmp_path / "run/arcs.parquet").drop(columns="flow_gwh_d")
    arcs.to_parquet(tmp_path / "run/arcs.parquet", index=False)
    with pytest.raises(InputError) as caught:
        read_run(tmp_path / "run")
    assert {(issue.code, issue.table) for issue in caught.value.issues} == {
        ("unreadable", "flows"), ("missing-column", "arcs")}  # fmt: skip


def test_a_name_that_exists_is_refused_before_anything_is_solved(tmp_path: Path) -> None:
    """Nobody waits for a run whose export cannot be written."""
    with pytest.raises(InputError, match="exists already"):
        exported("no-such-scenario.yaml", tmp_path, Format.CSV)


def test_iamc_tables_of_others_are_checked(tmp_path: Path) -> None:
    """An unknown variable, another unit, a bad day and a repeated row are all named; column names may be capital."""
    head = "Model,Scenario,Region,Variable,Unit,Time,Value\n"
    row = "m,s,DE,{},{},{},1\n"
    good = row.format("Price|Gas|Hub", "EUR/MWh", "2025-04-01")
    path = tmp_path / "table.csv"
    path.write_text(head + good)
    assert read_iamc(path)["value"].tolist() == [1.0]
    path.write_text(head + row.format("Price|Gas|Hubs", "EUR/MWh", "2025-04-01")
                    + row.format("Storage|Gas|Level", "TWh", "2025-04-01"))  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_iamc(path)
    assert [(issue.code, issue.hint) for issue in caught.value.issues] == [
        ("unknown-variable", "did you mean 'Price|Gas|Hub'?"), ("wrong-unit", "convert to GWh with linepack.units")]
    path.write_text(head + good + good + row.format("Price|Gas|Hub", "EUR/MWh", "April"))
    with pytest.raises(InputError) as caught:
        read_iamc(path)
    assert {issue.code for issue in caught.value.issues} == {"duplicate-key", "bad-date"}
    path.write_text(head + good.replace(",1\n", ",one\n") + row.format("Storage|Gas|Level", "TWh", "2025-04-01"))
    with pytest.raises(InputError) as caught:
        read_iamc(path)
    assert {issue.code: issue.hint for issue in caught.value.issues} == {
        "not-a-number": "a number", "wrong-unit": "convert to GWh with linepack.units"}  # fmt: skip


def test_geojson_has_every_node_and_arc(regimes: dict[str, Run], facts: GasSystem) -> None:
    """Longitude before latitude, no number that JSON lacks, a price where there is a hub only."""
    run = regimes["status-quo"]
    nodes, arcs = nodes_geojson(facts, run), arcs_geojson(facts, run)
    json.dumps([nodes, arcs], allow_nan=False)
    assert len(nodes["features"]) == len(facts.table("nodes"))
    assert {f["properties"]["arc"] for f in arcs["features"]} == set(run.tables["arcs"]["arc"])
    for feature in nodes["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90
    priced = {f["properties"]["node"] for f in nodes["features"] if f["properties"]["hub_price_eur_mwh"] is not None}
    assert priced == set(run.tables["hub_prices"]["node"])


def residual_mw(network: Network) -> float:
    """Return the largest residual of energy balance over buses and snapshots of the flows in the network."""
    static, series = network.static, network.series
    hours = network.snapshots["objective"].to_numpy()
    net = pd.DataFrame(0.0, index=network.snapshots["snapshot"], columns=static["buses"]["name"])
    for link in static["links"].itertuples():
        flow = series["links", "p0"][link.name]
        net[link.bus0] -= flow
        net[link.bus1] += flow * link.efficiency
    for unit in static["generators"].itertuples():
        net[unit.bus] += series["generators", "p"][unit.name]
    for load in static["loads"].itertuples():
        net[load.bus] -= series["loads", "p_set"][load.name]
    for store in static["stores"].itertuples():
        levels = np.concatenate([[store.e_initial], series["stores", "e"][store.name]])
        net[store.bus] -= np.diff(levels) / hours
    return float(net.abs().to_numpy().max())


def test_network_balances_with_the_flows_of_the_run(regimes: dict[str, Run], facts: GasSystem) -> None:
    """Every bus, every month: what comes in goes out. Flows stay within limits, stores within volume.

    So the run is feasible in the network, and a least-cost solution of it costs no more.
    """
    network = pypsa_network(facts, load_scenario("us-gazprom-2025/status-quo"), regimes["status-quo"])
    assert residual_mw(network) < 1e-3  # of some 1e6 MW
    static, series = network.static, network.series
    for component, flow in (("links", "p0"), ("generators", "p")):
        frame = static[component].set_index("name")
        most = series[component, "p_max_pu"].reindex(columns=frame.index).fillna(1.0) * frame["p_nom"]
        over = series[component, flow][frame.index] - most
        assert over.to_numpy().max() < 1e-3, component
    stores = static["stores"].set_index("name")
    assert (series["stores", "e"][stores.index] <= stores["e_nom"]).all(axis=None)
    buses = set(static["buses"]["name"])
    for component, column in (("links", "bus0"), ("links", "bus1"), ("generators", "bus"), ("loads", "bus"),
                              ("stores", "bus")):  # fmt: skip
        assert set(static[component][column]) <= buses
    names = [name for component in ("links", "generators", "loads", "stores") for name in static[component]["name"]]
    assert len(names) == len({*static["links"]["name"]} | {*static["generators"]["name"]} | {*static["loads"]["name"]}
                             | {*static["stores"]["name"]})  # fmt: skip


def _of_time(network: Network, component: str, attribute: str, t: int, static: pd.Series) -> np.ndarray:
    """Return a value per component at one snapshot: that of the time series, else the static one."""
    frame = network.series.get((component, attribute))
    own = frame.iloc[t].reindex(static.index) if frame is not None else pd.Series(np.nan, static.index)
    return own.fillna(static).to_numpy()


def least_cost(network: Network) -> float:
    """Return the least cost of a network without stores in EUR, by a linear program of its own."""
    static, series, hours = network.static, network.series, network.snapshots["objective"].to_numpy()
    assert static["stores"].empty
    total = 0.0
    links, units_ = static["links"], static["generators"]
    bus = {name: k for k, name in enumerate(static["buses"]["name"])}
    for t, weight in enumerate(hours):
        frames = {"links": links.set_index("name"), "generators": units_.set_index("name")}
        ones = {name: pd.Series(1.0, frame.index) for name, frame in frames.items()}
        share = np.concatenate([_of_time(network, name, "p_max_pu", t, ones[name]) for name in frames])
        cost = np.concatenate([_of_time(network, name, "marginal_cost", t, frame["marginal_cost"])
                               for name, frame in frames.items()])  # fmt: skip
        upper = share * np.concatenate([frame["p_nom"] for frame in frames.values()])
        count = len(links)
        matrix = np.zeros((len(bus), count + len(units_)))
        for k, link in enumerate(links.itertuples()):
            matrix[bus[link.bus0], k] -= 1.0
            matrix[bus[link.bus1], k] += link.efficiency
        for k, unit in enumerate(units_.itertuples()):
            matrix[bus[unit.bus], count + k] += 1.0
        load = np.zeros(len(bus))
        for item in static["loads"].itertuples():
            load[bus[item.bus]] += series["loads", "p_set"][item.name].iloc[t]
        done = so.linprog(cost, A_eq=matrix, b_eq=load, bounds=[(0.0, float(most)) for most in upper])
        assert done.status == 0, done.message
        total += weight * done.fun
    return total


def test_least_cost_of_a_competitive_network_is_that_of_the_run(small: tuple[GasSystem, Scenario, Run]) -> None:
    """Price takers supply a given demand at least cost, so a cost model of the network finds the run's own cost."""
    network = pypsa_network(*small)
    static, series, hours = network.static, network.series, network.snapshots["objective"].to_numpy()
    own = 0.0
    for component, flow in (("links", "p0"), ("generators", "p")):
        frame = static[component].set_index("name")
        cost = pd.DataFrame({name: series.get((component, "marginal_cost"), pd.DataFrame()).get(name, value)
                             for name, value in frame["marginal_cost"].items()},
                            index=series[component, flow].index)  # fmt: skip
        own += float((series[component, flow][frame.index] * cost).mul(hours, axis=0).to_numpy().sum())
    assert own > 0
    assert least_cost(network) == pytest.approx(own, rel=1e-5)


def test_a_run_as_a_workbook(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """One sheet per table with all digits, and what it is; the file's name must say that it is a workbook."""
    system, scenario, run = small
    export_as(Format.EXCEL, system, scenario, run, tmp_path / "run.xlsx")
    sheets = read_sheets(tmp_path / "run.xlsx")
    assert set(sheets) == {"about", *run.tables}
    about = dict(zip(sheets["about"]["key"], sheets["about"]["value"], strict=True))
    assert about["run"] == run.digest
    assert about["certificate: is_certified"] == "True"
    prices = [float(cell) for cell in sheets["hub_prices"]["hub_price_eur_mwh"]]
    assert prices == run.tables["hub_prices"]["hub_price_eur_mwh"].tolist()
    with pytest.raises(InputError, match=r"does not end in \.xlsx"):
        export_as(Format.EXCEL, system, scenario, run, tmp_path / "run")


def test_iamc_tables_of_spreadsheets_are_read(small: tuple[GasSystem, Scenario, Run], tmp_path: Path) -> None:
    """Long and wide sheets hold what the CSV file holds; a unit of another codelist is named."""
    _, scenario, run = small
    long = iamc_table(scenario, run)
    write_sheets(tmp_path / "long.xlsx", {"data": long})
    keys = ["model", "scenario", "region", "variable", "unit"]
    wide = long.set_index([*keys, "time"])["value"].unstack().reset_index()  # noqa: PD010  # nothing to aggregate
    write_sheets(tmp_path / "wide.xlsx", {"data": wide, "meta": pd.DataFrame({"exclude": [False]})})
    ordered = long.sort_values([*keys, "time"], ignore_index=True)
    for name in ("long.xlsx", "wide.xlsx"):
        read = read_export(tmp_path / name)
        assert isinstance(read, pd.DataFrame)
        back = read.sort_values([*keys, "time"], ignore_index=True)
        pd.testing.assert_frame_equal(back[list(ordered)], ordered, check_dtype=False, check_exact=True)
    write_sheets(tmp_path / "wrong.xlsx", {"data": long.assign(unit="bcm/yr")})
    with pytest.raises(InputError) as caught:
        read_iamc(tmp_path / "wrong.xlsx")
    assert {issue.code for issue in caught.value.issues} == {"wrong-unit"}
