"""The application and how it is run: the page, the API, the guard in front of both."""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from linepack.errors import InputError
from linepack.report.html import front_end_is_there
from linepack.web.api import Service, http_error, internal_error, routes
from linepack.web.guard import Access, Guard, is_loopback
from linepack.web.jobs import JobQueue
from linepack.web.openapi import openapi_document
from linepack.web.workers import Workers

ASSETS = {"app.js": "text/javascript; charset=utf-8", "app.css": "text/css; charset=utf-8",
          "LICENSES.txt": "text/plain; charset=utf-8"}  # fmt: skip
INDEX = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>linepack</title>
<link rel="stylesheet" href="/static/app.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="app"><p>linepack is loading. It needs JavaScript.</p></div>
<script src="/static/app.js"></script>
</body>
</html>
"""


@dataclass(frozen=True)
class ServerSettings:
    """Where runs are kept, how they are solved, how many at once, who may ask, and a ledger from elsewhere."""

    workspace: Path
    solver: str
    workers: int
    access: Access
    ledger: Path | None = None


def make_app(settings: ServerSettings) -> ASGIApp:
    """Return the application. Errors: ``InputError`` if the package was built without its page."""
    if not front_end_is_there():
        raise InputError("no-front-end", "the page was not built into this package",
                         hint="run ./run, or install linepack from a wheel")  # fmt: skip
    queue = JobQueue(settings.workspace / "jobs.sqlite3")
    workers = Workers(queue, settings.workspace, settings.solver, settings.workers)
    service = Service(settings.workspace, settings.solver, workers, queue, settings.ledger)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        workers.start()
        threading.Thread(target=service.warm, name="first-pages", daemon=True).start()
        try:
            yield
        finally:
            workers.stop()

    async def document(request: Request) -> Response:
        return Response(openapi_document(), media_type="application/json")

    app = Starlette(
        routes=[Route("/", _index), Route("/static/{name}", _asset), Route("/api/openapi.json", document),
                *routes(service)],
        lifespan=lifespan,
        exception_handlers={HTTPException: http_error, Exception: internal_error},
    )  # fmt: skip
    return Guard(GZipMiddleware(app, minimum_size=2000, compresslevel=6), settings.access)


async def _index(request: Request) -> Response:
    return HTMLResponse(INDEX)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:  # no path of the file system is ever made from a request
        raise HTTPException(404, "there is no such file")
    content, packed, tag = _file(name)
    headers = {"cache-control": "no-cache", "etag": tag, "vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=ASSETS[name], headers={**headers, "content-encoding": "gzip"})
    return Response(content, media_type=ASSETS[name], headers=headers)


@cache
def _file(name: str) -> tuple[bytes, bytes, str]:
    """Return a file of the page as it is, compressed, and the name of its content."""
    content = (resources.files("linepack") / "web" / "static" / name).read_bytes()
    return content, gzip.compress(content, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def access_of(host: str, port: int, token: str | None) -> Access:
    """Return who may ask: on loopback by its names only; beyond it anybody with the token."""
    if is_loopback(host):
        return Access(tuple(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]")), token)
    return Access((), token)


@contextlib.contextmanager
def only_server_of(workspace: Path) -> Iterator[None]:
    """Hold the workspace. Errors: ``InputError`` if another server works on it."""
    workspace.mkdir(parents=True, exist_ok=True)
    with open(workspace / ".serve.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError("workspace-in-use", f"another 'linepack serve' works on {workspace}",
                             hint="stop it, or give another --workspace") from None  # fmt: skip
        yield
