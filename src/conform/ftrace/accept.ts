// Is what a trace shows a behaviour of the model? A search, depth first, through the states of the world that the trace allows: each action
// in the order of the trace, with hidden steps of the model in between. It takes steps and takes them back.

import { FootprintTracker } from '../../explore/search/footprint-tracker.ts';
import { StateSet } from '../../explore/search/state-set.ts';
import { mix } from '../../memory/hash.ts';
import { tableOfObject, type Plan } from '../../memory/plan.ts';
import { blockedOn, isBlocked } from '../../memory/outcome.ts';
import { planFor, privateWords, RunWorld } from '../../runtime/world.ts';
import { Controls, type Control } from './control.ts';
import type { Action } from './flow.ts';
import { Reduction } from './reduction.ts';
import type { Move, Node, Taken } from './node.ts';
import { LeafWatch } from './leaf-watch.ts';
import { Matcher } from './match.ts';
import { forgetFrames } from './page-frames.ts';
import type { TracedSystem } from './system.ts';
import { MAIN } from './tasks.ts';
import { Teller, type Room } from './teller.ts';

/** States that a search looks at without coming further in the trace before it gives up. */
export const DEFAULT_STATES = 100_000;

export interface Rejection {
  /** Number of the action that no behaviour has, in the flow. */
  readonly action: number;
  /** What the model allows the action's task to show next. */
  readonly allowed: readonly string[];
  /** Why the action is none of it. */
  readonly reasons: readonly string[];
}

export interface Judgement {
  readonly verdict: 'accepted' | 'rejected';
  /** All that the model can do was tried; else the search ended at its bound. */
  readonly complete: boolean;
  readonly rejection?: Rejection;
  /** By action of the longest accepted prefix: empty, or why it was passed over. */
  readonly passedOver: readonly string[];
  readonly states: number;
  readonly steps: number;
}

/** Layouts of which an actor's own rows are touched by its task alone. */
const OWN_LAYOUTS: ReadonlySet<string> = new Set(['frame', 'tlb', 'tlb_filled', 'vcpu_root', 'kvm_run']);

/** By object: 1 when only its own actor or vCPU touches it, or nobody's steps depend on it. */
function ownObjects(plan: Plan): Uint8Array {
  const own = new Uint8Array(plan.objects);
  for (const { layout, firstId, count } of plan.tables) if (OWN_LAYOUTS.has(layout.name) || layout.ghost === true) own.fill(1, firstId, firstId + count);
  return own;
}

/** At most so many reasons are kept. */
const MOST_REASONS = 6;

/** Judges a flow of actions. */
export function accept(system: TracedSystem, flow: readonly Action[], traced: ReadonlySet<number>, limit = DEFAULT_STATES): Judgement {
  const acceptor = new Acceptor(system, flow, traced, limit);
  const quick = acceptor.judge(false);
  if (quick.verdict === 'accepted') return quick;
  for (;;) {
    const judgement = acceptor.judge(true);
    if (judgement.verdict === 'accepted' || !judgement.complete || !acceptor.learned) return judgement;
  }
}

export class Acceptor {
  private readonly world: RunWorld;
  private readonly tracker: FootprintTracker;
  private readonly controls = new Controls();
  private readonly matcher: Matcher;
  private readonly leaves: LeafWatch;
  private readonly teller: Teller;
  private readonly states: StateSet;
  private readonly path: Node[] = [];
  private readonly order: readonly number[];
  private readonly isInterrupt: readonly boolean[];
  private thorough = false;
  private readonly reduction: Reduction;
  private choice = 0;
  private steps = 0;
  private best = -1;
  /** States that had been seen when it came so far. */
  private bestStates = 0;
  private bestTaken: Taken | undefined;
  private readonly reasons = new Set<string>();
  /** Of states in which the model would take hidden steps first. */
  private readonly hiddenReasons = new Set<string>();
  private readonly allowed = new Set<string>();
  private readonly own: Uint8Array;
  private readonly picker = (): number => this.choice;
  private readonly flow: readonly Action[];
  private readonly limit: number;

  constructor(system: TracedSystem, flow: readonly Action[], traced: ReadonlySet<number>, limit: number) {
    this.flow = flow;
    this.limit = limit;
    const { kernel, topology } = system;
    const plan = planFor(kernel, topology);
    const words = privateWords(plan);
    this.tracker = new FootprintTracker(plan, words);
    this.world = new RunWorld(kernel, topology, plan, words, this.tracker);
    this.tracker.want(new Uint8Array(plan.objects));
    this.leaves = new LeafWatch(this.world);
    this.own = ownObjects(plan);
    this.reduction = new Reduction(this.world);
    this.states = new StateSet(Infinity, Infinity, undefined, false);
    this.teller = new Teller(this.world, system, this.controls);
    this.matcher = new Matcher(this.world, system, flow, this.controls, traced);
    // Who works for somebody comes before who waits for him.
    const isThread = (actor: number): boolean => topology.actors[actor - 1]!.machine.startsWith('vmm');
    const all = topology.actors.map((_actor, i) => i + 1);
    const rank = (actor: number): number => {
      const { machine } = topology.actors[actor - 1]!;
      return isThread(actor) ? 3 : machine === 'vcpu' ? 2 : machine === 'hardware' ? 1 : 0;
    };
    this.isInterrupt = [false, ...topology.actors.map(({ machine }) => machine === 'hardware')];
    this.order = all.toSorted((a, b) => rank(a) - rank(b));
  }

  /** The last search was asked about steps that it came to know better later. */
  get learned(): boolean {
    return this.reduction.grew;
  }

  /** Searches. `thorough`: all hidden steps of others are tried, where they matter; else only where somebody waits for them. */
  judge(thorough: boolean): Judgement {
    this.thorough = thorough;
    this.reduction.begin();
    this.world.reset();
    this.tracker.start();
    this.states.clear();
    this.path.length = 0;
    this.best = -1;
    this.bestStates = 0;
    const { names } = this.matcher.tasks;
    const start = this.controls.of({
      step: 0, message: 0, frames: [], runs: this.world.topology.vmOfVcpu.map(() => -1),
      tasks: names.map(() => ({ open: [], by: [], skipUntil: 0, skipped: '', foreignFault: false, mapped: -1, shown: -1, pending: [] })),
    });
    this.enter(0, start, undefined, undefined);
    while (this.path.length > 0) {
      const node = this.path.at(-1)!;
      if (node.at === this.flow.length) return this.result('accepted');
      if (node.next === node.moves.length) {
        const more = this.othersOf(node);
        if (more.length > 0) node.moves.push(...more);
        else {
          this.leaveNode();
          continue;
        }
      }
      if (this.states.size - this.bestStates >= this.limit) return this.result('rejected', false);
      this.take(node, node.moves[node.next++]!);
    }
    return this.result('rejected');
  }

  private result(verdict: Judgement['verdict'], complete = true): Judgement {
    const passedOver: string[] = [];
    for (let one = verdict === 'accepted' ? this.path.at(-1)!.taken : this.bestTaken; one !== undefined; one = one.before) passedOver.push(one.passedOver);
    passedOver.reverse();
    return {
      verdict, complete, passedOver, states: this.states.size, steps: this.steps,
      ...(verdict === 'accepted' ? {} : { rejection: { action: this.best, allowed: [...this.allowed], reasons: [...(this.reasons.size > 0 ? this.reasons : this.hiddenReasons)] } }),
    };
  }

  /** Comes to a state, unless it was seen. */
  private enter(at: number, control: Control, taken: Taken | undefined, room: Room | undefined): boolean {
    const { tracker: { lanes }, states } = this;
    const low = lanes[0]!;
    const high = lanes[1]!;
    const salt = mix(Math.imul(at, 0x9e3779b1) ^ Math.imul(control.id + 1, 0x85ebca77));
    if (states.add(low ^ salt, high ^ mix(salt + at)) === 0 && !states.fresh) return false;
    const moves: Move[] = [];
    const others: Move[] = [];
    if (at > this.best) {
      this.best = at;
      this.bestTaken = taken;
      this.bestStates = states.size;
      this.reasons.clear();
      this.hiddenReasons.clear();
      this.allowed.clear();
    }
    const waits = at < this.flow.length && this.findMoves(at, control, moves, others);
    this.path.push({ at, control, mark: this.tracker.mark(), low, high, moves, next: 0, others, moved: false, blocked: false, waits, touched: { reads: [], writes: [] }, room, taken });
    return true;
  }

  /** Gathers the moves of a state. Answers whether those of others are worth trying whatever the own ones come to. */
  private findMoves(at: number, control: Control, moves: Move[], others: Move[]): boolean {
    const { matcher, world } = this;
    const ways = matcher.ways(at, control);
    ways.forEach((_way, i) => moves.push({ kind: 'way', way: i, choice: 0 }));
    const task = matcher.tasks.of[at]!;
    if (at === this.best && task >= 0) {
      const next = matcher.next(task, control);
      const [reasons, words] = next.length > 0 ? [this.reasons, this.allowed] : [this.hiddenReasons, undefined];
      for (const one of next) if (words!.size < MOST_REASONS) words!.add(one);
      if (ways.length === 0 && reasons.size < MOST_REASONS) matcher.ways(at, control, (reason) => { reasons.add(reason); });
    }
    // What happens now without a step of the model needs none before it: nobody else can make it impossible.
    if (ways.length > 0 && ways.every(({ actor }) => actor === 0) && ways.some(({ guess }) => guess !== true)) return false;
    const vcpu = matcher.mayInterrupt(at, control);
    if (vcpu >= 0) moves.push({ kind: 'interrupt', vcpu });
    let working = false;
    for (const actor of this.order) {
      if (world.ended(actor)) continue;
      const own = matcher.actors.taskOf(actor, control) === task;
      if (own && matcher.actors.isWorking(actor)) working = true;
      if (matcher.mayMove(actor, control)) (own ? moves : others).push({ kind: 'step', actor, choice: 0 });
    }
    // The thread that carries out the steps goes on by itself.
    const tells = this.teller.mayTell(control);
    if (tells) (task === MAIN ? moves : others).push({ kind: 'tell' });
    // Where somebody of the task is in the middle of something, others only help when he moves, or waits for them.
    return !working && !(task === MAIN && tells);
  }

  /** What others may do in a state, once. At first other vCPUs move only for somebody who waits for them: their hidden steps hardly matter. */
  private othersOf(node: Node): readonly Move[] {
    const { others, moved, blocked, waits, touched, control } = node;
    if (others.length === 0 || (!moved && !waits)) return [];
    node.others = [];
    if (waits) return others;
    if (this.thorough) {
      const actors = others.flatMap((move) => (move.kind === 'step' ? [move.actor] : []));
      const woken = others.some(({ kind }) => kind === 'tell') ? [this.teller.receiver(control)].filter((actor) => actor > 0) : [];
      return this.reduction.mattersTo(touched, actors, woken, this.world, this.tracker, this.matcher, control, () => this.undo(node)) ? others : [];
    }
    if (blocked) return others;
    return others.filter((move) => move.kind !== 'step' || !(this.isInterrupt[move.actor]! || this.matcher.isRunning(move.actor)));
  }

  /** Takes a move from a state: comes to a new one, or finds that it cannot be taken. */
  private take(node: Node, move: Move): void {
    const { tracker, matcher } = this;
    tracker.step();
    if (move.kind === 'way') {
      const way = matcher.ways(node.at, node.control)[move.way]!;
      let { control } = way;
      if (way.actor !== 0) {
        const stepped = this.execute(node, way.actor, move);
        if (stepped === undefined) return;
        node.moved = true;
        const changed = this.leaves.changed(node.mark, tracker);
        if (way.leaf >= 0 ? !changed.includes(way.leaf) : changed.length > 0) return this.undo(node);
        if (changed.length > 1) {
          const task = matcher.tasks.of[node.at]!;
          control = this.controls.withTask(control, task, { pending: [...control.tasks[task]!.pending, ...changed.filter((one) => one !== way.leaf)].toSorted((a, b) => a - b) });
        }
        control = this.afterStep(node, control, way.actor, stepped);
      }
      if (!this.enter(node.at + 1, control, { passedOver: way.passedOver, before: node.taken }, undefined)) this.undo(node);
      return;
    }
    if (move.kind === 'step') {
      const stepped = this.execute(node, move.actor, move);
      if (stepped === undefined) return;
      if (matcher.actors.taskOf(move.actor, node.control) === matcher.tasks.of[node.at]) {
        node.moved = true;
        // What touches nothing of others may as well be done before anything that they do.
        if (this.world.last.choices === 0 && this.isOwn()) {
          node.moves.length = node.next;
          node.others = [];
        }
      }
      const changed = matcher.showsLeaves ? this.leaves.changed(node.mark, tracker) : [];
      if (changed.length > 0) {
        if (node.at === this.best && matcher.actors.taskOf(move.actor, node.control) === matcher.tasks.of[node.at]) this.allowed.add(`kvm_tdp_mmu_spte_changed: the leaf of gfn ${matcher.actors.gfnText(changed[0]!)} changes`);
        return this.undo(node);
      }
      if (!this.enter(node.at, this.afterStep(node, node.control, move.actor, stepped), node.taken, undefined)) this.undo(node);
      return;
    }
    if (move.kind === 'interrupt') {
      this.world.objects.interrupt(move.vcpu).pending = 1;
      if (!this.enter(node.at, node.control, node.taken, undefined)) this.undo(node);
      return;
    }
    if (matcher.tasks.of[node.at] === MAIN) node.moved = true;
    this.tell(node);
  }

  /** Notes what a step has done that later actions are held against. */
  private afterStep({ mark }: Node, control: Control, actor: number, { leaf, result }: { leaf: number; result: number }): Control {
    const noted = this.matcher.afterStep(control, actor, leaf, result);
    return noted.frames.length === 0 ? noted : forgetFrames(this.controls, noted, this.leaves.freed(mark, this.tracker));
  }

  private tell(node: Node): void {
    const told = this.teller.tell(node.control);
    if (told === undefined || this.enter(node.at, told.control, node.taken, told.room)) return;
    this.undo(node);
    this.putBack(told.room);
  }

  private putBack(room: Room | undefined): void {
    if (room !== undefined) this.world.facts.code.set(room.words, room.at);
  }

  /** Executes a step; nothing when it is blocked. Other choices that it has are noted as moves. */
  private execute(node: Node, actor: number, move: Extract<Move, { choice: number }>): { leaf: number; result: number } | undefined {
    const { world } = this;
    const { leaf } = world.frames[actor]!;
    this.choice = move.choice;
    const result = world.step(actor, this.picker);
    if (isBlocked(result)) {
      if (tableOfObject(world.plan, blockedOn(result)).layout.name !== 'mailbox') {
        node.moved = true;
        node.blocked = true;
        node.touched.reads.push(blockedOn(result));
      }
      return undefined;
    }
    this.steps++;
    this.reduction.learn(actor, leaf, this.tracker, this.matcher.actors.taskOf(actor, node.control) === this.matcher.tasks.of[node.at] ? node.touched : undefined);
    if (move.choice + 1 < world.last.choices) node.moves.splice(node.next, 0, { ...move, choice: move.choice + 1 } as Move);
    return { leaf, result };
  }

  /** Has the last step touched nothing that others touch? */
  private isOwn(): boolean {
    const { tracker, own } = this;
    for (let k = 0; k < tracker.readCount; k++) if (own[tracker.readIds[k]!] === 0) return false;
    for (let k = 0; k < tracker.writeCount; k++) if (own[tracker.writeIds[k]!] === 0) return false;
    return true;
  }

  /** Puts the world back to what it was in a node. */
  private undo({ mark, low, high }: Node): void {
    this.tracker.back(mark);
    this.tracker.lanes[0] = low;
    this.tracker.lanes[1] = high;
  }

  private leaveNode(): void {
    const node = this.path.pop()!;
    const before = this.path.at(-1);
    if (before === undefined) return;
    this.undo(before);
    this.putBack(node.room);
  }
}
