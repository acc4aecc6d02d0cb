// The server's API. In a brief that was opened from disk there is none.
import type { PageData, RunSeries, ScenarioContent } from "./data";

export interface Issue { code: string; message: string; table: string | null; keys: string[]; hint: string | null }
export interface Job { job: string; run: string; name: string; title: string; state: "queued" | "running" | "done" | "failed" | "cancelled"; error: { error: Issue; issues: Issue[] } | null; seconds: number; ahead: number }
export interface CaseInfo { case: string; title: string; question: string; scenarios: { name: string; title: string; why: string }[] }
export interface FormField { key: string; label: string; kind: "names" | "number" | "quantity" | "choice" | "date" | "flag"; names: string; choices: string[]; group: string; hint: string }
export interface Form { do: string; title: string; fields: FormField[] }
export interface EditorContent { forms: Form[]; names: Record<string, Record<string, string>> }
export type PatchDraft = { name: string; do: string; why: string } & Record<string, unknown>;
export interface DecisionDraft { do: string; target: string; by: string[]; on: string; until?: string; assets?: string[]; quantity_gwh_year?: number }
export interface LawDraft { known_on?: string; regime?: string; readings?: Record<string, string>; bars?: string[]; decisions?: DecisionDraft[] }
export interface Draft { schema: 1; scenario: string; title: string; why: string; based_on: string; patches: PatchDraft[]; law?: LawDraft }
/** What may be decided on a day: which bodies take part, what it needs, and the smallest sets that can do it. */
export interface Option { do: string; target: string; title: string; bodies: string[]; needs: string; least: string[][]; on: string | null; most_days: number | null }
export interface Decisions { on: string; known_on: string | null; holders: Record<string, string>; options: Option[] }
export interface Follows {
  missing: Issue[]; assets: { asset: string; name: string; on: string; closed_before: number; still_closed: { name: string; needs: string }[] }[];
  effects: { what: string; source: string; name: string; table: string; rows: number; reason: string; first_day: string | null; last_day: string | null }[]; effects_of_law: number;
}

export class ApiError extends Error {
  constructor(readonly status: number, readonly issue: Issue, readonly issues: Issue[]) {
    super(issue.message + (issue.hint ? ` Try: ${issue.hint}` : ""));
  }
}

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers: body === undefined ? {} : { "content-type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, { code: "no-server", message: "The server does not answer.", table: null, keys: [], hint: "is 'linepack serve' still running?" }, []);
  }
  const content = await answer.json();
  if (!answer.ok) throw new ApiError(answer.status, content.error, content.issues);
  return content as T;
}

export const api = {
  cases: () => ask<CaseInfo[]>("GET", "/api/cases"),
  page: (name: string) => ask<PageData>("GET", `/api/cases/${name}/page`),
  solveCase: (name: string) => ask<{ jobs: Job[] }>("POST", `/api/cases/${name}/runs`, {}),
  editor: (name: string) => ask<EditorContent>("GET", `/api/cases/${name}/editor`),
  decisions: (name: string, on: string, known: string) => ask<Decisions>("GET", `/api/cases/${name}/decisions?on=${on}${known ? `&known_on=${known}` : ""}`),
  check: (name: string, draft: Draft) => ask<Follows>("POST", `/api/cases/${name}/check`, { draft }),
  solve: (name: string, draft: Draft) => ask<Job>("POST", `/api/cases/${name}/solve`, { draft }),
  toYaml: (draft: Draft) => ask<{ yaml: string }>("POST", "/api/drafts/yaml", { draft }),
  fromYaml: (name: string, yaml: string) => ask<{ draft: Draft }>("POST", "/api/drafts/json", { case: name, yaml }),
  saved: () => ask<{ names: string[] }>("GET", "/api/drafts"),
  load: (name: string) => ask<{ draft: Draft }>("GET", `/api/drafts/${name}`),
  save: (name: string, draft: Draft) => ask<{ saved: string }>("PUT", `/api/drafts/${draft.scenario}`, { case: name, draft }),
  job: (job: string) => ask<Job>("GET", `/api/jobs/${job}`),
  cancel: (job: string) => ask<Job>("DELETE", `/api/jobs/${job}`),
  run: (run: string, base: string) => ask<{ scenario: ScenarioContent; series: RunSeries }>("GET", `/api/runs/${run}/page?base=${base}`),
};

/** Follow a job until it is over; `told` hears every change. */
export function follow(job: string, told: (job: Job) => void): Promise<Job> {
  return new Promise((done, failed) => {
    const events = new EventSource(`/api/jobs/${job}/events`);
    events.onmessage = (event) => {
      const now = JSON.parse(event.data) as Job;
      told(now);
      if (["done", "failed", "cancelled"].includes(now.state)) { events.close(); done(now); }
    };
    events.onerror = () => { if (events.readyState === EventSource.CLOSED) failed(new Error("The server stopped telling how far the run is.")); };
  });
}

/** A draft as text for the address, so that a link carries the whole scenario. */
export function packDraft(draft: Draft): string {
  const bytes = new TextEncoder().encode(JSON.stringify(draft));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function unpackDraft(text: string): Draft | null {
  try {
    const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const draft = JSON.parse(new TextDecoder().decode(bytes)) as Draft;
    return Array.isArray(draft.patches) && typeof draft.scenario === "string" ? draft : null;
  } catch { return null; }
}
