"""Open exports in the tools they are for: ``python tools/outside.py FOLDER [SCENARIO]``.

frictionless, pyam with nomenclature, and PyPSA are no requirements of linepack: each gets an environment of its own in
FOLDER, made once.
The exit code is 1 if one of them finds fault, 2 if none does but one could not be installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import linepack

FAULT, MISSING = 1, 2
REQUIREMENTS = {
    "frictionless": ("frictionless==5.21.0", "pandas", "pyarrow"),
    "pyam": ("nomenclature-iamc==0.32.1",),  # which brings pyam
    "pypsa": ("pypsa==1.4.0", "highspy"),
}
CHECKS = {
    "frictionless": """
import sys
from frictionless import Package, system
system.trusted = True
for kind in ("csv", "parquet"):
    report = Package(f"{sys.argv[1]}/{kind}/datapackage.json").validate()
    faults = report.flatten(["name", "type", "message"])[:5]
    print(kind, "valid" if report.valid else faults, len(report.tasks), "tables")
    assert report.valid
""",
    "pyam": """
import sys, pyam
from pathlib import Path
from nomenclature import DataStructureDefinition
table = pyam.IamDataFrame(f"{sys.argv[1]}/iamc/iamc.csv")
print(len(table.variable), "variables,", len(table.region), "regions,", len(table.time), "periods")
known = DataStructureDefinition(Path(sys.argv[1], "iamc", "definitions"))
known.validate(table)  # raises what is not defined
print("codelist:", len(known.variable), "variables and", len(known.region), "regions as defined")
""",
    "pypsa": """
import sys, pypsa
def cost(n):
    hours, total = n.snapshot_weightings.objective, 0.0
    for name, flow in (("Generator", "p"), ("Link", "p0")):
        p = n.components[name].dynamic[flow]
        price = n.get_switchable_as_dense(name, "marginal_cost")[p.columns]
        total += float((p * price).mul(hours, axis=0).sum().sum())
    return total
n = pypsa.Network()
n.import_from_csv_folder(f"{sys.argv[1]}/pypsa")
n.consistency_check(strict=["all"])
assert n.snapshots.dtype.kind == "M", n.snapshots
own = cost(n)
status = n.optimize(solver_name="highs", solver_options={"output_flag": False})
print(status, f"cost of the run {own / 1e9:.3f}, least cost {n.objective / 1e9:.3f} EUR bn")
assert status == ("ok", "optimal")
assert n.objective <= own * (1 + 1e-6)
""",
}


def environment(folder: Path, name: str) -> Path | None:
    """Return the interpreter of a tool's environment, made if it is not there; None if it cannot be made."""
    python = folder / name / "bin" / "python"
    if python.exists():
        return python
    for command in ([sys.executable, "-m", "venv", str(folder / name)],
                    [str(python), "-m", "pip", "install", "--quiet", "--no-compile", *REQUIREMENTS[name]]):  # fmt: skip
        done = subprocess.run(command, text=True, capture_output=True)
        if done.returncode:
            shutil.rmtree(folder / name, ignore_errors=True)
            tell("miss", name, ["it cannot be installed", *done.stderr.strip().splitlines()[-3:]])
            return None
    return python


def tell(verdict: str, name: str, lines: Sequence[str]) -> None:
    """Print what one tool says."""
    print(f"[{verdict}] {name}: " + "\n    ".join(lines), flush=True)


def main(folder: Path, scenario: str) -> int:
    """Export a scenario, open each export in its tool, and return the exit code."""
    found = set()
    with tempfile.TemporaryDirectory(prefix="linepack-outside-") as place:
        for kind in ("csv", "parquet", "iamc", "pypsa"):
            linepack.export(scenario, Path(place, kind), kind)
        with ThreadPoolExecutor(2) as pool:
            pythons = list(pool.map(partial(environment, folder), CHECKS))
        for python, (name, check) in zip(pythons, CHECKS.items(), strict=True):
            if python is None:
                found.add(MISSING)
                continue
            done = subprocess.run([str(python), "-c", check, place], text=True, capture_output=True)
            lines = done.stdout.strip().splitlines()[-3:]
            if done.returncode:
                lines += done.stderr.strip().splitlines()[-5:]
                found.add(FAULT)
            tell("FAIL" if done.returncode else "pass", name, lines)
    return min(found, default=0)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "us-gazprom-2025/status-quo"))
