"""``solve``, ``compare`` and ``cases``."""

from __future__ import annotations

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
    from linepack.api.market import Run


@click.command()
@click.argument("scenario")
@conduct_option
@demand_option
@slopes_option
@solve_options
@output_options
def solve(
    scenario: str, conduct: str | None, demand: str | None, slopes: str | None, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> None:  # fmt: skip
    """Solve SCENARIO (a YAML file, or CASE/NAME) and print its headline figures.

    Tables are kept in the workspace; --out writes them as CSV as well.
    """
    from linepack.report.run_report import run_content, run_text, write_tables

    run = _solve(scenario, dataset, solver, workspace, conduct, demand, slopes)
    if out is not None:
        for path in write_tables(run, out):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(run_content(run))
    else:
        click.echo(run_text(run))


@click.command()
@click.argument("scenario")
@click.option("--conduct", type=click.FloatRange(0, 1), default=None,
              help="Conduct of every strategic seller [default: the dataset's].")
@click.option("--measured", is_flag=True, help="Measure the slopes in this scenario and use them.")
@click.option("--areas", is_flag=True, help="Measure slopes by area; use the excess where a market is walled off.")
@click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def sellers(
    scenario: str, conduct: float | None, measured: bool, areas: bool, dataset: str | None, as_json: bool
) -> int:
    """Show what each strategic seller of SCENARIO would truly gain by selling otherwise, and the slope it faces.

    Exit code 3 if a seller with conduct 1 gains more than half a per cent.
    """
    from linepack.api.reasons import sellers as studied
    from linepack.errors import EXIT_DONE, EXIT_NOT_CERTIFIED
    from linepack.report.sellers import sellers_content, sellers_text

    study = studied(scenario, conduct=conduct, is_measured=measured, has_areas=areas, system=dataset)
    if as_json:
        print_json(sellers_content(study))
    else:
        click.echo(sellers_text(study))
    return EXIT_DONE if study.is_certified else EXIT_NOT_CERTIFIED


@click.command()
@click.argument("scenario")
@click.option("--against", default=None, help="Also show the change against this scenario at each strength.")
@click.option("--no-ties", is_flag=True, help="Leave out how far flows could move at the same prices (seconds).")
@click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def wedges(scenario: str, against: str | None, no_ties: bool, dataset: str | None, as_json: bool) -> None:
    """Show SCENARIO with route wedges at strength 0, 1 and 2, what they charge by route, and what only they decide."""
    from linepack.api.reasons import wedges as studied
    from linepack.report.wedges import wedges_content, wedges_text

    study = studied(scenario, against=against, has_ties=not no_ties, system=dataset)
    if as_json:
        print_json(wedges_content(study))
    else:
        click.echo(wedges_text(study))


@click.command()
@click.argument("base")
@click.argument("other")
@click.option("--table", default=None, help="Also show the largest changes of a table: hub_prices, flows, sales, ...")
@click.option("--rows", type=click.IntRange(1), default=15, show_default=True, help="Rows of that table to show.")
@conduct_option
@demand_option
@slopes_option
@solve_options
@output_options
def compare(
    base: str, other: str, table: str | None, rows: int, conduct: str | None, demand: str | None,
    slopes: str | None, dataset: str | None, solver: str, workspace: str | None, workers: int, as_json: bool,
    out: str | None,
) -> None:  # fmt: skip
    """Solve BASE and OTHER and show what differs."""
    from linepack.report.run_report import compare_content, compare_text, write_comparison

    runs = [_solve(name, dataset, solver, workspace, conduct, demand, slopes) for name in (base, other)]
    if out is not None:
        for path in write_comparison(runs[0], runs[1], out):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(compare_content(runs[0], runs[1], table))
    else:
        click.echo(compare_text(runs[0], runs[1], table, rows))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def cases(as_json: bool) -> None:
    """List the cases that come with linepack, and their scenarios."""
    from linepack.api.cases import cases as listed

    whole = ["case", "case_title", "question"]
    found = listed().groupby(whole, sort=False)
    if as_json:
        print_json([{"case": case, "title": title, "question": question,
                     "scenarios": rows[["scenario", "title"]].rename(columns={"scenario": "name"}).to_dict("records")}
                    for (case, title, question), rows in found])  # fmt: skip
        return
    for (case, title, _), rows in found:
        click.echo(f"{case}: {title}")
        for row in rows.itertuples():
            click.echo(f"  {case}/{row.scenario}: {row.title}")


def _solve(
    name: str, dataset: str | None, solver: str, workspace: str | None, conduct: str | None, demand: str | None,
    slopes: str | None,
) -> Run:  # fmt: skip
    from linepack.api.market import solve as solved

    return solved(name, conduct=conduct, demand=demand, slopes=slopes, system=dataset, solver=solver,
                  workspace=workspace, on_start=show_closure, on_progress=show_progress)  # fmt: skip
