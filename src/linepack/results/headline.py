"""Headline figures of a run, from its tables alone: prices, imports by origin, revenues, bill, unserved gas.

Quantities are yearly rates (365 days). Revenue is sales at hub prices less carriage to the place of sale; gas piped to
China, to former Soviet states and to the Emirates is left out, because its price is a contract's, not a hub's. A
country's net import bill is gas bought from foreign sellers at its hub price, plus gas from neighbouring pools at
*their* hub price, less gas sold to neighbours at its own: transfers between countries net to zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def eu_imports(tables: Tables) -> pd.DataFrame:
    """Return EU imports by origin. Columns: origin, mode, import_twh_y, share_fraction; largest first."""
    sold = tables["sales"]
    sold = sold[sold["region"] == EU]
    origin = sold["origin"].map(ORIGIN_NAMES)
    origin = origin.where(origin.notna(), np.where(sold["mode"] == "lng", OTHER_LNG, sold["origin"]))
    twh = _twh_y(tables, sold["sales_gwh_d"] * sold["days"])
    rows = twh.groupby([origin, sold["mode"]]).sum().rename_axis(["origin", "mode"]).reset_index(name="import_twh_y")
    border = _pool_borders(tables)
    into = border[(border["destination_region"] == EU) & (border["origin_region"] != EU)]
    out = border[(border["origin_region"] == EU) & (border["destination_region"] != EU)]
    net = _twh_y(tables, into["gwh"]).sum() - _twh_y(tables, out["gwh"]).sum()
    rows.loc[len(rows)] = [NEIGHBOURS, "pipeline", net]
    rows["share_fraction"] = rows["import_twh_y"] / rows["import_twh_y"].sum()
    return rows.sort_values("import_twh_y", ascending=False, ignore_index=True)


def import_bills(tables: Tables) -> pd.Series:
    """Return the net import bill of each country in EUR bn a year; negative for a net seller between pools."""
    sold = tables["sales"]
    foreign = sold[sold["origin"] != sold["country"]]
    bought = (foreign["sales_gwh_d"] * foreign["days"] * foreign["hub_price_eur_mwh"]).groupby(foreign["country"]).sum()
    border = _pool_borders(tables)
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


def headline(tables: Tables) -> dict[str, float]:
    """Return the headline figures by name; the unit ends the name. NaN for a marker that the dataset does not have."""
    markers, imports, bills = marker_means(tables), eu_imports(tables), import_bills(tables)
    revenue, short = export_revenues(tables), unserved(tables)
    place = tables["hub_prices"].drop_duplicates("country").set_index("country")["region"]
    named, other_lng = _named_shares(imports)
    eu_short = short[short["region"] == EU]
    prices = tables["price_markers"]
    ttf = prices[prices["marker"] == "TTF"]["price_eur_mwh"]
    return {
        "ttf_eur_mwh": float(markers.get("TTF", np.nan)),
        "ttf_peak_eur_mwh": float(ttf.max()),
        "jkm_eur_mwh": float(markers.get("JKM", np.nan)),
        "eu_import_twh_y": float(imports["import_twh_y"].sum()),
        **named,
        "eu_share_other_lng_fraction": other_lng,
        "eu_share_other_fraction": 1.0 - sum(named.values()) - other_lng,
        "russia_revenue_eur_bn_y": float(revenue["revenue_eur_bn_y"].get("RU", 0.0)),
        "us_revenue_eur_bn_y": float(revenue["revenue_eur_bn_y"].get("US", 0.0)),
        "norway_revenue_eur_bn_y": float(revenue["revenue_eur_bn_y"].get("NO", 0.0)),
        "eu_import_bill_eur_bn_y": float(bills[[c for c in bills.index if place.get(c) == EU]].sum()),
        "eu_unserved_twh": float(eu_short["unserved_twh"].sum()),
        "world_unserved_twh": float(short["unserved_twh"].sum()),
    }  # fmt: skip


def headline_frame(tables: Tables) -> pd.DataFrame:
    """Return the headline figures as a table. Columns: figure, label, value, unit (shares as fractions, unit 1)."""
    values = headline(tables)
    rows = [(f.name, f.label.strip(), values[f.name], "1" if f.is_share else f.unit) for f in FIGURES]
    return pd.DataFrame(rows, columns=["figure", "label", "value", "unit"])


def _named_shares(imports: pd.DataFrame) -> tuple[dict[str, float], float]:
    """Return the shares of the origins that have a figure of their own, and the share of all other LNG."""
    share = imports.set_index(["origin", "mode"])["share_fraction"].to_dict()
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
