"""The validation page: every case, its source, our digits and theirs."""

from __future__ import annotations

from pathlib import Path

from tests.known_answers.cases import FOLDER, Expected, case_folders, expected_values, measured

PAGE = Path(__file__).parents[2] / "docs/validation/known-answers.md"
HEAD = """# Published cases

Made by `python -m tests.known_answers`; a test holds every figure inside its tolerance. Each case is a folder of tables
and scenarios under `tests/known_answers`, solved without code of its own; its README says what of its solution is
unique and what is not compared. Textbook equilibria in closed form (symmetric conduct, Cournot, cartel, given
conjecture, Stackelberg, double mark-up, curves) are tests over random numbers in
`tests/known_answers/test_closed_forms.py`. Units are those of the source.

| case | figures | largest difference / tolerance | source |
|---|---|---|---|
"""

COLUMNS = "| scenario | what | of | published | linepack | tolerance |\n|---|---|---|---|---|---|"


def page() -> str:
    """Return the page: a summary of all cases, then the figures of each."""
    lines, tables = [], []
    for folder in case_folders():
        figures = [(figure, measured(folder, figure)) for figure in expected_values(folder)]
        worst = max(abs(ours - figure.value) / figure.tolerance for figure, ours in figures)
        lines.append(f"| [{title(folder)}](#{anchor(folder)}) | {len(figures)} | {worst:.2f} | {source(folder)} |")
        tables.append(f"\n## {title(folder)}\n\n{COLUMNS}")
        tables += [row(figure, ours) for figure, ours in figures]
    without = [f.name for f in sorted(FOLDER.iterdir()) if (f / "README.md").is_file() and f not in case_folders()]
    told = [f"\nNot computed: {title(FOLDER / n)}; tests/known_answers/{n}/README.md says why." for n in without]
    return HEAD + "\n".join([*lines, *told, *tables]) + "\n"


def row(figure: Expected, ours: float) -> str:
    """Return a line of a case's table."""
    of = f"{figure.of} {figure.period}".strip() or "total"
    shown = f"{ours:.8g}" if abs(ours) > 1e-9 else "0"
    return f"| {figure.scenario} | {figure.what} | {of} | {figure.value:.9g} | {shown} | {figure.tolerance:g} |"


def title(folder: Path) -> str:
    """Return the title of a case."""
    return (folder / "README.md").read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def anchor(folder: Path) -> str:
    """Return the anchor that Markdown gives the title."""
    return "".join(c for c in title(folder).lower().replace(" ", "-") if c.isalnum() or c == "-")


def source(folder: Path) -> str:
    """Return the paragraph of the README that names the source, on one line."""
    parts = (folder / "README.md").read_text(encoding="utf-8").split("\n\n")
    return " ".join(next(p for p in parts if p.startswith("Source:")).removeprefix("Source:").split())
