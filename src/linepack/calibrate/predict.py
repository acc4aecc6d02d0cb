"""History rerun: behaviour fitted to 2019 or to 2021 alone; 2022 and 2023 predicted from what was lost.

Imposed in a test year: flow of each Russian route, LNG supply by exporter, home production, the stock of 1 January,
the EU's filling rule, and the network. Predicted: prices, LNG by destination, Norway, Algeria, Azerbaijan, what Britain
sends on, consumption and stocks in between. Demand curves, conduct, costs, wedges and contracts are those of the base
year, frozen under a digest before a figure of a test year is read. Outside Europe the curves have grown as then known;
consumers remember, so that 2023 begins with the price that was predicted for 2022.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from linepack import units
from linepack.calibrate.checks import FORWARD, PERSISTENCE, Check, Verdict, within
from linepack.calibrate.frozen import Frozen
from linepack.calibrate.variants import varied_systems
from linepack.results.headline import EU
from linepack.results.memory import memory_after
from linepack.results.solution import Solution, SolveSettings, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.patches import Patch, QuantityPatch, Span
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.system.calendar import days_in_month, month_of
from linepack.system.gassystem import GasSystem
from linepack.system.history import load_history
from linepack.system.years import YearOf, year_system

BASES = (2019, 2021)
TESTS = (2022, 2023)
OWN_YEAR = ("conduct of Gazprom", "Norwegian supply")
"""Parameters that say something of their year alone: Russian flows are imposed afterwards, and outages do not last."""

WITH_SAVING = "with the saving rule of the EU met"
SAVING_RULE = (
    "Regulation (EU) 2022/1369: 15 % less than the mean of five years, from August 2022 to March 2023; prolonged to "
    "March 2024 by Regulation (EU) 2023/706"
)
SAVING_FROM, SAVED_SHARE, SAVING_MET = date(2022, 8, 1), 0.85, 1e-3
"""First day, share of the reference that may be used, and how nearly that is met. Reference: demand of the base year.

The target was voluntary, so that the rule is shown beside and is no part of the prediction.
"""

PRICE_FACTOR = 1.6
BETTER_THAN_NAIVE = 0.5
LEAST_CHANGE = 0.02
"""The sign of a change counts where it was at least this share of the base year."""

SHOWN_SHARE = 0.01
"""A variant is named as the size of what lacks if it moves a line by this share."""

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

SAVED_OTHERWISE = "savings that are no answer to price: campaigns, the target of 15 %, two mild winters"
TOO_ELASTIC = (
    "users gave up much less than published elasticities say at nine times the price of 2019: the model's give up what "
    "was saved at a quarter of the price; the panic buying of August 2022 is in no curve"
)
LITTLE_TO_REMEMBER = f"2023 begins with a predicted price of 2022 that was too low to be remembered; {SAVED_OTHERWISE}"
NOT_SETTLED = (
    "users of 2021 had not adjusted to the price of 2021, which counts here as settled; Asia's demand was below its "
    "trend, and savings were no answer to price alone"
)
MAINTENANCE = "the heavy maintenance of 2023; availability here is that of a usual year"
STORES = "the scramble to fill stores in summer 2022; stocks are filled here with foresight at the price of the year"
MECHANISMS = {
    ("LNG", 2019, 2022): SAVED_OTHERWISE, ("LNG", 2019, 2023): LITTLE_TO_REMEMBER, ("LNG", 2021, 2023): SAVED_OTHERWISE,
    ("NORWAY", 2019, 2023): MAINTENANCE, ("NORWAY", 2021, 2023): MAINTENANCE,
    ("TOTAL", 2019, 2022): SAVED_OTHERWISE, ("TOTAL", 2019, 2023): LITTLE_TO_REMEMBER,
    ("TOTAL", 2021, 2023): SAVED_OTHERWISE,
    ("TTF", 2019, 2022): TOO_ELASTIC, ("TTF", 2021, 2022): STORES,
    ("TTF", 2019, 2023): "the price of 2022 was predicted too low; Asia is as tight as its trend, without its slack",
    ("TTF", 2021, 2023): NOT_SETTLED, ("JKM", 2021, 2023): NOT_SETTLED,
}  # fmt: skip


@dataclass(frozen=True)
class Prediction:
    """What a frozen base year says of itself and of the test years, in TWh and EUR/MWh, beside what was observed.

    ``beside`` has variants that are shown and have no bar, by name and year.
    """

    base: int
    digest: str
    at_base: Mapping[str, float]
    predicted: Mapping[int, Mapping[str, float]]
    beside: Mapping[str, Mapping[int, Mapping[str, float]]]
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
    at_base = figures(solve_system(year_system(facts, YearOf(base, base)), fit.calibration.at(fit.values), chosen))
    years = _Years(facts, base, carried_patches(fit), chosen)
    systems = {year: year_system(facts, YearOf(year, base)) for year in TESTS}
    beside = {name: years.run(varied) for name, varied in varied_systems(facts, base, systems).items()}
    beside[WITH_SAVING] = years.run(systems, is_saving=True)
    digests = {year: system.digest for year, system in systems.items()}
    return Prediction(base, fit.digest, at_base, years.run(systems), beside, digests)


@dataclass(frozen=True)
class _Years:
    """Solves the test years in order, each beginning with the memory that the one before has left."""

    facts: GasSystem
    base: int
    patches: tuple[Patch, ...]
    settings: SolveSettings

    def run(self, systems: Mapping[int, GasSystem], *, is_saving: bool = False) -> dict[int, dict[str, float]]:
        """Return the figures of each year, with the saving rule met if ``is_saving``."""
        found, memory = {}, None
        for year, system in systems.items():
            own = system if memory is None else system.with_tables(demand_memory=memory)
            scenario = Scenario(f"{year}", f"{year} from {self.base}", "", own.dataset, f"{year}-01", 12, "levels",
                                self.patches)  # fmt: skip
            solution = solve_system(own, scenario, self.settings)
            if is_saving:
                scenario, solution = self.saved(own, scenario, solution)
            found[year] = figures(solution)
            memory = memory_after(apply_scenario(own, scenario), solution)
        return found

    def saved(self, system: GasSystem, scenario: Scenario, solution: Solution) -> tuple[Scenario, Solution]:
        """Return scenario and market in which the EU uses no more than the saving rule wants, prices' part counted."""
        most, factor, saving = SAVED_SHARE * _wanted_twh(system), 1.0, scenario
        while (used := _used_twh(solution)) > most * (1 + SAVING_MET):
            factor *= most / used
            saving = scenario.with_patches("saving", QuantityPatch(
                "saving rule", SAVING_RULE, "demand", (), (EU,), (), Span(SAVING_FROM), factor))  # fmt: skip
            solution = solve_system(system, saving, self.settings)
        return saving, solution


def figures(solution: Solution) -> dict[str, float]:
    """Return the figures of a year: flows and consumption in TWh, prices in EUR/MWh."""
    system, tables = solution.system, result_tables(solution, TABLES)
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


def _wanted_twh(system: GasSystem) -> float:
    """Return the EU's reference demand in the months of the saving rule, in TWh."""
    table = system.table("demand")
    region = table["node"].map(system.table("nodes").set_index("node")["region"])
    own = table[(region == EU) & (table["month"] >= month_of(SAVING_FROM))]
    return float(units.twh_from_gwh(own["quantity_gwh_d"] * own["month"].map(days_in_month)).sum())


def _used_twh(solution: Solution) -> float:
    """Return what the EU uses in the months of the saving rule, in TWh."""
    used = result_tables(solution, ("consumption",))["consumption"]
    own = used[(used["region"] == EU) & (used["period"] >= month_of(SAVING_FROM))]
    return float(units.twh_from_gwh(own["consumption_gwh_d"] * own["days"]).sum())


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


def beside_lines(prediction: Prediction) -> list[str]:
    """Return for each variant how many bars of its base year would be met with it in place of the prediction."""
    lines = []
    for variant, years in prediction.beside.items():
        instead = replace(prediction, predicted=years, beside={})
        verdicts = [c.verdict for c in prediction_checks(instead) if c.verdict is not Verdict.SHOWN]
        lines.append(f"from {prediction.base}, {variant}: {verdicts.count(Verdict.PASSED)} of {len(verdicts)} bars")
    return lines


def prediction_checks(prediction: Prediction) -> list[Check]:
    """Return the lines of one base year: levels, signs and errors of changes."""
    base = prediction.base
    before = observed_figures(base)
    checks: list[Check] = []
    for year in TESTS:
        seen, ours = observed_figures(year), prediction.predicted[year]
        part = f"{year} from {base}"
        for name in ("LNG", "NORWAY", "TOTAL"):
            low, high = within(seen[name], SHARES[name])
            checks.append(Check(part, LABELS[name], "TWh", ours[name], seen[name], low, high,
                                f"within {100 * SHARES[name]:.0f} %", {PERSISTENCE: before[name]},
                                _lacking(prediction, year, name)))  # fmt: skip
        checks.append(_price(prediction, year, seen, before))
        for name in ("JKM", "ALGERIA", "AZERBAIJAN", "GB_NET", "CONSUMPTION", "CHINA_LNG"):
            unit = "EUR/MWh" if name in PRICES else "TWh"
            checks.append(Check(part, LABELS[name], unit, ours[name], seen[name], naive={PERSISTENCE: before[name]},
                                is_shown_only=True))  # fmt: skip
        checks.append(_signs(prediction, year, seen, before))
    for variant, years in prediction.beside.items():
        for year, ours in years.items():
            seen = observed_figures(year)
            for name in ("TTF", "LNG", "TOTAL"):
                unit = "EUR/MWh" if name in PRICES else "TWh"
                checks.append(Check(f"variants from {base}", f"{year} {variant}: {LABELS[name]}", unit, ours[name],
                                    seen[name], naive={PERSISTENCE: before[name]}, is_shown_only=True))  # fmt: skip
    return [*checks, *_changes(prediction)]


def _price(prediction: Prediction, year: int, seen: Mapping[str, float], before: Mapping[str, float]) -> Check:
    base = prediction.base
    forward = load_history().by_place("forward", year).get(f"TTF {year} on {base}-12-30", np.nan)
    has_bar = year == 2022
    return Check(f"{year} from {base}", LABELS["TTF"], "EUR/MWh", prediction.predicted[year]["TTF"], seen["TTF"],
                 seen["TTF"] / PRICE_FACTOR, seen["TTF"] * PRICE_FACTOR, f"within x{PRICE_FACTOR:g}" if has_bar else "",
                 {PERSISTENCE: before["TTF"], FORWARD: forward}, _lacking(prediction, year, "TTF"),
                 is_shown_only=not has_bar)  # fmt: skip


def _lacking(prediction: Prediction, year: int, name: str) -> str:
    """Return what the model lacks if a line is missed, with the change that each variant makes: how large that is."""
    ours, unit = prediction.predicted[year][name], "EUR/MWh" if name in PRICES else "TWh"
    changes = {variant: years[year][name] - ours for variant, years in prediction.beside.items()}
    sizes = [f"{variant} {change:+.{1 if name in PRICES else 0}f}" for variant, change in changes.items()
             if abs(change) >= SHOWN_SHARE * abs(ours)]  # fmt: skip
    text = MECHANISMS.get((name, prediction.base, year), "")
    return f"{text}. Size, {unit}: {', '.join(sizes)}" if text and sizes else text


def _signs(prediction: Prediction, year: int, seen: Mapping[str, float], before: Mapping[str, float]) -> Check:
    ours, start = prediction.predicted[year], prediction.at_base
    names = [n for n in (*FLOWS, *PRICES) if abs(seen[n] - before[n]) >= LEAST_CHANGE * abs(before[n])]
    wrong = [n for n in names if (seen[n] - before[n]) * (ours[n] - start[n]) <= 0]
    lacks = "; ".join(f"{LABELS[n]}: {_lacking(prediction, year, n) or 'see the line'}" for n in wrong)
    return Check(f"{year} from {prediction.base}", f"signs of change right, of {len(names)}", "1",
                 len(names) - len(wrong), len(names), len(names), bar="every sign right", naive={PERSISTENCE: 0},
                 mechanism=f"wrong: {lacks}" if wrong else "")  # fmt: skip


def _changes(prediction: Prediction) -> list[Check]:
    """Return the root mean square error of changes against naive forecasts: flows in TWh, prices in logarithms."""
    base, part = prediction.base, f"changes from {prediction.base}"
    before = observed_figures(base)
    still = {PERSISTENCE: _of_flows(before, dict.fromkeys(TESTS, before), base)}
    flows = Check(part, "flows, root mean square error of change", "TWh",
                  _of_flows(prediction.at_base, prediction.predicted, base), 0.0, 0.0,
                  BETTER_THAN_NAIVE * still[PERSISTENCE], "half of the best naive", still,
                  "see the lines of the years")  # fmt: skip
    curve = {year: {"TTF": load_history().by_place("forward", year)[f"TTF {year} on {base}-12-30"]} for year in TESTS}
    naive = {PERSISTENCE: _of_price(before, dict.fromkeys(TESTS, before), base),
             FORWARD: _of_price(before, curve, base)}  # fmt: skip
    sizes = [f"{variant} {_of_price(prediction.at_base, years, base):.2f}"
             for variant, years in prediction.beside.items()]  # fmt: skip
    lacks = "see the lines of the years" + (f". It would be {', '.join(sizes)}" if sizes else "")
    price = Check(part, "TTF, root mean square error of change in logarithms", "1",
                  _of_price(prediction.at_base, prediction.predicted, base), 0.0, 0.0,
                  BETTER_THAN_NAIVE * min(naive.values()), "half of the best naive", naive, lacks)  # fmt: skip
    return [flows, price]


def _of_flows(start: Mapping[str, float], years: Mapping[int, Mapping[str, float]], base: int) -> float:
    """Return the root mean square error of the changes of flows from ``start``, in TWh."""
    before = observed_figures(base)
    errors = [years[year][n] - start[n] - (observed_figures(year)[n] - before[n]) for year in TESTS for n in FLOWS]
    return float(np.sqrt(np.mean(np.square(errors))))


def _of_price(start: Mapping[str, float], years: Mapping[int, Mapping[str, float]], base: int) -> float:
    """Return the root mean square error of the changes of TTF from ``start``, in logarithms."""
    before = observed_figures(base)["TTF"]
    errors = [np.log(years[year]["TTF"] / start["TTF"]) - np.log(observed_figures(year)["TTF"] / before)
              for year in TESTS]  # fmt: skip
    return float(np.sqrt(np.mean(np.square(errors))))
