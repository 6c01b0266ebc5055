// Every interleaving of a scenario: a search over the states that its memory can come to, depth first or breadth first, by taking
// steps and taking them back. It goes on for as many steps as it is given, so that whoever calls it keeps the time.

import { Checker } from '../../check/checker.ts';
import { hashText, mix } from '../../memory/hash.ts';
import { blockedOn, outcome } from '../../memory/outcome.ts';
import { LaboratoryError, planFor, privateWords, RunWorld } from '../../runtime/world.ts';
import { Random } from '../../runtime/random.ts';
import { runSetup } from '../../runtime/setup.ts';
import { ExactStates } from './exact.ts';
import { Frontier } from './frontier.ts';
import { FootprintTracker } from './footprint-tracker.ts';
import { Footprints } from './footprints.ts';
import { PersistentSets } from './persistent.ts';
import { Graph } from './graph.ts';
import { livelocks } from './livelock.ts';
import { pointOfNoReturn, type PointOfNoReturn } from './no-return.ts';
import { progressesOf } from './progress.ts';
import { Levels, REDUCED, REST, WHOLE } from './levels.ts';
import { Numbers } from './growing.ts';
import { FULL, StateSet } from './state-set.ts';
import { symmetryOf } from './interchangeable.ts';
import { Tracker } from './tracker.ts';
import { WaitFor, type Wait } from './wait-for.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Violation } from '../../check/violation.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Finding, FindingKind } from '../finding.ts';
import type { Decision, Schedule } from '../schedule.ts';
import type { Symmetry } from './symmetry.ts';
import type { Cut, SearchOptions, SearchProgress, SearchResult } from './options.ts';

/** A deadlock is L-04. */
const DEADLOCK = 'L-04';
/** A livelock is L-01: an access that never completes. */
const LIVELOCK = 'L-01';
const ENDED = -1;

/** What reduction needs. `onPath`: 1 for states on the path, by number. */
interface Reducer { readonly noting: FootprintTracker; readonly footprints: Footprints; readonly sets: PersistentSets; onPath: Uint8Array }

/** Random walks, and steps of each, by which a reduced search learns before it begins. */
const WALKS = 30, WALK_STEPS = 2000;

const first = (): number => 0;

export class Search {
  private readonly world: RunWorld;
  private readonly symmetry: Symmetry | undefined;
  private readonly tracker: Tracker;
  private readonly checker: Checker | undefined;
  private readonly waitFor: WaitFor;
  private readonly seen: StateSet;
  private readonly exact: ExactStates | undefined;
  private readonly levels: Levels;
  private readonly frontier: Frontier | undefined;
  /** Breadth first, by state: the state that it was found from, and by which actor and choice. */
  private readonly parents = new Numbers();
  private readonly deciders = new Numbers();
  private readonly choices = new Numbers();
  private readonly options: SearchOptions;
  private readonly actors: number;
  private readonly statesLimit: number;
  private readonly depthLimit: number;
  private readonly bytesLimit: number;
  private readonly finalLeaf: Uint8Array;
  private readonly frameBase: Int32Array;
  private readonly idle: Uint8Array;
  private readonly counts: Float64Array;
  private readonly found = new Map<string, Finding>();
  private readonly old = new Map<string, Finding>();
  private readonly notes: string[] = [];
  private readonly keptLanes: Int32Array;
  private readonly reducer: Reducer | undefined;
  private readonly graph: Graph | undefined;
  /** By leaf and outcome: 1 when such a step is progress; empty without a graph. */
  private readonly progresses: Uint8Array;
  private readonly start: Int32Array;
  /** Hash of the state that was reached last. */
  private low = 0;
  private high = 0;
  /** Levels on the path, and steps from the start to the first of them. */
  private depth = 0;
  private base = 0;
  private deepest = 0;
  private transitions = 0;
  private deadlocks = 0;
  private terminals = 0;
  private terminalLow = 0;
  private terminalHigh = 0;
  private cut: Cut | undefined;
  private choice = 0;
  private readonly picker = (): number => this.choice;

  constructor(kernel: Kernel, topology: Topology, options: SearchOptions = {}) {
    this.options = options;
    const plan = planFor(kernel, topology);
    const words = privateWords(plan);
    if (options.symmetry === true && options.graph !== true) {
      const { symmetry, why } = symmetryOf(kernel, topology, plan);
      this.symmetry = symmetry;
      if (why !== undefined) this.notes.push(`no symmetry: ${why}`);
    }
    const { symmetry } = this;
    const reduction = options.reduction === true && options.graph !== true;
    const noting = reduction ? new FootprintTracker(plan, words, symmetry) : undefined;
    this.tracker = noting ?? new Tracker(plan, words, symmetry);
    this.world = new RunWorld(kernel, topology, plan, words, this.tracker);
    runSetup(this.world);
    this.tracker.start();
    this.keptLanes = new Int32Array(this.tracker.lanes.length);
    this.start = words.slice(0, plan.stateWords);
    this.actors = topology.actors.length;
    this.statesLimit = options.states ?? Infinity;
    this.depthLimit = options.depth ?? Infinity;
    this.bytesLimit = (options.megabytes ?? Infinity) * 2 ** 20;
    const { leaves, width } = kernel.table;
    this.finalLeaf = Uint8Array.from(leaves, (leaf) => (leaf.final ? 1 : 0));
    this.frameBase = Int32Array.from(this.world.frames, (frame) => frame?.base ?? 0);
    this.idle = Uint8Array.from(leaves, (leaf) => (leaf.idle ? 1 : 0));
    this.counts = new Float64Array(leaves.length * width);
    this.graph = options.graph === true ? new Graph() : undefined;
    this.progresses = options.graph === true ? progressesOf(kernel.table) : new Uint8Array(0);
    this.waitFor = new WaitFor(this.world);
    this.seen = new StateSet(this.statesLimit, this.bytesLimit);
    this.exact = options.exact === true ? new ExactStates(this.tracker, plan.stateWords, symmetry === undefined ? undefined : (row) => symmetry.least(row)) : undefined;
    this.levels = new Levels(this.tracker.lanes.length, this.actors);
    this.frontier = options.order === 'bfs' ? new Frontier(words, this.tracker, plan.stateWords) : undefined;
    if (options.invariants !== undefined && options.invariants.length > 0) {
      this.checker = new Checker(this.world, options.invariants, noting === undefined ? {} : { reads: noting.reads });
      this.tracker.want(this.checker.wanted());
      const violation = this.checker.wholeState();
      if (violation !== undefined) {
        this.record(violation, 'at the start', []);
        if (this.cut !== undefined) return;
      }
    } else this.tracker.want(new Uint8Array(plan.objects));
    if (noting !== undefined) {
      const footprints = new Footprints(this.actors, leaves.length, plan.objects);
      this.reducer = { noting, footprints, sets: new PersistentSets(footprints, this.actors), onPath: new Uint8Array(1 << 10) };
      this.rehearse(this.reducer);
      footprints.close();
    }
    this.begin();
  }

  /** Adds the initial state. */
  private begin(): void {
    const { levels, tracker } = this;
    this.print();
    levels.number[0] = this.add();
    for (let actor = 1; actor <= this.actors; actor++) levels.blocked[actor] = this.world.ended(actor) ? ENDED : 0;
    if (this.frontier !== undefined) this.noteParent(-1, 0, 0);
    this.enter(0, tracker.mark());
    this.depth = 1;
  }

  /** Searches on for so many steps. True while there is more to search. */
  advance(transitions: number): boolean {
    const until = this.transitions + transitions;
    const { world, tracker, actors } = this;
    while (this.depth > 0 && this.cut === undefined && this.transitions < until) {
      const { levels } = this;
      const top = this.depth - 1;
      const row = top * levels.width;
      const { blocked } = levels;
      const phase = levels.phase[top]!;
      let actor = levels.actor[top]!;
      if (phase === WHOLE) while (actor <= actors && blocked[row + actor] !== 0) actor++;
      else {
        const wanted = phase === REDUCED ? 1 : 0;
        while (actor <= actors && (blocked[row + actor] !== 0 || levels.set[row + actor] !== wanted)) actor++;
      }
      if (actor > actors) {
        this.finish(top);
        continue;
      }
      const mark = levels.mark[top]!;
      tracker.step();
      this.choice = levels.choice[top]!;
      const result = world.step(actor, this.picker);
      if (result < 0) {
        this.reducer?.footprints.learn(this.reducer.footprints.row(actor, world.last.leaf), this.reducer.noting.readIds, this.reducer.noting.readCount, this.reducer.noting.writeIds, 0);
        if (tracker.mark() !== mark) throw new LaboratoryError(`step '${world.leafOf(actor).step}' has written something and is blocked; a step decides to block before it writes`);
        blocked[row + actor] = 1 + blockedOn(result);
        levels.actor[top] = actor + 1;
        levels.choice[top] = 0;
        continue;
      }
      if (world.last.choices > this.choice + 1) {
        levels.actor[top] = actor;
        levels.choice[top] = this.choice + 1;
      } else {
        levels.actor[top] = actor + 1;
        levels.choice[top] = 0;
      }
      levels.enabled[top] = 1;
      this.transitions++;
      this.executed(top, actor);
      // Whoever went on to a new level stays in the state that it has reached.
      if (this.depth === top + 1 && this.cut === undefined) this.restore(top);
    }
    return this.depth > 0 && this.cut === undefined;
  }

  /** A step has been executed from the state of level `top`. */
  private executed(top: number, actor: number): void {
    const { world, tracker, levels } = this;
    const { last } = world;
    const move = last.leaf * world.table.width + last.outcome;
    this.counts[move] = this.counts[move]! + 1;
    if (this.checker !== undefined) {
      const violation = this.checker.afterStep(tracker.written, tracker.count);
      if (this.reducer !== undefined) this.learn(this.reducer, actor);
      if (violation !== undefined) {
        this.broken(top, violation);
        return;
      }
    } else if (this.reducer !== undefined) this.learn(this.reducer, actor);
    this.print();
    const number = this.add();
    if (number === FULL) {
      this.cut = this.seen.size >= this.statesLimit ? 'states' : 'memory';
      return;
    }
    this.graph?.edge(levels.number[top]!, number, this.progresses[move] !== 0);
    if (this.seen.fresh || (this.reducer !== undefined && this.frontier === undefined && this.reducer.onPath[number] === 0)) levels.open[top] = 1;
    if (!this.seen.fresh) return;
    const depth = this.base + this.depth;
    if (depth > this.deepest) this.deepest = depth;
    if (this.frontier !== undefined) this.noteParent(levels.number[top]!, actor, last.choice);
    if (depth >= this.depthLimit) {
      this.shallow = true;
      return;
    }
    this.inherit(top, actor);
    if (this.frontier !== undefined) {
      const row = (top + 1) * levels.width;
      this.frontier.push(number, depth, levels.blocked.subarray(row, row + levels.width));
      return;
    }
    this.levels.number[top + 1] = number;
    this.levels.decidedActor[top + 1] = actor;
    this.levels.decidedChoice[top + 1] = last.choice;
    this.enter(top + 1, tracker.mark());
    this.depth++;
    if ((this.seen.size & 1023) === 0 && this.bytes() > this.bytesLimit) this.cut = 'memory';
  }

  /** Some state was not followed any further, for its depth. */
  private shallow = false;

  /** Whoever was blocked is so in the next state too, unless the step has written what it waits for. */
  private inherit(top: number, actor: number): void {
    const { levels, tracker } = this;
    if (top + 1 === levels.capacity) levels.grow();
    const { blocked, width } = levels;
    const from = top * width;
    const to = from + width;
    for (let other = 1; other < width; other++) {
      const on = blocked[from + other]!;
      blocked[to + other] = on > 0 && tracker.wrote(on - 1) ? 0 : on;
    }
    blocked[to + actor] = this.finalLeaf[this.world.last.to] === 0 ? 0 : ENDED;
  }

  /** The state as it stands becomes level `top`. */
  private enter(top: number, mark: number): void {
    const { levels } = this;
    levels.mark[top] = mark;
    levels.actor[top] = 1;
    levels.choice[top] = 0;
    levels.phase[top] = WHOLE;
    levels.enabled[top] = 0;
    levels.open[top] = 0;
    levels.broken[top] = 0;
    levels.print[top * 2] = this.low;
    levels.print[top * 2 + 1] = this.high;
    const { lanes } = this.tracker;
    const at = top * lanes.length;
    for (let k = 0; k < lanes.length; k++) levels.lanes[at + k] = lanes[k]!;
    if (this.reducer !== undefined) this.reduce(this.reducer, top);
  }

  /** Looks for a persistent set in the state of level `top`. */
  private reduce(reducer: Reducer, top: number): void {
    const { levels } = this;
    const number = levels.number[top]!;
    if (number >= reducer.onPath.length) {
      const larger = new Uint8Array(Math.max(number + 1, reducer.onPath.length * 2));
      larger.set(reducer.onPath);
      reducer.onPath = larger;
    }
    reducer.onPath[number] = 1;
    // Everybody is asked at the start, so that it is known who rests.
    if (top === 0 && this.base === 0) return;
    const row = top * levels.width;
    this.tryOut(reducer, row);
    if (reducer.sets.choose(this.leafOf, levels.blocked, levels.set, row)) levels.phase[top] = REDUCED;
  }

  /** Finds out who can go on from the state as it stands, and what that would touch; and takes it back. */
  private tryOut({ noting, footprints, sets }: Reducer, row: number): void {
    const { world, tracker, checker, levels: { blocked } } = this;
    const mark = tracker.mark();
    const { lanes } = tracker;
    const kept = this.keptLanes;
    kept.set(lanes);
    for (let actor = 1; actor <= this.actors; actor++) {
      if (blocked[row + actor] !== 0) continue;
      tracker.step();
      const result = world.step(actor, first);
      if (result < 0) {
        blocked[row + actor] = 1 + blockedOn(result);
        footprints.learn(footprints.row(actor, world.last.leaf), noting.readIds, noting.readCount, noting.writeIds, 0);
        continue;
      }
      checker?.afterStep(tracker.written, tracker.count);
      sets.chooses[actor] = world.last.choices > 1 ? 1 : 0;
      sets.reads[actor]!.set(noting.readIds, noting.readCount);
      sets.writes[actor]!.set(noting.writeIds, noting.writeCount);
      tracker.back(mark);
      lanes.set(kept);
    }
  }

  private readonly leafOf = (actor: number): number => this.world.words[this.frameBase[actor]!]!;

  /** Notes what the step that was just executed has touched. */
  private learn({ noting, footprints }: Reducer, actor: number): void {
    const { leaf, to } = this.world.last;
    const row = footprints.row(actor, leaf);
    footprints.learn(row, noting.readIds, noting.readCount, noting.writeIds, noting.writeCount);
    if (this.finalLeaf[to] === 0) footprints.follows(row, footprints.row(actor, to));
  }

  /** Learns from random walks, and comes back to the start. */
  private rehearse(reducer: Reducer): void {
    const { world, tracker, checker, actors } = this;
    const mark = tracker.mark();
    const lanes = tracker.lanes.slice();
    for (let walk = 1; walk <= WALKS; walk++) {
      const random = new Random(walk);
      let idle = 0;
      for (let steps = 0; steps < WALK_STEPS && idle < 20 * actors; steps++) {
        const actor = 1 + random.below(actors);
        if (world.ended(actor)) { idle++; continue; }
        tracker.step();
        if (world.step(actor, (n) => random.below(n)) < 0) {
          reducer.footprints.learn(reducer.footprints.row(actor, world.last.leaf), reducer.noting.readIds, reducer.noting.readCount, reducer.noting.writeIds, 0);
          idle++;
          continue;
        }
        idle = 0;
        const broken = checker?.afterStep(tracker.written, tracker.count);
        this.learn(reducer, actor);
        if (broken !== undefined) break;
      }
      tracker.back(mark);
      tracker.lanes.set(lanes);
    }
  }

  /** Some step has touched more than was known when the search relied on it: begins anew with what is known now. */
  private again(reducer: Reducer): void {
    reducer.footprints.close();
    this.runs++;
    this.goToStart();
    reducer.onPath.fill(0);
    this.seen.clear();
    this.exact?.clear();
    this.counts.fill(0);
    this.parents.length = 0;
    this.deciders.length = 0;
    this.choices.length = 0;
    this.base = this.deepest = this.transitions = this.deadlocks = this.terminals = this.terminalLow = this.terminalHigh = 0;
    this.shallow = false;
    this.begin();
  }

  private runs = 1;


  /** Back to the state of level `top`. */
  private restore(top: number): void {
    const { levels, tracker } = this;
    tracker.back(levels.mark[top]!);
    const { lanes } = tracker;
    const at = top * lanes.length;
    for (let k = 0; k < lanes.length; k++) lanes[k] = levels.lanes[at + k]!;
  }

  /** Nothing more is to be tried in the state of level `top`. */
  private finish(top: number): void {
    const { levels } = this;
    if (levels.phase[top] === REDUCED) {
      if (levels.enabled[top] === 0 || levels.open[top] === 0 || levels.broken[top] !== 0) {
        levels.phase[top] = REST;
        levels.actor[top] = 1;
        levels.choice[top] = 0;
        return;
      }
    } else this.judgeWaits(top);
    if (this.reducer !== undefined) this.reducer.onPath[levels.number[top]!] = 0;
    this.depth--;
    if (this.cut !== undefined) return;
    if (this.depth > 0) this.restore(top - 1);
    else if (this.frontier !== undefined && this.frontier.length > 0) this.next(this.frontier);
    else if (this.reducer?.footprints.grown === true) this.again(this.reducer);
    else if (this.shallow) this.cut = 'depth';
    else if (this.graph !== undefined) this.findLivelocks(this.graph);
  }

  /** The next state of the frontier becomes the only level. */
  private next(frontier: Frontier): void {
    const { levels } = this;
    const { number, depth } = frontier.take(levels.blocked.subarray(0, levels.width));
    levels.number[0] = number;
    this.base = depth;
    this.print();
    this.enter(0, this.tracker.mark());
    this.depth = 1;
  }

  /** Everybody has been asked: can nobody go on, or not those of a cycle? */
  private judgeWaits(top: number): void {
    const { levels, waitFor } = this;
    const at = top * levels.width;
    const nobody = levels.enabled[top] === 0;
    let locks = false;
    for (let actor = 1; actor < levels.width && !locks; actor++) locks = levels.blocked[at + actor]! > 0 && waitFor.kind[levels.blocked[at + actor]! - 1] !== 0;
    const cycle = locks ? waitFor.cycle(levels.blocked, at) : undefined;
    if (nobody) {
      const low = levels.print[top * 2]!;
      const high = levels.print[top * 2 + 1]!;
      this.terminals++;
      this.terminalLow = (this.terminalLow + mix(low ^ mix(high))) | 0;
      this.terminalHigh = (this.terminalHigh + mix(high ^ mix(low + 1))) | 0;
      const standstill = waitFor.standstill(levels.blocked, at);
      if (standstill === undefined) return;
      this.deadlocks++;
      if (cycle === undefined) this.keep('deadlock', DEADLOCK, standstill.sentence, standstill.key, () => this.schedule(top));
    }
    if (cycle !== undefined) this.foundCycle(top, cycle);
  }

  private foundCycle(top: number, cycle: readonly Wait[]): void {
    const key = this.waitFor.keyOf(cycle);
    this.keep('deadlock', DEADLOCK, this.waitFor.sentenceOf(cycle), key, () => this.upToCycle(this.schedule(top), cycle));
  }

  /** The front of a schedule up to the step that closes the cycle. */
  private upToCycle(schedule: Schedule, cycle: readonly Wait[]): Schedule {
    const { kernel, topology, plan } = this.world;
    const words = privateWords(plan);
    const other = new RunWorld(kernel, topology, plan, words);
    runSetup(other);
    const closed = (): boolean => cycle.every(({ actor, object }) => {
      const result = other.ended(actor) ? 0 : other.step(actor, () => 0);
      return result < 0 && blockedOn(result) === object;
    });
    // Asking an actor that is not blocked spoils the world, so each front is tried from a copy.
    for (let length = 0; length < schedule.length; length++) {
      const kept = words.slice();
      const is = closed();
      words.set(kept);
      if (is) return schedule.slice(0, length);
      const { actor, choice } = schedule[length]!;
      other.step(actor, () => choice);
    }
    return schedule;
  }

  private broken(top: number, violation: Violation): void {
    const { world, levels } = this;
    const { actor, choice, leaf } = world.last;
    const { machine, path } = world.table.leaves[leaf]!;
    levels.broken[top] = 1;
    const { idle } = this;
    const rests = world.frames.every((frame, n) => n === 0 || idle[frame.leaf] !== 0);
    // Who came to rest last has nothing to do with what everybody has left behind.
    const where = rests && this.options.invariants?.find(({ id }) => id === violation.id)?.atQuiescence !== undefined ? 'when everybody rests' : `at ${machine} ${path}`;
    this.record(violation, where, () => [...this.schedule(top), { actor, choice }]);
  }

  private record({ id, sentence }: Violation, where: string, schedule: Schedule | (() => Schedule)): void {
    const kind: FindingKind = this.options.invariants?.find((one) => one.id === id)?.atQuiescence === undefined ? 'safety' : 'leak';
    this.keep(kind, id, sentence, where, typeof schedule === 'function' ? schedule : () => schedule);
  }

  private keep(kind: FindingKind, id: string, sentence: string, where: string, schedule: () => Schedule, loop?: number): void {
    const key = `${id} ${where}`;
    if (this.graph !== undefined && kind !== 'livelock' && this.depth > 0) this.graph.mark(this.levels.number[this.depth - 1]!, key);
    if (this.found.has(key) || this.old.has(key)) return;
    const finding: Finding = { kind, id, sentence, key, schedule: schedule(), ...(loop === undefined ? {} : { loop }) };
    if (this.options.known?.has(key) === true) {
      this.old.set(key, finding);
      return;
    }
    this.found.set(key, finding);
    if (this.options.stop !== 'never') this.cut = 'finding';
  }

  /** Everything was searched: is there a state from which no progress can be reached? */
  private findLivelocks(graph: Graph): void {
    const { table, topology } = this.world;
    for (const { way, loop, states } of livelocks(graph, this.seen.size)) {
      const steps = this.decisionsAlong([...way, ...loop]);
      const turn = steps.slice(way.length - 1);
      const paths = [...new Set(turn.map(({ leaf }) => `${table.leaves[leaf]!.machine} ${table.leaves[leaf]!.path}`))].toSorted();
      const who = [...new Set(turn.map(({ actor }) => topology.actors[actor - 1]!.name))];
      this.keep('livelock', LIVELOCK, `${who.join(', ')} ${who.length === 1 ? 'goes' : 'go'} round ${turn.length} steps for ever: no progress can be reached any more from ${states.length} states`,
        `${paths[0]} and ${paths.length - 1} more`, () => steps.map(({ actor, choice }) => ({ actor, choice })), way.length - 1);
    }
  }

  /** Decisions that lead along these states, from the initial one. */
  private decisionsAlong(way: readonly number[]): (Decision & { readonly leaf: number })[] {
    const { world, tracker } = this;
    this.goToStart();
    return way.slice(1).map((wanted) => {
      const mark = tracker.mark();
      const lanes = tracker.lanes.slice();
      for (let actor = 1; actor <= this.actors; actor++) {
        if (world.ended(actor)) continue;
        for (let choice = 0, choices = 1; choice < choices; choice++) {
          tracker.step();
          if (world.step(actor, () => choice) < 0) break;
          choices = world.last.choices;
          if (this.numberNow() === wanted) return { actor, choice: world.last.choice, leaf: world.last.leaf };
          tracker.back(mark);
          tracker.lanes.set(lanes);
        }
      }
      throw new LaboratoryError('a step that the search has taken cannot be taken again');
    });
  }

  /** Number of the state as it stands; FULL when the search has not seen it. */
  private numberNow(): number {
    this.print();
    const { exact, seen } = this;
    if (exact === undefined) return seen.find(this.low, this.high);
    exact.look();
    return seen.find(exact.low, exact.high, exact.same);
  }

  /** For each step of a finding's schedule: could it still be avoided? Only where everything was searched, with a graph. */
  pointOfNoReturn(finding: Finding): PointOfNoReturn | undefined {
    const { graph, world, tracker } = this;
    if (graph === undefined || this.depth > 0 || this.cut !== undefined) return undefined;
    const path: number[] = [];
    this.goToStart();
    for (const { actor, choice } of finding.schedule) {
      path.push(this.numberNow());
      tracker.step();
      world.step(actor, () => choice);
    }
    if (path.includes(FULL)) throw new LaboratoryError(`the schedule of finding '${finding.key}' leads through a state that the search has not seen`);
    const targets = finding.kind === 'livelock' ? [path[finding.loop!]!] : graph.marked(finding.key);
    return pointOfNoReturn(graph, this.seen.size, targets, path);
  }

  private goToStart(): void {
    const { world, tracker, start } = this;
    world.words.set(start);
    tracker.forget();
    tracker.hashWhole();
  }

  /** What leads to the state of level `top`. */
  private schedule(top: number): Decision[] {
    const { levels } = this;
    if (this.frontier === undefined) {
      return Array.from({ length: top }, (_one, k) => ({ actor: levels.decidedActor[k + 1]!, choice: levels.decidedChoice[k + 1]! }));
    }
    const schedule: Decision[] = [];
    for (let number = levels.number[0]!; number > 0; number = this.parents.words[number]!) {
      schedule.push({ actor: this.deciders.words[number]!, choice: this.choices.words[number]! });
    }
    return schedule.toReversed();
  }

  private noteParent(from: number, actor: number, choice: number): void {
    this.parents.push(from);
    this.deciders.push(actor);
    this.choices.push(choice);
  }

  /** Hash of the state as it stands, into `low` and `high`. */
  private print(): void {
    const { lanes } = this.tracker;
    if (this.symmetry !== undefined) {
      this.symmetry.fold(lanes);
      this.low = this.symmetry.low;
      this.high = this.symmetry.high;
      return;
    }
    this.low = lanes[0]!;
    this.high = lanes[1]!;
  }

  /** Adds the state as it stands, whose hash has been made. */
  private add(): number {
    const { exact, seen } = this;
    if (exact === undefined) return seen.add(this.low, this.high);
    exact.look();
    const number = seen.add(exact.low, exact.high, exact.same);
    if (seen.fresh) exact.keep();
    return number;
  }

  private bytes(): number {
    const parents = this.parents.bytes + this.deciders.bytes + this.choices.bytes;
    return this.seen.bytes + this.levels.bytes + this.tracker.bytes + (this.exact?.bytes ?? 0) + (this.graph?.bytes ?? 0) + (this.frontier?.bytes ?? 0) + (this.frontier === undefined ? 0 : parents);
  }

  /** How far the search is. */
  progress(): SearchProgress {
    return {
      states: this.seen.size, transitions: this.transitions, depth: this.base + this.depth, deepest: this.deepest,
      frontier: this.depth + (this.frontier?.length ?? 0), findings: this.found.size, megabytes: Math.ceil(this.bytes() / 2 ** 20),
    };
  }

  /** What came out so far. */
  result(): SearchResult {
    const { width } = this.world.table;
    const states = this.seen.size;
    return {
      states, transitions: this.transitions, complete: this.depth === 0 && this.cut === undefined, cut: this.cut,
      findings: [...this.found.values()], known: [...this.old.values()], deadlocks: this.deadlocks,
      terminals: { count: this.terminals, hash: hashText([this.terminalLow, this.terminalHigh]) },
      coverage: { times: (leaf, name) => this.counts[leaf * width + outcome(name)] ?? 0 },
      collision: this.exact !== undefined ? 0 : (states * (states - 1)) / 2 / 2 ** 64,
      notes: this.notes,
    };
  }
}
