"""Many draws of what is uncertain, as pandas tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from linepack.api.market import solve_settings
from linepack.ensemble.read import load_design
from linepack.ensemble.run import run_ensemble
from linepack.ensemble.summaries import binding_limits, quantiles
from linepack.runs.runner import Progress
from linepack.runs.store import workspace as workspace_folder
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem


@dataclass(frozen=True, eq=False)
class EnsembleTables:
    """The draws of a design and what they mean.

    ``rows``: a row per scenario and draw: factors, status, headline figures whose names end in their units; a draw that
    failed is a row too. ``quantiles``: scenario, figure, of (level, or change against the first scenario), draws, mean,
    p05 to p95. ``limits``: which limits bind, and how often. ``folder``: where the rows are kept.
    """

    rows: pd.DataFrame
    quantiles: pd.DataFrame
    limits: pd.DataFrame
    folder: Path


def ensemble(
    design: str | Path, *, draws: int | None = None, system: GasSystem | None = None, solver: str = "auto",
    workspace: str | Path | None = None, workers: int = 2, on_progress: Callable[[Progress], None] | None = None,
) -> EnsembleTables:  # fmt: skip
    """Solve every draw of a design that is not stored yet, and return all rows and their summary.

    ``design`` is a YAML file or a name that comes with linepack. A design of a thousand draws takes minutes; stopped,
    it goes on where it was. With ``workers`` above 1 call it from a script under ``if __name__ == "__main__":``.
    Errors: ``InputError`` for a design that does not fit the facts.
    """
    loaded = load_design(design)
    loaded = loaded if draws is None else loaded.with_draws(draws)
    facts = load_dataset(loaded.baseline.dataset) if system is None else system
    found = run_ensemble(facts, loaded, workspace_folder(workspace), settings=solve_settings(solver), workers=workers,
                         on_progress=on_progress)  # fmt: skip
    return EnsembleTables(found.rows, quantiles(found), binding_limits(found), found.folder)
