"""Write the locked requirements anew from pyproject.toml: ``./run lock``.

Four files, each with the hashes of every wheel for every platform and Python that the project supports, and without
addresses: requirements.lock (what linepack needs to run), test.lock (what ``./run test`` adds), docs.lock (what
``./run docs`` adds) and build.lock (what builds the package). One version of a package serves all Pythons where such a
version exists.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = (
    "--quiet", "--no-config", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--upgrade",
    "--universal", "--generate-hashes", "--only-binary", ":all:", "--fork-strategy", "fewest",
)  # fmt: skip
ADDRESS = re.compile(r"https?:|file:|--(extra-)?index-url|--find-links|--trusted-host")


def compile_lock(
    uv: str, name: str, requirements: Sequence[str], python: str, constraints: Sequence[Path] = ()
) -> Path:
    """Write one lock file and return its path. Errors: ``RuntimeError`` if it would carry an address."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, name.replace(".lock", ".in")), Path(folder, name)
        source.write_text("\n".join(requirements) + "\n")
        limits = [part for path in constraints for part in ("--constraints", str(path))]
        command = [uv, "pip", "compile", *OPTIONS, "--annotation-style", "line", "--python-version", python, *limits]
        subprocess.run([*command, source.name, "--output-file", target.name], check=True, cwd=folder)
        text = target.read_text()
    if ADDRESS.search(text):
        raise RuntimeError(f"{name} would carry an address")
    lines = [re.sub(r"\s+# via .*$", "", line) for line in text.splitlines()]
    lock = ROOT / name
    lock.write_text("# Written by ./run lock; do not edit.\n" + "\n".join(line for line in lines if line) + "\n")
    return lock


def find_uv(folder: str) -> str:
    """Return the path of uv, which is installed into ``folder`` if the user does not have it."""
    found = shutil.which("uv")
    if found:
        return found
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "uv"], check=True)
    return f"{folder}/bin/uv"


def main() -> None:
    """Write the lock files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    python = project["project"]["requires-python"].removeprefix(">=")
    with tempfile.TemporaryDirectory() as folder:
        uv = find_uv(folder)
        runtime = compile_lock(uv, "requirements.lock", project["project"]["dependencies"], python)
        test = compile_lock(uv, "test.lock", project["dependency-groups"]["test"], python, [runtime])
        compile_lock(uv, "docs.lock", project["dependency-groups"]["docs"], python, [runtime, test])
        compile_lock(uv, "build.lock", project["build-system"]["requires"], python)


if __name__ == "__main__":
    main()
