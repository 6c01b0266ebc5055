// The memories of two worlds, word by word and by name: of the same scenario, on the same kernel or on two.

import type { PlacedField, PlacedTable } from '../memory/plan.ts';
import { Describer, type Place } from './describe.ts';
import type { RunWorld } from './world.ts';

/** Plain data that the same code has made is the same when its text is. */
export const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A word that is not the same in both. */
export interface DifferingWord extends Place {
  readonly a: number;
  readonly b: number;
  /** What the values mean, where they are more than numbers. */
  readonly aText?: string;
  readonly bText?: string;
}

/** Why the memories of two worlds cannot be held against each other; nothing when they can. */
export function whyIncomparable({ topology: a }: RunWorld, { topology: b }: RunWorld): string | undefined {
  if (!sameText(a.actors.map(({ name }) => name), b.actors.map(({ name }) => name))) return 'the two have other actors';
  if (!sameText([a.sizes, a.gfns, a.indexes, a.hvas], [b.sizes, b.gfns, b.indexes, b.hvas])) return 'the two have other pages, or other numbers of objects';
  return undefined;
}

/** Do words and states of both have the same numbers? */
export const sameNumbers = (a: RunWorld, b: RunWorld): boolean => a.kernel === b.kernel
  || (sameText(a.plan.tables.map(shapeOf), b.plan.tables.map(shapeOf)) && sameText(a.table.leaves.map(leafName), b.table.leaves.map(leafName)));

const shapeOf = ({ layout, base, words, count }: PlacedTable): object => ({ name: layout.name, base, words, count, fields: Object.keys(layout.fields) });
const leafName = ({ machine, path }: RunWorld['table']['leaves'][number]): string => `${machine} ${path}`;

/** Words that differ: how many, and the first `most` of them. Where actors are in their statecharts is control, and left out. */
export function compareMemory(a: RunWorld, b: RunWorld, most: number): { words: DifferingWord[]; count: number } {
  const words: DifferingWord[] = [];
  const describers = [new Describer(a), new Describer(b)] as const;
  let count = 0;
  for (const { table, other, field, otherField, k, id } of pairs(a, b)) {
    if (field.spec.ref === 'leaf') continue;
    const at = table.base + k * table.words + field.offset;
    const there = other.base + k * other.words + otherField.offset;
    for (let n = 0; n < field.words; n++) {
      const [one, two] = [a.words[at + n]!, b.words[there + n]!];
      if (one === two) continue;
      count++;
      if (words.length >= most) continue;
      const [aText, bText] = [describers[0].meaning(id, at + n, one), describers[1].meaning(other.firstId + k, there + n, two)];
      words.push({ ...describers[0].place(id, at + n), a: one, b: two, ...(aText === undefined ? {} : { aText }), ...(bText === undefined ? {} : { bText }) });
    }
  }
  return { words, count };
}

/** Words that differ, places of actors in their statecharts by their names among them. */
export function memoryDiffers(a: RunWorld, b: RunWorld): number {
  const places = a.topology.actors.filter((_actor, i) => a.leafOf(i + 1).path !== b.leafOf(i + 1).path).length;
  return compareMemory(a, b, 0).count + places;
}

interface Pair { readonly table: PlacedTable; readonly other: PlacedTable; readonly field: PlacedField; readonly otherField: PlacedField; readonly k: number; readonly id: number }

/** Fields that both worlds have, of every object. */
function* pairs(a: RunWorld, b: RunWorld): Generator<Pair> {
  for (const table of a.plan.tables) {
    const other = b.plan.byName.get(table.layout.name);
    if (other === undefined || !sameText(table.dims, other.dims)) continue;
    const fields = table.fields.flatMap((field) => {
      const otherField = other.fields.find((one) => one.name === field.name && one.words === field.words);
      return otherField === undefined ? [] : [{ field, otherField }];
    });
    for (let k = 0; k < table.count; k++) for (const both of fields) yield { table, other, ...both, k, id: table.firstId + k };
  }
}
