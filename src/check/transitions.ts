// Which transitions of the statecharts a run has taken, of those that its machines have; and which of them say that somebody had to wait
// or to begin again. All from counts of (state, outcome), which every runtime has.

import type { Table } from '../kernel/table.ts';
import type { Topology } from '../scenario/topology.ts';

/** How often state `leaf` had this outcome; a run's Tally is one. */
export interface OutcomeCounts {
  times(leaf: number, outcome: string): number;
}

/** A machine's transitions, as `path: outcome`: those that were taken, and those that were not. */
export interface TransitionCoverage {
  readonly machine: string;
  readonly taken: readonly string[];
  readonly missed: readonly string[];
}

/** What was tried again because something had changed meanwhile. */
export interface Retry {
  readonly step: string;
  readonly outcome: string;
  readonly times: number;
}

/** Outcomes that send an operation back: a fault that an invalidation, a memslot change or a conversion made stale first. */
const RETRIES: readonly (readonly [step: string, outcome: string])[] = [
  ['fault.testStale', 'stale'], ['fault.testSlotInvalid', 'invalid'], ['fault.prepareMemoryFault', 'outdated'],
  ['gmem.recheckFile', 'changed'], ['unbind.recheckFile', 'changed'], ['folio.checkMapping', 'truncated'], ['folio.insert', 'exists'],
  ['hostFault.install', 'exists'], ['vcpu.recheckRequests', 'pending'], ['mmu.zapNext', 'yield'], ['slots.publish', 'busy'],
];

/** Coverage of each machine that the scenario has actors of. */
export function transitionCoverage(table: Table, topology: Topology, counts: OutcomeCounts): TransitionCoverage[] {
  const machines = new Set(topology.actors.map((actor) => actor.machine));
  return [...machines].toSorted().map((machine) => {
    const transitions = table.leaves.filter((leaf) => leaf.machine === machine)
      .flatMap((leaf) => leaf.outcomes.map((outcome) => ({ text: `${leaf.path}: ${outcome}`, times: counts.times(leaf.number, outcome) })));
    const texts = (taken: boolean): string[] => transitions.filter(({ times }) => (times > 0) === taken).map(({ text }) => text);
    return { machine, taken: texts(true), missed: texts(false) };
  });
}

/** How often operations were sent back; only what happened. */
export function retries(table: Table, counts: OutcomeCounts): Retry[] {
  return RETRIES.flatMap(([step, outcome]) => {
    const times = table.leaves.filter((leaf) => leaf.step === step).reduce((sum, leaf) => sum + counts.times(leaf.number, outcome), 0);
    return times === 0 ? [] : [{ step, outcome, times }];
  });
}

/** Coverage by several runs, also of different kernels: missed is what none of those that have it has taken. */
export function mergeCoverage(reports: readonly (readonly TransitionCoverage[])[]): TransitionCoverage[] {
  const machines = [...new Set(reports.flat().map(({ machine }) => machine))].toSorted();
  return machines.map((machine) => {
    const own = reports.flat().filter((one) => one.machine === machine);
    const taken = new Set(own.flatMap((one) => one.taken));
    return { machine, taken: [...taken], missed: [...new Set(own.flatMap((one) => one.missed))].filter((text) => !taken.has(text)) };
  });
}

/** Retries of several runs, added up. */
export function mergeRetries(reports: readonly (readonly Retry[])[]): Retry[] {
  const all = new Map<string, Retry>();
  for (const one of reports.flat()) {
    const key = `${one.step} ${one.outcome}`;
    all.set(key, { ...one, times: one.times + (all.get(key)?.times ?? 0) });
  }
  return [...all.values()];
}
