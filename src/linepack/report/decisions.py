"""What each body may decide on a day, and what follows from a scenario's decisions: for the forms of the page.

The rules are those of ``linepack.policy.decisions``, which also refuses what is asked in vain; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from linepack.errors import InputError
from linepack.policy.consents import gates_of
from linepack.policy.decisions import GATES_OF_VERB
from linepack.policy.effect import Effect
from linepack.policy.formula import Deed, Formula, deeds, minimal_sets, parse_formula
from linepack.policy.law import Law, law_on, load_law
from linepack.policy.words import GateKind, Verb
from linepack.scenario.lawchoice import LawChoice
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

VERBS = {
    Verb.LIFT: "lift", Verb.GRANT: "grant a licence under", Verb.SUSPEND: "suspend", Verb.LET_LAPSE: "let lapse",
    Verb.ADOPT: "adopt now", Verb.REPAIR: "repair", Verb.SELL: "sell or settle", Verb.CONTRACT: "contract for",
    Verb.CERTIFY: "certify",
}  # fmt: skip
MOST_SETS, MOST_EFFECTS = 3, 200


@dataclass(frozen=True)
class Option:
    """A decision that can be taken: what, on what, by which bodies, what it needs, and on which day if only then."""

    verb: Verb
    target: str
    name: str
    bodies: tuple[str, ...]
    needs: str
    least: tuple[tuple[str, ...], ...]
    on: date | None = None
    most_days: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the option as plain JSON types."""
        return {"do": str(self.verb), "target": self.target, "title": f"{VERBS[self.verb]} {self.name}",
                "bodies": list(self.bodies), "needs": self.needs, "least": [list(s) for s in self.least],
                "on": self.on.isoformat() if self.on else None, "most_days": self.most_days}  # fmt: skip


def decisions_content(on: date, known_on: date | None) -> dict[str, Any]:
    """Return the options of a day under the law as known on ``known_on``, and the names of the bodies that have any."""
    law = load_law().known_by(known_on)
    options = [*_on_instruments(law, on), *_at_renewals(law, on), *_on_assets(law, on)]
    holders = dict.fromkeys(body for option in options for body in option.bodies)
    names = {row.body: row.name for row in law.bodies}
    return {"on": on.isoformat(), "known_on": known_on.isoformat() if known_on else None,
            "holders": {body: names.get(body, body) for body in sorted(holders, key=lambda b: names.get(b, b))},
            "options": [option.as_dict() for option in options]}  # fmt: skip


def _on_instruments(law: Law, on: date) -> Iterator[Option]:
    in_force = {row.instrument.instrument for row in law_on(law, on).in_force}
    coming = {scope.instrument for scope in law.live_scopes if scope.first_day > on}
    for row in law.instruments:
        rule = law.rule_of(row.instrument)
        lift, relief = parse_formula(rule.lift), parse_formula(rule.relief)
        if row.instrument in in_force and lift.parts:
            yield _option(law, Verb.LIFT, row.instrument, row.name, lift, on)
        if row.instrument in in_force and relief.parts:
            verb = Verb.SUSPEND if rule.relief_days else Verb.GRANT
            yield _option(law, verb, row.instrument, row.name, relief, on, most_days=rule.relief_days)
        if row.instrument in coming and row.instrument not in in_force and lift.parts:
            yield _option(law, Verb.ADOPT, row.instrument, row.name, lift, on)


def _at_renewals(law: Law, on: date) -> Iterator[Option]:
    for name in dict.fromkeys(row.instrument for row in law.renewals):
        ends = sorted(row.until for row in law.renewals if row.instrument == name and row.until >= on)
        voters = [deed for deed in deeds(parse_formula(law.rule_of(name).lift)) if deed.voting]
        if not ends or not voters:
            continue
        bodies = tuple(m for deed in voters for m in law.shares(deed.body, ends[0]))
        title = f"{law.instrument(name).name} at its renewal on {ends[0]}"
        least = tuple((body,) for body in bodies[:MOST_SETS])
        yield Option(Verb.LET_LAPSE, name, title, bodies, "the refusal of any one member", least, on=ends[0])


def _on_assets(law: Law, on: date) -> Iterator[Option]:
    verbs = {**GATES_OF_VERB, Verb.CERTIFY: (GateKind.CERTIFICATION,)}
    for asset in law.assets:
        closed = [gate for gate in gates_of(law, asset.asset, on) if not gate.is_open]
        for verb, kinds in verbs.items():
            parts = [gate.opens_by for gate in closed if gate.kind in kinds and gate.opens_by.parts]
            if parts:
                yield _option(law, verb, asset.asset, asset.name, Formula(len(parts), tuple(parts)), on)


def _option(
    law: Law, verb: Verb, target: str, name: str, formula: Formula, on: date, *, most_days: float | None = None
) -> Option:
    least = sorted((tuple(sorted(s)) for s in minimal_sets(formula)), key=lambda s: (len(s), s))
    return Option(verb, target, name, tuple(dict.fromkeys(_bodies(law, deeds(formula), on))), str(formula),
                  tuple(least[:MOST_SETS]), most_days=most_days)  # fmt: skip


def _bodies(law: Law, acts: Iterable[Deed], on: date) -> Iterator[str]:
    """Yield the bodies of acts, and the members of those that vote: a member's yes or no is its own to decide."""
    for deed in acts:
        yield deed.body
        if deed.voting is not None:
            yield from law.shares(deed.body, on)


def consequences(scenario: Scenario, system: GasSystem) -> dict[str, Any]:
    """Return what a scenario's law and decisions do: missing consents, assets that open or close, effects.

    ``missing`` are the findings for decisions that their holders cannot take; nothing else follows until they can.
    """
    choice = scenario.law
    if choice is None:
        return {"missing": [], "assets": [], "effects": [], "effects_of_law": 0}
    before = LawChoice(choice.known_on, choice.regime, choice.readings, choice.bars)
    try:
        after_law = choice.law()
    except InputError as error:
        issues = [issue.as_dict() for issue in error.issues] or [error.issue.as_dict()]
        return {"missing": issues, "assets": [], "effects": [], "effects_of_law": 0}
    old, new = before.effects(system, scenario.periods), choice.effects(system, scenario.periods)
    gone, come = [e for e in old if e not in new and e.table], [e for e in new if e not in old and e.table]
    changed = [*(_effect(after_law, e, "no longer") for e in gone), *(_effect(after_law, e, "now") for e in come)]
    return {"missing": [], "assets": _changed_assets(before.law(), after_law, scenario), "effects":
            changed[:MOST_EFFECTS], "effects_of_law": sum(bool(e.table) for e in old)}  # fmt: skip


def _effect(law: Law, effect: Effect, what: str) -> dict[str, Any]:
    names = {row.instrument: row.name for row in law.instruments}
    return {"what": what, "source": effect.source_id, "name": names.get(effect.instrument, effect.instrument or
            effect.source_id), "table": effect.table, "rows": len(effect.rows), "reason": effect.reason,
            "first_day": effect.first_day.isoformat() if effect.first_day else None,
            "last_day": effect.last_day.isoformat() if effect.last_day else None}  # fmt: skip


def _changed_assets(before: Law, after: Law, scenario: Scenario) -> list[dict[str, Any]]:
    """Return the assets whose closed gates differ on the day after the last decision."""
    assert scenario.law is not None
    day = max((decision.on for decision in scenario.law.decisions), default=scenario.periods[0].start)
    found = []
    for asset in after.assets:
        old, new = ([gate for gate in gates_of(law, asset.asset, day) if not gate.is_open] for law in (before, after))
        if {g.gate for g in old} != {g.gate for g in new}:
            found.append({"asset": asset.asset, "name": asset.name, "on": day.isoformat(), "closed_before": len(old),
                          "still_closed": [{"name": g.name, "needs": str(g.opens_by)} for g in new]})  # fmt: skip
    return found
