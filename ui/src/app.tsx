// The page: choices on top, then the answer and the views in order.
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PageData } from "./data";
import { FlowMap } from "./map";
import { setState, useChoice } from "./state";
import { BreakdownView, CertificateView, GainsView, HeadlineView, ImportsView, ObservationsView, PricesView, SourcesView, StorageView, UnknownView, type ViewProps } from "./views";

const SECTIONS: [string, string][] = [
  ["headline", "Table"], ["map", "Map"], ["prices", "Prices"], ["breakdown", "Why"], ["storage", "Storage"], ["imports", "Imports"],
  ["gains", "Who gains"], ["backtest", "Back-test"], ["certificate", "Certificate"], ["unknown", "Unknowns"], ["sources", "Sources"],
];

export function App({ inline }: { inline: PageData | null }): VNode {
  if (!inline) return <p>There is no data in this page.</p>;
  return <Page data={inline} />;
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

export function Page({ data, extra }: { data: PageData; extra?: VNode }): VNode {
  const state = useChoice();
  const [, switchTheme] = useTheme();
  const scenarios = data.brief.scenarios;
  const base = scenarios[0]!;
  const scenario = scenarios.find((s) => s.record.scenario.name === state.scenario) ?? scenarios[1] ?? base;
  const name = scenario.record.scenario.name;
  const pair = { base: data.runs[base.record.scenario.name]!, run: data.runs[name]! };
  const chosen = { ...state, scenario: name };
  const views: ViewProps = { data, pair, state: chosen, base, scenario, shown: scenarios };
  useEffect(() => { if (state.view) document.getElementById(state.view)?.scrollIntoView(); }, []);
  const has = (id: string) => id !== "backtest" || Boolean(data.brief.observations);
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the answer</a>
      <header>
        <div class="bar">
          <strong class="brand">linepack</strong>
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
        {extra}
        <HeadlineView {...views} />
        <FlowMap data={data} pair={pair} state={chosen} baseTitle={base.record.scenario.title} title={scenario.record.scenario.title} />
        <PricesView {...views} />
        <BreakdownView {...views} />
        <StorageView {...views} />
        <ImportsView {...views} />
        <GainsView {...views} />
        <ObservationsView {...views} />
        <CertificateView {...views} />
        <UnknownView />
        <SourcesView {...views} />
      </main>
      <footer><p>Made with linepack {data.version}. Code: MIT. Data: CC-BY-4.0, with the source of each row. {data.units.note}</p></footer>
    </>
  );
}
