"""Quantities in a text: numbers with units of the gas trade, parts such as 'three of the four strings', and size words.

Energy is normalised through :mod:`linepack.units`. A cubic metre without reference temperature and heating value is
ambiguous, so it becomes a band from the poorest to the richest gas known there, never a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from linepack import units
from linepack.evidence.vocabulary import QuantityKind

_WORDS = {
    "a": 1,
    "an": 1,
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
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "hundred": 100,
    "dozen": 12,
    "half": 0.5,
}
_SCALES = {
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "mln": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_SPELLED = "|".join(sorted((w for w in _WORDS if w not in ("a", "an", "half")), key=len, reverse=True))
_N = r"(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\d+,\d+)"
_NUMBER = rf"(?:{_N}|\b(?:{_SPELLED})\b)"
_RANGE = rf"(?P<low>{_NUMBER})(?:\s*(?:-|\u2013|—|to|and|or)\s*(?:€|\$)?(?P<high>{_NUMBER}))?"
_PERCENT_RANGE = rf"(?P<low>{_NUMBER})(?:\s*(?:%|per\s?cent|percent)?\s*(?:-|\u2013|—|to|and)\s*(?P<high>{_NUMBER}))?"
_CURRENCY = r"(?P<sign>US\$|USD|EUR|GBP|\$|€|£)"
_SCALE = r"(?:\s*-?(?P<scale>thousand|million|billion|trillion|mln|bln|mn|bn|tn|m|b)\b)?"
_PER = (
    r"(?:\s*(?:/|per\b|an?\b|each\b|every\b)\s*(?P<per>calendar year|year|annum|yr|y|day|d|month|quarter|week)\b|"
    r"\s+(?P<adverb>annually|yearly|daily|monthly|p\.?a\.?))?"
)
_M3 = r"(?:cubic[\s-]+met(?:re|er)s?|m3|m³|cu\.?\s?m)"
_PER_ENERGY = (
    r"(?:\s*(?:/|per|an?)\s*(?P<basis>MWh|megawatt[\s-]*hours?|MMBtu|mmBtu|mmbtu|million (?:British "
    r"thermal units?|Btu|BTU)|"
    rf"therms?|th\b|(?:thousand|1[, ]?000|k)\s*{_M3}|tcm|kcm|barrel|bbl|b\b|tonne|ton|t\b))?"
)

_UNIT_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "part",
            rf"\b(?P<low>{_NUMBER})\s+(?:out\s+)?of\s+(?:the\s+|its\s+|"
            rf"their\s+)?(?P<high>{_NUMBER})\b(?=[^.,;]{{0,40}}\b(?:strings?|lines?|pipelines?|pipes?|"
            rf"trains?|routes?|conductors?|branches|legs)\b)",
        ),
        (
            "part",
            rf"\bof\s+(?:the|its|their)\s+(?P<high>{_NUMBER})\s+(?:strings|lines|pipelines|pipes|trains|routes|"
            rf"legs),?\s+"
            rf"(?P<low>{_NUMBER})\b",
        ),
        (
            "part_open",
            r"\b(?P<low>one|two|three)\s+of\s+the\s+(?:[A-Z][\w-]*\s+)*(?:\d\s+)?(?P<noun>strings|"
            r"lines|pipelines|pipes)\b",
        ),
        ("points", rf"{_RANGE}\s*(?:percentage[\s-]+points?|pp\b|p\.p\.)"),
        ("percent", rf"{_PERCENT_RANGE}\s*(?:%|per[\s-]?cent\b|percent\b)"),
        ("money", rf"{_CURRENCY}\s?{_RANGE}{_SCALE}{_PER_ENERGY}{_PER}"),
        (
            "money_after",
            rf"{_RANGE}{_SCALE}\s*(?P<sign>euros?\b|EUR\b|€|(?:US\s+)?dollars?\b|USD\b|\$|pounds?\b|"
            rf"GBP\b|roubles?\b|rubles?\b|pence\b|(?<=\d)p\b|p(?=\s*(?:/|per)\s*th)){_PER_ENERGY}{_PER}",
        ),
        (
            "volume",
            rf"{_RANGE}\s*(?P<scale>billion|million|bln|mln|bn|mn|thousand)?\s*(?P<unit>bcm|mcm|"
            rf"{_M3}){_PER}(?!\s*(?:of\s+)?water)",
        ),
        (
            "mass",
            rf"{_RANGE}\s*(?P<scale>million|mln|mn|thousand|m)?\s*(?:metric\s+)?(?P<unit>tonnes?|tons?|Mt|"
            rf"mtpa|mmtpa|Mtpa|MMT)\b{_PER}",
        ),
        (
            "energy",
            rf"{_RANGE}\s*(?P<unit>TWh|GWh|MWh|terawatt[\s-]*hours?|gigawatt[\s-]*hours?|"
            rf"megawatt[\s-]*hours?){_PER}",
        ),
        (
            "duration",
            rf"(?<!first )(?<!First ){_RANGE}[\s-]+(?:more\s+|full\s+|calendar\s+)?(?P<unit>days?|weeks?|months?|"
            rf"years?|"
            rf"hours?)\b(?![\s-]*(?:high|low|old|ago|earlier|later|before|peak))",
        ),
        (
            "count",
            rf"\b{_RANGE}\s+(?:more\s+|other\s+|new\s+|additional\s+|sanctioned\s+|Russian\s+|"
            rf"conventional\s+)*(?:ice-class\s+|Arc7\s+|Arc-7\s+|LNG\s+)*(?P<unit>carriers?|tankers?|"
            rf"ships?|vessels?|cargoe?s?|strings|trains|icebreakers?)\b",
        ),
    )
)
_WORD_PATTERNS = (
    (
        "record",
        re.compile(
            r"\brecord(?:[\s-]high)?\s+(?:quantit\w+|volumes?|amounts?|levels?|imports?|deliver\w+|"
            r"exports?|shipments?|highs?)\b",
            re.I,
        ),
    ),
    ("cheap", re.compile(r"\bcheap(?:er|est|ly)?\b", re.I)),
    ("only", re.compile(r"\b(?:only|solely|exclusively)\s+(?:through|via|by way of)\b", re.I)),
    ("double", re.compile(r"\b(?:doubl|tripl|halv)(?:e|ed|ing)\b", re.I)),
)
_FALL = (
    r"(?:f[ae]ll\w*|drop\w*|declin\w*|decreas\w*|slid\w*|slip\w*|down|lower|los[te]\w*|shed|plung\w*|"
    r"tumbl\w*|sank|eased|retreat\w*|reduc\w*|cut|minus|dip\w*)"
)
_RISE = (
    r"(?:r[io]se\w*|up|gain\w*|climb\w*|jump\w*|increas\w*|soar\w*|surg\w*|higher|added|advanc\w*|plus|"
    r"rally|rallied|grew|grow\w*)"
)
_MOVE_BEFORE = re.compile(
    rf"\b(?:(?P<fall>{_FALL})|(?P<rise>{_RISE}))(?:\s+(?:by|as|much|about|around|some|"
    rf"roughly|nearly|almost|more|than|over|to|a|further|another|at|least|prices?))*\s*$",
    re.I,
)
_MOVE_AFTER = re.compile(
    r"^\s*(?:(?P<fall>lower|down|less|drop|fall|decline|decrease)|(?P<rise>higher|up|more|"
    r"rise|increase|gain))\b",
    re.I,
)


@dataclass(frozen=True)
class TextQuantity:
    """A quantity as a text gives it.

    ``low`` and ``high`` are the values in ``unit`` (equal for a point; both None for a size word); moves carry their
    sign. ``normal_low`` to ``normal_high`` is the same in ``normal_unit`` (GWh, GWh/d or EUR/MWh), a band where the
    text
    leaves the heating value open. ``is_base_known`` is False for a percent move whose base is not in the sentence.
    """

    start: int
    end: int
    text: str
    kind: QuantityKind
    unit: str
    low: float | None
    high: float | None
    normal_unit: str = ""
    normal_low: float | None = None
    normal_high: float | None = None
    is_base_known: bool = True
    rule: str = ""

    @property
    def label(self) -> str:
        """Short form such as '-4.5 %', '15..20 bcm/y', '3/4' or 'qual:record'."""
        if self.kind is QuantityKind.WORD:
            return f"qual:{self.unit}"
        if self.kind is QuantityKind.PART:
            return f"{self.low:g}/{'?' if self.high is None else format(self.high, 'g')}"
        assert self.low is not None
        assert self.high is not None
        span = _plain(self.low) if self.low == self.high else f"{_plain(self.low)}..{_plain(self.high)}"
        return f"{span} {self.unit}"


def find_quantities(content: str, offset: int = 0, *, usd_per_eur: float | None = None) -> tuple[TextQuantity, ...]:
    """Return the quantities of a sentence in order of place; places are shifted by ``offset``.

    ``usd_per_eur`` lets prices in dollars be normalised to EUR/MWh; without it they keep their own unit only.
    """
    taken: list[tuple[int, int]] = []
    found: list[TextQuantity] = []
    for name, pattern in _UNIT_PATTERNS:
        at = 0
        while match := pattern.search(content, at):
            at = match.end()
            if any(match.start() < end and start < match.end() for start, end in taken):
                at = match.start() + 1
                continue
            if _is_by_and_to(name, match, content):
                at = match.end("low")
                match = pattern.fullmatch(content, match.start(), at)
                if match is None:
                    continue
            quantity = _read(name, match, content, offset, usd_per_eur)
            if quantity is not None:
                taken.append((match.start(), match.end()))
                found.append(quantity)
    found += _size_words(content, offset)
    return tuple(sorted(_with_bases(found), key=lambda quantity: quantity.start))


def _read(name: str, match: re.Match[str], content: str, offset: int, usd_per_eur: float | None) -> TextQuantity | None:
    low = _value(match["low"])
    high = _value(match["high"]) if "high" in match.groupdict() and match["high"] else low
    if name in ("part", "part_open"):
        whole = None if name == "part_open" else high
        return TextQuantity(
            offset + match.start(), offset + match.end(), match[0], QuantityKind.PART, "part", low, whole, rule=name
        )
    is_year = bool(re.fullmatch(r"(?:19|20)\d\d", match["low"].strip())) and high < low
    if is_year:  # 'for summer 2026 to 25 EUR/MWh'
        low = high
    if high < low and name not in ("money", "money_after"):
        low, high = high, low
    kind, unit, factor = _unit_of(name, match)
    if kind is None:
        return None
    low, high = low * factor, high * factor
    sign = _move_sign(content, match) if kind in (QuantityKind.SHARE, QuantityKind.MONEY, QuantityKind.PRICE) else 0
    if (sign and kind is QuantityKind.SHARE) or (sign and _is_delta(content, match)):
        kind = QuantityKind.MOVE
    if kind is QuantityKind.MOVE:
        low, high = sorted((sign * low, sign * high))
    normal = _normalised(kind, unit, low, high, usd_per_eur)
    first = match.start("high") if is_year else match.start()
    return TextQuantity(
        offset + first,
        offset + match.end(),
        content[first : match.end()].strip(),
        kind,
        unit,
        low,
        high,
        *normal,
        rule=name,
    )


def _unit_of(name: str, match: re.Match[str]) -> tuple[QuantityKind | None, str, float]:
    groups = match.groupdict()
    per = _per(groups.get("per"), groups.get("adverb"))
    scale = _SCALES.get((groups.get("scale") or "").lower(), 1.0)
    if name == "points":
        return QuantityKind.SHARE, "pp", 1.0
    if name == "percent":
        return QuantityKind.SHARE, "%", 1.0
    if name in ("money", "money_after"):
        return _money(groups, scale, per)
    if name == "volume":
        unit = (groups["unit"] or "").lower()
        cubic_metres = scale * {"bcm": 1e9, "mcm": 1e6}.get(unit, 1.0)
        if per == "/d" or per == "/month" or cubic_metres == 1e6:
            return QuantityKind.VOLUME, f"mcm{per}", cubic_metres / 1e6
        return QuantityKind.VOLUME, f"bcm{per}", cubic_metres / 1e9
    if name == "mass":
        unit = groups["unit"]
        tonnes = scale * (1e6 if unit.lower() in ("mt", "mtpa", "mmtpa", "mmt") else 1.0)
        if tonnes < 1e3:
            return None, "", 1.0
        return QuantityKind.MASS, "Mt" + ("/y" if unit.lower().endswith("pa") else per), tonnes / 1e6
    if name == "energy":
        return QuantityKind.ENERGY, {"t": "TWh", "g": "GWh", "m": "MWh"}[groups["unit"][0].lower()] + per, 1.0
    if name == "duration":
        return QuantityKind.DURATION, groups["unit"].lower().rstrip("s"), 1.0
    return QuantityKind.COUNT, "count", 1.0


def _money(groups: dict[str, str | None], scale: float, per: str) -> tuple[QuantityKind, str, float]:
    sign = (groups["sign"] or "").lower()
    currency = (
        "USD"
        if sign.startswith(("us", "$", "dollar"))
        else "GBP"
        if sign in ("£", "gbp") or sign.startswith("pound")
        else "EUR"
    )
    if sign.startswith(("rouble", "ruble")):
        currency = "RUB"
    if sign in ("pence", "p"):
        currency = "GBp"
    basis = (groups.get("basis") or "").lower()
    if not basis:
        return QuantityKind.MONEY, currency + per, scale
    if basis.startswith(("mwh", "megawatt")):
        return QuantityKind.PRICE, f"{currency}/MWh", scale
    if "btu" in basis or "british" in basis:
        return QuantityKind.PRICE, f"{currency}/MMBtu", scale
    if basis.startswith("th") and not basis.startswith("thousand"):
        return QuantityKind.PRICE, f"{currency}/therm", scale
    if basis.startswith(("b",)):
        return QuantityKind.PRICE, f"{currency}/bbl", scale
    if basis.startswith("t") and not basis.startswith(("thousand", "tcm")):
        return QuantityKind.MONEY, currency, scale
    return QuantityKind.PRICE, f"{currency}/kcm", scale


def _normalised(
    kind: QuantityKind, unit: str, low: float, high: float, usd_per_eur: float | None
) -> tuple[str, float | None, float | None]:
    """The quantity in GWh, GWh/d or EUR/MWh, through ``linepack.units``."""
    if kind in (QuantityKind.VOLUME, QuantityKind.MASS, QuantityKind.ENERGY):
        head, _, per = unit.partition("/")
        spellings = {"bcm": ("bcm_20C_RU", "bcm_0C_NO"), "mcm": ("mcm_20C_RU", "mcm_0C_NO"), "Mt": ("MtLNG", "MtLNG")}
        poor, rich = spellings.get(head, (head, head))
        suffix = f"/{per}" if per in ("y", "d", "month") else ""
        return (
            "GWh/d" if suffix else "GWh",
            units.parse_quantity(f"{low:.10g} {poor}{suffix}").value,
            units.parse_quantity(f"{high:.10g} {rich}{suffix}").value,
        )
    if unit == "EUR/MWh":
        return "EUR/MWh", low, high
    if unit == "USD/MMBtu" and usd_per_eur:
        return "EUR/MWh", *(units.eur_mwh_from_usd_mmbtu(value, usd_per_eur=usd_per_eur) for value in (low, high))  # type: ignore[return-value]
    if unit == "USD/kcm" and usd_per_eur:
        return (
            "EUR/MWh",
            units.eur_mwh_from_usd_kcm(low, usd_per_eur=usd_per_eur, kwh_per_m3=units.gcv_kwh_per_m3("NO", 0)),
            units.eur_mwh_from_usd_kcm(high, usd_per_eur=usd_per_eur, kwh_per_m3=units.gcv_kwh_per_m3("RU", 20)),
        )
    return "", None, None


def _is_by_and_to(name: str, match: re.Match[str], content: str) -> bool:
    """'fell by 7.98 euros to 48.47' is a move and a level, not a range."""
    if name != "money" or match["high"] is None or " to " not in match[0]:
        return False
    return _move_sign(content, match) != 0


def _per(per: str | None, adverb: str | None) -> str:
    word = (per or adverb or "").lower()
    if not word:
        return ""
    if word.startswith(("y", "annu", "p", "calendar")):
        return "/y"
    return (
        "/d"
        if word.startswith("d")
        else "/month"
        if word.startswith("m")
        else "/quarter"
        if word.startswith("q")
        else "/week"
    )


def _value(number: str) -> float:
    word = number.lower()
    if word in _WORDS:
        return float(_WORDS[word])
    plain = re.sub(r"[\u00a0\u202f ]", "", number)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))


def _move_sign(content: str, match: re.Match[str]) -> int:
    before = _MOVE_BEFORE.search(content[max(0, match.start() - 45) : match.start()])
    after = None if before else _MOVE_AFTER.search(content[match.end() : match.end() + 12])
    hit = before or after
    if hit is None or (before and before[0].rstrip().lower().endswith((" to", " at"))):
        return 0
    return -1 if hit["fall"] else 1


def _is_delta(content: str, match: re.Match[str]) -> bool:
    before = content[max(0, match.start() - 45) : match.start()].rstrip().lower()
    return not before.endswith((" to", " at", "level"))


def _size_words(content: str, offset: int) -> Iterator[TextQuantity]:
    for word, pattern in _WORD_PATTERNS:
        for match in pattern.finditer(content):
            yield TextQuantity(
                offset + match.start(),
                offset + match.end(),
                match[0],
                QuantityKind.WORD,
                word,
                None,
                None,
                rule="size word",
            )


def _with_bases(found: list[TextQuantity]) -> list[TextQuantity]:
    has_level = any(
        q.kind is QuantityKind.PRICE or (q.kind is QuantityKind.MONEY and q.unit in ("EUR", "GBp")) for q in found
    )
    return [replace(q, is_base_known=has_level) if q.kind is QuantityKind.MOVE and q.unit == "%" else q for q in found]


def _plain(value: float) -> str:
    return f"{value:.12g}"
