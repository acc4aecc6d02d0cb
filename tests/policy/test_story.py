"""The generated pages are up to date; bodies and events of the story are rows of the law."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from linepack.policy.law import Law, law_on
from linepack.policy.words import Expression, InstrumentKind, Stage
from tools.law_docs import pages

ROOT = Path(__file__).resolve().parents[2]


def test_generated_pages_are_up_to_date() -> None:
    """Run ``python tools/law_docs.py`` after a change of the law."""
    for name, text in pages().items():
        assert (ROOT / "docs" / "law" / name).read_text(encoding="utf-8") == text, name


BODIES = (
    "GAZPROM", "US", "US_WH", "US_OFAC", "US_STATE", "US_CONG", "TRUMP", "PUTIN", "RUBIO", "UA", "CN", "IR", "DE",
    "DE_BMWE", "DE_BNETZA", "DE_BT", "EU_COUNCIL", "EU_COM", "EU_EP", "EU_CJEU", "EU_STATES", "LYNCH", "NS2AG",
    "NOVATEK", "TR", "BOTAS", "G7", "EU_BUYER", "CH", "HU", "SK", "AT", "RS", "BG",
)  # fmt: skip
EVENTS = (
    "EV-INVASION", "EV-NS1-40", "EV-NS1-20", "EV-NS1-STOP", "EV-SABOTAGE", "EV-LYNCH", "EV-CALL", "EV-RUBIO",
    "EV-TRUMP-THREAT", "EV-JEDDAH", "EV-PUTIN-0313", "EV-G7-VETO",
)  # fmt: skip


def test_bodies_of_the_story_are_there(law: Law) -> None:
    """Every body of the story is a row with a role; unnamed groups stay unnamed."""
    known = {row.body: row for row in law.bodies}
    assert [name for name in BODIES if name not in known or not known[name].role] == []
    assert "unnamed" in known["EU_STATES"].name
    routes = {"PL", "LT", "LV", "EE", "DK", "SE", "FI"}
    assert routes <= set(law.shares("EU_COUNCIL", date(2025, 3, 13)))
    assert law.asset("POS2").activities


def test_events_of_the_story_are_there(law: Law) -> None:
    """Every event of the story is in the timeline; the cause of the sabotage is contested."""
    known = {row.event for row in law.events}
    assert [name for name in EVENTS if name not in known] == []
    assert "contested" in next(r.reason for r in law.gate_states if r.gate == "NS1:physical" and r.state == "closed")


def test_threat_and_position(law: Law) -> None:
    """A threat has an issuer, a trigger and an end, and no effect on the market; a position likewise."""
    day = date(2025, 3, 13)
    threat = law_on(law, day, day).of("US-THREAT")
    assert threat.instrument.kind is InstrumentKind.THREAT
    assert threat.instrument.issuer == ("TRUMP",)
    assert "no ceasefire" in threat.scopes[0].note
    assert threat.scopes[0].expression is Expression.NONE
    assert law.instrument("US-STAY").kind is InstrumentKind.POSITION
    (truce,) = law_on(law, day).of("PEACE-30D").scopes
    assert (truce.value, truce.unit) == (30, "days")
    stages = [row.stage for row in law.stages if row.instrument == "TRADE-USEU"]
    assert stages == [Stage.AGREED, Stage.ADOPTED]
