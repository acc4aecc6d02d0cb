"""Names of assets, actors, instruments and markets in several languages.

A name that is not specific stays so: 'a gas pipeline for Europe' is its own entry with the routes it may mean as
members, and is never resolved to one of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from linepack.system.schema import Column, Kind, Table, text
from linepack.system.tables import Row, packaged_table


class NameKind(StrEnum):
    """What a name stands for."""

    ASSET = "asset"
    PERSON = "person"
    STATE = "state"
    BODY = "body"  # ministry, agency, union, court, group of states
    COMPANY = "company"
    MEDIA = "media"
    DATA_SOURCE = "data_source"
    GROUP = "group"  # unnamed people of a described kind
    INSTRUMENT = "instrument"
    MARKET = "market"
    TOPIC = "topic"
    CHANNEL = "channel"


ACTOR_KINDS = frozenset({NameKind.PERSON, NameKind.STATE, NameKind.BODY, NameKind.COMPANY, NameKind.GROUP})

NAMES = Table(
    "names",
    "Things a text may name, with what they belong to and what they may mean.",
    ("name_id",),
    (
        text("name_id", "Identifier; that of the dataset or of the law where there is one."),
        text("kind", "What it is.", choices=tuple(NameKind)),
        text("label", "Name to show."),
        text("country", "ISO 3166 alpha-2 code, EU, or empty.", required=False, default=""),
        text(
            "member_of", "Name it acts or stands for (a person's state, a company's owner).", required=False, default=""
        ),
        text("members", "Keys it covers or may mean, ';' between them.", required=False, default=""),
        text("role", "What it is or does.", required=False, default=""),
    ),
)

ALIASES = Table(
    "aliases",
    "Spellings of names.",
    ("alias", "name_id"),
    (
        text("alias", "Spelling; matched as whole words."),
        text("name_id", "Name.", references="names.name_id"),
        text("language", "Language of the spelling."),
        Column("has_case", Kind.BOOLEAN, "Must capitals agree?"),
    ),
)

@dataclass(frozen=True)
class Name:
    """One entry of the table of names."""

    name_id: str
    kind: NameKind
    label: str
    country: str
    member_of: str
    members: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class Mention:
    """A name found in a text: the entry, where it stands, and the spelling."""

    name: Name
    start: int
    end: int
    alias: str


@dataclass(frozen=True)
class NameBook:
    """All names with a compiled matcher; the longest spelling wins at each place."""

    names: Mapping[str, Name]
    by_alias: Mapping[str, str]  # spelling without spaces and hyphens
    by_folded_alias: Mapping[str, str]  # the same, in lower case
    pattern: re.Pattern[str]

    def find(self, content: str) -> tuple[Mention, ...]:
        """Return every mention in ``content`` in order of place; mentions do not overlap."""
        found = []
        for match in self.pattern.finditer(content):
            alias = _plain(match[0])
            name_id = self.by_alias.get(alias) or self.by_folded_alias.get(alias.casefold())
            if name_id is not None:
                found.append(Mention(self.names[name_id], match.start(), match.end(), match[0]))
        return tuple(found)


@lru_cache(maxsize=1)
def name_book() -> NameBook:
    """Return the names that ship with the package. Errors: ``InputError`` if the tables are inconsistent."""
    names = {str(row["name_id"]): _name(row) for row in packaged_table("names", NAMES)}
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for row in packaged_table("names", ALIASES):
        alias, name_id = str(row["alias"]), str(row["name_id"])
        (exact if row["has_case"] else folded)[alias] = name_id
    return NameBook(
        names,
        {_plain(alias): name_id for alias, name_id in exact.items()},
        {_plain(alias).casefold(): name_id for alias, name_id in folded.items()},
        _matcher(exact, folded),
    )


def _matcher(exact: Mapping[str, str], folded: Mapping[str, str]) -> re.Pattern[str]:
    def spelling(alias: str) -> str:
        words = r"[\s\-\u2010-\u2014]*".join(re.escape(word) for word in re.split(r"[\s\-]+", alias))
        return words if alias in exact else f"(?i:{words})"

    ordered = sorted({**exact, **folded}, key=lambda alias: (-len(alias), alias))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(spelling, ordered))})(?!\w)")


def _plain(found: str) -> str:
    return re.sub(r"[\s\-\u2010-\u2014]+", "", found)


def _name(row: Row) -> Name:
    return Name(
        str(row["name_id"]),
        NameKind(str(row["kind"])),
        str(row["label"]),
        str(row["country"]),
        str(row["member_of"]),
        _parts(row["members"]),
        str(row["role"]),
    )


def _parts(cell: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(cell or "").split(";") if part.strip())
