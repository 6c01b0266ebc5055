// The way of a search through the states that a scenario's memory can come to, depth first or breadth first, by taking steps and taking them
// back. It goes on for as many steps as it is given, so that whoever calls it keeps the time.

import { Checker } from '../../check/checker.ts';
import { blockedOn } from '../../memory/outcome.ts';
import { LaboratoryError, planFor, privateWords, RunWorld } from '../../runtime/world.ts';
import { runSetup } from '../../runtime/setup.ts';
import { Aftermath } from './aftermath.ts';
import { Ancestry } from './ancestry.ts';
import { Deadlocks } from './deadlocks.ts';
import { Findings } from './findings.ts';
import { fairBits, fairOf, wordOf, type FairProperty } from './fair.ts';
import { FootprintTracker } from './footprint-tracker.ts';
import { Frontier } from './frontier.ts';
import { Graph } from './graph.ts';
import { symmetryOf } from './interchangeable.ts';
import { GIVEN, Levels, REDUCED, REST, WHOLE } from './levels.ts';
import { progressesOf } from './progress.ts';
import { Reducer } from './reducer.ts';
import { packStack, unpackStack } from './stack.ts';
import { FULL, StateSet } from './state-set.ts';
import { States, type StateTable } from './states.ts';
import { Tally } from './tally.ts';
import { Tracker } from './tracker.ts';
import { TrialWorld } from './trial-world.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Violation } from '../../check/violation.ts';
import type { Topology } from '../../scenario/topology.ts';
import { brokenBy, brokenByLeak, type Broken } from '../broken.ts';
import { SETUP } from '../keys.ts';
import type { Decision, Schedule } from '../schedule.ts';
import type { PageTrial } from './page-trial.ts';
import type { Cut, SearchOptions } from './options.ts';
import type { Symmetry } from './symmetry.ts';

const ENDED = -1;

export class Traversal {
  protected readonly world: RunWorld;
  protected readonly symmetry: Symmetry | undefined;
  /** While pages are folded. */
  private pageTrial: PageTrial | undefined;
  /** Why pages turned out not to be interchangeable, in a part of a search: the whole has to begin anew. */
  protected pagesDiffer: string | undefined;
  protected readonly tracker: Tracker;
  protected readonly checker: Checker | undefined;
  protected readonly reducer: Reducer | undefined;
  private readonly deadlockFinder: Deadlocks;
  protected readonly states: States;
  protected readonly levels: Levels;
  protected readonly frontier: Frontier | undefined;
  protected graph: Graph | undefined;
  protected readonly ancestry: Ancestry | undefined;
  /** By leaf and outcome: 1 when such a step is progress; empty without a graph. */
  private readonly progresses: Uint8Array;
  /** Properties that fair cycles may break, and what each step is to them, by leaf and outcome. */
  private readonly fair: readonly FairProperty[];
  private readonly fairBits: Uint8Array;
  protected readonly options: SearchOptions;
  private readonly actors: number;
  private readonly statesLimit: number;
  private readonly depthLimit: number;
  private readonly bytesLimit: number;
  private readonly finalLeaf: Uint8Array;
  protected readonly tally: Tally;
  protected readonly findings: Findings;
  protected readonly notes: string[] = [];
  /** The state words at the start. */
  protected readonly start: Int32Array;
  /** Levels on the path, and steps from the start to the first of them. */
  protected depth = 0;
  protected base = 0;
  /** Paths that are searched when this one is through. */
  protected stacks: Int32Array[] = [];
  /** Part of a search on several threads: `conclude` is for the whole. */
  private readonly isPart: boolean;
  protected cut: Cut | undefined;
  private choice = 0;
  private readonly picker = (): number => this.choice;

  /** `shared`: states that several searches see together. One that is `part` of a search begins with nothing, and follows stacks. */
  constructor(kernel: Kernel, topology: Topology, options: SearchOptions = {}, { shared, part = false }: { shared?: StateTable | undefined; part?: boolean } = {}) {
    this.options = options;
    this.isPart = part;
    const plan = planFor(kernel, topology);
    const words = privateWords(plan);
    const noting = options.reduction === true && options.graph !== true ? new FootprintTracker(plan, words) : undefined;
    this.tracker = noting ?? new Tracker(plan, words);
    if (options.endless === true) this.tracker.monotone.farthest = 1;
    this.world = new RunWorld(kernel, topology, plan, words, this.tracker);
    runSetup(this.world);
    this.start = words.slice(0, plan.stateWords);
    if (options.symmetry === true && options.graph !== true) {
      const { symmetry, pageTrial, notes } = symmetryOf(new TrialWorld(this.world, this.tracker), options.exact === true);
      this.symmetry = symmetry;
      this.pageTrial = pageTrial;
      this.notes.push(...notes);
      words.set(this.start);
    }
    const { symmetry } = this;
    this.tracker.start(symmetry);
    this.actors = topology.actors.length;
    this.statesLimit = options.states ?? Infinity;
    this.depthLimit = options.depth ?? Infinity;
    this.bytesLimit = (options.megabytes ?? Infinity) * 2 ** 20;
    this.finalLeaf = Uint8Array.from(kernel.table.leaves, (leaf) => (leaf.final ? 1 : 0));
    this.tally = new Tally(kernel.table);
    this.findings = new Findings(options.known);
    this.graph = options.graph === true ? new Graph() : undefined;
    this.progresses = options.graph === true ? progressesOf(kernel.table) : new Uint8Array(0);
    this.fair = this.graph === undefined ? [] : fairOf(options.fair ?? []);
    this.fairBits = this.fair.length === 0 ? new Uint8Array(0) : fairBits(kernel.table, this.fair);
    this.deadlockFinder = new Deadlocks(this.world);
    const numbered = this.graph !== undefined || options.order === 'bfs' || options.exact === true;
    this.states = new States(this.tracker, symmetry, shared ?? new StateSet(this.statesLimit, this.bytesLimit, undefined, numbered), options.exact === true ? plan.stateWords : undefined);
    this.levels = new Levels(this.tracker.lanes.length, this.actors);
    this.frontier = options.order === 'bfs' ? new Frontier(words, this.tracker, plan.stateWords) : undefined;
    this.ancestry = options.order === 'bfs' ? new Ancestry() : undefined;
    if (options.invariants !== undefined && options.invariants.length > 0) {
      this.checker = new Checker(this.world, options.invariants, noting === undefined ? {} : { reads: noting.reads });
      this.tracker.want(this.checker.wanted());
    } else this.tracker.want(new Uint8Array(plan.objects));
    if (noting !== undefined) {
      this.reducer = new Reducer(this.world, noting, this.checker, this.levels, this.states);
      this.reducer.rehearse();
      this.reducer.begin();
    }
    if (part) return;
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
    this.ancestry?.note(-1, 0, 0);
    this.enter(0, tracker.mark());
    this.depth = 1;
  }

  /** Searches on for so many steps. True while there is more to search. */
  advance(transitions: number): boolean {
    const { world, tracker, actors, reducer, tally } = this;
    let left = transitions;
    while (this.depth > 0 && this.cut === undefined && left > 0) {
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
      this.choice = levels.choice[top]!;
      const differs = this.pageTrial?.wants(actor) === true ? this.tryOnPages(top, actor) : undefined;
      if (differs !== undefined) {
        if (!this.isPart) {
          this.keepPagesApart(differs);
          continue;
        }
        this.pagesDiffer = differs;
        this.cut = 'pages';
        break;
      }
      if (reducer?.leadsBack(top, actor) === true) {
        this.passedOver(top, actor, reducer);
        left--;
        continue;
      }
      tracker.step();
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
      tally.transitions++;
      left--;
      this.executed(top, actor);
      // Whoever went on to a new level stays in the state that it has reached.
      if (this.depth === top + 1) this.restore(top);
    }
    return this.depth > 0 && this.cut === undefined;
  }

  /** Tries whether the next step of an actor treats pages alike: what it does not, in a sentence. */
  private tryOnPages(top: number, actor: number): string | undefined {
    const differs = this.pageTrial?.differs(actor, this.choice);
    this.levels.putLanes(top, this.tracker.lanes);
    return differs;
  }

  /** A step has been executed from the state of level `top`. */
  private executed(top: number, actor: number): void {
    const { world, tracker, levels, reducer, states, frontier, tally } = this;
    const { last } = world;
    const move = last.leaf * world.table.width + last.outcome;
    tally.moves[move] = tally.moves[move]! + 1;
    if (reducer?.hasTried(top, actor) !== true) {
      const violation = this.checker === undefined ? undefined : this.checker.afterStep(tracker.written, tracker.count);
      reducer?.executed(actor);
      if (violation !== undefined) {
        this.broken(top, violation);
        return;
      }
      states.look();
    }
    const number = states.add();
    if (number === FULL) {
      this.cut = this.isPart || states.set.size >= this.statesLimit ? 'states' : 'memory';
      // As if it had not been tried: a search with more room takes this step first.
      levels.actor[top] = actor;
      levels.choice[top] = this.choice;
      tally.transitions--;
      tally.moves[move] = tally.moves[move]! - 1;
      return;
    }
    const { fresh } = states.set;
    if (this.graph !== undefined) {
      this.graph.edge(levels.number[top]!, number, this.progresses[move] !== 0);
      if (this.fair.length > 0) this.graph.by.push(wordOf(actor, this.fairBits[move]!));
    }
    if (fresh || (reducer !== undefined && frontier === undefined && !reducer.isOnPath(states.low, states.high, top))) levels.open[top] = 1;
    if (!fresh) return;
    const depth = this.base + this.depth;
    if (depth > tally.deepest) tally.deepest = depth;
    this.ancestry?.note(levels.number[top]!, actor, last.choice);
    if ((number & 1023) === 0 && this.bytes() > this.bytesLimit) this.cut = 'memory';
    if (depth >= this.depthLimit) {
      tally.shallow = true;
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

  /** The next step of an actor leads from level `top` to a state that was seen: it counts as executed. */
  private passedOver(top: number, actor: number, reducer: Reducer): void {
    const { levels, tally } = this;
    const at = top * levels.width + actor;
    const move = reducer.move[at]!;
    tally.moves[move] = tally.moves[move]! + 1;
    tally.transitions++;
    levels.actor[top] = actor + 1;
    levels.enabled[top] = 1;
    if (this.frontier === undefined && !reducer.isOnPath(reducer.low[at]!, reducer.high[at]!, top)) levels.open[top] = 1;
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
    levels.begin(top, mark, states.low, states.high);
    levels.keepLanes(top, this.tracker.lanes);
    if (reducer === undefined) return;
    if (this.frontier === undefined) reducer.setOnPath(top, true);
    if (reducer.choose(top)) levels.phase[top] = REDUCED;
  }

  /** Back to the state of level `top`. */
  private restore(top: number): void {
    const { levels, tracker } = this;
    tracker.back(levels.mark[top]!);
    levels.putLanes(top, tracker.lanes);
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
    } else if (levels.phase[top] !== GIVEN) this.judgeWaits(top);
    if (frontier === undefined) reducer?.setOnPath(top, false);
    this.depth--;
    if (this.depth > 0) this.restore(top - 1);
    else if (this.cut !== undefined) return;
    else if (frontier !== undefined && frontier.length > 0) this.next(frontier);
    else if (this.stacks.length > 0) this.follow(this.stacks.pop()!);
    else if (reducer?.outgrown === true) this.again(reducer);
    else if (!this.isPart) this.conclude();
  }

  /** What is said when nothing is left to search. */
  protected conclude(): void {
    if (this.tally.shallow) this.cut = 'depth';
    else if (this.graph !== undefined) {
      const aftermath = this.aftermath(this.graph);
      aftermath.findLivelocks(this.findings);
      aftermath.findFairCycles(this.fair, this.findings);
    }
  }

  /** Goes on with a path, at whose first level `words` are; the start when left out. */
  protected follow(stack: Int32Array, words: Int32Array = this.start): void {
    const { world, tracker, levels, checker } = this;
    const evaluated = checker?.evaluated.slice();
    this.goTo(words);
    this.depth = unpackStack(levels, stack);
    for (let k = 0; k < this.depth; k++) {
      if (k > 0) world.step(levels.decidedActor[k]!, () => levels.decidedChoice[k]!);
      levels.mark[k] = tracker.mark();
      levels.keepLanes(k, tracker.lanes);
    }
    // These steps have been judged before.
    if (evaluated !== undefined) checker!.evaluated.set(evaluated);
  }

  /** Paths that are not through. */
  protected left(): Int32Array[] {
    return [...(this.depth > 0 ? [packStack(this.levels, this.depth)] : []), ...this.stacks];
  }

  /** The next state of the frontier becomes the only level. */
  protected next(frontier: Frontier): void {
    const { levels } = this;
    const { number, depth } = frontier.take(levels.blocked.subarray(0, levels.width));
    levels.number[0] = number;
    this.base = depth;
    this.depth = 1;
    this.states.look();
    this.enter(0, this.tracker.mark());
  }

  /** Begins anew, now that pages turned out not to be interchangeable. */
  protected keepPagesApart(why: string): void {
    this.notes.push(`no symmetry of pages: ${why}`);
    this.tellPagesApart();
    this.again(this.reducer);
  }

  /** From here on pages keep their names. */
  protected tellPagesApart(): void {
    this.symmetry?.keepPagesApart();
    this.pageTrial = undefined;
  }

  /** Begins anew, with what is known of footprints now. */
  private again(reducer: Reducer | undefined): void {
    reducer?.begin();
    this.goTo(this.start);
    this.frontier?.clear();
    this.stacks = [];
    this.states.clear();
    this.tally.clear();
    this.ancestry?.clear();
    this.base = 0;
    this.begin();
  }

  /** Puts these words of state in place. */
  protected goTo(words: Int32Array): void {
    this.world.words.set(words);
    this.tracker.forget();
    this.tracker.hashWhole();
  }

  /** Everybody was asked: can nobody go on, or not those of a cycle? */
  private judgeWaits(top: number): void {
    const { levels, deadlockFinder, tally } = this;
    const at = top * levels.width;
    const nobody = levels.enabled[top] === 0;
    if (nobody) {
      tally.terminal(levels.print[top * 2]!, levels.print[top * 2 + 1]!);
      if (deadlockFinder.isStandstill()) tally.deadlocks++;
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
    if (this.ancestry !== undefined) return this.ancestry.schedule(levels.number[0]!);
    return Array.from({ length: top }, (_one, k) => ({ actor: levels.decidedActor[k + 1]!, choice: levels.decidedChoice[k + 1]! }));
  }

  /** Bytes that it takes besides the world. */
  bytes(): number {
    return this.states.bytes + this.levels.bytes + this.tracker.bytes + (this.graph?.bytes ?? 0) + (this.frontier?.bytes ?? 0) + (this.ancestry?.bytes ?? 0);
  }

  /** Something has ended it before its end. */
  get isCut(): boolean {
    return this.cut !== undefined;
  }

  protected get isComplete(): boolean {
    return this.depth === 0 && this.stacks.length === 0 && this.cut === undefined;
  }

  protected aftermath(graph: Graph): Aftermath {
    return new Aftermath(this.world, this.tracker, this.states, graph, () => this.goTo(this.start));
  }
}
