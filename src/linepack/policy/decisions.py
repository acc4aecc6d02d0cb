"""Decisions of a scenario: each by named holders on a day, checked against what they may decide.

``decide`` returns a new law in which the decisions have happened. A decision by somebody who cannot take it is
refused with the consents that are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linepack.errors import InputError, Issue
from linepack.policy.consents import GateOn, consents, gates_of
from linepack.policy.formula import Deed, Formula, deeds, parse_formula
from linepack.policy.law import Law, day_before
from linepack.policy.rows import Exemption, GateStateRow, Instrument, Scope
from linepack.policy.voting import can_block, vote
from linepack.policy.words import (
    ContractClass,
    Expression,
    GateKind,
    GateState,
    LawGrade,
    Measure,
    ReliefKind,
    Stage,
    Verb,
    Voting,
)

GATES_OF_VERB = {
    Verb.REPAIR: (GateKind.PHYSICAL,),
    Verb.SELL: (GateKind.OWNER, GateKind.SELLER),
    Verb.CONTRACT: (GateKind.CONTRACT, GateKind.BUYER, GateKind.TRANSIT, GateKind.SELLER, GateKind.SECURITY),
}


@dataclass(frozen=True)
class Decision:
    """What is decided: a verb, its target (an instrument or an asset), who decides, from which day.

    ``until`` is the last day of a licence or suspension; ``assets`` are the assets a licence covers;
    ``quantity_gwh_year`` is what a contract allows to flow.
    """

    verb: Verb
    target: str
    by: tuple[str, ...]
    on: date
    until: date | None = None
    assets: tuple[str, ...] = ()
    quantity_gwh_year: float | None = None

    def __str__(self) -> str:
        return f"{self.verb} {self.target} by {', '.join(self.by)} on {self.on}"


def decide(law: Law, decisions: Iterable[Decision]) -> Law:
    """Return the law after the decisions, taken in order of their days.

    Errors: ``InputError`` that lists every decision whose holders are not competent, with what is missing.
    """
    issues: list[Issue] = []
    for decision in sorted(decisions, key=lambda d: d.on):
        unknown = [name for name in decision.by if name not in {row.body for row in law.bodies}]
        if unknown:
            issues.append(Issue("unknown-body", f"'{decision}' names nobody known", "bodies", tuple(unknown)))
            continue
        law, found = _ACTIONS[decision.verb](law, decision)
        issues += found
    if issues:
        raise InputError(
            "not-competent", f"{len(issues)} decision(s) cannot be taken", table="decisions", issues=issues
        )
    return law


def regime_decisions(law: Law, regime: str) -> tuple[Decision, ...]:
    """Return the decisions of a named regime. Errors: ``InputError`` for an unknown regime."""
    rows = [row for row in law.regimes if row.regime == regime]
    if not rows:
        raise InputError(
            "unknown-regime",
            f"there is no regime '{regime}'",
            table="regimes",
            keys=[regime],
            hint=", ".join(dict.fromkeys(row.regime for row in law.regimes)),
        )
    return tuple(
        Decision(r.verb, r.target, r.by, r.on, r.until, r.assets, r.quantity_gwh_year) for r in rows if r.verb and r.on
    )


def regime_law(law: Law, regime: str) -> Law:
    """Return the law under a named regime: as known on the day it is frozen, with its readings and decisions.

    Step 0 names the regime; its day, if any, is the day the law is frozen. Errors: as ``decide``.
    """
    decisions = regime_decisions(law, regime)
    rows = [row for row in law.regimes if row.regime == regime]
    frozen = next((row.on for row in rows if row.step == 0), None)
    readings = dict(row.target.split(":") for row in rows if row.verb is None and ":" in row.target)
    return decide(law.known_by(frozen).with_readings(readings), decisions)


def require_consents(
    law: Law, asset: str, by: Sequence[str], on: date, *, contract: ContractClass | None = None
) -> None:
    """Check that ``by`` can open an asset on a day together.

    Errors: ``InputError`` with one finding per gate that stays closed and what it still needs.
    """
    answer = consents(law, asset, on, contract=contract)
    issues = [
        Issue("missing-consent", f"{gate.name}: {missing_text(law, gate.opens_by, by, on)}", "gates", (gate.gate,))
        for gate in answer.closed
        if not is_competent(law, gate.opens_by, by, on)
    ]
    if issues:
        raise InputError(
            "missing-consents",
            f"{', '.join(by) or 'nobody'} cannot open {answer.flow.asset.name} alone: "
            f"{len(issues)} of {len(answer.gates)} gates stay closed",
            table="gates",
            issues=issues,
            hint=f"linepack consents {answer.flow.asset.asset} --on {on}",
        )


def is_competent(law: Law, formula: Formula | Deed, by: Iterable[str], on: date) -> bool:
    """Return whether the bodies ``by`` satisfy a formula; members may act in place of their body by its vote."""
    acting = frozenset(by)
    if isinstance(formula, Formula):
        return sum(is_competent(law, part, acting, on) for part in formula.parts) >= formula.count
    if formula.body in acting or formula.voting is None:
        return formula.body in acting
    shares = law.shares(formula.body, on)
    return vote(formula.voting, shares, acting & set(shares)).is_passed


def missing_text(law: Law, formula: Formula, by: Iterable[str], on: date) -> str:
    """Return what a formula still needs when ``by`` act, in words."""
    acting, parts = frozenset(by), []
    for deed in deeds(formula):
        if is_competent(law, deed, acting, on):
            continue
        text = str(deed)
        if deed.voting is not None:
            left = [member for member in law.shares(deed.body, on) if member not in acting]
            text += f" ({len(left)} members missing: {', '.join(left)})"
        parts.append(text)
    return f"needs {formula}; missing {', '.join(parts)}" if parts else "nothing missing"


def _refused(law: Law, decision: Decision, formula: Formula) -> list[Issue]:
    if is_competent(law, formula, decision.by, decision.on):
        return []
    return [
        Issue(
            "missing-consent",
            f"{decision}: {missing_text(law, formula, decision.by, decision.on)}",
            "decisions",
            (decision.target,),
        )
    ]


def _lift(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    rule = law.rule_of(decision.target)
    formula = parse_formula(rule.lift)
    if not formula.parts:
        return law, [Issue("cannot-lift", f"{decision}: {rule.name}", "decisions", (decision.target,))]
    return _end_scopes(law, [decision.target], day_before(decision.on)), _refused(law, decision, formula)


def _end_scopes(law: Law, instruments: Iterable[str], last: date) -> Law:
    named = set(instruments)
    kept = []
    for scope in law.scopes:
        if scope.instrument not in named or (scope.last_day is not None and scope.last_day <= last):
            kept.append(scope)
        elif scope.first_day <= last:
            kept.append(replace(scope, last_day=last))
    return replace(law, scopes=tuple(kept))


def _grant(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    rule = law.rule_of(decision.target)
    formula = parse_formula(rule.relief)
    if not formula.parts:
        return law, [
            Issue(
                "no-relief",
                f"{decision}: nobody may exempt from it; it must be lifted ({rule.name})",
                "decisions",
                (decision.target,),
            )
        ]
    issues = _refused(law, decision, formula)
    days = (decision.until - decision.on).days + 1 if decision.until else None
    if rule.relief_days and (days is None or days > rule.relief_days):
        issues.append(
            Issue(
                "too-long",
                f"{decision}: the law allows at most {rule.relief_days:.0f} days",
                "decisions",
                (decision.target,),
                "give 'until' within that time",
            )
        )
    row = Exemption(
        source="scenario",
        grade=LawGrade.BACKGROUND,
        known_from=decision.on,
        note="",
        instrument=decision.target,
        exemption=f"{decision.target} {decision.on}",
        series="",
        name=f"{decision.verb} of {decision.on}",
        kind=ReliefKind.EMERGENCY_SUSPENSION if decision.verb is Verb.SUSPEND else ReliefKind.SPECIFIC_LICENCE,
        issuer=decision.by,
        first_day=decision.on,
        last_day=decision.until,
        assets=decision.assets,
        destinations=(),
        actors=(),
        activities=(),
        contract_classes=(),
        maximum_days=rule.relief_days,
        reading="",
    )
    return replace(law, exemptions=(*law.exemptions, row)), issues


def _let_lapse(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    target = law.instrument(decision.target)
    regime = target.regime or target.instrument
    days = sorted({row.until for row in law.renewals if row.instrument == regime})
    if decision.on not in days:
        later = [str(day) for day in days if day >= decision.on][:3]
        return law, [
            Issue(
                "no-renewal",
                f"{decision}: nothing ends on that day unless renewed",
                "decisions",
                (decision.target,),
                f"renewal days: {', '.join(later) or str(days[-1:])}",
            )
        ]
    voters = [deed for deed in deeds(parse_formula(law.rule_of(regime).lift)) if deed.voting]
    members = {m for deed in voters for m in law.shares(deed.body, decision.on)} | {deed.body for deed in voters}
    issues = []
    if not members & set(decision.by):
        issues.append(
            Issue(
                "missing-consent",
                f"{decision}: only a member that votes on the renewal can refuse it",
                "decisions",
                (decision.target,),
            )
        )
    ended = [row.instrument for row in law.instruments if row.regime == regime or row.instrument == regime]
    return _end_scopes(law, ended, decision.on), issues


def _refuse(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    target = law.instrument(decision.target)
    if any(row.instrument == target.instrument and row.until == decision.on for row in law.renewals):
        return _let_lapse(law, decision)
    adopted = [s.date for s in law.stages if s.instrument == target.instrument and s.stage is Stage.ADOPTED]
    if adopted and max(adopted) < decision.on:
        return law, [
            Issue(
                "too-late",
                f"{decision}: it was adopted on {max(adopted)}; only a lift ends it",
                "decisions",
                (decision.target,),
            )
        ]
    voters = [deed for deed in deeds(parse_formula(law.rule_of(target.instrument).lift)) if deed.voting]
    can = any(
        can_block(deed.voting or Voting.UNANIMITY, law.shares(deed.body, decision.on), decision.by) for deed in voters
    )
    if not can and not set(decision.by) & set(target.issuer):
        return law, [
            Issue("missing-consent", f"{decision}: they are no blocking minority", "decisions", (decision.target,))
        ]
    return replace(law, scopes=tuple(s for s in law.scopes if s.instrument != target.instrument)), []


def _adopt(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    target: Instrument = law.instrument(decision.target)
    issues = _refused(law, decision, parse_formula(law.rule_of(target.instrument).lift))
    own = [scope for scope in law.scopes if scope.instrument == target.instrument]
    if not own:
        issues.append(
            Issue("nothing-to-adopt", f"{decision}: no phase of it is known", "decisions", (decision.target,))
        )
    brought: list[Scope] = []
    for scope in law.scopes:
        is_later = scope.instrument == target.instrument and scope.first_day > decision.on
        brought.append(replace(scope, first_day=decision.on) if is_later else scope)
    return replace(law, scopes=tuple(brought)), issues


def _open_gates(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    kinds = GATES_OF_VERB[decision.verb]
    closed = [gate for gate in gates_of(law, decision.target, decision.on) if not gate.is_open and gate.kind in kinds]
    if not closed:
        return law, [Issue("nothing-to-open", f"{decision}: no such gate is closed", "decisions", (decision.target,))]
    rows = tuple(_opened(gate, decision) for gate in closed)
    issues = [issue for gate in closed for issue in _refused(law, decision, gate.opens_by)]
    later = {gate.gate for gate in closed}
    kept = tuple(row for row in law.gate_states if not (row.gate in later and row.first_day >= decision.on))
    opened = replace(law, gate_states=(*kept, *rows))
    if decision.quantity_gwh_year is None:
        return opened, issues
    quota = next((s for s in law.scopes if s.measure is Measure.QUOTA and decision.target in s.assets), None)
    if quota is None:
        issues.append(_issue("no-quota", decision, "no contract of the law has a quantity for this asset"))
        return opened, issues
    scope = replace(
        quota,
        scope=f"{quota.instrument} {decision.on}",
        first_day=decision.on,
        last_day=decision.until,
        assets=(decision.target,),
        expression=Expression.QUOTA,
        value=decision.quantity_gwh_year,
        unit="GWh/year",
        source="scenario",
        grade=LawGrade.BACKGROUND,
        known_from=decision.on,
        note=str(decision),
        effect_note="",
    )
    return replace(opened, scopes=(*opened.scopes, scope)), issues


def _issue(code: str, decision: Decision, message: str) -> Issue:
    return Issue(code, f"{decision}: {message}", "decisions", (decision.target,))


def _opened(gate: GateOn, decision: Decision) -> GateStateRow:
    return GateStateRow(
        source="scenario",
        grade=LawGrade.BACKGROUND,
        known_from=decision.on,
        note="",
        gate=gate.gate,
        first_day=decision.on,
        state=GateState.OPEN,
        opens_by="",
        reason=str(decision),
    )


def _certify(law: Law, decision: Decision) -> tuple[Law, list[Issue]]:
    gates = gates_of(law, decision.target, decision.on)
    closed = [gate for gate in gates if not gate.is_open and gate.kind is GateKind.CERTIFICATION]
    if not closed:
        return law, [
            Issue("nothing-to-open", f"{decision}: certification is not closed", "decisions", (decision.target,))
        ]
    issues = [issue for gate in closed for issue in _refused(law, decision, gate.opens_by)]
    return _end_scopes(law, [gate.instrument for gate in closed], day_before(decision.on)), issues


_ACTIONS: dict[Verb, Callable[[Law, Decision], tuple[Law, list[Issue]]]] = {
    Verb.LIFT: _lift,
    Verb.GRANT: _grant,
    Verb.SUSPEND: _grant,
    Verb.REFUSE: _refuse,
    Verb.LET_LAPSE: _let_lapse,
    Verb.ADOPT: _adopt,
    Verb.REPAIR: _open_gates,
    Verb.SELL: _open_gates,
    Verb.CONTRACT: _open_gates,
    Verb.CERTIFY: _certify,
}
