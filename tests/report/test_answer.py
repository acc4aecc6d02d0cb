"""The five sentences: every number in them is one of the figures, with its band where bands were computed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd

from linepack.report.answer import answer_sentences

FIGURES = {
    "base": {"ttf_eur_mwh": 30.0, "eu_import_twh_y": 3000.0, "eu_import_bill_eur_bn_y": 100.0, "russia": 20.0},
    "less": {"ttf_eur_mwh": 25.0, "eu_import_twh_y": 3100.0, "eu_import_bill_eur_bn_y": 88.0, "russia": 23.5},
    "more": {"ttf_eur_mwh": 41.0, "eu_import_twh_y": 2900.0, "eu_import_bill_eur_bn_y": 125.0, "russia": 14.0},
}
ROWS = [  # scenario, figure, low, high, low_change, high_change
    ("base", "ttf_eur_mwh", 28.0, 33.0, 0.0, 0.0),
    ("less", "ttf_eur_mwh", 23.0, 27.5, -6.2, -4.1),
    ("more", "ttf_eur_mwh", 37.0, 48.0, 8.0, 15.0),
    ("less", "eu_import_bill_eur_bn_y", 80.0, 95.0, -14.0, -9.5),
    ("less", "russia_revenue_eur_bn_y", 20.0, 27.0, 2.5, 4.5),
    ("more", "russia_revenue_eur_bn_y", 12.0, 16.0, -7.5, -4.5),
]


def brief(bands: pd.DataFrame | None) -> Any:
    def figures(own: dict[str, float]) -> dict[str, float]:
        return {"eu_share_russia_pipe_fraction": 0.05, "eu_share_russia_lng_fraction": 0.07, "eu_unserved_twh": 0.0,
                **own, **{f"{who}_revenue_eur_bn_y": own["russia"] for who in ("russia", "us", "norway")}}  # fmt: skip

    runs = tuple(SimpleNamespace(name=name, record={"scenario": {"title": name.title()}}) for name in FIGURES)
    nodes = pd.DataFrame({"node": ["MT"], "name": ["Malta"]})
    return SimpleNamespace(
        base=runs[0], runs=runs, bands=bands, figures={name: figures(own) for name, own in FIGURES.items()},
        worst_off=lambda name: ("MT", "+11.0 EUR/MWh"), system=SimpleNamespace(table=lambda name: nodes))  # fmt: skip


def test_numbers_are_those_of_the_figures() -> None:
    """25 is 5 below 30, a bill of 88 is 12 below 100; 41 is up 11 and 125 up 25; 5 and 7 per cent are 12."""
    start, low, high, sellers, worst = answer_sentences(brief(None))
    assert "30.0 EUR/MWh" in start
    assert "12.0 % of it from Russia" in start
    assert "“Less”: 25.0 EUR/MWh, down 5.0, with the EU's net import bill down 12.0 to 88.0" in low
    assert "“More”: 41.0 EUR/MWh, up 11.0, with the EU's net import bill up 25.0 to 125.0" in high
    assert "Russia from \N{MINUS SIGN}6.0 in “More” to 3.5 in “Less”" in sellers
    assert worst.endswith("is Malta (+11.0 EUR/MWh).")


def test_bands_stand_beside_their_numbers() -> None:
    """Prices carry the band of the price; changes of bill and revenue carry the band of the change."""
    columns = ["scenario", "figure", "low", "high", "low_change", "high_change"]
    start, low, high, sellers, _ = answer_sentences(brief(pd.DataFrame(ROWS, columns=columns)))
    minus = "\N{MINUS SIGN}"
    assert "30.0 EUR/MWh on average (band 28.0 to 33.0)" in start
    assert "25.0 EUR/MWh (band 23.0 to 27.5), down 5.0, with the EU's net import bill down 12.0 " in low
    assert f"down 12.0 (band {minus}14.0 to {minus}9.5) to 88.0" in low
    assert "(band 37.0 to 48.0)" in high
    assert f"Russia from {minus}6.0 (band {minus}7.5 to {minus}4.5) in “More” to 3.5 (band 2.5 to 4.5)" in sellers


def test_one_run_is_not_compared() -> None:
    """With the baseline alone there is one sentence."""
    alone = brief(None)
    alone.runs = alone.runs[:1]
    assert answer_sentences(alone) == answer_sentences(brief(None))[:1]
