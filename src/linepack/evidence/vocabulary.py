"""Words of the evidence layer: classes of source, acts, hedges, kinds of quotation and of quantity."""

from __future__ import annotations

from enum import StrEnum


class SourceClass(StrEnum):
    """Who stands behind a statement."""

    NAMED_PERSON = "named person"
    INSTITUTION = "institution"
    OFFICIAL_UNNAMED = "official unnamed"
    SOURCES_UNNAMED = "sources unnamed"
    OTHER_MEDIA = "other media"
    MARKET_DATUM = "market datum"
    OWN_VOICE = "own voice"


class Act(StrEnum):
    """What the speaker does by speaking."""

    ASSERT = "assert"
    DENY = "deny"
    DOUBT = "doubt"
    PROMISE = "promise"
    THREATEN = "threaten"
    FORECAST = "forecast"
    REFUSE_COMMENT = "refuse to comment"


class Polarity(StrEnum):
    """Does the statement affirm or negate?"""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class Hedge(StrEnum):
    """How firmly the text stands behind the statement; only the text, not the truth."""

    FLAT = "H0"
    REPORTED = "H1"
    POSSIBLE = "H2"
    EARLY = "H3"
    DOUBTED = "H4"


class Quotation(StrEnum):
    """How much of a claim stands in quotation marks."""

    NONE = "none"
    SCARE = "scare"  # one to three words
    PARTIAL = "partial"
    FULL = "full"


class QuantityKind(StrEnum):
    """What a quantity in a text measures."""

    MOVE = "move"  # a change; unit % or a price
    SHARE = "share"
    VOLUME = "volume"
    MASS = "mass"
    ENERGY = "energy"
    PRICE = "price"
    MONEY = "money"
    DURATION = "duration"
    PART = "part"  # n of m
    COUNT = "count"
    WORD = "word"  # 'record', 'cheap', 'only': a claim about size without a number


class ReviewState(StrEnum):
    """What a reader has decided about a claim."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    EDITED = "edited"
    REJECTED = "rejected"


class Derivation(StrEnum):
    """How one article comes from another."""

    ORIGINAL = "original"
    SYNDICATION = "syndication"
    TRANSLATION = "translation"


CODES = {
    SourceClass.INSTITUTION: "IN",
    SourceClass.OFFICIAL_UNNAMED: "OF",
    SourceClass.SOURCES_UNNAMED: "AS",
    SourceClass.OTHER_MEDIA: "MR",
    SourceClass.MARKET_DATUM: "MK",
    SourceClass.OWN_VOICE: "NV",
}


def source_code(source_class: SourceClass, quotation: Quotation) -> str:
    """Return the short code of a source: N-Q quoted person, N-P paraphrased person, IN, OF, AS, MR, MK or NV."""
    if source_class is SourceClass.NAMED_PERSON:
        return "N-P" if quotation is Quotation.NONE else "N-Q"
    return CODES[source_class]
