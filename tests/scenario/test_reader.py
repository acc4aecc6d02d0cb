"""YAML 1.2, read strictly: what a user gets wrong is named with file, line and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from linepack.errors import InputError
from linepack.scenario.reader import parse_yaml, plain, read_yaml
from linepack.scenario.scenario import load_case, load_scenario

HEAD = """\
schema: 1
scenario: mine
title: Mine
dataset: test
horizon: {first_month: 2025-04, months: 1}
closing: values
"""


def refused(tmp_path: Path, text: str) -> InputError:
    """Return the error that a scenario file of this text gives."""
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(path)
    return caught.value


def test_norway_stays_norway() -> None:
    """Under YAML 1.1 NO is false; under 1.2 it is the text NO, quoted or not."""
    assert parse_yaml("nodes: [NO, 'NO', no]", "x").texts("nodes") == ("NO", "NO", "no")


@pytest.mark.parametrize(("text", "line"), [("a: 1\nb: 2\na: 3\n", 3), ("a: {b: 1,\n  b: 2}\n", 2)])
def test_duplicate_key_names_the_line_of_the_second(text: str, line: int) -> None:
    """Most readers keep the last silently."""
    with pytest.raises(InputError, match=f"x, line {line}: ") as caught:
        parse_yaml(text, "x")
    assert caught.value.issue.code == "duplicate-key"


@pytest.mark.parametrize(
    "text",
    ["a: [1, 2", "a: b: c", "a:\n\t- b", "- just\n- a list", "plain words", "day: 2025-02-30", "a: 1\n---\nb: 2"],
)  # fmt: skip
def test_unreadable_yaml_is_an_input_error(text: str) -> None:
    """Neither a traceback nor a half-read file: every text that is no mapping of YAML 1.2 is refused."""
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "x")
    assert caught.value.issue.code == "unreadable"
    assert caught.value.exit_code == 2


def test_unreadable_yaml_names_the_line() -> None:
    """The bracket opened in line 2 is still open at the end of line 3."""
    with pytest.raises(InputError, match=r"x, line [34]: "):
        parse_yaml("a: 1\nb: [1,\n   2\n", "x")


def test_files_that_are_not_there_or_not_text(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are not UTF-8 are told apart from bad YAML."""
    with pytest.raises(InputError, match="there is no file"):
        read_yaml(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"a: \xff\xfe")
    for path in (tmp_path, tmp_path / "bytes.yaml"):
        with pytest.raises(InputError) as caught:
            read_yaml(path)
        assert caught.value.issue.code == "unreadable"


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        (HEAD + "patchs: []\n", "unknown-key", 7, "did you mean 'patches'?"),
        (HEAD.replace("schema: 1", "schema: 9"), "schema-version", 1, "this release reads schema 1 only"),
        (HEAD.replace("months: 1", "month: 1"), "unknown-key", 5, "did you mean 'months'?"),
        (HEAD.replace("months: 1", "months: 1.5"), "not-a-whole-number", 5, None),
        (HEAD.replace("months: 1", "months: 0"), "below-minimum", 5, None),
        (HEAD.replace("months: 1", "months: .inf"), "not-a-number", 5, None),
        (HEAD.replace("2025-04", "2025-13"), "bad-month", 5, "write YYYY-MM, for example 2025-04"),
        (HEAD.replace("closing: values", "closing: value"), "not-a-choice", 6, "did you mean 'values'?"),
        (HEAD.replace("dataset: test", "dataset: 2025"), "not-text", 4, 'put it in quotes: "2025"'),
        (HEAD.replace("title: Mine\n", ""), "missing-key", 1, "add 'title: ...'"),
        (HEAD + "patches: 5\n", "not-a-list", 7, "start each item with '- '"),
        (HEAD + "patches:\n  - 5\n", "not-a-mapping", 7, None),
        (HEAD + "patches:\n  - {name: a, do: asset, why: b, arcs: X, state: open}\n"
                "  - {name: a, do: asset, why: b, arcs: Y, state: open}\n", "duplicate-name", 7, None),
    ],
)  # fmt: skip
def test_scenario_file_errors_name_line_and_remedy(
    tmp_path: Path, text: str, code: str, line: int, hint: str | None
) -> None:
    """The line is that of the key at fault, counted from 1, or that of its mapping if a key is missing."""
    error = refused(tmp_path, text)
    assert error.issue.code == code
    assert f"mine.yaml, line {line}: " in error.issue.message
    if hint is not None:
        assert error.issue.hint == hint


def test_scenarios_based_on_each_other_in_a_circle(tmp_path: Path) -> None:
    """A circle is an error, also where a path spells one file in two ways."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name, base in (("mine", "../scenarios/other"), ("other", "../scenarios/mine")):
        text = f"schema: 1\nscenario: {name}\ntitle: T\nbased_on: {base}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_scenario(folder / "mine.yaml")
    assert caught.value.issue.code == "circular"


def test_based_on_takes_horizon_and_patches_of_the_base(tmp_path: Path) -> None:
    """The base's patches come first; a second horizon, or a base that does not exist, is refused."""
    patch = "patches:\n  - {name: %s, do: asset, why: w, arcs: X, state: closed}\n"
    (tmp_path / "base.yaml").write_text(HEAD + patch % "first", encoding="utf-8")
    child = "schema: 1\nscenario: child\ntitle: T\nbased_on: base\n"
    (tmp_path / "child.yaml").write_text(child + patch % "second", encoding="utf-8")
    scenario = load_scenario(tmp_path / "child.yaml")
    assert (scenario.name, scenario.months) == ("child", 1)
    assert [p.name for p in scenario.patches] == ["first", "second"]
    assert "comes from the scenario" in str(refused(tmp_path, child + "closing: values\n"))
    assert "did you mean 'base'?" in str(refused(tmp_path, child.replace("based_on: base", "based_on: bas")))


def test_unknown_names_of_cases_and_scenarios() -> None:
    """The nearest name is offered."""
    with pytest.raises(InputError, match="did you mean 'reference-2025'"):
        load_case("reference-2024")
    with pytest.raises(InputError, match="did you mean 'ukraine-15'"):
        load_scenario("us-gazprom-2025/ukraine-16")
    with pytest.raises(InputError, match="neither a YAML file nor CASE/NAME"):
        load_scenario("nonsense")


def test_a_case_refuses_two_scenarios_of_one_name_and_a_vague_flag(tmp_path: Path) -> None:
    """The tables of a brief are told apart by the scenario's name; 'yes' is text in YAML 1.2, not true."""
    folder = tmp_path / "case"
    (folder / "scenarios").mkdir(parents=True)
    for file in ("a", "b"):
        (folder / "scenarios" / f"{file}.yaml").write_text(HEAD, encoding="utf-8")
    text = "schema: 1\ncase: c\ntitle: T\nquestion: Q\nscenarios: [a, b]\n"
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="two scenarios have the same name"):
        load_case(folder)
    (folder / "case.yaml").write_text(text.replace("[a, b]", "[a]\nobservations: yes"), encoding="utf-8")
    with pytest.raises(InputError, match="neither true nor false"):
        load_case(folder)


def test_plain_values_forget_the_reader() -> None:
    """What goes into a scenario is a Python value, so that it has one digest and reaches a worker process."""
    fields = parse_yaml("a: 1\nb: 2.5\nc: text\nd: true\ne: 1e3\nf:\n", "x")
    assert {key: plain(value) for key, value in fields.values.items()} == {
        "a": 1, "b": 2.5, "c": "text", "d": True, "e": 1000.0, "f": None,
    }  # fmt: skip
    assert {type(plain(value)) for value in fields.values.values()} == {int, float, str, bool, type(None)}
