"""``read``, ``ledger`` and ``draft``: from an article to claims, from claims to a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from linepack.cli.options import print_json

if TYPE_CHECKING:
    from datetime import date

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
    from linepack.api.articles import checked, read_bytes, with_proposals
    from linepack.report.reading_text import reading_text

    day = _day(published) if published else None
    reading = read_bytes(_bytes(article), published=day, outlet=outlet, title=title, url=url)
    extra: dict[str, Any] = {}
    if provider_url:
        reading, extra["provider"] = with_proposals(reading, provider_url, model)
    if is_checked:
        extra["checks"] = checked(reading, dataset)
    if ledger_file:
        from linepack.api.ledgers import store_reading

        extra["ledger"] = store_reading(reading, ledger_file)
    if as_json:
        print_json({**reading.as_dict(), **extra})
    else:
        click.echo(reading_text(reading, extra))


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
    from linepack.api import ledgers
    from linepack.errors import InputError
    from linepack.report.reading_text import added_text

    rows, unread = ledgers.add_articles(articles, ledger_file)
    if as_json:
        print_json(rows)
    elif rows:
        click.echo(added_text(rows))
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
    from linepack.api.ledgers import ledger_claims
    from linepack.report.reading_text import ledger_claims_text

    rows = ledger_claims(ledger_file, state=state, lever=lever)
    if as_json:
        print_json(rows)
    else:
        click.echo(ledger_claims_text(rows))


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
    from linepack.api.ledgers import review

    review(ledger_file, claim_id, state, reviewer, edits=edits, note=note)
    _said(as_json, {"claim_id": claim_id, "state": state, "by": reviewer}, f"{claim_id}: {state} by {reviewer}")


@ledger.command("accept-plain")
@click.option("--by", "reviewer", required=True, help="Who answers for the rule.")
@LEDGER
@JSON
def accept_plain(reviewer: str, ledger_file: str, as_json: bool) -> None:
    """Accept claims that need no judgement; say why the others do."""
    from linepack.api import ledgers

    accepted, refused = ledgers.accept_plain(ledger_file, reviewer)
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
    from linepack.api.ledgers import ledger_table
    from linepack.report.reading_text import ledger_table_text

    rows = ledger_table(ledger_file, table)
    if as_json:
        print_json(rows)
    else:
        click.echo(ledger_table_text(table, rows))


@ledger.command("link")
@click.argument("claim_id")
@click.argument("kind", type=click.Choice(["lever", "scenario", "result"]))
@click.argument("target")
@click.option("--note", default="", help="Why.")
@LEDGER
@JSON
def link_claim(claim_id: str, kind: str, target: str, note: str, ledger_file: str, as_json: bool) -> None:
    """Link CLAIM_ID to a lever, a scenario (CASE/NAME) or a result (run digest)."""
    from linepack.api.ledgers import link

    link(ledger_file, claim_id, kind, target, note)
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
    from linepack.api.ledgers import links

    rows, counts = links(ledger_file, what, kind)
    if as_json:
        print_json(
            {"links": rows, "articles": counts[0] if counts else None, "witnesses": counts[1] if counts else None}
        )
        return
    if not rows:
        click.echo("no links")
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
    from linepack.api import ledgers

    written = ledgers.export_ledger(ledger_file, target)
    _said(as_json, {"written": written}, "\n".join(f"wrote {path}" for path in written))


@ledger.command("import")
@click.argument("source", type=click.Path(exists=True))
@LEDGER
@JSON
def import_ledger(source: str, ledger_file: str, as_json: bool) -> None:
    """Add what SOURCE (an export) holds; what is there already stays."""
    from linepack.api import ledgers

    added = ledgers.import_ledger(ledger_file, source)
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

    from linepack.api import ledgers

    made = ledgers.draft(claims, base, chosen=chosen, choose=choose, name=name)
    if out:
        Path(out).write_text(ledgers.draft_yaml(made), encoding="utf-8")
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
    click.echo(f"wrote {out}" if out else ledgers.draft_yaml(made).rstrip())
    for claim, why in made.left_out.items():
        click.echo(f"no patch from {claim}: {why}", err=True)
    for note in made.notes:
        click.echo(f"note: {note}", err=True)


def _bytes(article: str) -> bytes:
    import sys

    from linepack.api.articles import article_bytes

    return sys.stdin.buffer.read() if article == "-" else article_bytes(article)


def _day(text: str) -> date:
    from datetime import date

    from linepack.errors import InputError

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError("bad-date", f"'{text}' is not a date", hint="write YYYY-MM-DD") from error


def _said(as_json: bool, content: dict[str, Any], text: str) -> None:
    if as_json:
        print_json(content)
    else:
        click.echo(text)
