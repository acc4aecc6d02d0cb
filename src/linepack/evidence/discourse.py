"""What the reader remembers of the text so far: who spoke, who was named, and whom a pronoun or a description means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from linepack.evidence.clauses import Segment
from linepack.evidence.document import Document
from linepack.evidence.lexicon import lexicon
from linepack.evidence.phrases import Attribution
from linepack.evidence.references import (
    Person,
    described_body,
    described_person,
    gender_of,
    is_description,
    is_unresolved,
)
from linepack.evidence.speakers import Speaker, person_name, read_speaker, with_text
from linepack.evidence.vocabulary import SourceClass
from linepack.system.names import Mention, NameBook, NameKind

_DEMONYMS = ("ish", "ese", "ian", "ean", "can", "utch", "ench", "ari", "ani")
_INSTITUTION_KINDS = (NameKind.STATE, NameKind.BODY, NameKind.COMPANY)
_UNNAMED = (SourceClass.SOURCES_UNNAMED, SourceClass.OFFICIAL_UNNAMED)
_SPOKES = re.compile(r"\bspokes(?:man|woman|person)\b|\bpress secretary\b|\brepresentative\b", re.I)
_FIRST_PERSON = re.compile(r"[\"“«][^\"”»]*\b(?:I|I'm|I\u2019m|my)\b")
_CLAUSE_BEFORE = re.compile(
    r"(?:Although|Though|While|When|After|As|Because|Since|Before|If|Whereas|Once)\s+(?P<rest>[^\"“«]+)"
)
_LEAD = re.compile(
    r"^(?:(?:But|And|Yet|Still|Meanwhile|However|Earlier|Later|Also|Not even|Even)\b,?\s+)?"
    r"(?:(?:[Ii]n|[Aa]t|[Oo]n|From|For|With|After|Before|During|Since|Outside|Inside|Near)\s[^,;:\"“]{3,60},\s+)?"
)
_VERB_LIKE = re.compile(
    r"\s+(?=[a-z])(?:has|have|had|is|was|are|were|will|would|can|could|did|does|may|might|must|\w{3,}(?:ed|es|s)|ran|"
    r"saw|came|went|"
    r"took|gave|made|became|left|won|wrote|met|held|told)\b"
)


class Discourse:
    """State of one reading; fed piece by piece in order of the text."""

    def __init__(self, document: Document, book: NameBook) -> None:
        self._document = document
        self._book = book
        self._persons: list[Person] = []  # in order of when they were last spoken of
        self._bodies: list[Speaker] = []
        self._group: Speaker | None = None
        self._institution: Speaker | None = None
        self._paragraph = -9  # of the last person
        self._quoted: tuple[Speaker, int] | None = None
        self._surnames: dict[str, str] = {}
        if document.outlet:
            self._bodies.append(Speaker(document.outlet, SourceClass.INSTITUTION, rule="outlet"))

    def resolve(self, attribution: Attribution, segment: Segment, paragraph: int) -> Attribution | None:
        """Return the attribution with pronouns and descriptions replaced by whom they mean.

        None for a pronoun or a description that nobody can stand for.
        """
        speaker = attribution.speaker
        if not speaker.is_pronoun:
            known = self._known(speaker, paragraph)
            words = self._document.text[segment.start : segment.end]
            if known.rule == "name by form" and _FIRST_PERSON.search(words) and " " not in known.text:
                known = replace(known, source_class=SourceClass.NAMED_PERSON, rule="name that says 'I'")
            if re.match(r"its\s", known.text, re.I):
                known = self._owner(known, segment)
            return None if is_unresolved(known) else replace(attribution, speaker=known)
        word = speaker.text.lower()
        if word in ("i", "we"):
            own = Speaker(
                "", SourceClass.OWN_VOICE, start=speaker.start, end=speaker.end, rule=f"'{speaker.text}' of the outlet"
            )
            return replace(attribution, speaker=own)
        if word in ("he", "she"):
            target = self._person_before(segment, speaker.start) or self._last_person("m" if word == "he" else "f")
        elif word in ("they", "both"):
            target = self._plural_subject(segment, speaker.start) or self._group or self._institution
        elif word == "it":
            target = self._institution
        else:
            return None
        if target is None:
            kinds = {"he": SourceClass.NAMED_PERSON, "she": SourceClass.NAMED_PERSON, "it": SourceClass.INSTITUTION}
            source_class = kinds.get(word, SourceClass.SOURCES_UNNAMED)
            return replace(
                attribution, speaker=replace(speaker, source_class=source_class, rule="pronoun, not resolved")
            )
        meant = with_text(speaker, target.text, target.entity, target.source_class)
        return replace(attribution, speaker=replace(meant, role=target.role, count=target.count))

    def saw(
        self,
        segment: Segment,
        speaker: Speaker | None,
        mentions: Sequence[Mention],
        paragraph: int,
        *,
        is_quotation: bool,
    ) -> None:
        """Remember a piece of text: its speaker if it has one, else its subject, and whom and what it names."""
        self._meet(segment, mentions, paragraph)
        if speaker is not None and speaker.text:
            self._remember(speaker, segment, paragraph)
            if is_quotation:
                self._quoted = (speaker, paragraph)
            return
        opening = self._document.text[segment.start : segment.start + 40]
        if not re.search(r"\b(?:[Hh]e|[Ss]he)\b|^(?:His|Her)\b", opening):
            self._subject(segment, mentions, paragraph)
        for mention in mentions:
            if (
                mention.name.kind in _INSTITUTION_KINDS
                and not mention.alias.endswith(_DEMONYMS)
                and mention.start - segment.start < 30
            ):
                self._institution = Speaker(
                    mention.alias, SourceClass.INSTITUTION, mention.name.name_id, mention.name.role, rule="named before"
                )
                break

    def last_quoted(self, paragraph: int) -> Speaker | None:
        """Return the speaker of the last quotation, if it stands in this paragraph or the one before."""
        if self._quoted is not None and paragraph - self._quoted[1] <= 1:
            return self._quoted[0]
        return self._persons[-1].speaker if self._persons and paragraph - self._paragraph <= 2 else None

    def _meet(self, segment: Segment, mentions: Sequence[Mention], paragraph: int) -> None:
        """Whoever is named in any place can be described later; 'he' is who spoke or was the subject."""
        for mention in mentions:
            kind = mention.name.kind
            if kind is NameKind.PERSON and not any(p.speaker.entity == mention.name.name_id for p in self._persons):
                known = Speaker(
                    mention.alias,
                    SourceClass.NAMED_PERSON,
                    mention.name.name_id,
                    mention.name.role,
                    rule="named before",
                )
                self._persons.insert(0, self._person(known, mention.start, mention.end))
            if kind in (NameKind.COMPANY, NameKind.DATA_SOURCE, NameKind.MEDIA, NameKind.BODY):
                rule = {NameKind.COMPANY: "company: ", NameKind.DATA_SOURCE: "data: "}.get(kind, "") + "named before"
                media = SourceClass.OTHER_MEDIA if kind is NameKind.MEDIA else SourceClass.INSTITUTION
                self._bodies.append(Speaker(mention.alias, media, mention.name.name_id, rule=rule))

    def _subject(self, segment: Segment, mentions: Sequence[Mention], paragraph: int) -> None:
        """The person or single official a sentence without a speaker is about."""
        for mention in mentions:
            if mention.name.kind is NameKind.PERSON and mention.start - segment.start < 60:
                speaker = Speaker(
                    mention.alias,
                    SourceClass.NAMED_PERSON,
                    mention.name.name_id,
                    mention.name.role,
                    start=mention.start,
                    end=mention.end,
                    rule="named before",
                )
                self._remember(speaker, segment, paragraph)
                return
        speaker_read = self._subject_of(segment, segment.end)
        if speaker_read is None or speaker_read.is_pronoun:
            return
        if (speaker_read.source_class is SourceClass.NAMED_PERSON and len(speaker_read.text.split()) > 1) or (
            speaker_read.count == "1" and not is_description(speaker_read) and speaker_read.source_class in _UNNAMED
        ):
            self._remember(speaker_read, segment, paragraph)
        elif speaker_read.source_class is SourceClass.INSTITUTION and speaker_read.rule != "document":
            self._institution = self._known(speaker_read, paragraph)
            self._bodies.append(self._institution)

    def _person(self, speaker: Speaker, start: int, end: int) -> Person:
        """How the text introduces somebody: the words before the name in its sentence, and an apposition behind it."""
        text = self._document.text
        before = re.split(r"[.;:\"“”]\s|\n", text[max(0, start - 90) : start])[-1]
        behind = re.match(
            r"(?:\s*\([^)]*\))?(?:,(?!\s+and\b)|\s(?=of\b|from\b|at\b|for\b))\s?[^.;\"“”\n]{0,90}",
            text[end : end + 100],
        )
        own = "" if speaker.source_class is SourceClass.NAMED_PERSON else speaker.text
        name = self._book.names.get(speaker.entity)
        place = f"{name.country} {name.member_of}" if name is not None else ""
        context = f"{place} {before} {speaker.role} {own} {behind[0] if behind else ''}"
        near = f"{before[-25:]} {speaker.role} {speaker.text}"
        given = (
            speaker.text.split()[0] if speaker.source_class is SourceClass.NAMED_PERSON and " " in speaker.text else ""
        )
        return Person(speaker, context, start, gender_of(near) or lexicon().genders.get(given, ""))

    def _remember(self, speaker: Speaker, segment: Segment, paragraph: int) -> None:
        if speaker.source_class is SourceClass.NAMED_PERSON:
            if "(" not in speaker.text:
                words = speaker.text.split()
                self._surnames.setdefault(words[-1], speaker.text)
                self._surnames.setdefault(words[-1].split("-")[-1], speaker.text)
                if len(words) == 2:  # 'Guo' for Guo Jiakun
                    self._surnames.setdefault(words[0], speaker.text)
            self._again(speaker, paragraph)
        elif speaker.count == "1" or _SPOKES.search(speaker.text):
            self._again(speaker, paragraph)
            if speaker.source_class is SourceClass.INSTITUTION:
                self._institution = speaker
            else:
                self._group = speaker if "one of" in speaker.text.lower() else self._group
        elif speaker.source_class in _UNNAMED:
            self._group = speaker
        elif speaker.source_class in (SourceClass.INSTITUTION, SourceClass.OTHER_MEDIA):
            self._institution = speaker if speaker.rule != "document" else self._institution
            if "resolved" not in speaker.rule and speaker.rule != "document":
                self._bodies.append(speaker)
            if speaker.text.endswith("s") and not re.search(r"[A-Z]\w*s$", speaker.text):
                self._group = speaker

    def _again(self, speaker: Speaker, paragraph: int) -> None:
        """Put a person last; what was known of the same name is kept."""
        surname = _surname(speaker)
        old = next((p for p in self._persons if _surname(p.speaker) == surname), None)
        pronoun = self._document.text[speaker.start : speaker.end].lower() if speaker.start >= 0 else ""
        gender = {"he": "m", "she": "f"}.get(pronoun, "")
        if old is None:
            person = self._person(speaker, speaker.start, max(speaker.end, speaker.start))
        else:
            longer = max(
                (old.speaker, speaker), key=lambda one: len(one.text.split(" (")[0]) if "(" not in one.text else 0
            )
            context = old.context if "resolved" in speaker.rule else f"{old.context} {speaker.role}"
            person = Person(longer, context, old.place, old.gender or gender_of(speaker.role))
            self._persons.remove(old)
        self._persons.append(replace(person, gender=person.gender or gender))
        self._paragraph = paragraph

    def _last_person(self, gender: str) -> Speaker | None:
        for person in reversed(self._persons):
            if person.gender in ("", gender) and person.place >= 0:
                return person.speaker
        return None

    def _known(self, speaker: Speaker, paragraph: int) -> Speaker:
        """The speaker with what the text said before: a surname is its person, a description whom it means."""
        last = speaker.text.split()[-1] if speaker.text else ""
        if (
            speaker.source_class is not SourceClass.NAMED_PERSON
            and len(speaker.text.split()) <= 2
            and last in self._surnames
        ):
            return replace(speaker, source_class=SourceClass.NAMED_PERSON, rule="surname of a person named before")
        if speaker.rule == "name by form" and re.fullmatch(r"[A-Z][\w'\u2019-]+", speaker.text):
            full = re.search(
                rf"\b(?!The\b|Mr\b|Mrs\b|"
                rf"Ms\b)[A-Z][a-z'\u2019-]+(?:\s[A-Z]\.)?\s{re.escape(speaker.text)}\b",
                self._document.text[: max(speaker.start, 0)],
            )
            if full and person_name(full[0]) == full[0]:
                return replace(
                    speaker, source_class=SourceClass.NAMED_PERSON, rule=f"surname of {full[0]} named before"
                )
        if speaker.rule == "name by form" and self._is_called_person(speaker.text):
            return replace(speaker, source_class=SourceClass.NAMED_PERSON, rule="name with 'who', 'his' or a title")
        if speaker.rule == "person by form" and any(speaker.text in body.text for body in self._bodies):
            return replace(speaker, source_class=SourceClass.INSTITUTION, rule="short form of a body named before")
        if is_description(speaker):
            return self._described(speaker, paragraph)
        return speaker

    def _is_called_person(self, name: str) -> bool:
        """True if the text treats a single unknown name as a person somewhere."""
        if not re.fullmatch(r"(?:al-|el-)?[A-Z][a-z\u00c0-\u017f'\u2019-]+", name):
            return False
        word = re.escape(name)
        return bool(
            re.search(
                rf"\b{word},? who\b|\b{word} \w+(?: \w+)? (?:his|her)\b|\b(?:Mr|Ms|Mrs|Dr|Minister|President|"
                rf"Premier)\.? {word}\b|"
                rf"\b[Aa]ccording to {word},[^.]*\b(?:he|she)\b",
                self._document.text,
            )
        )

    def _owner(self, speaker: Speaker, segment: Segment) -> Speaker:
        """'Its lawyer': of the body that the sentence is about, else of the last one."""
        owner = self._institution
        subject = self._subject_of(segment, max(speaker.start, segment.start))
        if subject is not None and subject.source_class is SourceClass.INSTITUTION:
            owner = self._known(subject, -9)
        if owner is None:
            return speaker
        return replace(
            speaker, text=f"{speaker.text} ({owner.text.split(' (')[0]})", rule=f"{speaker.rule}; 'its' resolved"
        )

    def _subject_of(self, segment: Segment, end: int) -> Speaker | None:
        """Who a sentence begins with, if it could speak: the words before the first verb that name somebody."""
        content = self._document.text[segment.start : end]
        lead = _LEAD.match(content)
        low = lead.end() if lead else 0
        for match in list(_VERB_LIKE.finditer(content, low, low + 120))[:5]:
            phrase = content[low : match.start()]
            if re.search(r"[;:\"“]", phrase):
                return None
            speaker = read_speaker(phrase, segment.start + low) if len(phrase) > 3 else None
            if speaker is not None:
                return speaker
        return None

    def _plural_subject(self, segment: Segment, at: int) -> Speaker | None:
        """'The operators are optimistic, they said': the group that the sentence itself begins with."""
        speaker = self._subject_of(segment, max(at, segment.start))
        if speaker is None or speaker.is_pronoun or speaker.source_class is SourceClass.NAMED_PERSON:
            return None
        head = re.split(r"\s(?:of|in|at|from|for)\s", speaker.text)[0]
        return speaker if re.search(r"(?:people|[a-z]{3,}[^s]s)$", head) else None

    def _described(self, speaker: Speaker, paragraph: int) -> Speaker:
        is_person = speaker.source_class in _UNNAMED or _SPOKES.search(speaker.text)
        if is_person and (speaker.count == "1" or _SPOKES.search(speaker.text)):
            recent = self._persons[-1] if self._persons and paragraph - self._paragraph <= 1 else None
            return described_person(speaker, self._persons, recent) or speaker
        if speaker.source_class in (SourceClass.INSTITUTION, SourceClass.OTHER_MEDIA):
            return described_body(speaker, self._bodies) or speaker
        return speaker

    def _person_before(self, segment: Segment, at: int) -> Speaker | None:
        """'Although Fico welcomed it, he said': the subject of the clause before, not somebody in what is said."""
        match = _CLAUSE_BEFORE.match(self._document.text[segment.start : at])
        if match is None:
            return None
        content = match["rest"][:60]
        for mention in self._book.find(content):
            if mention.name.kind is NameKind.PERSON and mention.start < 40:
                name = mention.name
                return Speaker(mention.alias, SourceClass.NAMED_PERSON, name.name_id, name.role, rule="named before")
        found = person_name(content)
        if len(found.split()) > 1 and content.find(found) < 40 and not self._book.find(found):
            return Speaker(found, SourceClass.NAMED_PERSON, rule="named before")
        return None


def _surname(speaker: Speaker) -> str:
    words = speaker.text.split(" (")
    name = words[1].rstrip(")") if len(words) > 1 and speaker.source_class is SourceClass.NAMED_PERSON else words[0]
    return name.split()[-1].lower() if speaker.source_class is SourceClass.NAMED_PERSON else speaker.text.lower()
