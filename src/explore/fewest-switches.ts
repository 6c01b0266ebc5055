// The schedule of a scenario that breaks something with the fewest context switches, and of those with the fewest steps: a search by
// levels, one for each number of switches, each state once for each actor that was last. What it finds does not depend on the schedule
// that was found first, so that a known bug has the same shrunk schedule whoever finds it.

import type { Invariant } from '../check/invariant.ts';
import type { Kernel } from '../kernel/define.ts';
import { isBlocked } from '../memory/outcome.ts';
import { runSetup } from '../runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../runtime/world.ts';
import type { Topology } from '../scenario/topology.ts';
import { isTarget, type Broken, type Target } from './broken.ts';
import { Judge } from './judge.ts';
import { scramble } from '../memory/hash.ts';
import type { Decision, Schedule } from './schedule.ts';
import { cheaper, type Cost } from './shrink-schedule.ts';
import { StateSet } from './search/state-set.ts';
import { Tracker } from './search/tracker.ts';
import { peekInto } from './peek.ts';

export interface Fewest {
  /** Nothing when nothing was found that costs at most what was asked for. */
  readonly schedule: Schedule | undefined;
  /** The search was not cut: there is nothing that costs less. */
  readonly proven: boolean;
}

export interface FewestOptions {
  readonly invariants: readonly Invariant[];
  /** Looks for what costs at most so much. */
  readonly most: Cost;
  /** Steps that it may execute. */
  readonly budget: number;
}

/** Steps between two looks from outside. */
const PART = 4096;

export class FewestSwitches {
  /** Steps executed so far. */
  executed = 0;
  private readonly target: Target;
  private readonly options: FewestOptions;
  private readonly world: RunWorld;
  private readonly tracker: Tracker;
  private readonly judge: Judge;
  /** Nodes: a state, and the actor that was last. The first is the beginning. */
  private readonly parent = [-1];
  private readonly actor = [0];
  private readonly choice = [-1];
  private readonly depth = [0];
  private readonly low = [0];
  private readonly high = [0];
  private readonly seen = new StateSet();
  /** Nodes of the path that the world stands at the end of, and where the undo log stood before each. */
  private readonly path = [0];
  private readonly marks = [0];

  constructor(kernel: Kernel, topology: Topology, target: Target, options: FewestOptions) {
    this.target = target;
    this.options = options;
    const plan = planFor(kernel, topology);
    const words = privateWords(plan);
    this.tracker = new Tracker(plan, words);
    this.world = new RunWorld(kernel, topology, plan, words, this.tracker);
    runSetup(this.world);
    this.tracker.start();
    const peek = peekInto(this.world, () => this.tracker.mark(), (mark) => this.tracker.unwind(mark));
    this.judge = new Judge(this.world, peek, options.invariants, target.partial === true);
  }

  /** The search; yields now and then. */
  *search(): Generator<void, Fewest> {
    const { most, budget } = this.options;
    let level: number[][] = [[0]];
    let carried: { node: number; steps: number } | undefined;
    let looked = 0;
    for (let switches = 0; switches <= most.switches && (level.length > 0 || carried !== undefined); switches++) {
      const next: number[][] = [];
      let best = carried;
      carried = undefined;
      for (let steps = 0; steps < level.length; steps++) {
        if (best !== undefined && best.steps <= steps) break;
        if (switches === most.switches && steps > most.steps) break;
        for (const node of level[steps] ?? []) {
          this.seen.add(this.low[node]! ^ scramble(this.actor[node]! + 1), this.high[node]!);
          if (!this.seen.fresh) continue;
          this.expand(node, (child, hit) => {
            const last = this.actor[node]!;
            const stays = last === 0 || this.actor[child] === last;
            const at = this.depth[child]!;
            if (!hit) ((stays ? level : next)[at] ??= []).push(child);
            else if (child === node || stays) best = best === undefined || at < best.steps ? { node: child, steps: at } : best;
            else carried = carried === undefined || at < carried.steps ? { node: child, steps: at } : carried;
          });
          if (this.executed > budget) return { schedule: undefined, proven: false };
          if (this.executed - looked > PART) {
            looked = this.executed;
            yield;
          }
        }
      }
      if (best !== undefined) {
        const found = !cheaper(most, { switches, steps: best.steps });
        return { schedule: found ? this.scheduleOf(best.node) : undefined, proven: true };
      }
      level = next;
    }
    return { schedule: undefined, proven: true };
  }

  /** Tells of every step that can be taken from a node: the node that it leads to, and whether it breaks what is looked for. */
  private expand(node: number, tell: (child: number, hit: boolean) => void): void {
    this.goTo(node);
    const { world, tracker } = this;
    const mark = tracker.mark();
    let moved = false;
    for (let actor = 1; actor <= world.topology.actors.length; actor++) {
      if (world.ended(actor)) continue;
      for (let choice = 0, choices = 1; choice < choices; choice++) {
        tracker.step();
        this.executed++;
        if (isBlocked(world.step(actor, () => choice))) break;
        moved = true;
        choices = Math.max(1, world.last.choices);
        const taken = world.last.choice;
        const broken = this.judge.afterStep(tracker.written, tracker.count);
        if (broken === undefined || isTarget(this.target, broken)) tell(this.add(node, actor, taken), broken !== undefined);
        tracker.unwind(mark);
      }
    }
    if (moved) return;
    const broken: Broken | undefined = this.judge.standstill();
    if (broken !== undefined && isTarget(this.target, broken)) tell(node, true);
  }

  private add(parent: number, actor: number, choice: number): number {
    this.actor.push(actor);
    this.choice.push(choice);
    this.depth.push(this.depth[parent]! + 1);
    this.low.push(this.tracker.lanes[0]!);
    this.high.push(this.tracker.lanes[1]!);
    return this.parent.push(parent) - 1;
  }

  /** Brings the world to a node, from where its path leaves the one that it stands on. */
  private goTo(node: number): void {
    const chain: number[] = [];
    for (let at = node; at >= 0; at = this.parent[at]!) chain.push(at);
    chain.reverse();
    let same = 1;
    while (same < chain.length && this.path[same] === chain[same]) same++;
    if (same < this.path.length) {
      this.tracker.unwind(this.marks[same]!);
      this.path.length = same;
      this.marks.length = same;
    }
    const { watch } = this.world;
    this.world.watch = undefined;
    for (let k = same; k < chain.length; k++) {
      const at = chain[k]!;
      this.marks.push(this.tracker.mark());
      this.path.push(at);
      this.executed++;
      this.tracker.step();
      this.world.step(this.actor[at]!, () => this.choice[at]!);
    }
    this.world.watch = watch;
  }

  private scheduleOf(node: number): Decision[] {
    const schedule: Decision[] = [];
    for (let at = node; at > 0; at = this.parent[at]!) schedule.push({ actor: this.actor[at]!, choice: this.choice[at]! });
    return schedule.reverse();
  }
}
