"""What the reader remembers of the text so far: who spoke, who was named, and whom a pronoun means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from linepack.evidence.attribution import Attribution
from linepack.evidence.clauses import Segment
from linepack.evidence.document import Document
from linepack.evidence.speakers import Speaker, person_name, with_text
from linepack.evidence.vocabulary import SourceClass
from linepack.system.names import Mention, NameBook, NameKind

_SINGLE = (SourceClass.NAMED_PERSON,)
_DEMONYMS = ("ish", "ese", "ian", "ean", "can", "utch", "ench", "ari", "ani")
_INSTITUTION_KINDS = (NameKind.STATE, NameKind.BODY, NameKind.COMPANY)


class Discourse:
    """State of one reading; fed piece by piece in order of the text."""

    def __init__(self, document: Document, book: NameBook) -> None:
        self._document = document
        self._book = book
        self._single: Speaker | None = None
        self._group: Speaker | None = None
        self._institution: Speaker | None = None
        self._single_paragraph = -9
        self._quoted: tuple[Speaker, int] | None = None
        self._surnames: dict[str, str] = {}
        self._bodies = [document.outlet] if document.outlet else []

    def resolve(self, attribution: Attribution, segment: Segment, paragraph: int) -> Attribution | None:
        """Return the attribution with pronouns replaced by whom they mean.

        None for a pronoun that nobody can stand for.
        """
        speaker = attribution.speaker
        if not speaker.is_pronoun:
            return replace(attribution, speaker=self._known(speaker))
        word = speaker.text.lower()
        inside = self._person_before(segment, speaker.start)
        if word in ("i", "we"):
            own = Speaker(
                "", SourceClass.OWN_VOICE, start=speaker.start, end=speaker.end, rule=f"'{speaker.text}' of the outlet"
            )
            return replace(attribution, speaker=own)
        if word in ("he", "she"):
            target = inside or self._single
        elif word == "they" or word == "both":
            target = self._group or self._institution
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
        return replace(
            attribution,
            speaker=replace(
                with_text(speaker, target.text, target.entity, target.source_class),
                role=target.role,
                count=target.count,
            ),
        )

    def saw(
        self,
        segment: Segment,
        speaker: Speaker | None,
        mentions: Sequence[Mention],
        paragraph: int,
        *,
        is_quotation: bool,
    ) -> None:
        """Remember a piece of text: its speaker if it has one, else the first person and the first body it names."""
        if speaker is not None and speaker.text:
            self._remember(speaker)
            self._single_paragraph = paragraph if self._single is speaker else self._single_paragraph
            if is_quotation:
                self._quoted = (speaker, paragraph)
            return
        opening = self._document.text[segment.start : segment.start + 40]
        for mention in mentions:
            if re.search(r"\b(?:he|she|his|her)\b", opening, re.I):
                break
            if mention.name.kind is NameKind.PERSON and mention.start - segment.start < 60:
                self._single = Speaker(
                    mention.alias,
                    SourceClass.NAMED_PERSON,
                    mention.name.name_id,
                    mention.name.role,
                    rule="named before",
                )
                break
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
        return self._single if self._single is not None and paragraph - self._single_paragraph <= 2 else None

    def _remember(self, speaker: Speaker) -> None:
        if speaker.source_class is SourceClass.NAMED_PERSON:
            self._single = speaker
            surname = speaker.text.split()[-1]
            self._surnames.setdefault(surname, speaker.text)
        elif speaker.count == "1" or re.search(r"\bspokes(?:man|woman|person)\b", speaker.text, re.I):
            self._single = speaker
            if speaker.source_class is SourceClass.INSTITUTION:
                self._institution = speaker
        elif speaker.source_class in (SourceClass.SOURCES_UNNAMED, SourceClass.OFFICIAL_UNNAMED):
            self._group = speaker
        elif speaker.source_class in (SourceClass.INSTITUTION, SourceClass.OTHER_MEDIA):
            self._institution = speaker
            self._bodies.append(speaker.text)

    def _known(self, speaker: Speaker) -> Speaker:
        """A surname that was introduced in full before is that person."""
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
        if speaker.rule == "person by form" and any(speaker.text in body for body in self._bodies):
            return replace(speaker, source_class=SourceClass.INSTITUTION, rule="short form of a body named before")
        return speaker

    def _person_before(self, segment: Segment, at: int) -> Speaker | None:
        content = self._document.text[segment.start : at]
        mentions = [m for m in self._book.find(content) if m.name.kind is NameKind.PERSON]
        if mentions:
            return Speaker(
                mentions[0].alias,
                SourceClass.NAMED_PERSON,
                mentions[0].name.name_id,
                mentions[0].name.role,
                rule="named before",
            )
        name = person_name(content) if not mentions else ""
        if name and len(name.split()) > 1 and not self._book.find(name):
            return Speaker(name, SourceClass.NAMED_PERSON, rule="named before")
        return None
