// Line and bar charts as plain SVG.
import { max, min } from "d3-array";
import { scaleBand, scaleLinear, scalePoint } from "d3-scale";
import { area, line } from "d3-shape";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { number, signed } from "./format";

/** A point beside the lines: its place between periods (0 is the end of the first), its value, and what it says. */
export interface Target { place: number; value: number; label: string; kind: string; title: string }

/** The ticks of an axis with their texts, all with as many decimals as the finest needs. */
export function ticksOf(scale: { ticks: (count?: number) => number[] }, count: number): [number, string][] {
  const ticks = scale.ticks(count);
  const places = Math.max(0, ...ticks.map((t) => (String(Math.round(t * 1e6) / 1e6).split(".")[1] ?? "").length));
  return ticks.map((t) => [t, number(t, places)]);
}

export interface Line { name: string; values: number[]; dash?: string; colour: number; low?: number[]; high?: number[] }

const WIDTH = 860, LEFT = 52, RIGHT = 130, TOP = 26, BOTTOM = 34;

/** A dash for each line beside its colour, so that lines can be told apart without colour. */
export const DASHES = ["", "6 3", "2 3", "10 3 2 3", "1 4", "12 4", "4 2 1 2", "8 2"];

export function LineChart(props: { lines: Line[]; periods: string[]; unit: string; decimals: number; label: string; fromZero?: boolean; height?: number; targets?: Target[] }): VNode {
  const { lines, periods, unit, decimals, label, fromZero = false, height = 320, targets = [] } = props;
  const [shown, show] = useState<number | null>(null);
  const x = scalePoint<string>().domain(periods).range([LEFT, WIDTH - RIGHT]);
  const every = lines.flatMap((l) => [...l.values, ...(l.low ?? []), ...(l.high ?? [])]);
  const low = fromZero ? Math.min(0, min(every) ?? 0) : min(every) ?? 0;
  const y = scaleLinear().domain([low, Math.max(max(every) ?? 1, low + 1e-6)]).nice().range([height - BOTTOM, TOP]);
  const step = Math.max(1, Math.ceil(periods.length / 12));
  const path = line<number>((_, k) => x(periods[k]!)!, (v) => y(v));
  const band = area<[number, number]>((_, k) => x(periods[k]!)!, (v) => y(v[0]), (v) => y(v[1]));
  const places = spread(lines.map((l) => y(l.values.at(-1) ?? 0)), 13, TOP, height - BOTTOM);
  const move = (event: PointerEvent) => {
    const box = (event.currentTarget as SVGSVGElement).getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * WIDTH;
    const k = Math.round(((at - LEFT) / (WIDTH - LEFT - RIGHT)) * (periods.length - 1));
    show(k >= 0 && k < periods.length ? k : null);
  };
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label} onPointerMove={move} onPointerLeave={() => show(null)}>
      <g class="axis">
        {ticksOf(y, 6).map(([tick, text]) => (
          <g><line x1={LEFT} x2={WIDTH - RIGHT} y1={y(tick)} y2={y(tick)} /><text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">{text}</text></g>
        ))}
        {periods.map((p, k) => k % step === 0 && <text x={x(p)} y={height - BOTTOM + 18} text-anchor="middle">{p}</text>)}
        <text x={4} y={TOP - 12}>{unit}</text>
      </g>
      {lines.map((l) => l.low && l.high && <path class={`band colour-${l.colour}`} d={band(l.low.map((v, k) => [v, l.high![k]!]))!} />)}
      {lines.map((l) => <path class={`line colour-${l.colour}`} stroke-dasharray={l.dash || undefined} d={path(l.values)!}><title>{l.name}</title></path>)}
      {targets.map((t, k) => {
        const at = (o: Target) => LEFT + (o.place / Math.max(periods.length - 1, 1)) * (WIDTH - LEFT - RIGHT);
        const isCrowded = targets.slice(0, k).some((o) => Math.abs(at(o) - at(t)) < 46);
        const cx = at(t), cy = y(t.value);
        return <g class={`target ${t.kind}`}><title>{t.title}</title><path d={`M${cx} ${cy - 7}l7 7-7 7-7-7z`} />{!isCrowded && <text x={cx} y={cy - 11} text-anchor="middle">{t.label}</text>}</g>;
      })}
      {lines.map((l, k) => <text class={`name ink-${l.colour}`} x={WIDTH - RIGHT + 8} y={places[k]! + 4}>{l.name}</text>)}
      {shown !== null && (
        <g class="reading">
          <line x1={x(periods[shown]!)} x2={x(periods[shown]!)} y1={TOP} y2={height - BOTTOM} />
          {lines.map((l) => <circle class={`ink-${l.colour}`} cx={x(periods[shown]!)} cy={y(l.values[shown]!)} r={3.5} />)}
          <g transform={`translate(${Math.min(x(periods[shown]!)! + 8, WIDTH - RIGHT - (lines.some((l) => l.low) ? 200 : 120))},${TOP + 4})`}>
            <rect width={lines.some((l) => l.low) ? 230 : 150} height={16 * (lines.length + 1) + 6} rx={3} />
            <text x={6} y={15}>{periods[shown]}</text>
            {lines.map((l, k) => <text x={6} y={15 + 16 * (k + 1)}>{`${l.name}: ${number(l.values[shown]!, decimals)}${l.low && l.high ? ` (${number(l.low[shown]!, decimals)} to ${number(l.high[shown]!, decimals)})` : ""}`}</text>)}
          </g>
        </g>
      )}
    </svg>
  );
}

/** Return places near the wanted ones that are at least `gap` apart. */
export function spread(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, k) => k).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  let floor = low;
  for (const k of order) { placed[k] = Math.max(placed[k]!, floor); floor = placed[k]! + gap; }
  let ceiling = high;
  for (const k of order.reverse()) { placed[k] = Math.min(placed[k]!, ceiling); ceiling = placed[k]! - gap; }
  return placed;
}

export interface Bar { name: string; value: number; kind: number; note?: string }

/** Horizontal bars from zero; negative to the left. Each carries its number with a sign when `isChange`. */
export function BarChart(props: { bars: Bar[]; unit: string; decimals: number; label: string; isChange?: boolean }): VNode {
  const { bars, unit, decimals, label, isChange = false } = props;
  const row = 22, top = 24, left = 210;
  const height = top + row * bars.length + 8;
  const lowest = Math.min(0, min(bars, (b) => b.value) ?? 0), highest = Math.max(0, max(bars, (b) => b.value) ?? 0);
  const x = scaleLinear().domain([lowest, highest || 1]).nice().range([left + (lowest < 0 ? 60 : 4), WIDTH - 70]);
  const y = scaleBand<number>().domain(bars.map((_, k) => k)).range([top, height - 8]).padding(0.2);
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      <g class="axis">
        {ticksOf(x, 6).map(([tick, text]) => <g><line x1={x(tick)} x2={x(tick)} y1={top} y2={height - 8} /><text x={x(tick)} y={top - 8} text-anchor="middle">{text}</text></g>)}
        <text x={WIDTH - 4} y={top - 8} text-anchor="end">{unit}</text>
        <line class="zero" x1={x(0)} x2={x(0)} y1={top} y2={height - 8} />
      </g>
      {bars.map((b, k) => {
        const from = x(Math.min(0, b.value)), to = x(Math.max(0, b.value));
        return (
          <g>
            <text class="name" x={left - 8} y={y(k)! + y.bandwidth() / 2 + 4} text-anchor="end">{b.name}</text>
            <rect class={`bar colour-${b.kind}`} x={from} y={y(k)} width={Math.max(to - from, 0.5)} height={y.bandwidth()}><title>{b.note ?? b.name}</title></rect>
            <text class="value" x={b.value < 0 ? from - 5 : to + 5} y={y(k)! + y.bandwidth() / 2 + 4} text-anchor={b.value < 0 ? "end" : "start"}>
              {isChange ? signed(b.value, decimals) : number(b.value, decimals)}</text>
          </g>
        );
      })}
    </svg>
  );
}

export interface Step { name: string; value: number; isTotal?: boolean }

const LONGEST = 24;

/** A waterfall: each step starts where the last one ended; totals stand on zero. */
export function Waterfall(props: { steps: Step[]; unit: string; decimals: number; label: string; isSigned?: boolean }): VNode {
  const { steps, unit, decimals, label } = props;
  const named = steps.map((s) => (s.name.length > LONGEST ? `${s.name.slice(0, LONGEST - 1)}…` : s.name));
  const bottom = 34 + 3.7 * Math.max(8, ...named.map((n) => n.length)), height = 250 + bottom;
  let level = 0;
  const spans = steps.map((s) => {
    const from = s.isTotal ? 0 : level, to = s.isTotal ? s.value : level + s.value;
    level = to;
    return { ...s, from, to };
  });
  const x = scaleBand<number>().domain(spans.map((_, k) => k)).range([LEFT + 40, WIDTH - 10]).padding(0.22);
  const y = scaleLinear().domain([Math.min(0, min(spans, (s) => Math.min(s.from, s.to)) ?? 0), Math.max(0, max(spans, (s) => Math.max(s.from, s.to)) ?? 1)]).nice()
    .range([height - bottom, TOP + 12]);
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      <g class="axis">
        {ticksOf(y, 6).map(([tick, text]) => <g><line x1={LEFT} x2={WIDTH - 10} y1={y(tick)} y2={y(tick)} /><text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">{text}</text></g>)}
        <text x={4} y={TOP - 12}>{unit}</text>
        <line class="zero" x1={LEFT} x2={WIDTH - 10} y1={y(0)} y2={y(0)} />
      </g>
      {spans.map((s, k) => {
        const above = y(Math.max(s.from, s.to));
        const middle = x(k)! + x.bandwidth() / 2;
        return (
          <g>
            <rect class={`bar ${s.isTotal ? "total" : s.value >= 0 ? "up" : "down"}`} x={x(k)} width={x.bandwidth()} y={above} height={Math.max(Math.abs(y(s.from) - y(s.to)), 1)}><title>{s.name}</title></rect>
            <text class="value" x={middle} y={above - 4} text-anchor="middle">{s.isTotal && !props.isSigned ? number(s.value, decimals) : signed(s.value, decimals)}</text>
            <text class="name" transform={`translate(${middle + 4},${height - bottom + 14}) rotate(-32)`} text-anchor="end">{named[k]}</text>
          </g>
        );
      })}
    </svg>
  );
}

export interface Pair { name: string; before: number; after: number; note: string }

/** Two readings of each row on one line: hollow before, filled after; the line between them shows the way. */
export function Dumbbells(props: { rows: Pair[]; unit: string; decimals: number; label: string; line?: number; lineLabel?: string; wide?: boolean }): VNode {
  const { rows, unit, decimals, label, line: mark, lineLabel } = props;
  const row = 19, top = 40, left = props.wide ? 260 : 150, height = top + row * rows.length + 10;
  const every = rows.flatMap((r) => [r.before, r.after]);
  const x = scaleLinear().domain([Math.min(0, ...every), Math.max(1e-9, mark ?? 0, ...every)]).nice().range([left, WIDTH - 100]);
  return (
    <svg class="chart dumbbells" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={label}>
      <g class="axis">
        {ticksOf(x, 7).map(([tick, text]) => <g><line x1={x(tick)} x2={x(tick)} y1={top - 4} y2={height - 8} /><text x={x(tick)} y={top - 10} text-anchor="middle">{text}</text></g>)}
        <text x={4} y={top - 10}>{unit}</text>
        {mark !== undefined && <g><line class="mark-line" x1={x(mark)} x2={x(mark)} y1={top - 4} y2={height - 8} /><text x={x(mark) + 4} y={14}>{lineLabel}</text></g>}
      </g>
      {rows.map((r, k) => {
        const y = top + (k + 0.5) * row, change = r.after - r.before;
        return (
          <g><title>{r.note}</title>
            <text class="name" x={left - 8} y={y + 4} text-anchor="end">{r.name}</text>
            <line class={`way ${change >= 0 ? "up" : "down"}`} x1={x(r.before)} x2={x(r.after)} y1={y} y2={y} />
            <circle class="before" cx={x(r.before)} cy={y} r={4.5} /><circle class="after" cx={x(r.after)} cy={y} r={4.5} />
            <text class="value" x={WIDTH - 6} y={y + 4} text-anchor="end">{`${number(r.after, decimals)}${Math.abs(change) >= 0.5 * 10 ** -decimals ? ` (${signed(change, decimals)})` : ""}`}</text>
          </g>);
      })}
    </svg>
  );
}
