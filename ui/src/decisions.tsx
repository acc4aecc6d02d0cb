// Decisions by their holders: only what a body may decide on a day is offered, and what follows stands beside it.
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ApiError, type DecisionDraft, type Decisions, type Draft, type Follows, type LawDraft } from "./api";
import type { PageData } from "./data";
import { Table } from "./figure";
import { answerOn, words } from "./law";
import { setState } from "./state";

type Change = (update: (old: Draft) => Draft, where?: string) => void;
const LIMITED = ["grant", "suspend"];

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/** The draft with other decisions; a law without decisions and without a day of its own goes. */
function withLaw(draft: Draft, update: (old: LawDraft) => LawDraft, known: string): Draft {
  const law = update(draft.law ?? { known_on: known });
  const { law: _, ...rest } = draft;
  return law.decisions?.length ? { ...rest, law } : rest;
}

export function DecisionEditor(props: { data: PageData; draft: Draft; change: Change; fail: (e: unknown) => void }): VNode | null {
  const { data, draft, change, fail } = props;
  const frozen = data.law?.day ?? "";
  const [day, setDay] = useState(frozen ? dayAfter(frozen) : "");
  const [holder, setHolder] = useState("");
  const [wanted, want] = useState(0);
  const [content, setContent] = useState<Decisions | null>(null);
  const known = draft.law ? draft.law.known_on ?? "" : frozen;
  useEffect(() => { if (day) api.decisions(data.brief.case, day, known).then(setContent, fail); }, [data.brief.case, day, known]);
  if (!data.law) return null;
  const list = draft.law?.decisions ?? [];
  const body = holder || (content ? ["US_OFAC", "DE_BNETZA"].find((b) => content.holders[b]) ?? Object.keys(content.holders)[0] ?? "" : "");
  const options = (content?.options ?? []).filter((o) => o.bodies.includes(body));
  const option = options[Math.min(wanted, options.length - 1)];
  const name = (b: string) => data.law!.bodies[b] ?? b;
  const put = (decisions: DecisionDraft[]) => change((d) => withLaw(d, (law) => ({ ...law, decisions }), known));
  const set = (k: number, update: Partial<DecisionDraft>) => put(list.map((d, i) => (i === k ? { ...d, ...update } : d)));
  const find = (d: DecisionDraft) => content?.options.find((o) => o.do === d.do && o.target === d.target);
  return (
    <div class="decisions">
      <h3>Decisions</h3>
      <p class="small">By those who may take them. A scenario with decisions takes in the law as known on the day below; without decisions it holds the facts of the case, and no law beside them.</p>
      <div class="controls">
        <label>Law as known on <input type="date" id="known-on" value={known} disabled={!draft.law} onChange={(e) => { const known_on = e.currentTarget.value; if (known_on) change((d) => withLaw(d, (law) => ({ ...law, known_on }), known)); }} /></label>
        <label>Decided on <input type="date" id="decision-day" value={day} onChange={(e) => { if (e.currentTarget.value) { setDay(e.currentTarget.value); want(0); } }} /></label>
        {content && <label>Holder <select id="holder" value={body} onChange={(e) => { setHolder(e.currentTarget.value); want(0); }}>{Object.entries(content.holders).map(([b, n]) => <option value={b}>{n}</option>)}</select></label>}
        {content && <label>may <select id="decision" value={Math.min(wanted, options.length - 1)} onChange={(e) => want(Number(e.currentTarget.value))}>{options.map((o, k) => <option value={k}>{o.title}</option>)}</select></label>}
        <button type="button" disabled={!option} onClick={() => { if (option) put([...list, { do: option.do, target: option.target, by: [body], on: option.on ?? day }]); }}>Add a decision</button>
      </div>
      {list.map((d, k) => {
        const known = find(d), others = (known?.bodies ?? []).filter((b) => !d.by.includes(b)), least = known?.least.find((s) => d.by.every((b) => s.includes(b))) ?? known?.least[0];
        return (
          <fieldset class="patch decision" key={k}>
            <legend>{known?.title ?? `${d.do} ${d.target}`}</legend>
            <span class="names">by {d.by.map((b) => <button type="button" aria-label={`Without ${name(b)}`} disabled={d.by.length < 2} onClick={() => set(k, { by: d.by.filter((o) => o !== b) })}>{name(b)} ×</button>)}</span>
            {others.length > 0 && <label>with <select value="" onChange={(e) => { if (e.currentTarget.value) set(k, { by: [...d.by, e.currentTarget.value] }); }}><option value="">add …</option>{others.map((b) => <option value={b}>{name(b)}</option>)}</select></label>}
            {least?.some((b) => !d.by.includes(b)) && <button type="button" onClick={() => set(k, { by: [...new Set([...d.by, ...least])] })}>Assume that all agree who must</button>}
            <label>on <input type="date" value={d.on} onChange={(e) => { if (e.currentTarget.value) set(k, { on: e.currentTarget.value }); }} /></label>
            {LIMITED.includes(d.do) && <label>until <input type="date" value={d.until ?? ""} onChange={(e) => set(k, { until: e.currentTarget.value || undefined })} />{known?.most_days && <small>at most {known.most_days} days</small>}</label>}
            {LIMITED.includes(d.do) && <label>for <select value="" onChange={(e) => { if (e.currentTarget.value) set(k, { assets: [...new Set([...(d.assets ?? []), e.currentTarget.value])] }); }}><option value="">{d.assets?.length ? d.assets.join(", ") : "all it covers"}</option>{Object.values(data.law!.consents).map((c) => <option value={c[0]!.asset}>{c[0]!.name}</option>)}</select></label>}
            {d.do === "contract" && <label>GWh a year <input type="text" inputMode="decimal" value={d.quantity_gwh_year ?? ""} placeholder="no limit" onChange={(e) => { const v = Number(e.currentTarget.value); set(k, { quantity_gwh_year: e.currentTarget.value.trim() && Number.isFinite(v) ? v : undefined }); }} /></label>}
            <button type="button" onClick={() => put(list.filter((_, i) => i !== k))}>Remove</button>
          </fieldset>
        );
      })}
    </div>
  );
}

const WAIT_MS = 400;

/** What follows from the draft: consents that are missing, assets that open or close, effects on the market. */
export function Follow({ data, draft }: { data: PageData; draft: Draft }): VNode | null {
  const [follows, setFollows] = useState<Follows | null>(null);
  const [waiting, setWaiting] = useState("");
  const asked = useRef(0);
  useEffect(() => {
    if (!draft.law) { setFollows(null); setWaiting(""); return; }
    const ask = ++asked.current;
    const timer = setTimeout(() => {
      api.check(data.brief.case, draft).then((f) => { if (ask === asked.current) { setFollows(f); setWaiting(""); } },
        (e: unknown) => { if (ask === asked.current) { setFollows(null); setWaiting(e instanceof ApiError ? e.issue.message : String(e)); } });
    }, WAIT_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const assumed = assumedConsents(data, draft);
  if (!follows && !waiting && !assumed.length) return null;
  return (
    <div class="follow" aria-live="polite">
      <h3>What follows</h3>
      {waiting && <p>Not complete yet: {waiting}.</p>}
      {assumed.map((a) => <p>{a.name} is opened by assumption: on {a.day} {a.closed} of its gates are closed, and the smallest set of bodies that must agree has {a.least}. <button type="button" class="plain" onClick={() => { setState({ asset: a.asset }); document.getElementById("consents")?.scrollIntoView(); }}>Who must agree</button></p>)}
      {follows && follows.missing.length > 0 && <><p><b>Consents are missing:</b> the run would be refused.</p><ul id="missing">{follows.missing.map((m) => <li>{words(data.law!, m.message)}{m.hint && ` Try: ${m.hint}`}</li>)}</ul></>}
      {follows && follows.missing.length === 0 && (
        <>
          <p>Every decision is taken by those who may. The law itself has {follows.effects_of_law} effects on the market; the decisions change {follows.effects.length || "none"} of them.</p>
          {follows.assets.length > 0 && <ul>{follows.assets.map((a) => <li>{a.name} on {a.on}: {a.closed_before} closed gates before, {a.still_closed.length === 0 ? <b>all open now</b> : <>{a.still_closed.length} now: {a.still_closed.map((g) => g.name).join("; ")}</>}.</li>)}</ul>}
          {follows.effects.length > 0 && <Table id="effects" caption="Effects of the decisions" content={{ columns: ["effect", "of", "what", "from", "to", "acts on"], rows: follows.effects.map((e) => [e.what, e.name, e.reason, e.first_day ?? "", e.last_day ?? "", e.table.replace(/_/g, " ")]) }} />}
        </>)}
    </div>
  );
}

/** Assets that a change of the facts opens although gates of theirs are closed. */
function assumedConsents(data: PageData, draft: Draft): { asset: string; name: string; day: string; closed: number; least: number }[] {
  if (!data.law || draft.law) return []; // with the law taken in, its own effects say what stays closed
  const opened = draft.patches.filter((p) => p.do === "asset" && p.state !== "closed" && p.capacity !== 0).flatMap((p) => (Array.isArray(p.arcs) ? (p.arcs as string[]) : typeof p.arcs === "string" ? [p.arcs] : []).map((arc) => [arc, String(p.from ?? dayAfter(data.law!.day))] as const));
  return opened.flatMap(([arc, day]) => {
    const answers = data.law!.consents[arc];
    if (!answers) return [];
    const c = answerOn(answers, day);
    return c.is_open ? [] : [{ asset: arc, name: c.name, day, closed: c.gates.filter((g) => g.state !== "open").length, least: c.minimal_sets[0]?.length ?? 0 }];
  });
}
