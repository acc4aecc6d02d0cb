"""The shape of all demand at once: in a scenario file, in Python and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linepack.api.market import scenario_of
from linepack.cli import run
from linepack.errors import InputError
from linepack.scenario.scenario import load_scenario
from tests.runs.small import write_case


def test_the_option_of_a_file_is_that_of_python(tmp_path: Path) -> None:
    """The same content, so the same run; another word is refused with the nearest one."""
    base = write_case(tmp_path) / "case" / "scenarios" / "base.yaml"
    text = base.read_text()
    asked = scenario_of(base, demand="isoelastic").content()
    base.write_text(text + "options: {demand: isoelastic}\n")
    assert load_scenario(base).content() == asked
    base.write_text(text + "options: {demand: isoelastc}\n")
    with pytest.raises(InputError, match="did you mean 'isoelastic'"):
        load_scenario(base)
    with pytest.raises(InputError, match="no shape of demand 'affine'"):
        scenario_of("us-gazprom-2025/status-quo", demand="affine")


def test_the_command_prints_games_and_gap(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run of curves says how many games it took and how near demand is; it is another run than that of lines."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(tmp_path / "workspace"))
    folder = write_case(tmp_path)
    own = ["solve", str(folder / "case" / "scenarios" / "base.yaml"), "--dataset", str(folder / "dataset")]
    records = []
    for extra in ([], ["--demand", "isoelastic"], ["--demand", "exponential"], ["--slopes", "measured"]):
        assert run([*own, *extra, "--json"]) == 0
        records.append(json.loads(capsys.readouterr().out)["record"])
    assert "curves" not in records[0]
    assert all(record["curves"]["demand_gap"] < 1e-5 for record in records[1:3])
    assert records[3]["slopes"]["is_settled"]
    assert len({record["identity"]["digest"] for record in records}) == 4
    assert run([*own, "--demand", "isoelastic"]) == 0
    assert "games, demand within" in capsys.readouterr().out
