"""Drafts: what a form sends is what the parser reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from linepack.api.drafts import MOST_PATCHES, draft_from_yaml, draft_to_yaml, scenario_of
from linepack.errors import InputError
from linepack.report.forms import FORMS, Field, FieldKind, Form
from linepack.scenario.parse import COMMON, KINDS, parse_patch
from linepack.scenario.reader import Fields, parse_yaml
from linepack.web.drafts import SavedDrafts

CASE = "us-gazprom-2025"
EXAMPLES = {FieldKind.NAMES: ["X"], FieldKind.NUMBER: 0.5, FieldKind.QUANTITY: "5 GWh/d", FieldKind.FLAG: True}
FREE_FORM = {"set", "scale", "add", "remove"}  # any cell of any table: written as YAML, not in a form


def filled(form: Form, field: Field) -> dict[str, object]:
    """Return a patch with this field, and the first of every other group and list filled."""
    patch: dict[str, object] = {"name": "n", "do": form.do, "why": "w"}
    seen = {field.group} if field.group else set()
    for other in (field, *form.fields):
        if other is field or (other.group and other.group not in seen) or (not other.group and other.key not in patch):
            seen.add(other.group)
            value = EXAMPLES.get(other.kind, other.choices[0] if other.choices else "2025-04-01")
            patch[other.key] = value
    return patch


@pytest.mark.parametrize(("form", "field"), [(f, x) for f in FORMS for x in f.fields], ids=lambda v: getattr(v, "key", getattr(v, "do", "")))  # fmt: skip # noqa: E501
def test_parser_takes_every_field_of_every_form(form: Form, field: Field) -> None:
    """The parser refuses unknown keys and two of a group, so a field that it takes is spelled and grouped right."""
    patch = parse_patch(Fields(filled(form, field), "form", 1))
    assert patch.name == "n"


def test_every_kind_of_patch_has_a_form() -> None:
    assert {form.do for form in FORMS} | FREE_FORM == set(KINDS)
    assert all(field.key not in COMMON for form in FORMS for field in form.fields)


def test_yaml_out_and_in_gives_the_same_scenario() -> None:
    """Norway's NO and a month stay text: YAML 1.2."""
    draft = {"schema": 1, "scenario": "x", "title": "Norway: NO", "why": "no", "based_on": "status-quo",
             "patches": [{"name": "a", "do": "demand", "why": "w", "nodes": ["NO", "DE"], "factor": 0.9,
                          "from": "2025-06-01"}]}  # fmt: skip
    text = draft_to_yaml(draft)
    assert draft_from_yaml(text) == draft
    assert scenario_of(CASE, draft).digest == scenario_of(CASE, draft_from_yaml(text), text=text).digest


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scenario": "../../etc"}, "bad-name"),
        ({"scenario": "Ä"}, "bad-name"),
        ({"based_on": "../status-quo"}, "unknown-scenario"),
        ({"horizon": {"months": 9999}}, "unknown-key"),
        ({"schema": 2}, "schema-version"),
        ({"patches": [{"name": "a", "do": "fly", "why": "w"}]}, "not-a-choice"),
        ({"patches": [{"name": "a", "do": "supply", "why": "w", "resources": "QA_LNG", "factor": -1}]},
         "below-minimum"),
        ({"patches": [{"name": str(k), "do": "supply", "why": "w", "resources": "QA_LNG", "factor": 1}
                      for k in range(MOST_PATCHES + 1)]}, "too-many-patches"),
    ],
)  # fmt: skip
def test_what_must_not_be_is_refused(change: dict[str, object], code: str) -> None:
    draft = {"scenario": "x", "based_on": "status-quo", "patches": [], **change}
    with pytest.raises(InputError) as caught:
        scenario_of(CASE, draft)
    assert caught.value.issue.code == code


def test_yaml_that_unfolds_without_end_is_refused() -> None:
    """Nine lines of lists of aliases would unfold to a billion items."""
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [*{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True))
    with pytest.raises(InputError, match="aliases"):
        draft_from_yaml(bomb)


def test_errors_of_text_name_the_line() -> None:
    lines = ("schema: 1", "scenario: x", "patches:", "  - name: a", "    do: supply", "    why: w",
             "    resource: QA_LNG")  # fmt: skip
    text = "\n".join(lines) + "\n"
    with pytest.raises(InputError, match=r"line 7.*unknown key 'resource'"):
        scenario_of(CASE, parse_yaml(text, "scenario").values, text=text)


def test_saved_drafts_stay_in_their_folder(tmp_path: Path) -> None:
    saved = SavedDrafts(tmp_path)
    saved.save("mine", "schema: 1\n")
    assert saved.names() == ["mine"]
    assert saved.load("mine") == "schema: 1\n"
    for name in ("../mine", "a/b", "", "a" * 61, ".hidden"):
        with pytest.raises(InputError):
            saved.load(name)
