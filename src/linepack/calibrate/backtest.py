"""The back-test as a whole: history rerun, ex ante, published studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd

from linepack.calibrate.checks import Check, Verdict, checks_table
from linepack.calibrate.declare import load_calibration
from linepack.calibrate.exante import ex_ante_checks
from linepack.calibrate.fit import FitProgress
from linepack.calibrate.frozen import Frozen, freeze
from linepack.calibrate.predict import BASES, Prediction, predict, prediction_checks
from linepack.calibrate.studies import study_checks
from linepack.results.solution import SolveSettings
from linepack.runs.display import Shown
from linepack.system.dataset import load_dataset

STARTS = 3
"""Searches for each fit: from the prior, and from the two best of twelve draws from it."""


class Part(StrEnum):
    """Parts of the back-test."""

    HISTORY = "history"
    EX_ANTE = "ex-ante"
    STUDIES = "studies"


@dataclass(frozen=True, repr=False)
class Backtest(Shown):
    """What was frozen, what was predicted from it, and every line with its verdict."""

    frozen: dict[int, Frozen]
    predictions: dict[int, Prediction]
    checks: tuple[Check, ...]

    @property
    def table(self) -> pd.DataFrame:
        """The lines as a table, see ``checks_table``."""
        return checks_table(self.checks)

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        return "back-test", {"checks": self.table}

    def count(self, verdict: Verdict) -> int:
        """Return how many lines have a verdict."""
        return sum(check.verdict is verdict for check in self.checks)


def backtest(
    folder: Path, *, parts: Sequence[Part] = tuple(Part), settings: SolveSettings | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Backtest:  # fmt: skip
    """Return the back-test. Fits are kept in ``folder`` and made once for the same facts and model.

    Errors: ``NotCertified`` if a prediction cannot be solved; ``KeyboardInterrupt`` leaves the fits that were finished.
    """

    def say(text: str) -> None:
        if on_step is not None:
            on_step(text)

    def tell(base: int) -> Callable[[FitProgress], None]:
        return lambda p: say(f"fit to {base}: {p.evaluations} solved, {p.seconds:.0f} s, best {p.best:.3f}")

    facts, frozen, predictions = load_dataset(), {}, {}
    checks: list[Check] = []
    if Part.HISTORY in parts or Part.STUDIES in parts:
        for base in BASES:
            calibration = load_calibration(f"base-{base}")
            frozen[base] = freeze(load_dataset(f"history-{base}"), calibration, folder, settings=settings,
                                  starts=STARTS, on_progress=tell(base))  # fmt: skip
            say(f"base year {base} frozen: {frozen[base].digest[:12]}")
    if Part.HISTORY in parts:
        for base in BASES:
            predictions[base] = predict(facts, base, frozen[base], settings)
            checks += prediction_checks(predictions[base])
            say(f"2022 and 2023 predicted from {base}")
    if Part.EX_ANTE in parts:
        checks += ex_ante_checks(settings)
        say("April to December 2025 predicted")
    if Part.STUDIES in parts:
        patches = {base: fit.patches for base, fit in frozen.items()}
        checks += study_checks(facts, patches, settings, lambda name: say(f"studies {name}"))
    return Backtest(frozen, predictions, tuple(checks))
