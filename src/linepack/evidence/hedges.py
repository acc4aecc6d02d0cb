"""Hedge, polarity, condition and kind of quotation of a claim, each with the wording that decided it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from linepack.evidence.document import Span
from linepack.evidence.lexicon import lexicon
from linepack.evidence.vocabulary import Act, Hedge, Polarity, Quotation, SourceClass

_CLAUSE_END = re.compile(r"[,;:.!?]|\s(?:then)\s|[\"”]")
_UNATTRIBUTED = (SourceClass.OWN_VOICE, SourceClass.MARKET_DATUM)


@dataclass(frozen=True)
class Wording:
    """A decision and the words that made it."""

    value: str
    start: int
    end: int
    text: str


def find_hedge(content: str, offset: int, act: Act, source_class: SourceClass) -> tuple[Hedge, tuple[Wording, ...]]:
    """Return the hedge of a claim's text and the cues behind it; the weakest stance wins: doubted, early, possible.

    A doubt is that of the one who reports: a quoted source who doubts makes the content doubted too. Without a cue,
    the outlet's own voice and market data are flat and what somebody says is reported.
    """
    cues = lexicon().cues
    for kind, hedge in (("doubted", Hedge.DOUBTED), ("early", Hedge.EARLY), ("possible", Hedge.POSSIBLE)):
        hits = _hits(cues[kind], content, offset, hedge)
        if kind == "possible":
            hits = [hit for hit in hits if not _is_month(hit.text) and not _is_refusal(act)]
        if hits:
            return hedge, tuple(hits)
    if act is Act.DOUBT:
        return Hedge.DOUBTED, ()
    reported = _hits(cues["reported"], content, offset, Hedge.REPORTED)
    if reported:
        return Hedge.REPORTED, tuple(reported)
    return (Hedge.FLAT if source_class in _UNATTRIBUTED else Hedge.REPORTED), ()


def find_polarity(content: str, act: Act) -> Polarity:
    """Return negative for a denial or a negated main clause.

    'not only' and double negation with 'exclude' are positive.
    """
    if act is Act.DENY:
        negated = re.search(
            r"\b(?:not|n't|never|didn't|doesn't)\s+(?:\w+\s+)?(?:exclude|rule out|ruled out|"
            r"den(?:y|ied)|dismiss|reject)",
            content,
        )
        return Polarity.POSITIVE if negated else Polarity.NEGATIVE
    plain = re.sub(
        r"\bnot only\b|\bno later than\b|\bnot (?:exclude|rule out)\w*|\bnot to mention\b", "", content, flags=re.I
    )
    return (
        Polarity.NEGATIVE
        if re.search(
            r"\b(?:not|never|no|nobody|none|neither|nor|cannot|without)\b|n't\b|"
            r"n\u2019t\b",
            plain,
            re.I,
        )
        else Polarity.POSITIVE
    )


def find_condition(content: str, offset: int) -> Wording | None:
    """Return the first condition in the claim with its clause, or None."""
    for match in lexicon().cues["condition"].finditer(content):
        word = match[0].lower()
        if word == "once" and not re.match(
            r"\s+(?:the|a|an|its|his|her|their|this|it|they|he|she|we|\w+ (?:is|"
            r"are|has|have))\b",
            content[match.end() :],
        ):
            continue
        if word in ("until", "till") and re.match(
            r"\s+(?:the end of|end|at least|next|this|last|\d|January|"
            r"February|March|April|May|June|July|August|September|October|"
            r"November|December|now|recently)",
            content[match.end() :],
        ):
            continue
        if word == "if" and re.search(
            r"\b(?:unclear|clear|know|known|asked|wonder|see)\b[^,;]{0,25}$", content[: match.start()]
        ):
            continue
        aside = re.match(r",[^,]{1,30},", content[match.end() :])  # 'if, let us say, X agrees'
        stop = _CLAUSE_END.search(content, match.end() + (aside.end() if aside else 0))
        end = stop.start() if stop else len(content)
        return Wording(word, offset + match.start(), offset + end, content[match.start() : end].strip())
    return None


def find_quotation(start: int, end: int, quoted: Sequence[Span], content: str) -> Quotation:
    """Return how much of [start, end) stands in quotation marks."""
    parts = [(max(start, span.start), min(end, span.end)) for span in quoted if span.start < end and start < span.end]
    if not parts:
        return Quotation.NONE
    words = sum(len(re.findall(r"\w+", content[low - start : high - start])) for low, high in parts)
    total = len(re.findall(r"\w+", content))
    longest = max(len(re.findall(r"\w+", content[low - start : high - start])) for low, high in parts)
    if longest <= 3:
        return Quotation.SCARE
    return Quotation.FULL if words >= 0.5 * total else Quotation.PARTIAL


def _hits(pattern: re.Pattern[str], content: str, offset: int, hedge: Hedge) -> list[Wording]:
    return [Wording(hedge.value, offset + m.start(), offset + m.end(), m[0]) for m in pattern.finditer(content)]


def _is_month(word: str) -> bool:
    return word.startswith("May ") or word == "May" or word == "MAY"


def _is_refusal(act: Act) -> bool:
    return act is Act.REFUSE_COMMENT
