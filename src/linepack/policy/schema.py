"""One schema per table of the law, with the machinery of ``system.schema``, and the row type of each table.

Every row carries ``source``, ``grade`` (P, S, T or B), ``known_from`` and ``note``. Cells that hold several names
put ';' between them. An empty scope cell means *any*; an empty cell of an exemption means *as the ban*.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

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
from linepack.system.schema import Column, Kind, Table, day, number, text

LAW_SCHEMA_VERSION = 2


LAW_PROVENANCE = (
    text("source", "Where it comes from; 'linepack' rows say how they were derived.", required=False, default=""),
    text("grade", "P official text seen, S law firm or press, T tertiary note, B background: check T and B first.",
         choices=tuple(LawGrade)),
    day("known_from", "First day on which somebody could have known this row."),
    text("note", "Remarks.", required=False, default=""),
)  # fmt: skip


def _table(name: str, description: str, key: tuple[str, ...], *columns: Column) -> Table:
    return Table(name, description, key, columns, provenance=LAW_PROVENANCE)


def _names(name: str, description: str, references: str | None = None) -> Column:
    return text(name, f"{description} ';' between names.", required=False, default="", references=references)


def _several(name: str, description: str, kind: type[StrEnum]) -> Column:
    return text(name, f"{description} One or more of: {', '.join(kind)}.", required=False, default="")


def _open_day(name: str, description: str) -> Column:
    return day(name, f"{description}; empty: no end.", required=False)


def _reading() -> Column:
    return text("reading", "Counts only under this reading, written question:reading.", required=False, default="")


LAW_TABLES: tuple[Table, ...] = (
    _table("bodies", "Who can act, from states and institutions to creditors and bidders.", ("body",),
        text("body", "Identifier."),
        text("name", "Name to show."),
        text("kind", "What it is.", choices=("state", "government", "regulator", "court", "legislature", "union",
                                             "company", "operator", "investor", "person", "group")),
        text("jurisdiction", "ISO 3166 alpha-2 code, EU or G7."),
        text("role", "What it does here.", required=False, default=""),
        text("stake", "What it stands to gain or lose.", required=False, default=""),
    ),
    _table("members", "Members of bodies that vote.", ("body", "member", "first_day"),
        text("body", "Body.", references="bodies.body"),
        text("member", "Member.", references="bodies.body"),
        number("population_percent", "percent", "Share of the population, as used for the vote; empty: not counted.",
               required=False, maximum=100.0, default=0.0),
        day("first_day", "First day of this figure."),
        _open_day("last_day", "Last day of this figure"),
    ),
    _table("decision_rules", "How instruments are lifted.", ("rule",),
        text("rule", "Identifier."),
        text("name", "Name to show."),
        text("kind", "Kind of rule.", choices=tuple(RuleKind)),
        text("lift", "Who must do what to lift it, a formula over acts.", required=False, default=""),
        text("relief", "Who may exempt from it, a formula over acts; empty: nobody.", required=False, default=""),
        number("relief_days", "d", "Longest relief the law allows; empty: no limit.", required=False),
    ),
    _table("instruments", "Legal and political acts.", ("instrument",),
        text("instrument", "Identifier."),
        text("name", "Name to show."),
        text("kind", "What sort of act.", choices=tuple(InstrumentKind)),
        _names("issuer", "Who issued it.", "bodies.body"),
        text("rule", "How it is lifted.", references="decision_rules.rule"),
        text("regime", "Regime whose renewal keeps it alive; empty: none.", required=False, default="",
             references="instruments.instrument"),
        text("content", "What it blocks or obliges."),
    ),
    _table("stages", "Steps in the life of an instrument.", ("instrument", "stage", "date"),
        text("instrument", "Instrument.", references="instruments.instrument"),
        text("stage", "Step.", choices=tuple(Stage)),
        day("date", "Day of the step."),
        text("reference", "Legal reference.", required=False, default=""),
    ),
    _table("scopes", "Phases of instruments: what each does to what, between which days.", ("scope",),
        text("scope", "Identifier."),
        text("instrument", "Instrument.", references="instruments.instrument"),
        text("measure", "What it does.", choices=tuple(Measure)),
        day("first_day", "First day."),
        _open_day("last_day", "Last day"),
        _names("assets", "Assets it names.", "assets.asset"),
        _names("origins", "Countries the gas comes from."),
        _names("destinations", "Countries or groups (EU27) it goes to."),
        _several("media", "Form of the gas.", Medium),
        text("activity", "What is barred or obliged.", required=False, default="", choices=tuple(Activity)),
        _names("actors", "Bodies it names.", "bodies.body"),
        _several("contract_classes", "Classes of contract.", ContractClass),
        text("bar", "Why it holds.", choices=tuple(Bar)),
        text("expression", "How it reaches the market.", choices=tuple(Expression)),
        number("value", "see unit", "Size of a quota, charge, cap, share or rule.", required=False, minimum=None),
        text("unit", "Unit of the value.", required=False, default="",
             choices=("GWh/year", "EUR/MWh", "share", "GWh/d", "days")),
        _reading(),
        text("replaces", "Scope that this one replaces from the day it is known; empty: none.", required=False,
             default="", references="scopes.scope"),
        text("effect_note", "What the market cannot show, or whose revenue a charge is.", required=False, default=""),
    ),
    _table("exemptions", "Licences, waivers, derogations and suspensions.", ("exemption",),
        text("exemption", "Identifier."),
        text("instrument", "Ban it carves from.", references="instruments.instrument"),
        text("series", "Instrument that lists the series it belongs to.", required=False, default="",
             references="instruments.instrument"),
        text("kind", "Kind of relief.", choices=tuple(ReliefKind)),
        text("name", "Name to show."),
        _names("issuer", "Who grants and renews it.", "bodies.body"),
        day("first_day", "First day."),
        _open_day("last_day", "Last day"),
        _names("assets", "Assets it covers.", "assets.asset"),
        _names("destinations", "Destinations it covers."),
        _names("actors", "Bodies it covers.", "bodies.body"),
        _several("activities", "Activities it covers.", Activity),
        _several("contract_classes", "Classes of contract it covers.", ContractClass),
        number("maximum_days", "d", "Longest duration the law allows.", required=False),
        _reading(),
    ),
    _table("renewals", "Decisions that kept a regime alive.", ("instrument", "decided"),
        text("instrument", "Regime.", references="instruments.instrument"),
        day("decided", "Day of the decision."),
        day("until", "Last day kept alive."),
    ),
    _table("assets", "Things with gates.", ("asset",),
        text("asset", "Identifier."),
        text("name", "Name to show."),
        text("kind", "What it is.", choices=tuple(AssetKind)),
        _names("arcs", "Arcs of the market it uses; '*' stands for any text."),
        Column("owns_arcs", Kind.BOOLEAN, "Are these arcs this asset and nothing else?"),
        text("trader", "Trader whose gas it is.", required=False, default=""),
        text("origin", "Country the gas comes from.", required=False, default=""),
        _names("destinations", "Countries or groups the gas goes to."),
        text("medium", "Form of the gas.", required=False, default="", choices=tuple(Medium)),
        _several("activities", "What must happen for it to work.", Activity),
        _names("actors", "Bodies it cannot do without.", "bodies.body"),
        text("default_contract", "Contract class unless the user names one.", required=False, default="",
             choices=tuple(ContractClass)),
        _names("aliases", "Other names."),
    ),
    _table("gates", "Necessary conditions that no instrument states.", ("gate",),
        text("gate", "Identifier."),
        _names("assets", "Assets it belongs to.", "assets.asset"),
        text("kind", "What it is about.", choices=tuple(GateKind)),
        text("name", "Name to show."),
        _names("holders", "Who holds it.", "bodies.body"),
        text("bar", "Why it holds.", choices=tuple(Bar)),
    ),
    _table("gate_states", "State of gates: each row holds until the next; of two for one day the later known counts.",
           ("gate", "first_day", "known_from"),
        text("gate", "Gate.", references="gates.gate"),
        day("first_day", "First day."),
        text("state", "State.", choices=tuple(GateState)),
        text("opens_by", "What opens it, a formula over acts; empty if open.", required=False, default=""),
        text("reason", "Why it is in this state."),
    ),
    _table("readings", "Conflicting readings, with the one used unless a scenario says otherwise.",
           ("question", "reading"),
        text("question", "What is disputed."),
        text("reading", "Identifier of the reading."),
        Column("is_default", Kind.BOOLEAN, "Is it used unless a scenario says otherwise?"),
        text("statement", "The reading, and who holds it."),
    ),
    _table("term_contracts", "Supply contracts by class of the law.", ("contract",),
        text("contract", "Identifier."),
        text("name", "Name to show."),
        text("dataset_contract", "Contract of the market data, whose quantity counts; empty: none.", required=False,
             default=""),
        text("trader", "Seller."),
        text("buyer", "Buyer.", references="bodies.body"),
        _names("destinations", "Countries or groups it delivers to."),
        text("medium", "Form of the gas.", choices=tuple(Medium)),
        _names("arcs", "Entry arcs it may use; '*' stands for any text."),
        text("contract_class", "Class.", choices=tuple(ContractClass)),
        number("annual_quantity_gwh", "GWh", "Annual quantity, if not in the market data.", required=False),
        day("first_day", "First day."),
        day("last_day", "Last day."),
    ),
    _table("events", "Dated happenings, past and scheduled.", ("event",),
        text("event", "Identifier."),
        day("date", "Day; the last it can have been, if the day is not known."),
        day("not_before", "First day it can have been; empty: the day is known.", required=False),
        text("what", "What happened."),
        _names("assets", "What it concerns."),
        _names("instruments", "Instruments it concerns."),
        Column("is_scheduled", Kind.BOOLEAN, "Is it scheduled, not past?"),
    ),
    _table("findings", "What checking rows against other sources gave.", ("finding",),
        text("finding", "Identifier."),
        _names("instruments", "Instruments checked.", "instruments.instrument"),
        text("result", "Outcome.", choices=("confirmed", "corrected", "added", "open", "refuted")),
        text("what", "What was found."),
    ),
    _table("regimes", "Named regimes as decisions; each state of the law is reached by somebody's act.",
           ("regime", "step"),
        text("regime", "Identifier."),
        number("step", "1", "Order; 0 names the regime."),
        text("name", "Name of the regime or of the step."),
        text("verb", "Decision.", required=False, default="", choices=tuple(Verb)),
        text("target", "Instrument or asset.", required=False, default=""),
        _names("by", "Who decides.", "bodies.body"),
        day("on", "Day of the decision.", required=False),
        day("until", "Last day, for a licence or suspension.", required=False),
        _names("assets", "Assets that a licence covers.", "assets.asset"),
        number("quantity_gwh_year", "GWh/year", "Quantity of a contract; empty: none stated.", required=False),
    ),
)  # fmt: skip

ROWS: dict[str, type[Provenance]] = {
    "bodies": Body, "members": Member, "decision_rules": Rule, "instruments": Instrument, "stages": StageRow,
    "scopes": Scope, "exemptions": Exemption, "renewals": Renewal, "assets": Asset, "gates": Gate,
    "gate_states": GateStateRow, "readings": Reading, "term_contracts": TermContract, "events": Event,
    "findings": Finding, "regimes": RegimeStep,
}  # fmt: skip

ENUMS: dict[tuple[str, str], type[StrEnum]] = {
    ("decision_rules", "kind"): RuleKind, ("instruments", "kind"): InstrumentKind, ("stages", "stage"): Stage,
    ("scopes", "measure"): Measure, ("scopes", "media"): Medium, ("scopes", "activity"): Activity,
    ("scopes", "contract_classes"): ContractClass, ("scopes", "bar"): Bar, ("scopes", "expression"): Expression,
    ("exemptions", "kind"): ReliefKind, ("exemptions", "activities"): Activity,
    ("exemptions", "contract_classes"): ContractClass, ("assets", "kind"): AssetKind, ("assets", "medium"): Medium,
    ("assets", "activities"): Activity, ("assets", "default_contract"): ContractClass, ("gates", "kind"): GateKind,
    ("gates", "bar"): Bar, ("gate_states", "state"): GateState, ("term_contracts", "medium"): Medium,
    ("term_contracts", "contract_class"): ContractClass, ("regimes", "verb"): Verb,
}  # fmt: skip

LISTS = frozenset({
    "issuer", "assets", "origins", "destinations", "media", "actors", "contract_classes", "activities", "arcs",
    "aliases", "holders", "instruments", "by",
})  # fmt: skip


def enum_of(table: str, column: str) -> type[StrEnum] | None:
    """Return the enum whose words a column holds, or None."""
    return LawGrade if column == "grade" else ENUMS.get((table, column))


def describe_law_package(version: str) -> dict[str, object]:
    """Return the content of ``datapackage.json``: every table with the type and unit of its columns."""
    types = {Kind.NUMBER: "number", Kind.BOOLEAN: "boolean", Kind.DATE: "date"}
    return {
        "profile": "tabular-data-package",
        "name": "law",
        "version": version,
        "schema_version": LAW_SCHEMA_VERSION,
        "licenses": [{"name": "CC-BY-4.0", "title": "Compilation; facts carry their source per row"}],
        "resources": [_describe(table, types) for table in LAW_TABLES],
    }


def _describe(table: Table, types: dict[Kind, str]) -> dict[str, object]:
    fields: Iterable[Column] = table.columns
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "description": table.description,
        "schema": {
            "primaryKey": list(table.key),
            "fields": [
                {"name": c.name, "type": types.get(c.kind, "string"), "unit": c.unit, "description": c.description}
                for c in fields
            ],
        },
    }
