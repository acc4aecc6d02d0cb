"""From a file to a document: plain text with paragraphs, outlet, date and language, or a clear refusal."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from linepack.errors import InputError
from linepack.evidence.html import Page, read_html
from linepack.evidence.language import detect_language, language_name

MAX_BYTES = 20_000_000
MAX_TEXT = 120_000  # characters of article text
_HEAD_LINE = re.compile(r"^(outlet|source|date|published|title|url|author)\s*:\s*(.+)$", re.IGNORECASE)
_LOOKS_HTML = re.compile(r"<!doctype html|<html[\s>]|<body[\s>]|<(?:p|div|article|h1)[\s>]", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Span:
    """A stretch of a document's text: [start, end)."""

    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """An article: its text (paragraphs parted by a blank line), where paragraphs lie, and what is known about it."""

    text: str
    paragraphs: tuple[Span, ...]
    title: str = ""
    outlet: str = ""
    url: str = ""
    published: date | None = None
    language: str = ""
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_document(
    raw: bytes, *, outlet: str = "", published: date | None = None, title: str = "", url: str = ""
) -> Document:
    """Return the document in ``raw`` (plain text or HTML). What the caller says wins over what the page says.

    Errors: ``InputError`` for an empty, binary, oversized or foreign-language file; a missing date is a note, since
    only relative dates need it.
    """
    content = _decode(raw)
    page = read_html(content) if _LOOKS_HTML.search(content[:5000]) else _plain_page(content)
    paragraphs, spans = _lay_out(page.paragraphs)
    if not paragraphs.strip():
        raise InputError("no-text", "no article text was found", hint="give the page of one article, or its text")
    notes = []
    if len(paragraphs) > MAX_TEXT:
        cut = max((span.end for span in spans if span.end <= MAX_TEXT), default=MAX_TEXT)
        spans = tuple(span for span in spans if span.end <= cut)
        notes.append(f"only the first {cut:,} of {len(paragraphs):,} characters were read")
        paragraphs = paragraphs[:cut]
    language = detect_language(paragraphs)
    if language not in ("en", ""):
        raise InputError(
            "language",
            f"the text is {language_name(language)}; claims are read from English only",
            hint="give a translation (it will be marked as one) or the English original",
        )
    when = published or _date_in(page.published)
    if when is None:
        notes.append("no publication date: 'Thursday', 'last month' and the like stay unresolved; give --date")
    return Document(
        paragraphs,
        spans,
        title or page.title,
        outlet or page.outlet,
        url or page.url,
        when,
        language or "en",
        tuple(notes),
    )


def _decode(raw: bytes) -> str:
    if not raw.strip():
        raise InputError("empty", "the file is empty", hint="give the text or the HTML page of an article")
    if len(raw) > MAX_BYTES:
        raise InputError(
            "too-large",
            f"the file has {len(raw):,} bytes; at most {MAX_BYTES:,} are read",
            hint="give one article, not a whole site",
        )
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # UTF-16, as some editors save
        raw = raw.decode("utf-16", errors="replace").encode()
    if raw[:4] in (b"%PDF", b"\x89PNG", b"PK\x03\x04") or raw[:3] == b"\xff\xd8\xff" or b"\x00" in raw[:4000]:
        raise InputError("binary", "the file is binary, not text or HTML", hint="save the article as text or HTML")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            content = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise InputError("encoding", "the file is not text in a known encoding", hint="save it as UTF-8")
    odd = sum(1 for char in content[:4000] if unicodedata.category(char) == "Cc" and char not in "\r\n\t\f")
    if odd > 20:
        raise InputError(
            "binary", "the file holds control characters, it is not text", hint="save the article as text or HTML"
        )
    return content.replace("\r\n", "\n").replace("\r", "\n")


def _plain_page(content: str) -> Page:
    """Plain text: optional 'key: value' lines first, then paragraphs parted by blank lines or by line ends."""
    lines = content.split("\n")
    head: dict[str, str] = {}
    while lines and (not lines[0].strip() or _HEAD_LINE.match(lines[0].strip())):
        line = lines.pop(0).strip()
        match = _HEAD_LINE.match(line)
        if match:
            head[match[1].lower()] = match[2].strip()
    body = "\n".join(lines)
    blocks = re.split(r"\n\s*\n", body) if re.search(r"\n\s*\n", body) else body.split("\n")
    return Page(
        tuple(block for block in blocks if block.strip()),
        head.get("title", ""),
        head.get("outlet", head.get("source", "")),
        head.get("url", ""),
        head.get("date", head.get("published", "")),
        "",
    )


def _lay_out(blocks: tuple[str, ...]) -> tuple[str, tuple[Span, ...]]:
    parts, spans, at = [], [], 0
    for block in blocks:
        line = re.sub(r"\s+", " ", block).strip()
        if not line:
            continue
        parts.append(line)
        spans.append(Span(at, at + len(line)))
        at += len(line) + 2
    return "\n\n".join(parts), tuple(spans)


def _date_in(text: str) -> date | None:
    match = _DATE.search(text or "")
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
