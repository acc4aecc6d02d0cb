"""Hold the numbers in claims against the facts.

Strings, capacities, price levels, 'record' quantities, feasible runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from linepack.evidence.claims import Claim
from linepack.evidence.quantities import TextQuantity
from linepack.evidence.vocabulary import QuantityKind
from linepack.system.gassystem import GasSystem
from linepack.system.names import NameKind, name_book
from linepack.system.schema import Table, number, text
from linepack.system.tables import packaged_table
from linepack.vocabulary import AssetState

PRICE_BAND = 0.35  # a daily price may leave its month's mean by this share before it is called odd
CAPACITY_BAND = 0.06  # nameplates differ by heating value and rounding

VOLUMES = Table(
    "volumes",
    "Published yearly volumes, to test words such as 'record'.",
    ("series", "year", "reporter"),
    (
        text("series", "Name of the asset or flow in the table of names."),
        number("year", "1", "Calendar year."),
        text("reporter", "Who reports it."),
        number("value", "see unit", "Volume."),
        text("unit", "Unit.", choices=("bcm", "Mt")),
    ),
)


class Verdict(StrEnum):
    """What a check found."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    INFEASIBLE = "infeasible"
    OPEN = "open"  # cannot be decided: base, unit or data missing


@dataclass(frozen=True)
class Check:
    """One check of one claim: what was compared, the verdict, and both sides in words."""

    claim_id: str
    check: str
    verdict: Verdict
    detail: str


def check_claim(claim: Claim, system: GasSystem) -> tuple[Check, ...]:
    """Return the checks that apply to a claim; none if it has no quantity that the facts can speak to."""
    found: list[Check] = []
    for quantity in claim.quantities:
        if quantity.kind is QuantityKind.PART:
            found += _strings(claim, quantity, system)
        elif quantity.kind is QuantityKind.WORD and quantity.unit == "record":
            found += _record(claim)
        elif quantity.kind is QuantityKind.WORD and quantity.unit == "only":
            found += _only_route(claim, system)
        elif quantity.kind is QuantityKind.VOLUME and quantity.normal_unit == "GWh/d":
            found += _capacity(claim, quantity, system)
        elif quantity.kind is QuantityKind.PRICE and quantity.normal_unit == "EUR/MWh":
            found += _price(claim, quantity, system)
        elif quantity.kind is QuantityKind.MOVE and not quantity.is_base_known:
            found.append(
                Check(
                    claim.claim_id,
                    "move without base",
                    Verdict.OPEN,
                    f"{quantity.label}: neither base, contract month nor time is given; treat as an interval",
                )
            )
    return tuple(found)


def check_against_run(claim: Claim, flows: pd.DataFrame) -> tuple[Check, ...]:
    """Return checks of a claim's yearly or daily volumes against a solved run.

    ``flows`` has the columns ``arc``, ``flow_gwh_d`` and ``capacity_gwh_d`` (GWh/d), a row per arc and period. A volume
    above the capacity of the assets it names cannot be satisfied by any feasible run and is infeasible.
    """
    lacking = {"arc", "flow_gwh_d", "capacity_gwh_d"} - set(flows.columns)
    if lacking:
        from linepack.errors import InputError

        raise InputError("missing-column", "the run's flows lack columns", table="flows", keys=sorted(lacking))
    found = []
    arcs = _arcs_of(claim)
    chosen = flows[flows["arc"].isin(arcs)]
    for quantity in claim.quantities:
        if quantity.kind is not QuantityKind.VOLUME or quantity.normal_unit != "GWh/d" or chosen.empty:
            continue
        by_arc = chosen.groupby("arc")[["flow_gwh_d", "capacity_gwh_d"]].max()
        limit, flow = float(by_arc["capacity_gwh_d"].sum()), float(by_arc["flow_gwh_d"].sum())
        low = quantity.normal_low or 0.0
        verdict = Verdict.INFEASIBLE if low > limit * (1 + CAPACITY_BAND) else Verdict.AGREES
        found.append(
            Check(
                claim.claim_id,
                "feasible run",
                verdict,
                f"{quantity.label} is at least {low:,.0f} GWh/d; {', '.join(by_arc.index)}: "
                f"capacity {limit:,.0f}, largest flow {flow:,.0f} GWh/d",
            )
        )
    return tuple(found)


def check_claims(claims: Iterable[Claim], system: GasSystem) -> tuple[Check, ...]:
    """Return the checks of several claims."""
    return tuple(check for claim in claims for check in check_claim(claim, system))


def _arcs_of(claim: Claim) -> tuple[str, ...]:
    members = [
        member for mention in claim.mentions if mention.name.kind is NameKind.ASSET for member in mention.name.members
    ]
    return tuple(dict.fromkeys(members))


def _states(system: GasSystem) -> Mapping[str, str]:
    arcs = system.table("arcs")
    return dict(zip(arcs["arc"], arcs["state"], strict=True))


def _strings(claim: Claim, quantity: TextQuantity, system: GasSystem) -> list[Check]:
    """'Three of the four strings damaged': count the strings that are destroyed in the facts."""
    book = name_book()
    groups = [name for name in ("NORD_STREAM_2", "NORD_STREAM_1", "NORD_STREAM") if name in claim.assets]
    if not groups:
        return []
    name = groups[0]
    members, states = book.names[name].members, _states(system)
    broken = sum(states.get(member) == AssetState.DESTROYED for member in members)
    said_all = len(members) if quantity.high is None else int(quantity.high)
    agrees = quantity.low == broken and said_all == len(members)
    return [
        Check(
            claim.claim_id,
            "strings",
            Verdict.AGREES if agrees else Verdict.DISAGREES,
            f"the text has {quantity.label}; in the facts {broken} of {len(members)} strings of "
            f"{book.names[name].label} are destroyed",
        )
    ]


def _record(claim: Claim) -> list[Check]:
    for series in ("RUSSIAN_LNG", "YAMAL_LNG"):
        is_meant = series in claim.assets or (series == "RUSSIAN_LNG" and "EU-LNG-BAN" in claim.instruments)
        if not is_meant:
            continue
        rows = [row for row in packaged_table("evidence", VOLUMES) if row["series"] == series]
        if not rows:
            continue
        by_reporter: dict[str, list[tuple[float, float]]] = {}
        for row in rows:
            by_reporter.setdefault(str(row["reporter"]), []).append((float(row["year"]), float(row["value"])))  # type: ignore[arg-type]
        reporter, points = max(by_reporter.items(), key=lambda entry: len(entry[1]))
        ordered = sorted(points)
        if len(ordered) < 2:
            return [Check(claim.claim_id, "record", Verdict.OPEN, f"{reporter} gives one year only")]
        last_year, last = ordered[-1]
        is_record = last == max(value for _, value in ordered)
        series_text = ", ".join(f"{year:.0f}: {value:g}" for year, value in ordered)
        return [
            Check(
                claim.claim_id,
                "record",
                Verdict.AGREES if is_record else Verdict.DISAGREES,
                f"{reporter}, {next(row['unit'] for row in rows if row['reporter'] == reporter)}: "
                f"{series_text}; {last_year:.0f} is "
                f"{'the highest' if is_record else 'not the highest'} of these years",
            )
        ]
    return [Check(claim.claim_id, "record", Verdict.OPEN, "no published series of what is called a record")]


def _only_route(claim: Claim, system: GasSystem) -> list[Check]:
    """'Only through TurkStream': which routes from Russia to Europe are open in the facts?"""
    arcs = system.table("arcs")
    nodes = system.table("nodes")
    europe = set(nodes.loc[nodes["region"] == "EU27", "node"])
    is_route = (arcs["kind"] == "pipeline") & (arcs["origin"] == "RU-WEST") & arcs["destination"].isin(europe)
    open_routes = sorted(arcs.loc[is_route & (arcs["state"] == AssetState.OPEN), "arc"])
    named = set(_arcs_of(claim))
    others = [arc for arc in open_routes if arc not in named]
    verdict = Verdict.DISAGREES if others else Verdict.AGREES
    return [
        Check(
            claim.claim_id,
            "only route",
            verdict,
            f"open from Russia into the EU in the facts: {', '.join(open_routes)}"
            + (f"; not named: {', '.join(others)}" if others else ""),
        )
    ]


def _capacity(claim: Claim, quantity: TextQuantity, system: GasSystem) -> list[Check]:
    arcs = system.table("arcs").set_index("arc")
    members = [member for member in _arcs_of(claim) if member in arcs.index]
    if not members or quantity.normal_low is None or quantity.normal_high is None:
        return []
    each = {member: float(arcs.loc[member, "capacity_gwh_d"]) for member in members}
    low, high = quantity.normal_low * (1 - CAPACITY_BAND), quantity.normal_high * (1 + CAPACITY_BAND)
    total = sum(each.values())
    fits_all = low <= total <= high
    fits_one = [member for member, capacity in each.items() if low <= capacity <= high]
    side = f"{quantity.label} is {quantity.normal_low:,.0f} to {quantity.normal_high:,.0f} GWh/d; in the facts "
    detail = side + f"{', '.join(f'{m} {c:,.0f}' for m, c in each.items())}, together {total:,.0f}"
    if fits_all or fits_one:
        return [Check(claim.claim_id, "capacity", Verdict.AGREES, detail)]
    if low > total:
        return [Check(claim.claim_id, "capacity", Verdict.INFEASIBLE, detail + ": more than all of them can carry")]
    return [Check(claim.claim_id, "capacity", Verdict.OPEN, detail + ": a flow below capacity")]


def _price(claim: Claim, quantity: TextQuantity, system: GasSystem) -> list[Check]:
    day = next((d.first for d in claim.dates if d.first is not None), None)
    if day is None or quantity.normal_low is None:
        return []
    prices = system.table("market_prices").set_index("month")["ttf_eur_mwh"]
    month = f"{day:%Y-%m}"
    if month not in prices.index:
        return [Check(claim.claim_id, "price", Verdict.OPEN, f"no observed price for {month}")]
    mean = float(prices[month])
    is_near = abs(quantity.normal_low / mean - 1) <= PRICE_BAND
    return [
        Check(
            claim.claim_id,
            "price",
            Verdict.AGREES if is_near else Verdict.DISAGREES,
            f"{quantity.label} on {day}; mean of the TTF front month in {month} was {mean:g} EUR/MWh",
        )
    ]
