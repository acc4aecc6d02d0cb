"""The command ``deal`` on games and deals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from linepack.cli import run
from linepack.deals.council import qualified_majority


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["deal", *arguments]) == 0
    return capsys.readouterr().out


def test_a_game_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The worked game with Nord Stream: shares as printed, and the band runs over the solution concepts."""
    content = json.loads(output(capsys, "baltic-nord-stream", "--json"))
    total = content["total"]
    assert {name: round(100 * amount / total, 1) for name, amount in content["shapley"].items()} == {
        "RU": 43.3, "EU": 43.3, "UA": 11.0, "BY": 2.4}  # fmt: skip
    assert content["veto_players"] == ["RU", "EU"]
    assert content["core"]["UA"] == pytest.approx([0, 27790.0 - 19987.0])
    figure = next(item for item in content["figures"] if "UA" in item["question"])
    assert figure["band"] == [pytest.approx(content["shapley"]["UA"]), pytest.approx(content["nash"]["UA"])]
    assert "nucleolus" in figure["assumptions"]
    review = next(item for item in content["reviews"] if item["split"] == "Shapley value")
    assert review["objections"][0]["coalition"] == "RU+EU+UA"
    assert sum(review["least_payments"].values()) == pytest.approx(0, abs=1e-6)


def test_a_game_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Players, payoffs, core, who blocks and payments stand in the text; so does the change from another game."""
    text = output(capsys, "baltic-nord-stream-2", "--against", "baltic-nord-stream")
    for word in ("Shapley value", "nucleolus", "Nash split", "core from", "Nothing without: RU, EU", "one sign"):
        assert word in text
    assert "-1,287.8" in text  # Ukraine's Shapley payoff, 3,050.8 less 1,763.0


def test_a_deal_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Opening string B needs four players; Germany and the United States block, and 2.5 in all unblocks it."""
    content = json.loads(output(capsys, "ns2-b-deal", "--json", "--reach", "ns2-b"))
    outcome = next(item for item in content["outcomes"] if item["effect"] == "ns2-b+turkstream")
    assert outcome["must_agree"] == [["DE", "EU", "RU", "US"]]
    assert {b["player"]: b["least_payment_eur_bn"] for b in outcome["blockers"]} == {"DE": 1.5, "US": 1.0}
    assert outcome["can_be_unblocked"] is True
    assert outcome["payments_eur_bn"] == 2.5
    assert set(content["games"]) == {"keep-defaults", "best-response", "inactive"}
    assert content["games"]["inactive"]["total"] == pytest.approx(11.119578125 - 2.5)
    assert content["reach"]["least_decisions"] == [
        {"supply": "both", "buy": "both", "certify": "yes", "licence": "yes"}
    ]
    assert len(content["terms_set_by_user"]) == 2
    assert len(content["unions"]["EU"]["members"]) == 27
    majority = content["unions"]["EU"]["cheapest_majority"]
    assert majority["payments"] == {"FR": 0.3, "ES": 0.1}  # the 14 states that lose nothing hold 47.94 % of the people
    assert qualified_majority().passes(majority["members"])


def test_a_deal_as_text_and_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Text names blockers and payments and marks what the user set; --out keeps text and JSON."""
    text = output(capsys, "ns2-b-deal", "--out", str(tmp_path / "out"))
    for word in ("DE blocks", "must agree: DE+EU+RU+US", "set by the user", "Outsiders: best-response", "Inside EU"):
        assert word in text
    assert json.loads((tmp_path / "out" / "deal.json").read_text())["kind"] == "deal"
    assert (tmp_path / "out" / "deal.txt").read_text() == text


def test_a_veto_not_for_sale(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A game in which b takes no money and agrees: a alone has all there is."""
    path = tmp_path / "game.yaml"
    path.write_text("schema: 1\ngame: g\ntitle: G\nplayers: [a, b]\nunlisted: zero\nvalues: {a+b: 4}\n"
                    "does_not_sell: {b: agrees}\nproposal: {a: 3, b: 1}\n")  # fmt: skip
    content = json.loads(output(capsys, str(path), "--json"))
    assert content["shapley"] == {"a": 4.0}
    assert content["does_not_sell"] == {"b": "agrees"}
    assert content["reviews"][0]["objections"] == [{"coalition": "a", "lack": 1.0}]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no-such-case"], "unknown-case"),
        (["ns2-b-deal", "--outsiders", "best-respons"], "unknown-rule"),
        (["ns2-b-deal", "--reach", "ns2"], "unknown-effect"),
        (["ns2-b-vetoes", "--against", "ns2-b-deal"], "not-a-game"),
    ],
)
def test_bad_calls_exit_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str], code: str) -> None:
    """One error envelope, as JSON if asked for, with exit code 2."""
    assert run(["deal", *arguments, "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == code
