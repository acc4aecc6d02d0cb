"""The digest of a scenario is that of its content: what decides the result, and nothing else."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from linepack.scenario.scenario import Scenario, available_cases, load_case
from linepack.system.gassystem import GasSystem
from tests.scenario.two_markets import scenario_of, two_markets

LINE = "  - {name: %s, why: %s, do: asset, arcs: SELLER-AA, state: closed, from: %s}\n"


def closed(folder: Path, name: str = "a", why: str = "b", first: str = "2025-04-16") -> Scenario:
    """Return a scenario with one patch."""
    return scenario_of(folder, LINE % (name, why, first))


def test_digest_does_not_depend_on_names_and_reasons(tmp_path: Path) -> None:
    """Two people who ask the same under other names get the same run."""
    scenario = closed(tmp_path)
    other = replace(closed(tmp_path, "other", "because"), name="x", title="y", why="z")
    assert scenario.digest == other.digest
    assert scenario.digest == scenario.with_patches("more").digest


@pytest.mark.parametrize(
    "change", [{"dataset": "x"}, {"first_month": "2025-05"}, {"months": 3}, {"closing": "levels"}, {"quarters": 1}]
)  # fmt: skip
def test_digest_depends_on_horizon_and_dataset(tmp_path: Path, change: dict[str, object]) -> None:
    """Each of these decides the result."""
    scenario = closed(tmp_path)
    assert replace(scenario, **change).digest != scenario.digest  # type: ignore[arg-type]


def test_digest_depends_on_the_content_and_order_of_patches(tmp_path: Path) -> None:
    """A date or the order of two patches can change the answer."""
    assert closed(tmp_path).digest != closed(tmp_path, first="2025-04-17").digest
    lines = [LINE % ("a", "b", "2025-04-16"), LINE.replace("closed", "open") % ("c", "d", "2025-04-16")]
    assert scenario_of(tmp_path, "".join(lines)).digest != scenario_of(tmp_path, "".join(lines[::-1])).digest


def test_scenarios_reach_a_worker_process_unchanged(tmp_path: Path) -> None:
    """Numbers and names from a file are plain values."""
    text = ("  - {name: a, why: b, do: set, table: arcs, where: {arc: AA-BB}, column: capacity_gwh_d, value: 7.50}\n"
            "  - {name: c, why: d, do: add, table: joint_limits, rows: [{joint_limit: J, limit_gwh_d: 1e1}]}\n")
    scenario = scenario_of(tmp_path, text)
    again = pickle.loads(pickle.dumps(scenario))
    assert again == scenario
    assert again.digest == scenario.digest


def test_every_packaged_scenario_has_a_digest_of_its_own() -> None:
    """Two scenarios of a case with one digest would be the same question twice."""
    scenarios = [scenario for case in available_cases() for scenario in load_case(case).scenarios]
    assert len({scenario.digest for scenario in scenarios}) == len(scenarios) >= 8


def test_dataset_digest_knows_where_the_order_of_rows_matters() -> None:
    """Of two dated rows that cover a day the last counts, so their order is content; elsewhere it is not."""
    system = two_markets()
    turned = system.with_tables(arcs=system.table("arcs").iloc[::-1])
    assert turned.digest == system.digest
    rows = system.table("arcs")[["source", "grade", "known_from", "note"]].iloc[:2].assign(
        arc="SELLER-AA", first_day=["2025-01-01", "2025-04-01"], last_day="", capacity_gwh_d=[10.0, 20.0]
    )  # fmt: skip
    first: GasSystem = system.with_tables(arc_schedule=rows)
    assert first.with_tables(arc_schedule=rows.iloc[::-1]).digest != first.digest
