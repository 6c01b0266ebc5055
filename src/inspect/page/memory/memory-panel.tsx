// Memory at the cursor: page frames as a heat map, one of them with its whole life, address spaces, files, counters, locks. What the step has changed is
// marked; a value that is pressed leads to the step that wrote it last.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { kernels } from '../../../../machines/kernels/index.ts';
import type { PlacedTable } from '../../../memory/plan.ts';
import type { PanelProps } from '../ui/panels.ts';
import { LARGE_WORLD } from '../ui/use-calm.ts';
import { fileViews } from './file-pages.ts';
import { FileMap } from './file-map.tsx';
import { frameSentence, frameView, frameViews, namedBy, type FrameView } from './frames.ts';
import { FrameMap } from './frame-map.tsx';
import { Life, useHistory } from './life.tsx';
import { Reader, type LockView, type Naming, type Value } from './reader.ts';
import './memory.css';

/** Page frames, pages of files, objects of a table that are shown. */
const MOST_FRAMES = 512, MOST_PAGES = 256, MOST_OBJECTS = 32, MOST_LOCKS = 64;

/** What is listed apart, in this order; everything else that is not 0 comes behind. Registers are the actors' own. */
const SECTIONS: readonly { readonly title: string; readonly tables: RegExp; readonly open: boolean }[] = [
  { title: 'Guest pages: attributes, SPTEs, TLBs', tables: /^(?:mem_attr|spte|spte_huge|lpage_info|tlb|mmu_root|vcpu_root)$/, open: true },
  { title: 'Files: page cache, bindings, shareability, counts', tables: /^(?:cache|binding|shareability|convert_work|lru_batch|file|inode|slot_gmem|inode_flags)$/, open: true },
  { title: 'Invalidation and lifetimes', tables: /^(?:kvm_mmu|mn_invalidate|kvm|vm_file|memslots|memslot_set|memslot|open_invalidation|srcu_reader)$/, open: true },
  { title: 'Host page tables', tables: /^(?:hpte|vma|mapping|vm_flags)$/, open: false },
  { title: 'vCPUs', tables: /^(?:vcpu_.*|ipi|interrupt|flush_mark|tlb_filled|kvm_run.*)$/, open: false },
];
const APART = /^(?:frame|page|folio|folio_ref|folio_lock|page_bytes|buddy|mailbox)$/;

/** Layouts that come with the package; what a person's own kernel has beside them is its own. */
const KNOWN: ReadonlySet<string> = new Set(kernels.flatMap(({ objects }) => objects.map(({ name }) => name)));

/** The panel. */
export function Memory({ session, view, act }: PanelProps): JSX.Element {
  const [pfn, setPfn] = useState(0);
  const { world } = session;
  // Memory is another one at every step, in the same words.
  const reader = new Reader(world, session.event());
  const namings = reader.namings();
  const frames = frameViews(reader, namings, MOST_FRAMES);
  const history = useHistory(session, pfn > 0 && pfn <= frames.count ? pfn : 0);
  const choose = (one: number): void => setPfn(one === pfn ? 0 : one);
  // A mutex does not say who waits for it; who is blocked on it does.
  const wanting = new Map<number, string[]>();
  for (const { name, blockedOn, leaf } of session.actors()) if (blockedOn?.isLock === true && !leaf.idle) wanting.set(blockedOn.id, [...(wanting.get(blockedOn.id) ?? []), name]);
  const locks = reader.locks(new Set(wanting.keys())).map((one) => (one.waiting.length > 0 || !wanting.has(one.id) ? one : { ...one, waiting: wanting.get(one.id)! })).toSorted((x, y) => Math.sign(y.waiting.length) - Math.sign(x.waiting.length));
  // In a large world the lists are long: whoever wants them opens them.
  const large = world.plan.stateWords > LARGE_WORLD;
  const listed = SECTIONS.map((section) => ({ ...section, open: section.open && !large, tables: world.plan.tables.filter(({ layout, count }) => count > 0 && section.tables.test(layout.name)) }));
  const own = world.plan.tables.filter(({ layout: { name }, count }) => count > 0 && !KNOWN.has(name) && !APART.test(name) && !reader.isLock(name));
  const rest = world.plan.tables.filter(({ layout: { name }, count }) => count > 0 && !APART.test(name) && KNOWN.has(name) && !SECTIONS.some(({ tables }) => tables.test(name)) && !reader.isLock(name));
  return (
    <div class="memory">
      <FrameMap frames={frames} chosen={pfn} choose={choose} />
      <FileMap files={fileViews(reader, namings, MOST_PAGES)} chosen={pfn} choose={choose} ask={(index) => view.set({ filter: `index:${index}` })} />
      {pfn > 0 && pfn <= frames.count ? (
        <Lens reader={reader} frame={frameView(reader, pfn, namedBy(namings, pfn))} named={namings.get(pfn) ?? []} why={act.why}>
          {history === undefined ? null : <Life session={session} history={history} />}
        </Lens>
      ) : null}
      <details open>
        <summary>Locks: {locks.length === 0 ? 'nobody holds or waits for any' : `${locks.length} held or waited for`}{locks.length > MOST_LOCKS ? `; ${MOST_LOCKS} are listed, those first that somebody waits for` : ''}</summary>
        <Locks locks={locks.slice(0, MOST_LOCKS)} chosen={view.now.object} choose={(id) => view.set({ object: view.now.object === id ? -1 : id })} />
      </details>
      {own.length === 0 ? null : <Section title={`What only ${session.opened.kernel.name} has`} tables={own} open={!large} reader={reader} why={act.why} empty />}
      {listed.filter(({ tables }) => tables.length > 0).map(({ title, tables, open }) => <Section key={title} title={title} tables={tables} open={open} reader={reader} why={act.why} />)}
      <Section title="Everything else" tables={rest} open={false} reader={reader} why={act.why} />
    </div>
  );
}

interface LensProps { readonly reader: Reader; readonly frame: FrameView; readonly named: readonly Naming[]; readonly why: (word: string) => void; readonly children: ComponentChildren }

/** One page frame: what it is, who names it, and its life. */
function Lens({ reader, frame, named, why, children }: LensProps): JSX.Element {
  const { plan } = reader.world;
  const section = useRef<HTMLElement>(null);
  // Who has chosen a page sees what is said of it, however little room there is.
  useEffect(() => section.current!.scrollIntoView({ block: 'nearest' }), [frame.pfn]);
  const own = plan.tables.filter(({ layout, count }) => count > 0 && layout.per.length === 1 && layout.per[0] === 'pfn' && layout.name !== 'page_bytes');
  return (
    <section ref={section} class="lens" aria-label={`Page frame ${frame.pfn}`}>
      <h3>{frameSentence(frame)}</h3>
      {own.map((table) => <ObjectRow key={table.layout.name} reader={reader} table={table} object={frame.pfn} all why={why} />)}
      <p class="values">named by {named.length === 0 ? 'nobody' : named.map(({ id, field, cell }) => <button key={cell} type="button" class={reader.isChanged(id) ? 'value changed' : 'value'} onClick={() => why(`${reader.name(id)}.${field.name}`)} title="to the step that wrote it last">{reader.name(id)}.{field.name}</button>)}</p>
      {children}
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

/** Tables under a title. `empty`: those are named too in which there is nothing. */
function Section({ title, tables, open, reader, why, empty = false }: { readonly title: string; readonly tables: readonly PlacedTable[]; readonly open: boolean; readonly reader: Reader; readonly why: (word: string) => void; readonly empty?: boolean }): JSX.Element {
  const [shown, show] = useState(open);
  return (
    <details open={open} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{title}</summary>
      {shown ? tables.map((table) => <Objects key={table.layout.name} table={table} reader={reader} why={why} empty={empty} />) : null}
    </details>
  );
}

/** The objects of a table in which anything is not 0, or has just been changed. */
function Objects({ table, reader, why, empty }: { readonly table: PlacedTable; readonly reader: Reader; readonly why: (word: string) => void; readonly empty: boolean }): JSX.Element | null {
  const rows = reader.filled(table, MOST_OBJECTS + 1);
  if (rows.length === 0) return empty ? <p class="dim">{table.layout.name}: nothing so far</p> : null;
  return <>{rows.slice(0, MOST_OBJECTS).map((object) => <ObjectRow key={object} reader={reader} table={table} object={object} why={why} />)}{rows.length > MOST_OBJECTS ? <p class="dim">and more of {table.layout.name}</p> : null}</>;
}

function ObjectRow({ reader, table, object, all = false, why }: { readonly reader: Reader; readonly table: PlacedTable; readonly object: number; readonly all?: boolean; readonly why: (word: string) => void }): JSX.Element {
  const values = reader.values(table, object).filter((one) => all || !one.zero || one.changed);
  return <p class="values"><span class="object">{reader.name(table.firstId + object)}</span>{values.map((one) => <ValueButton key={one.word} value={one} why={why} />)}</p>;
}

function ValueButton({ value: { word, field, text, changed }, why }: { readonly value: Value; readonly why: (word: string) => void }): JSX.Element {
  return <button type="button" class={changed ? 'value changed' : 'value'} onClick={() => why(word)} aria-label={`${field} ${text}${changed ? ', changed by this step' : ''}: to the step that wrote ${word} last`} title={`${word}: to the step that wrote it last`}><i>{field}</i> {text}</button>;
}
