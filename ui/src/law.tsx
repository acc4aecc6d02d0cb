// Who must agree: the gates of an asset, the bodies that hold them, the smallest sets of bodies whose yes opens it; and the law over time.
import { scaleTime } from "d3-scale";
import type { VNode } from "preact";
import type { Consents, LawContent, Mark } from "./data";
import { FigureFrame, Table } from "./figure";
import { setState, type State } from "./state";

const WIDTH = 980;
const fit = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day that the reader looks at: the one chosen, if the law is known for it, else the day before the horizon. */
export function dayOf(law: LawContent, state: State): string {
  const { first_day: first, last_day: last } = law.timeline;
  return DAY.test(state.day) && state.day >= first && state.day <= last ? state.day : law.day;
}

/** What the law answers on a day: the last answer that began by then. */
export function answerOn(answers: Consents[], day: string): Consents {
  return answers.filter((a) => a.from <= day).at(-1) ?? answers[0]!;
}

function DayInput({ law, state, id }: { law: LawContent; state: State; id: string }): VNode {
  const day = dayOf(law, state);
  return <label>On <input type="date" id={id} value={day} min={law.timeline.first_day} max={law.timeline.last_day} onChange={(e) => { if (DAY.test(e.currentTarget.value)) setState({ day: e.currentTarget.value, set: 0 }); }} /></label>;
}

export function ConsentView({ law, state }: { law: LawContent; state: State }): VNode {
  const chosenSet = Math.max(0, Math.round(state.set));
  const day = dayOf(law, state);
  const asset = law.consents[state.asset] ? state.asset : law.consents.NS2_B ? "NS2_B" : Object.keys(law.consents)[0]!;
  const answers = law.consents[asset]!;
  const c = answerOn(answers, day);
  const next = answers.find((a) => a.from > day), before = answers[answers.indexOf(c) - 1];
  const name = (body: string) => law.bodies[body] ?? body;
  const closed = c.gates.filter((g) => g.state !== "open");
  const set = c.minimal_sets[Math.min(chosenSet, Math.max(c.minimal_sets.length - 1, 0))] ?? [];
  return (
    <FigureFrame id="consents" title="Who must agree" sources={["law"]}
      lead={<>{c.name} on {day}: <b>{c.is_open ? "all gates are open" : `${closed.length} of ${c.gates.length} gates are closed`}</b>.
        {!c.is_open && (c.minimal_sets.length > 0 ? <> The smallest sets of bodies that must say yes number {c.minimal_sets.length}; the chosen one has {set.length}.</> : <> No set of bodies can open it.</>)} Each gate is one necessary condition; the asset flows only if all are open.</>}
      table={{ columns: ["gate", "bar", "state", "held by", "opens by", "why", "since", "grade", "sources"],
        rows: c.gates.map((g) => [g.name, g.bar.replace(/_/g, " "), g.state, g.holders.map(name).join(", "), g.opens_by, g.reason, g.since, g.grade, g.sources.join(" ")]) }}
      controls={<>
        <label>Asset <select id="asset" value={asset} onChange={(e) => setState({ asset: e.currentTarget.value, set: 0 })}>{Object.values(law.consents).map((o) => <option value={o[0]!.asset}>{o[0]!.name}</option>)}</select></label>
        <DayInput law={law} state={state} id="consents-day" />
        <button type="button" disabled={!before} onClick={() => setState({ day: dayBefore(c.from), set: 0 })}>Before the last change</button>
        <button type="button" disabled={!next} onClick={() => setState({ day: next!.from, set: 0 })}>Next change{next ? ` ${next.from}` : ""}</button>
        {c.minimal_sets.length > 1 && <label>Set <select id="consents-set" value={Math.min(chosenSet, c.minimal_sets.length - 1)} onChange={(e) => setState({ set: Number(e.currentTarget.value) })}>{c.minimal_sets.slice(0, 40).map((s, k) => <option value={k}>{k + 1}: {s.length} bodies</option>)}</select></label>}
      </>}>
      <Graph c={c} set={new Set(set)} name={name} />
      <p class="small">As the law stands from {c.from}{next ? <> to {dayBefore(next.from)}</> : null}, by all that is known today. Closed: square; open: circle; filled bodies are the chosen set.</p>
      {set.length > 0 && <p>Yes of: {set.map(name).join("; ")}.</p>}
      {c.renewals.length > 0 && <ul class="small">{c.renewals.map((r) => <li>{r.day}: {r.what} must be renewed; one refusal ends it{r.any_one_of.length > 0 && r.any_one_of.length < 30 ? ` (any of ${r.any_one_of.length} members)` : ""}, and {r.opens.length ? `opens ${r.opens.join(", ")}` : "opens no gate"}{r.stays_closed.length > 0 && `; still closed: ${r.stays_closed.join(", ")}`}.</li>)}</ul>}
      {c.votes.length > 0 && <ul class="small">{c.votes.map((v) => <li>{words(law, v.deed)}: a block of {v.smallest_block_size} stops it, for example {v.smallest_blocks[0]?.map(name).join(", ")}.</li>)}</ul>}
      {c.temporary.length > 0 && <ul class="small">{c.temporary.map((t) => <li>Relief without lifting: {words(law, t)}</li>)}</ul>}
    </FigureFrame>
  );
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

/** A name in lines of at most so many letters, broken between words. */
function inWords(name: string, most: number): string[] {
  return name.split(" ").reduce<string[]>((lines, word) => {
    const last = lines.at(-1);
    return last !== undefined && last.length + word.length < most ? [...lines.slice(0, -1), `${last} ${word}`] : [...lines, word];
  }, []).map((line) => fit(line, most + 1));
}

/** The law's own text with names of bodies, assets and instruments in place of their codes. */
export function words(law: LawContent, text: string): string {
  return text.replace(/\b[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)*\b/g, (code) => law.bodies[code] ?? law.consents[code]?.[0]?.name ?? law.instruments[code] ?? code)
    .replace(/\b(adopt|sign|consult|not_object):/g, (_, act: string) => `${act.replace("_", " ")}: `);
}

/** Asset, gates, bodies: closed gates are orange squares, open ones blue circles; the chosen set's bodies are filled. */
function Graph({ c, set, name }: { c: Consents; set: Set<string>; name: (body: string) => string }): VNode {
  const asset = inWords(c.name, 17);
  const gates = [...c.gates].sort((a, b) => Number(a.state === "open") - Number(b.state === "open"));
  const bodies = [...new Set(gates.flatMap((g) => g.holders))];
  const row = 24, height = Math.max(gates.length, bodies.length) * row + 20;
  const gateLines = (g: Consents["gates"][number]) => {
    const text = `${g.name} (${g.bar.replace(/_/g, " ")})`, lines = inWords(text, 50);
    return lines.length > 2 || (height - 20) / gates.length < 30 ? [fit(text, 50)] : lines;
  };
  const gateY = (k: number) => 16 + (k + 0.5) * ((height - 20) / gates.length);
  const bodyY = (k: number) => 16 + (k + 0.5) * ((height - 20) / bodies.length);
  return (
    <svg class="chart consents" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`Gates of ${c.name} and the bodies that hold them; the table below says the same`}>
      {gates.map((g, k) => <path class={`link ${g.state === "open" ? "open" : "closed"}`} d={`M120 ${height / 2}C200 ${height / 2} 200 ${gateY(k)} 262 ${gateY(k)}`} />)}
      {gates.flatMap((g, k) => g.holders.map((h) => <path class={`link ${g.state === "open" ? "open" : "closed"} ${set.has(h) ? "wanted" : ""}`} d={`M600 ${gateY(k)}C660 ${gateY(k)} 660 ${bodyY(bodies.indexOf(h))} 716 ${bodyY(bodies.indexOf(h))}`} />))}
      <rect class="asset" x={4} y={height / 2 - 18 - 7 * (asset.length - 1)} width={116} height={36 + 14 * (asset.length - 1)} rx={4} /><text text-anchor="middle">{asset.map((part, k) => <tspan x={62} y={height / 2 + 4 + 14 * (k - (asset.length - 1) / 2)}>{part}</tspan>)}</text>
      {gates.map((g, k) => (
        <g><title>{`${g.name}: ${g.state}. ${g.reason}`}</title>
          {g.state === "open" ? <circle class="gate open" cx={270} cy={gateY(k)} r={6} /> : <rect class="gate closed" x={264} y={gateY(k) - 6} width={12} height={12} />}
          <text>{gateLines(g).map((part, i, all) => <tspan x={284} y={gateY(k) + 4 + 13 * (i - (all.length - 1) / 2)}>{part}</tspan>)}</text></g>))}
      {bodies.map((b, k) => <g><circle class={`body ${set.has(b) ? "wanted" : ""}`} cx={722} cy={bodyY(k)} r={6} /><text x={734} y={bodyY(k) + 4} font-weight={set.has(b) ? 700 : undefined}>{fit(name(b), 36)}</text></g>)}
    </svg>
  );
}

/** Law over time: one line per instrument, marks for events; what is to come after the chosen day stands apart in the list. */
export function TimelineView({ law, state }: { law: LawContent; state: State }): VNode {
  const chart = law.timeline;
  const day = dayOf(law, state);
  const mine = state.mine;
  const asset = law.consents[state.asset] ? state.asset : "NS2_B";
  const marks = mine ? chart.marks.filter((m) => m.assets.includes(asset)) : chart.marks;
  const touching = new Set([...marks.flatMap((m) => m.instruments), ...(mine ? law.consents[asset]?.flatMap((c) => c.gates.map((g) => g.gate)) ?? [] : [])]);
  const bars = chart.bars.filter((b) => b.kind !== "renewal" && (!mine || touching.has(b.instrument)));
  const instruments = [...new Set(bars.map((b) => b.instrument))];
  const x = scaleTime().domain([new Date(chart.first_day), new Date(chart.last_day)]).range([250, WIDTH - 10]);
  const px = (d: string) => Math.min(Math.max(x(new Date(d)), 250), WIDTH - 10);
  const top = 46, row = 13, height = top + instruments.length * row + 12;
  const coming = upcoming(law, marks, new Set(instruments), day);
  return (
    <FigureFrame id="timeline" title="Law and events over time" sources={["law"]}
      lead={<>Bars are phases of instruments (blue) and licences (green), diamonds on top are events, hollow ones scheduled; a line before one says that its day is not known. The dashed line is {day}; {coming.length} dates lie after it. Grade of each row: P official text seen, S law firm or press, T tertiary note, B background.</>}
      table={{ columns: ["day", "event", "kind", "instruments", "assets", "grade", "source"], rows: [...marks.map((m) => [spanOf(m), m.label, m.is_scheduled ? "scheduled" : "event", m.instruments.map((i) => law.instruments[i] ?? i).join(", "), m.assets.join(", "), m.grade, law.sources[m.event] || m.instruments.map((i) => law.sources[i]).filter(Boolean).join("; ")]),
        ...bars.map((b) => [b.first_day, `${law.instruments[b.instrument] ?? b.instrument}: ${b.label}`, b.last_day ? `in force to ${b.last_day}` : "in force, no end", b.instrument, "", b.grade, law.sources[b.instrument] ?? ""])].sort((a, b) => a[0]!.localeCompare(b[0]!)) }}
      controls={<><DayInput law={law} state={state} id="timeline-day" /><label><input type="checkbox" checked={mine} onChange={(e) => setState({ mine: e.currentTarget.checked })} />only what concerns {law.consents[asset]?.[0]?.name ?? asset}</label></>}>
      <svg class="chart timeline" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="Instruments and events over time; the table below holds the events">
        <g class="axis">{x.ticks(8).map((t) => <g><line x1={x(t)} x2={x(t)} y1={24} y2={height - 8} /><text x={x(t)} y={14} text-anchor="middle">{t.getFullYear()}</text></g>)}</g>
        {marks.map((m) => <path class={`mark ${m.is_scheduled ? "scheduled" : ""} ${m.day > day ? "ahead" : ""}`} d={`M${px(m.day)} 24l5 8-5 8-5-8z`}><title>{`${spanOf(m)}: ${m.label}`}</title></path>)}
        {marks.filter((m) => m.not_before).map((m) => <line class="mark" x1={px(m.not_before!)} x2={px(m.day)} y1={32} y2={32}><title>{`${spanOf(m)}: ${m.label}`}</title></line>)}
        {instruments.map((id, k) => (
          <g>
            <text x={244} y={top + k * row + 9} text-anchor="end" style={{ fontSize: "9.5px" }}>{fit(law.instruments[id] ?? id, 46)}</text>
            {bars.filter((b) => b.instrument === id).map((b) => <rect class={`phase ${b.lane === "licence" ? "licence" : ""}`} x={px(b.first_day)} y={top + k * row + 1} width={Math.max(px(b.last_day ?? chart.last_day) - px(b.first_day), 2)} height={row - 4}><title>{`${id}: ${b.label} (${b.kind.replace(/_/g, " ")}), ${b.first_day} to ${b.last_day ?? "no end"}`}</title></rect>)}
          </g>))}
        <line class="today" x1={px(day)} x2={px(day)} y1={20} y2={height - 8} />
      </svg>
      <h3>Next dates after {day}</h3>
      <Table id="upcoming" caption={`Dates after ${day}`} content={{ columns: ["day", "what", "kind", "grade"], rows: coming.slice(0, SHOWN_DATES).map((u) => [u.day, u.what, u.kind, u.grade]) }} />
      {coming.length > SHOWN_DATES && <details><summary>{coming.length - SHOWN_DATES} later dates</summary><Table caption="Later dates" content={{ columns: ["day", "what", "kind", "grade"], rows: coming.slice(SHOWN_DATES).map((u) => [u.day, u.what, u.kind, u.grade]) }} /></details>}
    </FigureFrame>
  );
}

/** The day of an event, or the days between which it lies. */
const spanOf = (m: Mark): string => m.not_before ? `${m.not_before} to ${m.day}` : m.day;
const SHOWN_DATES = 8;
interface Upcoming { day: string; what: string; kind: string; grade: string }

/** Events after a day, and the days on which a phase, licence or renewal begins or ends. */
export function upcoming(law: LawContent, marks: Mark[], instruments: Set<string>, day: string): Upcoming[] {
  const name = (id: string) => law.instruments[id] ?? id;
  const ends = law.timeline.bars.filter((b) => instruments.has(b.instrument)).flatMap((b) => [
    ...(b.first_day > day ? [{ day: b.first_day, what: `${name(b.instrument)}: ${b.label}`, kind: b.lane === "licence" ? "licence begins" : b.kind === "renewal" ? "renewed" : "begins", grade: b.grade }] : []),
    ...(b.last_day && b.last_day > day ? [{ day: b.last_day, what: `${name(b.instrument)}: ${b.label}`, kind: b.lane === "licence" ? "licence ends" : b.kind === "renewal" ? "must be renewed" : "ends", grade: b.grade }] : []),
  ]);
  const events = marks.filter((m) => m.day > day).map((m) => ({ day: m.day, what: m.label, kind: m.is_scheduled ? "scheduled" : "event", grade: m.grade }));
  const all = [...events, ...ends].sort((a, b) => a.day.localeCompare(b.day) || a.what.localeCompare(b.what));
  return all.filter((u, k) => k === 0 || u.day !== all[k - 1]!.day || u.what !== all[k - 1]!.what);
}
