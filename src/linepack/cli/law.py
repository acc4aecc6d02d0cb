"""``linepack law`` and ``linepack consents``: the law on a date, and who must say yes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from linepack.api.words import Bar, ContractClass
from linepack.errors import InputError

if TYPE_CHECKING:
    from linepack.api.statutes import Law


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the day of an option. Errors: ``InputError`` for a day that does not exist."""
    try:
        return date.fromisoformat(value) if value is not None else None
    except ValueError:
        raise InputError("bad-date", f"'{value}' is no day", hint="write YYYY-MM-DD, for example 2025-03-13") from None


ON = click.option("--on", callback=_day, required=True, metavar="YYYY-MM-DD", help="The day.")
READINGS = click.option(
    "--reading", "readings", multiple=True, metavar="QUESTION:READING", help="Take another reading of a disputed point."
)
KNOWN = click.option(
    "--known-on",
    "--as-of",
    "known_on",
    callback=_day,
    metavar="YYYY-MM-DD",
    help="Use only what was known that day.",
)
CONTRACT = click.option(
    "--contract",
    type=click.Choice([str(name) for name in ContractClass]),
    default=None,
    help="Class of supply contract.",
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("law")
@click.argument("asset", required=False)
@ON
@KNOWN
@CONTRACT
@READINGS
@click.option("--all", "show_all", is_flag=True, help="Also instruments that are not in force.")
@JSON
def law(
    asset: str | None,
    on: date,
    known_on: date | None,
    contract: str | None,
    readings: Sequence[str],
    *,
    show_all: bool,
    as_json: bool,
) -> None:
    """Show the instruments in force on a day, all of them or those that concern ASSET."""
    from linepack.api.statutes import ALL_STATUSES, contract_class, law_rows, plain_law
    from linepack.report.law_text import law_text

    known, kind = _law(known_on, readings), contract_class(contract)
    state, rows = law_rows(known, on, asset=asset, known_on=known_on, contract=kind,
                           statuses=ALL_STATUSES if show_all else None)  # fmt: skip
    if as_json:
        click.echo(json.dumps(plain_law(state, rows), indent=1, ensure_ascii=False))
        return
    click.echo(law_text(state, rows, asset, known_on))


@click.command("consents")
@click.argument("asset")
@ON
@KNOWN
@CONTRACT
@READINGS
@click.option(
    "--bar", "bars", multiple=True, type=click.Choice([str(bar) for bar in Bar]), help="Count only these bars."
)
@JSON
def consents(
    asset: str,
    on: date,
    known_on: date | None,
    contract: str | None,
    readings: Sequence[str],
    bars: Sequence[str],
    *,
    as_json: bool,
) -> None:
    """Show the gates of ASSET on a day, what is closed, and the smallest sets of bodies that must say yes."""
    from linepack.api.statutes import consents_on, plain_consents
    from linepack.report.law_text import consents_text

    known = _law(known_on, readings)
    answer = consents_on(known, asset, on, contract=contract, known_on=known_on, bars=bars)
    if as_json:
        click.echo(json.dumps(plain_consents(answer), indent=1, ensure_ascii=False))
        return
    click.echo(consents_text(known, answer))


def _law(known_on: date | None, readings: Sequence[str]) -> Law:
    from linepack.api.statutes import chosen_law

    chosen = {}
    for text in readings:
        question, colon, reading = text.partition(":")
        if not colon:
            raise InputError("bad-reading", f"'{text}' is no reading", hint="write question:reading")
        chosen[question] = reading
    return chosen_law(known_on, chosen)
