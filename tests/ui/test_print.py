"""The brief on paper: A4, nothing cut off, what only works on a screen left out."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

A4_POINTS = (595, 842)
PRINTED = ("Answer", "What changes", "Map of flows", "Prices by month", "Who gains", "Who must agree",
           "What the claims are worth", "What we do not know", "Sources", "Certificate",
           "How to make it again")  # fmt: skip


def test_brief_prints_on_a4(brief_page: Page, tmp_path: Path) -> None:
    """The pages are A4, as the style sheet says, and a brief of two scenarios takes no more than fifteen."""
    path = tmp_path / "brief.pdf"
    brief_page.pdf(path=str(path), prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", path.read_bytes())
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {A4_POINTS}
    assert 5 <= len(boxes) <= 15


def test_paper_holds_the_answer_and_what_it_rests_on(brief_page: Page) -> None:
    """All parts of a brief are on paper, the certificate with its residuals; controls are not."""
    brief_page.emulate_media(media="print")
    for title in PRINTED:
        assert brief_page.get_by_role("heading", name=title).first.is_visible()
    assert brief_page.locator("#certificate-table tbody tr").count() == 2
    assert not brief_page.locator(".controls:visible, .actions:visible, nav:visible, .editor:visible").count()
    brief_page.set_viewport_size({"width": 688, "height": 1000})  # the width of A4 without its margins, in CSS pixels
    assert brief_page.evaluate("document.documentElement.scrollWidth") <= 688


def test_paper_is_light_even_if_the_screen_is_dark(brief_page: Page) -> None:
    brief_page.emulate_media(media="print", color_scheme="dark")
    assert brief_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
