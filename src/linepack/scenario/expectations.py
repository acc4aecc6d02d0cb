"""What the market of a scenario knows of the future: everything, or a curve of forward prices that is seen anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from linepack.errors import InputError
from linepack.scenario.reader import Fields

MODES = ("foresight", "rolling")
FEWEST_WINDOW_MONTHS = 2


@dataclass(frozen=True)
class Rolling:
    """Rolling expectations: every ``step_months`` the market looks ``window_months`` ahead at prices of a curve.

    ``marker`` names the price marker whose forward curve counts.
    """

    step_months: int = 1
    window_months: int = 12
    marker: str = "TTF"

    def content(self) -> dict[str, Any]:
        """Return the choice as plain JSON types."""
        return asdict(self)


def parse_expectations(fields: Fields) -> Rolling | None:
    """Return the expectations of a scenario file; None for perfect foresight.

    Errors: ``InputError`` with file, line and remedy.
    """
    if not isinstance(fields.values.get("expectations"), Mapping):
        return Rolling() if fields.choice("expectations", MODES) == "rolling" else None
    inner = fields.fields("expectations")
    inner.allow("mode", "step", "window", "marker")
    if inner.choice("mode", MODES) == "foresight":
        for key in ("step", "window", "marker"):
            if key in inner.values:
                raise inner.error("unknown-key", f"'{key}' goes with rolling expectations", key=key)
        return None
    default = Rolling()
    step = inner.integer("step", minimum=1) if "step" in inner.values else default.step_months
    window = inner.integer("window", minimum=FEWEST_WINDOW_MONTHS) if "window" in inner.values else max(
        default.window_months, 2 * step)  # fmt: skip
    if window <= step:
        raise inner.error("short-window", f"a window of {window} months has no future after a step of {step}",
                          key="window", hint=f"give more than {step}; 12 sees every season")  # fmt: skip
    return Rolling(step, window, inner.text("marker", default.marker))


def require_months(rolling: Rolling | None, months: int, step: str, quarters: int) -> None:
    """Errors: ``InputError`` if rolling expectations do not fit a horizon."""
    if rolling is None:
        return
    if step != "month" or quarters:
        raise InputError("rolling-by-month", "rolling expectations need a horizon of months", keys=["horizon"],
                         hint="leave out 'step' and 'quarters' of the horizon")  # fmt: skip
    if months % rolling.step_months:
        raise InputError("rolling-steps", f"{months} months are no whole number of steps of {rolling.step_months}",
                         keys=["horizon"], hint="choose months as a multiple of the step")  # fmt: skip
