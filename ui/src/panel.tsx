// What is known about the place or the route that was picked: in, out, net, price, and why the price is what it is.
import type { VNode } from "preact";
import { arcName, at, carrierName, nodeName, sumBy, type PageData, type RunSeries } from "./data";
import { Table } from "./figure";
import { flowsByArc, priceAt, type Pair } from "./flows";
import { number, priceUnit, quantityUnit, signed } from "./format";
import { setState, type State } from "./state";

export function Panel(props: { data: PageData; pair: Pair; state: State }): VNode {
  const { data, state } = props;
  const isNode = Boolean(state.node && data.nodes[state.node]), isArc = Boolean(state.arc && data.arcs[state.arc]);
  return (
    <aside class="panel" aria-live="polite" aria-label="What was picked on the map">
      {isNode ? <NodePanel {...props} /> : isArc ? <ArcPanel {...props} /> : <p class="small">Pick a country, a terminal or a flow on the map, or under “Look at”, to see what goes in and out, and why the price is what it is.</p>}
      {(isNode || isArc) && <button type="button" onClick={() => setState({ node: "", arc: "" })}>Close</button>}
    </aside>
  );
}

interface Entry { name: string; base: number; now: number }

/** Return what enters and leaves a node: flows by arc, own production, consumption, storage. */
export function nodeBalance(data: PageData, pair: Pair, node: string, t: number): { into: Entry[]; out: Entry[] } {
  const entries = (run: RunSeries) => {
    const into = new Map<string, number>(), out = new Map<string, number>();
    for (const [arc, flow] of flowsByArc(data, run, t, "")) {
      const a = data.arcs[arc];
      if (a?.to === node) into.set(arcName(data, arc), flow);
      if (a?.from === node) out.set(arcName(data, arc), flow);
    }
    const add = (map: Map<string, number>, name: string, value: number) => { if (value > 0.05) map.set(name, value); };
    add(into, "production sold by exporters", run.production.filter(([n]) => n === node).reduce((s, [, , v]) => s + at(v, t, run.days), 0));
    add(into, "withdrawal from storage", at(run.withdrawal[node], t, run.days));
    add(out, "injection into storage", at(run.injection[node], t, run.days));
    add(out, "consumption", run.consumption.filter(([n]) => n === node).reduce((s, [, v]) => s + at(v, t, run.days), 0));
    return { into, out };
  };
  const a = entries(pair.base), b = entries(pair.run);
  const merge = (x: Map<string, number>, y: Map<string, number>) =>
    [...new Set([...x.keys(), ...y.keys()])].map((name) => ({ name, base: x.get(name) ?? 0, now: y.get(name) ?? 0 })).filter((e) => e.base > 0.05 || e.now > 0.05).sort((p, q) => q.now - p.now);
  return { into: merge(a.into, b.into), out: merge(a.out, b.out) };
}

function NodePanel({ data, pair, state }: { data: PageData; pair: Pair; state: State }): VNode {
  const node = state.node;
  const rate = quantityUnit(data, state, "rate"), price = priceUnit(data, state);
  const { into, out } = nodeBalance(data, pair, node, state.t);
  const total = (entries: Entry[], key: "base" | "now") => entries.reduce((s, e) => s + e[key], 0);
  const rows = (entries: Entry[]) => entries.map((e) => [e.name, e.base * rate.factor, e.now * rate.factor]);
  const now = priceAt(pair.run, node, state.t), base = priceAt(pair.base, node, state.t);
  const columns = [rate.name, "baseline", "scenario"];
  const homeBase = total(out, "base") - total(into, "base"), homeNow = total(out, "now") - total(into, "now");
  const isMarket = data.nodes[node]!.kind === "market";
  return (
    <>
      <h3>{nodeName(data, node)}{data.nodes[node]!.hub && <small> ({data.nodes[node]!.hub})</small>}</h3>
      {now !== null && base !== null && <p class="big">{number(now * price.factor, price.decimals)} {price.name} <small>({signed((now - base) * price.factor, price.decimals)} from baseline)</small></p>}
      <Table caption="In" content={{ columns: ["In, " + rate.name, ...columns.slice(1)], rows: [...rows(into), ...(isMarket && (homeNow > 0.5 || homeBase > 0.5) ? [["home production and other, by difference", homeBase * rate.factor, homeNow * rate.factor]] : [])], decimals: rate.decimals }} />
      <Table caption="Out" content={{ columns: ["Out, " + rate.name, ...columns.slice(1)], rows: rows(out), decimals: rate.decimals }} />
      <p>Net of flows that cross its border: {number(netBorder(data, pair.run, node, state.t) * rate.factor, rate.decimals)} {rate.name} in.</p>
      {now !== null && <Why data={data} pair={pair} state={state} node={node} />}
    </>
  );
}

function netBorder(data: PageData, run: RunSeries, node: string, t: number): number {
  let net = 0;
  for (const [arc, flow] of flowsByArc(data, run, t, "")) { const a = data.arcs[arc]; net += a?.to === node ? flow : a?.from === node ? -flow : 0; }
  return net;
}

export function causes(run: RunSeries, node: string, t: number): Map<string, number> {
  return sumBy(run.breakdown.filter(([n]) => n === node), ([, cause]) => cause, ([, , , series]) => at(series, t, run.days));
}

function Why({ data, pair, state, node }: { data: PageData; pair: Pair; state: State; node: string }): VNode {
  const price = priceUnit(data, state);
  const a = causes(pair.base, node, state.t), b = causes(pair.run, node, state.t);
  const names = [...new Set([...b.keys(), ...a.keys()])].filter((c) => Math.abs(a.get(c) ?? 0) > 0.005 || Math.abs(b.get(c) ?? 0) > 0.005)
    .sort((x, y) => (b.get(y) ?? 0) - (b.get(x) ?? 0));
  const details = pair.run.breakdown.filter(([n]) => n === node).map(([, cause, detail, s]) => [cause, detail, at(s, state.t, pair.run.days)] as const)
    .filter(([, , v]) => Math.abs(v) > 0.05).sort((x, y) => Math.abs(y[2]) - Math.abs(x[2])).slice(0, 8);
  return (
    <>
      <h4>Why this price</h4>
      <Table caption="Price by cause" content={{ columns: [price.name, "baseline", "scenario"], rows: [...names.map((c) => [c, (a.get(c) ?? 0) * price.factor, (b.get(c) ?? 0) * price.factor]),
        ["price", [...a.values()].reduce((s, v) => s + v, 0) * price.factor, [...b.values()].reduce((s, v) => s + v, 0) * price.factor]] }} />
      <p class="small">Largest parts: {details.map(([cause, detail, v]) => `${cause} ${arcName(data, detail)} ${number(v * price.factor, price.decimals)}`).join("; ")}.</p>
    </>
  );
}

function ArcPanel({ data, pair, state }: { data: PageData; pair: Pair; state: State }): VNode {
  const id = state.arc, arc = data.arcs[id]!;
  const rate = quantityUnit(data, state, "rate"), price = priceUnit(data, state);
  const read = (run: RunSeries) => {
    const flow = flowsByArc(data, run, state.t, "").get(id) ?? 0;
    const limit = run.limits.find(([a]) => a === id), rent = run.rents.find(([a]) => a === id);
    return { flow, limit: limit ? at(limit[1], state.t, run.days) : null, rent: rent ? at(rent[1], state.t, run.days) : 0 };
  };
  const a = read(pair.base), b = read(pair.run);
  const carriers = pair.run.flows.filter(([, arcId]) => arcId === id).map(([carrier, , s]) => [carrierName(data, carrier), at(s, state.t, pair.run.days) * rate.factor] as [string, number]).filter(([, v]) => v > 1e-3);
  const share = (r: typeof a) => (r.limit ? number((100 * r.flow) / r.limit, 0) : "no limit");
  return (
    <>
      <h3>{arcName(data, id)}</h3>
      <p>{arc.kind}, {nodeName(data, arc.from)} to {nodeName(data, arc.to)}; in the facts: {arc.state}.</p>
      <Table caption="Flow and limit" content={{ columns: ["", "baseline", "scenario"], rows: [
        [`flow, ${rate.name}`, a.flow * rate.factor, b.flow * rate.factor],
        [`limit, ${rate.name}`, a.limit === null ? "none" : a.limit * rate.factor, b.limit === null ? "none" : b.limit * rate.factor],
        ["per cent of limit", share(a), share(b)],
        [`one more unit of limit is worth, ${price.name}`, a.rent * price.factor, b.rent * price.factor],
      ], decimals: 1 }} />
      {carriers.length > 0 && <Table caption="Who carries gas here" content={{ columns: ["carried by", `scenario, ${rate.name}`], rows: carriers, decimals: 1 }} />}
      {b.flow < 0.05 && <p class="small">No gas flows here{b.limit !== null && b.limit < 0.05 ? ": its limit is zero in this scenario." : "."}</p>}
    </>
  );
}
