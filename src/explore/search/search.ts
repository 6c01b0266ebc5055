// Every interleaving of a scenario: a search over the states that its memory can come to, depth first or breadth first, by taking
// steps and taking them back. It goes on for as many steps as it is given, so that whoever calls it keeps the time.

import { Checker } from '../../check/checker.ts';
import { hashText, mix } from '../../memory/hash.ts';
import { blockedOn, outcome, outcomeName } from '../../memory/outcome.ts';
import { LaboratoryError, planFor, privateWords, RunWorld } from '../../runtime/world.ts';
import { runSetup } from '../../runtime/setup.ts';
import { Aftermath } from './aftermath.ts';
import { CheckpointError, packCheckpoint, unpackCheckpoint } from './checkpoint.ts';
import { TALLY, type Head } from './head.ts';
import { Deadlocks } from './deadlocks.ts';
import { Findings } from './findings.ts';
import { FootprintTracker } from './footprint-tracker.ts';
import { Frontier } from './frontier.ts';
import { Graph } from './graph.ts';
import { Numbers } from './growing.ts';
import { symmetryOf } from './interchangeable.ts';
import { Levels, REDUCED, REST, WHOLE } from './levels.ts';
import { progressesOf } from './progress.ts';
import { Reducer } from './reducer.ts';
import { FULL, StateSet } from './state-set.ts';
import { States } from './states.ts';
import { Tracker } from './tracker.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Violation } from '../../check/violation.ts';
import type { Topology } from '../../scenario/topology.ts';
import { brokenBy, brokenByLeak, type Broken } from '../broken.ts';
import { SETUP } from '../keys.ts';
import type { Finding } from '../finding.ts';
import type { Decision, Schedule } from '../schedule.ts';
import type { PointOfNoReturn } from './no-return.ts';
import type { Cut, SearchOptions, SearchProgress, SearchResult } from './options.ts';
import type { Symmetry } from './symmetry.ts';

const ENDED = -1;

export class Search {
  private readonly world: RunWorld;
  private readonly symmetry: Symmetry | undefined;
  private readonly tracker: Tracker;
  private readonly checker: Checker | undefined;
  private readonly reducer: Reducer | undefined;
  private readonly deadlockFinder: Deadlocks;
  private readonly states: States;
  private readonly levels: Levels;
  private readonly frontier: Frontier | undefined;
  private graph: Graph | undefined;
  /** By leaf and outcome: 1 when such a step is progress; empty without a graph. */
  private readonly progresses: Uint8Array;
  /** Breadth first, by state: the state that it was found from, and by which actor and choice. */
  private parents = new Numbers();
  private deciders = new Numbers();
  private choices = new Numbers();
  private readonly options: SearchOptions;
  private readonly actors: number;
  private readonly statesLimit: number;
  private readonly depthLimit: number;
  private readonly bytesLimit: number;
  private readonly finalLeaf: Uint8Array;
  private readonly counts: Float64Array;
  private readonly findings: Findings;
  private readonly notes: string[] = [];
  /** The state words at the start. */
  private readonly start: Int32Array;
  /** Levels on the path, and steps from the start to the first of them. */
  private depth = 0;
  private base = 0;
  private deepest = 0;
  private transitions = 0;
  private deadlocks = 0;
  private terminals = 0;
  private terminalLow = 0;
  private terminalHigh = 0;
  /** Some state was not followed any further, for its depth. */
  private shallow = false;
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
    const noting = options.reduction === true && options.graph !== true ? new FootprintTracker(plan, words, symmetry) : undefined;
    this.tracker = noting ?? new Tracker(plan, words, symmetry);
    this.world = new RunWorld(kernel, topology, plan, words, this.tracker);
    runSetup(this.world);
    this.tracker.start();
    this.start = words.slice(0, plan.stateWords);
    this.actors = topology.actors.length;
    this.statesLimit = options.states ?? Infinity;
    this.depthLimit = options.depth ?? Infinity;
    this.bytesLimit = (options.megabytes ?? Infinity) * 2 ** 20;
    const { leaves, width } = kernel.table;
    this.finalLeaf = Uint8Array.from(leaves, (leaf) => (leaf.final ? 1 : 0));
    this.counts = new Float64Array(leaves.length * width);
    this.findings = new Findings(options.known);
    this.graph = options.graph === true ? new Graph() : undefined;
    this.progresses = options.graph === true ? progressesOf(kernel.table) : new Uint8Array(0);
    this.deadlockFinder = new Deadlocks(this.world);
    this.states = new States(this.tracker, symmetry, new StateSet(this.statesLimit, this.bytesLimit), options.exact === true ? plan.stateWords : undefined);
    this.levels = new Levels(this.tracker.lanes.length, this.actors);
    this.frontier = options.order === 'bfs' ? new Frontier(words, this.tracker, plan.stateWords) : undefined;
    if (options.invariants !== undefined && options.invariants.length > 0) {
      this.checker = new Checker(this.world, options.invariants, noting === undefined ? {} : { reads: noting.reads });
      this.tracker.want(this.checker.wanted());
    } else this.tracker.want(new Uint8Array(plan.objects));
    if (noting !== undefined) {
      this.reducer = new Reducer(this.world, noting, this.checker, this.levels);
      this.reducer.rehearse();
      this.reducer.begin();
    }
    this.begin();
    const violation = this.checker?.wholeState();
    if (violation !== undefined) this.keep(brokenBy(violation, SETUP), () => []);
  }

  /** Adds the initial state. */
  private begin(): void {
    const { levels, states, tracker } = this;
    states.look();
    levels.number[0] = states.add();
    for (let actor = 1; actor <= this.actors; actor++) levels.blocked[actor] = this.world.ended(actor) ? ENDED : 0;
    if (this.frontier !== undefined) this.noteParent(-1, 0, 0);
    this.enter(0, tracker.mark());
    this.depth = 1;
  }

  /** Searches on for so many steps. True while there is more to search. */
  advance(transitions: number): boolean {
    const until = this.transitions + transitions;
    const { world, tracker, actors, reducer } = this;
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
        if (tracker.mark() !== mark) throw new LaboratoryError(`step '${world.leafOf(actor).step}' has written something and is blocked; a step decides to block before it writes`);
        reducer?.blocked(actor);
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
      if (this.depth === top + 1) this.restore(top);
    }
    return this.depth > 0 && this.cut === undefined;
  }

  /** A step has been executed from the state of level `top`. */
  private executed(top: number, actor: number): void {
    const { world, tracker, levels, reducer, states, frontier } = this;
    const { last } = world;
    const move = last.leaf * world.table.width + last.outcome;
    this.counts[move] = this.counts[move]! + 1;
    const violation = this.checker === undefined ? undefined : this.checker.afterStep(tracker.written, tracker.count);
    reducer?.executed(actor);
    if (violation !== undefined) {
      this.broken(top, violation);
      return;
    }
    states.look();
    const number = states.add();
    if (number === FULL) {
      this.cut = states.set.size >= this.statesLimit ? 'states' : 'memory';
      // As if it had not been tried: a search with more room takes this step first.
      levels.actor[top] = actor;
      levels.choice[top] = this.choice;
      this.transitions--;
      this.counts[move] = this.counts[move]! - 1;
      return;
    }
    const { fresh } = states.set;
    this.graph?.edge(levels.number[top]!, number, this.progresses[move] !== 0);
    if (fresh || (reducer !== undefined && frontier === undefined && !reducer.isOnPath(number))) levels.open[top] = 1;
    if (!fresh) return;
    const depth = this.base + this.depth;
    if (depth > this.deepest) this.deepest = depth;
    if (frontier !== undefined) this.noteParent(levels.number[top]!, actor, last.choice);
    if ((number & 1023) === 0 && this.bytes() > this.bytesLimit) this.cut = 'memory';
    if (depth >= this.depthLimit) {
      this.shallow = true;
      return;
    }
    this.inherit(top, actor);
    if (frontier !== undefined) {
      const row = (top + 1) * levels.width;
      frontier.push(number, depth, levels.blocked.subarray(row, row + levels.width));
      return;
    }
    levels.number[top + 1] = number;
    levels.decidedActor[top + 1] = actor;
    levels.decidedChoice[top + 1] = last.choice;
    this.depth++;
    this.enter(top + 1, tracker.mark());
  }

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

  /** The state as it stands, which was looked at last, becomes level `top`. */
  private enter(top: number, mark: number): void {
    const { levels, states, reducer } = this;
    levels.mark[top] = mark;
    levels.actor[top] = 1;
    levels.choice[top] = 0;
    levels.phase[top] = WHOLE;
    levels.enabled[top] = 0;
    levels.open[top] = 0;
    levels.broken[top] = 0;
    levels.print[top * 2] = states.low;
    levels.print[top * 2 + 1] = states.high;
    this.keepLanes(top);
    if (reducer === undefined) return;
    if (this.frontier === undefined) reducer.setOnPath(levels.number[top]!, true);
    if (reducer.choose(top)) levels.phase[top] = REDUCED;
  }

  private keepLanes(top: number): void {
    const { levels, tracker: { lanes } } = this;
    const at = top * lanes.length;
    for (let k = 0; k < lanes.length; k++) levels.lanes[at + k] = lanes[k]!;
  }

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
    const { levels, frontier, reducer } = this;
    if (levels.phase[top] === REDUCED) {
      // What leads nowhere new, or to something broken, must not keep the others from moving.
      if (levels.open[top] === 0 || levels.broken[top] !== 0) {
        levels.phase[top] = REST;
        levels.actor[top] = 1;
        levels.choice[top] = 0;
        return;
      }
    } else this.judgeWaits(top);
    if (frontier === undefined) reducer?.setOnPath(levels.number[top]!, false);
    this.depth--;
    if (this.depth > 0) this.restore(top - 1);
    else if (this.cut !== undefined) return;
    else if (frontier !== undefined && frontier.length > 0) this.next(frontier);
    else if (reducer?.outgrown === true) this.again(reducer);
    else if (this.shallow) this.cut = 'depth';
    else if (this.graph !== undefined) this.aftermath(this.graph).findLivelocks(this.findings);
  }

  /** The next state of the frontier becomes the only level. */
  private next(frontier: Frontier): void {
    const { levels } = this;
    const { number, depth } = frontier.take(levels.blocked.subarray(0, levels.width));
    levels.number[0] = number;
    this.base = depth;
    this.depth = 1;
    this.states.look();
    this.enter(0, this.tracker.mark());
  }

  /** Begins anew, with what is known of footprints now. */
  private again(reducer: Reducer): void {
    reducer.begin();
    this.goToStart();
    this.states.clear();
    this.counts.fill(0);
    this.parents.length = this.deciders.length = this.choices.length = 0;
    this.base = this.deepest = this.transitions = this.deadlocks = this.terminals = this.terminalLow = this.terminalHigh = 0;
    this.shallow = false;
    this.begin();
  }

  private goToStart(): void {
    this.world.words.set(this.start);
    this.tracker.forget();
    this.tracker.hashWhole();
  }

  /** Everybody was asked: can nobody go on, or not those of a cycle? */
  private judgeWaits(top: number): void {
    const { levels, deadlockFinder } = this;
    const at = top * levels.width;
    const nobody = levels.enabled[top] === 0;
    if (nobody) {
      const low = levels.print[top * 2]!;
      const high = levels.print[top * 2 + 1]!;
      this.terminals++;
      this.terminalLow = (this.terminalLow + mix(low ^ mix(high))) | 0;
      this.terminalHigh = (this.terminalHigh + mix(high ^ mix(low + 1))) | 0;
      if (deadlockFinder.isStandstill()) this.deadlocks++;
    }
    const found = deadlockFinder.of(levels.blocked, at, nobody);
    for (const { finding, front } of found) {
      this.keep(finding, () => front(this.schedule(top)));
      this.graph?.mark(levels.number[top]!, finding.key);
    }
    const leak = nobody && found.length === 0 ? deadlockFinder.leak() : undefined;
    if (leak === undefined) return;
    this.keep(brokenByLeak(leak), () => this.schedule(top));
    this.graph?.mark(levels.number[top]!, brokenByLeak(leak).key);
  }

  /** The step that was executed from level `top` has broken a property. */
  private broken(top: number, violation: Violation): void {
    const { world, levels } = this;
    const { actor, choice, leaf } = world.last;
    levels.broken[top] = 1;
    const broken = brokenBy(violation, world.table.leaves[leaf]!.step);
    this.keep(broken, () => [...this.schedule(top), { actor, choice }]);
    this.graph?.mark(levels.number[top]!, broken.key);
  }

  private keep(broken: Broken, schedule: () => Schedule): void {
    if (this.findings.keep(broken, schedule) && this.options.stop !== 'never') this.cut = 'finding';
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

  private bytes(): number {
    return this.states.bytes + this.levels.bytes + this.tracker.bytes + (this.graph?.bytes ?? 0)
      + (this.frontier === undefined ? 0 : this.frontier.bytes + this.parents.bytes + this.deciders.bytes + this.choices.bytes);
  }

  private aftermath(graph: Graph): Aftermath {
    return new Aftermath(this.world, this.tracker, this.states, graph, () => this.goToStart());
  }

  /** For each step of a finding's schedule: could it still be avoided? Only where everything was searched, with a graph. */
  pointOfNoReturn(finding: Finding): PointOfNoReturn | undefined {
    return this.graph === undefined || this.depth > 0 || this.cut !== undefined ? undefined : this.aftermath(this.graph).pointOfNoReturn(finding);
  }

  /** The search as it is, as bytes: `Search.resume` goes on with it. */
  save(): Uint8Array {
    const { graph, findings, world: { table, words, plan }, tracker } = this;
    const counts: Head['counts'] = [];
    this.counts.forEach((times, at) => { if (times > 0) counts.push([Math.floor(at / table.width), outcomeName(at % table.width), times]); });
    return packCheckpoint<Head>({
      head: {
        is: this.identity(), tally: TALLY.map((name) => this[name]), shallow: this.shallow, cut: this.cut ?? null, counts, evaluated: [...this.checker?.evaluated ?? []],
        found: [...findings.found.values(), ...findings.known.values()], keys: graph?.keys ?? [],
      },
      lists: {
        states: this.states.save(), touched: tracker.touched.slice(0, tracker.touchedCount), words: words.slice(0, plan.stateWords),
        parents: this.parents.view(), deciders: this.deciders.view(), choices: this.choices.view(),
        from: graph?.from.view() ?? new Int32Array(0), to: graph?.to.view() ?? new Int32Array(0), marks: graph?.marks.view() ?? new Int32Array(0),
        frontier: this.frontier?.save() ?? new Int32Array(0), ...this.levels.save(this.depth), ...this.reducer?.footprints.save(),
      },
    });
  }

  /** A search that goes on where another one was saved; bounds, known findings and when to stop may be others. */
  static resume(bytes: Uint8Array, kernel: Kernel, topology: Topology, options: SearchOptions = {}): Search {
    const { head, lists } = unpackCheckpoint<Head>(bytes);
    const search = new Search(kernel, topology, options);
    const is = search.identity();
    const other = Object.keys(is).find((key) => is[key] !== head.is[key]);
    if (other !== undefined) throw new CheckpointError(`the checkpoint is of a search with ${other} '${head.is[other]}', not '${is[other]}'; give it the same kernel, scenario and options`);
    search.load(head, lists);
    return search;
  }

  /** What must be the same when a search goes on. */
  private identity(): Record<string, string> {
    const { options, world: { kernel, topology } } = this;
    return {
      kernel: kernel.name, actors: topology.actors.map(({ name }) => name).join(' '), 'words of state': String(this.start.length),
      order: options.order ?? 'dfs', exact: String(options.exact === true), symmetry: String(this.symmetry !== undefined),
      reduction: String(this.reducer !== undefined), graph: String(this.graph !== undefined), invariants: options.invariants?.map(({ id }) => id).join(' ') ?? '',
    };
  }

  private load(head: Head, lists: Readonly<Record<string, Int32Array>>): void {
    const { levels, tracker, world, reducer, frontier } = this;
    this.goToStart();
    for (const cell of lists['touched']!) tracker.touch(cell);
    this.states.load(lists['states']!);
    TALLY.forEach((name, k) => { this[name] = head.tally[k]!; });
    this.shallow = head.shallow;
    this.counts.fill(0);
    for (const [leaf, name, times] of head.counts) this.counts[leaf * world.table.width + outcome(name)] = times;
    for (const finding of head.found) this.findings.put(finding);
    this.parents = new Numbers(lists['parents']!);
    this.deciders = new Numbers(lists['deciders']!);
    this.choices = new Numbers(lists['choices']!);
    if (this.graph !== undefined) this.graph = new Graph({ from: lists['from']!, to: lists['to']!, marks: lists['marks']!, keys: head.keys });
    frontier?.load(lists['frontier']!);
    this.depth = levels.load(lists);
    if (reducer !== undefined) reducer.load(lists, levels.number.subarray(0, frontier === undefined ? this.depth : 0));
    if (frontier !== undefined) {
      world.words.set(lists['words']!);
      tracker.hashWhole();
    }
    for (let k = 0; k < this.depth; k++) {
      if (k > 0) world.step(levels.decidedActor[k]!, () => levels.decidedChoice[k]!);
      levels.mark[k] = tracker.mark();
      this.keepLanes(k);
    }
    // The steps to where it was have been evaluated before.
    this.checker?.evaluated.set(head.evaluated);
    // What cut the search does not any more; but for its depth, since those states were passed over, and what it was to stop for.
    this.cut = head.cut === 'depth' ? 'depth' : this.findings.found.size > 0 && this.options.stop !== 'never' ? 'finding' : undefined;
    if (this.cut === undefined && this.depth === 0 && frontier !== undefined && frontier.length > 0) this.next(frontier);
  }

  /** How far the search is. */
  progress(): SearchProgress {
    return {
      states: this.states.set.size, transitions: this.transitions, depth: this.base + this.depth, deepest: this.deepest,
      frontier: this.depth + (this.frontier?.length ?? 0), findings: this.findings.found.size, megabytes: Math.ceil(this.bytes() / 2 ** 20),
    };
  }

  /** What came out so far. */
  result(): SearchResult {
    const { width } = this.world.table;
    const states = this.states.set.size;
    return {
      states, transitions: this.transitions, complete: this.depth === 0 && this.cut === undefined, cut: this.cut,
      findings: [...this.findings.found.values()], known: [...this.findings.known.values()], deadlocks: this.deadlocks,
      terminals: { count: this.terminals, hash: hashText([this.terminalLow, this.terminalHigh]) },
      coverage: { times: (leaf, name) => this.counts[leaf * width + outcome(name)] ?? 0 },
      evaluated: Object.fromEntries((this.options.invariants ?? []).map(({ id }, k) => [id, this.checker?.evaluated[k] ?? 0])),
      collision: this.states.exact !== undefined ? 0 : (states * (states - 1)) / 2 / 2 ** 64,
      notes: this.notes,
    };
  }
}
