"""One error envelope for Python, command line and, later, the HTTP API.

Every error a user can cause is a :class:`LinepackError` with a stable code, what is wrong, where it is
(table or file, keys or rows) and what to try.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

EXIT_DONE = 0
EXIT_INTERNAL = 1
EXIT_BAD_INPUT = 2
EXIT_NOT_CERTIFIED = 3
EXIT_PARTIAL = 4
EXIT_INTERRUPTED = 130


class Severity(StrEnum):
    """An error must be mended before an answer means something; a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Issue:
    """One finding: what, where, which rows, what to try, and how bad it is."""

    code: str
    message: str
    table: str | None = None
    keys: tuple[str, ...] = ()
    hint: str | None = None
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """Return the issue as plain JSON types: code, message, table, keys, hint, severity."""
        return {
            "code": self.code,
            "message": self.message,
            "table": self.table,
            "keys": list(self.keys),
            "hint": self.hint,
            "severity": self.severity.value,
        }

    def __str__(self) -> str:
        where = f" [{self.table}]" if self.table else ""
        shown = ", ".join(self.keys[:8]) + (f" and {len(self.keys) - 8} more" if len(self.keys) > 8 else "")
        rows = f" ({shown})" if shown else ""
        hint = f"\n    try: {self.hint}" if self.hint else ""
        kind = "warning, " if self.severity is Severity.WARNING else ""
        return f"{kind}{self.code}{where}: {self.message}{rows}{hint}"


class LinepackError(Exception):
    """Base of all errors that a caller can act on. ``exit_code`` is the process exit status it maps to."""

    exit_code = EXIT_INTERNAL

    def __init__(
        self,
        code: str,
        message: str,
        *,
        table: str | None = None,
        keys: Sequence[str] = (),
        hint: str | None = None,
        issues: Iterable[Issue] = (),
    ) -> None:
        own = Issue(code, message, table, tuple(str(key) for key in keys), hint)
        self.issue = own
        self.issues: tuple[Issue, ...] = tuple(issues) or (own,)
        super().__init__(str(self))

    def __str__(self) -> str:
        if self.issues == (self.issue,):
            return str(self.issue)
        return "\n".join([str(self.issue), *(f"  - {issue}" for issue in self.issues)])

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.issue, self.issues)

    def as_dict(self) -> dict[str, Any]:
        """Return the error envelope: the leading issue plus every collected issue."""
        return {"error": self.issue.as_dict(), "issues": [issue.as_dict() for issue in self.issues]}


def _rebuild(kind: type[LinepackError], issue: Issue, issues: tuple[Issue, ...]) -> LinepackError:
    return kind(issue.code, issue.message, table=issue.table, keys=issue.keys, hint=issue.hint, issues=issues)


class InputError(LinepackError):
    """The data, the scenario or the call is wrong; nothing was computed."""

    exit_code = EXIT_BAD_INPUT


class NotCertified(LinepackError):
    """A solver returned, but the answer fails our own certificate; it is not reported as a result."""

    exit_code = EXIT_NOT_CERTIFIED


class SolverUnavailable(InputError):
    """The solver asked for is not installed or lacks the feature it needs."""
