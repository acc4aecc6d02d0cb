"""What an ensemble says: quantiles, exceedance, which factor moves what, and which draws meet which limit.

Every summary weighs draws by their probability, and every change is taken draw by draw against the first scenario.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from linepack.ensemble.run import Ensemble, factor_names
from linepack.results.headline import FIGURES

QUANTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
LEVEL, CHANGE = "level", "change"
EXCEEDANCE_POINTS = 21
TAIL = 0.2
"""A factor is low in the fifth of the draws where it is lowest, high in the fifth where it is highest."""

ALL_FIGURES = tuple(figure.name for figure in FIGURES)


def weighted_quantile(values: np.ndarray, weight: np.ndarray, share: float) -> float:
    """Return the value at a share of the weight; between two draws it is interpolated (midpoints of their weights)."""
    order = np.argsort(values, kind="stable")
    at = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(share, at / weight.sum(), values[order]))


def outcomes(ensemble: Ensemble, figures: Sequence[str] = ALL_FIGURES) -> pd.DataFrame:
    """Return one row per scenario, draw, figure: scenario, draw, weight, figure, level, change (none for the first).

    A figure that is nowhere a number is left out.
    """
    rows = ensemble.certified
    long = rows.melt(["scenario", "draw", "weight"], list(figures), "figure", LEVEL).dropna(subset=[LEVEL])
    base = long[long["scenario"] == ensemble.design.baseline.name].set_index(["draw", "figure"])[LEVEL]
    at = pd.MultiIndex.from_frame(long[["draw", "figure"]])
    change = long[LEVEL].to_numpy() - base.reindex(at).to_numpy()
    is_base = (long["scenario"] == ensemble.design.baseline.name).to_numpy()
    return long.assign(**{CHANGE: np.where(is_base, np.nan, change)}).reset_index(drop=True)


def quantiles(ensemble: Ensemble, figures: Sequence[str] = ALL_FIGURES) -> pd.DataFrame:
    """Return the spread of every figure.

    Columns: scenario, figure, of ('level', or 'change' against the first scenario), draws, mean, p05, ..., p95.
    """
    long, rows = outcomes(ensemble, figures), []
    for (scenario, figure), part in long.groupby(["scenario", "figure"], sort=False):
        for of in (LEVEL, CHANGE):
            own = part.dropna(subset=[of])
            if len(own):
                values, weight = own[of].to_numpy(dtype=float), own["weight"].to_numpy(dtype=float)
                rows.append([scenario, figure, of, len(own), float(values @ weight / weight.sum()),
                             *(weighted_quantile(values, weight, share) for share in QUANTILES)])  # fmt: skip
    names = [f"p{round(100 * share):02d}" for share in QUANTILES]
    return pd.DataFrame(rows, columns=["scenario", "figure", "of", "draws", "mean", *names])


def exceedance(ensemble: Ensemble, figure: str) -> pd.DataFrame:
    """Return how likely a figure is above a value. Columns: scenario, figure, value, exceedance_fraction."""
    rows = []
    for scenario, part in outcomes(ensemble, [figure]).groupby("scenario", sort=False):
        values, weight = part[LEVEL].to_numpy(dtype=float), part["weight"].to_numpy(dtype=float)
        for value in np.linspace(values.min(), values.max(), EXCEEDANCE_POINTS):
            rows.append([scenario, figure, value, float(weight[values > value].sum() / weight.sum())])
    return pd.DataFrame(rows, columns=["scenario", "figure", "value", "exceedance_fraction"])


def tornado(ensemble: Ensemble, figure: str, of: str = LEVEL) -> pd.DataFrame:
    """Return how far each factor alone moves the mean of a figure, widest first.

    Columns: scenario, figure, of, factor, low, high, low_mean, high_mean, swing. Numbers: means over the fifth of the
    draws where the factor is lowest and highest; named outcomes: the outcomes with the lowest and the highest mean.
    """
    rows = []
    for scenario, frame in _with_factors(ensemble, figure, of):
        values, weight = frame[of].to_numpy(dtype=float), frame["weight"].to_numpy(dtype=float)
        for factor in factor_names(ensemble.design):
            drawn = frame[factor]
            groups = _groups(drawn)
            means = {name: float(values[g] @ weight[g] / weight[g].sum()) for name, g in groups.items()}
            ends = sorted(means, key=lambda name: means[name]) if not _is_number(drawn) else list(means)
            low, high = ends[0], ends[-1]
            rows.append([scenario, figure, of, factor, low, high, means[low], means[high], means[high] - means[low]])
    table = pd.DataFrame(rows, columns=["scenario", "figure", "of", "factor", "low", "high", "low_mean", "high_mean",
                                        "swing"])  # fmt: skip
    order = table.assign(wide=table["swing"].abs()).sort_values(["wide"], ascending=False, kind="stable").index
    return table.loc[order].sort_values("scenario", kind="stable", key=lambda s: s.map(_rank(ensemble))).reset_index(
        drop=True
    )


def regression(ensemble: Ensemble, figure: str, of: str = LEVEL) -> pd.DataFrame:
    """Return the weighted least-squares regression of a figure on the factors.

    Columns: scenario, figure, of, term (a factor; 'factor: outcome' against the first outcome; 'constant'),
    coefficient (change of the figure per unit of the factor, or when the outcome happens), standard_error,
    per_deviation (change per standard deviation of the term), r_squared (of the whole). NaN errors: too few draws.
    """
    rows = []
    for scenario, frame in _with_factors(ensemble, figure, of):
        terms, columns = _terms(frame, factor_names(ensemble.design))
        values, weight = frame[of].to_numpy(dtype=float), frame["weight"].to_numpy(dtype=float)
        share = weight / weight.sum()
        root = np.sqrt(share * len(values))
        matrix = np.column_stack([np.ones(len(values)), *columns])
        found, _, rank, _ = np.linalg.lstsq(matrix * root[:, None], values * root, rcond=None)
        left = values - matrix @ found
        free = len(values) - rank
        spread = share @ (values - share @ values) ** 2
        r_squared = 1 - float(share @ left**2 / spread) if spread > 0 else np.nan
        inverse = np.linalg.pinv((matrix * root[:, None]).T @ (matrix * root[:, None]))
        variance = (root * left) @ (root * left) / free if free > 0 else np.nan
        error = np.sqrt(np.clip(np.diag(inverse), 0, None) * variance)
        deviation = np.sqrt(share @ (matrix - share @ matrix) ** 2)
        for k, term in enumerate(["constant", *terms]):
            per_deviation = float(found[k] * deviation[k])
            rows.append([scenario, figure, of, term, float(found[k]), float(error[k]), per_deviation, r_squared])
    return pd.DataFrame(rows, columns=["scenario", "figure", "of", "term", "coefficient", "standard_error",
                                       "per_deviation", "r_squared"])  # fmt: skip


def binding_limits(ensemble: Ensemble) -> pd.DataFrame:
    """Return which limits bind in which draws, most often first.

    Columns: scenario, limit, what, likelihood_fraction (weight of the draws in which it binds), bound_fraction (share
    of days, mean over those draws), shadow_price (mean over those draws), unit, driver (the factor that differs most
    between draws in which it binds and others), driver_shift (that difference in standard deviations), draws (numbers).
    """
    certified = ensemble.certified
    terms, columns = _terms(certified, factor_names(ensemble.design)) if len(certified) else ([], [])
    matrix = np.column_stack(columns) if columns else np.zeros((len(certified), 0))
    rows = []
    for (scenario, limit, what), part in ensemble.limits.groupby(["scenario", "limit", "what"], sort=False):
        own = (certified["scenario"] == scenario).to_numpy()
        bound = own & certified["draw"].isin(part["draw"]).to_numpy()
        weight = certified["weight"].to_numpy(dtype=float)
        share = part["draw"].map(certified[own].set_index("draw")["weight"]).to_numpy(dtype=float)
        driver, shift = _driver(terms, matrix, weight, bound, own & ~bound)
        rows.append([scenario, limit, what, float(weight[bound].sum() / weight[own].sum()),
                     float(part["bound_fraction"].to_numpy() @ share / share.sum()),
                     float(part["shadow_price"].to_numpy() @ share / share.sum()), part["unit"].iloc[0], driver, shift,
                     tuple(int(draw) for draw in sorted(part["draw"]))])  # fmt: skip
    table = pd.DataFrame(rows, columns=["scenario", "limit", "what", "likelihood_fraction", "bound_fraction",
                                        "shadow_price", "unit", "driver", "driver_shift", "draws"])  # fmt: skip
    table = table.sort_values(["likelihood_fraction", "shadow_price"], ascending=False, kind="stable")
    return table.sort_values("scenario", kind="stable", key=lambda s: s.map(_rank(ensemble))).reset_index(drop=True)


def _driver(
    terms: Sequence[str], matrix: np.ndarray, weight: np.ndarray, bound: np.ndarray, free: np.ndarray
) -> tuple[str, float]:
    """Return the term whose mean differs most, in standard deviations, between two groups of draws."""
    both = bound | free
    if not (terms and bound.any() and free.any()):
        return "", np.nan
    share = weight[both] / weight[both].sum()
    deviation = np.sqrt(share @ (matrix[both] - share @ matrix[both]) ** 2)
    one, other = (weight[g] @ matrix[g] / weight[g].sum() for g in (bound, free))
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.nan_to_num((one - other) / deviation, posinf=0.0, neginf=0.0)
    k = int(np.argmax(np.abs(shift)))
    return terms[k], float(shift[k])


def _with_factors(ensemble: Ensemble, figure: str, of: str) -> list[tuple[str, pd.DataFrame]]:
    """Return for each scenario that has the figure: draw, weight, factors, level and change."""
    long = outcomes(ensemble, [figure]).dropna(subset=[of])
    drawn = ensemble.certified[["scenario", "draw", *factor_names(ensemble.design)]]
    joined = long.merge(drawn, on=["scenario", "draw"], validate="one_to_one")
    return [(str(name), part.reset_index(drop=True)) for name, part in joined.groupby("scenario", sort=False)]


def _is_number(drawn: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(drawn))


def _groups(drawn: pd.Series) -> dict[str, np.ndarray]:
    """Return masks of draws: by outcome for names, the lowest and the highest fifth for numbers (by level if few)."""
    values = drawn.to_numpy()
    if not _is_number(drawn):
        return {str(name): values == name for name in dict.fromkeys(values)}
    levels = np.unique(values)
    if len(levels) <= 5:
        return {f"{level:g}": values == level for level in levels}
    low, high = np.quantile(values.astype(float), (TAIL, 1 - TAIL))
    return {f"below {low:.4g}": values <= low, f"above {high:.4g}": values >= high}


def _terms(frame: pd.DataFrame, factors: Sequence[str]) -> tuple[list[str], list[np.ndarray]]:
    """Return the terms of a regression: a number as it is, named outcomes as 0 or 1 against the first."""
    terms: list[str] = []
    columns: list[np.ndarray] = []
    for factor in factors:
        if _is_number(frame[factor]):
            terms.append(factor)
            columns.append(frame[factor].to_numpy(dtype=float))
            continue
        for name in sorted(set(frame[factor]))[1:]:
            terms.append(f"{factor}: {name}")
            columns.append((frame[factor] == name).to_numpy(dtype=float))
    return terms, columns


def _rank(ensemble: Ensemble) -> dict[str, int]:
    return {scenario.name: k for k, scenario in enumerate(ensemble.design.scenarios)}
