"""``plausibility``: small and large questions, the model beside what is expected."""

from __future__ import annotations

import click

from linepack.cli.options import output_options, print_json, settings_of, show_progress, solve_options


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

    from linepack.errors import EXIT_DONE, EXIT_PARTIAL
    from linepack.plausibility.run import Verdict
    from linepack.plausibility.run import plausibility as run
    from linepack.report.plausibility import plausibility_content, plausibility_text
    from linepack.report.text import csv_text
    from linepack.runs.store import RunStore
    from linepack.runs.store import workspace as folder_of
    from linepack.scenario.scenario import load_scenario
    from linepack.system.dataset import load_dataset

    base = load_scenario("reference-2025/reference")
    store = RunStore(folder_of(workspace) / "plausibility")
    frame = run(load_dataset(dataset or base.dataset), base, store, settings=settings_of(solver), workers=workers,
                on_progress=show_progress)  # fmt: skip
    if out is not None:
        path = Path(out) / "plausibility.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(csv_text(frame), encoding="utf-8")
        click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(plausibility_content(frame))
    else:
        click.echo(plausibility_text(frame))
    return EXIT_PARTIAL if (frame["verdict"] == Verdict.OUTSIDE).any() else EXIT_DONE
