"""Cases: what comes with linepack, and every scenario of one solved, compared and explained."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from linepack.api.calls import Day, as_day
from linepack.api.market import Facts, Started, facts_of, scenario_of, solve_settings
from linepack.ensemble.bands import price_bands, scenario_bands
from linepack.report.brief import Brief, brief_tables, gains_table, headline_table, make_brief
from linepack.report.kept import keep_bands, read_kept
from linepack.runs.display import Shown
from linepack.runs.runner import Outcome as Outcome
from linepack.runs.runner import Progress, run_scenarios
from linepack.runs.store import RunStore
from linepack.runs.store import workspace as workspace_folder
from linepack.scenario.scenario import available_cases, known_on, load_case
from linepack.system.vintages import as_of as known_by


@dataclass(frozen=True, eq=False, repr=False)
class CaseAnswer(Shown):
    """A case solved: the brief, the scenarios that have no answer, and the folder that its files go to by default.

    The folder bears the case's name and what was asked beyond it, so that one answer does not overwrite another.
    """

    brief: Brief
    failed: tuple[Outcome, ...]
    folder: Path

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the brief, scenarios below each other: ``headline``, ``who_gains``, ``flows`` and more.

        Columns of ``headline``: scenario, figure, label, value, change (against the first scenario), unit.
        """
        return brief_tables(self.brief)

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        (header, rows), (gains_header, gains) = headline_table(self.brief), gains_table(self.brief)
        failed = [(o.scenario.name, str(o.error)) for o in self.failed]
        return self.brief.case.title, {
            "headline": pd.DataFrame(rows, columns=header), "who gains": pd.DataFrame(gains, columns=gains_header),
            "failed": pd.DataFrame(failed, columns=["scenario", "why"]),
        }  # fmt: skip


def cases() -> pd.DataFrame:
    """Return the cases that come with linepack. Columns: case, case_title, question, scenario, title, why.

    >>> import linepack
    >>> found = linepack.cases()
    >>> "us-gazprom-2025" in set(found["case"])
    True
    """
    rows = [(c.name, c.title, c.question, s.name, s.title, s.why)
            for c in map(load_case, available_cases()) for s in c.scenarios]  # fmt: skip
    return pd.DataFrame(rows, columns=["case", "case_title", "question", "scenario", "title", "why"])


def brief(
    case: str | Path = "us-gazprom-2025", *, draws: int = 0, as_of: Day | None = None, conduct: str | None = None,
    demand: str | None = None, slopes: str | None = None, system: Facts | None = None, solver: str = "auto",
    workspace: str | Path | None = None, workers: int = 2, ledger: str | Path | None = None,
    on_start: Started | None = None, on_progress: Callable[[Progress], None] | None = None,
    on_failed: Callable[[Outcome], None] | None = None,
) -> CaseAnswer:  # fmt: skip
    """Return every scenario of a case, solved if it is not in the workspace, beside each other.

    ``draws`` computes the band of every headline figure from as many joint draws of what is uncertain, which takes
    minutes; ``as_of`` uses only facts and law known on a day; ``conduct`` makes all sellers competitive or cournot,
    ``demand`` isoelastic or exponential what is a straight line, ``slopes`` given or measured in each regime.
    ``ledger`` is a file whose articles and claims are shown (default: that of the workspace). ``workers`` processes
    solve; a script needs no guard for them. Errors: those of ``solve`` for the first scenario; others that fail are in
    ``failed``.

    >>> import linepack
    >>> headline = linepack.brief(workers=1).tables["headline"].set_index(["scenario", "figure"])
    >>> bool(headline.loc[("ns2-b-open", "ttf_eur_mwh"), "change"] < 0)
    True
    """
    loaded = load_case(case)
    usual = loaded.scenarios[0].dataset
    day = None if as_of is None else as_day(as_of)
    loaded = loaded if day is None else known_on(loaded, day)
    chosen = tuple(scenario_of(scenario, conduct, demand, slopes) for scenario in loaded.scenarios)
    loaded = replace(loaded, scenarios=chosen)
    facts, root, settings = facts_of(system, loaded.scenarios[0]), workspace_folder(workspace), solve_settings(solver)
    facts = facts if day is None or system is None else known_by(facts, day)
    if on_start is not None:
        on_start(facts, loaded.scenarios[0])
    outcomes = run_scenarios(facts, loaded.scenarios, RunStore(root), settings=settings, workers=workers,
                             on_progress=on_progress)  # fmt: skip
    failed = tuple(outcome for outcome in outcomes if outcome.error is not None)
    if on_failed is not None:
        for outcome in failed:
            on_failed(outcome)
    if outcomes[0].error is not None:
        raise outcomes[0].error
    runs = [outcome.run for outcome in outcomes if outcome.run is not None]
    figures = prices = None
    if draws:
        solved, store = [o.scenario for o in outcomes if o.run is not None], RunStore(root / "bands")
        figures = scenario_bands(facts, solved, store, draws=draws, settings=settings, workers=workers,
                                 on_progress=on_progress)  # fmt: skip
        prices = price_bands(facts, solved, store, draws=draws, settings=settings, workers=workers)
        keep_bands(root, loaded.name, [run.digest for run in runs], figures, prices)
    kept = read_kept(root, loaded.name, None if ledger is None else Path(ledger))
    words = (None if facts.dataset == usual else facts.dataset, conduct, demand, slopes)
    folder = root / "-".join([loaded.name, *(word for word in words if word is not None)])
    return CaseAnswer(make_brief(loaded, runs, facts, figures, kept, prices), failed, folder)
