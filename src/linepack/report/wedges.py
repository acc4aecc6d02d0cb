"""What route wedges decide in an answer, and what no price decides: variants, forces and ties, as text and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from linepack.report.run_report import shown
from linepack.report.text import change, number, plain_table
from linepack.results.headline import FIGURES, HEADLINE_TABLES, headline
from linepack.results.solution import Solution, solve_system
from linepack.results.tables import result_tables
from linepack.results.wedges import STRENGTHS, moved_twh_y, ties, wedge_forces, with_wedges, without_tie_break
from linepack.runs.display import Shown
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem

SHOWN = ("ttf_eur_mwh", "jkm_eur_mwh", "eu_import_twh_y", "eu_share_us_lng_fraction", "russia_revenue_eur_bn_y",
         "us_revenue_eur_bn_y", "norway_revenue_eur_bn_y", "eu_import_bill_eur_bn_y")  # fmt: skip
MOST_FORCES = 12


@dataclass(frozen=True, repr=False)
class WedgeStudy(Shown):
    """Headline figures of a scenario, and of another, by strength of wedges; forces, moves and ties."""

    scenario: str
    against: str
    figures: dict[float, dict[str, float]]
    before: dict[float, dict[str, float]]
    forces: pd.DataFrame
    moved: dict[float, dict[str, float]]
    ties: pd.DataFrame | None

    @property
    def strengths(self) -> pd.DataFrame:
        """Headline figures by strength. Columns: strength, figure, value, change (NaN without another scenario)."""
        rows = [(k, name, value, value - self.before[k][name] if k in self.before else float("nan"))
                for k, figures in self.figures.items() for name, value in figures.items()]  # fmt: skip
        return pd.DataFrame(rows, columns=["strength", "figure", "value", "change"])

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        wide = self.strengths.pivot_table(index="figure", columns="strength", values="value", sort=False)
        ties = {} if self.ties is None else {"ties": self.ties}
        return (f"route wedges of '{self.scenario}' at strength 0, 1 and 2",
                {"strengths": wide.rename_axis(columns=None).reset_index(), "forces": self.forces, **ties})  # fmt: skip


def study_wedges(
    system: GasSystem, scenario: Scenario, *, against: Scenario | None = None, has_ties: bool = True
) -> WedgeStudy:
    """Return the study: each scenario is solved at every strength, and once without tie-break for ties.

    Errors: those of a solve; ``InputError`` for rolling expectations.
    """
    solved = {k: solve_system(system, with_wedges(scenario, k)) for k in STRENGTHS}
    before = {k: _figures(solve_system(system, with_wedges(against, k))) for k in STRENGTHS} if against else {}
    moved = {k: moved_twh_y(solved[1.0], s) for k, s in solved.items() if k != 1.0}
    found = ties(solve_system(system, without_tie_break(scenario))) if has_ties else None
    return WedgeStudy(scenario.name, against.name if against else "", {k: _figures(s) for k, s in solved.items()},
                      before, wedge_forces(solved[1.0]), moved, found)  # fmt: skip


def _figures(solution: Solution) -> dict[str, float]:
    return headline(result_tables(solution, HEADLINE_TABLES))


def wedges_text(study: WedgeStudy) -> str:
    """Return the study for a terminal."""
    parts = [f"Route wedges of '{study.scenario}': strength 0 none, 1 as fitted, 2 double", _variants(study)]
    moves = ", ".join(f"{number(m['trader_flow'], 0)} TWh/y of first sales and {number(m['pool_flow'], 0)} of pool gas "
                      f"at strength {k:g}" for k, m in study.moved.items())  # fmt: skip
    parts.append(f"Gas that goes another way than at strength 1: {moves}.")
    rows = [(r.trader, r.arc, number(r.flow_twh_y), number(r.force_eur_mwh, 2), number(r.rent_eur_bn_y, 3))
            for r in study.forces.head(MOST_FORCES).itertuples()]  # fmt: skip
    total = study.forces["rent_eur_bn_y"].sum()
    parts.append(plain_table(("trader", "route", "TWh/y", "wedge, EUR/MWh", "EUR bn/y"), rows))
    parts.append(f"All wedges together: {number(total, 2)} EUR bn a year. It is behaviour, no resource cost.")
    if study.ties is not None:
        parts.append("Ties: without wedges, and at the same prices to a cent, flows could lie anywhere between")
        parts.append(plain_table(
            ("flow, TWh/y", "here", "least", "most"),
            [(r.what, number(r.twh_y, 0), number(r.least_twh_y, 0), number(r.most_twh_y, 0))
             for r in study.ties.itertuples()],
        ))  # fmt: skip
    return "\n\n".join(parts)


def _variants(study: WedgeStudy) -> str:
    header = ["", "unit", *(f"{k:g}" for k in STRENGTHS), *(f"change at {k:g}" for k in study.before)]
    rows = []
    for f in (f for f in FIGURES if f.name in SHOWN):
        row = [f.label.strip(), f.unit, *(shown(f, study.figures[k][f.name]) for k in STRENGTHS)]
        scale = 100 if f.is_share else 1
        row += [change(scale * (study.figures[k][f.name] - before[f.name]), f.decimals) or "0"
                for k, before in study.before.items()]  # fmt: skip
        rows.append(row)
    note = f"\n\nChange: against '{study.against}' at the same strength." if study.against else ""
    return plain_table(header, rows) + note


def wedges_content(study: WedgeStudy) -> dict[str, Any]:
    """Return the study as JSON content."""
    return {
        "scenario": study.scenario, "against": study.against,
        "strengths": [{"strength": k, "headline": study.figures[k], "against": study.before.get(k),
                       "moved_twh_y": study.moved.get(k)} for k in STRENGTHS],
        "forces": study.forces.to_dict("records"),
        "ties": None if study.ties is None else study.ties.to_dict("records"),
    }  # fmt: skip
