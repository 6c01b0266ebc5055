// Words of memory by the names that people know them under: `kvm_mmu(vm 0).mmu_invalidate_seq`, `spte(0, 0, 5).pfn`,
// `frame(main.gmem).pc`. What show, reports and exports print is taken back; what names nothing is refused with what is near.

import { closeNames, nearest } from '../kernel/nearest.ts';
import type { Dimension } from '../memory/layout.ts';
import type { PlacedTable } from '../memory/plan.ts';
import type { RunWorld } from './world.ts';
import { Describer } from './describe.ts';

/** A name that names no word. Its message is one sentence. */
export class CellNameError extends Error {
  override name = 'CellNameError';
}

/** One object, and those of its words that are meant: all of them where the name has no field. */
export interface NamedCells {
  readonly id: number;
  readonly cells: readonly number[];
  /** The name as reports print it. */
  readonly name: string;
}

const refuse = (sentence: string): never => { throw new CellNameError(sentence); };
const SHAPE = /^\s*([A-Za-z_]\w*)\s*(?:\(([^()]*)\))?\s*(?:\.\s*([A-Za-z_]\w*)\s*(?:\[\s*(\d+)\s*\])?)?\s*$/;
const FORM = "a word is named like spte(vm 0, root 0, gfn 5).pfn: the object, which one of them, and its field";

/** Finds what `text` names in a world. Throws a CellNameError. */
export function cellsNamed(world: RunWorld, text: string): NamedCells {
  const [, object, indices, field, element] = SHAPE.exec(text) ?? refuse(`'${text}' names no word; ${FORM}`);
  const tables = world.plan.tables.filter(({ count }) => count > 0);
  const table = tables.find(({ layout }) => layout.name === object) ?? refuse(unknownObject(tables, object!));
  const id = objectOf(world, table, indices, text);
  const base = table.base + (id - table.firstId) * table.words;
  const name = new Describer(world).name(id);
  if (field === undefined) return { id, cells: Array.from({ length: table.words }, (_one, k) => base + k), name };
  const names = table.fields.map((one) => one.name);
  const placed = table.fields.find((one) => one.name === field) ?? refuse(`${object} has no field '${field}'${nearest(field, names) || `; it has ${names.join(', ')}`}`);
  if (element !== undefined && Number(element) >= placed.words) refuse(`${name}.${field} has ${placed.words === 1 ? 'one word, and no elements' : `elements 0 to ${placed.words - 1}`}, not ${element}`);
  const first = base + placed.offset;
  if (element !== undefined) return { id, cells: [first + Number(element)], name: `${name}.${field}[${element}]` };
  return { id, cells: Array.from({ length: placed.words }, (_one, k) => first + k), name: `${name}.${field}` };
}

/** Somebody may have given a field alone. */
function unknownObject(tables: readonly PlacedTable[], object: string): string {
  const having = tables.filter(({ fields }) => fields.some(({ name }) => name === object)).map(({ layout }) => `${layout.name}.${object}`);
  if (having.length > 0) return `'${object}' is a field, and no object; there is ${having.slice(0, 5).join(', ')}`;
  const names = tables.map(({ layout }) => layout.name);
  return `there is no object '${object}'${nearest(object, names) || `; ${closeNames(object, names).join(', ') || FORM}`}`;
}

function objectOf(world: RunWorld, table: PlacedTable, indices: string | undefined, text: string): number {
  const { layout, count, firstId, dims } = table;
  const parts = (indices ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '');
  if (parts.length === 0 && count === 1) return firstId;
  // Actor 0 is nobody.
  const first = layout.per[0] === 'actor' && dims[0]! > 1 ? firstId + count / dims[0]! : firstId;
  const example = (): string => new Describer(world).name(first);
  if (parts.length === 0) refuse(`'${text.trim()}' is one of ${count} objects; say which: ${example()}${count === 2 ? ' or' : ' to'} ${new Describer(world).name(firstId + count - 1)}`);
  if (parts.length !== layout.per.length) {
    refuse(layout.per.length === 0 ? `there is one ${layout.name}, which takes nothing in parentheses` : `${layout.name} takes ${layout.per.join(', ')}, as in ${example()}; '${parts.join(', ')}' is ${parts.length === 1 ? 'one' : parts.length}`);
  }
  const found: (number | undefined)[] = layout.per.map(() => undefined);
  const rest: string[] = [];
  for (const part of parts) {
    // `gfn 5`; a second index of the same dimension is the next one of it.
    const [, dimension, value] = /^([A-Za-z]+)\d?[ =]+(\S+)$/.exec(part) ?? [];
    if (dimension === undefined) {
      rest.push(part);
      continue;
    }
    const at = layout.per.findIndex((one, k) => one === dimension && found[k] === undefined);
    if (at < 0) refuse(`${layout.name} takes ${layout.per.join(', ')}, as in ${example()}; not '${part}'`);
    found[at] = indexOf(world, table, layout.per[at]!, dims[at]!, value!);
  }
  const all = found.map((one, k) => one ?? indexOf(world, table, layout.per[k]!, dims[k]!, rest.shift()!));
  return firstId + all.reduce((id, index, k) => id * dims[k]! + index, 0);
}

/** Compact number of what a person calls `value`. */
function indexOf(world: RunWorld, { layout }: PlacedTable, dimension: Dimension, size: number, value: string): number {
  const { topology, facts } = world;
  if (dimension === 'actor') {
    const names = topology.actors.map(({ name }) => name);
    const at = names.indexOf(value);
    if (at >= 0) return at + 1;
    refuse(`there is no actor '${value}'${nearest(value, names) || `; there is ${names.join(', ')}`}`);
  }
  const number = /^(\d+|0x[0-9a-f]+)$/i.test(value) ? BigInt(value) : refuse(`'${value}' is no ${dimension}: it takes a whole number`);
  const space = dimension === 'gfn' ? facts.gfns : dimension === 'index' ? facts.indexes : dimension === 'hva' ? facts.hvas : undefined;
  const real = (one: number): bigint => space?.real(one) ?? BigInt(one);
  const found = space === undefined ? number : BigInt(space.find(number));
  // A table has a page even where the scenario has none.
  const index = found < 0n && number === real(size - 1) ? BigInt(size - 1) : found;
  if (index >= 0n && index < BigInt(size)) return Number(index);
  const shown = size <= 8 || space === undefined ? '' : ', with gaps';
  return refuse(`there is no ${dimension} ${value} in ${layout.name}; there is ${size <= 8 ? Array.from({ length: size }, (_one, k) => real(k)).join(', ') : `${real(0)} to ${real(size - 1)}${shown}`}`);
}
