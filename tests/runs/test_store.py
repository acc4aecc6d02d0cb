"""A run is stored whole or not at all, and found again by what it is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.runs.store import RunStore, workspace, write_text

DIGEST = "0123456789abcdef" * 4
RECORD = {"identity": {"digest": DIGEST}, "scenario": {"name": "x"}}
TABLE = pd.DataFrame({"node": ["NO", "DE"], "flow_gwh_d": [1.5, float("nan")]})

DIES = """
import os, sys
import pandas as pd
from linepack.runs.store import RunStore
pd.DataFrame.to_parquet = lambda self, path, **_: (open(path, "w").write("half"), os.kill(os.getpid(), 9))
RunStore(__import__("pathlib").Path(sys.argv[1])).save(
    {"identity": {"digest": sys.argv[2]}, "scenario": {"name": "x"}}, {"a": pd.DataFrame({"b": [1.0]})})
"""


def test_what_is_saved_is_found(tmp_path: Path) -> None:
    """Text stays text, a missing number stays missing."""
    store = RunStore(tmp_path)
    assert store.find(DIGEST) is None
    saved = store.save(RECORD, {"flows": TABLE})
    found = store.find(DIGEST)
    assert found is not None
    assert (found.digest, found.name, list(found.tables)) == (saved.digest, "x", ["flows"])
    pd.testing.assert_frame_equal(found.tables["flows"], TABLE, check_dtype=False)
    with pytest.raises(KeyError):
        found.tables["nonsense"]


def test_killed_in_the_middle_of_a_save(tmp_path: Path) -> None:
    """A process killed while it writes leaves no run; the next save is not disturbed by its remains."""
    done = subprocess.run([sys.executable, "-c", DIES, str(tmp_path), DIGEST], check=False)
    assert done.returncode == -9
    store = RunStore(tmp_path)
    assert store.find(DIGEST) is None
    left = list((tmp_path / "runs").iterdir())
    assert len(left) == 1
    assert left[0].name.startswith(".")
    store.save(RECORD, {"flows": TABLE})
    assert store.find(DIGEST) is not None
    store.discard_unfinished([int(left[0].suffix[1:])])
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [DIGEST[:32]]


def test_error_in_the_middle_of_a_save_leaves_nothing(tmp_path: Path) -> None:
    """What cannot be written as a table is an error, and the folder is as it was."""
    with pytest.raises(AttributeError):
        RunStore(tmp_path).save(RECORD, {"good": TABLE, "bad": None})
    assert list((tmp_path / "runs").iterdir()) == []


def test_second_save_of_the_same_run_keeps_the_first(tmp_path: Path) -> None:
    """Two processes that solve the same run: it is never away, not even for a moment, and nothing is left over."""
    store = RunStore(tmp_path)
    store.save(RECORD, {"flows": TABLE})
    before = (store.folder(DIGEST) / "run.json").stat().st_ino
    store.save(RECORD, {"flows": TABLE})
    assert (store.folder(DIGEST) / "run.json").stat().st_ino == before
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """The error says where and what to do, for runs and for files."""
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="--workspace") as caught:
        RunStore(tmp_path / "file").save(RECORD, {})
    assert caught.value.issue.code == "cannot-write"
    with pytest.raises(InputError, match="--out"):
        write_text(tmp_path / "file" / "x.csv", "a")


def test_text_is_replaced_whole(tmp_path: Path) -> None:
    """A file is written beside and renamed; nothing else stays in the folder."""
    path = tmp_path / "new" / "x.csv"
    write_text(path, "a\n")
    write_text(path, "b\n")
    assert path.read_bytes() == b"b\n"
    assert list(path.parent.iterdir()) == [path]


def test_workspace_is_argument_then_environment_then_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flags over environment."""
    monkeypatch.delenv("LINEPACK_WORKSPACE", raising=False)
    assert workspace() == Path("linepack-results")
    monkeypatch.setenv("LINEPACK_WORKSPACE", "/there")
    assert workspace() == Path("/there")
    assert workspace("here") == Path("here")
