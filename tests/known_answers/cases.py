"""Published cases as folders: tables, scenarios, expected values, and a README with the source.

A table may leave out columns that have a default in ``tests.builders``, and the column ``month`` where a value holds in
every month.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.schema import TABLES_BY_NAME
from tests.builders import gas_system
from tests.known_answers.measures import MEASURES

FOLDER = Path(__file__).parent
SETTINGS = SolveSettings(tolerance=1e-10)


@dataclass(frozen=True)
class Expected:
    """One published figure: of which scenario, what, of what, in which period (1 is the first), how near."""

    scenario: str
    what: str
    of: str
    period: str
    value: float
    tolerance: float


def case_folders() -> list[Path]:
    """Return the folders of all cases, in order."""
    return sorted(path.parent for path in FOLDER.glob("*/expected.csv"))


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def expected_values(folder: Path) -> list[Expected]:
    """Return the published figures of a case."""
    return [
        Expected(r["scenario"], r["what"], r["of"], r["period"], float(r["expected"]), float(r["tolerance"]))
        for r in rows_of(folder / "expected.csv")
    ]


def scenarios_of(folder: Path) -> dict[str, Scenario]:
    """Return the scenarios of a case by name."""
    return {path.stem: load_scenario(path) for path in sorted((folder / "scenarios").glob("*.yaml"))}


@cache
def system_of(folder: Path) -> GasSystem:
    """Return the tables of a case as a system."""
    scenarios = scenarios_of(folder).values()
    first = next(iter(scenarios))
    months = [period.label for period in monthly_periods(first.first_month, max(s.months for s in scenarios))]
    tables: dict[str, list[dict[str, str]]] = {}
    for path in sorted((folder / "tables").glob("*.csv")):
        rows = [{name: cell for name, cell in row.items() if cell} for row in rows_of(path)]
        if "month" in {c.name for c in TABLES_BY_NAME[path.stem].columns} and "month" not in rows[0]:
            rows = [{**row, "month": month} for row in rows for month in months]
        if path.stem == "demand":
            rows = [{"segment": "all", "reference_price_eur_mwh": "0", "elasticity": "0", **row} for row in rows]
        tables[path.stem] = rows
    parameters = {row["parameter"]: float(row["value"]) for row in tables.pop("parameters", [])}
    return replace(gas_system(tables, len(months), parameters), dataset=folder.name)


@cache
def solved_case(folder: Path, scenario: str) -> Solution:
    """Return the certified solution of a scenario of a case."""
    return solve_system(system_of(folder), scenarios_of(folder)[scenario], SETTINGS)


def measured(folder: Path, expected: Expected) -> float:
    """Return our figure for a published one."""
    return MEASURES[expected.what](solved_case(folder, expected.scenario), expected.of, expected.period)
