"""Where gas goes instead: the change of each seller's sales, and the account of a barred origin."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from linepack import units
from linepack.policy.leakage import Leakage, leakage
from linepack.results.headline import DAYS_PER_YEAR, Tables, horizon_days
from linepack.system.gassystem import GasSystem


def sales_changes(base: Tables, other: Tables) -> pd.DataFrame:
    """Return the change of first sales. Columns: origin, trader, mode, country, change_twh_y; largest change first."""
    keys = ["origin", "trader", "mode", "country"]
    before, after = (_yearly(tables, keys) for tables in (base, other))
    change = after.sub(before, fill_value=0.0)
    order = change.abs().sort_values(ascending=False, kind="stable").index
    return change.loc[order].reset_index(name="change_twh_y")


def supply_changes(base: Tables, other: Tables) -> pd.DataFrame:
    """Return what makes the difference between two runs, in TWh a year. Columns: what, where, change_twh_y.

    Sales by origin, consumption by region, and gas put into store; the changes of sales equal those of the rest, but
    for losses. Largest first.
    """
    rows = [("sales of", str(origin), float(value)) for origin, value in
            _yearly(other, ["origin"]).sub(_yearly(base, ["origin"]), fill_value=0.0).items()]  # fmt: skip
    used = [_total(tables, "consumption", "consumption_gwh_d", "region") for tables in (base, other)]
    rows += [("consumption in", str(region), float(value)) for region, value in
             used[1].sub(used[0], fill_value=0.0).items()]  # fmt: skip
    stored = [_total(t, "storage", "injection_gwh_d", "region") - _total(t, "storage", "withdrawal_gwh_d", "region")
              for t in (base, other)]  # fmt: skip
    rows += [("net injection in", str(region), float(value)) for region, value in (stored[1] - stored[0]).items()]
    frame = pd.DataFrame(rows, columns=["what", "where", "change_twh_y"])
    return frame.reindex(frame["change_twh_y"].abs().sort_values(ascending=False, kind="stable").index)


def barred_origin(
    system: GasSystem, base: Tables, other: Tables, origins: Sequence[str], destinations: Sequence[str]
) -> Leakage:
    """Return the account of gas of some origins kept out of some countries or regions, over the horizon.

    Barred is what is sold there less; it is redirected or shut in, and replaced by relabelled gas (through markets that
    the origin still feeds), by displacement (gas of others) or not at all.
    """
    before, after = ({
        "sales": tables["sales"].assign(gwh=tables["sales"]["sales_gwh_d"] * tables["sales"]["days"])
        .groupby(["trader", "node"], as_index=False)["gwh"].sum(),
        "pool": _pool(tables),
    } for tables in (base, other))  # fmt: skip
    return leakage(system, origins, destinations, sales_before=before["sales"], sales_after=after["sales"],
                   pool_before=before["pool"], pool_after=after["pool"])  # fmt: skip


def _pool(tables: Tables) -> pd.DataFrame:
    flow = tables["flows"]
    flow = flow[flow["carrier"] == "pool"]
    return flow.assign(gwh=flow["flow_gwh_d"] * flow["days"]).groupby("arc", as_index=False)["gwh"].sum()


def _yearly(tables: Tables, keys: list[str]) -> pd.Series:
    sold = tables["sales"]
    twh = units.twh_from_gwh(sold["sales_gwh_d"] * sold["days"]) * DAYS_PER_YEAR / horizon_days(tables)
    return twh.groupby([sold[key] for key in keys]).sum()


def _total(tables: Tables, table: str, column: str, key: str) -> pd.Series:
    frame = tables[table]
    twh = units.twh_from_gwh(frame[column] * frame["days"]) * DAYS_PER_YEAR / horizon_days(tables)
    return twh.groupby(frame[key]).sum()
