"""The wording tables of the reader, compiled once: reporting verbs, cues and levers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from linepack.evidence.vocabulary import Act
from linepack.system.schema import Table, text
from linepack.system.tables import packaged_table

CUE_KINDS = ("possible", "early", "doubted", "reported", "negation", "condition", "translation", "not_article")
DOES = ("asset", "asset_filter", "demand", "law", "none")
ACTS = ("assert", "deny", "doubt", "promise", "threaten", "forecast")

VERBS = Table(
    "verbs",
    "Reporting verbs with the act they perform.",
    ("verb", "act"),
    (
        text("verb", "Verb."),
        text("act", "What a speaker does with it.", choices=ACTS),
        text(
            "forms",
            "Forms and fixed phrases that report, ';' between them; 'puts ... at': the first where the second follows.",
        ),
    ),
)

CUES = Table(
    "cues",
    "Wording that sets hedge, negation, condition, or betrays a translation.",
    ("kind", "pattern"),
    (
        text("kind", "What the wording tells.", choices=CUE_KINDS),
        text("pattern", "Regular expression, matched as whole words whatever the case."),
    ),
)

LEVERS = Table(
    "levers",
    "What can be changed in the model, and the wording that speaks of it.",
    ("lever",),
    (
        text("lever", "Identifier."),
        text("label", "Name to show."),
        text("do", "Kind of patch a scenario draft makes of it; 'law' and 'none' make none.", choices=DOES),
        text("keys", "Rows to change if the claim does not name them, ';' between them.", required=False, default=""),
        text("setting", "What the patch sets.", required=False, default=""),
        text(
            "value", "Value in the direction the lever names; empty: the claim's quantity.", required=False, default=""
        ),
        text("reason", "Why it makes no patch.", required=False, default=""),
        text("pattern", "Regular expression, matched whatever the case."),
    ),
)


GIVEN_NAMES = Table(
    "given_names",
    "Given names that are those of a woman or of a man, to tell whom 'she' and 'he' mean; names of both are left out.",
    ("name",),
    (
        text("name", "Given name."),
        text("gender", "f or m.", choices=("f", "m")),
    ),
)


@dataclass(frozen=True)
class Lever:
    """One lever: what a claim speaks of, and where the model would change."""

    lever: str
    label: str
    do: str
    keys: tuple[str, ...]
    setting: str
    value: str
    reason: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """All wording tables, compiled."""

    verb_acts: Mapping[str, Act]  # form -> act
    verb_pattern: re.Pattern[str]
    cues: Mapping[str, re.Pattern[str]]
    levers: tuple[Lever, ...]
    genders: Mapping[str, str]  # given name -> 'f' or 'm'


def _spelled(form: str) -> str:
    """'puts ... at' is 'puts' where 'at' follows in the same clause."""
    word, _, later = form.partition(" ... ")
    spelled = re.escape(word).replace(r"\ ", r"\s+")
    return rf"{spelled}(?=\s[^,.;:]{{2,70}}?\s{re.escape(later)}s?(?!\w))" if later else spelled


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the compiled wording tables. Errors: ``InputError`` if a table does not fit its schema."""
    listed = {
        form: Act(str(row["act"])) for row in packaged_table("lexicon", VERBS) for form in str(row["forms"]).split(";")
    }
    acts = {form.split(" ... ")[0]: act for form, act in listed.items()}
    forms = sorted(listed, key=lambda form: (-len(form), form))
    spelled = "|".join(_spelled(form) for form in forms)
    cues: dict[str, list[str]] = {kind: [] for kind in CUE_KINDS}
    for row in packaged_table("lexicon", CUES):
        cues[str(row["kind"])].append(str(row["pattern"]))
    return Lexicon(
        acts,
        re.compile(rf"(?<![\w-])(?:{spelled})(?![\w-])"),
        {
            kind: re.compile(rf"(?<![\w])(?:{'|'.join(patterns)})(?![\w])", re.IGNORECASE)
            for kind, patterns in cues.items()
        },
        tuple(
            Lever(
                str(row["lever"]),
                str(row["label"]),
                str(row["do"]),
                tuple(key for key in str(row["keys"]).split(";") if key),
                str(row["setting"]),
                str(row["value"]),
                str(row["reason"]),
                re.compile(str(row["pattern"]), re.IGNORECASE),
            )
            for row in packaged_table("lexicon", LEVERS)
        ),
        {str(row["name"]): str(row["gender"]) for row in packaged_table("lexicon", GIVEN_NAMES)},
    )
