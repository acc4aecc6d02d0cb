// The frame of every view: heading, chart, table twin, downloads, sources, link.
import type { ComponentChildren, VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import { csv, number } from "./format";
import { getState, hashOf } from "./state";

export interface TableContent { columns: string[]; rows: (string | number)[][]; decimals?: number }

export function save(name: string, content: Blob | string, type = "text/csv"): void {
  const url = URL.createObjectURL(typeof content === "string" ? new Blob([content], { type }) : content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Return the SVG as text that looks the same outside of the page: rules and colours go with it. */
function svgText(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const rules: string[] = [];
  const computed = getComputedStyle(document.documentElement);
  const variables = new Set<string>();
  for (const sheet of document.styleSheets) {
    for (const rule of sheet.cssRules) {
      const text = rule.cssText;
      for (const found of text.matchAll(/var\((--[a-z0-9-]+)/g)) variables.add(found[1]!);
      if (rule instanceof CSSStyleRule && !rule.selectorText.includes("button")) rules.push(text);
    }
  }
  const colours = [...variables].map((name) => `${name}:${computed.getPropertyValue(name)}`).join(";");
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = `${rules.join("\n")}\nsvg{${colours};font-family:system-ui,sans-serif;background:${computed.getPropertyValue("--surface")}}`;
  copy.prepend(style);
  const box = svg.viewBox.baseVal;
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

async function savePng(name: string, svg: SVGSVGElement): Promise<void> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svgText(svg)], { type: "image/svg+xml" }));
  await new Promise((done, failed) => { image.onload = done; image.onerror = failed; image.src = url; });
  const canvas = document.createElement("canvas");
  canvas.width = 2 * svg.viewBox.baseVal.width;
  canvas.height = 2 * svg.viewBox.baseVal.height;
  const context = canvas.getContext("2d")!;
  context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  canvas.toBlob((blob) => { if (blob) save(name, blob); });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function Table(props: { content: TableContent; caption: string; id?: string }): VNode {
  const { columns, rows, decimals = 2 } = props.content;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={props.caption}>
      <table id={props.id}>
        <caption class="unseen">{props.caption}</caption>
        <thead><tr>{columns.map((c) => <th scope="col">{c}</th>)}</tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr>{row.map((cell, k) => typeof cell === "number"
              ? <td class="number">{number(cell, decimals)}</td>
              : k === 0 ? <th scope="row" class={DAY.test(cell) ? "day" : undefined}>{cell}</th> : <td>{cell}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Copies an address that shows this view as it is now; where copying is not allowed, it stands beside the button. */
export function LinkButton({ view }: { view: string }): VNode {
  const [said, say] = useState("");
  const link = async () => {
    const address = `${location.href.split("#")[0]}#${hashOf({ ...getState(), view })}`;
    try { await navigator.clipboard.writeText(address); say("link copied"); } catch { say(address); }
  };
  return <><button type="button" onClick={() => void link()}>Link</button><span role="status" class="said">{said}</span></>;
}

export function FigureFrame(props: {
  id: string; title: string; lead?: ComponentChildren; table?: TableContent; sources?: string[]; controls?: ComponentChildren; notes?: ComponentChildren; children?: ComponentChildren; isText?: boolean; isTableShown?: boolean;
}): VNode {
  const frame = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(Boolean(props.isTableShown));
  const chart = () => frame.current?.querySelector<SVGSVGElement>("svg.chart") ?? null;
  const hasChart = Boolean(props.children) && !props.isText;
  return (
    <section class="figure" id={props.id} ref={frame} aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.lead && <p class="lead">{props.lead}</p>}
      {props.controls && <div class="controls">{props.controls}</div>}
      {hasChart ? <div class="chart-box" tabIndex={0} role="group" aria-label={props.title}>{props.children}</div> : props.children}
      {props.notes}
      <div class="actions">
        {props.table && Boolean(props.children) && (
          <button type="button" aria-expanded={open} aria-controls={`${props.id}-table`} onClick={() => setOpen(!open)}>{open ? "Hide table" : "Table"}</button>
        )}
        {props.table && <button type="button" onClick={() => save(`${props.id}.csv`, csv(props.table!.columns, props.table!.rows))}>CSV</button>}
        {hasChart && <button type="button" onClick={() => { const svg = chart(); if (svg) save(`${props.id}.svg`, svgText(svg), "image/svg+xml"); }}>SVG</button>}
        {hasChart && <button type="button" onClick={() => { const svg = chart(); if (svg) void savePng(`${props.id}.png`, svg); }}>PNG</button>}
        <LinkButton view={props.id} />
        {props.sources && <a class="sources-link" href="#" onClick={(e) => { e.preventDefault(); document.getElementById("sources")?.scrollIntoView(); }}>
          Sources: {props.sources.length === 1 ? "table" : "tables"} {props.sources.join(", ").replace(/_/g, " ")}</a>}
      </div>
      <div id={`${props.id}-table`}>{props.table && (open || !props.children) && <Table content={props.table} caption={`${props.title}: table`} />}</div>
    </section>
  );
}
