"""The documents that the page shows, one per case: made once, kept in the workspace, served as they lie."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path

from linepack.api.drafts import Case
from linepack.api.market import GasSystem
from linepack.api.stored import kept_files, stored_brief
from linepack.report.page_data import page_data, page_json

PAGES = "pages"


@dataclass(frozen=True)
class Document:
    """A document as JSON, compressed with gzip, and the name of its content."""

    name: str
    packed: bytes


@dataclass
class Pages:
    """The documents of a workspace. A document is made anew when a run, a kept file or the program has changed."""

    workspace: Path
    ledger: Path | None
    system: Callable[[str], GasSystem]
    known: dict[str, Document] = field(default_factory=dict)
    making: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))

    def document(self, case: Case, digests: Sequence[str]) -> Document:
        """Return the document of a case whose runs have these digests.

        Errors: ``InputError`` if not all of it is solved.
        """
        name = self._name(case, digests)
        known = self.known.get(case.name)
        if known is not None and known.name == name:
            return known
        with self.making[case.name]:  # of those who ask at once, one makes it; other cases do not wait
            known = self.known.get(case.name)
            if known is None or known.name != name:
                packed = self._kept(case, name)
                if packed is None:
                    packed = self._make(case, digests)
                    self._keep(case, name, packed)
                known = self.known[case.name] = Document(name, packed)
        return known

    def _name(self, case: Case, digests: Sequence[str]) -> str:
        content = [_program(), digests, [[s.name, s.title, s.why] for s in case.scenarios], case.title, case.question,
                   kept_files(self.workspace, case.name, self.ledger)]  # fmt: skip
        return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()[:32]

    def _make(self, case: Case, digests: Sequence[str]) -> bytes:
        facts = self.system(case.scenarios[0].dataset)
        brief = stored_brief(case, digests, facts, self.workspace, self.ledger)
        return gzip.compress(page_json(page_data(brief)).encode(), compresslevel=6, mtime=0)

    def _file(self, case: Case, name: str) -> Path:
        return self.workspace / PAGES / f"{case.name}.{name}.json.gz"

    def _kept(self, case: Case, name: str) -> bytes | None:
        try:
            packed = self._file(case, name).read_bytes()
            gzip.decompress(packed)
        except (OSError, EOFError, ValueError):
            return None
        return packed

    def _keep(self, case: Case, name: str, packed: bytes) -> None:
        """Keep a document in place of the case's older ones; a workspace that cannot be written goes without."""
        path = self._file(case, name)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            for old in path.parent.glob(f"{case.name}.*.json.gz"):
                old.unlink(missing_ok=True)
            temporary = path.with_name(f".{path.name}.{os.getpid()}")
            temporary.write_bytes(packed)
            temporary.replace(path)


@cache
def _program() -> str:
    """Return a digest of the program's code and of the tables of the law, which decide what a page says."""
    sha = hashlib.sha256()
    package = Path(str(resources.files("linepack")))
    for path in sorted([*package.rglob("*.py"), *(package / "datasets" / "law").glob("*.csv")]):
        sha.update(path.relative_to(package).as_posix().encode() + b"\n" + path.read_bytes())
    return sha.hexdigest()
