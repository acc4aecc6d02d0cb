"""History rerun: behaviour fitted to 2019 or to 2021 alone; 2022 and 2023 predicted from what was lost.

Imposed in a test year: flow of each Russian route, LNG supply by exporter, home production, the stock of 1 January,
the EU's filling rule, and the network. Predicted: prices, LNG by destination, Norway, Algeria, Azerbaijan, what Britain
sends on, consumption and stocks in between. Demand curves, conduct, costs, wedges and contracts are those of the base
year, frozen under a digest before a figure of a test year is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linepack import units
from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, within
from linepack.calibrate.frozen import Frozen
from linepack.results.headline import EU
from linepack.results.solution import SolveSettings, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.patches import Patch, QuantityPatch, Span
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem
from linepack.system.history import load_history
from linepack.system.years import EUROPE, YearOf, year_system
from linepack.vocabulary import DemandShape

BASES = (2019, 2021)
TESTS = (2022, 2023)
OWN_YEAR = ("conduct of Gazprom", "Norwegian supply")
"""Parameters that say something of their year alone: Russian flows are imposed afterwards, and outages do not last."""

SHORT_RUN, LONG_RUN = 0.18, 0.68
"""Own-price elasticity of gas, mean of studies: Labandeira, Labeaga and Lopez-Otero, Energy Policy 102 (2017)."""

LAGGED = "2023 with a year's lag of demand"
PRICE_FACTOR = 1.6
BETTER_THAN_NAIVE = 0.5
LEAST_CHANGE = 0.02
"""The sign of a change counts where it was at least this share of the base year."""

TABLES = ("price_markers", "hub_prices", "flows", "sales", "consumption", "storage")
LABELS = {
    "LNG": "LNG to EU", "NORWAY": "Norway pipe to EU", "ALGERIA": "Algeria pipe to EU",
    "AZERBAIJAN": "Azerbaijan to EU",
    "GB_NET": "Britain to EU, net", "TOTAL": "EU imports, total", "CONSUMPTION": "EU consumption",
    "CHINA_LNG": "LNG to China", "TTF": "TTF, mean", "JKM": "JKM, mean",
}  # fmt: skip
FLOWS = ("LNG", "NORWAY", "ALGERIA", "AZERBAIJAN", "GB_NET", "TOTAL")
PRICES = ("TTF", "JKM")
SHARES = {"LNG": 0.10, "NORWAY": 0.05, "TOTAL": 0.05}

MECHANISMS = {
    ("LNG", 2019, 2022): "Asian demand of 2019 leaves Europe more cargoes than that of 2022 did",
    ("TTF", 2019, 2022): "demand curves of 2019 know neither the growth of Asia to 2022 nor how little gas users gave "
    "up at prices nine times those of 2019; the panic buying of August 2022 is in no curve",
    ("TTF", 2021, 2022): "panic buying and the scramble to fill stores in summer 2022; stocks are filled here with "
    "foresight at the price of the year",
    ("LNG", 2021, 2023): "demand that did not come back after 2022: a curve of 2021 asks for gas that users had learnt "
    "to do without",
    ("LNG", 2019, 2023): "demand that did not come back after 2022, and growth in Asia that competes for cargoes",
    ("NORWAY", 2019, 2023): "the heavy maintenance of 2023; availability here is that of a usual year",
    ("NORWAY", 2021, 2023): "the heavy maintenance of 2023; availability here is that of a usual year",
    ("TOTAL", 2019, 2022): "demand saving that is no answer to price (campaigns, mild autumn), and Asian growth",
    ("TOTAL", 2019, 2023): "demand that did not come back after 2022",
    ("TOTAL", 2021, 2023): "demand that did not come back after 2022",
}  # fmt: skip


@dataclass(frozen=True)
class Prediction:
    """What a frozen base year says of itself and of the test years, in TWh and EUR/MWh, beside what was observed."""

    base: int
    digest: str
    at_base: Mapping[str, float]
    predicted: Mapping[int, Mapping[str, float]]
    lagged: Mapping[str, float]
    run_digests: Mapping[int, str]


def carried_patches(fit: Frozen) -> tuple[Patch, ...]:
    """Return the fitted patches that a test year takes over; what belonged to its own year is at its prior."""
    patches = []
    for parameter, value in zip(fit.calibration.parameters, fit.values, strict=True):
        if parameter.name == "conduct of Gazprom":
            continue
        patches.append(parameter.patch(parameter.prior if parameter.name in OWN_YEAR else float(value)))
    return tuple(patches)


def predict(facts: GasSystem, base: int, fit: Frozen, settings: SolveSettings | None = None) -> Prediction:
    """Return the base year as fitted and the predictions of the test years.

    ``facts`` is the dataset of 2025; ``fit`` the frozen fit to the base year. Errors: ``NotCertified``.
    """
    chosen = settings or SolveSettings()
    at_base = figures(year_system(facts, YearOf(base, base)), fit.calibration.at(fit.values), chosen)
    patches = carried_patches(fit)
    predicted, digests = {}, {}
    for year in TESTS:
        system = year_system(facts, YearOf(year, base))
        scenario = Scenario(f"{year}", f"{year} from {base}", "", system.dataset, f"{year}-01", 12, "levels", patches)
        predicted[year] = figures(system, scenario, chosen)
        digests[year] = system.digest
    lag = lag_patches(system, predicted[TESTS[0]], patches)
    lagged = figures(system, scenario.with_patches("lagged", *lag), chosen)
    return Prediction(base, fit.digest, at_base, predicted, lagged, digests)


def lag_patches(system: GasSystem, year_before: Mapping[str, float], patches: Sequence[Patch]) -> tuple[Patch, ...]:
    """Return how demand answers to the predicted price of the year before, by region.

    Partial adjustment (Koyck, 1954): in the second year (1 - short run / long run) of the first year's response is
    still there. Not part of the model; shown beside it.
    """
    changed = system
    for patch in patches:
        changed = patch.apply(changed)
    table = changed.table("demand")
    region = table["node"].map(changed.table("nodes").set_index("node")["region"])
    price = changed.table("market_prices").iloc[0]
    stays = 1 - SHORT_RUN / LONG_RUN
    found: list[Patch] = []
    for regions, marker, column in ((EUROPE, "TTF", "ttf_eur_mwh"), (("Asia",), "JKM", "jkm_eur_mwh")):
        own = table[region.isin(regions) & (table["shape"] == DemandShape.AFFINE)]
        whole = table[region.isin(regions)]["quantity_gwh_d"].sum()
        elasticity = float((own["elasticity"] * own["quantity_gwh_d"]).sum() / whole)
        factor = float((year_before[marker] / price[column]) ** (-stays * elasticity))
        found.append(QuantityPatch(f"lag, {marker}", "the year before", "demand", (), regions, (), Span(), factor))
    return tuple(found)


def figures(system: GasSystem, scenario: Scenario, settings: SolveSettings) -> dict[str, float]:
    """Return the figures of a year: flows and consumption in TWh, prices in EUR/MWh."""
    tables = result_tables(solve_system(system, scenario, settings), TABLES)
    prices, sales = tables["price_markers"], tables["sales"]
    found = {
        marker: float(np.average(own["price_eur_mwh"], weights=own["days"]))
        for marker, own in prices[prices["marker"].isin(PRICES)].groupby("marker")
    }
    sold = units.twh_from_gwh(sales["sales_gwh_d"] * sales["days"])
    is_eu, is_lng = sales["region"] == EU, sales["mode"] == "lng"
    found["LNG"] = float(sold[is_eu & is_lng].sum())
    for name, trader in (("NORWAY", "NORWAY"), ("ALGERIA", "SONATRACH"), ("AZERBAIJAN", "SOCAR"), ("LIBYA", "NOC"),
                         ("RUSSIA_PIPE", "GAZPROM")):  # fmt: skip
        found[name] = float(sold[is_eu & ~is_lng & (sales["trader"] == trader)].sum())
    found["GB_NET"] = _from_britain(system, tables)
    found["TOTAL"] = sum(found[name] for name in ("LNG", "NORWAY", "ALGERIA", "AZERBAIJAN", "LIBYA", "GB_NET",
                                                  "RUSSIA_PIPE"))  # fmt: skip
    used = tables["consumption"]
    twh = units.twh_from_gwh(used["consumption_gwh_d"] * used["days"])
    found["CONSUMPTION"] = float(twh[used["region"] == EU].sum())
    found["CHINA_LNG"] = float(sold[is_lng & (sales["node"] == "CN-LNG") | is_lng & (sales["country"] == "CN")].sum())
    return found


def _from_britain(system: GasSystem, tables: Mapping[str, object]) -> float:
    flow = tables["flows"]
    region = system.table("nodes").set_index("node")["region"]
    twh = units.twh_from_gwh(flow["flow_gwh_d"] * flow["days"])  # type: ignore[index]
    out = (flow["origin"] == "GB") & (flow["destination"].map(region) == EU)  # type: ignore[index]
    back = (flow["destination"] == "GB") & (flow["origin"].map(region) == EU)  # type: ignore[index]
    return float(twh[out].sum() - twh[back].sum())


def observed_figures(year: int) -> dict[str, float]:
    """Return what was observed in a year, by the names of ``figures``; the total as sum of its parts."""
    history = load_history()
    pipes = history.by_place("eu_import", year)
    lng, price = history.by_place("lng_import", year), history.by_place("price", year)
    return {**pipes, "LNG": lng[EU], "TOTAL": sum(pipes.values()) + lng[EU],
            "CONSUMPTION": history.value("consumption", EU, year), "CHINA_LNG": lng["CN"],
            "TTF": price["TTF"], "JKM": price["JKM"]}  # fmt: skip


def prediction_checks(prediction: Prediction) -> list[Check]:
    """Return the lines of one base year: levels, signs and errors of changes."""
    base = prediction.base
    before, start = observed_figures(base), prediction.at_base
    checks: list[Check] = []
    for year in TESTS:
        seen, ours = observed_figures(year), prediction.predicted[year]
        part = f"{year} from {base}"
        for name in ("LNG", "NORWAY", "TOTAL"):
            low, high = within(seen[name], SHARES[name])
            checks.append(Check(part, LABELS[name], "TWh", ours[name], seen[name], low, high,
                                f"within {100 * SHARES[name]:.0f} %", {PERSISTENCE: before[name]},
                                MECHANISMS.get((name, base, year), "")))  # fmt: skip
        checks.append(_price(part, base, year, ours, seen, before))
        for name in ("JKM", "ALGERIA", "AZERBAIJAN", "GB_NET", "CONSUMPTION", "CHINA_LNG"):
            unit = "EUR/MWh" if name in PRICES else "TWh"
            checks.append(Check(part, LABELS[name], unit, ours[name], seen[name], naive={PERSISTENCE: before[name]},
                                is_shown_only=True))  # fmt: skip
        checks.append(_signs(part, ours, start, seen, before))
    seen = observed_figures(TESTS[-1])
    for name in ("TTF", "LNG", "TOTAL"):
        unit = "EUR/MWh" if name in PRICES else "TWh"
        checks.append(Check(f"{LAGGED}, from {base}", LABELS[name], unit, prediction.lagged[name], seen[name],
                            naive={PERSISTENCE: before[name]}, is_shown_only=True))  # fmt: skip
    return [*checks, *_changes(prediction)]


def _price(
    part: str, base: int, year: int, ours: Mapping[str, float], seen: Mapping[str, float], before: Mapping[str, float]
) -> Check:
    forward = load_history().by_place("forward", year).get(f"TTF {year} on {base}-12-30", np.nan)
    has_bar = year == 2022
    return Check(part, LABELS["TTF"], "EUR/MWh", ours["TTF"], seen["TTF"], seen["TTF"] / PRICE_FACTOR,
                 seen["TTF"] * PRICE_FACTOR, f"within x{PRICE_FACTOR:g}" if has_bar else "",
                 {PERSISTENCE: before["TTF"], FORWARD: forward},
                 MECHANISMS.get(("TTF", base, year), "" if has_bar else "demand that did not come back after 2022"),
                 is_shown_only=not has_bar)  # fmt: skip


def _signs(
    part: str, ours: Mapping[str, float], start: Mapping[str, float], seen: Mapping[str, float],
    before: Mapping[str, float],
) -> Check:  # fmt: skip
    names = [n for n in (*FLOWS, *PRICES) if abs(seen[n] - before[n]) >= LEAST_CHANGE * abs(before[n])]
    wrong = [n for n in names if (seen[n] - before[n]) * (ours[n] - start[n]) <= 0]
    return Check(part, f"signs of change right, of {len(names)}", "1", len(names) - len(wrong), len(names), len(names),
                 bar="every sign right", naive={PERSISTENCE: 0},
                 mechanism="wrong: " + ", ".join(LABELS[n] for n in wrong) if wrong else "")  # fmt: skip


def _changes(prediction: Prediction) -> list[Check]:
    """Return the root mean square error of changes against naive forecasts: flows in TWh, prices in logarithms."""
    base = prediction.base
    before, start = observed_figures(base), prediction.at_base
    part = f"changes from {base}"
    ours, still, seen_all = [], [], []
    for year in TESTS:
        seen = observed_figures(year)
        ours += [prediction.predicted[year][n] - start[n] for n in FLOWS]
        seen_all += [seen[n] - before[n] for n in FLOWS]
        still += [0.0 for _ in FLOWS]
    model, naive = (float(np.sqrt(np.mean((np.array(x) - np.array(seen_all)) ** 2))) for x in (ours, still))
    flows = Check(part, "flows, root mean square error of change", "TWh", model, 0.0, 0.0, BETTER_THAN_NAIVE * naive,
                  "half of the best naive", {PERSISTENCE: naive}, "see the lines of the years")  # fmt: skip
    errors = {PERSISTENCE: [], FORWARD: [], "model": []}  # type: dict[str, list[float]]
    for year in TESTS:
        moved = np.log(observed_figures(year)["TTF"] / before["TTF"])
        forward = load_history().by_place("forward", year)[f"TTF {year} on {base}-12-30"]
        errors["model"].append(np.log(prediction.predicted[year]["TTF"] / start["TTF"]) - moved)
        errors[PERSISTENCE].append(-moved)
        errors[FORWARD].append(np.log(forward / before["TTF"]) - moved)
    size = {name: float(np.sqrt(np.mean(np.square(values)))) for name, values in errors.items()}
    best = min(size[PERSISTENCE], size[FORWARD])
    price = Check(part, "TTF, root mean square error of change in logarithms", "1", size["model"], 0.0, 0.0,
                  BETTER_THAN_NAIVE * best, "half of the best naive",
                  {name: size[name] for name in (PERSISTENCE, FORWARD)},
                  "2023: demand that did not come back; 2022: how little demand gave way")  # fmt: skip
    return [flows, price]
