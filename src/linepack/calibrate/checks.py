"""One line of a back-test: what the model says, what was observed, what naive forecasts say, is a bar met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

PERSISTENCE = "persistence"
FORWARD = "forward curve"


class Verdict(StrEnum):
    """Was the bar met; ``SHOWN`` has no bar."""

    PASSED = "passed"
    MISSED = "MISSED"
    SHOWN = "shown"


@dataclass(frozen=True)
class Check:
    """One comparison. ``low`` and ``high`` are the bar, in the unit; ``naive`` forecasts stand beside it.

    ``observed`` is NaN for a published study, whose band is the bar. ``mechanism`` says what the model lacks where the
    bar is missed, or what a reader should know.
    """

    part: str
    label: str
    unit: str
    model: float
    observed: float = np.nan
    low: float = -np.inf
    high: float = np.inf
    bar: str = ""
    naive: Mapping[str, float] = field(default_factory=dict)
    mechanism: str = ""
    is_shown_only: bool = False

    @property
    def verdict(self) -> Verdict:
        """Whether the model lies within the bar."""
        if self.is_shown_only:
            return Verdict.SHOWN
        return Verdict.PASSED if self.low <= self.model <= self.high else Verdict.MISSED

    @property
    def error(self) -> float:
        """Return model over observed less one; NaN without an observation."""
        return self.model / self.observed - 1 if self.observed else np.nan


def within(observed: float, share: float) -> tuple[float, float]:
    """Return the interval of a share around an observation."""
    return observed - share * abs(observed), observed + share * abs(observed)


def checks_table(checks: Sequence[Check]) -> pd.DataFrame:
    """Return checks as a table.

    Columns: part, label, unit, model, observed, error_fraction, persistence, forward_curve, low, high, bar, verdict,
    mechanism.
    """
    rows = [(c.part, c.label, c.unit, c.model, c.observed, c.error, c.naive.get(PERSISTENCE, np.nan),
             c.naive.get(FORWARD, np.nan), c.low, c.high, c.bar, str(c.verdict), c.mechanism)
            for c in checks]  # fmt: skip
    return pd.DataFrame(rows, columns=["part", "label", "unit", "model", "observed", "error_fraction", "persistence",
                                       "forward_curve", "low", "high", "bar", "verdict", "mechanism"])  # fmt: skip
