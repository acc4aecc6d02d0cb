"""What price moves say about an event, and how stated probabilities fared, as text and as JSON content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from linepack.odds.assess import Assessment, Pitfall, Reading, Warned
from linepack.odds.implied import JointBands
from linepack.odds.scoring import Question, Scores
from linepack.odds.tables import Interval

POINTS = 100
POINTS_FORM, MOVE_FORM, GAP_FORM = "{:+.0f}", "{:+.2f}", "{:+.1f}"


def odds_text(found: Assessment) -> str:
    """Return every reading of an event with its state, what is adopted, and what speaks against it."""
    lines = [f"{found.event.event}, {found.event.date}: {found.event.what}", ""]
    for reading in found.readings:
        lines += _reading_lines(reading)
    lines.append("")
    lines += [f"adopted change of probability of {regime}: {_points(band)} points"
              for regime, band in found.adopted_bands.items()]  # fmt: skip
    if not found.adopted_bands:
        lines.append("no reading passes every test: the lines above show what each would take")
    if found.joint is not None:
        lines += _joint_lines(found.joint)
    shared = [w for r in found.readings for w in r.warned if not w.is_fatal and w.pitfall != Pitfall.BOUNDS]
    lines += dict.fromkeys(_warning(warning) for warning in (*shared, *found.general))
    if found.reversals:
        left = (f"{r.trading_days} trading days {r.share_left:.0%}" for r in found.reversals)
        lines.append(f"left of the move after {', '.join(left)}")
    if found.followed:
        lines += ["", "what followed in 60 days:", *(f"  {event.date} {event.what}" for event in found.followed)]
    return "\n".join(lines)


def score_content(scores: Scores) -> dict[str, Any]:
    """Return scores as JSON content."""
    return {
        "decided": scores.count, "open": scores.open_count, "brier": scores.brier, "log": scores.log,
        "calibration": [{"from": b.low, "to": b.high, "count": b.count, "mean_probability": b.mean_probability,
                         "share_happened": b.share_happened} for b in scores.calibration],
    }  # fmt: skip


def score_text(questions: Sequence[Question], scores: Scores) -> str:
    """Return every question with its outcome, and the scores of those that are decided."""
    return "\n".join([
        *map(_question_line, questions),
        f"{scores.count} decided, {scores.open_count} open; Brier {scores.brier:.3f} (0 best), log {scores.log:.3f} "
        "(0 best)",
        *(f"  stated {part.low:.0%} to {part.high:.0%}: {part.count}, mean {part.mean_probability:.0%}, "
          f"happened {part.share_happened:.0%}" for part in scores.calibration),
    ])  # fmt: skip


def _reading_lines(reading: Reading) -> Iterator[str]:
    move, gap, band = reading.move, reading.gap, reading.band
    points = "not identified" if band is None else f"{_points(band.change)} points"
    state = "adopted" if reading.is_adopted else "refuted" if band is not None and band.is_refuted else "not adopted"
    if band is not None and band.is_implausible and not band.is_refuted:
        state += ", implausible"
    yield (f"{move.quote} {_interval(move.change_eur_mwh, MOVE_FORM)} EUR/MWh against {gap.name} ({gap.regime}) "
           f"{_interval(gap.gap_eur_mwh, GAP_FORM)} EUR/MWh: {points} [{state}]")  # fmt: skip
    for warning in reading.warned:
        if warning.is_fatal or warning.pitfall == Pitfall.BOUNDS:
            yield f"    {_warning(warning)}"


def _joint_lines(joint: JointBands) -> Iterator[str]:
    yield "several contracts together" + (": refuted, nothing fits" if joint.is_refuted else ":")
    for name, ends, fit in zip(joint.regimes, joint.bands, joint.fit, strict=True):
        shown = "none" if ends is None else _points(ends)
        yield f"  {name}: {shown} points (least squares {POINTS * fit:+.0f})"


def _question_line(question: Question) -> str:
    outcome = "open" if question.outcome is None else "yes" if question.outcome else "no"
    return f"{question.asked_on} {question.who} {question.probability:.0%}: {question.text} -> {outcome}"


def _warning(warning: Warned) -> str:
    return f"{int(warning.pitfall)} {warning.pitfall.name.lower().replace('_', ' ')}: {warning.message}"


def _points(band: Interval) -> str:
    return _interval(Interval(POINTS * band.low, POINTS * band.high), POINTS_FORM)


def _interval(band: Interval, form: str) -> str:
    low, high = form.format(band.low), form.format(band.high)
    return low if low == high else f"{low} to {high}"
