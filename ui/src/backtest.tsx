// Model against observation: what the case is compared with, and the back-tests that lie in the workspace.
import type { VNode } from "preact";
import { scaleLinear } from "d3-scale";
import type { BacktestContent, PageData } from "./data";
import { FigureFrame, Table, type TableContent } from "./figure";
import { number, signed } from "./format";

const WIDTH = 980, LEFT = 330, QUARTER_TOLERANCE = 0.15;
interface Compared { label: string; unit: string; model: number; observed: number; deviation: number | null; tolerance: number | null; isWithin: boolean | null; basis: string }

export function BacktestView({ data }: { data: PageData }): VNode {
  const rows = data.brief.observations;
  const quarters = (data.brief.quarters ?? []).map((q) => ({ ...q, name: q.scenario, scenario: data.brief.scenarios.find((s) => s.record.scenario.name === q.scenario)?.record.scenario.title ?? q.scenario }));
  return (
    <>
      {rows && (
        <FigureFrame id="observations" title="Model against observation" sources={["observations"]} lead={<>{data.observed_summary} The bar is the deviation over what is tolerated: inside of the two lines it is within tolerance.</>}
          table={{ columns: ["observation", "unit", "model", "observed", "deviation", "tolerance", "basis", "within", "source"],
            rows: rows.map((r) => [r.label, r.unit, r.model, r.observed, r.deviation, r.tolerance, r.basis, r.is_within ? "yes" : "NO", r.source]) }}>
          <Deviations rows={rows.filter((r) => r.tolerance > 0).map((r) => ({ label: r.label, unit: r.unit, model: r.model, observed: r.observed, deviation: r.deviation, tolerance: r.tolerance, isWithin: r.is_within, basis: r.basis }))} />
        </FigureFrame>)}
      {quarters.length > 0 && (
        <FigureFrame id="quarters" title="Prices of quarters against observation" sources={["observations"]} lead="Mean of each quarter, model and observed; the bar is the deviation over the 15 % that are tolerated."
          table={{ columns: ["scenario", "price", "quarter", "model, EUR/MWh", "observed, EUR/MWh", "deviation, %", "within 15 %"],
            rows: quarters.map((q) => [q.scenario, q.marker, q.quarter, q.model_eur_mwh, q.observed_eur_mwh, 100 * q.deviation, q.is_within ? "yes" : "NO"]), decimals: 1 }}>
          <Deviations rows={quarters.map((q) => ({ label: `${q.name}, ${q.marker} ${q.quarter}`, unit: "EUR/MWh", model: q.model_eur_mwh, observed: q.observed_eur_mwh, deviation: q.deviation, tolerance: QUARTER_TOLERANCE, isWithin: q.is_within, basis: "" }))} />
        </FigureFrame>)}
      {data.backtests.length === 0
        ? <FigureFrame id="backtest" title="Back-test" isText lead={<>No back-test lies in the workspace. <code>linepack backtest</code> makes one; its JSON or CSV in <code>backtests/</code> of the workspace is shown here.</>} />
        : data.backtests.map((b, k) => <Backtest key={b.name} content={b} id={k ? `backtest-${k + 1}` : "backtest"} />)}
      {data.unreadable.length > 0 && <p role="note" class="error">Left out: {data.unreadable.join("; ")}.</p>}
    </>
  );
}

const text = (value: string | number | boolean | null): string | number => (value === null ? "–" : typeof value === "boolean" ? (value ? "yes" : "no") : value);

/** A back-test: its facts, every table, and a chart where rows hold a model's and an observed value. */
function Backtest({ content, id }: { content: BacktestContent; id: string }): VNode {
  const tables = Object.entries(content.tables).map(([name, rows]) => {
    const columns = [...new Set(rows.flatMap((r) => Object.keys(r)))];
    return [name, { columns, rows: rows.map((r) => columns.map((c) => text(r[c] ?? null))) }] as [string, TableContent];
  });
  const compared = Object.values(content.tables).map(comparedRows).find((found) => found.length > 0) ?? [];
  const facts = Object.entries(content.facts);
  const first = tables[0];
  return (
    <FigureFrame id={id} title={`Back-test: ${content.title}`} sources={["observations"]} table={first?.[1]}
      lead={<>{facts.map(([k, v]) => <span>{k.replace(/_/g, " ")}: <b>{typeof v === "number" ? number(v, Math.abs(v) < 10 && v % 1 ? 2 : 0) : String(text(v))}</b>. </span>)}</>}>
      {compared.length > 0 ? <Deviations rows={compared} /> : undefined}
      {tables.slice(1).map(([name, table]) => <details><summary>{name.replace(/_/g, " ")}, {table.rows.length} rows</summary><Table caption={name} content={table} /></details>)}
    </FigureFrame>
  );
}

const MODEL = ["model", "modelled", "predicted"], OBSERVED = ["observed", "actual"];
const VERDICTS: Record<string, boolean | null> = { passed: true, missed: false, shown: null };
type Row = Record<string, string | number | boolean | null>;

/** Rows that hold a model's and an observed value, or a model's value and the two ends of a bar, its middle for observed. */
function comparedRows(rows: Row[]): Compared[] {
  const find = (row: Row, names: string[]) => Object.keys(row).find((c) => names.some((n) => c === n || c.startsWith(`${n}_`)) && typeof row[c] === "number");
  return rows.flatMap((r) => {
    const m = find(r, MODEL), o = find(r, OBSERVED);
    if (!m || !o || !r[o]) return [];
    const named = [r.part, r.label].filter((v) => typeof v === "string");
    const label = (named.length ? named : Object.values(r).filter((v) => typeof v === "string").slice(0, 2)).join(", ");
    const verdict = typeof r.verdict === "string" ? VERDICTS[r.verdict.toLowerCase()] ?? null : typeof r.is_within === "boolean" ? r.is_within : null;
    return [{ label, unit: typeof r.unit === "string" ? r.unit : m.replace(/^[a-z]+_?/, "").replace(/_/g, " "), model: r[m] as number, observed: r[o] as number, deviation: typeof r.deviation === "number" ? r.deviation : null,
      tolerance: typeof r.tolerance === "number" && r.tolerance > 0 ? r.tolerance : null, isWithin: verdict, basis: typeof r.basis === "string" ? r.basis : "" }];
  });
}

const SHORT: Record<string, string> = { "percent of working gas": "% full" };

/** Deviation of the model from observation by row: over the tolerance, whose unit it has, where there is one, else in per cent. */
function Deviations({ rows }: { rows: Compared[] }): VNode {
  const isShare = rows.every((r) => r.tolerance !== null);
  const value = (r: Compared) => (isShare ? (r.deviation ?? r.model - r.observed) / r.tolerance! : r.observed ? (100 * (r.model - r.observed)) / Math.abs(r.observed) : 0);
  const row = 20, top = 36, height = top + row * rows.length + 8, most = Math.max(isShare ? 1.5 : 10, ...rows.map((r) => Math.min(Math.abs(value(r)), isShare ? 4 : 200)));
  const x = scaleLinear().domain([-most, most]).range([LEFT, WIDTH - 170]).clamp(true);
  return (
    <svg class="chart deviations" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="Deviation of the model from observation; the table below holds the numbers">
      {isShare && <rect class="tolerated" x={x(-1)} width={x(1) - x(-1)} y={top - 4} height={height - top} />}
      <g class="axis">{x.ticks(7).map((t) => <g><line x1={x(t)} x2={x(t)} y1={top - 4} y2={height - 4} /><text x={x(t)} y={top - 10} text-anchor="middle">{signed(t, isShare ? 1 : 0)}</text></g>)}
        <line class="zero" x1={x(0)} x2={x(0)} y1={top - 4} y2={height - 4} /><text x={4} y={top - 10}>{isShare ? "deviation over tolerance" : "deviation, %"}</text></g>
      {rows.map((r, k) => {
        const y = top + (k + 0.5) * row, v = value(r), isOut = r.isWithin === false || (r.isWithin === null && isShare && Math.abs(v) > 1);
        return (
          <g><title>{`${r.label}: model ${number(r.model, 2)}, observed ${number(r.observed, 2)} ${r.unit}`}</title>
            <text class="name" x={LEFT - 8} y={y + 4} text-anchor="end">{r.label.length > 46 ? `…${r.label.slice(-45)}` : r.label}</text>
            <rect class={isOut ? "bar down" : "bar up"} x={Math.min(x(0), x(v))} width={Math.max(Math.abs(x(v) - x(0)), 1.5)} y={y - 6} height={12} />
            <text class="value" x={WIDTH - 160} y={y + 4}>{`${number(r.model)} / ${number(r.observed)} ${SHORT[r.unit] ?? r.unit}${isOut ? " ✗" : ""}`}</text></g>);
      })}
    </svg>
  );
}
