"""What a claim is, and its plain form for JSON, CSV and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linepack.evidence.dates import TextDate
from linepack.evidence.document import Document
from linepack.evidence.hedges import Wording
from linepack.evidence.quantities import TextQuantity
from linepack.evidence.speakers import Speaker
from linepack.evidence.vocabulary import Act, Hedge, Polarity, Quotation, SourceClass, source_code
from linepack.system.names import Mention, NameKind

READER_VERSION = "2"


@dataclass(frozen=True)
class Claim:
    """One statement with one speaker, and every reading of it with its rule.

    ``text`` is exactly ``document.text[start:end]``. ``rules`` says for each field which rule gave it.
    """

    claim_id: str
    start: int
    end: int
    text: str
    speaker: Speaker
    act: Act
    verb: str
    polarity: Polarity
    hedge: Hedge
    hedge_words: tuple[Wording, ...]
    condition: Wording | None
    quotation: Quotation
    quantities: tuple[TextQuantity, ...]
    dates: tuple[TextDate, ...]
    mentions: tuple[Mention, ...]
    events: tuple[str, ...]
    levers: tuple[str, ...]
    cites: str = ""
    translation_suspect: bool = False
    origin: str = "rules"
    rules: dict[str, str] = field(default_factory=dict)

    @property
    def source_class(self) -> SourceClass:
        """Class of the source."""
        return self.speaker.source_class

    @property
    def code(self) -> str:
        """Short code: N-Q, N-P, IN, OF, AS, MR, MK or NV."""
        return source_code(self.source_class, self.quotation)

    def names(self, *kinds: NameKind) -> tuple[str, ...]:
        """Return the identifiers of the names of these kinds that the claim mentions, in order, each once."""
        return tuple(dict.fromkeys(m.name.name_id for m in self.mentions if m.name.kind in kinds))

    @property
    def assets(self) -> tuple[str, ...]:
        """Identifiers of assets and markets mentioned."""
        return self.names(NameKind.ASSET, NameKind.MARKET)

    @property
    def actors(self) -> tuple[str, ...]:
        """Identifiers of persons, states, bodies, companies and groups mentioned."""
        return self.names(
            NameKind.PERSON,
            NameKind.STATE,
            NameKind.BODY,
            NameKind.COMPANY,
            NameKind.GROUP,
            NameKind.MEDIA,
            NameKind.CHANNEL,
        )

    @property
    def instruments(self) -> tuple[str, ...]:
        """Identifiers of instruments mentioned."""
        return self.names(NameKind.INSTRUMENT)

    def spans(self) -> tuple[tuple[int, int, str], ...]:
        """Return every place that the reading points to, with the words that must stand there, whatever the blanks."""
        places = [(self.start, self.end, self.text)]
        places += [(q.start, q.end, q.text) for q in self.quantities]
        places += [(d.start, d.end, d.text) for d in self.dates]
        places += [
            (w.start, w.end, w.text) for w in (*self.hedge_words, *((self.condition,) if self.condition else ()))
        ]
        return (*places, *((m.start, m.end, m.alias) for m in self.mentions))

    def as_dict(self) -> dict[str, Any]:
        """Return the claim as plain JSON types."""
        return {
            "claim_id": self.claim_id,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "speaker": {
                "text": self.speaker.text,
                "entity": self.speaker.entity,
                "role": self.speaker.role,
                "count": self.speaker.count,
                "start": self.speaker.start,
                "end": self.speaker.end,
            },
            "source_class": self.source_class.value,
            "code": self.code,
            "act": self.act.value,
            "verb": self.verb,
            "polarity": self.polarity.value,
            "hedge": self.hedge.value,
            "hedge_words": [word.text for word in self.hedge_words],
            "condition": self.condition.text if self.condition else "",
            "quotation": self.quotation.value,
            "quantities": [_quantity(quantity) for quantity in self.quantities],
            "dates": [_date(mention) for mention in self.dates],
            "assets": list(self.assets),
            "actors": list(self.actors),
            "instruments": list(self.instruments),
            "events": list(self.events),
            "levers": list(self.levers),
            "cites": self.cites,
            "translation_suspect": self.translation_suspect,
            "origin": self.origin,
            "rules": dict(self.rules),
        }


@dataclass(frozen=True)
class Reading:
    """What was read in an article: its claims in order of place, and notes on how it went."""

    document: Document
    claims: tuple[Claim, ...]
    is_on_topic: bool
    translation_signs: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def is_translation_suspect(self) -> bool:
        """True if the wording looks translated by a machine: such claims are never accepted without a person."""
        return len({sign.lower() for sign in self.translation_signs}) >= 2

    def as_dict(self) -> dict[str, Any]:
        """Return the reading as plain JSON types."""
        document = self.document
        return {
            "reader_version": READER_VERSION,
            "article": {
                "title": document.title,
                "outlet": document.outlet,
                "url": document.url,
                "published": document.published.isoformat() if document.published else "",
                "language": document.language,
                "digest": document.digest,
                "characters": len(document.text),
            },
            "is_on_topic": self.is_on_topic,
            "translation_suspect": self.is_translation_suspect,
            "translation_signs": list(self.translation_signs),
            "notes": list(self.notes),
            "claims": [claim.as_dict() for claim in self.claims],
        }


def _quantity(quantity: TextQuantity) -> dict[str, Any]:
    return {
        "text": quantity.text,
        "label": quantity.label,
        "kind": quantity.kind.value,
        "unit": quantity.unit,
        "low": quantity.low,
        "high": quantity.high,
        "normal_unit": quantity.normal_unit,
        "normal_low": quantity.normal_low,
        "normal_high": quantity.normal_high,
        "is_base_known": quantity.is_base_known,
        "start": quantity.start,
        "end": quantity.end,
        "rule": quantity.rule,
    }


def _date(mention: TextDate) -> dict[str, Any]:
    def iso(day: date | None) -> str:
        return day.isoformat() if day else ""

    return {
        "text": mention.text,
        "first": iso(mention.first),
        "last": iso(mention.last),
        "relation": mention.relation,
        "start": mention.start,
        "end": mention.end,
        "rule": mention.rule,
    }
