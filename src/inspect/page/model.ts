// The run that a page shows, and where in it one stands. Panels ask here and nowhere else; who subscribes is told when anything has changed.
//
//   const session = new Session(await openScenario({ scenario: 'SC22', seed: 3 }));
//   session.subscribe(() => …); session.go(22);
//   session.event()      the step under the cursor: actor, state, outcome, reads, writes with old values and meanings, messages
//   session.actors()     per actor: leaf, next step, enabled or blocked on what and held by whom, locks that it holds
//   session.world        memory behind the cursor's step (world.objects, world.words, world.plan, world.facts): read, never write
//   session.touched(ids) every step that touched objects, for histories
//   session.choose(actor, choice), session.inject(…)  forks the run here

import type { Invariant } from '../../check/invariant.ts';
import { invariants as all } from '../../check/invariants/index.ts';
import type { LeafInfo } from '../../kernel/table.ts';
import type { Injection } from '../../memory/injection.ts';
import type { StepEvent } from '../../runtime/events.ts';
import { compareMemory, type DifferingWord } from '../../runtime/memory-diff.ts';
import { preparedWorld } from '../../runtime/prepared.ts';
import { WaitFor } from '../../runtime/wait-for.ts';
import type { RunWorld } from '../../runtime/world.ts';
import { CommandCompiler } from '../../scenario/command.ts';
import { CONE_WINDOW, coneOf, type Cone } from './engine/cone.ts';
import { deadlockOf, deadlockSentence, type Deadlock } from './engine/deadlock.ts';
import { InspectError } from './engine/errors.ts';
import { hasHands, withHands } from './engine/hands.ts';
import { firstFrom, Lanes, Marks } from './engine/lanes.ts';
import { entriesOf, type Entry, type Link } from './engine/link.ts';
import { Names } from './engine/names.ts';
import type { Opened } from './engine/open.ts';
import { Playback } from './engine/playback.ts';
import type { Records } from './engine/records.ts';
import { Scan } from './engine/scan.ts';
import { touches, type Touch } from './engine/touches.ts';

/** An actor as it is at the cursor. */
export interface ActorView {
  readonly number: number;
  readonly name: string;
  readonly machine: string;
  readonly leaf: LeafInfo;
  /** Nothing more to do, ever. */
  readonly ended: boolean;
  /** Can take a step now. */
  readonly enabled: boolean;
  /** Its next step has so many choices; 0: none. */
  readonly choices: number;
  /** The object that keeps it from going on: a lock, a mailbox; and who would have to go on first, as far as that can be told. */
  readonly blockedOn: { readonly id: number; readonly name: string; readonly isLock: boolean } | undefined;
  readonly holders: readonly { readonly number: number; readonly name: string }[];
  /** Locks that it holds: object, since which step, and whether exclusively. */
  readonly holds: readonly { readonly id: number; readonly name: string; readonly since: number; readonly exclusive: boolean }[];
}

/** What an invariant has come to in this run. */
export interface Verdict {
  readonly invariant: Invariant;
  /** `unknown`: the run has not been looked through so far. */
  readonly state: 'violated' | 'held' | 'not exercised' | 'unknown';
  /** Step that violated it. */
  readonly step?: number;
  readonly sentence?: string;
  readonly evaluated: number;
}

/** How the run ended, if that is known. */
export interface Ending { readonly why: string; readonly step: number; readonly id?: string; readonly sentence?: string }

interface Held { readonly object: number; readonly from: number; readonly mode: number }

/** A run that was left for another one, and is kept. */
export interface Branch { readonly name: string; readonly records: Records; readonly scan: Scan; readonly forkedAt: number | undefined; readonly problem: string | undefined; readonly deadlock: Deadlock | undefined }

/** Decisions that an address can hold. */
const MOST_DECISIONS = 8000;

/** Milliseconds between two times that those who listen are told how far the look through the run is. */
const TELL_MS = 400;
/** Milliseconds that the look through the run takes at a time. */
const SLICE = 12;

export class Session {
  readonly opened: Opened;
  readonly names: Names;
  /** Steps of the run. */
  records: Records;
  /** Step under the cursor: it has been executed. 0: nothing has. */
  at = 0;
  scan: Scan;
  /** Something is wrong with the run itself: shown in a banner, never hidden. */
  problem: string | undefined;
  /** The step behind which the run is no more the one that was opened; nothing when it is. */
  forkedAt: number | undefined;
  /** What those who were let go on by hand, or by chance, have come to behind the last step: who waits for whom without end. */
  deadlock: Deadlock | undefined;
  /** Counts up whenever steps, and not only the cursor, have changed. */
  version = 0;
  /** Runs that are kept, the one that is shown among them. */
  branches: Branch[] = [];
  /** Which of them is shown. */
  branch = 0;
  /** What came in since it was opened, in the order of the steps: what an address says of it. */
  comes: { readonly to: string; readonly do: readonly object[] }[] = [];
  /** The same run with, or without, the actors that take what is put in: kept when one is made of the other. */
  beside: Session | undefined;
  private playback: Playback;
  private lanesOf: { readonly version: number; readonly lanes: Lanes } | undefined;
  private readonly marks: Marks;
  private coneOf: { readonly version: number; readonly at: number; readonly cone: Cone } | undefined;
  private compiler: CommandCompiler | undefined;
  private told = -Infinity;
  private readonly waitFor: WaitFor;
  private readonly listeners = new Set<() => void>();
  private actorViews: readonly ActorView[] | undefined;
  private readonly invariants: readonly Invariant[];

  constructor(opened: Opened, { invariants = all }: { invariants?: readonly Invariant[] } = {}) {
    this.opened = opened;
    this.records = opened.records;
    this.invariants = invariants;
    this.problem = opened.damage;
    this.playback = new Playback(opened.kernel, opened.topology, this.records);
    this.names = new Names(this.playback.world);
    this.waitFor = new WaitFor(this.playback.world);
    this.scan = new Scan(opened.kernel, opened.topology, this.records, invariants);
    this.marks = new Marks(opened.kernel);
    this.branches = [this.asBranch('the run')];
  }

  /** The steps of each actor, for drawing. */
  get lanes(): Lanes {
    if (this.lanesOf?.version !== this.version) this.lanesOf = { version: this.version, lanes: new Lanes(this.records, this.opened.topology.actors.length, this.marks) };
    return this.lanesOf.lanes;
  }

  /** MARK bits of a step. */
  markOf(step: number): number {
    return this.records.actor(step) === 0 ? 0 : this.marks.of(this.records.leaf(step), this.records.outcome(step));
  }

  /** What led to the step under the cursor, what it led to, and what is concurrent, within a window around it. */
  cone(): Cone | undefined {
    if (this.at < 1) return undefined;
    if (this.coneOf?.version !== this.version || this.coneOf.at !== this.at) {
      const from = Math.max(1, this.at - CONE_WINDOW);
      const to = Math.min(this.length, this.at + CONE_WINDOW);
      const { kernel, topology } = this.opened;
      const cone = this.guarded(() => coneOf({ kernel, topology, records: this.records, step: this.at, from, to, memory: this.playback.memory(from - 1) }));
      if (cone === undefined) return undefined;
      this.coneOf = { version: this.version, at: this.at, cone };
    }
    return this.coneOf.cone;
  }

  /** What an address has to say so that it opens this state elsewhere; nothing when the schedule is too long for one. */
  link(): Link | undefined {
    const { opened, records, forkedAt, at } = this;
    const handed = hasHands(opened.topology);
    const base = { scenario: opened.link.scenario, kernel: opened.kernel.name, seed: opened.seed, ...(handed ? { hands: true } : {}), at };
    if (opened.fromSeed && forkedAt === undefined) return { ...base, steps: opened.limit };
    const fork = opened.fromSeed ? Math.min(forkedAt!, opened.seeded) : 0;
    if (records.count - fork > MOST_DECISIONS || (records.hasInjections && this.comes.length === 0)) return undefined;
    return { ...base, ...(opened.fromSeed ? { steps: opened.limit } : {}), fork, by: entriesOf(records, fork, opened.topology), ...(this.comes.length > 0 ? { comes: this.comes } : {}) };
  }

  /** Takes the decisions of an address from here on. `told`: those who listen are told; else call `settled` when all are taken. */
  take(entries: readonly Entry[], comes: Link['comes'] = [], told = true): void {
    const names = new Map(this.opened.topology.actors.map(({ name }, i) => [name, i + 1]));
    this.fork();
    for (const entry of entries) {
      if ('comes' in entry) {
        const one = comes[entry.comes];
        if (one === undefined || !this.tell(one.to, one.do)) throw new InspectError(`the address puts something in behind step ${this.length} that does not fit there`);
        continue;
      }
      const actor = names.get(entry.actor);
      if (actor === undefined) throw new InspectError(`the address names actor '${entry.actor.slice(0, 80)}', which the scenario does not have`);
      for (let n = 0; n < entry.times; n++) this.playback.append(actor, entry.choice ?? 0);
      this.at = this.playback.at;
    }
    if (told) this.settled();
  }

  /** Tells those who listen that steps were added. */
  settled(): void {
    this.grown();
  }

  /** Who can take a step at the cursor, and of how many it has to choose. */
  enabled(): { readonly name: string; readonly choices: number }[] {
    return this.world.topology.actors.flatMap(({ name }, i) => {
      const { blocked, choices } = this.playback.peek(i + 1);
      return blocked ? [] : [{ name, choices }];
    });
  }

  /** Looks through what was added last. */
  look(): void {
    this.guarded(() => this.scan.go(Infinity, () => 0));
  }

  /** What takes what is put in, where there is something that does. */
  get taking(): true | undefined {
    return hasHands(this.opened.topology) ? true : undefined;
  }

  /** The words of memory that differ between two steps, the first `most`; and how many steps each actor took between them. */
  difference(from: number, to: number, most: number): { words: DifferingWord[]; count: number; actors: { name: string; steps: number }[] } {
    const { kernel, topology } = this.opened;
    const [a, b] = [from, to].map((step) => {
      const { world } = preparedWorld(kernel, topology);
      world.words.set(this.playback.memory(step));
      return world;
    }) as [RunWorld, RunWorld];
    const actors = this.lanes.steps.flatMap((steps, actor) => {
      const between = firstFrom(steps, to + 1) - firstFrom(steps, from + 1);
      return between === 0 ? [] : [{ name: this.names.actors[actor]!, steps: between }];
    });
    return { ...compareMemory(a, b, most), actors };
  }

  /** Tells an actor that takes commands to execute operations; false when it does not wait for them here. */
  tell(to: string, ops: readonly object[]): boolean {
    const { kernel, topology, scenario } = this.opened;
    this.compiler ??= new CommandCompiler(scenario, kernel, topology);
    const injection = this.compiler.command(to, ops);
    if (!this.inject(injection)) return false;
    this.comes.push({ to, do: ops });
    return true;
  }

  /** The same run, up to the cursor, with actors that take commands. Throws an InspectError where that cannot be. */
  withHands(): Session {
    const { at, forkedAt } = this;
    const opened = { ...this.opened, records: this.records, seeded: Math.min(this.opened.seeded, forkedAt ?? Infinity) };
    const session = new Session(withHands(opened, at), { invariants: this.invariants });
    session.forkedAt = at;
    session.go(at);
    if (session.problem !== undefined) throw new InspectError(`the run cannot be carried over to one with more actors: ${session.problem}`);
    session.beside = this;
    this.beside = session;
    return session;
  }

  /** Shows another one of the runs that are kept. */
  show(branch: number): void {
    const wanted = this.branches[branch];
    if (wanted === undefined || branch === this.branch) return;
    this.branches[this.branch] = this.asBranch(this.branches[this.branch]!.name);
    const same = commonSteps(this.records, wanted.records);
    this.playback.takeOver(wanted.records, Math.min(same, this.length));
    this.records = wanted.records;
    this.scan = wanted.scan;
    this.forkedAt = wanted.forkedAt;
    this.problem = wanted.problem;
    this.deadlock = wanted.deadlock;
    this.branch = branch;
    this.version++;
    this.at = this.playback.at;
    this.go(Math.min(this.at, this.length));
    this.changed();
  }

  private asBranch(name: string): Branch {
    return { name, records: this.records, scan: this.scan, forkedAt: this.forkedAt, problem: this.problem, deadlock: this.deadlock };
  }

  /** Memory behind the cursor's step. Panels read it, and never write. */
  get world(): RunWorld {
    return this.playback.world;
  }

  /** A copy of memory in front of a step. */
  memoryBefore(step: number): Int32Array {
    return this.playback.memory(step - 1);
  }

  /** Hash of memory behind a step, as traces have it. */
  hashAt(step: number): string {
    return this.playback.hashAt(step);
  }

  /** How many steps there are. */
  get length(): number {
    return this.records.count;
  }

  /** Goes to the state behind a step; one that there is not is the nearest that there is. */
  go(step: number): void {
    const to = Math.max(0, Math.min(this.length, Math.round(step)));
    if (to === this.at && this.actorViews !== undefined) return;
    this.guarded(() => this.playback.go(to));
    this.at = this.playback.at;
    this.changed();
  }

  /** The step under the cursor, with all values; nothing at the beginning. */
  event(step = this.at): StepEvent | undefined {
    return step < 1 || step > this.length ? undefined : this.guarded(() => this.playback.event(step));
  }

  /** Events of the steps from `from` to `to`: a few hundred at a time. */
  events(from: number, to: number): readonly StepEvent[] {
    return this.guarded(() => this.playback.range(Math.max(1, from), Math.min(this.length, to))) ?? [];
  }

  /** Everybody, in the order of their numbers, as they are at the cursor. */
  actors(): readonly ActorView[] {
    if (this.actorViews === undefined) {
      const held = this.scan.heldAt(this.at);
      this.actorViews = this.world.topology.actors.map((_actor, i) => this.actorView(i + 1, held.get(i + 1) ?? []));
    }
    return this.actorViews;
  }

  /** One of them, by number. */
  actor(number: number): ActorView | undefined {
    return this.actors()[number - 1];
  }

  /** All invariants with what is known of them. */
  verdicts(): readonly Verdict[] {
    const { scan, opened: { footer } } = this;
    const broken = this.forkedAt === undefined && footer?.violation !== undefined && footer.steps === this.length ? { ...footer.violation, step: footer.steps } : scan.violation;
    return this.invariants.map((invariant, k) => {
      const evaluated = scan.evaluated[k]!;
      if (broken?.id === invariant.id) return { invariant, state: 'violated', step: broken.step, sentence: broken.sentence, evaluated };
      return { invariant, state: !scan.done ? 'unknown' : evaluated > 0 ? 'held' : 'not exercised', evaluated };
    });
  }

  /** How the run ended. */
  ending(): Ending | undefined {
    const { footer } = this.opened;
    if (this.forkedAt !== undefined) {
      const { violation } = this.scan;
      if (violation !== undefined) return { why: 'violation', step: violation.step, id: violation.id, sentence: violation.sentence };
      return this.deadlock === undefined ? undefined : { why: 'deadlock', step: this.length, sentence: deadlockSentence(this.deadlock) };
    }
    if (footer === undefined) return undefined;
    const found = footer.violation ?? footer.finding;
    return { why: footer.why, step: footer.steps, ...(found === undefined ? {} : { id: found.id, sentence: found.sentence }) };
  }

  /** The step that a person wants to see first: what was violated, where nobody could go on; else the beginning. */
  get answer(): number {
    const ending = this.ending();
    return ending !== undefined && (ending.id !== undefined || ending.why === 'deadlock') ? ending.step : 0;
  }

  /** Looks on through the run for a moment; true when there is more to do. Call again and again, between other things. */
  work(now: () => number, milliseconds = SLICE): boolean {
    if (this.scan.done || this.problem !== undefined && this.scan.at >= this.length) return false;
    this.scan.passing = (step, words) => this.playback.offer(step, words);
    this.guarded(() => this.scan.go(milliseconds, now));
    // Panels show what was found on the way now and then, and at the end.
    const at = now();
    if (this.scan.done || at - this.told > TELL_MS) {
      this.told = at;
      this.changed();
    }
    return !this.scan.done;
  }

  /** Steps that touched one of these objects, between `from` and `to`; at most `most` of them, the rest is cut off. */
  touched(ids: Iterable<number>, { from = 1, to = this.length, most = 5000 }: { from?: number; to?: number; most?: number } = {}): readonly Touch[] {
    const { opened, records } = this;
    return this.guarded(() => touches({ kernel: opened.kernel, topology: opened.topology, records, memory: this.playback.memory(from - 1), from, to, ids: new Set(ids), most })) ?? [];
  }

  /** The last step up to the cursor that wrote this word; 0: none did since the run began. */
  lastWriter(id: number, cell: number, before = this.at): number {
    for (let to = before; to > 0;) {
      const from = Math.max(1, to - 4095);
      const found = this.touched([id], { from, to, most: Infinity }).findLast((one) => one.wrote.includes(cell));
      if (found !== undefined) return found.step;
      to = from - 1;
    }
    return 0;
  }

  /** Lets an actor take the next step here. Behind the end the run grows, elsewhere it is forked: what came behind is left. */
  choose(actor: number, choice = 0): void {
    const view = this.actor(actor);
    if (view === undefined || !view.enabled) throw new InspectError(`${view?.name ?? `actor ${actor}`} cannot take a step here`);
    this.fork();
    this.playback.append(actor, choice);
    this.grown();
  }

  /** Puts something in that comes from outside; false when its receiver does not wait for it here. */
  inject(injection: Injection): boolean {
    this.fork();
    if (!this.playback.appendInjection(injection)) return false;
    this.grown();
    return true;
  }

  /** Calls `listener` when cursor, steps or verdicts have changed; answers what ends that. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private fork(): void {
    if (this.at === this.length && this.forkedAt !== undefined) return;
    this.branches[this.branch] = this.asBranch(this.branches[this.branch]!.name);
    this.forkedAt = Math.min(this.forkedAt ?? this.at, this.at);
    const memory = this.playback.memory(this.at);
    const { at } = this;
    this.records = this.records.prefix(at);
    this.playback.takeOver(this.records, at);
    this.problem = undefined;
    this.deadlock = undefined;
    if (this.scan.at > at) this.scan = new Scan(this.opened.kernel, this.opened.topology, this.records, this.invariants, { from: at, memory, scan: this.scan });
    else this.scan = new Scan(this.opened.kernel, this.opened.topology, this.records, this.invariants, { from: this.scan.at, memory: this.playback.memory(this.scan.at), scan: this.scan });
    this.branch = this.branches.push(this.asBranch(`fork at ${at}`)) - 1;
    this.version++;
  }

  private grown(): void {
    this.at = this.playback.at;
    this.version++;
    this.actorViews = undefined;
    this.deadlock = deadlockOf(this.actors());
    this.changed();
  }

  private changed(): void {
    this.actorViews = undefined;
    for (const listener of this.listeners) listener();
  }

  private actorView(number: number, held: readonly Held[]): ActorView {
    const { world, names, waitFor } = this;
    const spec = world.topology.actors[number - 1]!;
    const leaf = world.leafOf(number);
    const { object, choices, blocked } = this.guarded(() => this.playback.peek(number)) ?? { object: -1, choices: 0, blocked: true };
    const holders: number[] = [];
    if (object >= 0) waitFor.holders(number, object, (holder) => { if (!holders.includes(holder)) holders.push(holder); });
    const holds = held.map(({ object: id, from, mode }) => ({ id, name: names.object(id), since: from, exclusive: mode === 1 }));
    return {
      number, name: spec.name, machine: spec.machine, leaf, ended: leaf.final, enabled: !blocked, choices, holds,
      blockedOn: object < 0 ? undefined : { id: object, name: names.object(object), isLock: waitFor.isLock(object) },
      holders: holders.map((one) => ({ number: one, name: names.actors[one] ?? '' })),
    };
  }

  /** Does something with steps; what is wrong with them is shown, and what was good stays. */
  private guarded<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof InspectError) || error.step < 1) throw error;
      this.problem = error.message;
      this.records.cut(error.step - 1);
      this.playback.cut(error.step - 1);
      this.at = this.playback.at;
      this.version++;
      return undefined;
    }
  }
}

/** Steps that two runs have in common at their beginning. */
function commonSteps(a: Records, b: Records): number {
  const most = Math.min(a.count, b.count);
  let step = 1;
  while (step <= most && a.actor(step) === b.actor(step) && a.leaf(step) === b.leaf(step) && a.outcome(step) === b.outcome(step) && a.choice(step) === b.choice(step) && a.injection(step) === b.injection(step)) step++;
  return step - 1;
}
