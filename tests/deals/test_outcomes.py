"""Deals: outcomes by effect, coalition values under each outsider rule, blocking, equilibria and least decisions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linepack.deals.analysis import analyse_deal
from linepack.deals.blocking import equilibria, unblocking
from linepack.deals.coalitions import AgreedValue, coalition_values
from linepack.deals.conditions import AtLeast, Chosen, all_of, any_of
from linepack.deals.deal import (
    Accounts,
    Deal,
    DealPlayer,
    Decision,
    Effect,
    EffectKey,
    Outsiders,
    Share,
    TabledAccounts,
    Term,
)
from linepack.deals.outcomes import (
    AccountsByEffect,
    Outcomes,
    consent_sets,
    find_outcomes,
    least_decisions,
    pareto_set,
    profile_number,
    reachable_effects,
)
from linepack.deals.shapley import sampled_shapley, shapley
from linepack.errors import InputError
from tests.samples import samples

YES_NO = ("no", "yes")


def decision(name: str, holder: str) -> Decision:
    return Decision(name, holder, YES_NO, "no", "no")


def player(name: str, *, sells_veto: bool = True) -> DealPlayer:
    return DealPlayer(name, name, (Share("profit", name, 1.0),), sells_veto)


def tabled(table: dict[EffectKey, dict[str, float]]) -> AccountsByEffect:
    return AccountsByEffect(
        lambda key: TabledAccounts({("profit", name): amount for name, amount in table[key].items()}, "test")
    )


def line_deal(*, gate_sells: bool = True) -> Deal:
    """A seller and a buyer open a line if a gate agrees; without it, seller and buyer may use a poorer route."""
    return Deal(
        "line", "Line", "", (player("seller"), player("buyer"), player("gate", sells_veto=gate_sells)),
        (decision("sell", "seller"), decision("buy", "buyer"), decision("permit", "gate")),
        (
            Effect("line", all_of(Chosen("sell", ("yes",)), Chosen("buy", ("yes",)), Chosen("permit", ("yes",)))),
            Effect("route", all_of(Chosen("sell", ("yes",)), Chosen("buy", ("yes",)), Chosen("permit", ("no",)))),
        ),
    )  # fmt: skip


NOTHING, LINE, ROUTE = frozenset[str](), frozenset({"line"}), frozenset({"route"})
MONEY = {
    NOTHING: {"seller": 1.0, "buyer": 0.0, "gate": 0.0},
    LINE: {"seller": 8.0, "buyer": 5.0, "gate": -2.0},
    ROUTE: {"seller": 3.0, "buyer": 1.0, "gate": 0.0},
}


def test_one_evaluation_per_effect() -> None:
    """8 combinations of three decisions have 3 effects, so the accounts are computed 3 times, and then never again."""
    accounts = tabled(MONEY)
    outcomes = find_outcomes(line_deal(), accounts)
    assert len(outcomes.profiles) == 8
    assert set(outcomes.effects) == {NOTHING, LINE, ROUTE} == set(reachable_effects(line_deal()))
    assert accounts.computed == 3
    find_outcomes(line_deal(), accounts)
    assert accounts.computed == 3


def test_known_accounts_are_not_computed_again() -> None:
    """An interrupted run leaves a mapping; what is in it is taken from there."""
    known: dict[EffectKey, Accounts] = {
        LINE: TabledAccounts({("profit", n): a for n, a in MONEY[LINE].items()}, "kept")
    }
    computed: list[EffectKey] = []

    def compute(key: EffectKey) -> TabledAccounts:
        computed.append(key)
        return TabledAccounts({("profit", n): a for n, a in MONEY[key].items()}, "new")

    find_outcomes(line_deal(), AccountsByEffect(compute, known))
    assert set(computed) == {NOTHING, ROUTE}
    assert len(computed) == 2


def test_coalition_values_when_outsiders_keep_their_defaults() -> None:
    """By hand: seller and buyer use the route (+2 +1), all three the line (+7 +5 -2); others change nothing."""
    values = coalition_values(find_outcomes(line_deal(), tabled(MONEY)))
    assert [values.game.value(*s) for s in (("seller",), ("seller", "buyer"), ("buyer", "gate"))] == [0, 3, 0]
    assert values.game.total == pytest.approx(10)
    assert shapley(values.game) == pytest.approx([1.5 + 7 / 3, 1.5 + 7 / 3, 7 / 3])


def test_others_loss_is_what_outsiders_lose() -> None:
    """The pair's own best choice costs a bystander 4; that is shown, not counted."""
    deal = Deal(
        "d", "D", "", (player("a"), player("b")), (decision("act", "a"),), (Effect("act", Chosen("act", ("yes",))),)
    )
    money = {NOTHING: {"a": 0.0, "b": 0.0}, frozenset({"act"}): {"a": 1.0, "b": -4.0}}
    values = coalition_values(find_outcomes(deal, tabled(money)))
    mask = values.game.mask_of(["a"])
    assert values.game.values[mask] == 1
    assert values.others_gain_eur_bn[mask] == -4
    assert values.game.total == 0  # together they leave it


def test_a_gate_that_does_not_sell_consents_only_where_it_does_not_lose() -> None:
    """The gate loses 2 by the line and takes no money, so the others are left with the route."""
    outcomes = find_outcomes(line_deal(gate_sells=False), tabled(MONEY))
    for rule in Outsiders:
        values = coalition_values(outcomes, rule)
        assert values.game.players == ("seller", "buyer")
        assert values.game.total == pytest.approx(3)
    content = {**MONEY, LINE: {"seller": 8.0, "buyer": 5.0, "gate": 0.0}}
    values = coalition_values(find_outcomes(line_deal(gate_sells=False), tabled(content)))
    assert values.game.total == pytest.approx(12)


def test_inactive_outsiders_value_a_coalition_by_what_it_controls() -> None:
    """Absent players take their inactive option; values are payoffs over the outcome in which all are absent."""
    deal = Deal(
        "d", "D", "", (player("RU"), player("UA")),
        (Decision("supply", "RU", ("off", "on"), "on", "off"), Decision("transit", "UA", ("off", "on"), "on", "off")),
        (Effect("flow", all_of(Chosen("supply", ("on",)), Chosen("transit", ("on",)))),),
    )  # fmt: skip
    money = {NOTHING: {"RU": 0.0, "UA": 0.0}, frozenset({"flow"}): {"RU": 5.0, "UA": 1.0}}
    outcomes = find_outcomes(deal, tabled(money))
    inactive = coalition_values(outcomes, Outsiders.INACTIVE).game
    assert [inactive.value("RU"), inactive.value("UA"), inactive.total] == [0, 0, 6]
    kept = coalition_values(outcomes, Outsiders.KEEP_DEFAULTS).game
    assert kept.values == pytest.approx(np.zeros(4))


def test_best_response_lets_outsiders_retaliate() -> None:
    """If a acts, b gains by acting too, which costs a 3: acting alone is worth 2 - 3 to a, so it does not."""
    deal = Deal(
        "d", "D", "", (player("a"), player("b")), (decision("act", "a"), decision("reply", "b")),
        (Effect("act", Chosen("act", ("yes",))), Effect("reply", Chosen("reply", ("yes",)))),
    )  # fmt: skip
    act, reply = frozenset({"act"}), frozenset({"reply"})
    money = {
        NOTHING: {"a": 0.0, "b": 0.0}, act: {"a": 2.0, "b": -1.0}, reply: {"a": -3.0, "b": -1.0},
        act | reply: {"a": -1.0, "b": 0.0},
    }  # fmt: skip
    outcomes = find_outcomes(deal, tabled(money))
    assert coalition_values(outcomes, Outsiders.KEEP_DEFAULTS).game.value("a") == 2
    answered = coalition_values(outcomes, Outsiders.BEST_RESPONSE)
    assert answered.game.value("a") == 0
    assert answered.without_equilibrium == ()


def test_outsiders_do_not_fail_to_coordinate() -> None:
    """Two outsiders both gain 1 if both act, nothing otherwise: acting and not acting are equilibria, acting is better.

    The coalition gains 4 from their acting. The worst equilibrium for it would give 0, the better one 4.
    """
    deal = Deal(
        "d", "D", "", (player("a"), player("b"), player("c")), (decision("by b", "b"), decision("by c", "c")),
        (Effect("both", all_of(Chosen("by b", ("yes",)), Chosen("by c", ("yes",)))),),
    )  # fmt: skip
    money = {NOTHING: {"a": 0.0, "b": 0.0, "c": 0.0}, frozenset({"both"}): {"a": 4.0, "b": 1.0, "c": 1.0}}
    values = coalition_values(find_outcomes(deal, tabled(money)), Outsiders.BEST_RESPONSE)
    assert values.game.value("a") == 4


def test_outsiders_without_equilibrium_are_reported() -> None:
    """Two outsiders play matching pennies; the coalition is valued at their worst reply, and it says so."""
    deal = Deal(
        "d", "D", "", (player("a"), player("b"), player("c")), (decision("left", "b"), decision("right", "c")),
        (Effect("same", any_of(
            all_of(Chosen("left", ("yes",)), Chosen("right", ("yes",))),
            all_of(Chosen("left", ("no",)), Chosen("right", ("no",))))),),
    )  # fmt: skip
    money = {NOTHING: {"a": 0.0, "b": -1.0, "c": 1.0}, frozenset({"same"}): {"a": 5.0, "b": 1.0, "c": -1.0}}
    values = coalition_values(find_outcomes(deal, tabled(money)), Outsiders.BEST_RESPONSE)
    assert values.without_equilibrium == ("nobody", "a")
    assert values.game.value("a") == -5  # gain over the default, in which both say no


@samples(30)
@given(st.integers(0, 10_000))
def test_values_match_brute_force(seed: int) -> None:
    """Random payoffs of three players with one decision each: the best own choice, coalition by coalition."""
    generator = np.random.default_rng(seed)
    names = ("a", "b", "c")
    deal = Deal(
        "d", "D", "", tuple(player(name) for name in names), tuple(decision(f"by {name}", name) for name in names),
        tuple(Effect(name, Chosen(f"by {name}", ("yes",))) for name in names),
    )  # fmt: skip
    keys = [frozenset(n for n, on in zip(names, bits, strict=True) if on) for bits in product((0, 1), repeat=3)]
    money = {key: dict(zip(names, generator.integers(-9, 9, 3).tolist(), strict=True)) for key in keys}
    outcomes = find_outcomes(deal, tabled(money))
    game = coalition_values(outcomes).game
    for coalition in keys:
        own = [key for key in keys if key <= coalition]
        best = max((sum(money[key][n] - money[NOTHING][n] for n in coalition) for key in own), default=0)
        assert game.value(*coalition) == pytest.approx(best)
    stable = {
        key for key in keys
        if all(money[key][n] >= money[key ^ {n}][n] for n in names)
    }  # fmt: skip
    found = equilibria(outcomes).without_payments
    assert {outcomes.effects[outcomes.effect_of[p]] for p in found} == stable


def test_blocking_and_what_unblocks() -> None:
    """The gate loses 2 by the line; seller and buyer gain 12, so 2 from them unblocks it, in proportion 7 to 5."""
    outcomes = find_outcomes(line_deal(), tabled(MONEY))
    way = unblocking(outcomes, profile_number(outcomes.deal, {"sell": "yes", "buy": "yes", "permit": "yes"}))
    assert way.needed == ("seller", "buyer", "gate")
    assert [(b.player, b.loss_eur_bn, b.payment_eur_bn) for b in way.blockers] == [("gate", 2.0, 2.0)]
    assert way.is_possible
    assert way.contributions_eur_bn == pytest.approx({"seller": 7 / 6, "buyer": 5 / 6})


def test_who_gains_by_refusing_must_be_paid_for_it() -> None:
    """A free rider: it gains 1 by joining, but 3 by staying out while the other acts, so it wants 2 more."""
    deal = Deal(
        "d", "D", "", (player("a"), player("b")), (decision("act", "a"), decision("join", "b")),
        (Effect("act", Chosen("act", ("yes",))), Effect("join", Chosen("join", ("yes",)))),
    )  # fmt: skip
    money = {
        NOTHING: {"a": 0.0, "b": 0.0}, frozenset({"act"}): {"a": 1.0, "b": 3.0},
        frozenset({"join"}): {"a": 0.0, "b": -1.0}, frozenset({"act", "join"}): {"a": 6.0, "b": 1.0},
    }  # fmt: skip
    outcomes = find_outcomes(deal, tabled(money))
    way = unblocking(outcomes, profile_number(deal, {"act": "yes", "join": "yes"}))
    assert [(b.player, b.loss_eur_bn, b.refusal_gain_eur_bn, b.payment_eur_bn) for b in way.blockers] == [
        ("b", 0, 2, 2)
    ]
    both = profile_number(deal, {"act": "yes", "join": "yes"})
    assert both not in equilibria(outcomes).without_payments
    assert both in equilibria(outcomes).with_payments


def test_a_veto_that_is_not_for_sale_cannot_be_unblocked() -> None:
    """However much the others gain."""
    outcomes = find_outcomes(line_deal(gate_sells=False), tabled(MONEY))
    profile = profile_number(outcomes.deal, {"sell": "yes", "buy": "yes", "permit": "yes"})
    way = unblocking(outcomes, profile)
    assert not way.blockers[0].is_for_sale
    assert not way.is_possible
    assert profile not in equilibria(outcomes).with_payments


def test_least_decisions_that_reach_an_effect_or_the_proof_that_none_does() -> None:
    """The line needs all three decisions, the route two; no combination has both."""
    outcomes = find_outcomes(line_deal(), tabled(MONEY))

    def ways(*effects: str) -> list[dict[str, str]]:
        hit = np.array([set(effects) <= key for key in outcomes.effects])
        return [outcomes.changes(p) for p in least_decisions(outcomes, hit)]

    assert ways("line") == [{"sell": "yes", "buy": "yes", "permit": "yes"}]
    assert ways("route") == [{"sell": "yes", "buy": "yes"}]
    assert ways("line", "route") == []


def test_least_decisions_leave_out_what_is_not_needed() -> None:
    """Either of two routes reaches the target; opening both is not a least way."""
    deal = Deal(
        "d", "D", "", (player("a"), player("b")), (decision("one", "a"), decision("two", "b")),
        (Effect("flow", any_of(Chosen("one", ("yes",)), Chosen("two", ("yes",)))),),
    )  # fmt: skip
    outcomes = find_outcomes(deal, tabled({NOTHING: {"a": 0.0, "b": 0.0}, frozenset({"flow"}): {"a": 1.0, "b": 1.0}}))
    ways = least_decisions(outcomes, np.array([bool(key) for key in outcomes.effects]))
    assert [outcomes.changes(p) for p in ways] == [{"two": "yes"}, {"one": "yes"}]
    assert list(consent_sets(outcomes, ways[0])) == [frozenset({"a"}), frozenset({"b"})]


def test_threshold_gates() -> None:
    """Two of three permits open the line: three least consent sets of two."""
    names = ("a", "b", "c")
    deal = Deal(
        "d", "D", "", tuple(player(name) for name in names), tuple(decision(f"by {name}", name) for name in names),
        (Effect("line", AtLeast(2, tuple(Chosen(f"by {name}", ("yes",)) for name in names))),),
    )  # fmt: skip
    outcomes = find_outcomes(deal, tabled({key: dict.fromkeys(names, 0.0) for key in (NOTHING, LINE)}))
    profile = int(np.flatnonzero(outcomes.effect_of == outcomes.effects.index(LINE))[0])
    assert set(consent_sets(outcomes, profile)) == {frozenset("ab"), frozenset("ac"), frozenset("bc")}


def test_pareto_set() -> None:
    """The line is worse for the gate, the route better for nobody it harms: the default alone is dominated."""
    outcomes = find_outcomes(line_deal(), tabled(MONEY))
    kept = {outcomes.effects[outcomes.effect_of[p]] for p in pareto_set(outcomes)}
    assert kept == {LINE, ROUTE}


def test_declared_terms_count_and_stay_visible() -> None:
    """A term of 2.5 for the gate where it permits turns its loss of 2 into a gain of 0.5; no further run is needed."""
    deal = line_deal()
    term = Term("aid", "gate", 2.5, Chosen("permit", ("yes",)), "set by the user")
    with_term = Deal(deal.name, deal.title, "", deal.players, deal.decisions, deal.effects, (term,))
    accounts = tabled(MONEY)
    outcomes = find_outcomes(with_term, accounts)
    profile = profile_number(with_term, {"sell": "yes", "buy": "yes", "permit": "yes"})
    assert outcomes.gains_eur_bn[profile] == pytest.approx([7, 5, 0.5])
    assert accounts.computed == 3


def test_worked_game_through_decisions_gives_its_printed_shares() -> None:
    """Two vetoes on string B, as decisions with accounts by effect: 28.5, 28.5, 11.5, 15.8, 15.8 % as printed."""
    on = ("yes",)
    names = ("RU", "EU", "TR", "DE", "US")
    takes = {"RU": ("trader_profit", "GAZPROM"), "EU": ("consumer_surplus", "EU")}
    deal = Deal(
        "b2", "Worked game", "",
        tuple(DealPlayer(n, n, (Share(*takes[n], 1.0),) if n in takes else ()) for n in names),
        tuple(decision(f"by {name}", name) for name in names),
        (
            Effect("turkstream", all_of(*(Chosen(f"by {name}", on) for name in ("RU", "EU", "TR")))),
            Effect("ns2-b", all_of(*(Chosen(f"by {name}", on) for name in ("RU", "EU", "DE", "US")))),
        ),
    )  # fmt: skip

    def accounts(key: EffectKey) -> TabledAccounts:
        routes = [(80.0, 15.75)] * ("turkstream" in key) + [(65.0, 27.5)] * ("ns2-b" in key)
        flow = sum(capacity for _, capacity in routes)
        price = 360 - 1.5 * flow
        profit = sum((price - cost) * capacity for cost, capacity in routes)
        money = {("consumer_surplus", "EU"): 0.75 * flow**2 / 1000, ("trader_profit", "GAZPROM"): profit / 1000}
        return TabledAccounts(money, "worked")

    game = coalition_values(find_outcomes(deal, accounts)).game
    assert (1000 * game.total) == pytest.approx(11119.578125)
    assert (100 * shapley(game) / game.total).round(1) == pytest.approx([28.5, 28.5, 11.5, 15.8, 15.8], abs=1e-9)


def test_twelve_players_need_few_evaluations() -> None:
    """4,096 coalitions of twelve players with a decision each; two lines with six gates each have four effects."""
    names = tuple(f"p{k:02d}" for k in range(12))
    deal = Deal(
        "d", "D", "", tuple(player(name) for name in names), tuple(decision(f"by {name}", name) for name in names),
        tuple(Effect(line, all_of(*(Chosen(f"by {name}", ("yes",)) for name in gates)))
              for line, gates in (("one", names[:6]), ("two", names[6:]))),
    )  # fmt: skip
    accounts = AccountsByEffect(
        lambda key: TabledAccounts({("profit", name): float(len(key)) for name in names}, "test")
    )
    values = coalition_values(find_outcomes(deal, accounts))
    assert len(values.game.values) == 4096
    assert accounts.computed == 4
    assert shapley(values.game) == pytest.approx(np.full(12, 2.0), abs=1e-9)


def test_thirty_gates_are_sampled_with_two_evaluations() -> None:
    """A line that needs all of 30 players: 2**30 coalitions, two effects; by symmetry each gets 1/30 of the gain.

    In every order only the last adds anything: 30. In a pair of orders a player is last with chance 2/30, so the mean
    over 100 pairs has a standard error of 15 * sqrt(2/30 * 28/30 / 100); every player lies within 4 of these.
    """
    names = tuple(f"p{k:02d}" for k in range(30))
    gates = all_of(*(Chosen(f"by {name}", ("yes",)) for name in names))
    deal = Deal(
        "d", "D", "", tuple(player(name) for name in names), tuple(decision(f"by {name}", name) for name in names),
        (Effect("line", gates),),
    )  # fmt: skip
    money = {NOTHING: dict.fromkeys(names, 0.0), LINE: dict.fromkeys(names, 0.0) | {"p00": 30.0}}
    accounts = tabled(money)
    value = AgreedValue(deal, {f"by {name}": "yes" for name in names}, accounts)
    found = sampled_shapley(names, value, orders=200, seed=2)
    assert accounts.computed == 2
    assert found.payoffs.sum() == pytest.approx(30)
    error = 15 * np.sqrt(2 / 30 * 28 / 30 / 100)
    assert (np.abs(found.payoffs - 1.0) <= 4 * error).all()
    assert found.standard_errors.mean() == pytest.approx(error, rel=0.1)


@samples(20)
@given(st.integers(0, 10_000))
def test_agreed_values_match_the_enumerated_game(seed: int) -> None:
    """With one agreed option per decision and effects that only help, both ways of valuing coalitions agree."""
    generator = np.random.default_rng(seed)
    line = line_deal()
    gain = generator.integers(0, 9, 3)
    money = {NOTHING: dict.fromkeys(line.names, 0.0), ROUTE: dict.fromkeys(line.names, 0.0),
             LINE: dict(zip(line.names, gain.tolist(), strict=True))}  # fmt: skip
    value = AgreedValue(line, {"sell": "yes", "buy": "yes", "permit": "yes"}, tabled(money))
    game = coalition_values(find_outcomes(line, tabled(money))).game
    for mask in range(1 << 3):
        members = game.members_of(mask)
        assert value(frozenset(members)) == pytest.approx(game.value(*members))


def test_analysis_covers_every_outcome_and_rule() -> None:
    """The line is blocked by its gate, unblocked by 2, and held by payments; the route is an equilibrium."""
    analysis = analyse_deal(find_outcomes(line_deal(), tabled(MONEY)))
    assert set(analysis.games) == set(Outsiders)
    assert len(analysis.reviews) == 3

    def effects(profiles: tuple[int, ...], outcomes: Outcomes = analysis.outcomes) -> set[EffectKey]:
        return {outcomes.effects[outcomes.effect_of[p]] for p in profiles}

    assert effects(analysis.equilibria.without_payments) == {NOTHING, ROUTE}
    assert LINE in effects(analysis.equilibria.with_payments)
    assert analysis.best_without_payments is not None
    assert effects((analysis.best_without_payments,)) == {ROUTE}


def test_a_deal_with_mistakes_names_them_all() -> None:
    """A decision named twice, a holder who is no player, and an effect with a joining sign: one error with three."""
    with pytest.raises(InputError) as caught:
        Deal(
            "d",
            "D",
            "",
            (player("a"),),
            (decision("x", "a"), decision("x", "stranger")),
            (Effect("p+q", Chosen("x", ("yes",))),),
        )
    assert {issue.code for issue in caught.value.issues} == {"duplicate-name", "unknown-player", "bad-effect"}
