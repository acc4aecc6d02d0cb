"""The Council of the European Union: 27 states, qualified majority and unanimity, with real populations.

Rule for acts on a Commission proposal (Article 16(4) TEU): at least 55 % of the states, with at least 65 % of the
population; a blocking minority has at least four states, failing which the majority is reached.
"""

from __future__ import annotations

from importlib import resources
from math import ceil
from pathlib import Path

import pandas as pd

from linepack.deals.voting import VotingBody, unanimous_body
from linepack.errors import InputError, Issue
from linepack.system.dataset import parse_cells
from linepack.system.schema import Table, number, text
from linepack.vocabulary import EU27

STATES_PERCENT, POPULATION_PERCENT, BLOCKING_STATES = 55, 65, 4
ADOPTED = "council-2025"

POPULATIONS = Table("populations", "Population weights of the member states.", ("list", "state"), (
    text("list", "Which count: council-2025 (used for votes in 2025) or eurostat-2024."),
    text("state", "Member state, ISO 3166 alpha-2.", choices=EU27),
    number("weight", "see unit", "Share or number of people, a whole number."),
    text("unit", "Unit of the weight."),
))  # fmt: skip


def council_populations() -> pd.DataFrame:
    """Return the population weights: list, state, weight, unit and provenance; one row per list and state."""
    path = Path(str(resources.files("linepack") / "datasets" / "council" / "populations.csv"))
    issues: list[Issue] = []
    frame = parse_cells(pd.read_csv(path, dtype=str, keep_default_na=False), POPULATIONS, issues)
    for name, rows in frame.groupby("list"):
        if set(rows["state"]) != set(EU27):
            issues.append(Issue("missing-state", f"list {name} does not have the 27 states", "populations"))
    if issues:
        raise InputError("bad-dataset", f"{len(issues)} problem(s) in {path.name}", table="populations", issues=issues)
    return frame


def qualified_majority(population_list: str = ADOPTED) -> VotingBody:
    """Return the Council voting by qualified majority on a proposal of the Commission.

    Shares of ``council-2025`` are in hundredths of a percent, so its threshold is 65.00 % of 100 %, not of the sum of
    the rounded shares.
    """
    frame = council_populations()
    lists = sorted(set(frame["list"]))
    if population_list not in lists:
        raise InputError("unknown-list", f"there is no population list '{population_list}'", keys=[population_list],
                         hint=f"one of {', '.join(lists)}")  # fmt: skip
    rows = frame[frame["list"] == population_list]
    weights = tuple(int(weight) for weight in rows["weight"])
    people = 10_000 if population_list == ADOPTED else sum(weights)
    return VotingBody(
        f"Council, qualified majority ({population_list})", tuple(rows["state"]), weights,
        quota=ceil(people * POPULATION_PERCENT / 100),
        minimum_members=ceil(len(weights) * STATES_PERCENT / 100), blocking_members=BLOCKING_STATES,
    )  # fmt: skip


def unanimity() -> VotingBody:
    """Return the Council voting by unanimity, as on sanctions: each of the 27 states can block."""
    return unanimous_body("Council, unanimity", EU27)
