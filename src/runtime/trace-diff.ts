// Where two runs part: the steps that both have, the first that differs, what memory has then, and whether the runs come together again.
// Steps are compared by their names, so runs of different kernels can be compared.

import { outcomeName } from '../memory/outcome.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import { OUTSIDE_ACTOR } from '../trace/batch.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { TraceSource } from '../trace/source.ts';
import { Tracker } from '../explore/search/tracker.ts';
import { OUTSIDE } from './injection.ts';
import { compareMemory, memoryDiffers, sameNumbers, sameText, whyIncomparable, type DifferingWord } from './memory-diff.ts';
import { Replayer } from './replay.ts';
import { planFor, type RunWorld } from './world.ts';

/** A trace with what it takes to execute it. */
export interface Side { readonly source: TraceSource; readonly kernel: Kernel; readonly topology: Topology }

/** A step of one of the two. */
export interface DiffStep {
  readonly step: number;
  readonly actor: string;
  readonly machine: string;
  readonly state: string;
  readonly name: string;
  readonly outcome: string;
  /** The free choice, counted from 0, and of how many. */
  readonly choice?: number;
  readonly choices?: number;
  /** State that it led to. */
  readonly to: string;
  /** What came in from outside. */
  readonly injection?: object;
}

export interface Ending { readonly why: string; readonly steps: number; readonly violation?: string }

export interface TraceDiff {
  readonly same: boolean;
  /** Steps from the first on that both have. */
  readonly common: number;
  readonly last?: DiffStep | undefined;
  /** The next step of each; nothing for one that has ended. */
  readonly next: { readonly a?: DiffStep | undefined; readonly b?: DiffStep | undefined };
  readonly memory: {
    /** Words that differ behind those steps, the first ones, and how many there are. */
    readonly words: readonly DifferingWord[];
    readonly count: number;
    /** Why they were not compared. */
    readonly not?: string | undefined;
  };
  /** Behind which step of each memory is the same again, but for counters that only grow; and how it goes on from there. */
  readonly together?: { readonly a: number; readonly b: number; readonly parts?: { readonly a: number; readonly b: number } | undefined } | undefined;
  /** Where that cannot be told step by step: words that differ at the two ends. */
  readonly atEnds?: number | undefined;
  /** They were followed no further than so many steps behind the first difference. */
  readonly followed?: number | undefined;
  readonly ends: { readonly a: Ending; readonly b: Ending };
}

/** Steps behind the first difference up to which the runs are followed; words that are listed. */
const FOLLOWED = 200_000, LISTED = 1000;

/** Compares two traces. Both must have passed checkVersion. */
export function diffTraces(a: Side, b: Side): TraceDiff {
  const [one, other] = [new Follower(a), new Follower(b)];
  try {
    const { common, last, next } = together(one, other);
    const not = whyIncomparable(one.world, other.world);
    const memory = next.a === undefined && next.b === undefined ? { words: [], count: 0 } : not === undefined ? compareMemory(one.world, other.world, LISTED) : { words: [], count: 0, not };
    // One that has ended goes nowhere from there.
    const later = next.a === undefined || next.b === undefined ? {} : again(one, other, not);
    const ends = { a: one.end(), b: other.end() };
    return { same: next.a === undefined && next.b === undefined && sameText(ends.a, ends.b), common, last, next, memory, ...later, ends };
  } finally {
    one.close();
    other.close();
  }
}

/** Executes both as long as they do the same. */
function together(one: Follower, other: Follower): Pick<TraceDiff, 'common' | 'last' | 'next'> {
  let common = 0;
  let last: DiffStep | undefined;
  for (;;) {
    const a = one.next();
    const b = other.next();
    if (a === undefined && b === undefined) return { common, last, next: {} };
    if (a === undefined || b === undefined || !sameStep(a, b)) return { common, last, next: { a, b } };
    common++;
    last = a;
  }
}

/** Where a step leads is not part of it: with the same outcome it is another kernel that leads elsewhere, and the next step tells. */
const sameStep = ({ step: _a, to: _toA, ...a }: DiffStep, { step: _b, to: _toB, ...b }: DiffStep): boolean => sameText(a, b);

/** From where both are, the first states that are the same, and how it goes on. */
function again(one: Follower, other: Follower, not: string | undefined): Pick<TraceDiff, 'together' | 'atEnds' | 'followed'> {
  if (not !== undefined) return {};
  if (!sameNumbers(one.world, other.world)) {
    while (one.next() !== undefined);
    while (other.next() !== undefined);
    return { atEnds: memoryDiffers(one.world, other.world) };
  }
  const from = Math.min(one.step, other.step);
  const seen = new Map<string, number>();
  let cut = false;
  do {
    if (!seen.has(one.state)) seen.set(one.state, one.step);
    cut = one.step - from >= FOLLOWED;
  } while (!cut && one.next() !== undefined);
  do {
    const at = seen.get(other.state);
    if (at !== undefined) return { together: { a: at, b: other.step, parts: partAgain(one, other, at, other.step) } };
    cut ||= other.step - from >= FOLLOWED;
  } while (other.step - from < FOLLOWED && other.next() !== undefined);
  return cut ? { followed: FOLLOWED } : {};
}

/** The first steps that differ behind two states that are the same; nothing when none do. */
function partAgain(one: Follower, other: Follower, a: number, b: number): { a: number; b: number } | undefined {
  one.goTo(a);
  other.goTo(b);
  const { common, next } = together(one, other);
  return next.a === undefined && next.b === undefined ? undefined : { a: a + common + 1, b: b + common + 1 };
}

/** Executes one trace, and knows the hash of its state. */
class Follower {
  private readonly replayer: Replayer<Tracker>;
  private readonly source: TraceSource;

  constructor({ source, kernel, topology }: Side) {
    const plan = planFor(kernel, topology);
    this.source = source;
    this.replayer = new Replayer(source, kernel, topology, (_objects, words) => new Tracker(plan, words));
    this.replayer.observer.start();
  }

  get world(): RunWorld {
    return this.replayer.world;
  }
  get step(): number {
    return this.replayer.step;
  }
  /** The hash of memory as it is; counters that only grow count by their relation to the copies that are held. */
  get state(): string {
    return this.replayer.observer.lanes.join();
  }

  next(): DiffStep | undefined {
    const { observer, world } = this.replayer;
    observer.step();
    observer.forget();
    if (!this.replayer.next()) return undefined;
    const { last, table, topology } = world;
    const { step, lastInjection } = this.replayer;
    if (last.actor === OUTSIDE_ACTOR) {
      const { actor, ...what } = lastInjection!;
      return { step, actor: OUTSIDE, machine: OUTSIDE, state: OUTSIDE, name: 'inject', outcome: 'ok', to: OUTSIDE, injection: { to: topology.actors[actor - 1]!.name, ...what } };
    }
    const leaf = table.leaves[last.leaf]!;
    return {
      step, actor: topology.actors[last.actor - 1]!.name, machine: leaf.machine, state: leaf.path, name: leaf.step, outcome: outcomeName(last.outcome),
      ...(last.choices > 0 ? { choice: last.choice, choices: last.choices } : {}), to: table.leaves[last.to]!.path,
    };
  }

  /** Goes to the state behind a step that it has been at before. */
  goTo(step: number): void {
    this.replayer.restart();
    this.replayer.observer.start();
    while (this.replayer.step < step && this.next() !== undefined);
  }

  /** What the trace ends with. */
  end(): Ending {
    const { why, steps, violation } = this.replayer.footer ?? footerOf(this.source);
    return { why, steps, ...(violation === undefined ? {} : { violation: violation.id }) };
  }

  close(): void {
    this.replayer.close();
  }
}

function footerOf(source: TraceSource): TraceFooter {
  const batches = source.batches();
  for (;;) {
    const next = batches.next();
    if (next.done === true) return next.value;
  }
}
