"""The commands ``read``, ``ledger`` and ``draft`` from end to end."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from linepack.cli.read import draft, ledger, read
from linepack.errors import InputError
from linepack.evidence.gold import load_gold

GOLD = Path(__file__).parents[1] / "gold" / "tuning"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_bytes(b"outlet: Exercise Wire\ndate: 2025-03-13\n\n" + load_gold(GOLD / "t01-gazprom-talks.gold").raw)
    return path


def run(command: object, *arguments: str, stdin: bytes | None = None) -> str:
    result = CliRunner().invoke(command, list(arguments), input=stdin, catch_exceptions=False)  # type: ignore[arg-type]  # a click command
    assert result.exit_code == 0, result.output
    return result.output


def test_read_json_has_text_place_and_rule(article: Path) -> None:
    """Every claim carries its words, its place, its reading and the rule behind it; checks are added on request."""
    content = json.loads(run(read, str(article), "--json", "--check"))
    assert content["article"]["outlet"] == "Exercise Wire"
    assert len(content["claims"]) == 30
    assert all(claim["rules"]["speaker"] for claim in content["claims"])
    assert {"strings", "record", "only route"} <= {check["check"] for check in content["checks"]}


def test_read_from_standard_input_in_words(article: Path) -> None:
    """'-' reads standard input, and the text output names speaker, hedge and reason."""
    text = run(read, "-", "--date", "2025-03-13", stdin=article.read_bytes())
    assert "IN H1  White House" in text or "IN H1  The White House" in text
    assert "why: " in text
    assert "30 claims" in text


def test_from_article_to_scenario(article: Path, tmp_path: Path) -> None:
    """Read into a ledger, review one claim, draft a scenario from it, link it, and find it again from the result."""
    book, out = str(tmp_path / "ledger.sqlite"), tmp_path / "draft.yaml"
    run(read, str(article), "--ledger", book)
    rows = json.loads(run(ledger, "claims", "--ledger", book, "--lever", "route_restart", "--json"))
    (claim,) = [row["claim_id"] for row in rows if "intact section" in row["text"]]
    with pytest.raises(InputError, match="nothing-accepted"):
        run(draft, book)
    run(ledger, "review", claim, "accepted", "--by", "Ann", "--ledger", book)
    run(draft, book, "--out", str(out))
    assert claim in out.read_text()
    assert run(ledger, "links", "abc123", "--kind", "result", "--ledger", book) == "no links\n"
    run(ledger, "link", claim, "result", "abc123", "--ledger", book)
    assert run(ledger, "links", "abc123", "--kind", "result", "--ledger", book).strip() == claim
    assert "1 independent witnesses" in run(ledger, "show", "articles", "--ledger", book)
    run(ledger, "export", str(tmp_path / "out"), "--ledger", book)
    run(ledger, "import", str(tmp_path / "out"), "--ledger", str(tmp_path / "other.sqlite"))


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nothing.txt"], "unreadable"), (["-", "--date", "March"], "bad-date")]
)
def test_bad_calls_are_named(arguments: list[str], code: str) -> None:
    """A missing file and a bad date are errors with a code."""
    with pytest.raises(InputError, match=code):
        run(read, *arguments, stdin=b"gas")


def test_one_bad_article_does_not_lose_the_others(tmp_path: Path) -> None:
    """The readable article is kept, the empty one is named with the reason."""
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text("date: 2025-03-13\n\nGazprom said that gas would flow through Nord Stream again.\n")
    empty.touch()
    book = str(tmp_path / "l.sqlite")
    with pytest.raises(InputError, match="the file is empty"):
        run(ledger, "add", str(empty), str(good), "--ledger", book)
    assert "Gazprom" in run(ledger, "claims", "--ledger", book)


def test_unknown_lever_is_named(tmp_path: Path) -> None:
    """A lever that does not exist is an error with the nearest one, not an empty list."""
    book = tmp_path / "l.sqlite"
    article = tmp_path / "a.txt"
    article.write_text("date: 2025-03-13\n\nGazprom said that gas would flow through Nord Stream again.\n")
    run(ledger, "add", str(article), "--ledger", str(book))
    with pytest.raises(InputError, match="route_restart"):
        run(ledger, "claims", "--lever", "route_restrat", "--ledger", str(book))
