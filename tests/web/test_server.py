"""The server as a program: who may ask, what it answers, and what a kill leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from linepack.report.html import front_end_is_there
from linepack.web.guard import is_loopback
from linepack.web.openapi import OPERATIONS, openapi_document

CASE = "reference-2025"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """``linepack serve`` in a process of its own."""

    def __init__(self, workspace: Path, *options: str) -> None:
        if not front_end_is_there():
            pytest.fail("the page was not built into the package; ./run builds it")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "linepack", "serve", "--port", str(self.port), "--workspace", str(workspace),
                   "--workers", "1", *options]  # fmt: skip
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                assert self.process.poll() is None, "the server stopped"
                time.sleep(0.1)

    def ask(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:  # fmt: skip
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        named = dict(headers or {})
        if data is not None:
            named.setdefault("content-type", "application/json")
        request = urllib.request.Request(self.address + path, data=data, method=method, headers=named)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("workspace"))
    yield started
    started.stop()


def draft(k: int) -> dict[str, Any]:
    return {"draft": {"scenario": f"run-{k}", "patches": [
        {"name": "less", "do": "supply", "why": "w", "resources": "QA_LNG", "factor": 1 - k / 100}]}}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("GET", "/", None, {"host": "evil.example"}, 421, "wrong-host"),
        ("GET", "/api/cases", None, {"origin": "http://evil.example"}, 403, "wrong-origin"),
        ("POST", f"/api/cases/{CASE}/solve", draft(1), {"content-type": "text/plain"}, 415, "not-json"),
        ("GET", "/api/nothing", None, {}, 404, "unknown-path"),
        ("GET", "/static/..%2Fserver.py", None, {}, 404, "unknown-path"),
        ("GET", "/static/source.sha256", None, {}, 404, "unknown-path"),
        ("GET", "/api/drafts/..%2F..%2Fetc%2Fpasswd", None, {}, 404, "unknown-path"),
        ("GET", "/api/drafts/nothing", None, {}, 404, "unknown-scenario"),
        ("GET", "/api/runs/..", None, {}, 404, "unknown-run"),
        ("GET", "/api/jobs/1", None, {}, 404, "unknown-job"),
        ("GET", "/api/cases/no-such/page", None, {}, 404, "unknown-case"),
        ("GET", "/api/cases/%2e%2e/page", None, {}, 400, "bad-name"),
        ("GET", f"/api/cases/{CASE}/page", None, {}, 409, "not-solved"),
        ("GET", "/api/law?on=yesterday", None, {}, 400, "bad-date"),
        ("GET", "/api/consents/NS9?on=2025-03-13", None, {}, 404, "unknown-asset"),
        ("PUT", "/api/health", {}, {}, 405, "wrong-method"),
        ("POST", f"/api/cases/{CASE}/solve", {"draft": []}, {}, 400, "missing-key"),
        ("POST", f"/api/cases/{CASE}/solve", [1], {}, 400, "not-json"),
        ("POST", "/api/drafts/json", {"case": CASE, "yaml": "a: b: c"}, {}, 400, "unreadable"),
    ],
)
def test_refusals_carry_the_envelope(
    server: Server, method: str, path: str, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    """Every refusal has its status and the same envelope as the command line."""
    found, content = server.ask(method, path, body, headers=headers)
    assert (found, content["error"]["code"]) == (status, code)
    assert content["issues"][0]["message"]


def test_bodies_have_a_limit(server: Server) -> None:
    assert server.ask("POST", "/api/drafts/yaml", raw=b" " * 300_000)[0] == 413
    assert server.ask("POST", "/api/drafts/yaml", raw=b'{"draft": NaN}')[0] == 400
    assert server.ask("POST", "/api/drafts/yaml", raw=b"[" * 100_000)[0] == 400


def test_answers_forbid_scripts_of_others(server: Server) -> None:
    with urllib.request.urlopen(server.address, timeout=30) as answer:
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


def test_law_is_answered(server: Server) -> None:
    """On 13 March 2025 string B was closed, and the Cantonal Court of Zug held one of its gates."""
    status, content = server.ask("GET", "/api/consents/NS2_B?on=2025-03-13")
    assert status == 200
    answer = json.loads(content)
    assert answer["is_open"] is False
    assert any("CH_ZUG" in gate["holders"] for gate in answer["gates"])
    assert json.loads(server.ask("GET", "/api/law?on=2025-03-13")[1])["instruments"]


def test_the_api_is_described(server: Server) -> None:
    status, content = server.ask("GET", "/api/openapi.json")
    assert status == 200
    assert content.decode() == openapi_document()
    assert set(json.loads(content)["paths"]) == {path for path, *_ in OPERATIONS}


def test_fifty_clients_are_answered(server: Server) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: server.ask("GET", "/api/cases")[0], range(200)))
    assert answers == [200] * 200


def test_token_is_asked_for_and_taken(tmp_path: Path) -> None:
    started = Server(tmp_path, "--token", "s3cret")
    try:
        assert started.ask("GET", "/api/cases")[0] == 401
        assert started.ask("GET", "/api/cases", headers={"authorization": "Bearer wrong"})[0] == 401
        assert started.ask("GET", "/api/cases", headers={"authorization": "Bearer s3cret"})[0] == 200
        assert started.ask("GET", "/api/cases", headers={"cookie": "linepack_token=s3cret"})[0] == 200
    finally:
        started.stop()


def test_loopback_is_known() -> None:
    assert [is_loopback(h) for h in ("127.0.0.1", "localhost", "::1", "[::1]")] == [True] * 4
    assert [is_loopback(h) for h in ("0.0.0.0", "::", "192.168.1.4", "example.org", "127.0.0.1.example.org")] == [
        False] * 5  # fmt: skip


def test_nothing_is_lost_or_done_twice_by_a_kill(tmp_path: Path) -> None:
    """Three runs and one that is cancelled; the server is killed in the middle; a new one finishes the three."""
    first = Server(tmp_path)
    jobs = []
    for k in range(1, 5):
        status, content = first.ask("POST", f"/api/cases/{CASE}/solve", draft(k))
        assert status == 200
        jobs.append(json.loads(content)["job"])
    assert json.loads(first.ask("POST", f"/api/cases/{CASE}/solve", draft(1))[1])["job"] == jobs[0]
    assert json.loads(first.ask("DELETE", f"/api/jobs/{jobs[3]}")[1])["state"] == "cancelled"
    time.sleep(1.0)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    second = Server(tmp_path)
    try:
        states = {}
        for _ in range(1200):
            states = {j: json.loads(second.ask("GET", f"/api/jobs/{j}")[1])["state"] for j in jobs}
            if all(s in ("done", "failed", "cancelled") for s in states.values()):
                break
            time.sleep(0.1)
        assert list(states.values()) == ["done", "done", "done", "cancelled"]
        assert len(list((tmp_path / "runs").glob("[!.]*"))) == 3
        assert second.ask("GET", f"/api/runs/{jobs[0]}/tables/hub_prices.csv")[1].startswith(b"node,")
        assert second.ask("GET", f"/api/compare/{jobs[0]}/{jobs[1]}?table=flows")[0] == 200
    finally:
        second.stop()


def test_a_workspace_has_one_server(server: Server, tmp_path: Path) -> None:
    holder = Server(tmp_path)
    try:
        command = [sys.executable, "-m", "linepack", "serve", "--port", str(free_port()), "--workspace", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 2
        assert "workspace-in-use" in done.stderr
    finally:
        holder.stop()
