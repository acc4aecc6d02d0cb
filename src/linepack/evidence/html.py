"""The article in a web page: paragraphs without navigation, and the page's own metadata."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser

_SKIP = frozenset(
    {
        "script",
        "style",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "figure",
        "noscript",
        "svg",
        "iframe",
        "template",
        "select",
        "label",
        "menu",
        "dialog",
        "head",
    }
)
_BLOCK = frozenset(
    {
        "p",
        "div",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "section",
        "article",
        "main",
        "td",
        "tr",
        "ul",
        "ol",
        "br",
        "header",
        "time",
        "dd",
        "dt",
        "pre",
    }
)
_VOID = frozenset(
    {"br", "img", "meta", "link", "input", "hr", "source", "wbr", "area", "base", "col", "embed", "track"}
)
_SKIP_CLASS = re.compile(
    r"(?:^|\s)(cookie|consent|banner|newsletter|subscribe|related|share|social|promo|advert|breadcrumb|"
    r"caption|sidebar|comments)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Page:
    """Blocks of text in reading order, and what the page says about itself."""

    paragraphs: tuple[str, ...]
    title: str
    outlet: str
    url: str
    published: str
    language: str


def read_html(content: str) -> Page:
    """Return the article text and the metadata of a page. Inside ``<article>`` or ``<main>`` if there is one."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    blocks = reader.finish()
    inside = [block for block in blocks if block.is_article] or blocks
    kept = tuple(b.text for b in inside if b.link_share < 0.5 and not b.is_heading)
    meta = reader.meta
    title = meta.get("og:title") or reader.title
    outlet = meta.get("og:site_name") or meta.get("ld:publisher") or meta.get("application-name", "")
    published = (
        meta.get("article:published_time")
        or meta.get("ld:datepublished")
        or meta.get("date")
        or meta.get("dc.date")
        or meta.get("time", "")
    )
    return Page(kept, title.strip(), outlet.strip(), meta.get("og:url", ""), published, meta.get("lang", ""))


@dataclass(frozen=True)
class _Block:
    text: str
    link_share: float
    is_article: bool
    is_heading: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.title = ""
        self._blocks: list[_Block] = []
        self._text: list[str] = []
        self._linked = 0
        self._stack: list[tuple[str, bool]] = []  # tag, is it skipped
        self._is_json = False
        self._json: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._read_meta(tag, given)
        if tag in _VOID:
            if tag == "br":
                self._text.append(" ")
            return
        if tag in _BLOCK:
            self._close_block()
        is_skipped = tag in _SKIP or bool(_SKIP_CLASS.search(given.get("class", "") + " " + given.get("id", "")))
        if tag in ("article", "main", "body", "html"):
            is_skipped = False
        self._stack.append((tag, is_skipped))
        self._is_json = tag == "script" and "ld+json" in given.get("type", "")

    def handle_endtag(self, tag: str) -> None:
        if self._is_json and tag == "script":
            self._read_json("".join(self._json))
            self._json, self._is_json = [], False
        if tag in _BLOCK:
            self._close_block()
        for depth in range(len(self._stack) - 1, max(-1, len(self._stack) - 40), -1):
            if self._stack[depth][0] == tag:
                del self._stack[depth:]
                break

    def handle_data(self, data: str) -> None:
        if self._is_json:
            self._json.append(data)
            return
        if self._stack and self._stack[-1][0] == "title" and not self.title:
            self.title = data.strip()
            return
        if any(is_skipped for _, is_skipped in self._stack):
            return
        self._text.append(data)
        if any(tag == "a" for tag, _ in self._stack):
            self._linked += len(data.strip())

    def finish(self) -> list[_Block]:
        self._close_block()
        return self._blocks

    def _close_block(self) -> None:
        content = re.sub(r"\s+", " ", "".join(self._text)).strip()
        if content:
            tags = {tag for tag, _ in self._stack}
            self._blocks.append(
                _Block(
                    content,
                    self._linked / len(content),
                    bool(tags & {"article", "main"}),
                    bool(tags & {"h1", "h2", "h3", "h4"}),
                )
            )
        self._text, self._linked = [], 0

    def _read_meta(self, tag: str, given: dict[str, str]) -> None:
        if tag == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            if name and given.get("content"):
                self.meta.setdefault(name, given["content"])
        elif tag == "html" and given.get("lang"):
            self.meta["lang"] = given["lang"][:2].lower()
        elif tag == "time" and given.get("datetime"):
            self.meta.setdefault("time", given["datetime"])

    def _read_json(self, content: str) -> None:
        try:
            data = json.loads(content)
        except ValueError:
            return
        queue = data if isinstance(data, list) else [data]
        for entry in queue[:20]:
            if not isinstance(entry, dict):
                continue
            queue += [part for part in entry.get("@graph", []) if isinstance(part, dict)][:20]
            if isinstance(entry.get("datePublished"), str):
                self.meta.setdefault("ld:datepublished", entry["datePublished"])
            publisher = entry.get("publisher")
            if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                self.meta.setdefault("ld:publisher", publisher["name"])
