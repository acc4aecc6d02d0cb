"""Who is named by a noun phrase: its class of source, the entity behind it, role and count."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from linepack.evidence.vocabulary import SourceClass
from linepack.system.names import ACTOR_KINDS, NameBook, NameKind, name_book

_SOURCES = re.compile(
    r"\b(?:sources?|people|persons?|insiders?|interlocutors?|traders?|analysts?|experts?|economists?|"
    r"consultants?|brokers?|"
    r"shipbrokers?|dealers?|investors|critics|supporters?|opponents|observers|participants|executives?|"
    r"industry figures|"
    r"lawyers?|researchers|scientists|forecasters|some of them|one of them|two of them|others|"
    r"strategists?|many|those|residents|campaigners|lobbyists|market players)\b",
    re.I,
)
_OFFICIALS = re.compile(
    r"\b(?:officials?|diplomats?|ministers|envoys|ambassadors|lawmakers|aides?|negotiators?|leaders|"
    r"regulators|politicians|"
    r"bureaucrats|representatives|governments|authorities|capitals|delegates)\b",
    re.I,
)
_SPOKES = re.compile(
    r"\b(?:spokes(?:man|woman|person|people)|press service|press office|representative|press "
    r"secretary)\b",
    re.I,
)
_INSTITUTIONS = re.compile(
    r"\b(?:ministry|ministries|government|commission|council|regulators?|company|companies|operator|agency|court|"
    r"bank|bloc|consultancy|consultancies|brokerage|union|parliament|office|embassy|authority|committee|"
    r"association|institute|centre|center|firm|group|"
    r"administration|presidency|management|board|department|chamber|federation|alliance|coalition|party|exchange|"
    r"utility|utilities|importer|exporter|producer|supplier|buyer|refiner|developer|consortium|"
    r"think[\s-]?tank|university|"
    r"treasury|secretariat|directorate|service|watchdog|lobby|fund|cabinet|senate|congress|state "
    r"department|house|major|giant|shipper|trader house|organi[sz]ation)\b",
    re.I,
)
_PAPERS = re.compile(
    r"\b(?:report|study|document|paper|letter|draft|statement|outlook|analysis|memo|note|survey|briefing|"
    r"review|poll|filing|"
    r"communiqu[eé]|declaration|press release|proposal|text)\b",
    re.I,
)
_MEDIA = re.compile(
    r"\b(?:newspapers?|news agency|media|magazine|broadcaster|daily|weekly|tabloid|publication|outlet|"
    r"portal|television|"
    r"news site|news outlet|articles?|authors?|journalists?|reporters|website|media reports|press reports|"
    r"press)\b",
    re.I,
)
_DATA = re.compile(r"\b(?:data|figures|tracking|statistics)\b", re.I)
_ROLE = re.compile(
    r"\b(?:president|prime minister|minister|chancellor|secretary|chief|head|director|chair(?:man|woman|"
    r"person)?|ceo|cfo|"
    r"analyst|economist|professor|commissioner|envoy|adviser|advisor|aide|expert|editor|spokes\w+|manager|executive|"
    r"ambassador|senator|governor|leader|partner|strategist|researcher|fellow|deputy|general|representative|lawyer|"
    r"investor|consultant|trader|negotiator|diplomat|columnist|founder|owner|vice[- ]president|officer|mp|"
    r"mep|lawmaker|founder|correspondent|chairman|meteorologist|forecaster|broker|scientist|historian|specialist)\b",
    re.I,
)
_ORG_MARK = re.compile(
    r"\b(?:LNG|Energy|SE|AG|Inc|Ltd|PLC|plc|Group|Bank|Agency|Ministry|Commission|Council|Centre|Center|"
    r"Institute|University|"
    r"Association|Company|Corp|Corporation|Review|News|Times|Post|Journal|Zeitung|Wire|House|Department|"
    r"Union|Parliament|"
    r"Treasury|Office|Export|Gas|Oil|Petroleum|Markets?|Research|Columns?|Data|Party|Fund|Foundation|"
    r"Court|Board|Authority|"
    r"Networks?|Infrastructure|States|Stream|Trading|Holding|GmbH|BV|SA|SpA|NV|LLC|LLP|Capital|Partners|"
    r"Securities|Intelligence|Analytics|Forum|Network|Society|Service|Committee|Federation|Street|Sachs|"
    r"Stanley|Morgan|Chamber|Regulators?)\b"
)
_MEDIA_MARK = re.compile(
    r"\b(?:Review|News|Times|Post|Journal|Zeitung|Wire|Columns?|Gazette|Herald|Tribune|"
    r"Daily|Press|Novosti|Visnyk|Pravda|"
    r"Online|TV|Radio|Telegraph|Guardian|Observer|Mail|Standard|Echo|Monitor|Newswire|Newswires)$"
)
_PRONOUN = re.compile(r"^(?:he|she|they|it|we|i|who|which|both|the former|the latter|this|that)$", re.I)
_CAPITALISED = re.compile(
    r"\b[A-ZÄÖÜŠŽČŁØÅÉÁÓÍ][\w'\u2019.-]*[a-zäöüßéèáàóíščžćłøåñçă][\w'\u2019-]*|"
    r"\b(?:[A-Z]\.)+|\b[A-Z][A-Z&]+\b"
)
_NUMBER_WORD = re.compile(
    r"\b(one|two|three|four|five|six|seven|eight|nine|ten|both|several|some|many|\d{1,2})\b", re.I
)
_COUNTS = {
    "one": 1,
    "two": 2,
    "both": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_NOT_SPEAKER = re.compile(
    r"\b(?:is|was|were|are|will|would|could|should|can|has been|have been|had been|because|when|if|gives|"
    r"rose|fell|remains?|"
    r"after|before|while|whether|until|comes?|came|says?|aims|wants|of which|which)\b|\b(?:of|by|from|"
    r"with|in|at|on|to)$",
    re.I,
)
_TITLE = re.compile(
    r"^(?:Mr|Mrs|Ms|Dr|Prof|Professor|President|Chancellor|Minister|Secretary|Commissioner|Sir|"
    r"Senator|Sen|Rep|Gen|Foreign|Prime|Energy|Economy|Finance|State|Deputy|Vice|Chief|Speaker|"
    r"Kremlin|Analyst|Economist|Treasury|Defence|Ambassador|Governor|EU|US|U\.S\.|UK|Slovak|"
    r"Hungarian|German|Russian|Ukrainian|Polish|French|Dutch|Turkish|American|European|Austrian|"
    r"Italian|British|Norwegian|Bulgarian|Serbian|Chinese|Qatari|Danish|Swiss|Spanish|Czech|"
    r"Irish|Finnish|The|A|An|But|And|Meanwhile|However|Yesterday|Interior|Executive|Director|"
    r"Head)\.?$"
)


@dataclass(frozen=True)
class Speaker:
    """Who speaks: the words that name them, the class of source, the known entity, the role, and for groups the count.

    ``start`` and ``end`` place the words in the text; ``rule`` says how they were read.
    """

    text: str
    source_class: SourceClass
    entity: str = ""
    role: str = ""
    count: str = ""
    start: int = -1
    end: int = -1
    rule: str = ""
    is_pronoun: bool = False


def read_speaker(phrase: str, start: int, *, role: str = "") -> Speaker | None:
    """Return the speaker that a noun phrase at ``start`` names, or None if nobody could speak by it."""
    lead = len(phrase) - len(phrase.lstrip(" ,\u2013—-\"“”'"))
    phrase = phrase[lead:].rstrip(' ,\u2013—-"“”')
    start += lead
    lead = _leading_filler(phrase)
    phrase, start = phrase[lead:], start + lead
    if not phrase or len(phrase) > 220:
        return None
    end = start + len(phrase)
    if re.match(r"(?:\w+ed (?:by|to|from|with)|compared|given|seen|led)\s", phrase):
        return None
    if _PRONOUN.match(phrase):
        return Speaker(phrase, SourceClass.OWN_VOICE, "", role, "", start, end, "pronoun", True)
    is_list = re.match(r"[A-Z][\w.]+(?:, [A-Z][\w.]+)*,? and ", phrase)
    head = re.split(r"\s(?:who|which|whose|that)\s" if is_list else r",\s|\s(?:who|which|whose|that)\s", phrase)[0]
    own_role = role or phrase[len(head) :].strip(" ,")
    if len(head.split()) > 18 or _NOT_SPEAKER.search(head):
        return None
    found = _classify(head)
    if found is None:
        return None
    source_class, entity, rule = found
    if source_class is SourceClass.NAMED_PERSON:
        name = person_name(head)
        inner_role = head.replace(name, "").strip(" ,") if name else ""
        at = head.rfind(name) if name else 0
        return Speaker(
            name or head,
            source_class,
            entity,
            (inner_role + "; " + own_role).strip("; "),
            "",
            start + at,
            start + at + len(name or head),
            rule,
        )
    return Speaker(head, source_class, entity, own_role, _count(head, source_class), start, start + len(head), rule)


def person_name(phrase: str, book: NameBook | None = None) -> str:
    """Return the personal name in a phrase, or ''."""
    book = book or name_book()
    for mention in book.find(phrase):
        if mention.name.kind is NameKind.PERSON:
            return phrase[mention.start : mention.end]
    run = _last_name_run(phrase)
    return run if run and not _ORG_MARK.search(run) else ""


def _classify(head: str) -> tuple[SourceClass, str, str] | None:
    mentions = name_book().find(head)
    persons = [m for m in mentions if m.name.kind is NameKind.PERSON]
    first_words = " ".join(head.split()[:6])
    if persons and not _owned(head, persons[-1].end):
        return SourceClass.NAMED_PERSON, persons[-1].name.name_id, "known person"
    named = [m.name.name_id for m in mentions if m.name.kind in ACTOR_KINDS | {NameKind.MEDIA, NameKind.DATA_SOURCE}]
    entity = named[-1] if named else ""
    core = re.split(r"\s(?:at|of|from|in|with|close to|familiar|briefed|for|on|to|inside|near)\s", head)[0]
    name = person_name(head)
    if _DATA.search(head) and not _ROLE.search(core):
        return SourceClass.MARKET_DATUM, entity, "data"
    if _SPOKES.search(core) and not (name and len(name.split()) > 1 and not _known_part(name)):
        return SourceClass.INSTITUTION, entity, "spokesperson"
    if name and len(name.split()) > 1 and not _known_part(name) and (_ROLE.search(head) or _only_name(head, name)):
        return SourceClass.NAMED_PERSON, "", "person by form"
    if (
        name
        and _ROLE.search(head.replace(name, ""))
        and not _known_part(name)
        and not re.search(r"\b(?:of|at|from|for)\s+\S*$", head[: head.rfind(name)])
    ):
        return SourceClass.NAMED_PERSON, "", "role and name"
    if name and len(name.split()) > 1 and head.endswith(name) and not _known_part(name) and _is_described(head, name):
        return SourceClass.NAMED_PERSON, "", "description and name"
    if _OFFICIALS.search(core) and not _SOURCES.search(core.split(" of the ")[0] if "of the" in core else "-"):
        return SourceClass.OFFICIAL_UNNAMED, entity, "official"
    if re.search(r"\b(?:sources?|people|interlocutors?|insiders?)$", core, re.I):
        return SourceClass.SOURCES_UNNAMED, entity, "group of sources"
    if _MEDIA.search(core) or any(m.name.kind is NameKind.MEDIA for m in mentions[:1]):
        return SourceClass.OTHER_MEDIA, entity, "media"
    if _MEDIA_MARK.search(_last_name_run(core)):
        return SourceClass.OTHER_MEDIA, entity, "media by name"
    if _SOURCES.search(core) or _SOURCES.search(first_words):
        return SourceClass.SOURCES_UNNAMED, entity, "group of sources"
    kinds = {m.name.kind for m in mentions}
    if NameKind.DATA_SOURCE in kinds:
        return SourceClass.MARKET_DATUM, entity, "data source"
    if NameKind.GROUP in kinds:
        return SourceClass.SOURCES_UNNAMED, entity, "known group"
    if _PAPERS.search(core):
        return SourceClass.INSTITUTION, entity, "document"
    if _INSTITUTIONS.search(core):
        return SourceClass.INSTITUTION, entity, "institution"
    if re.match(r"^(?:the|a|an|its|his|their|our)\b", head, re.I) and _ROLE.search(core):
        is_plain = not re.search(r"'s\b|\u2019s\b|\bof\b", head)
        return (
            SourceClass.OFFICIAL_UNNAMED if not is_plain or "minister" in head.lower() else SourceClass.SOURCES_UNNAMED,
            entity,
            "role",
        )
    if kinds & {NameKind.STATE, NameKind.BODY, NameKind.COMPANY} and _ends_with_name(head, mentions[-1].end):
        return SourceClass.INSTITUTION, entity, "known institution"
    run = _last_name_run(head)
    if run and _only_name(head, run) and len(head.split()) <= 6:
        return SourceClass.INSTITUTION, entity, "name by form"
    return None


def _is_described(head: str, name: str) -> bool:
    """'LSEG weather man Georg Muller': a small word before the name, and no word for a body or a medium."""
    before = head[: -len(name)]
    return bool(re.search(r"\b[a-z]{3,}\s+$", before)) and not (_MEDIA.search(before) or _INSTITUTIONS.search(before))


def _owned(head: str, end: int) -> bool:
    return bool(
        re.match(r"(?:'s|\u2019s|\u2019)\s|\s+(?:administration|government|team|allies|camp|aides)\b", head[end:])
    )


def _ends_with_name(head: str, end: int) -> bool:
    rest = head[end:].strip(" '\u2019s\"“”»")
    return not rest or bool(re.match(r"^(?:and|itself|alone|too|also)\b", rest)) or bool(re.match(r"^[A-Z]", rest))


def _known_part(name: str) -> bool:
    kinds = {m.name.kind for m in name_book().find(name)}
    return bool(kinds - {NameKind.PERSON, NameKind.TOPIC})


def _only_name(head: str, name: str) -> bool:
    rest = head.replace(name, "").strip(" .,")
    return not rest or all(_TITLE.match(word) for word in rest.split()) or bool(_ROLE.search(rest))


def _last_name_run(phrase: str) -> str:
    """The longest run of capitalised words, titles and nationalities stripped from its front."""
    runs: list[list[re.Match[str]]] = []
    for match in _CAPITALISED.finditer(phrase):
        joined = runs and re.fullmatch(
            r"\s+(?:(?:van|von|de|der|den|al|el|bin|da|di|la|ter)\s+)*", phrase[runs[-1][-1].end() : match.start()]
        )
        if joined:
            runs[-1].append(match)
        else:
            runs.append([match])
    best = ""
    for run in runs:
        roles = [k for k, word in enumerate(run) if _ROLE.fullmatch(word[0])]
        if roles and roles[-1] + 1 < len(run):
            run = run[roles[-1] + 1 :]
        while run and _TITLE.match(run[0][0]):
            run = run[1:]
        if run and len(run) >= len(best.split()):
            best = phrase[run[0].start() : run[-1].end()]
    return re.sub(r"['\u2019]s?$", "", best)


def _leading_filler(phrase: str) -> int:
    match = re.match(
        r"(?:(?:but|and|yet|so|still|however|meanwhile|separately|later|earlier|also|then|while|as|whereas|"
        r"although|though|"
        r"yesterday|today|at the same time|in turn|for (?:its|his|her|their) part|on (?:Mon|Tues|Wednes|Thurs|"
        r"Fri|Satur|Sun)day)\b,?\s+)+",
        phrase,
        re.I,
    )
    return match.end() if match else 0


def _count(head: str, source_class: SourceClass) -> str:
    if source_class not in (SourceClass.SOURCES_UNNAMED, SourceClass.OFFICIAL_UNNAMED):
        return ""
    match = _NUMBER_WORD.search(head)
    if match:
        word = match[1].lower()
        return str(_COUNTS.get(word, word))
    if re.match(r"^(?:an?|the)\s", head, re.I) and not re.search(
        r"\w+s\b(?!\s*(?:of|at|in))", head.split(" of ")[0].split()[-1]
    ):
        return "1"
    return "several" if re.search(r"\b\w+s\b|people", head) else "1"


def with_text(speaker: Speaker, text: str, entity: str, source_class: SourceClass) -> Speaker:
    """Return the speaker with the words of the one a pronoun stands for; its place stays that of the pronoun."""
    return replace(speaker, text=text, entity=entity, source_class=source_class, rule=speaker.rule + " resolved")
