"""Whom a description means: 'the minister', 'the Kremlin spokesman', 'the company', 'the official'.

A description is compared with how the persons and bodies of the text so far were introduced. It keeps its words, with
the name behind them in brackets; one that fits nobody stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linepack.evidence.source_words import DESCRIBED
from linepack.evidence.speakers import Speaker
from linepack.evidence.vocabulary import SourceClass

_DEFINITE = re.compile(r"^(?:the|this|that|same|(?:the|that|this) (?:same|latter|former))\s+", re.I)
_OFFICES = (  # words that stand for one another when somebody is named again
    ("spokesman", "spokeswoman", "spokesperson", "press secretary"),
    ("prime minister", "premier", "head of government"),
    ("deputy prime minister", "vice-premier", "vice premier", "deputy premier"),
    ("minister-president", "minister president"),
    ("secretary of state", "secretary"),
    ("minister",),
    ("chancellor",),
    ("president", "head of state"),
    ("commissioner",),
    ("chief executive", "ceo", "chief", "head", "boss", "manager", "director", "chairman", "executive", "chairwoman"),
    ("envoy", "ambassador", "diplomat", "negotiator"),
    ("analyst", "strategist", "expert", "economist", "researcher", "consultant", "scientist", "scholar", "specialist"),
    ("trader", "broker", "dealer"),
    ("lawmaker", "politician", "member", "deputy", "mep", "mp", "senator", "rapporteur", "chair"),
    ("leader",),
    ("adviser", "advisor", "aide"),
    ("investor", "entrepreneur", "businessman", "financier"),
    ("official",),
    ("source", "person", "interlocutor", "insider"),
    ("professor", "academic"),
    ("mayor",),
    ("lawyer", "attorney"),
)
_SOFT = tuple(  # words that are exchanged freely for the same person
    names
    for names in _OFFICES
    if {"chief", "analyst", "trader", "adviser", "investor", "professor", "lawyer"} & set(names)
)
_PUBLIC = re.compile(  # offices that many hold: never guessed from the last person alone
    r"\b(?:president|chancellor|premier|minister|commissioner|king|secretary|ambassador|governor|spokes\w+|official|"
    r"source|"
    r"chief executive|ceo|mayor)$",
    re.I,
)
_HOLDS_OFFICE = re.compile(
    r"\b(?:minister|head|president|chairman|deputy|commissioner|ambassador|governor|secretary|chancellor|premier|"
    r"spokes\w+)\b",
    re.I,
)
_OF_OFFICE = (SourceClass.NAMED_PERSON, SourceClass.INSTITUTION)
_BODIES = (
    (
        r"company|group|firm|producer|operator|utility|importer|exporter|supplier|major|giant|developer|holding|"
        r"trader|concern|"
        r"subsidiary|shipper|buyer|enterprise",
        r"\b(?:AG|SE|Inc|Ltd|PLC|plc|GmbH|SA|SpA|NV|BV|LLC|LNG|Energy|Gas|Oil|Petroleum|Corp|Group|Company|Holding|"
        r"Trading|Terminal)\b",
        "company",
    ),
    (r"ministry", r"\b[Mm]inistry\b", ""),
    (r"department", r"\b(?:Department|Treasury)\b", ""),
    (r"agency|regulator|watchdog|authority", r"(?i)\b(?:agency|authority|regulator|network|IEA|IAEA)\b", ""),
    (
        r"bank|lender|brokerage",
        r"\b(?:Bank|Sachs|Morgan|Stanley|Securities|Capital|Citi\w*|HSBC|UBS|ING|Barclays|Jefferies)\b",
        "",
    ),
    (
        r"consultancy|think[\s-]?tank|institute|consultants|research (?:house|firm|centre)|data provider|"
        r"analytics firm",
        r"\b(?:Research|Intelligence|Analytics|Advisory|Institute|Consult\w*|Kpler|Mackenzie|Rystad|ICIS|Bruegel|"
        r"Argus|Platts|"
        r"Vortexa|LSEG|Aspects)\b",
        "data",
    ),
    (r"newspaper|paper|daily|publication|outlet|magazine|broadcaster|channel|news agency|portal|weekly", r"", "media"),
    (r"commission|executive", r"\b(?:Commission|EU executive)\b", ""),
    (r"council", r"\bCouncil\b", ""),
    (r"court|tribunal", r"\b[Cc]ourt\b|\b[Tt]ribunal\b", ""),
    (r"committee", r"\b[Cc]ommittee\b", ""),
    (
        r"association|federation|lobby|organi[sz]ation",
        r"(?i)\b(?:association|federation|chamber|organi[sz]ation|union|council)\b",
        "",
    ),
    (r"board", r"\bBoard\b", ""),
)
_FEMALE = re.compile(r"\b(?:Ms|Mrs|Miss|Frau|Madame|Mme|Signora|\w*woman|she|her|queen|actress|mother|wife)\b")
_MALE = re.compile(
    r"\b(?:Mr|Herr|Monsieur|Signor|Sir|spokesman|chairman|businessman|fisherman|king|he|his|husband|father)\b"
)


@dataclass(frozen=True)
class Person:
    """Somebody in the text: how they speak, the words around their name, where they stood last, 'f', 'm' or ''."""

    speaker: Speaker
    context: str
    place: int
    gender: str = ""


def gender_of(words: str) -> str:
    """Return 'f' or 'm' if the words say so ('Ms', 'spokesman'), else ''."""
    return "f" if _FEMALE.search(words) else "m" if _MALE.search(words) else ""


def is_description(speaker: Speaker) -> bool:
    """True for a definite singular noun phrase without a name: 'the minister', 'the same diplomat'."""
    words = speaker.text.split()
    is_single = not re.search(r"(?:people|men|women|[^s]s)$", re.split(r"\s(?:of|in|at|from)\s", speaker.text)[0])
    is_named = speaker.source_class is SourceClass.NAMED_PERSON
    is_body = speaker.source_class in (SourceClass.INSTITUTION, SourceClass.OTHER_MEDIA)
    return bool(_DEFINITE.match(speaker.text)) and len(words) <= 7 and not is_named and (is_single or is_body)


def described_person(speaker: Speaker, persons: Sequence[Person], last: Person | None) -> Speaker | None:
    """Return the person that a description means.

    The last one whose introduction holds the same office and no other country; else, for a description that is no
    public office, the last person spoken of. None if there is nobody.
    """
    phrase = _DEFINITE.sub("", speaker.text)
    phrase = re.split(r"\s(?:of|for|at|from|in|on|with)\s|,", phrase)[0].strip()
    office = _office(phrase.lower())
    qualifiers = [w for w in re.findall(r"[A-ZÄÖÜÉ][\w-]+", phrase) if _office(w.lower()) is None]
    fitting = [p for p in persons if office is not None and _holds(p, office)]
    exact = [p for p in fitting if all(_agrees(q, speaker.entity, p) for q in qualifiers)]
    if exact:
        return _named(speaker, exact[-1], "same office")
    if (
        fitting
        and not any(_is_country(q) for q in qualifiers)
        and len({p.speaker.text.split()[-1] for p in fitting}) == 1
    ):
        return _named(speaker, fitting[-1], "same office")
    is_official = phrase.lower() == "official" and last is not None and bool(_HOLDS_OFFICE.search(last.context))
    if last is not None and is_official and last.speaker.source_class in _OF_OFFICE and not fitting:
        return _named(speaker, last, "the last person holds an office")
    if last is not None and not _PUBLIC.search(phrase) and not fitting and not _other_office(last, office):
        return _named(speaker, last, "another word for the last person")
    return None


def described_body(speaker: Speaker, bodies: Sequence[Speaker]) -> Speaker | None:
    """Return the body that 'the company', 'its analysts' or 'the agency' means: the last of that kind; None if none."""
    match = re.match(r"^(?:the|this|its)\s+(?:[\w-]+\s+){0,3}?(?P<noun>[\w\s-]+)$", speaker.text, re.I)
    if match is None or any(
        not _is_country(w) and "-" not in w for w in re.findall(r"(?<=\s)[A-Z]\S*(?=\s)", speaker.text)
    ):
        return None
    for nouns, marks, kind in _BODIES:
        if not re.search(rf"\b(?:{nouns})$", match["noun"], re.I):
            continue
        for body in reversed(bodies):
            words = body.text
            if re.match(r"(?:the|its)\s+[a-z]", words, re.I) and "(" not in words and words.split()[-1].islower():
                continue
            is_kind = (kind == "media" and body.source_class is SourceClass.OTHER_MEDIA) or (
                kind != "media" and body.rule.startswith(f"{kind}:") if kind else False
            )
            if is_kind or (marks and re.search(marks, words)):
                return replace(
                    speaker,
                    text=f"{speaker.text} ({_bare(words)})",
                    entity=body.entity or speaker.entity,
                    rule=f"'{speaker.text}' resolved: the last of that kind",
                )
        return None
    return None


def _agrees(qualifier: str, entity: str, person: Person) -> bool:
    """'Ukrainian' agrees with somebody of Ukraine, 'Kremlin' with one introduced by that word."""
    return qualifier.lower() in person.context.lower() or bool(entity and f"{entity} " in f"{person.context[:12]} ")


def _bare(words: str) -> str:
    return re.sub(
        r"^(?:[Tt]he|[Aa]n?|[Ll]atest)\s|\s(?:data|figures|statistics)$",
        "",
        words.split(" (")[0] if words.endswith(")") else words,
    )


def _named(speaker: Speaker, person: Person, why: str) -> Speaker:
    known = person.speaker
    name = known.text.split(" (")[0]
    same = name.lower() == speaker.text.lower()
    return replace(
        speaker,
        text=speaker.text if same else f"{speaker.text} ({name})",
        source_class=known.source_class,
        entity=known.entity,
        role=known.role,
        count=known.count,
        rule=f"'{speaker.text}' resolved: {why}",
    )


def _office(words: str) -> tuple[str, ...] | None:
    """The row of offices whose longest word ends the phrase."""
    best, row = "", None
    for names in _OFFICES:
        for name in names:
            if re.search(rf"\b{re.escape(name)}$", words) and len(name) > len(best):
                best, row = name, names
    return row


def _holds(person: Person, office: tuple[str, ...]) -> bool:
    context = person.context.lower()
    if "minister" in office and re.search(
        r"\b(?:prime|foreign|energy|economy|finance|deputy) ?minister|\bminister|vice-premier", context
    ):
        return True
    if "prime minister" in office and re.search(r"\bdeputy prime|\bvice-premier", context):
        return False
    if "leader" in office and re.search(r"\bchancellor|\bpresident|\bpremier|\bprime minister", context):
        return True
    return any(re.search(rf"\b{re.escape(name)}s?\b", context) for name in office)


def _other_office(person: Person, office: tuple[str, ...] | None) -> bool:
    """True if the person was introduced by an office and the description names a different one."""
    if office is None:
        return False
    held = [
        names for names in _OFFICES if any(re.search(rf"\b{re.escape(n)}\b", person.context.lower()) for n in names)
    ]
    is_soft = office in _SOFT and any(names in _SOFT for names in held)
    return bool(held) and office not in held and not is_soft


def _is_country(word: str) -> bool:
    return word.lower().endswith(
        (
            "ish",
            "ese",
            "ian",
            "ean",
            "can",
            "utch",
            "ench",
            "ari",
            "ani",
            "german",
            "greek",
            "czech",
            "swiss",
            "iraqi",
            "israeli",
        )
    )


def is_unresolved(speaker: Speaker) -> bool:
    """True for a description that only makes sense if it means somebody."""
    return speaker.rule == DESCRIBED
