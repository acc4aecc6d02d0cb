"""A run as an IAMC long table with a codelist of our own, and back.

Columns: model, scenario, region, variable, unit, time (first day of the period, YYYY-MM-DD), value. Rates are means of
the period. A flow between two nodes has the region 'A>B'. The codelist of public projects has no split of trade into
LNG and pipeline and no bilateral gas flows; ``definitions/`` beside the table holds ours, in the layout that
the package nomenclature reads; ``nomenclature.yaml`` tells it that times are days.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack import __version__
from linepack.errors import InputError, Issue
from linepack.results.headline import Tables
from linepack.runs.store import Run
from linepack.scenario.scenario import Scenario
from linepack.system.cells import cells_of, lines_of
from linepack.system.dataset import parse_cells
from linepack.system.folders import write_folder
from linepack.system.gassystem import GasSystem
from linepack.system.schema import Table, day, number, text
from linepack.system.workbook import is_workbook, read_sheets

MODEL = f"linepack {__version__}"
WORLD = "World"
IAMC = Table("iamc", "A value of a variable in a region and a period.",
             ("model", "scenario", "region", "variable", "unit", "time"), (
    text("model", "Model and its version."),
    text("scenario", "Scenario."),
    text("region", "Node, country, 'A>B' for a flow from A to B, or World."),
    text("variable", "Variable of the codelist."),
    text("unit", "Unit of the variable."),
    day("time", "First day of the period."),
    number("value", "", "Value.", minimum=None),
), is_ordered=True, provenance=())  # fmt: skip


@dataclass(frozen=True)
class Variable:
    """A variable of the codelist: name, unit, meaning, and its values of a run: columns region, period, value."""

    name: str
    unit: str
    description: str
    values: Callable[[Tables], pd.DataFrame]


def _of(table: str, value: str, region: str = "node", **where: str) -> Callable[[Tables], pd.DataFrame]:
    def values(tables: Tables) -> pd.DataFrame:
        frame = tables[table]
        for column, wanted in where.items():
            frame = frame[frame[column] == wanted]
        return _summed(frame[region], frame, value)

    return values


def _between(kind: str) -> Callable[[Tables], pd.DataFrame]:
    def values(tables: Tables) -> pd.DataFrame:
        frame = tables["arcs"]
        frame = frame[frame["kind"] == kind]
        return _summed(frame["origin"] + ">" + frame["destination"], frame, "flow_gwh_d")

    return values


def _summed(region: pd.Series, frame: pd.DataFrame, value: str) -> pd.DataFrame:
    summed = frame[value].groupby([region, frame["period"]], sort=False).sum()
    return summed.rename_axis(["region", "period"]).reset_index(name="value")


def _marker(name: str) -> Callable[[Tables], pd.DataFrame]:
    def values(tables: Tables) -> pd.DataFrame:
        frame = tables["price_markers"]
        frame = frame[frame["marker"] == name]
        return pd.DataFrame({"region": WORLD, "period": frame["period"], "value": frame["price_eur_mwh"]})

    return values


VARIABLES = (
    Variable("Price|Gas|Hub", "EUR/MWh", "Hub price at a node.", _of("hub_prices", "hub_price_eur_mwh")),
    Variable("Price|Gas|TTF", "EUR/MWh", "European price marker.", _marker("TTF")),
    Variable("Price|Gas|JKM", "EUR/MWh", "Asian price marker.", _marker("JKM")),
    Variable("Final Energy|Gas", "GWh/d", "Gas used at a node, by all segments and for power and heat.",
             _of("consumption", "consumption_gwh_d")),
    Variable("Final Energy|Gas|Unserved", "GWh/d", "Demand worth more than the shedding price that is not met.",
             _of("consumption", "unserved_gwh_d")),
    Variable("Primary Energy|Gas|Export Production", "GWh/d", "Gas that exporters produce, by country of origin.",
             _of("production", "production_gwh_d", "origin")),
    Variable("Trade|Gas|First Sale|Pipeline", "GWh/d", "First sales at a node of gas that came by pipe.",
             _of("sales", "sales_gwh_d", mode="pipeline")),
    Variable("Trade|Gas|First Sale|LNG", "GWh/d", "First sales at a node of gas that came as LNG.",
             _of("sales", "sales_gwh_d", mode="lng")),
    Variable("Trade|Gas|Flow|Pipeline", "GWh/d", "Flow by pipe from A to B, region 'A>B', at the entry.",
             _between("pipeline")),
    Variable("Trade|Gas|Flow|LNG", "GWh/d", "LNG shipped from port A to port B, region 'A>B', at loading.",
             _between("shipping")),
    Variable("Storage|Gas|Level", "GWh", "Gas in store at the end of the period.", _of("storage", "level_gwh")),
    Variable("Storage|Gas|Injection", "GWh/d", "Gas put into store.", _of("storage", "injection_gwh_d")),
    Variable("Storage|Gas|Withdrawal", "GWh/d", "Gas taken from store.", _of("storage", "withdrawal_gwh_d")),
)  # fmt: skip
_MIDNIGHT = re.compile(r"[ T]00:00:00$")
CODELIST: Mapping[str, Variable] = {variable.name: variable for variable in VARIABLES}


def iamc_table(scenario: Scenario, run: Run) -> pd.DataFrame:
    """Return the run as an IAMC long table."""
    first = {period.label: period.start.isoformat() for period in scenario.periods}
    parts = []
    for variable in VARIABLES:
        frame = variable.values(run.tables)
        parts.append(pd.DataFrame({
            "model": MODEL, "scenario": run.name, "region": frame["region"], "variable": variable.name,
            "unit": variable.unit, "time": frame["period"].map(first), "value": frame["value"],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def export_iamc(system: GasSystem, scenario: Scenario, run: Run, target: Path) -> list[Path]:
    """Write ``iamc.csv``, the codelists of its variables and regions, and ``nomenclature.yaml``; return the paths."""
    table = iamc_table(scenario, run)
    names = system.table("nodes").set_index("node")["name"]

    def write(folder: Path) -> None:
        table.to_csv(folder / "iamc.csv", index=False, lineterminator="\n")
        (folder / "nomenclature.yaml").write_text("time_domain:\n  year: false\n  datetime: true\n", encoding="utf-8")
        for kind, text_ in (("variable", _variables_yaml()), ("region", _regions_yaml(table["region"], names))):
            place = folder / "definitions" / kind
            place.mkdir(parents=True)
            (place / f"{kind}s.yaml").write_text(text_, encoding="utf-8")

    return write_folder(target, write)


def read_iamc(path: str | Path) -> pd.DataFrame:
    """Return an IAMC long table, checked against the codelist.

    ``path`` is a CSV file, an Excel workbook (its sheet ``data``, or its only one) or a folder that ``export_iamc``
    wrote; times may be rows (``time``, ``value``) or columns. Errors: one ``InputError`` that lists every unknown
    variable with the nearest known one, every other unit than the codelist's, and every malformed or repeated row.
    """
    place = Path(path)
    place = place / "iamc.csv" if place.is_dir() else place
    if not place.is_file():
        raise InputError("no-file", f"there is no file {place}", hint="give a CSV or Excel file with IAMC's columns")
    issues: list[Issue] = []
    cells = _sheet(place) if is_workbook(place) else cells_of(place, IAMC.name, issues)
    if cells is None:
        raise InputError("bad-table", f"{place.name} cannot be read", table=IAMC.name, issues=issues)
    lower = [name.lower() for name in cells.columns]
    if "time" not in lower:
        lower = ["time" if name == "year" else name for name in lower]
    cells = _long(cells.set_axis(lower, axis=1))
    frame = parse_cells(cells, IAMC, issues)
    if lower.count("variable") == lower.count("unit") == 1:
        issues += _unknown(cells)
    if issues:
        raise InputError("bad-table", f"{len(issues)} problem(s) in {place.name}", table=IAMC.name, issues=issues)
    return frame.assign(value=[float(cell) for cell in cells["value"]])


def _sheet(path: Path) -> pd.DataFrame:
    sheets = read_sheets(path)
    if len(sheets) != 1 and "data" not in sheets:
        raise InputError("missing-table", f"{path.name} has no sheet 'data'", table=IAMC.name, keys=sorted(sheets),
                         hint="name the sheet of the table 'data'")  # fmt: skip
    return sheets["data"] if "data" in sheets else next(iter(sheets.values()))


def _long(cells: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose times are rows; an empty cell in a column of a time is no row.

    A midnight, as pyam writes it, is its day.
    """
    labels = [column.name for column in IAMC.columns if column.name not in ("time", "value")]
    is_wide = "value" not in cells and "time" not in cells and set(labels) <= set(cells.columns)
    if is_wide and cells.columns.is_unique:
        long = cells.melt(id_vars=labels, var_name="time", value_name="value", ignore_index=False)
        cells = long[long["value"] != ""]
    if list(cells.columns).count("time") == 1:
        cells = cells.assign(time=cells["time"].str.replace(_MIDNIGHT, "", regex=True))
    return cells


def _unknown(cells: pd.DataFrame) -> list[Issue]:
    """Return an issue for each variable that is not in the codelist or has another unit, with its rows."""
    issues = []
    variable, unit = cells["variable"].str.strip(), cells["unit"].str.strip()
    lines = pd.Series(lines_of(cells), cells.index)
    for name in dict.fromkeys(variable[(variable != "") & (unit != "")]):
        is_own = variable == name
        if name not in CODELIST:
            near = difflib.get_close_matches(name, CODELIST, 1, 0.5)
            issues.append(Issue("unknown-variable", f"the codelist has no variable '{name}'", IAMC.name,
                                _rows(lines[is_own]),
                                f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(CODELIST)}"))
            continue
        known = CODELIST[name].unit
        is_wrong = is_own & (unit != "") & (unit != known)
        if is_wrong.any():
            issues.append(Issue("wrong-unit", f"'{name}' is in {', '.join(sorted(set(unit[is_wrong])))}", IAMC.name,
                                _rows(lines[is_wrong]), f"convert to {known} with linepack.units"))  # fmt: skip
    return issues


def _rows(lines: pd.Series) -> tuple[str, ...]:
    return tuple(f"line {line}" for line in dict.fromkeys(lines))


def _variables_yaml() -> str:
    entry = "- {}:\n    description: {}\n    unit: {}\n"
    return "".join(entry.format(v.name, json.dumps(v.description), v.unit) for v in VARIABLES)


def _regions_yaml(regions: pd.Series, names: pd.Series) -> str:
    nodes = sorted({end for region in regions for end in region.split(">")} - {WORLD})  # the ends of a flow, too
    trade = sorted({region for region in regions if ">" in region})
    lines = ["- common:\n", f"    - {WORLD}\n", "- node or country:\n"]
    for node in nodes:
        name = json.dumps(str(names.get(node, node)), ensure_ascii=False)
        lines.append(f"    - {json.dumps(node)}: {{description: {name}}}\n")
    return "".join([*lines, "- trade:\n", *(f"    - {json.dumps(r)}\n" for r in trade)])
