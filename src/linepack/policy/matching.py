"""Which scopes bind an asset or flow, and which exemptions free it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from linepack.policy.law import InstrumentOn, Law, LawOnDate, covers, is_alive, law_on
from linepack.policy.rows import Asset, Exemption, Scope
from linepack.policy.words import ContractClass
from linepack.vocabulary import EU27

GROUPS = {"EU27": frozenset(EU27)}


@dataclass(frozen=True)
class Flow:
    """An asset with the class of contract its gas is sold under (None: not a matter of contract)."""

    asset: Asset
    contract: ContractClass | None


def flow_of(law: Law, name: str, contract: ContractClass | None = None) -> Flow:
    """Return the flow of an asset; without a contract class the asset's own default counts."""
    asset = law.asset(name)
    return Flow(asset, contract or asset.default_contract)


def countries(names: Iterable[str]) -> frozenset[str]:
    """Return the countries of a list of countries and groups."""
    result: set[str] = set()
    for name in names:
        result |= GROUPS.get(name, frozenset({name}))
    return frozenset(result)


def binds(scope: Scope, flow: Flow) -> bool:
    """Return whether a scope covers a flow: every dimension that the scope names must meet the flow."""
    asset = flow.asset
    return (
        (not scope.assets or asset.asset in scope.assets)
        and (not scope.origins or asset.origin in scope.origins)
        and (not scope.destinations or bool(countries(scope.destinations) & countries(asset.destinations)))
        and (not scope.media or asset.medium in scope.media)
        and (scope.activity is None or scope.activity in asset.activities)
        and (not scope.actors or bool(set(scope.actors) & set(asset.actors)))
        and (not scope.contract_classes or flow.contract in scope.contract_classes)
    )


def frees(exemption: Exemption, scope: Scope, flow: Flow) -> bool:
    """Return whether an exemption takes a flow out of a scope; it frees exactly what it names."""
    asset = flow.asset
    return (
        exemption.instrument == scope.instrument
        and (not exemption.assets or asset.asset in exemption.assets)
        and (not exemption.destinations or countries(asset.destinations) <= countries(exemption.destinations))
        and (not exemption.actors or bool(set(exemption.actors) & set(asset.actors)))
        and (not exemption.activities or scope.activity in exemption.activities)
        and (not exemption.contract_classes or flow.contract in exemption.contract_classes)
    )


def binding_scopes(law: Law, flow: Flow, on: date) -> tuple[Scope, ...]:
    """Return the scopes that bind a flow on a day, whether or not an exemption frees it."""
    return tuple(
        scope
        for scope in scopes_of(law, flow)
        if covers(scope, on) and is_alive(law, law.instrument(scope.instrument), on)
    )


def scopes_of(law: Law, flow: Flow) -> tuple[Scope, ...]:
    """Return the scopes that bind a flow on some day; found once for a law, because every day asks again."""
    known = law.scopes_of_flows
    if flow not in known:
        known[flow] = tuple(scope for scope in law.live_scopes if binds(scope, flow))
    return known[flow]


def relief_of(law: Law, scope: Scope, flow: Flow, on: date) -> tuple[Exemption, ...]:
    """Return the exemptions that free a flow from a scope on a day."""
    return tuple(row for row in law.exemptions if covers(row, on) and law.counts(row) and frees(row, scope, flow))


def instruments_on(
    law: Law, on: date, *, asset: str, contract: ContractClass | None = None, known_on: date | None = None
) -> tuple[InstrumentOn, ...]:
    """Return the instruments in force that concern an asset or flow on a day: those that bind it or free it.

    Errors: ``InputError`` for an unknown asset.
    """
    state: LawOnDate = law_on(law, on, known_on)
    known = state.law
    flow = flow_of(known, asset, contract)
    bound = {scope.scope for scope in known.live_scopes if _names_something(scope) and binds(scope, flow)}
    own = [_only(row, bound, flow) for row in state.in_force]
    named = {row.instrument.instrument: row for row in own if row.scopes}
    regimes = {row.instrument.regime for row in named.values()}
    series = {relief.series for row in named.values() for relief in row.exemptions}
    return tuple(
        named.get(row.instrument.instrument, row)
        for row in state.in_force
        if row.instrument.instrument in {*named, *regimes, *series}
    )


def _names_something(scope: Scope) -> bool:
    return bool(scope.assets or scope.origins or scope.destinations or scope.media or scope.activity or scope.actors)


def _only(row: InstrumentOn, bound: set[str], flow: Flow) -> InstrumentOn:
    """Return an instrument with only the phases that bind a flow, and the exemptions that free it from them."""
    scopes = tuple(scope for scope in row.scopes if scope.scope in bound)
    coming = tuple(scope for scope in row.coming if scope.scope in bound)
    relief = tuple(e for e in row.exemptions if any(frees(e, scope, flow) for scope in scopes))
    return replace(row, scopes=scopes, coming=coming, exemptions=relief)


def matches(arc: str, patterns: Iterable[str]) -> bool:
    """Return whether an arc matches one of the patterns, in which '*' stands for any text."""
    return any(fnmatchcase(arc, pattern) for pattern in patterns)
