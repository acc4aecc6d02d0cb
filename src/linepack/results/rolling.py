"""Rolling expectations: month after month the market clears on what it knows, and sees the future as a curve.

A window is one problem from the first month of the horizon to some months ahead. What was decided before is held: so
stocks are carried on, and limits over a year (contracts, resources, sales of strategic sellers) keep what is left. In
the months ahead the price of the marker is that of the forward curve of the day (``linepack.market.outlook``). What is
decided for the first months of a window is kept.

A scenario keeps the beliefs of the world without its patches: the balance that made the curve true there is held, so
that its curve is that of the day plus the model's own change. See docs/model/expectations.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from linepack.errors import InputError
from linepack.market.compile import compile_problem
from linepack.market.memory import memory_rows
from linepack.market.outlook import OUTLOOK, curve_prices, with_outlook
from linepack.market.parameters import Closing
from linepack.market.problem import Equation, Problem, Variable
from linepack.market.sets import DAYS_PER_UNIT, positions
from linepack.results.breakdown import price_breakdown
from linepack.results.equilibrium import SolveSettings, solve_problem
from linepack.results.likely import beginning, shipped_limits
from linepack.results.slopes import is_measured
from linepack.results.solution import RollingPath, Solution
from linepack.scenario.expectations import Rolling, require_months
from linepack.scenario.patches import OptionPatch
from linepack.scenario.scenario import Scenario, apply_scenario
from linepack.solve import Certificate, CertifiedSolution
from linepack.system.calendar import monthly_periods
from linepack.system.gassystem import GasSystem

BY_PERIOD = (
    "production", "trader_flow", "sales", "pool_flow", "consumption", "firm_consumption", "injection", "withdrawal",
    "level", "area_exposure", "arc_use", "flagged_flow", "flagged_consumption", "flagged_injection",
    "flagged_withdrawal", "flagged_level",
)  # fmt: skip
"""Decisions of one period; all others run over years or the horizon."""

ROWS_BY_PERIOD = (
    "trader_balance", "pool_balance", "arc_capacity", "arc_use", "joint_limit", "fleet_days", "storage_dynamics",
    "withdrawal_rate", "injection_rate", "area_sales", "share_limit", "flagged_balance", "flagged_storage",
    "flagged_flow_part", "flagged_use_part", "flagged_injection_part", "flagged_level_part", "flagged_withdrawal_part",
)  # fmt: skip
SLACKS = {
    "contract_take": ("contract_untaken", 1.0), "contract_delivery": ("contract_undelivered", 1.0),
    "total_sales": ("exposure", -1.0),
}  # fmt: skip
"""Columns that say by how much a row is missed, with their sign in it."""


@dataclass
class _Path:
    """What was decided in the windows so far, by block, label and period; and the beliefs of each window."""

    point: dict[str, list[tuple[list[object], np.ndarray, np.ndarray]]] = field(default_factory=dict)
    dual: dict[str, list[tuple[list[object], np.ndarray]]] = field(default_factory=dict)
    long_dual: dict[str, dict[object, float]] = field(default_factory=dict)
    made_up: dict[object, float] = field(default_factory=dict)
    balance_gwh_d: list[np.ndarray] = field(default_factory=list)
    floor_gwh: list[pd.Series] = field(default_factory=list)
    seen: list[pd.DataFrame] = field(default_factory=list)
    parts: list[pd.DataFrame] = field(default_factory=list)
    answers: list[CertifiedSolution] = field(default_factory=list)


def solve_rolling(system: GasSystem, scenario: Scenario, settings: SolveSettings) -> Solution:
    """Return the path of a scenario with rolling expectations: each window is certified, the whole is no equilibrium.

    Errors: ``InputError`` for a dataset without a curve, or what such a scenario cannot hold; ``NotCertified``.
    """
    rolling = scenario.rolling
    assert rolling is not None
    require_months(rolling, scenario.months, str(scenario.step), scenario.quarters)
    patched, plain = apply_scenario(system, scenario), _without_news(scenario)
    if not memory_rows(patched).empty:
        raise InputError("rolling-memory", "rolling expectations and a memory of prices do not go together",
                         table="demand_memory", hint="'memory: 0', or 'expectations: foresight'")  # fmt: skip
    if is_measured(patched):
        raise InputError("rolling-slopes", "slopes cannot be measured on a path with rolling expectations",
                         table="parameters", hint="'slopes: given', or 'expectations: foresight'")  # fmt: skip
    beliefs = None
    if plain.digest != scenario.digest:
        beliefs = _walk(apply_scenario(system, plain), plain, rolling, settings, beliefs=None, keep_parts=False)
    path = _walk(patched, scenario, rolling, settings, beliefs=beliefs, keep_parts=True)
    problem = compile_problem(patched, scenario.periods, closing=Closing(scenario.closing))
    certified = _stitched(problem, path)
    prices = Solution(patched, problem, certified).hub_prices()
    expected = _with_realised(pd.concat(path.seen, ignore_index=True), patched, rolling.marker, prices)
    parts = pd.concat(path.parts, ignore_index=True)
    return Solution(patched, problem, certified, RollingPath(len(path.answers), expected, parts))


def _without_news(scenario: Scenario) -> Scenario:
    """Return the scenario of which the curve is: no patches but options, and the law without decisions or a regime."""
    law = scenario.law
    if law is not None:
        law = None if law.regime else replace(law, decisions=())
    options = tuple(patch for patch in scenario.patches if isinstance(patch, OptionPatch))
    return replace(scenario, patches=options, law=law)


def _walk(
    system: GasSystem, scenario: Scenario, rolling: Rolling, settings: SolveSettings, *, beliefs: _Path | None,
    keep_parts: bool,
) -> _Path:  # fmt: skip
    path = _Path()
    for number, first in enumerate(range(0, scenario.months, rolling.step_months)):
        periods = monthly_periods(scenario.first_month, first + rolling.window_months)
        problem = compile_problem(system, periods, closing=Closing.VALUES)
        _refuse_unsuited(system, problem)
        after = first + rolling.step_months
        floor = _opening(path, problem, first)
        if beliefs is None:
            prices = curve_prices(system, rolling.marker, periods[first].start, periods[after:])
            problem = with_outlook(problem, system, rolling.marker, after, price_eur_mwh=prices)
            asked = floor
        else:
            problem = with_outlook(problem, system, rolling.marker, after, balance_gwh_d=beliefs.balance_gwh_d[number])
            asked = beliefs.floor_gwh[number].reindex(floor.index).fillna(floor)
        problem = _closed_at(_held(problem, path, first), asked)
        expected = shipped_limits(system.dataset)
        begin = None if expected is None else beginning(problem, expected)
        problem, answer = solve_problem(problem, settings, begin=begin)
        window = Solution(system, problem, answer)
        path.floor_gwh.append(asked)
        _remember(path, window, first, after, rolling.marker)
        if keep_parts:
            current = [period.label for period in periods[first:after]]
            path.parts.append(price_breakdown(window, current))
    return path


def _refuse_unsuited(system: GasSystem, problem: Problem) -> None:
    if not problem.curves.is_affine:
        raise InputError("rolling-curves", "rolling expectations need straight lines of demand and cost",
                         table="demand", hint="use shape affine, or 'expectations: foresight'")  # fmt: skip
    if len(system.table("arc_expansions")):
        raise InputError("rolling-expansions", "what is built for a whole horizon cannot be decided month by month",
                         table="arc_expansions", hint="remove the rows, or 'expectations: foresight'")  # fmt: skip


def _keys(labels: pd.DataFrame) -> list[object]:
    return list(labels.itertuples(index=False, name=None))


def _opening(path: _Path, problem: Problem, first: int) -> pd.Series:
    """Return gas in store (GWh) at the start of period ``first``: a year ahead stores are expected to hold it again."""
    nodes = problem.variables["level"].labels["node"].tolist()
    if first == 0:
        rows = problem.equations["storage_dynamics"].rows[0]
        return pd.Series(-problem.row_lower[rows] * DAYS_PER_UNIT, index=nodes, dtype=float)
    keys, values, _ = path.point["level"][-1]
    return pd.Series(values[-1] * DAYS_PER_UNIT, index=[key[0] for key in keys], dtype=float).reindex(nodes)  # type: ignore[index]


def _held(problem: Problem, path: _Path, first: int) -> Problem:
    """Return the problem with everything before period ``first`` held at what was decided."""
    lower, upper = problem.column_lower.copy(), problem.column_upper.copy()
    for name in BY_PERIOD if first else ():
        variable = problem.variables[name]
        value = _over_periods([part[:2] for part in path.point[name]], _keys(variable.labels))
        lower[variable.columns[:first]] = upper[variable.columns[:first]] = value
    return replace(problem, column_lower=lower, column_upper=upper)


def _over_periods(parts: Sequence[tuple[list[object], np.ndarray]], keys: list[object]) -> np.ndarray:
    """Return remembered values of some entities, (periods so far, entities); nil where a window did not have one."""
    found = []
    for known, values in parts:
        at = positions(keys, known)
        own = values[:, at] if len(known) else np.zeros((len(values), len(keys)))
        found.append(np.where(at >= 0, own, 0.0))
    return np.vstack(found) if found else np.zeros((0, len(keys)))


def _closed_at(problem: Problem, floor_gwh: pd.Series) -> Problem:
    """Return the problem in which stores end at no less than a level, instead of being worth closing steps."""
    lower, upper, most = problem.row_lower.copy(), problem.row_upper.copy(), problem.column_upper.copy()
    rows = problem.equations["closing_value"].rows[0]
    lower[rows], upper[rows] = floor_gwh.to_numpy(dtype=float) / DAYS_PER_UNIT, np.inf
    most[problem.variables["closing_step"].columns] = 0.0
    return replace(problem, row_lower=lower, row_upper=upper, column_upper=most)


def _remember(path: _Path, window: Solution, first: int, after: int, marker: str) -> None:
    problem, answer = window.problem, window.certified
    for name in BY_PERIOD:
        columns = problem.variables[name].columns[first:after]
        path.point.setdefault(name, []).append(
            (_keys(problem.variables[name].labels), answer.x[columns], answer.reduced_cost[columns]))  # fmt: skip
    is_free = problem.column_lower < problem.column_upper
    touched = np.asarray(abs(problem.matrix) @ is_free.astype(float)) > 0
    for name, equation in problem.equations.items():
        if name in ROWS_BY_PERIOD:
            path.dual.setdefault(name, []).append(
                (_keys(equation.labels), answer.row_dual[equation.rows[first:after]]))  # fmt: skip
            continue
        kept = path.long_dual.setdefault(name, {})
        for key, row in _long_rows(problem, equation):
            if touched[row]:
                kept[key] = float(answer.row_dual[row])
    years = {period.label[:4] for period in problem.sets.periods[first:after]}
    rights = problem.variables["contract_made_up"]
    for right, column in zip(_keys(rights.labels), rights.columns[0].tolist(), strict=True):
        if right[2] in years:  # type: ignore[index]
            path.made_up[right] = float(answer.x[column])
    path.answers.append(answer)
    path.balance_gwh_d.append(window.values(OUTLOOK)[:, 0])
    path.seen.append(_seen(window, first, after, marker))


def _long_rows(problem: Problem, block: Equation | Variable) -> list[tuple[object, int]]:
    """Return key and number of each row or column of a block over years or the horizon."""
    numbers = block.rows if isinstance(block, Equation) else block.columns
    keys = _keys(block.labels)
    years = [w.label for w in problem.sets.windows] if len(numbers) == len(problem.sets.windows) else [""]
    if len(numbers) != len(years):
        years = [str(k) for k in range(len(numbers))]
    is_dated = "window" in block.labels or "on" in block.labels or len(years) == 1
    return [((key, "" if is_dated else year), int(numbers[k, j]))
            for k, year in enumerate(years) for j, key in enumerate(keys)]  # fmt: skip


def _seen(window: Solution, first: int, after: int, marker: str) -> pd.DataFrame:
    """Return what a window expects: seen_on, period, expected price of the marker, outlook balance."""
    prices = marker_price(window.system, marker, window.hub_prices())
    on = window.problem.sets.periods[first].start.isoformat()
    ahead = prices.iloc[after:]
    return pd.DataFrame({"seen_on": on, "marker": marker, "period": ahead.index, "expected_eur_mwh": ahead.to_numpy(),
                         "outlook_balance_gwh_d": window.values(OUTLOOK)[:, 0]})  # fmt: skip


def marker_price(system: GasSystem, marker: str, hub_prices: pd.DataFrame) -> pd.Series:
    """Return the price of a marker by period in EUR/MWh."""
    table = system.table("price_markers")
    own = table[table["marker"] == marker]
    share = own["weight"].to_numpy(dtype=float) / own["weight"].sum()
    return pd.Series(hub_prices[own["node"].tolist()].to_numpy() @ share, index=hub_prices.index)


def _with_realised(seen: pd.DataFrame, system: GasSystem, marker: str, prices: pd.DataFrame) -> pd.DataFrame:
    realised = marker_price(system, marker, prices)
    return seen.assign(realised_eur_mwh=seen["period"].map(realised))


def _stitched(problem: Problem, path: _Path) -> CertifiedSolution:
    """Return the decisions of all windows as one point of the whole horizon, with the worst certificate of them."""
    x, z, dual = np.zeros(len(problem.cost)), np.zeros(len(problem.cost)), np.zeros(problem.matrix.shape[0])
    for name in BY_PERIOD:
        columns, keys = problem.variables[name].columns, _keys(problem.variables[name].labels)
        x[columns] = _over_periods([(known, value) for known, value, _ in path.point[name]], keys)
        z[columns] = _over_periods([(known, cost) for known, _, cost in path.point[name]], keys)
    for name, equation in problem.equations.items():
        if name in ROWS_BY_PERIOD:
            dual[equation.rows] = _over_periods(path.dual[name], _keys(equation.labels))
        else:
            for key, row in _long_rows(problem, equation):
                dual[row] = path.long_dual.get(name, {}).get(key, 0.0)
    rights = problem.variables["contract_made_up"]
    x[rights.columns[0]] = [path.made_up.get(right, 0.0) for right in _keys(rights.labels)]
    value = problem.matrix @ x
    for name, (slack, sign) in SLACKS.items():
        rows = problem.equations[name].rows
        short = problem.row_lower[rows] - value[rows] if sign > 0 else value[rows] - problem.row_upper[rows]
        x[problem.variables[slack].columns] = np.maximum(short, 0.0)
    _policy_slacks(problem, value, x)
    _closing_steps(problem, x)
    worst = [a.certificate for a in path.answers]
    certificate = Certificate(*(max(getattr(c, name) for c in worst) for name in
                                ("primal", "bounds", "stationarity", "gap", "limit")))  # fmt: skip
    seconds, last = sum(a.seconds for a in path.answers), path.answers[-1]
    attempts = tuple(attempt for a in path.answers for attempt in a.attempts)
    return CertifiedSolution(x, dual, z, certificate, last.solver, last.solver_version, seconds, attempts)


def _policy_slacks(problem: Problem, value: np.ndarray, x: np.ndarray) -> None:
    equation = problem.equations["policy_limit"]
    row_of = dict(zip(_keys(equation.labels), equation.rows[0].tolist(), strict=True)) if equation.rows.size else {}
    for name in ("policy_shortfall", "policy_excess"):
        variable = problem.variables[name]
        for key, column in zip(_keys(variable.labels), variable.columns[0].tolist(), strict=True):
            row = row_of[key]
            below, above = problem.row_lower[row] - value[row], value[row] - problem.row_upper[row]
            x[column] = max(below if name == "policy_shortfall" else above, 0.0)


def _closing_steps(problem: Problem, x: np.ndarray) -> None:
    """Fill the closing steps of each store from its last level, the dearest first."""
    columns = problem.variables["closing_step"].columns
    if not columns.size:
        return
    left = x[problem.variables["level"].columns[-1]].copy()
    for step in columns:
        x[step] = np.minimum(left, problem.column_upper[step])
        left -= x[step]
