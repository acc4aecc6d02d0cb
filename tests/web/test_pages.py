"""Documents of the page: kept in the workspace, made anew when what they rest on has changed."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from linepack.errors import InputError
from linepack.runs.runner import run_scenarios
from linepack.runs.store import RunStore
from linepack.scenario.scenario import Case, load_case
from linepack.system.dataset import load_dataset
from linepack.web.pages import PAGES, Pages

CASE = "bypass-2009"


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Case, list[str]]:
    """A workspace with the first scenario of a case, and the digest of its run."""
    root = tmp_path_factory.mktemp("workspace")
    case = load_case(CASE)
    case = replace(case, scenarios=case.scenarios[:1])
    system = load_dataset(case.scenarios[0].dataset)
    [outcome] = run_scenarios(system, case.scenarios, RunStore(root))
    assert outcome.run is not None
    return root, case, [outcome.run.digest]


def test_document_is_kept_and_found_again(
    solved: tuple[Path, Case, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new server of the same workspace serves the very bytes; it makes no document."""
    root, case, digests = solved
    first = Pages(root, None, load_dataset).document(case, digests)
    assert json.loads(gzip.decompress(first.packed))["brief"]["case"] == CASE
    monkeypatch.setattr("linepack.web.pages.stored_brief", None)
    again = Pages(root, None, load_dataset).document(case, digests)
    assert again == first


def test_document_is_made_anew_when_a_kept_file_changes(solved: tuple[Path, Case, list[str]]) -> None:
    """A back-test laid beside the runs is in the next document, which takes the place of the old one."""
    root, case, digests = solved
    pages = Pages(root, None, load_dataset)
    first = pages.document(case, digests)
    (root / "backtests").mkdir(exist_ok=True)
    (root / "backtests" / "winter.csv").write_text("quantity,model\nLNG,1\n")
    then = pages.document(case, digests)
    assert then.name != first.name
    assert [b["name"] for b in json.loads(gzip.decompress(then.packed))["backtests"]] == ["winter"]
    assert len(list((root / PAGES).glob("*.gz"))) == 1


def test_scenario_bears_its_own_name(tmp_path: Path) -> None:
    """The same program was solved before under another name, as outcomes of a deal are: the page shows the case's own.

    Else a link that names the scenario would lead nowhere.
    """
    case = load_case(CASE)
    case = replace(case, scenarios=case.scenarios[:1])
    [own] = case.scenarios
    other = replace(own, name="an outcome of a deal", title="Somebody else's", why="of a deal")
    [outcome] = run_scenarios(load_dataset(own.dataset), [other], RunStore(tmp_path))
    assert outcome.run is not None
    document = Pages(tmp_path, None, load_dataset).document(case, [outcome.run.digest])
    page = json.loads(gzip.decompress(document.packed))
    shown = page["brief"]["scenarios"][0]["record"]["scenario"]
    assert [shown[key] for key in ("name", "title", "why")] == [own.name, own.title, own.why]
    assert list(page["runs"]) == [own.name]


def test_damaged_document_is_made_anew(solved: tuple[Path, Case, list[str]]) -> None:
    """Half a file is no document."""
    root, case, digests = solved
    first = Pages(root, None, load_dataset).document(case, digests)
    [path] = (root / PAGES).glob("*.gz")
    path.write_bytes(first.packed[: len(first.packed) // 2])
    assert Pages(root, None, load_dataset).document(case, digests) == first
    assert path.read_bytes() == first.packed


def test_unsolved_case_has_no_document(tmp_path: Path) -> None:
    """The error names the scenario that is missing."""
    case = load_case(CASE)
    with pytest.raises(InputError) as refused:
        Pages(tmp_path, None, load_dataset).document(case, ["0" * 64] * len(case.scenarios))
    assert refused.value.issue.code == "not-solved"
    assert case.scenarios[0].name in refused.value.issue.keys
