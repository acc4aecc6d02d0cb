"""Read an article: from a document to its claims, by rules only, the same every time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from linepack.evidence.claims import Claim, Reading
from linepack.evidence.clauses import Segment, segments
from linepack.evidence.dates import TextDate, find_dates
from linepack.evidence.discourse import Discourse
from linepack.evidence.document import Document, Span
from linepack.evidence.hedges import find_condition, find_hedge, find_polarity, find_quotation
from linepack.evidence.lexicon import lexicon
from linepack.evidence.own_voice import DOMAIN, VERBISH, is_own_claim, own_speaker
from linepack.evidence.phrases import Attribution
from linepack.evidence.quantities import find_quantities
from linepack.evidence.quotations import (
    Piece,
    closes_paragraph,
    continued,
    is_quotation,
    only_attributes,
    points_back,
    said_before,
    signed,
)
from linepack.evidence.sentences import Sentence, quoted_spans, split_sentences
from linepack.evidence.vocabulary import Act, Hedge, Quotation, SourceClass
from linepack.policy.rows import Event
from linepack.policy.timeline import events
from linepack.system.names import Mention, NameBook, NameKind, name_book

_GAS = frozenset({NameKind.ASSET, NameKind.MARKET, NameKind.TOPIC})
_TRADE = "TOPIC_TRADE"  # words that matter only in an article on gas
_DATELINE = re.compile(
    r"^(?:[A-Z][A-Z'\u2019.-]+(?:[ "
    r"/][A-Z][A-Z'\u2019.-]+)*)(?:,\s*[A-Z][a-z]+\.?\s\d{1,2})?\s*(?:,?\s*\([^)]{2,30}\))?\s*[-\u2013—]+\s+(?=[A-Z\"“])"
    r"|^[A-Z]{3,}(?:/[A-Z]{3,})?,\s*[A-Z][a-z]+\.?\s\d{1,2}\.?\s*/[A-Z]+/\.?\s*(?:[-\u2013—]+\s*)?"
    r"|^[A-Z][a-z]{2,8}\.?\s\d{1,2}\.?\s*(?:\([^)]{2,30}\)|/\w+/\.?)\s*(?:[-\u2013—]+\s*)?"
    r"|^\([A-Z]\w+\)\s*[-\u2013—]+\s*"
    r"|^[A-Z][\w ]{2,25}(?:,\s*[A-Z][a-z]+\.?\s\d{1,2})?\s*\([A-Z][\w ]{1,25}\)\s*[-\u2013—]+\s+"
)
_LABEL = re.compile(
    r"^(?:Quote|Details|Source|Background|Reminder|Update|Why it matters|Context|Reaction|"
    r"\d{1,2}[:.]\d{2}(?:\s?(?:GMT|CET|CEST|BST|ET|UTC))?)\s*[:\u2013—-]?\s+(?=[A-Z\"“])"
)


def read_article(document: Document, *, usd_per_eur: float | None = None) -> Reading:
    """Return the claims of a document.

    ``usd_per_eur`` lets prices in dollars be normalised to EUR/MWh. An article that is not about gas, its rules or the
    talks about it gives no claims and a note. Every span is a slice of the text.
    """
    book = name_book()
    sentences = split_sentences(document)
    quoted = quoted_spans(document)
    mentions = book.find(document.text)
    signs = tuple(match[0] for match in lexicon().cues["translation"].finditer(document.text))
    notes = list(document.notes)
    if not _is_on_topic(document.text, mentions):
        notes.append("nothing about gas, its routes, prices or rules was found: no claims were read")
        return Reading(document, (), False, signs, tuple(notes))
    pieces = [piece for sentence in sentences for piece in _pieces(document, sentence, quoted)]
    claims = _claims(document, pieces, quoted, mentions, book, usd_per_eur)
    reading = Reading(document, claims, True, signs, tuple(notes))
    if reading.is_translation_suspect:
        claims = tuple(replace(claim, translation_suspect=True) for claim in claims)
        reading = replace(
            reading,
            claims=claims,
            notes=(*notes, "the wording looks machine-translated: no claim is accepted without a person"),
        )
    return reading


def claim_at(document: Document, start: int, end: int) -> Claim:
    """Return the claim in ``document.text[start:end]``, read by the same rules whoever chose the span."""
    quoted = quoted_spans(document)
    content = document.text[start:end]
    mentions = [replace(m, start=m.start + start, end=m.end + start) for m in name_book().find(content)]
    attributed = [segment for segment in segments(content, start, quoted) if segment.attribution is not None]
    attribution = attributed[0].attribution if attributed else None
    if attribution is not None and attribution.speaker.is_pronoun:
        attribution = None
    return _claim(document, Segment(start, end, attribution), attribution, mentions, quoted, None)


def _is_on_topic(content: str, mentions: Sequence[Mention]) -> bool:
    words = len(content.split())
    domain = [m for m in mentions if m.name.kind in DOMAIN]
    gas = [m for m in mentions if m.name.kind in _GAS and m.name.name_id != _TRADE]
    domain = [m for m in domain if m.name.name_id != _TRADE]
    return bool(gas) and len(domain) >= max(1 if words < 60 else 2, words / 250)


def _pieces(document: Document, sentence: Sentence, quoted: Sequence[Span]) -> list[Piece]:
    start = sentence.start
    dateline = _DATELINE.match(document.text[start : sentence.end])
    if dateline is not None and start - document.paragraphs[sentence.paragraph].start < 20:
        start += dateline.end()
    label = _LABEL.match(document.text[start : sentence.end])
    start += label.end() if label else 0
    content = document.text[start : sentence.end]
    if not _could_claim(content) or _is_headline(document, sentence):
        return []
    return [Piece(_trimmed(document, segment), sentence) for segment in segments(content, start, quoted)]


def _is_headline(document: Document, sentence: Sentence) -> bool:
    """The first line, without a full stop, above a text of several paragraphs."""
    if sentence.paragraph > 0 or len(document.paragraphs) < 3:
        return False
    first = document.paragraphs[0]
    line = document.text[first.start : first.end].rstrip()
    return not line.endswith((".", "!", "”", '"', "…", "»", ":", ";")) and len(line.split()) <= 22


def _could_claim(content: str) -> bool:
    words = re.findall(r"[^\W\d_]+", content)
    if len(words) < 3 or content.rstrip("\"”'\u2019» ").endswith("?"):
        return False
    if lexicon().cues["not_article"].search(content[:80]) and not re.search(r"[\"“]", content):
        return False
    ends = content.rstrip().endswith((".", "!", "”", '"', "…", "»", ")", ":", ";", "\u2019"))
    return ends or (len(words) > 6 and bool(VERBISH.search(content)))


def _trimmed(document: Document, segment: Segment) -> Segment:
    start, end = segment.start, segment.end
    while start < end and document.text[start] in " ,;\u2013—-":
        start += 1
    while end > start and document.text[end - 1] in " ,;":
        end -= 1
    tail = re.search(r",?\s+(?:and|but|yet|while|whereas|although|though)$", document.text[start:end])
    if tail:
        end = start + tail.start()
    return replace(segment, start=start, end=end)


def _claims(
    document: Document,
    pieces: Sequence[Piece],
    quoted: Sequence[Span],
    mentions: Sequence[Mention],
    book: NameBook,
    usd_per_eur: float | None,
) -> tuple[Claim, ...]:
    state = Discourse(document, book)
    found: list[Claim] = []
    for at, piece in enumerate(pieces):
        segment, paragraph = piece.segment, piece.sentence.paragraph
        here = [m for m in mentions if segment.start <= m.start and m.end <= segment.end]
        attribution = segment.attribution
        quotes_only = is_quotation(document, segment, quoted)
        if attribution is None and quotes_only:
            attribution = signed(document, segment, paragraph) or continued(pieces, at, state, quoted)
        if attribution is not None:
            attribution = state.resolve(attribution, segment, paragraph)
        if (
            attribution is not None
            and at > 0
            and only_attributes(document, segment, attribution, pieces[at - 1], quoted)
        ):
            state.saw(segment, attribution.speaker, here, paragraph, is_quotation=True)
            continue
        closes = attribution is not None and closes_paragraph(document, segment, paragraph)
        if attribution is not None and (closes or points_back(document, segment, attribution)):
            said = said_before(found, pieces[:at], paragraph, is_same_paragraph=closes)
            if said:
                back = replace(attribution, rule=f"{attribution.rule}, of what stands before", is_trailing=True)
                for k in said:
                    old = found[k]
                    names = [m for m in mentions if old.start <= m.start and m.end <= old.end]
                    found[k] = _claim(document, Segment(old.start, old.end, back), back, names, quoted, usd_per_eur)
                if not closes:
                    state.saw(segment, attribution.speaker, here, paragraph, is_quotation=False)
                    continue
        claim = _claim(document, segment, attribution, here, quoted, usd_per_eur)
        state.saw(
            segment,
            claim.speaker if attribution else None,
            here,
            paragraph,
            is_quotation=quotes_only or claim.quotation in (Quotation.FULL, Quotation.PARTIAL),
        )
        if attribution is not None or (is_own_claim(claim) and claim.quotation is not Quotation.FULL):
            found.append(claim)
    return tuple(found)


def _claim(
    document: Document,
    segment: Segment,
    attribution: Attribution | None,
    mentions: Sequence[Mention],
    quoted: Sequence[Span],
    usd_per_eur: float | None,
) -> Claim:
    content = document.text[segment.start : segment.end]
    quantities = find_quantities(content, segment.start, usd_per_eur=usd_per_eur)
    dates = find_dates(content, segment.start, published=document.published)
    rules = {"quantities": "; ".join(q.rule for q in quantities), "dates": "; ".join(d.rule for d in dates)}
    if attribution is None:
        speaker, act, verb = own_speaker(content, quantities, mentions), Act.ASSERT, ""
        rules["speaker"] = speaker.rule
    else:
        speaker, act, verb = attribution.speaker, attribution.act, attribution.verb
        rules["speaker"] = f"{attribution.rule}; {speaker.rule}"
    hedge, words = find_hedge(content, segment.start, act, speaker.source_class)
    act = _sharpened(act, content, hedge, speaker.source_class)
    condition = find_condition(content, segment.start)
    rules |= {
        "hedge": ", ".join(word.text for word in words) or f"no cue; {speaker.source_class.value}",
        "act": f"verb '{verb}'" if verb else "no reporting verb",
        "condition": condition.value if condition else "",
    }
    levers = tuple(lever.lever for lever in lexicon().levers if lever.pattern.search(content))
    return Claim(
        f"{document.digest[:10]}-{segment.start}-{segment.end}",
        segment.start,
        segment.end,
        content,
        speaker,
        act,
        verb,
        find_polarity(content, act),
        hedge,
        words,
        condition,
        find_quotation(segment.start, segment.end, quoted, content),
        quantities,
        dates,
        tuple(mentions),
        _events_of(dates, mentions),
        levers,
        attribution.cites if attribution else "",
        False,
        "rules",
        {key: value for key, value in rules.items() if value},
    )


def _sharpened(act: Act, content: str, hedge: Hedge, source_class: SourceClass) -> Act:
    """What a plain 'said' does.

    Doubt what it calls unlikely, refuse or promise in the first person, else forecast what 'will' or 'may' be.
    """
    if act is not Act.ASSERT:
        return act
    if hedge is Hedge.DOUBTED:
        return Act.DOUBT
    if source_class in (SourceClass.OWN_VOICE, SourceClass.MARKET_DATUM):
        return act
    if re.search(
        r"\bwe (?:will|would|shall) (?:not|never)\b|\bwe won['\u2019]t\b|\b(?:is|are) (?:excluded|out "
        r"of the question)\b",
        content,
        re.I,
    ):
        return Act.DENY
    if re.search(
        r"\bwe (?:will|would|shall)\b|\b(?:said|says|that|reporters) (?:it|they|he|she) (?:will|"
        r"would)\b|\bready to (?:deliver|supply|resume|sign|provide)\b|\band would\b",
        content,
        re.I,
    ):
        return Act.PROMISE
    return Act.FORECAST if re.search(r"\b(?:will|would|could|might|may)\s+(?:\w+\s+)?[a-z]{3,}", content) else act


def _events_of(dates: Sequence[TextDate], mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Registered events on a day the claim names (within a month at most) that share an asset or instrument with it."""
    keys = {key for m in mentions for key in (m.name.name_id, *m.name.members)}
    found = []
    for event in events():
        is_named = any(_covers(mention, event.date) for mention in dates) and keys & _event_keys(event)
        if is_named and event.not_before is None:  # a day that nobody knows is the day of no claim
            found.append(event.event)
    return tuple(found)


def _covers(mention: TextDate, day: date) -> bool:
    return (
        mention.first is not None
        and mention.last is not None
        and mention.first <= day <= mention.last
        and (mention.last - mention.first).days <= 31
    )


def _event_keys(event: Event) -> set[str]:
    plain = {
        "HUB:TTF": "TTF",
        "LNG:Yamal": "YAMAL_LNG",
        "LNG:Arctic LNG 2": "ARCTIC_LNG_2",
        "LNG:Sakhalin II": "SAKHALIN_2",
    }
    return {plain.get(key, key) for key in (*event.assets, *event.instruments)}
