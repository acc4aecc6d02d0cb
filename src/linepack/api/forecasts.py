"""The register of events, and stated probabilities: scored when it is known what happened, or logged for later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from linepack.errors import InputError
from linepack.odds.scoring import Question, Scores, log_question, read_questions, score, shipped_questions
from linepack.odds.tables import quoted_moves
from linepack.policy.timeline import events

SHIPPED = "shipped"
"""Stands for the forecasts that come with linepack."""


def event_register() -> pd.DataFrame:
    """Return the register of events.

    Columns: event, first_day and date (the days between which it lies; the same if its day is known), title, has_quote
    (whether a price move is there).
    """
    quoted = {move.event for move in quoted_moves()}
    return pd.DataFrame([(e.event, e.not_before or e.date, e.date, e.what, e.event in quoted) for e in events()],
                        columns=["event", "first_day", "date", "title", "has_quote"])  # fmt: skip


def scored(source: str | Path) -> tuple[tuple[Question, ...], Scores]:
    """Return the questions of a log of forecasts (``SHIPPED``: those of linepack) and how they score."""
    questions = shipped_questions() if source == SHIPPED else read_questions(Path(source))
    return questions, score(questions)


def log_forecast(
    path: str | Path, question: str, probability: float, resolves_on: date | str, who: str, *, event: str | None = None
) -> Question:
    """Add a stated probability to a log for a later score, and return it. Errors: ``InputError`` for a bad date."""
    try:
        day = resolves_on if isinstance(resolves_on, date) else date.fromisoformat(resolves_on)
    except ValueError as error:
        raise InputError("bad-date", f"'{resolves_on}' is not a date", hint="write YYYY-MM-DD") from error
    name = f"{event}: {question}" if event else question
    stated = Question(name, question, date.today(), day, probability, who, None)
    log_question(Path(path), stated, source=f"logged by {who}")
    return stated
