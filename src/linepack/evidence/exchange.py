"""Write a ledger to JSON or to a folder of CSV files, and read it back."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linepack.errors import InputError
from linepack.evidence.ledger import LEDGER_SCHEMA, TABLES

NUMBERS = {"start": int, "end": int, "translation_suspect": int, "review_id": int, "share": float}


def write_export(content: Mapping[str, Any], target: str | Path) -> list[str]:
    """Write an export to a .json file, or to a folder with a CSV file per table. Return the paths written.

    Errors: ``InputError`` if the target exists already.
    """
    path = Path(target)
    if path.exists():
        raise InputError("exists", f"{path} exists already", hint="give a new name; nothing is overwritten")
    if path.suffix == ".json":
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        return [str(path)]
    path.mkdir(parents=True)
    (path / "ledger.json").write_text(json.dumps({"ledger_schema": LEDGER_SCHEMA}) + "\n", encoding="utf-8")
    written = [str(path / "ledger.json")]
    for table, rows in content.items():
        if table == "ledger_schema" or not rows:
            continue
        file = path / f"{table}.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        written.append(str(file))
    return written


def read_export(source: str | Path) -> dict[str, Any]:
    """Return an export from a .json file or from a folder of CSV files. Errors: ``InputError`` if it is none."""
    path = Path(source)
    try:
        content: dict[str, Any] = json.loads(
            ((path / "ledger.json") if path.is_dir() else path).read_text(encoding="utf-8")
        )
    except (OSError, ValueError) as error:
        raise InputError("not-an-export", f"{path}: {error}", hint="give what linepack ledger export wrote") from error
    if not isinstance(content, dict):
        raise InputError("not-an-export", f"{path} holds no ledger", hint="give what linepack ledger export wrote")
    if path.is_dir():
        for table in TABLES:
            file = path / f"{table}.csv"
            if file.is_file():
                with file.open(encoding="utf-8", newline="") as lines:
                    content[table] = [_typed(row) for row in csv.DictReader(lines)]
    return content


def _typed(row: Mapping[str, str]) -> dict[str, Any]:
    typed: dict[str, Any] = dict(row)
    for key, kind in NUMBERS.items():
        if key in typed:
            typed[key] = kind(typed[key]) if typed[key] != "" else None
    if "parent_id" in typed and not typed["parent_id"]:
        typed["parent_id"] = None
    return typed
