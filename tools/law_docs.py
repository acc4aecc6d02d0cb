"""Write the generated pages of docs/law: the list of instruments and the tables.

Run: python tools/law_docs.py. A test checks that the pages are up to date.
"""

from __future__ import annotations

from pathlib import Path

from linepack.policy.law import Law, load_law
from linepack.policy.schema import LAW_TABLES
from linepack.policy.words import LawGrade

DOCS = Path(__file__).resolve().parents[1] / "docs" / "law"
GENERATED = "Written by `python tools/law_docs.py`; change the tables, not this page.\n"
GRADES = {
    LawGrade.OFFICIAL: "official text seen",
    LawGrade.SECONDARY: "law firm or press",
    LawGrade.TERTIARY: "note pointing to an official page not opened: check",
    LawGrade.BACKGROUND: "background, no source: check",
}


def instruments_page(law: Law) -> str:
    """Return the list of instruments with rule, phases, exemptions and grade."""
    lines = [
        "# Instruments",
        "",
        GENERATED,
        f"{len(law.instruments)} instruments, {len(law.scopes)} phases, "
        f"{len(law.exemptions)} exemptions. Grades: "
        + "; ".join(f"{grade} {text}" for grade, text in GRADES.items())
        + ".",
        "",
        "| instrument | name | how it is lifted | phases | grade |",
        "| --- | --- | --- | --- | --- |",
    ]
    for row in law.instruments:
        phases = []
        for scope in law.scopes:
            if scope.instrument == row.instrument:
                until = f" to {scope.last_day}" if scope.last_day else ""
                phases.append(f"{scope.first_day}{until}: {scope.measure}{scope.grade.mark}")
        relief = [f"freed: {e.name}" for e in law.exemptions if e.instrument == row.instrument]
        cells = (
            row.instrument,
            row.name,
            law.rule_of(row.instrument).name,
            "<br>".join([*phases, *relief]) or "none",
            f"{row.grade}",
        )
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    lines += ["", "## What checking gave", "", "| finding | instruments | result | what |", "| --- | --- | --- | --- |"]
    lines += [f"| {f.finding} | {', '.join(f.instruments)} | {f.result} | {f.what} |" for f in law.findings]
    return "\n".join(lines) + "\n"


def tables_page() -> str:
    """Return every table of the law with its columns."""
    lines = [
        "# Tables of the law",
        "",
        GENERATED,
        "Every row also has `source`, `grade` (P, S, T, B), `known_from` and `note`. Several names in a cell have ';' "
        "between them.",
        "",
    ]
    for table in LAW_TABLES:
        lines += [
            f"## {table.name}",
            "",
            f"{table.description} Key: {', '.join(table.key)}.",
            "",
            "| column | type | unit | must be filled | what |",
            "| --- | --- | --- | --- | --- |",
        ]
        for column in table.own_columns:
            choices = f" One of: {', '.join(column.choices)}." if column.choices else ""
            needed = "yes" if column.required else ""
            lines.append(
                f"| {column.name} | {column.kind} | {column.unit} | {needed} | {column.description}{choices} |"
            )
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Return the name and text of every generated page."""
    return {"instruments.md": instruments_page(load_law()), "tables.md": tables_page()}


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
