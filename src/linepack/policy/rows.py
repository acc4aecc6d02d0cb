"""Row types of the law: one dataclass per table, with the columns of ``schema`` as fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linepack.policy.words import (
    Activity,
    AssetKind,
    Bar,
    ContractClass,
    Expression,
    GateKind,
    GateState,
    InstrumentKind,
    LawGrade,
    Measure,
    Medium,
    ReliefKind,
    RuleKind,
    Stage,
    Verb,
)


@dataclass(frozen=True)
class Provenance:
    """Where a row comes from, how well it is sourced, and since when it could be known."""

    source: str
    grade: LawGrade
    known_from: date
    note: str


@dataclass(frozen=True)
class Body(Provenance):
    """Somebody who can act."""

    body: str
    name: str
    kind: str
    jurisdiction: str
    role: str
    stake: str


@dataclass(frozen=True)
class Member(Provenance):
    """A member of a body that votes, with its share of the population."""

    body: str
    member: str
    population_percent: float
    first_day: date
    last_day: date | None


@dataclass(frozen=True)
class Rule(Provenance):
    """How an instrument is lifted, and who may grant relief from it."""

    rule: str
    name: str
    kind: RuleKind
    lift: str
    relief: str
    relief_days: float | None


@dataclass(frozen=True)
class Instrument(Provenance):
    """A legal or political act; what was known of it, and when, stands in stages and scopes."""

    instrument: str
    name: str
    kind: InstrumentKind
    issuer: tuple[str, ...]
    rule: str
    regime: str
    content: str


@dataclass(frozen=True)
class StageRow(Provenance):
    """A step in the life of an instrument."""

    instrument: str
    stage: Stage
    date: date
    reference: str


@dataclass(frozen=True)
class Scope(Provenance):
    """One phase of an instrument: what it does, to what, for whom, between which days (both included)."""

    scope: str
    instrument: str
    measure: Measure
    first_day: date
    last_day: date | None
    assets: tuple[str, ...]
    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    media: tuple[Medium, ...]
    activity: Activity | None
    actors: tuple[str, ...]
    contract_classes: tuple[ContractClass, ...]
    bar: Bar
    expression: Expression
    value: float | None
    unit: str
    reading: str
    replaces: str
    effect_note: str


@dataclass(frozen=True)
class Exemption(Provenance):
    """A licence, waiver, derogation or suspension: what it carves out of an instrument, and until when."""

    exemption: str
    instrument: str
    series: str
    kind: ReliefKind
    name: str
    issuer: tuple[str, ...]
    first_day: date
    last_day: date | None
    assets: tuple[str, ...]
    destinations: tuple[str, ...]
    actors: tuple[str, ...]
    activities: tuple[Activity, ...]
    contract_classes: tuple[ContractClass, ...]
    maximum_days: float | None
    reading: str


@dataclass(frozen=True)
class Renewal(Provenance):
    """A decision that kept a regime alive until a day."""

    instrument: str
    decided: date
    until: date


@dataclass(frozen=True)
class Asset(Provenance):
    """A thing with gates: a pipeline string, a flow, a plant, a project, a deal."""

    asset: str
    name: str
    kind: AssetKind
    arcs: tuple[str, ...]
    owns_arcs: bool
    trader: str
    origin: str
    destinations: tuple[str, ...]
    medium: Medium | None
    activities: tuple[Activity, ...]
    actors: tuple[str, ...]
    default_contract: ContractClass | None
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Gate(Provenance):
    """A necessary condition of an asset that no instrument states."""

    gate: str
    assets: tuple[str, ...]
    kind: GateKind
    name: str
    holders: tuple[str, ...]
    bar: Bar


@dataclass(frozen=True)
class GateStateRow(Provenance):
    """State of a gate from a day until its next row, and what opens it."""

    gate: str
    first_day: date
    state: GateState
    opens_by: str
    reason: str


@dataclass(frozen=True)
class Reading(Provenance):
    """One of several readings of a text or a statement, between which a scenario chooses."""

    question: str
    reading: str
    is_default: bool
    statement: str


@dataclass(frozen=True)
class TermContract(Provenance):
    """A supply contract in the terms of the law: its class decides from when its gas is barred."""

    contract: str
    name: str
    dataset_contract: str
    trader: str
    buyer: str
    destinations: tuple[str, ...]
    medium: Medium
    arcs: tuple[str, ...]
    contract_class: ContractClass
    annual_quantity_gwh: float | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Event(Provenance):
    """Something that happened, or is scheduled."""

    event: str
    not_before: date | None
    date: date
    what: str
    assets: tuple[str, ...]
    instruments: tuple[str, ...]
    is_scheduled: bool


@dataclass(frozen=True)
class Finding(Provenance):
    """What checking a row against other sources gave."""

    finding: str
    instruments: tuple[str, ...]
    result: str
    what: str


@dataclass(frozen=True)
class RegimeStep(Provenance):
    """One decision of a named regime."""

    regime: str
    step: float
    name: str
    verb: Verb | None
    target: str
    by: tuple[str, ...]
    on: date | None
    until: date | None
    assets: tuple[str, ...]
    quantity_gwh_year: float | None
