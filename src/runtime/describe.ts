// Words of memory as people and archives see them: object, indices, field, and what the number means where it is a name.

import { indicesOf, tableOfObject, type PlacedField } from '../memory/plan.ts';
import type { Dimension } from '../memory/layout.ts';
import type { RunWorld } from './world.ts';

/** Indices of an object: numbers, but actors by name, and pages by their real number. */
export type Indices = { readonly [dimension: string]: number | string };

export interface Place {
  readonly object: string;
  readonly at: Indices;
  readonly field: string;
  /** Which element of an array, which word of a set. */
  readonly element?: number | undefined;
}

export class Describer {
  private readonly world: RunWorld;
  /** Words that were asked for, by cell: a run asks for the same ones again and again. */
  private readonly cells = new Map<number, { readonly place: Place; readonly base: number; readonly field: PlacedField }>();
  private readonly objects = new Map<number, { object: string; at: Indices; base: number; fields: readonly PlacedField[] }>();

  constructor(world: RunWorld) {
    this.world = world;
  }

  /** Where a word is. */
  place(id: number, cell: number): Place {
    return this.cell(id, cell).place;
  }

  /** An object in one word: `spte(vm 0, root 0, gfn 5)`. */
  name(id: number): string {
    const { object, at } = this.object(id);
    const indices = Object.entries(at).map(([dimension, index]) => (typeof index === 'string' && !index.startsWith('0x') ? index : `${dimension} ${index}`));
    return indices.length === 0 ? object : `${object}(${indices.join(', ')})`;
  }

  /** What a value in this word means, where it is more than a number. */
  meaning(id: number, cell: number, value: number): string | undefined {
    const { base, field: { spec, offset } } = this.cell(id, cell);
    if (spec.names !== undefined) return spec.names[value];
    if (spec.ref === 'actor') return value === 0 ? 'none' : this.actor(value);
    if (spec.ref === 'leaf') return this.world.table.leaves[value]?.path;
    if (spec.bits !== undefined) {
      const members: string[] = [];
      for (let bit = 0; bit < 32; bit++) {
        const member = (cell - base - offset) * 32 + bit;
        if ((value & (1 << bit)) !== 0) members.push(spec.bits === 'actor' ? this.actor(member) : String(this.index(spec.bits, member)));
      }
      return `{${members.join(', ')}}`;
    }
    return undefined;
  }

  /** Names of the actors that an object's words name: holders and waiters of a lock, who sent a message. */
  actorsIn(id: number): string[] {
    const { base, fields } = this.object(id);
    const found = new Set<string>();
    for (const { spec, offset, words } of fields) {
      for (let k = 0; k < words; k++) {
        const value = this.world.words[base + offset + k]!;
        if (spec.ref === 'actor' && value !== 0) found.add(this.actor(value));
        for (let bit = 0; spec.bits === 'actor' && bit < 32; bit++) if ((value & (1 << bit)) !== 0) found.add(this.actor(k * 32 + bit));
      }
    }
    return [...found];
  }

  private actor(number: number): string {
    return this.world.topology.actors[number - 1]?.name ?? `actor ${number}`;
  }

  private cell(id: number, cell: number): { readonly place: Place; readonly base: number; readonly field: PlacedField } {
    let known = this.cells.get(cell);
    if (known === undefined) {
      const { object, at, base, fields } = this.object(id);
      const field = this.field(fields, cell - base);
      known = { place: { object, at, field: field.name, ...(field.words > 1 ? { element: cell - base - field.offset } : {}) }, base, field };
      this.cells.set(cell, known);
    }
    return known;
  }

  private object(id: number): { object: string; at: Indices; base: number; fields: readonly PlacedField[] } {
    let known = this.objects.get(id);
    if (known === undefined) {
      const { plan } = this.world;
      const table = tableOfObject(plan, id);
      const indices = indicesOf(plan, id);
      const at: Record<string, number | string> = {};
      table.layout.per.forEach((dimension, k) => {
        // A second index of the same dimension keeps the first.
        at[dimension in at ? `${dimension}2` : dimension] = this.index(dimension, indices[k]!);
      });
      known = { object: table.layout.name, at, base: table.base + (id - table.firstId) * table.words, fields: table.fields };
      this.objects.set(id, known);
    }
    return known;
  }

  private index(dimension: Dimension, index: number): number | string {
    const { facts } = this.world;
    if (dimension === 'actor') return this.actor(index);
    if (dimension === 'gfn') return page(facts.gfns.real(index));
    if (dimension === 'index') return page(facts.indexes.real(index));
    if (dimension === 'hva') return page(facts.hvas.real(index));
    return index;
  }

  private field(fields: readonly PlacedField[], offset: number): PlacedField {
    let found = fields[0]!;
    for (const field of fields) if (field.offset <= offset) found = field;
    return found;
  }
}

const page = (number: bigint): number | string => (number <= 0xffff_ffffn ? Number(number) : `0x${number.toString(16)}`);
