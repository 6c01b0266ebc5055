// Memory at the cursor: page frames as a heat map, one of them with its whole life, address spaces, files, counters, locks. What the step has changed is
// marked; a value that is pressed leads to the step that wrote it last.

import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { PlacedTable } from '../../../memory/plan.ts';
import type { PanelProps } from '../ui/panels.ts';
import { frameSentence, frameView, frameViews, namedBy, type FrameView } from './frames.ts';
import { HISTORY, historyOf, type History } from './history.ts';
import { Reader, type LockView, type Naming, type Value } from './reader.ts';
import { Strip } from './strip.tsx';
import './memory.css';

/** Page frames, objects of a table, moments of a life that are listed. */
const MOST_FRAMES = 1024, MOST_OBJECTS = 48, MOST_MOMENTS = 300;

/** What is listed apart, in this order; everything else that is not 0 comes behind. Registers are the actors' own. */
const SECTIONS: readonly { readonly title: string; readonly tables: RegExp; readonly open: boolean }[] = [
  { title: 'Guest pages: attributes, SPTEs, TLBs', tables: /^(?:mem_attr|spte|tlb|mmu_root|vcpu_root)$/, open: true },
  { title: 'Files: page cache, bindings, counts', tables: /^(?:cache|binding|file|inode|slot_gmem|inode_flags)$/, open: true },
  { title: 'Invalidation and lifetimes', tables: /^(?:kvm_mmu|mn_invalidate|kvm|vm_file|memslots|memslot_set|memslot|open_invalidation|srcu_reader)$/, open: true },
  { title: 'Host page tables', tables: /^(?:hpte|vma|mapping|vm_flags)$/, open: false },
  { title: 'vCPUs', tables: /^(?:vcpu_.*|ipi|interrupt|flush_mark|tlb_filled|kvm_run.*)$/, open: false },
];
const APART = /^(?:frame|page|folio|folio_ref|folio_lock|page_bytes|buddy|mailbox)$/;

/** The panel. */
export function Memory({ session, view, act }: PanelProps): JSX.Element {
  const [pfn, setPfn] = useState(0);
  const { world } = session;
  // Memory is another one at every step, in the same words.
  const reader = new Reader(world, session.event());
  const namings = reader.namings();
  const frames = frameViews(reader, namings, MOST_FRAMES);
  const history = useMemo(() => (pfn > 0 && pfn <= frames.count ? historyOf(session, pfn) : undefined), [session, session.version, pfn, Math.floor(session.at / (HISTORY / 2))]);
  // A mutex does not say who waits for it; who is blocked on it does.
  const wanting = new Map<number, string[]>();
  for (const { name, blockedOn, leaf } of session.actors()) if (blockedOn?.isLock === true && !leaf.idle) wanting.set(blockedOn.id, [...(wanting.get(blockedOn.id) ?? []), name]);
  const locks = reader.locks(new Set(wanting.keys())).map((one) => (one.waiting.length > 0 || !wanting.has(one.id) ? one : { ...one, waiting: wanting.get(one.id)! }));
  const listed = SECTIONS.map((section) => ({ ...section, tables: world.plan.tables.filter(({ layout, count }) => count > 0 && section.tables.test(layout.name)) }));
  const rest = world.plan.tables.filter(({ layout: { name }, count }) => count > 0 && !APART.test(name) && !SECTIONS.some(({ tables }) => tables.test(name)) && !reader.isLock(name));
  return (
    <div class="memory">
      <Frames frames={frames} chosen={pfn} choose={(one) => setPfn(one === pfn ? 0 : one)} />
      {pfn > 0 && pfn <= frames.count ? <Lens reader={reader} frame={frameView(reader, pfn, namedBy(namings, pfn))} named={namings.get(pfn) ?? []} history={history} at={session.at} go={(step) => session.go(step)} why={act.why} /> : null}
      <details open>
        <summary>Locks: {locks.length === 0 ? 'nobody holds or waits for any' : `${locks.length} held or waited for`}</summary>
        <Locks locks={locks} chosen={view.now.object} choose={(id) => view.set({ object: view.now.object === id ? -1 : id })} />
      </details>
      {listed.filter(({ tables }) => tables.length > 0).map(({ title, tables, open }) => <Section key={title} title={title} tables={tables} open={open} reader={reader} why={act.why} />)}
      <Section title="Everything else" tables={rest} open={false} reader={reader} why={act.why} />
    </div>
  );
}

/** What is written in a square; it has its whole sentence as its name. */
const LETTERS = { free: '', zero: '0', host: 'h', vm: 'v', poison: '✗' } as const;

/** All page frames, a square each: a letter and a tint for what is in it, a border for what the step changed. */
function Frames({ frames: { count, free, shown }, chosen, choose }: { readonly frames: ReturnType<typeof frameViews>; readonly chosen: number; readonly choose: (pfn: number) => void }): JSX.Element {
  return (
    <section aria-label="Physical memory">
      <p class="dim">{count.toLocaleString('en')} page frames, {free.toLocaleString('en')} free{shown.length < count ? `; ${shown.length} are shown` : ''}</p>
      <div class="frames" role="group" aria-label="Page frames">
        {shown.map((one) => (
          <button key={one.pfn} type="button" class={`frame ${one.content}${one.changed ? ' changed' : ''}${one.locked === undefined ? '' : ' locked'}`} aria-pressed={one.pfn === chosen} aria-label={frameSentence(one)} title={frameSentence(one)} data-pfn={one.pfn} data-refs={one.refcount === 0 ? '' : one.refcount} onClick={() => choose(one.pfn)}>
            <span data-letter={LETTERS[one.content]} />
          </button>
        ))}
      </div>
      <p class="dim">h host's, v a VM's, 0 zeroed, ✗ poisoned; below the references; underlined: locked</p>
    </section>
  );
}

interface LensProps {
  readonly reader: Reader; readonly frame: FrameView; readonly named: readonly Naming[]; readonly history: History | undefined; readonly at: number;
  readonly go: (step: number) => void; readonly why: (word: string) => void;
}

/** One page frame: what it is, who names it, and its life. */
function Lens({ reader, frame, named, history, at, go, why }: LensProps): JSX.Element {
  const { plan } = reader.world;
  const own = plan.tables.filter(({ layout, count }) => count > 0 && layout.per.length === 1 && layout.per[0] === 'pfn' && layout.name !== 'page_bytes');
  const moments = history?.moments ?? [];
  const first = Math.max(0, Math.min(moments.length - MOST_MOMENTS, moments.findLastIndex(({ step }) => step <= at) - MOST_MOMENTS / 2));
  return (
    <section class="lens" aria-label={`Page frame ${frame.pfn}`}>
      <h3>{frameSentence(frame)}</h3>
      {own.map((table) => <ObjectRow key={table.layout.name} reader={reader} table={table} object={frame.pfn} all why={why} />)}
      <p class="values">named by {named.length === 0 ? 'nobody' : named.map(({ id, field, cell }) => <button key={cell} type="button" class={reader.isChanged(id) ? 'value changed' : 'value'} onClick={() => why(`${reader.name(id)}.${field.name}`)} title="to the step that wrote it last">{reader.name(id)}.{field.name}</button>)}</p>
      {history === undefined ? null : (
        <>
          <Strip history={history} at={at} go={go} />
          <ol class="moments" aria-label={`Steps that touched page frame ${frame.pfn}`}>
            {moments.slice(first, first + MOST_MOMENTS).map(({ step, actor, leaf, changes }) => (
              <li key={step}><button type="button" class={`moment${step === at ? ' here' : ''}${changes.length === 0 ? ' looked' : ''}`} aria-current={step === at ? 'step' : undefined} onClick={() => go(step)}>
                <span class="number">{step}</span> {actor} {changes.length === 0 ? <span class="dim">looks at it in {leaf}</span> : changes.join(', ')}
              </button></li>
            ))}
          </ol>
          {history.cut || moments.length > MOST_MOMENTS ? <p class="dim">Not all of them are listed: {moments.length.toLocaleString('en')}{history.cut ? ' and more' : ''} from step {history.from} to {history.to}.</p> : null}
        </>
      )}
    </section>
  );
}

function Locks({ locks, chosen, choose }: { readonly locks: readonly LockView[]; readonly chosen: number; readonly choose: (id: number) => void }): JSX.Element {
  return (
    <table aria-label="Locks that are held or waited for"><tbody>{locks.map(({ id, name, exclusive, shared, waiting, changed }) => (
      <tr key={id} class={changed ? 'changed' : ''}>
        <td><button type="button" class={chosen === id ? 'lock chosen' : 'lock'} aria-pressed={chosen === id} onClick={() => choose(id)}>{name}</button></td>
        <td>{exclusive.length > 0 ? `held by ${exclusive.join(', ')}` : shared.length > 0 ? `shared by ${shared.join(', ')}` : 'free'}</td>
        <td>{waiting.length === 0 ? '' : <span class="waits">wanted by {waiting.join(', then ')}</span>}</td>
      </tr>
    ))}</tbody></table>
  );
}

function Section({ title, tables, open, reader, why }: { readonly title: string; readonly tables: readonly PlacedTable[]; readonly open: boolean; readonly reader: Reader; readonly why: (word: string) => void }): JSX.Element {
  const [shown, show] = useState(open);
  return (
    <details open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{title}</summary>
      {shown ? tables.map((table) => <Objects key={table.layout.name} table={table} reader={reader} why={why} />) : null}
    </details>
  );
}

/** The objects of a table in which anything is not 0, or has just been changed. */
function Objects({ table, reader, why }: { readonly table: PlacedTable; readonly reader: Reader; readonly why: (word: string) => void }): JSX.Element | null {
  const { words } = reader.world;
  const rows: number[] = [];
  for (let object = 0; object < table.count && rows.length <= MOST_OBJECTS; object++) {
    const base = table.base + object * table.words;
    let some = false;
    for (let k = 0; k < table.words && !some; k++) some = words[base + k] !== 0;
    if (some || reader.isChanged(table.firstId + object)) rows.push(object);
  }
  if (rows.length === 0) return null;
  return <>{rows.slice(0, MOST_OBJECTS).map((object) => <ObjectRow key={object} reader={reader} table={table} object={object} why={why} />)}{rows.length > MOST_OBJECTS ? <p class="dim">and more of {table.layout.name}</p> : null}</>;
}

function ObjectRow({ reader, table, object, all = false, why }: { readonly reader: Reader; readonly table: PlacedTable; readonly object: number; readonly all?: boolean; readonly why: (word: string) => void }): JSX.Element {
  const values = reader.values(table, object).filter((one) => all || !one.zero || one.changed);
  return <p class="values"><span class="object">{reader.name(table.firstId + object)}</span>{values.map((one) => <ValueButton key={one.word} value={one} why={why} />)}</p>;
}

function ValueButton({ value: { word, field, text, changed }, why }: { readonly value: Value; readonly why: (word: string) => void }): JSX.Element {
  return <button type="button" class={changed ? 'value changed' : 'value'} onClick={() => why(word)} aria-label={`${field} ${text}${changed ? ', changed by this step' : ''}: to the step that wrote ${word} last`} title={`${word}: to the step that wrote it last`}><i>{field}</i> {text}</button>;
}
