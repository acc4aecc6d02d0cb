"""Games and deals as text for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linepack.deals.analysis import NASH, NUCLEOLUS, SHAPLEY, Change, DealAnalysis, GameAnalysis, OutcomeReview, Review
from linepack.deals.bands import DealBands
from linepack.deals.deal import effect_text
from linepack.deals.game import Consent, FloatArray
from linepack.deals.market import LawfulConsent, MarketRuns
from linepack.deals.outcomes import Outcomes, one_per_outcome
from linepack.deals.published import Finding
from linepack.deals.sinking import Sinking
from linepack.deals.voting import Union, cheapest_majority, voting_power
from linepack.deals.worlds import ACCESS, Spread, WorldRow
from linepack.report.text import change, number, plain_table
from linepack.results.headline import headline

SHOWN = 8
SMALL_EUR_BN = 0.05  # a part of a player smaller than this is not told apart


def game_text(analysis: GameAnalysis, *, unit: str, decimals: int | None = None) -> str:
    """Return a table of players and concepts, and what holds or breaks the agreement."""
    game = analysis.game
    places = _places(game.scale) if decimals is None else decimals
    total = game.total
    header = ["player", "alone", "adds to all", SHAPLEY, "%", NUCLEOLUS, "%", NASH, "%", "core from", "to"]
    rows = []
    for k, name in enumerate(game.players):
        cells = [name, number(game.alone[k], places), number(analysis.contributions[k], places)]
        for payoffs in (analysis.shapley, analysis.nucleolus.payoffs, analysis.nash.payoffs):
            cells += [number(payoffs[k], places), number(100 * payoffs[k] / total, 1) if total else "-"]
        cells += ["-", "-"] if analysis.core is None else [number(end[k], places) for end in analysis.core]
        rows.append(cells)
    unit_text = f" {unit}" if unit else ""
    lines = [f"All together: {number(total, places)}{unit_text}", "", plain_table(header, rows), ""]
    if analysis.core is None:
        lines.append(f"Core: empty; some coalition always lacks at least {number(analysis.least_core.excess, places)}.")
    else:
        lines.append("Core: not empty; each player's least and most are in the table.")
    if not analysis.nucleolus.is_individually_rational:
        lines.append("Nucleolus: the players are worth more alone; shown is the prenucleolus.")
    if not analysis.nash.is_agreement:
        lines.append("Nash split: no surplus over the threat points, so no agreement.")
    lines.append(f"Nothing without: {', '.join(analysis.vetoes) or 'no single player'}.")
    if analysis.dummies:
        lines.append(f"Adds nothing to others: {', '.join(analysis.dummies)}.")
    for failure in analysis.failures[:SHOWN]:
        lines.append(f"Worth more apart: {failure.first} | {failure.second} by {number(failure.loss, places)}.")
    for review in analysis.reviews:
        lines += ["", *_review_lines(game.players, review, places)]
    return "\n".join(lines)


def stances_text(stances: Mapping[str, Consent]) -> str:
    """Return one line on players who do not sell their veto."""
    return "Not for sale: " + ", ".join(f"{name} ({stance})" for name, stance in stances.items())


def union_text(union: Union) -> str:
    """Return the power of each member of a union, the strongest first, and its cheapest majority."""
    body = union.body
    power = voting_power(body)
    names = sorted(body.members, key=lambda name: (-power.shapley_shubik[name], name))
    powers = ((name, power.shapley_shubik[name], power.banzhaf_normalised[name]) for name in names)
    rows = [[name, *(number(100 * float(value), 3) for value in both)] for name, *both in powers]
    alone = [name for name in body.members if body.blocks((name,))]
    blocks = "every member" if len(alone) == len(body.members) else ", ".join(alone) or "nobody"
    text = f"{body.name}: can block alone: {blocks}\n" + plain_table(["member", "Shapley-Shubik %", "Banzhaf %"], rows)
    if not union.losses:
        return text
    majority = cheapest_majority(body, union.losses)
    paid = ", ".join(f"{name} {number(amount, 3)}" for name, amount in majority.payments.items()) or "nobody"
    return f"{text}\nCheapest majority: pay {paid}; {number(majority.total, 3)} in all"


def comparison_text(changes: tuple[Change, ...], decimals: int) -> str:
    """Return what each player gains from one game to another, by solution concept."""
    header = ["change", SHAPLEY, NUCLEOLUS, NASH, "one sign"]
    rows = [[item.player, *(change(item.changes[key], decimals) or "0" for key in header[1:4]),
             "yes" if item.has_one_sign else "no"] for item in changes]  # fmt: skip
    return plain_table(header, rows)


def deal_text(analysis: DealAnalysis) -> str:
    """Return outcomes with gains, consents, blockers and payments, then the game under each outsider rule."""
    outcomes = analysis.outcomes
    names = outcomes.deal.names
    lines = [f"{len(outcomes.profiles)} combinations of decisions, {len(outcomes.effects)} distinct outcomes.", ""]
    rows = [[effect_text(outcomes.effects[outcomes.effect_of[r.profile]]), *(number(g, 3) for g in r.gains_eur_bn),
             number(float(r.gains_eur_bn.sum()), 3)] for r in analysis.reviews]  # fmt: skip
    lines += ["Gain over the default, EUR bn:", plain_table(["outcome", *names, "all"], rows)]
    for term in outcomes.deal.terms:
        lines.append(f"  with {term.name}: {number(term.eur_bn, 3)} for {term.player} (set by the user: {term.why})")
    for review in analysis.reviews:
        if outcomes.changes(review.profile):
            lines += ["", *_outcome_lines(outcomes, review)]
    lines += [
        "",
        "Holds without an agreement: "
        + _choices(outcomes, one_per_outcome(outcomes, analysis.equilibria.without_payments)),
    ]
    lines.append(
        "Holds with payments: " + _choices(outcomes, one_per_outcome(outcomes, analysis.equilibria.with_payments))
    )
    lines.append("Nothing is better for all than: " + _choices(outcomes, analysis.pareto))
    best = analysis.best_without_payments
    lines.append(
        "Best for all without payments (Nash): " + ("nothing" if best is None else _choices(outcomes, (best,)))
    )
    for rule, (values, game) in analysis.games.items():
        lines += ["", f"Outsiders: {rule}", game_text(game, unit="EUR bn", decimals=3)]
        worst = values.others_gain_eur_bn.argmin()
        if values.others_gain_eur_bn[worst] < 0:
            lines.append(f"Largest loss of those outside: {number(-values.others_gain_eur_bn[worst], 3)} EUR bn, "
                         f"if {values.game.name_of(int(worst))} agree among themselves.")  # fmt: skip
        if values.without_equilibrium:
            lines.append(f"No pure equilibrium of outsiders for {len(values.without_equilibrium)} coalition(s); "
                         "valued at their worst reply.")  # fmt: skip
    return "\n".join(lines)


def runs_text(runs: MarketRuns) -> str:
    """Return the market runs behind a deal: prices, the main revenues, and the change for all who take no part."""
    rows = []
    for key, run in runs.runs.items():
        h = headline(run.tables)
        rows.append([effect_text(key), number(h["ttf_eur_mwh"]), number(h["eu_import_bill_eur_bn_y"]),
                     number(h["russia_revenue_eur_bn_y"]), number(h["us_revenue_eur_bn_y"]),
                     number(runs.others_eur_bn(key), 3), run.digest[:12]])  # fmt: skip
    solved = len({run.digest for run in runs.runs.values()})
    header = ["outcome", "TTF EUR/MWh", "EU bill bn/y", "RU revenue bn/y", "US revenue bn/y", "not at the table", "run"]
    return "\n".join([
        f"{solved} market runs on '{runs.base.name}', {runs.kept} kept from before; amounts are EUR bn over "
        f"{runs.base.months} months from {runs.base.first_month}.", "", plain_table(header, rows), "",
        "'Not at the table' is the change for all countries and companies that no player stands for.",
        *_inside_lines(runs),
    ])  # fmt: skip


def _inside_lines(runs: MarketRuns) -> list[str]:
    """Return the players that gain in one purse and lose in another, outcome by outcome."""
    lines = []
    for key in runs.runs:
        for player, found in runs.inside_eur_bn(key).groupby("player", sort=False):
            parts = found[found["change_eur_bn"].abs() >= SMALL_EUR_BN].sort_values("change_eur_bn")
            if len(parts) and parts["change_eur_bn"].iloc[0] < 0 < parts["change_eur_bn"].iloc[-1]:
                names = parts["purse"].str.replace("_", " ")
                text = ", ".join(map("{} {}".format, names, (change(eur_bn, 3) for eur_bn in parts["change_eur_bn"])))
                lines.append(f"  {effect_text(key)}, {player}: {text}")
    return ["", "Gainers and losers inside a player, EUR bn:", *lines] if lines else []


def consents_text(found: tuple[LawfulConsent, ...]) -> str:
    """Return whom the law asks for each effect, in players of the deal and in bodies."""
    lines = []
    for c in found:
        head = f"By law, on {c.query.on}, {c.query.effect} ({c.query.asset})"
        if c.is_open:
            lines += ["", f"{head} needs nobody: all gates are open."]
            continue
        ways = " or ".join("+".join(names) or "nobody at the table" for names in c.players)
        lines += ["", f"{head} needs: {ways}",
                  f"  closed: {'; '.join(c.closed_gates)}",
                  f"  least sets of bodies: {len(c.bodies)}; the smallest has {len(c.bodies[0])}: "
                  f"{', '.join(c.bodies[0])}"]  # fmt: skip
        if c.unplayed:
            lines.append(f"  no player stands for: {', '.join(c.unplayed)}")
    return "\n".join(lines)


def sinking_text(found: Sinking) -> str:
    """Return what each player gets before and after costs are sunk."""
    lines = [f"Hold-up: {c.player} spends {number(c.eur_bn, 3)} before {c.effect} ({c.why})." for c in found.costs]
    header = ["player", *(f"{name}, {when}" for name in found.by_concept for when in ("before", "after"))]
    rows = [[player, *(number(float(end[k]), 3) for h in found.by_concept.values() for end in (h.before, h.after))]
            for k, player in enumerate(found.players)]  # fmt: skip
    return "\n".join([*lines, plain_table(header, rows)])


def bands_text(analysis: DealAnalysis, bands: DealBands, meaning: str) -> str:
    """Return gains, payments and Shapley payoffs with their bands over draws."""
    names = analysis.outcomes.deal.names
    rows = []
    for k, review in enumerate(analysis.reviews):
        if analysis.outcomes.changes(review.profile):
            ends = [_span(bands.gains_eur_bn[k][:, i]) for i in range(len(names))]
            rows.append([effect_text(analysis.outcomes.effects[analysis.outcomes.effect_of[review.profile]]), *ends,
                         _span(bands.payments_eur_bn[:, k]), _span(bands.ttf_change_eur_mwh[:, k], 1)])  # fmt: skip
    lines = [f"Bands, EUR bn, {bands.draws} of {bands.asked} draws: {meaning}.", "",
             plain_table(["gain by", *names, "payments", "TTF EUR/MWh"], rows), ""]  # fmt: skip
    shares = []
    for rule, by_concept in bands.games.items():
        players = analysis.games[rule][1].game.players
        shares += [[f"{rule}, {concept}", *(_span(ends[:, i]) for i in range(len(players))), _span(bands.totals[rule])]
                   for concept, ends in by_concept.items()]  # fmt: skip
        header = ["if all agree", *players, "all"]
    return "\n".join([*lines, plain_table(header, shares)])


def worlds_text(rows: Sequence[WorldRow], found: Sequence[Spread], why: Mapping[str, str]) -> str:
    """Return one table across outside options, access and solution concept."""
    names = list(rows[0].payoffs_eur_bn)
    cells = [[row.world, str(row.outsiders), row.concept, *(number(row.payoffs_eur_bn[name], 3) for name in names),
              number(row.total_eur_bn, 3)] for row in rows]  # fmt: skip
    ends = [(title, [number(getattr(s, field), 3) for s in found])
            for title, field in (("least", "least_eur_bn"), ("most", "most_eur_bn"))]  # fmt: skip
    cells += [[title, "", "", *values] for title, values in ends]
    signs = ", ".join(f"{s.player} {'one sign' if s.has_one_sign else 'EITHER SIGN'}" for s in found)
    told = [f"  {name}: {text}" for name, text in why.items() if text]
    return "\n".join(["Across outside options, access and solution concept, EUR bn:",
                      plain_table(["world", "outsiders", "concept", *names, "all"], cells), *told,
                      *(f"  {rule}: {ACCESS[rule]}" for rule in dict.fromkeys(row.outsiders for row in rows)),
                      f"Signs: {signs}."])  # fmt: skip


def _span(ends: FloatArray, places: int = 3) -> str:
    return f"{number(float(ends[0]), places)} to {number(float(ends[1]), places)}"


def findings_text(findings: tuple[Finding, ...]) -> str:
    """Return published findings, each with its verdict here and the numbers."""
    verdict = {True: "holds", False: "DOES NOT HOLD", None: "not testable"}
    tested = [finding for finding in findings if finding.holds is not None]
    lines = [f"Published findings: {sum(bool(f.holds) for f in tested)} of {len(tested)} testable ones hold here."]
    for f in findings:
        lines += [f"  {f.study}: {f.claim}", f"    {verdict[f.holds]}: {f.numbers}"]
    return "\n".join(lines)


def _places(scale: float) -> int:
    return 1 if scale >= 100 else 3 if scale >= 1 else 6


def _review_lines(players: tuple[str, ...], review: Review, places: int) -> list[str]:
    if not review.objections:
        return [f"Under '{review.name}' no coalition would do better by itself."]
    shown = "; ".join(f"{o.coalition} ({number(o.lack, places)})" for o in review.objections[:SHOWN])
    more = f" and {len(review.objections) - SHOWN} more" if len(review.objections) > SHOWN else ""
    moves = zip(players, review.payments.transfers, strict=True)
    paid = ", ".join(
        f"{name} {change(float(amount), places)}" for name, amount in moves if change(float(amount), places)
    )
    lines = [f"Under '{review.name}' these lack something: {shown}{more}", f"  least payments that end it: {paid}"]
    if review.payments.outside > 0:
        lines.append(f"  of which from outside the players: {number(review.payments.outside, places)}")
    return lines


def _outcome_lines(outcomes: Outcomes, review: OutcomeReview) -> list[str]:
    way = review.unblocking
    changes = ", ".join(f"{name} = {option}" for name, option in outcomes.changes(review.profile).items())
    effect = effect_text(outcomes.effects[outcomes.effect_of[review.profile]])
    ways = " or ".join("+".join(sorted(players)) for players in review.consents)
    lines = [f"{effect}: {changes}", f"  must agree: {ways}"]
    for blocker in way.blockers:
        sale = f"agrees for {number(blocker.payment_eur_bn, 3)}" if blocker.is_for_sale else "does not sell its veto"
        lines.append(f"  {blocker.player} blocks: loses {number(blocker.loss_eur_bn, 3)}, gains "
                     f"{number(blocker.refusal_gain_eur_bn, 3)} by refusing; {sale}")  # fmt: skip
    if way.blockers:
        verdict = "enough" if way.is_possible else "not enough"
        lines.append(f"  payments {number(way.payments_eur_bn, 3)} EUR bn; the gainers have "
                     f"{number(way.available_eur_bn, 3)}: {verdict}")  # fmt: skip
    return lines


def _choices(outcomes: Outcomes, profiles: tuple[int, ...]) -> str:
    texts = []
    for p in profiles[:SHOWN]:
        changes = ", ".join(f"{name} = {option}" for name, option in outcomes.changes(p).items()) or "all defaults"
        texts.append(f"{effect_text(outcomes.effects[outcomes.effect_of[p]])} [{changes}]")
    more = f" and {len(profiles) - SHOWN} more" if len(profiles) > SHOWN else ""
    return ("; ".join(texts) or "nothing") + more
