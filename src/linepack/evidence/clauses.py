"""The clauses of a sentence, each with who says it: one speaker a stretch, and no more than one act of a speaker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from linepack.evidence.attribution import NOUNISH, attribute
from linepack.evidence.document import Span
from linepack.evidence.lexicon import lexicon
from linepack.evidence.phrases import Attribution
from linepack.evidence.subjects import PARTICIPLES

_STRONG = re.compile(
    r",\s+(?=an?\s+(?:\w+\s+)?(?:decision|move|step|claim|view|plan|idea|proposal|assessment|position|charge|"
    r"accusation|figure|number|deal)"
    r"\s+(?:that|which)\s)|"
    r";\s+|,?\s+(?:while|whereas|although|even though|though)\s+|,\s+(?:but|and|yet)\s+"
)
_ASIDE = re.compile(r"\([^()]{1,60}\)")
_SUBORDINATE = re.compile(r"\b(?:after|because|since)\s+(?:(?:the|[A-Z][\w.]*)\s+){0,5}$")


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
    found = [attribute(content, masked, start, end, offset) for start, end in clauses]
    merged = _merge(clauses, found)
    merged = [piece for segment in merged for piece in _split_subordinate(masked, segment, offset)]
    split = [piece for segment in merged for piece in _split_acts(content, masked, segment, offset)]
    return tuple(Segment(offset + s.start, offset + s.end, s.attribution) for s in split)


def _mask(content: str, offset: int, quoted: Sequence[Span]) -> str:
    """The sentence with quotations and words in brackets blanked, so that no verb and no comma in them is seen.

    Short names in quotation marks stay.
    """
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
    for match in _ASIDE.finditer(content):
        for at in range(match.start() + 1, match.end() - 1):
            if chars[at] != "¤":
                chars[at] = "·"
    return "".join(chars)


def _clauses(masked: str) -> list[tuple[int, int]]:
    cuts = [0]
    for match in _STRONG.finditer(masked):
        if match.start() > 8 and len(masked) - match.end() > 12:
            cuts.append(match.end())
    opening = re.match(r"(?:While|Whereas|Although|Though)\s[^,]{15,140},\s+", masked)
    if opening and len(masked) - opening.end() > 20 and opening.end() not in cuts:
        cuts = sorted([*cuts, opening.end()])
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
        elif attribution.speaker.text.lower() in ("i", "we") or (
            last.attribution is not None and _same(last.attribution, attribution)
        ):
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
        if act is None or act is own.act or verb[0] in NOUNISH or PARTICIPLES.search(verb[0]) or not following.strip():
            continue
        second = replace(
            own,
            act=act,
            verb=verb[0],
            verb_start=offset + verb.start(),
            verb_end=offset + verb.end(),
            rule=own.rule + ", second act",
        )
        cut = segment.start + match.start()
        return [Segment(segment.start, cut, own), Segment(at, segment.end, second)]
    return [segment]
