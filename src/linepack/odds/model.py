"""Conditional prices from our own model: every regime of a case solved as news of the event's day.

The regime is known from the event on, so stores act at once, but no asset changes before the day on which it physically
and legally can: patches are moved to the event day plus the regime's earliest flow. The gap of a month is the price
of the
marker under the regime less that of the case's first scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from linepack.errors import InputError
from linepack.odds.tables import Gap, Regime, of, regimes
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import Run, RunStore
from linepack.scenario.patches import AssetPatch, Span, SupplyPatch
from linepack.scenario.scenario import Case, Scenario
from linepack.system.gassystem import GasSystem

GAP_BAND_SHARE = 0.3  # half-width of a model gap where no ensemble gives one; a judgement, said in the output


def model_gaps(
    system: GasSystem,
    case: Case,
    day: date,
    store: RunStore,
    *,
    marker: str = "TTF",
    names: Sequence[str] = (),
    band_share: float = GAP_BAND_SHARE,
    workers: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
) -> tuple[Gap, ...]:
    """Return a gap per regime and delivery month, EUR/MWh, as a band of ``band_share`` around our own price difference.

    ``names`` limits the regimes. Errors: ``InputError`` for a marker the results do not have, or the first failure of
    a run.
    """
    wanted = [scenario for scenario in case.scenarios[1:] if not names or scenario.name in names]
    scenarios = [case.scenarios[0], *(delayed(scenario, day, regimes().get(scenario.name)) for scenario in wanted)]
    runs = []
    for outcome in run_scenarios(system, scenarios, store, workers=workers, on_progress=on_progress):
        if outcome.error is not None:
            raise outcome.error
        assert outcome.run is not None
        runs.append(outcome.run)
    base = _prices(runs[0], marker)
    found = []
    for scenario, run in zip(scenarios[1:], runs[1:], strict=True):
        prices = _prices(run, marker)
        for month, price in prices.items():
            gap = price - base[month]
            ends = of(gap * (1 - band_share), gap * (1 + band_share))
            found.append(
                Gap(
                    f"model:{scenario.name}:{month}",
                    scenario.name,
                    (month,),
                    ends,
                    None,
                    f"{scenario.title}, announced on {day}",
                    True,
                    f"linepack run {run.digest[:12]}",
                )
            )
    return tuple(found)


def delayed(scenario: Scenario, day: date, regime: Regime | None) -> Scenario:
    """Return a scenario whose assets change no earlier than the regime physically and legally can after ``day``."""
    if regime is None:
        return scenario
    earliest = day + timedelta(days=regime.earliest_flow_days)
    patches = tuple(
        replace(patch, span=_not_before(patch.span, earliest)) if isinstance(patch, AssetPatch | SupplyPatch) else patch
        for patch in scenario.patches
    )
    return replace(scenario, patches=patches)


def _not_before(span: Span, earliest: date) -> Span:
    return Span(max(span.first, earliest) if span.first else earliest, span.last)


def _prices(run: Run, marker: str) -> dict[str, float]:
    table = run.tables["price_markers"]
    rows = table[table["marker"] == marker]
    if rows.empty:
        raise InputError(
            "unknown-marker",
            f"the results have no marker '{marker}'",
            keys=[marker],
            hint=f"one of {', '.join(sorted(set(table['marker'])))}",
        )
    return dict(zip(rows["period"], rows["price_eur_mwh"], strict=True))
