"""``calibrate``: fit declared parameters to what was observed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from linepack.cli.options import print_json

if TYPE_CHECKING:
    from linepack.api.fits import FitProgress


@click.command()
@click.argument("calibration", default="reference-2025")
@click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's].")
@click.option("--solver", default="auto", show_default=True, help="auto, native, piqp, hipo or clarabel.")
@click.option(
    "--derivatives",
    type=click.Choice(["exact", "differences"]),
    default="exact",
    show_default=True,
    help="From the conditions of the equilibrium, or by solving again.",
)
@click.option("--steps", type=click.IntRange(1), default=30, show_default=True, help="Most steps of the search.")
@click.option(
    "--starts",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Searches: from the prior, then from the best of draws from it; the lowest counts.",
)
@click.option("--out", type=click.Path(file_okay=False), default=None, help="New folder to write dataset and fit to.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def calibrate(
    calibration: str, dataset: str | None, solver: str, derivatives: str, steps: int, starts: int, out: str | None,
    as_json: bool,
) -> int:
    """Fit the parameters of CALIBRATION (a name or a YAML file) to the observations of its dataset.

    Prints parameters, what the data can tell, and residuals; --out writes the fitted dataset as well. Exit code 4 if
    the search has not settled.
    """
    from linepack.api.fits import calibrate as fitted
    from linepack.errors import EXIT_DONE, EXIT_PARTIAL
    from linepack.report.calibration_text import fit_content, fit_text

    folder = None if out is None else Path(out)
    fit = fitted(calibration, system=dataset, solver=solver, derivatives=derivatives, most_steps=steps,
                 starts=starts, out=folder, on_progress=_show)  # fmt: skip
    if as_json:
        print_json(fit_content(fit))
    else:
        click.echo(fit_text(fit))
    if folder is not None:
        click.echo(f"wrote {folder}; solve on it with --dataset {folder / 'dataset'}", err=True)
    return EXIT_DONE if fit.is_settled else EXIT_PARTIAL


def _show(progress: FitProgress) -> None:
    click.echo(f"[{progress.evaluations} solved, {progress.seconds:.0f} s] sum of squares {progress.cost:.4f}, "
               f"best {progress.best:.4f}", err=True)  # fmt: skip
