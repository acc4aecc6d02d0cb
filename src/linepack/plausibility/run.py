"""The plausibility set: solve, measure, hold against the bands."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
import pandas as pd

from linepack.plausibility.checks import bands, measure, upper_ends
from linepack.plausibility.figures import figures_only
from linepack.plausibility.probes import scenarios
from linepack.results.solution import SolveSettings
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem


class Verdict(StrEnum):
    """How a figure stands to its band."""

    WITHIN = "within"
    EXPLAINED = "outside, see note"
    OUTSIDE = "OUTSIDE"
    SHOWN = "shown"


def plausibility(
    system: GasSystem, base: Scenario, store: RunStore, *, settings: SolveSettings | None = None, workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return one row per check, in the order of the bands.

    Columns: check, group, label, unit, decimals, value, low, high (NaN: no band, the figure is shown), verdict,
    source, grade, note. Errors: that of the first scenario that failed.
    """
    outcomes = run_scenarios(system, scenarios(system, base), store, settings=settings, workers=workers,
                             keep=figures_only, on_progress=on_progress)  # fmt: skip
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
    kept = {outcome.scenario.name: outcome.run.tables for outcome in outcomes if outcome.run is not None}
    year = base.first_month[:4]
    return judged(bands(), measure(system, kept, year), upper_ends(system, year))


def judged(expected: pd.DataFrame, values: dict[str, float], ends: dict[str, float]) -> pd.DataFrame:
    """Return the bands with the measured values and a verdict; ``ends`` stand in for an end that is left open."""
    frame = expected.assign(value=expected["check"].map(values).astype(float))
    has_band = frame["low"].notna() | frame["high"].notna()
    end = frame["check"].map(ends).astype(float)
    low = frame["low"].fillna(end.where(end < 0))
    high = frame["high"].fillna(end.where(end > 0))
    low, high = low.where(has_band), high.where(has_band)
    inside = (frame["value"] >= low) & (frame["value"] <= high)
    verdict = np.select(
        [~has_band, inside, frame["note"].str.len() > 0],
        [Verdict.SHOWN.value, Verdict.WITHIN.value, Verdict.EXPLAINED.value], Verdict.OUTSIDE.value,
    )  # fmt: skip
    columns = ["check", "group", "label", "unit", "decimals", "value", "low", "high", "verdict", "source", "grade",
               "note"]  # fmt: skip
    return frame.assign(low=low, high=high, verdict=verdict)[columns]
