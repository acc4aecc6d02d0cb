"""Law on any day, deals, claims, back-tests, security: what the page shows of them, in a real browser."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from linepack.api.articles import read_bytes
from linepack.policy.consents import consents
from linepack.policy.law import load_law
from linepack.report.law_content import SHOWN_FROM, consents_over_time
from tests.ui.conftest import ARTICLE, HOSTILE

MINUS = "\N{MINUS SIGN}"


def numbers(cells: Locator) -> list[float]:
    return [float(text.replace(MINUS, "-").replace(",", "").replace("+", "")) for text in cells.all_inner_texts()]


def download(page: Page, view: str, name: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator(view).get_by_role("button", name=name, exact=True).click()
    waiting.value.save_as(folder / waiting.value.suggested_filename)
    return folder / waiting.value.suggested_filename


@pytest.mark.parametrize("day", ["2021-06-30", "2022-02-24", "2025-03-13", "2025-07-20", "2027-12-31"])
def test_consents_are_shown_for_any_day(brief_page: Page, day: str) -> None:
    """The page has no server here, and yet says for each day what the law says: gates closed, smallest set."""
    answer = consents(load_law(), "NS2_B", date.fromisoformat(day))
    brief_page.locator("#asset").select_option("NS2_B")
    brief_page.locator("#consents-day").fill(day)
    graph = brief_page.locator("#consents svg.consents")
    expect(graph.locator("rect.gate.closed")).to_have_count(len(answer.closed))
    expect(graph.locator("circle.gate.open")).to_have_count(len(answer.gates) - len(answer.closed))
    if not answer.is_open:
        sets = {frozenset(load_law().body(b).name for b in bodies) for bodies in answer.minimal_sets}
        text = brief_page.locator("#consents p", has_text="Yes of:").inner_text()
        assert frozenset(text.removeprefix("Yes of: ").removesuffix(".").split("; ")) in sets
    assert f"day={day}" in brief_page.url


def test_answers_of_the_law_change_on_the_listed_days_only() -> None:
    """Between two listed days every month's answer is the one listed: no change of the law is overlooked."""
    law = load_law()
    for asset in ("NS2_B", "EU_STORAGE_RU", "ARCTIC2-CN", "TS_2-HU"):
        listed = consents_over_time(law, asset, SHOWN_FROM, date(2027, 12, 31))
        for year in range(2021, 2028):
            for month in range(1, 13):
                day = date(year, month, 17)
                found = consents(law, asset, day)
                shown = [row for row in listed if row["from"] <= day.isoformat()][-1]
                assert shown["minimal_sets"] == [sorted(bodies) for bodies in found.minimal_sets]
                assert [g["state"] for g in shown["gates"]] == [str(g.state) for g in found.gates]


def test_next_dates_follow_the_day(brief_page: Page, tmp_path: Path) -> None:
    """On 1 December 2026 the next dates are those after it, in order, phases among them; each has a source."""
    brief_page.locator("#timeline-day").fill("2026-12-01")
    expect(brief_page.locator("#timeline h3")).to_contain_text("2026-12-01")
    days = brief_page.locator("#upcoming tbody th").all_inner_texts()
    assert days == sorted(days)
    assert all(day > "2026-12-01" for day in days)
    assert "begins" in brief_page.locator("#upcoming").inner_text()
    rows = list(csv.DictReader(download(brief_page, "#timeline", "CSV", tmp_path).read_text().splitlines()))
    assert len(rows) > 150
    assert all(row["source"] for row in rows)


def test_deal_shows_payoffs_consents_and_payments(brief_page: Page, tmp_path: Path) -> None:
    """What ``linepack deal`` found: gains by actor and outcome add up; a blocker's price stands beside it."""
    rows = list(csv.DictReader(download(brief_page, "#deal", "CSV", tmp_path).read_text().splitlines()))
    for row in rows:
        gains = [
            float(v) for k, v in row.items() if k.endswith(", EUR bn") and not k.startswith(("all", "pay", "gain"))
        ]
        assert sum(gains) == pytest.approx(float(row["all, EUR bn"]), abs=1e-5)
    assert any("P" in row["marks"] for row in rows)
    blocked = next(row for row in rows if row["blocked by"])
    brief_page.locator("#outcome").select_option(label=blocked["outcome"])
    detail = brief_page.locator("#deal .detail")
    expect(detail.locator("#must-agree")).to_contain_text("Must agree")
    prices = numbers(detail.locator("table tbody td:last-child"))
    assert sum(prices) == pytest.approx(float(blocked["payments needed, EUR bn"]), abs=0.051 * len(prices))
    expect(brief_page.locator("#deal g.outcome.chosen text.name")).to_have_text(blocked["outcome"])
    for name in ("SVG", "PNG"):
        assert download(brief_page, "#deal", name, tmp_path).stat().st_size > 2000


def test_gainers_and_losers_inside_a_player_are_told_apart(brief_page: Page) -> None:
    """Worst first, small parts left out; a player whose purses all gain is not divided."""
    found = brief_page.locator("#deal .detail .inside")
    expect(found).to_have_count(1)
    expect(found).to_have_text(
        "Inside United States some gain and some lose, EUR bn: sellers of gas \N{MINUS SIGN}2.0; budget +0.5."
    )


def test_outcomes_and_players_are_named_in_words(brief_page: Page, tmp_path: Path) -> None:
    """What the deal's file calls 'ns2-b' and its players 'US' or 'TR' is shown by title and name: view, list, CSV."""
    rows = list(csv.DictReader(download(brief_page, "#deal", "CSV", tmp_path).read_text().splitlines()))
    words = {"no deal", "TurkStream flows", "string B opens", "string B opens + TurkStream flows"}
    assert {row["outcome"] for row in rows} <= words
    assert any("string B opens" in row["outcome"] and "United States" in row["must agree"] for row in rows)
    drawn = brief_page.locator("#deal g.outcome text.name").all_text_contents()
    assert sorted(drawn) == sorted(row["outcome"] for row in rows)
    assert sorted(brief_page.locator("#outcome option").all_text_contents()) == sorted(drawn)
    assert not re.search(r"ns2-b|\bTR\b", brief_page.locator("#deal").inner_text())


def test_shares_of_a_deal_add_up_to_its_gain(brief_page: Page, tmp_path: Path) -> None:
    """Shapley, nucleolus and Nash share out the same sum, and the core's ends enclose no share below its least."""
    for rule in brief_page.locator("#rule option").all():
        brief_page.locator("#rule").select_option(rule.get_attribute("value"))
        rows = list(csv.DictReader(download(brief_page, "#split", "CSV", tmp_path).read_text().splitlines()))
        totals = [sum(float(r[c]) for r in rows) for c in ("Shapley, EUR bn", "nucleolus, EUR bn", "Nash, EUR bn")]
        assert totals == [pytest.approx(totals[0], abs=1e-4)] * 3
    assert brief_page.locator("#split svg.split circle").count() == len(rows)


def test_article_is_shown_whole_with_its_claims_marked(brief_page: Page) -> None:
    """The pieces together are the article; each claim's mark holds its span; markup in a title stays text."""
    article = brief_page.locator("#evidence article")
    assert article.locator("h3").inner_text() == HOSTILE
    assert brief_page.locator("img").count() == 0
    marks = article.locator("mark").all_inner_texts()
    assert "The intact string could carry 27.5 bcm a year." in marks
    brief_page.evaluate("document.querySelectorAll('#evidence .claim-no').forEach(b => b.remove())")
    shown = re.sub(r"\s+", " ", " ".join(article.locator("p:not(.small)").all_inner_texts()))
    body = re.sub(r"\s+", " ", ARTICLE.read_text()).strip()
    assert shown == body


def test_claim_leads_to_levers_and_scenario(brief_page: Page) -> None:
    """Picking the claim shows speaker, quantity, review; its link shows the scenario in the other views."""
    number = brief_page.locator("#evidence mark", has_text="27.5 bcm").locator("+ button.claim-no")
    number.click()
    card = brief_page.locator("#evidence .claim-card")
    expect(card).to_contain_text("27.5 bcm/y")
    expect(card).to_contain_text("accepted by Ann")
    brief_page.locator("#scenario").select_option("status-quo")
    card.get_by_role("button", name="TurkStream stops").click()
    expect(brief_page.locator("#scenario")).to_have_value("turkstream-stopped")
    expect(brief_page.locator("#evidence .lead")).to_contain_text("1 accepted by a reviewer")
    claims = len(read_bytes(ARTICLE.read_bytes(), published=date(2025, 3, 13)).claims)
    assert brief_page.locator("#evidence svg.evidence-graph g.claim").count() == claims


def test_backtest_of_the_workspace_is_shown(brief_page: Page) -> None:
    """A CSV in backtests/ is drawn: Norway lies two tolerances off and carries the sign of it."""
    chart = brief_page.locator("#backtest svg.deviations")
    expect(chart).to_contain_text("Norway")
    assert chart.locator("rect.bar.down").count() == 1
    brief_page.locator("#backtest").get_by_role("button", name="Table").click()
    expect(brief_page.locator("#backtest-table")).to_contain_text("LNG to the EU")


def test_security_is_drawn_for_every_country(brief_page: Page, brief_folder: Path) -> None:
    """Hollow is the baseline, filled the scenario: one pair per EU country whose figure exists in both."""
    content = json.loads((brief_folder / "brief.json").read_text())
    eu = [
        r for r in content["scenarios"][1]["security"] if r["region"] == "EU27" and r["n_minus_1_fraction"] is not None
    ]
    chart = brief_page.locator("#security svg.dumbbells")
    assert chart.locator("circle.after").count() == len(eu) > 20
    brief_page.locator("#security-measure").select_option("concentration")
    expect(brief_page.locator("#security .lead")).to_contain_text("less is better")
    assert "security=concentration" in brief_page.url


def test_remarks_explain_figures_far_from_those_of_plans(brief_page: Page, tmp_path: Path) -> None:
    """Ireland, Malta, Sweden and Slovakia carry a star, a remark below, and the remark in the table."""
    starred = {name.removesuffix("\u00a0*") for name in brief_page.locator("#security text.name").all_text_contents()
               if name.endswith("*")}  # fmt: skip
    assert {"Ireland", "Malta", "Sweden", "Slovakia"} <= starred
    remarks = brief_page.locator("#security-remarks li").all_inner_texts()
    assert {remark.removeprefix("* ").split(",")[0] for remark in remarks} == starred
    rows = list(csv.DictReader(download(brief_page, "#security", "CSV", tmp_path).read_text().splitlines()))
    assert {row["country"] for row in rows if row["remark"]} == starred
    brief_page.locator("#security-measure").select_option("days")
    expect(brief_page.locator("#security-remarks")).to_have_count(0)


def test_storage_stands_against_its_rule(brief_page: Page) -> None:
    """The regulation of 2022 asked 90 % on 1 November 2025; the one of 2025 moved the day to 1 December."""
    titles = brief_page.locator("#storage g.target title").all_text_contents()
    assert [t.split(":")[0] for t in titles] == ["90 % by 2025-11-01", "90 % by 2025-12-01", "90 % by 2026-12-01"]
    assert ["not yet law" in t for t in titles] == [False, True, True]
    brief_page.locator("#storage select").select_option("UA")
    expect(brief_page.locator("#storage g.target")).to_have_count(0)


def test_band_of_prices_is_drawn_and_listed(brief_page: Page, tmp_path: Path) -> None:
    """Each month's band encloses its price, in the units that the reader chose."""
    assert brief_page.locator("#prices path.band").count() == 2
    brief_page.locator("#price").select_option("USD/MMBtu")
    rows = list(csv.DictReader(download(brief_page, "#prices", "CSV", tmp_path).read_text().splitlines()))
    for row in rows:
        price, low, high = (
            float(row[k]) for k in ("TTF, scenario, USD/MMBtu", "TTF, scenario, low", "TTF, scenario, high")
        )
        assert low < price < high
        assert high - low == pytest.approx(2 * 0.293 * 1.12, abs=0.06)
