"""``linepack law`` and ``linepack consents``: the law on a date, and who must say yes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from linepack.errors import InputError
from linepack.policy.voting import POPULATION_PERCENT
from linepack.policy.words import Bar, ContractClass, LawGrade

if TYPE_CHECKING:
    from linepack.policy.consents import AtRenewal, Consents, VotingBody
    from linepack.policy.law import InstrumentOn, Law, LawOnDate

BLOCKS_SHOWN = 3
SETS_SHOWN = 4
ROUNDING_PERCENT = 0.005  # shares are published to two decimals
GRADES = "Rows marked [T] rest on a note that points to an official page nobody opened, [B] on background: check them."


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
    from linepack.api.statutes import law_rows
    from linepack.policy.plain import plain_law
    from linepack.policy.words import Status

    known = _law(known_on, readings)
    statuses = tuple(Status) if show_all else None
    state, rows = law_rows(known, on, asset=asset, known_on=known_on, contract=_class(contract), statuses=statuses)
    if as_json:
        click.echo(json.dumps(plain_law(state, rows), indent=1, ensure_ascii=False))
        return
    what = state.law.asset(asset).name if asset else "all assets"
    click.echo(f"Law on {on}{_as_known(known_on)}: {what}, {len(rows)} instruments")
    _print_instruments(state, rows)
    _print_upcoming(state)
    click.echo(GRADES)


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
    from linepack.api.statutes import consents_on
    from linepack.policy.plain import plain_consents

    known = _law(known_on, readings)
    answer = consents_on(known, asset, on, contract=contract, known_on=known_on, bars=bars)
    if as_json:
        click.echo(json.dumps(plain_consents(answer), indent=1, ensure_ascii=False))
        return
    _print_consents(known, answer)


def _law(known_on: date | None, readings: Sequence[str]) -> Law:
    from linepack.api.statutes import chosen_law

    chosen = {}
    for text in readings:
        question, colon, reading = text.partition(":")
        if not colon:
            raise InputError("bad-reading", f"'{text}' is no reading", hint="write question:reading")
        chosen[question] = reading
    return chosen_law(known_on, chosen)


def _class(contract: str | None) -> ContractClass | None:
    return ContractClass(contract) if contract else None


def _as_known(known_on: date | None) -> str:
    return f" as known on {known_on}" if known_on else ""


def _print_instruments(state: LawOnDate, rows: Iterable[InstrumentOn]) -> None:
    for row in rows:
        base = row.instrument
        reference = f", {row.reference}" if row.reference else ""
        click.echo(f"\n{base.instrument}{base.grade.mark}  {base.name} ({row.status}{reference})")
        _wrap(base.content)
        for scope in row.scopes:
            until = f" to {scope.last_day}" if scope.last_day else ""
            classes = f" [{', '.join(scope.contract_classes)}]" if scope.contract_classes else ""
            _wrap(f"since {scope.first_day}{until}: {scope.measure}{classes}: {scope.note}{scope.grade.mark}", "  - ")
        for scope in row.coming:
            _wrap(f"from {scope.first_day}: {scope.measure}: {scope.note}{scope.grade.mark}", "  + ")
        for relief in row.exemptions:
            until = f"to {relief.last_day}" if relief.last_day else "without end"
            _wrap(f"freed: {relief.name}, {until} ({', '.join(relief.assets) or 'all'}){relief.grade.mark}", "  * ")
        if row.is_beyond_renewal:
            mark = state.law.renewal_grade(base.regime, row.kept_until).mark if row.kept_until else ""
            _wrap(f"known to be renewed only to {row.kept_until}{mark}; counted as renewed beyond", "  ! ")


def _print_upcoming(state: LawOnDate) -> None:
    from linepack.policy.timeline import timeline

    marks = timeline(state.law).upcoming(state.on)
    if marks:
        click.echo("\nScheduled:")
        for mark in marks:
            click.echo(f"  {mark.day}  {mark.label}{mark.grade.mark}")
    click.echo("")


def _print_consents(law: Law, answer: Consents) -> None:
    asset = answer.flow.asset
    contract = f", {answer.flow.contract} contract" if answer.flow.contract else ""
    state = "open" if answer.is_open else "closed"
    click.echo(f"{asset.name} on {answer.on}{_as_known(answer.known_on)}{contract}: {state}\n")
    width = max((len(gate.gate) for gate in answer.gates), default=0)
    for gate in answer.gates:
        click.echo(f"  {gate.state:<8}{gate.bar:<16}{gate.gate:<{width}}  {gate.name}{gate.grade.mark}")
        _wrap(gate.reason, " " * (26 + width))
        if not gate.is_open:
            _wrap(f"opens by {gate.opens_by} ({str(gate.rule).replace('_', ' ')})", " " * (26 + width))
    if not answer.is_open:
        _print_sets(law, answer)
    for body in answer.voting_bodies:
        _print_vote(body)
    for row in answer.renewals:
        _print_renewal(row)
    if answer.temporary:
        click.echo("\nRelief without lifting:")
        for line in answer.temporary:
            _wrap(line, "  - ")
    if answer.coming:
        click.echo("\nTo come:")
        for scope in answer.coming:
            _wrap(f"{scope.first_day}: {scope.instrument}, {scope.note}{scope.grade.mark}", "  + ")
    grades = {gate.grade for gate in answer.gates} | {row.grade for row in answer.renewals}
    grades |= {scope.grade for scope in answer.coming}
    if grades & {LawGrade.TERTIARY, LawGrade.BACKGROUND}:
        click.echo(f"\n{GRADES}")


def _print_sets(law: Law, answer: Consents) -> None:
    click.echo("\nFormula:")
    _wrap(str(answer.formula))
    sets = answer.minimal_sets
    click.echo(f"\nSmallest sets of bodies that must say yes ({len(sets)}):")
    for bodies in sets[:SETS_SHOWN]:
        names = ", ".join(f"{law.body(name).name} ({name})" for name in sorted(bodies))
        _wrap(f"{len(bodies)}: {names}", "  - ")
    if len(sets) > SETS_SHOWN:
        click.echo(f"  and {len(sets) - SETS_SHOWN} more (--json lists them)")


def _print_vote(body: VotingBody) -> None:
    click.echo(f"\nVote: {body.deed}, {len(body.shares)} members")
    if not body.smallest_blocks:
        click.echo("  members not known on that day")
    elif body.smallest_block_size == 1:
        click.echo("  any one member blocks; abstaining does not")
    else:
        shares = dict(body.shares)
        click.echo(
            f"  {body.smallest_block_size} members are the fewest that block, in {len(body.smallest_blocks)} ways:"
        )
        for block in (*body.smallest_blocks[:BLOCKS_SHOWN], body.smallest_blocks[-1]):
            percent = sum(shares[member] for member in block)
            is_close = abs(percent - (100 - POPULATION_PERCENT)) < ROUNDING_PERCENT * len(block)
            close = ", within the rounding of the shares" if is_close else ""
            click.echo(f"  - {', '.join(block)} ({percent:.2f} % of the population{close})")


def _print_renewal(row: AtRenewal) -> None:
    who = f"any one of {len(row.refusers)} members" if len(row.refusers) > 1 else ", ".join(row.refusers)
    click.echo(f"\nAt the end of {row.what} on {row.day}{row.grade.mark}, a refusal to renew by {who}")
    if row.opens:
        click.echo(f"  opens: {', '.join(row.opens)}; stays closed: {', '.join(row.stays_closed) or 'nothing'}")
    if row.closes:
        click.echo(f"  closes: {', '.join(row.closes)}")


def _wrap(text: str, lead: str = "  ") -> None:
    click.echo(textwrap.fill(text, 118, initial_indent=lead, subsequent_indent=" " * len(lead)))
