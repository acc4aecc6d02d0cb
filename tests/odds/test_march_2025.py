"""13 March 2025 from the article to the odds: article, claims, regimes, conditional prices, band, what followed."""

from pathlib import Path

import pytest

from linepack.evidence.gold import load_gold, read_gold
from linepack.odds.assess import assess, find_event
from linepack.odds.model import model_gaps
from linepack.odds.tables import quoted_moves, regimes_of
from linepack.runs.store import RunStore
from linepack.scenario.scenario import load_case
from linepack.system.dataset import load_dataset
from linepack.system.names import name_book

ARTICLE = Path(__file__).parents[1] / "gold" / "tuning" / "t01-gazprom-talks.gold"


def test_from_article_to_odds(tmp_path: Path) -> None:
    """Putin's unnamed pipeline may be string B or Ukraine, and our own model prices each as news of the day.

    No gas flows through string B in April 2025, but stores know that it will, so April is cheaper: the move of -4.5 %
    on an
    assumed 40 to 44 EUR/MWh gives a positive change for each, an interval, larger where the regime is worth less.
    """
    reading = read_gold(load_gold(ARTICLE))
    (offer,) = [claim for claim in reading.claims if "PIPELINE_EUROPE" in claim.assets]
    assert offer.events == ("EV-PUTIN-0313",)
    candidates = regimes_of(name_book().names["PIPELINE_EUROPE"].members)
    assert {"ns2-b-open", "ukraine-15", "ukraine-40"} <= set(candidates)

    event = find_event(offer.events[0])
    wanted = ("ns2-b-open", "ukraine-15", "ukraine-40")
    moves = [move for move in quoted_moves() if move.event == event.event]
    system, case = load_dataset("2025"), load_case("us-gazprom-2025")
    gaps = model_gaps(system, case, event.date, RunStore(tmp_path), names=wanted, workers=1)
    first = [gap for gap in gaps if gap.months == moves[0].months]
    assert {gap.regime for gap in first} == set(wanted)
    assert all(gap.gap_eur_mwh.high < 0 for gap in first)

    found = assess(event, moves, first, confounder_share=0.0)
    bands = found.adopted_bands
    assert set(bands) == set(wanted)
    assert all(0 < band.low < band.high <= 1 for band in bands.values())
    assert bands["ukraine-40"].low < bands["ukraine-15"].low
    assert any("30-day halt" in later.what for later in found.followed)
    flows = {gap.months[0]: gap for gap in gaps if gap.regime == "ns2-b-open"}
    assert flows["2025-10"].gap_eur_mwh.low == pytest.approx(flows["2025-10"].gap_eur_mwh.high * 1.3 / 0.7)
