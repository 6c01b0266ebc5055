// What a sampling exploration is asked for, and what it comes to: plain data that survives JSON, so that shards can be put together.

import type { Invariant } from '../check/invariant.ts';
import type { LockClassReport, LockEdge, LockNesting } from '../check/lock-report.ts';
import type { RaceWindow } from '../check/windows.ts';
import type { Violation } from '../check/violation.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { ConflictingPair, MachineCoverage } from './coverage.ts';
import type { Finding } from './finding.ts';
import type { Schedule } from './schedule.ts';
import type { Shard } from './strategies/context.ts';

/** Evaluated behind each step, with the objects that it wrote: the first `count`. A Checker is one. */
export interface StateCheck { afterStep(written: Int32Array, count: number): Violation | undefined }

export interface SampleOptions {
  /** Name of a strategy; `portfolio` when left out. */
  readonly strategy?: string | undefined;
  /** 0 when left out. */
  readonly seed?: number | undefined;
  /** Schedules of all shards together. A strategy that ends may do without. */
  readonly schedules?: number | undefined;
  /** Steps that a schedule may have; ten times those of the longest trial schedule when left out, 3000 for a scenario without an end. */
  readonly bound?: number | undefined;
  /** Depth for PCT; 3 when left out. */
  readonly depth?: number | undefined;
  /** Preemptions at most, for `preemptions`. */
  readonly preemptions?: number | undefined;
  /** For `replay`. */
  readonly schedule?: Schedule | undefined;
  /** The whole of it when left out. */
  readonly shard?: Shard | undefined;
  readonly invariants?: readonly Invariant[] | undefined;
  /** Instead of invariants: a check of one's own. */
  readonly check?: ((world: RunWorld) => StateCheck) | undefined;
  /** Lock order, data races, race windows and pairs of conflicting steps are looked for. Left out: if their tables
   *  fit into some hundred megabytes. */
  readonly analysed?: boolean | undefined;
  /** Every so many schedules one is executed a second time, state by state; 0 never. Left out: 64, or more in a large world. */
  readonly recheck?: number | undefined;
  /** Asked now and then: is time up? What it cuts does not count, and changes no schedule. Never, when left out. */
  readonly isOver?: (() => boolean) | undefined;
  /** Properties that the scenario is about. */
  readonly about?: readonly string[] | undefined;
}

export interface SampledFinding extends Finding {
  /** Schedules that came to it; of a lock order, which all of them make together, 1. */
  readonly times: number;
  /** Number of the first schedule that did, counted from 1 over all shards. */
  readonly first: number;
  /** Strategy that made that schedule. */
  readonly by: string;
  /** Of a circle in the lock order: what each schedule shows of it, a finding of its own each. */
  readonly edges?: readonly Finding[] | undefined;
}

/** The first schedule that has shown an edge of the lock order. */
interface Shown { readonly first: number; readonly by: string; readonly schedule: Schedule }
export interface ShownEdge extends Shown { readonly edge: LockEdge }
export interface ShownNesting extends Shown { readonly edge: LockNesting }

/** Lock order as shards add it up: findings follow from it. */
export interface ShownLockOrder { readonly classes: readonly LockClassReport[]; readonly edges: readonly ShownEdge[]; readonly nestings: readonly ShownNesting[] }

/** How schedules ended: everybody at rest, a deadlock, a broken property, the bound. */
export interface Endings { readonly finished: number; readonly deadlock: number; readonly broken: number; readonly cut: number }

/** What PCT promises, and how many schedules were so long that it does not. */
export interface PctTotals { readonly n: number; readonly k: number; readonly d: number; readonly schedules: number; readonly longer: number }

/** The sums of one shard, or of several together. */
export interface SampleTotals {
  readonly strategy: string;
  readonly seed: number;
  /** Parameters that decide which schedule is number n: bound, depth and limits. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly shards: readonly Shard[];
  readonly schedules: number;
  readonly steps: number;
  /** Steps of the longest schedule. */
  readonly longest: number;
  readonly endings: Endings;
  /** False: it was stopped before its end. */
  readonly complete: boolean;
  /** True when the strategy has tried everything there is. */
  readonly exhausted: boolean;
  /** The set of schedules in two words: equal sets have equal ones. */
  readonly digest: readonly [number, number];
  /** Findings of single schedules. */
  readonly found: readonly SampledFinding[];
  readonly lockOrder: ShownLockOrder;
  /** How often properties were evaluated or exercised, by id. */
  readonly exercised: Readonly<Record<string, number>>;
  readonly analysed: boolean;
  /** Race windows that were hit. */
  readonly windows: readonly RaceWindow[];
  readonly machines: readonly MachineCoverage[];
  readonly pairs: readonly ConflictingPair[];
  readonly pct?: PctTotals | undefined;
  /** Schedules that were executed a second time. */
  readonly rechecked: number;
  readonly about: readonly string[];
}

/** What an exploration comes to. */
export interface SampleResult extends SampleTotals {
  /** All distinct findings, the worst kind in front, then by when they were found. */
  readonly findings: readonly SampledFinding[];
  /** Why holding says little, each a sentence; empty when it was earned. */
  readonly inconclusive: readonly string[];
  /** What the strategy promises, as sentences. */
  readonly says: readonly string[];
}
