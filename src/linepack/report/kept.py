"""What a workspace keeps beside its runs, for the page and the brief: deals, claims, back-tests.

``linepack deal`` leaves ``deals/CASE/NAME.json``, ``linepack backtest`` leaves ``backtests/backtest.json`` (any JSON or
CSV file there is shown), ``linepack read --ledger`` a ledger (``ledger.sqlite``). A file that cannot be read is named,
not left out in silence.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from linepack.errors import InputError
from linepack.report.text import json_text
from linepack.runs.store import write_text

DEALS, BACKTESTS, BANDS, LEDGER = "deals", "backtests", "bands", "ledger.sqlite"
MOST_BYTES, MOST_FACTS = 5_000_000, 4
DEAL_KINDS = ("deal", "game")


@dataclass(frozen=True)
class Kept:
    """Deals and back-tests as they lie in the workspace, the ledger as the page shows it, and what is unreadable."""

    deals: tuple[Mapping[str, Any], ...] = ()
    backtests: tuple[Mapping[str, Any], ...] = ()
    evidence: Mapping[str, Any] | None = None
    unreadable: tuple[str, ...] = ()


NOTHING_KEPT = Kept()


def kept_files(workspace: Path, case: str, ledger: Path | None = None) -> tuple[tuple[str, int, int], ...]:
    """Return path, time and size of every file that ``read_kept`` would read: equal results mean nothing changed."""
    places = [*_deal_files(workspace, case), *_backtest_files(workspace), ledger or workspace / LEDGER,
              _bands_file(workspace, case)]  # fmt: skip
    found = [(path, path.stat()) for path in places if path.is_file()]
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in found)


def read_kept(workspace: Path, case: str, ledger: Path | None = None) -> Kept:
    """Return what the workspace keeps for a case: its deals and those of no case, all back-tests, and the ledger."""
    unreadable: list[str] = []
    deals = [deal for path in _deal_files(workspace, case) if (deal := _deal(path, unreadable)) is not None]
    backtests = [b for path in _backtest_files(workspace) if (b := _backtest(path, unreadable)) is not None]
    return Kept(tuple(deals), tuple(backtests), _evidence(ledger or workspace / LEDGER, unreadable), tuple(unreadable))


def keep_deal(workspace: Path, case: str, content: Mapping[str, Any], variant: str | None = None) -> Path:
    """Keep the content of a deal for the page; ``case`` is CASE/NAME, or a file or name that belongs to no case."""
    name = re.sub(r"[^a-z0-9-]+", "-", "-".join(filter(None, (str(content["name"]), variant))).lower())
    of_case = case.split("/")[0] if re.fullmatch(r"[a-z0-9-]+/[a-z0-9-]+", case) else ""
    path = workspace / DEALS / of_case / f"{name}.json"
    write_text(path, json_text(content))
    return path


def keep_backtest(workspace: Path, content: Mapping[str, Any]) -> Path:
    """Keep the content of a back-test for the page."""
    path = workspace / BACKTESTS / "backtest.json"
    write_text(path, json_text({"title": "history, months ahead and published studies", **content}))
    return path


def keep_bands(
    workspace: Path, case: str, digests: Sequence[str], figures: pd.DataFrame, prices: pd.DataFrame
) -> Path:
    """Keep the bands of a case's figures and prices, with the runs that they belong to."""
    path = _bands_file(workspace, case)
    content = {"runs": list(digests), "figures": figures.to_dict("list"), "prices": prices.to_dict("list")}
    write_text(path, json.dumps(content))
    return path


def read_bands(workspace: Path, case: str, digests: Sequence[str]) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """Return the kept bands of figures and of prices, or two Nones if there are none for these very runs."""
    path = _bands_file(workspace, case)
    if not path.is_file():
        return None, None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["runs"] != list(digests):
            return None, None
        return pd.DataFrame(content["figures"]), pd.DataFrame(content["prices"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError("unreadable", f"{path} is no band file: {error}",
                         hint="linepack brief --full makes it anew") from error  # fmt: skip


def _bands_file(workspace: Path, case: str) -> Path:
    return workspace / BANDS / f"{case}.json"


def _deal_files(workspace: Path, case: str) -> list[Path]:
    folder = workspace / DEALS
    return [*sorted((folder / case).glob("*.json")), *sorted(folder.glob("*.json"))]


def _backtest_files(workspace: Path) -> list[Path]:
    folder = workspace / BACKTESTS
    return sorted(path for path in folder.rglob("*") if path.suffix in (".json", ".csv") and path.is_file())


def _deal(path: Path, unreadable: list[str]) -> Mapping[str, Any] | None:
    content = _json(path, unreadable)
    if content is None:
        return None
    if content.get("kind") not in DEAL_KINDS or content.get("schema") != 1:
        unreadable.append(f"{path.name} is no result of linepack deal")
        return None
    return content


def _backtest(path: Path, unreadable: list[str]) -> Mapping[str, Any] | None:
    """Return name, facts (single values) and tables (lists of flat rows) of a back-test."""
    if path.suffix == ".csv":
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = [{k: _number(v or "") for k, v in row.items() if k} for row in csv.DictReader(file)]
        except (OSError, ValueError, csv.Error) as error:
            unreadable.append(f"{path.name}: {error}")
            return None
        return {"name": path.stem, "title": path.stem, "facts": {}, "tables": {path.stem: rows}}
    content = _json(path, unreadable)
    if content is None:
        return None
    facts: dict[str, Any] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    _unfold(content, (), facts, tables)
    own = {key: str(facts.pop(key, path.stem)) for key in ("name", "title")}
    return {**own, "facts": facts, "tables": tables}


def _unfold(
    content: Mapping[str, Any], place: tuple[str, ...], facts: dict[str, Any], tables: dict[str, list[dict[str, Any]]]
) -> None:
    """Sort what a JSON object holds, at any depth, into single values and tables, each named by its place."""
    for key, value in content.items():
        name = " ".join((*place, str(key)))
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            tables[name] = [{str(k): _flat(v) for k, v in row.items()} for row in value]
        elif isinstance(value, dict) and len(value) > MOST_FACTS and not any(map(_is_object, value.values())):
            tables[name] = [{"what": str(k), "value": _flat(v)} for k, v in value.items()]
        elif isinstance(value, dict):
            _unfold(value, (*place, str(key)), facts, tables)
        elif key != "schema":
            facts[name] = _flat(value)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _evidence(path: Path, unreadable: list[str]) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    from linepack.report.evidence_content import evidence_content

    try:
        return evidence_content(path)
    except InputError as error:
        unreadable.append(f"{path.name}: {error.issue.message}")
        return None


def _json(path: Path, unreadable: list[str]) -> dict[str, Any] | None:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"is larger than {MOST_BYTES} bytes")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("is no JSON object")
    except (OSError, ValueError, RecursionError) as error:
        unreadable.append(f"{path.name}: {error}")
        return None
    return content


def _flat(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
