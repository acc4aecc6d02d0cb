"""The worked article of 13 March 2025, written for this project.

Holds every actor and every figure of the checklist.
"""

from pathlib import Path

import pytest

from linepack.evidence.claims import Claim
from linepack.evidence.gold import load_gold, read_gold
from linepack.evidence.vocabulary import Act, Hedge, QuantityKind, SourceClass
from linepack.system.names import name_book

ARTICLE = Path(__file__).parents[1] / "gold" / "tuning" / "t01-gazprom-talks.gold"
ACTORS = {  # row of the checklist, part B -> what stands for it
    15: "GAZPROM",
    16: "US",
    17: "TRUMP",
    18: "PUTIN",
    19: "RUBIO",
    20: "UA",
    21: "CN",
    22: "IR",
    23: "DE",
    24: "EU",
    25: "EU_STATES",
    26: "EU_OFFICIALS",
    28: "US_INVESTOR",
    29: "NS2AG",
    30: "NOVATEK",
    31: "TR",
    32: "G7",
    33: "BLOOMBERG",
    35: "TRUTH_SOCIAL",
    36: "EU_COMPANIES",
    37: "SANCTION_CALLERS",
}


@pytest.fixture(scope="module")
def claims() -> tuple[Claim, ...]:
    return read_gold(load_gold(ARTICLE)).claims


def only(claims: tuple[Claim, ...], words: str) -> Claim:
    (found,) = [claim for claim in claims if words in claim.text]
    return found


@pytest.mark.parametrize(("row", "name"), ACTORS.items())
def test_actor_is_named(claims: tuple[Claim, ...], row: int, name: str) -> None:
    """Each actor of part B is mentioned in the article and found under its identifier."""
    assert name in {actor for claim in claims for actor in claim.actors}, row


def test_unnamed_groups_stay_unnamed(claims: tuple[Claim, ...]) -> None:
    """Rows 25 to 28, 34, 37: several EU states, officials, sources and an entrepreneur are not turned into anybody."""
    book = name_book()
    for name in ("EU_STATES", "EU_OFFICIALS", "RU_OFFICIALS", "US_INVESTOR", "ANON_SOURCES", "SANCTION_CALLERS"):
        assert book.names[name].kind == "group"
        assert book.names[name].members == ()
    assert "LYNCH" not in {actor for claim in claims for actor in claim.actors}


def test_officials_of_three_countries(claims: tuple[Claim, ...]) -> None:
    """Rows 26 and 27: American, Russian and European officials are one unnamed source with its own class."""
    lead = claims[0]
    assert lead.source_class is SourceClass.OFFICIAL_UNNAMED
    assert lead.speaker.text.startswith("American, Russian and European officials")
    assert lead.hedge is Hedge.POSSIBLE


def test_no_comment_is_not_confirmation(claims: tuple[Claim, ...]) -> None:
    """Row 16: the White House declines to comment; the claim is a refusal, with nothing asserted."""
    claim = only(claims, "declined to comment")
    assert (claim.act, claim.speaker.entity, claim.source_class) == (
        Act.REFUSE_COMMENT,
        "US_WH",
        SourceClass.INSTITUTION,
    )


def test_conditional_offer_keeps_condition_and_consequence(claims: tuple[Claim, ...]) -> None:
    """Row 18: Putin's pipeline hangs on US-Russian agreement, and no route is named, so none is resolved."""
    claim = only(claims, "can be provided")
    assert claim.condition is not None
    assert claim.condition.text == "if Russia and the United States agreed on energy cooperation"
    assert claim.assets == ("PIPELINE_EUROPE",)
    assert len(name_book().names["PIPELINE_EUROPE"].members) > 1
    assert claim.code == "N-Q"
    assert claim.dates[0].label == "2025-03-13"
    assert "EV-PUTIN-0313" in claim.events


def test_counted_sources(claims: tuple[Claim, ...]) -> None:
    """Row 86: two, one, some of the people; counts feed credibility, not truth."""
    assert only(claims, "wants American help").speaker.count == "2"
    assert only(claims, "deepen those doubts").speaker.count == "1"
    assert only(claims, "could loosen").speaker.count == "some"
    assert only(claims, "two of the sources said").speaker.count == "2"


def test_threat_has_issuer_trigger_and_expiry(claims: tuple[Claim, ...]) -> None:
    """Row 41: Trump threatens banking sanctions and tariffs until a ceasefire and a settlement; 'he' is Trump."""
    claim = only(claims, "threatened")
    assert (claim.act, claim.speaker.entity) == (Act.THREATEN, "TRUMP")
    assert claim.condition is not None
    assert claim.condition.text.startswith("until a ceasefire")
    assert {"sanctions_tightening", "tariff", "ceasefire"} <= set(claim.levers)


def test_doubt_is_kept(claims: tuple[Claim, ...]) -> None:
    """Row 52: officials doubt the aim; the same aim stands beside it as others state it."""
    doubted, stated = only(claims, "pulled away from Beijing"), only(claims, "could loosen")
    assert (doubted.hedge, doubted.act) == (Hedge.DOUBTED, Act.DOUBT)
    assert stated.hedge is Hedge.POSSIBLE
    assert "alignment" in set(doubted.levers) & set(stated.levers)


def test_percent_without_base(claims: tuple[Claim, ...]) -> None:
    """Row 84: -4.5 % is a market datum without base, contract or time."""
    claim = only(claims, "4.5%")
    (move,) = claim.quantities
    assert (claim.code, claim.hedge, move.label, move.is_base_known) == ("MK", Hedge.FLAT, "-4.5 %", False)


@pytest.mark.parametrize(
    ("row", "words", "label"),
    [
        (85, "30-day truce", "30 day"),
        (87, "one of the two Nord Stream 2 lines", "1/2"),
        (88, "three years since", "3 year"),
        (89, "record quantities", "qual:record"),
        (90, "only through TurkStream", "qual:only"),
        (91, '"cheap"', "qual:cheap"),
    ],
)
def test_figures(claims: tuple[Claim, ...], row: int, words: str, label: str) -> None:
    """Rows 85 and 87 to 91: durations, counts of strings, dates by count, and size words without a number."""
    assert label in [quantity.label for quantity in only(claims, words).quantities], row


def test_size_words_have_no_number(claims: tuple[Claim, ...]) -> None:
    """'Record' and 'cheap' are claims about size that give none: no number is made up for them."""
    words = [q for claim in claims for q in claim.quantities if q.kind is QuantityKind.WORD]
    assert {q.unit for q in words} == {"record", "only", "cheap"}
    assert all(q.low is None and q.normal_low is None for q in words)


def test_causes_that_the_article_claims_in_its_own_voice(claims: tuple[Claim, ...]) -> None:
    """Rows 57, 79 and 80: nobody is quoted for them, so they stand as the outlet's own claims, with their levers."""
    first_term, exit_from_gas, closure = (
        only(claims, "In his first term"), only(claims, "wants to end its use"), only(claims, "closed for good")
    )  # fmt: skip
    assert {first_term.code, exit_from_gas.code, closure.code} == {"NV"}
    assert first_term.actors == ("TRUMP",)
    assert "US_LNG" in first_term.assets
    assert {"route_stop", "import_ban"} <= set(exit_from_gas.levers)
    assert {"demand_loss", "price_effect"} <= set(closure.levers)


def test_exemptions_hang_on_peace_talks(claims: tuple[Claim, ...]) -> None:
    """Row 81: officials expect exemptions, and the condition is kept with them."""
    claim = only(claims, "expect exemptions")
    assert claim.condition is not None
    assert claim.condition.text == "if peace talks advance"
    assert {"exemption", "investment_limits"} <= set(claim.levers)
