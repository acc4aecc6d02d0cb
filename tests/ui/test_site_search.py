"""The search of the documentation, on pages that are opened from disk."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tools.site import write_search_script

SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "assets" / "search.js"
LUNR = """
function lunr(build) {
  const pages = [];
  build.call({field() {}, ref() {}, add(page) { pages.push(page); }});
  return {search: (words) => pages.filter((page) => page.text.includes(words)).map((page) => ({ref: page.location}))};
}
lunr.tokenizer = {};
"""
INDEX = """{"config": {"separator": "[ -]+"}, "docs": [
  {"location": "a.html", "title": "Pipes", "text": "string B"},
  {"location": "b.html", "title": "Ships", "text": "LNG"}]}"""
ASK = """
const base_url = ".", said = [];
const worker = new Worker("search/worker.js");
worker.postMessage({init: true});
worker.onmessage = ({data}) => {
  said.push(data);
  if (data.allowSearch) worker.postMessage({query: document.querySelector("input").value});
};
"""


def test_search_answers_from_disk(browser: Browser, tmp_path: Path) -> None:
    """It says what the search's worker would say to the same requests; a real worker is refused to such a page."""
    (tmp_path / "search").mkdir()
    (tmp_path / "search" / "lunr.js").write_text(LUNR)
    (tmp_path / "search" / "search_index.json").write_text(INDEX)
    write_search_script(tmp_path / "search")
    script = SCRIPT.read_text(encoding="utf-8")
    (tmp_path / "page.html").write_text(f"<script>{script}</script><script>{ASK}</script><input value=string>")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("said.length === 3")
    config, ready, found = page.evaluate("said")
    assert config["config"]["min_search_length"] == 3
    assert ready == {"allowSearch": True}
    assert found["results"] == [{"location": "a.html", "title": "Pipes", "text": "string B", "summary": "string B"}]
    page.close()
