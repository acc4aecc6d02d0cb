"""Differences between two runs, table by table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.results.headline import Summary, Tables, headline, horizon_days, marker_means

KEYS = {
    "price_markers": ["marker"], "hub_prices": ["node"], "flows": ["carrier", "arc"],
    "sales": ["trader", "source", "node"], "storage": ["node"], "consumption": ["node", "segment"],
}  # fmt: skip
MEASURES = {
    "price_markers": "price_eur_mwh", "hub_prices": "hub_price_eur_mwh", "flows": "flow_gwh_d", "sales": "sales_gwh_d",
    "storage": "level_gwh", "consumption": "consumption_gwh_d",
}  # fmt: skip
LEAST_PRICE_CHANGE = 0.002
LEAST_SUPPLY_CHANGE = 0.002
"""Below these shares a change of price, or of supply over EU consumption, implies nothing."""

NEARLY_NIL = 1e-6
"""Below this a base is a solver's zero, and a change has no percentage."""


def compare_headlines(base: Tables, other: Tables) -> pd.DataFrame:
    """Return the headline figures. Columns: figure, base, other, change, change_fraction."""
    a, b = headline(base), headline(other)
    frame = pd.DataFrame({"figure": list(a), "base": list(a.values()), "other": [b[name] for name in a]})
    frame["change"] = frame["other"] - frame["base"]
    frame["change_fraction"] = frame["change"] / frame["base"].where(frame["base"].abs() > NEARLY_NIL)
    return frame


def require_same_periods(base: Tables, other: Tables, table: str = "price_markers") -> None:
    """Raise ``InputError`` if two runs do not cover the same periods."""
    if set(base[table]["period"]) != set(other[table]["period"]):
        raise InputError("other-horizon", "the two runs do not cover the same periods",
                         hint="solve both over the same horizon")  # fmt: skip


def compare_table(base: Tables, other: Tables, table: str) -> pd.DataFrame:
    """Return one table of both runs side by side.

    Columns: keys of the table, period, base, other, change, in the unit of the table's measure. A row that only one
    run has (a route that is closed in the other) counts as zero there. Errors: ``InputError`` for other periods.
    """
    if table not in KEYS:
        raise InputError("unknown-table", f"'{table}' cannot be compared", hint=f"one of {', '.join(KEYS)}")
    require_same_periods(base, other, table)
    left, right = base[table], other[table]
    keys, measure = [*KEYS[table], "period"], MEASURES[table]
    merged = left[[*keys, measure]].merge(right[[*keys, measure]], on=keys, how="outer", suffixes=("_base", "_other"))
    merged = merged.rename(columns={f"{measure}_base": "base", f"{measure}_other": "other"}).fillna(
        {"base": 0.0, "other": 0.0}
    )
    return merged.assign(change=merged["other"] - merged["base"], unit=_unit(measure))


def mean_changes(base: Tables, other: Tables, table: str) -> pd.DataFrame:
    """Return means over the horizon. Columns: keys, base, other, change, unit; largest change first."""
    frame = compare_table(base, other, table)
    days = base["hub_prices"].drop_duplicates("period").set_index("period")["days"]
    weight = frame["period"].map(days) / horizon_days(base)
    for column in ("base", "other", "change"):
        frame[column] = frame[column] * weight
    means = frame.groupby([*KEYS[table], "unit"], as_index=False, sort=False)[["base", "other", "change"]].sum()
    order = means["change"].abs().sort_values(ascending=False, kind="stable").index
    return means.loc[order].reset_index(drop=True)


def implied_elasticity(base: Tables, other: Tables) -> float:
    """Return the net elasticity that an answer implies: ln(1 + q) / -ln(1 + p), p the change of TTF.

    q is the gas that came although the price fell (or went although it rose) over EU consumption: the sum over
    resources of changes of production against the direction in which the price pulls. So a quoted "15 bcm back means a
    third less" can be held against it. NaN without such a change of supply, or of price.
    """
    first, then = (marker_means(tables).get("TTF", np.nan) for tables in (base, other))
    moved = float(then / first - 1)
    if not np.isfinite(moved) or abs(moved) < LEAST_PRICE_CHANGE:
        return np.nan
    made = [(t["production"]["production_gwh_d"] * t["production"]["days"]).groupby(t["production"]["resource"]).sum()
            for t in (base, other)]  # fmt: skip
    change = made[1].sub(made[0], fill_value=0.0)
    shock = float(change[change * moved < 0].sum())
    used = base["consumption"]
    eu = used["region"] == "EU27"
    share = shock / float((used["consumption_gwh_d"] * used["days"])[eu].sum())
    return elasticity_of(share, moved) if abs(share) >= LEAST_SUPPLY_CHANGE else np.nan


def elasticity_of(quantity_share: float, price_change: float) -> float:
    """Return ln(1 + quantity_share) / -ln(1 + price_change), NaN where it has no value."""
    if price_change <= -1 or price_change == 0 or quantity_share <= -1:
        return np.nan
    return float(np.log1p(quantity_share) / -np.log1p(price_change))


def worst_country(base: Tables, other: Tables) -> tuple[str, str]:
    """Return the EU country worst off and how: unserved gas first, else the largest rise (or least fall) of price.

    Two empty texts if the dataset has no EU country.
    """
    return worst_off(Summary(base), Summary(other))


def worst_off(base: Summary, other: Summary) -> tuple[str, str]:
    """Return ``worst_country`` of two runs that are summed up already."""
    short = other.unserved
    short = short[(short["region"] == "EU27") & (short["unserved_twh"] > 0.01)]
    if len(short):
        worst = short.loc[short["unserved_fraction"].idxmax()]
        return str(worst["country"]), f"{worst['unserved_twh']:.1f} TWh unserved"
    inside = [country for country in other.country_prices.index if other.regions[country] == "EU27"]
    if not inside:
        return "", ""
    rise = (other.country_prices - base.country_prices)[inside]
    country = str(rise.idxmax())
    how = "" if rise[country] > 0 else "falls least, "
    return country, f"{how}{rise[country]:+.1f} EUR/MWh"


def _unit(measure: str) -> str:
    return {"eur_mwh": "EUR/MWh", "gwh_d": "GWh/d", "level_gwh": "GWh"}[
        next(ending for ending in ("eur_mwh", "gwh_d", "level_gwh") if measure.endswith(ending))
    ]


