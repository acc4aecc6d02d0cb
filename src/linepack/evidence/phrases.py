"""Phrases that name a source without a reporting verb of its own: 'according to', 'in the view of', 'as saying'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linepack.evidence.lexicon import lexicon
from linepack.evidence.source_words import NAME_AFTER_COMMA
from linepack.evidence.speakers import Speaker, read_speaker
from linepack.evidence.subjects import subject_before
from linepack.evidence.vocabulary import Act, SourceClass

_SOURCE_PHRASE = re.compile(
    r"(?:(?:\b|(?<=[a-z]))(?P<cue>according to|in the (?:words|view|opinion|estimation) of|(?:as|was|is|were|been|"
    r"also)\s+"
    r"(?:\w+ly\s+)?(?:reported|noted|stated|confirmed|affirmed|said|claimed|explained|announced|emphasi[sz]ed|"
    r"stressed|told|"
    r"written|denied|rejected|described|seen|voiced|welcomed|criticised|"
    r"criticized|condemned|dismissed|praised|echoed|shared|made)(?:\s+(?:earlier|previously|yesterday|"
    r"today))?\s+(?:to \w+ )?by|reported by|stated by)|"
    r"\b(?P<per>per)(?= (?:the )?[A-Z]))\s+",
    re.I,
)
_STOP = re.compile(
    r",|\.\s*$|\.\"|;|:|\s(?:that|which|because|after|before|in an interview|on (?:his|her|its|the|social)|in (?:his|"
    r"her|its|a|comments)|at a|during|"
    r"on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|"
    r"Sun)day|"
    r"this (?:week|month)|last (?:week|month)|said|in January|in February)\b|[\"”]\s*$|$"
)
_NO_SOURCE = re.compile(
    r"\b(?:sanctions|rules|laws?|terms|contracts?|agreements?|schedule|principles?|norms?|calendar|needs?|plan)\b"
)
_CONTENT_OF = re.compile(
    r"^(?:the\s+|its\s+)?(?:(?:latest|first|own|internal|preliminary)\s+)?(?:information|calculations?|estimates?|"
    r"assessment|accounts?|"
    r"words|statements?|reports?|news|claims?|version|sources)\s+(?:of|by|from|in|available to|obtained by|"
    r"published (?:by|in)|"
    r"released by|provided by)\s+"
)
_QUOTED_AS = re.compile(
    r"\b(?:was|were|is|are)\s+(?:also\s+)?quoted\s+(?:by\s+(?P<media>[^,]{2,60}?)\s+)?as\s+saying\b|\bas saying\b"
)
_QUOTED_BY = re.compile(
    r"\b(?P<media>[A-Z][\w ]{1,30}?)(?<!was)(?<!were)(?<!is)(?<!are)\s+(?:also\s+)?(?:quoted|cited|quotes|cites)\s+"
    r"(?!by\b)(?P<np>[\w' .-]{2,60}?)\s+as\s+saying\b"
)
_COLON = re.compile(r"^(?P<np>[A-Z][^:\"“]{2,80}):\s*[\"“]")
_IN_PLACE = re.compile(
    r"^[Ii]n\s+(?P<np>(?:the\s+)?[A-Z][\w&. -]{1,40}?)\s+(?:this information\s+|it\s+|this\s+)?"
    r"(?:was\s+|were\s+|have\s+|has\s+|they\s+)?(?P<verb>denied|refused|confirmed|stated|said|noted|emphasi[sz]ed|"
    r"declared|"
    r"rejected|called|believe|say|insist|remind(?: \w+)? that|recall|point out|let it be known)\b"
)
_VIEW_OF = re.compile(
    r"\b[Ii]n\s+(?P<np>(?:the\s+)?[A-Z][\w&. -]{1,40}?)(?:'s|\u2019s|s['\u2019])\s+(?:view|opinion|assessment|words|"
    r"reading)\b"
)
_FOR_PERSON = re.compile(r"^(?:But\s+|And\s+)?[Ff]or\s+(?P<np>[^,]{6,90}),\s")
_ACCORDING_TO_WHOM = re.compile(
    r"(?P<np>[^,;]{4,120}),\s+(?:according to (?:whom|which)|in whose (?:view|words|opinion))\b"
)
_SO_TAIL = re.compile(r",\s+so\s+(?P<np>(?:the\s+)?[^,]{3,80}?)(?:\s+(?:on|in)\s+[A-Z]\w+)?\.\s*$")
_HEARD = re.compile(
    r"\b(?:it (?:was|is) (?:said|heard|stated)|(?:was|were|is) (?:heard|said)|could be heard|was to be heard|"
    r"the word)\s+"
    r"(?:in|from|out of|among)\s+(?P<np>[^,.;]{3,80})|"
    r"^[Ff]rom (?P<np2>[^,]{3,80}?),? (?:it (?:was|is) (?:heard|said|stated)|(?:comes?|came) (?:the|a)\b)|"
    r"^(?P<np3>[^,;:\"“]{3,80}?) (?:let|lets) (?:it be known|slip)"
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


def source_phrase(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """'According to X', 'as reported by X', 'per X'."""
    for match in _SOURCE_PHRASE.finditer(clause):
        stop = _STOP.search(clause[match.end() :])
        assert stop is not None
        low, high = start + match.end(), start + match.end() + stop.start()
        cue = (match["cue"] or match["per"]).lower()
        phrase = _object_pronoun(content[low:high].strip())
        shell = _CONTENT_OF.match(phrase)
        if shell and not phrase.lower().startswith("reports from"):
            phrase, low = phrase[shell.end() :], low + shell.end()
        role_text = ""
        if stop[0] == ",":
            after = clause[high - start + 1 :]
            role = re.match(r"\s*((?:an?|the|who|head|chief|director)\b[^,.]{3,80})", after) or re.match(
                rf"\s*({NAME_AFTER_COMMA})", after
            )
            role_text = content[high + 1 + role.start(1) : high + 1 + role.end(1)] if role else ""
        speaker = read_speaker(phrase, offset + low, role=role_text)
        if speaker is None or (speaker.text.lower() in ("this", "whom", "which")) or _NO_SOURCE.search(speaker.text):
            continue
        if cue.startswith(("was", "is", "were", "been")) and match.start() < 4:
            continue
        act = Act.DENY if "denied" in cue or "rejected" in cue else Act.ASSERT
        return _at(speaker, match, start, offset, cue, "source phrase", act)
    return None


def described_source(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """'X, according to whom', 'in X's view', ', so X.', 'it was said in X', 'for the economist X,'."""
    for pattern, rule in (
        (_ACCORDING_TO_WHOM, "according to whom"),
        (_VIEW_OF, "view of"),
        (_SO_TAIL, "'so X' at the end"),
        (_HEARD, "heard from"),
        (_FOR_PERSON, "'for X'"),
    ):
        match = pattern.search(clause)
        if match is None:
            continue
        group = next(key for key in match.groupdict() if match[key])
        low, high = start + match.start(group), start + match.end(group)
        phrase = content[low:high]
        if pattern is _ACCORDING_TO_WHOM:
            of = list(re.finditer(r"\b(?:of|by|from|is|was)\s+(?=the\b|[A-Z])", phrase))
            whole = read_speaker(phrase, offset + low)
            speaker = whole or (read_speaker(phrase[of[-1].end() :], offset + low + of[-1].end()) if of else None)
        else:
            speaker = read_speaker(phrase, offset + low)
        if speaker is None or (pattern is _FOR_PERSON and (speaker.source_class is not SourceClass.NAMED_PERSON)):
            continue
        if pattern is _HEARD and speaker.source_class is SourceClass.OWN_VOICE:
            continue
        return _at(speaker, match, start, offset, match[0][:40].strip(" ,."), rule, Act.ASSERT)
    return None


def _at(speaker: Speaker, match: re.Match[str], start: int, offset: int, verb: str, rule: str, act: Act) -> Attribution:
    return Attribution(speaker, act, verb, offset + start + match.start(), offset + start + match.end(), rule, True)


def _object_pronoun(phrase: str) -> str:
    """'him' speaks as 'he', 'their words' as 'they'."""
    if re.match(
        r"^(?:his|her|their)\s+(?:own\s+)?(?:words|statement|account|estimates?|assessment|figures|data)", phrase
    ):
        return {"h": "he", "e": "she", "t": "they"}["e" if phrase.startswith("her") else phrase[0]]
    return {"him": "he", "her": "she", "them": "they"}.get(phrase, phrase)


def quoted_as(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """'X was quoted by Y as saying', 'Y quoted X as saying'."""
    by = _QUOTED_BY.search(clause)
    if by is not None:
        phrase = _object_pronoun(content[start + by.start("np") : start + by.end("np")])
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


def colon(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """A name, a colon and a quotation."""
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


def in_place(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    """'In Gazprom denied': translated 'in' for 'at'."""
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
