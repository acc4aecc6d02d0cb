"""``doctor``: is this installation able to work?"""

from __future__ import annotations

import click

from linepack.cli.options import print_json


@click.command()
@click.option("--workspace", type=click.Path(file_okay=False), envvar="LINEPACK_WORKSPACE",
              help="Folder that keeps runs [default: linepack-results].")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def doctor(workspace: str | None, as_json: bool) -> int:
    """Try Python, libraries, every solver, the workspace, the datasets and the page, and say what to mend.

    Exit code 4 if a part is broken; a missing part that linepack works without leaves it at 0.
    """
    from dataclasses import asdict

    from linepack.api.checks import findings, is_broken
    from linepack.errors import EXIT_DONE, EXIT_PARTIAL
    from linepack.report.doctor import findings_text

    found = findings(workspace)
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        click.echo(findings_text(found))
    return EXIT_PARTIAL if is_broken(found) else EXIT_DONE
