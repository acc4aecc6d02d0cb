"""What the law does to the market of the dataset 2025."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from linepack.policy.decisions import Decision, decide, regime_law
from linepack.policy.effects import Effect, EffectStatus, Horizon, apply_effects, effect_rows, effects, effects_on
from linepack.policy.entry import entries, relabelling_routes
from linepack.policy.law import Law
from linepack.policy.leakage import leakage
from linepack.policy.rows import Exemption, Scope
from linepack.policy.words import (
    Bar,
    ContractClass,
    Expression,
    LawGrade,
    Measure,
    Medium,
    ReliefKind,
    Verb,
)
from linepack.results.solution import Solution, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.scenario import load_scenario
from linepack.system.gassystem import GasSystem

LONG = Horizon(date(2025, 4, 1), date(2028, 3, 31))


def of(found: tuple[Effect, ...], instrument: str, table: str) -> list[Effect]:
    return [e for e in found if e.instrument == instrument and e.table == table]


def only(law: Law, *scopes: Scope, exemptions: tuple[Exemption, ...] = ()) -> Law:
    """Return the law with nothing in it but some scopes and exemptions."""
    return replace(
        law, scopes=scopes, exemptions=exemptions, assets=tuple(replace(a, owns_arcs=False) for a in law.assets)
    )


def scope_like(law: Law, scope: str, **changes: Any) -> Scope:
    return replace(next(s for s in law.scopes if s.scope == scope), **changes)


def test_entry_is_where_gas_is_sold_or_goes_on_into_the_territory(system: GasSystem) -> None:
    """TurkStream's string to Bulgaria is no entry.

    Gazprom does not sell there, and part of the gas goes on to Serbia. The arcs from there into Greece and from
    Serbia into Hungary are.
    """
    arcs = {e.arc for e in entries(system, ["RU"], ["EU27"], [Medium.PIPELINE])}
    assert {"RS-HU", "BG-GR", "NS2_B", "UA-SK", "YAMAL_BY-PL"} <= arcs
    assert not arcs & {"TS_2", "BG-RS", "HU-SK", "TS_1"}
    ships = {e.arc for e in entries(system, ["RU"], ["EU27"], [Medium.LNG])}
    assert "ship:YAMAL-EXP>FR-LNG" in ships
    assert not any(arc.endswith((">CN-LNG", ">TR-LNG")) for arc in ships)
    assert {e.trader for e in entries(system, ["RU"], ["EU27"], [Medium.LNG])} == {"NOVATEK"}


def test_the_phase_out_in_steps(law: Law, system: GasSystem) -> None:
    """Pipeline.

    From 18 March 2026 new routes are barred and entry is capped at the long-term contracts; from 30 September
    2027 everything is. LNG: from 25 April 2026 long-term contracts only, from 2027 nothing.
    """
    found = effects(law, system, LONG)
    rules = [row for e in of(found, "EU-REPOWER", "flow_rules") for row in e.rows if row["trader"] != "pool"]
    assert all(row["capacity_share"] == 0 for row in rules)
    first = {arc: min(r["first_day"] for r in rules if r["arc"] == arc) for arc in {r["arc"] for r in rules}}
    assert (first["NS2_B"], first["RS-HU"], first["BG-GR"]) == ("2026-03-18", "2027-09-30", "2027-09-30")
    assert first["ship:YAMAL-EXP>FR-LNG"] == "2027-01-01"
    limits = {row["policy_limit"]: row for e in of(found, "EU-REPOWER", "policy_limits") for row in e.rows}
    contracts = system.table("contracts").set_index("contract")["annual_quantity_gwh"]
    annual = contracts[["GAZ-HU", "GAZ-SK", "GAZ-GR"]].sum()
    piece = limits["EU-REPOWER/1 GAZPROM pipeline 2026-06-17"]
    days = (date(2026, 12, 31) - date(2026, 6, 17)).days + 1
    assert piece["maximum_gwh"] == pytest.approx(annual * days / 365)
    ended = {row["contract"]: row["end"] for e in of(found, "EU-REPOWER", "contracts") for row in e.rows}
    pipeline = dict.fromkeys(("GAZ-HU", "GAZ-SK", "GAZ-GR"), "2027-09-29")
    lng = dict.fromkeys(("YAMAL-EU-TTE", "YAMAL-EU-SEFE", "YAMAL-EU-NATURGY"), "2026-12-31")
    assert ended == pipeline | lng


def test_the_phase_out_later_under_another_reading(law: Law, system: GasSystem) -> None:
    """Storage behind: long-term pipeline gas flows a month longer."""
    late = effects(law.with_readings({"pipeline-end": "november"}), system, LONG)
    rules = [
        row
        for e in of(late, "EU-REPOWER", "flow_rules")
        for row in e.rows
        if row["arc"] == "RS-HU" and row["trader"] == "GAZPROM"
    ]
    assert min(row["first_day"] for row in rules) == "2027-11-01"


def test_outside_its_dates_an_instrument_changes_nothing(law: Law, system: GasSystem) -> None:
    """Before 20 July 2025 the transaction ban emits no row; after it, one per string and to the end."""
    before = effects(law, system, Horizon(date(2025, 4, 1), date(2025, 7, 19)))
    assert [e for e in before if e.instrument == "EU-PKG-18"] == []
    after = of(effects(law, system, LONG), "EU-PKG-18", "arc_schedule")
    assert {row["arc"] for e in after for row in e.rows} == {"NS1_A", "NS1_B", "NS2_A", "NS2_B"}
    assert {(e.first_day, e.last_day) for e in after} == {(date(2025, 7, 20), LONG.last_day)}


def test_every_scope_in_the_horizon_is_answered(law: Law, system: GasSystem) -> None:
    """Each scope with days in the horizon gives rows or a reason why not."""
    found = effects(law, system, LONG)
    spoken = {e.source_id for e in found}
    wanted = {
        s.scope
        for s in law.live_scopes
        if s.first_day <= LONG.last_day and (s.last_day is None or s.last_day >= LONG.first_day)
    }
    assert wanted <= spoken
    assert all(e.reason for e in found)
    assert all(bool(e.rows) == (e.status is EffectStatus.EMITTED) for e in found)


def test_rows_fit_the_schema_and_carry_provenance(law: Law, system: GasSystem) -> None:
    """Rows have the columns of their table; an effect never has an unknown arc."""
    known = {
        *system.table("arcs")["arc"],
        *("ship:" + system.table("sea_routes")["origin"] + ">" + system.table("sea_routes")["destination"]),
    }
    for table, rows in effect_rows(effects(law, system, LONG)).items():
        frame = pd.DataFrame(rows)
        if table not in ("demand", "contracts"):
            assert set(frame) == set(system.table(table)), table
        assert frame["source"].str.startswith("law: ").all()
        if "arc" in frame and table != "policy_limit_members":
            assert set(frame["arc"]) <= known


def test_a_licence_carves_out_exactly_its_scope(law: Law, system: GasSystem) -> None:
    """A ban on Russian LNG with a licence for France to June: French ports are free in those days, others are not."""
    ban = scope_like(law, "EU-PKG-19/1", contract_classes=(), first_day=date(2025, 4, 1))
    licence = Exemption(
        source="test",
        grade=LawGrade.BACKGROUND,
        known_from=date(2025, 1, 1),
        note="",
        exemption="FR",
        instrument="EU-PKG-19",
        series="",
        kind=ReliefKind.SPECIFIC_LICENCE,
        name="France",
        issuer=("FR",),
        first_day=date(2025, 4, 1),
        last_day=date(2025, 6, 30),
        assets=(),
        destinations=("FR",),
        actors=(),
        activities=(),
        contract_classes=(),
        maximum_days=None,
        reading="",
    )
    year = Horizon(date(2025, 4, 1), date(2025, 12, 31))
    found = effects(only(law, ban, exemptions=(licence,)), system, year)
    rows = [row for e in found for row in e.rows if e.table == "flow_rules"]
    france = [row["first_day"] for row in rows if row["arc"] == "ship:YAMAL-EXP>FR-LNG"]
    spain = [row["first_day"] for row in rows if row["arc"] == "ship:YAMAL-EXP>ES-LNG"]
    assert france == ["2025-07-01"]
    assert spain == ["2025-04-01", "2025-07-01"]


def test_a_suspension_frees_everything_for_its_days(law: Law, system: GasSystem) -> None:
    """Four weeks of suspension in December 2027: no rule covers those days, the day after it does."""
    by = Decision(Verb.SUSPEND, "EU-REPOWER", ("EU_COM",), date(2027, 12, 1), date(2027, 12, 28))
    rows = [
        row
        for e in of(effects(decide(law, [by]), system, LONG), "EU-REPOWER", "flow_rules")
        for row in e.rows
        if row["arc"] == "RS-HU"
    ]

    def is_barred(day: str) -> bool:
        return any(row["first_day"] <= day <= row["last_day"] for row in rows)

    assert [is_barred(d) for d in ("2027-11-30", "2027-12-01", "2027-12-28", "2027-12-29")] == [
        True,
        False,
        False,
        True,
    ]


def test_a_tariff_is_a_charge_with_a_receiver(law: Law, system: GasSystem) -> None:
    """A levy of 3 EUR/MWh on Russian pipeline gas: a charge on each entry, received by the union budget."""
    tariff = scope_like(
        law,
        "EU-REPOWER/1",
        measure=Measure.TARIFF,
        expression=Expression.CHARGE,
        value=3.0,
        unit="EUR/MWh",
        media=(Medium.PIPELINE,),
        contract_classes=(),
        effect_note="EU budget",
        first_day=date(2025, 4, 10),
        last_day=date(2025, 4, 20),
    )
    (effect,) = effects(only(law, tariff), system, LONG)
    assert effect.table == "flow_rules"
    assert {(r["charge_eur_mwh"], r["charge_receiver"], r["capacity_share"]) for r in effect.rows} == {
        (3.0, "EU budget", 1.0)
    }
    assert {(r["first_day"], r["last_day"]) for r in effect.rows} == {("2025-04-10", "2025-04-20")}


def test_a_quota_is_prorated_by_days(law: Law, system: GasSystem) -> None:
    """36,500 GWh a year on Sudzha from 1 October to 31 December: 92 days of 100 GWh."""
    quota = scope_like(
        law,
        "UA-TRANSIT/1",
        expression=Expression.QUOTA,
        value=36500.0,
        unit="GWh/year",
        assets=("UA_SUDZHA",),
        first_day=date(2025, 10, 1),
        last_day=date(2025, 12, 31),
    )
    limits, members = effects(only(law, quota), system, LONG)
    assert limits.rows[0]["maximum_gwh"] == pytest.approx(9200)
    assert pd.isna(limits.rows[0]["minimum_gwh"])
    assert [row["arc"] for row in members.rows] == ["UA_SUDZHA"]


def test_the_storage_rule_of_2025(law: Law, system: GasSystem) -> None:
    """90 % of the working gas of EU stores on 1 December; 75 % with hard market and slow sites; British stores out."""
    horizon = Horizon(date(2025, 4, 1), date(2026, 3, 31))
    countries = system.table("nodes").set_index("node")["country"]
    stores = system.table("storages")
    inside = stores[stores["node"].map(countries).isin(law.shares("EU_COUNCIL", date(2025, 4, 1)))]
    for reading, share in (("none", 0.90), ("slow-sites", 0.75)):
        found = effects(law.with_readings({"storage-flexibility": reading}), system, horizon)
        (limit,) = [row for e in of(found, "EU-STORAGE", "policy_limits") for row in e.rows]
        assert (limit["kind"], limit["first_day"]) == ("stock", "2025-12-01")
        assert limit["minimum_gwh"] == pytest.approx(share * inside["working_gas_gwh"].sum())
        members = {row["node"] for e in of(found, "EU-STORAGE", "policy_limit_members") for row in e.rows}
        assert members == set(inside["node"])
        assert "GB" not in members


def test_a_pledge_counts_only_if_read_so(law: Law, system: GasSystem) -> None:
    """750 bn USD bind nobody; read as purchases they are a soft minimum on US cargoes into EU ports."""
    silent = [e for e in effects(law, system, LONG) if e.instrument == "TRADE-USEU"]
    assert [e.status for e in silent] == [EffectStatus.NOT_EXPRESSIBLE]
    counted = effects(law.with_readings({"us-pledge": "counted"}), system, LONG)
    rows = [row for e in of(counted, "TRADE-USEU", "policy_limits") for row in e.rows]
    assert {row["policy_limit"] for row in rows} >= {"TRADE-USEU/2 2026-01-01"}
    year = next(row for row in rows if row["first_day"] == "2026-01-01")
    assert (year["minimum_gwh"], year["penalty_eur_mwh"]) == (pytest.approx(1_250_000), 5.0)
    arcs = {row["arc"] for e in of(counted, "TRADE-USEU", "policy_limit_members") for row in e.rows}
    assert "ship:US-EXP>FR-LNG" in arcs
    assert not any(arc.endswith((">CN-LNG", ">GB-LNG")) for arc in arcs)


def test_demand_saving_is_prorated_within_a_month(law: Law, system: GasSystem) -> None:
    """15 % from 16 April: half of April's days, so 7.5 % of April's demand, in the EU only."""
    saving = scope_like(law, "EU-DEMAND/1", reading="", first_day=date(2025, 4, 16), last_day=date(2025, 5, 31))
    (effect,) = effects(only(law, saving), system, LONG)
    before = system.table("demand").groupby(["node", "month"])["quantity_gwh_d"].sum()
    after = apply_effects(system, [effect]).table("demand").groupby(["node", "month"])["quantity_gwh_d"].sum()
    ratio = (after / before).dropna()
    assert ratio["DE", "2025-04"] == pytest.approx(1 - 0.15 * 15 / 30)
    assert ratio["DE", "2025-05"] == pytest.approx(0.85)
    assert ratio["DE", "2025-06"] == pytest.approx(1) == ratio["GB", "2025-05"]


def test_a_fleet_ban_takes_a_share_of_the_plant(law: Law, system: GasSystem) -> None:
    """Six of fourteen ice-class ships gone: 57.1 % of Yamal's liquefaction, and only under that reading."""
    assert of(effects(law, system, LONG), "UK-LNGMAR", "flow_rules") == []
    found = effects(law.with_readings({"uk-maritime": "binding"}), system, LONG)
    (row,) = [row for e in of(found, "UK-LNGMAR", "flow_rules") for row in e.rows]
    assert (row["arc"], row["first_day"]) == ("liq:YAMAL", "2026-05-20")
    assert row["capacity_share"] == pytest.approx(8 / 14, abs=0.001)


def test_a_ban_on_completion_is_a_cap(law: Law, system: GasSystem) -> None:
    """No goods and services for Arctic LNG 2: its capacity stays what stands."""
    (row,) = [row for e in of(effects(law, system, LONG), "EU-PKG-14", "arc_schedule") for row in e.rows]
    standing = system.table("arcs").set_index("arc").loc["liq:ARCTIC2", "capacity_gwh_d"]
    assert (row["arc"], row["capacity_gwh_d"]) == ("liq:ARCTIC2", standing)


def test_what_the_data_hold_already_is_said(law: Law, system: GasSystem) -> None:
    """Under the reloading ban Yamal transfers at Murmansk, as its routes show; a price cap is a bound on a dual."""
    found = effects(law, system, Horizon(date(2024, 1, 1), date(2026, 1, 1)))
    assert {e.status for e in found if e.instrument == "EU-PKG-14" and e.source_id.endswith(("/1", "/2"))} == {
        EffectStatus.IN_DATA
    }
    (cap,) = [e for e in found if e.source_id == "EU-MCM/2"]
    assert (cap.status, "dual" in cap.reason) == (EffectStatus.NOT_EXPRESSIBLE, True)


def test_a_sanctions_risk_binds_only_if_asked(law: Law, system: GasSystem) -> None:
    """A string whose only closed gate is a listing opens under what is unlawful, and not for those who fear it."""
    march = law.known_by(date(2025, 3, 13))
    without = [d for d in _r1(law) if d.target != "US-NS2AG"]
    partly = decide(march, without)
    horizon = Horizon(date(2025, 7, 1), date(2025, 12, 31))

    def capacity(bars: frozenset[Bar]) -> float:
        rows = [row for e in effects(partly, system, horizon, bars=bars) if e.source_id == "NS2_B" for row in e.rows]
        return float(rows[-1]["capacity_gwh_d"])

    assert capacity(frozenset({Bar.LEGAL})) > 0
    assert capacity(frozenset({Bar.LEGAL, Bar.SANCTIONS_RISK})) == 0


def _r1(law: Law) -> tuple[Decision, ...]:
    from linepack.policy.decisions import regime_decisions

    return regime_decisions(law, "R1")


def test_us_relief_alone_changes_no_row_of_eu_imports(law: Law, system: GasSystem) -> None:
    """Lifting every US measure on Nord Stream, payments and Arctic LNG leaves rules and limits as they are."""
    day = date(2025, 6, 1)
    relief = [
        Decision(Verb.LIFT, name, by, day)
        for name, by in (
            ("US-NS2AG", ("US_OFAC",)),
            ("US-PEESA", ("US_STATE",)),
            ("US-GPB", ("US_OFAC",)),
            ("US-LNGIMP", ("US_WH",)),
            ("US-JAN25", ("US_OFAC", "US_CONG")),
        )
    ]
    before = effect_rows(effects(law, system, LONG))
    after = effect_rows(effects(decide(law, relief), system, LONG))
    for table in ("flow_rules", "policy_limits", "policy_limit_members", "contracts"):
        assert [str(row) for row in before[table]] == [str(row) for row in after[table]], table
    for arc in ("NS2_B", "NS2_A", "NS1_A", "NS1_B"):
        rows = [row for row in after["arc_schedule"] if row["arc"] == arc]
        assert {row["capacity_gwh_d"] for row in rows} == {0.0}


def test_the_ways_back_into_the_union(system: GasSystem) -> None:
    """Gas sold in Türkiye or Serbia can enter as pool gas at Strandzha, Kipoi and from Serbia."""
    routes = {route.arc: route.fed_by for route in relabelling_routes(system, ["RU"], ["EU27"])}
    assert {"STRANDZHA1", "KIPI"} <= set(routes)
    assert "TR" in routes["STRANDZHA1"]
    assert all(route.split(">")[0] not in ("NS2_B", "TS_2") for route in routes)


@pytest.fixture(scope="module")
def solve_under(system: GasSystem) -> Callable[..., Solution]:
    """Solve the status quo of 2025 under a law, over months from April 2025 (24 unless a test says otherwise)."""
    scenario = load_scenario("us-gazprom-2025/status-quo")

    def run(law: Law, months: int = 24) -> Solution:
        chosen = replace(scenario, months=months)
        horizon = Horizon(chosen.periods[0].start, chosen.periods[-1].end - timedelta(days=1))
        return solve_system(apply_effects(system, effects(law, system, horizon)), chosen)

    return run


def flow_gwh(solution: Solution, chosen: Callable[[str], bool], since: date) -> float:
    columns = [k for k, arc in enumerate(solution.labels("trader_flow")["arc"]) if chosen(arc)]
    periods = [t for t, period in enumerate(solution.problem.sets.periods) if period.start >= since]
    return float((solution.values("trader_flow")[periods][:, columns] * solution.days[periods, None]).sum())


def test_the_market_obeys_the_law(law: Law, solve_under: Callable[..., Solution]) -> None:
    """Solved under the law as adopted.

    No cargo from Yamal lands in the EU in 2027, and from 25 April to the end of 2026 no more lands than long-
    term contracts hold (60,400 + 43,790 + 37,750 = 141,940 GWh a year). Nobody pays for what the law forbids to take.
    """
    ports = tuple(f">{country}-LNG" for country in ("BE", "NL", "FR", "ES", "PT", "IT", "GR"))

    def to_eu(arc: str) -> bool:
        return arc.startswith("ship:YAMAL-EXP>") and arc.endswith(ports)

    solution = solve_under(law)
    assert flow_gwh(solution, to_eu, date(2027, 1, 1)) == pytest.approx(0, abs=1)
    late_2026 = flow_gwh(solution, to_eu, date(2026, 5, 1)) - flow_gwh(solution, to_eu, date(2027, 1, 1))
    contracts = [
        c for c in law.term_contracts if c.medium is Medium.LNG and c.contract_class is ContractClass.LONG_TERM
    ]
    held = solution.system.table("contracts").assign(base=lambda t: t["contract"].str.split("/").str[0])
    held = held.drop_duplicates("base").set_index("base")["annual_quantity_gwh"]
    annual = float(held[[c.dataset_contract for c in contracts]].sum())
    assert annual == 141_940
    assert solution.values("contract_untaken").sum() * 30 < 100
    assert 0 < late_2026 <= annual * 251 / 365 + 1
    assert flow_gwh(solution, lambda arc: arc == "NS2_B", date(2025, 4, 1)) == pytest.approx(0, abs=1)


def test_regimes_move_the_market_as_they_say(law: Law, solve_under: Callable[..., Solution]) -> None:
    """R1 lets string B flow from June 2025, at most its capacity.

    R3 fills the Ukrainian quota of 15 bcm a year from June 2025 to March 2027 (22 months) to within one per
    cent.
    """
    first = solve_under(regime_law(law, "R1"))
    string = flow_gwh(first, lambda arc: arc == "NS2_B", date(2025, 4, 1))
    assert 0 < string <= 794.9 * 669 + 1
    third = solve_under(regime_law(law, "R3"))
    transit = flow_gwh(third, lambda arc: arc == "UA_SUDZHA", date(2025, 4, 1))
    assert transit == pytest.approx(156_300 * 669 / 365, rel=0.01)
    assert flow_gwh(third, lambda arc: arc == "NS2_B", date(2025, 4, 1)) == pytest.approx(0, abs=1)


def sales_and_pool(solution: Solution) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return first sales (trader, node, gwh) and pool flows (arc, gwh) of a solved run."""

    def total(variable: str) -> pd.DataFrame:
        gwh = (solution.values(variable) * solution.days[:, None]).sum(axis=0)
        return solution.labels(variable).assign(gwh=gwh)

    arriving = total("trader_flow")
    arriving = arriving[arriving["is_sale"].astype(bool)].rename(columns={"destination": "node"})
    columns = ["trader", "node", "gwh"]
    return pd.concat([arriving[columns], total("sales")[columns]]), total("pool_flow")[["arc", "gwh"]]


def test_where_barred_molecules_go(law: Law, system: GasSystem, solve_under: Callable[..., Solution]) -> None:
    """A full ban on Russian gas from June 2025, with and without the duty to prove origin.

    Trusting, Gazprom sells in Serbia what it cannot sell in Hungary, and it comes back as pool gas. Presumed to be
    Russian, that way is shut: no relabelling is left and the price in Hungary rises by more.
    """
    march = law.known_by(date(2025, 3, 13))
    ban = scope_like(law, "EU-REPOWER/1", first_day=date(2025, 6, 1), contract_classes=())
    questions = tuple(row for row in law.readings if row.question == "origin-proof")
    barred = replace(
        march,
        instruments=(*march.instruments, law.instrument("EU-REPOWER")),
        scopes=(*march.scopes, ban),
        readings=(*march.readings, *questions),
    )
    base = solve_under(march, 10)
    names = ("trusting", "traced", "presumed")
    runs = {name: solve_under(barred.with_readings({"origin-proof": name}), 10) for name in names}
    accounts = {}
    for name, run in runs.items():
        sales_before, pool_before = sales_and_pool(base)
        sales_after, pool_after = sales_and_pool(run)
        accounts[name] = leakage(
            system,
            ["RU"],
            ["EU27"],
            sales_before=sales_before,
            sales_after=sales_after,
            pool_before=pool_before,
            pool_after=pool_after,
        )
        account = accounts[name]
        parts = account.relabelling_gwh + account.displacement_gwh + account.lost_gwh
        assert account.barred_gwh == pytest.approx(parts)
        assert account.barred_gwh > 0
    assert dict(accounts["trusting"].redirected_gwh)["RS"] > 50_000
    assert accounts["trusting"].relabelling_gwh > 50_000
    assert accounts["presumed"].relabelling_gwh < 1_000
    prices = {name: run.hub_prices()["HU"].mean() for name, run in runs.items()}
    assert base.hub_prices()["HU"].mean() < prices["trusting"] < prices["traced"] <= prices["presumed"] + 1e-3
    own = result_tables(runs["traced"], ["flagged", "flows"])
    flagged, flows = own["flagged"], own["flows"]
    here = flagged[flagged["node"] == "RS"]
    assert here["sold_gwh_d"].mean() > 50
    assert not flagged["node"].isin(["HU", "BG", "DE"]).any()
    crossing = flows[(flows["arc"] == "RS-HU") & (flows["carrier"] == "pool")]["flow_gwh_d"]
    assert crossing.mean() < here["sold_gwh_d"].mean()


def test_the_reasons_of_a_zero_flow(law: Law, system: GasSystem) -> None:
    """String B on 1 August 2025: its gates and the transaction ban."""
    reasons = {effect.source_id for effect in effects_on(effects(law, system, LONG), "NS2_B", date(2025, 8, 1))}
    assert reasons == {"EU-PKG-18/1", "NS2_B"}


def test_lifting_what_the_data_hold_is_said(law: Law, system: GasSystem) -> None:
    """The reloading ban lifted: the fleet's reach to Asia does not grow by itself, and the list says so."""
    lift = Decision(Verb.LIFT, "EU-PKG-14", ("EU_COUNCIL",), date(2025, 6, 1))
    found = [e for e in effects(decide(law, [lift]), system, LONG) if "lifted" in e.reason]
    assert {e.source_id for e in found} == {"EU-PKG-14/1", "EU-PKG-14/2"}


def test_cargoes_transferred_at_murmansk_are_barred_too(system: GasSystem) -> None:
    """Gas of Yamal that changes ships at Murmansk is still Novatek's and still Russian."""
    found = {(e.trader, e.arc) for e in entries(system, ["RU"], ["EU27"], [Medium.LNG])}
    ports = {arc.split(">")[0] for _, arc in found}
    assert ports == {"ship:YAMAL-EXP", "ship:MURMANSK"}
    assert {trader for trader, _ in found} == {"NOVATEK"}
