"""The tables of a system read into plain lists, for the oracles; shares no code with linepack.market or its network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import wraps
from typing import Any

from linepack.system.calendar import Period
from linepack.system.gassystem import GasSystem

MWH_PER_MMBTU = 0.29307107
POOL_KINDS = ("market", "lng_import")


def kept(method: Any) -> Any:
    """Remember what a method of a frozen object returns, in the object itself."""

    @wraps(method)
    def remembered(self: Any, *arguments: object) -> Any:
        known = self.__dict__.setdefault("_known", {})
        key = (method.__name__, *arguments)
        if key not in known:
            known[key] = method(self, *arguments)
        return known[key]

    return remembered


@dataclass(frozen=True)
class Arc:
    name: str
    kind: str
    origin: str
    destination: str
    kept: float
    is_pool: bool
    daily: tuple[tuple[float, ...], ...]  # capacity by period and day
    cost: tuple[float, ...]

    def capacity(self, t: int) -> float:
        return sum(self.daily[t]) / len(self.daily[t])


@dataclass(frozen=True, eq=False)
class Plain:
    """Everything a modeller would write down, nothing decided."""

    system: GasSystem
    periods: tuple[Period, ...]

    @kept
    def rows(self, table: str) -> list[Any]:
        return list(self.system.table(table).itertuples(index=False))

    @property
    def times(self) -> range:
        return range(len(self.periods))

    def w(self, t: int) -> float:
        return self.periods[t].days / 30

    def parameter(self, name: str) -> float:
        return float(next(row.value for row in self.rows("parameters") if row.parameter == name))

    @kept
    def days(self, t: int) -> list[str]:
        return [(self.periods[t].start + timedelta(days=k)).isoformat() for k in range(self.periods[t].days)]

    def days_in(self, t: int, first: str, last: str) -> int:
        return sum(first <= day <= (last or "9999") for day in self.days(t))

    @property
    def horizon_days(self) -> int:
        return sum(period.days for period in self.periods)

    def month_value(self, table: str, t: int, column: str, **key: object) -> float:
        wanted = {**key, "month": self.month(t)}
        return float(
            next(getattr(r, column) for r in self.rows(table) if all(getattr(r, k) == v for k, v in wanted.items()))
        )

    @property
    def pools(self) -> list[str]:
        return [row.node for row in self.rows("nodes") if row.kind in POOL_KINDS]

    @kept
    def area(self, node: str) -> str:
        return str(next(row.area for row in self.rows("nodes") if row.node == node))

    @kept
    def arcs(self) -> list[Arc]:
        found = []
        for row in self.rows("arcs"):
            base = row.capacity_gwh_d if row.state == "open" else 0.0
            cost = tuple(row.tariff_eur_mwh for _ in self.times)
            found.append(
                Arc(
                    row.arc,
                    row.kind,
                    row.origin,
                    row.destination,
                    1 - row.loss_fraction,
                    row.has_pool_access,
                    self._daily(row.arc, base),
                    cost,
                )
            )
        for row in self.rows("sea_routes"):
            costs: list[float] = []
            ship, days = self.ship(row), self.trip_days(row)
            for t in self.times:
                price = next(r for r in self.rows("market_prices") if r.month == self.month(t))
                money = (days * ship.charter_usd_d + ship.port_cost_usd) / price.usd_per_eur
                fuel = ship.boil_off_share_per_day * days * price.ttf_eur_mwh
                unit = money / (ship.cargo_mmbtu * MWH_PER_MMBTU) + fuel
                costs.append(unit + row.transfer_eur_mwh)
            name = f"ship:{row.origin}>{row.destination}"
            found.append(
                Arc(
                    name,
                    "shipping",
                    row.origin,
                    row.destination,
                    1.0,
                    False,
                    self._daily(name, float("inf")),
                    tuple(costs),
                )
            )
        return found

    def ship(self, route: Any) -> Any:
        return next(row for row in self.rows("ship_classes") if row.ship_class == route.ship_class)

    def trip_days(self, route: Any) -> float:
        """Return days of a round trip in spring: ice costs its days, and no summer route is open."""
        ship = self.ship(route)
        return float(2 * route.distance_nm / 24 / ship.speed_kn + ship.port_days + route.ice_days)

    def fleets(self) -> list[tuple[str, list[tuple[str, float]], list[float]]]:
        """Return class, ships that a GWh/d on each of its routes keeps busy, and ships that can sail by period."""
        found = []
        for name in dict.fromkeys(row.ship_class for row in self.rows("fleets")):
            busy = [
                (
                    f"ship:{r.origin}>{r.destination}",
                    self.trip_days(r) / (self.ship(r).cargo_mmbtu * MWH_PER_MMBTU / 1000),
                )
                for r in self.rows("sea_routes")
                if r.ship_class == name
            ]
            ships = [
                sum(
                    row.ships * row.available_share * self.days_in(t, row.first_day, row.last_day)
                    for row in self.rows("fleets")
                    if row.ship_class == name
                )
                / self.periods[t].days
                for t in self.times
            ]
            found.append((name, busy, ships))
        return found

    def month(self, t: int) -> str:
        """Return the calendar month of a period; the oracles know periods inside one month only."""
        first, last = self.periods[t].start, self.periods[t].end - timedelta(days=1)
        assert (first.year, first.month) == (last.year, last.month)
        return f"{first.year}-{first.month:02d}"

    def _daily(self, arc: str, base: float) -> tuple[tuple[float, ...], ...]:
        dated = [row for row in self.rows("arc_schedule") if row.arc == arc]

        def on(day: str) -> float:
            value = base
            for row in dated:
                if row.first_day <= day <= (row.last_day or "9999"):
                    value = row.capacity_gwh_d
            return float(value)

        def left(day: str) -> float:
            rules = [x for x in self.rows("flow_rules") if (x.trader, x.arc) == ("", arc)]
            return min((x.capacity_share for x in rules if x.first_day <= day <= (x.last_day or "9999")), default=1.0)

        return tuple(tuple(on(day) * left(day) for day in self.days(t)) for t in self.times)

    def own_limit(self, trader: str, arc: Arc, t: int) -> float:
        """Return what rules for this trader leave of the arc, mean of the days."""
        rules = [row for row in self.rows("flow_rules") if row.trader == trader and row.arc == arc.name]
        total = 0.0
        for day, capacity in zip(self.days(t), arc.daily[t], strict=True):
            shares = [row.capacity_share for row in rules if row.first_day <= day <= (row.last_day or "9999")]
            total += capacity * min(shares, default=1.0)
        return total / len(arc.daily[t])

    def charge(self, trader: str, arc: str, t: int) -> float:
        return sum(
            row.charge_eur_mwh * self.days_in(t, row.first_day, row.last_day) / self.periods[t].days
            for row in self.rows("flow_rules")
            if row.trader in ("", trader) and row.arc == arc
        )

    @kept
    def carriers(self) -> list[tuple[str, Arc]]:
        """Return who moves its own gas over which arc; feed gas is liquefied and shipped by whoever owns it."""
        arcs = self.arcs()
        named = {(row.trader, row.arc) for row in self.rows("carriage")}
        homes = {row.node: row.trader for row in self.rows("resources")}
        for arc in arcs:
            if arc.kind == "liquefaction":
                named.add((homes[arc.origin], arc.name))
                homes[arc.destination] = homes[arc.origin]
        named |= {(homes[arc.origin], arc.name) for arc in arcs if arc.kind == "shipping"}
        return [(trader, arc) for arc in arcs for trader in sorted({i for i, name in named if name == arc.name})]

    @kept
    def places_of_sale(self) -> list[tuple[str, str]]:
        listed = {(row.trader, row.node) for row in self.rows("sales_points")}
        landed = {(trader, arc.destination) for trader, arc in self.carriers() if arc.kind == "shipping"}
        return sorted(listed | landed)

    def wedge(self, trader: str, arc: Arc, t: int) -> tuple[float, float]:
        """Return constant and slope of the behavioural term of a route."""
        new = self.parameter("new_route_reference_flow_gwh_d")
        for row in self.rows("route_wedges"):
            if (row.trader, row.arc) == (trader, arc.name):
                slope = min(row.slope_eur_mwh, arc.cost[t]) / max(row.reference_flow_gwh_d, new)
                return -slope * row.reference_flow_gwh_d, slope
        return 0.0, self.parameter("new_route_wedge_eur_mwh") / new if arc.kind == "shipping" else 0.0

    def pool_slope(self, arc: Arc) -> float:
        return self.parameter("pool_flow_slope_eur_mwh") / max(1.0, max(arc.capacity(t) for t in self.times))

    @kept
    def demand(self, row_node: str, segment: str, t: int) -> tuple[float, float, float]:
        """Return intercept below the cap, slope, and the firm quantity worth the cap."""
        key = {"node": row_node, "segment": segment}
        q, p, e = (
            self.month_value("demand", t, c, **key) for c in ("quantity_gwh_d", "reference_price_eur_mwh", "elasticity")
        )
        top, slope, cap = p + p / e, p / e / q, self.parameter("shedding_price_eur_mwh")
        if self.is_fixed(row_node, segment):
            return -cap, 1.0, q  # nobody takes more than the fixed quantity
        return min(top, cap), slope, max(0.0, (top - cap) / slope)

    @kept
    def is_fixed(self, node: str, segment: str) -> bool:
        return any(r.shape == "fixed" for r in self.rows("demand") if (r.node, r.segment) == (node, segment))

    def rising(self, table: str, **key: object) -> float:
        """Return by how much a unit cost rises per GWh/d; the oracles know straight lines only."""
        own = [row for row in self.rows(table) if all(getattr(row, k) == v for k, v in key.items())]
        assert all((row.shape, row.exponent) == ("power", 1) for row in own)
        return float(sum(row.coefficient_eur_mwh / row.scale_gwh_d for row in own))

    @kept
    def owner(self, trader: str) -> str:
        return str(next(row.owner_group for row in self.rows("traders") if row.trader == trader))

    @kept
    def share_limits(self) -> list[tuple[str, float, set[tuple[str, str]], set[tuple[str, str]], set[str]]]:
        """Return name, share, the sales that are limited, the sales or else the nodes whose consumption they are of."""
        found = []
        for row in self.rows("share_limits"):
            nodes = {n for n in self.pools if n == row.node or (not row.node and self.area(n) == row.area)}
            sold = {(i, n) for i, n in self.places_of_sale() if n in nodes}
            own = {(i, n) for i, n in sold if i == row.trader}
            of_sales = row.base == "sales"
            found.append(
                (row.share_limit, row.maximum_share, own, sold if of_sales else set(), set() if of_sales else nodes)
            )
        return found

    @kept
    def consumers(self) -> list[tuple[str, str]]:
        return list(dict.fromkeys((row.node, row.segment) for row in self.rows("demand")))

    def market_power(self) -> list[tuple[str, str, float, float | None]]:
        """Return owner, area ('' for all its sales), conduct, and slope (None: that of the area's own demand).

        Of several sellers of one owner, at most one has power, and it stands for all.
        """
        special = {(row.trader, row.area): row for row in self.rows("area_conduct")}
        found: list[tuple[str, str, float, float | None]] = []
        for row in self.rows("traders"):
            if row.conjecture == "residual" and row.conduct * row.residual_slope_eur_mwh_per_gwh_d > 0:
                found.append((row.owner_group, "", row.conduct, row.residual_slope_eur_mwh_per_gwh_d))
            sold = {self.area(node) for i, node in self.places_of_sale() if self.owner(i) == row.owner_group}
            for area in sorted(sold):
                rule = special.get((row.trader, area), row)
                if rule.conjecture != "residual" and rule.conduct > 0:
                    given = rule.conjectured_slope_eur_mwh_per_gwh_d if rule.conjecture == "given" else None
                    found.append((row.owner_group, area, rule.conduct, given))
        assert len({key[:2] for key in found}) == len(found)
        return found

    def area_slope(self, area: str, t: int) -> float:
        """Return by how much the price of an area falls per GWh/d, if all its consumers share what comes."""
        elastic = [(n, k) for n, k in self.consumers() if self.area(n) == area and not self.is_fixed(n, k)]
        return 1 / sum(1 / self.demand(n, k, t)[1] for n, k in elastic)

    def unexposed(self, owner: str) -> float:
        """Return the yearly mean of sales that hub prices do not touch."""
        return sum(
            self.contract_gwh(row) * max(row.take_or_pay_share, row.delivery_share) / self.horizon_days
            for row in self.rows("contracts")
            if self.owner(row.seller) == owner and row.price_index != "hub"
        )

    def contract_gwh(self, row: Any) -> float:
        """Return the part of the annual quantity that falls into the horizon: it follows what its markets consume.

        A market of which a calendar month is not known has no season; without any, days count.
        """
        nodes = {x.node for x in self.rows("contract_points") if x.contract == row.contract}
        season = [0.0] * 12
        for node in nodes:
            known: dict[int, list[float]] = {}
            for x in self.rows("demand"):
                if x.node == node:
                    known.setdefault(int(x.month[5:]), []).append(x.quantity_gwh_d)
            if len(known) == 12:
                season = [s + sum(known[m + 1]) / len(known[m + 1]) for m, s in enumerate(season)]
        if not any(season):
            season = [1.0] * 12
        lengths = [d * 365 / 365.25 for d in (31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)]
        whole = sum(s * d for s, d in zip(season, lengths, strict=True))
        return float(
            sum(
                row.annual_quantity_gwh
                * season[int(self.month(t)[5:]) - 1]
                / whole
                * self.days_in(t, row.start, row.end)
                for t in self.times
            )
        )

    def stock_weights(self, on: str) -> list[tuple[int, float]]:
        """Return (period, weight of its closing level) for the stock at 06:00 of a day inside a later period."""
        for t in self.times:
            start, end = self.periods[t].start, self.periods[t].end
            if start < date.fromisoformat(on) <= end:
                gone = (date.fromisoformat(on) - start).days / self.periods[t].days
                return [(t - 1, 1 - gone), (t, gone)]
        raise AssertionError(on)


def plain(system: GasSystem, periods: Sequence[Period]) -> Plain:
    return Plain(system, tuple(periods))
