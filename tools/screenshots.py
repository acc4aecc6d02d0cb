"""Take the pictures of the documentation: python tools/screenshots.py FOLDER_OF_A_BRIEF.

Opens ``brief.html`` of a folder that ``linepack brief --out`` wrote in Chromium, with no network, and saves one picture
per view under ``docs/images``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
VIEWS = ("map", "consents")


def pictures(browser: Browser, page: Path, folder: Path) -> list[Path]:
    """Save a picture of each view and return their paths."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True, color_scheme="light")
    shown = context.new_page()
    shown.goto(page.resolve().as_uri())
    shown.add_style_tag(content="header, nav { position: static !important; }")
    found = []
    for view in VIEWS:
        target = shown.locator(f"#{view}")
        target.scroll_into_view_if_needed()
        found.append(folder / f"{view}.png")
        target.screenshot(path=found[-1])
    context.close()
    return found


def main(brief: str) -> int:
    """Return 0, or 2 if there is no browser or no brief."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    page = Path(brief, "brief.html")
    if program is None or not page.is_file():
        print("needs chromium, and the folder of a brief", file=sys.stderr)
        return 2
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in pictures(browser, page, IMAGES):
            print(f"wrote {path.name}", file=sys.stderr)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "."))
