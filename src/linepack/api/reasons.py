"""Explain runs: why a price, a flow or a change is what it is, where barred gas goes, what sellers and wedges do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack import units
from linepack.api.calls import Day, as_day
from linepack.api.market import Asking, Facts, facts_of, scenario_of, solve
from linepack.errors import InputError
from linepack.policy.leakage import Leakage
from linepack.report.sellers import SellerStudy, study_sellers
from linepack.report.wedges import WedgeStudy, study_wedges
from linepack.report.why import Asked as Asked
from linepack.report.why import asked_about, flow_reasons, why_price
from linepack.results.headline import horizon_days
from linepack.results.redirects import barred_origin, supply_changes
from linepack.runs.runner import Progress
from linepack.runs.store import Run
from linepack.scenario.scenario import Scenario
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True, eq=False)
class Explanation:
    """What was asked for, the run that explains it (and the other, for a change), and the reasons as a table."""

    kind: Asked
    system: GasSystem
    scenario: Scenario
    run: Run
    other: Run | None
    table: pd.DataFrame


def why(
    what: str, scenario: Asking = "us-gazprom-2025/status-quo", *, period: str | None = None, on: Day | None = None,
    system: Facts | None = None, workspace: str | Path | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the reasons of a price, of a flow, or of the change that another scenario makes.

    A price (TTF, JKM, a node): columns cause, detail, eur_mwh, which sum to the price of ``period`` (default: the mean
    over the horizon). A flow (an arc) on a day (default: the first), a date or YYYY-MM-DD: column reason. Another
    scenario (CASE/NAME or a file): columns what, where, change_twh_y against ``scenario``. Errors: those of ``solve``,
    and ``InputError`` with the nearest name, for a day or period outside the run, and for one that is not asked for.

    >>> import linepack
    >>> parts = linepack.why("TTF", period="2025-12")
    >>> parts.columns.tolist()
    ['cause', 'detail', 'eur_mwh']
    """
    return explain(what, scenario, period=period, on=on, system=system, workspace=workspace).table


def explain(
    what: str, scenario: Asking, *, period: str | None = None, on: Day | None = None, system: Facts | None = None,
    workspace: str | Path | None = None, on_progress: Callable[[Progress], None] | None = None,
) -> Explanation:  # fmt: skip
    """Return the reasons with the runs that they are read from; otherwise as ``why``."""
    loaded = scenario_of(scenario)
    facts = facts_of(system, loaded)
    kind, other, day = asked_about(facts, what), None, None if on is None else as_day(on)
    if day is not None and kind is not Asked.FLOW:
        raise InputError("not-asked", f"a {kind} is not explained by the day", keys=[str(day)],
                         hint=f"leave out the day; give period='{day:%Y-%m}' for a price")  # fmt: skip
    if period is not None and kind is not Asked.PRICE:
        raise InputError("not-asked", f"a {kind} is not explained by the period", keys=[period],
                         hint="leave out the period; give a day for a flow")  # fmt: skip
    run = solve(loaded, system=facts, workspace=workspace, on_progress=on_progress)
    if kind is Asked.CHANGE:
        other = solve(what, system=system, workspace=workspace, on_progress=on_progress)
        table = supply_changes(run.tables, other.tables)
    elif kind is Asked.FLOW:
        table = pd.DataFrame({"reason": flow_reasons(facts, loaded, run, what, day)})
    else:
        table = why_price(facts, run, what, period)
    return Explanation(kind, facts, loaded, run, other, table)


@dataclass(frozen=True, eq=False)
class LeakageAnswer:
    """The account of a barred origin over the horizon, in GWh, and the two runs it is read from."""

    base: Run
    other: Run
    account: Leakage

    @property
    def table(self) -> pd.DataFrame:
        """The account in TWh a year. Columns: account, where (node, for what is redirected), twh_y."""
        a = self.account
        rows = [("barred", "", a.barred_gwh), ("shut_in", "", a.shut_in_gwh),
                ("relabelling", "", a.relabelling_gwh), ("displacement", "", a.displacement_gwh),
                ("lost", "", a.lost_gwh), *(("redirected", node, gwh) for node, gwh in a.redirected_gwh)]  # fmt: skip
        scale = units.DAYS_PER_YEAR / horizon_days(self.base.tables)
        frame = pd.DataFrame(rows, columns=["account", "where", "gwh"])
        return frame.assign(twh_y=units.twh_from_gwh(frame["gwh"]) * scale)[["account", "where", "twh_y"]]


def leakage(
    base: Asking, other: Asking, *, origin: str = "RU", into: str = "EU27", system: Facts | None = None,
    workspace: str | Path | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return where gas that ``other`` keeps out goes instead, and what replaces it, against ``base``.

    ``origin`` is a country of sellers, ``into`` a country or a group (EU27), ',' between several. Columns: account
    (barred, shut_in, relabelling, displacement, lost, redirected), where, twh_y. Errors: those of ``solve``, and
    ``InputError`` with the nearest name.

    >>> import linepack
    >>> account = linepack.leakage("us-gazprom-2025/status-quo", "us-gazprom-2025/ns2-b-open")
    >>> bool(account.set_index("account").loc["barred", "twh_y"] < 0)  # opened, not barred
    True
    """
    return barred_account(base, other, origin=origin, into=into, system=system, workspace=workspace).table


def barred_account(
    base: Asking, other: Asking, *, origin: str, into: str, system: Facts | None = None,
    workspace: str | Path | None = None, on_progress: Callable[[Progress], None] | None = None,
) -> LeakageAnswer:  # fmt: skip
    """Return the account with its runs; otherwise as ``leakage``."""
    first, second = scenario_of(base), scenario_of(other)
    facts = facts_of(system, first)
    before = solve(first, system=facts, workspace=workspace, on_progress=on_progress)
    after = solve(second, system=facts_of(system, second), workspace=workspace, on_progress=on_progress)
    return LeakageAnswer(before, after, barred_origin(facts, before.tables, after.tables, origin.split(","),
                                                      into.split(",")))  # fmt: skip


def sellers(
    scenario: Asking, *, conduct: float | None = None, is_measured: bool = False, has_areas: bool = False,
    system: Facts | None = None,
) -> SellerStudy:  # fmt: skip
    """Return what each seller with market power would truly gain by selling otherwise, and the slope it faces.

    ``study.gains``, ``study.slopes`` and, with ``has_areas``, ``study.areas`` are pandas tables; ``is_certified`` says
    whether no seller with conduct 1 gains more than half a per cent. ``is_measured`` measures the slopes in this
    scenario and uses them. Errors: those of ``solve``, and ``InputError`` for a conduct that is not from 0 to 1.

    >>> import linepack
    >>> study = linepack.sellers("us-gazprom-2025/status-quo")  # doctest: +SKIP
    >>> study.is_certified, study.gains  # doctest: +SKIP
    """
    if conduct is not None and not 0 <= conduct <= 1:
        raise InputError("bad-conduct", f"a conduct is from 0 to 1, not {conduct:g}", keys=[f"{conduct:g}"],
                         hint="0 takes prices, 1 is Cournot")  # fmt: skip
    loaded = scenario_of(scenario)
    return study_sellers(facts_of(system, loaded), loaded, conduct=conduct, is_measured=is_measured,
                         has_areas=has_areas)  # fmt: skip


def wedges(
    scenario: Asking, *, against: Asking | None = None, has_ties: bool = True, system: Facts | None = None
) -> WedgeStudy:
    """Return a scenario with route wedges at strength 0, 1 and 2, what they charge by route, and what only they decide.

    ``study.strengths`` (strength, figure, value, change against ``against``), ``study.forces`` and ``study.ties`` are
    pandas tables. Errors: those of ``solve``; ``InputError`` for rolling expectations.

    >>> import linepack
    >>> study = linepack.wedges("us-gazprom-2025/status-quo", has_ties=False)  # doctest: +SKIP
    >>> study.strengths.pivot(index="figure", columns="strength", values="value")  # doctest: +SKIP
    """
    loaded = scenario_of(scenario)
    return study_wedges(facts_of(system, loaded), loaded, against=None if against is None else scenario_of(against),
                        has_ties=has_ties)  # fmt: skip
