// What schedules have covered: of each machine the states and the outcomes that were seen, and those that were not; and of steps that
// conflict, which were seen in both orders. Plain data, which shards send each other.

import { outcome } from '../memory/outcome.ts';
import type { OutcomeCounts } from '../check/transitions.ts';
import type { RunWorld } from '../runtime/world.ts';

/** What was seen of something, and what not, by path, or by `path: outcome`. */
export interface Seen { readonly seen: readonly string[]; readonly notSeen: readonly string[] }

export interface MachineCoverage { readonly machine: string; readonly states: Seen; readonly outcomes: Seen }

/** Two steps of different actors at one object of a layout, at least one a write: how often each came first. */
export interface ConflictingPair { readonly layout: string; readonly steps: readonly [string, string]; readonly times: readonly [number, number] }

/** Counts of states and outcomes; a step costs one addition. */
export class OutcomeTable implements OutcomeCounts {
  private readonly world: RunWorld;
  private readonly width: number;
  private readonly counts: Float64Array;

  constructor(world: RunWorld) {
    this.world = world;
    this.width = world.table.width;
    this.counts = new Float64Array(world.table.leaves.length * this.width);
  }

  /** Behind each step. */
  count(leaf: number, outcome: number): void {
    this.counts[leaf * this.width + outcome]! += 1;
  }

  times(leaf: number, name: string): number {
    return this.counts[leaf * this.width + outcome(name)]!;
  }

  /** Of the machines that the scenario has actors of. */
  report(): MachineCoverage[] {
    return machineCoverage(this.world, this);
  }
}

/** What these counts cover, of the machines that the scenario has actors of. A state was seen when it was left, or come to. */
export function machineCoverage({ table, topology }: Pick<RunWorld, 'table' | 'topology'>, counts: OutcomeCounts): MachineCoverage[] {
  const reached = new Set<number>(topology.actors.map(({ machine }) => table.initial.get(machine)!));
  for (const { number, outcomes } of table.leaves) {
    for (const name of outcomes) if (counts.times(number, name) > 0) reached.add(number).add(table.next[number * table.width + outcome(name)]!);
  }
  const machines = [...new Set(topology.actors.map((actor) => actor.machine))].toSorted();
  return machines.map((machine) => {
    const leaves = table.leaves.filter((leaf) => leaf.machine === machine);
    const outcomes = leaves.flatMap(({ number, path, outcomes: names }) => names.map((name) => ({ text: `${path}: ${name}`, seen: counts.times(number, name) > 0 })));
    const texts = (seen: boolean): string[] => outcomes.filter((one) => one.seen === seen).map(({ text }) => text);
    const paths = (seen: boolean): string[] => leaves.filter(({ number }) => reached.has(number) === seen).map(({ path }) => path);
    return { machine, outcomes: { seen: texts(true), notSeen: texts(false) }, states: { seen: paths(true), notSeen: paths(false) } };
  });
}

const together = (all: readonly Seen[]): Seen => {
  const seen = new Set(all.flatMap((one) => one.seen));
  return { seen: [...seen].toSorted(), notSeen: [...new Set(all.flatMap((one) => one.notSeen))].filter((text) => !seen.has(text)).toSorted() };
};

/** What several parts have covered, together. */
export function mergeMachineCoverage(parts: readonly (readonly MachineCoverage[])[]): MachineCoverage[] {
  const machines = [...new Set(parts.flat().map(({ machine }) => machine))].toSorted();
  return machines.map((machine) => {
    const own = parts.flat().filter((one) => one.machine === machine);
    return { machine, states: together(own.map(({ states }) => states)), outcomes: together(own.map(({ outcomes }) => outcomes)) };
  });
}

const keyOf = ({ layout, steps }: ConflictingPair): string => [layout, ...steps].join(' ');

/** Pairs of several parts, counts added up, in alphabetical order. */
export function mergePairs(parts: readonly (readonly ConflictingPair[])[]): ConflictingPair[] {
  const all = new Map<string, ConflictingPair>();
  for (const one of parts.flat()) {
    const known = all.get(keyOf(one));
    all.set(keyOf(one), known === undefined ? one : { ...one, times: [one.times[0] + known.times[0], one.times[1] + known.times[1]] });
  }
  return [...all.values()].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
