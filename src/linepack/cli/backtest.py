"""``backtest``: history rerun, ex ante and published studies, with naive forecasts beside them."""

from __future__ import annotations

from pathlib import Path

import click

from linepack.cli.options import print_json


@click.command()
@click.option(
    "--part",
    "parts",
    type=click.Choice(["history", "ex-ante", "studies"]),
    multiple=True,
    help="Only this part; may be given more than once [default: all].",
)
@click.option("--solver", default="auto", show_default=True, help="auto, native, piqp, hipo or clarabel.")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False),
    envvar="LINEPACK_WORKSPACE",
    help="Folder that keeps the fits [default: linepack-results].",
)
@click.option("--page", type=click.Path(dir_okay=False), default=None, help="Write the Markdown page to this file too.")
@click.option("--out", type=click.Path(file_okay=False), default=None, help="Folder to write page, JSON and CSV to.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
def backtest(
    parts: tuple[str, ...], solver: str, workspace: str | None, page: str | None, out: str | None, as_json: bool
) -> None:
    """Hold the model against years it was not fitted to, months it could not know, and studies by others.

    A missed bar is printed with the mechanism that the model lacks; it is not an error. Fits are kept in the workspace,
    so that a second run takes a fraction of the first; the whole is kept there too, for the page.
    """
    from linepack.api.fits import backtest as tested
    from linepack.api.fits import keep_for_page
    from linepack.report.backtest_text import backtest_content, backtest_text, write_backtest, write_page

    result = tested(parts or None, solver=solver, workspace=workspace, on_step=lambda text: click.echo(text, err=True))
    if as_json:
        print_json(backtest_content(result))
    else:
        click.echo(backtest_text(result))
    if not parts:  # a part alone does not take the place of the whole on the page
        click.echo(f"kept {keep_for_page(result, workspace)}", err=True)
    if page is not None:
        write_page(result, Path(page))
        click.echo(f"wrote {page}", err=True)
    if out is not None:
        for path in write_backtest(result, Path(out)):
            click.echo(f"wrote {path}", err=True)
