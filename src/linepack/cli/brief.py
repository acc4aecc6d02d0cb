"""``brief``: all scenarios of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from linepack.cli.options import (
    conduct_option,
    output_options,
    print_json,
    settings_of,
    show_closure,
    show_progress,
    solve_options,
    with_conduct,
)


@click.command()
@click.argument("case", default="us-gazprom-2025")
@click.option("--full", is_flag=True, help="Also compute the band of every headline figure (minutes; it resumes).")
@click.option("--draws", type=click.IntRange(4), default=20, show_default=True, help="Draws of a band.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None,
              help="Use only facts and law that were known on this day.")
@click.option("--ledger", type=click.Path(dir_okay=False, exists=True), envvar="LINEPACK_LEDGER", default=None,
              help="Ledger whose articles and claims are shown [default: ledger.sqlite of the workspace].")
@conduct_option
@solve_options
@output_options
def brief(
    case: str, full: bool, draws: int, as_of: datetime | None, ledger: str | None, conduct: str | None,
    dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> int:  # fmt: skip
    """Solve, compare and explain every scenario of CASE [default: us-gazprom-2025].

    Prints one table and writes one HTML page, Markdown, JSON and CSV. What was solved before is not solved again.
    """
    from linepack.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, EXIT_PARTIAL
    from linepack.report.brief import brief_content, brief_text, make_brief, write_brief
    from linepack.report.kept import keep_bands, read_kept
    from linepack.runs.runner import run_scenarios
    from linepack.runs.store import RunStore
    from linepack.runs.store import workspace as folder_of
    from linepack.scenario.scenario import known_on, load_case
    from linepack.system.dataset import load_dataset

    loaded = load_case(case)
    if as_of is not None:
        loaded = known_on(loaded, as_of.date())
    loaded = replace(loaded, scenarios=tuple(with_conduct(scenario, conduct) for scenario in loaded.scenarios))
    system = load_dataset(dataset or loaded.scenarios[0].dataset)
    show_closure(system, loaded.scenarios[0])
    root = folder_of(workspace)
    outcomes = run_scenarios(system, loaded.scenarios, RunStore(root), settings=settings_of(solver), workers=workers,
                             on_progress=show_progress)  # fmt: skip
    failed = [o for o in outcomes if o.error is not None]
    for outcome in failed:
        click.echo(f"error in scenario '{outcome.scenario.name}': {outcome.error}", err=True)
    if outcomes[0].error is not None:
        raise outcomes[0].error
    bands = monthly = None
    if full:
        from linepack.ensemble.bands import price_bands, scenario_bands

        solved, store = [o.scenario for o in outcomes if o.run is not None], RunStore(root / "bands")
        settings = settings_of(solver)
        bands = scenario_bands(system, solved, store, draws=draws, settings=settings, workers=workers,
                               on_progress=show_progress)  # fmt: skip
        monthly = price_bands(system, solved, store, draws=draws, settings=settings, workers=workers)
        keep_bands(root, loaded.name, [o.run.digest for o in outcomes if o.run is not None], bands, monthly)
    kept = read_kept(root, loaded.name, Path(ledger) if ledger else None)
    for what in kept.unreadable:
        click.echo(f"left out: {what}", err=True)
    made = make_brief(loaded, [o.run for o in outcomes if o.run is not None], system, bands, kept, monthly)
    folder = Path(out) if out is not None else root / loaded.name
    paths = write_brief(made, folder)
    if as_json:
        print_json(brief_content(made))
    else:
        click.echo(brief_text(made))
    click.echo(f"wrote {len(paths)} files to {folder}", err=True)
    if not any(path.suffix == ".html" for path in paths):
        click.echo("brief.html is left out: the page was not built into this package; ./run builds it", err=True)
    if len(failed) == 0:
        return EXIT_DONE
    return (
        EXIT_NOT_CERTIFIED if all(o.error and o.error.exit_code == EXIT_NOT_CERTIFIED for o in failed) else EXIT_PARTIAL
    )
