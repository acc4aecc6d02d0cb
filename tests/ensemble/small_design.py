"""A design over the tiny case, as a user would write one."""

from __future__ import annotations

from pathlib import Path

from tests.runs.small import BASE

HEAD = """\
schema: 1
ensemble: tiny
title: A tiny ensemble
scenarios: [%s]
sampling: %s
draws: %s
seed: %s
factors:
"""
MORE = """\
schema: 1
scenario: more
title: More supply
based_on: base
patches:
  - {name: more, do: supply, resources: SELLER_GAS, factor: 1.2, why: test}
"""


def write_design(
    folder: Path, factors: str, *, sampling: str = "monte_carlo", draws: int | None = None, seed: int = 1,
    scenarios: str = "base.yaml", tail: str = "",
) -> Path:  # fmt: skip
    """Write the tiny scenarios and a design beside them; return the design's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "more.yaml").write_text(MORE, encoding="utf-8")
    head = HEAD % (scenarios, sampling, draws, seed)
    if draws is None:
        head = head.replace("draws: None\n", "")
    path = folder / "design.yaml"
    path.write_text(head + factors + tail, encoding="utf-8")
    return path
