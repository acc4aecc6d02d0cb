"""Published studies as bands: signs, order and size. Theirs are different models; a band is no truth.

Each check runs the question of the study in our model: Nord Stream 2 and Ukrainian transit in the system of 2019, the
cut-off of 2022 in that of 2021, the return of Russian gas in that of 2025 to 2030.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from linepack import units
from linepack.calibrate.checks import Check
from linepack.calibrate.variants import halved
from linepack.results.compare import elasticity_of
from linepack.results.headline import EU, country_prices, import_bills, unserved
from linepack.results.solution import SolveSettings, solve_system
from linepack.results.tables import result_tables
from linepack.scenario.patches import AssetPatch, ConductPatch, Patch, QuantityPatch, Span, SupplyPatch
from linepack.scenario.scenario import Scenario, load_scenario
from linepack.system.calendar import monthly_periods
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from linepack.system.years import BOOKED_UKRAINE_TWH, YearOf, year_system
from linepack.vocabulary import AssetState

TABLES = ("price_markers", "hub_prices", "flows", "sales", "production", "transport_costs", "consumption")
Tables = Mapping[str, pd.DataFrame]
ASIA = ("Asia",)
SOUTH = ("IT", "ES", "PT", "GR")
EAST = ("HU", "SK", "CZ", "PL", "BG", "RO", "AT", "HR", "SI", "EE", "LV", "LT", "FI", "RS", "MD", "UA")
WHOLE = Span(None, None)
GAZPROM_KWH_PER_M3 = 10.42
"""At 20 degrees, as contracts with Gazprom count."""


@dataclass(frozen=True)
class _Lab:
    """Solves variants of a base scenario."""

    system: GasSystem
    scenario: Scenario
    settings: SolveSettings

    def __call__(self, *patches: Patch) -> dict[str, pd.DataFrame]:
        """Return the tables of a variant."""
        changed = self.scenario.with_patches("variant", *patches)
        return result_tables(solve_system(self.system, changed, self.settings), TABLES)


def study_checks(
    facts: GasSystem, base_patches: Mapping[int, tuple[Patch, ...]], settings: SolveSettings | None = None,
    on_done: Callable[[str], None] | None = None,
) -> list[Check]:  # fmt: skip
    """Return every study's lines. ``base_patches`` are the fitted patches of 2019 and 2021."""
    chosen = settings or SolveSettings()
    labs = {}
    for base in (2019, 2021):
        system = load_dataset(f"history-{base}")
        labs[base] = _Lab(system, Scenario("base", "base", "", system.dataset, f"{base}-01", 12, "levels",
                                           base_patches[base]), chosen)  # fmt: skip
    stiff = replace(labs[2021], system=year_system(halved(facts), YearOf(2021, 2021)))
    found: list[Check] = []
    say = on_done or (lambda _: None)
    found += _nord_stream_2(labs[2019])
    say("C1, C2, C3")
    found += _cut_off(labs[2021], stiff)
    say("C11")
    found += _return_of_gas(facts, chosen)
    say("C9, C10")
    return found


def _nord_stream_2(lab: _Lab) -> list[Check]:
    """C1 EWI 2017, C2 REKK 2020, C3 Eser and others 2019, in the system of 2019.

    C1 asks of 2020 and after: the transit contract of 2009 had ended, so Ukraine carries what the contract of
    December 2019 booked. C2 counts sales of pipeline gas. C3's loss of LNG is short: Qatar's of January, at the
    stocks of the year.
    """
    both = _open("NS2_A", "NS2_B")
    booked = _ukraine(BOOKED_UKRAINE_TWH)
    lines = []
    moved = {}
    for name, factor, low, high in (("low", 0.95, -20.0, -8.0), ("high", 1.2, -40.0, -20.0)):
        demand = QuantityPatch("Asian demand", "study", "demand", (), ASIA, (), WHOLE, factor)
        without, having = lab(demand, *booked), lab(demand, *booked, both)
        percent, benefit = _price_change(without, having), _benefit(without, having)
        moved[name] = benefit
        lines.append(
            Check(
                "C1 Nord Stream 2, EWI 2017",
                f"EU price with the line, {name} Asian demand",
                "%",
                percent,
                low=low,
                high=high,
                bar=f"{low:g} to {high:g} %",
                mechanism="Gazprom's conduct decides what a second line adds, and was fitted to 2019",
            )
        )
    lines.append(Check("C1 Nord Stream 2, EWI 2017", "consumers' benefit, low Asian demand", "EUR bn/y", moved["low"],
                       low=7.9 / 1.6, high=7.9 * 1.6, bar="EUR 7.9 bn within x1.6"))  # fmt: skip
    lines.append(
        Check(
            "C1 Nord Stream 2, EWI 2017",
            "benefit, high over low Asian demand",
            "1",
            moved["high"] / moved["low"] if moved["low"] else np.nan,
            low=2.0,
            bar="at least double",
            mechanism="in our world LNG ties Europe to Asia: a tight market moves both levels, less their gap",
        )
    )
    having = lab(both, _open("TS_2", "TS_1"))
    closed = lab(both, _open("TS_2", "TS_1"), _shut("UA_SUDZHA", "UA_SOKHR"))
    loss = _pipe_sales(having) - _pipe_sales(closed)
    lines += [
        Check("C2 Ukraine closed, REKK 2020", "EU price without Ukrainian transit", "%", _price_change(having, closed),
              low=0.0, bar="rises"),
        Check("C2 Ukraine closed, REKK 2020", "EU gas unserved", "TWh", _unserved(closed) - _unserved(having), high=1.0,
              bar="supply not endangered"),
        Check("C2 Ukraine closed, REKK 2020", "Russia's loss of sales by pipe", "EUR bn/y", loss, low=2.0, high=8.0,
              bar="EUR 2 to 8 bn", mechanism="a dearer market pays Russia for part of what it cannot sell"),
    ]  # fmt: skip
    without, line = lab(), lab(both)
    poland, ukraine = ((_flow(line, arc) / _flow(without, arc) - 1) * 100 for arc in ("YAMAL_BY-PL", "UA_SUDZHA"))
    lines += [
        Check("C3 transit with Nord Stream 2, Eser 2019", "transit through Poland", "%", poland, low=-40.0, high=-10.0,
              bar="-10 to -40 %", mechanism="costs of the routes alone; the Polish contract asked for a minimum"),
        Check("C3 transit with Nord Stream 2, Eser 2019", "transit through Ukraine", "%", ukraine, low=-30.0, high=-5.0,
              bar="-5 to -30 %", mechanism="costs of the routes alone; a marginal route loses most of its flow"),
    ]  # fmt: skip
    first = without["hub_prices"]["period"].iloc[0]
    january = Span(None, monthly_periods(first, 1)[0].end - timedelta(days=1))
    short = lab(SupplyPatch("LNG loss", "study", ("QA_LNG",), january, 0.0))
    south = _mean_price(short, SOUTH, first) / _mean_price(without, SOUTH, first) - 1
    lines.append(
        Check(
            "C3 transit with Nord Stream 2, Eser 2019",
            "southern prices in a January without Qatari LNG",
            "%",
            100 * south,
            low=0.0,
            high=40.0,
            bar="up to +40 %",
            mechanism="theirs is the network of 2030, with hours and pressures",
        )
    )
    return lines


def _cut_off(lab: _Lab, stiff: _Lab) -> list[Check]:
    """C11: no Russian pipeline gas to the EU for a year, in the system of 2021, stocks at both ends as they were.

    ``stiff`` has half the elasticities: nearer to studies that let demand hardly answer to prices.
    """
    arcs = ("NS1_A", "NS1_B", "YAMAL_BY-PL", "BY_PL_WYS", "BY_PL_TIET", "BY_LT", "IMATRA", "RU_BALTIC", "UA_SUDZHA",
            "UA_SOKHR", "TS_2")  # fmt: skip
    before, after = lab(), lab(_shut(*arcs))
    stiff_bill = 100 * (_bill(stiff(_shut(*arcs))) / _bill(stiff()) - 1)
    use = _consumption(before)
    gap = use - _consumption(after)
    bill = 100 * (_bill(after) / _bill(before) - 1)
    prices = country_prices(after) - country_prices(before)
    worst = [c for c in prices.sort_values(ascending=False).index if c in set(_eu(after))][:5]
    part = "C11 cut-off, studies of 2022"
    return [
        Check(part, "EU consumption falls by", "TWh/y", gap, low=400.0, high=800.0, bar="400 to 800 TWh (Bruegel, EWI)",
              mechanism="LNG that Asia gives up replaces part; the studies held it nearly fixed"),
        Check(part, "share of EU consumption", "%", 100 * gap / use, low=10.0, high=18.0, bar="10 to 18 %",
              mechanism="as above"),
        Check(part, "EU gas bill", "%", bill, low=150.0, high=450.0, bar="+300 % (REKK), half to one and a half times",
              mechanism="REKK's demand is stiffer, with an elasticity of 0.1 in industry; prices of 2021, which is the "
              f"base here, were high already. Size: {stiff_bill:+.0f} % with half the elasticities"),
        Check(part, f"worst off in the east, of 5 ({', '.join(worst)})", "1", sum(c in EAST for c in worst), low=3.0,
              bar="the east is hit hardest"),
    ]  # fmt: skip


def _return_of_gas(facts: GasSystem, settings: SolveSettings) -> list[Check]:
    """C9 Chyong and Henderson 2024; C10 views of 2025, with the elasticity that each implies."""
    lines = []
    lab = _Lab(facts, load_scenario("us-gazprom-2025/status-quo"), settings)
    for bcm, quoted in ((15, -33.0), (40, -50.0)):
        twh, name = units.twh_from_bcm(bcm, kwh_per_m3=GAZPROM_KWH_PER_M3), f"{bcm} bcm through Ukraine"
        more = lab(*_transit(twh), _no_conduct(facts))
        less = lab(_no_conduct(facts))
        percent = _price_change(less, more)
        added = _russian(more) - _russian(less)
        ours, theirs = (elasticity_of(added / _consumption(less), p / 100) for p in (percent, quoted))
        lines.append(Check("C10 return of Russian gas, 2025", f"EU price with {name}", "%", percent, low=-50.0,
                           high=-5.0, bar=f"-5 to -50 %; quoted {quoted:g} %",
                           mechanism=f"implies an elasticity of {ours:.2f}, the quote {theirs:.2f}: here LNG goes "
                           "elsewhere and demand takes up the rest"))  # fmt: skip
    long = load_scenario("regimes-2030/status-quo")
    wide = _Lab(facts, long, settings)  # its first months stand for 2024 and 2025, before the wave of new LNG
    without, having = wide(_no_conduct(facts)), wide(_no_conduct(facts), _open("NS2_B"))
    early, late, last = (
        (_marker(having, years) - _marker(without, years)) / (_russian(having, years) - _russian(without, years))
        for years in (("2025",), ("2028", "2029", "2030"), ("2030",))
    )
    ratio = late / early
    lines.append(Check("C9 later it matters less, Chyong and Henderson 2024",
                       "price response per bcm, 2028-30 over 2025", "1", ratio, low=0.0, high=0.5, bar="under half",
                       mechanism="new LNG is sold whatever the price: US plants, whose idling would stop a glut, "
                       f"do so below what comes about here ({_marker(having, ('2030',)):.0f} EUR/MWh in 2030). Size: "
                       f"{last / early:.2f} in 2030 alone"))  # fmt: skip
    return lines


def _open(*arcs: str) -> Patch:
    return AssetPatch(
        "open " + ", ".join(arcs), "study", arcs, {}, Span(date(2019, 1, 1)), AssetState.OPEN, is_repaired=True
    )


def _shut(*arcs: str) -> Patch:
    return AssetPatch("shut " + ", ".join(arcs), "study", arcs, {}, Span(date(2019, 1, 1)), AssetState.CLOSED)


def _ukraine(twh: float) -> tuple[Patch, ...]:
    """Return the patches by which the Ukrainian route carries a quantity a year, through Sudzha alone."""
    capacity = twh * 1e3 / units.DAYS_PER_YEAR
    return (AssetPatch("Sudzha", "study", ("UA_SUDZHA",), {}, Span(date(2019, 1, 1)), None, capacity),
            _shut("UA_SOKHR"))  # fmt: skip


def _transit(twh: float) -> tuple[Patch, ...]:
    capacity = twh * 1e3 / units.DAYS_PER_YEAR
    return (AssetPatch("Sudzha", "study", ("UA_SUDZHA",), {}, Span(date(2025, 4, 1)), None, capacity),)


def _no_conduct(facts: GasSystem) -> Patch:
    traders = facts.table("traders")
    group = traders.set_index("trader")["owner_group"]["GAZPROM"]
    return ConductPatch("Gazprom takes prices", "the quantity of the question is sold",
                        tuple(traders.loc[traders["owner_group"] == group, "trader"]), 0.0)  # fmt: skip


def _marker(tables: Tables, years: tuple[str, ...] = ()) -> float:
    frame = tables["price_markers"]
    own = frame[(frame["marker"] == "TTF") & (frame["period"].str[:4].isin(years) if years else True)]
    return float(np.average(own["price_eur_mwh"], weights=own["days"]))


def _price_change(before: Tables, after: Tables) -> float:
    return 100 * (_marker(after) / _marker(before) - 1)


def _eu(tables: Tables) -> list[str]:
    frame = tables["consumption"]
    return sorted(set(frame.loc[frame["region"] == EU, "country"]))


def _consumption(tables: Tables) -> float:
    frame = tables["consumption"]
    own = frame[frame["region"] == EU]
    return _per_year(tables, float(units.twh_from_gwh((own["consumption_gwh_d"] * own["days"]).sum())))


def _per_year(tables: Tables, twh: float) -> float:
    return twh * units.DAYS_PER_YEAR / _days(tables)


def _mean_price(tables: Tables, countries: tuple[str, ...], period: str) -> float:
    frame = tables["hub_prices"]
    own = frame[frame["node"].isin(countries) & (frame["period"] == period)]
    return float(own["hub_price_eur_mwh"].mean())


def _benefit(before: Tables, after: Tables) -> float:
    """Return what EU consumers gain in EUR bn a year: fall of their price times the mean of both quantities."""
    frames = []
    for tables in (before, after):
        used = tables["consumption"].groupby(["node", "period"], as_index=False).agg(
            gwh_d=("consumption_gwh_d", "sum"), days=("days", "first"), region=("region", "first"))  # fmt: skip
        price = tables["hub_prices"][["node", "period", "hub_price_eur_mwh"]]
        frames.append(used.merge(price, on=["node", "period"]))
    both = frames[0].merge(frames[1], on=["node", "period"], suffixes=("_0", "_1"))
    both = both[both["region_0"] == EU]
    gain = (both["hub_price_eur_mwh_0"] - both["hub_price_eur_mwh_1"]) * (both["gwh_d_0"] + both["gwh_d_1"]) / 2
    return float(units.eur_bn_from_gwh_eur_mwh((gain * both["days_0"]).sum()))


def _pipe_sales(tables: Tables) -> float:
    """Return what Gazprom's pipeline gas brings in the EU and the Balkans, EUR bn a year, carriage not taken off."""
    frame = tables["sales"]
    is_own = (frame["trader"] == "GAZPROM") & (frame["mode"] == "pipeline")
    own = frame[is_own & frame["region"].isin([EU, "Europe non-EU"]) & (frame["country"] != "TR")]
    value = float((own["sales_gwh_d"] * own["days"] * own["hub_price_eur_mwh"]).sum())
    return float(units.eur_bn_from_gwh_eur_mwh(value)) * units.DAYS_PER_YEAR / _days(tables)


def _days(tables: Tables) -> float:
    return float(tables["hub_prices"].drop_duplicates("period")["days"].sum())


def _russian(tables: Tables, years: tuple[str, ...] = ()) -> float:
    """Return Russian pipeline gas sold in Europe and Türkiye, TWh a year."""
    frame = tables["sales"]
    mask = (frame["trader"] == "GAZPROM") & (frame["mode"] == "pipeline") & frame["region"].isin([EU, "Europe non-EU"])
    days = tables["hub_prices"].drop_duplicates("period").set_index("period")["days"]
    if years:
        mask &= frame["period"].str[:4].isin(years)
        days = days[days.index.str[:4].isin(years)]
    own = frame[mask]
    twh = float(units.twh_from_gwh((own["sales_gwh_d"] * own["days"]).sum()))
    return twh * units.DAYS_PER_YEAR / float(days.sum())


def _flow(tables: Tables, arc: str) -> float:
    frame = tables["flows"]
    own = frame[frame["arc"] == arc]
    return float(units.twh_from_gwh((own["flow_gwh_d"] * own["days"]).sum()))


def _unserved(tables: Tables) -> float:
    frame = unserved(tables)
    return float(frame.loc[frame["region"] == EU, "unserved_twh"].sum())


def _bill(tables: Tables) -> float:
    bills = import_bills(tables)
    return float(bills[[c for c in bills.index if c in set(_eu(tables))]].sum())
