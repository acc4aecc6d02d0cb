"""Is this installation able to work? Each part is tried, not only looked for."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from linepack.errors import LinepackError, Severity
from linepack.report.html import front_end_is_there
from linepack.solve import SOLVERS, QuadraticProgram, solve
from linepack.system.checks import check_system
from linepack.system.dataset import available_datasets, load_dataset

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "piqp", "highspy", "highspy-extras", "clarabel")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")


class Health(StrEnum):
    """How a part is."""

    WELL = "well"
    MISSING = "missing"  # linepack works without it
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """A part, how it is, what was seen, and what to do about it."""

    part: str
    health: Health
    seen: str
    remedy: str = ""


def examine(workspace: Path) -> tuple[Finding, ...]:
    """Return what was found out about Python, libraries, solvers, workspace, datasets, page and browser."""
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("python", _python), ("libraries", _libraries),
        *((f"solver {name}", lambda name=name: _solver(name)) for name in SOLVERS),
        ("workspace", lambda: _workspace(workspace)),
        *((f"dataset {name}", lambda name=name: _dataset(name)) for name in available_datasets()),
        ("page", _page), ("browser", _browser),
    ]  # fmt: skip
    return tuple(_tried(part, check) for part, check in checks)


def findings_text(findings: tuple[Finding, ...]) -> str:
    """Return one line per part, and under it what to do."""
    width = max(len(f.part) for f in findings)
    lines = []
    for f in findings:
        lines.append(f"{f.health:<8} {f.part:<{width}}  {f.seen}")
        if f.remedy:
            lines.append(f"{'':<8} {'':<{width}}  try: {f.remedy}")
    return "\n".join(lines)


def _tried(part: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except LinepackError as error:
        return Finding(part, Health.BROKEN, error.issue.message, error.issue.hint or "")
    except Exception as error:  # a part that fails in a way of its own is what is looked for here
        return Finding(part, Health.BROKEN, f"{type(error).__name__}: {error}", "install linepack anew")


def _python() -> Finding:
    return Finding("python", Health.WELL, f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _libraries() -> Finding:
    versions = {name: metadata.version(name) for name in LIBRARIES}
    if versions["highspy"] != versions["highspy-extras"]:
        return Finding("libraries", Health.BROKEN, "highspy and highspy-extras have different versions: HiPO is lost",
                       "install the same version of both")  # fmt: skip
    return Finding("libraries", Health.WELL, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _solver(name: str) -> Finding:
    """Minimise x1^2/2 + 3 x2^2/2 with x1 + x2 = 1: x1 is 3/4."""
    one = np.ones(1)
    row = sp.csc_matrix([[1.0, 1.0]])
    program = QuadraticProgram(np.array([1.0, 3.0]), np.zeros(2), row, one, one, np.zeros(2), np.full(2, 5.0))
    answer = solve(program, solver=name)
    if abs(answer.x[0] - 0.75) > 1e-6:
        return Finding(f"solver {name}", Health.BROKEN, f"says {answer.x[0]:g}, not 0.75", "install it anew")
    return Finding(f"solver {name}", Health.WELL, f"version {answer.solver_version}, certified")


def _workspace(folder: Path) -> Finding:
    place = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.exists())
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"linepack")
    except OSError as error:
        return Finding("workspace", Health.BROKEN, f"{folder} cannot be written: {error.strerror}",
                       "give --workspace, or set LINEPACK_WORKSPACE")  # fmt: skip
    free = shutil.disk_usage(place).free / 1e9
    return Finding("workspace", Health.WELL, f"{folder} can be written, {free:.0f} GB free")


def _dataset(name: str) -> Finding:
    system = load_dataset(name)
    errors = [issue for issue in check_system(system) if issue.severity is Severity.ERROR]
    rows = sum(len(frame) for frame in system.tables.values())
    if errors:
        return Finding(f"dataset {name}", Health.BROKEN, f"{len(errors)} error(s)", "linepack data check")
    return Finding(f"dataset {name}", Health.WELL, f"{rows:,} rows, digest {system.digest[:12]}")


def _page() -> Finding:
    if front_end_is_there():
        return Finding("page", Health.WELL, "built into the package")
    return Finding("page", Health.MISSING, "not built into the package: no HTML brief, no 'serve'",
                   "install from a wheel, or without LINEPACK_WITHOUT_PAGE")  # fmt: skip


def _browser() -> Finding:
    found = next((name for name in BROWSERS if shutil.which(name)), None)
    if found:
        return Finding("browser", Health.WELL, found)
    return Finding("browser", Health.MISSING, "none of the names looked for is on the path; any browser opens the page")
