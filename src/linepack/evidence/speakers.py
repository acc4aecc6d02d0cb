"""Who is named by a noun phrase: its class of source, the entity behind it, role and count."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from linepack.evidence.source_words import (
    ADVERBIAL,
    BESIDE,
    BODY_NAME,
    CAPITALISED,
    CHIEF,
    COUNTS,
    COURTESY,
    DATA,
    DESCRIBED,
    DESCRIPTION,
    INSTITUTIONS,
    LEADING_NAME,
    MEDIA,
    MEDIA_MARK,
    NAME_AFTER_COMMA,
    NOT_A_DESCRIPTION,
    NOT_SPEAKER,
    NUMBER_WORD,
    OFFICIALS,
    ORG_MARK,
    PAPERS,
    PART_OF,
    PRONOUN,
    ROLE,
    SOURCES,
    SPOKES,
    TITLE,
)
from linepack.evidence.vocabulary import SourceClass
from linepack.system.names import ACTOR_KINDS, Mention, NameKind, name_book


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
    cleft = re.match(r"It (?:was|is)\s+(?P<np>.+?)(?:\s+who)?$", phrase)
    if cleft:
        start, phrase = start + cleft.start("np"), cleft["np"]
    if not phrase or len(phrase) > 220:
        return None
    end = start + len(phrase)
    if re.match(r"(?:\w+ed (?:by|to|from|with)|compared|given|seen|led)\s", phrase):
        return None
    quoted_name = re.match(r"(?:the\s+)?(?:\w+\s+){0,2}[\"“„«](?P<name>[A-Z][^\"”»]{2,40})$", phrase)
    if quoted_name:
        start, phrase = start + quoted_name.start("name"), quoted_name["name"]
    adverbial = ADVERBIAL.match(phrase)
    if adverbial:
        return read_speaker(phrase[adverbial.end() :], start + adverbial.end(), role=role)
    if PRONOUN.match(phrase):
        return Speaker(phrase, SourceClass.OWN_VOICE, "", role, "", start, end, "pronoun", True)
    is_list = re.match(r"[A-Z][\w.]+(?:, [A-Z][\w.]+)*,? and ", phrase)
    head = re.split(r"\s(?:who|which|whose|that)\s" if is_list else r",\s|\s(?:who|which|whose|that)\s", phrase)[0]
    own_role = role or phrase[len(head) :].strip(" ,")
    if len(head.split()) > 18 or NOT_SPEAKER.search(head):
        return None
    head = re.sub(r"\s*\([^()]*\)$", "", head)
    name = _apposed_name(head, own_role)
    if name:
        entity = next((m.name.name_id for m in _mentions(name) if m.name.kind is NameKind.PERSON), "")
        return Speaker(name, SourceClass.NAMED_PERSON, entity, head, "", start, end, "role, then name")
    found = _classify(head)
    if found is None and _is_description(head):
        found = (SourceClass.SOURCES_UNNAMED, "", DESCRIBED)
    if found is None:
        return None
    source_class, entity, rule = found
    body = BODY_NAME.match(own_role)
    if (
        source_class is SourceClass.INSTITUTION
        and body
        and re.fullmatch(r"(?:[Tt]he|[Ii]ts|[Aa]n?) [a-z][a-z -]+", head)
    ):
        named = body["name"]
        entity = next((m.name.name_id for m in _mentions(named) if m.name.kind in ACTOR_KINDS), "")
        return Speaker(named, source_class, entity, head, "", start, end, "kind of body, then name")
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


@lru_cache(maxsize=4096)
def _mentions(phrase: str) -> tuple[Mention, ...]:
    return name_book().find(phrase)


def _apposed_name(head: str, following: str) -> str:
    """'The mayor, Birte Lorenz,': the name that follows a role."""
    match = re.match(NAME_AFTER_COMMA, following)
    if match is None or not (ROLE.search(head) or SPOKES.search(head)):
        return ""
    own = person_name(head)
    if own and _owned(head, head.rfind(own) + len(own)):
        own = ""
    name = person_name(match[0])
    is_person = len(name.split()) > 1 and match[0].endswith(name) and not _known_part(name)
    return name if is_person and not (len(own.split()) > 1 and not _known_part(own)) else ""


def _is_description(head: str) -> bool:
    return bool(DESCRIPTION.match(head)) and not NOT_A_DESCRIPTION.search(head)


def person_name(phrase: str) -> str:
    """Return the personal name in a phrase, or ''."""
    for mention in _mentions(phrase):
        if mention.name.kind is NameKind.PERSON and not (_owned(phrase, mention.end) or _beside(phrase, mention.start)):
            return phrase[mention.start : mention.end]
    leading = LEADING_NAME.match(phrase)
    words = leading["name"].split() if leading else []
    if leading and not any(ORG_MARK.search(w) or TITLE.match(w) or re.search(r"['\u2019]s$", w) for w in words):
        return leading["name"]
    run = _last_name_run(phrase)
    run = _without_body(run)
    return run if run and not ORG_MARK.search(run) else ""


def _classify(head: str) -> tuple[SourceClass, str, str] | None:
    mentions = _mentions(head)
    persons = [m for m in mentions if m.name.kind is NameKind.PERSON and not _beside(head, m.start)]
    first_words = " ".join(head.split()[:6])
    if persons and _owned(head, persons[-1].end):  # 'Putin's aide Yuri Ushakov'
        rest = head[persons[-1].end :].lstrip("'\u2019s ")
        name_of_rest = _last_name_run(rest)
        if len(name_of_rest.split()) > 1 and ROLE.search(rest) and not ORG_MARK.search(name_of_rest):
            return SourceClass.NAMED_PERSON, "", "role and name"
    if persons and not _owned(head, persons[-1].end):
        return SourceClass.NAMED_PERSON, persons[-1].name.name_id, "known person"
    named = [m.name.name_id for m in mentions if m.name.kind in ACTOR_KINDS | {NameKind.MEDIA, NameKind.DATA_SOURCE}]
    entity = named[-1] if named else ""
    core = re.split(
        r"\s(?:at|of|from|in|with|close to|familiar|briefed|for|on|to|inside|near|polled|asked|quoted|interviewed)\s",
        PART_OF.sub("", head),
    )[0]
    name = person_name(head)
    if name and _beside(head, head.rfind(name)):
        name = ""
    if DATA.search(head) and not ROLE.search(core):
        kinds = {m.name.kind for m in mentions}
        is_market = NameKind.DATA_SOURCE in kinds or not kinds & {NameKind.STATE, NameKind.BODY, NameKind.COMPANY}
        return SourceClass.MARKET_DATUM if is_market else SourceClass.INSTITUTION, entity, "data"
    if COURTESY.match(head) and name and not _known_part(name):
        return SourceClass.NAMED_PERSON, "", "title and name"
    if _is_description(head) and re.fullmatch(rf"the\s+{re.escape(name)}", head, re.I):
        return None
    if SPOKES.search(core) and not (name and len(name.split()) > 1 and not _known_part(name)):
        return SourceClass.INSTITUTION, entity, "spokesperson"
    if name and len(name.split()) > 1 and not _known_part(name) and (ROLE.search(head) or _only_name(head, name)):
        return SourceClass.NAMED_PERSON, "", "person by form"
    if (
        name
        and ROLE.search(head[: head.rfind(name)])
        and not _known_part(name)
        and not re.search(r"\b(?:of|at|from|for)\s+\S*$", head[: head.rfind(name)])
    ):
        return SourceClass.NAMED_PERSON, "", "role and name"
    if (
        name
        and len(name.split()) > 1
        and re.match(rf"(?:\w+\.? )?{re.escape(name)} (?:of|at|from|with|for)\s", head)
        and not _known_part(name)
    ):
        return SourceClass.NAMED_PERSON, "", "name and affiliation"
    if name and len(name.split()) > 1 and head.endswith(name) and not _known_part(name) and _is_described(head, name):
        return SourceClass.NAMED_PERSON, "", "description and name"
    kinds = {m.name.kind for m in mentions}
    is_owned = re.match(r"^(?:the|a|an|its|his|their|our)\b|.*(?:'s|\u2019s)\s", head, re.I)
    if is_owned and ROLE.search(core) and CHIEF.search(head):
        is_company = NameKind.COMPANY in kinds
        if is_company or (not kinds and re.search(r"\b[A-Z][\w&-]+(?:'s|\u2019s)?\s[a-z]", head[3:])):
            return SourceClass.INSTITUTION, entity, "head of a company"
    if re.match(r"(?:several|some|many|other|two|three|four|five)\s+members\b", core, re.I):
        return SourceClass.OFFICIAL_UNNAMED, entity, "official"
    if OFFICIALS.search(core) and not SOURCES.search(core.split(" of the ")[0] if "of the" in core else "-"):
        return SourceClass.OFFICIAL_UNNAMED, entity, "official"
    if re.search(r"\b(?:sources?|people|interlocutors?|insiders?)$", core, re.I):
        return SourceClass.SOURCES_UNNAMED, entity, "group of sources"
    if MEDIA.search(core) or any(m.name.kind is NameKind.MEDIA for m in _mentions(core)[:1]):
        return SourceClass.OTHER_MEDIA, entity, "media"
    if MEDIA_MARK.search(_last_name_run(core)):
        return SourceClass.OTHER_MEDIA, entity, "media by name"
    if SOURCES.search(core) or SOURCES.search(first_words):
        return SourceClass.SOURCES_UNNAMED, entity, "group of sources"
    if NameKind.DATA_SOURCE in kinds:
        return SourceClass.MARKET_DATUM, entity, "data source"
    if re.search(r"\b(?:member )?(?:states|countries)$", core):
        return SourceClass.INSTITUTION, entity, "states"
    if NameKind.GROUP in kinds:
        return SourceClass.SOURCES_UNNAMED, entity, "known group"
    if PAPERS.search(core):
        return SourceClass.INSTITUTION, entity, "document"
    if INSTITUTIONS.search(core):
        return SourceClass.INSTITUTION, entity, "institution"
    if is_owned and ROLE.search(core):
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
    return bool(re.search(r"\b[a-z]{3,}\s+$", before)) and not (MEDIA.search(before) or INSTITUTIONS.search(before))


def _owned(head: str, end: int) -> bool:
    return bool(
        re.match(r"(?:'s|\u2019s|\u2019)\s|\s+(?:administration|government|team|allies|camp|aides)\b", head[end:])
    )


def _without_body(run: str) -> str:
    """'Ukraine Svitlana Hrynchuk', after 'minister of': the personal name behind the name of a state or body."""
    words = run.split()
    for mention in _mentions(run):
        rest = re.sub(r"^['\u2019]s?\s", "", run[mention.end :]).strip()
        if (
            mention.start == 0
            and mention.name.kind is not NameKind.PERSON
            and len(rest.split()) >= 2
            and not TITLE.match(rest.split()[-1])
        ):
            return rest
    marks = [k for k, word in enumerate(words[:-2]) if ORG_MARK.fullmatch(word)]
    return " ".join(words[marks[-1] + 1 :]) if marks else run


def _beside(head: str, start: int) -> bool:
    """'People close to Putin', 'an adviser to Angela Merkel': the name is not who speaks."""
    return bool(BESIDE.search(head[:start]))


def _ends_with_name(head: str, end: int) -> bool:
    rest = head[end:].strip(" '\u2019s\"“”»")
    return not rest or bool(re.match(r"^(?:and|itself|alone|too|also)\b", rest)) or bool(re.match(r"^[A-Z]", rest))


def _known_part(name: str) -> bool:
    kinds = {m.name.kind for m in _mentions(name)}
    return bool(kinds - {NameKind.PERSON, NameKind.TOPIC})


def _only_name(head: str, name: str) -> bool:
    rest = head.replace(name, "").strip(" .,")
    return not rest or all(TITLE.match(word) for word in rest.split()) or bool(ROLE.search(rest))


def _last_name_run(phrase: str) -> str:
    """The longest run of capitalised words, titles and nationalities stripped from its front."""
    runs: list[list[re.Match[str]]] = []
    for match in CAPITALISED.finditer(phrase):
        joined = runs and re.fullmatch(
            r"\s+(?:(?:van|von|de|der|den|al|el|bin|da|di|la|ter)\s+)*", phrase[runs[-1][-1].end() : match.start()]
        )
        if joined:
            runs[-1].append(match)
        else:
            runs.append([match])
    best = ""
    for run in runs:
        roles = [k for k, word in enumerate(run) if ROLE.fullmatch(word[0])]
        if roles and roles[-1] + 1 < len(run):
            run = run[roles[-1] + 1 :]
        while run and TITLE.match(run[0][0]):
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
    match = NUMBER_WORD.search(head)
    if match:
        word = match[1].lower()
        return str(COUNTS.get(word, word))
    if re.search(r"\bpeople\b", head):
        return "several"
    if re.match(r"^(?:an?|the)\s", head, re.I) and not re.search(
        r"\w+s\b(?!\s*(?:of|at|in))", head.split(" of ")[0].split()[-1]
    ):
        return "1"
    return "several" if re.search(r"\b\w+s\b|people", head) else "1"


def with_text(speaker: Speaker, text: str, entity: str, source_class: SourceClass) -> Speaker:
    """Return the speaker with the words of the one a pronoun stands for; its place stays that of the pronoun."""
    return replace(speaker, text=text, entity=entity, source_class=source_class, rule=speaker.rule + " resolved")
