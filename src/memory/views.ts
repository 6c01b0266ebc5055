// Typed access to the objects of a plan over a block of memory. Steps read and write through these views only, so that a
// runtime that has to know (footprint, undo, hash, versions, values of a trace) is told of every access; a runtime that has
// not passes no observer and gets views that are plain loads and stores.

import type { Bits, Cells, Layout, ObjectRef, Table } from './layout.ts';
import type { PlacedField, PlacedTable, Plan } from './plan.ts';

/** Told of every access of a step. A write of the value that is there already is a write: for conflicts it counts. */
export interface Observer {
  /** Left out by an observer that does not care for reads: they are plain loads then. */
  read?(id: number, cell: number): void;
  /** Layouts whose accesses it does not want to hear of. */
  readonly ignores?: readonly string[];
  /** Layouts of which it wants to hear of writes only. */
  readonly readsUnseen?: readonly string[];
  /** Before the word changes. */
  write(id: number, cell: number, previous: number, value: number): void;
}

/** Physical memory is shared between threads, or private to a search or a page. */
export type Words = Int32Array<SharedArrayBuffer> | Int32Array<ArrayBuffer>;

type Load = (id: number, cell: number) => number;
type Store = (id: number, cell: number, value: number) => void;

class CellsView implements Cells {
  readonly length: number;
  private readonly id: number;
  private readonly base: number;
  private readonly words: Words;
  private readonly load: Load;
  private readonly store: Store;
  constructor(id: number, base: number, length: number, words: Words, load: Load, store: Store) {
    this.id = id; this.base = base; this.length = length; this.words = words; this.load = load; this.store = store;
  }
  at(i: number): number {
    if (i >= this.length) throw new RangeError(`element ${i} of an array of ${this.length}`);
    return this.load(this.id, this.base + i);
  }
  put(i: number, value: number): void {
    if (i >= this.length) throw new RangeError(`element ${i} of an array of ${this.length}`);
    this.store(this.id, this.base + i, value);
  }
  clear(): void {
    const { id, base, words, length } = this;
    if (length === 0) return;
    // Whoever has to take the object has done so behind it.
    this.load(id, base);
    for (let cell = base; cell < base + length; cell++) if (words[cell] !== 0) this.store(id, cell, 0);
  }
}

class BitsView implements Bits {
  private readonly id: number;
  private readonly base: number;
  private readonly words: number;
  private readonly load: Load;
  private readonly store: Store;
  constructor(id: number, base: number, words: number, load: Load, store: Store) {
    this.id = id; this.base = base; this.words = words; this.load = load; this.store = store;
  }
  has(i: number): boolean {
    return (this.load(this.id, this.base + (i >>> 5)) & (1 << (i & 31))) !== 0;
  }
  set(i: number): void {
    const cell = this.base + (i >>> 5);
    this.store(this.id, cell, this.load(this.id, cell) | (1 << (i & 31)));
  }
  clear(i: number): void {
    const cell = this.base + (i >>> 5);
    this.store(this.id, cell, this.load(this.id, cell) & ~(1 << (i & 31)));
  }
  any(): boolean {
    for (let k = 0; k < this.words; k++) if (this.load(this.id, this.base + k) !== 0) return true;
    return false;
  }
  first(): number {
    for (let k = 0; k < this.words; k++) {
      const word = this.load(this.id, this.base + k);
      if (word !== 0) return k * 32 + (31 - Math.clz32(word & -word));
    }
    return -1;
  }
  firstClear(i: number): number {
    for (let k = i >>> 5; k < this.words; k++) {
      // Members below `i` count as set.
      const clear = ~this.load(this.id, this.base + k) & (k === i >>> 5 ? -1 << (i & 31) : -1);
      if (clear !== 0) return k * 32 + (31 - Math.clz32(clear & -clear));
    }
    return this.words * 32;
  }
  clearAll(): void {
    for (let k = 0; k < this.words; k++) if (this.load(this.id, this.base + k) !== 0) this.store(this.id, this.base + k, 0);
  }
}

/** A class of views for one table: properties for words, `add_` for counters, array and bit-set objects for the rest. */
function viewClass(table: PlacedTable, words: Words, load: Load, store: Store, plain: { reads: boolean; writes: boolean }): ViewClass {
  const wide: PlacedField[] = table.fields.filter((field) => field.spec.cells !== undefined || field.spec.bits !== undefined);
  class ObjectView implements ObjectRef {
    readonly id: number;
    readonly base: number;
    constructor(id: number, base: number) {
      this.id = id;
      this.base = base;
      for (const field of wide) {
        const value = field.spec.cells !== undefined
          ? new CellsView(id, base + field.offset, field.words, words, load, store)
          : new BitsView(id, base + field.offset, field.words, load, store);
        Object.defineProperty(this, field.name, { value, enumerable: true });
      }
    }
  }
  for (const { name, spec, offset } of table.fields) {
    if (spec.cells !== undefined || spec.bits !== undefined) continue;
    Object.defineProperty(ObjectView.prototype, name, {
      get: plain.reads
        ? function get(this: ObjectRef) { return words[this.base + offset]; }
        : function get(this: ObjectRef) { return load(this.id, this.base + offset); },
      set: plain.writes
        ? function set(this: ObjectRef, value: number) { words[this.base + offset] = value; }
        : function set(this: ObjectRef, value: number) { store(this.id, this.base + offset, value); },
    });
    if (spec.counter) {
      Object.defineProperty(ObjectView.prototype, `add_${name}`, {
        value(this: ObjectRef, n: number): number {
          const sum = load(this.id, this.base + offset) + n;
          store(this.id, this.base + offset, sum);
          return sum;
        },
      });
    }
  }
  return ObjectView;
}

type ViewClass = new (id: number, base: number) => ObjectRef;
type TableFunction = (...at: number[]) => ObjectRef;

/** Tables up to this size have all their views from the start; those of a larger one are made when they are first asked for. */
const SMALL = 4096;
/** Views of a large table are kept in pieces of so many. */
const CHUNK_BITS = 8, CHUNK = 1 << CHUNK_BITS;

/** A function of the table's indices that gives the view of one object, always the same one. */
const tableFunction = (table: PlacedTable, View: ViewClass): TableFunction => (table.count <= SMALL ? eagerTable : lazyTable)(table, View);

/** An index beyond its dimension is a defect of a step. */
const outsideOf = ({ layout: { name }, dims }: PlacedTable) => (...at: number[]): never => {
  throw new RangeError(`${name}(${at.join(', ')}) does not exist: the table has ${dims.join(' × ')} objects`);
};

// The same twice: what a small table must not be slowed down by, the just-in-time compiler must not see in it.

function eagerTable(table: PlacedTable, View: ViewClass): TableFunction {
  const { firstId, base, words, count, dims } = table;
  const views: ObjectRef[] = [];
  for (let n = 0; n < count; n++) views.push(new View(firstId + n, base + n * words));
  const outside = outsideOf(table);
  const [a = 1, b = 1, c = 1] = dims;
  switch (dims.length) {
    case 0: return () => views[0]!;
    case 1: return (i) => views[i!] ?? outside(i!);
    case 2: return (i, j) => (j! < b ? views[i! * b + j!] : undefined) ?? outside(i!, j!);
    case 3: return (i, j, k) => (i! < a && j! < b && k! < c ? views[(i! * b + j!) * c + k!] : undefined) ?? outside(i!, j!, k!);
    default: throw new Error(`layout '${table.layout.name}' has more than three dimensions`);
  }
}

function lazyTable(table: PlacedTable, View: ViewClass): TableFunction {
  const { firstId, base, words, count, dims } = table;
  const chunks: (ObjectRef | undefined)[][] = Array.from({ length: Math.ceil(count / CHUNK) });
  const made = (n: number): ObjectRef | undefined => {
    if (!(n >= 0 && n < count)) return undefined;
    const chunk = chunks[n >>> CHUNK_BITS] ??= Array.from<undefined>({ length: CHUNK }).fill(undefined);
    return (chunk[n & (CHUNK - 1)] = new View(firstId + n, base + n * words));
  };
  // What is no whole number would be made one by the shift, and name another object.
  const view = (n: number): ObjectRef | undefined => ((n | 0) === n ? chunks[n >>> CHUNK_BITS]?.[n & (CHUNK - 1)] ?? made(n) : undefined);
  const outside = outsideOf(table);
  const [a = 1, b = 1, c = 1] = dims;
  switch (dims.length) {
    case 1: return (i) => view(i!) ?? outside(i!);
    case 2: return (i, j) => (j! < b ? view(i! * b + j!) : undefined) ?? outside(i!, j!);
    case 3: return (i, j, k) => (i! < a && j! < b && k! < c ? view((i! * b + j!) * c + k!) : undefined) ?? outside(i!, j!, k!);
    default: throw new Error(`layout '${table.layout.name}' has more than three dimensions`);
  }
}

/** Access to a block of memory laid out by a plan. */
export interface Access {
  /** A function for each table, by layout name. */
  readonly tables: Record<string, Table<Layout>>;
  /** Writes a word of an object that is not ignored, through the observer. */
  readonly store: Store;
}

/** Builds the tables of the views over `words`. With an observer, every access goes through it. */
export function makeAccess(plan: Plan, words: Words, observer?: Observer): Access {
  const rawLoad: Load = (_id, cell) => words[cell]!;
  const rawStore: Store = (_id, cell, value) => { words[cell] = value; };
  const load: Load = observer?.read === undefined ? rawLoad : (id, cell) => { observer.read!(id, cell); return words[cell]!; };
  const store: Store = observer === undefined ? rawStore : (id, cell, value) => { observer.write(id, cell, words[cell]!, value | 0); words[cell] = value; };
  const tables: Record<string, Table<Layout>> = {};
  for (const table of plan.tables) {
    const ignored = observer?.ignores?.includes(table.layout.name) === true;
    const unseen = ignored || observer?.readsUnseen?.includes(table.layout.name) === true;
    const View = viewClass(table, words, unseen ? rawLoad : load, ignored ? rawStore : store, {
      reads: unseen || load === rawLoad, writes: ignored || store === rawStore,
    });
    tables[table.layout.name] = tableFunction(table, View) as Table<Layout>;
  }
  return { tables, store };
}
