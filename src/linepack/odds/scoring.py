"""Score stated probabilities once it is known what happened: Brier, log, calibration."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from linepack.errors import InputError
from linepack.odds.tables import QUESTIONS
from linepack.system.tables import Row, packaged_table, read_table

FLOOR = 1e-6  # a probability of exactly 0 or 1 is scored as this far from it, so that the log score stays finite
BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


@dataclass(frozen=True)
class Question:
    """A question with a stated probability and what happened; ``outcome`` None while it is open."""

    question: str
    text: str
    asked_on: date
    resolves_on: date
    probability: float
    who: str
    outcome: bool | None


@dataclass(frozen=True)
class Bin:
    """Questions with probabilities in [low, high): how many, their mean probability, and the share that happened."""

    low: float
    high: float
    count: int
    mean_probability: float
    share_happened: float


@dataclass(frozen=True)
class Scores:
    """Mean scores over decided questions.

    Brier (0 best, 1 worst), log (0 best, natural logarithm, sign omitted), calibration.
    """

    count: int
    open_count: int
    brier: float
    log: float
    calibration: tuple[Bin, ...]


def brier_score(probability: float, outcome: bool) -> float:  # noqa: FBT001  # an outcome is a truth value
    """Return the squared distance of a probability from what happened."""
    return (probability - float(outcome)) ** 2


def log_score(probability: float, outcome: bool) -> float:  # noqa: FBT001  # an outcome is a truth value
    """Return minus the natural logarithm of the probability given to what happened."""
    chance = min(max(probability, FLOOR), 1 - FLOOR)
    return -math.log(chance if outcome else 1 - chance)


def score(questions: Sequence[Question]) -> Scores:
    """Return the scores of the decided questions. Errors: ``InputError`` if none is decided."""
    decided = [(q.probability, q.outcome) for q in questions if q.outcome is not None]
    if not decided:
        raise InputError("nothing-decided", "no question has an outcome yet", hint="fill 'outcome' with true or false")
    briers = [brier_score(p, happened) for p, happened in decided]
    logs = [log_score(p, happened) for p, happened in decided]
    return Scores(
        len(decided),
        len(questions) - len(decided),
        sum(briers) / len(decided),
        sum(logs) / len(decided),
        tuple(_bins(decided)),
    )


def shipped_questions() -> tuple[Question, ...]:
    """Return the questions that ship with the package: public probabilities of 2025."""
    return _questions(packaged_table("odds", QUESTIONS))


def read_questions(path: Path) -> tuple[Question, ...]:
    """Return the questions of a log.

    Errors: ``InputError`` as ``read_table``, or for a question asked after it was decided.
    """
    questions = _questions(read_table(path, QUESTIONS))
    late = [q.question for q in questions if q.asked_on > q.resolves_on]
    if late:
        raise InputError("asked-too-late", "these were asked after they were decided", table="questions", keys=late)
    return questions


def log_question(path: Path, question: Question, *, source: str) -> None:
    """Append a question to a log, and make the log if it is not there. What is logged is never changed.

    Errors: ``InputError`` if the same question by the same one is in the log already.
    """
    names = [column.name for column in QUESTIONS.columns]
    is_new = not path.exists()
    if not is_new and any(q.question == question.question and q.who == question.who for q in read_questions(path)):
        raise InputError(
            "logged-already",
            f"'{question.question}' by {question.who} is in {path}",
            keys=[question.question],
            hint="a forecast is not changed afterwards; log a new question",
        )
    outcome = "" if question.outcome is None else str(question.outcome).lower()
    row = [
        question.question,
        question.text,
        question.asked_on.isoformat(),
        question.resolves_on.isoformat(),
        f"{question.probability:g}",
        question.who,
        outcome,
        source,
        "judgement",
        question.asked_on.isoformat(),
        "",
    ]
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(names)
        writer.writerow(row)


def _questions(rows: Iterable[Row]) -> tuple[Question, ...]:
    found = []
    for row in rows:
        outcome = {"true": True, "false": False}.get(str(row["outcome"]))
        asked, resolves, probability = row["asked_on"], row["resolves_on"], row["probability"]
        assert isinstance(asked, date)
        assert isinstance(resolves, date)
        assert isinstance(probability, float)
        found.append(
            Question(str(row["question"]), str(row["text"]), asked, resolves, probability, str(row["who"]), outcome)
        )
    return tuple(found)


def _bins(decided: Sequence[tuple[float, bool]]) -> Iterable[Bin]:
    for low, high in pairwise(BINS):
        inside = [(p, o) for p, o in decided if low <= p < high or (high == 1.0 and p == 1.0)]
        if inside:
            yield Bin(
                low, high, len(inside), sum(p for p, _ in inside) / len(inside), sum(o for _, o in inside) / len(inside)
            )
