"""The noun phrase that speaks: before a reporting verb, behind it, or in front of an apposition."""

from __future__ import annotations

import re

from linepack.evidence.source_words import NAME_AFTER_COMMA
from linepack.evidence.speakers import Speaker, person_name, read_speaker

_AUX = re.compile(
    r"(?:[\s,]+(?:has|have|had|also|repeatedly|later|then|further|earlier|previously|again|often|already|"
    r"now|today|yesterday|"
    r"publicly|privately|openly|reportedly|firmly|flatly|categorically|strongly|clearly|long|so far|only|"
    r"even|once|in turn|however|too|therefore|"
    r"did|does|do|not|n't|never|still|just|recently|initially|formally|officially|explicitly|will|first|"
    r"in fact|indeed|since|as well|instead|thus|of course|at least|for example|"
    r"(?:earlier\s+|late\s+)?on\s+(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|(?:this|"
    r"last)\s+(?:week|month|year)|"
    r"in\s+(?:a|an)\s+(?:\w+\s+){0,3}(?:statement|interview|speech|note|post|report|article|letter|"
    r"message|briefing|paper)|"
    r"\w+ly|at the time|at that time|of late|in private|in public|also|all|both|always|rather|quite|simply|"
    r"in\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)|"
    r"in\s+\d{4}))+,?\s*$"
)
PARTICIPLES = re.compile(r"(?:ing(?: that| out| for| on)?)$")
_NEVER_FIRST = frozenset(
    {"told", "tells", "told us", "tells us", "told reporters", "informed", "assured", "reminded", "accused"}
)
KEEN_TO = re.compile(
    r"\s+(?:(?:likes?|liked|went on|goes on|continued|took pains|rushed|(?:is|was|were|are) (?:keen|quick|careful|"
    r"at pains|fond|eager))"
    r"\s+to|would only|could only|can only)\s+$"
)
_PROGRESSIVE = re.compile(r"\s+(?:is|are|was|were|has been|have been)\s+(?:now\s+|also\s+|again\s+|still\s+)?$")
_SUBORDINATED = re.compile(r"\b(?:after|because|since|when|while|as)\s+(?:(?:the|[A-Z][\w.]*)\s+){0,5}$")
_LEAD = re.compile(
    r"^(?:in|on|at|after|before|since|during|with|without|by|for|from|under|speaking|asked|despite|"
    r"following|when|if|unless|as|while|"
    r"meanwhile|however|but|and|separately|earlier|later|still|yet|last|this|early|late|until|given|"
    r"because|according|although|though|once|commenting|responding)\b",
    re.I,
)
_ROLE_WORD = re.compile(
    r"\b(?:[Mm]inister|[Pp]resident|[Aa]nalyst|[Ee]conomist|[Pp]rofessor|[Dd]irector|[Hh]ead|"
    r"[Cc]hief|[Cc]ommissioner|[Ee]nvoy|[Ss]pokes\w+|[Ss]ecretary|CEO|[Cc]hair\w*|[Ee]xpert|"
    r"[Aa]dviser|[Mm]anager|[Ee]ditor)\b"
)
_MANNER = re.compile(
    r"^\s*,?\s*(?:(?:on|in|at|to|during|after|late|early|earlier|this|last|today|yesterday|via|through|"
    r"with|reporters|journalists|"
    r"lawmakers|parliament|investors|parliamentarians|state|television|radio|separately|who|speaking|"
    r"adding|citing|when|a|the|our|me|us|by|following|ahead)\b[^;]*)?[.\s\"”,]*$",
    re.I,
)
_SUBJECT_CUT = re.compile(
    r"\s(?:that|because|when|after|where|whether|as|and|but|so|[\"”])\s|[\"”»]\s*|\s[\u2013—-]\s|:\s"
)


def verb_speaker(
    content: str, clause: str, match: re.Match[str], start: int, offset: int
) -> tuple[Speaker | None, str, bool]:
    """Return the speaker of a reporting verb, the rule that found it, and whether it governs what stands before."""
    before, after = clause[: match.start()], clause[match.end() :]
    progressive = PARTICIPLES.search(match[0]) and _PROGRESSIVE.search(before)
    if PARTICIPLES.search(match[0]) and not progressive:
        return _participle_subject(content, clause, match, start, offset)
    keen = KEEN_TO.search(before)
    if progressive or keen:
        before = before[: (progressive or keen).start()]  # type: ignore[union-attr]  # one of them matched
    stripped = re.sub(r"(?<=[\"”»,])\s*[\u2013—-]$", "", before.rstrip())
    if _has_apposition(content, clause, stripped, start, offset):
        speaker = subject_before(content, clause, match.start(), start, offset)
        if speaker is not None:
            return speaker, "subject with apposition", False
    if (
        match[0] not in _NEVER_FIRST
        and (not stripped or stripped.endswith((",", '"', "”", "»", "'", "\u2019")))
        and not re.match(r"\s*(?:that\b|:|[\"“])", after)
    ):
        speaker = _right_subject(content, clause, match.end(), start, offset)
        if speaker is not None and stripped:
            return speaker, "verb before its subject", True
    speaker = subject_before(content, clause, len(before), start, offset)
    if speaker is None:
        return None, "", False
    subject_at = speaker.start - offset - start
    lead = clause[:subject_at].strip(" ,")
    is_parenthesis = bool(re.match(r"\s*,", after)) and len(lead) > 2 and not _MANNER.match(after)
    has_lead = len(re.findall(r"[\w¤]+", lead)) >= 4 or "¤" in lead
    is_trailing = is_parenthesis or (
        has_lead
        and bool(_MANNER.match(after))
        and not _starts_content(after)
        and (not _LEAD.match(lead) or len(after.strip(' ."”')) == 0)
    )
    if has_lead and "¤" in lead:
        is_trailing = True
    if _SUBORDINATED.search(clause[: max(subject_at, 0)]) and _starts_statement(after):
        is_trailing = False
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
    if re.fullmatch(NAME_AFTER_COMMA, second.strip()) and read_speaker(
        content[start + low : start + high], offset + start + low, role=second.strip()
    ):
        return True
    is_role = bool(re.match(r"\s*(?:who|which|an?|the|head|chief|director)\b", second)) or bool(
        _ROLE_WORD.search(second)
    )
    return is_role and read_speaker(content[start + low : start + high], offset + start + low) is not None


def _starts_statement(after: str) -> bool:
    """'the talks could end', after 'said': more than a manner."""
    return bool(
        re.match(r"\s+(?:that\s+)?(?:the|a|an|he|she|it|they|its|his|her|there|[A-Z]\w+)\b.*\s\w+", after)
    ) and bool(
        re.search(r"\b(?:is|are|was|were|has|have|had|will|would|could|may|might|should|can|must|\w+(?:ed|s))\b", after)
    )


def _starts_content(after: str) -> bool:
    return bool(re.match(r"\s*(?:that\b|:)", after)) or len(after.split()) > 14


def _participle_subject(
    content: str, clause: str, match: re.Match[str], start: int, offset: int
) -> tuple[Speaker | None, str, bool]:
    """'Putin backed the idea, saying that ...': the subject of the main clause speaks."""
    before = clause[: match.start()].rstrip()
    following = clause[match.end() :]
    if not before.endswith(",") or not re.match(
        r"\s+(?:that|it|the|he|she|they|there|its|his|her|a|an|[A-Z]|"
        r"[\"“])|:",
        following,
    ):
        return None, "", False
    head = re.match(
        r"\s*((?:[A-Z][\w.'\u2019-]*|the|a|an|of|for|and)(?:\s+(?:[A-Z][\w.'\u2019-]*|of|for|and|the|von|van|"
        r"de|der|den|la|al|"
        r"von|van|de|der|den|la|al|minister|president|spokesman|spokeswoman|spokesperson|ministry|official|"
        r"officials|analysts|"
        r"secretary|chief))*)\s+[a-z]",
        before,
    )
    if head is None:
        return None, "", False
    speaker = read_speaker(content[start + head.start(1) : start + head.end(1)], offset + start + head.start(1))
    return speaker, "participle after the main clause", False


def _right_subject(content: str, clause: str, at: int, start: int, offset: int) -> Speaker | None:
    when = re.match(r"\s*(?:on|in|late|early|earlier|yesterday|today)\b[^,;\"“]{0,45},\s+(?=[A-Zt])", clause[at:])
    at += when.end() if when else 0
    stop = re.search(
        r",|\.\s*$|\.[\"”]|;|:|\s(?:with reference|with regard|in (?:a|an|his|her|its|the|comments|"
        r"remarks|response|reply)|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|at a|during|after|"
        r"before|when|told|citing|referring|late|early|that|to reporters|this week|last week|"
        r"yesterday|today)\b|[\"“”]|$",
        clause[at:],
    )
    assert stop is not None
    phrase = content[start + at : start + at + stop.start()]
    role = ""
    if stop[0] == ",":
        tail = re.match(
            r"\s*((?:an?|the|who|head|chief|director|senior|\w+ (?:minister|analyst|director|"
            r"president))\b[^,.\"“]{2,90})",
            clause[at + stop.end() :],
        )
        role = content[start + at + stop.end() + tail.start(1) : start + at + stop.end() + tail.end(1)] if tail else ""
    if stop[0] == "," and not role:
        name = re.match(rf"\s*({NAME_AFTER_COMMA})", clause[at + stop.end() :])
        role = content[start + at + stop.end() + name.start(1) : start + at + stop.end() + name.end(1)] if name else ""
    if len(phrase.split()) > 14 or not phrase.strip():
        return None
    return read_speaker(phrase, offset + start + at, role=role)


def subject_before(content: str, clause: str, at: int, start: int, offset: int) -> Speaker | None:
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
    if len(parts) > 1 and re.fullmatch(r"\s*who(?:\s+(?:also|has|have|had|\w+ly))*\s*", left[low:high]):
        return _name_before_who(content, parts[-2], start, offset)
    if len(parts) > 1 and re.search(r"\s(?:and|or)\s", left[low:high]):  # 'American, Russian and European officials'
        k = len(parts) - 1
        while (
            k > 0
            and len(left[parts[k - 1][0] : parts[k - 1][1]].split()) <= 2
            and re.match(r"\s*[A-Z][\w ]+$", left[parts[k - 1][0] : parts[k - 1][1]])
        ):
            k -= 1
        if k < len(parts) - 1:
            listed = read_speaker(content[start + parts[k][0] : start + high], offset + start + parts[k][0])
            if listed is not None:
                return listed
    speaker = read_speaker(content[start + low : start + high], offset + start + low)
    if speaker is not None:
        return speaker
    cuts = list(_SUBJECT_CUT.finditer(left[low:high]))
    if not cuts:
        return None
    cut = cuts[-1]
    return read_speaker(content[start + low + cut.end() : start + high], offset + start + low + cut.end())


def _name_before_who(content: str, part: tuple[int, int], start: int, offset: int) -> Speaker | None:
    """'They echo those of minister Robert Habeck, who said': the person whose name ends the part before."""
    phrase = content[start + part[0] : start + part[1]].rstrip()
    name = person_name(phrase)
    if not name or not phrase.endswith(name):
        return None
    at = phrase.rfind(name)
    return read_speaker(name, offset + start + part[0] + at, role=phrase[:at].split(" of ")[-1].strip())


def _before_apposition(content: str, parts: list[tuple[int, int]], start: int, offset: int) -> Speaker | None:
    for k in range(len(parts) - 1, max(0, len(parts) - 4), -1):  # 'the mayor, Birte Lorenz, a quiet woman,'
        name = content[start + parts[k][0] : start + parts[k][1]].strip()
        if re.fullmatch(NAME_AFTER_COMMA, name):
            low, high = parts[k - 1]
            speaker = read_speaker(content[start + low : start + high], offset + start + low, role=name)
            if speaker is not None and speaker.text == name:
                return speaker
    for k in range(len(parts) - 2, max(-1, len(parts) - 5), -1):
        low, high = parts[k]
        phrase = content[start + low : start + high]
        role = content[start + parts[k + 1][0] : start + parts[-1][1]].strip(" ,")
        if re.match(r"\s*(?:which|who|whose|where|head|chief|director|including|speaking|and)\b", phrase):
            continue
        speaker = read_speaker(phrase, offset + start + low, role=role)
        if speaker is not None:
            return speaker
    low, high = parts[-1]
    last = content[start + low : start + high]
    is_whole = len(parts) == 1 or bool(
        re.match(r"\s*(?:the|an?)\s", last)
    )  # 'their employer, the network company Gascade,'
    return read_speaker(last, offset + start + low) if is_whole else None


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
