"""The figures that a plausibility run keeps; a function of a module, so that workers can be given it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from linepack import units
from linepack.results.headline import CONTRACT_PRICED, EU, HEADLINE_TABLES, Tables, headline
from linepack.results.solution import Solution
from linepack.results.tables import result_tables

RUSSIANS = ("GAZPROM", "NOVATEK", "SAKHALIN_ENERGY")
STRING_B = "NS2_B"
ICE_SHIPS = "ARC7"


def figures_only(solution: Solution) -> dict[str, pd.DataFrame]:
    """Return the tables that a run keeps.

    ``figures`` (figure, value): headline figures, quantities in bcm (40 MJ), mean hub price of each market as
    'price NODE', profit of each Russian seller as 'profit TRADER' in EUR bn. ``sold`` and ``pool`` (GWh) are what the
    account of a ban needs.
    """
    tables = result_tables(solution, HEADLINE_TABLES)
    prices = solution.hub_prices()
    mean = pd.Series(solution.days @ prices.to_numpy() / solution.days.sum(), index=prices.columns)
    values = {
        **headline(tables), **_volumes(tables), **_profits(solution, tables), **_ships(solution),
        **{f"price {node}": float(price) for node, price in mean.items()},
    }  # fmt: skip
    sold, flow = tables["sales"], tables["flows"]
    pool = flow[flow["carrier"] == "pool"]
    return {
        "figures": pd.DataFrame({"figure": list(values), "value": list(values.values())}),
        "sold": sold.assign(gwh=sold["sales_gwh_d"] * sold["days"]).groupby(["trader", "node"], as_index=False)["gwh"]
        .sum(),
        "pool": pool.assign(gwh=pool["flow_gwh_d"] * pool["days"]).groupby("arc", as_index=False)["gwh"].sum(),
    }  # fmt: skip


def _bcm(frame: pd.DataFrame, column: str) -> float:
    return float(units.bcm_ei_from_twh(units.twh_from_gwh((frame[column] * frame["days"]).sum())))


def _volumes(tables: Tables) -> dict[str, float]:
    sold, used, flow = tables["sales"], tables["consumption"], tables["flows"]
    lng = sold[sold["mode"] == "lng"]
    from_yamal = lng[lng["source"].isin(("YAMAL-EXP", "MURMANSK"))]
    string = flow[flow["arc"] == STRING_B]
    price = tables["hub_prices"].set_index(["node", "period"])["hub_price_eur_mwh"]
    eu = used[used["region"] == EU]
    paid = eu["consumption_gwh_d"] * eu["days"] * price.reindex(pd.MultiIndex.from_frame(eu[["node", "period"]])
                                                               ).to_numpy()  # fmt: skip
    made = tables["production"]
    return {
        "eu_consumption_bcm": _bcm(eu, "consumption_gwh_d"),
        "eu_consumption_value_eur_bn": float(units.eur_bn_from_gwh_eur_mwh(paid.sum())),
        "eu_lng_bcm": _bcm(lng[lng["region"] == EU], "sales_gwh_d"),
        "us_lng_to_eu_bcm": _bcm(lng[(lng["region"] == EU) & (lng["origin"] == "US")], "sales_gwh_d"),
        "china_lng_bcm": _bcm(lng[lng["country"] == "CN"], "sales_gwh_d"),
        "string_b_bcm": float(units.bcm_from_twh(
            units.twh_from_gwh((string["flow_gwh_d"] * string["days"]).sum()),
            kwh_per_m3=units.HEATING_VALUES["default"].kwh_per_m3)),
        "yamal_bcm": _bcm(made[made["resource"] == "YAMAL_LNG"], "production_gwh_d"),
        "yamal_turkey_bcm": _bcm(from_yamal[from_yamal["country"] == "TR"], "sales_gwh_d"),
        "yamal_asia_bcm": _bcm(from_yamal[(from_yamal["region"] != EU) & (from_yamal["country"] != "TR")],
                               "sales_gwh_d"),
    }  # fmt: skip


def _profits(solution: Solution, tables: Tables) -> dict[str, float]:
    """Return sales at hub prices less carriage and cost of production, export duty not counted as a cost.

    Gas piped to markets with contract prices earns what it earns in every run and is left out.
    """
    sold, carried, labels = tables["sales"], tables["transport_costs"], solution.labels("production")
    columns = solution.problem.variables["production"].columns
    levy = solution.system.table("fiscal_terms").groupby("resource")["in_supply_cost_eur_mwh"].sum()
    duty = labels["resource"].map(levy).fillna(0.0).to_numpy(dtype=float)
    cost = solution.problem.cost[columns] / solution.problem.sets.weight[:, None] - duty
    spent = (solution.days[:, None] * solution.values("production") * cost).sum(axis=0)
    found = {}
    for trader in RUSSIANS:
        own = sold[(sold["trader"] == trader) & ~(sold["node"].isin(CONTRACT_PRICED) & (sold["mode"] == "pipeline"))]
        way = carried[(carried["trader"] == trader) & ~carried["destination"].isin(CONTRACT_PRICED)]
        thousand = (
            float((own["sales_gwh_d"] * own["days"] * own["hub_price_eur_mwh"]).sum())
            - float((way["flow_gwh_d"] * way["days"] * way["cost_eur_mwh"]).sum())
            - float(spent[(labels["trader"] == trader).to_numpy()].sum())
        )
        found[f"profit {trader}"] = float(units.eur_bn_from_gwh_eur_mwh(thousand))
    return found


def _ships(solution: Solution) -> dict[str, float]:
    """Return in how many periods the ice-class fleet limits, and what one more ship a day is worth in EUR 1,000."""
    equation = solution.problem.equations.get("fleet_days")
    if equation is None or ICE_SHIPS not in equation.labels["ship_class"].tolist():
        return {"ice_ships_bound": 0.0, "ice_ship_value_keur_d": 0.0}
    value = -solution.shadow_prices("fleet_days")[:, equation.labels["ship_class"].tolist().index(ICE_SHIPS)]
    return {"ice_ships_bound": float((value > 1e-3).sum()), "ice_ship_value_keur_d": float(np.mean(value))}


def figures_of(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return the figures of a kept run by name."""
    frame = tables["figures"]
    return dict(zip(frame["figure"], frame["value"].astype(float), strict=True))
