"""Read an article into a table of claims."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from linepack.errors import InputError
from linepack.evidence.claims import Reading
from linepack.evidence.document import read_document
from linepack.evidence.read import read_article
from linepack.system.schema import TABLES_BY_NAME
from linepack.system.tables import packaged_table

CLAIM_COLUMNS = ("claim_id", "start", "end", "text", "speaker", "source_class", "act", "polarity", "hedge", "condition",
                 "quantities", "dates", "assets", "levers")  # fmt: skip


def read(
    article: str | Path | bytes, *, published: date | None = None, outlet: str = "", title: str = "", url: str = ""
) -> pd.DataFrame:
    """Return the claims of an article: the path of a text or HTML file, or its content as bytes.

    Columns: claim_id, start, end (characters of the text), text, speaker, source_class, act, polarity, hedge,
    condition, quantities, dates, assets, levers; lists are joined by '; '. Errors: ``InputError`` for a file that
    cannot be read, is empty or in another language.

    >>> import linepack
    >>> claims = linepack.read(b"Gazprom said on Monday that it could restart Nord Stream 2 in 2026.")
    >>> claims.loc[0, ["speaker", "act"]].tolist()
    ['Gazprom', 'forecast']
    """
    found = read_bytes(article_bytes(article), published=published, outlet=outlet, title=title, url=url)
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


def usd_per_eur(published: date | None) -> float | None:
    """Return the exchange rate of the month of publication, if the packaged prices have it."""
    if published is None:
        return None
    for row in packaged_table("2025", TABLES_BY_NAME["market_prices"]):
        if row["month"] == f"{published:%Y-%m}":
            return float(row["usd_per_eur"])  # type: ignore[arg-type]  # a number by the schema
    return None
