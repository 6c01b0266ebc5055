// Shrinking: the smallest run that breaks what a finding has broken. Fewest context switches first, then fewer actors and operations
// of the scenario, then fewer steps. Bounded by a number of executed steps, not by time; whoever has a clock stops asking for more.

import type { Invariant } from '../check/invariant.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { SetupError } from '../runtime/setup.ts';
import { compile } from '../scenario/compile.ts';
import { ScenarioError } from '../scenario/errors.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Broken } from './broken.ts';
import { FewestSwitches } from './fewest-switches.ts';
import { goesOn } from './goes-on.ts';
import { Player, switchesOf } from './player.ts';
import { pastOf, regrouped, touchesOf } from './regroup.ts';
import { identify, reproduction, type Failure, type Reproduction } from './reproduce.ts';
import type { Schedule } from './schedule.ts';
import { cheaper, costOf, shrinkSchedule } from './shrink-schedule.ts';
import { operationsOf, smallerScenarios } from './smaller-scenarios.ts';

export interface ShrinkOptions {
  readonly invariants?: readonly Invariant[];
  /** What the topology was compiled from: with it actors and operations are left out as well. */
  readonly scenario?: Scenario;
  /** Steps to execute at most; two million when left out. */
  readonly budget?: number;
}

/** How large a run is. */
export interface Size {
  readonly steps: number;
  readonly switches: number;
  readonly actors: number;
  /** Of programs, the set-up left out; nothing where the scenario is not known. */
  readonly operations: number | undefined;
}

export interface Shrunk {
  readonly broken: Broken;
  readonly topology: Topology;
  readonly scenario: Scenario | undefined;
  /** The scenario is a smaller one than it was. */
  readonly smaller: boolean;
  readonly schedule: Schedule;
  /** Livelock: number of steps in front of the loop. */
  readonly loop?: number;
  readonly before: Size;
  readonly after: Size;
  /** No schedule of the scenario breaks it with fewer context switches, nor with as many and fewer steps. */
  readonly fewest: boolean;
  /** Steps that it took. */
  readonly executed: number;
}

export interface ShrinkProgress {
  readonly executed: number;
  readonly budget: number;
  /** What the shrunk run would be if this were the end. */
  readonly best: Shrunk;
}

const BUDGET = 2_000_000;
/** Compiling a scenario and laying out its world counts as so many steps. */
const WORLD_STEPS = 5_000;
/** Steps of one search for the fewest switches at most: what it has not found by then is in a space too large. */
const SEARCH_STEPS = 400_000;
/** Steps between two reports. */
const PART = 10_000;

/** The scenario, and the schedule on it, that are the smallest so far. */
interface Subject { readonly scenario: Scenario | undefined; readonly topology: Topology; readonly schedule: Schedule; readonly loop: Schedule }

class Shrinker {
  private readonly kernel: Kernel;
  private readonly invariants: readonly Invariant[];
  private readonly budget: number;
  private readonly broken: Broken;
  /** A loop that somebody's turn may end is not the same as one that nobody's does. */
  private readonly fair: boolean;
  private readonly begin: Subject;
  private best: Subject;
  private fewest = false;
  private spent = 0;
  private told = 0;

  constructor(kernel: Kernel, topology: Topology, failure: Failure, options: ShrinkOptions) {
    this.kernel = kernel;
    this.budget = options.budget ?? BUDGET;
    const { broken, invariants } = identify(kernel, topology, failure, options.invariants ?? all);
    this.broken = broken;
    this.fair = failure.kind === 'livelock' && goesOn(kernel, topology, failure);
    this.invariants = invariants;
    const stem = failure.kind === 'livelock' ? failure.loop! : failure.schedule.length;
    this.begin = { scenario: options.scenario, topology, schedule: failure.schedule.slice(0, stem), loop: failure.schedule.slice(stem) };
    this.best = this.begin;
  }

  *run(): Generator<ShrinkProgress, Shrunk> {
    // What it takes less to try is tried first; what has changed gives the others a new chance.
    for (let changed = true; changed && this.left > 0;) {
      yield* this.shorten();
      yield* this.search(Math.min(this.left / 3, SEARCH_STEPS));
      const { scenario } = this.best;
      if (scenario !== undefined) yield* this.leaveOut(scenario);
      changed = this.best.scenario !== scenario;
    }
    return { ...this.result(), broken: this.named() };
  }

  private get left(): number {
    return this.budget - this.spent;
  }

  private due(): boolean {
    if (this.spent - this.told < PART) return false;
    this.told = this.spent;
    return true;
  }

  private progress(): ShrinkProgress {
    return { executed: this.spent, budget: this.budget, best: this.result() };
  }

  private reproduction({ topology, loop }: Subject): Reproduction {
    this.spent += WORLD_STEPS;
    return reproduction(this.kernel, topology, this.broken, this.invariants, loop, this.fair);
  }

  /** Fewer switches and steps on the scenario as it is. */
  private *shorten(): Generator<ShrinkProgress> {
    const { topology } = this.best;
    const { trial, executed } = this.reproduction(this.best);
    const already = this.spent;
    if (this.best.loop.length === 0) {
      const player = new Player(this.kernel, topology, { footprints: true, invariants: [] });
      // In a long run most steps have nothing to do with the one that breaks it.
      const past = pastOf(this.best.schedule, touchesOf(player, this.best.schedule));
      const small = past.length < this.best.schedule.length ? trial(past, costOf(this.best.schedule)) : undefined;
      if (small !== undefined && cheaper(costOf(small), costOf(this.best.schedule))) this.best = { ...this.best, schedule: small };
      const candidate = regrouped(this.best.schedule, touchesOf(player, this.best.schedule));
      const found = candidate.length === this.best.schedule.length ? trial(candidate, costOf(this.best.schedule)) : undefined;
      if (found !== undefined && cheaper(costOf(found), costOf(this.best.schedule))) this.best = { ...this.best, schedule: found };
    }
    for (const schedule of shrinkSchedule(this.best.schedule, trial)) {
      this.best = { ...this.best, schedule };
      this.spent = already + executed();
      if (this.left <= 0) return;
      if (this.due()) yield this.progress();
    }
  }

  /** The fewest switches that there can be, where the search for them comes to its end. */
  private *search(budget: number): Generator<ShrinkProgress> {
    const { kind } = this.broken;
    if (kind === 'race' || kind === 'lock-order' || kind === 'livelock') return;
    const already = this.spent;
    const search = new FewestSwitches(this.kernel, this.best.topology, this.broken, { invariants: this.invariants, most: costOf(this.best.schedule), budget });
    const steps = search.search();
    for (let one = steps.next(); ; one = steps.next()) {
      this.spent = already + search.executed;
      if (one.done !== true) {
        if (this.due()) yield this.progress();
        continue;
      }
      const { schedule, proven } = one.value;
      if (schedule !== undefined) this.best = { ...this.best, schedule };
      this.fewest = proven && schedule !== undefined;
      return;
    }
  }

  /** Fewer actors and operations, as long as the same breaks with no more switches. */
  private *leaveOut(start: Scenario): Generator<ShrinkProgress> {
    let scenario = start;
    for (let found = true; found && this.left > 0;) {
      found = false;
      for (const candidate of smallerScenarios(scenario)) {
        const subject = this.smaller(candidate);
        if (this.due()) yield this.progress();
        if (this.left <= 0) return;
        if (subject === undefined) continue;
        this.best = subject;
        scenario = candidate.scenario;
        found = true;
        break;
      }
    }
  }

  private smaller({ scenario, rename, what }: ReturnType<typeof smallerScenarios> extends Generator<infer T> ? T : never): Subject | undefined {
    const topology = this.compiled(scenario);
    if (topology === undefined) return undefined;
    const numbers = new Map(topology.actors.map(({ name }, i) => [name, i + 1]));
    const translated = (schedule: Schedule): Schedule => schedule.flatMap(({ actor, choice }) => {
      const name = rename(this.best.topology.actors[actor - 1]!.name);
      const number = name === undefined ? undefined : numbers.get(name);
      return number === undefined ? [] : [{ actor: number, choice }];
    });
    const loop = translated(this.best.loop);
    if (loop.length < this.best.loop.length) return undefined;
    const subject = { scenario, topology, schedule: translated(this.best.schedule), loop };
    try {
      const { trial, executed } = this.reproduction(subject);
      const cost = costOf(this.best.schedule);
      const schedule = trial(subject.schedule, cost);
      this.spent += executed();
      if (schedule === undefined || switchesOf(schedule) > cost.switches) return undefined;
      // What a program expects of a call it expects behind what was before: only what was never reached may go.
      if (this.broken.id === 'S-22' && what === 'operation' && schedule.length < cost.steps) return undefined;
      return { ...subject, schedule };
    } catch (error) {
      if (error instanceof SetupError || error instanceof ScenarioError) return undefined;
      throw error;
    }
  }

  /** What is broken, in the words of the smallest run: its pages and vCPUs have other numbers. */
  private named(): Broken {
    const { kind, id, key, sentence } = this.broken;
    const { topology, schedule, loop } = this.best;
    return identify(this.kernel, topology, { kind, id, key, sentence, schedule: [...schedule, ...loop], loop: schedule.length }, this.invariants).broken;
  }

  private compiled(scenario: Scenario): Topology | undefined {
    try {
      return compile(scenario, this.kernel);
    } catch (error) {
      if (error instanceof ScenarioError) return undefined;
      throw error;
    }
  }

  private result(): Shrunk {
    const { scenario, topology, schedule, loop } = this.best;
    return {
      broken: this.broken, topology, scenario, smaller: scenario !== this.begin.scenario, schedule: [...schedule, ...loop],
      ...(loop.length > 0 ? { loop: schedule.length } : {}),
      before: sizeOf(this.begin), after: sizeOf(this.best), fewest: this.fewest, executed: this.spent,
    };
  }
}

function sizeOf({ scenario, topology, schedule, loop }: Subject): Size {
  const whole = [...schedule, ...loop];
  return { steps: whole.length, switches: switchesOf(whole), actors: topology.actors.length, operations: scenario === undefined ? undefined : operationsOf(scenario) };
}

/** Shrinks a finding, part by part: each part gives the best so far. Throws a ShrinkError when its schedule does not break it. */
export function shrinking(kernel: Kernel, topology: Topology, failure: Failure, options: ShrinkOptions = {}): Generator<ShrinkProgress, Shrunk> {
  return new Shrinker(kernel, topology, failure, options).run();
}

/** The same to its end. */
export function shrink(kernel: Kernel, topology: Topology, failure: Failure, options: ShrinkOptions = {}): Shrunk {
  const parts = shrinking(kernel, topology, failure, options);
  for (;;) {
    const { done, value } = parts.next();
    if (done === true) return value;
  }
}
