"""Optional language-model provider: an OpenAI-compatible endpoint that proposes claims. Off unless a URL is given.

Nothing it says is taken on trust: every proposed span must stand in the text, letter for letter, or it is dropped and
counted. Its claims are marked with their origin and are never accepted automatically.
"""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from linepack.errors import InputError
from linepack.evidence.claims import Claim
from linepack.evidence.document import Document
from linepack.evidence.read import claim_at

PROMPT_VERSION = "1"
PROMPT = (
    "You list the claims in a news article on gas markets and energy policy. A claim is one statement "
    "with one speaker. "
    'Answer with JSON only: {"claims": [{"text": exact words of the article, "speaker": exact '
    "words that name the "
    "speaker or an empty string}]}. Copy letter for letter. Do not add anything that is not in the article."
)
MAX_ATTEMPTS = 3
MAX_ANSWER_BYTES = 2_000_000


@dataclass(frozen=True)
class ProviderSettings:
    """Endpoint, model, key, time limit.

    ``url`` is the base address ending in /v1; ``key`` is sent as a bearer token and never printed.
    """

    url: str
    model: str
    key: str = ""
    timeout_s: float = 60.0

    def __repr__(self) -> str:
        return f"ProviderSettings(url={self.url!r}, model={self.model!r}, key={'***' if self.key else ''!r})"


@dataclass(frozen=True)
class Proposals:
    """Claims proposed and found in the text, how many were dropped because they are not, attempts and tokens used."""

    claims: tuple[Claim, ...]
    dropped: tuple[str, ...]
    attempts: int
    tokens: int
    is_cached: bool = False


def propose_claims(
    document: Document, settings: ProviderSettings, cache: MutableMapping[str, str] | None = None
) -> Proposals:
    """Return the claims a model proposes, each read by our own rules at the span it names.

    ``cache`` keeps answers by model, prompt version and text. Errors: ``InputError`` if the endpoint cannot be
    reached or
    gives no readable JSON after three attempts.
    """
    key = hashlib.sha256(f"{settings.model}\n{PROMPT_VERSION}\n{document.digest}".encode()).hexdigest()
    if cache is not None and key in cache:
        return _checked(document, json.loads(cache[key]), 0, 0, is_cached=True)
    tokens = 0
    for attempt in range(1, MAX_ATTEMPTS + 1):
        answer, used = _ask(document, settings)
        tokens += used
        proposed = _parse(answer)
        if proposed is not None:
            if cache is not None:
                cache[key] = json.dumps(proposed)
            return _checked(document, proposed, attempt, tokens, is_cached=False)
    raise InputError(
        "bad-answer", f"the model gave no readable JSON in {MAX_ATTEMPTS} attempts", hint="try another model"
    )


def _ask(document: Document, settings: ProviderSettings) -> tuple[str, int]:
    body = {
        "model": settings.model,
        "temperature": 0,
        "messages": [{"role": "system", "content": PROMPT}, {"role": "user", "content": document.text}],
    }
    if not settings.url.startswith(("http://", "https://")):
        raise InputError(
            "bad-url", f"'{settings.url}' is not an http address", hint="for example http://127.0.0.1:8000/v1"
        )
    headers = {"Content-Type": "application/json"} | (
        {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
    )
    request = urllib.request.Request(settings.url.rstrip("/") + "/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=settings.timeout_s) as response:
            data = json.loads(response.read(MAX_ANSWER_BYTES))
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise InputError(
            "provider",
            f"the model at {settings.url} did not answer: {error}",
            hint="leave it off to read by rules alone",
        ) from error
    except ValueError as error:
        raise InputError("provider", f"the model at {settings.url} sent no JSON: {error}") from error
    try:
        content = str(data["choices"][0]["message"]["content"])
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(
            "provider", "the answer has no choices[0].message.content", hint="is it a chat endpoint?"
        ) from error
    usage = data.get("usage") or {}
    return content, int(usage.get("total_tokens", 0) or 0)


def _parse(answer: str) -> list[dict[str, str]] | None:
    start, end = answer.find("{"), answer.rfind("}")
    try:
        data: Any = json.loads(answer[start : end + 1])
    except ValueError:
        return None
    claims = data.get("claims") if isinstance(data, dict) else None
    if not isinstance(claims, list) or not all(isinstance(c, dict) and isinstance(c.get("text"), str) for c in claims):
        return None
    return [{"text": c["text"], "speaker": str(c.get("speaker") or "")} for c in claims]


def _checked(
    document: Document, proposed: list[dict[str, str]], attempts: int, tokens: int, *, is_cached: bool
) -> Proposals:
    claims, dropped = [], []
    for entry in proposed:
        at = document.text.find(entry["text"]) if entry["text"].strip() else -1
        speaker_at = document.text.find(entry["speaker"]) if entry["speaker"] else 0
        if at < 0 or speaker_at < 0:
            dropped.append(entry["text"])
            continue
        claim = claim_at(document, at, at + len(entry["text"]))
        claims.append(
            replace(claim, origin="model", rules={**claim.rules, "span": "proposed by a model, found in the text"})
        )
    return Proposals(tuple(claims), tuple(dropped), attempts, tokens, is_cached)
