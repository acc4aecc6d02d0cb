"""Dates in a text as intervals of days, resolved against the day of publication.

Weeks run Monday to Sunday, gas years October to September, winters October to March, summers April to September.
'This week' runs to the day of publication unless the sentence looks ahead; 'by the end of 2027' is its last day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_M = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_AHEAD = re.compile(
    r"\b(?:will|would|shall|due|expected|plans?|planned|next|ahead|from(?! the| an? | his| her| its| their)|by|until|"
    r"before|coming|"
    r"upcoming|may|might|could|must|to be|is to|are to|propose[sd]?|intends?)\b",
    re.I,
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "a": 1,
    "an": 1,
}
Interval = tuple[date, date]


@dataclass(frozen=True)
class TextDate:
    """A date expression: its place, the first and last day it means, how it bounds them, and the rule that read it.

    ``first`` and ``last`` are None where the publication date would be needed and is not known.
    """

    start: int
    end: int
    text: str
    first: date | None
    last: date | None
    relation: str  # on, since, by, before, after
    rule: str

    @property
    def label(self) -> str:
        """'2025-03-13', '2025-03-10..2025-03-13', or '?' if unresolved."""
        if self.first is None or self.last is None:
            return "?"
        return (
            self.first.isoformat() if self.first == self.last else f"{self.first.isoformat()}..{self.last.isoformat()}"
        )


def find_dates(content: str, offset: int = 0, *, published: date | None = None) -> tuple[TextDate, ...]:
    """Return the date expressions of a sentence in order of place; places are shifted by ``offset``."""
    taken: list[tuple[int, int]] = []
    found = []
    for rule, pattern, resolve in _RULES:
        for match in pattern.finditer(content):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            context = _Context(content, match, published)
            interval = resolve(match, context)
            if interval is _NOT_A_DATE:
                continue
            taken.append((match.start(), match.end()))
            relation = _relation(content[: match.start()])
            first, last = interval or (None, None)
            if (
                relation == "since"
                and not re.search(
                    r"\b(?:highest|lowest|most|least|first|best|worst|strongest|"
                    r"weakest)\b",
                    content[: match.start()],
                )
                and published is not None
                and first is not None
                and first <= published
            ):
                last = published
            found.append(TextDate(offset + match.start(), offset + match.end(), match[0], first, last, relation, rule))
    return _without_echoes(content, offset, sorted(found, key=lambda mention: mention.start))


def _without_echoes(content: str, offset: int, found: list[TextDate]) -> tuple[TextDate, ...]:
    """'Monday 20 October' and '17 June this year' are one date each."""
    kept: list[TextDate] = []
    for mention in found:
        gap = content[kept[-1].end - offset : mention.start - offset] if kept else "x"
        if kept and re.fullmatch(r"[\s,]*(?:on\s+|of\s+)?", gap):
            if kept[-1].rule == "weekday" and mention.rule in ("day of month", "month and day"):
                kept[-1] = mention
                continue
            if mention.rule == "relative period" and kept[-1].rule in ("day of month", "month and day", "bare month"):
                continue
        kept.append(mention)
    return tuple(kept)


@dataclass(frozen=True)
class _Context:
    content: str
    match: re.Match[str]
    published: date | None

    @property
    def looks_ahead(self) -> bool:
        before = self.content[max(0, self.match.start() - 70) : self.match.start()]
        return bool(_AHEAD.search(before))

    @property
    def last_year_named(self) -> int | None:
        years = re.findall(r"\b(?:19|20)\d{2}\b", self.content[: self.match.start()])
        return int(years[-1]) if years else None


_NOT_A_DATE: Interval = (date.min, date.min)


def _relation(before: str) -> str:
    match = re.search(
        r"\b(since|by|until|till|before|after|from|no later than)\s+(?:the\s+)?(?:\w+\s+){0,2}$", before, re.I
    )
    if match is None:
        return "on"
    word = match[1].lower()
    return {"till": "by", "until": "by", "no later than": "by", "from": "from"}.get(word, word)


def _iso(match: re.Match[str], _: _Context) -> Interval | None:
    return _day(int(match["year"]), int(match["m"]), int(match["day"]))


def _month_day(match: re.Match[str], context: _Context) -> Interval | None:
    month, number = _month_number(match["month"]), int(match["day"])
    if match["year"]:
        return _day(int(match["year"]), month, number)
    if context.published is None:
        return None
    published = context.published
    days = [_day(published.year + shift, month, number) for shift in (-1, 0, 1)]
    return min(days, key=lambda day: abs((day[0] - published).days))


def _month_year(match: re.Match[str], _: _Context) -> Interval | None:
    return _narrow(_whole_month(int(match["year"]), _month_number(match["month"])), match["edge"])


def _bare_month(match: re.Match[str], context: _Context) -> Interval | None:
    month = _month_number(match["month"])
    if re.search(r"\bthat\s*$", context.content[: match.start("month")], re.I) and context.last_year_named:
        return _narrow(_whole_month(context.last_year_named, month), match["edge"])
    if (match["that_year"] or "") and context.last_year_named:
        return _narrow(_whole_month(context.last_year_named, month), match["edge"])
    if context.published is None:
        return None
    today = context.published
    year = today.year if month <= today.month else today.year - 1
    if context.looks_ahead and month < today.month:
        year = today.year + 1
    elif context.looks_ahead and month > today.month:
        year = today.year
    return _narrow(_whole_month(year, month), match["edge"])


def _quarter(match: re.Match[str], context: _Context) -> Interval | None:
    number = int(match["q"]) if match["q"] else _QUARTERS[match["nth"].lower()]
    year = _year_of(match["year"], context)
    if year is None:
        return None
    return _span_of_months(year, 3 * number - 2, 3 * number)


def _half(match: re.Match[str], context: _Context) -> Interval | None:
    number = int(match["h"]) if match["h"] else _QUARTERS[match["nth"].lower()]
    year = _year_of(match["year"], context)
    if year is None:
        return None
    return _span_of_months(year, 1, 6) if number == 1 else _span_of_months(year, 7, 12)


def _first_months(match: re.Match[str], context: _Context) -> Interval | None:
    """'The first nine months of 2025': from January to the end of the ninth month."""
    word = match["n"].lower()
    number = int(word) if word.isdigit() else _NUMBERS.get(word, 0)
    months = number * (3 if match["unit"].lower().startswith("quarter") else 1)
    year = _year_of(match["year"], context)
    return _span_of_months(year, 1, months) if year is not None and 1 <= months <= 12 else None


def _gas_year(match: re.Match[str], _: _Context) -> Interval | None:
    first = int(match["year"])
    return date(first, 10, 1), date(first + 1, 9, 30)


def _season(match: re.Match[str], context: _Context) -> Interval | None:
    name = match["season"].lower()
    text_year = match["year"]
    year = _full_year(text_year) if text_year else None
    if year is None:
        if context.published is None:
            return None
        today, which = context.published, (match["which"] or "").lower()
        if not which:
            return _NOT_A_DATE
        year = today.year + {"next": 1, "last": -1, "past": -1}.get(which, 0)
        if name == "winter" and today.month < 6:
            year -= 1
    if name == "winter":
        return date(year, 10, 1), _month_end(year + 1, 3)
    first, last = {"summer": (4, 9), "spring": (3, 5), "autumn": (9, 11), "fall": (9, 11)}[name]
    return _span_of_months(year, first, last)


def _year(match: re.Match[str], context: _Context) -> Interval | None:
    following = context.content[match.end() :]
    if re.match(r"[/]\d|\s*(?:bcm|mcm|GWh|TWh|MWh|euros?|dollars?|tonnes?|km)\b|,\d{3}", following):
        return _NOT_A_DATE
    if re.search(r"(?:\d[/.,]|No\.?\s|Regulation\s(?:\(EU\)\s)?|#)$", context.content[: match.start("year")]):
        return _NOT_A_DATE
    year = int(match["year"])
    return _narrow((date(year, 1, 1), date(year, 12, 31)), match["edge"])


def _named_day(match: re.Match[str], context: _Context) -> Interval | None:
    if context.published is None:
        return None
    shift = {"yesterday": -1, "tomorrow": 1}.get(match["name"].lower(), 0)
    day = context.published + timedelta(days=shift)
    return day, day


def _weekday(match: re.Match[str], context: _Context) -> Interval | None:
    if context.published is None:
        return None
    target, today = _WEEKDAYS[match["name"].lower()], context.published
    back = (today.weekday() - target) % 7
    which = (match["which"] or "").lower()
    ahead = which == "next" or bool(
        re.search(
            r"\b(?:will|due|would|scheduled|expected|to be held|is to|are to|meets?)\b[^,;]{0,40}$",
            context.content[: match.start()],
            re.I,
        )
    )
    if ahead:
        day = today + timedelta(days=(target - today.weekday()) % 7 or 7)
    else:
        day = today - timedelta(days=back or (7 if which == "last" else 0))
    return day, day


def _relative(match: re.Match[str], context: _Context) -> Interval | None:
    if context.published is None:
        return None
    today, which, unit = context.published, match["which"].lower(), match["unit"].lower()
    edge = (match["edge"] or "").lower()
    shift = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1}.get(which, 0)
    interval = _period(today, unit, shift)
    if which == "the" and not edge:
        return _NOT_A_DATE
    if shift == 0 and unit == "week" and not edge.endswith("of"):
        monday = interval[0]
        return (today, interval[1]) if "later" in edge else (monday, interval[1] if context.looks_ahead else today)
    if edge.startswith("earlier"):
        return interval[0], min(today, interval[1])
    if edge.startswith("later"):
        return max(today, interval[0]), interval[1]
    return _narrow(interval, edge or None)


def _ago(match: re.Match[str], context: _Context) -> Interval | None:
    if context.published is None:
        return None
    number = _NUMBERS.get(match["n"].lower()) or int(match["n"])
    unit, today = match["unit"].lower(), context.published
    if unit in ("day", "week"):
        day = today - timedelta(days=number * (7 if unit == "week" else 1))
        return day, day
    return _period(today, unit, -number)


def _year_of(text: str | None, context: _Context) -> int | None:
    if text:
        return _full_year(text)
    return context.published.year if context.published else None


def _full_year(text: str) -> int:
    digits = re.search(r"\d{4}|\d{2}", text)
    assert digits is not None
    return int(digits[0]) if len(digits[0]) == 4 else 2000 + int(digits[0])


def _period(today: date, unit: str, shift: int) -> Interval:
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        return monday, monday + timedelta(days=6)
    if unit == "month":
        number = today.year * 12 + today.month - 1 + shift
        return _whole_month(number // 12, number % 12 + 1)
    if unit == "quarter":
        number = today.year * 4 + (today.month - 1) // 3 + shift
        return _span_of_months(number // 4, 3 * (number % 4) + 1, 3 * (number % 4) + 3)
    return date(today.year + shift, 1, 1), date(today.year + shift, 12, 31)


def _narrow(interval: Interval, edge: str | None) -> Interval:
    word = (edge or "").lower().strip(" -")
    first, last = interval
    length = (last - first).days + 1
    if word.startswith(("the end", "end", "close")):
        return last, last
    if word.startswith(("early", "the beginning", "beginning", "the start", "start")):
        return first, first + timedelta(days=length // 3 - 1)
    if word.startswith(("mid", "the middle", "middle")):
        return first + timedelta(days=length // 3), last - timedelta(days=length // 3)
    if word.startswith("late"):
        return last - timedelta(days=length // 3 - 1), last
    return interval


def _month_number(name: str) -> int:
    return _MONTHS[name.lower().rstrip(".")]


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _whole_month(year: int, month: int) -> Interval:
    return date(year, month, 1), _month_end(year, month)


def _span_of_months(year: int, first: int, last: int) -> Interval:
    return date(year, first, 1), _month_end(year, last)


def _day(year: int, month: int, number: int) -> Interval:
    try:
        day = date(year, month, number)
    except ValueError:
        return _NOT_A_DATE
    return day, day


_EDGE = r"(?P<edge>(?:the\s+)?(?:end|beginning|start|middle|close)[\s-]+of\s+|(?:early|mid|late|end)[\s-]+)?"
_RULES: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str], _Context], Interval | None]], ...] = (
    ("iso day", re.compile(r"\b(?P<year>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<day>\d{2})\b"), _iso),
    ("gas year", re.compile(r"\bgas year\s+(?P<year>\d{4})\s*[/\u2013-]\s*(?:\d{4}|\d{2})\b", re.I), _gas_year),
    (
        "season",
        re.compile(
            r"\b(?:(?P<which>this|next|last|past|coming)\s+)?(?P<season>winter|summer|spring|"
            r"autumn|fall)(?:\s+season)?(?:\s+of)?[\s-]*(?P<year>(?:20)\d{2}|\d{2}\b(?!\s*(?:%|per|"
            r"euro)))?(?:\s*[/\u2013-]\s*(?:\d{4}|\d{2})\b)?",
            re.I,
        ),
        _season,
    ),
    (
        "day of month",
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_M}(?:,?\s+(?P<year>(?:19|"
            rf"20)\d{{2}}))?\b"
        ),
        _month_day,
    ),
    (
        "month and day",
        re.compile(
            rf"\b{_M}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:%|per|bcm|mcm|"
            rf"euro))(?:,?\s+(?P<year>(?:19|20)\d{{2}}))?"
        ),
        _month_day,
    ),
    ("month", re.compile(rf"{_EDGE}\b{_M}(?:\s+of)?,?\s+(?P<year>(?:19|20)\d{{2}})\b", re.I), _month_year),
    (
        "quarter",
        re.compile(
            r"\b(?:Q(?P<q>[1-4])|(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|"
            r"4th)[\s-]+quarter)(?:\s+of)?(?:\s+(?P<year>(?:19|20)\d{2}))?\b",
            re.I,
        ),
        _quarter,
    ),
    (
        "half year",
        re.compile(
            r"\b(?:H(?P<h>[12])(?=\s+20)|(?P<nth>first|second)[\s-]+half(?=\s+of\s+(?:20|the "
            r"year|this year)|\s+20))(?:\s+of)?(?:\s+(?P<year>(?:19|20)\d{2}))?",
            re.I,
        ),
        _half,
    ),
    (
        "first months",
        re.compile(
            r"\bfirst\s+(?P<n>two|three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+(?P<unit>months|quarters)"
            r"(?:\s+of)?(?:\s+(?P<year>(?:19|20)\d{2}))?\b",
            re.I,
        ),
        _first_months,
    ),
    ("named day", re.compile(r"\b(?P<name>today|yesterday|tomorrow|tonight)\b", re.I), _named_day),
    (
        "relative period",
        re.compile(
            r"(?P<edge>(?:earlier|later|(?:the\s+)?end\s+of|(?:the\s+)?(?:beginning|"
            r"start)\s+of|early|late)\s+)?\b(?P<which>this|last|next|previous|past|coming|"
            r"the)\s+(?P<unit>week|month|quarter|"
            r"year)\b(?!['\u2019]?s?\s+(?:ago|earlier|later|before|high|low))",
            re.I,
        ),
        _relative,
    ),
    (
        "time ago",
        re.compile(
            r"\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit>day|"
            r"week|month|year)s?\s+ago\b",
            re.I,
        ),
        _ago,
    ),
    (
        "weekday",
        re.compile(
            r"\b(?:(?P<which>last|next|this|earlier on)\s+)?(?P<name>Monday|Tuesday|Wednesday|"
            r"Thursday|Friday|Saturday|Sunday)\b"
        ),
        _weekday,
    ),
    ("year", re.compile(rf"{_EDGE}\b(?P<year>(?:19[5-9]|20[0-6])\d)\b", re.I), _year),
    (
        "bare month",
        re.compile(
            rf"{_EDGE}(?<=[\s(])(?:(?<=in )|(?<=since )|(?<=by )|(?<=until )|(?<=from )|(?<=of "
            rf")|(?<=last )|(?<=next )|(?<=that )|(?<=this )|(?<=and )|(?<=before )|(?<=after "
            rf")|(?<=early )|(?<=late )|(?<=mid-)){_M}\b(?P<that_year>\s+of\s+(?:that|the "
            rf"same)\s+year)?"
        ),
        _bare_month,
    ),
)
