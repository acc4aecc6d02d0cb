"""Who reaches what: assistive technology, the keyboard alone, a link in a fresh profile; on the served page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.ui.conftest import SERVED_CASE

SOLVE_MS = 90_000
SIZES = {1280: 900, 390: 844}


@pytest.fixture
def sized(browser: Browser, width: int) -> Iterator[BrowserContext]:
    """A fresh profile with a wide or a narrow screen."""
    context = browser.new_context(viewport={"width": width, "height": SIZES[width]})
    yield context
    context.close()


def open_page(context: BrowserContext, server: str, hash_text: str) -> Page:
    page = context.new_page()
    page.goto(f"{server}/#{hash_text}" if server else hash_text)
    page.wait_for_selector("#patch-kind", timeout=SOLVE_MS)
    page.wait_for_selector("#certificate", timeout=SOLVE_MS)
    return page


def violations(page: Page) -> list[tuple[str, str, object]]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["impact"], v["nodes"][0]["target"]) for v in found]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(1280, "light"), (390, "dark"), *(pytest.param(*other, marks=pytest.mark.full)
                                       for other in ((1280, "dark"), (390, "light")))],
)  # fmt: skip
def test_axe_finds_nothing_with_editor_deal_and_compare_open(
    sized: BrowserContext, server: str, scheme: str
) -> None:
    """Not only nothing serious: nothing, with forms, a mistake, YAML, tables, a picked place and compared scenarios."""
    page = open_page(sized, server, f"case={SERVED_CASE}")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for kind in ("supply", "asset"):
        page.locator("#patch-kind").select_option(kind)
        page.get_by_role("button", name="Add a change").click()
    page.locator('[data-field="arcs"]').select_option("NS2_B")
    page.locator('[data-field="factor"]').fill("x")
    page.get_by_role("button", name="Add a decision").click()
    page.get_by_role("button", name="YAML").click()
    page.locator(".yaml textarea").wait_for()
    page.locator(".follow").wait_for()
    page.locator(".compare summary").click()
    page.locator(".compare input").first.check()
    page.get_by_label("Look at").select_option("DE")
    page.get_by_label("difference", exact=True).check()
    for view in ("deal", "map", "security", "evidence"):
        page.locator(f"#{view}").get_by_role("button", name="Table", exact=True).click()
    assert violations(page) == []


def focused(page: Page) -> dict[str, str]:
    return page.evaluate(
        """() => { const e = document.activeElement, s = getComputedStyle(e);
        return { tag: e.tagName, id: e.id, field: e.dataset.field ?? '',
                 text: e.tagName === 'BUTTON' ? e.innerText : '',
                 outline: s.outlineStyle === 'none' ? '0px' : s.outlineWidth,
                 view: e.closest('section, header, details')?.id ?? '' }; }"""
    )


def tab_until(page: Page, *, most: int = 60, **wanted: str) -> None:
    """Press Tab until an element with these properties has the focus; each one on the way shows it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        now = focused(page)
        assert now["tag"] != "BODY", f"the focus is lost on the way to {wanted}"
        assert float(now["outline"].removesuffix("px")) >= 1, f"no focus is seen on {now}"
        if all(now[key] == value for key, value in wanted.items()):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_a_scenario_is_made_run_and_undone_by_keyboard_alone(context: BrowserContext, server: str) -> None:
    """From the top of the page to a certified run without a pointer; the focus is seen at every step."""
    page = open_page(context, server, f"case={SERVED_CASE}")
    tab_until(page, text="Change")
    page.keyboard.press("Enter")  # the tab leads into its view
    assert focused(page)["id"] == "draft-title"
    page.keyboard.press("Control+A")
    page.keyboard.type("By keys")
    tab_until(page, id="patch-kind")
    page.keyboard.type("Change what exporters")
    tab_until(page, text="Add a change")
    page.keyboard.press("Enter")
    page.locator("#draft-title").focus()
    tab_until(page, field="resources")
    page.keyboard.type("Qatar")
    tab_until(page, field="factor")
    page.keyboard.type("0.95")
    tab_until(page, text="Run")
    page.keyboard.press("Enter")
    expect(page.locator(".editor .status")).to_contain_text("solved and certified", timeout=SOLVE_MS)
    assert page.locator("td[data-scenario=by-keys]").count() > 10
    page.locator('[data-field="factor"]').focus()
    tab_until(page, text="Undo")
    page.keyboard.press("Enter")
    expect(page.locator('[data-field="factor"]')).to_have_value("")


def test_map_months_and_days_move_by_keyboard(context: BrowserContext, server: str) -> None:
    """The map pans, zooms and names a route; the month, the day of the law and the outcome of a deal change by keys."""
    page = open_page(context, server, f"case={SERVED_CASE}")
    page.locator("#map input[type=range]").focus()
    page.keyboard.press("ArrowRight")
    assert "t=0" in page.url
    look = page.get_by_label("Look at")
    look.focus()
    kinds = look.locator("optgroup").evaluate_all("groups => groups.map(g => [g.label, g.children.length])")
    assert [label for label, count in kinds if count] == ["Places", "Pipelines", "LNG routes"]
    tab_until(page, tag="svg")
    where = page.locator("svg.map > g").first
    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    assert "scale(1.4)" in (where.get_attribute("transform") or "")
    page.keyboard.press("0")
    assert where.get_attribute("transform") == "translate(0,0) scale(1)"
    page.locator("#consents-day").focus()
    tab_until(page, text=page.get_by_role("button", name="Next change").inner_text())
    page.keyboard.press("Enter")
    assert "day=2025-" in page.url
    page.locator("#outcome").focus()
    before = page.locator("#deal .detail h3").inner_text()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#deal .detail h3")).not_to_have_text(before)
    picked = page.locator("#deal g.outcome.chosen text.name").text_content()
    assert page.locator("#deal .detail h3").inner_text() == picked


def test_every_view_has_a_link_that_shows_it_in_a_fresh_profile(
    browser: Browser, context: BrowserContext, server: str
) -> None:
    """After many choices each view's link, opened by somebody else, scrolls to that view and shows the same."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_page(context, server, f"case={SERVED_CASE}")
    page.locator("#quantity").select_option("bcm")
    page.locator("#price").select_option("USD/MMBtu")
    page.get_by_label("difference", exact=True).check()
    page.locator("#map input[type=range]").fill("5")
    page.get_by_label("Look at").select_option("IT")
    page.locator("#prices select").select_option("DE")
    page.locator("#storage select").select_option("UA")
    page.locator("#security-measure").select_option("concentration")
    page.locator("#asset").select_option("NS2_B")
    page.locator("#consents-day").fill("2025-07-20")
    page.locator("#consents-set").select_option("1")
    page.get_by_role("checkbox", name="only what concerns").check()
    page.locator("#outcome").select_option(index=2)
    page.locator("#rule").select_option(index=1)
    page.locator("#evidence .claim-no").first.click()
    views = page.locator("main section.figure").evaluate_all("all => all.map(e => e.id)")
    linked = [view for view in views if page.locator(f"#{view}").get_by_role("button", name="Link", exact=True).count()]
    assert len(views) > 15
    assert linked == views
    seen = {}
    for view in linked:
        page.locator(f"#{view}").get_by_role("button", name="Link", exact=True).click()
        expect(page.locator(f"#{view} [role=status].said")).to_have_text("link copied")
        seen[view] = (page.evaluate("navigator.clipboard.readText()"), shown(page, view))
    for view, (address, content) in seen.items():
        fresh = browser.new_context(viewport={"width": 1280, "height": 900})
        other = open_page(fresh, "", address)
        assert shown(other, view) == content, view
        expect(other.locator(f"#{view}")).to_be_in_viewport()
        fresh.close()


def shown(page: Page, view: str) -> list[str]:
    """Return what a view says: its text, the drawn text, and what is chosen in it."""
    root = page.locator(f"#{view}")
    return [
        *(text for text in root.locator("h2, .lead, .chart-box, .panel, .detail, .claim-card").all_inner_texts()),
        *root.locator("svg.chart text").all_text_contents(),
        *root.locator("select, input").evaluate_all(
            "all => all.map(e => e.type === 'checkbox' ? String(e.checked) : e.value)"
        ),
    ]
