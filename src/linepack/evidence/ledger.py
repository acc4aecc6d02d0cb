"""The ledger: articles, where they come from, claims, reviews, contradictions, checks and links, in one SQLite file.

Nothing is overwritten: a review is a row, and the state of a claim is its last review. Disagreement is kept.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from linepack.errors import InputError
from linepack.evidence.checks import Check
from linepack.evidence.claims import READER_VERSION, Reading
from linepack.evidence.contradictions import find_contradictions
from linepack.evidence.duplicates import Descent, Fingerprint, descent, shingles, witnesses
from linepack.evidence.vocabulary import Derivation, ReviewState

LEDGER_SCHEMA = 1
_LEDGER_HINT = "give a file that linepack ledger made, or a new name"
LINK_KINDS = ("lever", "scenario", "result")
EDITABLE = ("speaker", "entity", "source_class", "act", "polarity", "hedge", "condition", "levers", "assets")
AUTO_CLASSES = ("market datum", "institution", "named person")
TABLES = {
    "meta": "key TEXT PRIMARY KEY, value TEXT NOT NULL",
    "articles": "article_id TEXT PRIMARY KEY, outlet TEXT, title TEXT, url TEXT, published TEXT, language TEXT, "
    "text TEXT NOT NULL, reader_version TEXT, translation_suspect INTEGER, added TEXT",
    "derivations": "article_id TEXT PRIMARY KEY REFERENCES articles, parent_id TEXT REFERENCES articles, kind "
    "TEXT, share REAL, rule TEXT",
    "claims": "claim_id TEXT PRIMARY KEY, article_id TEXT NOT NULL REFERENCES articles, start INTEGER, end "
    "INTEGER, text TEXT, "
    "speaker TEXT, entity TEXT, source_class TEXT, code TEXT, act TEXT, polarity TEXT, hedge TEXT, "
    "condition TEXT, "
    "levers TEXT, assets TEXT, origin TEXT, translation_suspect INTEGER, data TEXT NOT NULL",
    "reviews": "review_id INTEGER PRIMARY KEY, claim_id TEXT NOT NULL REFERENCES claims, state TEXT NOT NULL, "
    "reviewer TEXT NOT NULL, "
    "at TEXT NOT NULL, edits TEXT NOT NULL, note TEXT NOT NULL",
    "contradictions": "claim_a TEXT REFERENCES claims, claim_b TEXT REFERENCES claims, kind TEXT, detail TEXT, "
    "PRIMARY KEY (claim_a, claim_b, kind)",
    "checks": "claim_id TEXT REFERENCES claims, name TEXT, verdict TEXT, detail TEXT, PRIMARY KEY (claim_id, "
    "name, detail)",
    "links": "claim_id TEXT REFERENCES claims, kind TEXT, target TEXT, note TEXT, PRIMARY KEY (claim_id, kind, target)",
}


class Ledger:
    """One open ledger; use :func:`open_ledger`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._db.row_factory = sqlite3.Row

    def add(self, reading: Reading) -> tuple[int, Descent | None]:
        """Store a reading. Return the number of claims that are new, and where the article comes from if it is a copy.

        An article that is already there is not stored twice.
        """
        document, article = reading.document, reading.document.digest
        if self._one("SELECT 1 FROM articles WHERE article_id = ?", article):
            return 0, None
        origin = descent(_fingerprint_of(reading), self._fingerprints())
        self._insert(
            "articles",
            article,
            document.outlet,
            document.title,
            document.url,
            _iso(document.published),
            document.language,
            document.text,
            READER_VERSION,
            int(reading.is_translation_suspect),
            _now(),
        )
        if origin is None:
            self._insert(
                "derivations", article, None, Derivation.ORIGINAL.value, 0.0, "no earlier article shares its text"
            )
        else:
            self._insert("derivations", article, origin.parent_id, origin.derivation.value, origin.share, origin.rule)
        for claim in reading.claims:
            self._insert_claim(article, claim.as_dict())
        self._find_contradictions(article)
        return len(reading.claims), origin

    def review(
        self,
        claim_id: str,
        state: ReviewState,
        reviewer: str,
        *,
        edits: Mapping[str, Any] | None = None,
        note: str = "",
    ) -> None:
        """Record a decision.

        Errors: ``InputError`` for an unknown claim, no reviewer, or an edit of a field that is not editable.
        """
        self._require_claim(claim_id)
        edits = dict(edits or {})
        unknown = sorted(set(edits) - set(EDITABLE))
        if unknown:
            raise InputError(
                "not-editable",
                "these fields cannot be edited",
                table="claims",
                keys=unknown,
                hint=f"one of {', '.join(EDITABLE)}",
            )
        if not reviewer.strip():
            raise InputError("no-reviewer", "a review needs the name of who made it", hint="--by NAME")
        if bool(edits) != (state is ReviewState.EDITED):
            raise InputError(
                "edit-without-state", "edits go with the state 'edited', and with no other", hint="edit field=value"
            )
        self._db.execute(
            "INSERT INTO reviews (claim_id, state, reviewer, at, edits, note) VALUES (?,?,?,?,?,?)",
            (claim_id, state.value, reviewer, _now(), json.dumps(edits, sort_keys=True), note),
        )

    def accept_plain(self, reviewer: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
        """Accept what needs no judgement.

        Flat or reported claims of named sources read by rules, not contradicted, passing checks.

        Return the claims accepted, and why the others were not. A claim from a text that looks machine-translated is
        never
        accepted here.
        """
        contradicted = {
            row[key]
            for row in self._all("SELECT claim_a, claim_b FROM contradictions")
            for key in ("claim_a", "claim_b")
        }
        failed = {
            row["claim_id"]
            for row in self._all("SELECT claim_id FROM checks WHERE verdict IN ('disagrees', 'infeasible')")
        }
        accepted, refused = [], {}
        for claim in self.claims(state=ReviewState.PROPOSED):
            reason = _why_not_plain(claim, contradicted, failed)
            if reason:
                refused[claim["claim_id"]] = reason
            else:
                self.review(claim["claim_id"], ReviewState.ACCEPTED, reviewer, note="plain claim, accepted by rule")
                accepted.append(claim["claim_id"])
        return tuple(accepted), refused

    def claims(
        self, *, state: ReviewState | None = None, article: str | None = None, lever: str | None = None
    ) -> list[dict[str, Any]]:
        """Return claims in order of article and place as plain types, with their state and edits applied."""
        found = []
        reviews: dict[str, list[Any]] = {}
        for review in self._all("SELECT * FROM reviews ORDER BY review_id"):
            reviews.setdefault(review["claim_id"], []).append(review)
        for row in self._all("SELECT * FROM claims ORDER BY article_id, start"):
            claim, own = json.loads(row["data"]), reviews.get(row["claim_id"], [])
            last = own[-1] if own else None
            claim |= {
                "article_id": row["article_id"],
                "state": last["state"] if last else ReviewState.PROPOSED.value,
                "reviewer": last["reviewer"] if last else "",
                "reviewed": last["at"] if last else "",
            }
            for review in own:
                claim = _edited(claim, json.loads(review["edits"]))
            if (
                (state is None or claim["state"] == state.value)
                and (article is None or row["article_id"].startswith(article))
                and (lever is None or lever in claim["levers"])
            ):
                found.append(claim)
        return found

    def link(self, claim_id: str, kind: str, target: str, note: str = "") -> None:
        """Link a claim to a lever, a scenario or a result.

        Errors: ``InputError`` for an unknown claim or kind of target.
        """
        self._require_claim(claim_id)
        if kind not in LINK_KINDS:
            raise InputError(
                "unknown-link", f"'{kind}' is no kind of link", keys=[kind], hint=f"one of {', '.join(LINK_KINDS)}"
            )
        self._db.execute("INSERT OR REPLACE INTO links VALUES (?,?,?,?)", (claim_id, kind, target, note))

    def links_of(self, claim_id: str) -> list[dict[str, str]]:
        """Return what a claim is linked to: levers, scenarios, results."""
        return [
            dict(row) for row in self._all("SELECT * FROM links WHERE claim_id = ? ORDER BY kind, target", claim_id)
        ]

    def claims_behind(self, kind: str, target: str) -> list[str]:
        """Return the claims linked to a lever, a scenario or a result: the way back."""
        return [
            row["claim_id"]
            for row in self._all(
                "SELECT claim_id FROM links WHERE kind = ? AND target = ? ORDER BY claim_id", kind, target
            )
        ]

    def record_checks(self, checks: Iterable[Check]) -> int:
        """Store checks; return how many."""
        rows = [(check.claim_id, check.check, check.verdict.value, check.detail) for check in checks]
        self._db.executemany("INSERT OR REPLACE INTO checks VALUES (?,?,?,?)", rows)
        return len(rows)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table of the ledger as plain rows. Errors: ``InputError`` for a table it does not have."""
        if table not in TABLES:
            raise InputError(
                "unknown-table", f"the ledger has no table '{table}'", keys=[table], hint=f"one of {', '.join(TABLES)}"
            )
        return [dict(row) for row in self._all(f"SELECT * FROM {table}")]  # the name is one of TABLES

    def witnesses(self) -> dict[str, str]:
        """Return for each article the original it goes back to: articles with one original are one witness."""
        return witnesses(
            {row["article_id"]: row["parent_id"] for row in self._all("SELECT article_id, parent_id FROM derivations")}
        )

    def witness_count(self, lever: str) -> tuple[int, int]:
        """Return (articles, independent witnesses) that speak of a lever."""
        roots = self.witnesses()
        articles = {claim["article_id"] for claim in self.claims(lever=lever)}
        return len(articles), len({roots[article] for article in articles})

    def export(self) -> dict[str, Any]:
        """Return the whole ledger as plain types."""
        return {"ledger_schema": LEDGER_SCHEMA, **{table: self.rows(table) for table in TABLES if table != "meta"}}

    def load(self, content: Mapping[str, Any]) -> dict[str, int]:
        """Add the rows of an export; rows that are there already stay. Return how many were added per table.

        Errors: ``InputError`` for another schema, an unknown table or column, or a claim whose span is not in its
        article.
        """
        if content.get("ledger_schema") != LEDGER_SCHEMA:
            raise InputError("schema-version", f"ledger schema {content.get('ledger_schema')!r} is not {LEDGER_SCHEMA}")
        _check_spans(content, {row["article_id"]: row["text"] for row in self.rows("articles")})
        added = {}
        for table in TABLES:
            rows = content.get(table, [])
            if table == "meta" or not rows:
                continue
            columns = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
            odd = sorted({key for row in rows for key in row} - set(columns))
            if odd:
                raise InputError("unknown-column", f"{table} has columns that are not known", table=table, keys=odd)
            before = self._db.total_changes
            names = [name for name in columns if not (table == "reviews" and name == "review_id")]
            if table == "reviews":
                known = {(r["claim_id"], r["state"], r["at"], r["edits"]) for r in self.rows("reviews")}
                rows = [r for r in rows if (r["claim_id"], r["state"], r["at"], r["edits"]) not in known]
            marks = ",".join("?" * len(names))
            self._db.executemany(
                f"INSERT OR IGNORE INTO {table} ({','.join(names)}) VALUES ({marks})",  # names are our own
                [tuple(row.get(name) for name in names) for row in rows],
            )
            added[table] = self._db.total_changes - before
        return added

    def _insert_claim(self, article: str, claim: Mapping[str, Any]) -> None:
        self._insert(
            "claims",
            claim["claim_id"],
            article,
            claim["start"],
            claim["end"],
            claim["text"],
            claim["speaker"]["text"],
            claim["speaker"]["entity"],
            claim["source_class"],
            claim["code"],
            claim["act"],
            claim["polarity"],
            claim["hedge"],
            claim["condition"],
            ";".join(claim["levers"]),
            ";".join(claim["assets"]),
            claim["origin"],
            int(claim["translation_suspect"]),
            json.dumps(claim, sort_keys=True, ensure_ascii=False),
        )
        for lever in claim["levers"]:
            self._db.execute(
                "INSERT OR IGNORE INTO links VALUES (?,?,?,?)", (claim["claim_id"], "lever", lever, "read in the text")
            )

    def _insert(self, table: str, *values: object) -> None:
        marks = ",".join("?" * len(values))
        self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # the table's name is our own

    def _find_contradictions(self, article: str) -> None:
        for found in find_contradictions(self.claims(), self.witnesses(), article):
            self._insert("contradictions", found.claim_a, found.claim_b, found.kind, found.detail)

    def _fingerprints(self) -> list[Fingerprint]:
        out = []
        for row in self._all("SELECT * FROM articles ORDER BY added, article_id"):
            facts = set()
            for claim in self._all("SELECT data FROM claims WHERE article_id = ?", row["article_id"]):
                facts |= _facts(json.loads(claim["data"]))
            published = date.fromisoformat(row["published"]) if row["published"] else None
            out.append(
                Fingerprint(
                    row["article_id"],
                    row["outlet"] or "",
                    published,
                    shingles(row["text"]),
                    frozenset(facts),
                    _credits(row["text"]),
                    bool(row["translation_suspect"]),
                )
            )
        return out

    def _require_claim(self, claim_id: str) -> None:
        if not self._one("SELECT 1 FROM claims WHERE claim_id = ?", claim_id):
            import difflib

            near = difflib.get_close_matches(
                claim_id, [row["claim_id"] for row in self._all("SELECT claim_id FROM claims")], 1, 0.3
            )
            raise InputError(
                "unknown-claim",
                f"the ledger has no claim '{claim_id}'",
                table="claims",
                keys=[claim_id],
                hint=f"did you mean '{near[0]}'?" if near else "linepack ledger claims lists them",
            )

    def _one(self, query: str, *values: object) -> Any:
        return self._db.execute(query, values).fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        return self._db.execute(query, values).fetchall()


@contextmanager
def open_ledger(path: Path | str) -> Iterator[Ledger]:
    """Open a ledger, make it if it is not there; what is done in the block is kept together or not at all.

    Errors: ``InputError`` if the file is not a ledger or has another schema, or if it cannot be made there. A file
    that is something else is left as it is.
    """
    _refuse_other_files(Path(path))
    is_new = not Path(path).exists()
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        others = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        if others and ("meta",) not in others:
            raise InputError("not-a-ledger", f"{path} is a database of something else", hint=_LEDGER_HINT)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN IMMEDIATE")
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        connection.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (str(LEDGER_SCHEMA),))
        version = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0]
        if version != str(LEDGER_SCHEMA):
            raise InputError("schema-version", f"{path}: ledger schema {version} is not {LEDGER_SCHEMA}")
        yield Ledger(connection)
        connection.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        raise InputError("not-a-ledger", f"{path}: {error}", hint=_LEDGER_HINT) from error
    finally:
        connection.close()
        if is_new and Path(path).is_file() and Path(path).stat().st_size == 0:  # nothing was kept
            Path(path).unlink()


def _refuse_other_files(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(
            "no-folder", f"there is no folder {path.parent} for {path.name}", hint="make it, or name another"
        )
    if path.is_dir():
        raise InputError("not-a-ledger", f"{path} is a folder", hint=_LEDGER_HINT)
    if path.is_file() and path.stat().st_size == 0:
        raise InputError("not-a-ledger", f"{path} is an empty file", hint=_LEDGER_HINT)


def _why_not_plain(claim: Mapping[str, Any], contradicted: set[str], failed: set[str]) -> str:
    if claim["translation_suspect"]:
        return "the text looks machine-translated"
    if claim["origin"] != "rules":
        return "proposed by a model"
    if claim["claim_id"] in contradicted:
        return "another claim contradicts it"
    if claim["claim_id"] in failed:
        return "a check against the facts fails"
    if claim["source_class"] not in AUTO_CLASSES:
        return f"source class '{claim['source_class']}'"
    if claim["hedge"] not in ("H0", "H1") or claim["act"] not in ("assert", "deny"):
        return f"hedge {claim['hedge']}, act {claim['act']}"
    return ""


def _edited(claim: dict[str, Any], edits: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in edits.items():
        if key == "speaker":
            claim["speaker"] = {**claim["speaker"], "text": value}
        elif key == "entity":
            claim["speaker"] = {**claim["speaker"], "entity": value}
        elif key in ("levers", "assets"):
            claim[key] = (
                [part for part in str(value).split(";") if part]
                if not isinstance(value, Sequence) or isinstance(value, str)
                else list(value)
            )
        else:
            claim[key] = value
    return claim


def _check_spans(content: Mapping[str, Any], known: Mapping[str, str]) -> None:
    texts = {**known, **{row["article_id"]: row["text"] for row in content.get("articles", [])}}
    bad = [
        row["claim_id"]
        for row in content.get("claims", [])
        if texts.get(row["article_id"], "")[int(row["start"]) : int(row["end"])] != row["text"]
    ]
    if bad:
        raise InputError("span-not-in-text", "these claims are not in their article", table="claims", keys=bad)


def _facts(claim: Mapping[str, Any]) -> set[str]:
    return {*claim["assets"], *claim["actors"], *claim["instruments"], *(q["label"] for q in claim["quantities"])}


def _fingerprint_of(reading: Reading) -> Fingerprint:
    document = reading.document
    facts = {fact for claim in reading.claims for fact in _facts(claim.as_dict())}
    return Fingerprint(
        document.digest,
        document.outlet,
        document.published,
        shingles(document.text),
        frozenset(facts),
        _credits(document.text),
        reading.is_translation_suspect,
    )


def _credits(content: str) -> frozenset[str]:
    """Outlets that a text names, in lower case; an outlet is credited if its name stands in the text."""
    from linepack.system.names import NameKind, name_book

    known = {m.name.label.lower() for m in name_book().find(content) if m.name.kind is NameKind.MEDIA}
    import re

    runs = re.findall(r"(?:[A-Z][\w'\u2019-]+\s){0,3}[A-Z][\w'\u2019-]+", content)
    return frozenset(known | {run.lower() for run in runs})


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
