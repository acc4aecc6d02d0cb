"""Areas whose response is probed, and the patches that place gas there or take it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from linepack import units
from linepack.scenario.patches import AddRowsPatch, Patch
from linepack.system.calendar import days_in_month
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import DemandShape, Grade

AREAS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nw-europe": ("North-west Europe", ("BE", "DE", "FR", "LU", "NL")),
    "britain": ("Britain and Ireland", ("GB", "IE")),
    "iberia": ("Iberia", ("ES", "PT")),
    "italy": ("Italy", ("IT",)),
    "central-europe": ("Central Europe", ("AT", "CZ", "HU", "PL", "SI", "SK")),
    "se-europe": ("South-east Europe", ("BG", "GR", "HR", "RO", "RS", "BA", "MK")),
    "baltics": ("Baltics and Finland", ("EE", "FI", "LT", "LV")),
    "ukraine": ("Ukraine and Moldova", ("UA", "MD")),
    "turkey": ("Turkey", ("TR",)),
    "ne-asia": ("Japan, Korea, Taiwan", ("JP", "KR", "TW")),
    "china": ("China", ("CN",)),
    "s-asia": ("India, Pakistan, Bangladesh", ("IN", "PK", "BD")),
    "latin-america": ("Brazil, Argentina, Chile", ("BR", "AR", "CL")),
}
"""Key: name to show, and the markets over which gas is spread in proportion to consumption."""

PROBE_BCM_Y = 5.0
LARGEST_SHARE = 0.25
"""No area loses or gains more than this share of its consumption: 5 bcm a year is more than the Baltics burn."""


@dataclass(frozen=True)
class HomeSupplyPatch:
    """Adds supply at markets, flat over the year, beside what is produced there."""

    name: str
    why: str
    gwh_d: Mapping[str, float]

    def apply(self, system: GasSystem) -> GasSystem:
        """Return the system with more home production in every month that has demand."""
        months = sorted(set(system.table("demand")["month"]))
        rows = pd.DataFrame([(node, month, rate) for node, rate in self.gwh_d.items() for month in months],
                            columns=["node", "month", "quantity_gwh_d"])  # fmt: skip
        new = rows.assign(source=self.name, grade=Grade.JUDGEMENT.value, known_from="1990-01-01", note=self.why)
        both = pd.concat([system.table("indigenous_production"), new], ignore_index=True)
        kept = both.drop_duplicates(["node", "month"]).drop(columns="quantity_gwh_d")
        total = both.groupby(["node", "month"], as_index=False)["quantity_gwh_d"].sum()
        columns = system.table("indigenous_production").columns
        return system.with_tables(indigenous_production=kept.merge(total, on=["node", "month"])[columns])


def probe_bcm_y(system: GasSystem, nodes: tuple[str, ...], year: str) -> float:
    """Return how much is placed in an area, in bcm (40 MJ) a year: 5, or a quarter of consumption if that is less."""
    return min(PROBE_BCM_Y, LARGEST_SHARE * float(units.bcm_ei_from_twh(consumption_gwh(system, nodes, year).sum()
                                                                        / 1e3)))  # fmt: skip


def gas_added(system: GasSystem, nodes: tuple[str, ...], year: str) -> Patch:
    """Return the patch that adds the probe's quantity as supply."""
    return HomeSupplyPatch("gas added", "to see by how much the price falls", _spread(system, nodes, year))


def gas_lost(system: GasSystem, nodes: tuple[str, ...], year: str) -> Patch:
    """Return the patch that takes the probe's quantity away: consumption that comes on top, at any price."""
    months = sorted({month for month in system.table("demand")["month"] if month.startswith(year)})
    rows = tuple({"node": node, "segment": "probe", "month": month, "quantity_gwh_d": rate,
                  "reference_price_eur_mwh": 30.0, "elasticity": 0.1, "shape": DemandShape.FIXED.value}
                 for node, rate in _spread(system, nodes, year).items() for month in months)  # fmt: skip
    return AddRowsPatch("gas lost", "to see by how much the price rises", "demand", rows)


def own_market_slope(system: GasSystem, nodes: tuple[str, ...], year: str) -> float:
    """Return the fall of price in EUR/MWh per bcm a year if no gas crossed the area's border: what nothing exceeds."""
    table = system.table("demand")
    rows = table[table["node"].isin(nodes) & table["month"].str.startswith(year)]
    days = rows["month"].map(days_in_month)
    gwh_per_eur = float((rows["quantity_gwh_d"] * rows["elasticity"] / rows["reference_price_eur_mwh"] * days).sum())
    return float(units.twh_from_bcm_ei(1.0)) * 1e3 / gwh_per_eur


def consumption_gwh(system: GasSystem, nodes: tuple[str, ...], year: str) -> pd.Series:
    """Return consumption of a year at reference prices by market, in GWh."""
    table = system.table("demand")
    rows = table[table["node"].isin(nodes) & table["month"].str.startswith(year)]
    return (rows["quantity_gwh_d"] * rows["month"].map(days_in_month)).groupby(rows["node"]).sum().reindex(nodes)


def _spread(system: GasSystem, nodes: tuple[str, ...], year: str) -> dict[str, float]:
    used = consumption_gwh(system, nodes, year)
    total = float(units.twh_from_bcm_ei(probe_bcm_y(system, nodes, year))) * 1e3 / units.DAYS_PER_YEAR
    return {str(node): total * float(gwh / used.sum()) for node, gwh in used.items()}
