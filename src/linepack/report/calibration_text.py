"""A fit as text, JSON content and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from linepack.calibrate.dataset import changed_rows, fitted_dataset
from linepack.calibrate.fit import Fit
from linepack.report.text import change, csv_text, json_text, number, plain_table
from linepack.system.dataset import write_dataset
from linepack.system.folders import write_folder
from linepack.system.gassystem import GasSystem

LEAST_CORRELATION = 0.5
HOW_TO_READ = """\
How to read it. A residual of 1 is a deviation of the observation's own tolerance. 'learned' is the share of a
parameter's prior variance that the observations take away: 0 means that the value is the prior and nothing else. A
direction is a mix of parameters; one that is not identified can be moved without the observations noticing."""


def fit_text(fit: Fit) -> str:
    """Return a fit for a terminal: parameters, directions, residuals, what is at a bound."""
    c, table = fit.calibration, fit.parameters
    parameters = plain_table(
        ("parameter", "prior", "spread", "fitted", "spread after", "learned", "at bound"),
        [(r.parameter, _short(r.prior), _short(r.spread), _short(r.value), _short(r.posterior_spread),
          f"{100 * r.learned_fraction:.0f} %", r.at_bound) for r in table.itertuples()],
    )  # fmt: skip
    residuals = fit.residuals.sort_values("residual", key=lambda column: -column.abs())
    observed = plain_table(
        ("observation", "unit", "observed", "at prior", "fitted", "residual before", "after"),
        [(r.label, r.unit, number(r.observed), number(r.at_prior), number(r.model), change(r.residual_at_prior, 2) or
          "0", change(r.residual, 2) or "0") for r in residuals.itertuples()],
    )  # fmt: skip
    found = fit.directions
    directions = plain_table(
        ("direction", "from data", "identified"),
        [(r.parameters, f"{100 * r.data_fraction:.0f} %", "yes" if r.is_identified else "NO")
         for r in found.itertuples()],
    )  # fmt: skip
    related = fit.correlations[fit.correlations["correlation"].abs() >= LEAST_CORRELATION]
    together = [f"{r.one} with {r.other} ({r.correlation:+.2f})" for r in related.itertuples()]
    bound = [f"{r.parameter} ({r.at_bound})" for r in table[table["at_bound"] != ""].itertuples()]
    before, after = ((fit.residuals[name] ** 2).sum() for name in ("residual_at_prior", "residual"))
    searched = ", ".join(f"{cost:.3f}" for cost in fit.starts["cost"])
    lines = [
        f"{c.title}",
        parameters,
        directions,
        observed,
        f"Sum of squared residuals {before:.3f} at the prior, {after:.3f} fitted; {fit.evaluations} equilibria, "
        f"{fit.seconds:.0f} s; {'settled' if fit.is_settled else 'NOT settled: ' + fit.message}.",
        f"Lowest of {len(fit.starts)} searches, which ended at {searched} (distance to the priors counted).",
        f"At a bound: {', '.join(bound) or 'none'}. Correlated beyond {LEAST_CORRELATION:g}: "
        f"{'; '.join(together) or 'none'}. {int((~found['is_identified']).sum())} of {len(found)} directions are not "
        "identified.",
        HOW_TO_READ,
    ]
    return "\n\n".join(lines)


def fit_content(fit: Fit) -> dict[str, Any]:
    """Return a fit as JSON content."""
    return {
        "calibration": fit.calibration.name, "digest": fit.calibration.digest, "dataset": fit.calibration.dataset_name,
        "is_settled": fit.is_settled, "message": fit.message, "evaluations": fit.evaluations,
        **{name: frame.to_dict("records") for name, frame in fit_tables(fit).items()},
    }  # fmt: skip


def fit_tables(fit: Fit) -> dict[str, pd.DataFrame]:
    """Return the tables of a fit by name: parameters, starts, residuals, directions, correlations."""
    return {"parameters": fit.parameters, "starts": fit.starts, "residuals": fit.residuals,
            "directions": fit.directions, "correlations": fit.correlations}  # fmt: skip


def write_fit(system: GasSystem, fit: Fit, out: Path) -> list[Path]:
    """Write the fitted dataset and the tables of the fit as a new folder; return the paths.

    The folder appears whole or not at all. Errors: ``InputError`` if it exists or cannot be written.
    """
    def write(folder: Path) -> None:
        dataset = fitted_dataset(system, fit)
        write_dataset(dataset, folder / "dataset")
        (folder / "fit.json").write_text(json_text(fit_content(fit)), encoding="utf-8")
        (folder / "fit.txt").write_text(fit_text(fit) + "\n", encoding="utf-8")
        for name, frame in {**fit_tables(fit), "changed_rows": changed_rows(system, dataset)}.items():
            (folder / f"{name}.csv").write_text(csv_text(frame), encoding="utf-8", newline="")

    written = write_folder(out, write)
    return [out / "dataset", *(path for path in written if path.parent == out)]


def _short(value: float) -> str:
    return f"{value:.4g}"
