"""From accepted claims to a scenario: each patch carries the claims it rests on.

A claim that names no single route is never resolved silently: the draft stops and lists what it may mean. Claims about
law, ownership or talks change gates and instruments, not the market, and are listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from linepack.errors import InputError, Issue
from linepack.evidence.lexicon import Lever, lexicon
from linepack.scenario.scenario import SCENARIO_SCHEMA, Scenario
from linepack.system.gassystem import GasSystem
from linepack.system.names import NameKind, name_book
from linepack.vocabulary import AssetState

STORED_STATES = ("accepted", "edited")


@dataclass(frozen=True)
class DraftClaim:
    """What a draft needs of a claim, from a reading or from the ledger."""

    claim_id: str
    text: str
    levers: tuple[str, ...]
    assets: tuple[str, ...]
    first_day: date | None = None
    volume: str = ""  # 'VALUE bcm_20C_RU/y' if the claim has one yearly volume
    state: str = "accepted"
    is_negated: bool = False
    hedge: str = "H1"


@dataclass(frozen=True)
class Draft:
    """A drafted scenario: its file as plain types, which claims each patch rests on, and what made no patch and why."""

    content: Mapping[str, Any]
    claims_by_patch: Mapping[str, tuple[str, ...]]
    left_out: Mapping[str, str]
    notes: tuple[str, ...] = field(default=())


def draft_claims(rows: Sequence[Mapping[str, Any]]) -> tuple[DraftClaim, ...]:
    """Return draft claims from claims as plain types (``Claim.as_dict`` or a ledger row with a state)."""
    return tuple(
        DraftClaim(
            str(row["claim_id"]),
            str(row["text"]),
            tuple(row["levers"]),
            tuple(row["assets"]),
            next((date.fromisoformat(d["first"]) for d in row["dates"] if d["first"]), None),
            next((f"{q['high']:g} bcm_20C_RU/y" for q in row["quantities"] if q["unit"] == "bcm/y"), ""),
            str(row.get("state", "accepted")),
            row["polarity"] == "negative",
            str(row["hedge"]),
        )
        for row in rows
    )


def draft_scenario(
    claims: Sequence[DraftClaim], system: GasSystem, base: Scenario, *, name: str = "draft", choose: Sequence[str] = ()
) -> Draft:
    """Return a scenario drafted from accepted claims on the horizon of ``base``.

    ``choose`` names the arcs meant where a claim leaves the route open. Errors: ``InputError`` if a claim is not
    accepted, or if a route is left open and ``choose`` does not settle it; every such claim is listed.
    """
    issues = [
        Issue("not-accepted", f"claim {c.claim_id} is {c.state}", "claims", (c.claim_id,), "review it first")
        for c in claims
        if c.state not in STORED_STATES
    ]
    patches: dict[str, dict[str, Any]] = {}
    by_patch: dict[str, list[str]] = {}
    left_out: dict[str, str] = {}
    levers = {lever.lever: lever for lever in lexicon().levers}
    for claim in claims:
        if claim.is_negated or claim.hedge == "H4":
            left_out[claim.claim_id] = "it negates or doubts what it speaks of"
            continue
        for lever in (levers[key] for key in claim.levers if key in levers):
            try:
                patch = _patch(claim, lever, system, base, tuple(choose))
            except InputError as error:
                issues += error.issues
                continue
            if patch is None:
                left_out.setdefault(claim.claim_id, f"{lever.label}: {lever.reason or 'no patch'}")
                continue
            key = str(patch["name"])
            by_patch.setdefault(key, []).append(claim.claim_id)
            patches[key] = patch
        if not claim.levers:
            left_out[claim.claim_id] = "no lever was found in it"
    if issues:
        raise InputError("cannot-draft", f"{len(issues)} claim(s) cannot be drafted", issues=issues)
    patched = {claim for ids in by_patch.values() for claim in ids}
    left_out = {claim: why for claim, why in left_out.items() if claim not in patched}
    items = [{**patch, "why": "claims " + ", ".join(by_patch[key])} for key, patch in patches.items()]
    content = {
        "schema": SCENARIO_SCHEMA,
        "scenario": name,
        "title": f"Drafted from {len(claims)} claims",
        "why": "; ".join(f"{claim}: {why}" for claim, why in left_out.items()) or "every claim made a patch",
        "dataset": base.dataset,
        "horizon": {"first_month": base.first_month, "months": base.months},
        "closing": base.closing,
        "patches": items,
    }
    notes = (f"the patches of '{base.name}' are not repeated in the draft",) if base.patches else ()
    return Draft(content, {key: tuple(ids) for key, ids in by_patch.items()}, left_out, notes)


def draft_yaml(draft: Draft) -> str:
    """Return the draft as a scenario file."""
    from io import StringIO

    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    out = StringIO()
    writer.dump(dict(draft.content), out)
    return out.getvalue()


def _patch(
    claim: DraftClaim, lever: Lever, system: GasSystem, base: Scenario, choose: tuple[str, ...]
) -> dict[str, Any] | None:
    if lever.do in ("law", "none"):
        return None
    first = date.fromisoformat(f"{base.first_month}-01")
    start = claim.first_day if claim.first_day and claim.first_day > first else first
    if lever.do == "asset_filter":
        return {
            "name": lever.label,
            "do": "asset",
            "filter": {"origin": list(lever.keys), "destination_region": "EU27"},
            "state": lever.value,
            "from": start.isoformat(),
        }
    if lever.do == "demand":
        return None
    arcs = _arcs(claim, lever, system, choose)
    patch: dict[str, Any] = {"name": f"{lever.label}: {', '.join(arcs)}", "do": "asset", "arcs": list(arcs)}
    if claim.volume and len(arcs) == 1 and lever.value != AssetState.CLOSED:
        patch["capacity"] = claim.volume
    elif lever.value:
        patch["state"] = lever.value
    else:
        raise InputError(
            "no-quantity",
            f"claim {claim.claim_id} gives no yearly volume for {', '.join(arcs)}",
            table="claims",
            keys=[claim.claim_id],
            hint="edit the claim, or write the capacity into the scenario",
        )
    patch["from"] = start.isoformat()
    return patch


def _arcs(claim: DraftClaim, lever: Lever, system: GasSystem, choose: tuple[str, ...]) -> tuple[str, ...]:
    """The arcs a claim means: those it names less the destroyed ones; more than one group needs a choice."""
    table = system.table("arcs").set_index("arc")
    states = table["state"]
    book = name_book()
    members: list[str] = []
    for asset in claim.assets:
        name = book.names[asset]
        if name.kind is NameKind.ASSET:
            members += [member for member in name.members if member in states.index]
    usable = [
        member
        for member in dict.fromkeys(members or lever.keys)
        if member in states.index and states[member] != AssetState.DESTROYED
    ]
    wanted = [member for member in usable if not choose or member in choose]
    is_vague = "PIPELINE_EUROPE" in claim.assets
    if wanted and (len(wanted) == 1 or not is_vague) and len({_system_of(member) for member in wanted}) == 1:
        return tuple(wanted)
    hint = f"--choose one of {', '.join(usable)}" if usable else "name the asset in an edit of the claim"
    raise InputError(
        "route-left-open",
        f"claim {claim.claim_id} does not say which route it means: '{claim.text[:80]}'",
        table="claims",
        keys=[claim.claim_id],
        hint=hint,
    )


def _system_of(arc: str) -> str:
    return arc.split("_")[0]
