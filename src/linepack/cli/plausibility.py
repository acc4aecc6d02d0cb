"""``plausibility``: small and large questions, the model beside what is expected."""

from __future__ import annotations

import click

from linepack.cli.options import output_options, print_json, show_progress, solve_options


@click.command()
@solve_options
@output_options
def plausibility(
    dataset: str | None, solver: str, workspace: str | None, workers: int, as_json: bool, out: str | None
) -> int:
    """Ask the market of 2025 questions whose answers are known in size, and hold it to them.

    A little gas more or less in every area, world LNG, Nord Stream 2 and who would hold it back, a ban on Russian gas
    and the ships it needs, the Gulf, route wedges. Exit code 4 if a figure is outside its band and no reason is given.
    """
    from pathlib import Path

    from linepack.api.checks import is_outside
    from linepack.api.checks import plausibility as asked
    from linepack.errors import EXIT_DONE, EXIT_PARTIAL
    from linepack.report.plausibility import plausibility_content, plausibility_text, write_plausibility

    frame = asked(system=dataset, solver=solver, workspace=workspace, workers=workers, on_progress=show_progress)
    if out is not None:
        click.echo(f"wrote {write_plausibility(frame, Path(out))}", err=True)
    if as_json:
        print_json(plausibility_content(frame))
    else:
        click.echo(plausibility_text(frame))
    return EXIT_PARTIAL if is_outside(frame) else EXIT_DONE
