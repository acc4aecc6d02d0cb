"""Write docs/validation/known-answers.md anew: ``python -m tests.known_answers``."""

from __future__ import annotations

from tests.known_answers.page import PAGE, page

if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
