"""Law and consents as objects, without pandas or numpy: what the commands ``law`` and ``consents`` start from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from linepack.errors import InputError
from linepack.policy.consents import ALL_BARS, Consents
from linepack.policy.consents import consents as find_consents
from linepack.policy.law import InstrumentOn, LawOnDate, law_on, load_law
from linepack.policy.law import Law as Law
from linepack.policy.matching import instruments_on
from linepack.policy.plain import plain_consents as plain_consents
from linepack.policy.plain import plain_law as plain_law
from linepack.policy.words import Bar, ContractClass, Status

ALL_STATUSES = tuple(str(status) for status in Status)


def chosen_law(known_on: date | None = None, readings: Mapping[str, str] | None = None) -> Law:
    """Return the law with what was known on a day and with the readings chosen, by question."""
    return load_law().known_by(known_on).with_readings(dict(readings or {}))


def law_rows(
    known: Law, on: date, *, asset: str | None = None, known_on: date | None = None,
    contract: ContractClass | None = None, statuses: Iterable[str] | None = None,
) -> tuple[LawOnDate, tuple[InstrumentOn, ...]]:  # fmt: skip
    """Return the law on a day and its instruments in force, those that concern ``asset``, or those of ``statuses``."""
    state = law_on(known, on, known_on)
    wanted = None if statuses is None else _words("status", statuses, Status)
    if asset and wanted is not None:
        raise InputError("not-asked", f"what concerns {asset} is in force: no other status is asked for", keys=wanted,
                         hint="leave out the asset, or the statuses")  # fmt: skip
    if asset:
        return state, tuple(instruments_on(known, on, asset=asset, contract=contract, known_on=known_on))
    if wanted is None:
        return state, state.in_force
    return state, tuple(row for row in state.instruments if str(row.status) in wanted)


def consents_on(
    known: Law, asset: str, on: date, *, contract: str | None = None, known_on: date | None = None,
    bars: Iterable[str] = (),
) -> Consents:  # fmt: skip
    """Return gates, formula and minimal sets of an asset on a day; without ``bars`` all kinds of bar count."""
    wanted = frozenset(Bar(bar) for bar in _words("bar", bars, Bar)) or ALL_BARS
    return find_consents(known, asset, on, contract=contract_class(contract), known_on=known_on, bars=wanted)


def _words(what: str, given: Iterable[str], known: type[StrEnum]) -> list[str]:
    """Return words of a closed list. Errors: ``InputError`` for another word."""
    words = list(given)
    for word in words:
        if word not in tuple(known):
            raise InputError(f"unknown-{what}", f"there is no {what} '{word}'", keys=[word],
                             hint=f"one of {', '.join(known)}")  # fmt: skip
    return words


def contract_class(name: str | None) -> ContractClass | None:
    """Return a class of contract by name. Errors: ``InputError`` for one that does not exist."""
    if name is None:
        return None
    if name not in tuple(ContractClass):
        raise InputError("unknown-contract-class", f"there is no contract class '{name}'", keys=[name],
                         hint=f"one of {', '.join(ContractClass)}")  # fmt: skip
    return ContractClass(name)


