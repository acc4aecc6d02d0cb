// The document the page shows; made by linepack.report.page_data. Series run over the periods of their run.

export type Series = number[];

export interface Headline {
  figure: string; label: string; unit: string; value: number; change: number;
  low?: number; high?: number; low_change?: number; high_change?: number;
}
export interface PatchContent { name: string; why: string; kind: string; [key: string]: unknown }
export interface RunRecord {
  identity: { dataset: string; digest: string; model: string };
  scenario: { name: string; title: string; why: string; first_month: string; months: number; dataset: string; patches: PatchContent[] };
  certificate: { primal: number; bounds: number; stationarity: number; gap: number; limit: number; is_certified: boolean };
  solver: { name: string; version: string; seconds: number };
  size: { rows: number; columns: number; nonzeros: number };
  seconds: number;
}
export interface ScenarioContent {
  record: RunRecord; headline: Headline[]; worst_country: { country: string; how: string }; implied_elasticity: number | null;
  welfare_eur_bn_y: number; who_gains: { party: string; change_eur_bn_y: number }[];
  security: { country: string; region: string; unserved_twh: number; n_minus_1_fraction: number | null; storage_days_low: number | null; largest_entry: string; import_concentration: number | null }[];
  eu_imports: { origin: string; mode: string; import_twh_y: number; share_fraction: number }[];
}
export interface RunSeries {
  digest: string; certified: string; periods: string[]; days: number[];
  markers: Record<string, Series>; prices: Record<string, Series>;
  flows: [string, string, Series][]; limits: [string, Series][]; rents: [string, Series][];
  sales: [string, string, string, string, string, Series][];
  consumption: [string, Series][]; unserved: [string, Series][]; production: [string, string, Series][];
  levels: Record<string, Series>; injection: Record<string, Series>; withdrawal: Record<string, Series>;
  storage_value: Record<string, Series>; breakdown: [string, string, string, Series][];
  bands?: Record<string, [Series, Series]>;
  revenues: Record<string, number>; bills: Record<string, number>;
  markups: { owner_group: string; year: string; exposed_sales_gwh_d: number; markup_eur_mwh: number }[];
}
export interface Node { name: string; kind: string; country: string; region: string; hub: string; lon: number; lat: number }
export interface Arc { name: string; kind: string; from: string; to: string; state: string }
export interface Observation {
  label: string; model: number; observed: number; unit: string; deviation: number; tolerance: number; is_within: boolean; basis: string; source: string;
}
export interface Quarter { scenario: string; marker: string; quarter: string; model_eur_mwh: number; observed_eur_mwh: number; deviation: number; is_within: boolean }
export interface Figure { name: string; label: string; unit: string; decimals: number; is_share: boolean; is_part: boolean }
export interface PageData {
  schema: number; version: string;
  brief: { case: string; title: string; question: string; scenarios: ScenarioContent[]; observations?: Observation[]; quarters?: Quarter[] };
  answer: string[]; how_to_read: string; band_meaning: string | null; observed_summary: string | null;
  figures: Figure[];
  units: { quantity: Record<string, Record<"rate" | "stock" | "year", [string, number]>>; price: Record<string, [string, number]>; note: string };
  nodes: Record<string, Node>; arcs: Record<string, Arc>; traders: Record<string, { name: string; country: string }>;
  storages: Record<string, number>;
  parts: Record<string, string>; security_notes: Record<string, string>;
  sources: { table: string; source: string; grade: string; rows: number }[];
  runs: Record<string, RunSeries>;
  length: string; how_gains_count: string; law?: LawContent | null;
  deals: DealContent[]; evidence: EvidenceContent | null; backtests: BacktestContent[]; unreadable: string[];
  own?: string[];
}
export interface Gate {
  gate: string; name: string; kind: string; bar: string; state: string; holders: string[]; opens_by: string; rule: string; reason: string;
  since: string; until: string | null; grade: string; sources: string[];
}
export interface Consents {
  from: string; asset: string; name: string; contract_class: string | null; is_open: boolean; gates: Gate[]; formula: string; minimal_sets: string[][];
  votes: { deed: string; smallest_block_size: number; smallest_blocks: string[][] }[];
  renewals: { what: string; day: string; any_one_of: string[]; opens: string[]; closes: string[]; stays_closed: string[] }[]; temporary: string[];
  coming: { scope: string; instrument: string; measure: string; first_day: string }[];
}
export interface Mark { event: string; day: string; not_before: string | null; label: string; is_scheduled: boolean; instruments: string[]; assets: string[]; grade: string }
export interface LawContent {
  day: string; filling: { day: string; share_fraction: number; scope: string; note: string; is_later_law: boolean }[]; consents: Record<string, Consents[]>; bodies: Record<string, string>; instruments: Record<string, string>; sources: Record<string, string>;
  timeline: {
    first_day: string; last_day: string;
    bars: { lane: string; instrument: string; label: string; kind: string; first_day: string; last_day: string | null; grade: string }[];
    marks: Mark[];
  };
}

type Amounts = Record<string, number>;
export interface DealChoice { effect: string; changed_decisions: Record<string, string>; gains_eur_bn: Amounts }
export interface DealOutcome extends DealChoice {
  total_gain_eur_bn: number; must_agree: string[][]; can_be_unblocked: boolean; payments_eur_bn: number; available_eur_bn: number; contributions_eur_bn: Amounts;
  blockers: { player: string; loss_eur_bn: number; refusal_gain_eur_bn: number; least_payment_eur_bn: number; is_for_sale: boolean }[];
}
/** What changes for one purse of a player: its sellers, its budget, its line. */
export interface Purse { player: string; purse: string; change_eur_bn: number }
export interface GameContent {
  players: string[]; total: number; values: Amounts; alone: Amounts; contribution: Amounts; shapley: Amounts; nucleolus: Amounts; nash: Amounts;
  nash_is_agreement: boolean; core: Record<string, [number, number]> | null; least_core_excess: number; veto_players: string[]; dummy_players: string[];
  reviews: { split: string; is_in_core: boolean; objections: { coalition: string; lack: number }[]; least_payments: Amounts; money_moved: number; money_from_outside: number }[];
  superadditivity_failures: { first: string; second: string; loss: number }[];
}
export interface UnionContent { name: string; members: Record<string, { weight: number; shapley_shubik: number; banzhaf_normalised: number }>; can_block_alone: string[] }
/** What `linepack deal` leaves: a deal with outcomes and a game for each rule of outsiders, or one game. */
export interface DealContent extends Partial<GameContent> {
  kind: "deal" | "game"; name: string; title: string; question: string; unit: string; players: string[];
  player_titles?: Record<string, string>; effect_titles?: Record<string, string>; decision_holders?: Record<string, string>;
  combinations?: number; outcomes?: DealOutcome[]; pareto?: DealChoice[]; equilibria?: DealChoice[]; equilibria_with_payments?: DealChoice[];
  best_without_payments?: DealChoice | null; games?: Record<string, GameContent>; unions?: Record<string, UnionContent>;
  terms_set_by_user?: { name: string; player: string; eur_bn: number; why: string }[];
  market?: { base: string; first_month: string; months: number; market_runs: number; effects: { effect: string; run: string; headline: Amounts; change_of_others_eur_bn: number; inside_players_eur_bn?: Purse[] }[];
    consents_of_the_law: { effect: string; asset: string; on: string; is_open: boolean; least_sets_of_players: string[][]; least_sets_of_bodies: string[][]; bodies_without_a_player: string[]; closed_gates: string[] }[] };
}

export interface Claim {
  claim_id: string; article_id: string; text: string; speaker: string; count: number | null; source_class: string; code: string; act: string; polarity: string; hedge: string;
  condition: string; quantities: string[]; dates: string[]; assets: string[]; instruments: string[]; actors: string[]; levers: string[]; cites: string; origin: string;
  state: string; reviewer: string; translation_suspect: boolean;
  checks: { name: string; verdict: string; detail: string }[]; links: { kind: string; target: string; note: string }[];
}
export interface EvidenceContent {
  articles: { article_id: string; outlet: string; title: string; url: string; published: string; derivation: string; original: string; translation_suspect: boolean; paragraphs: { text: string; claims: string[] }[][] }[];
  claims: Claim[]; contradictions: { claim_a: string; claim_b: string; kind: string; detail: string }[];
  levers: Record<string, { label: string; do: string; reason: string; articles: number; witnesses: number }>; worth: string[];
}
export interface BacktestContent { name: string; title: string; facts: Record<string, string | number | boolean | null>; tables: Record<string, Record<string, string | number | boolean | null>[]> }

/** Return the document that is inlined in the page (gzip, base64), or null if the page is served. */
export async function inlineData(): Promise<PageData | null> {
  const element = document.getElementById("page-data");
  if (!element?.textContent) return null;
  const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).json()) as PageData;
}

export const MEAN = -1;

/** Return the value of a series in a period, or its mean over the horizon by days. */
export function at(series: Series | undefined, t: number, days: number[]): number {
  if (!series) return 0;
  if (t !== MEAN) return series[t] ?? 0;
  let total = 0, weight = 0;
  for (let k = 0; k < series.length; k++) { total += series[k]! * days[k]!; weight += days[k]!; }
  return weight ? total / weight : 0;
}

export function sumBy<T>(items: T[], key: (item: T) => string, value: (item: T) => number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const item of items) { const k = key(item); sums.set(k, (sums.get(k) ?? 0) + value(item)); }
  return sums;
}

export function addSeries(a: Series | undefined, b: Series, factor = 1): Series {
  return b.map((value, k) => (a?.[k] ?? 0) + factor * value);
}

export const EU = "EU27";
const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

/** Return the name of a country code: the node's own name if there is a market, else the common name. */
export function countryName(data: PageData, code: string): string {
  const own = data.nodes[code];
  if (own) return own.name.replace(" (transit)", "");
  try { return names.of(code) ?? code; } catch { return code; }
}

export function nodeName(data: PageData, id: string): string { return data.nodes[id]?.name ?? id; }

export function arcName(data: PageData, id: string): string {
  const arc = data.arcs[id];
  if (!arc) return id;
  if (arc.name) return arc.name;
  return `${nodeName(data, arc.from)} to ${nodeName(data, arc.to)}`;
}

export function carrierName(data: PageData, id: string): string {
  return id === "pool" ? "pooled gas" : data.traders[id]?.name ?? id;
}
