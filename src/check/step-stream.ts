// What the analyses of one world share: the world, the number of the step at hand, and names for what a witness tells.

import { indicesOf, tableOfObject } from '../memory/plan.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Watched } from './checked-world.ts';
import { lockClassesOf, type LockClass } from './lock-classes.ts';

/** What an analysis needs of a runtime's world. */
export type AnalysedWorld = Pick<Watched, 'plan' | 'words' | 'facts' | 'table' | 'topology' | 'last'> & { readonly kernel: Pick<Kernel, 'steps'> };

/** A step of an actor, for a witness. */
export interface StepWitness {
  readonly actor: string;
  readonly leaf: string;
  readonly step: string;
  /** Number of the step in its run, from 1; 0: before the run. */
  readonly at: number;
}

export class StepStream {
  readonly world: AnalysedWorld;
  /** Number of the step that was executed last. */
  now = 0;
  /** Names of the steps, and which one each leaf executes. */
  readonly steps: readonly string[];
  readonly stepOfLeaf: Uint16Array;
  /** Table of each object, by its place in the plan. */
  readonly tableOf: Uint8Array;

  /** What can be held in this world. */
  readonly locks: readonly LockClass[];

  constructor(world: AnalysedWorld) {
    this.world = world;
    this.locks = lockClassesOf(world.plan);
    this.steps = [...new Set(world.table.leaves.map((leaf) => leaf.step))];
    const numbers = new Map(this.steps.map((step, number) => [step, number]));
    this.stepOfLeaf = Uint16Array.from(world.table.leaves, (leaf) => numbers.get(leaf.step)!);
    this.tableOf = new Uint8Array(world.plan.objects);
    world.plan.tables.forEach(({ firstId, count }, place) => this.tableOf.fill(place, firstId, firstId + count));
  }

  /** Objects of this layout are locks: taken by atomic operations, and what they order is known from who holds them. */
  isLock(layout: string): boolean {
    return this.locks.some((row) => row.kind !== 'section' && row.layout === layout);
  }

  /** Name of an actor. */
  actor(number: number): string {
    return this.world.topology.actors[number - 1]?.name ?? `actor ${number}`;
  }

  /** An object in one word: `spte(vm 0, root 0, gfn 5)`. */
  object(id: number): string {
    const { plan, facts } = this.world;
    const { layout } = tableOfObject(plan, id);
    const parts = indicesOf(plan, id).map((index, k) => {
      const dimension = layout.per[k]!;
      if (dimension === 'actor') return this.actor(index);
      const real = dimension === 'gfn' ? facts.gfns.real(index) : dimension === 'index' ? facts.indexes.real(index) : dimension === 'hva' ? facts.hvas.real(index) : BigInt(index);
      return `${dimension} ${real <= 0xffff_ffffn ? real : `0x${real.toString(16)}`}`;
    });
    return parts.length === 0 ? layout.name : `${layout.name}(${parts.join(', ')})`;
  }

  /** A step of an actor in a state. */
  witness(actor: number, leaf: number, at: number): StepWitness {
    const { path, step } = this.world.table.leaves[leaf]!;
    return { actor: this.actor(actor), leaf: path, step, at };
  }
}
