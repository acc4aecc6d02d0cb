"""``ensemble run | resume | report``: many draws of what is uncertain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linepack.cli.options import output_options, print_json, solve_options

if TYPE_CHECKING:
    from linepack.api.draws import Ensemble
    from linepack.api.market import Progress

SHOWN_EVERY = 20
"""Progress is shown for the first draws and then for every twentieth; a failure always."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def ensemble() -> None:
    """Run many draws of what is uncertain, and say what they mean.

    DESIGN is a YAML file, or the name of a design that comes with linepack.
    """


def _run_options(function: Callable[..., int]) -> Callable[..., int]:
    options = (
        click.argument("design"),
        click.option("--draws", type=click.IntRange(1), default=None, help="Number of draws [default: the design's]."),
        click.option("--cluster", "address", default=None,
                     help="Address of a Dask scheduler, tcp://HOST:PORT, instead of processes here."),
        click.option("--figure", default="ttf_eur_mwh", show_default=True, help="Figure that is explained."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


@ensemble.command()
@_run_options
@solve_options
@output_options
def run(
    design: str, draws: int | None, address: str | None, figure: str, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> int:  # fmt: skip
    """Solve every draw of DESIGN that is not stored yet.

    Exit code 0 if every draw is certified, 4 if some failed, 3 if all did.
    """
    return _run(design, draws, address, figure, dataset, solver, workspace, workers, as_json, out, is_resumed=False)


@ensemble.command()
@_run_options
@solve_options
@output_options
def resume(
    design: str, draws: int | None, address: str | None, figure: str, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> int:  # fmt: skip
    """Go on with DESIGN where it was stopped; an error if it was never begun, or has changed since."""
    return _run(design, draws, address, figure, dataset, solver, workspace, workers, as_json, out, is_resumed=True)


@ensemble.command()
@click.argument("design")
@click.option("--draws", type=click.IntRange(1), default=None, help="Number of draws [default: the design's].")
@click.option("--figure", default="ttf_eur_mwh", show_default=True, help="Figure that is explained.")
@solve_options
@output_options
def report(
    design: str, draws: int | None, figure: str, dataset: str | None, solver: str, workspace: str | None,
    workers: int, as_json: bool, out: str | None,
) -> int:  # fmt: skip
    """Say what the draws of DESIGN that are solved so far mean: quantiles, causes, limits that bind."""
    from linepack.api.draws import known_figure, solved_draws

    explained = known_figure(figure)
    found = solved_draws(design, draws=draws, system=dataset, solver=solver, workspace=workspace)
    return _show(found, explained, as_json=as_json, out=out)


def _run(
    design: str, draws: int | None, address: str | None, figure: str, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None, *, is_resumed: bool,
) -> int:  # fmt: skip
    from linepack.api.draws import known_figure, run_design, solved_draws

    explained = known_figure(figure)
    if is_resumed:
        kept = solved_draws(design, draws=draws, system=dataset, solver=solver, workspace=workspace)
        click.echo(f"{len(kept.certified)} rows are solved already", err=True)
    found = run_design(design, draws=draws, system=dataset, solver=solver, workspace=workspace, workers=workers,
                       address=address, on_progress=_show_progress)  # fmt: skip
    click.echo(f"rows are in {found.folder}", err=True)
    return _show(found, explained, as_json=as_json, out=out)


def _show_progress(progress: Progress) -> None:
    from linepack.cli.options import show_progress

    if progress.done <= 3 or progress.done % SHOWN_EVERY == 0 or progress.done == progress.total or progress.error:
        show_progress(progress)


def _show(found: Ensemble, figure: str, *, as_json: bool, out: str | None) -> int:
    from linepack.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, EXIT_PARTIAL
    from linepack.report.ensemble_text import ensemble_content, ensemble_text, write_ensemble

    if out is not None:
        for path in write_ensemble(found, figure, Path(out)):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(ensemble_content(found, figure))
    else:
        click.echo(ensemble_text(found, figure))
    if found.certified.empty:
        return EXIT_NOT_CERTIFIED
    return EXIT_DONE if len(found.certified) == len(found.rows) else EXIT_PARTIAL
