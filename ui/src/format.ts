// Numbers as shown, and the switch of units. Factors come with the data (linepack.units); none is written here.
import type { PageData } from "./data";
import type { State } from "./state";

export const MINUS = "−";

export function number(value: number, decimals = 1): string {
  if (!Number.isFinite(value)) return "–";
  const text = Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return value < 0 && Number(text.replace(/,/g, "")) !== 0 ? MINUS + text : text;
}

export function signed(value: number, decimals = 1): string {
  const text = number(value, decimals);
  return text.startsWith(MINUS) || Number(text.replace(/,/g, "")) === 0 ? text : `+${text}`;
}

export interface Unit { name: string; factor: number; decimals: number }

export function priceUnit(data: PageData, state: State): Unit {
  const [name, factor] = data.units.price[state.price] ?? data.units.price["EUR/MWh"]!;
  return { name, factor, decimals: factor < 0.9 ? 2 : 1 };
}

export function quantityUnit(data: PageData, state: State, kind: "rate" | "stock" | "year"): Unit {
  const [name, factor] = (data.units.quantity[state.quantity] ?? data.units.quantity["TWh"]!)[kind];
  const decimals = name.startsWith("bcm") ? 1 : name === "TWh/y" ? 1 : 0;
  return { name, factor, decimals };
}

export function csv(header: string[], rows: (string | number)[][]): string {
  const cell = (value: string | number) => {
    const text = typeof value === "number" ? String(Math.round(value * 1e6) / 1e6) : value;
    const safe = /^[=+@]/.test(text) || (/^-/.test(text) && typeof value !== "number") ? `'${text}` : text; // a spreadsheet must not run it
    return /[",\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  };
  return [header, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}
