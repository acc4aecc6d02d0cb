// Evidence: the article with its claims marked, what each claim says and is worth, and where it leads. Texts are shown as texts.
import type { VNode } from "preact";
import type { Claim, EvidenceContent, PageData } from "./data";
import { FigureFrame } from "./figure";
import { setState, type State } from "./state";

const WIDTH = 980;
const HEDGES: Record<string, string> = { H0: "flat", H1: "as reported", H2: "possible", H3: "early or unclear", H4: "doubted" };
const fit = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function EvidenceView({ data, state }: { data: PageData; state: State }): VNode {
  const evidence = data.evidence;
  if (!evidence || !evidence.articles.length) {
    return <FigureFrame id="evidence" title="What the claims are worth" isText lead={<>No article was read yet. <code>linepack read ARTICLE --ledger linepack-results/ledger.sqlite</code> reads one, and the page then shows its claims, their sources and where they lead.</>} />;
  }
  const article = evidence.articles.find((a) => a.article_id === state.article) ?? evidence.articles[0]!;
  const own = evidence.claims.filter((c) => c.article_id === article.article_id);
  const order = new Map(own.map((c, k) => [c.claim_id, k + 1]));
  const chosen = own.find((c) => c.claim_id === state.claim) ?? null;
  const pick = (id: string) => setState({ claim: state.claim === id ? "" : id, article: article.article_id });
  return (
    <FigureFrame id="evidence" title="What the claims are worth" sources={["lexicon", "names", "volumes"]} lead={evidence.worth.join(" ")}
      table={{ columns: ["no.", "claim", "speaker", "source", "act", "hedge", "condition", "quantities", "dates", "about", "levers", "state", "checks", "article", "day"],
        rows: evidence.claims.map((c, k) => { const a = evidence.articles.find((x) => x.article_id === c.article_id)!; return [String(order.get(c.claim_id) ?? k + 1), c.text, c.speaker || "the outlet", c.source_class, `${c.act}, ${c.polarity}`, HEDGES[c.hedge] ?? c.hedge, c.condition,
          c.quantities.join("; "), c.dates.join("; "), [...c.assets, ...c.instruments].join(", "), c.levers.map((l) => evidence.levers[l]?.label ?? l).join(", "), c.state, c.checks.map((x) => `${x.name} ${x.verdict}: ${x.detail}`).join("; "), a.title || a.outlet, a.published]; }) }}
      controls={evidence.articles.length > 1 && <label>Article <select id="article" value={article.article_id} onChange={(e) => setState({ article: e.currentTarget.value, claim: "" })}>{evidence.articles.map((a) => <option value={a.article_id}>{[a.published, a.outlet, a.title].filter(Boolean).join(", ") || a.article_id.slice(0, 12)}</option>)}</select></label>}>
      <Graph data={data} evidence={evidence} claims={own} order={order} chosen={state.claim} pick={pick} />
      <div class="evidence-columns">
        <article aria-label={article.title || "Article"}>
          <h3>{article.title || "Article"}</h3>
          <p class="small">{[article.outlet, article.published, article.url].filter(Boolean).join(", ")}{article.derivation && article.derivation !== "original" && `; ${article.derivation} of another article: no witness of its own`}{article.translation_suspect && "; reads like a machine translation"}</p>
          {article.paragraphs.map((pieces) => <p>{pieces.map((piece, k) => <Piece key={k} piece={piece} order={order} claims={own} chosen={state.claim} pick={pick} />)}</p>)}
        </article>
        <div class="claims" role="region" aria-label="Claims" tabIndex={0}>
          {chosen ? <ClaimCard data={data} evidence={evidence} claim={chosen} no={order.get(chosen.claim_id)!} onClose={() => setState({ claim: "" })} />
            : <ol class="claim-list">{own.map((c) => <li><button type="button" class="plain" onClick={() => pick(c.claim_id)}>{c.speaker || "The outlet itself"}</button>: {HEDGES[c.hedge] ?? c.hedge}, {c.act}; {c.state}</li>)}</ol>}
        </div>
      </div>
    </FigureFrame>
  );
}

/** A stretch of the article; a claim's last stretch carries its number as a button. */
function Piece(props: { piece: { text: string; claims: string[] }; order: Map<string, number>; claims: Claim[]; chosen: string; pick: (id: string) => void }): VNode {
  const { piece, order, claims, chosen, pick } = props;
  const id = piece.claims[0];
  if (!id) return <>{piece.text}</>;
  const claim = claims.find((c) => c.claim_id === id);
  return <><mark class={`hedge-${claim?.hedge ?? "H1"} ${piece.claims.includes(chosen) ? "chosen" : ""}`} data-claim={id}>{piece.text}</mark>
    <button type="button" class="claim-no" aria-pressed={chosen === id} aria-label={`Claim ${order.get(id)}`} onClick={() => pick(id)}>{order.get(id)}</button></>;
}

function ClaimCard({ data, evidence, claim, no, onClose }: { data: PageData; evidence: EvidenceContent; claim: Claim; no: number; onClose: () => void }): VNode {
  const rows: [string, string][] = ([
    ["who", `${claim.speaker || "the outlet itself"}${claim.count ? ` (${claim.count})` : ""}: ${claim.source_class}`], ["says", `${claim.act}, ${claim.polarity}; ${HEDGES[claim.hedge] ?? claim.hedge}`], ["if", claim.condition],
    ["how much", claim.quantities.join("; ")], ["when", claim.dates.join("; ")], ["about", [...claim.assets, ...claim.instruments, ...claim.actors].join(", ")], ["leans on", claim.cites],
    ["review", `${claim.state}${claim.reviewer && ` by ${claim.reviewer}`}`], ["checks", claim.checks.map((c) => `${c.name} ${c.verdict}: ${c.detail}`).join("; ")],
    ["against it", evidence.contradictions.filter((c) => c.claim_a === claim.claim_id || c.claim_b === claim.claim_id).map((c) => `${c.kind}: ${c.detail}`).join("; ")],
  ] as [string, string][]).filter(([, value]) => value);
  return (
    <div class="claim-card">
      <h4>Claim {no}</h4>
      <blockquote>{claim.text}</blockquote>
      <dl>{rows.map(([k, v]) => <><dt>{k}</dt><dd>{v}</dd></>)}
        {claim.levers.length > 0 && <><dt>levers</dt><dd>{claim.levers.map((l) => <Lever evidence={evidence} lever={l} />)}</dd></>}
        {claim.links.length > 0 && <><dt>leads to</dt><dd>{claim.links.map((l) => <LinkTo data={data} kind={l.kind} target={l.target} note={l.note} />)}</dd></>}</dl>
      <button type="button" onClick={onClose}>All claims</button>
    </div>
  );
}

function Lever({ evidence, lever }: { evidence: EvidenceContent; lever: string }): VNode {
  const l = evidence.levers[lever];
  return <span class="lever">{l?.label ?? lever}{l && <small> ({l.witnesses} {l.witnesses === 1 ? "witness" : "witnesses"}{l.do === "law" || l.do === "none" ? `; ${l.reason}` : ""})</small>} </span>;
}

/** The scenario of this page that a link of the ledger means: by CASE/NAME, by name, or by the digest of its run. */
export function scenarioOf(data: PageData, kind: string, target: string): { name: string; title: string } | null {
  const found = data.brief.scenarios.map((s) => s.record).find((r) => (kind === "result" ? r.identity.digest.startsWith(target) && target.length >= 8 : target === r.scenario.name || target === `${data.brief.case}/${r.scenario.name}`));
  return found ? { name: found.scenario.name, title: found.scenario.title } : null;
}

function LinkTo({ data, kind, target, note }: { data: PageData; kind: string; target: string; note: string }): VNode {
  const found = scenarioOf(data, kind, target);
  if (!found) return <span>{kind} {fit(target, 30)}{note && `: ${note}`} </span>;
  return <span><button type="button" class="plain" onClick={() => { setState({ scenario: found.name }); document.getElementById("headline")?.scrollIntoView(); }}>{found.title}</button>{kind === "result" && " (its run)"}{note && `: ${note}`} </span>;
}

/** Claims, the levers they speak of, and the scenarios and runs that they are linked to. */
function Graph(props: { data: PageData; evidence: EvidenceContent; claims: Claim[]; order: Map<string, number>; chosen: string; pick: (id: string) => void }): VNode {
  const { data, evidence, claims, order, chosen, pick } = props;
  const levers = [...new Set(claims.flatMap((c) => c.levers))];
  const targets = [...new Map(claims.flatMap((c) => c.links.map((l) => [`${l.kind} ${l.target}`, l] as const))).values()];
  const row = 24, height = Math.max(claims.length, levers.length, targets.length, 1) * row + 30;
  const y = (k: number, n: number) => 26 + (k + 0.5) * ((height - 30) / Math.max(n, 1));
  const end = (l: { kind: string; target: string }) => targets.findIndex((t) => t.kind === l.kind && t.target === l.target);
  const isOn = (c: Claim) => (chosen === c.claim_id ? "wanted closed" : chosen ? "" : "closed");
  return (
    <svg class="chart evidence-graph" viewBox={`0 0 ${WIDTH} ${height}`} role="group" aria-label="Claims, the levers they speak of and the scenarios they lead to; the text and the table below say the same">
      <g class="axis"><text x={4} y={14}>claims of this article</text><text x={470} y={14}>levers</text><text x={700} y={14}>scenarios and runs</text></g>
      {claims.map((c, k) => c.levers.map((l) => <path class={`link ${isOn(c)}`} d={`M330 ${y(k, claims.length)}C400 ${y(k, claims.length)} 400 ${y(levers.indexOf(l), levers.length)} 464 ${y(levers.indexOf(l), levers.length)}`} />))}
      {claims.map((c, k) => c.links.map((l) => {
        const from = c.levers.length ? [650, y(levers.indexOf(c.levers[0]!), levers.length)] : [330, y(k, claims.length)];
        return <path class={`link ${isOn(c)}`} d={`M${from[0]} ${from[1]}C${from[0]! + 30} ${from[1]} 665 ${y(end(l), targets.length)} 694 ${y(end(l), targets.length)}`} />;
      }))}
      {claims.map((c, k) => (
        <g class={`claim ${chosen === c.claim_id ? "chosen" : ""}`} onClick={() => pick(c.claim_id)}><title>{c.text}</title>
          <rect class={`hedge hedge-${c.hedge}`} x={4} y={y(k, claims.length) - 9} width={20} height={18} rx={3} /><text x={14} y={y(k, claims.length) + 4} text-anchor="middle">{order.get(c.claim_id)}</text>
          <text x={32} y={y(k, claims.length) + 4} font-weight={chosen === c.claim_id ? 700 : undefined}>{fit(`${c.speaker || "the outlet"}: ${HEDGES[c.hedge] ?? c.hedge}, ${c.act}`, 46)}</text></g>))}
      {levers.map((l, k) => <g><title>{evidence.levers[l]?.reason || evidence.levers[l]?.label || l}</title><text x={470} y={y(k, levers.length) + 4}>{fit(evidence.levers[l]?.label ?? l, 28)}</text></g>)}
      {targets.map((t, k) => { const found = scenarioOf(data, t.kind, t.target); return <text x={700} y={y(k, targets.length) + 4}>{fit(found?.title ?? `${t.kind} ${t.target}`, 40)}</text>; })}
      {levers.length === 0 && <text x={470} y={40} class="axis">none is named</text>}
      {targets.length === 0 && <text x={700} y={40}>none yet: linepack ledger link</text>}
    </svg>
  );
}
