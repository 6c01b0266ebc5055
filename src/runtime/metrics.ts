// What a run amounts to, in the words of its field: counts over the batches, as an RxJS operator. What is counted is named by steps,
// outcomes and the exits of fragments, so that a kernel that is derived from another is counted in the same way.

import { defer, map, type OperatorFunction } from 'rxjs';
import type { State } from '../../machines/fragment.ts';
import type { Kernel } from '../kernel/define.ts';
import type { LeafInfo } from '../kernel/table.ts';
import type { TraceBatch } from '../trace/batch.ts';
import { Tally } from './tally.ts';
import type { RunWorld } from './world.ts';

/** Counts of a run, from its first step on. */
export interface Metrics {
  readonly steps: number;
  /** Page faults by how they ended: a mapping is there, the access is tried again, KVM_RUN returns to userspace. */
  readonly faultsFixed: number;
  readonly faultsRetried: number;
  readonly faultsExited: number;
  /** Faults that found themselves stale: an invalidation had come between. */
  readonly staleFaults: number;
  /** Changes of memory attributes, or of the state of a file's pages, that were stored whole, and holes that were punched. */
  readonly conversions: number;
  /** Conversions in place that answered EAGAIN, since somebody had a page. */
  readonly conversionsRefused: number;
  /** Huge folios of files that were split, and that were put together of small ones, where a kernel has them; those that were undone do not count. */
  readonly splits: number;
  readonly merges: number;
  readonly punches: number;
  /** Page frames that memory_failure() has dealt with. */
  readonly memoryErrors: number;
  /** Times that somebody had to queue for a lock. */
  readonly lockWaits: number;
}

/** Does this outcome of this state count? `exits` are those by which it leaves fragments, as `fragment ^exit`. */
type Counts = (leaf: LeafInfo, outcome: string, exits: readonly string[]) => boolean;

const leaves = (fragment: string, ...by: readonly string[]): Counts => (_leaf, _outcome, exits) => by.some((exit) => exits.includes(`${fragment} ^${exit}`));

const COUNTS: { readonly [measure in Exclude<keyof Metrics, 'steps'>]: Counts } = {
  faultsFixed: leaves('mmu.fault', 'fixed'),
  faultsRetried: leaves('mmu.fault', 'retry', 'invalid'),
  faultsExited: leaves('mmu.fault', 'exit', 'emulate'),
  staleFaults: ({ step }, outcome) => outcome === 'stale' && step.startsWith('fault.'),
  // By attributes; or, where a page is private by being allocated, by what the VMM does with the file.
  // In place: the walk that stores has come to its end, or all was stored at once.
  conversions: ({ step, path }, outcome) => (step === 'attributes.storeNext' && outcome === 'ok') || (step === 'convertFile.next' && outcome !== 'done')
    || (path.endsWith('.storeNext') && step === 'convert.nextItem' && outcome === 'done') || (step === 'convert.storeAll' && outcome === 'ok'),
  splits: ({ step }, outcome) => (step === 'split.addNext' || step === 'split.unfreezeNext') && outcome === 'ok',
  merges: ({ step }, outcome) => step === 'merge.add' && outcome === 'ok',
  conversionsRefused: leaves('gmem.testReferences', 'busy'),
  punches: (leaf, outcome, exits) => leaves('gmem.punchHole', 'done')(leaf, outcome, exits) || (leaf.path.includes('.punch.') && exits.includes('memfd.undoRange ^done')),
  memoryErrors: leaves('memoryFailure', 'done'),
  lockWaits: (_leaf, outcome) => outcome === 'queued',
};

/** Exits by which an outcome of a state leaves the fragments that it lies in, innermost first. */
export function exitsOf({ fragments, machines }: Kernel, { machine, path }: LeafInfo, outcome: string): string[] {
  const states: { readonly fragment: string; readonly state: State }[] = [];
  let fragment: string | undefined = machines.find((one) => one.machine === machine)!.root;
  for (const key of path.split('.')) {
    const state: State | undefined = fragment === undefined ? undefined : fragments.get(fragment)!.states[key];
    if (state === undefined) return [];
    states.push({ fragment: fragment!, state });
    fragment = 'use' in state ? state.use : undefined;
  }
  const exits: string[] = [];
  let event = outcome;
  for (const { fragment: left, state } of states.toReversed()) {
    const target = 'use' in state ? state.exits[event] : 'on' in state ? state.on[event] : undefined;
    if (target?.startsWith('^') !== true) break;
    event = target.slice(1);
    exits.push(`${left} ^${event}`);
  }
  return exits;
}

/** Counts what tallies of runs on a kernel amount to. */
export class Meter {
  /** What counts for each measure: states with outcomes. */
  readonly cells: ReadonlyMap<string, readonly (readonly [leaf: number, outcome: string])[]>;

  constructor(kernel: Kernel) {
    const outcomes = kernel.table.leaves.flatMap((leaf) => leaf.outcomes.map((outcome) => ({ leaf, outcome, exits: exitsOf(kernel, leaf, outcome) })));
    this.cells = new Map(Object.entries(COUNTS).map(([measure, counts]) => [measure, outcomes
      .filter(({ leaf, outcome, exits }) => counts(leaf, outcome, exits)).map(({ leaf, outcome }) => [leaf.number, outcome] as const)]));
  }

  /** The counts of a run. */
  of(tally: Tally): Metrics {
    const counts: Record<string, number> = { steps: tally.ofActor.reduce((sum, one) => sum + one, 0) };
    for (const [measure, cells] of this.cells) counts[measure] = cells.reduce((sum, [leaf, outcome]) => sum + tally.times(leaf, outcome), 0);
    return counts as unknown as Metrics;
  }
}

/** From the batches of a run to its counts so far: `run.batches.pipe(metrics(run.world))`. */
export const metrics = (world: RunWorld): OperatorFunction<TraceBatch, Metrics> => (batches) => defer(() => {
  const tally = new Tally(world);
  const meter = new Meter(world.kernel);
  return batches.pipe(map((batch) => {
    tally.take(batch);
    return meter.of(tally);
  }));
});
