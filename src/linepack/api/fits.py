"""Fit the model to what was observed, and hold it against history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from linepack.api.market import Facts, given_facts, solve_settings
from linepack.calibrate.backtest import Backtest, Part
from linepack.calibrate.backtest import backtest as run_backtest
from linepack.calibrate.declare import load_calibration
from linepack.calibrate.fit import Derivatives, Fit, fit
from linepack.calibrate.fit import FitProgress as FitProgress
from linepack.errors import InputError
from linepack.report.backtest_text import kept_content
from linepack.report.calibration_text import write_fit
from linepack.report.kept import keep_backtest
from linepack.runs.store import workspace as workspace_folder


def calibrate(
    calibration: str | Path = "reference-2025", *, system: Facts | None = None, solver: str = "auto",
    derivatives: str = "exact", most_steps: int = 30, starts: int = 1, out: str | Path | None = None,
    on_progress: Callable[[FitProgress], None] | None = None,
) -> Fit:  # fmt: skip
    """Return the fit of declared parameters to the observations of a dataset.

    ``calibration`` is a name that comes with linepack or a YAML file; ``system`` the facts, a dataset's name or its
    folder. The fit is the lowest of searches from ``starts`` points, the prior first. ``fit.parameters``,
    ``fit.residuals``, ``fit.directions``, ``fit.correlations`` and ``fit.starts`` are pandas tables; with ``out``, a
    new folder gets them and the fitted dataset, whose changed rows are graded ``calibrated``. Errors: ``InputError``
    for a calibration that does not fit the facts, or a folder that exists.

    >>> import linepack
    >>> fit = linepack.calibrate("reference-2025")  # doctest: +SKIP
    >>> fit.parameters[["parameter", "prior", "value", "learned_fraction"]]  # doctest: +SKIP
    """
    if derivatives not in tuple(Derivatives):
        raise InputError("unknown-derivatives", f"there are no derivatives '{derivatives}'", keys=[derivatives],
                         hint=f"one of {', '.join(Derivatives)}")  # fmt: skip
    if out is not None and Path(out).exists():
        raise InputError("exists", f"{out} exists already", hint="give a new folder; nothing is overwritten")
    loaded = load_calibration(calibration)
    facts = given_facts(loaded.scenario.dataset if system is None else system)
    found = fit(facts, loaded, settings=solve_settings(solver), how=Derivatives(derivatives), most_steps=most_steps,
                starts=starts, on_progress=on_progress)  # fmt: skip
    if out is not None:
        write_fit(facts, found, Path(out))
    return found


def backtest(
    parts: Sequence[str] | None = None, *, solver: str = "auto", workspace: str | Path | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Backtest:  # fmt: skip
    """Return the model held against history, against months it could not know, and against published studies.

    ``parts`` are of "history", "ex-ante" and "studies"; all of them by default, which takes minutes the first time:
    fits are kept in the workspace. ``result.checks`` are the lines, ``result.table`` the same as a table. Errors:
    ``InputError`` for an unknown part, ``NotCertified`` if a prediction cannot be solved.

    >>> import linepack
    >>> linepack.backtest(["studies"]).table  # doctest: +SKIP
    """
    known = [str(part) for part in Part]
    for part in parts or ():
        if part not in known:
            raise InputError("unknown-part", f"the back-test has no part '{part}'", keys=[part],
                             hint=f"one of: {', '.join(known)}")  # fmt: skip
    chosen = tuple(Part(part) for part in parts) if parts else tuple(Part)
    folder = workspace_folder(workspace) / "calibrations"
    return run_backtest(folder, parts=chosen, settings=solve_settings(solver), on_step=on_step)


def keep_for_page(result: Backtest, workspace: str | Path | None = None) -> Path:
    """Keep a back-test beside the runs, where the page and the brief find it; return the path."""
    return keep_backtest(workspace_folder(workspace), kept_content(result))
