"""Who says what in a sentence: clauses, reporting verbs and the noun phrase that speaks.

Rules, in the order they are tried on a clause: a refusal to comment, a source phrase ('according to'), a passive
quotation ('was quoted as saying'), a reporting verb with its subject at the end of the clause, a described source
('in X's view'), a reporting verb with its subject before it or, after a comma or a quotation, behind it.
Verbs inside quotation marks never attribute.
"""

from __future__ import annotations

import re
from dataclasses import replace

from linepack.evidence.lexicon import lexicon
from linepack.evidence.phrases import Attribution, colon, described_source, in_place, quoted_as, source_phrase
from linepack.evidence.speakers import Speaker, read_speaker
from linepack.evidence.subjects import KEEN_TO, PARTICIPLES, subject_before, verb_speaker
from linepack.evidence.vocabulary import Act, SourceClass

_REFUSAL = re.compile(
    r"\b(?:(?:declin|refus)(?:ed|es|e|ing)\s+(?:to|any)\s+(?:immediately\s+|publicly\s+)?(?:comment\w*|"
    r"say|discuss|be drawn|elaborate|give|"
    r"confirm or deny|answer|name|speak|provide|disclose|be interviewed|make any)|"
    r"(?:did|does|do|has|have|had)\s*(?:not|n't|n\u2019t)\s+(?:yet\s+)?(?:immediately\s+|yet\s+|directly\s+|so "
    r"far\s+)?(?:respond|repl(?:y|ied)|comment(?:ed)?|answer|return|responded|answered|say\s+(?:whether|"
    r"who|when|how|if)|(?:name|disclose|specify|elaborate)\b|wish to|want to comment|(?:yet\s+)?comment)|"
    r"(?:is|are|was|were) not (?:prepared|willing|ready) to (?:comment|discuss|say)|(?:was|were) not commented|"
    r"chose not to comment|"
    r"(?:refrain\w*|abstain\w*) from (?:any )?comment\w*|(?:there was )?no (?:immediate )?comment (?:came )?from|"
    r"(?<=\S )no comment(?=[.,])|"
    r"would not\s+(?:say|comment|be drawn|confirm|discuss|name|elaborate)|would neither confirm nor deny|"
    r"(?:could not|couldn't)\s+(?:immediately\s+)?be reached|(?:was|were) not (?:immediately )?(?:available|reachable)|"
    r"(?:offered|gave|had|made) no (?:immediate )?(?:comment|response|answer)|no comment from|left (?:a |"
    r"the |several |our )?(?:questions?|requests?|messages?) unanswered)"
)
_NEITHER = re.compile(
    r"^Neither\s+(?P<np>[^,;]{3,80}?\s+nor\s+[^,;]{3,60}?)\s+(?:immediately\s+)?(?:responded|replied|commented|"
    r"answered|would comment|returned)\b"
)
_CITES = re.compile(r"\b(?:citing|with reference to|referring to|quoting)\s+(?P<np>[^,.;]{3,100})")
NOUNISH = frozenset(
    [
        "claims",
        "reports",
        "demands",
        "forecasts",
        "estimates",
        "doubts",
        "notes",
        "signals",
        "fears",
        "hopes",
        "offers",
        "promises",
        "threats",
        "projects",
        "doubt",
        "claim",
        "report",
        "demand",
        "forecast",
        "estimate",
        "note",
        "signal",
        "fear",
        "hope",
        "promise",
        "comment",
        "comments",
        "question",
        "questions",
        "stress",
        "highlights",
        "complaints",
        "finds",
        "show",
        "shows",
        "offer",
        "welcome",
        "plan",
        "attribute",
        "attributes",
        "state",
        "states",
        "expects",
        "urge",
        "urges",
        "post",
        "dispute",
        "disputes",
    ]  # a list of words reads better than a column of strings
)
_BASE_FORMS = frozenset(  # verbs only after a plural: 'gas demand growth' is no demand
    {
        "demand",
        "report",
        "claim",
        "doubt",
        "forecast",
        "estimate",
        "note",
        "signal",
        "fear",
        "hope",
        "promise",
        "stress",
        "offer",
        "state",
    }
    | {"plan", "dispute", "urge", "welcome", "question", "comment", "express"}
)
_NOT_REPORTING = re.compile(r"\b(?:to|would|could|may|might|should|can|must)\s+(?:not\s+|never\s+|also\s+|\w+ly\s+)*$")
_AFTER_NOUN = re.compile(
    r"\s+(?:of|on|about|from|for|by|over|in|at|and|or|to|against|between|with|is|are|was|were|will)\b"
)
_INSTITUTION_VERBS = frozenset(
    {
        "published",
        "publishes",
        "presented",
        "presents",
        "unveil",
        "unveils",
        "unveiled",
        "propose",
        "proposes",
        "proposed",
        "has taken note",
        "have taken note",
        "took note",
        "takes note",
    }
)
_SHOW = frozenset(
    {
        "show",
        "shows",
        "showed",
        "shown",
        "finds",
        "find that",
        "found that",
        "indicate",
        "indicates",
        "indicated",
        "suggest",
        "suggests",
        "suggested",
    }
)


def attribute(content: str, masked: str, start: int, end: int, offset: int) -> Attribution | None:
    """Return who says the clause ``[start, end)`` of a sentence, by the first rule that finds a speaker, or None.

    ``masked`` is the sentence with quoted words blanked, ``offset`` its place in the text.
    """
    clause = masked[start:end]
    for rule in (_refusal, _tail, source_phrase, quoted_as, colon, in_place, described_source, _verb):
        found = rule(content, clause, start, offset)
        if found is not None:
            cites = None if found.cites else _CITES.search(clause)
            return (
                replace(found, cites=content[start + cites.start("np") : start + cites.end("np")].strip())
                if cites
                else found
            )
    return None


def _refusal(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    neither = _NEITHER.match(clause)
    if neither is not None:
        low = start + neither.start("np")
        speaker = read_speaker(content[low : start + neither.end("np")], offset + low)
        if speaker is not None:
            first, last = offset + start + neither.end("np"), offset + start + neither.end()
            return Attribution(speaker, Act.REFUSE_COMMENT, "neither", first, last, "refusal")
    for match in _REFUSAL.finditer(clause):
        placed = _place_subject(content, clause, start, offset)
        speaker = placed or subject_before(content, clause, match.start(), start, offset)
        if speaker is not None:
            return Attribution(
                speaker,
                Act.REFUSE_COMMENT,
                match[0],
                offset + start + match.start(),
                offset + start + match.end(),
                "refusal",
            )
    return None


def _place_subject(content: str, clause: str, start: int, offset: int) -> Speaker | None:
    """'In Gazprom refused', 'no comment from the ministry', 'from Rome no comment'."""
    match = (
        re.match(r"^[Ii]n (?P<np>(?:the )?[A-Z][\w ]{2,40}?) (?=refused|declined|did|(?:the|this|these|it)\b)", clause)
        or re.match(r"^[Ff]rom (?P<np>(?:the )?[\w' -]{2,60}?),? no comment\b", clause)
        or re.search(r"\bno (?:immediate )?comment (?:came )?from (?P<np>(?:the )?[\w' -]{2,60}?)[.,]", clause)
    )
    if match is None:
        return None
    low, high = start + match.start("np"), start + match.end("np")
    speaker = read_speaker(content[low:high], offset + low)
    if speaker is not None and speaker.rule == "person by form":  # a place stands for who sits there
        return replace(speaker, source_class=SourceClass.INSTITUTION, rule="place for a body")
    return speaker


def _tail(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """'..., the minister said on Monday.' and '..., said the minister.': what closes the clause governs all of it."""
    for match in reversed(list(lexicon().verb_pattern.finditer(clause))):
        before, after = clause[: match.start()], clause[match.end() :]
        if PARTICIPLES.search(match[0]) or len(after.split()) > 22:
            continue
        opens = re.search(
            r"(?:,|[\"”»]|[\"”»],?\s*[\u2013—-]|[¤·][\"”»]?)\s*(?:\w+ly\s+|also\s+|(?:has|have|had)\s+)?$", before
        )
        is_last = bool(
            re.match(
                r"[\s.]*$|\s+(?:on|in|at|during|to|late|early|this|last|yesterday|today|told)\b[^,;¤]{0,60}\.?\s*$",
                after,
            )
        )
        if not opens and not is_last:
            continue
        found = _read_verb(content, clause, match, start, offset)
        if found is None or not found.is_trailing:
            continue
        lead = clause[: found.speaker.start - offset - start].rstrip()
        if opens or lead.endswith((",", '"', "”", "»", "¤")):
            if found.speaker.rule == "name by form" and found.verb in ("reports", "writes", "reported by"):
                outlet = replace(found.speaker, source_class=SourceClass.OTHER_MEDIA, rule="name that reports")
                found = replace(found, speaker=outlet)
            return _quoted_speaker(content, clause, start, offset, found) or found
    return None


def _quoted_speaker(content: str, clause: str, start: int, offset: int, outer: Attribution) -> Attribution | None:
    """'Putin called it unfriendly, the RIA agency reported': he speaks, the agency is who says so."""
    if outer.speaker.source_class is not SourceClass.OTHER_MEDIA:
        return None
    lead = clause[: outer.speaker.start - offset - start].rstrip(" ,")
    by = source_phrase(content, lead, start, offset)
    if by is not None:
        is_known = by.speaker.source_class is not SourceClass.OTHER_MEDIA
        return replace(by, cites=outer.speaker.text) if is_known else None
    closing = _tail(content, lead, start, offset)
    if closing is not None and closing.speaker.source_class is not SourceClass.OTHER_MEDIA:
        return replace(closing, cites=outer.speaker.text, rule=f"{closing.rule}, as reported")
    for match in lexicon().verb_pattern.finditer(lead):
        inner = _read_verb(content, lead, match, start, offset)
        if inner is not None and not inner.speaker.is_pronoun and not inner.is_trailing:
            is_person = inner.speaker.source_class in (SourceClass.NAMED_PERSON, SourceClass.OFFICIAL_UNNAMED)
            return replace(inner, cites=outer.speaker.text, rule=f"{inner.rule}, as reported") if is_person else None
    return None


def _verb(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in lexicon().verb_pattern.finditer(clause):
        found = _read_verb(content, clause, match, start, offset)
        if found is not None:
            return found
    return None


def _read_verb(content: str, clause: str, match: re.Match[str], start: int, offset: int) -> Attribution | None:
    form = re.sub(r"\s+", " ", match[0])
    after, before = clause[match.end() :], clause[: match.start()]
    if _NOT_REPORTING.search(before) and not KEEN_TO.search(before):
        return None
    if form in NOUNISH and _AFTER_NOUN.match(after) and not _is_inverted(before, after):
        return None
    if form in NOUNISH and re.search(
        r"\b(?:previous|latest|new|first|last|own|official|daily|earlier|recent|member|united|"
        r"baltic|gulf|[Ss]everal|two|three|four|five|six|ten|'s|\u2019s)\s+$",
        before,
    ):
        return None
    if form == "expected" and re.match(r"\s+(?:in|by|on|from|next|this|later)\b", after):
        return None
    act = lexicon().verb_acts[form]
    if form in _BASE_FORMS and not re.search(
        r"(?:(?<!\b[Gg]a)s|people|and [\w ]+|I|we|they|who|not|also|\w+ly)\s+$", before, re.I
    ):
        return None
    speaker, rule, is_trailing = verb_speaker(content, clause, match, start, offset)
    if speaker is None:
        return None
    is_shown = form.startswith(("publish", "present")) and form in _INSTITUTION_VERBS
    if is_shown and speaker.source_class is SourceClass.NAMED_PERSON:
        return None
    if (
        form in _SHOW
        and speaker.source_class is SourceClass.INSTITUTION
        and speaker.rule in ("known institution", "name by form")
        and not after.startswith(" that")
    ):
        return None
    if speaker.rule == "data source" and form not in _SHOW:
        speaker = replace(speaker, source_class=SourceClass.INSTITUTION, rule="data source that speaks")
    if re.search(r"\b(?:not|n't|n\u2019t)\s+(?:yet\s+)?$", before) and act is Act.DENY:
        act = Act.ASSERT
    return Attribution(
        speaker, act, form, offset + start + match.start(), offset + start + match.end(), rule, is_trailing
    )


def _is_inverted(before: str, after: str) -> bool:
    return before.rstrip().endswith((",", '"', "”", "»")) and bool(re.match(r"\s+(?:the|a|an|our)?\s*[A-Z]?", after))
