"""``serve``: the page and the HTTP API."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Port to listen on.")
@click.option("--solver", default="auto", show_default=True, help="auto, native, piqp, hipo or clarabel.")
@click.option("--workspace", type=click.Path(file_okay=False), envvar="LINEPACK_WORKSPACE",
              help="Folder that keeps runs [default: linepack-results].")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that solve.")
@click.option("--token", envvar="LINEPACK_TOKEN", default=None,
              help="Token that callers must show [default: none on loopback, else made anew].")  # fmt: skip
@click.option("--ledger", type=click.Path(dir_okay=False), envvar="LINEPACK_LEDGER", default=None,
              help="Ledger whose articles and claims are shown [default: ledger.sqlite of the workspace].")  # fmt: skip
def serve(
    host: str, port: int, solver: str, workspace: str | None, workers: int, token: str | None, ledger: str | None
) -> None:
    """Serve the page: see the cases, change a scenario, solve it, compare, share.

    On this machine only, unless --host says otherwise; then callers need the token that is printed.
    """
    import secrets
    from pathlib import Path

    import uvicorn

    from linepack.api.market import solve_settings
    from linepack.api.stored import folder_of
    from linepack.web.guard import is_loopback
    from linepack.web.server import ServerSettings, access_of, make_app, only_server_of

    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    root = folder_of(workspace).resolve()
    with only_server_of(root):
        settings = ServerSettings(root, solve_settings(solver).solver, workers, access_of(host, port, token),
                                  Path(ledger) if ledger else None)  # fmt: skip
        app = make_app(settings)
        query = f"?token={token}" if token else ""
        click.echo(f"linepack serves http://{host}:{port}/{query} from {root}; Ctrl+C stops it", err=True)
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, timeout_graceful_shutdown=2,
                    limit_concurrency=400)  # fmt: skip
