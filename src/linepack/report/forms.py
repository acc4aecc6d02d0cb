"""What a reader can change in the page: one form per kind of patch, and the names to choose from.

The parser (``linepack.scenario.parse``) decides what is right; a test holds both to the same keys.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from linepack.system.gassystem import GasSystem
from linepack.system.network import all_arcs
from linepack.vocabulary import ArcKind


class FieldKind(StrEnum):
    """What a field of a form holds."""

    NAMES = "names"
    NUMBER = "number"
    QUANTITY = "quantity"
    CHOICE = "choice"
    DATE = "date"
    FLAG = "flag"


@dataclass(frozen=True)
class Field:
    """A field: key in the scenario file, label, what it holds, and of which fields exactly one is filled (group)."""

    key: str
    label: str
    kind: FieldKind
    names: str = ""
    choices: tuple[str, ...] = ()
    group: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """A kind of patch: its key, what it does in words, its fields."""

    do: str
    title: str
    fields: tuple[Field, ...]


FROM = Field("from", "from", FieldKind.DATE)
UNTIL = Field("until", "until", FieldKind.DATE)
PLACES = (
    Field("nodes", "markets", FieldKind.NAMES, "markets", group="where"),
    Field("regions", "regions", FieldKind.NAMES, "regions", group="where"),
    Field("areas", "areas", FieldKind.NAMES, "areas", group="where"),
)
FORMS = (
    Form("asset", "Open, close or limit a route", (
        Field("arcs", "routes", FieldKind.NAMES, "arcs"),
        Field("state", "state", FieldKind.CHOICE, choices=("open", "closed"), group="how"),
        Field("capacity", "or capacity", FieldKind.QUANTITY, group="how", hint="15 bcm_20C_RU/y, or 400 GWh/d"),
        Field("capacity_share", "or share of its capacity", FieldKind.NUMBER, group="how", hint="0 to 1"),
        Field("repaired", "assume it is repaired", FieldKind.FLAG), FROM, UNTIL,
    )),
    Form("supply", "Change what exporters can deliver", (
        Field("resources", "supplies", FieldKind.NAMES, "resources"),
        Field("factor", "times", FieldKind.NUMBER, group="how", hint="0 is none, 1.1 is ten per cent more"),
        Field("add", "or plus", FieldKind.QUANTITY, group="how", hint="5 bcm_15C/y"), FROM, UNTIL,
    )),
    Form("demand", "Change consumption", (
        *PLACES, Field("segments", "only segments", FieldKind.NAMES, "segments"),
        Field("factor", "times", FieldKind.NUMBER, hint="0.95 is five per cent less"),
        Field("elasticity_factor", "elasticity times", FieldKind.NUMBER, hint="2 is twice as elastic"), FROM, UNTIL,
    )),
    Form("spell", "A cold spell, by the day", (
        *PLACES, Field("segments", "only segments", FieldKind.NAMES, "segments"),
        Field("factor", "times", FieldKind.NUMBER, hint="1.3 is thirty per cent more"), FROM, UNTIL,
    )),
    Form("production", "Change home production", (
        *PLACES, Field("factor", "times", FieldKind.NUMBER), FROM, UNTIL,
    )),
    Form("cost", "Add to a cost", (
        Field("arcs", "of routes", FieldKind.NAMES, "arcs", group="what"),
        Field("resources", "or of supplies", FieldKind.NAMES, "resources", group="what"),
        Field("add_eur_mwh", "EUR/MWh more", FieldKind.NUMBER),
    )),
    Form("contract", "Suspend or resize a contract", (
        Field("contracts", "contracts", FieldKind.NAMES, "contracts"),
        Field("state", "state", FieldKind.CHOICE, choices=("suspended",), group="how"),
        Field("quantity_factor", "or quantity times", FieldKind.NUMBER, group="how"), FROM, UNTIL,
    )),
    Form("conduct", "Change how a seller behaves", (
        Field("traders", "sellers", FieldKind.NAMES, "traders"),
        Field("conduct", "conduct", FieldKind.NUMBER, hint="0 price taker, 1 monopolist of its residual demand"),
    )),
)  # fmt: skip


def editor_content(system: GasSystem) -> dict[str, Any]:
    """Return the forms and, for each list they choose from, the names with what they are called."""
    arcs, nodes = all_arcs(system), system.table("nodes").set_index("node")
    table = system.table("arcs").set_index("arc")["name"].to_dict()
    arc_names = {
        r["arc"]: table.get(r["arc"]) or f"{nodes.loc[r['origin'], 'name']} to {nodes.loc[r['destination'], 'name']}"
        for r in arcs[arcs["kind"] != ArcKind.SHIPPING].to_dict("records")
    }
    demand = system.table("demand")
    markets = [node for node in nodes.index if node in set(demand["node"])]
    return {
        "forms": [asdict(form) for form in FORMS],
        "names": {
            "arcs": arc_names,
            "resources": _named(system, "resources", "resource"),
            "traders": _named(system, "traders", "trader"),
            "contracts": {c: c for c in dict.fromkeys(system.table("contracts")["contract"])},
            "markets": {node: str(nodes.loc[node, "name"]) for node in markets},
            "regions": {r: r for r in dict.fromkeys(nodes.loc[markets, "region"])},
            "areas": {a: a for a in dict.fromkeys(nodes.loc[markets, "area"])},
            "segments": {s: s for s in dict.fromkeys(demand["segment"])},
        },
    }  # fmt: skip


def _named(system: GasSystem, table: str, key: str) -> dict[str, str]:
    frame = system.table(table)
    return dict(zip(frame[key], frame["name"], strict=True))
