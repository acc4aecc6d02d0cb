"""Write the long limits that bind in the shipped cases: solves of similar scenarios begin with them.

Run: python tools/likely.py, after a change of data or equations that moves what binds; a few minutes. Each scenario is
solved whole. An old list costs time and changes no answer.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from linepack.market.compile import compile_problem
from linepack.market.parameters import Closing
from linepack.results.binding import binding
from linepack.results.likely import LONG_LIMITS
from linepack.results.solution import Solution, solve_problem
from linepack.runs.store import write_text
from linepack.scenario.scenario import Scenario, apply_scenario, load_case
from linepack.system.dataset import load_dataset

FOLDER = Path(__file__).resolve().parents[1] / "src" / "linepack" / "datasets" / "likely"
CASES = {"2025": ("us-gazprom-2025", "reference-2025", "regimes-2030")}


def long_limits(scenario: Scenario) -> set[tuple[str, str]]:
    """Return the long limits that bind in a scenario, solved with all rows."""
    patched = apply_scenario(load_dataset(scenario.dataset), scenario)
    problem = compile_problem(patched, scenario.periods, closing=Closing(scenario.closing))
    solution = Solution(patched, *solve_problem(problem))
    table = binding(solution)
    return {pair for pair in zip(table["limit"], table["what"], strict=True) if pair[0] in LONG_LIMITS}


def main() -> None:
    """Write one file per dataset."""
    for dataset, cases in CASES.items():
        found: set[tuple[str, str]] = set()
        for scenario in (scenario for case in cases for scenario in load_case(case).scenarios):
            own = long_limits(scenario)
            print(f"{scenario.name}: {len(own)} limits, {len(own - found)} new", file=sys.stderr, flush=True)
            found |= own
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([("limit", "what"), *sorted(found)])
        write_text(FOLDER / f"{dataset}.csv", text.getvalue())


if __name__ == "__main__":
    main()
