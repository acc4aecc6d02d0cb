"""Which articles are copies or translations of which: ten copies are one witness.

Copies share runs of five words. A translation shares none, but it credits the other outlet and shares names and
figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linepack.evidence.vocabulary import Derivation

SHINGLE_WORDS = 5
COPY_SHARE = 0.5  # of the shorter text's runs of five words
TRANSLATION_SHARE = 0.5  # of the names and figures of the article with fewer
TRANSLATION_DAYS = 7


@dataclass(frozen=True)
class Fingerprint:
    """What is compared of an article: runs of words, names and figures, whom it credits, outlet and date."""

    article_id: str
    outlet: str
    published: date | None
    shingles: frozenset[int]
    facts: frozenset[str]
    credits: frozenset[str]
    is_translation_suspect: bool


@dataclass(frozen=True)
class Descent:
    """``article_id`` comes from ``parent_id``: how, the share that decided it (0 to 1), and the rule."""

    article_id: str
    parent_id: str
    derivation: Derivation
    share: float
    rule: str


def shingles(content: str) -> frozenset[int]:
    """Return hashes of every run of five words, whatever case and punctuation."""
    words = re.findall(r"[^\W_]+", content.lower())
    runs = (" ".join(words[k : k + SHINGLE_WORDS]) for k in range(max(0, len(words) - SHINGLE_WORDS + 1)))
    return frozenset(_stable_hash(run) for run in runs)


def overlap(one: frozenset[int] | frozenset[str], other: frozenset[int] | frozenset[str]) -> float:
    """Return the shared part of the smaller set, 0 to 1; 0 for an empty set."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def descent(fingerprint: Fingerprint, known: Sequence[Fingerprint]) -> Descent | None:
    """Return where an article comes from among those known, or None if it is original.

    Of two copies the earlier is the parent; at equal dates the one that is credited, else the one known first.
    """
    best: Descent | None = None
    for other in known:
        if other.article_id == fingerprint.article_id:
            continue
        share = overlap(fingerprint.shingles, other.shingles)
        if share >= COPY_SHARE and (best is None or share > best.share):
            best = Descent(
                fingerprint.article_id,
                other.article_id,
                Derivation.SYNDICATION,
                share,
                f"{share:.0%} of runs of five words are the same",
            )
    if best is not None:
        return best
    for other in known:
        share = overlap(fingerprint.facts, other.facts)
        is_credited = bool(other.outlet) and other.outlet.lower() in fingerprint.credits
        if (
            is_credited
            and share >= TRANSLATION_SHARE
            and _is_near(fingerprint, other)
            and (best is None or share > best.share)
        ):
            kind = Derivation.TRANSLATION if fingerprint.is_translation_suspect else Derivation.SYNDICATION
            best = Descent(
                fingerprint.article_id,
                other.article_id,
                kind,
                share,
                f"credits {other.outlet} and shares {share:.0%} of names and figures",
            )
    return best


def witnesses(parents: Mapping[str, str | None]) -> dict[str, str]:
    """Return for each article the original it goes back to; two articles with one original are one witness."""
    roots = {}
    for article in parents:
        at, seen = article, {article}
        while (parent := parents.get(at)) is not None and parent not in seen:
            at = parent
            seen.add(at)
        roots[article] = at
    return roots


def _is_near(one: Fingerprint, other: Fingerprint) -> bool:
    if one.published is None or other.published is None:
        return True
    return 0 <= (one.published - other.published).days <= TRANSLATION_DAYS


def _stable_hash(run: str) -> int:
    """A hash that is the same in every process (Python's own is salted)."""
    value = 14695981039346656037
    for byte in run.encode():
        value = (value ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return value
