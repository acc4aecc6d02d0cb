"""Read an article into a table of claims."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.api.calls import Day, as_day
from linepack.errors import InputError
from linepack.evidence.checks import check_claims
from linepack.evidence.claims import Reading as Reading
from linepack.evidence.document import read_document
from linepack.evidence.provider import ProviderSettings, propose_claims
from linepack.evidence.read import read_article
from linepack.system.dataset import load_dataset
from linepack.system.schema import TABLES_BY_NAME
from linepack.system.tables import packaged_table

CLAIM_COLUMNS = ("claim_id", "start", "end", "text", "speaker", "source_class", "act", "polarity", "hedge", "condition",
                 "quantities", "dates", "assets", "levers")  # fmt: skip


def read(
    article: str | Path | bytes, *, published: Day | None = None, outlet: str = "", title: str = "", url: str = ""
) -> pd.DataFrame:
    """Return the claims of an article: the path of a text or HTML file, or its content as bytes.

    ``published`` is a date or YYYY-MM-DD: words like 'on Monday' are read from it, and prices in dollars converted.
    Columns: claim_id, start, end (characters of the text), text, speaker, source_class, act, polarity, hedge,
    condition, quantities, dates, assets, levers; lists are joined by '; '. Errors: ``InputError`` for a file that
    cannot be read, is empty or in another language.

    >>> import linepack
    >>> claims = linepack.read(b"Gazprom said on Monday that it could restart Nord Stream 2 in 2026.")
    >>> claims.loc[0, ["speaker", "act"]].tolist()
    ['Gazprom', 'forecast']
    """
    day = None if published is None else as_day(published)
    found = read_bytes(article_bytes(article), published=day, outlet=outlet, title=title, url=url)
    rows = [
        (c.claim_id, c.start, c.end, c.text, c.speaker.text, c.source_class.value, c.act.value, c.polarity.value,
         c.hedge.value, c.condition.text if c.condition else "", "; ".join(q.label for q in c.quantities),
         "; ".join(d.label for d in c.dates), "; ".join(c.assets), "; ".join(c.levers))
        for c in found.claims
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))


def read_bytes(
    raw: bytes, *, published: date | None = None, outlet: str = "", title: str = "", url: str = ""
) -> Reading:
    """Return the reading of a text or HTML file; prices in dollars are read at the rate of its month, if known."""
    document = read_document(raw, outlet=outlet, published=published, title=title, url=url)
    return read_article(document, usd_per_eur=usd_per_eur(document.published))


def article_bytes(article: str | Path | bytes) -> bytes:
    """Return the content of an article's file. Errors: ``InputError`` if it cannot be read."""
    if isinstance(article, bytes):
        return article
    try:
        return Path(article).read_bytes()
    except OSError as error:
        raise InputError("unreadable", f"{article}: {error.strerror}",
                         hint="give a text or HTML file, or - for standard input") from error  # fmt: skip


def checked(reading: Reading, dataset: str = "2025") -> list[dict[str, str]]:
    """Return the numbers of a reading held against the facts: claim_id, check, verdict, detail."""
    return [{"claim_id": c.claim_id, "check": c.check, "verdict": c.verdict.value, "detail": c.detail}
            for c in check_claims(reading.claims, load_dataset(dataset))]  # fmt: skip


def with_proposals(reading: Reading, url: str, model: str) -> tuple[Reading, dict[str, Any]]:
    """Return a reading with claims that a language model found beside those of the rules, and an account of it.

    ``url`` is an OpenAI-compatible endpoint; its key is read from ``LINEPACK_PROVIDER_KEY``. Errors: ``InputError`` if
    it does not answer.
    """
    settings = ProviderSettings(url, model, os.environ.get("LINEPACK_PROVIDER_KEY", ""))
    proposals = propose_claims(reading.document, settings)
    known = [(claim.start, claim.end) for claim in reading.claims]
    new = [c for c in proposals.claims if not any(c.start < end and start < c.end for start, end in known)]
    claims = tuple(sorted((*reading.claims, *new), key=lambda claim: claim.start))
    account = {"proposed": len(proposals.claims), "new": len(new), "dropped_not_in_text": list(proposals.dropped),
               "attempts": proposals.attempts, "tokens": proposals.tokens}  # fmt: skip
    return replace(reading, claims=claims), account


def usd_per_eur(published: date | None) -> float | None:
    """Return the exchange rate of the month of publication, if the packaged prices have it."""
    if published is None:
        return None
    for row in packaged_table("2025", TABLES_BY_NAME["market_prices"]):
        if row["month"] == f"{published:%Y-%m}":
            return float(row["usd_per_eur"])  # type: ignore[arg-type]  # a number by the schema
    return None
