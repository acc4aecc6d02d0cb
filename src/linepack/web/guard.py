"""What a request must pass before it is served: host, origin, token, size, kind of content; and the headers of answers.

Host and Origin are checked even on loopback: otherwise any web page that the user has open could talk to the server by
a name that resolves to 127.0.0.1, or post to it across origins.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linepack.errors import InputError

MOST_BODY_BYTES = 256 * 1024
COOKIE = "linepack_token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Access:
    """Who may ask: host names under which the server answers (none: any) and the token, if one is needed."""

    hosts: tuple[str, ...]
    token: str | None = None


class Guard:
    """Wraps the application: refuses what must not pass, and sets the headers."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _Counted(receive)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *((k.encode(), v.encode()) for k, v in HEADERS.items())]
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, with_headers)
            return
        try:
            await self._app(scope, counted, with_headers)
        except _TooLarge:
            await _error(413, "too-large", f"the body is larger than {MOST_BODY_BYTES} bytes")(
                scope, receive, with_headers
            )

    def _refusal(self, scope: Scope) -> JSONResponse | RedirectResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._access.hosts and host not in self._access.hosts:
            return _error(421, "wrong-host", f"this server does not answer for the host '{host[:100]}'",
                          "open it by the address it printed")  # fmt: skip
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return _error(403, "wrong-origin", "another site's page asked; only this server's own page may")
        method = scope["method"]
        if method not in SAFE_METHODS:
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > MOST_BODY_BYTES:
                return _error(413, "too-large", f"the body is larger than {MOST_BODY_BYTES} bytes")
            kind = headers.get("content-type", "").split(";")[0].strip()
            if method in ("POST", "PUT") and kind != "application/json":
                return _error(415, "not-json", "the body must be application/json")
        return self._token_refusal(scope, headers)

    def _token_refusal(self, scope: Scope, headers: Headers) -> JSONResponse | RedirectResponse | None:
        if self._access.token is None:
            return None
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        given = headers.get("authorization", "").removeprefix("Bearer ") or (cookie.value if cookie else "")
        if hmac.compare_digest(given.encode(), self._access.token.encode()):
            return None
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        if scope["path"] == "/" and hmac.compare_digest(asked.encode(), self._access.token.encode()):
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, self._access.token, httponly=True, samesite="strict")
            return answer
        return _error(401, "no-token", "this server needs its token", "open the address that 'linepack serve' printed")


class _TooLarge(Exception):
    pass


class _Counted:
    """Counts the bytes of a body, for bodies that come without a length."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > MOST_BODY_BYTES:
            raise _TooLarge
        return message


def _error(status: int, code: str, message: str, hint: str | None = None) -> JSONResponse:
    return JSONResponse(InputError(code, message, hint=hint).as_dict(), status_code=status)
