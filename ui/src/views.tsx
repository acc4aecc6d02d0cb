// The views below the map.
import type { VNode } from "preact";
import { BarChart, DASHES, Dumbbells, LineChart, Waterfall, type Line, type Target } from "./charts";
import { addSeries, arcName, at, countryName, EU, MEAN, nodeName, sumBy, type PageData, type RunSeries, type ScenarioContent, type Series } from "./data";
import { FigureFrame, Table } from "./figure";
import type { Pair } from "./flows";
import { number, priceUnit, quantityUnit, signed } from "./format";
import { causes } from "./panel";
import { SecurityView } from "./security";
import { setState, type State } from "./state";

export interface ViewProps { data: PageData; pair: Pair; state: State; base: ScenarioContent; scenario: ScenarioContent; shown: ScenarioContent[] }

const titleOf = (s: ScenarioContent) => s.record.scenario.title;

/** The headline table: figures down, scenarios across, change from the first beside the value, bands below. */
export function HeadlineView({ data, state, shown, base }: ViewProps): VNode {
  const price = priceUnit(data, state), year = quantityUnit(data, state, "year");
  const scale = (unit: string, isShare: boolean): [number, string] =>
    isShare ? [100, "%"] : unit === "EUR/MWh" ? [price.factor, price.name] : unit === "TWh/y" ? [year.factor, year.name] : [1, unit];
  const decimals = (f: { decimals: number; unit: string }, unit: string) => (unit === "EUR/MWh" || unit === "USD/MMBtu" ? price.decimals : f.unit === "TWh/y" && state.quantity === "bcm" ? 1 : f.decimals);
  const value = (s: ScenarioContent, figure: string) => s.headline.find((h) => h.figure === figure);
  const rows = data.figures.map((f) => {
    const [factor, unit] = scale(f.unit, f.is_share);
    const digits = decimals(f, unit);
    return { f, unit, cells: shown.map((s) => { const h = value(s, f.name); return h ? { h, text: number(h.value * factor, digits), change: s === base ? "" : signed(h.change * factor, digits),
      band: h.low === undefined ? "" : `${number(h.low * factor, digits)} to ${number(h.high! * factor, digits)}` } : null; }) };
  });
  const table = {
    columns: ["figure", "unit", ...shown.flatMap((s) => [s.record.scenario.name, `${s.record.scenario.name}, change`])],
    rows: data.figures.map((f) => { const [factor, unit] = scale(f.unit, f.is_share); return [f.label, unit, ...shown.flatMap((s) => { const h = value(s, f.name); return [h ? h.value * factor : "", h ? h.change * factor : ""]; })]; }),
  };
  return (
    <FigureFrame id="headline" title="What changes" isText table={table} sources={["availability", "demand", "arcs", "contracts"]}
      lead={<>Means over {data.length}. Below each value its change from “{titleOf(base)}”{data.band_meaning ? "; in brackets the band" : ""}.</>}>
      <div class="scroll whole" tabIndex={0} role="region" aria-label="Headline figures by scenario">
        <table class="headline" id="headline-figures">
          <thead><tr><th scope="col">figure</th><th scope="col">unit</th>{shown.map((s) => (
            <th scope="col" class={s.record.scenario.name === state.scenario ? "chosen" : ""}>
              <button type="button" class="plain" onClick={() => setState({ scenario: s.record.scenario.name })} title={`Show ${titleOf(s)} in the views below`}>{titleOf(s)}</button></th>))}</tr></thead>
          <tbody>
            {rows.map(({ f, unit, cells }) => (
              <tr class={f.is_part ? "part" : ""}>
                <th scope="row">{f.label}</th><td>{unit}</td>
                {cells.map((c, k) => (
                  <td class={`number ${shown[k]!.record.scenario.name === state.scenario ? "chosen" : ""}`} data-figure={f.name} data-scenario={shown[k]!.record.scenario.name} data-value={c?.h.value}>
                    {c?.text ?? "–"}{c?.change && <small class={c.change.startsWith("+") ? "plus" : c.change.startsWith("−") ? "minus" : ""}>{c.change}</small>}{c?.band && <small class="band">({c.band})</small>}
                  </td>))}
              </tr>))}
            <tr><th scope="row">Net elasticity implied</th><td>1</td>{shown.map((s) => <td class="number">{s === base ? "" : number(s.implied_elasticity ?? NaN, 2)}</td>)}</tr>
            <tr><th scope="row">EU country worst off</th><td />{shown.map((s) => <td>{s === base ? "" : <>{countryName(data, s.worst_country.country)}<small>{s.worst_country.how.replace("-", "−")}</small></>}</td>)}</tr>
          </tbody>
        </table>
      </div>
      <p class="small">{data.how_to_read} {data.band_meaning && `Band: ${data.band_meaning}.`}</p>
    </FigureFrame>
  );
}

/** Prices over time: markers and hubs that the reader picks, baseline dashed. */
export function PricesView({ data, pair, state }: ViewProps): VNode {
  const price = priceUnit(data, state);
  const series = (run: RunSeries, hub: string): Series | undefined => run.markers[hub] ?? run.prices[hub];
  const known = [...Object.keys(pair.base.markers), ...Object.keys(pair.base.prices).filter((n) => data.nodes[n]?.kind === "market")];
  const hubs = state.hubs.filter((h) => known.includes(h)).slice(0, 6);
  const isSame = pair.base === pair.run || state.mode === "baseline";
  const times = (values: Series) => values.map((v) => v * price.factor);
  const lines: Line[] = hubs.flatMap((hub, k) => {
    const banded = (run: RunSeries) => { const b = run.bands?.[hub]; return b ? { low: times(b[0]), high: times(b[1]) } : {}; };
    const own = isSame ? [] : [{ name: `${hub}, scenario`, values: times(series(pair.run, hub)!), colour: k, dash: "", ...banded(pair.run) }];
    return [{ name: isSame ? hub : `${hub}, baseline`, values: times(series(pair.base, hub)!), colour: k, dash: "5 4", ...(isSame ? banded(pair.base) : {}) }, ...own];
  });
  const periods = pair.base.periods;
  const label = (hub: string) => (pair.base.markers[hub] ? hub : nodeName(data, hub));
  return (
    <FigureFrame id="prices" title="Prices by month" sources={["demand", "supply_steps", "price_markers"]}
      lead={<>Hub prices in {price.name}. Dashed: baseline. The TTF is the Dutch hub, the JKM the mean of Japanese and Korean ports.{" "}
        {lines.some((l) => l.low) ? <>The shade is the band: {data.band_meaning}.</> : <>Without bands: <code>linepack brief --full</code> computes them.</>}</>}
      table={{ columns: ["month", ...lines.flatMap((l) => [`${l.name}, ${price.name}`, ...(l.low ? [`${l.name}, low`, `${l.name}, high`] : [])])],
        rows: periods.map((p, k) => [p, ...lines.flatMap((l) => [l.values[k]!, ...(l.low ? [l.low[k]!, l.high![k]!] : [])])]) }}
      controls={<>
        <label>Add <select value="" onChange={(e) => { if (e.currentTarget.value) setState({ hubs: [...hubs, e.currentTarget.value].slice(-6) }); }}>
          <option value="">a hub …</option>{known.filter((h) => !hubs.includes(h)).map((h) => <option value={h}>{label(h)}</option>)}</select></label>
        {hubs.map((h) => <button type="button" aria-label={`Remove ${label(h)}`} onClick={() => setState({ hubs: hubs.filter((o) => o !== h) })}>{label(h)} ×</button>)}
      </>}>
      <LineChart lines={lines} periods={periods} unit={price.name} decimals={price.decimals} label={`Prices by month of ${hubs.join(", ")}`} />
    </FigureFrame>
  );
}

/** Why a price is what it is: a sum of named causes. */
export function BreakdownView({ data, pair, state }: ViewProps): VNode {
  const price = priceUnit(data, state);
  const node = state.node && pair.run.prices[state.node] ? state.node : "NL";
  const a = causes(pair.base, node, state.t), b = causes(pair.run, node, state.t);
  const total = (m: Map<string, number>) => [...m.values()].reduce((s, v) => s + v, 0) * price.factor;
  const names = [...new Set([...a.keys(), ...b.keys()])];
  const isChange = state.mode === "difference" && pair.base !== pair.run;
  const source = state.mode === "baseline" ? a : b;
  const parts = names.map((name) => ({ name, value: (isChange ? (b.get(name) ?? 0) - (a.get(name) ?? 0) : source.get(name) ?? 0) * price.factor })).filter((p) => Math.abs(p.value) > 0.02).sort((p, q) => q.value - p.value);
  const steps = isChange
    ? [{ name: "baseline", value: total(a), isTotal: true }, ...parts, { name: "scenario", value: total(b), isTotal: true }]
    : [...parts, { name: "price", value: total(source), isTotal: true }];
  const when = state.t === MEAN ? "mean of all months" : pair.run.periods[state.t]!;
  const markets = Object.keys(pair.run.prices).filter((n) => data.nodes[n]?.kind === "market");
  return (
    <FigureFrame id="breakdown" title={`Why the price in ${nodeName(data, node)} is what it is`} sources={["arcs", "supply_steps", "route_wedges", "contracts"]}
      lead={<>{isChange ? "Change of the price by cause" : "The price as a sum of causes"}, {when}. Each price is followed up its largest inflow to the well, the plant or the store; the parts add up exactly.</>}
      table={{ columns: ["cause", `baseline, ${price.name}`, `scenario, ${price.name}`, `change, ${price.name}`],
        rows: [...names.map((n) => [n, (a.get(n) ?? 0) * price.factor, (b.get(n) ?? 0) * price.factor, ((b.get(n) ?? 0) - (a.get(n) ?? 0)) * price.factor]), ["price", total(a), total(b), total(b) - total(a)]] }}
      controls={<label>Hub <select value={node} onChange={(e) => setState({ node: e.currentTarget.value, arc: "" })}>{markets.map((m) => <option value={m}>{nodeName(data, m)}</option>)}</select></label>}>
      <Waterfall steps={steps} unit={price.name} decimals={price.decimals} label={`Parts of the price in ${nodeName(data, node)}`} />
    </FigureFrame>
  );
}

/** The place of a day on the axis of periods, where each period's value stands at its end. */
export function placeOf(day: string, run: RunSeries): number | null {
  const first = Date.parse(`${run.periods[0]!.slice(0, 4)}-${firstMonth(run.periods[0]!)}-01`);
  let left = (Date.parse(day) - first) / 86_400_000;
  for (let k = 0; k < run.days.length; k++) {
    if (left <= run.days[k]!) return left < 0 ? null : k - 1 + left / run.days[k]!;
    left -= run.days[k]!;
  }
  return null;
}

/** The month in which a period starts: of "2026-07", "2026-Q3" or "2026Q3". */
function firstMonth(period: string): string {
  const quarter = /Q([1-4])/.exec(period);
  return quarter ? String(3 * Number(quarter[1]) - 2).padStart(2, "0") : period.slice(5, 7);
}

/** Stocks by month against the filling rule, of the EU together or one country. */
export function StorageView({ data, pair, state }: ViewProps): VNode {
  const unit = quantityUnit(data, state, "stock");
  const all = Object.keys(pair.base.levels);
  const chosen = state.store === EU ? all.filter((n) => data.nodes[n]?.region === EU) : all.filter((n) => n === state.store);
  const level = (run: RunSeries) => chosen.reduce<Series | undefined>((sum, n) => addSeries(sum, run.levels[n] ?? []), undefined) ?? [];
  const volume = chosen.reduce((s, n) => s + (data.storages[n] ?? 0), 0) * unit.factor;
  const times = (s: Series) => s.map((v) => v * unit.factor);
  const periods = pair.base.periods;
  const base = times(level(pair.base)), run = times(level(pair.run));
  const isSame = pair.base === pair.run;
  const isBound = state.store === EU || data.nodes[state.store]?.region === EU;
  const rules = isBound ? data.law?.filling ?? [] : [];
  const per = (f: { share_fraction: number }) => `${number(100 * f.share_fraction, 0)} %`;
  const targets: Target[] = rules.flatMap((f) => {
    const place = placeOf(f.day, pair.base);
    return place === null ? [] : [{ place, value: f.share_fraction * volume, label: per(f), kind: f.is_later_law ? "later" : "", title: `${per(f)} by ${f.day}: ${f.note} (${f.scope})${f.is_later_law ? `; not yet law on ${data.law!.day}` : ""}` }];
  });
  const ruleAt = new Map(rules.map((f) => [periodBefore(f.day, pair.base), f]));
  const lines: Line[] = [
    { name: "working volume", values: periods.map(() => volume), colour: 7, dash: DASHES[2]! },
    { name: "baseline", values: base, colour: 0, dash: "5 4" }, ...(isSame ? [] : [{ name: "scenario", values: run, colour: 1, dash: "" }]),
  ];
  const name = state.store === EU ? "the EU" : nodeName(data, state.store);
  return (
    <FigureFrame id="storage" title={`Gas in store, ${name}`} sources={["storages", "storage_levels", "storage_values", "law"]}
      lead={<>Stock at the end of each month in {unit.name}, gross calorific value.{rules.length > 0 && <> Diamonds: what the filling rule asks, filled by the law of {data.law!.day}, hollow by later law: {rules.map((f) => `${per(f)} by ${f.day}`).join("; ")}. A run obeys it only if its scenario takes the law in.</>}</>}
      table={{ columns: ["month", `baseline, ${unit.name}`, "baseline, % full", `scenario, ${unit.name}`, "scenario, % full", `rule, ${unit.name}`, "rule"],
        rows: periods.map((p, k) => { const f = ruleAt.get(p); return [p, base[k]!, (100 * base[k]!) / volume, run[k]!, (100 * run[k]!) / volume, f ? f.share_fraction * volume : "", f ? `${per(f)} by ${f.day}` : ""]; }), decimals: 1 }}
      controls={<label>Stores of <select value={state.store} onChange={(e) => setState({ store: e.currentTarget.value })}><option value={EU}>the EU</option>{all.map((n) => <option value={n}>{nodeName(data, n)}</option>)}</select></label>}>
      <LineChart lines={lines} periods={periods} unit={unit.name} decimals={unit.decimals} label={`Gas in store of ${name} by month`} fromZero targets={targets} />
    </FigureFrame>
  );
}

/** The period at whose end a day stands, or which contains it. */
function periodBefore(day: string, run: RunSeries): string {
  const place = placeOf(day, run);
  return place === null ? "" : run.periods[Math.ceil(place)] ?? "";
}

const MOST_ROUTES = 24, MOST_BILLS = 14;

/** EU imports by origin, and by the route on which they cross the border of the EU. */
export function ImportsView({ data, state, base, scenario, pair }: ViewProps): VNode {
  const unit = quantityUnit(data, state, "year"), rate = quantityUnit(data, state, "rate");
  const key = (r: { origin: string; mode: string }) => (/LNG$|, net$/.test(r.origin) ? r.origin : `${r.origin}, ${r.mode === "lng" ? "LNG" : r.mode}`);
  const of = (s: ScenarioContent) => new Map(s.eu_imports.map((r) => [key(r), r]));
  const a = of(base), b = of(scenario);
  const names = [...new Set([...b.keys(), ...a.keys()])];
  const isChange = state.mode === "difference";
  const value = (n: string) => ((isChange ? (b.get(n)?.import_twh_y ?? 0) - (a.get(n)?.import_twh_y ?? 0) : (state.mode === "baseline" ? a : b).get(n)?.import_twh_y ?? 0)) * unit.factor;
  const bars = names.map((n) => ({ name: n, value: value(n), kind: isChange ? (value(n) >= 0 ? 8 : 9) : n.endsWith("LNG") ? 1 : 0 })).filter((x) => Math.abs(x.value) > 0.01);
  const routes = [...new Set([...routeFlows(data, pair.base, state.t).keys(), ...routeFlows(data, pair.run, state.t).keys()])]
    .map((name) => ({ name, before: (routeFlows(data, pair.base, state.t).get(name) ?? 0) * rate.factor, after: (routeFlows(data, pair.run, state.t).get(name) ?? 0) * rate.factor }))
    .filter((r) => Math.max(r.before, r.after) > 0.05 * rate.factor).sort((x, y) => y.after - x.after);
  return (
    <>
      <FigureFrame id="imports" title="EU imports by origin" sources={["availability", "carriage", "sales_points", "contracts"]}
        lead={<>By the country that produced the gas, not by the border it crossed; mean of the horizon{isChange ? ", change from baseline" : ""}.</>}
        table={{ columns: ["origin", `baseline, ${unit.name}`, "baseline, %", `scenario, ${unit.name}`, "scenario, %"],
          rows: names.map((n) => [n, (a.get(n)?.import_twh_y ?? 0) * unit.factor, 100 * (a.get(n)?.share_fraction ?? 0), (b.get(n)?.import_twh_y ?? 0) * unit.factor, 100 * (b.get(n)?.share_fraction ?? 0)]), decimals: 1 }}>
        <BarChart bars={bars} unit={unit.name} decimals={unit.decimals} label="EU imports by origin" isChange={isChange} />
      </FigureFrame>
      <FigureFrame id="routes" title="EU imports by route" sources={["arcs", "sea_routes"]}
        lead="Gas that exporters bring over the border of the EU, by pipeline or by country of the terminal; what hubs of neighbours resell is not in it. Hollow: baseline; filled: scenario."
        table={{ columns: ["route", `baseline, ${rate.name}`, `scenario, ${rate.name}`], rows: routes.map((r) => [r.name, r.before, r.after]), decimals: 1 }}>
        <Dumbbells rows={routes.slice(0, MOST_ROUTES).map((r) => ({ ...r, note: `${r.name}: from ${number(r.before, rate.decimals)} to ${number(r.after, rate.decimals)} ${rate.name}` }))} unit={rate.name} decimals={rate.decimals} label="EU imports by route, baseline and scenario" wide />
      </FigureFrame>
    </>
  );
}

function routeFlows(data: PageData, run: RunSeries, t: number): Map<string, number> {
  const rows = run.flows.filter(([carrier, arc]) => {
    const a = data.arcs[arc];
    return carrier !== "pool" && a && (a.kind === "pipeline" || a.kind === "shipping") && data.nodes[a.to]?.region === EU && data.nodes[a.from]?.region !== EU;
  });
  return sumBy(rows, ([, arc]) => { const a = data.arcs[arc]!; return a.kind === "shipping" ? nodeName(data, a.to) : arcName(data, arc); }, ([, , s]) => at(s, t, run.days));
}

/** Who gains: accounts by party, from baseline to scenario, down to the change of welfare; revenue and bills in the table. */
export function GainsView({ data, pair, state, base, scenario }: ViewProps): VNode {
  const isBase = base === scenario;
  const change = (a: Record<string, number>, b: Record<string, number>) => [...new Set([...Object.keys(a), ...Object.keys(b)])].map((k) => ({ code: k, value: (b[k] ?? 0) - (a[k] ?? 0), base: a[k] ?? 0, now: b[k] ?? 0 })).sort((x, y) => Math.abs(y.value) - Math.abs(x.value));
  const sellers = change(pair.base.revenues, pair.run.revenues), buyers = change(pair.base.bills, pair.run.bills);
  const money = [...sellers.map((x) => ({ ...x, what: "revenue" })), ...buyers.map((x) => ({ ...x, what: "import bill" }))].filter((x) => Math.max(Math.abs(x.base), Math.abs(x.now)) > 0.05)
    .sort((x, y) => Math.abs(y.value) - Math.abs(x.value) || y.now - x.now).slice(0, MOST_BILLS)
    .map((x) => { const name = `${countryName(data, x.code)}, ${x.what}`; return { name, before: x.base, after: x.now, note: `${name}: from ${number(x.base, 1)} to ${number(x.now, 1)} EUR bn/y` }; });
  const parties = scenario.who_gains.slice(0, -1).filter((p) => Math.abs(p.change_eur_bn_y) > 0.005), welfare = scenario.who_gains.at(-1);
  const steps = [...parties.map((p) => ({ name: p.party, value: p.change_eur_bn_y })), { name: welfare?.party ?? "", value: welfare?.change_eur_bn_y ?? 0, isTotal: true }];
  return (
    <>
      <FigureFrame id="gains" title="Who gains" sources={["fiscal_terms", "offtaker_shares", "equity_shares", "contracts"]}
        lead={isBase ? <>Pick a scenario other than the baseline to see who gains and who loses.</> : <>From “{titleOf(base)}” to “{titleOf(scenario)}”. {data.how_gains_count}</>}
        table={{ columns: ["party", "change, EUR bn/y"], rows: scenario.who_gains.map((p) => [p.party, p.change_eur_bn_y]) }}>
        {!isBase && <Waterfall steps={steps} unit="EUR bn/y" decimals={1} label="Change of accounts by party, down to welfare" isSigned />}
      </FigureFrame>
      <FigureFrame id="bills" title="Export revenue and import bills" sources={["traders", "contracts", "demand"]} lead="Revenue is sales at hub prices less carriage, not profit. A bill is net of what is sold on to neighbours. Largest changes first; hollow: baseline; filled: scenario."
        table={{ columns: ["country", "what", "baseline, EUR bn/y", "scenario, EUR bn/y", "change, EUR bn/y"],
          rows: [...sellers.map((x) => [countryName(data, x.code), "export revenue", x.base, x.now, x.value]), ...buyers.map((x) => [countryName(data, x.code), "net import bill", x.base, x.now, x.value])] }}>
        <Dumbbells rows={money} unit="EUR bn/y" decimals={1} label="Export revenue and net import bill by country, baseline and scenario" wide />
      </FigureFrame>
      <SecurityView data={data} state={state} base={base} scenario={scenario} />
    </>
  );
}

/** What makes the runs answers, what they assume, and how to make them again. */
export function CertificateView({ data, shown }: ViewProps): VNode {
  return (
    <FigureFrame id="certificate" title="Certificate" isText isTableShown
      lead="A run counts only if the optimality conditions, recomputed from the arrays, hold to the limit. Residuals are relative."
      table={{ columns: ["scenario", "certified", "primal", "bounds", "stationarity", "gap", "limit", "solver", "rows", "columns", "run"],
        rows: shown.map((s) => { const c = s.record.certificate; const e = (v: number) => (v === 0 ? "0" : v.toExponential(0).replace("-", "−"));
          return [titleOf(s), c.is_certified ? "yes" : "NO", e(c.primal), e(c.bounds), e(c.stationarity), e(c.gap), e(c.limit), `${s.record.solver.name} ${s.record.solver.version}`, String(s.record.size.rows), String(s.record.size.columns), s.record.identity.digest.slice(0, 12)]; }) }}>
      <ul class="assumptions">{shown.map((s) => <li><b>{titleOf(s)}.</b> {s.record.scenario.why}{s.record.scenario.patches.length > 0 && <ul>{s.record.scenario.patches.map((p) => <li>{p.name}: {p.why}</li>)}</ul>}</li>)}</ul>
      <h3>How to make it again</h3>
      <pre><code>{`./run brief ${data.brief.case}`}</code></pre>
      <p class="small">linepack {data.version}, model {shown[0]!.record.identity.model}, dataset {shown[0]!.record.identity.dataset}. The run's digest names dataset, scenario, model, solver and settings; the same digest gives the same tables.</p>
    </FigureFrame>
  );
}

const UNKNOWN = [
  "Consent: a scenario says what is physically and commercially open, not that anyone has agreed to it.",
  "Conduct: how far large sellers hold gas back to keep prices up is assumed, not observed.",
  "Elasticity: how much demand falls when prices rise is estimated, and differs between a week and two years.",
  "Supply of LNG: one per cent of it moves European prices by about one EUR/MWh.",
  "Contracts: prices are counted where they are known; many terms of levies, stakes and tolling are judgements.",
];

export function UnknownView({ data }: { data: PageData }): VNode {
  return <FigureFrame id="unknown" title="What we do not know" isText><ul>{UNKNOWN.map((u) => <li>{u}</li>)}
    {!data.band_meaning && <li>Bands: this page shows points only; <code>linepack brief --full</code> adds the band of every figure over what is listed here.</li>}</ul></FigureFrame>;
}

const GRADES = ["published", "converted", "calibrated", "estimated", "judgement"];

/** Where every number comes from: rows by table and grade; the list of sources is behind the button. */
export function SourcesView({ data }: ViewProps): VNode {
  const tables = [...new Set(data.sources.map((s) => s.table))];
  const rows = (table: string, grade: string) => data.sources.filter((s) => s.table === table && s.grade === grade).reduce((n, s) => n + s.rows, 0);
  return (
    <FigureFrame id="sources" title="Sources" isText lead={<>Every row of every table names its source and grade; {new Set(data.sources.map((s) => s.source)).size} sources, which the table behind the button names. {data.units.note}</>}
      table={{ columns: ["table", "source", "grade", "rows"], rows: data.sources.map((s) => [s.table, s.source, s.grade, String(s.rows)]) }}>
      <Table id="grades" caption="Rows by table and grade" content={{ columns: ["table", ...GRADES, "sources"], decimals: 0,
        rows: tables.map((t) => [t, ...GRADES.map((g) => rows(t, g)), data.sources.filter((s) => s.table === t).length]) }} />
    </FigureFrame>
  );
}
