"""Score the reader against hand-labelled articles.

A claim is found if a labelled and a read claim overlap by at least half of the shorter one and are each other's best
match. Precision is the share of read claims that match; the other shares are over the claims found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from linepack.errors import InputError
from linepack.evidence.claims import Claim, Reading
from linepack.evidence.document import Document, read_document
from linepack.evidence.read import read_article
from linepack.evidence.vocabulary import SourceClass

CLASSES = {
    "person": SourceClass.NAMED_PERSON,
    "institution": SourceClass.INSTITUTION,
    "official": SourceClass.OFFICIAL_UNNAMED,
    "sources": SourceClass.SOURCES_UNNAMED,
    "media": SourceClass.OTHER_MEDIA,
    "market": SourceClass.MARKET_DATUM,
    "own": SourceClass.OWN_VOICE,
}
ACT_WORDS = {"refuse": "refuse to comment"}


@dataclass(frozen=True)
class GoldClaim:
    """A labelled claim: its text as it stands in the article and the labels."""

    text: str
    speaker: str
    source_class: SourceClass
    act: str
    hedge: str
    quantities: frozenset[str]
    dates: frozenset[str]


@dataclass(frozen=True)
class GoldArticle:
    """A labelled article: raw bytes to read, metadata, claims in order."""

    name: str
    raw: bytes
    outlet: str
    published: date
    style: str
    claims: tuple[GoldClaim, ...]


@dataclass(frozen=True)
class Score:
    """Counts over one or more articles; ``labelled``, ``read`` and ``found`` are claims."""

    labelled: int
    read: int
    found: int
    speaker: int
    source_class: int
    hedge: int
    quantities: int
    dates: int
    act: int

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(self._counts(), other._counts(), strict=True)))

    def _counts(self) -> tuple[int, ...]:
        return (
            self.labelled,
            self.read,
            self.found,
            self.speaker,
            self.source_class,
            self.hedge,
            self.quantities,
            self.dates,
            self.act,
        )

    @property
    def shares(self) -> dict[str, float]:
        """Shares between 0 and 1.

        Found, precision, and over the claims found speaker, class, hedge, quantities, dates, act.
        """
        found = max(self.found, 1)
        return {
            "found": self.found / max(self.labelled, 1),
            "precision": self.found / max(self.read, 1),
            "speaker": self.speaker / found,
            "class": self.source_class / found,
            "hedge": self.hedge / found,
            "quantities": self.quantities / found,
            "dates": self.dates / found,
            "act": self.act / found,
        }


def load_gold(path: Path) -> GoldArticle:
    """Return a labelled article from its file. Errors: ``InputError`` with the line of a label that cannot be read."""
    head: dict[str, str] = {}
    paragraphs: list[list[str]] = [[]]
    claims = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith(("- ", "* ")):
            content = line[2:].split(" || ")[0].strip()
            paragraphs[-1].append(content)
            if line.startswith("* "):
                claims.append(_gold_claim(line[2:], path, number))
        elif not line.strip():
            paragraphs.append([])
        else:
            key, _, value = line.partition(":")
            head[key.strip()] = value.strip()
    blocks = [" ".join(parts) for parts in paragraphs if parts]
    published = date.fromisoformat(head["date"])
    raw = _page(head, blocks) if head.get("render") == "html" else "\n\n".join(blocks)
    return GoldArticle(path.stem, raw.encode(), head["outlet"], published, head["style"], tuple(claims))


def _gold_claim(line: str, path: Path, number: int) -> GoldClaim:
    fields = [part.strip() for part in line.split(" || ")]
    if len(fields) != 7 or fields[2] not in CLASSES or not re.fullmatch(r"H[0-4]", fields[4]):
        raise InputError(
            "bad-label",
            f"{path.name}: line {number} has no seven readable fields",
            hint="see the README of the gold set",
        )
    text, speaker, source_class, act, hedge, quantities, dates = fields
    return GoldClaim(
        text,
        "" if speaker == "-" else speaker,
        CLASSES[source_class],
        ACT_WORDS.get(act, act),
        hedge,
        _labels(quantities),
        _labels(dates),
    )


def _labels(cell: str) -> frozenset[str]:
    return frozenset(_same_number(part.strip()) for part in cell.split(" + ") if part.strip() not in ("", "-"))


def _same_number(label: str) -> str:
    return re.sub(r"\d+\.\d+", lambda m: f"{float(m[0]):g}", label)


def _page(head: dict[str, str], blocks: Sequence[str]) -> str:
    body = "\n".join(f"<p>{block}</p>" for block in blocks)
    return f"""<!DOCTYPE html><html lang="en"><head><title>{head["title"]} - {head["outlet"]}</title>
<meta property="og:site_name" content="{head["outlet"]}"><meta property="article:published_time"
content="{head["date"]}T09:00:00Z">
<script>var gas = "Gazprom said nothing.";</script><style>p {{ color: black }}</style></head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/gas">Gas news</a></li></ul></nav>
<div class="cookie-banner"><p>We use cookies, Gazprom said. Accept?</p></div>
<article><h1>{head["title"]}</h1>
{body}
</article><aside><p>Related: Russia said it would cut gas.</p></aside>
<footer><p>All rights reserved.</p></footer></body></html>"""


def score_articles(articles: Iterable[GoldArticle]) -> Score:
    """Return the summed score over articles, each read from its raw bytes."""
    total = Score(0, 0, 0, 0, 0, 0, 0, 0, 0)
    for article in articles:
        total += score_article(article, read_gold(article))
    return total


def read_gold(article: GoldArticle) -> Reading:
    """Return the reading of a labelled article from its raw bytes."""
    return read_article(read_document(article.raw, outlet=article.outlet, published=article.published))


def score_article(article: GoldArticle, reading: Reading) -> Score:
    """Return the score of one reading against its labels."""
    spans = gold_spans(article, reading.document)
    pairs = match_claims(spans, reading.claims)
    hits = [(article.claims[i], reading.claims[j]) for i, j in pairs]
    return Score(
        len(article.claims),
        len(reading.claims),
        len(hits),
        sum(is_same_speaker(gold, claim) for gold, claim in hits),
        sum(gold.source_class is claim.source_class for gold, claim in hits),
        sum(gold.hedge == claim.hedge.value for gold, claim in hits),
        sum(has_same_quantities(gold, claim) for gold, claim in hits),
        sum(gold.dates == frozenset(d.label for d in claim.dates) for gold, claim in hits),
        sum(gold.act == claim.act.value for gold, claim in hits),
    )


def gold_spans(article: GoldArticle, document: Document) -> list[tuple[int, int]]:
    """Return where each labelled claim stands in the document. Errors: ``InputError`` if one is not in the text."""
    spans, at = [], 0
    for claim in article.claims:
        start = document.text.find(claim.text, at)
        if start < 0:
            raise InputError("label-not-in-text", f"{article.name}: '{claim.text[:60]}' is not in the text after {at}")
        spans.append((start, start + len(claim.text)))
        at = start + len(claim.text)
    return spans


def match_claims(spans: Sequence[tuple[int, int]], claims: Sequence[Claim]) -> list[tuple[int, int]]:
    """Return pairs (label, claim) that are each other's best overlap, at least half of the shorter one."""
    overlaps = []
    for i, (start, end) in enumerate(spans):
        for j, claim in enumerate(claims):
            shared = min(end, claim.end) - max(start, claim.start)
            if shared > 0 and shared >= 0.5 * min(end - start, claim.end - claim.start):
                overlaps.append((shared, i, j))
    pairs, used_i, used_j = [], set(), set()
    for _, i, j in sorted(overlaps, key=lambda entry: (-entry[0], entry[1], entry[2])):
        if i not in used_i and j not in used_j:
            pairs.append((i, j))
            used_i.add(i)
            used_j.add(j)
    return sorted(pairs)


def is_same_speaker(gold: GoldClaim, claim: Claim) -> bool:
    """Same words up to articles, or one is the tail of the other (surname for full name); no speaker matches none."""
    one, other = _speaker_words(gold.speaker), _speaker_words(claim.speaker.text)
    if gold.source_class in (SourceClass.OWN_VOICE, SourceClass.MARKET_DATUM):
        return claim.source_class in (SourceClass.OWN_VOICE, SourceClass.MARKET_DATUM) or (
            bool(one) and bool(other) and one & other == one
        )
    if not one or not other:
        return False
    return one <= other or other <= one


def _speaker_words(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.lower().replace("\u2019s", "").replace("'s", ""))
    return frozenset(words) - {"the", "a", "an", "of", "its", "data", "figures"}


def has_same_quantities(gold: GoldClaim, claim: Claim) -> bool:
    """The same set of quantities; size words count only where the label has one."""
    read = frozenset(_same_number(q.label) for q in claim.quantities)
    if not any(label.startswith("qual:") for label in gold.quantities):
        read = frozenset(label for label in read if not label.startswith("qual:"))
    return gold.quantities == read
