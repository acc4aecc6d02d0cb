"""Game and deal files: what they hold, and that mistakes are refused with line and nearest known name."""

from __future__ import annotations

from pathlib import Path

import pytest

from linepack.deals.game import Consent
from linepack.deals.read import DealFile, GameFile, available_games, load_case_file
from linepack.errors import InputError
from linepack.scenario.patches import AssetPatch
from linepack.scenario.scenario import load_scenario

GAME = """\
schema: 1
game: glove
title: One left glove, two right ones
players: [left, right 1, right 2]
unlisted: best-part
values:
  left: 0
  right 1: 0
  right 2: 0
  left+right 1: 1
  right 2+left: 1
"""

DEAL = """\
schema: 1
deal: line
title: A line
players:
  - {name: RU, takes: [{account: trader_profit, holder: GAZPROM}]}
  - {name: NO, takes: [{account: trader_profit, holder: NORWAY, share: 0.5}], sells_veto: false}
decisions:
  - {name: permit, holder: NO, options: ["no", "yes"], default: "no"}
  - {name: supply, holder: RU, options: [none, some, all], default: none}
effects:
  - name: line
    when: {permit: "yes", supply: [some, all]}
    patches:
      - {do: asset, name: open it, why: the line opens, arcs: [NS2-B], state: open}
terms:
  - {name: aid, player: NO, eur_bn: -0.25, when: {permit: "yes"}, why: example}
accounts: accounts.csv
"""

ACCOUNTS = """\
outcome,account,holder,amount_eur_bn
none,trader_profit,GAZPROM,1
none,trader_profit,NORWAY,4
line,trader_profit,GAZPROM,3
line,trader_profit,NORWAY,2
"""


def write(folder: Path, text: str, accounts: str = ACCOUNTS) -> Path:
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_game_file_gives_the_game(tmp_path: Path) -> None:
    """Order within a coalition's name does not matter; what is not listed is its best part."""
    loaded = load_case_file(write(tmp_path, GAME))
    assert isinstance(loaded, GameFile)
    assert loaded.game.players == ("left", "right 1", "right 2")
    assert loaded.game.value("left", "right 2") == 1
    assert loaded.game.value("right 1", "right 2") == 0
    assert loaded.game.total == 1


def test_values_may_stand_in_a_csv_file(tmp_path: Path) -> None:
    """A file beside it with columns coalition and value."""
    (tmp_path / "values.csv").write_text("coalition,value\na,1\nb,2\na+b,5\n", encoding="utf-8")
    text = "schema: 1\ngame: g\ntitle: G\nplayers: [a, b]\nvalues_file: values.csv\ndoes_not_sell: {b: agrees}\n"
    loaded = load_case_file(write(tmp_path, text))
    assert isinstance(loaded, GameFile)
    assert loaded.game.values.tolist() == [0, 1, 2, 5]
    assert loaded.stances == {"b": Consent.AGREES}


def test_norway_is_a_player_and_not_a_boolean(tmp_path: Path) -> None:
    """YAML 1.2 reads NO as text."""
    loaded = load_case_file(write(tmp_path, DEAL))
    assert isinstance(loaded, DealFile)
    assert loaded.deal.names == ("RU", "NO")


def test_a_deal_file_gives_the_deal(tmp_path: Path) -> None:
    """Shares default to 1, players sell their veto unless they say not; effects carry scenario patches."""
    loaded = load_case_file(write(tmp_path, DEAL))
    assert isinstance(loaded, DealFile)
    russia, norway = loaded.deal.players
    assert (russia.takes[0].share, russia.sells_veto) == (1.0, True)
    assert (norway.takes[0].share, norway.sells_veto) == (0.5, False)
    assert isinstance(loaded.deal.effects[0].patches[0], AssetPatch)
    assert loaded.deal.terms[0].eur_bn == -0.25
    assert loaded.accounts is not None
    assert loaded.accounts(frozenset({"line"})).amount_eur_bn("trader_profit", "GAZPROM") == 3


def test_an_outcome_is_a_scenario(tmp_path: Path) -> None:
    """The base scenario with the patches of its effects, ready to be solved; without effects it is the base."""
    loaded = load_case_file(write(tmp_path, DEAL))
    assert isinstance(loaded, DealFile)
    base = load_scenario("us-gazprom-2025/status-quo")
    opened = loaded.deal.scenario(base, frozenset({"line"}))
    assert opened.patches == (*base.patches, *loaded.deal.effects[0].patches)
    assert loaded.deal.scenario(base, frozenset()).digest == base.digest != opened.digest


@pytest.mark.parametrize(
    ("old", "new", "code", "where", "hint"),
    [
        ("unlisted:", "unlistd:", "unknown-key", "line 5", "unlisted"),
        ("unlisted: best-part", "unlisted: best-prt", "not-a-choice", "line 5", "best-part"),
        ("  left: 0", "  lefd: 0", "unknown-player", "line 7", "left"),
        ("  right 1: 0", "  left: 0", "duplicate-key", "line 8", "one"),
        ("  right 2+left: 1", "  right 1+left: 1", "duplicate-key", "line 11", "one"),
        ("  left+right 1: 1", "  left+right 1: much", "not-a-number", "line 10", None),
        ("unlisted: best-part\n", "", "missing-value", "3 coalition(s)", "best-part"),
        ("schema: 1", "schema: 2", "schema-version", "line 1", "schema: 1"),
        ("right 2]", "left]", "bad-players", "problem", None),
    ],
)
def test_mistakes_in_a_game_file(tmp_path: Path, old: str, new: str, code: str, where: str, hint: str | None) -> None:
    """Each is refused with its line and what to try."""
    assert old in GAME
    text = GAME.replace(old, new, 1)
    if code == "missing-value":
        text = text.replace("  right 2: 0\n", "")
    with pytest.raises(InputError) as caught:
        load_case_file(write(tmp_path, text))
    assert caught.value.issue.code == code
    assert where in caught.value.issue.message
    if hint is not None:
        assert hint in str(caught.value.issue.hint)


@pytest.mark.parametrize(
    ("old", "new", "code", "where", "hint"),
    [
        ("holder: NO, options", "holdr: NO, options", "unknown-key", "line 8", "holder"),
        ("holder: NO, options", "holder: NOR, options", "not-a-choice", "line 8", "NO"),
        ('permit: "yes", supply', 'permitt: "yes", supply', "unknown-key", "line 12", "permit"),
        ("[some, all]}", "[some, al]}", "unknown-option", "line 12", "all"),
        ("default: none", "default: never", "not-a-choice", "line 9", "none"),
        ("share: 0.5", "shar: 0.5", "unknown-key", "line 6", "share"),
        ("sells_veto: false", "sells_veto: maybe", "not-a-boolean", "line 6", None),
        (", why: example", "", "missing-key", "line 16", "why"),
        ("{do: asset", "{do: aset", "not-a-choice", "line 14", "asset"),
        ("title: A line", "title: A line\ngame: line", "one-of", "game, deal", None),
        ("title: A line", "title: A line\ntitle: B", "duplicate-key", "line 4", None),
        (
            'when: {permit: "yes", supply: [some, all]}',
            'when: {at_least: 3, of: [{permit: "yes"}]}',
            "bad-count",
            "line 12",
            None,
        ),
    ],
)
def test_mistakes_in_a_deal_file(tmp_path: Path, old: str, new: str, code: str, where: str, hint: str | None) -> None:
    """As strict as scenario files."""
    assert old in DEAL
    with pytest.raises(InputError) as caught:
        load_case_file(write(tmp_path, DEAL.replace(old, new, 1)))
    assert caught.value.issue.code == code
    assert where in caught.value.issue.message
    if hint is not None:
        assert hint in str(caught.value.issue.hint)


def test_missing_accounts_are_not_nil(tmp_path: Path) -> None:
    """Neither an outcome nor an account that is not in the table counts as 0."""
    loaded = load_case_file(write(tmp_path, DEAL, ACCOUNTS.replace("line,trader_profit,NORWAY,2\n", "")))
    assert isinstance(loaded, DealFile)
    assert loaded.accounts is not None
    with pytest.raises(InputError, match="missing-account"):
        loaded.accounts(frozenset({"line"})).amount_eur_bn("trader_profit", "NORWAY")
    with pytest.raises(InputError, match="missing-outcome"):
        loaded.accounts(frozenset({"other"}))


def test_shipped_files_load() -> None:
    """Every game and deal that comes with linepack, by name; a misspelt name gets the nearest."""
    assert available_games() == [
        "baltic-none", "baltic-nord-stream", "baltic-nord-stream-2", "ns2-b-deal", "ns2-b-vetoes",
    ]  # fmt: skip
    for name in available_games():
        load_case_file(name)
    with pytest.raises(InputError, match="ns2-b-deal"):
        load_case_file("ns2-b-del")


def test_examples_of_the_theory_page_load(tmp_path: Path) -> None:
    """Both files shown there are read as they stand, with their commented lines switched on where they can be."""
    page = (Path(__file__).parents[2] / "docs" / "theory" / "deals.md").read_text(encoding="utf-8")
    game, deal = (block.split("```")[0] for block in page.split("```yaml\n")[1:])
    loaded = load_case_file(write(tmp_path, game.replace("# does_not", "does_not").replace("# unions", "unions")))
    assert isinstance(loaded, GameFile)
    assert loaded.unions["left"].losses == {"b": 1.0}
    assert loaded.stances == {"right 2": Consent.REFUSES}
    read = load_case_file(write(tmp_path, deal))
    assert isinstance(read, DealFile)
    assert read.deal.terms[0].player == "DE"


@pytest.mark.parametrize(
    ("union", "code"),
    [
        ("{rule: majority}", "not-a-choice"),
        ("{rule: qualified-majority, losses: {EL: 1}}", "unknown-player"),
        ("{rule: qualified-majority, populations: council-2024}", "unknown-list"),
        ("{rule: weighted, weights: {a: 1.5}, quota: 1}", "not-whole"),
        ("{rule: unanimity, quota: 3}", "unknown-key"),
    ],
)
def test_mistakes_in_a_union(tmp_path: Path, union: str, code: str) -> None:
    """A wrong rule, a state that is no member, an unknown list, a weight that is not whole, a key of another rule."""
    with pytest.raises(InputError) as caught:
        load_case_file(write(tmp_path, GAME + f"unions: {{left: {union}}}\n"))
    assert caught.value.issue.code == code
