"""Every kind of bad input gets a clear answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.errors import InputError
from linepack.evidence.document import read_document
from linepack.evidence.read import read_article
from tests.samples import samples

GAS = (
    "Gazprom said on Thursday that gas flows through TurkStream would rise by 5% this year, while Berlin "
    "declined to comment."
)
GERMAN = (
    "Die Bundesregierung hat am Donnerstag erklärt, dass sie die Inbetriebnahme der Leitung nicht "
    "unterstützt und auch nicht mit dem Konzern spricht. "
) * 3


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b"  \n ", "empty"),
        (b"%PDF-1.7 binary", "binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "binary"),
        (b"gas \x00 pipeline", "binary"),
        (GERMAN.encode(), "language"),
        (
            "Газпром заявил, что поставки газа через "
            "Северный поток не прекращены и что "
            "это не зависит от него, но для этого нужно решение, которое было бы принято на уровне правительства "
            "и его.".encode(),  # noqa: RUF001  # Cyrillic
            "language",
        ),
        (b"<html><body><nav>Home</nav><script>1</script></body></html>", "no-text"),
        (b"x" * 20_000_001, "too-large"),
    ],
)
def test_refused_with_a_reason(raw: bytes, code: str) -> None:
    """Empty, binary, foreign, oversized and page-without-text files are refused by name, with what to try."""
    with pytest.raises(InputError) as caught:
        read_document(raw)
    assert caught.value.issue.code == code
    assert caught.value.issue.hint or code == "empty"


def test_no_date_is_a_note() -> None:
    """Without a date the claims are read; only relative dates stay open, and the note says so."""
    reading = read_article(read_document(GAS.encode()))
    assert len(reading.claims) == 2
    assert reading.claims[0].dates[0].first is None
    assert "no publication date" in reading.notes[0]


def test_article_about_something_else() -> None:
    """A match report has no claims, and the note says why."""
    reading = read_article(
        read_document(
            b"The visitors went through to the final after a late goal. The coach said his team had deserved it."
        )
    )
    assert (reading.claims, reading.is_on_topic) == ((), False)
    assert "nothing about gas" in reading.notes[-1]


def test_large_page() -> None:
    """Five megabytes of HTML are read up to the limit on text, and the note says how much that was."""
    page = "<html><body><article>" + f"<p>{GAS}</p>" * 40_000 + "</article></body></html>"
    document = read_document(page.encode())
    assert len(page) > 5_000_000
    assert len(document.text) <= 120_000
    assert "characters were read" in document.notes[0]


def test_windows_encoding() -> None:
    """An old page in Windows-1252 keeps its quotation marks and its euro sign."""
    document = read_document(
        "Prices rose to €40, said the “Gazprom” spokesman in the report on gas and on the pipeline.".encode("cp1252")
    )
    assert "€40" in document.text
    assert "“Gazprom”" in document.text


def test_head_lines_of_plain_text() -> None:
    """A text file may carry its outlet and date in its first lines."""
    document = read_document(b"outlet: Wire\ndate: 2025-03-13\n\n" + GAS.encode())
    assert (document.outlet, str(document.published)) == ("Wire", "2025-03-13")
    assert document.text == GAS


PIECES = [
    "Gazprom said",
    "according to",
    "two of the people",
    '"',
    "“",
    "”",
    "gas",
    "Nord Stream 2",
    "4.5%",
    "on Thursday",
    ",",
    ".",
    ", and",
    "he added",
    "if",
    "declined to comment",
    "€31.10",
    "27.5 bcm a year",
    "three of the four strings",
    "\n\n",
    "EU officials doubt that",
    "May",
    "U.S.",
    "—",
    ":",
    ";",
]


@samples(150)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40))
def test_any_text_gives_only_slices_of_itself(pieces: list[str]) -> None:
    """However broken the text, nothing fails and no span is invented."""
    try:
        document = read_document(" ".join(pieces).encode())
    except InputError:
        return
    for claim in read_article(document).claims:
        assert document.text[claim.start : claim.end] == claim.text
        for start, end, words in claim.spans():
            assert document.text[start:end].strip() == words.strip()
