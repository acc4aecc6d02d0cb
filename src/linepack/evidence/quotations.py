"""What belongs to the sentence before or behind: quotations that go on, and sentences that only name a speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linepack.evidence.claims import Claim
from linepack.evidence.clauses import Segment
from linepack.evidence.discourse import Discourse
from linepack.evidence.document import Document, Span
from linepack.evidence.phrases import Attribution
from linepack.evidence.sentences import Sentence
from linepack.evidence.speakers import read_speaker
from linepack.evidence.vocabulary import Act, SourceClass


@dataclass(frozen=True)
class Piece:
    """A stretch of the text with one attribution or none, and the sentence it stands in."""

    segment: Segment
    sentence: Sentence


def only_attributes(
    document: Document, segment: Segment, attribution: Attribution, before: Piece, quoted: Sequence[Span]
) -> bool:
    """'"..." Putin said in Moscow.' after a quotation that ended with a full stop.

    It adds a speaker and no statement.
    """
    if (
        not attribution.verb
        or before.sentence.end > segment.start
        or not is_quotation(document, before.segment, quoted)
    ):
        return False
    rest = document.text[attribution.verb_end : segment.end]
    lead = document.text[segment.start : min(attribution.verb_start, max(attribution.speaker.start, segment.start))]
    is_plain = bool(
        re.fullmatch(
            r"\s*(?:(?:in|at|on|to|during|after|told|reporters|late|early|yesterday|"
            r"today)\b[^,;:\"“]{0,60})?\.?",
            rest,
        )
    )
    return is_plain and len(lead.split()) <= 3


_BACK = re.compile(
    r"^(?:(?:He|She|They|[A-Z][^,.;:\"“]{2,60}?)\s+(?:also\s+)?(?:said|stated|announced|wrote|reported|declared|"
    r"told)\s+(?:this|so|about this|about it)\b|"
    r"(?:This|That|(?:The (?:corresponding|relevant)|Such an?) (?:statement|information|decision))\s+(?:was|is|"
    r"has been)\s+(?:\w+ly\s+)?"
    r"(?:announced|stated|reported|said|confirmed|made|told|declared|written|evidenced)\b)[^;:\"“]*\.?$"
)


def points_back(document: Document, segment: Segment, attribution: Attribution) -> bool:
    """True for 'This was announced by X.', 'He said this in Kyiv.': a speaker for what stands before, no statement."""
    content = document.text[segment.start : segment.end]
    return len(content.split()) <= 28 and not re.search(r"\bthat\b", content[6:]) and bool(_BACK.match(content))


_CLOSING = re.compile(
    r"\s[-\u2013—]\s+(?:(?:he|she|they|the [a-z]+|[A-Z][\w'\u2019-]+(?:\s[A-Z][\w'\u2019-]+)?)\s+(?:\w+ly\s+)?"
    r"[a-z]+(?:ed|d|s|t|id|ys|e)|"
    r"(?:said|says|added|noted|stressed|emphasi[sz]ed|explained|stated)\s+[^.,;]{3,60})\s*\.?$"
)


def closes_paragraph(document: Document, segment: Segment, paragraph: int) -> bool:
    """'... - he noted.' closes a paragraph without quotation marks: all of it is a quotation (translated news)."""
    whole = document.paragraphs[paragraph]
    if segment.end < whole.end - 1 or re.search(r"^\s*[\"“«]", document.text[whole.start : whole.end]):
        return False
    return bool(_CLOSING.search(document.text[segment.start : segment.end]))


def said_before(
    found: Sequence[Claim], before: Sequence[Piece], paragraph: int, *, is_same_paragraph: bool = False
) -> list[int]:
    """The claims in the outlet's voice right before, in this paragraph or, if it has none, the one before."""
    here: list[int] = []
    where: int | None = None
    k = len(found) - 1
    for piece in reversed(before):
        if k < 0:
            break
        if not piece.segment.start <= found[k].start < piece.segment.end:  # a sentence without a claim
            if piece.sentence.paragraph == paragraph:
                continue
            break
        if where is None:
            where = paragraph if is_same_paragraph else piece.sentence.paragraph
        is_near = piece.sentence.paragraph == where and paragraph - where <= 1
        if found[k].speaker.text or found[k].source_class is not SourceClass.OWN_VOICE or not is_near:
            break
        here.append(k)
        k -= 1
    return here if is_same_paragraph else here[:3]


def is_quotation(document: Document, segment: Segment, quoted: Sequence[Span]) -> bool:
    """True if four words in five stand in quotation marks."""
    words = len(re.findall(r"\w+", document.text[segment.start : segment.end]))
    inside = sum(
        len(re.findall(r"\w+", document.text[max(segment.start, s.start) : min(segment.end, s.end)]))
        for s in quoted
        if s.start < segment.end and segment.start < s.end
    )
    return words > 0 and inside >= 0.8 * words


def signed(document: Document, segment: Segment, paragraph: int) -> Attribution | None:
    """A quotation with '- Name' as the paragraph behind it."""
    if paragraph + 1 >= len(document.paragraphs):
        return None
    following = document.paragraphs[paragraph + 1]
    match = re.fullmatch(
        r"\s*[\u2013—-]\s*(?P<np>[A-Z][^.;:\"“]{3,80}?)\s*", document.text[following.start : following.end]
    )
    speaker = read_speaker(match["np"], following.start + match.start("np")) if match else None
    if speaker is None or speaker.is_pronoun:
        return None
    return Attribution(speaker, Act.ASSERT, "", segment.start, segment.start, "name under the quotation")


def continued(pieces: Sequence[Piece], at: int, state: Discourse, quoted: Sequence[Span]) -> Attribution | None:
    """The speaker of a quotation that goes on: the one named later in the same quotation, else the last one quoted."""
    piece = pieces[at]
    for later in pieces[at + 1 : at + 4]:
        if later.sentence.paragraph != piece.sentence.paragraph:
            break
        shared = any(
            s.start < piece.segment.end and later.segment.start < s.end and s.start <= piece.segment.start + 1
            for s in quoted
        )
        if shared and later.segment.attribution is not None:
            return replace(later.segment.attribution, rule="quotation that goes on", is_trailing=True)
    speaker = state.last_quoted(piece.sentence.paragraph)
    if speaker is None:
        return None
    return Attribution(speaker, Act.ASSERT, "", piece.segment.start, piece.segment.start, "continued quotation")
