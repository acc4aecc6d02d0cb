"""The Python interface: its names, its imports, its examples, and that the command line says the same."""

from __future__ import annotations

import doctest
import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

import linepack
from linepack.api.files import Format
from linepack.cli import run as command
from linepack.errors import InputError
from linepack.runs.display import line_chart
from linepack.runs.store import Run

SLOW = ("backtest", "calibrate", "ensemble", "plausibility", "sellers", "wedges")
MODULES = ("articles", "cases", "charts", "checks", "deals", "facts", "files", "market", "politics", "reasons")


@pytest.fixture(autouse=True)
def kept(regimes_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples find their runs already solved."""
    monkeypatch.setenv("LINEPACK_WORKSPACE", str(regimes_store))


def test_import_loads_no_table_library() -> None:
    """The names are there at once, pandas comes with the first use of one."""
    loaded = "print('pandas' in sys.modules)"
    code = f"import sys, linepack; dir(linepack); {loaded}; linepack.solve; {loaded}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_every_name_is_a_function_with_an_example() -> None:
    """Stable names are callable, documented, and shown at work; only examples that solve for minutes are not run."""
    assert set(linepack.__all__) == {*linepack._HOME, *linepack._ERRORS}
    for name in linepack._HOME:
        text = getattr(linepack, name).__doc__
        assert ">>>" in text, name
        assert ("+SKIP" in text) == (name in SLOW), name
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        linepack.solv  # noqa: B018


def test_names_stay_functions_when_packages_of_that_name_are_imported() -> None:
    """``linepack.solve`` is a package too; whoever imports it must not change what the name means."""
    for name in ("solve", "odds", "ensemble", "calibrate", "plausibility"):
        module = import_module(f"linepack.{name}")
        assert module.__name__ == f"linepack.{name}"
        assert inspect.unwrap(getattr(linepack, name)).__module__.startswith("linepack.api.")


def test_example_of_a_scenario_runs() -> None:
    """The function is kept with scenarios."""
    done = doctest.testmod(import_module("linepack.scenario.scenario"))
    assert (done.attempted, done.failed) == (3, 0)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(name: str) -> None:
    """Each prints what its docstring says."""
    done = doctest.testmod(import_module(f"linepack.api.{name}"))
    assert done.attempted > 0
    assert done.failed == 0


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    """Return what a command prints as JSON."""
    assert command([*arguments, "--json"]) in (0, 3)
    return json.loads(capsys.readouterr().out)


def test_command_line_and_python_say_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """They call the same functions, so instruments, gates, minimal sets and causes are equal."""
    told = printed(capsys, "law", "NS2_B", "--on", "2025-03-13")
    assert isinstance(told, dict)
    found = linepack.law("NS2_B", on="2025-03-13")
    assert [row["instrument"] for row in told["instruments"]] == found["instrument"].tolist()
    told = printed(capsys, "consents", "NS2_B", "--on", "2025-03-13")
    assert isinstance(told, dict)
    answer = linepack.consents("NS2_B", on="2025-03-13")
    assert told["formula"] == answer.formula
    assert [set(bodies) for bodies in told["minimal_sets"]] == [
        set(part["body"]) for _, part in answer.minimal_sets.groupby("set")]
    told = printed(capsys, "why", "TTF", "--period", "2025-12")
    assert isinstance(told, list)
    parts = linepack.why("TTF", period="2025-12")
    assert [row["eur_mwh"] for row in told] == pytest.approx(parts["eur_mwh"].tolist())


def test_parts_of_a_price_sum_to_it(regimes: dict[str, Run]) -> None:
    """The breakdown has no residual."""
    parts, markers = linepack.why("TTF", period="2025-12"), regimes["status-quo"].tables["price_markers"]
    ttf = markers[(markers["marker"] == "TTF") & (markers["period"] == "2025-12")]["price_eur_mwh"].item()
    assert parts["eur_mwh"].sum() == pytest.approx(ttf, abs=1e-6)


def test_reasons_of_a_closed_flow_and_of_a_change() -> None:
    """The closed string is said to be closed; opening it changes Russian sales by more than any other seller's."""
    assert linepack.why("NS2_B")["reason"].str.contains("shut in every period").any()
    causes = linepack.why("us-gazprom-2025/ns2-b-open")
    sellers = causes[causes["what"] == "sales of"].set_index("where")["change_twh_y"]
    assert sellers.abs().idxmax() == "RU"
    assert sellers["RU"] > 0


def test_comparison_takes_names_runs_and_tables(regimes: dict[str, Run]) -> None:
    """A run given is not solved again; a table is compared over the horizon, the largest change first."""
    by_name = linepack.compare("us-gazprom-2025/status-quo", "us-gazprom-2025/ns2-b-open")
    by_run = linepack.compare(regimes["status-quo"], regimes["ns2-b-open"])
    pd.testing.assert_frame_equal(by_name, by_run)
    flows = linepack.compare(regimes["status-quo"], regimes["ns2-b-open"], "flows")
    assert (flows["change"].abs().diff().dropna() <= 1e-9).all()
    assert "NS2_B" in set(flows["arc"].head(5))


@pytest.mark.parametrize(
    ("call", "code"),
    [(lambda: linepack.solve("us-gazprom-2025/status-quo", solver="x"), "unknown-solver"),
     (lambda: linepack.solve("us-gazprom-2025/status"), "unknown-scenario"),
     (lambda: linepack.load_system("2052"), "unknown-dataset"),
     (lambda: linepack.law(on="yesterday"), "bad-date"),
     (lambda: linepack.law(on="2025-03-13", contract="long"), "unknown-contract-class"),
     (lambda: linepack.odds("EV-REUTERS"), "unknown-event"),
     (lambda: linepack.why("TTTF"), "unknown-name"),
     (lambda: linepack.read("no such file"), "unreadable"),
     (lambda: linepack.chart(), "no-runs"),
     (lambda: linepack.chart(linepack.solve("us-gazprom-2025/status-quo"), marker="TTTF"), "unknown-marker"),
     (lambda: linepack.export("us-gazprom-2025/status-quo", "x", "xls"), "unknown-format")],
)  # fmt: skip
def test_wrong_calls_are_told(call: Callable[[], object], code: str) -> None:
    """Each with its code, before anything is solved or written."""
    with pytest.raises(InputError) as caught:
        call()
    assert caught.value.issue.code == code


def test_shares_of_a_deal_add_up() -> None:
    """Every concept shares out the same total; in the Baltic game two vetoes get the same."""
    tables = linepack.deal("baltic-nord-stream")
    totals = tables.payoffs.groupby("concept")["payoff"].sum()
    assert totals.max() == pytest.approx(totals.min())
    assert set(linepack.deal("ns2-b-deal").payoffs["outsiders"]) == {"keep-defaults", "best-response", "inactive"}
    assert set(linepack.deal("ns2-b-deal", outsiders=["inactive"]).payoffs["outsiders"]) == {"inactive"}


def test_odds_are_bands_within_the_unit_interval() -> None:
    """Low is not above high, and a change of probability lies between minus one and one."""
    answer = linepack.odds("EV-PUTIN-0313")
    assert (answer.adopted["low_fraction"] <= answer.adopted["high_fraction"]).all()
    assert answer.adopted[["low_fraction", "high_fraction"]].abs().to_numpy().max(initial=0) <= 1
    assert len(answer.readings)


def test_run_shows_itself_without_script(regimes: dict[str, Run]) -> None:
    """One line at a prompt, and in a notebook HTML with the headline and a chart.

    The chart is well-formed XML; the last label of each marker has its own place.
    """
    html = regimes["gulf-lng-lost"]._repr_html_()
    digest = regimes["gulf-lng-lost"].digest[:12]
    assert repr(regimes["gulf-lng-lost"]) == f"<Run of 'gulf-lng-lost' on dataset '2025', {digest}>"
    assert digest in html
    assert "Qatari and Emirati LNG lost" in html
    assert "<script" not in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "")
    root = ET.fromstring(html[html.index("<svg"):html.index("</svg>") + 6])
    space = "{http://www.w3.org/2000/svg}"
    markers = regimes["gulf-lng-lost"].tables["price_markers"]["marker"].unique()
    assert len(root.findall(f"{space}polyline")) == len(markers)
    labels = [float(e.attrib["y"]) for e in root.findall(f"{space}text") if e.text in markers]
    assert min(b - a for a, b in zip(sorted(labels), sorted(labels)[1:], strict=False)) >= 11.9
    assert max(labels) < 210 - 16  # above the labels of the periods


def test_chart_of_runs_has_a_line_and_a_label_each(regimes: dict[str, Run], tmp_path: Path) -> None:
    """Below is cheaper: with more gas, every point of the line lies lower on the page, where y is larger."""
    shown = linepack.chart(regimes["status-quo"], regimes["ns2-b-open"])
    root = ET.fromstring(shown.save(tmp_path / "new" / "ttf.svg").read_text())
    space = "{http://www.w3.org/2000/svg}"
    lines = [[float(point.split(",")[1]) for point in e.attrib["points"].split()]
             for e in root.findall(f"{space}polyline")]
    assert len(lines) == 2
    assert all(with_gas > without for without, with_gas in zip(*lines, strict=True))
    assert {"status-quo", "ns2-b-open"} < {e.text for e in root.findall(f"{space}text")}
    assert "TTF" in str(root.findtext(f"{space}title"))
    twice = linepack.chart(regimes["status-quo"], regimes["status-quo"]).svg  # as from two datasets
    assert twice.count("<polyline") == 2
    assert "status-quo (2)" in twice


def test_chart_escapes_names_and_bears_a_single_period() -> None:
    """A marker's name is text; one month is a point; without prices there is nothing."""
    frame = pd.DataFrame({"marker": ["<a&b>"], "period": ["2025-04"], "price_eur_mwh": [30.0]})
    assert "&lt;a&amp;b&gt;" in line_chart(frame)
    ET.fromstring(line_chart(frame))
    assert line_chart(frame.iloc[:0]) == ""


def test_command_knows_the_formats_of_the_interface() -> None:
    """The command lists them without importing the interface; the lists are equal."""
    from linepack.cli.export import FORMATS

    assert list(FORMATS) == [kind.value for kind in Format]
