"""Statements without a speaker: market data and what the outlet says itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from linepack.evidence.claims import Claim
from linepack.evidence.quantities import TextQuantity
from linepack.evidence.speakers import Speaker
from linepack.evidence.vocabulary import QuantityKind, SourceClass
from linepack.system.names import Mention, NameKind

DOMAIN = frozenset({NameKind.ASSET, NameKind.INSTRUMENT, NameKind.MARKET, NameKind.TOPIC})
_MARKET_WORD = re.compile(
    r"\b(?:prices?|futures|contracts?|benchmark|hub|quotes?|day-ahead|front-month|premium|"
    r"discount|spot|spread|basis)\b",
    re.I,
)
_MARKET_VERB = re.compile(
    r"\b(?:f[ae]ll\w*|rose|risen|drop\w*|gain\w*|climb\w*|jump\w*|slid\w*|slip\w*|settl\w+|clos(?:ed|es)|"
    r"trad(?:ed|ing|es)|open(?:ed|s)|widen\w*|narrow\w*|edged|inched|firmed|softened|rebound\w*|ralli\w+|"
    r"touch\w*|peak\w*|hit|surg\w+|plung\w+|tumbl\w+|eased|decreas\w+|increas\w+|(?:was|were) (?:up|down|"
    r"[\d.]+ ?(?:%|per ?cent) (?:lower|higher))|was at|stood at|declin\w+|soar\w+|lost|added)\b",
    re.I,
)
_NOT_MARKET = re.compile(
    r"\b(?:exports?|realised|contract(?:ed)? (?:volumes?|cargoes)|procurement|import "
    r"(?:bill|ban))\b",
    re.I,
)
_GAS_WORD = re.compile(
    r"\b(?:gas|LNG|pipelines?|energy|storage|suppl(?:y|ies)|sanctions?|embargo|contracts?|tariffs?|cargo(?:es)?|"
    r"prices?|transit|"
    r"terminals?|volumes|flows|imports?|exports?|hedg\w+|phase-out|front month|winter|vot(?:e|es|ed)|consultation|"
    r"comments until|proposals?|"
    r"regulations?|ban|deal|ceasefire|truce|talks|negotiations?|veto|licen[cs]es?|certification|court|ruling|"
    r"settlement|"
    r"package|price cap|weather|cold (?:snap|spell|December|January|February)|heating|demand|outages?|maintenance|"
    r"auctions?|nominations?|landfall|explosions?|refiner(?:y|ies)|shareholders?|dividends?)\b",
    re.I,
)
VERBISH = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|might|must|should|do|does|did|"
    r"\w{3,}(?:ed|es|s)|"
    r"fell|rose|saw|cut|hit|went|came|made|took|gave|left|set|put|ran|won|lost|sold|bought|began|held|"
    r"kept|brought|grew|sits?)\b"
)


def own_speaker(content: str, quantities: Sequence[TextQuantity], mentions: Sequence[Mention]) -> Speaker:
    """Return the speaker of a statement that nobody makes: the market, or the outlet itself."""
    has_number = any(
        q.kind in (QuantityKind.MOVE, QuantityKind.PRICE) or (q.kind is QuantityKind.MONEY and q.unit == "EUR")
        for q in quantities
    )
    market = any(m.name.kind is NameKind.MARKET for m in mentions)
    moves = bool(_MARKET_VERB.search(content))
    if (
        (market or _MARKET_WORD.search(content) or content.startswith(("It ", "They ")))
        and moves
        and (has_number or market)
        and not _NOT_MARKET.search(content)
    ):
        return Speaker("", SourceClass.MARKET_DATUM, rule="market words with a move or a price")
    return Speaker("", SourceClass.OWN_VOICE, rule="no speaker found")


def is_own_claim(claim: Claim) -> bool:
    """True if a sentence in the outlet's own voice says something about gas, its routes, prices, rules or talks."""
    content = claim.text
    if len(re.findall(r"[^\W\d_]+", content)) < 4 or not VERBISH.search(content):
        return False
    if re.match(
        r"^(?:see|click|read|watch|follow|listen|share|photo|image|reporting by|editing by|\((?:additional )?reporting|"
        r"\(editing|this article|this story|updated|correction)\b",
        content,
        re.I,
    ):
        return False
    if re.match(
        r"^[^,.;]{2,60} made (?:the|this|these|his|her) (?:statement|announcement|remarks?|comments?)\b", content
    ):
        return False
    kinds = {m.name.kind for m in claim.mentions}
    if kinds & DOMAIN or claim.levers:
        return True
    if any(q.kind not in (QuantityKind.DURATION, QuantityKind.COUNT, QuantityKind.WORD) for q in claim.quantities):
        return True
    if _GAS_WORD.search(content) and len(content.split()) >= 5:
        return True
    actors = kinds & {NameKind.STATE, NameKind.BODY, NameKind.COMPANY, NameKind.PERSON, NameKind.GROUP}
    return bool(actors) and len(content.split()) >= 7
