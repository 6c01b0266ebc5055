// Counts of a run: what was exercised, and by whom. Taken from the batches, so every runtime has them for nothing.

import { OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import type { RunWorld } from './world.ts';

export class Tally {
  /** Steps of each actor; entry 0 is what came in from outside. */
  readonly ofActor: Float64Array;
  /** Names of the outcomes, as they are numbered here. */
  readonly outcomes: readonly string[];
  private readonly counts: Float64Array;
  private readonly world: RunWorld;

  constructor(world: RunWorld) {
    this.world = world;
    this.outcomes = outcomeNames(world.table);
    this.ofActor = new Float64Array(world.topology.actors.length + 1);
    this.counts = new Float64Array(world.table.leaves.length * this.outcomes.length);
  }

  take({ records, count }: TraceBatch): void {
    const { ofActor, counts } = this;
    const width = this.outcomes.length;
    for (let at = 0; at < count * RECORD.WORDS; at += RECORD.WORDS) {
      ofActor[records[at]!]!++;
      if (records[at] === OUTSIDE_ACTOR) continue;
      counts[records[at + RECORD.LEAF]! * width + records[at + RECORD.OUTCOME]!]!++;
    }
  }

  /** How often state `leaf` had this outcome. */
  times(leaf: number, outcome: string): number {
    return this.counts[leaf * this.outcomes.length + this.outcomes.indexOf(outcome)] ?? 0;
  }

  /** Outcomes of each step, over all states that execute it: how often they came. Only of machines that the scenario has. */
  ofSteps(): Map<string, Map<string, number>> {
    const machines = new Set(this.world.topology.actors.map((actor) => actor.machine));
    const steps = new Map<string, Map<string, number>>();
    for (const leaf of this.world.table.leaves) {
      if (leaf.final || !machines.has(leaf.machine)) continue;
      let outcomes = steps.get(leaf.step);
      if (outcomes === undefined) steps.set(leaf.step, outcomes = new Map());
      for (const name of leaf.outcomes) outcomes.set(name, (outcomes.get(name) ?? 0) + this.times(leaf.number, name));
    }
    return steps;
  }
}
