"""Headline figures of a run, from its tables alone: prices, imports by origin, revenues, bill, unserved gas.

Quantities are yearly rates (365 days). Revenue is sales at hub prices less carriage to the place of sale; gas piped to
China, to former Soviet states and to the Emirates is left out, because its price is a contract's, not a hub's. A
country's net import bill is gas bought from foreign sellers at its hub price, plus gas from neighbouring pools at
*their* hub price, less gas sold to neighbours at its own: transfers between countries net to zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from linepack import units

Tables = Mapping[str, pd.DataFrame]
EU = "EU27"
DAYS_PER_YEAR = units.DAYS_PER_YEAR
ORIGIN_NAMES = {
    "NO": "Norway", "RU": "Russia", "DZ": "Algeria", "US": "United States", "QA": "Qatar", "AZ": "Azerbaijan",
    "NG": "Nigeria", "LY": "Libya",
}  # fmt: skip
CONTRACT_PRICED = ("CN", "BY", "KZ", "UZ", "AM", "AE")
"""Markets where pipeline gas is sold at a contract's price, far from what LNG or a hub would set."""
HEADLINE_TABLES = (
    "price_markers", "hub_prices", "flows", "sales", "production", "transport_costs", "consumption",
)  # fmt: skip
"""The tables that the headline figures are made of."""

OTHER_LNG = "Other LNG"
NEIGHBOURS = "Neighbouring markets, net"


@dataclass(frozen=True)
class Figure:
    """A headline figure: its key in ``headline``, what it is called, its unit, decimals to show."""

    name: str
    label: str
    unit: str
    decimals: int = 1
    is_share: bool = False


FIGURES = (
    Figure("ttf_eur_mwh", "TTF, mean", "EUR/MWh"),
    Figure("ttf_peak_eur_mwh", "TTF, dearest month", "EUR/MWh"),
    Figure("jkm_eur_mwh", "JKM, mean", "EUR/MWh"),
    Figure("eu_import_twh_y", "EU imports", "TWh/y", 0),
    Figure("eu_share_russia_pipe_fraction", "  Russia, pipeline", "%", 1, is_share=True),
    Figure("eu_share_russia_lng_fraction", "  Russia, LNG", "%", 1, is_share=True),
    Figure("eu_share_norway_fraction", "  Norway", "%", 1, is_share=True),
    Figure("eu_share_us_lng_fraction", "  United States, LNG", "%", 1, is_share=True),
    Figure("eu_share_algeria_pipe_fraction", "  Algeria, pipeline", "%", 1, is_share=True),
    Figure("eu_share_azerbaijan_fraction", "  Azerbaijan", "%", 1, is_share=True),
    Figure("eu_share_other_lng_fraction", "  Other LNG", "%", 1, is_share=True),
    Figure("eu_share_other_fraction", "  Other, net", "%", 1, is_share=True),
    Figure("russia_revenue_eur_bn_y", "Russia's export revenue", "EUR bn/y"),
    Figure("us_revenue_eur_bn_y", "US exporters' revenue", "EUR bn/y"),
    Figure("norway_revenue_eur_bn_y", "Norway's export revenue", "EUR bn/y"),
    Figure("eu_import_bill_eur_bn_y", "EU net import bill", "EUR bn/y"),
    Figure("eu_unserved_twh", "EU unserved gas", "TWh"),
    Figure("world_unserved_twh", "World unserved gas", "TWh"),
)


def horizon_days(tables: Tables) -> float:
    """Return the days of the horizon."""
    return float(tables["hub_prices"].drop_duplicates("period")["days"].sum())


def marker_means(tables: Tables) -> pd.Series:
    """Return the mean price of each marker over the horizon in EUR/MWh, weighted by days."""
    frame = tables["price_markers"]
    paid = (frame["price_eur_mwh"] * frame["days"]).groupby(frame["marker"], sort=False).sum()
    return paid / frame.groupby("marker", sort=False)["days"].sum()


def country_prices(tables: Tables) -> pd.Series:
    """Return the mean hub price of each country's market over the horizon in EUR/MWh."""
    frame = tables["hub_prices"]
    frame = frame[frame["node"] == frame["country"]]
    paid = (frame["hub_price_eur_mwh"] * frame["days"]).groupby(frame["country"], sort=False).sum()
    return paid / frame.groupby("country", sort=False)["days"].sum()


def eu_imports(tables: Tables, borders: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return EU imports by origin. Columns: origin, mode, import_twh_y, share_fraction; largest first."""
    sold = tables["sales"]
    sold = sold[sold["region"] == EU]
    origin = sold["origin"].map(ORIGIN_NAMES)
    origin = origin.where(origin.notna(), np.where(sold["mode"] == "lng", OTHER_LNG, sold["origin"]))
    twh = _twh_y(tables, sold["sales_gwh_d"] * sold["days"])
    rows = twh.groupby([origin, sold["mode"]]).sum().rename_axis(["origin", "mode"]).reset_index(name="import_twh_y")
    border = _pool_borders(tables) if borders is None else borders
    into = border[(border["destination_region"] == EU) & (border["origin_region"] != EU)]
    out = border[(border["origin_region"] == EU) & (border["destination_region"] != EU)]
    net = _twh_y(tables, into["gwh"]).sum() - _twh_y(tables, out["gwh"]).sum()
    rows.loc[len(rows)] = [NEIGHBOURS, "pipeline", net]
    rows["share_fraction"] = rows["import_twh_y"] / rows["import_twh_y"].sum()
    return rows.sort_values("import_twh_y", ascending=False, ignore_index=True)


def import_bills(tables: Tables, borders: pd.DataFrame | None = None) -> pd.Series:
    """Return the net import bill of each country in EUR bn a year; negative for a net seller between pools."""
    sold = tables["sales"]
    foreign = sold[sold["origin"] != sold["country"]]
    bought = (foreign["sales_gwh_d"] * foreign["days"] * foreign["hub_price_eur_mwh"]).groupby(foreign["country"]).sum()
    border = _pool_borders(tables) if borders is None else borders
    border = border[border["origin_country"] != border["destination_country"]]
    paid = border["gwh"] * border["origin_price_eur_mwh"]
    bill = bought.add(paid.groupby(border["destination_country"]).sum(), fill_value=0.0)
    bill = bill.sub(paid.groupby(border["origin_country"]).sum(), fill_value=0.0)
    return units.eur_bn_from_gwh_eur_mwh(bill) * DAYS_PER_YEAR / horizon_days(tables)


def export_revenues(tables: Tables) -> pd.DataFrame:
    """Return by origin: sales_twh_y, revenue_eur_bn_y (sales at hub prices less carriage).

    Pipeline gas to ``CONTRACT_PRICED`` is left out.
    """
    sold, carried, made = tables["sales"], tables["transport_costs"], tables["production"]
    sold = sold[~(sold["node"].isin(CONTRACT_PRICED) & (sold["mode"] == "pipeline"))]
    carried = carried[~carried["destination"].isin(CONTRACT_PRICED)]
    home = made.drop_duplicates("trader").set_index("trader")["origin"]
    value = sold["sales_gwh_d"] * sold["days"] * sold["hub_price_eur_mwh"]
    cost = carried["flow_gwh_d"] * carried["days"] * carried["cost_eur_mwh"]
    revenue = value.groupby(sold["origin"]).sum().sub(cost.groupby(carried["trader"].map(home)).sum(), fill_value=0.0)
    year = DAYS_PER_YEAR / horizon_days(tables)
    quantity = _twh_y(tables, sold["sales_gwh_d"] * sold["days"]).groupby(sold["origin"]).sum()
    return pd.DataFrame({"sales_twh_y": quantity, "revenue_eur_bn_y": units.eur_bn_from_gwh_eur_mwh(revenue) * year})


def unserved(tables: Tables) -> pd.DataFrame:
    """Return per country: region, unserved_twh over the horizon, and its share of consumption and unserved gas."""
    frame = tables["consumption"]
    gwh = frame.assign(
        unserved=frame["unserved_gwh_d"] * frame["days"],
        wanted=(frame["consumption_gwh_d"] + frame["unserved_gwh_d"]) * frame["days"],
    )
    by = gwh.groupby(["country", "region"], as_index=False)[["unserved", "wanted"]].sum()
    return pd.DataFrame({
        "country": by["country"], "region": by["region"], "unserved_twh": units.twh_from_gwh(by["unserved"]),
        "unserved_fraction": by["unserved"] / by["wanted"].clip(lower=1e-9),
    })  # fmt: skip


@dataclass(frozen=True)
class Totals:
    """What the figures are made of: prices, EU imports by origin and mode, revenues by origin, bill, shortage."""

    ttf_eur_mwh: float
    ttf_peak_eur_mwh: float
    jkm_eur_mwh: float
    import_twh_y: Mapping[tuple[str, str], float]
    revenue_eur_bn_y: Mapping[str, float]
    eu_import_bill_eur_bn_y: float
    eu_unserved_twh: float
    world_unserved_twh: float


@dataclass(frozen=True)
class Summary:
    """What the tables of a run add up to, every part worked out once, when it is asked for."""

    tables: Tables

    @cached_property
    def imports(self) -> pd.DataFrame:
        """``eu_imports`` of the run."""
        return eu_imports(self.tables, self._borders)

    @cached_property
    def bills(self) -> pd.Series:
        """``import_bills`` of the run."""
        return import_bills(self.tables, self._borders)

    @cached_property
    def revenues(self) -> pd.DataFrame:
        """``export_revenues`` of the run."""
        return export_revenues(self.tables)

    @cached_property
    def unserved(self) -> pd.DataFrame:
        """``unserved`` of the run."""
        return unserved(self.tables)

    @cached_property
    def country_prices(self) -> pd.Series:
        """``country_prices`` of the run."""
        return country_prices(self.tables)

    @cached_property
    def regions(self) -> pd.Series:
        """The region of each country that has a market."""
        return self.tables["hub_prices"].drop_duplicates("country").set_index("country")["region"]

    @cached_property
    def headline(self) -> dict[str, float]:
        """``headline`` of the run."""
        return figures_of(_totals(self))

    @cached_property
    def _borders(self) -> pd.DataFrame:
        return _pool_borders(self.tables)


def headline(tables: Tables) -> dict[str, float]:
    """Return the headline figures by name; the unit ends the name. NaN for a marker that the dataset does not have."""
    return Summary(tables).headline


def _totals(known: Summary) -> Totals:
    markers, bills, short, place = marker_means(known.tables), known.bills, known.unserved, known.regions
    prices = known.tables["price_markers"]
    return Totals(
        float(markers.get("TTF", np.nan)), float(prices[prices["marker"] == "TTF"]["price_eur_mwh"].max()),
        float(markers.get("JKM", np.nan)), known.imports.set_index(["origin", "mode"])["import_twh_y"].to_dict(),
        known.revenues["revenue_eur_bn_y"].to_dict(),
        float(bills[[c for c in bills.index if place.get(c) == EU]].sum()),
        float(short[short["region"] == EU]["unserved_twh"].sum()), float(short["unserved_twh"].sum()),
    )  # fmt: skip


def figures_of(totals: Totals) -> dict[str, float]:
    """Return the headline figures by name."""
    total = sum(totals.import_twh_y.values())
    with np.errstate(invalid="ignore"):
        share = {key: float(np.divide(value, total)) for key, value in totals.import_twh_y.items()}
    named, other_lng = _named_shares(share)
    revenue = totals.revenue_eur_bn_y
    return {
        "ttf_eur_mwh": totals.ttf_eur_mwh,
        "ttf_peak_eur_mwh": totals.ttf_peak_eur_mwh,
        "jkm_eur_mwh": totals.jkm_eur_mwh,
        "eu_import_twh_y": float(total),
        **named,
        "eu_share_other_lng_fraction": other_lng,
        "eu_share_other_fraction": 1.0 - sum(named.values()) - other_lng,
        "russia_revenue_eur_bn_y": float(revenue.get("RU", 0.0)),
        "us_revenue_eur_bn_y": float(revenue.get("US", 0.0)),
        "norway_revenue_eur_bn_y": float(revenue.get("NO", 0.0)),
        "eu_import_bill_eur_bn_y": totals.eu_import_bill_eur_bn_y,
        "eu_unserved_twh": totals.eu_unserved_twh,
        "world_unserved_twh": totals.world_unserved_twh,
    }


def origin_name(country: str, mode: str) -> str:
    """Return under which origin a country's gas is shown among EU imports."""
    return ORIGIN_NAMES.get(country, OTHER_LNG if mode == "lng" else country)


def headline_frame(tables: Tables) -> pd.DataFrame:
    """Return the headline figures as a table. Columns: figure, label, value, unit (shares as fractions, unit 1)."""
    values = headline(tables)
    rows = [(f.name, f.label.strip(), values[f.name], "1" if f.is_share else f.unit) for f in FIGURES]
    return pd.DataFrame(rows, columns=["figure", "label", "value", "unit"])


def _named_shares(share: Mapping[tuple[str, str], float]) -> tuple[dict[str, float], float]:
    """Return the shares of the origins that have a figure of their own, and the share of all other LNG."""
    parts = {
        "eu_share_russia_pipe_fraction": [("Russia", "pipeline")],
        "eu_share_russia_lng_fraction": [("Russia", "lng")],
        "eu_share_norway_fraction": [("Norway", "pipeline"), ("Norway", "lng")],
        "eu_share_us_lng_fraction": [("United States", "lng")],
        "eu_share_algeria_pipe_fraction": [("Algeria", "pipeline")],
        "eu_share_azerbaijan_fraction": [("Azerbaijan", "pipeline")],
    }  # fmt: skip
    named = {name: float(sum(share.get(key, 0.0) for key in keys)) for name, keys in parts.items()}
    taken = {key for keys in parts.values() for key in keys}
    return named, float(sum(value for key, value in share.items() if key[1] == "lng" and key not in taken))


def _twh_y(tables: Tables, gwh: pd.Series) -> pd.Series:
    return units.twh_from_gwh(gwh) * DAYS_PER_YEAR / horizon_days(tables)


def _pool_borders(tables: Tables) -> pd.DataFrame:
    """Return pool flows with country, region and hub price of both ends; gwh per period."""
    flow = tables["flows"]
    flow = flow[flow["carrier"] == "pool"]
    prices = tables["hub_prices"]
    place = prices.drop_duplicates("node").set_index("node")
    price = prices.set_index(["node", "period"])["hub_price_eur_mwh"]
    frame = flow.assign(gwh=flow["flow_gwh_d"] * flow["days"])
    for end in ("origin", "destination"):
        for column in ("country", "region"):
            frame[f"{end}_{column}"] = frame[end].map(place[column])
    at = pd.MultiIndex.from_frame(frame[["origin", "period"]])
    return frame.assign(origin_price_eur_mwh=price.reindex(at).to_numpy())
