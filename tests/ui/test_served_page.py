"""The served page, in a real browser: change something, run it, compare, share, save."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import SERVED_CASE

SOLVE_MS = 90_000


def open_case(context: BrowserContext, server: str, asked: list[str], path: str = f"/#case={SERVED_CASE}") -> Page:
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server + path)
    page.wait_for_selector("svg.map", timeout=SOLVE_MS)
    page.wait_for_selector("#patch-kind")
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
