"""Pitfalls, event windows, conditional prices, scores and the command."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from linepack.cli.odds import odds
from linepack.errors import InputError
from linepack.odds.assess import Assessment, Pitfall, assess, find_event, neighbours
from linepack.odds.curves import event_moves, read_conditional, read_curve, reversals
from linepack.odds.scoring import (
    Question,
    brier_score,
    log_question,
    log_score,
    read_questions,
    score,
    shipped_questions,
)
from linepack.odds.tables import Gap, Interval, Move, published_gaps, quoted_moves, regimes, regimes_of
from linepack.policy.timeline import events

DAY = date(2025, 3, 13)
CURVE = """quoted_at,delivery_first_month,delivery_last_month,price_eur_mwh
2025-03-12,2025-04,2025-04,42
2025-03-13,2025-04,2025-04,40
2025-03-14,2025-04,2025-04,41.5
2025-03-12,2025-07,2025-09,40
2025-03-13,2025-07,2025-09,37
2025-03-13T15:00Z,2025-04,2025-04,41
2025-03-13T15:50Z,2025-04,2025-04,40.2
"""
CONDITIONAL = """month,regime,price_eur_mwh,low_eur_mwh,high_eur_mwh,is_announced_on_event
2025-07,status-quo,38,38,38,true
2025-08,status-quo,38,38,38,true
2025-09,status-quo,38,38,38,true
2025-07,ns2-b-open,26,24,30,true
2025-08,ns2-b-open,26,24,30,true
2025-09,ns2-b-open,26,24,30,true
"""


def move(change: float = -2.0, month: str = "2025-07", **kwargs: bool) -> Move:
    return Move(
        "q",
        "EV-PUTIN-0313",
        "wire",
        "day",
        (month,),
        Interval(change, change),
        kwargs.get("is_base_assumed", False),
        kwargs.get("is_delivery_assumed", False),
        (),
        "source",
    )


def gap(
    size: float = -10.0, month: str = "2025-07", regime: str = "ukraine-15", made_on: date | None = date(2025, 3, 1)
) -> Gap:
    return Gap("g", regime, (month,), Interval(size, size), made_on, "condition", False, "source")


def fatal(found: Assessment) -> set[Pitfall]:
    return {warning.pitfall for reading in found.readings for warning in reading.warned if warning.is_fatal}


EVENT = find_event("EV-PUTIN-0313")


def test_plain_reading_is_adopted() -> None:
    """A July contract read against a July gap of a forecast twelve days old.

    -2 over -10 is +0.2, less what others explain.
    """
    found = assess(EVENT, [move()], [gap()], confounder_share=0.0)
    assert fatal(found) == set()
    (band,) = found.adopted_bands.values()
    assert [band.low, band.high] == pytest.approx([0.2, 0.2])


@pytest.mark.parametrize(
    ("a_move", "a_gap", "regime", "pitfall"),
    [
        (move(), gap(), "ns2-b-open", Pitfall.SCENARIO_MISMATCH),
        (move(month="2025-04"), gap(), None, Pitfall.MATURITY_MISMATCH),  # the gap is for July
        (move(month="2025-07"), gap(regime="ns2-b-open"), None, Pitfall.MATURITY_MISMATCH),  # no gas before September
        (move(), gap(made_on=date(2024, 9, 1)), None, Pitfall.NONLINEARITY),  # a gap of half a year ago
        (move(-25.0), gap(), None, Pitfall.BOUNDS),  # more than certainty, even if half of it has other causes
        (move(), Gap("g", "ukraine-15", ("2025-07",), Interval(-3, 3), None, "c", False, "s"), None, Pitfall.BOUNDS),
    ],
)
def test_fatal_pitfalls_keep_a_reading_out(a_move: Move, a_gap: Gap, regime: str | None, pitfall: Pitfall) -> None:
    """Each of these readings is shown and not adopted, and the pitfall that applies is named."""
    found = assess(EVENT, [a_move], [a_gap], regime=regime)
    assert pitfall in fatal(found)
    assert found.adopted_bands == {}


def test_every_pitfall_is_said() -> None:
    """The shipped quote of the day has no base, no contract and neighbours.

    All thirteen are covered by some warning or refusal.
    """
    shipped = [m for m in quoted_moves() if m.event == EVENT.event]
    found = assess(EVENT, [*shipped, *shipped], published_gaps(), regime="ns2-b-open")
    said = {w.pitfall for w in found.general} | {w.pitfall for r in found.readings for w in r.warned}
    assert said == set(Pitfall) - {Pitfall.BOUNDS, Pitfall.NONLINEARITY}  # those two are in the test above


def test_confounders_of_the_day_are_listed() -> None:
    """The OFAC licence for energy payments ran out the day before: it is in the register and is listed."""
    assert "EV-GL8L" in {event.event for event in neighbours(EVENT)}
    found = assess(EVENT, [move()], [gap()])
    assert any("GL 8L" in cause for cause in found.confounders)
    assert found.confounder_share == Interval(0.0, 0.5)


def test_copies_count_once() -> None:
    """Two quotes of one origin, window and contract are one."""
    found = assess(EVENT, [move(), move()], [gap()])
    assert len(found.readings) == 1
    assert Pitfall.COPIES in {w.pitfall for w in found.general}


def test_register_covers_2025() -> None:
    """Events from February to December 2025 are registered, and only a registered event is read."""
    months = {f"{e.date:%Y-%m}" for e in events() if e.date.year == 2025}
    assert {f"2025-{m:02d}" for m in range(2, 13)} <= months
    with pytest.raises(InputError, match="did you mean"):
        find_event("EV-PUTIN-0314")


def test_regimes_of_what_a_claim_names() -> None:
    """Arcs lead to regimes: the intact string to one, Ukraine to two; every scenario named exists in the case."""
    assert regimes_of(["NS2_B"]) == ("ns2-b-open",)
    assert regimes_of(["UA_SUDZHA"]) == ("ukraine-15", "ukraine-40")
    from linepack.scenario.scenario import load_scenario

    for regime in regimes().values():
        if regime.scenario:
            assert load_scenario(regime.scenario).name == regime.regime


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "curve.csv").write_text(CURVE)
    (tmp_path / "conditional.csv").write_text(CONDITIONAL)
    return tmp_path / "curve.csv", tmp_path / "conditional.csv"


def test_settlement_window(files: tuple[Path, Path]) -> None:
    """From the settlement of the 12th to that of the 13th: April -2, summer quarter -3."""
    moves = event_moves("E", DAY, read_curve(files[0]))
    assert [(m.months[0], m.change_eur_mwh.low) for m in moves] == [("2025-04", -2.0), ("2025-07", -3.0)]


def test_intraday_window(files: tuple[Path, Path]) -> None:
    """From the last quote before 15:10 (41) to the last one within the hour (40.2)."""
    (found,) = event_moves(
        "E", DAY, read_curve(files[0]), event_time=datetime(2025, 3, 13, 15, 10, tzinfo=UTC), window_hours=1
    )
    assert found.change_eur_mwh.low == pytest.approx(-0.8)


def test_what_was_left_after_a_day(files: tuple[Path, Path]) -> None:
    """April closed 0.5 below the 12th one day later, a quarter of the fall of 2.

    Five and twenty days are not in the curve.
    """
    points = read_curve(files[0])
    left = reversals(event_moves("E", DAY, points)[0], DAY, points)
    assert [r.trading_days for r in left] == [1]
    assert left[0].share_left == pytest.approx(0.25)


def test_gaps_of_conditional_prices(files: tuple[Path, Path]) -> None:
    """26 (24 to 30) against 38 is a gap of -14 to -8 in each of three months."""
    gaps = read_conditional(files[1])
    assert [(g.months, g.gap_eur_mwh) for g in gaps] == [((f"2025-0{m}",), Interval(-14, -8)) for m in (7, 8, 9)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("contract,price_eur_mwh\nM+1,40\n", "generic-contract"),
        (CURVE.replace("2025-03-12,", "yesterday,", 1), "bad-time"),
        (CURVE.replace("42\n", "low\n"), "not-a-number"),
        (CURVE.replace("2025-03-13T15:00Z", "2025-03-13T15:00"), "bad-time"),
    ],
)
def test_bad_curves_are_named(tmp_path: Path, text: str, code: str) -> None:
    """Generic front-month series, times without zone and words for prices are refused by name."""
    (tmp_path / "c.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        read_curve(tmp_path / "c.csv")
    assert code in {issue.code for issue in caught.value.issues}


def test_scores() -> None:
    """0.74 for what did not happen: Brier 0.74 squared, log -ln 0.26; the crowd price of February 2025 is scored so."""
    assert brier_score(0.74, False) == pytest.approx(0.5476)
    assert log_score(0.74, False) == pytest.approx(1.3471, abs=1e-4)
    scores = score(shipped_questions())
    assert (scores.count, scores.open_count) == (2, 0)
    assert scores.brier == pytest.approx(0.5476 / 2)
    assert [(b.count, b.share_happened) for b in scores.calibration] == [(1, 0.0), (1, 0.0)]


def test_a_logged_forecast_is_not_changed(tmp_path: Path) -> None:
    """A second probability for the same question by the same person is refused; an open question is not scored."""
    path, question = tmp_path / "log.csv", Question("q", "Does gas flow?", DAY, date(2025, 12, 31), 0.2, "Ann", None)
    log_question(path, question, source="test")
    with pytest.raises(InputError, match="logged-already"):
        log_question(path, question, source="test")
    with pytest.raises(InputError, match="nothing-decided"):
        score(read_questions(path))


def invoke(*arguments: str) -> str:
    result = CliRunner().invoke(odds, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_command_reads_curve_against_conditional_prices(files: tuple[Path, Path]) -> None:
    """Summer fell by 3 with a gap of -14 to -8: 0.21 to 0.375, and half of it if other causes take their share."""
    content = json.loads(
        invoke(
            "EV-PUTIN-0313",
            "--curve",
            str(files[0]),
            "--conditional",
            str(files[1]),
            "--no-forecasts",
            "--confounders",
            "0",
            "--json",
        )
    )
    low, high = content["adopted_change"]["ns2-b-open"]
    assert (low, high) == (pytest.approx(3 / 14), pytest.approx(3 / 8))
    assert content["reversals"][0]["share_left"] == pytest.approx(0.25)


def test_command_in_words() -> None:
    """The text says what is adopted, which pitfalls apply and what followed; never a point for an interval."""
    text = invoke("EV-PUTIN-0313", "--regime", "ns2-b-open")
    assert "no reading passes every test" in text
    assert "7 percent without base" in text
    assert "4 base rate" in text
    assert "30-day halt of strikes" in text
    assert "EV-PUTIN-0313" in invoke("--list")
    assert "Brier 0.274" in invoke("--score", "shipped")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "no-event"),
        (["EV-NOTHING"], "unknown-event"),
        (["EV-RUBIO"], "no-quote"),
        (["EV-PUTIN-0313", "--regime", "x"], "unknown-regime"),
        (["--log", "x.csv"], "missing-option"),
    ],
)
def test_bad_calls_are_named(arguments: list[str], code: str) -> None:
    """Each bad call is an error with a code.

    No event, an unregistered one, one without quotes, an unknown regime, and half a forecast.
    """
    with pytest.raises(InputError, match=code):
        invoke(*arguments)
