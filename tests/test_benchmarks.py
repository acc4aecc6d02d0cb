"""The benchmarks run, on sizes that take a moment, and fit growth as they say."""

from __future__ import annotations

import pytest

from benchmarks.solve_scale import Size, growth, measure


def test_a_synthetic_case_is_measured_with_every_solver() -> None:
    """Five markets and four traders over three months: certified by three solvers, and every stage has its seconds."""
    found = measure(Size.read("5x4x3"), ["piqp", "hipo", "clarabel"], 1, 60.0, has_linopy=False)
    assert {name: own["is_certified"] for name, own in found["solvers"].items()} == {
        "piqp": True, "hipo": True, "clarabel": True,
    }  # fmt: skip
    stages = {"cold_build_s", "update_s", "apply_s", "sets_and_parameters_s", "arrays_s", "piqp_s", "hipo_s",
              "clarabel_s", "certificate_s", "read_back_s"}  # fmt: skip
    assert stages <= set(found)
    assert (found["periods"], found["nodes"], found["traders"]) == (3, 5, 4)
    assert found["factor_nonzeros"] >= found["rows"]


def test_sizes_are_read() -> None:
    """MONTHS:STEP is the real model, NODESxTRADERSxMONTHS the synthetic one; linopy stands beside months only."""
    assert Size.read("12:week") == Size(12, "week")
    assert Size.read("20x6x12") == Size(12, "month", 20, 6)
    assert [Size.read(text).is_by_months for text in ("12:month", "12:week", "20x6x12")] == [True, False, False]


def test_growth_is_the_power_of_what_alone_differs() -> None:
    """Seconds = periods to 1.5 and nodes to 2; cases that differ in both are not mixed; a single case has no power."""
    real = [{"periods": n, "months": n, "step": "month", "nodes": 0, "traders": 0, "piqp_s": n**1.5} for n in (12, 24)]
    invented = [{"periods": 12, "months": 12, "step": "month", "nodes": n, "traders": t, "piqp_s": n**2.0 / t}
                for n, t in ((10, 4), (20, 4), (20, 8))]  # fmt: skip
    found = {(own["in"], own["nodes"] if own["in"] != "nodes" else own["traders"]): own["powers"]["piqp"]
             for own in growth([*real, *invented])}  # fmt: skip
    assert found == {("periods", 0): pytest.approx(1.5), ("nodes", 4): pytest.approx(2), ("traders", 20): -1.0}
