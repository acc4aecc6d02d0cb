"""Who speaks: descriptions, pronouns and sources that stand elsewhere than before a reporting verb."""

from datetime import date

import pytest

from linepack.evidence.claims import Claim
from linepack.evidence.document import read_document
from linepack.evidence.read import read_article
from linepack.evidence.vocabulary import Act, SourceClass

OPENING = "Gazprom sends Russian gas to the European Union through TurkStream and as LNG."


def claims(*paragraphs: str) -> tuple[Claim, ...]:
    """The claims of a short text on gas, without its opening sentence."""
    text = "\n\n".join((OPENING, *paragraphs))
    return read_article(read_document(text.encode(), published=date(2025, 4, 17))).claims[1:]


@pytest.mark.parametrize(
    ("text", "speaker", "source_class"),
    [
        (
            "The mayor, Birte Lorenz, said the gas would not come back.",
            "Birte Lorenz",
            SourceClass.NAMED_PERSON,
        ),
        (
            '"The gas will not come back," said the spokesman of the group, Lennart Voss, to this paper.',
            "Lennart Voss",
            SourceClass.NAMED_PERSON,
        ),
        ("In his speech the minister Anna Kolb ruled out gas imports.", "Anna Kolb", SourceClass.NAMED_PERSON),
        ("Tim Vance of Delta Advisory wrote that storage was low.", "Tim Vance", SourceClass.NAMED_PERSON),
        (
            "There were no talks on gas, it was said in government circles.",
            "government circles",
            SourceClass.OFFICIAL_UNNAMED,
        ),
        ("One of the officials said the gas ban was weak.", "One of the officials", SourceClass.OFFICIAL_UNNAMED),
        ("CNN is reporting that gas talks have been held.", "CNN", SourceClass.OTHER_MEDIA),
        (
            'According to information of the "Handelsblatt", an offer for the pipeline was made.',
            "Handelsblatt",
            SourceClass.OTHER_MEDIA,
        ),
        ("In the Agency's view, the gas tariff is too high.", "the Agency", SourceClass.INSTITUTION),
        ("The cantonal court did not want to comment on the pipeline.", "The cantonal court", SourceClass.INSTITUTION),
        ("Kpler expects imports of LNG to rise.", "Kpler", SourceClass.INSTITUTION),
        ("Imports of LNG rose, Kpler data showed.", "Kpler data", SourceClass.MARKET_DATUM),
        ("People close to Putin said gas was not for sale.", "People close to Putin", SourceClass.SOURCES_UNNAMED),
        ("It was Chancellor Merz who said that the pipeline was dead.", "Merz", SourceClass.NAMED_PERSON),
        ("The gas ban was welcomed by climate minister Paula Henn.", "Paula Henn", SourceClass.NAMED_PERSON),
        ("Ten member states urged the Commission to ban gas.", "Ten member states", SourceClass.INSTITUTION),
        ("The BASF chief executive said gas was dear.", "The BASF chief executive", SourceClass.INSTITUTION),
        ("A study puts the loss of gas at 35 bcm a year.", "A study", SourceClass.INSTITUTION),
    ],
)
def test_one_sentence(text: str, speaker: str, source_class: SourceClass) -> None:
    """Each sentence names its speaker once, in a place where news puts it, and has one claim."""
    (claim,) = claims(text)
    assert (claim.speaker.text, claim.source_class) == (speaker, source_class)


@pytest.mark.parametrize(
    ("first", "second", "speaker", "source_class"),
    [
        (
            "Energy Commissioner Dan Jorgensen said gas would be banned.",
            "The Commissioner added that LNG came first.",
            "The Commissioner (Dan Jorgensen)",
            SourceClass.NAMED_PERSON,
        ),
        (
            "Karoline Ahrens sees no need for Russian gas.",
            "The Christian Democrat said that storage was full.",
            "The Christian Democrat (Karoline Ahrens)",
            SourceClass.NAMED_PERSON,
        ),
        (
            "A senior EU official said gas talks would go on.",
            "The official added that LNG was not touched.",
            "The official (A senior EU official)",
            SourceClass.OFFICIAL_UNNAMED,
        ),
        (
            "Polar Star LNG said it had sold four cargoes.",
            "The company denied that gas was lost.",
            "The company (Polar Star LNG)",
            SourceClass.INSTITUTION,
        ),
        (
            "Lena Hart, a member of parliament, called the gas ban wise.",
            "Ms Hart said that LNG would be enough.",
            "Hart",
            SourceClass.NAMED_PERSON,
        ),
    ],
)
def test_carried_over(first: str, second: str, speaker: str, source_class: SourceClass) -> None:
    """A description keeps its words and shows whom it means; the class is that of the one meant."""
    claim = claims(first, second)[-1]
    assert (claim.speaker.text, claim.source_class) == (speaker, source_class)


def test_pronoun_and_gender() -> None:
    """'She' is the spokeswoman, not the man who was named between."""
    last = claims(
        "A spokeswoman of the ministry said gas was safe.",
        "Economy minister Ms Ada Noll met businessman Karl Ott about LNG.",
        "She said that the terminal was full.",
    )[-1]
    assert last.speaker.text in ("Ada Noll", "Noll")


def test_given_name_tells_whom_she_means() -> None:
    """Two persons were named; 'she' is the one whose given name is a woman's, though the man spoke last."""
    last = claims(
        "Economy minister Katharina Noll said gas was safe.",
        "Karl Ott of Delta Advisory said LNG was dear.",
        "She said that the terminal was full.",
    )[-1]
    assert last.speaker.text == "Katharina Noll"


def test_other_office_is_not_guessed() -> None:
    """'The president' is nobody named so far: it stays as it stands, and is not made the spokesman."""
    last = claims(
        "Kremlin spokesman Dmitry Peskov said gas was on offer.",
        "The Polish president said that LNG would replace it.",
    )[-1]
    assert last.speaker.text == "The Polish president"


def test_statement_before_its_speaker() -> None:
    """A sentence 'this was announced by X' names the speaker of what stands before and says nothing itself."""
    (claim,) = claims("Hungary will go to court against the gas ban. This was announced by minister Peter Szijjarto.")
    assert claim.text == "Hungary will go to court against the gas ban."
    assert claim.speaker.text == "Peter Szijjarto"
    assert "what stands before" in claim.rules["speaker"]


def test_statement_behind_a_market_move() -> None:
    """The move is a datum, what the president said is his: two claims with two speakers."""
    market, said = claims("Gas prices at the TTF fell 3% after US President Donald Trump said the war could end soon.")
    assert market.source_class is SourceClass.MARKET_DATUM
    assert said.speaker.text == "Donald Trump"


def test_quoted_by_others() -> None:
    """Who is quoted speaks; who quotes is kept beside."""
    (claim,) = claims("Robert Fico was quoted by the news agency as saying: “The gas ban is economic suicide for us.”")
    assert (claim.speaker.text, claim.cites) == ("Robert Fico", "the news agency")


def test_headline_is_no_claim() -> None:
    """The first line of a text of several paragraphs, without a full stop, is a headline."""
    lines = (
        "Gazprom says gas flows to Europe will resume this year",
        "Gazprom said gas would flow.",
        "Storage of gas is full now.",
    )
    text = "\n\n".join(lines)
    found = read_article(read_document(text.encode(), published=date(2025, 4, 17))).claims
    assert [claim.text for claim in found] == ["Gazprom said gas would flow.", "Storage of gas is full now."]


def test_name_under_a_quotation() -> None:
    """Translated news signs a quotation in the line below; nobody inside the quotation speaks."""
    said = claims("“Gas from Russia must not come back. We told Viktor Orban that the ban stays.”", "\u2013 Anna Kolb")
    assert {claim.speaker.text for claim in said} == {"Anna Kolb"}


def test_he_is_not_somebody_inside_the_quotation() -> None:
    """'Zelensky replied' stands in the quotation, so 'he' behind it is the one who spoke before."""
    said = claims(
        "Slovak lawmaker Tibor Gaspar said gas transit was in danger.",
        '"Fico wrote to Zelensky about gas. Zelensky replied. This will not happen," he said.',
    )
    assert {claim.speaker.text for claim in said} == {"Tibor Gaspar"}


def test_person_as_reported_by_an_agency() -> None:
    """The person speaks, the agency is kept as who reports it."""
    (claim,) = claims("Vladimir Putin called the gas ban unfriendly, the RIA news agency reported.")
    assert (claim.speaker.text, claim.cites) == ("Vladimir Putin", "the RIA news agency")


def test_neither_commented() -> None:
    """Two bodies that did not answer refuse to comment."""
    (claim,) = claims("Neither Gazprom nor the German government responded to questions about gas.")
    assert claim.act is Act.REFUSE_COMMENT


def test_paragraph_that_ends_with_its_speaker() -> None:
    """Translated news leaves the quotation marks out: the dash and 'he noted' close the whole paragraph."""
    said = claims(
        "Naftogaz head Serhiy Koret said gas injection was on plan.",
        "Gas storage is half full. Well done. We have bought LNG ourselves. Imports will go on all winter - he noted.",
    )
    assert {claim.speaker.text for claim in said} == {"Serhiy Koret"}
    assert len(said) == 4


def test_agency_that_reports_what_another_was_told() -> None:
    """The last name in the chain is who reports; the person who told it speaks."""
    (claim,) = claims(
        "Ukraine hopes to store more gas, Oleksiy Cherno, chairman of Naftogaz, told Reuters, UNN reports."
    )
    assert (claim.speaker.text, claim.cites) == ("Oleksiy Cherno", "UNN")
