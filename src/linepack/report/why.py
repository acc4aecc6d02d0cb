"""Why: the parts of a price, the reasons of a flow, the largest causes of a change. Text from stored runs."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd

from linepack import units
from linepack.errors import InputError
from linepack.policy.leakage import Leakage
from linepack.report.text import change, number, plain_table
from linepack.results.headline import Tables, horizon_days, marker_means
from linepack.results.redirects import sales_changes, supply_changes
from linepack.runs.store import Run
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.system.gassystem import GasSystem

LEAST_SHOWN_EUR_MWH = 0.005


class Asked(StrEnum):
    """What a reason can be asked for."""

    PRICE = "price"
    FLOW = "flow"
    CHANGE = "change"


def asked_about(system: GasSystem, what: str) -> Asked:
    """Return whether ``what`` names a scenario (CASE/NAME or a YAML file), an arc or, as all else, a price."""
    if "/" in what or what.endswith((".yaml", ".yml")):
        return Asked.CHANGE
    routes = system.table("sea_routes")
    is_arc = what in {*system.table("arcs")["arc"], *("ship:" + routes["origin"] + ">" + routes["destination"])}
    return Asked.FLOW if is_arc else Asked.PRICE


def why_price(system: GasSystem, run: Run, name: str, period: str | None) -> pd.DataFrame:
    """Return the parts of a marker's or node's price. Columns: cause, detail, eur_mwh; they sum to the price.

    Over the horizon the parts are means weighted by days. Errors: ``InputError`` for an unknown name or period.
    """
    parts = run.tables["price_breakdown"]
    weights = _nodes_of(system, run.tables, name)
    days = run.tables["price_markers"].drop_duplicates("period").set_index("period")["days"]
    if period is not None:
        if period not in days.index:
            raise InputError("unknown-period", f"the run has no period '{period}'", keys=[period],
                             hint=f"from {days.index[0]} to {days.index[-1]}")  # fmt: skip
        days = days[[period]]
    share = days / days.sum()
    parts = parts[parts["node"].isin(weights) & parts["period"].isin(share.index)]
    value = parts["eur_mwh"] * parts["period"].map(share) * parts["node"].map(weights)
    summed = value.groupby([parts["cause"], parts["detail"]]).sum().reset_index(name="eur_mwh")
    return summed.sort_values("eur_mwh", ascending=False, key=abs, ignore_index=True)


def why_price_text(run: Run, name: str, period: str | None, parts: pd.DataFrame, rows: int) -> str:
    """Return the parts of a price, the largest first, and what the smaller ones sum to."""
    total = float(parts["eur_mwh"].sum())
    shown = parts[parts["eur_mwh"].abs() >= LEAST_SHOWN_EUR_MWH].head(rows)
    lines = [(r.cause, r.detail, number(r.eur_mwh, 2)) for r in shown.itertuples()]
    rest = total - float(shown["eur_mwh"].sum())
    if abs(rest) >= LEAST_SHOWN_EUR_MWH:
        lines.append((f"{len(parts) - len(shown)} smaller parts", "", number(rest, 2)))
    lines.append(("price", "", number(total, 2)))
    when = period or "mean over the horizon"
    return f"{name} in '{run.name}', {when}, EUR/MWh\n\n" + plain_table(("cause", "detail", "EUR/MWh"), lines)


def why_flow_text(scenario: Scenario, run: Run, arc: str, on: date | None, lines: Sequence[str]) -> str:
    """Return the reasons of a flow as text."""
    day = on or scenario.periods[0].start
    return f"{arc} on {day} in '{run.name}'\n" + "\n".join(f"  - {line}" for line in lines)


def flow_reasons(system: GasSystem, scenario: Scenario, run: Run, arc: str, on: date | None) -> list[str]:
    """Return what an arc carries and is worth, and, where it is shut, what shuts it: data, patches, law.

    Errors: ``InputError`` for a day outside the horizon.
    """
    patched, periods = apply_scenario(system, scenario), scenario.periods
    day = on or periods[0].start
    if not periods[0].start <= day < periods[-1].end:
        raise InputError("unknown-day", f"the run does not reach {day}", keys=[str(day)],
                         hint=f"a day from {periods[0].start}, before {periods[-1].end}")  # fmt: skip
    lines = []
    flows = run.tables["arcs"]
    own = flows[flows["arc"] == arc]
    if len(own):
        days = own["days"] / own["days"].sum()
        at = next(p.label for p in periods if p.start <= day < p.end)
        here = own[own["period"] == at].iloc[0]
        lines += [
            f"carries {number(here['flow_gwh_d'])} of {number(here['capacity_gwh_d'])} GWh/d in {at}; "
            f"over the horizon {number(float((own['flow_gwh_d'] * days).sum()))} of "
            f"{number(float((own['capacity_gwh_d'] * days).sum()))}",
            f"its capacity is worth {number(here['congestion_rent_eur_mwh'], 2)} EUR/MWh in {at}, "
            f"{number(float((own['congestion_rent_eur_mwh'] * days).sum()), 2)} on average",
        ]
        if here["flow_gwh_d"] < 1e-3 < here["capacity_gwh_d"]:
            lines.append("it is open and idle: gas costs more to bring this way than it is worth at the end")
    else:
        lines.append("is shut in every period of the run")
    row = system.table("arcs").set_index("arc")
    if arc in row.index:
        lines.append(f"by the facts it is {row.loc[arc, 'state']}: {row.loc[arc, 'note'] or row.loc[arc, 'name']}")
    schedule = patched.table("arc_schedule")
    for r in schedule[schedule["arc"] == arc].itertuples():
        if r.first_day <= day.isoformat() and (not r.last_day or day.isoformat() <= r.last_day):
            lines.append(f"{number(r.capacity_gwh_d)} GWh/d from {r.first_day}: {r.source}; {r.note}")
    if scenario.law is not None:
        lines += _law_reasons(scenario, system, arc, day)
    return lines


def _law_reasons(scenario: Scenario, system: GasSystem, arc: str, day: date) -> list[str]:
    from linepack.policy.effects import effects_on

    assert scenario.law is not None
    found = effects_on(scenario.law.effects(system, scenario.periods), arc, day)
    return [f"law: {effect.instrument or effect.source_id} ({effect.source_id}): {effect.reason}" for effect in found]


def why_change_text(base: Run, other: Run, rows: int) -> str:
    """Return the largest causes of the difference between two runs: supply, demand and store, and who sells where."""
    prices = marker_means(other.tables) - marker_means(base.tables)
    causes = supply_changes(base.tables, other.tables).head(rows)
    sold = sales_changes(base.tables, other.tables).head(rows)
    rents = _rent_changes(base.tables, other.tables).head(rows)
    return "\n\n".join((
        f"'{other.name}' against '{base.name}': TTF {change(prices['TTF'], 2) or '0'}, "
        f"JKM {change(prices['JKM'], 2) or '0'} EUR/MWh",
        plain_table(("largest changes", "TWh/y"),
                    [(f"{r.what} {r.where}", change(r.change_twh_y)) for r in causes.itertuples()]),
        plain_table(("sales", "by", "to", "TWh/y"),
                    [(r.trader, r.mode, r.country, change(r.change_twh_y)) for r in sold.itertuples()]),
        plain_table(("capacity that is worth more or less", "EUR/MWh"),
                    [(str(name), change(value, 2)) for name, value in rents.items()]),
    ))  # fmt: skip


def leakage_text(base: Run, other: Run, account: Leakage, origins: str, into: str) -> str:
    """Return the account of a barred origin, in TWh a year."""
    def yearly(gwh: float) -> str:
        return number(units.twh_from_gwh(gwh) * units.DAYS_PER_YEAR / horizon_days(base.tables))

    lines = [("kept out", yearly(account.barred_gwh)),
             ("  redirected", yearly(account.barred_gwh - account.shut_in_gwh)),
             ("  shut in", yearly(account.shut_in_gwh)), ("replaced by", ""),
             ("  relabelled gas of the same origin", yearly(account.relabelling_gwh)),
             ("  gas of others (displacement)", yearly(account.displacement_gwh)),
             ("  nothing: less is used or stored", yearly(account.lost_gwh))]  # fmt: skip
    where = [(node, yearly(gwh)) for node, gwh in sorted(account.redirected_gwh, key=lambda pair: -abs(pair[1]))
             if abs(gwh) > 100]  # fmt: skip
    head = f"Gas of {origins} into {into}: '{other.name}' against '{base.name}', TWh a year"
    return "\n\n".join((head, plain_table(("account", "TWh/y"), lines), plain_table(("redirected to", "TWh/y"), where)))


def why_content(parts: pd.DataFrame) -> list[dict[str, Any]]:
    """Return parts of a price as JSON rows."""
    return list(parts.to_dict("records"))


def _nodes_of(system: GasSystem, tables: Tables, name: str) -> dict[str, float]:
    markers = system.table("price_markers")
    own = markers[markers["marker"] == name]
    if len(own):
        return dict(zip(own["node"], own["weight"] / own["weight"].sum(), strict=True))
    nodes = list(tables["hub_prices"]["node"].unique())
    if name in nodes:
        return {name: 1.0}
    known = [*dict.fromkeys(markers["marker"]), *nodes]
    near = difflib.get_close_matches(name, known, 1, 0.4)
    raise InputError("unknown-name", f"'{name}' is no marker, node or arc of this run", keys=[name],
                     hint=f"did you mean '{near[0]}'?" if near else f"for example {', '.join(known[:6])}")  # fmt: skip


def _rent_changes(base: Tables, other: Tables) -> pd.Series:
    def mean(tables: Tables) -> pd.Series:
        frame = tables["arcs"]
        worth = frame["congestion_rent_eur_mwh"] * frame["days"] / horizon_days(tables)
        return worth.groupby(frame["arc"]).sum()

    found = mean(other).sub(mean(base), fill_value=0.0)
    return found.loc[found.abs().sort_values(ascending=False, kind="stable").index]
