// The page: choices on top, then the answer and the views in order.
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, ApiError, follow, type CaseInfo, type Job } from "./api";
import { BacktestView } from "./backtest";
import type { PageData } from "./data";
import { DealView } from "./deal";
import { Editor } from "./editor";
import { EvidenceView } from "./evidence";
import { ConsentView, TimelineView } from "./law";
import { FlowMap } from "./map";
import { getState, setState, useChoice } from "./state";
import { BreakdownView, CertificateView, GainsView, HeadlineView, ImportsView, PricesView, SourcesView, StorageView, UnknownView, type ViewProps } from "./views";

const SECTIONS: [string, string][] = [
  ["headline", "Table"], ["editor", "Change"], ["map", "Map"], ["prices", "Prices"], ["breakdown", "Why"], ["storage", "Storage"], ["imports", "Imports"],
  ["gains", "Who gains"], ["security", "Security"], ["consents", "Who must agree"], ["timeline", "Law"], ["deal", "Deal"], ["evidence", "Evidence"], ["unknown", "Unknowns"], ["backtest", "Back-test"], ["sources", "Sources"], ["certificate", "Certificate"],
];

export function App({ inline }: { inline: PageData | null }): VNode {
  return inline ? <Page data={inline} /> : <Served />;
}

/** The served page: picks a case, has it solved if need be, and adds the reader's own scenarios to it. */
function Served(): VNode {
  const state = useChoice();
  const [cases, setCases] = useState<CaseInfo[]>([]);
  const [data, setData] = useState<PageData | null>(null);
  const [jobs, setJobs] = useState<Job[]>([]);
  const [error, setError] = useState("");
  const name = state.case || cases.find((c) => c.case.startsWith("us-gazprom"))?.case || cases[0]?.case || "";
  const fail = (e: unknown) => setError(e instanceof Error ? e.message : String(e));
  useEffect(() => { api.cases().then(setCases, fail); }, []);
  useEffect(() => {
    if (!name) return;
    let isCurrent = true;
    const load = async () => {
      setData(null);
      setError("");
      try {
        const page = await api.page(name).catch(async (e: unknown) => {
          if (!(e instanceof ApiError) || e.status !== 409) throw e;
          const started = (await api.solveCase(name)).jobs;
          setJobs(started);
          const tell = (job: Job) => setJobs((old) => old.map((o) => (o.job === job.job ? job : o)));
          for (const over of await Promise.all(started.map((j) => follow(j.job, tell)))) {
            if (over.state !== "done") throw new Error(`${over.title}: ${over.error?.error.message ?? over.state}`);
          }
          return api.page(name);
        });
        if (isCurrent) setData(page);
      } catch (e) { fail(e); }
      setJobs([]);
    };
    void load();
    return () => { isCurrent = false; };
  }, [name]);
  const add = async (job: Job, isShown: boolean) => {
    const base = data!.brief.scenarios[0]!.record.identity.digest;
    const { scenario, series } = await api.run(job.run, base);
    const own = scenario.record.scenario.name = uniqueName(data!, job.name);
    scenario.record.scenario.title = job.title;
    setData((old) => old && {
      ...old, own: [...new Set([...(old.own ?? []), own])],
      brief: { ...old.brief, scenarios: [...old.brief.scenarios.filter((s) => s.record.scenario.name !== own), scenario] },
      runs: { ...old.runs, [own]: series },
    });
    if (isShown || !getState().scenario) setState({ scenario: own });
  };
  const chooser = cases.length > 1 && <label>Case <select value={name} onChange={(e) => setState({ case: e.currentTarget.value, scenario: "", draft: "", compare: [], own: [] })}>{cases.map((c) => <option value={c.case}>{c.title}</option>)}</select></label>;
  if (data) return <Page data={data} chooser={chooser || undefined} extra={<Editor key={name} data={data} onSolved={add} />} />;
  return (
    <main id="main" class="waiting">
      <h1>linepack</h1>
      {chooser}
      {error ? <p role="alert" class="error">{error}</p> : jobs.length === 0 ? <p role="status">Loading …</p> : (
        <div role="status"><p>{jobs.filter((j) => j.state === "done").length} of {jobs.length} scenarios are solved.</p>
          <progress aria-label="scenarios solved" max={jobs.length} value={jobs.filter((j) => j.state === "done").length} />
          <ul>{jobs.map((j) => <li>{j.title}: {j.state}</li>)}</ul></div>)}
    </main>
  );
}

/** A reader's scenario must not stand in for one of the case. */
function uniqueName(data: PageData, name: string): string {
  const taken = data.brief.scenarios.some((s) => s.record.scenario.name === name) && !data.own?.includes(name);
  return taken ? `my-${name}` : name;
}

function useTheme(): [string, () => void] {
  const [theme, set] = useState("auto");
  const next = () => {
    const isDark = theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
    set(isDark ? "light" : "dark");
  };
  useEffect(() => { if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme; }, [theme]);
  return [theme, next];
}

const MOST_COMPARED = 4;

/** Which scenarios stand beside the baseline: all, or up to four that the reader picks. */
function Compare({ data, compare }: { data: PageData; compare: string[] }): VNode {
  const others = data.brief.scenarios.slice(1).map((s) => s.record.scenario);
  const toggle = (name: string) => setState({ compare: compare.includes(name) ? compare.filter((n) => n !== name) : [...compare, name].slice(-MOST_COMPARED) });
  return (
    <details class="compare" open={compare.length > 0}><summary>Compare up to {MOST_COMPARED} with the baseline</summary>
      <div class="controls">{others.map((s) => <label><input type="checkbox" checked={compare.includes(s.name)} onChange={() => toggle(s.name)} />{s.title}</label>)}
        {compare.length > 0 && <button type="button" onClick={() => setState({ compare: [] })}>Show all</button>}</div>
    </details>
  );
}

export function Page({ data, extra, chooser }: { data: PageData; extra?: VNode; chooser?: VNode }): VNode {
  const state = useChoice();
  const [, switchTheme] = useTheme();
  const scenarios = data.brief.scenarios;
  const base = scenarios[0]!;
  const scenario = scenarios.find((s) => s.record.scenario.name === state.scenario) ?? scenarios[1] ?? base;
  const name = scenario.record.scenario.name;
  const pair = { base: data.runs[base.record.scenario.name]!, run: data.runs[name]! };
  const chosen = { ...state, scenario: name };
  const compare = state.compare.filter((n) => data.runs[n]).slice(0, MOST_COMPARED);
  const shown = compare.length ? [base, ...scenarios.filter((s) => s !== base && compare.includes(s.record.scenario.name))] : scenarios;
  const views: ViewProps = { data, pair, state: chosen, base, scenario, shown };
  // What the reader sees first is drawn first; the views below follow in the next task.
  const [isWhole, setWhole] = useState(false);
  useEffect(() => { const timer = setTimeout(() => setWhole(true)); return () => clearTimeout(timer); }, []);
  useEffect(() => { if (isWhole && state.view) document.getElementById(state.view)?.scrollIntoView(); }, [isWhole]);
  const has = (id: string) => (id !== "editor" || Boolean(extra)) && ((id !== "consents" && id !== "timeline") || Boolean(data.law));
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the answer</a>
      <header>
        <div class="bar">
          <strong class="brand">linepack</strong>
          {chooser}
          <label>Scenario <select id="scenario" value={name} onChange={(e) => setState({ scenario: e.currentTarget.value })}>
            {scenarios.map((s, k) => <option value={s.record.scenario.name}>{s.record.scenario.title}{k === 0 ? " (baseline)" : ""}</option>)}
          </select></label>
          <label>Gas in <select id="quantity" value={state.quantity} onChange={(e) => setState({ quantity: e.currentTarget.value })}>{Object.keys(data.units.quantity).map((u) => <option value={u}>{u}</option>)}</select></label>
          <label>Prices in <select id="price" value={state.price} onChange={(e) => setState({ price: e.currentTarget.value })}>{Object.keys(data.units.price).map((u) => <option value={u}>{u}</option>)}</select></label>
          <button type="button" onClick={switchTheme}>Light or dark</button>
          <button type="button" onClick={() => print()}>Print</button>
        </div>
        <nav aria-label="Views">{SECTIONS.filter(([id]) => has(id)).map(([id, text]) => (
          <button type="button" class="plain" onClick={() => { const target = document.getElementById(id); target?.scrollIntoView(); target?.querySelector<HTMLElement>("button, select, input")?.focus({ preventScroll: true }); }}>{text}</button>))}</nav>
      </header>
      <main id="main" tabIndex={-1}>
        <h1>{data.brief.title}</h1>
        <p class="question">{data.brief.question}</p>
        <section class="answer" aria-label="Answer"><h2>Answer</h2><ol>{data.answer.map((sentence) => <li>{sentence}</li>)}</ol></section>
        <Compare data={data} compare={compare} />
        <HeadlineView {...views} />
        {extra}
        <FlowMap data={data} pair={pair} state={chosen} baseTitle={base.record.scenario.title} title={scenario.record.scenario.title} />
        {isWhole && <Below views={views} />}
      </main>
      <footer><p>Made with linepack {data.version}. Code: MIT. Data: CC-BY-4.0, with the source of each row. {data.units.note}</p></footer>
    </>
  );
}

/** The views below the map. */
function Below({ views }: { views: ViewProps }): VNode {
  const { data, state } = views;
  return (
    <>
        <PricesView {...views} />
        <BreakdownView {...views} />
        <StorageView {...views} />
        <ImportsView {...views} />
        <GainsView {...views} />
        {data.law && <ConsentView law={data.law} state={state} />}
        {data.law && <TimelineView law={data.law} state={state} />}
        <DealView data={data} state={state} />
        <EvidenceView data={data} state={state} />
        <UnknownView data={data} />
        <BacktestView data={data} />
        <SourcesView {...views} />
        <CertificateView {...views} />
    </>
  );
}
