// The sampler: executes schedules of a scenario on one world, as a strategy decides, and collects what they show. It uses no clock: who
// has a time limit calls `advance` for some steps at a time. Schedule number n is the same one in whichever shard it is executed.

import { Analysis, analysisMegabytes, MOST_ANALYSIS_MEGABYTES } from '../check/analysis.ts';
import { Checker } from '../check/checker.ts';
import { mix } from '../memory/hash.ts';
import { FootprintWriteLog } from '../runtime/footprint-write-log.ts';
import { preparedWorld } from '../runtime/prepared.ts';
import { WriteLog } from '../runtime/write-log.ts';
import { planFor, type RunWorld } from '../runtime/world.ts';
import { OutcomeTable } from './coverage.ts';
import { DeadlockFinder } from './deadlocks.ts';
import { LivelockWatch } from './livelock.ts';
import { brokenBy, brokenByLeak, brokenByRace } from './broken.ts';
import { SETUP } from './keys.ts';
import { Leaks } from './leaks.ts';
import { mergeShown } from './lock-findings.ts';
import { Pairs } from './pairs.ts';
import { Recheck } from './recheck.ts';
import { PeekLog } from './sample-log.ts';
import { GIVEN_UP, ScheduleLoop, STEPPED } from './sample-loop.ts';
import { resultOf } from './sample-result.ts';
import { Portfolio } from './strategies/portfolio.ts';
import { PctStrategy } from './strategies/pct.ts';
import { ReplayStrategy } from './strategies/replay.ts';
import { strategyKind } from './strategies/index.ts';
import { TRIAL_STEPS, trials } from './trials.ts';
import type { Finding } from './finding.ts';
import type { Shard } from './strategies/context.ts';
import type { Strategy } from './strategy.ts';
import type { SampledFinding, SampleOptions, SampleResult, SampleTotals, ShownEdge, ShownNesting, StateCheck } from './sample-types.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';

/** A schedule may be so many times as long as the longest trial; of a short scenario, so many steps. */
const TIMES_LONGER = 10, LEAST_BOUND = 500;
/** Schedules between two that are executed twice. */
const RECHECK = 64;
/** Steps between two looks at the clock. */
const PART = 1024;
const never = (): boolean => false;
const WHOLE: Shard = { index: 0, of: 1 };

/** How far a sampler is. */
export interface SampleProgress { readonly schedules: number; readonly steps: number; readonly findings: number; readonly windows: number; /** Schedules in all; Infinity when it is not known. */ readonly of: number }

type Ending = 'finished' | 'deadlock' | 'broken' | 'cut';

export class Sampler {
  readonly world: RunWorld;
  readonly strategy: Strategy;
  /** Steps that a schedule may have. */
  readonly bound: number;
  /** False: time was up before trials had shown what schedules are like, so none is executed, and the bound means nothing. */
  readonly isTried: boolean;
  private readonly options: SampleOptions;
  private readonly shard: Shard;
  private readonly log: WriteLog;
  private readonly loop: ScheduleLoop;
  private readonly check: StateCheck | undefined;
  private readonly evaluated: () => Readonly<Record<string, number>>;
  private readonly analysis: Analysis | undefined;
  private readonly pairs: Pairs | undefined;
  private readonly outcomes: OutcomeTable;
  private readonly deadlocks: DeadlockFinder;
  private readonly livelock: LivelockWatch;
  private readonly leaks: Leaks;
  private readonly recheck: Recheck;
  private readonly recheckEvery: number;
  private readonly pct: PctStrategy | undefined;
  private readonly limit: number;
  private readonly parameters: Record<string, number>;
  /** Number, from 0, of the schedule that is executed now or next. */
  private number: number;
  private running = false;
  private noting = false;
  /** Deadlock of the schedule at hand, with how many of its steps lead to it. */
  private closed: { finding: Omit<Finding, 'schedule'>; steps: number } | undefined;
  /** Others, in a schedule that is seen to its end. */
  private readonly also: { finding: Omit<Finding, 'schedule'>; steps: number }[] = [];
  private begun = 0;
  private schedules = 0;
  private steps = 0;
  private longest = 0;
  private readonly endings: Record<Ending, number> = { finished: 0, deadlock: 0, broken: 0, cut: 0 };
  private ended = false;
  private exhausted = false;
  private readonly digest = new Int32Array(2);
  private readonly found = new Map<string, SampledFinding>();
  private readonly edges: ShownEdge[] = [];
  private readonly nestings: ShownNesting[] = [];
  private rechecked = 0;

  constructor(kernel: Kernel, topology: Topology, options: SampleOptions = {}) {
    const { seed = 0, depth = 3, shard = WHOLE, strategy: name = 'portfolio' } = options;
    const analysed = options.analysed ?? analysisMegabytes({ plan: planFor(kernel, topology), topology }) <= MOST_ANALYSIS_MEGABYTES;
    checkNumbers(options, shard, depth);
    this.options = options;
    this.shard = shard;
    const kind = strategyKind(name);
    if (kind.divisible === false && shard.of > 1) throw new RangeError(`strategy '${name}' makes each schedule out of those before it, and cannot be divided; give it one job and no shards`);
    const makeLog = ['pos', 'portfolio', 'dpor'].includes(name) ? PeekLog : analysed ? FootprintWriteLog : WriteLog;
    const { world, observer: log } = preparedWorld<WriteLog>(kernel, topology, (objects) => new makeLog(objects));
    this.world = world;
    this.log = log;
    // Trials know nothing of checks.
    log.watchOnly(new Uint8Array(world.plan.objects));
    const trial = trials(world, log, seed, options.isOver);
    this.isTried = !trial.cut;
    this.bound = options.bound ?? (trial.long ? TRIAL_STEPS : Math.max(LEAST_BOUND, TIMES_LONGER * trial.longest));
    const actors = topology.actors.length;
    this.strategy = kind.make({
      seed, actors, alive: trial.alive, longest: Math.min(trial.longest, this.bound), patience: trial.patience, depth, preemptions: options.preemptions,
      schedule: options.schedule, shard, peek: (actor) => (log as PeekLog).peek(world, actor),
    });
    if (kind.endless && options.schedules === undefined) throw new RangeError(`strategy '${name}' has no end of its own; say how many schedules`);
    this.parameters = {
      schedules: options.schedules ?? -1, bound: this.bound, depth, preemptions: options.preemptions ?? -1, longest: trial.longest, endless: trial.endless ? 1 : 0,
    };
    // Strategies that divide their work themselves count what they have; the others are asked for every n-th schedule.
    this.limit = this.strategy.ordered === true ? Math.ceil((options.schedules ?? Infinity) / shard.of) : options.schedules ?? Infinity;
    this.number = this.strategy.ordered === true ? 0 : shard.index;
    this.pct = this.strategy instanceof Portfolio ? this.strategy.members.find((one) => one instanceof PctStrategy) : this.strategy instanceof PctStrategy ? this.strategy : undefined;
    this.loop = new ScheduleLoop(world, log, this.bound);
    this.recheckEvery = options.recheck ?? Math.max(RECHECK, world.plan.stateWords >>> 6);
    this.recheck = new Recheck(world);
    this.analysis = analysed ? new Analysis(world) : undefined;
    this.pairs = analysed ? new Pairs(world) : undefined;
    this.outcomes = new OutcomeTable(world);
    this.deadlocks = new DeadlockFinder(world, this.loop);
    this.livelock = new LivelockWatch(world, this.loop, this.bound);
    this.leaks = new Leaks(world);
    this.loop.parked = (actor, object) => {
      this.analysis?.blocked(actor, object);
      const deadlock = this.deadlocks.parked(actor, object);
      if (deadlock === undefined) return;
      if (this.closed !== undefined && this.closed.finding.key !== deadlock.finding.key) this.also.push(deadlock);
      this.closed ??= deadlock;
    };
    const { invariants = [] } = options;
    // What a check looks at, its step touches: the order of steps that one check looks at matters.
    const reads = this.strategy.whole === true && log instanceof FootprintWriteLog ? { reads: (id: number) => { log.footprint.read(id); } } : {};
    const checker = options.check === undefined && invariants.length > 0 ? new Checker(world, invariants, reads) : undefined;
    this.check = options.check?.(world) ?? checker;
    this.evaluated = () => Object.fromEntries(invariants.map(({ id }, i) => [id, checker?.evaluated[i] ?? 0]));
    log.watchOnly(checker?.wanted() ?? new Uint8Array(world.plan.objects).fill(this.check === undefined ? 0 : 1));
    const before = checker?.wholeState();
    if (before !== undefined) this.add(brokenBy(before, SETUP), 0);
  }

  /** Executes about so many steps, fewer when time is up. False when nothing is left to do. */
  advance(steps: number): boolean {
    if (!this.isTried) return false;
    const { isOver = never } = this.options;
    let left = steps;
    while (left > 0 && !this.ended && !isOver()) {
      if (!this.running && !this.begin()) break;
      const before = this.loop.steps;
      const ending = this.run(Math.min(this.bound, before + Math.min(left, PART)));
      left -= Math.max(1, this.loop.steps - before);
      if (ending !== undefined) this.end(ending);
    }
    return !this.ended;
  }

  /** How far it is. */
  progress(): SampleProgress {
    const own = this.strategy.ordered === true ? this.limit : Math.max(0, Math.ceil((this.limit - this.shard.index) / this.shard.of));
    return { schedules: this.schedules, steps: this.steps, findings: this.found.size, windows: this.analysis?.windowsHit ?? 0, of: own };
  }

  /** What was found so far. */
  result(): SampleResult {
    return resultOf(this.totals());
  }

  /** The sums behind it: what shards send each other. */
  totals(): SampleTotals {
    const { options, pct } = this;
    const { finished } = this.endings;
    return {
      strategy: options.strategy ?? 'portfolio', seed: options.seed ?? 0, parameters: this.parameters, shards: [this.shard],
      schedules: this.schedules, steps: this.steps, longest: this.longest, endings: { ...this.endings }, complete: this.ended, exhausted: this.exhausted,
      digest: [this.digest[0]!, this.digest[1]!], found: [...this.found.values()],
      lockOrder: mergeShown([{ classes: this.analysis?.lockOrderReport().classes ?? [], edges: this.edges, nestings: this.nestings }]),
      exercised: { ...this.evaluated(), 'L-04': this.deadlocks.waits, 'S-17': this.deadlocks.waits, 'L-01': finished, 'L-03': finished, 'L-06': finished, 'L-08': finished, 'L-09': finished, 'L-07': finished },
      analysed: this.analysis !== undefined, windows: this.analysis?.windowsReport() ?? [], machines: this.outcomes.report(), pairs: this.pairs?.report() ?? [],
      ...(pct === undefined || !this.isTried ? {} : { pct: { n: pct.bound.n, k: pct.bound.k, d: pct.bound.d, schedules: pct.schedules, longer: pct.longer } }),
      rechecked: this.rechecked, about: options.about ?? [],
    };
  }

  private begin(): boolean {
    if ((this.strategy.ordered === true ? this.schedules : this.number) >= this.limit) {
      this.ended = true;
      return false;
    }
    if (!this.strategy.begin(this.number)) {
      this.ended = true;
      this.exhausted = true;
      return false;
    }
    this.loop.begin(this.strategy);
    this.analysis?.begin();
    this.pairs?.begin();
    this.livelock.begin();
    this.closed = undefined;
    this.also.length = 0;
    this.noting = this.recheckEvery > 0 && this.begun % this.recheckEvery === 0;
    if (this.noting) this.recheck.begin();
    this.begun++;
    this.running = true;
    return true;
  }

  /** Goes on with the schedule at hand, to so many steps at most; says how it ended, if it did. */
  private run(most: number): Ending | 'given up' | undefined {
    const { loop, log, world, strategy, check, analysis, pairs, outcomes, livelock } = this;
    const { last } = world;
    const footprint = log instanceof FootprintWriteLog ? log.footprint : undefined;
    const told = strategy.executed !== undefined;
    while (loop.steps < most) {
      const what = loop.next();
      if (this.closed !== undefined && strategy.whole !== true) {
        if (what === STEPPED && told) strategy.executed!(last, footprint);
        return 'deadlock';
      }
      if (what !== STEPPED) return what === GIVEN_UP ? this.givenUp() : this.standstill();
      outcomes.count(last.leaf, last.outcome);
      livelock.executed(last);
      if (this.noting) this.recheck.note();
      if (analysis !== undefined) {
        analysis.afterStep(footprint!);
        pairs!.afterStep(footprint!);
      }
      if (check !== undefined) {
        const violation = check.afterStep(log.written, log.count);
        if (violation !== undefined) {
          if (this.closed !== undefined) this.also.push(this.closed);
          this.closed = { finding: brokenBy(violation, world.table.leaves[last.leaf]!.step), steps: loop.steps };
          if (told) strategy.executed!(last, footprint);
          return 'broken';
        }
      }
      if (told) strategy.executed!(last, footprint);
    }
    return loop.steps >= this.bound ? 'cut' : undefined;
  }

  /** A schedule that is followed ends where it ends: who waits there is asked, so that a deadlock shows. */
  private givenUp(): Ending | 'given up' {
    if (!(this.strategy instanceof ReplayStrategy)) return 'given up';
    const still = this.loop.settle();
    return this.closed !== undefined ? 'deadlock' : still ? this.standstill() : 'given up';
  }

  /** Nobody can go on. */
  private standstill(): Ending {
    if (this.closed !== undefined) return 'deadlock';
    const deadlock = this.deadlocks.atEnd();
    if (deadlock !== undefined) {
      this.closed = { finding: deadlock, steps: this.loop.steps };
      return 'deadlock';
    }
    const leak = this.leaks.find();
    if (leak === undefined) return 'finished';
    this.closed = { finding: brokenByLeak(leak), steps: this.loop.steps };
    return 'broken';
  }

  private end(ending: Ending | 'given up'): void {
    const { loop, strategy } = this;
    this.running = false;
    this.steps += loop.steps;
    const counts = strategy.end?.(loop.steps, ending === 'cut', ending === 'broken') !== false && (ending !== 'given up' || strategy instanceof ReplayStrategy);
    if (counts) {
      this.schedules++;
      this.endings[ending === 'given up' ? 'finished' : ending]++;
      this.longest = Math.max(this.longest, loop.steps);
      this.addDigest();
      if (ending === 'cut' && this.closed === undefined) {
        const livelock = this.livelock.find();
        this.closed = livelock;
      }
      for (const one of this.closed === undefined ? [] : [this.closed, ...this.also]) this.add(one.finding, one.steps);
    }
    this.collect(counts);
    if (this.noting) {
      this.recheck.again(loop.actors, loop.choices);
      this.rechecked++;
    }
    this.number += !(this.strategy.ordered === true) ? this.shard.of : counts ? 1 : 0;
  }

  /** What the analyses have found in this schedule. */
  private collect(counts: boolean): void {
    const { analysis, loop } = this;
    if (analysis === undefined) return;
    for (const race of analysis.takeRaces()) {
      if (counts) this.add(brokenByRace(race), race.later.at);
    }
    if (analysis.lockEdges === this.edges.length + this.nestings.length) return;
    const report = analysis.lockOrderReport();
    const shown = { first: this.number + 1, by: this.maker() };
    for (const edge of report.edges.slice(this.edges.length)) this.edges.push({ ...shown, edge, schedule: loop.schedule(edge.wanted.at) });
    for (const edge of report.nestings.slice(this.nestings.length)) this.nestings.push({ ...shown, edge, schedule: loop.schedule(edge.wanted.at) });
  }

  private add(finding: Omit<Finding, 'schedule'>, steps: number): void {
    const known = this.found.get(finding.key);
    if (known === undefined) this.found.set(finding.key, { ...finding, schedule: this.loop.schedule(steps), times: 1, first: this.number + 1, by: this.maker() });
    else this.found.set(finding.key, { ...known, times: known.times + 1 });
  }

  private maker(): string {
    return this.strategy instanceof Portfolio ? this.strategy.turn : this.strategy.name;
  }

  /** The sum of a hash of each schedule: in whichever order, and by whomever, they are executed. */
  private addDigest(): void {
    const { actors, choices, steps } = this.loop;
    let low = 0;
    let high = 0;
    for (let k = 0; k < steps; k++) {
      low = Math.imul(low ^ actors[k]!, 0x01000193) + choices[k]! | 0;
      high = Math.imul(high + actors[k]! | 0, 0x5bd1e995) ^ choices[k]!;
    }
    this.digest[0] = (this.digest[0]! + mix(low)) | 0;
    this.digest[1] = (this.digest[1]! + mix(high)) | 0;
  }
}

/** Options that are no numbers of the right kind are a caller's mistake. */
function checkNumbers({ schedules, bound }: SampleOptions, { index, of }: Shard, depth: number): void {
  const whole = (value: number | undefined, least: number): boolean => value === undefined || (Number.isSafeInteger(value) && value >= least);
  if (!whole(schedules, 1)) throw new RangeError(`schedules must be a whole number from 1, not ${schedules}`);
  if (!whole(bound, 1)) throw new RangeError(`the bound on steps must be a whole number from 1, not ${bound}`);
  if (!whole(depth, 1) || depth > 16) throw new RangeError(`the depth of PCT must be a whole number from 1 to 16, not ${depth}`);
  if (!whole(of, 1) || !whole(index, 0) || index >= of) throw new RangeError(`there is no shard ${index + 1} of ${of}; shards are 1/n to n/n`);
}
