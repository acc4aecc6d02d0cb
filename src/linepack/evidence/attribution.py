"""Who says what in a sentence: clauses, reporting verbs and the noun phrase that speaks.

Rules, in the order they are tried on a clause: a refusal to comment, a source phrase ('according to'), a passive
quotation ('was quoted as saying'), a reporting verb with its subject before it or, after a comma or a quotation,
behind it.
Verbs inside quotation marks never attribute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from linepack.evidence.lexicon import lexicon
from linepack.evidence.speakers import Speaker, read_speaker
from linepack.evidence.subjects import subject_before, verb_speaker
from linepack.evidence.vocabulary import Act, SourceClass

_REFUSAL = re.compile(
    r"\b(?:(?:declin|refus)(?:ed|es|e|ing)\s+(?:to|any)\s+(?:immediately\s+|publicly\s+)?(?:comment\w*|"
    r"say|discuss|be drawn|elaborate|give|"
    r"confirm or deny|answer|name|speak|provide|disclose|be interviewed|make any)|"
    r"(?:did|does|do|has|have|had)\s*(?:not|n't|n\u2019t)\s+(?:immediately\s+|yet\s+|directly\s+|so "
    r"far\s+)?(?:respond|repl(?:y|ied)|comment(?:ed)?|answer|return|responded|answered|say\s+(?:whether|"
    r"who|when|how|if))|"
    r"would not\s+(?:say|comment|be drawn|confirm|discuss|name|elaborate)|would neither confirm nor deny|"
    r"(?:could not|couldn't)\s+(?:immediately\s+)?be reached|(?:was|were) not (?:immediately )?(?:available|reachable)|"
    r"(?:offered|gave|had|made) no (?:immediate )?(?:comment|response|answer)|no comment from|left (?:a |"
    r"the )?(?:question|request)s? unanswered)"
)
_SOURCE_PHRASE = re.compile(
    r"(?:\b|(?<=[a-z]))(?P<cue>according to|in the (?:words|view|opinion) of|(?:as|was|is|were|been|"
    r"also)\s+(?:\w+ly\s+)?(?:reported|noted|stated|confirmed|affirmed|said|claimed|"
    r"explained|announced|emphasi[sz]ed|stressed|told|written|denied|rejected|described|seen)\s+(?:to \w+ "
    r")?by|reported by|stated by|per(?= (?:the )?[A-Z]))\s+",
    re.I,
)
_QUOTED_AS = re.compile(
    r"\b(?:was|were|is|are)\s+(?:also\s+)?quoted\s+(?:by\s+(?P<media>[^,]{2,60}?)\s+)?as\s+saying\b|\bas saying\b"
)
_QUOTED_BY = re.compile(
    r"\b(?P<media>[A-Z][\w ]{1,30}?)\s+(?:also\s+)?(?:quoted|cited|quotes|"
    r"cites)\s+(?P<np>[\w' .-]{2,60}?)\s+as\s+saying\b"
)
_CITES = re.compile(r"\b(?:citing|with reference to|referring to|quoting)\s+(?P<np>[^,.;]{3,100})")
_COLON = re.compile(r"^(?P<np>[A-Z][^:\"“]{2,80}):\s*[\"“]")
_IN_PLACE = re.compile(
    r"^[Ii]n\s+(?P<np>(?:the\s+)?[A-Z][\w&. -]{1,40}?)\s+(?:this information\s+|it\s+|"
    r"this\s+)?(?:was\s+|were\s+|have\s+|has\s+|they\s+)?(?P<verb>denied|refused|confirmed|"
    r"stated|said|noted|emphasi[sz]ed|declared|rejected|called)\b"
)
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


@dataclass(frozen=True)
class Attribution:
    """A speaker, the act and the verb of a stretch of a sentence, and the rule that found them."""

    speaker: Speaker
    act: Act
    verb: str
    verb_start: int
    verb_end: int
    rule: str
    is_trailing: bool = False
    cites: str = ""


def attribute(content: str, masked: str, start: int, end: int, offset: int) -> Attribution | None:
    """Return who says the clause ``[start, end)`` of a sentence, by the first rule that finds a speaker, or None.

    ``masked`` is the sentence with quoted words blanked, ``offset`` its place in the text.
    """
    clause = masked[start:end]
    for rule in (_refusal, _source_phrase, _quoted_as, _colon, _in_place, _verb):
        found = rule(content, clause, start, offset)
        if found is not None:
            cites = _CITES.search(clause)
            return (
                replace(found, cites=content[start + cites.start("np") : start + cites.end("np")].strip())
                if cites
                else found
            )
    return None


def _refusal(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in _REFUSAL.finditer(clause):
        speaker = subject_before(content, clause, match.start(), start, offset) or _place_subject(
            content, clause, start, offset
        )
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
    match = re.match(r"^[Ii]n (?P<np>(?:the )?[A-Z][\w ]{2,40}?) (?=refused|declined|did)", clause)
    return (
        read_speaker(content[start + match.start("np") : start + match.end("np")], offset + start + match.start("np"))
        if match
        else None
    )


def _source_phrase(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in _SOURCE_PHRASE.finditer(clause):
        stop = re.search(
            r",|\.\s*$|\.\"|;|:|\s(?:that|which|because|after|before|in an interview|on (?:Mon|Tues|"
            r"Wednes|Thurs|Fri|Satur|Sun)day|this (?:week|month)|last (?:week|month)|said|in "
            r"January|in February)\b|[\"”]\s*$|$",
            clause[match.end() :],
        )
        assert stop is not None
        low, high = start + match.end(), start + match.end() + stop.start()
        phrase = re.sub(
            r"^(?:him|her|them)$",
            lambda m: {"him": "he", "her": "she", "them": "they"}[m[0]],
            content[low:high].strip(),
        )
        if re.match(r"^(?:his|her|their)\s+(?:words|statement)", phrase):
            phrase = "he" if phrase.startswith("his") else "she" if phrase.startswith("her") else "they"
        role_text = ""
        if stop[0] == ",":
            role = re.match(r"\s*((?:an?|the|who|head|chief|director)\b[^,.]{3,80})", clause[high - start + 1 :])
            role_text = content[high + 1 + role.start(1) : high + 1 + role.end(1)] if role else ""
        speaker = read_speaker(phrase, offset + low, role=role_text)
        cue = match["cue"].lower()
        if speaker is None or (speaker.text.lower() == "this"):
            continue
        if cue.startswith(("was", "is", "were", "been")) and match.start() < 4:
            continue
        act = Act.DENY if "denied" in cue or "rejected" in cue else Act.ASSERT
        return Attribution(
            speaker,
            act,
            match["cue"],
            offset + start + match.start(),
            offset + start + match.end(),
            "source phrase",
            True,
        )
    return None


def _quoted_as(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    by = _QUOTED_BY.search(clause)
    if by is not None:
        phrase = re.sub(
            r"^(?:him|her|them)$",
            lambda m: {"him": "he", "her": "she", "them": "they"}[m[0]],
            content[start + by.start("np") : start + by.end("np")],
        )
        speaker = read_speaker(phrase, offset + start + by.start("np"))
        if speaker is not None:
            return Attribution(
                speaker,
                Act.ASSERT,
                "quoted as saying",
                offset + start + by.start(),
                offset + start + by.end(),
                "quoted by media",
                True,
                by["media"],
            )
    match = _QUOTED_AS.search(clause)
    if match is None or (match["media"] is None and not match[0].startswith(("was", "were", "is", "are"))):
        return None
    speaker = subject_before(content, clause, match.start(), start, offset)
    if speaker is None:
        return None
    media = content[start + match.start("media") : start + match.end("media")] if match["media"] else ""
    return Attribution(
        speaker,
        Act.ASSERT,
        match[0],
        offset + start + match.start(),
        offset + start + match.end(),
        "quoted as saying",
        True,
        media,
    )


def _colon(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    match = _COLON.match(clause)
    if (
        match is None
        or lexicon().verb_pattern.search(match["np"])
        or match["np"] in ("Quote", "Details", "Source", "Background")
    ):
        return None
    speaker = read_speaker(content[start : start + match.end("np")], offset + start)
    return (
        Attribution(
            speaker,
            Act.ASSERT,
            ":",
            offset + start + match.end("np"),
            offset + start + match.end("np") + 1,
            "name and colon",
        )
        if speaker
        else None
    )


def _in_place(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    match = _IN_PLACE.match(clause)
    if match is None:
        return None
    speaker = read_speaker(
        content[start + match.start("np") : start + match.end("np")], offset + start + match.start("np")
    )
    if speaker is None or speaker.source_class is not SourceClass.INSTITUTION:
        return None
    act = lexicon().verb_acts.get(match["verb"], Act.ASSERT)
    return Attribution(
        speaker,
        act,
        match["verb"],
        offset + start + match.start("verb"),
        offset + start + match.end("verb"),
        "'in' for 'at'",
    )


def _verb(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in lexicon().verb_pattern.finditer(clause):
        form = re.sub(r"\s+", " ", match[0])
        after, before = clause[match.end() :], clause[: match.start()]
        if re.search(r"\b(?:to|would|could|may|might|should|can|must)\s+(?:not\s+)?$", before):
            continue
        if (
            form in NOUNISH
            and re.match(
                r"\s+(?:of|on|about|from|for|by|over|in|at|and|or|to|against|is|are|was|"
                r"were|will)\b",
                after,
            )
            and not _is_inverted(before, after)
        ):
            continue
        if form in NOUNISH and re.search(
            r"\b(?:previous|latest|new|first|last|own|official|daily|earlier|"
            r"recent)\s+$",
            before,
        ):
            continue
        act = lexicon().verb_acts[form]
        speaker, rule, is_trailing = verb_speaker(content, clause, match, start, offset)
        if speaker is None:
            continue
        if (
            form in _INSTITUTION_VERBS
            and speaker.source_class is SourceClass.NAMED_PERSON
            and form.startswith(("publish", "present"))
        ):
            continue
        if (
            form in _SHOW
            and speaker.source_class is SourceClass.INSTITUTION
            and speaker.rule in ("known institution", "name by form")
            and not after.startswith(" that")
        ):
            continue
        if re.search(r"\b(?:not|n't|n\u2019t)\s+(?:yet\s+)?$", before) and act is Act.DENY:
            act = Act.ASSERT
        return Attribution(
            speaker, act, form, offset + start + match.start(), offset + start + match.end(), rule, is_trailing
        )
    return None


def _is_inverted(before: str, after: str) -> bool:
    return before.rstrip().endswith((",", '"', "”", "»")) and bool(re.match(r"\s+(?:the|a|an|our)?\s*[A-Z]?", after))
