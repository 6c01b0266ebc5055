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
import { WaitFor } from '../../runtime/wait-for.ts';
import type { RunWorld } from '../../runtime/world.ts';
import { InspectError } from './engine/errors.ts';
import { Names } from './engine/names.ts';
import type { Opened } from './engine/open.ts';
import { Playback } from './engine/playback.ts';
import type { Records } from './engine/records.ts';
import { OPEN, Scan } from './engine/scan.ts';
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
  /** Counts up whenever steps, and not only the cursor, have changed. */
  version = 0;
  private playback: Playback;
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
  }

  /** Memory behind the cursor's step. Panels read it, and never write. */
  get world(): RunWorld {
    return this.playback.world;
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
      return undefined;
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
    this.guarded(() => this.scan.go(milliseconds, now));
    this.changed();
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
    if (this.at === this.length) {
      this.forkedAt ??= this.at;
      return;
    }
    this.forkedAt = Math.min(this.forkedAt ?? this.at, this.at);
    const memory = this.playback.memory(this.at);
    const { at } = this;
    this.records = this.records.prefix(at);
    this.playback.takeOver(this.records, at);
    this.problem = undefined;
    if (this.scan.at > at) this.scan = new Scan(this.opened.kernel, this.opened.topology, this.records, this.invariants, { from: at, memory, scan: this.scan });
    else this.scan.follow(this.records);
  }

  private grown(): void {
    this.at = this.playback.at;
    this.version++;
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

export { OPEN };
