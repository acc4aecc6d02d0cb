"""Gates of an asset on a day, and who must say yes before it can work.

A gate is open, closed or unclear. Legal gates come from the scopes that bind the asset; the others are dated rows.
What opens the closed gates is one formula over acts; its minimal sets of bodies are exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from linepack.policy.formula import Deed, Formula, all_of, deeds, holds, minimal_sets, parse_formula
from linepack.policy.law import Law
from linepack.policy.matching import Flow, binding_scopes, flow_of, relief_of, scopes_of
from linepack.policy.rows import Exemption, Gate, Provenance, Scope
from linepack.policy.voting import smallest_block
from linepack.policy.words import (
    Bar,
    ContractClass,
    GateKind,
    GateState,
    LawGrade,
    Measure,
    RuleKind,
    Voting,
)

ALL_BARS = frozenset(Bar)
WORST = (LawGrade.BACKGROUND, LawGrade.TERTIARY, LawGrade.SECONDARY, LawGrade.OFFICIAL)


@dataclass(frozen=True)
class GateOn:
    """A gate on a day: state, holders, what opens it, by which rule, since and until when, and the rows behind it."""

    gate: str
    name: str
    kind: GateKind
    bar: Bar
    state: GateState
    holders: tuple[str, ...]
    opens_by: Formula
    rule: RuleKind
    reason: str
    since: date
    until: date | None
    instrument: str
    relief: tuple[Exemption, ...]
    rows: tuple[Provenance, ...]

    @property
    def is_open(self) -> bool:
        """True only if the gate is known to be open."""
        return self.state is GateState.OPEN

    @property
    def grade(self) -> LawGrade:
        """The worst grade among the rows."""
        return next(grade for grade in WORST if any(row.grade is grade for row in self.rows))


@dataclass(frozen=True)
class AtRenewal:
    """What one refusal ends on a renewal day: gates that then open (sanctions) or close (licences)."""

    what: str
    day: date
    refusers: tuple[str, ...]
    opens: tuple[str, ...]
    closes: tuple[str, ...]
    stays_closed: tuple[str, ...]
    grade: LawGrade


@dataclass(frozen=True)
class VotingBody:
    """A body with members whose decision is needed: its rule, weights and smallest blocking coalitions."""

    deed: Deed
    shares: tuple[tuple[str, float], ...]
    smallest_block_size: int
    smallest_blocks: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Consents:
    """The answer of ``consents``: gates, what is closed, the formula and its minimal sets of bodies."""

    flow: Flow
    on: date
    known_on: date | None
    gates: tuple[GateOn, ...]
    bars: frozenset[Bar]
    formula: Formula
    minimal_sets: tuple[frozenset[str], ...]
    voting_bodies: tuple[VotingBody, ...]
    renewals: tuple[AtRenewal, ...]
    temporary: tuple[str, ...]
    coming: tuple[Scope, ...]

    @property
    def closed(self) -> tuple[GateOn, ...]:
        """Gates that are not known to be open."""
        return tuple(gate for gate in self.gates if not gate.is_open)

    @property
    def is_open(self) -> bool:
        """True if no gate of the bars asked for is closed."""
        return not [gate for gate in self.closed if gate.bar in self.bars]

    def missing(self, bodies: Iterable[str]) -> tuple[GateOn, ...]:
        """Return the closed gates that stay closed if only ``bodies`` act."""
        acting = frozenset(bodies)
        return tuple(g for g in self.closed if g.bar in self.bars and not holds(g.opens_by, acting))


def gates_of(
    law: Law, asset: str, on: date, *, contract: ContractClass | None = None, known_on: date | None = None
) -> tuple[GateOn, ...]:
    """Return the gates of an asset on a day, legal ones first. Errors: ``InputError`` for an unknown asset."""
    known = law.known_by(known_on)
    return _gates(known, flow_of(known, asset, contract), on)


def consents(
    law: Law,
    asset: str,
    on: date,
    *,
    contract: ContractClass | None = None,
    known_on: date | None = None,
    bars: frozenset[Bar] = ALL_BARS,
) -> Consents:
    """Return what blocks an asset on a day and who must act to open it.

    ``bars`` limits the formula: only legal gates, or also those that are a sanctions risk or commercial.
    Errors: ``InputError`` for an unknown asset.
    """
    known = law.known_by(known_on)
    flow = flow_of(known, asset, contract)
    gates = _gates(known, flow, on)
    closed = [gate for gate in gates if not gate.is_open and gate.bar in bars]
    formula = all_of(gate.opens_by for gate in closed)
    voters = tuple(_voting_body(known, deed, on) for deed in deeds(formula) if deed.voting is not None)
    return Consents(
        flow,
        on,
        known_on,
        gates,
        bars,
        formula,
        minimal_sets(formula),
        voters,
        _renewals(known, on, gates),
        _temporary(known, closed),
        tuple(
            sorted(
                (s for s in scopes_of(known, flow) if s.first_day > on and s.measure.closes),
                key=lambda s: s.first_day,
            )
        ),
    )


def _gates(law: Law, flow: Flow, on: date) -> tuple[GateOn, ...]:
    legal: dict[str, list[Scope]] = {}
    for scope in binding_scopes(law, flow, on):
        if scope.measure.closes:
            legal.setdefault(scope.instrument, []).append(scope)
    gates = [_legal_gate(law, flow, name, scopes, on) for name, scopes in legal.items()]
    gates += [gate for row in law.gates if flow.asset.asset in row.assets for gate in _dated_gate(law, row, on)]
    order = list(Bar)
    return tuple(sorted(gates, key=lambda gate: (order.index(gate.bar), gate.since, gate.gate)))


def _legal_gate(law: Law, flow: Flow, name: str, scopes: list[Scope], on: date) -> GateOn:
    instrument, rule = law.instrument(name), law.rule_of(name)
    relief = [relief_of(law, scope, flow, on) for scope in scopes]
    is_free = all(relief)
    bar = Bar.LEGAL if any(s.bar is Bar.LEGAL for s in scopes) else scopes[0].bar
    opens_by = parse_formula(rule.lift)
    granted = tuple(dict.fromkeys(row for rows in relief for row in rows))
    is_certification = all(s.measure is Measure.CERTIFICATION for s in scopes)
    lasts = [s.last_day for s in scopes if s.last_day]
    return GateOn(
        gate=name,
        name=instrument.name,
        kind=GateKind.CERTIFICATION if is_certification else GateKind.LEGAL,
        bar=bar,
        state=GateState.OPEN if is_free else GateState.CLOSED,
        holders=tuple(dict.fromkeys(deed.body for deed in deeds(opens_by))),
        opens_by=opens_by,
        rule=rule.kind,
        reason=f"freed by {', '.join(row.name for row in granted)}"
        if is_free
        else "; ".join(dict.fromkeys(s.note or instrument.content for s in scopes)),
        since=min(s.first_day for s in scopes),
        until=min(lasts) if len(lasts) == len(scopes) else None,
        instrument=name,
        relief=granted,
        rows=(instrument, *scopes, *granted),
    )


def _dated_gate(law: Law, row: Gate, on: date) -> list[GateOn]:
    found = law.gate_state(row.gate, on)
    if found is None:
        return []
    state, until = found
    return [
        GateOn(
            gate=row.gate,
            name=row.name,
            kind=row.kind,
            bar=row.bar,
            state=state.state,
            holders=row.holders,
            opens_by=parse_formula(state.opens_by),
            rule=RuleKind.PARTIES,
            reason=state.reason,
            since=state.first_day,
            until=until,
            instrument="",
            relief=(),
            rows=(row, state),
        )
    ]


def _voting_body(law: Law, deed: Deed, on: date) -> VotingBody:
    shares = law.shares(deed.body, on)
    blocks = smallest_block(deed.voting or Voting.UNANIMITY, shares)
    ordered = tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0])))
    return VotingBody(deed, ordered, len(blocks[0]) if blocks else 0, blocks)


def _renewals(law: Law, on: date, gates: tuple[GateOn, ...]) -> tuple[AtRenewal, ...]:
    result = []
    closed = [gate for gate in gates if not gate.is_open]
    regimes = dict.fromkeys(law.instrument(g.instrument).regime for g in closed if g.instrument)
    for regime in filter(None, regimes):
        day = law.next_renewal(regime, on) or law.kept_until(regime)
        if day is None or day < on:
            continue
        opens = tuple(g.gate for g in closed if g.instrument and law.instrument(g.instrument).regime == regime)
        voters = [d.body for d in deeds(parse_formula(law.rule_of(regime).lift)) if d.voting is Voting.UNANIMITY]
        refusers = tuple(member for body in voters for member in law.shares(body, on))
        rest = tuple(g.gate for g in closed if g.gate not in opens)
        result.append(AtRenewal(regime, day, refusers, opens, (), rest, law.renewal_grade(regime, day)))
    for gate in gates:
        for relief in gate.relief:
            if relief.last_day is not None:
                result.append(
                    AtRenewal(relief.name, relief.last_day, relief.issuer, (), (gate.gate,), (), relief.grade)
                )
    return tuple(sorted(result, key=lambda row: (row.day, row.what)))


def _temporary(law: Law, closed: list[GateOn]) -> tuple[str, ...]:
    """Return relief that somebody could grant without lifting: who, from what, for how long."""
    lines = []
    for gate in closed:
        rule = law.rule_of(gate.instrument) if gate.instrument else None
        if rule is None or not rule.relief:
            continue
        term = ", by licence or waiver"
        if rule.relief_days:
            term = f", suspended for at most {rule.relief_days:.0f} days in a declared emergency"
        lines.append(f"{gate.gate}: {parse_formula(rule.relief)}{term}")
    return tuple(lines)


def refusal_ends(consent: Consents) -> tuple[str, ...]:
    """Return the bodies of which any single one can end a closed gate by refusing at the next renewal day."""
    return tuple(dict.fromkeys(body for row in consent.renewals if row.opens for body in row.refusers))


def consents_at_renewal(law: Law, consent: Consents, day: date) -> tuple[GateOn, ...]:
    """Return the gates still closed the day after ``day`` if the regimes renewed on that day lapse."""
    lapsed = {gate for row in consent.renewals if row.day == day for gate in row.opens}
    later = gates_of(
        law, consent.flow.asset.asset, consent.on, contract=consent.flow.contract, known_on=consent.known_on
    )
    return tuple(gate for gate in later if not gate.is_open and gate.gate not in lapsed)


def yes_needed(consent: Consents) -> tuple[str, ...]:
    """Return the bodies in every minimal set: without any one of them nothing opens."""
    if not consent.minimal_sets:
        return ()
    return tuple(sorted(frozenset.intersection(*consent.minimal_sets)))
