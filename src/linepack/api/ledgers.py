"""Ledgers of articles and claims, and scenarios drafted from claims that were accepted."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from linepack.api.articles import article_bytes, read_bytes
from linepack.api.market import Asking, facts_of, scenario_of
from linepack.errors import InputError, Issue
from linepack.evidence.claims import Reading
from linepack.evidence.draft import Draft as Draft
from linepack.evidence.draft import draft_claims, draft_scenario
from linepack.evidence.draft import draft_yaml as draft_yaml
from linepack.evidence.exchange import read_export, write_export
from linepack.evidence.ledger import Ledger as Ledger
from linepack.evidence.ledger import open_ledger as open_ledger
from linepack.evidence.lexicon import lexicon
from linepack.evidence.vocabulary import ReviewState

DECIDED = (ReviewState.ACCEPTED, ReviewState.EDITED)


def add_articles(
    articles: Iterable[str | Path], ledger: str | Path
) -> tuple[list[dict[str, Any]], tuple[Issue, ...]]:
    """Read articles into a ledger; return a row for each, and an issue for each that cannot be read.

    A row has article, claims (how many are new), from (the article it is derived from), how, notes.
    """
    rows: list[dict[str, Any]] = []
    unread: list[Issue] = []
    with open_ledger(ledger) as book:
        for article in articles:
            try:
                reading = read_bytes(article_bytes(article))
            except InputError as error:
                unread += [Issue(i.code, i.message, str(article), i.keys, i.hint) for i in error.issues]
                continue
            claims, origin = book.add(reading)
            rows.append({"article": str(article), "claims": claims, "from": origin.parent_id[:10] if origin else "",
                         "how": origin.derivation.value if origin else "original",
                         "notes": list(reading.notes)})  # fmt: skip
    return rows, tuple(unread)


def store_reading(reading: Reading, ledger: str | Path) -> dict[str, Any]:
    """Add a reading to a ledger; return file, new_claims, derivation and parent."""
    with open_ledger(ledger) as book:
        count, origin = book.add(reading)
    return {"file": str(ledger), "new_claims": count,
            "derivation": origin.derivation.value if origin else "original or known",
            "parent": origin.parent_id if origin else ""}  # fmt: skip


def ledger_claims(
    ledger: str | Path, *, state: str | None = None, lever: str | None = None
) -> list[dict[str, Any]]:
    """Return the claims of a ledger. Errors: ``InputError`` for a lever or a ledger that does not exist."""
    names = [known.lever for known in lexicon().levers]
    if lever is not None and lever not in names:
        near = difflib.get_close_matches(lever, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(names)}"
        raise InputError("unknown-lever", f"there is no lever '{lever}'", keys=[lever], hint=hint)
    with open_ledger(existing(ledger)) as book:
        return book.claims(state=ReviewState(state) if state else None, lever=lever)


def review(
    ledger: str | Path, claim_id: str, state: str, reviewer: str, *, edits: Sequence[str] = (), note: str = ""
) -> None:
    """Add a decision on a claim; ``edits`` are FIELD=VALUE. Errors: ``InputError``."""
    changed = {}
    for edit in edits:
        key, is_there, value = edit.partition("=")
        if not is_there:
            raise InputError("bad-edit", f"'{edit}' is not FIELD=VALUE", hint="for example --set hedge=H2")
        changed[key] = value
    with open_ledger(existing(ledger)) as book:
        book.review(claim_id, ReviewState(state), reviewer, edits=changed, note=note)


def accept_plain(ledger: str | Path, reviewer: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Accept claims that need no judgement; return them, and the reason for each that was left."""
    with open_ledger(existing(ledger)) as book:
        return book.accept_plain(reviewer)


def ledger_table(ledger: str | Path, table: str) -> list[dict[str, Any]]:
    """Return a table of a ledger without the texts; articles with the ``original`` they go back to."""
    with open_ledger(existing(ledger)) as book:
        rows, roots = book.rows(table), book.witnesses()
    kept = [{key: value for key, value in row.items() if key != "text"} for row in rows]
    return [{**row, "original": roots[row["article_id"]]} for row in kept] if table == "articles" else kept


def link(ledger: str | Path, claim_id: str, kind: str, target: str, note: str = "") -> None:
    """Link a claim to a lever, a scenario or a result."""
    with open_ledger(existing(ledger)) as book:
        book.link(claim_id, kind, target, note)


def links(ledger: str | Path, what: str, kind: str | None = None) -> tuple[list[Any], tuple[int, int] | None]:
    """Return what a claim is linked to, or with ``kind`` the claims behind a target.

    The second part counts the articles and the independent witnesses behind a lever, None for others.
    """
    with open_ledger(existing(ledger)) as book:
        rows: list[Any] = list(book.claims_behind(kind, what)) if kind else list(book.links_of(what))
        return rows, book.witness_count(what) if kind == "lever" else None


def export_ledger(ledger: str | Path, target: str | Path) -> list[str]:
    """Write a ledger to a .json file or a folder of CSV files; return the paths."""
    with open_ledger(existing(ledger)) as book:
        return write_export(book.export(), target)


def import_ledger(ledger: str | Path, source: str | Path) -> dict[str, int]:
    """Add what an export holds; return how many rows are new, by table."""
    with open_ledger(ledger) as book:
        return book.load(read_export(source))


def draft(
    claims: str | Path, base: Asking, *, chosen: Sequence[str] = (), choose: Sequence[str] = (), name: str = "draft"
) -> Draft:
    """Return a scenario drafted from the accepted claims of a ledger or a JSON file, or from those that are chosen.

    ``base`` gives dataset and horizon; ``choose`` names arcs where a claim leaves the route open. Errors:
    ``InputError`` for claims that are not there, or if none is accepted.
    """
    scenario = scenario_of(base)
    rows = draft_claims(_claims_to_draft(claims, chosen))
    return draft_scenario(rows, facts_of(None, scenario), scenario, name=name, choose=choose)


def existing(ledger: str | Path) -> Path:
    """Return the path of a ledger. Errors: ``InputError`` if there is none."""
    path = Path(ledger)
    if not path.is_file():
        raise InputError("no-ledger", f"there is no ledger {path}",
                         hint="linepack ledger add ARTICLE makes one; --ledger names another")  # fmt: skip
    return path


def _claims_to_draft(source: str | Path, chosen: Sequence[str]) -> list[dict[str, Any]]:
    path = Path(source)
    if path.suffix == ".json":
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = content["claims"] if isinstance(content, dict) else content
    else:
        with open_ledger(path) as book:
            rows = book.claims()
    if chosen:
        lacking = [claim for claim in chosen if claim not in {row["claim_id"] for row in rows}]
        if lacking:
            raise InputError("unknown-claim", "these claims are not there", table="claims", keys=lacking,
                             hint="linepack ledger claims lists them")  # fmt: skip
        return [row for row in rows if row["claim_id"] in chosen]
    accepted = [row for row in rows if row.get("state", "proposed") in DECIDED]
    if not accepted:
        raise InputError("nothing-accepted", f"{source} has no accepted claim",
                         hint="linepack ledger review ID accepted --by NAME")  # fmt: skip
    return accepted
