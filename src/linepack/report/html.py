"""The brief as one HTML file: the page's code and style with the data inlined; opens from disk, asks for nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Sequence
from html import escape
from importlib import resources

from linepack.errors import InputError
from linepack.report.brief import Brief, headline_table
from linepack.report.page_data import page_data, page_json

STATIC = "web/static"


def brief_html(brief: Brief) -> str:
    """Return the whole file. Errors: ``InputError`` if the package was built without its front end."""
    script, style = _asset("app.js"), _asset("app.css")
    data = packed(page_json(page_data(brief)))
    policy = (f"default-src 'none'; script-src '{_digest(script)}'; style-src 'unsafe-inline'; img-src data: blob:; "
              "base-uri 'none'; form-action 'none'")  # fmt: skip
    return "\n".join([
        "<!doctype html>", '<html lang="en">', "<head>", '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(brief.case.title)}: linepack brief</title>",
        f"<style>{style}</style>", "</head>", "<body>", '<div id="app">', _without_script(brief), "</div>",
        f'<script type="application/gzip;base64" id="page-data">{data}</script>',
        f"<script>{script}</script>", "</body>", "</html>", "",
    ])  # fmt: skip


def packed(text: str) -> str:
    """Return a text as gzip in base64: a quarter of the size, no character that HTML could take for its own."""
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()


def front_end_is_there() -> bool:
    """Return whether the front end was built into the package."""
    return (resources.files("linepack") / STATIC / "app.js").is_file()


def _asset(name: str) -> str:
    path = resources.files("linepack") / STATIC / name
    if not path.is_file():
        raise InputError("no-front-end", "the page was not built into this package",
                         hint="run ./run, or install the package from a wheel")  # fmt: skip
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script")


def _digest(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _without_script(brief: Brief) -> str:
    """Return what a reader sees where scripts are off: question, answer's table."""
    header, rows = headline_table(brief)
    return (f"<h1>{escape(brief.case.title)}</h1><p>{escape(brief.case.question)}</p>"
            f"<table><thead>{_row('th', header)}</thead><tbody>{''.join(_row('td', r) for r in rows)}</tbody></table>")


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
