"""The doctor tries each part; what is broken is told with a remedy, and does not stop the others."""

from __future__ import annotations

import json
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pytest

from linepack.cli import run
from linepack.report import doctor
from linepack.report.doctor import Finding, Health, examine, findings_text

solving = import_module("linepack.solve")


def of(findings: tuple[Finding, ...], part: str) -> Finding:
    """Return the finding about a part."""
    return next(finding for finding in findings if finding.part == part)


def test_a_sound_installation_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every solver finds 3/4 with a certificate; nothing needed is broken; the workspace is not made by looking."""
    place = tmp_path / "not" / "yet"
    assert run(["doctor", "--workspace", str(place), "--json"]) == 0
    found = {row["part"]: row for row in json.loads(capsys.readouterr().out)}
    assert {f"solver {name}" for name in solving.SOLVERS} <= set(found)
    assert {"python", "libraries", "workspace", "dataset 2025", "page", "browser"} <= set(found)
    assert {row["health"] for row in found.values()} <= {"well", "missing"}
    assert not place.exists()


def test_a_lying_solver_and_a_fault_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A wrong answer is not certified; a library that dies is a finding; the rest is tried; the exit code is 4."""

    class Dying:
        def solve(self, *_: Any, **__: Any) -> Any:
            raise OSError("a library is missing")

    monkeypatch.setitem(solving.SOLVERS, "piqp", Dying())
    monkeypatch.setattr(doctor, "front_end_is_there", lambda: False)
    found = examine(tmp_path)
    assert of(found, "solver piqp").health is Health.BROKEN
    assert "a library is missing" in of(found, "solver piqp").seen
    assert of(found, "solver clarabel").health is Health.WELL
    assert of(found, "page").health is Health.MISSING
    assert "try: install" in findings_text(found)
    assert run(["doctor", "--workspace", str(tmp_path)]) == 4


def test_versions_of_highs_that_differ_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Otherwise HiPO is lost without a word."""
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "0" if name == "highspy-extras" else real(name))
    found = of(examine(tmp_path), "libraries")
    assert found.health is Health.BROKEN
    assert found.remedy
