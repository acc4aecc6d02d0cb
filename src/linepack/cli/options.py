"""Options that several commands share, and how progress is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from linepack.api.market import GasSystem, Progress, Scenario

F = TypeVar("F", bound=Callable[..., Any])


def output_options(function: F) -> F:
    """Add ``--json`` and ``--out``."""
    function = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(function)
    return click.option("--out", type=click.Path(file_okay=False), help="Folder to write to.")(function)


def solve_options(function: F) -> F:
    """Add ``--dataset``, ``--solver``, ``--workspace`` and ``--workers``."""
    options = (
        click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's]."),
        click.option("--solver", default="auto", show_default=True, help="auto, native, piqp, hipo or clarabel."),
        click.option("--workspace", type=click.Path(file_okay=False), envvar="LINEPACK_WORKSPACE",
                     help="Folder that keeps runs [default: linepack-results]."),
        click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True,
                     help="Processes that solve."),
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def conduct_option(function: F) -> F:
    """Add ``--conduct``: conduct of all sellers with market power."""
    known = click.Choice(["competitive", "calibrated", "cournot"])
    option = click.option("--conduct", type=known, default=None,
                          help="Conduct of all sellers with market power [default: the dataset's].")  # fmt: skip
    return option(function)


def demand_option(function: F) -> F:
    """Add ``--demand``: the shape of all demand that is a straight line."""
    option = click.option("--demand", type=click.Choice(["isoelastic", "exponential"]), default=None,
                          help="Shape of demand that is a straight line [default: as it is].")  # fmt: skip
    return option(function)


def slopes_option(function: F) -> F:
    """Add ``--slopes``: where the slopes that sellers believe in are from."""
    option = click.option("--slopes", type=click.Choice(["given", "measured"]), default=None,
                          help="Slopes that sellers with market power believe in: given, or measured in the regime "
                          "[default: given].")  # fmt: skip
    return option(function)


def show_closure(system: GasSystem, scenario: Scenario) -> None:
    """Write the supply-demand closure of a scenario to stderr."""
    from linepack.report.closure import closure_text

    click.echo(closure_text(system, scenario), err=True)


def show_progress(progress: Progress) -> None:
    """Write one line to stderr for each scenario that is done."""
    how = f"failed: {progress.error}" if progress.error else "kept from before" if progress.is_cached else "solved"
    left = (
        f", about {progress.seconds_left:.0f} s left"
        if progress.done < progress.total and not progress.is_cached
        else ""
    )
    click.echo(f"[{progress.done}/{progress.total}] {progress.scenario}: {how}{left}", err=True)


def print_json(content: object) -> None:
    """Print JSON to stdout."""
    from linepack.report.text import json_text

    click.echo(json_text(content), nl=False)
