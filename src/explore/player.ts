// Plays schedules on a world that is put back to its beginning each time. Leniently: a decision that does not apply is left out, and
// behind the last one the run goes on, changing actors only where it must, until it breaks what is looked for or nobody can go on.

import { Analysis } from '../check/analysis.ts';
import { FootprintLog } from '../check/footprint.ts';
import type { Invariant } from '../check/invariant.ts';
import { LockAnalysis } from '../check/lock-analysis.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { MonotoneWords } from '../memory/canonical.ts';
import { hashState, hashText } from '../memory/hash.ts';
import { isBlocked } from '../memory/outcome.ts';
import type { Observer, Words } from '../memory/views.ts';
import { preparedWorld } from '../runtime/prepared.ts';
import type { Wait } from '../runtime/wait-for.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Topology } from '../scenario/topology.ts';
import { brokenByEdge, brokenByOrder, brokenByRace, isTarget, type Broken, type Target } from './broken.ts';
import { Judge } from './judge.ts';
import type { Decision, Schedule } from './schedule.ts';
import { peekInto, type Peek } from './peek.ts';

/** What the steps of a play write, and what a look ahead has to take back. */
class PlayLog implements Observer {
  readonly written: Int32Array;
  count = 0;
  private peeking = false;
  private readonly words: Words;
  private readonly stamp: Int32Array;
  private now = 1;
  private readonly cells: number[] = [];
  private readonly values: number[] = [];

  constructor(objects: number, words: Words) {
    this.words = words;
    this.written = new Int32Array(objects);
    this.stamp = new Int32Array(objects);
  }

  write(id: number, cell: number, previous: number): void {
    if (this.peeking) {
      this.cells.push(cell);
      this.values.push(previous);
    } else if (this.stamp[id] !== this.now) {
      this.stamp[id] = this.now;
      this.written[this.count++] = id;
    }
  }

  clear(): void {
    this.count = 0;
    this.now = (this.now + 1) | 0;
  }

  mark(): number {
    this.peeking = true;
    return 0;
  }

  back(): void {
    for (let k = this.cells.length - 1; k >= 0; k--) this.words[this.cells[k]!] = this.values[k]!;
    this.cells.length = 0;
    this.values.length = 0;
    this.peeking = false;
  }

  protected get looking(): boolean {
    return this.peeking;
  }
}

/** The same with each step's footprint. */
class FootprintPlayLog extends PlayLog {
  readonly footprint: FootprintLog;
  private frames: { first: number; end: number } = { first: 0, end: 0 };

  constructor(objects: number, words: Words) {
    super(objects, words);
    this.footprint = new FootprintLog(objects);
  }

  /** An actor's registers are its own. */
  leaveOut(first: number, end: number): void {
    this.frames = { first, end };
  }

  read(id: number): void {
    if (!this.looking && (id < this.frames.first || id >= this.frames.end)) this.footprint.read(id);
  }

  override write(id: number, cell: number, previous: number): void {
    super.write(id, cell, previous);
    if (!this.looking && (id < this.frames.first || id >= this.frames.end)) this.footprint.write(id);
  }

  override clear(): void {
    super.clear();
    this.footprint.clear();
  }
}

/** An analysis begun and read counts as so many steps. */
const ANALYSIS_STEPS = 500;

/** Steps that an actor takes in a row behind the last decision: one that tries again and again must let those go on that it waits for. */
const LONGEST_ROW = 64;

/** A step as it was executed. */
export interface PlayedStep extends Decision {
  readonly leaf: number;
  readonly outcome: number;
  readonly choices: number;
}

export interface Played {
  readonly steps: readonly PlayedStep[];
  /** What the run has broken, the last step being the one that did it. */
  readonly broken: Broken | undefined;
  /** All that shows at the end: who waits, and what the analyses have found. */
  readonly atEnd: readonly Broken[];
  /** `finished`: nobody can go on and nobody waits; `bound`: it was cut. */
  readonly why: 'broken' | 'finished' | 'bound' | 'inapplicable';
}

export interface PlayOptions {
  /** Go on behind the last decision. */
  readonly complete?: boolean;
  /** Each decision must apply. */
  readonly strict?: boolean;
  /** Steps at most. */
  readonly most?: number;
  /** Context switches at most. */
  readonly switches?: number;
  /** Of what shows at the end, only this counts. */
  readonly only?: Target;
  /** Called behind each step. */
  readonly after?: (step: PlayedStep) => void;
}

export interface PlayerOptions {
  readonly invariants?: readonly Invariant[];
  /** Look for actors that wait for each other behind each step. */
  readonly cycles?: boolean;
  /** Keep each step's footprint. */
  readonly footprints?: boolean;
  /** Look for lock-order cycles, and, unless it is 'locks', for data races: at the end of each play. */
  readonly analysed?: boolean | 'locks';
  /** Then tell edges of the lock order too. */
  readonly edges?: boolean;
}

export class Player {
  readonly world: RunWorld;
  readonly peek: Peek;
  /** Steps executed in all plays. */
  executed = 0;
  private readonly log: PlayLog;
  private readonly start: Words;
  private readonly judge: Judge;
  private readonly analysed: boolean | 'locks';
  private readonly edges: boolean;
  private readonly actors: number;
  private monotone: MonotoneWords | undefined;

  constructor(kernel: Kernel, topology: Topology, { invariants = all, cycles = false, footprints = false, analysed = false, edges = false }: PlayerOptions = {}) {
    const { world, observer } = preparedWorld<PlayLog>(kernel, topology, (objects, words) => new (footprints || analysed !== false ? FootprintPlayLog : PlayLog)(objects, words));
    this.world = world;
    this.log = observer;
    if (observer instanceof FootprintPlayLog) {
      const frames = world.plan.byName.get('frame')!;
      observer.leaveOut(frames.firstId, frames.firstId + frames.count);
    }
    this.start = world.words.slice(0, world.plan.constants) as Words;
    this.peek = peekInto(world, () => observer.mark(), () => observer.back());
    this.judge = new Judge(world, this.peek, invariants, cycles);
    this.analysed = analysed;
    this.edges = edges;
    this.actors = topology.actors.length;
  }

  /** What the last step has touched; there only for who asked for footprints. */
  get footprint(): FootprintLog {
    if (!(this.log instanceof FootprintPlayLog)) throw new Error('this player was made without footprints');
    return this.log.footprint;
  }

  /** Puts the world back to the beginning of the run. */
  begin(): void {
    this.world.words.set(this.start);
  }

  /** Hash of the state as searches count it: the same state has the same, however often counters have moved. */
  stateHash(): string {
    const { plan, words } = this.world;
    const monotone = this.monotone ??= new MonotoneWords(plan, words);
    return hashText(hashState(words, plan.stateWords, (cell) => monotone.value(cell)));
  }

  /** Everybody who waits in the middle of its work, as the world stands. */
  waits(): Wait[] {
    return this.judge.waits();
  }

  /** Who would have to go on before one of them can. */
  holders(wait: Wait): number[] {
    return this.judge.holders(wait);
  }

  /** Plays a schedule from the beginning. */
  play(schedule: Schedule, options: PlayOptions = {}): Played {
    this.begin();
    const { complete = false, strict = false, most = Infinity, switches = Infinity, only } = options;
    const analysis = this.analysed === false ? undefined : this.analysed === 'locks' ? new LockAnalysis(this.world) : new Analysis(this.world);
    const steps: PlayedStep[] = [];
    let switched = 0;
    let broken: Broken | undefined;
    const step = (actor: number, choice: number): boolean => {
      const one = this.step(actor, choice);
      if (one === undefined) return false;
      analysis?.afterStep(this.footprint);
      if (steps.length > 0 && steps.at(-1)!.actor !== actor) switched++;
      steps.push(one);
      options.after?.(one);
      broken = this.judge.afterStep(this.log.written, this.log.count);
      return true;
    };
    let atEnd: readonly Broken[] = [];
    const result = (why: Played['why']): Played => ({ steps, broken, atEnd, why: broken === undefined ? why : 'broken' });
    let bound = false;
    for (const { actor, choice } of schedule) {
      if (broken !== undefined) return result('broken');
      bound = steps.length >= most || switched > switches;
      if (bound) break;
      if (!step(actor, choice) && strict) return result('inapplicable');
    }
    if (complete && !bound) {
      let actor = steps.at(-1)?.actor ?? 1;
      for (let asked = 0, row = 0; broken === undefined && asked < this.actors;) {
        bound = steps.length >= most || switched > switches;
        if (bound) break;
        if (row < LONGEST_ROW && step(actor, 0)) {
          asked = 0;
          row++;
        } else {
          if (row < LONGEST_ROW) asked++;
          actor = (actor % this.actors) + 1;
          row = 0;
        }
      }
    }
    // What analyses have found was there before the bound.
    if (bound && analysis === undefined) return result('bound');
    if (broken === undefined) {
      atEnd = this.atEnd(analysis);
      broken = atEnd.find((one) => only === undefined || isTarget(only, one));
    }
    return result(complete && !bound ? 'finished' : 'bound');
  }

  /** Executes a step of an actor; nothing when it cannot go on. A choice that there is not is the last one that there is. */
  private step(actor: number, choice: number): PlayedStep | undefined {
    const { world } = this;
    if (actor < 1 || actor > this.actors || world.ended(actor)) return undefined;
    this.log.clear();
    this.executed++;
    if (isBlocked(world.step(actor, (n) => Math.max(0, Math.min(choice, n - 1))))) return undefined;
    const { last } = world;
    return { actor, choice: last.choice, leaf: last.leaf, outcome: last.outcome, choices: last.choices };
  }

  /** What shows only when the steps are over. */
  private atEnd(analysis: Analysis | LockAnalysis | undefined): Broken[] {
    const deadlock = this.canMove() ? undefined : this.judge.standstill();
    const found = deadlock === undefined ? [] : [deadlock];
    if (analysis === undefined) return found;
    for (const { actor, object } of this.waits()) analysis.blocked(actor, object);
    const { races, lockOrder } = analysis.report();
    this.executed += ANALYSIS_STEPS;
    return [...found, ...races.map(brokenByRace), ...lockOrder.cycles.map(brokenByOrder), ...(this.edges ? [...lockOrder.edges, ...lockOrder.nestings].map(brokenByEdge) : [])];
  }

  private canMove(): boolean {
    for (let actor = 1; actor <= this.actors; actor++) {
      if (this.world.ended(actor)) continue;
      this.executed++;
      if (this.peek(actor) < 0) return true;
    }
    return false;
  }
}

/** Times that a schedule goes over from one actor to another. */
export function switchesOf(schedule: Schedule): number {
  let switches = 0;
  for (let k = 1; k < schedule.length; k++) if (schedule[k]!.actor !== schedule[k - 1]!.actor) switches++;
  return switches;
}
