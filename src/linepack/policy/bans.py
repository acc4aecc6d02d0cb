"""Bans on import: barred entries carry nothing; what contracts of a free class still hold is a cap on the rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from linepack.policy.effect import Case, Effect, EffectStatus, emit, limit_row, member_row, rule_row, silent
from linepack.policy.entry import Entry, entries, relabelling_routes
from linepack.policy.law import covers, day_before
from linepack.policy.matching import countries, matches
from linepack.policy.rows import Scope, TermContract
from linepack.policy.words import ContractClass, Expression, Medium
from linepack.vocabulary import POOL

ORIGIN_QUESTION = "origin-proof"
ORIGIN_PRESUMED = "presumed"
ORIGIN_TRACED = "traced"


def ban(case: Case, scope: Scope, first: date, last: date) -> list[Effect]:
    """Emit a ban: barred arcs carry nothing; where contracts of a free class remain, all entry is capped at them."""
    found = entries(case.system, scope.origins, scope.destinations, scope.media)
    if not found:
        return [silent(scope, EffectStatus.NO_ARC, "no trader of that origin can reach that destination", first, last)]
    result: list[Effect] = []
    for medium in (Medium.PIPELINE, Medium.LNG):
        own = [e for e in found if e.arc.startswith("ship:") == (medium is Medium.LNG)]
        if own:
            pieces = _pieces(case, scope, medium, first, last)
            for start, end, free in pieces:
                result += _ban_piece(case, scope, medium, own, start, end, free)
            result += _ended_contracts(case, scope, medium, pieces)
            if medium is Medium.PIPELINE and case.law.reading(ORIGIN_QUESTION) == ORIGIN_PRESUMED:
                result += _presumed(case, scope, pieces)
            if medium is Medium.PIPELINE and case.law.reading(ORIGIN_QUESTION) == ORIGIN_TRACED:
                result += _traced(case, scope, pieces)
    reason = "an earlier phase of the instrument speaks for these days, or contracts left free have no limit"
    return result or [silent(scope, EffectStatus.JOINED, reason, first, last)]


def _presumed(case: Case, scope: Scope, pieces: list[tuple[date, date, tuple[TermContract, ...]]]) -> list[Effect]:
    """Emit that pool gas from markets where a barred trader sells is presumed to be of the barred origin."""
    routes = [
        route
        for route in relabelling_routes(case.system, scope.origins, scope.destinations)
        if route.origin in route.fed_by
    ]
    if not routes:
        return []
    result = []
    for start, end, _ in pieces:
        if not _is_suspended(case, scope, start):
            rows = [rule_row(scope, POOL, route.arc, start, end, share=0.0) for route in routes]
            reason = f"{len(rows)} entries of pool gas presumed to be of the barred origin"
            result.append(emit(scope, "flow_rules", rows, start, end, reason))
    return result


def _traced(case: Case, scope: Scope, pieces: list[tuple[date, date, tuple[TermContract, ...]]]) -> list[Effect]:
    """Emit that gas of the barred origin keeps a flag in pools outside, and may not enter; other pool gas may."""
    routes = relabelling_routes(case.system, scope.origins, scope.destinations)
    live = [(start, end) for start, end, _ in pieces if not _is_suspended(case, scope, start)]
    if not routes or not live:
        return []
    flag, fed = "-".join(sorted(scope.origins)), {node for route in routes for node in route.fed_by}
    seats = case.system.table("traders").set_index("trader")["country"]
    points = case.system.table("sales_points")
    sold = [(str(t), str(n)) for t, n in zip(points["trader"], points["node"], strict=True)
            if n in fed and seats[t] in scope.origins]  # fmt: skip
    marked = [{"flag": flag, "trader": trader, "node": node} for trader, node in sold]
    reason = f"gas that {', '.join(sorted({trader for trader, _ in sold}))} sells outside keeps its origin"
    result = [emit(scope, "pool_flags", marked, live[0][0], live[-1][1], reason)]
    for start, end in live:
        rows = [{"flag": flag, "arc": route.arc, "first_day": start.isoformat(), "last_day": end.isoformat()}
                for route in routes]  # fmt: skip
        reason = f"{len(rows)} entries barred to flagged pool gas"
        result.append(emit(scope, "pool_flag_bars", rows, start, end, reason))
    return result


def _is_suspended(case: Case, scope: Scope, on: date) -> bool:
    """Return whether an exemption without limits frees everything from the instrument on a day."""
    return any(
        row.instrument == scope.instrument
        and covers(row, on)
        and case.law.counts(row)
        and not (row.assets or row.destinations or row.actors or row.contract_classes)
        for row in case.law.exemptions
    )


def _ended_contracts(
    case: Case, scope: Scope, medium: Medium, pieces: list[tuple[date, date, tuple[TermContract, ...]]]
) -> list[Effect]:
    """Emit the end of contracts of the market data that are barred to the end of the span: nobody owes that gas."""
    ended = []
    for contract in _contracts(case, scope, medium):
        barred = [start for start, _, free in pieces if contract not in free and covers(contract, start)]
        is_final = bool(pieces) and contract not in pieces[-1][2]
        if contract.dataset_contract and barred and is_final:
            last_free = max((end for _, end, free in pieces if contract in free), default=None)
            end = last_free or day_before(barred[0])
            row = {"contract": contract.dataset_contract, "end": end.isoformat()}
            ended.append(
                emit(scope, "contracts", [row], barred[0], pieces[-1][1], f"{contract.name} ends: barred by law")
            )
    return ended


def _contracts(case: Case, scope: Scope, medium: Medium) -> list[TermContract]:
    return [
        contract
        for contract in case.law.term_contracts
        if contract.medium is medium
        and set(scope.origins) & _origin(case, contract)
        and countries(contract.destinations) & countries(scope.destinations)
    ]


def _pieces(
    case: Case, scope: Scope, medium: Medium, first: date, last: date
) -> list[tuple[date, date, tuple[TermContract, ...]]]:
    """Split a span where the contracts that the instrument leaves free change, and at the turn of years."""
    own = [
        s
        for s in case.law.live_scopes
        if s.instrument == scope.instrument and s.expression is Expression.BAN and (not s.media or medium in s.media)
    ]
    contracts = _contracts(case, scope, medium)
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
        rows = [rule_row(scope, e.trader, e.arc, first, last, share=0.0) for e in barred]
        result.append(emit(scope, "flow_rules", rows, first, last, f"{len(rows)} {medium} entries barred"))
    for trader in dict.fromkeys(e.trader for e in allowed):
        volume = _contract_volume(case, [c for c in free if c.trader == trader], first, last)
        if volume is None:
            continue
        limit = f"{scope.scope} {trader} {medium} {first}"
        rows = [limit_row(limit, "flow", first, last, maximum=volume)]
        members = [member_row(limit, trader, e.arc) for e in allowed if e.trader == trader]
        reason = f"entry of {trader} at most what free contracts hold: {volume:.0f} GWh"
        result += [
            emit(scope, "policy_limits", rows, first, last, reason),
            emit(scope, "policy_limit_members", members, first, last, reason),
        ]
    return result


def _is_freed(case: Case, scope: Scope, entry: Entry, on: date) -> bool:
    """Return whether an exemption frees an entry on a day: all of it, the arcs of an asset, or a destination."""
    for row in case.law.exemptions:
        if (
            row.instrument != scope.instrument
            or not covers(row, on)
            or not case.law.counts(row)
            or row.contract_classes
        ):
            continue
        is_asset = not row.assets or any(matches(entry.arc, case.law.asset(name).arcs) for name in row.assets)
        is_place = not row.destinations or case.countries[entry.destination] in countries(row.destinations)
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
