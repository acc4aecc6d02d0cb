"""The band of a headline figure: what is uncertain in every answer is drawn jointly, the same draws for each scenario.

A band of a *change* is taken draw by draw, so that what moves baseline and scenario alike cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.stats import qmc

from linepack.errors import NotCertified
from linepack.results.figures import figure_table
from linepack.results.solution import Solution, SolveSettings
from linepack.results.tables import result_tables
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.patches import ConductPresetPatch, Patch, QuantityPatch, Span, SupplyPatch, TablePatch
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import ArcKind, ConductPreset

SEED = 20250313
LOW, HIGH = 0.1, 0.9
HOUSEHOLD = "household"
EUROPE = ("EU27", "Europe non-EU")
PRICE_TABLES = {"price_markers": ("marker", "price_eur_mwh"), "hub_prices": ("node", "hub_price_eur_mwh")}
"""Tables of prices that a draw keeps, with the columns of name and price."""
BAND_MEANING = (
    "10 to 90 per cent of joint draws of conduct (competitive, calibrated, Cournot), demand elasticity in Europe and "
    "elsewhere (half to double), world LNG supply (plus or minus 2 per cent), route wedges (none, as observed, double) "
    "and European winters (household demand plus or minus 8 per cent)"
)


@dataclass(frozen=True)
class Draw:
    """One joint draw of what every answer depends on and nobody knows."""

    conduct: ConductPreset
    europe_elasticity_factor: float
    elsewhere_elasticity_factor: float
    lng_supply_factor: float
    wedge_factor: float
    winter_factor: float


def latin_hypercube(count: int, seed: int = SEED) -> tuple[Draw, ...]:
    """Return ``count`` draws, one in each of ``count`` equal slices of every range (Latin hypercube).

    Conduct one of the presets; elasticities half to double, even in the logarithm; LNG 0.98 to 1.02; wedges 0, 1 or 2;
    household demand of European winters 0.92 to 1.08 (degree-days of German winters 2019 to 2024 deviate by 5 %).
    """
    presets = tuple(ConductPreset)
    unit = qmc.LatinHypercube(d=6, rng=np.random.default_rng(seed)).random(count)
    return tuple(
        Draw(presets[int(len(presets) * u[0])], round(float(2 ** (2 * u[1] - 1)), 6),
             round(float(2 ** (2 * u[2] - 1)), 6), round(float(0.98 + 0.04 * u[3]), 6), float(int(3 * u[4])),
             round(float(0.92 + 0.16 * u[5]), 6))
        for u in unit
    )  # fmt: skip


def draw_patches(system: GasSystem, draw: Draw) -> tuple[Patch, ...]:
    """Return the patches that put a draw into a scenario; sellers that are price takers stay so."""
    resources, arcs = system.table("resources"), system.table("arcs")
    plants = arcs.loc[arcs["kind"] == ArcKind.LIQUEFACTION, "origin"]
    lng = tuple(resources.loc[resources["node"].isin(plants), "resource"])
    elsewhere = tuple(region for region in dict.fromkeys(system.table("nodes")["region"]) if region not in EUROPE)
    with_demand = set(system.table("nodes").set_index("node").loc[system.table("demand")["node"].unique(), "region"])
    patches: list[Patch] = [TablePatch("wedges", "band", "parameters", {"parameter": ("wedge_multiplier",)}, "value",
                                       factor=draw.wedge_factor)]  # fmt: skip
    patches.append(ConductPresetPatch("conduct", "band", draw.conduct))
    if lng:
        patches.append(SupplyPatch("world LNG", "band", lng, Span(), draw.lng_supply_factor))
    for name, regions, factor in (("Europe", EUROPE, draw.europe_elasticity_factor),
                                  ("elsewhere", elsewhere, draw.elsewhere_elasticity_factor)):  # fmt: skip
        here = tuple(region for region in regions if region in with_demand)
        if here:
            patches.append(QuantityPatch(f"elasticity {name}", "band", "demand", (), here, (), Span(), 1.0, factor))
    return (*patches, *_winters(system, draw.winter_factor))


def _winters(system: GasSystem, factor: float) -> list[Patch]:
    """Return one patch per winter of the table of demand, for households in Europe; none if it has no such segment."""
    table = system.table("demand")
    region = table["node"].map(system.table("nodes").set_index("node")["region"])
    own = table[(table["segment"] == HOUSEHOLD) & region.isin(EUROPE)]
    if own.empty:
        return []
    regions = tuple(name for name in EUROPE if (region[own.index] == name).any())
    first, last = (int(own["month"].agg(end)[:4]) for end in ("min", "max"))
    found: list[Patch] = []
    for year in range(first - 1, last + 1):
        span = Span(date(year, 11, 1), date(year + 1, 3, 31))
        if own["month"].between(f"{year}-11", f"{year + 1}-03").any():
            found.append(QuantityPatch(f"winter {year}", "band", "demand", (), regions, (), span, factor, 1.0,
                                       (HOUSEHOLD,)))  # fmt: skip
    return found


def headline_and_prices(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return what a draw keeps: the headline figures, and prices of markers and hubs by period."""
    return {"headline": figure_table(solution), **result_tables(solution, PRICE_TABLES)}


def scenario_bands(
    system: GasSystem,
    scenarios: Sequence[Scenario],
    store: RunStore,
    *,
    draws: int = 20,
    settings: SolveSettings | None = None,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
) -> pd.DataFrame:
    """Return the band of every headline figure; the first scenario is the baseline of changes.

    Columns: scenario, figure, low, high, low_change, high_change, draws: 10 and 90 per cent quantiles over draws that
    were certified. A draw that fails for one scenario is left out for all, so that scenarios stay comparable.
    Errors: ``NotCertified`` if fewer than half of the draws are certified.
    """
    runs = _drawn(system, scenarios, store, draws, settings, workers, on_progress)
    names = list(runs[0][0].tables["headline"]["figure"])
    values = [np.array([run.tables["headline"]["value"] for run in own], dtype=float) for own in runs]
    rows = []
    for scenario, mine in zip(scenarios, values, strict=True):
        low, high = np.quantile(mine, (LOW, HIGH), axis=0)
        low_change, high_change = np.quantile(mine - values[0], (LOW, HIGH), axis=0)
        rows += [(scenario.name, name, low[k], high[k], low_change[k], high_change[k], len(mine))
                 for k, name in enumerate(names)]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "figure", "low", "high", "low_change", "high_change", "draws"])


def price_bands(
    system: GasSystem,
    scenarios: Sequence[Scenario],
    store: RunStore,
    *,
    draws: int = 20,
    settings: SolveSettings | None = None,
    workers: int = 2,
) -> pd.DataFrame:
    """Return the band of the price of every marker and hub in every period, from the draws of ``scenario_bands``.

    Columns: scenario, series (marker or node), period, low_eur_mwh, high_eur_mwh: 10 and 90 per cent quantiles. What
    ``scenario_bands`` has solved in the same store is not solved again. Errors: as there.
    """
    parts = []
    for scenario, runs in zip(scenarios, _drawn(system, scenarios, store, draws, settings, workers, None), strict=True):
        prices = pd.concat([run.tables[name].rename(columns={series: "series", price: "price_eur_mwh"})
                            [["series", "period", "price_eur_mwh"]]
                            for run in runs for name, (series, price) in PRICE_TABLES.items()])  # fmt: skip
        by_month = prices.groupby(["series", "period"], sort=False)["price_eur_mwh"]
        quantiles = pd.DataFrame({"low_eur_mwh": by_month.quantile(LOW), "high_eur_mwh": by_month.quantile(HIGH)})
        parts.append(quantiles.reset_index().assign(scenario=scenario.name))
    return pd.concat(parts, ignore_index=True)[["scenario", "series", "period", "low_eur_mwh", "high_eur_mwh"]]


def _drawn(
    system: GasSystem, scenarios: Sequence[Scenario], store: RunStore, draws: int, settings: SolveSettings | None,
    workers: int, on_progress: Callable[[Progress], None] | None,
) -> list[list[Run]]:  # fmt: skip
    """Return the runs of every draw that was certified for all scenarios, by scenario."""
    design = latin_hypercube(draws)
    jobs = [scenario.with_patches(f"{scenario.name}, draw {k + 1}", *draw_patches(system, draw))
            for scenario in scenarios for k, draw in enumerate(design)]  # fmt: skip
    outcomes = run_scenarios(system, jobs, store, settings=settings, workers=workers, keep=headline_and_prices,
                             on_progress=on_progress)  # fmt: skip
    parts = [outcomes[k * draws : (k + 1) * draws] for k in range(len(scenarios))]
    whole = [k for k in range(draws) if all(part[k].run is not None for part in parts)]
    if len(whole) * 2 < draws:
        raise NotCertified("bands-not-certified", f"only {len(whole)} of {draws} draws could be certified",
                           hint="see the failed scenarios above")  # fmt: skip
    return [[run for k in whole if (run := part[k].run) is not None] for part in parts]
