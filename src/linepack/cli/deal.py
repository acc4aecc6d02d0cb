"""``deal``: who gains, who must agree, who blocks, and what unblocks."""

from __future__ import annotations

from pathlib import Path

import click

from linepack.cli.options import output_options, print_json, show_progress, solve_options


@click.command()
@click.argument("case")
@click.option("--outsiders", "rules", multiple=True, metavar="RULE",
              help="keep-defaults, best-response or inactive; may be repeated [default: all three].")  # fmt: skip
@click.option("--against", default=None, help="Also show the change from this game: a YAML file or a name.")
@click.option("--reach", default=None, metavar="EFFECT", help="Show the least decisions that bring about an effect.")
@click.option("--target", default=None, metavar="TARGET",
              help="Show the least decisions that reach a figure, e.g. 'ttf_eur_mwh<25' or 'flow_twh_y:NS2_B>=280'.")
@click.option("--published", "is_published", is_flag=True,
              help="Also hold bypass-2009/routes or us-gazprom-2025/routes against published findings.")
@click.option("--variant", default=None, metavar="NAME", help="Hold the deal against another world that it names.")
@click.option("--variants", "is_across", is_flag=True,
              help="One table across all worlds that it names, outsider rules and solution concepts.")
@click.option("--draws", type=click.IntRange(2, 1000), default=None, metavar="N",
              help="Bands over N joint draws of conduct, elasticities, LNG supply and wedges.")
@solve_options
@output_options
def deal(
    case: str, rules: tuple[str, ...], against: str | None, reach: str | None, target: str | None,
    is_published: bool, variant: str | None, is_across: bool, draws: int | None, dataset: str | None, solver: str,
    workspace: str | None, workers: int, as_json: bool, out: str | None,
) -> None:  # fmt: skip
    """Show who gains from CASE, who must agree, who blocks and what unblocks.

    CASE is a YAML file, a name of a game or deal that comes with linepack, or CASE/DEAL. A deal on market runs solves
    one scenario per effect; what was solved before is not solved again.
    """
    from linepack.api.deals import keep_for_page, study
    from linepack.report.deal_report import study_content, study_text, write_study

    found = study(
        case, outsiders=rules, against=against, reach=reach, target=target, is_published=is_published, variant=variant,
        is_across=is_across, draws=draws or 0, system=dataset, solver=solver, workspace=workspace, workers=workers,
        on_progress=show_progress,
    )  # fmt: skip
    kept = keep_for_page(found, case, variant, workspace)
    if kept is not None:
        click.echo(f"kept {kept}", err=True)
    if out is not None:
        for path in write_study(found, Path(out)):
            click.echo(f"wrote {path}", err=True)
    if as_json:
        print_json(study_content(found))
    else:
        click.echo(study_text(found))
