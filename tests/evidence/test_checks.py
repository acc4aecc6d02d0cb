"""Numbers in claims against the facts, and claims as a scenario."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from linepack.errors import InputError
from linepack.evidence.checks import Verdict, check_against_run, check_claims
from linepack.evidence.claims import Claim
from linepack.evidence.document import read_document
from linepack.evidence.draft import DraftClaim, draft_claims, draft_scenario, draft_yaml
from linepack.evidence.read import read_article
from linepack.scenario.scenario import apply_scenario, load_scenario
from linepack.system.dataset import load_dataset
from linepack.system.gassystem import GasSystem
from linepack.vocabulary import AssetState


@pytest.fixture(scope="module")
def system() -> GasSystem:
    return load_dataset("2025")


def claims_of(text: str) -> tuple[Claim, ...]:
    return read_article(
        read_document((text + " The gas pipeline is in the news.").encode(), published=date(2025, 3, 13))
    ).claims


@pytest.mark.parametrize(
    ("text", "check", "verdict"),
    [
        # strings A and B of Nord Stream 1 and string A of Nord Stream 2 are destroyed, string B is not
        ("Three of the four strings of Nord Stream were damaged in 2022.", "strings", Verdict.AGREES),
        ("All said, four of the four strings of Nord Stream were damaged in 2022.", "strings", Verdict.DISAGREES),
        ("One of the two Nord Stream 2 lines was damaged in 2022.", "strings", Verdict.AGREES),
        # published EU imports of Russian LNG: 19, 17.8, 21.5 bcm in 2022, 2023, 2024
        ("Record quantities of Russian LNG arrived in Europe last year.", "record", Verdict.AGREES),
        # the arcs table: 27.5 bcm a year is the size of one string
        ("The intact string of Nord Stream 2 can carry 27.5 bcm a year.", "capacity", Verdict.AGREES),
        ("Nord Stream 2 could deliver 90 bcm a year to Germany.", "capacity", Verdict.INFEASIBLE),
        # the front month averaged 41.42 EUR/MWh in March 2025
        ("European gas prices closed at 42 euros per megawatt hour on Thursday.", "price", Verdict.AGREES),
        ("European gas prices closed at 142 euros per megawatt hour on Thursday.", "price", Verdict.DISAGREES),
        ("European gas prices fell by 4.5% after the remarks.", "move without base", Verdict.OPEN),
        # TurkStream's second string is the only open arc from Russia into the EU
        ("Russian gas now reaches the EU only through TurkStream.", "only route", Verdict.AGREES),
    ],
)
def test_numbers_are_held_against_the_facts(system: GasSystem, text: str, check: str, verdict: Verdict) -> None:
    """Each verdict follows from rows of the dataset or of the published volumes, which its detail names."""
    found = [c for c in check_claims(claims_of(text), system) if c.check == check]
    assert [c.verdict for c in found] == [verdict]
    assert found[0].detail


def test_claim_that_no_feasible_run_can_satisfy() -> None:
    """A run in which the string may carry 800 GWh/d cannot give 60 bcm a year (at least 1,712 GWh/d)."""
    flows = pd.DataFrame({"arc": ["NS2_B", "NS2_B"], "flow_gwh_d": [790.0, 780.0], "capacity_gwh_d": [800.0, 800.0]})
    (claim, *_) = claims_of("The intact string of Nord Stream 2 will deliver 60 bcm a year.")
    (check,) = check_against_run(claim, flows)
    assert check.verdict is Verdict.INFEASIBLE
    with pytest.raises(InputError, match="lack columns"):
        check_against_run(claim, flows.drop(columns="flow_gwh_d"))


def draft_of(text: str, **kwargs: str) -> tuple[DraftClaim, ...]:
    return draft_claims(
        [{**claim.as_dict(), "state": kwargs.get("state", "accepted")} for claim in claims_of(text)[:1]]
    )


def test_draft_opens_the_string_and_names_its_claim(system: GasSystem, tmp_path: Path) -> None:
    """The drafted file loads, applies to the facts, and opens string B from the first month of the base."""
    base = load_scenario("us-gazprom-2025/status-quo")
    claims = draft_of("Putin said that Russia is ready to deliver through the intact section of Nord Stream 2.")
    draft = draft_scenario(claims, system, base)
    path = tmp_path / "draft.yaml"
    path.write_text(draft_yaml(draft))
    scenario = load_scenario(path)
    assert claims[0].claim_id in scenario.patches[0].why
    schedule = apply_scenario(system, scenario).table("arc_schedule")
    assert (schedule["arc"] == "NS2_B").any()
    assert tuple(draft.claims_by_patch.values()) == ((claims[0].claim_id,),)


def test_draft_never_guesses_the_route(system: GasSystem) -> None:
    """'A gas pipeline for Europe' may be several routes.

    The draft stops, lists them, and takes the one that is chosen.
    """
    base = load_scenario("us-gazprom-2025/status-quo")
    claims = draft_of("Putin said that a gas pipeline for Europe can be provided.")
    with pytest.raises(InputError) as caught:
        draft_scenario(claims, system, base)
    assert [issue.code for issue in caught.value.issues] == ["route-left-open"]
    assert "UA_SUDZHA" in (caught.value.issues[0].hint or "")
    chosen = draft_scenario(claims, system, base, choose=("NS2_B",))
    assert chosen.content["patches"][0]["arcs"] == ["NS2_B"]


def test_draft_takes_the_capacity_from_the_claim(system: GasSystem) -> None:
    """15 bcm a year through Ukraine is a capacity of the entry, in units that the scenario reads."""
    base = load_scenario("us-gazprom-2025/status-quo")
    claims = draft_of("Officials said that gas transit through Ukraine could be restored at 15 bcm a year.")
    draft = draft_scenario(claims, system, base, choose=("UA_SUDZHA",))
    assert draft.content["patches"][0]["capacity"] == "15 bcm_20C_RU/y"


def test_draft_leaves_out_law_doubt_and_what_is_not_accepted(system: GasSystem) -> None:
    """A claim about sanctions changes the law, a doubted one nothing; one that was not reviewed stops the draft."""
    base = load_scenario("us-gazprom-2025/status-quo")
    law = draft_scenario(draft_of("Officials said US sanctions on the pipeline could be lifted."), system, base)
    assert law.content["patches"] == []
    assert "changes the law" in next(iter(law.left_out.values()))
    doubted = draft_scenario(draft_of("Analysts doubt that Nord Stream 2 will ever restart."), system, base)
    assert "negates or doubts" in next(iter(doubted.left_out.values()))
    with pytest.raises(InputError, match="not-accepted"):
        draft_scenario(draft_of("Putin said Nord Stream 2 could be restarted.", state="proposed"), system, base)


def test_destroyed_strings_are_not_opened(system: GasSystem) -> None:
    """Of Nord Stream 2 only string B is whole: string A is destroyed in the facts and is left out."""
    states = system.table("arcs").set_index("arc")["state"]
    assert states["NS2_A"] == AssetState.DESTROYED
    draft = draft_scenario(
        draft_of("Putin said Nord Stream 2 could be restarted."), system, load_scenario("us-gazprom-2025/status-quo")
    )
    assert draft.content["patches"][0]["arcs"] == ["NS2_B"]
