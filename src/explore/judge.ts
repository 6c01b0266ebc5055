// Says after each step of a world, and when nobody can go on, what is broken: invariants, and actors that wait for each other.

import { Checker } from '../check/checker.ts';
import type { Invariant } from '../check/invariant.ts';
import type { RunWorld } from '../runtime/world.ts';
import { brokenBy, DEADLOCK, type Broken } from './broken.ts';
import { cycleFrom, waitsIn, type Peek, type Wait } from './wait-cycles.ts';

export class Judge {
  private readonly world: RunWorld;
  private readonly peek: Peek;
  private readonly checker: Checker;
  private readonly cycles: boolean;

  /** `cycles`: look for actors that wait for each other behind each step, not only when nobody can go on. */
  constructor(world: RunWorld, peek: Peek, invariants: readonly Invariant[], cycles: boolean) {
    this.world = world;
    this.peek = peek;
    this.checker = new Checker(world, invariants);
    this.cycles = cycles;
  }

  /** Call behind a step, with the objects that it wrote. */
  afterStep(written: Int32Array | readonly number[], count: number): Broken | undefined {
    const { actor } = this.world.last;
    const violation = this.checker.afterStep(written, count);
    if (violation !== undefined) return brokenBy(violation);
    if (!this.cycles) return undefined;
    const cycle = cycleFrom(this.world, this.peek, actor);
    return cycle.length === 0 ? undefined : this.deadlock(cycle, true);
  }

  /** Call when nobody can go on. */
  standstill(): Broken | undefined {
    const waits = waitsIn(this.world, this.peek);
    if (waits.length === 0) return undefined;
    // Who only waits for those in the cycle does not make it another deadlock.
    const cycle = waits.map(({ actor }) => cycleFrom(this.world, this.peek, actor)).find((one) => one.length > 0);
    return this.deadlock(cycle ?? waits, false);
  }

  private deadlock(waits: readonly Wait[], partial: boolean): Broken {
    const { topology } = this.world;
    const places = waits.map(({ actor }) => `${topology.actors[actor - 1]!.machine} ${this.world.leafOf(actor).path}`).toSorted();
    const names = waits.map(({ actor }) => topology.actors[actor - 1]!.name).toSorted();
    const round = waits.every((wait, k) => wait.holders.includes(waits[(k + 1) % waits.length]!.actor));
    const what = round ? `${list(names)} wait for each other` : `nobody can go on, and ${list(names)} ${names.length === 1 ? 'waits' : 'wait'} in the middle of their work`;
    return { kind: 'deadlock', id: DEADLOCK, sentence: what, key: places.join(', '), ...(partial ? { partial } : {}) };
  }
}

const list = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`);
