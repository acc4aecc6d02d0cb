// The scenario editor: changes as forms made from the server's schemas, run with progress and cancel, undo, save, YAML.
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, ApiError, follow, packDraft, unpackDraft, type Draft, type EditorContent, type Form, type FormField, type Job, type PatchDraft } from "./api";
import type { PageData } from "./data";
import { DecisionEditor, Follow } from "./decisions";
import { LinkButton, save } from "./figure";
import { getState, setState } from "./state";

export function newDraft(data: PageData): Draft {
  return { schema: 1, scenario: "my-scenario", title: "My scenario", why: "", based_on: data.brief.scenarios[0]!.record.scenario.name, patches: [] };
}

/** A name that no other change of the draft has. */
function freeName(draft: Draft): string {
  let k = draft.patches.length + 1;
  while (draft.patches.some((p) => p.name === `my change ${k}`)) k++;
  return `my change ${k}`;
}

/** How many of the reader's own scenarios a link carries; as many as can be compared. */
const MOST_CARRIED = 4;

/** A draft that changes something. */
function isFilled(draft: Draft): boolean { return draft.patches.length > 0 || Boolean(draft.law); }

function nameFrom(title: string): string {
  return title.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "my-scenario";
}

export function Editor(props: { data: PageData; onSolved: (job: Job, isShown: boolean) => Promise<void> }): VNode {
  const { data, onSolved } = props;
  const caseName = data.brief.case;
  const [content, setContent] = useState<EditorContent | null>(null);
  const [draft, set] = useState<Draft>(() => unpackDraft(getState().draft) ?? newDraft(data));
  const past = useRef<Draft[]>([]), future = useRef<Draft[]>([]);
  const [job, setJob] = useState<Job | null>(null);
  const [error, setError] = useState<ApiError | Error | null>(null);
  const [said, say] = useState("");
  const [yaml, setYaml] = useState<string | null>(null);
  const [savedNames, setSaved] = useState<string[]>([]);
  const [wanted, want] = useState("asset");
  const fail = (e: unknown) => setError(e instanceof Error ? e : new Error(String(e)));
  useEffect(() => {
    api.editor(caseName).then(setContent, fail);
    api.saved().then((s) => setSaved(s.names), fail);
    const linked = unpackDraft(getState().draft);
    void again(getState().own.map(unpackDraft).filter((d): d is Draft => d !== null && isFilled(d)), linked && isFilled(linked) ? linked : null);
  }, [caseName]);

  // Events can come faster than the page is drawn, so each change starts from the newest draft, not from the drawn one.
  const live = useRef(draft);
  const put = (next: Draft) => {
    live.current = next;
    set(next);
    setState({ draft: isFilled(next) ? packDraft(next) : "" });
  };
  const typed = useRef({ where: "", at: 0 });
  const change = (update: (old: Draft) => Draft, where = "") => {
    const now = Date.now(); // typing into one field is one change to undo
    if (!where || typed.current.where !== where || now - typed.current.at > 1500) past.current.push(live.current);
    typed.current = { where, at: now };
    future.current = [];
    setError(null);
    put(update(live.current));
  };
  const step = (from: Draft[], to: Draft[]) => {
    const next = from.pop();
    if (!next) return;
    to.push(live.current);
    put(next);
  };
  const setPatch = (k: number, update: (old: PatchDraft) => PatchDraft, where = "") =>
    change((d) => ({ ...d, patches: d.patches.map((p, i) => (i === k ? update(p) : p)) }), where && `${k} ${where}`);
  const add = () => {
    const form = content!.forms.find((f) => f.do === wanted)!;
    change((d) => ({ ...d, patches: [...d.patches, { name: freeName(d), do: form.do, why: "a question of the reader" }] }));
  };
  /** Scenarios that a link carries: those that stood beside the draft, then the draft; what the link shows stays chosen. */
  const again = async (own: Draft[], linked: Draft | null) => {
    const others = own.filter((d) => !linked || packDraft(d) !== packDraft(linked));
    for (const d of linked ? [...others, linked] : others) await run(d, false);
  };
  const run = async (asked: Draft = live.current, isShown = true) => {
    setError(null);
    say("");
    try {
      const started = await api.solve(caseName, asked);
      setJob(started);
      const over = await follow(started.job, setJob);
      if (over.state === "done") {
        await onSolved({ ...over, name: asked.scenario, title: asked.title }, isShown);
        setState({ own: [...getState().own.filter((text) => unpackDraft(text)?.scenario !== asked.scenario), packDraft(asked)].slice(-MOST_CARRIED) });
        say("solved and certified; shown in the views below");
      }
      else if (over.state === "cancelled") say("cancelled");
      else if (over.error) setError(new ApiError(0, over.error.error, over.error.issues));
    } catch (e) { fail(e); }
  };
  const cancel = async () => { if (job) try { setJob(await api.cancel(job.job)); } catch (e) { fail(e); } };
  const keep = async () => { try { await api.save(caseName, live.current); setSaved((await api.saved()).names); say(`saved as ${live.current.scenario}`); } catch (e) { fail(e); } };
  const load = async (name: string) => { if (name) try { const found = (await api.load(name)).draft; change(() => ({ ...newDraft(data), ...found })); say(`loaded ${name}`); } catch (e) { fail(e); } };
  // The text follows the draft, which may change while the server writes it, until the reader writes in it.
  const written = useRef<string | null>(null);
  const showYaml = async () => {
    try {
      let asked: Draft, text: string;
      do { asked = live.current; text = (await api.toYaml(asked)).yaml; } while (asked !== live.current);
      const before = written.current;
      written.current = text;
      setYaml((now) => (now === null || now === before ? text : now));
    } catch (e) { fail(e); }
  };
  useEffect(() => { if (yaml !== null && yaml === written.current) void showYaml(); }, [draft]);
  const readYaml = async () => { try { const found = (await api.fromYaml(caseName, yaml ?? "")).draft; change(() => ({ ...newDraft(data), ...found })); setYaml(null); say("read from YAML"); } catch (e) { fail(e); } };
  const isBusy = job !== null && (job.state === "queued" || job.state === "running");

  return (
    <section class="figure editor" id="editor" aria-labelledby="editor-title">
      <h2 id="editor-title">Change something</h2>
      <p class="lead">A scenario is one of this case with your changes on top. It says what is open and what is not; it does not say that anyone agreed.</p>
      <div class="controls">
        <label>Name <input id="draft-title" type="text" maxLength={80} value={draft.title} onInput={(e) => { const title = e.currentTarget.value; change((d) => ({ ...d, title, scenario: nameFrom(title) }), "title"); }} /></label>
        <label>Based on <select value={draft.based_on} onChange={(e) => { const based_on = e.currentTarget.value; change((d) => ({ ...d, based_on })); }}>
          {data.brief.scenarios.filter((s) => !data.own?.includes(s.record.scenario.name)).map((s) => <option value={s.record.scenario.name}>{s.record.scenario.title}</option>)}</select></label>
        <label>Why <input id="draft-why" type="text" maxLength={300} value={draft.why} onInput={(e) => { const why = e.currentTarget.value; change((d) => ({ ...d, why }), "scenario why"); }} /></label>
        {savedNames.length > 0 && <label>Saved <select value="" onChange={(e) => void load(e.currentTarget.value)}><option value="">load …</option>{savedNames.map((n) => <option value={n}>{n}</option>)}</select></label>}
      </div>
      <DecisionEditor data={data} draft={draft} change={change} fail={fail} />
      <h3>Changes of the facts</h3>
      {draft.patches.map((patch, k) => {
        const form = content?.forms.find((f) => f.do === patch.do);
        return (
          <fieldset class="patch" key={k}>
            <legend>{k + 1}. {form?.title ?? `${patch.do} (edit as YAML)`}</legend>
            <label>called <input type="text" value={patch.name} maxLength={80} onInput={(e) => { const name = e.currentTarget.value; setPatch(k, (p) => ({ ...p, name }), "name"); }} /></label>
            {form && content && form.fields.map((field) => <FieldInput form={form} field={field} patch={patch} names={content.names[field.names] ?? {}} onChange={(update) => setPatch(k, update, field.key)} />)}
            <label>why <input type="text" value={patch.why} maxLength={300} onInput={(e) => { const why = e.currentTarget.value; setPatch(k, (p) => ({ ...p, why }), "why"); }} /></label>
            <button type="button" onClick={() => change((d) => ({ ...d, patches: d.patches.filter((_, i) => i !== k) }))}>Remove</button>
          </fieldset>
        );
      })}
      <Follow data={data} draft={draft} />
      <div class="controls">
        {content && <label>Add <select id="patch-kind" value={wanted} onChange={(e) => want(e.currentTarget.value)}>{content.forms.map((f) => <option value={f.do}>{f.title}</option>)}</select></label>}
        {content && <button type="button" onClick={add}>Add a change</button>}
        <button type="button" disabled={!past.current.length} onClick={() => step(past.current, future.current)}>Undo</button>
        <button type="button" disabled={!future.current.length} onClick={() => step(future.current, past.current)}>Redo</button>
        <button type="button" class="main" disabled={isBusy || !isFilled(draft)} onClick={() => void run()}>Run</button>
        {isBusy && <button type="button" onClick={() => void cancel()}>Cancel</button>}
        <button type="button" disabled={!isFilled(draft)} onClick={() => void keep()}>Save</button>
        <button type="button" onClick={() => void (yaml === null ? showYaml() : setYaml(null))} aria-expanded={yaml !== null}>YAML</button>
        <LinkButton view="editor" />
      </div>
      {yaml !== null && (
        <div class="yaml">
          <textarea aria-label="Scenario as YAML" rows={14} spellcheck={false} value={yaml} onInput={(e) => setYaml(e.currentTarget.value)} />
          <div class="controls"><button type="button" onClick={() => void readYaml()}>Read this text</button><button type="button" onClick={() => save(`${draft.scenario}.yaml`, yaml, "text/yaml")}>Download</button>
            <label>Open a file <input type="file" accept=".yaml,.yml" onChange={(e) => { const file = e.currentTarget.files?.[0]; if (file) void file.text().then(setYaml, fail); }} /></label></div>
        </div>
      )}
      <p role="status" class="status">{isBusy && job ? (job.state === "queued" ? `waiting, ${job.ahead} before it` : `solving, ${Math.round(job.seconds)} s`) : said}{isBusy && <progress aria-label="solving" />}</p>
      {error && <div role="alert" class="error"><p>{error.message}</p>{error instanceof ApiError && error.issues.length > 1 && <ul>{error.issues.map((i) => <li>{i.message}{i.keys.length > 0 && ` (${i.keys.slice(0, 6).join(", ")})`}{i.hint && ` Try: ${i.hint}`}</li>)}</ul>}</div>}
    </section>
  );
}

/** One field of a form. Of the fields of a group the one that is filled last stays. */
function FieldInput(props: { form: Form; field: FormField; patch: PatchDraft; names: Record<string, string>; onChange: (update: (old: PatchDraft) => PatchDraft) => void }): VNode {
  const { form, field, patch, names, onChange } = props;
  const put = (value: unknown) => onChange((old) => {
    const next: PatchDraft = { ...old };
    if (field.group && value !== undefined) for (const other of form.fields) if (other.group === field.group) delete next[other.key];
    if (value === undefined || value === "" || value === false || (Array.isArray(value) && !value.length)) delete next[field.key];
    else next[field.key] = value;
    return next;
  });
  const value = patch[field.key];
  const list = Array.isArray(value) ? (value as string[]) : typeof value === "string" ? [value] : [];
  switch (field.kind) {
    case "names":
      return (
        <span class="names"><label>{field.label} <select value="" data-field={field.key} onChange={(e) => { if (e.currentTarget.value) put([...new Set([...list, e.currentTarget.value])]); }}>
          <option value="">add …</option>{Object.entries(names).filter(([id]) => !list.includes(id)).map(([id, name]) => <option value={id}>{id === name ? id : `${name} (${id})`}</option>)}</select></label>
          {list.map((id) => <button type="button" aria-label={`Remove ${names[id] ?? id}`} onClick={() => put(list.filter((o) => o !== id))}>{names[id] ?? id} ×</button>)}</span>
      );
    case "choice":
      return <label>{field.label} <select data-field={field.key} value={String(value ?? "")} onChange={(e) => put(e.currentTarget.value || undefined)}><option value="">–</option>{field.choices.map((c) => <option value={c}>{c}</option>)}</select></label>;
    case "flag":
      return <label><input type="checkbox" data-field={field.key} checked={value === true} onChange={(e) => put(e.currentTarget.checked || undefined)} />{field.label}</label>;
    case "date":
      return <label>{field.label} <input type="date" data-field={field.key} value={String(value ?? "")} onChange={(e) => put(e.currentTarget.value || undefined)} /></label>;
    case "number":
      return <NumberInput field={field} value={typeof value === "number" ? value : null} put={put} />;
    default:
      return <label title={field.hint}>{field.label} <input type="text" data-field={field.key} value={String(value ?? "")} placeholder={field.hint} onInput={(e) => put(e.currentTarget.value || undefined)} /></label>;
  }
}

/** A number as it is typed: "0." is on the way to 0.5 and must not be taken away from the reader. */
function NumberInput(props: { field: FormField; value: number | null; put: (value: unknown) => void }): VNode {
  const { field, value, put } = props;
  const [text, setText] = useState(value === null ? "" : String(value));
  const read = (t: string) => (t.trim() !== "" && Number.isFinite(Number(t.replace(",", "."))) ? Number(t.replace(",", ".")) : null);
  const shown = read(text) === value ? text : value === null ? (read(text) === null ? text : "") : String(value);
  const isBad = shown.trim() !== "" && read(shown) === null;
  return (
    <label title={field.hint}>{field.label} <input type="text" inputMode="decimal" data-field={field.key} value={shown} placeholder={field.hint} aria-invalid={isBad}
      onInput={(e) => { const t = e.currentTarget.value; setText(t); const n = read(t); put(n === null ? undefined : n); }} />{isBad && <small>not a number</small>}</label>
  );
}
