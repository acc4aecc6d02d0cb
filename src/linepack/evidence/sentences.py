"""Sentences with their place in the text, and the stretches that stand in quotation marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from linepack.evidence.document import Document, Span

_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "gen",
        "sen",
        "rep",
        "gov",
        "col",
        "lt",
        "no",
        "vs",
        "etc",
        "inc",
        "ltd",
        "co",
        "corp",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "approx",
        "fig",
        "art",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "u.s",
        "u.k",
        "u.n",
        "e.u",
        "cf",
        "dept",
        "est",
        "al",
        "ca",
        "bn",
        "mn",
        "nos",
    ]  # a list of words reads better than a column of strings
)
_END = re.compile(r"([.!?…]+)([\"”\u2019»')\]]*)(?=\s+[\"“\u2018«'(\[\u2013—-]?\s*[A-Z0-9ÄÖÜÉÀА-ЯІЇЄ€$£])")  # noqa: RUF001  # Cyrillic
_OPEN = {"“": "”", "„": "“”", "«": "»", '"': '"', "‟": "”"}


@dataclass(frozen=True)
class Sentence:
    """One sentence: its place, its paragraph, and whether a quotation was open at its start and at its end."""

    start: int
    end: int
    paragraph: int


def split_sentences(document: Document) -> tuple[Sentence, ...]:
    """Return the sentences of a document in order; together they cover every paragraph but for blanks between them."""
    found = []
    for number, paragraph in enumerate(document.paragraphs):
        content = document.text[paragraph.start : paragraph.end]
        start = 0
        for match in _END.finditer(content):
            if _is_abbreviation(content, match):
                continue
            found.append(Sentence(paragraph.start + start, paragraph.start + match.end(), number))
            start = match.end()
            while start < len(content) and content[start].isspace():
                start += 1
        if start < len(content):
            found.append(Sentence(paragraph.start + start, paragraph.end, number))
    return tuple(found)


def quoted_spans(document: Document) -> tuple[Span, ...]:
    """Return what stands in quotation marks, the marks included; a quotation left open ends with its paragraph."""
    found = []
    for paragraph in document.paragraphs:
        closers, opened = "", -1
        for at in range(paragraph.start, paragraph.end):
            char = document.text[at]
            if opened < 0 and char in _OPEN and not _is_inch_mark(document.text, at):
                opened, closers = at, _OPEN[char]
            elif opened >= 0 and char in closers:
                found.append(Span(opened, at + 1))
                opened = -1
        if opened >= 0:
            found.append(Span(opened, paragraph.end))
    return tuple(found)


def _is_inch_mark(content: str, at: int) -> bool:
    return content[at] == '"' and at > 0 and content[at - 1].isdigit()


def _is_abbreviation(content: str, match: re.Match[str]) -> bool:
    if match[1] != "." or match[2]:
        return False
    before = re.search(r"[\w.]+$", content[: match.start()])
    if before is None:
        return False
    word = before[0].lower()
    if word in _ABBREVIATIONS:
        following = content[match.end() :].lstrip()[:1]
        return (
            not (
                word in ("u.s", "u.k", "e.u", "u.n", "a.m", "p.m", "etc", "inc", "ltd", "co", "corp", "bn", "mn")
                and _starts_sentence(content[match.end() :])
            )
            or following.isdigit()
        )
    is_initial = len(word) == 1 and word.isalpha() and before[0].isupper()
    return is_initial and not content[: match.start()].endswith((" on X", " network X", " platform X"))


def _starts_sentence(rest: str) -> bool:
    return bool(
        re.match(
            r"\s+(?:The|A|An|It|He|She|They|We|This|That|But|And|In|On|Its|His|Her|There|Gas|"
            r"Prices)\s",
            rest,
        )
    )
