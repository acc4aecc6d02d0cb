"""Claims that cannot both hold, or that pull a lever in opposite directions. Both are kept; neither wins here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

OPPOSITE_LEVERS = (
    ("route_restart", "route_stop"),
    ("sanctions_relief", "sanctions_tightening"),
    ("exemption", "sanctions_tightening"),
    ("us_lng_purchase", "import_ban"),
)
RESULT_LEVERS = frozenset({"price_effect", "alignment"})


@dataclass(frozen=True)
class Contradiction:
    """Two claims, the kind of disagreement, and what it is about."""

    claim_a: str
    claim_b: str
    kind: str
    detail: str


def find_contradictions(
    claims: Sequence[Mapping[str, Any]], roots: Mapping[str, str], article: str
) -> tuple[Contradiction, ...]:
    """Return disagreements of an article's claims with each other and with all others (plain types).

    Copies of one article do not disagree with themselves.

    Three kinds: one denies what another asserts of the same asset and lever; one speaker pulls two ways; two
    figures for the same asset and unit do not meet although their dates do.
    """
    found = []
    fresh = [claim for claim in claims if claim["article_id"] == article]
    older = [claim for claim in claims if claim["article_id"] != article]
    for one, other in (*combinations(fresh, 2), *product(fresh, older)):
        if roots.get(one["article_id"]) == roots.get(other["article_id"]) and one["article_id"] != other["article_id"]:
            continue
        kind, detail = _compare(one, other)
        if kind:
            found.append(Contradiction(one["claim_id"], other["claim_id"], kind, detail))
    return tuple(found)


def _compare(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str]:
    assets = set(one["assets"]) & set(other["assets"])
    levers = (set(one["levers"]) & set(other["levers"])) - RESULT_LEVERS
    if (
        assets
        and levers
        and one["polarity"] != other["polarity"]
        and "refuse to comment" not in (one["act"], other["act"])
    ):
        return "denied", f"{', '.join(sorted(levers))} of {', '.join(sorted(assets))}: one affirms, one denies"
    speaker = one["speaker"]["entity"]
    if speaker and speaker == other["speaker"]["entity"]:
        for left, right in OPPOSITE_LEVERS:
            if {(left in one["levers"]), (left in other["levers"])} == {True, False} and _opposed(
                one, other, left, right
            ):
                return "two ways", f"{speaker} speaks of {left} and of {right}"
    for a in one["quantities"]:
        for b in other["quantities"]:
            if (
                assets
                and _same_measure(a, b)
                and (a["high"] < b["low"] or b["high"] < a["low"])
                and _dates_meet(one, other)
            ):
                return "figures", f"{a['label']} and {b['label']} for {', '.join(sorted(assets))}"
    return "", ""


def _opposed(one: Mapping[str, Any], other: Mapping[str, Any], left: str, right: str) -> bool:
    return (left in one["levers"] and right in other["levers"] and left not in other["levers"]) or (
        right in one["levers"] and left in other["levers"] and left not in one["levers"]
    )


def _same_measure(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    kinds = ("move", "price", "volume", "mass")
    return (
        a["kind"] == b["kind"]
        and a["kind"] in kinds
        and a["unit"] == b["unit"]
        and a["low"] is not None
        and b["low"] is not None
    )


def _dates_meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    spans = (
        [(d["first"], d["last"]) for d in one["dates"] if d["first"]],
        [(d["first"], d["last"]) for d in other["dates"] if d["first"]],
    )
    if not spans[0] or not spans[1]:
        return False
    return any(a[0] <= b[1] and b[0] <= a[1] for a in spans[0] for b in spans[1])
