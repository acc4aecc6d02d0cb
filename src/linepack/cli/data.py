"""``data``: the facts, their checks, their sources and their schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from linepack.cli.options import print_json

if TYPE_CHECKING:
    import pandas as pd

DATASET = click.option("--dataset", default="2025", show_default=True, help="Dataset name or folder.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


@click.group()
def data() -> None:
    """List, check and show the facts and their sources."""


@data.command("list")
@DATASET
@JSON
def list_tables(dataset: str, as_json: bool) -> None:
    """List the datasets, and the tables of one with rows, grades and the latest date known."""
    from linepack.api.facts import GRADES, available_datasets
    from linepack.api.facts import data as facts_table
    from linepack.api.market import load_system
    from linepack.report.text import number, plain_table

    system = load_system(dataset)
    rows = facts_table(system=system).to_dict("records")
    if as_json:
        print_json({"datasets": available_datasets(), "dataset": system.dataset, "version": system.version,
                    "digest": system.digest,
                    "tables": [{"table": r["table"], "rows": r["rows"], "grades": {g: r[g] for g in GRADES},
                                "description": r["description"]} for r in rows]})  # fmt: skip
        return
    click.echo(f"datasets: {', '.join(available_datasets())}")
    click.echo(f"{system.dataset}, version {system.version}, digest {system.digest[:12]}\n")
    shown = [(r["table"], number(r["rows"], 0), *(number(r[g], 0) for g in GRADES)) for r in rows]
    click.echo(plain_table(("table", "rows", *GRADES), shown))


@data.command()
@DATASET
@click.option("--year", type=click.IntRange(1990, 2100), default=None, help="Also show that year's balance by month.")
@JSON
def check(dataset: str, year: int | None, as_json: bool) -> int:
    """Check a dataset: schema, references, balances, and whether it makes sense to a gas person.

    Warnings want a look and leave the exit code at 0; errors make it 2.
    """
    from linepack.api.facts import has_errors, issues_of
    from linepack.api.market import load_system
    from linepack.errors import EXIT_BAD_INPUT, EXIT_DONE

    system = load_system(dataset)
    issues = issues_of(system)
    if as_json:
        print_json(
            {"dataset": system.dataset, "digest": system.digest, "issues": [issue.as_dict() for issue in issues]}
        )
    else:
        from linepack.report.closure import check_text, monthly_closure_text

        click.echo(check_text(system, issues))
        if year is not None:
            click.echo(monthly_closure_text(system, year))
    return EXIT_BAD_INPUT if has_errors(issues) else EXIT_DONE


@data.command()
@click.argument("table")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Only rows with this value; may be repeated.")
@click.option("--rows", type=click.IntRange(1), default=40, show_default=True, help="Rows to show.")
@DATASET
@JSON
def show(table: str, where: tuple[str, ...], rows: int, dataset: str, as_json: bool) -> None:
    """Show the rows of TABLE with source and grade."""
    from linepack.api.facts import data as facts_table

    conditions = [(column, value) for column, _, value in (condition.partition("=") for condition in where)]
    frame = facts_table(table, where=conditions, system=dataset)
    if as_json:
        print_json(_records(frame))
        return
    click.echo(_wide(frame.head(rows)))
    if len(frame) > rows:
        click.echo(f"... {len(frame) - rows:,} more rows; --rows {len(frame)} shows all, --json gives them as data")


@data.command()
@click.argument("table")
@DATASET
@JSON
def sources(table: str, dataset: str, as_json: bool) -> None:
    """List the sources of TABLE with grade, rows and the first date known."""
    from linepack.api.facts import data_sources
    from linepack.report.text import number, plain_table

    grouped = data_sources(table, system=dataset)
    if as_json:
        print_json(_records(grouped))
        return
    for r in grouped.itertuples():
        click.echo(f"{number(r.rows, 0):>7} rows, {r.grade}, known from {r.known_from}: {r.source}")
    counts = grouped.groupby("grade", sort=False)["rows"].sum().sort_values(ascending=False, kind="stable")
    click.echo(plain_table(("grade", "rows"), [(str(g), number(n, 0)) for g, n in counts.items()]))


@data.command("copy")
@click.argument("dataset")
@click.argument("folder", type=click.Path(path_type=str))
def copy_dataset(dataset: str, folder: str) -> None:
    """Copy DATASET to FOLDER, or to an Excel workbook (a name that ends in .xlsx), to add rows of your own."""
    from linepack.api.facts import data_copy

    data_copy(dataset, folder)
    click.echo(f"wrote {folder}")


@data.command()
@DATASET
@click.option("--out", type=click.Path(dir_okay=False), default=None, help="File to write instead of the screen.")
def report(dataset: str, out: str | None) -> None:
    """Write where every number comes from as Markdown: judgements and estimates first."""
    from pathlib import Path

    from linepack.api.market import load_system
    from linepack.report.sources import sources_text

    text = sources_text(load_system(dataset))
    if out is None:
        click.echo(text)
        return
    Path(out).parent.mkdir(parents=True, exist_ok=True)
    Path(out).write_text(text + "\n", encoding="utf-8")
    click.echo(f"wrote {out}")


@data.command()
@click.argument("table", required=False)
@JSON
def schema(table: str | None, as_json: bool) -> None:
    """Show what columns TABLE has: type, unit, whether it must be filled, what it means. All tables without TABLE."""
    from dataclasses import asdict

    from linepack.api.facts import PROVENANCE, schemas

    chosen = schemas(table)
    if as_json:
        print_json([{**asdict(t), "columns": [asdict(c) for c in t.columns]} for t in chosen])
        return
    for t in chosen:
        click.echo(f"{t.name}: {t.description} Key: {', '.join(t.key)}.")
        for c in t.columns if table else t.own_columns:
            must = "" if c.required else " (may be empty)"
            choices = f" One of: {', '.join(c.choices)}." if c.choices else ""
            unit = f", {c.unit}" if c.unit else ""
            click.echo(f"  {c.name}: {c.kind}{unit}{must}. {c.description}{choices}")
    if not table:
        click.echo(f"Every table also has: {', '.join(c.name for c in PROVENANCE)}.")


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    records: list[dict[str, object]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return records


def _wide(frame: pd.DataFrame) -> str:
    from linepack.report.text import plain_table

    rows = [["" if value != value else str(value)[:60] for value in row] for row in frame.itertuples(index=False)]
    return plain_table(tuple(frame.columns), rows)
