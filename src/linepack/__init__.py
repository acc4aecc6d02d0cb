"""linepack: what flows, what it costs, who gains and who must agree when gas politics change.

The names in ``__all__`` are the stable Python interface; each is imported when it is first used. ``linepack.solve``,
``linepack.odds``, ``linepack.ensemble`` and ``linepack.calibrate`` are the functions, also when the packages of the
same name have been imported.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from linepack.api.articles import read
    from linepack.api.draws import ensemble
    from linepack.api.files import export, read_export
    from linepack.api.fits import backtest, calibrate
    from linepack.api.market import compare, load_scenario, load_system, solve, why
    from linepack.api.politics import consents, deal, law, odds

_HOME = {
    "load_system": "linepack.api.market", "load_scenario": "linepack.api.market", "solve": "linepack.api.market",
    "compare": "linepack.api.market", "why": "linepack.api.market", "law": "linepack.api.politics",
    "consents": "linepack.api.politics", "deal": "linepack.api.politics", "odds": "linepack.api.politics",
    "ensemble": "linepack.api.draws", "read": "linepack.api.articles", "export": "linepack.api.files",
    "read_export": "linepack.api.files", "calibrate": "linepack.api.fits",
    "backtest": "linepack.api.fits",
}  # fmt: skip

__all__ = [
    "backtest", "calibrate", "compare", "consents", "deal", "ensemble", "export", "law", "load_scenario", "load_system",
    "odds", "read", "read_export", "solve", "why",
]  # fmt: skip


class _Package(ModuleType):
    """The package itself: a sub-package that has the name of a function does not take its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'linepack' has no attribute '{name}'")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
