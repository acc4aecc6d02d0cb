"""The gas system at the level of an earlier year: the dataset of 2025 with that year's figures in place.

Kept from 2025 are the network (but for what opened later, table ``openings``), the shape of demand within the year,
tariffs, costs and elasticities. ``anchor`` is the year of consumption, prices, contracts and route wedges; ``year`` is
the year of LNG supply, Russian routes, home production and stocks. A base year has both the same. In a test year only
what its callers impose comes from that year: behaviour is that of the anchor, and so are demand curves, at usual
weather and rain; outside Europe they have grown by the trend known in the anchor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from linepack import units
from linepack.system.calendar import days_in_month
from linepack.system.gassystem import GasSystem
from linepack.system.history import History, load_history
from linepack.system.schema import TABLES_BY_NAME
from linepack.system.yeardemand import Turn, at_usual_weather, isoelastic_blocks, switching_ends_eur_mwh
from linepack.vocabulary import ArcKind, Grade, LimitKind, NodeKind

SHAPE_YEAR = "2025"
EU = "EU27"
EUROPE = (EU, "Europe non-EU")
NORM_YEARS = 5
END_USER_COST_YEAR = 2019
MEMORY = {"parameter": "memory_multiplier", "value": 1.0, "unit": "1",
          "description": "Demand remembers prices of earlier years, as in demand_memory", "source": "linepack",
          "grade": "judgement", "known_from": "2017-03-01", "note": ""}  # fmt: skip
GROWTH_YEARS = 5
"""Demand outside Europe goes on growing by what it grew a year over these years before the anchor."""

KEPT_CONTRACTS = (
    "GAZ-BY", "GAZ-KZ", "GAZ-UZ", "GAZ-AM", "TM-UZ", "DZ-TN", "QA-AE-PIPE", "IL-EG", "IL-JO", "AZ-HOME", "AZ-GE",
)  # fmt: skip
NEAR_CONTRACTS = {"DZ_PIPE_GAS": ("DZ-TN",), "AZ_PIPE_GAS": ("AZ-HOME", "AZ-GE")}
"""Contracts beside Europe that a resource serves besides the capability of the table history."""

RUSSIAN_ARCS = {
    "NORD_STREAM": {"NS1_A": 0.5, "NS1_B": 0.5}, "YAMAL": {"YAMAL_BY-PL": 1.0},
    "UKRAINE": {"UA_SUDZHA": 1.0}, "TURKSTREAM_EUROPE": {"TS_2": 1.0},
    "BALTIC": {"BY_LT": 0.4, "IMATRA": 0.45, "RU_BALTIC": 0.15}, "TURKEY": {"BLUE": 0.62, "TS_1": 0.38},
}  # fmt: skip
"""Arcs of each Russian route, and how a yearly flow is spread over them."""

BOOKED_UKRAINE_TWH = 412.0
"""40 bcm a year from 2021 to 2024 under the contract of 30 December 2019."""

BOOKED_TARIFF_EUR_MWH = 0.8
"""Fuel gas of Nord Stream, whose capacity Gazprom paid for whether it used it or not. A question may open line 2."""

FILL_RULE = {2022: 0.8, 2023: 0.9}
"""Regulation (EU) 2022/1032: share of working gas on 1 November."""

FILL_PENALTY_EUR_MWH = 100.0
FREE_ARC_GWH_D = 1e5


_NAME = re.compile(r"^history-(\d{4})(?:-from-(\d{4}))?$")


@dataclass(frozen=True)
class YearOf:
    """Which years a system is made of: ``anchor`` for demand and behaviour, ``year`` for what is imposed."""

    year: int
    anchor: int

    @property
    def is_base(self) -> bool:
        """True if nothing has to be predicted."""
        return self.year == self.anchor

    @property
    def name(self) -> str:
        """Name of the dataset."""
        return f"history-{self.year}" + ("" if self.is_base else f"-from-{self.anchor}")


def year_named(name: str) -> YearOf | None:
    """Return the years that the name of a dataset means; None if it is no name of this kind."""
    found = _NAME.match(name)
    return YearOf(int(found[1]), int(found[2] or found[1])) if found else None


def year_system(base: GasSystem, which: YearOf, history: History | None = None) -> GasSystem:
    """Return the system of a year. Errors: ``InputError`` for a year without figures."""
    h = history or load_history()
    build = _Build(base, which, h)
    return GasSystem(which.name, base.version, {**base.tables, **build.tables()})


def demand_growth_twh(which: YearOf, history: History) -> dict[str, float]:
    """Return what demand outside Europe has grown from anchor to year, by market: the trend known in the anchor.

    Straight on at the mean yearly change of the five years before; where rain decides, to what is usual. None for
    Europe, as the medium-term reports of the International Energy Agency of 2019 and 2021 had it.
    """
    anchor = which.anchor
    now, then = (history.by_place("import_demand", year) for year in (anchor, anchor - GROWTH_YEARS))
    years = which.year - anchor
    grown = {place: (now[place] - then[place]) / GROWTH_YEARS * years for place in now if place in then}
    return grown | {place: twh - now[place] for place, twh in _usual_twh(which, history, "import_demand").items()}


def _usual_twh(which: YearOf, history: History, series: str) -> dict[str, float]:
    """Return what markets need in a year of usual rain that burn gas when rivers are low; none in a base year.

    The mean of the five years to the anchor. It takes the place of the anchor's figure and of its trend.
    """
    return {} if which.is_base else history.by_place(series, f"{which.anchor + 1 - NORM_YEARS}-{which.anchor}")


@dataclass(frozen=True)
class _Build:
    """Builds the tables of one year."""

    base: GasSystem
    which: YearOf
    history: History

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that differ from those of 2025."""
        contracts = self.contracts()
        of_contracts = {name: self.base.table(name) for name in ("contract_points", "contract_makeup")}
        limits, members = self.fill_rule()
        demand = self.demand()
        return {
            "demand": demand, "demand_memory": self.memory(demand), "parameters": self.parameters(),
            "indigenous_production": self.home_production(),
            "availability": self.availability(), "resource_windows": self.windows(),
            "market_prices": self.prices(), "storage_levels": self.stocks(), "arc_schedule": self.schedule(),
            "arcs": self.arcs(), "contracts": contracts,
            **{name: rows[rows["contract"].isin(contracts["contract"])].reset_index(drop=True)
               for name, rows in of_contracts.items()},
            "route_wedges": self.wedges(), "traders": self.traders(), "ship_classes": self.ships(),
            "sea_routes": self.sea_routes(), "policy_limits": limits, "policy_limit_members": members,
            "joint_limits": self.joint_limits(),
            "demand_hysteresis": self.base.table("demand_hysteresis").iloc[:0],
            "fleets": self.base.table("fleets").iloc[:0], "observations": self.observations(),
        }  # fmt: skip

    def months(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the shape year with the months of this one."""
        own = frame[frame["month"].str.startswith(SHAPE_YEAR)]
        return own.assign(month=f"{self.which.year}" + own["month"].str[4:]).reset_index(drop=True)

    def derived(self, frame: pd.DataFrame, what: str) -> pd.DataFrame:
        """Return a frame whose provenance says what it was derived from."""
        return frame.assign(source=f"linepack: dataset 2025 at the level of {what}", grade=Grade.ESTIMATED.value,
                            known_from=f"{self.which.year + 1}-01-01", note="")  # fmt: skip

    def twh(self, frame: pd.DataFrame, column: str) -> pd.Series:
        """Return the sum over the months of each row, in TWh."""
        days = frame["month"].map(days_in_month)
        return units.twh_from_gwh(frame[column] * days)

    def demand(self) -> pd.DataFrame:
        """Demand of the shape year, scaled to the anchor's yearly figures at the anchor's prices.

        In a test year at usual weather: nobody expects the cold of the anchor once more.
        """
        rows = self.months(self.base.table("demand"))
        now = self.twh(rows, "quantity_gwh_d").groupby(rows["node"]).sum()
        factor = rows["node"].map(self.demand_factors(now)).fillna(1.0)
        old = self.months(self.base.table("market_prices")).set_index("month")
        p = self.history.by_place("price", self.which.anchor)
        is_ttf = np.isclose(rows["reference_price_eur_mwh"], rows["month"].map(old["ttf_eur_mwh"]), atol=0.05)
        is_jkm = np.isclose(rows["reference_price_eur_mwh"], rows["month"].map(old["jkm_eur_mwh"]), atol=0.05)
        price = np.where(is_ttf, p["TTF"], np.where(is_jkm, p["JKM"], rows["reference_price_eur_mwh"]))
        scaled = rows.assign(quantity_gwh_d=rows["quantity_gwh_d"] * factor, reference_price_eur_mwh=price)
        if not self.which.is_base:
            scaled = at_usual_weather(scaled, self.history.by_place("degree_days", self.which.anchor))
        is_hub = is_ttf | is_jkm
        single = self.base.table("parameters").set_index("parameter")["value"]
        cost = scaled.loc[is_hub, "segment"].map(self.end_user_costs()).fillna(0.0)
        blocks = isoelastic_blocks(scaled[is_hub], float(single["shedding_price_eur_mwh"]), cost.to_numpy(dtype=float),
                                   self.switching(scaled[is_hub]))  # fmt: skip
        return self.derived(pd.concat([blocks, scaled[~is_hub]], ignore_index=True),
                            f"{self.which.anchor}: consumption and LNG imports (Energy Institute 2026)")  # fmt: skip

    def switching(self, rows: pd.DataFrame) -> Turn:
        """Return where power plants have no coal left to switch to, at the anchor's prices of coal and carbon.

        From there on they follow the demand for power, of the elasticity of households. Other users turn nowhere.
        """
        fuel = self.history.by_place("fuel", self.which.anchor)
        is_power = (rows["segment"] == "power").to_numpy()
        end = switching_ends_eur_mwh(fuel["COAL"], fuel["CARBON"])
        least = rows.loc[rows["segment"] == "household"].groupby("node")["elasticity"].first()
        after = rows["node"].map(least).fillna(rows["elasticity"]).to_numpy(dtype=float)
        own = rows["elasticity"].to_numpy(dtype=float)
        return Turn(np.where(is_power, end, np.inf), np.where(is_power, np.minimum(after, own), own))

    def end_user_costs(self) -> dict[str, float]:
        """Return what European users pay besides the hub price, EUR/MWh by segment: that of 2019 in every year."""
        return self.history.by_place("end_user_cost", END_USER_COST_YEAR)

    def memory(self, demand: pd.DataFrame) -> pd.DataFrame:
        """Memory of the blocks that a consumer's demand is cut into, at the opening state of the dataset."""
        table, costs = self.base.table("demand_memory"), self.end_user_costs()
        blocks = demand[["node", "segment"]].drop_duplicates().rename(columns={"segment": "block"})
        blocks = blocks[blocks["block"].str.contains("-")]
        blocks["segment"] = blocks["block"].str.rsplit("-", n=1).str[0]
        rows = blocks.merge(table, on=["node", "segment"])
        rows["end_user_cost_eur_mwh"] = rows["segment"].map(costs).fillna(0.0)
        return rows.assign(segment=rows["block"])[list(table.columns)]

    def parameters(self) -> pd.DataFrame:
        """Parameters, with the memory of demand switched on."""
        table = self.base.table("parameters")
        others = table[table["parameter"] != MEMORY["parameter"]]
        return pd.concat([others, pd.DataFrame([MEMORY])], ignore_index=True)[list(table.columns)]

    def demand_factors(self, now: pd.Series) -> dict[str, float]:
        """Return what the shape year's consumption is multiplied with, by market."""
        anchor = self.which.anchor
        used = {**self.history.by_place("consumption", anchor), **_usual_twh(self.which, self.history, "consumption")}
        factors = {node: twh / now[node] for node, twh in used.items() if node in now.index}
        grown = demand_growth_twh(self.which, self.history)
        for places, twh in self.history.by_place("lng_import", anchor).items():
            own = [node for node in places.split(";") if node in now.index]
            if own and not any(node in factors for node in own):
                piped = self.piped_to_china(anchor) if own == ["CN"] else 0.0
                wanted = twh + piped + grown.get(places, 0.0)
                for node in own:
                    factors[node] = max(wanted, 0.2 * len(own)) / now[own].sum()
        israel = self.base.table("contracts").set_index("contract")["annual_quantity_gwh"]
        factors["EG"] = units.twh_from_gwh(float(israel["IL-EG"])) / now["EG"]
        return factors

    def piped_to_china(self, year: int) -> float:
        """Return pipeline gas to China in TWh: Russian as observed, Central Asian and Burmese as in 2025."""
        table = self.base.table("availability")
        own = table[table["resource"].isin(["CA_PIPE_GAS", "MM_PIPE_GAS"]) & table["month"].str.startswith(SHAPE_YEAR)]
        return float(self.twh(own, "capacity_gwh_d").sum()) + self.history.value("russian_route", "CHINA", year)

    def home_production(self) -> pd.DataFrame:
        """Home production of European markets at the year's figures."""
        rows = self.months(self.base.table("indigenous_production"))
        region = rows["node"].map(self.base.table("nodes").set_index("node")["region"])
        made = self.history.by_place("production", self.which.year)
        other = made["OTHER"] / self.history.value("production", "OTHER", SHAPE_YEAR)
        now = self.twh(rows, "quantity_gwh_d").groupby(rows["node"]).sum()
        factor = rows["node"].map({n: made[n] / now[n] for n in now.index if n in made})
        factor = factor.fillna(pd.Series(np.where(region.isin(EUROPE), other, 1.0), index=rows.index))
        return self.derived(rows.assign(quantity_gwh_d=rows["quantity_gwh_d"] * factor),
                            f"{self.which.year}: production (Energy Institute 2026)")  # fmt: skip

    def capability_twh(self) -> dict[str, float]:
        """Return what resources can deliver in the year: LNG and Russian gas as observed, others their best."""
        found: dict[str, float] = {}
        split = {"YAMAL_LNG": 0.66, "SAKHALIN_LNG": 0.34, "GQ_LNG": 1.0, "MZ_LNG": 0.0, "MR_LNG": 0.0}
        for places, twh in self.history.by_place("lng_export", self.which.year).items():
            for resource in places.split(";"):
                found[resource] = twh * (split[resource] if ";" in places else 1.0)
        for resource in ("CA_LNG", "MX_LNG", "US_NEW_LNG", "QA_NEW_LNG", "ARCTIC2_LNG"):
            found[resource] = 0.0
        found["RU_EAST_GAS"] = self.history.value("russian_route", "CHINA", self.which.year)
        found["LY_PIPE_GAS"] = self.history.value("eu_import", "LIBYA", self.which.anchor)
        sold = self.base.table("contracts").set_index("contract")["annual_quantity_gwh"]
        for resource, twh in self.history.by_place("capability", self.which.year).items():
            near = sum(float(sold[contract]) for contract in NEAR_CONTRACTS.get(resource, ()))
            found[resource] = twh + units.twh_from_gwh(near)
        return found

    def availability(self) -> pd.DataFrame:
        """Availability by month: pipelines in the shape of 2025, LNG flat, Russia's western gas not limited."""
        rows = self.months(self.base.table("availability"))
        now = self.twh(rows, "capacity_gwh_d").groupby(rows["resource"]).sum()
        days = sum(days_in_month(month) for month in rows["month"].unique())
        capacity = rows["capacity_gwh_d"].to_numpy(dtype=float).copy()
        for resource, twh in self.capability_twh().items():
            own = (rows["resource"] == resource).to_numpy()
            is_flat = resource.endswith("_LNG") or now[resource] <= 0
            capacity[own] = twh * 1e3 / days if is_flat else capacity[own] * twh / now[resource]
        capacity[(rows["resource"] == "RU_WEST_GAS").to_numpy()] = 9000.0
        return self.derived(rows.assign(capacity_gwh_d=capacity), f"{self.which.year}: exports as in the table history")

    def windows(self) -> pd.DataFrame:
        """Yearly limits of the pipeline exporters."""
        table = self.base.table("resource_windows")
        rows = table[table["first_month"].str.startswith(SHAPE_YEAR)].reset_index(drop=True)
        most = self.capability_twh()
        gwh = rows["resource"].map({name: twh * 1e3 for name, twh in most.items()}).fillna(rows["maximum_gwh"])
        year = str(self.which.year)
        return self.derived(rows.assign(first_month=f"{year}-01", last_month=f"{year}-12", maximum_gwh=gwh,
                                        minimum_gwh=0.0), year)  # fmt: skip

    def prices(self) -> pd.DataFrame:
        """Prices of the anchor, flat over the year: reference of demand, and cost of US gas."""
        rows = self.months(self.base.table("market_prices"))
        p = self.history.by_place("price", self.which.anchor)
        rate = self.history.value("exchange", "USD_EUR", self.which.anchor)
        return self.derived(rows.assign(ttf_eur_mwh=p["TTF"], jkm_eur_mwh=p["JKM"], henry_hub_eur_mwh=p["HENRY_HUB"],
                                        usd_per_eur=rate), f"{self.which.anchor}: yearly means")  # fmt: skip

    def stocks(self) -> pd.DataFrame:
        """Opening stock as observed; closing stock as observed in a base year, else the norm of the years before."""
        stores = self.base.table("storages")
        region = stores["node"].map(self.base.table("nodes").set_index("node")["region"])
        levels = self.base.table("storage_levels")
        usual = levels[levels["date"] == f"{SHAPE_YEAR}-01-01"].set_index("node")["level_gwh"]
        rows = []
        for at, fill in ((self.which.year, self.fill(self.which.year)), (self.which.year + 1, self.closing_fill())):
            level = np.where(region == EU, fill * stores["working_gas_gwh"], stores["node"].map(usual))
            rows.append(pd.DataFrame({"node": stores["node"], "date": f"{at}-01-01", "level_gwh": level}))
        return self.derived(pd.concat(rows, ignore_index=True), "the EU's fill, the same in every member state")

    def fill(self, year: int) -> float:
        """Return the EU's fill on 1 January."""
        return self.history.value("storage_fill", EU, f"{year}-01-01")

    def closing_fill(self) -> float:
        """Return the EU's fill at the end of the year: observed in a base year, else the mean up to the anchor."""
        if self.which.is_base:
            return self.fill(self.which.year + 1)
        years = range(self.which.anchor + 1 - NORM_YEARS, self.which.anchor + 1)
        known = [self.history.by_place("storage_fill", f"{y}-01-01").get(EU) for y in years]
        return float(np.mean([fill for fill in known if fill is not None]))

    def schedule(self) -> pd.DataFrame:
        """Capacities of the year: what opened later, Russian routes, plants that availability limits already."""
        table = self.base.table("arc_schedule")
        opened = self.history.openings[list(table.columns)]
        plants = self.base.table("arcs")
        plants = plants.loc[plants["kind"] == ArcKind.LIQUEFACTION, "arc"]
        year = self.which.year
        rows = [self.limit(arc, f"{year}-01-01", f"{year}-12-31", FREE_ARC_GWH_D, table) for arc in plants]
        routes = self.imposed_routes()
        for route, arcs in RUSSIAN_ARCS.items():
            for first, last, twh, days in self.flows(route):
                for arc, share in arcs.items():
                    if route in routes:
                        rows.append(self.limit(arc, first, last, twh * 1e3 / days * share, table))
        rows += self.free_routes(table)
        early = table[table["first_day"] < f"{year}-01-01"]
        return pd.concat([early, opened, pd.DataFrame(rows)], ignore_index=True)

    def imposed_routes(self) -> tuple[str, ...]:
        """Return the Russian routes whose flow is imposed: all of them in a test year."""
        return (
            tuple(RUSSIAN_ARCS) if not self.which.is_base else ("NORD_STREAM", "TURKSTREAM_EUROPE", "BALTIC", "TURKEY")
        )

    def free_routes(self, table: pd.DataFrame) -> list[dict[str, object]]:
        """Return the capacity of the routes that Gazprom chooses in a base year."""
        year = self.which.year
        if not self.which.is_base:
            return [self.limit("UA_SOKHR", f"{year}-01-01", f"{year}-12-31", 0.0, table)]
        booked = 1e6 if year < 2020 else BOOKED_UKRAINE_TWH * 1e3 / units.DAYS_PER_YEAR
        sudzha = min(2542.5, booked)
        rest = 339.7 if year < 2020 else 0.0
        return [self.limit(arc, f"{year}-01-01", f"{year}-12-31", capacity, table) for arc, capacity in
                (("UA_SUDZHA", sudzha), ("UA_SOKHR", rest), ("YAMAL_BY-PL", 1027.1))]  # fmt: skip

    def flows(self, route: str) -> list[tuple[str, str, float, int]]:
        """Return first day, last day, flow in TWh and days of each quarter of a route, or of its year."""
        year = self.which.year
        ends = (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))
        quarters = [self.history.by_place("russian_route", f"{year}-Q{k + 1}").get(route) for k in range(4)]
        if any(twh is None for twh in quarters):
            twh = self.history.value("russian_route", route, year)
            return [(f"{year}-01-01", f"{year}-12-31", twh, _days(f"{year}-01-01", f"{year}-12-31"))]
        return [(f"{year}-{first}", f"{year}-{last}", float(twh or 0.0), _days(f"{year}-{first}", f"{year}-{last}"))
                for (first, last), twh in zip(ends, quarters, strict=True)]  # fmt: skip

    def limit(self, arc: str, first: str, last: str, capacity: float, table: pd.DataFrame) -> dict[str, object]:
        """Return one row of the schedule."""
        row = {"arc": arc, "first_day": first, "last_day": last, "capacity_gwh_d": capacity,
               "source": "linepack: as in the table history", "grade": Grade.ESTIMATED.value, "known_from": last,
               "note": ""}  # fmt: skip
        return {column: row[column] for column in table.columns}

    def arcs(self) -> pd.DataFrame:
        """Arcs; Nord Stream 1 was whole, and both lines were booked: at the margin their gas cost its fuel alone."""
        table = self.base.table("arcs")
        is_whole, is_booked = table["arc"].isin(["NS1_A", "NS1_B"]), table["arc"].str.match("NS[12]_[AB]$")
        return table.assign(
            state=table["state"].where(~is_whole, "closed"),
            tariff_eur_mwh=table["tariff_eur_mwh"].where(~is_booked, BOOKED_TARIFF_EUR_MWH),
        )

    def joint_limits(self) -> pd.DataFrame:
        """Joint limits, but for those that hold Russian deliveries of 2025."""
        table = self.base.table("joint_limits")
        is_free = table["joint_limit"].isin(["RU_TR_RATE", "TS2_YEAR"])
        return table.assign(limit_gwh_d=table["limit_gwh_d"].where(~is_free, FREE_ARC_GWH_D))

    def sea_routes(self) -> pd.DataFrame:
        """Sea routes with the Suez canal open, as it was before 2024."""
        table, cases = self.base.table("sea_routes"), self.base.table("sea_route_cases")
        is_open = cases[cases["route_case"] == "SUEZ_OPEN"].set_index(["origin", "destination"])["distance_nm"]
        found = is_open.reindex(pd.MultiIndex.from_frame(table[["origin", "destination"]])).to_numpy()
        return table.assign(distance_nm=np.where(np.isfinite(found), found, table["distance_nm"]))

    def ships(self) -> pd.DataFrame:
        """Ship classes at the charter rate of the anchor."""
        rate = self.history.value("freight", "LNG_CARRIER", self.which.anchor)
        return self.base.table("ship_classes").assign(charter_usd_d=rate)

    def traders(self) -> pd.DataFrame:
        """Traders whose slope goes with the price level of the anchor; imposed Russian flows are no choice."""
        table = self.base.table("traders")
        level = self.history.value("price", "TTF", self.which.anchor) / self.history.value("price", "TTF", SHAPE_YEAR)
        slope = table["residual_slope_eur_mwh_per_gwh_d"] * level
        group = table.set_index("trader")["owner_group"]["GAZPROM"]
        conduct = table["conduct"].where((table["owner_group"] != group) | self.which.is_base, 0.0)
        return table.assign(residual_slope_eur_mwh_per_gwh_d=slope, conduct=conduct)

    def lng_ratios(self) -> dict[str, float]:
        """Return the flow of each shipping arc of ``route_wedges`` over that of 2025, by proportional fitting."""
        wedges = self.base.table("route_wedges")
        own = wedges[wedges["arc"].str.startswith("ship:")].reset_index(drop=True)
        ends = own["arc"].str.removeprefix("ship:").str.split(">", expand=True)
        country = self.base.table("nodes").set_index("node")["country"]
        flow = own["reference_flow_gwh_d"].to_numpy(dtype=float)
        target_out, target_in = self.margins()
        out = _groups(ends[0].to_numpy(), {port: port for port in target_out})
        into = _groups(ends[1].map(country).to_numpy(), {c: places for places in target_in for c in places.split(";")})
        fitted = flow.copy()
        for _ in range(50):
            for groups, targets in ((out, target_out), (into, target_in)):
                for group, target in targets.items():
                    inside = groups == group
                    total = fitted[inside].sum()
                    if total > 0:
                        fitted[inside] *= target / total
        ratio = np.divide(fitted, flow, out=np.ones_like(flow), where=flow > 0)
        return dict(zip(own["arc"], ratio, strict=True))

    def margins(self) -> tuple[dict[str, float], dict[str, float]]:
        """Return LNG exports by port and imports by group of countries in the anchor year, in GWh/d."""
        anchor = _Build(self.base, YearOf(self.which.anchor, self.which.anchor), self.history)
        supply = anchor.capability_twh()
        resources = self.base.table("resources").set_index("resource")["node"]
        arcs, kinds = self.base.table("arcs"), self.base.table("nodes").set_index("node")["kind"]
        port = arcs[arcs["kind"] == ArcKind.LIQUEFACTION].set_index("origin")["destination"]
        out: dict[str, float] = {}
        for name, twh in supply.items():
            if name.endswith("_LNG") and kinds[port[resources[name]]] == NodeKind.LNG_EXPORT:
                at = str(port[resources[name]])
                out[at] = out.get(at, 0.0) + twh * 1e3 / units.DAYS_PER_YEAR
        bought = self.history.by_place("lng_import", self.which.anchor)
        into = {places: max(twh, 0.01) * 1e3 / units.DAYS_PER_YEAR for places, twh in bought.items() if places != EU}
        return out, into

    def wedges(self) -> pd.DataFrame:
        """Route wedges around the anchor's flows: those of 2025 fitted to its exports and imports."""
        table, ratio = self.base.table("route_wedges"), self.lng_ratios()
        reference = table["reference_flow_gwh_d"] * table["arc"].map(ratio).fillna(1.0)
        return self.derived(table.assign(reference_flow_gwh_d=np.maximum(reference, 0.01)), str(self.which.anchor))

    def contracts(self) -> pd.DataFrame:
        """Contracts between states outside the question as they are; LNG contracts at the level of the anchor.

        Contracts of the table history are in force in the years that it has, at its quantities.
        """
        table, points = self.base.table("contracts"), self.base.table("contract_points")
        base = table["contract"].isin(KEPT_CONTRACTS)
        is_lng = table["contract"].str.endswith("-LNG")
        country = self.base.table("nodes").set_index("node")["country"]
        wedges = self.base.table("route_wedges")
        ships = wedges[wedges["arc"].str.startswith("ship:")]
        to = ships["arc"].str.split(">").str[1].map(country)
        ratio = ships["arc"].map(self.lng_ratios())
        factors = []
        for row in table.itertuples():
            markets = set(points.loc[points["contract"] == row.contract, "node"].map(country))
            own = (ships["trader"] == row.seller) & to.isin(markets)
            weight = ships.loc[own, "reference_flow_gwh_d"]
            factors.append(min(1.0, float((ratio[own] * weight).sum() / weight.sum())) if len(weight) else 1.0)
        dated = self.history.by_place("contract", self.which.year)
        quantity = table["contract"].map({name: twh * 1e3 for name, twh in dated.items()})
        quantity = quantity.fillna(table["annual_quantity_gwh"] * np.where(is_lng, factors, 1.0))
        scaled = table.assign(annual_quantity_gwh=quantity, start="2010-01-01", end="2030-12-31")
        return scaled[base | is_lng | table["contract"].isin(list(dated))].reset_index(drop=True)

    def fill_rule(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Filling rule of the year, as a soft limit; none before 2022."""
        tables = (self.base.table("policy_limits"), self.base.table("policy_limit_members"))
        if self.which.year not in FILL_RULE or self.which.is_base:
            return tables
        stores, share = self.base.table("storages"), FILL_RULE[self.which.year]
        region = stores["node"].map(self.base.table("nodes").set_index("node")["region"])
        own = stores[region == EU]
        day = f"{self.which.year}-11-01"
        stamp = {"source": "Regulation (EU) 2022/1032", "grade": Grade.PUBLISHED.value, "known_from": "2022-06-30",
                 "note": ""}  # fmt: skip
        limit = {"policy_limit": "EU_FILL", "kind": LimitKind.STOCK.value, "first_day": day, "last_day": day,
                 "minimum_gwh": share * float(own["working_gas_gwh"].sum()), "maximum_gwh": np.nan,
                 "penalty_eur_mwh": FILL_PENALTY_EUR_MWH, "penalty_receiver": "", **stamp}  # fmt: skip
        members = [{"policy_limit": "EU_FILL", "trader": "", "arc": "", "node": node, **stamp} for node in own["node"]]
        names = [c.name for c in TABLES_BY_NAME["policy_limits"].columns]
        other = [c.name for c in TABLES_BY_NAME["policy_limit_members"].columns]
        return pd.DataFrame([limit])[names], pd.DataFrame(members)[other]

    def observations(self) -> pd.DataFrame:
        """What was observed in the year, to fit a base year to or to hold a prediction against."""
        year, h = self.which.year, self.history
        seen = h.by_place("eu_import", year)
        price, lng = h.by_place("price", year), h.by_place("lng_import", year)
        rows = [
            ("TTF", "TTF, mean", "price_mean", "", "TTF", price["TTF"], "EUR/MWh", 0.1),
            ("JKM", "JKM, mean", "price_mean", "", "JKM", price["JKM"], "EUR/MWh", 0.15),
            ("NORWAY", "Norway pipe to EU", "pipeline_import", "NORWAY", EU, seen["NORWAY"], "TWh", 0.05),
            ("LNG", "LNG to EU", "lng_import", "", EU, lng[EU], "TWh", 0.05),
            ("ALGERIA", "Algeria pipe to EU", "pipeline_import", "SONATRACH", EU, seen["ALGERIA"], "TWh", 0.05),
            ("CHINA", "LNG to China", "lng_import", "", "CN", lng["CN"], "TWh", 0.1),
            ("JAPAN", "LNG to Japan", "lng_import", "", "JP", lng["JP"], "TWh", 0.1),
            ("USE", "EU consumption", "consumption", "", EU, h.value("consumption", EU, year), "TWh", 0.03),
        ]
        if self.which.is_base:
            rows.append(("RUSSIA", "Russia pipe to EU and Balkans", "pipeline_import", "GAZPROM", f"{EU};RS;BA;MK;MD",
                         seen["RUSSIA_PIPE"], "TWh", 0.05))  # fmt: skip
        names = ["observation", "label", "quantity", "origin", "destination", "value", "unit", "tolerance"]
        frame = pd.DataFrame(rows, columns=names).assign(
            first_day=f"{year}-01-01", last_day=f"{year}-12-31", basis="free", source="table history",
            grade=Grade.CONVERTED.value, known_from=f"{year + 1}-07-01", note="",
        )  # fmt: skip
        return frame[[c.name for c in TABLES_BY_NAME["observations"].columns]]


def _groups(names: np.ndarray, group: dict[str, str]) -> np.ndarray:
    return np.array([group.get(str(name), "") for name in names], dtype=object)


def _days(first: str, last: str) -> int:
    return (pd.Timestamp(last) - pd.Timestamp(first)).days + 1
