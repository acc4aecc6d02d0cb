"""Who has market power, and which slope of price it believes to meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.hysteresis import RETURNING
from linepack.market.sets import MarketSets, pairs
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import Conjecture

SLOPES_PARAMETER = "measured_slopes"
"""Parameter that is 1 where slopes of residual demand are measured in the regime instead of read from ``traders``."""


@dataclass(frozen=True)
class AreaConduct:
    """Conduct by owner group and area: every array has one entry per row of ``labels`` (owner_group, area).

    ``slope`` is the given conjecture, NaN for that of the area's own demand; ``consumers``, ``flows`` and ``sales``
    are the rows of the demand, trader_flow and sales sets that belong to the entry.
    """

    labels: pd.DataFrame
    conduct: np.ndarray
    slope: np.ndarray
    consumers: tuple[np.ndarray, ...]
    flows: tuple[np.ndarray, ...]
    sales: tuple[np.ndarray, ...]

    def slopes(self, demand_slope: np.ndarray) -> np.ndarray:
        """Return the slope that each entry believes to meet, (periods, entries).

        That of an area's own demand is 1 / sum of 1 / slope of its consumers.
        """
        result = np.tile(self.slope, (len(demand_slope), 1))
        for k in np.flatnonzero(np.isnan(self.slope)):
            result[:, k] = 1 / (1 / demand_slope[:, self.consumers[k]]).sum(axis=1)
        return result


def residual_conduct(system: GasSystem) -> tuple[pd.DataFrame, np.ndarray]:
    """Return owner groups with power over residual demand, and conduct x slope; a group has its largest of both."""
    groups: dict[str, tuple[list[str], float, float]] = {}
    for row in system.table("traders").itertuples():
        traders, most, steepest = groups.get(row.owner_group, ([], 0.0, 0.0))
        is_residual = row.conjecture == Conjecture.RESIDUAL
        conduct = row.conduct if is_residual else 0.0
        slope = row.residual_slope_eur_mwh_per_gwh_d if is_residual else 0.0
        groups[row.owner_group] = ([*traders, row.trader], max(most, conduct), max(steepest, slope))
    rows = [(name, *groups[name]) for name in sorted(groups) if groups[name][1] * groups[name][2] > 0]
    table = pd.DataFrame(rows, columns=["owner_group", "traders", "conduct", "slope"])
    return table, (table["conduct"] * table["slope"]).to_numpy(dtype=float)


def area_conduct(system: GasSystem, s: MarketSets) -> AreaConduct:
    """Return the conduct of owner groups in the areas where they sell.

    A group has its largest conduct and slope. Errors: ``InputError`` for a group that mixes conjectures, or whose
    area has no demand with a slope.
    """
    group_of = dict(pairs(system.table("traders"), "trader", "owner_group"))
    area_of = dict(pairs(system.table("nodes"), "node", "area"))
    consumers = _by_area(s.demand["node"].tolist(), s.demand["segment"].tolist(), area_of)
    sold = s.trader_flow["is_sale"].tolist()
    flows: dict[tuple[str, str], list[int]] = {}
    sales: dict[tuple[str, str], list[int]] = {}
    for k, (trader, node) in enumerate(pairs(s.trader_flow, "trader", "destination")):
        if sold[k]:
            flows.setdefault((group_of[trader], area_of[node]), []).append(k)
    for k, (trader, node) in enumerate(pairs(s.sales, "trader", "node")):
        sales.setdefault((group_of[trader], area_of[node]), []).append(k)
    rows = []
    for (group, area), (conjecture, conduct, slope) in _by_group(system, {*flows, *sales}).items():
        if conduct == 0 or (conjecture is Conjecture.GIVEN and slope == 0):
            continue
        rows.append((group, area, conduct, slope if conjecture is Conjecture.GIVEN else np.nan))
    lost = [f"{group} {area}" for group, area, _, slope in rows if np.isnan(slope) and not consumers.get(area)]
    if lost:
        raise InputError("no-own-market", "these sellers conjecture the slope of an area without demand",
                         table="area_conduct", keys=lost, hint="put port and market into one area, or give a slope")
    table = pd.DataFrame(rows, columns=["owner_group", "area", "conduct", "slope"])
    keys = list(zip(table["owner_group"], table["area"], strict=True))
    return AreaConduct(
        table[["owner_group", "area"]], table["conduct"].to_numpy(dtype=float), table["slope"].to_numpy(dtype=float),
        tuple(np.array(consumers.get(area, []), dtype=int) for _, area in keys),
        tuple(np.array(flows.get(key, []), dtype=int) for key in keys),
        tuple(np.array(sales.get(key, []), dtype=int) for key in keys),
    )  # fmt: skip


def _by_area(nodes: list[str], segments: list[str], area_of: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for k, (node, segment) in enumerate(zip(nodes, segments, strict=True)):
        if segment.endswith(RETURNING):
            continue  # it stands on the line of another consumer, whose slope counts
        found.setdefault(area_of[node], []).append(k)
    return found


def _by_group(
    system: GasSystem, sells: set[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Conjecture, float, float]]:
    """Return conjecture, conduct and slope by (owner group, area); a row of area_conduct replaces the trader's own."""
    special: dict[tuple[str, str], Any] = {(r.trader, r.area): r for r in system.table("area_conduct").itertuples()}
    found: dict[tuple[str, str], tuple[Conjecture, float, float]] = {}
    mixed = []
    areas: dict[str, list[tuple[str, str]]] = {}
    for key in sorted(sells):
        areas.setdefault(key[0], []).append(key)
    for row in system.table("traders").itertuples():
        for key in areas.get(row.owner_group, []):
            rule = special.get((row.trader, key[1]), row)
            conjecture, conduct = Conjecture(rule.conjecture), float(rule.conduct)
            if conjecture is Conjecture.RESIDUAL or conduct == 0:
                continue
            slope = float(rule.conjectured_slope_eur_mwh_per_gwh_d)
            if key in found:
                other, most, steepest = found[key]
                mixed += [" ".join(key)] if other is not conjecture else []
                conduct, slope = max(most, conduct), max(steepest, slope)
            found[key] = (conjecture, conduct, slope)
    if mixed:
        raise InputError("mixed-conjectures", "the traders of an owner group have different conjectures in an area",
                         table="traders", keys=mixed, hint="one owner group is one seller; give it one conjecture")
    return {key: found[key] for key in sorted(found)}
