"""Arcs opened and closed by the gates of the asset that owns them."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from linepack.policy.consents import GateOn, gates_of
from linepack.policy.effect import Case, Effect, EffectStatus
from linepack.policy.law import day_before
from linepack.policy.matching import binds, flow_of, matches
from linepack.policy.rows import Asset
from linepack.policy.words import AssetKind, Bar, GateState
from linepack.vocabulary import AssetState, Grade


def gate_effects(case: Case, asset: Asset) -> list[Effect]:
    """Open or close the arcs of an asset by its gates.

    Closed on days on which a gate of a binding bar is closed; commercial gates bind whatever ``bars`` says, because
    a string without a contract carries nothing. Opened on days on which every gate is known to be open. With an
    unclear gate and none closed, and where the market data already show the state, the data are left alone.
    """
    if asset.kind not in (AssetKind.STRING, AssetKind.PROJECT):
        return []
    arcs = case.system.table("arcs").set_index("arc")
    own = [arc for arc in arcs.index if matches(arc, asset.arcs)]
    binding = case.bars | {Bar.COMMERCIAL}
    days = _change_days(case, asset)
    spans: list[tuple[date, date, tuple[GateOn, ...], bool]] = []
    for start, after in zip(days, [*days[1:], case.horizon.last_day + timedelta(days=1)], strict=True):
        gates = [gate for gate in gates_of(case.law, asset.asset, start) if gate.bar in binding]
        closed = tuple(gate for gate in gates if gate.state is GateState.CLOSED)
        is_open = all(gate.is_open for gate in gates)
        names = [gate.gate for gate in closed]
        if spans and [gate.gate for gate in spans[-1][2]] == names and spans[-1][3] == is_open:
            spans[-1] = (spans[-1][0], day_before(after), closed, is_open)
        else:
            spans.append((start, day_before(after), closed, is_open))
    is_running = all(arcs.loc[arc, "state"] == AssetState.OPEN for arc in own)
    return [_gate_effect(asset, arcs, own, span) for span in spans if span[2] or (span[3] and not is_running)]


def _gate_effect(
    asset: Asset, arcs: pd.DataFrame, own: list[str], span: tuple[date, date, tuple[GateOn, ...], bool]
) -> Effect:
    first, last, closed, _ = span
    known = max([asset.known_from, *(row.known_from for gate in closed for row in gate.rows)]).isoformat()
    reason = f"closed by {', '.join(gate.gate for gate in closed)}" if closed else "all gates open"
    rows = tuple(
        {
            "arc": arc,
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "capacity_gwh_d": 0.0 if closed else float(arcs.loc[arc, "capacity_gwh_d"]),
            "source": f"law: gates of {asset.asset}",
            "grade": Grade.JUDGEMENT.value,
            "known_from": known,
            "note": reason,
        }
        for arc in own
    )
    return Effect(asset.asset, "", EffectStatus.EMITTED, "arc_schedule", rows, first, last, reason)


def _change_days(case: Case, asset: Asset) -> list[date]:
    """Return the first day of the horizon and every later day on which a gate of the asset may change."""
    law = case.law
    gates = {gate.gate for gate in law.gates if asset.asset in gate.assets}
    days = {case.horizon.first_day, *(row.first_day for row in law.gate_states if row.gate in gates)}
    flow = flow_of(law, asset.asset)
    bound = [scope for scope in law.live_scopes if binds(scope, flow)]
    names = {scope.instrument for scope in bound}
    spans = [(row.first_day, row.last_day) for row in bound]
    spans += [(row.first_day, row.last_day) for row in law.exemptions if row.instrument in names]
    for first, last in spans:
        days |= {first} | ({last + timedelta(days=1)} if last else set())
    days |= {row.until + timedelta(days=1) for row in law.renewals}
    return sorted(day for day in days if case.horizon.first_day <= day <= case.horizon.last_day)
