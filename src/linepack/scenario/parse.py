"""From the lines of a scenario file to patches. ``docs/scenarios.md`` lists every kind with an example."""

from __future__ import annotations

from collections.abc import Callable

from linepack import units
from linepack.errors import InputError
from linepack.scenario.patches import (
    AddRowsPatch,
    AssetPatch,
    ConductPatch,
    ConductPresetPatch,
    ContractPatch,
    CostPatch,
    DemandShapePatch,
    OptionPatch,
    Patch,
    QuantityPatch,
    Span,
    SpellPatch,
    SupplyPatch,
    TablePatch,
)
from linepack.scenario.reader import Fields, plain
from linepack.scenario.select import ARC_FILTERS
from linepack.system.schema import TABLES_BY_NAME, Kind
from linepack.vocabulary import AssetState, ConductPreset, DemandShape

COMMON = ("name", "do", "why")
DATES = ("from", "until")


def parse_patch(fields: Fields) -> Patch:
    """Return the patch of one list item. Errors: ``InputError`` with file, line and remedy."""
    kind = fields.choice("do", tuple(KINDS))
    return KINDS[kind](fields, fields.text("name"), fields.text("why"))


OPTIONS = {
    "wedges": ("wedge_multiplier", "how strongly observed routes hold: 0 not at all, 1 as fitted, 2 twice"),
    "hysteresis": ("hysteresis_multiplier", "whether closed plants come back: 0 all do, 1 as in demand_hysteresis"),
    "memory": ("memory_multiplier", "whether demand remembers prices of earlier years: 0 no, 1 as in demand_memory"),
}
"""What a scenario file may set under ``options``: the parameter behind it, and what it means."""

SLOPES = {"given": 0.0, "measured": 1.0}
"""Slopes of residual demand that ``options`` may ask for: those of the table of traders, or measured in the regime."""

DEMAND = "demand"
SHAPES = (DemandShape.ISOELASTIC, DemandShape.EXPONENTIAL)
"""Shapes that ``options`` may give to all demand that is a straight line."""


def parse_options(fields: Fields) -> tuple[Patch, ...]:
    """Return the options of a scenario file as patches. Errors: ``InputError`` with file, line and remedy."""
    if "options" not in fields.values:
        return ()
    inner = fields.fields("options")
    inner.allow(*OPTIONS, DEMAND, "slopes")
    numbers = tuple(OptionPatch(f"option {key}", what, parameter, inner.number(key))
                    for key, (parameter, what) in OPTIONS.items() if key in inner.values)  # fmt: skip
    words: list[Patch] = []
    if "slopes" in inner.values:
        words.append(slopes_option(inner.choice("slopes", tuple(SLOPES))))
    if DEMAND in inner.values:
        words.append(shape_option(DemandShape(inner.choice(DEMAND, SHAPES))))
    return (*numbers, *words)


def slopes_option(word: str) -> Patch:
    """Return the patch behind the option ``slopes``: given or measured."""
    return OptionPatch("option slopes", "where sellers' slopes of residual demand are from", "measured_slopes",
                       SLOPES[word])  # fmt: skip


def shape_option(shape: DemandShape) -> Patch:
    """Return the patch behind the option ``demand``."""
    return DemandShapePatch("option demand", "shape of demand away from its reference point", shape)


def _span(fields: Fields) -> Span:
    first, last = fields.day("from"), fields.day("until")
    if first and last and last < first:
        raise fields.error("bad-date", f"'until' {last} is before 'from' {first}", key="until")
    return Span(first, last)


def _optional(fields: Fields, key: str) -> tuple[str, ...]:
    return fields.texts(key) if key in fields.values else ()


def _one_of(fields: Fields, *keys: str) -> str:
    given = [key for key in keys if fields.values.get(key) is not None]
    if len(given) != 1:
        raise fields.error("one-of", f"give exactly one of {', '.join(keys)}",
                           hint=f"found: {', '.join(given) or 'none'}")  # fmt: skip
    return given[0]


def _rate_gwh_d(fields: Fields, key: str) -> float:
    text = fields.text(key)
    try:
        return units.parse_quantity(text).to("GWh/d")
    except InputError as error:
        raise fields.error(error.issue.code, error.issue.message, key=key, hint=error.issue.hint) from error


def _asset(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, *DATES, "arcs", "filter", "state", "capacity", "capacity_share", "repaired")
    which, how = _one_of(fields, "arcs", "filter"), _one_of(fields, "state", "capacity", "capacity_share")
    filters: dict[str, tuple[str, ...]] = {}
    if which == "filter":
        inner = fields.fields("filter")
        inner.allow(*ARC_FILTERS)
        filters = {str(key): inner.texts(str(key)) for key in inner.values}
    state = AssetState(fields.choice("state", (AssetState.OPEN, AssetState.CLOSED))) if how == "state" else None
    repaired = fields.boolean("repaired", default=False)
    return AssetPatch(
        name, why, _optional(fields, "arcs"), filters, _span(fields), state,
        _rate_gwh_d(fields, "capacity") if how == "capacity" else None,
        fields.number("capacity_share") if how == "capacity_share" else None, repaired,
    )  # fmt: skip


def _supply(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, *DATES, "resources", "factor", "add")
    how = _one_of(fields, "factor", "add")
    return SupplyPatch(
        name, why, fields.texts("resources"), _span(fields), fields.number("factor") if how == "factor" else 1.0,
        _rate_gwh_d(fields, "add") if how == "add" else 0.0,
    )  # fmt: skip


def _quantity(table: str) -> Callable[[Fields, str, str], Patch]:
    def parse(fields: Fields, name: str, why: str) -> Patch:
        own = ("segments", "elasticity_factor") if table == "demand" else ()
        fields.allow(*COMMON, *DATES, "nodes", "regions", "areas", "factor", *own)
        _one_of(fields, "nodes", "regions", "areas")
        changes = ("factor", "elasticity_factor") if table == "demand" else ("factor",)
        if not any(key in fields.values for key in changes):
            raise fields.error("missing-key", f"nothing changes: {' or '.join(changes)} is missing")
        return QuantityPatch(
            name, why, table, _optional(fields, "nodes"), _optional(fields, "regions"), _optional(fields, "areas"),
            _span(fields), fields.number("factor", default=1.0), fields.number("elasticity_factor", default=1.0),
            _optional(fields, "segments"),
        )  # fmt: skip

    return parse


def _spell(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, *DATES, "nodes", "regions", "areas", "segments", "factor")
    _one_of(fields, "nodes", "regions", "areas")
    span = _span(fields)
    if span.first is None or span.last is None:
        raise fields.error("missing-key", "a spell needs 'from' and 'until'", hint="for whole months use 'do: demand'")
    return SpellPatch(
        name, why, _optional(fields, "nodes"), _optional(fields, "regions"), _optional(fields, "areas"),
        _optional(fields, "segments"), span.first, span.last, fields.number("factor"),
    )  # fmt: skip


def _cost(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "arcs", "resources", "add_eur_mwh")
    _one_of(fields, "arcs", "resources")
    return CostPatch(name, why, _optional(fields, "arcs"), _optional(fields, "resources"),
                     fields.number("add_eur_mwh", minimum=None))  # fmt: skip


def _contract(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, *DATES, "contracts", "state", "quantity_factor")
    how = _one_of(fields, "state", "quantity_factor")
    if how == "state":
        fields.choice("state", ("suspended",))
    factor = fields.number("quantity_factor") if how == "quantity_factor" else 1.0
    return ContractPatch(name, why, fields.texts("contracts"), _span(fields), how == "state", factor)


def _conduct(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "traders", "conduct", "preset")
    if "preset" in fields.values:
        for key in ("traders", "conduct"):
            if key in fields.values:
                raise fields.error("one-of", f"a preset is for all sellers: '{key}' does not go with it", key=key)
        return ConductPresetPatch(name, why, ConductPreset(fields.choice("preset", tuple(ConductPreset))))
    value = fields.number("conduct")
    if value > 1:
        raise fields.error("above-maximum", f"'conduct' is {value:g}, above 1", key="conduct",
                           hint="0 price taker, 1 monopolist of its residual demand")  # fmt: skip
    return ConductPatch(name, why, fields.texts("traders"), value)


def _table(fields: Fields) -> str:
    return fields.choice("table", tuple(TABLES_BY_NAME))


def _where(fields: Fields, table: str) -> dict[str, tuple[str, ...]]:
    inner = fields.fields("where")
    inner.allow(*(column.name for column in TABLES_BY_NAME[table].columns))
    return {str(key): inner.texts(str(key)) for key in inner.values}


def _column(fields: Fields, table: str, *, is_number: bool) -> str:
    columns = [c for c in TABLES_BY_NAME[table].columns if not is_number or c.kind is Kind.NUMBER]
    return fields.choice("column", tuple(column.name for column in columns))


def _set(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "table", "where", "column", "value")
    table = _table(fields)
    value = plain(fields.require("value", "the new value"))
    return TablePatch(name, why, table, _where(fields, table), _column(fields, table, is_number=False), value)


def _scale(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "table", "where", "column", "factor")
    table = _table(fields)
    return TablePatch(name, why, table, _where(fields, table), _column(fields, table, is_number=True),
                      factor=fields.number("factor"))  # fmt: skip


def _remove(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "table", "where")
    table = _table(fields)
    return TablePatch(name, why, table, _where(fields, table))


def _add(fields: Fields, name: str, why: str) -> Patch:
    fields.allow(*COMMON, "table", "rows")
    table = _table(fields)
    rows = fields.items("rows")
    if not rows:
        raise fields.error("missing-key", "'rows' is missing", hint="a list of 'column: value' lines")
    for row in rows:
        row.allow(*(column.name for column in TABLES_BY_NAME[table].columns))
    return AddRowsPatch(name, why, table, tuple({str(k): plain(v) for k, v in row.values.items()} for row in rows))


KINDS: dict[str, Callable[[Fields, str, str], Patch]] = {
    "asset": _asset, "supply": _supply, "demand": _quantity("demand"), "spell": _spell,
    "production": _quantity("indigenous_production"), "cost": _cost, "contract": _contract, "conduct": _conduct,
    "set": _set, "scale": _scale, "add": _add, "remove": _remove,
}  # fmt: skip
