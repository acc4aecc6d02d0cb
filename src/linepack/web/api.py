"""The HTTP API over the run store. Every answer is JSON or CSV; every error has the envelope of ``linepack.errors``."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from linepack.api.choices import consequences, decisions_content
from linepack.api.drafts import (
    Case,
    available_cases,
    draft_from_yaml,
    draft_to_yaml,
    packaged_case,
    scenario_of,
)
from linepack.api.market import GasSystem, Scenario, load_system
from linepack.api.statutes import chosen_law, consents_on, law_rows, plain_consents, plain_law
from linepack.api.stored import NOT_SOLVED, Run, run_digest, stored_run
from linepack.errors import InputError, LinepackError, NotCertified
from linepack.report.brief import run_content
from linepack.report.forms import editor_content
from linepack.report.page_data import plain, run_series
from linepack.report.run_report import compare_content
from linepack.report.text import csv_text
from linepack.web.drafts import SavedDrafts, Work
from linepack.web.jobs import Job, JobQueue
from linepack.web.pages import Document, Pages
from linepack.web.workers import Workers

LOOK_EVERY_S = 0.25
HEX = frozenset("0123456789abcdef")
NOT_FOUND = ("unknown-case", "unknown-scenario", "unknown-run", "unknown-job", "unknown-table", "unknown-path",
             "unknown-asset")
BUSY = ("queue-full",)


@dataclass
class Service:
    """What the endpoints share: workspace, queue, workers, and datasets, forms and pages that were made before."""

    workspace: Path
    solver: str
    workers: Workers
    queue: JobQueue
    ledger: Path | None = None
    systems: dict[str, GasSystem] = field(default_factory=dict)
    editors: dict[str, bytes] = field(default_factory=dict)
    reading: threading.Lock = field(default_factory=threading.Lock)
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        self.pages = Pages(self.workspace, self.ledger, self.system)

    def system(self, name: str) -> GasSystem:
        """Return a dataset; read once, however many ask at the same time; one that is there is not waited for."""
        if name in self.systems:
            return self.systems[name]
        with self.reading:
            if name not in self.systems:
                self.systems[name] = load_system(name)
            return self.systems[name]

    def digest(self, scenario: Scenario) -> str:
        """Return the digest of a scenario's run."""
        return run_digest(self.system(scenario.dataset), scenario, self.solver)

    def submit(self, work: Work) -> Job:
        """Return the job of some work; it is done at once if its run is stored."""
        scenario = work.scenario()
        digest = self.digest(scenario)
        job = self.queue.add(digest, work, scenario.title, is_stored=stored_run(self.workspace, digest) is not None)
        self.workers.wake()
        return job

    def page(self, case: Case) -> Document:
        """Return the page's document of a case. Errors: ``InputError`` if not all of it is solved."""
        return self.pages.document(case, [self.digest(scenario) for scenario in case.scenarios])

    def editor(self, dataset: str) -> bytes:
        """Return the forms of the scenario editor and the names they choose from, as JSON; made once."""
        if dataset not in self.editors:
            self.editors[dataset] = json.dumps(editor_content(self.system(dataset)), ensure_ascii=False).encode()
        return self.editors[dataset]

    def warm(self) -> None:
        """Make the documents of all cases that are solved, so that the first view does not wait for them."""
        for name in reversed(available_cases()):
            with contextlib.suppress(LinepackError):
                self.page(packaged_case(name))
                self.editor(packaged_case(name).scenarios[0].dataset)

    def run(self, digest: str) -> Run:
        """Return a stored run. Errors: ``InputError`` if there is none."""
        found = stored_run(self.workspace, digest) if len(digest) == 64 and set(digest) <= HEX else None
        if found is None:
            raise InputError("unknown-run", f"there is no run '{digest[:64]}'", keys=[digest[:64]])
        return found


def routes(service: Service) -> list[Route]:
    """Return the routes of the API."""

    def get(path: str, answer: Callable[..., Any]) -> Route:
        return Route(path, _endpoint(service, answer), methods=["GET"])

    def post(path: str, answer: Callable[..., Any]) -> Route:
        return Route(path, _endpoint(service, answer), methods=["POST"])

    return [
        get("/api/health", health),
        get("/api/cases", cases),
        get("/api/cases/{case}/page", page),
        post("/api/cases/{case}/runs", solve_case),
        get("/api/cases/{case}/editor", editor),
        get("/api/cases/{case}/decisions", decisions),
        post("/api/cases/{case}/check", check),
        post("/api/cases/{case}/solve", solve_draft),
        post("/api/drafts/yaml", to_yaml),
        post("/api/drafts/json", to_json),
        get("/api/drafts", saved),
        get("/api/drafts/{name}", load_draft),
        Route("/api/drafts/{name}", _endpoint(service, save_draft), methods=["PUT"]),
        get("/api/jobs/{job}", job_state),
        Route("/api/jobs/{job}", _endpoint(service, cancel_job), methods=["DELETE"]),
        Route("/api/jobs/{job}/events", _events(service), methods=["GET"]),
        get("/api/runs/{run}", run_record),
        get("/api/runs/{run}/page", run_page),
        get("/api/runs/{run}/tables/{table}.csv", run_table),
        get("/api/compare/{base}/{other}", compare),
        get("/api/law", law),
        get("/api/consents/{asset}", consents_of),
    ]


def _endpoint(service: Service, answer: Callable[..., Any]) -> Callable[[Request], Any]:
    """Return the ASGI function of an endpoint: reads the body, works in a thread, turns errors into the envelope."""

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        try:
            body = await _json_body(request) if request.method in ("POST", "PUT") else {}
            result = await run_in_threadpool(answer, service, request, body)
        except LinepackError as error:
            return error_response(error)
        return result if isinstance(result, Response) else JSONResponse(result)

    return endpoint


async def _json_body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError("not-json", f"the body is no JSON: {error}"[:300]) from error
    if not isinstance(body, dict):
        raise InputError("not-json", "the body must be a JSON object")
    return body


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def error_response(error: LinepackError) -> JSONResponse:
    """Return the error envelope with a fitting status: 404 not there, 503 busy, 422 not certified, else 400."""
    code = error.issue.code
    if isinstance(error, NotCertified):
        return JSONResponse(error.as_dict(), status_code=422)
    status = 404 if code in NOT_FOUND else 503 if code in BUSY else 409 if code == NOT_SOLVED else 400
    return JSONResponse(error.as_dict(), status_code=status)


async def http_error(request: Request, error: Exception) -> Response:
    """Return the envelope for what the router refuses."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "unknown-path", 405: "wrong-method"}.get(status, "refused")
    shown = InputError(code, f"{request.method} {request.url.path[:200]}: {getattr(error, 'detail', 'refused')}")
    headers = dict(getattr(error, "headers", None) or {})
    return JSONResponse(shown.as_dict(), status_code=status, headers=headers)


async def internal_error(request: Request, error: Exception) -> Response:
    """Return the envelope for a fault of ours, without its traceback."""
    shown = LinepackError("internal", f"{request.method} {request.url.path[:200]} failed: {type(error).__name__}",
                          hint="the server's own output says more")  # fmt: skip
    return JSONResponse(shown.as_dict(), status_code=500)


def health(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return that the server lives, and how many jobs are in which state."""
    return {"ok": True, "jobs": service.queue.counts()}


def cases(service: Service, request: Request, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the cases and their scenarios."""
    return [
        {"case": c.name, "title": c.title, "question": c.question,
         "scenarios": [{"name": s.name, "title": s.title, "why": s.why} for s in c.scenarios]}
        for c in map(packaged_case, available_cases())
    ]  # fmt: skip


def _case(request: Request) -> Case:
    return packaged_case(request.path_params["case"])


def page(service: Service, request: Request, body: Mapping[str, Any]) -> Response:
    """Return what the page shows of a case. 409 with the missing scenarios if not all are solved."""
    document = service.page(_case(request))
    headers = {"vary": "Accept-Encoding", "etag": f'"{document.name}"', "cache-control": "no-cache"}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(document.packed, media_type="application/json", headers=headers)
    return Response(gzip.decompress(document.packed), media_type="application/json", headers=headers)


def solve_case(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Queue every scenario of a case that is not solved; return the jobs of all."""
    case = _case(request)
    return {"jobs": [service.submit(Work(case.name, s.name)).as_dict() for s in case.scenarios]}


def editor(service: Service, request: Request, body: Mapping[str, Any]) -> Response:
    """Return the forms of the scenario editor and the names they choose from; a process is made ready for a run."""
    dataset = _case(request).scenarios[0].dataset
    service.workers.prepare(dataset)
    return Response(service.editor(dataset), media_type="application/json")


def decisions(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each body may decide on a day, under the law as known on ``known_on`` (default: all of it)."""
    _case(request)
    known = request.query_params.get("known_on", "")
    return decisions_content(_day(request), _as_day(known, "known_on") if known else None)


def check(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a draft would change and what follows from its decisions, without solving it."""
    scenario = scenario_of(request.path_params["case"], _mapping(body, "draft"))
    content = scenario.content()
    follows = consequences(scenario, service.system(scenario.dataset))
    return {"name": scenario.name, "patches": plain(content["patches"]), **plain(follows)}


def solve_draft(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Queue a draft; return its job."""
    draft = _mapping(body, "draft")
    scenario = scenario_of(request.path_params["case"], draft)
    return service.submit(Work(request.path_params["case"], scenario.name, draft)).as_dict()


def to_yaml(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft as YAML text."""
    return {"yaml": draft_to_yaml(_mapping(body, "draft"))}


def to_json(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return YAML text as a draft, checked against its case; errors name the line."""
    text, case = _text(body, "yaml"), _text(body, "case")
    draft = draft_from_yaml(text)
    scenario_of(case, draft, text=text)
    return {"draft": draft}


def saved(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names of saved drafts."""
    return {"names": SavedDrafts(service.workspace).names()}


def load_draft(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a saved draft as JSON and as YAML."""
    text = SavedDrafts(service.workspace).load(request.path_params["name"])
    return {"draft": draft_from_yaml(text), "yaml": text}


def save_draft(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Keep a draft under a name, as YAML; it must be a scenario that can be read."""
    draft = _mapping(body, "draft")
    scenario_of(_text(body, "case"), draft)
    SavedDrafts(service.workspace).save(request.path_params["name"], draft_to_yaml(draft))
    return {"saved": request.path_params["name"]}


def _job(service: Service, name: str) -> Job:
    found = service.queue.find(name)
    if found is None:
        raise InputError("unknown-job", f"there is no job '{name[:64]}'", keys=[name[:64]])
    return found


def job_state(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a job stands."""
    return _job(service, request.path_params["job"]).as_dict()


def cancel_job(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Cancel a job that waits or runs."""
    _job(service, request.path_params["job"])
    job = service.queue.cancel(request.path_params["job"])
    assert job is not None
    return job.as_dict()


def _events(service: Service) -> Callable[[Request], Any]:
    """Return the endpoint that sends a job's state as server-sent events until it is over."""

    async def stream(job: Job) -> AsyncIterator[str]:
        told = ""
        while True:
            text = json.dumps(job.as_dict())
            if text != told:
                yield f"data: {text}\n\n"
                told = text
            if job.state.is_over:
                return
            await asyncio.sleep(LOOK_EVERY_S)
            job = await run_in_threadpool(_job, service, job.digest)

    async def events(request: Request) -> Response:
        try:
            job = await run_in_threadpool(_job, service, request.path_params["job"])
        except LinepackError as error:
            return error_response(error)
        return StreamingResponse(stream(job), media_type="text/event-stream", headers={"cache-control": "no-store"})

    return events


def run_record(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the record of a run and the names of its tables."""
    run = service.run(request.path_params["run"])
    return {"record": plain(dict(run.record)), "tables": list(run.tables)}


def run_page(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run as the page shows it; changes are taken from the run named by ``base``, if given."""
    run = service.run(request.path_params["run"])
    base = service.run(request.query_params.get("base", run.digest))
    return {"scenario": plain(run_content(run, base)), "series": plain(run_series(run))}


def run_table(service: Service, request: Request, body: Mapping[str, Any]) -> Response:
    """Return a table of a run as CSV."""
    run, table = service.run(request.path_params["run"]), request.path_params["table"]
    if table not in list(run.tables):
        raise InputError("unknown-table", f"there is no table '{table[:60]}'", hint=f"one of {', '.join(run.tables)}")
    return Response(csv_text(run.tables[table]), media_type="text/csv; charset=utf-8",
                    headers={"content-disposition": f'attachment; filename="{table}.csv"'})  # fmt: skip


def compare(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what differs between two runs; ``table`` adds the mean changes of a table."""
    base, other = service.run(request.path_params["base"]), service.run(request.path_params["other"])
    return plain(compare_content(base, other, request.query_params.get("table")))


def _day(request: Request) -> date:
    return _as_day(request.query_params.get("on", ""), "on")


def _as_day(text: str, key: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("bad-date", f"'{text[:40]}' is no day", keys=[key],
                         hint=f"write ?{key}=YYYY-MM-DD, for example 2025-03-13") from None  # fmt: skip


def law(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the instruments in force on a day."""
    return plain_law(*law_rows(chosen_law(), _day(request)))


def consents_of(service: Service, request: Request, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gates of an asset on a day, and the smallest sets of bodies that must agree."""
    return plain_consents(consents_on(chosen_law(), request.path_params["asset"], _day(request)))


def _mapping(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    if not isinstance(value, Mapping):
        raise InputError("missing-key", f"'{key}' is missing or no object", keys=[key])
    return value


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str):
        raise InputError("missing-key", f"'{key}' is missing or no text", keys=[key])
    return value
