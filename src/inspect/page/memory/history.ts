// The whole life of a page frame: every step that touched it, or that began or ceased to name it in a page table, a cache, in registers. Found by
// executing the steps once more, in slices, between which the page goes on: first from shortly before the cursor to the end, then what is before that.

import type { Observer } from '../../../memory/views.ts';
import { Describer } from '../../../runtime/describe.ts';
import { preparedWorld } from '../../../runtime/prepared.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { InspectError } from '../engine/errors.ts';
import { Forward } from '../engine/forward.ts';
import type { Records } from '../engine/records.ts';
import type { Session } from '../model.ts';
import { frameView, type FrameView, type NamedBy } from './frames.ts';
import { Reader } from './reader.ts';

/** A step in that life. */
export interface Moment {
  readonly step: number;
  /** What changed; empty for a step that only looked. */
  readonly changes: readonly string[];
  /** The page behind it. */
  readonly page: FrameView;
}

/** What is known of a part of a run: moments of the steps from `from` to `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
  /** The page in front of the first step. */
  readonly before: FrameView;
  readonly moments: readonly Moment[];
}

/** Steps before the cursor with which it begins. */
const LEAD = 2000;
/** Steps between two looks at the clock. */
const PART = 256;
/** Moments that are kept of each of its two parts. */
const MOST = 500_000;
const NO_CHANGES: readonly string[] = [];

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

/** The history of a page frame. Call `go` until it is done. */
export class History {
  readonly pfn: number;
  /** There are more moments, which are not kept. */
  cut = false;
  private readonly session: Session;
  private readonly start: number;
  private readonly length: number;
  private late: Life | undefined;
  private early: Life | undefined;

  constructor(session: Session, pfn: number) {
    this.session = session;
    this.pfn = pfn;
    this.length = session.length;
    this.start = Math.max(1, session.at - LEAD);
  }

  /** What has been looked at so far, in the order of the run. */
  get parts(): readonly Part[] {
    return [this.early, this.late].filter((one) => one !== undefined);
  }

  get done(): boolean {
    return this.length === 0 || (this.late?.done === true && (this.start === 1 || this.early?.done === true));
  }

  /** Steps that have been looked at. */
  get looked(): number {
    return this.parts.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }

  /** Goes on for some milliseconds; true when the whole run has been looked at. */
  go(milliseconds: number, now: () => number): boolean {
    const end = now() + milliseconds;
    while (!this.done) {
      this.late ??= new Life(this.session, this.pfn, this.start, this.length);
      if (!this.late.done) this.late.go(PART);
      else {
        this.early ??= new Life(this.session, this.pfn, 1, this.start - 1);
        this.early.go(PART);
      }
      this.cut = this.late.cut || this.early?.cut === true;
      if (now() >= end) break;
    }
    return this.done;
  }
}

/** The page through a part of the run. */
class Life implements Part {
  readonly from: number;
  readonly before: FrameView;
  readonly moments: Moment[] = [];
  to: number;
  cut = false;
  private end: number;
  private readonly pfn: number;
  private readonly records: Records;
  private readonly world: RunWorld;
  private readonly log: Log;
  private readonly forward: Forward;
  private readonly describer: Describer;
  private readonly reader: Reader;
  /** By word: how many frames in a row it may name, 0 for one that names none. */
  private readonly mayName: Uint8Array;
  /** Words that name it now, and by what. */
  private readonly naming = new Map<number, NamedBy>();
  /** Values of its own words. */
  private readonly shadow = new Map<number, number>();
  private readonly usedCell: number;
  private used: number;
  private page: FrameView;

  constructor(session: Session, pfn: number, from: number, end: number) {
    const { opened: { kernel, topology }, records } = session;
    this.from = from;
    this.to = from - 1;
    this.end = end;
    this.pfn = pfn;
    this.records = records;
    const { world, observer } = preparedWorld(kernel, topology, () => new Log());
    world.words.set(session.memoryBefore(from));
    this.world = world;
    this.log = observer;
    this.forward = new Forward(world);
    const { plan, words } = world;
    this.describer = new Describer(world);
    this.reader = new Reader(world, undefined, this.describer);
    const own = plan.tables.filter(({ layout, count }) => count > 0 && layout.per.length === 1 && layout.per[0] === 'pfn');
    this.log.own = new Set(own.map(({ firstId }) => firstId + pfn));
    this.mayName = new Uint8Array(plan.stateWords);
    for (const { table, field, span } of this.reader.pageFields(true)) {
      for (let object = 0, cell = table.base + field.offset; object < table.count; object++, cell += table.words) {
        this.mayName[cell] = span;
        if (this.names(cell, words[cell]!)) this.naming.set(cell, { layout: table.layout.name, object, field: field.name });
      }
    }
    for (const { base, words: width } of own) for (let k = 0; k < width; k++) this.shadow.set(base + pfn * width + k, words[base + pfn * width + k]!);
    const buddy = plan.byName.get('buddy');
    this.usedCell = buddy === undefined || buddy.count === 0 ? -1 : buddy.base + (pfn >> 5);
    this.used = this.usedCell >= 0 ? words[this.usedCell]! & (1 << (pfn & 31)) : 0;
    this.before = this.view();
    this.page = this.before;
  }

  get done(): boolean {
    return this.to >= this.end;
  }

  /** Executes so many steps more. A step that is not as the run says ends it: the session says so. */
  go(steps: number): void {
    const end = Math.min(this.end, this.to + steps);
    try {
      while (this.to < end) this.step(this.to + 1);
    } catch (error) {
      if (!(error instanceof InspectError)) throw error;
      this.end = this.to;
    }
  }

  private step(step: number): void {
    const { log } = this;
    log.looked = false;
    log.written.clear();
    this.forward.execute(this.records, step);
    this.to = step;
    let changes: string[] | undefined;
    let touched = log.looked;
    for (const [cell, id] of log.written) {
      const said = this.change(id, cell);
      if (said === undefined) continue;
      touched = true;
      if (said !== '') (changes ??= []).push(said);
    }
    if (!touched) return;
    if (this.moments.length >= MOST) {
      this.cut = true;
      this.end = step;
      return;
    }
    if (changes !== undefined) this.page = this.view();
    this.moments.push({ step, changes: changes ?? NO_CHANGES, page: this.page });
  }

  /** What writing a word has changed of the page; empty for a word of its own that is as before; nothing where it is no concern of it. */
  private change(id: number, cell: number): string | undefined {
    const { world: { words }, describer, shadow, pfn, naming } = this;
    const value = words[cell]!;
    const old = shadow.get(cell);
    if (old !== undefined) {
      if (old === value) return '';
      shadow.set(cell, value);
      const { object, field } = describer.place(id, cell);
      const said = (one: number): string => describer.meaning(id, cell, one) ?? String(one);
      return `${object}.${field} ${said(old)} → ${said(value)}`;
    }
    if (cell === this.usedCell) {
      const used = value & (1 << (pfn & 31));
      if (used === this.used) return undefined;
      this.used = used;
      return used === 0 ? 'is freed' : 'is allocated';
    }
    if (this.mayName[cell] === 0 || naming.has(cell) === this.names(cell, value)) return undefined;
    const { object, field } = describer.place(id, cell);
    if (naming.has(cell)) {
      naming.delete(cell);
      return `${describer.name(id)}.${field} names it no more`;
    }
    const table = this.world.plan.byName.get(object)!;
    naming.set(cell, { layout: object, object: id - table.firstId, field });
    return `${describer.name(id)}.${field} names it`;
  }

  private names(cell: number, value: number): boolean {
    return value !== 0 && this.pfn >= value && this.pfn < value + this.mayName[cell]!;
  }

  private view(): FrameView {
    return frameView(this.reader, this.pfn, [...this.naming.values()]);
  }
}
