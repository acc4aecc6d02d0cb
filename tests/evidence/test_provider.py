"""The optional model provider, against a small server on the loopback that answers as told."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from linepack.errors import InputError
from linepack.evidence.document import Document, read_document
from linepack.evidence.provider import ProviderSettings, propose_claims

TEXT = (
    "Gazprom said on Thursday that gas would flow through Nord Stream 2. The ministry in Berlin had "
    "other plans for the pipeline."
)


class Server:
    def __init__(self) -> None:
        self.answers: list[str] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                outer.keys.append(self.headers.get("Authorization", ""))
                body = json.dumps(
                    {"choices": [{"message": {"content": outer.answers.pop(0)}}], "usage": {"total_tokens": 7}}
                ).encode()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def settings(self) -> ProviderSettings:
        return ProviderSettings(f"http://127.0.0.1:{self.http.server_address[1]}/v1", "small", "secret", 5.0)


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def document() -> Document:
    return read_document(TEXT.encode(), published=date(2025, 3, 13))


def test_invented_span_is_dropped(server: Server, document: Document) -> None:
    """One span is in the text and one is not.

    The first is kept with our own reading of it, the second is dropped and named.
    """
    invented = "Gazprom promised free gas."
    server.answers = [
        json.dumps({"claims": [{"text": TEXT[:67], "speaker": "Gazprom"}, {"text": invented, "speaker": ""}]})
    ]
    proposals = propose_claims(document, server.settings)
    assert [claim.text for claim in proposals.claims] == [TEXT[:67]]
    assert proposals.dropped == (invented,)
    assert proposals.claims[0].origin == "model"
    assert proposals.claims[0].dates[0].label == "2025-03-13"


def test_bad_json_is_asked_again(server: Server, document: Document) -> None:
    """Two answers that are no JSON, then one that is: three attempts, tokens of all three."""
    server.answers = ["no", "{claims", json.dumps({"claims": []})]
    proposals = propose_claims(document, server.settings)
    assert (proposals.attempts, proposals.tokens) == (3, 21)


def test_never_readable_json_is_an_error(server: Server, document: Document) -> None:
    """After three unreadable answers the call fails by name."""
    server.answers = ["no"] * 3
    with pytest.raises(InputError, match="bad-answer"):
        propose_claims(document, server.settings)


def test_request_is_plain_and_the_key_stays_hidden(server: Server, document: Document) -> None:
    """Temperature 0, the text as it is, the key in the header only and in no representation."""
    server.answers = [json.dumps({"claims": []})]
    propose_claims(document, server.settings)
    assert server.requests[0]["temperature"] == 0
    assert server.requests[0]["messages"][1]["content"] == TEXT
    assert server.keys == ["Bearer secret"]
    assert "secret" not in repr(server.settings)


def test_answers_are_kept(server: Server, document: Document) -> None:
    """With a cache the second call asks nobody and gives the same claims."""
    server.answers = [json.dumps({"claims": [{"text": TEXT[:67], "speaker": ""}]})]
    cache: dict[str, str] = {}
    first = propose_claims(document, server.settings, cache)
    second = propose_claims(document, server.settings, cache)
    assert (first.claims, second.is_cached, len(server.requests)) == (second.claims, True, 1)


def test_nobody_there(document: Document) -> None:
    """An endpoint that does not answer is an error with a remedy, not a traceback."""
    with pytest.raises(InputError, match="did not answer"):
        propose_claims(document, ProviderSettings("http://127.0.0.1:9/v1", "small", timeout_s=1.0))
