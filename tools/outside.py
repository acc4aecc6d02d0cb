"""Open exports in the tools they are for: ``python tools/outside.py FOLDER [SCENARIO]``.

frictionless, pyam and PyPSA are no requirements of linepack: each gets an environment of its own in FOLDER, made once.
The exit code is 1 if one of them finds fault.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import linepack

REQUIREMENTS = {
    "frictionless": ("frictionless", "pandas", "pyarrow"),
    "pyam": ("pyam-iamc>=4", "httpx<0.28", "rich<15"),  # newer ones push a part of pyam back to a version that fails
    "pypsa": ("pypsa>=1.4", "highspy"),
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
table = pyam.IamDataFrame(f"{sys.argv[1]}/iamc/iamc.csv")
print(len(table.variable), "variables,", len(table.region), "regions,", len(table.time), "periods")
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
own = cost(n)
status = n.optimize(solver_name="highs", solver_options={"output_flag": False})
print(status, f"cost of the run {own / 1e9:.3f}, least cost {n.objective / 1e9:.3f} EUR bn")
assert status == ("ok", "optimal")
assert n.objective <= own * (1 + 1e-6)
""",
}


def environment(folder: Path, name: str) -> Path:
    """Return the interpreter of a tool's environment, made if it is not there."""
    python = folder / name / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[name]], check=True)
    return python


def main(folder: Path, scenario: str) -> int:
    """Export a scenario, open each export in its tool, and return 1 if one finds fault."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="linepack-outside-") as place:
        for kind in ("csv", "parquet", "iamc", "pypsa"):
            linepack.export(scenario, Path(place, kind), kind)
        for name, check in CHECKS.items():
            done = subprocess.run([str(environment(folder, name)), "-c", check, place], text=True, capture_output=True)
            lines = done.stdout.strip().splitlines()[-3:]
            lines += done.stderr.strip().splitlines()[-5:] if done.returncode else []
            print(f"[{'FAIL' if done.returncode else 'pass'}] {name}: " + "\n    ".join(lines), flush=True)
            failed += [name] if done.returncode else []
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else "us-gazprom-2025/status-quo"))
