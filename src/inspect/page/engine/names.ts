// Facts about the leaves and objects of a run's world, looked up once.

import { cellsNamed } from '../../../runtime/cell-name.ts';
import { Describer } from '../../../runtime/describe.ts';
import type { Access } from '../../../runtime/events.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';

export class Names {
  readonly outcomes: readonly string[];
  /** By actor number; entry 0 is the outside. */
  readonly actors: readonly string[];
  private readonly describer: Describer;
  private readonly world: RunWorld;

  constructor(world: RunWorld) {
    this.world = world;
    this.outcomes = outcomeNames(world.table);
    this.actors = ['outside', ...world.topology.actors.map(({ name }) => name)];
    this.describer = new Describer(world);
  }

  /** `spte(vm 0, root 0, gfn 5)`. */
  object(id: number): string {
    return this.describer.name(id);
  }

  /** What a number means in the word that was read or written: before as well as after. */
  value(access: Access, value: number): string {
    if (value === access.value && access.text !== undefined) return access.text;
    const field = this.world.plan.byName.get(access.object)?.fields.find(({ name }) => name === access.field);
    // Queues of locks: who wants to write stands there below 0.
    if (field?.spec.cells === 'actor') return value === 0 ? 'none' : `${this.actors[Math.abs(value)] ?? value}${value < 0 ? ' to write' : ''}`;
    if (field === undefined || (field.spec.names ?? field.spec.bits ?? field.spec.ref) === undefined) return String(value);
    const { id, cells } = cellsNamed(this.world, placeOf(access));
    return this.describer.meaning(id, cells[0]!, value) ?? String(value);
  }
}

/** A word as people name it: `spte(vm 0, root 0, gfn 5).pfn`. */
export function placeOf({ object, at, field, element }: Access): string {
  const indices = Object.entries(at).map(([dimension, index]) => (typeof index === 'string' && !index.startsWith('0x') ? index : `${dimension} ${index}`)).join(', ');
  return `${object}${indices === '' ? '' : `(${indices})`}.${field}${element === undefined ? '' : `[${element}]`}`;
}
