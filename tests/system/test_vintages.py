"""What was known on a day: the latest vintage known by then, and nothing that refers to what was not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linepack.errors import InputError, Severity
from linepack.system.calendar import month_range
from linepack.system.checks import check_system
from linepack.system.dataset import load_dataset, write_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.vintages import as_of
from tests.builders import demand, gas_system, merged, supply

DAY = "2025-03-13"


def small() -> GasSystem:
    """One market; its demand was expected at 100 from January 2024 and is 80 since May 2025; gas known since June."""
    rows = merged(supply("S", cost=10), {"nodes": [{"node": "M"}], "demand": demand("M", intercept=40, slope=0.1)})
    system = gas_system(rows)
    now = system.table("demand").assign(quantity_gwh_d=80.0, known_from="2025-05-01")
    before = system.table("demand").assign(quantity_gwh_d=100.0, known_from="2024-01-01")
    late = system.table("resources").assign(known_from="2025-06-01")
    nodes = system.table("nodes").assign(known_from="2023-01-01")
    changed = system.with_tables(demand=now, resources=late, nodes=nodes)
    return GasSystem("small", "1", changed.tables, {"demand": before})


@pytest.mark.parametrize(
    ("day", "quantity"), [(date(2024, 6, 1), 100.0), (date(2025, 4, 30), 100.0), (date(2025, 5, 1), 80.0)]
)
def test_the_latest_vintage_known_by_the_day_counts(day: date, quantity: float) -> None:
    """100 until the last day of April 2025, 80 from the day on which it was known."""
    assert as_of(small(), day).table("demand")["quantity_gwh_d"].tolist() == [quantity]


def test_rows_that_refer_to_unknown_rows_go_too() -> None:
    """The resource is known from June; before, its steps and availability are not there either."""
    before, after = as_of(small(), date(2025, 5, 31)), as_of(small(), date(2025, 6, 1))
    for table in ("resources", "supply_steps", "availability"):
        assert len(before.table(table)) == 0 < len(after.table(table))


def test_nothing_known_is_an_error() -> None:
    """No node was known before 2023."""
    with pytest.raises(InputError, match="no node"):
        as_of(small(), date(2022, 1, 1))


def test_earlier_rows_are_part_of_the_dataset(tmp_path: Path) -> None:
    """They are written, read and count in the digest."""
    system = small()
    write_dataset(system, tmp_path / "copy")
    again = load_dataset(tmp_path / "copy")
    assert again.earlier["demand"]["quantity_gwh_d"].tolist() == [100.0]
    assert again.digest == load_dataset(tmp_path / "copy").digest
    without = GasSystem(again.dataset, again.version, again.tables)
    assert without.digest != again.digest
    assert load_dataset(f"{tmp_path / 'copy'}@2025-04-30").table("demand")["quantity_gwh_d"].tolist() == [100.0]


def test_two_rows_of_one_vintage_are_refused(tmp_path: Path) -> None:
    """The key of an earlier row is that of the table and the day."""
    system = small()
    twice = pd.concat([system.earlier["demand"], system.earlier["demand"].assign(quantity_gwh_d=90.0)])
    write_dataset(GasSystem("small", "1", system.tables, {"demand": twice}), tmp_path / "copy")
    with pytest.raises(InputError) as found:
        load_dataset(tmp_path / "copy")
    assert [issue.code for issue in found.value.issues] == ["duplicate-key"]


def test_the_vintage_of_march_2025_holds_nothing_later_and_covers_the_outlook() -> None:
    """No row is younger than the day, no check fails, every market and resource has its 24 months."""
    system = load_dataset(f"2025@{DAY}")
    assert max(table["known_from"].max() for table in system.tables.values() if len(table)) <= DAY
    assert [issue for issue in check_system(system) if issue.severity is Severity.ERROR] == []
    months = set(month_range("2025-04", 24))
    latest = load_dataset("2025")
    for table, key in (("demand", "node"), ("availability", "resource"), ("indigenous_production", "node")):
        assert set(system.table(table)[key]) == set(latest.table(table)[key])
        covered = system.table(table).groupby(key)["month"].agg(set)
        assert all(months <= known for known in covered)


def test_the_vintage_knows_no_delivery_of_2025() -> None:
    """US LNG of 2025 was 147 bcm; nobody could know that in March, when 2024 had been 116 bcm."""
    system, latest = load_dataset(f"2025@{DAY}"), load_dataset("2025")
    us, now = (s.table("availability").query("resource == 'US_LNG' and month < '2026'")["capacity_gwh_d"].mean()
               for s in (system, latest))  # fmt: skip
    assert 0.80 * now < us < 0.97 * now
    assert len(system.table("observations")) == 0
