"""Read a design from a YAML file, strictly. ``docs/ensembles.md`` lists every key."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from linepack.ensemble.design import Design, Sampling, check_power, correlation_matrix
from linepack.ensemble.factors import DRAW, Choice, Distribution, Factor, Normal, Triangular, Uniform
from linepack.errors import InputError
from linepack.scenario.reader import Fields, read_yaml
from linepack.scenario.scenario import Scenario, load_scenario

DESIGN_SCHEMA = 1
RANGES = ("uniform", "log_uniform", "triangular", "normal")
KINDS_OF_FACTOR = (*RANGES, "levels", "chance", "outcomes")
YES, NO = "yes", "no"
MOST_DRAWS = 1_000_000


def load_design(path: str | Path) -> Design:
    """Return the design of a YAML file, or of a name that comes with linepack.

    Errors: ``InputError`` with file, line and remedy.
    """
    file = design_file(path)
    fields = read_yaml(file)
    fields.allow("schema", "ensemble", "title", "scenarios", "sampling", "draws", "seed", "factors", "correlations")
    if fields.require("schema", f"add 'schema: {DESIGN_SCHEMA}'") != DESIGN_SCHEMA:
        raise fields.error("schema-version", f"this release reads schema {DESIGN_SCHEMA} only", key="schema")
    factors = tuple(_factor(item) for item in fields.items("factors"))
    if not factors:
        raise fields.error("missing-key", "there are no factors", hint="docs/ensembles.md shows how to write one")
    names = [factor.name for factor in factors]
    for name in names:
        if names.count(name) > 1 or name in ("draw", "weight", "scenario"):
            raise fields.error("duplicate-name", f"a factor cannot be called '{name}'", key="factors",
                               hint="each has a name of its own; draw, weight and scenario are taken")  # fmt: skip
    sampling = Sampling(fields.choice("sampling", tuple(Sampling)))
    seed = fields.integer("seed", minimum=0) if "seed" in fields.values else 0
    draws = _draw_count(fields, sampling, factors)
    scenarios = tuple(_scenario(fields, file, name) for name in fields.texts("scenarios"))
    if len({scenario.name for scenario in scenarios}) != len(scenarios):
        raise fields.error("duplicate-name", "two scenarios have the same name", key="scenarios")
    if len({scenario.dataset for scenario in scenarios}) != 1:
        raise fields.error("other-dataset", "the scenarios are for different datasets", key="scenarios")
    pairs = tuple(_correlation(item, names) for item in fields.items("correlations"))
    if pairs and sampling is Sampling.FULL:
        raise fields.error("not-allowed", "a full design takes every combination: nothing is correlated",
                           key="correlations")  # fmt: skip
    if np.linalg.eigvalsh(correlation_matrix(names, pairs)).min() <= 1e-9:
        raise fields.error("bad-correlation", "these correlations cannot hold together", key="correlations",
                           hint="make them smaller")  # fmt: skip
    design = Design(fields.text("ensemble"), fields.text("title"), scenarios, sampling, draws, seed, factors, pairs)
    for factor in factors:  # every patch is read once, so that a mistake is found before anything is solved
        _check(factor)
    return design


def available_designs() -> list[str]:
    """Return the names of the designs that come with linepack."""
    return sorted(path.stem for path in _designs_folder().glob("*.yaml"))


def design_file(path: str | Path) -> Path:
    """Return the file of a design. Errors: ``InputError`` for a name that does not exist."""
    file = Path(path)
    if file.suffix in (".yaml", ".yml"):
        return file
    known = available_designs()
    if str(path) in known:
        return _designs_folder() / f"{path}.yaml"
    near = difflib.get_close_matches(str(path), known, 1, 0.4)
    raise InputError("unknown-design", f"'{path}' is neither a YAML file nor a design", keys=[str(path)],
                     hint=f"did you mean '{near[0]}'?" if near else f"designs here: {', '.join(known)}")  # fmt: skip


def _designs_folder() -> Path:
    return Path(__file__).parents[1] / "cases" / "ensembles"


def _scenario(fields: Fields, file: Path, name: str) -> Scenario:
    beside = file.parent / name
    try:
        return load_scenario(beside if beside.is_file() else name)
    except InputError as error:
        raise fields.error(error.issue.code, error.issue.message, key="scenarios", hint=error.issue.hint) from error


def _draw_count(fields: Fields, sampling: Sampling, factors: Sequence[Factor]) -> int:
    if sampling is Sampling.FULL:
        if "draws" in fields.values:
            raise fields.error("not-allowed", "a full design has as many draws as combinations", key="draws",
                               hint="leave 'draws' out")  # fmt: skip
        ranges = [factor.name for factor in factors if not factor.distribution.levels()]
        if ranges:
            raise fields.error("no-levels", f"a full design needs levels for {', '.join(ranges)}", key="factors",
                               hint="write 'levels: [...]', 'chance' or 'outcomes'")  # fmt: skip
        return int(np.prod([len(factor.distribution.levels()) for factor in factors]))
    draws = fields.integer("draws", minimum=1)
    if draws > MOST_DRAWS:
        raise fields.error("above-maximum", f"'draws' is {draws}, above {MOST_DRAWS}", key="draws")
    if sampling is Sampling.SOBOL:
        try:
            check_power(draws)
        except InputError as error:
            raise fields.error(error.issue.code, error.issue.message, key="draws", hint=error.issue.hint) from error
    return draws


def _factor(fields: Fields) -> Factor:
    fields.allow("name", "why", *KINDS_OF_FACTOR, "patches")
    name = fields.text("name")
    given = [kind for kind in KINDS_OF_FACTOR if fields.values.get(kind) is not None]
    if len(given) != 1:
        raise fields.error("one-of", f"give exactly one of {', '.join(KINDS_OF_FACTOR)}",
                           hint=f"found: {', '.join(given) or 'none'}")  # fmt: skip
    if given[0] == "outcomes":
        return _outcomes(fields, name)
    patches = fields.items("patches")
    if not patches:
        raise fields.error("missing-key", "'patches' is missing", hint="the changes that the factor makes")
    if given[0] == "chance":
        chance = fields.number("chance")
        if chance > 1:
            raise fields.error("above-maximum", f"'chance' is {chance:g}, above 1", key="chance")
        return Factor(name, Choice(((NO, 1 - chance), (YES, chance))), {YES: patches})
    for item in patches:
        if DRAW not in item.values.values():
            raise item.error("no-draw", "the drawn number is not used", hint=f"write '{DRAW}' in place of a number")
    return Factor(name, _range(fields, given[0]), {DRAW: patches})


def _range(fields: Fields, kind: str) -> Distribution:
    if kind == "levels":
        values = fields.values["levels"]
        if not isinstance(values, list) or not values or not all(_is_number(value) for value in values):
            raise fields.error("not-a-number", "'levels' must be a list of numbers", key="levels")
        return Choice(tuple((float(value), 1 / len(values)) for value in values))
    inner = fields.fields(kind)
    keys = {"triangular": ("low", "mode", "high"), "normal": ("mean", "deviation", "low", "high")}
    inner.allow(*keys.get(kind, ("low", "high")))
    number = {key: inner.number(key, minimum=None) for key in keys.get(kind, ("low", "high"))}
    if not number["low"] < number["high"]:
        raise inner.error("bad-range", "'low' is not below 'high'", key="low")
    if kind == "triangular":
        if not number["low"] <= number["mode"] <= number["high"]:
            raise inner.error("bad-range", "'mode' is not between 'low' and 'high'", key="mode")
        return Triangular(number["low"], number["mode"], number["high"])
    if kind == "normal":
        if number["deviation"] <= 0:
            raise inner.error("below-minimum", "'deviation' is not above 0", key="deviation")
        return Normal(number["mean"], number["deviation"], number["low"], number["high"])
    if kind == "log_uniform" and number["low"] <= 0:
        raise inner.error("below-minimum", "'low' is not above 0", key="low")
    return Uniform(number["low"], number["high"], kind == "log_uniform")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))


def _outcomes(fields: Fields, name: str) -> Factor:
    if "patches" in fields.values:
        raise fields.error("not-allowed", "patches belong to an outcome", key="patches")
    items = fields.items("outcomes")
    for item in items:
        item.allow("name", "chance", "patches")
    names = [item.text("name") for item in items]
    if len(set(names)) != len(names):
        raise fields.error("duplicate-name", "two outcomes have the same name", key="outcomes")
    chances = [item.number("chance") for item in items]
    if abs(sum(chances) - 1) > 1e-9:
        raise fields.error("bad-chances", f"the chances add up to {sum(chances):g}, not 1", key="outcomes")
    patches = {item.text("name"): item.items("patches") for item in items}
    return Factor(name, Choice(tuple(zip(names, chances, strict=True))), patches)


def _correlation(fields: Fields, names: Sequence[str]) -> tuple[str, str, float]:
    fields.allow("factors", "correlation")
    pair = fields.texts("factors")
    if len(pair) != 2 or pair[0] == pair[1]:
        raise fields.error("bad-correlation", "a correlation is between two factors", key="factors")
    for name in pair:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1, 0.4)
            raise fields.error("unknown-factor", f"there is no factor '{name}'", key="factors",
                               hint=f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(names)}")
    value = fields.number("correlation", minimum=-1.0)
    if value > 1:
        raise fields.error("above-maximum", f"'correlation' is {value:g}, above 1", key="correlation")
    return pair[0], pair[1], value


def _check(factor: Factor) -> None:
    known = factor.distribution.levels() or tuple((factor.distribution.value(u), 0.0) for u in (0.0, 0.5, 1.0))
    for value, _ in known:
        factor.patches_of(value)
