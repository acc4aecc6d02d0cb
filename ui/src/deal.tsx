// The deal: what each outcome brings to each player, who must agree, what is efficient, how the gain can be split, what unblocks.
import type { VNode } from "preact";
import { scaleLinear } from "d3-scale";
import { arcName, countryName, type DealContent, type DealOutcome, type GameContent, type PageData, type Purse } from "./data";
import { ticksOf } from "./charts";
import { FigureFrame, Table } from "./figure";
import { number, signed } from "./format";
import { setState, type State } from "./state";

const WIDTH = 980, LEFT = 372;
const NAMES: Record<string, string> = { EU: "European Union", CREDITORS: "Creditors", TR: "Türkiye" };
const playerName = (data: PageData, player: string): string => NAMES[player] ?? countryName(data, player);
const keyOf = (o: { effect: string }) => o.effect;
const NO_DEAL = "none", JOIN = "+";

/** An outcome in words: the titles of its effects; a deal that was kept without titles shows their names. */
function outcomeName(deal: DealContent, effect: string): string {
  return effect === NO_DEAL ? "no deal" : effect.split(JOIN).map((e) => effectTitle(deal, e)).join(" + ");
}
const effectTitle = (deal: DealContent, effect: string): string => deal.effect_titles?.[effect] ?? effect;

const assetName = (data: PageData, asset: string): string => data.law?.consents[asset]?.[0]?.name ?? arcName(data, asset);

/** Players that act together, in words. */
function groupName(data: PageData, players: string[]): string {
  return players.map((p) => playerName(data, p)).join(" + ") || "nobody";
}

/** A decision in words: who holds it, and what is chosen where that is an outcome of the deal. */
function decisionName(data: PageData, deal: DealContent, what: string, how: string): string {
  const holder = deal.decision_holders?.[what];
  return `${holder ? `${playerName(data, holder)}, ` : ""}${what}: ${effectTitle(deal, how)}`;
}

export function DealView({ data, state }: { data: PageData; state: State }): VNode {
  const deal = data.deals.find((d) => d.name === state.deal) ?? data.deals[0];
  if (!deal) {
    return (
      <FigureFrame id="deal" title="The deal" isText
        lead={<>No deal was worked out for this case yet. <code>linepack deal {data.brief.case}/NAME</code> does it, and the page then shows payoffs, who must agree, Shapley values, the core and payments.</>} />);
  }
  const games = deal.kind === "game" ? { "": deal as GameContent } : deal.games ?? {};
  const rule = games[state.rule] ? state.rule : Object.keys(games)[0] ?? "";
  const game = games[rule];
  const outcomes = [...(deal.outcomes ?? [])].sort((a, b) => b.total_gain_eur_bn - a.total_gain_eur_bn);
  const holding = new Set(deal.equilibria_with_payments?.map((o) => o.effect));
  const best = outcomes.find((o) => holding.has(o.effect))?.effect;
  const chosen = outcomes.find((o) => keyOf(o) === state.outcome) ?? outcomes.find((o) => o.effect === best) ?? outcomes[0];
  const chooser = data.deals.length > 1 ? <label>Deal <select id="deal-name" value={deal.name} onChange={(e) => setState({ deal: e.currentTarget.value, outcome: "", rule: "" })}>{data.deals.map((d) => <option value={d.name}>{d.title}</option>)}</select></label> : null;
  const marks = marksOf(deal);
  return (
    <>
      {chosen && (
        <FigureFrame id="deal" title={`The deal: ${deal.title}`} sources={["payoff_shares", "equity_shares", "fiscal_terms", "law"]}
          lead={<>{deal.question} Gain of each player over what happens without the deal, EUR bn over {deal.market?.months ?? "the"} months{deal.market && ` from ${deal.market.first_month}`}.{" "}
            <b>P</b>: nothing is better for all. <b>H</b>: holds without an agreement. <b>M</b>: holds with payments.</>}
          controls={<>{chooser}<label>Outcome <select id="outcome" value={keyOf(chosen)} onChange={(e) => setState({ outcome: e.currentTarget.value })}>{outcomes.map((o) => <option value={keyOf(o)}>{outcomeName(deal, o.effect)}</option>)}</select></label></>}
          table={{ columns: ["outcome", "marks", ...deal.players.map((p) => `${playerName(data, p)}, EUR bn`), "all, EUR bn", "must agree", "blocked by", "payments needed, EUR bn", "gainers have, EUR bn"],
            rows: outcomes.map((o) => [outcomeName(deal, o.effect), marks(o.effect).join(" "), ...deal.players.map((p) => o.gains_eur_bn[p] ?? 0), o.total_gain_eur_bn,
              o.must_agree.map((s) => groupName(data, s)).join(" or "), o.blockers.map((b) => playerName(data, b.player)).join(", "), o.payments_eur_bn, o.available_eur_bn]) }}>
          <Payoffs data={data} deal={deal} outcomes={outcomes} chosen={keyOf(chosen)} marks={marks} />
          <Outcome data={data} deal={deal} outcome={chosen} />
        </FigureFrame>)}
      {game && (
        <FigureFrame id="split" title={chosen ? "How the gain of all could be split" : `The deal: ${deal.title}`} sources={["payoff_shares", "equity_shares"]}
          lead={<>{!chosen && deal.question} All together gain {number(game.total, decimals(game))} {deal.unit}. Circle: Shapley value. Square: nucleolus. Diamond: Nash split.{" "}
            {game.core ? <>The bar is the core: shares that no group of players would leave.</> : <>The core is empty: whatever the split, some group lacks at least {number(game.least_core_excess, decimals(game))} {deal.unit}.</>}{" "}
            Nothing without: {game.veto_players.map((p) => playerName(data, p)).join(", ") || "no single player"}.</>}
          controls={<>{!chosen && chooser}{Object.keys(games).length > 1 && <label>Those outside an agreement <select id="rule" value={rule} onChange={(e) => setState({ rule: e.currentTarget.value })}>{Object.keys(games).map((r) => <option value={r}>{r.replace(/-/g, " ")}</option>)}</select></label>}</>}
          table={{ columns: ["player", "alone", "adds to all", "Shapley", "nucleolus", "Nash", "core from", "core to", ...game.reviews.map((r) => `least payment under ${r.split}`)].map((c, k) => (k ? `${c}, ${deal.unit || "1"}` : c)),
            rows: game.players.map((p) => [playerName(data, p), game.alone[p] ?? 0, game.contribution[p] ?? 0, game.shapley[p] ?? 0, game.nucleolus[p] ?? 0, game.nash[p] ?? 0,
              game.core?.[p]?.[0] ?? "–", game.core?.[p]?.[1] ?? "–", ...game.reviews.map((r) => r.least_payments[p] ?? 0)]) }}>
          <Split data={data} game={game} unit={deal.unit} />
          <Stability data={data} game={game} unit={deal.unit} />
          <Unions data={data} deal={deal} />
        </FigureFrame>)}
    </>
  );
}

const decimals = (game: GameContent): number => (Math.abs(game.total) >= 1000 ? 0 : Math.abs(game.total) >= 1 ? 1 : 3);

function marksOf(deal: DealContent): (effect: string) => string[] {
  const has = (list: { effect: string }[] | undefined, effect: string) => Boolean(list?.some((o) => o.effect === effect));
  return (effect) => [has(deal.pareto, effect) ? "P" : "", has(deal.equilibria, effect) ? "H" : "", has(deal.equilibria_with_payments, effect) ? "M" : ""].filter(Boolean);
}

/** Outcomes down, players across: the size of a cell's bar is the gain; blue and + is more, orange and − is less. */
function Payoffs(props: { data: PageData; deal: DealContent; outcomes: DealOutcome[]; chosen: string; marks: (effect: string) => string[] }): VNode {
  const { data, deal, outcomes, chosen, marks } = props, { players } = deal;
  const columns = [...players, "all"], cell = (WIDTH - LEFT - 70) / columns.length, row = 24, top = 44;
  const names = outcomes.map((o) => inLines(outcomeName(deal, o.effect))), tall = (k: number) => row + 14 * (names[k]!.length - 1);
  const tops = names.map((_, k) => top + names.slice(0, k).reduce((s, _n, i) => s + tall(i), 0)), height = top + names.reduce((s, _n, i) => s + tall(i), 0) + 6;
  const value = (o: DealOutcome, c: string) => (c === "all" ? o.total_gain_eur_bn : o.gains_eur_bn[c] ?? 0);
  const most = Math.max(1e-9, ...outcomes.flatMap((o) => players.map((p) => Math.abs(value(o, p)))));
  return (
    <svg class="chart payoffs" viewBox={`0 0 ${WIDTH} ${height}`} role="group" aria-label="Gain of each player in each outcome; the table below holds the same numbers">
      {columns.map((c, k) => <text class="name" x={LEFT + 70 + (k + 0.5) * cell} y={top - 10} text-anchor="middle">{c === "all" ? "all" : short(playerName(data, c))}<title>{deal.player_titles?.[c] ?? c}</title></text>)}
      {outcomes.map((o, r) => {
        const y = tops[r]!, isChosen = keyOf(o) === chosen;
        return (
          <g class={`outcome ${isChosen ? "chosen" : ""}`} onClick={() => setState({ outcome: keyOf(o) })}>
            <title>{`${outcomeName(deal, o.effect)}: pick to see who must agree`}</title>
            <rect class="row" x={0} y={y} width={WIDTH} height={tall(r) - 2} />
            <text class="name" x={6} y={y + 15} font-weight={isChosen ? 700 : undefined}>{names[r]!.map((part, k) => <tspan x={6 + 10 * Math.min(k, 1)} dy={k ? 14 : 0}>{`${part}${k < names[r]!.length - 1 ? " " : ""}`}</tspan>)}</text>
            <text class="marks" x={LEFT + 34} y={y + 15} text-anchor="middle">{marks(o.effect).join(" ")}</text>
            {columns.map((c, k) => {
              const v = value(o, c), width = c === "all" ? 0 : (Math.abs(v) / most) * (cell - 14), x = LEFT + 70 + k * cell + 7;
              return <g><rect class={v >= 0 ? "plus-cell" : "minus-cell"} x={x} y={y + 3} width={width} height={row - 8} /><text class="value" x={x + cell - 16} y={y + 15} text-anchor="end" font-weight={c === "all" ? 600 : undefined}>{signed(v, 1)}</text></g>;
            })}
          </g>);
      })}
    </svg>
  );
}

const LINE = 50;

/** A long name of an outcome in lines that fit, broken before a plus. */
function inLines(name: string): string[] {
  return name.split(" + ").reduce<string[]>((lines, part, k) => {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= LINE) return [...lines.slice(0, -1), `${last} + ${part}`];
    return [...lines, k ? `+ ${part}` : part];
  }, []);
}

const short = (name: string): string => ({ "United States": "US", "European Union": "EU" })[name] ?? name;

const SMALL_EUR_BN = 0.05; // a part of a player smaller than this is not told apart, as in the text of the deal

/** What changes in each purse of a player, worst first. */
const pursesOf = (parts: Purse[], player: string): Purse[] =>
  parts.filter((v) => v.player === player && Math.abs(v.change_eur_bn) >= SMALL_EUR_BN).sort((a, b) => a.change_eur_bn - b.change_eur_bn);

/** What the picked outcome needs: decisions, consents, blockers, payments, and what the law says about it. */
function Outcome({ data, deal, outcome }: { data: PageData; deal: DealContent; outcome: DealOutcome }): VNode {
  const name = (p: string) => playerName(data, p);
  const titled = Object.entries(deal.player_titles ?? {}).filter(([p, t]) => t !== p && t !== name(p));
  const changes = Object.entries(outcome.changed_decisions);
  const law = (deal.market?.consents_of_the_law ?? []).filter((c) => outcome.effect.split(JOIN).includes(c.effect));
  const payers = Object.entries(outcome.contributions_eur_bn).filter(([, v]) => v > 0.0005);
  const effect = deal.market?.effects.find((e) => e.effect === outcome.effect);
  const divided = deal.players.map((p) => [p, pursesOf(effect?.inside_players_eur_bn ?? [], p)] as const).filter(([, parts]) => parts.some((v) => v.change_eur_bn < 0) && parts.some((v) => v.change_eur_bn > 0));
  return (
    <div class="detail" aria-live="polite">
      <h3>{outcomeName(deal, outcome.effect)}</h3>
      {titled.length > 0 && <p class="small">Who is who: {titled.map(([p, t]) => `${name(p)}: ${t}`).join("; ")}.</p>}
      <p>Gains, EUR bn: {deal.players.map((p) => `${name(p)} ${signed(outcome.gains_eur_bn[p] ?? 0)}`).join("; ")}; all together {signed(outcome.total_gain_eur_bn)}.</p>
      {divided.map(([p, parts]) => <p class="inside">Inside {name(p)} some gain and some lose, EUR bn: {parts.map((v) => `${v.purse.replace(/_/g, " ")} ${signed(v.change_eur_bn)}`).join("; ")}.</p>)}
      {changes.length > 0 && <p>Decisions: {changes.map(([what, how]) => decisionName(data, deal, what, how)).join("; ")}.</p>}
      <p id="must-agree">Must agree: <b>{outcome.must_agree.map((s) => groupName(data, s)).join(" or ")}</b>.</p>
      {outcome.blockers.length === 0 ? <p>Nobody whose yes is needed loses by it.</p> : (
        <>
          <Table caption="Who blocks" content={{ columns: ["who blocks", "loses, EUR bn", "gains by refusing, EUR bn", "agrees for, EUR bn"], decimals: 1,
            rows: outcome.blockers.map((b) => [name(b.player), b.loss_eur_bn, b.refusal_gain_eur_bn, b.is_for_sale ? b.least_payment_eur_bn : "does not sell its veto"]) }} />
          <p>Payments of {number(outcome.payments_eur_bn)} EUR bn would be needed; those who gain have {number(outcome.available_eur_bn)}: <b>{outcome.can_be_unblocked ? "enough" : "not enough"}</b>.
            {outcome.can_be_unblocked && payers.length > 0 && <> In proportion to their gain: {payers.map(([p, v]) => `${name(p)} ${number(v)}`).join(", ")}.</>}</p>
        </>)}
      {law.map((c) => <p class="small">By law, on {c.on}, “{effectTitle(deal, c.effect)}” ({assetName(data, c.asset)}) {c.is_open ? "needs nobody: all gates are open" : <>needs {c.least_sets_of_players.map((s) => s.map(name).join(" + ") || "nobody at the table").join(" or ")}; {c.closed_gates.length} gates are closed, and the smallest set of bodies has {c.least_sets_of_bodies[0]?.length ?? 0}</>}.
        {c.bodies_without_a_player.length > 0 && <> No player stands for {c.bodies_without_a_player.map((b) => data.law?.bodies[b] ?? b).join(", ")}.</>}</p>)}
      {effect && <p class="small">In this outcome the TTF costs {number(effect.headline.ttf_eur_mwh ?? 0)} EUR/MWh; all who are not at the table change by {signed(effect.change_of_others_eur_bn)} EUR bn. Run {effect.run.slice(0, 12)}.</p>}
      {(deal.terms_set_by_user ?? []).length > 0 && <p class="small">Values that only the reader can set: {deal.terms_set_by_user!.map((t) => `${t.name} (${name(t.player)}): ${number(t.eur_bn)}`).join("; ")}.</p>}
    </div>
  );
}

/** For each player the core as a bar, and the three splits as circle, square and diamond. */
function Split({ data, game, unit }: { data: PageData; game: GameContent; unit: string }): VNode {
  const row = 30, top = 34, height = top + row * game.players.length + 8, digits = decimals(game);
  const every = game.players.flatMap((p) => [0, game.shapley[p] ?? 0, game.nucleolus[p] ?? 0, game.nash[p] ?? 0, ...(game.core?.[p] ?? [])]);
  const x = scaleLinear().domain([Math.min(...every), Math.max(...every, 1e-9)]).nice().range([190, WIDTH - 150]);
  return (
    <svg class="chart split" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="Shapley value, nucleolus, Nash split and core of each player">
      <g class="axis">{ticksOf(x, 8).map(([t, text]) => <g><line x1={x(t)} x2={x(t)} y1={top - 6} y2={height - 6} /><text x={x(t)} y={top - 12} text-anchor="middle">{text}</text></g>)}
        <line class="zero" x1={x(0)} x2={x(0)} y1={top - 6} y2={height - 6} /><text x={4} y={top - 12}>{unit}</text></g>
      {game.players.map((p, k) => {
        const y = top + (k + 0.5) * row, core = game.core?.[p], at = (v: Record<string, number>) => x(v[p] ?? 0);
        return (
          <g>
            <text class="name" x={180} y={y + 4} text-anchor="end">{playerName(data, p)}</text>
            {core && <rect class="core" x={x(core[0])} width={Math.max(x(core[1]) - x(core[0]), 1.5)} y={y - 6} height={12}><title>{`core of ${playerName(data, p)}: ${number(core[0], digits)} to ${number(core[1], digits)}`}</title></rect>}
            <circle class="ink-0" cx={at(game.shapley)} cy={y} r={5.5}><title>{`Shapley ${number(game.shapley[p] ?? 0, digits)}`}</title></circle>
            <rect class="ink-1" x={at(game.nucleolus) - 4.5} y={y - 4.5} width={9} height={9}><title>{`nucleolus ${number(game.nucleolus[p] ?? 0, digits)}`}</title></rect>
            <path class="ink-2" d={`M${at(game.nash)} ${y - 6}l6 6-6 6-6-6z`}><title>{`Nash ${number(game.nash[p] ?? 0, digits)}`}</title></path>
            <text class="value" x={WIDTH - 140} y={y + 4}>{`Shapley ${number(game.shapley[p] ?? 0, digits)}`}</text>
          </g>);
      })}
    </svg>
  );
}

/** Under each split: who would do better apart, and the least payments that end it. */
function Stability({ data, game, unit }: { data: PageData; game: GameContent; unit: string }): VNode {
  const name = (p: string) => playerName(data, p), digits = decimals(game);
  return (
    <ul class="small">
      {game.reviews.map((r) => (
        <li>{r.split}: {r.is_in_core ? "no group would do better by itself." : <>{r.objections.length} groups would do better by themselves, most {groupName(data, r.objections[0]!.coalition.split(JOIN))} ({number(r.objections[0]!.lack, digits)} {unit}); least payments that end it: {" "}
          {Object.entries(r.least_payments).filter(([, v]) => Math.abs(v) >= 0.05).map(([p, v]) => `${name(p)} ${signed(v, digits)}`).join(", ") || "none"}{r.money_from_outside > 0 && `, of which ${number(r.money_from_outside, digits)} from outside`}.</>}</li>))}
      {game.superadditivity_failures.length > 0 && <li>Worth more apart: {game.superadditivity_failures.slice(0, 3).map((f) => `${groupName(data, f.first.split(JOIN))} apart from ${groupName(data, f.second.split(JOIN))}, by ${number(f.loss, digits)}`).join("; ")}{game.superadditivity_failures.length > 3 && ` and ${game.superadditivity_failures.length - 3} more`}.</li>}
      {game.dummy_players.length > 0 && <li>Adds nothing to others: {game.dummy_players.map(name).join(", ")}.</li>}
    </ul>
  );
}

function Unions({ data, deal }: { data: PageData; deal: DealContent }): VNode | null {
  const unions = Object.entries(deal.unions ?? {});
  if (!unions.length) return null;
  return (
    <>{unions.map(([player, u]) => (
      <details><summary>Inside {u.name || player}: voting power of {Object.keys(u.members).length} members</summary>
        <Table caption={`Voting power in ${u.name || player}`} content={{ columns: ["member", "Shapley-Shubik, %", "Banzhaf, %", "weight"], decimals: 2,
          rows: Object.entries(u.members).sort((a, b) => b[1].shapley_shubik - a[1].shapley_shubik).map(([m, v]) => [countryName(data, m), 100 * v.shapley_shubik, 100 * v.banzhaf_normalised, v.weight]) }} />
        <p class="small">Can block alone: {u.can_block_alone.length === Object.keys(u.members).length ? "every member" : u.can_block_alone.map((m) => countryName(data, m)).join(", ") || "nobody"}.</p></details>))}</>
  );
}
