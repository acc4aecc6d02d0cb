"""Answers of the law as plain JSON types, for the command line, the HTTP API and the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from linepack.policy.consents import Consents, GateOn, refusal_ends
from linepack.policy.formula import Deed, Formula
from linepack.policy.law import InstrumentOn, LawOnDate
from linepack.policy.rows import Exemption, Provenance, Scope
from linepack.policy.timeline import Timeline

SCHEMA = 1


def plain_law(state: LawOnDate, instruments: Iterable[InstrumentOn]) -> dict[str, Any]:
    """Return the law on a day: date, what was known when, readings in use, and the given instruments."""
    return {
        "schema": SCHEMA,
        "on": state.on.isoformat(),
        "known_on": _day(state.known_on),
        "readings": {row.question: state.law.reading(row.question) for row in state.law.readings if row.is_default},
        "instruments": [_instrument(row) for row in instruments],
    }


def plain_consents(answer: Consents) -> dict[str, Any]:
    """Return gates, formula, minimal sets, votes, renewals and temporary relief of an asset on a day."""
    asset = answer.flow.asset
    return {
        "schema": SCHEMA,
        "asset": asset.asset,
        "name": asset.name,
        "contract_class": str(answer.flow.contract) if answer.flow.contract else None,
        "on": answer.on.isoformat(),
        "known_on": _day(answer.known_on),
        "bars": sorted(answer.bars),
        "is_open": answer.is_open,
        "gates": [_gate(gate) for gate in answer.gates],
        "formula": str(answer.formula),
        "formula_tree": plain_formula(answer.formula),
        "minimal_sets": [sorted(bodies) for bodies in answer.minimal_sets],
        "votes": [
            {
                "deed": str(body.deed),
                "members": dict(body.shares),
                "smallest_block_size": body.smallest_block_size,
                "smallest_blocks": [list(block) for block in body.smallest_blocks],
            }
            for body in answer.voting_bodies
        ],
        "renewals": [
            {
                "what": row.what,
                "day": row.day.isoformat(),
                "any_one_of": list(row.refusers),
                "opens": list(row.opens),
                "closes": list(row.closes),
                "stays_closed": list(row.stays_closed),
                "grade": str(row.grade),
            }
            for row in answer.renewals
        ],
        "one_refusal_opens_by": list(refusal_ends(answer)),
        "temporary": list(answer.temporary),
        "coming": [_scope(scope) for scope in answer.coming],
    }


def plain_timeline(chart: Timeline) -> dict[str, Any]:
    """Return the law over time: bars and marks with ISO days."""
    return {
        "schema": SCHEMA,
        "first_day": chart.first_day.isoformat(),
        "last_day": chart.last_day.isoformat(),
        "bars": [
            {
                "lane": bar.lane,
                "instrument": bar.instrument,
                "label": bar.label,
                "kind": bar.kind,
                "first_day": bar.first_day.isoformat(),
                "last_day": _day(bar.last_day),
                "grade": str(bar.grade),
            }
            for bar in chart.bars
        ],
        "marks": [
            {
                "event": mark.event,
                "day": mark.day.isoformat(),
                "not_before": _day(mark.not_before),
                "label": mark.label,
                "is_scheduled": mark.is_scheduled,
                "instruments": list(mark.instruments),
                "assets": list(mark.assets),
                "grade": str(mark.grade),
            }
            for mark in chart.marks
        ],
    }


def plain_formula(formula: Formula | Deed) -> dict[str, Any]:
    """Return a formula as a tree: {'of': n, 'parts': [...]} or {'act', 'body', 'voting'}."""
    if isinstance(formula, Deed):
        voting = str(formula.voting) if formula.voting else None
        return {"act": str(formula.act), "body": formula.body, "voting": voting}
    return {"of": formula.count, "parts": [plain_formula(part) for part in formula.parts]}


def _instrument(row: InstrumentOn) -> dict[str, Any]:
    base = row.instrument
    return {
        "instrument": base.instrument,
        "name": base.name,
        "kind": str(base.kind),
        "issuer": list(base.issuer),
        "rule": base.rule,
        "status": str(row.status),
        "reference": row.reference,
        "content": base.content,
        "phases": [_scope(scope) for scope in row.scopes],
        "coming": [_scope(scope) for scope in row.coming],
        "exemptions": [_exemption(relief) for relief in row.exemptions],
        "kept_until": _day(row.kept_until),
        "is_beyond_renewal": row.is_beyond_renewal,
        **_provenance(base),
    }


def _scope(scope: Scope) -> dict[str, Any]:
    return {
        "scope": scope.scope,
        "instrument": scope.instrument,
        "measure": str(scope.measure),
        "first_day": scope.first_day.isoformat(),
        "last_day": _day(scope.last_day),
        "assets": list(scope.assets),
        "origins": list(scope.origins),
        "destinations": list(scope.destinations),
        "contract_classes": [str(name) for name in scope.contract_classes],
        "bar": str(scope.bar),
        "note": scope.note,
        "reading": scope.reading,
        "expression": str(scope.expression),
        "effect_note": scope.effect_note,
        "grade": str(scope.grade),
        "source": scope.source,
    }


def _exemption(relief: Exemption) -> dict[str, Any]:
    return {
        "exemption": relief.exemption,
        "name": relief.name,
        "kind": str(relief.kind),
        "issuer": list(relief.issuer),
        "first_day": relief.first_day.isoformat(),
        "last_day": _day(relief.last_day),
        "assets": list(relief.assets),
        "reading": relief.reading,
        "grade": str(relief.grade),
        "source": relief.source,
    }


def _gate(gate: GateOn) -> dict[str, Any]:
    return {
        "gate": gate.gate,
        "name": gate.name,
        "kind": str(gate.kind),
        "bar": str(gate.bar),
        "state": str(gate.state),
        "holders": list(gate.holders),
        "opens_by": str(gate.opens_by),
        "rule": str(gate.rule),
        "reason": gate.reason,
        "since": gate.since.isoformat(),
        "until": _day(gate.until),
        "instrument": gate.instrument,
        "grade": str(gate.grade),
        "sources": list(dict.fromkeys(row.source for row in gate.rows if row.source)),
    }


def _provenance(row: Provenance) -> dict[str, Any]:
    return {"source": row.source, "grade": str(row.grade), "known_from": row.known_from.isoformat(), "note": row.note}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
