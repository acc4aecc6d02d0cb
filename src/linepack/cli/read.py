"""``read``, ``ledger`` and ``draft``: from an article to claims, from claims to a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linepack.cli.options import print_json

if TYPE_CHECKING:
    from datetime import date

    from linepack.evidence.claims import Reading

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
LEDGER = click.option(
    "--ledger",
    "ledger_file",
    type=click.Path(dir_okay=False),
    default="ledger.sqlite",
    show_default=True,
    envvar="LINEPACK_LEDGER",
    help="Ledger file.",
)


@click.command()
@click.argument("article", type=click.Path(allow_dash=True))
@click.option("--date", "published", help="Day of publication, YYYY-MM-DD [default: what the page says].")
@click.option("--outlet", default="", help="Who published it [default: what the page says].")
@click.option("--title", default="", help="Headline [default: what the page says].")
@click.option("--url", default="", help="Address, kept with the article.")
@click.option("--ledger", "ledger_file", type=click.Path(dir_okay=False), help="Also store the claims in this ledger.")
@click.option("--check", "is_checked", is_flag=True, help="Hold the numbers against the facts.")
@click.option("--dataset", default="2025", show_default=True, help="Facts to check against.")
@click.option(
    "--provider", "provider_url", help="OpenAI-compatible endpoint that may propose further claims [default: none]."
)
@click.option("--model", default="", help="Model at that endpoint. The key is read from LINEPACK_PROVIDER_KEY.")
@JSON
def read(
    article: str,
    published: str | None,
    outlet: str,
    title: str,
    url: str,
    ledger_file: str | None,
    is_checked: bool,
    dataset: str,
    provider_url: str | None,
    model: str,
    as_json: bool,
) -> None:
    """Read the claims of ARTICLE, a text or HTML file ('-' for standard input)."""
    from linepack.api.articles import read_bytes

    day = _day(published) if published else None
    reading = read_bytes(_bytes(article), published=day, outlet=outlet, title=title, url=url)
    extra: dict[str, Any] = {}
    if provider_url:
        reading, extra["provider"] = _with_proposals(reading, provider_url, model)
    if is_checked:
        extra["checks"] = _checks(reading, dataset)
    if ledger_file:
        extra["ledger"] = _store(reading, ledger_file)
    if as_json:
        print_json({**reading.as_dict(), **extra})
        return
    _show(reading, extra)


@click.group()
def ledger() -> None:
    """Keep articles, claims, reviews, contradictions and links in one file."""


@ledger.command("add")
@click.argument("articles", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@LEDGER
@JSON
def add_articles(articles: tuple[str, ...], ledger_file: str, as_json: bool) -> None:
    """Read ARTICLES (files that carry their own date) into the ledger.

    Those that cannot be read are named at the end; the others are kept.
    """
    from linepack.errors import InputError, Issue
    from linepack.evidence.document import read_document
    from linepack.evidence.ledger import open_ledger
    from linepack.evidence.read import read_article

    rows: list[dict[str, Any]] = []
    unread: list[Issue] = []
    with open_ledger(ledger_file) as book:
        for article in articles:
            try:
                reading = read_article(read_document(_bytes(article)))
            except InputError as error:
                unread += [Issue(i.code, i.message, article, i.keys, i.hint) for i in error.issues]
                continue
            claims, origin = book.add(reading)
            rows.append(
                {
                    "article": article,
                    "claims": claims,
                    "from": origin.parent_id[:10] if origin else "",
                    "how": origin.derivation.value if origin else "original",
                    "notes": list(reading.notes),
                }
            )
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            click.echo(f"{row['article']}: {row['claims']} claims, {row['how']} {row['from']}".rstrip())
            for note in row["notes"]:
                click.echo(f"  note: {note}")
    if unread:
        raise InputError("unread", f"{len(unread)} of {len(articles)} articles were not read", issues=unread)


@ledger.command("claims")
@click.option(
    "--state", type=click.Choice(["proposed", "accepted", "edited", "rejected"]), help="Only claims in this state."
)
@click.option("--lever", help="Only claims that speak of this lever.")
@LEDGER
@JSON
def list_claims(state: str | None, lever: str | None, ledger_file: str, as_json: bool) -> None:
    """List claims with their state."""
    from linepack.evidence.ledger import open_ledger
    from linepack.evidence.vocabulary import ReviewState

    _known_lever(lever)
    with open_ledger(_existing(ledger_file)) as book:
        rows = book.claims(state=ReviewState(state) if state else None, lever=lever)
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo("no claims")
    for row in rows:
        who = row["speaker"]["text"] or row["source_class"]
        click.echo(f"{row['claim_id']}  {row['state']:<9} {row['code']:<3} {row['hedge']}  {who}: {row['text'][:100]}")


@ledger.command("review")
@click.argument("claim_id")
@click.argument("state", type=click.Choice(["accepted", "edited", "rejected"]))
@click.option("--by", "reviewer", required=True, help="Who decides.")
@click.option("--set", "edits", multiple=True, metavar="FIELD=VALUE", help="A corrected field, with state 'edited'.")
@click.option("--note", default="", help="Why.")
@LEDGER
@JSON
def review_claim(
    claim_id: str, state: str, reviewer: str, edits: tuple[str, ...], note: str, ledger_file: str, as_json: bool
) -> None:
    """Accept, edit or reject CLAIM_ID; the decision is added, nothing is overwritten."""
    from linepack.errors import InputError
    from linepack.evidence.ledger import open_ledger
    from linepack.evidence.vocabulary import ReviewState

    changed = {}
    for edit in edits:
        key, is_there, value = edit.partition("=")
        if not is_there:
            raise InputError("bad-edit", f"'{edit}' is not FIELD=VALUE", hint="for example --set hedge=H2")
        changed[key] = value
    with open_ledger(_existing(ledger_file)) as book:
        book.review(claim_id, ReviewState(state), reviewer, edits=changed, note=note)
    _said(as_json, {"claim_id": claim_id, "state": state, "by": reviewer}, f"{claim_id}: {state} by {reviewer}")


@ledger.command("accept-plain")
@click.option("--by", "reviewer", required=True, help="Who answers for the rule.")
@LEDGER
@JSON
def accept_plain(reviewer: str, ledger_file: str, as_json: bool) -> None:
    """Accept claims that need no judgement; say why the others do."""
    from linepack.evidence.ledger import open_ledger

    with open_ledger(_existing(ledger_file)) as book:
        accepted, refused = book.accept_plain(reviewer)
    if as_json:
        print_json({"accepted": list(accepted), "left": dict(refused)})
        return
    click.echo(f"{len(accepted)} accepted, {len(refused)} left for a person")
    for claim_id, reason in refused.items():
        click.echo(f"  {claim_id}: {reason}")


@ledger.command("show")
@click.argument("table", type=click.Choice(["articles", "derivations", "reviews", "contradictions", "checks", "links"]))
@LEDGER
@JSON
def show_table(table: str, ledger_file: str, as_json: bool) -> None:
    """Show a table of the ledger; articles with the original they go back to."""
    from linepack.evidence.ledger import open_ledger

    with open_ledger(_existing(ledger_file)) as book:
        rows, roots = book.rows(table), book.witnesses()
    for row in rows:
        row.pop("text", None)
        if table == "articles":
            row["original"] = roots[row["article_id"]]
    if as_json:
        print_json(rows)
        return
    if table == "articles":
        click.echo(f"{len(rows)} articles, {len(set(roots.values()))} independent witnesses")
    elif not rows:
        click.echo(f"no {table}")
    for row in rows:
        click.echo("  ".join(f"{key}={value}" for key, value in row.items() if value not in ("", None)))


@ledger.command("link")
@click.argument("claim_id")
@click.argument("kind", type=click.Choice(["lever", "scenario", "result"]))
@click.argument("target")
@click.option("--note", default="", help="Why.")
@LEDGER
@JSON
def link_claim(claim_id: str, kind: str, target: str, note: str, ledger_file: str, as_json: bool) -> None:
    """Link CLAIM_ID to a lever, a scenario (CASE/NAME) or a result (run digest)."""
    from linepack.evidence.ledger import open_ledger

    with open_ledger(_existing(ledger_file)) as book:
        book.link(claim_id, kind, target, note)
    _said(as_json, {"claim_id": claim_id, "kind": kind, "target": target}, f"{claim_id} -> {kind} {target}")


@ledger.command("links")
@click.argument("what")
@click.option(
    "--kind", type=click.Choice(["lever", "scenario", "result"]), help="WHAT is a target of this kind: show its claims."
)
@LEDGER
@JSON
def show_links(what: str, kind: str | None, ledger_file: str, as_json: bool) -> None:
    """Show what the claim WHAT is linked to, or with --kind the claims behind the target WHAT."""
    from linepack.evidence.ledger import open_ledger

    with open_ledger(_existing(ledger_file)) as book:
        rows: list[Any] = list(book.claims_behind(kind, what)) if kind else list(book.links_of(what))
        counts = book.witness_count(what) if kind == "lever" else None
    if as_json:
        print_json(
            {"links": rows, "articles": counts[0] if counts else None, "witnesses": counts[1] if counts else None}
        )
        return
    for row in rows:
        click.echo(row if isinstance(row, str) else f"{row['kind']} {row['target']}  {row['note']}")
    if counts:
        click.echo(f"{counts[0]} articles, {counts[1]} independent witnesses")


@ledger.command("export")
@click.argument("target", type=click.Path())
@LEDGER
@JSON
def export_ledger(target: str, ledger_file: str, as_json: bool) -> None:
    """Write the ledger to TARGET: a .json file, or a folder of CSV files."""
    from linepack.evidence.exchange import write_export
    from linepack.evidence.ledger import open_ledger

    with open_ledger(_existing(ledger_file)) as book:
        written = write_export(book.export(), target)
    _said(as_json, {"written": written}, "\n".join(f"wrote {path}" for path in written))


@ledger.command("import")
@click.argument("source", type=click.Path(exists=True))
@LEDGER
@JSON
def import_ledger(source: str, ledger_file: str, as_json: bool) -> None:
    """Add what SOURCE (an export) holds; what is there already stays."""
    from linepack.evidence.exchange import read_export
    from linepack.evidence.ledger import open_ledger

    with open_ledger(ledger_file) as book:
        added = book.load(read_export(source))
    _said(
        as_json, {"added": added}, ", ".join(f"{table} {count}" for table, count in added.items()) or "nothing to add"
    )


@click.command()
@click.argument("claims", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--claim", "chosen", multiple=True, metavar="ID", help="Only this claim; may be repeated [default: all accepted]."
)
@click.option(
    "--base",
    default="us-gazprom-2025/status-quo",
    show_default=True,
    help="Scenario whose dataset and horizon it takes.",
)
@click.option("--choose", multiple=True, metavar="ARC", help="Arc meant where a claim leaves the route open.")
@click.option("--name", default="draft", show_default=True, help="Name of the scenario.")
@click.option("--out", type=click.Path(dir_okay=False), help="File to write [default: standard output].")
@JSON
def draft(
    claims: str, chosen: tuple[str, ...], base: str, choose: tuple[str, ...], name: str, out: str | None, as_json: bool
) -> None:
    """Draft a scenario from the accepted claims in CLAIMS (a ledger, or JSON of claims).

    Each patch names its claims.
    """
    from pathlib import Path

    from linepack.evidence.draft import draft_claims, draft_scenario, draft_yaml
    from linepack.scenario.scenario import load_scenario
    from linepack.system.dataset import load_dataset

    scenario = load_scenario(base)
    made = draft_scenario(
        draft_claims(_stored_claims(claims, chosen)), load_dataset(scenario.dataset), scenario, name=name, choose=choose
    )
    if out:
        Path(out).write_text(draft_yaml(made), encoding="utf-8")
    if as_json:
        print_json(
            {
                "scenario": dict(made.content),
                "claims": {k: list(v) for k, v in made.claims_by_patch.items()},
                "left_out": dict(made.left_out),
                "notes": list(made.notes),
            }
        )
        return
    click.echo(f"wrote {out}" if out else draft_yaml(made).rstrip())
    for claim, why in made.left_out.items():
        click.echo(f"no patch from {claim}: {why}", err=True)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)


def _stored_claims(source: str, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    import json
    from pathlib import Path

    from linepack.errors import InputError
    from linepack.evidence.ledger import open_ledger

    if Path(source).suffix == ".json":
        content = json.loads(Path(source).read_text(encoding="utf-8"))
        rows = content["claims"] if isinstance(content, dict) else content
    else:
        with open_ledger(source) as book:
            rows = book.claims()
    if chosen:
        known = {row["claim_id"] for row in rows}
        lacking = [claim for claim in chosen if claim not in known]
        if lacking:
            raise InputError(
                "unknown-claim",
                "these claims are not there",
                table="claims",
                keys=lacking,
                hint="linepack ledger claims lists them",
            )
        return [row for row in rows if row["claim_id"] in chosen]
    accepted = [row for row in rows if row.get("state", "proposed") in ("accepted", "edited")]
    if not accepted:
        raise InputError(
            "nothing-accepted", f"{source} has no accepted claim", hint="linepack ledger review ID accepted --by NAME"
        )
    return accepted


def _bytes(article: str) -> bytes:
    import sys

    from linepack.api.articles import article_bytes

    return sys.stdin.buffer.read() if article == "-" else article_bytes(article)


def _known_lever(lever: str | None) -> None:
    from difflib import get_close_matches

    from linepack.errors import InputError
    from linepack.evidence.lexicon import lexicon

    names = [known.lever for known in lexicon().levers]
    if lever is not None and lever not in names:
        near = get_close_matches(lever, names, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(names)}"
        raise InputError("unknown-lever", f"there is no lever '{lever}'", keys=[lever], hint=hint)


def _existing(path: str) -> str:
    from pathlib import Path

    from linepack.errors import InputError

    if not Path(path).is_file():
        raise InputError(
            "no-ledger",
            f"there is no ledger {path}",
            hint="linepack ledger add ARTICLE makes one; --ledger names another",
        )
    return path


def _day(text: str) -> date:
    from datetime import date

    from linepack.errors import InputError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError("bad-date", f"'{text}' is not a date", hint="write YYYY-MM-DD") from error


def _with_proposals(reading: Reading, url: str, model: str) -> tuple[Reading, dict[str, Any]]:
    import os
    from dataclasses import replace

    from linepack.evidence.provider import ProviderSettings, propose_claims

    settings = ProviderSettings(url, model, os.environ.get("LINEPACK_PROVIDER_KEY", ""))
    proposals = propose_claims(reading.document, settings)
    known = [(claim.start, claim.end) for claim in reading.claims]
    new = [c for c in proposals.claims if not any(c.start < end and start < c.end for start, end in known)]
    claims = tuple(sorted((*reading.claims, *new), key=lambda claim: claim.start))
    report = {
        "proposed": len(proposals.claims),
        "new": len(new),
        "dropped_not_in_text": list(proposals.dropped),
        "attempts": proposals.attempts,
        "tokens": proposals.tokens,
    }
    return replace(reading, claims=claims), report


def _checks(reading: Reading, dataset: str) -> list[dict[str, str]]:
    from linepack.evidence.checks import check_claims
    from linepack.system.dataset import load_dataset

    found = check_claims(reading.claims, load_dataset(dataset))
    return [{"claim_id": c.claim_id, "check": c.check, "verdict": c.verdict.value, "detail": c.detail} for c in found]


def _store(reading: Reading, ledger_file: str) -> dict[str, Any]:
    from linepack.evidence.ledger import open_ledger

    with open_ledger(ledger_file) as book:
        count, origin = book.add(reading)
    return {
        "file": ledger_file,
        "new_claims": count,
        "derivation": origin.derivation.value if origin else "original or known",
        "parent": origin.parent_id if origin else "",
    }


def _show(reading: Reading, extra: dict[str, Any]) -> None:
    document = reading.document
    day = document.published.isoformat() if document.published else "no date"
    click.echo(f"{document.outlet or 'unknown outlet'}, {day}, {document.language}: {document.title or 'untitled'}")
    for note in reading.notes:
        click.echo(f"note: {note}")
    for number, claim in enumerate(reading.claims, start=1):
        who = claim.speaker.text or claim.source_class.value
        role = f" ({claim.speaker.role})" if claim.speaker.role else ""
        count = f" [{claim.speaker.count}]" if claim.speaker.count else ""
        click.echo(f"\n{number}. [{claim.start}:{claim.end}] {claim.text}")
        click.echo(
            f"   {claim.code} {claim.hedge.value}  {who}{role}{count}; {claim.source_class.value}; "
            f"{claim.act.value}, {claim.polarity.value}"
        )
        facts = [
            ("quantities", [q.label for q in claim.quantities]),
            ("dates", [f"{d.relation} {d.label}" for d in claim.dates]),
            ("if", [claim.condition.text] if claim.condition else []),
            ("about", [*claim.assets, *claim.instruments]),
            ("actors", list(claim.actors)),
            ("events", list(claim.events)),
            ("levers", list(claim.levers)),
            ("cites", [claim.cites] if claim.cites else []),
        ]
        for label, values in facts:
            if values:
                click.echo(f"   {label}: {', '.join(values)}")
        click.echo("   why: " + "; ".join(f"{key} by {rule}" for key, rule in claim.rules.items()))
    click.echo(f"\n{len(reading.claims)} claim{'' if len(reading.claims) == 1 else 's'}")
    for check in extra.get("checks", []):
        click.echo(f"check {check['claim_id']}: {check['check']} {check['verdict']}: {check['detail']}")
    if "provider" in extra:
        click.echo(
            f"provider: {extra['provider']['new']} further claims, "
            f"{len(extra['provider']['dropped_not_in_text'])} dropped as not in the text"
        )
    if "ledger" in extra:
        click.echo(
            f"ledger {extra['ledger']['file']}: {extra['ledger']['new_claims']} new claims, "
            f"{extra['ledger']['derivation']}"
        )


def _said(as_json: bool, content: dict[str, Any], text: str) -> None:
    if as_json:
        print_json(content)
    else:
        click.echo(text)
