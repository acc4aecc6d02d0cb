"""The command line: what it prints, what it writes, and its exit codes (0, 1, 2, 3, 4, 130)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import linepack
from linepack.cli import COMMANDS, run
from linepack.errors import InputError
from linepack.system.schema import TABLES
from tests.runs.small import OTHER, write_case

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in this process; return exit code, stdout and stderr."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(tmp_path / "workspace"))

    def made(*arguments: object) -> tuple[int, str, str]:
        code = run([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return made


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a dataset and a case of two scenarios."""
    return write_case(tmp_path_factory.mktemp("tiny"), 2)


def base_of(folder: Path) -> Path:
    """Return the file of the base scenario."""
    return folder / "case" / "scenarios" / "base.yaml"


HEAVY = ("pandas", "numpy", "scipy", "pyarrow", "piqp", "highspy", "clarabel", "ruamel.yaml")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["brief", "--help"], ["data", "check", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help is quick because no library of numbers is imported for it."""
    code = f"import sys; from linepack.cli import run; run({arguments!r}); print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout
    assert set(HEAVY) & set(done.stdout.splitlines()) == set()


def test_help_names_every_command(call: Call) -> None:
    """Each with one line, and a command's own help says what it does."""
    code, out, _ = call("--help")
    assert code == 0
    assert all(name in out for name in COMMANDS)
    assert call("brief", "--help")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["breif"], "Did you mean 'brief'?"), (["data", "chek"], "check"), (["brief", "--jsn"], "--json"),
     (["solve"], "Missing argument"), (["brief", "--workers", "0"], "0 is not in the range")],
)  # fmt: skip
def test_wrong_calls_exit_with_2_and_name_the_nearest(call: Call, arguments: list[str], says: str) -> None:
    """A misspelt command or option is answered with what was probably meant."""
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["breif", "--json"], "usage"), (["brief", "nonsense", "--json"], "unknown-case"),
     (["solve", "x.yaml", "--json"], "no-file"), (["data", "show", "arc", "--json"], "unknown-table"),
     (["data", "check", "--dataset", "x", "--json"], "unknown-dataset"),
     (["solve", "reference-2025/reference", "--solver", "x", "--json"], "unknown-solver")],
)  # fmt: skip
def test_json_errors_have_one_envelope(call: Call, arguments: list[str], code: str) -> None:
    """With --json an error is JSON as well, on stderr, with the same five keys wherever it comes from."""
    status, out, err = call(*arguments)
    assert (status, out) == (2, "")
    content = json.loads(err[err.index("{"):])
    assert content["error"]["code"] == code
    assert set(content["error"]) >= {"code", "message", "table", "keys", "hint"}


def test_internal_error_is_told_as_such(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours gives 1, no traceback, and says how to get one."""
    import linepack.api.market as dataset

    def fault(_: object) -> None:
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(dataset, "load_dataset", fault)
    code, _, err = call("data", "list")
    assert code == 1
    assert "ZeroDivisionError: nothing to divide by" in err
    assert "LINEPACK_DEBUG" in err
    assert "Traceback" not in err
    assert json.loads(call("data", "list", "--json")[2])["error"]["code"] == "internal"


def test_interrupt_gives_130(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control-C, as every program."""
    import linepack.api.market as dataset

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dataset, "load_dataset", stop)
    assert call("data", "list")[0] == 130


def test_data_list_and_schema_name_every_table(call: Call) -> None:
    """As text and as JSON."""
    names = {table.name for table in TABLES}
    code, out, _ = call("data", "list", "--json")
    assert code == 0
    assert {row["table"] for row in json.loads(out)["tables"]} == names
    text = call("data", "list")[1]
    assert all(name in text for name in names)
    assert {row["name"] for row in json.loads(call("data", "schema", "--json")[1])} == names
    text = call("data", "schema", "arcs")[1]
    assert "capacity_gwh_d: number, GWh/d." in text
    assert "known_from" in text


def test_data_show_filters_rows_and_counts_the_rest(call: Call) -> None:
    """Norway stays a country code; a column that does not exist is refused with the nearest."""
    code, out, _ = call("data", "show", "arcs", "--where", "arc=NS2_B", "--json")
    rows = json.loads(out)
    assert (code, len(rows), rows[0]["destination"]) == (0, 1, "DE")
    assert {"source", "grade", "known_from"} <= set(rows[0])
    assert "more rows" in call("data", "show", "arcs", "--rows", "2")[1]
    code, _, err = call("data", "show", "arcs", "--where", "origi=DE")
    assert code == 2
    assert "did you mean 'origin'?" in err
    norway = json.loads(call("data", "show", "nodes", "--where", "country=NO", "--json")[1])
    assert norway
    assert all(row["country"] == "NO" for row in norway)


def test_data_sources_add_up_to_the_table(call: Call) -> None:
    """Every row has a source and a grade."""
    rows = json.loads(call("data", "sources", "arcs", "--json")[1])
    assert sum(row["rows"] for row in rows) == len(json.loads(call("data", "show", "arcs", "--json")[1]))
    assert all(row["source"] and row["grade"] for row in rows)


def test_data_check_passes_warnings_and_fails_errors(call: Call, tmp_path: Path) -> None:
    """The packaged dataset has warnings at most: 0. A dataset with a reversed contract: 2, and it says which."""
    code, out, _ = call("data", "check", "--json")
    issues = json.loads(out)["issues"]
    assert code == 0
    assert {issue["severity"] for issue in issues} <= {"warning"}
    text = call("data", "check")[1]
    assert f"0 error(s), {len(issues)} warning(s)" in text
    assert sum(line.startswith("warning, ") for line in text.splitlines()) == len(issues)
    folder = write_case(tmp_path / "bad", 2) / "dataset"
    path = folder / "contracts.csv"
    path.write_text(path.read_text().replace("2030-12-31", "2010-12-31"))
    code, out, _ = call("data", "check", "--dataset", folder)
    assert code == 2
    assert "error, dates-reversed [contracts]" in out
    assert "SELL-AA" in out


def test_solve_of_a_dataset_given_by_path(call: Call, tiny: Path, tmp_path: Path) -> None:
    """Closure and progress go to stderr, figures to stdout, tables as CSV to --out; the second call solves nothing."""
    arguments = ("solve", base_of(tiny), "--dataset", tiny / "dataset")
    code, out, err = call(*arguments, "--out", tmp_path / "out")
    assert code == 0
    assert "certified: largest residual" in out
    assert "before the market clears" in err
    assert "base: solved" in err
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"flows.csv", "hub_prices.csv", "price_breakdown.csv"} <= names
    assert (tmp_path / "out" / "flows.csv").read_text().startswith("carrier,arc,kind,origin,destination,period,days,")
    assert "base: kept from before" in call(*arguments)[2]
    content = json.loads(call(*arguments, "--json")[1])
    assert content["record"]["certificate"]["is_certified"] is True
    figures = {row["figure"]: row["value"] for row in content["headline"]}
    assert figures["ttf_eur_mwh"] is None  # the dataset has no such marker, and JSON no NaN


def test_compare_of_a_dataset_given_by_path(call: Call, tiny: Path, tmp_path: Path) -> None:
    """Text, JSON and CSV; the table asked for is shown with its largest changes first."""
    other = tiny / "case" / "scenarios" / "supply-2.yaml"
    arguments = ("compare", base_of(tiny), other, "--dataset", tiny / "dataset")
    code, out, _ = call(*arguments, "--table", "hub_prices", "--out", tmp_path / "out")
    assert code == 0
    assert "supply-2" in out
    assert "EUR/MWh" in out
    assert "headline.csv" in {path.name for path in (tmp_path / "out").iterdir()}
    content = json.loads(call(*arguments, "--table", "hub_prices", "--json")[1])
    changes = [abs(row["change"]) for row in content["table"]["rows"]]
    assert changes == sorted(changes, reverse=True)
    code, _, err = call(*arguments, "--table", "colours")
    assert code == 2
    assert "one of price_markers" in err


def test_brief_of_a_case_in_a_folder(call: Call, tiny: Path, tmp_path: Path) -> None:
    """One table on stdout; Markdown, JSON and CSV in --out; JSON on stdout is that of the file."""
    arguments = ("brief", tiny / "case", "--dataset", tiny / "dataset")
    code, out, err = call(*arguments, "--out", tmp_path / "out")
    assert code == 0
    assert "A tiny case" in out
    assert out.count("certified: largest residual") == 2
    assert "[2/2] supply-2" in err
    written = json.loads((tmp_path / "out" / "brief.json").read_text())
    assert written == json.loads(call(*arguments, "--json")[1])
    assert [s["record"]["scenario"]["name"] for s in written["scenarios"]] == ["base", "supply-2"]
    assert (tmp_path / "out" / "brief.md").read_text().startswith("# A tiny case\n")
    lines = (tmp_path / "out" / "hub_prices.csv").read_text().splitlines()
    assert lines[0].startswith("scenario,node,")
    assert len(lines) == 1 + 2 * 2 * 2


def test_briefs_of_other_questions_lie_beside_each_other(tiny: Path, tmp_path: Path) -> None:
    """Conduct and facts are part of the folder's name: none overwrites the plain one."""
    ask = partial(linepack.brief, tiny / "case", workspace=tmp_path, workers=1)
    plain, cournot = ask(system=tiny / "dataset"), ask(system=tiny / "dataset", conduct="cournot")
    assert cournot.folder == plain.folder.with_name(f"{plain.folder.name}-cournot")
    known = ask(system=tiny / "dataset", as_of=date(2026, 1, 1))
    assert known.folder.name.endswith("@2026-01-01")
    assert len({plain.folder, cournot.folder, known.folder}) == 3


def test_facts_that_are_given_are_taken_as_of_the_day_too(tiny: Path, tmp_path: Path) -> None:
    """Before anything in the given dataset was known there is nothing to solve."""
    with pytest.raises(InputError) as caught:
        linepack.brief(tiny / "case", system=tiny / "dataset", as_of=date(1999, 1, 1), workspace=tmp_path, workers=1)
    assert caught.value.issue.code == "nothing-known"


def test_brief_with_a_scenario_that_fails_is_partial(call: Call, tmp_path: Path) -> None:
    """Exit code 4: the others are shown, and the one that failed is told."""
    folder = write_case(tmp_path / "case", 2)
    path = folder / "case" / "scenarios" / "supply-2.yaml"
    path.write_text(path.read_text().replace("SELLER_GAS", "SELER_GAS"))
    code, out, err = call("brief", folder / "case", "--dataset", folder / "dataset")
    assert code == 4
    assert "error in scenario 'supply-2': unknown-resource: no resource is called 'SELER_GAS'" in err
    assert "base: As it is; certified" in out


def test_answer_that_is_not_certified_gives_3(call: Call, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that stops early is found out: nothing is printed as a result, and nothing is kept."""
    import linepack.api.market as shared
    from linepack.results.solution import SolveSettings

    monkeypatch.setattr(shared, "solve_settings", lambda _: SolveSettings(certificate_limit=0.0))
    code, out, err = call("solve", base_of(tiny), "--dataset", tiny / "dataset")
    assert (code, out) == (3, "")
    assert "not-certified" in err


def test_scenario_for_another_dataset_gives_2(call: Call, tiny: Path) -> None:
    """The tiny scenario does not run on the packaged dataset."""
    code, _, err = call("solve", base_of(tiny), "--dataset", "2025")
    assert code == 2
    assert "is for dataset 'small', not '2025'" in err


def test_workspace_and_out_that_cannot_be_written_give_2(call: Call, tiny: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be; a read-only folder gives the same error from the system."""
    (tmp_path / "file").write_text("in the way")
    arguments = ("solve", base_of(tiny), "--dataset", tiny / "dataset")
    for folder, says in ((tmp_path / "file", "is a file"), (tmp_path / "file" / "x", "cannot-write")):
        code, _, err = call(*arguments, "--workspace", folder)
        assert code == 2
        assert says in err
    code, _, err = call(*arguments, "--out", tmp_path / "file" / "x")
    assert code == 2
    assert "cannot-write" in err


def test_read_only_workspace_gives_2(call: Call, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses to make a folder: for the superuser it never does, so the refusal is put in its mouth."""
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    code, _, err = call("solve", base_of(tiny), "--dataset", tiny / "dataset", "--workspace", tmp_path / "locked")
    assert code == 2
    assert "Permission denied" in err


def test_cases_lists_what_can_be_solved(call: Call) -> None:
    """Each name printed is one that ``solve`` takes."""
    from linepack.scenario.scenario import load_scenario

    code, out, _ = call("cases")
    names = [line.split(":")[0].strip() for line in out.splitlines() if line.startswith("  ")]
    assert code == 0
    assert len(names) >= 8
    assert [load_scenario(name).name for name in names] == [name.split("/")[1] for name in names]


def heed_interrupts() -> None:
    """Undo what a shell does to programs in the background: it lets them ignore Control-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupted_brief_keeps_what_was_finished(tmp_path: Path) -> None:
    """Control-C after the first of seven scenarios: 130, nothing is half written, and that run is found again."""
    environment = {**os.environ, "LINEPACK_WORKSPACE": str(tmp_path)}
    command = [sys.executable, "-m", "linepack"]
    with subprocess.Popen([*command, "brief"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, preexec_fn=heed_interrupts) as process:  # fmt: skip
        assert process.stderr is not None
        done = next(line for line in process.stderr if line.startswith("[1/7]"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in err
    assert out == ""
    kept = list((tmp_path / "runs").iterdir())
    assert 1 <= len(kept) < 7
    assert all((path / "run.json").is_file() and not path.name.startswith(".") for path in kept)
    name = done.split()[1].rstrip(":")
    again = subprocess.run([*command, "solve", f"us-gazprom-2025/{name}"], env=environment, capture_output=True,
                           text=True, check=True)  # fmt: skip
    assert f"[1/1] {name}: kept from before" in again.stderr


def test_scenario_file_of_the_readme_shape_is_accepted(call: Call, tiny: Path, tmp_path: Path) -> None:
    """A scenario based on another lies beside it; elsewhere the base is missed by name."""
    lonely = tmp_path / "lonely.yaml"
    lonely.write_text(OTHER % ("lonely", 2))
    code, _, err = call("solve", lonely, "--dataset", tiny / "dataset")
    assert code == 2
    assert "there is no scenario 'base' beside this one" in err
