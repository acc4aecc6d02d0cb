"""Many draws of what is uncertain, as pandas tables."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack.api.market import Facts, facts_of, solve_settings
from linepack.ensemble.design import Design
from linepack.ensemble.read import load_design
from linepack.ensemble.run import Ensemble as Ensemble
from linepack.ensemble.run import collect, run_ensemble
from linepack.ensemble.summaries import binding_limits, quantiles
from linepack.errors import InputError
from linepack.results.headline import FIGURES
from linepack.runs.cluster import cluster
from linepack.runs.display import Shown
from linepack.runs.runner import Progress
from linepack.runs.store import workspace as workspace_folder


@dataclass(frozen=True, eq=False, repr=False)
class EnsembleTables(Shown):
    """The draws of a design and what they mean.

    ``rows``: a row per scenario and draw: factors, status, headline figures whose names end in their units; a draw that
    failed is a row too. ``quantiles``: scenario, figure, of (level, or change against the first scenario), draws, mean,
    p05 to p95. ``limits``: which limits bind, and how often. ``folder``: where the rows are kept.
    """

    rows: pd.DataFrame
    quantiles: pd.DataFrame
    limits: pd.DataFrame
    folder: Path

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        return f"ensemble in {self.folder}", {"quantiles": self.quantiles, "limits": self.limits, "rows": self.rows}


def ensemble(
    design: str | Path, *, draws: int | None = None, system: Facts | None = None, solver: str = "auto",
    workspace: str | Path | None = None, workers: int = 2, on_progress: Callable[[Progress], None] | None = None,
) -> EnsembleTables:  # fmt: skip
    """Solve every draw of a design that is not stored yet, and return all rows and their summary.

    ``design`` is a YAML file or a name that comes with linepack. A design of a thousand draws takes minutes; stopped,
    it goes on where it was. ``workers`` processes solve; a script needs no guard for them.
    Errors: ``InputError`` for a design that does not fit the facts.

    >>> import linepack
    >>> found = linepack.ensemble("winters", draws=8)  # doctest: +SKIP
    >>> found.quantiles.set_index(["scenario", "figure"])["p50"]  # doctest: +SKIP
    """
    found = run_design(design, draws=draws, system=system, solver=solver, workspace=workspace, workers=workers,
                       on_progress=on_progress)  # fmt: skip
    return EnsembleTables(found.rows, quantiles(found), binding_limits(found), found.folder)


def run_design(
    design: str | Path, *, draws: int | None = None, system: Facts | None = None, solver: str = "auto",
    workspace: str | Path | None = None, workers: int = 2, address: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Ensemble:  # fmt: skip
    """Return what ``ensemble`` puts in tables; with ``address``, solved by the workers of a Dask scheduler."""
    loaded = _design(design, draws)
    with cluster(address) if address is not None else nullcontext(None) as spread:
        return run_ensemble(facts_of(system, loaded.baseline), loaded, workspace_folder(workspace),
                            settings=solve_settings(solver), workers=workers, spread=spread,
                            on_progress=on_progress)  # fmt: skip


def solved_draws(
    design: str | Path, *, draws: int | None = None, system: Facts | None = None, solver: str = "auto",
    workspace: str | Path | None = None,
) -> Ensemble:  # fmt: skip
    """Return the rows of a design as far as they are solved. Errors: ``InputError`` if it was never begun."""
    loaded = _design(design, draws)
    return collect(facts_of(system, loaded.baseline), loaded, workspace_folder(workspace),
                   settings=solve_settings(solver))  # fmt: skip


def known_figure(name: str) -> str:
    """Return the name of a headline figure. Errors: ``InputError`` with the nearest one."""
    known = [figure.name for figure in FIGURES]
    if name not in known:
        near = difflib.get_close_matches(name, known, 1, 0.4)
        raise InputError("unknown-figure", f"there is no figure '{name}'", keys=[name],
                         hint=f"did you mean '{near[0]}'?" if near else f"one of {', '.join(known)}")  # fmt: skip
    return name


def _design(design: str | Path, draws: int | None) -> Design:
    loaded = load_design(design)
    return loaded if draws is None else loaded.with_draws(draws)
