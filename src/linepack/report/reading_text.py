"""Claims of an article and of a ledger as text, a line or a paragraph each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from linepack.evidence.claims import Claim, Reading

SHOWN_CHARACTERS = 100


def reading_text(reading: Reading, extra: Mapping[str, Any]) -> str:
    """Return every claim with speaker, hedge, facts and rules; then what was checked, proposed and stored."""
    document = reading.document
    day = document.published.isoformat() if document.published else "no date"
    lines = [f"{document.outlet or 'unknown outlet'}, {day}, {document.language}: {document.title or 'untitled'}"]
    lines += [f"note: {note}" for note in reading.notes]
    for number, claim in enumerate(reading.claims, start=1):
        lines += ["", *_claim_lines(number, claim)]
    lines += ["", f"{len(reading.claims)} claim{'' if len(reading.claims) == 1 else 's'}", *_extra_lines(extra)]
    return "\n".join(lines)


def ledger_claims_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return claims of a ledger, a line each."""
    lines = []
    for row in rows:
        who = row["speaker"]["text"] or row["source_class"]
        said = row["text"][:SHOWN_CHARACTERS]
        lines.append(f"{row['claim_id']}  {row['state']:<9} {row['code']:<3} {row['hedge']}  {who}: {said}")
    return "\n".join(lines) or "no claims"


def added_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the articles that were read into a ledger, with what is to be noted of each."""
    lines = []
    for row in rows:
        lines.append(f"{row['article']}: {row['claims']} claims, {row['how']} {row['from']}".rstrip())
        lines += [f"  note: {note}" for note in row["notes"]]
    return "\n".join(lines)


def ledger_table_text(table: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of a ledger, a line per row, without its empty fields."""
    lines = []
    if table == "articles":
        originals = {row["original"] for row in rows}
        lines.append(f"{len(rows)} articles, {len(originals)} independent witnesses")
    elif not rows:
        lines.append(f"no {table}")
    lines += ["  ".join(f"{key}={value}" for key, value in row.items() if value not in ("", None)) for row in rows]
    return "\n".join(lines)


def _claim_lines(number: int, claim: Claim) -> Iterator[str]:
    who = claim.speaker.text or claim.source_class.value
    role = f" ({claim.speaker.role})" if claim.speaker.role else ""
    count = f" [{claim.speaker.count}]" if claim.speaker.count else ""
    yield f"{number}. [{claim.start}:{claim.end}] {claim.text}"
    yield (f"   {claim.code} {claim.hedge.value}  {who}{role}{count}; {claim.source_class.value}; "
           f"{claim.act.value}, {claim.polarity.value}")  # fmt: skip
    facts: tuple[tuple[str, list[str]], ...] = (
        ("quantities", [q.label for q in claim.quantities]),
        ("dates", [f"{d.relation} {d.label}" for d in claim.dates]),
        ("if", [claim.condition.text] if claim.condition else []),
        ("about", [*claim.assets, *claim.instruments]),
        ("actors", list(claim.actors)),
        ("events", list(claim.events)),
        ("levers", list(claim.levers)),
        ("cites", [claim.cites] if claim.cites else []),
    )
    yield from (f"   {label}: {', '.join(values)}" for label, values in facts if values)
    yield "   why: " + "; ".join(f"{key} by {rule}" for key, rule in claim.rules.items())


def _extra_lines(extra: Mapping[str, Any]) -> Iterator[str]:
    for check in extra.get("checks", []):
        yield f"check {check['claim_id']}: {check['check']} {check['verdict']}: {check['detail']}"
    if "provider" in extra:
        proposed = extra["provider"]
        yield (f"provider: {proposed['new']} further claims, {len(proposed['dropped_not_in_text'])} dropped as not in "
               "the text")  # fmt: skip
    if "ledger" in extra:
        stored = extra["ledger"]
        yield f"ledger {stored['file']}: {stored['new_claims']} new claims, {stored['derivation']}"
