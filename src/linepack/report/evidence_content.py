"""The ledger as the page shows it: articles cut at the edges of claims, claims with checks and links, and their worth.

Texts stay texts: they are cut here, by Python's own count of characters, and shown by the page as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from linepack.evidence.ledger import Ledger, open_ledger
from linepack.evidence.lexicon import lexicon
from linepack.evidence.vocabulary import ReviewState, SourceClass

SHOWN = ("claim_id", "article_id", "text", "source_class", "code", "act", "polarity", "hedge", "condition", "assets",
         "instruments", "actors", "levers", "cites", "origin", "state", "reviewer", "translation_suspect")  # fmt: skip
UNNAMED = (SourceClass.OFFICIAL_UNNAMED.value, SourceClass.SOURCES_UNNAMED.value)
COUNTED = (ReviewState.ACCEPTED.value, ReviewState.EDITED.value)


def evidence_content(path: Path) -> dict[str, Any]:
    """Return articles, claims, contradictions, levers and what the claims are worth; plain types.

    Errors: ``InputError`` if the file is no ledger.
    """
    with open_ledger(path) as book:
        claims, articles, roots = book.claims(), book.rows("articles"), book.witnesses()
        derived = {row["article_id"]: row["kind"] for row in book.rows("derivations")}
        content = {
            "articles": [
                {**{key: row[key] or "" for key in ("article_id", "outlet", "title", "url", "published")},
                 "derivation": derived.get(row["article_id"], ""), "original": roots.get(row["article_id"], ""),
                 "translation_suspect": bool(row["translation_suspect"]),
                 "paragraphs": cut_paragraphs(row["text"], [c for c in claims if c["article_id"] == row["article_id"]])}
                for row in articles
            ],
            "claims": _claims(book, claims),
            "contradictions": book.rows("contradictions"),
            "levers": _levers(book, claims),
        }  # fmt: skip
    content["worth"] = worth_sentences(content, len(set(roots.values())))
    return content


def cut_paragraphs(text: str, claims: Sequence[Mapping[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return paragraphs as pieces of text, each with the claims that it belongs to; together they are the text."""
    paragraphs = []
    for found in re.finditer(r"[^\n]+", text):
        first, last = found.start(), found.end()
        own = [c for c in claims if c["start"] < last and first < c["end"]]
        edges = {first, last, *(e for c in own for e in (c["start"], c["end"]) if first < e < last)}
        cuts = sorted(edges)
        paragraphs.append(
            [
                {"text": text[a:b], "claims": [c["claim_id"] for c in own if c["start"] <= a and b <= c["end"]]}
                for a, b in pairwise(cuts)
            ]
        )
    return paragraphs


def _claims(book: Ledger, claims: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    checks, links = book.rows("checks"), book.rows("links")
    return [
        {**{key: claim[key] for key in SHOWN},
         "speaker": claim["speaker"]["text"], "count": claim["speaker"]["count"],
         "quantities": [q["label"] for q in claim["quantities"]],
         "dates": [" to ".join(dict.fromkeys(filter(None, (d["first"], d["last"])))) or d["text"]
                   for d in claim["dates"]],
         "checks": [{k: row[k] for k in ("name", "verdict", "detail")} for row in checks
                    if row["claim_id"] == claim["claim_id"]],
         "links": [{k: row[k] for k in ("kind", "target", "note")} for row in links
                   if row["claim_id"] == claim["claim_id"] and row["kind"] != "lever"]}
        for claim in claims
    ]  # fmt: skip


def _levers(book: Ledger, claims: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    used = {lever for claim in claims for lever in claim["levers"]}
    found = {}
    for lever in lexicon().levers:
        if lever.lever in used:
            count, witnesses = book.witness_count(lever.lever)
            found[lever.lever] = {"label": lever.label, "do": lever.do, "reason": lever.reason,
                                  "articles": count, "witnesses": witnesses}  # fmt: skip
    return found


def worth_sentences(content: Mapping[str, Any], witnesses: int) -> list[str]:
    """Return what the claims are worth: how many, from whom, how firm, what stands against them."""
    claims, articles = content["claims"], content["articles"]
    if not claims:
        return [f"{_count(len(articles), 'article')} without a claim."]
    states = Counter(claim["state"] for claim in claims)
    taken = sum(states[state] for state in COUNTED)
    unnamed = sum(claim["source_class"] in UNNAMED for claim in claims)
    firm = sum(claim["hedge"] in ("H0", "H1") for claim in claims)
    sentences = [
        f"{_count(len(claims), 'claim')} in {_count(len(articles), 'article')}; copies and translations of one text "
        f"count once, which leaves {_count(witnesses, 'independent witness', 'independent witnesses')}.",
        f"{taken} accepted by a reviewer, {states[ReviewState.REJECTED.value]} rejected, "
        f"{states[ReviewState.PROPOSED.value]} not reviewed.",
        f"{unnamed} of {len(claims)} rest on people without a name; {firm} are said flatly or as reported, the others "
        "as possible, early or doubted.",
    ]
    failed = {c["claim_id"] for c in claims if any(k["verdict"] in ("disagrees", "infeasible") for k in c["checks"])}
    if failed:
        sentences.append(f"{_count(len(failed), 'claim')} cannot be squared with the facts or with any run.")
    if content["contradictions"]:
        sentences.append(f"{_count(len(content['contradictions']), 'pair')} of claims contradict each other.")
    return sentences


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
