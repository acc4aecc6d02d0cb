"""``why`` and ``leakage``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from linepack.cli.options import print_json, show_progress

if TYPE_CHECKING:
    from linepack.runs.store import Run
    from linepack.scenario.scenario import Scenario
    from linepack.system.gassystem import GasSystem

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
def why(what: str, scenario: str, period: str | None, on: click.DateTime | None, rows: int, workspace: str | None,
        dataset: str | None, as_json: bool) -> None:  # fmt: skip
    """Explain WHAT: a price (TTF, JKM, a node), a flow (an arc), or a scenario against the one given with --in."""
    from linepack.report.why import (
        Asked,
        asked_about,
        why_change_text,
        why_content,
        why_flow_text,
        why_price,
        why_price_text,
    )

    system, loaded, run = _solved(scenario, dataset, workspace)
    kind = asked_about(system, what)
    if kind is Asked.CHANGE:
        click.echo(why_change_text(run, _solved(what, dataset, workspace)[2], rows))
        return
    if kind is Asked.FLOW:
        day = on.date() if on is not None else None  # type: ignore[attr-defined]
        click.echo(why_flow_text(system, loaded, run, what, day if isinstance(day, date) else None))
        return
    parts = why_price(system, run, what, period)
    if as_json:
        print_json(why_content(parts))
    else:
        click.echo(why_price_text(run, what, period, parts, rows))


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

    from linepack.report.why import leakage_text
    from linepack.results.redirects import barred_origin

    system, _, before = _solved(base, dataset, workspace)
    after = _solved(other, dataset, workspace)[2]
    account = barred_origin(system, before.tables, after.tables, origin.split(","), into.split(","))
    if as_json:
        print_json({"base": before.name, "other": after.name, "origin": origin, "into": into, **asdict(account)})
    else:
        click.echo(leakage_text(before, after, account, origin, into))


def _solved(name: str, dataset: str | None, workspace: str | None) -> tuple[GasSystem, Scenario, Run]:
    from linepack.api.market import solve
    from linepack.scenario.scenario import load_scenario
    from linepack.system.dataset import load_dataset

    scenario = load_scenario(name)
    system = load_dataset(dataset or scenario.dataset)
    return system, scenario, solve(scenario, system=system, workspace=workspace, on_progress=show_progress)
