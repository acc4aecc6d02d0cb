"""Decisions are taken by those who can take them, and by nobody else."""

from __future__ import annotations

from datetime import date

import pytest

from linepack.errors import InputError
from linepack.policy.consents import consents
from linepack.policy.decisions import (
    Decision,
    decide,
    is_competent,
    regime_decisions,
    regime_law,
    require_consents,
)
from linepack.policy.formula import parse_formula
from linepack.policy.law import Law, law_on
from linepack.policy.words import Bar, Status, Verb
from linepack.vocabulary import EU27

DAY = date(2026, 11, 22)


def refused(law: Law, *decisions: Decision) -> InputError:
    with pytest.raises(InputError) as caught:
        decide(law, decisions)
    return caught.value


def test_germany_alone_cannot_reopen_nord_stream_2(law: Law) -> None:
    """The story says the decision is Germany's; the law lists ten gates that stay closed, each with what it needs."""
    with pytest.raises(InputError) as caught:
        require_consents(law, "NS2_B", ["DE"], DAY)
    gates = {key for issue in caught.value.issues for key in issue.keys}
    assert gates == {
        "DE-CERT",
        "DE-SOS",
        "EU-PKG-18",
        "CH-NS-TXBAN",
        "EU-REPOWER",
        "US-PEESA",
        "US-NS2AG",
        "US-GPB",
        "NS2:contract",
        "NS2:owner",
    }
    text = str(caught.value)
    assert "26 members missing" in text
    assert "adopt:DE_BMWE" in text


def test_all_needed_bodies_together_can(law: Law) -> None:
    """Any minimal set is enough."""
    for bodies in consents(law, "NS2_B", DAY).minimal_sets:
        require_consents(law, "NS2_B", sorted(bodies), DAY)


def test_members_can_act_for_the_council(law: Law) -> None:
    """All 27 lift a sanction; 26 do not; 24 amend a law together with Commission and Parliament."""
    lift = Decision(Verb.LIFT, "EU-PKG-18", EU27, DAY)
    assert law_on(decide(law, [lift]), DAY).of("EU-PKG-18").status is Status.ENDED
    short = tuple(m for m in EU27 if m != "PL")
    assert "1 members missing: PL" in str(refused(law, Decision(Verb.LIFT, "EU-PKG-18", short, DAY)))
    most = tuple(m for m in EU27 if m not in ("HU", "SK", "BG"))
    decide(law, [Decision(Verb.LIFT, "EU-REPOWER", ("EU_COM", "EU_EP", *most), DAY)])
    assert "EU_EP" in str(refused(law, Decision(Verb.LIFT, "EU-REPOWER", ("EU_COM", *most), DAY)))


def test_us_relief_alone_opens_neither_nord_stream_nor_yamal(law: Law) -> None:
    """After the bans of the EU, every act the United States could take leaves the legal gates closed."""
    relief = [
        Decision(Verb.LIFT, "US-NS2AG", ("US_OFAC",), DAY),
        Decision(Verb.LIFT, "US-PEESA", ("US_STATE",), DAY),
        Decision(Verb.LIFT, "US-GPB", ("US_OFAC",), DAY),
        Decision(Verb.LIFT, "US-ALNG2", ("US_OFAC",), DAY),
    ]
    after = decide(law, relief)
    for asset, day in (("NS2_B", DAY), ("YAMAL-EU", date(2027, 1, 1)), ("TS_2-HU", date(2027, 12, 1))):
        before_gates = {g.gate for g in consents(law, asset, day).closed if g.bar is Bar.LEGAL}
        after_gates = {g.gate for g in consents(after, asset, day).closed if g.bar is Bar.LEGAL}
        assert before_gates == after_gates
        assert after_gates


def test_a_licence_opens_exactly_its_assets(law: Law) -> None:
    """Gazprombank licensed for string B: the payment gate of string B opens, that of TurkStream does not."""
    licence = Decision(Verb.GRANT, "US-GPB", ("US_OFAC",), DAY, date(2027, 3, 31), ("NS2_B",))
    after = decide(law, [licence])
    assert "US-GPB" not in {g.gate for g in consents(after, "NS2_B", DAY).closed}
    assert "US-GPB" in {g.gate for g in consents(after, "TS_2-SK", DAY).closed}
    assert "US-GPB" in {g.gate for g in consents(after, "NS2_B", date(2027, 4, 1)).closed}


def test_nobody_licenses_an_eu_sanction_or_a_german_certificate(law: Law) -> None:
    """The transaction ban knows no licence to operate: it must be lifted."""
    for target in ("EU-PKG-18", "DE-CERT"):
        assert refused(law, Decision(Verb.GRANT, target, ("EU_COM",), DAY)).issues[0].code == "no-relief"


def test_a_suspension_lasts_four_weeks_at_most(law: Law) -> None:
    """The Commission may suspend the phase-out for 28 days in a declared emergency, not for 29."""
    first = date(2027, 12, 1)
    ok = Decision(Verb.SUSPEND, "EU-REPOWER", ("EU_COM",), first, date(2027, 12, 28))
    after = decide(law, [ok])
    legal = frozenset({Bar.LEGAL})
    assert consents(after, "TS_2-HU", date(2027, 12, 28), bars=legal).is_open
    assert not consents(after, "TS_2-HU", date(2027, 12, 29), bars=legal).is_open
    long = Decision(Verb.SUSPEND, "EU-REPOWER", ("EU_COM",), first, date(2027, 12, 29))
    assert refused(law, long).issues[0].code == "too-long"
    wrong = Decision(Verb.SUSPEND, "EU-REPOWER", ("HU",), first, date(2027, 12, 28))
    assert refused(law, wrong).issues[0].code == "missing-consent"


def test_one_member_lets_the_sanctions_lapse_on_a_renewal_day_only(law: Law) -> None:
    """Hungary alone ends every package on 2027-07-31, but not the phase-out; on another day nothing ends."""
    lapse = Decision(Verb.LET_LAPSE, "EU-SECT-RENEW", ("HU",), date(2027, 7, 31))
    after = decide(law, [lapse])
    assert law_on(after, date(2027, 7, 31)).of("EU-PKG-19").status is Status.IN_FORCE
    assert law_on(after, date(2027, 8, 1)).of("EU-PKG-19").status is Status.ENDED
    assert law_on(after, date(2027, 8, 1)).of("EU-REPOWER").status is Status.IN_FORCE
    error = refused(law, Decision(Verb.LET_LAPSE, "EU-SECT-RENEW", ("HU",), date(2027, 6, 1)))
    assert error.issues[0].code == "no-renewal"
    assert "2027-07-31" in str(error)
    assert (
        refused(law, Decision(Verb.LET_LAPSE, "EU-SECT-RENEW", ("US",), date(2027, 7, 31))).issues[0].code
        == "missing-consent"
    )


def test_a_veto_needs_a_blocking_minority(law: Law) -> None:
    """Slovakia alone could refuse the 19th package; with Hungary and Bulgaria it could not refuse the phase-out."""
    after = decide(law, [Decision(Verb.REFUSE, "EU-PKG-19", ("SK",), date(2025, 10, 22))])
    assert consents(after, "YAMAL-EU", date(2026, 5, 1)).is_open
    small = Decision(Verb.REFUSE, "EU-REPOWER", ("HU", "SK", "BG"), date(2026, 1, 26))
    assert "no blocking minority" in str(refused(law, small))
    large = Decision(Verb.REFUSE, "EU-REPOWER", ("DE", "FR", "IT", "HU"), date(2026, 1, 26))
    assert consents(decide(law, [large]), "TS_2-SK", date(2027, 12, 1), bars=frozenset({Bar.LEGAL})).is_open
    late = Decision(Verb.REFUSE, "EU-PKG-18", ("HU",), DAY)
    assert refused(law, late).issues[0].code == "too-late"


def test_repair_opens_the_string_and_nothing_else(law: Law) -> None:
    """Nord Stream 2 A repaired: intact, and as closed in law as before."""
    by = ("NS2AG", "DK", "SE", "INSURERS")
    after = decide(law, [Decision(Verb.REPAIR, "NS2_A", by, DAY)])
    gone = {g.gate for g in consents(law, "NS2_A", DAY).closed} - {g.gate for g in consents(after, "NS2_A", DAY).closed}
    assert gone == {"NS2_A:physical"}
    assert "adopt:DK" in str(refused(law, Decision(Verb.REPAIR, "NS2_A", ("NS2AG", "SE", "INSURERS"), DAY)))
    assert refused(law, Decision(Verb.REPAIR, "NS2_B", by, DAY)).issues[0].code == "nothing-to-open"


def test_a_sale_changes_the_owner_gate_only(law: Law) -> None:
    """Ownership does not change certification, transaction bans or the supply contract."""
    sale = Decision(Verb.SELL, "NS2_B", ("CH_ZUG", "NS2AG", "GAZPROM"), DAY)
    before, after = consents(law, "NS2_B", DAY), consents(decide(law, [sale]), "NS2_B", DAY)
    assert {g.gate for g in before.closed} - {g.gate for g in after.closed} == {"NS2:owner"}


def test_all_faults_are_told_at_once(law: Law) -> None:
    """Two decisions, two faults, and an unknown body."""
    error = refused(
        law,
        Decision(Verb.LIFT, "EU-PKG-18", ("DE",), DAY),
        Decision(Verb.CERTIFY, "NS2_B", ("DE_BNETZA",), DAY),
        Decision(Verb.LIFT, "US-GPB", ("OFAC",), DAY),
    )
    assert {issue.code for issue in error.issues} == {"missing-consent", "unknown-body"}
    assert len(error.issues) >= 3


def test_an_event_cannot_be_lifted(law: Law) -> None:
    """A force majeure is nobody's rule."""
    assert refused(law, Decision(Verb.LIFT, "SHOCK-QA", ("QA",), DAY)).issues[0].code == "cannot-lift"


def test_competence_of_a_threshold(law: Law) -> None:
    """Four lenders of five and the court."""
    formula = parse_formula(law.rule_of("CH-MORA").lift)
    assert is_competent(law, formula, ["CH_ZUG", "ENGIE", "OMV", "SHELL", "UNIPER"], DAY)
    assert not is_competent(law, formula, ["CH_ZUG", "ENGIE", "OMV", "SHELL"], DAY)


REGIMES = {
    "R0": ((), ("NS2_B", "UA_SUDZHA", "SAKHALIN_JV")),
    "R1": (("NS2_B",), ("NS2_A", "NS1_A", "UA_SUDZHA")),
    "R2": (("NS2_B", "NS2_A", "NS1_A", "NS1_B"), ("UA_SUDZHA",)),
    "R3": (("UA_SUDZHA",), ("NS2_B",)),
    "R3-40": (("UA_SUDZHA",), ("NS2_B",)),
    "R4": (("NS2_B",), ("NS2_A",)),
    "R5": (("SAKHALIN_JV",), ("NS2_B", "UA_SUDZHA")),
    "R6": ((), ("NS2_B", "YAMAL-EU")),
    "R7": ((), ("NS2_B", "YAMAL-EU")),
    "R8": ((), ("NS2_B",)),
    "R9": ((), ("NS2_B", "YAMAL-EU")),
}


@pytest.mark.parametrize("regime", list(REGIMES))
def test_regimes_are_reached_by_competent_decisions(law: Law, regime: str) -> None:
    """Each regime is a set of decisions that its holders can take, and opens what it says and no more."""
    after = regime_law(law, regime)
    opened, closed = REGIMES[regime]
    day = date(2027, 2, 1)
    assert [a for a in opened if not consents(after, a, day).is_open] == []
    assert [a for a in closed if consents(after, a, day).is_open] == []


def test_there_is_a_regime_for_each_of_the_ten(law: Law) -> None:
    """R0 to R9, the third in two sizes."""
    assert {row.regime for row in law.regimes} == set(REGIMES)
    assert regime_decisions(law, "R7") == ()
    with pytest.raises(InputError, match="R10"):
        regime_law(law, "R10")
