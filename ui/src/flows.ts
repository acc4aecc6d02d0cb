// What the map and the panels show: flows by arc for a moment, a mode and an origin.
import { at, sumBy, type PageData, type RunSeries } from "./data";
import type { State } from "./state";

export interface Pair { base: RunSeries; run: RunSeries }

export interface ArcReading { arc: string; base: number; now: number; shown: number; capacity: number | null; rent: number; share: number | null }

const cache = new WeakMap<RunSeries, Map<string, Map<string, number>>>();

/** Return GWh/d by arc in a period (or mean), for all carriers or those of one country of origin. */
export function flowsByArc(data: PageData, run: RunSeries, t: number, origin: string): Map<string, number> {
  const kept = cache.get(run) ?? new Map<string, Map<string, number>>();
  cache.set(run, kept);
  const key = `${t} ${origin}`;
  let found = kept.get(key);
  if (!found) {
    const rows = origin ? run.flows.filter(([carrier]) => carrier === origin || data.traders[carrier]?.country === origin) : run.flows;
    found = sumBy(rows, (row) => row[1], (row) => at(row[2], t, run.days));
    kept.set(key, found);
  }
  return found;
}

export function readings(data: PageData, pair: Pair, state: State): ArcReading[] {
  const run = state.mode === "baseline" ? pair.base : pair.run;
  const base = flowsByArc(data, pair.base, state.t, state.origin), now = flowsByArc(data, run, state.t, state.origin);
  const all = flowsByArc(data, run, state.t, "");
  const limits = new Map(run.limits.map(([arc, series]) => [arc, at(series, state.t, run.days)]));
  const rents = new Map(run.rents.map(([arc, series]) => [arc, at(series, state.t, run.days)]));
  return [...new Set([...base.keys(), ...now.keys()])].map((arc) => {
    const a = base.get(arc) ?? 0, b = now.get(arc) ?? 0, capacity = limits.get(arc) ?? null;
    return {
      arc, base: a, now: b, shown: state.mode === "difference" ? b - a : b, capacity, rent: rents.get(arc) ?? 0,
      share: capacity ? (all.get(arc) ?? 0) / capacity : null,
    };
  });
}

export function priceAt(run: RunSeries, node: string, t: number): number | null {
  const series = run.prices[node];
  return series ? at(series, t, run.days) : null;
}
