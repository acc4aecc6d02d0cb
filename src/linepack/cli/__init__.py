"""The command line. Commands are imported when called, so that ``linepack --help`` is quick."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from linepack import __version__

if TYPE_CHECKING:
    from linepack.errors import LinepackError

COMMANDS = {
    "brief": ("linepack.cli.brief", "Solve, compare and explain every scenario of a case."),
    "solve": ("linepack.cli.solve", "Solve one scenario and write its tables."),
    "compare": ("linepack.cli.solve", "Show what differs between two scenarios."),
    "why": ("linepack.cli.why", "Explain a price, a flow or the change that a scenario makes."),
    "leakage": ("linepack.cli.why", "Show where barred gas goes instead, and what replaces it."),
    "sellers": ("linepack.cli.solve", "Test whether sellers with market power could gain by selling otherwise."),
    "wedges": ("linepack.cli.solve", "Show what route wedges decide in an answer, and what no price decides."),
    "plausibility": ("linepack.cli.plausibility", "Hold the market to questions whose answers are known in size."),
    "law": ("linepack.cli.law", "Show the instruments in force on a date, and what they bar."),
    "consents": ("linepack.cli.law", "Show what must happen before an asset may flow, and who must say yes."),
    "deal": ("linepack.cli.deal", "Show who gains from a deal, who must agree, who blocks and what unblocks."),
    "odds": ("linepack.cli.odds", "Turn a move of futures into a band of implied probability."),
    "read": ("linepack.cli.read", "Read a news article into claims with speaker, hedge, figures and levers."),
    "ledger": ("linepack.cli.read", "Keep, review, link and export claims."),
    "draft": ("linepack.cli.read", "Draft a scenario from claims."),
    "calibrate": ("linepack.cli.calibrate", "Fit parameters to what was observed, and say what the data can tell."),
    "backtest": ("linepack.cli.backtest", "Hold the model against history, and print errors and missed bars."),
    "ensemble": ("linepack.cli.ensemble", "Run many draws of what is uncertain, and say what they mean."),
    "cases": ("linepack.cli.solve", "List the cases that come with linepack, and their scenarios."),
    "export": ("linepack.cli.export", "Write a run for other tools: CSV, Parquet, IAMC, PyPSA or GeoJSON."),
    "serve": ("linepack.cli.serve", "Serve the page and the HTTP API."),
    "doctor": ("linepack.cli.doctor", "Try solvers, workspace, datasets and page, and say what to mend."),
    "data": ("linepack.cli.data", "List, check and show the facts and their sources."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported on first use; the list and its help need no import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        import difflib

        name = args[0]
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, 1, 0.5)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{name}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="linepack %(version)s")
def linepack() -> None:
    """When gas politics change, what flows, what does it cost, who gains, and who must agree?"""


def main() -> None:
    """Run the command line and exit.

    Codes: 0 done and certified, 1 internal error, 2 bad input, 3 not certified, 4 partial, 130 interrupted.
    """
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors go to stderr, as JSON if ``--json`` was asked for."""
    from linepack.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, InputError, LinepackError

    is_json = "--json" in arguments
    try:
        result = linepack.main(args=arguments, prog_name="linepack", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except LinepackError as error:
        return _report(error, is_json=is_json)
    except click.ClickException as error:
        if is_json:
            return _report(InputError("usage", error.format_message(), hint="linepack --help"), is_json=True)
        error.show()
        return InputError.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what was finished is kept", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("LINEPACK_DEBUG"):
            raise
        message = f"{type(error).__name__}: {error}"
        _report(LinepackError("internal", message, hint="set LINEPACK_DEBUG=1 and report what it shows"),
                is_json=is_json)  # fmt: skip
        return EXIT_INTERNAL


def _report(error: LinepackError, *, is_json: bool) -> int:
    """Write an error to stderr and return its exit code."""
    click.echo(json.dumps(error.as_dict(), indent=1) if is_json else f"error: {error}", err=True)
    return error.exit_code


if __name__ == "__main__":
    main()
