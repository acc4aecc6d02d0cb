"""A tiny case in a folder, as a user would write one: dataset, three scenarios, case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from linepack.scenario.scenario import Case, load_case
from linepack.system.dataset import write_dataset
from linepack.system.gassystem import GasSystem
from tests.scenario.two_markets import two_markets

BASE = """\
schema: 1
scenario: base
title: As it is
dataset: "small"
horizon: {first_month: 2025-04, months: 2}
closing: values
"""
OTHER = """\
schema: 1
scenario: %s
title: Other
based_on: base
patches:
  - name: change
    do: supply
    resources: SELLER_GAS
    factor: %s
    why: test
"""
CASE = """\
schema: 1
case: tiny
title: A tiny case
question: What if?
scenarios: [base, %s]
"""


def small_system() -> GasSystem:
    """Return the two markets under the name 'small'."""
    return replace(two_markets(), dataset="small")


def write_case(folder: Path, *factors: float, first: str = BASE) -> Path:
    """Write dataset and case into a folder; one scenario for each factor of supply."""
    (folder / "case" / "scenarios").mkdir(parents=True)
    write_dataset(small_system(), folder / "dataset")
    (folder / "case" / "scenarios" / "base.yaml").write_text(first, encoding="utf-8")
    for factor in factors:
        text = OTHER % (f"supply-{factor:g}", factor)
        (folder / "case" / "scenarios" / f"supply-{factor:g}.yaml").write_text(text, encoding="utf-8")
    names = ", ".join(f"supply-{factor:g}" for factor in factors)
    (folder / "case" / "case.yaml").write_text(CASE % names, encoding="utf-8")
    return folder


def small_case(folder: Path, *factors: float) -> Case:
    """Return the case of ``write_case``."""
    return load_case(write_case(folder, *factors) / "case")


