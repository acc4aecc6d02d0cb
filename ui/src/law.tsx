// Who must agree: the gates of an asset, the bodies that hold them, the smallest sets of bodies whose yes opens it; and the law over time.
import { scaleTime } from "d3-scale";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Consents, LawContent } from "./data";
import { FigureFrame, Table } from "./figure";
import { setState, type State } from "./state";

const WIDTH = 980;
const fit = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function ConsentView({ law, state }: { law: LawContent; state: State }): VNode {
  const [chosenSet, choose] = useState(0);
  const day = law.days.includes(state.day) ? state.day : law.days[0]!;
  const all = law.consents[day]!;
  const asset = all[state.asset] ? state.asset : all.NS2_B ? "NS2_B" : Object.keys(all)[0]!;
  const c = all[asset]!;
  const name = (body: string) => law.bodies[body] ?? body;
  const closed = c.gates.filter((g) => g.state !== "open");
  const set = c.minimal_sets[Math.min(chosenSet, Math.max(c.minimal_sets.length - 1, 0))] ?? [];
  return (
    <FigureFrame id="consents" title="Who must agree" sources={["law"]}
      lead={<>{c.name} on {c.on}: <b>{c.is_open ? "all gates are open" : `${closed.length} of ${c.gates.length} gates are closed`}</b>.
        {!c.is_open && (c.minimal_sets.length > 0 ? <> The smallest sets of bodies that must say yes number {c.minimal_sets.length}; the chosen one has {set.length}.</> : <> No set of bodies can open it.</>)} Each gate is one necessary condition; the asset flows only if all are open.</>}
      table={{ columns: ["gate", "bar", "state", "held by", "opens by", "why", "since", "grade", "sources"],
        rows: c.gates.map((g) => [g.name, g.bar.replace(/_/g, " "), g.state, g.holders.map(name).join(", "), g.opens_by, g.reason, g.since, g.grade, g.sources.join(" ")]) }}
      controls={<>
        <label>Asset <select id="asset" value={asset} onChange={(e) => { choose(0); setState({ asset: e.currentTarget.value }); }}>{Object.values(all).map((o) => <option value={o.asset}>{o.name}</option>)}</select></label>
        <label>On <select value={day} onChange={(e) => { choose(0); setState({ day: e.currentTarget.value }); }}>{law.days.map((d) => <option value={d}>{d}</option>)}</select></label>
        {c.minimal_sets.length > 1 && <label>Set <select value={chosenSet} onChange={(e) => choose(Number(e.currentTarget.value))}>{c.minimal_sets.slice(0, 40).map((s, k) => <option value={k}>{k + 1}: {s.length} bodies</option>)}</select></label>}
      </>}>
      <Graph c={c} set={new Set(set)} name={name} />
      {set.length > 0 && <p>Yes of: {set.map(name).join("; ")}.</p>}
      {c.renewals.length > 0 && <ul class="small">{c.renewals.map((r) => <li>{r.day}: {r.what} must be renewed; one refusal ends it{r.any_one_of.length > 0 && r.any_one_of.length < 30 ? ` (any of ${r.any_one_of.length} members)` : ""}, and {r.opens.length ? `opens ${r.opens.join(", ")}` : "opens no gate"}{r.stays_closed.length > 0 && `; still closed: ${r.stays_closed.join(", ")}`}.</li>)}</ul>}
      {c.votes.length > 0 && <ul class="small">{c.votes.map((v) => <li>{v.deed}: a block of {v.smallest_block_size} stops it, for example {v.smallest_blocks[0]?.map(name).join(", ")}.</li>)}</ul>}
      {c.temporary.length > 0 && <ul class="small">{c.temporary.map((t) => <li>Relief without lifting: {t}</li>)}</ul>}
    </FigureFrame>
  );
}

/** Asset, gates, bodies: closed gates are orange squares, open ones blue circles; the chosen set's bodies are filled. */
function Graph({ c, set, name }: { c: Consents; set: Set<string>; name: (body: string) => string }): VNode {
  const gates = [...c.gates].sort((a, b) => Number(a.state === "open") - Number(b.state === "open"));
  const bodies = [...new Set(gates.flatMap((g) => g.holders))];
  const row = 24, height = Math.max(gates.length, bodies.length) * row + 20;
  const gateY = (k: number) => 16 + (k + 0.5) * ((height - 20) / gates.length);
  const bodyY = (k: number) => 16 + (k + 0.5) * ((height - 20) / bodies.length);
  return (
    <svg class="chart consents" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`Gates of ${c.name} and the bodies that hold them; the table below says the same`}>
      {gates.map((g, k) => <path class={`link ${g.state === "open" ? "open" : "closed"}`} d={`M120 ${height / 2}C200 ${height / 2} 200 ${gateY(k)} 262 ${gateY(k)}`} />)}
      {gates.flatMap((g, k) => g.holders.map((h) => <path class={`link ${g.state === "open" ? "open" : "closed"} ${set.has(h) ? "wanted" : ""}`} d={`M600 ${gateY(k)}C660 ${gateY(k)} 660 ${bodyY(bodies.indexOf(h))} 716 ${bodyY(bodies.indexOf(h))}`} />))}
      <rect class="asset" x={4} y={height / 2 - 18} width={116} height={36} rx={4} /><text x={62} y={height / 2 + 4} text-anchor="middle">{fit(c.asset, 16)}</text>
      {gates.map((g, k) => (
        <g><title>{`${g.name}: ${g.state}. ${g.reason}`}</title>
          {g.state === "open" ? <circle class="gate open" cx={270} cy={gateY(k)} r={6} /> : <rect class="gate closed" x={264} y={gateY(k) - 6} width={12} height={12} />}
          <text x={284} y={gateY(k) + 4}>{fit(`${g.name} (${g.bar.replace(/_/g, " ")})`, 50)}</text></g>))}
      {bodies.map((b, k) => <g><circle class={`body ${set.has(b) ? "wanted" : ""}`} cx={722} cy={bodyY(k)} r={6} /><text x={734} y={bodyY(k) + 4} font-weight={set.has(b) ? 700 : undefined}>{fit(name(b), 36)}</text></g>)}
    </svg>
  );
}

/** Law over time: one line per instrument, marks for events; what is to come after the chosen day stands apart in the list. */
export function TimelineView({ law, state }: { law: LawContent; state: State }): VNode {
  const chart = law.timeline;
  const day = law.days.includes(state.day) ? state.day : law.days[0]!;
  const [mine, only] = useState(false);
  const asset = state.asset || "NS2_B";
  const marks = mine ? chart.marks.filter((m) => m.assets.includes(asset)) : chart.marks;
  const touching = new Set(marks.flatMap((m) => m.instruments));
  const bars = chart.bars.filter((b) => b.kind !== "renewal" && (!mine || touching.has(b.instrument)));
  const instruments = [...new Set(bars.map((b) => b.instrument))];
  const x = scaleTime().domain([new Date(chart.first_day), new Date(chart.last_day)]).range([250, WIDTH - 10]);
  const px = (d: string) => Math.min(Math.max(x(new Date(d)), 250), WIDTH - 10);
  const top = 46, row = 13, height = top + instruments.length * row + 12;
  const coming = marks.filter((m) => m.day > day);
  return (
    <FigureFrame id="timeline" title="Law and events over time" sources={["law"]}
      lead={<>Bars are phases of instruments and licences, ticks on top are events. The dashed line is {day}; {coming.length} of {marks.length} events lie after it.</>}
      table={{ columns: ["day", "event", "scheduled", "instruments", "assets", "grade"], rows: marks.map((m) => [m.day, m.label, m.is_scheduled ? "scheduled" : "", m.instruments.join(", "), m.assets.join(", "), m.grade]) }}
      controls={<label><input type="checkbox" checked={mine} onChange={(e) => only(e.currentTarget.checked)} />only what concerns the asset above</label>}>
      <svg class="chart timeline" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="Instruments and events over time; the table below holds the events">
        <g class="axis">{x.ticks(8).map((t) => <g><line x1={x(t)} x2={x(t)} y1={24} y2={height - 8} /><text x={x(t)} y={14} text-anchor="middle">{t.getFullYear()}</text></g>)}</g>
        {marks.map((m) => <path class={`mark ${m.is_scheduled ? "scheduled" : ""}`} d={`M${px(m.day)} 24l5 8-5 8-5-8z`}><title>{`${m.day}: ${m.label}`}</title></path>)}
        {instruments.map((id, k) => (
          <g>
            <text x={244} y={top + k * row + 9} text-anchor="end" style={{ fontSize: "9.5px" }}>{fit(law.instruments[id] ?? id, 46)}</text>
            {bars.filter((b) => b.instrument === id).map((b) => <rect class={`phase ${b.lane === "licence" ? "licence" : ""}`} x={px(b.first_day)} y={top + k * row + 1} width={Math.max(px(b.last_day ?? chart.last_day) - px(b.first_day), 2)} height={row - 4}><title>{`${id}: ${b.label} (${b.kind.replace(/_/g, " ")}), ${b.first_day} to ${b.last_day ?? "no end"}`}</title></rect>)}
          </g>))}
        <line class="today" x1={px(day)} x2={px(day)} y1={20} y2={height - 8} />
      </svg>
      {coming.length > 0 && <details><summary>{coming.length} events to come after {day}</summary><Table caption="Events to come" content={{ columns: ["day", "event", "grade"], rows: coming.map((m) => [m.day, m.label, m.grade]) }} /></details>}
    </FigureFrame>
  );
}
