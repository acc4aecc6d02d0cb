"""The ledger keeps everything: copies, reviews, disagreement, links, and gives it back."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from linepack.errors import InputError
from linepack.evidence.claims import Reading
from linepack.evidence.document import read_document
from linepack.evidence.exchange import read_export, write_export
from linepack.evidence.gold import load_gold, read_gold
from linepack.evidence.ledger import Ledger, open_ledger
from linepack.evidence.read import read_article
from linepack.evidence.vocabulary import ReviewState

GOLD = Path(__file__).parents[1] / "gold" / "tuning"
BODY = (
    "The Kremlin said on Thursday that gas would flow through the intact string of Nord Stream 2 if "
    "Berlin agreed to it. "
    "A spokesman for the German economy ministry ruled out certifying Nord Stream 2. "
    "European gas futures fell by 4.5% to 42 euros per megawatt hour. "
    "Two people familiar with the matter said sanctions on the pipeline could be lifted."
)


def read(text: str, outlet: str, day: str = "2025-03-13") -> Reading:
    return read_article(read_document(text.encode(), outlet=outlet, published=date.fromisoformat(day)))


def test_ten_copies_are_one_witness(tmp_path: Path) -> None:
    """Nine outlets print the same text with another first line: ten articles, one witness."""
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(read(BODY, "Wire"))
        for number in range(9):
            _, origin = ledger.add(
                read(f"As seen by paper {number}, this happened with gas. " + BODY, f"Paper {number}", "2025-03-14")
            )
            assert origin is not None
            assert origin.derivation == "syndication"
        assert len(ledger.rows("articles")) == 10
        assert len(set(ledger.witnesses().values())) == 1
        assert ledger.witness_count("certification") == (10, 1)


def test_translation_goes_back_to_the_outlet_it_credits(tmp_path: Path) -> None:
    """A text that looks translated, credits the first outlet and shares its names and figures is its translation."""
    original = read(BODY, "Morning Wire")
    copy = read(
        "As reported by Morning Wire, on the conductor Nord Stream 2 the Kremlin stated readiness to give "
        "gas if Berlin agrees. "
        "It is noted that the German economy ministry ruled out certifying Nord Stream 2. "
        "European gas futures decreased by 4.5% to 42 euros per megawatt hour, reports Morning Wire with "
        "reference to sources. "
        "Two people familiar with the matter said sanctions on the pipeline could be lifted.",
        "Visnyk",
        "2025-03-14",
    )
    assert copy.is_translation_suspect
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(original)
        _, origin = ledger.add(copy)
        assert origin is not None
        assert (origin.parent_id, origin.derivation) == (original.document.digest, "translation")


def test_translated_claims_are_never_accepted_by_rule(tmp_path: Path) -> None:
    """The rule accepts plain claims of an original, and not one of a text that looks translated."""
    translated, plain = (
        read_gold(load_gold(GOLD / "t03-translated.gold")),
        read_gold(load_gold(GOLD / "t05-regulator.gold")),
    )
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(translated)
        ledger.add(plain)
        accepted, refused = ledger.accept_plain("desk")
    assert accepted
    assert {claim.claim_id for claim in translated.claims} <= set(refused)
    assert {refused[claim.claim_id] for claim in translated.claims} == {"the text looks machine-translated"}


def test_reviews_are_added_not_overwritten(tmp_path: Path) -> None:
    """The state is that of the last review, an edit stays in force, and both reviews are there to see."""
    reading = read(BODY, "Wire")
    claim = reading.claims[0].claim_id
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(reading)
        ledger.review(claim, ReviewState.EDITED, "Ann", edits={"hedge": "H2"}, note="conditional")
        ledger.review(claim, ReviewState.REJECTED, "Bob")
        (found,) = [row for row in ledger.claims() if row["claim_id"] == claim]
        assert (found["state"], found["reviewer"], found["hedge"]) == ("rejected", "Bob", "H2")
        assert [row["reviewer"] for row in ledger.rows("reviews")] == ["Ann", "Bob"]


@pytest.mark.parametrize(
    ("state", "edits", "who", "code"),
    [
        (ReviewState.EDITED, {"colour": "red"}, "Ann", "not-editable"),
        (ReviewState.ACCEPTED, {}, " ", "no-reviewer"),
        (ReviewState.ACCEPTED, {"hedge": "H2"}, "Ann", "edit-without-state"),
        (ReviewState.EDITED, {}, "Ann", "edit-without-state"),
    ],
)
def test_bad_reviews_are_refused(
    tmp_path: Path, state: ReviewState, edits: dict[str, str], who: str, code: str
) -> None:
    """A review names its reviewer, and edits go with the state 'edited' and known fields only."""
    reading = read(BODY, "Wire")
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(reading)
        with pytest.raises(InputError) as caught:
            ledger.review(reading.claims[0].claim_id, state, who, edits=edits)
    assert caught.value.issue.code == code


def test_denial_contradicts_offer(tmp_path: Path) -> None:
    """One outlet has transit restored, another has the ministry exclude it: both stay, as a contradiction."""
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(
            read(
                "Gazprom said that gas transit through Ukraine was restored to the level of the old "
                "contract on Monday.",
                "One",
            )
        )
        ledger.add(
            read(
                "The energy ministry in Kyiv denied that gas transit through Ukraine was restored. No "
                "gas flows through Sudzha.",
                "Two",
            )
        )
        kinds = {row["kind"] for row in ledger.rows("contradictions")}
        assert "denied" in kinds
        assert len(ledger.claims()) >= 2


def test_links_go_both_ways(tmp_path: Path) -> None:
    """Claim to lever to scenario to result, and from a result back to the claims behind it."""
    reading = read(BODY, "Wire")
    claim = reading.claims[0].claim_id
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        ledger.add(reading)
        ledger.link(claim, "scenario", "us-gazprom-2025/ns2-b-open")
        ledger.link(claim, "result", "7b5666118388")
        assert {row["kind"] for row in ledger.links_of(claim)} == {"lever", "scenario", "result"}
        assert ledger.claims_behind("result", "7b5666118388") == [claim]
        with pytest.raises(InputError, match="did you mean"):
            ledger.link(claim[:-1], "scenario", "x")


@pytest.mark.parametrize("target", ["ledger.json", "folder"])
def test_export_and_import_give_the_same_ledger(tmp_path: Path, target: str) -> None:
    """What is written as JSON or as CSV comes back row for row, and a second import adds nothing."""
    with open_ledger(tmp_path / "a.sqlite") as ledger:
        for name in ("t01-gazprom-talks", "t03-translated"):
            ledger.add(read_gold(load_gold(GOLD / f"{name}.gold")))
        ledger.review(
            ledger.claims()[0]["claim_id"], ReviewState.EDITED, "Ann", edits={"levers": "tariff"}, note='a, "b"\nc'
        )
        before = ledger.export()
    write_export(before, tmp_path / target)
    with open_ledger(tmp_path / "b.sqlite") as ledger:
        ledger.load(read_export(tmp_path / target))
        assert sum(ledger.load(read_export(tmp_path / target)).values()) == 0
        after = ledger.export()
    assert after == before


def test_import_refuses_an_invented_span(tmp_path: Path) -> None:
    """A claim whose words are not in its article at its place cannot enter a ledger."""
    with open_ledger(tmp_path / "a.sqlite") as ledger:
        ledger.add(read(BODY, "Wire"))
        content = ledger.export()
    content["claims"][0]["text"] = "The Kremlin said gas is free."
    with open_ledger(tmp_path / "b.sqlite") as ledger, pytest.raises(InputError) as caught:
        ledger.load(content)
    assert caught.value.issue.code == "span-not-in-text"


def test_a_failed_block_leaves_nothing(tmp_path: Path) -> None:
    """What is done in one block is kept together or not at all."""

    def fails(ledger: Ledger) -> None:
        ledger.add(read(BODY, "Wire"))
        raise InputError("stop", "stop")

    with pytest.raises(InputError), open_ledger(tmp_path / "l.sqlite") as ledger:
        fails(ledger)
    with open_ledger(tmp_path / "l.sqlite") as ledger:
        assert ledger.rows("articles") == []


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    """A text file is refused by name."""
    (tmp_path / "l.sqlite").write_text("not a database, but long enough to be read as one" * 40)
    with pytest.raises(InputError, match="not-a-ledger"), open_ledger(tmp_path / "l.sqlite"):
        pass


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """An empty file, a folder and a database of something else are no ledgers, and are not turned into one."""
    empty, other = tmp_path / "empty.txt", tmp_path / "other.sqlite"
    empty.touch()
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE birds (name TEXT)")
    before = other.read_bytes()
    for path, code in ((empty, "not-a-ledger"), (other, "not-a-ledger"), (tmp_path / "no" / "l.sqlite", "no-folder")):
        with pytest.raises(InputError, match=code), open_ledger(path):
            pass
    assert empty.read_bytes() == b""
    assert other.read_bytes() == before
