"""The set-up script: what can be tested of it without a network."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "test.lock", "build.lock", "docs.lock")


def load_script(path: Path) -> ModuleType:
    """Return the script as a module; it has no ``.py`` ending and does nothing when it is imported."""
    loader = importlib.machinery.SourceFileLoader("run_script", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the script reads, in a folder with a space in its name."""
    root = tmp_path / "line pack"
    (root / "src" / "linepack").mkdir(parents=True)
    for name in ("run", "pyproject.toml", "src/linepack/__init__.py", *LOCKS):
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture
def script(project: Path) -> ModuleType:
    """The script of that copy."""
    return load_script(project / "run")


def fake_environment(project: Path, program: str) -> Path:
    """Put a .venv into the project whose ``linepack`` command is ``program``; return its folder."""
    venv = project / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    (venv / "bin" / "linepack").write_text(program)
    return venv


def mark_current(script: ModuleType, venv: Path) -> None:
    """Write the stamp of a finished set-up."""
    (venv / "runtime.stamp").write_text(script.digest(script.ROOT, script.RUNTIME_INPUTS))


def test_parses_under_old_python() -> None:
    """A Python 3.6 must get as far as the message, so the whole file must be in its grammar."""
    ast.parse((ROOT / "run").read_text(), feature_version=(3, 6))


def test_old_python_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under 3.10 the script stops before it uses anything newer, and names the version needed and the one found."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 2, "final", 0))
    with pytest.raises(SystemExit) as stop:
        load_script(ROOT / "run")
    assert "needs Python 3.11 or later; this is Python 3.10" in str(stop.value)


@pytest.mark.parametrize(
    "name", ["requirements.lock", "build.lock", "src/linepack/__init__.py", "ui/main.ts", "hatch_build.py"]
)
def test_digest_follows_its_inputs(project: Path, script: ModuleType, name: str) -> None:
    """One byte more in any input is another environment."""
    before = script.digest(project, script.RUNTIME_INPUTS)
    path = project / name
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        file.write("\n")
    assert script.digest(project, script.RUNTIME_INPUTS) != before


def test_digest_follows_the_package_description_only(project: Path, script: ModuleType) -> None:
    """A new dependency is another environment; another setting of the linter is not."""
    before = script.digest(project, script.RUNTIME_INPUTS)
    path = project / "pyproject.toml"
    text = path.read_text()
    path.write_text(text.replace("line-length = 120", "line-length = 121"))
    assert path.read_text() != text
    assert script.digest(project, script.RUNTIME_INPUTS) == before
    path.write_text(text.replace('"tzdata",', '"tzdata", "more",'))
    assert script.digest(project, script.RUNTIME_INPUTS) != before


def test_digest_ignores_built_ui(project: Path, script: ModuleType) -> None:
    """What the front end's own build leaves behind is no input."""
    before = script.digest(project, script.RUNTIME_INPUTS)
    for folder in ("node_modules", "dist"):
        (project / "ui" / folder).mkdir(parents=True)
        (project / "ui" / folder / "x.js").write_text("x")
    assert script.digest(project, script.RUNTIME_INPUTS) == before


def test_digest_follows_the_place(project: Path, tmp_path: Path, script: ModuleType) -> None:
    """A moved folder needs a new environment, because the old one points to the old place."""
    moved = tmp_path / "moved"
    shutil.copytree(project, moved)
    assert script.digest(moved, script.RUNTIME_INPUTS) != script.digest(project, script.RUNTIME_INPUTS)


def test_interrupted_set_up_is_done_again(
    project: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp goes before the work starts and comes back only when it is finished."""
    venv = fake_environment(project, "")
    mark_current(script, venv)
    done: list[str] = []

    def interrupted(work: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(script, "with_any_installer", interrupted)
    script.set_up(with_test_tools=False)  # current: nothing is made
    (project / "build.lock").write_text("changed")
    with pytest.raises(KeyboardInterrupt):
        script.set_up(with_test_tools=False)
    assert not (venv / "runtime.stamp").exists()
    monkeypatch.setattr(script, "with_any_installer", lambda work: done.append(work.__name__))
    script.set_up(with_test_tools=False)
    script.set_up(with_test_tools=False)
    assert done == ["make_environment"]


def test_test_tools_are_added_only_for_tests(
    project: Path, script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user of the commands does not wait for the test tools; they come on top of the same environment."""
    venv = fake_environment(project, "")
    mark_current(script, venv)
    done: list[str] = []
    monkeypatch.setattr(script, "with_any_installer", lambda work: done.append(work.__name__))
    script.set_up(with_test_tools=False)
    assert done == []
    script.set_up(with_test_tools=True)
    script.set_up(with_test_tools=True)
    assert done == ["add_test_tools"]
    script.set_up(with_test_tools=False, with_docs_tools=True)
    script.set_up(with_test_tools=False, with_docs_tools=True)
    assert done == ["add_test_tools", "add_docs_tools"]


def test_arguments_and_exit_code_pass_through(project: Path, script: ModuleType) -> None:
    """Spaces, quotes and an option named like the script's own reach the command as they were typed, from anywhere."""
    venv = fake_environment(project, "import sys\nprint(sys.argv[1:])\nsys.exit(3)\n")
    mark_current(script, venv)
    typed = ["solve", "a b", "--full", "it's", ""]
    done = subprocess.run([sys.executable, str(project / "run"), *typed], cwd="/", capture_output=True, text=True)
    assert (done.stdout, done.returncode) == (f"{typed}\n", 3)


def test_no_argument_asks_for_help(project: Path, script: ModuleType) -> None:
    """Without a command the user sees the list of commands."""
    mark_current(script, fake_environment(project, "import sys\nprint(sys.argv[1:])\n"))
    done = subprocess.run([sys.executable, str(project / "run")], capture_output=True, text=True)
    assert done.stdout == "['--help']\n"


def test_missing_venv_is_told(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian splits venv off Python: the message names the package to install."""
    python = tmp_path / "python3"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(script, "base_python", lambda: str(python))
    monkeypatch.setattr(script.shutil, "which", lambda name: None)
    assert script.main(["brief"]) == 1
    assert f"apt install python3.{sys.version_info[1]}-venv" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("Failed to establish a new connection: [Errno 111] Connection refused", "registry cannot be reached"),
        ("Temporary failure in name resolution", "registry cannot be reached"),
        ("ERROR: No matching distribution found for piqp==0.7.0", "no ready-made file for this Python"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
    ],
)
def test_failures_are_explained(script: ModuleType, output: str, advice: str) -> None:
    """The tool's own words are kept, and followed by what they mean."""
    text = script.explain(output)
    assert output in text
    assert advice in text


def test_failed_uv_falls_back_to_pip(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installer that is there but does not work must not stop the user."""
    tried: list[str] = []

    def make(installer: object) -> None:
        tried.append(type(installer).__name__)
        if len(tried) == 1:
            raise script.SetUpError("no")

    monkeypatch.setattr(script.shutil, "which", lambda name: "/usr/bin/uv")
    script.with_any_installer(make)
    assert tried == ["Uv", "Pip"]


def test_unwritable_folder_is_told(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file and the way out; raised by hand, as nothing stops a test run by root."""

    def refuse(*, with_test_tools: bool, with_docs_tools: bool) -> None:
        raise PermissionError(13, "Permission denied", "/somewhere/.run.lock")

    monkeypatch.setattr(script, "set_up", refuse)
    assert script.main(["brief"]) == 1
    assert "cannot write to /somewhere/.run.lock. Copy linepack to a folder of your own" in capsys.readouterr().err


def test_site_is_built_by_a_module_that_a_fresh_copy_can_import(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool imports another tool, so it is started as a module from the project's folder, not as a file."""
    started: list[str] = []

    def start(command: list[str], *, cwd: Path) -> SimpleNamespace:
        started.extend(map(str, command))
        assert cwd == script.ROOT
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(script, "set_up", lambda **tools: None)
    with monkeypatch.context() as patch:
        patch.setattr(script.subprocess, "run", start)
        assert script.main(["docs"]) == 0
    assert started[1] == "-m"
    code = f"import runpy; runpy.run_module({started[2]!r}, run_name='imported')"
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    alone["PYTHONPATH"] = str(ROOT / "src")
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=alone).returncode == 0


@pytest.mark.parametrize(
    ("codes", "expected"),
    [({}, 0), ({"ruff": 1}, 1), ({"mypy": 1}, 1), ({"lint-imports": 2}, 1), ({"pytest": 1}, 1), ({"pytest": 5}, 1)],
)
def test_every_check_runs_and_counts(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, codes: dict[str, int], expected: int
) -> None:
    """A failed check fails the whole, and does not keep the later ones from running; pytest comes last."""
    ran: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        words = [Path(word).name for word in command]
        name = next(name for name in ("ruff", "mypy", "lint-imports", "pytest") if name in words)
        ran.append(name)
        return subprocess.CompletedProcess(command, codes.get(name, 0), "")

    monkeypatch.setattr(script.subprocess, "run", run)
    assert script.run_tests([]) == expected
    assert ran == ["ruff", "mypy", "lint-imports", "pytest"]


SPREAD = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadfile"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [(["-k", "x"], ["-m", "not full", "-k", "x"]), (["--full"], ["--hypothesis-profile", "long", *SPREAD]),
     ([], ["-m", "not full", *SPREAD])],
)
def test_full_selects_the_long_tests(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: list[str]
) -> None:
    """Without ``--full`` the long tests are left out; other arguments go to pytest, which then runs in one process."""
    seen: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(script.subprocess, "run", run)
    script.run_tests(arguments)
    assert seen[-1][1:] == ["-m", "pytest", *expected]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_has_hashes_and_no_address(name: str) -> None:
    """A lock with an address would tie users to one registry; one without hashes would not be a lock."""
    text = (ROOT / name).read_text()
    assert not re.search(r"https?:|file:|--index|--extra-index|--find-links|--trusted|@ ", text)
    entries = re.split(r"\n(?=[a-z])", text)[1:]
    assert entries
    assert all(re.match(r"[a-z0-9._-]+==[^ ]+", entry) and "--hash=sha256:" in entry for entry in entries)


def locked(name: str) -> dict[str, str]:
    """Return the versions in a lock."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


def names_of(requirements: list[str]) -> set[str]:
    """Return the names of requirements as a lock spells them."""
    return {re.split(r"[<>=~!; \[]", line)[0].lower().replace(".", "-") for line in requirements}


def test_locks_agree_with_the_package_description() -> None:
    """What pyproject.toml asks for is in the locks, and a package in two locks has one version."""
    described = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime, test, build, docs = (locked(name) for name in LOCKS)
    assert names_of(described["project"]["dependencies"]) <= set(runtime)
    assert names_of(described["dependency-groups"]["test"]) <= set(test)
    assert names_of(described["build-system"]["requires"]) <= set(build)
    assert names_of(described["dependency-groups"]["docs"]) <= set(docs)
    assert {n: v for n, v in docs.items() if {**test, **runtime}.get(n, v) != v} == {}
    assert {name: version for name, version in test.items() if name in runtime and runtime[name] != version} == {}


def test_solver_and_its_interior_point_have_one_version() -> None:
    """HiGHS loses its interior point HiPO without a word when the two packages differ."""
    runtime = locked("requirements.lock")
    assert runtime["highspy"] == runtime["highspy-extras"]


def test_script_needs_only_the_standard_library() -> None:
    """It runs before anything is installed."""
    tree = ast.parse((ROOT / "run").read_text())
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_script_can_be_started() -> None:
    """The README's commands call it by its name."""
    assert os.access(ROOT / "run", os.X_OK)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
