// Where each object of a scenario lies in physical memory. Three regions: state (hashed, undone, compared),
// versions (one word for each object, taken by a step on real threads), constants (programs and sizes: never written).

import type { Dimension, FieldSpec, Layout } from './layout.ts';

export type Sizes = Readonly<Record<Dimension, number>>;

export interface PlacedField {
  readonly name: string;
  readonly spec: FieldSpec;
  /** Offset in words from the object's first word. */
  readonly offset: number;
  readonly words: number;
}

export interface PlacedTable {
  readonly layout: Layout;
  readonly fields: readonly PlacedField[];
  /** Number of the table's first object. */
  readonly firstId: number;
  readonly base: number;
  readonly words: number;
  readonly dims: readonly number[];
  readonly count: number;
}

/** Memory map of a scenario: what is where. Pure data; the same for every runtime. */
export interface Plan {
  readonly sizes: Sizes;
  readonly tables: readonly PlacedTable[];
  readonly byName: ReadonlyMap<string, PlacedTable>;
  readonly objects: number;
  /** Words [0, stateWords) are the state. */
  readonly stateWords: number;
  /** First version word. */
  readonly versions: number;
  /** First word of the constants. */
  readonly constants: number;
  readonly totalWords: number;
}

/** Words that a field takes: a bit set has 32 members a word. */
function fieldWords(spec: FieldSpec, sizes: Sizes): number {
  if (spec.cells !== undefined) return sizes[spec.cells];
  if (spec.bits !== undefined) return Math.max(1, (sizes[spec.bits] + 31) >>> 5);
  return 1;
}

/** Lays the tables out one behind the other, in the order given: put what changes often first. */
export function makePlan(layouts: readonly Layout[], sizes: Sizes, constantWords: number): Plan {
  const tables: PlacedTable[] = [];
  const byName = new Map<string, PlacedTable>();
  let objects = 0;
  let words = 0;
  for (const layout of layouts) {
    if (byName.has(layout.name)) throw new Error(`two layouts are named '${layout.name}'`);
    const fields: PlacedField[] = [];
    let offset = 0;
    for (const [name, spec] of Object.entries(layout.fields)) {
      const size = fieldWords(spec, sizes);
      fields.push({ name, spec, offset, words: size });
      offset += size;
    }
    const dims = layout.per.map((dimension) => sizes[dimension]);
    // What has no words is no object: nobody can write it.
    const count = offset === 0 ? 0 : dims.reduce((product, size) => product * size, 1);
    const table: PlacedTable = { layout, fields, firstId: objects, base: words, words: offset, dims, count };
    tables.push(table);
    byName.set(layout.name, table);
    objects += count;
    words += count * offset;
  }
  return {
    sizes, tables, byName, objects, stateWords: words, versions: words, constants: words + objects,
    totalWords: words + objects + constantWords,
  };
}

/** The table that holds object `id`. */
export function tableOfObject(plan: Plan, id: number): PlacedTable {
  let low = 0;
  let high = plan.tables.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (plan.tables[middle]!.firstId <= id) low = middle;
    else high = middle - 1;
  }
  // Tables without objects share their first number with the next one.
  while (plan.tables[low]!.count === 0) low++;
  return plan.tables[low]!;
}

/** The indices of object `id` in its table. */
export function indicesOf(plan: Plan, id: number): number[] {
  const table = tableOfObject(plan, id);
  let rest = id - table.firstId;
  const indices: number[] = [];
  for (let k = table.dims.length - 1; k >= 0; k--) {
    indices[k] = rest % table.dims[k]!;
    rest = Math.floor(rest / table.dims[k]!);
  }
  return indices;
}

/** The object and field that state word `cell` belongs to. */
export function locate(plan: Plan, cell: number): { id: number; field: PlacedField; element: number } {
  let table = plan.tables[0]!;
  for (const candidate of plan.tables) {
    if (candidate.count > 0 && candidate.base <= cell && cell < candidate.base + candidate.count * candidate.words) table = candidate;
  }
  const at = cell - table.base;
  const id = table.firstId + Math.floor(at / table.words);
  const offset = at % table.words;
  const field = table.fields.findLast((one) => one.offset <= offset)!;
  return { id, field, element: offset - field.offset };
}
