"""linepack: what flows, what it costs, who gains and who must agree when gas politics change.

The names in ``__all__`` are the stable Python interface; each is imported when it is first used, and refuses arguments
of a wrong kind. ``linepack.solve``, ``linepack.odds``, ``linepack.ensemble``, ``linepack.calibrate`` and
``linepack.plausibility`` are the functions, also when the packages of the same name have been imported.

What a call or its data get wrong is an ``InputError``, an answer that fails its check is ``NotCertified``; both have
``.issues``: what, where, which rows and what to try. Units are the endings of columns: ``_gwh``, ``_gwh_d`` (a day),
``_twh_y`` (a year), ``_eur_mwh`` and ``_eur_bn_y`` (energy as gross calorific value), ``_fraction`` (of one).
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from linepack.api.articles import read
    from linepack.api.cases import brief, cases
    from linepack.api.charts import chart
    from linepack.api.checks import doctor, plausibility
    from linepack.api.deals import deal
    from linepack.api.draws import ensemble
    from linepack.api.facts import data, data_check, data_copy, data_schema, data_sources
    from linepack.api.files import export, read_export
    from linepack.api.fits import backtest, calibrate
    from linepack.api.market import compare, load_scenario, load_system, solve
    from linepack.api.politics import consents, law, odds
    from linepack.api.reasons import leakage, sellers, wedges, why
    from linepack.errors import InputError as InputError
    from linepack.errors import NotCertified as NotCertified

_NAMES = {
    "articles": ("read",),
    "cases": ("brief", "cases"),
    "charts": ("chart",),
    "checks": ("doctor", "plausibility"),
    "deals": ("deal",),
    "draws": ("ensemble",),
    "facts": ("data", "data_check", "data_copy", "data_schema", "data_sources"),
    "files": ("export", "read_export"),
    "fits": ("backtest", "calibrate"),
    "market": ("compare", "load_scenario", "load_system", "solve"),
    "politics": ("consents", "law", "odds"),
    "reasons": ("leakage", "sellers", "wedges", "why"),
}
_HOME = {name: f"linepack.api.{module}" for module, names in _NAMES.items() for name in names}
_ERRORS = ("InputError", "NotCertified")

__all__ = [
    "InputError", "NotCertified", "backtest", "brief", "calibrate", "cases", "chart", "compare", "consents", "data",
    "data_check", "data_copy", "data_schema", "data_sources", "deal", "doctor", "ensemble", "export", "law",
    "leakage", "load_scenario", "load_system", "odds", "plausibility", "read", "read_export", "sellers", "solve",
    "wedges", "why",
]  # fmt: skip


class _Package(ModuleType):
    """The package itself: a sub-package that has the name of a function does not take its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name == "errors" or name in _ERRORS:
        errors = import_module("linepack.errors")
        return errors if name == "errors" else getattr(errors, name)
    if name not in _HOME:
        raise AttributeError(f"module 'linepack' has no attribute '{name}'")
    found = import_module("linepack.api.calls").checked(getattr(import_module(_HOME[name]), name))
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", "errors"])
