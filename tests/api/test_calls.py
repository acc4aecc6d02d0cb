"""Calls with arguments of a wrong kind, wrong days and words nobody knows: each is told, nothing is passed over."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import linepack
from linepack.errors import InputError

STATUS_QUO, OPEN = "us-gazprom-2025/status-quo", "us-gazprom-2025/ns2-b-open"
FUNCTIONS = [name for name in linepack.__all__ if inspect.isfunction(getattr(linepack, name))]
ARGUMENTS = [(name, argument) for name in FUNCTIONS
             for argument in inspect.signature(getattr(linepack, name)).parameters]  # fmt: skip


@pytest.fixture(autouse=True)
def kept(regimes_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are already solved."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(regimes_store))


class Nothing:
    """A value that no argument takes."""


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_every_argument_of_a_wrong_kind_is_named(name: str, argument: str) -> None:
    """Also where an earlier argument is needed: the call is refused before anything is looked up."""
    function = getattr(linepack, name)
    parameters = inspect.signature(function).parameters
    if parameters[argument].kind is inspect.Parameter.VAR_POSITIONAL:
        with pytest.raises(InputError) as caught:
            function(Nothing())
    else:
        usual = {key: "2025-03-13" for key, of in parameters.items()
                 if of.default is of.empty and of.kind is not of.VAR_POSITIONAL}  # fmt: skip
        with pytest.raises(InputError) as caught:
            function(**{**usual, argument: Nothing()})
    assert caught.value.issue.code == "wrong-kind"
    assert f"{argument} of linepack.{name} is of type Nothing" in caught.value.issue.message
    assert caught.value.issue.hint is not None
    assert caught.value.issue.hint.startswith("give ")


@pytest.mark.parametrize(
    "call",
    [lambda: linepack.solve(None),  # type: ignore[arg-type]
     lambda: linepack.deal("baltic-nord-stream", outsiders="inactive"),
     lambda: linepack.consents("NS2_B", on="2025-03-13", bars=[3]),  # type: ignore[list-item]
     lambda: linepack.deal("baltic-nord-stream", draws=True),
     lambda: linepack.data("arcs", where=["arc"]),  # type: ignore[list-item]
     lambda: linepack.chart("us-gazprom-2025/status-quo")],  # type: ignore[arg-type]
)  # fmt: skip
def test_kinds_are_strict(call: Callable[[], object]) -> None:
    """Text is no list of texts, a truth value no number, a pair has two parts."""
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.issue.code == "wrong-kind"


def test_numbers_and_paths_of_other_libraries_are_taken(tmp_path: Path) -> None:
    """A whole number of numpy is one, and so is a float for a share."""
    odds = linepack.odds("EV-PUTIN-0313", confounder_share=float(np.float32(0.5)), curve=None)
    assert odds.event == "EV-PUTIN-0313"
    assert linepack.deal("baltic-nord-stream", draws=int(np.int64(0))).unit
    assert linepack.deal("baltic-nord-stream", draws=np.int64(0)).unit  # type: ignore[arg-type]


def test_what_python_says_about_a_call_is_left_to_it() -> None:
    """Missing and unknown arguments are Python's own error, with the name of the function."""
    with pytest.raises(TypeError, match="law\\(\\) missing 1 required keyword-only argument: 'on'"):
        linepack.law()  # type: ignore[call-arg]


def test_functions_travel_to_other_processes() -> None:
    """A pool finds each by its name."""
    for name in FUNCTIONS:
        assert pickle.loads(pickle.dumps(getattr(linepack, name))) is getattr(linepack, name)


@pytest.mark.parametrize("day", [date(2025, 3, 13), datetime(2025, 3, 13, 9), pd.Timestamp("2025-03-13"), "2025-03-13"])
def test_days_are_taken_as_python_and_pandas_have_them(day: date | str) -> None:
    """All four are the same day, wherever a day is asked for."""
    assert "DE-CERT" in set(linepack.law("NS2_B", on=day, known_on=day)["instrument"])
    assert not linepack.consents("NS2_B", on=day).is_open
    assert len(linepack.read(b"Gazprom said on Monday that it could restart Nord Stream 2.", published=day)) == 1


@pytest.mark.parametrize("day", ["13.03.2025", "2025-02-30", "yesterday", pd.NaT])
def test_what_is_no_day_is_told(day: str) -> None:
    """By every function that takes one."""
    for call in (lambda: linepack.law(on=day), lambda: linepack.consents("NS2_B", on=day),
                 lambda: linepack.why("NS2_B", on=day), lambda: linepack.brief(as_of=day),
                 lambda: linepack.read(b"Gazprom will deliver.", published=day)):  # fmt: skip
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.issue.code == "bad-date"


@pytest.mark.parametrize(
    ("call", "code"),
    [(lambda: linepack.leakage(STATUS_QUO, OPEN, origin="RUS"), "unknown-origin"),
     (lambda: linepack.leakage(STATUS_QUO, OPEN, origin=""), "unknown-origin"),
     (lambda: linepack.leakage(STATUS_QUO, OPEN, into="EU"), "unknown-territory"),
     (lambda: linepack.why("NS2_B", on="2035-01-01"), "unknown-day"),
     (lambda: linepack.why("TTF", on="2025-12-01"), "not-asked"),
     (lambda: linepack.why("NS2_B", period="2025-12"), "not-asked"),
     (lambda: linepack.odds("EV-PUTIN-0313", confounder_share=2), "bad-share"),
     (lambda: linepack.odds("EV-PUTIN-0313", confounder_share=-1), "bad-share"),
     (lambda: linepack.law(on="2025-03-13", statuses=["nope"]), "unknown-status"),
     (lambda: linepack.law("NS2_B", on="2025-03-13", statuses=["repealed"]), "unknown-status"),
     (lambda: linepack.law("NS2_B", on="2025-03-13", statuses=["in force"]), "not-asked"),
     (lambda: linepack.consents("NS2_B", on="2025-03-13", bars=["nope"]), "unknown-bar"),
     (lambda: linepack.sellers(STATUS_QUO, conduct=7), "bad-conduct"),
     (lambda: linepack.solve("us-gazprom-2025"), "unknown-scenario"),
     (lambda: linepack.data(where={"table": "arcs"}), "no-table"),
     (lambda: linepack.calibrate(derivatives="nope"), "unknown-derivatives"),
     (lambda: linepack.chart(linepack.solve(STATUS_QUO)).save("prices.png"), "not-svg")],
)  # fmt: skip
def test_nothing_asked_for_is_passed_over(call: Callable[[], object], code: str) -> None:
    """What cannot be answered as asked is refused, not answered as something else."""
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.issue.code == code
    assert caught.value.issue.hint


def test_rows_of_several_values_are_kept() -> None:
    """A list means any of them."""
    assert set(linepack.data("arcs", where={"arc": ["NS2_A", "NS2_B"]})["arc"]) == {"NS2_A", "NS2_B"}


def test_names_are_all_that_is_listed() -> None:
    """What a notebook offers after a dot is what may be used; the errors are among it."""
    assert set(dir(linepack)) == {*linepack.__all__, "__version__", "errors"}
    assert linepack.InputError is linepack.errors.InputError


@pytest.mark.parametrize("name", ["copy", "copy.xlsx"])
def test_copy_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    """A file lies where the folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        linepack.data_copy("2025", tmp_path / "file" / name)
    assert caught.value.issue.code == "cannot-write"
