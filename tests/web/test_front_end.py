"""The front end as a part of the package: built, licensed, locked without addresses."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
STATIC = resources.files("linepack") / "web" / "static"


def test_lock_names_hashes_and_no_address() -> None:
    """Each user's own registry setting decides where packages come from."""
    text = (ROOT / "ui" / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all(entry.get("integrity") for place, entry in packages.items() if place)


def test_every_library_of_the_page_has_its_licence_in_the_package() -> None:
    """What the page imports, other than the builder, is in LICENSES.txt with its terms; none is copyleft."""
    wanted = json.loads((ROOT / "ui" / "package.json").read_text())["dependencies"]
    licences = (STATIC / "LICENSES.txt").read_text(encoding="utf-8")
    found = dict(re.findall(r"^(@?[\w/-]+) [\d.]+: (.+)$", licences, re.MULTILINE))
    assert set(wanted) - {"vite"} <= set(found)
    assert set(found.values()) <= {"MIT", "ISC", "BSD-3-Clause"}
    assert "Natural Earth" in licences


def test_page_names_no_other_host() -> None:
    """The only addresses in the script are names of XML vocabularies."""
    script = (STATIC / "app.js").read_text(encoding="utf-8")
    hosts = set(re.findall(r"https?://([\w.-]+)", script))
    assert hosts <= {"www.w3.org"}


def test_python_factors_are_the_only_ones() -> None:
    """The conversion constants live in linepack.units; the front end holds none of them."""
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ui" / "src").glob("*.ts*"))
    for constant in ("0.2930", "3.412", "11.11", "10.55", "1.055", "0.0899"):
        assert constant not in source
