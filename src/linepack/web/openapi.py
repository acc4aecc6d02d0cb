"""The description of the API in OpenAPI 3.1."""

from __future__ import annotations

import json
from typing import Any

from linepack import __version__
from linepack.api.drafts import available_cases
from linepack.api.statutes import chosen_law
from linepack.api.words import Bar, Verb
from linepack.report.forms import FORMS, FieldKind, Form

_NAME = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,59}$"}
_DIGEST = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "case": {"$ref": "#/components/schemas/Case"}, "name": _NAME, "job": _DIGEST, "run": _DIGEST, "base": _DIGEST,
    "other": _DIGEST, "table": {"type": "string", "examples": ["hub_prices"]},
    "asset": {"$ref": "#/components/schemas/Asset"},
}  # fmt: skip
_DRAFT = {"type": "object", "properties": {"draft": {"$ref": "#/components/schemas/Draft"}}, "required": ["draft"]}
_DRAFT_OF_CASE = {"type": "object", "required": ["draft", "case"], "properties": {
    "draft": {"$ref": "#/components/schemas/Draft"}, "case": {"$ref": "#/components/schemas/Case"}}}  # fmt: skip
_YAML = {"type": "object", "required": ["yaml", "case"], "properties": {
    "yaml": {"type": "string", "examples": ["schema: 1\nscenario: mine\npatches: []\n"]},
    "case": {"$ref": "#/components/schemas/Case"}}}  # fmt: skip
_WORD: dict[FieldKind, dict[str, Any]] = {
    FieldKind.NAMES: {"type": ["array", "string"], "items": {"type": "string"}}, FieldKind.NUMBER: {"type": "number"},
    FieldKind.QUANTITY: {"type": "string", "examples": ["15 bcm_20C_RU/y"]}, FieldKind.FLAG: {"type": "boolean"},
    FieldKind.DATE: {"type": "string", "format": "date"}, FieldKind.CHOICE: {"type": "string"},
}  # fmt: skip

# path, method, what it gives, body
OPERATIONS: tuple[tuple[str, str, str, dict[str, Any] | None], ...] = (
    ("/api/health", "get", "Whether the server lives, and jobs by state", None),
    ("/api/cases", "get", "Cases and their scenarios", None),
    ("/api/cases/{case}/page", "get", "What the page shows of a case", None),
    ("/api/cases/{case}/runs", "post", "Solve what is missing of a case", {"type": "object"}),
    ("/api/cases/{case}/editor", "get", "Forms of the scenario editor", None),
    ("/api/cases/{case}/decisions", "get", "What each body may decide on a day", None),
    ("/api/cases/{case}/check", "post", "What a draft would change, and what follows from its decisions", _DRAFT),
    ("/api/cases/{case}/solve", "post", "Solve a draft", _DRAFT),
    ("/api/drafts/yaml", "post", "A draft as YAML", _DRAFT),
    ("/api/drafts/json", "post", "YAML as a draft", _YAML),
    ("/api/drafts", "get", "Names of saved drafts", None),
    ("/api/drafts/{name}", "get", "A saved draft", None),
    ("/api/drafts/{name}", "put", "Save a draft", _DRAFT_OF_CASE),
    ("/api/jobs/{job}", "get", "Where a job stands", None),
    ("/api/jobs/{job}", "delete", "Cancel a job", None),
    ("/api/jobs/{job}/events", "get", "A job's states as server-sent events", None),
    ("/api/runs/{run}", "get", "Record of a run", None),
    ("/api/runs/{run}/page", "get", "A run as the page shows it", None),
    ("/api/runs/{run}/tables/{table}.csv", "get", "A table of a run", None),
    ("/api/compare/{base}/{other}", "get", "What differs between two runs", None),
    ("/api/law", "get", "Instruments in force on a day", None),
    ("/api/consents/{asset}", "get", "Who must agree to an asset on a day", None),
)
_DAY = {"type": "string", "format": "date"}
# path -> query parameters: name, schema, whether it must be given
_QUERY: dict[str, tuple[tuple[str, dict[str, Any], bool], ...]] = {
    "/api/runs/{run}/page": (("base", _DIGEST, False),),
    "/api/compare/{base}/{other}": (("table", {"type": "string"}, False),),
    "/api/law": (("on", _DAY, True),), "/api/consents/{asset}": (("on", _DAY, True),),
    "/api/cases/{case}/decisions": (("on", _DAY, True), ("known_on", _DAY, False)),
}  # fmt: skip
_OTHER_CONTENT = {"/api/jobs/{job}/events": "text/event-stream", "/api/runs/{run}/tables/{table}.csv": "text/csv"}


def openapi_document() -> str:
    """Return the document as JSON text."""
    paths: dict[str, dict[str, Any]] = {}
    for path, method, summary, body in OPERATIONS:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
            for name in _PARAMETERS if f"{{{name}}}" in path
        ]  # fmt: skip
        for name, schema, is_required in _QUERY.get(path, ()):
            parameters.append({"name": name, "in": "query", "required": is_required, "schema": schema})
        operation: dict[str, Any] = {
            "summary": summary, "parameters": parameters,
            "responses": {
                "200": {"description": "done", "content": {_OTHER_CONTENT.get(path, "application/json"): {}}},
                "4XX": {"$ref": "#/components/responses/Error"}, "5XX": {"$ref": "#/components/responses/Error"},
            },
        }  # fmt: skip
        if body is not None:
            operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
        paths.setdefault(path, {})[method] = operation
    envelope = {"type": "object", "required": ["error", "issues"], "properties": {
        "error": {"$ref": "#/components/schemas/Issue"},
        "issues": {"type": "array", "items": {"$ref": "#/components/schemas/Issue"}},
    }}  # fmt: skip
    issue = {"type": "object", "required": ["code", "message"], "properties": {
        "code": {"type": "string"}, "message": {"type": "string"}, "table": {"type": ["string", "null"]},
        "keys": {"type": "array", "items": {"type": "string"}}, "hint": {"type": ["string", "null"]},
    }}  # fmt: skip
    draft = {"type": "object", "required": ["scenario"], "properties": {
        "schema": {"const": 1}, "scenario": _NAME, "title": {"type": "string"}, "why": {"type": "string"},
        "based_on": _NAME, "patches": {"type": "array", "items": {"anyOf": [_patch(form) for form in FORMS]}},
        "law": _law(),
    }}  # fmt: skip
    case = {"type": "string", "enum": list(available_cases())}
    asset = {"type": "string", "enum": [row.asset for row in chosen_law().assets]}
    return json.dumps({
        "openapi": "3.1.0", "info": {"title": "linepack", "version": __version__}, "paths": paths,
        "components": {
            "schemas": {"Case": case, "Asset": asset, "Draft": draft, "Issue": issue, "Error": envelope},
            "responses": {"Error": {"description": "what, where, which rows, what to try", "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}},
        },
    })  # fmt: skip


def _patch(form: Form) -> dict[str, Any]:
    """Return the schema of a change that has a form; other kinds are described in the documentation of scenarios."""
    fields = {field.key: {**_WORD[field.kind], **({"enum": list(field.choices)} if field.choices else {})}
              for field in form.fields}  # fmt: skip
    return {"type": "object", "title": form.title, "required": ["name", "do", "why"], "properties": {
        "name": {"type": "string"}, "do": {"const": form.do}, "why": {"type": "string"}, **fields}}  # fmt: skip


def _law() -> dict[str, Any]:
    decision = {"type": "object", "required": ["do", "target", "by", "on"], "properties": {
        "do": {"enum": [str(verb) for verb in Verb]}, "target": {"type": "string"}, "on": _DAY, "until": _DAY,
        "by": {"type": "array", "items": {"type": "string"}}, "assets": {"type": "array", "items": {"type": "string"}},
        "quantity_gwh_year": {"type": "number"}}}  # fmt: skip
    return {"type": "object", "properties": {
        "known_on": _DAY, "regime": {"type": "string"}, "readings": {"type": "object"},
        "bars": {"type": "array", "items": {"enum": [str(bar) for bar in Bar]}},
        "decisions": {"type": "array", "items": decision}}}  # fmt: skip
