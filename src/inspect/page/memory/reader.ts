// Memory at the cursor by the names of layouts and fields, whatever kernel it is: what a layout is not in has no objects.

import { lockClassesOf } from '../../../check/lock-classes.ts';
import type { PlacedField, PlacedTable } from '../../../memory/plan.ts';
import { cellsNamed } from '../../../runtime/cell-name.ts';
import { Describer } from '../../../runtime/describe.ts';
import type { StepEvent } from '../../../runtime/events.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { HUGE_PAGES } from '../../../steps/huge.ts';

/** A field of an object, as it is shown. */
export interface Value {
  /** As reports name it, and `why` takes it. */
  readonly word: string;
  readonly field: string;
  readonly text: string;
  readonly zero: boolean;
  /** The step under the cursor changed it. */
  readonly changed: boolean;
}

/** A lock with those who have it and those who wait. */
export interface LockView { readonly id: number; readonly name: string; readonly exclusive: readonly string[]; readonly shared: readonly string[]; readonly waiting: readonly string[]; readonly changed: boolean }

/** Where a page frame is named: in a page table, a cache, registers. */
export interface Naming { readonly id: number; readonly table: PlacedTable; readonly object: number; readonly field: PlacedField; readonly cell: number }

/** Locks of one kind that are listed. */
const MOST_LOCKS = 200;

/** What counts the members of a set, where their numbers alone would not say what they are. */
const UNNAMED: ReadonlySet<string> = new Set(['actor', 'one', 'event', 'payload']);

const set = (words: Int32Array, base: number, count: number): number[] => {
  const members: number[] = [];
  for (let k = 0; k < count * 32; k++) if ((words[base + (k >> 5)]! & (1 << (k & 31))) !== 0) members.push(k);
  return members;
};

export class Reader {
  readonly world: RunWorld;
  readonly describer: Describer;
  private readonly changedWords = new Set<string>();
  private readonly changedIds = new Set<number>();
  /** Page frames of whose own objects the step has changed any. */
  readonly changedFrames = new Set<number>();

  /** `event`: the step under the cursor, whose changes are marked. */
  constructor(world: RunWorld, event: StepEvent | undefined, describer: Describer = new Describer(world)) {
    this.world = world;
    this.describer = describer;
    for (const { object, at, field, old, value } of event?.writes ?? []) {
      if (old === value) continue;
      const indices = Object.entries(at).map(([dimension, index]) => (typeof index === 'string' && !index.startsWith('0x') ? index : `${dimension} ${index}`)).join(', ');
      const name = indices === '' ? object : `${object}(${indices})`;
      this.changedIds.add(cellsNamed(world, name).id);
      if (typeof at['pfn'] === 'number' && Object.keys(at).length === 1) this.changedFrames.add(at['pfn']);
      this.changedWords.add(`${name}.${field}`);
    }
  }

  /** A table, if this kernel and scenario have any object of it. */
  table(name: string): PlacedTable | undefined {
    const table = this.world.plan.byName.get(name);
    return table === undefined || table.count === 0 ? undefined : table;
  }

  name(id: number): string {
    return this.describer.name(id);
  }

  /** The step under the cursor changed something of it. */
  isChanged(id: number): boolean {
    return this.changedIds.has(id);
  }

  /** A word; 0 where there is no such field. */
  raw(table: PlacedTable, object: number, field: string): number {
    const placed = table.fields.find((one) => one.name === field);
    return placed === undefined ? 0 : this.world.words[table.base + object * table.words + placed.offset]!;
  }

  /** All fields of an object. */
  values(table: PlacedTable, object: number): Value[] {
    const id = table.firstId + object;
    const base = table.base + object * table.words;
    return table.fields.map((field) => {
      const word = `${this.name(id)}.${field.name}`;
      const cells = Array.from({ length: field.words }, (_one, k) => this.world.words[base + field.offset + k]!);
      return { word, field: field.name, text: this.text(field, id, base, cells), zero: cells.every((one) => one === 0), changed: this.changedWords.has(word) };
    });
  }

  private text({ spec, offset }: PlacedField, id: number, base: number, cells: readonly number[]): string {
    if (spec.bits !== undefined) {
      const members = cells.map((one, k) => this.describer.meaning(id, base + offset + k, one)!.slice(1, -1)).filter((one) => one !== '').join(', ');
      return members === '' ? 'none' : UNNAMED.has(spec.bits) ? members : `${spec.bits} ${members}`;
    }
    if (spec.cells !== undefined) return cells.every((one) => one === 0) ? 'empty' : cells.slice(0, cells.findLastIndex((one) => one !== 0) + 1).map((one) => (spec.cells === 'actor' ? `${one < 0 ? 'writer ' : ''}${this.actor(Math.abs(one))}` : String(one))).join(', ');
    return this.describer.meaning(id, base + offset, cells[0]!) ?? this.page(spec.ref, cells[0]!) ?? String(cells[0]!);
  }

  /** The real number of a page where a field names one; such fields count from 1 where none is possible, which layouts say. */
  private page(ref: string | undefined, value: number): string | undefined {
    return ref === 'pfn' || ref === 'inode' || ref === 'file' || ref === 'slot' ? (value === 0 ? 'none' : String(value)) : undefined;
  }

  actor(number: number): string {
    return this.world.topology.actors[number - 1]?.name ?? `actor ${number}`;
  }

  /** Is a layout a lock? */
  isLock(layout: string): boolean {
    return lockClassesOf(this.world.plan).some((row) => row.kind !== 'section' && row.layout === layout);
  }

  /** Locks that somebody has or, as far as their words say, waits for; those that `also` names; and those that the step has changed. */
  locks(also: ReadonlySet<number>): LockView[] {
    const { plan, words } = this.world;
    return lockClassesOf(plan).flatMap((row): LockView[] => {
      const table = plan.byName.get(row.layout)!;
      if (row.kind === 'section') return [];
      const filled = this.filled(table, MOST_LOCKS);
      const shown = [...new Set([...filled, ...[...also].map((id) => id - table.firstId).filter((object) => object >= 0 && object < table.count)])].toSorted((a, b) => a - b);
      return shown.map((object): LockView => {
        const id = table.firstId + object;
        const field = (name: string): number[] => {
          const placed = table.fields.find((one) => one.name === name)!;
          const at = table.base + object * table.words + placed.offset;
          if (placed.spec.bits !== undefined) return set(words, at, placed.words);
          return Array.from({ length: placed.words }, (_word, k) => words[at + k]!).filter((one) => one !== 0);
        };
        const names = (list: readonly number[]): string[] => list.map((one) => `${this.actor(Math.abs(one))}${one < 0 ? ' to write' : ''}`);
        const common = { id, name: this.name(id), changed: this.isChanged(id) };
        if (row.kind === 'mutex') return { ...common, exclusive: names(field(row.owner)), shared: [], waiting: [] };
        return { ...common, exclusive: names(field(row.writer)), shared: names(field(row.readers)), waiting: names(field(row.queue)) };
      });
    });
  }

  /** Objects of a table in which any word is not 0, or that the step has changed: their numbers, ascending, `most` at most. */
  filled(table: PlacedTable, most: number): number[] {
    const { words } = this.world;
    const found: number[] = [];
    const end = table.base + table.count * table.words;
    for (let cell = table.base; cell < end && found.length < most;) {
      if (words[cell] === 0) {
        cell++;
        continue;
      }
      const object = Math.floor((cell - table.base) / table.words);
      found.push(object);
      cell = table.base + (object + 1) * table.words;
    }
    const changed = [...this.changedIds].map((id) => id - table.firstId).filter((object) => object >= 0 && object < table.count && !found.includes(object));
    return changed.length === 0 ? found : [...found.slice(0, most - changed.length), ...changed].toSorted((a, b) => a - b);
  }

  /** Fields that name page frames, and how many frames in a row a word of theirs names. `registers`: those of actors too. */
  *pageFields(registers: boolean): Generator<{ table: PlacedTable; field: PlacedField; span: number }> {
    for (const table of this.world.plan.tables) {
      if (table.count === 0 || table.layout.ghost || (!registers && table.layout.name === 'frame')) continue;
      for (const field of table.fields) if (field.spec.ref === 'pfn') yield { table, field, span: table.layout.name === 'spte_huge' ? HUGE_PAGES : 1 };
    }
  }

  /** Where each page frame is named, by its number. */
  namings(): ReadonlyMap<number, readonly Naming[]> {
    const found = new Map<number, Naming[]>();
    const { words } = this.world;
    for (const { table, field, span } of this.pageFields(true)) {
      for (let object = 0, cell = table.base + field.offset; object < table.count; object++, cell += table.words) {
        const first = words[cell]!;
        if (first === 0) continue;
        for (let pfn = first; pfn < first + span; pfn++) {
          let list = found.get(pfn);
          if (list === undefined) found.set(pfn, list = []);
          list.push({ id: table.firstId + object, table, object, field, cell });
        }
      }
    }
    return found;
  }
}
