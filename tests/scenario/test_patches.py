"""Every kind of patch, as written in a file, against the change worked out by hand. April has 30 days, May 31."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.market.sets import market_sets
from linepack.market.shapes import demand_curves
from linepack.scenario.scenario import apply_scenario
from linepack.system.calendar import Step, horizon_periods, monthly_periods
from linepack.system.gassystem import GasSystem
from linepack.system.network import capacity_by_period
from tests.builders import gas_system
from tests.scenario.two_markets import MONTHS, scenario_of, two_markets


def after(folder: Path, *patches: str, system: GasSystem | None = None) -> GasSystem:
    """Return the system with patches, each written as one line of flow YAML without its name and reason."""
    lines = "".join(f"  - {{name: p{k}, why: test, {patch}}}\n" for k, patch in enumerate(patches))
    return apply_scenario(system or two_markets(), scenario_of(folder, lines))


def refused(folder: Path, *patches: str) -> InputError:
    """Return the error that patches give."""
    with pytest.raises(InputError) as caught:
        after(folder, *patches)
    return caught.value


def capacity(system: GasSystem, arc: str) -> list[float]:
    """Return the capacity of an arc in April and May."""
    return [float(x) for x in capacity_by_period(system, monthly_periods("2025-04", MONTHS)).loc[arc]]


def column(system: GasSystem, table: str, name: str, **where: str) -> list[float]:
    """Return a column of the rows with these values."""
    frame = system.table(table)
    for key, value in where.items():
        frame = frame[frame[key] == value]
    return [float(x) for x in frame[name]]


@pytest.mark.parametrize(
    ("what", "april", "may"),
    [
        ("state: closed", 0, 0),
        ("state: closed, from: 2025-04-16", 20, 0),
        ("state: closed, until: 2025-04-15", 20, 40),
        ("state: closed, from: 2025-04-11, until: 2025-04-20", 40 * 20 / 30, 40),
        ("capacity_share: 0.25", 10, 10),
        ("capacity: 20 GWh/d, from: 2025-05-01", 40, 20),
        ("capacity: 3.65 TWh/y", 10, 10),
        ("state: closed, from: 2024-01-01, until: 2024-12-31", 40, 40),
    ],
)  # fmt: skip
def test_asset_is_prorated_by_days(tmp_path: Path, what: str, april: float, may: float) -> None:
    """The pipe carries 40 GWh/d; a month counts the mean of its days, and outside its dates a patch does nothing."""
    system = after(tmp_path, f"do: asset, arcs: SELLER-AA, {what}")
    assert capacity(system, "SELLER-AA") == pytest.approx([april, may])


def test_asset_later_patch_wins(tmp_path: Path) -> None:
    """Closed, then a quarter open from May: patches hold in the order of the file."""
    system = after(tmp_path, "do: asset, arcs: SELLER-AA, state: closed",
                   "do: asset, arcs: SELLER-AA, capacity_share: 0.25, from: 2025-05-01")  # fmt: skip
    assert capacity(system, "SELLER-AA") == pytest.approx([0, 10])


def test_asset_by_filter_and_by_pattern(tmp_path: Path) -> None:
    """A filter means all arcs that pass it; a pattern all that fit it."""
    by_filter = after(tmp_path, "do: asset, filter: {destination_region: EU27}, state: closed")
    assert (capacity(by_filter, "SELLER-AA"), capacity(by_filter, "AA-BB")) == ([0, 0], [30, 30])
    by_pattern = after(tmp_path, 'do: asset, arcs: "*-??", state: closed')
    assert (capacity(by_pattern, "SELLER-AA"), capacity(by_pattern, "AA-BB")) == ([0, 0], [0, 0])


def test_destroyed_asset_opens_only_if_repaired(tmp_path: Path) -> None:
    """A destroyed pipe does not open by itself, whatever the words; with a stated repair it carries its 60."""
    for how in ("state: open", "capacity_share: 1", "capacity: 5 GWh/d"):
        error = refused(tmp_path, f"do: asset, arcs: SELLER-BB, {how}")
        assert (error.issue.code, error.issue.keys) == ("asset-destroyed", ("SELLER-BB",))
    assert capacity(after(tmp_path, "do: asset, arcs: SELLER-BB, state: closed"), "SELLER-BB") == [0, 0]
    repaired = after(tmp_path, "do: asset, arcs: SELLER-BB, state: open, repaired: true, from: 2025-05-01")
    assert capacity(repaired, "SELLER-BB") == [0, 60]


@pytest.mark.parametrize(
    ("what", "april", "may"),
    [
        ("factor: 0.5", 50, 50),
        ("factor: 0, from: 2025-04-16", 50, 0),
        ("factor: 2, until: 2025-04-30", 200, 100),
        ("add: 10 GWh/d, from: 2025-05-01", 100, 110),
    ],
)  # fmt: skip
def test_supply_is_prorated_and_windows_move_with_it(tmp_path: Path, what: str, april: float, may: float) -> None:
    """Availability 100 in both months is 6,100 GWh; the window's 5,000 and 1,000 move in the same proportion."""
    system = after(tmp_path, f"do: supply, resources: SELLER_GAS, {what}")
    assert column(system, "availability", "capacity_gwh_d") == pytest.approx([april, may])
    ratio = (30 * april + 31 * may) / 6100
    assert column(system, "resource_windows", "maximum_gwh") == pytest.approx([5000 * ratio])
    assert column(system, "resource_windows", "minimum_gwh") == pytest.approx([1000 * ratio])


def test_demand_scales_quantity_and_elasticity(tmp_path: Path) -> None:
    """AA consumes 50 at its reference price, elasticity 1; half of April's days are touched."""
    system = after(tmp_path, "do: demand, regions: EU27, factor: 0.9, elasticity_factor: 2, from: 2025-04-16")
    assert column(system, "demand", "quantity_gwh_d", node="AA") == pytest.approx([50 * 0.95, 50 * 0.9])
    assert column(system, "demand", "elasticity", node="AA") == pytest.approx([1.5, 2])
    assert column(system, "demand", "quantity_gwh_d", node="BB") == [50, 50]


def test_demand_of_a_segment(tmp_path: Path) -> None:
    """Only named segments change; a segment that does not exist is refused."""
    by_segment = "do: demand, areas: EAST, segments: all, factor: 0.5"
    assert column(after(tmp_path, by_segment), "demand", "quantity_gwh_d", node="BB") == [25, 25]
    assert "no segment is called 'power'" in str(refused(tmp_path, by_segment.replace("all", "power")))


def test_production_at_home(tmp_path: Path) -> None:
    """BB's 5 GWh/d doubles in May; AA produces nothing, so a patch of it matches no row."""
    system = after(tmp_path, "do: production, nodes: BB, factor: 2, from: 2025-05-01")
    assert column(system, "indigenous_production", "quantity_gwh_d") == [5, 10]
    assert refused(tmp_path, "do: production, nodes: AA, factor: 2").issue.code == "no-match"


def test_cost_of_arcs_and_resources(tmp_path: Path) -> None:
    """Costs add up; a cost below zero would pay for flow and is refused."""
    assert column(after(tmp_path, "do: cost, arcs: SELLER-AA, add_eur_mwh: 2"), "arcs", "tariff_eur_mwh") == [3, 0, 0]
    system = after(tmp_path, "do: cost, resources: SELLER_GAS, add_eur_mwh: -3")
    assert column(system, "supply_steps", "cost_eur_mwh") == [7]
    assert refused(tmp_path, "do: cost, resources: SELLER_GAS, add_eur_mwh: -11").issue.code == "below-minimum"


def contracts(system: GasSystem) -> list[tuple[str, str, str, float]]:
    """Return contract, start, end and quantity, and check that every piece keeps its delivery point."""
    table, points = system.table("contracts"), system.table("contract_points")
    assert sorted(points["contract"]) == sorted(table["contract"])
    assert set(points["node"]) <= {"AA"}
    rows = table.sort_values("start")[["contract", "start", "end", "annual_quantity_gwh"]]
    return [(str(c), str(s), str(e), float(q)) for c, s, e, q in rows.itertuples(index=False)]


def test_contract_suspended_between_two_dates_is_split(tmp_path: Path) -> None:
    """It runs to the day before, rests, and resumes the day after as a piece named by its first day."""
    system = after(tmp_path, "do: contract, contracts: SELL-AA, state: suspended, from: 2025-04-11, until: 2025-04-20")
    assert contracts(system) == [
        ("SELL-AA", "2020-01-01", "2025-04-10", 3650), ("SELL-AA/2025-04-21", "2025-04-21", "2030-12-31", 3650),
    ]  # fmt: skip


def test_contract_suspended_for_good_or_not_at_all(tmp_path: Path) -> None:
    """Without dates nothing is left of it; dates outside its life leave it alone."""
    assert contracts(after(tmp_path, "do: contract, contracts: 'SELL-*', state: suspended")) == []
    late = after(tmp_path, "do: contract, contracts: SELL-AA, state: suspended, from: 2031-01-01")
    assert contracts(late) == contracts(two_markets())


def test_contract_quantity_changes_between_its_dates_only(tmp_path: Path) -> None:
    """Half the quantity from 1 May; without dates the whole contract is halved."""
    system = after(tmp_path, "do: contract, contracts: SELL-AA, quantity_factor: 0.5, from: 2025-05-01")
    assert contracts(system) == [
        ("SELL-AA", "2020-01-01", "2025-04-30", 3650), ("SELL-AA/2025-05-01", "2025-05-01", "2030-12-31", 1825),
    ]  # fmt: skip
    whole = after(tmp_path, "do: contract, contracts: SELL-AA, quantity_factor: 0.5")
    assert contracts(whole) == [("SELL-AA", "2020-01-01", "2030-12-31", 1825)]


def test_second_contract_patch_means_every_piece(tmp_path: Path) -> None:
    """Suspended in April, then again from June: the piece that had resumed in May ends on 31 May."""
    system = after(tmp_path, "do: contract, contracts: SELL-AA, state: suspended, from: 2025-04-01, until: 2025-04-30",
                   "do: contract, contracts: SELL-AA, state: suspended, from: 2025-06-01")  # fmt: skip
    assert contracts(system) == [
        ("SELL-AA", "2020-01-01", "2025-03-31", 3650), ("SELL-AA/2025-05-01", "2025-05-01", "2025-05-31", 3650),
    ]  # fmt: skip


def test_conduct_of_sellers(tmp_path: Path) -> None:
    """Conduct lies between 0 and 1."""
    assert column(after(tmp_path, "do: conduct, traders: SELLER, conduct: 1"), "traders", "conduct") == [1]
    assert refused(tmp_path, "do: conduct, traders: SELLER, conduct: 1.5").issue.code == "above-maximum"


def test_set_scale_and_remove_rows_of_any_table(tmp_path: Path) -> None:
    """They touch the rows that match and no others."""
    system = after(tmp_path, "do: set, table: arcs, where: {arc: AA-BB}, column: capacity_gwh_d, value: 7",
                   "do: scale, table: arcs, where: {origin: SELLER-BASIN}, column: capacity_gwh_d, factor: 2",
                   "do: remove, table: resource_windows, where: {resource: SELLER_GAS}")  # fmt: skip
    assert column(system, "arcs", "capacity_gwh_d") == [80, 120, 7]
    assert len(system.table("resource_windows")) == 0


def test_add_rows_bear_the_patch_as_their_source(tmp_path: Path) -> None:
    """A new pipe is checked by the schema; the same key twice, a column or a node that does not exist is refused."""
    row = "{arc: BB-AA, name: back, kind: pipeline, origin: BB, destination: AA, capacity_gwh_d: 9, tariff_eur_mwh: 0, "
    row += "state: open, has_pool_access: true}"
    system = after(tmp_path, f"do: add, table: arcs, rows: [{row}]")
    added = system.table("arcs").iloc[-1]
    assert (added["arc"], added["loss_fraction"], added["grade"]) == ("BB-AA", 0, "judgement")
    assert added["source"] == "scenario patch 'p0'"
    assert capacity(system, "BB-AA") == [9, 9]
    assert "duplicate-key" in str(refused(tmp_path, f"do: add, table: arcs, rows: [{row.replace('BB-AA', 'AA-BB')}]"))
    lost = row.replace("destination: AA", "destination: AX")
    assert "did you mean 'AA'?" in str(refused(tmp_path, f"do: add, table: arcs, rows: [{lost}]"))
    misspelt = row.replace("kind", "kin")
    assert "did you mean 'kind'?" in str(refused(tmp_path, f"do: add, table: arcs, rows: [{misspelt}]"))
    wrong = row.replace("capacity_gwh_d: 9", "capacity_gwh_d: -9")
    assert "below-minimum" in str(refused(tmp_path, f"do: add, table: arcs, rows: [{wrong}]"))


@pytest.mark.parametrize(
    ("patch", "code", "says"),
    [
        ("do: asset, arcs: SELLER-AAA, state: closed", "unknown-arc", "did you mean 'SELLER-AA'?"),
        ("do: asset, arcs: SELLER-AA", "one-of", "state, capacity, capacity_share"),
        ("do: asset, arcs: SELLER-AA, state: closed, capacity: 1 GWh/d", "one-of", "found: state, capacity"),
        ("do: asset, arcs: SELLER-AA, state: shut", "not-a-choice", "one of: open, closed"),
        ("do: asset, arcs: SELLER-AA, capacity: 5", "not-text", "line 8"),
        ("do: asset, arcs: SELLER-AA, capacity: 5 bcm/y", "ambiguous-volume", "line 8"),
        ("do: asset, arcs: SELLER-AA, capacity: -5 GWh/d", "bad-quantity", "line 8"),
        ("do: asset, arcs: SELLER-AA, capacity: 5 GWh", "wrong-unit", "line 8"),
        ("do: asset, arcs: SELLER-AA, state: closed, from: 2025-05-01, until: 2025-04-01", "bad-date", "is before"),
        ("do: asset, arcs: SELLER-AA, state: closed, from: soon", "bad-date", "write YYYY-MM-DD"),
        ("do: asset, arcs: SELLER-AA, state: closed, form: 2025-04-01", "unknown-key", "did you mean 'from'?"),
        ("do: asset, arcs: SELLER-AA, state: open, repaired: maybe", "not-a-boolean", "line 8"),
        ("do: asset, filter: {destination_region: EU}, state: closed", "unknown-destination_region", "EU27"),
        ("do: asset, filter: {origin: AA, destination: AA}, state: closed", "no-match", "passes the filter"),
        ("do: asst, arcs: SELLER-AA, state: closed", "not-a-choice", "did you mean 'asset'?"),
        ("do: supply, resources: SELLER_GAZ, factor: 0", "unknown-resource", "did you mean 'SELLER_GAS'?"),
        ("do: supply, resources: SELLER_GAS, factor: -1", "below-minimum", "line 8"),
        ("do: supply, resources: SELLER_GAS, factor: .nan", "not-a-number", "line 8"),
        ("do: demand, nodes: AA", "missing-key", "factor or elasticity_factor"),
        ("do: demand, nodes: AA, regions: EU27, factor: 1", "one-of", "found: nodes, regions"),
        ("do: demand, nodes: [false], factor: 1", "not-text", "in quotes"),
        ("do: demand, regions: Asia, factor: 1", "unknown-region", "Asia"),
        ("do: production, nodes: BB, elasticity_factor: 1", "unknown-key", "elasticity_factor"),
        ("do: contract, contracts: SELL-AB, state: suspended", "unknown-contract", "did you mean 'SELL-AA'?"),
        ("do: contract, contracts: SELL-AA, state: closed", "not-a-choice", "suspended"),
        ("do: conduct, traders: SELER, conduct: 1", "unknown-trader", "did you mean 'SELLER'?"),
        ("do: set, table: arc, where: {arc: AA-BB}, column: state, value: open", "not-a-choice", "'arcs'?"),
        ("do: set, table: arcs, where: {arc: AA-BB}, column: states, value: open", "not-a-choice", "'state'?"),
        ("do: set, table: arcs, where: {arc: AA-BB}, column: capacity_gwh_d, value: -1", "bad-patch", "below-minimum"),
        ("do: set, table: arcs, where: {arc: AA-BB}, column: capacity_gwh_d, value: much", "bad-patch", "not-a-number"),
        ("do: set, table: arcs, where: {arc: AA-BB}, column: destination, value: CC", "bad-scenario", "unknown-node"),
        ("do: scale, table: arcs, where: {arc: AA-BB}, column: state, factor: 2", "not-a-choice", "capacity_gwh_d"),
        ("do: set, table: arcs, where: {arc: XX}, column: state, value: open", "unknown-arc", "no arc is called 'XX'"),
        ("do: remove, table: nodes, where: {node: BB}", "bad-scenario", "BB"),
    ],
)  # fmt: skip
def test_errors_say_what_was_meant(tmp_path: Path, patch: str, code: str, says: str) -> None:
    """Each is an error of the user, told by code, with the line or the nearest name; nothing is guessed."""
    error = refused(tmp_path, patch)
    assert error.issue.code == code
    assert says in str(error)


def test_scenario_for_another_dataset(tmp_path: Path) -> None:
    """A scenario of dataset 'test' is refused on another one, which is named."""
    scenario = scenario_of(tmp_path, "")
    other = gas_system({}, 1)
    assert apply_scenario(other, scenario) is other
    with pytest.raises(InputError, match="is for dataset 'test', not 'else'"):
        apply_scenario(GasSystem("else", "1", other.tables), scenario)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ("do: supply, resources: SELLER_GAS, factor: 4, from: 2025-05-01",
         "do: supply, resources: SELLER_GAS, factor: 0.25, from: 2025-05-01"),
        ("do: demand, nodes: AA, factor: 0.5, elasticity_factor: 2",
         "do: demand, nodes: AA, factor: 2, elasticity_factor: 0.5"),
        ("do: cost, arcs: SELLER-AA, add_eur_mwh: 2", "do: cost, arcs: SELLER-AA, add_eur_mwh: -2"),
        ("do: conduct, traders: SELLER, conduct: 1", "do: conduct, traders: SELLER, conduct: 0"),
        ("do: contract, contracts: SELL-AA, quantity_factor: 2",
         "do: contract, contracts: SELL-AA, quantity_factor: 0.5"),
        ("do: set, table: arcs, where: {arc: AA-BB}, column: state, value: closed",
         "do: set, table: arcs, where: {arc: AA-BB}, column: state, value: open"),
        ("do: add, table: joint_limits, rows: [{joint_limit: J, name: J, limit_gwh_d: 1, window: year}]",
         "do: remove, table: joint_limits, where: {joint_limit: J}"),
    ],
)  # fmt: skip
def test_scenario_followed_by_its_inverse_is_the_base(tmp_path: Path, there: str, back: str) -> None:
    """There and back again: the content of every table is the same, and there alone it is not."""
    base = two_markets().digest
    assert after(tmp_path, there).digest != base
    assert after(tmp_path, there, back).digest == base


def test_asset_followed_by_its_inverse_has_the_base_capacity(tmp_path: Path) -> None:
    """The schedule keeps both lines; what the market sees is the base."""
    system = after(tmp_path, "do: asset, arcs: SELLER-AA, state: closed", "do: asset, arcs: SELLER-AA, state: open")
    assert capacity(system, "SELLER-AA") == capacity(two_markets(), "SELLER-AA")


def test_base_is_never_edited(tmp_path: Path) -> None:
    """Frames of the base are the same objects with the same cells after a scenario was applied."""
    system = two_markets()
    copies = {name: table.copy() for name, table in system.tables.items()}
    after(tmp_path, "do: supply, resources: SELLER_GAS, factor: 0", "do: demand, nodes: AA, factor: 2",
          "do: contract, contracts: SELL-AA, state: suspended, from: 2025-04-11, until: 2025-04-20",
          "do: set, table: arcs, where: {arc: AA-BB}, column: capacity_gwh_d, value: 7", system=system)  # fmt: skip
    for name, copy in copies.items():
        pd.testing.assert_frame_equal(system.table(name), copy)


def spelled(system: GasSystem, step: Step) -> list[float]:
    """Return the reference quantity of market AA in each period of April, over that of a plain April."""
    periods = horizon_periods("2025-04", 1, step=step)
    spelled, plain = (demand_curves(s, market_sets(s, periods)).quantity_gwh_d for s in (system, two_markets()))
    return [float(x) for x in (spelled / plain)[:, list(two_markets().table("demand")["node"].unique()).index("AA")]]


def test_a_spell_holds_on_its_days(tmp_path: Path) -> None:
    """Of 30 days of April the 10th to the 12th take twice as much, the 12th thrice twice: 2, 2, 6 and 1 elsewhere.

    Weeks begin on the 1st: the second, the 8th to the 14th, counts 1 + 3/7 for the first spell and 1 + 2/7 for the
    other, which multiply; the month counts 1 + 3/30 and 1 + 2/30.
    """
    system = after(tmp_path, "do: spell, nodes: AA, factor: 2, from: 2025-04-10, until: 2025-04-12",
                   "do: spell, regions: EU27, segments: all, factor: 3, from: 2025-04-12, until: 2025-04-12")
    assert spelled(system, Step.DAY) == pytest.approx([1] * 9 + [2, 2, 6] + [1] * 18)
    assert spelled(system, Step.WEEK) == pytest.approx([1, 10 / 7 * 9 / 7, 1, 1, 1])
    assert spelled(system, Step.MONTH) == pytest.approx([33 / 30 * 32 / 30])
    assert column(system, "demand", "quantity_gwh_d") == column(two_markets(), "demand", "quantity_gwh_d")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("nodes: AA, factor: 2, from: 2025-04-10", "missing-key"),
        ("nodes: AC, factor: 2, from: 2025-04-10, until: 2025-04-12", "unknown-node"),
        ("nodes: AA, segments: power, factor: 2, from: 2025-04-10, until: 2025-04-12", "unknown-segment"),
        ("nodes: SELLER-BASIN, factor: 2, from: 2025-04-10, until: 2025-04-12", "no-match"),
    ],
)
def test_a_spell_needs_dates_and_consumers(tmp_path: Path, what: str, code: str) -> None:
    """Without an end, or for nobody who consumes, it is refused."""
    assert refused(tmp_path, f"do: spell, {what}").issue.code == code
