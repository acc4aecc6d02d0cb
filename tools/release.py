"""Build the packages and try them as a newcomer would: ``python tools/release.py PYTHON [PYTHON ...]``.

The source package and the wheel are built from what is committed. Each PYTHON (python3.11, python3.12, ...) gets an
empty environment with the wheel and no Node; there ``linepack --help``, ``linepack doctor`` and the first lines of
``docs/how-to/python.md`` are run. The exit code is 1 if something fails. The packages stay in ``dist/``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_MB = 20
HELP_TRIES = 5
NEEDED = ("linepack/web/static/app.js", "linepack/web/static/LICENSES.txt", "linepack/datasets/2025/datapackage.json",
          "linepack/datasets/law/datapackage.json", "linepack/cases/us-gazprom-2025/case.yaml")  # fmt: skip
LICENCES = ("LICENSE", "DATA_LICENSE.md")


def call(*command: object, folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run a step and return what it printed. Errors: ``CalledProcessError`` after its last lines are shown."""
    done = subprocess.run([str(part) for part in command], cwd=folder, env=environment, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-15:]))
        done.check_returncode()
    return done.stdout


def build(place: Path) -> Path:
    """Return the wheel, built from the source package, which is built from what is committed."""
    call("git", "clone", "--quiet", ROOT, place / "source", folder=place)
    call(sys.executable, "-m", "venv", place / "build", folder=place)
    python = place / "build" / "bin" / "python"
    call(python, "-m", "pip", "install", "--quiet", "build", folder=place)
    call(python, "-m", "build", "--outdir", ROOT / "dist", place / "source", folder=place)
    return max((ROOT / "dist").glob("*.whl"), key=lambda path: path.stat().st_mtime)


def check_wheel(wheel: Path) -> None:
    """Print size and say what is not in it. Errors: ``SystemExit``."""
    size = wheel.stat().st_size / 1e6
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
    lacking = [name for name in NEEDED if name not in names]
    lacking += [name for name in LICENCES if not any(path.endswith(f"licenses/{name}") for path in names)]
    print(f"{wheel.name}: {size:.2f} MB, {len(names)} files")
    if lacking or size > MOST_MB:
        sys.exit(f"the wheel lacks {', '.join(lacking)}" if lacking else f"the wheel is larger than {MOST_MB} MB")


def try_in(python: str, wheel: Path, place: Path) -> None:
    """Install the wheel into an empty environment of one Python and use it."""
    start = time.perf_counter()
    call(python, "-m", "venv", place / "venv", folder=place)
    own = place / "venv" / "bin"
    call(own / "python", "-m", "pip", "install", "--quiet", wheel, folder=place)
    installed = time.perf_counter() - start
    alone = {**os.environ, "PATH": f"{own}:/usr/bin:/bin", "LINEPACK_WORKSPACE": str(place / "runs")}
    alone.pop("PYTHONPATH", None)
    text = (ROOT / "docs/how-to/python.md").read_text(encoding="utf-8")
    first = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[0]
    before = time.perf_counter()
    call(own / "python", "-c", first, folder=place, environment=alone)
    solved = time.perf_counter() - before
    assert (place / "ttf.svg").read_text().count("<polyline") == 2
    shortest = min(_seconds(own / "linepack", place, alone) for _ in range(HELP_TRIES))
    call(own / "linepack", "doctor", folder=place, environment=alone)
    version = call(own / "python", "--version", folder=place).strip()
    print(f"{version}: installed in {installed:.0f} s, chart of the TTF effect in {solved:.0f} s more, --help in "
          f"{shortest:.2f} s, doctor finds nothing broken", flush=True)  # fmt: skip


def _seconds(command: Path, folder: Path, environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    call(command, "--help", folder=folder, environment=environment)
    return time.perf_counter() - start


def main(pythons: list[str]) -> int:
    """Build, check, and try the wheel under each Python."""
    with tempfile.TemporaryDirectory(prefix="linepack-release-") as folder:
        place = Path(folder)
        wheel = build(place)
        check_wheel(wheel)
        failed = []
        for k, python in enumerate(pythons):
            (place / str(k)).mkdir()
            try:
                try_in(python, wheel, place / str(k))
            except (subprocess.CalledProcessError, AssertionError) as error:
                print(f"{python}: {error}")
                failed.append(python)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
