"""Which law a scenario assumes: as known on a day, with readings, a named regime, and decisions by their holders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from linepack.policy.decisions import Decision, decide, regime_law
from linepack.policy.effects import Effect, Horizon, apply_effects, effects
from linepack.policy.law import Law, load_law
from linepack.policy.words import Bar, Verb
from linepack.scenario.reader import Fields
from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True)
class LawChoice:
    """The law of a scenario; ``bars`` are the kinds of bar that bind (legal, sanctions_risk, commercial)."""

    known_on: date | None = None
    regime: str = ""
    readings: tuple[tuple[str, str], ...] = ()
    bars: tuple[Bar, ...] = (Bar.LEGAL,)
    decisions: tuple[Decision, ...] = ()

    def content(self) -> dict[str, Any]:
        """Return the choice as plain JSON types."""
        return {
            "known_on": self.known_on.isoformat() if self.known_on else None, "regime": self.regime,
            "readings": [list(pair) for pair in self.readings], "bars": [str(bar) for bar in self.bars],
            "decisions": [_decision_content(decision) for decision in self.decisions],
        }  # fmt: skip

    def law(self) -> Law:
        """Return the law that is assumed. Errors: ``InputError`` for decisions whose holders are not competent."""
        law = load_law()
        if self.known_on is not None:
            law = law.known_by(self.known_on)
        if self.regime:
            law = regime_law(load_law(), self.regime)
        return decide(law.with_readings(dict(self.readings)), self.decisions)

    def effects(self, system: GasSystem, periods: Sequence[Period]) -> tuple[Effect, ...]:
        """Return what the law does to a system over the periods, with what cannot be expressed."""
        horizon = Horizon(periods[0].start, periods[-1].end - timedelta(days=1))
        return effects(self.law(), system, horizon, bars=frozenset(self.bars))

    def apply(self, system: GasSystem, periods: Sequence[Period]) -> GasSystem:
        """Return the system with the law's rows added after those of the facts."""
        return apply_effects(system, self.effects(system, periods))


def _decision_content(decision: Decision) -> dict[str, Any]:
    """Return all of a decision: two that differ in an end, an asset or a quantity are two scenarios."""
    return {"do": str(decision.verb), "target": decision.target, "by": list(decision.by), "on": decision.on.isoformat(),
            "until": decision.until.isoformat() if decision.until else None, "assets": list(decision.assets),
            "quantity_gwh_year": decision.quantity_gwh_year}  # fmt: skip


def parse_law(fields: Fields) -> LawChoice:
    """Return the law of a scenario file. Errors: ``InputError`` with file, line and remedy."""
    fields.allow("known_on", "regime", "readings", "bars", "decisions")
    readings: tuple[tuple[str, str], ...] = ()
    if "readings" in fields.values:
        inner = fields.fields("readings")
        readings = tuple((str(key), inner.text(str(key))) for key in inner.values)
    bars: tuple[Bar, ...] = (Bar.LEGAL,)
    if "bars" in fields.values:
        known = tuple(str(bar) for bar in Bar)
        for bar in fields.texts("bars"):
            if bar not in known:
                raise fields.error("not-a-choice", f"'{bar}' is no kind of bar", key="bars",
                                   hint=f"one of: {', '.join(known)}")  # fmt: skip
        bars = tuple(Bar(bar) for bar in fields.texts("bars"))
    regime = fields.text("regime", "")
    if regime and "known_on" in fields.values:
        raise fields.error("one-of", "a regime says itself when the law is frozen", key="known_on",
                           hint="leave out 'known_on'")  # fmt: skip
    return LawChoice(fields.day("known_on"), regime, readings, bars,
                     tuple(_decision(item) for item in fields.items("decisions")))  # fmt: skip


def _decision(fields: Fields) -> Decision:
    fields.allow("do", "target", "by", "on", "until", "assets", "quantity_gwh_year")
    on = fields.day("on")
    if on is None:
        raise fields.error("missing-key", "'on' is missing", hint="the day of the decision, YYYY-MM-DD")
    quantity = fields.number("quantity_gwh_year") if "quantity_gwh_year" in fields.values else None
    assets = fields.texts("assets") if "assets" in fields.values else ()
    return Decision(Verb(fields.choice("do", tuple(str(verb) for verb in Verb))), fields.text("target"),
                    fields.texts("by"), on, fields.day("until"), assets, quantity)  # fmt: skip
