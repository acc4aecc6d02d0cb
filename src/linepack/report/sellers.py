"""Sellers with market power: the deviation test and the slopes they face, as text and JSON content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from linepack.report.text import change, number, plain_table
from linepack.results.conduct import (
    GAIN_LIMIT_FRACTION,
    area_slopes,
    area_term,
    certificate_b,
    residual_slopes,
)
from linepack.results.solution import solve_system
from linepack.runs.display import Shown
from linepack.scenario.parse import slopes_option
from linepack.scenario.patches import ConductPatch
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True, repr=False)
class SellerStudy(Shown):
    """True gains by seller and deviation, slopes at the equilibrium, and what the table of traders had."""

    scenario: str
    gains: pd.DataFrame
    slopes: pd.DataFrame
    is_measured: bool
    areas: pd.DataFrame | None = None

    @property
    def is_certified(self) -> bool:
        """True if no seller with conduct 1 gains more than the limit."""
        return bool(self.gains.loc[self.gains["conduct"] >= 1.0, "is_within"].all())

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        areas = {} if self.areas is None else {"areas": self.areas}
        return f"sellers of '{self.scenario}'", {"gains": self.gains, "slopes": self.slopes, **areas}


def study_sellers(
    system: GasSystem, scenario: Scenario, *, conduct: float | None = None, is_measured: bool = False,
    has_areas: bool = False,
) -> SellerStudy:  # fmt: skip
    """Return the study of a scenario, with every strategic seller's conduct set to ``conduct`` if it is given.

    ``has_areas`` measures local slopes and solves again with the area term where markets are walled off.
    """
    traders = system.table("traders")
    strategic = tuple(traders.loc[traders["conduct"] > 0, "trader"])
    used = scenario
    if conduct is not None and strategic:
        used = scenario.with_patches(scenario.name, ConductPatch("conduct of the study", "study", strategic, conduct))
    if is_measured:
        used = used.with_patches(used.name, slopes_option("measured"))
    solution = solve_system(system, used)
    areas = area_slopes(solution) if has_areas else None
    term = area_term(solution, areas) if areas is not None else None
    if term is not None:
        solution = solve_system(system, used.with_patches(used.name, term))
    given = solution.system.table("traders").groupby("owner_group")["residual_slope_eur_mwh_per_gwh_d"].max()
    slopes = residual_slopes(solution)
    slopes["used_eur_mwh_per_gwh_d"] = slopes["owner_group"].map(given)
    return SellerStudy(scenario.name, certificate_b(solution), slopes, is_measured, areas)


def sellers_text(study: SellerStudy) -> str:
    """Return the study for a terminal."""
    wide = study.gains.pivot_table(index="owner_group", columns="deviation", values="gain_fraction", dropna=False)
    profit = study.gains.drop_duplicates("owner_group").set_index("owner_group")
    rows = [
        (str(group), number(profit.loc[group, "conduct"], 2), number(profit.loc[group, "profit_eur_bn"]),
         *("cannot" if pd.isna(gain) else f"{change(100 * gain, 2) or '0'} %" for gain in line))
        for group, line in zip(wide.index, wide.to_numpy(), strict=True)
    ]  # fmt: skip
    header = ("true gain if it sells", "conduct", "profit, EUR bn", *(f"{100 * d:+.0f} %" for d in wide.columns))
    slopes = [
        (row.owner_group, f"{number(row.probe_low_gwh_d, 0)} to {number(row.probe_high_gwh_d, 0)}",
         f"{row.slope_eur_mwh_per_gwh_d:.5f}", f"{row.used_eur_mwh_per_gwh_d:.5f}")
        for row in study.slopes.itertuples()
    ]
    local = [] if study.areas is None else [plain_table(
        ("area", "uses, GWh/d", "slope", "common", "excess"),
        [(r.area, number(r.used_gwh_d, 0), f"{r.slope_eur_mwh_per_gwh_d:.5f}", f"{r.common_eur_mwh_per_gwh_d:.5f}",
          f"{r.excess_eur_mwh_per_gwh_d:.5f}") for r in study.areas.itertuples()],
    ), "Sellers count the excess of an area, where it is half the common slope or more, beside theirs."]  # fmt: skip
    verdict = "passed" if study.is_certified else "FAILED"
    return "\n\n".join((
        f"Sellers of '{study.scenario}': rivals' yearly sales held, everybody else adjusts",
        plain_table(header, rows),
        plain_table(("slope, EUR/MWh per GWh/d", "probe, GWh/d", "measured", "used"), slopes),
        *local,
        f"Certificate B (no seller with conduct 1 gains more than {100 * GAIN_LIMIT_FRACTION:g} %): {verdict}. Below "
        "conduct 1 a gain is what the seller leaves on the table.",
    ))  # fmt: skip


def sellers_content(study: SellerStudy) -> dict[str, Any]:
    """Return the study as JSON content."""
    gains = study.gains.astype(object).where(study.gains.notna(), None)
    return {"scenario": study.scenario, "is_certified": study.is_certified, "is_measured": study.is_measured,
            "gains": gains.to_dict("records"), "slopes": study.slopes.to_dict("records"),
            "areas": None if study.areas is None else study.areas.to_dict("records")}  # fmt: skip
