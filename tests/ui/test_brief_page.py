"""The brief as one HTML file, in a real browser."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect


def headline_of(folder: Path) -> dict[tuple[str, str], float]:
    content = json.loads((folder / "brief.json").read_text())
    return {
        (s["record"]["scenario"]["name"], h["figure"]): h["value"] for s in content["scenarios"] for h in s["headline"]
    }


def test_opens_from_disk_and_asks_for_nothing(context: BrowserContext, brief_folder: Path) -> None:
    """A ministry opens it without network: the only request is for the file itself."""
    asked: list[str] = []
    context.set_offline(True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((brief_folder / "brief.html").as_uri())
    page.wait_for_selector("svg.map .flow")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.get_by_label("difference").check()
    assert asked == [(brief_folder / "brief.html").as_uri()]
    assert (brief_folder / "brief.html").stat().st_size < 3_000_000


def test_table_holds_the_values_of_brief_json(brief_page: Page, brief_folder: Path) -> None:
    """The page and the JSON are two views of one thing: every cell carries the number of brief.json."""
    expected = headline_of(brief_folder)
    cells = brief_page.locator("#headline-figures td[data-figure]").all()
    found = {
        (c.get_attribute("data-scenario") or "", c.get_attribute("data-figure") or ""): float(
            c.get_attribute("data-value") or "nan"
        )
        for c in cells
    }
    assert found == expected
    shown = brief_page.locator("td[data-figure=ttf_eur_mwh][data-scenario=status-quo]")
    price = expected["status-quo", "ttf_eur_mwh"]
    assert shown.inner_text().split() == [f"{price:.1f}", f"({0.95 * price:.1f}", "to", f"{1.05 * price:.1f})"]
    assert shown.locator("small.band").evaluate("e => getComputedStyle(e).opacity") == "1"


def test_units_switch_by_the_constants_of_the_package(brief_page: Page, brief_folder: Path) -> None:
    """The switch multiplies with factors that Python delivers: 1 bcm of 40 MJ/m3 is 11.11 TWh."""
    twh = headline_of(brief_folder)["status-quo", "eu_import_twh_y"]
    cell = brief_page.locator("td[data-figure=eu_import_twh_y][data-scenario=status-quo]")
    assert cell.inner_text().split()[0] == f"{twh:,.0f}"
    brief_page.locator("#quantity").select_option("bcm")
    assert cell.inner_text().split()[0] == f"{twh * 3.6 / 40:,.1f}"


def test_five_sentences_answer_the_question(brief_page: Page) -> None:
    """Each sentence with a price, a bill or a revenue says its band."""
    sentences = brief_page.locator(".answer li").all_inner_texts()
    assert [sentence.count("(band ") for sentence in sentences] == [1, 2, 2, 6, 0]


def test_map_shows_direction_kind_and_limit(brief_page: Page) -> None:
    """TurkStream flows at its limit in the status quo, and not at all when it stops."""
    brief_page.get_by_label("baseline", exact=True).check()
    flow = brief_page.locator('svg.map [data-arc="TS_2"]')
    expect(flow).to_have_class(re.compile("pipe"))
    assert flow.locator("polygon").count() == 1
    assert brief_page.locator("svg.map .flow.shipping .stroke").first.get_attribute("stroke-dasharray")
    assert brief_page.locator("svg.map .flow.pipeline .stroke").first.get_attribute("stroke-dasharray") is None
    brief_page.get_by_label("scenario", exact=True).check()
    assert brief_page.locator('svg.map [data-arc="TS_2"]').count() == 0
    brief_page.get_by_label("difference", exact=True).check()
    expect(brief_page.locator('svg.map [data-arc="TS_2"]')).to_have_class(re.compile("minus"))


def test_node_panel_explains_the_price(brief_page: Page) -> None:
    """The parts of a price add up to the price, here as on the command line."""
    brief_page.get_by_label("Look at").select_option("DE")
    panel = brief_page.locator(".panel")
    expect(panel).to_contain_text("Why this price")
    rows = panel.locator("table").last.locator("tbody tr").all()
    parts = [float(r.locator("td").last.inner_text().replace("\N{MINUS SIGN}", "-").replace(",", "")) for r in rows]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=0.005 * len(parts) + 0.01)


def test_link_restores_what_was_seen(brief_page: Page, context: BrowserContext) -> None:
    brief_page.get_by_label("difference", exact=True).check()
    brief_page.locator("#price").select_option("USD/MMBtu")
    brief_page.get_by_label("Look at").select_option("IT")
    again = context.new_page()
    again.goto(brief_page.url)
    again.wait_for_selector("#certificate")
    expect(again.get_by_label("difference", exact=True)).to_be_checked()
    assert again.locator("#price").input_value() == "USD/MMBtu"
    expect(again.locator(".panel h3")).to_contain_text("Italy")


def test_csv_holds_the_table(brief_page: Page, tmp_path: Path) -> None:
    with brief_page.expect_download() as waiting:
        brief_page.locator("#prices").get_by_role("button", name="CSV").click()
    waiting.value.save_as(tmp_path / "prices.csv")
    rows = list(csv.reader((tmp_path / "prices.csv").read_text().splitlines()))
    assert rows[0][0] == "month"
    assert len(rows) == 25
    for name in ("SVG", "PNG"):
        with brief_page.expect_download() as waiting:
            brief_page.locator("#prices").get_by_role("button", name=name).click()
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 2000


def test_keyboard_reaches_and_changes_everything(brief_page: Page) -> None:
    """Tab reaches the skip link first, then every control; arrow keys change a choice and move the map."""
    brief_page.keyboard.press("Tab")
    assert brief_page.evaluate("document.activeElement.className") == "skip"
    brief_page.keyboard.press("Enter")
    assert brief_page.evaluate("document.activeElement.id") == "main"
    brief_page.locator("#scenario").focus()
    brief_page.keyboard.press("ArrowUp")
    assert "scenario=status-quo" in brief_page.url
    brief_page.locator("svg.map").focus()
    brief_page.keyboard.press("ArrowRight")
    assert "translate(-40" in (brief_page.locator("svg.map > g").first.get_attribute("transform") or "")
    reached = set()
    brief_page.locator(".brand").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    for _ in range(60):
        brief_page.keyboard.press("Tab")
        reached.add(brief_page.evaluate("document.activeElement.closest('section, header')?.id ?? ''"))
    assert {"headline", "map", "prices"} <= reached


def test_consents_and_law_are_shown(brief_page: Page, brief_folder: Path) -> None:
    """Every body of the chosen smallest set stands in the graph; the sentence under it names them all."""
    brief_page.locator("#asset").select_option("NS2_B")
    graph = brief_page.locator("#consents svg.consents")
    wanted = graph.locator("circle.body.wanted").count()
    assert wanted > 3
    sentence = brief_page.locator("#consents p", has_text="Yes of:").inner_text()
    assert sentence.count(";") + 1 == wanted
    assert graph.locator("rect.gate.closed").count() > 3
    assert brief_page.locator("#timeline .phase").count() > 50


def test_gains_add_up_to_welfare(brief_page: Page, brief_folder: Path) -> None:
    content = json.loads((brief_folder / "brief.json").read_text())
    gains = content["scenarios"][1]["who_gains"]
    brief_page.locator("#gains").get_by_role("button", name="Table").click()
    shown = [float(c.inner_text().replace("\N{MINUS SIGN}", "-").replace(",", ""))
             for c in brief_page.locator("#gains-table td.number").all()]  # fmt: skip
    assert shown == [pytest.approx(row["change_eur_bn_y"], abs=0.005001) for row in gains]
    assert sum(row["change_eur_bn_y"] for row in gains[:-1]) == pytest.approx(gains[-1]["change_eur_bn_y"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(brief_page: Page, scheme: str) -> None:
    brief_page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    found = Axe().run(brief_page).response["violations"]
    serious = [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("serious", "critical")]
    assert serious == []


def test_narrow_screen_does_not_scroll_sideways(brief_page: Page) -> None:
    brief_page.set_viewport_size({"width": 390, "height": 844})
    assert brief_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_table_is_there_without_scripts(brief_folder: Path) -> None:
    text = (brief_folder / "brief.html").read_text()
    before_data = text[: text.index('id="page-data"')]
    assert "TurkStream" in before_data or "turkstream-stopped" in before_data
    assert "TTF, mean" in before_data
