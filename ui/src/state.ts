// What the reader chose, kept in the address after '#', so that a link shows the same thing.
import { useEffect, useState } from "preact/hooks";
import { MEAN } from "./data";

export interface State {
  case: string; scenario: string; mode: "baseline" | "scenario" | "difference"; t: number;
  quantity: string; price: string; node: string; arc: string; origin: string; least: number; world: boolean;
  hubs: string[]; store: string; view: string; draft: string; compare: string[]; asset: string; day: string;
  deal: string; outcome: string; rule: string; article: string; claim: string; security: string; set: number; mine: boolean; own: string[];
}

export const DEFAULTS: State = {
  case: "", scenario: "", mode: "scenario", t: MEAN, quantity: "TWh", price: "EUR/MWh", node: "", arc: "", origin: "",
  least: 20, world: false, hubs: ["TTF", "JKM"], store: "EU27", view: "", draft: "", compare: [], asset: "", day: "",
  deal: "", outcome: "", rule: "", article: "", claim: "", security: "n1", set: 0, mine: false, own: [],
};

export function parseHash(hash: string): State {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state: State = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof State)[]) {
    const text = given.get(key);
    if (text === null) continue;
    const old = DEFAULTS[key];
    if (typeof old === "number") { const n = Number(text); if (Number.isFinite(n)) (state as unknown as Record<string, unknown>)[key] = n; }
    else if (typeof old === "boolean") (state as unknown as Record<string, unknown>)[key] = text === "1";
    else if (Array.isArray(old)) (state as unknown as Record<string, unknown>)[key] = text ? text.split(",") : [];
    else (state as unknown as Record<string, unknown>)[key] = text;
  }
  if (!["baseline", "scenario", "difference"].includes(state.mode)) state.mode = DEFAULTS.mode;
  return state;
}

export function hashOf(state: State): string {
  const given = new URLSearchParams();
  for (const key of Object.keys(DEFAULTS) as (keyof State)[]) {
    const value = state[key], old = DEFAULTS[key];
    const text = typeof value === "boolean" ? (value ? "1" : "0") : Array.isArray(value) ? value.join(",") : String(value);
    const oldText = typeof old === "boolean" ? (old ? "1" : "0") : Array.isArray(old) ? old.join(",") : String(old);
    if (text !== oldText) given.set(key, text);
  }
  return given.toString();
}

let current: State = { ...DEFAULTS };
const listeners = new Set<() => void>();

export function getState(): State { return current; }

export function setState(change: Partial<State>): void {
  current = { ...current, ...change };
  const hash = hashOf(current);
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  listeners.forEach((listener) => listener());
}

export function startState(): void {
  current = parseHash(location.hash);
  addEventListener("hashchange", () => { current = parseHash(location.hash); listeners.forEach((l) => l()); });
}

export function useChoice(): State {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw((n) => n + 1);
    listeners.add(listener);
    return () => { listeners.delete(listener); };
  }, []);
  return current;
}
