// All analyses of a stream of executed steps at once: lock order, data races, race windows, contention, coverage. Whoever executes
// steps calls `afterStep` behind each; the report is plain data that threads can send each other.

import { contention, mergeContention, type LockContention } from './contention.ts';
import { mergeLockOrder } from './lock-cycles.ts';
import { LockOrder } from './lock-order.ts';
import { LockWatch } from './lock-watch.ts';
import { ENTRY, mergeRaces, Races, type Race } from './races.ts';
import { StepStream, type AnalysedWorld } from './step-stream.ts';
import { mergeCoverage, mergeRetries, retries, transitionCoverage, type OutcomeCounts, type Retry, type TransitionCoverage } from './transitions.ts';
import { mergeWindows, Windows, type RaceWindow } from './windows.ts';
import { outcome } from '../memory/outcome.ts';
import type { Footprint } from './footprint.ts';
import type { LockOrderReport } from './lock-report.ts';

/** What the analyses have found; it survives structured cloning. */
export interface AnalysisReport {
  readonly steps: number;
  readonly lockOrder: LockOrderReport;
  readonly races: readonly Race[];
  /** Most frequent first. */
  readonly windows: readonly RaceWindow[];
  readonly contention: readonly LockContention[];
  readonly retries: readonly Retry[];
  readonly coverage: readonly TransitionCoverage[];
}

/** Megabytes that an analysis of this world may take at most: for each object and actor it keeps what one last did to the other. Dense
 *  tables are what makes it cost some hundred nanoseconds a step; worlds of a thousand actors and a million objects are out of its reach. */
export const analysisMegabytes = ({ plan, topology }: Pick<AnalysedWorld, 'plan' | 'topology'>): number =>
  (plan.objects * (topology.actors.length + 1) * (2 * ENTRY + 2) * 4) / 1e6;

/** What an analysis may take unless somebody means it. */
export const MOST_ANALYSIS_MEGABYTES = 512;

/** What nobody can mean. */
const TOO_MANY_MEGABYTES = 8000;

export class Analysis implements OutcomeCounts {
  private readonly stream: StepStream;
  private readonly lockOrder: LockOrder;
  private readonly races: Races;
  private readonly windows: Windows;
  private readonly watch: LockWatch;
  /** Of each transition, one leaf's behind the other: its outcome, how often it was taken; where each leaf's begin. */
  private readonly outcomes: Uint16Array;
  private readonly counts: Float64Array;
  private readonly firstOf: Int32Array;
  private total = 0;

  /** Of a world that stands at the beginning of a run, or wherever steps are to be followed from. */
  constructor(world: AnalysedWorld) {
    const megabytes = analysisMegabytes(world);
    if (megabytes > TOO_MANY_MEGABYTES) throw new RangeError(`the analyses of this world would take ${Math.ceil(megabytes)} MB; leave them out, or make the scenario smaller`);
    this.stream = new StepStream(world);
    this.lockOrder = new LockOrder(this.stream);
    this.races = new Races(this.stream);
    this.windows = new Windows(this.stream);
    this.watch = new LockWatch(this.stream, [this.lockOrder, this.races]);
    this.outcomes = Uint16Array.from(world.table.leaves.flatMap((leaf) => leaf.outcomes), (name) => outcome(name));
    this.counts = new Float64Array(this.outcomes.length);
    let transitions = 0;
    this.firstOf = Int32Array.from(world.table.leaves, (leaf) => (transitions += leaf.outcomes.length) - leaf.outcomes.length);
    this.races.begin();
  }

  /** The world was put back to the beginning of another run: what was found stays, what was going on does not. */
  begin(): void {
    this.stream.now = 0;
    this.lockOrder.begin();
    this.watch.begin();
    this.races.begin();
    this.windows.begin();
  }

  /** Call behind each step that was executed: `world.last` is that step, memory stands as it left it. */
  afterStep(footprint: Footprint): void {
    const { last } = this.stream.world;
    this.stream.now += 1;
    this.total += 1;
    let transition = this.firstOf[last.leaf]!;
    while (transition < this.outcomes.length && this.outcomes[transition] !== last.outcome) transition++;
    this.counts[transition]! += 1;
    this.watch.afterStep(footprint);
    this.races.afterStep(footprint);
    this.windows.afterStep(footprint);
  }

  /** An actor was found blocked on an object, as who waits for a mutex is: its wish counts for the lock order. Call it at least at a run's end. */
  blocked(actor: number, object: number): void {
    this.watch.blocked(actor, object);
  }

  /** Edges and nestings of the lock order found so far: when it has grown, so may have the cycles. */
  get lockEdges(): number {
    return this.lockOrder.edgeCount;
  }

  /** The lock order alone. */
  lockOrderReport(): LockOrderReport {
    return this.lockOrder.report();
  }

  /** Races found since this was asked last: each pair of steps may be found again. */
  takeRaces(): Race[] {
    return this.races.take();
  }

  /** Distinct race windows hit so far. */
  get windowsHit(): number {
    return this.windows.distinct;
  }

  /** The race windows alone. */
  windowsReport(): RaceWindow[] {
    return this.windows.report();
  }

  times(leaf: number, name: string): number {
    const { outcomes } = this.stream.world.table.leaves[leaf]!;
    return outcomes.includes(name) ? this.counts[this.firstOf[leaf]! + outcomes.indexOf(name)]! : 0;
  }

  /** What was found so far. */
  report(): AnalysisReport {
    const { table, topology } = this.stream.world;
    return {
      steps: this.total, lockOrder: this.lockOrder.report(), races: this.races.report(), windows: this.windows.report(),
      contention: contention(this.stream.locks, this.watch), retries: retries(table, this), coverage: transitionCoverage(table, topology, this),
    };
  }
}

/** What several runs have found, together. Where two have found the same, the earlier report's witness stays. */
export function mergeReports(reports: readonly AnalysisReport[]): AnalysisReport {
  return {
    steps: reports.reduce((sum, { steps }) => sum + steps, 0),
    lockOrder: mergeLockOrder(reports.map((report) => report.lockOrder)),
    races: mergeRaces(reports.map((report) => report.races)),
    windows: mergeWindows(reports.map((report) => report.windows)),
    contention: mergeContention(reports.map((report) => report.contention)),
    retries: mergeRetries(reports.map((report) => report.retries)),
    coverage: mergeCoverage(reports.map((report) => report.coverage)),
  };
}
