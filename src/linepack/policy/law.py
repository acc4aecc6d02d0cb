"""The law as data, on a date, and as it was known on a date.

``load_law`` reads the tables once. ``Law.known_by`` keeps only rows that could be known on a day, so that an answer
as of a day cannot depend on what came later. ``law_on`` gives every instrument with its status, phases and
exemptions on a day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast

from linepack.errors import InputError, Issue
from linepack.policy.reader import nearest, read_rows
from linepack.policy.rows import (
    Asset,
    Body,
    Event,
    Exemption,
    Finding,
    Gate,
    GateStateRow,
    Instrument,
    Member,
    Provenance,
    Reading,
    RegimeStep,
    Renewal,
    Rule,
    Scope,
    StageRow,
    TermContract,
)
from linepack.policy.schema import LAW_SCHEMA_VERSION, LAW_TABLES
from linepack.policy.words import LawGrade, Stage, Status

LAW_FOLDER = Path(str(resources.files("linepack") / "datasets" / "law"))
RENEWAL_QUESTION = "sanctions-renewal"
RENEWAL_ASSUMED = "renewed"


@dataclass(frozen=True)
class Law:
    """All rows of the law, and the readings chosen where sources conflict (question -> reading)."""

    version: str
    bodies: tuple[Body, ...]
    members: tuple[Member, ...]
    decision_rules: tuple[Rule, ...]
    instruments: tuple[Instrument, ...]
    stages: tuple[StageRow, ...]
    scopes: tuple[Scope, ...]
    exemptions: tuple[Exemption, ...]
    renewals: tuple[Renewal, ...]
    assets: tuple[Asset, ...]
    gates: tuple[Gate, ...]
    gate_states: tuple[GateStateRow, ...]
    readings: tuple[Reading, ...]
    term_contracts: tuple[TermContract, ...]
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]
    regimes: tuple[RegimeStep, ...]
    chosen: Mapping[str, str]

    def known_by(self, day: date | None) -> Law:
        """Return the law with only the rows that could be known on ``day``; None keeps all."""
        if day is None:
            return self
        kept: dict[str, Any] = {
            name: tuple(row for row in getattr(self, name) if row.known_from <= day) for name in _TABLE_NAMES
        }
        known = {row.instrument for row in kept["instruments"]}
        assets = {row.asset for row in kept["assets"]}
        gates = {row.gate for row in kept["gates"]}
        for name in ("stages", "scopes", "exemptions", "renewals"):
            kept[name] = tuple(row for row in kept[name] if row.instrument in known)
        kept["gate_states"] = tuple(row for row in kept["gate_states"] if row.gate in gates)
        kept["scopes"] = tuple(row for row in kept["scopes"] if set(row.assets) <= assets)
        return replace(self, **kept)

    @cached_property
    def live_scopes(self) -> tuple[Scope, ...]:
        """The scopes that count under the readings in use and that no later row replaces."""
        replaced = {row.replaces for row in self.scopes if row.replaces}
        return tuple(row for row in self.scopes if row.scope not in replaced and self.counts(row))

    @cached_property
    def scopes_of_flows(self) -> dict[Any, tuple[Scope, ...]]:
        """A place to keep which scopes bind a flow on any day (``linepack.policy.matching.scopes_of``)."""
        return {}

    @cached_property
    def _assets_by_name(self) -> dict[str, Asset]:
        found: dict[str, Asset] = {}
        for row in self.assets:
            for name in (row.asset, row.name, *row.aliases):
                found.setdefault(name.lower(), row)
        return found

    @cached_property
    def _instruments_by_name(self) -> dict[str, Instrument]:
        return {row.instrument: row for row in reversed(self.instruments)}

    @cached_property
    def _states_of_gates(self) -> dict[str, list[GateStateRow]]:
        states: dict[str, list[GateStateRow]] = {}
        for row in sorted(self.gate_states, key=lambda row: (row.first_day, row.known_from)):
            states.setdefault(row.gate, []).append(row)
        return states

    def gate_state(self, gate: str, on: date) -> tuple[GateStateRow, date | None] | None:
        """Return the row that gives a gate's state on a day and the last day it holds, or None before the first."""
        rows = self._states_of_gates.get(gate, [])
        past = [row for row in rows if row.first_day <= on]
        later = [row.first_day for row in rows if row.first_day > on]
        return (past[-1], day_before(min(later)) if later else None) if past else None

    def with_readings(self, readings: Mapping[str, str]) -> Law:
        """Return the law under other readings. Errors: ``InputError`` for an unknown question or reading."""
        for question, reading in readings.items():
            known = [row.reading for row in self.readings if row.question == question]
            if not known:
                questions = sorted({row.question for row in self.readings})
                raise InputError(
                    "unknown-reading",
                    f"nothing is disputed under '{question}'",
                    table="readings",
                    keys=[question],
                    hint=nearest(question, questions),
                )
            if reading not in known:
                raise InputError(
                    "unknown-reading",
                    f"'{question}' has no reading '{reading}'",
                    table="readings",
                    keys=[reading],
                    hint=nearest(reading, known),
                )
        return replace(self, chosen={**self.chosen, **readings})

    def reading(self, question: str) -> str:
        """Return the reading in use: the one chosen, else the default, else '' if the question is not known."""
        if question in self.chosen:
            return self.chosen[question]
        return next((row.reading for row in self.readings if row.question == question and row.is_default), "")

    def counts(self, row: Scope | Exemption) -> bool:
        """Return whether a row counts under the readings in use."""
        question, _, reading = row.reading.partition(":")
        return not question or self.reading(question) == reading

    def asset(self, name: str) -> Asset:
        """Return an asset by identifier or alias. Errors: ``InputError`` with the nearest name."""
        wanted = name.strip().lower()
        if wanted in self._assets_by_name:
            return self._assets_by_name[wanted]
        inside = [row.asset for row in self.assets if wanted in row.asset.lower() or wanted in row.name.lower()]
        hint = f"did you mean: {', '.join(inside)}?" if inside else nearest(name, [row.asset for row in self.assets])
        raise InputError(
            "unknown-asset", f"'{name}' is no asset or flow of the law", table="assets", keys=[name], hint=hint
        )

    def instrument(self, name: str) -> Instrument:
        """Return an instrument by identifier. Errors: ``InputError`` with the nearest name."""
        found = self._instruments_by_name.get(name)
        return found or cast(Instrument, _pick(self.instruments, "instrument", name))

    def rule_of(self, instrument: str) -> Rule:
        """Return how an instrument is lifted."""
        return cast(Rule, _pick(self.decision_rules, "rule", self.instrument(instrument).rule))

    def body(self, name: str) -> Body:
        """Return a body by identifier. Errors: ``InputError`` with the nearest name."""
        return cast(Body, _pick(self.bodies, "body", name))

    def shares(self, body: str, on: date) -> dict[str, float]:
        """Return the members of a body and their population in percent, by the figures of the day.

        Before the first figure the first one counts; a body without members gives an empty result.
        """
        rows = [row for row in self.members if row.body == body]
        first = min((row.first_day for row in rows), default=on)
        return {row.member: row.population_percent for row in rows if covers(row, max(on, first))}

    def kept_until(self, regime: str) -> date | None:
        """Return the last day to which a regime is known to be kept alive; None if it needs no renewal."""
        return max((row.until for row in self.renewals if row.instrument == regime), default=None)

    def next_renewal(self, regime: str, on: date) -> date | None:
        """Return the end of the period of renewal that contains ``on``, as decided by then; None if unknown."""
        decided = [row.until for row in self.renewals if row.instrument == regime and row.decided <= on]
        return max((until for until in decided if until >= on), default=None)

    def renewal_grade(self, regime: str, until: date) -> LawGrade:
        """Return how well the renewal of a regime to a day is sourced; background if none is known."""
        rows = (row.grade for row in self.renewals if row.instrument == regime and row.until == until)
        return next(rows, LawGrade.BACKGROUND)


_TABLE_NAMES = tuple(field.name for field in fields(Law) if field.name not in ("version", "chosen"))


def _pick(rows: Iterable[Any], key: str, name: str) -> Any:
    rows = tuple(rows)
    for row in rows:
        if getattr(row, key) == name:
            return row
    raise InputError(
        f"unknown-{key}",
        f"there is no {key} '{name}'",
        table=f"{key}s",
        keys=[name],
        hint=nearest(name, [getattr(row, key) for row in rows]),
    )


def covers(row: Any, on: date) -> bool:
    """Return whether ``on`` lies between a row's first and last day, both included."""
    return row.first_day <= on and (row.last_day is None or on <= row.last_day)


@lru_cache(maxsize=4)
def load_law(folder: Path | None = None) -> Law:
    """Return the law that comes with the package, or one from a folder.

    Errors: one ``InputError`` that lists every problem with its table, row and remedy.
    """
    from linepack.policy.checks import check_law

    place = folder or LAW_FOLDER
    try:
        package = json.loads((place / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("unreadable", f"no law in {place}: {error}", table="datapackage.json") from error
    if package.get("schema_version") != LAW_SCHEMA_VERSION:
        raise InputError(
            "schema-version",
            f"schema version {package.get('schema_version')} is not {LAW_SCHEMA_VERSION}",
            table="datapackage.json",
            hint="use the linepack release that wrote this law",
        )
    issues: list[Issue] = []
    rows: dict[str, tuple[Provenance, ...]] = {
        table.name: read_rows(place / f"{table.name}.csv", table, issues) for table in LAW_TABLES
    }
    law = Law(version=str(package["version"]), chosen={}, **cast(Any, rows))
    if not issues:
        issues += check_law(law)
    if issues:
        raise InputError("bad-law", f"{len(issues)} problem(s) in the law", issues=issues)
    return law


@dataclass(frozen=True)
class InstrumentOn:
    """An instrument on a day.

    ``scopes`` are the phases in force, ``coming`` those with a later first day, ``exemptions`` the relief in force.
    ``kept_until`` is the day to which renewal is known; ``is_beyond_renewal`` says that the status rests on the
    assumption of a further renewal.
    """

    instrument: Instrument
    status: Status
    reference: str
    scopes: tuple[Scope, ...]
    coming: tuple[Scope, ...]
    exemptions: tuple[Exemption, ...]
    kept_until: date | None
    is_beyond_renewal: bool

    @property
    def rows(self) -> tuple[Provenance, ...]:
        """Every row behind this answer."""
        return (self.instrument, *self.scopes, *self.coming, *self.exemptions)


@dataclass(frozen=True)
class LawOnDate:
    """The law on a day, as known on a day (None: with all we know)."""

    law: Law
    on: date
    known_on: date | None
    instruments: tuple[InstrumentOn, ...]

    @property
    def in_force(self) -> tuple[InstrumentOn, ...]:
        """The instruments with a phase in force."""
        return tuple(row for row in self.instruments if row.status is Status.IN_FORCE)

    def of(self, instrument: str) -> InstrumentOn:
        """Return one instrument. Errors: ``InputError`` with the nearest name."""
        self.law.instrument(instrument)
        return next(row for row in self.instruments if row.instrument.instrument == instrument)


def law_on(law: Law, on: date, known_on: date | None = None) -> LawOnDate:
    """Return every instrument with its status, phases and exemptions on ``on``.

    ``known_on`` restricts the rows to those known on that day. A regime that must be renewed counts as renewed
    beyond the last known decision unless the reading ``sanctions-renewal: as-written`` is chosen.
    """
    known = law.known_by(known_on)
    return LawOnDate(known, on, known_on, tuple(_instrument_on(known, row, on) for row in known.instruments))


def is_alive(law: Law, instrument: Instrument, on: date) -> bool:
    """Return whether renewal keeps an instrument alive on a day."""
    until = law.kept_until(instrument.regime) if instrument.regime else None
    return until is None or on <= until or law.reading(RENEWAL_QUESTION) == RENEWAL_ASSUMED


def _instrument_on(law: Law, row: Instrument, on: date) -> InstrumentOn:
    scopes = [s for s in law.live_scopes if s.instrument == row.instrument]
    stages = sorted((s for s in law.stages if s.instrument == row.instrument and s.date <= on), key=lambda s: s.date)
    alive = is_alive(law, row, on)
    live = tuple(s for s in scopes if covers(s, on)) if alive else ()
    coming = tuple(sorted((s for s in scopes if s.first_day > on), key=lambda s: s.first_day)) if alive else ()
    until = law.kept_until(row.regime) if row.regime else None
    reference = next((s.reference for s in reversed(stages) if s.reference), "")
    is_over = bool(stages) and stages[-1].stage is Stage.ENDED
    if live and not is_over:
        status = Status.IN_FORCE
    elif not alive and any(s.first_day <= on for s in scopes):
        status = Status.LAPSED
    elif is_over or (scopes and not coming and any(s.first_day <= on for s in scopes)):
        status = Status.ENDED
    elif any(s.stage is Stage.ADOPTED for s in stages):
        status = Status.ADOPTED
    elif stages:
        status = Status.PROPOSED
    else:
        status = Status.UNKNOWN
    relief = tuple(e for e in law.exemptions if e.instrument == row.instrument and law.counts(e) and covers(e, on))
    return InstrumentOn(
        row,
        status,
        reference,
        live if status is Status.IN_FORCE else (),
        coming,
        relief,
        until,
        bool(until and on > until and live),
    )


def day_before(day: date) -> date:
    """Return the day before."""
    return day - timedelta(days=1)
