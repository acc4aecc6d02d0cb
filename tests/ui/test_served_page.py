"""The served page, in a real browser: change something, run it, compare, share, save."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.ui.conftest import SERVED_CASE

SOLVE_MS = 90_000


def open_case(context: BrowserContext, server: str, asked: list[str], path: str = f"/#case={SERVED_CASE}") -> Page:
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server + path)
    page.wait_for_selector("svg.map", timeout=SOLVE_MS)
    page.wait_for_selector("#patch-kind")
    page.wait_for_selector("#certificate")
    return page


def test_reader_changes_runs_compares_shares(
    browser: Browser, context: BrowserContext, server: str, tmp_path: Path
) -> None:
    """Qatar's LNG at half must raise the price of LNG; the link shows the same numbers in a fresh profile."""
    asked: list[str] = []
    page = open_case(context, server, asked)
    page.locator("#draft-title").select_text()
    page.locator("#draft-title").press_sequentially("Half of Qatar")
    page.locator("#patch-kind").select_option("supply")
    page.get_by_role("button", name="Add a change").click()
    page.locator('[data-field="resources"]').select_option("QA_LNG")
    page.locator('[data-field="factor"]').press_sequentially("0.5")
    page.locator('[data-field="factor"]').press("Tab")
    page.get_by_role("button", name="Run", exact=True).click()
    changed = page.locator("td[data-figure=jkm_eur_mwh][data-scenario=half-of-qatar]")
    expect(changed).to_contain_text("+", timeout=SOLVE_MS)
    base = page.locator("td[data-figure=jkm_eur_mwh]").first
    assert float(changed.get_attribute("data-value") or 0) > float(base.get_attribute("data-value") or 0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator('[data-field="factor"]')).to_have_value("")
    page.get_by_role("button", name="Redo").click()
    expect(page.locator('[data-field="factor"]')).to_have_value("0.5")
    page.get_by_role("button", name="YAML").click()
    expect(page.locator(".yaml textarea")).to_have_value(re.compile("QA_LNG"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".editor .status")).to_contain_text("saved as half-of-qatar")
    with page.expect_download() as waiting:
        page.locator("#gains").get_by_role("button", name="CSV").click()
    waiting.value.save_as(tmp_path / "gains.csv")
    assert "Qatar" in (tmp_path / "gains.csv").read_text()
    value = changed.get_attribute("data-value")

    fresh = browser.new_context(viewport={"width": 390, "height": 844})
    other = open_case(fresh, server, asked, page.url.removeprefix(server))
    again = other.locator("td[data-figure=jkm_eur_mwh][data-scenario=half-of-qatar]")
    expect(again).to_have_attribute("data-value", value or "", timeout=SOLVE_MS)
    assert other.evaluate("document.documentElement.scrollWidth") <= 390
    fresh.close()
    assert {re.sub(r"^(https?://[^/]+).*", r"\1", url) for url in asked if not url.startswith(("blob:", "data:"))} == {
        server
    }


def test_mistakes_are_named_beside_the_form(context: BrowserContext, server: str) -> None:
    """A draft without a quantity is refused with the parser's own words, and text is shown as text."""
    page = open_case(context, server, [])
    page.locator("#draft-title").fill("<img src=x onerror=alert(1)>")
    page.get_by_role("button", name="Add a change").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".editor [role=alert]")).to_contain_text("give exactly one of")
    page.get_by_role("button", name="YAML").click()
    page.locator(".yaml textarea").fill("schema: 1\nscenario: x\nscenario: y\n")
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator(".editor [role=alert]")).to_contain_text("line 3")
    assert page.locator("img").count() == 0


def test_holder_decides_only_what_it_may_and_sees_what_follows(context: BrowserContext, server: str) -> None:
    """The Bundesnetzagentur alone cannot certify string B: the law names who is missing. With them it can.

    The gates that the decision opens are shown before anything is solved; undo takes the decision back.
    """
    page = open_case(context, server, [])
    page.locator("#decision-day").fill("2025-03-13")
    page.locator("#known-on").wait_for()
    holder = page.locator("#holder")
    holder.select_option("DE_BNETZA")
    offered = page.locator("#decision option").all_inner_texts()
    assert "certify Nord Stream 2, string B" in offered
    assert not any("PEESA" in text or "Energy Security Act" in text for text in offered)  # that is for others to decide
    page.locator("#decision").select_option(label="certify Nord Stream 2, string B")
    page.get_by_role("button", name="Add a decision").click()
    expect(page.locator("#missing")).to_contain_text("Nord Stream 2 AG")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".editor [role=alert]")).to_be_visible(timeout=SOLVE_MS)
    page.get_by_role("button", name="Assume that all agree").click()
    expect(page.locator("#missing")).to_have_count(0)
    opened = "Nord Stream 2, string B on 2025-03-13: 7 closed gates before, 5 now"
    expect(page.locator(".follow")).to_contain_text(opened)
    page.get_by_role("button", name="YAML").click()
    text = page.locator(".yaml textarea").input_value()
    assert "do: certify" in text
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#missing")).to_contain_text("Nord Stream 2 AG")
    page.locator(".yaml textarea").fill(text)
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("fieldset.decision")).to_contain_text("European Commission")


def test_yaml_goes_out_and_in_without_loss(context: BrowserContext, server: str, tmp_path: Path) -> None:
    """A draft of several changes and a decision, downloaded, opened as a file and read, is the same draft again."""
    page = open_case(context, server, [])
    page.locator("#draft-title").fill("There and back")
    page.locator("#draft-why").fill('a test of "quotes", colons: and # signs')
    for kind in ("supply", "asset"):
        page.locator("#patch-kind").select_option(kind)
        page.get_by_role("button", name="Add a change").click()
    page.locator('[data-field="resources"]').select_option("QA_LNG")
    page.locator('[data-field="factor"]').fill("0.75")
    page.locator('[data-field="from"]').first.fill("2025-10-01")
    page.locator('[data-field="arcs"]').select_option("TS_2")
    page.locator('[data-field="state"]').select_option("closed")
    page.locator("#decision-day").fill("2025-03-13")
    page.locator("#holder").select_option("DE_BNETZA")
    page.locator("#decision").select_option(label="certify Nord Stream 2, string B")
    page.get_by_role("button", name="Add a decision").click()
    page.get_by_role("button", name="YAML").click()
    box = page.locator(".yaml textarea")
    text = box.input_value()
    for part in ("QA_LNG", "0.75", "2025-10-01", "TS_2", "closed", "certify", "DE_BNETZA", "# signs"):
        assert part in text
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name == "there-and-back.yaml"
    assert file.read_text(encoding="utf-8") == text
    for _ in range(2):
        page.get_by_role("button", name="Remove", exact=True).last.click()
    box.fill("")
    page.locator(".yaml input[type=file]").set_input_files(file)
    expect(box).to_have_value(text)
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator(".editor .status")).to_contain_text("read from YAML")
    expect(page.locator('[data-field="factor"]')).to_have_value("0.75")
    expect(page.locator('[data-field="state"]')).to_have_value("closed")
    expect(page.locator("fieldset.decision")).to_contain_text("certify Nord Stream 2, string B")
    page.get_by_role("button", name="YAML").click()
    expect(box).to_have_value(text)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".editor .status")).to_contain_text("saved as there-and-back")

    asked: list[str] = []
    later = open_case(context, server, asked)
    held: list[Route] = []
    later.route("**/api/drafts/there-and-back", lambda route: held.append(route))
    later.get_by_label("Saved").select_option("there-and-back")
    later.get_by_role("button", name="YAML").click()
    box = later.locator(".yaml textarea")
    expect(box).to_have_value(re.compile("my-scenario"))
    held.pop().continue_()  # the answer comes late, with the text open
    expect(box).to_have_value(text)
    later.locator("#draft-title").fill("There, back and on")
    expect(box).to_have_value(re.compile("title: There, back and on"))
    box.fill("what the reader writes stays")
    asked.clear()
    later.locator("#draft-title").fill("Elsewhere")
    later.wait_for_timeout(500)
    assert not any(url.endswith("/api/drafts/yaml") for url in asked)
    expect(box).to_have_value("what the reader writes stays")


def test_a_run_shows_its_progress_and_can_be_cancelled(context: BrowserContext, server: str) -> None:
    """Cancelled, it adds no column and its process ends; the same draft can be run again and is solved then."""
    page = open_case(context, server, [])
    page.locator("#draft-title").fill("Stop it")
    page.locator("#patch-kind").select_option("supply")
    page.get_by_role("button", name="Add a change").click()
    page.locator('[data-field="resources"]').select_option("QA_LNG")
    page.locator('[data-field="factor"]').fill("0.77")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".editor .status")).to_contain_text(re.compile("waiting|solving"))
    expect(page.locator(".editor progress")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".editor .status")).to_have_text("cancelled")
    assert page.locator("td[data-scenario=stop-it]").count() == 0
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".editor .status")).to_contain_text("solved and certified", timeout=SOLVE_MS)
    assert page.locator("td[data-scenario=stop-it]").count() > 10


def test_up_to_four_are_compared(browser: Browser, context: BrowserContext, server: str) -> None:
    """The reader's own scenarios stand beside those of the case; the picked ones stay; the link carries them all."""
    page = open_case(context, server, [])
    for k, factor in enumerate(("0.9", "0.8")):
        page.locator("#draft-title").fill(f"Qatar {k}")
        if not k:
            page.locator("#patch-kind").select_option("supply")
            page.get_by_role("button", name="Add a change").click()
            page.locator('[data-field="resources"]').select_option("QA_LNG")
        page.locator('[data-field="factor"]').fill(factor)
        page.get_by_role("button", name="Run", exact=True).click()
        page.locator(f"td[data-scenario=qatar-{k}]").first.wait_for(timeout=SOLVE_MS)
    page.locator(".compare summary").click()
    page.get_by_role("checkbox", name="Qatar 1").check()
    expect(page.locator("#headline-figures td[data-scenario=qatar-0]")).to_have_count(0)
    page.get_by_role("checkbox", name="Qatar 0").check()
    prices = [float(c.get_attribute("data-value") or "nan") for c in page.locator("td[data-figure=jkm_eur_mwh]").all()]
    assert len(prices) == 3
    assert prices[0] < prices[1] < prices[2]
    page.locator("#scenario").select_option("qatar-0")

    fresh = browser.new_context(viewport={"width": 1280, "height": 900})
    other = open_case(fresh, server, [], page.url.removeprefix(server))
    cells = other.locator("td[data-figure=jkm_eur_mwh]")
    expect(cells).to_have_count(3, timeout=SOLVE_MS)
    assert [float(c.get_attribute("data-value") or "nan") for c in cells.all()] == prices
    expect(other.locator("#scenario")).to_have_value("qatar-0")
    fresh.close()


def test_bars_against_observation_stay_within_what_is_tolerated(context: BrowserContext, server: str) -> None:
    """A figure that is within its tolerance has a bar within the two lines, one that is not sticks out and is crossed.

    Tolerances are shares of the observed value for most figures and points for stocks; quarters are held to 15 %.
    """
    page = open_case(context, server, [])
    for view in ("observations", "quarters"):
        chart = page.locator(f"#{view} svg.deviations")
        low, width = (float(chart.locator("rect.tolerated").get_attribute(key) or "nan") for key in ("x", "width"))
        crossed = chart.locator("text.value").filter(has_text="✗")
        out = 0
        for bar in chart.locator("rect.bar").all():
            start, length = (float(bar.get_attribute(key) or "nan") for key in ("x", "width"))
            sticks_out = start < low - 0.01 or start + length > low + width + 0.01
            assert sticks_out == ("down" in (bar.get_attribute("class") or "").split())
            out += sticks_out
        assert crossed.count() == out
        page.locator(f"#{view}").get_by_role("button", name="Table", exact=True).click()
        assert page.locator(f"#{view}-table td", has_text=re.compile("^NO$")).count() == out
        assert chart.locator("rect.bar").count() > 10
