"""The players' own conditions, written player by player, and a semismooth Newton method that solves them.

Each condition is a marginal loss: what one more unit costs its player, nil where it acts, not below nil where it does
not. A limit's price is nil where there is room. Balances hold and have a price of either sign. All is in EUR/MWh and
GWh/d; nothing here is an objective that anybody maximises in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from tests.oracles.plain import Plain

Name = tuple[object, ...]
Use = tuple[Name, float, float]
"""An action, how much of a limit a unit takes, and how much of the limit's price it pays."""


class Game:
    """Conditions M z + b, each with its own variable: nil if free, else complementary to a variable not below nil."""

    def __init__(self, p: Plain) -> None:
        self.index: dict[Name, int] = {}
        self.free: set[int] = set()
        self.terms: dict[tuple[int, int], float] = defaultdict(float)
        self.constant: dict[int, float] = defaultdict(float)
        self._p = p
        self._producers()
        self._carriers()
        self._sellers()
        self._shippers()
        self._consumers()
        self._storage_operators()
        self._contract_parties()
        self._rule_keepers()
        self._balances()

    def at(self, *name: object) -> int:
        return self.index.setdefault(name, len(self.index))

    def add(self, row: int, column: int, value: float) -> None:
        self.terms[row, column] += value

    def loss(self, name: Name, constant: float) -> None:
        """One more unit of this action costs its player so much."""
        self.constant[self.at(*name)] += constant

    def limit(self, name: Name, right: float, used: Sequence[Use]) -> None:
        """Add a limit sum of a x <= right with a price; ``used`` has (action, a, what a unit pays of the price)."""
        row = self.at(*name)
        self.constant[row] += right
        for action, a, pays in used:
            self.add(row, self.at(*action), -a)
            self.add(self.at(*action), row, pays)

    def _producers(self) -> None:
        p = self._p
        self.steps = [
            (row, home.trader, home.node)
            for row in p.rows("supply_steps")
            for home in p.rows("resources")
            if home.resource == row.resource
        ]
        for row, trader, node in self.steps:
            for t in p.times:
                name = ("make", row.resource, row.step, t)
                top = row.capacity_share * p.month_value("availability", t, "capacity_gwh_d", resource=row.resource)
                self.loss(
                    name,
                    row.cost_eur_mwh + row.henry_hub_multiple * p.month_value("market_prices", t, "henry_hub_eur_mwh"),
                )
                self.add(
                    self.at(*name), self.at(*name), p.rising("supply_curves", resource=row.resource, step=row.step)
                )
                self.limit(("room", *name), top, [(name, 1.0, 1.0)])
                self.add(self.at(*name), self.at("own", trader, node, t), -1.0)
        for row in p.rows("resource_windows"):
            assert row.last_month <= p.month(p.times[-1]), "the oracle knows windows inside the horizon only"
            used = [
                (("make", s.resource, s.step, t), p.w(t))
                for s, _, _ in self.steps
                if s.resource == row.resource
                for t in p.times
                if row.first_month <= p.month(t) <= row.last_month
            ]
            self.limit(("most", row.resource), row.maximum_gwh / 30, [(n, w, 1.0) for n, w in used])
            self.limit(("least", row.resource), -row.minimum_gwh / 30, [(n, -w, -1.0) for n, w in used])

    def _carriers(self) -> None:
        p = self._p
        self.carried = p.carriers()
        for trader, arc in self.carried:
            for t in p.times:
                name = ("carry", trader, arc.name, t)
                constant, slope = p.wedge(trader, arc, t)
                self.loss(name, arc.cost[t] + constant + p.charge(trader, arc.name, t))
                self.add(self.at(*name), self.at(*name), slope)
                self.add(self.at(*name), self.at("own", trader, arc.origin, t), 1.0)
                self.add(self.at(*name), self.at("own", trader, arc.destination, t), -arc.kept)
                own = p.own_limit(trader, arc, t)
                if np.isfinite(own):
                    self.limit(("own limit", *name), own, [(name, 1.0, 1.0)])

    def _sellers(self) -> None:
        """A sale gives up own gas for the price; a seller with power also counts what it does to its other sales."""
        p = self._p
        self.sold = p.places_of_sale()
        for trader, node in self.sold:
            for t in p.times:
                name = ("sell", trader, node, t)
                self.add(self.at(*name), self.at("own", trader, node, t), 1.0)
                self.add(self.at(*name), self.at("price", node, t), -1.0)
        for trader, area, conduct, slope in p.market_power():
            if area:
                for t in p.times:
                    believed = p.area_slope(area, t) if slope is None else slope
                    name, own = (
                        ("sales there", trader, area, t),
                        [(i, n) for i, n in self.sold if p.owner(i) == trader and p.area(n) == area],
                    )
                    self.add(self.at(*name), self.at(*name), 1.0)
                    for seller, node in own:
                        self.add(self.at(*name), self.at("sell", seller, node, t), -1.0)
                        self.add(self.at("sell", seller, node, t), self.at(*name), conduct * believed)
                continue
            assert slope is not None
            mean = self.at("yearly mean", trader)
            self.add(mean, mean, 1.0)
            self.constant[mean] += p.unexposed(trader)
            for row, owner, _ in self.steps:
                for t in p.times:
                    if p.owner(owner) == trader:
                        make = self.at("make", row.resource, row.step, t)
                        self.add(mean, make, -p.periods[t].days / p.horizon_days)
                        self.add(make, mean, conduct * slope)

    def _shippers(self) -> None:
        p = self._p
        self.pool_arcs = [
            arc for arc in p.arcs() if arc.is_pool and arc.origin in p.pools and arc.destination in p.pools
        ]
        expansions = {row.arc: row for row in p.rows("arc_expansions")}
        for arc in self.pool_arcs:
            for t in p.times:
                name = ("ship", arc.name, t)
                self.loss(name, arc.cost[t] + p.charge("pool", arc.name, t))
                self.add(self.at(*name), self.at(*name), p.pool_slope(arc))
                self.add(self.at(*name), self.at("price", arc.origin, t), 1.0)
                self.add(self.at(*name), self.at("price", arc.destination, t), -arc.kept)
        for arc in p.arcs():
            for t in p.times:
                users: list[Name] = [("carry", i, a.name, t) for i, a in self.carried if a.name == arc.name]
                users += [("ship", a.name, t) for a in self.pool_arcs if a.name == arc.name]
                for one in users:  # each pays a charge that rises with what all send
                    for other in users:
                        self.add(self.at(*one), self.at(*other), p.rising("arc_curves", arc=arc.name))
                if np.isfinite(arc.capacity(t)):
                    self.limit(("capacity", arc.name, t), arc.capacity(t), [(n, 1.0, 1.0) for n in users])
                    if arc.name in expansions:
                        self.add(self.at("capacity", arc.name, t), self.at("build", arc.name), 1.0)
                        self.add(self.at("build", arc.name), self.at("capacity", arc.name, t), -p.w(t))
        for name, row in expansions.items():
            self.loss(("build", name), row.cost_eur_mwh * sum(p.w(t) for t in p.times))
            self.limit(("site", name), row.maximum_gwh_d, [(("build", name), 1.0, 1.0)])

    def _consumers(self) -> None:
        p = self._p
        for node, segment in p.consumers():
            for t in p.times:
                top, slope, firm = p.demand(node, segment, t)
                name = ("use", node, segment, t)
                self.loss(name, -top)
                self.add(self.at(*name), self.at(*name), slope)
                self.add(self.at(*name), self.at("price", node, t), 1.0)
                self.loss(("firm", *name), -p.parameter("shedding_price_eur_mwh"))
                self.add(self.at("firm", *name), self.at("price", node, t), 1.0)
                self.limit(("satiated", *name), firm, [(("firm", *name), 1.0, 1.0)])

    def _storage_operators(self) -> None:
        p = self._p
        last = p.times[-1]
        values = sorted(p.rows("storage_values"), key=lambda row: row.step)
        for row in p.rows("storages"):
            n, volume = row.node, row.working_gas_gwh / 30
            opening = (
                next(
                    x.level_gwh
                    for x in p.rows("storage_levels")
                    if x.node == n and x.date == p.periods[0].start.isoformat()
                )
                / 30
            )
            for t in p.times:
                put, take, level, worth = (self.at(k, n, t) for k in ("inject", "withdraw", "level", "in store"))
                self.free.add(worth)
                self.loss(("inject", n, t), row.injection_cost_eur_mwh)
                self.add(put, self.at("price", n, t), 1.0)
                self.add(put, worth, -row.cycle_efficiency_fraction)
                self.loss(("withdraw", n, t), row.withdrawal_cost_eur_mwh)
                self.add(take, self.at("price", n, t), -1.0)
                self.add(take, worth, 1.0)
                self.add(level, worth, 1.0)
                self.add(worth, level, -1.0)
                self.add(worth, put, p.w(t) * row.cycle_efficiency_fraction)
                self.add(worth, take, -p.w(t))
                if t:
                    self.add(self.at("level", n, t - 1), worth, -1.0)
                    self.add(worth, self.at("level", n, t - 1), 1.0)
                else:
                    self.constant[worth] += opening
                self.limit(("full", n, t), volume, [(("level", n, t), 1.0, 1.0)])
                out = row.withdrawal_capacity_gwh_d * (1 - row.withdrawal_share_when_empty) * 0.5 / volume
                into = row.injection_capacity_gwh_d * (1 - row.injection_share_when_full) * 0.5 / volume
                known = 0.0 if t else opening
                levels = [("level", n, k) for k in (t - 1, t) if k >= 0]
                self.limit(
                    ("speed out", n, t),
                    row.withdrawal_capacity_gwh_d * row.withdrawal_share_when_empty + out * known,
                    [(("withdraw", n, t), 1.0, 1.0), *((x, -out, -out * p.w(t)) for x in levels)],
                )
                self.limit(
                    ("speed in", n, t),
                    row.injection_capacity_gwh_d - into * known,
                    [(("inject", n, t), 1.0, 1.0), *((x, into, into * p.w(t)) for x in levels)],
                )
            end = self.at("left", n)
            self.free.add(end)
            self.add(end, self.at("level", n, last), -1.0)
            self.add(self.at("level", n, last), end, -1.0)
            below = 0.0
            for step in values:
                part = ("left", n, step.step)
                self.loss(part, -step.value_eur_mwh)
                self.add(self.at(*part), end, 1.0)
                self.add(end, self.at(*part), 1.0)
                self.limit(("slice", *part), (step.fill_to_fraction - below) * volume, [(part, 1.0, 1.0)])
                below = step.fill_to_fraction

    def _contract_parties(self) -> None:
        p = self._p
        for row in p.rows("contracts"):
            nodes = {x.node for x in p.rows("contract_points") if x.contract == row.contract}
            moved = [
                (("sell", i, n, t), p.days_in(t, row.start, row.end) / 30, t)
                for i, n in self.sold
                for t in p.times
                if i == row.seller and n in nodes
            ]
            for share, penalty, what in (
                (row.take_or_pay_share, row.take_penalty_eur_mwh, "untaken"),
                (row.delivery_share, row.delivery_penalty_eur_mwh, "undelivered"),
            ):
                if share > 0:
                    slack = (what, row.contract)
                    self.loss(slack, penalty)
                    used = [(n, -a, -a / p.w(t)) for n, a, t in moved] + [(slack, -1.0, -1.0)]
                    self.limit((what, "price", row.contract), -share * p.contract_gwh(row) / 30, used)
            if np.isfinite(row.maximum_share):
                used = [(n, a, a / p.w(t)) for n, a, t in moved]
                self.limit(("called", row.contract), row.maximum_share * p.contract_gwh(row) / 30, used)

    def _rule_keepers(self) -> None:
        p = self._p
        for row in p.rows("joint_limits"):
            inside = {x.arc for x in p.rows("joint_limit_members") if x.joint_limit == row.joint_limit}
            flows = {
                t: [("carry", i, a.name, t) for i, a in self.carried if a.name in inside]
                + [("ship", a.name, t) for a in self.pool_arcs if a.name in inside]
                for t in p.times
            }
            if row.window == "period":
                for t in p.times:
                    self.limit(("joint", row.joint_limit, t), row.limit_gwh_d, [(n, 1.0, 1.0) for n in flows[t]])
            else:
                whole = [(n, p.w(t), 1.0) for t in p.times for n in flows[t]]
                self.limit(("joint", row.joint_limit), row.limit_gwh_d * p.horizon_days / 30, whole)
        for fleet, busy, ships in p.fleets():
            for t in p.times:
                sailing: list[Use] = [
                    (("carry", i, a.name, t), x, x) for route, x in busy for i, a in self.carried if a.name == route
                ]
                self.limit(("ships", fleet, t), ships[t], sailing)
        for row in p.rows("policy_limits"):
            self._policy(row)
        for name, share, own, of_sales, of_nodes in p.share_limits():
            eaten: list[Name] = [
                (*kind, "use", n, k, t)
                for n, k in p.consumers()
                if n in of_nodes
                for kind in ((), ("firm",))
                for t in p.times
            ]
            for t in p.times:  # consumption, or sales of all, loosen the limit, and are paid for that
                used: list[Use] = [(("sell", i, n, t), 1.0, 1.0) for i, n in sorted(own)]
                used += [(("sell", i, n, t), -share, -share) for i, n in sorted(of_sales)]
                used += [(one, -share, -share) for one in eaten if one[-1] == t]
                self.limit(("share", name, t), 0.0, used)

    def _policy(self, row: object) -> None:
        p = self._p
        used: list[Use] = []
        share = 1.0
        for x in p.rows("policy_limit_members"):
            if x.policy_limit != row.policy_limit:  # type: ignore[attr-defined]
                continue
            if row.kind == "stock":  # type: ignore[attr-defined]
                used += [(("level", x.node, t), a, a) for t, a in p.stock_weights(row.first_day)]  # type: ignore[attr-defined]
                continue
            days = [p.days_in(t, row.first_day, row.last_day) for t in p.times]  # type: ignore[attr-defined]
            whole = (np.datetime64(row.last_day) - np.datetime64(row.first_day)).astype(int) + 1  # type: ignore[attr-defined]
            share = sum(days) / whole
            action = ("carry", x.trader, x.arc) if x.arc else ("sell", x.trader, x.node)
            used += [((*action, t), days[t] / 30, days[t] / 30 / p.w(t)) for t in p.times]
        name, penalty = row.policy_limit, row.penalty_eur_mwh  # type: ignore[attr-defined]
        for bound, sign, what in ((row.maximum_gwh, 1.0, "above"), (row.minimum_gwh, -1.0, "below")):  # type: ignore[attr-defined]
            if np.isnan(bound):
                continue
            terms = [(n, sign * a, sign * pays) for n, a, pays in used]
            if np.isfinite(penalty):
                self.loss((what, name), penalty)
                terms.append(((what, name), -1.0, -1.0))
            self.limit((what, "price", name), sign * bound * share / 30, terms)

    def _balances(self) -> None:
        p = self._p
        for t in p.times:
            for row, trader, node in self.steps:
                self.add(self.at("own", trader, node, t), self.at("make", row.resource, row.step, t), 1.0)
            for trader, arc in self.carried:
                self.add(self.at("own", trader, arc.origin, t), self.at("carry", trader, arc.name, t), -1.0)
                self.add(self.at("own", trader, arc.destination, t), self.at("carry", trader, arc.name, t), arc.kept)
            for trader, node in self.sold:
                self.add(self.at("own", trader, node, t), self.at("sell", trader, node, t), -1.0)
                self.add(self.at("price", node, t), self.at("sell", trader, node, t), 1.0)
            for arc in self.pool_arcs:
                self.add(self.at("price", arc.origin, t), self.at("ship", arc.name, t), -1.0)
                self.add(self.at("price", arc.destination, t), self.at("ship", arc.name, t), arc.kept)
            for node, segment in p.consumers():
                for kind in ((), ("firm",)):
                    self.add(self.at("price", node, t), self.at(*kind, "use", node, segment, t), -1.0)
            for row in p.rows("storages"):
                self.add(self.at("price", row.node, t), self.at("inject", row.node, t), -1.0)
                self.add(self.at("price", row.node, t), self.at("withdraw", row.node, t), 1.0)
            for row in p.rows("indigenous_production"):
                if row.month == p.month(t):
                    self.constant[self.at("price", row.node, t)] += row.quantity_gwh_d
        self.free |= {k for name, k in self.index.items() if name[0] in ("own", "price")}

    def solve(self) -> dict[Name, float]:
        """Return the value of every variable; fails unless the conditions hold to 1e-9."""
        n = len(self.index)
        rows, columns = zip(*self.terms, strict=True)
        m = sp.csr_matrix((list(self.terms.values()), (rows, columns)), shape=(n, n))
        b = np.array([self.constant[k] for k in range(n)])
        free = np.array([k in self.free for k in range(n)])
        z = semismooth_newton(m, b, free)
        f = m @ z + b
        assert np.where(free, np.abs(f), np.abs(np.minimum(z, f))).max() < 1e-9
        return {name: float(z[k]) for name, k in self.index.items()}


def semismooth_newton(m: sp.csr_matrix, b: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Solve 0 <= z, M z + b >= 0, one of them nil (M z + b = 0 where free), by Fischer and Burmeister's function.

    M is monotone but singular, so each round adds a small multiple of the distance to the last point (proximal).
    """
    n = len(b)
    z = np.where(free, 20.0, 1.0)
    identity, pull = sp.identity(n, format="csr"), 1e-1
    for _ in range(80):
        matrix, right = (m + pull * identity).tocsr(), b - pull * z
        for _ in range(60):
            f = matrix @ z + right
            r = np.maximum(np.hypot(z, f), 1e-300)
            residual = np.where(free, f, z + f - r)
            merit = residual @ residual
            if np.abs(residual).max() < 1e-12:
                break
            on_z, on_f = np.where(free, 0.0, 1 - z / r), np.where(free, 1.0, 1 - f / r)
            step = splu((sp.diags(on_z) + sp.diags(on_f) @ matrix + 1e-14 * identity).tocsc()).solve(-residual)
            size = 1.0
            while size > 1e-10:
                new = z + size * step
                g = matrix @ new + right
                change = np.where(free, g, new + g - np.hypot(new, g))
                if change @ change <= (1 - 2e-4 * size) * merit:
                    break
                size *= 0.5
            z = z + size * step
        f = m @ z + b
        if np.where(free, np.abs(f), np.abs(np.minimum(z, f))).max() < 1e-10:
            break
        pull = max(1e-6, 0.3 * pull)
    return z
