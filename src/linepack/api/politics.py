"""Law, consents and odds as pandas tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from linepack.api.calls import Day, as_day
from linepack.api.statutes import chosen_law, consents_on, contract_class, law_rows
from linepack.errors import InputError
from linepack.odds.assess import Assessment, assess, find_event
from linepack.odds.curves import event_moves, read_conditional, read_curve, reversals
from linepack.odds.model import model_gaps
from linepack.odds.tables import Gap, Interval, published_gaps, quoted_moves, regimes
from linepack.runs.display import Shown
from linepack.runs.runner import Progress
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder
from linepack.scenario.scenario import load_case
from linepack.system.dataset import load_dataset


@dataclass(frozen=True, eq=False, repr=False)
class ConsentTables(Shown):
    """Who must say yes before an asset may flow.

    ``gates``: gate, name, bar, state, holders, opens_by, reason, grade. ``minimal_sets``: set, body, name: the smallest
    sets of bodies whose yes opens every closed gate, one row per body. ``formula``: the acts as AND, OR and thresholds.
    """

    asset: str
    on: date
    is_open: bool
    formula: str
    gates: pd.DataFrame
    minimal_sets: pd.DataFrame

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        closed = int((self.gates["state"] == "closed").sum())
        sets = self.minimal_sets.groupby("set", as_index=False)["name"].agg(", ".join)
        return (f"{self.asset} on {self.on}: {'open' if self.is_open else f'{closed} gates closed'}",
                {"gates": self.gates, "minimal_sets": sets.rename(columns={"name": "who must say yes"})})  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class OddsTables(Shown):
    """What price moves say about an event; changes of probability are fractions of one.

    ``adopted``: regime, low_fraction, high_fraction: readings that pass every test. ``readings``: every move against
    every gap, with low and high ends in EUR/MWh and fractions, is_adopted, warnings. ``warnings``: what holds for all.
    """

    event: str
    day: date
    adopted: pd.DataFrame
    readings: pd.DataFrame
    warnings: tuple[str, ...]

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        return (f"{self.event}, {self.day}: changes of probability, fractions of one",
                {"adopted": self.adopted, "readings": self.readings,
                 "warnings": pd.DataFrame({"warning": list(self.warnings)})})  # fmt: skip


def law(
    asset: str | None = None, *, on: Day, known_on: Day | None = None, contract: str | None = None,
    readings: Mapping[str, str] | None = None, statuses: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the instruments in force on a day: all, or those that concern ``asset``.

    Columns: instrument, name, kind, status, reference, content, phases (what it bars, since when), exemptions,
    kept_until, source, grade, known_from. ``known_on`` uses only what was known that day; ``readings`` takes other
    readings of disputed points, by question; ``statuses`` asks for other instruments than those in force. Days are
    dates or YYYY-MM-DD. Errors: ``InputError`` with the nearest name.

    >>> import linepack
    >>> "DE-CERT" in set(linepack.law("NS2_B", on="2025-03-13")["instrument"])
    True
    """
    day, known_day = as_day(on), None if known_on is None else as_day(known_on)
    known = chosen_law(known_day, readings)
    kind = contract_class(contract)
    _, rows = law_rows(known, day, asset=asset, known_on=known_day, contract=kind, statuses=statuses)
    columns = ["instrument", "name", "kind", "status", "reference", "content", "phases", "exemptions", "kept_until",
               "source", "grade", "known_from"]  # fmt: skip
    return pd.DataFrame([
        (row.instrument.instrument, row.instrument.name, str(row.instrument.kind), str(row.status), row.reference,
         row.instrument.content, "; ".join(f"{s.first_day}: {s.measure}" for s in row.scopes),
         "; ".join(relief.name for relief in row.exemptions), row.kept_until.isoformat() if row.kept_until else "",
         row.instrument.source, str(row.instrument.grade), row.instrument.known_from.isoformat())
        for row in rows
    ], columns=columns)  # fmt: skip


def consents(
    asset: str, *, on: Day, known_on: Day | None = None, contract: str | None = None,
    readings: Mapping[str, str] | None = None, bars: Iterable[str] = (),
) -> ConsentTables:  # fmt: skip
    """Return what must happen before an asset may flow on a day, and who must say yes.

    ``bars`` counts only bars of these kinds (legal, sanctions_risk, commercial). Errors: ``InputError`` with the
    nearest name.

    >>> import linepack
    >>> answer = linepack.consents("NS2_B", on="2025-03-13")
    >>> answer.is_open
    False
    >>> "US_OFAC" in set(answer.minimal_sets["body"])
    True
    """
    known_day = None if known_on is None else as_day(known_on)
    known = chosen_law(known_day, readings)
    answer = consents_on(known, asset, as_day(on), contract=contract, known_on=known_day, bars=bars)
    gates = pd.DataFrame([
        (g.gate, g.name, str(g.bar), str(g.state), ", ".join(g.holders), str(g.opens_by), g.reason, str(g.grade))
        for g in answer.gates
    ], columns=["gate", "name", "bar", "state", "holders", "opens_by", "reason", "grade"])  # fmt: skip
    sets = pd.DataFrame([(k, body, known.body(body).name) for k, bodies in enumerate(answer.minimal_sets, start=1)
                         for body in sorted(bodies)], columns=["set", "body", "name"])  # fmt: skip
    return ConsentTables(asset, answer.on, answer.is_open, str(answer.formula), gates, sets)


def assess_event(
    name: str, *, regime: str | None = None, has_forecasts: bool = True, confounder_share: float | None = None,
    curve: str | Path | None = None, conditional: str | Path | None = None, event_time: str | None = None,
    window_hours: float = 0.0, case: str | Path | None = None, workspace: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Assessment:  # fmt: skip
    """Return the readings of an event of the register.

    ``curve`` and ``conditional`` are CSV files of the user's own prices; the regimes of ``case`` are priced by runs of
    our own, as news of the event's day. Errors: ``InputError`` for an unknown event or regime, or a time without zone;
    those of a solve.
    """
    event = find_event(name)
    if regime is not None and regime not in regimes() and conditional is None:
        raise InputError("unknown-regime", f"there is no regime '{regime}'", keys=[regime],
                         hint=f"one of {', '.join(regimes())}")  # fmt: skip
    moves = [move for move in quoted_moves() if move.event == event.event]
    left = []
    if curve:
        points = read_curve(Path(curve))
        own = event_moves(event.event, event.date, points, event_time=_time(event_time), window_hours=window_hours)
        left = list(reversals(own[0], event.date, points))
        moves = [*own, *moves]
    own_months = {month for move in moves for month in move.months}
    priced = () if case is None else _priced(case, event.date, workspace, on_progress)
    gaps = [
        *(read_conditional(Path(conditional)) if conditional else ()),
        *(gap for gap in priced if gap.months[0] in own_months),
        *(published_gaps() if has_forecasts else ()),
    ]
    return assess(event, moves, gaps, regime=regime, confounder_share=confounder_share, found_reversals=left)


def odds(
    event: str, *, regime: str | None = None, curve: str | Path | None = None, conditional: str | Path | None = None,
    confounder_share: float | None = None, case: str | Path | None = None, workspace: str | Path | None = None,
) -> OddsTables:  # fmt: skip
    """Return what the price moves on an event of the register say about the probability of a regime: always a band.

    ``curve`` and ``conditional`` are CSV files of prices (see ``linepack odds --help``); published forecasts are read
    too. The regimes of ``case`` are priced by runs of our own. Errors: ``InputError`` with the nearest event or regime.

    >>> import linepack
    >>> answer = linepack.odds("EV-PUTIN-0313")
    >>> answer.adopted.columns.tolist()
    ['regime', 'low_fraction', 'high_fraction']
    """
    found = assess_event(event, regime=regime, curve=curve, conditional=conditional, case=case, workspace=workspace,
                         confounder_share=confounder_share)  # fmt: skip
    adopted = pd.DataFrame([(name, band.low, band.high) for name, band in found.adopted_bands.items()],
                           columns=["regime", "low_fraction", "high_fraction"])  # fmt: skip
    rows = []
    for r in found.readings:
        change = Interval(float("nan"), float("nan")) if r.band is None else r.band.change
        rows.append((r.move.quote, r.gap.name, r.gap.regime, r.move.change_eur_mwh.low, r.move.change_eur_mwh.high,
                     r.gap.gap_eur_mwh.low, r.gap.gap_eur_mwh.high, change.low, change.high, r.is_adopted,
                     "; ".join(w.message for w in r.warned)))  # fmt: skip
    columns = ["quote", "gap", "regime", "move_low_eur_mwh", "move_high_eur_mwh", "gap_low_eur_mwh", "gap_high_eur_mwh",
               "low_fraction", "high_fraction", "is_adopted", "warnings"]  # fmt: skip
    return OddsTables(found.event.event, found.event.date, adopted, pd.DataFrame(rows, columns=columns),
                      tuple(warning.message for warning in found.general))  # fmt: skip


def _priced(
    name: str | Path, day: date, workspace: str | Path | None, on_progress: Callable[[Progress], None] | None
) -> tuple[Gap, ...]:
    case = load_case(name)
    facts, store = load_dataset(case.scenarios[0].dataset), RunStore(workspace_folder(workspace))
    return model_gaps(facts, case, day, store, on_progress=on_progress)


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("bad-time", f"'{text}' is not a time", hint="2025-03-13T15:10Z") from error
    if at.tzinfo is None:
        raise InputError("no-time-zone", f"'{text}' has no time zone", hint="add Z or +01:00")
    return at
