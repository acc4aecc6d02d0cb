// Security of supply by EU country: who gains and who loses, beside the money.
import type { VNode } from "preact";
import { Dumbbells } from "./charts";
import { arcName, countryName, EU, type PageData, type ScenarioContent } from "./data";
import { FigureFrame } from "./figure";
import { number, quantityUnit } from "./format";
import { setState, type State } from "./state";

type Row = ScenarioContent["security"][number];
const MEASURES: Record<string, { name: string; unit: string; decimals: number; line?: number; lineLabel?: string; isBetter: "more" | "less"; of: (r: Row) => number | null }> = {
  n1: { name: "without the largest entry (N−1)", unit: "% of a peak day", decimals: 0, line: 100, lineLabel: "enough for a peak day", isBetter: "more", of: (r) => (r.n_minus_1_fraction === null ? null : 100 * r.n_minus_1_fraction) },
  concentration: { name: "concentration of imports", unit: "0 to 100", decimals: 0, isBetter: "less", of: (r) => (r.import_concentration === null ? null : 100 * r.import_concentration) },
  days: { name: "days in store, lowest", unit: "days of mean use", decimals: 0, isBetter: "more", of: (r) => r.storage_days_low },
};

export function SecurityView({ data, state, base, scenario }: { data: PageData; state: State; base: ScenarioContent; scenario: ScenarioContent }): VNode {
  const measure = MEASURES[state.security] ?? MEASURES.n1!;
  const volume = quantityUnit(data, state, "stock");
  const before = new Map(base.security.map((r) => [r.country, r]));
  const inEu = scenario.security.filter((r) => r.region === EU);
  const isN1 = measure === MEASURES.n1;
  const remark = (code: string) => data.security_notes[code] ?? "";
  const entry = (r: Row) => (r.largest_entry ? data.parts[r.largest_entry] ?? arcName(data, r.largest_entry) : "none");
  const rows = inEu.flatMap((r) => {
    const a = before.get(r.country), b0 = a ? measure.of(a) : null, b1 = measure.of(r);
    return b0 === null || b1 === null ? [] : [{ name: `${countryName(data, r.country)}${isN1 && remark(r.country) ? "\u00a0*" : ""}`, before: b0, after: b1, note: `${countryName(data, r.country)}: from ${number(b0, measure.decimals)} to ${number(b1, measure.decimals)} ${measure.unit}; largest entry ${entry(r)}. ${remark(r.country)}` }];
  }).sort((x, y) => Math.abs(y.after - y.before) - Math.abs(x.after - x.before) || x.after - y.after);
  const gains = rows.filter((r) => (r.after - r.before) * (measure.isBetter === "more" ? 1 : -1) > 0.5).length;
  const losses = rows.filter((r) => (r.after - r.before) * (measure.isBetter === "more" ? 1 : -1) < -0.5).length;
  const short = inEu.filter((r) => r.unserved_twh > 0.005);
  const per = (v: number | null | undefined) => (v === null || v === undefined ? "–" : 100 * v);
  return (
    <FigureFrame id="security" title="Who gains security of supply" sources={["storages", "arcs", "arc_parts", "security_notes", "demand"]}
      lead={<>Hollow: baseline; filled: scenario. {gains} countries gain and {losses} lose by this measure; {measure.isBetter} is better.{" "}
        {short.length ? <>Gas runs short in {short.map((r) => `${countryName(data, r.country)} (${number(r.unserved_twh * 1000 * volume.factor, 2)} ${volume.name})`).join(", ")}.</> : <>Gas runs short in no EU country.</>}{" "}
        N−1: what home production, stores and entries without the largest single one can bring, over the demand of a peak day, by capacity; the peak day is the mean day of the largest month times one factor for all countries, so figures near 100 can fall on either side. A star marks a country with a remark below. Concentration: Herfindahl index of imports; 100 is a single supplier.</>}
      controls={<label>Measure <select id="security-measure" value={MEASURES[state.security] ? state.security : "n1"} onChange={(e) => setState({ security: e.currentTarget.value })}>{Object.entries(MEASURES).map(([k, m]) => <option value={k}>{m.name}</option>)}</select></label>}
      table={{ columns: ["country", `unserved, ${volume.name}`, "N−1 baseline, %", "N−1 scenario, %", "days in store, lowest, baseline", "days in store, lowest, scenario", "largest entry", "concentration baseline, %", "concentration scenario, %", "remark"], decimals: 1,
        rows: inEu.map((r) => { const a = before.get(r.country); return [countryName(data, r.country), r.unserved_twh * 1000 * volume.factor, per(a?.n_minus_1_fraction), per(r.n_minus_1_fraction), a?.storage_days_low ?? "–", r.storage_days_low ?? "–", entry(r), per(a?.import_concentration), per(r.import_concentration), remark(r.country)]; }) }}
      notes={isN1 && <ul class="small remarks" id="security-remarks">{inEu.filter((r) => remark(r.country)).map((r) => <li><b>* {countryName(data, r.country)}</b>, {number(100 * (r.n_minus_1_fraction ?? 0), 0)} %: {remark(r.country)}</li>)}</ul>}>
      <Dumbbells rows={rows} unit={measure.unit} decimals={measure.decimals} label={`Security of supply: ${measure.name}, by EU country`} line={measure.line} lineLabel={measure.lineLabel} />
    </FigureFrame>
  );
}
