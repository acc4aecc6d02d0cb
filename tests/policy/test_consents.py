"""Golden answers: who must say yes, on which day."""

from __future__ import annotations

from datetime import date

import pytest

from linepack.errors import InputError
from linepack.policy.consents import Consents, consents, consents_at_renewal, gates_of, refusal_ends, yes_needed
from linepack.policy.formula import Deed, holds
from linepack.policy.law import Law
from linepack.policy.matching import instruments_on
from linepack.policy.words import Act, Bar, ContractClass, GateState, RuleKind

MARCH = {"DE-CERT", "DE-SOS", "US-PEESA", "US-NS2AG", "US-GPB", "NS2:contract", "NS2:owner"}
NS2_LISTS = {
    date(2025, 3, 13): MARCH,
    date(2025, 8, 1): MARCH | {"EU-PKG-18"},
    date(2025, 11, 1): MARCH | {"EU-PKG-18", "CH-NS-TXBAN"},
    date(2026, 11, 22): MARCH | {"EU-PKG-18", "CH-NS-TXBAN", "EU-REPOWER"},
}


def closed(answer: Consents) -> set[str]:
    return {gate.gate for gate in answer.closed}


@pytest.mark.parametrize("day", list(NS2_LISTS))
def test_nord_stream_2_string_b(law: Law, day: date) -> None:
    """Four days, four lists.

    March 2025: certification, supply report, US listings and payment bank, owner, contract. From 20 July 2025
    the EU transaction ban, from 30 October the Swiss one, from 18 March 2026 the ban on new contracts. The
    string itself, the onward network and Russia's will are open throughout.
    """
    answer = consents(law, "NS2_B", day)
    assert closed(answer) == NS2_LISTS[day]
    assert {gate.gate for gate in answer.gates if gate.is_open} >= {"NS2_B:physical", "NS2:network", "NS2:seller"}
    assert not answer.is_open


def test_the_minimal_sets_of_november_2026(law: Law) -> None:
    """Two ways past the phase-out times two past the US statute make four.

    Legislature or Court; waiver, or Congress with the president.
    The unanimous Council, Switzerland, Germany and Gazprom are in all of them.
    """
    answer = consents(law, "NS2_B", date(2026, 11, 22))
    assert len(answer.minimal_sets) == 4
    assert {"EU_COUNCIL", "CH", "DE", "DE_BNETZA", "DE_BMWE", "US_OFAC", "GAZPROM", "EU_BUYER"} <= set(
        yes_needed(answer)
    )
    assert sum("EU_CJEU" in bodies for bodies in answer.minimal_sets) == 2
    for bodies in answer.minimal_sets:
        assert holds(answer.formula, bodies)
        assert all(not holds(answer.formula, bodies - {body}) for body in bodies)


def test_at_least_eight_holders_of_locks(law: Law) -> None:
    """The fact base counts at least eight gates for string B in October 2026."""
    assert len(closed(consents(law, "NS2_B", date(2026, 10, 1)))) >= 8
    assert len(closed(consents(law, "NS1_A", date(2026, 10, 1)))) >= 7


def test_the_creditors_are_a_threshold_until_they_agree(law: Law) -> None:
    """Before 30 April 2025 four of five equal lenders must sign.

    Five of the minimal sets differ by the lender left out. Afterwards no lender is asked again.
    """
    before = consents(law, "NS2_B", date(2025, 3, 13))
    lenders = {"ENGIE", "OMV", "SHELL", "UNIPER", "WINTERSHALL"}
    assert {len(bodies & lenders) for bodies in before.minimal_sets} == {4}
    after = consents(law, "NS2_B", date(2025, 8, 1))
    assert not any(bodies & lenders for bodies in after.minimal_sets)


def test_a_refusal_at_the_renewal_lifts_the_sanction_but_not_the_regulation(law: Law) -> None:
    """31 July 2027: any one of 27 ends the transaction ban; the phase-out and every other gate stay."""
    answer = consents(law, "NS2_B", date(2026, 11, 22))
    (row,) = [row for row in answer.renewals if row.opens]
    assert (row.day, row.opens, len(row.refusers)) == (date(2027, 7, 31), ("EU-PKG-18",), 27)
    assert "EU-REPOWER" in row.stays_closed
    assert "HU" in refusal_ends(answer)
    left = {gate.gate for gate in consents_at_renewal(law, answer, row.day)}
    assert left == closed(answer) - {"EU-PKG-18"}


def test_yamal_lng_long_and_short_term(law: Law) -> None:
    """1 May 2026.

    A long-term contract is free until 2027; a short-term one is locked twice since 25 April, by unanimity and
    by qualified majority with Parliament.
    """
    day = date(2026, 5, 1)
    long = consents(law, "YAMAL-EU", day, contract=ContractClass.LONG_TERM)
    short = consents(law, "YAMAL-EU", day, contract=ContractClass.SHORT_TERM)
    assert long.is_open
    assert long.minimal_sets == (frozenset(),)
    assert closed(short) == {"EU-PKG-19", "EU-REPOWER"}
    assert {gate.rule for gate in short.closed} == {RuleKind.UNANIMITY, RuleKind.QUALIFIED_MAJORITY_WITH_PARLIAMENT}
    assert frozenset({"EU_COUNCIL", "EU_COM", "EU_EP"}) in short.minimal_sets


def test_yamal_lng_after_2026(law: Law) -> None:
    """From 1 January 2027 three locks: sanction, regulation, and British ships, which other ships can replace."""
    answer = consents(law, "YAMAL-EU", date(2027, 1, 2))
    assert closed(answer) == {"EU-PKG-19", "EU-REPOWER", "UK-LNGMAR"}
    assert frozenset({"EU_COUNCIL", "EU_COM", "EU_EP", "OTHER_FLEET"}) in answer.minimal_sets


def test_turkstream_to_hungary_in_december_2027(law: Law) -> None:
    """Locked once in law (the regulation.

    A Court or a suspension of four weeks aside), and by the payment channel; under the reading that Hungary's
    exemption has no end the payment is free.
    """
    day = date(2027, 12, 1)
    answer = consents(law, "TS_2-HU", day)
    assert closed(answer) == {"EU-REPOWER", "US-GPB"}
    assert "28 days" in answer.temporary[0]
    assert {"TS_2:transit-TR", "TS_2:transit-BG", "TS_2:transit-RS"} <= {g.gate for g in answer.gates if g.is_open}
    free = consents(law.with_readings({"hungary-exemption": "indefinite"}), "TS_2-HU", day)
    assert closed(free) == {"EU-REPOWER"}
    assert free.minimal_sets == (frozenset({"EU_CJEU"}), frozenset({"EU_COM", "EU_COUNCIL", "EU_EP"}))


def test_the_three_readings_of_the_end_of_pipeline_gas(law: Law) -> None:
    """30 September, 31 October or 1 November 2027: on 15 October only the first bars long-term gas."""
    day = date(2027, 10, 15)
    for reading, is_barred in {"september": True, "october": False, "november": False}.items():
        answer = consents(law.with_readings({"pipeline-end": reading}), "TS_2-HU", day, bars=frozenset({Bar.LEGAL}))
        assert answer.is_open is not is_barred


def test_reloading_at_zeebrugge(law: Law) -> None:
    """Older contracts could run to 26 March 2025; new ones were barred since 25 June 2024."""
    assert consents(law, "Zeebrugge", date(2025, 3, 25)).is_open
    assert closed(consents(law, "Zeebrugge", date(2025, 3, 26))) == {"EU-PKG-14"}
    new = consents(law, "Zeebrugge", date(2025, 3, 25), contract=ContractClass.NEW)
    assert closed(new) == {"EU-PKG-14"}


def test_no_import_ban_on_russian_lng_in_march_2025(law: Law) -> None:
    """The loophole of the day: no EU ban, only the reloading ban about to bind."""
    assert consents(law, "YAMAL-EU", date(2025, 3, 13)).is_open


def test_the_storage_rule_of_2025_against_2024(law: Law) -> None:
    """2024: 90 % on 1 November. Under Regulation 2025/1733: on any day to 1 December, with up to 20 points less."""

    def rule(day: date, flexibility: str) -> tuple[float | None, str]:
        chosen = law.with_readings({"storage-flexibility": flexibility})
        (scope,) = [
            s
            for s in chosen.live_scopes
            if s.instrument == "EU-STORAGE" and s.first_day <= day and (s.last_day is None or day <= s.last_day)
        ]
        return scope.value, scope.effect_note

    assert rule(date(2024, 11, 1), "none") == (0.90, "1 November")
    assert rule(date(2025, 11, 1), "none") == (0.90, "1 December")
    assert [rule(date(2025, 11, 1), name)[0] for name in ("hard-market", "slow-sites", "delegated")] == [
        0.80,
        0.75,
        0.70,
    ]


def test_the_storage_rule_as_known_in_march_2025(law: Law) -> None:
    """On 13 March 2025 nobody knew of the regulation of July: the old rule ran to the end of 2025."""
    known = law.known_by(date(2025, 3, 13))
    (scope,) = [s for s in known.live_scopes if s.instrument == "EU-STORAGE"]
    assert (scope.effect_note, scope.last_day) == ("1 November", date(2025, 12, 31))


def test_sakhalin_lives_on_a_licence(law: Law) -> None:
    """GL 55F frees services to 18 December 2026; if the Treasury does not renew it, the gate closes."""
    answer = consents(law, "Sakhalin-2", date(2026, 11, 22))
    assert answer.is_open
    (row,) = answer.renewals
    assert (row.day, row.refusers, row.closes) == (date(2026, 12, 18), ("US_OFAC",), ("US-JAN25",))
    assert not consents(law, "Sakhalin-2", date(2026, 12, 19)).is_open
    crude = law.with_readings({"gl55-scope": "crude-only"})
    assert not consents(crude, "Sakhalin-2", date(2026, 11, 22)).is_open


def test_arctic_lng_2_to_china_needs_no_western_consent(law: Law) -> None:
    """No legal bar, a buyer and ships out of reach: only a sanctions risk. Before the first cargo no buyer."""
    answer = consents(law, "ARCTIC2-CN", date(2026, 10, 1), bars=frozenset({Bar.LEGAL, Bar.COMMERCIAL}))
    assert answer.is_open
    assert "US-ALNG2" in {g.gate for g in answer.closed if g.bar is Bar.SANCTIONS_RISK}
    assert "ARCTIC2:buyer" in closed(consents(law, "ARCTIC2-CN", date(2025, 3, 13)))


def test_ukrainian_transit(law: Law) -> None:
    """The contract ended on 1 January 2025: transit, buyer and the war; EU law only since 18 March 2026."""
    assert closed(consents(law, "UA_SUDZHA", date(2024, 12, 31), bars=frozenset({Bar.COMMERCIAL}))) == {"US-GPB"}
    assert {"UA:transit", "UA:buyer", "UA:security"} <= closed(consents(law, "UA_SUDZHA", date(2025, 3, 13)))
    assert "EU-REPOWER" not in closed(consents(law, "UA_SUDZHA", date(2026, 3, 17)))
    assert "EU-REPOWER" in closed(consents(law, "UA_SUDZHA", date(2026, 3, 18)))


def test_yamal_europe_is_closed_on_both_sides(law: Law) -> None:
    """Russia barred its use in May 2022 and Poland listed the owner's shareholder: both must move."""
    assert {"RU", "PL"} <= set(yes_needed(consents(law, "Yamal-Europe", date(2025, 3, 13))))


def test_the_supplier_stopped_before_the_damage(law: Law) -> None:
    """Nord Stream 1: not delivered since 2 September 2022, ruptured on the 26th. Order matters."""

    def states(day: date) -> dict[str, GateState]:
        return {gate.gate: gate.state for gate in gates_of(law, "NS1_A", day)}

    assert states(date(2022, 9, 1))["NS1:seller"] is GateState.OPEN
    mid = states(date(2022, 9, 10))
    assert (mid["NS1:seller"], mid["NS1:physical"]) == (GateState.CLOSED, GateState.OPEN)
    assert states(date(2022, 9, 26))["NS1:physical"] is GateState.CLOSED
    assert states(date(2022, 9, 26))["NS1:seller"] is GateState.CLOSED


def test_one_string_is_intact_and_three_are_not(law: Law) -> None:
    """Counts of strings, per string: only B of Nord Stream 2 is whole."""
    day = date(2025, 3, 13)
    whole = [
        name
        for name in ("NS1_A", "NS1_B", "NS2_A", "NS2_B")
        if all(g.is_open for g in gates_of(law, name, day) if g.gate.endswith("physical"))
    ]
    assert whole == ["NS2_B"]


def test_the_ceasefire_lacks_one_signature(law: Law) -> None:
    """Accepted by the United States and Ukraine on 11 March 2025; Russia's answer of the 13th was conditional."""
    answer = consents(law, "ceasefire", date(2025, 3, 13))
    assert answer.minimal_sets == (frozenset({"RU"}),)
    (gate,) = answer.closed
    assert "conditional" in gate.reason


def test_the_minerals_agreement_comes_into_force(law: Law) -> None:
    """Signed 30 April 2025, in force 23 May."""
    assert not consents(law, "minerals", date(2025, 5, 22)).is_open
    assert consents(law, "minerals", date(2025, 5, 23)).is_open


def test_the_sale_of_the_owner_opens_no_other_gate(law: Law) -> None:
    """A sale needs the US licence, the seller and the court; certification and bans are not among its gates."""
    sale = closed(consents(law, "NS2 sale", date(2025, 3, 13)))
    assert sale == {"US-NS2AG", "SALE:seller", "NS2:owner"}
    assert {"DE-CERT", "US-PEESA", "NS2:contract"} <= closed(consents(law, "NS2_B", date(2025, 3, 13)))


def test_bars_limit_the_formula(law: Law) -> None:
    """Only what is unlawful: no act of the Treasury is asked for, though the risk is still shown."""
    answer = consents(law, "NS2_B", date(2026, 11, 22), bars=frozenset({Bar.LEGAL}))
    assert Deed(Act.ADOPT, "US_OFAC") not in answer.formula.parts
    assert all("US_OFAC" not in bodies for bodies in answer.minimal_sets)
    assert "US-NS2AG" in closed(answer)


def test_instruments_of_an_asset_are_those_that_bind_or_free_it(law: Law) -> None:
    """Nord Stream 2 B in March 2025: no LNG rule and no oil rule is listed."""
    names = {row.instrument.instrument for row in instruments_on(law, date(2025, 3, 13), asset="NS2_B")}
    assert {"DE-CERT", "DE-SOS", "US-NS2AG", "US-PEESA", "US-GPB", "EU-GASDIR"} <= names
    assert not names & {"EU-PKG-14", "G7-CAP", "UK-LNG", "EU-PKG-18"}


def test_an_unknown_asset_is_answered_with_the_near_ones(law: Law) -> None:
    """'TurkStream' is several flows: all are named."""
    with pytest.raises(InputError, match="TS_2-HU"):
        consents(law, "TurkStream", date(2025, 3, 13))
