"""What the law does to the market: rows for the tables of a gas system.

A scope in force emits bounds, cost adders, demand shifts and linear limits; days are exact, so the market prorates
them. Outside its dates it emits nothing; an exemption takes out exactly its scope and its days. What cannot be
expressed is listed with its reason.

A ban on import bars the *entry* of the gas of traders from the barred origin: the arcs by which they bring it into
the territory. Gas in transit through a country where the trader does not sell is not imported there, so an entry
arc into such a node stays open and the arcs onward into the territory are barred instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from linepack.policy.effect import LEGAL_ONLY, Case, Effect, EffectStatus, Horizon, apply_effects, effect_rows
from linepack.policy.entry import Entry, entries
from linepack.policy.gate_effects import gate_effects
from linepack.policy.law import Law, covers, day_before, is_alive
from linepack.policy.matching import Flow, countries, frees, matches
from linepack.policy.rows import Asset, Scope, TermContract
from linepack.policy.words import Bar, ContractClass, Expression, Medium
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, Grade

__all__ = ["Effect", "EffectStatus", "Horizon", "apply_effects", "effect_rows", "effects"]


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
    for asset in law.assets:
        if asset.owns_arcs:
            found += gate_effects(case, asset)
    return tuple(found)


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
        return [_silent(scope, EffectStatus.NOT_EXPRESSIBLE, scope.effect_note or "no market expression", first, last)]
    if scope.expression is Expression.GATE:
        return [_silent(scope, EffectStatus.GATE, scope.effect_note or "closes a gate", first, last)]
    if scope.bar not in case.bars and scope.expression not in (Expression.PLEDGE, Expression.QUOTA, Expression.CHARGE):
        return [_silent(scope, EffectStatus.NOT_BINDING, f"{scope.bar}: {scope.effect_note}", first, last)]
    return _EXPRESS[scope.expression](case, scope, first, last)


def _silent(scope: Scope, status: EffectStatus, reason: str, first: date, last: date) -> Effect:
    return Effect(scope.scope, scope.instrument, status, "", (), first, last, reason)


def _emit(scope: Scope, table: str, rows: Iterable[Mapping[str, Any]], first: date, last: date, reason: str) -> Effect:
    why = {
        "source": f"law: {scope.scope}",
        "grade": Grade.JUDGEMENT.value,
        "known_from": scope.known_from.isoformat(),
        "note": scope.note,
    }
    return Effect(
        scope.scope,
        scope.instrument,
        EffectStatus.EMITTED,
        table,
        tuple({**row, **why} for row in rows),
        first,
        last,
        reason,
    )


def _ban(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a ban: barred arcs carry nothing; where contracts of a free class remain, all entry is capped at them."""
    found = entries(case.system, scope.origins, scope.destinations, scope.media)
    if not found:
        return [_silent(scope, EffectStatus.NO_ARC, "no trader of that origin can reach that destination", first, last)]
    result: list[Effect] = []
    for medium in (Medium.PIPELINE, Medium.LNG):
        own = [e for e in found if e.arc.startswith("ship:") == (medium is Medium.LNG)]
        if own:
            for start, end, free in _pieces(case, scope, medium, first, last):
                result += _ban_piece(case, scope, medium, own, start, end, free)
    return result


def _pieces(
    case: Case, scope: Scope, medium: Medium, first: date, last: date
) -> list[tuple[date, date, tuple[TermContract, ...]]]:
    """Split a span where the contracts that the instrument leaves free change, and at the turn of years."""
    own = [
        s
        for s in case.law.live_scopes
        if s.instrument == scope.instrument and s.expression is Expression.BAN and (not s.media or medium in s.media)
    ]
    contracts = [
        c
        for c in case.law.term_contracts
        if c.medium is medium
        and set(scope.origins) & _origin(case, c)
        and countries(c.destinations) & countries(scope.destinations)
    ]
    cuts = {first, *(s.first_day for s in own), *(c.first_day for c in contracts)}
    cuts |= {c.last_day + timedelta(days=1) for c in contracts if c.last_day < date.max}
    relief = [row for row in case.law.exemptions if row.instrument == scope.instrument and case.law.counts(row)]
    cuts |= {row.first_day for row in relief} | {row.last_day + timedelta(days=1) for row in relief if row.last_day}
    cuts |= {date(year, 1, 1) for year in range(first.year + 1, last.year + 1)}
    starts = sorted(day for day in cuts if first <= day <= last)
    pieces = []
    for start, after in zip(starts, [*starts[1:], last + timedelta(days=1)], strict=True):
        live = [s for s in own if covers(s, start)]
        if min(live, key=lambda s: (s.first_day, s.scope), default=scope).scope != scope.scope:
            continue  # an earlier phase of the same instrument already speaks for this piece
        freed = {c for row in relief if covers(row, start) for c in row.contract_classes}
        free = tuple(
            c
            for c in contracts
            if covers(c, start) and (c.contract_class in freed or not any(_bars(s, c.contract_class) for s in live))
        )
        pieces.append((start, day_before(after), free))
    return pieces


def _origin(case: Case, contract: TermContract) -> set[str]:
    traders = case.system.table("traders").set_index("trader")["country"]
    return {str(traders.get(contract.trader, ""))}


def _bars(scope: Scope, contract: ContractClass) -> bool:
    return not scope.contract_classes or contract in scope.contract_classes


def _ban_piece(
    case: Case,
    scope: Scope,
    medium: Medium,
    found: list[Entry],
    first: date,
    last: date,
    free: tuple[TermContract, ...],
) -> list[Effect]:
    found = [e for e in found if not _is_freed(case, scope, e, first)]
    allowed = [e for e in found if any(e.trader == c.trader and matches(e.arc, c.arcs) for c in free)]
    barred = [e for e in found if e not in allowed]
    result = []
    if barred:
        rows = [_rule_row(scope, e.trader, e.arc, first, last, share=0.0) for e in barred]
        result.append(_emit(scope, "flow_rules", rows, first, last, f"{len(rows)} {medium} entries barred"))
    for trader in dict.fromkeys(e.trader for e in allowed):
        volume = _contract_volume(case, [c for c in free if c.trader == trader], first, last)
        if volume is None:
            continue
        limit = f"{scope.scope} {trader} {medium} {first}"
        rows = [_limit_row(limit, "flow", first, last, maximum=volume)]
        members = [_member_row(limit, trader, e.arc) for e in allowed if e.trader == trader]
        reason = f"entry of {trader} at most what free contracts hold: {volume:.0f} GWh"
        result += [
            _emit(scope, "policy_limits", rows, first, last, reason),
            _emit(scope, "policy_limit_members", members, first, last, reason),
        ]
    return result


def _is_freed(case: Case, scope: Scope, entry: Entry, on: date) -> bool:
    """Return whether an exemption frees an entry on a day: all of it, the arcs of an asset, or a destination."""
    nodes = case.system.table("nodes").set_index("node")["country"]
    for row in case.law.exemptions:
        if (
            row.instrument != scope.instrument
            or not covers(row, on)
            or not case.law.counts(row)
            or row.contract_classes
        ):
            continue
        is_asset = not row.assets or any(matches(entry.arc, case.law.asset(name).arcs) for name in row.assets)
        is_place = not row.destinations or nodes[entry.destination] in countries(row.destinations)
        if is_asset and is_place and (not row.actors or entry.trader in row.actors):
            return True
    return False


def _contract_volume(case: Case, free: Iterable[TermContract], first: date, last: date) -> float | None:
    """Return the gas (GWh) that free contracts hold between two days, or None if one of them has no limit."""
    table = case.system.table("contracts").set_index("contract")["annual_quantity_gwh"]
    total = 0.0
    for contract in free:
        annual = contract.annual_quantity_gwh
        if contract.dataset_contract:
            annual = float(table.get(contract.dataset_contract, np.nan))
        if annual is None or np.isnan(annual):
            return None
        total += annual * ((last - first).days + 1) / 365.0
    return total


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
    nodes = case.system.table("nodes").set_index("node")["country"]
    return nodes.get(arc.split(">")[-1], "") in countries(asset.destinations)


def _sea_arcs(system: GasSystem) -> list[str]:
    routes = system.table("sea_routes")
    return [str(arc) for arc in "ship:" + routes["origin"] + ">" + routes["destination"]]


def _closure(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    pairs = _arcs_of(case, scope)
    if not pairs:
        return [_silent(scope, EffectStatus.NO_ARC, "its assets have no arc in the market data", first, last)]
    result = []
    for name in scope.assets:
        asset = case.law.asset(name)
        for start, end in _free_days(case, scope, asset, first, last):
            arcs = [arc for _, arc in pairs if matches(arc, asset.arcs)]
            rows = [
                {"arc": arc, "first_day": start.isoformat(), "last_day": end.isoformat(), "capacity_gwh_d": 0.0}
                for arc in arcs
            ]
            result.append(_emit(scope, "arc_schedule", rows, start, end, f"{asset.name} closed"))
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
        return [_silent(scope, EffectStatus.NO_ARC, "no arc or no quantity", first, last)]
    result = []
    for start, end in _by_year(first, last):
        volume = scope.value * ((end - start).days + 1) / 365.0
        name = f"{scope.scope} {start}"
        bounds = {"minimum": volume} if is_minimum else {"maximum": volume}
        penalty = PLEDGE_PENALTY_EUR_MWH if is_minimum else None
        row = _limit_row(name, "flow", start, end, penalty=penalty, **bounds)
        members = [_member_row(name, trader, arc) for trader, arc in pairs]
        reason = f"{'at least' if is_minimum else 'at most'} {volume:.0f} GWh. {scope.effect_note}".strip()
        result += [
            _emit(scope, "policy_limits", [row], start, end, reason),
            _emit(scope, "policy_limit_members", members, start, end, reason),
        ]
    return result


def _by_year(first: date, last: date) -> list[tuple[date, date]]:
    return [(max(first, date(y, 1, 1)), min(last, date(y, 12, 31))) for y in range(first.year, last.year + 1)]


def _charge(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a tariff or levy on entries; ``effect_note`` names whose revenue it is."""
    found = entries(case.system, scope.origins, scope.destinations, scope.media)
    if not found:
        return [_silent(scope, EffectStatus.NO_ARC, "no trader of that origin can reach that destination", first, last)]
    rows = [
        _rule_row(scope, e.trader, e.arc, first, last, charge=scope.value or 0.0, receiver=scope.effect_note)
        for e in found
    ]
    return [_emit(scope, "flow_rules", rows, first, last, f"{scope.value} EUR/MWh on {len(rows)} entries")]


def _fleet(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a loss of ships as a share of the capacity of the plant they serve."""
    if scope.value is None:
        return [_silent(scope, EffectStatus.IN_DATA, scope.effect_note, first, last)]
    arcs = case.system.table("arcs")
    ports = {arc[5:].split(">")[0] for _, arc in _arcs_of(case, scope) if arc.startswith("ship:")}
    plants = arcs[(arcs["kind"] == ArcKind.LIQUEFACTION) & arcs["destination"].isin(ports)]["arc"]
    rows = [_rule_row(scope, "", arc, first, last, share=scope.value) for arc in plants]
    if not rows:
        return [
            _silent(scope, EffectStatus.NO_ARC, "no plant of the market data is served by these ships", first, last)
        ]
    return [_emit(scope, "flow_rules", rows, first, last, scope.effect_note)]


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
        return [_silent(scope, EffectStatus.NO_ARC, "the project has no arc in the market data", first, last)]
    return [_emit(scope, "arc_schedule", rows, first, last, "no growth while the ban holds")]


STOCK_DAYS = {"1 October": (10, 1), "1 November": (11, 1), "1 December": (12, 1)}


def _stock(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a filling rule: stock of the territory on the latest day the law allows, each year."""
    nodes = case.system.table("nodes").set_index("node")["country"]
    stores = case.system.table("storages")
    inside = stores[stores["node"].map(nodes).isin(countries(scope.destinations))]
    month, day = STOCK_DAYS[scope.effect_note]
    result = []
    for year in range(first.year, last.year + 1):
        on = date(year, month, day)
        if not first <= on <= last:
            continue
        volume = float(inside["working_gas_gwh"].sum()) * (scope.value or 0.0)
        name = f"{scope.scope} {year}"
        reason = f"{scope.value:.0%} of working gas in store on {on}"
        row = _limit_row(name, "stock", on, on, minimum=volume)
        members = [_member_row(name, "", "", node) for node in inside["node"]]
        result += [
            _emit(scope, "policy_limits", [row], on, on, reason),
            _emit(scope, "policy_limit_members", members, on, on, reason),
        ]
    return result


def _demand(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a saving as lower reference demand, prorated by the days of each month."""
    nodes = case.system.table("nodes").set_index("node")["country"]
    table = case.system.table("demand")
    inside = table["node"].map(nodes).isin(countries(scope.destinations))
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
        return [_silent(scope, EffectStatus.NO_ARC, "no month of the market data falls within its days", first, last)]
    return [_emit(scope, "demand", rows, first, last, f"{scope.value:.0%} less reference demand")]


def _share_of_month(month: str, first: date, last: date) -> float:
    start = date.fromisoformat(f"{month}-01")
    after = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    days = (min(after, last + timedelta(days=1)) - max(start, first)).days
    return max(0, days) / (after - start).days


_EXPRESS: dict[Expression, Callable[[Case, Scope, date, date], list[Effect]]] = {
    Expression.BAN: _ban,
    Expression.CLOSURE: _closure,
    Expression.QUOTA: _quota,
    Expression.CHARGE: _charge,
    Expression.FLEET: _fleet,
    Expression.CAP: _cap,
    Expression.STOCK: _stock,
    Expression.PLEDGE: _pledge,
    Expression.DEMAND: _demand,
}


def _rule_row(
    scope: Scope,
    trader: str,
    arc: str,
    first: date,
    last: date,
    *,
    share: float = 1.0,
    charge: float = 0.0,
    receiver: str = "",
) -> dict[str, Any]:
    return {
        "rule": f"{scope.scope} {trader or 'any'} {arc} {first}",
        "trader": trader,
        "arc": arc,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "capacity_share": share,
        "charge_eur_mwh": charge,
        "charge_receiver": receiver,
    }


def _limit_row(
    name: str,
    kind: str,
    first: date,
    last: date,
    *,
    minimum: float = float("nan"),
    maximum: float = float("nan"),
    penalty: float | None = None,
) -> dict[str, Any]:
    return {
        "policy_limit": name,
        "kind": kind,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "minimum": minimum,
        "maximum": maximum,
        "penalty_eur_mwh": float("nan") if penalty is None else penalty,
        "receiver": "",
    }


def _member_row(name: str, trader: str, arc: str, node: str = "") -> dict[str, Any]:
    return {"policy_limit": name, "trader": trader, "arc": arc, "node": node}
