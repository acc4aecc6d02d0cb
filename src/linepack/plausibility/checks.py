"""What is measured in the runs of the set, and the bands that it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import numpy as np
import pandas as pd

from linepack.plausibility.areas import AREAS, consumption_gwh, own_market_slope, probe_bcm_y
from linepack.plausibility.figures import RUSSIANS, figures_of
from linepack.plausibility.probes import BASE, SHIP_COUNTS, STRING_VOLUMES_BCM
from linepack.policy.leakage import leakage
from linepack.results.headline import EU
from linepack.system.gassystem import GasSystem
from linepack.units import bcm_ei_from_twh, twh_from_gwh

Kept = Mapping[str, Mapping[str, pd.DataFrame]]
"""Tables kept of each run, by name of the scenario."""

GAZPROM = ("GAZPROM", "SAKHALIN_ENERGY")
PER_CENT_OF = {
    "string": BASE, "two-strings": BASE, "ukraine-15": BASE, "ban": BASE, "ban-trusting": BASE, "ban-no-detour": BASE,
    "ban-28-ships": BASE, "ban-28-no-detour": BASE, "ban-trusting-28": BASE,
    "string-own-market-0.5": BASE, "string-own-market-1": BASE, "gulf": BASE,
    "gulf-isoelastic": BASE, "gulf-doubled": "doubled",
    "gulf-free-stocks": BASE, "wedge-0": BASE, "wedge-2": BASE, "wedge-0-string": "wedge-0",
    "wedge-2-string": "wedge-2", "asia-half-string": "asia-half", "asia-double-string": "asia-double",
}  # fmt: skip
"""Change of TTF in per cent: of which run, against which."""


def bands() -> pd.DataFrame:
    """Return the expected bands: check, group, label, unit, decimals, low, high, source, grade, note.

    An empty upper end is that of the area's own demand; a note says why a figure may lie outside, or what to know.
    """
    path = resources.files("linepack") / "plausibility" / "bands.csv"
    with path.open(encoding="utf-8") as file:
        return pd.read_csv(file).fillna({"note": ""})


def measure(system: GasSystem, kept: Kept, year: str) -> dict[str, float]:
    """Return every measured figure by the name of its check."""
    runs = {name: figures_of(tables) for name, tables in kept.items()}
    base = runs[BASE]
    found: dict[str, float] = {}
    for key, (_, nodes) in AREAS.items():
        weight = consumption_gwh(system, nodes, year)
        for side in ("less", "more"):
            found[f"{side}-{key}"] = _price_change(runs[f"{side}-{key}"], base, weight) / probe_bcm_y(system, nodes,
                                                                                                    year)  # fmt: skip
    for side in ("less", "more"):
        for marker in ("ttf", "jkm"):
            found[f"lng-{side}-{marker}"] = runs[f"lng-{side}"][f"{marker}_eur_mwh"] - base[f"{marker}_eur_mwh"]
    for name, against in PER_CENT_OF.items():
        found[f"{name}-ttf"] = 100 * (runs[name]["ttf_eur_mwh"] / runs[against]["ttf_eur_mwh"] - 1)
    for name in ("string", "ban", "gulf"):
        found |= _changes(name, runs[name], base)
    for name in ("string-conduct-0", "string-conduct-1", "string-one-seller", "string-own-market-0.5",
                 "string-own-market-1", "string-own-market-1-even"):  # fmt: skip
        found[f"{name}-sold"] = runs[name]["string_b_bcm"]
    found["wedge-0-us"] = runs["wedge-0"]["us_lng_to_eu_bcm"] - base["us_lng_to_eu_bcm"]
    return found | _optimum(runs) | _ships(runs) | _leak(system, kept)


def upper_ends(system: GasSystem, year: str) -> dict[str, float]:
    """Return the response that no area can exceed, by check: that of its own demand, all borders closed."""
    return {f"{side}-{key}": sign * own_market_slope(system, nodes, year)
            for key, (_, nodes) in AREAS.items() for side, sign in (("less", 1.0), ("more", -1.0))}  # fmt: skip


def _price_change(run: Mapping[str, float], base: Mapping[str, float], weight: pd.Series) -> float:
    change = {node: run[f"price {node}"] - base[f"price {node}"] for node in weight.index}
    return float((pd.Series(change) * weight).sum() / weight.sum())


def _changes(name: str, run: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float]:
    keys = {"eu-demand": "eu_consumption_bcm", "eu-lng": "eu_lng_bcm", "us-to-eu": "us_lng_to_eu_bcm",
            "china-lng": "china_lng_bcm", "russia": "russia_revenue_eur_bn_y", "us": "us_revenue_eur_bn_y",
            "norway": "norway_revenue_eur_bn_y", "eu-bill": "eu_consumption_value_eur_bn"}  # fmt: skip
    jkm = 100 * (run["jkm_eur_mwh"] / base["jkm_eur_mwh"] - 1)
    return {f"{name}-jkm": jkm} | {f"{name}-{short}": run[figure] - base[figure] for short, figure in keys.items()}


def _optimum(runs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return the volumes at which Gazprom and all Russian sellers earn most, and what the last volumes add."""
    profit = {
        who: np.array([sum(runs[f"string-{bcm:g}"][f"profit {trader}"] for trader in sellers)
                       for bcm in STRING_VOLUMES_BCM])
        for who, sellers in (("gazprom", GAZPROM), ("russia", RUSSIANS))
    }  # fmt: skip
    volumes = np.array(STRING_VOLUMES_BCM)
    zero, twenty, full = (STRING_VOLUMES_BCM.index(bcm) for bcm in (0.0, 20.0, 27.5))
    found = {}
    for who, curve in profit.items():
        found[f"optimum-{who}"] = best_volume(volumes, curve)
        found[f"gain-{who}"] = float(curve[full] - curve[zero])
        found[f"last-{who}"] = float(curve[full] - curve[twenty])
    return found


def best_volume(volumes: np.ndarray, profit: np.ndarray) -> float:
    """Return the volume of the largest profit: the top of the parabola through the best point and its neighbours."""
    k = int(np.argmax(profit))
    if k in (0, len(volumes) - 1):
        return float(volumes[k])
    a, b, _ = np.polyfit(volumes[k - 1 : k + 2], profit[k - 1 : k + 2], 2)
    return float(-b / (2 * a))


def _ships(runs: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    closed = {count: runs["ban" if count == SHIP_COUNTS[0] else f"ban-{count}-ships"] for count in SHIP_COUNTS}
    found = {f"ships-{count}-yamal": run["yamal_bcm"] for count, run in closed.items()}
    found |= {f"ships-{count}-bound": run["ice_ships_bound"] for count, run in closed.items()}
    return found | {"ships-14-asia": closed[14]["yamal_asia_bcm"], "ships-14-turkey": closed[14]["yamal_turkey_bcm"],
                    "ships-14-value": closed[14]["ice_ship_value_keur_d"],
                    "ships-no-detour-asia": runs["ban-no-detour"]["yamal_asia_bcm"]}  # fmt: skip


def _leak(system: GasSystem, kept: Kept) -> dict[str, float]:
    found: dict[str, float] = {}
    for name in ("ban", "ban-trusting"):
        account = leakage(system, ("RU",), (EU,), sales_before=kept[BASE]["sold"], sales_after=kept[name]["sold"],
                          pool_before=kept[BASE]["pool"], pool_after=kept[name]["pool"])  # fmt: skip
        parts = {"barred": account.barred_gwh, "redirected": sum(gwh for _, gwh in account.redirected_gwh),
                 "shut-in": account.shut_in_gwh, "relabelled": account.relabelling_gwh,
                 "displaced": account.displacement_gwh, "lost": account.lost_gwh}  # fmt: skip
        found |= {f"leak-{name}-{part}": float(bcm_ei_from_twh(twh_from_gwh(gwh))) for part, gwh in parts.items()}
    return found
