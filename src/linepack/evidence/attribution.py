"""Who says what in a sentence: clauses, reporting verbs and the noun phrase that speaks.

Rules, in the order they are tried on a clause: a refusal to comment, a source phrase ('according to'), a passive
quotation ('was quoted as saying'), a reporting verb with its subject before it or, after a comma or a quotation, behind it.
Verbs inside quotation marks never attribute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linepack.evidence.document import Span
from linepack.evidence.lexicon import lexicon
from linepack.evidence.speakers import Speaker, read_speaker
from linepack.evidence.vocabulary import Act, SourceClass

_STRONG = re.compile(r";\s+|,?\s+(?:while|whereas|although|even though|though)\s+|,\s+(?:but|and|yet)\s+")
_REFUSAL = re.compile(
    r"\b(?:(?:declin|refus)(?:ed|es|e|ing)\s+(?:to|any)\s+(?:immediately\s+|publicly\s+)?(?:comment\w*|say|discuss|be drawn|elaborate|give|"
    r"confirm or deny|answer|name|speak|provide|disclose|be interviewed|make any)|"
    r"(?:did|does|do|has|have|had)\s*(?:not|n't|n’t)\s+(?:immediately\s+|yet\s+|directly\s+|so far\s+)?(?:respond|repl(?:y|ied)|comment(?:ed)?|answer|return|responded|answered|say\s+(?:whether|who|when|how|if))|"
    r"would not\s+(?:say|comment|be drawn|confirm|discuss|name|elaborate)|would neither confirm nor deny|"
    r"(?:could not|couldn't)\s+(?:immediately\s+)?be reached|(?:was|were) not (?:immediately )?(?:available|reachable)|"
    r"(?:offered|gave|had|made) no (?:immediate )?(?:comment|response|answer)|no comment from|left (?:a |the )?(?:question|request)s? unanswered)"
)
_SOURCE_PHRASE = re.compile(
    r"(?:\b|(?<=[a-z]))(?P<cue>according to|in the (?:words|view|opinion) of|(?:as|was|is|were|been|also)\s+(?:\w+ly\s+)?(?:reported|noted|stated|confirmed|affirmed|said|claimed|"
    r"explained|announced|emphasi[sz]ed|stressed|told|written|denied|rejected|described|seen)\s+(?:to \w+ )?by|reported by|stated by|per(?= (?:the )?[A-Z]))\s+",
    re.I,
)
_QUOTED_AS = re.compile(r"\b(?:was|were|is|are)\s+(?:also\s+)?quoted\s+(?:by\s+(?P<media>[^,]{2,60}?)\s+)?as\s+saying\b|\bas saying\b")
_QUOTED_BY = re.compile(r"\b(?P<media>[A-Z][\w ]{1,30}?)\s+(?:also\s+)?(?:quoted|cited|quotes|cites)\s+(?P<np>[\w' .-]{2,60}?)\s+as\s+saying\b")
_CITES = re.compile(r"\b(?:citing|with reference to|referring to|quoting)\s+(?P<np>[^,.;]{3,100})")
_COLON = re.compile(r"^(?P<np>[A-Z][^:\"“]{2,80}):\s*[\"“]")
_IN_PLACE = re.compile(r"^[Ii]n\s+(?P<np>(?:the\s+)?[A-Z][\w&. -]{1,40}?)\s+(?:this information\s+|it\s+|this\s+)?(?:was\s+|were\s+|have\s+|has\s+|they\s+)?(?P<verb>denied|refused|confirmed|stated|said|noted|emphasi[sz]ed|declared|rejected|called)\b")
_AUX = re.compile(
    r"(?:[\s,]+(?:has|have|had|also|repeatedly|later|then|further|earlier|previously|again|often|already|now|today|yesterday|"
    r"publicly|privately|openly|reportedly|firmly|flatly|categorically|strongly|clearly|long|so far|only|even|once|in turn|however|too|therefore|"
    r"did|does|do|not|n't|never|still|just|recently|initially|formally|officially|explicitly|will|first|in fact|indeed|since|as well|instead|thus|of course|at least|for example|"
    r"(?:earlier\s+|late\s+)?on\s+(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|(?:this|last)\s+(?:week|month|year)|"
    r"in\s+(?:a|an)\s+(?:\w+\s+){0,3}(?:statement|interview|speech|note|post|report|article|letter|message|briefing|paper)|"
    r"in\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)|in\s+\d{4}))+\s*$"
)
_NOUNISH = frozenset("claims reports demands forecasts estimates doubts notes signals fears hopes offers promises threats projects "
                     "doubt claim report demand forecast estimate note signal fear hope promise comment comments question questions stress highlights complaints finds show shows offer welcome plan attribute attributes state states expects urge urges post dispute disputes".split())  # fmt: skip
_PARTICIPLES = re.compile(r"(?:ing(?: that| out| for| on)?)$")
_INSTITUTION_VERBS = frozenset({"published", "publishes", "presented", "presents", "unveil", "unveils", "unveiled", "propose", "proposes",
                                "proposed", "has taken note", "have taken note", "took note", "takes note"})  # fmt: skip
_SHOW = frozenset({"show", "shows", "showed", "shown", "finds", "find that", "found that", "indicate", "indicates", "indicated", "suggest", "suggests", "suggested"})
_LEAD = re.compile(
    r"^(?:in|on|at|after|before|since|during|with|without|by|for|from|under|speaking|asked|despite|following|when|if|unless|as|while|"
    r"meanwhile|however|but|and|separately|earlier|later|still|yet|last|this|early|late|until|given|because|according|although|though|once|commenting|responding)\b", re.I)  # fmt: skip
_ROLE_WORD = re.compile(r"\b(?:[Mm]inister|[Pp]resident|[Aa]nalyst|[Ee]conomist|[Pp]rofessor|[Dd]irector|[Hh]ead|[Cc]hief|[Cc]ommissioner|[Ee]nvoy|[Ss]pokes\w+|[Ss]ecretary|CEO|[Cc]hair\w*|[Ee]xpert|[Aa]dviser|[Mm]anager|[Ee]ditor)\b")
_SUBORDINATE = re.compile(r"\b(?:after|because|since)\s+(?:(?:the|[A-Z][\w.]*)\s+){0,5}$")
_MANNER = re.compile(
    r"^\s*,?\s*(?:(?:on|in|at|to|during|after|late|early|earlier|this|last|today|yesterday|via|through|with|reporters|journalists|"
    r"lawmakers|parliament|investors|parliamentarians|state|television|radio|separately|who|speaking|adding|citing|when|a|the|our|me|us|by|following|ahead)\b[^;]*)?[.\s\"”,]*$", re.I)  # fmt: skip


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


@dataclass(frozen=True)
class Segment:
    """A stretch of a sentence with one attribution, or none (the outlet's own voice)."""

    start: int
    end: int
    attribution: Attribution | None


def segments(content: str, offset: int, quoted: Sequence[Span]) -> tuple[Segment, ...]:
    """Return the stretches of a sentence, each with who says it; ``offset`` places the sentence in the text."""
    masked = _mask(content, offset, quoted)
    clauses = _clauses(masked)
    found = [_attribute(content, masked, start, end, offset) for start, end in clauses]
    merged = _merge(clauses, found)
    merged = [piece for segment in merged for piece in _split_subordinate(masked, segment, offset)]
    split = [piece for segment in merged for piece in _split_acts(content, masked, segment, offset)]
    return tuple(Segment(offset + s.start, offset + s.end, s.attribution) for s in split)


def _mask(content: str, offset: int, quoted: Sequence[Span]) -> str:
    """The sentence with quoted words blanked, so that no verb and no comma in a quotation is seen; short names stay."""
    chars = list(content)
    for span in quoted:
        low, high = max(span.start - offset, 0), min(span.end - offset, len(content))
        if low < high and len(re.findall(r"\w+", content[low:high])) > 3:
            for at in range(low + 1, max(low + 1, high - 1)):
                chars[at] = "¤"
            if span.end - offset > len(content):  # the quotation goes on
                chars[high - 1] = "¤"
            if span.start < offset:
                chars[low] = "¤"
    return "".join(chars)


def _clauses(masked: str) -> list[tuple[int, int]]:
    cuts = [0]
    for match in _STRONG.finditer(masked):
        if match.start() > 8 and len(masked) - match.end() > 12:
            cuts.append(match.end())
    bounds = [*cuts, len(masked)]
    return [(bounds[k], bounds[k + 1]) for k in range(len(cuts))]


def _merge(clauses: list[tuple[int, int]], found: list[Attribution | None]) -> list[Segment]:
    out: list[Segment] = []
    for (start, end), attribution in zip(clauses, found, strict=True):
        last = out[-1] if out else None
        if last is None:
            out.append(Segment(start, end, attribution))
        elif attribution is None:
            out[-1] = replace(last, end=end)
        elif attribution.is_trailing and last.attribution is None:
            out[-1] = Segment(last.start, end, attribution)
        elif last.attribution is not None and _same(last.attribution, attribution):
            out[-1] = replace(last, end=end)
        else:
            out.append(Segment(start, end, attribution))
    return out


def _same(one: Attribution, other: Attribution) -> bool:
    is_same_voice = other.speaker.is_pronoun or one.speaker.text == other.speaker.text
    return is_same_voice and one.act is other.act


def _split_subordinate(masked: str, segment: Segment, offset: int) -> list[Segment]:
    """'Prices fell after X said Y' holds a statement of the outlet and one of X."""
    own = segment.attribution
    if own is None or own.is_trailing or own.speaker.start < 0:
        return [segment]
    match = _SUBORDINATE.search(masked[segment.start : own.speaker.start - offset])
    if match is None or len(masked[segment.start : segment.start + match.start()].split()) < 4:
        return [segment]
    cut = segment.start + match.start()
    return [Segment(segment.start, cut, None), Segment(cut, segment.end, own)]


def _split_acts(content: str, masked: str, segment: Segment, offset: int) -> list[Segment]:
    """'X said A and promised B' holds two acts of one speaker."""
    own = segment.attribution
    if own is None or own.is_trailing:
        return [segment]
    for match in re.finditer(r",?\s+(?:and|but)\s+(?:also\s+|has\s+|have\s+)?", masked[segment.start : segment.end]):
        at = segment.start + match.end()
        verb = lexicon().verb_pattern.match(masked, at)
        if verb is None or offset + at <= own.verb_end:
            continue
        act = lexicon().verb_acts.get(re.sub(r"\s+", " ", verb[0]))
        following = masked[verb.end() : verb.end() + 4]
        if act is None or act is own.act or verb[0] in _NOUNISH or _PARTICIPLES.search(verb[0]) or not following.strip():
            continue
        second = replace(own, act=act, verb=verb[0], verb_start=offset + verb.start(), verb_end=offset + verb.end(), rule=own.rule + ", second act")
        cut = segment.start + match.start()
        return [Segment(segment.start, cut, own), Segment(at, segment.end, second)]
    return [segment]


def _attribute(content: str, masked: str, start: int, end: int, offset: int) -> Attribution | None:
    clause = masked[start:end]
    for rule in (_refusal, _source_phrase, _quoted_as, _colon, _in_place, _verb):
        found = rule(content, clause, start, offset)
        if found is not None:
            cites = _CITES.search(clause)
            return replace(found, cites=content[start + cites.start("np") : start + cites.end("np")].strip()) if cites else found
    return None


def _refusal(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in _REFUSAL.finditer(clause):
        speaker = _subject(content, clause, match.start(), start, offset) or _place_subject(content, clause, start, offset)
        if speaker is not None:
            return Attribution(speaker, Act.REFUSE_COMMENT, match[0], offset + start + match.start(), offset + start + match.end(), "refusal")
    return None


def _place_subject(content: str, clause: str, start: int, offset: int) -> Speaker | None:
    match = re.match(r"^[Ii]n (?P<np>(?:the )?[A-Z][\w ]{2,40}?) (?=refused|declined|did)", clause)
    return read_speaker(content[start + match.start("np") : start + match.end("np")], offset + start + match.start("np")) if match else None


def _source_phrase(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in _SOURCE_PHRASE.finditer(clause):
        stop = re.search(r",|\.\s*$|\.\"|;|:|\s(?:that|which|because|after|before|in an interview|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|this (?:week|month)|last (?:week|month)|said|in January|in February)\b|[\"”]\s*$|$", clause[match.end() :])
        assert stop is not None
        low, high = start + match.end(), start + match.end() + stop.start()
        phrase = re.sub(r"^(?:him|her|them)$", lambda m: {"him": "he", "her": "she", "them": "they"}[m[0]], content[low:high].strip())
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
        return Attribution(speaker, act, match["cue"], offset + start + match.start(), offset + start + match.end(), "source phrase", True)
    return None


def _quoted_as(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    by = _QUOTED_BY.search(clause)
    if by is not None:
        phrase = re.sub(r"^(?:him|her|them)$", lambda m: {"him": "he", "her": "she", "them": "they"}[m[0]], content[start + by.start("np") : start + by.end("np")])
        speaker = read_speaker(phrase, offset + start + by.start("np"))
        if speaker is not None:
            return Attribution(speaker, Act.ASSERT, "quoted as saying", offset + start + by.start(), offset + start + by.end(), "quoted by media", True, by["media"])
    match = _QUOTED_AS.search(clause)
    if match is None or match["media"] is None and not match[0].startswith(("was", "were", "is", "are")):
        return None
    speaker = _subject(content, clause, match.start(), start, offset)
    if speaker is None:
        return None
    media = content[start + match.start("media") : start + match.end("media")] if match["media"] else ""
    return Attribution(speaker, Act.ASSERT, match[0], offset + start + match.start(), offset + start + match.end(), "quoted as saying", True, media)


def _colon(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    match = _COLON.match(clause)
    if match is None or lexicon().verb_pattern.search(match["np"]) or match["np"] in ("Quote", "Details", "Source", "Background"):
        return None
    speaker = read_speaker(content[start : start + match.end("np")], offset + start)
    return Attribution(speaker, Act.ASSERT, ":", offset + start + match.end("np"), offset + start + match.end("np") + 1, "name and colon") if speaker else None


def _in_place(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    match = _IN_PLACE.match(clause)
    if match is None:
        return None
    speaker = read_speaker(content[start + match.start("np") : start + match.end("np")], offset + start + match.start("np"))
    if speaker is None or speaker.source_class is not SourceClass.INSTITUTION:
        return None
    act = lexicon().verb_acts.get(match["verb"], Act.ASSERT)
    return Attribution(speaker, act, match["verb"], offset + start + match.start("verb"), offset + start + match.end("verb"), "'in' for 'at'")


def _verb(content: str, clause: str, start: int, offset: int) -> Attribution | None:
    for match in lexicon().verb_pattern.finditer(clause):
        form = re.sub(r"\s+", " ", match[0])
        after, before = clause[match.end() :], clause[: match.start()]
        if re.search(r"\b(?:to|would|could|may|might|should|can|must)\s+(?:not\s+)?$", before):
            continue
        if form in _NOUNISH and re.match(r"\s+(?:of|on|about|from|for|by|over|in|at|and|or|to|against|is|are|was|were|will)\b", after) and not _is_inverted(before, after):
            continue
        act = lexicon().verb_acts[form]
        speaker, rule, is_trailing = _verb_speaker(content, clause, match, start, offset)
        if speaker is None:
            continue
        if form in _INSTITUTION_VERBS and speaker.source_class is SourceClass.NAMED_PERSON and form.startswith(("publish", "present")):
            continue
        if form in _SHOW and speaker.source_class is SourceClass.INSTITUTION and speaker.rule in ("known institution", "name by form") and not after.startswith(" that"):
            continue
        if re.search(r"\b(?:not|n't|n’t)\s+(?:yet\s+)?$", before) and act is Act.DENY:
            act = Act.ASSERT
        return Attribution(speaker, act, form, offset + start + match.start(), offset + start + match.end(), rule, is_trailing)
    return None


def _is_inverted(before: str, after: str) -> bool:
    return before.rstrip().endswith((",", '"', "”", "»")) and bool(re.match(r"\s+(?:the|a|an|our)?\s*[A-Z]?", after))


def _verb_speaker(content: str, clause: str, match: re.Match[str], start: int, offset: int) -> tuple[Speaker | None, str, bool]:
    before, after = clause[: match.start()], clause[match.end() :]
    if _PARTICIPLES.search(match[0]):
        return _participle_subject(content, clause, match, start, offset)
    stripped = before.rstrip()
    if _has_apposition(content, clause, stripped, start, offset):
        speaker = _subject(content, clause, match.start(), start, offset)
        if speaker is not None:
            return speaker, "subject with apposition", False
    if (not stripped or stripped.endswith((",", '"', "”", "»", "'", "’"))) and not re.match(r"\s*(?:that\b|:|[\"“])", after):
        speaker = _right_subject(content, clause, match.end(), start, offset)
        if speaker is not None and stripped:
            return speaker, "verb before its subject", True
    speaker = _subject(content, clause, match.start(), start, offset)
    if speaker is None:
        return None, "", False
    subject_at = speaker.start - offset - start
    lead = clause[:subject_at].strip(" ,")
    is_parenthesis = bool(re.match(r"\s*,", after)) and len(lead) > 2 and not _MANNER.match(after)
    has_lead = len(re.findall(r"[\w¤]+", lead)) >= 4 or "¤" in lead
    is_trailing = is_parenthesis or (has_lead and bool(_MANNER.match(after)) and not _starts_content(after) and (not _LEAD.match(lead) or len(after.strip(' ."”')) == 0))
    if has_lead and "¤" in lead:
        is_trailing = True
    return speaker, "subject before verb", is_trailing


def _has_apposition(content: str, clause: str, before: str, start: int, offset: int) -> bool:
    """'Lars Aagaard, Danish minister for energy,' and nothing before: the name in front speaks."""
    if not before.endswith(",") or "¤" in before:
        return False
    parts = _parts(before)
    if len(parts) < 2:
        return False
    low, high = parts[0]
    second = before[parts[1][0] : parts[1][1]]
    is_role = bool(re.match(r"\s*(?:who|which|an?|the|head|chief|director)\b", second)) or bool(_ROLE_WORD.search(second))
    return is_role and read_speaker(content[start + low : start + high], offset + start + low) is not None


def _starts_content(after: str) -> bool:
    return bool(re.match(r"\s*(?:that\b|:)", after)) or len(after.split()) > 14


def _participle_subject(content: str, clause: str, match: re.Match[str], start: int, offset: int) -> tuple[Speaker | None, str, bool]:
    """'Putin backed the idea, saying that ...': the subject of the main clause speaks."""
    before = clause[: match.start()].rstrip()
    following = clause[match.end() :]
    if not before.endswith(",") or not re.match(r"\s+(?:that|it|the|he|she|they|there|its|his|her|a|an|[A-Z]|[\"“])|:", following):
        return None, "", False
    head = re.match(r"\s*((?:[A-Z][\w.'’-]*|the|a|an|of|for|and)(?:\s+(?:[A-Z][\w.'’-]*|of|for|and|the|minister|president|spokesman|spokeswoman|spokesperson|ministry|official|officials|analysts|secretary|chief))*)\s+[a-z]", before)
    if head is None:
        return None, "", False
    speaker = read_speaker(content[start + head.start(1) : start + head.end(1)], offset + start + head.start(1))
    return speaker, "participle after the main clause", False


def _right_subject(content: str, clause: str, at: int, start: int, offset: int) -> Speaker | None:
    stop = re.search(r",|\.\s*$|\.[\"”]|;|:|\s(?:with reference|with regard|in (?:a|an|his|her|its|the|comments|remarks|response|reply)|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|at a|during|after|before|when|told|citing|referring|late|early|that|to reporters|this week|last week|yesterday|today)\b|[\"“”]|$", clause[at:])
    assert stop is not None
    phrase = content[start + at : start + at + stop.start()]
    role = ""
    if stop[0] == ",":
        tail = re.match(r"\s*((?:an?|the|who|head|chief|director|senior|\w+ (?:minister|analyst|director|president))\b[^,.\"“]{2,90})", clause[at + stop.end() :])
        role = content[start + at + stop.end() + tail.start(1) : start + at + stop.end() + tail.end(1)] if tail else ""
    if len(phrase.split()) > 14 or not phrase.strip():
        return None
    return read_speaker(phrase, offset + start + at, role=role)


def _subject(content: str, clause: str, at: int, start: int, offset: int) -> Speaker | None:
    """The noun phrase before a verb at ``at``: past adverbs and auxiliaries, appositions and relative clauses."""
    left = clause[:at]
    aux = _AUX.search(left)
    if aux and aux.start() > 0:
        left = left[: aux.start()] + ("," if left[aux.start() : aux.start() + 1] == "," else "")
    elif aux:
        return None
    parts = _parts(left)
    if not parts:
        return None
    if left.rstrip().endswith(","):
        return _before_apposition(content, parts, start, offset)
    low, high = parts[-1]
    if len(parts) > 1 and re.search(r"\s(?:and|or)\s", left[low:high]):  # 'American, Russian and European officials'
        k = len(parts) - 1
        while k > 0 and len(left[parts[k - 1][0] : parts[k - 1][1]].split()) <= 2 and re.match(r"\s*[A-Z][\w ]+$", left[parts[k - 1][0] : parts[k - 1][1]]):
            k -= 1
        if k < len(parts) - 1:
            listed = read_speaker(content[start + parts[k][0] : start + high], offset + start + parts[k][0])
            if listed is not None:
                return listed
    speaker = read_speaker(content[start + low : start + high], offset + start + low)
    if speaker is not None:
        return speaker
    cut = None
    for cut in re.finditer(r"\s(?:that|because|when|after|where|whether|as|and|but|so|[\"”])\s|[\"”»]\s*|\s[–—-]\s|:\s", left[low:high]):
        pass
    if cut is None:
        return None
    return read_speaker(content[start + low + cut.end() : start + high], offset + start + low + cut.end())


def _before_apposition(content: str, parts: list[tuple[int, int]], start: int, offset: int) -> Speaker | None:
    for k in range(len(parts) - 2, max(-1, len(parts) - 5), -1):
        low, high = parts[k]
        phrase = content[start + low : start + high]
        role = content[start + parts[k + 1][0] : start + parts[-1][1]].strip(" ,")
        if re.match(r"\s*(?:which|who|whose|where|head|chief|director|including|speaking|and)\b", phrase):
            continue
        speaker = read_speaker(phrase, offset + start + low, role=role)
        if speaker is not None:
            return speaker
    if len(parts) == 1:
        low, high = parts[0]
        return read_speaker(content[start + low : start + high], offset + start + low)
    return None


def _parts(left: str) -> list[tuple[int, int]]:
    parts, low = [], 0
    for match in re.finditer(r",|(?<=[¤,.!?])[\"”»](?=\s)", left):
        if re.match(r"\d{3}", left[match.end() :]) and left[: match.start()][-1:].isdigit():
            continue
        parts.append((low, match.start()))
        low = match.end()
    if left[low:].strip():
        parts.append((low, len(left)))
    return [(a, b) for a, b in parts if left[a:b].strip()]
