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
  private readonly places: ReadonlyMap<string, number>;
  private readonly world: Pick<RunWorld, 'table' | 'topology'>;

  constructor(world: Pick<RunWorld, 'table' | 'topology'>) {
    this.world = world;
    this.outcomes = outcomeNames(world.table);
    this.places = new Map(this.outcomes.map((name, place) => [name, place]));
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

  /** Every transition that was taken: state, outcome by its place in `outcomes`, how often. */
  taken(): (readonly [leaf: number, outcome: number, times: number])[] {
    const width = this.outcomes.length;
    const found: [number, number, number][] = [];
    this.counts.forEach((times, at) => { if (times > 0) found.push([Math.floor(at / width), at % width, times]); });
    return found;
  }

  /** How often state `leaf` had this outcome. */
  times(leaf: number, outcome: string): number {
    return this.counts[leaf * this.outcomes.length + this.places.get(outcome)!] ?? 0;
  }

  /** Transitions of each machine that the scenario has: how many were taken, of how many. */
  ofMachines(): Map<string, { taken: number; all: number }> {
    const machines = new Map(this.world.topology.actors.map(({ machine }) => [machine, { taken: 0, all: 0 }]));
    for (const { machine, number, outcomes } of this.world.table.leaves) {
      const counts = machines.get(machine);
      if (counts === undefined) continue;
      counts.all += outcomes.length;
      counts.taken += outcomes.filter((name) => this.times(number, name) > 0).length;
    }
    return machines;
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
