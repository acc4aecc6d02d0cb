"""``brief``: all scenarios of a case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from linepack.cli.options import (
    conduct_option,
    demand_option,
    output_options,
    print_json,
    show_closure,
    show_progress,
    slopes_option,
    solve_options,
)

if TYPE_CHECKING:
    from linepack.api.cases import Outcome


@click.command()
@click.argument("case", default="us-gazprom-2025")
@click.option("--full", is_flag=True, help="Also compute the band of every headline figure (minutes; it resumes).")
@click.option("--draws", type=click.IntRange(4), default=20, show_default=True, help="Draws of a band.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None,
              help="Use only facts and law that were known on this day.")
@click.option("--ledger", type=click.Path(dir_okay=False, exists=True), envvar="LINEPACK_LEDGER", default=None,
              help="Ledger whose articles and claims are shown [default: ledger.sqlite of the workspace].")
@conduct_option
@demand_option
@slopes_option
@solve_options
@output_options
def brief(
    case: str, full: bool, draws: int, as_of: datetime | None, ledger: str | None, conduct: str | None,
    demand: str | None, slopes: str | None, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> int:  # fmt: skip
    """Solve, compare and explain every scenario of CASE [default: us-gazprom-2025].

    Prints one table and writes one HTML page, Markdown, JSON and CSV. What was solved before is not solved again.
    """
    from linepack.api.cases import brief as answered
    from linepack.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, EXIT_PARTIAL
    from linepack.report.brief import brief_content, brief_text, write_brief

    answer = answered(
        case, draws=draws if full else 0, as_of=None if as_of is None else as_of.date(), conduct=conduct,
        demand=demand, slopes=slopes, system=dataset, solver=solver, workspace=workspace, workers=workers,
        ledger=ledger, on_start=show_closure, on_progress=show_progress, on_failed=_show_failed,
    )  # fmt: skip
    for what in answer.brief.kept.unreadable:
        click.echo(f"left out: {what}", err=True)
    folder = Path(out) if out is not None else answer.folder
    paths = write_brief(answer.brief, folder)
    if as_json:
        print_json(brief_content(answer.brief))
    else:
        click.echo(brief_text(answer.brief))
    click.echo(f"wrote {len(paths)} files to {folder}", err=True)
    if not any(path.suffix == ".html" for path in paths):
        click.echo("brief.html is left out: the page was not built into this package; ./run builds it", err=True)
    if not answer.failed:
        return EXIT_DONE
    codes = {outcome.error.exit_code for outcome in answer.failed if outcome.error is not None}
    return EXIT_NOT_CERTIFIED if codes == {EXIT_NOT_CERTIFIED} else EXIT_PARTIAL


def _show_failed(outcome: Outcome) -> None:
    click.echo(f"error in scenario '{outcome.scenario.name}': {outcome.error}", err=True)
