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
    from linepack.report.text import number, plain_table
    from linepack.system.dataset import available_datasets, load_dataset
    from linepack.system.schema import TABLES
    from linepack.vocabulary import Grade

    system = load_dataset(dataset)
    rows = []
    for table in TABLES:
        frame = system.table(table.name)
        counts = frame["grade"].value_counts()
        rows.append((table.name, len(frame), [int(counts.get(g.value, 0)) for g in Grade], table.description))
    if as_json:
        print_json({"datasets": available_datasets(), "dataset": system.dataset, "version": system.version,
                    "digest": system.digest,
                    "tables": [{"table": n, "rows": c, "grades": dict(zip(map(str, Grade), g, strict=True)),
                                "description": d} for n, c, g, d in rows]})  # fmt: skip
        return
    click.echo(f"datasets: {', '.join(available_datasets())}")
    click.echo(f"{system.dataset}, version {system.version}, digest {system.digest[:12]}\n")
    shown = [(n, number(c, 0), *(number(x, 0) for x in g)) for n, c, g, _ in rows]
    click.echo(plain_table(("table", "rows", *Grade), shown))


@data.command()
@DATASET
@click.option("--year", type=click.IntRange(1990, 2100), default=None, help="Also show that year's balance by month.")
@JSON
def check(dataset: str, year: int | None, as_json: bool) -> int:
    """Check a dataset: schema, references, balances, and whether it makes sense to a gas person.

    Warnings want a look and leave the exit code at 0; errors make it 2.
    """
    from linepack.errors import EXIT_BAD_INPUT, EXIT_DONE, Severity
    from linepack.system.checks import check_system
    from linepack.system.dataset import load_dataset

    system = load_dataset(dataset)
    issues = check_system(system)
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    if as_json:
        print_json(
            {"dataset": system.dataset, "digest": system.digest, "issues": [issue.as_dict() for issue in issues]}
        )
    else:
        for issue in issues:
            click.echo(f"{'error, ' if issue.severity is Severity.ERROR else ''}{issue}")
        rows = sum(len(frame) for frame in system.tables.values())
        click.echo(f"{system.dataset}: {len(system.tables)} tables, {rows:,} rows, "
                   f"{errors} error(s), {len(issues) - errors} warning(s)")  # fmt: skip
        if year is not None:
            from linepack.report.closure import monthly_closure_text

            click.echo(monthly_closure_text(system, year))
    return EXIT_BAD_INPUT if errors else EXIT_DONE


@data.command()
@click.argument("table")
@click.option("--where", multiple=True, metavar="COLUMN=VALUE", help="Only rows with this value; may be repeated.")
@click.option("--rows", type=click.IntRange(1), default=40, show_default=True, help="Rows to show.")
@DATASET
@JSON
def show(table: str, where: tuple[str, ...], rows: int, dataset: str, as_json: bool) -> None:
    """Show the rows of TABLE with source and grade."""
    frame = _filtered(_frame(dataset, table), table, where)
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
    from linepack.report.text import number, plain_table

    frame = _frame(dataset, table)
    grouped = frame.groupby(["source", "grade"], as_index=False).agg(
        rows=("source", "size"), known_from=("known_from", "min")
    )
    grouped = grouped.sort_values("rows", ascending=False)
    if as_json:
        print_json(_records(grouped))
        return
    for r in grouped.itertuples():
        click.echo(f"{number(r.rows, 0):>7} rows, {r.grade}, known from {r.known_from}: {r.source}")
    click.echo(
        plain_table(("grade", "rows"), [(str(g), number(n, 0)) for g, n in frame["grade"].value_counts().items()])
    )


@data.command("copy")
@click.argument("dataset")
@click.argument("folder", type=click.Path(path_type=str))
def copy_dataset(dataset: str, folder: str) -> None:
    """Copy DATASET to FOLDER, or to an Excel workbook (a name that ends in .xlsx), to add rows of your own."""
    from pathlib import Path

    from linepack.system.dataset import load_dataset, write_dataset, write_workbook
    from linepack.system.workbook import is_workbook

    write = write_workbook if is_workbook(folder) else write_dataset
    write(load_dataset(dataset), Path(folder))
    click.echo(f"wrote {folder}")


@data.command()
@DATASET
@click.option("--out", type=click.Path(dir_okay=False), default=None, help="File to write instead of the screen.")
def report(dataset: str, out: str | None) -> None:
    """Write where every number comes from as Markdown: judgements and estimates first."""
    from pathlib import Path

    from linepack.report.sources import sources_text
    from linepack.system.dataset import load_dataset

    text = sources_text(load_dataset(dataset))
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

    from linepack.system.schema import PROVENANCE, TABLES

    chosen = [_table(table)] if table else list(TABLES)
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


def _table(name: str):  # type: ignore[no-untyped-def]  # the type would import the schema at start-up
    import difflib

    from linepack.errors import InputError
    from linepack.system.schema import TABLES_BY_NAME

    if name not in TABLES_BY_NAME:
        near = difflib.get_close_matches(name, TABLES_BY_NAME, 1, 0.4)
        raise InputError("unknown-table", f"there is no table '{name}'", keys=[name],
                         hint=f"did you mean '{near[0]}'?" if near else "linepack data list shows them")  # fmt: skip
    return TABLES_BY_NAME[name]


def _frame(dataset: str, table: str) -> pd.DataFrame:
    from linepack.system.dataset import load_dataset

    return load_dataset(dataset).table(_table(table).name)


def _filtered(frame: pd.DataFrame, table: str, where: tuple[str, ...]) -> pd.DataFrame:
    import difflib

    from linepack.errors import InputError

    for condition in where:
        column, _, value = condition.partition("=")
        if column not in frame:
            near = difflib.get_close_matches(column, list(frame.columns), 1, 0.4)
            raise InputError("unknown-column", f"'{condition}': {table} has no column '{column}'", table=table,
                             hint=f"did you mean '{near[0]}'?" if near else f"one of: {', '.join(frame.columns)}")
        frame = frame[frame[column].astype(str) == value]
    return frame


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    records: list[dict[str, object]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return records


def _wide(frame: pd.DataFrame) -> str:
    from linepack.report.text import plain_table

    rows = [["" if value != value else str(value)[:60] for value in row] for row in frame.itertuples(index=False)]
    return plain_table(tuple(frame.columns), rows)
