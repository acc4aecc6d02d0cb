"""What a workspace keeps beside its runs: deals, back-tests and a ledger, or the name of what cannot be read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linepack.api.articles import read_bytes
from linepack.calibrate.checks import Check, checks_table
from linepack.evidence.ledger import open_ledger
from linepack.report.evidence_content import cut_paragraphs
from linepack.report.kept import keep_backtest, keep_bands, keep_deal, kept_files, read_bands, read_kept

DEAL = {"schema": 1, "kind": "deal", "name": "ns2-b", "title": "t"}


def test_a_deal_is_shown_with_its_case_only(tmp_path: Path) -> None:
    keep_deal(tmp_path, "us-gazprom-2025/ns2-b", DEAL)
    keep_deal(tmp_path, "mine.yaml", {**DEAL, "name": "mine"})
    assert [d["name"] for d in read_kept(tmp_path, "us-gazprom-2025").deals] == ["ns2-b", "mine"]
    assert [d["name"] for d in read_kept(tmp_path, "reference-2025").deals] == ["mine"]


def test_no_name_leads_out_of_the_workspace(tmp_path: Path) -> None:
    path = keep_deal(tmp_path, "../../etc/x", {**DEAL, "name": "../../../passwd"})
    assert path.resolve().is_relative_to((tmp_path / "deals").resolve())


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A broken file must not take the page down, nor be left out in silence."""
    for place, text in (("deals/half.json", "{"), ("deals/other.json", "{}"), ("backtests/odd.json", "[1]"),
                        ("ledger.sqlite", "no database at all, but text")):  # fmt: skip
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text(text)
    found = read_kept(tmp_path, "reference-2025")
    assert (found.deals, found.backtests, found.evidence) == ((), (), None)
    assert sorted(what.split(":")[0].split(" ")[0] for what in found.unreadable) == [
        "half.json", "ledger.sqlite", "odd.json", "other.json"]  # fmt: skip


def test_a_back_test_becomes_facts_and_tables(tmp_path: Path) -> None:
    """The checks of ``linepack backtest`` are one table; a digest deep inside is a fact named by its place."""
    checks = [Check("2022 from 2019", "LNG", "TWh", 1290.0, 1330.0, low=1197.0, high=1463.0, bar="10 %")]
    keep_backtest(tmp_path, {"frozen": {"2019": {"digest": "abc", "parameters": [{"parameter": "x", "value": 1.0}]}},
                             "passed": 1, "checks": checks_table(checks).to_dict("records")})  # fmt: skip
    (found,) = read_kept(tmp_path, "reference-2025").backtests
    assert found["facts"] == {"frozen 2019 digest": "abc", "passed": 1}
    assert list(found["tables"]) == ["frozen 2019 parameters", "checks"]
    assert found["tables"]["checks"][0]["verdict"] == "passed"


def test_changes_are_seen(tmp_path: Path) -> None:
    before = kept_files(tmp_path, "us-gazprom-2025")
    path = keep_deal(tmp_path, "us-gazprom-2025/ns2-b", DEAL)
    after = kept_files(tmp_path, "us-gazprom-2025")
    assert before != after
    path.write_text(json.dumps({**DEAL, "title": "longer"}))
    assert kept_files(tmp_path, "us-gazprom-2025") != after


TEXTS = (
    "Gazprom said on Monday that it could restart Nord Stream 2 in 2026.\n\nNothing else.",
    "\N{SMILING FACE WITH SUNGLASSES} “A pipe <b>could</b> open,” Gazprom said on Monday.",
)


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_of_an_article_are_the_article(tmp_path: Path, text: str) -> None:
    """Cut at the edges of claims, put together again: the same text, and each claim's pieces are its span."""
    reading = read_bytes(text.encode(), published=date(2025, 3, 13))
    with open_ledger(tmp_path / "ledger.sqlite") as book:
        book.add(reading)
    found = read_kept(tmp_path, "x").evidence
    assert found is not None
    (article,) = found["articles"]
    assert "\n\n".join("".join(p["text"] for p in pieces) for pieces in article["paragraphs"]) == reading.document.text
    for claim in reading.claims:
        own = [p["text"] for pieces in article["paragraphs"] for p in pieces if claim.claim_id in p["claims"]]
        assert "".join(own) == claim.text


def test_claims_that_overlap_share_their_pieces() -> None:
    claims = [{"claim_id": "a", "start": 0, "end": 6}, {"claim_id": "b", "start": 4, "end": 9}]
    (pieces,) = cut_paragraphs("abcdefghij", claims)
    assert [(p["text"], p["claims"]) for p in pieces] == [
        ("abcd", ["a"]), ("ef", ["a", "b"]), ("ghi", ["b"]), ("j", [])]  # fmt: skip


def test_bands_belong_to_their_runs(tmp_path: Path) -> None:
    """Bands of other runs are not shown: a changed fact or model must not keep yesterday's band."""
    figures = pd.DataFrame({"scenario": ["s"], "figure": ["ttf_eur_mwh"], "low": [1.0], "high": [2.0]})
    prices = pd.DataFrame({"scenario": ["s"], "series": ["TTF"], "period": ["2025-04"], "low_eur_mwh": [1.0]})
    keep_bands(tmp_path, "case", ["a", "b"], figures, prices)
    found = read_bands(tmp_path, "case", ("a", "b"))
    assert found[0] is not None
    pd.testing.assert_frame_equal(found[0], figures)
    assert read_bands(tmp_path, "case", ("a", "c")) == (None, None)
    assert read_bands(tmp_path, "other", ("a", "b")) == (None, None)
