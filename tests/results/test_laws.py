"""What must hold in any answer on the real system, recomputed from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linepack.results.solution import Solution
from linepack.runs.store import Run
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import EU27

TIGHT = 1e-4
"""GWh/d or EUR/MWh: the certificate's 1e-6 is relative to figures of hundreds."""
LEAST_FLOW_GWH_D = 0.01

Tables = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module", params=["reference", "status-quo", "ns2-b-open", "turkstream-stopped", "gulf-lng-lost"])
def tables(request: pytest.FixtureRequest) -> Tables:
    """The tables of a run."""
    if request.param == "reference":
        found: Tables = request.getfixturevalue("reference_tables")
        return found
    runs: dict[str, Run] = request.getfixturevalue("regimes")
    return runs[request.param].tables


def by(frame: pd.DataFrame, node: str, column: str) -> pd.Series:
    """Return sums by node and period."""
    return frame.groupby([node, "period"])[column].sum().rename_axis(["node", "period"])


def test_pool_balances_close(tables: Tables, facts: GasSystem) -> None:
    """Sales, home production, arrivals and withdrawal equal consumption, departures and injection, everywhere."""
    loss = facts.table("arcs").set_index("arc")["loss_fraction"]
    pool = tables["flows"][tables["flows"]["carrier"] == "pool"]
    arrives = pool.assign(flow_gwh_d=pool["flow_gwh_d"] * (1 - pool["arc"].map(loss)))
    home = facts.table("indigenous_production").rename(columns={"month": "period"})
    home = home[home["node"].isin(tables["hub_prices"]["node"]) & home["period"].isin(tables["hub_prices"]["period"])]
    gains = [by(tables["sales"], "node", "sales_gwh_d"), by(home, "node", "quantity_gwh_d"),
             by(arrives, "destination", "flow_gwh_d"), by(tables["storage"], "node", "withdrawal_gwh_d")]  # fmt: skip
    uses = [by(tables["consumption"], "node", "consumption_gwh_d"), by(pool, "origin", "flow_gwh_d"),
            by(tables["storage"], "node", "injection_gwh_d")]  # fmt: skip
    balance = pd.concat([*gains, *(-use for use in uses)], axis=1).fillna(0.0).sum(axis=1)
    assert len(balance) >= len(tables["hub_prices"])
    assert balance.abs().max() < TIGHT


def test_trader_balances_close(tables: Tables, facts: GasSystem) -> None:
    """What a trader produces at a node and brings there, less losses, equals what it sends on and sells there."""
    loss = facts.table("arcs").set_index("arc")["loss_fraction"]
    flows = tables["flows"][tables["flows"]["carrier"] != "pool"].rename(columns={"carrier": "trader"})
    kept = 1 - flows["arc"].map(loss).fillna(0.0)
    parts = [
        tables["production"].groupby(["trader", "node", "period"])["production_gwh_d"].sum(),
        flows.assign(gwh=flows["flow_gwh_d"] * kept).groupby(["trader", "destination", "period"])["gwh"].sum(),
        -flows.groupby(["trader", "origin", "period"])["flow_gwh_d"].sum(),
        -tables["sales"].groupby(["trader", "node", "period"])["sales_gwh_d"].sum(),
    ]
    named = [part.rename_axis(["trader", "node", "period"]) for part in parts]
    assert pd.concat(named, axis=1).fillna(0.0).sum(axis=1).abs().max() < TIGHT


def test_stocks_follow_injection_and_withdrawal(tables: Tables, facts: GasSystem) -> None:
    """A stock is the one before, plus what is kept of injection, less withdrawal, and never leaves 0 to its volume."""
    frame = tables["storage"]
    kept = frame["node"].map(facts.table("storages").set_index("node")["cycle_efficiency_fraction"])
    change = (frame["injection_gwh_d"] * kept - frame["withdrawal_gwh_d"]) * frame["days"]
    opening = facts.table("storage_levels")
    opening = opening[opening["date"] == f"{frame['period'].min()}-01"].set_index("node")["level_gwh"]
    opening = opening.clip(upper=facts.table("storages").set_index("node")["working_gas_gwh"])
    before = frame.groupby("node")["level_gwh"].shift(1).fillna(frame["node"].map(opening))
    assert (frame["level_gwh"] - before - change).abs().max() < 0.1
    assert frame["fill_fraction"].between(-1e-9, 1 + 1e-9).all()


def test_no_gas_flows_both_ways_on_a_border(tables: Tables) -> None:
    """Pool gas that crosses a border and comes back pays two tariffs for nothing."""
    pool = tables["flows"][tables["flows"]["carrier"] == "pool"]
    there = pool.groupby(["origin", "destination", "period"])["flow_gwh_d"].sum()
    back = there.rename_axis(["destination", "origin", "period"]).reorder_levels([1, 0, 2])
    both = pd.concat([there, back], axis=1, keys=["there", "back"]).dropna()
    assert len(both) > 100
    assert both.min(axis=1).max() < LEAST_FLOW_GWH_D


def test_no_pool_gas_goes_in_a_circle(tables: Tables) -> None:
    """In the graph of pool flows of a month, no two hubs reach each other: every strong component is one hub."""
    pool = tables["flows"][(tables["flows"]["carrier"] == "pool") & (tables["flows"]["flow_gwh_d"] > LEAST_FLOW_GWH_D)]
    for _, part in pool.groupby("period"):
        nodes = sorted({*part["origin"], *part["destination"]})
        at = {node: k for k, node in enumerate(nodes)}
        ends = (part["origin"].map(at).to_numpy(), part["destination"].map(at).to_numpy())
        graph = coo_array((np.ones(len(part)), ends), shape=(len(nodes), len(nodes)))
        components, _ = connected_components(graph, directed=True, connection="strong")
        assert components == len(nodes)


def test_prices_of_uncongested_hubs_differ_by_no_more_than_the_tariff(tables: Tables, facts: GasSystem) -> None:
    """Where pool gas may flow and the arc is not full, the dearer hub costs no more than cost, slope and loss explain.

    It costs exactly that where gas does flow.
    """
    arcs, single = facts.table("arcs").set_index("arc"), facts.table("parameters").set_index("parameter")["value"]
    prices = tables["hub_prices"].set_index(["node", "period"])["hub_price_eur_mwh"]
    pool = tables["flows"][tables["flows"]["carrier"] == "pool"]
    use = tables["arcs"].set_index(["arc", "period"])[["flow_gwh_d", "capacity_gwh_d"]]
    frame = pool.join(use.rename(columns={"flow_gwh_d": "flow_gwh_d_all"}), on=["arc", "period"])
    limited = set(facts.table("joint_limit_members")["arc"])
    frame = frame[(frame["capacity_gwh_d"] - frame["flow_gwh_d_all"] > 0.1) & ~frame["arc"].isin(limited)]
    most = tables["arcs"].groupby("arc")["capacity_gwh_d"].max()
    slope = single["pool_flow_slope_eur_mwh"] / frame["arc"].map(most).clip(lower=1.0)
    cost = frame["arc"].map(arcs["tariff_eur_mwh"]) + slope * frame["flow_gwh_d"]
    ends = {end: prices.reindex(pd.MultiIndex.from_frame(frame[[end, "period"]])).to_numpy()
            for end in ("origin", "destination")}  # fmt: skip
    worth = ends["destination"] * (1 - frame["arc"].map(arcs["loss_fraction"])) - ends["origin"] - cost
    assert len(worth) > 500
    assert worth.max() < 1e-3
    assert worth[frame["flow_gwh_d"] > 0.1].abs().max() < 1e-3


def test_joint_limits_hold(tables: Tables, facts: GasSystem) -> None:
    """Norway's system, Emden, the fleets: members together keep to the limit, in each month or in the yearly mean."""
    limits, members = facts.table("joint_limits"), facts.table("joint_limit_members")
    flows = tables["flows"].merge(members[["joint_limit", "arc"]], on="arc")
    flows = flows.assign(gwh=flows["flow_gwh_d"] * flows["days"], year=flows["period"].str[:4])
    days = tables["hub_prices"].drop_duplicates("period").assign(year=lambda f: f["period"].str[:4])
    checked = set()
    for row in limits.itertuples():
        own = flows[flows["joint_limit"] == row.joint_limit]
        key = "period" if row.window == "period" else "year"
        mean = own.groupby(key)["gwh"].sum() / days.groupby(key)["days"].sum()
        if len(own):
            assert mean.max() <= row.limit_gwh_d + TIGHT, row.joint_limit
            checked.add(row.joint_limit)
    assert "NO_SYSTEM" in checked


@pytest.mark.parametrize("arcs", [("TS_1",), ("TS_2",), ("POS1",), ("BLUE",), ("NS2_B",), ("UA_SUDZHA",)])
def test_russian_pipelines_keep_to_their_strings(tables: Tables, arcs: tuple[str, ...]) -> None:
    """TurkStream by string, Power of Siberia 1, Blue Stream: never above the capacity of the month."""
    frame = tables["arcs"][tables["arcs"]["arc"].isin(arcs)]
    assert (frame["flow_gwh_d"] <= frame["capacity_gwh_d"] + TIGHT).all()


def test_no_flow_on_arcs_that_are_destroyed_or_closed(tables: Tables, facts: GasSystem) -> None:
    """Nord Stream 1 and string A of Nord Stream 2 carry nothing in any regime of these cases."""
    flow = tables["flows"].groupby("arc")["flow_gwh_d"].max()
    destroyed = facts.table("arcs").query("state == 'destroyed'")["arc"]
    assert len(destroyed) >= 3
    assert (flow.reindex(destroyed).fillna(0.0) == 0).all()


def test_production_keeps_to_availability_and_windows(tables: Tables, facts: GasSystem) -> None:
    """What is produced over a calendar year stays within its window; the reference covers whole years."""
    frame = tables["production"]
    assert (frame["production_gwh_d"] <= frame["capacity_gwh_d"] + TIGHT).all()
    months = set(frame["period"])
    for row in facts.table("resource_windows").itertuples():
        own = frame[(frame["resource"] == row.resource) & frame["period"].between(row.first_month, row.last_month)]
        whole = {f"{row.first_month[:4]}-{m:02d}" for m in range(1, 13)}
        if whole <= months:
            assert (own["production_gwh_d"] * own["days"]).sum() <= row.maximum_gwh * (1 + 1e-6)


def test_no_eu_country_is_unserved_in_the_reference(reference_tables: Tables) -> None:
    """In 2025 nobody was cut off; Cyprus had no gas to begin with."""
    frame = reference_tables["consumption"]
    eu = frame[frame["region"] == "EU27"]
    assert set(eu["country"]) == set(EU27) - {"CY"}
    assert eu["unserved_gwh_d"].max() < TIGHT


def test_residuals_of_the_reference(reference: Solution) -> None:
    """The certificate's four residuals are below 1e-6, recomputed from the arrays."""
    certificate = reference.certified.certificate
    assert certificate.is_certified
    assert max(certificate.primal, certificate.bounds, certificate.stationarity, certificate.gap) <= 1e-6
