"""``why`` and ``leakage``."""

from __future__ import annotations

from datetime import datetime

import click

from linepack.cli.options import print_json, show_progress

WORKSPACE = click.option("--workspace", type=click.Path(file_okay=False), envvar="LINEPACK_WORKSPACE",
                         help="Folder that keeps runs [default: linepack-results].")  # fmt: skip
DATASET = click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's].")
ROWS = click.option("--rows", type=click.IntRange(1), default=10, show_default=True, help="Causes to show.")


@click.command()
@click.argument("what")
@click.option("--in", "--scenario", "scenario", default="us-gazprom-2025/status-quo", show_default=True,
              help="Scenario.")
@click.option("--period", default=None, help="Period of a price, for example 2025-12 [default: the whole horizon].")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day of a flow [default: the first].")
@ROWS
@WORKSPACE
@DATASET
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text (prices only).")
def why(what: str, scenario: str, period: str | None, on: datetime | None, rows: int, workspace: str | None,
        dataset: str | None, as_json: bool) -> None:  # fmt: skip
    """Explain WHAT: a price (TTF, JKM, a node), a flow (an arc), or a scenario against the one given with --in."""
    from linepack.api.reasons import Asked, explain
    from linepack.report.why import why_change_text, why_content, why_flow_text, why_price_text

    day = None if on is None else on.date()
    answer = explain(what, scenario, period=period, on=day, system=dataset, workspace=workspace,
                     on_progress=show_progress)  # fmt: skip
    if answer.other is not None:
        click.echo(why_change_text(answer.run, answer.other, rows))
    elif answer.kind is Asked.FLOW:
        click.echo(why_flow_text(answer.scenario, answer.run, what, day, list(answer.table["reason"])))
    elif as_json:
        print_json(why_content(answer.table))
    else:
        click.echo(why_price_text(answer.run, what, period, answer.table, rows))


@click.command()
@click.argument("base")
@click.argument("other")
@click.option("--origin", default="RU", show_default=True, help="Country whose gas is kept out; ',' between several.")
@click.option("--into", default="EU27", show_default=True, help="Region or countries, ',' between them.")
@WORKSPACE
@DATASET
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def leakage(base: str, other: str, origin: str, into: str, workspace: str | None, dataset: str | None, as_json: bool
            ) -> None:  # fmt: skip
    """Show where gas that OTHER keeps out goes instead, and what replaces it, against BASE."""
    from dataclasses import asdict

    from linepack.api.reasons import barred_account
    from linepack.report.why import leakage_text

    found = barred_account(base, other, origin=origin, into=into, system=dataset, workspace=workspace,
                           on_progress=show_progress)  # fmt: skip
    if as_json:
        print_json({"base": found.base.name, "other": found.other.name, "origin": origin, "into": into,
                    **asdict(found.account)})  # fmt: skip
    else:
        click.echo(leakage_text(found.base, found.other, found.account, origin, into))
