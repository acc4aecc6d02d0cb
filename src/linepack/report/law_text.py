"""The law on a day and the consents of an asset, as text for a terminal; without pandas or numpy."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date

from linepack.policy.consents import AtRenewal, Consents, VotingBody
from linepack.policy.law import InstrumentOn, Law, LawOnDate
from linepack.policy.timeline import timeline
from linepack.policy.voting import POPULATION_PERCENT
from linepack.policy.words import LawGrade

BLOCKS_SHOWN = 3
SETS_SHOWN = 4
ROUNDING_PERCENT = 0.005  # shares are published to two decimals
GRADES = "Rows marked [T] rest on a note that points to an official page nobody opened, [B] on background: check them."


def law_text(state: LawOnDate, rows: tuple[InstrumentOn, ...], asset: str | None, known_on: date | None) -> str:
    """Return instruments with what they bar, what frees from them, and what is scheduled."""
    what = state.law.asset(asset).name if asset else "all assets"
    head = f"Law on {state.on}{_as_known(known_on)}: {what}, {len(rows)} instruments"
    return "\n".join((head, *_instruments(state, rows), *_upcoming(state), GRADES))


def consents_text(law: Law, answer: Consents) -> str:
    """Return gates, formula, smallest sets, votes, renewals and what is to come of an asset."""
    return "\n".join(_consents(law, answer))


def _as_known(known_on: date | None) -> str:
    return f" as known on {known_on}" if known_on else ""


def _instruments(state: LawOnDate, rows: Iterable[InstrumentOn]) -> Iterator[str]:
    for row in rows:
        base = row.instrument
        reference = f", {row.reference}" if row.reference else ""
        yield f"\n{base.instrument}{base.grade.mark}  {base.name} ({row.status}{reference})"
        yield _wrap(base.content)
        for scope in row.scopes:
            until = f" to {scope.last_day}" if scope.last_day else ""
            classes = f" [{', '.join(scope.contract_classes)}]" if scope.contract_classes else ""
            said = f"{scope.measure}{classes}: {scope.note}{scope.grade.mark}"
            yield _wrap(f"since {scope.first_day}{until}: {said}", "  - ")
        for scope in row.coming:
            yield _wrap(f"from {scope.first_day}: {scope.measure}: {scope.note}{scope.grade.mark}", "  + ")
        for relief in row.exemptions:
            until = f"to {relief.last_day}" if relief.last_day else "without end"
            assets = ", ".join(relief.assets) or "all"
            yield _wrap(f"freed: {relief.name}, {until} ({assets}){relief.grade.mark}", "  * ")
        if row.is_beyond_renewal:
            mark = state.law.renewal_grade(base.regime, row.kept_until).mark if row.kept_until else ""
            yield _wrap(f"known to be renewed only to {row.kept_until}{mark}; counted as renewed beyond", "  ! ")


def _upcoming(state: LawOnDate) -> Iterator[str]:
    marks = timeline(state.law).upcoming(state.on)
    if marks:
        yield "\nScheduled:"
        for mark in marks:
            yield f"  {mark.day}  {mark.label}{mark.grade.mark}"
    yield ""


def _consents(law: Law, answer: Consents) -> Iterator[str]:
    asset = answer.flow.asset
    contract = f", {answer.flow.contract} contract" if answer.flow.contract else ""
    state = "open" if answer.is_open else "closed"
    yield f"{asset.name} on {answer.on}{_as_known(answer.known_on)}{contract}: {state}\n"
    width = max((len(gate.gate) for gate in answer.gates), default=0)
    for gate in answer.gates:
        yield f"  {gate.state:<8}{gate.bar:<16}{gate.gate:<{width}}  {gate.name}{gate.grade.mark}"
        yield _wrap(gate.reason, " " * (26 + width))
        if not gate.is_open:
            yield _wrap(f"opens by {gate.opens_by} ({str(gate.rule).replace('_', ' ')})", " " * (26 + width))
    if not answer.is_open:
        yield from _sets(law, answer)
    for body in answer.voting_bodies:
        yield from _vote(body)
    for row in answer.renewals:
        yield from _renewal(row)
    if answer.temporary:
        yield "\nRelief without lifting:"
        for line in answer.temporary:
            yield _wrap(line, "  - ")
    if answer.coming:
        yield "\nTo come:"
        for scope in answer.coming:
            yield _wrap(f"{scope.first_day}: {scope.instrument}, {scope.note}{scope.grade.mark}", "  + ")
    grades = {gate.grade for gate in answer.gates} | {row.grade for row in answer.renewals}
    grades |= {scope.grade for scope in answer.coming}
    if grades & {LawGrade.TERTIARY, LawGrade.BACKGROUND}:
        yield f"\n{GRADES}"


def _sets(law: Law, answer: Consents) -> Iterator[str]:
    yield "\nFormula:"
    yield _wrap(str(answer.formula))
    sets = answer.minimal_sets
    yield f"\nSmallest sets of bodies that must say yes ({len(sets)}):"
    for bodies in sets[:SETS_SHOWN]:
        names = ", ".join(f"{law.body(name).name} ({name})" for name in sorted(bodies))
        yield _wrap(f"{len(bodies)}: {names}", "  - ")
    if len(sets) > SETS_SHOWN:
        yield f"  and {len(sets) - SETS_SHOWN} more (--json lists them)"


def _vote(body: VotingBody) -> Iterator[str]:
    yield f"\nVote: {body.deed}, {len(body.shares)} members"
    if not body.smallest_blocks:
        yield "  members not known on that day"
    elif body.smallest_block_size == 1:
        yield "  any one member blocks; abstaining does not"
    else:
        shares = dict(body.shares)
        yield f"  {body.smallest_block_size} members are the fewest that block, in {len(body.smallest_blocks)} ways:"
        for block in (*body.smallest_blocks[:BLOCKS_SHOWN], body.smallest_blocks[-1]):
            percent = sum(shares[member] for member in block)
            is_close = abs(percent - (100 - POPULATION_PERCENT)) < ROUNDING_PERCENT * len(block)
            close = ", within the rounding of the shares" if is_close else ""
            yield f"  - {', '.join(block)} ({percent:.2f} % of the population{close})"


def _renewal(row: AtRenewal) -> Iterator[str]:
    who = f"any one of {len(row.refusers)} members" if len(row.refusers) > 1 else ", ".join(row.refusers)
    yield f"\nAt the end of {row.what} on {row.day}{row.grade.mark}, a refusal to renew by {who}"
    if row.opens:
        yield f"  opens: {', '.join(row.opens)}; stays closed: {', '.join(row.stays_closed) or 'nothing'}"
    if row.closes:
        yield f"  closes: {', '.join(row.closes)}"


def _wrap(text: str, lead: str = "  ") -> str:
    return textwrap.fill(text, 118, initial_indent=lead, subsequent_indent=" " * len(lead))
