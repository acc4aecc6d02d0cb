"""``export``: a run in the formats of other tools."""

from __future__ import annotations

import click

from linepack.cli.options import show_progress

FORMATS = ("csv", "parquet", "iamc", "pypsa", "geojson", "excel")
"""Those of ``linepack.api.files``, which is not imported for help."""


@click.command()
@click.argument("scenario")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv", show_default=True, help="What to write.")
@click.option("--out", type=click.Path(), required=True, help="New folder to write to; for excel a new file.")
@click.option("--dataset", default=None, help="Dataset name or folder [default: the scenario's].")
@click.option("--solver", default="auto", show_default=True, help="auto, native, piqp, hipo or clarabel.")
@click.option("--workspace", type=click.Path(file_okay=False), envvar="LINEPACK_WORKSPACE",
              help="Folder that keeps runs [default: linepack-results].")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def export(
    scenario: str, kind: str, out: str, dataset: str | None, solver: str, workspace: str | None, as_json: bool
) -> None:
    """Solve SCENARIO (a YAML file, or CASE/NAME) and write its run for other tools.

    csv and parquet: a data package with every table. iamc: a long table with codelists. pypsa: a network for
    Network.import_from_csv_folder. geojson: nodes and arcs for a map. excel: a
    workbook with one sheet per table.
    """
    from pathlib import Path

    from linepack.api.files import Format, exported
    from linepack.cli.options import print_json

    run, paths = exported(scenario, Path(out), Format(kind), system=dataset, solver=solver, workspace=workspace,
                          on_progress=show_progress)  # fmt: skip
    if as_json:
        print_json({"scenario": run.name, "run": run.digest, "format": kind, "files": [str(path) for path in paths]})
        return
    for path in paths:
        click.echo(f"wrote {path}")
