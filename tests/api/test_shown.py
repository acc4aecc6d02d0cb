"""How answers show themselves: short in a terminal, tables in a notebook, nothing of the data taken for HTML."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

import linepack
from linepack.errors import InputError
from linepack.runs.display import MOST_ROWS, Shown
from linepack.runs.store import Run
from linepack.system.dataset import check_tables


@dataclass(frozen=True, repr=False)
class Answer(Shown):
    """One table under one title."""

    title: str
    table: pd.DataFrame

    def _shown(self) -> tuple[str, dict[str, pd.DataFrame]]:
        return self.title, {"table": self.table, "empty": self.table.head(0)}


def rows_of(html: str) -> list[ET.Element]:
    """Return the rows of all tables; the HTML has to be well formed."""
    return list(ET.fromstring(f"<div>{html}</div>").iter("tr"))


def test_text_of_the_data_is_not_taken_for_html() -> None:
    """Neither in the title nor in a cell; three decimals, a dash for what is missing, no place for an empty table."""
    answer = Answer("<b>A & B</b>", pd.DataFrame({"name": ["<script>alert(1)</script>"], "value": [1234.5678],
                                                  "none": [float("nan")]}))  # fmt: skip
    html = answer._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html
    assert [cell.text for cell in rows_of(html)[1]] == ["<script>alert(1)</script>", "1,234.568", "-"]
    assert "empty" not in html


def test_long_tables_are_cut_and_say_so() -> None:
    """A notebook is not filled by one table."""
    html = Answer("long", pd.DataFrame({"k": range(MOST_ROWS + 5)}))._repr_html_()
    assert len(rows_of(html)) == 1 + MOST_ROWS
    assert f"{MOST_ROWS} of {MOST_ROWS + 5} rows" in html


def test_answers_are_one_line_in_a_terminal() -> None:
    """With what it is and which tables it has."""
    consents = linepack.consents("NS2_B", on="2025-03-13")
    closed = (consents.gates["state"] == "closed").sum()
    assert repr(consents).startswith(f"<ConsentTables: NS2_B on 2025-03-13: {closed} gates closed; gates (11)")
    for answer in (consents, linepack.deal("baltic-nord-stream"), linepack.odds("EV-PUTIN-0313")):
        assert "\n" not in repr(answer)
        assert len(rows_of(answer._repr_html_())) > 3


def test_payoffs_of_a_deal_stand_beside_each_other() -> None:
    """A row per player, a column per concept; the cells are those of the table."""
    deal = linepack.deal("baltic-nord-stream")
    shown = deal._shown()[1]["payoffs"].set_index("player")
    told = deal.payoffs.set_index(["player", "concept"])["payoff"]
    assert shown.loc["RU", "nucleolus"] == told["RU", "nucleolus"]
    assert shown.shape == (4, 1 + deal.payoffs["concept"].nunique())


def test_edits_of_a_table_change_no_facts() -> None:
    """The facts stay what their digest says; an edited table given back makes other facts."""
    system = linepack.load_system("2025")
    before, arcs = system.digest, system.table("arcs")
    is_b = arcs["arc"] == "NS2_B"
    arcs.loc[is_b, "state"] = "open"
    arcs["more"] = 1
    assert system.table("arcs").set_index("arc").loc["NS2_B", "state"] == "closed"
    assert "more" not in system.table("arcs")
    assert system.digest == before
    changed = system.with_tables(arcs=arcs.drop(columns="more"))
    assert changed.table("arcs").set_index("arc").loc["NS2_B", "state"] == "open"
    assert changed.digest != before


def test_facts_refuse_what_is_no_table_of_theirs() -> None:
    """A name with its nearest neighbour, a value that is no table."""
    system = linepack.load_system("2025")
    with pytest.raises(InputError, match="did you mean 'arcs'") as caught:
        system.with_tables(arc=system.table("arcs"))
    assert caught.value.issue.code == "unknown-table"
    with pytest.raises(InputError, match="DataFrame") as caught:
        system.with_tables(arcs=[1])
    assert caught.value.issue.code == "not-a-table"


def test_a_run_says_which_tables_it_has(regimes: dict[str, Run]) -> None:
    """An edit of one is the reader's own."""
    run = regimes["status-quo"]
    prices = run.tables["price_markers"]
    prices["price_eur_mwh"] *= 2
    assert run.tables["price_markers"]["price_eur_mwh"].mean() == pytest.approx(prices["price_eur_mwh"].mean() / 2)
    with pytest.raises(KeyError, match="hub_prices"):
        run.tables["prices"]
    assert "hub_prices" in repr(run.tables)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("capacity_gwh_d", float("nan"), "empty-cell"), ("capacity_gwh_d", -5.0, "below-minimum"),
     ("capacity_gwh_d", "many", "not-a-number"), ("state", "opne", "not-a-choice"), ("origin", "XX", "unknown-node"),
     ("arc", "NS2_B", "duplicate-key"), ("capacity", 5.0, "wrong-unit"), ("x", 1, "unknown-column")],
)  # fmt: skip
def test_edited_facts_are_held_against_the_schema(column: str, value: object, code: str) -> None:
    """Before they are solved, as those of a file are; ``data_check`` lists the same."""
    system = linepack.load_system("2025")
    arcs = system.table("arcs")
    arcs[column] = [value, *(arcs[column].tolist()[1:] if column in arcs else [value] * (len(arcs) - 1))]
    changed = system.with_tables(arcs=arcs)
    with pytest.raises(InputError) as caught:
        linepack.solve("us-gazprom-2025/status-quo", system=changed)
    assert code in {issue.code for issue in caught.value.issues}
    assert code in set(linepack.data_check(changed)["code"])


def test_edited_facts_that_fit_are_taken() -> None:
    """A change within the schema is no problem; what is asked again for the same frames costs nothing."""
    system = linepack.load_system("2025")
    arcs = system.table("arcs")
    arcs.loc[arcs["arc"] == "GB-BE", "capacity_gwh_d"] *= 0.5
    assert check_tables(system.with_tables(arcs=arcs)) == []


def test_headlines_of_other_horizons_are_not_compared(regimes: dict[str, Run]) -> None:
    """Means over two months and over two years are no change."""
    short = replace(linepack.load_scenario("us-gazprom-2025/status-quo"), months=1)
    with pytest.raises(InputError) as caught:
        linepack.compare(regimes["status-quo"], short)
    assert caught.value.issue.code == "other-horizon"
