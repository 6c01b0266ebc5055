// The whole life of a page frame: every step that touched it, or that began or ceased to name it in a page table, a cache, in registers. Found by
// executing the steps once more.

import type { Observer } from '../../../memory/views.ts';
import { Describer } from '../../../runtime/describe.ts';
import { preparedWorld } from '../../../runtime/prepared.ts';
import { Forward } from '../engine/forward.ts';
import type { Session } from '../model.ts';
import { frameView, type FrameView } from './frames.ts';
import { Reader } from './reader.ts';

/** A step in that life. */
export interface Moment {
  readonly step: number;
  readonly actor: string;
  readonly leaf: string;
  /** What changed; empty for a step that only looked. */
  readonly changes: readonly string[];
  /** The page behind it. */
  readonly page: FrameView;
}

export interface History {
  readonly from: number;
  readonly to: number;
  /** The page in front of the first step. */
  readonly before: FrameView;
  readonly moments: readonly Moment[];
  /** There are more, which are not here. */
  readonly cut: boolean;
}

/** Steps on each side of the cursor that are executed. */
export const HISTORY = 8000;
/** Moments that are kept. */
const MOST = 2000;

class Log implements Observer {
  /** Objects of the frame. */
  own: ReadonlySet<number> = new Set();
  /** One of them was read. */
  looked = false;
  /** Words that were written, with their objects. */
  readonly written = new Map<number, number>();
  read(id: number): void {
    if (this.own.has(id)) this.looked = true;
  }
  write(id: number, cell: number): void {
    this.written.set(cell, id);
  }
}

/** The history of a page frame around the cursor. */
export function historyOf(session: Session, pfn: number): History | undefined {
  const { opened: { kernel, topology }, records } = session;
  const from = Math.max(1, session.at - HISTORY);
  const to = Math.min(session.length, session.at + HISTORY);
  const { world, observer: log } = preparedWorld(kernel, topology, () => new Log());
  world.words.set(session.memoryBefore(from));
  const { plan, words } = world;
  const describer = new Describer(world);
  const own = new Map(plan.tables.filter(({ layout, count }) => count > 0 && layout.per.length === 1 && layout.per[0] === 'pfn').map((table) => [table.firstId + pfn, table]));
  log.own = new Set(own.keys());
  const reader = new Reader(world, undefined, describer);
  // Words that may name it, and those that do.
  const fields = [...reader.pageFields(true)];
  const mayName = new Uint8Array(plan.stateWords);
  const naming = new Set<number>();
  /** Of the words that name it, or did. */
  const layoutOf = new Map<number, string>();
  for (const { table, field } of fields) {
    for (let object = 0, cell = table.base + field.offset; object < table.count; object++, cell += table.words) {
      mayName[cell] = 1;
      if (words[cell] !== pfn) continue;
      naming.add(cell);
      layoutOf.set(cell, table.layout.name);
    }
  }
  const shadow = new Map<number, number>();
  for (const [id, table] of own) for (let k = 0; k < table.words; k++) shadow.set(table.base + (id - table.firstId) * table.words + k, words[table.base + (id - table.firstId) * table.words + k]!);
  const buddy = plan.byName.get('buddy');
  const usedCell = buddy === undefined || buddy.count === 0 ? -1 : buddy.base + (pfn >> 5);
  let used = usedCell >= 0 ? words[usedCell]! & (1 << (pfn & 31)) : 0;
  const view = (): FrameView => frameView(reader, pfn, [...naming].map((cell) => layoutOf.get(cell)!));
  const before = view();
  const forward = new Forward(world);
  const moments: Moment[] = [];
  for (let step = from; step <= to && moments.length <= MOST; step++) {
    log.looked = false;
    log.written.clear();
    forward.execute(records, step);
    const changes: string[] = [];
    let touched = log.looked;
    for (const [cell, id] of log.written) {
      const value = words[cell]!;
      const old = shadow.get(cell);
      if (old !== undefined) {
        touched = true;
        if (old === value) continue;
        const { field } = describer.place(id, cell);
        const said = (one: number): string => describer.meaning(id, cell, one) ?? String(one);
        changes.push(`${describer.place(id, cell).object}.${field} ${said(old)} → ${said(value)}`);
        shadow.set(cell, value);
      } else if (cell === usedCell && (value & (1 << (pfn & 31))) !== used) {
        used = value & (1 << (pfn & 31));
        touched = true;
        changes.push(used === 0 ? 'is freed' : 'is allocated');
      } else if (mayName[cell] === 1 && naming.has(cell) !== (value === pfn)) {
        touched = true;
        if (value === pfn) {
          naming.add(cell);
          layoutOf.set(cell, describer.place(id, cell).object);
        } else naming.delete(cell);
        changes.push(`${describer.name(id)}.${describer.place(id, cell).field} ${value === pfn ? 'names it' : 'names it no more'}`);
      }
    }
    if (touched) moments.push({ step, actor: session.names.actors[records.actor(step)]!, leaf: records.actor(step) === 0 ? '' : kernel.table.leaves[records.leaf(step)]!.path, changes, page: view() });
  }
  return { from, to, before, moments: moments.slice(0, MOST), cut: moments.length > MOST };
}
