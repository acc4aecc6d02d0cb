"""What the law does to the market: rows for the tables of a gas system.

A scope in force emits bounds, cost adders, demand shifts and linear limits; days are exact, so the market prorates
them. Outside its dates it emits nothing; an exemption takes out exactly its scope and its days. What cannot be
expressed is listed with its reason.

A ban on import bars the *entry* of the gas of traders from the barred origin: the arcs by which they bring it into
the territory. Gas in transit through a country where the trader does not sell is not imported there, so an entry
arc into such a node stays open and the arcs onward into the territory are barred instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from linepack.policy.bans import ban
from linepack.policy.effect import (
    LEGAL_ONLY,
    Case,
    Effect,
    EffectStatus,
    Horizon,
    apply_effects,
    effect_rows,
    effects_on,
    emit,
    limit_row,
    member_row,
    rule_row,
    silent,
)
from linepack.policy.entry import entries
from linepack.policy.gate_effects import gate_effects
from linepack.policy.law import Law, day_before, is_alive
from linepack.policy.matching import Flow, countries, frees, matches
from linepack.policy.rows import Asset, Scope
from linepack.policy.words import Bar, Expression
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind

__all__ = ["Effect", "EffectStatus", "Horizon", "apply_effects", "effect_rows", "effects", "effects_on"]


def effects(law: Law, system: GasSystem, horizon: Horizon, *, bars: frozenset[Bar] = LEGAL_ONLY) -> tuple[Effect, ...]:
    """Return what every scope and every asset's gates do to ``system`` over a horizon.

    ``bars`` are the kinds of bar that bind: by default what is unlawful; add ``Bar.SANCTIONS_RISK`` to see what a
    seller or buyer who fears a listing would do. Tables: flow_rules, policy_limits, policy_limit_members,
    arc_schedule, demand. Scopes without days in the horizon are left out.
    """
    case = Case(law, system, horizon, bars)
    found: list[Effect] = []
    for scope in law.live_scopes:
        for first, last in _spans(case, scope):
            found += _scope_effects(case, scope, first, last)
    found += [_held_by_data(scope, horizon) for scope in law.live_scopes if _ends_early(scope, horizon)]
    for asset in law.assets:
        if asset.owns_arcs:
            found += gate_effects(case, asset)
    return tuple(found)


def _ends_early(scope: Scope, horizon: Horizon) -> bool:
    is_in_data = scope.expression is Expression.FLEET and scope.value is None
    return is_in_data and scope.last_day is not None and scope.last_day < horizon.last_day


def _held_by_data(scope: Scope, horizon: Horizon) -> Effect:
    reason = f"lifted, but the market data were measured with it: patch what it limits ({scope.effect_note})"
    first = max(horizon.first_day, scope.first_day)
    return silent(scope, EffectStatus.NOT_EXPRESSIBLE, reason, first, horizon.last_day)


def _spans(case: Case, scope: Scope) -> list[tuple[date, date]]:
    """Return the days of a scope within the horizon, cut where its regime is not alive."""
    first = max(scope.first_day, case.horizon.first_day)
    last = min(scope.last_day or date.max, case.horizon.last_day)
    instrument = case.law.instrument(scope.instrument)
    until = case.law.kept_until(instrument.regime) if instrument.regime else None
    if until is not None and last > until and not is_alive(case.law, instrument, last):
        last = until
    return [(first, last)] if first <= last else []


def _scope_effects(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    if scope.expression is Expression.NONE:
        return [silent(scope, EffectStatus.NOT_EXPRESSIBLE, scope.effect_note or "no market expression", first, last)]
    if scope.expression is Expression.GATE:
        return [silent(scope, EffectStatus.GATE, scope.effect_note or "closes a gate", first, last)]
    if scope.bar not in case.bars and scope.expression not in (Expression.PLEDGE, Expression.QUOTA, Expression.CHARGE):
        return [silent(scope, EffectStatus.NOT_BINDING, f"{scope.bar}: {scope.effect_note}", first, last)]
    return _EXPRESS[scope.expression](case, scope, first, last)


def _arcs_of(case: Case, scope: Scope) -> list[tuple[str, str]]:
    """Return (trader, arc) of the assets a scope names, without those freed by an exemption over its whole span."""
    known = [*case.system.table("arcs")["arc"], *_sea_arcs(case.system)]
    pairs = []
    for name in scope.assets:
        asset = case.law.asset(name)
        for arc in known:
            if matches(arc, asset.arcs) and _lands(case, arc, asset):
                pairs.append((asset.trader if not asset.owns_arcs else "", arc))
    return list(dict.fromkeys(pairs))


def _lands(case: Case, arc: str, asset: Asset) -> bool:
    if not arc.startswith("ship:") or not asset.destinations:
        return True
    return case.countries.get(arc.split(">")[-1], "") in countries(asset.destinations)


def _sea_arcs(system: GasSystem) -> list[str]:
    routes = system.table("sea_routes")
    return [str(arc) for arc in "ship:" + routes["origin"] + ">" + routes["destination"]]


def _closure(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    pairs = _arcs_of(case, scope)
    if not pairs:
        return [silent(scope, EffectStatus.NO_ARC, "its assets have no arc in the market data", first, last)]
    result = []
    for name in scope.assets:
        asset = case.law.asset(name)
        for start, end in _free_days(case, scope, asset, first, last):
            arcs = [arc for _, arc in pairs if matches(arc, asset.arcs)]
            rows = [
                {"arc": arc, "first_day": start.isoformat(), "last_day": end.isoformat(), "capacity_gwh_d": 0.0}
                for arc in arcs
            ]
            result.append(emit(scope, "arc_schedule", rows, start, end, f"{asset.name} closed"))
    return result


def _free_days(case: Case, scope: Scope, asset: Asset, first: date, last: date) -> list[tuple[date, date]]:
    """Return the days on which no exemption frees an asset from a scope."""
    flow = Flow(asset, asset.default_contract)
    relief = [e for e in case.law.exemptions if case.law.counts(e) and frees(e, scope, flow)]
    spans, start = [], first
    for row in sorted(relief, key=lambda e: e.first_day):
        if row.first_day > start:
            spans.append((start, min(last, day_before(row.first_day))))
        start = max(start, (row.last_day + timedelta(days=1)) if row.last_day else date.max)
    if start <= last:
        spans.append((start, last))
    return [span for span in spans if span[0] <= span[1] and span[0] <= last]


def _quota(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    return _limit(case, scope, first, last, is_minimum=False)


def _pledge(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    return _limit(case, scope, first, last, is_minimum=True)


PLEDGE_PENALTY_EUR_MWH = 5.0
"""A pledge that binds no company is soft: its shortfall costs this much in the objective, and is no welfare."""


def _limit(case: Case, scope: Scope, first: date, last: date, *, is_minimum: bool) -> list[Effect]:
    pairs = (
        _arcs_of(case, scope)
        if scope.assets
        else [(e.trader, e.arc) for e in entries(case.system, scope.origins, scope.destinations, scope.media)]
    )
    if not pairs or scope.value is None:
        return [silent(scope, EffectStatus.NO_ARC, "no arc or no quantity", first, last)]
    result = []
    for start, end in _by_year(first, last):
        volume = scope.value * ((end - start).days + 1) / 365.0
        name = f"{scope.scope} {start}"
        bounds = {"minimum": volume} if is_minimum else {"maximum": volume}
        penalty = PLEDGE_PENALTY_EUR_MWH if is_minimum else None
        row = limit_row(name, "flow", start, end, penalty=penalty, **bounds)
        members = [member_row(name, trader, arc) for trader, arc in pairs]
        reason = f"{'at least' if is_minimum else 'at most'} {volume:.0f} GWh. {scope.effect_note}".strip()
        result += [
            emit(scope, "policy_limits", [row], start, end, reason),
            emit(scope, "policy_limit_members", members, start, end, reason),
        ]
    return result


def _by_year(first: date, last: date) -> list[tuple[date, date]]:
    return [(max(first, date(y, 1, 1)), min(last, date(y, 12, 31))) for y in range(first.year, last.year + 1)]


def _charge(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a tariff or levy on entries; ``effect_note`` names whose revenue it is."""
    found = entries(case.system, scope.origins, scope.destinations, scope.media)
    if not found:
        return [silent(scope, EffectStatus.NO_ARC, "no trader of that origin can reach that destination", first, last)]
    rows = [
        rule_row(scope, e.trader, e.arc, first, last, charge=scope.value or 0.0, receiver=scope.effect_note)
        for e in found
    ]
    return [emit(scope, "flow_rules", rows, first, last, f"{scope.value} EUR/MWh on {len(rows)} entries")]


def _fleet(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a loss of ships as a share of the capacity of the plant they serve."""
    if scope.value is None:
        return [silent(scope, EffectStatus.IN_DATA, scope.effect_note, first, last)]
    arcs = case.system.table("arcs")
    ports = {arc[5:].split(">")[0] for _, arc in _arcs_of(case, scope) if arc.startswith("ship:")}
    plants = arcs[(arcs["kind"] == ArcKind.LIQUEFACTION) & arcs["destination"].isin(ports)]["arc"]
    rows = [rule_row(scope, "", arc, first, last, share=scope.value) for arc in plants]
    if not rows:
        return [silent(scope, EffectStatus.NO_ARC, "no plant of the market data is served by these ships", first, last)]
    return [emit(scope, "flow_rules", rows, first, last, scope.effect_note)]


def _cap(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a ban on completion: capacity stays at a share of what stands."""
    arcs = case.system.table("arcs").set_index("arc")
    rows = [
        {
            "arc": arc,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "capacity_gwh_d": float(arcs.loc[arc, "capacity_gwh_d"]) * (scope.value or 0.0),
        }
        for _, arc in _arcs_of(case, scope)
        if arc in arcs.index
    ]
    if not rows:
        return [silent(scope, EffectStatus.NO_ARC, "the project has no arc in the market data", first, last)]
    return [emit(scope, "arc_schedule", rows, first, last, "no growth while the ban holds")]


STOCK_PENALTY_EUR_MWH = 20.0
"""No fine is written into the filling rule: a shortfall costs this much in the objective, and is no welfare."""

STOCK_DAYS = {"1 October": (10, 1), "1 November": (11, 1), "1 December": (12, 1)}


def _stock(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a filling rule: stock of the territory on the latest day the law allows, each year."""
    stores = case.system.table("storages")
    inside = stores[stores["node"].map(case.countries).isin(countries(scope.destinations))]
    month, day = STOCK_DAYS[scope.effect_note]
    result = []
    for year in range(first.year, last.year + 1):
        on = date(year, month, day)
        if not first <= on <= last:
            continue
        volume = float(inside["working_gas_gwh"].sum()) * (scope.value or 0.0)
        name = f"{scope.scope} {year}"
        reason = f"{scope.value:.0%} of working gas in store on {on}"
        row = limit_row(name, "stock", on, on, minimum=volume, penalty=STOCK_PENALTY_EUR_MWH)
        members = [member_row(name, "", "", node) for node in inside["node"]]
        result += [
            emit(scope, "policy_limits", [row], on, on, reason),
            emit(scope, "policy_limit_members", members, on, on, reason),
        ]
    return result or [silent(scope, EffectStatus.JOINED, "no filling day lies within these days", first, last)]


def _demand(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a saving as lower reference demand, prorated by the days of each month."""
    table = case.system.table("demand")
    inside = table["node"].map(case.countries).isin(countries(scope.destinations))
    shares = {month: _share_of_month(month, first, last) for month in dict.fromkeys(table["month"])}
    share = table["month"].map(shares).to_numpy(dtype=float)
    chosen = table[inside.to_numpy() & (share > 0)]
    rows = [
        {
            "node": row.node,
            "segment": row.segment,
            "month": row.month,
            "quantity_gwh_d": row.quantity_gwh_d * (1 - (scope.value or 0.0) * shares[row.month]),
        }
        for row in chosen.itertuples()
    ]
    if not rows:
        return [silent(scope, EffectStatus.NO_ARC, "no month of the market data falls within its days", first, last)]
    return [emit(scope, "demand", rows, first, last, f"{scope.value:.0%} less reference demand")]


def _share_of_month(month: str, first: date, last: date) -> float:
    start = date.fromisoformat(f"{month}-01")
    after = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    days = (min(after, last + timedelta(days=1)) - max(start, first)).days
    return max(0, days) / (after - start).days


_EXPRESS: dict[Expression, Callable[[Case, Scope, date, date], list[Effect]]] = {
    Expression.BAN: ban,
    Expression.CLOSURE: _closure,
    Expression.QUOTA: _quota,
    Expression.CHARGE: _charge,
    Expression.FLEET: _fleet,
    Expression.CAP: _cap,
    Expression.STOCK: _stock,
    Expression.PLEDGE: _pledge,
    Expression.DEMAND: _demand,
}
